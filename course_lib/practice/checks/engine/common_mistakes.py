"""Common mistakes, recognised by a question about the result rather than by its numbers."""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .compare import compare


class Recognised:
    """In place of a suspect's value: fits every result for which question(result) is true.

    What is stored in a file needs a question that pickle can write: a function of a module, or a
    functools.partial of one.
    """

    __array_ufunc__ = None  # an array leaves the comparison to this class
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, question: Callable[[Any], Any]) -> None:
        self.question = question

    def __eq__(self, result: object) -> bool:
        return bool(self.question(result))


def of_other_shape(expected: Any) -> Recognised:
    """Arrays, as many as expected (or a single one), of which at least one has a wrong shape."""
    return Recognised(functools.partial(have_other_shapes, shapes(expected)))


def have_other_shapes(wanted: list[tuple[int, ...] | None], result: Any) -> bool:
    found = shapes(result)
    return len(found) == len(wanted) and None not in found and found != wanted


def wrong_alone(place: int, expected: tuple[np.ndarray, ...]) -> Recognised:
    """Arrays of the right shapes and dtypes, all right but the one at this place."""
    return Recognised(functools.partial(only_this_is_wrong, place, expected))


def only_this_is_wrong(place: int, expected: tuple[np.ndarray, ...], result: Any) -> bool:
    return shapes(result) == shapes(expected) and all(
        mine.dtype == right.dtype and (compare(mine, right) is None) == (n != place)
        for n, (mine, right) in enumerate(zip(result, expected, strict=True))
    )


def shapes(values: Any) -> list[tuple[int, ...] | None]:
    """The shape of each array of a tuple or list, or of a single one; None for other things."""
    values = values if isinstance(values, (tuple, list)) else [values]
    return [
        value.shape
        if isinstance(value, (np.ndarray, np.generic))
        else ()
        if isinstance(value, (int, float))
        else None
        for value in values
    ]

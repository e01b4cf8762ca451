"""Common mistakes, recognised by a question about the result rather than by its numbers."""

import numpy as np

from .compare import compare


class Recognised:
    """In place of a suspect's value: fits every result for which question(result) is true."""

    __array_ufunc__ = None  # an array leaves the comparison to this class
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, question):
        self.question = question

    def __eq__(self, result):
        return bool(self.question(result))


def of_other_shape(expected):
    """Arrays, as many as expected (or a single one), of which at least one has a wrong shape."""
    wanted = shapes(expected)
    return Recognised(
        lambda result: (
            len(shapes(result)) == len(wanted)
            and None not in shapes(result)
            and shapes(result) != wanted
        )
    )


def wrong_alone(place, expected):
    """Arrays of the right shapes and dtypes, all right but the one at this place."""

    def question(result):
        return shapes(result) == shapes(expected) and all(
            mine.dtype == right.dtype and (compare(mine, right) is None) == (n != place)
            for n, (mine, right) in enumerate(zip(result, expected, strict=True))
        )

    return Recognised(question)


def shapes(values):
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

"""Judge random results: no single one is right, but all correct ones have something in common."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .check_case import Case
from .describe import kind_of

SEEDS = (1, 1, 2, 3, 4)  # the first two are the same


def for_each_seed(
    seeds: Sequence[int], call: Callable[..., Any] | None = None
) -> Callable[..., list[Any]]:
    """A `use` for a Case: what the function returns with a new generator of each of these seeds.

    call(function, *inputs, rng) calls the function; function(*inputs, rng) where it is left out.
    """

    def use(function: Callable[..., Any], *values: Any) -> list[Any]:
        generators = map(np.random.default_rng, seeds)
        return [
            call(function, *values, rng) if call else function(*values, rng) for rng in generators
        ]

    return use


def repeatable_case(
    inputs: dict[str, Any],
    call: Callable[..., Any] | None = None,
    title: str = "what a generator decides",
) -> Case:
    """A case: generators of the same seed give the same, generators of other seeds do not.

    call: as for for_each_seed.
    """

    def judge(results: list[Any]) -> str | None:
        if not same(results[0], results[1]):
            return (
                "Two calls, each with a generator of seed 1, gave different results. Whoever "
                "repeats an experiment needs the same ones."
            )
        if all(same(results[0], result) for result in results):
            return (
                "Generators of four different seeds all gave the same result. It should be "
                "drawn from the generator that is passed in."
            )
        return None

    return Case(
        inputs,
        use=for_each_seed(SEEDS, call),
        judge=judge,
        title=title,
        hint="Everything random is drawn from rng, and from nothing else.",
    )


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal: arrays, or tuples and lists of them."""
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


def wrong_index_array(value: Any, name: str) -> str | None:
    """What is wrong where a value is no array of whole numbers with one axis."""
    if not isinstance(value, np.ndarray):
        return f"{name} should be an array of whole numbers, and it is {kind_of(value)}."
    if value.ndim != 1 or value.dtype.kind not in "iu":
        return (
            f"{name} should be an array of whole numbers with one axis, and it has the shape "
            f"{value.shape} and holds {value.dtype}."
        )
    return None


def not_every_index_once(
    numbers: np.ndarray, count: int, labels: np.ndarray | None = None
) -> str | None:
    """What is wrong where 0 to count - 1 do not occur once each; labels: their classes."""
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < count:
        return (
            f"The images are numbered from 0 to {count - 1}, and your function gave numbers "
            f"from {numbers.min()} to {numbers.max()}."
        )
    often = np.bincount(numbers, minlength=count)
    for wrong, text in ((often == 0, "does not occur"), (often > 1, "occurs more than once")):
        if wrong.any():
            number = np.argmax(wrong)
            kind = "" if labels is None else f" It is of class {labels[number]}."
            return f"Every image should occur once, and image {number} {text}.{kind}"
    return None

"""Judge random results: no single one is right, but all correct ones have something in common."""

import functools
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
    return functools.partial(results_of_seeds, tuple(seeds), call)


def results_of_seeds(
    seeds: Sequence[int],
    call: Callable[..., Any] | None,
    function: Callable[..., Any],
    *values: Any,
) -> list[Any]:
    generators = map(np.random.default_rng, seeds)
    return [call(function, *values, rng) if call else function(*values, rng) for rng in generators]


def repeatable_case(
    inputs: dict[str, Any],
    call: Callable[..., Any] | None = None,
    title: str = "what a generator decides",
) -> Case:
    """A case: generators of the same seed give the same, generators of other seeds do not.

    call: as for for_each_seed.
    """
    return Case(
        inputs,
        use=for_each_seed(SEEDS, call),
        judge=not_repeatable,
        title=title,
        about="It is called with several seeds, with one of them twice.",
    )


def not_repeatable(results: list[Any]) -> str | None:
    """What is wrong with results of which the first two come from the same seed."""
    if not same(results[0], results[1]):
        return (
            "Two calls, each with a generator of seed 1, gave different results. Whoever "
            "repeats an experiment needs the same ones."
        )
    if all(same(results[0], result) for result in results):
        return (
            "With four different seeds the result was the same each time. What is random should be "
            "drawn from the generator that is passed in, and anew in each call."
        )
    return None


def same(one: Any, other: Any) -> bool:
    """Whether two results are equal: arrays, or tuples and lists of them."""
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)


def wrong_index_array(value: Any, name: str) -> str | None:
    """What is wrong where a value is no array of whole numbers with one axis."""
    if not isinstance(value, np.ndarray):
        return f"{name} should be an array of whole numbers, but it is {kind_of(value)}."
    if value.ndim != 1 or value.dtype.kind not in "iu":
        return (
            f"{name} should be an array of whole numbers with one axis, but it has the shape "
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


# How often something happens by chance


def chances(draws: int, chance: float) -> np.ndarray:
    """The probability of 0, 1, ... draws successes in so many independent draws (binomial)."""
    k = np.arange(draws)
    steps = np.log(draws - k) - np.log(k + 1) + np.log(chance) - np.log1p(-chance)
    logarithms = draws * np.log1p(-chance) + np.concatenate([[0.0], np.cumsum(steps)])
    return np.exp(logarithms)


def binomial_bounds(draws: int, chance: float, alarm: float) -> tuple[int, int]:
    """Return (fewest, most): a right function's count lies outside with a probability below alarm.

    draws: independent ones; chance: of a success in each, between 0 and 1. At most half of the
    alarm falls on either side. The probabilities are summed up, with no normal distribution in
    their place.
    """
    probabilities = chances(draws, chance)
    below = np.cumsum(probabilities)  # P(count <= k)
    above = np.cumsum(probabilities[::-1])[::-1]  # P(count >= k)
    fewest = int(np.argmax(below > alarm / 2))
    most = draws - int(np.argmax(above[::-1] > alarm / 2))
    return fewest, most


def smallest_bias_found(
    draws: int, chance: float, bounds: tuple[int, int], power: float = 0.99
) -> tuple[float, float]:
    """The nearest chances below and above the right one that these bounds refuse so often."""

    def found(other: float) -> bool:
        return 1 - chances(draws, other)[bounds[0] : bounds[1] + 1].sum() >= power

    steps = np.linspace(0, 1, 1001)[1:-1]
    lower = [chance * step for step in steps[::-1] if found(chance * step)]
    upper = [chance + (1 - chance) * step for step in steps if found(chance + (1 - chance) * step)]
    return (lower[0] if lower else 0.0), (upper[0] if upper else 1.0)

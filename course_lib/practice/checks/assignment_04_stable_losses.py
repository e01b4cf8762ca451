"""Checks for assignment 04: losses that are right for logits of any size and need little memory.

The cases are stored. Here stands how a function is called, and what is asked of its result.
"""

import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .engine import CheckFailed, check
from .engine.common_mistakes import shapes
from .engine.compare import compare


def top_k_accuracy(function: Callable[..., Any]) -> None:
    """function(logits, labels, k) -> accuracy from 0 to 1.

    logits (N, K), labels (N,), k from 1 to K. Tested: ties, nan, inf, and logits that differ by
    very little or very much.
    """
    check("top_k_accuracy", function)


def binary_cross_entropy(function: Callable[..., Any]) -> None:
    """function(logits, targets) -> loss, dlogits.

    logits, targets and dlogits (N,). Tested: targets from 0 to 1, logits to ±1e30, float32.
    """
    check("binary_cross_entropy", function)


def cross_entropy_smoothed(function: Callable[..., Any]) -> None:
    """function(logits, labels, smoothing) -> loss, dlogits.

    logits and dlogits (N, K), labels (N,), smoothing from 0 to 1. Tested: both ends of smoothing,
    logits to ±1e30, rows far from each other, float32.
    """
    check("cross_entropy_smoothed", function)


def masked_cross_entropy(function: Callable[..., Any]) -> None:
    """function(logits, labels) -> loss, dlogits; the label -1 is ignored.

    logits and dlogits (N, K), labels (N,). Tested: which images count, also none; nan and inf in
    rows that do not; logits to ±1e30, float32.
    """
    check("masked_cross_entropy", function)


def temperature_backward(function: Callable[..., Any]) -> None:
    """function(dp, logits, temperature) -> dlogits, dtemperature.

    dp, logits and dlogits (N, K); temperature and dtemperature are numbers. Tested: temperatures
    from 0.001 to 100, logits to ±1000, float32, memory.
    """
    check("temperature_backward", function)


def log_sum_exp_streaming(function: Callable[..., Any]) -> None:
    """function(pieces) -> log of the sum of exp over all classes, for each row.

    pieces: a generator of arrays (N, some classes); the result (N,). Tested: which piece has the
    largest logit, logits to ±1e30 and -inf, a generator that uses one array for all, memory.
    """
    check("log_sum_exp_streaming", function)


# How a function is called


def called(function: Callable[..., Any], *inputs: Any) -> Any:
    """function(*inputs), while np.logaddexp refuses to work: it is what the tasks ask for."""
    kept, np.logaddexp = np.logaddexp, Refused()  # type: ignore[assignment]
    try:
        return function(*inputs)
    finally:
        np.logaddexp = kept


def in_the_same_arrays(function: Callable[..., Any], *inputs: Any) -> Any:
    """The second of two results. The arrays are the same, but held other numbers at first."""
    arrays = [value for value in inputs if isinstance(value, np.ndarray)]
    numbers = [array.copy() for array in arrays]
    for array in arrays:
        array[...] = np.flip(array)
    called(function, *inputs)
    for array, own in zip(arrays, numbers, strict=True):
        array[...] = own
    return called(function, *inputs)


def from_a_generator(function: Callable[..., Any], pieces: list[np.ndarray]) -> Any:
    return called(function, (piece for piece in pieces))


def from_one_array(function: Callable[..., Any], pieces: list[np.ndarray]) -> Any:
    """As from_a_generator, for pieces of one shape, each written over the one before it."""

    def refilled() -> Iterator[np.ndarray]:
        array = np.empty_like(pieces[0])
        for piece in pieces:
            array[...] = piece
            yield array

    return called(function, refilled())


class Refused:
    """Stands in the place of np.logaddexp."""

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        raise CheckFailed(
            "Your function calls `np.logaddexp`, which does here what you are asked to write "
            "yourself."
        )

    reduce = accumulate = reduceat = outer = at = __call__


# How much memory a function needs


def with_its_memory(function: Callable[..., Any], *inputs: Any) -> tuple[Any, int]:
    """The result, and how many bytes the function had in use at a time, at most."""
    called(function, *inputs)  # what is imported or made once for all does not count
    return peak_bytes(lambda: called(function, *inputs))


def with_its_memory_for_pieces(
    count: int, width: int, seed: int, function: Callable[..., Any]
) -> tuple[Any, int]:
    """The same for a generator that makes `count` pieces (2, width), one at a time."""
    called(function, drawn_pieces(2, width, seed))
    return peak_bytes(lambda: called(function, drawn_pieces(count, width, seed)))


def drawn_pieces(count: int, width: int, seed: int) -> Iterator[np.ndarray]:
    rng = np.random.default_rng(seed)
    return (500 * rng.normal(size=(2, width)) for _ in range(count))


def peak_bytes(call: Callable[[], Any]) -> tuple[Any, int]:
    """What a call returns, and how much memory, at most, it takes at a time."""
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        value = call()
        return value, tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()


# What is asked of a result


def wrong_or_too_large(
    limit: int, expected: Any, returns: Any, rtol: float | None, found: tuple[Any, int]
) -> str | None:
    """A judge of what with_its_memory returns: the right value, in at most so many bytes."""
    value, room = found
    problem = compare(value, expected, returns, rtol)
    if problem:
        return problem.sentence
    if room > limit:
        return (
            f"The numbers are right, and your function had {room:,} bytes in use at a time. "
            f"Allowed are {limit:,}."
        )
    return None


def wrong_or_not_zero(
    ignored: np.ndarray, expected: Any, rtol: float | None, found: Any
) -> str | None:
    """A judge of masked_cross_entropy: right numbers, and exactly 0 in the ignored rows (N,)."""
    problem = compare(found, expected, ("loss", "dlogits"), rtol)
    if problem:
        return problem.sentence
    rest = found[1][ignored]
    if np.any(rest):
        return (
            "An ignored row of dlogits should be exactly 0, and one of yours holds "
            f"{rest[rest != 0][0]:.2g}."
        )
    return None


# Questions by which a mistake is recognised


def nearly_right_and_too_small(expected: tuple[float, np.ndarray], result: Any) -> bool:
    """Whether dlogits is right, and the loss is too small by more than rounding, but by little."""
    if not right_but_for_the_loss(expected, result):
        return False
    return bool(1e-15 < (expected[0] - result[0]) / (abs(expected[0]) or 1) < 1e-3)


def held_far_too_small(expected: tuple[float, np.ndarray], result: Any) -> bool:
    """Whether dlogits is right, and the loss is more than 0, and only a part of the right one."""
    return right_but_for_the_loss(expected, result) and bool(0 < result[0] < 0.8 * expected[0])


def right_but_for_the_loss(expected: tuple[float, np.ndarray], result: Any) -> bool:
    return shapes(result) == [(), expected[1].shape] and (
        compare(result[1], expected[1], "dlogits", 1e-4) is None
    )


def right_or_not_finite(expected: Any, result: Any) -> bool:
    """Whether a result is right, or has a nan or an infinite number where none should be."""
    if compare(result, expected, rtol=1e-4) is None:
        return True
    if shapes(result) != shapes(expected):
        return False
    if isinstance(expected, tuple):
        return any(map(turned_not_finite, result, expected))
    return turned_not_finite(result, expected)


def right_or_nan(expected: np.ndarray, result: Any) -> bool:
    """Whether a result is right, or has a nan."""
    if compare(result, expected) is None:
        return True
    return shapes(result) == shapes(expected) and bool(np.isnan(result).any())


def turned_not_finite(result: Any, expected: Any) -> bool:
    found = np.asarray(result)
    if found.dtype.kind not in "fiu":
        return False
    return bool(np.any(np.isnan(found) | (np.isinf(found) & np.isfinite(expected))))


def has_these_dlogits(dlogits: np.ndarray, result: Any) -> bool:
    """Whether dlogits, the first of two results, is this."""
    return len(shapes(result)) == 2 and compare(result[0], dlogits, rtol=1e-4) is None


def with_more_than_one_number(shape: tuple[int, ...], result: Any) -> bool:
    """Whether dtemperature is an array, where dlogits has the right shape."""
    found = shapes(result)
    return len(found) == 2 and found[0] == shape and found[1] not in (None, ())

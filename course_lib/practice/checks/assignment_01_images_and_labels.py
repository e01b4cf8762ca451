"""Checks for assignment 01: file formats, statistics in pieces, a fair split, moved images, turns.

The cases are stored in `cases/`. Here stand the tasks, how their functions are called, and what all
right results have in common; the judges of what is drawn at random have a module of their own,
`assignment_01_random_choices`.
"""

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .engine import CheckFailed, check
from .engine.check_case import raised_or_returned
from .engine.common_mistakes import shapes
from .engine.compare import in_digits
from .engine.describe import kind_of


def images_to_pixels(function: Callable[..., Any]) -> None:
    """function(images) -> pixels: (N, H, W, C) uint8 -> (N, C H W)."""
    check("images_to_pixels", function)


def decode_frames(function: Callable[..., Any]) -> None:
    """function(frames, height, width) -> images: (N, 3 H W) uint8 -> (N, H, W, 3)."""
    check("decode_frames", function)


def running_statistics(function: Callable[..., Any]) -> None:
    """function(batches) -> mean, std: float64, (C,) each.

    batches: a generator of arrays (N, H, W, C), uint8 or float32. Eight digits must be right, and a
    channel with one value everywhere has the deviation 0. The batches must not be kept.
    """
    check("running_statistics", function)


def split(function: Callable[..., Any]) -> None:
    """function(labels, share, rng) -> (first, second), two arrays of the images' numbers.

    The checks and the hidden tests together refuse a right function less than once in 10,000
    times; `assignment_01_random_choices` says what they find.
    """
    check("split", function)


def shift_and_mirror(function: Callable[..., Any]) -> None:
    """function(images, rng, most=4) -> images of the same shape and dtype.

    The checks and the hidden tests together refuse a right function less than once in 10,000
    times; `assignment_01_random_choices` says what they find.
    """
    check("shift_and_mirror", function)


def find_orientation(function: Callable[..., Any]) -> None:
    """function(images, reference) -> (mirrored, turns)."""
    check("find_orientation", function)


# How statistics of a data set in pieces are called and judged

ACCURACY = 1e-8  # relative error


def one_by_one(batches: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """A generator of the batches: it can be read once, and knows no length."""
    yield from batches


def through_one_array(batches: Sequence[np.ndarray]) -> Iterator[np.ndarray]:
    """All batches, each copied into the same array, as a reader does that saves memory."""
    array = np.empty_like(batches[0])
    for batch in batches:
        array[...] = batch
        yield array


def many(batch: np.ndarray, count: int) -> Iterator[np.ndarray]:
    """So many different batches of the same size, made when they are asked for."""
    for number in range(count):
        yield batch + np.float32(0.37 * number)


def use_generator(function: Callable[..., Any], batches: Sequence[np.ndarray]) -> Any:
    return function(one_by_one(batches))


def use_one_array(function: Callable[..., Any], batches: Sequence[np.ndarray]) -> Any:
    return function(through_one_array(batches))


def use_generator_refused(function: Callable[..., Any], batches: Sequence[np.ndarray]) -> Any:
    return raised_or_returned(function, one_by_one(batches))


def use_many(function: Callable[..., Any], batch: np.ndarray, count: int) -> Any:
    """The result; raises CheckFailed where it took more room than half of all batches."""
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        result = function(many(batch, count))
        room = tracemalloc.get_traced_memory()[1] - before
    finally:
        if not running:
            tracemalloc.stop()
    if room > batch.nbytes * count / 2:
        raise CheckFailed(
            f"While it read {count} batches of {batch.nbytes:,} bytes each, your function took "
            f"{room:,} bytes of memory at a time. What does it keep of a batch that it has read?"
        )
    return result


def wrong_statistics(mean: np.ndarray, std: np.ndarray, result: Any) -> str | None:
    """What is wrong with a result (mean, std), where these are the right ones; or None."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return (
            f"mean, std should be returned, two arrays; your function returned {kind_of(result)}."
        )
    for name, value, right, scale in (
        ("mean", result[0], mean, np.abs(mean) + std),
        ("std", result[1], std, std),
    ):
        wrong = not_float64(name, value, right.shape) or inaccurate(name, value, right, scale)
        if wrong:
            return wrong
    return None


def not_float64(name: str, value: Any, shape: tuple[int, ...]) -> str | None:
    if not isinstance(value, np.ndarray):
        return f"{name} should be an array, but it is {kind_of(value)}."
    if value.shape != shape:
        return f"{name} should have the shape {shape}, but it has {value.shape}."
    if value.dtype != np.float64:
        return f"{name} should hold float64 numbers, but it holds {value.dtype}."
    return None


def inaccurate(name: str, value: np.ndarray, right: np.ndarray, scale: np.ndarray) -> str | None:
    """A sentence about the first channel that is off by more than ACCURACY times its scale."""
    near = np.abs(value - right) <= ACCURACY * scale
    if near.all():
        return None
    channel = int(np.argmin(near))
    mine, wanted = in_digits(value[channel], right[channel])
    return f"{name} of channel {channel} should be {wanted}, but it is {mine}."


def are_two_arrays(result: Any, shape: tuple[int, ...]) -> bool:
    return shapes(result) == [shape, shape]


def about_float32(mean: np.ndarray, std: np.ndarray, result: Any) -> bool:
    """Whether a result is right to five digits, and not to eight."""
    return (
        are_two_arrays(result, mean.shape)
        and wrong_statistics(mean, std, result) is not None
        and all(
            np.allclose(value, right, rtol=1e-5, atol=0)
            for value, right in zip(result, (mean, std), strict=True)
        )
    )


def deviation_lost_digits(mean: np.ndarray, std: np.ndarray, result: Any) -> bool:
    """Whether each mean is right, and each deviation is right to two digits, not all to eight."""
    return (
        are_two_arrays(result, mean.shape)
        and inaccurate("mean", result[0], mean, np.abs(mean) + std) is None
        and inaccurate("std", result[1], std, std) is not None
        and np.allclose(result[1], std, rtol=1e-2, atol=0)
    )


# How an orientation is asked for


def use_orientation(function: Callable[..., Any], images: np.ndarray, reference: np.ndarray) -> Any:
    result = function(images, reference)
    if isinstance(result, np.ndarray):
        raise CheckFailed(
            "mirrored, turns should be a pair, such as `return mirrored, turns`; "
            f"your function returned an array with the shape {result.shape}."
        )
    return result

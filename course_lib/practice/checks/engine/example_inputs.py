"""Arrays and sizes to call a learner's function with."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from .check_case import Case


def numbers(
    rng: np.random.Generator, shape: tuple[int, ...], dtype: DTypeLike, whole: bool
) -> np.ndarray:
    """Numbers of which each counts; whole ones, from -4 to 4 without 0, are easy to read."""
    if not whole:
        return rng.normal(size=shape).astype(dtype)
    return (rng.integers(1, 5, shape) * rng.choice([-1, 1], shape)).astype(dtype)


def with_batch_innermost(x: np.ndarray) -> np.ndarray:
    """The same images (N, H, W, C), in memory as the course's layers keep them: side by side."""
    return x.transpose(3, 1, 2, 0).copy().transpose(3, 1, 2, 0)


def drawn_convolution(seed: int, below: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Sizes of a convolution: image (N, H, W, C_in), kernel (KH, KW, C_in, C_out), stride, padding.

    below: what N, C_in and C_out stay below, and H and W after the kernel is taken off, in the
    order N, H, W, C_in, C_out.
    """
    rng = np.random.default_rng(seed)
    N, H, W, C_in, C_out = (int(n) for n in rng.integers(2, below))
    KH, KW, SH, SW = (int(n) for n in rng.integers(1, 4, 4))
    PH, PW = (int(n) for n in rng.integers(0, 3, 2))
    return (N, H + KH, W + KW, C_in), (KH, KW, C_in, C_out), (SH, SW), (PH, PW)


def random_cases(
    make: Callable[..., Case],
    sizes: Callable[[int], tuple[Any, ...]],
    seeds: Iterable[int],
    size: Callable[[Case], int],
    **options: Any,
) -> list[Case]:
    """Cases of drawn sizes, the smallest first.

    make(*sizes(seed), seed=seed, **options) is a case, and size(case) says how large it is.
    """
    cases = [make(*sizes(seed), seed=seed, **options) for seed in seeds]
    return sorted(cases, key=size)

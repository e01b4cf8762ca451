"""Checks for the exercises of lesson 03: max-pooling, forward and backward, and the convolution.

The cases are stored in `cases/`. Where pixels tie, the pooling's gradient may go to any of them:
a judge says what all right answers have in common.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .engine import check
from .engine.compare import compare


def maxpool2d_forward(function: Callable[..., Any]) -> None:
    """function(x, kernel_size, stride=None) -> y. x (N, H, W, C), y (N, OH, OW, C)."""
    check("maxpool2d_forward", function)


def maxpool2d_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, kernel_size, stride=None) -> dx. dy (N, OH, OW, C), x and dx (N, H, W, C).

    Where several pixels of a window tie, its gradient may go to any of them, or be divided.
    """
    check("maxpool2d_backward", function)


def conv2d_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, weight, stride=1, padding=0) -> dx, dweight, dbias.

    dy (N, OH, OW, C_out), x (N, H, W, C_in), weight (KH, KW, C_in, C_out).
    """
    check("conv2d_backward", function)


def shared_among_winners(
    dy: np.ndarray, x: np.ndarray, kernel_size: tuple[int, int], dx: Any
) -> str | None:
    """What is wrong with dx of max-pooling, windows side by side, where pixels may tie.

    Only winners may get something, and those of a window together its whole gradient.
    """
    problem = compare(dx, x, "dx")
    if problem and (getattr(dx, "shape", None) != x.shape or dx.dtype != x.dtype):
        return problem.sentence  # another kind of thing, another shape or dtype
    if not np.isfinite(dx).all():
        return f"There is a number in dx that is not finite: {dx.ravel()}."
    KH, KW = kernel_size
    outside = np.ones(x.shape, bool)
    for n, i, j, c in np.ndindex(dy.shape):
        window = np.s_[n, i * KH : (i + 1) * KH, j * KW : (j + 1) * KW, c]
        outside[window] = x[window] < x[window].max()
    if dx[outside].any():
        return f"A pixel that is no maximum of its window gets a gradient: {dx.ravel()}."
    for n, i, j, c in np.ndindex(dy.shape):
        sent, given = dx[n, i * KH : (i + 1) * KH, j * KW : (j + 1) * KW, c], dy[n, i, j, c]
        if (sent / given < 0).any() or not np.isclose(sent.sum(), given):
            return (
                f"Window ({i}, {j}) has the gradient {given:g}, and its pixels get "
                f"{sent.ravel()}, together {sent.sum():g}."
            )
    return None

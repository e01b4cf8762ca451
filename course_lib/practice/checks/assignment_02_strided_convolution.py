"""Checks for assignment 02: how far layers see, and four convolutions that go beyond the lesson."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from .engine import check
from .engine.describe import shorten


def receptive_field(function: Callable[..., Any]) -> None:
    """function(layers) -> ((FH, FW), (JH, JW)); layers: (kernel_size, stride, dilation) each.

    Tested: one layer and many, strides, dilations, each axis with its own numbers; a gap between
    windows raises ValueError, windows side by side do not.
    """
    check("receptive_field", function)


def partial_conv2d(function: Callable[..., Any]) -> None:
    """function(x, present, weight, bias, stride=1, padding=0) -> y, seen.

    x (N, H, W, C_in), present (N, H, W), weight (KH, KW, C_in, C_out), bias (C_out,) ->
    y (N, OH, OW, C_out), seen (N, OH, OW). Tested: holes of every size, whatever is in them.
    """
    check("partial_conv2d", function)


def dilated_conv2d(function: Callable[..., Any]) -> None:
    """function(x, weight, bias, dilation=1) -> y.

    x (N, H, W, C_in), weight (KH, KW, C_in, C_out), bias (C_out,) -> y (N, OH, OW, C_out).
    """
    check("dilated_conv2d", function)


def depthwise_conv2d(function: Callable[..., Any]) -> None:
    """function(x, weight, bias, stride=1, padding=0) -> y.

    x (N, H, W, C), weight (KH, KW, C), bias (C,) -> y (N, OH, OW, C).
    """
    check("depthwise_conv2d", function)


def grouped_conv2d(function: Callable[..., Any]) -> None:
    """function(x, weight, bias, groups, stride=1, padding=0) -> y; C_in is cut into groups.

    x (N, H, W, C_in), weight (KH, KW, C_in / groups, C_out), bias (C_out,) -> y (N, OH, OW, C_out).
    Tested as well: a ValueError says which of C_in and C_out cannot be cut.
    """
    check("grouped_conv2d", function)


def after_doubling_x(function: Callable[..., Any], x: np.ndarray, *others: Any) -> Any:
    """A `use` for a Case: the result of a second call, x having been doubled in place."""
    own = x.copy()
    function(own, *others)
    own *= 2
    return function(own, *others)


def after_writing_into_the_result(function: Callable[..., Any], *inputs: Any) -> Any:
    """A `use` for a Case: the result of a second call, the first result having been overwritten."""
    own = [value.copy() if isinstance(value, np.ndarray) else value for value in inputs]
    first = function(*own)
    for array in first if isinstance(first, tuple) else (first,):
        if isinstance(array, np.ndarray) and array.flags.writeable:
            array[...] = array == 0  # so seen turns round
    return function(*own)


def number_by_number(function: Callable[..., Any], *inputs: Any) -> list[Any]:
    """A `use` for a Case: the numbers of y one by one; small ones count beside large ones."""
    result = function(*inputs)
    return list(np.ravel(result[0] if isinstance(result, tuple) else result))


def on_overlapping_images(function: Callable[..., Any], x: np.ndarray, *others: Any) -> Any:
    """A `use` for a Case: two images from one picture, the second one column further to the right.

    x (2, H, W, C) becomes a view of a picture (H, W + 1, C), open to writing.
    """
    picture = np.concatenate([x[0], x[1, :, -1:]], axis=1)
    images = sliding_window_view(picture, x.shape[2], axis=1, writeable=True)  # (H, 2, C, W)
    return function(np.moveaxis(images, (1, 3), (0, 2)), *others)


def after_one_more_layer(function: Callable[..., Any], layers: list[Any]) -> Any:
    """A `use` for a Case: the result of a second call, the list having got one more layer."""
    own = list(layers)
    function(own)
    own.append((3, 1, 1))
    return function(own)


def names_what_does_not_fit(outcome: tuple[str, Any], unfit: tuple[str, ...]) -> str | None:
    """Judge what became of groups that do not fit: a ValueError with one name of unfit, no other.

    outcome: ("returned", value) or ("raised", the ValueError).
    """
    what, value = outcome
    if what == "returned":
        return f"A ValueError should be raised here, and your function returned {shorten(value)}."
    named = [name for name in ("C_in", "C_out") if name in str(value)]
    if len(unfit) == 2 and named or named == list(unfit):
        return None
    wanted = f"{unfit[0]}, and no other" if len(unfit) == 1 else "C_in or C_out"
    return f"The message of the ValueError should name {wanted}. It is {shorten(str(value))}."

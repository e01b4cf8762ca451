"""Checks for exercises of lesson 02: the size of the output, and the convolution itself."""

from collections.abc import Callable
from typing import Any

from .engine import check


def output_shape(function: Callable[..., Any]) -> None:
    """function(image_size, kernel_size, stride=1, padding=0, dilation=1) -> (OH, OW).

    Tested as well: ValueError where the window does not fit into the padded image.
    """
    check("output_shape", function)


def conv2d_forward(function: Callable[..., Any]) -> None:
    """function(x, weight, bias, stride=1, padding=0) -> y.

    x (N, H, W, C_in), weight (KH, KW, C_in, C_out), bias (C_out,) -> y (N, OH, OW, C_out).
    """
    check("conv2d_forward", function)

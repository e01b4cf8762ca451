"""Checks for assignment 03: backward passes, and a gradient check that tells right from wrong.

The cases are stored in `cases/`. Here stands what is asked of a function that has no single right
answer, or is used in a way of its own: the student's gradient check is given an operation with a
right or a wrong backward pass, and must tell which.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .engine import CheckFailed, check
from .engine.common_mistakes import have_other_shapes, shapes
from .engine.compare import compare
from .engine.describe import kind_of


def leaky_relu_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, slope) -> dx. dy, x and dx have the same shape; x > 0 passes dy whole."""
    check("leaky_relu_backward", function)


def avgpool2d_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, kernel_size, stride=None) -> dx; all pixels of a window share alike.

    dy (N, OH, OW, C), x and dx (N, H, W, C).
    """
    check("avgpool2d_backward", function)


def maxpool2d_split_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, kernel_size, stride=None) -> dx; the winners of a window share alike.

    dy (N, OH, OW, C), x and dx (N, H, W, C).
    """
    check("maxpool2d_split_backward", function)


def separable_conv2d_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, depthwise, pointwise, stride=1, padding=0) -> dx and three more gradients.

    They are (dx, ddepthwise, dpointwise, dbias).
    dy (N, OH, OW, C_out), x (N, H, W, C_in), depthwise (KH, KW, C_in), pointwise (C_in, C_out).
    """
    check("separable_conv2d_backward", function)


def gradient_check(function: Callable[..., Any]) -> None:
    """function(f, backward, x) -> whether backward(dy, x) is the gradient of f at x."""
    check("gradient_check", function)


def residual_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, weight1, weight2) -> dx, dweight1, dweight2.

    dy, x and dx (N, D), weight1 (D, M), weight2 (M, D).
    """
    check("residual_backward", function)


# Tasks 2 to 4: each number by itself

GRADIENTS = ("dx", "ddepthwise", "dpointwise", "dbias")


def number_by_number(expected: np.ndarray | tuple[np.ndarray, ...], result: Any) -> str | None:
    """What is wrong, if each number is compared by itself and not with the largest.

    expected: dx, or all gradients of a separable convolution.
    """
    several = isinstance(expected, tuple)
    problem = compare(result, expected, GRADIENTS if several else "dx")
    if problem:
        return problem.sentence
    pairs = zip(expected, result, strict=True) if several else [(expected, result)]
    for name, (wanted, found) in zip(GRADIENTS, pairs, strict=False):
        for index in np.ndindex(wanted.shape):
            place = f"{name}[{', '.join(map(str, index))}]"
            problem = compare(found[index], wanted[index], place)
            if problem:
                return problem.sentence
    return None


# Task 4: what a shape tells


def misshapen(wanted: list[tuple[int, ...] | None], result: Any) -> bool:
    """Whether an array has another shape than wanted, and it is not that dx has no pixels."""
    return have_other_shapes(wanted, result) and not without_pixels(result)


def without_pixels(result: Any) -> bool:
    """Whether dx, the first of the results, has a length of 0."""
    return any(shape and 0 in shape for shape in shapes(result)[:1])


def with_border(shape: tuple[int, ...], result: Any) -> bool:
    """Whether dx, the first of the results, is larger than x, whose shape this is."""
    return any(
        found and len(found) == len(shape) and found[1:3] > shape[1:3]
        for found in shapes(result)[:1]
    )


# Task 5: an operation, and a judge of it

NOT_QUITE_BACK = (
    "Your function changed its input x in place, in the last digits: by up to {off:.1g}. Adding h "
    "and taking it away again does not come back exactly.\n\n"
    "Hint: Keep the old number and put it back, or nudge a copy."
)


class Operation(NamedTuple):
    """y as a text, such as "x**2", and the dx of a right and of a wrong backward pass.

    fault: the wrong one in words, where its text would be hard to read.
    """

    y: str
    right: str
    wrong: str
    fault: str = ""


def judged(y: str, dx: str, gradient_check: Callable[..., Any], x: np.ndarray) -> Any:
    """What a gradient check says of these texts as functions, at x.

    Raises CheckFailed where it leaves rounding errors in x.
    """
    forward = eval(f"lambda x: {y}", {"np": np})  # noqa: S307 (the texts are the course's own)
    backward = eval(f"lambda dy, x: {dx}", {"np": np})  # noqa: S307
    before = x.copy()
    answer = gradient_check(forward, backward, x)
    off = np.abs(x - before).max()
    if 0 < off < 1e-9:
        raise CheckFailed(NOT_QUITE_BACK.format(off=off))
    return answer


def judged_both(
    y: str, both: tuple[str, str], gradient_check: Callable[..., Any], x: np.ndarray
) -> tuple[Any, ...]:
    """What it says of two backward passes, one after the other."""
    return tuple(judged(y, dx, gradient_check, x) for dx in both)


def verdict(right: bool, answer: Any) -> str | None:
    """What is wrong with the answer to: is this backward pass right?"""
    if not isinstance(answer, (bool, np.bool_)):
        return f"Your function should return True or False, and it returned {kind_of(answer)}."
    if answer != right:
        word = "right" if right else "wrong"
        return f"This backward pass is {word}, and your function says {answer}."
    return None

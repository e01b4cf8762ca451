"""Checks of assignment 03: does the student's own gradient check tell right from wrong?

An operation has a forward pass, a right backward pass and a wrong one. A case shows one of the
two backward passes to the student's function, or both.
"""

from typing import NamedTuple

import numpy as np

from .machinery import Case, CheckFailed, check
from .machinery.describe import kind_of

ROW = np.array([1.5, -2.0, 0.5])
TABLE = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]])

NOT_QUITE_BACK = (
    "Your function changed its input x in place, in the last digits: by up to {off:.1g}. Adding h "
    "and taking it away again does not come back exactly.\n\n"
    "Hint: Keep the old number and put it back, or nudge a copy.")


class Operation(NamedTuple):
    """What y is, the functions, and a place x away from kinks; `fault` names what is wrong."""

    y: str
    function: object
    right: object
    x: np.ndarray = ROW
    wrong: object = None
    fault: str = ""


def gradient_check(function):
    """function(f, backward, x) -> whether backward(dy, x) is the gradient of f at x."""
    triple = Operation("3 * x", lambda x: 3 * x, lambda dy, x: 3 * dy,
                       wrong=lambda dy, x: dy, fault="dx = dy")
    check("gradient_check", function, [
        accepts(triple, "Compare dx with central differences of the loss sum(y * dy), with a step "
                "such as h = 1e-5. Is the difference of the losses divided by 2h?"),
        rejects(triple, "How large is the difference, compared with the numbers themselves?"),
        accepts(SQUARE, "Is the difference divided by 2h? Is h neither too large nor too small?"),
        rejects(SQUARE, "This one does not use dy. It looks right if all numbers of dy are 1: "
                "invent others."),
        rejects(LAST_ENTRY, "Only the last number of dx is wrong. Is every number of x nudged?"),
        rejects(LITTLE, "A thousandth too much is a mistake, too: rounding is far smaller."),
        accepts(ROW_SUMS, "y has another shape than x. Which shape has dy?"),
        accepts(TRANSPOSED, "Here y is another view of the numbers of x: it changes with them. "
                "When do you read the upper loss, and when the lower one?"),
        rejects(TRANSPOSED, "Here the numbers of dx are right, and some are in the wrong place."),
        rejects(ROW_SUMS, "This dx has the shape (2, 1), and NumPy subtracts it from (2, 3) "
                "without complaint."),
        rejects(FLAT, "Here the numbers of dx are right, and its shape is not that of x."),
        rejects(SIGN, "dx and -dx are not the same."),
        accepts(MIXED, "Here every number of x acts on every number of y. While one of them is "
                "nudged, where are the others?"),
        rejects(MIXED, "Here every number of x acts on every number of y."),
        accepts(LARGE, "These gradients are large, and so is their rounding. What counts is the "
                "difference relative to the largest number."),
        rejects(SMALL, "These gradients are tiny, and this one is twice too large. What counts "
                "is the difference relative to the largest number."),
        accepts(UNEVEN, "One of these slopes is nearly 0 and has few correct digits. Divide by "
                "the largest number in the arrays, not number by number."),
        accepts(CLOSED, "All gradients are 0 here, and dx says so. What is 0 / 0?"),
        rejects(HOLE, "A nan is in this dx. Comparing with nan gives False, whatever you ask."),
        accepts(SINGLE, "x holds float32 numbers. A small step is lost in their rounding."),
        rejects(OVERLAP, "Compare every number of dx."),
    ])


def accepts(operation, hint=""):
    """A case in which the backward pass is right."""
    return judged(operation, operation.right, "right", True, hint)


def rejects(operation, hint=""):
    """A case in which the backward pass is wrong."""
    return judged(operation, operation.wrong, f"wrong: {operation.fault}", False, hint)


def judged(operation, backward, word, expected, hint):
    given = [f"function(x): y = {operation.y}", f"backward(dy, x) is {word}",
             f"x = {operation.x.tolist()}"]
    if operation.x.dtype != np.float64:
        given[-1] += f", {operation.x.dtype}"

    def judge(answer):
        if not isinstance(answer, (bool, np.bool_)):
            return f"Your function should return True or False, and it returned {kind_of(answer)}."
        if answer != expected:
            return f"This backward pass is {word.split(':')[0]}, and your function says {answer}."
        return None

    def use(check, x):
        answer = check(operation.function, backward, x)
        off = np.abs(x - operation.x).max()
        if 0 < off < 1e-9:
            raise CheckFailed(NOT_QUITE_BACK.format(off=off))
        return answer

    return Case({"x": operation.x}, judge=judge, hint=hint, given="\n".join(given), use=use,
                title=f"y = {operation.y}, {word}")


def tells_apart(operation):
    """A case that needs both: the right backward pass accepted, the wrong one rejected."""
    def use(check, x):
        return tuple(check(operation.function, backward, x)
                     for backward in (operation.right, operation.wrong))

    return Case({"x": operation.x}, (True, False), use=use, title=f"y = {operation.y}",
                returns=("for the right backward pass", "for the wrong one"))


def with_hole(dy, x):
    dx = dy * np.cos(x)
    dx[1] = np.nan
    return dx


def pair_sums_backward(dy, x, adds=True):
    """dx of x[:-1] + x[1:]. Not `adds`: the second half overwrites."""
    dx = np.zeros(x.shape)
    dx[:-1] = dy
    dx[1:] = dx[1:] + dy if adds else dy
    return dx


def all_but_last(dy, x):
    dx = 3 * dy
    dx[-1, -1] = 0
    return dx


SQUARE = Operation(
    "x ** 2", lambda x: x**2, lambda dy, x: 2 * x * dy,
    wrong=lambda dy, x: 2 * x, fault="dx = 2 * x")
LAST_ENTRY = Operation(
    "3 * x", lambda x: 3 * x, lambda dy, x: 3 * dy, TABLE,
    all_but_last, "dx = 3 * dy, and 0 in its last place")
LITTLE = Operation(
    "sin(x)", np.sin, lambda dy, x: np.cos(x) * dy,
    wrong=lambda dy, x: 1.001 * np.cos(x) * dy, fault="dx = 1.001 * cos(x) * dy")
SIGN = Operation(
    "cos(x)", np.cos, lambda dy, x: -np.sin(x) * dy,
    wrong=lambda dy, x: np.sin(x) * dy, fault="dx = sin(x) * dy")
FLAT = Operation(
    "3 * x", lambda x: 3 * x, lambda dy, x: 3 * dy, TABLE,
    lambda dy, x: 3 * dy.ravel(), "dx = 3 * dy.ravel()")
MIXED = Operation(
    "x * sum(x)", lambda x: x * x.sum(), lambda dy, x: dy * x.sum() + (dy * x).sum(),
    np.array([1.0, 2.0, 0.5]), lambda dy, x: dy * x.sum(), "dx = dy * sum(x)")
TRANSPOSED = Operation(
    "x.T", np.transpose, lambda dy, x: dy.T, TABLE,
    lambda dy, x: dy.reshape(x.shape), "dx = dy.reshape(x.shape)")
ROW_SUMS = Operation(
    "x.sum(axis=1)", lambda x: x.sum(axis=1),
    lambda dy, x: np.repeat(dy[:, np.newaxis], x.shape[1], axis=1), TABLE,
    lambda dy, x: dy[:, np.newaxis], "dx = dy[:, np.newaxis]")
LARGE = Operation(
    "1e8 * sin(x)", lambda x: 1e8 * np.sin(x), lambda dy, x: 1e8 * np.cos(x) * dy,
    wrong=lambda dy, x: 1.01e8 * np.cos(x) * dy, fault="dx = 1.01e8 * cos(x) * dy")
SMALL = Operation(
    "1e-9 * x ** 2", lambda x: 1e-9 * x**2, lambda dy, x: 2e-9 * x * dy,
    wrong=lambda dy, x: 4e-9 * x * dy, fault="dx = 4e-9 * x * dy")
UNEVEN = Operation(
    "x ** 3", lambda x: x**3, lambda dy, x: 3 * x**2 * dy, np.array([1.0, 1e-6, -2.0]),
    lambda dy, x: x**2 * dy, "dx = x ** 2 * dy")
CLOSED = Operation(
    "maximum(x, 0)", lambda x: np.maximum(x, 0), lambda dy, x: np.where(x > 0, dy, 0),
    np.array([-1.0, -0.5, -3.0]), lambda dy, x: dy, "dx = dy")
HOLE = Operation(
    "sin(x)", np.sin, lambda dy, x: np.cos(x) * dy,
    wrong=with_hole, fault="dx = cos(x) * dy, and nan in its middle")
SINGLE = Operation(
    "x ** 2", lambda x: x**2, lambda dy, x: 2 * x * dy, ROW.astype(np.float32),
    lambda dy, x: x * dy, "dx = x * dy")
OVERLAP = Operation(
    "x[:-1] + x[1:]", lambda x: x[:-1] + x[1:], pair_sums_backward, np.array([1.0, 2, 4, 8]),
    lambda dy, x: pair_sums_backward(dy, x, adds=False),
    "dx[:-1] = dy, then dx[1:] = dy where it should add")

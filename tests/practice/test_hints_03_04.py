"""Which hint the checks of assignments 03 and 04 give for which mistake."""

import numpy as np
import pytest

from course_lib.practice import checks
from course_lib.practice.checks.engine.common_mistakes import of_other_shape, wrong_alone
from tests.practice.assignments import changed
from tests.practice.assignments import mutants_04 as wrong_04
from tests.practice.assignments import solutions_03 as a03
from tests.practice.assignments import solutions_04 as a04
from tests.practice.assignments.mutants_03 import nudge_in_place

AT_ZERO = "np.where(x > 0, dy, 0) + np.where(x < 0, slope * dy, 0)"
BORDER = "PH : PH + H, PW : PW + W"
BOTH = "Or has one become 0"
NO_COUNT = "        return 0.0, gradient\n"


def column(pieces):
    """A column of results in place of a row."""
    return a04.log_sum_exp_streaming(pieces)[:, np.newaxis]


@pytest.mark.parametrize(
    "right, old, new, words",
    [
        (a03.leaky_relu_backward, "np.where(x > 0, dy, slope * dy)", AT_ZERO, "your two branches"),
        (a03.leaky_relu_backward, "dy, slope * dy", "x, slope * x", "This is y"),
        (a03.conv2d_backward, BORDER, "PH:-PH, PW:-PW", "no pixels"),
        (a03.conv2d_backward, "PH, PW = padding", "PW, PH = padding", "belongs to the rows"),
        (a03.conv2d_backward, BORDER, ":, :", "Work on the padded image"),
        (a03.conv2d_backward, "(axis=(0, 1, 2))", "()", "too many axes"),
        (
            a03.conv2d_backward,
            "(axis=(0, 1, 2))",
            "(axis=(0, 1, 2), keepdims=True)",
            "too many axes",
        ),
        (
            a03.conv2d_backward,
            "return dx, dfilters.reshape(weight.shape), dbias",
            "return dfilters.reshape(weight.shape), dx, dbias",
            "in the order",
        ),
        (a03.gradient_check, "/ (2 * h)", "/ h", "divided by 2h"),
        (a03.residual_backward, "active.T @ dy", "hidden.T @ dy", "What did weight2 see"),
        (a03.residual_backward, "dy + dhidden", "2 * dy + dhidden", "come together"),
        (a03.residual_backward, "dy + dhidden", "x + dhidden", "come together"),
        (a03.residual_backward, "dy + dhidden @", "dhidden @", "along the inner path alone"),
        (
            a03.residual_backward,
            "dhidden @ weight1.T",
            "dactive @ weight1.T",
            "This dx comes out when",
        ),
        (
            a03.residual_backward,
            "dx = dy + dhidden @ weight1.T",
            "dx = np.zeros(x.shape) + dy + dhidden @ weight1.T",
            "dtype",
        ),
        (a04.binary_cross_entropy, "(p - targets)", "((p - targets) * p * (1 - p))", "too many"),
        (a04.masked_cross_entropy, NO_COUNT, "        return 0, 0\n", "expects an array"),
        (a04.temperature_backward, "temperature**2", "temperature**3", "once too often"),
        (
            a04.temperature_backward,
            "(du * logits).sum()",
            "(du * logits).sum(axis=1)",
            "serves all",
        ),
    ],
)
def test_a_mistake_gets_its_own_hint(right, old, new, words):
    hint = hint_of(right.__name__, changed(right, "a mistake", (old, new)))
    assert words in hint


@pytest.mark.parametrize(
    "name, function, words",
    [
        ("gradient_check", nudge_in_place, "put it back"),
        ("binary_cross_entropy", wrong_04.naive_binary, BOTH),
        ("binary_cross_entropy", wrong_04.binary_softplus, BOTH),
        ("log_sum_exp_streaming", column, "One number for each row"),
    ],
)
def test_a_mistaken_function_gets_its_own_hint(name, function, words):
    assert words in hint_of(name, function)


def hint_of(name, function):
    """The hint, also where it is a note on an exception of the learner's code."""
    with pytest.raises((checks.CheckFailed, ValueError)) as caught, np.errstate(all="ignore"):
        getattr(checks, name)(function)
    notes = getattr(caught.value, "__notes__", [])
    return "\n".join([str(caught.value), *notes]).split("Hint: ")[1]


@pytest.mark.parametrize("result", [None, 3, "dx", [], (), {}, ([1.0], 2), (None, None)])
def test_questions_can_be_asked_of_anything(result):
    expected = np.zeros(2), np.zeros((2, 3))
    assert result != wrong_alone(0, expected)
    assert result != of_other_shape(expected)
    for name in (
        "conv2d_backward",
        "residual_backward",
        "temperature_backward",
        "log_sum_exp_streaming",
    ):
        with pytest.raises(checks.CheckFailed):
            getattr(checks, name)(
                {
                    "conv2d_backward": lambda dy, x, weight, stride=1, padding=0: result,
                    "residual_backward": lambda dy, x, weight1, weight2: result,
                    "temperature_backward": lambda dp, logits, temperature: result,
                    "log_sum_exp_streaming": lambda pieces: result,
                }[name]
            )


def test_one_wrong_array_among_right_ones():
    expected = np.zeros(2), np.ones((2, 3)), np.ones(1)
    question = wrong_alone(1, expected)
    assert (expected[0], 2 * expected[1], expected[2]) == question
    assert expected != question
    assert (expected[0] + 1, 2 * expected[1], expected[2]) != question
    assert (expected[0], expected[1].T, expected[2]) != question
    assert (expected[0], expected[1].astype(np.float32), expected[2]) != question

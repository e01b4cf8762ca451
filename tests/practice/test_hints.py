"""Which hint the checks give for which mistake, and the questions by which they recognise some."""

import numpy as np
import pytest

from course_lib.practice import checks
from course_lib.practice.checks.engine.common_mistakes import of_other_shape, wrong_alone
from tests.practice.assignments import mutants_01, mutants_02, mutants_03, mutants_04, mutants_05

MUTANTS = {
    task: mutants
    for module in (mutants_01, mutants_02, mutants_03, mutants_04, mutants_05)
    for task, mutants in module.MUTANTS.items()
}
HINTS = """
normalise | divided by 255 first | divided by 255 first
normalise | something small added to the deviation | something small is added
normalise | a deviation of at least something small | something small is added
normalise | a mean for each pixel | a mean of its own
normalise | mean and deviation in float32 | In which dtype
split | ten classes, always | Ask the labels
split | at least one of each class | 0.3 is nearest to 0
shift_and_mirror | the largest shift never comes | Are both ends of your draw included
find_orientation | clockwise | how the reference becomes
find_orientation | differences without a square, which cancel | cancel
conv2d_forward | stride (width, height) | Height comes first
grouped_conv2d | the first group's bias for all groups | biases of the first one
leaky_relu_backward | 0 falls between the branches | your two branches
leaky_relu_backward | y returned, the forward pass | This is y
conv2d_backward | border cut off with -0 | no pixels
conv2d_backward | padding (width, height) | belongs to the rows
conv2d_backward | border of dx not cut off | Work on the padded image
conv2d_backward | bias gradient over the filters, too | too many axes
conv2d_backward | bias gradient with axes left in | too many axes
conv2d_backward | dweight returned first | in the order
gradient_check | divided by h, not 2h | divided by 2h
gradient_check | always True | How large is the difference
gradient_check | signs ignored | dx and -dx are not the same
gradient_check | moves x up, down twice and up again: rounding is left in the caller's array | put it back
residual_backward | dweight2 from the numbers before the ReLU | What did weight2 see
residual_backward | the direct path twice | come together
residual_backward | the direct path brings x, not dy | come together
residual_backward | the direct path forgotten | along the inner path alone
residual_backward | dx before the ReLU | This dx comes out when
residual_backward | dx alone is float64 | Which dtype
binary_cross_entropy | squared error's gradient: p (1 - p) too much | too many
binary_cross_entropy | sigmoid, then the logarithm | Or has one become 0
binary_cross_entropy | log(1 + exp(z)) - t z, which overflows | Or has one become 0
masked_cross_entropy | nothing left: two numbers | expects an array
temperature_backward | dtemperature divided by T cubed, as dlogits holds a 1 / T | once too often
temperature_backward | dtemperature for each image | serves all
log_sum_exp_streaming | a column (N, 1) | One number for each row
minibatches | the short mini-batch comes first | what is left over comes last
accumulate | the last short piece dropped | last, smaller piece is left out
nesterov_step | looks the velocity up before it is there | empty before the first
nesterov_step | the first velocity is the gradient's own array, which the caller writes over | still that array
batch_size_for | (N - B) / N | With one of two
batch_size_for | with replacement, and beyond N | one factor more
batch_size_for | V as a mean over all numbers | a mean over all numbers
batch_size_for | a loop up to N - 1, and None where no size in it is enough | when no return is reached
"""


def told(task, mistake):
    """The message for a mutant, or the learner's own exception with its note."""
    [mutant] = [mutant for mutant in MUTANTS[task] if mutant.__doc__ == mistake]
    with pytest.raises(Exception) as caught, np.errstate(all="ignore"):
        getattr(checks, task)(mutant)
    return "\n".join([str(caught.value), *getattr(caught.value, "__notes__", [])])


@pytest.mark.parametrize("row", HINTS.strip().splitlines())
def test_a_mistake_gets_its_own_hint(row):
    task, mistake, words = row.split(" | ")
    assert words in told(task, mistake).split("Hint: ")[1]


def test_the_sentence_about_a_split_names_the_class():
    assert "does not occur. It is of class 1000." in told("split", "ten classes, always")


def test_an_array_in_place_of_a_pair_is_told():
    assert "such as `return mirrored" in told("find_orientation", "an array in place of a pair")


@pytest.mark.parametrize("result", [None, 3, "dx", [], (), {}, ([1.0], 2), (None, None)])
def test_questions_can_be_asked_of_anything(result):
    expected = np.zeros(2), np.zeros((2, 3))
    assert result != wrong_alone(0, expected)
    assert result != of_other_shape(expected)
    for check, function in (
        (checks.conv2d_backward, lambda dy, x, weight, stride=1, padding=0: result),
        (checks.residual_backward, lambda dy, x, weight1, weight2: result),
        (checks.temperature_backward, lambda dp, logits, temperature: result),
        (checks.log_sum_exp_streaming, lambda pieces: result),
    ):
        with pytest.raises(checks.CheckFailed):
            check(function)


def test_one_wrong_array_among_right_ones():
    first, second, third = np.zeros(2), np.ones((2, 3)), np.ones(1)
    question = wrong_alone(1, (first, second, third))
    assert (first, 2 * second, third) == question
    assert (first, second, third) != question
    assert (first + 1, 2 * second, third) != question
    assert (first, second.T, third) != question
    assert (first, second.astype(np.float32), third) != question

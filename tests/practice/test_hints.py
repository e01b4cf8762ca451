"""Which hint the checks give for which mistake, and the questions by which they recognise some."""

from contextlib import redirect_stdout
from io import StringIO

import numpy as np
import pytest

from course_lib.practice import checks
from course_lib.practice.checks.engine import calls
from course_lib.practice.checks.engine.common_mistakes import of_other_shape, wrong_alone
from course_lib.practice.checks.engine.compare import DTYPE_HINT, NO_ARRAY, NO_RETURN
from tests.practice.assignments import (
    mutants_01,
    mutants_02,
    mutants_03,
    mutants_04,
    mutants_05,
    mutants_06,
)

MODULES = (mutants_01, mutants_02, mutants_03, mutants_04, mutants_05, mutants_06)

MUTANTS = {task: mutants for module in MODULES for task, mutants in module.MUTANTS.items()}
HINTS = {
    (task, mistake): words
    for module in MODULES
    for task, mistake, words in (row.split(" | ") for row in module.HINTS.strip().splitlines())
}
WRITES = "Whoever called the function still needs"
FOR_ALL = (DTYPE_HINT, calls.REMEMBERS, calls.ORDER, NO_ARRAY, NO_RETURN, WRITES)


def told(task, mutant):
    """The message for a mutant, or the learner's own exception with its note; "" where none."""
    try:
        with np.errstate(all="ignore"), redirect_stdout(StringIO()):
            getattr(checks, task)(mutant)
    except Exception as error:
        return "\n".join([str(error), *getattr(error, "__notes__", [])])
    return ""


def title(function):
    return (function.__doc__ or function.__name__).strip().splitlines()[0]


@pytest.mark.parametrize(
    "task, mutant",
    [
        pytest.param(task, mutant, id=f"{task}-{title(mutant)[:50]}")
        for task, mutants in MUTANTS.items()
        for mutant in mutants
        if not getattr(mutant, "endless", False)
    ],
)
def test_a_hint_names_the_mistake_that_was_made(task, mutant):
    """HINTS of a module of mutants says who gets which; all others get none, or one for all."""
    hint = told(task, mutant).partition("Hint: ")[2]
    wanted = HINTS.get((task, title(mutant)))
    if wanted is None:
        assert not hint or any(general in hint for general in FOR_ALL)
    else:
        assert wanted in hint


def test_hints_belong_to_mutants():
    assert set(HINTS) <= {(task, title(m)) for task, mutants in MUTANTS.items() for m in mutants}


def mutant_of(task, mistake):
    [mutant] = [mutant for mutant in MUTANTS[task] if title(mutant) == mistake]
    return mutant


def test_the_sentence_about_a_split_names_the_class():
    assert "does not occur. It is of class 1000." in told(
        "split", mutant_of("split", "ten classes, always")
    )


def test_an_array_in_place_of_a_pair_is_told():
    assert "such as `return mirrored" in told(
        "find_orientation", mutant_of("find_orientation", "an array in place of a pair")
    )


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

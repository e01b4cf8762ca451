"""The exercises of every lesson, tried on wrong and on right solutions.

Each lesson NN has tests/practice/assignments/solutions_lesson_NN.py, mutants_lesson_NN.py (with
HINTS: which mistake gets which hint) and cases_lesson_NN.py, whose cases are stored in
course_lib/practice/checks/cases/lesson_NN.visible.
"""

import ast
import importlib.util
import inspect
import textwrap
from pathlib import Path

import numpy as np
import pytest

from course_lib.practice import exercises
from course_lib.practice.checks.engine import calls, examine, time_limits
from course_lib.practice.checks.engine.compare import DTYPE_HINT, NO_ARRAY, NO_RETURN
from course_lib.practice.checks.lesson_03_pool_backward import shared_among_winners

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the mistakes
HERE = Path(__file__).parent / "assignments"
LESSONS = sorted(path.stem.removeprefix("solutions_") for path in HERE.glob("solutions_lesson_*"))
FEWEST_MUTANTS, FEWEST_SOLUTIONS = 8, 3
WRITES = "Whoever called the function still needs"
FOR_ALL = (DTYPE_HINT, calls.REMEMBERS, calls.ORDER, NO_RETURN, WRITES, NO_ARRAY)


def collection(kind, lesson):
    """SOLUTIONS, MUTANTS or HINTS of a lesson."""
    file = "solutions" if kind == "SOLUTIONS" else "mutants"
    return getattr(importlib.import_module(f"tests.practice.assignments.{file}_{lesson}"), kind)


def title(function):
    return (function.__doc__ or function.__name__).strip().splitlines()[0]


def pairs(kind):
    """(lesson, exercise, function) of every mutant or solution, for pytest."""
    return [
        pytest.param(lesson, name, function, id=f"{name}-{title(function)[:50]}")
        for lesson in LESSONS
        for name, functions in collection(kind, lesson).items()
        for function in functions
    ]


def own(lesson):
    """{name: Exercise} of a lesson; {} where its notebook has none yet."""
    module = f"course_lib.practice.lessons.{lesson}"
    if not importlib.util.find_spec(module):
        return {}
    importlib.import_module(module)
    return {n: e for n, e in exercises.known().items() if f"lesson_{e.lesson}" == lesson}


def as_a_learner_writes_it(function):
    """The course's own function, as if it stood in a cell."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body[0].decorator_list = []
    names = {**inspect.getmodule(function).__dict__, "__name__": "learner"}
    exec(compile(tree, "<cell>", "exec"), names)
    return names[function.__name__]


OWN = [pytest.param(lesson, name, id=name) for lesson in LESSONS for name in own(lesson)]


@pytest.mark.parametrize("lesson, name, mutant", pairs("MUTANTS"))
def test_every_mutant_is_told_wrong_with_the_hint_that_fits(lesson, name, mutant, monkeypatch):
    """HINTS says who gets which; all others get none, or one for all."""
    if getattr(mutant, "endless", False):
        monkeypatch.setattr(time_limits, "CHECK_SECONDS", 0.5)
    error = examine(name, mutant).error
    assert error is not None and not isinstance(error, NotImplementedError), title(mutant)
    hint = "\n".join([str(error), *getattr(error, "__notes__", [])]).partition("Hint: ")[2]
    rows = [row.split(" | ") for row in collection("HINTS", lesson).strip().splitlines()]
    wanted = {(task, mistake): words for task, mistake, words in rows}.get((name, title(mutant)))
    if wanted is None:
        assert not hint or any(general in hint for general in FOR_ALL), hint
    else:
        assert wanted in hint, str(error)


@pytest.mark.parametrize("lesson, name, solution", pairs("SOLUTIONS"))
def test_every_right_solution_passes(lesson, name, solution):
    report = examine(name, solution)
    assert report.passed, report.error


@pytest.mark.parametrize("lesson, name", OWN)
def test_the_courses_own_passes(lesson, name):
    report = examine(name, as_a_learner_writes_it(own(lesson)[name].own))
    assert report.passed, report.error


@pytest.mark.parametrize("lesson, name", OWN)
def test_a_stub_that_calls_itself_fails(lesson, name):
    exercise = own(lesson)[name]
    names = {name: exercise, "__name__": "learner"}
    exec(f"def {name}(*arguments):\n    return {name}(*arguments)", names)
    assert isinstance(exercises.checked(name, names[name]).error, RecursionError)
    assert not examine(name, exercise).passed


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_exercise_has_hints_cases_and_enough_mutants_and_solutions(lesson):
    for kind, fewest in (("MUTANTS", FEWEST_MUTANTS), ("SOLUTIONS", FEWEST_SOLUTIONS)):
        found = collection(kind, lesson)
        assert list(found) == list(own(lesson) or found), kind
        for name, functions in found.items():
            assert len({*map(title, functions)}) == len(functions) >= fewest, (kind, name)
    for name, exercise in own(lesson).items():
        assert 2 <= len(exercise.hints) <= 4 and exercise.word, name
        assert exercise.own.__doc__, name
    mutants = collection("MUTANTS", lesson)
    for row in collection("HINTS", lesson).strip().splitlines():
        task, mistake, _ = row.split(" | ")
        assert mistake in map(title, mutants[task]), row


@pytest.mark.parametrize(
    "dx, words",
    [
        ([[6, 0], [6, 0]], None),
        ([[12, 0], [0, 0]], None),
        ([[5, 0], [7, 0]], None),
        ([[6, 0], [5, 0]], "together 11"),
        ([[14, 0], [-2, 0]], "together 12"),
        ([[6, 0], [5, 1]], "no maximum"),
        ([[np.nan, 0], [12, 0]], "not finite"),
        ([[12, 0]], "shape"),
        (None, "None"),
    ],
)
def test_a_gradient_may_be_shared_among_winners_alone(dx, words):
    x = np.array([[4.0, 1], [4, 2]]).reshape(1, 2, 2, 1)
    dy = np.full((1, 1, 1, 1), 12.0)
    array = None if dx is None else np.array(dx, float)[np.newaxis, :, :, np.newaxis]
    said = shared_among_winners(dy, x, (2, 2), array)
    assert said is None if words is None else words in said

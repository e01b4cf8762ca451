"""The checks and hidden tests of every assignment, tried on wrong and on right solutions.

Every wrong one must lose points in the hidden tests, and most are caught by the visible check
already; every right one must pass both. At the end of the run a table says who was caught by what.
"""

import importlib.util

import pytest

from course_lib.practice.checks import CheckFailed, TookTooLong
from course_lib.practice.checks.engine import time_limits
from tests.practice.assignments.source import assignments
from tests.practice.store_cases import CELL, hidden_key

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of the mistakes
ASSIGNMENTS = assignments()
FEWEST_MUTANTS, FEWEST_SOLUTIONS = 8, 2
COLUMNS = "{:<3} {:<26} {:<58} {}"


def collection(assignment, kind):
    """MUTANTS or SOLUTIONS of an assignment; nothing where there is no such file yet."""
    name = f"tests.practice.assignments.{kind.lower()}_{assignment.number}"
    return getattr(importlib.import_module(name), kind) if importlib.util.find_spec(name) else {}


def pairs(kind):
    """(assignment, task, function) of every mutant or solution, for pytest."""
    return [
        pytest.param(a, task, function, id=f"{a.number}-{task}-{number}-{title(function)[:40]}")
        for a in ASSIGNMENTS
        for task, functions in collection(a, kind).items()
        for number, function in enumerate(functions, 1)
    ]


def title(function):
    return (function.__doc__ or function.__name__).strip().splitlines()[0]


@pytest.fixture(scope="module")
def table(request):
    """Rows of who was caught by what; printed after the last mutant."""
    rows = []
    yield rows
    if rows:
        capture = request.config.pluginmanager.getplugin("capturemanager")
        with capture.global_and_fixture_disabled():
            print("\n\n" + COLUMNS.format("", "task", "mistake", "caught by"))
            for row in rows:
                print(COLUMNS.format(*row))
            only_hidden = sum("check" not in row[-1] for row in rows)
            print(
                f"{len(rows)} wrong solutions: {len(rows) - only_hidden} caught by the visible "
                f"check, {only_hidden} by the hidden tests alone"
            )


@pytest.mark.parametrize("assignment, task, mutant", pairs("MUTANTS"))
def test_every_mutant_is_caught(assignment, task, mutant, table, monkeypatch):
    if getattr(mutant, "endless", False):
        monkeypatch.setattr(time_limits, "CHECK_SECONDS", 0.5)
        monkeypatch.setattr(time_limits, "HIDDEN_SECONDS", 1.0)
        monkeypatch.setattr(time_limits, "HIDDEN_CASE_SECONDS", 0.2)
    graded = assignment.grade(task, mutant)
    by = ["visible check"] * (graded.error is not None)
    if graded.earned < graded.total:
        by.append(f"hidden tests ({graded.earned:g} of {graded.total:g})")
    table.append((assignment.number, task, title(mutant), " and ".join(by) or "NOBODY"))
    assert graded.earned < graded.total, f"{task}: hidden tests alone miss: {title(mutant)}"
    assert not isinstance(graded.error, AssertionError)
    if isinstance(graded.error, TookTooLong):
        assert getattr(mutant, "endless", False), "caught by its time alone: mark it as endless"
    if isinstance(graded.error, CheckFailed):
        assert task in str(graded.error)
    elif graded.error and not isinstance(graded.error, NotImplementedError):
        assert f"of the check of {task}" in "".join(graded.error.__notes__)  # it is theirs


@pytest.mark.parametrize("assignment, task, solution", pairs("SOLUTIONS"))
def test_every_right_solution_passes(assignment, task, solution):
    graded = assignment.grade(task, solution)
    if graded.error:
        raise graded.error
    assert graded.earned == graded.total, graded.log


OWN = [pytest.param(a, task, id=f"{a.number}-{task}") for a in ASSIGNMENTS for task in a.tasks]


@pytest.mark.parametrize("assignment, task", OWN)
def test_the_notebooks_own_solution_passes(assignment, task):
    graded = assignment.grade(task)
    assert graded.passed, graded.error or graded.log
    assert type(graded.earned) is float  # nbgrader reads its text as a number


@pytest.mark.parametrize("assignment, task", OWN)
def test_an_empty_task_earns_nothing(assignment, task):
    def blank(*arguments, **options):
        raise NotImplementedError

    graded = assignment.grade(task, blank)
    assert isinstance(graded.error, NotImplementedError)
    assert graded.earned == 0


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda a: a.name)
def test_every_task_has_enough_mutants_and_solutions(assignment):
    for kind, fewest in (("MUTANTS", FEWEST_MUTANTS), ("SOLUTIONS", FEWEST_SOLUTIONS)):
        found = collection(assignment, kind)
        assert list(found) == assignment.tasks, kind
        for task, functions in found.items():
            titles = {title(function) for function in functions}
            assert len(titles) == len(functions) >= fewest, (kind, task)


@pytest.mark.parametrize("assignment", ASSIGNMENTS, ids=lambda a: a.name)
def test_the_cells_of_a_task_belong_together(assignment):
    for task in assignment.tasks:
        graded = [assignment.cells[f"{task}-{kind}"] for kind in ("check", "hidden")]
        assert all(c.metadata.nbgrader.grade and c.metadata.nbgrader.locked for c in graded)
        visible, hidden = (cell.source for cell in graded)
        assert f"checks.{task}({task})" in visible and "HIDDEN" not in visible
        key = hidden_key(assignment)
        points = graded[1].metadata.nbgrader.points
        assert hidden == CELL.format(task=task, total=points, key=key)
        kept = hidden.split("### BEGIN HIDDEN TESTS")[0]
        assert all(line.startswith("#") for line in kept.splitlines() if line), "shown to students"
        assert hidden.rstrip().endswith("### END HIDDEN TESTS")
        solution = assignment.cells[task].source
        assert "### BEGIN SOLUTION" in solution and "### END SOLUTION" in solution
    written = [
        c
        for c in assignment.cells.values()
        if c.cell_type == "markdown" and c.metadata.nbgrader.grade
    ]
    assert written and all("### BEGIN SOLUTION" in cell.source for cell in written)

"""Whatever a learner writes into a lesson's blanks, all other cells show what is stored.

Every cell that is tagged `exercise` is filled in: with a right solution, with one that returns
None, with a classic mistake, with a syntax error, or with a loop that does not end. One mixed
variant runs here; `python -m tests.matrix variants` runs the lessons with every kind in all blanks.
"""

import importlib.util
import itertools
import os
import re

import pytest

from tests.cell_order import code_cells, is_as_stored
from tests.notebooks.live_kernel import NOTEBOOKS, LiveKernel

KINDS = ["right", "none", "mistake", "syntax", "endless"]
YOURS, OURS = "The lesson goes on with yours.", "goes on with the course's own"
SHORT = (
    "\nfrom course_lib.practice.checks.engine import time_limits\ntime_limits.CHECK_SECONDS = 0.5"
)
FIRST_LINES = re.compile(r"@practice\.exercise\n(?P<kind>def|class) (?P<name>\w+).*?:\n", re.DOTALL)
BODIES = {"none": "return None", "syntax": "return (1 +", "endless": "while True: pass"}
# A function of the tests' under the name of the exercise.
BORROWED = """
from tests.practice.assignments import {module}
written = {module}.{collection}["{name}"][{number}]
written.__name__ = "{name}"
{name} = practice.exercise(written)
"""


def is_exercise(cell):
    return "exercise" in cell.metadata.get("tags", [])


LESSONS = [
    path
    for path in sorted(NOTEBOOKS.glob("0*.ipynb"))
    if any(is_exercise(cell) for _, cell in code_cells(path))
]
VARIANTS = ["mixed"] if os.environ.get("COURSE_VARIANTS") != "all" else ["mixed", *KINDS]


def filled_in(source, kind, lesson):
    """The cell of an exercise as a learner might have left it. lesson: its number, "00"."""
    begun = FIRST_LINES.search(source)
    if kind in ("right", "mistake"):
        return borrowed(begun["name"], kind, lesson)
    method = (
        "    def __init__(self, *arguments, **options):\n    " if begun["kind"] == "class" else ""
    )
    return f"{begun[0]}{method}    {BODIES[kind]}\n"


def borrowed(name, kind, lesson):
    """A cell with a solution of the tests', or the first mutant that ends."""
    collection = {"right": "SOLUTIONS", "mistake": "MUTANTS"}[kind]
    module = f"{collection.lower()}_lesson_{lesson}"
    functions = getattr(importlib.import_module(f"tests.practice.assignments.{module}"), collection)
    number = next(n for n, f in enumerate(functions[name]) if not getattr(f, "endless", False))
    return BORROWED.format(module=module, collection=collection, name=name, number=number)


def is_told(result, kind):
    """Whether the cell of an exercise says what came of it."""
    if kind == "syntax":
        return result.error == "SyntaxError"
    words = " ".join(result.printed.split())
    return not result.error and (YOURS if kind == "right" else OURS) in words


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_the_rest_of_a_lesson_is_as_stored(path, variant, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_LEARNER_FOLDER", str(tmp_path))
    monkeypatch.delenv("COURSE_DATASET", raising=False)
    kinds = itertools.cycle(KINDS if variant == "mixed" else [variant])
    (_, setup), *others = code_cells(path)
    with LiveKernel() as kernel:
        result = kernel.run(setup.source + SHORT)
        assert not result.error, result.traceback
        for number, cell in others:
            if is_exercise(cell):
                kind = next(kinds)
                result = kernel.run(filled_in(cell.source, kind, path.name[:2]))
                assert is_told(result, kind), (number, kind, result)
                continue
            result = kernel.run(cell.source)
            assert not result.error and not result.warnings, (number, result)
            if "nbval-ignore-output" not in cell.metadata.get("tags", []):
                assert is_as_stored(result, cell), (number, result.printed or result.outputs)


def test_every_cell_of_an_exercise_is_tagged_and_every_lesson_has_its_solutions():
    for path in sorted(NOTEBOOKS.glob("0*.ipynb")):
        for number, cell in code_cells(path):
            assert ("@practice.exercise" in cell.source) == is_exercise(cell), (path.name, number)
        if path in LESSONS:
            assert importlib.util.find_spec(
                f"tests.practice.assignments.solutions_lesson_{path.name[:2]}"
            )

"""Make the cases of the checks, with their answers, and store them where the library reads them.

    python -m tests.practice.store_cases          # all
    python -m tests.practice.store_cases 02       # those of assignment 02 alone
    python -m tests.practice.store_cases 02 --new-key

Each module tests/practice/assignments/cases_NN.py has VISIBLE and, for an assignment, HIDDEN:
{task: function that returns its cases, the smallest first}; and ALLOWED: {task: the parts of the
library that it may call}. The key of an assignment's hidden file stands in its source notebook, in
the cells of hidden tests, which are written anew here.
"""

import importlib
import re
import secrets
import sys
from pathlib import Path

import nbformat

from course_lib.practice.checks.engine import stored_cases
from course_lib.practice.checks.engine.stored_cases import Task
from tests.practice.assignments.source import Assignment, assignments

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "assignments"
KEY = re.compile(r'globals\(\), "(\w+)"\)')
CELL = """\
# Hidden tests run here when your work is graded: {total:g} points.
### BEGIN HIDDEN TESTS
from course_lib.practice.checks import hidden_points

# A wrong function earns something only where the checks were replaced.
wrong = {{"{task}": lambda *_, **__: None}}
replaced = hidden_points("{task}", {total:g}, wrong, "{key}", silent=True)
if replaced:
    print("FLAG: the checks were replaced, so nothing is counted here.")
0.0 if replaced else hidden_points("{task}", {total:g}, globals(), "{key}")
### END HIDDEN TESTS"""


def names():
    """The endings of all modules of cases: "01", ..., "lesson_02", ..."""
    return sorted(path.stem.removeprefix("cases_") for path in HERE.glob("cases_*.py"))


def made(name):
    """{"visible": {task: Task}, "hidden": {task: Task}} as the module of this name makes them."""
    module = importlib.import_module(f"tests.practice.assignments.cases_{name}")
    allowed = getattr(module, "ALLOWED", {})
    return {
        kind: {
            task: Task(make(), allowed.get(task, ()))
            for task, make in getattr(module, kind.upper(), {}).items()
        }
        for kind in ("visible", "hidden")
    }


def file_of(name, kind):
    stem = f"assignment_{name}" if name.isdigit() else name
    return stored_cases.FOLDER / f"{stem}.{kind}"


def store(name, new_key=False):
    stored_cases.FOLDER.mkdir(exist_ok=True)
    for kind, tasks in made(name).items():
        if tasks:
            key = stored_cases.VISIBLE_KEY if kind == "visible" else write_cells(name, new_key)
            stored_cases.store(file_of(name, kind), tasks, key)


def assignment(number):
    return next(a for a in assignments() if a.number == number)


def hidden_key(source: Assignment):
    """The key that stands in the cells of hidden tests, or None."""
    text = "\n".join(cell.source for name, cell in source.cells.items() if name.endswith("-hidden"))
    found = set(KEY.findall(text))
    if len(found) > 1:
        raise SystemExit(f"{source.path.name} has several keys: {found}")
    return found.pop() if found else None


def write_cells(number, new_key=False):
    """Write the cells of hidden tests into the source notebook; return their key."""
    source = assignment(number)
    key = (None if new_key else hidden_key(source)) or secrets.token_hex(8)
    for task in source.tasks:
        cell = source.cells[f"{task}-hidden"]
        cell.source = CELL.format(task=task, total=cell.metadata.nbgrader.points, key=key)
    nbformat.write(source.notebook, source.path)
    return key


if __name__ == "__main__":
    chosen = [name for name in sys.argv[1:] if name != "--new-key"]
    for wanted in chosen or names():
        store(wanted, "--new-key" in sys.argv)

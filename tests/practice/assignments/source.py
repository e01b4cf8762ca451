"""The source notebook of an assignment: its tasks, and how to grade a solution as nbgrader does."""

import ast
import functools
import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import NamedTuple

import nbformat

SOURCE = Path(__file__).parents[3] / "notebooks" / "assignments" / "source"


class Graded(NamedTuple):
    """What became of a solution: the exception of the visible check, and the hidden points."""

    error: Exception | None
    earned: float
    total: float
    log: str

    @property
    def passed(self):
        return self.error is None and self.earned == self.total


class Assignment:
    """The cells of a source notebook, by their grade_id."""

    def __init__(self, path):
        self.path = path
        self.name = path.stem
        self.number = path.stem[:2]
        self.notebook = nbformat.read(path, as_version=4)
        self.cells = {
            cell.metadata.nbgrader.grade_id: cell
            for cell in self.notebook.cells
            if "nbgrader" in cell.metadata
        }

    @functools.cached_property
    def tasks(self):
        """The names of the coding tasks, in order."""
        return [
            name
            for name, cell in self.cells.items()
            if cell.cell_type == "code" and cell.metadata.nbgrader.solution
        ]

    @functools.cached_property
    def namespace(self):
        """What the notebook's own cells define, without the checks and hidden tests."""
        namespace = {"__name__": "__main__"}
        with redirect_stdout(io.StringIO()):
            for cell in self.notebook.cells:
                if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade"):
                    run_cell(cell.source, namespace)
        return namespace

    def grade(self, task, solution=None):
        """Run the task's visible check and hidden tests, with another solution where given."""
        namespace = dict(self.namespace)
        if solution is not None:
            namespace[task] = solution
        log, error = io.StringIO(), None
        with redirect_stdout(log):
            try:
                run_cell(self.cells[f"{task}-check"].source, namespace)
            except Exception as caught:
                error = caught
            hidden = self.cells[f"{task}-hidden"]
            try:
                earned = run_cell(hidden.source, namespace)
            except Exception as caught:
                earned = 0.0
                print(f"hidden tests: {type(caught).__name__}: {caught}")
        return Graded(error, earned, hidden.metadata.nbgrader.points, log.getvalue())


def run_cell(source, namespace):
    """Run the source of a cell and return its last expression, as a notebook shows it."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), namespace)
    if last is not None:
        return eval(compile(ast.Expression(last.value), "<cell>", "eval"), namespace)
    return None


def assignments():
    """Every assignment there is."""
    return [
        Assignment(path)
        for path in sorted(SOURCE.glob("*/*.ipynb"))
        if path.stem == path.parent.name
    ]

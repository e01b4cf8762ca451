"""The student version of an assignment, made from its source without nbgrader; and its grading.

For somebody who learns alone: nothing is registered, and nothing is needed but Jupyter itself.
"""

import copy
import functools
import re
from pathlib import Path
from typing import Any, NamedTuple

import nbformat

SOLUTION = re.compile(r"(?ms)^([ \t]*)### BEGIN SOLUTION.*?### END SOLUTION[^\n]*")
HIDDEN = re.compile(r"(?s)\n*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS")
CODE_STUB = "# Write your code here, in place of the next line.\nraise NotImplementedError()"
TEXT_STUB = "Write your answer here, in place of this line."


class Result(NamedTuple):
    """What became of a task: the points of its check and hidden tests, and what was said."""

    task: str
    earned: float
    total: float
    said: str


def student_version(source: Any) -> Any:
    """The source notebook without solutions, hidden tests and outputs."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        stub = CODE_STUB if cell.cell_type == "code" else TEXT_STUB
        blank = SOLUTION.sub(functools.partial(in_place_of, stub), cell.source)
        cell.source = HIDDEN.sub("", blank)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def in_place_of(stub: str, solution: re.Match[str]) -> str:
    """The stub, as far to the right as the solution stands."""
    return "\n".join(solution[1] + line for line in stub.splitlines())


def grade(copy_of_student: Any, source: Any, folder: Path) -> list[Result]:
    """Run a student's notebook with the source's own test cells, and return what each task earned.

    folder: where it runs. Cells that the student deleted earn nothing.
    """
    from nbclient import NotebookClient

    notebook = with_tests_of(copy_of_student, source)
    client = NotebookClient(
        notebook,
        timeout=120,
        allow_errors=True,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    cells = {grade_id(cell): cell for cell in notebook.cells}
    results = []
    for name, cell in ((grade_id(cell), cell) for cell in source.cells):
        if is_task(cell):
            tests = [cells[f"{name}-{kind}"] for kind in ("check", "hidden")]
            points = [test.metadata.nbgrader.points for test in tests]
            earned = (points[0] if not error_of(tests[0]) else 0) + number_in(tests[1])
            results.append(Result(name, earned, sum(points), error_of(tests[0]) or "passed"))
    return results


def with_tests_of(student: Any, source: Any) -> Any:
    """A copy of the student's notebook whose test cells are those of the source."""
    notebook = copy.deepcopy(student)
    tests = {grade_id(cell): cell for cell in source.cells if is_test(cell)}
    present = [grade_id(cell) for cell in notebook.cells]
    for number, name in enumerate(present):
        if name in tests:
            notebook.cells[number] = copy.deepcopy(tests[name])
    notebook.cells += [copy.deepcopy(cell) for name, cell in tests.items() if name not in present]
    return notebook


def grade_id(cell: Any) -> str:
    return str(cell.metadata.get("nbgrader", {}).get("grade_id", ""))


def is_task(cell: Any) -> bool:
    return cell.cell_type == "code" and bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_test(cell: Any) -> bool:
    about = cell.metadata.get("nbgrader", {})
    return cell.cell_type == "code" and bool(about.get("grade")) and not about.get("solution")


def error_of(cell: Any) -> str:
    """The first line of the error that a cell ended in, or ""."""
    for output in cell.outputs:
        if output.output_type == "error":
            lines = [line for line in output.traceback if line.strip()]
            return lines[0] if lines else output.ename
    return ""


def number_in(cell: Any) -> float:
    """The number that a cell of hidden tests shows as its result; 0 where there is none."""
    for output in cell.outputs:
        if output.output_type == "execute_result":
            return float(output.data["text/plain"])
    return 0.0


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)

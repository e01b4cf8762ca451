"""A class that works on the assignments: its course folder, its students and their grades.

Submissions are made from the source notebooks, whichever these are. By convention a task NAME has
the cells NAME (the solution), NAME-check and NAME-hidden.
"""

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "notebooks" / "assignments"
ASSIGNMENTS = sorted(path.name for path in (FOLDER / "source").glob("*/"))
SOLUTION_LINES = re.compile(r"^\s*### (BEGIN|END) SOLUTION\n?", re.MULTILINE)
REGION = r"^\s*### BEGIN {0}\n(.*?)^\s*### END {0}$"
ANSWER = "An answer in a sentence of my own."


def copy_course(folder, *settings):
    """Copy the teacher's folder without what nbgrader makes; add lines to its settings."""
    shutil.copytree(FOLDER / "source", folder / "source")
    config = (FOLDER / "nbgrader_config.py").read_text(encoding="utf-8")
    folder.joinpath("nbgrader_config.py").write_text("\n".join([config, *settings]) + "\n")
    return folder


def run(folder, *command, status=0):
    """Run a Python module in `folder`; return what it wrote, and insist on its exit status."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": programs, "JUPYTER_CONFIG_DIR": str(folder / ".jupyter")}
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        text=True,
        timeout=600,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == status, f"{command} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def notebook(folder, step, assignment, student="."):
    """Read a notebook of the course: of the step source, release, submitted or autograded."""
    path = Path(folder, step, student, assignment, f"{assignment}.ipynb")
    return nbformat.read(path, as_version=4)


def hand_in(folder, student, assignment, nb):
    """Put a notebook where the teacher collects those of an assignment; return its path."""
    path = Path(folder, "submitted", student, assignment, f"{assignment}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nb, path)
    return path


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def cell(nb, name):
    return next(cell for cell in nb.cells if grade_id(cell) == name)


def points(nb):
    """The points of every graded cell, by its id."""
    graded = [
        cell.metadata.nbgrader
        for cell in nb.cells
        if cell.metadata.get("nbgrader", {}).get("grade")
    ]
    return {each.grade_id: float(each.points) for each in graded}


def tasks(nb):
    """The names of the coding tasks, in their order."""
    return [
        grade_id(cell)
        for cell in nb.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    ]


def questions(nb):
    """The names of the written questions."""
    return [name for name in points(nb) if cell(nb, name).cell_type == "markdown"]


def unneeded(nb):
    """The coding tasks whose functions no other task's solution calls."""
    names = tasks(nb)
    return [
        name
        for name in names
        if not any(
            re.search(rf"\b{name}\b", cell(nb, other).source) for other in names if other != name
        )
    ]


def regions(nb, name):
    """The texts between ### BEGIN NAME and ### END NAME, of all cells."""
    pattern = re.compile(REGION.format(name), re.MULTILINE | re.DOTALL)
    return [text for cell in nb.cells for text in pattern.findall(cell.source)]


def solved(folder, assignment):
    """The released notebook, with every task solved and every question answered."""
    nb, source = notebook(folder, "release", assignment), notebook(folder, "source", assignment)
    for name in tasks(source):
        cell(nb, name).source = SOLUTION_LINES.sub("", cell(source, name).source)
    for name in questions(source):
        cell(nb, name).source = ANSWER
    return nb


def with_code(nb, name, code):
    """A copy in which the cell of a task ends with more code, which may use what it has defined."""
    nb = copy.deepcopy(nb)
    cell(nb, name).source += "\n\n\n" + code
    return nb


def without(nb, *names):
    """A copy that lacks some cells."""
    nb = copy.deepcopy(nb)
    nb.cells = [cell for cell in nb.cells if grade_id(cell) not in names]
    return nb


def expected(nb, lost=(), **others):
    """The autograder's points for a copy: all, but for the tasks that are lost, and `others`.

    A written question has None, for it is marked by hand.
    """
    full = points(nb) | dict.fromkeys(questions(nb), None)
    of_lost = {f"{name}-{kind}": 0.0 for name in lost for kind in ("check", "hidden")}
    return full | of_lost | others


def gradebook(folder):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{folder}/gradebook.db", "the-network-that-would-not-learn")


def auto_scores(folder, assignment):
    """The autograder's points: {student: {grade_id: points}}."""
    with gradebook(folder) as grades:
        return {
            submission.student.id: {
                grade.name: grade.auto_score for nb in submission.notebooks for grade in nb.grades
            }
            for submission in grades.assignment_submissions(assignment)
        }

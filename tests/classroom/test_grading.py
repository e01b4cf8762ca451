"""What becomes of copies, whatever grades them: the real nbgrader is in test_nbgrader.py."""

import time
from types import SimpleNamespace

import pytest

from course_lib.classroom import grading
from course_lib.classroom.grading import Bounds, grade_all, in_words, missing_notebook

# Grades "quick"; with any other copy, half is done at once, and the rest after 20 seconds.
SLOW = """
import pathlib, sys, time
if not sys.argv[-1].endswith("=quick"):
    pathlib.Path(sys.argv[-1].partition("=")[2], "autograded").mkdir()
    time.sleep(20)
"""


def test_when_grading_is_given_up_nothing_half_done_is_left(tmp_path, monkeypatch):
    """As after a Ctrl-C: one copy is graded, one half done, and one has not begun."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(grading, "NBGRADER", SLOW)
    students = ["quick", "slow", "waiting"]
    for student in students:
        (tmp_path / student / "submitted").mkdir(parents=True)
        (tmp_path / student / "submitted" / "a.ipynb").write_text("")
    course = SimpleNamespace(
        assignment="a",
        notebooks={"a.ipynb"},
        log_folder=tmp_path / "logs",
        path=lambda step, student: tmp_path / student / step,
    )
    results = grade_all(course, students, jobs=1, bounds=Bounds(minutes=5, memory=1))
    first = next(results)
    assert (first.student, first.words, first.is_graded) == ("quick", "graded", True)
    while not (tmp_path / "slow" / "autograded").exists():
        time.sleep(0.01)
    results.close()
    assert not (tmp_path / "slow" / "autograded").exists()
    assert not (tmp_path / "waiting" / "autograded").exists()


@pytest.mark.parametrize(
    "names, words",
    [
        (["a.ipynb"], ""),
        ([], "but nothing"),
        (["homework.ipynb"], "but homework.ipynb"),
        (["a/a.ipynb"], "but the folder a; move a/a.ipynb up into submitted"),
        (["a/a/a.ipynb"], "but the folder a; move a/a/a.ipynb up into submitted"),
        (["A.IPYNB"], "but A.IPYNB; rename A.IPYNB: its name is spelled otherwise"),
        (["a.ipynb/b"], "but the folder a.ipynb"),
    ],
)
def test_a_copy_without_the_notebook_says_what_is_there(tmp_path, names, words):
    for name in ["submitted/" + name for name in names] or ["submitted"]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("") if "/" in name else path.mkdir()
    course = SimpleNamespace(notebooks={"a.ipynb"}, path=lambda step, student: tmp_path / step)
    expected = f"failed: submitted holds no a.ipynb, {words}" if words else ""
    assert missing_notebook(course, "somebody") == expected


@pytest.mark.parametrize(
    "log, result",
    [
        ("", "nbgrader wrote nothing"),
        ("\n", "nbgrader wrote nothing"),
        ("a\nb\n", "b"),
        ("ValueError: no\nKilled\n", "ValueError: no"),
    ],
)
def test_why_a_copy_was_not_graded(log, result):
    assert in_words(1, log, Bounds(3, 2)) == f"failed: {result}"

"""Commands for somebody who learns alone: progress, reset and assignment."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from course_lib.__main__ import main
from course_lib.commands.progress import exercises
from course_lib.practice import course_folder, record

COURSE = Path(__file__).parents[2]
LESSON = "00_the_case.ipynb"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course's folder with lessons and one assignment's source, in which commands are given."""
    folder = tmp_path / "course" / "notebooks"
    source = folder / "assignments" / "source" / "02_strided_convolution"
    source.parent.mkdir(parents=True)
    for path in (COURSE / "notebooks").glob("0*.ipynb"):
        shutil.copy(path, folder)
    shutil.copytree(COURSE / "notebooks" / ".first_state", folder / ".first_state")
    shutil.copytree(COURSE / "notebooks" / "assignments" / "source" / source.name, source)
    monkeypatch.setattr(course_folder, "PACKAGE", tmp_path / "elsewhere" / "course_lib")
    monkeypatch.chdir(folder)
    monkeypatch.delenv(record.FOLDER, raising=False)
    yield folder
    os.environ.pop(record.FOLDER, None)


@pytest.mark.parametrize(
    "path", sorted((COURSE / "notebooks").glob("0*.ipynb")), ids=lambda p: p.stem
)
def test_the_first_state_is_the_lesson_without_outputs(path):
    lesson = nbformat.read(path, as_version=4)
    first = nbformat.read(path.parent / ".first_state" / path.name, as_version=4)
    assert [c.source for c in first.cells] == [c.source for c in lesson.cells]
    assert [c.metadata for c in first.cells] == [c.metadata for c in lesson.cells]
    assert not any(cell.get("outputs") for cell in first.cells)


def test_a_lesson_is_reset_and_the_learners_copy_kept(course, capsys):
    lesson = course / LESSON
    for number in (1, 2):
        notebook = nbformat.read(lesson, as_version=4)
        notebook.cells[0].source = f"mine, {number}"
        nbformat.write(notebook, lesson)
        assert main(["reset", "0"]) == 0
        kept = course / f"00_the_case_mine_{number}.ipynb"
        assert nbformat.read(kept, as_version=4).cells[0].source == f"mine, {number}"
        assert "The network that would not learn" in lesson.read_text(encoding="utf-8")
    assert "is kept in" in capsys.readouterr().out


def test_an_update_with_git_loses_nothing(course, monkeypatch, tmp_path):
    """reset, git stash, git pull, as the README says, with a lesson written in and another run."""
    (course.parent / ".gitignore").write_text((COURSE / ".gitignore").read_text())
    home = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_AUTHOR_NAME": "n", "GIT_AUTHOR_EMAIL": "e"}
    for name, value in (home | {"GIT_COMMITTER_NAME": "n", "GIT_COMMITTER_EMAIL": "e"}).items():
        monkeypatch.setenv(name, value)

    def git(*words, folder=course.parent):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)

    git("init", "-b", "main")
    git("add", "-A")
    git("commit", "-m", "as published")
    theirs = tmp_path / "theirs"
    git("clone", str(course.parent), str(theirs), folder=tmp_path)
    for number, name in enumerate(("00", "01")):
        [lesson] = course.glob(f"{name}_*.ipynb")
        lesson.write_text(lesson.read_text() + "\n" * (number + 1))
    git("commit", "-am", "an update")
    new = {path.name: path.read_text() for path in course.glob("0*.ipynb")}

    mine = theirs / "notebooks"
    monkeypatch.chdir(mine)
    for name, change in (("00", "source"), ("01", "outputs")):
        [lesson] = mine.glob(f"{name}_*.ipynb")
        notebook = nbformat.read(lesson, as_version=4)
        cell = next(cell for cell in notebook.cells if cell.get("outputs"))
        cell[change] = "mine" if change == "source" else []
        nbformat.write(notebook, lesson)
    (mine / record.NAME).write_text("{}")
    assert main(["reset", "00"]) == 0
    git("stash", folder=theirs)
    git("pull", folder=theirs)
    assert {p.name: p.read_text() for p in mine.glob("0*.ipynb") if p.name in new} == new
    assert "mine" in (mine / "00_the_case_mine_1.ipynb").read_text()
    assert (mine / record.NAME).read_text() == "{}"


def test_there_is_nothing_to_reset(course, capsys):
    before = (course / LESSON).read_bytes()
    assert main(["reset", "00"]) == 0
    assert "Nothing was changed" in capsys.readouterr().out
    assert (course / LESSON).read_bytes() == before
    (course / LESSON).unlink()
    assert main(["reset", "00"]) == 0 and (course / LESSON).exists()
    assert "it is back" in capsys.readouterr().out


def test_a_damaged_lesson_is_kept_too(course):
    (course / LESSON).write_text("{ half a")
    assert main(["reset", "00"]) == 0
    assert (course / "00_the_case_mine_1.ipynb").read_text() == "{ half a"


@pytest.mark.parametrize("command", ["reset", "assignment"])
def test_what_is_not_there_is_one_sentence(command, course, capsys, monkeypatch, tmp_path):
    assert main([command, "42"]) == 1
    assert "There is no 42 here; choose one of 0" in capsys.readouterr().err
    monkeypatch.chdir(tmp_path)
    assert main([command, "02"]) == 1
    assert "go to the course's folder first" in capsys.readouterr().err


def test_progress_counts_what_is_written_and_predicted(course, capsys):
    notebook = nbformat.read(course / LESSON, as_version=4)
    cell = nbformat.v4.new_code_cell(
        "@practice.exercise\ndef doubled(x):\n    raise NotImplementedError",
        metadata={"tags": ["exercise"]},
    )
    notebook.cells = [cell]
    nbformat.write(notebook, course / LESSON)
    assert exercises(course / LESSON) == ["doubled"]
    (course / record.NAME).write_text(
        json.dumps({
            "exercises": {"doubled": {"state": "right"}},
            "predictions": {"00 a": {"said": 1, "right": True}, "00 b": {"said": 2}},
            "ballot": {"effects": {}, "culprit": 2},
        })
    )
    assert main(["progress"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].split() == ["00_the_case", "1", "of", "1", "2", "1"]
    assert "Your vote on the seven diagnoses: cast." in lines


def test_an_assignment_is_made_once_and_checked(course, capsys):
    assert main(["assignment", "2"]) == 0
    mine = course / "assignments" / "mine" / "02_strided_convolution.ipynb"
    text = mine.read_text(encoding="utf-8")
    assert "raise NotImplementedError()" in text and "Write your answer here" in text
    assert "SOLUTION" not in text and "HIDDEN" not in text and "Marking guide" not in text
    source = course / "assignments" / "source" / mine.stem / mine.name
    notebook, solved = (nbformat.read(path, as_version=4) for path in (mine, source))
    for cell, right in zip(notebook.cells, solved.cells, strict=True):
        if right.metadata.get("nbgrader", {}).get("grade_id") == "depthwise_conv2d":
            cell.source = right.source
    nbformat.write(notebook, mine)
    assert main(["assignment", "02"]) == 0 and "It stays as it is." in capsys.readouterr().out
    assert main(["assignment", "02", "--check"]) == 0
    rows = capsys.readouterr().out.splitlines()
    [right] = [row for row in rows if row.startswith("depthwise_conv2d")]
    assert "6 of  6   passed" in right
    [blank] = [row for row in rows if row.startswith("dilated_conv2d")]
    assert "0 of  6" in blank and "is not written yet" in blank
    assert rows[-1].split()[:4] == ["together", "6", "of", "34"]


def test_there_is_nothing_to_check_yet(course, capsys):
    assert main(["assignment", "02", "--check"]) == 1
    assert "`python -m course_lib assignment 02` makes it" in capsys.readouterr().err

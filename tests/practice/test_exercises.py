"""Exercises in lessons: whatever the learner writes, nothing is raised and the lesson goes on."""

import json
import random

import numpy as np
import pytest

from course_lib import practice
from course_lib.practice import exercises, predictions, record
from course_lib.practice.checks import Case, Task
from course_lib.practice.checks.engine import stored_cases, time_limits
from course_lib.practice.suspects import DIAGNOSES, FINDINGS, MARKS, board

X = np.arange(6.0)


def doubled(x):
    """Twice x."""
    return x + x  # the course's own


@pytest.fixture
def learner(tmp_path, monkeypatch):
    """A lesson with the exercise `doubled`, and a folder for the learner's file."""
    monkeypatch.setenv("COURSE_LEARNER_FOLDER", str(tmp_path))
    monkeypatch.setattr(exercises, "_known", {})
    cases = [Case({"x": X * n}, 2 * X * n, returns="y") for n in (1, 2)]
    monkeypatch.setattr(stored_cases, "visible", {"doubled": Task(cases)}.get)
    monkeypatch.setattr(time_limits, "CHECK_SECONDS", 0.3)
    exercises.by_the_course(["Add.", "What is x + x?"], "One addition.")(doubled)
    return lambda: json.loads((tmp_path / ".learner.json").read_text())["exercises"]["doubled"]


def wrote(body):
    """What the name means after a cell with this body, and the cell's own variables."""
    names = {
        "practice": practice,
        "np": np,
        "doubled": exercises.known()["doubled"],
        "random": random,
    }
    exec(f"@practice.exercise\ndef doubled(x):\n    {body}", names)
    return names["doubled"], names


def test_what_is_right_is_used_from_there_on(learner, capsys):
    function, _ = wrote("return 2 * x")
    assert capsys.readouterr().out == (
        "doubled: all 2 cases passed. The lesson goes on with yours.\n"
    )
    assert function.yours and np.array_equal(function(X), 2 * X)
    assert learner()["state"] == "right"


@pytest.mark.parametrize(
    "body, words",
    [
        ("raise NotImplementedError", "not written yet, so the lesson goes on with the course's"),
        ("return 3 * x", "doubled: case 1 of 2 is wrong."),
        ("pass", "should be an array of float64 numbers, but it is None"),
        ("return x.no_such_thing", "AttributeError"),
        ("while True: pass", "stopped in case 1 of 2"),
        ("return doubled(x)", "RecursionError"),
        ("import sys; sys.exit(1)", "SystemExit"),
    ],
)
def test_what_is_not_right_raises_nothing_and_the_courses_own_goes_on(body, words, learner, capsys):
    function, names = wrote(body)
    said = capsys.readouterr().out
    assert words in said.replace("\n", " ") and "the course's own" in said.replace("\n", " ")
    assert not function.yours and np.array_equal(function(X), 2 * X)
    assert names["doubled"] is function


def test_a_blank_is_no_attempt(learner, tmp_path):
    wrote("raise NotImplementedError")
    assert not (tmp_path / ".learner.json").exists()


def test_the_global_random_state_is_put_back(learner):
    np.random.seed(1)
    random.seed(1)
    wanted = np.random.RandomState(1).random(), random.Random(1).random()
    wrote("np.random.seed(5); random.seed(7); return 2 * x")
    assert (np.random.random(), random.random()) == wanted


def test_hints_come_one_after_another_and_the_solution_is_the_courses_code(learner, capsys):
    function, _ = wrote("raise NotImplementedError")
    capsys.readouterr()
    for _ in range(3):
        function.hint()
    assert capsys.readouterr().out == (
        "Hint 1 of 2: Add.\nHint 2 of 2: What is x + x?\nHint 1 of 2: Add.\n"
    )
    function.solution()
    assert "return x + x  # the course's own\n\nOne addition.\n" in capsys.readouterr().out


def test_classes_are_exercises_too(learner, monkeypatch, capsys):
    class Doubler:
        """Keeps x, and doubles it."""

        scale = 2

        def __init__(self, x):
            self.x = x

    exercises.by_the_course(["h"])(Doubler)
    case = Case({"x": X}, X, use=lambda made, x: made(x).x)
    monkeypatch.setattr(stored_cases, "visible", {"Doubler": Task([case])}.get)
    names = {"practice": practice, "__name__": "__main__"}
    exec("@practice.exercise\nclass Doubler:\n def __init__(self, x): self.x = x", names)
    assert "Doubler: the case passed. The lesson goes on with yours." in capsys.readouterr().out
    assert names["Doubler"](X).x is X
    assert exercises.known()["Doubler"].scale == 2


def test_a_name_that_is_no_exercise_is_told(learner):
    def other(x):
        return x

    with pytest.raises(ValueError, match="other is no exercise of this lesson"):
        practice.exercise(other)


# Predictions


def test_a_prediction_comes_back_with_the_result(learner, capsys):
    question = practice.predict("01 colour", "Which?", ["green", "blue"])
    assert "- green\n- blue" in question._repr_mimebundle_()["text/plain"]
    practice.predicted("01 colour", "blue")
    question.control.value = "blue"
    assert "Kept: blue." in question.message.value
    practice.predicted("01 colour", "blue")
    question.control.value = "green"
    assert "does not count" in question.message.value
    practice.predicted("01 colour", "blue")
    assert capsys.readouterr().out.splitlines() == [
        "(You made no prediction here.)",
        "You predicted blue, and you were right: blue.",
        "You predicted green; the result was blue.",
    ]
    assert predictions.tally() == {"01": (1, 1)}
    assert practice.predict("01 colour", "Which?", ["green", "blue"]).control.value == "green"


def test_a_number_is_right_within_what_is_said(learner, capsys):
    practice.predict("02 size", "How many?", unit=" %").keep(40.0)
    practice.predicted("02 size", 43.2, within=5, unit=" %")
    assert capsys.readouterr().out == "You predicted 40.0 %, and you were right: 43.2 %.\n"
    practice.predict("02 far", "How many?").keep(40.0)
    practice.predicted("02 far", 60, within=5)
    assert predictions.tally() == {"02": (1, 2)}


def test_a_prediction_that_cannot_be_kept_is_told(learner, monkeypatch, tmp_path):
    question = practice.predict("01 colour", "Which?", ["green"])
    monkeypatch.setenv("COURSE_LEARNER_FOLDER", str(tmp_path / "nowhere"))
    question.control.value = "green"
    assert "could not be kept" in question.message.value


def test_sections_of_the_record_leave_each_other_alone(learner):
    record.keep("ballot", {"culprit": 2})
    record.keep("predictions", {"01 a": {"said": "x"}})
    record.keep("predictions", {"01 b": {"said": "y"}})
    assert record.read() == {
        "ballot": {"culprit": 2},
        "predictions": {"01 a": {"said": "x"}, "01 b": {"said": "y"}},
    }


# The board


def test_what_is_asked_of_practice_by_name_is_there_every_time():
    for name in practice.PLACES:
        assert callable(getattr(practice, name)) and callable(getattr(practice, name)), name


def test_the_board_shows_the_latest_finding_up_to_a_lesson():
    assert all(f.state in MARKS and f.why.endswith(".") for f in FINDINGS)
    assert [f.lesson for f in FINDINGS] == sorted(f.lesson for f in FINDINGS)
    first, last = repr(board("00")), repr(board("07"))
    assert len(first.splitlines()) == 1 + len(DIAGNOSES)
    assert "? 2. The inputs are not normalised: open" in first and "open" in last
    assert "+ 2. The inputs are not normalised: sharpened." in last and "(Lesson 01.)" in last
    assert "<td>sharpened</td>" in board("01")._repr_html_()

"""Exercises in lessons: the learner writes a function, and the lesson goes on with it.

    @practice.exercise
    def double(x):
        raise NotImplementedError

checks the function where it is defined. If it is right, its name means the learner's function from
there on; if it is wrong, or not written yet, the course's own, and nothing is raised. So a lesson
runs from top to bottom in any case. `double.hint()` gives the next hint, `double.solution()` the
course's code.
"""

import functools
import inspect
import random
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from . import record
from .checks.engine import Report, examine
from .checks.engine.exceptions import wrapped

NOT_WRITTEN = (
    "{name}: not written yet, so the lesson goes on with the course's own. "
    "{name}.hint() gives a hint, {name}.solution() shows the course's code."
)
YOURS = "{line} The lesson goes on with yours."
OURS = "The lesson goes on with the course's own {name}. Change the cell and run it again."

_known: dict[str, "Exercise"] = {}


class Exercise:
    """What the name of an exercise means in a lesson. Called, it calls the function in use.

    own: the course's function or class; hints: what helps to write it, one after another;
    word: what there is to say about the course's code; yours: the learner's, where it is right.
    """

    def __init__(self, own: Any, hints: Sequence[str], word: str, yours: Any = None) -> None:
        functools.update_wrapper(self, own)
        self.own, self.hints, self.word, self.yours = own, tuple(hints), word, yours
        self._given = 0

    @property
    def lesson(self) -> str:
        """The lesson's number, "01", from the name of the module that holds the course's code."""
        return self.own.__module__.rpartition("lesson_")[2]

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return (self.yours or self.own)(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or "own" not in vars(self):
            raise AttributeError(name)
        return getattr(self.yours or self.own, name)

    def hint(self) -> None:
        """Print the next hint; after the last one, the first again."""
        number = self._given % len(self.hints)
        self._given += 1
        say(f"Hint {number + 1} of {len(self.hints)}: {self.hints[number]}")

    def solution(self) -> None:
        """Print the course's code, and a word on it."""
        lines = textwrap.dedent(inspect.getsource(self.own)).splitlines()
        first = next(n for n, line in enumerate(lines) if line.startswith(("def ", "class ")))
        print("\n".join(lines[first:]))
        if self.word:
            print()
            say(self.word)


def by_the_course(hints: Sequence[str], word: str = "") -> Callable[[Any], Exercise]:
    """A decorator for the course's own function or class of an exercise."""

    def register(own: Any) -> Exercise:
        if own.__name__ in _known and _known[own.__name__].own.__module__ != own.__module__:
            raise ValueError(f"there are two exercises with the name {own.__name__}")
        _known[own.__name__] = Exercise(own, hints, word)
        return _known[own.__name__]

    return register


def exercise(function: Any) -> Exercise:
    """Check what the learner wrote, say what came of it, and return the function to go on with.

    Raises ValueError for a name that is no exercise.
    """
    name = function.__name__
    if name not in _known:
        raise ValueError(
            f"{name} is no exercise of this lesson: run the lesson's first code cell, and keep "
            "the name that the cell had."
        )
    course = _known[name]
    report = checked(name, function)
    if isinstance(report.error, NotImplementedError):
        say(NOT_WRITTEN.format(name=name))
        return Exercise(course.own, course.hints, course.word)
    if report.passed:
        say(YOURS.format(line=report.line))
    else:
        print("\n".join(lines_of(report.error)))
        print()
        say(OURS.format(name=name))
    remember(name, course.lesson, report.passed)
    return Exercise(course.own, course.hints, course.word, function if report.passed else None)


def checked(name: str, function: Any) -> Report:
    """The Report of the check. Meanwhile the name means the learner's function, and not ours."""
    with meaning(function), random_state_kept(), np.errstate(all="ignore"):
        return examine(name, function)


@contextmanager
def meaning(function: Any) -> Iterator[None]:
    """Inside, a call of the function's name in its own code calls the function itself."""
    names = getattr(function, "__globals__", None) or vars(sys.modules[function.__module__])
    missing = object()
    before = names.get(function.__name__, missing)
    names[function.__name__] = function
    try:
        yield
    finally:
        if before is missing:
            del names[function.__name__]
        else:
            names[function.__name__] = before


@contextmanager
def random_state_kept() -> Iterator[None]:
    """What a function draws from the global generators changes nothing in the lesson."""
    numpys, pythons = np.random.get_state(), random.getstate()
    try:
        yield
    finally:
        np.random.set_state(numpys)
        random.setstate(pythons)


def remember(name: str, lesson: str, passed: bool) -> None:
    state = {"lesson": lesson, "state": "right" if passed else "wrong"}
    try:
        aside = record.keep("exercises", {name: state})
    except OSError as error:
        aside = (
            f"(This could not be kept in {record.file().absolute()}: {error.strerror or error}.)"
        )
    if aside:
        say(aside)


def known() -> dict[str, Exercise]:
    """All exercises of the lessons whose modules have been imported, by their names."""
    return dict(_known)


def lines_of(error: BaseException | None) -> list[str]:
    """An error of a check as the lines that Jupyter would show."""
    render = getattr(error, "_render_traceback_", None)
    return list(render()) if render else [f"{type(error).__name__}: {error}"]


def say(text: str) -> None:
    print("\n".join(wrapped(text)))

"""What a check says when a case fails: what is wrong, given, expected and returned, and a hint."""

from typing import Any

import numpy as np

from . import time_limits
from .check_case import Case
from .compare import Problem
from .describe import MOST_NUMBERS, describe, headline, label
from .exceptions import CheckFailed, as_theirs


def message(problem: Problem, name: str, where: str, case: Case) -> str:
    """The whole text of a failure: what is wrong, given, expected, came instead, the case, hint."""
    sentence = problem.sentence
    if sentence.startswith("the "):
        sentence = "T" + sentence[1:]
    lines = [f"{name}: {where} is wrong. {sentence}", *given(case, problem.numbers)]
    if problem.numbers and problem.name and count(problem.expected) <= MOST_NUMBERS:
        for heading, value in zip(problem.labels, (problem.expected, problem.result), strict=True):
            lines += ["", heading, *indent(describe(label(problem.name), value))]
    return "\n".join([*lines, *told(case), *hinted(problem.hint)])


def count(value: Any) -> int:
    """How many numbers there are in an array, or in all of a tuple, list or dict together."""
    if isinstance(value, dict):
        return count(list(value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(count, value))
    return np.size(value)


def told(case: Case) -> list[str]:
    return ["", f"About this case: {case.about}"] if case.about else []


def hinted(hint: str) -> list[str]:
    return ["", f"Hint: {hint}"] if hint else []


def given(case: Case, numbers: bool = True) -> list[str]:
    lines = case.given.splitlines() or [
        line
        for name, value in case.inputs.items()
        for line in (describe(name, value) if numbers else [headline(name, value)])
    ]
    return ["", "Given", *indent(lines)] if lines else []


def indent(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def out_of_time(name: str, where: str, case: Case) -> str:
    return "\n".join([
        f"{name}: stopped in {where}, because the check had taken "
        f"{time_limits.CHECK_SECONDS:g} seconds of computing, or "
        f"{time_limits.BY_THE_CLOCK * time_limits.CHECK_SECONDS:g} by the clock. Is there a loop "
        "that never ends, or one that does far too much?",
        *given(case),
    ])


def not_written(name: str) -> NotImplementedError:
    error = NotImplementedError(
        f"{name} is not written yet. Replace the line `raise NotImplementedError()` in its cell by "
        "your own code, run that cell, then run this one again."
    )
    error._render_traceback_ = str(error).splitlines  # type: ignore[attr-defined]
    return error


def explained(error: BaseException, name: str, where: str, case: Case) -> BaseException:
    """The exception to raise for one that came out of a call."""
    if isinstance(error, CheckFailed):
        return CheckFailed(f"{name}: {error}")
    note = "\n".join([
        f"Your code raised this in {where} of the check of {name}.",
        *given(case),
        *told(case),
    ])
    return as_theirs(error, note) or CheckFailed(
        "\n".join([
            f"{name}: {where} ended in {type(error).__name__}: {error}",
            *given(case),
            "",
            "Hint: Does your function return what the task asks for?",
        ])
    )

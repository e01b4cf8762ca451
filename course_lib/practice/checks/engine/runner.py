"""Run a learner's function on the cases of a task: say what is wrong, or count what is right.

The function gets fresh copies of its inputs on every call. Its time and its printed output are
limited, its inputs are watched, and what should come out is opened when it has returned.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib.nn.networks import Sequential, parameter_slots

from . import calls, stored_cases, time_limits
from .causes import cause, of_an_earlier_case
from .check_case import Case
from .describe import shorten
from .exceptions import CheckFailed, TookTooLong
from .library_calls import Borrowed, refuse_the_librarys_own
from .messages import explained, message, not_written, out_of_time
from .stored_cases import Task


@dataclass
class Report:
    """What came of a check: one line where all is right, else the error that tells what is not."""

    line: str = ""
    error: BaseException | None = None

    @property
    def passed(self) -> bool:
        return self.error is None


def check(name: str, function: Any, cases: Sequence[Case] | None = None) -> None:
    """Print one line where the function passes every case, the smallest first; else raise.

    cases: those that are stored for the task of this name where they are left out.
    Raises CheckFailed for a wrong result, NotImplementedError for a function that is not written
    yet, and the learner's own exception, with a note, where their code raises one.
    """
    report = examine(name, function, cases)
    if report.error:
        raise report.error from None
    print(report.line)


def examine(name: str, function: Any, cases: Sequence[Case] | None = None) -> Report:
    """The Report of a check; nothing is printed but what the function prints, nothing is raised."""
    task = stored_cases.visible(name) if cases is None else Task(cases, None)
    if not callable(function):
        return Report(
            error=CheckFailed(
                f"{name}: this check needs your function, and was given {shorten(function)}. "
                f"Write checks.{name}({name}), without calling the function yourself."
            )
        )
    if cases is None:
        try:
            refuse_the_librarys_own(function)
        except Borrowed as error:
            return Report(error=CheckFailed(f"{name}: {error}"))
    budget = time_limits.Budget(time_limits.CHECK_SECONDS)
    limits = calls.Limits(time_limits.LimitedOutput(sys.stdout), (budget,))
    for number, case in enumerate(task.cases):
        wrong = error_in(name, function, task, number, case, limits)
        if wrong:
            return Report(error=wrong)
    count = len(task.cases)
    passed = f"all {count} cases" if count > 1 else "the case"
    return Report(f"{name}: {passed} passed.")


def error_in(
    name: str,
    function: Callable[..., Any],
    task: Task,
    number: int,
    case: Case,
    limits: calls.Limits,
) -> BaseException | None:
    """What is wrong in one case, as an exception that says so; None where nothing is."""
    where = f"case {number + 1} of {len(task.cases)}"
    try:
        problem, result = calls.problem_of(case, function, limits, number, task.allowed)
    except time_limits.OutOfTime:
        return TookTooLong(out_of_time(name, where, case))
    except NotImplementedError:
        return not_written(name)
    except (Exception, SystemExit) as error:
        return explained(error, name, where, case.opened())
    if problem is None:
        return None
    hint = problem.hint
    if problem.numbers and calls.judged(case.opened(), result):  # else the first result was right
        hint = (
            cause(number, result, task.cases, function, limits)
            or of_an_earlier_case(number, result, task.cases)
            or hint
        )
    return CheckFailed(message(problem._replace(hint=hint), name, where, case.opened()))


def points(total: float, function: Any, cases: Sequence[Case] | Task) -> float:
    """Return the share of `total` points that the passed cases are worth, as a float.

    Prints how many cases passed and the titles of those that did not, and nothing of what the
    function prints. A case that crashes or does not end is lost, and only that case. A function
    that is the library's, or has it do the work, earns nothing.
    """
    task = cases if isinstance(cases, Task) else Task(cases, None)
    budget = time_limits.Budget(time_limits.HIDDEN_SECONDS)
    failed = []
    try:
        if task.allowed is not None:
            refuse_the_librarys_own(function)
        for number, case in enumerate(task.cases):
            own = time_limits.Budget(time_limits.HIDDEN_CASE_SECONDS)
            limits = calls.Limits(time_limits.LimitedOutput(), (budget, own))
            if not passes(function, case, limits, number, task):
                failed.append(case.name())
    except Borrowed as error:
        print(error)
        return 0.0
    passed = len(task.cases) - len(failed)
    print(f"{passed} of {len(task.cases)} hidden tests passed.")
    for name in failed:
        print("not passed:", name)
    return float(total) if not failed else int(100 * total * passed / len(task.cases)) / 100


def passes(
    function: Callable[..., Any], case: Case, limits: calls.Limits, number: int, task: Task
) -> bool:
    try:
        return calls.problem_of(case, function, limits, number, task.allowed)[0] is None
    except Borrowed:
        raise
    except (Exception, SystemExit, time_limits.OutOfTime):
        return False


@contextmanager
def weights_kept(network: Sequential, sentence: str) -> Iterator[None]:
    """Raises CheckFailed with this sentence where the code inside changes the network's weights."""

    def weights() -> list[np.ndarray]:
        return [layer.params[name] for layer, name in parameter_slots(network)]

    before = [array.copy() for array in weights()]
    yield
    after = weights()
    if len(before) != len(after) or not all(map(np.array_equal, before, after)):
        raise CheckFailed(sentence)

"""Run a learner's function on cases: `check` says what is wrong, `points` counts what is right.

The function gets fresh copies of its inputs on every call. Its time and its printed output are
limited, and its inputs are checked for changes.
"""

import copy
import inspect
import math
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

import numpy as np

from course_lib.nn.networks import Sequential, parameter_slots

from . import time_limits
from .check_case import Case
from .compare import Problem, compare
from .describe import shorten
from .exceptions import CheckFailed, TookTooLong
from .messages import explained, message, not_written, out_of_time


def check(name: str, function: Any, cases: Sequence[Case]) -> None:
    """Print one line where the function passes every case, the smallest first; else raise.

    Raises CheckFailed for a wrong result, NotImplementedError for a function that is not written
    yet, and the learner's own exception, with a note, where their code raises one.
    """
    if not callable(function):
        raise CheckFailed(
            f"{name}: this check needs your function, and was given {shorten(function)}. "
            f"Write checks.{name}({name}), without calling the function yourself."
        )
    budget = time_limits.Budget(time_limits.CHECK_SECONDS)
    output = time_limits.LimitedOutput(sys.stdout)
    for number, case in enumerate(cases, 1):
        where = f"case {number} of {len(cases)}"
        try:
            problem = run(case, function, output, budget)
        except time_limits.OutOfTime:
            raise TookTooLong(out_of_time(name, where, case)) from None
        except NotImplementedError:
            raise not_written(name) from None
        except (Exception, SystemExit) as error:
            raise explained(error, name, where, case) from None
        if problem:
            raise CheckFailed(message(problem, name, where, case))
    passed = f"all {len(cases)} cases" if len(cases) > 1 else "the case"
    print(f"{name}: {passed} passed.")


def points(total: float, function: Any, cases: Sequence[Case]) -> float:
    """Return the share of `total` points that the passed cases are worth, as a float.

    For the last line of a cell of hidden tests: nbgrader takes the number as partial credit.
    Prints how many cases passed and the titles of those that did not, and nothing of what the
    function prints. A case that crashes or does not end is lost, and only that case.
    """
    budget = time_limits.Budget(time_limits.HIDDEN_SECONDS)
    failed = []
    for case in cases:
        own = time_limits.Budget(time_limits.HIDDEN_CASE_SECONDS)
        try:
            wrong = run(case, function, time_limits.LimitedOutput(), budget, own) is not None
        except (Exception, SystemExit, time_limits.OutOfTime):
            wrong = True
        if wrong:
            failed.append(case.name())
    passed = len(cases) - len(failed)
    print(f"{passed} of {len(cases)} hidden tests passed.")
    for name in failed:
        print("not passed:", name)
    return float(total) if not failed else math.floor(100 * total * passed / len(cases)) / 100


def run(
    case: Case,
    function: Callable[..., Any],
    output: time_limits.LimitedOutput,
    *budgets: time_limits.Budget,
) -> Problem | None:
    """Call the function once; return a Problem or None. What its code raises is raised."""
    inputs = copy.deepcopy(case.inputs)
    if case.use is None or case.parameters:
        check_signature(function, case.parameters or inputs)
    with redirect_stdout(output), redirect_stderr(output), time_limits.time_limit(*budgets):
        if case.use is None:
            result = function(*inputs.values())
        else:
            result = case.use(function, *inputs.values())
    for name, value in case.inputs.items():
        if not unchanged(inputs[name], value):
            return Problem(
                f"Your function changed its input {name} in place.",
                name,
                value,
                inputs[name],
                ("Before", "After"),
                f"Whoever called the function still needs {name} as it was. "
                "Write to a new array, or to a copy.",
            )
    if case.judge is not None:
        sentence = case.judge(result)
        return Problem(sentence, "", None, None, hint=case.hint) if sentence else None
    problem = compare(result, case.expected, case.returns, case.rtol)
    if problem is None:
        return None
    return problem._replace(hint=suspected(result, case) or problem.hint or case.hint)


def check_signature(function: Callable[..., Any], names: Collection[str]) -> None:
    """Raises CheckFailed where the function cannot be called with so many arguments."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in functions do not tell
        return
    try:
        signature.bind(*names)
    except TypeError:
        raise CheckFailed(
            f"Your function is called with ({', '.join(names)}), and it takes {signature}. "
            "Keep the first line of the function as the task gives it."
        ) from None


def unchanged(value: Any, original: Any) -> bool:
    """Whether arrays, also those in lists, tuples and dicts, are what they were."""
    if isinstance(original, np.ndarray):
        return np.array_equal(value, original, equal_nan=original.dtype.kind in "fc")
    if isinstance(original, dict):
        return value.keys() == original.keys() and all(
            unchanged(value[key], original[key]) for key in original
        )
    if isinstance(original, (list, tuple)):
        return len(value) == len(original) and all(map(unchanged, value, original))
    return True


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


def suspected(result: Any, case: Case) -> str | None:
    """The hint of the mistake that gives exactly the value that came out."""
    for hint, value in case.suspects.items():
        if compare(result, value, case.returns, case.rtol) is None:
            return hint
    return None

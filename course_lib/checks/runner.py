"""Run a learner's function on cases: `check` says what is wrong, `points` counts what is right.

The function gets fresh copies of the inputs in every call. It is bounded in time and in what it
prints, and what it does to its inputs is looked at.
"""

import copy
import inspect
import math
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field

import numpy as np

import course_lib.checks.limits as limits

from .compare import Problem, compare
from .describe import MOST_NUMBERS, describe, headline, shorten, sizes
from .failures import CheckFailed, TookTooLong, as_theirs


@dataclass(frozen=True)
class Case:
    """One call of the learner's function and what should come out.

    inputs: the arguments by name, in the order of the parameters; they are passed by position.
    expected: a number, array, text, tuple, list or dict: what should be returned.
    hint: the idea to think of where this case fails; never the solution.
    suspects: {hint: value}, the values that well-known mistakes give, each with its own hint.
    title: what the case is about, for the list of hidden tests that did not pass.
    returns: the name of the value in messages; a tuple of names where several are returned.
    use: use(function, *inputs) -> value to compare, in place of function(*inputs).
    judge: judge(value) -> what is wrong with it, a sentence, or None; in place of `expected`.
    may_change: names of inputs that the function is asked to change in place.
    given: lines that describe the inputs, where their own description would say too little.
    rtol: a relative tolerance in place of compare's own.
    """

    inputs: dict
    expected: object = None
    hint: str = ""
    suspects: dict = field(default_factory=dict)
    returns: object = "the result"
    title: str = ""
    use: Callable | None = None
    judge: Callable | None = None
    may_change: tuple = ()
    given: str = ""
    rtol: float | None = None

    def name(self):
        return self.title or sizes(self.inputs)


def error_case(inputs, kind=ValueError, **options):
    """A Case in which the function must raise an exception of this kind; options as for Case."""
    def use(function, *arguments):
        try:
            return "returned", function(*arguments)
        except kind:
            return "raised", None

    def judge(outcome):
        what, value = outcome
        if what == "raised":
            return None
        return (f"A {kind.__name__} should be raised here, and your function returned "
                f"{shorten(value)}.")

    return Case(inputs, use=use, judge=judge, **options)


def check(name, function, cases):
    """Print one line where the function passes every case, the smallest first; else raise.

    Raises CheckFailed for a wrong result, NotImplementedError for a function that is not written
    yet, and the learner's own exception, with a note, where their code raises one.
    """
    if not callable(function):
        raise CheckFailed(
            f"{name}: this check needs your function, and was given {shorten(function)}. "
            f"Write checks.{name}({name}), without calling the function yourself."
        )
    deadline = time.monotonic() + limits.CHECK_SECONDS
    output = limits.LimitedOutput(sys.stdout)
    for number, case in enumerate(cases, 1):
        where = f"case {number} of {len(cases)}"
        try:
            problem = run(case, function, deadline - time.monotonic(), output)
        except limits.OutOfTime:
            raise TookTooLong(out_of_time(name, where, case)) from None
        except NotImplementedError:
            raise not_written(name) from None
        except (Exception, SystemExit) as error:
            raise explained(error, name, where, case) from None
        if problem:
            raise CheckFailed(message(problem, name, where, case))
    passed = f"all {len(cases)} cases" if len(cases) > 1 else "the case"
    print(f"{name}: {passed} passed.")


def points(total, function, cases):
    """Return the share of `total` points that the passed cases are worth, as a float.

    For the last line of a cell of hidden tests: nbgrader takes the number as partial credit.
    Prints how many cases passed and the titles of those that did not, and nothing of what the
    function prints. A case that crashes or does not end is lost, and only that case.
    """
    deadline = time.monotonic() + limits.HIDDEN_SECONDS
    failed = []
    for case in cases:
        seconds = min(limits.HIDDEN_CASE_SECONDS, deadline - time.monotonic())
        try:
            wrong = run(case, function, seconds, limits.LimitedOutput()) is not None
        except (Exception, SystemExit, limits.OutOfTime):
            wrong = True
        if wrong:
            failed.append(case.name())
    passed = len(cases) - len(failed)
    print(f"{passed} of {len(cases)} hidden tests passed.")
    for name in failed:
        print("not passed:", name)
    return float(total) if not failed else math.floor(100 * total * passed / len(cases)) / 100


def run(case, function, seconds, output):
    """Call the function once; return a Problem or None. What its code raises is raised."""
    inputs = copy.deepcopy(case.inputs)
    if case.use is None:
        check_signature(function, inputs)
    with redirect_stdout(output), redirect_stderr(output), limits.time_limit(seconds):
        if case.use is None:
            result = function(*inputs.values())
        else:
            result = case.use(function, *inputs.values())
    for name, value in case.inputs.items():
        if name not in case.may_change and not unchanged(inputs[name], value):
            return Problem(
                f"Your function changed its input {name} in place.", name, value, inputs[name],
                ("Before", "After"), f"Whoever called the function still needs {name} as it was. "
                "Write to a new array, or to a copy.")
    if case.judge is not None:
        sentence = case.judge(result)
        return Problem(sentence, "", None, None, hint=case.hint) if sentence else None
    problem = compare(result, case.expected, case.returns, case.rtol)
    hint = problem and (suspected(result, case) or problem.hint or case.hint)
    return problem and problem._replace(hint=hint)


def check_signature(function, inputs):
    """Raises CheckFailed where the function cannot be called with these inputs."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # some built-in functions do not tell
        return
    try:
        signature.bind(*inputs.values())
    except TypeError:
        raise CheckFailed(
            f"Your function is called with ({', '.join(inputs)}), and it takes {signature}. "
            "Keep the first line of the function as the task gives it."
        ) from None


def unchanged(value, original):
    """Whether arrays, also those in lists, tuples and dicts, are what they were."""
    if isinstance(original, np.ndarray):
        return np.array_equal(value, original, equal_nan=original.dtype.kind in "fc")
    if isinstance(original, dict):
        return value.keys() == original.keys() and all(
            unchanged(value[key], original[key]) for key in original)
    if isinstance(original, (list, tuple)):
        return len(value) == len(original) and all(map(unchanged, value, original))
    return True


# Messages


def message(problem, name, where, case):
    """The whole text of a failure: what is wrong, given, expected, came instead, hint."""
    sentence = problem.sentence
    if sentence.startswith("the "):
        sentence = "T" + sentence[1:]
    lines = [f"{name}: {where} is wrong. {sentence}", *given(case, problem.numbers)]
    if problem.numbers and problem.name and count(problem.expected) <= MOST_NUMBERS:
        for heading, value in zip(problem.labels, (problem.expected, problem.result), strict=True):
            lines += ["", heading, *indent(describe(label(problem.name), value))]
    return "\n".join([*lines, *hinted(problem.hint)])


def count(value):
    """How many numbers there are in an array, or in all of a tuple, list or dict together."""
    if isinstance(value, dict):
        return count(list(value.values()))
    if isinstance(value, (list, tuple)):
        return sum(map(count, value))
    return np.size(value)


def hinted(hint):
    return ["", f"Hint: {hint}"] if hint else []


def given(case, numbers=True):
    lines = case.given.splitlines() or [
        line for name, value in case.inputs.items()
        for line in (describe(name, value) if numbers else [headline(name, value)])
    ]
    return ["", "Given", *indent(lines)] if lines else []


def indent(lines):
    return ["    " + line for line in lines]


def label(name):
    return ", ".join(name) if isinstance(name, tuple) else name


def suspected(result, case):
    """The hint of the mistake that gives exactly the value that came out."""
    for hint, value in case.suspects.items():
        if compare(result, value, case.returns, case.rtol) is None:
            return hint
    return None


def out_of_time(name, where, case):
    return "\n".join([
        f"{name}: stopped in {where}, because the check had been running for "
        f"{limits.CHECK_SECONDS:g} seconds. Is there a loop that never ends, or one that does far "
        "too much?", *given(case)])


def not_written(name):
    error = NotImplementedError(
        f"{name} is not written yet. Replace the line `raise NotImplementedError()` in its cell by "
        "your own code, run that cell, then run this one again."
    )
    error._render_traceback_ = str(error).splitlines
    return error


def explained(error, name, where, case):
    """The exception to raise for one that came out of a call."""
    if isinstance(error, CheckFailed):
        return CheckFailed(f"{name}: {error}")
    note = "\n".join([f"Your code raised this in {where} of the check of {name}.", *given(case),
                      *hinted(case.hint)])
    return as_theirs(error, note) or CheckFailed("\n".join([
        f"{name}: {where} ended in {type(error).__name__}: {error}", *given(case), "",
        "Hint: Does your function return what the task asks for?"]))

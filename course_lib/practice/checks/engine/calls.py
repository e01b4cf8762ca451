"""Call a learner's function on a case, three times, and say what is wrong with what it returns.

The first call is the plain one. A second one has other numbers of the same shapes: its result does
not matter, but it may leave something behind. The third has the first numbers again, in another
order in memory and closed to writing. So state between calls, a cache by shape, a `reshape` that
copies, a buffer that is used twice and an input that is written to are found in every task.
"""

import copy
import functools
import inspect
from collections.abc import Callable, Collection
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

import numpy as np

from . import library_calls, sealing, time_limits
from .check_case import Case
from .compare import Problem, compare
from .exceptions import CheckFailed

RIGHT_AT_FIRST = "The first call with these inputs was right. Called again {}, it was not: {}"
REMEMBERS = (
    "What does your function keep from one call to the next: a global variable, a cache, an array "
    "that it uses again, a default argument that is a list or a dict?"
)
WRITES = (
    "Whoever called the function still needs the inputs as they were, at every moment. "
    "Write to a new array, or to a copy."
)
ORDER = (
    "The arrays have the same shapes and numbers as before; only their strides differ. Where does "
    "your function rely on the order in memory? `reshape` and `ravel`, for example, return a view "
    "of some arrays and a copy of others, and what is written to a copy is lost."
)
OVERWRITTEN = (
    "The first call returned the right numbers. A later call wrote over them: both results lie "
    "in the same array."
)


class Limits(NamedTuple):
    """Where a call's output goes, and what limits its time."""

    output: time_limits.LimitedOutput
    budgets: tuple[time_limits.Budget, ...]

    def silent(self) -> "Limits":
        """The same limits for further calls: what is printed was seen in the first one."""
        return self._replace(output=time_limits.LimitedOutput())


def problem_of(
    case: Case,
    function: Callable[..., Any],
    limits: Limits,
    number: int = 0,
    allowed: Collection[str] | None = None,
) -> tuple[Problem | None, Any]:
    """Return (Problem or None, the first result). What the first call raises is raised.

    number: of the case; it decides which order in memory the third call has.
    allowed: the parts of the library that the task allows; None where all of it is.
    Raises CheckFailed where the function calls another part.
    """
    if case.use is None or case.parameters:
        check_signature(function, case.parameters or case.inputs)
    inputs = copy.deepcopy(case.inputs)
    watch = allowed if case.again is None else None  # else the second call is watched
    result = call(case, function, list(inputs.values()), limits, watch)
    kept = copy_of_arrays(result)
    problem = changed_input(case, inputs) or judged(case.opened(), result)
    if problem or case.again is None:
        return problem, result
    limits = limits.silent()
    other = [with_other_numbers(value) for value in copy.deepcopy(case.inputs).values()]
    with_exceptions_ignored(call, case, function, other, limits, allowed)
    if not unchanged(result, kept):
        return Problem(OVERWRITTEN, "", None, None, hint=REMEMBERS, numbers=False), result
    return problem_of_third_call(case, function, limits, number), result


def call(
    case: Case,
    function: Callable[..., Any],
    inputs: list[Any],
    limits: Limits,
    allowed: Collection[str] | None = None,
) -> Any:
    """The function's result, within the limits; meanwhile no sealed case can be opened."""
    with (
        sealing.closed(),
        redirect_stdout(limits.output),
        redirect_stderr(limits.output),
        time_limits.time_limit(*limits.budgets),
    ):
        used = function if case.use is None else functools.partial(case.use, function)
        if allowed is None:
            return used(*inputs)
        return library_calls.watched(used, inputs, allowed)


def first_result(case: Case, function: Callable[..., Any], limits: Limits) -> Any:
    """What one plain call returns."""
    return call(case, function, list(copy.deepcopy(case.inputs).values()), limits.silent())


def judged(case: Case, result: Any) -> Problem | None:
    """What is wrong with a result, or None; the case is an open one."""
    if case.judge is not None:
        sentence = case.judge(result)
        return Problem(sentence, "", None, None) if sentence else None
    return compare(result, case.expected, case.returns, case.rtol)


def changed_input(case: Case, inputs: dict[str, Any]) -> Problem | None:
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
    return None


def problem_of_third_call(
    case: Case, function: Callable[..., Any], limits: Limits, number: int
) -> Problem | None:
    """What is wrong when a case is called once more, and whose fault it is.

    One call has everything at once. Only if it fails, further ones tell the reasons apart.
    """
    read_only = case.again is not None and case.again.read_only
    if wrong_again(case, function, limits, number, True, read_only) is None:
        return None
    for words, hint, reordered, closed in (
        ("after a call with other numbers of the same shapes", REMEMBERS, False, False),
        ("with read-only copies of the same inputs", WRITES, False, read_only),
        ("with the same numbers in another order in memory", ORDER, True, False),
        ("in another order in memory, and read-only", ORDER, True, read_only),
    ):
        wrong = wrong_again(case, function, limits, number, reordered, closed)
        if wrong:
            sentence = RIGHT_AT_FIRST.format(words, wrong)
            return Problem(sentence, "", None, None, hint=hint, numbers=False)
    return None


def wrong_again(
    case: Case,
    function: Callable[..., Any],
    limits: Limits,
    number: int,
    reordered: bool,
    read_only: bool,
) -> str | None:
    """What is wrong with the result of a further call, in words; None where nothing is."""
    inputs = copy.deepcopy(case.inputs)
    values = list(inputs.values())
    if reordered:
        values = [in_another_order(value, number + n) for n, value in enumerate(values)]
    if read_only:
        for value in values:
            close_to_writing(value)
    try:
        result = call(case, function, values, limits)
    except (CheckFailed, NotImplementedError):
        raise
    except (Exception, SystemExit) as error:
        return f"your code raised {type(error).__name__}: {error}"
    problem = judged(case.opened(), result)
    return problem.sentence if problem else None


def with_exceptions_ignored(function: Callable[..., Any], *arguments: Any) -> None:
    try:
        function(*arguments)
    except (CheckFailed, time_limits.OutOfTime):
        raise
    except (Exception, SystemExit):
        return


# Inputs of the further calls


def with_other_numbers(value: Any) -> Any:
    """A value with the numbers of its arrays in reverse order; all else as it is."""
    if isinstance(value, np.ndarray):
        return np.flip(value).copy()
    return within(value, with_other_numbers)


def in_another_order(value: Any, number: int) -> Any:
    """A value whose arrays are equal, but lie in another order in memory; which one: number % 3."""
    if isinstance(value, np.ndarray) and value.ndim:
        kinds = np.asfortranarray, with_first_axis_innermost, spread_out
        return kinds[number % 3 if value.ndim > 1 else 2](value)
    return within(value, in_another_order, number)


def spread_out(array: np.ndarray) -> np.ndarray:
    """Every second element of a larger array, from its end to its beginning."""
    larger = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    view = larger[..., ::-2]
    view[...] = array
    return view


def with_first_axis_innermost(array: np.ndarray) -> np.ndarray:
    """The same images (N, H, W, C), in memory as the course's layers keep them: side by side."""
    return np.moveaxis(np.moveaxis(array, 0, -1).copy(), -1, 0)


def close_to_writing(value: Any) -> None:
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    else:
        within(value, close_to_writing)


def within(value: Any, change: Callable[..., Any], *arguments: Any) -> Any:
    """A list, tuple or dict with `change` applied to all that is in it; all else as it is."""
    if type(value) is dict:
        return {key: change(part, *arguments) for key, part in value.items()}
    if type(value) in (list, tuple):
        return type(value)(change(part, *arguments) for part in value)
    return value


# What must not change


def copy_of_arrays(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else within(value, copy_of_arrays)


def unchanged(value: Any, original: Any) -> bool:
    """Whether arrays, numbers and texts, also in lists, tuples and dicts, are what they were."""
    if isinstance(original, np.ndarray):
        return np.array_equal(value, original, equal_nan=original.dtype.kind in "fc")
    if isinstance(original, dict):
        return value.keys() == original.keys() and all(
            unchanged(value[key], original[key]) for key in original
        )
    if isinstance(original, (list, tuple)):
        return len(value) == len(original) and all(map(unchanged, value, original))
    if isinstance(original, (int, float, str)):
        return value is original or (type(value) is type(original) and value == original)
    return True


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

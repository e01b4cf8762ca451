"""Which known mistake a wrong result comes from: a hint is told only where nothing else fits."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import calls, time_limits
from .check_case import Case
from .common_mistakes import Recognised
from .compare import compare


def cause(
    number: int,
    result: Any,
    cases: Sequence[Case],
    function: Callable[..., Any],
    limits: calls.Limits,
) -> str:
    """The hint of the one suspect that agrees with the function on every case that lists it.

    number: of the case that failed, from 0; result: what came out there. Two suspects can give the
    same on this case; the other cases separate them. A value goes before a question (Recognised).
    "" where none remains, or more than one.
    """
    suspects = cases[number].opened().suspects
    left = [hint for hint, value in suspects.items() if fits(result, value, cases[number])]
    for other, case in enumerate(cases):
        listed = {} if other == number or not left else case.opened().suspects
        if listed.keys() & set(left):
            try:
                found = calls.first_result(case, function, limits)
            except (Exception, SystemExit):
                continue  # this case says nothing
            except time_limits.OutOfTime:
                break
            left = [
                hint
                for hint in left
                if hint not in listed or same_numbers(found, listed[hint], case)
            ]
    exact = [hint for hint in left if not isinstance(suspects[hint], Recognised)]
    left = exact or left  # a value says more than a question
    return left[0] if len(left) == 1 else ""


def of_an_earlier_case(number: int, result: Any, cases: Sequence[Case]) -> str:
    """A sentence where a result is the right one of an earlier case with inputs of equal shapes."""
    for earlier, case in enumerate(cases[:number]):
        if shapes(case.inputs) == shapes(cases[number].inputs):
            expected = case.opened().expected
            if has_arrays(expected) and fits(result, expected, case):
                return f"This is the right result of case {earlier + 1}. {calls.REMEMBERS}"
    return ""


def shapes(value: Any) -> Any:
    """The shapes of all arrays in a value, numbers and texts as they are, and kinds of objects."""
    if isinstance(value, dict):
        return {key: shapes(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [shapes(part) for part in value]
    if isinstance(value, np.ndarray):
        return value.shape
    plain = value is None or isinstance(value, (bool, int, float, str, np.generic))
    return repr(value) if plain else type(value).__name__


def has_arrays(value: Any) -> bool:
    """Whether there is an array in a value, or it is one."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return any(map(has_arrays, value))
    return isinstance(value, np.ndarray)


def fits(result: Any, value: Any, case: Case) -> bool:
    return compare(result, value, case.returns, case.rtol) is None


def same_numbers(result: Any, value: Any, case: Case) -> bool:
    """Whether a result is this value, apart from the dtype of its arrays."""
    return fits(in_dtypes_of(result, value), value, case)


def in_dtypes_of(result: Any, value: Any) -> Any:
    if isinstance(result, np.ndarray) and isinstance(value, np.ndarray):
        both_numbers = {result.dtype.kind, value.dtype.kind} <= set("iuf")
        with np.errstate(all="ignore"):
            return result.astype(value.dtype) if both_numbers else result
    if isinstance(result, tuple) and isinstance(value, tuple) and len(result) == len(value):
        return tuple(map(in_dtypes_of, result, value))
    return result

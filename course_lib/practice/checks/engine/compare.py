"""Compare what a learner's function returned with what was expected, and say what is wrong."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np

from .describe import kind_of, label

# Relative to the expected number, and relative to the largest expected number.
TOLERANCES = {np.float32: (1e-5, 1e-5), np.float64: (1e-9, 1e-12)}
DTYPE_HINT = (
    "Which dtype has each array that your function makes, and why? np.zeros, for one, "
    "makes float64 numbers unless it is told otherwise."
)

NO_ARRAY = "What can the rest of the program do with it that it does with an array?"
NO_RETURN = "A function without a return statement returns None."


class Problem(NamedTuple):
    """What is wrong, and the two values to show, each under its label.

    numbers: False where no number is wrong, so that none need be shown.
    """

    sentence: str
    name: str | tuple[str, ...]
    expected: object
    result: object
    labels: tuple[str, str] = ("Expected", "Yours")
    hint: str = ""
    numbers: bool = True


def compare(
    result: Any,
    expected: Any,
    name: str | tuple[str, ...] = "the result",
    rtol: float | None = None,
) -> Problem | None:
    """Return a Problem, or None where the result is what was expected.

    Arrays must have the expected shape and dtype (any signed integers will do for others),
    numbers must be near, everything else equal. Tuples, lists and dicts are compared piece by
    piece. A relative tolerance `rtol` replaces those of TOLERANCES.
    """
    problem = _compare_kind(result, expected, name, rtol)
    if problem:
        return problem
    pieces: Iterable[tuple[Any, Any]]
    if isinstance(expected, (tuple, list)):
        pieces = enumerate(expected)
    elif isinstance(expected, dict):
        pieces = expected.items()
    elif isinstance(expected, (np.ndarray, np.generic, bool, int, float)):
        return _compare_numbers(result, expected, name, rtol)
    else:
        if result == expected:
            return None
        return Problem(f"{name} should be another one.", name, expected, result)
    for key, value in pieces:
        problem = compare(result[key], value, value_name(name, key), rtol)
        if problem:
            return problem._replace(hint="") if problem.hint == NO_RETURN else problem
    return None


def value_name(names: str | tuple[str, ...], key: Any) -> str:
    """The name of a piece: "dx" from ("dx", "dweight"), or "the result[0]"."""
    return names[key] if isinstance(names, tuple) else f"{names}[{key!r}]"


def _compare_kind(  # noqa: C901 (a branch for each kind)
    result: Any, expected: Any, name: str | tuple[str, ...], rtol: float | None
) -> Problem | None:
    """A Problem where the result is another kind of thing, or has another shape or dtype."""

    def problem(sentence: str, hint: str = "") -> Problem:
        return Problem(sentence, name, expected, result, hint=hint)

    if result is None and expected is not None:
        return problem(
            f"{label(name)} should be {kind_of(expected)}, but it is None.",
            NO_RETURN,
        )
    if isinstance(expected, np.ndarray):
        return _compare_array_kind(result, expected, name, problem, rtol)
    if isinstance(expected, (tuple, list)):
        if not isinstance(result, (tuple, list)):
            return problem(
                f"{label(name)} should be {len(expected)} values, in this order; "
                f"your function returned {kind_of(result)}."
            )
        if len(result) != len(expected):
            return problem(
                f"{label(name)} should be {len(expected)} values, in this order; "
                f"your function returned {len(result)}."
            )
    elif isinstance(expected, dict):
        if not isinstance(result, dict) or result.keys() != expected.keys():
            found = f"one with {list(result)}" if isinstance(result, dict) else kind_of(result)
            return problem(
                f"{name} should be a dict with the keys {list(expected)}, but it is {found}."
            )
    elif isinstance(expected, (bool, np.bool_)):
        if not isinstance(result, (bool, np.bool_)):
            return problem(f"{name} should be True or False, but it is {kind_of(result)}.")
    elif isinstance(expected, (int, np.integer)):
        if isinstance(result, bool) or not isinstance(result, (int, np.integer)):
            return problem(f"{name} should be a whole number (int), but it is {kind_of(result)}.")
    elif isinstance(expected, (float, np.floating)):
        single = isinstance(result, (int, float, np.integer, np.floating)) or (
            isinstance(result, np.ndarray) and result.shape == () and result.dtype.kind in "fi"
        )
        if isinstance(result, bool) or not single:
            shape = f" of shape {result.shape}" if isinstance(result, np.ndarray) else ""
            return problem(f"{name} should be one number, but it is {kind_of(result)}{shape}.")
    elif isinstance(expected, str) and not isinstance(result, str):
        return problem(f"{name} should be a text, but it is {kind_of(result)}.")
    return None


def _compare_array_kind(
    result: Any,
    expected: np.ndarray,
    name: Any,
    problem: Callable[..., Problem],
    rtol: float | None,
) -> Problem | None:
    if not isinstance(result, (np.ndarray, np.generic)):
        return problem(
            f"{name} should be an array, but it is {kind_of(result)}.",
            NO_ARRAY,
        )
    if result.shape != expected.shape:
        single = ": it is a single number" if result.shape == () else ""
        return problem(
            f"{name} should have the shape {expected.shape}, but it has {result.shape}{single}."
        )
    wanted, found = expected.dtype, result.dtype
    if wanted != found and not (wanted.kind == found.kind == "i"):
        told = problem(f"{name} should hold {wanted} numbers, but it holds {found}.", DTYPE_HINT)
        if not _same_numbers(result, expected, rtol):
            return told
        return told._replace(sentence=told.sentence + " The numbers are right.", numbers=False)
    return None


def _same_numbers(result: Any, expected: np.ndarray, rtol: float | None) -> bool:
    """Whether two arrays of different dtypes hold the same numbers, as near as both can."""
    if not {result.dtype.kind, expected.dtype.kind} <= set("fiub"):
        return False
    kind = np.float32 if np.float32 in (result.dtype, expected.dtype) else np.float64
    return bool(_near(result.astype(np.float64), expected.astype(np.float64), kind, rtol).all())


def _compare_numbers(
    result: Any, expected: Any, name: str | tuple[str, ...], rtol: float | None
) -> Problem | None:
    """A Problem that names the first number that differs."""
    wanted, found = np.asarray(expected), np.asarray(result)
    if wanted.dtype.kind in "fc":
        off = ~_near(found.astype(np.float64), wanted.astype(np.float64), wanted.dtype.type, rtol)
    else:
        off = found != wanted
    if not off.any():
        return None
    index = tuple(int(i) for i in np.argwhere(off)[0])
    mine, right = in_digits(found[index], wanted[index])
    off_by = how_far(found[index], wanted[index], rtol)
    if not wanted.shape:
        sentence = f"{name} should be {right}, but it is {mine}{off_by}."
        return Problem(sentence, "", expected, result)
    place = ", ".join(map(str, index))
    count, number = np.count_nonzero(off), f"[{place}]"
    differ = f"{count} of the {off.size} numbers of {name} {'differs' if count == 1 else 'differ'}."
    sentence = (
        f"{differ} The first is at {number}: yours is {mine}, but it should be {right}{off_by}."
        if off.size > 1
        else f"{label(name)} is one number: yours is {mine}, but it should be {right}{off_by}."
    )
    if np.isnan(found).any() and not np.isnan(wanted).any():
        sentence += " (nan means: not a number, such as 0 / 0.)"
    return Problem(sentence, name, expected, result)


def in_digits(left: Any, right: Any) -> tuple[str, str]:
    """Two different numbers as texts with so many digits that they look different."""
    if left.dtype.kind == right.dtype.kind == "b":
        return str(left), str(right)
    for digits in (6, 9, 17):
        texts = f"{left:.{digits}g}", f"{right:.{digits}g}"
        if texts[0] != texts[1]:
            break
    return texts


def tolerances(kind: Any, rtol: float | None) -> tuple[float, float]:
    """How far off a number of this dtype may be, relative to itself and to the largest one."""
    if rtol is not None:
        return rtol, rtol / 1000
    return TOLERANCES.get(kind, TOLERANCES[np.float64])


def how_far(found: Any, wanted: Any, rtol: float | None) -> str:
    """For numbers that look nearly alike: how far apart they are; "" for others."""
    if (
        not {found.dtype.kind, wanted.dtype.kind} <= set("fiu")
        or not np.isfinite([found, wanted]).all()
    ):
        return ""
    difference = abs(float(found) - float(wanted))
    if not 0 < difference < 1e-4 * abs(float(wanted)):
        return ""
    error, allowed = difference / abs(float(wanted)), tolerances(wanted.dtype.type, rtol)[0]
    return f": a relative error of {error:.1g}, where at most {allowed:g} is allowed"


def _near(found: np.ndarray, wanted: np.ndarray, kind: Any, rtol: float | None) -> np.ndarray:
    """Number by number: whether they agree. Infinite and nan only agree with themselves."""
    finite = np.isfinite(wanted)
    relative, absolute = tolerances(kind, rtol)
    scale = np.abs(wanted[finite]).max(initial=0) or 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(found - wanted) <= relative * np.abs(wanted) + absolute * scale
    same = (found == wanted) | (np.isnan(found) & np.isnan(wanted))
    return np.where(finite, near, same)

"""Values in words: what was given, what was expected, and what was returned instead."""

from typing import Any

import numpy as np

MOST_NUMBERS = 36  # in an array that is still written out
MOST_LETTERS = 100


def describe(name: str, value: Any) -> list[str]:
    """Lines that say what a value is, with all its numbers where they are few."""
    head = headline(name, value)
    if not isinstance(value, np.ndarray) or not 0 < value.size <= MOST_NUMBERS:
        return [head]
    place, table = readable(value)
    if place:
        head += f"; {name}{place} is"
    return [head, *(f"    {line}" for line in table.splitlines())]


def headline(name: str, value: Any) -> str:
    """The first line of a description: of an array its shape and dtype, no numbers."""
    if not isinstance(value, np.ndarray):
        return f"{name} = {shorten(value)}"
    return f"{name}: shape {value.shape}, {value.dtype}"


def readable(array: np.ndarray) -> tuple[str, str]:
    """Return (place, table): the table without axes of length 1 where that makes it flat."""
    place = ""
    if array.ndim > 2 and sum(length > 1 for length in array.shape) <= 2:
        index: list[Any] = [0] * array.ndim
        kept = [axis for axis in range(array.ndim) if array.shape[axis] > 1]
        for axis in kept or [array.ndim - 1]:
            index[axis] = slice(None)
        array = array[tuple(index)]
        place = "[" + ", ".join(":" if i == slice(None) else "0" for i in index) + "]"
    table = (
        np.array2string(
            array, precision=6, suppress_small=np.abs(array).max() < 1e6, max_line_width=90
        )
        if array.dtype.kind in "fiub"
        else str(array)
    )
    return place, table


def shorten(value: Any) -> str:
    """A value in one line, cut where it is long."""
    text = " ".join(repr(value.item() if isinstance(value, np.generic) else value).split())
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 3] + "..."


def kind_of(value: Any) -> str:
    """ "a list", "an array of float64", ... for a sentence."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} numbers"
    if isinstance(value, (bool, np.bool_)):
        return "a bool"
    if isinstance(value, (int, np.integer)):
        return "a whole number"
    if isinstance(value, (float, np.floating)):
        return "a float"
    name = type(value).__name__
    return ("an " if name[0].lower() in "aeiou" else "a ") + name


def sizes(values: dict[str, Any]) -> str:
    """A short title for the inputs of a case: shapes of arrays, and the rest as it is."""
    return ", ".join(
        f"{name} {value.shape}" if isinstance(value, np.ndarray) else f"{name} {shorten(value)}"
        for name, value in values.items()
    )


def label(names: str | tuple[str, ...]) -> str:
    """The name of a value, or the names of several, as one text."""
    return ", ".join(names) if isinstance(names, tuple) else names

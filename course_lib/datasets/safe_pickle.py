"""Read a pickle without running it.

A pickle is a program for a small stack machine. Two of its instructions are dangerous: GLOBAL can
name any function of any installed module, and REDUCE calls it. pickle.load obeys both, so opening a
stranger's pickle means running a stranger's program.

This module is that machine, stripped of everything that a CIFAR-10 batch does not need.
pickletools.genops takes the file apart into instructions and runs none of them; `loads` then
carries out the harmless ones. GLOBAL pushes only a name, which must be in ALLOWED, and REDUCE uses
that name to pick one of our own functions below. Nothing else can be called, because no line here
imports or calls what a file names.
"""

import pickletools
import re
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_INSTRUCTIONS = 500_000  # a CIFAR-10 batch has about 30,000
MAX_KEY_LENGTH = 100  # of a dictionary's key; equal ones are compared from end to end

ALLOWED = {
    "numpy.ndarray",
    "numpy.dtype",
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",  # where NumPy 2 keeps it
    "numpy.core.multiarray.scalar",  # a single number
    "numpy._core.multiarray.scalar",
    "numpy.core.numeric._frombuffer",  # an array in protocol 5
    "numpy._core.numeric._frombuffer",
    "_codecs.encode",  # how Python 3 spells bytes in protocol 2
}

# The harmless instructions.
CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False, "EMPTY_TUPLE": ()}
PLAIN_VALUES = {
    "BININT",
    "BININT1",
    "BININT2",
    "LONG1",
    "BINFLOAT",
    "BINBYTES",
    "BINBYTES8",
    "SHORT_BINBYTES",
    "BYTEARRAY8",
    "BINUNICODE",
    "SHORT_BINUNICODE",
}
PYTHON_2_STRINGS = {"BINSTRING", "SHORT_BINSTRING"}
FIXED_SIZE = {  # instruction: how many values it takes from the stack
    "TUPLE1": 1,
    "TUPLE2": 2,
    "TUPLE3": 3,
    "APPEND": 1,
    "SETITEM": 2,
    "STACK_GLOBAL": 2,
    "REDUCE": 2,
    "BUILD": 2,
}
UP_TO_MARK = {"TUPLE", "APPENDS", "SETITEMS"}  # these take all values since the last MARK


class NotAllowed(ValueError):
    """The pickle asks for something that no batch of images needs."""


def loads(data: bytes) -> Any:
    """Return what the pickle in the bytes `data` holds: dicts, lists, tuples, text, ints, arrays.

    Python 2 strings come back as bytes, NumPy's single numbers as Python's. Raises NotAllowed for
    any other kind of content and for any call, and ValueError for a pickle that is cut off or
    damaged. The messages have the file as their subject: "asks to call os.system".
    """
    try:
        return _run(data)
    except NotAllowed:
        raise
    except (ValueError, TypeError, LookupError, OverflowError) as error:
        raise ValueError(f"is damaged or cut off ({printable(str(error))})") from None


def _run(data: bytes) -> Any:  # noqa: C901 (a branch for each kind of instruction)
    stack: list = []
    marks: list[int] = []
    memo: dict = {}
    argument: Any
    encoded = 0  # bytes that _codecs.encode has made so far
    for count, (opcode, argument, _) in enumerate(pickletools.genops(data)):
        name = opcode.name
        if count == MAX_INSTRUCTIONS:
            raise NotAllowed(f"has more than {MAX_INSTRUCTIONS:,} pickle instructions")
        elif name in CONSTANTS:
            stack.append(CONSTANTS[name])
        elif name in PLAIN_VALUES:
            stack.append(argument)
        elif name in PYTHON_2_STRINGS:
            stack.append(argument.encode("latin-1"))
        elif name in ("BINPUT", "LONG_BINPUT"):
            memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(memo[argument])
        elif name == "EMPTY_LIST":
            stack.append([])
        elif name == "EMPTY_DICT":
            stack.append({})
        elif name == "MARK":
            marks.append(len(stack))
        elif name in FIXED_SIZE:
            items = _pop(stack, FIXED_SIZE[name])
            _put_together(name, items, stack)
            if name == "REDUCE" and isinstance(stack[-1], bytes):
                encoded += len(stack[-1])
                if encoded > len(data):  # each text of the file once cannot come to more
                    raise NotAllowed("turns the same text into bytes over and over")
        elif name in UP_TO_MARK:
            items = _pop(stack, len(stack) - marks.pop())
            _put_together(name, items, stack)
        elif name in ("GLOBAL", "INST"):
            stack.append(_allowed_name(argument.replace(" ", ".")))
        elif name not in ("PROTO", "FRAME", "STOP"):
            old = "" if data.startswith(b"\x80") else " of protocol 0 (protocol=2 writes others)"
            raise NotAllowed(f"uses the pickle instruction {name}{old}")
    (result,) = stack
    return result


def _pop(stack: list, count: int) -> list:
    if not 0 <= count <= len(stack):
        raise IndexError("an instruction finds too few values on the stack")
    items = stack[len(stack) - count :]
    del stack[len(stack) - count :]
    return items


def _put_together(name: str, items: list, stack: list) -> None:
    """Carry out one instruction that makes something of the values taken from the stack."""
    if name.startswith("TUPLE"):
        stack.append(tuple(items))
    elif name in ("APPEND", "APPENDS"):
        _expect(stack[-1], list).extend(items)
    elif name in ("SETITEM", "SETITEMS"):
        for key, value in zip(items[0::2], items[1::2], strict=True):
            if len(_expect(key, (bytes, str))) > MAX_KEY_LENGTH:
                raise NotAllowed(f"has a dictionary key of {len(key):,} characters")
            _expect(stack[-1], dict)[key] = value
    elif name == "STACK_GLOBAL":
        stack.append(_allowed_name(".".join(items)))
    elif name == "REDUCE":
        stack.append(_reduce(*items))
    else:  # BUILD
        stack.append(_build(*items))


def _expect(value: Any, kind: type | tuple[type, ...]) -> Any:
    if not isinstance(value, kind):
        kinds = kind if isinstance(kind, tuple) else (kind,)
        wanted = " or ".join(each.__name__ for each in kinds)
        found = type(value).__name__
        raise TypeError(f"an instruction needs a value of type {wanted} and finds one of {found}")
    return value


# What NumPy writes into a pickle, and what we make of it.


@dataclass(frozen=True)
class Name:
    """The name of a function or class in the file: a name, and never the thing itself."""

    text: str


@dataclass(frozen=True)
class Type:
    """A NumPy dtype on its way to an array: "u1" is one unsigned byte, "<i4" four with a sign."""

    text: str


class EmptyArray:
    """The array before its numbers arrive."""


def _allowed_name(name: str) -> Name:
    if name not in ALLOWED:
        raise NotAllowed(f"asks to call {printable(name)}")
    return Name(name)


def _as_text(value: Any) -> str:
    return value.decode("ascii") if isinstance(value, bytes) else _expect(value, str)


def printable(text: str, limit: int = 60) -> str:
    """Text from a file, made safe for one line of a message, and cut after `limit` characters."""
    escaped = text[: limit + 1].encode("unicode_escape").decode("ascii")
    return escaped if len(escaped) <= limit else escaped[:limit] + "[...]"


def _reduce(function: Any, arguments: Any) -> Any:
    """Stand in for the call of `function`, one of ALLOWED."""
    name = _expect(function, Name).text
    if name == "numpy.dtype":
        kind = _as_text(arguments[0])
        if not re.fullmatch("[biuf][1248]", kind):
            raise NotAllowed(f"holds an array of {printable(kind) or 'nothing'}, not of numbers")
        return Type(kind)
    if name == "_codecs.encode":
        return _expect(arguments[0], str).encode("latin-1")
    if name.endswith(".scalar"):
        dtype, content = arguments
        return _numbers(content, dtype, ()).item()
    if name.endswith("._frombuffer"):
        content, dtype, shape, order, *axes = arguments
        if order == "K":  # the axes' order in memory is another one
            return _numbers(content, dtype, shape).transpose(*axes)
        return _numbers(content, dtype, shape, order)
    return EmptyArray()


def _numbers(content: Any, dtype: Any, shape: Any, order: Any = "C") -> np.ndarray:
    """Return the array of this shape and dtype whose numbers are these bytes."""
    if not all(type(length) is int and length >= 0 for length in _expect(shape, tuple)):
        raise ValueError("an array has no proper shape")
    array = np.frombuffer(_expect(content, (bytes, bytearray)), _expect(dtype, Type).text)
    return array.reshape(shape, order=_expect(order, str))


def _build(unfinished: Any, state: Any) -> Type | np.ndarray:
    """Give a dtype its byte order, or an array its shape, dtype and numbers."""
    if isinstance(unfinished, Type):
        byte_order = _as_text(state[1])
        if byte_order not in ("|", "<", ">"):
            raise ValueError("a dtype has no proper byte order")
        return Type(byte_order + unfinished.text[-2:])
    _expect(unfinished, EmptyArray)
    version, shape, dtype, is_fortran_order, content = state
    if version != 1:
        raise ValueError("an array has no proper shape")
    return _numbers(content, dtype, shape, "F" if is_fortran_order else "C")

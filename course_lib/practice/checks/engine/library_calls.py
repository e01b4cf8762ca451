"""Who does the work: a function that is the library's own, or calls what a task asks for."""

import functools
import inspect
import sys
from collections.abc import Callable, Collection
from types import FrameType
from typing import Any

from . import time_limits
from .exceptions import CheckFailed

LIBRARY = "course_lib"


class Borrowed(CheckFailed):
    """The work is done by the library, and the task asks the learner to do it."""


def refuse_the_librarys_own(function: Any) -> None:
    """Raises Borrowed where a function, below any wrappers, is one of the library's."""
    while isinstance(function, functools.partial):
        function = function.func
    function = inspect.unwrap(function) if callable(function) else function
    function = getattr(function, "__func__", function)
    module = getattr(function, "__module__", None) or type(function).__module__
    if belongs_to_library(module):
        name = getattr(function, "__qualname__", type(function).__name__)
        raise Borrowed(
            f"This is the library's own `{module}.{name}`. The task asks for one of your own."
        )


def watched(function: Callable[..., Any], inputs: list[Any], allowed: Collection[str]) -> Any:
    """function(*inputs). Raises Borrowed where it calls a part of the library not allowed.

    allowed: the beginnings of names of modules or of what is in them, such as
    "course_lib.nn.networks" or "course_lib.diagnostics.gradient_noise.gradient_row".
    """
    found: list[str] = []

    def watch(frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and not found and is_forbidden(frame, allowed):
            found.append(f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}")

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return function(*inputs)
    finally:
        sys.setprofile(before)
        if found:
            raise Borrowed(
                f"Your function calls the library's `{found[0]}`, which does here what you are "
                "asked to write yourself."
            )


def is_forbidden(frame: FrameType, allowed: Collection[str]) -> bool:
    """Whether a call from outside of the library goes to a part of it that is not allowed."""
    module = module_of(frame)
    caller = frame.f_back
    while caller is not None and module_of(caller) == "contextlib":  # of a `with` statement
        caller = caller.f_back
    return (
        belongs_to_library(module)
        and not f"{module}.{frame.f_code.co_qualname}".startswith(tuple(allowed))
        and caller is not None
        and not belongs_to_library(module_of(caller))
        and module != time_limits.__name__  # which interrupts them
        and frame.f_code.co_name != "<module>"  # an import
    )


def module_of(frame: FrameType) -> str:
    return frame.f_globals.get("__name__") or ""


def belongs_to_library(module: str) -> bool:
    return module == LIBRARY or module.startswith(LIBRARY + ".")

"""Lesson 00: parts of the student's program, each with its layer and its switches of CaseA."""

import inspect
from collections.abc import Callable

from course_lib.cases import CaseA
from course_lib.cases.posted_program import PARTS

FOUND_OUT_LATER = {"orientation"}  # the learner predicts it in lesson 01


class Listing:
    """Some parts of the posted program as the last line of a cell: their code, with a heading."""

    def __init__(self, *parts: Callable) -> None:
        self.parts = parts

    def __repr__(self) -> str:
        return "\n\n".join(f"# {heading(part)}\n{code(part)}" for part in self.parts)

    def _repr_markdown_(self) -> str:
        return "\n\n".join(
            f"{heading(part, '**')}\n\n```python\n{code(part)}\n```" for part in self.parts
        )


def heading(part: Callable, mark: str = "") -> str:
    """Say which layer a part belongs to, and which switches of CaseA change it."""
    layer, switches = PARTS[part]
    text, tick, posted = f"layer: {mark}{layer}{mark}", "`" if mark else "", CaseA()
    if not switches:
        return text
    values = {
        name: "…" if name in FOUND_OUT_LATER else repr(getattr(posted, name)) for name in switches
    }
    named = ", ".join(f"{tick}{name}={value}{tick}" for name, value in values.items())
    return f"{text} · {'switches' if len(switches) > 1 else 'switch'}: {named}"


def code(part: Callable) -> str:
    return inspect.getsource(part).strip()

"""A test case: one call of a learner's function, and what should come out."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .describe import shorten, sizes


@dataclass(frozen=True)
class Again:
    """How a case is called once more: with arrays that cannot be written to, or can."""

    read_only: bool = True


@dataclass(frozen=True)
class Case:
    """One call of the learner's function and what should come out.

    inputs: the arguments by name, in the order of the parameters; they are passed by position.
    expected: a number, array, text, tuple, list or dict: what should be returned.
    about: what is new in this case, one sentence; it guesses no cause.
    suspects: {hint: value}, what well-known mistakes return on this case, each with its own hint.
    title: what the case is about, for the list of hidden tests that did not pass.
    returns: the name of the value in messages; a tuple of names where several are returned.
    use: use(function, *inputs) -> value to compare, in place of function(*inputs).
    parameters: the names of what `use` passes to the function; its signature must take them.
    judge: judge(value) -> what is wrong with it, a sentence, or None; in place of `expected`.
    given: lines that describe the inputs, where their own description would say too little.
    rtol: a relative tolerance in place of compare's own.
    again: how the case is called once more; None where that would say nothing.

    What is stored in a file, functions too, must be something that pickle can write.
    """

    inputs: dict[str, Any]
    expected: object = None
    about: str = ""
    suspects: dict[str, Any] = field(default_factory=dict)
    returns: str | tuple[str, ...] = "the result"
    title: str = ""
    use: Callable[..., Any] | None = None
    parameters: tuple[str, ...] = ()
    judge: Callable[[Any], str | None] | None = None
    given: str = ""
    rtol: float | None = None
    again: Again | None = Again()  # noqa: RUF009 (it cannot be changed)

    def name(self) -> str:
        return self.title or sizes(self.inputs)

    def opened(self) -> "Case":
        """The case with what should come out; a sealed one is opened here."""
        return self


def error_case(inputs: dict[str, Any], **options: Any) -> Case:
    """A Case in which the function must raise a ValueError; options as for Case."""
    return Case(inputs, use=raised_or_returned, judge=not_raised, **options)


def not_raised(outcome: tuple[str, Any]) -> str | None:
    what, value = outcome
    if what == "raised":
        return None
    return f"A ValueError should be raised here, and your function returned {shorten(value)}."


def raised_or_returned(function: Callable[..., Any], *arguments: Any) -> tuple[str, Any]:
    """A `use` for a Case: ("raised", the ValueError), or ("returned", the value)."""
    try:
        return "returned", function(*arguments)
    except ValueError as error:
        return "raised", error

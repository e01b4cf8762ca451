"""A test case: one call of a learner's function, and what should come out."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .describe import shorten, sizes


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
    given: str = ""
    rtol: float | None = None

    def name(self):
        return self.title or sizes(self.inputs)


def error_case(inputs, **options):
    """A Case in which the function must raise a ValueError; options as for Case."""

    def use(function, *arguments):
        try:
            return "returned", function(*arguments)
        except ValueError:
            return "raised", None

    def judge(outcome):
        what, value = outcome
        if what == "raised":
            return None
        return f"A ValueError should be raised here, and your function returned {shorten(value)}."

    return Case(inputs, use=use, judge=judge, **options)

"""The cases of each task, as the files in `checks/cases` hold them.

They are made outside of the library, where the answers are computed, and stored with them. A file
of visible cases can be read by whoever has the library; one of hidden cases takes a key.
"""

import functools
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from . import sealing
from .check_case import Case

FOLDER = Path(__file__).parents[1] / "cases"
VISIBLE_KEY = "for all to see"
ANSWER = ("expected", "suspects", "judge", "about")  # what is opened after the function has run


@dataclass(frozen=True)
class SealedCase(Case):
    """A Case without its answer, which is opened when the learner's function has returned."""

    answer: bytes = b""
    key: str = ""

    def opened(self) -> Case:
        return replace(self, **sealing.unseal(self.answer, self.key))


@dataclass(frozen=True)
class Task:
    """The cases of a task, and the parts of the library that it allows (None: all of it)."""

    cases: Sequence[Case]
    allowed: Collection[str] | None = ()


def sealed_case(case: Case, key: str) -> SealedCase:
    """The same case, to be stored: its answer is sealed."""
    fields = {name: getattr(case, name) for name in case.__dataclass_fields__}
    answer = {name: fields.pop(name) for name in ANSWER}
    return SealedCase(**fields, answer=sealing.seal(answer, key))


def store(path: Path, tasks: Mapping[str, Task], key: str) -> None:
    """Write the tasks into a file, each under a seal of its own."""
    sealed = {
        name: sealing.seal(Task([sealed_case(case, key) for case in task.cases], task.allowed), key)
        for name, task in tasks.items()
    }
    path.write_bytes(sealing.seal(sealed, VISIBLE_KEY))


@functools.cache
def contents(path: Path) -> dict[str, bytes]:
    """{task: its sealed cases} of a file."""
    return dict(sealing.unseal(path.read_bytes(), VISIBLE_KEY))


def load(name: str, suffix: str, key: str) -> Task:
    """The task of this name. Raises KeyError where no file has it, and WrongKey."""
    for path in sorted(FOLDER.glob(f"*.{suffix}")):
        if name in contents(path):
            task = sealing.unseal(contents(path)[name], key)
            return Task([replace(case, key=key) for case in task.cases], task.allowed)
    raise KeyError(name)


@functools.cache
def visible(name: str) -> Task:
    return load(name, "visible", VISIBLE_KEY)


def hidden(name: str, key: str) -> Task:
    return load(name, "hidden", key)

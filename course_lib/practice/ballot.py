"""The ballot: the learner's prediction of what each diagnosis is worth.

Notebook 00 asks for it and keeps it in the learner's record; notebook 07 brings it back.
"""

from dataclasses import dataclass, field
from pathlib import Path

from course_lib.cases.diagnoses import DIAGNOSES

from . import record

SECTION = "ballot"
EFFECTS = {
    "unsure": "not sure",
    "cures": "this alone would cure it",
    "helps": "it helps, but not alone",
    "nothing": "it does not help",
}
NONE_OF_THEM = 0  # as the culprit
NUMBERS = [diagnosis.number for diagnosis in DIAGNOSES]


@dataclass
class Ballot:
    """A prediction. effects: for each diagnosis' number a key of EFFECTS, "unsure" if left out.

    culprit: the number of the diagnosis that names the main reason, 0 for none of the seven, or
    None if undecided. Raises ValueError for numbers and effects that do not exist.
    """

    effects: dict = field(default_factory=dict)
    culprit: int | None = None

    def __post_init__(self) -> None:
        for number, effect in self.effects.items():
            if number not in NUMBERS or effect not in EFFECTS:
                raise ValueError(
                    f"the prediction {effect!r} for diagnosis {number!r} does not exist; choose "
                    f"one of {', '.join(EFFECTS)} for a number from 1 to {len(NUMBERS)}"
                )
        if self.culprit not in (None, NONE_OF_THEM, *NUMBERS) or isinstance(self.culprit, bool):
            raise ValueError(
                f"the main culprit is {self.culprit!r}; give a number from 0 to {len(NUMBERS)}, "
                "or None"
            )
        self.effects = {number: self.effects.get(number, "unsure") for number in NUMBERS}

    @property
    def empty(self) -> bool:
        """Whether nothing has been predicted."""
        return self == Ballot()

    def __str__(self) -> str:
        lines = [f"{number}: {EFFECTS[effect]}" for number, effect in self.effects.items()]
        culprit = {None: "not sure", NONE_OF_THEM: "none of them"}.get(self.culprit, self.culprit)
        return "\n".join([*lines, f"main culprit: {culprit}"])


def load(file: Path | None = None) -> Ballot | None:
    """Return the Ballot that was kept, or None. Prints one sentence if the file cannot be used."""
    try:
        return read(file)
    except (OSError, ValueError) as error:
        print(error)
        return None


def keep(ballot: Ballot, file: Path | None = None) -> str:
    """Keep the ballot, in place of an earlier one. Returns a message for the learner.

    An empty ballot, and one that is kept already, is not written. A file of this name that is no
    record gets another name first. file: the learner's record where it is left out.
    """
    if ballot.empty:
        return "There is no prediction yet: choose at least one answer. Nothing was written."
    file, earlier = file or record.file(), None
    try:
        earlier = read(file)
    except (OSError, ValueError):
        pass  # it is written anew, or said below
    if earlier == ballot:
        return "This prediction is kept already. Nothing was written."
    try:
        values = {"effects": ballot.effects, "culprit": ballot.culprit}
        aside = record.keep(SECTION, values, file)
    except OSError as error:
        why = f" ({error.strerror})." if error.strerror else f": {error}"
        return (
            f"Your prediction could not be kept in {file.absolute()}{why} Please note it by hand, "
            f"for notebook 07:\n{ballot}"
        )
    instead = ", in place of your earlier one" if earlier else ""
    return f"Your prediction is kept{instead}, in {file.absolute()}. {aside}".strip()


def read(file: Path | None = None) -> Ballot | None:
    """Return the Ballot of a record, or None if it has none. Raises OSError or ValueError."""
    file = file or record.file()
    try:
        kept = record.read(file).get(SECTION)
        if kept is None:
            return None
        effects = {int(number): effect for number, effect in kept["effects"].items()}
        return Ballot(effects, kept["culprit"])
    except OSError as error:
        raise OSError(f"{error} Rename it, and vote again in notebook 00.") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(
            f"The file {file.absolute()} holds no prediction of this course: vote again in "
            "notebook 00."
        ) from None

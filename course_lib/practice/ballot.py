"""The ballot: the learner's prediction of what each diagnosis is worth.

Notebook 00 asks for it and keeps it in a small file; notebook 07 brings it back.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from course_lib.cases.diagnoses import DIAGNOSES

FILE = Path(".ballot.json")  # in the folder in which the notebook's kernel runs
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


def load(file: Path | str = FILE) -> Ballot | None:
    """Return the Ballot that was kept, or None. Prints one sentence if the file cannot be used."""
    try:
        return read(file)
    except (OSError, ValueError) as error:
        print(error)
        return None


def keep(ballot: Ballot, file: Path | str = FILE) -> str:
    """Keep the ballot, in place of an earlier one. Returns a message for the learner.

    An empty ballot, and one that is kept already, is not written. A file of this name that is no
    prediction gets another name first.
    """
    if ballot.empty:
        return "There is no prediction yet: choose at least one answer. Nothing was written."
    file, aside = Path(file), ""
    try:
        try:
            earlier = read(file)
        except ValueError:
            other = file.with_name(file.name + ".other")
            os.replace(file, other)
            earlier, aside = None, f" ({file} held something else, which is now in {other}.)"
        if earlier == ballot:
            return "This prediction is kept already. Nothing was written."
        write(ballot, file)
    except OSError as error:
        why = f" ({error.strerror})." if error.strerror else f": {error}"
        return (
            f"Your prediction could not be kept in {file.absolute()}{why} Please note it by hand, "
            f"for notebook 07:\n{ballot}"
        )
    instead = ", in place of your earlier one" if earlier else ""
    return f"Your prediction is kept{instead}, in {file.absolute()}.{aside}"


def read(file: Path | str) -> Ballot | None:
    """Return the Ballot in a file, or None if there is no file. Raises OSError or ValueError."""
    file = Path(file)
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        effects = {int(number): effect for number, effect in content["effects"].items()}
        return Ballot(effects, content["culprit"])
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OSError(
            f"The file {file.absolute()} cannot be read ({error.strerror}): rename it, and vote "
            "again in notebook 00."
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ValueError(
            f"The file {file.absolute()} holds no prediction of this course: vote again in "
            "notebook 00."
        ) from None


def write(ballot: Ballot, file: Path | str) -> None:
    """Write the ballot to the file: all of it, or nothing. Raises OSError."""
    text = json.dumps({"effects": ballot.effects, "culprit": ballot.culprit}, indent=1)
    part = Path(file).with_name(Path(file).name + ".part")
    try:
        part.write_text(text + "\n", encoding="utf-8")
        os.replace(part, file)
    finally:
        if part.is_file():
            part.unlink()

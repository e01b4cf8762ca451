"""The seven diagnoses of case A, and the learner's prediction of what each of them would do.

Notebook 00 asks for the prediction and keeps it in a small file; notebook 07 brings it back.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(".ballot.json")  # in the folder in which the notebook's kernel runs
EFFECTS = {
    "unsure": "not sure",
    "cures": "this alone would cure it",
    "helps": "it helps, but not alone",
    "nothing": "it does not help",
}
NONE_OF_THEM = 0  # as the culprit


@dataclass(frozen=True)
class Diagnosis:
    """What one reader took for the reason. in_short: a few words for the label of a run.

    switches: of CaseA, to follow the advice alone.
    """

    number: int
    title: str
    in_short: str
    advice: str
    switches: dict


DIAGNOSES = [
    Diagnosis(
        1, "The gradients vanish", "first weights (He, Xavier)",
        "First weights from one fixed bell curve suit shallow networks only: further back, "
        "the gradients fade to nothing. Fit the spread of the first weights to each layer (the "
        "recipes are called He and Xavier), and plot the gradient of every layer.",
        {"filters": "he", "weights": "xavier"},
    ),
    Diagnosis(
        2, "The inputs are not normalised", "normalised",
        "The pixels go in as they are, from 0 to 255. Shift and scale them first, so that each "
        "colour has mean 0 and standard deviation 1.",
        {"pixels": "normalised"},
    ),
    Diagnosis(
        3, "Batch size 1 does not converge", "batch 32",
        "After every single image the weights are changed. Use more images for each step, "
        "such as 32.",
        {"batch_size": 32},
    ),
    Diagnosis(
        4, "One image points the wrong way", "batch 256",
        "The gradient of a few images is a Monte Carlo estimate: it stands in for the mean over "
        "all images. With one image its direction is mostly wrong, so convergence is impossible. "
        "Use many images, such as 256.",
        {"batch_size": 256},
    ),
    Diagnosis(
        5, "The learning rate is too large", "rate 0.00001",
        "Make every step a hundred times shorter: a learning rate of 0.00001 in place of 0.001.",
        {"learning_rate": 1e-5},
    ),
    Diagnosis(
        6, "The logarithm is missing", "log-softmax",
        "The loss uses the probability where it should use its logarithm. Compute that directly, "
        "with log-softmax.",
        {"loss": "log-softmax"},
    ),
    Diagnosis(
        7, "Smaller steps, larger batches, three layers", "rate 0.0001, batch 32",
        "A learning rate of 0.001 to 0.0001, 32 or 64 images a step, and three convolutions: that "
        "gives 60 to 70 %. (Predict for 0.0001 and 32. The three layers are tried by themselves.)",
        {"learning_rate": 1e-4, "batch_size": 32},
    ),
]
NUMBERS = [diagnosis.number for diagnosis in DIAGNOSES]


@dataclass
class Ballot:
    """A prediction. effects: for each diagnosis' number a key of EFFECTS, "unsure" if left out.

    culprit: the number of the diagnosis that names the main reason, 0 for none of the seven, or
    None if undecided. Raises ValueError for numbers and effects that do not exist.
    """

    effects: dict = field(default_factory=dict)
    culprit: int | None = None

    def __post_init__(self):
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
    def empty(self):
        """Whether nothing has been predicted."""
        return self == Ballot()

    def __str__(self):
        lines = [f"{number}: {EFFECTS[effect]}" for number, effect in self.effects.items()]
        culprit = {None: "not sure", NONE_OF_THEM: "none of them"}.get(self.culprit, self.culprit)
        return "\n".join([*lines, f"main culprit: {culprit}"])


def load(file=FILE):
    """Return the Ballot that was kept, or None. Prints one sentence if the file cannot be used."""
    try:
        return read(file)
    except (OSError, ValueError) as error:
        print(error)
        return None


def keep(ballot, file=FILE):
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


def read(file):
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


def write(ballot, file):
    """Write the ballot to the file: all of it, or nothing. Raises OSError."""
    text = json.dumps({"effects": ballot.effects, "culprit": ballot.culprit}, indent=1)
    part = Path(file).with_name(Path(file).name + ".part")
    try:
        part.write_text(text + "\n", encoding="utf-8")
        os.replace(part, file)
    finally:
        if part.is_file():
            part.unlink()

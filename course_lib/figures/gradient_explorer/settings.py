"""The explorer's settings, also as one short line of text."""

import numbers
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

CHOICES = {
    "network": ("layers", "case A", "case B"),
    "activation": ("sigmoid", "tanh", "ReLU"),
    "init": ("normal", "xavier", "he", "case A", "case B"),
    "loss": ("cross-entropy", "squared error"),
    "inputs": ("raw", "0 to 1", "normalised"),
    "jacobian": ("outer", "scalar"),
}
RANGES = {  # smallest and largest
    "depth": (1, 50),
    "width": (4, 128),
    "std": (1e-3, 100.0),
    "batch_size": (1, 256),
    "steps": (0, 200),
    "learning_rate": (1e-6, 10.0),
}
WHOLE = ("depth", "width", "batch_size", "steps")
LONGEST = 40  # letters of a word that are quoted
DEFAULT = "default"  # the line of settings that differ in nothing


@dataclass(frozen=True)
class Settings:
    """All that the explorer can change. Raises ValueError, in one sentence, for what cannot be.

    network: "layers", a stack of linear layers with activations between them; or "case A", "case
    B", the networks of the cases, each with its own depth, width and activations. depth: how many
    linear layers. width: how many outputs each has but the last. init: the first weights: "normal"
    is N(0, std²), "case A" N(0, 0.01²) and U(0, 0.1) for the last layer, "case B" N(0, 1) for
    weights and biases. inputs: the scale of the pixels. steps: of training, before the look, with
    batch_size images each. jacobian: of the softmax behind the squared error: "outer" is the right
    one, and "scalar" the one that case B's student wrote.
    """

    network: str = "layers"
    depth: int = 10
    width: int = 32
    activation: str = "sigmoid"
    init: str = "normal"
    std: float = 0.1
    loss: str = "cross-entropy"
    inputs: str = "normalised"
    batch_size: int = 64
    steps: int = 0
    learning_rate: float = 0.1
    jacobian: str = "outer"

    def __post_init__(self) -> None:
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                known = ", ".join(map(repr, choices))
                raise ValueError(f"{name} is {getattr(self, name)!r}; choose one of {known}")
        for name, (low, high) in RANGES.items():
            value: Any = getattr(self, name)
            kind: Any = numbers.Integral if name in WHOLE else numbers.Real
            if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
                raise out_of_range(name, value)

    def but(self, **settings: Any) -> Self:
        """The same with some settings changed."""
        return replace(self, **settings)

    def to_text(self) -> str:
        """What differs from the defaults, as one line such as "depth=5 init=normal:0.01"."""
        standard, words = asdict(Settings()), []
        for name, value in asdict(self).items():
            if name == "init" and value == "normal" and self.std != standard["std"]:
                words.append(f"init=normal:{float(self.std)!r}")
            elif name == "std" and self.init == "normal":
                continue
            elif value != standard[name]:
                words.append(f"{name}={as_word(value)}")
        return " ".join(words) or DEFAULT

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The Settings of such a line. Raises ValueError, in one sentence."""
        found: dict[str, Any] = {}
        for word in text.replace("init=normal:", "init=normal std=").split():
            name, equals, value = word.partition("=")
            if word == DEFAULT:
                continue
            if not (name and equals and value):
                raise ValueError(
                    f"{word[:LONGEST]!r} is not understood; write settings as name=value, with "
                    "spaces only between them, such as: depth=5 init=normal:0.01"
                )
            if name not in RANGES and name not in CHOICES:
                known = ", ".join(asdict(Settings()))
                raise ValueError(f"there is no setting {name[:LONGEST]!r}; choose one of {known}")
            if name in found:
                raise ValueError(f"{name} is given twice; give it once")
            found[name] = as_value(name, value)
        return cls(**found)


def as_word(value: str | float) -> str:
    """A setting's value without spaces: "case A" becomes "case-A"."""
    if isinstance(value, str):
        return value.replace(" ", "-")
    return repr(int(value) if isinstance(value, numbers.Integral) else float(value))


def as_value(name: str, word: str) -> str | float:
    """The value that a word stands for: the other direction. Raises ValueError."""
    if name in CHOICES:
        by_word = {as_word(choice).lower(): choice for choice in CHOICES[name]}
        if word.lower() not in by_word:
            known = ", ".join(map(as_word, CHOICES[name]))
            raise ValueError(f"{name} is {word[:LONGEST]!r}; choose one of {known}")
        return by_word[word.lower()]
    try:
        value = int(word) if name in WHOLE else float(word)
    except ValueError:
        raise out_of_range(name, word[:LONGEST]) from None
    if len(word) > LONGEST:  # no number in range needs so many digits
        raise out_of_range(name, word[:LONGEST])
    return value


def out_of_range(name: str, value: object) -> ValueError:
    """The ValueError for a number that a setting cannot have."""
    what, (low, high) = "a whole number" if name in WHOLE else "a number", RANGES[name]
    return ValueError(f"{name} is {value!r}; give {what} from {low:g} to {high:g}")

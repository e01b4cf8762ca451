"""What can be changed about a network and its training."""

import numbers
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Settings:
    """A network and its training. Raises ValueError, in one sentence, for what cannot be.

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
            whole = name in WHOLE
            kind: Any = numbers.Integral if whole else numbers.Real
            if isinstance(value, bool) or not isinstance(value, kind) or not low <= value <= high:
                what = "a whole number" if whole else "a number"
                raise ValueError(f"{name} is {value!r}; give {what} from {low:g} to {high:g}")

    def but(self, **settings: Any) -> Self:
        """The same with some settings changed."""
        return replace(self, **settings)

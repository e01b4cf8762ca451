"""The step-by-step record of a case's training, and whether the network died."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from course_lib.nn.layers import Layer
from course_lib.nn.networks import Sequential

BARELY_ACTIVE = 0.001  # a step with a smaller share of active ReLUs counts as silent
RARELY = 0.01  # a share of the steps
ENOUGH = 10  # steps, and a tenth of the training: fewer say nothing about life and death


@dataclass
class Step:
    """One training step, as seen just before the weights change.

    number: 0 for the first. loss: the mean over the mini-batch. probabilities (N, K) and labels
    (N,) of the mini-batch. gradients: the L2 norm of each weight array's gradient, by its name.
    active: the share of this mini-batch's ReLU outputs that are above 0.
    """

    number: int
    loss: float
    probabilities: np.ndarray
    labels: np.ndarray
    gradients: dict[str, float]
    active: float


@dataclass
class Record:
    """A whole training: one entry a step in loss, active and each list of gradients.

    accuracy: on the test images, after the last step. seen: how many images were trained on.
    planned: how many steps the training was to have. frozen: whether it was ended earlier, because
    nothing could change any more.
    network: as it is after the last step.
    """

    loss: list[float] = field(default_factory=list)
    active: list[float] = field(default_factory=list)
    gradients: dict[str, list[float]] = field(default_factory=dict)
    accuracy: float = float("nan")
    seen: int = 0
    planned: int = 0
    frozen: bool = False
    network: Sequential | None = None

    def add(self, step: Step) -> None:
        self.loss.append(step.loss)
        self.active.append(step.active)
        for name, norm in step.gradients.items():
            self.gradients.setdefault(name, []).append(norm)
        self.seen += len(step.labels)

    @property
    def overflowed(self) -> bool:
        """Whether the last step's loss or gradients are no longer finite numbers."""
        last = [self.loss[-1], *(norms[-1] for norms in self.gradients.values())]
        return not np.isfinite(last).all()

    @property
    def died_at(self) -> int | None:
        """The number of the step at which the network died, or None.

        That is the first step in which fewer than one ReLU in a thousand is active, if hardly any
        later step (one in a hundred) finds more of them active; or the one in which numbers
        overflow.
        """
        if self.overflowed:
            return len(self.loss) - 1
        silent = np.array(self.active) < BARELY_ACTIVE
        left = (self.planned if self.frozen else len(silent)) - np.arange(len(silent))
        lively_from_here_on = np.cumsum(~silent[::-1])[::-1] / left
        enough = left >= max(ENOUGH, self.planned / 10)
        dead = np.flatnonzero(silent & enough & (lively_from_here_on <= RARELY))
        return int(dead[0]) if len(dead) else None

    @property
    def how(self) -> str:
        """In which way the network died, or "" where it lives."""
        if self.died_at is None:
            return ""
        return "numbers overflowed" if self.overflowed else "the ReLUs fell silent"

    @property
    def active_at_the_end(self) -> float:
        """The share of active ReLUs, on average over the second half of the training."""
        if self.frozen:
            return 0.0
        return float(np.mean(self.active[len(self.active) // 2 :]))

    def __str__(self) -> str:
        fate = f"dead since step {self.died_at}: {self.how}" if self.how else "not dead"
        return f"test accuracy {self.accuracy:.1%} after {self.seen:,} images, {fate}"


def gradient_norms(layers: Mapping[str, Layer]) -> dict[str, float]:
    """The L2 norm of each weight array's gradient. layers: by name; returns e.g. "conv weight"."""
    return {
        f"{layer_name} {name}": float(np.linalg.norm(gradient))
        for layer_name, layer in layers.items()
        for name, gradient in layer.grads.items()
    }

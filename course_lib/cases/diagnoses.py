"""The seven diagnoses of case A: what seven readers took to be the cause, and their advice."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Diagnosis:
    """What one reader took for the reason. in_short: a few words for the label of a run.

    switches: of CaseA, to follow the advice alone.
    """

    number: int
    title: str
    in_short: str
    advice: str
    switches: dict[str, Any]


DIAGNOSES = [
    Diagnosis(
        1,
        "The gradients vanish",
        "first weights (He, Xavier)",
        "Initialising every layer from one fixed Gaussian suits shallow networks only: in a deeper "
        "one the gradients fade to nothing on their way back. Use He or Xavier initialisation, "
        "and plot the gradient of every layer.",
        {"filters": "he", "weights": "xavier"},
    ),
    Diagnosis(
        2,
        "The inputs are not normalised",
        "normalised",
        "The pixels go in as they are, from 0 to 255. Normalise them first, so that each colour "
        "has mean 0 and standard deviation 1.",
        {"pixels": "normalised"},
    ),
    Diagnosis(
        3,
        "Batch size 1 does not converge",
        "batch 32",
        "The weights are updated after every single image. Use a mini-batch for each step, such "
        "as 32 images.",
        {"batch_size": 32},
    ),
    Diagnosis(
        4,
        "One image points the wrong way",
        "batch 256",
        "The gradient of a mini-batch is a Monte Carlo estimate of the mean over all images. "
        "With a single image its direction is mostly wrong, so convergence is impossible. Use "
        "many images for each step, such as 256.",
        {"batch_size": 256},
    ),
    Diagnosis(
        5,
        "The learning rate is too large",
        "rate 0.00001",
        "Make every step a hundred times shorter: a learning rate of 0.00001 in place of 0.001.",
        {"learning_rate": 1e-5},
    ),
    Diagnosis(
        6,
        "The logarithm is missing",
        "log-softmax",
        "The loss uses the probability where it should use the logarithm of the probability. "
        "Compute that directly, with log-softmax.",
        {"loss": "log-softmax"},
    ),
    Diagnosis(
        7,
        "Smaller steps, larger batches, three layers",
        "rate 0.0001, batch 32",
        "A learning rate of 0.001 to 0.0001, mini-batches of 32 or 64 images, and three "
        "convolutions: that gives 60 to 70 %. (Vote on a rate of 0.0001 and mini-batches of 32. "
        "The three convolutions are tried separately.)",
        {"learning_rate": 1e-4, "batch_size": 32},
    ),
]

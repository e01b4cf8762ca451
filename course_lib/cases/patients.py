"""Patients: small networks for handwritten digits, each of which fails to learn for one reason.

    patient = patients.admit("K")
    history = patient.train()
    patient.accuracy()

What sets a patient apart is in its record. The records are sealed, so that nobody reads a diagnosis
by accident. `seal` makes the record of a new patient; its docstring says what goes into one.
"""

import base64
import functools
import json
import math
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib import datasets
from course_lib.diagnostics import Recorder
from course_lib.nn import layers
from course_lib.nn.initializers import he, xavier
from course_lib.nn.losses import CrossEntropyLoss, Loss
from course_lib.nn.networks import Sequential
from course_lib.nn.optim import SGD
from course_lib.nn.shapes import output_sizes
from course_lib.nn.training import History, evaluate, fit

from .posted_parts import SquaredErrorLoss

FAULTS = {
    "vanishing": "Before the first step, the gradient that arrives at the layers with weights "
    "fades layer by layer on its way to the front, to less than a hundredth.",
    "exploding": "Before the first step, it grows layer by layer on its way to the front, to more "
    "than a hundred times.",
    "dead": "Before the first step, nearly all units of a ReLU layer are 0 for every image.",
    "saturated": "Before the first step, nearly all outputs of a sigmoid or tanh layer are at the "
    "flat ends of the curve.",
    "starved": "Before the first step, the gradient at the logits is already less than a hundredth "
    "of p - y, which cross-entropy would send.",
    "wrong backward": "The backward pass of a layer is not the derivative of its forward pass.",
    "steps too long": "Before the first step all is well, and the first few steps destroy it.",
    "wrong labels": "The labels that it is trained with belong to other images.",
}
RECORDS = {
    "P": (
        "eNrdkEsOwjAMRK8SeV2qhCIWXCXqwq2MGimfKjGoFeLu2MCSE7Cb8cybhR8Qcafa4GK8h2tEZsowdsZDDJmw"
        "QmdOtjOw4T2QOtsPktrx3WHMi9zc/wHuNyAlWMNGUT/mxEScPkb7sTSVMFcRB8pcy7oLDhWZtNMrkkqS6Ja+"
        "0IQ8L6KHo25ja6Qb5+cLxFByDQ=="
    ),
    "K": (
        "eNqljzsOAjEMRK8SuQ5ow6/gKtEWXjDaSPmAk0WLEHfHBkoaRDdjvxlp7hDxRlxhb7yHU8TWKENvjYcYMiGD"
        "NZvOGpjxGkidk1/Xv4iGedTLb/jC/VXvvuGCwDnMFHWI3GTV8DZKx1JVQr1MyHQ0xFw0DIyNlFluxaSSKLcp"
        "fUIDtsMoer3SbqyVtGP3eAIMt1Zv"
    ),
    "L": (
        "eNpljsEKwjAMhl+l5FxkU9nBVyk7ZBrpoGtnmslEfHcbp8gY5PAn+fKRJwR8EGc4GefgGlCEIrTWOAh9JGSw"
        "pqmsgRnvPWlXl13VfgjB6HWyxo+Ke1qjTGHaovXWbM1S9f6X/tWqC8Z+pqAPF7583y2NmkLKGiHfJmS6GGJO"
        "KgZGIWV2RQpDGijKNHyPOpSzL/mguxFzJnU0rzeLpkxo"
    ),
    "M": (
        "eNoljtEKgzAMRX+l5LkrTrfB9iviQ5QMC7GVtooi+/cl+lJy0ntPewDjTinDx7QtDDGsYM39ZU1jDYykYE1bdZ2ckIgX"
        "3Zwwx8gC9QlfxlIowAnsA2HSYCWSDVdPSpV7XCoJwew3Yn1V9PKF/gLNc8w6wpBkuFEoKc671CFhIS04TU1xkqtl0pJ7"
        "y6LHMoxCTa12zJnU8vz9AbBZP1A="
    ),
}
ACTIVATIONS = {"relu": layers.ReLU, "sigmoid": layers.Sigmoid, "tanh": layers.Tanh}
INITS = {"he": he, "xavier": xavier}


@dataclass
class Patient:
    """A network that does not learn, and all that belongs to its training.

    network: a Sequential in float64. images (N, 8, 8, 1), labels (N,): the digits that it is
    trained with; the images are normalised floats. test_images, test_labels: digits by others.
    loss: with forward(logits, labels) and backward(). optimizer: SGD, with learning_rate and
    momentum. batch_size: images for each step. passes: over the images, in `train`.
    All of these may be changed.
    """

    name: str
    network: Sequential
    images: np.ndarray
    labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    loss: Loss
    optimizer: SGD
    batch_size: int
    passes: int
    seed: int

    def train(self, passes: int | None = None, recorder: Recorder | None = None) -> History:
        """Train the network, from where it is; return the History, as training.fit does.

        recorder: a diagnostics.Recorder. Numbers that overflow raise nothing and warn of nothing.
        """
        rng = np.random.default_rng(self.seed)
        with np.errstate(all="ignore"):
            return fit(
                self.network,
                self.images,
                self.labels,
                loss=self.loss,
                optimizer=self.optimizer,
                epochs=passes or self.passes,
                batch_size=self.batch_size,
                rng=rng,
                progress=False,
                recorder=recorder,
            )

    def accuracy(self) -> float:
        """The share of the test images that the network gets right, from 0 to 1."""
        with np.errstate(all="ignore"):
            return evaluate(self.network, self.test_images, self.test_labels)

    def __repr__(self) -> str:
        kinds = ", ".join(type(layer).__name__ for layer in self.network.layers)
        return f"<Patient {self.name}: {kinds}>"


def admit(name: str, seed: int = 0) -> Patient:
    """Return the Patient of that name, before its first training step.

    seed: of the first weights and of the order of the images. With another seed it is another
    network with the same fault. Raises ValueError for a name that there is not.
    """
    if name not in RECORDS:
        raise ValueError(f"there is no patient {name!r}; choose one of {', '.join(RECORDS)}")
    return patient_of(unseal(RECORDS[name]), name, seed)


def patient_of(record: dict[str, Any], name: str, seed: int) -> Patient:
    images, labels, test_images, test_labels = digits()
    return Patient(
        name=name,
        network=Sequential(built(record["layers"], np.random.default_rng(seed))),
        images=images * record["pixels"],
        labels=np.roll(labels, record["labels"]),
        test_images=test_images * record["pixels"],
        test_labels=test_labels.copy(),
        loss=CrossEntropyLoss() if record["loss"] == "cross-entropy" else SquaredErrorLoss(),
        optimizer=SGD(record["rate"], record["momentum"]),
        batch_size=record["batch"],
        passes=record["passes"],
        seed=seed,
    )


@functools.cache
def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Images, normalised as in case B, and labels; for training and for testing."""
    dataset = datasets.load("digits")
    normalize = layers.Normalize.from_images(dataset.train_images, dtype=np.float64)
    return (
        normalize(dataset.train_images),
        dataset.train_labels,
        normalize(dataset.test_images),
        dataset.test_labels,
    )


def built(rows: list[list], rng: np.random.Generator) -> list[layers.Layer]:
    """The layers of a record."""
    shape: tuple = (8, 8, 1)
    layer: Any
    made = []
    for kind, *settings in rows:
        if kind == "conv":
            outputs, size, init, factor, bias = settings
            layer = layers.Conv2d(
                shape[2], outputs, size, rng=rng, init=INITS[init], dtype=np.float64
            )
            shape = (*output_sizes(np.empty((1, *shape)), (size, size), (1, 1)), outputs)
        elif kind == "linear":
            outputs, init, factor, bias = settings
            layer = layers.Linear(
                math.prod(shape), outputs, rng=rng, init=INITS[init], dtype=np.float64
            )
            shape = (outputs,)
        elif kind == "pool":
            layer = layers.MaxPool2d(*settings)
            shape = (shape[0] // settings[0], shape[1] // settings[0], shape[2])
        elif kind == "flatten":
            layer = layers.Flatten()
        else:
            layer = activation(ACTIVATIONS[kind], *settings)
        if kind in ("conv", "linear"):
            layer.params["weight"] *= factor
            layer.params["bias"][:] = np.resize(bias, outputs)
        made.append(layer)
    return made


def activation(kind: type[Any], factor: float) -> layers.Layer:
    """An activation whose backward pass is multiplied by a factor; 1 leaves it as it is."""

    def backward(self: layers.Layer, dy: np.ndarray) -> np.ndarray:
        return factor * kind.backward(self, dy)

    return type(kind.__name__, (kind,), {"__module__": kind.__module__, "backward": backward})()


def seal(record: dict[str, Any]) -> str:
    """Return a record as a line of letters that tells nothing to the eye.

    record: {"layers": rows, "pixels": factor of the normalised pixels, "labels": by how many places
    the training labels are moved, "loss": "cross-entropy" or "squared error", "rate", "momentum",
    "batch", "passes"}. A row is ["flatten"], ["pool", size], ["linear", outputs, init, factor of
    the weights, list of biases], ["conv", filters, size, init, factor, biases], or
    ["relu" | "sigmoid" | "tanh", factor of its backward pass]; init is "he" or "xavier". Biases are
    repeated until there are enough.
    """
    return base64.b64encode(zlib.compress(json.dumps(record).encode(), 9)).decode()


def unseal(text: str) -> dict[str, Any]:
    return json.loads(zlib.decompress(base64.b64decode(text)))

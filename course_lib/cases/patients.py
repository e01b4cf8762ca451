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
from course_lib.nn.shapes import generator, output_sizes
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
        "eNrdkEEOwjAMBL8S+RyqliIOfCWqKrcyJFKaRElALYi/YwNHXsBt1zu7Bz/A40a5wEkZA2ePtVKAQSsD3gXCDFod"
        "Wq1gxZsjcW3Tc9oOb6ZisHzr/q/Q/S4wBMmt5OVjHRuP08cI72MRCXNmsaNQc0wbSMCjwYXLmLGSwI10l7gwc12+"
        "7QnrbMfi7kL0e75QirOVxePzBXWkd8k="
    ),
    "K": (
        "eNqlj0sOwjAMRK8SeR1Qw2/BVaqqcoshkdKkJCkqIO6ODSzZIHae8ZuR5g4er5Qy7FVdw9FjKRSg0aoG7wJhAq02"
        "lVYw48WRKMO/qnkRBYMV5zd8Yf6qN99wRmB0M3kZwh6v6t5CaB+znJDPEyY6KEopShg8VwYXTm3CQgIvt+wOcaBQ"
        "puGT7rD0ts3uJsR6xQ6NsbfSuHs8ATslXCs="
    ),
    "L": (
        "eNpljtsKwjAMQH+l5LnIprIHf2UMyWa0haydbSdT8d9tnCJjkIdcTk7yBMY7hQgHVddwZkyJHDRa1cDWEQbQqiq0"
        "gglvlqQq86xoPkRCZ6SzxPeCG1qigXhco+XarNUc5faX/aMRFwx2IpaHM5+/b+dCTOyjpBCvIwY6KQrBixg4n3PW"
        "XY4BEwm8yXbofU8ujf13u8XUmWO0DyF2AtDgOyPG6vUGLc1SJA=="
    ),
    "M": (
        "eNoljtEKgzAMRX+l5LkTp9tg+xURqSWbhdqUWkUd+/cl+lJybk9u+wVvNkwTvFTTgKWwgFbXh1a1VjCggFZN2bZ8"
        "QkI/S3JAJPIM1QFvb3LGAAd4F9AkEUsuWc3iUKgsbmcVSxDdil5e5Xr+Qn+C+J4mGcEmHi4YcqK4gVxwaXDh0yWT"
        "UTYL0Uca2ZlH2S6eHPQm26Gb3C5OXXGCkewgnfffH573RQw="
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
    momentum. batch_size: images for each step. epochs: how many, in `train`.
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
    epochs: int
    seed: int

    def train(self, epochs: int | None = None, recorder: Recorder | None = None) -> History:
        """Train the network, from where it is; return the History, as training.fit does.

        recorder: a diagnostics.Recorder. Numbers that overflow raise nothing and warn of nothing.
        """
        rng = generator(self.seed, "seed")
        with np.errstate(all="ignore"):
            return fit(
                self.network,
                self.images,
                self.labels,
                loss=self.loss,
                optimizer=self.optimizer,
                epochs=self.epochs if epochs is None else epochs,
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
        network=Sequential(built(record["layers"], generator(seed, "seed"))),
        images=images * record["pixels"],
        labels=np.roll(labels, record["labels"]),
        test_images=test_images * record["pixels"],
        test_labels=test_labels.copy(),
        loss=CrossEntropyLoss() if record["loss"] == "cross-entropy" else SquaredErrorLoss(),
        optimizer=SGD(record["learning_rate"], record["momentum"]),
        batch_size=record["batch_size"],
        epochs=record["epochs"],
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

    def __reduce__(self: layers.Layer) -> tuple:
        return activation, (kind, factor)

    methods = {"__module__": kind.__module__, "backward": backward, "__reduce__": __reduce__}
    return type(kind.__name__, (kind,), methods)()


def seal(record: dict[str, Any]) -> str:
    """Return a record as a line of letters that tells nothing to the eye.

    record: {"layers": rows, "pixels": factor of the normalised pixels, "labels": by how many places
    the training labels are moved, "loss": "cross-entropy" or "squared error", "learning_rate",
    "momentum", "batch_size", "epochs"}. A row is ["flatten"], ["pool", size], ["linear", outputs,
    init, factor of the weights, list of biases], ["conv", filters, size, init, factor, biases], or
    ["relu" | "sigmoid" | "tanh", factor of its backward pass]; init is "he" or "xavier". Biases are
    repeated until there are enough.
    """
    return base64.b64encode(zlib.compress(json.dumps(record).encode(), 9)).decode()


def unseal(text: str) -> dict[str, Any]:
    return json.loads(zlib.decompress(base64.b64decode(text)))

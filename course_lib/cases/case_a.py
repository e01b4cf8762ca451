"""Case A: the network for CIFAR-10 that died within a handful of images."""

from dataclasses import dataclass
from itertools import islice

import numpy as np

from course_lib.initializers import he, normal, uniform, xavier
from course_lib.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from course_lib.losses import CrossEntropyLoss
from course_lib.network import Sequential
from course_lib.optim import SGD
from course_lib.training import Normalize

from .parts import (
    ByColumns,
    DividingMaxPool2d,
    LoopConv2d,
    LoopMaxPool2d,
    ProbabilityLoss,
    SoftmaxLoss,
)
from .record import Record, Step, gradient_norms
from .switches import Switches, check_choice, check_positive, check_whole

SCHEMES = {
    "normal 0.01": normal(0.01),
    "uniform 0 to 0.1": uniform(0, 0.1),
    "xavier": xavier,
    "he": he,
}
POOLS = {
    "by columns": lambda pool: ByColumns(pool(2)),
    "by rows": lambda pool: pool(2),
    "divided": lambda pool: DividingMaxPool2d(2),
}
LOSSES = {
    "softmax": SoftmaxLoss,
    "log-softmax": CrossEntropyLoss,
    "probability": ProbabilityLoss,
}
REPAIRED = {
    "pixels": "normalised",
    "orientation": "upright",
    "filters": "he",
    "weights": "xavier",
    "bias": True,
    "batch_size": 64,
    "learning_rate": 0.01,
    "momentum": 0.9,
    "shuffle": True,
    "ties": "by rows",
    "loss": "log-softmax",
}
LONG_QUIET = (32, 256, 1024, 4096)  # steps without an active ReLU, after which to look closely


@dataclass(frozen=True)
class CaseA(Switches):
    """One switch for each fault. CaseA() is the network as posted; `REPAIRED` holds the repairs.

    pixels: "raw" (0 to 255), "0 to 1" or "normalised" (mean 0, spread 1 for each channel).
    orientation: "mirrored" or "upright". filters, weights: how the convolution and the linear layer
    start: "normal 0.01" is N(0, 0.01²), "uniform 0 to 0.1" is U(0, 0.1), or "xavier", or "he".
    bias: whether the linear layer has one. momentum was 0. shuffle: a new order in each pass.
    ties: which maximum gets max-pooling's gradient: the first "by columns" or "by rows", or all of
    them, "divided". loss: where p - y comes from: "softmax" or "log-softmax"; or "probability",
    which is the gradient of -p. loops: compute with loops.py, slowly. dtype: of all numbers.
    """

    pixels: str = "raw"
    orientation: str = "mirrored"
    filters: str = "normal 0.01"
    weights: str = "uniform 0 to 0.1"
    bias: bool = False
    batch_size: int = 1
    learning_rate: float = 0.001
    momentum: float = 0.0
    shuffle: bool = False
    ties: str = "by columns"
    loss: str = "softmax"
    loops: bool = False
    dtype: str = "float64"

    REPAIRED = REPAIRED

    def __post_init__(self):
        check_choice(self.pixels, "pixels", ("raw", "0 to 1", "normalised"))
        check_choice(self.orientation, "orientation", ("mirrored", "upright"))
        check_choice(self.filters, "filters", SCHEMES)
        check_choice(self.weights, "weights", SCHEMES)
        check_choice(self.ties, "ties", POOLS)
        check_choice(self.loss, "loss", LOSSES)
        check_choice(self.dtype, "dtype", ("float32", "float64"))
        check_whole(self.batch_size, "batch_size")
        check_positive(self.learning_rate, "learning_rate")

    def build(self, rng):
        """Return the network: convolution, ReLU, max-pooling, flatten, linear."""
        convolution = LoopConv2d if self.loops else Conv2d
        conv = convolution(3, 16, 3, rng=rng, init=SCHEMES[self.filters], dtype=self.dtype)
        linear = Linear(
            3600, 10, rng=rng, init=SCHEMES[self.weights], bias=self.bias, dtype=self.dtype
        )
        pool = POOLS[self.ties](LoopMaxPool2d if self.loops else MaxPool2d)
        return Sequential([conv, ReLU(), pool, Flatten(), linear])

    def preparation(self, dataset):
        """Return the function that makes the network's input of images: uint8 to `dtype`."""
        if self.pixels == "normalised":
            scale = Normalize(dataset.train_images, self.dtype)
        elif self.pixels == "0 to 1":
            def scale(images):
                return images.astype(self.dtype) / 255
        else:
            def scale(images):
                return images.astype(self.dtype)
        if self.orientation == "upright":
            return scale
        return lambda images: scale(images[:, :, ::-1])

    def steps(self, dataset, network, rng, prepare=None):
        """Train `network`, mini-batch by mini-batch, for ever. Yields a Step before each update.

        prepare: self.preparation(dataset), where it is at hand already.
        """
        prepare, loss = prepare or self.preparation(dataset), LOSSES[self.loss]()
        optimizer = SGD(self.learning_rate, self.momentum)
        named = {"conv": network.layers[0], "linear": network.layers[-1]}
        batches = mini_batches(len(dataset.train_images), self.batch_size, self.shuffle, rng)
        for number, chosen in enumerate(batches):
            labels = dataset.train_labels[chosen]
            logits = network.forward(prepare(dataset.train_images[chosen]))
            value = loss.forward(logits, labels)
            network.backward_to_params(loss.backward())
            active = float(network.layers[1].positive.mean())
            yield Step(number, value, loss.probabilities, labels, gradient_norms(named), active)
            optimizer.step(network)

    def run(self, dataset, images=5000, seed=0):
        """Train on that many images and return the Record.

        The images are taken from the first on, and from the first again after the last.
        seed: of the first weights, and of the shuffling.

        The run ends early when not one of its images makes a single ReLU active. All gradients are
        0 then (but for that of the linear bias, which sees no image), and nothing can change.
        """
        rng, prepare = np.random.default_rng(seed), self.preparation(dataset)
        network = self.build(rng)
        record = Record(network=network, planned=-(-images // self.batch_size))
        steps = islice(self.steps(dataset, network, rng, prepare), record.planned)
        pictures, quiet = dataset.train_images[:images], 0
        with np.errstate(over="ignore", invalid="ignore"):
            for step in steps:
                record.add(step)
                if record.overflowed:
                    break
                quiet = quiet + 1 if step.active == 0 else 0
                if quiet in LONG_QUIET and not self.momentum:
                    record.frozen = not any_active(network, prepare, pictures)
                    if record.frozen:
                        break
            record.accuracy = accuracy(
                network, prepare, dataset.test_images, dataset.test_labels
            )
            # Layers remember their last mini-batch, and many records may be kept: make it small.
            network.forward(prepare(dataset.test_images[:1]))
        return record


def any_active(network, prepare, images, at_once=100):
    """Whether any of the images makes any ReLU active."""
    parts = (images[i : i + at_once] for i in range(0, len(images), at_once))
    return any(np.any(network.layers[0].forward(prepare(part)) > 0) for part in parts)


def accuracy(network, prepare, images, labels, at_once=250):
    """The share of the images that the network gets right, from 0 to 1."""
    hits = 0
    for i in range(0, len(images), at_once):
        logits = network.forward(prepare(images[i : i + at_once]))
        hits += np.sum(logits.argmax(axis=1) == labels[i : i + at_once])
    return float(hits / len(images))


def mini_batches(count, batch_size, shuffle, rng):
    """Yield the numbers of the images of one mini-batch after the other, for ever."""
    while True:
        order = rng.permutation(count) if shuffle else np.arange(count)
        for start in range(0, count, batch_size):
            yield order[start : start + batch_size]

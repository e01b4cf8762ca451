"""Case A: the CIFAR-10 network that died within a handful of images."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from threadpoolctl import ThreadpoolController

from course_lib.datasets import Dataset
from course_lib.nn.initializers import he, normal, uniform, xavier
from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, Normalize, ReLU
from course_lib.nn.losses import CrossEntropyLoss
from course_lib.nn.networks import Sequential
from course_lib.nn.optim import SGD
from course_lib.nn.shapes import check_number, check_size, generator
from course_lib.nn.training import evaluate

from .fault_switches import Switches, check_choice, check_dataset, check_positive
from .posted_parts import (
    ByColumns,
    DividingMaxPool2d,
    LoopConv2d,
    LoopMaxPool2d,
    ProbabilityLoss,
    SoftmaxLoss,
    endless_batches,
)
from .training_record import Record, Step, gradient_norms

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

    pixels: "raw" (0 to 255), "0 to 1" or "normalised" (mean 0, standard deviation 1, for each
    channel). orientation: "mirrored" or "upright".
    filters, weights: how the convolution and the linear layer start: "normal 0.01" is N(0, 0.01²),
    "uniform 0 to 0.1" is U(0, 0.1), or "xavier", or "he".
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

    def __post_init__(self) -> None:
        check_choice(self.pixels, "pixels", ("raw", "0 to 1", "normalised"))
        check_choice(self.orientation, "orientation", ("mirrored", "upright"))
        check_choice(self.filters, "filters", SCHEMES)
        check_choice(self.weights, "weights", SCHEMES)
        check_choice(self.ties, "ties", POOLS)
        check_choice(self.loss, "loss", LOSSES)
        check_choice(self.dtype, "dtype", ("float32", "float64"))
        check_size(self.batch_size, "batch_size")
        for name in ("bias", "shuffle", "loops"):
            check_choice(getattr(self, name), name, (True, False))
        check_number(self.momentum, "momentum")
        check_positive(self.learning_rate, "learning_rate")

    def build(self, rng: np.random.Generator | int, dataset: Dataset | None = None) -> Sequential:
        """Return the network: normalize, convolution, ReLU, max-pooling, flatten, linear.

        dataset: the one whose mean and standard deviation normalised pixels take; raw ones need
        none. Raises ValueError where it is missing.
        """
        rng, convolution = generator(rng), LoopConv2d if self.loops else Conv2d
        conv = convolution(3, 16, 3, rng=rng, init=SCHEMES[self.filters], dtype=self.dtype)
        linear = Linear(
            3600, 10, rng=rng, init=SCHEMES[self.weights], bias=self.bias, dtype=self.dtype
        )
        pool = POOLS[self.ties](LoopMaxPool2d if self.loops else MaxPool2d)
        return Sequential([self.normalize(dataset), conv, ReLU(), pool, Flatten(), linear])

    def normalize(self, dataset: Dataset | None) -> Normalize:
        """Return the layer that the network begins with; for raw pixels it changes nothing."""
        if self.pixels == "normalised":
            images = check_dataset(dataset).train_images
            return Normalize.from_images(images, dtype=self.dtype)
        return Normalize(0, 255 if self.pixels == "0 to 1" else 1, dtype=self.dtype)

    def orient(self, images: np.ndarray) -> np.ndarray:
        """Return the images (N, H, W, C) upright, or mirrored left to right as in the post."""
        return images if self.orientation == "upright" else images[:, :, ::-1]

    def steps(
        self, dataset: Dataset, network: Sequential, rng: np.random.Generator
    ) -> Iterator[Step]:
        """Train `network`, mini-batch by mini-batch, for ever. Yields a Step before each update."""
        loss, optimizer = LOSSES[self.loss](), SGD(self.learning_rate, self.momentum)
        _, conv, relu, *_, linear = network.layers
        named = {"conv": conv, "linear": linear}
        batches = endless_batches(len(dataset.train_images), self.batch_size, self.shuffle, rng)
        for number, chosen in enumerate(batches):
            labels = dataset.train_labels[chosen]
            logits = network.forward(self.orient(dataset.train_images[chosen]))
            value = loss.forward(logits, labels)
            network.backward_to_params(loss.backward())
            active = float(relu.passes.mean())
            yield Step(number, value, loss.probabilities, labels, gradient_norms(named), active)
            optimizer.step(network)

    def run(self, dataset: Dataset, images: int = 5000, seed: int = 0) -> Record:
        """Train on that many images and return the Record.

        The images are taken from the first on, and from the first again after the last.
        seed: of the first weights, and of the shuffling.

        The run ends early when not one of its images makes a single ReLU active. All gradients are
        0 then (but for that of the linear bias, which sees no image), and nothing can change.
        """
        check_size(images, "images")
        check_dataset(dataset)
        rng = generator(seed, "seed")
        network = self.build(rng, dataset)
        record = Record(network=network, planned=-(-images // self.batch_size))
        steps = islice(self.steps(dataset, network, rng), record.planned)
        pictures, quiet = self.orient(dataset.train_images[:images]), 0
        # One image is little work: threads that share it out take longer than one alone.
        blas = ThreadpoolController().select(user_api="blas")
        threads = blas.limit(limits=1 if self.batch_size == 1 else None)
        with threads, np.errstate(over="ignore", invalid="ignore"):
            for step in steps:
                record.add(step)
                if record.overflowed:
                    break
                quiet = quiet + 1 if step.active == 0 else 0
                if quiet in LONG_QUIET and not self.momentum:
                    record.frozen = not any_active(network, pictures)
                    if record.frozen:
                        break
        with np.errstate(over="ignore", invalid="ignore"):
            tests = self.orient(dataset.test_images)
            record.accuracy = evaluate(network, tests, dataset.test_labels)
            # Layers remember their last mini-batch, and many records may be kept: make it small.
            network.forward(tests[:1])
        return record


def any_active(network: Sequential, images: np.ndarray, at_once: int = 100) -> bool:
    """Whether any of the images makes any ReLU active."""
    normalize, conv, *_ = network.layers
    parts = (images[i : i + at_once] for i in range(0, len(images), at_once))
    return any(np.any(conv(normalize(part)) > 0) for part in parts)

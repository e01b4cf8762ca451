"""Case B: the handwritten-digit network that gave nearly the same answer for every image."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from course_lib.datasets import Dataset
from course_lib.nn.initializers import normal, xavier
from course_lib.nn.layers import Flatten, Linear, Normalize, ReLU, Sigmoid
from course_lib.nn.networks import Sequential
from course_lib.nn.shapes import check_size, generator

from .fault_switches import Switches, check_choice, check_dataset, check_positive
from .posted_parts import (
    OverwritingReLU,
    PostedCrossEntropyLoss,
    SquaredErrorLoss,
    endless_batches,
    posted_softmax,
)
from .training_record import Record, Step, gradient_norms

REPAIRED = {
    "pixels": "normalised",
    "weights": "xavier",
    "sign": 1,
    "shift": True,
    "jacobian": "outer",
    "loss": "cross-entropy",
    "relu": "copying",
    "update": "after backward",
}


@dataclass(frozen=True)
class CaseB(Switches):
    """One switch for each fault. CaseB() is the network as posted; `REPAIRED` holds the repairs.

    pixels: "raw" (0 to 16) or "normalised" (mean 0, standard deviation 1).
    weights: "normal 1" draws every weight and bias from N(0, 1); "xavier", biases 0.
    sign: -1 for exp(-z), 1 for exp(z).
    shift: whether softmax subtracts each row's maximum. jacobian: of the softmax, diag(p) minus
    p·p, which is one number ("scalar"), or minus the outer product of p with itself ("outer"). It
    matters to the squared error alone. loss: "squared error" or "cross-entropy". relu:
    "overwriting" makes its mask in the output that it gave away; or "copying". update: the weights
    change "inside backward", before the gradient goes on through them, or "after backward".
    """

    pixels: str = "raw"
    weights: str = "normal 1"
    sign: int = -1
    shift: bool = False
    jacobian: str = "scalar"
    loss: str = "squared error"
    relu: str = "overwriting"
    update: str = "inside backward"
    batch_size: int = 32
    learning_rate: float = 0.03

    REPAIRED = REPAIRED

    def __post_init__(self) -> None:
        check_choice(self.pixels, "pixels", ("raw", "normalised"))
        check_choice(self.weights, "weights", ("normal 1", "xavier"))
        check_choice(self.shift, "shift", (True, False))
        check_choice(self.sign, "sign", (-1, 1))
        check_choice(self.jacobian, "jacobian", ("scalar", "outer"))
        check_choice(self.loss, "loss", ("squared error", "cross-entropy"))
        check_choice(self.relu, "relu", ("overwriting", "copying"))
        check_choice(self.update, "update", ("inside backward", "after backward"))
        check_size(self.batch_size, "batch_size")
        check_positive(self.learning_rate, "learning_rate")

    def build(self, rng: np.random.Generator | int, dataset: Dataset | None = None) -> Sequential:
        """Return the network: normalize, flatten, linear 128, sigmoid, linear 50, ReLU, linear 10.

        dataset: the one whose mean and standard deviation normalised pixels take; raw ones need
        none. Raises ValueError where it is missing.
        """
        rng = generator(rng)
        init = normal(1) if self.weights == "normal 1" else xavier
        sizes = zip((64, 128, 50), (128, 50, 10), strict=True)
        first, second, third = (
            Linear(size, outputs, rng=rng, init=init, dtype=np.float64) for size, outputs in sizes
        )
        if self.weights == "normal 1":
            for layer in (first, second, third):
                layer.params["bias"] = rng.normal(0, 1, layer.params["bias"].shape)
        relu = OverwritingReLU() if self.relu == "overwriting" else ReLU()
        return Sequential([
            self.normalize(dataset),
            Flatten(),
            first,
            Sigmoid(),
            second,
            relu,
            third,
        ])

    def normalize(self, dataset: Dataset | None) -> Normalize:
        """Return the layer that the network begins with; for raw pixels it changes nothing."""
        if self.pixels == "normalised":
            images = check_dataset(dataset).train_images
            return Normalize.from_images(images, dtype=np.float64)
        return Normalize(0, 1, dtype=np.float64)

    def softmax(self, logits: np.ndarray) -> np.ndarray:
        """Return the probabilities as this network computes them: (N, K) -> (N, K)."""
        return posted_softmax(logits, self.sign, self.shift)

    def make_loss(self) -> SquaredErrorLoss | PostedCrossEntropyLoss:
        """Return the loss, squared error or cross-entropy, with the faults of its switches."""
        if self.loss == "cross-entropy":
            return PostedCrossEntropyLoss(sign=self.sign, shift=self.shift)
        return SquaredErrorLoss(
            sign=self.sign, shift=self.shift, jacobian=self.jacobian, halved=False
        )

    def steps(
        self, dataset: Dataset, network: Sequential, rng: np.random.Generator
    ) -> Iterator[Step]:
        """Train `network`, mini-batch by mini-batch, for ever. Yields a Step for each of them."""
        linears = [layer for layer in network.layers if isinstance(layer, Linear)]
        named = {f"linear {number}": layer for number, layer in enumerate(linears, start=1)}
        loss = self.make_loss()
        batches = endless_batches(len(dataset.train_images), self.batch_size, True, rng)
        for number, chosen in enumerate(batches):
            labels = dataset.train_labels[chosen]
            logits = network.forward(dataset.train_images[chosen])
            value = loss.forward(logits, labels)
            active = float(np.mean(linears[2].x > 0))  # what came out of the ReLU
            self.backward(network, loss.backward())
            yield Step(number, value, loss.p, labels, gradient_norms(named), active)

    def backward(self, network: Sequential, dy: np.ndarray) -> None:
        """Send the gradient back through the network, and update its weights on the way or then."""
        linears = [layer for layer in network.layers if isinstance(layer, Linear)]
        for layer in reversed(network.layers):
            if layer in linears and self.update == "inside backward":
                layer.backward_to_params(dy)
                self.descend(layer)
                dy = layer.backward_to_input(dy)
            else:
                dy = layer.backward(dy)
        if self.update == "after backward":
            for layer in linears:
                self.descend(layer)

    def descend(self, layer: Linear) -> None:
        for name, gradient in layer.grads.items():
            layer.params[name] -= self.learning_rate * gradient

    def run(self, dataset: Dataset, epochs: int = 30, seed: int = 0) -> Record:
        """Train for some passes over the digits and return the Record.

        seed: of the first weights and of the shuffling. It ends early where numbers overflow.
        """
        check_size(epochs, "epochs")
        check_dataset(dataset)
        rng = generator(seed, "seed")
        network = self.build(rng, dataset)
        planned = epochs * -(-len(dataset.train_images) // self.batch_size)
        record = Record(network=network, planned=planned)
        with np.errstate(over="ignore", invalid="ignore"):
            for step, _ in zip(self.steps(dataset, network, rng), range(planned), strict=False):
                record.add(step)
                if record.overflowed:
                    break
            logits = network.forward(dataset.test_images)
            classes = (self.sign * logits).argmax(axis=1)
        record.accuracy = float(np.mean(classes == dataset.test_labels))
        return record

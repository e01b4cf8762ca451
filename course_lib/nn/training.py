"""Train a network on mini-batches and measure its accuracy."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import interrupt, parallel
from .losses import Loss, check_labels
from .networks import Sequential
from .optim import SGD
from .progress import progress_bar
from .shapes import check_size


@dataclass
class History:
    """What `fit` recorded: one number for each finished epoch, and the loss of each mini-batch.

    loss and accuracy are means over an epoch's images, each measured while the network was learning
    from them. test_accuracy is measured after the epoch, if `fit` was given test images.
    epochs: how many were planned. planned: how many mini-batches were. interrupted: whether
    training was stopped; it then got as far as batch_loss does.
    """

    loss: list[float] = field(default_factory=list)
    accuracy: list[float] = field(default_factory=list)
    test_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    batch_loss: list[float] = field(default_factory=list)
    epochs: int = 0
    planned: int = 0
    interrupted: bool = False


class Epoch:
    """The loss and the accuracy so far, as means over the images seen in this epoch."""

    def __init__(self) -> None:
        self.start, self.seen, self.losses, self.hits = time.perf_counter(), 0, 0.0, 0

    def add(self, loss: float, outputs: np.ndarray, labels: np.ndarray) -> None:
        """Count one mini-batch: its loss, the network's outputs (N, K) and the labels (N,)."""
        self.seen += len(labels)
        self.losses += loss * len(labels)
        self.hits += int(np.count_nonzero(outputs.argmax(axis=1) == labels))

    @property
    def loss(self) -> float:
        return self.losses / self.seen

    @property
    def accuracy(self) -> float:
        return self.hits / self.seen

    def seconds(self) -> float:
        return time.perf_counter() - self.start


def fit(
    network: Sequential,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    loss: Loss,
    optimizer: SGD,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    progress: bool = True,
    shuffle: bool = True,
    augment: Callable[[np.ndarray, np.random.Generator], np.ndarray] | None = None,
    schedule: Callable[[float], float] | None = None,
    test: tuple[np.ndarray, np.ndarray] | None = None,
    on_epoch: Callable[[History], None] | None = None,
    recorder: Any = None,
) -> History:
    """Train `network` with mini-batches drawn from the images; return the History.

    images: (N, H, W, C). Whole numbers, such as uint8, need a network that begins with a Normalize
    layer; floats are taken as they are. labels: (N,), whole numbers.
    rng: the generator that shuffles and augments.
    progress: show a progress bar. shuffle: draw the images in a new order in each epoch.
    augment: function(images, rng) -> images, applied to each mini-batch, such as `mirror`.
    schedule: function(share of the training done) -> learning rate, such as optim.cosine(0.1).
    test: (images, labels) to evaluate on after each epoch. on_epoch: function(history).
    recorder: a diagnostics.Recorder, to record the statistics of every layer.

    Ctrl-C and the notebook's stop button end training after the current mini-batch. The network
    keeps what it has learned, and history.interrupted is True. If the same notebook cell goes on to
    another training run, that one raises KeyboardInterrupt: the button is there to stop a cell.

    A step of training is the four lines from `batch = …` to `update(network)`. What stands around
    it is told elsewhere: interrupt.py (stopping), progress.py (the bar), optim.py (schedules),
    parallel.py (how threads share a mini-batch), diagnostics/recorder.py.
    """
    images, labels = check_images(images, labels)
    check_size(batch_size, "batch_size")
    check_size(epochs, "epochs")
    steps = -(-len(images) // batch_size)  # in an epoch, rounded up
    history = History(epochs=epochs, planned=epochs * steps)
    gradients_of, update = loss_and_gradients, optimizer.step
    if recorder:
        gradients_of, update = recorder.watch(network, gradients_of, update)
    with interrupt.stoppable(history) as button, progress_bar(history, progress) as bar:
        for number in range(epochs):
            epoch = Epoch()
            with parallel.threads() as thread_map:  # ends before `evaluate` starts its own
                backpropagate = parallel.SharedStep(gradients_of, network, loss, thread_map)
                batches = mini_batches(len(images), batch_size, rng if shuffle else None)
                for step, chosen in enumerate(batches):
                    button.check()  # once pressed, it ends the outer `with` block here
                    if schedule:
                        optimizer.learning_rate = schedule((number + step / steps) / epochs)

                    batch = augment(images[chosen], rng) if augment else images[chosen]
                    targets = labels[chosen]
                    loss_value, outputs = backpropagate(batch, targets)  # fills the network's grads
                    update(network)

                    epoch.add(loss_value, outputs, targets)
                    history.batch_loss.append(loss_value)
                    bar.advance(epoch)
            history.loss.append(epoch.loss)
            history.accuracy.append(epoch.accuracy)
            if test is not None:
                history.test_accuracy.append(evaluate(network, *test))
            history.seconds.append(epoch.seconds())
            if on_epoch:
                on_epoch(history)
    return history


def mini_batches(
    count: int, batch_size: int, rng: np.random.Generator | None = None
) -> Iterator[np.ndarray]:
    """Yield the indices of the images of each mini-batch, arrays (batch_size,), for one epoch.

    rng: the generator that shuffles the images; without one they come in their order. The last
    mini-batch is smaller if batch_size does not divide count.
    """
    order = np.arange(count) if rng is None else rng.permutation(count)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size]


def loss_and_gradients(
    network: Sequential, loss: Loss, images: np.ndarray, labels: np.ndarray, share: float = 1.0
) -> tuple[float, np.ndarray]:
    """Fill the network's grads; return the loss, and the network's outputs (N, K).

    The loss is a mean over these images, and so is its gradient. Where they are only a part of the
    mini-batch, both are multiplied by `share`, the part's size over the mini-batch's; over all
    parts they then add up to the mean of the mini-batch.
    """
    outputs = network.forward(as_input(network, images))
    loss_value = loss.forward(outputs, labels)
    network.backward_to_params(loss.backward() * share)
    return loss_value * share, outputs


def evaluate(
    network: Sequential, images: np.ndarray, labels: np.ndarray, batch_size: int = 32
) -> float:
    """Return the accuracy, from 0 to 1: the share of images whose label has the largest output.

    images (N, H, W, C), as for `fit`; labels (N,), whole numbers.
    """
    images, labels = check_images(images, labels)
    return float(np.mean(predict(network, images, batch_size) == labels))


def predict(network: Sequential, images: np.ndarray, batch_size: int = 32) -> np.ndarray:
    """Return the class with the largest output for every image: (N, H, W, C) -> (N,)."""
    in_threads = parallel.divisible(network)

    def classes(start: int) -> np.ndarray:
        own = parallel.replica(network) if in_threads else network
        outputs = own.forward(as_input(own, images[start : start + batch_size]))
        return outputs.argmax(axis=1)

    with parallel.threads() as thread_map:
        spread = thread_map if in_threads else map
        return np.concatenate(list(spread(classes, range(0, len(images), batch_size))))


def as_input(network: Sequential, images: np.ndarray) -> np.ndarray:
    """Return images (N, H, W, C) as the network takes them: floats in the precision of its weights.

    Whole numbers stay as they are, for the Normalize layer that the network begins with.
    """
    weights = next(network.parameters(), None)
    if images.dtype.kind in "iu" or weights is None:
        return images
    return images.astype(weights.dtype, copy=False)


def mirror(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return the images, each mirrored left to right with probability 1/2."""
    flip = rng.random(len(images)) < 0.5
    return np.where(flip[:, None, None, None], images[:, :, ::-1], images)


def check_images(images: ArrayLike, labels: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels as arrays; raise ValueError or TypeError if they do not fit."""
    images, labels = np.asarray(images), np.asarray(labels)
    if images.dtype.kind not in "iuf":
        raise TypeError(f"the images hold {images.dtype}; numbers are needed, such as uint8")
    return images, check_labels(labels, len(images))

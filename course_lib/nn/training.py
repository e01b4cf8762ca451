"""Train a network on mini-batches and measure its accuracy."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import interrupt, parallel
from .layers import Conv2d, Layer, MaxPool2d, Normalize
from .losses import Loss, check_labels
from .networks import Sequential
from .optim import SGD
from .progress import progress_bar
from .shapes import as_array, check_number, check_size, generator, missing_axis


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
    rng: np.random.Generator | int | None,
    progress: bool = True,
    shuffle: bool = True,
    augment: Callable[[np.ndarray, Any], np.ndarray] | None = None,
    schedule: Callable[[float], float] | None = None,
    test: tuple[np.ndarray, np.ndarray] | None = None,
    on_epoch: Callable[[History], None] | None = None,
    recorder: Any = None,
) -> History:
    """Train `network` with mini-batches drawn from the images; return the History.

    images: (N, H, W, C). Whole numbers, such as uint8, need a network that begins with a Normalize
    layer; floats are taken as they are. labels: (N,), whole numbers.
    rng: the generator that shuffles and augments, or a whole number to start one from; None where
    neither is done.
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
    parallel.py (how threads share a mini-batch), kept_memory.py, diagnostics/recorder.py.
    """
    functions = {"augment": augment, "schedule": schedule, "on_epoch": on_epoch}
    check_parts(network, loss, optimizer, recorder, functions)
    images, labels = check_images(network, images, labels)
    check_size(batch_size, "batch_size")
    check_size(epochs, "epochs")
    random = None if rng is None and not shuffle and not augment else generator(rng)
    if test is not None:
        test = check_test(network, test)
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
                batches = mini_batches(len(images), batch_size, random if shuffle else None)
                for step, chosen in enumerate(batches):
                    button.check()  # once pressed, it ends the outer `with` block here
                    if schedule:
                        rate = schedule((number + step / steps) / epochs)
                        check_number(rate, "the learning rate that schedule returns")
                        optimizer.learning_rate = rate

                    batch, targets = images[chosen], labels[chosen]
                    if augment:
                        batch = check_augmented(augment(batch, random), batch)
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
    count: int, batch_size: int, rng: np.random.Generator | int | None = None
) -> Iterator[np.ndarray]:
    """Yield the indices of the images of each mini-batch, arrays (batch_size,), for one epoch.

    rng: the generator that shuffles the images; without one they come in their order. The last
    mini-batch is smaller if batch_size does not divide count.
    """
    check_size(batch_size, "batch_size")
    order = np.arange(count) if rng is None else generator(rng).permutation(count)
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

    images (N, H, W, C), as for `fit`; labels (N,), whole numbers. Raises ValueError for no images.
    """
    images, labels = check_images(network, images, labels)
    return float(np.mean(predict(network, images, batch_size) == labels))


def predict(network: Sequential, images: np.ndarray, batch_size: int = 32) -> np.ndarray:
    """Return the class with the largest output for every image: (N, H, W, C) -> (N,)."""
    images = as_images(network, images)
    check_size(batch_size, "batch_size")
    if len(images) == 0:
        return np.zeros(0, np.int64)
    in_threads = parallel.can_be_copied(network)

    def classes(start: int) -> np.ndarray:
        own = parallel.replica(network) if in_threads else network
        batch = images[start : start + batch_size]
        if not in_threads:
            batch = batch.copy()  # a layer from elsewhere may change what it is given
        outputs = own.forward(as_input(own, batch))
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


def mirror(images: np.ndarray, rng: np.random.Generator | int) -> np.ndarray:
    """Return the images (N, H, W, C), each mirrored left to right with probability 1/2."""
    if np.ndim(images) != 4:
        raise other_axes(np.asarray(images))
    flip = generator(rng).random(len(images)) < 0.5
    return np.where(flip[:, None, None, None], images[:, :, ::-1], images)


def as_images(network: Sequential, images: ArrayLike) -> np.ndarray:
    """Return the images as an array (N, H, W, C); raise ValueError or TypeError for another one.

    A network without convolution takes rows (N, in) as well, and one that begins with a layer from
    elsewhere takes what it likes.
    """
    given, images = images, as_array(images, "images")
    if images.dtype.kind not in "iuf":
        raise TypeError(
            f"images is of type {type(given).__name__} and dtype {images.dtype}; give an array of "
            "numbers, such as dataset.train_images"
        )
    first = next((layer for layer in network.layers if not isinstance(layer, Normalize)), None)
    rows = images.ndim == 2 and not isinstance(first, (Conv2d, MaxPool2d))
    if images.ndim != 4 and not rows and (first is None or isinstance(first, Layer)):
        raise other_axes(images)
    return images


def other_axes(images: np.ndarray) -> ValueError:
    """The error for images that are not (N, H, W, C)."""
    return ValueError(
        f"the images have shape {images.shape}, and 4 axes (N, H, W, C) are needed"
        f"{missing_axis(images, 'images', 4)}"
    )


def check_images(
    network: Sequential, images: ArrayLike, labels: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Return images and labels as arrays; raise ValueError or TypeError if they do not fit.

    One image goes through a copy of the network, to see how many classes there are.
    """
    images = as_images(network, images)
    labels = check_labels(labels, len(images))
    if parallel.can_be_copied(network):
        own = parallel.replica(network)
        outputs = own.forward(as_input(own, images[:1]))
        if outputs.ndim == 2:
            check_labels(labels, len(images), outputs.shape[1])
    return images, labels


def check_test(network: Sequential, test: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the test images and labels; raise now what would be raised after the first epoch."""
    if not isinstance(test, (tuple, list)) or len(test) != 2:
        raise TypeError(
            f"test is of type {type(test).__name__}; give a pair, (test_images, test_labels)"
        )
    try:
        return check_images(network, *test)
    except (TypeError, ValueError) as error:
        raise type(error)(f"test does not fit: {error}") from error


def check_parts(
    network: Any, loss: Any, optimizer: Any, recorder: Any, functions: dict[str, Any]
) -> None:
    """Raise TypeError for a part of a training that is none; functions: optional ones, by name."""
    needed = (
        ("network", network, ("layers", "forward"), "networks.course_cnn()"),
        ("loss", loss, ("forward", "backward"), "losses.CrossEntropyLoss()"),
        ("optimizer", optimizer, ("step",), "optim.SGD(0.01)"),
    )
    for name, part, methods, example in needed:
        if isinstance(part, type) or not all(hasattr(part, method) for method in methods):
            raise TypeError(f"{name} is {part!r}; give an object, such as {example}")
    if isinstance(optimizer, SGD):
        optimizer.check()
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise TypeError(f"{name} is {function!r}; give a function, or None")
    if recorder is not None and (isinstance(recorder, type) or not hasattr(recorder, "watch")):
        raise TypeError(f"recorder is {recorder!r}; give an object, such as diagnostics.Recorder()")


def check_augmented(images: Any, before: np.ndarray) -> np.ndarray:
    """Return what `augment` made of a mini-batch; raise unless there is an image for each."""
    if not isinstance(images, np.ndarray) or len(images) != len(before):
        what = f"an array {images.shape}" if isinstance(images, np.ndarray) else repr(images)[:40]
        raise TypeError(
            f"augment returns {what}, and an array of {len(before)} images is needed, one for each "
            "that it was given"
        )
    return images

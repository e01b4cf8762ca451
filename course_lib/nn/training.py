"""Train a network on mini-batches and measure its accuracy."""

import time
from dataclasses import dataclass, field

import numpy as np

from . import interrupt, parallel
from .losses import check_labels
from .memory_layout import batch_first
from .networks import parameters
from .shapes import check_size


@dataclass
class History:
    """What `fit` recorded: one number for each finished epoch, and the loss of each mini-batch.

    loss and accuracy are means over an epoch's images, each measured while the network was learning
    from them. test_accuracy is measured after the epoch, if `fit` was given test images.
    planned: the number of mini-batches planned. interrupted: whether training was stopped; it then
    got as far as batch_loss does.
    """

    loss: list = field(default_factory=list)
    accuracy: list = field(default_factory=list)
    test_accuracy: list = field(default_factory=list)
    seconds: list = field(default_factory=list)
    batch_loss: list = field(default_factory=list)
    planned: int = 0
    interrupted: bool = False


def fit(
    network,
    images,
    labels,
    *,
    loss,
    optimizer,
    epochs,
    batch_size,
    rng,
    progress=True,
    shuffle=True,
    augment=None,
    schedule=None,
    test=None,
    on_epoch=None,
    recorder=None,
):
    """Train `network` with mini-batches drawn from the images; return the History.

    images: (N, H, W, C). Whole numbers, such as uint8, are normalised as in `prepare`; floats are
    taken as they are. labels: (N,), whole numbers. rng: the generator that shuffles and augments.
    progress: show a progress bar. shuffle: draw the images in a new order in each epoch.
    augment: function(images, rng) -> images, applied to each mini-batch, such as `mirror`.
    schedule: function(share of the training done) -> learning rate, such as optim.cosine(0.1).
    test: (images, labels) to evaluate on after each epoch. on_epoch: function(history).
    recorder: a diagnostics.Recorder, to record the statistics of every layer.

    Ctrl-C and the notebook's stop button end training after the current mini-batch. The network
    keeps what it has learned, and history.interrupted is True. If the same notebook cell goes on to
    another training run, that one raises KeyboardInterrupt.
    """
    interrupt.cell.check()
    images, labels = check_images(images, labels)
    check_size(batch_size, "batch_size")
    check_size(epochs, "epochs")
    if images.dtype.kind in "iu" and network.normalize is None:
        network.normalize = Normalize(images)
    passes, update = _forward_and_backward, optimizer.step
    if recorder:
        passes, update = recorder.watch(network, passes, update)
    count = len(images)
    steps = -(-count // batch_size)
    history = History(planned=epochs * steps)
    bar = _progress_bar(history.planned) if progress else None
    try:
        with interrupt.noticed() as button:
            for epoch in range(epochs):
                start, losses, hits = time.perf_counter(), 0.0, 0
                order = rng.permutation(count) if shuffle else np.arange(count)
                with parallel.threads() as spread:
                    forward_and_backward = parallel.SharedStep(passes, network, loss, spread)
                    for step in range(steps):
                        button.check()
                        chosen = order[step * batch_size : (step + 1) * batch_size]
                        batch = images[chosen] if augment is None else augment(images[chosen], rng)
                        if schedule:
                            optimizer.learning_rate = schedule((epoch + step / steps) / epochs)
                        value, outputs = forward_and_backward(batch, labels[chosen])
                        update(network)
                        history.batch_loss.append(value)
                        losses += value * len(chosen)
                        hits += int(np.count_nonzero(outputs.argmax(axis=1) == labels[chosen]))
                        if bar:
                            seen = min((step + 1) * batch_size, count)
                            _advance(bar, losses / seen, hits / seen)
                history.loss.append(losses / count)
                history.accuracy.append(hits / count)
                if test is not None:
                    history.test_accuracy.append(evaluate(network, *test))
                history.seconds.append(time.perf_counter() - start)
                if on_epoch:
                    on_epoch(history)
            button.check()
    except KeyboardInterrupt:
        history.interrupted = True
    finally:
        if bar:
            bar.close()
    if history.interrupted:
        interrupt.cell.stop()
        print(
            f"Training stopped after {len(history.batch_loss):,} of {history.planned:,} "
            f"mini-batches; {len(history.loss)} of {epochs} epochs are complete. The network "
            "keeps what it has learned, and another call of fit goes on from there."
        )
    return history


def _forward_and_backward(network, loss, images, labels, weight):
    """Fill the network's grads from some images of a mini-batch: `weight` is their share of it."""
    outputs = network.forward(prepare(network, images))
    value = loss.forward(outputs, labels)
    network.backward_to_params(loss.backward() * weight)
    return value * weight, outputs


def evaluate(network, images, labels, batch_size=32):
    """Return the accuracy, from 0 to 1: the share of images whose label has the largest output.

    images (N, H, W, C), prepared as in `fit`; labels (N,), whole numbers.
    """
    images, labels = check_images(images, labels)
    return float(np.mean(predict(network, images, batch_size) == labels))


def predict(network, images, batch_size=32):
    """Return the class with the largest output for every image: (N, H, W, C) -> (N,)."""

    def classes(start):
        own = parallel.replica(network) if divisible else network
        outputs = own.forward(prepare(own, images[start : start + batch_size]))
        return outputs.argmax(axis=1)

    divisible = parallel.divisible(network)
    with parallel.threads() as spread:
        spread = spread if divisible else map
        return np.concatenate(list(spread(classes, range(0, len(images), batch_size))))


def prepare(network, images):
    """Return images (N, H, W, C) as the floats that the network works with.

    Whole numbers are normalised with network.normalize, which the first `fit` makes from its
    images; floats are only converted to the precision of the weights.
    """
    if images.dtype.kind in "iu":
        return (network.normalize or Normalize(images))(images)
    layer, name = next(parameters(network))
    return images.astype(layer.params[name].dtype, copy=False)


class Normalize:
    """Subtract each channel's mean and divide by its standard deviation.

    Both are those of the images it is made from: whole numbers (N, H, W, C). Images of the same
    kind become floats (N, H, W, C).
    """

    def __init__(self, images, dtype=np.float32):
        top = int(images.max(initial=0)) + 1
        values, channels = np.arange(top), images.shape[-1]
        counts = np.zeros((channels, top))
        for start in range(0, len(images), 500):  # a few at a time: bincount makes a large copy
            for channel in range(channels):
                some = images[start : start + 500, ..., channel]
                counts[channel] += np.bincount(some.ravel(), minlength=top)
        share = counts / counts.sum(axis=1, keepdims=True)
        self.mean = share @ values
        self.std = np.sqrt(np.maximum(share @ values**2 - self.mean**2, 0))
        self.std[self.std == 0] = 1  # a channel that never changes stays 0
        self.dtype = dtype

    def __call__(self, images):
        per_channel = (-1, 1, 1, 1)
        factor = (1 / self.std).astype(self.dtype).reshape(per_channel)
        shift = (-self.mean / self.std).astype(self.dtype).reshape(per_channel)
        pixels = images.transpose(3, 1, 2, 0)  # (C, H, W, N), as the layers keep them
        x = np.multiply(pixels, factor, order="C", dtype=self.dtype)
        x += shift
        return batch_first(x)


def mirror(images, rng):
    """Return the images, each mirrored left to right with probability 1/2."""
    flip = rng.random(len(images)) < 0.5
    return np.where(flip[:, None, None, None], images[:, :, ::-1], images)


def check_images(images, labels):
    """Return images and labels as arrays; raise ValueError or TypeError if they do not fit."""
    images, labels = np.asarray(images), np.asarray(labels)
    if images.dtype.kind not in "iuf":
        raise TypeError(f"the images hold {images.dtype}; numbers are needed, such as uint8")
    return images, check_labels(labels, len(images))


def _progress_bar(steps):
    from tqdm.auto import tqdm

    return tqdm(total=steps, desc="training", unit="batch", leave=False)


def _advance(bar, loss, accuracy):
    bar.set_postfix(loss=f"{loss:.3f}", accuracy=f"{accuracy:.1%}", refresh=False)
    bar.update()

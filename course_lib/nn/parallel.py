"""Use all processor cores by sharing out the images of a mini-batch among threads.

NumPy computes nearly everything but matrix products on one core. The images of a mini-batch are
independent until their gradients are added up, so they are cut into shares, and each share goes
through its own copy of the network, with the same weights but its own memory of what it saw. The
gradient of the mini-batch is the sum over the shares, each weighted by its number of images (this
is called data parallelism). Python runs one thread at a time, but NumPy lets go of it while it
computes with large arrays, and the next thread goes on.

How a mini-batch is split into shares depends on its size alone, so the results are the same
whatever the number of cores.
"""

import contextvars
import copy
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from threadpoolctl import ThreadpoolController

from . import layers, losses
from .kept_memory import keep_freed_memory
from .networks import Sequential

SHARE_SIZE = 32 * 32 * 32 * 3  # numbers in a share, about: 32 images of CIFAR-10


@contextmanager
def threads() -> Iterator[Callable[..., Iterable]]:
    """Yield a function like the built-in `map` that spreads its calls over the processor cores.

    NumPy's matrix product uses all cores by itself. Meanwhile it is limited to one, or every thread
    would ask for all of them. There are as many threads as it used cores before.
    """
    keep_freed_memory()  # before the first large array
    blas = ThreadpoolController().select(user_api="blas")
    count = max((library["num_threads"] for library in blas.info()), default=os.cpu_count() or 1)
    with blas.limit(limits=1):
        if count == 1:
            yield map
        else:
            pool = ThreadPoolExecutor(count - 1)  # this thread works, too

            def spread(function: Callable, *columns: Iterable) -> list:
                """Return the results in order. All threads take from one pile until it is empty.

                Each works in a copy of this thread's context, so that np.errstate holds there, too.
                """
                rows = list(zip(*columns, strict=False))
                results, pile = [None] * len(rows), iter(range(len(rows)))

                def work() -> None:
                    try:
                        for number in pile:  # one pile for all: no number is taken twice
                            results[number] = function(*rows[number])
                    finally:  # after an exception, such as an interruption, nothing more is begun
                        deque(pile, maxlen=0)  # this empties the pile

                others = [
                    pool.submit(contextvars.copy_context().run, work)
                    for _ in range(1, min(count, len(rows)))
                ]
                work()
                for other in others:
                    other.result()
                return results

            try:
                yield spread
            finally:
                pool.shutdown()


class SharedStep:
    """The loss and gradient of a mini-batch, computed share by share.

    gradients_of(network, loss, images, labels, share) -> (loss, outputs): what to do with some of
    the images, namely training.loss_and_gradients. share: their number over the mini-batch's.
    thread_map: `map` or what `threads` yields.
    """

    def __init__(
        self,
        gradients_of: Callable[..., tuple[float, np.ndarray]],
        network: Sequential,
        loss: losses.Loss,
        thread_map: Callable[..., Iterable],
    ) -> None:
        self.gradients_of, self.thread_map = gradients_of, thread_map
        self.network, self.loss = network, loss
        self.divisible = type(loss).__module__ == losses.__name__ and divisible(network)
        self.copied = not any(map(has_methods_of_its_own, [network, loss, *network.layers]))

    def shares(self, images: np.ndarray) -> int:
        """Return the number of shares for a mini-batch (N, H, W, C)."""
        count = max(round(images.size / SHARE_SIZE), 1) if self.divisible else 1
        return min(count, len(images))

    def __call__(self, images: np.ndarray, labels: np.ndarray) -> tuple[float, np.ndarray]:
        """Fill the network's grads. Returns the loss, and the outputs (N, classes).

        images (N, H, W, C), labels (N,).
        """
        count = self.shares(images)
        if count == 1:
            return self.gradients_of(self.network, self.loss, images, labels, 1.0)

        def share(
            number: int, images_: np.ndarray, labels_: np.ndarray
        ) -> tuple[float, np.ndarray, list[dict[str, np.ndarray]]]:
            """Loss, outputs and gradients; the first share's are the network's own.

            Of a copy, only the gradients are kept: what it saw takes a lot of memory.
            """
            in_place = number == 0 or not self.copied
            network = self.network if in_place else replica(self.network)
            loss = self.loss if in_place else copy.copy(self.loss)
            part = len(images_) / len(images)
            result = self.gradients_of(network, loss, images_, labels_, part)
            return *result, [dict(getattr(layer, "grads", {})) for layer in network.layers]

        parts = np.array_split(images, count), np.array_split(labels, count)
        spread = self.thread_map if self.copied else map
        values, outputs, grads = zip(*spread(share, range(count), *parts), strict=True)
        self.add_gradients(grads)
        return sum(values), np.concatenate(outputs)

    def add_gradients(self, grads: Sequence[list[dict[str, np.ndarray]]]) -> None:
        """Add up grads, for each share a list of layer dicts, into those of the network."""
        for layer, layer_grads in zip(self.network.layers, zip(*grads, strict=True), strict=True):
            first, *others = layer_grads
            for name in first:
                total = first[name]
                for other in others:
                    total = total + other[name]
                layer.grads[name] = total


def divisible(network: Sequential) -> bool:
    """Whether the network and all layers are the course's own, which treat each image on its own.

    A layer from elsewhere gets its mini-batches whole, one after another: it may mix the images, as
    batch normalisation does, or draw random numbers.
    """
    own = all(type(layer).__module__ == layers.__name__ for layer in network.layers)
    return own and type(network) is Sequential


def can_be_copied(network: Sequential) -> bool:
    """Whether copies of the network, each in its own thread, compute what the network would."""
    return divisible(network) and not any(map(has_methods_of_its_own, [network, *network.layers]))


def has_methods_of_its_own(part: object) -> bool:
    """Whether somebody put a function in the place of a method, such as one that looks on.

    The function knows this object and no copy of it, so the shares go through it one by one.
    """
    return any(callable(value) and hasattr(type(part), name) for name, value in vars(part).items())


def replica(network: Sequential) -> Sequential:
    """Return a network that shares the same weights but has its own memory and grads.

    A copied layer leaves behind what the original has seen (Layer.__getstate__), and it may be made
    while the original is at work.
    """
    twin = copy.copy(network)
    twin.layers = [copy.copy(layer) for layer in network.layers]
    return twin

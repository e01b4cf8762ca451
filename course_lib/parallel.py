"""Use all processor cores: the images of a mini-batch are shared out among threads.

NumPy computes nearly everything on one core. But the images of a mini-batch do not need one another
until their gradients are added up, so each thread takes some of them through its own copy of the
network: the same weights, but its own memory of what it saw. The gradient of the mini-batch is the
sum over the shares, each weighted with its number of images (this is called data parallelism).

How a mini-batch is cut into shares depends on its size alone. So the results are the same whatever
the number of cores.
"""

import copy
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import numpy as np
from threadpoolctl import ThreadpoolController

from . import layers, losses
from .network import parameters

SHARE_SIZE = 32 * 32 * 32 * 3  # numbers in a share, about: 32 images of CIFAR-10


@contextmanager
def threads():
    """Give a function like the built-in `map`, that spreads its calls over the processor cores.

    NumPy's matrix product uses all cores by itself. Meanwhile it gets one, or every thread would
    ask for all of them. There are as many threads as it had cores before.
    """
    blas = ThreadpoolController().select(user_api="blas")
    count = max((library["num_threads"] for library in blas.info()), default=os.cpu_count() or 1)
    with blas.limit(limits=1):
        if count == 1:
            yield map
        else:
            with ThreadPoolExecutor(count) as pool:
                yield pool.map


class SharedStep:
    """Loss and gradient of a mini-batch, computed share by share.

    step(network, loss, images, labels, weight) -> (loss, outputs): forward and backward for some of
    the images, with loss and gradient multiplied by weight. spread: `map`, or what `threads` gives.
    """

    def __init__(self, step, network, loss, spread):
        self.step, self.network, self.loss, self.spread = step, network, loss, spread
        self.copies = [(network, loss)]
        self.divisible = type(loss).__module__ == losses.__name__ and divisible(network)

    def __call__(self, images, labels):
        """Fill the network's grads. Returns the loss, and the outputs (N, classes).

        images (N, H, W, C), labels (N,).
        """
        count = max(round(images.size / SHARE_SIZE), 1) if self.divisible else 1
        count = min(count, len(images))
        if count == 1:
            return self.step(self.network, self.loss, images, labels, 1.0)
        while len(self.copies) < count:
            self.copies.append((replica(self.network), copy.copy(self.loss)))

        def share(own, images_, labels_):
            return self.step(*own, images_, labels_, len(images_) / len(images))

        parts = np.array_split(images, count), np.array_split(labels, count)
        values, outputs = zip(*self.spread(share, self.copies[:count], *parts), strict=True)
        self.add_gradients(count)
        return sum(values), np.concatenate(outputs)

    def add_gradients(self, count):
        networks = [network for network, _ in self.copies[:count]]
        for i, layer in enumerate(networks[0].layers):
            for name in getattr(layer, "grads", ()):
                for other in networks[1:]:
                    layer.grads[name] = layer.grads[name] + other.layers[i].grads[name]


def divisible(network):
    """Whether all layers are the course's own, which treat each image by itself.

    A layer from elsewhere gets its mini-batches whole, and one after the other: it may mix the
    images, as batch normalisation does, or draw random numbers.
    """
    return all(type(layer).__module__ == layers.__name__ for layer in network.layers)


def replica(network):
    """Return a network with the same weights, not copied, and with its own memory and grads."""
    twin = copy.copy(network)
    twin.layers = [copy.copy(layer) for layer in network.layers]
    for layer in {id(layer): layer for layer, _ in parameters(twin)}.values():
        layer.grads = {}
    return twin

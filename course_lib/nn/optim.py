"""Stochastic gradient descent and a learning-rate schedule."""

import math
from collections.abc import Callable

import numpy as np

from .layers import Layer
from .networks import Sequential, gradient_of, parameter_slots
from .shapes import check_number, check_shape, check_weight

OF_WEIGHT = "that is the shape of the weight"


class SGD:
    """Stochastic gradient descent with momentum and weight decay, as in PyTorch.

    gradient = grads + weight_decay * params
    velocity = momentum * velocity + gradient
    params   = params - learning_rate * velocity

    Biases decay too. learning_rate may be changed between steps: unlike in Sutskever et al. (2013,
    "On the importance of initialization and momentum in deep learning", section 2), it is not part
    of the velocity. Raises ValueError for anything but numbers that are not negative.
    """

    def __init__(
        self, learning_rate: float, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        self.learning_rate, self.momentum = learning_rate, momentum
        self.weight_decay = weight_decay
        self.velocities: dict[tuple[Layer, str], np.ndarray] = {}
        self.check()

    def check(self) -> None:
        """Raise ValueError unless all settings are numbers that are not negative."""
        for name in ("learning_rate", "momentum", "weight_decay"):
            check_number(getattr(self, name), name)

    def step(self, network: Sequential) -> None:
        """Move every weight of the network against its gradient, in place.

        Raises RuntimeError where there is no gradient yet, and ValueError for one of another shape.
        """
        self.check()
        slots = list(parameter_slots(network))
        for layer, name in slots:  # before anything moves
            weight, gradient = layer.params[name], np.asarray(gradient_of(layer, name))
            check_weight(weight, name)
            if not weight.flags.writeable:
                raise ValueError(
                    f"{name} is read-only, and step has to change it; put a copy in its place"
                )
            check_shape(gradient, f"the gradient of {name}", weight.shape, OF_WEIGHT)
        for layer, name in slots:
            weight, gradient = layer.params[name], layer.grads[name]
            if self.weight_decay:
                gradient = gradient + self.weight_decay * weight
            if self.momentum:
                velocity = self.velocities.get((layer, name))
                if velocity is None or velocity.shape != weight.shape:
                    velocity = self.velocities[layer, name] = np.zeros_like(weight)
                velocity *= self.momentum
                velocity += gradient
                gradient = velocity
            weight -= self.learning_rate * gradient


def cosine(learning_rate: float, warmup: float = 0.0) -> Callable[[float], float]:
    """Return a schedule for `training.fit`: from learning_rate down to 0 along a cosine.

    A schedule is a function from the share of the training done to a learning rate. During
    `warmup`, also a share, the rate first rises linearly. Raises ValueError for any other share.
    (Loshchilov and Hutter, 2017, "SGDR", section 3, one period without restarts.)
    """
    check_number(learning_rate, "learning_rate")
    if not isinstance(warmup, (int, float)) or not 0 <= warmup < 1:
        raise ValueError(f"warmup is {warmup}; give a share of the training, from 0 to below 1")

    def rate(progress: float) -> float:
        if progress < warmup:
            return learning_rate * progress / warmup
        return learning_rate * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup))) / 2

    return rate

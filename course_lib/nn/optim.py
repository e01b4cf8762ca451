"""Stochastic gradient descent and a learning-rate schedule."""

import math
from collections.abc import Callable

import numpy as np

from .layers import Layer
from .networks import Sequential, parameter_slots


class SGD:
    """Stochastic gradient descent with momentum and weight decay, as in PyTorch.

    gradient = grads + weight_decay * params
    velocity = momentum * velocity + gradient
    params   = params - learning_rate * velocity

    Biases decay too. learning_rate may be changed between steps: unlike in Sutskever et al. (2013,
    "On the importance of initialization and momentum in deep learning", section 2), it is not part
    of the velocity. Raises ValueError for numbers below 0.
    """

    def __init__(
        self, learning_rate: float, momentum: float = 0.0, weight_decay: float = 0.0
    ) -> None:
        for name, value in (
            ("learning_rate", learning_rate),
            ("momentum", momentum),
            ("weight_decay", weight_decay),
        ):
            if not value >= 0:
                raise ValueError(f"{name} is {value}; give a number that is not negative")
        self.learning_rate, self.momentum = learning_rate, momentum
        self.weight_decay = weight_decay
        self.velocities: dict[tuple[Layer, str], np.ndarray] = {}

    def step(self, network: Sequential) -> None:
        """Move every weight of the network against its gradient, in place."""
        for layer, name in parameter_slots(network):
            if name not in layer.grads:
                raise RuntimeError("step was called before backward; call network.backward first")
            weight, gradient = layer.params[name], layer.grads[name]
            if self.weight_decay:
                gradient = gradient + self.weight_decay * weight
            if self.momentum:
                velocity = self.velocities.setdefault((layer, name), np.zeros_like(weight))
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
    if not 0 <= warmup < 1:
        raise ValueError(f"warmup is {warmup}; give a share of the training, from 0 to below 1")

    def rate(progress: float) -> float:
        if progress < warmup:
            return learning_rate * progress / warmup
        return learning_rate * (1 + math.cos(math.pi * (progress - warmup) / (1 - warmup))) / 2

    return rate

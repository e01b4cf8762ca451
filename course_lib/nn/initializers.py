"""How weights are initialised: functions (rng, shape, fan_in, fan_out) -> array.

N(m, v) is the normal distribution with mean m and variance v. fan_in is the number of inputs that
each output sums up, fan_out the number of outputs that each input goes to.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import DTypeLike

from .shapes import check_dtype, check_number, check_shape, generator

# In quotes, because NumPy loads its random numbers only when somebody first uses them.
Initializer = Callable[["np.random.Generator", tuple[int, ...], int, int], np.ndarray]


def draw(
    init: Initializer,
    rng: "np.random.Generator",
    shape: tuple[int, ...],
    fan_in: int,
    fan_out: int,
    dtype: DTypeLike,
) -> np.ndarray:
    """Return first weights of this shape and dtype. Raises TypeError or ValueError."""
    check_dtype(dtype)
    if not callable(init) or init in (normal, uniform):
        raise TypeError(
            f"init is {init!r}; give a function, such as initializers.he, or the one that "
            "initializers.normal(0.1) returns"
        )
    weight = np.asarray(init(rng, shape, fan_in, fan_out))
    check_shape(weight, "what init returns", shape, "that is the shape of the weight")
    return weight.astype(dtype)


def he(rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
    """N(0, 2 / fan_in): preserves the signal's variance through ReLU layers.

    He et al., 2015, "Delving Deep into Rectifiers", section 2.2.
    """
    return generator(rng).normal(0, np.sqrt(2 / fan_in), shape)


def xavier(
    rng: "np.random.Generator", shape: tuple[int, ...], fan_in: int, fan_out: int
) -> np.ndarray:
    """N(0, 2 / (fan_in + fan_out)): preserves variance through tanh layers, forward and backward.

    Glorot and Bengio, 2010, "Understanding the difficulty of training deep feedforward neural
    networks", section 4.2.1, equation 12.
    """
    return generator(rng).normal(0, np.sqrt(2 / (fan_in + fan_out)), shape)


def normal(std: float) -> Initializer:
    """Return an initializer that draws from N(0, std²), whatever the size of the layer."""
    check_number(std, "std")
    return lambda rng, shape, fan_in, fan_out: generator(rng).normal(0, std, shape)


def uniform(low: float, high: float) -> Initializer:
    """Return an initializer that draws from U(low, high), whatever the size of the layer."""
    if not low <= high:
        raise ValueError(f"low is {low!r} and high {high!r}; give the lower number first")
    return lambda rng, shape, fan_in, fan_out: generator(rng).uniform(low, high, shape)

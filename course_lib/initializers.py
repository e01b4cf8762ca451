"""First values of weights. Each function takes (rng, shape, fan_in, fan_out).

fan_in is how many inputs each output sums up, fan_out how many outputs each input goes to.
"""

import numpy as np


def he(rng, shape, fan_in, fan_out):
    """N(0, 2 / fan_in): keeps the signal's spread through ReLU layers (He et al., 2015)."""
    return rng.normal(0, np.sqrt(2 / fan_in), shape)


def xavier(rng, shape, fan_in, fan_out):
    """N(0, 2 / (fan_in + fan_out)): keeps it through tanh layers (Glorot and Bengio, 2010)."""
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), shape)


def normal(std):
    """Return an initializer that draws from N(0, std²), whatever the size of the layer."""
    return lambda rng, shape, fan_in, fan_out: rng.normal(0, std, shape)


def uniform(low, high):
    """Return an initializer that draws from U(low, high), whatever the size of the layer."""
    return lambda rng, shape, fan_in, fan_out: rng.uniform(low, high, shape)

"""Arrays and sizes to call a learner's function with."""

import numpy as np


def numbers(rng, shape, dtype, whole):
    """Numbers of which each counts; whole ones, from -4 to 4 without 0, are easy to read."""
    if not whole:
        return rng.normal(size=shape).astype(dtype)
    return (rng.integers(1, 5, shape) * rng.choice([-1, 1], shape)).astype(dtype)


def with_batch_innermost(x):
    """The same images (N, H, W, C), in memory as the course's layers keep them: side by side."""
    return x.transpose(3, 1, 2, 0).copy().transpose(3, 1, 2, 0)


def drawn_convolution(seed, below):
    """Sizes of a convolution: image (N, H, W, C_in), kernel (KH, KW, C_in, C_out), stride, padding.

    below: what N, C_in and C_out stay below, and H and W after the kernel is taken off, in the
    order N, H, W, C_in, C_out.
    """
    rng = np.random.default_rng(seed)
    N, H, W, C_in, C_out = (int(n) for n in rng.integers(2, below))
    KH, KW, SH, SW = (int(n) for n in rng.integers(1, 4, 4))
    PH, PW = (int(n) for n in rng.integers(0, 3, 2))
    return (N, H + KH, W + KW, C_in), (KH, KW, C_in, C_out), (SH, SW), (PH, PW)

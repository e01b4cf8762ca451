"""How images lie in memory, and arrays that are used again: all that the layers need to be fast.

**The batch lies innermost.** A mini-batch is an array (N, H, W, C) to everybody. Inside, the layers
keep it as (C, H, W, N): the same pixel of all N images side by side. Whatever a layer does to one
pixel of one image it does to that pixel of all images, so each of its innermost loops runs over N
neighbours in memory, at full speed, whatever the window and the stride. `batch_last` and
`batch_first` go from one view to the other. Only the first layer really moves numbers.

**Big arrays are used again.** A fresh array of some megabytes has to be asked for from the system,
page by page, and that takes longer than filling it. A Workspace hands out the same array at every
step, unless somebody still holds it.
"""

import sys

import numpy as np


def batch_last(x):
    """(N, H, W, C) -> (C, H, W, N), in this order in memory too. Copies only where it must."""
    return np.ascontiguousarray(x.transpose(3, 1, 2, 0))


def batch_first(x):
    """(C, H, W, N) -> (N, H, W, C): another view of the same numbers."""
    return x.transpose(3, 1, 2, 0)


def sum_of_products(columns, dy, chunk=1024):
    """columns @ dy.T, as a sum over chunks of columns that fit into the processor's cache.

    columns (K, P), dy (M, P) -> (K, M).
    """
    P = columns.shape[1]
    whole = P // chunk * chunk
    parts = columns[:, :whole].reshape(len(columns), -1, chunk).transpose(1, 0, 2)
    dparts = dy[:, :whole].reshape(len(dy), -1, chunk).transpose(1, 2, 0)
    return np.matmul(parts, dparts).sum(axis=0) + columns[:, whole:] @ dy[:, whole:].T


class Workspace:
    """A layer's big arrays, by name."""

    def __init__(self):
        self.arrays = {}

    def empty(self, name, shape, dtype):
        """Return an array with arbitrary contents: the last one of that name, if nobody holds it.

        CPython counts who refers to an object, and a view of an array refers to it as well. So
        what a caller keeps is never written to again.
        """
        last = self.arrays.get(name)
        fits = last is not None and last.shape == shape and last.dtype == dtype
        del last
        if not fits or references(self.arrays, name) > REFERENCES_WHEN_FREE:
            self.arrays[name] = np.empty(shape, dtype)
        return self.arrays[name]

    def like(self, name, x):
        """Return such an array of the shape and dtype of x, and with its axes in the same order.

        x's numbers need not lie without gaps; those of the new array do.
        """
        order = sorted(range(x.ndim), key=lambda axis: -abs(x.strides[axis]))
        array = self.empty(name, tuple(x.shape[axis] for axis in order), x.dtype)
        return array.transpose(np.argsort(order))


def references(arrays, name):
    """How many references CPython counts to an array, this function's own included."""
    return sys.getrefcount(arrays[name])


REFERENCES_WHEN_FREE = references({"nobody holds this": np.empty(1)}, "nobody holds this")

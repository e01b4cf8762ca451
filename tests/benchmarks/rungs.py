"""The lower rungs of the ladder: the network of case A before there were layers, three times.

Each rung has convolve, pool and the ways back; all else is the same. Arrays are (N, H, W, C).
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from course_lib.nn import loops
from course_lib.nn.losses import CrossEntropyLoss


class Loops:
    """Python loops over every window, as the student posted them."""

    dtype = np.float64

    def __init__(self, rng):
        self.filters = rng.normal(0, 0.1, (3, 3, 3, 16)).astype(self.dtype)
        self.bias = np.zeros(16, self.dtype)
        self.weight = rng.normal(0, 0.02, (3600, 10)).astype(self.dtype)

    def convolve(self, x):
        self.x = x
        return loops.conv2d_forward(x, self.filters, self.bias)

    def convolve_back(self, dy):
        _, dfilters, dbias = loops.conv2d_backward(dy, self.x, self.filters)
        return dfilters, dbias

    def pool(self, x):
        self.seen = x
        return loops.maxpool2d_forward(x, 2)

    def pool_back(self, dy):
        return loops.maxpool2d_backward(dy, self.seen, 2)


class Windows(Loops):
    """All windows at once, as a view, and einsum for the sums."""

    dtype = np.float32

    def convolve(self, x):
        self.windows = sliding_window_view(x, (3, 3), axis=(1, 2))  # (N, OH, OW, C, KH, KW)
        return np.einsum("nijcpq,pqck->nijk", self.windows, self.filters) + self.bias

    def convolve_back(self, dy):
        return np.einsum("nijcpq,nijk->pqck", self.windows, dy), dy.sum(axis=(0, 1, 2))

    def pool(self, x):
        N, H, W, C = x.shape
        tiles = x.reshape(N, H // 2, 2, W // 2, 2, C).transpose(0, 1, 3, 5, 2, 4)
        tiles = tiles.reshape(N, H // 2, W // 2, C, 4)
        self.first_max = tiles.argmax(axis=-1)[..., np.newaxis]
        return np.take_along_axis(tiles, self.first_max, axis=-1)[..., 0]

    def pool_back(self, dy):
        N, OH, OW, C = dy.shape
        dtiles = np.zeros((N, OH, OW, C, 4), dy.dtype)
        np.put_along_axis(dtiles, self.first_max, dy[..., np.newaxis], axis=-1)
        dtiles = dtiles.reshape(N, OH, OW, C, 2, 2).transpose(0, 1, 4, 2, 5, 3)
        return dtiles.reshape(N, 2 * OH, 2 * OW, C)


class OneProduct(Windows):
    """The windows written down as columns (im2col), and one matrix product each way."""

    def convolve(self, x):
        windows = sliding_window_view(x, (3, 3), axis=(1, 2)).transpose(0, 1, 2, 4, 5, 3)
        self.columns = windows.reshape(-1, 27)  # (N OH OW, KH KW C)
        y = self.columns @ self.filters.reshape(27, 16) + self.bias
        return y.reshape(*windows.shape[:3], 16)

    def convolve_back(self, dy):
        dy = dy.reshape(-1, 16)
        return (self.columns.T @ dy).reshape(3, 3, 3, 16), dy.sum(axis=0)


def training(rung, images, labels, batch_size=64, learning_rate=0.001):
    """Return a function that trains the rung's weights for one epoch, by SGD."""
    loss, mean, std = CrossEntropyLoss(), images.mean(), images.std()

    def step(chosen):
        x = ((images[chosen] - mean) / std).astype(rung.dtype)
        y = rung.convolve(x)
        p = rung.pool(np.maximum(y, 0))
        flat = p.reshape(len(p), -1)
        loss.forward(flat @ rung.weight, labels[chosen])
        dlogits = loss.backward()
        dp = (dlogits @ rung.weight.T).reshape(p.shape)
        dfilters, dbias = rung.convolve_back(rung.pool_back(dp) * (y > 0))
        rung.weight -= learning_rate * (flat.T @ dlogits)
        rung.filters -= learning_rate * dfilters
        rung.bias -= learning_rate * dbias

    def epoch():
        order = np.random.default_rng(0).permutation(len(images))
        for start in range(0, len(images), batch_size):
            step(order[start : start + batch_size])

    return epoch

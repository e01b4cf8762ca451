"""Layers: the operations of loops.py again, vectorised, forward and backward.

Every layer has forward(x) -> y and backward(dy) -> dx, where dy and dx are the derivatives of the
loss with respect to y and x. Layers with weights keep them in `params` and, after backward, their
gradients in `grads`. A layer computes in the dtype of its input and never changes an array that it
was given.

Shapes: images and feature maps (N, H, W, C); filters (KH, KW, C_in, C_out). Internally, the images
of a mini-batch lie side by side in memory: memory_layout.py says why.

Raises ValueError for arrays and sizes that do not fit, TypeError for numbers other than floats, and
RuntimeError if backward is called before forward. (Normalize alone takes whole numbers, too.)
"""

import math
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from .initializers import Initializer, draw, he, xavier
from .masks import keep_where
from .memory_layout import batch_first, batch_last
from .shapes import (
    as_array,
    check_array,
    check_channels,
    check_dtype,
    check_forward,
    check_gradient,
    check_numbers,
    check_size,
    check_weights,
    generator_or_new,
    output_sizes,
    pair,
)
from .windows import im2row, row2im, shifted_views, window_matrices, with_border


class Layer:
    """What all layers share: `layer(x)` is short for `layer.forward(x)`.

    `remembers` names what forward writes down for backward. A saved or copied layer leaves that
    behind, and its grads: they belong to a mini-batch, not to the network.
    """

    params: dict[str, np.ndarray]
    grads: dict[str, np.ndarray]
    remembers: tuple[str, ...] = ()

    def __new__(cls, *settings: Any, **named: Any) -> Self:
        layer = super().__new__(cls)
        layer.params, layer.grads = {}, {}  # its own, whatever its __init__ does
        return layer

    def forward(self, x: np.ndarray) -> np.ndarray:
        raise NotImplementedError(f"{type(self).__name__} has no forward yet")

    def backward(self, dy: np.ndarray) -> np.ndarray:
        raise NotImplementedError(f"{type(self).__name__} has no backward yet")

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return self.forward(x)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.settings()})"

    def settings(self) -> str:
        """Return what the layer was made with, as text for its repr."""
        return ""

    def __getstate__(self) -> dict[str, Any]:
        kept = {name: value for name, value in vars(self).items() if name not in self.remembers}
        return {**kept, "grads": {}}


class Normalize(Layer):
    """(x - mean) / std, channel by channel: the first layer of a network that takes whole numbers.

    x (N, ..., C), whole numbers or floats on the same scale -> y of the same shape. mean and std
    are numbers, or arrays (C,). Whole numbers become floats of `dtype`; floats keep their own.
    Raises ValueError for a std that is not above 0. There is nothing to train in it.
    """

    remembers: tuple[str, ...] = ("factor",)

    def __init__(self, mean: ArrayLike, std: ArrayLike, *, dtype: DTypeLike = np.float32) -> None:
        self.mean, self.std = np.asarray(mean, np.float64), np.asarray(std, np.float64)
        self.dtype = np.dtype(dtype)
        check_dtype(self.dtype)
        finite = np.all(np.isfinite(self.mean)) and np.all(np.isfinite(self.std))
        sizes = {part.size for part in (self.mean, self.std)} - {1}
        flat = self.mean.ndim <= 1 and self.std.ndim <= 1 and len(sizes) <= 1
        if not (flat and finite and np.all(self.std > 0)):
            raise ValueError(
                f"mean has shape {self.mean.shape} and std {self.std.shape}; for each give a "
                "number, or one for each channel, finite ones, and a std above 0"
            )

    @classmethod
    def from_images(cls, images: np.ndarray, *, dtype: DTypeLike = np.float32) -> Self:
        """Return the layer that gives these images (N, H, W, C) mean 0 and standard deviation 1.

        A channel that never changes becomes 0. Raises ValueError if there are no images.
        """
        images = as_array(images, "images")
        if images.ndim != 4 or not images.size:
            raise ValueError(
                f"the images have shape {images.shape}; give at least one, as (N, H, W, C), for a "
                "single image images[np.newaxis]"
            )
        values_to_count = images[..., 0].size  # a table of them is never larger than the images
        if images.dtype.kind in "iu" and 0 <= images.min() and images.max() < values_to_count:
            mean, std = mean_and_std_of_whole_numbers(images)
        else:
            axes = (0, 1, 2)
            mean = images.mean(axis=axes, dtype=np.float64)
            std = images.std(axis=axes, dtype=np.float64)
            std[images.min(axis=axes) == images.max(axis=axes)] = 0  # and not a rounding error
        if not (np.isfinite(mean).all() and np.isfinite(std).all()):
            raise ValueError("the images hold numbers that are not finite; correct them first")
        return cls(mean, np.where(std > 0, std, 1), dtype=dtype)

    def forward(self, x: np.ndarray) -> np.ndarray:
        x = check_numbers(x, "x")
        channels = max(self.mean.size, self.std.size)
        if channels > 1:
            check_channels(x, channels, "channels")
        dtype = x.dtype if x.dtype.kind == "f" else self.dtype
        factor, shift = (1 / self.std).astype(dtype), (-self.mean / self.std).astype(dtype)
        self.factor = factor
        if x.ndim != 4:
            return np.multiply(x, factor, dtype=dtype) + shift
        per_channel = (-1, 1, 1)
        y = np.multiply(batch_last(x), factor.reshape(per_channel), dtype=dtype)
        y += shift.reshape(per_channel)
        return batch_first(y)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        check_forward(self, "factor")
        return check_array(dy, "dy") * self.factor  # dy / std

    def settings(self) -> str:
        numbers = [[f"{value:.3g}" for value in np.ravel(part)] for part in (self.mean, self.std)]
        return ", ".join(part[0] if len(part) == 1 else f"[{', '.join(part)}]" for part in numbers)


class Conv2d(Layer):
    """Convolution: every filter looks at every window of every image.

    x (N, H, W, C_in) -> y (N, OH, OW, C_out); weight (KH, KW, C_in, C_out), bias (C_out,).
    kernel_size, stride and padding are a whole number or a (height, width) pair.
    rng: the generator that draws the first weights, or a whole number to start one from.
    """

    remembers: tuple[str, ...] = ("seen", "input_shape", "output_shape")

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        *,
        rng: "np.random.Generator | int | None" = None,
        dtype: DTypeLike = np.float32,
        init: Initializer = he,
    ) -> None:
        KH, KW = pair(kernel_size, "kernel_size")
        self.stride, self.padding = pair(stride, "stride"), pair(padding, "padding", smallest=0)
        check_size(in_channels, "in_channels")
        check_size(out_channels, "out_channels")
        shape = (KH, KW, in_channels, out_channels)
        fan_in, fan_out = KH * KW * in_channels, KH * KW * out_channels
        weight = draw(init, generator_or_new(rng), shape, fan_in, fan_out, dtype)
        self.params = {"weight": weight, "bias": np.zeros(out_channels, dtype)}

    def settings(self) -> str:
        KH, KW, in_channels, out_channels = self.params["weight"].shape
        text = f"{in_channels}, {out_channels}, {short((KH, KW))}"
        text += f", stride={short(self.stride)}" if self.stride != (1, 1) else ""
        return text + (f", padding={short(self.padding)}" if self.padding != (0, 0) else "")

    def forward(self, x: np.ndarray) -> np.ndarray:
        weight, bias = self.params["weight"], self.params["bias"]
        check_weights(weight, bias, axes=4)
        x = check_array(x, "x", "(N, H, W, C)")
        check_channels(x, weight.shape[2], "channels")
        KH, KW, _, C_out = weight.shape
        OH, OW = output_sizes(x, (KH, KW), self.stride, self.padding)
        self.input_shape, self.output_shape = x.shape, (len(x), OH, OW, C_out)
        rows = im2row(with_border(batch_last(x), self.padding), KW, self.stride[1])
        self.seen = window_matrices(rows, KH, self.stride[0])  # (OH, KH K, OW N), K = KW C_in + 1
        y = self.filters(x.dtype).T @ self.seen  # a product for each row of outputs
        return batch_first(y.reshape(OH, C_out, OW, len(x)))

    def backward(self, dy: np.ndarray) -> np.ndarray:
        self.backward_to_params(dy)
        return self.backward_to_input(dy)

    def backward_to_params(self, dy: np.ndarray) -> None:
        """Fill grads: each weight's derivative is the sum of (what it saw) * dy."""
        dy = self.check_dy(dy)  # (OH, C_out, OW N)
        weight = self.params["weight"]
        KH, KW, C_in, C_out = weight.shape
        products = self.seen @ dy.transpose(0, 2, 1)  # one for each row of outputs
        dfilters = products.sum(axis=0).astype(weight.dtype, copy=False)  # (KH K, C_out)
        dfilters = dfilters.reshape(KH, KW * C_in + 1, C_out)
        self.grads["weight"] = dfilters[:, :-1].reshape(weight.shape)
        self.grads["bias"] = dfilters[0, -1].copy()  # the weight of the first row's 1

    def backward_to_input(self, dy: np.ndarray) -> np.ndarray:
        """Return dx: every output sends (weight * dy) back to the window it saw."""
        dy = self.check_dy(dy)  # (OH, C_out, OW N)
        weight = self.params["weight"].astype(dy.dtype, copy=False)
        (KH, KW, C_in, C_out), (N, H, W, _) = weight.shape, self.input_shape
        (_, OH, OW, _), (PH, PW) = self.output_shape, self.padding
        drows = np.zeros((H + 2 * PH, KW * C_in, OW, N), dy.dtype)  # nothing goes back to the 1s
        dwindows = window_matrices(drows, KH, self.stride[0])  # a view: this adds to drows
        for i in range(OH):  # one at a time: they overlap, and a single += would lose sums
            dwindows[i] += weight.reshape(-1, C_out) @ dy[i]
        dx = row2im(drows, W + 2 * PW, KW, self.stride[1])
        return batch_first(dx[PH : PH + H, :, PW : PW + W])

    def filters(self, dtype: DTypeLike) -> np.ndarray:
        """Return the weights and biases as a matrix, (KH K, C_out).

        The bias is the weight of an input that is always 1. A window holds KH such inputs, one at
        the end of each row; the first has the bias as its weight, the others have 0.
        """
        weight, bias = self.params["weight"], self.params["bias"]
        KH, KW, C_in, C_out = weight.shape
        filters = np.zeros((KH, KW * C_in + 1, C_out), dtype)
        filters[:, :-1] = weight.reshape(KH, KW * C_in, C_out)
        filters[0, -1] = bias
        return filters.reshape(-1, C_out)

    def check_dy(self, dy: np.ndarray) -> np.ndarray:
        """Return dy (N, OH, OW, C_out) as matrices, one for each row of it: (OH, C_out, OW N)."""
        check_forward(self, "seen")
        dy = check_gradient(dy, self.output_shape)
        return batch_last(dy).reshape(dy.shape[1], dy.shape[3], -1)


class MaxPool2d(Layer):
    """The largest value in each window, channel by channel. Windows that do not fit are left out.

    x (N, H, W, C) -> y (N, OH, OW, C). kernel_size and stride are a whole number or a
    (height, width) pair; without a stride, the windows lie side by side.

    If a window holds a nan, that is its largest value, and the first one if there are several
    (in PyTorch, the last one).
    """

    remembers: tuple[str, ...] = ("is_first_max", "output_shape", "input_shape")

    def __init__(
        self, kernel_size: int | tuple[int, int], stride: int | tuple[int, int] | None = None
    ) -> None:
        self.kernel_size = pair(kernel_size, "kernel_size")
        self.stride = pair(kernel_size if stride is None else stride, "stride")

    def settings(self) -> str:
        text = short(self.kernel_size)
        return text + (f", {short(self.stride)}" if self.stride != self.kernel_size else "")

    def forward(self, x: np.ndarray) -> np.ndarray:
        x = check_array(x, "x", "(N, H, W, C)")
        OH, OW = output_sizes(x, self.kernel_size, self.stride)
        self.output_shape, self.input_shape = (len(x), OH, OW, x.shape[3]), x.shape
        views = shifted_views(batch_last(x), self.kernel_size, self.stride)  # each (OH, C, OW, N)
        y, self.is_first_max = first_max(views)
        is_nan = np.isnan(y)
        if is_nan.any():  # it is larger than nothing; but True is larger than False
            _, is_first_nan = first_max([np.isnan(view) for view in views])
            for is_max, is_first in zip(self.is_first_max, is_first_nan, strict=True):
                np.copyto(is_max, is_first, where=is_nan)
        return batch_first(y)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        """Each window's gradient goes to its maximum, if tied the first in row-major order."""
        check_forward(self, "is_first_max")
        dy = check_gradient(dy, self.output_shape)
        N, H, W, C = self.input_shape
        dy = batch_last(dy)
        dx = np.zeros((H, C, W, N), dy.dtype)  # pixels in no window get no gradient
        views = shifted_views(dx, self.kernel_size, self.stride)
        overlap = self.stride[0] < self.kernel_size[0] or self.stride[1] < self.kernel_size[1]
        for view, is_first_max in zip(views, self.is_first_max, strict=True):
            if overlap:
                view += keep_where(is_first_max, dy)  # gradients from several windows add up
            else:
                keep_where(is_first_max, dy, out=view)
        return batch_first(dx)


class ReLU(Layer):
    """max(x, 0), element-wise. Any shape. A nan stays one, and lets the gradient pass."""

    remembers: tuple[str, ...] = ("passes",)

    def forward(self, x: np.ndarray) -> np.ndarray:
        x = check_array(x, "x")
        stops = x <= 0
        self.passes = np.logical_not(stops, out=stops)  # not x > 0, which is False for nan
        return x.clip(0, np.inf)  # np.maximum(x, 0), in a third of the time

    def backward(self, dy: np.ndarray) -> np.ndarray:
        check_forward(self, "passes")
        dy = check_gradient(dy, self.passes.shape)
        return keep_where(self.passes, dy)


class Sigmoid(Layer):
    """1 / (1 + exp(-x)), element-wise, without overflow. Any shape."""

    remembers: tuple[str, ...] = ("e",)

    def forward(self, x: np.ndarray) -> np.ndarray:
        x = check_array(x, "x")
        self.e = np.exp(-np.abs(x))  # at most 1: no overflow, and no digits lost far from 0
        return np.where(x >= 0, 1, self.e) / (1 + self.e)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        check_forward(self, "e")
        dy = check_gradient(dy, self.e.shape)
        return dy * self.e / (1 + self.e) ** 2  # sigmoid(x) * sigmoid(-x)


class Tanh(Layer):
    """tanh(x), element-wise. Any shape."""

    remembers: tuple[str, ...] = ("y",)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.y = np.tanh(check_array(x, "x"))
        return self.y.copy()  # a copy, which its owner may change

    def backward(self, dy: np.ndarray) -> np.ndarray:
        check_forward(self, "y")
        dy = check_gradient(dy, self.y.shape)
        return dy * (1 - self.y**2)


class Flatten(Layer):
    """Each image as one row: (N, H, W, C) -> (N, H W C)."""

    remembers: tuple[str, ...] = ("shape",)

    def forward(self, x: np.ndarray) -> np.ndarray:
        x = check_array(x, "x")
        self.shape = x.shape
        side_by_side = x.transpose(*range(1, x.ndim), 0).copy()  # (H, W, C, N)
        return side_by_side.reshape(-1, len(x)).T

    def backward(self, dy: np.ndarray) -> np.ndarray:
        check_forward(self, "shape")
        dy = check_gradient(dy, (self.shape[0], math.prod(self.shape[1:])))
        return dy.reshape(self.shape).copy(order="K")  # a copy, with the batch innermost as in dy


class Linear(Layer):
    """x @ weight + bias: every output is a weighted sum of all inputs.

    x (N, in) -> y (N, out); weight (in, out), bias (out,). With bias=False there is none.
    rng: the generator that draws the first weights, or a whole number to start one from.
    """

    remembers: tuple[str, ...] = ("x",)

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        rng: "np.random.Generator | int | None" = None,
        dtype: DTypeLike = np.float32,
        init: Initializer = xavier,
        bias: bool = True,
    ) -> None:
        check_size(in_features, "in_features")
        check_size(out_features, "out_features")
        shape = (in_features, out_features)
        weight = draw(init, generator_or_new(rng), shape, in_features, out_features, dtype)
        self.params = {"weight": weight}
        if bias:
            self.params["bias"] = np.zeros(out_features, dtype)

    def settings(self) -> str:
        in_features, out_features = self.params["weight"].shape
        without = "" if "bias" in self.params else ", bias=False"
        return f"{in_features}, {out_features}{without}"

    def forward(self, x: np.ndarray, copy: bool = True) -> np.ndarray:
        """Return y. copy: whether x may be changed before backward, and must be copied for it."""
        weight = self.params["weight"]
        check_weights(weight, self.params.get("bias"), axes=2)
        x = check_array(x, "x", "(N, in)")
        check_channels(x, len(weight), "features")
        self.x = x.copy("K") if copy else x
        y = x @ weight.astype(x.dtype, copy=False)
        if "bias" in self.params:
            y += self.params["bias"]
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        self.backward_to_params(dy)
        return self.backward_to_input(dy)

    def backward_to_params(self, dy: np.ndarray) -> None:
        """Fill grads: each weight's derivative is the sum of (what it saw) * dy."""
        dy = self.check_dy(dy)
        weight = self.params["weight"]
        self.grads["weight"] = np.dot(self.x.T, dy).astype(weight.dtype, copy=False)
        if "bias" in self.params:
            self.grads["bias"] = dy.sum(axis=0).astype(weight.dtype, copy=False)

    def backward_to_input(self, dy: np.ndarray) -> np.ndarray:
        """Return dx: every output sends (weight * dy) back to its inputs."""
        dy = self.check_dy(dy)
        weight = self.params["weight"].astype(dy.dtype, copy=False)
        return (weight @ dy.T).T  # dy @ weight.T, with the batch innermost

    def check_dy(self, dy: np.ndarray) -> np.ndarray:
        check_forward(self, "x")
        return check_gradient(dy, (len(self.x), self.params["weight"].shape[1]))


def first_max(views: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return the largest of K arrays, number by number, and where each is the first to hold it.

    views (K arrays of one shape) -> y of that shape, and K arrays of bool.

    A record is a number larger than all before it. The last record is the first maximum, because
    what only equals it is none.
    """
    y, records = views[0].copy(), []
    for view in views[1:]:
        records.append(view > y)
        np.maximum(y, view, out=y)
    is_first_max, found = [], np.zeros(y.shape, bool)
    for record in reversed(records):
        is_first_max.append(record & ~found)
        found |= record
    is_first_max.append(~found)  # no record came after the first array
    return y, is_first_max[::-1]


def mean_and_std_of_whole_numbers(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and the standard deviation of each channel, (C,), exactly counted."""
    top, channels = int(images.max()) + 1, images.shape[-1]
    counts = np.zeros((channels, top))
    for start in range(0, len(images), 500):  # a few at a time: bincount makes a large copy
        for channel in range(channels):
            some = images[start : start + 500, ..., channel]
            counts[channel] += np.bincount(some.ravel(), minlength=top)
    share, values = counts / counts.sum(axis=1, keepdims=True), np.arange(top)
    mean = share @ values
    std = np.sqrt(np.maximum(share @ values**2 - mean**2, 0))
    return mean, np.where(np.count_nonzero(counts, axis=1) > 1, std, 0)


def short(sizes: tuple[int, int]) -> str:
    """Return a (height, width) pair as text: (3, 3) as "3"."""
    return str(sizes[0] if sizes[0] == sizes[1] else sizes)

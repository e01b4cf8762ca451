"""Case A's program as the student posted it: our own readable transcription, in NumPy loops.

It goes step by step and in the posted order, one image at a time, and shares no code with the
library: so it is also what CaseA is measured against. Lesson 00 shows it part by part.
"""

from collections.abc import Callable

import numpy as np


def images_of(pixels):
    """pixels (N, 3072) -> images (N, 32, 32, 3)."""
    images = pixels.reshape(len(pixels), 32, 32, 3, order="F")
    return np.rot90(images, k=3, axes=(1, 2))


def first_weights(rng):
    filters = rng.normal(0, 0.01, (3, 3, 3, 16))  # height, width, colour, filter
    bias = np.zeros(16)
    linear = rng.uniform(0, 0.1, (3600, 10))
    return filters, bias, linear


# Forward


def convolution(image, filters, bias):
    """image (32, 32, 3) -> maps (30, 30, 16)."""
    maps = np.zeros((30, 30, 16))
    for k in range(16):
        for i in range(30):
            for j in range(30):
                window = image[i : i + 3, j : j + 3, :]
                maps[i, j, k] = np.sum(window * filters[:, :, :, k]) + bias[k]
    return maps


def relu(maps):
    """maps (30, 30, 16) -> active (30, 30, 16)."""
    return np.maximum(maps, 0)


def max_pooling(active):
    """active (30, 30, 16) -> pooled (15, 15, 16)."""
    pooled = np.zeros((15, 15, 16))
    for k in range(16):
        for i in range(15):
            for j in range(15):
                pooled[i, j, k] = np.max(active[2 * i : 2 * i + 2, 2 * j : 2 * j + 2, k])
    return pooled


def sums_of(pooled, linear):
    """pooled (15, 15, 16) -> sums (10,)."""
    row = pooled.reshape(1, 3600)
    return np.dot(row, linear)[0]


def softmax(sums):
    """sums (10,) -> probabilities (10,)."""
    sums -= np.max(sums)
    return np.exp(sums) / np.sum(np.exp(sums))


# Backward


def softmax_backward(probabilities, label):
    """probabilities (10,) -> dsums (10,)."""
    dsums = probabilities.copy()
    dsums[label] -= 1
    return dsums


def linear_backward(dsums, pooled, linear):
    """dsums (10,) -> dpooled (15, 15, 16), dlinear (3600, 10)."""
    row = pooled.reshape(1, 3600)
    dlinear = np.dot(row.T, dsums.reshape(1, 10))
    dpooled = np.dot(linear, dsums).reshape(15, 15, 16)
    return dpooled, dlinear


def max_pooling_backward(dpooled, active, pooled):
    """dpooled (15, 15, 16) -> dactive (30, 30, 16)."""
    dactive = np.zeros((30, 30, 16))
    for k in range(16):
        for i in range(15):
            for j in range(15):
                for down, right in ((0, 0), (1, 0), (0, 1), (1, 1)):
                    if active[2 * i + down, 2 * j + right, k] == pooled[i, j, k]:
                        dactive[2 * i + down, 2 * j + right, k] = dpooled[i, j, k]
                        break
    return dactive


def relu_backward(dactive, maps):
    """dactive (30, 30, 16) -> dmaps (30, 30, 16)."""
    return dactive * (maps > 0)


def convolution_backward(dmaps, image):
    """dmaps (30, 30, 16) -> dfilters (3, 3, 3, 16), dbias (16,)."""
    dfilters, dbias = np.zeros((3, 3, 3, 16)), np.zeros(16)
    for i in range(30):
        for j in range(30):
            for k in range(16):
                dfilters[:, :, :, k] += image[i : i + 3, j : j + 3, :] * dmaps[i, j, k]
                dbias[k] += dmaps[i, j, k]
    return dfilters, dbias


# Training


def step(image, label, filters, bias, linear, learning_rate=0.001):
    """Forward, backward, and the update of the weights in place."""
    image = image.astype(np.float64)
    maps = convolution(image, filters, bias)
    active = relu(maps)
    pooled = max_pooling(active)
    probabilities = softmax(sums_of(pooled, linear))

    dsums = softmax_backward(probabilities, label)
    dpooled, dlinear = linear_backward(dsums, pooled, linear)
    dmaps = relu_backward(max_pooling_backward(dpooled, active, pooled), maps)
    dfilters, dbias = convolution_backward(dmaps, image)

    filters -= learning_rate * dfilters
    bias -= learning_rate * dbias
    linear -= learning_rate * dlinear
    return probabilities, (dfilters, dbias, dlinear)


def train(images, labels, rng):
    filters, bias, linear = first_weights(rng)
    for image, label in zip(images, labels, strict=True):
        step(image, label, filters, bias, linear)
    return filters, bias, linear


# Which layer each part belongs to, and which of CaseA's switches change it.
PARTS: dict[Callable, tuple[str, tuple[str, ...]]] = {
    images_of: ("before the first", ("orientation", "pixels")),
    first_weights: ("convolution and fully connected", ("filters", "weights", "bias")),
    convolution: ("convolution", ()),
    relu: ("ReLU", ()),
    max_pooling: ("max-pooling", ()),
    sums_of: ("reshape and fully connected", ()),
    softmax: ("softmax", ()),
    softmax_backward: ("softmax, backward", ("loss",)),
    linear_backward: ("fully connected and reshape, backward", ()),
    max_pooling_backward: ("max-pooling, backward", ("ties",)),
    relu_backward: ("ReLU, backward", ()),
    convolution_backward: ("convolution, backward", ()),
    step: ("all, forward and backward", ("learning_rate", "momentum")),
    train: ("all, image after image", ("batch_size", "shuffle")),
}

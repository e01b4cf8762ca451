"""How much mini-batch gradients differ from the gradient over all images."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from course_lib.nn.losses import Loss
from course_lib.nn.networks import Sequential, gradient_of, has_params, parameter_slots
from course_lib.nn.shapes import generator, is_whole
from course_lib.nn.training import as_input, check_images

from .layer_reports import layer_name


def gradient_row(network: Sequential) -> np.ndarray:
    """Return the gradients that `backward` left, of all layers, as one row of numbers: (P,).

    Layer after layer, the weights of each before its biases; `layer_columns` says where they are.
    """
    parts = []
    for layer, name in parameter_slots(network):
        parts.append(gradient_of(layer, name).ravel())
    return np.concatenate(parts)


def layer_columns(network: Sequential) -> dict[str, slice]:
    """Return where each layer's numbers lie in a `gradient_row`: a dict of slices.

    A layer's name is that of `layer_name`, such as "0 Conv2d".
    """
    columns, start = {}, 0
    for number, layer in enumerate(network.layers):
        if has_params(layer):
            stop = start + sum(array.size for array in layer.params.values())
            columns[layer_name(number, layer)] = slice(start, stop)
            start = stop
    return columns


def per_image_gradients(
    network: Sequential,
    loss: Loss,
    images: np.ndarray,
    labels: np.ndarray,
    dtype: DTypeLike = np.float32,
) -> np.ndarray:
    """Return the gradient of every image's own loss: (N, P), a `gradient_row` for each image.

    images (N, H, W, C) and labels (N,), as in `training.fit`. The table is large: float32 by
    default, whatever the network computes in.
    """
    images, labels = check_images(network, images, labels)
    table: Any
    x, table = as_input(network, images), None
    for n in range(len(x)):
        loss.forward(network.forward(x[n : n + 1]), labels[n : n + 1])
        network.backward_to_params(loss.backward())
        row = gradient_row(network)
        if table is None:
            table = np.empty((len(x), len(row)), dtype)
        table[n] = row
    return table


def batch_gradients(
    gradients: np.ndarray,
    batch_size: int,
    count: int,
    rng: np.random.Generator | int,
    replace: bool = False,
) -> np.ndarray:
    """Return the gradients of `count` mini-batches, each drawn by itself: (N, P) -> (count, P).

    gradients has a row for each image. replace: whether a mini-batch may hold an image twice.
    """
    N, rng = len(gradients), generator(rng)
    if N == 0:
        raise ValueError("there are no gradients; give at least one row")
    if not is_whole(batch_size) or batch_size < 1 or (batch_size > N and not replace):
        raise ValueError(
            f"batch_size is {batch_size}, and there are the gradients of {N} images; "
            f"give a number from 1 to {N}, or replace=True for more"
        )
    shares = np.zeros((count, N), gradients.dtype)  # of each image in each mini-batch
    for row in shares:
        np.add.at(row, rng.choice(N, batch_size, replace=replace), 1 / batch_size)
    return shares @ gradients


def cosines(vectors: np.ndarray, direction: np.ndarray) -> np.ndarray:
    """Return the cosine of the angle of each row to the direction: (M, P), (P,) -> (M,).

    1 is the same direction, 0 a right angle, -1 the opposite one. A row of zeros has none: nan.
    """
    vectors, direction = scaled(vectors), scaled(direction)
    lengths = np.array([np.linalg.norm(row) for row in vectors]) * np.linalg.norm(direction)
    with np.errstate(invalid="ignore"):
        return vectors @ direction / lengths


def scaled(vectors: np.ndarray) -> np.ndarray:
    """Return the vectors, divided by a power of 2 that makes their largest number about 1.

    No digit changes, and their squares neither overflow nor vanish.
    """
    _, exponent = np.frexp(np.max(np.abs(vectors), initial=0))
    return np.ldexp(vectors, -exponent)


def noise_scale(gradients: np.ndarray) -> float:
    """Return the variance of one image's gradient over the square of the full gradient's length.

    gradients (N, P) has a row for each image; the full gradient is the mean of the rows. In a
    mini-batch of that many images the noise is as long as the signal
    (McCandlish et al., 2018, "An Empirical Model of Large-Batch Training", section 2.2).
    """
    gradients = scaled(gradients)
    full = gradients.mean(axis=0, dtype=np.float64)
    signal = full @ full
    if signal == 0:
        raise ValueError(
            "the full gradient is 0, so nothing can be compared with its length; "
            "take the gradients at other weights, or of other images"
        )
    square = np.mean([row @ row for row in gradients], dtype=np.float64)
    return float((square - signal) / signal)


def walks(gradients: np.ndarray, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Add up the gradients of some images, one after the other, and say where that leads.

    gradients (N, P) has a row for each image; orders (M, K) holds the images' numbers, M walks of K
    images. Returns along, sideways (M, K): how far the sum of the first k gradients has come in the
    direction of the full gradient, and how far it is from that line, in lengths of the full one.

    All lengths and angles of such sums follow from the dot products of the rows with one another.
    """
    gradients = scaled(gradients)
    dots = (gradients @ gradients.T).astype(np.float64)  # (N, N)
    signal = dots.mean()  # the full gradient's dot product with itself
    along, square = np.empty(orders.shape), np.empty(orders.shape)
    for m, order in enumerate(orders):
        along[m] = dots.mean(axis=1)[order].cumsum() / signal
        corner = dots[np.ix_(order, order)].cumsum(axis=0).cumsum(axis=1)
        square[m] = corner.diagonal() / signal
    return along, np.sqrt(np.maximum(square - along**2, 0))

"""What each layer outputs and what gradient it receives, summarised in a few numbers.

To see whether a signal grows or fades on its way through the layers, forward and backward, look at
the standard deviation of each layer's output and of the gradient that arrives there, as Glorot and
Bengio did (2010, "Understanding the difficulty of training deep feedforward neural networks",
sections 3 and 4). The L2 norm of an array x with n numbers and its root mean square are

    norm(x) = sqrt(x_1² + ... + x_n²)        rms(x) = norm(x) / sqrt(n)

The norm says how far a step goes; the root mean square is the size of a typical number, and makes
layers of different sizes comparable.
"""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course_lib.nn.layers import Layer, ReLU, Sigmoid, Tanh
from course_lib.nn.losses import Loss
from course_lib.nn.networks import Sequential, check_layers, fill_grads
from course_lib.nn.shapes import as_array
from course_lib.nn.training import as_input

SATURATED = 0.01  # a unit is saturated where its slope is below this share of the largest slope


@dataclass
class WeightReport:
    """One array of weights, such as a layer's bias.

    norm: L2 norm of the weights. gradient_norm, gradient_rms: L2 norm and root mean square of the
    loss's gradient with respect to them; nan where the layer left no gradient. ratio:
    gradient_norm / norm; infinite where all weights are 0, as biases are at first.
    """

    norm: float
    gradient_norm: float
    gradient_rms: float
    ratio: float


@dataclass
class LayerReport:
    """One layer, as it was during one forward and one backward pass of a mini-batch of N images.

    name: place and kind, such as "0 Conv2d". mean, std: mean and standard deviation of all
    numbers of its output. All shares are from 0 to 1, and nan where the output holds a nan.

    zeros, dead (None where the layer is no ReLU): the share of the output's numbers that are 0;
    and the share of its units that are 0 for each of the N images. A unit is one number of the
    output for one image: a feature map of 30 x 30 x 16 has 14,400. Some that are dead for a few
    images live for others, so give many.

    saturated (None where it is neither Sigmoid nor Tanh): the share of the output's numbers at
    which the slope, y (1 - y) or 1 - y², is below 1 % of its largest value. That is where the input
    is beyond ±5.99 for the sigmoid, ±2.99 for tanh.

    gradient_norm, gradient_rms: L2 norm and root mean square of the gradient that arrives, that of
    the mini-batch's loss with respect to the output. As the loss is a mean over the images, they
    shrink as the mini-batch grows: the root mean square with 1 / N.

    weights: a WeightReport for each array of weights, by its name; {} where there are none.
    """

    name: str
    mean: float
    std: float
    zeros: float | None
    dead: float | None
    saturated: float | None
    gradient_norm: float = math.nan
    gradient_rms: float = math.nan
    weights: dict[str, WeightReport] = field(default_factory=dict)


def observe(network: Sequential, loss: Loss, x: np.ndarray, labels: Any) -> list[LayerReport]:
    """Send one mini-batch forward and back; return a LayerReport for every layer, in their order.

    x: (N, ...) floats, or whole numbers as in `training.fit`; labels: (N,), or what the loss takes.
    The weights stay as they are, and the layers' grads become those of this mini-batch. Any layer
    with forward and backward will do. Numbers that are not finite are reported as they are, without
    a warning; `first_overflow` tells where they began.
    """
    check_layers(network.layers)
    x = as_array(x, "x")
    if len(x) == 0:
        raise ValueError("there are no images to observe; give at least one")
    x = as_input(network, x.copy())  # a layer from elsewhere may change what it is given
    reports = []
    with np.errstate(all="ignore"):
        for number, layer in enumerate(network.layers):
            x = layer.forward(x)
            parts = [summarize(layer, x)]  # at once: some layers overwrite what they gave away
            reports.append(LayerReport(layer_name(number, layer), **combine(parts)))
        loss.forward(x, labels)
        dy = loss.backward()
        for layer, report in reversed(list(zip(network.layers, reports, strict=True))):
            report.gradient_norm, report.gradient_rms = norm_and_rms(dy)
            if layer is network.layers[0]:  # nobody needs its dx
                fill_grads(layer, dy)
            else:
                dy = layer.backward(dy)
            report.weights = {name: weigh(layer, name) for name in getattr(layer, "params", ())}
    return reports


def first_overflow(reports: list[LayerReport]) -> str | None:
    """Return the name of the layer where numbers first stopped being finite, or None.

    First in time: the outputs from the first layer to the last; if all of these are finite, the
    gradients from the last layer to the first, at each layer the one that arrives before those of
    its weights.
    """
    for report in reports:
        if not math.isfinite(report.mean):
            return report.name
    for report in reversed(reports):
        arrays: tuple[LayerReport | WeightReport, ...] = (report, *report.weights.values())
        if not all(math.isfinite(array.gradient_rms) for array in arrays):
            return report.name
    return None


def layer_name(number: int, layer: object) -> str:
    """A layer's place, from 0, and its kind: "0 Conv2d"."""
    return f"{number} {type(layer).__name__}"


def weigh(layer: Layer, name: str) -> WeightReport:
    """Return the WeightReport of layer.params[name], with the gradient that backward left."""
    norm, _ = norm_and_rms(layer.params[name])
    gradient_norm, gradient_rms = norm_and_rms(getattr(layer, "grads", {}).get(name, np.nan))
    return WeightReport(norm, gradient_norm, gradient_rms, ratio(gradient_norm, norm))


# Outputs: each share of a mini-batch is summarized by itself


def is_relu(layer: object) -> bool:
    """Whether a layer is a ReLU, also one from elsewhere, whose name then ends so."""
    return isinstance(layer, ReLU) or type(layer).__name__.endswith("ReLU")


def is_activation(layer: object) -> bool:
    """Whether there are shares of zeros or of saturated units to report."""
    return is_relu(layer) or isinstance(layer, (Sigmoid, Tanh))


@dataclass
class Summary:
    """The output of a layer for some images. size: how many numbers; mean and std: of them.

    zeros, saturated: how many of them are so. silent: which units are 0 for all the images.
    None where that does not apply to the layer.
    """

    size: int
    mean: float
    std: float
    zeros: int | None = None
    silent: np.ndarray | None = None
    saturated: int | None = None


def summarize(layer: object, y: np.ndarray) -> Summary:
    """Return the Summary of a layer's output y (N, ...)."""
    with np.errstate(all="ignore"):
        summary = Summary(np.size(y), *mean_and_std(y))
        if is_relu(layer):
            is_zero = y == 0
            summary.zeros, summary.silent = int(np.count_nonzero(is_zero)), is_zero.all(axis=0)
        elif isinstance(layer, Sigmoid):
            summary.saturated = int(np.count_nonzero(y * (1 - y) < SATURATED / 4))
        elif isinstance(layer, Tanh):
            summary.saturated = int(np.count_nonzero(1 - y * y < SATURATED))
    return summary


def combine(parts: list[Summary]) -> dict[str, Any]:
    """Return what a LayerReport says about an output, from the summaries of all its shares.

    The variance of the whole is the mean of the shares' variances and of the squares of their
    means' distances from the mean of the whole.
    """
    parts = sorted(parts, key=lambda part: (part.mean, part.std))  # threads mix them up
    size = sum(part.size for part in parts)
    mean = sum(part.mean * (part.size / size) for part in parts)
    distances = [(part.std, part.mean - mean) for part in parts]
    weights = [math.sqrt(part.size / size) for part in parts]
    std, _ = norm_and_rms(np.multiply(distances, np.c_[weights]))

    def share(name: str) -> float | None:
        counts = [getattr(part, name) for part in parts]
        if None in counts:
            return None
        return math.nan if math.isnan(mean) else sum(counts) / size

    dead = None
    if parts[0].silent is not None:
        silent = np.logical_and.reduce([part.silent for part in parts])  # type: ignore[arg-type]
        dead = math.nan if math.isnan(mean) else float(silent.mean())
    return {
        "mean": mean,
        "std": std,
        "zeros": share("zeros"),
        "dead": dead,
        "saturated": share("saturated"),
    }


# Arithmetic that neither overflows nor underflows before its result does


def scaled(x: ArrayLike) -> tuple[np.ndarray, float]:
    """Return all numbers of x as one row, over their largest magnitude, and that magnitude.

    The squares of the row cannot overflow; and those of a vanished gradient, such as 1e-30 in
    float32, do not become 0.
    """
    row = np.ravel(x, order="K")
    largest = float(np.maximum(row.max(), -row.min()))
    largest = largest if 0 < largest < math.inf else 1.0
    return row / largest, largest


def mean_and_std(x: ArrayLike) -> tuple[float, float]:
    """Return the mean and the standard deviation of all numbers of x."""
    with np.errstate(all="ignore"):
        row, largest = scaled(x)
        mean = float(row.mean(dtype=np.float64))
        row -= mean
        square = np.mean(np.square(row, out=row), dtype=np.float64)
        return mean * largest, math.sqrt(square) * largest


def norm_and_rms(x: ArrayLike) -> tuple[float, float]:
    """Return the L2 norm and the root mean square of all numbers of x."""
    with np.errstate(all="ignore"):
        row, largest = scaled(x)
        square = np.mean(np.square(row, out=row), dtype=np.float64)
        rms = math.sqrt(square) * largest
        return rms * math.sqrt(row.size), rms


def ratio(a: float, b: float) -> float:
    """a / b; infinite or nan where b is 0."""
    with np.errstate(all="ignore"):
        return float(np.divide(a, b))

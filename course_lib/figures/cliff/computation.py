"""From settings to numbers: what happens in a network's forward and backward pass."""

from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np
from threadpoolctl import ThreadpoolController

from course_lib.cases.posted_parts import SquaredErrorLoss
from course_lib.datasets import Dataset
from course_lib.diagnostics.layer_reports import ratio, summarize
from course_lib.nn.layers import Layer, ReLU
from course_lib.nn.losses import CrossEntropyLoss, Loss
from course_lib.nn.networks import Sequential, fill_grads, has_params
from course_lib.nn.optim import SGD

from .build_network import build, pictures
from .settings import Settings

WATCHED = 64  # the loss and the layers' outputs are those of the first images
BINS = 20
# Of each activation's histogram: the lower end of the first bin, and the upper end of the last.
# For ReLU the first bin holds what is 0, and the others share out these powers of ten.
ENDS = {"Sigmoid": (0, 1), "Tanh": (-1, 1), "ReLU": (-5, 4.5)}
MOST_VALUES = 16_384  # in a histogram; of more outputs it counts a part, evenly spaced


@dataclass(frozen=True, eq=False)
class Result:
    """What `compute` found. Layers are those with weights, n of them, counted from 1.

    rms (n,): the size of each layer's gradient (of its weights, without the biases) for the
    mini-batch that comes next: its root mean square. step (n,): the length of the next step,
    divided by the length of the layer's weights. spread, arriving (n,): the standard deviation of
    each layer's output, and the root mean square of the gradient that arrives there.
    activations: names, a of them; number k follows layer k. histograms (a, BINS): the shares of its
    outputs in each bin. saturated, dead (a,): shares, nan where the activation cannot be so.
    loss_before, loss: before the training, and after it. accuracy: after it, the share of the
    watched images that get the right answer; nan where a number is not finite.
    overflowed: the first layer at which a number is infinite or nan, or None; where: on which way.
    steps: how many were done: fewer than asked for where numbers overflowed.
    """

    settings: Settings
    rms: np.ndarray
    step: np.ndarray
    spread: np.ndarray
    arriving: np.ndarray
    activations: tuple
    histograms: np.ndarray
    saturated: np.ndarray
    dead: np.ndarray
    loss_before: float
    loss: float
    accuracy: float
    overflowed: int | None
    where: str
    steps: int


def compute(settings: Settings, dataset: Dataset, seed: int = 0) -> Result:
    """Build the network, train it for settings.steps steps, look into it, and return the Result.

    Equal settings and seeds give equal results. Numbers that overflow raise nothing: the Result
    tells. dataset: with images 32x32x3; case B's network sees the digits in any case.
    """
    x, labels = pictures(dataset, settings.network, settings.inputs)
    network = build(settings, x.shape[1:], np.random.default_rng(seed))
    loss, watched = make_loss(settings), slice(WATCHED)
    with np.errstate(all="ignore"), blas().limit(limits=1):
        outputs, loss_before = forward(network, loss, x[watched], labels[watched])
        steps, following = train(network, loss, x, labels, settings)
        value = loss_before
        if steps:
            outputs, value = forward(network, loss, x[watched], labels[watched])
        passes = [outputs]
        if not np.array_equal(following, np.arange(WATCHED)):
            passes.append(forward(network, loss, x[following], labels[following])[0])
        arriving = back(network, loss)
        sizes = np.array([
            measure(layer, y, dy)
            for layer, y, dy in zip(network.layers, passes[-1], arriving, strict=True)
            if has_params(layer) and dy is not None
        ])
        activations = [
            (type(layer).__name__, *saturated_and_dead(layer, y), histogram(layer, y))
            for layer, y in zip(network.layers, outputs, strict=True)
            if type(layer).__name__ in ENDS
        ]
    names, saturated, dead, histograms = zip(*activations, strict=True) if activations else [()] * 4
    overflowed, where = overflow(network, passes, arriving)
    if overflowed is None and not (steps == settings.steps and np.isfinite(value)):
        overflowed, where = len(sizes), "in the loss that follows"
    return Result(
        settings=settings,
        rms=sizes[:, 0],
        step=settings.learning_rate * sizes[:, 1],
        spread=sizes[:, 2],
        arriving=sizes[:, 3],
        activations=names,
        histograms=np.reshape(histograms, (len(names), BINS)),
        saturated=np.array(saturated),
        dead=np.array(dead),
        loss_before=loss_before,
        loss=value,
        accuracy=accuracy(outputs[-1], labels[watched]),
        overflowed=overflowed,
        where=where,
        steps=steps,
    )


@cache
def blas() -> ThreadpoolController:
    """What sets the number of threads of NumPy's matrix product: for small matrices, 1 is best."""
    return ThreadpoolController().select(user_api="blas")


def make_loss(settings: Settings) -> Loss:
    """Return the loss. That of case B is the sum of the squares, and not its half."""
    if settings.loss == "cross-entropy":
        return CrossEntropyLoss()
    return SquaredErrorLoss(jacobian=settings.jacobian, halved=settings.network != "case B")


def accuracy(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of images whose largest logit is that of their label: (N, K), (N,)."""
    if not np.isfinite(logits).all():
        return float("nan")
    return float(np.mean(logits.argmax(axis=1) == labels))


def forward(
    network: Sequential, loss: Loss, x: np.ndarray, labels: np.ndarray
) -> tuple[list[np.ndarray], float]:
    """Return the outputs of all layers, as a list, and the loss."""
    outputs = []
    for layer in network.layers:
        x = layer.forward(x)
        outputs.append(x)
    return outputs, loss.forward(x, labels)


def train(  # type: ignore[return]  # the steps are counted without end
    network: Sequential, loss: Loss, x: np.ndarray, labels: np.ndarray, settings: Settings
) -> tuple[int, np.ndarray]:
    """Train on one mini-batch after the other, in the order of the images, from the first again
    after the last. Returns how many steps were done, and the rows of the mini-batch that follows.

    It ends early where the loss is no longer a finite number.
    """
    optimizer = SGD(settings.learning_rate)
    for step in count():
        rows = np.arange(step * settings.batch_size, (step + 1) * settings.batch_size) % len(x)
        if step == settings.steps:
            return step, rows
        if not np.isfinite(loss.forward(network.forward(x[rows]), labels[rows])):
            return step, rows
        network.backward_to_params(loss.backward())
        optimizer.step(network)


def back(network: Sequential, loss: Loss) -> list[np.ndarray | None]:
    """Go back from the loss to the first layer with weights; each layer's grads are filled then.

    Returns the gradient that arrives at the output of each layer, None where nobody needs it.
    """
    arriving: list[np.ndarray | None] = [None] * len(network.layers)
    first = [has_params(layer) for layer in network.layers].index(True)
    dy = loss.backward()
    for place in range(len(network.layers) - 1, first, -1):
        arriving[place] = dy
        dy = network.layers[place].backward(dy)
    arriving[first] = dy
    fill_grads(network.layers[first], dy)
    return arriving


def measure(layer: Layer, y: np.ndarray, dy: np.ndarray) -> tuple[float, ...]:
    """Return the sizes of a layer with weights, in the order rms, step, spread, arriving.

    step: for a learning rate of 1. y, dy: its output, and the gradient that arrives there.
    """
    weight, grad = layer.params["weight"], layer.grads["weight"]
    step = ratio(length(grad), length(weight))
    return rms(grad), step, float(y.std(dtype=np.float64)), rms(dy)


def length(x: np.ndarray) -> float:
    """Return the L2 norm. In float64, where no square of a float32 overflows or becomes 0."""
    row = x.ravel(order="K").astype(np.float64)
    return float(np.sqrt(row @ row))


def rms(x: np.ndarray) -> float:
    """Return the root mean square of all numbers of x."""
    return length(x) / float(np.sqrt(x.size))


def saturated_and_dead(layer: object, y: np.ndarray) -> tuple[float, float]:
    """Return the share of an activation's outputs that are saturated, and that of its dead units.

    nan where the activation cannot be so, and where an output is not a number.
    """
    summary = summarize(layer, y)
    if np.isnan(summary.mean):
        return np.nan, np.nan
    saturated = np.nan if summary.saturated is None else summary.saturated / summary.size
    dead = np.nan if summary.silent is None else float(summary.silent.mean())
    return saturated, dead


def overflow(
    network: Sequential, passes: list[list[np.ndarray]], arriving: list[np.ndarray | None]
) -> tuple[int | None, str]:
    """Return the number of the layer at which a number first is infinite or nan, and on which way.

    Or None, "". passes: the outputs of all layers, for some images each; arriving: as of `back`.
    """
    numbers = np.cumsum([has_params(layer) for layer in network.layers])
    for number, *outputs in zip(numbers, *passes, strict=True):
        if not all(np.isfinite(output).all() for output in outputs):
            return int(number), "on the way forward"
    for number, layer, dy in zip(numbers[::-1], network.layers[::-1], arriving[::-1], strict=True):
        arrays = [dy, *layer.grads.values()] if dy is not None else []
        if not all(np.isfinite(array).all() for array in arrays):
            return int(number), "on the way back"
    return None, ""


def histogram(layer: object, outputs: np.ndarray) -> np.ndarray:
    """Return the shares (BINS,) of an activation's outputs in the bins between its ENDS.

    What lies beyond is counted in the bin at that end. What is nan is left out; if all is, so are
    the shares.
    """
    values = outputs.ravel(order="K")
    values = values[:: len(values) // MOST_VALUES | 1]  # odd: it meets all channels of an image
    values = values[~np.isnan(values)]
    low, high = ENDS[type(layer).__name__]
    if isinstance(layer, ReLU):
        scaled = (np.log10(values) - low) / (high - low) * (BINS - 1)
        bins = np.where(values > 0, 1 + np.clip(scaled, 0, BINS - 2), 0)
    else:
        bins = np.clip((values - low) / (high - low) * BINS, 0, BINS - 1)
    return np.bincount(bins.astype(int), minlength=BINS) / len(values)

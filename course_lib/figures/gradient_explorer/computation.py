"""From settings to numbers: what happens in a network's forward and backward pass."""

from dataclasses import dataclass
from functools import cache
from itertools import count

import numpy as np
from threadpoolctl import ThreadpoolController

from course_lib.cases.posted_parts import SquaredErrorLoss
from course_lib.datasets import Dataset
from course_lib.diagnostics import LayerReport, first_overflow, layer_name, observe
from course_lib.diagnostics.layer_reports import combine, summarize
from course_lib.nn.layers import ReLU
from course_lib.nn.losses import CrossEntropyLoss, Loss
from course_lib.nn.networks import Sequential, has_params
from course_lib.nn.optim import SGD

from .build_network import build, pictures
from .settings import Settings

WATCHED = 64  # the loss and the layers' outputs are those of the first images
BINS = 20
# Of each activation's histogram: the lower end of the first bin, and the upper end of the last.
# For ReLU the first bin holds what is 0, and the others share out these powers of ten.
ENDS = {"Sigmoid": (0, 1), "Tanh": (-1, 1), "ReLU": (-5, 4.5)}
MOST_VALUES = 16_384  # in a histogram; of more outputs it counts a part, evenly spaced
LOSSES = {"cross-entropy": CrossEntropyLoss, "squared error": SquaredErrorLoss}


@dataclass(frozen=True, eq=False)
class Result:
    """What `compute` found. Layers are those with weights, n of them, counted from 1.

    rms, l2 (n,): the size of each layer's gradient (of its weights, without the biases) for the
    mini-batch that comes next: root mean square, and length. step (n,): the length of the next
    step, divided by the length of the layer's weights.
    activations: names, a of them; number k follows layer k. histograms (a, BINS): the shares of its
    outputs in each bin. saturated, dead (a,): shares, nan where the activation cannot be so.
    loss_before, loss: before the training, and after it.
    overflowed: the first layer at which a number is infinite or nan, or None; where: on which way.
    steps: how many were done: fewer than asked for where numbers overflowed.
    """

    settings: Settings
    rms: np.ndarray
    l2: np.ndarray
    step: np.ndarray
    activations: tuple
    histograms: np.ndarray
    saturated: np.ndarray
    dead: np.ndarray
    loss_before: float
    loss: float
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
    loss, watched = LOSSES[settings.loss](), slice(WATCHED)
    with np.errstate(all="ignore"), blas().limit(limits=1):
        outputs, loss_before = forward(network, loss, x[watched], labels[watched])
        steps, following = train(network, loss, x, labels, settings)
        if steps:
            outputs, value = forward(network, loss, x[watched], labels[watched])
        else:
            value = loss_before
        reports = observe(network, loss, x[following], labels[following])
        weights = [report.weights["weight"] for report in reports if report.weights]
        activations = [
            (type(layer).__name__, combine([summarize(layer, y)]), histogram(layer, y))
            for layer, y in zip(network.layers, outputs, strict=True)
            if type(layer).__name__ in ENDS
        ]
    names, shares, histograms = zip(*activations, strict=True) if activations else ((), (), ())
    overflowed, where = overflow(network, outputs, reports)
    if overflowed is None and not (steps == settings.steps and np.isfinite(value)):
        overflowed, where = len(weights), "in the loss that follows"
    return Result(
        settings=settings,
        rms=np.array([weight.gradient_rms for weight in weights]),
        l2=np.array([weight.gradient_norm for weight in weights]),
        step=settings.learning_rate * np.array([weight.ratio for weight in weights]),
        activations=names,
        histograms=np.reshape(histograms, (len(names), BINS)),
        saturated=np.array([share["saturated"] for share in shares], float),
        dead=np.array([share["dead"] for share in shares], float),
        loss_before=loss_before,
        loss=value,
        overflowed=overflowed,
        where=where,
        steps=steps,
    )


@cache
def blas() -> ThreadpoolController:
    """What sets the number of threads of NumPy's matrix product: for small matrices, 1 is best."""
    return ThreadpoolController().select(user_api="blas")


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


def overflow(
    network: Sequential, outputs: list[np.ndarray], reports: list[LayerReport]
) -> tuple[int | None, str]:
    """Return the number of the layer at which a number first is infinite or nan, and on which way.

    Or None, "". outputs: of all layers, for the watched images; reports: of the next mini-batch.
    """
    numbers = np.cumsum([has_params(layer) for layer in network.layers])
    for number, output, report in zip(numbers, outputs, reports, strict=True):
        if not (np.isfinite(output).all() and np.isfinite(report.mean)):
            return int(number), "on the way forward"
    names = [layer_name(*numbered) for numbered in enumerate(network.layers)]
    name = first_overflow(reports)
    return (int(numbers[names.index(name)]), "on the way back") if name else (None, "")


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

"""Lesson 01: gradient descent on one weight, and a linear classifier's curves and weights."""

from collections.abc import Callable, Mapping, Sequence

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from .explorer_base import LOOK, Explorer
from .fast_redraw import surroundings
from .style import PALETTE, draw_image, label_line, new_figure

# Gradient descent on one weight

STEPS = 20
RATES = [digit * 10.0**power for power in range(-6, 1) for digit in (1, 2, 5)] + [10.0]
UNITS = {"0 to 1": 1.0, "0 to 255": 255.0}
SEEN = (-0.6, 2.6)  # the weights in the picture


def path_of(
    w: float,
    x: np.ndarray,
    y: np.ndarray,
    rate: float,
    slope: Callable[..., float],
    step: Callable[..., float],
) -> np.ndarray:
    """The weights that gradient descent visits, from w on: (STEPS + 1,)."""
    path = [w]
    for _ in range(STEPS):
        path.append(float(step(path[-1], slope(path[-1], x, y), rate)))
    return np.array(path)


def loss_of(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The mean of (w x - y)² at each of the weights, (M,)."""
    return weights**2 * np.mean(x * x) - 2 * weights * np.mean(x * y) + np.mean(y * y)


def told(path: np.ndarray, bottom: float) -> str:
    """What a path did, in a sentence."""
    start, end = abs(path[0] - bottom), abs(path[-1] - bottom)
    if end > start:
        return "Every step overshoots the bottom, and lands further away than the last."
    if end > start / 2:
        return "It creeps: less than half the way to the bottom is done."
    if (path[1] - bottom) * (path[0] - bottom) < 0:
        return "It overshoots the bottom, to and fro, and comes nearer with every step."
    return "It goes down to the bottom, in steps that grow smaller by themselves."


def descent_explorer(
    x: np.ndarray,
    y: np.ndarray,
    slope: Callable[..., float],
    step: Callable[..., float],
    rate: float = 0.5,
) -> Explorer:
    """Return an explorer of gradient descent on the weight w of y = w x, from w = 0.

    x and y: (N,), from 0 to 1. slope(w, x, y) and step(w, slope, rate) do the work. One control
    sets the learning rate, the other one the unit in which x and y are measured.
    """
    figure, (left, middle, right) = new_figure(1, 3, size=(10, 3.6))
    weights = np.linspace(*SEEN, 65)
    at_start = loss_of(np.zeros(1), x, y)[0]
    bottom = np.mean(x * y) / np.mean(x * x)
    left.scatter(x, y, s=6, color=PALETTE["sky"], label="pictures")
    (line,) = left.plot([0, 1], [0, 0], color="black", label="blue = w · red, last step")
    left.set(xlim=(0, 1), ylim=(0, 1), xlabel="red", ylabel="blue", title="the line")
    middle.plot(weights, loss_of(weights, x, y) / at_start, color="0.45", label="loss")
    look = {"color": PALETTE["vermilion"], "markersize": 5}
    (steps,) = middle.plot([], [], "o-", linewidth=1, label="steps", **look)
    middle.set(xlim=SEEN, ylim=(-0.1, 3.5), xlabel="weight w", title="the steps")
    middle.set_ylabel("loss, at the start 1")
    (losses,) = right.plot([], [], "o-", linewidth=1, label="loss", **look)
    right.set(xlim=(-0.5, STEPS + 0.5), yscale="log", ylim=(3e-3, 3e4), title="step by step")
    right.set(xlabel="step", ylabel="loss, at the start 1")

    def redraw(rate: float, largest: float) -> None:
        path = path_of(0.0, largest * x, largest * y, rate, slope, step)
        heights = loss_of(path, x, y) / at_start
        line.set_ydata([0, path[-1]])
        steps.set_data(path, heights)
        losses.set_data(np.arange(len(path)), heights)
        figure.suptitle(
            f"Learning rate {plain(rate)}, values from 0 to {largest:g}: after {STEPS} steps "
            f"w = {path[-1]:.3g}.\n{told(path, bottom)}",
            fontsize=11,
        )

    controls = {
        "rate": ipywidgets.SelectionSlider(
            options=[(plain(each), each) for each in RATES],
            value=rate,
            description="learning rate",
            **LOOK,
        ),
        "largest": ipywidgets.Dropdown(options=UNITS, description="values from", **LOOK),
    }
    fixed = [left.collections[0], middle.lines[0]]
    return Explorer(figure, redraw, controls, unchanging=[*surroundings(*figure.axes), *fixed])


def plain(rate: float) -> str:
    """A learning rate without an exponent: "0.000005"."""
    return f"{rate:.6f}".rstrip("0").rstrip(".")


# A linear classifier

LOOKS = [("blue", "-"), ("vermilion", "--"), ("orange", "-.")]


def training_curves(runs: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> Figure:
    """Return a figure of losses (on a log axis) and accuracies, step by step.

    runs: {name: (losses, accuracies from 0 to 1)}, with one of each for every step.
    """
    figure, (left, right) = new_figure(1, 2, size=(10, 3.6))
    for (name, (losses, accuracies)), (colour, style) in zip(runs.items(), LOOKS, strict=False):
        steps = np.arange(len(losses))
        look = {"color": PALETTE[colour], "linestyle": style, "label": name}
        left.plot(steps, losses, **look)
        (line,) = right.plot(steps, 100 * np.array(accuracies), **look)
        label_line(right, line)
    right.axhline(10, color="0.35", linestyle=":", label="guessing")
    left.set(yscale="log", xlabel="step", ylabel="loss of the training images")
    right.set(xlabel="step", ylabel="% of the test images right", ylim=(0, 60))
    return figure


def templates(weight: np.ndarray, class_names: Sequence[str], shape: tuple[int, ...]) -> Figure:
    """Return a figure of a linear classifier's weights, a picture for each class.

    weight: (D, classes). shape: of the images, (H, W, 3). Grey is a weight of 0, brighter ones are
    positive, darker ones negative; all pictures have one scale.
    """
    most = np.abs(weight).max()
    figure, panels = new_figure(2, 5, size=(8, 3.6))
    for k, (axes, name) in enumerate(zip(panels.ravel(), class_names, strict=True)):
        picture = 0.5 + 0.5 * weight[:, k].reshape(shape) / most
        draw_image(axes, (255 * picture).round().astype(np.uint8), name)
    figure.set_label(
        "The weights of each class, drawn as a picture: what is brighter than grey speaks for the "
        "class where the image is bright, what is darker speaks against it."
    )
    return figure

"""Lesson 04: log-sum-exp, accuracies by seed, and an explorer of two losses' gradients."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.cases.posted_parts import SquaredErrorLoss
from course_lib.nn import losses

from .explorer_base import Explorer, slider
from .fast_redraw import surroundings
from .style import PALETTE, new_figure

# Figures

# Ticks with labels of plain text: matplotlib's own powers of ten slow every redraw down.
POWERS = {1: "1", 1e-2: "0.01", 1e-4: "10⁻⁴", 1e-6: "10⁻⁶", 1e-8: "10⁻⁸", 1e-10: "10⁻¹⁰"}


def log_sum_exp_figure(z: np.ndarray) -> Figure:
    """Return a figure of log-sum-exp for the logits (z, 0), and of the loss for either label.

    z is (points,): the first logit; the second one stays 0.
    """
    logits = np.stack([z, np.zeros_like(z)], axis=1)  # (points, 2)
    log_p = losses.log_softmax(logits)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.6))
    left.plot(z, z - log_p[:, 0], label="log-sum-exp of z and 0")
    left.plot(z, np.maximum(z, 0), "--", label="maximum of z and 0")
    left.set(xlabel="logit z", title="a maximum with a rounded corner")
    for column, (logit, style) in enumerate({"z": "-", "0": "--"}.items()):
        right.plot(z, -log_p[:, column], style, label=f"if {logit} is the right class's logit")
    right.set(xlabel="logit z", ylabel="loss, −log p", title="cross-entropy")
    for axes in (left, right):
        axes.legend()
    return figure


def gradient_curves(gaps: np.ndarray) -> tuple[Figure, dict[str, Any]]:
    """Return (figure, artists) for the gradient sizes of two losses, all still without heights.

    gaps is (points,), the places of the curves. The artists, by name: "bars", the probabilities of
    the right class and of the wrong ones; for each loss its curve, and its marker.
    """
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.7), width_ratios=(1, 3))
    look = {"color": [PALETTE["green"], PALETTE["vermilion"]], "edgecolor": "black"}
    bars = left.bar(["right", "wrong"], [0, 0], **look)
    bars[1].set_hatch("//")
    left.set(ylim=(0, 1.05), ylabel="probability", title="what it believes")
    artists = {"bars": bars}
    for name, style, sign in (("cross-entropy", "-", "o"), ("squared error", "--", "s")):
        (artists[name],) = right.plot(gaps, np.ones_like(gaps), style, label=name)
        colour = artists[name].get_color()
        (artists[f"{name} here"],) = right.plot(
            [0], [1], sign, color=colour, markersize=9, label=f"{name} here"
        )
    right.axvline(0, color="0.5", linewidth=0.8)
    for place, side, text in ((-0.3, "right", "← right"), (0.3, "left", "wrong →")):
        right.text(place, 4, text, ha=side, va="center")
    right.set(yscale="log", ylim=(1e-10, 10), title="how loudly the network is told")
    right.set(xlabel="logit of the wrong classes − logit of the right one")
    right.set_yticks(list(POWERS), POWERS.values())
    right.minorticks_off()
    right.set_ylabel("size of the gradient at the logits")
    right.legend(
        [artists["cross-entropy"], artists["squared error"]],
        ["cross-entropy", "squared error"],
        loc="lower center",
    )
    return figure, artists


def accuracy_dots(accuracies: dict[str, list[float]], chance: float = 0.1) -> Figure:
    """Return a figure of accuracies: a row for each name, a dot for each seed, a bar at the mean.

    accuracies: from names to lists of numbers from 0 to 1. chance: what guessing gives.
    """
    figure, axes = new_figure(size=(8, 0.42 * len(accuracies) + 1.1))
    rows = np.arange(len(accuracies))
    means = [np.mean(found) for found in accuracies.values()]
    for row, (name, found) in enumerate(accuracies.items()):
        axes.plot(
            found,
            np.full(len(found), row),
            "o",
            color=PALETTE["blue"],
            alpha=0.8,
            markersize=6,
            label=f"_{name}",
        )
    axes.plot(means, rows, "|", color="black", markersize=18, markeredgewidth=2.5, label="mean")
    axes.axvline(chance, color=PALETTE["vermilion"], linestyle="--", label="guessing")
    axes.set_yticks(rows, accuracies)
    axes.set(xlim=(0, 1.02), ylim=(len(rows) - 0.5, -0.5))  # the first name is at the top
    axes.set_xlabel("test accuracy; a dot for each seed")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return figure


# The explorer

GAPS = (-10.0, 20.0)  # logit of the wrong classes minus that of the right one
CLASSES = (2, 10)


def gradient_sizes(gaps: ArrayLike, classes: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How large the gradient with respect to the logits is, for cross-entropy and squared error.

    gaps (points,): how far the wrong classes, all with the same logit, are ahead of the right one.
    Returns p (points, classes), the right class first, and two arrays (points,): the L2 norms
    for -log p[right], which is |p - y|, and for sum((p - y)²) / 2, whose p - y comes back to the
    logits through the Jacobian of softmax.
    """
    if classes < 2:
        raise ValueError(f"classes is {classes}; give at least 2, a right one and a wrong one")
    gaps = np.asarray(gaps, dtype=float)
    logits = np.repeat(gaps[:, np.newaxis], classes, axis=1)
    logits[:, 0] = 0
    loss = SquaredErrorLoss()
    loss.forward(logits, np.zeros(len(gaps), int))
    through_softmax = loss.backward() * len(gaps)  # of each row's own loss, not of the mean
    lengths = np.linalg.norm(loss.difference, axis=1), np.linalg.norm(through_softmax, axis=1)
    return loss.p, *lengths


def sentence(gap: float, p_right: float, cross_entropy: float, squared_error: float) -> str:
    """Say in words what the gradients are at one gap: four numbers."""
    ratio = cross_entropy / squared_error
    gap = round(gap, 1)  # the page may send 1e-15 for 0
    lead = f"{gap:.1f} ahead" if gap > 0 else f"{-gap:.1f} behind" if gap < 0 else "level"
    return (
        f"The wrong classes are {lead}: p = {p_right:.3g} for the right one.\n"
        f"Gradient: cross-entropy {cross_entropy:.3g}, squared error {squared_error:.3g}, "
        f"{ratio:.3g} times smaller."
    )


def loss_explorer(gap: float = 0.0, classes: int = 2) -> Explorer:
    """Return an explorer of both gradients, with sliders for the gap and the number of classes."""
    gaps = np.linspace(*GAPS, 121)
    figure, artists = gradient_curves(gaps)

    def redraw(gap: float, classes: int) -> None:
        _, *curves = gradient_sizes(gaps, classes)
        p, *here = gradient_sizes([gap], classes)
        losses = ("cross-entropy", "squared error")
        for name, curve, value in zip(losses, curves, here, strict=True):
            artists[name].set_ydata(curve)
            artists[f"{name} here"].set_data([gap], value)
        for bar, height in zip(artists["bars"], (p[0, 0], p[0, 1:].sum()), strict=True):
            bar.set_height(height)
        figure.suptitle(sentence(gap, p[0, 0], here[0][0], here[1][0]), fontsize=11)

    controls = {
        "gap": slider("logit gap, wrong − right", *GAPS, gap, step=0.5),
        "classes": slider("classes", *CLASSES, classes),
    }
    return Explorer(figure, redraw, controls, unchanging=surroundings(*figure.axes))

"""Lesson 04: log-sum-exp, Jacobians, case B's accuracies, and an explorer of two gradients."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.cases.posted_parts import SquaredErrorLoss
from course_lib.nn import losses

from .colour_contrast import readable
from .explorer_base import Explorer, slider
from .fast_redraw import surroundings
from .style import (
    COLOURS,
    LINE_STYLES,
    draw_image,
    draw_numbers,
    label_line,
    label_point,
    new_figure,
    signed_shades,
)

# Figures

# Ticks with labels of plain text: matplotlib's own powers of ten slow every redraw down.
POWERS = {1: "1", 1e-2: "0.01", 1e-4: "10⁻⁴", 1e-6: "10⁻⁶", 1e-8: "10⁻⁸", 1e-10: "10⁻¹⁰"}


def log_sum_exp_figure(z: np.ndarray) -> Figure:
    """Return a figure of log-sum-exp for the logits (z, 0), and of the loss for either label.

    z is (points,): the first logit, from a negative to a positive one; the second one stays 0.
    """
    logits = np.stack([z, np.zeros_like(z)], axis=1)  # (points, 2)
    log_p = losses.log_softmax(logits)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.6))
    (smooth,) = left.plot(z, z - log_p[:, 0], color="black", label="log-sum-exp of z and 0")
    (corner,) = left.plot(
        z, np.maximum(z, 0), "--", color=COLOURS["ReLU"], label="maximum of z and 0"
    )
    place = int(0.75 * len(z))
    label_point(left, smooth, place, "log-sum-exp\nof z and 0", xytext=(-14, 2))
    label_point(left, corner, place, "maximum\nof z and 0", xytext=(14, -2))
    left.plot([0, 0], [0, np.log(2)], color="0.4", linewidth=1, marker="_", label="_log 2")
    look = {"textcoords": "offset points", "ha": "center", "arrowprops": {"arrowstyle": "-"}}
    left.annotate("log 2", (0, np.log(2) / 2), (-28, 32), **look)
    left.set(xlabel="logit z", title="a maximum with a rounded corner")
    colour = COLOURS["cross-entropy"]
    (falling,) = right.plot(z, -log_p[:, 0], color=colour, label="z is the right class's logit")
    (rising,) = right.plot(
        z, -log_p[:, 1], "--", color=colour, label="0 is the right class's logit"
    )
    label_point(right, falling, 0, "if z belongs to\nthe right class", xytext=(14, 4), va="top")
    label_line(right, rising, "if 0 belongs to\nthe right class", xytext=(-18, 4), va="top")
    right.set(xlabel="logit z", ylabel="loss, −log p", title="cross-entropy")
    figure.set_label(
        "Log-sum-exp is the maximum with its corner rounded off, so the loss approaches a straight "
        "line: however wrong the network is, the slope of its loss does not fade."
    )
    return figure


def jacobian_figure(right: np.ndarray, faulty: np.ndarray) -> Figure:
    """Return a figure of softmax's Jacobian (K, K), and of case B's, with the sums of their rows.

    Each holds the rates of p[row] over z[column]; right subtracts an outer product, faulty one
    number from every cell.
    """
    tables = {"minus the outer product": right, "minus one number": faulty}
    figure, panels = new_figure(1, 2, size=(7.4, 3.0))
    shades, count = signed_shades(right, faulty), len(right)
    for axes, (name, table) in zip(panels, tables.items(), strict=True):
        draw_numbers(axes, table, name, decimals=2, **shades)
        axes.set_xticks(range(count), [f"$z_{column}$" for column in range(count)])
        axes.set_yticks(range(count), [f"$p_{row}$" for row in range(count)])
        axes.tick_params(length=0)
        for row, text in enumerate(["sum", *row_sums(table)], start=-1):
            axes.text(count - 0.35, row + 0.37 * (row < 0), text, va="center")
    *others, last = row_sums(faulty)
    said = f"the rows add up to {', '.join(others)} and {last}.".replace("-", "−")
    figure.set_label(f"With the outer product, every row adds up to 0; with one number {said}")
    return figure


def row_sums(table: np.ndarray) -> list[str]:
    """Return the sum of each row, to two decimals."""
    sums = table.sum(axis=1).round(6) + 0.0  # without −0
    return [f"{number:.2f}" for number in sums]


def digits_figure(images: np.ndarray, labels: Sequence[int], highest: float) -> Figure:
    """Return a figure of small grey images (N, H, W) in a row, with their labels above them.

    highest: the number that stands for white; 0 stands for black.
    """
    figure, panels = new_figure(1, len(images), size=(8.8, 1.15))
    for axes, image, label in zip(panels, images, labels, strict=True):
        draw_image(axes, image, str(label), vmin=0, vmax=highest)
    size = "×".join(str(length) for length in images.shape[1:])
    figure.set_label(
        f"Digits of {size} pixels, with values from 0 (black) to {highest:g} (white): coarse, but "
        "easy to read."
    )
    return figure


def loss_of(name: str) -> str:
    """Return which loss a variant of case B has, whose colour it gets: its name says so."""
    return "cross-entropy" if "cross-entropy" in name else "squared error"


def first_gradients(sizes: dict[str, np.ndarray]) -> Figure:
    """Return a figure of how large the first layer's gradient is, step by step.

    sizes: by the name of a variant, a series (steps,), which may end in NaN.
    """
    figure, axes = new_figure(size=(8.4, 3.4))
    for (name, series), style in zip(sizes.items(), LINE_STYLES, strict=False):
        (line,) = axes.plot(series, style, color=COLOURS[loss_of(name)], label=name)
        last = np.flatnonzero(np.isfinite(series))[-1]
        if last < len(series) - 1:
            look = {"color": line.get_color(), "markersize": 9}
            axes.plot(last, series[last], "X", **look, label="_the last before NaN")
        label_line(axes, line, f"{name},\nthen NaN" if last < len(series) - 1 else name)
    axes.set(yscale="log", xlabel="step", ylabel="size of the first layer's gradient")
    axes.yaxis.set_major_formatter("{x:g}")
    *others, (lowest, name) = sorted(
        [(float(np.nanmedian(series)), name) for name, series in sizes.items()], reverse=True
    )
    beside = " and ".join(f"{median:.1f} ({other})" for median, other in others)
    figure.set_label(
        f"The first layer's gradient is smallest in the variant “{name}”: its median is "
        f"{lowest:.1f}, against {beside}."
    )
    return figure


def accuracy_dots(accuracies: dict[str, list[float]], chance: float = 0.1) -> Figure:
    """Return a figure of accuracies: a row for each name, a mark for each seed, and their median.

    accuracies: from names to lists of numbers from 0 to 1. chance: what guessing gives.
    """
    figure, axes = new_figure(size=(8.6, 0.42 * len(accuracies) + 1.1))
    for row, (name, found) in enumerate(accuracies.items()):
        places = row + 0.3 * np.linspace(-1, 1, len(found))  # so that equal ones do not hide
        marker = {"cross-entropy": "s", "squared error": "o"}[loss_of(name)]
        look = {"color": COLOURS[loss_of(name)], "markersize": 5, "zorder": 3, "label": f"_{name}"}
        axes.plot(100 * np.array(found), places, marker, **look)
    medians = {name: 100 * float(np.median(found)) for name, found in accuracies.items()}
    rows = np.arange(len(accuracies))
    look = {"color": "black", "markersize": 27, "markeredgewidth": 2, "label": "_median"}
    axes.plot([*medians.values()], rows, "|", **look)
    axes.axvline(100 * chance, color="0.35", linestyle="--", linewidth=1, label="_guessing")
    axes.set_yticks(rows, accuracies)
    for text, line in zip(axes.get_yticklabels(), axes.lines, strict=False):
        text.set_color(readable(line.get_color()))
    axes.set(xlim=(0, 100), ylim=(len(rows) - 0.5, -0.5))  # the first name is at the top
    axes.text(100 * chance, -0.55, "guessing", ha="center", va="bottom", color="0.35")
    for place, text, loss in (
        (78, "● squared error", "squared error"),
        (100, "■ cross-entropy", "cross-entropy"),
    ):
        axes.text(place, -0.55, text, ha="right", va="bottom", color=readable(COLOURS[loss]))
    runs = max(map(len, accuracies.values()))
    axes.set_xlabel(f"test accuracy, %: a mark for each of {runs} seeds, a bar at their median")
    figure.set_label(who_learns(medians))
    return figure


def who_learns(medians: dict[str, float], enough: float = 50) -> str:
    """Say in one sentence which medians, in percent, are above `enough`, and what is the rest."""
    above = [f"{name} ({value:.0f} %)" for name, value in medians.items() if value > enough]
    others = [value for value in medians.values() if value <= enough]
    if not above:
        return f"No median accuracy is above {enough:g} %; the highest is {max(others):.0f} %."
    rest = f"; no other is above {max(others):.0f} %" if others else ""
    *first, last = above
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"The median accuracy is above {enough:g} % with {listed}{rest}."


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
    """Say in one sentence, on two lines, what the gradients are at one gap: four numbers."""
    gap = round(gap, 1)  # the page may send 1e-15 for 0
    lead = f"{gap:.1f} ahead" if gap > 0 else f"{-gap:.1f} behind" if gap < 0 else "level"
    ratio = float(f"{cross_entropy / squared_error:.3g}")
    times = f"{ratio:,.0f}" if ratio >= 100 else f"{ratio:g}"
    return (
        f"With the wrong classes {lead} and p = {short(p_right)} for the right one,\n"
        f"the squared error's gradient, {short(squared_error)}, is {times} times smaller than "
        f"cross-entropy's, {short(cross_entropy)}."
    )


def short(value: float) -> str:
    """Return a number with three digits: "0.0187", "5.83·10⁻⁹"."""
    digits, _, power = f"{value:.3g}".partition("e")
    if not power:
        return digits
    return f"{digits}·10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def gradient_curves(gaps: np.ndarray) -> tuple[Figure, dict[str, Any]]:
    """Return (figure, artists) for the gradient sizes of two losses, all still without heights.

    gaps is (points,), the places of the curves. The artists, by name: "bars", the probabilities of
    the right class and of the wrong ones; for each loss its curve, and its marker.
    """
    figure, (left, right) = new_figure(1, 2, size=(8.6, 3.7), width_ratios=(1, 3))
    bars = left.bar(["right", "wrong"], [0, 0], color=["0.35", "white"], edgecolor="black")
    bars[1].set_hatch("//")
    left.set(ylim=(0, 1.05), ylabel="probability", title="what it believes")
    artists = {"bars": bars}
    for name, style, sign in (("cross-entropy", "-", "o"), ("squared error", "--", "s")):
        look = {"color": COLOURS[name]}
        (artists[name],) = right.plot(gaps, np.ones_like(gaps), style, **look, label=name)
        (artists[f"{name} here"],) = right.plot(
            [0], [1], sign, **look, markersize=9, label=f"{name} here"
        )
    # Their names stand beside the curves, wherever more classes move these.
    for name, x, y in (("cross-entropy", 15, 4.0), ("squared error", 12, 1e-4)):
        right.text(x, y, name, color=readable(COLOURS[name]), va="center")
    right.axvline(0, color="0.5", linewidth=0.8)
    for place, side, text in ((-0.3, "right", "← right"), (0.3, "left", "wrong →")):
        right.text(place, 4, text, ha=side, va="center")
    right.set(yscale="log", ylim=(1e-10, 10), title="how loudly the network is told")
    low, high = GAPS
    right.set(xlim=(low - 1.5, high + 1.5))
    right.set(xlabel="logit of the wrong classes − logit of the right one")
    right.set_yticks(list(POWERS), POWERS.values())
    right.minorticks_off()
    right.set_ylabel("size of the gradient at the logits")
    return figure, artists


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
    return Explorer(
        figure, redraw, controls, unchanging=[*surroundings(*figure.axes), *figure.axes[1].texts]
    )

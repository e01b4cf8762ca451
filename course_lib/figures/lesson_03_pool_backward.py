"""Lesson 03: where max-pooling sends its gradient, and how far a gradient check can be trusted."""

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .colour_contrast import halo
from .style import (
    COLOURS,
    LINE_STYLES,
    PALETTE,
    draw_image,
    draw_numbers,
    frame,
    label_point,
    light_shades,
    new_figure,
    signed_shades,
)

# Where the gradient goes

WINDOW_HUES = ["blue", "orange", "green", "purple"]  # of an output and of its window
RING_SIZE = 780  # square points, as matplotlib counts: around a number of four digits
ZERO = "0.4"  # the grey of zeros, which are many


def routing(x: np.ndarray, dy: np.ndarray, dx: np.ndarray, kernel_size: int, stride: int) -> Figure:
    """Return a figure of x with its windows framed, dy, and dx; ringed are the pixels where
    a gradient arrives.

    x and dx are (H, W), dy is (OH, OW); kernel_size and stride are whole numbers. A window's frame
    has the colour of its output's.
    """
    columns = x.shape[1], dy.shape[1], dx.shape[1]
    size = (0.5 * sum(columns) + 1, 0.5 * len(x) + 0.5)
    figure, panels = new_figure(1, 3, size=size, width_ratios=columns)
    draw_numbers(panels[0], x, "x")
    for axes, table, title in zip(panels[1:], (dy, dx), ("dy", "dx"), strict=True):
        draw_gradient(axes, table, title, dy, dx)
    for number, (i, j) in enumerate(np.ndindex(dy.shape)):
        around, hue = divmod(number, len(WINDOW_HUES))
        inset = 0.05 + (0.07 * hue if kernel_size > stride else 0)
        look = {
            "linewidth": 2,
            "linestyle": LINE_STYLES[around % len(LINE_STYLES)],
            "label": f"window {number + 1}",
        }
        colour = WINDOW_HUES[hue]
        frame(
            panels[0], i * stride, j * stride, kernel_size, kernel_size, colour, inset=inset, **look
        )
        frame(panels[1], i, j, 1, 1, colour, inset=0.05, **look)
    arrived = np.argwhere(dx != 0)
    ring(panels[0], arrived)
    ring(panels[2], arrived)
    meet = " Where several arrive, they add." if len(arrived) < np.count_nonzero(dy) else ""
    figure.set_label(
        f"Each of the {dy.size} windows sends its gradient to its maximum: "
        f"{len(arrived)} of {dx.size} pixels receive one, and the others receive nothing.{meet}"
    )
    return figure


def draw_gradient(
    axes: Axes, table: np.ndarray, title: str, *same: np.ndarray, decimals: int = 0
) -> None:
    """Draw a table of gradients, white where it is 0, in shades that it shares with others."""
    draw_numbers(axes, table, title, decimals, **signed_shades(table, *same))
    for text, number in zip(axes.texts, np.ravel(table), strict=True):
        shown = f"{np.round(number, decimals):g}".replace("-", "−")
        text.set(text=shown, color="black" if number else ZERO)


def ring(axes: Axes, cells: ArrayLike, label: str = "gets a gradient") -> PathCollection:
    """Draw a ring around each cell; cells is (count, 2), row and column. Returns the markers."""
    cells = np.reshape(cells, (-1, 2))
    return halo(
        axes.scatter(
            cells[:, 1],
            cells[:, 0],
            s=RING_SIZE,
            facecolor="none",
            edgecolor="black",
            linewidth=1.6,
            zorder=4,
            clip_on=False,
            label=label,
        )
    )


# Ties


def ties_figure(
    windows: Mapping[str, np.ndarray], rules: Mapping[str, Callable[[np.ndarray], np.ndarray]]
) -> Figure:
    """Return a figure of the shares that each rule gives to the pixels of each window.

    windows: small tables (KH, KW), by name; rules: functions of a window that return its shares.
    """
    rows, columns = len(windows), 1 + len(rules)
    size = (1.45 * columns + 1.1, 1.4 * rows + 0.4)
    figure, panels = new_figure(rows, columns, size=size, squeeze=False)
    greys = light_shades(np.stack(list(windows.values())))
    for line, (name, window) in zip(panels, windows.items(), strict=True):
        draw_numbers(line[0], window, **greys)
        line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=10)
        for axes, shares in zip(line[1:], rules.values(), strict=True):
            draw_gradient(axes, shares(window), "", np.ones(1), decimals=2)
    for axes, title in zip(panels[0], ["window", *rules], strict=True):
        axes.set_title(title, fontsize=10)
    return figure


def winners_figure(
    image: np.ndarray, feature_map: np.ndarray, winners: np.ndarray, name: str
) -> Figure:
    """Return a figure of an image, a feature map after ReLU, where it is above 0, and the ties.

    image is (H, W, 3), feature_map (2 OH, 2 OW) for windows of 2x2; winners (OH, OW) is how many
    pixels of each window have its largest value; name is the filter's.
    """
    OH, OW = winners.shape
    empty = feature_map.reshape(OH, 2, OW, 2).max(axis=(1, 3)) == 0
    figure, panels = new_figure(1, 4, size=(9, 2.45))
    draw_image(panels[0], image, "image")
    draw_image(panels[1], feature_map, f"{name}, after ReLU")
    draw_image(panels[2], 1 * (feature_map > 0), "white: above 0")
    draw_image(panels[3], -winners, "white: one winner", vmin=-4, vmax=-1)
    figure.set_label(
        f"Where all four pixels of a window are 0, all four count as its maximum; this is so in "
        f"{100 * empty.mean():.0f} % of the windows of this map ({name})."
    )
    return figure


# How far a nudge can be trusted

DECIMAL_TYPES = {"float64": "--", "float32": "-."}  # and the style of the line of its eps / h


def step_figure(steps: np.ndarray, errors: Mapping[str, Sequence[float]]) -> Figure:
    """Return a figure of the largest error of a slope that was found by nudging, by its step h.

    steps (count,); errors holds for each name, such as "float64", an error for each step.
    """
    figure, axes = new_figure(size=(8.5, 4.8))
    axes.set(xscale="log", yscale="log", xlim=(5e-13, 0.5), ylim=(1e-14, 1e2))
    axes.set(xlabel="step h", ylabel="largest error of the slope")
    looks = zip(cycle(["blue", "orange", "green", "purple"]), cycle(["o", "s", "^", "D"]))
    for (name, found), (colour, marker) in zip(errors.items(), looks, strict=False):
        look = {"color": PALETTE[colour], "marker": marker, "markersize": 4}
        (line,) = axes.plot(steps, found, label=name, **look)
        label_point(axes, line, len(steps) // 4, xytext=(-8, -13), ha="right")
        best = int(np.argmin(found))
        text = f"best h: {in_short(steps[best])}"
        label_point(axes, line, best, text, xytext=(0, 26), ha="center")
    axes.plot(steps, steps**2 / 6, ":", color=COLOURS["formula"], label="h² / 6")
    for name, style in DECIMAL_TYPES.items():
        eps = float(np.finfo(name).eps)
        felt = steps[steps > 10 * eps]  # a smaller step is lost where it is added to x
        axes.plot(felt, eps / felt, style, color=COLOURS["formula"], label=f"eps / h, {name}")
    axes.text(2e-4, 3e-11, "h² / 6, truncation error:\na straight line for a curve", va="center")
    axes.text(3e-10, 1e-5, "eps / h, rounding error:\nfew digits are left", va="center")
    axes.text(1e-5, 0.2, "eps / h", va="center")
    figure.set_label(
        "As the step shrinks, the error falls, until rounding makes it grow again: the best "
        "step is "
        + listed([f"{in_short(steps[np.argmin(each)])} in {name}" for name, each in errors.items()])
        + "."
    )
    return figure


def check_figure(errors: Mapping[str, Mapping[str, float]], limit: float = 1e-6) -> Figure:
    """Return a figure of the relative errors that gradient checks of two networks found.

    errors: for each of the two, by the name of its ReLU, an error for each gradient by name, from
    the image to the loss. The first network is the right one. limit: an error above it is a fault.
    """
    (right, good), (wrong, bad) = errors.items()
    names = list(good)
    figure, axes = new_figure(size=(8, 0.42 * len(names) + 1.2))
    looks: list[dict[str, Any]] = [
        {"color": COLOURS["ReLU"], "marker": "o"},
        {"color": PALETTE["vermilion"], "marker": "D", "markersize": 10, "fillstyle": "none"},
    ]
    for (name, found), look, side in zip(errors.items(), looks, (1, -1), strict=True):
        values = [found[each] for each in names]
        (dots,) = axes.plot(values, range(len(names)), linestyle="", label=name, **look)
        label_point(axes, dots, 0, xytext=(9 * side, 0), ha="left" if side > 0 else "right")
    axes.axvline(limit, color="black", linestyle="--", label=in_short(limit))
    top = {"va": "bottom", "transform": axes.get_xaxis_transform(), "fontsize": 10}
    axes.text(limit / 2, 1.02, "as the nudges say", ha="right", **top)
    axes.text(limit * 2, 1.02, f"above {in_short(limit)}: wrong", ha="left", **top)
    axes.set(xscale="log", xlim=(1e-12, 10), ylim=(len(names) - 0.5, -0.5))
    axes.set(xlabel="relative error", ylabel="from loss to image →")
    axes.set_yticks(range(len(names)), names)
    spoiled = [name for name in names if bad[name] > limit]
    spared = [name for name in names if name not in spoiled]
    figure.set_label(
        f"{wrong} spoils the gradients of {listed(spoiled)}; those of {listed(spared)} are as they "
        "should be."
    )
    return figure


def listed(names: Sequence[str]) -> str:
    """Return names as words.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or "none"


def in_short(number: float) -> str:
    """Return a number as a digit and a power of ten.

    >>> in_short(0.000001)
    '1e-6'
    """
    return f"{number:.0e}".replace("e-0", "e-")

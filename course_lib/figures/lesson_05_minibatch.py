"""Lesson 05: bands over many trials, and an explorer of the directions of mini-batch gradients."""

from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.quiver import Quiver
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from course_lib import diagnostics

from .explorer_base import LOOK, Explorer
from .fast_redraw import surroundings
from .style import PALETTE, new_figure

# Figures


def band(
    axes: Axes,
    x: Sequence[float] | np.ndarray,
    tries: np.ndarray,
    label: str,
    colour: str,
    style: str = "-",
    marker: str = "o",
    edges: tuple[float, float] = (0, 100),
) -> Line2D:
    """Draw the median of many tries as a line, in a band around it.

    x is (points,), tries (tries, points). edges: the percentiles at the edges of the band; by
    default the smallest and the largest. colour: a name in the PALETTE, or any of Matplotlib's.
    Returns the line of the medians.
    """
    low, middle, high = np.percentile(tries, [edges[0], 50, edges[1]], axis=0)
    colour = PALETTE.get(colour, colour)
    for edge, name in ((low, "lower edge"), (high, "upper edge")):
        (line,) = axes.plot(x, edge, style, color=colour, linewidth=0.7)
        line.set_label(f"_{label}, {name}")
    axes.fill([*x, *x[::-1]], [*low, *high[::-1]], color=colour, alpha=0.15, linewidth=0)
    (line,) = axes.plot(x, middle, style, marker=marker, color=colour, label=label, markersize=5)
    return line


def log_axis(axes: Axes, label: str, ticks: Sequence[float] | np.ndarray | None = None) -> None:
    """Make the x axis logarithmic, with plain numbers at its ticks: by default 1, 2, 5, 10 ..."""
    axes.set(xscale="log", xlabel=label)
    locator = LogLocator(subs=(1, 2, 5)) if ticks is None else FixedLocator(ticks)  # type: ignore[arg-type]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")


def fan(axes: Axes, count: int) -> Quiver:
    """Prepare a panel for `count` arrows from one point, and the true direction to the right.

    Returns matplotlib's Quiver; its `set_UVC(x, y)` turns the arrows. Lengths up to 1.
    """
    axes.axvline(0, color="0.4", linestyle=":", linewidth=1.2)
    look: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 3}
    zeros = np.zeros(count)
    arrows = axes.quiver(
        zeros,
        zeros,
        zeros + 1,
        zeros,
        color=PALETTE["blue"],
        alpha=0.8,
        width=0.006,
        label="mini-batches",
        **look,
    )
    axes.quiver(
        [0], [0], [1.25], [0], color=PALETTE["vermilion"], width=0.014, label="all images", **look
    )
    axes.set(xlim=(-1.15, 1.35), ylim=(-1.15, 1.15), aspect="equal")
    axes.set(xlabel="in the direction of the full gradient", ylabel="sideways", yticks=[])
    axes.set_xticks([-1, 0, 1], ["against it", "right angle", "with it"])
    return arrows


def paths(axes: Axes, count: int, largest: float) -> list[Line2D]:
    """Prepare a panel for `count` paths beside the straight one of the full gradient.

    largest: how far sideways the panel reaches. Returns matplotlib's lines, to be given data.
    """
    axes.plot(
        [0, 1],
        [0, 0],
        color=PALETTE["vermilion"],
        linewidth=5,
        alpha=0.7,
        solid_capstyle="butt",
        label="all images",
        clip_on=False,
    )
    lines = []
    for number in range(count):
        (line,) = axes.plot(
            [], [], "-o", color=PALETTE["blue"], markersize=2.5, linewidth=0.9, alpha=0.8
        )
        line.set_label("mini-batches" if number == 0 else f"_path {number + 1}")
        lines.append(line)
    axes.set(xlim=(-0.2, 1.6), ylim=(0, largest))
    axes.set(xlabel="in the direction of the full gradient", ylabel="distance sideways")
    return lines


# The explorer

IMAGES = 128  # in each walk
BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, IMAGES]
WALKS, PATHS = 60, 8  # drawn as arrows, and of these as paths


def draw_walks(gradients: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return along, sideways (WALKS, IMAGES) of walks through random images; see `walks`.

    gradients (N, P) has a row for each image.
    """
    if len(gradients) < IMAGES:
        raise ValueError(
            f"there are the gradients of {len(gradients)} images; give those of {IMAGES} or more"
        )
    orders = np.array([rng.permutation(len(gradients))[:IMAGES] for _ in range(WALKS)])
    return diagnostics.walks(gradients, orders)


def directions(
    along: np.ndarray, sideways: np.ndarray, batch_size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return x, y (WALKS,): the direction, of length 1, of each walk's first mini-batch.

    x is its cosine to the full gradient. Every second y is negative, so that the arrows spread:
    among so many dimensions there is no left and no right.
    """
    x, y = along[:, batch_size - 1], sideways[:, batch_size - 1]
    length = np.hypot(x, y)
    sign = np.where(np.arange(len(x)) % 2, -1, 1)
    return x / length, sign * y / length


def corners(batch_size: int) -> np.ndarray:
    """How many images a walk has seen after each step: batch_size, twice that ... IMAGES."""
    return np.arange(batch_size, IMAGES + 1, batch_size)


def noise_explorer(tables: dict[str, np.ndarray], batch_size: int = 1, seed: int = 0) -> Explorer:
    """Return an explorer of the mini-batch gradients, over their size.

    tables: by the name of a state of the network, its gradients (N, P), a row for each image.
    batch_size: one of BATCH_SIZES.
    """
    drawn = {
        name: draw_walks(gradients, np.random.default_rng(seed))
        for name, gradients in tables.items()
    }
    farthest = max(sideways[:PATHS].max() for _, sideways in drawn.values()) / IMAGES
    figure, panels = new_figure(1, 2, size=(9, 4.1))
    arrows = fan(panels[0], WALKS)
    lines = paths(panels[1], PATHS, largest=1.1 * farthest)
    for axes, title in zip(
        panels, (f"{WALKS} mini-batches", f"{IMAGES} images, step by step"), strict=True
    ):
        axes.set_title(title, fontsize=10)
    panels[1].legend(loc="upper left", fontsize=8)

    def redraw(batch_size: int, network: str) -> None:
        along, sideways = drawn[network]
        x, y = directions(along, sideways, batch_size)
        arrows.set_UVC(x, y)
        seen = corners(batch_size)
        for line, a, s in zip(lines, along, sideways, strict=False):
            line.set_data(np.append(0, a[seen - 1]) / IMAGES, np.append(0, s[seen - 1]) / IMAGES)
        angle = np.degrees(np.arccos(np.median(x)))
        figure.suptitle(
            f"{network}, mini-batches of {batch_size}: median angle {angle:.0f}°, "
            f"{np.sum(x < 0)} of {len(x)} more than 90°; steps {len(seen)}"
        )

    controls = {
        "batch_size": ipywidgets.SelectionSlider(
            options=BATCH_SIZES, value=batch_size, description="images in a mini-batch", **LOOK
        ),
        "network": ipywidgets.Dropdown(options=list(tables), description="network"),
    }
    return Explorer(figure, redraw, controls, unchanging=surroundings(*panels))

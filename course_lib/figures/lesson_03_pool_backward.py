"""Lesson 03: where max-pooling sends its gradient, as a figure."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from .colour_contrast import halo
from .style import LINE_STYLES, PALETTE, draw_numbers, frame, new_figure

WINDOW_COLOUR, WINNER_COLOUR = "blue", "vermilion"
RING_SIZE = 640  # square points, as matplotlib counts: around a number of four digits


def routing(x: np.ndarray, dy: np.ndarray, dx: np.ndarray, kernel_size: int, stride: int) -> Figure:
    """Return a figure of x with its windows framed, dy, and dx; ringed are the pixels where
    a gradient arrives.

    x and dx are (H, W), dy is (OH, OW); kernel_size and stride are whole numbers.
    """
    columns = x.shape[1], dy.shape[1], dx.shape[1]
    size = (0.45 * sum(columns) + 1.5, 0.45 * len(x) + 0.7)
    figure, panels = new_figure(1, 3, size=size, width_ratios=columns)
    draw_numbers(panels[0], x, "input x")
    for axes, table, title in zip(panels[1:], (dy, dx), ("dy", "dx"), strict=True):
        draw_numbers(axes, table, title, **gradient_shades(dy))
    overlap = kernel_size > stride
    for number, (i, j) in enumerate(np.ndindex(dy.shape)):
        inset = 0.06 + 0.06 * number if overlap else 0.1
        style = LINE_STYLES[number % len(LINE_STYLES)] if overlap else "-"
        name = f"window {number + 1}"
        draw_window(
            panels[0], i * stride, j * stride, kernel_size, inset, linestyle=style, label=name
        )
    arrived = np.argwhere(dx != 0)
    ring(panels[0], arrived)
    ring(panels[2], arrived)
    return figure


def gradient_shades(dy: np.ndarray) -> dict[str, Any]:
    """Options of `draw_numbers` that shade gradients lightly, from white for 0."""
    return {"cmap": "Blues", "vmin": 0, "vmax": 3 * np.max(np.abs(dy))}


def draw_window(
    axes: Axes, top: float, left: float, size: float, inset: float = 0.1, **look: Any
) -> Rectangle:
    """Draw a frame around a window of size x size cells. Returns matplotlib's rectangle."""
    return frame(axes, top, left, size, size, WINDOW_COLOUR, inset, linewidth=1.8, **look)


def ring(axes: Axes, cells: ArrayLike, label: str = "gets a gradient") -> PathCollection:
    """Draw a ring around each cell; cells is (count, 2), row and column. Returns the markers."""
    cells = np.reshape(cells, (-1, 2))
    return halo(
        axes.scatter(
            cells[:, 1],
            cells[:, 0],
            s=RING_SIZE,
            facecolor="none",
            edgecolor=PALETTE[WINNER_COLOUR],
            linewidth=2,
            label=label,
        )
    )

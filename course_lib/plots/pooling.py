"""Pictures of max-pooling: the windows on a table of numbers, and the pixels that win in them."""

import numpy as np
from matplotlib.patches import Rectangle

from course_lib import plots
from course_lib.plots.contrast import halo

WINDOW_COLOUR = plots.PALETTE["blue"]
WINNER_COLOUR = plots.PALETTE["vermilion"]
RING_SIZE = 640  # square points, as matplotlib counts: around a number of four digits


def routing(x, dy, dx, kernel_size, stride):
    """Return a figure of x with its windows framed, dy, and dx; ringed are the pixels where
    a gradient arrives.

    x and dx are (H, W), dy is (OH, OW); kernel_size and stride are whole numbers.
    """
    columns = x.shape[1], dy.shape[1], dx.shape[1]
    size = (0.45 * sum(columns) + 1.5, 0.45 * len(x) + 0.7)
    figure, panels = plots.new_figure(1, 3, size=size, width_ratios=columns)
    plots.draw_numbers(panels[0], x, "input x")
    for panel, table, title in zip(panels[1:], (dy, dx), ("dy", "dx"), strict=True):
        plots.draw_numbers(panel, table, title, **gradient_shades(dy))
    overlap = kernel_size > stride
    for number, (i, j) in enumerate(np.ndindex(dy.shape)):
        inset = 0.06 + 0.06 * number if overlap else 0.1
        style = plots.LINE_STYLES[number % len(plots.LINE_STYLES)] if overlap else "-"
        name = f"window {number + 1}"
        corner = (i * stride, j * stride)
        frame(panels[0], corner, kernel_size, inset=inset, linestyle=style, label=name)
    arrived = np.argwhere(dx != 0)
    ring(panels[0], arrived)
    ring(panels[2], arrived)
    return figure


def gradient_shades(dy):
    """Options of `plots.draw_numbers` that shade gradients lightly, from white for 0."""
    return {"cmap": "Blues", "vmin": 0, "vmax": 3 * np.max(np.abs(dy))}


def frame(panel, corner, size, inset=0.1, **look):
    """Draw a frame around size x size cells whose top left one is `corner` (row, column).

    inset is the distance from the cells' outer edge, in cells. Returns matplotlib's Rectangle.
    """
    row, column = corner
    look = {"edgecolor": WINDOW_COLOUR, "linewidth": 1.8, "facecolor": "none", **look}
    length = size - 2 * inset
    rectangle = Rectangle((column - 0.5 + inset, row - 0.5 + inset), length, length, **look)
    return panel.add_patch(halo(rectangle))


def ring(panel, cells, label="gets a gradient"):
    """Draw a ring around each cell; cells is (count, 2), row and column. Returns the markers."""
    cells = np.reshape(cells, (-1, 2))
    return halo(panel.scatter(
        cells[:, 1], cells[:, 0], s=RING_SIZE, facecolor="none", edgecolor=WINNER_COLOUR,
        linewidth=2, label=label,
    ))

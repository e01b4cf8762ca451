"""Lesson 00: a drawing of case A's network. The explorer of its training is lesson_00_death.py."""

from itertools import zip_longest

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from .style import PALETTE, new_figure

# Figures

# The arrays: name, shape, sheets, height and width to draw (32 is 32). Then what leads from each
# to the next, and the length of its arrow.
STAGES = [
    ("image", "32×32×3", 3, 32, 32),
    ("feature maps", "30×30×16", 16, 30, 30),
    ("none below 0", "30×30×16", 16, 30, 30),
    ("half as large", "15×15×16", 16, 15, 15),
    ("one row", "3600", 1, 34, 2.5),
    ("sums", "10", 1, 16, 2.5),
    ("probabilities", "10", 1, 16, 2.5),
]
OPERATIONS = [
    ("convolution,\n16 filters\nof 3×3", 25),
    ("ReLU", 15),
    ("max-\npooling\n2×2", 17),
    ("reshape", 17),
    ("linear", 17),
    ("softmax", 23),
]
SHEET_SHIFT = 0.6  # how far one sheet of a stack lies behind the other
SHEET_COLOURS = ["#CFE3F2", "#CDEBDF", "#F8D9C4"]  # of the image: pale blue, green, red


def architecture() -> Figure:
    """Return a figure of the network of case A: the arrays, with the operations between them."""
    figure, axes = new_figure(size=(9.4, 2.5))
    axes.set_axis_off()
    x = 0.0
    for (name, shape, sheets, height, width), operation in zip_longest(STAGES, OPERATIONS):
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) - [0, height / 2]
        shifts = SHEET_SHIFT * np.arange(sheets)[::-1, np.newaxis, np.newaxis]  # the last: in front
        colours = SHEET_COLOURS[::-1] if sheets == 3 else "white"
        axes.add_collection(
            PolyCollection(
                corners + shifts + [x, 0],
                facecolor=colours,
                edgecolor=PALETTE["blue"],
                linewidth=0.8,
                label=f"{name}, {shape}",
            )
        )
        axes.text(x + width / 2, -19, f"{shape}\n{name}", ha="center", va="top", fontsize=9)
        x += width + SHEET_SHIFT * (sheets - 1)
        if operation:
            words, length = operation
            look = {"arrowstyle": "->", "linewidth": 1.4}
            axes.annotate("", (x + length - 1, 0), (x + 1, 0), arrowprops=look)
            axes.text(x + length / 2, 2, words, ha="center", va="bottom", fontsize=9)
            x += length
    axes.set(xlim=(-2, x + 8), ylim=(-29, 26))
    axes.set_aspect("equal")
    return figure

"""Lesson 03: where max-pooling sends its gradient, as a figure and as an explorer."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_lib.nn.shapes import output_size

from .colour_contrast import halo
from .explorer_base import Explorer, slider
from .fast_redraw import surroundings
from .style import LINE_STYLES, PALETTE, draw_numbers, frame, new_figure

# Figures

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


# The explorer

KERNEL_SIZES, STRIDES = (2, 4), (1, 4)  # smallest and largest


def send(
    x: np.ndarray, kernel_size: int, stride: int, number: int
) -> tuple[np.ndarray, np.ndarray, tuple[int, int], tuple[int, int]]:
    """Send the gradients of the first `number` windows to their maxima; window n sends n.

    x is (H, W). Returns dx (H, W), the output dy (OH, OW) of all windows, and the last window's
    corner and winner, each as (row, column).
    """
    dy = window_numbers(x.shape, kernel_size, stride)
    dx = np.zeros(x.shape, dtype=int)
    for i, j in np.argwhere(dy <= number):
        corner = row, column = int(i * stride), int(j * stride)
        window = x[row : row + kernel_size, column : column + kernel_size]
        down, right = np.unravel_index(np.argmax(window), window.shape)
        winner = row + int(down), column + int(right)
        dx[winner] += dy[i, j]
    return dx, dy, corner, winner


def window_numbers(shape: tuple[int, ...], kernel_size: int, stride: int) -> np.ndarray:
    """1, 2, 3 ... for the windows that fit into a table of this shape, row by row."""
    OH, OW = (output_size(length, kernel_size, stride) for length in shape)
    return np.arange(1, OH * OW + 1).reshape(OH, OW)


def pool_explorer(
    x: np.ndarray, kernel_size: int = 3, stride: int = 2, window: int = 1
) -> Explorer:
    """Return an explorer of the windows on x (H, W), whole numbers, at least 4 x 4."""
    most = window_numbers(x.shape, 1, 1)
    figure, panels = new_figure(1, 3, size=(8.6, 3.6))
    draw_numbers(panels[0], x, "input x")
    outputs, gradients = (
        draw_numbers(axes, most, title, **gradient_shades(most))
        for axes, title in zip(panels[1:], ("dy", "dx so far"), strict=True)
    )
    frames = [draw_window(panels[k], 0, 0, 1, label="window") for k in (0, 2)]
    frames.append(draw_window(panels[1], 0, 0, 1, inset=0.05, label="its output"))
    rings = [ring(panels[k], (0, 0), label="its maximum") for k in (0, 2)]

    def redraw(window: int, kernel_size: int, stride: int) -> None:
        count = window_numbers(x.shape, kernel_size, stride).size
        number = min(window, count)
        dx, dy, corner, winner = send(x, kernel_size, stride, number)
        before = dx[winner] - number
        figure.suptitle(
            f"Window {number} of {count}. Its maximum, {x[winner]}, is in row {winner[0]}, "
            f"column {winner[1]}.\nIt sends {number} there: {before} + {number} = {dx[winner]}."
        )
        fill(panels[1], outputs, dy)
        fill(panels[2], gradients, dx)
        for rectangle, inset in zip(frames, (0.1, 0.1, 0.05), strict=True):
            row, column = corner if inset == 0.1 else divmod(number - 1, dy.shape[1])
            length = kernel_size if inset == 0.1 else 1
            rectangle.set_bounds(
                column - 0.5 + inset, row - 0.5 + inset, length - 2 * inset, length - 2 * inset
            )
        for marker in rings:
            marker.set_offsets([winner[::-1]])

    controls = {
        "window": slider("window", 1, window_numbers(x.shape, kernel_size, stride).size, window),
        "kernel_size": slider("kernel size", *KERNEL_SIZES, kernel_size),
        "stride": slider("stride", *STRIDES, stride),
    }
    still = [*surroundings(*panels), *panels[0].images, *panels[0].texts]
    explorer = Explorer(figure, redraw, controls, unchanging=still)

    def count_windows(change: object) -> None:
        sizes = controls["kernel_size"].value, controls["stride"].value
        controls["window"].max = window_numbers(x.shape, *sizes).size

    controls["kernel_size"].observe(count_windows, names="value")
    controls["stride"].observe(count_windows, names="value")
    return explorer


def fill(axes: Axes, image: AxesImage, table: np.ndarray) -> None:
    """Show another table in a panel made by draw_numbers with one at least as large; 0 is blank."""
    height, width = table.shape
    image.set_data(table)
    image.set_extent((-0.5, width - 0.5, height - 0.5, -0.5))
    for text in axes.texts:
        column, row = map(int, text.get_position())
        text.set_visible(row < height and column < width)
        if text.get_visible():
            text.set_text(str(table[row, column] or ""))

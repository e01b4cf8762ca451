"""Lesson 02: a convolution, window by window and as a matrix product, and the window explorer."""

import json
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_lib.nn.loops import conv2d_forward
from course_lib.nn.shapes import output_size

from .colour_contrast import halo, ink
from .explorer_base import Explorer, slider
from .fast_redraw import surroundings
from .page_explorer import read
from .style import (
    PALETTE,
    draw_image,
    draw_numbers,
    frame,
    light_shades,
    new_figure,
    signed_shades,
)

# Figures

FRAME_COLOURS = ["vermilion", "blue", "green", "purple", "orange", "sky"]


def window_figure(picture: np.ndarray, weight: np.ndarray, row: int, column: int) -> Figure:
    """Return a figure of one window: its numbers, the filter, their products and the sum.

    picture is (H, W), weight (KH, KW), both whole numbers; the window's first pixel is at
    (row, column). The last panel holds the sums of this window and of those before it.
    """
    KH, KW = weight.shape
    OH, OW = output_size(picture.shape[0], KH, 1), output_size(picture.shape[1], KW, 1)
    window = picture[row : row + KH, column : column + KW]
    products = window * weight
    figure, panels = new_figure(1, 5, size=(10, 2.6), width_ratios=[5, 3.4, 3.4, 3.4, 3.4])
    draw_numbers(panels[0], picture, "the picture", **light_shades(picture))
    frame(panels[0], row, column, KH, KW, label="the window")
    draw_numbers(panels[1], window, "its numbers", **light_shades(picture))
    draw_numbers(panels[2], weight, "× the filter", **signed_shades(weight))
    draw_numbers(panels[3], products, "= the products", **signed_shades(products))
    draw_sums(panels[4], picture, weight, (OH, OW), row * OW + column + 1)
    panels[4].set_title(f"their sum is {products.sum()}", fontsize=10)
    frame(panels[4], row, column, 1, 1, label="this window's output")
    return figure


def draw_sums(
    axes: Axes, picture: np.ndarray, weight: np.ndarray, shape: tuple[int, int], known: int
) -> None:
    """Draw an output of `shape` of which the first `known` sums are known, in reading order."""
    KH, KW = weight.shape
    sums = np.zeros(shape)
    for i, j in np.ndindex(*shape):
        sums[i, j] = np.sum(picture[i : i + KH, j : j + KW] * weight)
    hidden = np.arange(sums.size).reshape(shape) >= known
    draw_image(axes, np.where(hidden, np.nan, sums), **signed_shades(sums))
    for (i, j), number in np.ndenumerate(sums):
        text = "?" if hidden[i, j] else f"{number:.0f}"
        axes.text(j, i, text, ha="center", va="center", fontsize=10)


def product_figure(
    picture: np.ndarray,
    kernel_size: tuple[int, int],
    filters: np.ndarray,
    columns: np.ndarray,
    filter_names: Sequence[str],
) -> Figure:
    """Return a figure of a convolution as one matrix product, as one lays it out by hand.

    Above on the right the columns, below on the left the filters, and where they meet the product.
    picture (H, W), kernel_size (KH, KW), filters (KH KW + 1, C_out), columns (KH KW + 1, OH OW).
    """
    (KH, KW), (length, places) = kernel_size, columns.shape
    OW = output_size(picture.shape[1], KW, 1)
    count = filters.shape[1]
    figure, panels = new_figure(
        2,
        2,
        size=(0.4 * (length + places) + 1.6, 0.4 * (length + count) + 1.2),
        width_ratios=[length, places],
        height_ratios=[length, count],
    )
    draw_numbers(panels[0, 0], picture)
    draw_numbers(panels[0, 1], columns, "columns")
    product = filters.T @ columns
    draw_numbers(panels[1, 0], filters.T, "filters.T", **signed_shades(filters))
    draw_numbers(panels[1, 1], product, "filters.T @ columns", **signed_shades(product))
    for place in range(places):
        colour = FRAME_COLOURS[place % len(FRAME_COLOURS)]
        top, left = divmod(place, OW)
        name = f"window {place + 1}"
        inset = 0.06 * (place + 1)
        frame(panels[0, 0], top, left, KH, KW, colour, inset, label=name)
        panels[0, 0].text(
            left - 0.5 + inset,
            top - 0.5 + inset,
            place + 1,
            ha="center",
            va="center",
            zorder=4,
            fontsize=8,
            color=ink(PALETTE[colour]),
            bbox={"boxstyle": "circle", "color": PALETTE[colour]},
        )
        frame(panels[0, 1], 0, place, length, 1, colour, 0.06, label=name)
        frame(panels[1, 1], 0, place, count, 1, colour, 0.06, label=name)
    for axes in panels[:, 1]:
        axes.set_xticks(range(places), range(1, places + 1))
    panels[0, 1].set_yticks([length - 1], ["always 1"])
    panels[1, 0].set_xticks([length - 1], ["bias"])
    panels[1, 0].set_yticks(range(count), filter_names)
    for axes in panels.ravel():
        axes.tick_params(length=0, labelsize=9)
    centre_picture(panels[0, 0], picture, length, f"the picture and its {places} windows")
    return figure


def centre_picture(axes: Axes, picture: np.ndarray, side: int, title: str) -> None:
    """Leave room around a picture: the panel is `side` pixels high and wide."""
    bottom, right = np.array(picture.shape) - 0.5
    x, y = right / 2 - 0.25, bottom / 2 - 0.25
    axes.set(xlim=(x - side / 2, x + side / 2), ylim=(y + side / 2, y - side / 2))
    axes.spines[:].set_visible(False)
    axes.text(x, -1.1, title, ha="center", fontsize=10)


# The explorer

LARGEST_KERNEL, LARGEST_STRIDE, LARGEST_PADDING = 5, 4, 2


def ladder_figure() -> Figure:
    """Return a figure of how fast the network of case A trains on each rung of the ladder.

    The speeds are those that `python -m tests.benchmarks.training ladder` measured and saved.
    """
    measured = json.loads(read("training_speeds.json"))
    speeds = measured["images per second"]
    slowest = min(speeds.values())
    figure, axes = new_figure(size=(7, 3.2))
    rows = range(len(speeds))
    axes.plot(list(speeds.values()), rows, "o", color=PALETTE["blue"])
    for row, speed in zip(rows, speeds.values(), strict=True):
        text = f"{speed:,.0f} images a second, {speed / slowest:,.0f} ×"
        side, offset = ("left", 8) if speed < 100 * slowest else ("right", -8)
        axes.annotate(
            text, (speed, row), (offset, 0), textcoords="offset points", ha=side, va="center"
        )
    axes.set_yticks(rows, list(speeds))
    axes.set(xscale="log", xlim=(slowest / 2, 3 * max(speeds.values())))
    axes.set_ylim(len(speeds) - 0.5, -0.5)  # from the top down
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlabel("images a second in training; each line is ten times the one before")
    axes.set_title(f"the network of case A, {measured['processor']}, 2 cores", fontsize=10)
    return figure


def window_explorer(
    picture: np.ndarray, kernel_size: int = 3, stride: int = 2, padding: int = 0, number: int = 1
) -> Explorer:
    """Return an explorer that lays windows over a small grey picture, and shows their means.

    picture is (H, W), square and at least 5 pixels wide, with values from 0 to 1.
    """
    size = len(picture)
    span = size + 2 * LARGEST_PADDING  # as many pixels, or outputs, as a panel must hold
    figure, (left, right) = new_figure(1, 2, size=(8, 4.5), title="\n\n")
    draw_image(left, picture, vmin=0, vmax=1)
    left.set(xlim=(-0.5 - LARGEST_PADDING, span - 0.5 - LARGEST_PADDING))
    left.set(ylim=left.get_xlim()[::-1])
    border = left.add_patch(
        Rectangle(
            (0, 0),
            1,
            1,
            facecolor="white",
            edgecolor="0.5",
            hatch="///",
            label="padding",
            zorder=-1,
        )
    )
    centres = left.scatter(
        [],
        [],
        s=24,
        color=PALETTE["blue"],
        edgecolors="white",
        linewidths=0.8,
        label="centre of a window",
    )
    unseen = left.scatter([], [], s=50, color="black", marker="x", label="in no window")
    halo(unseen)
    window = frame(left, 0, 0, 1, 1, label="this window")
    output = draw_image(right, np.zeros((1, 1)), vmin=0, vmax=1)
    right.set(xlim=(-span / 2, span / 2), ylim=(span / 2, -span / 2))
    place = frame(right, 0, 0, 1, 1, label="this window's output")
    for axes in (left, right):
        axes.spines[:].set_visible(False)
    left.set_title(
        "dots: centres of windows · crosses: in no window\nhatched: padding, zeros", fontsize=9
    )
    right.set_title("the output: here the mean of each window,\nat the same scale", fontsize=9)

    def redraw(kernel_size: int, stride: int, padding: int, number: int) -> None:
        count = output_size(size, kernel_size, stride, padding)
        number = min(number, count**2)
        row, column = divmod(number - 1, count)
        starts = np.arange(count) * stride - padding

        border.set_bounds(-0.5 - padding, -0.5 - padding, size + 2 * padding, size + 2 * padding)
        middle = starts + (kernel_size - 1) / 2
        centres.set_offsets([(x, y) for y in middle for x in middle])
        unseen.set_offsets(pixels_in_no_window(size, kernel_size, starts))
        window.set_bounds(starts[column] - 0.5, starts[row] - 0.5, kernel_size, kernel_size)
        output.set_data(means(picture, kernel_size, stride, padding))
        output.set_extent((-count / 2, count / 2, count / 2, -count / 2))
        place.set_bounds(column - count / 2, row - count / 2, 1, 1)
        figure.suptitle(in_words(size, kernel_size, stride, padding, number), fontsize=11)

    explorer = Explorer(
        figure,
        redraw,
        {
            "kernel_size": slider("kernel size", 1, LARGEST_KERNEL, kernel_size),
            "stride": slider("stride", 1, LARGEST_STRIDE, stride),
            "padding": slider("padding", 0, LARGEST_PADDING, padding),
            "number": slider("window", 1, span**2, number),
        },
        unchanging=surroundings(left, right),
    )

    def fit_window_slider(change: object = None) -> None:
        *sizes, _ = explorer.settings.values()
        explorer.controls["number"].max = output_size(size, *sizes) ** 2

    for name in ("kernel_size", "stride", "padding"):
        explorer.controls[name].observe(fit_window_slider, names="value")
    fit_window_slider()
    return explorer


def means(picture: np.ndarray, kernel_size: int, stride: int, padding: int) -> np.ndarray:
    """The mean of every window: (H, W) -> (OH, OW)."""
    weight = np.full((kernel_size, kernel_size, 1, 1), 1 / kernel_size**2)
    x = picture[np.newaxis, :, :, np.newaxis]
    return conv2d_forward(x, weight, np.zeros(1), stride, padding)[0, :, :, 0]


def pixels_in_no_window(size: int, kernel_size: int, starts: Iterable[int]) -> np.ndarray:
    """The (x, y) of every pixel of the picture that no window covers."""
    covered = {start + k for start in starts for k in range(kernel_size)}
    pixels = [(x, y) for y in range(size) for x in range(size)]
    missed = [(x, y) for x, y in pixels if x not in covered or y not in covered]
    return np.reshape(missed, (-1, 2))


def in_words(size: int, kernel_size: int, stride: int, padding: int, number: int) -> str:
    """The sum that gives the output's size, in three lines."""
    count = output_size(size, kernel_size, stride, padding)
    room = size + 2 * padding - kernel_size
    steps = f"{count - 1} step" + ("" if count == 2 else "s")
    spare = room - (count - 1) * stride
    rest = f", {spare} left over" if spare else ""
    return (
        f"picture {size}×{size}, kernel {kernel_size}×{kernel_size}, stride {stride}, "
        f"padding {padding}\n"
        f"room to move: {size} + 2·{padding} − {kernel_size} = {room} pixels, "
        f"so {steps} of {stride}{rest}\n"
        f"output {count}×{count}: window {number} of {count**2}"
    )

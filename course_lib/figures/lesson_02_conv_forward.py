"""Lesson 02: a convolution, window by window and as a matrix product, and the window explorer."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from course_lib.nn.loops import conv2d_forward
from course_lib.nn.shapes import output_size

from .colour_contrast import halo, ink
from .explorer_base import Explorer, slider
from .page_explorer import read
from .style import (
    PALETTE,
    SIGNED,
    draw_image,
    draw_numbers,
    frame,
    light_shades,
    new_figure,
    signed_shades,
)

# One window

UNKNOWN = "0.92"  # the grey of an output that is not known yet


def window_figure(picture: np.ndarray, weight: np.ndarray, row: int, column: int) -> Figure:
    """Return a figure of one window: its numbers, the filter, their products and the sum.

    picture is (H, W), weight (KH, KW), both whole numbers; the window's first pixel is at
    (row, column). The last panel holds the sums of this window and of those before it.
    """
    KH, KW = weight.shape
    windows = sliding_window_view(picture, (KH, KW))  # (OH, OW, KH, KW)
    products = windows * weight
    sums = products.sum(axis=(2, 3))  # (OH, OW)
    OH, OW = sums.shape
    known = row * OW + column + 1
    greys, shades = light_shades(picture), signed_shades(products, sums)
    widths = [picture.shape[1], KW, KW, KW, OW]
    size = (0.45 * sum(widths) + 1.2, 0.45 * len(picture) + 0.35)
    figure, panels = new_figure(1, 5, size=size, width_ratios=widths)
    draw_numbers(panels[0], picture, "the picture", **greys)
    draw_numbers(panels[1], windows[row, column], "the window", **greys)
    draw_numbers(panels[2], weight, "the filter", **signed_shades(weight))
    draw_numbers(panels[3], products[row, column], "the products", **shades)
    draw_sums(panels[4], sums, known, **shades)
    panels[4].set_title(f"added up: {sums[row, column]}", fontsize=10)
    for axes, sign, rows in zip(panels[2:], "×=→", (KH, KH, OH), strict=True):
        axes.text(-0.9, (rows - 1) / 2, sign, ha="center", va="center", fontsize=14)
    frame(panels[0], row, column, KH, KW, label="the window")
    frame(panels[4], row, column, 1, 1, label="this window's output")
    figure.set_label(
        f"The {weight.size} pixels of the window, each multiplied by its weight, add up to "
        f"{sums[row, column]}, which is output {known} of {sums.size}."
    )
    return figure


def draw_sums(axes: Axes, sums: np.ndarray, known: int, **shades: Any) -> None:
    """Draw an output (OH, OW) of which the first `known` sums are known, in reading order."""
    hidden = np.arange(sums.size).reshape(sums.shape) >= known
    image = draw_image(axes, np.where(hidden, np.nan, sums), **shades)
    image.set_cmap(shades["cmap"].with_extremes(bad=UNKNOWN))
    for (i, j), number in np.ndenumerate(sums):
        text = "?" if hidden[i, j] else f"{number:.0f}"
        axes.text(j, i, text, ha="center", va="center", fontsize=10)


# What filters answer


def answers_figure(
    images: ArrayLike, answers: Mapping[str, Sequence[np.ndarray]], limit: float
) -> Figure:
    """Return a figure of images, and below them a row for each filter: what it answers to them.

    images is (N, H, W) in grey or (N, H, W, 3) in colour, from 0 to 1; answers holds for each name
    N feature maps (OH, OW). They are drawn from vermilion at -limit to blue at limit.
    """
    rows = {"image": np.asarray(images), **answers}
    columns = len(rows["image"])
    figure, panels = new_figure(
        len(rows), columns, size=(1.9 * columns + 1, 1.85 * len(rows) + 0.1)
    )
    looks = [{"vmin": 0, "vmax": 1}] + len(answers) * [signed_limits(limit)]
    for line, (name, pictures), look in zip(panels, rows.items(), looks, strict=True):
        line[0].set_ylabel(name)
        for axes, picture in zip(line, pictures, strict=True):
            last = draw_image(axes, picture, **look)
    share = len(answers) / len(rows)  # of the figure's height: beside the answers
    bar: dict[str, Any] = {
        "shrink": share,
        "anchor": (0, 0),
        "pad": 0.02,
        "aspect": 15 * len(answers),
    }
    figure.colorbar(last, ax=panels, ticks=[-limit, 0, limit], **bar)
    return figure


def maps_figure(maps: np.ndarray, names: Mapping[int, str], limit: float) -> Figure:
    """Return a figure of the feature maps (OH, OW, C) of one image, eight in a row.

    names: of some of the filters, by their number. The maps are drawn from vermilion at -limit
    to blue at limit.
    """
    count = maps.shape[2]
    rows = -(-count // 8)
    figure, panels = new_figure(rows, 8, size=(9, 1.3 * rows + 0.1))
    for axes in panels.flat[count:]:
        axes.set_visible(False)
    for k, axes in enumerate(panels.flat[:count]):
        last = draw_image(axes, maps[..., k], names.get(k, f"filter {k}"), **signed_limits(limit))
    figure.colorbar(last, ax=panels, ticks=[-limit, 0, limit], pad=0.01, aspect=15 * rows)
    return figure


def signed_limits(limit: float) -> dict[str, Any]:
    """Options of `imshow` for numbers from -limit to limit; what lies beyond looks like these."""
    return {"cmap": SIGNED, "vmin": -limit, "vmax": limit}


# As a matrix product

WINDOW_HUES = ["blue", "orange", "green", "purple", "vermilion", "sky"]  # as in lesson 03


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
    greys = light_shades(columns)
    draw_numbers(panels[0, 0], picture, **greys)
    draw_numbers(panels[0, 1], columns, "columns", **greys)
    product = filters.T @ columns
    draw_numbers(panels[1, 0], filters.T, "filters.T", **signed_shades(filters))
    draw_numbers(panels[1, 1], product, "filters.T @ columns", **signed_shades(product))
    for place in range(places):
        colour = WINDOW_HUES[place % len(WINDOW_HUES)]
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
            fontsize=9,
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
    centre_picture(panels[0, 0], picture, f"the picture and its {places} windows")
    figure.set_label(
        f"Each of the {places} windows is a column and each of the {count} filters a row; the "
        "number where they meet is that filter's output for that window."
    )
    return figure


def centre_picture(axes: Axes, picture: np.ndarray, title: str) -> None:
    """Leave room around a picture: half of its longer side."""
    side = 1.5 * max(picture.shape)
    bottom, right = np.array(picture.shape) - 0.5
    x, y = right / 2 - 0.25, bottom / 2 - 0.25
    axes.set(xlim=(x - side / 2, x + side / 2), ylim=(y + side / 2, y - side / 2))
    axes.spines[:].set_visible(False)
    axes.text(x, -0.9, title, ha="center", fontsize=10)


# How fast each rung of the ladder is


def speeds_figure(seconds: Mapping[str, float]) -> Figure:
    """Return a figure of the images a second that each program computes.

    seconds: what an image takes, by the program's name. The first is compared with the fastest.
    """
    speeds = {name: 1 / each for name, each in seconds.items()}
    figure, axes = new_figure(size=(8, 0.45 * len(speeds) + 1))
    draw_speeds(axes, speeds)
    axes.set_xlabel("images a second; each line is ten times the one before")
    first, fastest = next(iter(speeds)), max(speeds, key=lambda name: speeds[name])
    figure.set_label(
        f'In the time in which "{first}" computes one image, "{fastest}" computes '
        f"{speeds[fastest] / speeds[first]:,.0f}."
    )
    return figure


def ladder_figure() -> Figure:
    """Return a figure of how fast the network of case A trains on each rung of the ladder.

    The speeds are those that `python -m tests.benchmarks.training ladder` measured and saved.
    """
    measured = json.loads(read("training_speeds.json"))
    speeds = measured["images per second"]
    (first, slowest), *_, (last, fastest) = speeds.items()
    figure, axes = new_figure(size=(8, 3.4))
    draw_speeds(axes, speeds)
    axes.set_xlabel("images a second in training; each line is ten times the one before")
    axes.set_title(f"the network of case A, {measured['processor']}, 2 cores", fontsize=10)
    figure.set_label(
        f'From "{first}" to "{last}", training becomes {fastest / slowest:,.0f} times as fast: '
        f"from {slowest:,.0f} to {fastest:,.0f} images a second."
    )
    return figure


def draw_speeds(axes: Axes, speeds: Mapping[str, float]) -> None:
    """Draw a dot for each speed, from the top down, and beside it how many times the first it is.

    speeds: in images a second, by name. The axis is logarithmic, from one power of ten to another.
    """
    names, values = list(speeds), np.array(list(speeds.values()))
    low, high = 10 ** np.floor(np.log10(values.min())), 10 ** np.ceil(np.log10(values.max()))
    axes.plot(values, range(len(values)), "o", color=PALETTE["blue"])
    for row, speed in enumerate(values):
        text = f"{speed:,.0f} images a second, {speed / values[0]:,.0f} ×"
        side, offset = ("left", 9) if speed < np.sqrt(low * high) else ("right", -9)
        axes.annotate(
            text, (speed, row), (offset, 0), textcoords="offset points", ha=side, va="center"
        )
    axes.set_yticks(range(len(names)), names)
    axes.set(xscale="log", xlim=(low, high), ylim=(len(names) - 0.5, -0.5))
    axes.xaxis.set_major_formatter("{x:,.0f}")


# The explorer of strides and padding

LARGEST_KERNEL, LARGEST_STRIDE, LARGEST_PADDING = 5, 4, 2
FACE = np.array(
    [
        [1, 1, 1, 1, 1, 1, 1, 1],
        [1, 1, 0, 1, 1, 0, 1, 1],
        [1, 1, 0, 1, 1, 0, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, 1],
        [1, 0, 1, 1, 1, 1, 0, 1],
        [1, 1, 0, 0, 0, 0, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1, 1, 1, 1],
    ],
    float,
)
GREYS = {"vmin": -1.2, "vmax": 1.15}  # black marks can be seen on 0, and white lines on 1


def window_explorer(
    picture: np.ndarray = FACE,
    kernel_size: int = 3,
    stride: int = 2,
    padding: int = 0,
    number: int = 1,
) -> Explorer:
    """Return an explorer that lays windows over a small grey picture, and shows their means.

    picture is (H, W), square and at least 5 pixels wide, with values from 0 to 1.
    """
    size = len(picture)
    span = size + 2 * LARGEST_PADDING  # as many pixels, or outputs, as a panel must hold
    figure, (left, right) = new_figure(1, 2, size=(8, 5), title="\n")
    padded = draw_image(left, picture, "the picture and the places of its windows", **GREYS)
    draw_lattice(left, -LARGEST_PADDING, span)
    frame(left, 0, 0, size, size, "black", linewidth=1.5, label="the picture")
    marks = {"linewidths": 0.8, "zorder": 3}
    zeros = left.scatter([], [], s=30, color="black", marker="$0$", label="padding", **marks)
    centres = left.scatter(
        [],
        [],
        s=26,
        color=PALETTE["blue"],
        edgecolors="white",
        label="centre of a window",
        **marks,
    )
    unseen = left.scatter([], [], s=50, color="black", marker="x", label="in no window", zorder=3)
    halo(unseen)
    key = left.legend(
        handles=[centres, unseen, zeros],
        loc="upper center",
        bbox_to_anchor=(0.5, 0),
        ncols=3,
        fontsize=9,
        frameon=False,
        handletextpad=0.1,
        columnspacing=1.2,
    )
    window = frame(left, 0, 0, 1, 1, label="this window")
    output = draw_image(right, np.zeros((1, 1)), "the output: the mean of each window", **GREYS)
    draw_lattice(right, 0, span)
    place = frame(right, 0, 0, 1, 1, label="this window's output")
    look = {"color": "black", "linewidth": 1, "axesA": left, "axesB": right}
    rays = [ConnectionPatch((0, 0), (0, 0), "data", **look) for _ in range(2)]
    for ray in rays:
        figure.add_artist(ray)

    def redraw(kernel_size: int, stride: int, padding: int, number: int) -> None:
        count = output_size(size, kernel_size, stride, padding)
        number = min(number, count**2)
        row, column = divmod(number - 1, count)
        starts = np.arange(count) * stride - padding

        padded.set_data(np.pad(picture, padding))
        padded.set_extent(edges(-padding, size + 2 * padding))
        zeros.set_offsets(border(size, padding))
        zeros.set_visible(padding > 0)
        middle = starts + (kernel_size - 1) / 2
        centres.set_offsets([(x, y) for y in middle for x in middle])
        missed = pixels_in_no_window(size, kernel_size, starts)
        unseen.set_offsets(missed)
        unseen.set_visible(len(missed) > 0)
        window.set_bounds(starts[column] - 0.5, starts[row] - 0.5, kernel_size, kernel_size)
        first = (span - count) // 2  # the output stands in the middle of its panel
        output.set_data(means(picture, kernel_size, stride, padding))
        output.set_extent(edges(first, count))
        place.set_bounds(first + column - 0.5, first + row - 0.5, 1, 1)
        for end, ray in enumerate(rays):  # from the window's right side to its output's left
            x, y = window.get_xy()
            ray.xy1 = (x + kernel_size, y + end * kernel_size)
            ray.xy2 = (place.get_x(), place.get_y() + end)
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
        unchanging=[left.title, right.title, key],
    )

    def fit_window_slider(change: object = None) -> None:
        *sizes, _ = explorer.settings.values()
        explorer.controls["number"].max = output_size(size, *sizes) ** 2

    for name in ("kernel_size", "stride", "padding"):
        explorer.controls[name].observe(fit_window_slider, names="value")
    fit_window_slider()
    return explorer


def draw_lattice(axes: Axes, first: int, count: int) -> None:
    """Make a panel hold count x count cells, from number `first` on, with white lines between."""
    low, _, high, _ = edges(first, count)
    axes.set(xlim=(low, low + count), ylim=(high, low))
    lines = low + np.arange(1, count)
    axes.set_xticks(lines, minor=True)
    axes.set_yticks(lines, minor=True)
    axes.tick_params(which="minor", length=0)
    axes.grid(which="minor", color="white", linewidth=1)
    axes.set_axisbelow(False)
    axes.spines[:].set_visible(False)


def edges(first: int, count: int) -> tuple[float, float, float, float]:
    """The extent (left, right, bottom, top) of count x count cells, from number `first` on."""
    low, high = first - 0.5, first + count - 0.5
    return low, high, high, low


def border(size: int, padding: int) -> np.ndarray:
    """The (x, y) of every pixel of the padding around a picture of size x size."""
    inside = np.pad(np.ones((size, size), bool), padding)
    return np.argwhere(~inside)[:, ::-1] - padding


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
    """The sum that gives the output's size, and which window this is, in two lines."""
    count = output_size(size, kernel_size, stride, padding)
    room = size + 2 * padding - kernel_size
    steps = f"{count - 1} step" + ("" if count == 2 else "s")
    spare = room - (count - 1) * stride
    rest = f"{spare or 'nothing'} {'are' if spare > 1 else 'is'} left over"
    return (
        f"The window has {size} + 2·{padding} − {kernel_size} = {room} pixels to move: "
        f"{steps} of {stride}, and {rest}.\n"
        f"So the output is {count}×{count}, and this is window {number} of {count**2}."
    )

"""Figures for notebook 02: one output of a convolution, and all of them as one matrix product."""

import numpy as np
from matplotlib.patches import Rectangle

from course_lib import plots
from course_lib.plots.contrast import halo, ink
from course_lib.shapes import output_size

FRAME_COLOURS = ["vermilion", "blue", "green", "purple", "orange", "sky"]


def frame(axes, top, left, height, width, colour="vermilion", inset=0.0, label=None):
    """Draw a frame around the pixels of a window. Returns matplotlib's rectangle."""
    corner = (left - 0.5 + inset, top - 0.5 + inset)
    return axes.add_patch(halo(
        Rectangle(corner, width - 2 * inset, height - 2 * inset, fill=False, linewidth=2.5,
                  edgecolor=plots.PALETTE[colour], label=label, zorder=3)
    ))


def window_figure(picture, weight, row, column):
    """Return a figure of one window: its numbers, the filter, their products and the sum.

    picture is (H, W), weight (KH, KW), both whole numbers; the window's first pixel is at
    (row, column). The last panel holds the sums of this window and of those before it.
    """
    KH, KW = weight.shape
    OH, OW = output_size(picture.shape[0], KH, 1), output_size(picture.shape[1], KW, 1)
    window = picture[row : row + KH, column : column + KW]
    products = window * weight
    figure, panels = plots.new_figure(1, 5, size=(10, 2.6), width_ratios=[5, 3.4, 3.4, 3.4, 3.4])
    plots.draw_numbers(panels[0], picture, "the picture", **plots.light_shades(picture))
    frame(panels[0], row, column, KH, KW, label="the window")
    plots.draw_numbers(panels[1], window, "its numbers", **plots.light_shades(picture))
    plots.draw_numbers(panels[2], weight, "× the filter", **plots.light_shades(weight))
    plots.draw_numbers(panels[3], products, "= the products", **plots.light_shades(products))
    draw_sums(panels[4], picture, weight, (OH, OW), row * OW + column + 1)
    panels[4].set_title(f"their sum is {products.sum()}", fontsize=10)
    frame(panels[4], row, column, 1, 1, label="this window's output")
    return figure


def draw_sums(axes, picture, weight, shape, known):
    """Draw an output of `shape` of which the first `known` sums are known, in reading order."""
    KH, KW = weight.shape
    sums = np.zeros(shape)
    for i, j in np.ndindex(*shape):
        sums[i, j] = np.sum(picture[i : i + KH, j : j + KW] * weight)
    hidden = np.arange(sums.size).reshape(shape) >= known
    plots.draw_image(axes, np.where(hidden, np.nan, sums), **plots.light_shades(sums))
    for (i, j), number in np.ndenumerate(sums):
        text = "?" if hidden[i, j] else f"{number:.0f}"
        axes.text(j, i, text, ha="center", va="center", fontsize=10)


def product_figure(picture, kernel_size, filters, columns, filter_names):
    """Return a figure of a convolution as one matrix product, as one lays it out by hand.

    Above on the right the columns, below on the left the filters, and where they meet the product.
    picture (H, W), kernel_size (KH, KW), filters (KH KW + 1, C_out), columns (KH KW + 1, OH OW).
    """
    (KH, KW), (length, places) = kernel_size, columns.shape
    OW = output_size(picture.shape[1], KW, 1)
    count = filters.shape[1]
    figure, panels = plots.new_figure(
        2, 2, size=(0.4 * (length + places) + 1.6, 0.4 * (length + count) + 1.2),
        width_ratios=[length, places], height_ratios=[length, count],
    )
    plots.draw_numbers(panels[0, 0], picture)
    plots.draw_numbers(panels[0, 1], columns, "columns")
    plots.draw_numbers(panels[1, 0], filters.T, "filters.T")
    plots.draw_numbers(panels[1, 1], filters.T @ columns, "filters.T @ columns")
    for place in range(places):
        colour = FRAME_COLOURS[place % len(FRAME_COLOURS)]
        top, left = divmod(place, OW)
        name = f"window {place + 1}"
        inset = 0.06 * (place + 1)
        frame(panels[0, 0], top, left, KH, KW, colour, inset, name)
        panels[0, 0].text(
            left - 0.5 + inset, top - 0.5 + inset, place + 1, ha="center", va="center", zorder=4,
            fontsize=8, color=ink(plots.PALETTE[colour]),
            bbox={"boxstyle": "circle", "color": plots.PALETTE[colour]},
        )
        frame(panels[0, 1], 0, place, length, 1, colour, 0.06, name)
        frame(panels[1, 1], 0, place, count, 1, colour, 0.06, name)
    for panel in panels[:, 1]:
        panel.set_xticks(range(places), range(1, places + 1))
    panels[0, 1].set_yticks([length - 1], ["always 1"])
    panels[1, 0].set_xticks([length - 1], ["bias"])
    panels[1, 0].set_yticks(range(count), filter_names)
    for panel in panels.ravel():
        panel.tick_params(length=0, labelsize=9)
    centre_picture(panels[0, 0], picture, length, f"the picture and its {places} windows")
    return figure


def centre_picture(axes, picture, side, title):
    """Leave room around a picture: the panel is `side` pixels high and wide."""
    bottom, right = np.array(picture.shape) - 0.5
    x, y = right / 2 - 0.25, bottom / 2 - 0.25
    axes.set(xlim=(x - side / 2, x + side / 2), ylim=(y + side / 2, y - side / 2))
    axes.spines[:].set_visible(False)
    axes.text(x, -1.1, title, ha="center", fontsize=10)

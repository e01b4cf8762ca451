"""The explorer of notebook 02: windows laid over an image."""

import numpy as np
from matplotlib.patches import Rectangle

from course_lib import plots
from course_lib.loops import conv2d_forward
from course_lib.plots.contrast import halo
from course_lib.plots.convolution import frame
from course_lib.plots.screen import surroundings
from course_lib.shapes import output_size

from . import Explorer, slider

LARGEST_KERNEL, LARGEST_STRIDE, LARGEST_PADDING = 5, 4, 2


def window_explorer(picture, kernel_size=3, stride=2, padding=0, number=1):
    """Return an explorer that lays windows over a small grey picture, and shows their means.

    picture is (H, W), square and at least 5 pixels wide, with values from 0 to 1.
    """
    size = len(picture)
    span = size + 2 * LARGEST_PADDING  # as many pixels, or outputs, as a panel must hold
    figure, (left, right) = plots.new_figure(1, 2, size=(8, 4.5), title="\n\n")
    plots.draw_image(left, picture, vmin=0, vmax=1)
    left.set(xlim=(-0.5 - LARGEST_PADDING, span - 0.5 - LARGEST_PADDING))
    left.set(ylim=left.get_xlim()[::-1])
    border = left.add_patch(
        Rectangle((0, 0), 1, 1, facecolor="white", edgecolor="0.5", hatch="///",
                  label="padding", zorder=-1)
    )
    centres = left.scatter([], [], s=24, color=plots.PALETTE["blue"], edgecolors="white",
                           linewidths=0.8, label="centre of a window")
    unseen = left.scatter([], [], s=50, color="black", marker="x", label="in no window")
    halo(unseen)
    window = frame(left, 0, 0, 1, 1, label="this window")
    output = plots.draw_image(right, np.zeros((1, 1)), vmin=0, vmax=1)
    right.set(xlim=(-span / 2, span / 2), ylim=(span / 2, -span / 2))
    place = frame(right, 0, 0, 1, 1, label="this window's output")
    for panel in (left, right):
        panel.spines[:].set_visible(False)
    left.set_title("dots: centres of windows · crosses: in no window\nhatched: padding, zeros",
                   fontsize=9)
    right.set_title("the output: here the mean of each window,\nat the same scale", fontsize=9)

    def redraw(kernel_size, stride, padding, number):
        count = output_size(size, kernel_size, stride, padding)
        number = min(number, count**2)
        row, column = divmod(number - 1, count)
        starts = np.arange(count) * stride - padding

        border.set_bounds(-0.5 - padding, -0.5 - padding, size + 2 * padding, size + 2 * padding)
        middle = starts + (kernel_size - 1) / 2
        centres.set_offsets([(x, y) for y in middle for x in middle])
        unseen.set_offsets(pixels_in_no_window(size, kernel_size, starts))
        window.set_bounds(
            starts[column] - 0.5, starts[row] - 0.5, kernel_size, kernel_size
        )
        output.set_data(means(picture, kernel_size, stride, padding))
        output.set_extent((-count / 2, count / 2, count / 2, -count / 2))
        place.set_bounds(column - count / 2, row - count / 2, 1, 1)
        figure.suptitle(in_words(size, kernel_size, stride, padding, number), fontsize=11)

    explorer = Explorer(figure, redraw, {
        "kernel_size": slider("kernel size", 1, LARGEST_KERNEL, kernel_size),
        "stride": slider("stride", 1, LARGEST_STRIDE, stride),
        "padding": slider("padding", 0, LARGEST_PADDING, padding),
        "number": slider("window", 1, span**2, number),
    }, unchanging=surroundings(left, right))

    def fit_window_slider(change=None):
        *sizes, _ = explorer.settings.values()
        explorer.controls["number"].max = output_size(size, *sizes) ** 2

    for name in ("kernel_size", "stride", "padding"):
        explorer.controls[name].observe(fit_window_slider, names="value")
    fit_window_slider()
    return explorer


def means(picture, kernel_size, stride, padding):
    """The mean of every window: (H, W) -> (OH, OW)."""
    weight = np.full((kernel_size, kernel_size, 1, 1), 1 / kernel_size**2)
    x = picture[np.newaxis, :, :, np.newaxis]
    return conv2d_forward(x, weight, np.zeros(1), stride, padding)[0, :, :, 0]


def pixels_in_no_window(size, kernel_size, starts):
    """The (x, y) of every pixel of the picture that no window covers."""
    covered = {start + k for start in starts for k in range(kernel_size)}
    pixels = [(x, y) for y in range(size) for x in range(size)]
    missed = [(x, y) for x, y in pixels if x not in covered or y not in covered]
    return np.reshape(missed, (-1, 2))


def in_words(size, kernel_size, stride, padding, number):
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

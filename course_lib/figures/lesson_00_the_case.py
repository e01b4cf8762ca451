"""Lesson 00: a drawing of case A's network, and an explorer of its training, image by image."""

from collections.abc import Callable, Sequence
from itertools import zip_longest

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from course_lib.cases import Step

from .explorer_base import Explorer, slider
from .fast_redraw import surroundings
from .style import LINE_STYLES, PALETTE, draw_image, new_figure

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
WEIGHTS = {
    "conv weight": "filters",
    "conv bias": "filters' biases",
    "linear weight": "linear weights",
    "linear bias": "linear biases",
}
MARKERS = "osD^"
# On an axis that is linear below 0.01 and logarithmic above, so that 0 has a place.
GRADIENT_TICKS = {0: "0", 0.01: "0.01", 1: "1", 100: "100", 1e4: "10,000"}


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


def sentence(step: Step, class_names: Sequence[str]) -> str:
    """Say in words what a step of one image shows."""
    p = step.probabilities[0]
    best = int(np.argmax(p))
    answer = f"“{class_names[best]}”, {100 * p[best]:.1f} %"
    if np.ptp(p) == 0:
        answer = f"{100 * p[0]:.1f} % for every class"
    size = step.gradients["conv weight"]
    inside = f"{100 * step.active:.2f} % of the ReLUs are active; filters' gradient {size:.1f}"
    if step.active == 0:
        inside = "No ReLU is active"
        if not any(step.gradients.values()):
            inside += ", and every gradient is 0"
    return f"Image {step.number} ({class_names[step.labels[0]]}). Answer: {answer}.\n{inside}."


def step_by_step(
    steps: list[Step], images: np.ndarray, class_names: Sequence[str]
) -> tuple[Figure, Callable[..., None]]:
    """Return (figure, redraw) of a training with one image a step; redraw(image=...) shows one.

    steps: a list of cases.Step, with the images (N, H, W, 3), uint8, that they were trained on.
    """
    figure, panels = new_figure(1, 4, size=(9.6, 3.5), width_ratios=(2, 2, 3, 3))
    picture = draw_image(panels[0], images[0], "the image")
    bars = panels[1].barh(class_names, np.zeros(len(class_names)), edgecolor="black")
    panels[1].set(xlim=(0, 1.05), title="probabilities")
    panels[1].invert_yaxis()
    panels[1].set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    numbers = [step.number for step in steps]
    panels[2].plot(
        numbers, [100 * step.active for step in steps], "o-", markersize=4, label="active ReLUs"
    )
    panels[2].set(title="active ReLUs, in %", xlabel="image", ylim=(-3, 103))
    for name, marker, style in zip(steps[0].gradients, MARKERS, LINE_STYLES, strict=False):
        norms = [step.gradients[name] for step in steps]
        panels[3].plot(numbers, norms, marker + style, markersize=4, label=WEIGHTS[name])
    panels[3].set_yscale("symlog", linthresh=0.01, linscale=0.5)
    panels[3].set_yticks(list(GRADIENT_TICKS), GRADIENT_TICKS.values())
    panels[3].minorticks_off()
    panels[3].set(title="size of the gradients", xlabel="image", ylim=(-0.004, 1e6))
    panels[3].legend(fontsize=8, fancybox=False)
    for axes in panels[2:]:
        axes.set_xticks(numbers[::5], [str(n) for n in numbers[::5]])  # as text: faster to redraw
    panels[2].set_yticks([0, 50, 100], ["0", "50", "100"])
    here = [
        axes.axvline(0, color="black", linestyle=":", label="this image") for axes in panels[2:]
    ]

    def redraw(image: int) -> None:
        step = steps[image]
        picture.set_data(images[image])
        for label, (bar, p) in enumerate(zip(bars, step.probabilities[0], strict=True)):
            right = label == step.labels[0]
            bar.set_width(p)
            bar.set_facecolor(PALETTE["green" if right else "sky"])
            bar.set_hatch("//" if right else "")
            name = panels[1].get_yticklabels()[label]
            name.set_fontweight("bold" if right else "normal")
        for line in here:
            line.set_xdata([image, image])
        figure.suptitle(sentence(step, class_names), fontsize=11)

    redraw(0)
    return figure, redraw


# The explorer


def step_explorer(steps: list[Step], images: np.ndarray, class_names: Sequence[str]) -> Explorer:
    """Return an explorer of a training with one image a step.

    steps: a list of cases.Step, with the images (N, H, W, 3), uint8, that they were trained on.
    """
    figure, redraw = step_by_step(steps, images, class_names)
    picture, answer, *curves = figure.axes
    return Explorer(
        figure,
        redraw,
        {"image": slider("image", 0, len(steps) - 1, 0)},
        unchanging=[*surroundings(picture, *curves), answer.xaxis, answer.title],
    )

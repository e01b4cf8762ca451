"""Lesson 07: a trained network's curves, mistakes and filters, and what became of case A."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_lib.cases import Record
from course_lib.cases.trial import accuracy, active, fate, lives, state
from course_lib.nn.training import History

from .colour_contrast import ink
from .style import (
    CHANNELS,
    COLOURS,
    PALETTE,
    SIGNED,
    draw_image,
    frame,
    label_line,
    label_point,
    new_figure,
)

# Figures of a trained network

GREY = "0.35"
GUESSING: dict[str, Any] = {"color": GREY, "linestyle": ":", "label": "guessing"}
OUTSTANDING = 3  # mistakes with a frame around them


def learning_curves(history: History, title: str | None = None) -> Figure:
    """Return a figure of the loss and the accuracy after each epoch.

    history: as training.fit returns it; it must have been given test images.
    """
    epochs = np.arange(1, len(history.loss) + 1)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.4), title=title)
    name = "training images"
    (line,) = left.plot(epochs, history.loss, "-o", color=COLOURS[name], label=name)
    label_point(left, line, 0)
    left.set(xlabel="epoch", ylabel="loss", ylim=(0, 1.08 * max(history.loss)))
    for shares, name, look in (
        (history.accuracy, "training images", "-o"),
        (history.test_accuracy, "test images", "--s"),
    ):
        percent = 100 * np.array(shares)
        (line,) = right.plot(epochs, percent, look, color=COLOURS[name], label=name)
        label_line(right, line)
    right.axhline(10, **GUESSING)
    right.text(1, 11, "guessing", color=GREY, va="bottom")
    right.set(xlabel="epoch", ylabel="accuracy in percent", ylim=(0, 100))
    for axes in (left, right):
        axes.locator_params(axis="x", integer=True)
    figure.set_label(
        f"After {len(epochs)} epochs, the network gets {100 * history.accuracy[-1]:.1f} % of its "
        f"training images right and {100 * history.test_accuracy[-1]:.1f} % of the test images."
    )
    return figure


def confusion(truth: np.ndarray, guesses: np.ndarray, classes: int = 10) -> np.ndarray:
    """Return the share of each class's images that get each answer: (classes, classes).

    truth and guesses are (N,), class numbers. A row belongs to a true class and adds up to 1; it is
    all 0 where there is no image of the class.
    """
    counts = np.zeros((classes, classes))
    np.add.at(counts, (truth, guesses), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def mistakes(shares: np.ndarray, count: int) -> list[tuple[int, int]]:
    """Return the largest mistakes of a confusion matrix as (true class, answer), largest first."""
    wrong = shares - np.diag(np.diag(shares))
    largest = np.argsort(-wrong, axis=None, kind="stable")[:count]
    places = [divmod(int(place), len(shares)) for place in largest]
    return [place for place in places if wrong[place] > 0]


def confusion_matrix(
    shares: np.ndarray, class_names: Sequence[str], title: str | None = None
) -> Figure:
    """Return a figure of the shares, (K, K), in percent: a row for each true class.

    Where nothing was answered the cell stays empty. The largest mistakes have a frame.
    """
    figure, axes = new_figure(size=(6.8, 5.9), title=title)
    image = draw_image(axes, 100 * shares, cmap="Blues", vmin=0, vmax=100)
    for (row, column), share in np.ndenumerate(shares):
        if round(100 * share):
            colour = ink(image.to_rgba(100 * share))
            axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color=colour)
    largest = mistakes(shares, OUTSTANDING)
    for row, column in largest:
        frame(axes, row, column, 1, 1, inset=0.05).set_label("a large mistake")
    numbers = np.arange(len(class_names))
    axes.set_xticks(numbers, class_names, rotation=40, ha="right", rotation_mode="anchor")
    axes.set_yticks(numbers, class_names)
    axes.set(xlabel="the network's answer, percent of the row", ylabel="true class")
    if largest:
        true, answer = largest[0]
        share, names = f"{100 * shares[true, answer]:.0f} %", class_names
        figure.set_label(
            f"The most frequent mistake (framed, like the next two): {share} of the images of "
            f"class {names[true]} are taken for {names[answer]}."
        )
    return figure


def filters(weights: dict[str, np.ndarray], title: str | None = None) -> Figure:
    """Return a figure with the weights of every filter, a row for each set.

    weights: {name: (KH, KW, 3, filters)}. A filter is three tables, one for each colour of the
    image. A colour of the figure means the same number everywhere: blue above 0, vermilion below.
    """
    count = next(iter(weights.values())).shape[3]
    most = max(float(np.abs(weight).max()) for weight in weights.values()) or 1.0
    size = (1.95 * count + 1.2, 0.58 * len(weights) + 0.5)
    figure, panels = new_figure(len(weights), count, size, title, squeeze=False)
    figure.set_layout_engine("constrained", wspace=0.12, hspace=0, h_pad=0.03, w_pad=0.08)
    for line, (name, weight) in zip(panels, weights.items(), strict=True):
        for number, axes in enumerate(line):
            image = draw_image(
                axes, side_by_side(weight[..., number]), cmap=SIGNED, vmin=-most, vmax=most
            )
            outline_tables(axes, *weight.shape[:2])
        line[0].set_ylabel(name, rotation=0, ha="right", va="center")
    for axes in panels[0]:
        width = weight.shape[1]
        for place, colour in enumerate(CHANNELS):
            middle = place * (width + 1) + (width - 1) / 2
            axes.text(middle, -0.8, colour, ha="center", va="bottom")
    figure.colorbar(image, ax=panels, label="weight", pad=0.04)
    return figure


def side_by_side(weight: np.ndarray) -> np.ndarray:
    """Return the tables of the three colours in a row, with an empty column between them.

    (KH, KW, 3) -> (KH, 3 KW + 2), where nan is empty.
    """
    gap = np.full((len(weight), 1), np.nan)
    red, green, blue = np.moveaxis(weight, 2, 0)
    return np.hstack([red, gap, green, gap, blue])


def outline_tables(axes: Axes, height: int, width: int) -> None:
    """Draw a thin line around each of the tables that stand side by side."""
    axes.spines[:].set_visible(False)
    for place in range(3):
        corner = (place * (width + 1) - 0.5, -0.5)
        axes.add_patch(Rectangle(corner, width, height, fill=False, edgecolor="0.5", clip_on=False))


def captioned(rows: dict[str, list[tuple[np.ndarray, str]]], title: str | None = None) -> Figure:
    """Return a figure of images with a caption above each.

    rows: {name: [(image, caption), ...]}, images uint8 (H, W, 3), as many in each row.
    """
    columns = max(len(row) for row in rows.values())
    lines = max(caption.count("\n") for row in rows.values() for _, caption in row)
    size = (1.2 * columns + 0.6, (1.35 + 0.17 * lines) * len(rows))
    figure, panels = new_figure(len(rows), columns, size, title, squeeze=False)
    for line, (name, row) in zip(panels, rows.items(), strict=True):
        for axes in line[len(row) :]:
            axes.set_axis_off()
        for axes, (image, caption) in zip(line, row, strict=False):
            draw_image(axes, image).set_label(caption)
            axes.set_title(caption, fontsize=10)
        line[0].set_ylabel(name)
    return figure


# The fates of case A

LOOKS = {  # a marker and a colour for each state
    "lives": ("o", "blue"),
    "does not live": ("^", "orange"),
    "dead": ("x", "vermilion"),
}
WIDEST = 50  # percent, where the axis ends if no network is better


def fates(records: dict[str, list[Record]], title: str | None = None) -> Figure:
    """Return a figure with a row for each case: the accuracy of each seed, and what became of it.

    records: {name: [Record, ...]}. Each mark is a training, and its form the network's `state`. The
    seeds stand one below the other, so that none hides another. Right of the panel: the share of
    active ReLUs, and the fate of all seeds together.
    """
    figure, axes = new_figure(size=(9, 0.4 * len(records) + 1.6), title=title)
    marks: dict[str, list] = {name: [] for name in LOOKS}
    for row, runs in enumerate(records.values()):
        for place, record in zip(spread(len(runs)), runs, strict=True):
            marks[state([record])].append((100 * record.accuracy, row + place))
        words = f"{100 * active(runs):.1f} % active, {fate(runs)}"
        words = re.sub(r"(lives?), ", r"\1,\n", words)  # how many died, on a line of its own
        axes.text(1.02, row, words, va="center", transform=axes.get_yaxis_transform())
    for name, places in marks.items():
        marker, colour = LOOKS[name]
        if places:
            axes.scatter(
                *np.transpose(places), marker=marker, color=PALETTE[colour], label=name, s=30
            )
    medians = [100 * accuracy(runs) for runs in records.values()]
    look = {"marker": "|", "color": "black", "s": 500, "linewidth": 1.4, "zorder": 0.9}
    axes.scatter(medians, range(len(records)), label="median of the seeds", **look)
    axes.axvline(10, **{**GUESSING, "label": "_guessing"})
    axes.text(10, -0.62, "guessing", ha="center", va="bottom", color=GREY)
    axes.text(1.02, -0.62, "ReLUs (median of the seeds), fate", va="bottom", color=GREY)
    axes.texts[-1].set_transform(axes.get_yaxis_transform())
    axes.set_yticks(range(len(records)), list(records))
    axes.set_ylim(len(records) - 0.5, -0.5)
    best = max(record.accuracy for runs in records.values() for record in runs)
    axes.set(xlim=(0, max(WIDEST, 100 * best + 3)))
    axes.set_xlabel("test accuracy in percent, one mark a seed")
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    figure.set_label(who_lives(records))
    return figure


def spread(seeds: int) -> np.ndarray:
    """Return where the marks of a row's seeds stand: a little above and below its middle."""
    return np.linspace(-0.25, 0.25, seeds) if seeds > 1 else np.zeros(1)


def who_lives(records: dict[str, list[Record]]) -> str:
    """Return a sentence: which of the cases live, and which is the most accurate."""
    count, best = len(records), max(records, key=lambda name: accuracy(records[name]))
    living = [name for name, runs in records.items() if lives(runs)]
    others = [name for name in records if name not in living]
    if len(living) == 1:
        who = f"Only one of {count} networks stays alive, “{living[0]}”"
    elif len(others) == 1:
        who = f"All of the {count} networks stay alive but one, “{others[0]}”"
    else:
        who = f"{len(living) or 'None'} of the {count} networks stay{'' if living else 's'} alive"
    share = f"a median accuracy of {100 * accuracy(records[best]):.1f} %"
    if living == [best]:
        return f"{who}, and none of the others is as accurate: it has {share}."
    return f"{who}; the most accurate, “{best}”, has {share}."

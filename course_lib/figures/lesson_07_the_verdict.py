"""Lesson 07: a trained network's curves, mistakes and filters, and what became of case A."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from course_lib.cases import Record
from course_lib.cases.trial import active, fate, state
from course_lib.nn.training import History

from .colour_contrast import ink
from .style import PALETTE, draw_image, image_grid, new_figure

# Figures

FILTER_PIXEL = 12  # a weight is drawn as a square of that many pixels


def learning_curves(history: History, title: str | None = None) -> Figure:
    """Return a figure of the loss and the accuracy after each epoch.

    history: as training.fit returns it; it must have been given test images.
    """
    epochs = np.arange(1, len(history.loss) + 1)
    figure, (left, right) = new_figure(1, 2, size=(9, 3.4), title=title)
    left.plot(epochs, history.loss, "-o", label="training images")
    left.set(xlabel="epoch", ylabel="loss", ylim=(0, None))
    for shares, name, look in (
        (history.accuracy, "training images", "-o"),
        (history.test_accuracy, "test images", "--s"),
    ):
        right.plot(epochs, 100 * np.array(shares), look, label=name)
    right.axhline(10, color="0.4", linestyle=":", label="guessing")
    right.set(xlabel="epoch", ylabel="accuracy in percent", ylim=(0, 100))
    for axes in (left, right):
        axes.legend()
    return figure


def confusion(truth: np.ndarray, guesses: np.ndarray, classes: int = 10) -> np.ndarray:
    """Return the share of each class's images that get each answer: (classes, classes).

    truth and guesses are (N,), class numbers. A row belongs to a true class and adds up to 1; it is
    all 0 where there is no image of the class.
    """
    counts = np.zeros((classes, classes))
    np.add.at(counts, (truth, guesses), 1)
    return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


def confusion_matrix(
    shares: np.ndarray, class_names: Sequence[str], title: str | None = None
) -> Figure:
    """Return a figure of the shares, (K, K), in percent: a row for each true class.

    Where nothing was answered the cell stays empty.
    """
    figure, axes = new_figure(size=(7, 5.6), title=title)
    image = draw_image(axes, 100 * shares, cmap="Blues", vmin=0, vmax=100)
    for (row, column), share in np.ndenumerate(shares):
        if round(100 * share):
            colour = ink(image.to_rgba(100 * share))
            axes.text(column, row, f"{100 * share:.0f}", ha="center", va="center", color=colour)
    numbers = np.arange(len(class_names))
    axes.set_xticks(numbers, class_names, rotation=40, ha="right")
    axes.set_yticks(numbers, class_names)
    axes.set(xlabel="the network's answer", ylabel="true class")
    return figure


def filters(weights: dict[str, np.ndarray], title: str | None = None) -> Figure:
    """Return a figure with every filter as a small picture in colour, a row for each set.

    weights: {name: (KH, KW, 3, filters)}. In each picture black is the filter's smallest weight and
    white its largest: pictures compare patterns, and not sizes.
    """
    rows = [
        [as_picture(weight[..., number]) for number in range(weight.shape[3])]
        for weight in weights.values()
    ]
    return image_grid(np.array(rows), list(weights), title)


def as_picture(weight: np.ndarray) -> np.ndarray:
    """Return a filter (KH, KW, 3) as an image, uint8, each weight a square of pixels."""
    low, spread = weight.min(), np.ptp(weight)
    shades = (255 * (weight - low) / (spread if spread > 0 else 1)).round().astype(np.uint8)
    return shades.repeat(FILTER_PIXEL, axis=0).repeat(FILTER_PIXEL, axis=1)


def captioned(rows: dict[str, list[tuple[np.ndarray, str]]], title: str | None = None) -> Figure:
    """Return a figure of images with a caption above each.

    rows: {name: [(image, caption), ...]}, images uint8 (H, W, 3), as many in each row.
    """
    columns = max(len(row) for row in rows.values())
    size = (1.35 * columns + 0.6, 1.75 * len(rows))
    figure, panels = new_figure(len(rows), columns, size, title, squeeze=False)
    for line, (name, row) in zip(panels, rows.items(), strict=True):
        for axes in line[len(row) :]:
            axes.set_axis_off()
        for axes, (image, caption) in zip(line, row, strict=False):
            draw_image(axes, image).set_label(caption)
            axes.set_title(caption, fontsize=9)
        line[0].set_ylabel(name)
    return figure


# The fates of case A

LOOKS = {  # a marker and a colour for each state
    "lives": ("o", "blue"),
    "does not live": ("^", "orange"),
    "dead": ("x", "vermilion"),
}


def fates(records: dict[str, list[Record]], title: str | None = None) -> Figure:
    """Return a figure with a row for each case: the accuracy of each seed, and what became of it.

    records: {name: [Record, ...]}. Each mark is a training, and its form the network's `state`.
    Right of the panel: the share of active ReLUs, and the fate of all seeds together.
    """
    figure, axes = new_figure(size=(9.2, 0.36 * len(records) + 1.4), title=title)
    marks: dict[str, list] = {name: [] for name in LOOKS}
    for row, runs in enumerate(records.values()):
        for record in runs:
            marks[state([record])].append((100 * record.accuracy, row))
        words = f"{100 * active(runs):.1f} % active, {fate(runs)}"
        axes.text(1.02, row, words, va="center", transform=axes.get_yaxis_transform())
    for name, places in marks.items():
        marker, colour = LOOKS[name]
        if places:
            axes.scatter(
                *np.transpose(places), marker=marker, color=PALETTE[colour], label=name, s=42
            )
    axes.axvline(10, color="0.4", linestyle=":", label="guessing")
    axes.set_yticks(range(len(records)), list(records))
    axes.set_ylim(len(records) - 0.5, -0.5)
    axes.set(xlim=(0, 75), xlabel="test accuracy in percent, one mark a seed")
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return figure

"""Lesson 00: a drawing of case A's network. The explorer of its training is lesson_00_death.py."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib.cases import CaseA
from course_lib.datasets import Dataset
from course_lib.nn.losses import softmax

from .style import SIGNED, draw_image, new_figure, signed_shades

# Case A's layout, before any training, with pixels and first weights that are easy to look at: as
# posted, its feature maps would be all full or all empty.
DRAWN = CaseA(pixels="normalised", filters="he", weights="normal 0.01")
FIRST_WEIGHTS = 0  # the seed that draws them

# The arrays, and what leads from each to the next. In pixels of the screen: how wide and how high
# an array is drawn, and how long the arrows are.
STAGES = [
    ("image", 92, 92),
    ("feature maps", 118, 118),
    ("none below 0", 118, 118),
    ("half as wide", 60, 60),
    ("one row", 14, 200),
    ("sums", 36, 200),
    ("probabilities", 40, 200),
]
OPERATIONS = [
    ("convolution\n16 filters\n3×3", 79),
    ("ReLU", 43),
    ("max-\npooling\n2×2", 56),
    ("reshape", 54),
    ("linear", 44),
    ("softmax", 55),
]
WIDTH, HEIGHT = 900, 256
LEFT, MIDDLE = 10, 108  # where the image begins; how far from the top the arrows lie
KEY, KEY_AT = "blue: above 0 · white: 0 · red: below 0", (327, 218)


def passage(dataset: Dataset, image: int = 0) -> list[np.ndarray]:
    """Return an image on its way through the network, before any training: seven arrays.

    The image (32, 32, 3), uint8; after the convolution (30, 30, 16), after ReLU (30, 30, 16), after
    max-pooling (15, 15, 16), in one row (3600,); the sums (10,) and the probabilities (10,).
    """
    x = DRAWN.orient(dataset.train_images[image : image + 1])
    normalize, *layers = DRAWN.build(FIRST_WEIGHTS, dataset).layers
    arrays, x = [x[0]], normalize.forward(x)
    for layer in layers:
        x = layer.forward(x)
        arrays.append(x[0].copy())
    return [*arrays, softmax(x)[0]]


def architecture(dataset: Dataset, image: int = 0) -> Figure:
    """Return a figure of case A's network: an image, and what each layer makes of it."""
    arrays = passage(dataset, image)
    figure, axes = new_figure(size=(WIDTH / 100, HEIGHT / 100))
    figure.set_layout_engine("none")  # everything has its place, in pixels
    axes.set_position((0, 0, 1, 1))
    axes.set_axis_off()
    x: float = LEFT
    for (name, width, height), array, operation, (picture, shades) in zip_longest(
        STAGES, arrays, OPERATIONS, as_pictures(arrays)
    ):
        shape = "×".join(map(str, array.shape))
        extent = (x, x + width, MIDDLE + height / 2, MIDDLE - height / 2)
        draw_image(axes, picture, extent=extent, label=f"{name}, {shape}", **shades)
        below = (x + width / 2, MIDDLE + height / 2 + 5)
        axes.text(*below, f"{shape}\n{name}", ha="center", va="top", fontsize=9)
        if name == "sums":
            write_rows(axes, x + width / 2, [signed(number) for number in array])
        if name == "probabilities":
            label = int(dataset.train_labels[image])
            texts = [f"{100 * share:.0f} %" for share in array]
            write_rows(axes, x + width / 2, texts, label)
            write_rows(axes, x + width + 5, dataset.class_names, label, ha="left")
        x += width
        if operation:
            draw_arrow(axes, x, *operation)
            x += operation[1]
    axes.text(*KEY_AT, KEY, ha="center", va="top", fontsize=9)
    axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0))
    figure.set_label(sentence(arrays, dataset.class_names[dataset.train_labels[image]]))
    return figure


def as_pictures(arrays: Sequence[np.ndarray]) -> list[tuple[np.ndarray, dict[str, Any]]]:
    """Return how each array of `passage` is drawn: its numbers in two dimensions, and the colours.

    From the feature maps to the row, a colour means the same number.
    """
    image, maps, active, pooled, row, sums, probabilities = arrays
    most = float(np.quantile(np.abs(maps), 0.99))  # beyond it a colour is full
    same = {"cmap": SIGNED.with_extremes(bad="0.6"), "vmin": -most, "vmax": most}
    return [
        (image, {}),
        *((side_by_side(each), same) for each in (maps, active, pooled)),
        (np.pad(row.reshape(-1, 16), 1, constant_values=np.nan), same),
        (sums.reshape(-1, 1), signed_shades(sums)),
        (
            probabilities.reshape(-1, 1),
            {"cmap": "Greys", "vmin": 0, "vmax": 3 * probabilities.max()},
        ),
    ]


def side_by_side(maps: np.ndarray, across: int = 4) -> np.ndarray:
    """Return the maps (H, W, 16) as one picture, in rows of `across`; nan around each of them."""
    height, width, count = maps.shape
    tall, wide = height + 1, width + 1
    picture = np.full((count // across * tall + 1, across * wide + 1), np.nan)
    for number in range(count):
        row, column = divmod(number, across)
        top, left = row * tall + 1, column * wide + 1
        picture[top : top + height, left : left + width] = maps[:, :, number]
    return picture


def draw_arrow(axes: Axes, start: float, operation: str, length: float) -> None:
    """Draw an arrow to the right, with the name of the operation above it."""
    look = {"arrowstyle": "->", "linewidth": 1.4}
    axes.annotate("", (start + length - 3, MIDDLE), (start + 3, MIDDLE), arrowprops=look)
    axes.text(start + length / 2, MIDDLE - 5, operation, ha="center", va="bottom", fontsize=9)


def write_rows(
    axes: Axes, x: float, texts: Sequence[str], bold: int | None = None, ha: str = "center"
) -> None:
    """Write a text for each class, from the top down; one of them in bold."""
    height = STAGES[-1][2]
    for number, text in enumerate(texts):
        y = MIDDLE + height * ((number + 0.5) / len(texts) - 0.5)
        weight = "bold" if number == bold else "normal"
        axes.text(x, y, text, ha=ha, va="center", fontsize=9, fontweight=weight)


def signed(number: float) -> str:
    """Return a number with one digit after the point, and a minus sign."""
    return f"{number:.1f}".replace("-", "−")


def sentence(arrays: Sequence[np.ndarray], name: str) -> str:
    """Say what happens to the numbers of an image. name: of its class."""
    image, maps, active, *_, probabilities = arrays
    emptied = 100 * np.mean(active == 0)
    return (
        f"An image ({name}) of {image.size:,} numbers becomes {probabilities.size} probabilities: "
        f"ReLU sets {emptied:.0f} % of the {maps.size:,} numbers in the feature maps to 0, and "
        "max-pooling keeps the largest of every four."
    )

"""Lesson 06: the size of each layer's gradient, from layer to layer and over a training run."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from course_lib.diagnostics import Recorder

from .style import COLOURS, LINE_STYLES, PALETTE, label_line, label_point, new_figure, ramp

MARKERS = ["o", "s", "^", "D"]
EXACTLY_0 = ": exactly 0"

# Lines in the order of layers: (colour, line style, marker), then where the name stands: the number
# of a point, and the way from it in points of 1/72 inch. (None: a ▼ has the name.)
Look = tuple[str, str, str, int | None, tuple[float, float]]
PATIENTS: dict[str, Look] = {
    "small weights": (PALETTE["blue"], "-", "o", 2, (10, -6)),
    "bias 10": (PALETTE["purple"], "--", "s", 0, (13, -2)),
    "bias −10": (PALETTE["vermilion"], "-.", "^", None, (0, 0)),
    "in good health": ("0.35", ":", "D", 1, (0, 8)),
}
LOSSES: dict[str, Look] = {
    "cross-entropy": (COLOURS["cross-entropy"], "-", "s", 4, (9, 7)),
    "as posted": (COLOURS["squared error"], "--", "o", 4, (9, -3)),
    "right Jacobian": (COLOURS["squared error"], "-.", "^", 4, (9, 0)),
}


def sizes(
    axes: Axes,
    x: ArrayLike,
    values: ArrayLike,
    label: str,
    look: tuple[str, str, str],
    floor: float,
) -> Line2D:
    """Draw sizes as a line on a logarithmic axis, and mark with ▼ at its lower edge what is 0.

    x, values: (points,). look: (colour, line style, marker). floor: the lower edge. Returns the
    line.
    """
    colour, style, marker = look
    values = np.asarray(values, float)
    positive, zero = values > 0, values == 0
    (line,) = axes.plot(
        x,
        np.where(positive, values, np.nan),
        linestyle=style,
        marker=marker,
        markersize=5,
        color=colour,
        label=label if positive.any() else f"_{label}",
    )
    if zero.any():
        before = sum(str(line.get_label()).endswith(EXACTLY_0) for line in axes.lines)
        axes.plot(
            np.asarray(x)[zero],
            np.full(zero.sum(), floor),
            "v",
            markersize=max(10 - 4 * before, 4),  # smaller ones over larger ones: all are seen
            color=colour,
            clip_on=False,
            label=f"{label}{EXACTLY_0}",
        )
    axes.set_yscale("log")
    axes.set_ylim(bottom=floor)
    return line


def say_zero(axes: Axes) -> None:
    """Write above the marks of `sizes` at the lower edge, if there are any, what they mean."""
    marks = [line for line in axes.lines if str(line.get_label()).endswith(EXACTLY_0)]
    where: dict[str, Any] = {"xytext": (0, 8), "ha": "left"}
    if len(marks) == 1:
        label_point(axes, marks[0], 0, f"▼ {marks[0].get_label()}", **where)
    elif marks:
        label_point(axes, marks[0], 0, "▼ exactly 0", color="black", **where)


# Untrained networks


def by_depth(
    depths: np.ndarray, gradients: Mapping[str, ArrayLike], formulas: Mapping[str, ArrayLike]
) -> Figure:
    """Return a figure of the gradient at the front of chains, by their number of layers.

    depths: (points,). gradients: {name: (points,)}, drawn as marks. formulas: the same, drawn as
    black lines.
    """
    figure, axes = new_figure(size=(7.6, 3.6))
    shades = ramp(len(gradients))
    everything = np.concatenate([*gradients.values(), *formulas.values()])
    for number, (name, values) in enumerate(gradients.items()):
        look = (COLOURS.get(name, shades[number]), "none", MARKERS[number])
        label_line(axes, sizes(axes, depths, values, name, look, everything.min() / 4))
    for name, values in formulas.items():
        (line,) = axes.plot(
            depths, values, color=COLOURS["formula"], linewidth=0.9, zorder=1, label=f"_{name}"
        )
        rise = np.sign(np.log(np.ravel(values)[-1]).round(6))
        label_point(axes, line, len(depths) * 3 // 5, name, xytext=(-6 * rise, 7))
    axes.set(xlabel="layers in the chain", ylabel="gradient at the front", xlim=(0, None))
    axes.set_ylim(top=4 * everything.max())
    return figure


def outputs_and_slopes(
    z: np.ndarray, curves: Mapping[str, tuple[np.ndarray, np.ndarray, str]]
) -> Figure:
    """Return a figure of the activations: their outputs, and their slopes.

    z: (points,). curves: {name: (output, slope, line style)}, the first two (points,). Where a
    slope jumps, the line ends with a filled dot, and a new one begins with an open dot.
    """
    figure, (left, right) = new_figure(1, 2, size=(9, 3.4))
    for name, (output, slope, style) in curves.items():
        (line,) = left.plot(z, output, style, color=COLOURS[name], label=name)
        place, way = {"tanh": (-4, (0, 7)), "sigmoid": (-2, (-4, 6))}.get(name, (2, (-8, -3)))
        label_point(left, line, np.abs(z - place).argmin(), xytext=way)
        slopes(right, z, slope, style, name)
    right.axhline(0.25, color=COLOURS["formula"], linestyle=":", linewidth=1, label="1/4")
    right.annotate(
        "1/4", (z[0], 0.25), xytext=(0, 4), textcoords="offset points", fontsize=10, va="bottom"
    )
    left.set(title="output", xlabel="z", ylim=(-1.15, 2.3))
    right.set(title="slope", xlabel="z", ylim=(-0.07, 1.15))
    return figure


def slopes(axes: Axes, z: np.ndarray, slope: np.ndarray, style: str, name: str) -> None:
    """Draw a slope, in two pieces if it jumps, with its name."""
    colour = COLOURS[name]
    jumps = np.flatnonzero(np.abs(np.diff(slope)) > 0.5)
    if len(jumps) == 0:
        (line,) = axes.plot(z, slope, style, color=colour, label=name)
        place, way = (1, (7, 2)) if name == "tanh" else (2, (5, 5))
        label_point(axes, line, np.abs(z - place).argmin(), xytext=way)
        return
    last = jumps[0]  # of the left piece; the right one begins at the same z
    x, y = np.append(z[last], z[last + 1 :]), np.append(slope[last + 1], slope[last + 1 :])
    axes.plot(z[: last + 1], slope[: last + 1], style, color=colour, label=f"_{name}, left")
    (line,) = axes.plot(x, y, style, color=colour, label=f"{name}, right")
    axes.plot(z[last], slope[last], "o", color=colour, label=f"{name} at {z[last]:g}")
    axes.plot(x[0], y[0], "o", color=colour, markerfacecolor="white", label="_not its value")
    label_point(axes, line, len(x) // 2, name, xytext=(0, 6))


def there_and_back(
    spreads: Mapping[str, ArrayLike],
    gradients: Mapping[str, ArrayLike],
    factors: Mapping[str, float],
) -> Figure:
    """Return a figure of a deep network's sizes by layer, forward and backward, as predicted.

    spreads, gradients: {first weights: (layers,)}, measured. factors: of each, by which a layer
    multiplies the size; in the order of σ. The prediction starts from the first layer forward, and
    from the last one backward.
    """
    figure, panels = new_figure(1, 2, size=(9, 4), sharey=True)
    for axes, measured, start in zip(panels, (spreads, gradients), (0, -1), strict=True):
        for number, (name, factor) in enumerate(factors.items()):
            values = np.asarray(measured[name])
            layers = np.arange(1, len(values) + 1)
            away = np.abs(layers - layers[start])
            look = (ramp(len(factors))[number], "none", MARKERS[number])
            marks = sizes(axes, layers, values, name, look, 1e-28)
            axes.plot(layers, values[start] * factor**away, color=COLOURS["formula"], linewidth=0.8)
            axes.lines[-1].set(zorder=1, label=f"_{name}, predicted")
            if start == 0:
                label_line(axes, marks)
            else:
                up = factor > 0.9  # where there is room for its name
                label_point(axes, marks, len(values) // 3, xytext=(3, 8 if up else -8))
        axes.set(xlabel="layer", xticks=[1, 5, 10, 15, 19])
    panels[0].set(title="forward: spread of the outputs", ylim=(1e-28, 1e18))
    panels[1].set(title="backward: gradient that arrives")
    panels[0].text(1, 1e-26, "marks: measured\nlines: predicted")
    return figure


def by_layer(
    gradients: Mapping[str, ArrayLike],
    looks: Mapping[str, Look],
    places: Sequence[str] | None = None,
    floor: float = 1e-11,
) -> Figure:
    """Return a figure of the gradient that arrives at each layer, the first one on the left.

    gradients: {name: (layers,)}. looks: of these names. places: what the layers are called, if
    not by their numbers. floor: the lower edge, where a ▼ marks what is exactly 0.
    """
    figure, axes = new_figure(size=(7.6, 3.6))
    for name, values in gradients.items():
        colour, style, marker, point, way = looks[name]
        numbers = np.arange(1, len(np.ravel(values)) + 1)
        line = sizes(axes, numbers, values, name, (colour, style, marker), floor)
        if point is not None:
            label_point(axes, line, point, name, xytext=way)
    say_zero(axes)
    axes.set_ylim(top=2 * max(np.max(values) for values in gradients.values()))
    axes.set_xticks(numbers, places or [str(number) for number in numbers])
    axes.set(xlabel="layer", ylabel="RMS of the gradient that arrives")
    return figure


# In training


def gradient_table(recorder: Recorder) -> np.ndarray:
    """The RMS gradients that a diagnostics.Recorder kept of each layer's weight.

    (layers, records), the first layer in the first row.
    """
    rows = recorder.gradient_rms.items()
    return np.array([values for name, values in rows if name.endswith(" weight")])


def over_training(recorders: Mapping[str, Recorder], low: float, high: float) -> Figure:
    """Return a figure of the gradients over the training, with a line for each layer.

    recorders: each a diagnostics.Recorder, by its title. low, high: the ends of the scale. The
    darker a line, the nearer its layer to the loss. Their names stand where the lines lie furthest
    apart.
    """
    count = len(recorders)
    figure, panels = new_figure(1, count, (2.9 * count + 0.3, 3.6), sharey=True, squeeze=False)
    tables = {title: gradient_table(recorder) for title, recorder in recorders.items()}
    apart = max(tables, key=lambda title: np.ptp(np.log10(tables[title][:, -1] + low)))
    for axes, (title, recorder) in zip(panels[0], recorders.items(), strict=True):
        lines = layer_lines(axes, recorder.steps, tables[title], low)
        axes.set(title=title, xlabel="step", ylim=(low, high))
        for line in lines if title == apart else []:
            label_line(axes, line, fontsize=9)
    panels[0, 0].set_ylabel("RMS of the weights' gradient")
    return figure


def layer_lines(axes: Axes, steps: Sequence[int], table: np.ndarray, low: float) -> list[Line2D]:
    """Draw a row of the table for each layer, darker from layer to layer. Returns the lines."""
    lines = []
    for number, (row, colour) in enumerate(zip(table, ramp(len(table)), strict=True)):
        look = (colour, LINE_STYLES[number % len(LINE_STYLES)], "")
        lines.append(sizes(axes, steps, row, f"layer {number + 1}", look, low))
    say_zero(axes)
    return lines


def both_layers(watched: Mapping[str, np.ndarray], low: float, high: float) -> Figure:
    """Return a figure of case A's gradients, image by image, with a panel for each variant.

    watched: {title: (rows, images)}, of which the first two rows are the RMS gradients of the
    filters and of the fully connected layer. low, high: the ends of the scale.
    """
    figure, panels = new_figure(1, len(watched), size=(9, 3.5), sharey=True)
    for axes, (title, (filters, connected, *_)) in zip(panels, watched.items(), strict=True):
        images = np.arange(len(filters))
        for values, name, style, marker in (
            (filters, "filters", "-", "o"),
            (connected, "fully connected", "--", "s"),
        ):
            line = sizes(axes, images, values, name, (COLOURS[name], style, marker), low)
            if axes is panels[-1]:
                label_point(axes, line, len(images) // 2, xytext=(0, 9 if style == "-" else -12))
        say_zero(axes)
        axes.set(title=title, xlabel="image", xticks=images[::5], ylim=(low, high))
    panels[0].set_ylabel("RMS of the weights' gradient")
    zeros = [f"{np.sum(~rows[:2].any(axis=0))} ({title})" for title, rows in watched.items()]
    figure.set_label(
        f"In both layers, the gradient is exactly 0 at {', '.join(zeros)} of {len(images)} images."
    )
    return figure

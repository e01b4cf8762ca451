"""Lesson 06: the size of each layer's gradient, from layer to layer and over a training run."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import ArrayLike

from course_lib.diagnostics import Recorder

from .style import PALETTE, new_figure

SHADES = "cividis"  # of the heat map: told apart by colour-blind readers, and by lightness alone
ZERO = "0.75"  # grey, which is none of these shades
EXACTLY_0 = ": exactly 0"


def sizes(
    axes: Axes,
    x: ArrayLike,
    values: ArrayLike,
    label: str,
    look: tuple[str, str, str],
    floor: float,
) -> Line2D:
    """Draw sizes as a line on a logarithmic axis, and mark with ▼ at its lower edge what is 0.

    x, values: (points,). look: (colour of the palette, line style, marker). floor: the lower edge.
    Returns the line.
    """
    colour, style, marker = look
    values = np.asarray(values, float)
    positive, zero = values > 0, values == 0
    (line,) = axes.plot(
        x,
        np.where(positive, values, np.nan),
        style,
        marker=marker,
        markersize=5,
        color=PALETTE[colour],
        label=label if positive.any() else f"_{label}",
    )
    if zero.any():
        before = sum(str(line.get_label()).endswith(EXACTLY_0) for line in axes.lines)
        axes.plot(
            np.asarray(x)[zero],
            np.full(zero.sum(), floor),
            "v",
            markersize=max(10 - 4 * before, 4),  # smaller ones over larger ones: all are seen
            color=PALETTE[colour],
            clip_on=False,
            label=f"{label}{EXACTLY_0}",
        )
    axes.set_yscale("log")
    axes.set_ylim(bottom=floor)
    return line


def gradient_table(recorder: Recorder) -> np.ndarray:
    """The RMS gradients that a diagnostics.Recorder kept of each layer's weight.

    (layers, records), the first layer in the first row.
    """
    rows = recorder.gradient_rms.items()
    return np.array([values for name, values in rows if name.endswith(" weight")])


def over_training(recorders: dict[str, Recorder], low: float, high: float) -> Figure:
    """Return a figure of the gradients over the training, as curves and below them as heat maps.

    recorders: each a diagnostics.Recorder, by its title. low, high: the ends of the scale.
    """
    figure, panels = new_figure(
        2, len(recorders), size=(3 * len(recorders) + 0.6, 5.2), sharex="col", squeeze=False
    )
    for column, (title, recorder) in zip(panels.T, recorders.items(), strict=True):
        table = gradient_table(recorder)
        curves(column[0], recorder.steps, table, low, high)
        cells = heat_map(column[1], recorder.steps, table, low, high)
        column[0].set_title(title, fontsize=10)
        column[1].set_xlabel("step")
    panels[0, 0].set_ylabel("RMS of the gradient")
    panels[1, 0].set_ylabel("layer")
    panels[0, 0].legend(fontsize=8)
    bar = figure.colorbar(cells, ax=panels[1], label="RMS of the gradient")
    exponents: Any = np.arange(np.ceil(np.log10(low)), np.log10(high) + 1e-9)
    bar.set_ticks(exponents, labels=[f"$10^{{{exponent:.0f}}}$" for exponent in exponents])
    return figure


def curves(axes: Axes, steps: Sequence[int], table: np.ndarray, low: float, high: float) -> None:
    """Draw a curve for each layer: the first and the last stand out from those between them."""
    for row in table[1:-1]:
        axes.plot(steps, row, color="0.5", linewidth=0.8, label="those between")
    for line in axes.lines[1:]:
        line.set_label("_between")  # one of them is enough in the legend
    axes.plot(steps, table[-1], "--", color=PALETTE["orange"], label="last layer")
    axes.plot(steps, table[0], "-", color=PALETTE["blue"], label="first layer")
    axes.set(yscale="log", ylim=(low, high))


def heat_map(
    axes: Axes, steps: Sequence[int], table: np.ndarray, low: float, high: float
) -> QuadMesh:
    """Draw a row of cells for each layer, the first at the bottom: the lighter, the larger.

    A cell reaches from its step to the next. What is exactly 0, or not finite, is grey and crossed.
    Returns matplotlib's mesh, whose numbers are powers of ten.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        exponents = np.ma.masked_invalid(np.log10(table))
    ends = [*steps, steps[-1] + (steps[1] - steps[0] if len(steps) > 1 else 1)]
    rows = np.arange(len(table) + 1) + 0.5
    axes.set_facecolor(ZERO)
    axes.grid(False)
    cells = axes.pcolormesh(
        ends,
        rows,
        exponents,
        cmap=SHADES,
        vmin=np.log10(low),
        vmax=np.log10(high),
        label="powers of ten, row by row",
    )
    nothing = np.ma.getmaskarray(exponents)
    if nothing.any():
        middles = (np.array(ends[:-1]) + np.array(ends[1:])) / 2
        layer, record = np.nonzero(nothing)
        axes.plot(
            middles[record],
            layer + 1,
            "x",
            color="black",
            markersize=4,
            label="exactly 0, or not finite",
        )
    axes.set_yticks(np.arange(1, len(table) + 1))
    return cells

"""Pictures of noise: bands over many tries, and the directions of many sampled gradients."""

import numpy as np
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from course_lib import plots


def band(axes, x, tries, label, colour, style="-", marker="o", edges=(0, 100)):
    """Draw the median of many tries as a line, in a band around it.

    x is (points,), tries (tries, points). edges: the percentiles at the edges of the band; by
    default the smallest and the largest. Returns the line of the medians.
    """
    low, middle, high = np.percentile(tries, [edges[0], 50, edges[1]], axis=0)
    colour = plots.PALETTE[colour]
    for edge, name in ((low, "lower edge"), (high, "upper edge")):
        line, = axes.plot(x, edge, style, color=colour, linewidth=0.7)
        line.set_label(f"_{label}, {name}")
    axes.fill([*x, *x[::-1]], [*low, *high[::-1]], color=colour, alpha=0.15, linewidth=0)
    line, = axes.plot(x, middle, style, marker=marker, color=colour, label=label, markersize=5)
    return line


def log_axis(axes, label, ticks=None):
    """Make the x axis logarithmic, with plain numbers at its ticks: by default 1, 2, 5, 10 ..."""
    axes.set(xscale="log", xlabel=label)
    locator = LogLocator(subs=(1, 2, 5)) if ticks is None else FixedLocator(ticks)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")


def fan(axes, count):
    """Prepare a panel for `count` arrows from one point, and the true direction to the right.

    Returns matplotlib's Quiver; its `set_UVC(x, y)` turns the arrows. Lengths up to 1.
    """
    axes.axvline(0, color="0.4", linestyle=":", linewidth=1.2)
    look = {"angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 3}
    zeros = np.zeros(count)
    arrows = axes.quiver(
        zeros, zeros, zeros + 1, zeros, color=plots.PALETTE["blue"], alpha=0.8, width=0.006,
        label="mini-batches", **look,
    )
    axes.quiver([0], [0], [1.25], [0], color=plots.PALETTE["vermilion"], width=0.014,
                label="all images", **look)
    axes.set(xlim=(-1.15, 1.35), ylim=(-1.15, 1.15), aspect="equal")
    axes.set(xlabel="in the direction of the full gradient", ylabel="sideways", yticks=[])
    axes.set_xticks([-1, 0, 1], ["against it", "right angle", "with it"])
    return arrows


def paths(axes, count, largest):
    """Prepare a panel for `count` paths beside the straight one of the full gradient.

    largest: how far sideways the panel reaches. Returns matplotlib's lines, to be given data.
    """
    axes.plot([0, 1], [0, 0], color=plots.PALETTE["vermilion"], linewidth=5, alpha=0.7,
              solid_capstyle="butt", label="all images", clip_on=False)
    lines = []
    for number in range(count):
        line, = axes.plot([], [], "-o", color=plots.PALETTE["blue"], markersize=2.5,
                          linewidth=0.9, alpha=0.8)
        line.set_label("mini-batches" if number == 0 else f"_path {number + 1}")
        lines.append(line)
    axes.set(xlim=(-0.2, 1.6), ylim=(0, largest))
    axes.set(xlabel="in the direction of the full gradient", ylabel="distance sideways")
    return lines

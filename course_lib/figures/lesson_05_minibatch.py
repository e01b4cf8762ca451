"""Lesson 05: estimates and their errors, and an explorer of mini-batch gradients' directions."""

from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from matplotlib.quiver import Quiver
from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

from course_lib import diagnostics

from .colour_contrast import readable
from .explorer_base import LOOK, Explorer
from .fast_redraw import surroundings
from .style import COLOURS, PALETTE, label_line, label_point, new_figure, ramp

# Figures. What is true, or follows from a formula, is black; a batch size has its shade of blue.

LARGEST = 256  # batch size with a colour of its own


def size_colour(batch_size: int) -> str:
    """Return the colour of a batch size, one of 1, 2, 4 ... LARGEST: the larger, the darker."""
    return ramp(LARGEST.bit_length())[batch_size.bit_length() - 1]


def band(
    axes: Axes,
    x: Sequence[float] | np.ndarray,
    tries: np.ndarray,
    label: str,
    colour: str,
    style: str = "-",
    marker: str = "o",
    edges: tuple[float, float] = (0, 100),
) -> Line2D:
    """Draw the median of many tries as a line, in a band around it.

    x is (points,), tries (tries, points). edges: the percentiles at the edges of the band; by
    default the smallest and the largest. colour: a name in the PALETTE, or any of Matplotlib's.
    Returns the line of the medians.
    """
    low, middle, high = np.percentile(tries, [edges[0], 50, edges[1]], axis=0)
    colour = PALETTE.get(colour, colour)
    for edge, name in ((low, "lower edge"), (high, "upper edge")):
        (line,) = axes.plot(x, edge, style, color=colour, linewidth=0.7)
        line.set_label(f"_{label}, {name}")
    axes.fill([*x, *x[::-1]], [*low, *high[::-1]], color=colour, alpha=0.15, linewidth=0)
    (line,) = axes.plot(x, middle, style, marker=marker, color=colour, label=label, markersize=5)
    return line


def log_axis(axes: Axes, label: str, ticks: Sequence[float] | np.ndarray | None = None) -> None:
    """Make the x axis logarithmic, with plain numbers at its ticks: by default 1, 2, 5, 10 ..."""
    axes.set(xscale="log", xlabel=label)
    locator = LogLocator(subs=(1, 2, 5)) if ticks is None else FixedLocator(ticks)  # type: ignore[arg-type]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter("{x:g}")


def estimate_histograms(estimates: dict[int, np.ndarray], truth: float) -> Figure:
    """Return a figure of estimates of a mean: by the number of samples, a histogram (tries,).

    truth: the mean that they estimate, in percent, as they are.
    """
    figure, panels = new_figure(
        len(estimates), 1, size=(8, 0.9 * len(estimates) + 0.5), sharex=True
    )
    widest = np.concatenate([*estimates.values()])
    bins = np.linspace(widest.min(), widest.max(), 61)
    off = {size: float(np.std(found - truth)) for size, found in estimates.items()}
    for axes, (size, found) in zip(panels, estimates.items(), strict=True):
        axes.hist(found, bins, color=size_colour(size))
        mean = axes.axvline(truth, color="black", linestyle="--", linewidth=1, label="_mean of all")
        mean.set_path_effects([Stroke(linewidth=2.5, foreground="white"), Normal()])
        axes.set(yticks=[], ylim=(0, 1.2 * axes.get_ylim()[1]))
        axes.set_ylabel(f"{size} image" + "s" * (size > 1), rotation=0, ha="right", va="center")
        words = f"off by {off[size]:.1f}"
        axes.text(0.99, 0.75, words, transform=axes.transAxes, ha="right", va="center")
    above = panels[0].get_xaxis_transform()
    panels[0].text(truth, 1.03, "mean of all", transform=above, ha="center", va="bottom")
    panels[-1].set_xlabel("estimate of the mean brightness, %")
    few, many = min(off), max(off)
    figure.set_label(
        f"The means of {many} images are off by {off[many]:.1f} percentage points (standard "
        f"deviation); those of {few} are off by {off[few]:.1f}, "
        f"{off[few] / off[many]:.1f} times as much."
    )
    return figure


def weight_paths(paths: dict[str, np.ndarray], truth: float, arrived: int = 60) -> Figure:
    """Return a figure of a weight that learns a mean: first its way there, then enlarged.

    paths: the weight (images,) after each image, at a constant rate and at a falling one.
    arrived: after how many images the second panel begins.
    """
    figure, panels = new_figure(1, 2, size=(9, 3.4), width_ratios=(1, 2.4))
    t = np.arange(1, 1 + len(next(iter(paths.values()))))
    looks: list[dict[str, Any]] = [
        {"color": PALETTE["vermilion"], "linewidth": 0.9},
        {"color": PALETTE["green"]},
    ]
    for axes, shown in zip(panels, (slice(arrived), slice(arrived - 1, None)), strict=True):
        axes.axhline(truth, color="black", linestyle="--", linewidth=1, label="_the mean")
        for (name, path), look in zip(paths.items(), looks, strict=True):
            axes.plot(t[shown], path[shown], label=f"_{name}", **look)
        axes.set(xlim=(t[shown][0] - 1, t[shown][-1]), xlabel="t, images seen")
    left, right = panels
    label_point(left, left.lines[1], arrived // 6, xytext=(8, -4))
    path = left.lines[2]
    left.text(2, 1.13 * truth, str(path.get_label())[1:], color=readable(path.get_color()))
    left.set(title=f"the first {arrived} images", ylabel="weight, %", ylim=(0, 1.25 * truth))
    off = {name: path[arrived - 1 :] - truth for name, path in paths.items()}
    farthest = 1.2 * max(np.abs(each).max() for each in off.values())
    right.set(
        title=f"enlarged: images {arrived} to {t[-1]}", ylim=(truth - farthest, truth + farthest)
    )
    label_point(right, right.lines[1], int(np.argmax(right.lines[1].get_ydata())), xytext=(0, 3))
    right.text(t[-1], truth, "  the mean", va="center")
    sizes = [float(np.sqrt(np.mean(each**2))) for each in off.values()]
    figure.set_label(
        f"At the constant rate, the weight keeps hovering around the mean, {sizes[0]:.1f} "
        f"percentage points off; at the falling rate it settles, {sizes[1]:.1f} off."
    )
    return figure


def variance_figure(
    sizes: np.ndarray, drawn: dict[bool, list[float]], formulas: dict[bool, np.ndarray]
) -> Figure:
    """Return a figure of the variance of gradients over the batch size, beside the formulas.

    sizes (points,): batch sizes. drawn, formulas: for drawing with replacement (True) and without,
    the variance at each size, as it was found and as it should be.
    """
    figure, axes = new_figure(size=(7.4, 4))
    looks = {True: ("blue", "o"), False: ("orange", "s")}
    names = {True: "with replacement", False: "without replacement"}
    for replace, style in ((True, "-"), (False, "--")):
        axes.plot(sizes, formulas[replace], style, color=COLOURS["formula"], linewidth=1.2)
        axes.lines[-1].set_label(f"_formula, {names[replace]}")
    for replace, (colour, marker) in looks.items():
        name, fill = f"_{names[replace]}", PALETTE[colour] if replace else "none"
        look = {
            "color": PALETTE[colour],
            "markerfacecolor": fill,
            "markersize": 7 + 4 * (not replace),
        }
        axes.plot(sizes, drawn[replace], marker, **look, label=name, markeredgewidth=2)
    with_, without = axes.lines[2:]
    label_point(axes, with_, -2, "● with replacement\n(line: V / B)", xytext=(-4, 14), ha="left")
    words = "□ without replacement\n(dashes: V / B · (N − B) / (N − 1))"
    label_point(axes, without, -2, words, xytext=(-24, -6))
    axes.set(yscale="log", ylabel="variance of the gradient")
    axes.yaxis.set_major_formatter("{x:g}")
    log_axis(axes, "images in a mini-batch, B", sizes)
    less = 1 - drawn[False][-1] / drawn[True][-1]
    figure.set_label(
        f"The variance falls as 1/B; at B = {sizes[-1]}, it is {100 * less:.0f} % smaller when the "
        "images are drawn without replacement."
    )
    return figure


def cosine_figure(sizes: np.ndarray, samples: dict[str, dict[str, np.ndarray]]) -> Figure:
    """Return a figure of how the direction of a layer's gradient gets better with the batch size.

    sizes (points,): batch sizes. samples: by the state of the network and by the layer, the cosines
    (tries, points) of mini-batch gradients to the full one.
    """
    cases = [(state, layer) for state, layers in samples.items() for layer in layers]
    figure, panels = new_figure(1, len(cases), size=(9, 3.3), sharey=True)
    for axes, (state, layer) in zip(panels, cases, strict=True):
        colour = COLOURS["filters" if "Conv" in layer else "fully connected"]
        tries = samples[state][layer]
        band(axes, sizes, tries, layer, colour, edges=(5, 95))
        axes.axhline(0, color="black", linewidth=0.8, label="_right angle")
        axes.set_title(f"{layer}\n{state}", fontsize=10)
        log_axis(axes, "images in a mini-batch", sizes)
    first = panels[0]
    label_point(first, first.lines[2], len(sizes) // 2, "median", xytext=(5, -5))
    first.text(sizes[-1], 0, "right angle", ha="right", va="top", fontsize=9)
    first.set_ylabel(f"cosine to the full gradient:\nmedian of {len(tries)}, band of nine in ten")
    middles = {
        state: np.array([np.median(tries, axis=0) for tries in layers.values()])
        for state, layers in samples.items()
    }  # of each (layers, points)
    one = " and ".join(f"{each[:, 0].max():.2f} {state}" for state, each in middles.items())
    many = min(each[:, -1].min() for each in middles.values())
    figure.set_label(
        f"With one image, the median cosine is at most {one}; with {sizes[-1]} images, it is at "
        f"least {many:.2f}."
    )
    return figure


def steps_figure(k: np.ndarray, cosines: np.ndarray, formula: np.ndarray) -> Figure:
    """Return a figure of the direction of k steps of one image, beside that of k images at once.

    k (points,), cosines (walks, points), formula (points,): the cosine of one mini-batch of k.
    """
    figure, axes = new_figure(size=(8.6, 3.6))
    line = band(axes, k, cosines, "k steps of one image", size_colour(1))
    label_line(axes, line, "k steps of\none image", xytext=(7, -2))
    (theory,) = axes.plot(k, formula, "--", color=COLOURS["formula"], label="one mini-batch of k")
    label_line(axes, theory, "formula: one\nmini-batch of k", xytext=(7, 2))
    axes.set_ylabel(
        f"cosine to the full gradient:\nmedian of {len(cosines)} walks, and all of them"
    )
    log_axis(axes, "k, images seen", k)
    apart = np.abs(np.median(cosines, axis=0) - formula).max()
    figure.set_label(
        "Added up, steps of one image point much as one mini-batch of the same images would: the "
        f"median of {len(cosines)} walks is never more than {apart:.2f} from the formula."
    )
    return figure


def rate_figure(rates: Sequence[float], accuracy: dict[int, np.ndarray]) -> Figure:
    """Return a figure of the test accuracy over the learning rate.

    accuracy: by the batch size, in percent, (runs, rates).
    """
    figure, axes = new_figure(size=(7.6, 3.8))
    for (size, tries), style, marker in zip(accuracy.items(), ("-", "--"), "os", strict=True):
        name = f"batch size {size}"
        band(axes, rates, tries, name, size_colour(size), style, marker)
        best = int(np.median(tries, axis=0).argmax())
        side = ["left", *["center"] * (len(rates) - 2), "right"][best]  # within the panel
        label_point(axes, axes.lines[-2], best, name, xytext=(0, 5), ha=side, fontweight="bold")
    axes.axhline(10, color="0.35", linestyle=":", label="_guessing")
    axes.text(rates[0], 9.8, "guessing", va="top", color="0.35")
    axes.set_ylabel(f"test accuracy, %:\nmedian of {len(tries)} runs, worst to best")
    log_axis(axes, "learning rate", rates)
    axes.set_ylim(top=axes.get_ylim()[1] + 2)
    figure.set_label(best_rates(rates, accuracy))
    return figure


def best_rates(rates: Sequence[float], accuracy: dict[int, np.ndarray]) -> str:
    """Say in one sentence which rate is best for each of two batch sizes."""
    (small, few), (large, many) = [
        (size, np.median(tries, axis=0)) for size, tries in accuracy.items()
    ]
    here, there = few.argmax(), many.argmax()
    return (
        f"Batch size {small} does best at a rate of {rates[here]} ({few[here]:.0f} %), batch size "
        f"{large} at {rates[there]} ({many[there]:.0f} %); at that rate, batch size {small} "
        f"reaches {few[there]:.0f} %."
    )


def arrival_figure(losses: np.ndarray, lengths: np.ndarray) -> Figure:
    """Return a figure of the loss, and of the gradient's length, both (runs, passes), at size 1."""
    figure, panels = new_figure(1, 2, size=(9, 3.4))
    passes, said = np.arange(losses.shape[1]), []
    for axes, name, tries in zip(panels, ("loss", "length"), (losses, lengths), strict=True):
        band(axes, passes, tries, name, size_colour(1))
        axes.set(yscale="log", xlabel="passes at batch size 1")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_ylabel(f"median of {len(tries)} runs, lowest to highest")
        start, *_, end = np.median(tries, axis=0)
        said.append(f"1/{start / end:.0f}")
    panels[0].set_title("loss over all the images")
    panels[1].set_title("length of the full gradient")
    figure.set_label(
        f"With steps of one image, the loss falls to {said[0]} of its initial value and the length "
        f"of the full gradient to {said[1]} (medians): the training gets to a minimum."
    )
    return figure


def fan(axes: Axes, count: int) -> Quiver:
    """Prepare a panel for `count` arrows from one point, and the true direction to the right.

    Returns matplotlib's Quiver; its `set_UVC(x, y)` turns the arrows. Lengths up to 1.
    """
    axes.axvline(0, color="0.4", linestyle=":", linewidth=1.2)
    look: dict[str, Any] = {"angles": "xy", "scale_units": "xy", "scale": 1, "zorder": 3}
    zeros, truth = np.zeros(count), PALETTE["black"]
    arrows = axes.quiver(
        zeros,
        zeros,
        zeros + 1,
        zeros,
        color=size_colour(1),
        width=0.006,
        label="mini-batches",
        **look,
    )
    axes.quiver([0], [0], [1.25], [0], color=truth, width=0.014, label="all images", **look)
    axes.text(1.3, 0.08, "all images", ha="right", va="bottom", zorder=4)
    axes.set(xlim=(-1.15, 1.35), ylim=(-1.15, 1.15), aspect="equal")
    axes.set(xlabel="in the direction of the full gradient", ylabel="sideways", yticks=[])
    axes.set_xticks([-1, 0, 1], ["against it", "right angle", "with it"])
    return arrows


def paths(axes: Axes, count: int, largest: float) -> list[Line2D]:
    """Prepare a panel for `count` paths beside the straight one of the full gradient.

    largest: how far sideways the panel reaches. Returns matplotlib's lines, to be given data.
    """
    look: dict[str, Any] = {"solid_capstyle": "butt", "clip_on": False, "label": "all images"}
    (straight,) = axes.plot([0, 1], [0, 0], color=PALETTE["black"], linewidth=5, **look)
    label_line(axes, straight, xytext=(6, 5))
    lines = []
    for number in range(1, count + 1):
        (line,) = axes.plot([], [], "-o", markersize=2.5, linewidth=0.9, label=f"_path {number}")
        lines.append(line)
    axes.set(xlim=(-0.2, 1.6), ylim=(0, largest))
    axes.set(xlabel="in the direction of the full gradient", ylabel="distance sideways")
    return lines


# The explorer

IMAGES = 128  # in each walk
BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, IMAGES]
WALKS, PATHS = 60, 8  # drawn as arrows, and of these as paths


def draw_walks(gradients: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return along, sideways (WALKS, IMAGES) of walks through random images; see `walks`.

    gradients (N, P) has a row for each image.
    """
    if len(gradients) < IMAGES:
        raise ValueError(
            f"there are the gradients of {len(gradients)} images; give those of {IMAGES} or more"
        )
    orders = np.array([rng.permutation(len(gradients))[:IMAGES] for _ in range(WALKS)])
    return diagnostics.walks(gradients, orders)


def directions(
    along: np.ndarray, sideways: np.ndarray, batch_size: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return x, y (WALKS,): the direction, of length 1, of each walk's first mini-batch.

    x is its cosine to the full gradient. Every second y is negative, so that the arrows spread:
    among so many dimensions there is no left and no right.
    """
    x, y = along[:, batch_size - 1], sideways[:, batch_size - 1]
    length = np.hypot(x, y)
    sign = np.where(np.arange(len(x)) % 2, -1, 1)
    return x / length, sign * y / length


def corners(batch_size: int) -> np.ndarray:
    """How many images a walk has seen after each step: batch_size, twice that ... IMAGES."""
    return np.arange(batch_size, IMAGES + 1, batch_size)


def direction_sentence(network: str, batch_size: int, cosines: np.ndarray) -> str:
    """Say in one sentence, on two lines, how far mini-batches point from the full gradient."""
    angle = np.degrees(np.arccos(np.median(cosines)))
    images = "1 image" if batch_size == 1 else f"{batch_size} images"
    steps = len(corners(batch_size))
    return (
        f"{network[:1].upper()}{network[1:]}, mini-batches of {images} point {angle:.0f}° away "
        f"from the full gradient, by the median;\n{np.sum(cosines < 0)} of {len(cosines)} point "
        f"uphill, and {IMAGES} images make {steps} step{'s' * (steps > 1)}."
    )


def noise_explorer(tables: dict[str, np.ndarray], batch_size: int = 1, seed: int = 0) -> Explorer:
    """Return an explorer of the mini-batch gradients, over their size.

    tables: by the name of a state of the network, its gradients (N, P), a row for each image.
    batch_size: one of BATCH_SIZES.
    """
    drawn = {
        name: draw_walks(gradients, np.random.default_rng(seed))
        for name, gradients in tables.items()
    }
    farthest = max(sideways[:PATHS].max() for _, sideways in drawn.values()) / IMAGES
    figure, panels = new_figure(1, 2, size=(9, 4.1))
    arrows = fan(panels[0], WALKS)
    lines = paths(panels[1], PATHS, largest=1.1 * farthest)
    titles = (f"{WALKS} mini-batches", f"{PATHS} sets of {IMAGES} images, step by step")
    for axes, title in zip(panels, titles, strict=True):
        axes.set_title(title, fontsize=10)

    def redraw(batch_size: int, network: str) -> None:
        along, sideways = drawn[network]
        x, y = directions(along, sideways, batch_size)
        arrows.set_UVC(x, y)
        arrows.set_color(size_colour(batch_size))
        seen = corners(batch_size)
        for line, a, s in zip(lines, along, sideways, strict=False):
            line.set_data(np.append(0, a[seen - 1]) / IMAGES, np.append(0, s[seen - 1]) / IMAGES)
            line.set_color(size_colour(batch_size))
        figure.suptitle(direction_sentence(network, batch_size, x), fontsize=11)

    controls = {
        "batch_size": ipywidgets.SelectionSlider(
            options=BATCH_SIZES, value=batch_size, description="images in a mini-batch", **LOOK
        ),
        "network": ipywidgets.Dropdown(options=list(tables), description="network"),
    }
    return Explorer(figure, redraw, controls, unchanging=surroundings(*panels))

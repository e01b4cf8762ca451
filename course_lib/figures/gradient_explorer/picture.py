"""The explorer's picture: the size of each layer's gradient, and each layer's outputs."""

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.colors import PowerNorm

from ..fast_redraw import surroundings
from ..style import PALETTE, new_figure
from . import verdict_words
from .computation import BINS, Result

LINE_LENGTH = 112  # letters of the title that fit side by side
FEWEST_DECADES = 6  # on the axis of the gradients
MOST_TICKS = 6  # each text takes its time at every redraw
# Where a histogram's ticks are, as shares of its length, and what they say.
TICKS = {
    "Sigmoid": {0: "0", 0.5: "0.5", 1: "1"},
    "Tanh": {0: "−1", 0.5: "0", 1: "1"},
    "ReLU": {0.5 / BINS: "0", 5 / BINS: "10⁻³", 11 / BINS: "1", 17 / BINS: "10³"},
    "different": {0.1: "low", 0.9: "high"},
}
KEY = (
    "layer\n● RMS   □ L2 norm   ▼ exactly 0   × not finite\nshaded: the RMS in networks that learn"
)
NO_STRIP = np.zeros((1, BINS))


class GradientPicture:
    """A figure with a panel for the gradients, one for the outputs, and one for two shares of them.

    figure: matplotlib's. redraw(result) makes it show a Result; the verdict is its title.
    seldom_changing: the artists around the data; frame: another value when one of them changed.

    Texts take most of the time that a picture needs. So there are few of them, each with a place of
    its own from the start.
    """

    def __init__(self) -> None:
        self.figure, (self.sizes, self.strips, self.shares) = new_figure(1, 3, size=(9, 4))
        self.figure.set_layout_engine("none")
        self.figure.suptitle("", y=0.98, va="top", fontsize=11)
        self._prepare_sizes()
        self._prepare_strips()
        self._prepare_shares()
        self.seldom_changing = surroundings(self.sizes, self.strips, self.shares)

    @property
    def frame(self) -> tuple[tuple[float, float], tuple[float, float], tuple[float, float], str]:
        """The ends of the axes, and what the outputs' axis says."""
        return (
            self.sizes.get_xlim(),
            self.sizes.get_ylim(),
            self.strips.get_ylim(),
            self.strips.get_xlabel(),
        )

    def _prepare_sizes(self) -> None:
        axes = self.sizes
        axes.set_position((0.085, 0.235, 0.465, 0.54))
        axes.set(yscale="log", xlabel=KEY, ylabel="size of its gradient")
        axes.minorticks_off()
        axes.xaxis.set_label_coords(0.5, -0.12)
        axes.yaxis.set_label_coords(-0.13, 0.5)
        green = PALETTE["green"]
        axes.axhspan(
            *verdict_words.BAND,
            facecolor=(green, 0.15),
            edgecolor=green,
            linewidth=0.8,
            label="the RMS in networks that learn",
        )
        look = {"linewidth": 1.4, "markersize": 5}
        (self.rms,) = axes.plot([], [], "o-", color=PALETTE["blue"], label="RMS", **look)
        (self.l2,) = axes.plot(
            [], [], "s--", color=PALETTE["orange"], fillstyle="none", label="L2 norm", **look
        )
        (self.zeros,) = axes.plot(
            [],
            [],
            "v",
            color=PALETTE["vermilion"],
            markersize=7,
            label="exactly 0, marked at the lower edge",
            clip_on=False,
        )
        (self.infinite,) = axes.plot(
            [],
            [],
            "x",
            color="black",
            markersize=7,
            markeredgewidth=2,
            label="not finite, marked at the upper edge",
            clip_on=False,
        )

    def _prepare_strips(self) -> None:
        axes = self.strips
        axes.set_position((0.62, 0.235, 0.23, 0.54))
        axes.grid(False)
        self.image = axes.imshow(
            NO_STRIP,
            cmap="Blues",
            norm=PowerNorm(0.5, 0, 1),
            aspect="auto",
            interpolation="nearest",
            extent=(0, 1, 1.5, 0.5),
            label="share of a layer's outputs",
        )
        axes.set_title("outputs: the darker, the more", fontsize=10, y=1.02)
        axes.set_ylabel("layer")
        axes.xaxis.set_label_coords(0.5, -0.12)
        axes.yaxis.set_label_coords(-0.14, 0.5)
        self.nothing = axes.text(0.5, 1, "", ha="center", va="center")  # why a part is empty

    def _prepare_shares(self) -> None:
        axes = self.shares
        axes.set_position((0.875, 0.235, 0.105, 0.54))
        (self.dead,) = axes.plot(
            [], [], "x", color=PALETTE["vermilion"], markeredgewidth=2, label="dead"
        )
        (self.saturated,) = axes.plot(
            [], [], "o", color=PALETTE["purple"], markeredgecolor="black", label="saturated"
        )
        axes.set(xlim=(-12, 112), xlabel="× dead units\n● saturated", yticks=[])
        axes.set_xticks([0, 100], ["0 %", "100 %"])
        axes.xaxis.set_label_coords(0.5, -0.12)

    def redraw(self, result: Result) -> None:
        """Change the artists so that they show this Result."""
        text = verdict_words.verdict(result)
        lines = textwrap.wrap(text[0].upper() + text[1:] + ".", LINE_LENGTH)
        self.figure.suptitle("\n".join([*lines, verdict_words.progress(result)]), fontsize=11)
        self._redraw_sizes(result)
        self._redraw_strips(result)

    def _redraw_sizes(self, result: Result) -> None:
        layers = np.arange(1, len(result.rms) + 1)
        low, high = limits(np.concatenate([result.rms, result.l2]))
        self.rms.set_data(layers, drawable(result.rms))
        self.l2.set_data(layers, drawable(result.l2))
        for artist, chosen, height in (
            (self.zeros, result.rms == 0, low),
            (self.infinite, ~np.isfinite(result.rms), high),
        ):
            artist.set_data(layers[chosen], np.full(np.count_nonzero(chosen), height))
            artist.set_visible(chosen.any())
        self.sizes.set(xlim=(0.5, len(layers) + 0.5), ylim=(low, high))
        ticks = whole_ticks(len(layers))
        self.sizes.set_xticks(ticks, list(map(str, ticks)))
        exponents = decades(low, high)
        self.sizes.set_yticks(10.0**exponents, [verdict_words.power(10.0**e) for e in exponents])

    def _redraw_strips(self, result: Result) -> None:
        count = len(result.activations)
        self.image.set_data(np.nan_to_num(result.histograms) if count else NO_STRIP)
        self.image.set_extent((0, 1, max(count, 1) + 0.5, 0.5))
        empty = np.flatnonzero(np.isnan(result.histograms[:, 0])) + 1
        self.nothing.set_text("not a number" if count else "no hidden layer")
        self.nothing.set_y(empty.mean() if len(empty) else 1)
        self.nothing.set_visible(count == 0 or len(empty) > 0)
        kinds = list(dict.fromkeys(result.activations))
        marks = TICKS[kinds[0] if len(kinds) == 1 else "different"] if kinds else {}
        self.strips.set_xticks(list(marks), list(marks.values()))
        self.strips.set_xlabel(output_label(kinds))
        ticks = whole_ticks(count) if count else []
        self.strips.set_yticks(ticks, list(map(str, ticks)))
        rows = np.arange(1, count + 1)
        for artist, shares in ((self.dead, result.dead), (self.saturated, result.saturated)):
            known = np.isfinite(shares)
            artist.set_data(100 * shares[known], rows[known])
            artist.set_visible(known.any())
        self.shares.set_ylim(max(count, 1) + 0.5, 0.5)


def limits(values: np.ndarray) -> tuple[float, float]:
    """The ends of a logarithmic axis for these values and the band: whole powers of ten."""
    seen = values[np.isfinite(values) & (values > 0)]
    low = np.floor(np.log10(min([*seen, verdict_words.BAND[0]]))) - 1
    high = np.ceil(np.log10(max([*seen, verdict_words.BAND[1]]))) + 1
    return 10.0**low, 10.0 ** max(high, low + FEWEST_DECADES)


def drawable(values: np.ndarray) -> np.ndarray:
    """The values with nan in place of those that have no place on a logarithmic axis."""
    return np.where(np.isfinite(values) & (values > 0), values, np.nan)


def decades(low: float, high: float) -> np.ndarray:
    """The exponents of at most MOST_TICKS powers of ten between two of them, evenly spaced."""
    low, high = round(np.log10(low)), round(np.log10(high))
    stride = -(-(high - low) // (MOST_TICKS - 1))
    return np.arange(-(-low // stride) * stride, high + 1, stride)


def whole_ticks(count: int) -> list[int]:
    """At most MOST_TICKS whole numbers from 1 to count, evenly spaced."""
    stride = -(-count // MOST_TICKS)
    return list(range(1, count + 1, stride))


def output_label(kinds: Sequence[str]) -> str:
    """What the axis of the histograms shows, for these activations."""
    texts = {
        "Sigmoid": "sigmoid: 0 to 1",
        "Tanh": "tanh: −1 to 1",
        "ReLU": "ReLU: 0, then powers of ten",
    }
    return "\n".join(texts[kind] for kind in kinds)

"""Lesson 06: the cliff, an explorer of the gradients of deep networks, on axes that never move."""

import math
import textwrap
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_lib import datasets

from .cliff import PRESETS, Result, Settings, compute, verdict
from .cliff.computation import BINS, WATCHED
from .cliff.settings import CHOICES
from .cliff.verdict_words import BAND, loss_so_far, next_step, percent, power
from .page_explorer import (
    PageExplorer,
    choice,
    ladder,
    listed,
    module,
    play,
    read,
    rounded,
    segments,
    slider,
    start,
)
from .style import PALETTE, new_figure

LAYERS = 50  # on the axis, however many the network has
LOWEST, HIGHEST = -24, 4  # powers of ten: the ends of the axis of the gradients
NETWORKS = {"linear layers": "layers", "case A": "case A", "case B": "case B"}
FIRST_WEIGHTS = {
    "one σ for all": "normal",
    "Xavier": "xavier",
    "He": "he",
    "case A's": "case A",
    "case B's": "case B",
}
WIDTHS = [4, 8, 16, 32, 64, 128]
BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
STEPS = [*range(11), 15, 20, 30, 50]
RATES = [float(f"{mantissa}e{power}") for power in range(-6, 1) for mantissa in (1, 3)] + [10.0]
SIGMAS = [0.01, 0.03, 0.1, 0.18, 0.25, 0.5, 1.0, 3.0, 10.0]

# Where the ticks of the outputs are, as shares of the height, and what they say.
TICKS = {
    "Sigmoid": {0: "0", 0.5: "0.5", 1: "1"},
    "Tanh": {0: "−1", 0.5: "0", 1: "1"},
    "ReLU": {0.5 / BINS: "0", 5 / BINS: "10⁻³", 11 / BINS: "1", 17 / BINS: "10³"},
    "different": {0.1: "low", 0.9: "high"},
}

# The curves: (name of the numbers, label, colour, style, a darker colour for the label). The first
# is a product of the other two.
CURVES = [
    ("gradients", "gradient of the weights", "blue", "o-", "#005b8f"),
    ("arriving", "gradient that arrives", "sky", "-", "#226f9e"),
    ("spread", "spread of the outputs", "orange", "--", "#8a5e00"),
]
LABEL_GAP = 1.8  # powers of ten between labels, so that they can be read
ROOM = 62  # layers: so far reaches the still, which leaves room for labels beside the last layer

LOOK = """
.cliff input[type='range'] { width: 84px; }
@media (max-width: 800px) { .cliff .picture { overflow-x: auto; } .cliff svg { min-width: 480px; } }
"""

# Where each experiment of the lesson begins.
EXPERIMENTS = {
    "1 depth": Settings(depth=2),
    "2 activation": Settings(init="xavier"),
    "3 first weights": Settings(depth=20, activation="tanh"),
    "4 inputs": Settings(depth=4, activation="tanh", init="xavier"),
    "5 loss": PRESETS["case B, as posted"].but(
        loss="cross-entropy", batch_size=256, jacobian="outer"
    ),
    "6 steps": PRESETS["case A, as posted"],
}


def one_of(values: Any, default: str) -> Any:
    """A setting that is one of some texts."""
    return traitlets.Enum(list(values), default).tag(sync=True, setting=True)


def whole(default: int, values: list[int], tries: list[int] | None = None) -> Any:
    """A setting that is a whole number between the ends of a list; tests try those in it."""
    trait = traitlets.Int(default, min=values[0], max=values[-1])
    return trait.tag(sync=True, setting=True, tries=tries or values)


def real(default: float, values: list[float]) -> Any:
    """A setting that is a number between the ends of a list; tests try those in it."""
    trait = traitlets.Float(default, min=values[0], max=values[-1])
    return trait.tag(sync=True, setting=True, tries=values)


def only(control: dict[str, Any], **settings: str) -> dict[str, Any]:
    """A control that is there only while these settings have these values."""
    return {**control, "when": settings}


class CliffExplorer(PageExplorer):
    """The size of each layer's gradient, and what each layer puts out, for a network of one's own.

    dataset: with images 32x32x3, by default that of the notebooks. In the page one drags a dot to
    change σ, the spread of the first weights; earlier curves stay as grey ghosts.
    """

    _esm = module("lesson_06_cliff.js")
    _css = read("page_explorer.css") + LOOK

    network = one_of(NETWORKS, "linear layers")
    depth = traitlets.Int(10, min=1, max=LAYERS).tag(sync=True, setting=True)
    width = whole(32, WIDTHS)
    activation = one_of(CHOICES["activation"], "sigmoid")
    first_weights = one_of(FIRST_WEIGHTS, "one σ for all")
    sigma = real(0.1, SIGMAS)
    inputs = one_of(CHOICES["inputs"], "normalised")
    loss = one_of(CHOICES["loss"], "cross-entropy")
    jacobian = one_of(CHOICES["jacobian"], "outer")
    batch_size = whole(64, BATCH_SIZES)
    learning_rate = real(0.1, RATES)
    steps = whole(0, STEPS, tries=[0, 1, 3, 10])

    def __init__(self, dataset: datasets.Dataset | None = None, **settings: Any) -> None:
        self.dataset = dataset or datasets.load()
        stack = {"network": "linear layers"}
        experiments = [start(name, **as_traits(each)) for name, each in EXPERIMENTS.items()]
        cases = [
            start(name.removeprefix("case ").replace(",", ""), **as_traits(each))
            for name, each in PRESETS.items()
        ]
        controls = [
            segments("experiment", experiments),
            segments("case", cases),
            only(play("depth", 2, LAYERS, 1, per_second=10), **stack),
            only(slider("depth", "depth", 1, LAYERS), **stack),
            only(choice("activation", "activation", list(CHOICES["activation"])), **stack),
            choice("first_weights", "first weights", list(FIRST_WEIGHTS)),
            choice("inputs", "inputs", list(CHOICES["inputs"])),
            choice("loss", "loss", list(CHOICES["loss"])),
            only(
                choice("jacobian", "its Jacobian", list(CHOICES["jacobian"])), loss="squared error"
            ),
            ladder("steps", "steps of training", list(STEPS)),
            choice("network", "network", list(NETWORKS)),
            only(ladder("width", "width", list(WIDTHS)), **stack),
            ladder("batch_size", "batch size", list(BATCH_SIZES)),
            ladder("learning_rate", "learning rate", RATES),
        ]
        self.beginnings = [each["settings"] for each in experiments + cases]
        super().__init__(controls=controls, **settings)
        self.beginnings.append(self.settings)  # where reset leads to

    @property
    def chosen(self) -> Settings:
        """The settings, as the computation knows them."""
        given = self.settings
        network, init = NETWORKS[given.pop("network")], FIRST_WEIGHTS[given.pop("first_weights")]
        return Settings(network=network, init=init, std=given.pop("sigma"), **given)

    def compute(self) -> dict[str, Any]:
        result = compute(self.chosen, self.dataset)
        labels = label_places([result.rms, result.arriving, result.spread])
        kinds = list(dict.fromkeys(result.activations))
        ticks = TICKS[kinds[0] if len(kinds) == 1 else "different"] if kinds else {}
        return {
            "gradients": listed(result.rms),  # RMS of each layer's; None where it is not finite
            "spread": listed(result.spread),  # of each layer's output: its standard deviation
            "arriving": listed(result.arriving),  # RMS of the gradient that arrives there
            "labels": labels,  # exponents of ten at which the curves' names stand, or None
            "band": band_place(labels),  # and the band's
            # Shares in bins (activations, BINS); all 0 where every output is not a number.
            "outputs": np.nan_to_num(result.histograms).round(3).tolist(),
            "kinds": kinds,  # of activations
            "ticks": [list(tick) for tick in ticks.items()],  # [place from 0 to 1, text]
            "saturated": listed(result.saturated),  # shares, None where an activation cannot be so
            "dead": listed(result.dead),
            "sigma": hidden_sigma(self.chosen),
            "marks": marks(self.width),
            "loss": listed([result.loss_before, result.loss]),
            "accuracy": listed([result.accuracy])[0],
            "steps": result.steps,
            "begins": self.settings in self.beginnings,  # from here no earlier curve is kept
            "verdict": verdict(result),
            "words": words(result),
        }

    def still(self) -> Figure:
        figure, (above, below) = new_figure(
            2, 1, size=(9, 4.6), sharex=True, height_ratios=[3.2, 1]
        )
        figure.suptitle("\n".join(textwrap.wrap(self.numbers["words"], 105)), fontsize=10)
        draw_gradients(above, self.numbers)
        draw_outputs(below, self.numbers["outputs"], self.numbers["kinds"], self.numbers["ticks"])
        return figure


def as_traits(settings: Settings) -> dict[str, Any]:
    """Return Settings as the explorer's own: {name of a trait: value}."""
    values = asdict(settings)
    values["sigma"] = values.pop("std")
    values["network"] = name_of(values["network"], NETWORKS)
    values["first_weights"] = name_of(values.pop("init"), FIRST_WEIGHTS)
    return values


def name_of(value: str, names: dict[str, str]) -> str:
    """Return the name that stands for a value."""
    return next(name for name, named in names.items() if named == value)


def marks(width: int) -> dict[str, float]:
    """The σ that He and Xavier take for a layer with `width` inputs and as many outputs."""
    return {"He": rounded(math.sqrt(2 / width)), "Xavier": rounded(math.sqrt(1 / width))}


def hidden_sigma(settings: Settings) -> float:
    """The σ of the first weights of the layers between the first and the last."""
    fixed = {"normal": settings.std, "case A": 0.01, "case B": 1.0}
    by_width = {"he": marks(settings.width)["He"], "xavier": marks(settings.width)["Xavier"]}
    return {**fixed, **by_width}[settings.init]


def label_places(curves: list[np.ndarray]) -> list[float | None]:
    """Return where the labels of curves (n,) stand, beside their ends: exponents of ten, apart.

    None where there is nothing to be seen: the first curve's last dot, or another's last line.
    """
    with np.errstate(divide="ignore"):
        exponents = [np.log10(curve) for curve in curves]
    ends = [float(exponent[-1]) for exponent in exponents]
    seen = [LOWEST <= end <= HIGHEST for end in ends]
    for i, exponent in enumerate(exponents[1:], start=1):
        seen[i] &= len(exponent) > 1 and bool(np.isfinite(exponent[-2]))
    order = [i for i in np.argsort(ends) if seen[i]]
    for _ in range(10):  # each time, two that are too close move apart by what they lack
        for i, j in pairwise(order):
            lack = max(0, LABEL_GAP - (ends[j] - ends[i]))
            ends[i] -= lack / 2
            ends[j] += lack / 2
    return [round(end, 2) if shown else None for end, shown in zip(ends, seen, strict=True)]


def band_place(labels: list[float | None]) -> float:
    """Return where the band's label stands, an exponent: above it, or below where that is free."""
    above, below = 2.2, -4.9

    def is_free(exponent: float) -> bool:
        return all(place is None or abs(place - exponent) >= LABEL_GAP for place in labels)

    return below if is_free(below) and not is_free(above) else above


def words(result: Result) -> str:
    """Say in two sentences what is wrong, if anything, and how well the network does."""
    text = verdict(result)
    done = loss_so_far(result)
    if math.isfinite(result.accuracy):
        done += f", accuracy {percent(result.accuracy)} of {WATCHED} images"
    return f"{text[0].upper()}{text[1:]}. {done}; the {next_step(result)}."


# The still


def draw_gradients(axes: Axes, sent: dict[str, Any]) -> None:
    """Draw the gradients on axes that are the same for every network; mark what lies beyond."""
    low, high = 10.0**LOWEST, 10.0**HIGHEST
    values = filled(sent["gradients"])
    layers = np.arange(1, len(values) + 1)
    axes.axhspan(*BAND, color=PALETTE["green"], alpha=0.15, linewidth=0, label="the band")
    axes.text(
        LAYERS, 10 ** sent["band"], "weight gradients of networks that learn (measured)",
        ha="right", va="center", fontsize=9,
    )  # fmt: skip
    for (name, label, colour, style, ink), place in zip(CURVES, sent["labels"], strict=True):
        sizes = filled(sent[name])
        inside = (sizes >= low) & (sizes <= high) if "o" in style else sizes > 0
        axes.plot(
            layers, np.where(inside, sizes, np.nan), style, color=PALETTE[colour], linewidth=1.4,
            markersize=4, label=label,
        )  # fmt: skip
        if place is not None:
            axes.annotate(
                label, (layers[-1], 10**place), (9, 0), textcoords="offset points", fontsize=9,
                color=ink, va="center",
            )  # fmt: skip
    beyond = {
        "below the axis": (values < low, low, "v"),
        "above the axis": (values > high, high, "^"),
        "not finite": (np.isnan(values), high, "x"),
    }
    for label, (chosen, edge, marker) in beyond.items():
        if chosen.any():
            axes.plot(
                layers[chosen], np.full(chosen.sum(), edge), marker, color=PALETTE["vermilion"],
                clip_on=False, label=label,
            )  # fmt: skip
            furthest = values[chosen].min() if marker == "v" else values[chosen].max()
            text = label if marker == "x" else f"{label}: {as_text(furthest)}"
            if sent["labels"][0] is None:  # or nothing says whose marks they are
                text = f"{CURVES[0][1]}, {text}"
            below = marker == "v"
            axes.annotate(
                text, (layers[chosen][0], edge), (-3, 6 if below else -6),
                textcoords="offset points", fontsize=9, va="bottom" if below else "top",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1, "alpha": 0.8},
            )  # fmt: skip
    axes.set(yscale="log", xlim=(0.4, ROOM), ylim=(low, high))
    exponents = range(LOWEST, HIGHEST + 1, 4)
    axes.set_yticks([10.0**exponent for exponent in exponents], [power(10.0**e) for e in exponents])
    axes.minorticks_off()
    title = "each layer's gradients (root mean square) and outputs (standard deviation)"
    axes.set_title(title, fontsize=9, loc="left")
    axes.set_ylabel("size")


def filled(values: list[float | None]) -> np.ndarray:
    """Return an array with nan in place of None."""
    return np.array([math.nan if value is None else value for value in values])


def as_text(value: float) -> str:
    """A size by its nearest power of ten."""
    return "exactly 0" if value == 0 else power(value)


def draw_outputs(
    axes: Axes, outputs: list[list[float]], kinds: list[str], ticks: list[Any]
) -> None:
    """Draw the outputs of each layer as a column of shades, below its gradient."""
    axes.grid(False)
    axes.set(xlabel="layer (1 is next to the image)", ylim=(0, 1), yticks=[])
    axes.set_xticks([1, 10, 20, 30, 40, 50])
    if not outputs:
        axes.text(LAYERS / 2, 0.5, "no hidden layer", ha="center", va="center", fontsize=9)
        return
    shares = np.array(outputs).T
    axes.imshow(
        np.sqrt(shares),
        origin="lower",
        cmap="Blues",
        vmin=0,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
        extent=(0.5, len(outputs) + 0.5, 0, 1),
        label="share of a layer's outputs (its root)",
    )
    axes.set_xlim(0.4, ROOM)
    axes.set_yticks([place for place, _ in ticks], [text for _, text in ticks])
    names = " and ".join(kind if kind == "ReLU" else kind.lower() for kind in kinds)
    title = f"what each layer puts out ({names}): the darker, the more of its outputs"
    axes.set_title(title, fontsize=9, loc="left")

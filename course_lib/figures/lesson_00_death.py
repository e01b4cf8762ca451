"""Lesson 00: three images to death, an explorer of case A's training that the page draws.

Image by image: what goes into the network, which of its ReLUs are active, what it answers, and how
large the gradients are. From which image on it is dead is read from the training, for each order
of the images.
"""

import base64
import math
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from threadpoolctl import ThreadpoolController

from course_lib.cases import CaseA, Record, Step
from course_lib.cases.training_record import BARELY_ACTIVE
from course_lib.datasets import Dataset
from course_lib.nn.networks import Sequential

from .page_explorer import PageExplorer, choice, module, play, rounded, slider, toggle
from .style import PALETTE, draw_image, new_figure

ORDERS = ["as in the file", *(f"shuffle {number}" for number in range(1, 10))]
IMAGES = 20  # are drawn, one for each training step
TRAINED = 1000  # so many images tell whether a network is dead
FILTERS, SIZE = 16, 30  # feature maps, and their height and width
RELUS = FILTERS * SIZE * SIZE
WEIGHTS = 3 * 3 * 3  # of a filter
# Name, network, and the most images that it is trained on. That one lives is soon clear.
NETWORKS = [
    ("raw pixels, as in the question", CaseA(), TRAINED),
    ("the same, with normalised inputs", CaseA(pixels="normalised"), 200),
]
FIRST_WEIGHTS = 0  # the seed that draws them, for both networks
UNDECIDED = 0.2  # of ten classes none is preferred as long as all probabilities are below
DARK, LIT = "#1a1a1a", "#FFDD66"  # a ReLU that is 0, and an active one


class DeathExplorer(PageExplorer):
    """Case A's network during its first training steps, and below it the same one repaired.

    dataset: a Dataset of colour images, 32×32. order: in which order the images come. image: the
    step, 0 for the first. filter: the feature map that is pointed at. compare: whether the network
    with normalised inputs, which has the same first weights and order, is shown as well.
    images: how many steps are drawn. trained: how many are taken to tell the network's fate.

    Each order is trained once, when it is asked for, and its numbers are kept.
    """

    _esm = module("lesson_00_death.js")
    computed_in_page = True
    lasting = ("images", "networks", "weights")

    order = traitlets.Enum(ORDERS, ORDERS[0]).tag(sync=True, setting=True)
    image = traitlets.Int(0, min=0, max=IMAGES - 1).tag(sync=True, setting=True)
    filter = traitlets.Int(0, min=0, max=FILTERS - 1).tag(sync=True, setting=True)
    compare = traitlets.Bool(True).tag(sync=True, setting=True)

    def __init__(
        self, dataset: Dataset, images: int = IMAGES, trained: int = TRAINED, **settings: Any
    ) -> None:
        self.dataset, self.images, self.trained = dataset, images, trained
        self.recorded: dict[str, dict[str, Any]] = {}  # by the name of the order
        controls = [
            choice("order", "order", ORDERS),
            slider("image", "image", 0, images - 1),
            play("image", 0, images - 1, 1, per_second=2),
            toggle("compare", "normalised inputs, below"),
        ]
        super().__init__(controls=controls, **settings)

    def compute(self) -> dict[str, Any]:
        """Return the recorded training of this order, and what is shown of its step.

        Of both networks, in this order: active, the share of all ReLUs; map_active, the share of
        the chosen map's; weights (27,) of the chosen filter; probabilities (10,).
        """
        if self.order not in self.recorded:
            self.recorded[self.order] = record_both(
                self.dataset, ORDERS.index(self.order), self.images, self.trained
            )
        training, image = self.recorded[self.order], min(self.image, self.images - 1)
        steps = [network["steps"][image] for network in training["networks"]]
        return {
            **training,
            "order": self.order,
            "image": image,
            "filter": self.filter,
            "active": [step["active"] / RELUS for step in steps],
            "map_active": [float(unpacked(step)[self.filter].mean()) for step in steps],
            "weights": [weights_of(step, self.filter).tolist() for step in steps],
            "probabilities": [step["probabilities"] for step in steps],
            "words": words(training, image, self.filter, self.compare),
        }

    def still(self) -> Figure:
        """Return a figure with a row for each network: image, feature maps, answer, and steps."""
        numbers = self.numbers
        networks = numbers["networks"][: 2 if self.compare else 1]
        figure, rows = new_figure(
            len(networks),
            4,
            size=(9.6, 2.2 * len(networks) + 0.2),
            width_ratios=[2, 8, 2, 3],
            squeeze=False,
        )
        for network, panels in zip(networks, rows, strict=True):
            draw_network(panels, numbers, network)
        return figure


# Recording


def record_both(dataset: Dataset, number: int, images: int, trained: int) -> dict[str, Any]:
    """Train both networks with one image a step, and return what is drawn, as JSON can hold it.

    number: of the order; 0 is the file's. The result: class_names; of each step that is drawn its
    label and its image, as the network sees it (32, 32, 3), a byte a value in base64; and the two
    networks, each as `record_network` returns it.
    """
    order = np.arange(len(dataset.train_images))
    if number:
        order = np.random.default_rng(number).permutation(order)
    order = order[:trained]
    ordered = replace(
        dataset,
        train_images=dataset.train_images[order],
        train_labels=dataset.train_labels[order],
    )
    # One image is little work: threads that share it out take longer than one alone.
    with ThreadpoolController().select(user_api="blas").limit(limits=1):
        networks = [
            record_network(name, case, dataset, ordered, images, min(trained, most))
            for name, case, most in NETWORKS
        ]
    return {
        "class_names": list(dataset.class_names),
        "labels": ordered.train_labels[:images].tolist(),
        "images": [as_text(image) for image in CaseA().orient(ordered.train_images[:images])],
        "networks": networks,
    }


def record_network(
    name: str, case: CaseA, dataset: Dataset, ordered: Dataset, images: int, trained: int
) -> dict[str, Any]:
    """Train one network on the ordered images, and return its name, its fate, and its steps.

    dataset: where normalised inputs take their mean and standard deviation from. died: the number
    of the image from which on the network is dead, or None (see Record.died_at). trained: on how
    many images. least: the smallest share of ReLUs that one of them made active. awake: how many
    of them, from died on, make at least 1 ReLU in 1,000 active.
    """
    rng = np.random.default_rng(FIRST_WEIGHTS)
    network = case.build(rng, dataset)
    record, drawn = Record(planned=trained), []
    for step in islice(case.steps(ordered, network, rng), trained):
        record.add(step)
        if step.number < images:
            seen = case.orient(ordered.train_images[step.number : step.number + 1])
            drawn.append(record_step(step, network, seen))
    died = record.died_at
    awake = sum(active >= BARELY_ACTIVE for active in record.active[died or 0 :])
    return {
        "name": name,
        "died": died,
        "trained": trained,
        "least": rounded(min(record.active), 4),
        "awake": awake,
        "steps": drawn,
    }


def record_step(step: Step, network: Sequential, image: np.ndarray) -> dict[str, Any]:
    """Return what is drawn of one step, before the weights change.

    active: how many of the 14,400 ReLUs. maps: which of them, (16, 30, 30), a bit each in base64.
    filters: (16, 3, 3, 3), a signed byte a weight in base64: 127 is the filter's scale, (16,), the
    size of its largest weight. negative: how many of its weights, (16,). probabilities (10,).
    gradients: the norms of those of the filters and of the linear weights. inputs: the smallest and
    the largest that the convolution sees.
    """
    normalize, conv, relu, *_ = network.layers
    filters = conv.params["weight"].transpose(3, 0, 1, 2)  # (16, 3, 3, 3)
    scales = np.abs(filters).max(axis=(1, 2, 3))
    shares = filters / np.where(scales > 0, scales, 1).reshape(-1, 1, 1, 1)
    inputs = normalize(image)
    return {
        "active": int(relu.passes.sum()),
        "maps": as_text(np.packbits(relu.passes[0].transpose(2, 0, 1))),
        "filters": as_text(np.round(127 * shares).astype(np.int8)),
        "scales": [rounded(scale, 6) for scale in scales],
        "negative": (filters < 0).sum(axis=(1, 2, 3)).tolist(),
        "probabilities": [round(float(p), 4) for p in step.probabilities[0]],
        "gradients": [
            rounded(step.gradients[name], 6) for name in ("conv weight", "linear weight")
        ],
        "inputs": [rounded(inputs.min(), 6), rounded(inputs.max(), 6)],
    }


def as_text(array: np.ndarray) -> str:
    """Return the bytes of an array, row after row, in base64."""
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")


# Reading what is recorded


def unpacked(step: dict[str, Any]) -> np.ndarray:
    """Return which ReLUs are active, (16, 30, 30), 0 or 1."""
    bits = np.unpackbits(np.frombuffer(base64.b64decode(step["maps"]), np.uint8))
    return bits.reshape(FILTERS, SIZE, SIZE)


def weights_of(step: dict[str, Any], number: int) -> np.ndarray:
    """Return the weights of a filter, (27,): height, width, colour."""
    shares = np.frombuffer(base64.b64decode(step["filters"]), np.int8).reshape(FILTERS, -1)
    return shares[number] / 127 * step["scales"][number]


def words(training: dict[str, Any], image: int, number: int, compare: bool) -> str:
    """Say what a step of the first network shows, why, and what becomes of both.

    number: of the filter that is pointed at.
    """
    posted, repaired = training["networks"]
    step, name = posted["steps"][image], training["class_names"][training["labels"][image]]
    answer = answer_of(step, training["class_names"])
    silent = not any(step["gradients"])
    answer = f"{answer}, and every gradient is 0" if silent else f"and {answer}"
    text = (
        f"Image {image} ({name}), raw pixels: {how_many(step)} active, {answer}. "
        f"{sums_of_map(step, number)}. {fate_in_words(posted, image)}"
    )
    if compare:
        text += f"; with normalised inputs {repaired_in_words(repaired['steps'][image])}"
    return text + "."


def answer_of(step: dict[str, Any], names: list[str]) -> str:
    """Say which class the network prefers."""
    p = step["probabilities"]
    if max(p) == min(p):
        return f"every class gets {percent(p[0])}"
    return f"“{names[p.index(max(p))]}” gets {percent(max(p))}"


def sums_of_map(step: dict[str, Any], number: int) -> str:
    """Say how many sums of a feature map are above 0, and why none is, where the signs tell."""
    active, negative = float(unpacked(step)[number].mean()), step["negative"][number]
    if active:
        return f"In map {number}, {percent(active)} of the sums are above 0"
    nothing = f"no sum in map {number} is above 0"
    if step["inputs"][0] < 0:  # the signs of the weights then tell nothing
        return nothing.capitalize()
    if negative == WEIGHTS:
        inputs = "every input positive" if step["inputs"][0] > 0 else "no input is"
        return f"Filter {number} is all negative and {inputs}: {nothing}"
    return (
        f"Filter {number}’s negative weights ({negative} of {WEIGHTS}) outweigh the rest: {nothing}"
    )


def fate_in_words(network: dict[str, Any], image: int) -> str:
    """Say what becomes of a network, and whether this image is an exception."""
    step, died = network["steps"][image], network["died"]
    if died is None:
        return f"The network is alive after {network['trained']} images"
    exception = image > died and step["active"] / RELUS >= BARELY_ACTIVE
    return f"The network is {fate(network)}{', with rare exceptions' if exception else ''}"


def repaired_in_words(step: dict[str, Any]) -> str:
    """Say how the second network does, and what it has got that the first one lacks."""
    if not step["active"]:
        return "none is active"
    text = f"{percent(step['active'] / RELUS)} are active"
    if max(step["probabilities"]) < UNDECIDED and all(step["gradients"]):
        text += ", and gradients flow"
    return text


def fate(network: dict[str, Any]) -> str:
    """Say from which image on a network is dead, or that it lives."""
    return "alive" if network["died"] is None else f"dead from image {network['died']} on"


def evidence(network: dict[str, Any]) -> str:
    """Say, in two lines, how the fate was found out: by what later images make of the ReLUs."""
    last, awake = network["trained"] - 1, network["awake"]
    if network["died"] is None:
        return f"at each of images 0 to {last},\n{percent(network['least'])} or more are active"
    count, verb = f"only {awake}" if awake else "none", "make" if awake > 1 else "makes"
    return f"of images {network['died']} to {last}, {count}\n{verb} 1 ReLU in 1,000 active"


def how_many(step: dict[str, Any]) -> str:
    """Begin to say what share of the ReLUs is active."""
    active = step["active"]
    return f"{percent(active / RELUS)} of the ReLUs are" if active else "no ReLU is"


def percent(share: float) -> str:
    """Return a share as text, rounded as the page rounds it."""
    if 0 < share < 0.0005:
        return "less than 0.1 %"
    return f"{math.floor(1000 * share + 0.5) / 10:.1f} %"


# The still


def draw_network(panels: np.ndarray, numbers: dict[str, Any], network: dict[str, Any]) -> None:
    """Draw one network on four panels: the image, the feature maps, the answer, all steps."""
    image, names = numbers["image"], numbers["class_names"]
    step, label = network["steps"][image], numbers["labels"][image]
    pixels = np.frombuffer(base64.b64decode(numbers["images"][image]), np.uint8)
    draw_image(panels[0], pixels.reshape(32, 32, 3), f"image {image} ({names[label]})")
    panels[0].set_xlabel("inputs from\n{} to {}".format(*map(short, step["inputs"])), fontsize=9)
    colours = ListedColormap([DARK, LIT]).with_extremes(bad="white")
    lights = draw_image(panels[1], side_by_side(unpacked(step)), cmap=colours, vmin=0, vmax=1)
    lights.set_label("active ReLUs of the 16 feature maps")
    panels[1].set_title(f"{network['name']}: {percent(step['active'] / RELUS)} active", fontsize=10)
    panels[1].spines[:].set_visible(False)
    gradients = "filters {}, linear weights {}".format(*map(short, step["gradients"]))
    text = f"yellow: active, black: 0\ngradient of the loss: {gradients}"
    panels[1].set_xlabel(text, fontsize=9)
    draw_answer(panels[2], step["probabilities"], names, label)
    draw_shares(panels[3], network, image)


def draw_shares(axes: Axes, network: dict[str, Any], image: int) -> None:
    """Draw the share of active ReLUs at every image, on grey from where on the network is dead."""
    shares = [100 * each["active"] / RELUS for each in network["steps"]]
    died = network["died"]
    if died is not None and died < len(shares):
        axes.axvspan(died - 0.5, len(shares) - 0.5, color="0.88", label=fate(network))
    axes.plot(shares, "o", color=PALETTE["blue"], markersize=4, label="active ReLUs")
    axes.axvline(image, color="0.4", linestyle=":", label="this image")
    axes.set_title(f"active ReLUs, in %\n{fate(network)}", fontsize=10)
    axes.set_xlabel(f"image\n{evidence(network)}", fontsize=8)
    axes.set_ylim(-4, 104)
    axes.tick_params(labelsize=8)


def draw_answer(axes: Axes, probabilities: list[float], names: list[str], label: int) -> None:
    """Draw the ten probabilities; the true class is printed bold, and its bar hatched."""
    bars = axes.barh(names, probabilities, color=PALETTE["sky"], edgecolor="black")
    bars[label].set(facecolor=PALETTE["green"], hatch="//")
    axes.set_title("probabilities\n(bold: true class)", fontsize=10)
    axes.set_xlim(0, 1.05)
    axes.set_xticks([0, 1], ["0", "1"])
    axes.tick_params(labelsize=8)
    axes.get_yticklabels()[label].set_fontweight("bold")
    axes.invert_yaxis()


def side_by_side(maps: np.ndarray, across: int = 8, gap: int = 2) -> np.ndarray:
    """Return the maps (16, 30, 30) as one picture, in rows of `across`; nan between them."""
    step, down = SIZE + gap, FILTERS // across
    picture = np.full((down * step - gap, across * step - gap), np.nan)
    for number, each in enumerate(maps):
        top, left = number // across * step, number % across * step
        picture[top : top + SIZE, left : left + SIZE] = each
    return picture


def short(value: float) -> str:
    """Return a number with three digits at most, and a minus sign."""
    return f"{float(f'{value:.3g}'):g}".replace("-", "−")

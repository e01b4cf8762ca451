"""Lesson 07: a live trial. Case A is trained while one looks on, with switches for its faults.

The training goes on in slices on the kernel's event loop. Between two slices the kernel answers
the page, so that pause, stop and a second run take effect at once, and other cells can run.
"""

import asyncio
import time
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke

from course_lib.cases import CaseA, trial
from course_lib.cases.sliced_run import SlicedRun
from course_lib.datasets import Dataset

from .page_explorer import (
    PageExplorer,
    choice,
    frame,
    ladder,
    listed,
    module,
    rounded,
    start,
    toggle,
)  # fmt: skip
from .style import PALETTE, new_figure

PASS = 5000  # images of one pass
TESTS = 1000
SLICE = 0.05  # seconds of training at a time
REST = 0.005  # seconds for everything else
BETWEEN = 0.1  # seconds, at least, from one message to the page to the next
KEPT = 3  # earlier runs whose curves stay
POINTS = 80  # of a curve, from 10 images to 100, from 100 to 1000 and so on; of earlier ones fewer
FEWER = 25
RECENT = 500  # images over which the accuracy is counted
FEWEST = 50  # images, before which it says nothing

RATES: list[float] = [1e-6, 1e-5, 1e-4, 0.001, 0.003, 0.01, 0.03, 0.1]
BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
LENGTHS = [300, 600, 1200, 2500, PASS]


class Fault(NamedTuple):
    """A fault of case A that one box repairs.

    box: the label of the box, which says what it puts in place. posted: what was there. repair and
    fault: the two in short, as a run is named by them. switches: those of CaseA.
    """

    box: str
    posted: str
    repair: str
    fault: str
    switches: list[str]


FAULTS = {
    "first_weights": Fault(
        "first weights: He, Xavier",
        "the filters from N(0, 0.01²), the linear layer's weights uniform from 0 to 0.1",
        "first weights", "posted weights", ["filters", "weights"],
    ),
    "upright": Fault(
        "images: upright", "rows and columns exchanged, so that images lie on their side, mirrored",
        "upright", "mirrored", ["orientation"],
    ),
    "log_softmax": Fault(
        "softmax: log-softmax", "softmax, whose powers of e can overflow",
        "log-softmax", "softmax", ["loss"],
    ),
    "bias": Fault(
        "linear layer: with bias", "without a bias", "linear bias", "no linear bias", ["bias"]
    ),
    "by_rows": Fault(
        "max-pooling ties: by rows",
        "of equal maxima in a window the first one by columns gets the gradient",
        "ties by rows", "ties by columns", ["ties"],
    ),
    "shuffled": Fault(
        "order: shuffled", "the images in the order of the file",
        "shuffled", "not shuffled", ["shuffle"],
    ),
    "momentum": Fault(
        "steps: momentum 0.9", "plain steps, without momentum",
        "momentum 0.9", "no momentum", ["momentum"],
    ),
}  # fmt: skip
POSTED = {
    "pixels": "raw", "learning_rate": 0.001, "batch_size": 1, **dict.fromkeys(FAULTS, False),
}  # fmt: skip
REPAIRED = {
    "pixels": "normalised", "learning_rate": 0.01, "batch_size": 64, **dict.fromkeys(FAULTS, True),
}  # fmt: skip
EXPERIMENTS = {
    "as posted": POSTED,
    "only normalised": {**POSTED, "pixels": "normalised"},
    "all repaired but the learning rate": {**REPAIRED, "learning_rate": POSTED["learning_rate"]},
}
CONTROLS = [
    *(start(name, **settings) for name, settings in EXPERIMENTS.items()),
    frame(
        "tick to repair",
        [
            choice("pixels", "pixels", ["raw", "0 to 1", "normalised"], "As posted: raw, 0 to 255"),
            *(toggle(name, each.box, f"As posted: {each.posted}") for name, each in FAULTS.items()),
        ],
        counted="repaired",
        **{name: REPAIRED[name] for name in ("pixels", *FAULTS)},
    ),
    ladder("learning_rate", "learning rate", RATES),
    ladder("batch_size", "batch size (images a step)", [*BATCHES]),
    ladder("images", "images of the next run", [*LENGTHS]),
]
COLOURS = {  # of a run, by its fate, as in the figure of the fates
    "": "black", "lives": "blue", "does not live": "orange", "dead": "vermilion",
}  # fmt: skip


def switch() -> traitlets.Bool:
    """A setting that repairs one fault."""
    return traitlets.Bool(False).tag(sync=True, setting=True)


class LiveTrial(PageExplorer):
    """Case A with any of its faults repaired, drawn while it trains.

    dataset: its first 5,000 images are for the training, its first 1,000 test images for the test.
    seed: of the first weights, and of the shuffling.

    Moving a setting trains nothing. `begin` makes a run with the settings as they are, `advance`
    computes some steps of it, or all; `train` does both. In the page, the buttons train, pause,
    stop and clear do the same on the kernel's event loop: they arrive in `pressed`.

    numbers: {"runs": [...], "doing": text, "words": text}. Up to three earlier runs come first,
    then the present one; each has a "name", a "label" of its settings, its "fate" ("", "dead",
    "lives" or "does not live"), the "outcome" in words, the "peak" of its loss as [image, loss],
    the accuracy in its "test" in percent (None before it), and a list for each of its curves:
    "images" seen, "loss", "accuracy" and "active" (both in percent).
    """

    _esm = module("lesson_07_trial.js")

    pixels = traitlets.Enum(["raw", "0 to 1", "normalised"], "raw").tag(sync=True, setting=True)
    first_weights, momentum, log_softmax, bias = switch(), switch(), switch(), switch()
    upright, by_rows, shuffled = switch(), switch(), switch()
    learning_rate = traitlets.Enum(RATES, 0.001).tag(sync=True, setting=True)
    batch_size = traitlets.Enum(BATCHES, 1).tag(sync=True, setting=True)
    images = traitlets.Enum(LENGTHS, PASS).tag(sync=True, setting=True)

    pressed = traitlets.Dict().tag(sync=True)  # {"button": its name, "time": when}

    def __init__(self, dataset: Dataset, seed: int = 0, **settings: Any) -> None:
        self.dataset = replace(
            dataset,
            train_images=dataset.train_images[:PASS],
            train_labels=dataset.train_labels[:PASS],
            test_images=dataset.test_images[:TESTS],
            test_labels=dataset.test_labels[:TESTS],
        )
        self.seed = seed
        self.run: SlicedRun | None = None  # the present one
        self.begun, self.label, self.length = 0, "", 0  # of the present run: its number, and so on
        self.earlier: list[dict[str, Any]] = []
        self.doing = "nothing"  # or "training", "paused", "stopped", "finished", "failed"
        self.error = ""
        self._task: asyncio.Task | None = None
        super().__init__(controls=CONTROLS, **settings)

    # The training

    def begin(self) -> None:
        """Begin a run with the settings as they are. It rests until `advance` is called."""
        self._rest()
        if self.doing == "paused":
            self.doing = "stopped"
        if self.run is not None and self.run.seen:
            self.earlier = [*self.earlier, self._shown(self.run, FEWER)][-KEPT:]
        self.label, self.length = label(self.settings), self.images
        self.begun += 1 if self.run is None or self.run.seen else 0
        self.run, self.doing = None, "nothing"
        self.run = SlicedRun(case(self.settings), self.dataset, self.images, self.seed)
        self.doing = "paused"
        self.answer()

    def advance(self, steps: int | None = None) -> None:
        """Compute so many steps of the present run, by default all that are left."""
        self._advance(steps)
        self.answer()

    def train(self, **settings: Any) -> None:
        """Make one whole run at once, with other settings for this run alone."""
        kept = self.settings
        for name, value in settings.items():
            setattr(self, name, value)
        self.begin()
        self.advance()
        for name in settings:
            setattr(self, name, kept[name])

    def _advance(self, steps: int | None) -> None:
        if self.run is not None:
            self.run.advance(steps)
            if self.run.finished:
                self.doing = "finished"

    async def _train(self) -> None:
        """Train in slices, until the run has ended or this task is cancelled."""
        told = -BETWEEN
        try:
            while self.doing == "training":
                end = time.monotonic() + SLICE
                while time.monotonic() < end and self.doing == "training":
                    self._advance(1)
                if self.doing == "training" and time.monotonic() >= told + BETWEEN:
                    told = time.monotonic()
                    self.answer()
                await asyncio.sleep(REST)  # now the kernel reads what the page has sent
        except Exception as error:
            self._fail(error)
        await asyncio.sleep(max(0, told + BETWEEN - time.monotonic()))
        self.answer()

    def _fail(self, error: Exception) -> None:
        self.doing, self.error = "failed", f"{type(error).__name__}: {error}"

    def _rest(self) -> None:
        """Let go of the task that trains, if there is one: the run is paused."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self.doing == "training":
            self.doing = "paused"

    # The buttons of the page

    @traitlets.observe("pressed")
    def _button(self, change: Any) -> None:
        self.press(change["new"].get("button", ""))

    def press(self, button: str) -> None:
        """Do what a button of the page does: "train", "pause", "go on", "stop" or "clear"."""
        self._rest()  # which is all that "pause" does
        try:
            if button == "train":
                self.begin()
            if button in ("train", "go on") and self.doing == "paused":
                self._go_on()
            elif button == "stop" and self.doing == "paused":
                self.doing = "stopped"
            elif button == "clear":
                self.run, self.earlier, self.doing, self.begun = None, [], "nothing", 0
        except Exception as error:
            self._fail(error)
        self.answer()

    def _go_on(self) -> None:
        """Train on the kernel's event loop. Where none runs, `advance` has to be called."""
        self.doing = "training"
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._task = loop.create_task(self._train())

    def close(self) -> None:
        self._rest()
        super().close()

    # The numbers

    def compute(self) -> dict[str, Any]:
        present = [] if self.run is None else [self._shown(self.run, POINTS)]
        return {
            "runs": [*self.earlier, *present],
            "doing": self.doing,
            "words": self._words(present[0] if present else None),
        }

    def _shown(self, run: SlicedRun, points: int) -> dict[str, Any]:
        tested = run.finished and run.record.accuracy is not None
        return {
            "name": f"run {self.begun}",
            "label": f"{self.label}, {self.length:,} images",
            "test": rounded(100 * run.record.accuracy) if tested else None,
            "fate": fate(run),
            "outcome": self._outcome(run),
            "peak": peak(run),
            **curves(run, points),
        }

    def _outcome(self, run: SlicedRun) -> str:
        """What has become of the run, for its line in the list of runs."""
        if run.finished:
            return f"ended: {in_words(run)}, test accuracy {100 * run.record.accuracy:.1f} %"
        doing = self.doing
        if doing != "training":
            doing = f"{doing} at image {run.record.seen:,}"
        return f"{doing}: {in_words(run)}" if fate(run) else doing

    def _words(self, shown: dict[str, Any] | None) -> str:
        planned = f"{label(self.settings)}, {self.images:,} images"
        if self.doing == "failed":
            return f"The training ended with an error: {self.error[:200].rstrip('.')}."
        if self.run is None or shown is None or not shown["images"]:
            return f"Nothing has been trained yet. The button “train” begins: {planned}."
        run, now = self.run, state_in_words(shown)
        name = sentence(shown["name"])
        if self.doing == "training":
            if run.record.seen >= self.length:
                return f"{name}: the training is done, and now come the test images."
            return f"{name} at image {now}."
        words = f"{name}, {self.doing} at image {now}."
        if run.finished:
            present = shown if self.earlier else {**shown, "name": "it"}
            verdicts = [verdict(each) for each in [*self.earlier, present]]
            words = f"{name} has ended: {', '.join(verdicts)}."
        same = (label(self.settings), self.images) == (self.label, self.length)
        return words if same else f"{words} Next: {planned}."

    # The still

    def still(self) -> Figure:
        figure, panels = new_figure(1, 3, size=(9, 3.5))
        draw_axes(panels)
        runs = self.numbers["runs"]
        colours = ["0.45"] * len(self.earlier)
        if len(runs) > len(self.earlier):
            colours.append(PALETTE[COLOURS[runs[-1]["fate"]]])
        draw_runs(panels, runs, colours)
        lines = [f"{run['name']}: {run['label']}; {run['outcome']}" for run in runs]
        figure.suptitle("\n".join(lines) or "nothing has been trained yet", fontsize=10)
        return figure


# From settings to the case, and to words


def case(settings: dict[str, Any]) -> CaseA:
    """Return the case with these settings, in float32, as the table of the diagnoses has it."""
    chosen = [
        name for setting, each in FAULTS.items() if settings[setting] for name in each.switches
    ]
    repairs: dict[str, Any] = {name: CaseA.REPAIRED[name] for name in chosen}
    return CaseA(
        pixels=settings["pixels"],
        learning_rate=settings["learning_rate"],
        batch_size=settings["batch_size"],
        dtype="float32",
        **repairs,
    )


def label(settings: dict[str, Any]) -> str:
    """Name the settings by what sets them apart: from the post or from the repaired network."""
    apart = {
        kind: [name for name, value in known.items() if settings[name] != value]
        for kind, known in (("as posted", POSTED), ("all repaired", REPAIRED))
    }
    kind = min(apart, key=lambda kind: len(apart[kind]))
    names = [setting_in_words(name, settings) for name in apart[kind]]
    if not names:
        return kind
    return ", ".join(names) if kind == "as posted" else f"{kind} but {', '.join(names)}"


def setting_in_words(name: str, settings: dict[str, Any]) -> str:
    value = settings[name]
    if name == "pixels":
        return {"raw": "raw pixels", "0 to 1": "pixels 0 to 1", "normalised": "normalised"}[value]
    if name == "learning_rate":
        return f"learning rate {np.format_float_positional(value, trim='-')}"
    if name == "batch_size":
        return f"batch size {value}"
    return FAULTS[name].repair if value else FAULTS[name].fault


# From a run to numbers


def curves(run: SlicedRun, points: int) -> dict[str, list]:
    """Return a run's curves as lists of a few hundred numbers: images, loss, accuracy, active.

    The first images have a point each. Later ones share one: `points` for each factor of ten, with
    the means of loss and active ReLUs. Where there is no number, there is None.
    """
    if not run.seen:
        return {"images": [], "loss": [], "accuracy": [], "active": []}
    seen = np.array(run.seen)
    last = np.flatnonzero(np.diff(np.floor(points * np.log10(seen)), append=np.inf))
    first = np.append(0, last[:-1] + 1)

    def means(values: list[float]) -> np.ndarray:
        with np.errstate(all="ignore"):
            return np.add.reduceat(values, first) / (last - first + 1)

    return {
        "images": seen[last].tolist(),
        "loss": listed(means(run.record.loss), 4),
        "accuracy": listed(100 * recent_accuracy(seen, np.array(run.right), last), 4),
        "active": listed(100 * means(run.record.active), 4),
    }


def recent_accuracy(seen: np.ndarray, right: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The share of right answers among the last 500 images, for the steps `at`; nan for too few.

    seen (steps,): the images up to and with each step. right (steps,): right answers in each step.
    """
    before = np.append(0, seen[:-1])
    answers = np.append(0, np.cumsum(right))
    begins = np.searchsorted(before, seen[at] - RECENT)
    count = seen[at] - before[begins]
    return np.where(count >= FEWEST, (answers[at + 1] - answers[begins]) / count, np.nan)


def peak(run: SlicedRun) -> list[float]:
    """[image, loss] of the step with the largest loss; [] before the first step."""
    losses = np.array(run.record.loss)
    if not np.isfinite(losses).any():
        return []
    highest = int(np.nanargmax(np.where(np.isfinite(losses), losses, np.nan)))
    return [run.seen[highest], rounded(losses[highest], 4)]


def fate(run: SlicedRun) -> str:
    """By the rule of the trial: "dead", "lives" or "does not live"; "" while it is not decided."""
    if run.seen and run.record.died_at is not None:
        return "dead"
    return trial.state([run.record]) if run.finished else ""


def in_words(run: SlicedRun) -> str:
    died = run.record.died_at
    if died is None:
        return f"{fate(run)}, {100 * run.record.active_at_the_end:.1f} % of ReLUs active"
    images = run.seen[died - 1] if died else 0
    return f"dead after {images:,} images ({run.record.how})"


def verdict(shown: dict[str, Any]) -> str:
    """A run and its fate, in a few words."""
    fates = {"dead": "is dead", "": "has not ended"}
    return f"{shown['name']} {fates.get(shown['fate'], shown['fate'])}"


def state_in_words(shown: dict[str, Any]) -> str:
    """Where a run is: its image, loss, accuracy and active ReLUs."""
    image, loss, accuracy, active = (
        shown[name][-1] for name in ("images", "loss", "accuracy", "active")
    )
    parts = ["the loss is no number" if loss is None else f"loss {loss:,.2f}"]
    if accuracy is not None:
        parts.append(f"accuracy of the last {min(image, RECENT)} images {accuracy:.1f} %")
    return f"{image:,}: {', '.join(parts)}, {active:.1f} % of the ReLUs active"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# The still

PANELS = {  # what each panel shows: its title, its upper end, and where guessing is
    "loss": ("loss", 5, 2.303),
    "accuracy": (f"accuracy of the last images\n(up to {RECENT}), %; diamond: test", 60, 10),
    "active": ("active ReLUs, %", 100, None),
}


def draw_axes(panels: np.ndarray) -> None:
    for axes, (title, most, guessing) in zip(panels, PANELS.values(), strict=True):
        axes.set_title(title, fontsize=10, pad=13)
        axes.set(xscale="log", xlim=(0.9, PASS), ylim=(0, most), xlabel="images seen")
        ticks = [1, 10, 100, 1000]
        axes.set_xticks(ticks, [f"{tick:,}" for tick in ticks])
        if guessing:
            axes.axhline(guessing, color="0.4", linestyle=":", label="guessing")
            axes.text(1.1, guessing, "guessing", color="0.3", fontsize=8, va="top")


def draw_runs(panels: np.ndarray, runs: list[dict[str, Any]], colours: list[str]) -> None:
    """Draw each run in every panel, and a triangle for what is beyond its upper end."""
    for axes, (key, (_, most, _)) in zip(panels, PANELS.items(), strict=True):
        ends = []
        for run, colour in zip(runs, colours, strict=True):
            values = zip(run["images"], run[key], strict=True)
            curve = [(image, value) for image, value in values if value is not None]
            tested = key == "accuracy" and run["test"] is not None
            if not curve and not tested:
                continue
            if curve:
                axes.plot(*zip(*curve, strict=True), color=colour, label=run["name"])
            image, value = curve[-1] if curve else (run["images"][-1], run["test"])
            ends.append((min(value, most), image, run["name"], colour))
            beyond = [image for image, value in curve if value > most]
            if beyond:
                look = {"color": colour, "clip_on": False, "label": f"{run['name']}, beyond"}
                axes.plot(beyond, [1.02 * most] * len(beyond), "^", markersize=4, **look)
            if tested:
                look = {"color": colour, "markerfacecolor": "white", "zorder": 3}
                axes.plot(image, run["test"], "D", label=f"{run['name']}, test", **look)
        draw_names(axes, ends, 0.07 * most)
    most = PANELS["loss"][1]
    peaks = [(*run["peak"], run["name"], colour) for run, colour in zip(runs, colours, strict=True)
             if run["peak"] and run["peak"][1] > most]  # fmt: skip
    for image, loss, name, colour in peaks[-1:]:
        text = f"{name}: {loss:,.5g} at image {image:,}"
        panels[0].text(1.3 * image, 1.01 * most, text, color=colour, fontsize=8)


def draw_names(axes: Axes, ends: list[tuple[float, float, str, str]], apart: float) -> None:
    """Write each name beside the end of its curve, (y, x, name, colour), so far apart or more."""
    level = -np.inf
    for y, x, name, colour in sorted(ends):
        level = max(y, level + apart)
        text = axes.text(1.1 * x, level, name, color=colour, fontsize=9, va="bottom")
        text.set_path_effects([Stroke(linewidth=2.5, foreground="white"), Normal()])

"""Lesson 05: the same race on three clocks, an explorer that the page draws."""

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import Normal, Stroke

from .colour_contrast import readable
from .lesson_05_minibatch import band, log_axis
from .page_explorer import PageExplorer, module, play, read, segments, start
from .style import new_figure, ramp

CLOCKS = ["images seen", "steps", "time"]
PLACES = 240  # of the line, from the left end of the axis to the right
ROUNDING = 1e-9
NEAR = 0.08  # ends of curves that are closer, as a share of the axis, may need labels moved apart


class RaceExplorer(PageExplorer):
    """Test accuracy of trainings with several batch sizes, over the clock that one chooses.

    images: by batch size, after how many images it was tested, (stops,); all end with the same.
    accuracy: by batch size, the accuracy at each stop in percent, (runs, stops).
    seconds: by batch size, how long training takes for one image; computer: measured where.

    One drags a line to a moment and reads who is ahead there: by the last test of each, for
    between two tests nothing is known. The axes are logarithmic, so another clock shifts each curve
    sideways and leaves its shape.
    """

    _esm = module("lesson_05_race.js")
    computed_in_page = True

    clock = traitlets.Enum(CLOCKS, "images seen").tag(sync=True, setting=True)
    place = traitlets.Int(201, min=0, max=PLACES).tag(sync=True, setting=True)

    def __init__(
        self,
        images: dict[int, np.ndarray],
        accuracy: dict[int, np.ndarray],
        seconds: dict[int, float],
        computer: str = "this computer",
        **settings: Any,
    ) -> None:
        self.sizes = sorted(accuracy)
        self.images = [np.asarray(images[size], float) for size in self.sizes]
        self.curves = [
            np.percentile(accuracy[size], [0, 50, 100], axis=0) for size in self.sizes
        ]  # of each (3, stops): the worst run, the median, the best
        self.runs = len(accuracy[self.sizes[0]])
        self.seconds = [float(seconds[size]) for size in self.sizes]
        self.computer = computer
        clocks = segments("clock", [start(clock, clock=clock) for clock in CLOCKS])
        controls = [clocks, play("place", 0, PLACES, 1, per_second=40)]
        super().__init__(controls=controls, **settings)

    @property
    def top(self) -> float:
        """Where the axis of the accuracy ends, in percent."""
        return 10 * math.ceil(max(curve.max() for curve in self.curves) / 10)

    def compute(self) -> dict[str, Any]:
        return {
            "sizes": self.sizes,
            "images": [each.tolist() for each in self.images],
            "curves": [curve.tolist() for curve in self.curves],
            "seconds": self.seconds,
            "computer": self.computer,
            "runs": self.runs,
            "colours": ramp(len(self.sizes)),
            "top": self.top,
            **self.standing(self.clock),
        }

    def standing(self, clock: str) -> dict[str, Any]:
        """Return where every batch size stands when this clock is at the line.

        range: the ends of the axis. line: where it is, from 0, the left end, to 1. moment: the
        clock's at the line. positions: of each curve's tests, from 0 to 1. reached: of each curve
        its last test up to the line (none before the first), and now: the worst, median and best
        accuracy in it. finished: whose curves have ended. groups: the places in `sizes`, best
        first; those in one group share a rank.
        """
        unit = {
            "images seen": [1.0] * len(self.sizes),
            "steps": [1 / size for size in self.sizes],
            "time": self.seconds,
        }[clock]
        times = [images * one for images, one in zip(self.images, unit, strict=True)]
        first, last = min(time[0] for time in times), max(time[-1] for time in times)
        positions = [np.log(time / first) / np.log(last / first) for time in times]
        line = snapped(self.place / PLACES, np.concatenate(positions))
        reached = [last_test(line, x) for x in positions]
        now = [
            None if test is None else curve[:, test].tolist()
            for test, curve in zip(reached, self.curves, strict=True)
        ]
        finished = [test == len(x) - 1 for test, x in zip(reached, positions, strict=True)]
        groups = ranking(now)
        moment = tell(clock, first * (last / first) ** line)
        ends = [x[-1] for x in positions]
        return {
            "range": [first, last],
            "line": line,
            "moment": moment,
            "positions": [x.tolist() for x in positions],
            "reached": reached,
            "now": now,
            "finished": finished,
            "groups": groups,
            "labels": label_heights(ends, [curve[1, -1] for curve in self.curves], self.top / 15),
            "words": words(moment, self.sizes, now, finished, groups, int(self.images[0][-1])),
        }

    def still(self) -> Figure:
        figure, panels = new_figure(1, 3, size=(10, 3.8), sharey=True)
        for axes, clock in zip(panels, CLOCKS, strict=True):
            self.draw(axes, clock)
        about = f"test accuracy, %\nmedian of {self.runs} runs, worst to best"
        panels[0].set(ylabel=about, ylim=(0, self.top))
        figure.suptitle(
            "Batch sizes and their ranks at the line, by the last test of each. "
            "Same rank (=): its range meets the range of the first with that rank.",
            fontsize=9,
        )
        return figure

    def draw(self, axes: Axes, clock: str) -> None:
        """Draw the race over one clock, with the line and the ranking at it."""
        shown = self.standing(clock)
        scale = 1000 if clock == "time" else 1  # milliseconds
        first, last = (scale * end for end in shown["range"])
        here = first * (last / first) ** shown["line"]
        for i, (size, colour) in enumerate(zip(self.sizes, ramp(len(self.sizes)), strict=True)):
            times = first * (last / first) ** np.array(shown["positions"][i])
            name, height = f"batch size {size}", shown["labels"][i]
            line = band(axes, times, self.curves[i], name, colour, edges=(0, 100))
            line.set(linewidth=1.2 + 0.5 * i, markersize=3 + 0.5 * i)
            axes.patches[-1].set_alpha(0.07)  # five bands on top of each other
            for edge in axes.lines[-3:-1]:
                edge.set(linewidth=0.4, alpha=0.5)
            if shown["now"][i] is not None:
                held = shown["now"][i][1]
                since = times[shown["reached"][i]]
                look: dict[str, Any] = {"color": colour, "markeredgecolor": "white"}
                look["label"] = f"_{name}, its last test up to the line"
                axes.plot([since, here], [held, held], "o:", markevery=[1], **look)
            label = axes.annotate(
                str(size), (times[-1], height), (5, 0), textcoords="offset points",
                va="center", fontsize=9, color=readable(colour), fontweight="bold",
            )  # fmt: skip
            label.set_path_effects([Stroke(linewidth=2.5, foreground="white"), Normal()])
        axes.axvline(here, color="black", linewidth=1)
        groups, order = shown["groups"], "   "
        order = order.join(
            f"{rank(groups, group[0])}: {', '.join(str(self.sizes[i]) for i in sorted(group))}"
            for group in groups
        )
        axes.set_title(f"{shown['moment'].capitalize()}:\n{order}", fontsize=9)
        powers = 10.0 ** np.arange(np.ceil(np.log10(first)), np.log10(last))
        measured = f" in ms, measured on\n{self.computer}" if clock == "time" else ""
        log_axis(axes, clock + measured + " (logarithmic)", powers)
        axes.set_xlim(first, last * 1.9)


def snapped(line: float, tests: np.ndarray) -> float:
    """Return the place of the test next to the line, if no other place is nearer; or the line."""
    nearest = float(tests[np.argmin(np.abs(tests - line))])
    return nearest if abs(nearest - line) < 0.5 / PLACES else line


def last_test(line: float, positions: np.ndarray) -> int | None:
    """Return which of a curve's tests was the last up to the line; None before the first."""
    done = int(np.sum(positions <= line + ROUNDING))
    return done - 1 if done else None


def ranking(now: list[list[float] | None]) -> list[list[int]]:
    """Return groups of places, the best median first.

    A group shares a rank: its first, and those whose range over the runs meets its first's. So
    every run of a group's first is better than all runs of those in the groups below.
    """
    begun = {i: each for i, each in enumerate(now) if each is not None}
    groups: list[list[int]] = []
    for i in sorted(begun, key=lambda i: -round(1e6 * begun[i][1])):
        ties = (group for group in groups if meets(begun[i], begun[group[0]]))
        group = next(ties, None)
        if group is None:
            groups.append([i])
        else:
            group.append(i)
    return groups


def meets(lower: Sequence[float], first: Sequence[float]) -> bool:
    """Whether the best run of the lower one reaches the worst run of the first."""
    return lower[2] > first[0] - ROUNDING


def label_heights(ends: Sequence[float], heights: Sequence[float], gap: float) -> list[float]:
    """Return heights for the labels at the curves' ends, apart where they would overlap."""
    placed = [float(height) for height in heights]
    order = sorted(range(len(ends)), key=lambda i: heights[i])
    for number, i in enumerate(order):
        for j in order[:number]:
            if abs(ends[i] - ends[j]) < NEAR:
                placed[i] = max(placed[i], placed[j] + gap)
    return placed


# Words. Both Python and the page write them, so halves are rounded up in both.


def tenths(value: float) -> str:
    return f"{math.floor(10 * value + 0.5) / 10:.1f}"


def tell(clock: str, value: float) -> str:
    """Return a moment of a clock in words: "after 36 steps"."""
    if clock == "time":
        milliseconds = 1000 * value
        if milliseconds >= 1000:
            return f"after {tenths(value)} s"
        whole = milliseconds >= 10
        return f"after {math.floor(milliseconds + 0.5) if whole else tenths(milliseconds)} ms"
    count = math.floor(value + 0.5)
    thing = clock.split()[0].removesuffix("s") + ("" if count == 1 else "s")
    return f"after {count:,} {thing}"


def listed(sizes: list[int], places: list[int]) -> str:
    """Return batch sizes in a row, smallest first: "1, 4 and 16"."""
    return joined([str(sizes[i]) for i in sorted(places)])


def joined(names: list[str]) -> str:
    *others, final = names
    return f"{', '.join(others)} and {final}" if others else final


def rank(groups: list[list[int]], place: int) -> str:
    """Return the rank of a place in `sizes`: "4", or "=1" where several share it."""
    better = 0
    for group in groups:
        if place in group:
            return f"={better + 1}" if len(group) > 1 else str(better + 1)
        better += len(group)
    return "–"


def words(
    moment: str,
    sizes: list[int],
    now: list[list[float] | None],
    finished: list[bool],
    groups: list[list[int]],
    images: int,
) -> str:
    """Return who is ahead at a moment, what ties with it, and who has finished or not begun."""
    parts = []
    for number, group in enumerate(groups):
        first, *others = [f"{sizes[i]} ({tenths(now[i][1])} %)" for i in group]  # type: ignore[index]
        text = f"then {first}" if number else f"batch size {first} is first"
        parts.append(f"{text}, tied with {joined(others)}" if others else text)
    sentence = f"{moment.capitalize()}, {'; '.join(parts)}."
    waiting = [i for i, each in enumerate(now) if each is None]
    done = [i for i, each in enumerate(finished) if each]
    if waiting:
        sentence += f" No step yet: {listed(sizes, waiting)}."
    if len(done) == len(sizes):
        sentence += f" All have seen their {images:,} images."
    elif done:
        sentence += f" All {images:,} images seen: {listed(sizes, done)}."
    return sentence


def measured_beforehand() -> tuple[dict[int, float], str]:
    """Return seconds for one image by batch size, and the computer that they were measured on.

    `python -m tests.benchmarks.batch_sizes --save FILE` measured and saved them.
    """
    measured = json.loads(read("batch_size_seconds.json"))
    seconds = {int(size): value for size, value in measured["seconds per image"].items()}
    return seconds, measured["computer"]

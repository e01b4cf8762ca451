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

from .lesson_05_minibatch import band, log_axis
from .page_explorer import PageExplorer, module, play, read, start
from .style import new_figure

CLOCKS = ["images seen", "steps", "seconds"]
PLACES = 240  # of the line, from the left end of the axis to the right
ROUNDING = 1e-9
NEAR = 0.08  # ends of curves that are closer, as a share of the axis, may need labels moved apart


class RaceExplorer(PageExplorer):
    """Test accuracy of trainings with several batch sizes, over the clock that one chooses.

    images: by batch size, after how many images it was tested, (stops,).
    accuracy: by batch size, the accuracy at each stop in percent, (runs, stops).
    seconds: by batch size, how long training takes for one image; computer: measured where.

    One drags a line to a moment and reads who is ahead there. The axes are logarithmic, so another
    clock shifts each curve sideways and leaves its shape.
    """

    _esm = module("lesson_05_race.js")
    computed_in_page = True

    clock = traitlets.Enum(CLOCKS, "images seen").tag(sync=True, setting=True)
    place = traitlets.Int(180, min=0, max=PLACES).tag(sync=True, setting=True)

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
        controls = [start(clock, clock=clock) for clock in CLOCKS]
        controls.append(play("place", 0, PLACES, 1, per_second=40))
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

        range: the ends of the axis. moment: the clock's at the line. positions: of each curve's
        stops, from 0, the left end of the axis, to 1. now: of each curve the worst, median and
        best accuracy at the line (none before its first step). finished: whose curves have ended.
        groups: the places in `sizes`, best first; those in one group are too close to call.
        """
        unit = {
            "images seen": [1.0] * len(self.sizes),
            "steps": [1 / size for size in self.sizes],
            "seconds": self.seconds,
        }[clock]
        times = [images * one for images, one in zip(self.images, unit, strict=True)]
        first, last = min(time[0] for time in times), max(time[-1] for time in times)
        positions = [np.log(time / first) / np.log(last / first) for time in times]
        line = self.place / PLACES
        now = [at_line(line, x, curve) for x, curve in zip(positions, self.curves, strict=True)]
        finished = [bool(line > x[-1] - ROUNDING) for x in positions]
        groups = ranking(now)
        moment = tell(clock, first * (last / first) ** line)
        ends = [x[-1] for x in positions]
        return {
            "range": [first, last],
            "moment": moment,
            "positions": [x.tolist() for x in positions],
            "now": now,
            "finished": finished,
            "groups": groups,
            "labels": label_heights(ends, [curve[1, -1] for curve in self.curves], self.top / 15),
            "words": words(moment, self.sizes, now, finished, groups),
        }

    def still(self) -> Figure:
        figure, panels = new_figure(1, 3, size=(10, 3.8), sharey=True)
        for axes, clock in zip(panels, CLOCKS, strict=True):
            self.draw(axes, clock)
        about = f"test accuracy, %\nmedian of {self.runs} runs, worst to best"
        panels[0].set(ylabel=about, ylim=(0, self.top))
        return figure

    def draw(self, axes: Axes, clock: str) -> None:
        """Draw the race over one clock, with the line and the ranking at it."""
        shown = self.standing(clock)
        first, last = shown["range"]
        for i, (size, colour) in enumerate(zip(self.sizes, ramp(len(self.sizes)), strict=True)):
            times = first * (last / first) ** np.array(shown["positions"][i])
            name, height = f"batch size {size}", shown["labels"][i]
            line = band(axes, times, self.curves[i], name, colour, marker="", edges=(0, 100))
            line.set_linewidth(1.2 + 0.5 * i)
            label = axes.annotate(
                str(size), (times[-1], height), (5, 0), textcoords="offset points",
                va="center", fontsize=9, color=colour, fontweight="bold",
            )  # fmt: skip
            label.set_path_effects([Stroke(linewidth=2.5, foreground="white"), Normal()])
        axes.axvline(first * (last / first) ** (self.place / PLACES), color="black", linewidth=1)
        order = ", then ".join(listed(self.sizes, group) for group in shown["groups"])
        axes.set_title(f"{shown['moment'].capitalize()}:\n{order}", fontsize=9)
        powers = 10.0 ** np.arange(np.ceil(np.log10(first)), np.log10(last))
        measured = f", measured on\n{self.computer}" if clock == "seconds" else ""
        log_axis(axes, clock + measured, powers)
        axes.set_xlim(first, last * 1.9)


def ramp(count: int) -> list[str]:
    """Return colours for `count` things in their order: one hue, from light to dark."""
    light, dark = np.array([60, 154, 208]), np.array([6, 32, 58])
    shares = np.linspace(0, 1, count)
    return [
        "#{:02x}{:02x}{:02x}".format(*np.round(light + (dark - light) * share).astype(int))
        for share in shares
    ]


def at_line(line: float, positions: np.ndarray, curve: np.ndarray) -> list[float] | None:
    """Return what the curves (3, stops) are at the line; None before their first stop.

    Between two stops they are straight in the picture, and after the last they stay.
    """
    if line < positions[0] - ROUNDING:
        return None
    return [float(np.interp(line, positions, each)) for each in curve]


def ranking(now: list[list[float] | None]) -> list[list[int]]:
    """Return groups of places, the best median first.

    A group holds those whose runs overlap with the runs of its first: too close to call.
    """
    begun = [i for i, each in enumerate(now) if each is not None]
    begun.sort(key=lambda i: -round(1e6 * now[i][1]))  # type: ignore[index]
    groups: list[list[int]] = []
    for i in begun:
        if groups and now[i][2] > now[groups[-1][0]][0] - ROUNDING:  # type: ignore[index]
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


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
    if clock == "seconds":
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
    *others, final = [str(sizes[i]) for i in sorted(places)]
    return f"{', '.join(others)} and {final}" if others else final


def words(
    moment: str,
    sizes: list[int],
    now: list[list[float] | None],
    finished: list[bool],
    groups: list[list[int]],
) -> str:
    """Return who is ahead at a moment, and who has finished or not begun."""
    parts = []
    for number, group in enumerate(groups):
        medians = [now[i][1] for i in group]  # type: ignore[index]
        low, high = tenths(min(medians)), tenths(max(medians))
        values = f"{low} %" if low == high else f"{low} to {high} %"
        names, several = listed(sizes, group), len(group) > 1
        if number:
            parts.append(f"then {names} with {values}")
        elif several:
            parts.append(f"batch sizes {names} are too close to call, with {values}")
        else:
            parts.append(f"batch size {names} is ahead with {values}")
    sentence = f"{moment.capitalize()}, {', '.join(parts)}."
    waiting = [i for i, each in enumerate(now) if each is None]
    done = [i for i, each in enumerate(finished) if each]
    if waiting:
        sentence += f" Not yet a step: {listed(sizes, waiting)}."
    if len(done) == len(sizes):
        sentence += " All have finished."
    elif done:
        sentence += f" Finished: {listed(sizes, done)}."
    return sentence


def measured_beforehand() -> tuple[dict[int, float], str]:
    """Return seconds for one image by batch size, and the computer that they were measured on.

    `python -m tests.benchmarks.batch_sizes --save FILE` measured and saved them.
    """
    measured = json.loads(read("batch_size_seconds.json"))
    seconds = {int(size): value for size, value in measured["seconds per image"].items()}
    return seconds, measured["computer"]

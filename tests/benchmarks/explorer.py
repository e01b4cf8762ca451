"""How fast does the gradient explorer answer: settings to numbers, and numbers to a new picture.

    python -m tests.benchmarks.explorer [--moves 100] [--threads 1 2]

Sliders of the explorer are moved as a person drags them, one position after the other, from the
default settings; then the presets are chosen in turn. All in this process, without a browser: what
the browser adds is measured elsewhere. Close other programs first: the load of the machine is
printed.
"""

import argparse
import os
import time

import numpy as np
from threadpoolctl import threadpool_limits

from course_lib import datasets
from course_lib.figures.gradient_explorer import PRESETS, Settings, compute
from course_lib.figures.gradient_explorer.controls import GradientExplorer, positions
from course_lib.figures.gradient_explorer.settings import RANGES, WHOLE

DRAGGED = ("depth", "width", "std", "learning_rate", "batch_size")
GOAL = 80  # milliseconds, the median of a move


def drags(moves):
    """Yield (name, value): each slider from one end to the other, then back to its default."""
    for name in DRAGGED:
        low, high = RANGES[name]
        if name in WHOLE:
            values = np.linspace(low, high, moves // len(DRAGGED)).round().astype(int).tolist()
        else:
            values = [value for _, value in positions(name, low)]
        yield from ((name, value) for value in values)
        yield name, getattr(Settings(), name)


def measure(moves):
    """Move, and print a table of the times."""
    dataset = datasets.load("pictograms")
    explorer = GradientExplorer(dataset=dataset)
    for preset in PRESETS.values():
        compute(preset, dataset)  # prepares the images, once for each network and scale

    def timed(function, *arguments):
        start = time.perf_counter()
        function(*arguments)
        return 1000 * (time.perf_counter() - start)

    def move(name, value):
        explorer.controls[name].value = value

    report("compute, default settings", [timed(compute, Settings(), dataset) for _ in range(moves)])
    report("draw, default settings", [timed(draw, explorer) for _ in range(moves)])
    report("a slider's move, all of it", [timed(move, *drag) for drag in drags(moves)], GOAL)
    report("a preset, all of it", [timed(explorer.choose, preset) for preset in PRESETS.values()])
    for preset, steps in ((Settings(), 200), (PRESETS["case A, repaired"], 20)):
        trained = preset.but(steps=steps)
        report(
            f"compute, {trained.network}, {steps} steps",
            [timed(compute, trained, dataset) for _ in range(5)],
        )


def draw(explorer):
    """Draw the same result once more, as every move does."""
    explorer.drawing.redraw(explorer.result)
    explorer.screen.to_png(explorer.drawing.frame)


def report(name, times, goal=None):
    low, middle, high, top = np.percentile(times, [0, 50, 95, 100])
    verdict = f"   goal: median below {goal} ms" if goal else ""
    print(
        f"  {name:30} {len(times):4}   {middle:7.1f}  {high:7.1f}   [{low:.1f} .. {top:.1f}]"
        + verdict
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--threads", type=int, nargs="+", default=[2])
    options = parser.parse_args()
    for threads in options.threads:
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        print(
            f"{threads} thread(s); {os.cpu_count()} cores, load {load:.1f} before the start\n"
            f"  {'milliseconds':30} {'n':>4}   {'median':>7}  {'95 %':>7}   [min .. max]",
            flush=True,
        )
        with threadpool_limits(threads):
            measure(options.moves)


if __name__ == "__main__":
    main()

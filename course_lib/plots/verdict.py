"""Figures for the verdict on case A."""

import numpy as np

from course_lib import plots
from course_lib.cases.verdict import active, fate, state

LOOKS = {  # a marker and a colour for each state
    "lives": ("o", "blue"),
    "does not live": ("^", "orange"),
    "dead": ("x", "vermilion"),
}


def fates(records, title=None):
    """Return a figure with a row for each case: the accuracy of each seed, and what became of it.

    records: {name: [Record, ...]}. Each mark is a training, and its form the network's `state`.
    Right of the panel: the share of active ReLUs, and the fate of all seeds together.
    """
    figure, panel = plots.new_figure(size=(9.2, 0.36 * len(records) + 1.4), title=title)
    marks = {name: [] for name in LOOKS}
    for row, runs in enumerate(records.values()):
        for record in runs:
            marks[state([record])].append((100 * record.accuracy, row))
        words = f"{100 * active(runs):.1f} % active, {fate(runs)}"
        panel.text(1.02, row, words, va="center", transform=panel.get_yaxis_transform())
    for name, places in marks.items():
        marker, colour = LOOKS[name]
        if places:
            panel.scatter(*np.transpose(places), marker=marker, color=plots.PALETTE[colour],
                          label=name, s=42)
    panel.axvline(10, color="0.4", linestyle=":", label="guessing")
    panel.set_yticks(range(len(records)), list(records))
    panel.set_ylim(len(records) - 0.5, -0.5)
    panel.set(xlim=(0, 75), xlabel="test accuracy in percent, one mark a seed")
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return figure

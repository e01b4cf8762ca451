"""Figures for the verdict on case A."""

import numpy as np

from course_lib import plots
from course_lib.cases.verdict import fate

BARELY = 0.01  # a network with a smaller share of active ReLUs is drawn as barely alive
LOOKS = {  # a marker and a colour for each state
    "alive": ("o", "blue"),
    "barely alive": ("^", "orange"),
    "dead": ("x", "vermilion"),
}


def state(record):
    """"alive", "barely alive" (fewer than one ReLU in a hundred is active), or "dead"."""
    if record.died_at is not None:
        return "dead"
    return "alive" if record.active_at_the_end >= BARELY else "barely alive"


def fates(records, title=None):
    """Return a figure with a row for each case: the accuracy of each seed, and what became of it.

    records: {name: [Record, ...]}. Each mark is a training, and its form the network's `state`.
    Right of the panel: the mean share of active ReLUs, and the fate of all seeds together.
    """
    figure, panel = plots.new_figure(size=(8.6, 0.36 * len(records) + 1.4), title=title)
    marks = {name: [] for name in LOOKS}
    for row, runs in enumerate(records.values()):
        for record in runs:
            marks[state(record)].append((100 * record.accuracy, row))
        panel.text(1.02, row, in_words(runs), va="center", transform=panel.get_yaxis_transform())
    for name, places in marks.items():
        marker, colour = LOOKS[name]
        if places:
            panel.scatter(*np.transpose(places), marker=marker, color=plots.PALETTE[colour],
                          label=name, s=42, alpha=0.7)
    panel.axvline(10, color="0.4", linestyle=":", label="guessing")
    panel.set_yticks(range(len(records)), list(records))
    panel.set_ylim(len(records) - 0.5, -0.5)
    panel.set(xlim=(0, 75), xlabel="test accuracy in percent, one mark a seed")
    figure.legend(loc="outside lower center", ncols=4, frameon=False)
    return figure


def in_words(runs):
    """The share of active ReLUs and the fate, such as "51.0 % active, alive"."""
    active = np.mean([record.active_at_the_end for record in runs])
    words = fate(runs)
    if words == "alive" and active < BARELY:
        words = "barely alive"
    return f"{100 * active:.1f} % active, {words}"

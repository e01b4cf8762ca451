"""Figures for the verdict on case A."""

import numpy as np

from course_lib import plots
from course_lib.cases.verdict import fate


def fates(records, title=None):
    """Return a figure with a row for each case: the accuracy of each seed, and what became of it.

    records: {name: [Record, ...]}. A dot is a network that lives, a cross is one that died.
    """
    figure, panel = plots.new_figure(size=(8, 0.36 * len(records) + 1.1), title=title)
    alive, dead = [], []
    for row, runs in enumerate(records.values()):
        for record in runs:
            (alive if record.died_at is None else dead).append((100 * record.accuracy, row))
        panel.text(1.02, row, fate(runs), va="center", transform=panel.get_yaxis_transform())
    look = {"s": 42, "alpha": 0.7}
    for places, name, marker, colour in (
        (alive, "alive", "o", plots.PALETTE["blue"]),
        (dead, "dead", "x", plots.PALETTE["vermilion"]),
    ):
        if places:
            panel.scatter(*np.transpose(places), marker=marker, color=colour, label=name, **look)
    panel.axvline(10, color="0.4", linestyle=":", label="guessing")
    panel.set_yticks(range(len(records)), list(records))
    panel.invert_yaxis()
    panel.set(xlim=(0, 75), xlabel="test accuracy in percent, one mark a seed")
    panel.legend(loc="lower right")
    return figure

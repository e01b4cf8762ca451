"""Pictures of losses: log-sum-exp of two logits, gradients by logit gap, accuracies by seed."""

import numpy as np

from course_lib import losses, plots

# Ticks with labels of plain text: matplotlib's own powers of ten slow every redraw down.
POWERS = {1: "1", 1e-2: "0.01", 1e-4: "10⁻⁴", 1e-6: "10⁻⁶", 1e-8: "10⁻⁸", 1e-10: "10⁻¹⁰"}


def log_sum_exp_figure(z):
    """Return a figure of log-sum-exp for the logits (z, 0), and of the loss for either label.

    z is (points,): the first logit; the second one stays 0.
    """
    logits = np.stack([z, np.zeros_like(z)], axis=1)  # (points, 2)
    log_p = losses.log_softmax(logits)
    figure, (left, right) = plots.new_figure(1, 2, size=(9, 3.6))
    left.plot(z, z - log_p[:, 0], label="log-sum-exp of z and 0")
    left.plot(z, np.maximum(z, 0), "--", label="maximum of z and 0")
    left.set(xlabel="logit z", title="a maximum with a rounded corner")
    for column, (logit, style) in enumerate({"z": "-", "0": "--"}.items()):
        right.plot(z, -log_p[:, column], style, label=f"if {logit} is the right class's logit")
    right.set(xlabel="logit z", ylabel="loss, −log p", title="cross-entropy")
    for panel in (left, right):
        panel.legend()
    return figure


def gradient_curves(gaps):
    """Return (figure, artists) for the gradient sizes of two losses, all still without heights.

    gaps is (points,), the places of the curves. The artists, by name: "bars", the probabilities of
    the right class and of the wrong ones; for each loss its curve, and its marker.
    """
    figure, (left, right) = plots.new_figure(1, 2, size=(8.6, 3.7), width_ratios=(1, 3))
    look = {"color": [plots.PALETTE["green"], plots.PALETTE["vermilion"]], "edgecolor": "black"}
    bars = left.bar(["right", "wrong"], [0, 0], **look)
    bars[1].set_hatch("//")
    left.set(ylim=(0, 1.05), ylabel="probability", title="what it believes")
    artists = {"bars": bars}
    for name, style, sign in (("cross-entropy", "-", "o"), ("squared error", "--", "s")):
        artists[name], = right.plot(gaps, np.ones_like(gaps), style, label=name)
        colour = artists[name].get_color()
        artists[f"{name} here"], = right.plot(
            [0], [1], sign, color=colour, markersize=9, label=f"{name} here"
        )
    right.axvline(0, color="0.5", linewidth=0.8)
    for place, side, text in ((-0.3, "right", "← right"), (0.3, "left", "wrong →")):
        right.text(place, 4, text, ha=side, va="center")
    right.set(yscale="log", ylim=(1e-10, 10), title="how loudly the network is told")
    right.set(xlabel="logit of the wrong classes − logit of the right one")
    right.set_yticks(list(POWERS), POWERS.values())
    right.minorticks_off()
    right.set_ylabel("size of the gradient at the logits")
    right.legend([artists["cross-entropy"], artists["squared error"]],
                 ["cross-entropy", "squared error"], loc="lower center")
    return figure, artists


def accuracy_dots(accuracies, chance=0.1):
    """Return a figure of accuracies: a row for each name, a dot for each seed, a bar at the mean.

    accuracies: from names to lists of numbers from 0 to 1. chance: what guessing gives.
    """
    figure, axes = plots.new_figure(size=(8, 0.42 * len(accuracies) + 1.1))
    rows = np.arange(len(accuracies))
    means = [np.mean(found) for found in accuracies.values()]
    for row, (name, found) in enumerate(accuracies.items()):
        axes.plot(found, np.full(len(found), row), "o", color=plots.PALETTE["blue"],
                  alpha=0.8, markersize=6, label=f"_{name}")
    axes.plot(means, rows, "|", color="black", markersize=18, markeredgewidth=2.5, label="mean")
    axes.axvline(chance, color=plots.PALETTE["vermilion"], linestyle="--", label="guessing")
    axes.set_yticks(rows, accuracies)
    axes.set(xlim=(0, 1.02), ylim=(len(rows) - 0.5, -0.5))  # the first name is at the top
    axes.set_xlabel("test accuracy; a dot for each seed")
    axes.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2)
    return figure

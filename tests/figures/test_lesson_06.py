"""Pictures of sizes by depth; and the guided experiments of notebook 06 show what they say."""

import numpy as np
import pytest

from course_lib import datasets, figures
from course_lib.diagnostics import Recorder
from course_lib.figures import colour_contrast
from course_lib.figures import lesson_06_gradient_vanishing as pictures
from course_lib.figures.cliff import compute, verdict
from course_lib.figures.lesson_06_cliff import EXPERIMENTS as STARTS

PICTOGRAMS = datasets.load("pictograms")


@pytest.mark.parametrize(
    ("values", "curve", "zeros", "legend"),
    [
        ([1e-3, 0, 1e-5, 0], [1e-3, np.nan, 1e-5, np.nan], [2, 4], ["a", "a: exactly 0"]),
        ([1, 2, 3, 4], [1, 2, 3, 4], [], ["a"]),
        ([0] * 4, [np.nan] * 4, [1, 2, 3, 4], ["a: exactly 0"]),
    ],
)
def test_sizes_are_a_line_and_zeros_are_marks_at_the_lower_edge(values, curve, zeros, legend):
    _, axes = figures.new_figure()
    line = pictures.sizes(axes, [1, 2, 3, 4], values, "a", ("#0072B2", "-", "o"), 1e-9)
    np.testing.assert_array_equal(line.get_ydata(), curve)
    assert [list(mark.get_xdata()) for mark in axes.lines[1:]] == [zeros] * bool(zeros)
    assert all((mark.get_ydata() == 1e-9).all() for mark in axes.lines[1:])
    assert axes.get_yscale() == "log" and axes.get_ylim()[0] == 1e-9
    assert [text.get_text() for text in axes.legend().get_texts()] == legend


def recorder(table):
    """A Recorder as if it had seen these gradients: (layers, records), biases besides."""
    made = Recorder()
    made.steps = [5, 15, 25][: len(table[0])]
    for number, row in enumerate(table):
        made.gradient_rms[f"{2 * number + 1} Linear weight"] = list(row)
        made.gradient_rms[f"{2 * number + 1} Linear bias"] = [7.0] * len(row)
    return made


def test_over_training_has_a_line_for_each_layers_weights():
    table = np.array([[1e-5, 1e-4, 1e-3], [2e-4] * 3, [3e-4, 0, 3e-4], [1e-2, 1e-2, 0.1]])
    both = {"close": recorder(np.full((4, 3), 1e-2)), "apart": recorder(table)}
    close, apart = pictures.over_training(both, 1e-6, 1).axes
    curves = {line.get_label(): line.get_data() for line in apart.lines}
    np.testing.assert_array_equal(curves["layer 1"], [[5, 15, 25], table[0]])
    np.testing.assert_array_equal(curves["layer 3"][1], [3e-4, np.nan, 3e-4])
    np.testing.assert_array_equal(curves["layer 3: exactly 0"], [[15], [1e-6]])
    named = ["▼ layer 3: exactly 0", "layer 1", "layer 2", "layer 3", "layer 4"]
    assert [text.get_text() for text in apart.texts] == named and len(close.texts) == 0
    assert [panel.get_title() for panel in (close, apart)] == ["close", "apart"]
    darkness = [-colour_contrast.luminance(line.get_color()) for line in close.lines]
    assert darkness == sorted(darkness)


def test_relus_slope_jumps():
    z = np.linspace(-1, 1, 5)
    _, axes = figures.new_figure()
    pictures.slopes(axes, z, (z > 0) * 1.0, "-", "ReLU")
    left, right, dot, hole = [line.get_xydata().tolist() for line in axes.lines]
    assert left == [[-1, 0], [-0.5, 0], [0, 0]] and right == [[0, 1], [0.5, 1], [1, 1]]
    assert dot == [[0, 0]] and hole == [[0, 1]]
    assert axes.lines[2].get_markerfacecolor() != axes.lines[3].get_markerfacecolor() == "white"


def test_predictions_start_from_the_first_layer_forward_and_from_the_last_backward():
    spreads, gradients = {"a": np.full(5, 3.0)}, {"a": np.full(5, 2.0)}
    forward, backward = pictures.there_and_back(spreads, gradients, {"a": 0.5}).axes
    np.testing.assert_allclose(forward.lines[1].get_ydata(), 3 * 0.5 ** np.arange(5))
    np.testing.assert_allclose(backward.lines[1].get_ydata(), 2 * 0.5 ** np.arange(5)[::-1])


def test_both_layers_says_at_how_many_images_nothing_comes_back():
    watched = {"one": np.array([[1, 0, 0.0], [1, 1, 0]]), "two": np.ones((2, 3))}
    figure = pictures.both_layers(watched, 1e-3, 10)
    assert figure.get_label().endswith("exactly 0 at 1 (one), 0 (two) of 3 images.")
    assert [text.get_text() for text in figure.axes[0].texts] == ["▼ exactly 0"]


# Of each guided experiment: settings to move to, and how the verdict begins then.
HEALTHY, RELU, RAW = "healthy", {"activation": "ReLU"}, {"inputs": "raw"}
EXPERIMENTS = [
    [({}, HEALTHY), ({"depth": 3}, "below the band")]
    + [({"depth": n}, "vanishing") for n in (4, 50)],
    [
        ({}, "vanishing"),
        ({"activation": "tanh"}, HEALTHY),
        (RELU, HEALTHY),
        (RELU | {"depth": 50}, "vanishing"),
        (RELU | {"depth": 50, "init": "he"}, HEALTHY),
    ],
    [({}, "vanishing"), ({"std": 0.05, "width": 128}, "vanishing"), ({"std": 2.0}, "saturated")]
    + [({"std": std}, HEALTHY) for std in (0.18, 0.3)]
    + [({"std": std, "width": 128}, HEALTHY) for std in (0.09, 0.15)],
    [({}, HEALTHY), (RAW, "saturated: 99 % of layer 1")],
    [({}, "saturated"), ({"loss": "squared error"}, "saturated")],
    [({}, "step too long"), ({"steps": 5}, "dead"), ({"steps": 10}, "dead")]
    + [({"steps": 10, "inputs": "normalised"}, HEALTHY)],
]


@pytest.mark.parametrize(("name", "moves"), [*zip(STARTS, EXPERIMENTS, strict=True)])
def test_guided_experiments_show_what_they_are_meant_to(name, moves):
    start = STARTS[name]
    for move, words in moves:
        found = verdict(compute(start.but(**move), PICTOGRAMS))
        assert found.startswith(words), (move, found)


def rms(number, **move):
    return compute([*STARTS.values()][number].but(**move), PICTOGRAMS).rms


def test_saturation_alone_does_not_make_the_gradient_smaller():
    assert rms(3, inputs="raw")[0] > rms(3, inputs="normalised")[0]


def test_squared_error_brings_case_b_down_by_two_or_three_powers_of_ten():
    powers = np.log10(rms(4, loss="cross-entropy") / rms(4, loss="squared error"))
    assert 2 < powers.min() and powers.max() < 3.5

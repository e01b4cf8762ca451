"""Pictures of sizes by depth; and the guided experiments of notebook 06 show what they say."""

import numpy as np
import pytest

from course_lib import datasets, figures
from course_lib.diagnostics import Recorder
from course_lib.figures import lesson_06_gradient_vanishing as pictures
from course_lib.figures.gradient_explorer import compute, verdict
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
    line = pictures.sizes(axes, [1, 2, 3, 4], values, "a", ("blue", "-", "o"), 1e-9)
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


def test_curves_and_heat_map_show_the_weights_alone():
    table = np.array([[1e-5, 1e-4, 1e-3], [2e-4] * 3, [3e-4] * 3, [1e-2, 1e-2, 0.1]])
    both = {"a": recorder(table), "b": recorder(table[::-1])}
    above, other, below, *_ = pictures.over_training(both, 1e-6, 1).axes
    curves = {line.get_label(): line.get_ydata() for line in above.lines}
    np.testing.assert_array_equal(curves["first layer"], table[0])
    np.testing.assert_array_equal(curves["last layer"], table[-1])
    legend = [text.get_text() for text in above.get_legend().get_texts()]
    assert legend == ["those between", "last layer", "first layer"]
    cells = below.collections[0]
    np.testing.assert_allclose(cells.get_array(), np.log10(table))
    assert cells.get_clim() == (-6, 0)
    np.testing.assert_array_equal(cells.get_coordinates()[0, :, 0], [5, 15, 25, 35])
    np.testing.assert_array_equal(cells.get_coordinates()[:, 0, 1], [0.5, 1.5, 2.5, 3.5, 4.5])
    assert above.get_title() == "a" and other.get_title() == "b"


def test_heat_map_crosses_out_what_has_no_logarithm():
    _, axes = figures.new_figure()
    cells = pictures.heat_map(axes, [0, 10], np.array([[0, 1e-3], [np.nan, 1e-2]]), 1e-6, 1)
    np.testing.assert_array_equal(np.ma.getmaskarray(cells.get_array()), [[1, 0], [1, 0]])
    (crosses,) = axes.lines
    assert crosses.get_label() == "exactly 0, or not finite"
    np.testing.assert_array_equal(crosses.get_data(), [[5, 5], [1, 2]])


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

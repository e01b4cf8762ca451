"""Pictures of sizes by depth; and the guided experiments of notebook 06 show what they say."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets, figures
from course_lib.diagnostics import Recorder
from course_lib.figures import gradient_explorer
from course_lib.figures import lesson_06_gradient_vanishing as pictures
from course_lib.figures.description import describe

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "06_gradient_vanishing.ipynb"
LOOK = ("blue", "-", "o")


def recorder(table, steps):
    """A Recorder as if it had seen these gradients: (layers, records), biases besides."""
    made = Recorder()
    made.steps = list(steps)
    for number, row in enumerate(table):
        made.gradient_rms[f"{2 * number + 1} Linear weight"] = list(row)
        made.gradient_rms[f"{2 * number + 1} Linear bias"] = [7.0] * len(row)
    return made


def visible(axes):
    """The lines of a panel: (label, x, y) each, without what is not drawn."""
    return [(line.get_label(), *line.get_data()) for line in axes.lines]


def test_sizes_are_a_line_and_zeros_are_marks_at_the_lower_edge():
    figure, axes = figures.new_figure()
    line = pictures.sizes(axes, [1, 2, 3, 4], [1e-3, 0, 1e-5, 0], "filters", LOOK, 1e-9)
    np.testing.assert_array_equal(line.get_ydata(), [1e-3, np.nan, 1e-5, np.nan])
    (_, _, _), (label, x, y) = visible(axes)
    assert label == "filters: exactly 0"
    np.testing.assert_array_equal(x, [2, 4])
    np.testing.assert_array_equal(y, [1e-9, 1e-9])
    assert axes.get_yscale() == "log" and axes.get_ylim()[0] == 1e-9


def test_sizes_without_zeros_have_no_marks():
    _, axes = figures.new_figure()
    pictures.sizes(axes, [1, 2], [1, 2], "a", LOOK, 1e-9)
    assert [label for label, _, _ in visible(axes)] == ["a"]


def test_a_line_of_zeros_alone_is_not_in_the_legend():
    figure, axes = figures.new_figure()
    pictures.sizes(axes, [1, 2], [0, 0], "silent", LOOK, 1e-9)
    texts = [text.get_text() for text in axes.legend().get_texts()]
    assert texts == ["silent: exactly 0"]


def test_gradient_table_has_the_weights_alone_the_first_layer_first():
    table = np.arange(1, 7).reshape(3, 2) / 100
    np.testing.assert_array_equal(pictures.gradient_table(recorder(table, [0, 10])), table)


def test_curves_and_heat_map_show_the_table():
    table = np.array([[1e-5, 1e-4, 1e-3], [1e-4, 1e-3, 1e-2], [1e-2, 1e-2, 1e-1]])
    figure = pictures.over_training(
        {"a": recorder(table, [5, 15, 25]), "b": recorder(table[::-1], [5, 15, 25])}, 1e-6, 1
    )
    above, below = figure.axes[0], figure.axes[2]
    curves = {label: y for label, _, y in visible(above)}
    np.testing.assert_array_equal(curves["first layer"], table[0])
    np.testing.assert_array_equal(curves["last layer"], table[-1])
    cells = below.collections[0]
    np.testing.assert_allclose(cells.get_array(), np.log10(table))
    assert cells.get_clim() == (-6, 0)
    np.testing.assert_array_equal(cells.get_coordinates()[0, :, 0], [5, 15, 25, 35])
    np.testing.assert_array_equal(cells.get_coordinates()[:, 0, 1], [0.5, 1.5, 2.5, 3.5])
    assert figure.axes[0].get_title() == "a" and figure.axes[1].get_title() == "b"
    assert "powers of ten, row by row" in describe(figure)


def test_only_one_of_the_layers_between_is_in_the_legend():
    figure = pictures.over_training({"a": recorder(np.ones((6, 2)), [0, 1])}, 1e-6, 10)
    texts = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert texts == ["those between", "last layer", "first layer"]


def test_heat_map_crosses_out_what_has_no_logarithm():
    _, axes = figures.new_figure()
    cells = pictures.heat_map(axes, [0, 10], np.array([[0, 1e-3], [np.nan, 1e-2]]), 1e-6, 1)
    np.testing.assert_array_equal(np.ma.getmaskarray(cells.get_array()), [[1, 0], [1, 0]])
    ((label, x, y),) = visible(axes)
    assert label == "exactly 0, or not finite"
    np.testing.assert_array_equal(x, [5, 5])
    np.testing.assert_array_equal(y, [1, 2])


@pytest.fixture(scope="module")
def starts():
    """The lines of settings that notebook 06 offers to start from."""
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    text = "".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
    return re.findall(r"Start: `([^`]+)`", text)


def test_the_notebook_has_six_guided_experiments(starts):
    assert len(starts) == 6
    for line in starts:
        assert (
            gradient_explorer.Settings.from_text(line).to_text() == line
        )  # as the explorer writes it


# Of each guided experiment: settings to move to, and how the verdict begins then.
EXPECTED = [
    [
        ({}, "healthy"),
        ({"depth": 3}, "healthy"),
        ({"depth": 4}, "vanishing"),
        ({"depth": 50}, "vanishing"),
    ],
    [
        ({}, "vanishing"),
        ({"activation": "tanh"}, "healthy"),
        ({"activation": "ReLU"}, "healthy"),
        ({"activation": "ReLU", "depth": 50}, "vanishing"),
        ({"activation": "ReLU", "depth": 50, "init": "he"}, "healthy"),
    ],
    [
        ({}, "vanishing"),
        ({"sigma": 0.15}, "healthy"),
        ({"sigma": 0.3}, "healthy"),
        ({"sigma": 0.05, "width": 128}, "vanishing"),
        ({"sigma": 0.07, "width": 128}, "healthy"),
        ({"sigma": 0.15, "width": 128}, "healthy"),
        ({"sigma": 2.0}, "saturated"),
    ],
    [({}, "healthy"), ({"inputs": "raw"}, "saturated: 99 % of layer 1")],
    [({}, "saturated"), ({"loss": "squared error"}, "saturated")],
    [
        ({}, "step too long"),
        ({"steps": 5}, "dead"),
        ({"steps": 10}, "dead"),
        ({"steps": 10, "inputs": "normalised"}, "healthy"),
    ],
]


@pytest.mark.parametrize("number", range(6))
def test_guided_experiments_show_what_they_are_meant_to(starts, number):
    start, dataset = (
        gradient_explorer.Settings.from_text(starts[number]),
        datasets.load("pictograms"),
    )
    for move, words in EXPECTED[number]:
        verdict = gradient_explorer.verdict(gradient_explorer.compute(start.but(**move), dataset))
        assert verdict.startswith(words), (move, verdict)


def test_saturation_alone_does_not_make_the_gradient_smaller(starts):
    start, dataset = gradient_explorer.Settings.from_text(starts[3]), datasets.load("pictograms")
    before, after = (
        gradient_explorer.compute(start.but(inputs=inputs), dataset).rms[0]
        for inputs in ("normalised", "raw")
    )
    assert after > before


def test_squared_error_brings_case_b_down_by_two_or_three_powers_of_ten(starts):
    start, dataset = gradient_explorer.Settings.from_text(starts[4]), datasets.load("pictograms")
    entropy, squared = (
        gradient_explorer.compute(start.but(loss=loss), dataset).rms
        for loss in ("cross-entropy", "squared error")
    )
    powers = np.log10(entropy / squared)
    assert 2 < powers.min() and powers.max() < 3.5

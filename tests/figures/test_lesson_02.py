"""The figures and the explorer of notebook 02 show what a convolution computes."""

import re

import numpy as np
import pytest

from course_lib.figures import lesson_02_conv_forward as convolution
from course_lib.figures.description import describe
from course_lib.nn import loops
from course_lib.nn.shapes import output_size
from tests.benchmarks import training

PICTURE = np.arange(20).reshape(4, 5) ** 2 % 17
FILTER = np.array([[1, 0, -1], [2, 0, -2]])
SUMS = loops.conv2d_forward(
    PICTURE[np.newaxis, :, :, np.newaxis].astype(float),
    FILTER[:, :, np.newaxis, np.newaxis].astype(float),
    np.zeros(1),
)[0, :, :, 0]


@pytest.mark.parametrize(("row", "column"), [(0, 0), (1, 2), (2, 2)])
def test_window_figure_frames_the_window_and_shows_the_sums_so_far(row, column):
    figure = convolution.window_figure(PICTURE, FILTER, row, column)
    shown, known = np.ma.filled(figure.axes[4].images[0].get_array(), np.nan), row * 3 + column + 1
    np.testing.assert_array_equal(shown.ravel()[:known], SUMS.ravel()[:known])
    assert np.isnan(shown).sum() == SUMS.size - known
    assert f'"their sum is {SUMS[row, column]:.0f}"' in describe(figure)
    frame = figure.axes[0].patches[0].get_bbox()
    assert frame.bounds == (column - 0.5, row - 0.5, 3, 2)


def test_ladder_figure_has_a_place_for_each_rung_that_the_benchmark_measures():
    axes = convolution.ladder_figure().axes[0]
    rungs = [label.get_text() for label in axes.get_yticklabels()]
    assert rungs == [rung.__name__.replace("_", " ") for rung in training.LADDER]
    speeds = axes.lines[0].get_xdata()
    times = [text.get_text().split(", ")[-1] for text in axes.texts]
    assert times == [f"{speed / speeds[0]:,.0f} ×" for speed in speeds]


def test_product_figure_shows_the_convolution():
    columns = np.stack([PICTURE[i : i + 2, j : j + 3].ravel() for i in range(3) for j in range(3)])
    columns = np.vstack([columns.T, np.ones(9, int)])
    filters = np.append(FILTER.ravel(), 5)[:, np.newaxis]
    figure = convolution.product_figure(PICTURE, (2, 3), filters, columns, ["edge"])
    product = figure.axes[3].images[0].get_array()
    np.testing.assert_array_equal(product[0], SUMS.ravel() + 5)
    assert 'frame "window 9"' in describe(figure)


@pytest.fixture(scope="module")
def explorer():
    return convolution.window_explorer(np.arange(64.0).reshape(8, 8) / 63)


def set_controls(explorer, **values):
    for name, value in values.items():
        explorer.controls[name].value = value


@pytest.mark.parametrize("padding", [0, 1, 2])
@pytest.mark.parametrize(("kernel_size", "stride"), [(1, 4), (2, 1), (2, 3), (5, 4), (3, 1)])
def test_explorer_lays_out_every_window(explorer, kernel_size, stride, padding):
    set_controls(explorer, kernel_size=kernel_size, stride=stride, padding=padding)
    count = output_size(8, kernel_size, stride, padding)
    assert explorer.controls["number"].max == count**2
    text = describe(explorer.figure)
    assert f"output {count}×{count}" in text
    assert re.search(rf'\b{count**2} markers? "centre of a window"', text)


def test_explorer_moves_the_window_and_its_output(explorer):
    set_controls(explorer, kernel_size=3, stride=2, padding=1, number=6)
    left, right = explorer.figure.axes
    window = next(p for p in left.patches if p.get_label() == "this window")
    assert window.get_bbox().bounds == (0.5, 0.5, 3, 3)  # row 1, column 1 of 4 x 4 windows
    assert right.patches[0].get_bbox().bounds == (-1, -1, 1, 1)
    set_controls(explorer, number=7)
    assert window.get_bbox().bounds == (2.5, 0.5, 3, 3)
    assert "output 4×4: window 7 of 16" in describe(explorer.figure)


def test_explorer_keeps_the_window_number_within_the_output(explorer):
    fresh = convolution.window_explorer(np.zeros((8, 8)))
    assert fresh.controls["number"].max == 9
    set_controls(explorer, kernel_size=1, stride=1, padding=2)
    set_controls(explorer, number=144)
    set_controls(explorer, stride=4)
    assert explorer.controls["number"].value == 9
    assert "window 9 of 9" in describe(explorer.figure)


def test_explorer_shows_the_mean_of_each_window(explorer):
    set_controls(explorer, kernel_size=2, stride=2, padding=0)
    means = np.arange(64.0).reshape(4, 2, 4, 2).mean(axis=(1, 3)) / 63
    np.testing.assert_allclose(explorer.figure.axes[1].images[0].get_array(), means)


@pytest.mark.parametrize(
    ("kernel_size", "starts", "missing"),
    [(3, [0, 2, 4], 15), (3, [-1, 1, 3, 5], 0), (1, [0, 4], 60), (2, [0, 2, 4, 6], 0)],
)
def test_pixels_in_no_window(kernel_size, starts, missing):
    assert len(convolution.pixels_in_no_window(8, kernel_size, starts)) == missing

"""Gradient descent in the explorer, and a linear classifier's curves and weights."""

import numpy as np
import pytest

from course_lib.figures import lesson_01_first_success as success

X, Y = np.array([0.2, 0.5, 0.9]), np.array([0.3, 0.4, 0.6])
BOTTOM = (X @ Y) / (X @ X)
LIMIT = 2 / np.mean(2 * X * X)  # of the learning rates that converge


def slope(w, x, y):
    return np.mean(2 * (w * x - y) * x)


def step(w, slope, rate):
    return w - rate * slope


@pytest.fixture
def explorer():
    return success.descent_explorer(X, Y, slope, step)


def test_each_step_multiplies_the_distance_to_the_bottom():
    rate = 0.3
    path = success.path_of(0.0, X, Y, rate, slope, step)
    factor = 1 - 2 * rate / LIMIT
    np.testing.assert_allclose(path - BOTTOM, -BOTTOM * factor ** np.arange(success.STEPS + 1))
    wanted = [np.mean((w * X - Y) ** 2) for w in path]
    np.testing.assert_allclose(success.loss_of(path, X, Y), wanted)


@pytest.mark.parametrize(
    "share, words",
    [
        (0.001, "It creeps"),
        (0.2, "It goes down to the bottom"),
        (0.8, "to and fro, and comes nearer"),
        (1.1, "lands further away"),
    ],
)
def test_the_title_says_what_the_path_does(share, words):
    path = success.path_of(0.0, X, Y, share * LIMIT, slope, step)
    assert words in success.told(path, BOTTOM)


def test_the_unit_decides_which_rates_converge(explorer):
    rate = 1e-5 if 1e-5 * 255**2 < LIMIT else 5e-6
    explorer.controls["rate"].value = rate
    assert "It creeps" in explorer.title
    explorer.controls["largest"].value = 255.0
    assert "values from 0 to 255" in explorer.title and "bottom" in explorer.title
    drawn = explorer.figure.axes[1].lines[1].get_xdata()
    np.testing.assert_allclose(
        drawn, success.path_of(0.0, X, Y, rate * 255**2, slope, step), rtol=1e-9
    )


def test_the_slope_and_the_step_are_those_that_were_given():
    still = success.descent_explorer(X, Y, slope, lambda w, slope, rate: w)
    assert not still.figure.axes[1].lines[1].get_xdata().any()


def test_rates_are_written_without_an_exponent():
    assert [success.plain(rate) for rate in (1e-6, 0.02, 1, 10.0)] == [
        "0.000001",
        "0.02",
        "1",
        "10",
    ]
    assert len({success.plain(rate) for rate in success.RATES}) == len(success.RATES)


def test_curves_are_those_of_the_runs():
    figure = success.training_curves({"one": ([3.0, 2.0], [0.1, 0.25])})
    left, right = figure.axes
    assert left.get_yscale() == "log"
    np.testing.assert_array_equal(left.lines[0].get_ydata(), [3, 2])
    np.testing.assert_array_equal(right.lines[0].get_ydata(), [10, 25])


def test_templates_are_grey_where_a_weight_is_0():
    weight = np.random.default_rng(0).normal(size=(12, 10))
    weight[0] = 0
    figure = success.templates(weight, [str(k) for k in range(10)], (2, 2, 3))
    for k, axes in enumerate(figure.axes):
        shown = axes.images[0].get_array().ravel()
        assert axes.get_title() == str(k) and shown[0] == 128
        np.testing.assert_array_equal(shown > 128, weight[:, k] > np.abs(weight).max() / 255)

"""The pictures of pooling show what the loops compute, window by window."""

import numpy as np
import pytest

from course_lib.figures import lesson_03_pool_backward as pooling
from course_lib.nn import loops
from course_lib.nn.shapes import output_size

X = np.maximum(np.random.default_rng(5).integers(-4, 10, size=(7, 6)), 0)  # with ties


def pool_backward(dy, kernel_size, stride):
    dy, x = (table.astype(float)[None, :, :, None] for table in (dy, X))
    return loops.maxpool2d_backward(dy, x, kernel_size, stride)[0, :, :, 0]


def assert_shown(panels, tables):
    """Read the numbers back from the visible texts of panels made by draw_numbers."""
    for axes, table in zip(panels, tables, strict=True):
        shown = np.zeros(table.shape)
        texts = [text for text in axes.texts if text.get_visible()]
        assert len(texts) == table.size
        for text in texts:
            shown[tuple(map(int, text.get_position()[::-1]))] = float(text.get_text() or 0)
        np.testing.assert_array_equal(shown, table)


@pytest.mark.parametrize(("kernel_size", "stride"), [(2, 2), (3, 2), (3, 1)])
def test_routing_shows_the_tables_the_windows_and_the_winners(kernel_size, stride):
    OH, OW = (output_size(length, kernel_size, stride) for length in X.shape)
    dy = np.arange(1, OH * OW + 1).reshape(OH, OW)
    dx = pool_backward(dy, kernel_size, stride)
    figure = pooling.routing(X, dy, dx, kernel_size, stride)
    panels = figure.axes
    assert_shown(panels, (X, dy, dx))
    count = np.count_nonzero(dx)
    assert f"{count} of {dx.size} pixels receive one" in figure.get_label()
    assert ("they add" in figure.get_label()) == (count < dy.size)
    for frame, (i, j) in zip(panels[0].patches, np.ndindex(dy.shape), strict=True):
        box, size = frame.get_bbox(), kernel_size - 1
        assert j * stride - 0.5 < box.x0 and box.x1 < j * stride + size + 0.5
        assert i * stride - 0.5 < box.y0 and box.y1 < i * stride + size + 0.5
        if kernel_size <= stride:  # around the centres of its cells
            assert box.x0 < j * stride and j * stride + size < box.x1
            assert box.y0 < i * stride and i * stride + size < box.y1
    rings = panels[0].collections[0].get_offsets()[:, ::-1].astype(int)
    np.testing.assert_array_equal(rings, np.argwhere(dx))
    colours = [frame.get_edgecolor() for frame in panels[0].patches]
    assert colours == [frame.get_edgecolor() for frame in panels[1].patches]


def test_a_gradient_has_one_colour_in_dy_and_dx():
    dy = np.array([[2.0, -1], [3, 5]])
    dx = np.zeros((3, 3))
    dx[[0, 1], [1, 2]] = 9, -1  # where several arrive, they add: larger than any of dy
    images = [axes.images[0] for axes in pooling.routing(np.ones((3, 3)), dy, dx, 2, 1).axes[1:]]
    for number in (-1.0, 0.0, 5.0):
        left, right = (image.to_rgba(number) for image in images)
        assert left == right
    assert min(images[0].to_rgba(0.0)) > 0.99
    red, _, blue, _ = images[0].to_rgba(-1.0)
    assert red > blue  # vermilion


def test_ties_figure_shows_the_shares_that_each_rule_gives():
    windows = {"one": np.array([[1.0, 3], [2, 3]]), "two": np.zeros((2, 2))}
    rules = {"half": lambda window: window * 0 + 0.5, "largest": lambda window: 1 * (window > 2)}
    figure = pooling.ties_figure(windows, rules)
    tables = [[each, *(rule(each) for rule in rules.values())] for each in windows.values()]
    assert_shown(figure.axes, [table for row in tables for table in row])
    assert [axes.get_title() for axes in figure.axes[:3]] == ["window", "half", "largest"]
    assert [axes.get_ylabel() for axes in figure.axes[::3]] == ["one", "two"]


def test_winners_figure_counts_the_windows_of_zeros():
    feature_map = np.zeros((4, 4))
    feature_map[0, 0], feature_map[2:, 2:] = 2.0, 1.0
    winners = np.array([[1, 4], [4, 4]])
    figure = pooling.winners_figure(np.zeros((6, 6, 3)), feature_map, winners, "filter 5")
    assert "50 % of the windows of this map (filter 5)" in figure.get_label()
    np.testing.assert_array_equal(figure.axes[3].images[0].get_array(), -winners)


def test_step_figure_finds_the_best_step_of_each_type():
    steps = np.array([1e-9, 1e-7, 1e-5, 1e-3])
    errors = {"float64": [1e-6, 1e-8, 1e-10, 1e-6], "float32": [1.0, 1e-1, 1e-2, 1e-4]}
    figure = pooling.step_figure(steps, errors)
    assert figure.get_label().endswith("is 1e-5 in float64 and 1e-3 in float32.")
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    for name, found in errors.items():
        np.testing.assert_array_equal(lines[name].get_ydata(), found)
    np.testing.assert_allclose(lines["h² / 6"].get_ydata(), steps**2 / 6)
    np.testing.assert_allclose(lines["eps / h, float64"].get_ydata(), 2.0**-52 / steps)


def test_check_figure_names_the_gradients_above_the_limit():
    good = {"x": 1e-9, "0 weight": 1e-10, "0 bias": 1e-10, "4 weight": 1e-11}
    figure = pooling.check_figure({"right": good, "wrong": {**good, "x": 0.9, "0 weight": 0.5}})
    spoiled, spared = "x and 0 weight", "0 bias and 4 weight"
    assert (
        figure.get_label()
        == f"wrong spoils the gradients of {spoiled}; those of {spared} are as they should be."
    )
    (axes,) = figure.axes
    assert [label.get_text() for label in axes.get_yticklabels()] == list(good)
    right, wrong, limit = axes.lines
    np.testing.assert_array_equal(right.get_xdata(), list(good.values()))
    np.testing.assert_array_equal(wrong.get_xdata(), [0.9, 0.5, 1e-10, 1e-11])
    assert limit.get_xdata()[0] == 1e-6 and not axes.patches

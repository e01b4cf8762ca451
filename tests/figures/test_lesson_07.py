"""The pictures of a trained network show its history and its mistakes."""

import numpy as np

from course_lib.figures import lesson_07_the_verdict as results
from tests.figures.test_contract import History


def test_learning_curves_show_the_history_in_percent():
    loss, accuracy = results.learning_curves(History()).axes
    np.testing.assert_array_equal(loss.lines[0].get_data(), [[1, 2], [2.0, 1.0]])
    assert " 50.0 % of its training images right and 40.0 %" in loss.figure.get_label()
    curves = {line.get_label(): list(line.get_ydata()) for line in accuracy.lines}
    assert curves == {"training images": [30, 50], "test images": [20, 40], "guessing": [10, 10]}


def test_confusion_has_a_row_for_each_true_class():
    shares = results.confusion(np.array([0, 0, 0, 0, 2]), np.array([0, 0, 1, 2, 0]), 3)
    np.testing.assert_array_equal(shares, [[0.5, 0.25, 0.25], [0, 0, 0], [1, 0, 0]])


def test_the_largest_mistakes_have_a_frame():
    shares = np.array([[0.9, 0.1, 0], [0.3, 0.5, 0.2], [0, 0, 1]])
    assert results.mistakes(shares, 2) == [(1, 0), (1, 2)]
    assert results.mistakes(np.eye(3), 2) == []
    axes = results.confusion_matrix(shares, ["cat", "dog", "deer"]).axes[0]
    middles = [patch.get_center() for patch in axes.patches]
    np.testing.assert_allclose(middles, [(0, 1), (2, 1), (1, 0)])  # (answer, true class)


def test_filters_show_three_tables_each_on_one_scale():
    rng = np.random.default_rng(0)
    weights = {"before": rng.normal(size=(3, 3, 3, 4)), "after": rng.normal(size=(3, 3, 3, 4))}
    *panels, bar = results.filters(weights).axes
    assert len(panels) == 8 and bar.get_ylabel() == "weight"
    table = panels[5].images[0].get_array()  # of the second filter, after
    assert table.shape == (3, 11)
    np.testing.assert_array_equal(table[:, 4:7], weights["after"][:, :, 1, 1])  # green
    assert np.ma.getmaskarray(np.ma.masked_invalid(table))[:, [3, 7]].all()
    most = max(np.abs(weight).max() for weight in weights.values())
    assert {panel.images[0].get_clim() for panel in panels} == {(-most, most)}
    assert [panels[0].get_ylabel(), panels[4].get_ylabel()] == ["before", "after"]
    assert [text.get_text() for text in panels[3].texts] == ["red", "green", "blue"]

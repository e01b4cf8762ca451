"""The pictures of a trained network show its history and its mistakes."""

import numpy as np

from course_lib.figures import lesson_07_the_verdict as results
from tests.figures.test_contract import History


def test_learning_curves_show_the_history_in_percent():
    loss, accuracy = results.learning_curves(History()).axes
    np.testing.assert_array_equal(loss.lines[0].get_data(), [[1, 2], [2.0, 1.0]])
    curves = {line.get_label(): list(line.get_ydata()) for line in accuracy.lines}
    assert curves == {"training images": [30, 50], "test images": [20, 40], "guessing": [10, 10]}


def test_confusion_has_a_row_for_each_true_class():
    shares = results.confusion(np.array([0, 0, 0, 0, 2]), np.array([0, 0, 1, 2, 0]), 3)
    np.testing.assert_array_equal(shares, [[0.5, 0.25, 0.25], [0, 0, 0], [1, 0, 0]])

"""The pictures of losses show what the library's losses and central differences give."""

import numpy as np
import pytest

from course_lib.figures import COLOURS
from course_lib.figures import lesson_04_softmax as losses
from course_lib.nn import gradcheck
from course_lib.nn.losses import CrossEntropyLoss, softmax


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("gap", [-6.0, -1.0, 0.0, 0.5, 4.0])
def test_sizes_are_those_of_the_losses_gradients(gap, classes):
    logits = np.array([[0.0] + [gap] * (classes - 1)])
    p, *sizes = losses.gradient_sizes([gap], classes)
    np.testing.assert_allclose(p, softmax(logits), rtol=1e-12)
    functions = (
        lambda: CrossEntropyLoss().forward(logits, [0]),
        lambda: np.square(softmax(logits) - np.eye(classes)[0]).sum() / 2,
    )
    for size, function in zip(sizes, functions, strict=True):
        expected = np.linalg.norm(gradcheck.numerical_gradient(function, logits))
        assert size == pytest.approx([expected], rel=1e-4, abs=1e-9)
    assert sizes[1] <= sizes[0] / 2


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_sizes_keep_their_digits_far_from_zero(classes):
    _, cross_entropy, squared = losses.gradient_sizes([-10.0, 20.0], classes)
    wrong = classes - 1
    right_and_sure = wrong * np.exp(-10) * np.sqrt(1 + 1 / wrong)
    assert cross_entropy[0] == pytest.approx(right_and_sure, rel=1e-3)
    wrong_and_sure = np.exp(-20) / wrong * (1 + 1 / wrong) * np.sqrt(1 + 1 / wrong)
    assert squared[1] == pytest.approx(wrong_and_sure, rel=1e-3)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="classes is 1; give at least 2"):
        losses.gradient_sizes([0.0], 1)


@pytest.mark.parametrize("classes", [2, 10])
@pytest.mark.parametrize("gap", [-10.0, 0.0, 7.5, 20.0])
def test_explorer_shows_what_is_computed(gap, classes):
    explorer = losses.loss_explorer()
    explorer.controls["gap"].value = gap
    explorer.controls["classes"].value = classes
    p, *here = losses.gradient_sizes([gap], classes)
    left, right = explorer.figure.axes
    assert [bar.get_height() for bar in left.patches] == pytest.approx([p[0, 0], 1 - p[0, 0]])
    curves = {line.get_label(): line.get_data() for line in right.lines}
    for name, value in zip(("cross-entropy", "squared error"), here, strict=True):
        np.testing.assert_allclose(curves[f"{name} here"], [[gap], value])
        gaps, curve = curves[name]
        assert curve[np.isclose(gaps, gap)] == pytest.approx(value)
        low, high = right.get_ylim()
        assert low < curve.min() and curve.max() < high
    assert f"p = {losses.short(p[0, 0])} for the right one" in explorer.figure.get_suptitle()


def test_sentence_says_what_the_numbers_are():
    assert losses.sentence(5.0, 0.0067, 1.4, 0.02) == (
        "With the wrong classes 5.0 ahead and p = 0.0067 for the right one,\n"
        "the squared error's gradient, 0.02, is 70 times smaller than cross-entropy's, 1.4."
    )
    assert "classes 2.0 behind and" in losses.sentence(-2.0, 0.9, 0.1, 0.01)
    assert "classes level and" in losses.sentence(1e-15, 0.5, 0.7, 0.2)
    assert "5.83·10⁻⁹, is 240,000,000 times" in losses.sentence(20.0, 2e-9, 1.4, 5.83e-9)


def test_log_sum_exp_figure_shows_both_panels():
    z = np.array([-30.0, 0.0, 5.0])
    left, right = losses.log_sum_exp_figure(z).axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), np.log(np.exp(z) + 1), atol=1e-12)
    np.testing.assert_array_equal(left.lines[1].get_ydata(), [0, 0, 5])
    np.testing.assert_allclose(left.lines[2].get_ydata(), [0, np.log(2)])  # between the two at 0
    for line, label in zip(right.lines, (0, 1), strict=True):
        expected = [CrossEntropyLoss().forward([[value, 0.0]], [label]) for value in z]
        np.testing.assert_allclose(line.get_ydata(), expected, atol=1e-12)


def test_jacobians_have_the_sums_of_their_rows_beside_them():
    right, faulty = np.array([[0.25, -0.25], [-0.25, 0.25]]), np.array([[0.0, -0.5], [-0.5, -0.25]])
    figure = losses.jacobian_figure(right, faulty)
    sums = [
        [text.get_text() for text in axes.texts if text.get_position()[0] > 1.5]
        for axes in figure.axes
    ]
    assert sums == [["sum", "0.00", "0.00"], ["sum", "-0.50", "-0.75"]]
    assert figure.get_label().endswith("add up to −0.50 and −0.75.")
    limits = {axes.images[0].get_clim() for axes in figure.axes}
    assert len(limits) == 1  # a colour means one number


def test_first_gradients_mark_the_last_number_before_nan():
    sizes = {"as posted": np.array([4.0, 3, np.nan]), "cross-entropy": np.array([2.0, 2, 2])}
    figure = losses.first_gradients(sizes)
    (axes,) = figure.axes
    series, mark, other = axes.lines
    assert mark.get_label() == "_the last before NaN"
    np.testing.assert_array_equal(np.ravel(mark.get_data()), [1, 3])
    assert [text.get_text() for text in axes.texts] == ["as posted,\nthen NaN", "cross-entropy"]
    assert series.get_color() == COLOURS["squared error"]
    assert other.get_color() == COLOURS["cross-entropy"]
    assert "smallest in the variant “cross-entropy”: its median is 2.0" in figure.get_label()


def test_accuracy_dots_show_every_seed_and_the_median():
    found = {"as posted": [0.1, 0.1], "with cross-entropy": [0.9, 0.95, 0.97]}
    figure = losses.accuracy_dots(found)
    (axes,) = figure.axes
    first, second, medians, guessing = axes.lines
    np.testing.assert_allclose(first.get_data(), [[10, 10], [-0.3, 0.3]])
    np.testing.assert_allclose(second.get_data(), [[90, 95, 97], [0.7, 1, 1.3]])
    np.testing.assert_allclose(medians.get_data(), [[10, 95], [0, 1]])
    assert guessing.get_xdata()[0] == 10
    assert [text.get_text() for text in axes.get_yticklabels()] == [*found]
    assert (first.get_color(), second.get_color()) == (
        COLOURS["squared error"],
        COLOURS["cross-entropy"],
    )
    assert "with cross-entropy (95 %); no other is above 10 %" in figure.get_label()


def test_the_sentence_on_medians_holds_for_none_and_for_all():
    assert losses.who_learns({"a": 12.0, "b": 40.2}) == (
        "No median accuracy is above 50 %; the highest is 40 %."
    )
    assert losses.who_learns({"a": 60.0, "b": 70.0, "c": 80.0}) == (
        "The median accuracy is above 50 % with a (60 %), b (70 %) and c (80 %)."
    )

"""1234 and 111: what arrives is what the loops send, and every digit names its source."""

import numpy as np
import pytest

from course_lib.figures import lesson_03_sources as sources
from course_lib.nn import loops

WITH_TIES = np.maximum(np.random.default_rng(5).integers(-4, 10, size=(7, 6)), 0)


def as_images(table):
    return np.asarray(table, float)[np.newaxis, :, :, np.newaxis]


def by_loops(explorer):
    """dx of the whole dy, from the library's loops."""
    x, dy = (as_images(explorer.numbers[name]) for name in ("x", "dy"))
    if explorer.operation == "max-pooling":
        return loops.maxpool2d_backward(dy, x, explorer.kernel_size, explorer.stride)[0, :, :, 0]
    weight = explorer.weight[:, :, np.newaxis, np.newaxis].astype(float)
    return loops.conv2d_backward(dy, x, weight)[0][0, :, :, 0]


def test_convolution_sends_1234_to_the_middle():
    explorer = sources.SourcesExplorer()
    np.testing.assert_array_equal(explorer.numbers["dx"], by_loops(explorer))
    assert explorer.numbers["words"] == (
        "The pixel in row 2, column 2 gets something from 4 outputs: 4 + 30 + 200 + 1000 = 1234."
    )


@pytest.mark.parametrize("kernel_size", range(2, 5))
@pytest.mark.parametrize("stride", range(1, 5))
@pytest.mark.parametrize("picture", [sources.POOLED, WITH_TIES], ids=["lesson", "ties"])
def test_pooling_sends_what_the_loops_send(kernel_size, stride, picture):
    explorer = sources.SourcesExplorer(
        operation="max-pooling", kernel_size=kernel_size, stride=stride, pooled=picture
    )
    np.testing.assert_array_equal(explorer.numbers["dx"], by_loops(explorer))


@pytest.mark.parametrize("kernel_size", range(2, 5))
@pytest.mark.parametrize("stride", range(1, 5))
def test_each_digit_counts_the_outputs_of_its_hue(kernel_size, stride):
    """Even where one pixel is the maximum of every window that it lies in."""
    peak = np.zeros((9, 9), int)
    peak[4, 4] = 9
    explorer = sources.SourcesExplorer(
        operation="max-pooling", kernel_size=kernel_size, stride=stride, pooled=peak
    )
    dy = np.ravel(explorer.numbers["dy"])
    for value, got in zip(
        np.ravel(explorer.numbers["dx"]), explorer.numbers["sources"], strict=True
    ):
        counts = [sum(dy[output] == power for output, _ in got) for power in (1, 10, 100, 1000)]
        assert [int(digit) for digit in f"{value:04d}"[::-1]] == counts


def test_assigning_leaves_only_what_came_last():
    explorer = sources.SourcesExplorer(operation="max-pooling")
    assert explorer.numbers["dx"][2][2] == 111
    assert explorer.numbers["words"].endswith("from 3 outputs: 1 + 10 + 100 = 111.")
    explorer.assign = True
    assert explorer.numbers["dx"][2][2] == 100
    assert explorer.numbers["words"].endswith("overwrites what was there: 100 is left, not 111.")
    explorer.pointed = ["max-pooling", "dy", 0]
    assert explorer.numbers["words"].endswith("column 3. A later output overwrites it.")
    explorer.pointed = ["max-pooling", "dy", 2]
    assert explorer.numbers["words"].endswith("column 3. There it overwrites the 10.")


def test_outputs_send_one_after_the_other_and_a_step_is_put_in_words():
    explorer = sources.SourcesExplorer(operation="max-pooling", sent=0)
    assert not np.any(explorer.numbers["dx"])
    assert explorer.numbers["words"] == "No output has sent anything yet, and dx is 0 everywhere."
    explorer.sent = 2
    assert explorer.numbers["dx"][2][2] == 11
    assert explorer.numbers["words"] == (
        "Output 2 sends 10 to the maximum of its window, the 8 in row 3, column 3. "
        "There it makes 1 + 10 = 11."
    )


@pytest.mark.parametrize(
    ("pixel", "words"),
    [
        (0, "gets nothing: no window has its maximum there."),
        (24, "lies in no window."),
        (5, "gets 1, from one output."),
    ],
)
def test_words_say_why_a_pixel_gets_little(pixel, words):
    explorer = sources.SourcesExplorer(operation="max-pooling", kernel_size=2, stride=2)
    explorer.pointed = ["max-pooling", "dx", pixel]
    assert explorer.numbers["words"].endswith(words)


def test_a_tie_goes_to_the_first_in_reading_order():
    explorer = sources.SourcesExplorer(operation="max-pooling", kernel_size=2, stride=2)
    explorer.pointed = ["max-pooling", "dy", 1]
    assert "the 3 in row 1, column 3, the first of 2 that tie." in explorer.numbers["words"]


def test_what_is_pointed_at_belongs_to_one_operation():
    explorer = sources.SourcesExplorer(pointed=["convolution", "dy", 1])
    assert explorer.numbers["outputs"] == [1] and explorer.numbers["pixels"] == [1, 2, 4, 5]
    explorer.operation = "max-pooling"
    assert explorer.numbers["table"] == "dx" and explorer.numbers["outputs"] == [0, 1, 2]


def test_a_pixel_is_reached_through_one_cell_of_the_filter_by_each_output():
    explorer = sources.SourcesExplorer()
    assert explorer.numbers["used"] == [[3, 0], [2, 1], [1, 2], [0, 3]]  # 4, 3, 2 and 1
    explorer.pointed = ["convolution", "dx", 1]
    assert explorer.numbers["used"] == [[1, 0], [0, 1]]
    explorer.pointed = ["convolution", "dy", 2]
    assert explorer.numbers["used"] == [[0, 2], [1, 2], [2, 2], [3, 2]]
    explorer.operation = "max-pooling"
    assert explorer.numbers["used"] == []


def test_the_cells_used_and_dy_make_the_amounts():
    picture = np.arange(1, 21).reshape(4, 5)
    explorer = sources.SourcesExplorer(picture=picture, weight=[[5, 0], [7, 9]])
    weight, dy = np.ravel(explorer.weight), np.ravel(explorer.numbers["dy"])
    for pixel in range(20):
        explorer.pointed = ["convolution", "dx", pixel]
        amounts = [weight[cell] * dy[output] for cell, output in explorer.numbers["used"]]
        assert amounts == [amount for _, amount in explorer.numbers["sources"][pixel]]


def test_a_filter_that_would_carry_is_refused():
    with pytest.raises(ValueError, match="0 to 9"):
        sources.SourcesExplorer(weight=[[10, 2], [3, 4]])


def test_the_still_writes_the_sum_digit_by_digit():
    explorer = sources.SourcesExplorer()
    panel = explorer.still().axes[2]
    middle = [text for text in panel.texts if round(text.get_position()[0]) == 1]
    middle = [text.get_text() for text in middle if text.get_position()[1] == 1]
    assert "".join(middle) == "1234"
    factors = [text.get_text() for text in explorer.still().axes[3].texts]
    assert {"4 × 1 =", "3 × 10 =", "2 × 100 =", "1 × 1000 ="} < set(factors)


def test_the_still_marks_the_maximum_of_each_window():
    explorer = sources.SourcesExplorer(operation="max-pooling")
    marks = explorer.still().axes[0].lines
    cells = [(round(mark.get_ydata()[0]), round(mark.get_xdata()[0])) for mark in marks]
    assert cells == [(2, 2), (2, 2), (2, 2), (4, 4)]  # the 8, three times, and the 9
    assert len({mark.get_color() for mark in marks}) == 4
    assert [mark.get_label() for mark in marks][2] == "maximum for 100"

"""The pictures of pooling show what the loops compute, and the explorer follows its sliders."""

import numpy as np
import pytest

from course_lib.figures import lesson_03_pool_backward as pictures
from course_lib.figures import lesson_03_pool_backward as pooling
from course_lib.figures.description import describe
from course_lib.nn import loops


def pool_backward(dy, x, kernel_size, stride):
    dy, x = (table.astype(float)[None, :, :, None] for table in (dy, x))
    return loops.maxpool2d_backward(dy, x, kernel_size, stride)[0, :, :, 0]


def table_shown(panel):
    """The numbers written in a panel made by draw_numbers, read back from its visible texts."""
    texts = [text for text in panel.texts if text.get_visible()]
    places = [tuple(map(int, text.get_position()[::-1])) for text in texts]
    table = np.zeros(np.max(places, axis=0) + 1)
    for place, text in zip(places, texts, strict=True):
        table[place] = float(text.get_text() or 0)
    return table


@pytest.fixture
def x():
    numbers = np.random.default_rng(5).integers(-4, 10, size=(7, 6))
    return np.maximum(numbers, 0)  # with ties


@pytest.mark.parametrize(("kernel_size", "stride"), [(2, 2), (3, 2), (3, 1)])
def test_routing_shows_the_tables_the_windows_and_the_winners(x, kernel_size, stride):
    dy = pooling.window_numbers(x.shape, kernel_size, stride)
    dx = pool_backward(dy, x, kernel_size, stride)
    figure = pictures.routing(x, dy, dx, kernel_size, stride)
    for panel, table in zip(figure.axes, (x, dy, dx), strict=True):
        np.testing.assert_array_equal(table_shown(panel), table)
    assert len(figure.axes[0].patches) == dy.size
    rings = figure.axes[0].collections[0].get_offsets()[:, ::-1].astype(int)
    np.testing.assert_array_equal(rings, np.argwhere(dx))
    assert '"gets a gradient"' in describe(figure)


def test_frames_lie_around_their_cells():
    figure = pictures.routing(np.eye(4), np.ones((2, 2)), np.eye(4), 2, 2)
    for frame, (i, j) in zip(figure.axes[0].patches, np.ndindex(2, 2), strict=True):
        box = frame.get_bbox()
        centres = (2 * j, 2 * j + 1), (2 * i, 2 * i + 1)
        assert box.x0 < centres[0][0] and centres[0][1] < box.x1 < 2 * j + 1.5
        assert box.y0 < centres[1][0] and centres[1][1] < box.y1 < 2 * i + 1.5


@pytest.mark.parametrize("kernel_size", range(2, 5))
@pytest.mark.parametrize("stride", range(1, 5))
def test_all_windows_together_send_what_the_loops_send(x, kernel_size, stride):
    numbers = pooling.window_numbers(x.shape, kernel_size, stride)
    dx, dy, _, winner = pooling.send(x, kernel_size, stride, numbers.size)
    np.testing.assert_array_equal(dy, numbers)
    np.testing.assert_array_equal(dx, pool_backward(dy, x, kernel_size, stride))
    assert dx[winner] >= numbers.size


@pytest.mark.parametrize("kernel_size", range(2, 5))
@pytest.mark.parametrize("stride", range(1, 5))
def test_explorer_shows_the_window_that_is_chosen(x, kernel_size, stride):
    explorer = pooling.pool_explorer(x)
    explorer.controls["kernel_size"].value = kernel_size
    explorer.controls["stride"].value = stride
    window = explorer.controls["window"]
    assert window.max == pooling.window_numbers(x.shape, kernel_size, stride).size
    left, middle, right = explorer.figure.axes
    for number in {1, window.max // 2 + 1, window.max}:
        window.value = number
        dx, dy, (row, column), winner = pooling.send(x, kernel_size, stride, number)
        for panel, table in zip((left, middle, right), (x, dy, dx), strict=True):
            np.testing.assert_array_equal(table_shown(panel), table)
        assert tuple(left.collections[0].get_offsets()[0][::-1]) == winner
        assert left.patches[0].get_xy() == pytest.approx((column - 0.4, row - 0.4))


def test_explorer_stays_within_the_windows_there_are(x):
    explorer = pooling.pool_explorer(x, kernel_size=2, stride=1, window=30)
    explorer.controls["stride"].value = 4
    assert explorer.controls["window"].value == 4
    assert explorer.figure.get_suptitle().startswith("Window 4 of 4.")


def test_explorer_says_what_adds_up():
    x = np.zeros((4, 4), dtype=int)
    x[1, 1] = 9
    explorer = pooling.pool_explorer(x, kernel_size=2, stride=1, window=4)
    title = explorer.figure.get_suptitle()
    assert title == (
        "Window 4 of 9. Its maximum, 9, is in row 1, column 1.\nIt sends 4 there: 3 + 4 = 7."
    )

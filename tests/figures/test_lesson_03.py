"""The pictures of pooling show what the loops compute, window by window."""

import numpy as np
import pytest

from course_lib.figures import lesson_03_pool_backward as pooling
from course_lib.nn import loops

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
    dy = pooling.window_numbers(X.shape, kernel_size, stride)
    dx = pool_backward(dy, kernel_size, stride)
    panels = pooling.routing(X, dy, dx, kernel_size, stride).axes
    assert_shown(panels, (X, dy, dx))
    for frame, (i, j) in zip(panels[0].patches, np.ndindex(dy.shape), strict=True):
        box, size = frame.get_bbox(), kernel_size - 1
        assert j * stride - 0.5 < box.x0 and box.x1 < j * stride + size + 0.5
        assert i * stride - 0.5 < box.y0 and box.y1 < i * stride + size + 0.5
        if kernel_size <= stride:  # around the centres of its cells
            assert box.x0 < j * stride and j * stride + size < box.x1
            assert box.y0 < i * stride and i * stride + size < box.y1
    rings = panels[0].collections[0].get_offsets()[:, ::-1].astype(int)
    np.testing.assert_array_equal(rings, np.argwhere(dx))


@pytest.mark.parametrize("kernel_size", range(2, 5))
@pytest.mark.parametrize("stride", range(1, 5))
def test_explorer_shows_the_chosen_window_and_ends_with_what_the_loops_send(kernel_size, stride):
    explorer = pooling.pool_explorer(X)
    explorer.controls["kernel_size"].value = kernel_size
    explorer.controls["stride"].value = stride
    window, panels = explorer.controls["window"], explorer.figure.axes
    numbers = pooling.window_numbers(X.shape, kernel_size, stride)
    assert window.max == numbers.size
    for number in (1, window.max // 2 + 1, window.max):
        window.value = number
        dx = pool_backward(np.where(numbers <= number, numbers, 0), kernel_size, stride)
        assert_shown(panels, (X, numbers, dx))
        row, column = (int(place) * stride for place in np.argwhere(numbers == number)[0])
        assert panels[0].patches[0].get_xy() == pytest.approx((column - 0.4, row - 0.4))
        *_, winner = pooling.send(X, kernel_size, stride, number)
        part = X[row : row + kernel_size, column : column + kernel_size]
        assert X[winner] == part.max() and dx[winner] >= number
        for axes in (panels[0], panels[2]):
            assert tuple(axes.collections[0].get_offsets()[0][::-1]) == winner


def test_explorer_stays_within_the_windows_there_are():
    explorer = pooling.pool_explorer(X, kernel_size=2, stride=1, window=30)
    explorer.controls["stride"].value = 4
    assert explorer.controls["window"].value == 4
    assert explorer.figure.get_suptitle().startswith("Window 4 of 4.")


def test_explorer_says_what_adds_up():
    x = np.zeros((4, 4), dtype=int)
    x[1, 1] = 9
    explorer = pooling.pool_explorer(x, kernel_size=2, stride=1, window=4)
    assert explorer.figure.get_suptitle() == (
        "Window 4 of 9. Its maximum, 9, is in row 1, column 1.\nIt sends 4 there: 3 + 4 = 7."
    )

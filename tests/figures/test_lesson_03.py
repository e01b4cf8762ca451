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

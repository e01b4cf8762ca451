"""The explorer of mini-batch gradients shows the walks that start with their directions."""

import numpy as np
import pytest

from course_lib.figures import lesson_05_minibatch as noise


@pytest.mark.parametrize("batch_size", [1, 32, 128])
def test_explorer_shows_directions_and_paths(batch_size):
    gradients = np.random.default_rng(2).normal(0.3, 1, size=(160, 40))
    explorer = noise.noise_explorer({"start": gradients}, batch_size=batch_size)
    along, sideways = noise.draw_walks(gradients, np.random.default_rng(0))
    fan, paths = explorer.figure.axes
    arrows = fan.collections[0]
    cosines = along[:, batch_size - 1] / np.hypot(along, sideways)[:, batch_size - 1]
    np.testing.assert_allclose(arrows.U, cosines)
    np.testing.assert_allclose(np.hypot(arrows.U, arrows.V), 1)
    assert (np.sign(arrows.V[:4]) == [1, -1, 1, -1]).all()
    steps = [0, *range(batch_size, 128, batch_size), 128]
    for line, a, s in zip(paths.lines[1:], along, sideways, strict=False):
        expected = [np.append(0, walk)[steps] / 128 for walk in (a, s)]
        np.testing.assert_allclose(line.get_data(), expected)

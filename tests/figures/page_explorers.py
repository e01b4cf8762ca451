"""Every explorer that the page draws, as the tests make it: small, and always the same."""

import numpy as np

from course_lib.datasets import Dataset
from course_lib.figures.lesson_02_window import WindowExplorer
from course_lib.figures.lesson_03_sources import SourcesExplorer
from course_lib.figures.lesson_07_trial import LiveTrial

PICTURE = np.array([
    [8, 8, 8, 2, 2],
    [8, 8, 8, 2, 2],
    [8, 8, 2, 2, 2],
    [8, 2, 2, 2, 2],
    [2, 2, 2, 2, 2],
])


def window():
    return WindowExplorer(PICTURE, 9 * np.random.default_rng(0).random((32, 32)))


def sources():
    return SourcesExplorer(operation="max-pooling")


def noise(train=400, test=60):
    """Images without meaning, and labels to learn by heart."""
    rng = np.random.default_rng(0)
    images, labels = (
        rng.integers(0, 256, (train + test, 32, 32, 3), np.uint8),
        np.arange(train + test) % 10,
    )
    return Dataset(
        "noise", tuple("abcdefghij"), images[:train], labels[:train], images[train:], labels[train:]
    )


def trial():
    explorer = LiveTrial(noise(), images=300)
    explorer.begin()
    explorer.advance(60)
    return explorer


EXPLORERS = {"window": window, "sources": sources, "trial": trial}

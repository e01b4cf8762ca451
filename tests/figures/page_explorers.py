"""Every explorer that the page draws, as the tests make it: small, and always the same."""

import numpy as np

from course_lib.figures.lesson_02_window import WindowExplorer
from course_lib.figures.lesson_03_sources import SourcesExplorer

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


EXPLORERS = {"window": window, "sources": sources}

"""Every explorer that the page draws, as the tests make it: small, and always the same."""

from functools import cache

import numpy as np

from course_lib import datasets
from course_lib.datasets import Dataset
from course_lib.figures.lesson_00_death import DeathExplorer
from course_lib.figures.lesson_02_window import WindowExplorer
from course_lib.figures.lesson_03_sources import SourcesExplorer
from course_lib.figures.lesson_05_race import RaceExplorer
from course_lib.figures.lesson_06_cliff import CliffExplorer
from course_lib.figures.lesson_07_trial import LiveTrial

PICTURE = np.array([
    [8, 8, 8, 2, 2],
    [8, 8, 8, 2, 2],
    [8, 8, 2, 2, 2],
    [8, 2, 2, 2, 2],
    [2, 2, 2, 2, 2],
])


def death():
    return DeathExplorer(datasets.load(), images=6, trained=40)


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


def race():
    """Of three batch sizes: large ones learn less from an image, and take less time for it."""
    images = {1: [1, 8, 64, 256], 8: [8, 64, 256], 64: [64, 256]}
    accuracy = {
        1: [[8, 19.5, 33, 44.25], [10, 22, 35, 47], [11.25, 24, 36, 49]],
        8: [[10, 20, 38], [12, 23.25, 41], [12.5, 24, 45]],
        64: [[9, 14], [10.5, 17], [12, 21.5]],
    }
    return RaceExplorer(images, accuracy, {1: 6e-4, 8: 2e-4, 64: 1.4e-4}, "a fast computer")


@cache
def pictograms():
    return datasets.load("pictograms")  # once: what is made of its images is kept with it


def cliff():
    return CliffExplorer(pictograms())


EXPLORERS = {
    "window": window,
    "sources": sources,
    "trial": trial,
    "race": race,
    "death": death,
    "cliff": cliff,
}

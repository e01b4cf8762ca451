"""What came of lesson 00's predictions, in the words of their choices.

The lesson calls these functions, so that its own code does not give the answers away.
"""

from collections.abc import Sequence

import numpy as np


def favourite(probability: float) -> str:
    sizes = {"about 10 %": 0.1, "about 30 %": 0.3, "more than 90 %": 1.0}
    return min(sizes, key=lambda choice: abs(sizes[choice] - probability))


def gradient(lengths: Sequence[float]) -> str:
    """lengths: of the filters' gradient, image by image."""
    if lengths[-1] > 1.5 * lengths[0]:
        return "it grows, image after image"
    if lengths[-1] > 0.01 * max(lengths):
        return "it stays about the same"
    grew = max(lengths) > 1.5 * lengths[0]
    return "it grows, and then collapses" if grew else "it shrinks little by little"


def revival(early: float, late: float) -> str:
    """early, late: the share of images that activate a ReLU, after 10 images and at the end."""
    if late > 2 * early:
        return "many more: it recovers"
    return "fewer still, or none" if late < early / 2 else "about as few as before"


def first_step(ratio: float) -> str:
    """ratio: the step's length, in lengths of the filters."""
    sizes = {
        "about a thousandth of their length": 0.001,
        "about a tenth of it": 0.1,
        "about as long as they are": 1.0,
        "about ten times as long": 10.0,
    }
    return min(sizes, key=lambda choice: abs(np.log(sizes[choice] / ratio)))


def weights(steps: np.ndarray, length: float) -> str:
    """steps: how far each step moved the filters; length: of the filters before the first."""
    if steps.max() < 0.01 * length:
        return "they creep: every step is far too small"
    if steps[:10].sum() > 0.8 * steps.sum():
        return "after a few images they hardly move at all"
    settle = steps[-10:].mean() < 0.1 * steps[:10].mean()
    return (
        "they settle slowly, in the wrong place" if settle else "they jump about and never settle"
    )

"""What came of lesson 01's predictions, in the words of their choices.

The lesson calls these functions, so that its own code does not give the answers away.
"""

from collections.abc import Sequence

import numpy as np


def colour(pixel: np.ndarray) -> str:
    names = {
        (0, 255, 0): "green",
        (0, 0, 255): "blue",
        (255, 255, 255): "white",
        (255, 0, 255): "magenta (red and blue)",
    }
    return names[tuple(pixel.tolist())]


def shortcut(scrambled: np.ndarray) -> str:
    """scrambled: (N, 32, 32, 3). Copies stand side by side where the thirds of a row are alike."""
    thirds = scrambled[:100].reshape(-1, 3, 32).astype(float)  # of every row of an image
    alike = np.corrcoef(thirds[:, 0].ravel(), thirds[:, 1].ravel())[0, 1]
    neighbours = scrambled[:100].astype(float)
    smooth = np.corrcoef(neighbours[:, 1:].ravel(), neighbours[:, :-1].ravel())[0, 1]
    if alike > 0.8:
        return "several small copies of the image"
    return "the image in wrong colours" if smooth > 0.8 else "noise"


def rate(distances: Sequence[float]) -> str:
    """distances: of the weight from the bottom, step by step."""
    if distances[-1] > distances[0]:
        return "it runs away"
    creeps = distances[-1] > 0.9 * distances[0]
    return "it still creeps" if creeps else "it settles at the bottom"


def raw(right: float, normalised: float) -> str:
    """The accuracies, in %, on raw and on normalised pixels."""
    if right < 20:
        return "hardly more than guessing"
    return "fewer, but well above guessing" if right < 0.8 * normalised else "about as many"

"""An explorer of gradient noise: how mini-batches of any size point, and where they lead."""

import ipywidgets
import numpy as np

from course_lib import diagnostics
from course_lib.plots import new_figure
from course_lib.plots import noise as pictures
from course_lib.plots.screen import surroundings

from . import Explorer, slider

IMAGES = 128  # in each walk
WALKS, PATHS = 60, 8  # drawn as arrows, and of these as paths


def draw_walks(gradients, rng):
    """Return along, sideways (WALKS, IMAGES) of walks through random images; see `walks`.

    gradients (N, P) has a row for each image.
    """
    if len(gradients) < IMAGES:
        raise ValueError(
            f"there are the gradients of {len(gradients)} images; give those of {IMAGES} or more"
        )
    orders = np.array([rng.permutation(len(gradients))[:IMAGES] for _ in range(WALKS)])
    return diagnostics.walks(gradients, orders)


def directions(along, sideways, batch_size):
    """Return x, y (WALKS,): the direction, of length 1, of each walk's first mini-batch.

    x is its cosine to the full gradient. Every second y is negative, so that the arrows spread:
    among so many dimensions there is no left and no right.
    """
    x, y = along[:, batch_size - 1], sideways[:, batch_size - 1]
    length = np.hypot(x, y)
    sign = np.where(np.arange(len(x)) % 2, -1, 1)
    return x / length, sign * y / length


def corners(batch_size):
    """How many images a walk has seen after each step: batch_size, twice that ... IMAGES."""
    return np.append(np.arange(batch_size, IMAGES, batch_size), IMAGES)


def noise_explorer(tables, batch_size=1, seed=0):
    """Return an explorer of the mini-batch gradients, over their size.

    tables: by the name of a state of the network, its gradients (N, P), a row for each image.
    """
    drawn = {
        name: draw_walks(gradients, np.random.default_rng(seed))
        for name, gradients in tables.items()
    }
    farthest = max(sideways[:PATHS].max() for _, sideways in drawn.values()) / IMAGES
    figure, panels = new_figure(1, 2, size=(9, 4.1))
    arrows = pictures.fan(panels[0], WALKS)
    lines = pictures.paths(panels[1], PATHS, largest=1.1 * farthest)
    for panel, title in zip(panels, (f"{WALKS} mini-batches", f"{IMAGES} images, step by step"),
                            strict=True):
        panel.set_title(title, fontsize=10)
    panels[1].legend(loc="upper left", fontsize=8)

    def redraw(batch_size, network):
        along, sideways = drawn[network]
        x, y = directions(along, sideways, batch_size)
        arrows.set_UVC(x, y)
        seen = corners(batch_size)
        for line, a, s in zip(lines, along, sideways, strict=False):
            line.set_data(np.append(0, a[seen - 1]) / IMAGES, np.append(0, s[seen - 1]) / IMAGES)
        angle = np.degrees(np.arccos(np.median(x)))
        figure.suptitle(
            f"{network}, mini-batches of {batch_size}: median angle {angle:.0f}°, "
            f"{np.sum(x < 0)} of {len(x)} more than 90°; steps {len(seen)}"
        )

    controls = {
        "batch_size": slider("images in a mini-batch", 1, IMAGES, batch_size),
        "network": ipywidgets.Dropdown(options=list(tables), description="network"),
    }
    return Explorer(figure, redraw, controls, unchanging=surroundings(*panels))

"""Lesson 01: an explorer that shows an image and its three colour planes."""

from collections.abc import Sequence

import numpy as np

from .explorer_base import Explorer, slider
from .fast_redraw import surroundings
from .style import draw_image, new_figure


def image_browser(
    images: np.ndarray, labels: np.ndarray, class_names: Sequence[str], index: int = 0
) -> Explorer:
    """Return an explorer of images: each one in colour and as its red, green and blue planes.

    images is (N, H, W, 3), uint8; labels is (N,), int; class_names has a name for each label.
    """
    figure, panels = new_figure(1, 4, size=(8, 2.5))
    blank = np.zeros(images.shape[1:], np.uint8)
    artists = [draw_image(panels[0], blank, "image")]
    for channel, name in enumerate(("red", "green", "blue")):
        artist = draw_image(
            panels[1 + channel], blank[..., channel], f"{name} plane", vmin=0, vmax=255
        )
        artists.append(artist)

    def redraw(index: int) -> None:
        figure.suptitle(f"Image {index}: {class_names[labels[index]]}")
        artists[0].set_data(images[index])
        for channel in range(3):
            artists[1 + channel].set_data(images[index, ..., channel])

    controls = {"index": slider("image", 0, len(images) - 1, index)}
    return Explorer(figure, redraw, controls, unchanging=surroundings(*panels))

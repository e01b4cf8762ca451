"""Lesson 01: an image in its planes, an explorer that leafs through images, and normalising."""

from collections.abc import Sequence

import ipywidgets
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from .explorer_base import LOOK, Explorer
from .fast_redraw import surroundings
from .style import CHANNELS, draw_image, new_figure

# Figures


def image_and_planes(image: np.ndarray, name: str) -> Figure:
    """Return a figure of an image, (H, W, 3), uint8, and its planes. name: of its class."""
    figure, panels = new_figure(1, 4, size=(8, 2.25))
    fill(draw_planes(panels, image.shape), image)
    means = image.mean(axis=(0, 1))
    which = list(CHANNELS)[means.argmax()]
    figure.set_label(
        f"Each plane is a grey picture, and together they are the {name} in colour; the "
        f"{which} plane is the brightest, with a mean of {means.max():.0f} out of 255."
    )
    return figure


def draw_planes(panels: Sequence[Axes], shape: tuple[int, ...]) -> list[AxesImage]:
    """Draw a black image, (H, W, 3), and its three planes on four panels, for `fill`."""
    blank = np.zeros(shape, np.uint8)
    artists = [draw_image(panels[0], blank, "image")]
    for axes, (name, colour) in zip(panels[1:], CHANNELS.items(), strict=True):
        artists.append(draw_image(axes, blank[..., 0], f"{name} plane", vmin=0, vmax=255))
        axes.spines[:].set(color=colour, linewidth=2)
    return artists


def fill(artists: Sequence[AxesImage], image: np.ndarray) -> None:
    """Show an image, (H, W, 3), in what `draw_planes` has drawn."""
    artists[0].set_data(image)
    for channel in range(3):
        artists[1 + channel].set_data(image[..., channel])


def before_and_after(images: np.ndarray) -> Figure:
    """Return a figure of how often each value occurs, before and after normalising.

    images: (N, H, W, 3), uint8.
    """
    values = np.arange(256)
    counts = [np.bincount(images[..., k].ravel(), minlength=256) for k in range(3)]
    share = np.array(counts) / images[..., 0].size
    mean = share @ values
    std = np.sqrt(share @ values**2 - mean**2)
    grouped = 100 * share.reshape(3, 64, 4).sum(axis=2)  # four values a group
    middle = np.arange(64) * 4 + 1.5
    figure, rows = new_figure(3, 2, size=(9, 4), sharex="col", sharey=True)
    for k, (name, colour) in enumerate(CHANNELS.items()):
        scales = [
            ("before", middle, mean[k], std[k]),
            ("after", (middle - mean[k]) / std[k], 0.0, 1.0),
        ]
        for axes, (when, places, centre, spread) in zip(rows[k], scales, strict=True):
            axes.fill_between(places, grouped[k], color=colour, label=name)
            axes.axvline(centre, color="black", linestyle=":", label="mean")
            axes.set_title(
                f"{name}, {when}: mean {centre:.0f} (dotted), standard deviation {spread:.0f}",
                fontsize=9,
                loc="left",
            )
    rows[1, 0].set_ylabel("% of the pixels")
    rows[2, 0].set_xlabel("value in the file")
    rows[2, 1].set_xlabel("value after normalising")
    before = ", ".join(f"{each:.0f}" for each in mean[:-1]) + f" and {mean[-1]:.0f}"
    figure.set_label(
        f"Before normalisation, the three channels have means of {before}; afterwards, each has "
        "mean 0 and standard deviation 1, and its curve has kept its shape."
    )
    return figure


# The explorer

ALL = "all classes"  # in its menu


def image_browser(
    images: np.ndarray, labels: np.ndarray, class_names: Sequence[str], index: int = 0
) -> Explorer:
    """Return an explorer of images: each one in colour and as its red, green and blue planes.

    images is (N, H, W, 3), uint8; labels is (N,), int; class_names has a name for each label.
    Two buttons step to the next image and back, in all classes or in one; the last is followed by
    the first.
    """
    figure, panels = new_figure(1, 4, size=(8, 2.45))
    artists = draw_planes(panels, images.shape[1:])

    def redraw(index: int) -> None:
        same = np.flatnonzero(labels == labels[index])
        red, green, blue = images[index].mean(axis=(0, 1))
        figure.suptitle(
            f"Image {index} (of 0 to {len(images) - 1:,}): {class_names[labels[index]]}, "
            f"number {np.searchsorted(same, index) + 1:,} of {len(same):,} in its class; "
            f"means: red {red:.0f}, green {green:.0f}, blue {blue:.0f}.",
            fontsize=11,
        )
        fill(artists, images[index])

    number = ipywidgets.BoundedIntText(
        value=index, min=0, max=len(images) - 1, description="image number", **LOOK
    )
    number.layout.width = "190px"
    explorer = Explorer(figure, redraw, {"index": number}, unchanging=surroundings(*panels))
    controls_view, *_ = explorer.view.children
    controls_view.children = [*leafing(number, labels, class_names), number]
    return explorer


def leafing(
    number: ipywidgets.BoundedIntText, labels: np.ndarray, class_names: Sequence[str]
) -> list[ipywidgets.Widget]:
    """Return two buttons that step to other images, and a menu of the classes to step through.

    number: the control that holds the number of the image. labels: (N,), of all images.
    """
    options = [(ALL, -1)] + [(class_names[label], label) for label in np.unique(labels)]
    menu = ipywidgets.Dropdown(options=options, description="step through", **LOOK)
    menu.layout.width = "230px"
    back = ipywidgets.Button(description="previous", icon="arrow-left", layout={"width": "120px"})
    forward = ipywidgets.Button(description="next", icon="arrow-right", layout={"width": "120px"})

    def members() -> np.ndarray:
        return np.flatnonzero((labels == menu.value) | (menu.value == -1))

    def step_back(button: object) -> None:
        numbers = members()
        number.value = int(numbers[np.searchsorted(numbers, number.value) - 1])

    def step_forward(button: object) -> None:
        numbers = members()
        after = np.searchsorted(numbers, number.value, side="right")
        number.value = int(numbers[after % len(numbers)])

    def enter(change: object) -> None:
        """Go on to the class that was chosen, unless the image is of that class already."""
        if number.value not in members():
            step_forward(change)

    back.on_click(step_back)
    forward.on_click(step_forward)
    menu.observe(enter, names="value")
    return [back, forward, menu]

"""The look of all figures: colours, panels, images, numbers, and how a figure is shown."""

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle

from .colour_contrast import halo, ink
from .description import describe

# The palette of Okabe and Ito (https://jfly.uni-koeln.de/color/), which colour-blind readers tell
# apart. Orange, vermilion and sky are darker here: on white, each colour has a contrast over 3.
PALETTE = {
    "blue": "#0072B2",
    "orange": "#C58600",
    "green": "#009E73",
    "vermilion": "#B84800",
    "purple": "#CC79A7",
    "sky": "#3C9AD0",
    "black": "#000000",
}
# For numbers with a sign: vermilion below 0, white at 0, blue above.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [PALETTE["vermilion"], "white", PALETTE["blue"]]
)
CHANNELS = {"red": PALETTE["vermilion"], "green": PALETTE["green"], "blue": PALETTE["blue"]}
LINE_STYLES = ["-", "--", "-.", ":"]  # colour is never the only signal
SCREEN_DPI = 100
PRINT_DPI = 160  # pictures are stored sharper than they are shown


def new_figure(
    rows: int = 1,
    columns: int = 1,
    size: tuple[float, float] = (7, 3.5),
    title: str | None = None,
    **options: Any,
) -> tuple[Figure, Any]:
    """Return (figure, axes): an empty figure in the course's style.

    size is (width, height) in inches. axes is one panel, or an array of them, as in
    matplotlib's `subplots`, which takes the `options`. The figure belongs to the caller alone:
    no list of open figures keeps it, and nothing needs to be closed.
    """
    layout = ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.06)
    figure = Figure(figsize=size, layout=layout, facecolor="white")
    if title:
        figure.suptitle(title)
    axes = figure.subplots(rows, columns, **options)
    for each in np.ravel(axes):
        each.set_prop_cycle(color=list(PALETTE.values())[:6])
        each.spines[["top", "right"]].set_visible(False)
        each.set_axisbelow(True)
        each.grid(alpha=0.25)
    return figure, axes


def show(figure: Figure, width: int | None = None) -> None:
    """Display a figure: an output that holds the picture and its description, and one to unfold.

    width is in CSS pixels; by default the figure's size at 100 pixels an inch. The description
    is the picture's alternative text, and the plain-text form of the output. JupyterLab shows
    neither of these, so the second output has it as well, folded up below the picture.
    """
    from IPython.display import display

    data, metadata = bundle(figure, width)
    display(data, metadata=metadata, raw=True)
    display({"text/html": folded(data["text/plain"])}, raw=True)


def folded(description: str) -> str:
    """Return HTML that shows one line, and the whole description when it is unfolded."""
    return (
        "<details><summary>this figure in words</summary>"
        f'<pre style="white-space: pre-wrap">{html.escape(description)}</pre></details>'
    )


def bundle(figure: Figure, width: int | None = None) -> tuple[dict[str, str], dict[str, Any]]:
    """Return (data, metadata) of a figure as one notebook output."""
    text = describe(figure)
    data = {"image/png": base64.b64encode(to_png(figure)).decode("ascii"), "text/plain": text}
    width = width or round(figure.get_figwidth() * SCREEN_DPI)
    return data, {"image/png": {"alt": text, "width": width, "needs_background": "light"}}


def to_png(figure: Figure, dpi: float = PRINT_DPI) -> bytes:
    """Return the figure as the bytes of a PNG file. The same figure gives the same bytes."""
    buffer, kept = io.BytesIO(), figure.dpi
    figure.dpi = dpi
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    figure.dpi = kept
    return buffer.getvalue()


def draw_image(
    axes: Axes, image: np.ndarray, title: str | None = None, **options: Any
) -> AxesImage:
    """Draw one image on a panel, pixel by pixel, without ticks. Returns matplotlib's image.

    image is (H, W, 3) in colour or (H, W) in shades of grey.
    """
    if np.ndim(image) == 2:
        options = {"cmap": "gray", **options}
    axes.grid(False)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="0.7", linewidth=0.6)
    if title is not None:
        axes.set_title(title, fontsize=10)
    return axes.imshow(image, interpolation="nearest", **options)


def image_grid(
    images: np.ndarray, row_names: Sequence[str], title: str | None = None, gap: int = 2
) -> Figure:
    """Return a figure with a grid of images, a name before each row.

    images is (rows, columns, H, W, C), uint8; row_names has one text for each row.
    """
    rows, columns, height, width, channels = images.shape
    sheet = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, np.uint8
    )
    for row in range(rows):
        for column in range(columns):
            top, left = row * (height + gap), column * (width + gap)
            sheet[top : top + height, left : left + width] = images[row, column]
    figure, axes = new_figure(size=(0.62 * columns + 1.4, 0.62 * rows + 0.3), title=title)
    draw_image(axes, sheet)
    axes.spines[:].set_visible(False)
    axes.set_yticks(np.arange(rows) * (height + gap) + height / 2, row_names)
    axes.tick_params(length=0)
    return figure


def draw_numbers(
    axes: Axes, numbers: np.ndarray, title: str | None = None, decimals: int = 0, **options: Any
) -> AxesImage:
    """Draw a small table of numbers, each in a box shaded by its value, larger ones lighter.

    numbers is (rows, columns); options go to matplotlib's `imshow`.
    """
    image = draw_image(axes, numbers, title, **{"cmap": "gray", **light_shades(numbers), **options})
    for (row, column), number in np.ndenumerate(numbers):
        text = f"{number:.{decimals}f}"
        axes.text(column, row, text, ha="center", va="center", fontsize=10, color="black")
    return image


def frame(
    axes: Axes,
    top: float,
    left: float,
    height: float,
    width: float,
    colour: str = "vermilion",
    inset: float = 0.0,
    **look: Any,
) -> Rectangle:
    """Draw a frame around some cells of an image or a table, the top left one at (top, left).

    inset: how far within their outer edge, in cells. colour: a name in the PALETTE; look goes to
    matplotlib's Rectangle, which is returned.
    """
    corner = (left - 0.5 + inset, top - 0.5 + inset)
    look = {"fill": False, "linewidth": 2.5, "edgecolor": PALETTE[colour], "zorder": 3, **look}
    rectangle = halo(Rectangle(corner, width - 2 * inset, height - 2 * inset, **look))
    axes.add_patch(rectangle)
    return rectangle


def draw_colours(axes: Axes, image: np.ndarray, title: str | None = None) -> AxesImage:
    """Draw a small image in colour, with the three numbers of each pixel written on it.

    image is (H, W, 3), uint8. Returns matplotlib's image.
    """
    for row, column in np.ndindex(*image.shape[:2]):
        pixel = image[row, column]
        text = "\n".join(str(value) for value in pixel)
        axes.text(column, row, text, ha="center", va="center", fontsize=9, color=ink(pixel / 255))
    return draw_image(axes, image, title)


def light_shades(numbers: np.ndarray) -> dict[str, Any]:
    """Options of `imshow` for shades of grey on which black text can be read."""
    low, high = float(np.min(numbers)), float(np.max(numbers))
    spread = max(high - low, 1.0)
    return {"vmin": high - 2.5 * spread, "vmax": high}


def signed_shades(*tables: np.ndarray) -> dict[str, Any]:
    """Options of `imshow` for numbers with a sign, light enough for black text.

    Give all the tables of a figure that hold the same quantity: a colour then means one number.
    """
    most = max(float(np.nanmax(np.abs(table), initial=0)) for table in tables) or 1.0
    return {"cmap": SIGNED, "vmin": -1.6 * most, "vmax": 1.6 * most}

"""The look of all figures: colours, panels, images, numbers, and how a figure is shown."""

import base64
import html
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Annotation

from .colour_contrast import halo, ink, readable
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
# What recurs from lesson to lesson has one colour everywhere.
COLOURS = {
    "ReLU": PALETTE["green"],
    "cross-entropy": PALETTE["blue"],
    "filters": PALETTE["blue"],
    "formula": PALETTE["black"],
    "fully connected": PALETTE["orange"],
    "sigmoid": PALETTE["orange"],
    "squared error": PALETTE["vermilion"],
    "tanh": PALETTE["purple"],
    "test images": PALETTE["blue"],
    "training images": PALETTE["sky"],
}
# For numbers with a sign: vermilion below 0, white at 0, blue above.
SIGNED = LinearSegmentedColormap.from_list(
    "signed", [PALETTE["vermilion"], "white", PALETTE["blue"]]
)
CHANNELS = {"red": PALETTE["vermilion"], "green": PALETTE["green"], "blue": PALETTE["blue"]}
LINE_STYLES = ["-", "--", "-.", ":"]  # colour is never the only signal
SCREEN_DPI = 100  # pixels of a page in an inch of a figure
PRINT_DPI = 160  # pictures are stored sharper than they are shown, and sent so by explorers


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


def show(figure: Figure, sentence: str | None = None, width: int | None = None) -> None:
    """Display a figure: an output that holds the picture, and one with its caption to unfold.

    sentence: what the figure shows, in one sentence; by default the figure's label, if its maker
    gave it one. It is the picture's alternative text and the caption below the picture; unfolded,
    the caption gives the numbers as well. width is in CSS pixels; by default the figure's size at
    100 pixels an inch. Raises ValueError where there is no sentence.
    """
    from IPython.display import display

    sentence = sentence or str(figure.get_label())
    if not sentence:
        raise ValueError(
            "show was given a figure without a sentence that says what it shows; "
            'pass one: show(figure, "The loss falls.")'
        )
    data, metadata = bundle(figure, sentence, width)
    display(data, metadata=metadata, raw=True)
    description = data["text/plain"].removeprefix(f"{sentence}\n")
    display({"text/html": caption(sentence, description)}, raw=True)


def caption(sentence: str, description: str) -> str:
    """Return HTML that shows the sentence, and the description when it is unfolded."""
    return (
        f"<details><summary>{html.escape(sentence)}</summary>"
        f'<pre style="white-space: pre-wrap">{html.escape(description)}</pre></details>'
    )


def bundle(
    figure: Figure, sentence: str, width: int | None = None
) -> tuple[dict[str, str], dict[str, Any]]:
    """Return (data, metadata) of a figure as one notebook output."""
    text = f"{sentence}\n{describe(figure)}"
    data = {"image/png": base64.b64encode(to_png(figure)).decode("ascii"), "text/plain": text}
    width = width or round(figure.get_figwidth() * SCREEN_DPI)
    return data, {"image/png": {"alt": sentence, "width": width, "needs_background": "light"}}


def to_png(figure: Figure, dpi: float = PRINT_DPI) -> bytes:
    """Return the figure as the bytes of a PNG file. The same figure gives the same bytes."""
    buffer, kept = io.BytesIO(), figure.dpi
    figure.dpi = dpi
    FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
    figure.dpi = kept
    return buffer.getvalue()


def ramp(count: int) -> list[str]:
    """Return `count` colours of one hue, light to dark, for quantities that have an order.

    The lightest has a contrast of 3 on white, as lines need it; the darkest is nearly black.
    """
    light, middle, dark = (61, 154, 222), (8, 84, 156), (0, 16, 36)
    shares = np.linspace(0, 1, count)
    ends = zip(light, middle, dark, strict=True)
    parts = [np.interp(shares, [0, 0.5, 1], end) / 255 for end in ends]
    return [to_hex(colour) for colour in np.transpose(parts)]


def label_line(axes: Axes, line: Line2D, text: str | None = None, **where: Any) -> Annotation:
    """Write the name of a line beside its last finite point, in its colour.

    text: by default the line's label. where: as for `label_point`. Returns the text.
    """
    finite = np.isfinite(np.asarray(line.get_ydata(), float))
    return label_point(axes, line, np.flatnonzero(finite)[-1], text, **where)


def label_point(
    axes: Axes, line: Line2D, point: int, text: str | None = None, **where: Any
) -> Annotation:
    """Write the name of a line beside one of its points, given by its index, in its colour.

    where: options of matplotlib's `annotate`. xytext is the way from the point to the text, right
    and up, in points of 1/72 inch; by default the text stands right of it. Returns the text.
    """
    x, y = np.asarray(line.get_xdata())[point], np.asarray(line.get_ydata())[point]
    text = str(line.get_label()).removeprefix("_") if text is None else text
    right, up = where.setdefault("xytext", (7, 0))
    side = {
        "ha": "left" if right > 0 else "right" if right < 0 else "center",
        "va": "bottom" if up > 0 else "top" if up < 0 else "center",
    }
    look = {"fontsize": 10, "color": readable(line.get_color()), "annotation_clip": False}
    return axes.annotate(text, (x, y), **{"textcoords": "offset points", **side, **look, **where})


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
    images: np.ndarray,
    row_names: Sequence[str],
    title: str | None = None,
    gap: int = 2,
    column_names: Sequence[str] | None = None,
    inches: float = 0.62,
) -> Figure:
    """Return a figure with a grid of images, a name before each row.

    images is (rows, columns, H, W, C), uint8; row_names has one text for each row, column_names one
    for each column. inches: how large an image is drawn.
    """
    rows, columns, height, width, channels = images.shape
    sheet = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, channels), 255, np.uint8
    )
    for row in range(rows):
        for column in range(columns):
            top, left = row * (height + gap), column * (width + gap)
            sheet[top : top + height, left : left + width] = images[row, column]
    size = (inches * columns + 1.4, inches * rows + 0.3)
    figure, axes = new_figure(size=size, title=title)
    draw_image(axes, sheet)
    axes.spines[:].set_visible(False)
    axes.set_yticks(np.arange(rows) * (height + gap) + height / 2, row_names)
    if column_names is not None:
        axes.xaxis.tick_top()
        axes.set_xticks(np.arange(columns) * (width + gap) + width / 2, column_names)
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
        text = f"{number:.{decimals}f}".replace("-", "−")
        colour = ink(image.to_rgba(number)[:3])
        axes.text(column, row, text, ha="center", va="center", fontsize=10, color=colour)
    return image


def frame(
    axes: Axes,
    top: float,
    left: float,
    height: float,
    width: float,
    colour: str = "black",
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

"""A figure in words: what is plotted, read back from the figure itself.

The text serves three readers: someone who cannot see the picture, someone who reads the notebook
where pictures are not shown, and the notebook checker, which compares these numbers rather than
the pixels.
"""

import re
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection, PathCollection
from matplotlib.container import BarContainer, Container, ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.quiver import Quiver
from numpy.typing import ArrayLike

MOST_VALUES = 12  # a longer series is described by this many of its values, evenly spaced
NO_NAME = re.compile(r"_(child|container)\d+|_nolegend_|")  # of a nameless artist
WORD = re.compile(r"^[^$]*[A-Za-z]{2}")  # two letters, not in a formula: a label that is no number


def describe(figure: Figure) -> str:
    """Return the description of a matplotlib figure, one line a series.

    Integers are written as they are, other numbers to four significant digits: of the series'
    largest value on a linear axis, of each value on a logarithmic one.
    """
    lines = []
    if figure.get_suptitle():
        lines.append(f"Figure: {_one_line(figure.get_suptitle())}")
    shown = [axes for axes in figure.axes if axes.get_visible()]
    for number, axes in enumerate(shown, start=1):
        series = describe_axes(axes)
        if series:
            heading = f"Panel {number} of {len(shown)}" if len(shown) > 1 else "Panel"
            lines.append(heading + _axes_heading(axes))
            lines.extend("  " + line for line in series)
    return "\n".join(lines)


def describe_axes(axes: Axes) -> list[str]:
    """Return the series of one panel as a list of lines."""
    log_y = axes.get_yscale() == "log"
    contained = {id(part) for container in axes.containers for part in _parts(container)}
    lines = _tick_names(axes)
    lines += [_container(container, axes) for container in axes.containers]
    lines += [_line(line, axes) for line in axes.lines if _counts(line, contained)]
    lines += [_collection(c, log_y) for c in axes.collections if _counts(c, contained)]
    lines += [_image(image) for image in axes.images if image.get_visible()]
    lines += [_patch(patch, axes) for patch in axes.patches if _counts(patch, contained)]
    texts = [_one_line(text.get_text()) for text in axes.texts if text.get_visible()]
    if any(texts):
        lines.append("text: " + " | ".join(text for text in texts if text))
    return [line for line in lines if line]


def numbers(values: Any, log: bool = False) -> str:
    """Return the values as text, shortened to MOST_VALUES evenly spaced ones.

    >>> numbers([1, 2, 3])
    '1, 2, 3'
    >>> numbers([0.5, 100.0])
    '0.5, 100.0'
    """
    if np.ma.isMaskedArray(values):
        values = np.ma.filled(values.astype(float), np.nan)
    values = np.ravel(values)
    if len(values) > MOST_VALUES:
        values = values[np.linspace(0, len(values) - 1, MOST_VALUES).round().astype(int)]
    if values.dtype.kind not in "fc":
        return ", ".join(str(value) for value in values)
    if log:
        return ", ".join(f"{value:#.4g}" for value in values)
    finite = np.abs(values[np.isfinite(values)])
    decimals = _decimals(finite.max() if finite.size else 0.0)
    return ", ".join(_fixed(value, decimals) for value in values)


def _decimals(largest: float) -> int:
    """Digits after the point that give `largest` four significant digits, at least one."""
    if largest == 0:
        return 1
    return int(max(1, 3 - np.floor(np.log10(largest))))


def _fixed(value: float, decimals: int) -> str:
    if abs(value) >= 1e6 or decimals > 8:
        return f"{value:#.4g}"
    return f"{value + 0.0:.{decimals}f}"


def _range(values: ArrayLike) -> str:
    """'1.0 to 5.0', or '1.0' where all values are equal."""
    values = np.ma.compressed(np.ma.masked_invalid(np.asarray(values, dtype=float)))
    if values.size == 0:
        return "no finite value"
    low, high = values.min(), values.max()
    text = numbers([float(low), float(high)])
    return text.split(", ")[0] if low == high else text.replace(", ", " to ")


def _axes_heading(axes: Axes) -> str:
    parts = [f', "{_one_line(axes.get_title())}"'] if axes.get_title() else []
    for name, label, scale in (
        ("x", axes.get_xlabel(), axes.get_xscale()),
        ("y", axes.get_ylabel(), axes.get_yscale()),
    ):
        if label and axes.axison:
            parts.append(f", {name}: {_one_line(label)}" + (" (log)" if scale == "log" else ""))
    return "".join(parts) + ":"


def _tick_names(axes: Axes) -> list[str]:
    """For each axis whose ticks have words, not numbers, a line with these words.

    Bars say the names of theirs themselves.
    """
    lines = []
    bars = [bars for bars in axes.containers if isinstance(bars, BarContainer)]
    for name, axis in (("x", axes.xaxis), ("y", axes.yaxis)):
        if not axes.axison or any(_bar_names(axes, each, name == "x") for each in bars):
            continue
        labels = [_one_line(text.get_text()) for text in axis.get_ticklabels()]
        if any(WORD.search(label) for label in labels):
            places = [tick.get_loc() for tick in axis.get_major_ticks()]
            named = [f"{place:g} = {label}" for place, label in zip(places, labels, strict=True)]
            lines.append(f"along {name}: {' | '.join(named)}")
    return lines


def _parts(container: Container) -> list[Artist]:
    """The artists inside a container, flattened."""
    found: list = []
    for part in container:
        if isinstance(part, (tuple, list)):
            found.extend(part)
        elif part is not None:
            found.append(part)
    return found


def _counts(artist: Artist, contained: set[int]) -> bool:
    return artist.get_visible() and id(artist) not in contained


def _name(artist: Artist | Container) -> str:
    """The artist's label in quotes. A leading "_" only keeps it out of the legend."""
    label = _one_line(artist.get_label() or "")
    return "" if NO_NAME.fullmatch(label) else f' "{label.removeprefix("_")}"'


def _container(container: Container, axes: Axes) -> str:
    if isinstance(container, BarContainer):
        log = axes.get_yscale() == "log" or axes.get_xscale() == "log"
        heights = [bar.get_height() for bar in container]
        upright = getattr(container, "orientation", "vertical") != "horizontal"
        values = heights if upright else [bar.get_width() for bar in container]
        names = _bar_names(axes, container, upright)
        if not names:
            middles = [
                bar.get_x() + bar.get_width() / 2 if upright else bar.get_y() + bar.get_height() / 2
                for bar in container
            ]
            names = f", {'x' if upright else 'y'} {numbers(middles)}"
        return f"{_count(len(container), 'bar')}{_name(container)}{names}: {numbers(values, log)}"
    if isinstance(container, ErrorbarContainer):
        data = container.lines[0]
        if data is not None:
            return "error bars, " + _line(data, axes)
    return f"{type(container).__name__}{_name(container)}"


def _bar_names(axes: Axes, bars: BarContainer, upright: bool) -> str:
    """The tick labels under the bars, where there is one label for each bar."""
    axis = axes.xaxis if upright else axes.yaxis
    labels = [text.get_text() for text in axis.get_ticklabels()]
    if len(labels) != len(bars) or not all(labels):
        return ""
    return f" ({', '.join(_one_line(label) for label in labels)})"


def _line(line: Line2D, axes: Axes) -> str:
    x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
    log_x, log_y = axes.get_xscale() == "log", axes.get_yscale() == "log"
    x_is_data, y_is_data = line.get_transform().contains_branch_seperately(axes.transData)
    if not x_is_data:
        return f"horizontal line{_name(line)} at {numbers([float(y[0])], log_y)}"
    if not y_is_data:
        return f"vertical line{_name(line)} at {numbers([float(x[0])], log_x)}"
    values = f"x {numbers(x, log_x)}; y {numbers(y, log_y)}"
    if line.get_linestyle() == "None":
        return f"{_count(len(x), 'marker')}{_name(line)}: {values}"
    return f"line{_name(line)}, {_count(len(x), 'point')}: {values}"


def _collection(collection: Collection, log_y: bool) -> str:
    name = _name(collection)
    if isinstance(collection, Quiver):
        dx, dy = numbers(collection.U), numbers(collection.V)
        return f"{_count(collection.N, 'arrow')}{name}: dx {dx}; dy {dy}"
    if isinstance(collection, PathCollection):
        offsets = np.asarray(collection.get_offsets())
        x, y = offsets[:, 0], offsets[:, 1]
        return f"{_count(len(offsets), 'marker')}{name}: x {numbers(x)}; y {numbers(y, log_y)}"
    if collection.get_array() is not None:
        return f"coloured cells{name}: {numbers(collection.get_array())}"
    paths = [path.vertices for path in collection.get_paths() if len(path.vertices)]  # type: ignore[arg-type]
    if not paths:
        return ""
    x, y = np.concatenate(paths).T
    if len(paths) > 1:
        return f"{len(paths)} shapes{name}: x {_range(x)}; y {_range(y)}"
    return f"area{name}: x {_range(x)}; y {numbers(y, log_y)}"


def _image(image: AxesImage) -> str:
    pixels = np.asarray(image.get_array())
    size = "×".join(str(length) for length in pixels.shape)
    if pixels.shape[0] * pixels.shape[1] <= 100 and pixels.ndim == 2:
        rows = "; ".join(numbers(row) for row in pixels)
        return f"image{_name(image)} {size}, rows: {rows}"
    if pixels.ndim == 3:
        pixels = pixels[..., :3]  # without the opacity
        if pixels.size <= 48:
            rows = "; ".join(", ".join(f"({numbers(pixel)})" for pixel in row) for row in pixels)
            return f"image{_name(image)} {size}, rows: {rows}"
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    quarters = [
        pixels[:height, :width],
        pixels[:height, width:],
        pixels[height:, :width],
        pixels[height:, width:],
    ]
    means = [float(np.nanmean(quarter)) for quarter in quarters]
    return (
        f"image{_name(image)} {size}, values {_range(pixels)}; mean of its quarters "
        f"(top left, top right, bottom left, bottom right): {numbers(means)}"
    )


def _patch(patch: Patch, axes: Axes) -> str:
    kind = "area" if patch.get_fill() and patch.get_facecolor()[3] else "frame"  # type: ignore[misc]
    corners = patch.get_patch_transform().transform(patch.get_path().vertices)
    places = patch.get_data_transform().contains_branch_seperately(axes.transData)
    sides = [
        f"{side} {_range(values)}"
        for side, values, is_data in zip("xy", corners.T, places, strict=True)
        if is_data
    ]
    return f"{kind}{_name(patch)}: {'; '.join(sides)}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" + ("s" if number != 1 else "")


def _one_line(text: object) -> str:
    return " ".join(str(text).split())

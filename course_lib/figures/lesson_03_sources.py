"""Lesson 03: who sent what? Each digit of a sum of gradients has the hue of its source."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_lib.nn.shapes import output_size

from .colour_contrast import ink
from .page_explorer import PageExplorer, module, start, toggle
from .style import PALETTE, draw_image, draw_numbers, frame, new_figure

DY = np.array([[1, 10], [100, 1000]])  # and so on again to the right, and below
HUES = ["blue", "orange", "green", "purple"]  # of 1, 10, 100 and 1000
KERNEL_SIZES, STRIDES = (2, 4), (1, 4)  # of max-pooling, smallest and largest
EVERY = 100  # outputs: more than there are
OPERATIONS = ["convolution", "max-pooling"]
POINTED = [[], *([name, table, 3] for name in OPERATIONS for table in ("dy", "dx"))]

PICTURE = np.arange(1, 10).reshape(3, 3)
WEIGHT = np.array([[1, 2], [3, 4]])
POOLED = np.array([
    [1, 2, 3, 1, 2],
    [4, 1, 2, 3, 1],
    [2, 3, 8, 2, 4],
    [1, 2, 1, 5, 3],
    [3, 1, 2, 4, 9],
])


class SourcesExplorer(PageExplorer):
    """What each output sends back, and from which outputs a pixel of dx got its sum.

    picture (H, W) goes through a convolution with weight (2, 2), whole numbers from 0 to 9;
    pooled (H, W), at least 4 x 4, through max-pooling.

    The outputs send 1, 10, 100 and 1000, and those that share a pixel and a number are at most
    four: no digit of a sum is ever carried, and each tells what came from outputs of its hue.
    """

    _esm = module("lesson_03_sources.js")
    computed_in_page = True

    operation = traitlets.Enum(OPERATIONS, "convolution").tag(sync=True, setting=True)
    kernel_size = traitlets.Int(3, min=KERNEL_SIZES[0], max=KERNEL_SIZES[1]).tag(
        sync=True, setting=True
    )
    stride = traitlets.Int(2, min=STRIDES[0], max=STRIDES[1]).tag(sync=True, setting=True)
    assign = traitlets.Bool(False).tag(sync=True, setting=True)
    sent = traitlets.Int(EVERY, min=0, max=EVERY).tag(  # so many outputs, in reading order
        sync=True, setting=True, tries=[0, 1, 2, 3, 4, 7, EVERY]
    )
    # What one points at, as operation, table and number, the cells counted row by row from 0.
    pointed: traitlets.List[Any] = traitlets.List().tag(sync=True, setting=True, tries=POINTED)

    def __init__(
        self,
        picture: ArrayLike = PICTURE,
        weight: ArrayLike = WEIGHT,
        pooled: ArrayLike = POOLED,
        **settings: Any,
    ) -> None:
        self.pictures = {
            name: np.asarray(each).astype(int)
            for name, each in zip(OPERATIONS, (picture, pooled), strict=True)
        }
        self.weight = np.asarray(weight).astype(int)
        if self.weight.shape != DY.shape or not np.isin(self.weight, range(10)).all():
            raise ValueError("weight must be 2 x 2 whole numbers from 0 to 9")
        controls = [
            *(start(name, operation=name) for name in OPERATIONS),
            toggle("assign", "assign (=) instead of add (+=)"),
        ]
        super().__init__(controls=controls, **settings)

    def compute(self) -> dict[str, Any]:
        x = self.pictures[self.operation]
        convolution = self.operation == "convolution"
        size, stride = (len(self.weight), 1) if convolution else (self.kernel_size, self.stride)
        dy = gradients(x.shape, size, stride)
        if convolution:
            sends = convolution_backward(dy, x, self.weight)
        else:
            sends = maxpool_backward(dy, x, size, stride)
        sent = min(self.sent, dy.size)
        sources = collect(sends[:sent], x.size)
        table, number = self.looked_at(dy.size, sent, sources)
        outputs, pixels = lit(table, number, sends, sources)
        used = used_weights(outputs, pixels, dy.shape[1], x.shape[1], size) if convolution else []
        numbers = {
            "pictures": {name: each.tolist() for name, each in self.pictures.items()},
            "weight": self.weight.tolist(),
            "ranges": {"kernel_size": [*KERNEL_SIZES], "stride": [*STRIDES]},
            "x": x.tolist(),  # (H, W)
            "size": size,
            "stride": stride,
            "dy": dy.tolist(),  # (OH, OW)
            "sends": sends,  # of each output, the pixels it sends to and how much: [pixel, amount]
            "sent": sent,
            "sources": sources,  # of each pixel, what it got so far: [output, amount]
            "dx": np.reshape([total(got, self.assign) for got in sources], x.shape).tolist(),
            "table": table,
            "number": number,
            "outputs": outputs,
            "pixels": pixels,
            "used": used,  # through which cell of the filter: [cell, output]
        }
        return {**numbers, "words": words(numbers, convolution, self.assign)}

    def looked_at(self, outputs: int, sent: int, sources: list[list[list[int]]]) -> tuple[str, int]:
        """Return the table and the number of the cell that picture and words are about.

        It is what one points at; else the output that has sent last, and after the last of all
        the pixel that got something from most outputs. ("", 0) before anything was sent.
        """
        operation, table, number = self.pointed or ("", "", 0)
        if operation == self.operation and number < (outputs if table == "dy" else len(sources)):
            return table, number
        if sent == outputs:
            counts = [len(got) for got in sources]
            return "dx", counts.index(max(counts))
        return ("dy", sent - 1) if sent else ("", 0)

    def still(self) -> Figure:
        numbers, convolution = self.numbers, self.operation == "convolution"
        x, dy, dx = (np.array(numbers[name]) for name in ("x", "dy", "dx"))
        figure, panels = new_figure(1, 4, size=(9, 3), width_ratios=[4, 3, 6, 3])
        draw_numbers(panels[0], x, "the picture x", cmap=ListedColormap(["#f4f4f4"]))
        panels[0].set_xlabel(
            "its numbers play no part in dx" if convolution else "square: the maximum of a window",
            fontsize=8,
        )
        colours = ListedColormap([PALETTE[hue] for hue in HUES])
        borders = BoundaryNorm([0, 5, 50, 500, 5000], 4)
        draw_image(panels[1], dy, "dy, from the outputs", cmap=colours, norm=borders)
        panels[1].set_xlabel("chosen so that each digit\nin dx shows its source", fontsize=8)
        for (row, column), amount in np.ndenumerate(dy):
            colour = ink(PALETTE[HUES[place_of(amount)]])
            panels[1].text(column, row, str(amount), color=colour, ha="center", va="center")
        draw_image(panels[2], dx, "dx, what the pixels get", cmap=ListedColormap(["white"]))
        for axes, table in zip(panels, (x, dy, dx), strict=False):
            draw_cells(axes, table)
        width = 0.03 * dx.shape[1] + 0.06
        for (row, column), amount in np.ndenumerate(dx):
            write_digits(panels[2], column, row, amount, width)
        for output in numbers["outputs"]:
            row, column = divmod(output, dy.shape[1])
            top, left, size = row * numbers["stride"], column * numbers["stride"], numbers["size"]
            at = place_of(int(dy[row, column]))
            name = f"window {output + 1}"
            frame(panels[0], top, left, size, size, HUES[at], 0.04 + 0.07 * at, label=name)
        if not convolution:
            draw_winners(panels[0], numbers["sends"], dy, x.shape[1])
        for pixel in numbers["pixels"]:
            row, column = divmod(pixel, x.shape[1])
            frame(panels[2], row, column, 1, 1, "black", 0.03, linewidth=2)
        self.draw_sum(panels[3])
        return figure

    def draw_sum(self, axes: Axes) -> None:
        """Write one below the other what the pixel got, or the last of several, and the total."""
        axes.set_axis_off()
        if not self.numbers["pixels"]:
            return
        pixel, convolution = self.numbers["pixels"][-1], self.operation == "convolution"
        axes.set_title(place(pixel, self.numbers["x"]), fontsize=10)
        got = self.numbers["sources"][pixel]
        axes.set(xlim=(-1.6, 0.4), ylim=(max(len(got), 4) + 1, -0.5))
        for line, (output, amount) in enumerate(got):
            gone = self.assign and line < len(got) - 1
            dy = np.ravel(self.numbers["dy"])[output]
            text = f"{amount // dy} × {dy} =" if convolution else "overwritten:" if gone else ""
            axes.text(-0.85, line, text, ha="right", va="center", fontsize=8)
            write_digits(axes, 0, line, amount, 0.22, right=True)
            if gone:
                axes.plot([-0.8, 0.12], [line, line], color="black", linewidth=1)
        axes.hlines(len(got) - 0.45, -0.8, 0.12, color="black", linewidth=1)
        name = "the last" if self.assign else "the sum"
        axes.text(-0.85, len(got), name, ha="right", va="center", fontsize=8)
        write_digits(axes, 0, len(got), total(got, self.assign), 0.22, right=True)


# The two backward passes: what each output sends


def gradients(shape: tuple[int, ...], kernel_size: int, stride: int) -> np.ndarray:
    """Return dy (OH, OW) for a table of this shape: 1, 10, 100 and 1000, over and over."""
    OH, OW = (output_size(length, kernel_size, stride) for length in shape)
    return np.tile(DY, (OH // 2 + 1, OW // 2 + 1))[:OH, :OW]


def convolution_backward(
    dy: np.ndarray, x: np.ndarray, weight: np.ndarray
) -> list[list[list[int]]]:
    """Return for each output what it sends: weight * dy, to all pixels of its window.

    dy (OH, OW), x (H, W), weight (KH, KW) -> a list for each output, of [pixel, amount].
    """
    H, W = x.shape
    return [
        [
            [(i + row) * W + j + column, int(each * dy[i, j])]
            for (row, column), each in np.ndenumerate(weight)
        ]
        for i, j in np.ndindex(dy.shape)
    ]


def maxpool_backward(
    dy: np.ndarray, x: np.ndarray, kernel_size: int, stride: int
) -> list[list[list[int]]]:
    """Return for each output what it sends: all of dy, to the first maximum of its window.

    dy (OH, OW), x (H, W) -> a list for each output, of one [pixel, amount].
    """
    sends = []
    for i, j in np.ndindex(dy.shape):
        top, left = i * stride, j * stride
        window = x[top : top + kernel_size, left : left + kernel_size]
        row, column = np.unravel_index(np.argmax(window), window.shape)
        sends.append([[int((top + row) * x.shape[1] + left + column), int(dy[i, j])]])
    return sends


def collect(sends: list[list[list[int]]], pixels: int) -> list[list[list[int]]]:
    """Return for each of so many pixels what it got, in order: [output, amount]."""
    sources: list[list[list[int]]] = [[] for _ in range(pixels)]
    for output, parcels in enumerate(sends):
        for pixel, amount in parcels:
            sources[pixel].append([output, amount])
    return sources


def total(got: list[list[int]], assign: bool) -> int:
    """Return what a pixel of dx holds: the sum of what it got, or, if assigned, the last."""
    amounts = [amount for _, amount in got] or [0]
    return amounts[-1] if assign else sum(amounts)


def lit(
    table: str, number: int, sends: list[list[list[int]]], sources: list[list[list[int]]]
) -> tuple[list[int], list[int]]:
    """Return the outputs and the pixels that stand out when one looks at a cell of a table."""
    if table == "dx":
        return [output for output, _ in sources[number]], [number]
    if table == "dy":
        return [number], [pixel for pixel, _ in sends[number]]
    return [], []


def used_weights(
    outputs: list[int], pixels: list[int], per_row: int, columns: int, size: int
) -> list[list[int]]:
    """Return through which cell of the filter each output has to do with each pixel.

    per_row, columns, size: the widths of dy, x and the filter, whose cells are counted row by row.
    Returns [cell, output] for every pair.
    """
    used = []
    for output in outputs:
        for pixel in pixels:
            row, column = np.subtract(divmod(pixel, columns), divmod(output, per_row)).tolist()
            used.append([row * size + column, output])
    return used


# Words


def words(numbers: dict[str, Any], convolution: bool, assign: bool) -> str:
    """Return what the picture shows, in one or two sentences."""
    if numbers["table"] == "dx":
        return words_of_pixel(numbers, assign)
    if numbers["table"] == "dy":
        return words_of_output(numbers, convolution, assign)
    return "No output has sent anything yet, and dx is 0 everywhere."


def words_of_pixel(numbers: dict[str, Any], assign: bool) -> str:
    """Return from which outputs the pixel got how much, and why it got nothing."""
    pixel = numbers["number"]
    amounts = [amount for _, amount in numbers["sources"][pixel]]
    where = f"The pixel in {place(pixel, numbers['x'])}"
    gets = "gets" if numbers["sent"] == len(numbers["sends"]) else "has so far got"
    if not amounts:
        return f"{where} {nothing(numbers, pixel)}."
    if len(amounts) == 1:
        return f"{where} {gets} {amounts[0]}, from one output."
    if assign:
        return (
            f"{where} {gets} something from {len(amounts)} outputs, and each overwrites what was "
            f"there: {amounts[-1]} is left, not {sum(amounts)}."
        )
    return f"{where} {gets} something from {len(amounts)} outputs: {addition(amounts)}."


def nothing(numbers: dict[str, Any], pixel: int) -> str:
    """Return why a pixel of dx is 0."""
    if any(pixel == to for parcels in numbers["sends"] for to, _ in parcels):
        return "has not got anything yet"
    row, column = divmod(pixel, len(numbers["x"][0]))
    size, stride, dy = numbers["size"], numbers["stride"], numbers["dy"]
    seen = any(
        i * stride <= row < i * stride + size and j * stride <= column < j * stride + size
        for i in range(len(dy))
        for j in range(len(dy[0]))
    )
    return "gets nothing: no window has its maximum there" if seen else "lies in no window"


def words_of_output(numbers: dict[str, Any], convolution: bool, assign: bool) -> str:
    """Return what the output sends, to which pixels, and what it finds there."""
    output = numbers["number"]
    row, column = divmod(output, len(numbers["dy"][0]))
    sends = "sends" if output < numbers["sent"] else "has yet to send"
    dy = numbers["dy"][row][column]
    text = f"Output {output + 1} {sends} "
    parcels = numbers["sends"][output]
    if convolution:
        amounts = [str(amount) for _, amount in parcels]
        listed = f"{', '.join(amounts[:-1])} and {amounts[-1]}"
        return f"{text}weight × {dy} to the pixels of its window: {listed}."
    pixel = parcels[0][0]
    value = int(np.ravel(numbers["x"])[pixel])
    text += f"{dy} to the maximum of its window, the {value} in {place(pixel, numbers['x'])}"
    ties = tied(numbers, row, column, value)
    text += f", the first of {ties} that tie." if ties > 1 else "."
    return text + meeting(numbers["sources"][pixel], output, assign)


def meeting(got: list[list[int]], output: int, assign: bool) -> str:
    """Return what becomes of the amount from an output among all that its pixel got."""
    until = [amount for source, amount in got if source <= output]
    if output not in [source for source, _ in got]:
        return ""  # not sent yet
    if assign and output < got[-1][0]:
        return " A later output overwrites it."
    if len(until) == 1:
        return ""
    return (
        f" There it overwrites the {until[-2]}."
        if assign
        else f" There it makes {addition(until)}."
    )


def tied(numbers: dict[str, Any], row: int, column: int, value: int) -> int:
    """Return how many pixels of the window of output (row, column) have this value."""
    top, left, size = row * numbers["stride"], column * numbers["stride"], numbers["size"]
    return sum(line[left : left + size].count(value) for line in numbers["x"][top : top + size])


def place(pixel: int, x: list[list[int]]) -> str:
    """Return where a pixel is, counted from 1.

    >>> place(4, [[1, 2, 3], [4, 5, 6]])
    'row 2, column 2'
    """
    row, column = divmod(pixel, len(x[0]))
    return f"row {row + 1}, column {column + 1}"


def addition(amounts: list[int]) -> str:
    """Return a sum as one writes it.

    >>> addition([4, 30, 200])
    '4 + 30 + 200 = 234'
    """
    return f"{' + '.join(map(str, amounts))} = {sum(amounts)}"


# The still picture


def place_of(amount: int) -> int:
    """Return the place of a power of ten: 0 for 1, 1 for 10, and so on."""
    return len(str(amount)) - 1


def draw_winners(axes: Axes, sends: list[list[list[int]]], dy: np.ndarray, columns: int) -> None:
    """Mark the maximum of each window, in a corner of its own for each hue."""
    for [[pixel, _]], amount in zip(sends, np.ravel(dy), strict=True):
        at, (row, column) = place_of(int(amount)), divmod(pixel, columns)
        place_in_cell = column - 0.36 + 0.72 * (at % 2), row - 0.36 + 0.72 * (at // 2)
        look: dict[str, Any] = {"color": PALETTE[HUES[at]], "markersize": 4, "zorder": 4}
        axes.plot(*place_in_cell, "s", label=f"maximum for {amount}", **look)


def draw_cells(axes: Axes, table: np.ndarray) -> None:
    """Draw thin lines between the cells of a table."""
    rows, columns = table.shape
    axes.set_xticks(np.arange(columns - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(rows - 1) + 0.5, minor=True)
    axes.tick_params(which="minor", length=0)
    axes.grid(which="minor", color="0.8", linewidth=0.6)


def write_digits(
    axes: Axes, x: float, y: float, amount: int, width: float, right: bool = False
) -> None:
    """Write a number around x, or ending there, each digit on the hue of its power of ten.

    width is that of a digit, as x and y in the panel's units. A 0 has no source and no hue, and
    the number 0 is pale.
    """
    digits = str(amount)
    first = x - width * (len(digits) - 1) * (1 if right else 0.5)
    for i, digit in enumerate(digits):
        hue = PALETTE[HUES[len(digits) - 1 - i]] if digit != "0" else "white"
        look: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 11}
        look["bbox"] = {"facecolor": hue, "edgecolor": "none", "boxstyle": "square,pad=0.15"}
        colour = ink(hue) if amount else "0.55"
        axes.text(first + i * width, y, digit, color=colour, **look)

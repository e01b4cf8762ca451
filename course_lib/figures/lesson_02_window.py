"""Lesson 02: the window that one can hold, an explorer that the page draws."""

from typing import Any

import numpy as np
import traitlets
from matplotlib.figure import Figure

from .page_explorer import PageExplorer, choice, module, start, toggle
from .style import draw_image, draw_numbers, frame, light_shades, new_figure, signed_shades

FILTERS = {
    "vertical edges": [[1, 0, -1], [1, 0, -1], [1, 0, -1]],
    "horizontal edges": [[1, 1, 1], [0, 0, 0], [-1, -1, -1]],
    "the pixel itself": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
}


class WindowExplorer(PageExplorer):
    """One window of a picture: its numbers times the filter's, their sum, and its output.

    picture (H, W), whole numbers; image (H, W), a grey photograph of numbers from 0 to 9. In the
    page one drags the window or moves it with the arrow keys, and changes the filter.
    """

    _esm = module("lesson_02_window.js")
    computed_in_page = True
    lasting = ("pictures",)

    source = traitlets.Enum(["numbers", "photograph"], "numbers").tag(sync=True, setting=True)
    row = traitlets.Int(0, min=0, max=29).tag(sync=True, setting=True)
    column = traitlets.Int(0, min=0, max=29).tag(sync=True, setting=True)
    weight = traitlets.List(FILTERS["vertical edges"]).tag(
        sync=True, setting=True, tries=list(FILTERS.values())
    )
    visited = traitlets.List([0]).tag(sync=True, setting=True, tries=[[0], [0, 1, 2]])
    unrolled = traitlets.Bool(False).tag(sync=True, setting=True)

    def __init__(self, picture: np.ndarray, image: np.ndarray, **settings: Any) -> None:
        self.pictures = {"numbers": np.asarray(picture), "photograph": np.round(image, 1)}
        controls = [
            choice("source", "picture", ["numbers", "photograph"]),
            *(start(name, weight=weight) for name, weight in FILTERS.items()),
            toggle("unrolled", "unroll"),
        ]
        super().__init__(controls=controls, **settings)

    def compute(self) -> dict[str, Any]:
        picture, weight = self.pictures[self.source], np.asarray(self.weight)
        (H, W), (KH, KW) = picture.shape, weight.shape
        row, column = min(self.row, H - KH), min(self.column, W - KW)
        window = picture[row : row + KH, column : column + KW]
        output = np.array([
            [np.sum(picture[i : i + KH, j : j + KW] * weight) for j in range(W - KW + 1)]
            for i in range(H - KH + 1)
        ])
        place = row * output.shape[1] + column
        known = output.size if self.source == "photograph" else len({*self.visited, place})
        words = (
            f"Window at row {row + 1}, column {column + 1}: its {weight.size} numbers times the "
            f"filter's, added up, are {output[row, column]:.3g}"
        )
        words += "." if known == output.size else f". {known} of {output.size} outputs are known."
        return {
            "pictures": {name: picture.tolist() for name, picture in self.pictures.items()},
            "row": row,
            "column": column,
            "weight": weight.tolist(),
            "window": window.tolist(),
            "products": (window * weight).tolist(),
            "output": output.tolist(),
            "sum": float(output[row, column]),
            "words": words.replace("-", "−"),
        }

    def still(self) -> Figure:
        numbers = self.numbers
        picture, output = self.pictures[self.source], np.array(numbers["output"])
        weight, products = np.array(numbers["weight"]), np.array(numbers["products"])
        figure, panels = new_figure(1, 4, size=(9, 2.9), width_ratios=[5, 3, 3, 4])
        if self.source == "numbers":
            draw_numbers(panels[0], picture, "the picture", **light_shades(picture))
            draw_numbers(panels[3], output, "the output", **signed_shades(output))
        else:
            draw_image(panels[0], picture, "the picture")
            draw_image(panels[3], output, "the output", **signed_shades(output))
        draw_numbers(panels[1], weight, "the filter", **signed_shades(weight))
        draw_numbers(panels[2], products, "each pixel × its weight", **signed_shades(products))
        panels[2].set_xlabel(f"added up: {numbers['sum']:.3g}".replace("-", "−"))
        frame(panels[0], numbers["row"], numbers["column"], *weight.shape, label="the window")
        frame(panels[3], numbers["row"], numbers["column"], 1, 1, label="its output")
        return figure

"""Explorers: figures with sliders, in which settings, computation and drawing are kept apart.

An explorer is built from controls (the settings), a figure whose artists already exist, and a
function that changes those artists to match the settings. The function computes and draws but
knows nothing about widgets, so it can be tested without a browser.
"""

import html
from collections.abc import Callable, Iterable
from typing import Any

import ipywidgets
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from . import accessibility
from .description import describe
from .fast_redraw import Screen
from .style import PRINT_DPI, SCREEN_DPI, bundle

# The look of every control: its whole label, two controls side by side on a wide page, and none
# that is wider than a narrow one.
LOOK = {"style": {"description_width": "initial"}, "layout": {"width": "420px", "max_width": "98%"}}


class Explorer:
    """Controls above a figure; a moved control redraws the figure.

    figure: a matplotlib figure that holds all its artists.
    redraw: function(**settings) that changes the artists; settings has one value a control.
    controls: dict of ipywidgets controls, by the name of the setting.
    unchanging: artists that redraw never touches; the more of them, the sooner it is drawn.

    Below the figure a box shows its description, as long as it is ticked. The figure's title is
    the picture's alternative text, and a screen reader says it whenever it changes.

    As the last line of a cell it shows the live widget. Where no kernel runs, the stored
    notebook shows the figure in its default state instead, and its description.
    """

    def __init__(
        self,
        figure: Figure,
        redraw: Callable[..., None],
        controls: dict[str, ipywidgets.ValueWidget],
        unchanging: Iterable[Artist] = (),
    ) -> None:
        self.figure, self._redraw, self.controls = figure, redraw, controls
        width = round(figure.get_figwidth() * SCREEN_DPI)
        figure.dpi = PRINT_DPI
        self.picture = ipywidgets.Image(format="png", width=width)
        self.in_words = ipywidgets.Checkbox(description="this figure in words", indent=False)
        self.words, self.alternative = ipywidgets.HTML(), ipywidgets.HTML()
        redraw(**self.settings)
        self.screen = Screen(figure, unchanging)
        self.send()
        for control in controls.values():
            control.observe(self.update, names="value")
        self.in_words.observe(self.write_words, names="value")
        settings = ipywidgets.HBox(
            list(controls.values()), layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        self.view = ipywidgets.VBox([
            settings,
            self.picture,
            self.in_words,
            self.words,
            self.alternative,
            accessibility.aids(),
        ])

    @property
    def settings(self) -> dict[str, Any]:
        """The value of every control, by name."""
        return {name: control.value for name, control in self.controls.items()}

    def update(self, change: Any = None) -> None:
        """Redraw the figure for the current settings."""
        self._redraw(**self.settings)
        self.send()

    def send(self) -> None:
        """Send the figure as it is to the page, and its description."""
        self.picture.value = self.screen.to_png()  # first: the page shows it while words are made
        self.alternative.value = accessibility.alternative(self.title)
        self.write_words()

    @property
    def title(self) -> str:
        """The title above all panels, in one line."""
        return " ".join(self.figure.get_suptitle().split())

    def write_words(self, change: object = None) -> None:
        """Put the figure's description below it, if the box is ticked."""
        words = html.escape(describe(self.figure)) if self.in_words.value else ""
        self.words.value = f"<pre style='white-space: pre-wrap'>{words}</pre>" if words else ""

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        data, metadata = bundle(self.figure, self.title)
        live = self.view._repr_mimebundle_()
        kind = "application/vnd.jupyter.widget-view+json"
        return {**data, kind: live[kind]}, metadata


def slider(
    label: str, low: float, high: float, value: float, step: float = 1
) -> ipywidgets.IntSlider | ipywidgets.FloatSlider:
    """Return a slider with its label: whole numbers where all of them are whole."""
    whole = all(isinstance(number, int) for number in (low, high, value, step))
    kind = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    return kind(value=value, min=low, max=high, step=step, description=label, **LOOK)

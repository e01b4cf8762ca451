"""The explorer itself: controls for all settings, with the picture below them."""

import math
from dataclasses import asdict
from typing import Any

import ipywidgets

from course_lib import datasets

from .. import accessibility
from ..explorer_base import LOOK, Explorer, slider
from .computation import compute
from .picture import GradientPicture
from .presets import PRESETS
from .settings import CHOICES, RANGES, Settings
from .verdict_words import verdict

LABELS = {
    "network": "network",
    "activation": "activation",
    "depth": "depth: layers",
    "width": "width: outputs of a layer",
    "init": "first weights",
    "std": "σ of the first weights",
    "inputs": "inputs",
    "loss": "loss",
    "batch_size": "batch size",
    "learning_rate": "learning rate",
    "steps": "steps of training before",
}  # two of them side by side
NAMES = {
    "layers": "linear layers",
    "case A": "case A",
    "case B": "case B",
    "normal": "normal, N(0, σ²)",
    "xavier": "Xavier",
    "he": "He",
}
LOGARITHMIC = ("std", "learning_rate")
MANTISSAS = (1, 1.5, 2, 3, 5, 7)  # the positions of a logarithmic slider, in each power of ten
OWN = "my own"  # settings that are no preset
USED_BY = {  # a control is switched off where it changes nothing
    "depth": ("network", "layers"),
    "width": ("network", "layers"),
    "activation": ("network", "layers"),
    "std": ("init", "normal"),
}


class GradientExplorer(Explorer):
    """Controls for all Settings, presets, and a line of text that tells the settings and sets them.

    settings: to start with, by default Settings(). dataset: with images 32x32x3, by default that of
    the notebooks.

    A control that moves is answered at once, and meanwhile the page keeps back all messages of a
    control but its latest. So there is one computation at a time, and none for a position that is
    out of date.
    """

    result: Any  # a Result, from the first drawing on

    def __init__(
        self, settings: Settings | None = None, dataset: datasets.Dataset | None = None
    ) -> None:
        self.chosen, self.dataset = settings or Settings(), dataset or datasets.load()
        self.result, self.drawing, self._choosing = None, GradientPicture(), False
        self.presets = ipywidgets.Dropdown(options=[OWN, *PRESETS], description="preset", **LOOK)
        self.line = ipywidgets.Text(description="as text", continuous_update=False, **LOOK)
        self.verdict, self.message = ipywidgets.HTML(), ipywidgets.HTML()
        controls = {name: control(name, getattr(self.chosen, name)) for name in LABELS}
        self._names = {part: name for name, part in controls.items()}
        super().__init__(self.drawing.figure, self.show, controls, self.drawing.seldom_changing)
        self.presets.observe(self._choose_preset, names="value")
        self.line.observe(self._read_line, names="value")
        settings_view, *below = self.view.children
        start = ipywidgets.HBox(
            [self.presets, self.line], layout=ipywidgets.Layout(flex_flow="row wrap")
        )
        self.view.children = [start, self.message, settings_view, self.verdict, *below]

    @property
    def settings(self) -> dict[str, Any]:
        """All Settings, by name."""
        return asdict(self.chosen)

    def update(self, change: Any = None) -> None:
        """Redraw the figure for the current settings. change: of a control, if one was moved."""
        if change is not None:
            if self._choosing:
                return
            self.chosen = self.chosen.but(**{self._names[change.owner]: change.new})
        self.show(**self.settings)
        self.send()

    def send(self) -> None:
        """Send the figure as it is to the page, and what is said about it."""
        self.picture.value = self.screen.to_png(self.drawing.frame)  # first: it takes the longest
        self._say(self.verdict, verdict(self.result))
        self.alternative.value = accessibility.alternative(
            self.title, said=False
        )  # as the verdict is
        self.write_words()
        self._follow()

    def choose(self, settings: Settings) -> None:
        """Show these Settings: move all controls, and redraw once."""
        self.chosen, self._choosing = settings, True
        try:
            for name, part in self.controls.items():
                value = getattr(settings, name)
                if name in LOGARITHMIC:
                    part.options = positions(name, value)
                part.value = value
        finally:
            self._choosing = False
        self.update()

    def show(self, **settings: Any) -> None:
        """Compute and draw."""
        if self.chosen.steps:
            self._say(self.verdict, "Training …")
        self.result = compute(Settings(**settings), self.dataset)
        self.drawing.redraw(self.result)

    def _follow(self) -> None:
        """Let everything else than the picture fit the current settings."""
        self.line.value = self.chosen.to_text()
        matching = [name for name, preset in PRESETS.items() if preset == self.chosen]
        self.presets.value = matching[0] if matching else OWN
        for name, (other, value) in USED_BY.items():
            self.controls[name].disabled = self.settings[other] != value

    def _choose_preset(self, change: Any) -> None:
        if change.new != OWN and PRESETS[change.new] != self.chosen:
            self.choose(PRESETS[change.new])

    def _read_line(self, change: Any) -> None:
        if change.new == self.chosen.to_text():
            self._say(self.message, "")
            return
        try:
            settings = Settings.from_text(change.new)
        except ValueError as error:
            self._say(self.message, f"{error}.")
            return
        self.choose(settings)

    @staticmethod
    def _say(place: ipywidgets.HTML, text: str) -> None:
        place.value = accessibility.status(text)


def control(name: str, value: Any) -> ipywidgets.ValueWidget:
    """Return the ipywidgets control of a setting."""
    if name in CHOICES:
        return ipywidgets.Dropdown(
            options=[(NAMES.get(choice, choice), choice) for choice in CHOICES[name]],
            value=value,
            description=LABELS[name],
            **LOOK,
        )
    if name in LOGARITHMIC:
        return ipywidgets.SelectionSlider(
            options=positions(name, value), value=value, description=LABELS[name], **LOOK
        )
    return slider(LABELS[name], *RANGES[name], value)


def positions(name: str, value: float) -> list[tuple[str, float]]:
    """Return (text, number) for each position of a logarithmic slider, one of them for the value.

    It may be any number in range, such as one from a line of text. (A FloatLogSlider would not do:
    the page moves it to the next position, and sends that back as if somebody had moved it.)
    """
    low, high = RANGES[name]
    powers = range(round(math.log10(low)), round(math.log10(high)) + 1)
    series = [float(f"{mantissa}e{power}") for power in powers for mantissa in MANTISSAS]
    chosen = sorted({*(number for number in series if low <= number <= high), value})
    return [(f"{number:g}", number) for number in chosen]

"""Explorers that the page draws: what one drags or plays answers at once.

An explorer has settings, numbers and two drawings of the same numbers:

    settings ── compute, in Python ──> numbers ──> drawing in the page (its .js, beside its module)
                                          └─────> still, in Matplotlib, for where no kernel runs

The settings are traits of the widget with ranges, so a test moves them without a browser. Where the
page has all it needs, it computes as well (`compute` in the .js), and a drag never waits for
Python. Otherwise it asks Python, which answers the last position and drops those before it.
"""

import math
from collections.abc import Iterable
from importlib import resources
from typing import Any

import anywidget
import traitlets
from matplotlib.figure import Figure

from .of_this_cell import keep
from .style import bundle

FOLDER = resources.files(__package__)


def read(name: str) -> str:
    """Return the text of a file beside this module."""
    return (FOLDER / name).read_text(encoding="utf-8")


def module(name: str) -> str:
    """Return an explorer's JavaScript: what all of them share, and its own file."""
    return read("page_explorer.js") + read(name)


class PageExplorer(anywidget.AnyWidget):
    """Controls and a picture that the page draws.

    A subclass has a trait for each setting, tagged `setting=True`, and says how they look in
    `controls`; `compute()` returns what is drawn, as numbers that JSON can hold, with a sentence
    under "words" that says what the picture shows; `still()` draws the same numbers in Matplotlib.
    _esm: `module(name)` of its JavaScript. lasting: names of large numbers that seldom change; they
    are sent when they do.

    As the last line of a cell it shows the live explorer, and where no kernel runs the still.
    """

    _css = read("page_explorer.css")
    computed_in_page = False  # whether the .js has a `compute` of its own
    lasting: tuple[str, ...] = ()
    numbers: dict[str, Any]  # what `compute` returned last

    sent_each_time: Any = traitlets.Dict().tag(sync=True)
    sent_once: Any = traitlets.Dict().tag(sync=True)
    controls: Any = traitlets.List().tag(sync=True)  # see `slider` and those that follow it
    setting_names: Any = traitlets.List().tag(sync=True)

    def __init__(self, **settings: Any) -> None:
        self._turn, self._from_page = 0, False
        super().__init__(**settings)
        self.setting_names = sorted(self.traits(setting=True))
        self.answer()
        self.observe(self._moved, names=self.setting_names)
        keep(self)

    @property
    def settings(self) -> dict[str, Any]:
        """The value of every setting, by name."""
        return {name: getattr(self, name) for name in self.setting_names}

    def places(self, name: str, most: int = 25) -> list[Any]:
        """Return values of a setting, from one end of its range to the other, at most so many."""
        trait = self.traits()[name]
        if isinstance(trait, traitlets.Bool):
            return [False, True]
        if isinstance(trait, traitlets.Enum):
            return list(trait.values or [])
        if "tries" in trait.metadata:
            return list(trait.metadata["tries"])
        low, high = trait.min, trait.max
        whole = isinstance(trait, traitlets.Int)
        count = min(most, high - low + 1) if whole else most
        values = [low + (high - low) * i / max(count - 1, 1) for i in range(count)]
        return [round(value) for value in values] if whole else values

    def compute(self) -> dict[str, Any]:
        """Return what is drawn with these settings, as numbers that JSON can hold."""
        raise NotImplementedError

    def still(self) -> Figure:
        """Return a Matplotlib figure of `self.numbers`."""
        raise NotImplementedError

    def answer(self) -> None:
        """Compute, and send the numbers. Each answer has a number of its own: its turn."""
        self.publish(self.compute())

    def publish(self, numbers: dict[str, Any]) -> None:
        """Send numbers to the page, large ones only if they have changed."""
        self._turn += 1
        self.numbers = {**numbers, "turn": self._turn}
        parts: tuple[dict, dict] = {}, {}
        for name, value in self.numbers.items():
            parts[name in self.lasting][name] = value
        with self.hold_sync():
            self.sent_each_time, self.sent_once = parts

    def _moved(self, change: object = None) -> None:
        if not self._from_page:
            self.answer()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take settings from the page, all of one message at once, and answer them."""
        self._from_page = True
        try:
            super().set_state(sync_data)
        finally:
            self._from_page = False
        if set(sync_data) & set(self.setting_names):
            try:
                self.answer()
            except Exception as error:  # or the page would wait for an answer
                self.publish({**self.numbers, "words": f"Python stopped with an error: {error}"})
                raise

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        live, _ = super()._repr_mimebundle_(**options) or ({}, {})
        data, metadata = bundle(self.still(), self.numbers["words"])
        kind = "application/vnd.jupyter.widget-view+json"
        return {**data, kind: live[kind]}, metadata


# Numbers, as JSON holds them


def rounded(value: float, digits: int = 3) -> float:
    """Return a number to so many significant digits, which is short as text."""
    return float(f"{value:.{digits}g}")


def listed(values: Iterable[float], digits: int = 6) -> list[float | None]:
    """Return numbers to some significant digits, None where they are not finite."""
    return [rounded(value, digits) if math.isfinite(value) else None for value in values]


# Controls, as the page reads them


def slider(name: str, label: str, low: float, high: float, step: float = 1) -> dict[str, Any]:
    """A slider for the setting `name`."""
    return {
        "kind": "slider", "name": name, "label": label, "low": low, "high": high, "step": step,
    }  # fmt: skip


def ladder(name: str, label: str, values: list[float]) -> dict[str, Any]:
    """A slider whose places are the values of a list."""
    return {"kind": "ladder", "name": name, "label": label, "values": values}


def choice(name: str, label: str, values: list[str], about: str = "") -> dict[str, Any]:
    """A menu of texts. about: what it does, for whoever points at it."""
    return {"kind": "choice", "name": name, "label": label, "values": values, "about": about}


def toggle(name: str, label: str, about: str = "") -> dict[str, Any]:
    """A box to tick. about: what it does, for whoever points at it."""
    return {"kind": "toggle", "name": name, "label": label, "about": about}


def start(label: str, **settings: Any) -> dict[str, Any]:
    """A button that begins an experiment: it puts these settings in place."""
    return {"kind": "start", "label": label, "settings": settings}


def segments(label: str, starts: list[dict[str, Any]]) -> dict[str, Any]:
    """Start buttons of which one is always chosen, joined to one control."""
    return {"kind": "group", "look": "joined", "label": label, "controls": starts}


def frame(
    label: str, controls: list[dict[str, Any]], counted: str = "", **settings: Any
) -> dict[str, Any]:
    """Controls in a frame with a heading.

    counted: a word for the settings that have the values given here; the heading counts them.
    """
    return {
        "kind": "group", "look": "framed", "label": label, "controls": controls,
        "counted": counted, "settings": settings,
    }  # fmt: skip


def play(name: str, low: float, high: float, step: float, per_second: float) -> dict[str, Any]:
    """A button that moves the setting `name` from low to high, so many steps a second."""
    return {
        "kind": "play", "name": name, "label": "play", "low": low, "high": high, "step": step,
        "per_second": per_second,
    }  # fmt: skip

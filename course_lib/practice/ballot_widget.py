"""The ballot in a notebook: a menu for each diagnosis, and a button that keeps the prediction."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ipywidgets

from course_lib.figures import accessibility

from . import ballot

NOT_SURE = "not sure"  # a menu would show None as an empty line
CULPRITS = [
    (NOT_SURE, NOT_SURE),
    *(
        (f"{diagnosis.number}. {diagnosis.title}", diagnosis.number)
        for diagnosis in ballot.DIAGNOSES
    ),
    ("none of the seven", ballot.NONE_OF_THEM),
]


class BallotBox:
    """The ballot as the last line of a cell: menus, a button, and a line that says what happened.

    It begins with the prediction that is in `file`, if there is one. The file is written when
    the button is pressed, and at no other time.

    Where no kernel runs, the stored notebook shows the diagnoses as a list instead.
    """

    def __init__(self, file: Path | str | None = None) -> None:
        self.file = Path(file) if file else None
        self.message = ipywidgets.HTML()
        start = self._earlier()
        self.effects = {
            diagnosis.number: menu(
                [(words, key) for key, words in ballot.EFFECTS.items()],
                start.effects[diagnosis.number],
                f"diagnosis {diagnosis.number}",
            )
            for diagnosis in ballot.DIAGNOSES
        }
        culprit = NOT_SURE if start.culprit is None else start.culprit
        self.culprit = menu(CULPRITS, culprit, "main culprit", width=430)
        self.button = ipywidgets.Button(
            description="Keep my prediction",
            button_style="primary",
            layout=ipywidgets.Layout(width="200px", margin="8px 2px"),
        )
        self.button.on_click(self.keep)
        rows = [
            row(
                f"<b>{d.number}. {html.escape(d.title)}.</b> {html.escape(d.advice)}",
                self.effects[d.number],
            )
            for d in ballot.DIAGNOSES
        ]
        last = row("<b>And if there is one main culprit, who is it?</b>", self.culprit)
        self.view = ipywidgets.VBox([*rows, last, self.button, self.message, accessibility.aids()])

    @property
    def prediction(self) -> ballot.Ballot:
        """The Ballot as the menus stand now."""
        effects = {number: control.value for number, control in self.effects.items()}
        culprit = self.culprit.value
        return ballot.Ballot(effects, None if culprit == NOT_SURE else culprit)

    def keep(self, button: object = None) -> None:
        """Keep the prediction, and say so."""
        self.say(ballot.keep(self.prediction, self.file))

    def say(self, text: str) -> None:
        """Show a message below the button."""
        lines = html.escape(text).replace("\n", "<br>")
        self.message.value = f"<span role='status'>{lines}</span>"

    def _earlier(self) -> ballot.Ballot:
        try:
            earlier = ballot.read(self.file)
        except (OSError, ValueError) as error:
            self.say(str(error))
            return ballot.Ballot()
        if earlier:
            self.say("This is the prediction that you kept. You may change it and keep it again.")
        return earlier or ballot.Ballot()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        kind = "application/vnd.jupyter.widget-view+json"
        live = self.view._repr_mimebundle_()[kind]
        return {"text/plain": as_text(), "text/markdown": as_text("**"), kind: live}


def as_text(mark: str = "") -> str:
    """The ballot without menus, as text or, with "**" as the mark, as Markdown."""
    parts = [f"{d.number}. {mark}{d.title}.{mark} {d.advice}" for d in ballot.DIAGNOSES]
    answers = ", or ".join(f'"{words}"' for words in ballot.EFFECTS.values())
    return "\n".join([*parts, "", f"For each: {answers}. And who is the main culprit?"])


def menu(
    options: Sequence[tuple[str, object]], value: object, label: str, width: int = 300
) -> ipywidgets.Dropdown:
    """Return a drop-down menu with its label; width in CSS pixels."""
    return ipywidgets.Dropdown(
        options=options,
        value=value,
        description=label,
        style={"description_width": "85px"},
        layout=ipywidgets.Layout(width=f"{width}px", max_width="98%"),
    )


def row(text: str, control: ipywidgets.Widget) -> ipywidgets.HBox:
    """Return a line of the ballot: what a reader says, and the menu beside it."""
    words = ipywidgets.HTML(
        f"<div style='line-height: 1.4; white-space: normal'>{text}</div>",
        layout=ipywidgets.Layout(flex="1 1 320px"),
    )
    return ipywidgets.HBox(
        [words, control],
        layout=ipywidgets.Layout(flex_flow="row wrap", max_width="900px", padding="4px 0"),
    )

"""Predictions: a question before a result, and what the learner said when the result is there.

    predict("01 shortcut", "Which colour will the top right pixel have?", ["green", "magenta"])
    ...
    predicted("01 shortcut", "magenta")

`predict` is the last line of a cell and shows the question; an answer is kept as soon as it is
given. `predicted`, in the cell of the result, says what was predicted. Names begin with the number
of the lesson.
"""

import html
from collections.abc import Sequence
from typing import Any

import ipywidgets

from course_lib.figures import accessibility

from . import record
from .exercises import say

SECTION = "predictions"
NONE_MADE = "(You made no prediction here.)"
KEPT = "Kept: {said}. Now run the next cell."
LATE = "Kept: {said}. You have seen the result before, so it does not count."


class Prediction:
    """A question with choices as buttons, or with a field for a number where there are none.

    unit: of the number, such as " %". Where no kernel runs, the notebook shows the question and
    its choices as text.
    """

    def __init__(
        self, name: str, question: str, choices: Sequence[str] = (), unit: str = ""
    ) -> None:
        self.name, self.question, self.choices, self.unit = name, question, choices, unit
        self.message = ipywidgets.HTML()
        said = record.section(SECTION).get(name, {}).get("said")
        if choices:
            self.control: Any = ipywidgets.RadioButtons(
                options=choices,
                value=said if said in choices else None,
                layout=ipywidgets.Layout(width="auto"),
            )
            self.control.observe(lambda change: self.keep(change.new), "value")
            row = [self.control]
        else:
            start = said if isinstance(said, (int, float)) else 0.0
            self.control = ipywidgets.FloatText(
                value=start, description="number", layout=ipywidgets.Layout(width="180px")
            )
            button = ipywidgets.Button(description="This is my guess")
            button.on_click(lambda _: self.keep(self.control.value))
            row = [ipywidgets.HBox([self.control, ipywidgets.HTML(html.escape(unit)), button])]
        if said is not None:
            self.tell(f"You said: {said}{unit}.")
        title = ipywidgets.HTML(f"<b>Your prediction.</b> {html.escape(question)}")
        self.view = ipywidgets.VBox([title, *row, self.message, accessibility.aids()])

    def keep(self, said: Any) -> None:
        """Keep an answer, and say so."""
        if said is None:
            return
        before = record.section(SECTION).get(self.name, {})
        late = "came" in before
        try:
            record.keep(SECTION, {self.name: before | {"said": said, "late": late}})
        except OSError as error:
            self.tell(f"This could not be kept ({error.strerror or error}); note it by hand.")
            return
        self.tell((LATE if late else KEPT).format(said=f"{said}{self.unit}"))

    def tell(self, text: str) -> None:
        self.message.value = f"<span role='status'>{html.escape(text)}</span>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        kind = "application/vnd.jupyter.widget-view+json"
        lines = [f"Your prediction. {self.question}", *(f"- {choice}" for choice in self.choices)]
        markdown = "\n".join([f"**Your prediction.** {self.question}", "", *lines[1:]])
        return {
            "text/plain": "\n".join(lines),
            "text/markdown": markdown,
            kind: self.view._repr_mimebundle_()[kind],
        }


def predict(name: str, question: str, choices: Sequence[str] = (), unit: str = "") -> Prediction:
    """The question, as the last line of a cell; choices left out: the answer is a number."""
    return Prediction(name, question, choices, unit)


def predicted(name: str, came: str | float, within: float = 0.0, unit: str = "") -> None:
    """Print what was predicted, and whether it came.

    came: one of the choices, or a number, which counts as predicted where it is off by at most
    `within`.
    """
    before = record.section(SECTION).get(name, {})
    said = before.get("said")
    if said is None:
        print(NONE_MADE)
        return
    right = is_right(said, came, within)
    came = came if isinstance(came, str) else float(came)
    counted = before.get("right", right) if before.get("late") else right
    try:
        record.keep(SECTION, {name: before | {"came": came, "right": counted}})
    except OSError:
        pass  # it is said below all the same
    result = came if isinstance(came, str) else f"{came:.3g}{unit}"
    if right:
        say(f"You predicted {said}{unit}, and you were right: {result}.")
    else:
        say(f"You predicted {said}{unit}; the result was {result}.")


def is_right(said: Any, came: str | float, within: float) -> bool:
    if isinstance(came, str) or isinstance(said, str):
        return bool(said == came)
    return abs(float(said) - float(came)) <= within


def tally() -> dict[str, tuple[int, int]]:
    """{lesson: (predictions that came true, predictions that have a result)}."""
    counts: dict[str, tuple[int, int]] = {}
    for name, kept in sorted(record.section(SECTION).items()):
        if "right" in kept and "said" in kept:
            right, all_ = counts.get(name[:2], (0, 0))
            counts[name[:2]] = right + bool(kept["right"]), all_ + 1
    return counts

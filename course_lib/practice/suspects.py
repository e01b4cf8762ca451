"""The board of suspects: what each lesson's evidence has done to each of the seven diagnoses.

A diagnosis is open until a lesson weakens it, sharpens it or strikes it out. Each lesson closes
with `board("02")`, the board as it stands after lesson 02.
"""

import html
from typing import NamedTuple

from course_lib.cases.diagnoses import DIAGNOSES

OPEN, WEAKENED, SHARPENED, STRUCK_OUT = "open", "weakened", "sharpened", "struck out"
MARKS = {OPEN: "?", WEAKENED: "−", SHARPENED: "+", STRUCK_OUT: "×"}


class Finding(NamedTuple):
    """What the evidence of a lesson does to a diagnosis, and why, in one sentence."""

    lesson: str
    number: int
    state: str
    why: str


FINDINGS = [
    Finding(
        "00",
        1,
        WEAKENED,
        "The first gradients are huge, not small; they collapse only when the ReLUs do.",
    ),
    Finding(
        "00",
        5,
        SHARPENED,
        "The very first step is many times as long as the filters that it changes.",
    ),
    Finding(
        "01",
        2,
        SHARPENED,
        "At the same learning rate, a linear classifier learns from normalised pixels and fails on "
        "raw ones. With a far smaller rate it learns from raw ones, too, but more slowly.",
    ),
    Finding(
        "01",
        5,
        SHARPENED,
        "Which rates are too large depends on the inputs: where these go up to 255, even a single "
        "weight runs away at 0.001.",
    ),
]


class Board:
    """The seven diagnoses as they stand after a lesson: text, Markdown and a table."""

    def __init__(self, lesson: str) -> None:
        self.lesson = lesson
        self.rows = [(d, self.latest(d.number)) for d in DIAGNOSES]

    def latest(self, number: int) -> Finding:
        """The last finding on a diagnosis up to this lesson."""
        found = [f for f in FINDINGS if f.number == number and f.lesson <= self.lesson]
        return found[-1] if found else Finding("", number, OPEN, "")

    def __repr__(self) -> str:
        lines = [f"{MARKS[f.state]} {d.number}. {d.title}: {told(f)}" for d, f in self.rows]
        return "\n".join([f"The board after lesson {self.lesson}", *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{MARKS[f.state]}</td><td>{d.number}. {html.escape(d.title)}</td>"
            f"<td>{f.state}</td><td style='text-align: left'>{html.escape(reason(f))}</td></tr>"
            for d, f in self.rows
        )
        return (
            f"<table><caption>The board after lesson {self.lesson}</caption>"
            "<tr><th></th><th>diagnosis</th><th>state</th>"
            f"<th style='text-align: left'>evidence</th></tr>{rows}</table>"
        )


def told(finding: Finding) -> str:
    return " ".join([finding.state + ("." if finding.why else ""), reason(finding)]).strip()


def reason(finding: Finding) -> str:
    return f"{finding.why} (Lesson {finding.lesson}.)" if finding.why else ""


def board(lesson: str) -> Board:
    """The board after this lesson, such as "00": as the last line of a cell."""
    return Board(lesson)

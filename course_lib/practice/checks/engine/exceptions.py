"""What a check raises, and how Jupyter shows it: in words, without the library's traceback."""

import sysconfig
import textwrap
import traceback
from pathlib import Path

COURSE_LIB = Path(__file__).parents[2]
LIBRARIES = (
    str(COURSE_LIB),
    *(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")),
)
WIDTH = 88  # letters in a line
MOST_FRAMES = 4  # an endless recursion has a thousand


class CheckFailed(Exception):
    """What is wrong with the learner's function, in words. Jupyter shows these words alone."""

    def _render_traceback_(self) -> list[str]:
        return [part for line in str(self).splitlines() for part in wrapped(line)]


def wrapped(line: str) -> list[str]:
    """A line of words, cut where a page might not do it; tables, which are indented, stay."""
    return [line] if line.startswith(" ") else textwrap.wrap(line, WIDTH) or [""]


class TookTooLong(CheckFailed):
    """The learner's function did not come to an end in time."""


def as_theirs(error: BaseException, note: str) -> BaseException | None:
    """Return an exception of the learner's code that Jupyter shows with their line and a note.

    Its kind and its words stay. None where no line of the learner's had a part in it: then it was
    raised by what a check did with the value that their function returned.
    """
    lines = learner_lines(error)
    if not lines:
        return None
    headline = "".join(traceback.format_exception_only(error)).strip()
    text = "\n".join([headline, "", *lines, "", note])
    error.add_note(note)
    error._render_traceback_ = text.splitlines  # type: ignore[attr-defined]
    return error


def learner_lines(error: BaseException) -> list[str]:
    """Where in the learner's code it happened, outermost first: place and line of source."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if not frame.filename.startswith(LIBRARIES)]
    return [line for frame in own[-MOST_FRAMES:] for line in describe_frame(frame)]


def describe_frame(frame: traceback.FrameSummary) -> list[str]:
    in_notebook = "ipykernel" in frame.filename or frame.filename.startswith("<")
    place = "its cell" if in_notebook else Path(frame.filename).name
    return [f"in {frame.name}, line {frame.lineno} of {place}:", f"    {frame.line}"]

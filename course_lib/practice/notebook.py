"""Help when a cell fails, for a notebook that asks for it: `notebook.explain_errors()`.

A NameError and a stopped cell get a note below their traceback about which cells have run; the
exception itself is unchanged. And if a training run is stopped, the cell's next one stops too.
"""

import sys
from types import TracebackType
from typing import Any

from course_lib.nn import interrupt

NOT_MADE = (
    "No cell that has run so far makes `{name}`. Check how it is spelled; if it is right, choose "
    "Run > Run All Above Selected Cell in the menu, and then run this cell again."
)
STOPPED = (
    "The cell was stopped before its end: what it makes is missing, or still that of an earlier "
    "run. Run it again to start it anew."
)


def explain_errors() -> None:
    """Have IPython tell of this notebook's cells and exceptions; elsewhere it does nothing."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None or shell.custom_exceptions:  # no notebook, or one that has its own ways
        return
    shell.set_custom_exc((NameError, KeyboardInterrupt), show)
    interrupt.cell.begin()
    shell.events.register("pre_run_cell", interrupt.cell.begin)
    shell.events.register("post_run_cell", interrupt.cell.end)


def show(
    shell: Any,
    kind: type[BaseException],
    error: NameError | KeyboardInterrupt,
    traceback: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """Show an exception as IPython does, with a note where there is one to make."""
    note = explain(error, traceback, shell.user_ns)
    if note:
        error.add_note(note)
    if kind is KeyboardInterrupt:
        leave_the_library(traceback, shell.user_ns)
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)


def explain(
    error: NameError | KeyboardInterrupt, traceback: TracebackType, names: dict[str, Any]
) -> str | None:
    """Return the note on an exception of a cell, or None.

    names: the notebook's variables. A NameError gets a note if code from a cell asked for one of
    these, and not if a variable is missing inside a library, or inside a function.
    """
    if isinstance(error, KeyboardInterrupt):
        return STOPPED
    missing = str(error) == f"name {error.name!r} is not defined"
    if missing and entries(traceback)[-1].tb_frame.f_globals is names:
        return NOT_MADE.format(name=error.name)
    return None


def leave_the_library(traceback: TracebackType, names: dict[str, Any]) -> None:
    """Cut off what comes below the last line of a cell: where the library was just then."""
    from_cells = [entry for entry in entries(traceback) if entry.tb_frame.f_globals is names]
    if from_cells:
        from_cells[-1].tb_next = None


def entries(traceback: TracebackType | None) -> list[TracebackType]:
    """The entries of a traceback, the outermost call first."""
    return [traceback, *entries(traceback.tb_next)] if traceback else []

"""The stop button and Ctrl-C: training stops between two steps, never in the middle of one.

Both interrupt Python wherever it is, perhaps halfway through an update, when some weights have
moved and others have not. `training.fit` therefore only notes the first press and acts on it
between two steps. A second press interrupts at once.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


class StopButton:
    """Counts how often it is pressed while `noticed` is watching."""

    def __init__(self) -> None:
        self.presses = 0

    def press(self, number: int | None = None, frame: FrameType | None = None) -> None:
        self.presses += 1
        if self.presses > 1:
            raise KeyboardInterrupt

    def check(self) -> None:
        """Raise KeyboardInterrupt if the button was pressed."""
        if self.presses:
            raise KeyboardInterrupt


@contextmanager
def noticed() -> Iterator[StopButton]:
    """Yield a StopButton that Ctrl-C presses while the `with` block runs.

    If other code has taken over Ctrl-C, it keeps it, and Python interrupts no thread but the main
    one: in both cases nothing presses this button.
    """
    button = StopButton()
    usual = signal.default_int_handler
    in_thread = threading.current_thread() is not threading.main_thread()
    if in_thread or signal.getsignal(signal.SIGINT) is not usual:
        yield button
        return
    signal.signal(signal.SIGINT, button.press)
    try:
        yield button
    finally:
        signal.signal(signal.SIGINT, usual)


@contextmanager
def stoppable(history: Any) -> Iterator[StopButton]:  # a training.History
    """Let a training run be stopped: give the button to check between two steps.

    After a stop, history.interrupted is True, and a line says how far the training got.
    """
    cell.check()
    try:
        with noticed() as button:
            yield button
            button.check()
    except KeyboardInterrupt:
        history.interrupted = True
        cell.stop()
        print(
            f"Training stopped after {len(history.batch_loss):,} of {history.planned:,} "
            f"mini-batches; {len(history.loss)} of {history.epochs} epochs are complete. The "
            "network keeps what it has learned; another call of fit trains it further."
        )


class Cell:
    """The notebook cell that is running, if there is one that reports its beginning and end.

    A training run that is stopped returns what it has. Its cell may have more runs to do, so the
    next one to start raises KeyboardInterrupt: the button is there to stop a cell.
    `course_lib.practice.notebook` has IPython call `begin` and `end`.
    """

    def __init__(self) -> None:
        self.runs = self.stopped = False

    def begin(self, info: object = None) -> None:
        self.runs, self.stopped = True, False

    def end(self, result: object = None) -> None:
        self.runs = self.stopped = False

    def stop(self) -> None:
        """Note that a training run in this cell was stopped."""
        self.stopped = self.runs

    def check(self) -> None:
        """Raise KeyboardInterrupt if an earlier training run in the same cell was stopped."""
        if self.stopped:
            raise KeyboardInterrupt(
                "this cell was stopped in an earlier training run; run the cell again to start anew"
            )


cell = Cell()

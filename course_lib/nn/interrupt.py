"""The stop button and Ctrl-C: a training ends between two steps, never within one.

Both interrupt Python wherever it is, perhaps in the middle of an update, when some weights have
moved and others have not. So `training.fit` has the first press noted only, and looks at it between
two steps. A second press interrupts at once.
"""

import signal
import threading
from contextlib import contextmanager


class StopButton:
    """Counts what is pressed while `noticed` watches over it."""

    def __init__(self):
        self.presses = 0

    def press(self, number=None, frame=None):
        self.presses += 1
        if self.presses > 1:
            raise KeyboardInterrupt

    def check(self):
        """Raises KeyboardInterrupt if it was pressed."""
        if self.presses:
            raise KeyboardInterrupt


@contextmanager
def noticed():
    """Give a StopButton that is pressed for real while the `with` block runs.

    Where other code has taken over Ctrl-C it keeps it, and a thread is never interrupted by Python:
    in both cases nobody presses this button.
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


class Cell:
    """The cell of a notebook that is running, if there is one that tells of its begin and end.

    A training that is stopped returns what it has. Its cell may have more of them to do, so the
    first that starts after it raises KeyboardInterrupt: the button is there to stop a cell.
    `course_lib.practice.notebook` has IPython call `begin` and `end`.
    """

    def __init__(self):
        self.runs = self.stopped = False

    def begin(self, info=None):
        self.runs, self.stopped = True, False

    def end(self, result=None):
        self.runs = self.stopped = False

    def stop(self):
        """A training in it was stopped."""
        self.stopped = self.runs

    def check(self):
        """Raises KeyboardInterrupt if an earlier training of the same cell was stopped."""
        if self.stopped:
            raise KeyboardInterrupt("this cell was stopped in an earlier training")


cell = Cell()

"""Limits on code that someone else wrote: on its time, and on what it prints.

What counts is processor time, so that a busy machine takes nothing from a right solution. Behind it
stands a generous limit by the clock, for code that waits for something that never comes.
"""

import _thread
import io
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, TextIO

CHECK_SECONDS = 10.0  # of processor time, for all cases of a check together
HIDDEN_SECONDS = 20.0  # for all cases of a cell of hidden tests together
HIDDEN_CASE_SECONDS = 4.0  # for one of them
BY_THE_CLOCK = 12  # times as long may it take where a processor is shared, or sleeps
AGAIN_SECONDS = 0.2  # until the next interruption of code that survived one
SOONEST = 0.01  # seconds from one look at the time to the next
EVENTS_PER_LOOK = 100  # calls and jumps of the learner's code, where no thread looks
MOST_LINES, MOST_CHARACTERS = 20, 2000


class OutOfTime(BaseException):
    """Raised inside the learner's code. No Exception: `except Exception` must not hold it up."""


class Budget:
    """Seconds of processor time from now on, and BY_THE_CLOCK times as many by the clock."""

    def __init__(self, seconds: float) -> None:
        self.processor = processor_seconds() + seconds
        self.clock = time.monotonic() + BY_THE_CLOCK * seconds

    def left(self) -> float:
        """Seconds before which it cannot be spent; 0 or less where it is."""
        return min(self.processor - processor_seconds(), self.clock - time.monotonic())


def processor_seconds() -> float:
    """The main thread's processor time so far; the process's where a system does not tell it."""
    main = threading.main_thread().ident
    if hasattr(time, "pthread_getcpuclockid") and main:
        return time.clock_gettime(time.pthread_getcpuclockid(main))
    return time.process_time()


@contextmanager
def time_limit(*budgets: Budget) -> Iterator[None]:
    """Raise OutOfTime in what runs inside once a budget is spent."""
    with INTERRUPTER(budgets):
        yield


@contextmanager
def by_a_thread(budgets: Sequence[Budget]) -> Iterator[None]:
    """A thread waits and then interrupts the main thread, as Ctrl-C does; on Windows and Unix.

    A Ctrl-C of the learner's own stays a KeyboardInterrupt. Code that is not in the main thread
    has no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    finished, expired = threading.Event(), threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def on_interrupt(number: int, frame: FrameType | None) -> Any:
        if not expired.is_set():
            return (before if callable(before) else signal.default_int_handler)(number, frame)
        if not finished.is_set():
            raise OutOfTime

    def watch() -> None:
        while (left := min(budget.left() for budget in budgets)) > 0:
            if finished.wait(max(left, SOONEST)):
                return
        expired.set()
        while not finished.is_set():
            interrupt_main_thread()
            finished.wait(AGAIN_SECONDS)

    watcher = threading.Thread(target=watch, daemon=True)
    signal.signal(signal.SIGINT, on_interrupt)
    try:
        watcher.start()
        try:
            yield
        finally:
            finished.set()
    finally:  # once more: the interruption may have come at the very end
        finished.set()
        watcher.join()
        signal.signal(signal.SIGINT, before or signal.default_int_handler)


@contextmanager
def by_monitoring(budgets: Sequence[Budget]) -> Iterator[None]:
    """Python looks at the time itself, at calls and jumps; for a browser, which has no threads.

    It takes Python 3.12 or newer. What runs within one call of NumPy is not interrupted.
    """
    monitoring = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
    tool = next(n for n in range(6) if monitoring.get_tool(n) is None)
    events = monitoring.events
    watched = events.PY_START | events.PY_RESUME | events.JUMP
    until_next = EVENTS_PER_LOOK

    def look(*event: Any) -> None:
        nonlocal until_next
        until_next -= 1
        if until_next <= 0:
            until_next = EVENTS_PER_LOOK
            if min(budget.left() for budget in budgets) <= 0:
                raise OutOfTime

    monitoring.use_tool_id(tool, "time limit of a check")
    for event in (events.PY_START, events.PY_RESUME, events.JUMP):
        monitoring.register_callback(tool, event, look)
    monitoring.set_events(tool, watched)
    try:
        yield
    finally:
        monitoring.set_events(tool, events.NO_EVENTS)
        monitoring.free_tool_id(tool)


INTERRUPTER = by_monitoring if sys.platform == "emscripten" else by_a_thread


def interrupt_main_thread() -> None:
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main:  # Unix: it also ends a time.sleep
        signal.pthread_kill(main, signal.SIGINT)
    else:
        _thread.interrupt_main()


class LimitedOutput(io.TextIOBase):
    """A stream that passes some lines on to another one, and then only says that it stopped.

    Without another one nothing is passed on.
    """

    def __init__(self, target: TextIO | None = None) -> None:
        self.target = target
        self.lines, self.characters = MOST_LINES, MOST_CHARACTERS
        self.full = False

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.full or self.target is None:
            return len(text)
        kept = "".join(text[: self.characters].splitlines(keepends=True)[: self.lines])
        self.lines -= kept.count("\n")
        self.characters -= len(kept)
        self.target.write(kept)
        if len(kept) < len(text) or self.lines <= 0 or self.characters <= 0:
            self.full = True
            self.target.write("\n... the rest of what your function printed is left out.\n")
        return len(text)

"""Have one file read, and see that the reader keeps its word.

Whatever is in a file, `datasets.read_batch` and the reader of class names must either return what
they promise or raise a DatasetError of one short line that names the file. They must start nothing,
import nothing, write nothing, and take no more time and memory than the file's size allows.
"""

import contextlib
import gc
import re
import signal
import sys
import time
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from course_lib import datasets
from course_lib.datasets import DatasetError

SECONDS = 2  # of processor time, for one file
BYTES, BYTES_PER_BYTE = 1_000_000, 200  # of memory: this, and so many for each byte of the file
MESSAGE_LENGTH = 400  # without the file's name


class Stopped(BaseException):
    """The reader did what it must not do. No `except Exception` in it can hold this up."""


# What to expect


def problem_of_batch(batch):
    pixels, labels = batch
    good = (
        pixels.dtype == np.uint8
        and labels.dtype == np.int64
        and pixels.shape == (len(labels), 3072)
        and len(labels) > 0
        and set(labels.tolist()) <= set(range(10))
        and pixels.flags.owndata
    )
    return None if good else "returns arrays that are no batch"


def problem_of_names(names):
    good = type(names) is tuple and len(names) == 10 and all(type(name) is str for name in names)
    return None if good else "returns names that are no text"


def problem_of_message(message, path):
    if str(path) not in message:
        return "has a message that does not name the file"
    message = message.replace(str(path), "")
    if not message.isascii() or not message.isprintable() or not message.endswith("."):
        return "has a message that is not one plain line"
    return None if len(message) <= MESSAGE_LENGTH else "has a message that is too long"


# One file


class Watch:
    """Stops whatever Python reports to its audit hooks, but for the reading of one file.

    Among these reports are imports, `exec`, `compile`, opened files, deleted files, processes and
    connections.
    """

    def __init__(self):
        self.path = self.seen = None
        sys.addaudithook(self._hook)

    def _hook(self, event, arguments):
        if self.path is None or event == "builtins.id":
            return
        if event == "open" and str(arguments[0]) == self.path and arguments[1] in ("r", "rb"):
            return
        self.path, self.seen = None, f"does what it must not do: {event}"
        raise Stopped(self.seen)

    @contextlib.contextmanager
    def over(self, path):
        gc.disable()  # or what others left behind might be cleaned up in the middle of it
        self.path, self.seen = str(path), None
        try:
            yield
        finally:
            self.path = None
            gc.enable()


WATCH = Watch()


@contextlib.contextmanager
def limited_time():
    """Stop what takes too long. Windows has no such timer: there it is only measured."""

    def stop(number, frame):
        raise Stopped(f"takes more than {SECONDS} s")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@dataclass
class Trial:
    """What came of one file: the kind of outcome, what is wrong with it, its cost."""

    outcome: str
    problem: str | None
    seconds: float
    bytes: int


# A reader and what to hold its result against.
BATCHES = datasets.read_batch, problem_of_batch
CLASS_NAMES = datasets._read_class_names, problem_of_names


def reader_for(content, batches=BATCHES):
    return CLASS_NAMES if b"label_names" in content else batches


def load_codecs():
    """Have Python import what it imports the first time that text is escaped: no finding."""
    "é".encode("unicode_escape")
    b"a".decode("raw_unicode_escape")


def try_out(reader, path, content):
    """Have the file `content`, put at `path`, read; return a Trial. Needs tracemalloc started."""
    read, problem_of = reader
    path.unlink(missing_ok=True)  # quicker than writing over it
    path.write_bytes(content)
    tracemalloc.reset_peak()
    before, start = tracemalloc.get_traced_memory()[0], time.process_time()
    try:
        with limited_time(), WATCH.over(path):
            result = read(path)
        outcome, problem = "accepted", problem_of(result)
    except DatasetError as error:
        outcome, problem = kind(str(error), path), problem_of_message(str(error), path)
    except KeyboardInterrupt:
        raise
    except Stopped as error:
        outcome = problem = str(error)
    except BaseException as error:
        outcome = problem = f"raises {type(error).__name__} {innermost_line(error)}"
    seconds = time.process_time() - start
    used = tracemalloc.get_traced_memory()[1] - before
    if used > BYTES + BYTES_PER_BYTE * len(content):
        problem = "takes too much memory"
    elif seconds > SECONDS:
        problem = f"takes more than {SECONDS} s"
    return Trial(outcome, WATCH.seen or problem, seconds, used)


def kind(message, path):
    """A message without what differs from file to file."""
    message = re.split(r"[(,;]", message.replace(str(path), "", 1))[0]
    message = re.sub(r"(asks to call).*", r"\1 ...", message)
    message = re.sub(r"(an array of|instruction|has an?) \S+", r"\1 ...", message)
    return re.sub(r"-?\d+", "N", message).strip()


def innermost_line(error):
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return f"at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"

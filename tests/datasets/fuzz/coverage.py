"""Which lines of the reader are run: by sys.settrace, which every Python has."""

import inspect
import sys
from pathlib import Path

from course_lib import datasets
from course_lib.datasets import DatasetError, safe_pickle

# The functions of the reader, by the files that they are in.
READING = {
    safe_pickle.__file__: [
        value
        for value in vars(safe_pickle).values()
        if inspect.isfunction(value) and value.__module__ == safe_pickle.__name__
    ],
    datasets.__file__: [
        datasets.read_batch,
        datasets._read_class_names,
        datasets._read_pickle,
        datasets._entry,
        datasets._bad,
    ],
}


def steps(read, path):
    """Read again; return the steps that it takes, as (file, line, next line) of the reader."""
    seen = set()

    def enter(frame, event, argument):
        file, last = frame.f_code.co_filename, frame.f_lineno

        def step(frame, event, argument):
            nonlocal last
            if event == "line":
                seen.add((file, last, frame.f_lineno))
                last = frame.f_lineno
            return step

        return step if file in READING else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        read(path)
    except DatasetError:
        pass
    finally:
        sys.settrace(before)
    return seen


def covered(steps):
    """A row for each module of the reader: how many of its lines were run, and which were not."""
    for file, functions in READING.items():
        every = {line for function in functions for line in lines(function.__code__)}
        missing = sorted(every - {line for name, _, line in steps if name == file})
        text = f", all but {', '.join(map(str, missing))}" if missing else ""
        yield f"lines     {len(every) - len(missing)} of {len(every)} in {Path(file).name}{text}"


def lines(code):
    """Yield the numbers of a function's lines, below its first."""
    yield from (line for _, _, line in code.co_lines() if line not in (None, code.co_firstlineno))
    for inner in filter(inspect.iscode, code.co_consts):
        yield from lines(inner)

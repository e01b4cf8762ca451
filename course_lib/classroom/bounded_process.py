"""Run a command with limits on its time and memory that cover every process it starts."""

import contextlib
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

GIB = 2**30
SECONDS_BETWEEN_LOOKS = 0.1


def run_bounded(
    command: Sequence[str],
    *,
    seconds: float,
    gib: float,
    log: Path,
    stop: threading.Event,
    environment: Mapping[str, str] | None = None,
) -> int | str:
    """Run a command; return its exit status, or why it was ended: "time", "memory" or "stop".

    seconds: how long it may run, by the clock.
    gib: how much memory it may use, in GiB. On Linux each of its processes is refused more than
        that, so that Python raises a MemoryError there. On every system, all of its processes are
        ended once they hold more than that together.
    log: the file that takes what it prints.
    stop: an event that another thread may set.
    environment: the variables that differ from those of this program.

    No process that the command has started is left at the end, not even one that outlived it.
    """
    start, most_bytes = time.monotonic(), int(gib * GIB)
    with open(log, "wb") as output:
        process = psutil.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **(environment or {})},
            start_new_session=True,  # a Ctrl-C in the terminal is for this program alone
        )
    family = {process}
    try:
        if hasattr(psutil, "RLIMIT_AS"):
            process.rlimit(psutil.RLIMIT_AS, (most_bytes, most_bytes))  # inherited
        while True:
            find_children(family)
            status = process.poll()
            if status is not None:
                return status
            if time.monotonic() - start > seconds:
                return "time"
            if sum(map(memory, family)) > most_bytes:
                return "memory"
            if stop.wait(SECONDS_BETWEEN_LOOKS):
                return "stop"
    finally:
        find_children(family)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        process.wait()


def find_children(family: set[psutil.Process]) -> None:
    """Add all descendants: one whose parent has ended could not be found later.

    A kernel is in a session of its own, so that the process group would not hold it.
    """
    for process in list(family):
        with contextlib.suppress(psutil.NoSuchProcess):
            family.update(process.children(recursive=True))


def memory(process: psutil.Process) -> int:
    """The memory that a process holds now, in bytes; 0 after its end."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0

"""A command with limits on its time and memory that cover every process it starts."""

import os
import subprocess
import time

import psutil

GIB = 2**30


class BoundedProcess:
    """A command that runs beside this program until it ends or is stopped.

    seconds: how long it may run, by the clock.
    gib: how much memory it may use, in GiB. On Linux each of its processes is refused more than
        that, so that Python raises a MemoryError there. On every system, all of its processes are
        stopped once they hold more than that together.
    log: the path of the file that takes what it prints.
    environment: the variables that differ from those of this program.

    Call `look()` a few times a second. It returns None while the command runs, and then what
    became of it: "time", "memory", or its exit status.
    """

    def __init__(self, command, *, seconds, gib, log, environment=None):
        self.start, self.seconds, self.bytes = time.monotonic(), seconds, int(gib * GIB)
        with open(log, "wb") as output:
            self.popen = psutil.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # a Ctrl-C in the terminal is for this program alone
            )
        self.family = {self.popen}
        self.result = None
        if hasattr(psutil, "RLIMIT_AS"):
            self.popen.rlimit(psutil.RLIMIT_AS, (self.bytes, self.bytes))  # inherited

    def elapsed(self):
        return time.monotonic() - self.start

    def look(self):
        """Stop the command if it is over its bounds; return what became of it, None so far."""
        if self.result is None:
            self._find_family()
            status = self.popen.poll()
            if status is not None:
                self._end(status)
            elif self.elapsed() > self.seconds:
                self._end("time")
            elif sum(map(memory, self.family)) > self.bytes:
                self._end("memory")
        return self.result

    def stop(self):
        """End the command with every process it has started, also those that outlived it."""
        self._find_family()
        for process in self.family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                pass
        self.popen.wait()

    def _end(self, result):
        self.stop()
        self.result = result

    def _find_family(self):
        """Take note of the descendants: one whose parent has ended could not be found later.

        A kernel is in a session of its own, so that the process group would not hold it.
        """
        for process in list(self.family):
            try:
                self.family.update(process.children(recursive=True))
            except psutil.NoSuchProcess:
                pass


def memory(process):
    """The memory that a process holds now, in bytes; 0 after its end."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0

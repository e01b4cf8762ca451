"""A command is ended, with all that it started, where it takes too long or too much."""

import contextlib
import sys
import threading
import time

import psutil
import pytest

from course_lib.classroom.bounded_process import run_bounded

# Starts a Python program in a session of its own, as a kernel is, and tells its number.
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
print(child.pid, flush=True)
time.sleep(60)
"""
SLEEP = "import time; time.sleep(60)"
HOLD = "memory = bytearray(150_000_000); import time; time.sleep(60)"


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log.txt"


def run(log, *arguments, seconds=20, gib=1.0, stop=None, environment=None):
    """Run a Python command to its end; return what became of it."""
    return run_bounded(
        [sys.executable, "-c", *arguments],
        seconds=seconds,
        gib=gib,
        log=log,
        stop=stop or threading.Event(),
        environment=environment,
    )


def assert_ended(pid):
    """It is gone, or a zombie where nobody collects those."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for _ in range(250):
            if process.status() == psutil.STATUS_ZOMBIE:
                return
            time.sleep(0.02)
        raise AssertionError(f"{process} is still running")


def test_exit_status_and_output(log):
    code = "import os, sys; print(os.environ['WORD']); print('oh', file=sys.stderr); sys.exit(3)"
    assert run(log, code, environment={"WORD": "hello"}) == 3
    assert sorted(log.read_text().split()) == ["hello", "oh"]


def test_time_limit_ends_the_children_too(log):
    assert run(log, PARENT, SLEEP, seconds=1.5) == "time"
    assert_ended(int(log.read_text()))


def test_another_thread_ends_it(log):
    stop = threading.Event()
    threading.Timer(1.5, stop.set).start()
    assert run(log, PARENT, SLEEP, stop=stop) == "stop"
    assert_ended(int(log.read_text()))


def test_child_that_outlives_its_parent_is_ended(log):
    code = PARENT.replace("time.sleep(60)", "time.sleep(1)")
    assert run(log, code, SLEEP) == 0
    assert_ended(int(log.read_text()))


def test_memory_is_counted_over_all_processes(log):
    """Each holds less than the limit, and the two together more."""
    parent = PARENT.replace("time.sleep(60)", "memory = bytearray(150_000_000); time.sleep(60)")
    assert run(log, parent, HOLD, gib=0.28) == "memory"


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_AS"), reason="Linux has such a limit")
def test_a_process_that_asks_for_too_much_gets_a_memory_error(log):
    assert run(log, "import time; time.sleep(0.5); bytearray(2_000_000_000)", gib=1.0) == 1
    assert log.read_text().strip().endswith("MemoryError")

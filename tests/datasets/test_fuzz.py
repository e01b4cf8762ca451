import importlib
import os
import struct
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets
from course_lib.datasets import DatasetError, safe_pickle
from tests.datasets.fuzz import campaign, programs, trial


@pytest.fixture
def try_out(tmp_path):
    """Read one file's content as the fuzzer does; return the Trial."""
    tracemalloc.start()
    yield lambda content, reader=trial.BATCHES: trial.try_out(reader, tmp_path / "batch", content)
    tracemalloc.stop()


def test_ten_seconds_of_it():
    """For longer, and with other files: python -m tests.datasets.fuzz --seconds 600 --seed 1"""
    run = subprocess.run(
        [sys.executable, "-m", "tests.datasets.fuzz", "--seconds", "10", "--seed", "0"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert run.returncode == 0 and "findings  none" in run.stdout, run.stdout + run.stderr
    report = fuzz_figures(run.stdout)
    assert report["tried"] > 100 and report["accepted"] > 9


def fuzz_figures(text):
    words = text.replace(",", "").split()
    return {
        "tried": int(words[words.index("tried") + 1]),
        "accepted": int(words[words.index("accepted") - 1]),
    }


# What was found in the reader, by the fuzzer or by reading


def text(content):
    return b"X" + struct.pack("<I", len(content)) + content


DTYPE = b"cnumpy\ndtype\n" + text(b"u1") + b"\x85R"
AGAIN_AND_AGAIN = {
    "one text encoded 500 times": (
        b"\x80\x02(c_codecs\nencode\nq\x00"
        + text(b"a" * 10_000)
        + b"\x85q\x01"
        + b"h\x00h\x01R" * 500,
        "turns the same text into bytes over and over",
    ),
    "a byte order of 10,000 signs, 500 times": (
        b"\x80\x02("
        + DTYPE
        + b"q\x00K\x03"
        + text(b"<" * 10_000)
        + b"\x86q\x01"
        + b"h\x00h\x01bq\x00" * 500,
        "is damaged or cut off",
    ),
    "a dtype whose byte order is the dtype": (
        b"\x80\x02(" + DTYPE + b"q\x00" + b"h\x00K\x03h\x00\x86bq\x00" * 22,
        "is damaged or cut off",
    ),
    "tuples of tuples": (b"\x80\x02()q\x00" + b"h\x00h\x00\x86q\x00" * 500, "holds a tuple"),
    "lists of lists": (b"\x80\x02(](K\x01eq\x00" + b"](h\x00h\x00eq\x00" * 500, "holds a tuple"),
    "a memo of its own memo": (b"\x80\x04(]" + b"\x94h\x00" * 500, "holds a tuple"),
}


@pytest.mark.parametrize("content, outcome", AGAIN_AND_AGAIN.values(), ids=AGAIN_AND_AGAIN.keys())
def test_a_file_does_not_grow_in_memory(try_out, content, outcome):
    result = try_out(content + b"t.")
    assert (result.problem, result.outcome) == (None, outcome)


def test_long_equal_keys_are_not_compared_again_and_again(try_out):
    """Each comparison would go through 5 MB, and there are 20,000."""
    key = text(b"k" * 5_000_000)
    result = try_out(b"\x80\x02}" + key + b"Ns" + key + b"q\x00Ns" + b"h\x00Ns" * 20_000 + b".")
    assert (result.problem, result.outcome) == (None, "has a ... key of N")


def test_the_name_of_a_function_is_no_class_name(try_out):
    names = b"\x80\x02}" + text(b"label_names") + b"](" + b"cnumpy\nndarray\n" * 10 + b"es."
    result = try_out(names, trial.CLASS_NAMES)
    assert (result.problem, result.outcome) == (None, "has label_names that are not text")


def test_what_python_says_of_a_damaged_file_is_not_repeated_at_full_length(tmp_path):
    """A notebook prints an error together with those that led to it."""
    (tmp_path / "batch").write_bytes(b"F" + b"x" * 100_000 + b"\n.")
    with pytest.raises(DatasetError) as error:
        datasets.read_batch(tmp_path / "batch")
    said = error.value
    while said := said.__cause__:
        assert len(str(said)) < 200


# Does it bite?


def wrong_labels(path):
    return np.zeros((2, 3072), np.uint8), np.zeros(3, np.int64)


def refuse_after(action):
    """A reader that does something and then raises the proper error, whatever happened."""

    def read(path):
        try:
            action()
        except BaseException:
            pass
        raise DatasetError(f"{path} is bad.")

    return read


def complain(message):
    def read(path):
        raise DatasetError(message.format(path))

    return read


def call_oneself(path):
    return call_oneself(path)


def loop(path):
    while True:
        pass


BROKEN_READERS = {
    "KeyError": (lambda path: {}["data"], "raises KeyError at test_fuzz.py:"),
    "RecursionError": (call_oneself, "raises RecursionError at test_fuzz.py:"),
    "an exabyte": (lambda path: bytearray(2**60), "raises MemoryError at test_fuzz.py:"),
    "the end of Python": (lambda path: sys.exit(), "raises SystemExit at "),
    "a process": (refuse_after(lambda: os.system("true")), "does what it must not do: os.system"),
    "an import": (refuse_after(lambda: importlib.import_module("this")), "does what it must not"),
    "code": (refuse_after(lambda: eval("1 + 1")), "does what it must not do: compile"),
    "another file": (refuse_after(lambda: open(__file__)), "does what it must not do: open"),
    "writing": (lambda path: open(path, "w"), "does what it must not do: open"),
    "a loop without end": (loop, "takes more than 0.1 s"),
    "a lot of memory": (refuse_after(lambda: bytearray(2_000_000)), "takes too much memory"),
    "wrong arrays": (wrong_labels, "returns arrays that are no batch"),
    "two lines": (complain("{} is\nbad."), "has a message that is not one plain line"),
    "a control character": (complain("{} is \x1b[31mbad."), "has a message that is not one plain"),
    "no file's name": (complain("It is bad."), "has a message that does not name the file"),
    "a long message": (complain("{} is " + "very " * 100 + "bad."), "has a message that is too"),
}


@pytest.mark.parametrize("read, problem", BROKEN_READERS.values(), ids=BROKEN_READERS.keys())
def test_a_broken_reader_is_found_out(try_out, monkeypatch, read, problem):
    monkeypatch.setattr(trial, "SECONDS", 0.1)
    result = try_out(b"any", (read, trial.problem_of_batch))
    assert str(result.problem).startswith(problem)


def pickle_load(path):
    """What everybody does, made to look well-behaved."""
    import pickle

    try:
        batch = pickle.loads(path.read_bytes(), encoding="bytes")
        return batch[b"data"], np.array(batch[b"labels"])
    except Exception as error:
        raise DatasetError(f"{path} is bad.") from error


def test_the_fuzzer_finds_out_pickle_load(monkeypatch):
    monkeypatch.setattr(campaign, "SHORTENING", 0)
    report = campaign.run(60, 0, batches=(pickle_load, trial.problem_of_batch), stop_at=1)
    assert list(report.findings) == ["does what it must not do: pickle.find_class"]


def test_the_fuzzer_finds_out_who_believes_a_shape(monkeypatch):
    build = safe_pickle._build

    def believe(unfinished, state):
        if isinstance(unfinished, safe_pickle.EmptyArray):
            np.empty(state[1], np.uint8)
        return build(unfinished, state)

    monkeypatch.setattr(safe_pickle, "_build", believe)
    monkeypatch.setattr(campaign, "SHORTENING", 0)
    report = campaign.run(60, 0, stop_at=1)
    assert list(report.findings) == ["takes too much memory"]


def test_the_same_seed_writes_the_same_files():
    first, second = (programs.Author(5, programs.valid_files()) for _ in range(2))
    assert all(first.file() == second.file() for _ in range(200))


@pytest.mark.parametrize("protocol", range(2, 5))
def test_files_to_start_from_are_accepted(try_out, protocol):
    start = b"\x80" + bytes([protocol])
    files = [data for data in programs.valid_files() if data.startswith(start)]
    assert len(files) >= 2
    assert all(try_out(data, trial.reader_for(data)).outcome == "accepted" for data in files)

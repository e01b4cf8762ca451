"""Whatever is in a file, the reader returns a batch or says in one line what is wrong with it."""

import gc
import itertools
import operator
import os
import pickle
import pickletools
import struct
import sys
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from course_lib import datasets
from course_lib.datasets import DatasetError
from tests.datasets import batch_files

pytestmark = pytest.mark.filterwarnings("ignore:invalid escape sequence")  # in a text of a pickle


# What the reader promises


class Forbidden(BaseException):
    """Raised where it happens, and no `except Exception` can hold it up."""


class Watch:
    """Stops all that Python reports to its audit hooks, but for opening one file to read it.

    That includes imports, compiled code, found names of a pickle, processes and written files.
    """

    path, seen = None, None  # while there is a path, the reader of that file is watched

    def __call__(self, event, arguments):
        reading = event == "open" and arguments[0] == self.path and arguments[1] in ("r", "rb")
        if self.path is not None and not reading and event != "builtins.id":
            self.path, self.seen = None, event
            raise Forbidden(event)


WATCH = Watch()
sys.addaudithook(WATCH)  # which cannot be removed, and so is added once


def check(folder, content, read=datasets.read_batch):
    """Have `read` read a file; assert what it promises; return its message, or "accepted"."""
    path = str(folder / "batch")
    (folder / "batch").write_bytes(content)
    "é".encode("unicode_escape"), b"a".decode("raw_unicode_escape")  # imports these codecs
    gc.disable()  # or what others left behind might be cleaned up in the middle of it
    tracemalloc.start()
    error, WATCH.seen, WATCH.path = None, None, path
    try:
        pixels, labels = read(path)
    except DatasetError as raised:
        error = raised
    except Forbidden:
        pass  # WATCH.seen tells what it was
    finally:
        WATCH.path = None
        _, memory = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        gc.enable()
    assert WATCH.seen is None, "it does what it must not do"
    assert memory < 1_000_000 + 200 * len(content)
    if error is None:
        assert pixels.dtype == np.uint8 and pixels.shape == (len(labels), 3072)
        assert labels.dtype == np.int64 and 0 <= min(labels) <= max(labels) <= 9
        assert pixels.flags.owndata
        return "accepted"
    message = str(error)
    assert message.startswith(path) and message.endswith(".") and len(message) < len(path) + 400
    assert message.isascii() and message.isprintable()
    while error := error.__cause__:  # a notebook prints these, too
        assert len(str(error)) < 200
    return message


# Pieces of pickles

PIXELS, LABELS = batch_files.random_batch(count=2)
CONTENT = {b"data": PIXELS, b"labels": LABELS.tolist(), "by": ("me", None, True, 2.5)}
VALID = [batch_files.batch(PIXELS, LABELS)] + [pickle.dumps(CONTENT, i) for i in range(2, 5)]
ALLOWED = ["numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype", "_codecs encode"]
FORBIDDEN = ["os system", "builtins getattr", "numpy.f2py os.system", "os \x1b[31m", "é é"]
NUMBERS = [0, 9, 10, 255, 3072, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 2**2038, -1, -(2**31)]
LENGTHS = [0, 1, 2, 5, 100, 101, 256, 3072, 20_000]
KINDS = ["u1"] * 9 + ["i1", "f8", "O8", "V3072", "M8", "u3", "", "u1,u1"]
SHAPES = [None, None, (3072,), (0, 3072), (2**63, 2), (1,) * 70, (2**31 - 1,) * 9, (500_000, 3072)]


def text(content, opcode=b"X"):
    return opcode + struct.pack("<I", len(content)) + content


def function(name, on_stack):
    module, attribute = map(text if on_stack else bytes, name.encode().split(b" "))
    return module + attribute + b"\x93" if on_stack else b"c%b\n%b\n" % (module, attribute)


def array(shape, kind, version):
    return batch_files.Writer().array(PIXELS, shape=shape, kind=kind, version=version)


def row(*parts):
    """A strategy that joins bytes and what strategies of bytes draw."""
    return st.tuples(*(st.just(p) if isinstance(p, bytes) else p for p in parts)).map(b"".join)


def rows(part, most):
    return st.lists(part, max_size=most).map(b"".join)


@st.composite
def instructions(draw):
    """One instruction of any kind, and what follows it in the format that pickletools gives."""
    opcode = draw(some(pickletools.opcodes))
    code, size = opcode.code.encode("latin-1"), opcode.arg.n if opcode.arg else 0
    if size >= 0:
        return code + (draw(numbers) % 256**size).to_bytes(size, "little")
    if size == pickletools.UP_TO_NEWLINE:
        odd = some(["1e999", "'\\x41'", "'\\z'", "\\u0041", "é", "os\nsystem"])
        return code + draw(numbers.map(str) | odd).encode() + b"\n"
    content = draw(contents)
    width = {pickletools.TAKEN_FROM_ARGUMENT1: 1, pickletools.TAKEN_FROM_ARGUMENT8U: 8}.get(size, 4)
    length = draw(st.just(len(content)) | numbers) % 256**width
    return code + length.to_bytes(width, "little") + content


some = st.sampled_from
numbers = some(NUMBERS) | st.integers(0, 11)
contents = st.builds(operator.mul, some([b"\0", b"a", b"\n", "é".encode()]), some(LENGTHS))
texts = st.builds(text, contents, some([b"T", b"B", b"X"]))  # of Python 2, bytes, text
functions = st.builds(function, some(ALLOWED * 10 + FORBIDDEN), st.booleans())
arrays = st.builds(array, some(SHAPES), some(KINDS), some([1, 1, 1, 2]))
integers = numbers.map(batch_files.Writer().integer)
lists = row(b"](", rows(integers | texts, 3), b"e")
dtypes = row(b"cnumpy\ndtype\n", some(KINDS).map(str.encode).map(text), b"\x85R")
kinds = [instructions(), integers, texts, functions, arrays, lists, dtypes]
pieces = rows(st.one_of(kinds), most=3)


@st.composite
def damaged(draw):
    """A valid file with one to three changes at the level of instructions."""
    content = draw(some(VALID))
    starts = [start for _, _, start in pickletools.genops(content)]
    parts = [content[a:b] for a, b in itertools.pairwise([*starts, len(content)])]
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.integers(0, len(parts)))
        end = where + draw(some([0, 1, 1, 2, 8]))
        old = b"".join(parts[where:end])
        at, bit = draw(st.integers(0, 11)) % (len(old) + 1), 1 << draw(st.integers(0, 7))
        flipped = old[:at] + bytes(byte ^ bit for byte in old[at : at + 1]) + old[at + 1 :]
        new = some([b"", old * 2, old * 40, flipped, flipped, old[:at]])
        parts[where:end] = [draw(new | row(pieces, some([b"", old])))]
    return b"".join(parts)


@settings(
    deadline=None,
    max_examples=1000,
    derandomize="CI" in os.environ,
    phases=set(Phase) - {Phase.explain},  # which traces the reader, and WATCH would see that
    suppress_health_check=list(HealthCheck),
)
@given(damaged() | row(pieces, b"."))
def test_a_file_of_any_content(tmp_path, content):
    check(tmp_path, content)


DTYPE = b"cnumpy\ndtype\n" + text(b"u1") + b"\x85R"
KEY = text(b"k" * 5_000_000)


FOUND = [
    (b"c_codecs\nencode\nq\x00%b\x85q\x01" % text(b"a" * 9999), b"h\x00h\x01R", 500, "the same"),
    (DTYPE + b"q\x00K\x03%b\x86q\x01" % text(b"<" * 9999), b"h\x00h\x01bq\x00", 500, "damaged"),
    (DTYPE + b"q\x00", b"h\x00K\x03h\x00\x86bq\x00", 22, "damaged"),  # its own byte order
    (b")q\x00", b"h\x00h\x00\x86q\x00", 500, "holds a tuple"),  # tuples of tuples
    (b"](K\x01eq\x00", b"](h\x00h\x00eq\x00", 500, "holds a tuple"),  # lists of lists
    (b"]", b"\x94h\x00", 500, "holds a tuple"),  # a memo of its own memo
    (b"}%bNs%bq\x00Ns" % (KEY, KEY), b"h\x00Ns", 20_000, "5,000,000"),  # keys that are compared
    (b"F" + b"x" * 100_000 + b"\n", b"", 0, "damaged"),  # a number, as Python's error quotes it
]  # fmt: skip


@pytest.mark.parametrize("start, again, times, part", FOUND)
def test_what_was_found_once(tmp_path, start, again, times, part):
    assert part in check(tmp_path, b"\x80\x02(" + start + again * times + b"t.")


def test_a_valid_file_is_accepted(tmp_path):
    assert all(check(tmp_path, content) == "accepted" for content in VALID)


@pytest.mark.parametrize(
    "action",
    [lambda: pickle.loads(b"cos\nsystem\n."), lambda: open(__file__), lambda: bytearray(5_000_000)],
)
def test_a_broken_reader_is_found_out(tmp_path, action):
    def read(path):
        try:
            action()
        except BaseException:
            pass
        raise DatasetError(f"{path} is bad.")

    with pytest.raises(AssertionError):
        check(tmp_path, VALID[0], read)

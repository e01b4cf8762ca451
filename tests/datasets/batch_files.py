"""Make batch files, folders and archives in the very format of CIFAR-10, and broken ones.

The published files are Python 2 pickles, protocol 2. Python 3 cannot write those (it has no byte
strings of that kind), so they are put together here from single pickle instructions.
"""

import contextlib
import hashlib
import io
import itertools
import struct
import tarfile

import numpy as np
import pytest

from course_lib.datasets import DatasetError

CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()
FILES = [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]
IMAGES_PER_FILE = 10


class Writer:
    """Pickle instructions as bytes, with the memo entries that Python 2 adds to all it writes."""

    def __init__(self):
        self.numbers = itertools.count(1)

    def remember(self):
        number = next(self.numbers)
        return b"q" + bytes([number]) if number < 256 else b"r" + struct.pack("<I", number)

    def string(self, text):
        text = text.encode() if isinstance(text, str) else text
        if len(text) < 256:
            return b"U" + bytes([len(text)]) + text + self.remember()
        return b"T" + struct.pack("<i", len(text)) + text + self.remember()

    def integer(self, value):
        if 0 <= value < 256:
            return b"K" + bytes([value])
        if -(2**31) <= value < 2**31:
            return b"J" + struct.pack("<i", value)
        size = value.bit_length() // 8 + 1
        return b"\x8a" + bytes([size]) + value.to_bytes(size, "little", signed=True)

    def list(self, items):
        return b"]" + self.remember() + b"(" + b"".join(items) + b"e"

    def dictionary(self, items):
        start = b"}" + self.remember() + b"("
        return start + b"".join(self.string(key) + value for key, value in items) + b"u"

    def name(self, module, name):
        return f"c{module}\n{name}\n".encode() + self.remember()

    def array(self, pixels, shape=None, kind="u1", version=1):
        """An array; `shape`, `kind` and `version` may claim something else than the truth."""
        shape = pixels.shape if shape is None else shape
        return b"".join([
            self.name("numpy.core.multiarray", "_reconstruct"),
            self.name("numpy", "ndarray"),
            b"K\x00\x85" + self.remember() + self.string("b") + b"\x87" + self.remember(),
            b"R" + self.remember() + b"(" + self.integer(version),
            b"(" + b"".join(self.integer(length) for length in shape) + b"t" + self.remember(),
            self.name("numpy", "dtype") + self.string(kind) + b"K\x00K\x01\x87R",
            b"(K\x03" + self.string("|") + b"NNN" + self.integer(-1) * 2 + b"K\x00tb",
            b"\x89" + self.string(pixels.tobytes()) + b"tb",
        ])


README = b"<meta http-equiv='refresh'>"


def pickled(items):
    """A whole file: a dictionary with these (key, function of a Writer) pairs."""
    writer = Writer()
    return b"\x80\x02" + writer.dictionary((key, make(writer)) for key, make in items) + b"."


def labels_of(labels):
    return lambda writer: writer.list(writer.integer(int(label)) for label in labels)


def strings_of(strings):
    return lambda writer: writer.list(writer.string(text) for text in strings)


def array_of(pixels, **claims):
    return lambda writer: writer.array(pixels, **claims)


def batch(pixels, labels, **claims):
    """The bytes of a batch file."""
    return pickled([
        ("batch_label", lambda writer: writer.string("training batch 1 of 5")),
        ("labels", labels_of(labels)),
        ("data", array_of(pixels, **claims)),
        ("filenames", strings_of(f"image_{i}.png" for i in range(len(labels)))),
    ])


def meta(class_names=CLASSES):
    """The bytes of batches.meta."""
    return pickled([
        ("num_cases_per_batch", lambda writer: writer.integer(IMAGES_PER_FILE)),
        ("label_names", strings_of(class_names)),
        ("num_vis", lambda writer: writer.integer(3072)),
    ])


def random_batch(seed=0, count=IMAGES_PER_FILE):
    """Pixels uint8 (count, 3072) and labels (count,)."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 3072), np.uint8), np.arange(count) % 10


def files():
    """A small set as a dict: name of the file -> its bytes."""
    contents = {name: batch(*random_batch(seed)) for seed, name in enumerate(FILES)}
    return {**contents, "batches.meta": meta()}


def write_folder(folder, contents=None):
    folder.mkdir(parents=True)
    for name, data in (contents or files()).items():
        (folder / name).write_bytes(data)
    return folder


def member(name, data=b"", **changes):
    """One entry of an archive; `changes` are attributes of its TarInfo."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in changes.items():
        setattr(info, key, value)
    return info, data


def good_members():
    return [
        member("cifar-10-batches-py", type=tarfile.DIRTYPE, mode=0o755),
        *(member(f"cifar-10-batches-py/{name}", data) for name, data in files().items()),
        member("cifar-10-batches-py/readme.html", README),
    ]


def write_archive(path, members=None):
    with tarfile.open(path, "w:gz") as tar:
        for info, data in members or good_members():
            tar.addfile(info, io.BytesIO(data))
    return path


def md5(content):
    return hashlib.md5(content).hexdigest()


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def snapshot(folder):
    """Everything below a folder: relative path -> bytes, or None for a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


@contextlib.contextmanager
def refused(*parts):
    """What is inside raises a DatasetError: one line that ends in a full stop, with these parts."""
    with pytest.raises(DatasetError) as error:
        yield
    message = str(error.value)
    assert "\n" not in message and message.endswith(".") and not message.endswith(".."), message
    assert ". " not in message, message
    for part in parts:
        assert str(part) in message, message

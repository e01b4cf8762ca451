"""Find, verify, read and decode images: the course's own two data sets, and CIFAR-10.

Every data set takes the same path: find (data_folders), verify and extract (archives), read without
running anything (safe_pickle), validate and decode (here). Anything wrong with a file raises
DatasetError, in one sentence that names the file and says what to do.
"""

import gzip
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import archives, data_folders, safe_pickle
from .archives import batches_folder, explained
from .data_folders import MAX_FILE_BYTES, TRAINING_FILES, DatasetError, remedy
from .mistaken_files import garbled, mistake
from .safe_pickle import printable

__all__ = ["Dataset", "DatasetError", "batches_folder", "load", "pixels_to_images", "read_batch"]

CLASSES = 10
PIXELS = 3072  # 3 colour planes of 32 x 32

# The digits were written by 13 people, one after the other, and the file keeps that order: a new
# hand starts at this row. So the test digits come from hands that no training digit was written
# by, which is harder, and more honest, than a random split.
DIGITS_FOR_TRAINING = 1415


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images uint8 (N, H, W, C) and labels int64 (N,), for training and for testing."""

    name: str
    class_names: tuple[str, ...]
    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray

    def __repr__(self) -> str:
        height, width, channels = self.train_images.shape[1:]
        return (
            f"<Dataset {self.name}: {len(self.train_images):,} training and "
            f"{len(self.test_images):,} test images of {height}x{width}x{channels}, "
            f"{len(self.class_names)} classes>"
        )


def load(name: str | None = None) -> Dataset:
    """Return the Dataset "pictograms", "cifar10" or "digits".

    Without a name: the one that the environment variable COURSE_DATASET names, or else
    "pictograms". Raises DatasetError.
    """
    name = data_folders.chosen(name)
    return _load_digits() if name == "digits" else _load_batches(name)


# CIFAR-10 and the pictograms, which share its format


def _load_batches(name: str) -> Dataset:
    folder = batches_folder(name)
    class_names = _read_class_names(folder / "batches.meta")
    # One array grows batch by batch: joining five at the end would need their memory twice.
    train_images, train_labels = np.empty((0, 32, 32, 3), np.uint8), []
    for file_name in TRAINING_FILES:
        images, labels = _read_images(folder / file_name)
        done = len(train_images)
        train_images.resize((done + len(images), 32, 32, 3), refcheck=False)
        train_images[done:] = images
        train_labels.append(labels)
    test_images, test_labels = _read_images(folder / "test_batch")
    return Dataset(
        name, class_names, train_images, np.concatenate(train_labels), test_images, test_labels
    )


def _read_images(path: Path) -> tuple[np.ndarray, np.ndarray]:
    pixels, labels = read_batch(path)
    return pixels_to_images(pixels), labels


def read_batch(path: Path | str) -> tuple[np.ndarray, np.ndarray]:
    """Read one batch file of CIFAR-10: pixels uint8 (N, 3072) and labels int64 (N,).

    A row of pixels is an image's red plane, then green, then blue. Nothing in the file is run.
    Raises DatasetError.
    """
    batch = _read_pickle(path)
    pixels, labels = _entry(path, batch, "data"), _entry(path, batch, "labels")
    if not isinstance(pixels, np.ndarray):
        raise _bad(path, f"has a {type(pixels).__name__} as its data, not an array of pixels")
    if pixels.dtype != np.uint8 or pixels.shape[1:] != (PIXELS,) or len(pixels) == 0:
        raise _bad(
            path,
            f"has data of shape {printable(str(pixels.shape))} and type {pixels.dtype}, "
            f"where (N, {PIXELS}) and uint8 are expected",
        )
    if isinstance(labels, np.ndarray):
        labels = labels.tolist()
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise _bad(path, "has labels that are not a list of whole numbers")
    if len(labels) != len(pixels):
        raise _bad(path, f"has {len(labels):,} labels for {len(pixels):,} images")
    if not all(0 <= label < CLASSES for label in labels):
        lowest, highest = printable(str(min(labels)), 20), printable(str(max(labels)), 20)
        raise _bad(path, f"has labels from {lowest} to {highest}, where 0 to 9 are expected")
    return pixels.copy(), np.array(labels, np.int64)


def pixels_to_images(pixels: np.ndarray) -> np.ndarray:
    """Turn rows of colour planes into images: uint8 (N, 3072) -> (N, 32, 32, 3), a new array.

    Raises DatasetError for another shape or dtype.
    """
    pixels = np.asarray(pixels)
    if pixels.dtype != np.uint8 or pixels.ndim != 2 or pixels.shape[1] != PIXELS:
        raise DatasetError(
            f"pixels have shape {pixels.shape} and type {pixels.dtype}; "
            f"give an array of shape (N, {PIXELS}) and type uint8, as read_batch returns it."
        )
    planes = pixels.reshape(-1, 3, 32, 32)  # (N, channel, row, column)
    return planes.transpose(0, 2, 3, 1).copy()  # (N, row, column, channel)


def _read_class_names(path: Path) -> tuple[str, ...]:
    names = _entry(path, _read_pickle(path), "label_names")
    if not isinstance(names, list) or len(names) != CLASSES:
        raise _bad(path, f"has label_names that are not a list of {CLASSES} names")
    if not all(isinstance(name, (bytes, str)) for name in names):
        raise _bad(path, "has label_names that are not text")
    return tuple(
        name.decode("utf-8", "replace") if isinstance(name, bytes) else name for name in names
    )


def _read_pickle(path: Path | str) -> dict:
    path = os.path.expanduser(path)
    with explained(path, "cannot be read"):
        size = os.stat(path).st_size
        if size > MAX_FILE_BYTES:
            raise _bad(path, f"has {size:,} bytes, more than the {MAX_FILE_BYTES:,} of any batch")
        with open(path, "rb") as file:
            data = file.read(size)  # and no more, should the file be growing
    if what := mistake(data[:512]):
        raise _bad(path, what)
    if data.startswith(b"\x1f\x8b"):
        raise DatasetError(
            f"{path} is compressed, and read_batch takes a single batch file; give "
            'datasets.batches_folder() / "data_batch_1", or unpack it first.'
        )
    try:
        batch = safe_pickle.loads(data)
    except safe_pickle.NotAllowed as error:
        problem = f"{error}, which no batch of images needs; nothing in it was run"
        raise _bad(path, garbled(data) or problem) from error
    except ValueError as error:
        raise _bad(path, garbled(data) or str(error)) from error
    if not isinstance(batch, dict):
        raise _bad(path, f"holds a {type(batch).__name__}, not a dictionary")
    return batch


def _entry(path: Path | str, batch: dict, key: str) -> Any:
    """The value of a key that Python 2 writes as bytes and Python 3 as text."""
    for spelling in (key.encode(), key):
        if spelling in batch:
            return batch[spelling]
    if key == "data" and any(name in batch for name in ("label_names", b"label_names")):
        raise DatasetError(
            f"{path} holds the names of the classes and no images; give a batch file, such as "
            "data_batch_1."
        )
    found = printable(", ".join(map(str, batch))) or "nothing"
    raise _bad(path, f"has no entry {key}, but {found}")


def _bad(path: Path | str, problem: str) -> DatasetError:
    return DatasetError(f"{path} {problem}; {remedy(path)}.")


# The handwritten digits


def _load_digits() -> Dataset:
    """Read 1,797 rows of 65 numbers: an 8 x 8 image, brightness 0 to 16, and its label."""
    archives.verify(data_folders.DIGITS_FILE, "sha256", data_folders.DIGITS_SHA256)
    with gzip.open(data_folders.DIGITS_FILE, "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.uint8)  # (1797, 65)
    images, labels = table[:, :64].reshape(-1, 8, 8, 1), table[:, 64].astype(np.int64)
    if images.max() > 16 or labels.max() >= CLASSES:
        raise _bad(data_folders.DIGITS_FILE, "has a brightness above 16 or a label above 9")
    first = DIGITS_FOR_TRAINING
    class_names = tuple("0123456789")
    return Dataset(
        "digits",
        class_names,
        images[:first].copy(),
        labels[:first].copy(),
        images[first:].copy(),
        labels[first:].copy(),
    )

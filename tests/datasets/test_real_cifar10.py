"""The reader on all 60,000 real images. Skipped where ../shared/cifar10 does not exist."""

from pathlib import Path

import nbformat
import numpy as np
import pytest

from course_lib import datasets
from tests.datasets.batch_files import CLASSES, FILES
from tests.refresh import run

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_data_loading_and_cifar_reshaping.ipynb"


@pytest.mark.parametrize("name", FILES)
def test_every_batch_is_read(real_cifar10_folder, name):
    pixels, labels = datasets.read_batch(real_cifar10_folder / "cifar-10-batches-py" / name)
    assert pixels.shape == (10_000, 3072) and pixels.dtype == np.uint8
    assert labels.shape == (10_000,) and labels.dtype == np.int64
    assert np.unique(labels).tolist() == list(range(10))

    images = datasets.pixels_to_images(pixels)
    for channel in range(3):
        plane = pixels[:, channel * 1024 : (channel + 1) * 1024]
        assert np.array_equal(images[..., channel], plane.reshape(-1, 32, 32))


def test_all_of_cifar10_is_loaded(real_cifar10_folder, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(real_cifar10_folder))
    monkeypatch.setenv("COURSE_DATASET", "cifar10")
    data = datasets.load()
    assert data.name == "cifar10" and data.class_names == tuple(CLASSES)
    assert data.train_images.shape == (50_000, 32, 32, 3)
    assert data.test_images.shape == (10_000, 32, 32, 3)
    assert data.train_images.dtype == data.test_images.dtype == np.uint8
    assert np.bincount(data.train_labels).tolist() == [5_000] * 10
    assert np.bincount(data.test_labels).tolist() == [1_000] * 10

    folder = real_cifar10_folder / "cifar-10-batches-py"
    for number, name in enumerate(FILES[:5]):
        pixels, labels = datasets.read_batch(folder / name)
        rows = slice(number * 10_000, (number + 1) * 10_000)
        assert np.array_equal(data.train_images[rows], datasets.pixels_to_images(pixels))
        assert np.array_equal(data.train_labels[rows], labels)


def test_notebook_01_runs_on_it(real_cifar10_folder, monkeypatch):
    """Every cell runs, and what it proves with the pictograms it proves here."""
    monkeypatch.setenv("COURSE_DATA_DIR", str(real_cifar10_folder))
    monkeypatch.setenv("COURSE_DATASET", "cifar10")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    stored = stream_texts(notebook)
    now = stream_texts(run(notebook, NOTEBOOK.parent))
    assert any("<Dataset cifar10: 50,000" in text for text in now)
    for proof in (
        "formula and array agree: True",
        "the library agrees: True",
        "equal to the right pictures:  False\nequal to their mirror images: True",
    ):
        assert any(proof in text for text in now) and any(proof in text for text in stored)


def stream_texts(notebook):
    """What the cells of a notebook print."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [o.text for cell in cells for o in cell.outputs if o.output_type == "stream"]

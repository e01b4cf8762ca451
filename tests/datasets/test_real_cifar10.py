"""The reader on all 60,000 real images. Skipped where ../shared/cifar10 does not exist."""

import json
import re
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


FORESEEN = {
    "01 top right": "magenta (red and blue)",
    "01 shortcut": "several small copies of the image",
    "01 student": "mirror images",
    "01 uint8": 236.0,
    "01 rate": "it runs away",
    "01 success": 37.0,
    "01 raw": "hardly more than guessing",
}


def test_notebook_01_runs_on_it(real_cifar10_folder, monkeypatch, tmp_path):
    """Every cell runs, and what it proves with the pictograms it proves here."""
    monkeypatch.setenv("COURSE_LEARNER_FOLDER", str(tmp_path))
    said = {name: {"said": answer} for name, answer in FORESEEN.items()}
    (tmp_path / ".learner.json").write_text(json.dumps({"predictions": said}))
    monkeypatch.setenv("COURSE_DATA_DIR", str(real_cifar10_folder))
    monkeypatch.setenv("COURSE_DATASET", "cifar10")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    stored = stream_texts(notebook)
    now = stream_texts(run(notebook, NOTEBOOK.parent))
    assert any("<Dataset cifar10: 50,000" in text for text in now)
    for proof in (
        "formula: 0 of",
        "library: 0 of",
        "mirror images                0.0% of the values differ",
    ):
        assert any(proof in text for text in now) and any(proof in text for text in stored)
    assert sum("and you were right" in " ".join(text.split()) for text in now) == len(FORESEEN)
    text = "\n".join(now)
    normalised = float(re.search(r"right after 40 steps: ([\d.]+) %", text)[1])
    [caption] = re.findall(
        r"After 40 steps, \d+ % .*, and (\d+) % on raw pixels", captions(notebook)
    )
    assert 15 < int(caption) < normalised - 5, (
        "raw pixels learn with the smaller rate, and lag behind"
    )


def captions(notebook):
    """The sentences of a notebook's figures."""
    outputs = [o for cell in notebook.cells if cell.cell_type == "code" for o in cell.outputs]
    return "\n".join(
        o.data["text/plain"].split("\n")[0] for o in outputs if "image/png" in o.get("data", {})
    )


def stream_texts(notebook):
    """What the cells of a notebook print."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [o.text for cell in cells for o in cell.outputs if o.output_type == "stream"]

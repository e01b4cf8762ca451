"""The pictograms: CIFAR-10's format to the letter, and the same bytes from the same seed."""

import hashlib
import os
import pickletools
import runpy
import tarfile
from pathlib import Path

import numpy as np
import PIL
import pytest

from course_lib import datasets
from course_lib.datasets import archives, data_folders

MAKER = Path(__file__).parents[2] / "data" / "make_pictograms.py"
FONT_SHA256 = "e5899ed38b8ed83e08bd3ac5de09791e9d19d288333a796de1d35ad17396f1ec"
PILLOW = "13.0.0"  # another version may draw a glyph a shade differently


@pytest.fixture(scope="module")
def folder():
    return archives.batches_folder("pictograms")


def test_the_archive_has_the_layout_of_cifar10():
    with tarfile.open(data_folders.PICTOGRAMS_ARCHIVE) as tar:
        names = [member.name for member in tar if member.isfile()]
    expected = [*data_folders.BATCH_FILES, "readme.html"]
    assert sorted(names) == sorted(f"cifar-10-batches-py/{name}" for name in expected)
    assert data_folders.PICTOGRAMS_ARCHIVE.stat().st_size < 15_000_000


@pytest.mark.parametrize("name", data_folders.BATCH_FILES)
def test_files_are_pickles_as_python_2_wrote_them(folder, name):
    instructions = list(pickletools.genops((folder / name).read_bytes()))
    found = {argument for opcode, argument, _ in instructions if opcode.name == "GLOBAL"}
    arrays = {"numpy.core.multiarray _reconstruct", "numpy ndarray", "numpy dtype"}
    assert found == (set() if name == "batches.meta" else arrays)
    assert instructions[0][1] == 2  # the protocol
    kinds = {opcode.name for opcode, _, _ in instructions}
    assert "SHORT_BINSTRING" in kinds and not any("UNICODE" in kind for kind in kinds)


def test_every_class_has_a_hundred_images_in_each_file(folder):
    for name in [*data_folders.TRAINING_FILES, "test_batch"]:
        _, labels = datasets.read_batch(folder / name)
        assert np.bincount(labels).tolist() == [100] * 10


def test_no_image_stands_twice():
    data = datasets.load("pictograms")
    images = np.concatenate([data.train_images, data.test_images]).reshape(6000, -1)
    assert len(np.unique(images, axis=0)) == 6000


@pytest.fixture(scope="module")
def maker():
    """The functions of make_pictograms.py, and the glyphs of the font."""
    functions = runpy.run_path(str(MAKER))
    if not Path(functions["FONT"]).exists() and not os.environ.get("CI"):
        pytest.skip("Noto Color Emoji is not installed: the pictograms cannot be made again")
    return functions, functions["load_glyphs"](functions["FONT"])


def test_the_same_seed_gives_the_same_images(maker):
    functions, glyphs = maker

    def images(seed):
        return functions["make_batch"](np.random.default_rng(seed), glyphs, 1)[1]

    assert np.array_equal(images(1), images(1))
    assert not np.array_equal(images(1), images(2))


def test_the_archive_can_be_made_again(maker, tmp_path):
    """Byte for byte, from the default seed, with the font and the Pillow that made it."""
    functions, glyphs = maker
    font = hashlib.sha256(Path(functions["FONT"]).read_bytes()).hexdigest()
    if font != FONT_SHA256 or PIL.__version__ != PILLOW:
        pytest.skip("another version of the font or of Pillow made the pictograms")
    made, _ = functions["make_files"](np.random.default_rng(2024), glyphs)
    with tarfile.open(data_folders.PICTOGRAMS_ARCHIVE) as tar:
        for name, content in made.items():
            assert tar.extractfile(f"cifar-10-batches-py/{name}").read() == content


def test_a_missing_font_is_one_sentence(tmp_path):
    functions = runpy.run_path(str(MAKER))
    with pytest.raises(SystemExit, match="apt install fonts-noto-color-emoji"):
        functions["load_glyphs"](tmp_path / "none.ttf")

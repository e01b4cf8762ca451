"""CIFAR-10's files as people really have them: each is read, or named for what it is."""

import gzip
import pickle
import shutil

import numpy as np
import pytest

from course_lib import datasets
from course_lib.commands import download as download_command
from course_lib.datasets import data_folders, safe_pickle
from course_lib.datasets.download import download_cifar10

from .batch_files import files, md5, random_batch, refused, snapshot, write_archive, write_folder

FOLDER = "cifar-10-batches-py"
PIXELS, LABELS = random_batch(0)
GOOD = {"data": PIXELS, "labels": list(map(int, LABELS)), "batch_label": "training batch 1 of 5"}


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The folder that COURSE_DATA_DIR names."""
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "home"))
    monkeypatch.setenv("COURSE_DATASET", "cifar10")
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


# Where the folder is


@pytest.mark.parametrize(
    "place",
    [
        FOLDER,
        f"{FOLDER}/{FOLDER}",  # extracted twice
        f"cifar-10-python/{FOLDER}",  # Windows extracts into a folder of the archive's name
        f"cifar-10-python.tar/cifar-10-python/{FOLDER}",  # and so twice for a .tar.gz
        f"cifar-10-python.tar.gz/{FOLDER}",  # a folder that looks like the archive
        ".",  # COURSE_DATA_DIR names the folder of batches itself
    ],
)
def test_the_folder_is_found(home, place):
    home.rmdir()
    write_folder(home / place)
    before = snapshot(home)
    assert datasets.load().name == "cifar10"
    assert snapshot(home) == before


@pytest.mark.parametrize("around", ["{}", ' "{}" ', "'{}'", "{} ", "{}/"])
def test_blanks_and_quotes_around_a_variable(home, monkeypatch, around):
    write_folder(home / FOLDER)
    monkeypatch.setenv("COURSE_DATA_DIR", around.format(home))
    monkeypatch.setenv("COURSE_DATASET", around.format("cifar10").replace("/", ""))
    assert datasets.load().name == "cifar10"


@pytest.mark.parametrize("text", ["", "  ", '""', "' '"])
def test_an_empty_variable_is_none(monkeypatch, text):
    monkeypatch.setenv("COURSE_DATASET", text)
    monkeypatch.setenv("COURSE_DATA_DIR", text)
    assert datasets.load().name == "pictograms"
    assert list(data_folders.cifar10_folders())[0] == data_folders.DATA_FOLDER


def test_a_variable_may_name_the_archive_and_another_variable(home, monkeypatch):
    archive = write_archive(home / "cifar-10-python.tar.gz")
    monkeypatch.setattr(data_folders, "CIFAR10_MD5", md5(archive.read_bytes()))
    monkeypatch.setenv("PLACE", str(home))
    monkeypatch.setenv("COURSE_DATA_DIR", "$PLACE/cifar-10-python.tar.gz")
    assert datasets.load().name == "cifar10"


# The archive


@pytest.mark.parametrize("name", ["cifar-10-python.tar", "cifar-10-python.tar.gz"])
def test_an_archive_that_the_browser_has_unpacked(home, name):
    archive = write_archive(home / "compressed")
    (home / name).write_bytes(gzip.decompress(archive.read_bytes()))
    assert datasets.load().name == "cifar10"


def test_what_else_is_there_is_named(home):
    (home / "cifar-10-python (1).tar.gz").write_bytes(b"x")
    (home / "cifar-10-binary.tar.gz").write_bytes(b"x")
    with refused(
        "there is cifar-10-binary.tar.gz, cifar-10-python (1).tar.gz, by another",
        "download cifar10",
    ):
        datasets.load()
    (home / "cifar-10-python.tar.gz").mkdir()
    with refused("cifar-10-python.tar.gz, by another name", "download cifar10"):
        datasets.load()


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146\nsize 170498071\n"


def with_windows_lines(content):
    return content.replace(b"\n", b"\r\n")


def saved_as_text(content):
    return content.decode("utf-8", "replace").encode()


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda content: POINTER, "is a pointer of Git LFS (`git lfs pull`"),
        (with_windows_lines, "with lines that end as on Windows"),
        (saved_as_text, "was opened and saved as a text"),
        (lambda content: b"PK\x03\x04" + content, "is a zip file"),
    ],
)
def test_a_changed_archive_and_a_changed_batch_are_named(home, change, words):
    archive = write_archive(home / "cifar-10-python.tar.gz")
    archive.write_bytes(change(archive.read_bytes()))
    with refused(archive, words, "move it elsewhere"):
        datasets.load()
    archive.unlink()
    path = write_folder(home / FOLDER) / "data_batch_2"
    path.write_bytes(change(path.read_bytes()))
    with refused(path, words, f"move the folder {home / FOLDER} elsewhere"):
        datasets.load()


@pytest.mark.parametrize("ending, version", [("bin", "binary"), ("mat", "MATLAB")])
def test_another_version_of_cifar10_is_named_and_left_alone(home, ending, version):
    write_folder(home / FOLDER, {f"{name}.{ending}": b"x" for name in files()})
    before = snapshot(home)
    what_to_do = f"move the folder {home / FOLDER} elsewhere and run `python -m course_lib download"
    with refused(f"holds CIFAR-10's {version} version (.{ending} files)", what_to_do):
        datasets.load()
    with refused(version):  # before 170 MB are fetched
        download_command.main(None)
    assert snapshot(home) == before


def test_what_the_message_says_to_do_helps(home, monkeypatch, server):
    """Move the folder elsewhere, and run the command."""
    write_folder(home / FOLDER, {"data_batch_1": b"x"})
    with refused("is incomplete"):
        datasets.load()
    shutil.move(home / FOLDER, home.parent)
    published = write_archive(home.parent / "published").read_bytes()
    monkeypatch.setattr(data_folders, "CIFAR10_MD5", md5(published))
    download_cifar10(url=offered(server, published), md5=md5(published))
    assert datasets.load().name == "cifar10"
    assert (home.parent / FOLDER / "data_batch_1").read_bytes() == b"x"


def test_an_archive_and_the_names_of_the_classes_are_no_batch(home):
    archive = write_archive(home / "cifar-10-python.tar.gz")
    with refused(archive, "is compressed", "give datasets.batches_folder()"):
        datasets.read_batch(archive)
    meta = write_folder(home / FOLDER) / "batches.meta"
    with refused(meta, "holds the names of the classes and no images; give a batch file"):
        datasets.read_batch(meta)
    with refused("no such file; check the path"):
        datasets.read_batch(home / FOLDER / "data_batch_6")


# What pickles hold


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_batch_pickled_again_is_read(tmp_path, protocol, order):
    path = tmp_path / "data_batch_1"
    kinds = {
        "whole numbers": GOOD["labels"],
        "NumPy's whole numbers": [np.int64(label) for label in LABELS],
        "of another size": [np.uint8(label) for label in LABELS],
        "an array": np.array(LABELS, np.int32),
        "an array in steps": np.repeat(np.array(LABELS), 2)[::2],
    }
    for labels in kinds.values():
        data = np.asarray(PIXELS, order=order)
        path.write_bytes(pickle.dumps(GOOD | {"data": data, "labels": labels}, protocol))
        pixels, read = datasets.read_batch(path)
        assert np.array_equal(pixels, PIXELS) and np.array_equal(read, LABELS)
        assert read.dtype == np.int64 and pixels.flags.owndata


def test_axes_in_another_order_in_memory():
    x = np.arange(24, dtype=np.uint8).reshape(2, 3, 4).transpose(1, 0, 2)
    assert np.array_equal(safe_pickle.loads(pickle.dumps(x, 5)), x)


@pytest.mark.parametrize(
    "labels",
    [
        [np.float64(1)] * 10,
        [np.bool_(True)] * 10,
        np.full(10, 1.0),
        np.zeros((10, 1), int),
        [True] * 10,
    ],
    ids=["floats", "yes and no", "array of floats", "a column", "plain yes and no"],
)
def test_labels_that_are_no_whole_numbers(tmp_path, labels):
    path = tmp_path / "data_batch_1"
    path.write_bytes(pickle.dumps(GOOD | {"labels": labels}, 5))
    with refused("labels that are not a list of whole numbers"):
        datasets.read_batch(path)


def frombuffer(*arguments):
    """A protocol 5 pickle that asks for an array with these arguments."""

    class Asks:
        def __reduce__(self):
            return np._core.numeric._frombuffer, arguments

    return pickle.dumps({"data": Asks(), "labels": [1]}, 5)


@pytest.mark.parametrize(
    "arguments",
    [
        (b"\0" * 3072, np.dtype("u1"), (-1, 3072), "C"),
        (b"\0" * 3072, np.dtype("u1"), (1, 10**12), "C"),
        (b"\0" * 3072, np.dtype("u1"), (1, 3072), "X"),
        (b"\0" * 3072, np.dtype("u1"), (1, 3072), "K", (0, 0)),
        (b"\0" * 3072, np.dtype("u1"), 3072, "C"),
        (b"\0" * 3072, np.dtype("O"), (1, 384), "C"),
        ("text", np.dtype("u1"), (1, 4), "C"),
        (b"\0" * 3072,),
    ],
)
def test_an_array_that_cannot_be_is_refused(tmp_path, arguments):
    path = tmp_path / "data_batch_1"
    path.write_bytes(frombuffer(*arguments))
    with refused(path):
        datasets.read_batch(path)


# The download


def offered(server, content):
    """The address at which the server offers this content."""
    server.answers["/cifar-10-python.tar.gz"] = (200, len(content), content)
    return f"{server.url}/cifar-10-python.tar.gz"


def test_the_login_page_of_a_network_is_named(home, server):
    url = offered(server, b"<!DOCTYPE html><title>Welcome to our Wi-Fi</title>")
    with refused("sends is a web page (HTML), not data", "log in first", "try again"):
        download_cifar10(url=url)
    assert not snapshot(home)


def test_what_cannot_be_encrypted_is_no_secure_connection(home, server):
    url = offered(server, b"").replace("http:", "https:")
    with refused("no secure connection", "REQUESTS_CA_BUNDLE", "try again"):
        download_cifar10(url=url)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_not_there(home, monkeypatch, variable):
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.setenv(variable, str(home / "ca.pem"))
    with refused("no secure connection", home / "ca.pem", variable):
        download_cifar10(url="https://127.0.0.1:9/a")
    assert not snapshot(home)

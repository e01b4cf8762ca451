"""CIFAR-10 is fetched whole or not at all, from a server on this machine."""

import errno
import logging
from functools import partial

import pooch
import pytest

from course_lib.__main__ import main
from course_lib.datasets import archives, data_folders
from course_lib.datasets.download import download_cifar10
from tests.datasets import batch_files
from tests.datasets.batch_files import md5, refused, snapshot


@pytest.fixture
def archive(tmp_path):
    return batch_files.write_archive(tmp_path / "archive.tar.gz")


@pytest.fixture
def published(server, archive, tmp_path, monkeypatch):
    """The bytes of the archive that the server offers at /good, in place of Toronto's."""
    content = archive.read_bytes()
    archive.unlink()
    server.answers["/good"] = (200, len(content), content)
    server.answers["/other"] = (200, 5, b"other")
    server.answers["/broken-off"] = (200, len(content), content[: len(content) // 2])
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return content


def test_a_good_download(server, published, tmp_path, capfd, caplog):
    """Into a new folder; pooch says nothing beside the progress bar."""
    pooch.get_logger().setLevel(logging.INFO)
    pooch.get_logger().addHandler(caplog.handler)
    path = download_cifar10(tmp_path / "new", url=server.url + "/good", md5=md5(published))
    pooch.get_logger().removeHandler(caplog.handler)
    assert path == tmp_path / "new" / "cifar-10-python.tar.gz"
    assert snapshot(path.parent) == {path.name: published}
    out, err = capfd.readouterr()
    assert out == "" and "100%" in err and caplog.records == []


@pytest.mark.parametrize("length, requests", [(None, []), (1000, ["/good"])])
def test_only_a_bad_file_is_replaced(server, published, tmp_path, length, requests):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(published[:length])
    download_cifar10(url=server.url + "/good", md5=md5(published))
    assert snapshot(tmp_path) == {"cifar-10-python.tar.gz": published}
    assert server.requests == requests


@pytest.mark.parametrize(
    "path, part",
    [
        ("/other", "wrong checksum"),
        ("/missing", "status 404"),
        ("/broken-off", ""),
        (None, "no connection"),
    ],
)
def test_a_failed_download_changes_nothing(server, published, tmp_path, path, part):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(b"half a file of mine")
    before = snapshot(tmp_path)
    url = server.url + path if path else "http://127.0.0.1:9/nobody-listens"
    by_hand = f"fetch {url} yourself and put it at {tmp_path / 'cifar-10-python.tar.gz'}"
    with refused("cifar-10-python.tar.gz", part, by_hand):
        download_cifar10(url=url, md5=md5(published))
    assert snapshot(tmp_path) == before


def test_a_full_disk_during_a_download(server, published, tmp_path, monkeypatch):
    def full(path, mode):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pooch.downloaders.open", full, raising=False)
    with refused(tmp_path / "cifar-10-python.tar.gz", "the disk is full"):
        download_cifar10(url=server.url + "/good", md5=md5(published))
    assert snapshot(tmp_path) == {}


# python -m course_lib download cifar10


@pytest.fixture
def our_server(server, published, monkeypatch):
    """Make the download command use the local server. Returns a function to choose the address."""

    def use(path):
        local = partial(download_cifar10, url=server.url + path, md5=md5(published))
        monkeypatch.setattr("course_lib.commands.download.download_cifar10", local)
        monkeypatch.setattr(data_folders, "CIFAR10_MD5", md5(published))

    return use


def test_the_download_command(our_server, server, tmp_path, capsys):
    our_server("/good")
    assert main(["download", "cifar10"]) == 0
    folder = tmp_path / "cifar-10-batches-py"
    assert str(folder) in capsys.readouterr().out
    assert archives.batches_folder("cifar10") == folder
    assert main(["download", "cifar10"]) == 0
    assert server.requests == ["/good"]


def test_the_download_command_that_fails(our_server, tmp_path, capsys):
    our_server("/missing")
    assert main(["download", "cifar10"]) == 1
    out, err = capsys.readouterr()
    bar, sentence = err.rstrip().split("\n")
    assert out == "" and "0%" in bar and "status 404" in sentence
    assert snapshot(tmp_path) == {}


def test_the_download_command_interrupted(our_server, tmp_path, monkeypatch, capsys):
    def interrupt(path, mode):
        raise KeyboardInterrupt

    our_server("/good")
    monkeypatch.setattr("pooch.downloaders.open", interrupt, raising=False)
    assert main(["download", "cifar10"]) == 1
    assert "Stopped" in capsys.readouterr().err
    assert snapshot(tmp_path) == {}

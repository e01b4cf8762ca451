"""Archives are verified, and extracted into a folder that appears all at once or not at all."""

import errno
import gzip
import hashlib
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from course_lib.datasets import archives
from course_lib.datasets.data_folders import BATCH_FILES, MAX_FILE_BYTES
from tests.datasets import batch_files
from tests.datasets.batch_files import good_members, md5, member, refused, snapshot

INSIDE = "cifar-10-batches-py"


@pytest.fixture
def archive(tmp_path):
    return batch_files.write_archive(tmp_path / "archive.tar.gz")


# verify


def test_a_good_file_verifies(archive):
    for algorithm in ("md5", "sha256"):
        digest = hashlib.new(algorithm, archive.read_bytes()).hexdigest()
        archives.verify(archive, algorithm, digest)


@pytest.mark.parametrize(
    "content, part",
    [
        (b"", "is empty"),
        (b"  <!doctype html>", "web page (HTML)"),
        (b"other", f"damaged, incomplete or another file: its md5 is {md5(b'other')}"),
        (None, "no such file"),
    ],
)
def test_a_bad_file_does_not_verify(tmp_path, content, part):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    before = snapshot(tmp_path)
    with refused(path, part, "" if content is None else md5(b"expected")):
        archives.verify(path, "md5", md5(b"expected"))
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize(
    "number, part",
    [
        (errno.ENOSPC, "the disk is full; free some space"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "no permission for /there; allow it"),
        (errno.EROFS, "no permission for /there"),
        (errno.EIO, "the system reports 'Input/output error'"),
        (errno.EISDIR, "it is a folder"),
    ],
)
def test_what_the_system_reports_is_explained(number, part):
    with refused("/here cannot be made: ", part), archives.explained("/here", "cannot be made"):
        raise OSError(number, os.strerror(number), "/there")


# extract


def assert_extracted(folder):
    expected = batch_files.files() | {"readme.html": batch_files.README}
    assert snapshot(folder) == dict(sorted(expected.items()))


def assert_refused(archive, *parts):
    """It is not extracted, the error is one sentence with these parts, and nothing has changed."""
    folder, before = archive.parent / "folder", snapshot(archive.parent)
    with refused(*parts):
        archives.extract(archive, folder)
    assert snapshot(archive.parent) == before


def test_a_good_archive_is_extracted(archive, tmp_path):
    folder = archives.extract(archive, tmp_path / "new" / "folder")
    assert folder == tmp_path / "new" / "folder"
    assert_extracted(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["folder"]


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
HARD_LINK = {"type": tarfile.LNKTYPE, "linkname": f"{INSIDE}/data_batch_1"}
SPARSE = {"pax_headers": {"GNU.sparse.map": "0,0", "GNU.sparse.size": "99"}}


def test_all_else_in_an_archive_is_passed_over(tmp_path):
    """Neither paths that lead elsewhere nor links, even one that a batch file would go through."""
    odd = [
        member(INSIDE, **LINK),
        *(member(name, b"x") for name in ("/tmp/evil", "../evil", f"{INSIDE}/setup.py")),
        member(f"{INSIDE}/test_batch", **LINK),
        member("test_batch", b"x"),
        member(f"{INSIDE}/it", type=tarfile.CHRTYPE),
    ]
    archive = batch_files.write_archive(tmp_path / "archive.tar.gz", [*odd, *good_members(), *odd])
    assert_extracted(archives.extract(archive, tmp_path / "folder"))
    assert {path.name for path in tmp_path.iterdir()} == {"archive.tar.gz", "folder"}


@pytest.mark.parametrize(
    "name, size, changes",
    [
        ("test_batch", 1, {}),
        (f"../{INSIDE}/test_batch", 1, {}),
        (f"{INSIDE}/test_batch", 0, LINK),
        (f"{INSIDE}/test_batch", 0, HARD_LINK),
        (f"{INSIDE}/test_batch", 0, {"type": tarfile.FIFOTYPE}),
        (f"{INSIDE}/test_batch", 0, SPARSE),
        (f"{INSIDE}/test_batch", MAX_FILE_BYTES + 1, {}),
    ],
)
def test_what_is_not_the_plain_file_does_not_count(tmp_path, name, size, changes):
    others = [entry for entry in good_members() if not entry[0].name.endswith("/test_batch")]
    members = [*others, member(name, bytes(size), **changes)]
    archive = batch_files.write_archive(tmp_path / "archive.tar.gz", members)
    assert_refused(archive, archive, "is incomplete: test_batch missing; use a file in the format")


def test_all_missing_files_are_named(tmp_path):
    archive = batch_files.write_archive(tmp_path / "archive.tar.gz", good_members()[:1])
    assert_refused(archive, archive, ", ".join(BATCH_FILES) + " missing")


def rewritten(change):
    """A function that changes the tar inside a gzip file."""
    return lambda content: gzip.compress(change(gzip.decompress(content)))


def header(size=0, record=b"", **changes):
    """The bytes of a tar header that claims this size, and what follows it."""
    info, _ = member(f"{INSIDE}/other", **changes)
    info.size = size
    return info.tobuf(tarfile.GNU_FORMAT) + record


def damage_the_end(content):
    """Noise follows the tar archive, and the compression of the noise is damaged."""
    noise = random.Random(0).randbytes(500_000)
    return rewritten(lambda tar: tar + noise)(content)[:-200_000] + b"\xff" * 200_000


def with_record(record):
    """Put an extended header with a damaged record in front of the archive."""
    front = header(len(record), record.ljust(512, b"\0"), type=tarfile.XHDTYPE)
    return rewritten(lambda tar: front + tar)


DAMAGED = "damaged or cut off"
BAD_CONTENTS = {
    "empty": (lambda content: b"", "is empty"),
    "web page": (lambda content: b"<html>Not found</html>", "web page (HTML)"),
    "text": (lambda content: b"hello " * 500, DAMAGED),
    "cut off": (lambda content: content[: len(content) // 2], DAMAGED),
    "damaged behind the last file": (damage_the_end, DAMAGED),
    "wrong checksum at the end": (lambda content: content[:-8] + bytes(8), DAMAGED),
    "gzip without tar": (lambda content: gzip.compress(b"hello " * 500), DAMAGED),
    "a header with a false map": (with_record(b"22 GNU.sparse.map=a,b\n"), DAMAGED),
    "a header with a false length": (with_record(b"99999999999999999999 a=b\n"), DAMAGED),
    # Up to Python 3.11.13, tarfile would go back and read this header again, for ever.
    "a negative size": (rewritten(lambda tar: header(-512) + tar), DAMAGED),
}


@pytest.mark.parametrize("change, part", BAD_CONTENTS.values(), ids=BAD_CONTENTS.keys())
def test_a_damaged_archive_is_refused(archive, change, part):
    archive.write_bytes(change(archive.read_bytes()))
    assert_refused(archive, archive, part)


def test_a_missing_archive(tmp_path):
    assert_refused(tmp_path / "archive.tar.gz", tmp_path / "archive.tar.gz", "no such file")


def test_a_full_disk_leaves_nothing(archive, monkeypatch):
    def write_half(path, content):
        with open(path, "wb") as file:
            file.write(content[:1000])
        if path.name == "data_batch_3":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", write_half)
    assert_refused(archive, archive.parent / "folder", "cannot be made: the disk is full")


def test_a_file_in_the_place_of_the_folder_stays(archive, tmp_path):
    (tmp_path / "folder").write_text("mine")
    assert_refused(archive, tmp_path / "folder", "cannot be made", "Not a directory")


def test_an_incomplete_folder_that_is_there_is_not_replaced(archive, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "test_batch").write_text("mine")
    assert_refused(archive, tmp_path / "folder", "incomplete", "data_batch_1")


def test_another_process_that_was_quicker(archive, tmp_path):
    folder = archives.extract(archive, tmp_path / "folder")
    first = os.stat(folder)
    assert archives.extract(archive, folder) == folder
    assert os.path.samestat(os.stat(folder), first)
    assert {path.name for path in tmp_path.iterdir()} == {"archive.tar.gz", "folder"}


# Interruptions, and what they leave behind

EXTRACT = """
import signal, sys
from course_lib.datasets import archives
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run unattended
archives.extract(*sys.argv[1:])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has neither named pipes nor SIGKILL")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_an_extraction_that_is_stopped_half_way(archive, tmp_path, name):
    """The archive comes through a pipe, so that the second half can be held back."""
    content = archive.read_bytes()
    archive.unlink()
    os.mkfifo(archive)
    process = subprocess.Popen(
        [sys.executable, "-c", EXTRACT, archive, tmp_path / "folder"],
        stderr=subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
    )
    with open(archive, "wb") as pipe:
        pipe.write(content[: len(content) // 2])
        pipe.flush()
        while not list(tmp_path.glob("folder.*.part/data_batch_1")):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(getattr(signal, name))
        process.wait(timeout=60)
    left = [path.suffix for path in tmp_path.iterdir() if path != archive]
    assert left == ([".part"] if name == "SIGKILL" else [])
    archive.unlink()
    archive.write_bytes(content)
    assert_extracted(archives.extract(archive, tmp_path / "folder"))


def leftover(folder, name, hours):
    """Make a .part folder with a file in it, both last changed some hours ago."""
    part = folder / name
    part.mkdir()
    (part / "data_batch_1").write_bytes(b"half of it")
    for path in (part / "data_batch_1", part):
        os.utime(path, (time.time() - 3600 * hours,) * 2)
    return part


def test_leftovers_go_after_a_day(archive, tmp_path):
    """Those of this very folder, whose name is no pattern, and that nobody works on."""
    old = leftover(tmp_path, "folder [x].0123abcd.part", hours=25)
    young = leftover(tmp_path, "folder [x].4567cdef.part", hours=23)
    growing = leftover(tmp_path, "folder [x].89abcdef.part", hours=25)
    os.utime(growing / "data_batch_1")
    others = leftover(tmp_path, "folder x.0123abcd.part", hours=25)
    archives.extract(archive, tmp_path / "folder [x]")
    assert not old.exists() and young.exists() and growing.exists() and others.exists()

import errno
import gzip
import hashlib
import io
import os
import tarfile
import time

import numpy as np
import pytest

from course_lib.datasets import archives
from course_lib.datasets.data_folders import DatasetError
from tests.datasets import batch_files
from tests.datasets.batch_files import assert_one_sentence, good_members, md5, member, snapshot

INSIDE = "cifar-10-batches-py"


@pytest.fixture
def archive(tmp_path):
    return batch_files.write_archive(tmp_path / "archive.tar.gz")


# verify


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_a_good_file_verifies(archive, algorithm):
    archives.verify(archive, algorithm, hashlib.new(algorithm, archive.read_bytes()).hexdigest())


@pytest.mark.parametrize(
    "content, part",
    [
        (b"", "is empty"),
        (b"  <!doctype html>", "web page (HTML)"),
        (b"other", "damaged, incomplete or another file"),
        (None, "no such file"),
    ],
)
def test_a_bad_file_does_not_verify(tmp_path, content, part):
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    before = snapshot(tmp_path)
    with pytest.raises(DatasetError) as error:
        archives.verify(path, "md5", md5(b"expected"))
    assert_one_sentence(error.value, path, part)
    assert snapshot(tmp_path) == before


def test_a_wrong_checksum_shows_both(archive):
    with pytest.raises(DatasetError) as error:
        archives.verify(archive, "md5", md5(b"expected"))
    assert_one_sentence(error.value, archive, md5(b"expected"), md5(archive.read_bytes()))


# extract


def test_a_good_archive_is_extracted(archive, tmp_path):
    folder = archives.extract(archive, tmp_path / "new" / "folder")
    assert folder == tmp_path / "new" / "folder"
    expected = {**batch_files.files(), "readme.html": b"<meta http-equiv='refresh'>"}
    assert snapshot(folder) == dict(sorted(expected.items()))
    assert [path.name for path in folder.parent.iterdir()] == ["folder"]


def test_the_readme_is_optional(tmp_path):
    archive = batch_files.write_archive(tmp_path / "archive.tar.gz", good_members()[1:-1])
    archives.extract(archive, tmp_path / "folder")


def with_extra(name, data=b"", **changes):
    return [*good_members(), member(name, data, **changes)]


def without(name):
    return [entry for entry in good_members() if entry[0].name != f"{INSIDE}/{name}"]


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
HARD_LINK = {"type": tarfile.LNKTYPE, "linkname": f"{INSIDE}/test_batch"}

SPARSE = {"GNU.sparse.map": "0,0", "GNU.sparse.size": "99"}

BAD_MEMBERS = {
    "absolute path": (with_extra("/tmp/evil", b"x"), ["/tmp/evil", "outside"]),
    "path through ..": (with_extra(f"{INSIDE}/../../evil", b"x"), ["../evil", "outside"]),
    "Windows path": (with_extra("\\evil", b"x"), ["evil", "outside"]),
    "symbolic link": (with_extra(f"{INSIDE}/link", **LINK), ["link", "not a plain file"]),
    "link in place of a batch": (
        [*without("test_batch"), member(f"{INSIDE}/test_batch", **LINK)],
        ["test_batch", "link or device"],
    ),
    "link in place of the folder": (
        [member(INSIDE, **LINK), *good_members()[1:]],
        [INSIDE, "link or device"],
    ),
    "hard link": (
        [*without("data_batch_1"), member(f"{INSIDE}/data_batch_1", **HARD_LINK)],
        ["data_batch_1", "link or device"],
    ),
    "device": (with_extra(f"{INSIDE}/device", type=tarfile.CHRTYPE), ["link or device"]),
    "pipe": (with_extra(f"{INSIDE}/pipe", type=tarfile.FIFOTYPE), ["link or device"]),
    "unknown file": (with_extra(f"{INSIDE}/setup.py", b"x"), ["setup.py", "not part of"]),
    "file beside the folder": (with_extra("test_batch", b"x"), ["test_batch", "not part of"]),
    "unknown folder": (with_extra("other", type=tarfile.DIRTYPE), ["other", "link or device"]),
    "the same file twice": (with_extra(f"{INSIDE}/test_batch", b"x"), ["test_batch twice"]),
    "strange name": (with_extra(f"{INSIDE}/a\nb\x1b", b"x"), ["a\\nb\\x1b", "not part of"]),
    "batch missing": (without("data_batch_4"), ["damaged, or data_batch_4 missing"]),
    "two missing": (
        [e for e in without("test_batch") if not e[0].name.endswith("meta")],
        ["test_batch, batches.meta missing"],
    ),
    "sparse file": (
        [
            *without("test_batch"),
            member(f"{INSIDE}/test_batch", pax_headers=SPARSE),
        ],
        ["test_batch", "not a plain file"],
    ),
}


@pytest.mark.parametrize("members, parts", BAD_MEMBERS.values(), ids=BAD_MEMBERS.keys())
def test_a_bad_archive_is_refused_before_anything_is_written(tmp_path, monkeypatch, members, parts):
    archive = batch_files.write_archive(tmp_path / "archive.tar.gz", members)
    before = snapshot(tmp_path)
    monkeypatch.setattr(archives, "part_folder", lambda path: pytest.fail("a folder was made"))
    with pytest.raises(DatasetError) as error:
        archives.extract(archive, tmp_path / "folder")
    assert_one_sentence(error.value, archive, *parts)
    assert snapshot(tmp_path) == before


def test_an_absurd_size_is_refused_before_it_is_read(tmp_path):
    """The header of the last file claims 8 GB, which are not there."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for info, data in without("test_batch"):
            tar.addfile(info, io.BytesIO(data))
        info, _ = member(f"{INSIDE}/test_batch")
        info.size = 8_000_000_000
        tar.addfile(info)
    archive = tmp_path / "archive.tar.gz"
    archive.write_bytes(gzip.compress(plain.getvalue()))
    with pytest.raises(DatasetError) as error:
        archives.extract(archive, tmp_path / "folder")
    assert_one_sentence(error.value, archive, "test_batch with 8,000,000,000 bytes")
    assert list(tmp_path.iterdir()) == [archive]


def flip_last_bytes(content):
    return content[:-8] + bytes(8)  # gzip's checksum and length


def damage_the_end(content):
    """Noise follows the tar archive, and the compression of the noise is damaged."""
    noise = np.random.default_rng(0).bytes(500_000)
    content = gzip.compress(gzip.decompress(content) + noise)
    return content[:-200_000] + b"\xff" * 200_000


def with_header(record):
    """A function that puts an extended header with a damaged record in front of the archive."""
    header = tarfile.TarInfo("header")
    header.type, header.size = tarfile.XHDTYPE, len(record)
    front = header.tobuf(tarfile.USTAR_FORMAT) + record.ljust(512, b"\0")
    return lambda content: gzip.compress(front + gzip.decompress(content))


BAD_CONTENTS = {
    "empty": (lambda content: b"", "is empty"),
    "web page": (lambda content: b"<html>Not found</html>", "web page (HTML)"),
    "text": (lambda content: b"hello " * 500, "damaged or cut off"),
    "cut off": (lambda content: content[: len(content) // 2], "damaged or cut off"),
    "cut off near the start": (lambda content: content[:40], "damaged or cut off"),
    "damaged inside": (
        lambda content: content[:5000] + bytes(200) + content[5200:],
        "damaged",
    ),
    "damaged behind the last file": (damage_the_end, "damaged or cut off"),
    "wrong checksum at the end": (flip_last_bytes, "damaged or cut off"),
    "tar without gzip": (gzip.decompress, "damaged or cut off"),
    "a header with a false map": (with_header(b"22 GNU.sparse.map=a,b\n"), "damaged or cut off"),
    "a header with a false length": (
        with_header(b"99999999999999999999 a=b\n"),
        "damaged or cut off",
    ),
    "gzip without tar": (lambda content: gzip.compress(b"hello " * 500), "damaged or cut off"),
}


@pytest.mark.parametrize("change, part", BAD_CONTENTS.values(), ids=BAD_CONTENTS.keys())
def test_a_damaged_archive_is_refused(archive, tmp_path, change, part):
    archive.write_bytes(change(archive.read_bytes()))
    before = snapshot(tmp_path)
    with pytest.raises(DatasetError) as error:
        archives.extract(archive, tmp_path / "folder")
    assert_one_sentence(error.value, archive, part)
    assert snapshot(tmp_path) == before


def test_a_missing_archive(tmp_path):
    with pytest.raises(DatasetError) as error:
        archives.extract(tmp_path / "archive.tar.gz", tmp_path / "folder")
    assert_one_sentence(error.value, tmp_path / "archive.tar.gz", "no such file")


def failing_copy(error_number):
    """Stands in for shutil.copyfileobj: the third file meets an error half way."""
    calls = []

    def copy(source, target):
        calls.append(target.write(source.read(1000)))
        if len(calls) == 3:
            raise OSError(error_number, os.strerror(error_number), target.name)

    return copy


@pytest.mark.parametrize(
    "error_number, parts",
    [
        (errno.ENOSPC, ["the disk is full", "free some space"]),
        (errno.EDQUOT, ["the disk is full"]),
        (errno.EACCES, ["no permission"]),
        (errno.EROFS, ["no permission"]),
        (errno.EIO, ["the system reports 'Input/output error'"]),
    ],
)
def test_an_extraction_that_fails_leaves_nothing(
    archive, tmp_path, monkeypatch, error_number, parts
):
    before = snapshot(tmp_path)
    monkeypatch.setattr(archives.shutil, "copyfileobj", failing_copy(error_number))
    with pytest.raises(DatasetError) as error:
        archives.extract(archive, tmp_path / "folder")
    assert_one_sentence(error.value, tmp_path / "folder", *parts)
    assert snapshot(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_stays(archive, tmp_path):
    (tmp_path / "folder").write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(DatasetError) as error:
        archives.extract(archive, tmp_path / "folder")
    assert_one_sentence(error.value, tmp_path / "folder", "cannot be made", "Not a directory")
    assert snapshot(tmp_path) == before


def test_a_folder_that_is_there_is_not_replaced(archive, tmp_path):
    """It counts as the work of another process that was quicker; incomplete, it is an error."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "test_batch").write_text("mine")
    before = snapshot(tmp_path)
    with pytest.raises(DatasetError) as error:
        archives.extract(archive, tmp_path / "folder")
    assert_one_sentence(error.value, tmp_path / "folder", "incomplete", "data_batch_1")
    assert snapshot(tmp_path) == before


# What killed runs leave behind


def leftover(folder, name, hours):
    """Make a .part folder with a file in it, both last changed some hours ago."""
    part = folder / name
    part.mkdir()
    (part / "data_batch_1").write_bytes(b"half of it")
    for path in (part / "data_batch_1", part):
        os.utime(path, (time.time() - 3600 * hours,) * 2)
    return part


def test_leftovers_go_after_a_day(archive, tmp_path):
    old = leftover(tmp_path, "folder.0123abcd.part", hours=25)
    living = leftover(tmp_path, "folder.4567cdef.part", hours=23)
    others = leftover(tmp_path, "another.0123abcd.part", hours=25)
    archives.extract(archive, tmp_path / "folder")
    assert not old.exists() and living.exists() and others.exists()


def test_a_folder_whose_file_still_grows_is_no_leftover(archive, tmp_path):
    part = leftover(tmp_path, "folder.0123abcd.part", hours=25)
    os.utime(part / "data_batch_1")
    archives.extract(archive, tmp_path / "folder")
    assert part.exists()


def test_a_name_is_no_pattern(archive, tmp_path):
    others = leftover(tmp_path, "folder x.0123abcd.part", hours=25)
    archives.extract(archive, tmp_path / "folder [x]")
    archives.extract(archive, tmp_path / "folder ?")
    assert others.exists()

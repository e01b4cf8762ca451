import gzip
import hashlib
import os
import pickle
import signal
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets
from course_lib.datasets import DatasetError, archives, data_folders, safe_pickle
from tests.datasets import batch_files
from tests.datasets.batch_files import assert_one_sentence, sha256, snapshot


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course folder of its own: data/ with a small archive of pictograms, and no cache yet."""
    data = tmp_path / "data"
    data.mkdir()
    archive = batch_files.write_archive(data / "pictograms-10-python.tar.gz")
    monkeypatch.delenv("COURSE_DATASET", raising=False)
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setattr(data_folders, "DATA_FOLDER", data)
    monkeypatch.setattr(data_folders, "PICTOGRAMS_ARCHIVE", archive)
    monkeypatch.setattr(data_folders, "PICTOGRAMS_SHA256", sha256(archive))
    return data


def check_small_set(data, name):
    assert data.name == name
    assert data.class_names == tuple(batch_files.CLASSES)
    assert data.train_images.shape == (50, 32, 32, 3) and data.train_images.dtype == np.uint8
    assert data.test_images.shape == (10, 32, 32, 3) and data.test_images.dtype == np.uint8
    assert data.train_labels.shape == (50,) and data.train_labels.dtype == np.int64
    assert data.test_labels.shape == (10,) and data.test_labels.dtype == np.int64
    for first, seed in ((0, 0), (40, 4)):
        pixels, _ = batch_files.random_batch(seed)
        expected = datasets.pixels_to_images(pixels)
        assert np.array_equal(data.train_images[first : first + 10], expected)
    pixels, _ = batch_files.random_batch(5)
    assert np.array_equal(data.test_images, datasets.pixels_to_images(pixels))


# read_batch


def test_a_batch_in_the_published_format_is_read(tmp_path):
    pixels, labels = batch_files.random_batch(count=300)  # enough for memo entries above 255
    path = tmp_path / "data_batch_1"
    path.write_bytes(batch_files.batch(pixels, labels))
    read_pixels, read_labels = datasets.read_batch(path)
    assert np.array_equal(read_pixels, pixels) and read_pixels.dtype == np.uint8
    assert np.array_equal(read_labels, labels) and read_labels.dtype == np.int64
    read_pixels[0, 0] = 1  # the caller's own copy


@pytest.mark.parametrize("protocol", [2, 3, 4])
@pytest.mark.parametrize("data_key, labels_key", [(b"data", b"labels"), ("data", "labels")])
@pytest.mark.parametrize("arrange", [np.ascontiguousarray, np.asfortranarray])
def test_a_batch_that_python_3_wrote_is_read(tmp_path, protocol, data_key, labels_key, arrange):
    pixels, labels = batch_files.random_batch()
    path = tmp_path / "own_batch"
    content = {data_key: arrange(pixels), labels_key: labels.tolist(), "by": ("me", None, True)}
    path.write_bytes(pickle.dumps(content, protocol))
    read_pixels, read_labels = datasets.read_batch(str(path))
    assert np.array_equal(read_pixels, pixels) and read_pixels.flags.c_contiguous
    assert np.array_equal(read_labels, labels)


PIXELS, LABELS = batch_files.random_batch()
GOOD = batch_files.batch(PIXELS, LABELS)

BAD_BATCHES = {
    "empty": (b"", ["is empty"]),
    "web page": (b"\n<!DOCTYPE html><html>404</html>", ["web page (HTML)"]),
    "gzip": (gzip.compress(GOOD), ["gzip", "unpacked"]),
    "cut off": (GOOD[:20_000], ["damaged or cut off"]),
    "last byte gone": (GOOD[:-1], ["damaged or cut off"]),
    "text": (b"airplane,automobile\n", ["damaged or cut off"]),
    "claims a length of 2 GB": (
        b"\x80\x02T" + struct.pack("<i", 2**31 - 1) + b"short",
        ["damaged or cut off"],
    ),
    "negative length": (b"\x80\x02T" + struct.pack("<i", -5) + b"short.", ["damaged"]),
    "no value at the end": (b"\x80\x02.", ["damaged"]),
    "two values at the end": (b"\x80\x02K\x01K\x02.", ["damaged"]),
    "stack too short": (b"\x80\x02K\x01\x87.", ["damaged"]),
    "mark missing": (b"\x80\x02]K\x01e.", ["damaged"]),
    "memo entry missing": (b"\x80\x02h\x07.", ["damaged"]),
    "append to a number": (b"\x80\x02K\x01K\x02a.", ["damaged"]),
    "half a pair": (b"\x80\x02}(K\x01u.", ["damaged"]),
    "a list": (b"\x80\x02].", ["holds a list, not a dictionary"]),
    "no data": (batch_files.pickled([("labels", batch_files.labels_of([1]))]), ["no entry data"]),
    "no labels": (
        batch_files.pickled([("data", batch_files.array_of(PIXELS))]),
        ["no entry labels"],
    ),
    "no keys": (batch_files.pickled([]), ["no entry data, but nothing"]),
    "data is text": (
        batch_files.pickled([
            ("data", lambda w: w.string("pixels")),
            ("labels", batch_files.labels_of([1])),
        ]),
        ["bytes as its data", "array of pixels"],
    ),
    "unfinished array": (
        batch_files.pickled([
            (
                "data",
                lambda w: w.name("numpy.core.multiarray", "_reconstruct") + b"K\x00\x85R",
            ),
            ("labels", batch_files.labels_of([1])),
        ]),
        ["not an array of pixels"],
    ),
    "wrong shape": (
        batch_files.batch(PIXELS[:, :1024].copy(), LABELS),
        ["(10, 1024)", "(N, 3072)"],
    ),
    "already images": (
        batch_files.batch(PIXELS.reshape(10, 32, 32, 3), LABELS),
        ["(10, 32, 32, 3)", "(N, 3072)"],
    ),
    "no dimension": (pickle.dumps({"data": np.array(3), "labels": [1]}, 2), ["shape ()"]),
    "one byte of no dimension": (batch_files.batch(PIXELS[0, :1], [1], shape=()), ["shape ()"]),
    "so many dimensions": (
        batch_files.batch(PIXELS[:0], [], shape=(0, 1) * 16),
        ["shape (0, 1, 0, 1,", "1,[...] and type uint8"],
    ),
    "no images": (batch_files.batch(PIXELS[:0], []), ["(0, 3072)"]),
    "floats": (batch_files.batch(PIXELS / 255.0, LABELS, kind="f8"), ["float64", "uint8"]),
    "signed bytes": (batch_files.batch(PIXELS, LABELS, kind="i1"), ["int8", "uint8"]),
    "shape larger than the data": (batch_files.batch(PIXELS, LABELS, shape=(11, 3072)), ["damag"]),
    "huge shape": (batch_files.batch(PIXELS, LABELS, shape=(2**31 - 1,) * 9), ["damaged"]),
    "negative shape": (batch_files.batch(PIXELS, LABELS, shape=(-1, 3072)), ["damaged"]),
    "unknown array version": (batch_files.batch(PIXELS, LABELS, version=7), ["damaged"]),
    "impossible dtype": (batch_files.batch(PIXELS, LABELS, kind="f1"), ["damaged"]),
    "array of objects": (batch_files.batch(PIXELS, LABELS, kind="O8"), ["array of O8"]),
    "label 10": (batch_files.batch(PIXELS, [10] * 10), ["labels from 10 to 10", "0 to 9"]),
    "label -1": (batch_files.batch(PIXELS, [*range(9), -1]), ["labels from -1 to 8", "0 to 9"]),
    "too few labels": (batch_files.batch(PIXELS, LABELS[:9]), ["9 labels for 10 images"]),
    "too many labels": (batch_files.batch(PIXELS, [1] * 11), ["11 labels for 10 images"]),
    "label 10**600": (
        pickle.dumps({"data": PIXELS, "labels": [-(10**600)] * 5 + [10**600] * 5}, 2),
        ["from -1000000000000000000[...] to 10000000000000000000[...], where 0 to 9"],
    ),
    "floating-point labels": (
        pickle.dumps({"data": PIXELS, "labels": [1.0] * 10}, 2),
        ["whole numbers"],
    ),
    "labels that are true or false": (
        pickle.dumps({"data": PIXELS, "labels": [True] * 10}, 2),
        ["whole numbers"],
    ),
    "labels as an array": (pickle.dumps({"data": PIXELS, "labels": LABELS}, 2), ["not a list"]),
    "a lot of instructions": (
        b"\x80\x02](" + b"K\x01" * 500_001 + b"e.",
        ["500,000 pickle instructions", "nothing in it was run"],
    ),
    "long text": (
        b"\x80\x02}(" + b"".join(b"U" + bytes([i]) + b"\n" * i + b"N" for i in range(99)) + b"u.",
        ["no entry data, but b'", "[...];"],
    ),
    "a long key": (
        b"\x80\x02}T\x00\x00\x01\x00" + b"k" * 65536 + b"Ns.",
        ["key of 65,536 characters", "nothing in it was run"],
    ),
    # Hashing this key would overflow the C stack and end the process.
    "a key of nested tuples": (
        b"\x80\x02}K\x01" + b"\x85" * 200_000 + b"K\x01s.",
        ["damaged"],
    ),
}


@pytest.mark.parametrize("content, parts", BAD_BATCHES.values(), ids=BAD_BATCHES.keys())
def test_a_bad_batch_gets_one_clear_sentence(tmp_path, content, parts):
    path = tmp_path / "data_batch_1"
    path.write_bytes(content)
    with pytest.raises(DatasetError) as error:
        datasets.read_batch(path)
    assert_one_sentence(error.value, path, "use a file in the format of CIFAR-10", *parts)
    assert snapshot(tmp_path) == {"data_batch_1": content}


def test_an_absurd_memo_index_costs_nothing(tmp_path):
    path = tmp_path / "data_batch_1"
    remember = b"r" + struct.pack("<I", 2**32 - 1)
    path.write_bytes(GOOD[:-1] + remember + b".")
    assert np.array_equal(datasets.read_batch(path)[0], PIXELS)


def test_a_missing_batch(tmp_path):
    with pytest.raises(DatasetError) as error:
        datasets.read_batch(tmp_path / "data_batch_9")
    assert_one_sentence(error.value, tmp_path / "data_batch_9", "no such file")


def test_a_folder_instead_of_a_batch(tmp_path):
    with pytest.raises(DatasetError) as error:
        datasets.read_batch(tmp_path)
    assert_one_sentence(error.value, tmp_path, "folder")


def test_a_batch_that_may_not_be_read(tmp_path, monkeypatch):
    path = tmp_path / "data_batch_1"
    path.write_bytes(GOOD)

    def refuse(path, mode):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(datasets, "open", refuse, raising=False)
    with pytest.raises(DatasetError) as error:
        datasets.read_batch(path)
    assert_one_sentence(error.value, path, "permission")


def test_an_enormous_file_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "data_batch_1"
    with open(path, "wb") as file:
        file.truncate(data_folders.MAX_FILE_BYTES + 1)  # a hole: it takes no room on the disk
    monkeypatch.setattr(datasets, "open", lambda *_: pytest.fail("it was read"), raising=False)
    with pytest.raises(DatasetError) as error:
        datasets.read_batch(path)
    assert_one_sentence(error.value, path, "64,000,001 bytes")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no endless file")
def test_an_endless_file_is_not_read():
    """Its size is said to be 0, and no more than that is read."""
    with pytest.raises(DatasetError) as error:
        datasets.read_batch("/dev/zero")
    assert_one_sentence(error.value, "/dev/zero", "is empty")


# Pickles that call something


class Calls:
    """Pickled, this becomes an instruction to call a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def short(text):
    return b"\x8c" + bytes([len(text)]) + text.encode()


def evil_pickles(marker):
    """Pickles of many kinds; each, opened with pickle.loads, creates the file `marker`."""
    touch = f"touch '{marker}'"
    write = f"open({str(marker)!r}, 'w')"
    system = b"cos\nsystem\n"
    text = b"X" + struct.pack("<I", len(touch)) + touch.encode()
    nested = short("os.system") + b"\x93"
    good = GOOD[:-1]
    return {
        "os.system": (pickle.dumps(Calls(os.system, touch), 2), f"{os.name}.system"),
        "protocol 0": (system + b"(V" + touch.encode() + b"\ntR.", "os.system"),
        "protocol 4": (pickle.dumps(Calls(os.system, touch), 4), f"{os.name}.system"),
        "protocol 5": (pickle.dumps(Calls(os.system, touch), 5), f"{os.name}.system"),
        "eval": (pickle.dumps(Calls(eval, write), 2), "__builtin__.eval"),
        "exec": (pickle.dumps(Calls(exec, write), 4), "builtins.exec"),
        "instance": (b"(" + text + b"ios\nsystem\n.", "os.system"),
        "object": (b"(" + system + text + b"o.", "os.system"),
        "a name within a module of NumPy": (
            b"\x80\x04" + short("numpy.f2py") + nested + text + b"\x85R.",
            "numpy.f2py.os.system",
        ),
        "a name within a module of the course": (
            b"\x80\x04" + short("course_lib.datasets.archives") + nested + text + b"\x85R.",
            "course_lib.datasets.archives.os.system",
        ),
        "a method of an allowed class": (
            pickle.dumps(Calls(np.ndarray.tofile, PIXELS, str(marker)), 4),
            "builtins.getattr",
        ),
        "among the labels": (
            pickle.dumps({b"data": PIXELS, b"labels": [Calls(os.system, touch)] * 10}, 2),
            f"{os.name}.system",
        ),
        "beside a good batch": (good + system + text + b"\x85R0.", "os.system"),
        "before a good batch": (system + text + b"\x85R0" + GOOD, "os.system"),
        "in the state of an array": (
            GOOD.replace(b"cnumpy\ndtype\n", system + text + b"\x85R0cnumpy\ndtype\n"),
            "os.system",
        ),
    }


@pytest.mark.parametrize("kind", evil_pickles("anywhere"))
def test_a_pickle_that_calls_something_runs_nothing(tmp_path, kind):
    marker = tmp_path / "it ran"
    content, name = evil_pickles(marker)[kind]
    path = tmp_path / "data_batch_1"
    path.write_bytes(content)
    with pytest.raises(DatasetError) as error:
        datasets.read_batch(path)
    assert_one_sentence(error.value, path, f"asks to call {name}", "nothing in it was run")
    assert snapshot(tmp_path) == {"data_batch_1": content}

    # The proof that this pickle is a loaded gun: Python's own reader pulls the trigger.
    pickle.loads(content, encoding="bytes")
    assert marker.exists()


def test_calls_that_a_batch_needs_cannot_be_turned_to_other_ends():
    """Each of these runs NumPy's own code, or fails in it, when pickle.loads reads it."""
    state = b"}U\x01aK\x01s"
    huge = b"cnumpy\nndarray\n(J\xff\xff\xff\x7fJ\xff\xff\xff\x7ft\x85R."  # 4 exabytes
    assert isinstance(safe_pickle.loads(huge), safe_pickle.EmptyArray)
    for content in (
        b"cnumpy\ndtype\n" + state + b"b.",  # BUILD on a class would set its attributes
        b"cnumpy\nndarray\n" + state + b"b.",
        b"U\x0bnumpy.dtypeU\x02u1\x85R.",  # a text is not the function of that name
        b"cnumpy\ndtype\n]\x85R.",
        b"c_codecs\nencode\nK\x01\x85R.",
        b"cnumpy\nndarray\n(K\x01K\x02\x85cnumpy\ndtype\nU\x02u1\x85R\x89U\x02abtb.",
    ):
        with pytest.raises(ValueError, match="damaged"):
            safe_pickle.loads(content)


def test_other_instructions_are_refused_by_name():
    for content, name in (
        (b"Pa stranger's id\n.", "PERSID"),
        (b"\x82\x01.", "EXT1"),
        (b"cnumpy\nndarray\n)\x81.", "NEWOBJ"),
    ):
        with pytest.raises(safe_pickle.NotAllowed, match=name):
            safe_pickle.loads(content)


def test_an_odd_name_cannot_break_the_message():
    with pytest.raises(safe_pickle.NotAllowed) as error:
        safe_pickle.loads(b"\x80\x04" + short("os") + short("sys\n\x1b[31mtem!") + b"\x93.")
    assert str(error.value) == "asks to call os.sys\\n\\x1b[31mtem!"


# pixels_to_images


def test_pixels_become_images_number_by_number():
    pixels, _ = batch_files.random_batch(count=2)
    images = datasets.pixels_to_images(pixels)
    assert images.shape == (2, 32, 32, 3) and images.dtype == np.uint8
    assert images.flags.c_contiguous
    for n, row, column, channel in np.ndindex(images.shape):
        assert images[n, row, column, channel] == pixels[n, channel * 1024 + row * 32 + column]


def test_images_are_a_new_array():
    pixels, _ = batch_files.random_batch()
    before = pixels.copy()
    datasets.pixels_to_images(pixels)[:] = 0
    assert np.array_equal(pixels, before)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((3, 3073), np.uint8),
        np.zeros(3072, np.uint8),
        np.zeros((1, 32, 32, 3), np.uint8),
        np.zeros((3, 3072), np.float32),
        "pixels",
    ],
    ids=lambda pixels: str(getattr(pixels, "shape", pixels)),
)
def test_other_arrays_are_no_pixels(pixels):
    with pytest.raises(DatasetError) as error:
        datasets.pixels_to_images(pixels)
    pixels = np.asarray(pixels)
    assert_one_sentence(error.value, pixels.shape, pixels.dtype, "(N, 3072)", "uint8")


# load: the pictograms


def test_pictograms_are_loaded_and_cached(course, monkeypatch):
    check_small_set(datasets.load(), "pictograms")
    cached = datasets.batches_folder("pictograms")
    assert cached.parent == course / ".cache"
    assert [path.name for path in (course / ".cache").iterdir()] == [cached.name]

    monkeypatch.setattr(archives, "verify", lambda *args: pytest.fail("it was verified again"))
    check_small_set(datasets.load("pictograms"), "pictograms")


def test_a_dataset_describes_itself_in_one_line(course):
    assert repr(datasets.load()) == (
        "<Dataset pictograms: 50 training and 10 test images of 32x32x3, 10 classes>"
    )


def test_a_changed_archive_does_not_meet_the_old_cache(course, monkeypatch):
    datasets.load()
    members = batch_files.good_members()
    members[1] = batch_files.member(
        "cifar-10-batches-py/data_batch_1", batch_files.batch(*batch_files.random_batch(99))
    )
    batch_files.write_archive(data_folders.PICTOGRAMS_ARCHIVE, members)
    monkeypatch.setattr(data_folders, "PICTOGRAMS_SHA256", sha256(data_folders.PICTOGRAMS_ARCHIVE))
    pixels, _ = batch_files.random_batch(99)
    assert np.array_equal(datasets.load().train_images[:10], datasets.pixels_to_images(pixels))


def test_a_damaged_archive_is_not_extracted(course):
    archive = data_folders.PICTOGRAMS_ARCHIVE
    archive.write_bytes(archive.read_bytes()[:-1] + b"x")
    before = snapshot(course)
    with pytest.raises(DatasetError) as error:
        datasets.load()
    restore = "git checkout -- data/pictograms-10-python.tar.gz"
    assert_one_sentence(error.value, archive, "damaged", "sha256", restore)
    assert snapshot(course) == before


def test_a_missing_archive(course):
    data_folders.PICTOGRAMS_ARCHIVE.unlink()
    with pytest.raises(DatasetError) as error:
        datasets.load()
    assert_one_sentence(
        error.value, data_folders.PICTOGRAMS_ARCHIVE, "no such file", "git checkout"
    )


def test_a_damaged_file_in_the_cache(course):
    path = datasets.batches_folder("pictograms") / "data_batch_3"
    path.write_bytes(b"")
    with pytest.raises(DatasetError) as error:
        datasets.load()
    assert_one_sentence(error.value, path, "is empty", f"delete the folder {path.parent}")


def test_a_missing_file_in_the_cache(course):
    folder = datasets.batches_folder("pictograms")
    (folder / "test_batch").unlink()
    with pytest.raises(DatasetError) as error:
        datasets.load()
    assert_one_sentence(error.value, folder, "test_batch missing", f"delete the folder {folder}")


@pytest.mark.parametrize(
    "content, part",
    [
        (batch_files.meta(batch_files.CLASSES[:9]), "list of 10 names"),
        (batch_files.pickled([("label_names", lambda w: w.string("cat"))]), "list of 10 names"),
        (batch_files.pickled([("label_names", batch_files.labels_of(range(10)))]), "not text"),
        (batch_files.pickled([]), "no entry label_names"),
        (b"cos\nsystem\n(Vecho\ntR.", "os.system"),
    ],
)
def test_a_bad_batches_meta(course, content, part):
    path = datasets.batches_folder("pictograms") / "batches.meta"
    path.write_bytes(content)
    with pytest.raises(DatasetError) as error:
        datasets.load()
    assert_one_sentence(error.value, path, part)


def test_a_course_folder_without_write_access_uses_the_users_cache(course, tmp_path, monkeypatch):
    (course / ".cache").write_text("a file where the folder should be: nobody can write there")
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "home" / project)
    check_small_set(datasets.load(), "pictograms")
    check_small_set(datasets.load(), "pictograms")
    path = datasets.batches_folder("pictograms") / "data_batch_1"
    assert tmp_path / "home" in path.parents
    path.write_bytes(b"")
    with pytest.raises(DatasetError, match="delete the folder"):
        datasets.load()


def test_no_write_access_at_all(course, tmp_path, monkeypatch):
    for folder in (course / ".cache", tmp_path / "home"):
        folder.write_text("a file where the folder should be")
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "home" / project)
    with pytest.raises(DatasetError) as error:
        datasets.load()
    assert_one_sentence(error.value, data_folders.PICTOGRAMS_ARCHIVE, course / ".cache", "written")


def test_the_users_cache_is_left_out_where_pooch_is_missing(course, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    assert list(data_folders.cache_folders()) == [course / ".cache"]


# load: names


@pytest.mark.parametrize("name", ["mnist", "CIFAR10", "../pictograms"])
def test_an_unknown_name(name, monkeypatch):
    with pytest.raises(DatasetError) as error:
        datasets.load(name)
    assert_one_sentence(error.value, repr(name), "load", '"pictograms", "cifar10" or "digits"')

    monkeypatch.setenv("COURSE_DATASET", name)
    with pytest.raises(DatasetError) as error:
        datasets.load()
    assert_one_sentence(error.value, repr(name), "COURSE_DATASET")


@pytest.mark.parametrize("variable, name", [("digits", "digits"), ("", "pictograms")])
def test_the_environment_chooses_the_set(course, monkeypatch, variable, name):
    monkeypatch.setenv("COURSE_DATASET", variable)
    assert datasets.load().name == name


def test_digits_have_no_batch_files():
    with pytest.raises(DatasetError, match="digits"):
        datasets.batches_folder("digits")


# load: CIFAR-10


def test_cifar10_from_its_folder(course):
    batch_files.write_folder(course / "cifar-10-batches-py")
    check_small_set(datasets.load("cifar10"), "cifar10")


def test_cifar10_from_a_folder_of_the_readers_choice(course, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "elsewhere"))
    batch_files.write_folder(tmp_path / "elsewhere" / "cifar-10-batches-py")
    check_small_set(datasets.load("cifar10"), "cifar10")


def test_cifar10_from_the_archive_put_there_by_hand(course, monkeypatch):
    archive = batch_files.write_archive(course / "cifar-10-python.tar.gz")
    content = archive.read_bytes()
    monkeypatch.setattr(data_folders, "CIFAR10_MD5", hashlib.md5(content).hexdigest())
    check_small_set(datasets.load("cifar10"), "cifar10")
    assert archive.read_bytes() == content
    assert (course / "cifar-10-batches-py" / "readme.html").exists()


def test_cifar10_that_is_not_there(course):
    before = snapshot(course)
    with pytest.raises(DatasetError) as error:
        datasets.load("cifar10")
    how = [
        "python -m course_lib download cifar10",
        data_folders.CIFAR10_URL,
        "cifar-10-python.tar.gz",
    ]
    assert_one_sentence(error.value, course, *how)
    assert snapshot(course) == before


@pytest.mark.parametrize("kind", ["web page", "another file"])
def test_a_wrong_archive_put_there_by_hand(course, kind):
    archive = batch_files.write_archive(course / "cifar-10-python.tar.gz")
    if kind == "web page":
        archive.write_bytes(b"<html>Sign in to the campus network</html>")
    before = snapshot(course)
    with pytest.raises(DatasetError) as error:
        datasets.load("cifar10")
    what_to_do = "delete it and run `python -m course_lib download cifar10`"
    assert_one_sentence(error.value, archive, kind, data_folders.CIFAR10_MD5, what_to_do)
    assert snapshot(course) == before


def test_an_incomplete_cifar10_folder_is_named_and_left_alone(course):
    folder = batch_files.write_folder(course / "cifar-10-batches-py")
    (folder / "data_batch_2").unlink()
    (folder / "data_batch_5").unlink()
    before = snapshot(course)
    with pytest.raises(DatasetError) as error:
        datasets.load("cifar10")
    missing = "data_batch_2, data_batch_5 missing"
    assert_one_sentence(error.value, folder, missing, "python -m course_lib download cifar10")
    assert snapshot(course) == before


def test_a_bad_file_in_the_cifar10_folder(course):
    folder = batch_files.write_folder(course / "cifar-10-batches-py")
    (folder / "test_batch").write_bytes(b"<html>")
    with pytest.raises(DatasetError) as error:
        datasets.load("cifar10")
    what_to_do = f"delete the folder {folder} and run `python -m course_lib download cifar10`"
    assert_one_sentence(error.value, folder / "test_batch", "web page", what_to_do)


# load: the digits


def test_digits():
    data = datasets.load("digits")
    assert data.class_names == tuple("0123456789")
    assert data.train_images.shape == (1415, 8, 8, 1) and data.train_images.dtype == np.uint8
    assert data.test_images.shape == (382, 8, 8, 1) and data.test_images.dtype == np.uint8
    assert data.train_labels.dtype == data.test_labels.dtype == np.int64
    assert data.train_images.min() == 0 and data.train_images.max() == 16
    assert data.test_images.min() == 0 and data.test_images.max() == 16
    assert np.bincount(data.train_labels).min() > 130 and np.bincount(data.test_labels).min() > 30
    first_row = [0, 0, 5, 13, 9, 1, 0, 0]  # of the file, whose first digit is a zero
    assert data.train_images[0, 0, :, 0].tolist() == first_row and data.train_labels[0] == 0


def test_the_test_digits_begin_with_a_new_hand():
    """Every writer begins by writing 0 to 9 several times, before mixing them."""
    labels = datasets.load("digits").test_labels
    assert labels[:30].tolist() == list(range(10)) * 3


@pytest.mark.parametrize(
    "content, part",
    [(b"", "is empty"), (b"<html>", "web page"), (b"0,1\n", "damaged"), (None, "no such file")],
)
def test_bad_digits(tmp_path, monkeypatch, content, part):
    path = tmp_path / "digits.csv.gz"
    monkeypatch.setattr(data_folders, "DIGITS_FILE", path)
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DatasetError) as error:
        datasets.load("digits")
    assert_one_sentence(error.value, path, part, "git checkout -- data/digits.csv.gz")


@pytest.mark.parametrize("brightness, label", [(17, 0), (0, 10)])
def test_digits_are_validated_beyond_their_checksum(tmp_path, monkeypatch, brightness, label):
    path = tmp_path / "digits.csv.gz"
    rows = f"{brightness}," * 64 + f"{label}\n" + "0," * 64 + "0\n"
    path.write_bytes(gzip.compress(rows.encode()))
    monkeypatch.setattr(data_folders, "DIGITS_FILE", path)
    monkeypatch.setattr(data_folders, "DIGITS_SHA256", sha256(path))
    with pytest.raises(DatasetError) as error:
        datasets.load("digits")
    assert_one_sentence(error.value, path, "brightness above 16 or a label above 9")


# Several notebooks at once, and interruptions

LOAD_IN_ROUNDS = """
import sys
from pathlib import Path
from course_lib import datasets
from course_lib.datasets import data_folders
data_folders.PICTOGRAMS_ARCHIVE, data_folders.PICTOGRAMS_SHA256 = Path(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
for line in sys.stdin:
    data_folders.DATA_FOLDER = Path(line.strip())
    print(datasets.load("pictograms").train_images.sum(), flush=True)
"""


def start(course, program):
    """Start a Python process that loads the pictograms of `course`."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            program,
            data_folders.PICTOGRAMS_ARCHIVE,
            data_folders.PICTOGRAMS_SHA256,
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def test_two_notebooks_that_start_at_once(course, tmp_path):
    expected = str(datasets.load().train_images.sum())
    processes = [start(course, LOAD_IN_ROUNDS) for _ in range(2)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    for number in range(8):
        folder = tmp_path / f"round {number}"
        for process in processes:
            process.stdin.write(f"{folder}\n")
            process.stdin.flush()
        assert [process.stdout.readline().strip() for process in processes] == [expected] * 2
        assert [path.name[:10] for path in (folder / ".cache").iterdir()] == ["pictograms"]
        assert not list(folder.rglob("*.part"))
    for process in processes:
        process.communicate()
        assert process.returncode == 0


def test_another_process_that_is_quicker(course, monkeypatch):
    """The same, made certain: the other one's folder appears just before ours is renamed."""
    rename = os.rename

    def rename_too_late(source, target):
        batch_files.write_folder(Path(target))
        rename(source, target)

    monkeypatch.setattr(archives.os, "rename", rename_too_late)
    check_small_set(datasets.load(), "pictograms")
    assert len(list((course / ".cache").iterdir())) == 1


SLOW_EXTRACTION = LOAD_IN_ROUNDS.replace(
    'print("ready"',
    """
import shutil, time
def copy_half(source, target):
    target.write(source.read(1000))
    target.flush()
    print("half way", flush=True)
    time.sleep(60)
shutil.copyfileobj = copy_half
print("ready\"""",
)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_extraction_is_never_used(course):
    process = start(course, SLOW_EXTRACTION)
    process.stdin.write(f"{course}\n")
    process.stdin.flush()
    assert [process.stdout.readline() for _ in range(2)] == ["ready\n", "half way\n"]
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (leftover,) = (course / ".cache").iterdir()
    assert leftover.name.endswith(".part")
    check_small_set(datasets.load(), "pictograms")


def test_an_interrupt_half_way_leaves_nothing(course, monkeypatch):
    before = snapshot(course)

    def interrupt(source, target):
        target.write(source.read(1000))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(archives.shutil, "copyfileobj", interrupt)
        with pytest.raises(KeyboardInterrupt):
            datasets.load()
    assert snapshot(course) == {**before, ".cache": None}
    check_small_set(datasets.load(), "pictograms")


# Imports


def test_datasets_imports_numpy_and_the_standard_library_only():
    program = "import sys, course_lib.datasets; print(*{n.split('.')[0] for n in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "numpy" in loaded
    for name in ("pooch", "tqdm", "requests", "matplotlib", "ipywidgets", "PIL"):
        assert name not in loaded

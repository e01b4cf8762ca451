"""What the reader promises, from a file on the disk to the images in memory."""

import gzip
import os
import pickle
import struct
import subprocess
import sys

import numpy as np
import pytest

from course_lib import datasets
from course_lib.datasets import DatasetError, data_folders, safe_pickle
from tests.datasets import batch_files
from tests.datasets.batch_files import refused, sha256, snapshot


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
    assert data.name == name and data.class_names == tuple(batch_files.CLASSES)
    pixels = np.concatenate([batch_files.random_batch(seed)[0] for seed in range(6)])
    images = datasets.pixels_to_images(pixels)
    assert np.array_equal(data.train_images, images[:50])
    assert np.array_equal(data.test_images, images[50:])
    assert data.train_images.dtype == data.test_images.dtype == np.uint8
    assert data.train_labels.tolist() == list(range(10)) * 5
    assert data.test_labels.tolist() == list(range(10))
    assert data.train_labels.dtype == data.test_labels.dtype == np.int64


# read_batch


def test_a_batch_in_the_published_format_is_read(tmp_path):
    pixels, labels = batch_files.random_batch(count=300)  # enough for memo entries above 255
    path = tmp_path / "data_batch_1"
    absurd_memo_index = b"r" + struct.pack("<I", 2**32 - 1)
    path.write_bytes(batch_files.batch(pixels, labels)[:-1] + absurd_memo_index + b".")
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


def with_data(make):
    return batch_files.pickled([("data", make), ("labels", batch_files.labels_of([1]))])


def unfinished(writer):
    return writer.name("numpy.core.multiarray", "_reconstruct") + b"K\x00\x85R"


def python_3(labels, pixels=PIXELS):
    return pickle.dumps({"data": pixels, "labels": labels}, 2)


DAMAGED = {
    "cut off": GOOD[:20_000],
    "last byte gone": GOOD[:-1],
    "no value at the end": b"\x80\x02.",
    "stack too short": b"\x80\x02K\x01\x87.",
    "memo entry missing": b"\x80\x02h\x07.",
    "append to a number": b"\x80\x02K\x01K\x02a.",
    "half a pair": b"\x80\x02}(K\x01u.",
    "shape larger than the data": batch_files.batch(PIXELS, LABELS, shape=(11, 3072)),
    "negative shape": batch_files.batch(PIXELS, LABELS, shape=(-1, 3072)),
    "a length of 2**63": batch_files.batch(PIXELS, LABELS, shape=(2**63, 3072)),
    "unknown array version": batch_files.batch(PIXELS, LABELS, version=7),
    "impossible dtype": batch_files.batch(PIXELS, LABELS, kind="f1"),
    # Hashing this key would overflow the C stack and end the process.
    "a key of nested tuples": b"\x80\x02}K\x01" + b"\x85" * 200_000 + b"K\x01s.",
}
LONG_TEXTS = b"".join(b"U" + bytes([i]) + b"\n" * i + b"N" for i in range(99))
BAD_BATCHES = {
    **{name: (content, "damaged or cut off") for name, content in DAMAGED.items()},
    "empty": (b"", "is empty"),
    "web page": (b"\n<!DOCTYPE html><html>404</html>", "web page (HTML)"),
    "a list": (b"\x80\x02].", "holds a list, not a dictionary"),
    "no data": (batch_files.pickled([("labels", batch_files.labels_of([1]))]), "no entry data"),
    "no labels": (batch_files.pickled([("data", batch_files.array_of(PIXELS))]), "no entry labels"),
    "no keys": (batch_files.pickled([]), "no entry data, but nothing"),
    "data is text": (with_data(lambda w: w.string("a")), "bytes as its data, not an array of pixels"),
    "unfinished array": (with_data(unfinished), "not an array of pixels"),
    "wrong shape": (batch_files.batch(PIXELS[:, :1024].copy(), LABELS), "(10, 1024)"),
    "no dimension": (python_3([1], np.array(3)), "shape ()"),
    "so many dimensions": (batch_files.batch(PIXELS[:0], [], shape=(0, 1) * 16), "1,[...] and type"),
    "no images": (batch_files.batch(PIXELS[:0], []), "(0, 3072)"),
    "floats": (batch_files.batch(PIXELS / 255.0, LABELS, kind="f8"), "float64"),
    "array of objects": (batch_files.batch(PIXELS, LABELS, kind="O8"), "array of O8"),
    "label 10": (batch_files.batch(PIXELS, [10] * 10), "from 10 to 10, where 0 to 9"),
    "label -1": (batch_files.batch(PIXELS, [*range(9), -1]), "from -1 to 8, where 0 to 9"),
    "label 10**600": (python_3([-(10**600)] + [10**600] * 9), "from -1000000000000000000[...] to 1"),
    "too few labels": (batch_files.batch(PIXELS, LABELS[:9]), "9 labels for 10 images"),
    "too many labels": (batch_files.batch(PIXELS, [1] * 11), "11 labels for 10 images"),
    "floating-point labels": (python_3([1.0] * 10), "not a list of whole numbers"),
    "labels that are true or false": (python_3([True] * 10), "not a list of whole numbers"),
    "labels as an array": (python_3(LABELS / 2), "not a list of whole numbers"),
    "a lot of instructions": (b"\x80\x02](" + b"K\x01" * 500_001 + b"e.", "500,000 pickle instructions"),
    "long texts": (b"\x80\x02}(" + LONG_TEXTS + b"u.", "[...];"),
    "a long key": (b"\x80\x02}T\x00\x00\x01\x00" + b"k" * 65536 + b"Ns.", "key of 65,536 characters"),
}  # fmt: skip


@pytest.mark.parametrize("content, part", BAD_BATCHES.values(), ids=BAD_BATCHES.keys())
def test_a_bad_batch_gets_one_clear_sentence(tmp_path, content, part):
    path = tmp_path / "data_batch_1"
    path.write_bytes(content)
    with refused(path, "use a file in the format of CIFAR-10", part):
        datasets.read_batch(path)


@pytest.mark.parametrize("name, part", [("data_batch_9", "no such file"), ("", "it is a folder")])
def test_no_batch_at_all(tmp_path, name, part):
    with refused(tmp_path / name, part):
        datasets.read_batch(tmp_path / name)


def test_an_enormous_file_is_refused(tmp_path):
    path = tmp_path / "data_batch_1"
    with open(path, "wb") as file:
        file.truncate(data_folders.MAX_FILE_BYTES + 1)  # a hole: it takes no room on the disk
    with refused(path, "64,000,001 bytes"):
        datasets.read_batch(path)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no endless file")
def test_an_endless_file_is_not_read():
    """Its size is said to be 0, and no more than that is read."""
    with refused("/dev/zero", "is empty"):
        datasets.read_batch("/dev/zero")


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
    nested = short("os.system") + b"\x93" + text + b"\x85R."
    own = f"{os.name}.system"
    return {
        "os.system": (pickle.dumps(Calls(os.system, touch), 2), own),
        "protocol 4": (pickle.dumps(Calls(os.system, touch), 4), own),
        "eval": (pickle.dumps(Calls(eval, write), 2), "__builtin__.eval"),
        "instance": (b"(" + text + b"ios\nsystem\n.", "os.system"),
        "object": (b"(" + system + text + b"o.", "os.system"),
        "within a module": (b"\x80\x04" + short("numpy.f2py") + nested, "numpy.f2py.os.system"),
        "a method of an allowed class": (
            pickle.dumps(Calls(np.ndarray.tofile, PIXELS, str(marker)), 4),
            "builtins.getattr",
        ),
        "beside a good batch": (GOOD[:-1] + system + text + b"\x85R0.", "os.system"),
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
    with refused(path, f"asks to call {name}", "nothing in it was run"):
        datasets.read_batch(path)
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
    assert images.flags.c_contiguous and not np.shares_memory(images, pixels)
    for n, row, column, channel in np.ndindex(images.shape):
        assert images[n, row, column, channel] == pixels[n, channel * 1024 + row * 32 + column]


@pytest.mark.parametrize(
    "pixels",
    [np.zeros(shape, np.uint8) for shape in ((3, 3073), 3072, (1, 32, 32, 3))]
    + [np.zeros((3, 3072), np.float32), "pixels"],
)
def test_other_arrays_are_no_pixels(pixels):
    array = np.asarray(pixels)
    with refused(array.shape, array.dtype, "(N, 3072)", "uint8"):
        datasets.pixels_to_images(pixels)


# load: the pictograms


def test_pictograms_are_loaded_and_cached(course):
    check_small_set(datasets.load(), "pictograms")
    cached = datasets.batches_folder("pictograms")
    assert [*(course / ".cache").iterdir()] == [cached]

    data_folders.PICTOGRAMS_ARCHIVE.write_bytes(b"not looked at again")
    check_small_set(datasets.load("pictograms"), "pictograms")
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
    restore = "git checkout -- data/pictograms-10-python.tar.gz"
    with refused(archive, "damaged", "sha256", restore):
        datasets.load()
    assert snapshot(course) == before


def test_a_damaged_file_in_the_cache(course):
    path = datasets.batches_folder("pictograms") / "data_batch_3"
    for damage, bad in ((lambda: path.write_bytes(b""), path), (path.unlink, path.parent)):
        damage()
        with refused(f"{bad} is ", f"move the folder {path.parent} elsewhere"):
            datasets.load()


@pytest.mark.parametrize(
    "content, part",
    [
        (batch_files.meta(batch_files.CLASSES[:9]), "list of 10 names"),
        (batch_files.pickled([("label_names", lambda w: w.string("cat"))]), "list of 10 names"),
        (batch_files.pickled([("label_names", batch_files.labels_of(range(10)))]), "not text"),
        (b"\x80\x02}U\x0blabel_names](" + b"cnumpy\nndarray\n" * 10 + b"es.", "not text"),
        (batch_files.pickled([]), "no entry label_names"),
    ],
)
def test_a_bad_batches_meta(course, content, part):
    path = datasets.batches_folder("pictograms") / "batches.meta"
    path.write_bytes(content)
    with refused(path, part):
        datasets.load()


def test_a_course_folder_without_write_access_uses_the_users_cache(course, tmp_path, monkeypatch):
    (course / ".cache").write_text("a file where the folder should be: nobody can write there")
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "home" / project)
    check_small_set(datasets.load(), "pictograms")
    check_small_set(datasets.load(), "pictograms")
    path = datasets.batches_folder("pictograms") / "data_batch_1"
    assert tmp_path / "home" in path.parents
    path.write_bytes(b"")
    with pytest.raises(DatasetError, match="move the folder"):
        datasets.load()


def test_no_write_access_at_all(course, tmp_path, monkeypatch):
    for folder in (course / ".cache", tmp_path / "home"):
        folder.write_text("a file where the folder should be")
    monkeypatch.setattr("pooch.os_cache", lambda project: tmp_path / "home" / project)
    with refused(data_folders.PICTOGRAMS_ARCHIVE, course / ".cache", "written"):
        datasets.load()


def test_the_users_cache_is_left_out_where_pooch_is_missing(course, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    assert list(data_folders.cache_folders()) == [course / ".cache"]


# load: names


@pytest.mark.parametrize("name", ["mnist", "CIFAR10", "../pictograms"])
def test_an_unknown_name(name, monkeypatch):
    with refused(repr(name), "the call", '"pictograms", "cifar10" or "digits"'):
        datasets.load(name)

    monkeypatch.setenv("COURSE_DATASET", name)
    with refused(repr(name), "COURSE_DATASET"):
        datasets.load()


@pytest.mark.parametrize("variable, name", [("digits", "digits"), ("", "pictograms")])
def test_the_environment_chooses_the_set(course, monkeypatch, variable, name):
    monkeypatch.setenv("COURSE_DATASET", variable)
    assert datasets.load().name == name


def test_digits_have_no_batch_files():
    with pytest.raises(DatasetError, match="digits"):
        datasets.batches_folder("digits")


# load: CIFAR-10


@pytest.mark.parametrize("place", [None, "elsewhere"])
def test_cifar10_from_a_folder(course, monkeypatch, place):
    if place:
        monkeypatch.setenv("COURSE_DATA_DIR", str(course / place))
    batch_files.write_folder(course / (place or "") / "cifar-10-batches-py")
    check_small_set(datasets.load("cifar10"), "cifar10")


def test_cifar10_from_the_archive_put_there_by_hand(course, monkeypatch):
    archive = batch_files.write_archive(course / "cifar-10-python.tar.gz")
    monkeypatch.setattr(data_folders, "CIFAR10_MD5", batch_files.md5(archive.read_bytes()))
    check_small_set(datasets.load("cifar10"), "cifar10")
    assert archive.exists() and (course / "cifar-10-batches-py").is_dir()


def test_cifar10_that_is_not_there(course):
    before = snapshot(course)
    how = "run `python -m course_lib download cifar10`, or fetch " + data_folders.CIFAR10_URL
    with refused(course, how, "cifar-10-python.tar.gz"):
        datasets.load("cifar10")
    assert snapshot(course) == before


@pytest.mark.parametrize("kind", ["web page", "another file"])
def test_a_wrong_archive_put_there_by_hand(course, kind):
    archive = batch_files.write_archive(course / "cifar-10-python.tar.gz")
    if kind == "web page":
        archive.write_bytes(b"<html>Sign in to the campus network</html>")
    before = snapshot(course)
    what_to_do = "move it elsewhere and run `python -m course_lib download cifar10`"
    with refused(archive, kind, what_to_do):
        datasets.load("cifar10")
    assert snapshot(course) == before


def test_a_bad_cifar10_folder_is_named_and_left_alone(course):
    folder = batch_files.write_folder(course / "cifar-10-batches-py")
    what_to_do = (
        f"move the folder {folder} elsewhere and run `python -m course_lib download cifar10`"
    )
    (folder / "test_batch").write_bytes(b"<html>")
    with refused(folder / "test_batch", "web page", what_to_do):
        datasets.load("cifar10")

    (folder / "data_batch_2").unlink()
    (folder / "data_batch_5").unlink()
    before = snapshot(course)
    with refused(folder, "data_batch_2, data_batch_5 missing", what_to_do):
        datasets.load("cifar10")
    assert snapshot(course) == before


# load: the digits


def test_digits():
    data = datasets.load("digits")
    assert data.class_names == tuple("0123456789")
    assert data.train_images.shape == (1415, 8, 8, 1) and data.train_images.dtype == np.uint8
    assert data.test_images.shape == (382, 8, 8, 1) and data.test_images.dtype == np.uint8
    assert data.train_labels.dtype == data.test_labels.dtype == np.int64
    assert data.train_images.min() == data.test_images.min() == 0
    assert data.train_images.max() == data.test_images.max() == 16
    assert np.bincount(data.train_labels).min() > 130 and np.bincount(data.test_labels).min() > 30
    first_row = [0, 0, 5, 13, 9, 1, 0, 0]  # of the file, whose first digit is a zero
    assert data.train_images[0, 0, :, 0].tolist() == first_row and data.train_labels[0] == 0
    # The test digits begin with a new hand: each writes 0 to 9 several times, then mixes them.
    assert data.test_labels[:30].tolist() == list(range(10)) * 3


@pytest.mark.parametrize(
    "content, part",
    [(b"", "is empty"), (b"<html>", "web page"), (b"0,1\n", "damaged"), (None, "no such file")],
)
def test_bad_digits(tmp_path, monkeypatch, content, part):
    path = tmp_path / "digits.csv.gz"
    monkeypatch.setattr(data_folders, "DIGITS_FILE", path)
    if content is not None:
        path.write_bytes(content)
    with refused(path, part, "git checkout -- data/digits.csv.gz"):
        datasets.load("digits")


@pytest.mark.parametrize("brightness, label", [(17, 0), (0, 10)])
def test_digits_are_validated_beyond_their_checksum(tmp_path, monkeypatch, brightness, label):
    path = tmp_path / "digits.csv.gz"
    rows = f"{brightness}," * 64 + f"{label}\n" + "0," * 64 + "0\n"
    path.write_bytes(gzip.compress(rows.encode()))
    monkeypatch.setattr(data_folders, "DIGITS_FILE", path)
    monkeypatch.setattr(data_folders, "DIGITS_SHA256", sha256(path))
    with refused(path, "brightness above 16 or a label above 9"):
        datasets.load("digits")


# Imports


def test_datasets_imports_numpy_and_the_standard_library_only():
    program = "import sys, course_lib.datasets; print(*{n.split('.')[0] for n in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "numpy" in loaded
    for name in ("pooch", "tqdm", "requests", "matplotlib", "ipywidgets", "PIL"):
        assert name not in loaded

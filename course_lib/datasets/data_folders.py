"""Where the data sets' files are, and what to do if one is missing or damaged.

Needs only the standard library, so that it can say what is missing. Files that come with the course
are in data/ beside the package in a checkout, and inside the package if it was installed as a
wheel. Files that are extracted or downloaded go to data/ in a writable checkout, and otherwise to
the user's cache folder.

Anything that goes wrong raises DatasetError, whose one sentence names the file and what to do.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
DATA_FOLDER = PACKAGE.parent / "data"  # in a checkout
IN_WHEEL = (PACKAGE / "data").is_dir()
EMBEDDED_FOLDER = PACKAGE / "data" if IN_WHEEL else DATA_FOLDER

# The checksums of the files that the course brings along, and of the one it can download.
PICTOGRAMS_SHA256 = "cb16fb9c5c9f02af5c7444476af9179c2f242b3be4cf121b1afc401a981471fe"
DIGITS_SHA256 = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"
CIFAR10_MD5 = "c58f30108f718f92721af3b95e74349a"

PICTOGRAMS_ARCHIVE = EMBEDDED_FOLDER / "pictograms-10-python.tar.gz"
DIGITS_FILE = EMBEDDED_FOLDER / "digits.csv.gz"
CIFAR10_NAME = "cifar-10-python.tar.gz"
CIFAR10_UNPACKED = "cifar-10-python.tar"  # what Safari makes of it
CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"

NAMES = ("pictograms", "cifar10", "digits")
FOLDER_IN_ARCHIVE = "cifar-10-batches-py"
TRAINING_FILES = [f"data_batch_{i}" for i in range(1, 6)]
BATCH_FILES = [*TRAINING_FILES, "test_batch", "batches.meta"]
MAX_FILE_BYTES = 64_000_000  # a CIFAR-10 batch has 31,000,000


class DatasetError(ValueError):
    """A data file is missing, damaged or not to be trusted. The message says what to do."""


# Where things are


def user_cache() -> Iterator[Path]:
    """Yield the user's own cache folder for the course, or nothing where pooch is missing."""
    with contextlib.suppress(ImportError):
        import pooch

        yield Path(pooch.os_cache("the-network-that-would-not-learn")).resolve()


def cache_folders() -> Iterator[Path]:
    """Yield the folders that may hold extracted pictograms, in the order of preference."""
    if not IN_WHEEL:
        yield DATA_FOLDER / ".cache"
    yield from user_cache()


def setting(name: str) -> str:
    """Return an environment variable, without blanks and quotes around it; "" if it is not set."""
    text = os.environ.get(name, "").strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        text = text[1:-1].strip()
    return text


def cifar10_folders() -> Iterator[Path]:
    """Yield the folders that may hold CIFAR-10: $COURSE_DATA_DIR, or data/ and the user's cache."""
    if named := setting("COURSE_DATA_DIR"):
        folder = Path(os.path.expanduser(os.path.expandvars(named)))
        if str(folder).startswith("~"):
            raise DatasetError(
                f"COURSE_DATA_DIR is {named}, and there is no such user; correct it."
            )
        try:
            folder = folder.resolve()
        except (OSError, RuntimeError) as error:  # such as links that go round in a circle
            raise DatasetError(
                f"COURSE_DATA_DIR is {named}: {error}; name another folder."
            ) from error
        yield (
            folder.parent if os.path.isfile(folder) else folder
        )  # is it the archive that is named?
        return
    if not IN_WHEEL:
        yield DATA_FOLDER
    yield from user_cache()


def cifar10_home() -> Path:
    """The folder that holds CIFAR-10; if none does, the one that it is downloaded to."""
    folders = list(cifar10_folders())
    for folder in folders:
        if has_cifar10(folder):
            return folder
    return next(filter(can_write, folders), folders[0])


def has_cifar10(folder: Path) -> bool:
    """Whether CIFAR-10 is in this folder, extracted or as the archive; or what stands in for it."""
    there = (folder / FOLDER_IN_ARCHIVE, folder / CIFAR10_NAME, folder / CIFAR10_UNPACKED)
    return any(os.path.exists(path) for path in there) or any(
        map(is_complete, batch_folders(folder))
    )


def batch_folders(home: Path) -> Iterator[Path]:
    """Yield the folders in and below `home` that may hold CIFAR-10's batch files.

    People extract archives into folders of the archive's name, extract them twice, or name the
    folder of batches itself.
    """
    yield home / FOLDER_IN_ARCHIVE
    yield home
    for depth in (1, 2, 3):
        yield from sorted(path for path in home.glob("/".join(["cifar-10*"] * depth)))


def missing_files(folder: Path) -> list[str]:
    """Return the names of the batch files that are not in a folder."""
    return [name for name in BATCH_FILES if not os.path.isfile(folder / name)]


def is_complete(folder: Path) -> bool:
    """Whether a folder holds all batch files."""
    return not missing_files(folder)


def chosen(name: str | None = None) -> str:
    """Return the name of a data set: `name`, or $COURSE_DATASET, or "pictograms".

    Raises DatasetError for a name that there is none of.
    """
    source = "the call" if name else "the environment variable COURSE_DATASET"
    name = name or setting("COURSE_DATASET") or "pictograms"
    if name not in NAMES:
        raise DatasetError(
            f'there is no data set {name!r}, which {source} names; use "pictograms", "cifar10" or '
            '"digits".'
        )
    return name


def can_write(folder: Path) -> bool:
    """Make `folder` if need be, and say whether files can be made in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def remedy(path: Path | str) -> str:
    """Say what to do about the bad file at `path`: it depends on where the file came from."""
    path = Path(path).resolve()
    folder = path.parent
    if path in (PICTOGRAMS_ARCHIVE, DIGITS_FILE):
        if IN_WHEEL:
            return "install course_lib again, which brings it along"
        return (
            f"move it elsewhere and restore it with `git checkout -- data/{path.name}` in the "
            "course's folder, or download the course again"
        )
    if folder.name.startswith("pictograms-") and folder.parent in cache_folders():
        return (
            f"move the folder {folder} elsewhere and load the pictograms, which extracts them anew"
        )
    if path.name in (CIFAR10_NAME, CIFAR10_UNPACKED) and folder in cifar10_folders():
        return "move it elsewhere and run `python -m course_lib download cifar10`"
    if path.name in BATCH_FILES and any(
        folder in batch_folders(home) for home in cifar10_folders()
    ):
        what = path.name if folder in cifar10_folders() else f"the folder {folder}"
        return f"move {what} elsewhere and run `python -m course_lib download cifar10`"
    return "use a file in the format of CIFAR-10's Python version, from a source that you trust"

"""Find the folder with a data set's batch files, or verify the archive and extract it.

A folder of batches appears all at once: it is created as `<name>.<random>.part` and then renamed.
Two notebooks may therefore start at the same time, and what a killed run leaves behind is never
mistaken for the real thing.
"""

import contextlib
import errno
import glob
import gzip
import hashlib
import io
import os
import shutil
import tarfile
import time
import uuid
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import data_folders
from .data_folders import (
    BATCH_FILES,
    CIFAR10_NAME,
    CIFAR10_UNPACKED,
    FOLDER_IN_ARCHIVE,
    MAX_FILE_BYTES,
    DatasetError,
    missing_files,
    remedy,
)
from .mistaken_files import garbled, mistake

README = "readme.html"  # of CIFAR-10; nothing needs it
VERSIONS = {
    "*.bin": "binary version (.bin files)",
    "*.mat": "MATLAB version (.mat files)",
}
CHECK_THE_PATH = "check the path (datasets.batches_folder() is the folder of the batch files)"
LEFTOVER_SECONDS = 24 * 60 * 60  # without a change, after which a .part folder is nobody's work

# What tarfile, gzip and zlib raise for a file that is no .tar.gz, or is damaged.
DAMAGE = (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, OverflowError, ValueError)


def batches_folder(name: str | None = None) -> Path:
    """Return the folder with the six batch files and batches.meta of "pictograms" or "cifar10".

    Without a name: of the set that `datasets.load()` reads. Verifies and extracts the archive if
    that has not been done yet. Raises DatasetError.
    """
    name = data_folders.chosen(name)
    if name == "pictograms":
        return _pictograms_folder()
    if name == "cifar10":
        return _cifar10_folder()
    raise DatasetError(f'{name!r} is not a set with batch files; use "pictograms" or "cifar10".')


def _pictograms_folder() -> Path:
    # The checksum in the folder's name keeps a new archive apart from an older one's files.
    name = f"pictograms-{data_folders.PICTOGRAMS_SHA256[:12]}"
    for cache in data_folders.cache_folders():
        if (cache / name).is_dir():
            return check_complete(cache / name)
    verify(data_folders.PICTOGRAMS_ARCHIVE, "sha256", data_folders.PICTOGRAMS_SHA256)
    for cache in data_folders.cache_folders():
        if data_folders.can_write(cache):
            return extract(data_folders.PICTOGRAMS_ARCHIVE, cache / name)
    raise _nowhere(data_folders.PICTOGRAMS_ARCHIVE, data_folders.cache_folders())


def _cifar10_folder() -> Path:
    if folder := find_cifar10():
        return folder
    homes = list(data_folders.cifar10_folders())
    for archive in (home / name for name in (CIFAR10_NAME, CIFAR10_UNPACKED) for home in homes):
        if os.path.isfile(archive):
            with explained(archive, "cannot be read"), open(archive, "rb") as file:
                compressed = is_gzip(file)
            if compressed:
                verify(archive, "md5", data_folders.CIFAR10_MD5)
            for home in (archive.parent, *homes):
                if data_folders.can_write(home):
                    return extract(archive, home / FOLDER_IN_ARCHIVE)
            raise _nowhere(archive, homes)
    similar = [path.name for home in homes for path in sorted(home.glob("[cC][iI][fF][aA][rR]*"))]
    there = f" (there is {', '.join(similar)}, by another name)" if similar else ""
    raise DatasetError(
        f"CIFAR-10 is not in {' or '.join(map(str, homes))}{there}; run `python -m course_lib "
        f"download cifar10`, or fetch {data_folders.CIFAR10_URL} yourself and put it there as "
        f"{CIFAR10_NAME}."
    )


def find_cifar10() -> Path | None:
    """Return the folder that holds all batch files of CIFAR-10, or None if there is none.

    Raises DatasetError where something else stands in the place of that folder.
    """
    homes = list(data_folders.cifar10_folders())
    for home in homes:
        if os.path.isdir(home):
            with explained(home, "cannot be read"):
                os.listdir(home)
    folders = [path for home in homes for path in data_folders.batch_folders(home)]
    for folder in folders:
        if not missing_files(folder):
            return folder
    for home in homes:
        taken = home / FOLDER_IN_ARCHIVE
        if taken.is_dir() and any(taken.iterdir()):
            inside = [path for path in folders if taken == path or taken in path.parents]
            return check_complete(min(inside, key=lambda path: len(missing_files(path))))
    return None


def _nowhere(archive: Path, folders: Iterable[Path]) -> DatasetError:
    return DatasetError(
        f"{archive} cannot be extracted, because nothing can be written to "
        f"{' or '.join(map(str, folders))}; allow writing there."
    )


def check_complete(folder: Path, archive: Path | None = None) -> Path:
    """Return `folder` if it holds all batch files. Raises DatasetError naming the missing ones.

    The message blames `archive` for them, if given, and otherwise the folder.
    """
    missing = missing_files(folder)
    if missing:
        what_to_do = remedy(archive or folder / missing[0])
        version = next((name for ends, name in VERSIONS.items() if any(folder.glob(ends))), None)
        what = f"is incomplete: {', '.join(missing)} missing"
        if version:
            what = f"holds CIFAR-10's {version}, and the course reads its Python version"
        raise DatasetError(f"{archive or folder} {what}; {what_to_do}.")
    return folder


# Verify


def verify(path: str | Path, algorithm: str, digest: str) -> None:
    """Check that the file at `path` has this checksum; `algorithm` is "sha256" or "md5".

    Raises DatasetError.
    """
    found = hashlib.new(algorithm, usedforsecurity=False)
    with explained(path, "cannot be read"), open(path, "rb") as file:
        start = file.read(1 << 16)
        file.seek(0)
        while block := file.read(1 << 20):
            found.update(block)
    if found.hexdigest() != digest:
        what = mistake(start) or garbled(start) or "is damaged, incomplete or another file"
        raise DatasetError(
            f"{path} {what}: its {algorithm} is {found.hexdigest()} and should be {digest}; "
            f"{remedy(path)}."
        )


def is_gzip(file: io.BufferedReader) -> bool:
    """Whether an open file is compressed: some browsers unpack a download, and keep its name."""
    return file.peek(2)[:2] == b"\x1f\x8b"


@contextlib.contextmanager
def explained(path: str | Path, what: str) -> Iterator[None]:
    """Turn an error of the operating system inside the `with` block into a DatasetError."""
    try:
        yield
    except FileNotFoundError as error:
        included = path in (data_folders.PICTOGRAMS_ARCHIVE, data_folders.DIGITS_FILE)
        what_to_do = remedy(path) if included else CHECK_THE_PATH
        raise DatasetError(f"{path} {what}: there is no such file; {what_to_do}.") from error
    except IsADirectoryError as error:
        raise DatasetError(f"{path} {what}: it is a folder, not a file; name a file.") from error
    except OSError as error:
        raise DatasetError(f"{path} {what}: {_reason(error)}.") from error


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; free some space (CIFAR-10 takes 360 MB) and try again"
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return f"no permission for {error.filename}; allow it and try again"
    return f"the system reports '{error.strerror or error}'; fix that and try again"


# Extract


def extract(archive: str | Path, destination: str | Path) -> Path:
    """Extract the batch files of a .tar.gz or .tar file into a new folder, and return that.

    Raises DatasetError.
    """
    archive, destination = Path(archive), Path(destination)
    with explained(destination, "cannot be made"), part_folder(destination) as part:
        for name, content in _batch_files(archive):
            (part / name).write_bytes(content)
        check_complete(part, archive)
        _move_into_place(part, destination)
    return check_complete(destination)


def _batch_files(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each batch file, and the readme, in a .tar.gz or .tar file.

    An archive can hold links, devices and paths that lead anywhere. All of that is passed over, so
    the only names that come out of here are BATCH_FILES and README. Raises DatasetError.
    """
    names = {f"{FOLDER_IN_ARCHIVE}/{name}": name for name in (*BATCH_FILES, README)}
    with explained(archive, "cannot be read"), open(archive, "rb") as file:
        try:
            unpacked = gzip.open(file) if is_gzip(file) else contextlib.nullcontext(file)
            with unpacked as plain, tarfile.open(fileobj=plain, mode="r:") as tar:
                for member in tar:
                    if member.size < 0:
                        raise tarfile.ReadError("a file with a negative size")
                    name = names.get(member.name)
                    if name and _is_plain_file(member) and (content := tar.extractfile(member)):
                        yield name, content.read()
                while plain.read(1 << 20):
                    pass  # to the very end, where gzip keeps the checksum that it compares
        except DAMAGE as error:
            file.seek(0)
            start = file.read(1 << 16)
            what = mistake(start) or garbled(start) or "is damaged or cut off"
            raise DatasetError(f"{archive} {what} ({error}); {remedy(archive)}.") from error


def _is_plain_file(member: tarfile.TarInfo) -> bool:
    return member.isreg() and not member.issparse() and member.size <= MAX_FILE_BYTES


@contextlib.contextmanager
def part_folder(destination: Path) -> Iterator[Path]:
    """Make an empty folder beside `destination` to work in; remove it at the end if still there."""
    _remove_leftovers(destination)
    part = destination.with_name(f"{destination.name}.{uuid.uuid4().hex[:8]}.part")
    part.mkdir(parents=True)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _remove_leftovers(destination: Path) -> None:
    """Remove the .part folders of `destination` that killed runs have left behind."""
    for part in destination.parent.glob(f"{glob.escape(destination.name)}.*.part"):
        with contextlib.suppress(OSError):  # another process may be removing it, too
            changed = max(path.stat().st_mtime for path in [part, *part.iterdir()])
            if time.time() - changed > LEFTOVER_SECONDS:
                shutil.rmtree(part, ignore_errors=True)


def _move_into_place(part: Path, destination: Path) -> None:
    try:
        os.rename(part, destination)
    except OSError:
        if not destination.is_dir():
            raise
        # Another process was quicker. Its files are the same, so ours may go.

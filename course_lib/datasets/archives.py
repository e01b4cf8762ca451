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
import os
import shutil
import tarfile
import time
import uuid
import zlib
from pathlib import Path

from . import data_folders
from .data_folders import BATCH_FILES, FOLDER_IN_ARCHIVE, MAX_FILE_BYTES, DatasetError, remedy

OPTIONAL_FILES = ["readme.html"]
LEFTOVER_SECONDS = 24 * 60 * 60  # without a change, after which a .part folder is nobody's work


def batches_folder(name=None):
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


def _pictograms_folder():
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


def _cifar10_folder():
    homes = list(data_folders.cifar10_folders())
    for home in homes:
        if (home / FOLDER_IN_ARCHIVE).is_dir():
            return check_complete(home / FOLDER_IN_ARCHIVE)
    for archive in (home / data_folders.CIFAR10_NAME for home in homes):
        if archive.exists():
            verify(archive, "md5", data_folders.CIFAR10_MD5)
            for home in (archive.parent, *homes):
                if data_folders.can_write(home):
                    return extract(archive, home / FOLDER_IN_ARCHIVE)
            raise _nowhere(archive, homes)
    raise DatasetError(
        f"CIFAR-10 is not in {' or '.join(map(str, homes))}; run `python -m course_lib download "
        f"cifar10`, or fetch {data_folders.CIFAR10_URL} yourself and put it there as "
        f"{data_folders.CIFAR10_NAME}."
    )


def _nowhere(archive, folders):
    return DatasetError(
        f"{archive} cannot be extracted, because nothing can be written to "
        f"{' or '.join(map(str, folders))}; allow writing there."
    )


def check_complete(folder):
    """Return `folder` if it holds all batch files. Raises DatasetError naming the missing ones."""
    missing = [name for name in BATCH_FILES if not (folder / name).is_file()]
    if missing:
        raise DatasetError(
            f"{folder} is incomplete, {', '.join(missing)} missing; {remedy(folder / missing[0])}."
        )
    return folder


# Verify


def verify(path, algorithm, digest):
    """Check that the file at `path` has this checksum; `algorithm` is "sha256" or "md5".

    Raises DatasetError.
    """
    found = hashlib.new(algorithm, usedforsecurity=False)
    with explained(path, "cannot be read"), open(path, "rb") as file:
        start = file.read(512)
        file.seek(0)
        while block := file.read(1 << 20):
            found.update(block)
    if found.hexdigest() != digest:
        what = looks_like(start) or "is damaged, incomplete or another file"
        raise DatasetError(
            f"{path} {what}: its {algorithm} is {found.hexdigest()} and should be {digest}; "
            f"{remedy(path)}."
        )


def looks_like(start):
    """Name a common mistake from a file's first bytes, or return None."""
    if not start:
        return "is empty"
    if start.lstrip()[:1] == b"<":
        return "is a web page (HTML), not data"
    return None


@contextlib.contextmanager
def explained(path, what):
    """Turn an error of the operating system inside the `with` block into a DatasetError."""
    try:
        yield
    except FileNotFoundError as error:
        raise DatasetError(f"{path} {what}: there is no such file; {remedy(path)}.") from error
    except IsADirectoryError as error:
        raise DatasetError(f"{path} {what}: it is a folder, not a file; name a file.") from error
    except OSError as error:
        raise DatasetError(f"{path} {what}: {_reason(error)}.") from error


def _reason(error):
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "the disk is full; free some space (CIFAR-10 takes 360 MB) and try again"
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return f"no permission for {error.filename}; allow it and try again"
    return f"the system reports '{error.strerror or error}'; mend that and try again"


# Extract


def extract(archive, destination):
    """Extract the batch files of a .tar.gz file into the new folder `destination`; return it.

    The archive may hold cifar-10-batches-py/ with exactly CIFAR-10's files, and nothing is written
    before all of it was looked through. Raises DatasetError.
    """
    archive, destination = Path(archive), Path(destination)
    with _readable(archive) as tar:
        _check_members(archive, tar)
    with explained(destination, "cannot be made"), part_folder(destination) as part:
        with _readable(archive) as tar:
            for member in tar:
                if member.isfile():
                    with open(part / Path(member.name).name, "xb") as file:
                        shutil.copyfileobj(tar.extractfile(member), file)
        _move_into_place(part, destination)
    return check_complete(destination)


def _check_members(archive, tar):
    allowed = {f"{FOLDER_IN_ARCHIVE}/{name}" for name in BATCH_FILES + OPTIONAL_FILES}
    seen = set()
    for member in tar:
        name = member.name.encode("unicode_escape").decode("ascii")[:100]
        if member.isdir() and name == FOLDER_IN_ARCHIVE:
            continue
        elif name.startswith(("/", "\\")) or ".." in name.split("/"):
            problem = f"holds the path {name}, which leads outside its own folder"
        elif not member.isreg() or member.issparse():
            problem = f"holds {name}, which is a link or device and not a plain file"
        elif name not in allowed:
            problem = f"holds {name}, which is not part of CIFAR-10"
        elif name in seen:
            problem = f"holds {name} twice"
        elif member.size > MAX_FILE_BYTES:
            problem = f"holds {name} with {member.size:,} bytes, more than {MAX_FILE_BYTES:,}"
        else:
            seen.add(name)
            continue
        raise DatasetError(f"{archive} {problem}; nothing was extracted; {remedy(archive)}.")
    missing = [name for name in BATCH_FILES if f"{FOLDER_IN_ARCHIVE}/{name}" not in seen]
    if missing:
        names = ", ".join(missing)
        raise DatasetError(f"{archive} is damaged, or {names} missing in it; {remedy(archive)}.")
    while tar.fileobj.read(1 << 20):
        pass  # to the very end, where gzip keeps the checksum that it compares


@contextlib.contextmanager
def _readable(archive):
    """Open a .tar.gz file for reading, and say so if it is none or breaks off."""
    try:
        with explained(archive, "cannot be read"), open(archive, "rb") as file:
            start = file.read(512)
        with tarfile.open(archive, "r:gz") as tar:
            yield tar
    except DatasetError:
        raise
    except (
        tarfile.TarError,
        gzip.BadGzipFile,
        zlib.error,
        EOFError,
        ValueError,
        OverflowError,
    ) as error:
        what = looks_like(start) or "is damaged or cut off"
        raise DatasetError(f"{archive} {what} ({error}); {remedy(archive)}.") from error


@contextlib.contextmanager
def part_folder(destination):
    """Make an empty folder beside `destination` to work in; remove it at the end if still there."""
    _remove_leftovers(destination)
    part = destination.with_name(f"{destination.name}.{uuid.uuid4().hex[:8]}.part")
    part.mkdir(parents=True)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _remove_leftovers(destination):
    """Remove the .part folders of `destination` that killed runs have left behind."""
    for part in destination.parent.glob(f"{glob.escape(destination.name)}.*.part"):
        with contextlib.suppress(OSError):  # another process may be removing it, too
            changed = max(path.stat().st_mtime for path in [part, *part.iterdir()])
            if time.time() - changed > LEFTOVER_SECONDS:
                shutil.rmtree(part, ignore_errors=True)


def _move_into_place(part, destination):
    try:
        os.rename(part, destination)
    except OSError:
        if not destination.is_dir():
            raise
        # Another process was quicker. Its files are the same, so ours may go.

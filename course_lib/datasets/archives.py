"""The folders of batch files: found where they are, or extracted from a verified archive.

A folder of batches appears all at once: it is made as `<name>.<random>.part` and then renamed. So
two notebooks may start together, and what a killed run left behind is never taken for the real
thing.
"""

import contextlib
import glob
import gzip
import os
import shutil
import tarfile
import time
import uuid
import zlib
from pathlib import Path

from . import files
from .files import BATCH_FILES, FOLDER_IN_ARCHIVE, MAX_FILE_BYTES, DatasetError, explained, remedy

OPTIONAL_FILES = ["readme.html"]
LEFTOVER_SECONDS = 24 * 60 * 60  # without a change, after which a .part folder is nobody's work


def batches_folder(name=None):
    """Return the folder with the six batch files and batches.meta of "pictograms" or "cifar10".

    Without a name: of the set that `datasets.load()` reads. Verifies and extracts the archive if
    that has not been done yet. Raises DatasetError.
    """
    name = files.chosen(name)
    if name == "pictograms":
        return _pictograms_folder()
    if name == "cifar10":
        return _cifar10_folder()
    raise DatasetError(f'{name!r} is not a set with batch files; use "pictograms" or "cifar10".')


def _pictograms_folder():
    # The checksum in the folder's name keeps a new archive apart from an older one's files.
    name = f"pictograms-{files.PICTOGRAMS_SHA256[:12]}"
    for cache in files.cache_folders():
        if (cache / name).is_dir():
            return check_complete(cache / name)
    files.verify(files.PICTOGRAMS_ARCHIVE, "sha256", files.PICTOGRAMS_SHA256)
    for cache in files.cache_folders():
        if files.can_write(cache):
            return extract(files.PICTOGRAMS_ARCHIVE, cache / name)
    raise _nowhere(files.PICTOGRAMS_ARCHIVE, files.cache_folders())


def _cifar10_folder():
    homes = list(files.cifar10_folders())
    for home in homes:
        if (home / FOLDER_IN_ARCHIVE).is_dir():
            return check_complete(home / FOLDER_IN_ARCHIVE)
    for archive in (home / files.CIFAR10_NAME for home in homes):
        if archive.exists():
            files.verify(archive, "md5", files.CIFAR10_MD5)
            for home in (archive.parent, *homes):
                if files.can_write(home):
                    return extract(archive, home / FOLDER_IN_ARCHIVE)
            raise _nowhere(archive, homes)
    raise DatasetError(
        f"CIFAR-10 is not in {' or '.join(map(str, homes))}; run `python -m course_lib download "
        f"cifar10`, or fetch {files.CIFAR10_URL} yourself and put it there as "
        f"{files.CIFAR10_NAME}."
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
        what = files.looks_like(start) or "is damaged or cut off"
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

"""Where the notebooks are: in the course's folder, from wherever a command is given."""

from pathlib import Path

from course_lib.datasets.data_folders import PACKAGE

LESSONS = "notebooks"
KEPT = "_mine_"  # in the name of a copy that `reset` keeps: 03_…_mine_1.ipynb


class NotThere(Exception):
    """What cannot be found, and what to do, in a sentence."""


def notebooks() -> Path:
    """The course's folder notebooks/: around the library, or around where the command is given.

    Raises NotThere.
    """
    here = Path.cwd()
    for folder in (PACKAGE.parent, here, *here.parents):
        if any((folder / LESSONS).glob("0[0-7]_*.ipynb")):
            return folder / LESSONS
    raise NotThere(
        f"There are no lessons in {here} or above it; go to the course's folder first, the one "
        "that holds README.md."
    )


def numbered(folder: Path, number: str, pattern: str) -> Path:
    """The one file or folder whose name begins with a number such as "2", "02" or "02_strided".

    Raises NotThere, with those that there are.
    """
    found = sorted(folder.glob(pattern))
    names = [path for path in found if path.name[:2].isdigit()]
    wanted = number[:2].zfill(2) if number[:2].isdigit() else number.zfill(2)
    for path in names:
        if path.name[:2] == wanted:
            return path
    known = ", ".join(path.name[:2] for path in names) or "none"
    raise NotThere(f"There is no {number} here; choose one of {known}.")

"""`python -m course_lib reset 03`: bring a lesson back to its first state, and keep your copy."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from course_lib.practice.course_folder import KEPT, NotThere, notebooks, numbered

FIRST_STATE = ".first_state"  # in notebooks/: each lesson without outputs
SAID = """\
Your copy of lesson {number} is kept in {kept}
The lesson is back in its first state, without outputs: run its cells to see them.
What you predicted and wrote stays in the record: see `python -m course_lib progress`."""
SAME = (
    "Lesson {number} holds nothing of yours: its text and code are in their first state. "
    "Nothing was changed."
)


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("number", help="of the lesson, such as 03")


def main(options: argparse.Namespace) -> int:
    """Reset one lesson. Returns the exit status."""
    try:
        folder = notebooks()
        first = numbered(folder / FIRST_STATE, options.number, "[0-9][0-9]_*.ipynb")
    except NotThere as error:
        print(error, file=sys.stderr)
        return 1
    lesson, number = folder / first.name, first.name[:2]
    if not lesson.exists():
        shutil.copyfile(first, lesson)
        print(f"Lesson {number} was missing; it is back, without outputs.")
        return 0
    if sources(lesson) == sources(first):
        print(SAME.format(number=number))
        return 0
    kept = free_name(lesson)
    os.replace(lesson, kept)
    shutil.copyfile(first, lesson)
    print(SAID.format(number=number, kept=kept))
    return 0


def sources(path: Path) -> object:
    """The sources of a notebook's cells; the bytes of a file that is no notebook."""
    import nbformat

    try:
        return [cell.source for cell in nbformat.read(path, as_version=4).cells]
    except Exception:  # whatever it is, it is kept
        return path.read_bytes()


def free_name(lesson: Path) -> Path:
    """The first of 03_…_mine_1.ipynb, 03_…_mine_2.ipynb, … that is not there yet."""
    number = 1
    while (kept := lesson.with_name(f"{lesson.stem}{KEPT}{number}.ipynb")).exists():
        number += 1
    return kept

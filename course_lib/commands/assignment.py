"""`python -m course_lib assignment 02`: an assignment for somebody who learns without a teacher.

It puts the student version into `notebooks/assignments/mine/`; with `--check` it says what the
notebook there earns. nbgrader is not needed.
"""

import argparse
import sys
import textwrap
from pathlib import Path

from course_lib.practice.course_folder import NotThere, notebooks, numbered

DONE = """\
Your copy of assignment {number} is {path}
Open it:            jupyter lab "{path}"
See what it earns:  python -m course_lib assignment {number} --check
When you have answered the written question, compare your answer with the one in
{source}"""
THERE_ALREADY = """\
You have a copy already, with whatever you wrote in it: {path}
It stays as it is. To begin anew, rename it and give this command again."""


def add_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("number", help="of the assignment, such as 02")
    command.add_argument("--check", action="store_true", help="say what your copy earns")


def main(options: argparse.Namespace) -> int:
    """Make the student version, or check it. Returns the exit status."""
    from course_lib.classroom import student_version

    try:
        folder = notebooks() / "assignments"
        source = numbered(folder / "source", options.number, "[0-9][0-9]_*/[0-9][0-9]_*.ipynb")
    except NotThere as error:
        print(error, file=sys.stderr)
        return 1
    mine = folder / "mine" / source.name
    number = source.name[:2]
    if options.check:
        return check(mine, source, number)
    if mine.exists():
        print(THERE_ALREADY.format(path=mine))
        return 0
    import nbformat

    mine.parent.mkdir(exist_ok=True)
    nbformat.write(student_version.student_version(student_version.read(source)), mine)
    print(DONE.format(number=number, path=mine, source=source))
    return 0


def check(mine: Path, source: Path, number: str) -> int:
    """Print what each task of the learner's copy earns."""
    from course_lib.classroom import student_version

    if not mine.exists():
        print(
            f"There is no {mine} yet; `python -m course_lib assignment {number}` makes it.",
            file=sys.stderr,
        )
        return 1
    results = student_version.grade(
        student_version.read(mine), student_version.read(source), mine.parent
    )
    for task, earned, total, said in results:
        print(
            f"{task:28} {earned:4g} of {total:2g}   {textwrap.shorten(said, 160, placeholder=' …')}"
        )
    earned, total = (sum(column) for column in list(zip(*results, strict=True))[1:3])
    print(f"{'together':28} {earned:4g} of {total:2g}   and the written question")
    return 0

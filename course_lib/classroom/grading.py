"""Grade the submissions for an assignment, several at a time.

Each submission gets its own nbgrader, with limits on time and memory, so one that crashes, never
ends or eats up memory does not hold up the others. What is graded, and how, is up to nbgrader.
"""

import importlib.util
import re
import shutil
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .bounded_process import run_bounded

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
# nbgrader, without a second of loading a grammar that jsonschema has for addresses, and can miss.
NBGRADER = (
    "import sys; sys.modules['rfc3987_syntax'] = None; "
    "from nbgrader.apps.nbgraderapp import main; main()"
)
EXCEPTION = re.compile(r"^\s*(?:\w+\.)*(\w*(?:Error|Exception|Exit)\w*: .*\S)", re.MULTILINE)
SKIPPED = "Skipping existing assignment"


class NotReady(Exception):
    """What a teacher has to do first, in a sentence."""


class Course:
    """The folder that this runs in, as nbgrader sees it, and one assignment of it.

    Raises NotReady, with what to do, where there is nothing to grade.
    """

    def __init__(self, assignment: str) -> None:
        if importlib.util.find_spec("nbgrader") is None:
            raise NotReady(
                "nbgrader is not installed; run `python -m pip install -r "
                "notebooks/assignments/requirements.txt` in the course's folder."
            )
        if not Path("nbgrader_config.py").exists():
            raise NotReady(
                f"{Path.cwd()} has no nbgrader_config.py; go to the folder of the "
                "assignments first: cd notebooks/assignments"
            )
        from nbgrader.apps import NbGrader

        app = NbGrader()
        app.initialize([])
        self.assignment, self.directory = assignment, app.coursedir
        self.log_folder = Path(app.coursedir.root, "logs", assignment)
        self.notebooks = {path.name for path in self.path("source", ".").glob("*.ipynb")}
        if not self.notebooks:
            known = sorted(path.name for path in self.path("source", ".").parent.glob("*/"))
            raise NotReady(
                f"there is no assignment {assignment}; there are: {', '.join(known) or 'none'}."
            )
        if not self.is_released():
            raise NotReady(
                f"the student version of {assignment} has not been made here; run "
                f"`nbgrader generate_assignment {assignment}` first."
            )
        if not self.students():
            raise NotReady(
                f"nothing is handed in: put each copy into {self.path('submitted')}, "
                "with the student's name for STUDENT."
            )

    def path(self, step: str, student: str = "STUDENT") -> Path:
        """The folder of a student's copy at a step: source, submitted or autograded."""
        folder = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(folder, student, self.assignment))

    def students(self) -> list[str]:
        """The names of those who have handed in."""
        folders = self.path("submitted", "*")
        parts = folders.parts.index("*")
        found = Path(*folders.parts[:parts]).glob(str(Path(*folders.parts[parts:])))
        return sorted(folder.parts[parts] for folder in found if folder.is_dir())

    def gradebook(self) -> Any:
        from nbgrader.api import Gradebook

        return Gradebook(self.directory.db_url, self.directory.course_id)

    def is_released(self) -> bool:
        with self.gradebook() as gradebook:
            return self.assignment in {each.name for each in gradebook.assignments}

    def grade(self, student: str) -> tuple[str, str, str]:
        """The student's points, how many there are, and a remark, all three as texts."""
        with self.gradebook() as gradebook:
            submission = gradebook.find_submission(self.assignment, student)
            remark = ", with answers to mark by hand" if submission.needs_manual_grade else ""
            return f"{submission.score:.2f}", f"{submission.max_score:g}", remark


@dataclass(frozen=True)
class Bounds:
    """What the grading of one copy may take: minutes, and memory in GiB."""

    minutes: float
    memory: float


@dataclass(frozen=True)
class Result:
    """What became of a student's copy, in words, and how long that took."""

    student: str
    words: str
    seconds: float = 0.0

    @property
    def is_graded(self) -> bool:
        return self.words.startswith("graded")


def grade_all(
    course: Course, students: Sequence[str], jobs: int, bounds: Bounds, force: bool = False
) -> Iterator[Result]:
    """Grade the copies, `jobs` at a time; yield the result of each when it is there.

    bounds: of each copy. force: grade again what is graded.
    """
    stop = threading.Event()
    with ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(grade, course, one, bounds, force, stop) for one in students}
        try:
            while waiting:
                # A short wait, for on Windows Ctrl-C does nothing before its end.
                done, waiting = wait(waiting, timeout=1, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:  # after a Ctrl-C some are still running
            stop.set()
            pool.shutdown(cancel_futures=True)


def grade(
    course: Course, student: str, bounds: Bounds, force: bool, stop: threading.Event
) -> Result:
    """Have an nbgrader of its own grade one copy."""
    missing = missing_notebook(course, student)
    if missing:
        return Result(student, missing)
    start, log = time.monotonic(), course.log_folder / f"{student}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = ["autograde", course.assignment, f"--CourseDirectory.student_id={student}"]
    ending = run_bounded(
        [sys.executable, "-c", NBGRADER, *command, *(["--force"] if force else [])],
        seconds=60 * bounds.minutes,
        gib=bounds.memory,
        log=log,
        stop=stop,
        environment=ONE_THREAD,
    )
    if isinstance(ending, str):
        remove_half_done(course.path("autograded", student))
    output = log.read_text(encoding="utf-8", errors="replace")
    return Result(student, in_words(ending, output, bounds), time.monotonic() - start)


def missing_notebook(course: Course, student: str) -> str:
    """What is wrong where the folder holds no notebook of the name that was handed out, or ""."""
    folder = course.path("submitted", student)
    if any((folder / name).is_file() for name in course.notebooks):
        return ""
    found = [
        f"the folder {path.name}" if path.is_dir() else path.name
        for path in sorted(folder.iterdir())
    ]
    advice = ""
    for path in sorted(filter(Path.is_file, folder.rglob("*.[iI][pP][yY][nN][bB]"))):
        if path.name in course.notebooks:
            advice = f"; move {path.relative_to(folder)} up into {folder.name}"
        elif path.name.lower() in map(str.lower, course.notebooks):
            advice = f"; rename {path.relative_to(folder)}: its name is spelled otherwise"
    return (
        f"failed: {folder.name} holds no {' or '.join(sorted(course.notebooks))}, "
        f"but {', '.join(found) or 'nothing'}{advice}"
    )


def remove_half_done(folder: Path) -> None:
    """Remove what nbgrader would take for graded next time."""
    for path in folder.rglob("*"):
        path.chmod(0o600 if path.is_file() else 0o700)  # nbgrader protects what it wrote
    shutil.rmtree(folder, ignore_errors=True)


def in_words(ending: int | str, output: str, bounds: Bounds) -> str:
    """What became of a copy, by what run_bounded returned and what nbgrader wrote."""
    if ending == "time":
        return f"stopped: it was not done after {bounds.minutes:g} minutes"
    if ending == "memory":
        return f"stopped: it held more than {bounds.memory:g} GiB of memory"
    if ending == 0:
        return "graded before" if SKIPPED in output else "graded"
    lines = EXCEPTION.findall(output) or output.strip().splitlines() or ["nbgrader wrote nothing"]
    return f"failed: {lines[-1][:200]}"

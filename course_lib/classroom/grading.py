"""Grade the submissions for an assignment, several at a time.

Each submission gets its own nbgrader, with limits on time and memory, so one that crashes, never
ends or eats up memory does not hold up the others. What is graded, and how, is up to nbgrader.
"""

import importlib.util
import re
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from .bounded_process import BoundedProcess

SECONDS_BETWEEN_LOOKS = 0.1
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

    def __init__(self, assignment):
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

    def path(self, step, student="STUDENT"):
        """The folder of a student's copy at a step: source, submitted or autograded."""
        folder = getattr(self.directory, f"{step}_directory")
        return Path(self.directory.format_path(folder, student, self.assignment))

    def students(self):
        """The names of those who have handed in."""
        folders = self.path("submitted", "*")
        parts = folders.parts.index("*")
        found = Path(*folders.parts[:parts]).glob(str(Path(*folders.parts[parts:])))
        return sorted(folder.parts[parts] for folder in found if folder.is_dir())

    def gradebook(self):
        from nbgrader.api import Gradebook

        return Gradebook(self.directory.db_url, self.directory.course_id)

    def is_released(self):
        with self.gradebook() as gradebook:
            return self.assignment in {each.name for each in gradebook.assignments}

    def grade(self, student):
        """The student's points, how many there are, and a remark, all three as texts."""
        with self.gradebook() as gradebook:
            submission = gradebook.find_submission(self.assignment, student)
            remark = ", with answers to mark by hand" if submission.needs_manual_grade else ""
            return f"{submission.score:.2f}", f"{submission.max_score:g}", remark


@dataclass(frozen=True)
class Bounds:
    """What the grading of one copy may take: minutes, and memory in GiB."""

    minutes: float = 3.0
    memory: float = 2.0


def grade_all(course, students, jobs, bounds, force=False):
    """Grade the copies, `jobs` at a time; yield each job when it has ended.

    bounds: of each copy. force: grade again what is graded.
    """
    waiting: list[str] = list(students)
    running: list[Job] = []
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                running.append(Job(course, waiting.pop(0), bounds, force))
            for job in [job for job in running if job.look()]:
                running.remove(job)
                yield job
            time.sleep(SECONDS_BETWEEN_LOOKS)
    finally:  # after a Ctrl-C some are still running
        for job in running:
            job.give_up()


class Job:
    """One copy being graded by an nbgrader of its own."""

    def __init__(self, course, student, bounds, force=False):
        self.course, self.student, self.bounds = course, student, bounds
        self.log = course.log_folder / f"{student}.txt"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.result, self.seconds, self.process = self.missing_notebook(), 0.0, None
        if self.result is None:
            self.process = BoundedProcess(
                [
                    sys.executable,
                    "-c",
                    NBGRADER,
                    "autograde",
                    course.assignment,
                    f"--CourseDirectory.student_id={student}",
                    *(["--force"] if force else []),
                ],
                seconds=60 * bounds.minutes,
                gib=bounds.memory,
                log=self.log,
                environment=ONE_THREAD,
            )

    def missing_notebook(self):
        """What is wrong where the folder holds no notebook of the name that was handed out."""
        folder = self.course.path("submitted", self.student)
        found = {path.name for path in folder.glob("*")}
        if found & self.course.notebooks:
            return None
        return (
            f"failed: {folder.name} holds no {' or '.join(sorted(self.course.notebooks))}, "
            f"but {', '.join(sorted(found)) or 'nothing'}"
        )

    def look(self):
        """Whether it has ended; then `result` says how."""
        if self.result is None and self.process:
            ending = self.process.look()
            if ending is not None:
                self.seconds = self.process.elapsed()
                self.result = self.told(ending)
        return self.result is not None

    def told(self, ending):
        """The result, in words."""
        if ending == "time":
            self.give_up()
            return f"stopped: it was not done after {self.bounds.minutes:g} minutes"
        if ending == "memory":
            self.give_up()
            return f"stopped: it held more than {self.bounds.memory:g} GiB of memory"
        text = self.log.read_text(encoding="utf-8", errors="replace")
        if ending == 0:
            return "graded before" if SKIPPED in text else "graded"
        lines = EXCEPTION.findall(text) or text.strip().splitlines() or ["nbgrader wrote nothing"]
        return f"failed: {lines[-1][:200]}"

    def give_up(self):
        """End it, and remove what is half done: nbgrader would take it for graded next time."""
        if self.process:
            self.process.stop()
            half_done = self.course.path("autograded", self.student)
            for path in half_done.rglob("*"):
                path.chmod(0o600 if path.is_file() else 0o700)  # nbgrader protects what it wrote
            shutil.rmtree(half_done, ignore_errors=True)


def is_graded(result):
    return result.startswith("graded")

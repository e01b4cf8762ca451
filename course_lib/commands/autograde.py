"""`python -m course_lib autograde`: have nbgrader grade an assignment's submissions in parallel."""

import argparse
import os
import sys
import time
from pathlib import Path

from course_lib.classroom.grading import Bounds, Course, NotReady, grade_all

from .option_values import at_least_0, at_least_1


def add_options(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("assignment", help="its folder's name in source/, as 02_strided_convolution")
    add("--jobs", type=at_least_1, default=2, help="how many copies at a time")
    add("--minutes", type=at_least_0, default=3.0, help="for each copy")
    add("--memory", type=at_least_0, default=2.0, help="for each copy, in GiB")
    add("--student", action="append", help="only this one; may be given several times")
    add("--force", action="store_true", help="grade again what is graded")


def main(options: argparse.Namespace) -> int:
    """Grade as the options say. Returns the exit status: 1 if a copy was not graded."""
    # nbgrader calls programs, such as alembic, that pip has put beside this Python.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    try:
        course = Course(options.assignment)
    except NotReady as error:
        print(error, file=sys.stderr)
        return 1
    students = options.student or course.students()
    print(
        f"{options.assignment}: {len(students)} to grade, {options.jobs} at a time\n\n"
        f"{'student':24} {'points':>8} {'of':>6} {'seconds':>8}  result"
    )
    start, results = time.perf_counter(), []
    bounds = Bounds(options.minutes, options.memory)
    for result in grade_all(course, students, options.jobs, bounds, force=options.force):
        results.append(result)
        points, of, remark = course.grade(result.student) if result.is_graded else ("", "", "")
        print(
            f"{result.student:24} {points:>8} {of:>6} {result.seconds:8.1f}  "
            f"{result.words}{remark}",
            flush=True,
        )
    lost = sorted((one.student, one.words) for one in results if not one.is_graded)
    print(
        f"\n{len(results) - len(lost)} of {len(results)} are graded, after "
        f"{time.perf_counter() - start:.0f} s."
    )
    if lost:
        print("Not graded:")
        for student, words in lost:
            print(f"  {student}: {words}")
        print(f"What nbgrader wrote about each: {course.log_folder}")
    return 1 if lost else 0

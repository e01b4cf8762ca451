"""How long it takes to grade a class of thirty, and whether every grade is there at the end.

    python -m tests.benchmarks.autograding [--assignment 02_strided_convolution] [--jobs 2]

Twenty-four copies are solved, three blank, two wrong in one task, and one never ends in one task.
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path

from tests.classroom import course as classroom


def make_class(folder, assignment):
    """Hand in thirty copies; return the points that each should get."""
    solved = classroom.solved(folder, assignment)
    task = classroom.unneeded(solved)[-1]
    wrong = classroom.with_code(solved, task, f"def {task}(*a, **k):\n    return None")
    endless = classroom.with_code(solved, task, f"def {task}(*a, **k):\n    while True: ...")
    blank = classroom.notebook(folder, "release", assignment)
    of_blank = dict.fromkeys(classroom.points(solved), 0.0)
    kinds = [
        (solved, classroom.expected(solved), 24),
        (blank, of_blank, 3),
        (wrong, classroom.expected(solved, [task]), 2),
        (endless, classroom.expected(solved, [task]), 1),
    ]
    scores = {}
    for nb, points, count in kinds:
        for _ in range(count):
            student = f"student{len(scores):02d}"
            classroom.hand_in(folder, student, assignment, nb)
            scores[student] = points
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--assignment", default=classroom.ASSIGNMENTS[0])
    parser.add_argument("--jobs", default="2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = classroom.copy_course(Path(folder))
        classroom.run(folder, "nbgrader", "generate_assignment", options.assignment)
        scores = make_class(folder, options.assignment)
        start, used = time.perf_counter(), processor_seconds()
        print(
            classroom.run(
                folder, "course_lib", "autograde", options.assignment, "--jobs", options.jobs
            )
        )
        print(
            f"{time.perf_counter() - start:.0f} s by the clock, "
            f"{processor_seconds() - used:.0f} s of processor time"
        )
        graded = classroom.auto_scores(folder, options.assignment)
        print("every grade is as it should be:", graded == scores)


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()

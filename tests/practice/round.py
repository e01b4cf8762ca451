"""Try solutions that somebody wrote from the student's page alone.

    python -m tests.practice.round FILE NUMBER [--messages]

FILE defines WRONG and RIGHT, {task: [functions]}; the first line of a docstring says which mistake
it is. Prints each survivor (wrong, and neither the visible check nor the hidden tests noticed),
each one that hidden tests alone miss, and each false alarm (right, and refused).
"""

import sys
import warnings

from tests.practice.assignments.source import assignments


def title(function):
    return " ".join((function.__doc__ or function.__name__).strip().split("\n\n")[0].split())


def solutions(path):
    namespace = {"__name__": "solutions"}
    with open(path, encoding="utf-8") as file:
        exec(compile(file.read(), path, "exec"), namespace)
    return namespace["WRONG"], namespace["RIGHT"]


def main(path, number, with_messages=False):
    warnings.simplefilter("ignore")
    assignment = next(a for a in assignments() if a.number == number)
    wrong, right = solutions(path)
    counts = dict.fromkeys(("wrong", "visible", "hidden", "neither", "right", "refused"), 0)
    for task in assignment.tasks:
        for function in wrong.get(task, []):
            graded = assignment.grade(task, function)
            visible, hidden = graded.error is not None, graded.earned < graded.total
            counts["wrong"] += 1
            counts["visible"] += visible
            counts["hidden"] += hidden
            counts["neither"] += not (visible or hidden)
            if not hidden:
                kind = "only visible" if visible else "SURVIVED"
                print(f"{kind}: {task}: {function.__name__}: {title(function)}")
            if with_messages:
                print(f"--- {task}: {title(function)}\n{graded.error}\n")
        for function in right.get(task, []):
            graded = assignment.grade(task, function)
            counts["right"] += 1
            counts["refused"] += not graded.passed
            if not graded.passed:
                print(f"REFUSED: {task}: {function.__name__}: {title(function)}")
                print(f"{graded.error}\n{graded.log}")
    print(", ".join(f"{name} {count}" for name, count in counts.items()))


if __name__ == "__main__":
    main(*sys.argv[1:3], with_messages="--messages" in sys.argv)

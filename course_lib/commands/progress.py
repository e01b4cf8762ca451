"""`python -m course_lib progress`: what the learner has written and predicted so far."""

import argparse
import json
import os
from pathlib import Path

from course_lib.practice.course_folder import KEPT, NotThere, notebooks


def add_options(command: argparse.ArgumentParser) -> None:
    del command  # there are none


def main(options: argparse.Namespace) -> int:
    """Print a table, a line for each lesson. Returns the exit status."""
    try:
        folder = notebooks()
    except NotThere as error:
        print(error)
        return 1
    from course_lib.practice import record

    os.environ.setdefault(record.FOLDER, str(folder))
    try:
        kept = record.read()
    except (OSError, ValueError) as error:
        print(error)
        return 1
    print(f"{'lesson':44} {'written':>9} {'predicted':>10} {'came true':>10}")
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        if KEPT in path.name:
            continue
        number = path.name[:2]
        names = exercises(path)
        right = [kept.get("exercises", {}).get(name, {}).get("state") == "right" for name in names]
        said = [p for n, p in kept.get("predictions", {}).items() if n.startswith(number)]
        true = sum(bool(p.get("right")) for p in said)
        written = f"{sum(right)} of {len(names)}" if names else "–"
        print(f"{path.stem:44} {written:>9} {len(said):10} {true:10}")
        for name, done in zip(names, right, strict=True):
            state = kept.get("exercises", {}).get(name, {}).get("state")
            if state and not done:
                print(f"    {name}: tried, and not right yet")
    voted = "cast" if kept.get("ballot") else "not cast yet (lesson 00)"
    print(f"Your vote on the seven diagnoses: {voted}.")
    print(f"All of this is kept in {record.file()}.")
    return 0


def exercises(path: Path) -> list[str]:
    """The names of the exercises of a lesson, in their order."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    names = []
    for cell in cells:
        if "exercise" in cell["metadata"].get("tags", []):
            for line in "".join(cell["source"]).splitlines():
                if line.startswith(("def ", "class ")):
                    names.append(line.split()[1].partition("(")[0].rstrip(":"))
                    break
    return names

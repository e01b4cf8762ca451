"""What every notebook needs: seconds, and the most memory that its kernel held at a time.

    python -m tests.benchmarks.notebooks [--dataset cifar10] [--keep FOLDER] [NOTEBOOK ...]

Without names: all lessons, and the assignments with their solutions. Each one runs from top to
bottom in a fresh kernel. Memory is what the kernel's processes hold in main memory together
(resident set size), looked at fifty times a second, and at most 1,000 MB are allowed: a laptop with
4 GB has a browser and JupyterLab to carry as well. The exit status is 1 where a notebook needs more
or raises an exception.
"""

import argparse
import os
import sys
import threading
import time
from pathlib import Path

import nbformat
import psutil
from nbclient.exceptions import CellExecutionError

from tests.refresh import run

FOLDER = Path(__file__).resolve().parent.parent.parent / "notebooks"
MOST_MEGABYTES = 1_000
SECONDS_BETWEEN_LOOKS = 0.02


class PeakMemory:
    """In a `with` block: the most bytes that the processes started in it held together."""

    def __enter__(self):
        self.bytes, self._end = 0, threading.Event()
        self._others = set(psutil.Process().children(recursive=True))
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()
        return self

    def __exit__(self, *exception):
        self._end.set()
        self._watcher.join()

    def _watch(self):
        this = psutil.Process()
        while not self._end.wait(SECONDS_BETWEEN_LOOKS):
            started = set(this.children(recursive=True)) - self._others
            self.bytes = max(self.bytes, sum(map(resident, started)))


def resident(process):
    """The bytes of main memory that a process holds; 0 after its end."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def measure(path, keep=None):
    """Run a notebook; return its row: seconds, megabytes, cells, and what was wrong or ""."""
    notebook, problem = nbformat.read(path, as_version=4), ""
    start = time.perf_counter()
    with PeakMemory() as peak:
        try:
            run(notebook, path.parent)
        except CellExecutionError as error:
            problem = f"{error.ename}: {error.evalue}"
    seconds, megabytes = time.perf_counter() - start, peak.bytes / 1e6
    if keep:
        nbformat.write(notebook, keep / path.name)
    if not problem and megabytes > MOST_MEGABYTES:
        problem = f"more than {MOST_MEGABYTES:,} MB"
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    return seconds, megabytes, cells, problem


def every_notebook():
    """The lessons, then the sources of the assignments."""
    return [*sorted(FOLDER.glob("*.ipynb")), *sorted(FOLDER.glob("assignments/source/*/*.ipynb"))]


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, metavar="NOTEBOOK")
    parser.add_argument("--dataset", default="pictograms", choices=["pictograms", "cifar10"])
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="write what was run there")
    options = parser.parse_args(arguments)
    os.environ["COURSE_DATASET"] = options.dataset
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    problems = 0
    print(
        f"data set {options.dataset}\n\n| notebook | seconds | peak MB | cells | |\n|"
        "---|---|---|---|---|",
        flush=True,
    )
    for path in options.notebooks or every_notebook():
        seconds, megabytes, cells, problem = measure(path.resolve(), options.keep)
        problems += bool(problem)
        print(
            f"| {path.stem} | {seconds:.0f} | {megabytes:.0f} | {cells} | {problem} |", flush=True
        )
    return int(problems > 0)


if __name__ == "__main__":
    sys.exit(main())

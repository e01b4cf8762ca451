"""A pytest plugin that checks notebooks strictly: it extends nbval.

nbval runs every cell of a notebook in a fresh kernel and compares what comes out with what is
stored. This plugin adds what the course needs:

- numbers compare with a tolerance: one unit in the last printed digit or a relative 1e-3,
  whichever is larger. A cell tagged `rtol=0.05` has a wider one. Whole numbers and words
  compare exactly;
- a cell that was never run, or that is marked to be skipped, is a failure: nbval would pass it;
- after the last cell every slider, menu and button of the notebook is moved through its range;
  an exception in a callback is a failure;
- the closing line counts the cells that were compared.
"""

import math
import os
import re
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell
from nbval.plugin import IPyNbCell, IPyNbFile

RELATIVE_TOLERANCE = 1e-3
SWEEP_SOURCE = (Path(__file__).parent / "widget_sweep.py").read_text()

# A number that has a point or an exponent. What is left, whole numbers included, is words.
REAL = re.compile(r"(?<![\w.])[-+]?(?:\d+\.\d*|\.\d+|\d+(?=[eE]))(?:[eE][-+]?\d+)?(?![\w.]*\w)")


def pytest_configure(config):
    if config.option.nbval:
        # Stored outputs belong to the embedded data, whatever the reader's own choice is.
        os.environ.pop("COURSE_DATASET", None)


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(file_path, parent):
    collectors = yield
    return [
        CheckedNotebook.from_parent(parent, path=file_path) if type(c) is IPyNbFile else c
        for c in collectors
    ]


class CheckedNotebook(IPyNbFile):
    """A notebook all of whose code cells are checked, and its widgets after them."""

    def setup(self):
        # What a sweep predicts and votes goes into a folder of its own, empty for each notebook.
        self.learner = tempfile.TemporaryDirectory()
        os.environ["COURSE_LEARNER_FOLDER"] = self.learner.name
        try:
            super().setup()
        except Exception:  # two kernels that start at once may both find the same port free
            super().setup()

    def teardown(self):
        super().teardown()
        del os.environ["COURSE_LEARNER_FOLDER"]
        self.learner.cleanup()

    def collect(self):
        for cell in super().collect():
            if cell.cell.source.strip():
                yield CheckedCell.from_parent(
                    self,
                    name=cell.name,
                    cell_num=cell.cell_num,
                    cell=cell.cell,
                    options=cell.options,
                )
        sweep = new_code_cell(SWEEP_SOURCE, execution_count=1)
        yield WidgetSweep.from_parent(
            self, name="widgets", cell_num=-1, cell=sweep, options=defaultdict(bool, check=True)
        )


class CheckedCell(IPyNbCell):
    """A code cell: it must have been run, and its outputs must be the same within tolerance."""

    def runtest(self):
        if self.options["skip"]:
            self.raise_cell_error("This cell is marked to be skipped: no cell may be")
        if self.cell.execution_count is None:
            self.raise_cell_error(
                "This cell is stored without having been run. Refresh the notebook: "
                f"python -m tests.refresh {self.path.name}"
            )
        super().runtest()

    def reportinfo(self):
        return self.path, 0, f"{self.path.name}::{self.name}"

    def compare_outputs(self, test, ref, skip_compare=None):
        rtol = relative_tolerance(self.cell.metadata.get("tags", []))
        for new, stored in zip(test, ref, strict=False):
            forgive(new, stored, rtol)
        return super().compare_outputs(test, ref, skip_compare)


class WidgetSweep(CheckedCell):
    """A last cell, not in the notebook, that moves every control of it through its range."""


def relative_tolerance(tags):
    """The tolerance of a cell, from its tag `rtol=0.05`."""
    for tag in tags:
        if tag.startswith("rtol="):
            return float(tag.removeprefix("rtol="))
    return RELATIVE_TOLERANCE


def forgive(new, stored, rtol):
    """Where a text differs from the stored one within tolerance only, write the stored one."""
    if new.get("output_type") != stored.get("output_type"):
        return
    for fields, stored_fields in ((new, stored), (new.get("data", {}), stored.get("data", {}))):
        for key, text in fields.items():
            stored_text = stored_fields.get(key)
            if isinstance(text, str) and isinstance(stored_text, str):
                if key != "output_type" and texts_agree(text, stored_text, rtol):
                    fields[key] = stored_text


def texts_agree(left, right, rtol=RELATIVE_TOLERANCE):
    """Whether two texts have the same words, and numbers within tolerance.

    Spaces count as one where they stand beside a number: a column grows with its numbers.

    >>> texts_agree("loss 2.30", "loss 2.31"), texts_agree("loss 2.30", "loss 2.33")
    (True, False)
    """
    if words(left) != words(right):
        return False
    pairs = zip(REAL.findall(left), REAL.findall(right), strict=True)
    return all(numbers_agree(a, b, rtol) for a, b in pairs)


def words(text):
    """The text with a mark for every number that compares with a tolerance."""
    return re.sub(r" *\0 *", " \0 ", REAL.sub("\0", text))


def numbers_agree(left, right, rtol):
    """Whether two printed numbers agree: in the last printed digit, or relatively."""
    a, b = float(left), float(right)
    allowed = max(last_digit(left), last_digit(right), rtol * max(abs(a), abs(b)))
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=allowed * (1 + 1e-9))


def last_digit(number):
    """The size of one unit in the last printed digit; 0 for "3.", which may end a sentence.

    >>> last_digit("2.30"), last_digit("1.5e-3"), last_digit("3.")
    (0.01, 0.0001, 0.0)
    """
    if number.endswith("."):
        return 0.0
    mantissa, _, exponent = number.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return float(f"1e{int(exponent or 0) - decimals}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if isinstance(item, CheckedCell) and report.when == "call":
        kind = "compared" if item.options["check"] else "run"
        report.notebook_cell = "swept" if isinstance(item, WidgetSweep) else kind
    return report


def pytest_terminal_summary(terminalreporter):
    passed = terminalreporter.stats.get("passed", [])
    kinds = [getattr(report, "notebook_cell", None) for report in passed]
    notebooks = {r.nodeid.split("::")[0] for r in passed if getattr(r, "notebook_cell", None)}
    if notebooks:
        terminalreporter.write_line(
            f"{kinds.count('compared')} notebook cells run and compared in {len(notebooks)} "
            f"notebooks, {kinds.count('run')} run only; widgets swept in {kinds.count('swept')}"
        )

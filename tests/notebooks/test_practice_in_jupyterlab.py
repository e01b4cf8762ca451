"""Predictions and exercises in a real JupyterLab: folded results, a restart, cells run again."""

import json
import os
from pathlib import Path

import nbformat
import pytest

from course_lib.practice import record
from tests.notebooks import browser
from tests.refresh import METADATA

ROOT = Path(__file__).parents[2]

if browser.CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed: no browser tests", allow_module_level=True)

SET_UP, PREDICT, RESULT, WRITE, USE = range(5)
CELLS = [
    "import numpy as np\n"
    "from course_lib import practice\n"
    "from course_lib.practice.lessons.lesson_00 import length",
    'practice.predict("00 colour", "Which colour?", ["green", "blue"])',
    'print("The result:\\nBLUE")\npractice.predicted("00 colour", "blue")',
    "@practice.exercise\ndef length(numbers):\n    raise NotImplementedError",
    'print("five is", length(np.array([3.0, 4.0])), "by", "mine" if length.yours else "the course")',
]
WRITTEN = "@practice.exercise\ndef length(numbers):\n    return {code}"
RUN = """async number => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.activeCellIndex = number;
    await window.jupyterapp.commands.execute('notebook:run-cell');
}"""
SET_SOURCE = """([number, code]) => {
    const panel = window.jupyterapp.shell.currentWidget;
    panel.content.widgets[number].model.sharedModel.setSource(code);
}"""
RESTART = """async () => {
    const context = window.jupyterapp.shell.currentWidget.sessionContext;
    await context.session.kernel.restart();
}"""


def written_notebook():
    cells = [nbformat.v4.new_code_cell(code) for code in CELLS]
    cells[RESULT].outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="The result:\nBLUE\n")
    ]
    cells[RESULT].metadata.jupyter = {"outputs_hidden": True}
    return nbformat.v4.new_notebook(cells=cells, metadata=METADATA)


class Lesson:
    """The small notebook in a tab of its own, and what a learner does with it."""

    def __init__(self, chromium, address, folder, name):
        nbformat.write(written_notebook(), folder / name)
        self.notebook = browser.NotebookPage(chromium, address, name)
        self.page = self.notebook.page

    def cell(self, number):
        return self.page.locator(".jp-Notebook .jp-Cell").nth(number)

    def run(self, *numbers):
        for number in numbers:
            self.page.evaluate(RUN, number)

    def write(self, code):
        self.page.evaluate(SET_SOURCE, [WRITE, code])

    def shown(self, number):
        """What the cell's output says, on one line."""
        return " ".join(self.cell(number).locator(".jp-Cell-outputArea").inner_text().split())


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder, home = tmp_path_factory.mktemp("lesson"), tmp_path_factory.mktemp("home")
    with browser.jupyterlab(folder, home, course=ROOT) as address:
        yield folder, address


@pytest.fixture
def lesson(chromium, lab, request):
    folder, address = lab
    (folder / record.NAME).unlink(missing_ok=True)
    opened = Lesson(chromium, address, folder, f"{request.node.name}.ipynb")
    yield opened
    assert opened.notebook.problems == [] and opened.notebook.tracebacks() == []
    opened.notebook.close()


def test_a_folded_result_opens_when_its_cell_runs(lesson):
    result = lesson.cell(RESULT).locator(".jp-Cell-outputArea").get_by_text("BLUE")
    assert not result.is_visible()
    lesson.run(SET_UP, PREDICT)
    assert not result.is_visible()
    lesson.run(RESULT)
    assert result.is_visible()
    assert "made no prediction here" in lesson.shown(RESULT)


def test_a_prediction_survives_a_restart(lesson, lab):
    lesson.run(SET_UP, PREDICT)
    lesson.cell(PREDICT).get_by_label("green").check()
    lesson.cell(PREDICT).get_by_text("Kept: green").wait_for()
    lesson.page.evaluate(RESTART)
    lesson.run(SET_UP, PREDICT)
    lesson.cell(PREDICT).get_by_text("You said: green").wait_for()
    assert lesson.cell(PREDICT).get_by_label("green").is_checked()
    lesson.run(RESULT)
    assert "You predicted green; the result was blue." in lesson.shown(RESULT)
    kept = json.loads((lab[0] / record.NAME).read_text())["predictions"]["00 colour"]
    assert kept["said"] == "green" and kept["right"] is False


def test_an_answer_changed_after_the_result_does_not_count(lesson, lab):
    lesson.run(SET_UP, PREDICT)
    lesson.cell(PREDICT).get_by_label("green").check()
    lesson.cell(PREDICT).get_by_text("Kept: green").wait_for()
    lesson.run(RESULT, PREDICT)
    lesson.cell(PREDICT).get_by_label("blue").check()
    lesson.cell(PREDICT).get_by_text("it does not count").wait_for()
    lesson.run(RESULT)
    kept = json.loads((lab[0] / record.NAME).read_text())["predictions"]["00 colour"]
    assert kept["said"] == "blue" and kept["right"] is False


def test_wrong_and_then_right_in_the_same_cell(lesson):
    lesson.run(SET_UP, WRITE, USE)
    assert "not written yet" in lesson.shown(WRITE)
    assert "five is 5.0 by the course" in lesson.shown(USE)
    lesson.write(WRITTEN.format(code="np.abs(numbers).sum()"))
    lesson.run(WRITE, USE)
    assert "The lesson goes on with the course's own length." in lesson.shown(WRITE)
    assert "five is 5.0 by the course" in lesson.shown(USE)
    lesson.write(WRITTEN.format(code="np.sqrt((numbers**2).sum())"))
    lesson.run(WRITE, USE)
    assert "The lesson goes on with yours." in lesson.shown(WRITE)
    assert "five is 5.0 by mine" in lesson.shown(USE)


def test_a_cell_run_again_after_later_ones(lesson):
    """What was right and is broken again no longer counts, nor after the set-up cell."""
    lesson.run(SET_UP)
    lesson.write(WRITTEN.format(code="np.sqrt((numbers**2).sum())"))
    lesson.run(WRITE, USE, WRITE, USE)
    assert "five is 5.0 by mine" in lesson.shown(USE)
    lesson.write(WRITTEN.format(code="None"))
    lesson.run(WRITE, USE)
    assert "it is None" in lesson.shown(WRITE)
    assert "five is 5.0 by the course" in lesson.shown(USE)
    lesson.run(SET_UP, USE)
    assert "five is 5.0 by the course" in lesson.shown(USE)

"""The notebooks in a real JupyterLab, in a headless Chromium, moved by the keyboard."""

import os
import shutil
from pathlib import Path

import pytest

from tests.notebooks import browser, explorer_pages

ROOT = Path(__file__).parents[2]

if browser.CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed: no browser tests", allow_module_level=True)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that serves a copy of the notebooks, beside one of the data."""
    course = tmp_path_factory.mktemp("course")
    folder = course / "notebooks"
    folder.mkdir()
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, folder)
    (course / "data").symlink_to(ROOT / "data")
    with browser.jupyterlab(folder, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture
def open_notebook(chromium, lab):
    pages = []

    def open_one(name):
        pages.append(browser.NotebookPage(chromium, lab, name))
        return pages[-1]

    yield open_one
    for page in pages:
        page.close()


NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("0*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_and_its_sliders_move(open_notebook, name):
    """Run all; then move the slider of every explorer by the keyboard and see a new picture."""
    notebook = open_notebook(name)
    notebook.run_all()
    assert notebook.tracebacks() == []
    handles = notebook.page.locator(".widget-slider .noUi-handle")
    cards = [explorer_pages.Card(card) for card in notebook.page.locator(".course-explorer").all()]
    assert handles.count() or cards
    for number in range(handles.count()):
        before = notebook.pictures()
        handles.nth(number).focus()
        notebook.page.keyboard.press("ArrowRight")
        notebook.wait_for_change(before)
    for card in cards:
        bar, before = card.card.locator("input[type=range]:visible, .grab").first, card.state()
        bar.focus()
        at_end = bar.evaluate("bar => bar.value !== undefined && bar.value === bar.max")
        notebook.page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        card.wait_for_change(before)
    assert notebook.tracebacks() == []
    assert notebook.problems == []

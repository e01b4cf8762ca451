"""The notebooks in a real JupyterLab, in a headless Chromium, moved by the keyboard."""

import os
import shutil
from pathlib import Path

import pytest

from tests.notebooks import browser

ROOT = Path(__file__).parents[2]

if browser.CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed: no browser tests", allow_module_level=True)


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    assert browser.CHROMIUM, "CI must install Chromium"
    with sync_playwright() as playwright:
        options = {"executable_path": browser.CHROMIUM, "args": browser.CHROMIUM_OPTIONS}
        program = playwright.chromium.launch(**options)
        yield program
        program.close()


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


WITHOUT_SLIDERS = {"00_the_case.ipynb", "07_the_verdict.ipynb"}  # of ipywidgets
NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("0*.ipynb"))


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_and_its_sliders_move(open_notebook, name):
    """Run all; then move the slider of every explorer by the keyboard and see a new picture."""
    notebook = open_notebook(name)
    notebook.run_all()
    assert notebook.tracebacks() == []
    handles = notebook.page.locator(".widget-slider .noUi-handle")
    assert (handles.count() == 0) == (name in WITHOUT_SLIDERS)
    for number in range(handles.count()):
        before = notebook.pictures()
        handles.nth(number).focus()
        notebook.page.keyboard.press("ArrowRight")
        notebook.wait_for_change(before)
    assert notebook.tracebacks() == []
    assert notebook.problems == []


def test_presets_and_lines_of_text_of_the_gradient_explorer(open_notebook):
    """Choose each preset, by the keyboard; write a line of settings, a wrong one too."""
    notebook = open_notebook("06_gradient_vanishing.ipynb")
    notebook.run_all()
    page = notebook.page
    menu = page.locator(".widget-dropdown", has_text="preset").locator("select")
    verdict = page.locator("[role=status]").last
    names = menu.locator("option").count() - 1  # all but "my own"
    assert names >= 11  # a start, both cases twice, and six diagnoses
    menu.focus()
    seen = {}
    for key in ["End", *["ArrowUp"] * (names - 1)]:
        before = notebook.pictures()
        for press in ("Enter", key, "Enter"):  # the menu opens, moves, closes
            page.keyboard.press(press)
        notebook.wait_for_change(before)
        page.wait_for_timeout(200)
        seen[menu.input_value()] = verdict.inner_text()
    assert len(seen) == names
    assert all(seen.values()) and len(set(seen.values())) > names / 2

    line = page.locator(".widget-text", has_text="as text").locator("input")
    before = notebook.pictures()
    line.fill("depth=20 activation=relu")
    line.press("Enter")
    notebook.wait_for_change(before)
    line.fill("depth=many")
    line.press("Enter")
    page.get_by_text("depth is 'many'; give a whole number").wait_for()
    assert notebook.tracebacks() == []
    assert notebook.problems == []

"""The notebooks in a real JupyterLab, in a headless Chromium, moved by the keyboard."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets
from tests.notebooks import browser, explorer_pages

ROOT = Path(__file__).parents[2]

if browser.CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed: no browser tests", allow_module_level=True)


IMAGES = """from course_lib import datasets
from course_lib.figures import lesson_01_data_loading

data = datasets.load()
lesson_01_data_loading.image_browser(data.train_images, data.train_labels, data.class_names)"""
# Sliders, and fields for a number: what the arrow keys move.
HANDLES = {
    ".widget-slider .noUi-handle": "ArrowRight",
    ".widget-text input[type=number][max]": "ArrowUp",  # of a prediction there is none
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that serves a copy of the notebooks, beside one of the data."""
    course = tmp_path_factory.mktemp("course")
    folder = course / "notebooks"
    folder.mkdir()
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        shutil.copy(notebook, folder)
    (course / "data").symlink_to(ROOT / "data")
    explorer_pages.write_notebook(folder / "images.ipynb", IMAGES)
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
    handles = [
        (handle, key)
        for selector, key in HANDLES.items()
        for handle in notebook.page.locator(selector).all()
    ]
    cards = [explorer_pages.Card(card) for card in notebook.page.locator(".course-explorer").all()]
    assert handles or cards
    for handle, key in handles:
        before = notebook.pictures()
        handle.focus()
        notebook.page.keyboard.press(key)
        notebook.wait_for_change(before)
    for card in cards:
        bar, before = card.card.locator("input[type=range]:visible, .grab").first, card.state()
        bar.focus()
        at_end = bar.evaluate("bar => bar.value !== undefined && bar.value === bar.max")
        notebook.page.keyboard.press("ArrowLeft" if at_end else "ArrowRight")
        card.wait_for_change(before)
    assert notebook.tracebacks() == []
    assert notebook.problems == []


def test_images_are_leafed_through_by_the_keyboard(open_notebook):
    """All controls are at least 24 pixels high, and a key that one takes leaves it the focus."""
    notebook = open_notebook("images.ipynb")
    notebook.run_all()
    page, data = notebook.page, datasets.load()
    controls = {
        name: page.get_by_role(role, name=name)
        for role, name in [
            ("button", "previous"),
            ("button", "next"),
            ("combobox", "step through"),
            ("spinbutton", "image number"),
        ]
    }
    assert min(control.bounding_box()["height"] for control in controls.values()) >= 24
    first = np.flatnonzero(data.train_labels == 0)[0]  # of the first class in the menu
    moves = [("next", "Space", 1), ("next", "Enter", 2), ("previous", "Space", 1)]
    moves += [("image number", "ArrowUp", 2), ("step through", "ArrowDown", first)]
    for name, key, number in moves:
        before = notebook.pictures()
        controls[name].focus()
        page.keyboard.press(key)
        notebook.wait_for_change(before)
        page.wait_for_function(
            "text => document.querySelector('img.widget-image').alt.startsWith(text)",
            arg=f"Image {number} (",
        )
        assert controls[name].evaluate("control => control === document.activeElement"), name
    assert notebook.tracebacks() == [] and notebook.problems == []

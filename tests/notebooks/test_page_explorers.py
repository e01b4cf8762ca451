"""The explorers that the page draws, in a real JupyterLab, moved by keyboard and pointer."""

import os
from pathlib import Path

import pytest

from tests.figures.page_explorers import EXPLORERS
from tests.notebooks import browser, explorer_pages

ROOT = Path(__file__).parents[2]

if browser.CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed: no browser tests", allow_module_level=True)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explorers")
    explorer_pages.write_notebooks(folder)
    patch = pytest.MonkeyPatch()
    patch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    with browser.jupyterlab(folder, tmp_path_factory.mktemp("home")) as address:
        patch.undo()  # for the server alone
        yield address


@pytest.fixture(scope="module", params=EXPLORERS)
def opened(request, chromium, lab):
    """(the notebook's page, its card), the cell run, on a small screen."""
    viewport = {"width": 1280, "height": 800}
    notebook = browser.NotebookPage(chromium, lab, f"{request.param}.ipynb", viewport=viewport)
    notebook.run_all()
    yield notebook, explorer_pages.Card(notebook.page.locator(".course-explorer"))
    assert notebook.problems == [] and notebook.tracebacks() == []
    notebook.close()


def test_controls_and_picture_fit_a_small_screen(opened):
    _, card = opened
    box = card.card.bounding_box()
    assert box["height"] <= explorer_pages.LARGEST
    for part in card.card.locator("button, select, input, .grab").all():
        size = part.bounding_box()
        assert min(size["width"], size["height"]) >= 24, part.evaluate("part => part.outerHTML")


def test_every_control_has_a_name(opened):
    _, card = opened
    nameless = card.card.evaluate(
        """card => [...card.querySelectorAll('button, select, input, .grab')].filter(part =>
            !(part.getAttribute('aria-label') || part.textContent.trim()
              || part.closest('label')?.textContent.trim())).map(part => part.outerHTML)"""
    )
    assert nameless == []


def test_every_slider_moves_by_the_keyboard_and_reset_puts_all_back(opened):
    notebook, card = opened
    first = card.state()
    for bar in card.card.locator("input[type=range]").all():
        if bar.get_attribute("disabled") is not None:
            continue
        before, value = card.state(), bar.input_value()
        bar.focus()
        notebook.page.keyboard.press(
            "ArrowLeft" if value == bar.get_attribute("max") else "ArrowRight"
        )
        assert bar.input_value() != value
        card.wait_for_change(before)
    card.card.get_by_role("button", name="reset").click()
    for _ in range(60):
        if card.state() == first:
            break
        notebook.page.wait_for_timeout(50)
    assert card.state() == first


def test_what_can_be_grabbed_moves_by_keys_and_pointer(opened):
    notebook, card = opened
    for part in card.card.locator(".grab").all():
        before = card.state()
        part.focus()
        notebook.page.keyboard.press("ArrowRight")
        notebook.page.keyboard.press("ArrowDown")
        card.wait_for_change(before)
        before, box = card.state(), part.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        notebook.page.mouse.move(x, y)
        notebook.page.mouse.down()
        notebook.page.mouse.move(x + 70, y + 70, steps=4)
        notebook.page.mouse.up()
        card.wait_for_change(before)
    card.card.get_by_role("button", name="reset").click()


def test_play_moves_and_pauses(opened):
    notebook, card = opened
    for button in card.card.get_by_role("button", name="play").all():
        before = card.state()
        button.click()
        card.wait_for_change(before)
        card.card.get_by_role("button", name="pause").click()
        notebook.page.wait_for_timeout(600)
        still = card.state()
        notebook.page.wait_for_timeout(600)
        assert card.state() == still
    card.card.get_by_role("button", name="reset").click()


def test_every_start_button_starts_its_experiment(opened):
    notebook, card = opened
    starts = card.card.locator(".controls button[aria-pressed]")
    names = [name for name in starts.all_inner_texts() if name not in ("play", "reset")]
    for name in names:
        button = card.card.get_by_role("button", name=name, exact=True)
        button.click()
        notebook.page.wait_for_timeout(300)
        assert button.get_attribute("aria-pressed") == "true"
    card.card.get_by_role("button", name="reset").click()


def test_a_notebook_saved_and_opened_again_shows_its_explorer(chromium, lab):
    """The next day: no cell has run, and the state that was saved with the notebook is all."""
    name = next(name for name in EXPLORERS if EXPLORERS[name]().computed_in_page)
    notebook = browser.NotebookPage(chromium, lab, f"{name}.ipynb")
    notebook.run_all()
    words = explorer_pages.Card(notebook.page.locator(".course-explorer")).words()
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    notebook.page.wait_for_timeout(1500)
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('kernelmenu:shutdown')")
    notebook.close()
    again = browser.NotebookPage(chromium, lab, f"{name}.ipynb")
    card = explorer_pages.Card(again.page.locator(".course-explorer"))
    assert card.words() == words
    before = card.state()
    card.card.locator(".grab").first.focus()
    again.page.keyboard.press("ArrowRight")
    card.wait_for_change(before)
    assert "not found" not in again.page.content()
    again.close()

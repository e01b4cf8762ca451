"""The explorers that the page draws, in a real JupyterLab, moved by keyboard and pointer."""

import os
from pathlib import Path

import pytest

from course_lib.figures import colour_contrast
from tests.figures.page_explorers import EXPLORERS
from tests.notebooks import browser, explorer_pages

ROOT = Path(__file__).parents[2]
SCREEN, ZOOMED = {"width": 1280, "height": 800}, {"width": 640, "height": 400}  # at 200 %

if browser.CHROMIUM is None and not os.environ.get("CI"):
    pytest.skip("Chromium is not installed: no browser tests", allow_module_level=True)


WIDGETS = """from course_lib.figures.lesson_04_softmax import loss_explorer
from course_lib.practice.ballot_widget import BallotBox
display(loss_explorer(), BallotBox("ballot.json"))"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("explorers")
    explorer_pages.write_notebooks(folder)
    explorer_pages.write_notebook(folder / "widgets.ipynb", WIDGETS)
    with browser.jupyterlab(folder, tmp_path_factory.mktemp("home"), course=ROOT) as address:
        yield address


@pytest.fixture(scope="module", params=EXPLORERS)
def opened(request, chromium, lab):
    """(the notebook's page, its card), the cell run, on a small screen."""
    look = {"viewport": SCREEN, "has_touch": True}
    notebook = browser.NotebookPage(chromium, lab, f"{request.param}.ipynb", **look)
    notebook.run_all()
    yield notebook, explorer_pages.Card(notebook.page.locator(".course-explorer"))
    assert notebook.problems == [] and notebook.tracebacks() == []
    notebook.close()


def test_controls_and_picture_fit_a_small_screen(opened):
    notebook, card = opened
    panel = notebook.page.locator(".jp-WindowedPanel-outer").bounding_box()
    assert card.card.bounding_box()["height"] <= panel["height"] - explorer_pages.MARGIN
    assert explorer_pages.check(card.card, "smallTargets", explorer_pages.SMALLEST_TARGET) == []


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
        before, box = card.settled(), part.bounding_box()
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


@pytest.fixture
def zoomed(opened):
    """The same at 200 %, where a page has half the pixels, and without the side bar."""
    notebook, card = opened
    side_bar = "() => window.jupyterapp.commands.execute('application:toggle-left-area')"
    notebook.page.evaluate(side_bar)
    notebook.page.set_viewport_size(ZOOMED)
    notebook.page.wait_for_timeout(300)
    yield notebook, card
    notebook.page.set_viewport_size(SCREEN)
    notebook.page.evaluate(side_bar)
    notebook.page.wait_for_timeout(300)


@pytest.mark.parametrize("theme", ["JupyterLab Dark", "JupyterLab Light"])
def test_axe_finds_nothing_wrong_and_every_text_stands_out(opened, theme):
    notebook, card = opened
    explorer_pages.choose_theme(notebook.page, theme)
    assert explorer_pages.axe_violations(card.card) == []
    assert explorer_pages.check(card.card, "paleTexts", colour_contrast.TEXT) == []


def test_at_200_percent_nothing_is_cut_off_and_every_control_can_be_reached(zoomed):
    _, card = zoomed
    assert explorer_pages.check(card.card, "cutOff") == []
    assert explorer_pages.check(card.card, "covered") == []
    assert explorer_pages.check(card.card, "unreachable") == []
    assert explorer_pages.check(card.card, "crowdedTargets", explorer_pages.SMALLEST_TARGET) == []


def test_a_finger_moves_what_can_be_grabbed_and_the_page_stays(zoomed):
    notebook, card = zoomed
    finger = notebook.context.new_cdp_session(notebook.page)

    def touch(kind, *places):
        points = [{"x": x, "y": y} for x, y in places]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    scrolled = "() => document.querySelector('.jp-WindowedPanel-outer').scrollTop"
    for part in card.card.locator(".grab").all():
        part.evaluate("part => part.scrollIntoView({block: 'center'})")
        before = card.settled()  # the last reset has been drawn
        top, box = notebook.page.evaluate(scrolled), part.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        touch("touchStart", (x, y))
        for step in range(1, 8):
            touch("touchMove", (x + 10 * step, y + 10 * step))
        touch("touchEnd")
        card.wait_for_change(before)
        assert notebook.page.evaluate(scrolled) == top
        card.card.get_by_role("button", name="reset").click()


def test_home_and_end_go_to_the_first_and_the_last_place(opened):
    notebook, card = opened
    for part in card.card.locator(".grab").all():
        part.focus()
        states = []
        for key in ("End", "ArrowRight", "Home", "ArrowLeft", "PageDown", "PageUp"):
            notebook.page.keyboard.press(key)
            states.append(card.settled())
        end, beyond_end, home, before_home, *pages = states
        assert end == beyond_end != home == before_home
        assert pages[0] != pages[1]
        assert "home and end" in part.get_attribute("aria-description").lower()
    card.card.get_by_role("button", name="reset").click()


def test_escape_stops_what_plays(opened):
    notebook, card = opened
    for button in card.card.get_by_role("button", name="play").all():
        button.click()
        pause = card.card.get_by_role("button", name="pause")
        assert pause.count() == 1
        notebook.page.keyboard.press("Escape")
        assert pause.count() == 0
    card.card.get_by_role("button", name="reset").click()


DRAWN = """() => {
    window.drawn = 0;
    new MutationObserver(() => { window.drawn += 1; }).observe(
        document.querySelector('.course-explorer .picture'),
        {attributes: true, childList: true, subtree: true});
}"""


def test_who_wants_no_motion_sees_each_step_at_once(opened):
    """The page draws what it knows, and what Python answers; a movement would take 30 pictures."""
    notebook, card = opened
    notebook.page.emulate_media(reduced_motion="reduce")
    notebook.page.evaluate(DRAWN)
    for button in card.card.locator(".controls button[aria-pressed]").all():
        if not button.is_visible() or button.inner_text() == "play":
            continue  # what was started before has taken it away
        notebook.page.evaluate("window.drawn = 0")
        button.click()
        notebook.page.wait_for_timeout(500)
        assert notebook.page.evaluate("window.drawn") <= 5, button.inner_text()
        assert card.card.evaluate("card => card.getAnimations({subtree: true}).length") == 0
    notebook.page.emulate_media(reduced_motion="no-preference")
    card.card.get_by_role("button", name="reset").click()


OBSERVED = """() => {
    window.observers = new Set();
    const {observe, disconnect} = MutationObserver.prototype;
    MutationObserver.prototype.observe = function (target, ...options) {
        if (target.matches?.('.jp-OutputArea-output')) window.observers.add(this);
        return observe.call(this, target, ...options);
    };
    MutationObserver.prototype.disconnect = function () {
        window.observers.delete(this);
        return disconnect.call(this);
    };
}"""


def test_ipywidgets_get_their_aids_under_the_policy_too(chromium, lab):
    """A slider and its picture, and the ballot, after the cell has run a second time."""
    notebook = browser.NotebookPage(chromium, lab, "widgets.ipynb", viewport=SCREEN)
    page = notebook.page
    page.evaluate(OBSERVED)
    notebook.run_all()
    notebook.run_all()
    page.locator("img.widget-image[alt]:not([alt=''])").wait_for()
    outputs = page.locator(".jp-OutputArea-output").all()
    assert page.evaluate("window.observers.size") == len(outputs) == 2
    for output in outputs:
        assert explorer_pages.axe_violations(output) == []
        assert explorer_pages.check(output, "smallTargets", explorer_pages.SMALLEST_TARGET) == []
    handle = page.locator(".noUi-handle").first
    before = handle.get_attribute("aria-valuetext")
    assert handle.get_attribute("aria-label")
    handle.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "before => document.querySelector('.noUi-handle').getAttribute('aria-valuetext') !== before",
        arg=before,
    )
    assert notebook.problems == [] and notebook.tracebacks() == []
    notebook.close()


def test_notebook_7_shows_an_explorer_and_its_keys_move_it(chromium, lab):
    pytest.importorskip("notebook", reason="Notebook 7 is not installed")
    notebook = browser.NotebookPage(chromium, lab, "window.ipynb", path="notebooks")
    notebook.run_all()
    card = explorer_pages.Card(notebook.page.locator(".course-explorer"))
    before = card.state()
    card.card.locator(".grab").first.focus()
    notebook.page.keyboard.press("ArrowRight")
    card.wait_for_change(before)
    broken = [text for text in notebook.problems if "Policy" in text or "widget" in text.lower()]
    assert broken == [] and notebook.tracebacks() == []  # Notebook 7 logs errors of its own
    notebook.close()


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

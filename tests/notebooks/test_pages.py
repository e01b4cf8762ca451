"""The course without colours, without a mouse, without eyes, and without a network connection."""

import re
from functools import cache
from pathlib import Path

import nbformat
import pytest

from course_lib import figures
from course_lib.figures import colour_contrast
from course_lib.practice.ballot import Ballot
from course_lib.practice.ballot_widget import BallotBox
from tests.notebooks import browser
from tests.refresh import METADATA

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("0*.ipynb"))
GLOSSARY = ROOT / "notebooks" / "glossary.ipynb"
NOTEBOOKS = [*LESSONS, GLOSSARY, *sorted((ROOT / "notebooks").glob("assignments/source/*/*.ipynb"))]
PAGES = [
    ROOT / "README.md",
    ROOT / "data" / "README.md",
    ROOT / "course_lib" / "README.md",
    ROOT / ".github" / "CONTRIBUTING.md",
    ROOT / ".github" / "CHANGELOG.md",
    ROOT / "notebooks" / "assignments" / "README.md",
]
CHROMIUM = pytest.mark.skipif(browser.CHROMIUM is None, reason="Chromium is not installed")


def cells(path, kind):
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == kind]


@cache
def markdown(path):
    """The prose of a notebook or a page, without its code."""
    if path.suffix == ".ipynb":
        text = "\n\n".join(cell.source for cell in cells(path, "markdown"))
    else:
        text = path.read_text(encoding="utf-8")
    return re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)


def headings(path):
    return re.findall(r"^(#+) +(.+?) *$", markdown(path), re.MULTILINE)


def links(path):
    """Every link as (its text, where it leads, the words right after it)."""
    return re.findall(r"(?<!!)\[([^\]]*)\]\(([^)\s]+)\)(?=(.{0,10}))", markdown(path))


def name_of(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=name_of)
def test_headings_begin_at_the_top_and_skip_no_level(path):
    levels = [len(marks) for marks, _ in headings(path)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(level <= before + 1 for before, level in zip(levels, levels[1:], strict=False))


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=name_of)
def test_every_link_leads_somewhere_or_is_marked_as_online(path):
    for text, target, after in links(path):
        assert text.strip(), target
        if re.match(r"https?://", target):
            assert after.startswith(" (online)"), f"write '(online)' after [{text}]({target})"
            continue
        file, _, fragment = target.partition("#")
        goal = (path.parent / file) if file else path
        assert goal.exists(), target
        if fragment:
            assert fragment in anchors(goal), f"{target}: no such heading"


def anchors(path):
    """What a link to a heading is called, in JupyterLab or on a page of a repository."""
    titles = [title for _, title in headings(path)]
    if path.suffix == ".ipynb":
        return [title.replace(" ", "-") for title in titles]
    return [re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-") for title in titles]


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=name_of)
def test_every_picture_has_alternative_text(path):
    text = markdown(path)
    assert all(alt.strip() for alt in re.findall(r"!\[([^\]]*)\]", text))
    assert all(re.search(r'alt="[^"]+"', tag) for tag in re.findall(r"<img[^>]*>", text))


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path != GLOSSARY], ids=name_of)
def test_code_of_notebooks_takes_its_colours_from_the_palette(path):
    for cell in cells(path, "code"):
        for colour in re.findall(r'\bcolou?r="([^"]+)"', cell.source):
            assert (
                colour_contrast.contrast(figures.PALETTE.get(colour, colour))
                >= colour_contrast.MARKS
            ), colour


# The glossary

ROW = re.compile(r"^\| (.+?) \| (.+?) \| (.+?) \| (.*?) ?\| \[(\d\d)\]\((\S+)\) \|$", re.MULTILINE)


def rows():
    return ROW.findall(markdown(GLOSSARY))


def test_every_row_of_the_glossary_has_its_chinese_term():
    assert len(rows()) >= 60
    for english, chinese, meaning, *_ in rows():
        term = re.fullmatch(r'<span lang="zh-Hans">(.+)</span>', chinese)
        assert term and re.search(r"[\u4e00-\u9fff]", term[1]), english
        assert meaning.endswith(".") and len(meaning) > 15, english
    assert len({(english, chinese) for english, chinese, *_ in rows()}) == len(rows())


def test_the_glossary_speaks_of_words_that_the_lesson_uses():
    for english, _, _, _, number, file in rows():
        assert file.startswith(number)
        lesson = nbformat.read(GLOSSARY.parent / file, 4).cells
        text = re.sub(r"\s+", " ", " ".join(cell.source for cell in lesson).replace("*", ""))
        for term in english.split(", "):
            assert term.lower() in text.lower(), f"{term} is not in notebook {number}"


@pytest.mark.parametrize("number", ["00", "01"])
def test_a_lesson_links_each_term_that_it_introduces(number):
    path = next(path for path in LESSONS if path.name.startswith(number))
    linked = [
        (text.replace("*", "").replace("`", "").lower(), target.partition("#")[2])
        for text, target, _ in links(path)
        if target.startswith("glossary.ipynb#")
    ]
    sections = re.split(r"^## (.+)$", markdown(GLOSSARY), flags=re.MULTILINE)[1:]
    for section, text in zip(sections[::2], sections[1::2], strict=True):
        anchor = section.replace(" ", "-")
        for english, *_, lesson, _ in ROW.findall(text):
            if lesson == number:
                assert any(
                    place == anchor and term in words
                    for words, place in linked
                    for term in english.lower().split(", ")
                ), f"{english} has no link to {anchor}"


@pytest.mark.parametrize("path", LESSONS, ids=name_of)
def test_every_lesson_links_the_glossary(path):
    assert "glossary.ipynb" in [target for _, target, _ in links(path)]


# Controls


def test_every_menu_of_the_ballot_says_what_is_chosen(tmp_path):
    box = BallotBox(tmp_path / "ballot.json")
    menus = [*box.effects.values(), box.culprit]
    assert {menu.label for menu in menus} == {"not sure"}
    assert all(menu.description for menu in menus) and box.prediction == Ballot()


# The page, moved by the keyboard alone

EXPLORER = """
import numpy as np
from course_lib.figures.lesson_05_minibatch import noise_explorer
draw = np.random.default_rng(0).normal
noise_explorer({"start": draw(0.1, 1, (200, 30)), "end": draw(0, 1, (200, 30))})
"""
CONTROLS = {"slider", "combobox", "checkbox", "textbox"}
ACTIVE = """() => {
    const part = document.activeElement, style = getComputedStyle(part);
    const name = part.getAttribute('aria-label') ?? part.labels?.[0]?.innerText
        ?? part.parentElement?.innerText ?? '';
    return [name.trim(), style.outlineStyle, style.outlineWidth, !!part.closest('.widget-vbox')];
}"""


@pytest.fixture(scope="module")
def explorer(tmp_path_factory):
    """The explorer of noise, with a slider and a menu, in a page of a real JupyterLab, in a narrow window: as at 200 %."""
    from playwright.sync_api import sync_playwright

    folder = tmp_path_factory.mktemp("page")
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(EXPLORER)], metadata=METADATA
    )
    nbformat.write(notebook, folder / "explorer.ipynb")
    home = tmp_path_factory.mktemp("home")
    with browser.jupyterlab(folder, home) as address, sync_playwright() as playwright:
        options = {"executable_path": browser.CHROMIUM, "args": browser.CHROMIUM_OPTIONS}
        program = playwright.chromium.launch(**options)
        size = {"width": 760, "height": 900}
        page = browser.NotebookPage(program, address, "explorer.ipynb", viewport=size)
        page.run_all()
        yield page
        page.close()
        program.close()


def accessible(notebook):
    """Controls and pictures of the explorer as a screen reader finds them: [(role, name)]."""
    session = notebook.context.new_cdp_session(notebook.page)
    found = session.send("DOM.getDocument")
    root = session.send(
        "DOM.querySelector",
        {"nodeId": found["root"]["nodeId"], "selector": ".jp-OutputArea-output"},
    )
    nodes = session.send("Accessibility.queryAXTree", {"nodeId": root["nodeId"]})["nodes"]
    values = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]
    return [(role, name) for role, name in values if role in CONTROLS | {"image"}]


@CHROMIUM
def test_every_control_and_the_picture_have_a_name(explorer):
    found = accessible(explorer)
    roles = [role for role, _ in found]
    for role in ("slider", "combobox", "checkbox", "image"):
        assert roles.count(role) == 1
    assert all(name.strip() for _, name in found), found
    assert ("slider", "images in a mini-batch") in found and (
        "checkbox",
        "this figure in words",
    ) in found


@CHROMIUM
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(explorer):
    explorer.page.locator(".widget-slider .noUi-handle").first.focus()
    explorer.page.keyboard.press("Tab")
    explorer.page.keyboard.press("Shift+Tab")
    reached = []
    for _ in range(40):
        name, style, width, inside = explorer.page.evaluate(ACTIVE)
        if not inside:
            break
        reached.append(name)
        assert (style, width) == ("solid", "2px"), name
        explorer.page.keyboard.press("Tab")
    wanted = {name for role, name in accessible(explorer) if role in CONTROLS}
    assert wanted <= set(reached)


@CHROMIUM
def test_a_key_changes_what_the_slider_and_the_picture_say(explorer):
    page = explorer.page
    handle = page.get_by_role("slider", name="images in a mini-batch")
    picture = page.locator("img.widget-image")
    before, shown = (handle.get_attribute("aria-valuetext"), picture.get_attribute("alt"))
    assert int(before) > 0
    handle.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "text => document.querySelector('img.widget-image').alt !== text", arg=shown
    )
    readout = page.locator(".widget-slider", has=handle).locator(".widget-readout")
    assert handle.get_attribute("aria-valuetext") == readout.inner_text() != before
    said = page.locator(".alternative").inner_text()
    assert picture.get_attribute("alt") == said


@CHROMIUM
def test_the_words_stay_open_while_a_slider_moves(explorer):
    page = explorer.page
    page.get_by_label("this figure in words").focus()
    page.keyboard.press("Space")
    words = page.locator(".widget-html pre")
    words.wait_for()
    before = words.inner_text()
    assert before.startswith("Figure: ") and "Panel 2 of 2" in before
    page.get_by_role("slider", name="images in a mini-batch").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "text => document.querySelector('.widget-html pre')?.innerText !== text", arg=before
    )
    assert words.is_visible()


@CHROMIUM
def test_nothing_is_cut_off_in_a_narrow_window(explorer):
    for part in ("img.widget-image", ".widget-dropdown", ".widget-slider", ".widget-html pre"):
        for box in explorer.page.locator(part).all():
            left, right = box.evaluate(
                "e => [e.getBoundingClientRect().left, e.getBoundingClientRect().right]"
            )
            area = box.evaluate(
                "e => { const r = e.closest('.jp-OutputArea').getBoundingClientRect();"
                " return [r.left, r.right]; }"
            )
            assert area[0] - 4 <= left and right <= area[1] + 4, (part, left, right, area)
    assert explorer.problems == []

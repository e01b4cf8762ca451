"""What a stored notebook shows where no kernel runs, such as on a repository's page."""

import re
from pathlib import Path

import nbformat
import pytest

from course_lib.figures import style
from tests.refresh import WIDGET_VIEW

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = sorted(path.name for path in FOLDER.glob("*.ipynb"))
WITHOUT_PICTURES = {"glossary.ipynb"}
MAKES_AN_EXPLORER = ("explorer(", "Explorer(", "image_browser(", "BallotBox(")


def code_cells(name):
    return [cell for cell in nbformat.read(FOLDER / name, 4).cells if cell.cell_type == "code"]


SENTENCE = re.compile(r"[^a-z\n][^\n]{20,238}[.?]")  # one or two, which fit on two lines


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_a_sentence_that_says_what_it_shows(name):
    pictures = 0
    for cell in code_cells(name):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                pictures += 1
                sentence, _, description = output.data["text/plain"].partition("\n")
                assert sentence == output.metadata["image/png"]["alt"], cell.source
                assert SENTENCE.fullmatch(sentence), sentence
                assert "anel" in description and len(description) > 60, cell.source
    assert (pictures == 0) == (name in WITHOUT_PICTURES)


@pytest.mark.parametrize("name", NAMES)
def test_the_sentence_stands_below_the_picture_and_its_numbers_can_be_unfolded(name):
    """JupyterLab, and the pages it exports, give no picture its alternative text."""
    for cell in code_cells(name):
        texts = [
            output.data["text/plain"].partition("\n")
            for output in cell.outputs
            if output.output_type == "display_data" and "image/png" in output.data
        ]
        captions = [
            output.data["text/html"]
            for output in cell.outputs
            if output.output_type == "display_data" and "text/html" in output.data
        ]
        assert [style.caption(text[0], text[2]) for text in texts] == captions, cell.source


@pytest.mark.parametrize("name", NAMES)
def test_a_still_picture_or_words_stand_in_for_a_widget(name):
    for cell in code_cells(name):
        last = cell.source.rsplit("\n\n", 1)[-1]
        if any(call in last for call in MAKES_AN_EXPLORER) and "import" not in last:
            shown = [output.data for output in cell.outputs if "data" in output]
            assert shown, cell.source
            assert all(
                "text/plain" in data and "Explorer object" not in data["text/plain"]
                for data in shown
            )
        assert not any(WIDGET_VIEW in output.get("data", {}) for output in cell.outputs)


@pytest.mark.parametrize("name", NAMES)
def test_the_result_of_a_prediction_is_folded(name):
    """JupyterLab shows the first line of a folded output: it must not be the answer."""
    for cell in code_cells(name):
        if "practice.predicted(" in cell.source:
            assert cell.metadata.get("jupyter", {}).get("outputs_hidden"), cell.source
            if "text" in cell.outputs[0]:  # of a picture it shows no line
                lines = cell.outputs[0].text.splitlines()
                assert len(lines) > 2 and not re.search(r"\d %|\d%|class \d", lines[0]), lines[0]


def test_explorers_are_among_them():
    """Guards the list of calls above: seven lessons have an explorer or a ballot."""
    found = {
        name
        for name in NAMES
        for cell in code_cells(name)
        if any(call in cell.source for call in MAKES_AN_EXPLORER)
    }
    assert len(found) >= 7

"""What a stored notebook shows where no kernel runs, such as on a repository's page."""

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


@pytest.mark.parametrize("name", NAMES)
def test_every_picture_has_its_description(name):
    pictures = 0
    for cell in code_cells(name):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                pictures += 1
                text = output.data["text/plain"]
                assert "anel" in text and len(text) > 60, cell.source
                assert text.startswith(output.metadata["image/png"]["alt"])
    assert (pictures == 0) == (name in WITHOUT_PICTURES)


@pytest.mark.parametrize("name", NAMES)
def test_the_words_of_every_shown_picture_can_be_unfolded(name):
    """JupyterLab gives no picture its alternative text, so the words are an output of their own."""
    for cell in code_cells(name):
        texts = [
            output.data["text/plain"]
            for output in cell.outputs
            if output.output_type == "display_data" and "image/png" in output.data
        ]
        unfolded = [
            output.data["text/html"]
            for output in cell.outputs
            if "text/html" in output.get("data", {})
        ]
        assert [style.folded(text) for text in texts] == unfolded, cell.source


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


def test_explorers_are_among_them():
    """Guards the list of calls above: seven lessons have an explorer or a ballot."""
    found = {
        name
        for name in NAMES
        for cell in code_cells(name)
        if any(call in cell.source for call in MAKES_AN_EXPLORER)
    }
    assert len(found) >= 7

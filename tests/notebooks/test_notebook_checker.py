"""The notebook checker bites: each deliberately wrong notebook fails, for its own reason."""

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.notebook_checker import texts_agree
from tests.refresh import clean, run

ROOT = Path(__file__).parents[2]

IMPORTS = """import numpy as np
from course_lib import figures
from course_lib.figures.explorer_base import Explorer, slider"""
PRINT = 'print("epoch 7: loss", 2.3026, "after", 5000, "images")'
FIGURE = """figure, axes = figures.new_figure(title="Loss")
line, = axes.plot([0, 1, 2], [2.3, 1.1, 0.6], label="training")
figures.show(figure, "The numbers, drawn.")"""
PICTURE = """figure, axes = figures.new_figure()
figures.draw_image(axes, np.arange(3072).reshape(32, 32, 3) % 251)
figures.show(figure, "The numbers, drawn.")"""
WIDGET = """figure, axes = figures.new_figure()
line, = axes.plot([0, 1], [0, 1])
def redraw(slope):
    line.set_ydata([0, 6 / (3 - slope)])
Explorer(figure, redraw, {"slope": slider("slope", LOW, 10, 5)})"""


def good_notebook():
    """A notebook that passes: prose, a number, two figures and a slider."""
    sources = [IMPORTS, PRINT, FIGURE, PICTURE, WIDGET.replace("LOW", "4")]
    cells = [new_markdown_cell("# A notebook"), *map(new_code_cell, sources)]
    return clean(run(new_notebook(cells=cells), ROOT))


def replace_output(cell, old, new):
    """Write `new` for `old` in the stored text of a cell, which must hold it."""
    output = cell.outputs[0]
    fields, key = (output, "text") if "text" in output else (output.data, "text/plain")
    assert old in fields[key], f"{old!r} is not in {fields[key]!r}"
    fields[key] = fields[key].replace(old, new)


def change_number(cells):
    replace_output(cells[2], "2.3026", "2.3059")


def change_whole_number(cells):
    replace_output(cells[2], "5000", "5001")


def change_word(cells):
    replace_output(cells[2], "images", "pictures")


def change_figure_data(cells):
    replace_output(cells[3], "1.100", "1.110")


def change_figure_title(cells):
    replace_output(cells[3], "Figure: Loss", "Figure: Error")


def mirror_picture(cells):
    cells[4].source = PICTURE.replace("np.arange", "(np.arange").replace("251", "251)[:, ::-1]")


def clear_everything(cells):
    for cell in cells[1:]:
        cell.outputs, cell.execution_count = [], None


def clear_outputs_only(cells):
    cells[3].outputs = []


def raise_in_cell(cells):
    cells[2].source += "\n1 / 0"


def raise_in_callback(cells):
    cells[5].source = WIDGET.replace("LOW", "0")


def raise_in_number_field(cells):
    field = 'ipywidgets.BoundedIntText(5, min=0, max=10, description="slope")'
    cells[5].source = "import ipywidgets\n" + WIDGET.replace('slider("slope", LOW, 10, 5)', field)


def hide_in_output(cells):
    cells.append(
        new_code_cell(
            "import ipywidgets\nout = ipywidgets.Output()\nbutton = ipywidgets.Button()\n"
            "@out.capture()\ndef act(_):\n    1 / 0\nbutton.on_click(act)",
            execution_count=6,
        )
    )


def write_to_stderr(cells):
    cells[2].source += "\nimport sys; print('careful', file=sys.stderr)"


def drop_picture(cells):
    cells[3].source = cells[3].source.replace('figures.show(figure, "The numbers, drawn.")', "")


def skip_cell(cells):
    cells[2].metadata["tags"] = ["nbval-skip"]


def beyond_tag(cells):
    cells[2].metadata["tags"] = ["rtol=0.05"]
    replace_output(cells[2], "2.3026", "2.4400")


def within_default(cells):
    replace_output(cells[2], "2.3026", "2.3010")


def within_tag(cells):
    cells[2].metadata["tags"] = ["rtol=0.05"]
    replace_output(cells[2], "2.3026", "2.4000")


WRONG = {
    change_number: "2.3059",
    change_whole_number: "5001",
    change_word: "pictures",
    change_figure_data: "1.110",
    change_figure_title: "Error",
    mirror_picture: "mean of its quarters",
    clear_everything: "stored without having been run",
    clear_outputs_only: "Unexpected output fields",
    raise_in_cell: "ZeroDivisionError",
    raise_in_callback: "the control 'slope' was moved to 3",
    raise_in_number_field: "the control 'slope' was moved to 3",
    hide_in_output: "ZeroDivisionError",
    write_to_stderr: "stderr",
    drop_picture: "Missing output fields",
    skip_cell: "marked to be skipped",
    beyond_tag: "2.44",
}
RIGHT = [within_default, within_tag]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Check the good notebook and all its changed copies in one run; return what pytest said."""
    folder = tmp_path_factory.mktemp("notebooks")
    good = good_notebook()
    nbformat.write(good, folder / "unchanged.ipynb")
    for change in [*WRONG, *RIGHT]:
        copy = nbformat.from_dict(good)
        change(copy.cells)
        nbformat.write(copy, folder / f"{change.__name__}.ipynb")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.notebook_checker",
        "--nbval",
        "--nbval-current-env",
        "-c",
        str(ROOT / ".pytest.ini"),
        "--rootdir",
        str(folder),
        "-p",
        "no:cacheprovider",
        "-rA",
        "-vv",
        "--color=no",
        str(folder),
    ]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


def failures(report, name):
    """The lines of pytest's report that concern the notebook `name`."""
    sections = re.split(r"^_{3,} (.*) _{3,}$", report, flags=re.MULTILINE)
    titled = zip(sections[1::2], sections[2::2], strict=True)
    return "\n".join(text for title, text in titled if title.startswith(f"{name}.ipynb"))


@pytest.mark.parametrize("change", WRONG, ids=lambda change: change.__name__)
def test_wrong_notebook_fails_for_its_own_reason(report, change):
    assert WRONG[change] in failures(report, change.__name__)


@pytest.mark.parametrize("name", ["unchanged", *(change.__name__ for change in RIGHT)])
def test_right_notebook_passes(report, name):
    assert failures(report, name) == ""
    passed = re.findall(rf"^PASSED .*{name}\.ipynb::(.*)$", report, flags=re.MULTILINE)
    assert passed == ["Cell 0", "Cell 1", "Cell 2", "Cell 3", "Cell 4", "widgets"]


def test_closing_line_counts_the_cells(report):
    assert re.search(r"\d+ notebook cells run and compared in 1\d notebooks", report)


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        ("0.1234", "0.1235", True),
        ("0.1234", "0.1236", False),
        ("1234.5", "1235.6", True),
        ("1234.5", "1236.9", False),
        ("1.000e-07", "1.001e-07", True),
        ("1.000e-07", "1.003e-07", False),
        ("[ 1.25 10.50]", "[1.25 10.5]", True),
        ("step 3.", "step 4.", False),
        ("[1. 2.]", "[2. 3.]", False),
        ("nan", "0.0", False),
        ("-0.0", "0.0", True),
        ("1.5 cats", "1.5 dogs", False),
        ("1.5", "1.5 1.5", False),
        ("3", "4", False),
        ("numpy 2.4.6", "numpy 2.4.7", False),
    ],
)
def test_tolerance(left, right, agree):
    assert texts_agree(left, right) is agree
    assert texts_agree(right, left) is agree

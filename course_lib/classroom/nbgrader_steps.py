"""Steps that the course adds to nbgrader, for lost or split cells, long outputs and feedback.

notebooks/assignments/nbgrader_config.py puts them in their places.
"""

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import (
    ClearHiddenTests,
    DeduplicateIds,
    NbGraderPreprocessor,
    OverwriteCells,
)

Resources = dict[str, Any]  # what nbconvert passes from step to step

MOST_CHARACTERS = 10_000  # of one output; about four pages
MOST_IMAGE_CHARACTERS = 2_000_000  # of a picture in base64
MOST_OUTPUTS = 100  # of one cell


class ForgetCopies(DeduplicateIds):
    """Of cells with the same nbgrader id, keep the last as graded, the others as plain cells.

    Splitting or copying a cell makes such cells. nbgrader's own step leaves the others with empty
    metadata, which a later step of its own refuses, and with it the whole notebook.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if not cell.metadata.get("nbgrader", True):
            del cell.metadata["nbgrader"]
        return cell, resources


class RestoreCells(OverwriteCells):
    """Put graded cells back to what they were; put those that were deleted at the end.

    There every function that the student wrote is defined, wherever its cell went. nbgrader's own
    place is behind the cell before it, and where that one is gone, too, or is a text, nbgrader
    gives up on the notebook.
    """

    def add_missing_grade_cells(
        self, nb: NotebookNode, resources: Resources
    ) -> tuple[NotebookNode, Resources]:
        source = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        present = {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in nb.cells}
        points = {cell.name: cell.max_score for cell in source.grade_cells}
        solutions = {cell.name for cell in source.solution_cells}
        for cell in source.source_cells:
            if cell.name in points and cell.name not in present:
                self.log.warning("The graded cell %s is missing: added at the end", cell.name)
                restored = self.missing_cell_transform(
                    cell, points[cell.name], is_solution=cell.name in solutions
                )
                restored["id"] = f"restored-{cell.name}"[:64]
                nb.cells.append(restored)
        return nb, resources


class CutOutputs(NbGraderPreprocessor):
    """Cut what cells show to a length that a person reads.

    nbgrader's LimitOutput counts lines, and of printed text alone. What went to stderr is shown as
    printed text, for nbgrader takes it, a mere warning too, for a failed test.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        if cell.cell_type == "code":
            kept, rest = cell.outputs[:MOST_OUTPUTS], cell.outputs[MOST_OUTPUTS:]
            kept += [one for one in rest if one.output_type in ("error", "execute_result")]
            for output in kept:
                self.cut_output(output)
            cell.outputs = kept
        return cell, resources

    def cut_output(self, output: NotebookNode) -> None:
        if output.output_type == "stream":
            output.name, output.text = "stdout", cut(output.text)
        elif output.output_type == "error":
            output.evalue = cut(output.evalue)
            output.traceback = [cut(line) for line in output.traceback]
        else:
            for kind, content in list(output.data.items()):
                if kind == "text/plain":
                    output.data[kind] = cut(content)
                elif len(str(content)) > most_characters(kind):
                    del output.data[kind]


class HideTests(ClearHiddenTests):
    """Take the hidden tests out of the feedback; their results stay.

    An error in such a cell is told without the lines around it, which are hidden tests, too.
    """

    def preprocess_cell(
        self, cell: NotebookNode, resources: Resources, cell_index: int
    ) -> tuple[NotebookNode, Resources]:
        is_hidden = self.begin_test_delimeter in cell.source
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if is_hidden:
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


def most_characters(kind: str) -> int:
    return MOST_IMAGE_CHARACTERS if kind.startswith("image/") else MOST_CHARACTERS


def cut(text: str) -> str:
    """The beginning of a text, and how much of it is left out.

    >>> len(cut("a" * 50_000)) < 10_100, cut("short")
    (True, 'short')
    """
    if len(text) <= MOST_CHARACTERS:
        return text
    left_out = len(text) - MOST_CHARACTERS
    return f"{text[:MOST_CHARACTERS]}\n... {left_out:,} more characters are left out ...\n"

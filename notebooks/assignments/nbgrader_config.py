"""How nbgrader treats this course. README.md beside this file is the teacher's path."""

from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    Execute,
    GetGrades,
    LimitOutput,
    OverwriteKernelspec,
    SaveAutoGrades,
)

from course_lib.classroom.nbgrader_steps import CutOutputs, ForgetCopies, HideTests, RestoreCells

ROOT = Path(__file__).resolve().parent

c = get_config()  # noqa: F821  (nbgrader provides it)

c.CourseDirectory.course_id = "the-network-that-would-not-learn"
c.CourseDirectory.root = str(ROOT)
# Several copies are graded at a time, and SQLite lets one write: the others wait up to a minute.
c.CourseDirectory.db_url = f"sqlite:///{ROOT / 'gradebook.db'}?timeout=60"

# What a student finds in place of the solutions.
c.ClearSolutions.code_stub = {
    "python": "# Write your code here, in place of the next line.\nraise NotImplementedError()",
}
c.ClearSolutions.text_stub = "Write your answer here, in place of this line."

# zip_collect reads STUDENT_NOTEBOOK.ipynb, also with the " (1)" that a browser puts behind a name.
c.FileNameCollectorPlugin.named_regexp = r".*[/\\](?P<student_id>[^/\\_]+)_(?P<file_id>\w+)"

# A submission is cleaned: outputs dropped, graded cells as they were released, none missing.
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    ForgetCopies,
    OverwriteKernelspec,
    RestoreCells,
    CheckCellMetadata,
]
c.OverwriteCells.add_missing_cells = True
c.OverwriteCells.missing_cell_notification = "The cell {cell_id} was missing; it was put back.\n\n"

# Then it is run, and the grades are read from what its cells show.
c.Autograde.autograde_preprocessors = [
    Execute,
    LimitOutput,
    CutOutputs,
    SaveAutoGrades,
    AssignLatePenalties,
    CheckCellMetadata,
]
c.Execute.timeout = 30  # seconds for a cell; hidden tests stop themselves after 20
c.Execute.iopub_timeout = 30  # seconds for what a cell shows, after its end
c.LimitOutput.max_lines = 200

# Feedback tells how many hidden tests passed, and keeps them for next year.
c.GenerateFeedback.preprocessors = [GetGrades, HideTests, CSSHTMLHeaderPreprocessor]

"""Run notebooks and store their outputs, the same way every time.

    python -m tests.refresh notebooks/01_data_loading_and_cifar_reshaping.ipynb ...

A refreshed notebook holds the outputs of one run from top to bottom and nothing that changes
from run to run: no timestamps, no live widgets (their still picture stays).
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def run(notebook, folder, store_history=False):
    """Run every cell of a notebook node in place, in a kernel that starts in `folder`.

    `store_history` is off, as in nbval: with it, a trailing `;` would hide an output here and
    show it there.
    """
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        coalesce_streams=True,
    )
    client.reset_execution_trackers()
    with client.setup_kernel():
        number = 0
        for index, cell in enumerate(notebook.cells):
            if cell.cell_type == "code" and cell.source.strip():
                number += 1
                client.execute_cell(
                    cell, index, execution_count=number, store_history=store_history
                )
    return notebook


def clean(notebook):
    """Drop from a notebook node what changes from run to run."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat_minor = 5
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02d}"
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            output.pop("execution_count", None)
            if output.output_type == "execute_result":
                output.execution_count = cell.execution_count
            output.get("data", {}).pop(WIDGET_VIEW, None)
    return notebook


def refresh(path):
    """Run the notebook at `path` and write it back, only when every cell ran."""
    path = Path(path).resolve()
    notebook = nbformat.read(path, as_version=4)
    run(notebook, path.parent)
    temporary = path.with_suffix(".ipynb.part")
    nbformat.write(clean(notebook), temporary)
    os.replace(temporary, path)
    store_first_state(path)


def store_first_state(path):
    """A lesson without outputs, for `python -m course_lib reset`."""
    if path.parent.name == "notebooks" and path.name[:2].isdigit():
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        folder = path.parent / ".first_state"
        folder.mkdir(exist_ok=True)
        nbformat.write(notebook, folder / path.name)


def main(paths):
    os.environ.pop("COURSE_DATASET", None)
    if not paths:
        sys.exit(__doc__)
    os.environ["COURSE_LEARNER_FOLDER"] = tempfile.mkdtemp()  # nobody has predicted anything
    for path in paths:
        start = time.perf_counter()
        refresh(path)
        print(f"{path}: refreshed in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])

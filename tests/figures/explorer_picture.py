"""Take the README's picture of "the window one can hold", as JupyterLab shows it.

    python -m tests.figures.explorer_picture notebooks/pictures/explorer.png

Needs Chromium.
"""

import sys
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

from tests.notebooks import browser
from tests.refresh import METADATA

CODE = """
import numpy as np
from course_lib import datasets
from course_lib.figures.lesson_02_window import WindowExplorer

image = datasets.load().train_images[3].mean(axis=2) / 255
settings = {"source": "photograph", "row": 21, "column": 15, "visited": list(range(434))}
WindowExplorer(np.zeros((5, 5)), 9 * image, **settings)
"""


def take(path):
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        cells = [nbformat.v4.new_code_cell(CODE)]
        notebook = nbformat.v4.new_notebook(cells=cells, metadata=METADATA)
        nbformat.write(notebook, Path(folder, "explorer.ipynb"))
        options = {"executable_path": browser.CHROMIUM, "args": browser.CHROMIUM_OPTIONS}
        program = playwright.chromium.launch(**options)
        with browser.jupyterlab(folder, folder) as address:
            opened = browser.NotebookPage(program, address, "explorer.ipynb", device_scale_factor=2)
            opened.run_all()
            for side in ("left", "right"):  # the side bars take room that the picture needs
                command = f"application:toggle-{side}-area"
                opened.page.evaluate(f"() => window.jupyterapp.commands.execute('{command}')")
            opened.page.wait_for_timeout(1000)
            explorer = opened.page.locator(".course-explorer")
            explorer.screenshot(path=path)
            opened.close()
        program.close()


if __name__ == "__main__":
    if len(sys.argv) != 2 or browser.CHROMIUM is None:
        sys.exit(__doc__)
    take(sys.argv[1])

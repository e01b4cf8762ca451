"""Take the README's picture of "three images to death", as JupyterLab shows it.

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
from course_lib import datasets
from course_lib.figures.lesson_00_death import DeathExplorer

DeathExplorer(datasets.load(), compare=False)
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

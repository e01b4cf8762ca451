"""A notebook for each explorer that the page draws, and what a person does with it."""

import nbformat

from tests.figures.page_explorers import EXPLORERS

LARGEST = 640  # pixels: what of an output fits into JupyterLab on a screen of 1280 x 800


def write_notebooks(folder):
    """Write a notebook for each explorer; its only cell makes it as the tests do."""
    for name in EXPLORERS:
        write_notebook(
            folder / f"{name}.ipynb",
            f"from tests.figures.page_explorers import EXPLORERS\n"
            f"explorer = EXPLORERS[{name!r}]()\nexplorer",
        )


def write_notebook(file, code):
    """Write a notebook of one cell."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, file)


class Card:
    """An explorer on a page: its card, its controls and its words."""

    def __init__(self, card):
        self.page, self.card = card.page, card
        self.card.wait_for(timeout=30_000)

    def words(self):
        return self.card.locator(".words").inner_text()

    def state(self):
        """The picture as markup, and the words: another value when anything has changed."""
        return self.card.evaluate(
            "card => card.querySelector('.picture').innerHTML + card.querySelector('.words').textContent"
            " + [...card.querySelectorAll('canvas')].map(c => c.toDataURL()).join('')"
        )

    def wait_for_change(self, before, seconds=5):
        for _ in range(round(seconds / 0.05)):
            if self.state() != before:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing changed")

"""A notebook for each explorer that the page draws, and what a person does with it."""

from pathlib import Path

import nbformat
from axe_playwright_python.base import AXE_SCRIPT

from tests.figures.page_explorers import EXPLORERS

MARGIN = 16  # pixels above and below an output within the panel that scrolls
SMALLEST_TARGET = 24  # pixels, by WCAG 2.2
CHECKS = Path(__file__).with_name("page_checks.js").read_text(encoding="utf-8")


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


def axe_violations(part):
    """What axe-core finds wrong with a part of a page: [(rule, elements)]."""
    part.page.evaluate(AXE_SCRIPT)
    rules = {"target-size": {"enabled": True}}
    found = part.evaluate("(part, rules) => axe.run(part, {rules})", rules)
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]]


def check(part, name, *options):
    """What a check of page_checks.js finds wrong with a part of a page."""
    part.page.evaluate(CHECKS)
    return part.evaluate(
        "(part, [name, ...options]) => pageChecks[name](part, ...options)", [name, *options]
    )


def choose_theme(page, name):
    """Choose one of JupyterLab's themes, and wait until the page wears it."""
    page.evaluate(
        f"() => window.jupyterapp.commands.execute('apputils:change-theme', {{theme: '{name}'}})"
    )
    page.wait_for_selector(f"body[data-jp-theme-name='{name}']", state="attached")


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

    def settled(self, seconds=5, quiet=300):
        """The state, once it has not changed for `quiet` milliseconds."""
        state = None
        for _ in range(round(1000 * seconds / quiet)):
            before, state = state, self.state()
            if state == before:
                return state
            self.page.wait_for_timeout(quiet)
        raise AssertionError("it does not come to rest")

    def wait_for_change(self, before, seconds=5):
        for _ in range(round(seconds / 0.05)):
            if self.state() != before:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("nothing changed")

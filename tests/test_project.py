"""The shape of the project: what lies where, and who imports whom."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {"README.md", "requirements.txt", "notebooks", "course_lib", "tests", "data"}
DRAWING = {"plots", "widgets", "figure_text"}
MODULES = sorted(path.stem for path in (ROOT / "course_lib").glob("*.py"))


def test_top_level_holds_six_things_and_hidden_files():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not listed:
        pytest.skip("not a Git checkout: the files cannot be listed")
    names = {name.split("/")[0] for name in listed}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def imported(module):
    """The names of everything that a module imports, also inside its functions."""
    tree = ast.parse((ROOT / "course_lib" / f"{module}.py").read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            source = ("course_lib." if node.level else "") + (node.module or "")
            yield source
            yield from (f"{source}.{alias.name}".replace("..", ".") for alias in node.names)


@pytest.mark.parametrize("module", [name for name in MODULES if name not in DRAWING])
def test_only_the_drawing_modules_draw(module):
    parts = {part for name in imported(module) for part in name.split(".")}
    assert not parts & {"matplotlib", "ipywidgets", *DRAWING}


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_short(module):
    lines = (ROOT / "course_lib" / f"{module}.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 310


def test_every_link_in_the_readme_files_leads_somewhere():
    for path in (ROOT / "README.md", ROOT / "data" / "README.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert target.startswith("https://") or (path.parent / target).exists(), target

"""The shape of the project: what lies where, and who imports whom."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TOP_LEVEL = {"README.md", "requirements.txt", "notebooks", "course_lib", "tests", "data"}
LIBRARY = ROOT / "course_lib"
MODULES = sorted(
    ".".join(path.relative_to(LIBRARY).with_suffix("").parts).removesuffix(".__init__")
    for path in LIBRARY.rglob("*.py")
)
DRAWING = ("plots", "widgets")
FOUNDATIONS = {"datasets", "archives", "safe_pickle", "shapes", "loops", "initializers", "memory",
               "layers", "losses"}  # fmt: skip


def test_top_level_holds_six_things_and_hidden_files():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not listed:
        pytest.skip("not a Git checkout: the files cannot be listed")
    names = {name.split("/")[0] for name in listed}
    assert {name for name in names if not name.startswith(".")} == TOP_LEVEL


def source(module):
    path = LIBRARY.joinpath(*module.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text("utf-8")


def imported(module):
    """The names of everything that a module imports, also inside its functions."""
    is_package = LIBRARY.joinpath(*module.split(".")).is_dir()
    for node in ast.walk(ast.parse(source(module))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ["course_lib", *module.split(".")]
            above = above[: len(above) + is_package - node.level] if node.level else []
            start = ".".join([*above, *filter(None, [node.module])])
            yield start
            yield from (f"{start}.{alias.name}" for alias in node.names)


def imported_modules(module):
    """The modules of the library that a module imports."""
    names = {name.removeprefix("course_lib.") for name in imported(module)}
    return names & set(MODULES) - {module}


def is_drawing(module):
    return module.split(".")[0] in DRAWING


@pytest.mark.parametrize("module", [name for name in MODULES if not is_drawing(name)])
def test_only_the_drawing_modules_draw(module):
    assert not {name.split(".")[0] for name in imported(module)} & {"matplotlib", "ipywidgets"}
    if not module.startswith("commands."):  # a command may ask them for a picture
        assert not any(is_drawing(name) for name in imported_modules(module))


@pytest.mark.parametrize("module", sorted(FOUNDATIONS))
def test_foundations_know_nothing_of_the_rest(module):
    assert imported_modules(module) <= FOUNDATIONS


def test_imports_point_one_way():
    """There is an order of the modules in which each imports only earlier ones."""
    sorter = graphlib.TopologicalSorter({name: imported_modules(name) for name in MODULES})
    assert len(list(sorter.static_order())) == len(MODULES)


def test_layers_need_numpy_alone():
    code = (
        "import sys; before = set(sys.modules); import course_lib.layers; "
        "new = {name.split('.')[0] for name in set(sys.modules) - before}; "
        "print(*sorted(new - set(sys.stdlib_module_names)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["course_lib", "numpy"]


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_short(module):
    assert len(source(module).splitlines()) <= 310

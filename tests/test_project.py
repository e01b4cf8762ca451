"""The shape of the project: what lies where, and who imports whom."""

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TOP_LEVEL = {"README.md", "requirements.txt", "notebooks", "course_lib", "tests", "data"}
LIBRARY = ROOT / "course_lib"
MODULES = sorted(
    ".".join(path.relative_to(LIBRARY).with_suffix("").parts).removesuffix(".__init__")
    for path in LIBRARY.rglob("*.py")
    if ".hatch" not in path.parts
)
# From the ground up: a room imports from those before it, and never from one after it.
ROOMS = ("datasets", "nn", "diagnostics", "cases", "figures", "practice", "classroom", "commands")
DRAWING = {"matplotlib", "ipywidgets", "anywidget"}


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
            names = [f"{start}.{alias.name}" for alias in node.names]
            yield from names
            if not {name.removeprefix("course_lib.") for name in names} <= set(MODULES):
                yield start  # something of its own, and not only modules in it


def imported_modules(module):
    """The modules of the library that a module imports."""
    names = {name.removeprefix("course_lib.") for name in imported(module)}
    return names & set(MODULES) - {module}


def room(module):
    return module.split(".")[0]


def test_the_rooms_are_those_of_the_house():
    assert {room(name) for name in MODULES} == {*ROOMS, "__init__", "__main__"}


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) in ROOMS])
def test_a_room_imports_only_from_those_below(module):
    below = ROOMS[: ROOMS.index(room(module)) + 1]
    assert {room(name) for name in imported_modules(module)} <= {*below}


def test_imports_point_one_way():
    """There is an order of the modules in which each imports only earlier ones."""
    sorter = graphlib.TopologicalSorter({name: imported_modules(name) for name in MODULES})
    assert len(list(sorter.static_order())) == len(MODULES)


@pytest.mark.parametrize("module", [name for name in MODULES if room(name) != "figures"])
def test_only_figures_and_what_builds_on_them_draw(module):
    draws = {name.split(".")[0] for name in imported(module)} & DRAWING
    assert not draws or any(room(name) == "figures" for name in imported_modules(module))


@pytest.mark.parametrize("module", MODULES)
def test_each_module_says_in_one_line_what_it_is(module):
    docstring = ast.get_docstring(ast.parse(source(module)))
    assert docstring and docstring.splitlines()[0].endswith((".", ":", "?"))


def new_modules(statement):
    """The packages, beyond the standard library, that a statement brings into a new Python."""
    code = (
        f"import sys; before = set(sys.modules); {statement}; "
        "new = {name.split('.')[0] for name in set(sys.modules) - before}; "
        "print(*sorted(new - set(sys.stdlib_module_names)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return run.stdout.split()


@pytest.mark.parametrize(
    "module, packages",
    [
        ("course_lib", []),
        ("course_lib.nn.layers", ["numpy"]),
        ("course_lib.nn.loops", ["numpy"]),
        ("course_lib.datasets", ["numpy"]),
    ],
)
def test_what_an_import_brings_along(module, packages):
    assert new_modules(f"import {module}") == ["course_lib", *packages]


def test_importing_the_library_leaves_ipython_alone():
    code = (
        "from IPython.core.interactiveshell import InteractiveShell; "
        "shell = InteractiveShell.instance(); "
        "before = {name: list(calls) for name, calls in shell.events.callbacks.items()}; "
        "import course_lib, course_lib.figures, course_lib.nn.training, course_lib.practice.checks; "
        "assert shell.custom_exceptions == () and shell.events.callbacks == before"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

"""The library as a wheel, in an empty environment and another folder, away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LESSON = "02_conv_forward.ipynb"
RUN = """
import sys, nbformat
from nbclient import NotebookClient
NotebookClient(nbformat.read(sys.argv[1], as_version=4), timeout=300, kernel_name="python3").execute()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "-w",
            folder,
            ROOT / "course_lib",
        ],
        check=True,
    )
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Run a command in a new environment that has the wheel, with a home of its own."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=True)
    programs = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
    home = folder / "home"
    home.mkdir()
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COURSE_", "PYTHON", "XDG_"))
    }
    environment |= {"HOME": str(home), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}

    def run(*command, status=0):
        done = subprocess.run(
            [programs / "python", *command],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    run("-m", "pip", "install", "--quiet", wheel)
    run.folder, run.home = folder, home
    return run


def test_the_wheel_holds_the_library_and_its_data(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {
        f"course_lib/{path.relative_to(ROOT / 'course_lib').as_posix()}"
        for path in (ROOT / "course_lib").rglob("*")
        if path.suffix in (".py", ".js", ".css", ".json", ".visible", ".hidden")
        and ".hatch" not in path.parts
    }
    data = {
        f"course_lib/data/{name}"
        for name in ("pictograms-10-python.tar.gz", "digits.csv.gz", "README.md")
    }
    others = {name for name in names if ".dist-info/" not in name}
    settings = {
        name for name in others if name.endswith("/lab/settings/overrides.d/course_lib.json")
    }
    assert len(settings) == 1 and others == modules | data | settings
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_doctor_finds_all_well(installed):
    told = installed("-m", "course_lib", "doctor")
    assert told.splitlines()[-1] == "All is well: the course will run here."
    cache = next(line for line in told.splitlines() if "extracted files go to" in line)
    assert str(installed.home) in cache
    assert f"it would go to {installed.home}" in told


def test_it_trains(installed):
    told = installed("-m", "course_lib", "train", "--dataset", "digits", "--epochs", "2")
    assert "Test accuracy" in told
    told = installed("-m", "course_lib", "train", "--network", "linear", "--epochs", "1")
    assert "5,000 training" in told


def test_a_lesson_runs_beside_nothing_else(installed):
    installed("-m", "pip", "install", "--quiet", "nbclient")
    shutil.copy(ROOT / "notebooks" / LESSON, installed.folder)
    installed("-c", RUN, LESSON)


def test_what_the_library_imports_is_declared(installed):
    """Every room but the teacher's is imported with nothing installed that was not declared."""
    code = """
import json, pkgutil, importlib, course_lib
for module in pkgutil.walk_packages(course_lib.__path__, "course_lib."):
    if "classroom" not in module.name and "autograde" not in module.name:
        importlib.import_module(module.name)
print(json.dumps(course_lib.__path__))
"""
    (path,) = json.loads(installed("-c", code))
    assert str(installed.folder) in path

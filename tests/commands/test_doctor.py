"""The doctor tells a healthy course from a sick one, and says what to do."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from types import SimpleNamespace

import pytest

from course_lib.__main__ import main
from course_lib.commands import doctor
from course_lib.datasets import archives, data_folders, mistaken_files
from tests.datasets import batch_files

COURSE_FOLDER = Path(__file__).resolve().parents[2]


def findings(check):
    return list(doctor.findings(check))


def states(check):
    return [state for state, _, _ in findings(check)]


def test_the_report(monkeypatch, capsys):
    """A check that breaks down is reported, and the others go on."""

    def check_good_weather():
        yield "ok", "sunny", ""
        yield "note", "windy", "as you like"

    def check_bad_weather():
        yield "WRONG", "rainy", "take a coat"
        raise RuntimeError("thunder")

    healthy = "ok     sunny\nnote   windy\n       as you like\n"
    monkeypatch.setattr(doctor, "CHECKS", [check_good_weather])
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == healthy + "\nAll is well: the course will run here.\n"
    monkeypatch.setattr(doctor, "CHECKS", [check_bad_weather, check_good_weather])
    assert main(["doctor"]) == 1
    assert capsys.readouterr().out == (
        "WRONG  rainy\n       take a coat\n"
        "WRONG  the check of the bad weather broke down: RuntimeError('thunder')\n"
        f"       {doctor.INSTALL}\n{healthy}\n"
        "2 things are wrong. Mend the first, then run the doctor again.\n"
    )


# Python and its packages


def test_this_python_is_new_enough(monkeypatch):
    assert states(doctor.check_python) == ["ok"]
    monkeypatch.setattr(sys, "version_info", (3, 10, 14))
    ((state, _, remedy),) = findings(doctor.check_python)
    assert state == "WRONG" and "3.11" in remedy


def test_an_environment_of_its_own_is_advised(monkeypatch):
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(sys, "base_prefix", "/usr")
    monkeypatch.setattr(sys, "prefix", "/home/me/course/.venv")
    assert states(doctor.check_environment) == ["ok"]
    monkeypatch.setattr(sys, "prefix", "/usr")
    assert states(doctor.check_environment) == ["note"]


def test_packages_are_compared_with_the_requirements(tmp_path, monkeypatch):
    """Here, then where there are three packages; requirements.txt alone wants jupyterlab."""
    assert states(doctor.check_packages) == ["ok"]
    lib = COURSE_FOLDER / "course_lib"
    assert findings(doctor.check_course_lib) == [("ok", f"course_lib at {lib}", "")]
    for name, version in (("numpy", "1.25.0"), ("matplotlib", "3.9.1"), ("jupyterlab", "5.0.0")):
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        folder.joinpath("METADATA").write_text(f"Name: {name}\nVersion: {version}\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    report = findings(doctor.check_packages)
    told = {found: state for state, found, _ in report}
    assert told["numpy 1.25.0 is installed, the course needs <3,>=1.26"] == "WRONG"
    assert told["jupyterlab 5.0.0 is installed, the course needs <5,>=4.2"] == "WRONG"
    assert told["pooch is not installed"] == "WRONG"
    assert told["matplotlib 3.9.1"] == "ok"
    assert {remedy for state, _, remedy in report if state == "WRONG"} == {doctor.INSTALL}
    assert states(doctor.check_course_lib) == ["WRONG"]


# Data


@pytest.fixture
def embedded(tmp_path, monkeypatch):
    """Embedded data in a folder of its own, the pictograms a small stand-in."""
    archive = batch_files.write_archive(tmp_path / "pictograms-10-python.tar.gz")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(data_folders, "DATA_FOLDER", tmp_path)
    monkeypatch.setattr(data_folders, "PICTOGRAMS_ARCHIVE", archive)
    monkeypatch.setattr(data_folders, "PICTOGRAMS_SHA256", batch_files.sha256(archive))
    return tmp_path


def test_good_data(embedded):
    own = [("ok", "pictograms: 60 images loaded", ""), ("ok", "digits: 1,797 images loaded", "")]
    *others, (state, found, remedy) = findings(doctor.check_data)
    assert others == own
    assert state == "note" and str(embedded) in found and "download cifar10" in remedy
    batch_files.write_folder(embedded / "cifar-10-batches-py")
    assert findings(doctor.check_data) == [*own, ("ok", "cifar10: 60 images loaded", "")]


def test_bad_data(embedded):
    """First the archive, then a file that was extracted from a good one, and one of CIFAR-10."""
    content = data_folders.PICTOGRAMS_ARCHIVE.read_bytes()
    data_folders.PICTOGRAMS_ARCHIVE.write_bytes(b"<html>")
    state, found, remedy = findings(doctor.check_data)[0]
    assert state == "WRONG" and "web page" in found and "restore it with `git" in remedy
    assert not remedy.endswith(".")

    data_folders.PICTOGRAMS_ARCHIVE.write_bytes(content)
    (archives.batches_folder("pictograms") / "data_batch_1").write_bytes(b"")
    (batch_files.write_folder(embedded / "cifar-10-batches-py") / "test_batch").unlink()
    (state, found, remedy), (digits, *_), (cifar10, *_) = findings(doctor.check_data)
    assert state == "WRONG" and "data_batch_1 is empty" in found
    assert remedy.startswith("move the folder")
    assert digits == "ok" and cifar10 == "WRONG"


@pytest.mark.parametrize(
    "value, state, state_with_cifar10",
    [
        ("", "ok", "ok"),
        ("pictograms", "ok", "ok"),
        ("cifar10", "WRONG", "ok"),
        ("digits", "WRONG", "WRONG"),
        ("mnist", "WRONG", "WRONG"),
    ],
)
def test_the_chosen_set(embedded, monkeypatch, value, state, state_with_cifar10):
    monkeypatch.setenv("COURSE_DATASET", value)
    assert states(doctor.check_chosen_set) == [state]
    batch_files.write_folder(embedded / "cifar-10-batches-py")
    assert states(doctor.check_chosen_set) == [state_with_cifar10]


def test_the_cache(embedded, monkeypatch):
    """A file in the place of a folder: nobody can write there."""
    (embedded / ".cache").write_text("")
    (embedded / "home").write_text("")
    monkeypatch.setattr("pooch.os_cache", lambda project: embedded / "home" / project)
    assert states(doctor.check_cache) == ["WRONG"]
    (embedded / ".cache").unlink()
    assert findings(doctor.check_cache) == [
        ("ok", f"extracted files go to {embedded / '.cache'}", "")
    ]


@pytest.mark.parametrize("free, state", [(10**9, "ok"), (200_000_000, "note"), (10**6, "WRONG")])
def test_the_disk(monkeypatch, free, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert states(doctor.check_disk) == [state]


# The kernel


@pytest.fixture
def kernel(tmp_path, monkeypatch):
    """Install a kernel python3 that notebooks run in, with the given interpreter."""
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    def install(interpreter, **metadata):
        folder = tmp_path / "kernels" / "python3"
        folder.mkdir(parents=True)
        argv = [str(interpreter), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
        folder.joinpath("kernel.json").write_text(json.dumps({**spec, "metadata": metadata}))

    return install


@pytest.mark.parametrize("interpreter", [sys.executable, "python", "python3"])
def test_notebooks_run_in_this_environment(kernel, interpreter):
    kernel(interpreter)
    assert states(doctor.check_kernel) == ["ok"]


def test_no_kernel(kernel):
    kernel(sys.executable, kernel_provisioner={"provisioner_name": "a stranger"})
    ((state, found, _),) = findings(doctor.check_kernel)
    assert state == "WRONG" and "no kernel" in found


@pytest.mark.parametrize("interpreter", ["/gone/bin/python", shutil.which("git")])
def test_a_kernel_that_does_not_start(kernel, interpreter):
    kernel(interpreter)
    ((state, found, remedy),) = findings(doctor.check_kernel)
    assert state == "WRONG" and interpreter in found and "ipykernel install" in remedy


def test_a_kernel_of_another_environment(kernel, tmp_path, monkeypatch):
    """First nothing is installed there, then all that is here."""
    other = tmp_path / "other"
    venv.create(other, symlinks=os.name != "nt")
    kernel(other / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    ((state, found, _),) = findings(doctor.check_kernel)
    assert state == "WRONG" and "has no numpy and no course_lib" in found
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    ((state, found, _),) = findings(doctor.check_kernel)
    assert state == "note" and str(other) in found


# Where nothing is installed

RUN = """
import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
sys.argv[0] = "course_lib"
runpy.run_module("course_lib", run_name="__main__")
"""


def run_without_packages(*arguments):
    """Run `python -m course_lib` in a Python that has no package but the standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUN, str(COURSE_FOLDER), *arguments],
        capture_output=True,
        text=True,
    )


def test_the_doctor_survives_without_any_package():
    done = run_without_packages("doctor")
    assert done.returncode == 1 and done.stderr == ""
    for name, package in (("packages", "packaging"), ("data", "numpy"), ("kernel", "jupyter_c")):
        told = f"the {name} cannot be checked: No module named '{package}"
        assert told in done.stdout
    assert "requirements.txt" in done.stdout and "broke down" not in done.stdout


def test_a_command_that_needs_a_missing_package_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    done = run_without_packages("download", "cifar10")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "requirements.txt" in done.stderr


def test_the_readme_quotes_what_the_doctor_says():
    """Every quotation in the README's table is in the source; "…" stands for what differs."""
    readme = COURSE_FOLDER.joinpath("README.md").read_text("utf-8")
    rows = readme.partition("| the doctor says |")[2].partition("\n\n")[0].split("\n")[2:]
    sayings = [re.findall("`([^`]+)`", row.split("|")[1]) for row in rows]
    modules = (doctor, data_folders, archives, mistaken_files)
    source = "".join(Path(module.__file__).read_text("utf-8") for module in modules)
    source = re.sub(r"\{[^{}]*\}", "…", source)
    assert len(sayings) >= 7 and all(sayings)
    for saying in sum(sayings, []):
        for part in filter(str.strip, saying.split("…")):
            assert part.strip(" ,") in source, saying

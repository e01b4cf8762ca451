import importlib.metadata
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course_lib.__main__ import main
from course_lib.commands import doctor
from course_lib.datasets import archives, data_folders
from tests.datasets import batch_files

COURSE_FOLDER = Path(__file__).resolve().parents[2]


def findings(check):
    return list(doctor._findings(check))


def states(check):
    return [state for state, _, _ in findings(check)]


@pytest.fixture
def only(monkeypatch):
    """Let the doctor make only the given checks."""
    return lambda *checks: monkeypatch.setattr(doctor, "CHECKS", checks)


def test_a_healthy_report(only, capsys):
    only(lambda: [("ok", "this", "")], lambda: [("note", "that", "as you like")])
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out == (
        "ok     this\nnote   that\n       as you like\n\nAll is well: the course will run here.\n"
    )


def test_a_report_of_something_wrong(only, capsys):
    only(lambda: [("WRONG", "this", "mend it")], lambda: [("ok", "that", "")])
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("WRONG  this\n       mend it\nok     that\n")
    assert "1 thing is wrong" in out


def test_a_check_that_breaks_down_is_reported_and_the_others_go_on(only, capsys):
    def check_bad_weather():
        yield "ok", "sunny", ""
        raise RuntimeError("thunder")

    only(check_bad_weather, lambda: [("ok", "that", "")])
    assert main(["doctor"]) == 1
    out = capsys.readouterr().out
    assert "sunny" in out and "the check of the bad weather broke down" in out and "thunder" in out
    assert "ok     that" in out


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


def test_packages_are_compared_with_the_requirements(monkeypatch):
    versions = {"numpy": "1.25.0", "matplotlib": "3.9.1", "jupyterlab": "5.0.0"}

    def version(name):
        if name not in versions:
            raise importlib.metadata.PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(importlib.metadata, "version", version)
    report = {
        found.split()[0]: (state, found) for state, found, _ in findings(doctor.check_packages)
    }
    assert report["numpy"][0] == "WRONG" and "1.25.0" in report["numpy"][1]
    assert report["matplotlib"] == ("ok", "matplotlib 3.9.1")
    assert report["jupyterlab"][0] == "WRONG"
    assert report["pooch"] == ("WRONG", "pooch is not installed")
    assert states(doctor.check_course_lib) == ["WRONG"]


def test_where_course_lib_is():
    folder = COURSE_FOLDER / "course_lib"
    assert findings(doctor.check_course_lib) == [("ok", f"course_lib at {folder}", "")]


@pytest.mark.parametrize(
    "module, check",
    [
        ("packaging.requirements", doctor.check_packages),
        ("jupyter_client.kernelspec", doctor.check_kernel),
    ],
)
def test_a_package_that_the_doctor_itself_misses(monkeypatch, module, check):
    monkeypatch.setitem(sys.modules, module, None)
    ((state, found, remedy),) = findings(check)
    assert state == "WRONG" and "not installed" in found and "requirements.txt" in remedy


@pytest.fixture
def embedded(tmp_path, monkeypatch):
    """Embedded data in a folder of its own, the pictograms a small stand-in."""
    archive = batch_files.write_archive(tmp_path / "pictograms-10-python.tar.gz")
    digest = batch_files.sha256(archive)
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(data_folders, "DATA_FOLDER", tmp_path)
    monkeypatch.setattr(data_folders, "PICTOGRAMS_ARCHIVE", archive)
    monkeypatch.setattr(data_folders, "PICTOGRAMS_SHA256", digest)
    return tmp_path


def test_good_data(embedded):
    assert findings(doctor.check_embedded_data) == [
        ("ok", "pictograms-10-python.tar.gz: checksum right", ""),
        ("ok", "pictograms: 60 images loaded", ""),
        ("ok", "digits.csv.gz: checksum right", ""),
        ("ok", "digits: 1,797 images loaded", ""),
    ]


def test_a_damaged_archive(embedded):
    data_folders.PICTOGRAMS_ARCHIVE.write_bytes(b"<html>")
    state, found, remedy = findings(doctor.check_embedded_data)[0]
    assert state == "WRONG" and "web page" in found and "git checkout" in remedy


def test_a_damaged_cache(embedded):
    findings(doctor.check_embedded_data)
    (folder,) = (embedded / ".cache").iterdir()
    (folder / "data_batch_1").write_bytes(b"")
    _, (state, found, remedy), *_ = findings(doctor.check_embedded_data)
    assert state == "WRONG" and "data_batch_1 is empty" in found
    assert remedy.startswith("delete the folder")


def test_cifar10_is_no_must(embedded):
    assert states(doctor.check_cifar10) == ["note"]
    folder = batch_files.write_folder(embedded / "cifar-10-batches-py")
    assert findings(doctor.check_cifar10) == [("ok", "cifar10: 60 images loaded", "")]
    (folder / "test_batch").unlink()
    assert states(doctor.check_cifar10) == ["WRONG"]


@pytest.mark.parametrize(
    "value, state",
    [
        ("", "ok"),
        ("pictograms", "ok"),
        ("cifar10", "WRONG"),
        ("digits", "WRONG"),
        ("mnist", "WRONG"),
    ],
)
def test_the_chosen_set(embedded, monkeypatch, value, state):
    monkeypatch.setenv("COURSE_DATASET", value)
    assert states(doctor.check_chosen_set) == [state]


def test_cifar10_is_chosen_and_there(embedded, monkeypatch):
    monkeypatch.setenv("COURSE_DATASET", "cifar10")
    batch_files.write_folder(embedded / "cifar-10-batches-py")
    assert states(doctor.check_chosen_set) == ["ok"]


def test_the_cache(embedded, monkeypatch):
    assert states(doctor.check_cache) == ["ok"]
    monkeypatch.setattr(data_folders, "can_write", lambda folder: False)
    assert states(doctor.check_cache) == ["WRONG"]


@pytest.mark.parametrize("free, state", [(10**9, "ok"), (200_000_000, "note"), (10**6, "WRONG")])
def test_the_disk(monkeypatch, free, state):
    usage = shutil._ntuple_diskusage(10**12, 10**12 - free, free)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert states(doctor.check_disk) == [state]


# The kernel


@pytest.fixture
def kernel(monkeypatch):
    """Make Jupyter name this interpreter for notebooks; None: no kernel at all."""
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager, NoSuchKernel

    def choose(interpreter):
        def get_kernel_spec(self, name):
            assert name == "python3"
            if interpreter is None:
                raise NoSuchKernel(name)
            return KernelSpec(argv=[str(interpreter), "-m", "ipykernel_launcher"])

        monkeypatch.setattr(KernelSpecManager, "get_kernel_spec", get_kernel_spec)

    return choose


@pytest.mark.parametrize("interpreter", [sys.executable, "python", "python3"])
def test_notebooks_run_in_this_environment(kernel, interpreter):
    kernel(interpreter)
    assert states(doctor.check_kernel) == ["ok"]


def test_no_kernel(kernel):
    kernel(None)
    assert states(doctor.check_kernel) == ["WRONG"]


def test_a_kernel_whose_python_is_gone(kernel, tmp_path):
    kernel(tmp_path / "python")
    ((state, found, remedy),) = findings(doctor.check_kernel)
    assert state == "WRONG" and str(tmp_path) in found and "ipykernel install" in remedy


@pytest.mark.parametrize(
    "answer, state, part",
    [
        ('["/elsewhere", []]', "note", "/elsewhere"),
        ('["/elsewhere", ["numpy", "course_lib"]]', "WRONG", "no numpy and no course_lib"),
        ("hello", "WRONG", "does not start"),
    ],
)
def test_a_kernel_of_another_environment(kernel, monkeypatch, answer, state, part):
    kernel("/elsewhere/bin/python")
    done = subprocess.CompletedProcess([], 0, stdout=answer + "\n")
    monkeypatch.setattr(subprocess, "run", lambda *args, **kwargs: done)
    ((found_state, found, _),) = findings(doctor.check_kernel)
    assert found_state == state and part in found


# Where nothing is installed


def run_without_packages(*arguments):
    """Run `python -m course_lib` in a Python that has no package but the standard library."""
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", RUN, str(COURSE_FOLDER), *arguments],
        capture_output=True,
        text=True,
    )


RUN = """
import runpy, sys
sys.path.insert(0, sys.argv.pop(1))
sys.argv[0] = "course_lib"
runpy.run_module("course_lib", run_name="__main__")
"""


def test_the_doctor_survives_without_any_package():
    done = run_without_packages("doctor")
    assert done.returncode == 1 and done.stderr == ""
    assert "numpy" in done.stdout and "requirements.txt" in done.stdout
    assert "broke down" not in done.stdout
    assert "wrong. Mend the first" in done.stdout.splitlines()[-1]


def test_a_command_that_needs_a_missing_package_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    done = run_without_packages("download", "cifar10")
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.count("\n") == 1 and "requirements.txt" in done.stderr


def test_the_readme_quotes_what_the_doctor_says():
    """Every quotation in the README's table is in the source; "…" stands for what differs."""
    table = (
        COURSE_FOLDER.joinpath("README.md").read_text("utf-8").partition("| the doctor says |")[2]
    )
    rows = table.partition("\n\n")[0].split("\n")[2:]
    sayings = [re.findall("`([^`]+)`", row.split("|")[1]) for row in rows]
    sources = [
        Path(module.__file__).read_text("utf-8") for module in (doctor, data_folders, archives)
    ]
    source = re.sub(r"\{[^{}]*\}", "…", "".join(sources))
    assert len(sayings) >= 7 and all(sayings)
    for saying in sum(sayings, []):
        for part in filter(str.strip, saying.split("…")):
            assert part.strip(" ,") in source, saying

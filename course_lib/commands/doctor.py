"""`python -m course_lib doctor`: check that the course runs here and, if not, say how to fix it.

Imports only the standard library up front, and everything else inside the checks, so that it can
report a missing package.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

# What a check yields, one for each thing that it looks at: a state ("ok", "note" or "WRONG"), what
# was found, and what to do about it ("" if nothing).
Findings = Iterator[tuple[str, str, str]]

PACKAGE = Path(__file__).resolve().parents[1]
COURSE_FOLDER = PACKAGE.parent  # of a checkout
IN_CHECKOUT = (PACKAGE / "pyproject.toml").exists()
INSTALL = (
    "run `python -m pip install -r requirements.txt` in the course's folder"
    if IN_CHECKOUT
    else "install course_lib again, which brings the packages that it needs"
)
OLDEST_PYTHON = (3, 11)
NOTEBOOKS_TAKE = ("pictograms", "cifar10")
DISK_NEEDED = 100_000_000  # bytes, for the extracted pictograms and some room to work
DISK_FOR_CIFAR10 = 400_000_000  # bytes, for the archive and the folder extracted from it

# Run by the Python that Jupyter starts for a notebook.
KERNEL_QUESTIONS = """
import importlib.util, json, sys
missing = [name for name in ("numpy", "course_lib") if importlib.util.find_spec(name) is None]
print(json.dumps([sys.prefix, missing]))
"""


def add_options(command: argparse.ArgumentParser) -> None:
    """It has none."""


def main(options: argparse.Namespace) -> int:
    """Print one line a finding, with the remedy on the next; return the exit status, 0 or 1."""
    wrong = 0
    for check in CHECKS:
        for state, found, remedy in findings(check):
            print(f"{state:5}  {found}")
            if remedy:
                print(f"       {remedy}")
            wrong += state == "WRONG"
    if wrong:
        things = "thing is" if wrong == 1 else "things are"
        print(f"\n{wrong} {things} wrong. Mend the first, then run the doctor again.")
        return 1
    print("\nAll is well: the course will run here.")
    return 0


def findings(check: Callable[[], Findings]) -> Findings:
    """The findings of one check; a check that breaks down is a finding too."""
    name = check.__name__.removeprefix("check_").replace("_", " ")
    try:
        yield from check()
    except ImportError as error:
        yield "WRONG", f"the {name} cannot be checked: {error}", INSTALL
    except Exception as error:
        yield "WRONG", f"the check of the {name} broke down: {error!r}", INSTALL


def check_python() -> Findings:
    found = f"Python {platform.python_version()} at {sys.executable}"
    if sys.version_info >= OLDEST_PYTHON:
        yield "ok", found, ""
    else:
        yield "WRONG", found, "the course needs Python 3.11 or newer; install it from python.org"


def check_environment() -> Findings:
    if sys.prefix != sys.base_prefix or "CONDA_PREFIX" in os.environ:
        yield "ok", f"an environment of its own, {sys.prefix}", ""
    else:
        advice = "the README's command makes an environment, so that no other project interferes"
        yield "note", "this Python is not in an environment of its own", advice


def check_packages() -> Findings:
    from packaging.requirements import Requirement

    good = []
    for wanted in map(Requirement, needed_packages()):
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            version = importlib.metadata.version(wanted.name)
        except importlib.metadata.PackageNotFoundError:
            yield "WRONG", f"{wanted.name} is not installed", INSTALL
            continue
        if wanted.specifier.contains(version, prereleases=True):
            good.append(f"{wanted.name} {version}")
        else:
            found = f"{wanted.name} {version} is installed, the course needs {wanted.specifier}"
            yield "WRONG", found, INSTALL
    yield "ok", ", ".join(good), ""


def needed_packages() -> list[str]:
    """The packages that the course needs, with their versions, as pip writes them."""
    if not IN_CHECKOUT:
        return importlib.metadata.requires("course_lib") or []
    import tomllib

    project = tomllib.loads((PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (COURSE_FOLDER / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [*project["dependencies"], *(line for line in lines if line[:1].isalpha())]


def check_course_lib() -> Findings:
    try:
        importlib.metadata.version("course_lib")
    except importlib.metadata.PackageNotFoundError:
        found = "course_lib is not installed, so notebooks in their own folder will not find it"
        yield "WRONG", found, INSTALL
    else:
        yield "ok", f"course_lib at {PACKAGE}", ""


def check_data() -> Findings:
    """Load each set as a notebook would, which proves the whole path from its file to images."""
    from course_lib import datasets
    from course_lib.datasets import data_folders

    home = data_folders.cifar10_home()
    has_cifar10 = data_folders.has_cifar10(home)
    for name in ("pictograms", "digits", *(["cifar10"] if has_cifar10 else [])):
        try:
            data = datasets.load(name)
        except datasets.DatasetError as error:
            found, _, remedy = str(error).partition("; ")
            yield "WRONG", found, remedy.removesuffix(".")
        else:
            count = len(data.train_images) + len(data.test_images)
            yield "ok", f"{name}: {count:,} images loaded", ""
    if not has_cifar10:
        advice = "nothing to do, unless you want it: `python -m course_lib download cifar10`"
        found = f"CIFAR-10 is not here, and the course does not need it; it would go to {home}"
        yield "note", found, advice


def check_chosen_set() -> Findings:
    from course_lib.datasets import data_folders

    name = data_folders.setting("COURSE_DATASET")
    if not name:
        yield "ok", "COURSE_DATASET is not set: the notebooks use the pictograms", ""
    elif name not in NOTEBOOKS_TAKE:
        found = f"COURSE_DATASET is {name!r}, which is no set that the notebooks can use"
        yield "WRONG", found, f"set it to {' or '.join(NOTEBOOKS_TAKE)}, or to nothing"
    elif name == "cifar10" and not data_folders.has_cifar10(data_folders.cifar10_home()):
        advice = "run `python -m course_lib download cifar10`, or set COURSE_DATASET to nothing"
        yield "WRONG", "COURSE_DATASET=cifar10, and CIFAR-10 is not there", advice
    else:
        yield "ok", f"COURSE_DATASET={name}: the notebooks use that set", ""


def check_cache() -> Findings:
    from course_lib.datasets import data_folders

    caches = list(data_folders.cache_folders())
    cache = next(filter(data_folders.can_write, caches), None)
    if cache:
        yield "ok", f"extracted files go to {cache}", ""
    else:
        advice = f"allow writing to {' or '.join(map(str, caches))}"
        yield "WRONG", "there is no folder that extracted files could be written to", advice


def check_disk() -> Findings:
    free = shutil.disk_usage(PACKAGE).free
    found = f"{free / 1e9:.1f} GB of disk free"
    if free < DISK_NEEDED:
        yield "WRONG", found, f"free {DISK_NEEDED / 1e6:.0f} MB"
    elif free < DISK_FOR_CIFAR10:
        advice = f"CIFAR-10 would need {DISK_FOR_CIFAR10 / 1e6:.0f} MB; the course does without"
        yield "note", found, advice
    else:
        yield "ok", found, ""


def check_kernel() -> Findings:
    """Ask the Python that Jupyter starts for a notebook whether it is this one."""
    from jupyter_client.kernelspec import NoSuchKernel
    from jupyter_client.manager import KernelManager

    try:
        interpreter = KernelManager(kernel_name="python3").format_kernel_cmd()[0]
    except NoSuchKernel:
        yield "WRONG", "there is no kernel python3 for notebooks", INSTALL
        return
    try:
        answer = subprocess.run(
            [interpreter, "-c", KERNEL_QUESTIONS],
            cwd=Path(__file__).parent,  # where, as beside the notebooks, there is no course_lib
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        prefix, missing = json.loads(answer.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        found = f"the notebooks' kernel, {interpreter}, does not start: {error}"
        yield "WRONG", found, "run `python -m ipykernel install --sys-prefix`"
        return
    if missing:
        found = f"the notebooks' kernel, {interpreter}, has no {' and no '.join(missing)}"
        yield "WRONG", found, "run `python -m ipykernel install --sys-prefix`, or else " + INSTALL
    elif prefix != sys.prefix:
        advice = "if that is not what you want: `python -m ipykernel install --sys-prefix`"
        yield "note", f"notebooks run in another environment, {prefix}", advice
    else:
        yield "ok", f"notebooks run in this environment, by {interpreter}", ""


CHECKS = (
    check_python,
    check_environment,
    check_packages,
    check_course_lib,
    check_data,
    check_chosen_set,
    check_cache,
    check_disk,
    check_kernel,
)

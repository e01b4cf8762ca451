"""Run every notebook on many kinds of machine: Pythons, packages, processors, folders, languages.

    python -m tests.matrix --list
    python -m tests.matrix [NAME ...] [--folder FOLDER] [--python PATH ...] [--jobs 2]

Each setting gets a copy of the course and an environment in FOLDER, where `doctor` and then every
notebook must pass, strictly, as `pytest` checks them. The last lines are a table. The exit status
is 0 if all that could be run passed. A setting that this machine cannot make is said to be so.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.breaks import copy_of_the_course

KERNELS = ("Prescott", "Sandybridge", "Haswell", "SkylakeX", "Zen")
LATIN_1 = "de_DE.ISO-8859-1"

# Run in a setting's environment. Prints the processor features that NumPy could leave unused.
FEATURES = """
try:
    from numpy._core import _multiarray_umath as numpy_core
except ImportError:
    from numpy.core import _multiarray_umath as numpy_core
has = numpy_core.__cpu_features__
print(*[name for name in numpy_core.__cpu_dispatch__ if has[name]])
"""
# Prints which of OpenBLAS's kernels NumPy computes with.
KERNEL = """
import numpy, threadpoolctl
numpy.ones((9, 9)) @ numpy.ones((9, 9))
print(*{library.get("architecture") for library in threadpoolctl.threadpool_info()})
"""
VERSIONS = """
import platform, numpy, matplotlib
print("Python", platform.python_version(), "NumPy", numpy.__version__,
      "Matplotlib", matplotlib.__version__)
"""


class CannotRun(Exception):
    """This machine cannot make the setting; the text says why."""


@dataclass
class Setting:
    """A kind of machine: an environment to run in, and what differs around it."""

    name: str
    python: str = "3.11"
    oldest: bool = False  # the oldest packages that the course allows
    folder: str = "course"  # where the copy of the course lies
    variables: dict = field(default_factory=dict)
    special: str = ""  # what no variable can say: see surroundings()
    tests: str = "notebooks"  # what is run


SETTINGS = [
    Setting("python-3.11"),
    Setting("python-3.12", python="3.12"),
    Setting("python-3.13", python="3.13"),
    Setting("oldest-packages", oldest=True),
    *(Setting(f"openblas-{name}", variables={"OPENBLAS_CORETYPE": name}) for name in KERNELS),
    Setting("numpy-without-simd", special="no simd"),
    *(Setting(f"threads-{n}", variables={"OPENBLAS_NUM_THREADS": str(n)}) for n in (1, 2)),
    Setting(
        "latin-1-and-time-zone",
        special="latin-1",
        variables={"LC_ALL": LATIN_1, "PYTHONUTF8": "0", "TZ": "Asia/Kathmandu"},
    ),
    Setting("odd-folders", folder="a course / über 课程"),
    Setting("read-only", special="read-only"),
    Setting("no-network", special="no network"),
    Setting(
        "variants",  # every lesson's exercises filled in: all right, all wrong in four ways
        variables={"COURSE_VARIANTS": "all"},
        tests="tests/notebooks/test_variants.py",
    ),
]
NAMES = [setting.name for setting in SETTINGS]


def main():
    parser = argparse.ArgumentParser(
        prog="python -m tests.matrix",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="settings; all if none is named")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--folder", help="work here and keep copies, environments and logs")
    parser.add_argument("--python", nargs="+", default=[], help="more Pythons than those on PATH")
    parser.add_argument("--jobs", default="2", help="notebooks at a time (2)")
    options = parser.parse_args()
    unknown = set(options.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no setting {', '.join(unknown)}; choose from {', '.join(NAMES)}")
    if options.list:
        print(*NAMES, sep="\n")
        return 0
    with tempfile.TemporaryDirectory(prefix="matrix-") as temporary:
        folder = Path(options.folder or temporary).resolve()
        wanted = [each for each in SETTINGS if each.name in (options.names or NAMES)]
        for course in {folder / each.folder for each in wanted}:
            shutil.rmtree(course, ignore_errors=True)  # of an earlier run
            copy_of_the_course(course)
        rows = [row(each, folder, options) for each in wanted]
    print("\n| setting | what it is | result | seconds |\n|---|---|---|---|")
    for each in rows:
        print("| " + " | ".join(each) + " |")
    return int(any(result.startswith("FAILED") for _, _, result, _ in rows))


def row(setting, folder, options):
    """Run one setting. Returns its name, what it is, the result, and the seconds it took."""
    course, what, start = folder / setting.folder, "", time.perf_counter()
    try:
        python = environment(setting, course, options.python)
        start = time.perf_counter()
        with surroundings(setting, python, course) as (prefix, variables):
            what = f"{ask(python, VERSIONS, variables)}, {ask(python, KERNEL, variables)}"
            command = [*prefix, python, "-m"]
            log = folder / f"{setting.name}.log"
            result = run(command, setting.tests, course, variables, log, options.jobs)
    except CannotRun as reason:
        result = f"not run: {reason}"
    seconds = f"{time.perf_counter() - start:.0f}"
    print(f"{setting.name}: {result} ({what}, {seconds} s)", flush=True)
    return setting.name, what, result, seconds


def run(command, tests, course, variables, log, jobs):
    """Run doctor and the notebooks, or other tests, in a setting; return the result in words."""
    tests = ["pytest", tests, "-p", "no:cacheprovider", "-n", jobs, "--dist", "loadfile"]
    with open(log, "w", encoding="utf-8") as file:
        options = {
            "cwd": course,
            "env": variables,
            "stdin": subprocess.DEVNULL,
            "stdout": file,
            "stderr": subprocess.STDOUT,
        }
        if subprocess.run([*command, "course_lib", "doctor"], **options).returncode:
            return f"FAILED in doctor: see {log.name}"
        status = subprocess.run([*command, *tests], **options).returncode
    text = log.read_text(encoding="utf-8", errors="replace")
    if status:
        failed = re.findall(r"^FAILED \S*?([^/\s]+::\S+(?: \d+)?)", text, re.MULTILINE)
        return f"FAILED in notebooks: {', '.join(failed) or 'see ' + log.name}"
    counted = re.search(r"\d+ notebook cells run and compared in \d+ notebooks|\d+ passed", text)
    return counted[0] if counted else f"FAILED: nothing was compared, see {log.name}"


def environment(setting, course, more_pythons):
    """The Python of an environment with the course installed from its copy."""
    folder = course / f".venv-{setting.python}-{'oldest' if setting.oldest else 'newest'}"
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not folder.exists():
        base = find_python(setting.python, more_pythons)
        subprocess.run([base, "-m", "venv", folder], check=True)
        packages = ["-r", "requirements.txt", "pytest", "nbval", "pytest-xdist"]
        if setting.oldest:
            packages += ["-c", oldest_packages(course)]
        command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, *packages], cwd=course, check=True)
    return python


def find_python(version, more_pythons):
    """A Python of this version, "3.12": this one, one that was named, or one on the PATH."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    for candidate in [sys.executable, *more_pythons, f"python{version}"]:
        if shutil.which(candidate) and ask(candidate, question) == version:
            return candidate
    raise CannotRun(f"there is no Python {version} here; name one with --python")


def oldest_packages(course):
    """Write the lower bounds of all requirements, as exact versions, into a file; return it."""
    files = ("requirements.txt", "course_lib/pyproject.toml", "tests/requirements.txt")
    text = "".join((course / name).read_text(encoding="utf-8") for name in files)
    bounds = re.findall(r'^[ "]*(\w[\w-]*)>=([\d.]+)', text, re.MULTILINE)
    file = course / ".oldest.txt"
    file.write_text("".join(f"{name}=={version}\n" for name, version in bounds))
    return file


@contextmanager
def surroundings(setting, python, course):
    """Yield what a setting needs around its commands: a prefix for them, and their variables.

    Anything that is changed on disk is put back at the end.
    """
    home = course.parent / ("home" if setting.folder == "course" else "home of 李 é")
    home.mkdir(exist_ok=True)
    variables = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("COURSE_", "OPENBLAS_", "JUPYTER", "PYTHON", "LC_"))
    }
    variables["HOME"] = str(home)
    variables["PATH"] = os.pathsep.join([str(python.parent), os.environ["PATH"]])
    variables.update(setting.variables)
    if "OPENBLAS_CORETYPE" in variables and not ask(python, KERNEL, variables):
        raise CannotRun("this processor cannot run that kernel")
    if setting.special == "no simd":
        variables["NPY_DISABLE_CPU_FEATURES"] = ask(python, FEATURES, variables)
    if setting.special == "latin-1":
        name, _, encoding = LATIN_1.partition(".")
        check_that_it_runs("localedef", "-i", name, "-f", encoding, home / LATIN_1)
        variables["LOCPATH"] = str(home)
    if setting.special == "no network":
        yield without_network(), variables
    elif setting.special == "read-only":
        prefix = obeying_permissions()
        shutil.rmtree(course / "data" / ".cache", ignore_errors=True)
        (course / "notebooks" / ".learner.json").unlink(missing_ok=True)
        allow_writing(course, False)
        try:
            yield prefix, variables
        finally:
            allow_writing(course, True)
    else:
        yield [], variables


def allow_writing(folder, allowed):
    """Set or take away the permission to write to a folder and all that is in it."""
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if allowed else mode & ~0o222)


def ask(python, question, variables=None):
    """What a few lines of Python print in a setting; "" if they crash."""
    answer = subprocess.run([python, "-c", question], env=variables, capture_output=True, text=True)
    return answer.stdout.strip()


def obeying_permissions():
    """A prefix for commands that may not write where nobody may: the administrator otherwise can."""
    if os.name != "posix" or os.geteuid() != 0:
        return []
    prefix = ["setpriv", "--bounding-set=-dac_override"]
    check_that_it_runs(*prefix, "true")
    return prefix


def without_network():
    """A prefix for commands that see no network but this computer's own loopback."""
    own = [] if os.geteuid() == 0 else ["--map-root-user"]
    prefix = ["unshare", "--net", *own, "sh", "-c", 'ip link set lo up && exec "$@"', "sh"]
    check_that_it_runs(*prefix, "true")
    return prefix


def check_that_it_runs(*command):
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"{command[0]} does not work here: {error}") from error


if __name__ == "__main__":
    sys.exit(main())

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
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
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
    special: str = ""  # what no variable can say: see Surroundings


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
]


def main():
    arguments = parse()
    if arguments.list:
        print(*(setting.name for setting in SETTINGS), sep="\n")
        return 0
    wanted = [s for s in SETTINGS if s.name in arguments.names or not arguments.names]
    with tempfile.TemporaryDirectory(prefix="matrix-") as temporary:
        matrix = Matrix(Path(arguments.folder or temporary).resolve(), arguments)
        rows = [matrix.row(setting) for setting in wanted]
    print("\n| setting | what it is | result | seconds |\n|---|---|---|---|")
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    return int(any(row[2].startswith("FAILED") for row in rows))


def parse():
    parser = argparse.ArgumentParser(
        prog="python -m tests.matrix",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = [setting.name for setting in SETTINGS]
    parser.add_argument("names", nargs="*", metavar="NAME", help="settings; all if none is named")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--folder", help="work here and keep copies, environments and logs")
    parser.add_argument("--python", nargs="+", default=[], help="more Pythons than those on PATH")
    parser.add_argument("--jobs", default="2", help="notebooks at a time (2)")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(names)
    if unknown:
        parser.error(f"there is no setting {', '.join(unknown)}; choose from {', '.join(names)}")
    return arguments


class Matrix:
    """The copies and environments in one folder, made when they are first needed."""

    def __init__(self, folder, arguments):
        self.folder, self.jobs, self.more_pythons = folder, arguments.jobs, arguments.python
        self.home = folder / "home"
        self.home.mkdir(parents=True, exist_ok=True)
        self.copied = set()

    def row(self, setting):
        """Run one setting. Returns its name, what it is, the result, and the seconds it took."""
        log, what = self.folder / f"{setting.name}.log", ""
        start = time.perf_counter()
        try:
            course = self.course(setting)
            python = self.environment(setting, course)
            start = time.perf_counter()
            with Surroundings(setting, python, course, self.home) as (prefix, variables):
                what = what_it_is(python, variables)
                result = self.run(prefix, python, course, variables, log)
        except CannotRun as reason:
            result = f"not run: {reason}"
        seconds = f"{time.perf_counter() - start:.0f}"
        print(f"{setting.name}: {result} ({what}, {seconds} s)", flush=True)
        return setting.name, what, result, seconds

    def run(self, prefix, python, course, variables, log):
        """Run doctor and the notebooks in a setting; return the result in words."""
        steps = {
            "doctor": [python, "-m", "course_lib", "doctor"],
            "notebooks": [
                python,
                "-m",
                "pytest",
                "notebooks",
                "-p",
                "no:cacheprovider",
                "-n",
                self.jobs,
                "--dist",
                "loadfile",
            ],
        }
        with open(log, "w", encoding="utf-8") as file:
            for name, command in steps.items():  # noqa: B007 (told further down)
                status = subprocess.run(
                    [*prefix, *command],
                    cwd=course,
                    env=variables,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    check=False,
                ).returncode
                if status:
                    break
        text = log.read_text(encoding="utf-8", errors="replace")
        if status:
            failed = re.findall(r"^FAILED \S*?([^/\s]+::\S+(?: \d+)?)", text, re.MULTILINE)
            return f"FAILED in {name}: {', '.join(failed) or 'see ' + log.name}"
        counted = re.search(r"\d+ notebook cells run and compared in \d+ notebooks", text)
        return counted[0] if counted else f"FAILED: nothing was compared, see {log.name}"

    def course(self, setting):
        """A copy of all files that Git does not ignore."""
        course = self.folder / setting.folder
        if course not in self.copied:
            shutil.rmtree(course, ignore_errors=True)
            listed = subprocess.run(
                ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=True,
            ).stdout.split("\0")
            for name in filter(None, listed):
                if (ROOT / name).exists():  # not a file that was deleted and is not yet committed
                    (course / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy2(ROOT / name, course / name)
            self.copied.add(course)
        return course

    def environment(self, setting, course):
        """The Python of an environment with the course installed from its copy."""
        packages = "oldest" if setting.oldest else "newest"
        folder = course / f".venv-{setting.python}-{packages}"
        python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        if not folder.exists():
            subprocess.run([self.find(setting.python), "-m", "venv", folder], check=True)
            constraints = []
            if setting.oldest:
                lines = re.findall(
                    r'^[ "]*(\w[\w-]*)>=([\d.]+)', requirements(course), re.MULTILINE
                )
                file = course / ".oldest.txt"
                file.write_text("".join(f"{name}=={version}\n" for name, version in lines))
                constraints = ["-c", file]
            install = [
                python,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "-r",
                "requirements.txt",
                "pytest",
                "nbval",
                "pytest-xdist",
                *constraints,
            ]
            subprocess.run(install, cwd=course, check=True)
        return python

    def find(self, version):
        """A Python of this version, "3.12": this one, one that was named, or one on the PATH."""
        for candidate in [sys.executable, *self.more_pythons, f"python{version}"]:
            question = "import sys; print('%d.%d' % sys.version_info[:2])"
            try:
                answer = subprocess.run([candidate, "-c", question], capture_output=True, text=True)
            except OSError:
                continue
            if answer.stdout.strip() == version:
                return candidate
        raise CannotRun(f"there is no Python {version} here; name one with --python")


def requirements(course):
    files = ("requirements.txt", "course_lib/pyproject.toml", "tests/requirements.txt")
    return "".join((course / file).read_text(encoding="utf-8") for file in files)


class Surroundings:
    """What a setting needs around its commands: a prefix for them, and their variables.

    Anything that is changed on disk is put back at the end.
    """

    def __init__(self, setting, python, course, home):
        self.special, self.course = setting.special, course
        programs = os.pathsep.join([str(python.parent), os.environ["PATH"]])
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("COURSE_", "OPENBLAS_", "JUPYTER", "PYTHON", "LC_"))
        }
        self.variables = {**inherited, "HOME": str(home), "PATH": programs, **setting.variables}
        if setting.folder != "course":
            self.variables["HOME"] = str(course.parent / "home of 李 é")
            Path(self.variables["HOME"]).mkdir(exist_ok=True)
        if "OPENBLAS_CORETYPE" in setting.variables:
            if not ask(python, KERNEL, self.variables):
                raise CannotRun("this processor cannot run that kernel")
        if self.special == "no simd":
            self.variables["NPY_DISABLE_CPU_FEATURES"] = ask(python, FEATURES, self.variables)
        if self.special == "latin-1":
            self.variables["LOCPATH"] = make_locale(home)

    def __enter__(self):
        prefix = []
        if self.special == "read-only":
            prefix = obeying_permissions()
            self.write_permission(False)
        elif self.special == "no network":
            prefix = without_network()
        return prefix, self.variables

    def __exit__(self, *exception):
        if self.special == "read-only":
            self.write_permission(True)

    def write_permission(self, allowed):
        for folder in ("data/.cache", "notebooks/.ballot.json"):
            remove = shutil.rmtree if folder.endswith("cache") else os.remove
            if not allowed and (self.course / folder).exists():
                remove(self.course / folder)
        for path in [self.course, *self.course.rglob("*")]:
            if not path.is_symlink():
                mode = path.stat().st_mode
                path.chmod(mode | 0o200 if allowed else mode & ~0o222)


def ask(python, question, variables):
    """What a few lines of Python print in a setting; "" if they crash."""
    answer = subprocess.run([python, "-c", question], env=variables, capture_output=True, text=True)
    return answer.stdout.strip()


def make_locale(home):
    """Make a locale whose text is not UTF-8; return the folder it is in."""
    name, _, encoding = LATIN_1.partition(".")
    try:
        subprocess.run(
            ["localedef", "-i", name, "-f", encoding, home / LATIN_1],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"no locale {LATIN_1} can be made: {error}") from error
    return str(home)


def obeying_permissions():
    """A prefix for commands that may not write where nobody may: the administrator otherwise can."""
    if os.name != "posix" or os.geteuid() != 0:
        return []
    return tool("setpriv", "--bounding-set=-dac_override")


def without_network():
    """A prefix for commands that see no network but this computer's own loopback."""
    own = [] if os.geteuid() == 0 else ["--map-root-user"]
    return tool("unshare", "--net", *own, "sh", "-c", 'ip link set lo up && exec "$@"', "sh")


def tool(*prefix):
    """`prefix`, if a command that starts with it runs here."""
    try:
        subprocess.run([*prefix, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise CannotRun(f"{prefix[0]} does not work here: {error}") from error
    return list(prefix)


def what_it_is(python, variables):
    """Versions and kernel, as the setting's own Python reports them."""
    versions = (
        "import platform, numpy, matplotlib; print('Python', platform.python_version(),"
        "'NumPy', numpy.__version__, 'Matplotlib', matplotlib.__version__)"
    )
    return f"{ask(python, versions, variables)}, {ask(python, KERNEL, variables)}"


if __name__ == "__main__":
    sys.exit(main())

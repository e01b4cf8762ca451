"""What people do to the notebooks: stop them, run cells out of order, start two at once.

A slice that takes under a minute. The whole is behind three commands: `python -m tests.cell_order
twice`, `python -m tests.cell_order alone` and `python -m tests.benchmarks.notebooks`.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.datasets import data_folders
from tests import cell_order, matrix
from tests.benchmarks import notebooks
from tests.notebooks.live_kernel import LiveKernel
from tests.refresh import clean, run

ROOT = Path(__file__).resolve().parents[2]

SETUP = """
import signal, sys, threading, time
import numpy as np
from threadpoolctl import ThreadpoolController
from course_lib import datasets, diagnostics, figures
from course_lib.cases import CaseA, CaseB, trial
from course_lib.figures.explorer_base import Explorer, slider
from course_lib.nn import layers, losses, networks, optim, training
from course_lib.practice import notebook

notebook.explain_errors()

rng = np.random.default_rng(0)
images = rng.integers(0, 256, (2000, 32, 32, 3), dtype=np.uint8)
labels = rng.integers(0, 10, 2000)
normalize = layers.Normalize.from_images(images)
data = datasets.Dataset("noise", tuple("0123456789"), images, labels, images[:50], labels[:50])
digits = datasets.load("digits")

def state():
    "What an interruption must leave as it was."
    blas = [library["num_threads"] for library in ThreadpoolController().info()]
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    threads = [t.name for t in threading.enumerate() if "ThreadPool" in t.name]
    bars = len(sys.modules["tqdm"].tqdm._instances) if "tqdm" in sys.modules else 0
    return blas, usual, threads, bars

def fit(net, epochs=500, progress=True, **options):
    arguments = {"loss": losses.CrossEntropyLoss(), "optimizer": optim.SGD(0.001, 0.9),
                 "batch_size": 64, "rng": np.random.default_rng(0)} | options
    return training.fit(net, images, labels, epochs=epochs, progress=progress, **arguments)

def finite(net):
    arrays = [layer.params[name] for layer, name in networks.parameter_slots(net)]
    return all(np.isfinite(array).all() for array in arrays)

before = state()
small = networks.course_cnn(normalize, rng=rng)
fit(small, epochs=1)  # so that everything is imported
print("ready" if before[1] else "not the usual handler")
"""


@pytest.fixture(scope="module")
def kernel():
    with LiveKernel() as kernel:
        result = kernel.run(SETUP)
        assert "ready" in result.printed, result.traceback
        yield kernel


def value(kernel, expression):
    """The printed value of an expression."""
    result = kernel.run(f"print({expression})")
    assert not result.error, result.traceback
    return result.printed.strip()


# The stop button during a training

FITS = {
    "the network of the case, with a bar": "net = networks.course_cnn(normalize, rng=rng)\n{ready}fit(net)",
    "one image a step": "net = networks.course_cnn(normalize, rng=rng)\n{ready}fit(net, batch_size=1)",
    "float64, large mini-batches": (
        "net = networks.course_cnn(normalize, rng=rng, dtype=np.float64)\n{ready}fit(net, batch_size=200)"
    ),
    "three layers, tests and a recorder": (
        "net = networks.three_layer_cnn(normalize, filters=(8, 8, 8), rng=rng)\n"
        "{ready}fit(net, test=(images[:99], labels[:99]), recorder=diagnostics.Recorder(1))"
    ),
}


@pytest.mark.parametrize("kind", FITS)
def test_a_training_is_stopped_and_goes_on(kernel, kind):
    cell = FITS[kind].format(ready='print("ready", flush=True)\nhistory = ')
    result = kernel.run(cell, stop_after=0.5)
    assert not result.error, result.traceback
    assert (
        "Training stopped after" in result.printed
        and "another call of fit trains it further" in result.printed
    )
    assert value(kernel, "history.interrupted, finite(net), state() == before") == (
        "True True True"
    ), value(kernel, "state(), before")
    assert value(kernel, "0 < len(history.batch_loss) < history.planned") == "True"
    again = kernel.run("history = fit(net, epochs=1)\nprint(history.interrupted, finite(net))")
    assert again.printed.strip() == "False True", again.traceback


def test_a_cell_with_many_trainings_is_stopped_as_a_whole(kernel):
    cell = """
results = []
print("ready", flush=True)
for seed in range(3):
    fit(small, epochs=500, progress=False)
    results.append(seed)
"""
    result = kernel.run(cell, stop_after=0.5)
    assert result.error == "KeyboardInterrupt" and "Training stopped" in result.printed
    assert "stopped in an earlier training" in result.traceback
    assert value(kernel, "results") == "[0]"
    after = kernel.run("print(fit(networks.course_cnn(normalize, rng=rng), epochs=1).interrupted)")
    assert after.printed.strip() == "False", after.traceback


EXPERIMENTS = {
    "case A": "CaseA.repaired(batch_size=1).run(data, images=10**6)",
    "case A, step by step": (
        "[0 for _ in CaseA.repaired().steps(data, networks.course_cnn(normalize, rng=rng), rng)]"
    ),
    "case B": "CaseB.repaired().run(digits, epochs=10**6)",
    "the verdict, on all cores": (
        "trial.compare({'a': CaseA.repaired()}, data, seeds=500, images=640)"
    ),
    "the accuracy": "[training.evaluate(small, images, labels) for _ in range(10**4)]",
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_is_stopped(kernel, name):
    result = kernel.run(f'print("ready", flush=True)\nresult = {EXPERIMENTS[name]}', stop_after=0.5)
    assert result.error == "KeyboardInterrupt"
    lines = result.traceback.strip().splitlines()
    assert lines[-1].startswith("The cell was stopped before its end")
    assert "/course_lib/" not in result.traceback  # where it was just then is of no interest
    assert value(kernel, "state() == before") == "True", value(kernel, "state(), before")
    assert value(kernel, "fit(small, epochs=1, progress=False).interrupted") == "False"


def test_a_slider_is_stopped(kernel):
    """Its figure stays the earlier one, and the next move draws as usual."""
    setup = """
figure, axes = figures.new_figure()
line, = axes.plot([0, 1], [0, 1])

def redraw(slope):
    line.set_ydata([0, slope])
    if slope == 7:
        time.sleep(100)

explorer = Explorer(figure, redraw, {"slope": slider("slope", 0, 10, 5)})
pictures = [explorer.picture.value]
print(explorer.controls["slope"].comm.comm_id)
"""
    control = kernel.run(setup).printed.strip()

    def move(position):
        data = {"method": "update", "state": {"value": position}, "buffer_paths": []}
        content = {"comm_id": control, "data": data}
        channel = kernel.client.shell_channel
        channel.send(kernel.client.session.msg("comm_msg", content))

    move(7)
    time.sleep(0.7)
    kernel.press()
    assert value(kernel, "explorer.picture.value == pictures[0]") == "True"
    move(3)
    assert value(kernel, "explorer.settings, line.get_ydata()") == "{'slope': 3} [0, 3]"
    assert value(kernel, "explorer.picture.value == pictures[0]") == "False"


# What a cell says that was run too early


@pytest.mark.parametrize(
    "code",
    [
        "print(pictures_of_cats)",
        "def look():\n    return pictures_of_cats\nlook()",
        "[pictures_of_cats for _ in range(3)]",
        "pictures_of_cats = pictures_of_cats + 1",
    ],
)
def test_a_missing_name_is_explained(kernel, code):
    result = kernel.run(code)
    assert result.error == "NameError"
    error, note = result.traceback.strip().splitlines()[-2:]
    assert error == "NameError: name 'pictures_of_cats' is not defined"
    assert note.startswith("No cell that has run so far makes `pictures_of_cats`. Check how it is")
    assert "Run > Run All Above Selected Cell" in note


@pytest.mark.parametrize(
    ("code", "last_line"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("{}['x']", "KeyError: 'x'"),
        ("np.no_such_thing", "AttributeError: module 'numpy' has no attribute 'no_such_thing'"),
        ("raise NotImplementedError()", "NotImplementedError: "),
        ("raise NameError('my own')", "NameError: my own"),
        ("assert 1 == 2, 'no'", "AssertionError: no"),
        (
            "def f():\n    print(x)\n    x = 1\nf()",
            "UnboundLocalError: cannot access local variable 'x' where it is not associated with a value",
        ),
        ("exec('print(inner)', {})", "NameError: name 'inner' is not defined"),  # not a cell's name
    ],
)
def test_other_exceptions_stay_as_they_are(kernel, code, last_line):
    assert kernel.run(code).traceback.strip("\n").splitlines()[-1] == last_line


def test_a_name_is_made_and_the_cell_works(kernel):
    assert kernel.run("print(made_later)").error == "NameError"
    kernel.run("made_later = 4")
    assert kernel.run("print(made_later)").printed == "4\n"


def test_other_programs_do_without():
    modules = "'IPython' in sys.modules, 'matplotlib' in sys.modules"
    code = f"import sys, course_lib.nn.layers; print({modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def notebook_of(*sources):
    return new_notebook(cells=[new_code_cell(source) for source in sources])


EXPLAINED = "from course_lib.practice import notebook; notebook.explain_errors()"


def test_graders_see_the_same_exception(tmp_path):
    """nbgrader and nbval read the name and text of an exception; the note is for people."""
    with pytest.raises(CellExecutionError) as error:
        run(notebook_of(EXPLAINED, "print(missing)"), tmp_path)
    assert (error.value.ename, error.value.evalue) == ("NameError", "name 'missing' is not defined")
    assert "makes `missing`" in str(error.value)


# Cells twice, and alone


def store(path, *sources):
    nbformat.write(clean(run(notebook_of(*sources), path.parent)), path)
    return path


def test_twice_and_alone_find_what_is_wrong(tmp_path):
    path = store(
        tmp_path / "wrong.ipynb",
        EXPLAINED,
        "numbers = [1]",
        "numbers.append(2)\nprint(len(numbers))",
        "open('once', 'x').close()",
        "print(len(numbers) > 1)",
    )
    (tmp_path / "once").unlink()
    assert [number for number, _ in cell_order.twice(path)] == [2, 3]
    path = store(
        tmp_path / "worse.ipynb",
        EXPLAINED,
        "a = {'b': 1}",
        "a['b']",
        "if 'a' not in dir(): raise KeyError('a')",
    )
    assert [number for number, _ in cell_order.alone(path)] == [3]


def test_cells_of_a_lesson_alone():
    assert list(cell_order.alone(ROOT / "notebooks" / "00_the_case.ipynb")) == []


# First use

LOAD = "from course_lib import datasets; print(datasets.load('pictograms').train_images.sum())"


@pytest.fixture
def fresh_course(tmp_path):
    """A copy of the library and its data, never used, where the path has spaces and all letters."""
    folder = tmp_path / "Unterlagen für 学生 (Kopie)"
    ignore = shutil.ignore_patterns("__pycache__", ".cache", "cifar*")
    for part in ("course_lib", "data"):
        shutil.copytree(ROOT / part, folder / part, ignore=ignore)
    return folder


def start_loading(course, prefix=()):
    environment = {
        **os.environ,
        "HOME": str(course / "Zuhause é 家"),
        "XDG_CACHE_HOME": "",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    environment.pop("COURSE_DATASET", None)
    return subprocess.Popen(
        [*prefix, sys.executable, "-c", LOAD],
        cwd=course,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process):
    out, err = process.communicate(timeout=100)
    assert process.returncode == 0, err
    return int(out)


def cache_of(course):
    return course / "data" / ".cache"


def test_three_notebooks_at_once_and_one_is_killed(fresh_course):
    killed = start_loading(fresh_course)
    while not list(cache_of(fresh_course).glob("*.part")):
        assert killed.poll() is None, killed.stderr.read()
        time.sleep(0.001)
    two = [start_loading(fresh_course) for _ in range(2)]
    killed.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    killed.communicate()
    first, second = map(finish, two)
    assert first == second > 10**9
    folder, *leftover = sorted(cache_of(fresh_course).iterdir())
    assert folder.name == f"pictograms-{data_folders.PICTOGRAMS_SHA256[:12]}"
    assert len(list(folder.iterdir())) >= len(data_folders.BATCH_FILES)
    assert all(part.name.endswith(".part") for part in leftover)  # at most that of the killed one


def without_the_rights_of_an_administrator():
    """What stands before a command so that it may write only where the permissions say so."""
    if os.name == "nt":
        pytest.skip("folders of Windows have no permission bits")
    try:
        return matrix.obeying_permissions()
    except matrix.CannotRun as reason:
        pytest.skip(f"an administrator may write anywhere: {reason}")


def test_a_read_only_course_folder(fresh_course):
    """The files go to the reader's own cache."""
    prefix = without_the_rights_of_an_administrator()
    os.chmod(fresh_course / "data", 0o555)
    try:
        assert finish(start_loading(fresh_course, prefix)) > 10**9
    finally:
        os.chmod(fresh_course / "data", 0o755)
    assert not cache_of(fresh_course).exists()
    assert list((fresh_course / "Zuhause é 家").rglob("data_batch_1"))


# Memory


def test_the_benchmark_sees_what_a_cell_holds_for_a_moment(tmp_path):
    path = tmp_path / "large.ipynb"
    code = "import time\nlarge = bytearray(b'x') * 300_000_000\ntime.sleep(0.3)\ndel large"
    nbformat.write(notebook_of(code, "1 / 0"), path)
    _, megabytes, cells, problem = notebooks.measure(path)
    assert 300 < megabytes < 450 and cells == 2
    assert problem == "ZeroDivisionError: division by zero"


def test_a_notebook_that_needs_too_much_is_named(tmp_path, monkeypatch, capsys):
    path = tmp_path / "large.ipynb"
    nbformat.write(notebook_of("1"), path)
    monkeypatch.setattr(notebooks, "MOST_MEGABYTES", 10)
    monkeypatch.setenv("COURSE_DATASET", "")
    assert notebooks.main([str(path)]) == 1
    assert "| 1 | more than 10 MB |" in capsys.readouterr().out

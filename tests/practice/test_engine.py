"""What the engine finds in every task: state, memory order, borrowed work, replaced checks."""

import functools
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.nn import loops
from course_lib.nn.layers import Linear
from course_lib.nn.networks import Sequential
from course_lib.practice.checks import Again, Case, check, examine, points
from course_lib.practice.checks.engine import (
    Task,
    hidden_points,
    runner,
    sealing,
    stored_cases,
    time_limits,
)
from course_lib.practice.checks.engine.randomness import (
    binomial_bounds,
    chances,
    smallest_bias_found,
)
from tests.refresh import run

X = np.arange(1.0, 13.0).reshape(3, 4)
CASES = [Case({"x": X * scale}, 2 * X * scale, returns="y") for scale in (1, 10, 100)]


def told(function, cases=CASES):
    report = examine("double", function, cases)
    assert not report.passed
    return " ".join(str(report.error).split())


# State, memory order, inputs that are written to


class Counted:
    """Right in its first call, and then off by one more each time."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return 2 * x + (self.calls - 1)


def cached_by_shape(kept, x):
    return kept.setdefault(x.shape, 2 * x)


def through_a_flat_copy(x):
    y = np.zeros_like(x)
    np.add.at(y.reshape(-1), np.arange(x.size), 2 * x.ravel())
    return y


def put_back(x):
    x += x
    y = x.copy()
    x /= 2
    return y


def into_one_buffer(buffer, x):
    np.multiply(x, 2, out=buffer)
    return buffer


@pytest.mark.parametrize(
    "make, words",
    [
        (Counted, "after a call with other numbers of the same shapes"),
        (lambda: through_a_flat_copy, "in another order in memory"),
        (lambda: put_back, "with read-only copies of the same inputs"),
        (lambda: functools.partial(into_one_buffer, np.empty((3, 4))), "lie in the same array"),
    ],
)
def test_what_only_a_further_call_shows(make, words):
    assert words in told(make(), CASES[:1])
    assert points(1, make(), CASES[:1]) == 0


def test_a_cache_by_shape_gives_the_result_of_another_case():
    text = told(functools.partial(cached_by_shape, {}))
    assert "case 2 of 3" in text and "This is the right result of case 1." in text
    assert points(3, functools.partial(cached_by_shape, {}), CASES) == 1
    pairs = [Case({"x": X * n}, (2 * X * n, 1.0)) for n in (1, 10)]
    kept = {}
    text = told(lambda x: (cached_by_shape(kept, x), 1.0), pairs)
    assert "This is the right result of case 1." in text


def test_a_case_may_allow_what_is_put_back_or_forgo_further_calls():
    inputs = {"x": X}
    check("double", put_back, [Case(inputs, 2 * X, again=Again(read_only=False))])
    check("double", Counted(), [Case(inputs, 2 * X, again=None)])


def test_arrays_within_lists_are_closed_and_reordered_too():
    def doubled(lists):
        seen.append([(x.flags.writeable, x.strides) for x in lists])
        return [2 * x for x in lists]

    seen = []
    check("double", doubled, [Case({"lists": [X, X[0]]}, [2 * X, 2 * X[0]])])
    first, last = seen[0], seen[-1]
    assert all(writeable for writeable, _ in first) and not any(w for w, _ in last)
    assert all(a != b for (_, a), (_, b) in zip(first, last, strict=True))


# Which hint is told


def with_suspects(*makers):
    """CASES, each with what these mistakes return on it."""
    return [
        Case({"x": X * n}, 2 * X * n, suspects={name: wrong(X * n) for name, wrong in makers})
        for n in (1, 2, 3)
    ]


SQUARED = ("squared", lambda x: x**2)
PLUS = ("plus", lambda x: x + x[0, 0] * x)  # twice x where x[0, 0] is 1


def test_a_hint_belongs_to_a_mistake_that_fits_all_cases():
    cases = with_suspects(SQUARED, PLUS)
    assert "Hint: squared" in told(lambda x: x**2, cases)
    assert "case 2 of 3" in told(PLUS[1], cases) and "Hint: plus" in told(PLUS[1], cases)


def test_a_result_that_agrees_by_chance_gets_no_hint():
    cases = with_suspects(SQUARED)
    assert "Hint" not in told(lambda x: x**2 if x[0, 0] == 1 else x**3, cases)


def test_no_mistake_is_named_where_the_first_result_was_right():
    cases = [replace(case, suspects={"A false cause.": case.expected}) for case in CASES]
    assert "another order in memory" in told(through_a_flat_copy, cases)
    assert "A false cause." not in told(through_a_flat_copy, cases)


def test_two_mistakes_that_look_alike_are_told_apart_by_another_case():
    twins = [
        Case({"x": np.array([3.0])}, np.array([6.0]), suspects={"a": np.array([9.0]), "b": 9.0})
    ]
    twins[0].suspects["b"] = np.array([9.0])
    assert "Hint" not in told(lambda x: x**2, twins)
    other = Case(
        {"x": np.array([2.0, 4.0])},
        np.array([4.0, 8.0]),
        suspects={"a": np.array([4.0, 16.0]), "b": np.array([6.0, 12.0])},
    )
    assert "Hint: a" in told(lambda x: x**2, [*twins, other])
    assert "Hint: b" in told(lambda x: 3 * x, [*twins, other])


def test_another_dtype_hides_no_mistake():
    single = X.astype(np.float32)
    cases = [
        *with_suspects(SQUARED),
        Case({"x": single}, 2 * single, suspects={"squared": single**2}),
    ]
    assert "Hint: squared" in told(lambda x: x.astype(np.float64) ** 2, cases)


# Work that the library does


def test_the_librarys_own_function_is_named_and_earns_nothing():
    x, weight, bias = np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), np.zeros(1)
    case = Case({"x": x, "weight": weight, "bias": bias}, loops.conv2d_forward(x, weight, bias))

    def mine(x, weight, bias):
        return loops.conv2d_forward(x, weight, bias)

    for function in (loops.conv2d_forward, functools.partial(loops.conv2d_forward), mine):
        assert points(4, function, [case]) == 4
        assert points(4, function, Task([case])) == 0
    assert points(4, mine, Task([case], ("course_lib.nn.loops",))) == 4


def test_a_library_function_that_a_case_passes_in_may_be_called():
    def use(function, x):
        return function(x, loops.pair)

    case = Case({"x": X}, 2 * X, use=use)
    assert points(1, lambda x, helper: 2 * x, Task([case])) == 1
    call_it = Task([case], ("course_lib.nn",))
    assert points(1, lambda x, helper: helper(2, "n")[0] * x, call_it) == 1


A_USE_OF_THE_LIBRARY = """
def use(function, x):
    with runner.weights_kept(Sequential([Linear(2, 2)]), "changed"):
        return function(x)
"""


def test_what_a_check_itself_calls_is_not_the_learners():
    names = {"runner": runner, "Sequential": Sequential, "Linear": Linear}
    names["__name__"] = "course_lib.practice.checks.made_up"
    exec(A_USE_OF_THE_LIBRARY, names)
    case = Case({"x": X}, 2 * X, use=names["use"])
    assert points(1, lambda x: 2 * x, Task([case])) == 1


def test_whose_time_runs_out_has_borrowed_nothing(monkeypatch):
    def slow_the_second_time(x):
        calls.append(x)
        while len(calls) == 2:
            pass
        return 2 * x

    calls = []
    monkeypatch.setattr(stored_cases, "visible", {"double": Task(CASES)}.get)
    monkeypatch.setattr(time_limits, "CHECK_SECONDS", 0.3)
    assert "far too much" in told(slow_the_second_time, None)


# Seals


def test_a_seal_keeps_values_and_needs_its_key():
    value = {"x": X, "n": np.float32(2), "names": ("a", None), "flags": np.array([True])}
    again = sealing.unseal(sealing.seal(value, "key"), "key")
    assert again["x"].dtype == X.dtype and np.array_equal(again["x"], X)
    assert type(again["n"]) is np.float32 and again["names"] == ("a", None)
    with pytest.raises(sealing.WrongKey):
        sealing.unseal(sealing.seal(value, "key"), "another")
    assert b"names" not in sealing.seal(value, "key")


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """A task "double" with CASES, visible and hidden (key "k")."""
    monkeypatch.setattr(stored_cases, "FOLDER", tmp_path)
    stored_cases.visible.cache_clear()
    for kind, key in (("visible", stored_cases.VISIBLE_KEY), ("hidden", "k")):
        stored_cases.store(tmp_path / f"lesson.{kind}", {"double": Task(CASES)}, key)
    yield
    stored_cases.visible.cache_clear()
    stored_cases.contents.cache_clear()


def test_stored_cases_serve_checks_and_hidden_tests(stored, capsys):
    check("double", lambda x: 2 * x)
    assert capsys.readouterr().out == "double: all 3 cases passed.\n"
    assert "case 1 of 3 is wrong. 12 of the 12 numbers of y" in told(lambda x: 3 * x, None)
    assert hidden_points("double", 6, {"double": lambda x: 2 * x}, "k") == 6
    assert hidden_points("double", 6, {"double": lambda x: x * min(2, 20 / x[0, 0])}, "k") == 4
    assert hidden_points("double", 6, {}, "k") == 0
    assert hidden_points("double", 6, {"double": lambda x: 2 * x}, "wrong key") == 0
    assert "cannot be opened" in capsys.readouterr().out


def test_no_answer_lies_about_while_a_function_runs(stored):
    """A function that looks through all objects finds cases, and cannot open them."""
    import gc

    def thief(x):
        for thing in gc.get_objects():
            if isinstance(thing, Case):
                found.append(thing)
                return thing.opened().expected if isinstance(thing, stored_cases.SealedCase) else x
        return x

    found = []
    assert hidden_points("double", 6, {"double": thief}, "k") == 0
    assert found


# Replaced checks, and traces of hidden tests, in a notebook

SETUP = (
    "from course_lib.practice.checks.engine import stored_cases\n"
    "from pathlib import Path\nstored_cases.FOLDER = Path({folder!r})\n"
    "from course_lib.practice import checks\n"
    "def double(x):\n    return {body}"
)
CHEATS = {
    "points": "checks.hidden_points = lambda task, total, *rest, **more: total",
    "runner": "checks.engine.runner.passes = lambda *anything: True",
    "module": (
        "import sys, types\nfake = types.ModuleType('checks')\n"
        "fake.hidden_points = lambda task, total, *rest, **more: float(total)\n"
        "sys.modules['course_lib.practice.checks'] = fake"
    ),
    "compare": "checks.engine.calls.compare = lambda *anything: None",
    "int": "import builtins\nchecks.engine.runner.int = lambda x: 10**4",
}


def run_cells(tmp_path, body, *extra):
    from tests.practice.store_cases import CELL

    stored_cases.store(tmp_path / "lesson.hidden", {"double": Task(CASES)}, "k0123")
    hidden = CELL.format(task="double", total=6, key="k0123")
    sources = [SETUP.format(folder=str(tmp_path), body=body), *extra[:-1], hidden, extra[-1]]
    cells = [new_code_cell(source, metadata={"tags": ["raises-exception"]}) for source in sources]
    run(new_notebook(cells=cells), tmp_path, store_history=True)
    return cells


@pytest.mark.parametrize("cheat", CHEATS)
def test_replaced_checks_earn_nothing_and_are_flagged(cheat, tmp_path):
    *_, hidden, _ = run_cells(tmp_path, "x", CHEATS[cheat], "1")
    text, score = hidden.outputs
    assert "FLAG: the checks were replaced" in text.text
    assert float(score.data["text/plain"]) == 0


def test_hidden_tests_leave_no_trace(tmp_path):
    *_, hidden, last = run_cells(
        tmp_path,
        "2 * x",
        "import linecache\nstored = get_ipython().history_manager\n"
        "print(In, [str(v) for v in list(globals().values())], stored.__dict__, _i, _ii, _i3,"
        " list(stored.get_range(raw=True)), linecache.cache)",
    )
    assert float(hidden.outputs[-1].data["text/plain"]) == 6
    assert "hidden tests passed" in hidden.outputs[0].text
    [shown] = last.outputs
    assert "def double" in shown.text and "k0123" not in shown.text


# How often a right function is refused


@pytest.mark.parametrize("draws, chance", [(10, 0.5), (200, 0.1), (5000, 0.25), (40000, 1 / 3)])
def test_bounds_hold_exactly_what_they_say(draws, chance):
    probabilities = chances(draws, chance)
    assert abs(probabilities.sum() - 1) < 1e-9
    fewest, most = binomial_bounds(draws, chance, 1e-4)
    outside = probabilities[:fewest].sum() + probabilities[most + 1 :].sum()
    assert outside <= 1e-4
    assert probabilities[: fewest + 1].sum() > 0.5e-4 and probabilities[most:].sum() > 0.5e-4


def test_bounds_hold_when_tried():
    fewest, most = binomial_bounds(200, 0.1, 1e-2)
    counts = np.random.default_rng(0).binomial(200, 0.1, 100_000)
    assert np.mean((counts < fewest) | (counts > most)) < 1e-2
    lower, upper = smallest_bias_found(200, 0.1, (fewest, most))
    for other in (lower, upper):
        counts = np.random.default_rng(1).binomial(200, other, 10_000)
        assert np.mean((counts < fewest) | (counts > most)) > 0.985


# Limits without threads

LOOPS = """
import importlib.util, json, sys, time
spec = importlib.util.spec_from_file_location("time_limits", sys.argv[1])
time_limits = importlib.util.module_from_spec(spec)
spec.loader.exec_module(time_limits)

def spin():
    while True:
        pass

def recurse(n=0):
    try:
        recurse(n + 1)
    except RecursionError:
        recurse(0)

def count():
    return sum(1 for n in iter(int, 1))

def swallow():
    while True:
        try:
            while True:
                pass
        except Exception:
            pass

stopped = {}
for function in (spin, recurse, count, swallow):
    start = time.process_time()
    try:
        with time_limits.by_monitoring([time_limits.Budget(0.3)]):
            function()
    except time_limits.OutOfTime:
        stopped[function.__name__] = time.process_time() - start
with time_limits.by_monitoring([time_limits.Budget(0.3)]):
    stopped["ends"] = sum(range(10))
print(json.dumps(stopped))
"""


def python_with_monitoring():
    """The path of a Python that has it: this one, or another that is installed; else None."""
    names = ("python3.14", "python3.13", "python3.12")
    for python in [sys.executable, *filter(None, map(shutil.which, names))]:
        ask = [python, "-c", "import sys; sys.monitoring"]
        if subprocess.run(ask, capture_output=True).returncode == 0:
            return python
    return None


def test_time_is_limited_without_threads(tmp_path):
    python = python_with_monitoring()
    if not python:
        pytest.skip("needs Python 3.12 or newer, with sys.monitoring")
    script = tmp_path / "loops.py"
    script.write_text(LOOPS)
    done = subprocess.run(
        [python, script, Path(time_limits.__file__)], capture_output=True, text=True, timeout=60
    )
    stopped = json.loads(done.stdout or done.stderr)
    assert set(stopped) == {"spin", "recurse", "count", "swallow", "ends"}
    assert stopped.pop("ends") == 45
    assert all(seconds < 5 for seconds in stopped.values())

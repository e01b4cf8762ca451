"""The machinery of the checks: what it says, what it survives, and what it counts."""

import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course_lib.nn import loops
from course_lib.nn.layers import Linear
from course_lib.nn.networks import Sequential
from course_lib.practice import checks
from course_lib.practice.checks import Case, CheckFailed, TookTooLong, check, error_case, points
from course_lib.practice.checks.engine import stored_cases, time_limits
from course_lib.practice.checks.engine.compare import compare
from course_lib.practice.checks.engine.describe import describe
from course_lib.practice.checks.engine.exceptions import COURSE_LIB
from course_lib.practice.checks.engine.runner import weights_kept
from tests.practice.assignments import cases_02
from tests.refresh import run

X = np.array([[1.0, 2.0], [3.0, 4.0]])
DOUBLED = Case({"x": X}, 2 * X, about="Think of two.", returns="y")


def failure(function, *cases, kind=CheckFailed):
    """The text of what the check raises for this function."""
    with pytest.raises(kind) as caught:
        check("double", function, cases or [DOUBLED])
    assert caught.type is kind
    return str(caught.value)


@pytest.fixture
def hurry(monkeypatch):
    monkeypatch.setattr(time_limits, "CHECK_SECONDS", 0.3)
    monkeypatch.setattr(time_limits, "HIDDEN_SECONDS", 1.5)
    monkeypatch.setattr(time_limits, "HIDDEN_CASE_SECONDS", 0.3)
    monkeypatch.setattr(time_limits, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(time_limits, "BY_THE_CLOCK", 10)


# What a check says


@pytest.mark.parametrize(
    "cases, line",
    [([DOUBLED], "double: the case passed.\n"), ([DOUBLED] * 2, "double: all 2 cases passed.\n")],
)
def test_one_line_where_all_is_right(cases, line, capsys):
    assert check("double", lambda x: 2 * x, cases) is None
    assert capsys.readouterr().out == line


def test_a_wrong_result_is_told_with_given_expected_yours_and_hint():
    text = failure(lambda x: 3 * x, DOUBLED)
    assert text.splitlines() == [
        "double: case 1 of 1 is wrong. 4 of the 4 numbers of y differ. The first is at [0, 0]: "
        "yours is 3, but it should be 2.",
        "",
        "Given",
        "    x: shape (2, 2), float64",
        "        [[1. 2.]",
        "         [3. 4.]]",
        "",
        "Expected",
        "    y: shape (2, 2), float64",
        "        [[2. 4.]",
        "         [6. 8.]]",
        "",
        "Yours",
        "    y: shape (2, 2), float64",
        "        [[ 3.  6.]",
        "         [ 9. 12.]]",
        "",
        "About this case: Think of two.",
    ]


def test_the_first_wrong_case_is_the_one_that_is_told():
    negative = Case({"x": -X}, -2 * X)
    text = failure(lambda x: 2 * np.abs(x), DOUBLED, negative, Case({"x": 9 * X}, X))
    assert "case 2 of 3" in text and "[[-1. -2.]" in text


def test_large_arrays_are_told_by_their_shape_alone():
    large = Case({"x": np.ones((20, 30))}, np.ones((20, 30)))
    text = failure(lambda x: 2 * x, large)
    assert "shape (20, 30)" in text and "600 of the 600" in text and len(text) < 400


def test_a_well_known_mistake_has_its_own_hint():
    case = Case({"x": X}, 2 * X, about="plain", suspects={"squared": X**2, "same": 2 * X})
    assert "Hint: squared" in failure(lambda x: x**2, case)
    assert "About this case: plain" in failure(lambda x: x**3, case)


@pytest.mark.parametrize(
    "result, expected, words",
    [
        (None, X, "should be an array of float64 numbers, but it is None"),
        (None, 3, "should be a whole number, but it is None"),
        (X.tolist(), X, "should be an array, but it is a list"),
        (X.astype(np.float32), X, "should hold float64 numbers, but it holds float32"),
        (X[0], X, r"should have the shape (2, 2), but it has (2,)"),
        (X * np.nan, X, "not a number"),
        (X * np.inf, X, "yours is inf"),
        (np.array([1.0]), np.array([-np.inf]), "yours is 1, but it should be -inf"),
        (np.array([1.0]), np.array([np.nan]), "yours is 1, but it should be nan"),
        (X + 1e-6, X, "4 of the 4"),
        ((X + 1e-3).astype(np.float32), X.astype(np.float32), "4 of the 4"),
        (3.0, 3, "should be a whole number (int), but it is a float"),
        (True, 1, "should be a whole number (int), but it is a bool"),
        (1, True, "should be True or False"),
        ("3", 3.0, "should be one number"),
        (np.ones(1), 1.0, "one number, but it is an array of float64 numbers of shape (1,)"),
        (float("nan"), 3.0, "should be 3, but it is nan"),
        (False, True, "should be True, but it is False"),
        (
            3 + 1e-8,
            3.0,
            "but it is 3.00000001: a relative error of 3e-09, where at most 1e-09 is allowed.",
        ),
        (3 + 1e-8 / 3, 3.0, "should be 3, but it is 3.0000000033333"),
        ((1, 2, 3), (1, 2), "should be 2 values, in this order; your function returned 3"),
        (X, (X, X), "should be 2 values, in this order; your function returned an array"),
        ((1, 3), (1, 2), "y[1] should be 2, but it is 3"),
        ([1], {"a": 1}, "should be a dict with the keys ['a'], but it is a list"),
        ({"b": 1}, {"a": 1}, "but it is one with ['b']"),
        ({"a": 2}, {"a": 1}, "y['a'] should be 1, but it is 2"),
        ("dead", "vanishing", "should be another one"),
        (3, "vanishing", "should be a text, but it is a whole number"),
    ],
)
def test_each_way_to_be_wrong_has_its_own_sentence(result, expected, words):
    assert words in failure(lambda: result, Case({}, expected, returns="y"))


@pytest.mark.parametrize(
    "result, expected",
    [
        (X + 1e-13, X),
        ((X * (1 + 1e-6)).astype(np.float32), X.astype(np.float32)),
        (X.astype(np.int32), X.astype(np.int64)),
        (np.array([-np.inf, np.nan, 1]), np.array([-np.inf, np.nan, 1])),
        (np.int64(3), 3),
        (np.float32(3), 3.0),
        (np.array(3.0), 3.0),
        (3, 3.0),
        (np.True_, True),
        ([1, 2], (1, 2)),
        ({"a": [X]}, {"a": (X,)}),
        ("dead", "dead"),
        (None, None),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_what_is_right_is_let_through(result, expected):
    check("double", lambda: result, [Case({}, expected)])


def test_small_numbers_beside_large_ones_are_looked_at():
    assert compare(np.array([1e3, 1e-6]), np.array([1e3, 2e-6]))
    assert compare(np.array([1e3, 1.01]), np.array([1e3, 1.0]), rtol=1e-4)
    assert not compare(np.array([1e3, 1.01]), np.array([1e3, 1.0]), rtol=0.1)


RIGHT_BUT_FLOAT64 = Case({"x": X.astype(np.float32), "n": 2}, X.astype(np.float32), returns="y")


def test_right_numbers_of_another_dtype_are_told_without_the_numbers():
    lines = failure(lambda x, n: X, RIGHT_BUT_FLOAT64).splitlines()
    assert lines[:-1] == [
        "double: case 1 of 1 is wrong. y should hold float32 numbers, but it holds float64. "
        "The numbers are right.",
        "",
        "Given",
        "    x: shape (2, 2), float32",
        "    n = 2",
        "",
    ]
    assert lines[-1].startswith("Hint: Which dtype has each array")


def test_wrong_numbers_of_another_dtype_are_shown():
    text = failure(lambda x, n: X + 1e-3, RIGHT_BUT_FLOAT64)
    assert "are right" not in text and "[[1. 2.]" in text and "[[1.001 2.001]" in text


@pytest.mark.parametrize(
    "result, expected, right",
    [
        (X / 3, (X / 3).astype(np.float32), True),
        ((X / 3).astype(np.float32), X / 3, True),
        (X, X.astype(np.uint8), True),
        (X + 0.5, X.astype(np.uint8), False),
        (X * np.nan, X.astype(np.float32), False),
        (X > 0, np.ones((2, 2)), True),
        (X.astype(str), X, False),
        (X.astype(object), X, False),
        (X.astype(complex), X, False),
    ],
)
def test_numbers_are_right_as_far_as_both_dtypes_go(result, expected, right):
    text = failure(lambda: result, Case({}, expected))
    assert "should hold" in text and ("The numbers are right." in text) == right


def test_pieces_have_their_names():
    case = Case({}, (X, X), returns=("dx", "dweight"))
    assert "numbers of dweight differ" in failure(lambda: (X, 2 * X), case)
    assert "dx, dweight should be 2 values" in failure(lambda: X, case)


@pytest.mark.parametrize("result", [None, np.zeros(3), (np.zeros((2, 2)),)])
def test_pieces_that_are_missing_are_told(result):
    for rows, shown in ((2, True), (20, False)):
        case = Case({}, (np.zeros((rows, 2)), np.zeros(3)), returns=("dx", "dbias"))
        assert ("Expected" in failure(lambda: result, case)) == shown


def test_long_sentences_are_wrapped_and_tables_are_not():
    words, table = "a long sentence " * 12, "    " + "[1 2] " * 40
    lines = CheckFailed(f"{words}\n\n{table}\nend")._render_traceback_()
    assert all(len(line) <= 88 for line in lines[:3]) and lines[-1] == "end"
    assert table in lines and lines[lines.index(table) - 1] == ""
    assert " ".join(lines[: lines.index("")]) == words.strip()


def test_a_judge_speaks_in_place_of_an_expected_value():
    case = Case(
        {}, judge=lambda value: None if value > 0 else "It should be positive.", about="signs"
    )
    check("double", lambda: 3, [case])
    assert "It should be positive." in failure(lambda: -1, case)
    assert "About this case: signs" in failure(lambda: -1, case)


def test_use_calls_the_function_in_its_own_way():
    case = Case({"x": X}, 3 * X, use=lambda function, x: function(x) + function(0 * x) + x)
    check("double", lambda x: 2 * x, [case])
    assert "case 1 of 1" in failure(lambda x: x, case)


def test_an_error_that_is_asked_for():
    def refuse(x):
        raise ValueError("no")

    case = error_case({"x": X}, about="Is it square?")
    check("double", refuse, [case])
    for returned in (3, ValueError("returned, not raised")):
        assert "A ValueError should be raised here" in failure(lambda x: returned, case)  # noqa: B023
    with pytest.raises(KeyError):
        check("double", lambda x: {}["missing"], [case])


# Calls


def test_what_is_no_function_is_refused():
    assert "checks.double(double)" in failure(X)


def test_another_signature_is_told():
    text = failure(lambda x, factor: x)
    assert "called with (x), and it takes (x, factor)" in text and "Traceback" not in text
    case = Case({"x": X}, use=lambda function, x: function(x, 2), parameters=("x", "by"))
    assert "called with (x, by), and it takes (x)" in failure(lambda x: x, case)


def test_inputs_changed_in_place_are_told():
    def in_place(x):
        x *= 2
        return x

    text = failure(in_place)
    assert "changed its input x in place" in text
    assert text.index("Before") < text.index("After") < text.index("Hint")
    assert (X == [[1, 2], [3, 4]]).all()


@pytest.mark.parametrize("container", [[X], (X,), {"weight": X}, [{"weight": [X]}]])
def test_arrays_within_containers_are_watched(container):
    def in_place(params):
        while not isinstance(params, np.ndarray):
            params = params["weight"] if isinstance(params, dict) else params[0]
        params += 1

    assert "in place" in failure(in_place, Case({"params": container}, None))


def test_containers_that_grow_are_told():
    assert "in place" in failure(lambda p: p.append(1), Case({"params": [1]}, None))
    assert "in place" in failure(lambda p: p.update(a=1), Case({"params": {}}, None))


@pytest.mark.parametrize("change", [lambda layer: layer.params["bias"].fill(1), list.pop])
def test_weights_that_change_are_told(change):
    network = Sequential([Linear(2, 1)])
    with weights_kept(network, "changed"):
        network.forward(X)
    with pytest.raises(CheckFailed, match="changed"), weights_kept(network, "changed"):
        change(network.layers if change is list.pop else network.layers[0])


def test_every_call_gets_fresh_copies_in_the_same_memory_layout():
    seen = []

    def remember(x):
        for old in seen:
            old[...] = 0  # too late to harm anybody
        seen.append(x)
        return 2 * x

    case = Case({"x": X.T}, 2 * X.T, again=None)
    check("double", remember, [case, case])
    assert len({id(x) for x in seen} | {id(case.inputs["x"])}) == 3
    assert seen[0].strides == X.T.strides != X.strides


# Exceptions


def crash(x):
    y = x + 1
    return y.reshape(3, 3)  # the line of the mistake


def test_an_exception_stays_theirs_with_their_line_and_the_case():
    with pytest.raises(ValueError, match="cannot reshape") as caught:
        check("double", crash, [DOUBLED])
    shown = "\n".join(caught.value._render_traceback_())
    assert shown.startswith("ValueError: cannot reshape")
    assert "in crash, line" in shown and "return y.reshape(3, 3)" in shown
    assert "Your code raised this in case 1 of 1 of the check of double." in shown
    assert "[[1. 2.]" in shown and "runner" not in shown
    assert "case 1 of 1" in caught.value.__notes__[0]
    assert (
        shown.endswith("About this case: Think of two.")
        and "Think of two" in caught.value.__notes__[0]
    )


def test_an_endless_recursion_is_shown_in_a_few_lines():
    def again(x):
        return again(x)

    with pytest.raises(RecursionError) as caught:
        check("double", again, [DOUBLED])
    assert len(caught.value._render_traceback_()) < 25


@pytest.mark.parametrize("source", ["len(function(x))", "np.linalg.inv(function(x))"])
def test_a_value_that_a_check_cannot_use_is_told(source):
    """The line that raised is the check's or NumPy's, so it is not shown as the learner's."""
    code = compile(f"lambda function, x: {source}", f"{COURSE_LIB}/task.py", "eval")
    text = failure(lambda x: None, Case({"x": X}, 1, use=eval(code)))
    assert "double: case 1 of 1 ended in " in text and "Error: " in text
    assert "Does your function return what the task asks for?" in text and "[[1. 2.]" in text


def test_an_exit_does_not_end_the_session():
    with pytest.raises(SystemExit) as caught:
        check("double", lambda x: sys.exit(), [DOUBLED])
    assert "case 1 of 1" in "\n".join(caught.value._render_traceback_())


def test_an_empty_task_is_told_in_a_friendly_way():
    def blank(x):
        raise NotImplementedError()

    with pytest.raises(NotImplementedError, match="double is not written yet"):
        check("double", blank, [DOUBLED])


# Time


def forever(x):
    while True:
        pass


def long_and_stubborn(x):
    for _ in range(20):
        try:
            time.sleep(10)
        except Exception:
            pass


def survives_one_interruption(x):
    try:
        forever(x)
    except:  # noqa: E722
        forever(x)


@pytest.mark.parametrize("function", [forever, long_and_stubborn, survives_one_interruption])
def test_what_never_ends_is_stopped(function, hurry):
    handler = signal.getsignal(signal.SIGINT)
    text = failure(function, kind=TookTooLong)
    assert "stopped in case 1 of 1" in text and "loop that never ends" in text
    assert "[[1. 2.]" in text
    assert signal.getsignal(signal.SIGINT) is handler


def test_the_limit_is_for_all_cases_together(hurry):
    """Each case takes half of the time that all have."""

    def slow(x):
        end = time.thread_time() + time_limits.CHECK_SECONDS / 2
        while time.thread_time() < end:
            pass
        return 2 * x

    assert "loop that never ends" in failure(slow, *[DOUBLED] * 9, kind=TookTooLong)


def test_time_on_a_busy_machine_does_not_count(hurry):
    """It waits twice as long as it may compute, as if others had the processor meanwhile."""

    def waits(x):
        time.sleep(2 * time_limits.CHECK_SECONDS)
        return 2 * x

    check("double", waits, [DOUBLED])
    assert points(1, waits, [DOUBLED]) == 1.0


def test_what_waits_for_ever_is_stopped_by_the_clock(hurry):
    def waits(x):
        time.sleep(60)

    assert "0.3 seconds of computing, or 3 by the clock" in failure(waits, kind=TookTooLong)


def test_ones_own_interruption_stays_a_keyboard_interrupt():
    def interrupted(x):
        signal.raise_signal(signal.SIGINT)
        return 2 * x

    handler = signal.getsignal(signal.SIGINT)
    for call in (check, points):
        with pytest.raises(KeyboardInterrupt):
            call("double" if call is check else 3, interrupted, [DOUBLED])
    assert signal.getsignal(signal.SIGINT) is handler


def test_functions_that_end_just_in_time_leave_nothing_behind(monkeypatch):
    """An interruption that comes too late must not hit what runs next."""
    monkeypatch.setattr(time_limits, "AGAIN_SECONDS", 0.001)
    for number in range(150):
        try:
            with time_limits.time_limit(time_limits.Budget(0.002)):
                end = time.monotonic() + 0.001 + number % 3 / 1000
                while time.monotonic() < end:
                    pass
        except time_limits.OutOfTime:
            pass
        for _ in range(100):
            pass
    assert not [t for t in threading.enumerate() if t.name.endswith("(watch)")]


def test_an_interruption_that_comes_too_late_is_ignored(monkeypatch, hurry):
    over, returning = threading.Event(), threading.Event()

    def late():
        over.set()
        returning.wait()
        time.sleep(0.2)
        interrupt()

    def double(x):
        over.wait()
        returning.set()
        return 2 * x

    interrupt = time_limits.interrupt_main_thread
    monkeypatch.setattr(time_limits, "interrupt_main_thread", late)
    check("double", double, [DOUBLED])


def test_windows_has_another_way_to_interrupt(monkeypatch, hurry):
    monkeypatch.delattr(signal, "pthread_kill")
    assert "loop that never ends" in failure(forever, kind=TookTooLong)


def test_in_another_thread_the_check_runs_without_a_limit(capsys):
    thread = threading.Thread(target=check, args=("double", lambda x: 2 * x, [DOUBLED]))
    thread.start()
    thread.join()
    assert "the case passed" in capsys.readouterr().out


# What a function prints


def test_prints_are_shown_and_cut(capsys):
    def talk(x):
        for number in range(100_000):
            print("line", number)
        return 2 * x

    check("double", talk, [DOUBLED] * 3)
    out = capsys.readouterr().out
    assert "line 0\n" in out and "line 19\n" in out and "line 20\n" not in out
    assert out.count("left out") == 1 and out.endswith("all 3 cases passed.\n")


@pytest.mark.parametrize("text, most", [("x" * 10_000_000, 3000), ("a\n" * 100, 200)])
def test_what_is_printed_at_once_is_cut_too(text, most, capsys):
    check("double", lambda x: print(text) or 2 * x, [DOUBLED])
    assert len(capsys.readouterr().out) < most


def test_short_prints_come_out_whole(capsys):
    check("double", lambda x: print("a", x.shape, end="") or 2 * x, [DOUBLED])
    assert capsys.readouterr().out.startswith("a (2, 2)")


def test_nothing_reaches_the_error_stream(capsys):
    """nbgrader gives no points to a cell that writes there."""

    def warn(x):
        warnings.warn("look out", stacklevel=1)
        print("oh", file=sys.stderr)
        return 2 * x

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *rest, **more: print(message, file=sys.stderr)
        check("double", warn, [DOUBLED])
        points(1, warn, [DOUBLED])
    out, err = capsys.readouterr()
    assert err == "" and out.count("oh") == 1


# Points


WRONG = Case({"x": X}, X, title="the wrong one")


@pytest.mark.parametrize(
    "cases, earned",
    [
        ([DOUBLED] * 3, 4.0),
        ([DOUBLED, WRONG], 2.0),
        ([DOUBLED, DOUBLED, WRONG], 2.66),
        ([WRONG], 0.0),
    ],
)
def test_points_are_the_share_of_passed_cases(cases, earned):
    result = points(4, lambda x: 2 * x, cases)
    assert type(result) is float and result == earned


def test_points_name_what_failed_and_nothing_else(capsys):
    points(4, lambda x: print("secret", x) or 2 * x, [DOUBLED, WRONG])
    assert capsys.readouterr() == ("1 of 2 hidden tests passed.\nnot passed: the wrong one\n", "")


@pytest.mark.parametrize("error", [ValueError, NotImplementedError, SystemExit, RecursionError])
def test_a_crash_loses_its_case_only(error):
    def sometimes(x):
        if x[0, 0] < 0:
            raise error
        return 2 * x

    assert points(4, sometimes, [Case({"x": -X}, -2 * X), DOUBLED]) == 2.0


def test_what_never_ends_loses_its_case_only(hurry):
    def sometimes(x):
        return forever(x) if x[0, 0] < 0 else 2 * x

    assert points(4, sometimes, [Case({"x": -X}, -2 * X), DOUBLED]) == 2.0


def test_a_cell_of_hidden_tests_is_bounded_as_a_whole(hurry, monkeypatch):
    monkeypatch.setattr(time_limits, "HIDDEN_CASE_SECONDS", 1000)
    assert points(4, forever, [DOUBLED] * 50) == 0.0


@pytest.mark.parametrize("function", [None, 3, lambda: 1])
def test_what_is_no_such_function_earns_nothing(function):
    assert points(4, function, [DOUBLED]) == 0.0


# In words


@pytest.mark.parametrize(
    "value, words",
    [
        (np.ones((1, 2, 3, 1)), "y[0, :, :, 0] is"),
        (np.ones((1, 1, 1, 1)), "y[0, 0, 0, :] is"),
        (np.ones((2, 2, 2)), "y: shape (2, 2, 2), float64"),
        (np.ones((0, 3)), "y: shape (0, 3), float64"),
        ((2, 1), "y = (2, 1)"),
        (np.float64(3), "y = 3.0"),
        ("x" * 500, "..."),
        (np.array(["a", "b"]), "['a' 'b']"),
    ],
)
def test_values_in_words(value, words):
    text = "\n".join(describe("y", value))
    assert words in text and len(text) < 250


# The checks of the course


@pytest.mark.parametrize(
    "name", ["conv2d_forward", "conv2d_backward", "maxpool2d_forward", "maxpool2d_backward"]
)
def test_the_courses_own_loops_pass(name, capsys):
    check(name, getattr(loops, name), stored_cases.visible(name).cases)
    assert capsys.readouterr().out.startswith(f"{name}: all ")


def test_a_default_that_is_left_out_is_told():
    with pytest.raises(TypeError) as caught:
        checks.output_shape(lambda image, kernel, stride=1, padding=0, dilation=1: padding[0])
    text = caught.value.__notes__[0]
    assert "    kernel_size = (3, 3)\n    stride = 1 (the default)\n" in text
    assert text.count("(the default)") == 3 and "About this case: Stride 1, no padding." in text


def test_a_refusal_must_name_what_does_not_fit():
    case = cases_02.refused_groups(6, 4, 4, "")

    def refuse(x, weight, bias, groups):
        raise ValueError("no")

    assert "should name C_in, and no other. It is 'no'." in failure(refuse, case)
    for returned in (3, ValueError("C_in")):
        words = "A ValueError should be raised here, and your function returned"
        assert words in failure(lambda x, weight, bias, groups: returned, case)  # noqa: B023


# In a notebook


CELLS = {
    "wrong": "check('f', lambda x: x, [case])",
    "crash": "def f(x):\n    y = x.reshape(3, 3)\n    return y\ncheck('f', f, [case])",
    "blank": "def f(x):\n    raise NotImplementedError()\ncheck('f', f, [case])",
    "endless": "def f(x):\n    while True: pass\ncheck('f', f, [case])",
    "right": "check('f', lambda x: 2 * x, [case])",
}


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What a notebook shows for each of CELLS."""
    setup = (
        "import numpy as np\n"
        "from course_lib.practice.checks import *\nfrom course_lib.practice.checks.engine import time_limits\n"
        "time_limits.CHECK_SECONDS = 0.5\ncase = Case({'x': np.ones((2, 2))}, np.full((2, 2), 2.0))"
    )
    cells = [
        new_code_cell(source, metadata={"tags": ["raises-exception"]})
        for source in (setup, *CELLS.values())
    ]
    run(new_notebook(cells=cells), tmp_path_factory.mktemp("notebook"))
    return {name: cell.outputs for name, cell in zip(CELLS, cells[1:], strict=True)}


@pytest.mark.parametrize(
    "name, kind, words",
    [
        ("wrong", "CheckFailed", "f: case 1 of 1 is wrong."),
        ("crash", "ValueError", "in f, line 2 of its cell:\n    y = x.reshape(3, 3)"),
        ("blank", "NotImplementedError", "f is not written yet."),
        ("endless", "TookTooLong", "Is there a loop that never ends"),
    ],
)
def test_a_notebook_shows_the_words_alone(shown, name, kind, words):
    (output,) = shown[name]
    text = "\n".join(output.traceback)
    assert output.output_type == "error" and output.ename == kind
    assert words in text or words in " ".join(text.split())
    assert "Traceback" not in text and "course_lib" not in text and "runner.py" not in text


def test_the_session_goes_on_after_all_that(shown):
    assert shown["right"][0].text == "f: the case passed.\n"

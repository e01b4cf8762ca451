"""The stored cases are those that are made here, and nothing in the library makes them."""

import functools
from collections.abc import Mapping

import numpy as np
import pytest

from course_lib.practice import checks
from course_lib.practice.checks.engine import Task, sealing, stored_cases
from course_lib.practice.checks.engine.causes import has_arrays
from tests.practice import store_cases
from tests.practice.assignments.source import assignments

PARTS = [(name, kind) for name in store_cases.names() for kind in ("visible", "hidden")]


def equal(one, other):
    """Whether two values are the same, as far as rounding allows; objects by what they hold."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray) and one.dtype != object:
        numbers = one.dtype.kind in "fc"
        near = functools.partial(np.allclose, rtol=1e-6, atol=1e-9, equal_nan=True)
        alike = one.dtype == other.dtype and one.shape == other.shape
        return alike and bool(near(one, other) if numbers else np.array_equal(one, other))
    if isinstance(one, float):
        return bool(np.isclose(one, other, rtol=1e-6, equal_nan=True))
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, functools.partial):
        return equal([one.func, one.args, one.keywords], [other.func, other.args, other.keywords])
    if isinstance(one, np.random.Generator):
        return one.bit_generator.state == other.bit_generator.state
    if hasattr(one, "__dict__") and not callable(one):
        return equal(vars(one), vars(other))
    return one is other or one == other or repr(one) == repr(other)


@functools.cache
def made(name):
    return store_cases.made(name)


def stored(name, kind, task):
    """The opened cases of a task as its file has them."""
    key = stored_cases.VISIBLE_KEY
    if kind == "hidden":
        key = store_cases.hidden_key(store_cases.assignment(name))
    sealed = stored_cases.contents(store_cases.file_of(name, kind))[task]
    found = sealing.unseal(sealed, key)
    return Task(
        [stored_cases.replace(case, key=key).opened() for case in found.cases], found.allowed
    )


@pytest.mark.parametrize("name, kind", PARTS)
def test_what_is_stored_is_what_is_made(name, kind):
    tasks = made(name)[kind]
    path = store_cases.file_of(name, kind)
    assert list(stored_cases.contents(path) if path.exists() else {}) == list(tasks)
    for task, wanted in tasks.items():
        found = stored(name, kind, task)
        assert found.allowed == wanted.allowed and len(found.cases) == len(wanted.cases)
        for number, (mine, right) in enumerate(zip(found.cases, wanted.cases, strict=True), 1):
            for field in right.__dataclass_fields__:
                mine_is, right_is = getattr(mine, field), getattr(right, field)
                assert equal(mine_is, right_is), (task, number, field)


@pytest.mark.parametrize("name, kind", PARTS)
def test_any_version_of_numpy_can_read_what_is_stored(name, kind, monkeypatch):
    """Nothing of NumPy is named but its public functions: how it pickles its own has changed."""
    named = set()

    class Noting(sealing.Unpickler):
        def find_class(self, module, what):
            named.add((module, what))
            return super().find_class(module, what)

    monkeypatch.setattr(sealing, "Unpickler", Noting)
    for task in made(name)[kind]:
        stored(name, kind, task)
    assert not {module for module, _ in named if module.startswith("numpy.")}
    assert all(hasattr(np, what) for module, what in named if module == "numpy")


def test_a_generator_comes_back_in_its_state_and_with_its_children():
    rng = np.random.default_rng([3, 4])
    rng.spawn(2)
    rng.integers(9, size=3, dtype=np.int32)  # half of a draw is kept for the next
    twin = sealing.unseal(sealing.seal(rng, "key"), "key")
    assert twin.random() == rng.random()
    assert twin.spawn(1)[0].random() == rng.spawn(1)[0].random()


@pytest.mark.parametrize("name, kind", PARTS)
def test_every_task_has_two_cases_of_the_same_shapes(name, kind):
    """A cache by shape is only seen where the same shapes come with other numbers."""
    for task, made_task in made(name)[kind].items():
        kinds = [
            array_shapes(case.inputs)
            for case in made_task.cases
            if case.again is not None and has_arrays(case.inputs)
        ]
        assert not kinds or len(set(kinds)) < len(kinds), task


def array_shapes(value):
    """The shapes of the arrays in a value, as a text; None in the place of everything else."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return str([array_shapes(part) for part in value])
    return str(value.shape) if isinstance(value, np.ndarray) else "None"


def test_every_task_of_an_assignment_is_stored_twice():
    for source in assignments():
        for tasks in made(source.number).values():
            assert list(tasks) == source.tasks
        for task in source.tasks:
            assert callable(getattr(checks, task))

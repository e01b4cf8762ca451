"""Which hint the checks of assignments 01 and 05 give for which mistake."""

import numpy as np
import pytest

from course_lib.practice import checks
from tests.practice.assignments import changed
from tests.practice.assignments import mutants_05 as wrong_05
from tests.practice.assignments import solutions_01 as a01
from tests.practice.assignments import solutions_05 as a05

OVER_255 = "train, test = train / 255, test / 255\n    mean = train"


@pytest.mark.parametrize(
    "right, old, new, words",
    [
        (a01.normalise, "mean = train", OVER_255, "divided by 255 first"),
        (a01.normalise, "std[std == 0] = 1", "std += 1e-8", "something small is added"),
        (
            a01.normalise,
            "std[std == 0] = 1",
            "std = np.maximum(std, 1e-6)",
            "something small is added",
        ),
        (a01.normalise, "axis=(0, 1, 2)", "axis=0", "a mean of its own"),
        (a01.normalise, "axis=(0, 1, 2))", "axis=(0, 1, 2), dtype=np.float32)", "In which dtype"),
        (a01.split, "np.unique(labels)", "range(10)", "Ask the labels"),
        (
            a01.split,
            "count = round(share * len(members))",
            "count = max(1, round(share * len(members)))",
            "0.3 is nearest to 0",
        ),
        (a01.find_orientation, "source, turns", "source, -turns", "how the reference becomes"),
        (a01.find_orientation, "(attempt - target) ** 2", "attempt - target", "cancel"),
        (
            a05.minibatches,
            "range(0, count, batch_size)",
            "reversed(range(0, count, batch_size))",
            "what is left over comes last",
        ),
        (
            a05.accumulate,
            "range(0, len(images), piece)",
            "range(0, len(images) - piece + 1, piece)",
            "last, smaller piece is left out",
        ),
        (a05.size_by_trying, "(B * (N - 1) * signal)", "(B * N * signal)", "With one of two"),
        (
            a05.size_by_trying,
            "* (N - B) / (B * (N - 1) * signal)",
            "/ (B * signal)",
            "one factor more",
        ),
        (
            a05.batch_size_for,
            "np.mean(np.sum((gradients - full) ** 2, axis=1))",
            "np.mean((gradients - full) ** 2)",
            "a mean over all numbers",
        ),
    ],
)
def test_a_mistake_gets_its_own_hint(right, old, new, words):
    name = "batch_size_for" if right is a05.size_by_trying else right.__name__
    assert words in message_of(name, changed(right, "a mistake", (old, new))).split("Hint: ")[1]


@pytest.mark.parametrize(
    "name, function, words",
    [
        (
            "split",
            changed(a01.split, "ten classes", ("np.unique(labels)", "range(10)")),
            "does not occur. It is of class 1000.",
        ),
        (
            "find_orientation",
            lambda images, reference: np.array([True, 1]),
            "return mirrored, turns",
        ),
        ("nesterov_step", wrong_05.callers_gradient, "Is a velocity of yours still that array"),
        ("batch_size_for", wrong_05.loop_without_end, "when no return is reached"),
        (
            "estimate_noise",
            lambda small, large, small_size, large_size: (0, 0),
            "signal should be 5, and it is 0.",
        ),
    ],
)
def test_what_a_message_says(name, function, words):
    assert words in message_of(name, function)


@pytest.mark.parametrize(
    "right, old, new, words",
    [
        (a01.shift_and_mirror, "2 * most + 1", "2 * most", "Are both ends of your draw included"),
        (
            a05.nesterov_step,
            "velocities.get(name, 0.0)",
            "velocities[name]",
            "empty before the first",
        ),
    ],
)
def test_an_exception_comes_with_a_hint(right, old, new, words):
    with pytest.raises((ValueError, KeyError)) as caught:
        getattr(checks, right.__name__)(changed(right, "a mistake", (old, new)))
    assert words in "".join(caught.value.__notes__)


def message_of(name, function):
    with pytest.raises(checks.CheckFailed) as caught, np.errstate(all="ignore"):
        getattr(checks, name)(function)
    return str(caught.value)

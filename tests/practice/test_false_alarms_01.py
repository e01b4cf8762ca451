"""What the judges of assignment 01's random tasks refuse by chance, and which bias they find."""

import numpy as np
import pytest

from course_lib.practice.checks import assignment_01_random_choices as choices
from course_lib.practice.checks.engine.randomness import chances, smallest_bias_found
from tests.practice import false_alarms_01 as alarms
from tests.practice.assignments import cases_01


def counting(task):
    """The visible and hidden cases of a task whose judges count."""
    names = "wrong_splits", "wrong_chances", "wrong_pairs"
    cases = [*cases_01.VISIBLE[task](), *cases_01.HIDDEN[task]()]
    return [c for c in cases if getattr(getattr(c.judge, "func", None), "__name__", "") in names]


def false_alarm(counts):
    """The sum of the probabilities with which each count leaves its bounds: at least the truth."""
    total = 0.0
    for draws, chance in {(count.draws, count.chance) for count in counts}:
        fewest, most = choices.bounds(draws, chance, choices.ALARM / len(counts))
        outside = 1 - chances(draws, chance)[fewest : most + 1].sum()
        total += outside * sum(c.draws == draws and c.chance == chance for c in counts)
    return total


def all_counts(judges, monkeypatch):
    """The counts of each judge of a task."""
    asked = []
    monkeypatch.setattr(choices, "unlikely", lambda counts, hint="": asked.append(counts))
    list(judges(np.random.default_rng(0)))
    return asked


@pytest.mark.parametrize(
    "task, judges", [("split", alarms.refused_splits), ("shift_and_mirror", alarms.refused_moves)]
)
def test_a_right_function_is_refused_less_than_once_in_ten_thousand_times(
    task, judges, monkeypatch
):
    asked = all_counts(judges, monkeypatch)
    assert len(counting(task)) == 2 * len(asked)  # visible and hidden ones
    assert 0 < 2 * sum(map(false_alarm, asked)) < 1e-4


@pytest.mark.parametrize("judges", [alarms.refused_splits, alarms.refused_moves])
def test_right_draws_of_some_seeds_are_not_refused(judges):
    assert alarms.refused(judges, range(100_000, 100_020)) == 0


@pytest.mark.parametrize(
    "draws, chance, judge, below, above",
    [
        (5 * alarms.PLACES_DRAWS, 1 / 2, 2, 0.446, 0.554),  # an image of a class of 16
        (alarms.IMAGES, 1 / 2, 1, 0.402, 0.598),  # mirroring
        (alarms.IMAGES, 1 / 3, 1, 0.244, 0.428),  # a shift, most=1
        (alarms.IMAGES, 1 / 9, 3, 0.054, 0.183),  # a shift, most=4
    ],
)
def test_the_bias_that_is_found(draws, chance, judge, below, above, monkeypatch):
    judges = alarms.refused_splits if draws == 5 * alarms.PLACES_DRAWS else alarms.refused_moves
    number = len(all_counts(judges, monkeypatch)[judge])
    limits = choices.bounds(draws, chance, choices.ALARM / number)
    found = smallest_bias_found(draws, chance, limits)
    assert found == pytest.approx((below, above), abs=0.001)


def test_cases_draw_as_often_as_the_script():
    inputs = [case.given for case in counting("shift_and_mirror")]
    assert sum(f"shape ({alarms.IMAGES}, " in given for given in inputs) == 8

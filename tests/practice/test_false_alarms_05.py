"""How often the checks of `minibatches` refuse shuffles that are right, and what they find.

    python -m tests.practice.test_false_alarms_05 100000

tries every question about shuffles on so many data sets of right ones, which takes some minutes.
The test below does it with few.
"""

import functools
import sys

import numpy as np
import pytest

from course_lib.practice.checks import assignment_05_small_batches as judges
from course_lib.practice.checks.engine.randomness import binomial_bounds, smallest_bias_found

# Each judge with the passes and images that its cases have.
TRIED = [
    (judges.uneven_orders, 20_000, 3),
    (judges.uneven_orders, 8000, 4),
    (judges.uneven_orders, 8000, 5),
    (judges.uneven_places, 2000, 20),
    (judges.uneven_places, 2000, 24),
    (judges.uneven_pairs, 1, 50_000),
    (judges.uneven_pairs, 1, 40_000),
]
CASES = 9  # four visible ones and five hidden ones


def shuffles(rng, passes, count):
    """Orders of a right function: (passes, count)."""
    return rng.permuted(np.tile(np.arange(count), (passes, 1)), axis=1)


def alarms(judge, passes, count, seeds):
    """How many of so many data sets of right shuffles the judge refuses."""
    return sum(
        judge(shuffles(np.random.default_rng(seed), passes, count)) is not None for seed in seeds
    )


@pytest.mark.parametrize("judge, passes, count", TRIED)
def test_right_shuffles_pass(judge, passes, count):
    assert alarms(judge, passes, count, range(100)) == 0


def test_all_cases_together_refuse_less_than_one_in_ten_thousand():
    assert CASES * judges.ALARM < 1e-4


@pytest.mark.parametrize("draws, chance", [(8000, 1 / 24), (2000, 1 / 20), (25_000, 1 / 2)])
def test_the_bounds_hold_what_they_promise(draws, chance):
    rng, alarm = np.random.default_rng(0), 1e-2
    fewest, most = binomial_bounds(draws, chance, alarm)
    often = rng.binomial(draws, chance, 100_000)
    outside = np.mean((often < fewest) | (often > most))
    assert 0.3 * alarm < outside < 1.05 * alarm


def swapped_with_any(rng, passes, count):
    """The naive shuffle: each place is swapped with any place."""
    orders = np.tile(np.arange(count), (passes, 1))
    rows = np.arange(passes)
    for i in range(count):
        j = rng.integers(count, size=passes)
        here, there = orders[rows, i].copy(), orders[rows, j].copy()
        orders[rows, i], orders[rows, j] = there, here
    return orders


def test_a_naive_shuffle_is_found():
    found = [
        judges.uneven_orders(swapped_with_any(np.random.default_rng(seed), 8000, 4))
        for seed in range(200)
    ]
    assert found.count(None) == 0


def smallest_biases():
    """What the docstring of `minibatches` states: chances that are found with 99 %."""
    for draws, chance, alarm in (
        (8000, 1 / 24, judges.ALARM / 24),
        (2000, 1 / 20, judges.ALARM / 3 / 400),
        (1000, 1 / 20, judges.ALARM / 3 / 400),
        (25_000, 1 / 2, judges.ALARM / 2),
    ):
        bounds = binomial_bounds(draws, chance, alarm)
        yield draws, chance, bounds, smallest_bias_found(draws, chance, bounds)


if __name__ == "__main__":
    for draws, chance, bounds, (lower, upper) in smallest_biases():
        print(
            f"{draws} draws of chance {chance:.4f}, bounds {bounds}: found with 99 % from "
            f"{lower / chance:.3f} times down, or from {upper / chance:.3f} times up"
        )
    judges.binomial_bounds = functools.cache(binomial_bounds)  # the same few, very often
    for judge, passes, count in TRIED:
        seeds = range(int(sys.argv[1]))
        refused = alarms(judge, passes, count, seeds)
        print(f"{judge.__name__}, {count} images: {refused} of {len(seeds)} refused", flush=True)

"""How often the checks of assignment 01 refuse a right function that draws at random.

    python -m tests.practice.false_alarms_01 100000

draws, for so many seeds, what a right `split` and a right `shift_and_mirror` would, asks the
judges of the visible and of the hidden cases, and prints how many seeds were refused by any of them.
"""

import sys

import numpy as np

from course_lib.practice.checks import assignment_01_random_choices as choices

SMALL = [([0, 1, 0, 1, 1, 0, 1, 0], 1 / 2), ([4, 9, 9, 4, 9, 9, 4, 9, 9], 1 / 3)]
SMALL_DRAWS, PLACES_DRAWS, IMAGES = 1500, 1000, 1500
PLACES = np.repeat(np.arange(5), 16)
CALLS = ((1, 600), (2, 1000))  # images in a call, calls


def fair_splits(rng, labels, share, draws):
    """(draws, images): whether an image is in the first part; all choices are equally likely."""
    inside = np.zeros((draws, len(labels)), bool)
    for kind in np.unique(labels):
        members = np.flatnonzero(labels == kind)
        luck, taken = rng.random((draws, len(members))), round(share * len(members))
        inside[:, members] = luck < np.partition(luck, taken, axis=1)[:, taken, None]
    return inside


def fair_moves(rng, shape, most):
    """(mirrored, down, right) of images, (*shape, 3)."""
    mirrored = rng.integers(2, size=(*shape, 1))
    return np.concatenate([mirrored, rng.integers(-most, most + 1, size=(*shape, 2))], axis=-1)


def refused_splits(rng):
    """What the three judges of `split` say, each a sentence or None."""
    for labels, share in SMALL:
        labels = np.array(labels)
        inside = fair_splits(rng, labels, share, SMALL_DRAWS)
        yield choices.unfair_choices(inside, labels, share)
    yield choices.unfair_places(fair_splits(rng, PLACES, 0.5, PLACES_DRAWS), PLACES, 0.5)


def refused_moves(rng):
    """What the six judges of `shift_and_mirror` say, each a sentence or None."""
    for most in (0, 1, 2, 4):
        yield choices.wrong_shares(fair_moves(rng, (IMAGES,), most), most)
    for number, calls in CALLS:
        yield choices.wrong_shares_of_calls(fair_moves(rng, (calls, number), 1), 1)


def refused(judges, seeds):
    """How many of the seeds are refused: visible and hidden cases, each with numbers of its own."""
    count = 0
    for seed in seeds:
        rng = np.random.default_rng(seed)
        count += any([*judges(rng), *judges(rng)])
    return count


if __name__ == "__main__":
    seeds = range(int(sys.argv[1]))
    for task, judges in (("split", refused_splits), ("shift_and_mirror", refused_moves)):
        print(f"{task}: {refused(judges, seeds)} of {len(seeds)} seeds refused", flush=True)

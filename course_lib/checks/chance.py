"""Checks of assignment 01 for what is drawn at random: a split, and shifted and mirrored images.

No single random sequence is right, so results are judged by what every right one has. Shares are
counted over so many draws that a right function is off by far less than what is let through.
"""

import numpy as np

from .describe import MOST_NUMBERS, describe, kind_of
from .moves import moves, wrong_moves, wrong_shares
from .runner import Case, check

SEEDS = (1, 1, 2, 3, 4)  # the first two are the same
MANY = 200  # splits, to see whether every image has its chance
IMAGES = 600  # to see whether every shift has its share


def split(function):
    """function(labels, share, rng) -> (first, second), two arrays of the images' numbers."""
    check("split", function, [
        split_case([0, 1, 0, 1], 0.5, hint="There are two images of each class."),
        split_case([1, 0, 0, 1, 0, 0], 0.5, hint="Count the images of each class by itself."),
        split_case([2, 0, 0, 2, 0, 2, 0], 0.25,
                   hint="There are four of class 0, and three of class 2: 1 and 0.75 of them."),
        split_case([9, 4, 4, 9, 4, 4, 9, 4], 0.8, hint="The classes are called 4 and 9 here."),
        split_case([1000, -3, 1000, -3, -3], 0.4, hint="The classes are called -3 and 1000. Which "
                   "ones are there? Ask the labels."),
        split_case([0, 1, 2], 0.3, hint="There is one image of each class, and 0.3 is nearest to "
                   "0. So the first part is empty: an array of whole numbers, shape (0,)."),
        split_case([0] * 29 + [1] * 100 + [12], 0.29,
                   hint="Round to the nearest whole number: for 100 images, and for a single one."),
        split_case(uneven(1), 0.3), split_case(uneven(2), 0.85),
        repeatable_case({"labels": uneven(3), "share": 0.4}),
        fair_case([0, 1, 0, 1, 1, 0, 1, 0], 0.5),
    ])


def shift_and_mirror(function):
    """function(images, rng, most=4) -> images of the same shape and dtype."""
    check("shift_and_mirror", function, [
        moved_case((1, 3, 4, 1), 1, seed=1), moved_case((1, 4, 3, 1), 2, seed=2),
        moved_case((3, 5, 4, 3), 1, seed=3, hint="Do all three channels move together?"),
        moved_case((4, 3, 5, 3), 0, seed=4, hint="most=0: nothing is shifted, and half of the "
                   "images are mirrored. Both ends of the range are 0, and 0 must still be drawn. "
                   "Are both ends of your draw included? And which rows and columns does your "
                   "slice leave?"),
        moved_case((3, 5, 4, 2), 2, seed=5, dtype=np.float32),
        *(moved_case((20, 5, 7, 3), 2, seed=seed) for seed in (6, 7)),
        repeatable_case({"images": pictures(8, (6, 5, 4, 3)), "most": 1},
                        lambda function, images, most, rng: function(images, rng, most)),
        spread_case(1, seed=9), spread_case(2, seed=10), spread_case(None, seed=11),
    ])


# Makers of cases, also for the hidden tests


def split_case(labels, share, *, seed=0, hint="", title=""):
    """A case of split: every image once, and of each class the share that was asked for."""
    labels = np.array(labels)

    def judge(result):
        return wrong_kind_of_split(result) or wrong_split(result, labels, share)

    given = [*describe("labels", labels), f"share = {share}",
             f"rng = np.random.default_rng({seed})"]
    return Case({"labels": labels, "share": share, "rng": np.random.default_rng(seed)},
                judge=judge, hint=hint, given="\n".join(given),
                title=title or f"{len(labels)} labels, share {share}")


def fair_case(labels, share, title="every image has the same chance"):
    """A case of split: over many seeds, each image comes into the first part equally often.

    share times the count of each class must be a whole number.
    """
    labels = np.array(labels)

    def use(function, labels, share):
        return [function(labels.copy(), share, np.random.default_rng(seed)) for seed in range(MANY)]

    def judge(results):
        inside = np.zeros((MANY, len(labels)), bool)
        for row, result in zip(inside, results, strict=True):
            wrong = wrong_kind_of_split(result) or wrong_split(result, labels, share)
            if wrong:
                return wrong
            row[result[0]] = True
        for number, often in enumerate(inside.mean(axis=0)):
            if abs(often - share) > 0.25:
                return (f"Over {MANY} splits with different generators, image {number} came into "
                        f"the first part {often:.0%} of the times; {share:.0%} are wanted, as for "
                        "every image.")
        picked = [inside[:, labels == kind] for kind in np.unique(labels)]
        for other in picked[1:]:
            if other.shape == picked[0].shape and np.array_equal(other, picked[0]):
                return ("Two classes are split in the same way every time: if the first image of "
                        "one goes into the first part, so does the first image of the other.")
        return None

    return Case({"labels": labels, "share": share}, use=use, judge=judge, title=title,
                hint="Which images of a class go into the first part? Who decides that?")


def moved_case(shape, most, *, seed, dtype=np.uint8, hint="", title=""):
    """A case of shift_and_mirror: each image must be a possible version of its original."""
    images = pictures(seed, shape, dtype)

    def judge(result):
        return wrong_array(result, images) or wrong_moves(result, images, most)

    return Case({"images": images, "rng": np.random.default_rng(seed), "most": most}, judge=judge,
                hint=hint,
                given="\n".join([*describe("images", images), f"most = {most}"]),
                title=title or f"images {shape}, most {most}")


def spread_case(most, *, seed, title=""):
    """A case of shift_and_mirror: over many images, every shift occurs as often as it should.

    most=None leaves the argument out.
    """
    size = 5 + 2 * (most or 1)
    images = pictures(seed, (IMAGES, size, size + 1, 1))
    reach = 4 if most is None else most
    rest = {} if most is None else {"most": most}

    def judge(result):
        wrong = wrong_array(result, images) or wrong_moves(result, images, reach)
        return wrong or wrong_shares(moves(result, images, reach), reach, most is None)

    return Case({"images": images, "rng": np.random.default_rng(seed), **rest}, judge=judge,
                hint="Every image draws its own shift down, its own shift to the right, and its "
                "own mirroring, each on its own.",
                given=f"images: shape {images.shape}, uint8\n"
                + ("most left out, so it is 4" if most is None else f"most = {most}"),
                title=title or f"the shares over many images, most {most or 'left out'}")


def repeatable_case(inputs, call=None, title="what a generator decides"):
    """A case: generators of the same seed give the same, generators of other seeds do not.

    call(function, *inputs, rng) calls the function; function(*inputs, rng) where it is left out.
    """
    def use(function, *values):
        generators = map(np.random.default_rng, SEEDS)
        return [call(function, *values, rng) if call else function(*values, rng)
                for rng in generators]

    def judge(results):
        if not same(results[0], results[1]):
            return ("Two calls, each with a generator of seed 1, gave different results. Whoever "
                    "repeats an experiment needs the same ones.")
        if all(same(results[0], result) for result in results):
            return ("Generators of four different seeds all gave the same result. It should be "
                    "drawn from the generator that is passed in.")
        return None

    return Case(inputs, use=use, judge=judge, title=title,
                hint="Everything random is drawn from rng, and from nothing else.")


def uneven(seed):
    """Labels of four classes of different size, in random order."""
    return np.random.default_rng(seed).permutation(np.repeat([0, 1, 3, 4], [21, 8, 13, 34]))


def pictures(seed, shape, dtype=np.uint8):
    """Random images without a 0: zeros can only have come in from outside."""
    return np.random.default_rng(seed).integers(1, 256, shape).astype(dtype)


# Judges: each returns what is wrong, a sentence, or None


def wrong_index_array(value, name):
    if not isinstance(value, np.ndarray):
        return f"{name} should be an array of whole numbers, and it is {kind_of(value)}."
    if value.ndim != 1 or value.dtype.kind not in "iu":
        return (f"{name} should be an array of whole numbers with one axis, and it has the shape "
                f"{value.shape} and holds {value.dtype}.")
    return None


def not_every_index_once(numbers, count, labels=None):
    """What is wrong where 0 to count - 1 do not occur once each; labels: their classes."""
    if len(numbers) and not 0 <= numbers.min() <= numbers.max() < count:
        return (f"The images are numbered from 0 to {count - 1}, and your function gave numbers "
                f"from {numbers.min()} to {numbers.max()}.")
    often = np.bincount(numbers, minlength=count)
    for wrong, text in ((often == 0, "does not occur"), (often > 1, "occurs more than once")):
        if wrong.any():
            number = np.argmax(wrong)
            kind = "" if labels is None else f" It is of class {labels[number]}."
            return f"Every image should occur once, and image {number} {text}.{kind}"
    return None


def wrong_kind_of_split(result):
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return f"Two arrays should be returned, and your function returned {kind_of(result)}."
    return (wrong_index_array(result[0], "The first part")
            or wrong_index_array(result[1], "The second part"))


def wrong_split(result, labels, share):
    wrong = not_every_index_once(np.concatenate(result), len(labels), labels)
    if wrong:
        return wrong + shown(result)
    for kind in np.unique(labels):
        count = np.sum(labels == kind)
        found = np.sum(labels[result[0]] == kind)
        if abs(found - share * count) > 0.5 + 1e-6:
            return (f"A share of {share} of the {count} in class {kind} is {share * count:.4g}. So "
                    f"{round(share * count)} of them should be in the first part, and it holds "
                    f"{found}.{shown(result)}")
    return None


def shown(parts):
    """The two parts of a split, where they are short."""
    short = sum(map(len, parts)) <= MOST_NUMBERS
    return f" Yours: {parts[0]} and {parts[1]}." if short else ""


def wrong_array(result, images):
    if not isinstance(result, np.ndarray):
        return f"The images should be an array, and your function returned {kind_of(result)}."
    if result.shape != images.shape or result.dtype != images.dtype:
        return (f"The images had the shape {images.shape} and held {images.dtype}, and so should "
                f"the result; yours has the shape {result.shape} and holds {result.dtype}.")
    return None


def same(one, other):
    """Whether two results are equal: arrays, or tuples and lists of them."""
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    return np.array_equal(one, other)

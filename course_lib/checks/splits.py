"""Check of assignment 01: a random split that gives each class its share.

No single split is right, so results are judged by what every right one has. How often an image is
drawn is counted over so many splits that a right function is off by far less than what is let
through.
"""

import numpy as np

from .machinery import Case, check
from .machinery.chance import not_every_index_once, repeatable_case, wrong_index_array
from .machinery.describe import MOST_NUMBERS, describe, kind_of

MANY = 200  # splits, to see whether every image has its chance


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


def uneven(seed):
    """Labels of four classes of different size, in random order."""
    return np.random.default_rng(seed).permutation(np.repeat([0, 1, 3, 4], [21, 8, 13, 34]))


# Judges: each returns what is wrong, a sentence, or None


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

"""Judges of what assignment 01 draws at random: a split by classes, images shifted and mirrored.

No single result is right. What all right ones have in common is looked at in every result; how
often something comes is counted over many, and compared with bounds that a right function keeps.
Each case that counts refuses a right function with a probability below ALARM. There are six such
cases for `split` and ten for `shift_and_mirror`, visible and hidden ones together: less than one
right function in 10,000 is refused.

What is found in 99 of 100 checks, each in place of the right chance: an image of a class of 16 that
comes into the first part with a chance below 0.446 or above 0.554, not 0.5 (shuffling by exchanging
each place with any other one gives 0.43 to 0.57); a shift between -1 and 1 that comes with a chance
below 0.244 or above 0.428, not 1/3; one between -4 and 4 below 0.054 or above 0.183, not 1/9; and
mirroring below 0.402 or above 0.598, not 1/2. A generator made anew from so few seeds that two of
1,000 results are equal is found by that: with up to 100,000 seeds in 99 of 100 checks.
"""

import functools
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .engine import CheckFailed
from .engine.describe import MOST_NUMBERS, describe, kind_of
from .engine.randomness import binomial_bounds, not_every_index_once, wrong_index_array

ALARM = 8e-6
MOST_NAMES = 8  # of what never came, in a message
bounds = functools.cache(binomial_bounds)


class Count(NamedTuple):
    """How often something came, and how often it should: `draws` times `chance`."""

    what: str
    often: int
    draws: int
    chance: float


def unlikely(counts: Sequence[Count], hint: str = "") -> str | None:
    """A sentence about the first count out of its bounds; None where all keep them.

    A right function's counts do so, all together, but for a probability of ALARM.
    """
    for what, often, draws, chance in counts:
        fewest, most = bounds(draws, chance, ALARM / len(counts))
        if not fewest <= often <= most:
            if often == 0 and (never := never_came(counts, draws, chance)):
                return (
                    f"In {draws} draws, what never came is: {never}. About {draws * chance:.0f} "
                    f"times each would be right.{hint}"
                )
            return (
                f"{what} {often} times in {draws}. About {draws * chance:.0f} times would be "
                f"right; by chance it is hardly ever outside the range from {fewest} to {most}."
                + hint
            )
    return None


def never_came(counts: Sequence[Count], draws: int, chance: float) -> str:
    """What has this chance and came 0 times, in words; "" for a single thing, or for many."""
    names = [
        what.removesuffix(" came").lower()
        for what, often, *rest in counts
        if often == 0 and rest == [draws, chance] and what.endswith(" came")
    ]
    return ", ".join(names) if 1 < len(names) <= MOST_NAMES else ""


# A split that gives each class its share


def many_splits(
    draws: int,
    function: Callable[..., Any],
    labels: np.ndarray,
    share: float,
    rng: np.random.Generator,
) -> list[Any]:
    """The results of so many calls, one after another with the same generator."""
    return [function(labels, share, rng) for _ in range(draws)]


def wrong_split(labels: np.ndarray, share: float, result: Any) -> str | None:
    """What is wrong with one split: every image once, and of each class the share asked for."""
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return f"Two arrays should be returned, and your function returned {kind_of(result)}."
    first, second = result
    wrong = wrong_index_array(first, "The first part") or wrong_index_array(
        second, "The second part"
    )
    if wrong:
        return wrong
    numbers = np.concatenate([first.astype(np.int64), second.astype(np.int64)])
    wrong = not_every_index_once(numbers, len(labels), labels)
    return wrong + shown(result) if wrong else wrong_share(labels, share, result)


def wrong_share(labels: np.ndarray, share: float, result: Any) -> str | None:
    for kind in np.unique(labels):
        count = int(np.sum(labels == kind))
        found = int(np.sum(labels[result[0]] == kind))
        if abs(found - share * count) > 0.5 + 1e-6:
            images = "1 image" if count == 1 else f"{count} images"
            return (
                f"Class {kind} has {images}, and {share} · {count} = "
                f"{share * count:.4g}. So {round(share * count)} of its images should be in the "
                f"first part, but {found} of them are.{shown(result)}"
            )
    return None


def shown(parts: Any) -> str:
    """The two parts of a split, where they are short."""
    short = sum(map(len, parts)) <= MOST_NUMBERS
    return f" Yours: {parts[0]} and {parts[1]}." if short else ""


def wrong_splits(
    question: Callable[..., str | None], labels: np.ndarray, share: float, results: list[Any]
) -> str | None:
    """What is wrong with many splits; question(inside, labels, share) asks how often what came.

    inside: (splits, images), whether an image is in the first part.
    """
    inside = np.zeros((len(results), len(labels)), bool)
    for row, result in zip(inside, results, strict=True):
        wrong = wrong_split(labels, share, result)
        if wrong:
            return wrong
        row[result[0]] = True
    return question(inside, labels, share)


def unfair_choices(inside: np.ndarray, labels: np.ndarray, share: float) -> str | None:
    """For few images: every choice from a class is as likely as any other, with any other class's.

    inside: (splits, images). There are two classes.
    """
    draws = len(inside)
    members = [np.flatnonzero(labels == kind) for kind in np.unique(labels)]
    choices = [list(itertools.combinations(own, round(share * len(own)))) for own in members]
    found = [choice_made(inside, own, made) for own, made in zip(members, choices, strict=True)]
    sizes = [len(made) for made in choices]
    places = np.ravel_multi_index(found, sizes)
    table = np.bincount(places, minlength=math.prod(sizes)).reshape(sizes)
    counts = [
        Count(f"The choice of {listed(choice)} came", int(often), draws, 1 / len(made))
        for made, sums in zip(choices, (table.sum(axis=1), table.sum(axis=0)), strict=True)
        for choice, often in zip(made, sums, strict=True)
    ]
    counts += [
        Count(
            f"The choice of {listed(one)} in one class and {listed(other)} in the other came",
            int(table[n, m]),
            draws,
            1 / table.size,
        )
        for n, one in enumerate(choices[0])
        for m, other in enumerate(choices[1])
    ]
    return unlikely(counts)


def choice_made(inside: np.ndarray, members: np.ndarray, choices: list[Any]) -> np.ndarray:
    """For each split the number of the choice that it made among these members, (splits,)."""
    weights = 1 << np.arange(len(members))  # a choice is a sum of some of them
    numbers = np.zeros(1 << len(members), int)
    for number, choice in enumerate(choices):
        numbers[weights[np.isin(members, choice)].sum()] = number
    return numbers[inside[:, members] @ weights]


def listed(numbers: Iterable[Any]) -> str:
    """ "image 3", or "the images 3 and 5"."""
    texts = [str(int(number)) for number in numbers]
    if len(texts) == 1:
        return f"image {texts[0]}"
    return f"the images {', '.join(texts[:-1])} and {texts[-1]}"


def unfair_places(inside: np.ndarray, labels: np.ndarray, share: float) -> str | None:
    """For classes of equal size: no place in a class is preferred, and no two hang together.

    inside: (splits, images). Place 0 is the first image of a class, and so on.
    """
    if len({row.tobytes() for row in inside}) < len(inside):
        return (
            f"Two of {len(inside)} splits are the same, though so many are possible that this "
            "should never happen. How many different ones can your function give?"
        )
    members = [np.flatnonzero(labels == kind) for kind in np.unique(labels)]
    places = inside[:, np.array(members)]  # (splits, classes, places)
    draws, classes, size = places.shape
    taken = round(share * size)
    both = taken * (taken - 1) / (size * (size - 1))  # chance that two of a class are taken
    pairs = places[:, 0 : classes - 1 : 2], places[:, 1::2]
    alone = places.sum(axis=(0, 1))
    side_by_side = (places[:, :, :-1] & places[:, :, 1:]).sum(axis=(0, 1))
    in_both = (pairs[0] & pairs[1]).sum(axis=(0, 1))
    came = "came into the first part"
    counts = [
        Count(
            f"The image at place {n} of its class (counted from 0) {came}",
            int(often),
            draws * classes,
            taken / size,
        )
        for n, often in enumerate(alone)
    ]
    counts += [
        Count(
            f"The images at places {n} and {n + 1} of a class {came} together",
            int(often),
            draws * classes,
            both,
        )
        for n, often in enumerate(side_by_side)
    ]
    counts += [
        Count(
            f"The images at place {n} of two classes {came} together",
            int(often),
            draws * pairs[0].shape[1],
            (taken / size) ** 2,
        )
        for n, often in enumerate(in_both)
    ]
    return unlikely(counts)


# Images shifted and mirrored at random


def use_moved(function: Callable[..., Any], images: np.ndarray, *rest: Any) -> Any:
    """The result; raises CheckFailed where it lies in the memory of the images."""
    result = function(images, *rest)
    if isinstance(result, np.ndarray) and np.shares_memory(result, images):
        raise CheckFailed(
            "A new array should be returned, and yours lies in the memory of images: writing "
            "to one changes the other."
        )
    return result


def call_moved(
    function: Callable[..., Any], images: np.ndarray, most: int, rng: np.random.Generator
) -> Any:
    return use_moved(function, images, rng, most)


def many_moved(
    draws: int,
    function: Callable[..., Any],
    images: np.ndarray,
    rng: np.random.Generator,
    most: int,
) -> list[Any]:
    """The results of so many calls, one after another with the same generator."""
    return [use_moved(function, images, rng, most) for _ in range(draws)]


def wrong_moved(images: np.ndarray, most: int, result: Any) -> str | None:
    """What is wrong with moved images: shape, dtype, or one that is no version of its original."""
    return wrong_array(result, images) or wrong_moves(result, images, most)


def wrong_array(result: Any, images: np.ndarray) -> str | None:
    if not isinstance(result, np.ndarray):
        return f"The images should be an array, and your function returned {kind_of(result)}."
    if result.shape != images.shape or result.dtype != images.dtype:
        return (
            f"The images had the shape {images.shape} and held {images.dtype}, and so should "
            f"the result; yours has the shape {result.shape} and holds {result.dtype}."
        )
    return None


def moves_of(one: np.ndarray, original: np.ndarray) -> list[tuple[bool, int, int]]:
    """Each (mirrored, down, right) by which an image (H, W, C) comes from its original.

    In channel 0 of the original no two pixels are equal, and none is 0: so each pixel that is left
    tells where it was, and all must have gone the same way.
    """
    H, W, _ = original.shape
    rows, columns = np.nonzero(one[..., 0])
    home = {value: place for place, value in enumerate(original[..., 0].ravel().tolist())}
    places = np.array([home.get(value, -1) for value in one[rows, columns, 0].tolist()])
    if not len(places) or places.min() < 0:
        return []
    old_rows, old_columns = np.divmod(places, W)
    outside = np.ones((H, W), bool)
    outside[rows, columns] = False
    kept = equal(one[rows, columns], original[old_rows, old_columns]).all()
    if not kept or one[outside].any():
        return []
    down = rows - old_rows
    ways = (False, columns - old_columns), (True, columns - (W - 1 - old_columns))
    return [
        (mirrored, int(down[0]), int(right[0]))
        for mirrored, right in ways
        if (down == down[0]).all()
        and (right == right[0]).all()
        and len(rows) == (H - abs(down[0])) * (W - abs(right[0]))
    ]


def equal(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Number by number; a NaN is equal to a NaN."""
    return (one == other) | ((one != one) & (other != other))


def move_within(one: np.ndarray, original: np.ndarray, most: int) -> tuple[bool, int, int] | None:
    """The first move of at most `most` each way that explains an image; None where none does."""
    for move in moves_of(one, original):
        if max(abs(move[1]), abs(move[2])) <= most:
            return move
    return None


def moves(result: np.ndarray, images: np.ndarray, most: int) -> np.ndarray:
    """(mirrored, down, right) of each image, (N, 3); all of them have one."""
    return np.array([move_within(*pair, most) for pair in zip(result, images, strict=True)], int)


def wrong_moves(result: np.ndarray, images: np.ndarray, most: int) -> str | None:
    """What is wrong with the first image that is no version of its original."""
    for number, (one, original) in enumerate(zip(result, images, strict=True)):
        if move_within(one, original, most) is None:
            seen = what_became_of(one, original, images, most)
            if seen:
                return f"Something is wrong with image {number} of the result: {seen}."
            text = f"shifted by at most {most} each way" if most else "as it was"
            lines = [f"Image {number} of the result is not its original, {text}, mirrored or not."]
            if one.size <= MOST_NUMBERS:
                lines += ["", "It is", *(f"    {line}" for line in describe("yours", one))]
            return "\n".join(lines)
    return None


def what_became_of(
    one: np.ndarray, original: np.ndarray, images: np.ndarray, most: int
) -> str | None:
    """What an image that is no version of its original is instead, where that can be seen."""
    if moves_of(one, original):
        return f"it was shifted by more than {most}"
    if any(move_within(one, other, most) for other in images[:20]):
        return "it was made from another image"
    if move_within(one, original[::-1], most):
        return "it is upside down"
    if move_within(one[..., ::-1], original, most):
        return "its channels are in reverse order"
    values, originals = (np.sort(array[..., 0], axis=None) for array in (one, original))
    if most and np.array_equal(values, originals):
        return "all its pixels are still there, in other places, and none of them is 0"
    if most and np.isin(values, originals).all():
        return "none of its pixels is 0, and some occur twice"
    return None


def wrong_chances(images: np.ndarray, most: int, result: Any) -> str | None:
    """What is wrong with many images moved in one call: each by itself, or how often what came."""
    return wrong_moved(images, most, result) or wrong_shares(moves(result, images, most), most)


def wrong_pairs(images: np.ndarray, most: int, results: list[Any]) -> str | None:
    """The same for many calls with one or two images."""
    for result in results:
        wrong = wrong_moved(images, most, result)
        if wrong:
            return wrong
    found = np.array([moves(result, images, most) for result in results])
    return wrong_shares_of_calls(found, most)


def wrong_if_repeated(images: np.ndarray, results: list[Any]) -> str | None:
    """What is wrong with calls with so many images that no two should give the same."""
    for result in results:
        wrong = wrong_array(result, images)
        if wrong:
            return wrong
    if len({result.tobytes() for result in results}) < len(results):
        return (
            f"Two of {len(results)} calls gave the same images, though there are so many "
            "possibilities that this should never happen. How many can your function give?"
        )
    return None


STEPS = "(A minus means up, or to the left; the shift is counted after the mirroring.)"


def wrong_shares(found: np.ndarray, most: int) -> str | None:
    """What comes too often or too rarely among the moves (N, 3): (mirrored, down, right) each."""
    return unlikely([*single_counts(found, most), *neighbour_counts(found, most)], f" {STEPS}")


def wrong_shares_of_calls(found: np.ndarray, most: int) -> str | None:
    """The same for the moves (calls, images, 3) of one or two images."""
    counts = single_counts(found[:, 0], most)
    if found.shape[1] > 1:
        counts += [
            Count(
                f"{name(a).capitalize()} for the first image and {name(b)} for the second came",
                int(np.sum((found[:, 0, column] == a) & (found[:, 1, column] == b))),
                len(found),
                1 / len(values) ** 2,
            )
            for column, values, name in axes(most)
            for a in values
            for b in values
        ]
    return unlikely(counts, f" {STEPS}")


def axes(most: int) -> list[tuple[int, Sequence[int], Callable[[int], str]]]:
    """What is drawn for an image: its column among the moves, its values, and their names."""
    steps = range(-most, most + 1)
    drawn: list[tuple[int, Sequence[int], Callable[[int], str]]] = [
        (0, (0, 1), lambda value: "mirrored" if value else "not mirrored")
    ]
    if most:
        drawn += [
            (1, steps, lambda value: f"shifted down by {value}"),
            (2, steps, lambda value: f"shifted to the right by {value}"),
        ]
    return drawn


def single_counts(found: np.ndarray, most: int) -> list[Count]:
    """How often each value came, alone and together with each value of the other draws."""
    counts = []
    for columns, lowest, sizes, names in drawn_together(most):
        places = np.ravel_multi_index(list((found[:, columns] - lowest).T), sizes)
        often = np.bincount(places, minlength=len(names)).tolist()
        counts += [
            Count(name, times, len(found), 1 / len(names))
            for name, times in zip(names, often, strict=True)
        ]
    return counts


@functools.cache
def drawn_together(most: int) -> list[tuple[list[int], list[int], list[int], list[str]]]:
    """One, two or all of the draws: (columns, lowest values, numbers of values, names)."""
    found = []
    drawn = axes(most)
    for number in range(1, len(drawn) + 1):
        for some in itertools.combinations(drawn, number):
            names = [[name(value) for value in values] for _, values, name in some]
            found.append((
                [column for column, _, _ in some],
                [values[0] for _, values, _ in some],
                [len(values) for _, values, _ in some],
                [f"{' and '.join(words).capitalize()} came" for words in itertools.product(*names)],
            ))
    return found


def neighbour_counts(found: np.ndarray, most: int) -> list[Count]:
    """How often an image got the same as the one before it."""
    names = "mirroring", "shift down", "shift to the right"
    return [
        Count(
            f"The same {names[column]} as for the image before came",
            int(np.sum(found[1:, column] == found[:-1, column])),
            len(found) - 1,
            1 / len(values),
        )
        for column, values, _ in axes(most)
    ]

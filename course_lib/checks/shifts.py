"""Check of assignment 01: images shifted and mirrored at random.

A result is traced back: which shift and which mirroring turned each image into it? How often each
occurs is counted over so many images that a right function is off by far less than what is let
through.
"""

import numpy as np

from .machinery import Case, check
from .machinery.chance import repeatable_case
from .machinery.describe import MOST_NUMBERS, describe, kind_of

IMAGES = 600  # to see whether every shift has its share


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


def pictures(seed, shape, dtype=np.uint8):
    """Random images without a 0: zeros can only have come in from outside."""
    return np.random.default_rng(seed).integers(1, 256, shape).astype(dtype)


# Judges: each returns what is wrong, a sentence, or None


def wrong_array(result, images):
    if not isinstance(result, np.ndarray):
        return f"The images should be an array, and your function returned {kind_of(result)}."
    if result.shape != images.shape or result.dtype != images.dtype:
        return (f"The images had the shape {images.shape} and held {images.dtype}, and so should "
                f"the result; yours has the shape {result.shape} and holds {result.dtype}.")
    return None


def shifted(images, down, right, fill="constant"):
    """Shifted by so many pixels; what comes in is 0, or as np.pad fills the border."""
    H, W = images.shape[1:3]
    by = max(abs(down), abs(right))
    padded = np.pad(images, ((0, 0), (by, by), (by, by), (0, 0)), mode=fill)
    return padded[:, by - down : by - down + H, by - right : by - right + W]


def moves(result, images, most, axis=2, fill="constant"):
    """For each image (mirrored, down, right), or -99s where no move gives the result."""
    found = np.full((len(images), 3), -99)
    steps = range(-most, most + 1)
    for mirrored in (0, 1):
        source = np.flip(images, axis) if mirrored else images
        for down in steps:
            for right in steps:
                fits = (shifted(source, down, right, fill) == result).all(axis=(1, 2, 3))
                found[fits & (found[:, 0] < 0)] = mirrored, down, right
    return found


def wrong_moves(result, images, most):
    """What is wrong where an image is no version of its original that could be drawn."""
    lost = np.flatnonzero(moves(result, images, most)[:, 0] < 0)
    if not len(lost):
        return None
    number = int(lost[0])
    one, original = result[number : number + 1], images[number : number + 1]
    further = min(2 * most + 1, min(images.shape[1:3]) - 1)
    for idea, found in {
        "what was pushed out at one side came in again at the other":
            moves(one, original, most, fill="wrap") if most else None,
        "the border is filled with copies of the edge": moves(one, original, most, fill="edge"),
        "it is upside down": moves(one, original, most, axis=1),
        "its channels are in reverse order": moves(one, original[..., ::-1], most),
        f"it was shifted by more than {most}": moves(one, original, further),
        "it was made from another image": np.concatenate(
            [moves(one, images[n : n + 1], most) for n in range(min(len(images), 20))]),
    }.items():
        if found is not None and found.max() > -99:
            return f"Something is wrong with image {number} of the result: {idea}."
    text = f"shifted by at most {most} each way" if most else "as it was"
    lines = [f"Image {number} of the result is not its original, {text}, mirrored or not."]
    if one.size <= MOST_NUMBERS:
        lines += ["", "It is", *(f"    {line}" for line in describe("yours", one[0]))]
    return "\n".join(lines)


def wrong_shares(found, most, rare):
    """What is wrong with the moves (N, 3) of many images. rare: only the ends are looked at."""
    if (found == found[0]).all():
        return f"All {len(found)} images got the same shift and the same mirroring."
    mirrored = found[:, 0].mean()
    if abs(mirrored - 0.5) > 0.15:
        return f"{mirrored:.0%} of the {len(found)} images were mirrored; about half should be."
    steps = (-most, most) if rare else range(-most, most + 1)
    for column, name in ((1, "down"), (2, "to the right")):
        for step in steps:
            often, wanted = np.mean(found[:, column] == step), 1 / (2 * most + 1)
            if often == 0 or not rare and abs(often - wanted) > 0.12:
                return (f"{often:.0%} of the {len(found)} images were shifted by {step} {name}; "
                        f"about {wanted:.0%} should be. (Minus is up, or to the left. The shift is "
                        "counted after the mirroring. Does one depend on the other?)")
    for step in () if rare else ((m, d, r) for m in (0, 1) for d in (-1, 0, 1) for r in (-1, 0, 1)):
        if not (found == step).all(axis=1).any():
            name = f"{step[1]} down, {step[2]} to the right, {'' if step[0] else 'not '}mirrored"
            return (f"None of the {len(found)} images was shifted by {name}, though each of the "
                    "three occurs on its own.")
    return None

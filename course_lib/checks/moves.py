"""Which shift and which mirroring turned an image into another, and how often each occurs.

For the check of shift_and_mirror, in chance.py. What is wrong comes as a sentence, or as None.
"""

import numpy as np

from .describe import MOST_NUMBERS, describe


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

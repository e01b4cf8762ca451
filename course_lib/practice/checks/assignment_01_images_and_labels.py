"""Checks for assignment 01: file formats, normalisation, orientation, a fair split, shifted images.

The result expected for a format comes from its formula, number by number. If a function draws at
random, no single result is right: a split is judged by what all correct ones share, and shifted
images are traced back. Frequencies are counted over so many trials that a correct function stays
far within the tolerance.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .engine import Case, CheckFailed, check
from .engine.common_mistakes import Recognised, shapes
from .engine.describe import MOST_NUMBERS, describe, headline, kind_of
from .engine.randomness import (
    for_each_seed,
    not_every_index_once,
    repeatable_case,
    wrong_index_array,
)

# Tasks 1 to 3 and 6: file formats, normalisation, the orientation of images

READ_OFF = (
    "In this image the value in row r, column c, channel k is 100 r + 10 c + k, so every "
    "number tells you where it comes from."
)
UNITS = "The means and deviations are those of the values 0 to 255; float32 at the end."
INVERSE = (
    "This comes out when you say how the reference becomes the image. Asked for is how "
    "the image becomes the reference. (Or: which way does np.rot90 turn?)"
)
WRAPPED = (
    "Some of these pixels are darker than the mean. What does uint8 make of a number below zero?"
)


def images_to_pixels(function: Callable[..., Any]) -> None:
    """function(images) -> pixels: (N, H, W, C) uint8 -> (N, C H W)."""
    check(
        "images_to_pixels",
        function,
        [
            pixels_case((1, 1, 2, 3), readable=True),
            pixels_case((1, 2, 1, 3), readable=True),
            pixels_case((1, 2, 3, 3), readable=True),
            pixels_case((1, 3, 2, 3), readable=True),
            pixels_case((1, 2, 2, 1), readable=True, hint="Here there is one channel only."),
            pixels_case((2, 1, 2, 3), seed=1, hint="Each image has a row of its own."),
            pixels_case((2, 2, 1, 4), seed=2, hint="Here there are four channels."),
            pixels_case((5, 4, 7, 3), seed=3),
            pixels_case((3, 8, 5, 2), seed=4),
        ],
    )


def decode_frames(function: Callable[..., Any]) -> None:
    """function(frames, height, width) -> images: (N, 3 H W) uint8 -> (N, H, W, 3)."""
    check(
        "decode_frames",
        function,
        [
            frames_case((1, 1, 1, 3), readable=True),
            frames_case((1, 2, 1, 3), readable=True),
            frames_case((1, 1, 3, 3), readable=True),
            frames_case((1, 2, 3, 3), readable=True),
            frames_case((1, 3, 2, 3), readable=True),
            frames_case((2, 2, 1, 3), seed=1, hint="Each row of the file is an image of its own."),
            frames_case((3, 4, 6, 3), seed=2),
            frames_case((2, 7, 5, 3), seed=3),
        ],
    )


def normalise(function: Callable[..., Any]) -> None:
    """function(train, test) -> (train, test): uint8 (N, H, W, C) -> float32 of the same shape."""
    check(
        "normalise",
        function,
        [
            normal_case([10, 30], [50], hint="The mean is 20, and both are 10 away from it."),
            normal_case([10, 30, 50, 70], [20], hint=WRAPPED),
            normal_case([[10, 1], [30, 3]], [[20, 2]], hint="Each channel has its own statistics."),
            normal_case(
                [[100, 0], [200, 50], [200, 40], [100, 10]],
                [[200, 200], [100, 250]],
                hint="Which images do the mean and the deviation come from?",
            ),
            normal_case(
                np.reshape([10, 20, 20, 30], (2, 1, 2, 1)),
                np.reshape([20, 40], (1, 1, 2, 1)),
                hint="Both images together have four pixels, and their mean is 20.",
            ),
            normal_case(
                [[7, 1], [7, 5]],
                [[7, 1], [9, 2]],
                hint="All values of channel 0 are 7 in the training images. Divide by 1 there, "
                "also in the test images.",
            ),
            normal_case(
                [[7, 1], [7, 5], [7, 1], [8, 1]],
                [[7, 1], [9, 2]],
                hint="Channel 0 has a spread below 1, but it has one.",
            ),
            normal_case(
                drawn(1, (3, 2, 4, 2)),
                drawn(2, (2, 2, 4, 2), 128),
                hint="One mean for each channel, over all images, rows and columns.",
            ),
            normal_case(drawn(3, (20, 5, 6, 3), 90), drawn(4, (7, 5, 6, 3))),
            normal_case(
                drawn(5, (12, 6, 5, 4), 250),
                drawn(6, (1, 6, 5, 4)),
                hint="Here there are four channels.",
            ),
            normal_case(
                steady(7, (100, 32, 32, 2), 201),
                drawn(8, (1, 32, 32, 2)),
                hint="Channel 1 is 201 everywhere, so its deviation is 0. In which dtype do "
                "you add up 100,000 numbers?",
            ),
        ],
    )


def find_orientation(function: Callable[..., Any]) -> None:
    """function(images, reference) -> (mirrored, turns)."""
    turn = (
        "np.rot90 turns anticlockwise, in the plane of the two axes that it is given. And can "
        "differences of different sign cancel in your distance?"
    )
    mirror = "Mirrored means: the columns in reverse order."
    order = "First the columns are reversed, then the images are turned."
    near = (
        "No orientation fits exactly here, because the reference is a little off everywhere. "
        "How is the distance of two images measured, and in which dtype?"
    )
    levels = (
        "These images have 16 levels of brightness, so all differences are multiples of "
        "16. What are their squares, in which dtype?"
    )
    check(
        "find_orientation",
        function,
        [
            orientation_case((1, 2, 2, 1), False, 0, seed=1, hint="Nothing has to be done here."),
            orientation_case((1, 2, 2, 1), False, 2, seed=2, hint=turn),
            orientation_case((1, 2, 2, 1), False, 1, seed=3, hint=turn),
            orientation_case((1, 2, 2, 1), False, 3, seed=4, hint=turn),
            orientation_case((1, 2, 2, 1), True, 0, seed=5, hint=mirror),
            orientation_case((1, 2, 2, 1), True, 2, seed=6, hint=mirror),
            orientation_case((1, 2, 2, 1), True, 1, seed=7, hint=order),
            orientation_case((1, 2, 2, 1), True, 3, seed=8, hint=order),
            orientation_case(
                (2, 2, 3, 1),
                False,
                1,
                seed=9,
                hint="Height and width have changed places. Which turns are possible?",
            ),
            orientation_case(
                (2, 3, 2, 1), True, 2, seed=10, hint="Which turns keep the height and the width?"
            ),
            orientation_case(
                (3, 2, 2, 3),
                True,
                1,
                seed=11,
                plain=2,
                hint="Some images look the same from all sides. Do all of them count?",
            ),
            orientation_case((4, 3, 3, 3), False, 3, seed=12, brighter=3, hint=near),
            orientation_case((4, 3, 3, 3), True, 0, seed=13, brighter=-3, hint=near),
            orientation_case((3, 2, 2, 3), True, 3, seed=16, level=16, hint=levels),
            orientation_case((4, 3, 4, 3), True, 1, seed=14, noise=6, hint=near),
            orientation_case((5, 4, 4, 3), False, 2, seed=15, noise=6, brighter=-8, hint=near),
        ],
    )


# Makers of cases, also for the hidden tests


def pixels_case(shape, *, seed=0, readable=False, hint="", title=""):
    """A case of images_to_pixels for images of this shape (N, H, W, C)."""
    images = telling(shape) if readable else drawn(seed, shape)
    n, r, c, k = np.indices(shape)
    N, H, W, C = shape
    pixels = np.empty((N, C * H * W), np.uint8)
    pixels[n, H * W * k + W * r + c] = images
    suspects = {
        "This comes out when each image keeps the order that its numbers have now. Which axis "
        "should run slowest?": images.reshape(N, -1),
        "This comes out when each plane is written column by column.": images.transpose(
            0, 3, 2, 1
        ).reshape(N, -1),
    }
    return Case(
        {"images": images},
        pixels,
        suspects=suspects,
        returns="pixels",
        title=title,
        hint=" ".join([hint, READ_OFF * readable]).strip(),
    )


def frames_case(shape, *, seed=0, readable=False, hint="", title=""):
    """A case of decode_frames whose images have this shape (N, H, W, 3)."""
    images = telling(shape) if readable else drawn(seed, shape)
    N, H, W, C = shape

    def frames(rows, channels, columns_first=True):
        """Written by the formula: place 3 (H c + r') + k', or 3 (W r' + c) + k'."""
        n, r, c, k = np.indices(shape)
        place = H * c + rows(r) if columns_first else W * rows(r) + c
        result = np.empty((N, C * H * W), np.uint8)
        result[n, 3 * place + channels(k)] = images
        return result

    def upwards(r):
        return H - 1 - r

    def blue_first(k):
        return 2 - k

    given = frames(upwards, blue_first)
    by_rows = given.reshape(N, H, W, C)[:, ::-1, :, ::-1]
    mistakes = {  # what a reader with the mistake makes of the frames
        "This comes out when blue and red are exchanged.": images[..., ::-1],
        "This comes out upside down: where in the file is a column's lowest pixel?": images[
            :, ::-1
        ],
        "This comes out upside down, and blue and red are exchanged.": images[:, ::-1, :, ::-1],
        "This comes out when the file is read row by row. It is written column by column.": by_rows,
    }
    return Case(
        {"frames": given, "height": H, "width": W},
        images,
        suspects=mistakes,
        returns="images",
        title=title or f"images of {H}x{W}, {N} of them",
        hint=" ".join([
            hint,
            ("In the right result the value in row r, column c, channel k is 100 r + 10 c + k.")
            * readable,
        ]).strip(),
    )


def normal_case(train, test, *, hint=UNITS, title=""):
    """A case of normalise: two uint8 arrays (N, H, W, C), or lists of pixels for small ones."""
    train, test = (image_of(pixels) for pixels in (train, test))

    def scaled(images, source, axes=(0, 1, 2), ddof=0):
        mean = source.mean(axis=axes, dtype=np.float64)
        std = source.std(axis=axes, dtype=np.float64, ddof=ddof)
        return ((images - mean) / np.where(std == 0, 1, std)).astype(np.float32)

    expected = scaled(train, train), scaled(test, train)
    everything = np.concatenate([train, test])

    def enormous(result):
        """As where a deviation that should have been 0, and thus 1, is nearly 0."""
        return (
            shapes(result) == [train.shape, test.shape]
            and np.abs(result[1]).max() > 1000 * np.abs(expected[1]).max()
        )

    far_out = Recognised(enormous)
    suspects = {
        "This comes out when the test images are normalised with statistics of their own.": (
            scaled(train, train),
            scaled(test, test),
        ),
        "This comes out when the test images have a share in the mean and the deviation.": (
            scaled(train, everything),
            scaled(test, everything),
        ),
        "This comes out when all channels share one mean and one deviation.": (
            scaled(train, train, None),
            scaled(test, train, None),
        ),
        "This comes out when the deviation is divided by N - 1 (ddof=1). The task asks for N.": (
            scaled(train, train, ddof=1),
            scaled(test, train, ddof=1),
        ),
        "This comes out when the values are divided by 255 first.": (
            scaled(train / 255, train / 255),
            scaled(test / 255, train / 255),
        ),
        "This comes out when something small is added to the deviation, "
        "or put in the place of 0.": far_out,
    }
    if train.shape[1:] == test.shape[1:]:
        suspects[
            "This comes out when each place in the image has a mean of its own. How many "
            "numbers does train.mean(...) give you, and how many channels are there?"
        ] = (scaled(train, train, 0), scaled(test, train, 0))
    small = train.size + test.size <= MOST_NUMBERS
    return Case(
        {"train": train, "test": test},
        expected,
        suspects=suspects,
        rtol=1e-4,
        hint=hint,
        returns=("train", "test"),
        title=title,
        given="" if small else "\n".join([headline("train", train), headline("test", test)]),
    )


def orientation_case(
    shape, mirrored, turns, *, seed, plain=0, noise=0, brighter=0, level=1, hint="", title=""
):
    """A case of find_orientation for images of this shape (N, H, W, C).

    plain: so many of the images have one colour. All values are multiples of `level`. The reference
    is off by up to `noise` at random, and brighter everywhere.
    """
    rng = np.random.default_rng(seed)
    images = rng.permutation(200 * np.arange(1, 1 + np.prod(shape)) // np.prod(shape))
    images = images.reshape(shape).astype(np.uint8) + np.uint8(20)  # all different, where few
    images = images // level * level
    images[:plain] = images[:plain, :1, :1]
    upright = np.rot90(images[:, :, ::-1] if mirrored else images, turns, axes=(1, 2))
    off = rng.integers(-noise, noise + 1, upright.shape) + brighter
    return Case(
        {"images": images, "reference": (upright + off).astype(np.uint8)},
        (mirrored, turns),
        use=use_orientation,
        parameters=("images", "reference"),
        hint=hint,
        suspects={} if mirrored else {INVERSE: (False, -turns % 4)},
        returns=("mirrored", "turns"),
        title=title,
    )


def use_orientation(function, images, reference):
    result = function(images, reference)
    if isinstance(result, np.ndarray):
        raise CheckFailed(
            "mirrored, turns should be a pair, such as `return mirrored, turns`; "
            f"your function returned an array with the shape {result.shape}."
        )
    return result


def telling(shape):
    """One image whose value in row r, column c, channel k is 100 r + 10 c + k."""
    _, r, c, k = np.indices(shape)
    return (100 * r + 10 * c + k).astype(np.uint8)


def drawn(seed, shape, brightest=255):
    rng = np.random.default_rng(seed)
    return rng.integers(0, brightest + 1, shape).astype(np.uint8)


def steady(seed, shape, value):
    """Random images whose last channel has one value everywhere."""
    images = drawn(seed, shape)
    images[..., -1] = value
    return images


def image_of(pixels):
    """Images (N, H, W, C) uint8; of a list of pixels each becomes an image of 1x1."""
    pixels = np.array(pixels, np.uint8)
    return pixels if pixels.ndim == 4 else pixels.reshape(len(pixels), 1, 1, -1)


# Task 4: a random split that gives each class its share

MANY = 200  # splits, to see whether every image has its chance


def split(function: Callable[..., Any]) -> None:
    """function(labels, share, rng) -> (first, second), two arrays of the images' numbers."""
    check(
        "split",
        function,
        [
            split_case([0, 1, 0, 1], 0.5, hint="There are two images of each class."),
            split_case([1, 0, 0, 1, 0, 0], 0.5, hint="Count the images of each class by itself."),
            split_case(
                [2, 0, 0, 2, 0, 2, 0],
                0.25,
                hint="There are four of class 0, and three of class 2: 1 and 0.75 of them.",
            ),
            split_case([9, 4, 4, 9, 4, 4, 9, 4], 0.8, hint="The classes are called 4 and 9 here."),
            split_case(
                [1000, -3, 1000, -3, -3],
                0.4,
                hint="The classes are called -3 and 1000. Which ones are there? Ask the labels.",
            ),
            split_case(
                [0, 1, 2],
                0.3,
                hint="There is one image of each class, and 0.3 is nearest to "
                "0. So the first part is empty: an array of whole numbers, shape (0,).",
            ),
            split_case(
                [0] * 29 + [1] * 100 + [12],
                0.29,
                hint="Round to the nearest whole number: for 100 images, and for a single one.",
            ),
            split_case(uneven(1), 0.3),
            split_case(uneven(2), 0.85),
            repeatable_case({"labels": uneven(3), "share": 0.4}),
            fair_case([0, 1, 0, 1, 1, 0, 1, 0], 0.5),
        ],
    )


# Makers of cases, also for the hidden tests


def split_case(labels, share, *, seed=0, hint="", title=""):
    """A case of split: every image once, and of each class the share that was asked for."""
    labels = np.array(labels)

    def judge(result):
        return wrong_kind_of_split(result) or wrong_split(result, labels, share)

    given = [
        *describe("labels", labels),
        f"share = {share}",
        f"rng = np.random.default_rng({seed})",
    ]
    return Case(
        {"labels": labels, "share": share, "rng": np.random.default_rng(seed)},
        judge=judge,
        hint=hint,
        given="\n".join(given),
        title=title or f"{len(labels)} labels, share {share}",
    )


def fair_case(labels, share, title="every image has the same chance"):
    """A case of split: over many seeds, each image comes into the first part equally often.

    share times the count of each class must be a whole number.
    """
    labels = np.array(labels)

    def call(function, labels, share, rng):
        return function(labels.copy(), share, rng)

    def judge(results):
        inside = np.zeros((MANY, len(labels)), bool)
        for row, result in zip(inside, results, strict=True):
            wrong = wrong_kind_of_split(result) or wrong_split(result, labels, share)
            if wrong:
                return wrong
            row[result[0]] = True
        for number, often in enumerate(inside.mean(axis=0)):
            if abs(often - share) > 0.25:
                return (
                    f"Over {MANY} splits with different generators, image {number} came into "
                    f"the first part {often:.0%} of the times; {share:.0%} are wanted, as for "
                    "every image."
                )
        picked = [inside[:, labels == kind] for kind in np.unique(labels)]
        for other in picked[1:]:
            if other.shape == picked[0].shape and np.array_equal(other, picked[0]):
                return (
                    "Two classes are split in the same way every time: if the first image of "
                    "one goes into the first part, so does the first image of the other."
                )
        return None

    return Case(
        {"labels": labels, "share": share},
        use=for_each_seed(range(MANY), call),
        judge=judge,
        title=title,
        hint="Which images of a class go into the first part? Who decides that?",
    )


def uneven(seed):
    """Labels of four classes of different size, in random order."""
    return np.random.default_rng(seed).permutation(np.repeat([0, 1, 3, 4], [21, 8, 13, 34]))


# Judges: each returns what is wrong, a sentence, or None


def wrong_kind_of_split(result):
    if not isinstance(result, (tuple, list)) or len(result) != 2:
        return f"Two arrays should be returned, and your function returned {kind_of(result)}."
    return wrong_index_array(result[0], "The first part") or wrong_index_array(
        result[1], "The second part"
    )


def wrong_split(result, labels, share):
    wrong = not_every_index_once(np.concatenate(result), len(labels), labels)
    if wrong:
        return wrong + shown(result)
    for kind in np.unique(labels):
        count = np.sum(labels == kind)
        found = np.sum(labels[result[0]] == kind)
        if abs(found - share * count) > 0.5 + 1e-6:
            return (
                f"A share of {share} of the {count} in class {kind} is {share * count:.4g}. So "
                f"{round(share * count)} of them should be in the first part, and it holds "
                f"{found}.{shown(result)}"
            )
    return None


def shown(parts):
    """The two parts of a split, where they are short."""
    short = sum(map(len, parts)) <= MOST_NUMBERS
    return f" Yours: {parts[0]} and {parts[1]}." if short else ""


# Task 5: images shifted and mirrored at random

IMAGES = 600  # to see whether every shift has its share


def shift_and_mirror(function: Callable[..., Any]) -> None:
    """function(images, rng, most=4) -> images of the same shape and dtype."""
    check(
        "shift_and_mirror",
        function,
        [
            moved_case((1, 3, 4, 1), 1, seed=1),
            moved_case((1, 4, 3, 1), 2, seed=2),
            moved_case((3, 5, 4, 3), 1, seed=3, hint="Do all three channels move together?"),
            moved_case(
                (4, 3, 5, 3),
                0,
                seed=4,
                hint="most=0: nothing is shifted, and half of the "
                "images are mirrored. Both ends of the range are 0, and 0 must still be drawn. "
                "Are both ends of your draw included? And which rows and columns does your "
                "slice leave?",
            ),
            moved_case((3, 5, 4, 2), 2, seed=5, dtype=np.float32),
            *(moved_case((20, 5, 7, 3), 2, seed=seed) for seed in (6, 7)),
            repeatable_case(
                {"images": pictures(8, (6, 5, 4, 3)), "most": 1},
                lambda function, images, most, rng: function(images, rng, most),
            ),
            spread_case(1, seed=9),
            spread_case(2, seed=10),
            spread_case(None, seed=11),
        ],
    )


# Makers of cases, also for the hidden tests


def moved_case(shape, most, *, seed, dtype=np.uint8, hint="", title=""):
    """A case of shift_and_mirror: each image must be a possible version of its original."""
    images = pictures(seed, shape, dtype)

    def judge(result):
        return wrong_array(result, images) or wrong_moves(result, images, most)

    return Case(
        {"images": images, "rng": np.random.default_rng(seed), "most": most},
        judge=judge,
        hint=hint,
        given="\n".join([*describe("images", images), f"most = {most}"]),
        title=title or f"images {shape}, most {most}",
    )


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

    return Case(
        {"images": images, "rng": np.random.default_rng(seed), **rest},
        judge=judge,
        hint="Every image draws its own shift down, its own shift to the right, and its "
        "own mirroring, each on its own.",
        given=f"images: shape {images.shape}, uint8\n"
        + ("most left out, so it is 4" if most is None else f"most = {most}"),
        title=title or f"the shares over many images, most {most or 'left out'}",
    )


def pictures(seed, shape, dtype=np.uint8):
    """Random images without a 0: zeros can only have come in from outside."""
    return np.random.default_rng(seed).integers(1, 256, shape).astype(dtype)


# Judges: each returns what is wrong, a sentence, or None


def wrong_array(result, images):
    if not isinstance(result, np.ndarray):
        return f"The images should be an array, and your function returned {kind_of(result)}."
    if result.shape != images.shape or result.dtype != images.dtype:
        return (
            f"The images had the shape {images.shape} and held {images.dtype}, and so should "
            f"the result; yours has the shape {result.shape} and holds {result.dtype}."
        )
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
        "what was pushed out at one side came in again at the other": moves(
            one, original, most, fill="wrap"
        )
        if most
        else None,
        "the border is filled with copies of the edge": moves(one, original, most, fill="edge"),
        "it is upside down": moves(one, original, most, axis=1),
        "its channels are in reverse order": moves(one, original[..., ::-1], most),
        f"it was shifted by more than {most}": moves(one, original, further),
        "it was made from another image": np.concatenate([
            moves(one, images[n : n + 1], most) for n in range(min(len(images), 20))
        ]),
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
                return (
                    f"{often:.0%} of the {len(found)} images were shifted by {step} {name}; "
                    f"about {wanted:.0%} should be. (Minus is up, or to the left. The shift is "
                    "counted after the mirroring. Does one depend on the other?)"
                )
    for step in () if rare else ((m, d, r) for m in (0, 1) for d in (-1, 0, 1) for r in (-1, 0, 1)):
        if not (found == step).all(axis=1).any():
            name = f"{step[1]} down, {step[2]} to the right, {'' if step[0] else 'not '}mirrored"
            return (
                f"None of the {len(found)} images was shifted by {name}, though each of the "
                "three occurs on its own."
            )
    return None

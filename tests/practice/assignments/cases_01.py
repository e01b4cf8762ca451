"""The cases of assignment 01: file formats, statistics in pieces, splits, moved images, turns.

Right results come from formulas, number by number. The value of a suspect is what a function with
that mistake returns on the case.
"""

import functools
import math

import numpy as np

from course_lib.practice.checks import assignment_01_images_and_labels as library
from course_lib.practice.checks import assignment_01_random_choices as choices
from course_lib.practice.checks.engine import Case
from course_lib.practice.checks.engine.check_case import not_raised
from course_lib.practice.checks.engine.common_mistakes import Recognised
from course_lib.practice.checks.engine.describe import MOST_NUMBERS, describe, headline
from course_lib.practice.checks.engine.randomness import for_each_seed, repeatable_case

HIDDEN_SEEDS = 500  # are added to the visible ones

# Arrays


def telling(shape):
    """One image whose value in row r, column c, channel k is 100 r + 10 c + k."""
    _, r, c, k = np.indices(shape)
    return (100 * r + 10 * c + k).astype(np.uint8)


def drawn(seed, shape, brightest=255):
    rng = np.random.default_rng(seed)
    return rng.integers(0, brightest + 1, shape).astype(np.uint8)


def patterned(shape):
    """Large images that need little room in a file; neighbours differ in every direction."""
    n, r, c, k = np.indices(shape)
    return ((31 * n + 7 * r + 3 * c + 50 * k + r * c // 64) % 251).astype(np.uint8)


def steady(seed, shape, value):
    """Random images whose last channel has one value everywhere."""
    images = drawn(seed, shape)
    images[..., -1] = value
    return images


def image_of(pixels, dtype=np.uint8):
    """Images (N, H, W, C); of a list of pixels each becomes an image of 1x1."""
    pixels = np.array(pixels, dtype)
    return pixels if pixels.ndim == 4 else pixels.reshape(len(pixels), 1, 1, -1)


def suspected(mistakes, *inputs):
    """{hint: what the function with the mistake returns}, without those that cannot be called."""
    found = {}
    for hint, function in mistakes.items():
        try:
            found[hint] = function(*inputs)
        except (ValueError, IndexError):
            continue
    return found


# Task 1: write the file

READ_OFF = (
    "In this image the value in row r, column c, channel k is 100 r + 10 c + k, so every "
    "number tells where it comes from."
)
PIXEL_MISTAKES = {
    "You get this when each image keeps the order that its numbers have now. Which axis "
    "should run slowest?": lambda images: images.reshape(len(images), -1),
    "You get this when each plane is written column by column. Which of the two runs faster in "
    "the file, the row or the column?": lambda images: images.transpose(0, 3, 2, 1).reshape(
        len(images), -1
    ),
    "You get this when the last channel is written first.": lambda images: (
        images[..., ::-1].transpose(0, 3, 1, 2).reshape(len(images), -1)
    ),
    "You get this when each image is written from its lowest row up.": lambda images: (
        images[:, ::-1].transpose(0, 3, 1, 2).reshape(len(images), -1)
    ),
}


def pixels_case(images, about="", title=""):
    n, r, c, k = np.indices(images.shape)
    N, H, W, C = images.shape
    pixels = np.empty((N, C * H * W), np.uint8)
    pixels[n, H * W * k + W * r + c] = images
    small = images.size < 10_000
    return Case(
        {"images": images},
        pixels,
        suspects=suspected(PIXEL_MISTAKES, images) if small else {},
        returns="pixels",
        about=about,
        title=title,
    )


ONE_CHANNEL = "There is one channel only."
OWN_ROW = "There are two images."
FOUR_CHANNELS = "There are four channels."
AS_HIGH = "The images are as high as they have channels."
SAME_SIZES = "The sizes are those of the case before, the numbers are others."
LARGE_IMAGE = "The image has more than 65,536 numbers."


def visible_pixels():
    return [
        *(
            pixels_case(telling(shape), READ_OFF)
            for shape in ((1, 1, 2, 3), (1, 2, 1, 3), (1, 2, 3, 3), (1, 3, 2, 3))
        ),
        pixels_case(telling((1, 2, 2, 1)), f"{ONE_CHANNEL} {READ_OFF}"),
        *further_pixels(0),
    ]


def further_pixels(seed):
    return [
        pixels_case(drawn(seed + 1, (2, 1, 2, 3)), OWN_ROW),
        pixels_case(drawn(seed + 2, (2, 2, 1, 4)), FOUR_CHANNELS),
        pixels_case(drawn(seed + 3, (2, 3, 5, 3)), AS_HIGH),
        pixels_case(drawn(seed + 4, (5, 4, 7, 3))),
        pixels_case(drawn(seed + 5, (5, 4, 7, 3)), SAME_SIZES),
        pixels_case(drawn(seed + 6, (3, 8, 5, 2)), "There are two channels."),
        pixels_case(patterned((1, 128 + seed // 100, 176, 3)), LARGE_IMAGE, "a large image"),
    ]


def hidden_pixels():
    seed = HIDDEN_SEEDS
    shapes = (1, 1, 2, 3), (1, 2, 1, 3), (1, 2, 3, 3), (1, 3, 2, 3), (1, 2, 2, 1)
    return [
        *(pixels_case(drawn(seed + 10 + n, shape)) for n, shape in enumerate(shapes)),
        *further_pixels(seed),
        pixels_case(drawn(seed + 21, (4, 6, 6, 3)), title="square images"),
        pixels_case(drawn(seed + 22, (3, 5, 9, 3)), title="wide images"),
        pixels_case(drawn(seed + 23, (6, 7, 2, 5)), title="five channels"),
        pixels_case(drawn(seed + 24, (2, 32, 32, 3)), title="the size of the lesson's images"),
    ]


# Task 2: read a camera's frames

FRAME_MISTAKES = {  # what a reader with the mistake makes of the frames
    "Blue and red are in each other's place.": lambda frames, H, W: by_columns(frames, H, W)[
        :, ::-1
    ],
    "The picture comes out upside down: where in the file is a column's lowest pixel?": lambda frames, H, W: (
        by_columns(frames, H, W)[..., ::-1]
    ),
    "The picture comes out upside down, and blue and red are in each other's place.": lambda frames, H, W: (
        by_columns(frames, H, W)
    ),
    "You get this when the file is read row by row. It is written column by column.": (
        lambda frames, H, W: frames.reshape(-1, H, W, 3)[:, ::-1, :, ::-1]
    ),
    "You get this when left and right are exchanged. Which column of the image does the file "
    "begin with?": lambda frames, H, W: by_columns(frames, H, W)[:, ::-1, ::-1, ::-1],
}


def by_columns(frames, H, W):
    return frames.reshape(-1, W, H, 3).transpose(0, 2, 1, 3)


def frames_case(images, about="", title=""):
    """Written by the formula: place 3 (H c + H - 1 - r) + 2 - k."""
    N, H, W, _ = images.shape
    n, r, c, k = np.indices(images.shape)
    frames = np.empty((N, 3 * H * W), np.uint8)
    frames[n, 3 * (H * c + H - 1 - r) + 2 - k] = images
    return Case(
        {"frames": frames, "height": H, "width": W},
        images,
        suspects=suspected(FRAME_MISTAKES, frames, H, W) if images.size < 10_000 else {},
        returns="images",
        title=title or f"images of {H}x{W}, {N} of them",
        about=about,
    )


READ_OFF_RIGHT = "In the right result the value in row r, column c, channel k is 100 r + 10 c + k."
MANY_PIXELS = "The image has more than 65,536 pixels."
SAME_LENGTH = "A row of the file is as long as in the case before; height and width are others."


def visible_frames():
    shapes = (1, 1, 1, 3), (1, 2, 1, 3), (1, 1, 3, 3), (1, 2, 3, 3), (1, 3, 2, 3)
    return [*(frames_case(telling(shape), READ_OFF_RIGHT) for shape in shapes), *further_frames(0)]


def further_frames(seed):
    return [
        frames_case(drawn(seed + 1, (2, 2, 1, 3)), OWN_ROW),
        frames_case(drawn(seed + 2, (3, 4, 6, 3))),
        frames_case(drawn(seed + 3, (3, 6, 4, 3)), SAME_LENGTH),
        frames_case(drawn(seed + 4, (3, 6, 4, 3)), SAME_SIZES),
        frames_case(drawn(seed + 5, (2, 7, 5, 3))),
        frames_case(drawn(seed + 6, (1, 20, 15, 3)), "The image has more than 256 pixels."),
        frames_case(patterned((1, 300, 220 + seed // 100, 3)), MANY_PIXELS, "a large image"),
    ]


def hidden_frames():
    seed = HIDDEN_SEEDS
    shapes = (1, 1, 1, 3), (1, 2, 1, 3), (1, 1, 3, 3), (1, 2, 3, 3), (1, 3, 2, 3)
    return [
        *(frames_case(drawn(seed + 10 + n, shape)) for n, shape in enumerate(shapes)),
        *further_frames(seed),
        frames_case(drawn(seed + 31, (4, 1, 1, 3)), title="images of one pixel"),
        frames_case(drawn(seed + 32, (2, 9, 1, 3)), title="images of one column"),
        frames_case(drawn(seed + 33, (3, 1, 8, 3)), title="images of one row"),
        frames_case(drawn(seed + 34, (1, 6, 6, 3)), title="a square image"),
        frames_case(drawn(seed + 35, (5, 4, 9, 3)), title="wide images"),
    ]


# Task 3: mean and standard deviation of what comes in batches


def right_statistics(batches):
    """(mean, std) with sums that are exact but for their last digit."""
    pixels = all_pixels(batches)
    means = [math.fsum(channel) / len(channel) for channel in pixels]
    variances = [
        math.fsum((channel - mean) ** 2) / len(channel)
        for channel, mean in zip(pixels, means, strict=True)
    ]
    return np.array(means), np.sqrt(variances)


def all_pixels(batches):
    """All values of each channel, float64, (C, pixels)."""
    return np.concatenate([b.reshape(-1, b.shape[-1]) for b in map(np.float64, batches)]).T


def not_empty(batches):
    return [batch for batch in batches if batch.size]


def combined(means, variances, weights):
    """(mean, std) of groups with these means, variances and weights."""
    mean = np.average(means, axis=0, weights=weights)
    spread = np.average(variances + (means - mean) ** 2, axis=0, weights=weights)
    return mean, np.sqrt(spread)


def of_each_batch(batches):
    pixels = [b.reshape(-1, b.shape[-1]).astype(np.float64) for b in not_empty(batches)]
    means, variances = (np.array([f(p, axis=0) for p in pixels]) for f in (np.mean, np.var))
    return means, variances, [len(p) for p in pixels]


def batches_equal(batches):
    means, variances, weights = of_each_batch(batches)
    return combined(means, variances, np.ones_like(weights))


def batches_averaged(batches):
    means, variances, _ = of_each_batch(batches)
    return means.mean(axis=0), np.sqrt(variances).mean(axis=0)


def images_equal(batches):
    means, variances, _ = of_each_batch(batches)
    return combined(means, variances, [len(batch) for batch in not_empty(batches)])


def spread_within(batches):
    means, variances, weights = of_each_batch(batches)
    average = functools.partial(np.average, axis=0, weights=weights)
    return average(means), np.sqrt(average(variances))


def last_batch_kept(batches):
    return right_statistics([np.full_like(batch, batches[-1]) for batch in batches])


def last_batch(batches):
    return right_statistics([not_empty(batches)[-1]])


def first_batch(batches):
    return right_statistics([not_empty(batches)[0]])


def n_minus_1(batches):
    mean, std = right_statistics(batches)
    count = sum(batch.size // batch.shape[-1] for batch in batches)
    with np.errstate(all="ignore"):
        return mean, std * np.sqrt(count / np.float64(count - 1))


def one_for_all(batches):
    pixels = all_pixels(batches)
    return np.full(len(pixels), pixels.mean()), np.full(len(pixels), pixels.std())


def squares_wrap(batches):
    if any(batch.dtype != np.uint8 for batch in batches):
        raise ValueError("only uint8 squares wrap")
    pixels = all_pixels(batches)
    mean = pixels.mean(axis=1)
    with np.errstate(all="ignore"):
        return mean, np.sqrt((pixels**2 % 256).mean(axis=1) - mean**2)


def not_rooted(batches):
    mean, std = right_statistics(batches)
    return mean, std**2


DIGITS_CANCEL = (
    "The mean is right, and the deviation has lost its digits. Here the mean is large, and the "
    "spread small. If you take one large number from another of nearly the same size, how many "
    "digits are left? And does the spread of some numbers change if you subtract the same number "
    "from each of them first?"
)
AS_FLOAT32 = (
    "The first digits are right, as many as a float32 number has. In which dtype do you add up, "
    "subtract and square?"
)


def deviation_first(batches):
    return right_statistics(batches)[::-1]


STATISTICS_MISTAKES = {
    "You get this when all batches count the same. Has each of them equally many pixels?": (
        batches_equal
    ),
    "You get this when the batches' means and deviations are averaged. How much does each batch "
    "count, and what of two batches that have no spread, but different means?": batches_averaged,
    "You get this when a batch counts as much as it has images. Has each image equally many "
    "pixels?": images_equal,
    "You get this when only the spread within each batch counts. What of two batches that have no "
    "spread, but different means?": spread_within,
    "You get this when only the last batch counts.": last_batch,
    "You get this when only the first batch counts.": first_batch,
    "You get this when the deviation is divided by the number of pixels minus 1. The task asks "
    "for the mean squared deviation.": n_minus_1,
    "You get this when all channels share one mean and one deviation.": one_for_all,
    "You get this when the squares are taken in uint8. How large can such a number be?": (
        squares_wrap
    ),
    "You get this when no root is taken.": not_rooted,
    "You get this when the deviation comes first. In which order are the two asked for?": (
        deviation_first
    ),
}
KEPT_ARRAY = {
    "You get this when the arrays are kept and looked at afterwards. They are all the same "
    "array, and it holds the last batch by then.": last_batch_kept,
}


def statistics_case(
    batches,
    about="",
    title="",
    use=library.use_generator,
    mistakes=None,
    questions=None,
    **options,
):
    """questions: {hint: question(mean, std, result)} that recognises a mistake."""
    batches = [np.asarray(batch) for batch in batches]
    mean, std = right_statistics(batches)
    suspects = suspected(STATISTICS_MISTAKES | (mistakes or {}), batches)
    for hint, question in (questions or {}).items():
        suspects[hint] = Recognised(functools.partial(question, mean, std))
    return Case(
        {"batches": batches},
        (mean, std),
        judge=functools.partial(library.wrong_statistics, mean, std),
        suspects=suspects,
        rtol=library.ACCURACY,
        use=use,
        parameters=("batches",),
        returns=("mean", "std"),
        about=about,
        title=title or about.rstrip("."),
        given=given_batches(batches),
        **options,
    )


def given_batches(batches):
    small = sum(batch.size for batch in batches) <= MOST_NUMBERS
    lines = [f"a generator of {len(batches)} batch{'es' * (len(batches) != 1)}"]
    for number, batch in enumerate(batches[:6]):
        name = f"batch {number}"
        lines += describe(name, batch) if small else [headline(name, batch)]
    return "\n".join([*lines, "..."] if len(batches) > 6 else lines)


def no_pixels_case(batches, about, title):
    return Case(
        {"batches": batches},
        use=library.use_generator_refused,
        judge=not_raised,
        parameters=("batches",),
        about=about,
        title=title,
        given=given_batches(batches),
    )


def many_batches_case(seed, shape, count):
    """More than may be kept. The batch is float32: a value of its own in nearly every pixel."""
    batch = np.random.default_rng(seed).random(shape, np.float32)
    mean, std = right_statistics(list(library.many(batch, count)))
    return Case(
        {"batch": batch, "count": count},
        judge=functools.partial(library.wrong_statistics, mean, std),
        returns=("mean", "std"),
        use=library.use_many,
        parameters=("batches",),
        about="There are many batches, and the memory that your function takes is measured.",
        title="many batches in little memory",
        given=f"a generator of {count} batches of shape {shape}, float32",
        again=None,  # once is enough, and slow for who works pixel by pixel
    )


def floats(seed, shape, mean=0.0, spread=1.0):
    return (mean + spread * np.random.default_rng(seed).normal(size=shape)).astype(np.float32)


def numbers_for(seed):
    """Small batches of whole numbers that can be followed by hand; other ones for each seed."""
    if not seed:
        return (10, 30), (10,), (20, 60)
    rng = np.random.default_rng(seed)
    return rng.integers(1, 100, 2), rng.integers(1, 20, 1), rng.integers(30, 100, 2)


def statistics_cases(seed):
    two, one, larger = numbers_for(seed)
    shift = seed // 100
    return [
        statistics_case([image_of(two)], "There is one batch, of two images of one pixel."),
        statistics_case(
            [image_of(one), image_of(larger)], "One batch has one image, the other has two."
        ),
        statistics_case(
            [image_of([[10, 1]]), image_of([[30 + shift, 3]])], "There are two channels."
        ),
        statistics_case([image_of([200, 250 - shift, 17])], "The pixels are bright."),
        statistics_case(
            [drawn(seed + 1, (2, 1, 1, 1)), drawn(seed + 2, (1, 2, 3, 1))],
            "Height and width change from batch to batch.",
        ),
        statistics_case(
            [
                np.zeros((0, 1, 1, 2), np.uint8),
                drawn(seed + 3, (2, 1, 1, 2)),
                np.zeros((0, 1, 1, 2), np.uint8),
                drawn(seed + 4, (3, 1, 1, 2)),
            ],
            "Two of the batches are empty.",
        ),
        statistics_case([image_of([[40 + shift, 7]])], "There is a single pixel."),
        statistics_case(
            [steady(seed + 5, (2, 2, 2, 2), 9), steady(seed + 6, (1, 2, 2, 2), 9)],
            "All values of channel 1 are 9.",
        ),
        statistics_case(
            [image_of([7] * 5 + [8]), image_of([7] * 4)], "The spread is small, but there is one."
        ),
        statistics_case(
            [floats(seed + 7, (3, 2, 4, 3)), floats(seed + 8, (2, 2, 4, 3), 0.3, 2)],
            "The numbers are float32, some of them below 0.",
            questions={AS_FLOAT32: library.about_float32},
        ),
        statistics_case(
            [floats(seed + 9, (3, 2, 4, 3)), floats(seed + 10, (2, 2, 4, 3), 0.3, 2)],
            "The sizes are those of the case before, the numbers are others.",
        ),
        statistics_case(
            [drawn(seed + 11, (3, 4, 3, 4)), floats(seed + 12, (2, 4, 3, 4), 100, 20)],
            "One batch is uint8, the other float32; there are four channels.",
        ),
        statistics_case(
            [
                floats(seed + 13, (4, 3, 3, 2), [300 + shift, 25], [0.004, 3]),
                floats(seed + 14, (5, 3, 3, 2), [300 + shift, 25], [0.004, 3]),
            ],
            "Channel 0 holds temperatures near 300, which differ by thousandths.",
            questions={DIGITS_CANCEL: library.deviation_lost_digits},
        ),
        statistics_case(
            [
                floats(seed + 15, (4, 3, 3, 2), [1, 5000 + shift], [1, 0.1]),
                floats(seed + 16, (2, 3, 3, 2), [2, 5000 + shift], [1, 0.1]),
            ],
            "The two channels differ in size and in spread.",
            questions={DIGITS_CANCEL: library.deviation_lost_digits},
        ),
        statistics_case(
            [np.full((n, 3, 5, 1), 0.1 + shift, np.float32) for n in (3, 1, 4)],
            f"All values of all batches are {0.1 + shift:g}.",
            "one float32 value everywhere",
        ),
        statistics_case(
            [np.full((n, 1, 1, 1), 0.7 + shift, np.float32) for n in range(1, 21)],
            f"All values of twenty batches are {0.7 + shift:g}.",
        ),
        statistics_case(
            [
                np.array([2e38, 3e38 - shift * 1e37], np.float32).reshape(2, 1, 1, 1),
                np.array([1e38], np.float32).reshape(1, 1, 1, 1),
            ],
            "The numbers are close to the largest float32.",
        ),
        statistics_case(
            [
                floats(seed + 17, (3, 3, 2, 2), [0, 0], [1e37, 1e-38]),
                floats(seed + 18, (1, 3, 2, 2), [0, 0], [1e37, 1e-38]),
            ],
            "The numbers are large in channel 0 and small in channel 1.",
            "very large and very small numbers",
        ),
        statistics_case(
            [drawn(seed + 19 + n, (2, 2, 1, 2)) for n in range(3)],
            "The generator puts each batch into the same array before it hands it over.",
            use=library.use_one_array,
            mistakes=KEPT_ARRAY,
        ),
        statistics_case(
            [np.zeros((0, 2, 2, 1), np.float32), floats(seed + 40, (3, 2, 2, 1), 300, 0.01)],
            "The first batch is empty, and the numbers lie close to 300.",
        ),
        no_pixels_case([], "There is no batch at all.", "no batch"),
        no_pixels_case(
            [np.zeros((0, 2, 2, 3), np.uint8)] * 2, "All batches are empty.", "only empty batches"
        ),
        statistics_case(
            [bright_pattern((n, 40, 40, 1), 200 + shift) for n in (50, 6, 1)],
            "There are 91,200 pixels, and all of them are bright.",
            again=None,  # once is enough, and slow for who works pixel by pixel
        ),
        many_batches_case(seed + 30, (2, 8, 8, 1), 200),
    ]


def steady_pattern(shape, value):
    images = patterned(shape)
    images[..., -1] = value
    return images


def bright_pattern(shape, darkest):
    """Values from `darkest` on whose squares, added up, are more than uint32 can hold."""
    return (darkest + patterned(shape) % 41).astype(np.uint8)


def hidden_statistics():
    seed = HIDDEN_SEEDS
    return [
        *statistics_cases(seed),
        statistics_case(
            [steady_pattern((9, 16, 32, 3), 173), steady_pattern((3, 16, 32, 3), 173)],
            title="one channel the same everywhere",
        ),
        statistics_case(
            [floats(seed + 40 + n, (n, 4, 5, 3), 10.0 * n, 0.5) for n in (4, 1, 7, 2)],
            title="each batch brighter than the others",
        ),
        statistics_case(
            [
                image_of([0], np.float32),
                floats(seed + 50, (20, 3, 3, 1), 4000, 0.5),
                floats(seed + 51, (9, 3, 3, 1), 4000, 0.5),
            ],
            title="the first pixel unlike all others",
        ),
        statistics_case(
            [drawn(seed + 60, (1, 1, 1, 5)) for _ in range(3)], title="five channels, one pixel"
        ),
        statistics_case(
            [floats(seed + 61, (2, 6, 7, 1), 2000, 0.03), np.zeros((0, 6, 7, 1), np.float32)],
            title="a spread that is tiny beside the mean",
        ),
    ]


# Task 4: a random split that gives each class its share


def split_case(labels, share, seed=0, about="", title=""):
    """Every image once, and of each class the share that was asked for."""
    labels = np.asarray(labels)
    lines = [
        *describe("labels", labels),
        f"share = {share}",
        f"rng = np.random.default_rng({seed})",
    ]
    return Case(
        {"labels": labels, "share": share, "rng": np.random.default_rng(seed)},
        judge=functools.partial(choices.wrong_split, labels, share),
        about=about,
        given="\n".join(lines),
        title=title or f"{len(labels)} labels, share {share}",
    )


def choices_case(labels, share, seed, draws=1500):
    """Few images of two classes: every choice is equally likely. One generator for all splits."""
    labels = np.asarray(labels)
    return Case(
        {"labels": labels, "share": share, "rng": np.random.default_rng(seed)},
        use=functools.partial(choices.many_splits, draws),
        parameters=("labels", "share", "rng"),
        judge=functools.partial(choices.wrong_splits, choices.unfair_choices, labels, share),
        about=f"{draws} splits are made, one after another, with the same generator.",
        title=f"every choice is equally likely, share {share:.3g}",
        given="\n".join([*describe("labels", labels), f"share = {share:.4g}"]),
    )


def places_case(seed, share, names, draws=1000):
    """Five classes of 16 images; each split has a generator with a seed of its own."""
    labels = np.random.default_rng(seed).permutation(np.repeat(names, 16))
    return Case(
        {"labels": labels, "share": share},
        use=for_each_seed(range(1000 * seed, 1000 * seed + draws)),
        parameters=("labels", "share", "rng"),
        judge=functools.partial(choices.wrong_splits, choices.unfair_places, labels, share),
        about=f"{draws} splits are made, each with a generator that has a seed of its own.",
        title=f"every image has the same chance, share {share}",
        given="\n".join([f"labels: {len(labels)} of them, 16 in each class", f"share = {share}"]),
    )


def uneven(seed, names=(0, 1, 3, 4)):
    """Labels of four classes of different size, in random order."""
    return np.random.default_rng(seed).permutation(np.repeat(names, [21, 8, 13, 34]))


NAMED = "The classes are called {} and {} here."
LARGE_NAMES = (
    "The classes have names so large that a float64 number cannot tell one from the other."
)


def split_cases(seed):
    shift = seed // 100
    return [
        split_case(
            np.array([1, 0, 0, 1, 0, 0]),
            0.5,
            seed + 1,
            "There are four images of class 0, and two of class 1.",
        ),
        split_case(
            [2, 0, 0, 2, 0, 2, 0],
            0.25,
            seed + 2,
            "There are four of class 0, and three of class 2: 1 and 0.75 of them.",
        ),
        split_case(
            np.array([9, 4, 4, 9, 4, 4, 9, 4]) + shift,
            0.8,
            seed + 3,
            NAMED.format(4 + shift, 9 + shift),
        ),
        split_case(
            np.array([1000, -24]) - shift,
            0.3,
            seed + 4,
            NAMED.format(-24 - shift, 1000 - shift),
        ),
        split_case([0, 1, 2], 0.3, seed + 5, "Of each class, 0 images are nearest to the share."),
        split_case([0, 1, 2], 0.7, seed + 6, "Of each class, 1 image is nearest to the share."),
        split_case([3, 4, 4, 3, 3], 0, seed + 7, "The share is 0."),
        split_case([4, 3, 4, 3, 3], 1, seed + 8, "The share is 1."),
        split_case([5, 5, 5, 5, 5, 7], 0.5, seed + 9, "Half of an odd number of images."),
        split_case(np.arange(10), 0.3, seed + 10, "There are ten classes with one image each."),
        split_case(
            np.array([200, 3, 200, 3, 3, 200, 200], np.uint8),
            0.5,
            seed + 11,
            "The labels are uint8.",
        ),
        split_case(
            10**17 + np.array([1, 1, 0, 0, 0, 0]), 0.5, seed + 12, LARGE_NAMES, "large names"
        ),
        split_case(
            10**17 + np.arange(5), 0.3, seed + 12, LARGE_NAMES, "large names, one image in each"
        ),
        split_case(
            np.repeat([0, 1, 12], [29, 100, 1]),
            0.29,
            seed + 13,
            "There are 29, 100 and 1 images: 8.41, 29 and 0.29 of them.",
        ),
        split_case(uneven(seed + 14), 0.3, seed + 14),
        split_case(uneven(seed + 15), 0.3, seed + 15, "The classes are as large as before."),
        split_case(uneven(seed + 16, (-7, 2, 5, 90)), 0.85, seed + 16),
        split_case([0, -1, 0, -1, -1, -1], 0.5, seed + 18, NAMED.format(-1, 0)),
        split_case(
            np.array([-128, 127, 127, -128, 127], np.int8), 0.5, seed + 19, "The labels are int8."
        ),
        split_case(
            np.tile(np.array([3, 4, 4], np.uint8), 100), 0.3, seed + 20, "There are 300 images."
        ),
        repeatable_case({"labels": uneven(seed + 17), "share": 0.4}),
    ]


def visible_split():
    return [
        split_case([0, 1, 0, 1], 0.5, 0, "There are two images of each class."),
        *split_cases(0),
        choices_case([0, 1, 0, 1, 1, 0, 1, 0], 0.5, 1),
        choices_case([4, 9, 9, 4, 9, 9, 4, 9, 9], 1 / 3, 2),
        places_case(1, 0.5, [0, 1, 2, 3, 4]),
    ]


def hidden_split():
    seed = HIDDEN_SEEDS
    many = np.random.default_rng(51).permutation(np.repeat([0, 1, 2], 40))
    rare = np.random.default_rng(52).permutation(np.repeat([5, 6, 11], [3, 62, 19]))
    return [
        split_case([6, 6, 2, 2], 0.5, seed),
        *split_cases(seed),
        split_case(many, 0.25, 53, title="classes of equal size"),
        split_case(rare, 0.8, 54, title="classes of different size and name"),
        choices_case([8, 3, 3, 3, 8, 8, 8, 3], 0.5, seed + 1),
        choices_case([1, 1, 0, 1, 0, 1, 0, 1, 1], 2 / 3, seed + 2),
        places_case(seed, 0.5, [11, -2, 3, 7, 0]),
    ]


# Task 5: images shifted and mirrored at random


def pictures(seed, shape, dtype=np.uint8):
    """Images without a 0; in channel 0 no two pixels of an image are equal."""
    rng = np.random.default_rng(seed)
    images = rng.integers(1, 251, shape).astype(dtype)
    N, H, W, _ = shape
    places = np.tile(np.arange(1, H * W + 1), (N, 1))
    images[..., 0] = rng.permuted(places, axis=1).reshape(N, H, W)
    return images


def repeated(seed, shape, count):
    """So many images, of which each is one of ten: they need little room in a file."""
    return np.tile(pictures(seed, (10, *shape[1:])), (-(-count // 10), 1, 1, 1))[:count]


def moved_case(images, most, seed, about="", title=""):
    """Each image must be a possible version of its original."""
    small = images.size <= MOST_NUMBERS
    lines = describe("images", images) if small else [headline("images", images)]
    return Case(
        {"images": images, "rng": np.random.default_rng(seed), "most": most},
        judge=functools.partial(choices.wrong_moved, images, most),
        use=choices.use_moved,
        parameters=("images", "rng", "most"),
        about=about,
        given="\n".join([*lines, f"most = {most}"]),
        title=title or f"images {images.shape}, {images.dtype}, most {most}",
    )


def chances_case(most, seed, count=1500):
    """Many images: how often each shift comes. most=None leaves the argument out."""
    reach = 4 if most is None else most
    images = repeated(seed, (count, reach + 2, reach + 3, 1), count)
    rest = {} if most is None else {"most": most}
    left_out = "most is left out, so it is 4" if most is None else f"most = {most}"
    return Case(
        {"images": images, "rng": np.random.default_rng(seed), **rest},
        judge=functools.partial(choices.wrong_chances, images, reach),
        use=choices.use_moved,
        parameters=("images", "rng", *rest),
        about=f"There are {count} images in one call.",
        given=f"{headline('images', images)}\n{left_out}",
        title=f"how often each shift comes, most {most or 'left out'}",
    )


def calls_case(number, most, seed, draws):
    """Many calls with one or two images: how often what comes."""
    images = pictures(seed, (number, most + 3, most + 2, 1))
    return Case(
        {"images": images, "rng": np.random.default_rng(seed), "most": most},
        judge=functools.partial(choices.wrong_pairs, images, most),
        use=functools.partial(choices.many_moved, draws),
        parameters=("images", "rng", "most"),
        about=f"{draws} calls are made, one after another, with the same generator.",
        given=f"{headline('images', images)}\nmost = {most}",
        title=f"how often what comes in many calls with {number} image{'s' * (number > 1)}",
    )


def never_again_case(seed, draws=1000):
    images = pictures(seed, (12, 3, 4, 1))
    return Case(
        {"images": images, "most": 1},
        judge=functools.partial(choices.wrong_if_repeated, images),
        use=for_each_seed(range(1000 * seed, 1000 * seed + draws), choices.call_moved),
        parameters=("images", "rng", "most"),
        about=f"{draws} calls are made, each with a generator that has a seed of its own.",
        given=f"{headline('images', images)}\nmost = 1",
        title="calls with different generators",
    )


def special(seed, shape, dtype, values):
    """Images whose channel 1 is made of these values."""
    images = pictures(seed, shape, dtype)
    images[..., 1] = np.random.default_rng(seed).choice(np.array(values, dtype), shape[:3])
    return images


def moved_cases(seed):
    return [
        moved_case(pictures(seed + 1, (1, 3, 4, 1)), 1, seed + 1, "There is one small image."),
        moved_case(pictures(seed + 2, (1, 4, 3, 1)), 2, seed + 2, "The image is higher than wide."),
        moved_case(pictures(seed + 3, (3, 5, 4, 3)), 1, seed + 3, "There are three channels."),
        moved_case(pictures(seed + 4, (8, 3, 5, 3)), 0, seed + 4, "most is 0: nothing is shifted."),
        moved_case(
            pictures(seed + 5, (3, 5, 4, 2), np.float32), 2, seed + 5, "The numbers are float32."
        ),
        moved_case(pictures(seed + 6, (20, 5, 7, 3)), 2, seed + 6, "There are twenty images."),
        moved_case(pictures(seed + 7, (20, 5, 7, 3)), 2, seed + 7, "The sizes are as before."),
        moved_case(
            special(seed + 8, (12, 4, 4, 2), np.int64, [2**53 + 1, 2**62 + 1, -(2**60) - 1]),
            1,
            seed + 8,
            "The numbers are int64, and some are larger than float64 can hold exactly.",
        ),
        moved_case(
            special(seed + 9, (12, 4, 5, 2), np.float32, [np.nan, np.inf, -np.inf, 3e38]),
            2,
            seed + 9,
            "Some numbers are infinite or NaN (not a number).",
        ),
        moved_case(
            pictures(seed + 10, (4, 140, 139, 1), np.uint16)[:1].repeat(4, axis=0),
            138,
            seed + 10,
            "The image may be shifted by up to 138 pixels.",
            "large images, far shifts",
        ),
        repeatable_case(
            {"images": pictures(seed + 11, (8, 5, 4, 3)), "most": 1}, choices.call_moved
        ),
        chances_case(0, seed + 18),
        chances_case(1, seed + 12),
        chances_case(2, seed + 13),
        chances_case(None, seed + 14),
        calls_case(1, 1, seed + 15, 600),
        calls_case(2, 1, seed + 16, 1000),
        never_again_case(seed + 17),
    ]


def hidden_moved():
    seed = HIDDEN_SEEDS
    return [
        *moved_cases(seed),
        moved_case(pictures(seed + 61, (12, 6, 6, 3)), 1, 61, title="square images"),
        moved_case(
            pictures(seed + 62, (10, 9, 5, 2), np.float32), 3, 62, title="tall float32 images"
        ),
        moved_case(pictures(seed + 63, (12, 4, 6, 1)), 0, 63, title="nothing shifted"),
        moved_case(pictures(seed + 64, (6, 2, 2, 4)), 1, 64, title="images of 2x2, four channels"),
        moved_case(pictures(seed + 65, (30, 4, 5, 1)), 3, 65, title="one column may be left"),
    ]


# Task 6: the orientation of images


def ways(images, reference, turn_back=False):
    """Yields (mirrored, turns), the images set right in this way, where the shape fits."""
    for mirrored in (False, True):
        source = images[:, :, ::-1] if mirrored else images
        for turns in range(4):
            attempt = np.rot90(source, -turns if turn_back else turns, axes=(1, 2))
            if attempt.shape == reference.shape:
                yield (mirrored, turns), attempt


def nearest(images, reference, distance, **options):
    found = {way: distance(a, reference) for way, a in ways(images, reference, **options)}
    return min(found, key=found.get)


def squared(attempt, reference):
    return np.mean((attempt.astype(float) - reference) ** 2)


def turned_first(images, reference):
    found = {}
    for mirrored in (False, True):
        for turns in range(4):
            attempt = np.rot90(images, turns, axes=(1, 2))
            attempt = attempt[:, :, ::-1] if mirrored else attempt
            if attempt.shape == reference.shape:
                found[mirrored, turns] = squared(attempt, reference)
    return min(found, key=found.get)


ORIENTATION_MISTAKES = {
    "You get this when you say how the reference becomes the image. The task asks how the image "
    "becomes the reference.": lambda images, reference: nearest(reference, images, squared),
    "You get this when the turns are clockwise. Which way does np.rot90 turn?": (
        lambda images, reference: nearest(images, reference, squared, turn_back=True)
    ),
    "You get this when the images are turned first and then mirrored.": turned_first,
    "You get this when the differences are taken in uint8. What becomes of 3 - 4, and of the "
    "square of 16, in this dtype?": lambda images, reference: nearest(
        images, reference, lambda a, b: np.mean((a - b) ** 2)
    ),
    "You get this when pixels are counted that are exactly equal. What if the reference is "
    "brighter by 1 everywhere?": lambda images, reference: nearest(
        images, reference, lambda a, b: -np.mean(a == b)
    ),
    "You get this when only the first image is looked at.": lambda images, reference: nearest(
        images[:1], reference[:1], squared
    ),
    "You get this when differences of opposite sign cancel out.": lambda images, reference: nearest(
        images, reference, lambda a, b: abs(np.mean(a.astype(float) - b))
    ),
}


def orientation_case(images, way, about="", title="", noise=0, brighter=0, broken=0, seed=0):
    """The reference is off by up to `noise` at random, and brighter everywhere.

    broken: so many of its pixels, the first ones, are 255 in all channels.
    """
    mirrored, turns = way
    upright = np.rot90(images[:, :, ::-1] if mirrored else images, turns, axes=(1, 2))
    rng = np.random.default_rng(seed)
    off = rng.integers(-noise, noise + 1, upright.shape) + brighter
    reference = (upright + off).astype(np.uint8)
    reference.reshape(-1, reference.shape[-1])[:broken] = 255
    check_that_it_is_the_nearest(images, reference, way)
    return Case(
        {"images": images, "reference": reference},
        (mirrored, turns),
        use=library.use_orientation,
        parameters=("images", "reference"),
        about=about,
        suspects=suspected(ORIENTATION_MISTAKES, images, reference),
        returns=("mirrored", "turns"),
        title=title or f"images {images.shape}, mirrored {mirrored}, turned {turns} times",
    )


def check_that_it_is_the_nearest(images, reference, way):
    """By the mean squared and by the mean absolute difference, and clearly so."""
    for power in (1, 2):
        found = {
            other: np.mean(np.abs(attempt.astype(float) - reference) ** power)
            for other, attempt in ways(images, reference)
        }
        right = found.pop(way)
        assert right <= 0.8 * min(found.values()), (way, right, found)


def clear(seed, shape, plain=0, level=1, span=200, low=20):
    """Images with values from low to low + span, all different where there are few.

    plain: so many of the images have one colour. All values are multiples of `level`.
    """
    rng = np.random.default_rng(seed)
    images = rng.permutation(span * np.arange(1, 1 + np.prod(shape)) // np.prod(shape))
    images = images.reshape(shape).astype(np.uint8) + np.uint8(low)
    images = images // level * level
    images[:plain] = images[:plain, :1, :1]
    return images


def with_mirror_images(seed):
    """Two images, of which each is the other one mirrored: their mean tells nothing of it."""
    image = clear(seed, (1, 3, 3, 2))
    return np.concatenate([image, image[:, :, ::-1]])


def in_colours(seed):
    """2x2 pixels of different colour: in grey all are the same."""
    colours = np.array([[60, 0, 0], [0, 60, 0], [0, 0, 60], [20, 20, 20]], np.uint8)
    order = np.random.default_rng(seed).permutation(4)
    return colours[order].reshape(1, 2, 2, 3)


def black_and_white(seed):
    """Differences of more than 181, whose squares are larger than int16 can hold."""
    rng = np.random.default_rng(seed)
    images = (rng.random((3, 3, 3, 1)) < 0.4) * np.uint8(230)
    images[0, :2, :2, 0] = [[230, 0], [230, 230]]
    return images


def bordered(seed):
    """Images with a black border of one pixel."""
    return np.pad(clear(seed, (2, 3, 3, 2)), ((0, 0), (1, 1), (1, 1), (0, 0)))


def one_channel_tells(seed, channel):
    """Images of which all other channels have one value everywhere."""
    images = np.full((2, 3, 3, 3), 77, np.uint8)
    images[..., channel] = clear(seed, (2, 3, 3, 1))[..., 0]
    return images


def most_of_them_plain(seed):
    """Twenty images, of which only the last three show something."""
    return clear(seed, (20, 3, 3, 1), plain=17)


OFF = "The reference is a little off everywhere."
ALL_WAYS = [(mirrored, turns) for mirrored in (False, True) for turns in (0, 2, 1, 3)]


def one_bright_pixel(seed):
    """A grey image of 12x12 pixels in which a single one tells the eight ways apart."""
    image = np.full((1, 12, 12, 1), 90, np.uint8)
    image[0, 2, 3 + seed % 2] = 120
    return image


def orientation_cases(seed):
    return [
        *(
            orientation_case(
                clear(seed + 1 + n, (1, 2, 2, 1)), way, "There is one image of 2×2 pixels."
            )
            for n, way in enumerate(ALL_WAYS)
        ),
        orientation_case(
            clear(seed + 9, (2, 2, 3, 1)), (False, 1), "Height and width have changed places."
        ),
        orientation_case(
            clear(seed + 10, (2, 3, 2, 1)), (True, 2), "Height and width are different."
        ),
        orientation_case(
            clear(seed + 11, (3, 2, 2, 3), plain=2), (True, 1), "Two of the images have one colour."
        ),
        orientation_case(
            clear(seed + 12, (4, 3, 3, 3)),
            (False, 3),
            "The reference is brighter by 3.",
            brighter=3,
        ),
        orientation_case(
            clear(seed + 13, (4, 3, 3, 3)), (True, 0), "The reference is darker by 3.", brighter=-3
        ),
        orientation_case(
            clear(seed + 14, (3, 2, 2, 3), level=16), (True, 3), "All values are multiples of 16."
        ),
        orientation_case(
            np.array([0, 0, 0, 0, 0, 200 - seed % 100], np.uint8).reshape(1, 2, 3, 1),
            (True, 1),
            "One bright pixel in a corner; height and width are different.",
        ),
        orientation_case(
            one_bright_pixel(seed),
            (True, 3),
            "One bright pixel, which is a small part of the image.",
        ),
        orientation_case(
            np.array([0, 0, 200 - seed % 100, 0, 0, 0], np.uint8).reshape(1, 2, 3, 1),
            (False, 1),
            "One bright pixel in another corner; height and width are different.",
        ),
        orientation_case(black_and_white(seed + 15), (False, 1), "The images are black and white."),
        orientation_case(
            clear(seed + 16, (2, 3, 3, 1), span=8, low=100), (True, 2), "The images are faint."
        ),
        orientation_case(
            clear(seed + 17, (3, 3, 3, 2), span=12, low=90),
            (False, 2),
            "The images are faint, and the reference is brighter by 1.",
            brighter=1,
        ),
        orientation_case(
            with_mirror_images(seed + 18), (True, 0), "The second image is the first one mirrored."
        ),
        orientation_case(in_colours(seed + 19), (True, 1), "The pixels differ in colour."),
        orientation_case(
            clear(seed + 24, (3, 2, 2, 2), plain=1), (False, 1), "The first image has one colour."
        ),
        orientation_case(
            bordered(seed + 25), (True, 1), "The images have a black border of one pixel."
        ),
        orientation_case(
            one_channel_tells(seed + 26, 0),
            (False, 3),
            "Only channel 0 differs from pixel to pixel.",
        ),
        orientation_case(
            one_channel_tells(seed + 27, 2),
            (True, 2),
            "Only channel 2 differs from pixel to pixel.",
        ),
        orientation_case(
            clear(seed + 28, (3, 4, 4, 1), span=90),
            (True, 1),
            "One pixel of the reference is quite wrong.",
            broken=1,
        ),
        orientation_case(
            most_of_them_plain(seed + 20), (True, 3), "Of twenty images 17 have one colour."
        ),
        orientation_case(clear(seed + 21, (4, 3, 4, 3)), (True, 1), OFF, noise=6, seed=seed + 21),
        orientation_case(
            clear(seed + 22, (5, 4, 4, 3)), (False, 2), OFF, noise=6, brighter=-8, seed=seed + 22
        ),
        orientation_case(
            clear(seed + 23, (5, 4, 4, 3)),
            (True, 2),
            "The sizes are those of the case before.",
            noise=6,
            seed=seed + 23,
        ),
    ]


def hidden_orientation():
    seed = HIDDEN_SEEDS
    return [
        *orientation_cases(seed),
        orientation_case(clear(seed + 71, (3, 4, 4, 3)), (False, 1), title="turned"),
        orientation_case(clear(seed + 72, (3, 4, 4, 3)), (True, 3), title="mirrored and turned"),
        orientation_case(clear(seed + 73, (2, 3, 5, 3)), (True, 1), title="images not square"),
        orientation_case(
            clear(seed + 74, (5, 4, 4, 1), plain=3, level=32),
            (True, 2),
            title="8 levels of brightness, some images in one colour",
        ),
        orientation_case(
            clear(seed + 75, (4, 5, 4, 3)),
            (False, 2),
            title="a reference that is a little brighter",
            brighter=4,
            noise=2,
        ),
        orientation_case(
            clear(seed + 76, (4, 5, 4, 3)),
            (True, 0),
            title="a reference that is a little darker",
            brighter=-4,
            noise=2,
        ),
    ]


VISIBLE = {
    "images_to_pixels": visible_pixels,
    "decode_frames": visible_frames,
    "running_statistics": lambda: statistics_cases(0),
    "split": visible_split,
    "shift_and_mirror": lambda: moved_cases(0),
    "find_orientation": lambda: orientation_cases(0),
}
HIDDEN = {
    "images_to_pixels": hidden_pixels,
    "decode_frames": hidden_frames,
    "running_statistics": hidden_statistics,
    "split": hidden_split,
    "shift_and_mirror": hidden_moved,
    "find_orientation": hidden_orientation,
}
ALLOWED = {  # the generators that are handed over
    "running_statistics": ("course_lib.practice.checks.assignment_01_images_and_labels",)
}

"""The cases of assignment 03: backward passes, and the student's own gradient check.

Each task has a plain reference, number by number, and WRONG: what well-known mistakes make of the
same inputs, so that a hint is told only to whoever made that mistake. Every visible case comes
again among the hidden ones, with other numbers.
"""

import functools
from dataclasses import replace

import numpy as np

from course_lib.practice.checks import assignment_03_backward_passes as library
from course_lib.practice.checks.engine import Again, Case
from course_lib.practice.checks.engine.common_mistakes import (
    Recognised,
    shapes,
    wrong_alone,
)
from tests.practice.assignments import changed

SINGLE = "The numbers are float32."
DRAWN = "Sizes and numbers are drawn."


def distinct(rng, shape, dtype=np.float64, whole=True):
    """Numbers no two of which are alike, and none is 0. Whole ones are easy to read."""
    if not whole:
        return rng.normal(size=shape).astype(dtype)
    size = int(np.prod(shape))
    drawn = rng.choice(np.arange(1, size + 9), size, replace=False) * rng.choice([-1, 1], size)
    return drawn.reshape(shape).astype(dtype)


def known(wrong, inputs):
    """The suspects of a case: what each of the wrong functions returns, where it does."""
    suspects = {}
    for hint, function in wrong.items():
        try:
            with np.errstate(all="ignore"):
                suspects[hint] = function(*inputs.values())
        except (ValueError, IndexError):  # this mistake does not get through here
            continue
    return suspects


def mistakes(function, table):
    """{hint: the function with this mistake}, from {hint: replacements of its source}."""
    return {hint: changed(function, hint, *pairs) for hint, pairs in table.items()}


def without_hints(make):
    """Hidden cases: nobody reads what is wrong."""
    return [replace(case, about="", suspects={}) for case in make()]


# Task 1: leaky ReLU


def leaky_relu(dy, x, slope):
    dx = np.empty_like(x)
    for index in np.ndindex(x.shape):
        dx[index] = dy[index] * (1 if x[index] > 0 else slope)
    return dx


GATE = "How much does y change when a positive x grows by 0.1? When a negative one does?"
AT_ZERO = "What does the task say about exactly 0?"
LEAKY = mistakes(
    leaky_relu,
    {
        "You get this when 0 is taken for a positive number. " + AT_ZERO: [("> 0", ">= 0")],
        "You get this when 0 gets no gradient at all. x is exactly 0 there. Which of your two "
        "branches takes it? " + AT_ZERO: [
            ("else slope", "else slope if x[index] < 0 else 0"),
        ],
        "You get this when dy decides, and not x. " + GATE: [("x[index] > 0", "dy[index] > 0")],
        "You get this when the slope belongs to the positive side. " + GATE: [
            ("x[index] > 0", "not x[index] > 0")
        ],
        "You get this when no gradient passes on the negative side, as in an ordinary ReLU. "
        + GATE: [("else slope", "else 0")],
        "You get this when the slope is 0.1, whatever is passed in. Where does your function "
        "take the slope from?": [("else slope", "else 0.1")],
        "You get this when the slope loses its sign. It may be negative.": [
            ("else slope", "else abs(slope)")
        ],
        "You get this when the larger of x and slope · x decides. For which slopes is that the "
        "sign of x?": [("x[index] > 0", "x[index] > slope * x[index]")],
        "You get this when something near 0 counts as 0. How small may a positive number be?": [
            ("x[index] > 0", "x[index] > 1e-8")
        ],
        "This is the slope of y. What is dy for?": [("dy[index] * (", "(")],
        "This is y, and dx is wanted: how the loss changes with x.": [
            ("dy[index] *", "x[index] *")
        ],
        "Here x has become a factor of its own. Does dx depend on how large x is, or only on whether "
        "it is positive?": [("dy[index] *", "x[index] * dy[index] *")],
    },
)


def leaky_case(x, slope, *, seed, dtype=np.float64, about=""):
    """x: a list of numbers, or a shape to draw."""
    rng = np.random.default_rng(seed)
    x = np.array(x, dtype) if isinstance(x, list) else distinct(rng, x, dtype)
    inputs = {"dy": 4 * distinct(rng, x.shape, dtype), "x": x, "slope": slope}
    return Case(inputs, leaky_relu(*inputs.values()), about, known(LEAKY, inputs), returns="dx")


def leaky_visible():
    shapes = "Any shape will do: number by number."
    return [
        leaky_case([2.0], 0.25, seed=1, about="One positive number."),
        leaky_case([-2.0], 0.25, seed=2, about="One negative number."),
        leaky_case([0.0], 0.5, seed=3, about="x is exactly 0 here."),
        leaky_case([-3.0, 0.0, 5.0, -0.5], 0.25, seed=4, about="All three kinds of numbers."),
        leaky_case([-3.0, 4.0, 0.0], 0.0, seed=5, about="A slope of 0 is an ordinary ReLU."),
        leaky_case([-3.0, 4.0, 0.0], 2.0, seed=6, about="A slope may be larger than 1."),
        leaky_case([-3.0, 4.0, -1.0, 0.0], -0.5, seed=7, about="A slope may be negative."),
        leaky_case([-3.0, 4.0, -1.0], 1.0, seed=8, about="A slope of 1: nothing is bent."),
        leaky_case([1e-12, -1e-12, 3.0], 0.25, seed=9, about="x holds 1e-12, -1e-12 and 3."),
        leaky_case((2, 3), 0.75, seed=10, about=shapes),
        leaky_case((2, 2, 3, 2), 0.75, seed=11, about=shapes),
        leaky_case((0, 3), 0.75, seed=12, about="There is no number in these arrays."),
        leaky_case((3, 4), 0.75, seed=13, dtype=np.float32, about=SINGLE),
        leaky_case(
            [5e-324, -5e-324, -0.0, 3.0],
            0.75,
            seed=14,
            about="x holds the smallest number above 0, and the largest below it.",
        ),
        leaky_case([3.0, 2.0], 1e17, seed=15, about="The slope is 1e17, and x is positive."),
        leaky_case([-3.0, -2.0], 1e-20, seed=16, about="The slope is 1e-20, and x is negative."),
        leaky_case((2, 1, 2, 3, 2), 0.75, seed=17, about=shapes),
        leaky_case((260, 2), 0.75, seed=18, about="There are 260 rows."),
    ]


def leaky_hidden():
    return [
        leaky_case([4.0], 0.5, seed=31),
        leaky_case([-4.0], 0.5, seed=32),
        leaky_case([0.0], 0.75, seed=33),
        leaky_case([-1.5, 2.0, -7.0, 0.5, 0.0], 0.2, seed=34),
        leaky_case([0.0, 6.0, -1.0], 0.0, seed=35),
        leaky_case([0.0, -2.0, 3.0, -5.0], 1.5, seed=36),
        leaky_case([-2.0, 0.0, -4.0, 1.0], -0.25, seed=37),
        leaky_case([2.0, -6.0, 0.5], 1.0, seed=38),
        leaky_case([2e-15, 5.0, -3e-15, 0.0], 0.5, seed=39),
        leaky_case((3, 2), 0.3, seed=40),
        leaky_case((2, 3, 4, 2), 0.01, seed=41),
        leaky_case((0, 2, 4), 0.3, seed=42),
        leaky_case((2, 3, 4), 0.3, seed=43, dtype=np.float32),
        leaky_case([0.0, 1.0, 0.0], 0.3, seed=44, dtype=np.float32),
        leaky_case((4, 2, 3), 3.5, seed=45),
        leaky_case((5,), -1.5, seed=46),
        leaky_case([-5e-324, 5e-324, 1e-310, -0.0], 0.9, seed=47),
        leaky_case([1e-45, -1e-45, -0.0, 2.0], 1.25, seed=48, dtype=np.float32),
        leaky_case([5.0, 1.0, 4.0], 3e17, seed=49),
        leaky_case([5.0, 1.0, 4.0], 3e9, seed=50, dtype=np.float32),
        leaky_case([-5.0, -1.0, -4.0], 3e-18, seed=51),
        leaky_case((1, 3, 2, 1, 2, 2), 0.3, seed=52),
        leaky_case((300, 70), 0.3, seed=53),
    ]


# Tasks 2 and 3: pooling


def pair(sizes):
    """(n, n) for n."""
    return sizes if isinstance(sizes, tuple) else (sizes, sizes)


def avgpool(dy, x, kernel_size, stride=None):
    KH, KW = pair(kernel_size)
    SH, SW = pair(kernel_size if stride is None else stride)
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        window = np.s_[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c]
        dx[window] += dy[n, i, j, c] / (KH * KW)
    return dx


SHARES = "A mean of four numbers moves by a quarter of what one of them moves by."
OVERLAP = "A pixel may lie in several windows. What does it get from all of them together?"
EACH = "Every image and every channel is pooled on its own."
COMES_OUT = "You get this when "
FIRST_CHANNEL = COMES_OUT + "the first channel's gradient goes to all channels. " + EACH
FIRST_IMAGE = COMES_OUT + "the first image's gradient goes to all images. " + EACH
POOL_LAST_WINS = COMES_OUT + "a window overwrites what another one has sent. " + OVERLAP
SWAPPED = COMES_OUT + "height and width of the kernel are exchanged. Height comes first."
STRIDE_SWAPPED = COMES_OUT + "the two strides are exchanged. Height comes first."
STEP = COMES_OUT + "every window begins one pixel after the last one. What does the stride say?"
SIDE_BY_SIDE = COMES_OUT + "a stride that is left out is 1. What does the task say?"
HEIGHT_DEFAULT = COMES_OUT + "a stride that is left out is the kernel's height for both axes."
TILED = COMES_OUT + "the windows lie side by side. What does the stride say?"
HEIGHT_STRIDE = COMES_OUT + "the height's stride serves for both axes."
HEIGHT_KERNEL = COMES_OUT + "the kernel's height serves for both axes."
POOLED_WRONGLY = {
    SWAPPED: [("KH, KW = pair", "KW, KH = pair")],
    STRIDE_SWAPPED: [("SH, SW = pair", "SW, SH = pair")],
    STEP: [("i * SH : i * SH + KH, j * SW : j * SW + KW", "i : i + KH, j : j + KW")],
    TILED: [
        ("i * SH : i * SH + KH, j * SW : j * SW + KW", "i * KH : i * KH + KH, j * KW : j * KW + KW")
    ],
    HEIGHT_STRIDE: [("j * SW : j * SW + KW", "j * SH : j * SH + KW")],
    SIDE_BY_SIDE: [("kernel_size if stride is None", "1 if stride is None")],
    HEIGHT_DEFAULT: [("kernel_size if stride is None", "pair(kernel_size)[0] if stride is None")],
    FIRST_CHANNEL: [("dy[n, i, j, c]", "dy[n, i, j, 0]")],
    FIRST_IMAGE: [("dy[n, i, j, c]", "dy[0, i, j, c]")],
}
AVERAGE = mistakes(
    avgpool,
    {
        COMES_OUT + "every pixel of a window gets the whole gradient. " + SHARES: [
            (" / (KH * KW)", "")
        ],
        POOL_LAST_WINS: [("+=", "=")],
        **POOLED_WRONGLY,
        HEIGHT_KERNEL: [("KH, KW = pair(kernel_size)", "KH, KW = (pair(kernel_size)[0],) * 2")],
        COMES_OUT + "the gradient is divided by the product of the strides. How many numbers are "
        "in the mean?": [("/ (KH * KW)", "/ (SH * SW)")],
        COMES_OUT + "the gradient is divided by the kernel's height alone. How many numbers are in "
        "the mean?": [("/ (KH * KW)", "/ KH")],
        COMES_OUT + "the gradient is divided by the number of windows. How many numbers are in the "
        "mean of one?": [("/ (KH * KW)", "/ (dy.shape[1] * dy.shape[2])")],
        COMES_OUT + "the gradient is divided by the square of the kernel's height. How many "
        "numbers are in the mean?": [("/ (KH * KW)", "/ KH**2")],
        COMES_OUT + "the gradient is divided by the number of images, too. What is averaged: the "
        "images, or the numbers of a window?": [("/ (KH * KW)", "/ (KH * KW * len(dy))")],
        COMES_OUT + "the pixels themselves take part. Does it matter to a mean how large the "
        "other numbers are?": [("+=", "+= x[window] *")],
        COMES_OUT + "the share is rounded to a whole number.": [
            ("dy[n, i, j, c] / (KH * KW)", "dy[n, i, j, c] // (KH * KW)")
        ],
    },
)


def pool_inputs(image, kernel_size, stride, seed, dtype, values=9, whole=True, factor=1):
    """dy, x and the sizes. image: a table of numbers, an array, or (N, H, W, C) to draw.

    x holds whole numbers from 0 to values - 1; those of dy are multiples of a factor.
    """
    rng = np.random.default_rng(seed)
    if isinstance(image, list):
        x = np.array(image, dtype)[np.newaxis, :, :, np.newaxis]
    elif isinstance(image, np.ndarray):
        x = image.astype(dtype)
    else:
        x = rng.integers(0, values, image).astype(dtype)
    (KH, KW), (SH, SW) = pair(kernel_size), pair(kernel_size if stride is None else stride)
    OH, OW = (x.shape[1] - KH) // SH + 1, (x.shape[2] - KW) // SW + 1
    dy = factor * distinct(rng, (len(x), OH, OW, x.shape[3]), dtype, whole)
    settings = {"kernel_size": kernel_size} | ({} if stride is None else {"stride": stride})
    return {"dy": dy, "x": x, **settings}


def avgpool_case(image, kernel_size, stride, *, seed, dtype=np.float64, about="", whole=True):
    """None leaves the stride out."""
    KH, KW = pair(kernel_size)  # so that each share is a whole number
    inputs = pool_inputs(image, kernel_size, stride, seed, dtype, whole=whole, factor=KH * KW)
    expected = avgpool(*inputs.values())
    return Case(inputs, expected, about, known(AVERAGE, inputs), returns="dx")


def pool_sizes(seed):
    """Drawn sizes: image, kernel and stride."""
    rng = np.random.default_rng(seed)
    KH, KW, SH, SW = (int(n) for n in rng.integers(1, 4, 4))
    image = (2, KH + int(rng.integers(1, 5)), KW + int(rng.integers(1, 5)), 3)
    return image, (KH, KW), (SH, SW)


def drawn(case, seeds):
    """Cases of drawn sizes, the smallest first."""
    cases = [case(*pool_sizes(n), seed=n, whole=False, about=DRAWN) for n in seeds]
    return sorted(cases, key=lambda case: case.inputs["x"].size)


def uneven_case(function, wrong, factor, *, seed, dtype=np.float64, about=""):
    """A case of pooling without overlap, in which one gradient dwarfs the others."""
    inputs = pool_inputs((1, 4, 4, 1), 2, 2, seed, dtype, values=3, factor=12)
    inputs["dy"][0, 0, 0] *= factor
    judge = functools.partial(library.number_by_number, function(*inputs.values()))
    return Case(inputs, about=about, suspects=known(wrong, inputs), judge=judge)


def alike(table):
    """Two images of two channels, (2, H, W, 2), all four like this table."""
    return np.tile(np.array(table)[np.newaxis, :, :, np.newaxis], (2, 1, 1, 2))


MANY_IMAGES = "There are 260 images."
MANY_CHANNELS = "There are 70 channels."
ALIKE = "Both images and both channels are alike, and their gradients are not."
ONE_FITS = "The stride is larger than the image."
UNEVEN_DY = "One number of dy is far larger than the others."
# More pixels than a uint16 can count, few windows, and one of them far to the right.
LONG = ((1, 1, 70000, 1), (1, 2), (1, 9999))


def avgpool_visible(first=0):
    def case(*sizes, seed, about, **options):
        return avgpool_case(*sizes, seed=first + seed, about=about, **options)

    return [
        case((1, 2, 2, 1), 2, 2, seed=1, about="One window."),
        case((1, 2, 2, 1), 2, 2, seed=17, about="The same shapes once more, and other numbers."),
        case(
            (1, 2, 3, 1),
            (2, 3),
            (1, 1),
            seed=2,
            about="This window has two rows and three columns.",
        ),
        case((1, 2, 2, 2), 2, 2, seed=9, about="Two channels."),
        case((2, 2, 2, 1), 2, 2, seed=10, about="Two images."),
        case((1, 2, 4, 1), 2, 2, seed=3, about="Two windows, side by side."),
        case((1, 1, 3, 1), (1, 2), 1, seed=4, about="Two windows that overlap."),
        case((1, 3, 3, 1), 2, 1, seed=5, about="Windows overlap in both directions."),
        case(
            (1, 4, 3, 1),
            (3, 2),
            1,
            seed=6,
            about="The kernel is (height, width), and this one is no square.",
        ),
        case(
            (1, 5, 3, 1),
            2,
            2,
            seed=8,
            about="The windows do not reach the last row and the last column.",
        ),
        case(
            (1, 2, 5, 1),
            (2, 1),
            2,
            seed=13,
            about="The stride is larger than the windows are wide: there are gaps.",
        ),
        case(
            (1, 3, 5, 1),
            (1, 2),
            (2, 3),
            seed=7,
            about="The stride is (height, width), and there are gaps in both directions.",
        ),
        case((1, 4, 7, 1), (2, 3), None, seed=11, about="No stride is passed in."),
        case(
            (1, 3, 5, 1),
            2,
            (1, 3),
            seed=14,
            about="A whole number for the kernel, a pair for the stride.",
        ),
        case(
            (2, 3, 4, 2),
            2,
            1,
            seed=15,
            about="Two images of two channels, and windows that overlap.",
        ),
        case((2, 5, 4, 2), (3, 2), (1, 2), seed=12, dtype=np.float32, about=SINGLE),
        *drawn(avgpool_case, range(100 + first, 104 + first)),
        case((1, 3, 3, 1), 2, 9, seed=18, about=ONE_FITS),
        case(alike([[1, 5, 5], [2, 5, 0]]), 2, 1, seed=19, about=ALIKE),
        uneven_case(avgpool, AVERAGE, 1e20, seed=first + 16, about=UNEVEN_DY),
        case((1, 1, 3, 70), (1, 2), 1, seed=21, about=MANY_CHANNELS),
        case((260, 1, 3, 1), (1, 2), 1, seed=22, about=MANY_IMAGES),
    ]


def avgpool_hidden():
    return [
        *avgpool_visible(first=1000),
        avgpool_case((1, 4, 6, 1), (2, 3), (2, 3), seed=41),
        avgpool_case((2, 5, 6, 2), 3, 1, seed=42, whole=False),
        avgpool_case((1, 8, 5, 2), (2, 1), (3, 2), seed=43),
        avgpool_case((1, 7, 6, 2), (3, 2), (2, 1), seed=44),
        avgpool_case((2, 7, 13, 1), (2, 4), None, seed=45),
        avgpool_case((3, 5, 5, 2), 2, (1, 3), seed=46, dtype=np.float32, whole=False),
        avgpool_case((2, 3, 4, 3), 1, 1, seed=47),
        uneven_case(avgpool, AVERAGE, 1e9, seed=48, dtype=np.float32),
        avgpool_case(*LONG, seed=49),
    ]


def split(dy, x, kernel_size, stride=None):
    KH, KW = pair(kernel_size)
    SH, SW = pair(kernel_size if stride is None else stride)
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        window = np.s_[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c]
        wins = x[window] == x[window].max()
        dx[window] += dy[n, i, j, c] * wins / wins.sum()
    return dx


WINNERS = "The winners of a window share its gradient equally; the others get nothing."
SPLIT = mistakes(
    split,
    {
        COMES_OUT + "every winner gets the whole gradient. " + WINNERS: [(" / wins.sum()", "")],
        COMES_OUT + "one winner gets everything. " + WINNERS: [
            (
                "wins = x[window] == x[window].max()",
                "wins = np.arange(KH * KW).reshape(KH, KW) == np.argmax(x[window])",
            )
        ],
        POOL_LAST_WINS: [
            (
                "dx[window] += dy[n, i, j, c] * wins / wins.sum()",
                "dx[window] = np.where(wins, dy[n, i, j, c] / wins.sum(), dx[window])",
            )
        ],
        COMES_OUT
        + "a window overwrites what another one has sent, and the losers' zeros, too. "
        + OVERLAP: [("+=", "=")],
        COMES_OUT + "the gradient is divided by the size of the window. How many have won?": [
            ("wins.sum()", "wins.size")
        ],
        COMES_OUT + "numbers that are nearly equal tie. When does the task call it a tie?": [
            ("x[window] == x[window].max()", "np.isclose(x[window], x[window].max())")
        ],
        COMES_OUT + "a maximum of 0 or less is overlooked. What is the largest number of such a "
        "window?": [
            ("x[window].max()\n", "max(x[window].max(), 0)\n"),
            ("wins.sum()", "max(wins.sum(), 1)"),
        ],
        COMES_OUT + "winners of 0 get nothing. Is 0 not a number like any other?": [
            ("x[window].max()\n", "x[window].max()\n        wins &= x[window] != 0\n"),
            ("wins.sum()", "max(wins.sum(), 1)"),
        ],
        COMES_OUT + "pixels are compared with the largest of all channels. " + EACH: [
            ("x[window].max()\n", "x[window[:3]].max()\n"),
            ("wins.sum()", "max(wins.sum(), 1)"),
        ],
        COMES_OUT + "the winners of all channels are counted together. " + EACH: [
            (
                "wins.sum()",
                "(x[window[:3]] == x[window[:3]].max(axis=(0, 1))).sum()",
            )
        ],
        COMES_OUT + "the winners of all images are counted together. " + EACH: [
            (
                "wins.sum()",
                "sum((table[window[1:]] == table[window[1:]].max()).sum() for table in x)",
            )
        ],
        COMES_OUT + "the winners' values are sent, not the gradient.": [
            ("dy[n, i, j, c] *", "x[window] *")
        ],
        COMES_OUT + "more than two winners share like two.": [("wins.sum()", "min(wins.sum(), 2)")],
        **POOLED_WRONGLY,
    },
)


def split_case(image, kernel_size, stride=None, *, seed=0, dtype=np.float64, about="", whole=True):
    """image: a table of numbers, or (N, H, W, C) to draw."""
    # With a factor of 12, halves, thirds and quarters are whole numbers.
    inputs = pool_inputs(image, kernel_size, stride, seed, dtype, 3, whole, factor=12)
    expected = split(*inputs.values())
    return Case(inputs, expected, about, known(SPLIT, inputs), returns="dx")


def split_visible():
    case = split_case
    nearly, more = 1 + 1e-12, 1 + 2e-12
    return [
        case([[3, 7], [5, 1]], 2, seed=1, about="One pixel wins this window."),
        case([[7, 3], [2, 7]], 2, seed=2, about="Two pixels win this window."),
        case([[0, 0], [0, 0]], 2, seed=3, about="All four numbers are 0."),
        case([[-3, -1], [-1, -2]], 2, seed=4, about="All four numbers are negative."),
        case(
            [[7, 7, 7], [3, 2, 7]],
            (2, 3),
            seed=5,
            about="This window has two rows and three columns.",
        ),
        case((1, 2, 2, 2), 2, seed=6, about="Two channels."),
        case((2, 2, 2, 1), 2, seed=7, about="Two images."),
        case([[4, 4, 9, 1], [1, 2, 3, 9]], 2, seed=8, about="Two windows, side by side."),
        case(
            [[1, nearly], [0, more]],
            2,
            seed=9,
            about="x holds 1, 1 + 1e-12 and 1 + 2e-12, and a 0.",
        ),
        case(
            [[1e-200, 2e-200], [2e-200, 3e-200]],
            2,
            seed=21,
            about="x holds 1e-200, 2e-200, 2e-200 and 3e-200.",
        ),
        case([[0.1, 0.7], [1e6, 1e6]], 2, seed=22, about="Small and large numbers in one window."),
        case([[4, 4, 4], [4, 4, 4], [4, 4, 4]], 3, seed=23, about="Nine pixels win this window."),
        case([[1, 8, 2]], (1, 2), 1, seed=10, about="Two windows overlap."),
        case([[1, 2, 1], [2, 8, 2], [8, 2, 1]], 2, 1, seed=11, about="Four windows overlap."),
        case([[5, 5, 5], [5, 5, 5]], 2, 1, seed=12, about="All six numbers are the same."),
        case(
            [[-9e12, -7e12, -7e12], [-8e12, -7e12, -9e12]],
            2,
            1,
            seed=13,
            about="All numbers are far below 0.",
        ),
        case(
            [[2, 1], [2, 3], [2, 3], [0, 1]],
            (3, 2),
            1,
            seed=14,
            about="The kernel is (height, width), and this one is no square.",
        ),
        case(
            [[6, 6, 9], [6, 1, 9], [9, 9, 9]],
            2,
            2,
            seed=15,
            about="The windows do not reach the last row and the last column.",
        ),
        case(
            [[1, 1, 9, 3, 3], [9, 9, 9, 9, 9], [2, 0, 9, 4, 4]],
            (1, 2),
            (2, 3),
            seed=16,
            about="The stride is (height, width), and there are gaps between the windows.",
        ),
        case((1, 4, 7, 1), (2, 3), None, seed=17, about="No stride is passed in."),
        case(
            (1, 3, 5, 1),
            2,
            (1, 3),
            seed=18,
            about="A whole number for the kernel, a pair for the stride.",
        ),
        case(
            (2, 2, 3, 2),
            2,
            1,
            seed=19,
            about="Two images of two channels, and windows that overlap.",
        ),
        case((2, 5, 4, 2), (3, 2), (1, 2), seed=20, dtype=np.float32, about=SINGLE),
        *drawn(split_case, range(100, 104)),
        case([[0] * 16] * 16, 16, seed=24, about="256 pixels win this window."),
        case([[0.0, -0.0], [-1, -2]], 2, seed=25, about="x holds 0.0 and -0.0, which are equal."),
        case(
            [[2.3e-308, 2.4e-308, -1e300, -2e300, 1e-20, 2e-20]],
            (1, 2),
            seed=26,
            about="x holds 2.3e-308 and 2.4e-308, -1e300 and -2e300, 1e-20 and 2e-20.",
        ),
        case([[5, 5, 1], [5, 2, 9], [9, 9, 9]], 2, 9, seed=27, about=ONE_FITS),
        case(alike([[1, 5, 5], [2, 5, 0]]), 2, 1, seed=28, about=ALIKE),
        uneven_case(split, SPLIT, 1e20, seed=29, about=UNEVEN_DY),
        case((1, 1, 3, 70), (1, 2), 1, seed=30, about=MANY_CHANNELS),
        case((260, 1, 3, 1), (1, 2), 1, seed=31, about=MANY_IMAGES),
    ]


def split_hidden():
    case = split_case
    single = float(np.nextafter(np.float32(1), np.float32(2)))
    return [
        case([[2, 1], [8, 6]], 2, seed=51),
        case([[1, 9], [9, 4]], 2, seed=52),
        case([[0, 0], [0, 0]], 2, seed=53),
        case([[-5, -4], [-7, -4]], 2, seed=54),
        case([[3, 8, 8], [8, 1, 8]], (2, 3), seed=55),
        case((1, 2, 2, 3), 2, seed=56),
        case((3, 2, 2, 1), 2, seed=57),
        case([[1, 6, 2, 2], [6, 0, 2, 2]], 2, seed=58),
        case([[3 + 1e-12, 3], [3 + 1e-12, 2]], 2, seed=59),
        case([[3e-150, 1e-150], [2e-150, 3e-150]], 2, seed=77),
        case([[-0.3, 0.2], [-1e7, 0.1]], 2, seed=78),
        case([[2, 2, 2], [2, 2, 2], [2, 2, 2]], 3, seed=79),
        case([[3, 9, 9]], (1, 2), 1, seed=60),
        case([[9, 2, 1], [2, 9, 2], [1, 2, 3]], 2, 1, seed=61),
        case([[-1, -1, -1], [-1, -1, -1]], 2, 1, seed=62),
        case([[-3e15, -3e15, -4e15], [-5e15, -3e15, -3e15]], 2, 1, seed=63),
        case([[1, 5, 2], [5, 0, 8], [4, 2, 7], [4, 4, 4]], (3, 2), 1, seed=64),
        case([[-2, -2, 9], [-2, -5, 9], [9, 9, 9]], 2, 2, seed=65),
        case([[8, 8, 9, 5, 6], [9, 9, 9, 9, 9], [0, 7, 9, 1, 1]], (1, 2), (2, 3), seed=66),
        case((2, 7, 5, 2), (3, 2), None, seed=67),
        case((1, 4, 6, 2), 2, (2, 3), seed=68),
        case((3, 3, 4, 2), 2, 1, seed=69),
        case((2, 5, 6, 2), 3, (1, 2), seed=70, dtype=np.float32, whole=False),
        *drawn(split_case, range(1100, 1104)),
        case([[1, 5, 2, 8], [5, 0, 8, 3], [4, 2, 7, 9]], (3, 2), seed=71),
        case([[-2, -2, -7], [-2, -5, -7], [-6, -7, -7]], 3, seed=72),
        case([[0, 0, 0, 1], [0, 4, 0, 0], [0, 4, 0, 0]], (2, 1), 1, seed=73),
        case((2, 6, 7, 3), (2, 3), (3, 2), seed=74),
        case([[1, single], [single, 0]], 2, seed=75, dtype=np.float32),
        case((2, 3, 4, 3), 1, 1, seed=76),
        case([[7] * 32] * 16, 16, seed=80),
        case([[-3, -0.0], [0.0, -0.0]], 2, seed=81),
        case([[-3, -0.0], [0.0, -0.0]], 2, seed=82, dtype=np.float32),
        case([[3e-310, 2e-310, -3e305, -2e305, 4e-20, 3e-20, -7, -7]], (1, 2), seed=83),
        case([[2e-40, 3e-40, -3e35, -2e35, 4e-20, 3e-20]], (1, 2), seed=84, dtype=np.float32),
        case([[4, 1, 1], [4, 4, 9], [9, 9, 9]], 2, 7, seed=85),
        case(alike([[6, 2, 2], [6, 6, 2], [0, 1, 2]]), 2, 1, seed=86),
        uneven_case(split, SPLIT, 1e18, seed=87),
        uneven_case(split, SPLIT, 1e9, seed=88, dtype=np.float32),
        case((1, 1, 3, 75), (1, 2), 1, seed=89),
        case((270, 1, 3, 1), (1, 2), 1, seed=90),
        case(*LONG, seed=91),
    ]


# Task 4: a separable convolution


def separable(dy, x, depthwise, pointwise, stride=1, padding=0):
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    (N, H, W, _), (KH, KW, _) = x.shape, depthwise.shape
    padded = np.zeros((N, H + 2 * PH, W + 2 * PW, x.shape[3]), x.dtype)
    padded[:, PH : PH + H, PW : PW + W] = x
    dpadded, dbias = np.zeros_like(padded), np.zeros(pointwise.shape[1], x.dtype)
    ddepthwise, dpointwise = np.zeros_like(depthwise), np.zeros_like(pointwise)
    for n, i, j, k in np.ndindex(dy.shape):
        window = np.s_[n, i * SH : i * SH + KH, j * SW : j * SW + KW]  # (KH, KW, C_in)
        sent = dy[n, i, j, k] * pointwise[:, k]  # (C_in,)
        h = np.sum(padded[window] * depthwise, axis=(0, 1))  # (C_in,)
        dbias[k] += dy[n, i, j, k]
        dpointwise[:, k] += h * dy[n, i, j, k]
        ddepthwise += padded[window] * sent
        dpadded[window] += depthwise * sent
    dx = dpadded[:, PH : PH + H, PW : PW + W]
    return dx, ddepthwise, dpointwise, dbias


PATHS = "Which numbers of y does this number act on, along which paths, and how strongly?"
DIVIDE_NOT = " dy belongs to a loss that has taken its mean already, if it takes one."
BORDERED = "This dx is larger than x. The border is not part of x: what becomes of its gradient?"
BORDER = "Of the padded image's gradient, keep the part that belongs to x."
NO_BORDER = "What does a slice such as a[0:-0] hold?"
EMPTY = "This dx has no pixels. " + NO_BORDER
SHAPES = (
    "The table in the task gives the shapes. Are the results in the order (dx, ddepthwise, "
    "dpointwise, dbias)? Did a sum take too many axes, or too few? " + BORDER
)
WINDOW = "i * SH : i * SH + KH, j * SW : j * SW + KW"
BARE = ("] = x\n", "] = x\n    bare = np.zeros_like(padded)\n    bare[:, :H, :W] = x\n")
SEPARABLE = mistakes(
    separable,
    {
        "This dx comes out when a window overwrites what another one has sent. Where windows "
        "overlap, a pixel acts on several numbers of h, each by another weight.": [
            (
                "dpadded[window] += depthwise * sent",
                "dpadded[window] = depthwise * sum("
                "dy[n, i, j, m] * pointwise[:, m] for m in range(dy.shape[3]))",
            ),
        ],
        "This dx comes out when the filter is turned by half a turn. With which weight did the "
        "top left pixel of a window go into h?": [
            ("+= depthwise * sent", "+= depthwise[::-1, ::-1] * sent")
        ],
        "This ddepthwise comes out when the filter is turned by half a turn.": [
            ("return dx, ddepthwise,", "return dx, ddepthwise[::-1, ::-1],")
        ],
        "dx and ddepthwise come out like this when the pointwise weights are not transposed. "
        "dh[..., c] collects from all outputs k: which weight stands between them?": [
            ("pointwise[:, k]  # (C_in,)", "pointwise[k]")
        ],
        "This dpointwise comes out when it is transposed. Its rows are the channels of h, its "
        "columns the outputs.": [
            ("return dx, ddepthwise, dpointwise,", "return dx, ddepthwise, dpointwise.T,")
        ],
        "This dpointwise comes out when h is what stands in the corner of each window of x. A "
        "weight collects what it saw, times the gradient that came back. What did the pointwise "
        "weights see?": [
            ("np.sum(padded[window] * depthwise, axis=(0, 1))", "padded[window][0, 0]")
        ],
        "This dpointwise comes out when h is the plain sum of each window. A weight collects what "
        "it saw. What did the pointwise weights see?": [
            ("padded[window] * depthwise, axis", "padded[window], axis")
        ],
        "dx and ddepthwise come out like this when the second step is skipped on the way back, and "
        "the gradients of all outputs are added up. Through which weights does h act on y?": [
            ("dy[n, i, j, k] * pointwise[:, k]", "dy[n, i, j, k] * np.ones_like(pointwise[:, k])")
        ],
        "This dx comes out when the gradients of all channels are added up. Each filter sees its "
        "own channel alone.": [
            ("depthwise * sent", "(depthwise * sent).sum(axis=2, keepdims=True)")
        ],
        "This ddepthwise comes out when each window overwrites what the one before has brought. "
        "Each weight acts on every number of h in its channel.": [
            (
                "ddepthwise += padded[window] * sent",
                "ddepthwise += padded[window] * sent * ((i + 1, j + 1) == dy.shape[1:3])",
            )
        ],
        "This ddepthwise comes out when it is divided by the number of images." + DIVIDE_NOT: [
            (
                "dx, ddepthwise, dpointwise, dbias\n",
                "dx, ddepthwise / x.dtype.type(N), dpointwise, dbias\n",
            )
        ],
        "This dx comes out when the border is cut off at the bottom and at the right alone.": [
            ("PH : PH + H, PW : PW + W]\n    return", ":H, :W]\n    return")
        ],
        "This dpointwise comes out when h is computed without the border. In the forward pass the "
        "windows lie on the padded image.": [
            BARE,
            ("padded[window] * depthwise", "bare[window] * depthwise"),
        ],
        "This ddepthwise comes out when x has no border. In the forward pass the windows lie on "
        "the padded image.": [BARE, ("padded[window] * sent", "bare[window] * sent")],
        "The gradients of the weights come out like this when they are divided by the number of "
        "images." + DIVIDE_NOT: [
            (
                "return dx, ddepthwise, dpointwise, dbias",
                "return dx, ddepthwise / x.dtype.type(N), dpointwise / x.dtype.type(N), dbias / x.dtype.type(N)",
            )
        ],
        "This dbias comes out when something is divided by the number of images." + DIVIDE_NOT: [
            ("dpointwise, dbias\n", "dpointwise, dbias / x.dtype.type(N)\n")
        ],
        "This dbias comes out when a mean is taken over images and places. On how many numbers of "
        "y does a bias act, and how strongly?": [
            ("dpointwise, dbias\n", "dpointwise, dy.mean(axis=(0, 1, 2))\n")
        ],
        "This ddepthwise comes out when every window of x begins one pixel after the last one. "
        "Where in x does window (i, j) begin?": [
            ("ddepthwise += padded[window]", "ddepthwise += padded[n, i : i + KH, j : j + KW]")
        ],
        "This dx comes out when every window begins one pixel after the last one. Where in x does "
        "window (i, j) begin?": [("dpadded[window] +=", "dpadded[n, i : i + KH, j : j + KW] +=")],
        "You get this when every window begins one pixel after the last one. What does the "
        "stride say?": [(WINDOW, "i : i + KH, j : j + KW")],
        "You get this when the two strides are exchanged. Height comes first.": [
            ("(SH, SW), (PH", "(SW, SH), (PH")
        ],
        "You get this when height and width of the padding are exchanged. Height comes first.": [
            ("(PH, PW) = pair", "(PW, PH) = pair")
        ],
        "The weights' gradients come out like this when x has no border. In the forward pass the "
        "windows lie on the padded image.": [
            BARE,
            ("padded[window] *", "bare[window] *"),
        ],
    },
)


def separable_case(
    image,
    kernel,
    outputs,
    stride=1,
    padding=0,
    *,
    seed,
    dtype=np.float64,
    about="",
    defaults=False,
    whole=True,
    edit=None,
):
    """image (N, H, W, C_in), kernel (KH, KW); edit(inputs) may change the arrays."""
    rng = np.random.default_rng(seed)
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    N, H, W, C_in = image
    OH, OW = (H + 2 * PH - kernel[0]) // SH + 1, (W + 2 * PW - kernel[1]) // SW + 1
    inputs = {
        "dy": distinct(rng, (N, OH, OW, outputs), dtype, whole),
        "x": distinct(rng, image, dtype, whole),
        "depthwise": distinct(rng, (*kernel, C_in), dtype, whole),
        "pointwise": distinct(rng, (C_in, outputs), dtype, whole),
        **({} if defaults else {"stride": stride, "padding": padding}),
    }
    if edit:
        edit(inputs)
    expected = separable(*inputs.values())
    suspects = known(SEPARABLE, inputs)
    if 0 in pair(padding):
        suspects[EMPTY] = Recognised(library.without_pixels)
    if padding == 0:  # else a border that was left on is more likely
        suspects[SHAPES] = Recognised(functools.partial(library.misshapen, shapes(expected)))
    else:
        suspects[BORDERED] = Recognised(functools.partial(library.with_border, image))
    returns = ("dx", "ddepthwise", "dpointwise", "dbias")
    return Case(inputs, expected, about, suspects, returns=returns)


def all_zero(name):
    """An edit: this array holds nothing but 0."""

    def edit(inputs):
        inputs[name][...] = 0

    return edit


def partly_zero(inputs):
    """A place of the filter, a channel that no output uses, and a pixel are 0."""
    inputs["depthwise"][0, 0] = 0
    inputs["pointwise"][1] = 0
    inputs["x"][0, 0, 0] = 0


def opposite(inputs):
    inputs["dy"][..., 1] = -inputs["dy"][..., 0]


def images_alike(inputs):
    inputs["x"][1:] = inputs["x"][0]


def scaled(factor):
    """An edit: dy times this."""

    def edit(inputs):
        inputs["dy"] *= inputs["dy"].dtype.type(factor)

    return edit


def few_values(inputs):
    """So that a large image can be stored in a small file."""
    inputs["x"] %= 5


def uneven_separable(factor, *, seed, dtype=np.float64, about=""):
    """A case whose numbers differ by large factors: one channel from the other, one place of dy.

    All are positive and each window is one pixel, so that no sum hides a small number.
    """
    rng = np.random.default_rng(seed)
    shapes_ = ((1, 1, 6, 2), (1, 1, 6, 2), (1, 1, 2), (2, 2))
    dy, x, depthwise, pointwise = (np.abs(distinct(rng, shape, dtype)) for shape in shapes_)
    dy[0, 0, 0] *= dtype(factor)
    x[..., 0] *= dtype(factor)
    inputs = {"dy": dy, "x": x, "depthwise": depthwise, "pointwise": pointwise}
    judge = functools.partial(library.number_by_number, separable(*inputs.values()))
    return Case(inputs, about=about, suspects=known(SEPARABLE, inputs), judge=judge)


def separable_sizes(seed):
    """Drawn arguments of separable_case."""
    rng = np.random.default_rng(seed)
    N, H, W, C_in, outputs = (int(n) for n in rng.integers(2, 4, 5))
    KH, KW, SH, SW = (int(n) for n in rng.integers(1, 4, 4))
    PH, PW = (int(n) for n in rng.integers(0, 3, 2))
    return (N, H + KH, W + KW, C_in), (KH, KW), outputs, (SH, SW), (PH, PW)


def separable_visible(first=0):
    def case(*sizes, seed, about, **options):
        return separable_case(*sizes, seed=first + seed, about=about, **options)

    drawn_cases = [
        separable_case(*separable_sizes(n), seed=n, whole=False, about=DRAWN)
        for n in range(100 + first, 104 + first)
    ]
    return [
        case(
            (1, 1, 1, 2),
            (1, 1),
            2,
            seed=1,
            about="One pixel with two channels, and two outputs: "
            "only the second step has something to do.",
        ),
        case((1, 1, 1, 2), (1, 1), 3, seed=2, about="There are more outputs than channels."),
        case((1, 2, 2, 1), (2, 2), 1, seed=3, about="One window, one channel, one output."),
        case(
            (1, 2, 2, 1), (2, 2), 1, seed=18, about="The same shapes once more, and other numbers."
        ),
        case((1, 2, 3, 1), (2, 2), 1, seed=4, about="Two windows that overlap."),
        case(
            (1, 2, 5, 1),
            (1, 3),
            1,
            seed=5,
            about="This kernel has one row and three columns, and the image is no square.",
        ),
        case((1, 2, 2, 2), (2, 2), 1, seed=6, about="Two channels, one window."),
        case((2, 2, 2, 1), (2, 1), 1, seed=7, about="Two images."),
        case((1, 2, 4, 1), (2, 2), 1, 2, seed=8, about="The stride is 2."),
        case(
            (1, 5, 5, 1),
            (2, 2),
            1,
            2,
            seed=9,
            about="The windows do not reach the last row and the last column.",
        ),
        case((1, 5, 4, 1), (2, 2), 1, (3, 1), seed=10, about="The stride is (height, width)."),
        case((1, 4, 5, 1), (3, 2), 1, (1, 2), seed=11, about="The stride is (height, width)."),
        case((1, 2, 2, 1), (2, 2), 1, 1, 1, seed=12, about="The image has a border of zeros."),
        case(
            (1, 2, 3, 1),
            (2, 2),
            1,
            1,
            (0, 1),
            seed=13,
            about="The border is at the left and the right only: padding is (height, width).",
        ),
        case(
            (1, 3, 2, 1),
            (2, 2),
            1,
            1,
            (2, 0),
            seed=14,
            about="The border is at the top and the bottom only: padding is (height, width).",
        ),
        case(
            (1, 4, 3, 1), (3, 2), 1, (2, 3), (1, 2), seed=15, about="Strides and padding together."
        ),
        case(
            (2, 4, 3, 2),
            (2, 2),
            2,
            seed=16,
            defaults=True,
            about="No stride and no padding are passed in: they are 1 and 0.",
        ),
        case((2, 5, 4, 2), (2, 3), 3, 2, 1, seed=17, dtype=np.float32, about=SINGLE),
        *sorted(drawn_cases, key=lambda case: case.inputs["x"].size),
        *(
            case(
                (1, 2, 2, 2), (2, 1), 2, seed=19, edit=all_zero(name), about=f"All of {name} is 0."
            )
            for name in ("x", "depthwise", "pointwise")
        ),
        case(
            (1, 2, 3, 2),
            (1, 2),
            2,
            seed=20,
            edit=partly_zero,
            about="A pixel, a place of the filter and a row of the pointwise weights are 0.",
        ),
        case(
            (1, 1, 2, 1),
            (1, 1),
            1,
            1,
            1,
            seed=21,
            about="The padding is as large as the kernel: some windows hold only border.",
        ),
        case(
            (1, 2, 2, 1),
            (2, 2),
            1,
            1,
            3,
            seed=22,
            about="The padding is larger than the kernel: some windows hold only border.",
        ),
        case(
            (1, 4, 4, 1),
            (5, 5),
            1,
            4,
            2,
            seed=23,
            about="The first rows and columns of the filter see only border.",
        ),
        case(
            (1, 1, 1, 1),
            (1, 8),
            1,
            1,
            (0, 5),
            seed=24,
            about="The image is one pixel, and the filter one row of eight.",
        ),
        case((1, 3, 3, 1), (2, 2), 1, 9, seed=25, about=ONE_FITS),
        case(
            (2, 2, 2, 2),
            (2, 1),
            2,
            seed=26,
            edit=images_alike,
            about="Both images are alike, and their gradients are not.",
        ),
        case((1, 2, 2, 2), (2, 1), 2, seed=27, edit=scaled(1e-20), about="dy is tiny."),
        uneven_separable(1e16, seed=first + 28, about="Some numbers of dy and x are far larger."),
        case((1, 1, 2, 70), (1, 2), 2, seed=29, about=MANY_CHANNELS),
        case((1, 1, 2, 2), (1, 2), 70, seed=30, about="There are 70 outputs."),
        case((260, 1, 1, 1), (1, 1), 1, seed=31, about=MANY_IMAGES),
        case(
            (1, 2, 2, 2), (1, 1), 2, seed=32, edit=opposite, about="The numbers of dy are opposite."
        ),
    ]


def separable_hidden():
    case = separable_case
    return [
        *separable_visible(first=1000),
        case((1, 4, 6, 1), (2, 3), 1, seed=61),
        case((3, 4, 3, 2), (3, 2), 4, seed=62, defaults=True, whole=False),
        case((1, 8, 7, 2), (3, 2), 2, 3, seed=63),
        case((2, 6, 8, 1), (2, 3), 2, (1, 4), seed=64),
        case((1, 3, 5, 2), (2, 3), 2, 1, (2, 0), seed=65),
        case((2, 4, 6, 3), (1, 4), 2, (3, 2), (1, 3), seed=66, whole=False),
        case((2, 5, 5, 2), (2, 2), 3, 2, 1, seed=67, dtype=np.float32),
        case((2, 3, 3, 3), (3, 3), 3, 1, 1, seed=68),
        case((1, 2, 2, 2), (2, 1), 2, seed=69, dtype=np.float32, edit=scaled(1e-12)),
        uneven_separable(1e9, seed=70, dtype=np.float32),
        case((2, 3, 3, 2), (1, 1), 2, 2, 2, seed=71),
        case((1, 1, 70000, 1), (1, 2), 1, (1, 9999), seed=72, edit=few_values),
        case((2, 2, 2, 70), (2, 2), 70, seed=73),
        case((2, 2, 2, 2), (2, 1), 2, seed=74, edit=all_zero("dy")),
    ]


# Task 6: a residual block


def residual(dy, x, weight1, weight2):
    dx, dweight1, dweight2 = dy.copy(), np.zeros_like(weight1), np.zeros_like(weight2)
    for n, m in np.ndindex(len(x), weight1.shape[1]):
        hidden = np.sum(x[n] * weight1[:, m])
        active = hidden if hidden > 0 else 0
        dactive = np.sum(dy[n] * weight2[m])
        dhidden = dactive if hidden > 0 else 0
        dx[n] += dhidden * weight1[:, m]
        dweight1[:, m] += x[n] * dhidden
        dweight2[m] += active * dy[n]
    return dx, dweight1, dweight2


BRANCHES = "x acts on y along two paths. What comes back along each of them?"
CLOSED = "Where a hidden number is 0 or less, the ReLU lets no gradient pass."
SEEN = (
    "dx and dweight1 are right. A weight collects what it saw, times the gradient that came "
    "back. What did weight2 see: the numbers before the ReLU, or after it?"
)
JOINED = (
    "dweight1 and dweight2 are right. What does each of the two paths bring to x, and how do "
    "the two come together?"
)
OPEN = [("dactive if hidden > 0 else 0", "dactive")]
RESIDUAL = mistakes(
    residual,
    {
        "This dx comes out along the inner path alone. " + BRANCHES: [
            ("dy.copy()", "np.zeros_like(dy)")
        ],
        "This dx comes out along the direct path alone. " + BRANCHES: [
            ("dx[n] += dhidden * weight1[:, m]", "pass")
        ],
        "This dx comes out when the direct path brings x. What comes back along it?": [
            ("dy.copy()", "x.copy()")
        ],
        "dx and dweight1 come out like this when the ReLU lets everything pass. " + CLOSED: OPEN,
        "This dx comes out when the ReLU lets everything pass. " + CLOSED: [
            ("dx[n] += dhidden", "dx[n] += dactive")
        ],
        "This dweight1 comes out when the ReLU lets everything pass. " + CLOSED: [
            ("x[n] * dhidden", "x[n] * dactive")
        ],
        "dx and dweight1 come out like this when the ReLU lets everything pass where a hidden "
        "number is exactly 0. " + CLOSED: [("dactive if hidden > 0", "dactive if hidden >= 0")],
        "dx and dweight1 come out like this when the ReLU asks the gradient that comes back. What "
        "did it ask on the way forward?": [("dactive if hidden > 0", "dactive if dactive > 0")],
        "dx and dweight1 come out like this when a hidden number near 0 counts as 0. How small may "
        "a positive number be?": [("dactive if hidden > 0", "dactive if hidden > 1e-8")],
        "This dweight2 comes out with the numbers before the ReLU. A weight collects what it saw, "
        "times the gradient that came back. What did weight2 see?": [
            ("active * dy", "hidden * dy")
        ],
        "This dweight2 comes out when weight2 sees zeros and ones. What did it see?": [
            ("active * dy", "(hidden > 0) * dy")
        ],
        "The gradients of the weights come out like this when they are divided by the number of "
        "images." + DIVIDE_NOT: [
            (
                "dweight1, dweight2\n",
                "dweight1 / x.dtype.type(len(x)), dweight2 / x.dtype.type(len(x))\n",
            )
        ],
        "dx and dweight1 come out like this when weight2 is not transposed on the way back.": [
            ("dy[n] * weight2[m]", "dy[n] * weight2[:, m]")
        ],
        "This dx comes out when weight1 is not transposed on the way back.": [
            ("dhidden * weight1[:, m]", "dhidden * weight1[m]")
        ],
        "dweight1 and dweight2 are exchanged: the order is (dx, dweight1, dweight2).": [
            ("return dx, dweight1, dweight2", "return dx, dweight2, dweight1")
        ],
    },
)


def residual_case(sizes, *, seed, arrays=None, dtype=np.float64, about="", whole=True):
    """sizes: images, features, hidden numbers; arrays: x and both weights."""
    N, D, M = sizes
    rng = np.random.default_rng(seed)
    arrays = arrays or [distinct(rng, shape, dtype, whole) for shape in ((N, D), (D, M), (M, D))]
    x, weight1, weight2 = (np.array(array, dtype) for array in arrays)
    dy = distinct(rng, x.shape, dtype, whole)
    inputs = {"dy": dy, "x": x, "weight1": weight1, "weight2": weight2}
    expected = residual(*inputs.values())
    suspects = known(RESIDUAL, inputs)
    suspects |= {SEEN: wrong_alone(2, expected), JOINED: wrong_alone(0, expected)}
    return Case(inputs, expected, about, suspects, returns=("dx", "dweight1", "dweight2"))


def seventy_doors(start=1):
    """x and both weights: the two images differ in the last of 70 hidden numbers only."""
    weight1 = np.zeros((2, 70))
    weight1[0, :69] = weight1[1, 69] = 1
    return [[1, 1], [1, -1]], weight1, np.arange(start, start + 140).reshape(70, 2)


def residual_visible():
    case = residual_case
    one, two = (1, 2, 1), [[2, 5]]
    return [
        case(
            one,
            arrays=([[1, 2]], [[3], [-1]], two),
            seed=1,
            about="One image, one hidden number, and it is positive.",
        ),
        case(
            one, arrays=([[1, 2]], [[-3], [1]], two), seed=2, about="The hidden number is negative."
        ),
        case(
            one,
            arrays=([[2, 2]], [[1], [-1]], two),
            seed=3,
            about="The hidden number is exactly 0.",
        ),
        case(
            one,
            arrays=([[1, 1]], [[1 + 2**-33], [-1]], two),
            seed=4,
            about="The hidden number is small and positive: 2 ** -33.",
        ),
        case(
            (1, 2, 3),
            arrays=([[1, 2]], [[1, -1, 1], [0, 1, -1]], [[1, 2], [3, 4], [5, 6]]),
            seed=5,
            about="Three hidden numbers: work out x @ weight1.",
        ),
        case((2, 2, 2), seed=6, about="Two images."),
        case((3, 3, 3), seed=7, about="All arrays are square here: shapes will not help you."),
        case((2, 3, 5), seed=8, about="More hidden numbers than features."),
        case((3, 4, 2), seed=9, about="Fewer hidden numbers than features."),
        case((4, 2, 3), seed=10, dtype=np.float32, about=SINGLE),
        *(case((4, 5, 7), seed=n, whole=False, about=DRAWN) for n in (100, 101)),
        case(one, arrays=([[1, 2]], [[3], [-1]], [[0, 0]]), seed=11, about="All of weight2 is 0."),
        case(one, arrays=([[1, 2]], [[0], [0]], two), seed=12, about="All of weight1 is 0."),
        case(one, arrays=([[0, 0]], [[3], [-1]], two), seed=13, about="All of x is 0."),
        case(
            one,
            arrays=([[1e-85, 1e-85]], [[3e-85], [-1e-85]], two),
            seed=14,
            about="The hidden number is positive, and tiny: 2e-170.",
        ),
        case(
            (2, 2, 3),
            arrays=([[1, 2], [1, 2]], [[3, 3, -1], [-1, -1, 2]], [[1, 2], [1, 2], [5, 6]]),
            seed=15,
            about="Both images are alike, and their gradients are not.",
        ),
        case((2, 2, 70), arrays=seventy_doors(), seed=16, about="There are 70 hidden numbers."),
        case((2, 70, 2), seed=17, about="There are 70 features."),
        case((260, 2, 2), seed=18, about=MANY_IMAGES),
    ]


def residual_hidden():
    case = residual_case
    one, two = (1, 2, 1), [[-3, 4]]
    return [
        case(one, arrays=([[3, 1]], [[2], [-5]], two), seed=71),
        case(one, arrays=([[3, 1]], [[-2], [5]], two), seed=72),
        case(one, arrays=([[3, -3]], [[2], [2]], two), seed=73),
        case(one, arrays=([[2, -2]], [[1 + 2**-34], [1]], two), seed=74),
        case(
            (1, 2, 3),
            arrays=([[2, 1]], [[-1, 1, 1], [2, -1, -2]], [[6, 1], [2, 5], [3, 4]]),
            seed=75,
        ),
        case((2, 2, 2), seed=76),
        case((4, 4, 4), seed=77),
        case((3, 2, 6), seed=78),
        case((2, 5, 3), seed=79),
        case((3, 2, 6), seed=80, dtype=np.float32),
        *(case((5, 3, 4), seed=n, whole=False) for n in (1100, 1101)),
        case((1, 3, 4), seed=81),
        case((2, 2, 2), arrays=([[1, -1], [2, 2]], [[1, 2], [-1, 2]], [[1, -1], [2, 2]]), seed=82),
        case(one, arrays=([[2, 1]], [[3], [-1]], [[0, 0]]), seed=83),
        case(one, arrays=([[2, 1]], [[0], [0]], two), seed=94),
        case(one, arrays=([[0, 0]], [[2], [5]], two), seed=85),
        case(one, arrays=([[1e-90, 1e-95]], [[5e-90], [3e-95]], two), seed=86),
        case(one, arrays=([[1e-12, 2e-12]], [[5e-12], [-2e-12]], two), seed=87, dtype=np.float32),
        case(
            (3, 2, 3),
            arrays=([[2, 1], [2, 1], [2, 1]], [[2, 2, -1], [-1, -1, 3]], [[3, 1], [3, 1], [4, 7]]),
            seed=88,
        ),
        case((2, 2, 70), arrays=seventy_doors(5), seed=89),
        case((2, 80, 3), seed=90),
        case((270, 3, 2), seed=91),
        case((3, 4, 75), seed=92),
    ]


# Task 5: does the student's own gradient check tell right from wrong?


def careful(function, backward, x):
    """A gradient check, for its mistakes."""
    x = np.array(x, np.float64)
    h = 1e-5
    limit = 1e-6
    dy = np.linspace(1, 2, np.size(function(x))).reshape(np.shape(function(x)))
    dx = backward(dy, x.copy())
    if dx.shape != x.shape or not np.isfinite(dx).all():
        return False
    slopes = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        slopes[index] = (np.sum(function(up) * dy) - np.sum(function(down) * dy)) / (2 * h)
    largest = max(np.abs(dx).max(), np.abs(slopes).max())
    return bool((np.abs(dx - slopes) <= limit * largest).all())


def kept(function, x, nudged):
    """y of a nudged array, computed in the place of x: y may be a view of x."""
    before = x.copy()
    x[...] = nudged
    y = function(x)
    x[...] = before
    return y


STEP_SIZE = (
    "A step of 1e-5 is good. What happens to the nudge, or to the straight line, with yours?"
)
RATIO = "What counts is the largest difference, divided by the largest number."
NOT_FINITE = " or not np.isfinite(dx).all()"
ALL_ONES = [
    (
        "np.linspace(1, 2, np.size(function(x))).reshape(np.shape(function(x)))",
        "np.ones(np.shape(function(x)))",
    )
]
LAST_LINE = "bool((np.abs(dx - slopes) <= limit * largest).all())"
CHECKERS = mistakes(
    careful,
    {
        "Your function says True to everything. Does it compare?": [
            (LAST_LINE, "True"),
            ("return False", "return True"),
        ],
        "Your function says True to every dx of the right shape that is finite. Does it compare "
        "the numbers?": [(LAST_LINE, "True")],
        "Your function says False to everything. How large are the differences that it finds, "
        "compared with the numbers themselves?": [(LAST_LINE, "False")],
        "Your function says True where it should say False, and the other way round.": [
            (LAST_LINE, "not " + LAST_LINE),
            ("return False", "return True"),
        ],
        "Wrong backward passes like this one look right if all numbers of dy are the same. Which "
        "numbers has yours?": ALL_ONES,
        "A function that divides by h alone says this. How far apart are the two places where you "
        "took the loss?": [("/ (2 * h)", "/ h")],
        "A function that nudges in one direction only says this. Its slope is that of a place half "
        "a step further.": [("function(down)", "function(x)"), ("/ (2 * h)", "/ h")],
        "A function with a very small step says this. " + STEP_SIZE: [("h = 1e-5", "h = 1e-15")],
        "A function with a large step says this. " + STEP_SIZE: [("h = 1e-5", "h = 1e-2")],
        "A function whose step depends on the number that is nudged says this. What is such a step "
        "where the number is 0, or nearly 0?": [
            ("+= h", "+= h * abs(x[index])"),
            ("-= h", "-= h * abs(x[index])"),
            ("(2 * h)", "(2 * h * abs(x[index]))"),
        ],
        "A function that leaves the difference undivided by the largest number says this. "
        + RATIO: [("limit * largest", "limit")],
        "A function that lets a small difference pass, whatever the numbers, says this. np.allclose "
        "does, as it comes. " + RATIO: [(LAST_LINE, "np.allclose(dx, slopes)")],
        "A function that divides number by number says this. A slope that is nearly 0 has few "
        "correct digits. " + RATIO: [("limit * largest", "limit * np.abs(slopes)")],
        "A function that compares means or sums says this: differences cancel. " + RATIO: [
            ("(np.abs(dx - slopes) <=", "(abs(np.mean(dx - slopes)) <=")
        ],
        "A function that lets one in a hundred pass says this. Rounding is far smaller.": [
            ("1e-6", "1e-2")
        ],
        "A function that allows for next to no rounding says this. What does rounding leave?": [
            ("1e-6", "1e-15")
        ],
        "Where all gradients are 0, this comes of < in place of <=, or of a division by the largest "
        "number, which is 0. What is 0 / 0, and is 0 less than 0?": [("<= limit", "< limit")],
        "A function that says True as soon as all central differences are 0 says this. What about "
        "dx?": [("    largest =", "    if not slopes.any():\n        return True\n    largest =")],
        "A function that lets a dx pass that is too small says this. Is the size of the difference "
        "compared, or its sign, too?": [("np.abs(dx - slopes)", "(dx - slopes)")],
        "A function that lets a dx pass that is too large says this. Is the size of the difference "
        "compared, or its sign, too?": [("np.abs(dx - slopes)", "(slopes - dx)")],
        "You get this when the dy that you invent begins with 0. What does a 0 in dy hide?": [
            ("np.linspace(1, 2,", "np.linspace(0, 2,")
        ],
        "You get this when the dy that you invent has a 0 in the middle. What does a 0 in dy hide?": [
            ("np.linspace(1, 2,", "np.linspace(-1, 1,")
        ],
        "You get this when the dy that you invent holds small and very large numbers. Which numbers of dx can "
        "be seen beside the largest?": [
            ("np.linspace(1, 2, np.size(function(x)))", "10.0 ** np.arange(np.size(function(x)))")
        ],
        "A function that expects y to have the shape of x says this. Which shape has dy?": [
            ("np.size(function(x))", "x.size"),
            ("np.shape(function(x))", "x.shape"),
        ],
        "A function that does not look for nan says this. Comparing with nan gives False, whatever "
        "you ask.": [
            (NOT_FINITE, ""),
            (LAST_LINE, "not (np.abs(dx - slopes) > limit * largest).any()"),
        ],
        "A function that lets an infinity be the largest number says this: every difference is "
        "small compared with it.": [
            (NOT_FINITE, ""),
            ("np.abs(dx - slopes) <=", "np.nan_to_num(np.abs(dx - slopes)) <="),
        ],
        "A function that lets a wrong shape pass says this: NumPy repeats what is missing, and "
        "subtracts without complaint.": [("dx.shape != x.shape or ", "")],
        "A function that makes the shapes fit, or only counts the numbers, says this. What should "
        "it say of a dx that has another shape than x?": [
            ("dx.shape != x.shape", "dx.size != x.size"),
            ("dx - slopes", "dx.reshape(x.shape) - slopes"),
        ],
        "A function that works in float32 says this. A small step is lost in its rounding.": [
            ("np.array(x, np.float64)", "np.array(x)")
        ],
        "A function that never looks at the sign says this. dx and -dx are not the same.": [
            ("dx - slopes", "np.abs(dx) - np.abs(slopes)")
        ],
        "A function that does not compare the last number says this. Is every number of x nudged, "
        "and every one compared?": [("(np.abs(dx - slopes)", "(np.abs(dx - slopes).ravel()[:-1]")],
        "A function that does not compare the first number says this. Is every number of x nudged, "
        "and every one compared?": [("(np.abs(dx - slopes)", "(np.abs(dx - slopes).ravel()[1:]")],
        "A function that leaves a nudged number where it is says this. While one number is nudged, "
        "where are the others?": [("up, down = x.copy(), x.copy()\n", "up, down = x, x.copy()\n")],
        "A function that nudges all numbers at once says this. Which slope belongs to which "
        "number?": [("up[index]", "up"), ("down[index]", "down")],
        "A function that keeps y itself says this. Here y is another view of the numbers of x: it "
        "changes with them. When do you read the upper loss, and when the lower one?": [
            (
                "np.sum(function(up) * dy) - np.sum(function(down) * dy)",
                "np.sum((kept(function, x, up) - kept(function, x, down)) * dy)",
            ),
        ],
        "A function that nudges in one direction only, with a smaller step, says this. Its slope is "
        "that of a place half a step further.": [
            ("h = 1e-5", "h = 1e-7"),
            ("function(down)", "function(x)"),
            ("/ (2 * h)", "/ h"),
        ],
    },
)


def verdict_case(operation, x, right, about):
    """Is the right backward pass accepted, or the wrong one rejected?"""
    backward = operation.right if right else operation.wrong
    word = "right" if right else f"wrong: {operation.fault or 'dx = ' + operation.wrong}"
    given = [f"function(x): y = {operation.y}", f"backward(dy, x) is {word}", f"x = {x.tolist()}"]
    if x.dtype != np.float64:
        given[-1] += f", {x.dtype}"
    use = functools.partial(library.judged, operation.y, backward)
    suspects = {}
    for hint, checker in CHECKERS.items():
        with np.errstate(all="ignore"):
            try:
                suspects[hint] = use(checker, x.copy())
            except ValueError:
                continue
    return Case(
        {"x": x},
        about=about,
        suspects=suspects,
        use=use,
        parameters=("function", "backward", "x"),
        judge=functools.partial(library.verdict, right),
        given="\n".join(given),
        again=Again(read_only=False),  # a check may nudge x itself, and put it back
    )


def tells_apart(operation, x):
    """A case that needs both: the right backward pass accepted, the wrong one rejected.

    Which of them comes first differs from case to case.
    """
    both = ((operation.right, True), (operation.wrong, False))
    if len(operation.wrong) % 2:
        both = both[::-1]
    passes, answers = zip(*both, strict=True)
    return Case(
        {"x": x},
        answers,
        returns=("for the first backward pass", "for the second one"),
        title=f"y = {operation.y}",
        use=functools.partial(library.judged_both, operation.y, passes),
        parameters=("function", "backward", "x"),
        again=Again(read_only=False),
    )


Operation = library.Operation
ROW = np.array([1.5, -2.0, 0.5])
TABLE = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]])
OTHER_ROW = np.array([-1.25, 2.5, 0.75, -0.5])
OTHER_TABLE = np.array([[0.5, -1.0, 2.0], [1.5, 0.75, -2.5]])

TWELVE = np.arange(1.0, 13).reshape(3, 4)

TRIPLE = Operation("3 * x", "3 * dy", "dy")
SQUARE = Operation("x**2", "2 * x * dy", "2 * x")
LAST = Operation(
    "3 * x",
    "3 * dy",
    "3 * dy * (np.arange(x.size) < x.size - 1).reshape(x.shape)",
    "dx = 3 * dy, and 0 in its last place",
)
FIRST = Operation(
    "3 * x",
    "3 * dy",
    "3 * dy * (np.arange(x.size) > 0).reshape(x.shape)",
    "dx = 3 * dy, but with 0 in the first place",
)
MIDDLE = Operation(
    "3 * x",
    "3 * dy",
    "3 * dy * (np.arange(x.size) != x.size // 2).reshape(x.shape)",
    "dx = 3 * dy, and 0 in its middle",
)
HALF = Operation("np.exp(x)", "np.exp(x) * dy", "np.exp(x) * dy / 2")
TWICE = Operation("np.exp(x)", "np.exp(x) * dy", "2 * np.exp(x) * dy")
LITTLE = Operation("np.sin(x)", "np.cos(x) * dy", "1.0012 * np.cos(x) * dy")
ROW_SUMS = Operation(
    "x.sum(axis=1)",
    "np.repeat(dy[:, np.newaxis], x.shape[1], axis=1)",
    "dy[:, np.newaxis]",
)
TRANSPOSED = Operation("x.T", "dy.T", "dy.reshape(x.shape)")
FLAT = Operation("3 * x", "3 * dy", "3 * dy.ravel()")
SIGN = Operation("np.cos(x)", "-np.sin(x) * dy", "np.sin(x) * dy")
MIXED = Operation("x * x.sum()", "dy * x.sum() + (dy * x).sum()", "dy * x.sum()")
FIRST_OF_MIXED = Operation(
    MIXED.y,
    MIXED.right,
    f"({MIXED.right}) * (np.arange(x.size) > 0)",
    "dx = dy * x.sum() + (dy * x).sum(), but with 0 in the first place",
)
OUTER = Operation("x[:, np.newaxis] * x", "(dy + dy.T) @ x", "dy @ x")
LARGE = Operation("1e8 * np.sin(x)", "1e8 * np.cos(x) * dy", "1.01e8 * np.cos(x) * dy")
SMALL = Operation("1e-12 * x**2", "2e-12 * x * dy", "2.004e-12 * x * dy")
UNEVEN = Operation("x**3", "3 * x**2 * dy", "x**2 * dy")
ZERO = Operation("np.exp(x)", "np.exp(x) * dy", "np.exp(x)")
CLOSED_RELU = Operation("np.maximum(x, 0)", "np.where(x > 0, dy, 0)", "dy")
WITH_NAN = Operation(
    "np.sin(x)",
    "np.cos(x) * dy",
    "np.where(np.arange(x.size) == 1, np.nan, np.cos(x) * dy)",
    "dx = np.cos(x) * dy, and nan in its second place",
)
WITH_INFINITY = Operation(
    "np.sin(x)",
    "np.cos(x) * dy",
    "np.where(np.arange(x.size) == 1, np.inf, np.cos(x) * dy)",
    "dx = np.cos(x) * dy, and an infinity in its second place",
)
HALVED = Operation("x**2", "2 * x * dy", "x * dy")
PAIR_SUMS = Operation(
    "x[:-1] + x[1:]",
    "np.pad(dy, (0, 1)) + np.pad(dy, (1, 0))",
    "np.append(dy[:1], dy)",
    "dx[:-1] = dy, then dx[1:] = dy where it should add",
)


FAINT = Operation("1e-200 * x**2", "2e-200 * x * dy", "1e-200 * x * dy")
VAST = Operation("1e200 * x**2", "2e200 * x * dy", "1e200 * x * dy")
MIRRORED = Operation("x**2", "2 * x * dy", "2 * x * dy.T")
UPSIDE_DOWN = Operation("x**2", "2 * x * dy", "2 * x * dy[::-1]")
REPEATED = Operation("np.broadcast_to(x, (3, *x.shape))", "dy.sum(axis=0)", "3 * dy[0]")
ONE_SUM = Operation("np.sum(x**2, keepdims=True)", "2 * x * dy", "2 * x + 0 * dy")
NEAR_ONE = Operation("x**3 - 3 * x", "(3 * x**2 - 3) * dy", "(x**2 - 3) * dy")
NEARLY_ONE = np.array([1.01, 0.99], np.float32)
FAR = Operation("np.exp(x)", "np.exp(x) * dy", "np.exp(x) * dy * 1.0012")


def slip(right, factor):
    """The text of a backward pass with one number a little off."""
    off = f"0.0012 * np.abs({right}).max() * (np.arange(x.size) == {factor}).reshape(x.shape)"
    return f"{right} + {off}"


def one_of_many(place):
    """Sums of squares, and a backward pass with one number off by a little more than a thousandth."""
    right = "2 * x * dy[:, np.newaxis]"
    fault = f"dx = {right}, and number {place} a little too large"
    return Operation("(x**2).sum(axis=1)", right, slip(right, place), fault)


def gradient_check_visible():
    accepts = functools.partial(verdict_case, right=True)
    rejects = functools.partial(verdict_case, right=False)
    plain = "y is three times x."
    return [
        accepts(TRIPLE, ROW, about=plain),
        rejects(TRIPLE, ROW, about=plain),
        accepts(SQUARE, ROW, about="A parabola."),
        rejects(SQUARE, ROW, about="This backward pass does not use dy."),
        rejects(LAST, TABLE, about="Only the last number of dx is wrong."),
        rejects(FIRST, TWELVE, about="Only the first number of dx is wrong."),
        rejects(
            FIRST,
            np.linspace(0.5, 2, 40).reshape(5, 8),
            about="Only the first of 40 numbers is wrong.",
        ),
        rejects(MIDDLE, ROW, about="Only the number in the middle of dx is wrong."),
        rejects(HALF, ROW, about="Every number of dx is too small."),
        rejects(TWICE, ROW, about="Every number of dx is too large."),
        rejects(LITTLE, ROW, about="A little more than a thousandth too much."),
        accepts(ROW_SUMS, TABLE, about="y has another shape than x."),
        accepts(OUTER, ROW, about="y has more numbers than x."),
        accepts(TRANSPOSED, TABLE, about="y shares its memory with x."),
        rejects(
            TRANSPOSED, TABLE, about="The numbers of dx are right, and some are in the wrong place."
        ),
        rejects(ROW_SUMS, TABLE, about="This dx has the shape (2, 1)."),
        rejects(FLAT, TABLE, about="This dx has the shape (6,)."),
        rejects(SIGN, ROW, about="This dx has the wrong sign."),
        accepts(
            MIXED, np.array([1.0, 2.0, 0.5]), about="Every number of x acts on every number of y."
        ),
        rejects(
            FIRST_OF_MIXED,
            np.array([1.0, 2.0, 0.5]),
            about="Every number of x acts on every "
            "number of y, and the first number of dx is wrong.",
        ),
        rejects(
            MIXED, np.array([1.0, 2.0, 0.5]), about="Every number of x acts on every number of y."
        ),
        accepts(LARGE, ROW, about="These gradients are large, and so is their rounding."),
        accepts(SMALL, ROW, about="These gradients are tiny."),
        rejects(
            SMALL, ROW, about="These gradients are tiny, and this one is two thousandths too large."
        ),
        accepts(UNEVEN, np.array([1.0, 1e-6, -2.0]), about="One of these slopes is nearly 0."),
        accepts(ZERO, np.array([0.0, 1.5, -2.0]), about="A number of x is 0."),
        accepts(SQUARE, np.array([0.001, -0.002]), about="The numbers of x are small."),
        accepts(CLOSED_RELU, np.array([-1.0, -0.5, -3.0]), about="All gradients are 0."),
        rejects(
            CLOSED_RELU,
            np.array([-1.0, -0.5, -3.0]),
            about="All gradients are 0, and this dx is not.",
        ),
        rejects(SQUARE, -np.abs(ROW), about="All gradients are negative."),
        rejects(WITH_NAN, ROW, about="A nan is in this dx."),
        rejects(WITH_INFINITY, ROW, about="An infinity is in this dx."),
        accepts(HALVED, ROW.astype(np.float32), about="x holds float32 numbers."),
        rejects(PAIR_SUMS, np.array([1.0, 2, 4, 8]), about="Neighbours are added."),
        accepts(SQUARE, np.linspace(0.5, 2.5, 400).reshape(20, 20), about="x has 400 numbers."),
        rejects(FAINT, ROW, about="These gradients are around 1e-200."),
        accepts(VAST, ROW, about="These gradients are around 1e200."),
        rejects(VAST, ROW, about="These gradients are around 1e200, and halved."),
        rejects(MIRRORED, TWELVE[:, :3], about="This backward pass transposes dy."),
        rejects(UPSIDE_DOWN, TWELVE, about="This backward pass turns dy upside down."),
        accepts(REPEATED, ROW, about="y shares its memory with x and cannot be written to."),
        accepts(ONE_SUM, ROW, about="y is one number, of shape (1,)."),
        accepts(NEAR_ONE, NEARLY_ONE, about="x holds float32 numbers near 1."),
        accepts(FAR, np.array([1e-9, 1.0]), about="x holds 1e-9 and 1."),
        rejects(
            one_of_many(1234),
            np.random.default_rng(4).uniform(0.5, 1, (20, 100)),
            about="x has 2,000 numbers, and dx is wrong in one of them.",
        ),
    ]


def gradient_check_hidden():
    many = np.random.default_rng(5).uniform(0.5, 1, (20, 100))
    square = np.array([[0.5, -1.0, 2.0], [1.5, 0.75, -2.5], [1.0, 3.0, -0.25]])
    closed = -np.abs(OTHER_TABLE)
    tanh = "1e9 * dy * (1 - np.tanh(x) ** 2)"
    nan_in_zeros = "np.where(np.arange(x.size) == 4, np.nan, 0).reshape(x.shape)"
    filters = "np.array([[1.0, -2], [0.5, 3], [2, 1]])"
    both = tells_apart
    return [
        both(TRIPLE, OTHER_ROW),
        both(SQUARE, OTHER_ROW),
        both(LAST, OTHER_TABLE),
        both(FIRST, np.linspace(-1, 2, 16).reshape(4, 4)),
        both(FIRST, np.linspace(1, 3, 45).reshape(5, 9)),
        both(MIDDLE, np.array([0.5, -1.0, 2.0, 1.5, 3.0])),
        both(FIRST_OF_MIXED, OTHER_ROW),
        both(HALF, OTHER_ROW),
        both(TWICE, OTHER_TABLE),
        both(LITTLE, OTHER_ROW),
        both(ROW_SUMS, OTHER_TABLE),
        both(OUTER, OTHER_ROW),
        both(TRANSPOSED, OTHER_TABLE),
        both(FLAT, OTHER_TABLE),
        both(SIGN, OTHER_ROW),
        both(MIXED, np.array([3.0, 0.5, 1.0, 2.0])),
        both(LARGE, OTHER_ROW),
        both(SMALL, OTHER_ROW),
        both(UNEVEN, np.array([2.0, 1e-6, -1.0])),
        both(ZERO, np.array([[1.0, 0.0], [0.0, -0.5]])),
        both(SQUARE, np.array([-0.003, 0.001, 0.002])),
        both(CLOSED_RELU, closed),
        both(SQUARE, np.array([-1.5])),
        both(SQUARE, np.array([1.25])),
        both(WITH_NAN, OTHER_ROW),
        both(WITH_INFINITY, OTHER_ROW),
        both(HALVED, OTHER_TABLE.astype(np.float32)),
        both(PAIR_SUMS, np.array([3.0, 1, 5, 2, 7])),
        both(
            Operation(f"x @ {filters}", f"dy @ {filters}.T", f"(dy @ {filters}.T)[::-1]"),
            OTHER_TABLE,
        ),
        both(Operation("x", "dy", slip("dy", 5)), OTHER_TABLE),
        both(
            Operation("x.mean(axis=0)", "np.tile(dy / len(x), (len(x), 1))", "dy / len(x)"),
            OTHER_TABLE,
        ),
        both(Operation("1e9 * np.tanh(x)", tanh, slip(tanh, 3)), OTHER_TABLE),
        both(
            Operation("1e-12 * x**3", "3e-12 * dy * x**2", slip("3e-12 * dy * x**2", 2)),
            np.array([2.0, 1e-7, -1.0]),
        ),
        both(SQUARE, np.linspace(-2, 3, 400).reshape(4, 100)),
        both(Operation("np.maximum(x, 0)", "dy * (x > 0)", nan_in_zeros), closed),
        both(Operation("x**2 / 2", "x * dy", slip("x * dy", 1)), OTHER_TABLE.astype(np.float32)),
        both(
            Operation(
                "x * x.prod()",
                "dy * x.prod() + (dy * x).sum() * x.prod() / x",
                "-dy * x.prod() - (dy * x).sum() * x.prod() / x",
            ),
            np.array([1.0, 3.0, 0.5, 2.0]),
        ),
        both(Operation("2 * x", "2 * dy", "2 * dy[np.newaxis]"), OTHER_TABLE),
        both(
            Operation(
                "x.sum(axis=(1, 2))",
                "np.broadcast_to(dy[:, np.newaxis, np.newaxis], x.shape)",
                "np.zeros(x.shape)",
            ),
            np.arange(1.0, 13).reshape(2, 2, 3, 1),
        ),
        both(FAINT, OTHER_ROW),
        both(VAST, OTHER_ROW),
        both(MIRRORED, square),
        both(REPEATED, OTHER_TABLE),
        both(ONE_SUM, OTHER_ROW),
        both(NEAR_ONE, np.array([0.99, 1.02, 1.01], np.float32)),
        both(FAR, np.array([1.5, -1e-9, 0.5])),
        both(one_of_many(1777), many),
        both(Operation("np.sin(x)", "np.cos(x) * dy", slip("np.cos(x) * dy", 77)), many[:2]),
        both(UPSIDE_DOWN, square),
        both(Operation("x**2", "2 * x * dy", "2 * x * dy[:, ::-1]"), square),
        *(
            both(Operation("x**2", "2 * x * dy", f"2 * x * np.roll(dy, {places})"), many[:3])
            for places in (60, 256)
        ),
    ]


VISIBLE = {
    "leaky_relu_backward": leaky_visible,
    "avgpool2d_backward": avgpool_visible,
    "maxpool2d_split_backward": split_visible,
    "separable_conv2d_backward": separable_visible,
    "gradient_check": gradient_check_visible,
    "residual_backward": residual_visible,
}
HIDDEN = {
    task: functools.partial(without_hints, make)
    for task, make in {
        "leaky_relu_backward": leaky_hidden,
        "avgpool2d_backward": avgpool_hidden,
        "maxpool2d_split_backward": split_hidden,
        "separable_conv2d_backward": separable_hidden,
        "gradient_check": gradient_check_hidden,
        "residual_backward": residual_hidden,
    }.items()
}

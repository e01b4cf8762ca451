"""Checks of pooling: backward passes of assignment 03, and maximum pooling both ways.

What is expected comes from `spread`, the loops of every pooling: a window passes its gradient on
to its pixels in shares, and a pixel adds up what its windows send.
"""

import functools

import numpy as np

from course_lib import loops
from course_lib.shapes import output_sizes, pair

from .machinery import Case, check
from .machinery.compare import compare
from .machinery.inputs import numbers

SHARES = "A mean of four numbers moves by a quarter of what one of them moves by."
WINNERS = "The winners of a window share its gradient equally; the others get nothing."
ONE_WINNER = "A window's gradient goes to its maximum, whole; the other pixels get nothing."
LARGEST = "Each number of y is the largest of one window, in one channel of one image."
OVERLAP = "A pixel may lie in several windows. What does it get from all of them together?"
LAST_WINS = "This comes out when a window overwrites what another one has sent. " + OVERLAP
UNDIVIDED = "This comes out when every pixel of a window gets the whole gradient. " + SHARES
ALL_WINNERS = "This comes out when every winner gets the whole gradient. " + WINNERS
FIRST_WINNER = "This comes out when one winner gets everything. " + WINNERS
SWAPPED = "This comes out when height and width of the kernel are exchanged. Height comes first."
KERNEL = "The kernel is (height, width), and this one is no square."
STEP = "Window i begins at row i times the stride of the height."
LEFT_OUT = "A window that does not fit is left out, and a pixel in no window acts on nothing."
DEFAULT = "Without a stride the windows lie side by side: the stride is the kernel's size."
EACH = "Each image and each channel is pooled for itself."
SINGLE = "float32 in, float32 out."


def avgpool2d_backward(function):
    """function(dy, x, kernel_size, stride=None) -> dx; all pixels of a window share alike."""
    case = avgpool_case
    check("avgpool2d_backward", function, [
        case((1, 2, 2, 1), 2, 2, seed=1),
        case((1, 2, 3, 1), (2, 3), (1, 1), seed=2,
             hint="How many numbers are in this mean? The kernel is (height, width)."),
        case((1, 2, 4, 1), 2, 2, seed=3, hint="There are two windows, side by side."),
        case((1, 1, 3, 1), (1, 2), 1, seed=4, hint=OVERLAP),
        case((1, 3, 3, 1), 2, 1, seed=5, hint=OVERLAP),
        case((1, 4, 3, 1), (3, 2), 1, seed=6, hint=KERNEL),
        case((1, 3, 5, 1), (1, 2), (2, 3), seed=7, hint=STEP),
        case((1, 5, 3, 1), 2, 2, seed=8, hint=LEFT_OUT),
        case((1, 2, 2, 2), 2, 2, seed=9, hint=EACH),
        case((2, 2, 3, 1), 2, 1, seed=10, hint=EACH),
        case((1, 4, 7, 1), (2, 3), None, seed=11, hint=DEFAULT),
        case((2, 5, 4, 2), (3, 2), (1, 2), seed=12, dtype=np.float32, hint=SINGLE),
        *random_cases(case, seeds=range(100, 104), whole=False),
    ])


def maxpool2d_split_backward(function):
    """function(dy, x, kernel_size, stride=None) -> dx; the winners of a window share alike."""
    case = split_case
    check("maxpool2d_split_backward", function, [
        case([[3, 7], [5, 1]], 2, hint="This window has one winner: it gets the whole gradient."),
        case([[7, 3], [2, 7]], 2, hint="Two winners: what does each of them get?"),
        case([[0, 0], [0, 0]], 2, hint="Four winners: what does each of them get?"),
        case([[-3, -1, -1], [-2, -1, -5]], (2, 3),
             hint="The largest of these six numbers is -1. The kernel is (height, width)."),
        case([[4, 4, 9, 1], [1, 2, 3, 9]], 2, hint="Each window has a maximum of its own."),
        case([[1, 8, 2]], (1, 2), 1, hint=OVERLAP),
        case([[1, 2, 1], [2, 8, 2], [8, 2, 1]], 2, 1, hint=OVERLAP),
        case([[5, 5, 5], [5, 5, 5]], 2, 1, hint=OVERLAP),
        case([[2, 1], [2, 3], [2, 3], [0, 1]], (3, 2), 1, hint=KERNEL),
        case([[6, 6, 9], [6, 1, 9], [9, 9, 9]], 2, 2, hint=LEFT_OUT),
        case([[1, 1, 9, 3, 3], [9, 9, 9, 9, 9], [2, 0, 9, 4, 4]], (1, 2), (2, 3), hint=STEP),
        case((1, 2, 2, 2), 2, 2, seed=6, hint=EACH),
        case((2, 2, 3, 1), 2, 1, seed=12, hint=EACH),
        case((1, 4, 7, 1), (2, 3), None, seed=3, hint=DEFAULT),
        case((2, 5, 4, 2), (3, 2), (1, 2), seed=4, dtype=np.float32, hint=SINGLE),
        *random_cases(case, seeds=range(100, 104), whole=False),
    ])


def maxpool2d_forward(function):
    """function(x, kernel_size, stride=None) -> y, as loops.maxpool2d_forward."""
    check("maxpool2d_forward", function, maxpool_cases(forward_case))


def maxpool2d_backward(function):
    """function(dy, x, kernel_size, stride=None) -> dx, as loops.maxpool2d_backward.

    Where several pixels of a window tie, its gradient may go to any of them, or be divided.
    """
    tie = "Two winners may get the gradient of a window, in shares that add up to all of it."
    check("maxpool2d_backward", function, [
        *maxpool_cases(distinct_case),
        tied_case([[2, 5], [5, 1]], 2, hint=tie),
        tied_case([[0, 0, 3, 1, 2, 0], [0, 0, 1, 3, 4, 4]], 2, hint=tie),
        tied_case([[-1, -1, -3], [-1, -2, -1]], (2, 3), hint=tie),
    ])


def maxpool_cases(case):
    """Windows of all kinds over images in which no number comes twice, the smallest first."""
    return [
        case((1, 2, 2, 1), 2, 2, seed=1),
        case((1, 2, 2, 1), 2, 2, seed=2, below_zero=True,
             hint="Every number of this image is negative, and one of them is the largest."),
        case((1, 2, 4, 1), 2, 2, seed=3, hint="There are two windows, side by side."),
        case((1, 2, 2, 2), 2, 2, seed=4, hint=EACH),
        case((2, 2, 2, 1), 2, 2, seed=5, hint=EACH),
        case((1, 2, 6, 1), (2, 3), 3, seed=6, hint=KERNEL),
        case((1, 1, 4, 1), (1, 3), 1, seed=7, hint=OVERLAP),
        case((1, 4, 4, 1), 3, 1, seed=8, hint=OVERLAP),
        case((1, 5, 5, 1), 3, 2, seed=10, hint=OVERLAP),
        case((1, 5, 3, 1), 2, 2, seed=10, hint=LEFT_OUT),
        case((1, 4, 7, 1), (2, 1), (1, 3), seed=11, hint=STEP),
        case((1, 4, 7, 1), (2, 3), None, seed=12, hint=DEFAULT),
        case((2, 5, 4, 2), (3, 2), (1, 2), seed=13, dtype=np.float32, hint=SINGLE),
        *random_cases(case, seeds=range(100, 104)),
    ]


# Makers of cases, also for the hidden tests


@functools.cache
def avgpool_case(image, kernel_size, stride, *, seed, dtype=np.float64, hint=SHARES,
                 whole=True):
    """A case of avgpool2d_backward. image (N, H, W, C); None leaves the stride out."""
    KH, KW = pair(kernel_size, "kernel_size")
    inputs = pool_inputs(image, kernel_size, stride, seed, dtype, whole=whole)
    inputs["dy"] *= KH * KW  # so that each share is a whole number
    sizes = inputs["x"], (KH, KW), stride

    def share(window):
        return np.full(window.shape, 1 / window.size)

    suspects = {
        UNDIVIDED: spread(inputs["dy"], *sizes, np.ones_like),
        LAST_WINS: spread(inputs["dy"], *sizes, share, adds=False),
    }
    if fits(image, (KW, KH), stride, inputs["dy"]):
        suspects[SWAPPED] = spread(inputs["dy"], inputs["x"], (KW, KH), stride, share)
    expected = spread(inputs["dy"], *sizes, share)
    return Case(inputs, expected, hint=hint, suspects=suspects, returns="dx")


def split_case(image, kernel_size, stride=None, *, seed=0, dtype=np.float64, hint=WINNERS,
               whole=True):
    """A case of maxpool2d_split_backward. image: a table of numbers, or (N, H, W, C) to draw."""
    inputs = pool_inputs(image, kernel_size, stride, seed, dtype, values=3, whole=whole)
    dy = inputs["dy"]
    dy *= 12  # so that halves, thirds and quarters are whole numbers
    sizes = inputs["x"], kernel_size, stride

    def share(window):
        return winners(window) / np.count_nonzero(winners(window))

    suspects = {
        ALL_WINNERS: spread(dy, *sizes, winners),
        FIRST_WINNER: spread(dy, *sizes, first_winner),
        LAST_WINS: spread(dy, *sizes, share, adds=False),
    }
    return Case(inputs, spread(dy, *sizes, share), hint=hint, suspects=suspects, returns="dx")


@functools.cache
def forward_case(image, kernel_size, stride, *, seed, dtype=np.float64, hint=LARGEST,
                 below_zero=False):
    """A case of maxpool2d_forward."""
    inputs = distinct_inputs(image, kernel_size, stride, seed, dtype, below_zero)
    del inputs["dy"]
    return Case(inputs, loops.maxpool2d_forward(**inputs), hint=hint, returns="y")


@functools.cache
def distinct_case(image, kernel_size, stride, *, seed, dtype=np.float64, hint=ONE_WINNER,
                  below_zero=False):
    """A case of maxpool2d_backward without ties: there is one right answer."""
    inputs = distinct_inputs(image, kernel_size, stride, seed, dtype, below_zero)
    suspects = {LAST_WINS: spread(**inputs, share=first_winner, adds=False)}
    expected = loops.maxpool2d_backward(**inputs)
    return Case(inputs, expected, hint=hint, suspects=suspects, returns="dx")


def tied_case(table, kernel_size, *, hint):
    """A case of maxpool2d_backward with ties, windows side by side: many answers are right."""
    inputs = pool_inputs(table, kernel_size, None, 0, np.float64)
    x, dy = inputs["x"], inputs["dy"]
    expected = loops.maxpool2d_backward(dy, x, kernel_size)
    won = spread(np.ones_like(dy), x, kernel_size, None, winners) > 0

    def judge(dx):
        problem = compare(dx, expected, "dx")
        if problem is None or not isinstance(dx, np.ndarray) or dx.dtype != expected.dtype:
            return problem and problem.sentence
        if dx.shape != expected.shape:
            return problem.sentence
        if not np.isfinite(dx).all():
            return f"There is a number in dx that is not finite: {dx.ravel()}."
        if dx[~won].any():
            return f"A pixel that is no maximum of its window gets a gradient: {dx.ravel()}."
        for n, i, j, c in np.ndindex(dy.shape):
            window = window_at(n, i, j, c, x, kernel_size, None)
            given, total = dy[n, i, j, c], dx[window].sum()
            if (dx[window] / given < 0).any() or not np.isclose(total, given):
                return (f"Window ({i}, {j}) has the gradient {given:g}, and its pixels get "
                        f"{dx[window].ravel()}, together {total:g}.")
        return None

    return Case(inputs, judge=judge, hint=hint)


def random_cases(case, seeds, **options):
    """Cases of drawn sizes, the smallest first."""
    cases = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        KH, KW, SH, SW = (int(n) for n in rng.integers(1, 4, 4))
        image = (2, KH + int(rng.integers(1, 5)), KW + int(rng.integers(1, 5)), 3)
        cases.append(case(image, (KH, KW), (SH, SW), seed=seed, **options))
    return sorted(cases, key=lambda case: case.inputs["x"].size)


# Numbers, and the loops of every pooling


def pool_inputs(image, kernel_size, stride, seed, dtype, values=9, whole=True):
    """dy, x and the sizes. x holds whole numbers from 0 to values - 1, or a given table."""
    rng = np.random.default_rng(seed)
    if isinstance(image, list):
        x = np.array(image, dtype)[np.newaxis, :, :, np.newaxis]
    else:
        x = rng.integers(0, values, image).astype(dtype)
    settings = {"kernel_size": kernel_size} | ({} if stride is None else {"stride": stride})
    OH, OW = output_sizes(x, pair(kernel_size, "kernel_size"),
                          pair(kernel_size if stride is None else stride, "stride"))
    dy = numbers(rng, (len(x), OH, OW, x.shape[3]), dtype, whole)
    return {"dy": dy, "x": x, **settings}


def distinct_inputs(image, kernel_size, stride, seed, dtype, below_zero):
    """The same, and no number comes twice in x; some of them, or all, are negative."""
    inputs = pool_inputs(image, kernel_size, stride, seed, dtype)
    drawn = np.random.default_rng(seed).permutation(int(np.prod(image)))
    inputs["x"][:] = drawn.reshape(image) - (drawn.size if below_zero else drawn.size // 2)
    return inputs


def spread(dy, x, kernel_size, stride=None, share=np.ones_like, adds=True):
    """dx of a pooling in which each pixel of a window gets share(window) of its gradient.

    Not `adds`: the mistake in which the last window that sends something overwrites.
    """
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        window = window_at(n, i, j, c, x, kernel_size, stride)
        sent = share(x[window]) * dy[n, i, j, c]
        dx[window] = dx[window] + sent if adds else np.where(sent != 0, sent, dx[window])
    return dx


def window_at(n, i, j, c, x, kernel_size, stride):
    KH, KW = pair(kernel_size, "kernel_size")
    SH, SW = pair(kernel_size if stride is None else stride, "stride")
    return n, slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW), c


def winners(window):
    return window == window.max()


def first_winner(window):
    return np.arange(window.size).reshape(window.shape) == np.argmax(window)


def fits(image, kernel_size, stride, dy):
    """Whether this kernel gives an output of the size of dy, too."""
    stride = pair(kernel_size if stride is None else stride, "stride")
    try:
        return output_sizes(np.empty(image), kernel_size, stride) == dy.shape[1:3]
    except ValueError:
        return False

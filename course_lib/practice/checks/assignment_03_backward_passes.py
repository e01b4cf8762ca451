"""Checks for assignment 03: backward passes, and a gradient check that tells right from wrong.

In this order: leaky ReLU, convolution and a residual block; pooling, including max-pooling as in
the lesson; the student's own gradient check.
"""

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_lib.nn import loops
from course_lib.nn.shapes import output_sizes, pair

from .engine import Case, CheckFailed, check
from .engine.common_mistakes import Recognised, of_other_shape, shapes, wrong_alone
from .engine.compare import compare
from .engine.describe import kind_of
from .engine.example_inputs import (
    drawn_convolution,
    numbers,
    random_cases,
    with_batch_innermost,
)

# Tasks 1, 4 and 6: leaky ReLU, convolution, a residual block

GATE = "How much does y change when a positive x grows by 0.1? When a negative one does?"
AT_ZERO = "What does the task say about exactly 0?"
NEITHER = "x is exactly 0 here. Which of your two branches takes it? " + AT_ZERO
SINGLE = "float32 in, float32 out."

PATHS = (
    "Follow the paths. Which numbers of y does this pixel, this weight or this bias act on, "
    "and how strongly on each?"
)
OVERLAP = "Where windows overlap, a pixel acts on several numbers of y, each by another weight."
IMAGES = "Each image has its own dx. The weights and biases act on both images."
FILTERS = "Each filter has its own weights and its own bias, and a pixel acts on all filters."
CHANNELS = "A filter has a weight for each channel of a pixel, and one bias."
STEP = "Where in x does window (i, j) begin, if the stride is not 1?"
STEP_PAIR = "Which of the two strides belongs to the rows?"
BORDER = "Work on the padded image; of its gradient, keep the part that belongs to x."
NO_BORDER = "What does a slice such as a[0:-0] hold?"
PAD_PAIR = "Padding is (height, width): which of the two belongs to the rows? " + NO_BORDER
EMPTY = "This dx has no pixels. " + NO_BORDER
SHAPES = (
    "The table in the task gives the shapes. Are the results in the order (dx, dweight, "
    "dbias)? Did a sum take too many axes, or too few?"
)
DEFAULTS = "Without them, stride is 1 and padding is 0."
ORDER = "x has the usual shape, and its numbers lie in another order in memory."
LAST_WINS = "This dx comes out when a window overwrites what another one has sent."
UNTURNED = (
    "This dx comes out when the filter is turned by half a turn. With which weight did the "
    "top left pixel of a window go into y?"
)
MEAN_DBIAS = "This dbias comes out when something is divided by the number of images or places."
MEAN_DWEIGHT = "This dweight comes out when it is divided by the number of images."
DIVIDE_NOT = " dy belongs to a loss that has taken its mean already, if it takes one."
NEIGHBOURS = "This dweight comes out when the windows of x lie side by side with a stride of 1."

BRANCHES = "x acts on y along two paths. What comes back along each of them?"
INNER = "The inner path: linear, ReLU, linear. Go back through them one after the other."
CLOSED = "Where a hidden number is 0 or less, the ReLU lets no gradient pass."
NO_SKIP = "This dx comes out along the inner path alone. " + BRANCHES
ONLY_SKIP = "This dx comes out along the direct path alone. " + BRANCHES
NO_GATE = "This comes out when the ReLU lets everything pass. " + CLOSED
NO_GATE_DX = "This dx comes out when the ReLU lets everything pass. " + CLOSED
SEEN = (
    "dx and dweight1 are right. A weight collects what it saw, times the gradient that came "
    "back. What did weight2 see: the numbers before the ReLU, or after it?"
)
JOINED = (
    "dweight1 and dweight2 are right. What does each of the two paths bring to x, and how do "
    "the two come together?"
)
ROWS = "Every image acts on the weights: their gradients add up over the rows."


def leaky_relu_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, slope) -> dx."""
    case = leaky_case
    check(
        "leaky_relu_backward",
        function,
        [
            case([2.0], 0.1, hint=GATE),
            case([-2.0], 0.1, hint=GATE),
            case([0.0], 0.5, hint=NEITHER),
            case([-3.0, 0.0, 5.0, -0.5], 0.25, hint=GATE),
            case([-3.0, 4.0, 1.0], 0.0, hint="A slope of 0 is an ordinary ReLU."),
            case([-3.0, 4.0, 1.0], 2.0, hint="A slope may be larger than 1."),
            case([-3.0, 4.0, -1.0], -0.5, hint="A slope may be negative. Whose sign decides?"),
            case((2, 3), 0.1, seed=1, hint="Any shape will do: number by number."),
            case((2, 2, 3, 2), 0.1, seed=2, hint="Any shape will do: number by number."),
            case((3, 4), 0.1, seed=3, dtype=np.float32, hint=SINGLE),
        ],
    )


def conv2d_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, weight, stride=1, padding=0) -> dx, dweight, dbias.

    As loops.conv2d_backward.
    """
    case = conv_case
    check(
        "conv2d_backward",
        function,
        [
            case((1, 2, 2, 1), (2, 2, 1, 1), seed=1),
            case((1, 3, 3, 1), (2, 2, 1, 1), seed=2, hint=OVERLAP),
            case(
                (1, 2, 5, 1),
                (1, 3, 1, 1),
                seed=3,
                hint="This kernel has one row and three columns, and the image is no square.",
            ),
            case((2, 2, 3, 1), (2, 2, 1, 1), seed=5, hint=IMAGES),
            case((1, 2, 2, 1), (2, 1, 1, 3), seed=4, hint=FILTERS),
            case((1, 2, 3, 2), (2, 2, 2, 1), seed=6, hint=CHANNELS),
            case((1, 2, 4, 1), (2, 2, 1, 1), 2, seed=7, hint=STEP),
            case(
                (1, 5, 5, 1),
                (2, 2, 1, 1),
                2,
                seed=8,
                hint="The windows do not reach the last row "
                "and the last column. Which gradient do these pixels get?",
            ),
            case((1, 5, 4, 1), (2, 2, 1, 1), (3, 1), seed=9, hint=STEP_PAIR),
            case((1, 4, 5, 1), (3, 2, 1, 1), (1, 2), seed=10, hint=STEP_PAIR),
            case((1, 2, 2, 1), (2, 2, 1, 1), 1, 1, seed=11, hint=BORDER),
            case((1, 2, 3, 1), (2, 2, 1, 1), 1, (0, 1), seed=12, hint=PAD_PAIR),
            case((1, 3, 2, 1), (2, 2, 1, 1), 1, (2, 0), seed=13, hint=PAD_PAIR),
            case((1, 4, 3, 1), (3, 2, 1, 1), (2, 3), (1, 2), seed=14, hint=BORDER),
            case((2, 4, 3, 2), (2, 2, 2, 2), defaults=True, seed=15, hint=DEFAULTS),
            case((2, 5, 4, 2), (2, 3, 2, 2), 2, 1, seed=16, dtype=np.float32, hint=SINGLE),
            case((3, 5, 4, 2), (2, 3, 2, 2), batch_innermost=True, seed=17, hint=ORDER),
            *random_cases(case, conv_sizes, range(100, 104), size_of_dy, whole=False),
        ],
    )


def residual_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, weight1, weight2) -> dx, dweight1, dweight2."""
    case = residual_case
    x, up, down = np.array([[1.0, 2]]), np.array([[3.0], [-1]]), np.array([[2.0, 5]])
    gates = np.array([[1.0, -1, 1], [0, 1, -1]])
    check(
        "residual_backward",
        function,
        [
            case((1, 2, 1), weights=(x, up, down), seed=1, hint=INNER),
            case((1, 2, 1), weights=(x, -up, down), seed=2, hint=CLOSED),
            case((1, 2, 1), weights=(x, up[::-1], down), seed=3, hint=INNER),
            case(
                (1, 2, 3),
                weights=(x, gates, np.array([[1.0, 2], [3, 4], [5, 6]])),
                seed=4,
                hint=CLOSED + " Which of these three are open? Work out x @ weight1.",
            ),
            case(
                (1, 2, 1),
                weights=(np.array([[2.0, 2]]), np.array([[1.0], [-1]]), down),
                seed=5,
                hint="Here the hidden number is exactly 0. " + CLOSED,
            ),
            case((2, 2, 2), seed=6, hint=ROWS),
            case(
                (3, 3, 3),
                seed=7,
                hint="All arrays are square here: shapes will not help you. " + INNER,
            ),
            case((2, 3, 5), seed=8, hint=BRANCHES),
            case((4, 2, 3), seed=9, dtype=np.float32, hint=SINGLE),
            *(case((4, 5, 7), seed=n, whole=False) for n in (100, 101)),
        ],
    )


# Makers of cases, also for the hidden tests


def leaky_case(x, slope, *, seed=0, dtype=np.float64, hint=GATE):
    """A case of leaky_relu_backward. x: a list of numbers, or a shape to draw."""
    rng = np.random.default_rng(seed)
    x = np.array(x, dtype) if isinstance(x, list) else numbers(rng, x, dtype, whole=True)
    dy = 4 * numbers(rng, x.shape, dtype, whole=True)
    factor = np.where(x > 0, 1, slope).astype(dtype)
    ordinary = 0 < slope < 1  # otherwise the mistakes look like each other
    suspects = {
        "This comes out when 0 is taken for a positive number. " + AT_ZERO: np.where(
            x >= 0, dy, dy * dtype(slope)
        ),
        "This comes out when dy decides, and not x. " + GATE: np.where(
            dy > 0, dy, dy * dtype(slope)
        ),
        "This comes out when the slope belongs to the positive side. " + GATE: np.where(
            x > 0, dy * dtype(slope), dy
        ),
        "This is the slope of y. What is dy for?": factor,
    }
    if x.any():  # else y is 0, and so are the gradients of other mistakes
        suspects["This is y, and dx is wanted: how the loss changes with x."] = np.where(
            x > 0, x, x * dtype(slope)
        )
    inputs = {"dy": dy, "x": x, "slope": slope}
    return Case(inputs, dy * factor, hint=hint, suspects=suspects if ordinary else {}, returns="dx")


@functools.cache
def conv_case(
    image,
    kernel,
    stride=1,
    padding=0,
    *,
    seed,
    dtype=np.float64,
    hint=PATHS,
    defaults=False,
    batch_innermost=False,
    whole=True,
):
    """A case of conv2d_backward. image (N, H, W, C_in), kernel (KH, KW, C_in, C_out)."""
    rng = np.random.default_rng(seed)
    x, weight = numbers(rng, image, dtype, whole), numbers(rng, kernel, dtype, whole)
    if batch_innermost:
        x = with_batch_innermost(x)
    stride, padding = pair(stride, "stride"), pair(padding, "padding", 0)
    OH, OW = output_sizes(x, kernel[:2], stride, padding)
    dy = numbers(rng, (image[0], OH, OW, kernel[3]), dtype, whole)
    settings = {} if defaults else {"stride": short(stride), "padding": short(padding)}
    dx, dweight, dbias = loops.conv2d_backward(dy, x, weight, stride, padding)
    images, places = dtype(len(x)), dtype(OH * OW)
    near = windows_of_stride_one(dy, x, kernel, padding)
    suspects = {
        LAST_WINS: (scatter(dy, x, weight, stride, padding, adds=False), dweight, dbias),
        UNTURNED: (scatter(dy, x, weight[::-1, ::-1], stride, padding), dweight, dbias),
        MEAN_DWEIGHT + DIVIDE_NOT: (dx, dweight / images, dbias),
        MEAN_DBIAS + DIVIDE_NOT: (dx, dweight, dbias / images),
        MEAN_DBIAS: (dx, dweight, dbias / images / places),
        NEIGHBOURS: (dx, near, dbias),
        EMPTY: Recognised(without_pixels),
    }
    if padding == (0, 0):  # else a border that was left on is more likely
        suspects[SHAPES] = of_other_shape((dx, dweight, dbias))
    return Case(
        {"dy": dy, "x": x, "weight": weight, **settings},
        (dx, dweight, dbias),
        hint=hint,
        suspects=suspects,
        returns=("dx", "dweight", "dbias"),
    )


def without_pixels(result):
    """Whether dx, the first of the results, has a length 0."""
    return any(shape and 0 in shape for shape in shapes(result)[:1])


def short(sizes):
    """(2, 2) as 2: a message is easier to read."""
    return sizes[0] if sizes[0] == sizes[1] else sizes


def scatter(dy, x, weight, stride, padding, adds=True):
    """dx of a convolution. Not `adds`: with the mistake that windows overwrite each other."""
    (SH, SW), (KH, KW) = stride, weight.shape[:2]
    dx = np.zeros_like(loops.pad(x, padding))
    for i, j in np.ndindex(dy.shape[1:3]):
        window = np.s_[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
        sent = np.tensordot(dy[:, i, j], weight, (1, 3))
        dx[window] = dx[window] + sent if adds else sent
    return loops.unpad(dx, padding)


def windows_of_stride_one(dy, x, kernel, padding):
    """dweight with the mistake that window (i, j) begins at (i, j), whatever the stride."""
    x, (KH, KW) = loops.pad(x, padding), kernel[:2]
    return sum(
        np.tensordot(x[:, i : i + KH, j : j + KW], dy[:, i, j], (0, 0))
        for i, j in np.ndindex(dy.shape[1:3])
    )


def conv_sizes(seed):
    """Drawn arguments of conv_case."""
    return drawn_convolution(seed, (4, 4, 4, 4, 4))


def size_of_dy(case):
    return case.inputs["dy"].size


def residual_case(sizes, *, seed, weights=None, dtype=np.float64, hint=INNER, whole=True):
    """A case of residual_backward. sizes: images, features, hidden; weights: x and both weights."""
    N, D, M = sizes
    rng = np.random.default_rng(seed)
    x, weight1, weight2 = weights or (
        numbers(rng, shape, dtype, whole) for shape in ((N, D), (D, M), (M, D))
    )
    dy = numbers(rng, x.shape, dtype, whole)

    hidden = x @ weight1

    def gradients(direct=True, inner=True, gate=True):
        dactive = dy @ weight2.T
        dhidden = np.where(hidden > 0, dactive, 0) if gate else dactive
        dx = direct * dy + inner * (dhidden @ weight1.T)
        return dx.astype(dtype), x.T @ dhidden, np.maximum(hidden, 0).T @ dy

    right = gradients()
    suspects = {
        NO_SKIP: gradients(direct=False),
        ONLY_SKIP: gradients(inner=False),
        NO_GATE: gradients(gate=False),
        NO_GATE_DX: (gradients(gate=False)[0], *right[1:]),
        SEEN: wrong_alone(2, right),
        JOINED: wrong_alone(0, right),
    }
    inputs = {"dy": dy, "x": x, "weight1": weight1, "weight2": weight2}
    return Case(inputs, right, hint=hint, suspects=suspects, returns=("dx", "dweight1", "dweight2"))


# Tasks 2 and 3: pooling; and max-pooling as in the lesson

SHARES = "A mean of four numbers moves by a quarter of what one of them moves by."
WINNERS = "The winners of a window share its gradient equally; the others get nothing."
ONE_WINNER = "A window's gradient goes to its maximum, whole; the other pixels get nothing."
LARGEST = "Each number of y is the largest of one window, in one channel of one image."
POOL_OVERLAP = "A pixel may lie in several windows. What does it get from all of them together?"
POOL_LAST_WINS = (
    "This comes out when a window overwrites what another one has sent. " + POOL_OVERLAP
)
UNDIVIDED = "This comes out when every pixel of a window gets the whole gradient. " + SHARES
ALL_WINNERS = "This comes out when every winner gets the whole gradient. " + WINNERS
FIRST_WINNER = "This comes out when one winner gets everything. " + WINNERS
SWAPPED = "This comes out when height and width of the kernel are exchanged. Height comes first."
KERNEL = "The kernel is (height, width), and this one is no square."
POOL_STEP = "Window i begins at row i times the stride of the height."
LEFT_OUT = "A window that does not fit is left out, and a pixel in no window acts on nothing."
DEFAULT = "Without a stride the windows lie side by side: the stride is the kernel's size."
EACH = "Each image and each channel is pooled for itself."


def avgpool2d_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, kernel_size, stride=None) -> dx; all pixels of a window share alike."""
    case = avgpool_case
    check(
        "avgpool2d_backward",
        function,
        [
            case((1, 2, 2, 1), 2, 2, seed=1),
            case(
                (1, 2, 3, 1),
                (2, 3),
                (1, 1),
                seed=2,
                hint="How many numbers are in this mean? The kernel is (height, width).",
            ),
            case((1, 2, 4, 1), 2, 2, seed=3, hint="There are two windows, side by side."),
            case((1, 1, 3, 1), (1, 2), 1, seed=4, hint=POOL_OVERLAP),
            case((1, 3, 3, 1), 2, 1, seed=5, hint=POOL_OVERLAP),
            case((1, 4, 3, 1), (3, 2), 1, seed=6, hint=KERNEL),
            case((1, 3, 5, 1), (1, 2), (2, 3), seed=7, hint=POOL_STEP),
            case((1, 5, 3, 1), 2, 2, seed=8, hint=LEFT_OUT),
            case((1, 2, 2, 2), 2, 2, seed=9, hint=EACH),
            case((2, 2, 3, 1), 2, 1, seed=10, hint=EACH),
            case((1, 4, 7, 1), (2, 3), None, seed=11, hint=DEFAULT),
            case((2, 5, 4, 2), (3, 2), (1, 2), seed=12, dtype=np.float32, hint=SINGLE),
            *random_cases(case, pool_sizes, range(100, 104), size_of_x, whole=False),
        ],
    )


def maxpool2d_split_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, kernel_size, stride=None) -> dx; the winners of a window share alike."""
    case = split_case
    check(
        "maxpool2d_split_backward",
        function,
        [
            case(
                [[3, 7], [5, 1]], 2, hint="This window has one winner: it gets the whole gradient."
            ),
            case([[7, 3], [2, 7]], 2, hint="Two winners: what does each of them get?"),
            case([[0, 0], [0, 0]], 2, hint="Four winners: what does each of them get?"),
            case(
                [[-3, -1, -1], [-2, -1, -5]],
                (2, 3),
                hint="The largest of these six numbers is -1. The kernel is (height, width).",
            ),
            case([[4, 4, 9, 1], [1, 2, 3, 9]], 2, hint="Each window has a maximum of its own."),
            case([[1, 8, 2]], (1, 2), 1, hint=POOL_OVERLAP),
            case([[1, 2, 1], [2, 8, 2], [8, 2, 1]], 2, 1, hint=POOL_OVERLAP),
            case([[5, 5, 5], [5, 5, 5]], 2, 1, hint=POOL_OVERLAP),
            case([[2, 1], [2, 3], [2, 3], [0, 1]], (3, 2), 1, hint=KERNEL),
            case([[6, 6, 9], [6, 1, 9], [9, 9, 9]], 2, 2, hint=LEFT_OUT),
            case(
                [[1, 1, 9, 3, 3], [9, 9, 9, 9, 9], [2, 0, 9, 4, 4]], (1, 2), (2, 3), hint=POOL_STEP
            ),
            case((1, 2, 2, 2), 2, 2, seed=6, hint=EACH),
            case((2, 2, 3, 1), 2, 1, seed=12, hint=EACH),
            case((1, 4, 7, 1), (2, 3), None, seed=3, hint=DEFAULT),
            case((2, 5, 4, 2), (3, 2), (1, 2), seed=4, dtype=np.float32, hint=SINGLE),
            *random_cases(case, pool_sizes, range(100, 104), size_of_x, whole=False),
        ],
    )


def maxpool2d_forward(function: Callable[..., Any]) -> None:
    """function(x, kernel_size, stride=None) -> y, as loops.maxpool2d_forward."""
    check("maxpool2d_forward", function, maxpool_cases(forward_case))


def maxpool2d_backward(function: Callable[..., Any]) -> None:
    """function(dy, x, kernel_size, stride=None) -> dx, as loops.maxpool2d_backward.

    Where several pixels of a window tie, its gradient may go to any of them, or be divided.
    """
    tie = "Two winners may get the gradient of a window, in shares that add up to all of it."
    check(
        "maxpool2d_backward",
        function,
        [
            *maxpool_cases(distinct_case),
            tied_case([[2, 5], [5, 1]], 2, hint=tie),
            tied_case([[0, 0, 3, 1, 2, 0], [0, 0, 1, 3, 4, 4]], 2, hint=tie),
            tied_case([[-1, -1, -3], [-1, -2, -1]], (2, 3), hint=tie),
        ],
    )


def maxpool_cases(case):
    """Windows of all kinds over images in which no number comes twice, the smallest first."""
    return [
        case((1, 2, 2, 1), 2, 2, seed=1),
        case(
            (1, 2, 2, 1),
            2,
            2,
            seed=2,
            below_zero=True,
            hint="Every number of this image is negative, and one of them is the largest.",
        ),
        case((1, 2, 4, 1), 2, 2, seed=3, hint="There are two windows, side by side."),
        case((1, 2, 2, 2), 2, 2, seed=4, hint=EACH),
        case((2, 2, 2, 1), 2, 2, seed=5, hint=EACH),
        case((1, 2, 6, 1), (2, 3), 3, seed=6, hint=KERNEL),
        case((1, 1, 4, 1), (1, 3), 1, seed=7, hint=POOL_OVERLAP),
        case((1, 4, 4, 1), 3, 1, seed=8, hint=POOL_OVERLAP),
        case((1, 5, 5, 1), 3, 2, seed=10, hint=POOL_OVERLAP),
        case((1, 5, 3, 1), 2, 2, seed=10, hint=LEFT_OUT),
        case((1, 4, 7, 1), (2, 1), (1, 3), seed=11, hint=POOL_STEP),
        case((1, 4, 7, 1), (2, 3), None, seed=12, hint=DEFAULT),
        case((2, 5, 4, 2), (3, 2), (1, 2), seed=13, dtype=np.float32, hint=SINGLE),
        *random_cases(case, pool_sizes, range(100, 104), size_of_x),
    ]


# Makers of cases, also for the hidden tests


@functools.cache
def avgpool_case(image, kernel_size, stride, *, seed, dtype=np.float64, hint=SHARES, whole=True):
    """A case of avgpool2d_backward. image (N, H, W, C); None leaves the stride out."""
    KH, KW = pair(kernel_size, "kernel_size")
    inputs = pool_inputs(image, kernel_size, stride, seed, dtype, whole=whole)
    inputs["dy"] *= KH * KW  # so that each share is a whole number
    sizes = inputs["x"], (KH, KW), stride

    def share(window):
        return np.full(window.shape, 1 / window.size)

    suspects = {
        UNDIVIDED: spread(inputs["dy"], *sizes, np.ones_like),
        POOL_LAST_WINS: spread(inputs["dy"], *sizes, share, adds=False),
    }
    if fits(image, (KW, KH), stride, inputs["dy"]):
        suspects[SWAPPED] = spread(inputs["dy"], inputs["x"], (KW, KH), stride, share)
    expected = spread(inputs["dy"], *sizes, share)
    return Case(inputs, expected, hint=hint, suspects=suspects, returns="dx")


def split_case(
    image, kernel_size, stride=None, *, seed=0, dtype=np.float64, hint=WINNERS, whole=True
):
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
        POOL_LAST_WINS: spread(dy, *sizes, share, adds=False),
    }
    return Case(inputs, spread(dy, *sizes, share), hint=hint, suspects=suspects, returns="dx")


@functools.cache
def forward_case(
    image, kernel_size, stride, *, seed, dtype=np.float64, hint=LARGEST, below_zero=False
):
    """A case of maxpool2d_forward."""
    inputs = distinct_inputs(image, kernel_size, stride, seed, dtype, below_zero)
    del inputs["dy"]
    return Case(inputs, loops.maxpool2d_forward(**inputs), hint=hint, returns="y")


@functools.cache
def distinct_case(
    image, kernel_size, stride, *, seed, dtype=np.float64, hint=ONE_WINNER, below_zero=False
):
    """A case of maxpool2d_backward without ties: there is one right answer."""
    inputs = distinct_inputs(image, kernel_size, stride, seed, dtype, below_zero)
    suspects = {POOL_LAST_WINS: spread(**inputs, share=first_winner, adds=False)}
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
                return (
                    f"Window ({i}, {j}) has the gradient {given:g}, and its pixels get "
                    f"{dx[window].ravel()}, together {total:g}."
                )
        return None

    return Case(inputs, judge=judge, hint=hint)


def pool_sizes(seed):
    """Drawn arguments of a pooling's case: image, kernel and stride."""
    rng = np.random.default_rng(seed)
    KH, KW, SH, SW = (int(n) for n in rng.integers(1, 4, 4))
    image = (2, KH + int(rng.integers(1, 5)), KW + int(rng.integers(1, 5)), 3)
    return image, (KH, KW), (SH, SW)


def size_of_x(case):
    return case.inputs["x"].size


# Numbers, and the loops of every pooling


def pool_inputs(image, kernel_size, stride, seed, dtype, values=9, whole=True):
    """dy, x and the sizes. x holds whole numbers from 0 to values - 1, or a given table."""
    rng = np.random.default_rng(seed)
    if isinstance(image, list):
        x = np.array(image, dtype)[np.newaxis, :, :, np.newaxis]
    else:
        x = rng.integers(0, values, image).astype(dtype)
    settings = {"kernel_size": kernel_size} | ({} if stride is None else {"stride": stride})
    OH, OW = output_sizes(
        x,
        pair(kernel_size, "kernel_size"),
        pair(kernel_size if stride is None else stride, "stride"),
    )
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


# Task 5: does the student's own gradient check tell right from wrong?

ROW = np.array([1.5, -2.0, 0.5])
TABLE = np.array([[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]])

NOT_QUITE_BACK = (
    "Your function changed its input x in place, in the last digits: by up to {off:.1g}. Adding h "
    "and taking it away again does not come back exactly.\n\n"
    "Hint: Keep the old number and put it back, or nudge a copy."
)


class Operation(NamedTuple):
    """What y is, the functions, and a place x away from kinks; `fault` names what is wrong."""

    y: str
    function: object
    right: object
    x: np.ndarray = ROW
    wrong: object = None
    fault: str = ""


def gradient_check(function: Callable[..., Any]) -> None:
    """function(f, backward, x) -> whether backward(dy, x) is the gradient of f at x."""
    triple = Operation(
        "3 * x", lambda x: 3 * x, lambda dy, x: 3 * dy, wrong=lambda dy, x: dy, fault="dx = dy"
    )
    check(
        "gradient_check",
        function,
        [
            accepts(
                triple,
                "Compare dx with central differences of the loss sum(y * dy), with a step "
                "such as h = 1e-5. Is the difference of the losses divided by 2h?",
            ),
            rejects(triple, "How large is the difference, compared with the numbers themselves?"),
            accepts(
                SQUARE, "Is the difference divided by 2h? Is h neither too large nor too small?"
            ),
            rejects(
                SQUARE,
                "This one does not use dy. It looks right if all numbers of dy are 1: "
                "invent others.",
            ),
            rejects(
                LAST_ENTRY, "Only the last number of dx is wrong. Is every number of x nudged?"
            ),
            rejects(LITTLE, "A thousandth too much is a mistake, too: rounding is far smaller."),
            accepts(ROW_SUMS, "y has another shape than x. Which shape has dy?"),
            accepts(
                TRANSPOSED,
                "Here y is another view of the numbers of x: it changes with them. "
                "When do you read the upper loss, and when the lower one?",
            ),
            rejects(
                TRANSPOSED, "Here the numbers of dx are right, and some are in the wrong place."
            ),
            rejects(
                ROW_SUMS,
                "This dx has the shape (2, 1), and NumPy subtracts it from (2, 3) "
                "without complaint.",
            ),
            rejects(FLAT, "Here the numbers of dx are right, and its shape is not that of x."),
            rejects(SIGN, "dx and -dx are not the same."),
            accepts(
                MIXED,
                "Here every number of x acts on every number of y. While one of them is "
                "nudged, where are the others?",
            ),
            rejects(MIXED, "Here every number of x acts on every number of y."),
            accepts(
                LARGE,
                "These gradients are large, and so is their rounding. What counts is the "
                "difference relative to the largest number.",
            ),
            rejects(
                SMALL,
                "These gradients are tiny, and this one is twice too large. What counts "
                "is the difference relative to the largest number.",
            ),
            accepts(
                UNEVEN,
                "One of these slopes is nearly 0 and has few correct digits. Divide by "
                "the largest number in the arrays, not number by number.",
            ),
            accepts(CLOSED_RELU, "All gradients are 0 here, and dx says so. What is 0 / 0?"),
            rejects(HOLE, "A nan is in this dx. Comparing with nan gives False, whatever you ask."),
            accepts(
                SINGLE_PRECISION, "x holds float32 numbers. A small step is lost in their rounding."
            ),
            rejects(PAIR_SUMS, "Compare every number of dx."),
        ],
    )


def accepts(operation, hint=""):
    """A case in which the backward pass is right."""
    return judged(operation, operation.right, "right", True, hint)


def rejects(operation, hint=""):
    """A case in which the backward pass is wrong."""
    return judged(operation, operation.wrong, f"wrong: {operation.fault}", False, hint)


def judged(operation, backward, word, expected, hint):
    given = [
        f"function(x): y = {operation.y}",
        f"backward(dy, x) is {word}",
        f"x = {operation.x.tolist()}",
    ]
    if operation.x.dtype != np.float64:
        given[-1] += f", {operation.x.dtype}"

    def judge(answer):
        if not isinstance(answer, (bool, np.bool_)):
            return f"Your function should return True or False, and it returned {kind_of(answer)}."
        if answer != expected:
            return f"This backward pass is {word.split(':')[0]}, and your function says {answer}."
        return None

    def use(check, x):
        answer = check(operation.function, backward, x)
        off = np.abs(x - operation.x).max()
        if 0 < off < 1e-9:
            raise CheckFailed(NOT_QUITE_BACK.format(off=off))
        return answer

    return Case(
        {"x": operation.x},
        judge=judge,
        hint=hint,
        given="\n".join(given),
        use=use,
        title=f"y = {operation.y}, {word}",
    )


def tells_apart(operation):
    """A case that needs both: the right backward pass accepted, the wrong one rejected."""

    def use(check, x):
        return tuple(
            check(operation.function, backward, x)
            for backward in (operation.right, operation.wrong)
        )

    return Case(
        {"x": operation.x},
        (True, False),
        use=use,
        title=f"y = {operation.y}",
        returns=("for the right backward pass", "for the wrong one"),
    )


def with_hole(dy, x):
    dx = dy * np.cos(x)
    dx[1] = np.nan
    return dx


def pair_sums_backward(dy, x, adds=True):
    """dx of x[:-1] + x[1:]. Not `adds`: the second half overwrites."""
    dx = np.zeros(x.shape)
    dx[:-1] = dy
    dx[1:] = dx[1:] + dy if adds else dy
    return dx


def all_but_last(dy, x):
    dx = 3 * dy
    dx[-1, -1] = 0
    return dx


SQUARE = Operation(
    "x ** 2",
    lambda x: x**2,
    lambda dy, x: 2 * x * dy,
    wrong=lambda dy, x: 2 * x,
    fault="dx = 2 * x",
)
LAST_ENTRY = Operation(
    "3 * x",
    lambda x: 3 * x,
    lambda dy, x: 3 * dy,
    TABLE,
    all_but_last,
    "dx = 3 * dy, and 0 in its last place",
)
LITTLE = Operation(
    "sin(x)",
    np.sin,
    lambda dy, x: np.cos(x) * dy,
    wrong=lambda dy, x: 1.001 * np.cos(x) * dy,
    fault="dx = 1.001 * cos(x) * dy",
)
SIGN = Operation(
    "cos(x)",
    np.cos,
    lambda dy, x: -np.sin(x) * dy,
    wrong=lambda dy, x: np.sin(x) * dy,
    fault="dx = sin(x) * dy",
)
FLAT = Operation(
    "3 * x",
    lambda x: 3 * x,
    lambda dy, x: 3 * dy,
    TABLE,
    lambda dy, x: 3 * dy.ravel(),
    "dx = 3 * dy.ravel()",
)
MIXED = Operation(
    "x * sum(x)",
    lambda x: x * x.sum(),
    lambda dy, x: dy * x.sum() + (dy * x).sum(),
    np.array([1.0, 2.0, 0.5]),
    lambda dy, x: dy * x.sum(),
    "dx = dy * sum(x)",
)
TRANSPOSED = Operation(
    "x.T",
    np.transpose,
    lambda dy, x: dy.T,
    TABLE,
    lambda dy, x: dy.reshape(x.shape),
    "dx = dy.reshape(x.shape)",
)
ROW_SUMS = Operation(
    "x.sum(axis=1)",
    lambda x: x.sum(axis=1),
    lambda dy, x: np.repeat(dy[:, np.newaxis], x.shape[1], axis=1),
    TABLE,
    lambda dy, x: dy[:, np.newaxis],
    "dx = dy[:, np.newaxis]",
)
LARGE = Operation(
    "1e8 * sin(x)",
    lambda x: 1e8 * np.sin(x),
    lambda dy, x: 1e8 * np.cos(x) * dy,
    wrong=lambda dy, x: 1.01e8 * np.cos(x) * dy,
    fault="dx = 1.01e8 * cos(x) * dy",
)
SMALL = Operation(
    "1e-9 * x ** 2",
    lambda x: 1e-9 * x**2,
    lambda dy, x: 2e-9 * x * dy,
    wrong=lambda dy, x: 4e-9 * x * dy,
    fault="dx = 4e-9 * x * dy",
)
UNEVEN = Operation(
    "x ** 3",
    lambda x: x**3,
    lambda dy, x: 3 * x**2 * dy,
    np.array([1.0, 1e-6, -2.0]),
    lambda dy, x: x**2 * dy,
    "dx = x ** 2 * dy",
)
CLOSED_RELU = Operation(
    "maximum(x, 0)",
    lambda x: np.maximum(x, 0),
    lambda dy, x: np.where(x > 0, dy, 0),
    np.array([-1.0, -0.5, -3.0]),
    lambda dy, x: dy,
    "dx = dy",
)
HOLE = Operation(
    "sin(x)",
    np.sin,
    lambda dy, x: np.cos(x) * dy,
    wrong=with_hole,
    fault="dx = cos(x) * dy, and nan in its middle",
)
SINGLE_PRECISION = Operation(
    "x ** 2",
    lambda x: x**2,
    lambda dy, x: 2 * x * dy,
    ROW.astype(np.float32),
    lambda dy, x: x * dy,
    "dx = x * dy",
)
PAIR_SUMS = Operation(
    "x[:-1] + x[1:]",
    lambda x: x[:-1] + x[1:],
    pair_sums_backward,
    np.array([1.0, 2, 4, 8]),
    lambda dy, x: pair_sums_backward(dy, x, adds=False),
    "dx[:-1] = dy, then dx[1:] = dy where it should add",
)

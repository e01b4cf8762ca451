"""The cases of lesson 03's exercises: max-pooling, forward and backward, and the convolution."""

import functools

import numpy as np

from course_lib.practice.checks import assignment_03_backward_passes as backward
from course_lib.practice.checks import lesson_03_pool_backward as library
from course_lib.practice.checks.engine import Case
from course_lib.practice.checks.engine.common_mistakes import Recognised, shapes
from tests.practice.assignments.cases_03 import (
    BARE,
    COMES_OUT,
    DIVIDE_NOT,
    DRAWN,
    EACH,
    EMPTY,
    NO_BORDER,
    OVERLAP,
    POOL_LAST_WINS,
    POOLED_WRONGLY,
    SINGLE,
    WINDOW,
    distinct,
    known,
    mistakes,
    pair,
    pool_sizes,
)

# Max-pooling


def maxpool(x, kernel_size, stride=None):
    KH, KW = pair(kernel_size)
    SH, SW = pair(kernel_size if stride is None else stride)
    N, H, W, C = x.shape
    y = np.zeros((N, (H - KH) // SH + 1, (W - KW) // SW + 1, C), x.dtype)
    for n, i, j, c in np.ndindex(y.shape):
        y[n, i, j, c] = x[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c].max()
    return y


def maxpool_backward(dy, x, kernel_size, stride=None):
    KH, KW = pair(kernel_size)
    SH, SW = pair(kernel_size if stride is None else stride)
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        window = np.s_[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c]
        dx[window] += dy[n, i, j, c] * (x[window] == x[window].max())
    return dx


LARGEST = " Each number of y is the largest of one window, in one channel of one image."
ONE_WINNER = " A window's gradient goes to its maximum, whole; the other pixels get nothing."
SHIFTED = {
    hint: [(old.replace("dy[n", "x[n"), new.replace("dy[n", "x[n")) for old, new in pairs]
    for hint, pairs in POOLED_WRONGLY.items()
    if "gradient" not in hint
}
FORWARD = mistakes(
    maxpool,
    {
        COMES_OUT + "numbers below 0 are passed over." + LARGEST: [
            ("c].max()", "c].max(initial=0)")
        ],
        COMES_OUT + "the mean of a window is taken." + LARGEST: [("c].max()", "c].mean()")],
        COMES_OUT + "the largest number of all channels is taken." + LARGEST: [
            ("SW + KW, c].max()", "SW + KW].max()")
        ],
        COMES_OUT + "the largest number of all images is taken." + LARGEST: [("x[n, i", "x[:, i")],
        COMES_OUT + "the smallest number is taken." + LARGEST: [("c].max()", "c].min()")],
        **SHIFTED,
    },
)
BACKWARD = mistakes(
    maxpool_backward,
    {
        COMES_OUT + "every pixel of a window gets its gradient." + ONE_WINNER: [
            (" * (x[window] == x[window].max())", "")
        ],
        POOL_LAST_WINS: [
            (
                "dx[window] += dy[n, i, j, c] * (x[window] == x[window].max())",
                "dx[window] = np.where(x[window] == x[window].max(), dy[n, i, j, c], dx[window])",
            )
        ],
        COMES_OUT
        + "a window overwrites what another one has sent, and the losers' zeros, too. "
        + OVERLAP: [("+=", "=")],
        COMES_OUT + "the winner's value is sent, not the gradient." + ONE_WINNER: [
            ("dy[n, i, j, c]", "x[window]")
        ],
        COMES_OUT + "numbers below 0 cannot win." + ONE_WINNER: [
            ("x[window].max()", "x[window].max(initial=0)")
        ],
        **POOLED_WRONGLY,
    },
)


def pooled_images(image, seed, dtype, below_zero):
    """Whole numbers, of which none comes twice; some of them, or all, are negative."""
    size = int(np.prod(image))
    drawn = np.random.default_rng(seed).permutation(size).reshape(image).astype(dtype)
    return drawn - (size if below_zero else size // 2)


def forward_case(image, kernel_size, stride, *, seed, dtype=np.float64, about="", below_zero=False):
    inputs = {"x": pooled_images(image, seed, dtype, below_zero), "kernel_size": kernel_size}
    inputs |= {} if stride is None else {"stride": stride}
    y = maxpool(*inputs.values())
    return Case(inputs, y, about, known(FORWARD, inputs), returns="y")


def backward_case(
    image, kernel_size, stride, *, seed, dtype=np.float64, about="", below_zero=False
):
    """Without ties there is one right answer."""
    x = pooled_images(image, seed, dtype, below_zero)
    shape = maxpool(x, kernel_size, stride).shape
    dy = distinct(np.random.default_rng(seed), shape, dtype)
    inputs = {"dy": dy, "x": x, "kernel_size": kernel_size}
    inputs |= {} if stride is None else {"stride": stride}
    dx = maxpool_backward(*inputs.values())
    return Case(inputs, dx, about, known(BACKWARD, inputs), returns="dx")


def tied_case(table, kernel_size, *, about):
    """With ties, windows side by side: many answers are right."""
    x = np.array(table, np.float64)[np.newaxis, :, :, np.newaxis]
    dy = distinct(np.random.default_rng(0), maxpool(x, kernel_size).shape)
    judge = functools.partial(library.shared_among_winners, dy, x, pair(kernel_size))
    return Case({"dy": dy, "x": x, "kernel_size": kernel_size}, about=about, judge=judge)


def pooling_cases(case):
    """Windows of all kinds over images in which no number comes twice, the smallest first."""
    drawn = [case(*pool_sizes(n), seed=n, about=DRAWN) for n in range(100, 104)]
    return [
        case((1, 2, 2, 1), 2, 2, seed=1, about="One window."),
        case(
            (1, 2, 2, 1),
            2,
            2,
            seed=2,
            below_zero=True,
            about="Every number of this image is negative.",
        ),
        case((1, 2, 4, 1), 2, 2, seed=3, about="Two windows, side by side."),
        case((1, 2, 2, 2), 2, 2, seed=4, about="Two channels. " + EACH),
        case((2, 2, 2, 1), 2, 2, seed=5, about="Two images. " + EACH),
        case(
            (1, 2, 6, 1),
            (2, 3),
            3,
            seed=6,
            about="The kernel is (height, width), and this one is no square.",
        ),
        case((1, 1, 4, 1), (1, 3), 1, seed=7, about="Two windows that overlap."),
        case((1, 4, 4, 1), 3, 1, seed=8, about="Four windows that overlap."),
        case((1, 5, 5, 1), 3, 2, seed=10, about="Windows of three, with a stride of two."),
        case(
            (1, 5, 3, 1),
            2,
            2,
            seed=10,
            about="The windows do not reach the last row and the last column.",
        ),
        case(
            (1, 4, 7, 1),
            (2, 1),
            (1, 3),
            seed=11,
            about="The stride is (height, width), and there are gaps.",
        ),
        case(
            (1, 4, 7, 1),
            (2, 3),
            None,
            seed=12,
            about="No stride is passed in: the windows lie side by side.",
        ),
        case((2, 5, 4, 2), (3, 2), (1, 2), seed=13, dtype=np.float32, about=SINGLE),
        *sorted(drawn, key=lambda case: case.inputs["x"].size),
    ]


def forward_visible():
    return pooling_cases(forward_case)


def backward_visible():
    return [
        *pooling_cases(backward_case),
        tied_case([[2, 5], [5, 1]], 2, about="Two pixels win this window."),
        tied_case([[0, 0, 3, 1, 2, 0], [0, 0, 1, 3, 4, 4]], 2, about="Pixels tie in each window."),
        tied_case([[-1, -1, -3], [-1, -2, -1]], (2, 3), about="Four pixels win this window."),
    ]


# The convolution


def convolution(dy, x, weight, stride=1, padding=0):
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    (N, H, W, _), (KH, KW, _, _) = x.shape, weight.shape
    padded = np.zeros((N, H + 2 * PH, W + 2 * PW, x.shape[3]), x.dtype)
    padded[:, PH : PH + H, PW : PW + W] = x
    dpadded, dweight = np.zeros_like(padded), np.zeros_like(weight)
    dbias = np.zeros(weight.shape[3], x.dtype)
    for n, i, j, k in np.ndindex(dy.shape):
        window = np.s_[n, i * SH : i * SH + KH, j * SW : j * SW + KW]  # (KH, KW, C_in)
        sent = dy[n, i, j, k]
        dbias[k] += sent
        dweight[..., k] += padded[window] * sent
        dpadded[window] += weight[..., k] * sent
    dx = dpadded[:, PH : PH + H, PW : PW + W]
    return dx, dweight, dbias


STEP = " Where in x does window (i, j) begin?"
SHAPES = (
    "The table in the task gives the shapes. Are the results in the order (dx, dweight, "
    "dbias)? Did a sum take too many axes, or too few?"
)
BORDER = (
    "This dx is larger than x. Of the padded image's gradient, keep the part that belongs to x."
)
CONVOLUTION = mistakes(
    convolution,
    {
        "This dx comes out when a window overwrites what another one has sent. Where windows "
        "overlap, a pixel acts on several numbers of y, each by another weight.": [
            (
                "dpadded[window] += weight[..., k] * sent",
                "dpadded[window] = sum("
                "dy[n, i, j, m] * weight[..., m] for m in range(dy.shape[3]))",
            ),
        ],
        "This dx comes out when the filter is turned by half a turn. With which weight did the "
        "top left pixel of a window go into y?": [
            ("weight[..., k] * sent", "weight[::-1, ::-1, :, k] * sent")
        ],
        "This dx comes out when channels and filters are exchanged in the weight. Which weight "
        "stands between channel c and filter k?": [
            ("weight[..., k] * sent", "weight[:, :, k] * sent")
        ],
        "The gradients of weight and bias come out like this when they are divided by the number "
        "of images." + DIVIDE_NOT: [
            (
                "return dx, dweight, dbias",
                "return dx, dweight / x.dtype.type(N), dbias / x.dtype.type(N)",
            )
        ],
        "This dweight comes out when it is divided by the number of images." + DIVIDE_NOT: [
            ("return dx, dweight, dbias", "return dx, dweight / x.dtype.type(N), dbias")
        ],
        "This dbias comes out when it is divided by the number of images." + DIVIDE_NOT: [
            ("return dx, dweight, dbias", "return dx, dweight, dbias / x.dtype.type(N)")
        ],
        "This dbias comes out when a mean is taken over images and places. On how many numbers of "
        "y does a bias act, and how strongly?": [
            ("return dx, dweight, dbias", "return dx, dweight, dy.mean(axis=(0, 1, 2))")
        ],
        "This dweight comes out when each window overwrites what the one before has brought. Each "
        "weight acts on every number of y of its filter.": [
            ("padded[window] * sent", "padded[window] * sent * ((i + 1, j + 1) == dy.shape[1:3])")
        ],
        "This dweight comes out when the filter is turned by half a turn.": [
            ("return dx, dweight,", "return dx, dweight[::-1, ::-1],")
        ],
        "This dx comes out when the border is cut off at the bottom and at the right alone.": [
            ("PH : PH + H, PW : PW + W]\n    return", ":H, :W]\n    return")
        ],
        "This dweight comes out when every window of x begins one pixel after the last one."
        + STEP: [("padded[window] * sent", "padded[n, i : i + KH, j : j + KW] * sent")],
        "This dx comes out when every window begins one pixel after the last one." + STEP: [
            ("dpadded[window] +=", "dpadded[n, i : i + KH, j : j + KW] +=")
        ],
        "You get this when every window begins one pixel after the last one." + STEP: [
            (WINDOW, "i : i + KH, j : j + KW")
        ],
        "You get this when the two strides are exchanged. Height comes first.": [
            ("(SH, SW), (PH", "(SW, SH), (PH")
        ],
        "You get this when height and width of the padding are exchanged. Height comes first. "
        + NO_BORDER: [("(PH, PW) = pair", "(PW, PH) = pair")],
        "This dweight comes out when x has no border. In the forward pass the windows lie on the "
        "padded image.": [
            BARE,
            ("padded[window] *", "bare[window] *"),
        ],
    },
)


def conv_case(
    image,
    kernel,
    stride=1,
    padding=0,
    *,
    seed,
    dtype=np.float64,
    about="",
    defaults=False,
    whole=True,
):
    """image (N, H, W, C_in), kernel (KH, KW, C_in, C_out)."""
    rng = np.random.default_rng(seed)
    (SH, SW), (PH, PW) = pair(stride), pair(padding)
    N, H, W, _ = image
    OH, OW = (H + 2 * PH - kernel[0]) // SH + 1, (W + 2 * PW - kernel[1]) // SW + 1
    inputs = {
        "dy": distinct(rng, (N, OH, OW, kernel[3]), dtype, whole),
        "x": distinct(rng, image, dtype, whole),
        "weight": distinct(rng, kernel, dtype, whole),
        **({} if defaults else {"stride": stride, "padding": padding}),
    }
    expected = convolution(*inputs.values())
    suspects = known(CONVOLUTION, inputs)
    if 0 in pair(padding):
        suspects[EMPTY] = Recognised(backward.without_pixels)
    if padding == 0:  # else a border that was left on is more likely
        suspects[SHAPES] = Recognised(functools.partial(backward.misshapen, shapes(expected)))
    else:
        suspects[BORDER] = Recognised(functools.partial(backward.with_border, image))
    return Case(inputs, expected, about, suspects, returns=("dx", "dweight", "dbias"))


def conv_sizes(seed):
    """Drawn arguments of conv_case."""
    rng = np.random.default_rng(seed)
    N, H, W, C_in, C_out = (int(n) for n in rng.integers(2, 4, 5))
    KH, KW, SH, SW = (int(n) for n in rng.integers(1, 4, 4))
    PH, PW = (int(n) for n in rng.integers(0, 3, 2))
    return (N, H + KH, W + KW, C_in), (KH, KW, C_in, C_out), (SH, SW), (PH, PW)


def conv2d_visible():
    case = conv_case
    drawn = [case(*conv_sizes(n), seed=n, whole=False, about=DRAWN) for n in range(100, 104)]
    return [
        case(
            (1, 1, 1, 2),
            (1, 1, 2, 2),
            seed=1,
            about="One pixel with two channels, and two filters of 1×1.",
        ),
        case((1, 2, 2, 1), (2, 2, 1, 1), seed=2, about="One window."),
        case(
            (1, 2, 2, 1),
            (2, 2, 1, 1),
            seed=18,
            about="The same shapes once more, and other numbers.",
        ),
        case((1, 3, 3, 1), (2, 2, 1, 1), seed=3, about="Four windows that overlap."),
        case(
            (1, 2, 5, 1),
            (1, 3, 1, 1),
            seed=4,
            about="This kernel has one row and three columns, and the image is no square.",
        ),
        case((2, 2, 3, 1), (2, 2, 1, 1), seed=5, about="Two images."),
        case((1, 2, 2, 1), (2, 1, 1, 3), seed=6, about="Three filters."),
        case((1, 2, 3, 2), (2, 2, 2, 1), seed=7, about="Two channels."),
        case((1, 2, 4, 1), (2, 2, 1, 1), 2, seed=8, about="The stride is 2."),
        case(
            (1, 5, 5, 1),
            (2, 2, 1, 1),
            2,
            seed=9,
            about="The windows do not reach the last row and the last column.",
        ),
        case((1, 5, 4, 1), (2, 2, 1, 1), (3, 1), seed=10, about="The stride is (height, width)."),
        case((1, 4, 5, 1), (3, 2, 1, 1), (1, 2), seed=11, about="The stride is (height, width)."),
        case((1, 2, 2, 1), (2, 2, 1, 1), 1, 1, seed=12, about="The image has a border of zeros."),
        case(
            (1, 2, 3, 1),
            (2, 2, 1, 1),
            1,
            (0, 1),
            seed=13,
            about="The border is at the left and the right only: padding is (height, width).",
        ),
        case(
            (1, 3, 2, 1),
            (2, 2, 1, 1),
            1,
            (2, 0),
            seed=14,
            about="The border is at the top and the bottom only: padding is (height, width).",
        ),
        case(
            (1, 4, 3, 1),
            (3, 2, 1, 1),
            (2, 3),
            (1, 2),
            seed=15,
            about="Strides and padding together.",
        ),
        case(
            (2, 4, 3, 2),
            (2, 2, 2, 2),
            defaults=True,
            seed=16,
            about="No stride and no padding are passed in: they are 1 and 0.",
        ),
        case((2, 5, 4, 2), (2, 3, 2, 2), 2, 1, seed=17, dtype=np.float32, about=SINGLE),
        *sorted(drawn, key=lambda case: case.inputs["x"].size),
    ]


VISIBLE = {
    "maxpool2d_forward": forward_visible,
    "maxpool2d_backward": backward_visible,
    "conv2d_backward": conv2d_visible,
}

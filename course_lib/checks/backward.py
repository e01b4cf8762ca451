"""Checks of assignment 03: leaky ReLU, the convolution and a residual block, backward.

Pooling is in pooling.py, and the student's own gradient check in gradient_checks.py.
"""

import functools

import numpy as np

from course_lib import loops
from course_lib.shapes import output_sizes, pair

from .machinery import Case, check
from .machinery.inputs import drawn_convolution, numbers, with_batch_innermost
from .machinery.recognise import Recognised, of_other_shape, shapes, wrong_alone

GATE = "How much does y change when a positive x grows by 0.1? When a negative one does?"
AT_ZERO = "What does the task say about exactly 0?"
NEITHER = "x is exactly 0 here. Which of your two branches takes it? " + AT_ZERO
SINGLE = "float32 in, float32 out."

PATHS = ("Follow the paths. Which numbers of y does this pixel, this weight or this bias act on, "
         "and how strongly on each?")
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
SHAPES = ("The table in the task gives the shapes. Are the results in the order (dx, dweight, "
          "dbias)? Did a sum take too many axes, or too few?")
DEFAULTS = "Without them, stride is 1 and padding is 0."
ORDER = "x has the usual shape, and its numbers lie in another order in memory."
LAST_WINS = "This dx comes out when a window overwrites what another one has sent."
UNTURNED = ("This dx comes out when the filter is turned by half a turn. With which weight did the "
            "top left pixel of a window go into y?")
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
SEEN = ("dx and dweight1 are right. A weight collects what it saw, times the gradient that came "
        "back. What did weight2 see: the numbers before the ReLU, or after it?")
JOINED = ("dweight1 and dweight2 are right. What does each of the two paths bring to x, and how do "
          "the two come together?")
ROWS = "Every image acts on the weights: their gradients add up over the rows."


def leaky_relu_backward(function):
    """function(dy, x, slope) -> dx."""
    case = leaky_case
    check("leaky_relu_backward", function, [
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
    ])


def conv2d_backward(function):
    """function(dy, x, weight, stride=1, padding=0) -> dx, dweight, dbias.

    As loops.conv2d_backward.
    """
    case = conv_case
    check("conv2d_backward", function, [
        case((1, 2, 2, 1), (2, 2, 1, 1), seed=1),
        case((1, 3, 3, 1), (2, 2, 1, 1), seed=2, hint=OVERLAP),
        case((1, 2, 5, 1), (1, 3, 1, 1), seed=3,
             hint="This kernel has one row and three columns, and the image is no square."),
        case((2, 2, 3, 1), (2, 2, 1, 1), seed=5, hint=IMAGES),
        case((1, 2, 2, 1), (2, 1, 1, 3), seed=4, hint=FILTERS),
        case((1, 2, 3, 2), (2, 2, 2, 1), seed=6, hint=CHANNELS),
        case((1, 2, 4, 1), (2, 2, 1, 1), 2, seed=7, hint=STEP),
        case((1, 5, 5, 1), (2, 2, 1, 1), 2, seed=8, hint="The windows do not reach the last row "
             "and the last column. Which gradient do these pixels get?"),
        case((1, 5, 4, 1), (2, 2, 1, 1), (3, 1), seed=9, hint=STEP_PAIR),
        case((1, 4, 5, 1), (3, 2, 1, 1), (1, 2), seed=10, hint=STEP_PAIR),
        case((1, 2, 2, 1), (2, 2, 1, 1), 1, 1, seed=11, hint=BORDER),
        case((1, 2, 3, 1), (2, 2, 1, 1), 1, (0, 1), seed=12, hint=PAD_PAIR),
        case((1, 3, 2, 1), (2, 2, 1, 1), 1, (2, 0), seed=13, hint=PAD_PAIR),
        case((1, 4, 3, 1), (3, 2, 1, 1), (2, 3), (1, 2), seed=14, hint=BORDER),
        case((2, 4, 3, 2), (2, 2, 2, 2), defaults=True, seed=15, hint=DEFAULTS),
        case((2, 5, 4, 2), (2, 3, 2, 2), 2, 1, seed=16, dtype=np.float32, hint=SINGLE),
        case((3, 5, 4, 2), (2, 3, 2, 2), batch_innermost=True, seed=17, hint=ORDER),
        *random_cases(range(100, 104)),
    ])


def residual_backward(function):
    """function(dy, x, weight1, weight2) -> dx, dweight1, dweight2."""
    case = residual_case
    x, up, down = np.array([[1.0, 2]]), np.array([[3.0], [-1]]), np.array([[2.0, 5]])
    gates = np.array([[1.0, -1, 1], [0, 1, -1]])
    check("residual_backward", function, [
        case((1, 2, 1), weights=(x, up, down), seed=1, hint=INNER),
        case((1, 2, 1), weights=(x, -up, down), seed=2, hint=CLOSED),
        case((1, 2, 1), weights=(x, up[::-1], down), seed=3, hint=INNER),
        case((1, 2, 3), weights=(x, gates, np.array([[1.0, 2], [3, 4], [5, 6]])), seed=4,
             hint=CLOSED + " Which of these three are open? Work out "
             "x @ weight1."),
        case((1, 2, 1), weights=(np.array([[2.0, 2]]), np.array([[1.0], [-1]]), down), seed=5,
             hint="Here the hidden number is exactly 0. " + CLOSED),
        case((2, 2, 2), seed=6, hint=ROWS),
        case((3, 3, 3), seed=7, hint="All arrays are square here: shapes will not help you. "
             + INNER),
        case((2, 3, 5), seed=8, hint=BRANCHES),
        case((4, 2, 3), seed=9, dtype=np.float32, hint=SINGLE),
        *(case((4, 5, 7), seed=n, whole=False) for n in (100, 101)),
    ])


# Makers of cases, also for the hidden tests


def leaky_case(x, slope, *, seed=0, dtype=np.float64, hint=GATE):
    """A case of leaky_relu_backward. x: a list of numbers, or a shape to draw."""
    rng = np.random.default_rng(seed)
    x = np.array(x, dtype) if isinstance(x, list) else numbers(rng, x, dtype, whole=True)
    dy = 4 * numbers(rng, x.shape, dtype, whole=True)
    factor = np.where(x > 0, 1, slope).astype(dtype)
    ordinary = 0 < slope < 1  # otherwise the mistakes look like each other
    suspects = {
        "This comes out when 0 is taken for a positive number. " + AT_ZERO:
            np.where(x >= 0, dy, dy * dtype(slope)),
        "This comes out when dy decides, and not x. " + GATE:
            np.where(dy > 0, dy, dy * dtype(slope)),
        "This comes out when the slope belongs to the positive side. " + GATE:
            np.where(x > 0, dy * dtype(slope), dy),
        "This is the slope of y. What is dy for?": factor,
    }
    if x.any():  # else y is 0, and so are the gradients of other mistakes
        suspects["This is y, and dx is wanted: how the loss changes with x."] = (
            np.where(x > 0, x, x * dtype(slope)))
    inputs = {"dy": dy, "x": x, "slope": slope}
    return Case(inputs, dy * factor, hint=hint, suspects=suspects if ordinary else {},
                returns="dx")


@functools.cache
def conv_case(image, kernel, stride=1, padding=0, *, seed, dtype=np.float64, hint=PATHS,
              defaults=False, batch_innermost=False, whole=True):
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
    return Case({"dy": dy, "x": x, "weight": weight, **settings}, (dx, dweight, dbias), hint=hint,
                suspects=suspects, returns=("dx", "dweight", "dbias"))


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
    return sum(np.tensordot(x[:, i : i + KH, j : j + KW], dy[:, i, j], (0, 0))
               for i, j in np.ndindex(dy.shape[1:3]))


def random_cases(seeds):
    """Cases of conv2d_backward of drawn sizes, the smallest first."""
    cases = []
    for seed in seeds:
        image, kernel, stride, padding = drawn_convolution(seed, (4, 4, 4, 4, 4))
        cases.append(conv_case(image, kernel, stride, padding, seed=seed, whole=False))
    return sorted(cases, key=lambda case: case.inputs["dy"].size)


def residual_case(sizes, *, seed, weights=None, dtype=np.float64, hint=INNER, whole=True):
    """A case of residual_backward. sizes: images, features, hidden; weights: x and both weights."""
    N, D, M = sizes
    rng = np.random.default_rng(seed)
    x, weight1, weight2 = weights or (
        numbers(rng, shape, dtype, whole) for shape in ((N, D), (D, M), (M, D)))
    dy = numbers(rng, x.shape, dtype, whole)

    hidden = x @ weight1

    def gradients(direct=True, inner=True, gate=True):
        dactive = dy @ weight2.T
        dhidden = np.where(hidden > 0, dactive, 0) if gate else dactive
        dx = direct * dy + inner * (dhidden @ weight1.T)
        return dx.astype(dtype), x.T @ dhidden, np.maximum(hidden, 0).T @ dy

    right = gradients()
    suspects = {NO_SKIP: gradients(direct=False), ONLY_SKIP: gradients(inner=False),
                NO_GATE: gradients(gate=False), NO_GATE_DX: (gradients(gate=False)[0], *right[1:]),
                SEEN: wrong_alone(2, right), JOINED: wrong_alone(0, right)}
    inputs = {"dy": dy, "x": x, "weight1": weight1, "weight2": weight2}
    return Case(inputs, right, hint=hint, suspects=suspects,
                returns=("dx", "dweight1", "dweight2"))

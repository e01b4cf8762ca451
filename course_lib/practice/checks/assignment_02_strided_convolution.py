"""Checks for assignment 02: the size of the output, and four kinds of convolution.

The expected results come from loops.conv2d_forward: a depthwise, grouped or dilated convolution is
an ordinary one whose filters hold zeros in the right places.
"""

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.nn import loops
from course_lib.nn.shapes import pair

from .engine import Case, check, error_case
from .engine.check_case import raised_or_returned
from .engine.describe import shorten
from .engine.example_inputs import (
    drawn_convolution,
    numbers,
    random_cases,
    with_batch_innermost,
)

WINDOW = (
    "A window begins wherever it fits whole. It gives one number for each filter: the sum of "
    "the products of window and filter, plus the bias."
)
TURNED = "This comes out when the filter is turned round by half a turn. Lay it on as it is."
NO_BIAS = "This comes out without the bias. Each filter has its own."
SWAPPED = "This comes out when the numbers of the two axes are exchanged. Height comes first."
BORDER = "Padding is a border of zeros on all four sides of each image."
LOW = "This comes out when all the padding lies below and to the right. " + BORDER
HIGH = "This comes out when all the padding lies above and to the left. " + BORDER
STEP = "With a stride of s the next window begins s pixels further, in x, not 1."
PAIR = " The first number of a pair is for the rows, the second for the columns."
LEFT_OUT = "Without them, stride is 1 and padding is 0."
FLOAT32 = "x holds float32 numbers, of 4 bytes each, and so should y."
FIRST_BIASES = "This comes out when every group takes the biases of the first one."
SETTINGS = {"image_size": None, "kernel_size": None, "stride": 1, "padding": 0, "dilation": 1}


def output_shape(function: Callable[..., Any]) -> None:
    """function(image_size, kernel_size, stride=1, padding=0, dilation=1) -> (OH, OW)."""
    check(
        "output_shape",
        function,
        [
            shape_case((5, 5), (3, 3), hint="In how many places of 5 can a window of 3 begin?"),
            shape_case((6, 4), (2, 3), hint="Height and width are counted each for itself."),
            shape_case(7, 3, 2, hint="One window at the start, and one more for each whole step."),
            shape_case((6, 7), 3, 2, hint="A step that does not fit whole is left out."),
            shape_case((7, 7), 3, (1, 3), hint="A pair is (height, width)."),
            shape_case((4, 6), 3, 1, 1, hint="Padding is added on both sides of an axis."),
            shape_case((4, 6), 3, 1, (2, 0), hint="A pair is (height, width)."),
            shape_case(
                (9, 9),
                3,
                1,
                0,
                2,
                hint="How many pixels lie from the first to the last one "
                "that a filter of 3 with dilation 2 looks at, both counted?",
            ),
            shape_case(
                (9, 9), (3, 1), 1, 0, (2, 4), hint="How long is the reach of a kernel of 1?"
            ),
            shape_case(
                (11, 10), (3, 2), (2, 3), (1, 2), (3, 2), hint="All four, each on its axis."
            ),
            shape_case(3, 3, hint="A window as large as the image fits once."),
            refused_shape((4, 9), (5, 3)),
            refused_shape((9, 9), 4, 1, 1, (1, 4)),
        ],
    )


def conv2d_forward(function: Callable[..., Any]) -> None:
    """function(x, weight, bias, stride=1, padding=0) -> y, as loops.conv2d_forward."""
    check(
        "conv2d_forward",
        function,
        [
            conv2d_case((1, 3, 3, 1), (2, 2, 1, 1), seed=1),
            conv2d_case(
                (1, 3, 5, 1),
                (1, 3, 1, 1),
                seed=2,
                hint="This kernel has one row and three columns, and the image is no square.",
            ),
            conv2d_case(
                (1, 3, 3, 2),
                (2, 1, 2, 1),
                seed=3,
                hint="A window holds all channels of its pixels; one sum for all of them.",
            ),
            conv2d_case(
                (1, 3, 3, 1), (2, 2, 1, 3), seed=4, hint="Each filter makes its own channel."
            ),
            conv2d_case((2, 3, 2, 1), (2, 2, 1, 1), seed=5, hint="Each image has its own output."),
            conv2d_case((1, 5, 5, 1), (2, 2, 1, 1), 2, seed=6, hint=STEP),
            conv2d_case((1, 5, 4, 1), (2, 2, 1, 1), (2, 1), seed=7, hint=STEP + PAIR),
            conv2d_case(
                (1, 4, 6, 1),
                (1, 2, 1, 1),
                (1, 3),
                seed=8,
                hint="How many whole steps of 3 fit into the room that the window has?",
            ),
            conv2d_case((1, 2, 2, 1), (2, 2, 1, 1), 1, 1, seed=9, hint=BORDER),
            conv2d_case((1, 3, 2, 1), (2, 2, 1, 1), 1, (0, 1), seed=10, hint=BORDER + PAIR),
            conv2d_case((1, 4, 4, 1), (3, 2, 1, 1), (2, 1), (1, 2), seed=11, hint=STEP),
            conv2d_case((1, 4, 3, 2), (2, 2, 2, 2), seed=12, defaults=True, hint=LEFT_OUT),
            conv2d_case((2, 5, 4, 2), (2, 3, 2, 2), seed=13, dtype=np.float32, hint=FLOAT32),
            conv2d_case(
                (3, 5, 4, 2),
                (2, 3, 2, 2),
                seed=14,
                batch_innermost=True,
                hint="x has the usual shape, but its numbers lie in another order in memory, "
                "as in the course's own layers. Its strides in bytes are x.strides.",
            ),
            *random_cases(conv2d_case, conv2d_sizes, range(100, 106), size_of_y, whole=False),
        ],
    )


def dilated_conv2d(function: Callable[..., Any]) -> None:
    """function(x, weight, bias, dilation=1) -> y."""
    reach = "Which pixels does the window look at, and how many places are left for it to begin?"
    check(
        "dilated_conv2d",
        function,
        [
            dilated_case((1, 3, 3, 1), (2, 2, 1, 1), 1, seed=1, hint=WINDOW),
            dilated_case((1, 3, 4, 1), (2, 2, 1, 1), 2, seed=2, hint=reach),
            dilated_case((1, 2, 6, 1), (1, 3, 1, 1), 2, seed=3, hint=reach),
            dilated_case((1, 5, 4, 1), (2, 2, 1, 1), (3, 1), seed=4, hint=reach),
            dilated_case((1, 3, 4, 1), (2, 2, 1, 1), (1, 2), seed=5, hint=reach),
            dilated_case((1, 6, 5, 1), (3, 2, 1, 1), (2, 3), seed=6, hint=reach),
            dilated_case(
                (1, 3, 5, 2), (2, 2, 2, 3), (1, 3), seed=7, hint="One sum over all channels."
            ),
            dilated_case(
                (2, 6, 5, 2), (3, 2, 2, 2), 2, seed=8, hint="Each image has its own output."
            ),
            dilated_case(
                (2, 4, 4, 2), (2, 3, 2, 2), None, seed=9, hint="Without it, dilation is 1."
            ),
            dilated_case(
                (2, 6, 7, 2), (2, 3, 2, 2), (3, 2), seed=10, dtype=np.float32, hint=FLOAT32
            ),
            dilated_case(
                (3, 6, 7, 2),
                (2, 3, 2, 2),
                (3, 2),
                seed=11,
                batch_innermost=True,
                hint="x has the usual shape, but its numbers lie in another order in memory. "
                "Its strides in bytes are x.strides.",
            ),
            *(
                dilated_case((2, 9, 11, 3), (3, 2, 3, 4), d, seed=n, whole=False)
                for n, d in ((100, (1, 4)), (101, (4, 3)), (102, 3))
            ),
        ],
    )


def depthwise_conv2d(function: Callable[..., Any]) -> None:
    """function(x, weight, bias, stride=1, padding=0) -> y; weight (KH, KW, C)."""
    own = "Channel c of y comes from channel c of x, filter c and bias c, and from no others."
    check(
        "depthwise_conv2d",
        function,
        [
            depthwise_case((1, 3, 3, 1), (2, 2, 1), seed=1, hint=WINDOW),
            depthwise_case((1, 2, 2, 3), (1, 1, 3), seed=2, hint=own),
            depthwise_case((1, 3, 3, 2), (2, 2, 2), seed=3, hint=own),
            depthwise_case((1, 3, 4, 2), (1, 3, 2), seed=4, hint="This kernel is no square."),
            depthwise_case((2, 3, 3, 2), (2, 1, 2), seed=5, hint="Each image has its own output."),
            depthwise_case((1, 5, 4, 2), (2, 2, 2), (2, 1), seed=6, hint=STEP + PAIR),
            depthwise_case((1, 3, 2, 2), (2, 2, 2), 1, (0, 1), seed=7, hint=BORDER + PAIR),
            depthwise_case((1, 5, 4, 3), (3, 2, 3), (1, 2), (2, 1), seed=8, hint=own),
            depthwise_case((2, 4, 3, 3), (2, 2, 3), seed=9, defaults=True, hint=LEFT_OUT),
            depthwise_case((2, 5, 4, 3), (3, 2, 3), 2, 1, seed=10, dtype=np.float32, hint=FLOAT32),
            *random_cases(depthwise_case, depthwise_sizes, range(100, 104), size_of_y, whole=False),
        ],
    )


def grouped_conv2d(function: Callable[..., Any]) -> None:
    """function(x, weight, bias, groups, stride=1, padding=0) -> y; C_in is cut into groups."""
    group = (
        "Which channels of x, which weights and which bias belong to filter k? The first "
        "group of filters sees the first group of channels."
    )
    x = np.ones((1, 3, 3, 6))
    check(
        "grouped_conv2d",
        function,
        [
            grouped_case(
                (1, 2, 2, 1), (2, 2, 1, 1), 1, seed=1, hint="One group: all as in task 2."
            ),
            grouped_case((1, 1, 1, 4), (1, 1, 2, 2), 2, seed=2, hint=group),
            grouped_case((1, 1, 2, 4), (1, 1, 2, 4), 2, seed=3, hint=group),
            grouped_case(
                (1, 1, 2, 3),
                (1, 1, 1, 3),
                3,
                seed=4,
                hint="As many groups as channels, and one filter each: as in task 4.",
            ),
            grouped_case((1, 1, 2, 2), (1, 1, 1, 6), 2, seed=5, hint=group),
            grouped_case((1, 3, 4, 2), (2, 3, 1, 2), 2, seed=6, hint="This kernel is no square."),
            grouped_case((2, 5, 4, 6), (2, 2, 2, 3), 3, (2, 1), (0, 1), seed=7, hint=STEP + PAIR),
            grouped_case((2, 4, 4, 4), (2, 1, 2, 6), 2, seed=8, defaults=True, hint=LEFT_OUT),
            grouped_case(
                (2, 4, 5, 4), (3, 2, 2, 2), 2, (1, 2), 1, seed=9, dtype=np.float32, hint=FLOAT32
            ),
            *(
                grouped_case((2, 6, 7, 2 * g), (3, 2, 2, 3 * g), g, s, p, seed=g, whole=False)
                for g, s, p in ((2, (1, 3), (1, 0)), (3, 2, (0, 2)), (4, (3, 2), 1))
            ),
            refused_groups(
                x, np.ones((2, 2, 1, 4)), 4, "4 groups do not divide 6 channels evenly."
            ),
            refused_groups(x, np.ones((2, 2, 2, 4)), 3, "3 groups do not divide 4 filters evenly."),
        ],
    )


# Makers of cases, also for the hidden tests. They remember what they made: loops are slow.


def shape_case(*arguments, hint="", **options):
    """A case of output_shape. What is expected is found by counting the places to begin."""
    inputs = dict(zip(SETTINGS, arguments, strict=False))
    full = (SETTINGS | inputs).items()
    axes = zip(*(pair(value, name, 0) for name, value in full), strict=True)
    expected = tuple(
        len(range(0, size + 2 * padding - dilation * (kernel - 1), stride))
        for size, kernel, stride, padding, dilation in axes
    )
    return Case(
        inputs, expected, hint=hint, returns=("OH", "OW"), given=with_defaults(inputs), **options
    )


def refused_shape(*arguments):
    inputs = dict(zip(SETTINGS, arguments, strict=False))
    return error_case(
        inputs,
        given=with_defaults(inputs),
        hint="Does the window fit into the padded image, along both axes?",
    )


def with_defaults(inputs):
    return "\n".join(
        f"{name} = {value}" + " (the default)" * (name not in inputs)
        for name, value in (SETTINGS | inputs).items()
    )


def convolution_inputs(
    image,
    kernel,
    stride=1,
    padding=0,
    *,
    seed,
    dtype=np.float64,
    defaults=False,
    batch_innermost=False,
    whole=True,
):
    """Return x, weight and bias, and the settings: none where stride and padding are left out.

    The last axis of a kernel is that of its biases.
    """
    rng = np.random.default_rng(seed)
    shapes = {"x": image, "weight": kernel, "bias": kernel[-1:]}
    inputs = {name: numbers(rng, shape, dtype, whole) for name, shape in shapes.items()}
    if batch_innermost:
        inputs["x"] = with_batch_innermost(inputs["x"])
    return inputs, {} if defaults else {"stride": stride, "padding": padding}


@functools.cache
def conv2d_case(image, kernel, stride=1, padding=0, *, hint=WINDOW, **options):
    """A case of conv2d_forward. image (N, H, W, C_in), kernel (KH, KW, C_in, C_out)."""
    inputs, settings = convolution_inputs(image, kernel, stride, padding, **options)
    return convolution_case(inputs, settings, lambda weight: weight, hint)


@functools.cache
def depthwise_case(image, kernel, stride=1, padding=0, *, hint="", **options):
    """A case of depthwise_conv2d. image (N, H, W, C), kernel (KH, KW, C)."""
    inputs, settings = convolution_inputs(image, kernel, stride, padding, **options)

    def full(weight):
        return weight[..., np.newaxis] * np.eye(kernel[2], dtype=weight.dtype)

    return convolution_case(inputs, settings, full, hint)


@functools.cache
def grouped_case(image, kernel, groups, stride=1, padding=0, *, hint="", **options):
    """A case of grouped_conv2d. image (N, H, W, C_in), kernel (KH, KW, C_in / groups, C_out)."""
    inputs, settings = convolution_inputs(image, kernel, stride, padding, **options)
    group_of_channel = np.repeat(np.arange(groups), kernel[2])
    group_of_filter = np.repeat(np.arange(groups), kernel[3] // groups)
    seen = group_of_channel[:, np.newaxis] == group_of_filter

    def full(weight):
        return (np.tile(weight, (1, 1, groups, 1)) * seen).astype(weight.dtype)

    case = convolution_case(inputs | {"groups": groups}, settings, full, hint)
    first = np.resize(inputs["bias"][: kernel[3] // groups], kernel[3])
    case.suspects[FIRST_BIASES] = case.expected - inputs["bias"] + first
    return case


def refused_groups(x, weight, groups, hint):
    """A case in which a ValueError must name C_in or C_out, whichever does not fit, alone."""
    right, wrong = ("C_in", "C_out") if x.shape[3] % groups else ("C_out", "C_in")

    def judge(outcome):
        what, value = outcome
        if what == "returned":
            return f"A ValueError should be raised here; you returned {shorten(value)}."
        if right in str(value) and wrong not in str(value):
            return None
        return (
            f"The message of the ValueError should name {right}, and not {wrong}. It is "
            f"{shorten(str(value))}."
        )

    inputs = {"x": x, "weight": weight, "bias": np.zeros(weight.shape[3]), "groups": groups}
    return Case(inputs, hint=hint, use=raised_or_returned, judge=judge)


@functools.cache
def dilated_case(image, kernel, dilation, *, hint="", **options):
    """A case of dilated_conv2d; without a dilation the argument is left out."""
    inputs, _ = convolution_inputs(image, kernel, **options)
    settings = {} if dilation is None else {"dilation": dilation}
    DH, DW = pair(dilation or 1, "dilation")

    def spread(weight):
        KH, KW, C_in, C_out = weight.shape
        wide = np.zeros((DH * (KH - 1) + 1, DW * (KW - 1) + 1, C_in, C_out), weight.dtype)
        wide[::DH, ::DW] = weight
        return wide

    return convolution_case(inputs, settings, spread, hint)


def conv2d_sizes(seed):
    """Drawn arguments of conv2d_case."""
    return drawn_convolution(seed, (4, 5, 5, 4, 4))


def depthwise_sizes(seed):
    """Drawn arguments of depthwise_case."""
    image, kernel, stride, padding = conv2d_sizes(seed)
    return image, kernel[:3], stride, padding


def size_of_y(case):
    return case.expected.size


def convolution_case(inputs, settings, filters, hint):
    """A Case whose result is an ordinary convolution with filters(weight).

    Its suspects are what the usual mistakes give, each with the hint that helps.
    """
    x, weight, bias = (inputs[name] for name in ("x", "weight", "bias"))
    sizes = {name: value for name, value in settings.items() if name != "dilation"}
    swapped = {name: pair(value, name, 0)[::-1] for name, value in sizes.items()}
    PH, PW = pair(sizes.get("padding", 0), "padding", 0)
    low = np.pad(x, ((0, 0), (0, 2 * PH), (0, 2 * PW), (0, 0)))
    high = np.pad(x, ((0, 0), (2 * PH, 0), (2 * PW, 0), (0, 0)))
    stride = sizes.get("stride", 1)
    attempts = {
        TURNED: (x, filters(weight[::-1, ::-1]), bias, sizes),
        NO_BIAS: (x, filters(weight), np.zeros_like(bias), sizes),
        SWAPPED: (x, filters(weight), bias, swapped),
        LOW: (low, filters(weight), bias, {"stride": stride}),
        HIGH: (high, filters(weight), bias, {"stride": stride}),
    }
    suspects = {}
    for idea, (images, kernels, biases, options) in attempts.items():
        try:
            suspects[idea] = loops.conv2d_forward(images, kernels, biases, **options)
        except ValueError:  # this mistake finds no window here
            continue
    expected = loops.conv2d_forward(x, filters(weight), bias, **sizes)
    return Case(inputs | settings, expected, hint=hint, suspects=suspects, returns="y")

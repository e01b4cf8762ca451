"""The cases of exercises of lesson 02: the size of the output, and the convolution itself."""

import numpy as np

from course_lib.practice.checks.engine import Case, error_case
from tests.practice.assignments.cases_02 import (
    DEFAULTS,
    WHOLE,
    arrays,
    both_axes,
    case,
    convolve,
    drawn_sizes,
    general_mistakes,
    suspects,
    turned_round,
)

# The size of the output

SETTINGS = {"image_size": None, "kernel_size": None, "stride": 1, "padding": 0, "dilation": 1}


def output_shape(**settings):
    """Counts the places where a window can begin, along both axes."""
    axes = zip(*(both_axes(value) for value in (SETTINGS | settings).values()), strict=True)
    return tuple(
        len(range(0, size + 2 * padding - dilation * (kernel - 1), stride))
        for size, kernel, stride, padding, dilation in axes
    )


def by_formula(formula):
    """A mistake: formula(room, reach, stride) along each axis."""

    def wrong(**settings):
        axes = zip(*(both_axes(value) for value in (SETTINGS | settings).values()), strict=True)
        return tuple(
            formula(size + 2 * padding - dilation * (kernel - 1) - 1, kernel, stride)
            for size, kernel, stride, padding, dilation in axes
        )

    return wrong


def exchanged(name):
    """A mistake: the two numbers of this setting are exchanged."""
    return lambda **settings: output_shape(
        **settings | ({name: turned_round(settings[name])} if name in settings else {})
    )


def without(name):
    return lambda **settings: output_shape(**{k: v for k, v in settings.items() if k != name})


def dilation_times_kernel(kernel_size, dilation=1, **others):
    (KH, KW), (DH, DW) = both_axes(kernel_size), both_axes(dilation)
    return output_shape(kernel_size=(KH * DH, KW * DW), **others)


def padding_once(image_size, padding=0, **others):
    (H, W), (PH, PW) = both_axes(image_size), both_axes(padding)
    return output_shape(image_size=(H + PH, W + PW), **others)


SHAPE_MISTAKES = {
    "You get this when the first window is not counted. With no room to move, how many windows "
    "fit?": by_formula(lambda room, kernel, stride: room // stride),
    "You get this when a step that does not fit whole is taken. Would the last window lie in the "
    "image?": by_formula(lambda room, kernel, stride: -(-room // stride) + 1),
    "You get this when a quotient is rounded to the nearest whole number.": by_formula(
        lambda room, kernel, stride: round(room / stride) + 1
    ),
    "You get this when padding is added once along each axis. On how many sides does it lie?": (
        padding_once
    ),
    "You get this without padding.": without("padding"),
    "You get this with a stride of 1.": without("stride"),
    "You get this when dilation plays no part. Over how many pixels do three weights with "
    "dilation 2 reach?": without("dilation"),
    "You get this when the window reaches over dilation times kernel. Over how many pixels do "
    "three weights with dilation 2 reach?": dilation_times_kernel,
    "This is (OW, OH). Height comes first.": lambda **settings: output_shape(**settings)[::-1],
    **{
        f"You get this when the two numbers of {name} are exchanged. Height comes first.": (
            exchanged(name)
        )
        for name in SETTINGS
    },
}


def with_defaults(inputs):
    return "\n".join(
        f"{name} = {value}" + " (the default)" * (name not in inputs)
        for name, value in (SETTINGS | inputs).items()
    )


def shape_case(about, *arguments):
    inputs = dict(zip(SETTINGS, arguments, strict=False))
    return Case(
        inputs,
        output_shape(**inputs),
        about=about,
        suspects=suspects(SHAPE_MISTAKES, inputs),
        returns=("OH", "OW"),
        given=with_defaults(inputs),
    )


def refused_shape(about, *arguments):
    inputs = dict(zip(SETTINGS, arguments, strict=False))
    return error_case(inputs, given=with_defaults(inputs), about=about)


def visible_shapes():
    return [
        shape_case("Stride 1, no padding.", (5, 5), (3, 3)),
        shape_case("Height and width are different here.", (6, 4), (2, 3)),
        shape_case("Whole numbers for both axes, and a stride.", 7, 3, 2),
        shape_case("A step does not fit whole along the height.", (6, 7), 3, 2),
        shape_case("The stride is a pair.", (7, 7), 3, (1, 3)),
        shape_case("There is padding.", (4, 6), 3, 1, 1),
        shape_case("The padding is a pair.", (4, 6), 3, 1, (2, 0)),
        shape_case("There is a dilation.", (9, 9), 3, 1, 0, 2),
        shape_case(
            "The dilation is a pair, the kernel has one column.", (9, 9), (3, 1), 1, 0, (2, 4)
        ),
        shape_case("Everything at once.", (11, 10), (3, 2), (2, 3), (1, 2), (3, 2)),
        shape_case("The window is as large as the image.", 3, 3),
        shape_case("The window is as large as the padded image.", (2, 3), (4, 5), 3, 1),
        shape_case("The stride is larger than the image.", (4, 3), 2, 7),
        refused_shape("The window is higher than the image.", (4, 9), (5, 3)),
        refused_shape("The window is wider than the image.", (9, 4), (3, 5)),
        refused_shape("The window is wider than the padded image.", (9, 9), 4, 1, 1, (1, 4)),
    ]


# The convolution


def conv2d_forward(x, weight, bias, stride=1, padding=0):
    return convolve(np.matmul, x, weight, bias, stride, padding)


def whole_numbers_of(change):
    return lambda weight, **others: conv2d_forward(weight=change(weight), **others)


CONVOLUTION_MISTAKES = {
    "You get this when the channels of the filter are reversed.": whole_numbers_of(
        lambda weight: weight[:, :, ::-1]
    ),
    "You get this when weight is reshaped to (C_out, ...) as it lies. Which axis counts the "
    "filters?": whole_numbers_of(
        lambda weight: np.moveaxis(weight.reshape(weight.shape[3], *weight.shape[:3]), 0, 3)
    ),
    "You get this when the bias is added once for each channel of x.": lambda bias, x, **others: (
        conv2d_forward(bias=bias * x.shape[3], x=x, **others)
    ),
    "You get this when the bias is subtracted.": lambda bias, **others: conv2d_forward(
        bias=-bias, **others
    ),
    **general_mistakes(conv2d_forward),
}


def conv2d_case(image, kernel, stride=1, padding=0, *, seed, about, defaults=False, **kind):
    inputs = arrays(seed, image, kernel, **kind)
    settings = {} if defaults else {"stride": stride, "padding": padding}
    return case(conv2d_forward, CONVOLUTION_MISTAKES, inputs | settings, about, returns="y")


def visible_convolutions():
    one = conv2d_case
    return [
        one((1, 3, 3, 1), (2, 2, 1, 1), seed=1, about=f"One channel, one filter. {WHOLE}"),
        one((1, 3, 5, 1), (1, 3, 1, 1), seed=2, about="Neither kernel nor image is a square."),
        one((1, 3, 3, 2), (2, 1, 2, 1), seed=3, about="There are two channels."),
        one((1, 3, 3, 1), (2, 2, 1, 3), seed=4, about="There are three filters."),
        one((2, 3, 2, 1), (2, 2, 1, 1), seed=5, about="There are two images."),
        one((1, 5, 5, 1), (2, 2, 1, 1), 2, seed=6, about="The stride is 2."),
        one((1, 5, 4, 1), (2, 2, 1, 1), (2, 1), seed=7, about="The stride is (2, 1)."),
        one((1, 4, 6, 1), (1, 2, 1, 1), (1, 3), seed=8, about="A step does not fit whole."),
        one((1, 2, 2, 1), (2, 2, 1, 1), 1, 1, seed=9, about="There is padding."),
        one((1, 3, 2, 1), (2, 2, 1, 1), 1, (0, 1), seed=10, about="The padding is (0, 1)."),
        one((1, 4, 4, 1), (3, 2, 1, 1), (2, 1), (1, 2), seed=11, about="Stride and padding."),
        one((1, 4, 3, 2), (2, 2, 2, 2), seed=12, defaults=True, about=DEFAULTS),
        one(
            (2, 5, 4, 2),
            (2, 3, 2, 2),
            seed=13,
            dtype=np.float32,
            about="x, weight and bias are float32.",
        ),
        *(
            one(*drawn_sizes(n), seed=n, whole=False, about="Drawn numbers, all settings.")
            for n in range(100, 106)
        ),
        one((1, 3, 3, 1), (2, 2, 1, 1), seed=99, about="The shapes of case 1, other numbers."),
    ]


VISIBLE = {"output_shape": visible_shapes, "conv2d_forward": visible_convolutions}

"""The cases of assignment 02: inputs, what should come out, and what well-known mistakes give.

Everything expected is worked out here in plain loops, one pixel at a time, without the library.
Every task has its known mistakes as {hint: a wrong function}; they are tried on each of its cases.
"""

import dataclasses
import functools
from typing import Any

import numpy as np

from course_lib.practice.checks.assignment_02_strided_convolution import (
    after_doubling_x,
    after_one_more_layer,
    after_writing_into_the_result,
    names_what_does_not_fit,
    number_by_number,
    on_overlapping_images,
)
from course_lib.practice.checks.engine import Case, error_case
from course_lib.practice.checks.engine.check_case import raised_or_returned

# What several tasks have in common


def both_axes(value):
    """A setting as (height, width)."""
    return value if isinstance(value, tuple) else (value, value)


def turned_round(value):
    """A pair with its numbers exchanged; a whole number stays."""
    return value[::-1] if isinstance(value, tuple) else value


def convolve(combine, x, weight, bias, stride=1, padding=0, dilation=1):
    """Any convolution, pixel by pixel; combine(pixel (C_in,), weights) -> (C_out,) says which."""
    (SH, SW), (PH, PW), (DH, DW) = map(both_axes, (stride, padding, dilation))
    (N, H, W, _), (KH, KW) = x.shape, weight.shape[:2]
    OH = len(range(0, H + 2 * PH - DH * (KH - 1), SH))
    OW = len(range(0, W + 2 * PW - DW * (KW - 1), SW))
    if not OH or not OW:
        raise ValueError("no window fits")
    y = np.zeros((N, OH, OW, len(bias)))
    for n, i, j, p, q in np.ndindex(N, OH, OW, KH, KW):
        row, column = i * SH + p * DH - PH, j * SW + q * DW - PW
        if 0 <= row < H and 0 <= column < W:
            y[n, i, j] += combine(x[n, row, column].astype(float), weight[p, q].astype(float))
    return (y + bias).astype(x.dtype)


def numbers(rng, shape, dtype=np.float64, whole=True):
    """Numbers of which each counts; whole ones, from -4 to 4 without 0, are easy to read."""
    if not whole:
        return rng.normal(size=shape).astype(dtype)
    return (rng.integers(1, 5, shape) * rng.choice([-1, 1], shape)).astype(dtype)


def arrays(seed, image, kernel, dtype=np.float64, whole=True):
    """x, weight and bias. image (N, H, W, C_in); the last axis of a kernel is that of its biases."""
    rng = np.random.default_rng(seed)
    shapes = {"x": image, "weight": kernel, "bias": kernel[-1:]}
    return {name: numbers(rng, shape, dtype, whole) for name, shape in shapes.items()}


def suspects(mistakes, inputs):
    """{hint: what the mistake returns}; a mistake that finds no window here is left out."""
    found: dict[str, Any] = {}
    for hint, wrong in mistakes.items():
        try:
            with np.errstate(all="ignore"):
                found[hint] = wrong(**inputs)
        except (ValueError, IndexError, ZeroDivisionError):
            continue
    return found


def case(right, mistakes, inputs, about, use=None, known=True, **options):
    """A Case whose expected value and suspects come from these functions.

    known: False where there are no suspects; large arrays have none. use: of the Case; what
    it makes of the right function is expected.
    """
    if use:
        options |= {"use": use, "parameters": tuple(inputs)}
        return Case(inputs, use(right, *inputs.values()), about=about, **options)
    small = all(value.size < 200 for value in inputs.values() if isinstance(value, np.ndarray))
    found = suspects(mistakes, inputs) if small and known else {}
    return Case(inputs, right(**inputs), about=about, suspects=found, **options)


def hidden(make):
    """The same maker without suspects: hidden tests give no hints."""
    return lambda: [dataclasses.replace(case, suspects={}) for case in make()]


def drawn_sizes(seed):
    """Sizes of a convolution: image, kernel (KH, KW, C_in, C_out), stride, padding."""
    rng = np.random.default_rng(seed)
    N, room_H, room_W, C_in, C_out = (int(n) for n in rng.integers(2, (4, 5, 6, 4, 5)))
    KH, KW, SH, SW = (int(n) for n in rng.integers(1, 4, 4))
    PH, PW = (int(n) for n in rng.integers(0, 3, 2))
    return (N, KH + room_H, KW + room_W, C_in), (KH, KW, C_in, C_out), (SH, SW), (PH, PW)


TURNED = (
    "You get this when the filter is turned round by half a turn. Which weight lies on the "
    "first pixel of the window?"
)
FLIPPED = (
    "You get this when rows and columns of the filter are exchanged. Which of the first two "
    "axes of weight is the height?"
)
NO_BIAS = "You get this without the bias. What is added to every sum of a filter?"
FIRST_BIAS = "You get this when all take the first bias. Which number of bias belongs to which?"
MEAN = (
    "You get this when the products of a window are averaged. A window of 2×2 ones and weights "
    "of 1: what should it give?"
)
STRIDE_SWAPPED = (
    "You get this when the two numbers of stride are exchanged. Which of the two is for the rows?"
)
PADDING_SWAPPED = (
    "You get this when the two numbers of padding are exchanged. Which of the two is for the rows?"
)
NO_STRIDE = "You get this with a stride of 1. Where does the second window begin here?"
NO_PADDING = "You get this without any padding. On which sides does the border lie?"
NEITHER = "You get this with a stride of 1 and no padding. Where do your stride and padding go?"
LOW = "You get this when all the padding lies below and to the right. How many sides does an image have?"
HIGH = "You get this when all the padding lies above and to the left. How many sides does an image have?"
FIRST_IMAGE = "You get this when all images get the output of the first. Where does n come in?"
STRIDE_1 = {"stride": 1, "padding": 0}
STRIDE_5 = {"stride": (1, 5), "padding": 0}
OTHERS = [{"stride": s, "padding": p} for s, p in ((2, 0), (1, 1), (2, 1))]
WHOLE = "Stride and padding are whole numbers, which hold for both axes."
DEFAULTS = "Stride and padding are left out here: they are 1 and 0."


def general_mistakes(right):
    """Mistakes with weight, bias, stride and padding that any convolution can have."""

    def flipped(weight, **others):
        if weight.shape[0] != weight.shape[1]:
            raise ValueError("it would fail in many ways")
        return right(weight=weight.swapaxes(0, 1), **others)

    def first_image(**inputs):
        y = right(**inputs)
        if isinstance(y, tuple):
            return tuple(np.repeat(array[:1], len(array), axis=0) for array in y)
        return np.repeat(y[:1], len(y), axis=0)

    def with_border(above, below):
        def wrong(x, padding=0, **others):
            PH, PW = both_axes(padding)
            border = ((0, 0), (above * PH, below * PH), (above * PW, below * PW), (0, 0))
            return right(x=np.pad(x, border), **others)

        return wrong

    return {
        TURNED: lambda weight, **others: right(weight=weight[::-1, ::-1], **others),
        FLIPPED: flipped,
        NO_BIAS: lambda bias, **others: right(bias=0 * bias, **others),
        FIRST_BIAS: lambda bias, **others: right(bias=0 * bias + bias[0], **others),
        MEAN: lambda weight, bias, **others: right(
            weight=weight / np.prod(weight.shape[:2]), bias=bias, **others
        ),
        STRIDE_SWAPPED: lambda stride=1, **others: right(stride=turned_round(stride), **others),
        PADDING_SWAPPED: lambda padding=0, **others: right(padding=turned_round(padding), **others),
        NO_STRIDE: lambda stride=1, **others: right(**others),
        NO_PADDING: lambda padding=0, **others: right(**others),
        NEITHER: lambda stride=1, padding=0, **others: right(**others),
        LOW: with_border(0, 2),
        HIGH: with_border(2, 0),
        FIRST_IMAGE: first_image,
    }


def odd_cases(of, arrays_of, C, tail, seed, one, others):
    """Cases of what is seldom tried: sums of 0, tiny numbers, memory by size, content, identity.

    of(inputs, about, ...) makes a case, arrays_of(seed, image, kernel) its arrays. C is the number
    of channels in x, and tail the end of a kernel's shape; one and others are settings, of which
    the first of the others turns 4×4 pixels into 2×2 numbers with a kernel of 2×2.
    """
    flat = arrays_of(seed + 30, (1, 1, 3, C), (1, 2, *tail))
    flat["bias"] = np.array([3.0, -3.0])
    tiny = arrays_of(seed + 31, (1, 1, 3, C), (1, 2, *tail))
    tiny["weight"] *= 1e-9
    tiny["bias"] *= 1e-9
    opposite = arrays_of(seed + 32, (1, 1, 3, C), (1, 2, *tail))
    for array, axis in ((opposite["x"], 3), (opposite["weight"], 2), (opposite["weight"], -1)):
        if array.shape[axis] == 2:
            first, second = np.moveaxis(array, axis, 0)
            second[...] = -first
    dark = arrays_of(seed + 33, (1, 1, 5, C), (1, 2, *tail))
    dark["x"] = -abs(dark["x"])
    dark["x"][:, :, 2:4] = 0
    point = arrays_of(seed + 34, (1, 2, 2, C), (1, 1, *tail))
    wide = arrays_of(seed + 35, (1, 2, 3, C), (1, 2, *tail))
    high = dict(wide, weight=wide["weight"].reshape(2, 1, *tail))
    for name in {"x", "present"} & wide.keys():
        high[name] = wide[name].reshape(1, 3, 2, *wide[name].shape[3:])
    single = {
        name: array.astype(np.float32) if array.dtype == float else array
        for name, array in wide.items()
    }
    more = tuple(2 * size if axis == len(tail) - 1 else size for axis, size in enumerate(tail))
    return [
        of(inputs, about, known=False)
        for inputs, about in [
            (flat | one, "The biases add up to 0."),
            (tiny | one, "The weights and biases are tiny."),
            (opposite | one, "Where there are two numbers side by side, they add up to 0."),
            (dark | one, "No pixel is above 0, and some are 0."),
            (point | others[-1], "A kernel of 1×1."),
            (wide | one, "One row of weights."),
            (high | one, "The same numbers as before, in other shapes: one column of weights."),
            *((wide | other, "The same arrays once more, other settings.") for other in others),
            (single | one, "The same numbers once more, in float32."),
            (
                arrays_of(seed + 36, (1, 3, 3, C), (2, 2, *tail)) | one,
                "A kernel of 2×2, and an output of 2×2.",
            ),
            (
                arrays_of(seed + 37, (1, 4, 4, C), (2, 2, *tail)) | others[0],
                "Kernel and output are as large as before, the settings are others.",
            ),
            (
                arrays_of(seed + 38, (1, 3, 3, 2 * C if len(tail) == 1 else C), (2, 2, *more))
                | one,
                "Twice as many filters.",
            ),
        ]
    ] + [
        of(
            wide | one,
            "The function is called twice. In between, the caller doubles the numbers of x, in "
            "the same array; what is looked at is the second result.",
            use=after_doubling_x,
        ),
    ]


def unseen_pixels(arrays_of, C, tail, seed):
    """Inputs in which no window looks at the columns 2 to 4: there is something large."""
    inputs = arrays_of(seed + 39, (1, 3, 7, C), (1, 2, *tail))
    inputs["x"][:, :, 2:5] *= 1e13
    return inputs


def extreme_cases(of, arrays_of, C, tail, seed, one, larger, crowd, gap):
    """Cases of what is large, long, many, nearly equal or far from equal. No suspects.

    of, arrays_of, C, tail, one: as for odd_cases. larger: settings of which each is 2, for long
    axes. crowd: (channels, end of the kernel's shape, settings) for many channels. gap: (width of
    a row, columns, settings) so that no window of 1×2 looks at these columns.
    """

    def positive(number, image, kernel):
        """Sums without cancellation, without a bias: each number of y is known to its last digits."""
        inputs = arrays_of(seed + number, image, kernel)
        return inputs | {
            "x": abs(inputs["x"]),
            "weight": abs(inputs["weight"]),
            "bias": np.zeros_like(inputs["bias"]),
        }

    def by_itself(inputs, about):
        return of(
            inputs,
            f"{about} Each number of y is compared by itself.",
            use=number_by_number,
            returns="y.ravel()",
        )

    wide = arrays_of(seed + 50, (1, 3, 301, C), (2, 2, *tail))
    tall = arrays_of(seed + 51, (1, 301, 3, C), (3, 2, *tail))
    many = arrays_of(seed + 52, (67, 1, 3, C), (1, 2, *tail))
    channels, crowd_tail, crowd_settings = crowd
    crowded = arrays_of(seed + 53, (1, 1, 3, channels), (1, 2, *crowd_tail))
    zeros = arrays_of(seed + 54, (1, 1, 5, C), (1, 3, *tail))
    zeros["weight"][0, 1] = 0
    similar = arrays_of(seed + 55, (1, 3, 3, C), (2, 2, *tail))
    similar["weight"] = 1 + 1e-7 * similar["weight"]
    grey = arrays_of(seed + 56, (1, 3, 3, C), (2, 2, *tail))
    grey["x"] = 1 + 1e-7 * grey["x"]
    faint = arrays_of(seed + 57, (1, 3, 3, C), (2, 2, *tail))
    faint |= {"x": 1e-9 * faint["x"], "bias": np.zeros_like(faint["bias"])}
    black = arrays_of(seed + 58, (2, 1, 3, C), (1, 2, *tail))
    black["x"][1] = 0
    black["x"][..., C // 2 :] = 0
    width, columns, gap_settings = gap
    unseen = arrays_of(seed + 59, (1, 1, width, C), (1, 2, *tail))
    unseen |= {"x": 1e-6 * unseen["x"], "bias": 1e-6 * unseen["bias"]}
    unseen["x"][:, :, columns] = 3e36
    for name in ("x", "weight", "bias"):
        unseen[name] = unseen[name].astype(np.float32)
    mean = positive(60, (1, 3, 9, C), (2, 2, *tail))
    mean["weight"][...] = 1
    mean["x"] *= np.array([1e13, 1, 1, 1e-9, 1e-9, 1e-9, 1, 1, 1e13])[:, np.newaxis]
    dim = positive(61, (2, 3, 3, C), (2, 2, *tail))
    dim["x"][1] *= 1e-9
    dim["x"][..., -1] *= 1e-9
    dim["weight"][..., -1] *= 1e-9
    dim["x"][0, 0, 0] *= 1e13
    uneven = positive(62, (1, 2, 2, C), (2, 2, *tail))
    uneven["weight"][0, 1] = uneven["weight"][1, 0] = 0
    uneven["weight"][1, 1] *= 1e-13
    uneven["x"][:, 1, 1] *= 1e13
    large = positive(63, (1, 8, 10, C), (8, 8, *tail))
    large["x"][:, :, 0] *= 1e13
    point = arrays_of(seed + 64, (1, 2, 3, C), (1, 1, *tail))
    return [
        *(
            of(inputs, about, known=False)
            for inputs, about in [
                (wide | larger, "Images of 301 columns."),
                (tall | larger, "Images of 301 rows."),
                (many | one, "There are 67 images."),
                (crowded | crowd_settings, f"There are {channels} channels."),
                (zeros | one, "The weights in the middle of the kernel are 0."),
                (similar | one, "All weights are nearly equal."),
                (grey | one, "All pixels are nearly equal, as in a grey image."),
                (faint | one, "All pixels are tiny."),
                (black | one, "The second image is black, and so is the second half of channels."),
                (unseen | gap_settings, "float32; where no weight looks, there is 3e36."),
            ]
        ),
        by_itself(mean | one, "All weights are 1, and some pixels are large, others tiny."),
        by_itself(dim | one, "One image is tiny, and so are one channel and one filter."),
        by_itself(uneven | one, "A tiny weight meets a large pixel."),
        by_itself(large | one, "A kernel of 8×8, and a column of large pixels."),
        of(
            point | one,
            "A kernel of 1×1. The function is called twice. In between, the caller writes into "
            "the first result; what is looked at is the second.",
            use=after_writing_into_the_result,
        ),
    ]


def wide_borders(of, arrays_of, C, tail, seed, one):
    """Cases with a padding that is large beside the image, or the kernel."""
    return [
        of(
            arrays_of(seed + 70 + number, image, (*size, *tail)) | one | {"padding": padding},
            about,
            known=False,
        )
        for number, (image, size, padding, about) in enumerate([
            ((1, 1, 2, C), (6, 1), (3, 0), "One row; some weights never meet it."),
            ((1, 1, 2, C), (1, 7), (0, 3), "Two columns; some weights never meet them."),
            ((1, 1, 2, C), (2, 2), (5, 4), "The padding is larger than the kernel."),
        ])
    ]


# Task 1. How far a stack of layers sees


def receptive_field(layers):
    """Follows two neighbours of the last output down to the first and last pixel that they see."""
    sizes, jumps = [], []
    for axis in range(2):
        first, last, neighbour = 0, 0, 1  # places in the last output
        for layer in reversed(layers):
            kernel, stride, dilation = (both_axes(setting)[axis] for setting in layer)
            window = range(0, dilation * kernel, dilation)
            first, last = stride * first + window[0], stride * last + window[-1]
            neighbour = stride * neighbour + window[0]
        sizes.append(len(range(first, last + 1)))
        jumps.append(neighbour - first)
    return tuple(sizes), tuple(jumps)


def right_reach(kernel, dilation):
    return dilation * (kernel - 1) + 1


def each_axis(step, start=(1, 1), reach=right_reach):
    """A mistake: step(field, jump, kernel, stride, dilation) -> field, jump, layer by layer.

    Where the reach is mistaken, too, it may find a gap where there is none: ValueError.
    """

    def wrong(layers):
        ends = []
        for axis in range(2):
            field, jump = start
            for layer in layers:
                kernel, stride, dilation = (both_axes(setting)[axis] for setting in layer)
                if stride > reach(kernel, dilation):
                    raise ValueError("a gap")
                field, jump = step(field, jump, kernel, stride, dilation)
            ends.append((field, jump))
        return tuple(zip(*ends, strict=True))

    return wrong


def exchanged(pairs):
    return tuple(pair[::-1] for pair in pairs)


def height_for_both(pairs):
    return tuple((height, height) for height, _ in pairs)


FIELD_MISTAKES = {
    "You get this when the layers are gone through in the other order. Which one is next to "
    "the image?": lambda layers: receptive_field(layers[::-1]),
    "You get this when the numbers of height and width are exchanged. In every pair, also in "
    "those that you return: which comes first?": lambda layers: exchanged(receptive_field(layers)),
    "You get this when both axes get the numbers of the height. Which number of a pair is for "
    "the width?": lambda layers: height_for_both(receptive_field(layers)),
    "This is the jump, then the field. Which of the two pairs comes first?": lambda layers: (
        receptive_field(layers)[::-1]
    ),
    "You get this when dilation plays no part. Over how many places do three weights with "
    "dilation 2 reach?": each_axis(
        lambda f, j, k, s, d: (f + (k - 1) * j, j * s), reach=lambda k, d: k
    ),
    "You get this when a window reaches over dilation times kernel. Over how many places do "
    "three weights with dilation 2 reach?": each_axis(
        lambda f, j, k, s, d: (f + (d * k - 1) * j, j * s), reach=lambda k, d: d * k
    ),
    "You get this when a dilation of 1 skips one place. Which dilation is the filter of the "
    "lesson?": each_axis(lambda f, j, k, s, d: (f + (d + 1) * (k - 1) * j, j * s)),
    "You get this when dilation also moves the windows further. What does it change, and what "
    "not?": each_axis(lambda f, j, k, s, d: (f + d * (k - 1) * j, j * s * d)),
    "You get this when each layer adds its whole window. How much of the window was counted "
    "before?": each_axis(lambda f, j, k, s, d: (f + (d * (k - 1) + 1) * j, j * s)),
    "You get this when every layer adds to the field as if it looked at the image itself. How "
    "many pixels apart are two neighbouring numbers of the layer below?": each_axis(
        lambda f, j, k, s, d: (f + d * (k - 1), j * s)
    ),
    "You get this when a layer's own stride makes its own windows larger. The numbers inside a "
    "window: which layers decide how many pixels apart they are?": each_axis(
        lambda f, j, k, s, d: (f + d * (k - 1) * j * s, j * s)
    ),
    "You get this when the jump is the stride of the last layer alone. How many pixels apart "
    "were its inputs?": each_axis(lambda f, j, k, s, d: (f + d * (k - 1) * j, s)),
    "You get this when strides are added up. Two layers with stride 3: how many pixels from a "
    "number to its neighbour?": each_axis(lambda f, j, k, s, d: (f + d * (k - 1) * j, j + s - 1)),
    "You get this when one pixel of the field is not counted. From the first to the last, both "
    "counted: how many are the pixels 0 to 2?": each_axis(
        lambda f, j, k, s, d: (f + d * (k - 1) * j, j * s), start=(0, 1)
    ),
    "You get this when the windows of all layers are multiplied. A window of 3 on windows of 3, "
    "with stride 1: which pixels does it see?": each_axis(
        lambda f, j, k, s, d: (f * (d * (k - 1) + 1), j * s)
    ),
}


def field_case(layers, about, **options):
    returns = "field", "jump"
    return case(
        receptive_field, FIELD_MISTAKES, {"layers": layers}, about, returns=returns, **options
    )


def long_stacks(kernel, stride):
    """Many layers, large numbers, and a gap far up."""
    return [
        field_case(
            ([(1, 1, 1)] * 14 + [(kernel, 1, 1)]) * 100, "There are 1,500 layers.", known=False
        ),
        field_case(
            [(2, stride, stride - 1)] * 6,
            "Every number counts its pixels exactly, however large it is.",
            known=False,
        ),
        gap_case([(3, 1, 1)] * 11 + [(1, 2, 1)], "The twelfth layer leaves a gap."),
    ]


def longer_case(layers):
    return Case(
        {"layers": layers},
        receptive_field([*layers, (3, 1, 1)]),
        about="The function is called twice. In between, the caller adds the layer (3, 1, 1) to "
        "the same list; what is looked at is the second result.",
        returns=("field", "jump"),
        use=after_one_more_layer,
        parameters=("layers",),
    )


def gap_case(layers, about):
    return error_case({"layers": layers}, about=about)


def visible_fields():
    return [
        field_case([(3, 1, 1)], "One layer. Each whole number holds for both axes."),
        field_case([], "There are no layers."),
        field_case([((2, 3), 1, 1)], "One layer, with another window along each axis."),
        field_case([((4, 3), (1, 2), 1)], "One layer with a stride along the width."),
        field_case([(3, 1, 1), (3, 1, 1)], "Two layers, without strides."),
        field_case([(3, 2, 1), (4, 1, 1)], "The first layer has a stride of 2."),
        field_case([(2, 1, 1), (3, 2, 1)], "The last layer has a stride of 2."),
        field_case([(4, 2, 1), (5, 3, 1), (2, 1, 1)], "Three layers, two strides."),
        field_case([(2, 1, 3)], "One layer with a dilation."),
        field_case([((3, 1), 1, (2, 4))], "A dilation along both axes, and a window of width 1."),
        field_case([(3, 2, 2), (3, 2, 1), (2, 1, (2, 3))], "Strides and dilations together."),
        field_case(
            [((3, 5), (2, 1), 1), (2, (1, 2), (2, 3)), ((1, 4), 1, 2), (3, (3, 2), 1)],
            "Everything is different along the two axes.",
        ),
        field_case([(2, 2, 1), ((3, 4), (3, 4), 1)], "Windows that lie side by side: no gap."),
        field_case([(2, 3, 2), (2, 4, 3)], "Windows that lie side by side, with a dilation."),
        field_case(
            [(3, 1, 1), (2, 2, 1), (2, 3, 2)],
            "The last layer's window reaches over as many places as it moves.",
        ),
        field_case([(3, 1, 1), (2, 2, 1)] * 8, "Sixteen layers."),
        field_case([(2, 1, 1)] + [(3, 2, 1)] * 15, "Many layers, and a very large field."),
        longer_case([(3, 1, 1), (2, 2, 1)]),
        gap_case([(2, 3, 1)], "The window reaches over 2 places and moves by 3."),
        gap_case([(3, 1, 1), (1, 2, 1)], "A window of one place moves by 2, in the last layer."),
        gap_case([(1, 2, 5), (3, 1, 1)], "A window of one place moves by 2, in the first layer."),
        gap_case([(5, 1, 1), ((3, 2), (2, 3), 1), (3, 1, 1)], "A gap along the width alone."),
        gap_case([(5, 1, 1), ((2, 3), (3, 2), 1), (3, 1, 1)], "A gap along the height alone."),
        gap_case([(2, 4, 2)], "Two weights with dilation 2 move by 4."),
        *long_stacks(2, 1001),
    ]


def hidden_fields():
    return [
        field_case([(5, 1, 1)], "One layer."),
        field_case([], "No layers."),
        field_case([((4, 2), 1, 1)], "One layer, another window along each axis."),
        field_case([((3, 5), (1, 3), 1)], "A stride along the width."),
        field_case([(2, 1, 1), (5, 1, 1)], "Two layers, without strides."),
        field_case([(4, 3, 1), (3, 1, 1)], "The first layer has a stride."),
        field_case([(4, 1, 1), (3, 3, 1)], "The last layer has a stride."),
        field_case([(5, 3, 1), (3, 2, 1), (4, 1, 1)], "Three layers, two strides."),
        field_case([(4, 1, 2)], "A dilation."),
        field_case([((1, 3), 1, (3, 2))], "A dilation and a window of height 1."),
        field_case([(2, 3, 3), (3, 2, 1), (2, 1, (3, 2))], "Strides and dilations together."),
        field_case(
            [((5, 3), (1, 2), 1), (3, (2, 1), (3, 2)), ((4, 1), 1, 3), (2, (2, 1), (1, 4))],
            "Everything is different along the two axes.",
        ),
        field_case([(3, 3, 1), ((4, 2), (4, 2), 1)], "Side by side."),
        field_case([(3, 5, 2), (2, 3, 2)], "Side by side, with a dilation."),
        field_case([(5, 1, 1), (3, 3, 1), (2, 5, 4)], "Side by side, in the last layer."),
        field_case([(2, 2, 1), (3, 1, 2)] * 5, "Ten layers."),
        field_case([(3, 2, 1)] * 14 + [(2, 2, 2)], "Many layers, a very large field."),
        longer_case([(4, 2, 1)]),
        field_case([(1, 1, 3), (3, 2, 1), (1, 1, 1)], "Windows of one place."),
        field_case([(3, 2, 1)] * 9, "The same layer nine times."),
        gap_case([(3, 4, 1)], "A gap."),
        gap_case([(2, 1, 1), (1, 3, 1)], "A window of one place, in the last layer."),
        gap_case([(1, 2, 3), (2, 1, 1)], "A window of one place, in the first layer."),
        gap_case([(4, 1, 1), ((5, 3), (3, 4), 1), (2, 1, 1)], "A gap along the width."),
        gap_case([(4, 1, 1), ((3, 5), (4, 3), 1), (2, 1, 1)], "A gap along the height."),
        gap_case([(3, 6, 2)], "A gap in spite of a dilation."),
        gap_case([(7, 1, 1), (5, 1, 1), (2, 1, 1), (3, 4, 1), (2, 1, 1)], "A gap among many."),
        *long_stacks(3, 1003),
    ]


# Task 2. Pixels that are missing


def add_up(x, present, weight, stride=1, padding=0):
    """Return the sums (N, OH, OW, C_out) over pixels that are there, and their number m."""
    (SH, SW), (PH, PW) = both_axes(stride), both_axes(padding)
    (N, H, W, _), (KH, KW, _, C_out) = x.shape, weight.shape
    OH, OW = len(range(0, H + 2 * PH - KH + 1, SH)), len(range(0, W + 2 * PW - KW + 1, SW))
    sums, m = np.zeros((N, OH, OW, C_out)), np.zeros((N, OH, OW), int)
    for n, i, j, p, q in np.ndindex(N, OH, OW, KH, KW):
        row, column = i * SH + p - PH, j * SW + q - PW
        if 0 <= row < H and 0 <= column < W and present[n, row, column]:
            sums[n, i, j] += x[n, row, column].astype(float) @ weight[p, q].astype(float)
            m[n, i, j] += 1
    return sums, m


def partial_conv2d(x, present, weight, bias, stride=1, padding=0, scale=None, empty=0.0):
    """The task, place by place; scale(m, KH * KW) and empty (C_out) change it for the mistakes."""
    sums, m = add_up(x, present, weight, stride, padding)
    size = weight.shape[0] * weight.shape[1]
    y = np.zeros(sums.shape) + empty
    for place in np.ndindex(m.shape):
        if m[place] > 0:
            factor = scale(m[place], size) if scale else size / m[place]
            y[place] = sums[place] * factor + bias
    return y.astype(x.dtype), m > 0


def whole_border(x, present, weight, bias, stride=1, padding=0):
    """A mistake: the padding is there."""
    (PH, PW), rows = both_axes(padding), ((0, 0),)
    border = (*rows, (PH, PH), (PW, PW))
    there = np.pad(present, border, constant_values=True)
    return partial_conv2d(np.pad(x, (*border, *rows)), there, weight, bias, stride)


def border_left_out(x, present, weight, bias, stride=1, padding=0):
    """A mistake: scaled up to the pixels of the window that lie in the image."""
    sums, m = add_up(x, present, weight, stride, padding)
    _, inside = add_up(x, np.ones_like(present), weight, stride, padding)
    factor = (inside / np.maximum(m, 1))[..., np.newaxis]
    y = np.where(m[..., np.newaxis] > 0, sums * factor + bias, 0)
    return y.astype(x.dtype), m > 0


def left_in(change):
    """A mistake: m is right, but all numbers of change(x, present) are added up."""

    def wrong(x, present, weight, bias, stride=1, padding=0):
        _, m = add_up(x, present, weight, stride, padding)
        known = change(x, present[..., np.newaxis])
        sums, _ = add_up(known, np.ones_like(present), weight, stride, padding)
        factor = (weight.shape[0] * weight.shape[1] / np.maximum(m, 1))[..., np.newaxis]
        y = np.where(m[..., np.newaxis] > 0, sums * factor + bias, 0)
        return y.astype(x.dtype), m > 0

    return wrong


def bias_scaled(x, present, weight, bias, stride=1, padding=0):
    """A mistake: (sum + bias) times the scale."""
    y, seen = partial_conv2d(x, present, weight, 0 * bias, stride, padding)
    _, m = add_up(x, present, weight, stride, padding)
    scale = np.where(seen, weight.shape[0] * weight.shape[1] / np.maximum(m, 1), 0)
    return (y + scale[..., np.newaxis] * bias).astype(x.dtype), seen


def moved_padding(above, below):
    """A mistake: the border is not the same on all sides."""

    def wrong(x, present, weight, bias, stride=1, padding=0):
        PH, PW = both_axes(padding)
        border = ((0, 0), (above * PH, below * PH), (above * PW, below * PW))
        there = np.pad(present, border)
        return partial_conv2d(np.pad(x, (*border, (0, 0))), there, weight, bias, stride)

    return wrong


def other_seen(question):
    """A mistake: question(m, KH * KW, y) in place of seen."""

    def wrong(x, present, weight, bias, stride=1, padding=0):
        y, _ = partial_conv2d(x, present, weight, bias, stride, padding)
        _, m = add_up(x, present, weight, stride, padding)
        return y, question(m, weight.shape[0] * weight.shape[1], y)

    return wrong


def other_present(change):
    """A mistake: change(x, present) decides which pixels are there."""

    def wrong(x, present, **others):
        return partial_conv2d(x, change(x, present), **others)

    return wrong


def scaled(scale):
    return functools.partial(partial_conv2d, scale=scale)


PARTIAL_MISTAKES = {
    "You get this when the sums are never scaled up. What is a sum multiplied by where a pixel "
    "is missing?": scaled(lambda m, size: 1),
    "You get this when a sum is multiplied by m / (KH KW). Should the sum of a few pixels grow, "
    "or shrink?": scaled(lambda m, size: m / size),
    "You get this when every sum is divided by m. What does a window give in which no pixel is "
    "missing?": scaled(lambda m, size: 1 / m),
    "You get this when KH KW / m is rounded down. What is 3 // 2, and what is 3 / 2?": scaled(
        lambda m, size: size // m
    ),
    "You get this when m counts numbers on one side and pixels on the other. Does a pixel with "
    "three channels count once, or three times?": lambda weight, **others: partial_conv2d(
        weight=weight, scale=lambda m, size: size * weight.shape[2] / m, **others
    ),
    "You get this when the bias is scaled, too. Is it added before or after?": bias_scaled,
    "You get this when a window without any pixel gives the bias. What should it give?": (
        lambda bias, **others: partial_conv2d(bias=bias, empty=bias, **others)
    ),
    "You get this when a window without any pixel gives nan. What is 0 / 0, and what should "
    "come out here?": functools.partial(partial_conv2d, empty=np.nan),
    "You get this when the pixels of the padding count as being there. Are they?": whole_border,
    "You get this when a sum at the border is scaled up to the pixels inside the image. Of how "
    "many pixels does a window consist there?": border_left_out,
    "You get this when the numbers of missing pixels are added up as well. Where does your "
    "function leave them out?": left_in(lambda x, present: x),
    "You get this when missing pixels are multiplied by 0. What are 0 · nan and 0 · inf?": (
        left_in(lambda x, present: x * present)
    ),
    "You get this when nan and inf are taken out and other numbers are left in. What says which "
    "pixels are missing?": left_in(lambda x, present: np.where(np.isfinite(x), x, 0)),
    "You get this when nan is taken out and other numbers are left in. What says which pixels "
    "are missing?": left_in(lambda x, present: np.where(np.isnan(x), 0, x)),
    "You get this when present is taken the other way round. What does True mean?": other_present(
        lambda x, present: ~present
    ),
    "You get this when your function looks for nan and inf and does not read present. Can a "
    "missing pixel hold an ordinary number?": other_present(
        lambda x, present: np.isfinite(x).all(axis=3)
    ),
    "You get this when a pixel that is there counts as missing because it is 0. Is black "
    "missing?": other_present(lambda x, present: present & (x != 0).all(axis=3)),
    "You get this when the first image says what is missing in all of them.": other_present(
        lambda x, present: present[:1] | np.zeros_like(present)
    ),
    "Here y is right, and seen is True only where no pixel is missing. How many pixels does a "
    "window need?": other_seen(lambda m, size, y: m == size),
    "Here y is right, and seen asks for half of the window. How many pixels does it need?": other_seen(
        lambda m, size, y: 2 * m >= size
    ),
    "Here y is right, and seen says what is not seen. When is it True?": other_seen(
        lambda m, size, y: m == 0
    ),
    "Here y is right, and seen is False where y happens to be 0. Can the sum over pixels that are "
    "there be 0?": other_seen(lambda m, size, y: (y != 0).any(axis=3)),
    "Here y is right, and seen is the number of pixels. What does m > 0 give?": other_seen(
        lambda m, size, y: m
    ),
    "Here y is right, and seen is needed once for each place. Over which axes of a window do you "
    "ask?": other_seen(lambda m, size, y: (m > 0)[..., np.newaxis]),
    "These are the right arrays, in the other order. Which comes first?": lambda **inputs: (
        partial_conv2d(**inputs)[::-1]
    ),
    **{
        hint: mistake
        for hint, mistake in general_mistakes(partial_conv2d).items()
        if hint not in (MEAN, LOW, HIGH)
    },
    LOW: moved_padding(0, 2),
    HIGH: moved_padding(2, 0),
}


def partial_case(
    image, kernel, stride=1, padding=0, *, seed, about, lost=0.4, holds=9.0, defaults=False, **kind
):
    """lost: the share of missing pixels, or their numbers, row by row; holds: what is in them."""
    inputs = arrays(seed, image, kernel, **kind)
    count = int(np.prod(image[:3]))
    if isinstance(lost, float):
        draws = np.random.default_rng(seed + 1).permutation(count)
        lost = draws[: round(lost * count)]
    present = np.ones(count, bool)
    present[list(lost)] = False
    present = present.reshape(image[:3])
    marks = np.resize(np.array(holds, float), int((~present).sum()))
    inputs["x"][~present] = marks[:, np.newaxis]
    ordered = {"x": inputs["x"], "present": present, **inputs}
    settings = {} if defaults else {"stride": stride, "padding": padding}
    return partial_of(ordered | settings, about)


def partial_of(inputs, about, **options):
    right = partial_conv2d
    options = {"returns": ("y", "seen")} | options
    return case(right, PARTIAL_MISTAKES, inputs, about, **options)


def arrays_with_a_hole(seed, image, kernel):
    """The second pixel is missing."""
    inputs = arrays(seed, image, kernel)
    present = np.ones(image[:3], bool)
    present[0, 0, 1] = False
    return {"x": inputs["x"], "present": present, **inputs}


def large_kernel(seed, about):
    """A window with more pixels than fit into a number of 8 bits."""
    inputs = arrays(seed, (1, 17, 16, 1), (17, 16, 1, 1), whole=False)
    present = np.ones((1, 17, 16), bool)
    present[0, 3, 4] = False
    return partial_of({"x": inputs["x"], "present": present, **inputs}, about)


def zeros_case(seed, about):
    """A pixel that is there is 0, and a sum over pixels that are there is 0."""
    rng = np.random.default_rng(seed)
    inputs = {
        "x": np.array([0.0, 3, 7, 2, 2, 7, 7]).reshape(1, 1, 7, 1) * rng.integers(1, 4),
        "present": np.array([True, True, False, True, True, False, False]).reshape(1, 1, 7),
        "weight": np.array([1.0, -1]).reshape(1, 2, 1, 1) * rng.integers(1, 4),
        "bias": np.zeros(1),
    }
    return partial_of(inputs | {"stride": 1, "padding": 0}, about)


def largest_numbers(seed, dtype):
    """A product with what a missing pixel holds would be inf."""
    large = 0.9 * float(np.finfo(dtype).max)
    drawn = partial_case(
        (1, 2, 5, 2),
        (2, 2, 2, 2),
        seed=seed,
        holds=[large, -large],
        dtype=dtype,
        about=f"The missing pixels hold nearly the largest numbers of {np.dtype(dtype)}.",
    )
    return dataclasses.replace(drawn, suspects={})  # inf or nan, by the order of the sum


def overlapping_images(seed, about):
    """The second pixel of the first image is missing; in the second image it is there."""
    inputs = arrays_with_a_hole(seed, (2, 1, 3, 1), (1, 2, 1, 1))
    inputs["x"][1, :, :-1] = inputs["x"][0, :, 1:]
    return partial_of(inputs | STRIDE_1, about, use=on_overlapping_images)


def partial_cases(seed):
    """The cases of partial_conv2d, with the numbers of this seed."""
    one = partial_case
    return [
        one(
            (1, 1, 3, 1),
            (1, 2, 1, 1),
            seed=seed,
            lost=[2],
            about=f"The last pixel is missing. {WHOLE}",
        ),
        one(
            (1, 1, 4, 1),
            (1, 2, 1, 1),
            seed=seed + 1,
            lost=[2, 3],
            about="The last window holds no pixel at all.",
        ),
        one(
            (1, 1, 4, 1),
            (1, 3, 1, 1),
            seed=seed + 2,
            lost=[1, 2],
            holds=np.nan,
            about="The missing pixels hold nan.",
        ),
        one(
            (1, 1, 5, 1),
            (1, 3, 1, 1),
            seed=seed + 3,
            lost=[0, 2, 3],
            holds=[np.inf, -np.inf, 5],
            about="The missing pixels hold inf, -inf and 5.",
        ),
        one((1, 3, 4, 1), (2, 2, 1, 1), seed=seed + 4, lost=[], about="No pixel is missing."),
        one(
            (1, 2, 3, 1),
            (1, 3, 1, 1),
            1,
            (0, 1),
            seed=seed + 5,
            lost=[],
            about="Inside the image no pixel is missing, and there is padding.",
        ),
        zeros_case(seed + 6, "A pixel that is there is 0, and one sum is 0."),
        one((1, 3, 4, 1), (3, 2, 1, 1), seed=seed + 7, about="The window has two axes."),
        one((1, 2, 3, 3), (1, 2, 3, 1), seed=seed + 8, about="A pixel has three channels."),
        one((1, 3, 3, 1), (2, 2, 1, 3), seed=seed + 9, about="There are three filters."),
        one((2, 2, 3, 1), (2, 2, 1, 1), seed=seed + 10, about="Each image has its own holes."),
        one((1, 5, 4, 1), (2, 2, 1, 1), (2, 1), seed=seed + 11, about="The stride is (2, 1)."),
        one((1, 3, 6, 1), (2, 3, 1, 1), (1, 3), seed=seed + 12, about="The stride is (1, 3)."),
        one((1, 3, 2, 1), (2, 2, 1, 1), 1, (0, 1), seed=seed + 13, about="Padding of the width."),
        one((1, 2, 4, 1), (2, 3, 1, 1), 1, (2, 1), seed=seed + 14, about="Two kinds of padding."),
        one(
            (1, 3, 3, 1),
            (3, 3, 1, 1),
            1,
            1,
            seed=seed + 15,
            lost=[0, 1, 2, 3, 5, 6, 7, 8],
            holds=np.nan,
            about="One single pixel is left, in the middle.",
        ),
        one(
            (1, 2, 3, 1),
            (2, 2, 1, 2),
            1,
            1,
            seed=seed + 16,
            lost=range(6),
            holds=np.nan,
            about="Every pixel is missing.",
        ),
        one(
            (1, 3, 3, 1), (1, 1, 1, 1), seed=seed + 44, lost=[], about="A kernel of 1×1, no holes."
        ),
        one(
            (1, 3, 3, 1),
            (3, 3, 1, 1),
            1,
            1,
            seed=seed + 45,
            lost=[],
            about="No holes, and y is as large as before, with a kernel of 3×3.",
        ),
        one(
            (1, 2, 3, 1),
            (2, 2, 1, 2),
            seed=seed + 42,
            lost=range(6),
            dtype=np.float32,
            about="Every pixel is missing, and the arrays are float32.",
        ),
        one(
            (3, 2, 3, 1),
            (2, 2, 1, 1),
            seed=seed + 43,
            lost=[*range(6), 9],
            about="All of the first image is missing, and one pixel of the second.",
        ),
        one(
            (2, 4, 3, 2),
            (2, 2, 2, 2),
            seed=seed + 17,
            defaults=True,
            about=DEFAULTS,
        ),
        one(
            (2, 5, 4, 2),
            (2, 3, 2, 2),
            (2, 1),
            (1, 2),
            seed=seed + 18,
            dtype=np.float32,
            holds=[np.nan, 1e30, -np.inf],
            about="x, weight and bias are float32.",
        ),
        *odd_cases(partial_of, arrays_with_a_hole, 2, (2, 2), seed, STRIDE_1, OTHERS),
        partial_of(
            unseen_pixels(arrays_with_a_hole, 1, (1, 2), seed) | STRIDE_5,
            "No window looks at the columns 2 to 4, which hold large numbers.",
        ),
        large_kernel(seed + 40, "A window of 272 pixels, of which one is missing."),
        *(
            one(
                *drawn_sizes(n),
                seed=n,
                lost=share,
                holds=[np.nan, 1e30, np.inf, -3],
                whole=False,
                about="Drawn numbers, all settings.",
            )
            for n, share in zip(range(seed + 20, seed + 25), (0.2, 0.5, 0.7, 0.9, 0.4), strict=True)
        ),
        *extreme_cases(
            partial_of,
            arrays_with_a_hole,
            2,
            (2, 2),
            seed,
            STRIDE_1,
            {"stride": 2, "padding": 0},
            (67, (67, 35), STRIDE_1),
            (7, slice(2, 5), STRIDE_5),
        ),
        *wide_borders(partial_of, arrays_with_a_hole, 2, (2, 2), seed, STRIDE_1),
        one(
            (1, 2, 3, 1),
            (2, 2, 1, 2),
            1,
            2,
            seed=seed + 80,
            lost=[],
            about="No pixel is missing, and the windows in the corners hold padding only.",
        ),
        largest_numbers(seed + 81, np.float64),
        largest_numbers(seed + 82, np.float32),
        overlapping_images(
            seed + 83, "Two images are cut from one picture: they lie in one array, and overlap."
        ),
    ]


def visible_partial():
    return partial_cases(200)


def hidden_partial():
    return [
        *partial_cases(1200),
        partial_case(
            (3, 6, 5, 3), (3, 3, 3, 2), 2, 1, seed=1230, whole=False, about="A larger one."
        ),
        partial_case(
            (2, 6, 7, 2),
            (4, 3, 2, 3),
            1,
            2,
            seed=1231,
            lost=0.9,
            whole=False,
            about="Few are left.",
        ),
    ]


# Task 3. Dilation


def dilated_conv2d(x, weight, bias, dilation=1):
    return convolve(np.matmul, x, weight, bias, dilation=dilation)


def dilation_as_stride(x, weight, bias, dilation=1):
    return convolve(np.matmul, x, weight, bias, stride=dilation)


def image_thinned(x, weight, bias, dilation=1):
    DH, DW = both_axes(dilation)
    return convolve(np.matmul, x[:, ::DH, ::DW], weight, bias)


def places_lost(x, weight, bias, dilation=1):
    DH, DW = both_axes(dilation)
    y = dilated_conv2d(x, weight, bias, dilation)
    return y[:, : y.shape[1] - DH + 1, : y.shape[2] - DW + 1]


def as_large_as_without(x, weight, bias, dilation=1):
    (DH, DW), (KH, KW) = both_axes(dilation), weight.shape[:2]
    wide = np.pad(x, ((0, 0), (0, (DH - 1) * (KH - 1)), (0, (DW - 1) * (KW - 1)), (0, 0)))
    return dilated_conv2d(wide, weight, bias, dilation)


def holes_of_zeros(x, weight, bias, dilation=1):
    """A larger kernel with zeros: 0 * nan is nan."""
    (DH, DW), (KH, KW) = both_axes(dilation), weight.shape[:2]
    wide = np.zeros((DH * (KH - 1) + 1, DW * (KW - 1) + 1, *weight.shape[2:]), weight.dtype)
    wide[::DH, ::DW] = weight
    return convolve(np.matmul, x, wide, bias)


def only(names, mistakes):
    return {hint: mistakes[hint] for hint in names}


DILATED_MISTAKES = {
    "You get this when the two numbers of dilation are exchanged. Which is for the rows?": (
        lambda dilation=1, **others: dilated_conv2d(dilation=turned_round(dilation), **others)
    ),
    "You get this when dilation plays no part. Which pixels does the first window look at?": (
        lambda dilation=1, **others: dilated_conv2d(**others)
    ),
    "You get this when both axes get the dilation of the height.": (
        lambda dilation=1, **others: dilated_conv2d(dilation=both_axes(dilation)[0], **others)
    ),
    "You get this when a dilation of 2 skips two pixels. Which pixels do three weights with "
    "dilation 2 look at?": lambda dilation=1, **others: dilated_conv2d(
        dilation=tuple(d + 1 for d in both_axes(dilation)), **others
    ),
    "You get this when every d-th window is taken, and in it neighbouring pixels: that is a "
    "stride. Along which axes of the windows do you skip?": dilation_as_stride,
    "You get this when rows and columns are taken out of the image before the windows are cut. "
    "By how much does a window move?": image_thinned,
    "These are the right numbers, and some places are left out at the end. Over how many pixels "
    "do two weights with dilation 2 reach?": places_lost,
    "You get this when the output is as large as without dilation. Does a window fit whole where "
    "the last ones begin?": as_large_as_without,
    "Here a pixel that no weight looks at is nan, and it has come into y. What is 0 · nan?": (
        holes_of_zeros
    ),
    **only(
        (TURNED, FLIPPED, NO_BIAS, FIRST_BIAS, MEAN, FIRST_IMAGE), general_mistakes(dilated_conv2d)
    ),
}


def dilated_case(image, kernel, dilation, *, seed, about, **kind):
    """A case; without a dilation the argument is left out."""
    inputs = arrays(seed, image, kernel, **kind)
    settings = {} if dilation is None else {"dilation": dilation}
    return dilated_of(inputs | settings, about)


def dilated_of(inputs, about, **options):
    options = {"returns": "y"} | options
    return case(dilated_conv2d, DILATED_MISTAKES, inputs, about, **options)


def nan_in_the_hole(seed, about):
    """One window of two weights with dilation 2; the pixel between them is nan."""
    inputs = arrays(seed, (1, 1, 3, 1), (1, 2, 1, 1))
    inputs["x"][0, 0, 1] = np.nan
    return dilated_of(inputs | {"dilation": 2}, about)


def nan_that_is_seen(seed, about):
    """Some windows look at the pixel that is nan, and others do not."""
    inputs = arrays(seed, (1, 3, 6, 2), (2, 2, 2, 2))
    inputs["x"][0, 0, 2, 1] = np.nan
    return dilated_of(inputs | {"dilation": 2}, about, known=False)


def nan_under_a_weight_of_0(seed, about):
    """A nan times 0 is nan, so a weight of 0 must not be skipped."""
    inputs = arrays(seed, (1, 1, 4, 1), (1, 2, 1, 1))
    inputs["weight"][0, 0] = 0
    inputs["x"][0, 0, 1] = np.nan
    return dilated_of(inputs | {"dilation": 2}, about, known=False)


def dilated_cases(seed):
    one = dilated_case
    return [
        one(
            (1, 2, 3, 1),
            (1, 2, 1, 1),
            1,
            seed=seed,
            about="The lesson's filter. The whole number 1 is the dilation of both axes.",
        ),
        one((1, 1, 4, 1), (1, 2, 1, 1), 2, seed=seed + 1, about="One row of pixels, dilation 2."),
        one((1, 2, 6, 1), (1, 3, 1, 1), 2, seed=seed + 2, about="One row of three weights."),
        one((1, 3, 4, 1), (2, 2, 1, 1), 2, seed=seed + 3, about="The filter has two axes."),
        one((1, 5, 4, 1), (2, 2, 1, 1), (3, 1), seed=seed + 4, about="The dilation is (3, 1)."),
        one((1, 3, 4, 1), (2, 2, 1, 1), (1, 2), seed=seed + 5, about="The dilation is (1, 2)."),
        one((1, 6, 5, 1), (3, 2, 1, 1), (2, 3), seed=seed + 6, about="The kernel is no square."),
        one(
            (1, 1, 4, 1),
            (1, 2, 1, 1),
            (5, 2),
            seed=seed + 7,
            about="The kernel has one row, and its dilation is larger than the image.",
        ),
        one((1, 5, 5, 1), (3, 3, 1, 1), 2, seed=seed + 8, about="There is room for one window."),
        nan_in_the_hole(seed + 9, "No weight looks at the pixel that is nan."),
        one((1, 3, 5, 2), (2, 2, 2, 1), (1, 3), seed=seed + 10, about="There are two channels."),
        one((1, 3, 4, 1), (2, 2, 1, 3), 2, seed=seed + 11, about="There are three filters."),
        one((2, 4, 5, 1), (3, 2, 1, 1), (1, 2), seed=seed + 12, about="There are two images."),
        one((2, 4, 4, 2), (2, 3, 2, 2), None, seed=seed + 13, about="The dilation is left out."),
        one(
            (2, 6, 7, 2),
            (2, 3, 2, 2),
            (3, 2),
            seed=seed + 14,
            dtype=np.float32,
            about="x, weight and bias are float32.",
        ),
        *odd_cases(dilated_of, arrays, 2, (2, 2), seed, {"dilation": 1}, [{"dilation": 2}]),
        *(
            one((2, 9, 11, 3), (3, 2, 3, 4), d, seed=n, whole=False, about="Drawn numbers.")
            for n, d in ((seed + 20, (1, 4)), (seed + 21, (4, 3)), (seed + 22, 3))
        ),
        *extreme_cases(
            dilated_of,
            arrays,
            2,
            (2, 2),
            seed,
            {"dilation": 1},
            {"dilation": 2},
            (67, (67, 35), {"dilation": 1}),
            (3, slice(1, 2), {"dilation": 2}),
        ),
        nan_that_is_seen(seed + 80, "Two windows look at a pixel that is nan."),
        nan_under_a_weight_of_0(seed + 83, "The weight that looks at the pixel that is nan is 0."),
        one((1, 1, 12, 1), (1, 2, 1, 1), 11, seed=seed + 81, about="Two weights, dilation 11."),
        one((1, 1, 12, 1), (1, 1, 1, 1), 1, seed=seed + 82, about="One weight, dilation 1."),
    ]


def visible_dilated():
    return dilated_cases(300)


def hidden_dilated():
    one = dilated_case
    return [
        *dilated_cases(1300),
        one((1, 9, 8, 2), (3, 3, 2, 1), 3, seed=1352, about="Three channels."),
        one((2, 5, 11, 1), (2, 3, 1, 2), (2, 5), seed=1353, about="A dilation of 5."),
        one((2, 12, 6, 3), (3, 1, 3, 2), (4, 3), seed=1354, dtype=np.float32, about="float32."),
        one((3, 10, 4, 1), (4, 2, 1, 1), (3, 2), seed=1355, whole=False, about="A long kernel."),
    ]


# Task 4. A filter for each channel


def depthwise_conv2d(x, weight, bias, stride=1, padding=0):
    return convolve(np.multiply, x, weight, bias, stride, padding)


def with_filters(change):
    """A mistake: change(weight (KH, KW, C)) -> other filters."""
    return lambda weight, **others: depthwise_conv2d(weight=change(weight), **others)


def summed_over_channels(x, weight, bias, stride=1, padding=0):
    total = depthwise_conv2d(x, weight, 0 * bias, stride, padding).sum(axis=3, keepdims=True)
    return total + bias


DEPTHWISE_MISTAKES = {
    "You get this when every channel of y is the sum over all channels. What is added up over "
    "the channels in this task?": summed_over_channels,
    "You get this when every channel gets the first filter. Which filter belongs to channel c?": (
        with_filters(lambda weight: 0 * weight + weight[..., :1])
    ),
    "You get this when the filters are used in the reverse order.": with_filters(
        lambda weight: weight[..., ::-1]
    ),
    "You get this when every filter looks at the first channel. Which one belongs to it?": (
        lambda x, **others: depthwise_conv2d(x=0 * x + x[..., :1], **others)
    ),
    **general_mistakes(depthwise_conv2d),
}


def depthwise_case(image, kernel, stride=1, padding=0, *, seed, about, defaults=False, **kind):
    inputs = arrays(seed, image, kernel, **kind)
    settings = {} if defaults else {"stride": stride, "padding": padding}
    return depthwise_of(inputs | settings, about)


def depthwise_of(inputs, about, **options):
    options = {"returns": "y"} | options
    return case(depthwise_conv2d, DEPTHWISE_MISTAKES, inputs, about, **options)


def depthwise_drawn(seed):
    image, kernel, stride, padding = drawn_sizes(seed)
    options = {"seed": seed, "whole": False, "about": "Drawn numbers, all settings."}
    return depthwise_case(image, kernel[:3], stride, padding, **options)


def depthwise_cases(seed):
    one = depthwise_case
    return [
        one((1, 1, 3, 1), (1, 2, 1), seed=seed, about=f"One channel, one row of pixels. {WHOLE}"),
        one((1, 2, 2, 3), (1, 1, 3), seed=seed + 1, about="Three channels; a kernel of 1×1."),
        one((1, 1, 3, 2), (1, 2, 2), seed=seed + 2, about="Two channels, one row of pixels."),
        one((1, 3, 3, 2), (2, 2, 2), seed=seed + 3, about="The kernel has two axes."),
        one((1, 3, 4, 2), (1, 3, 2), seed=seed + 4, about="The kernel has one row."),
        one((2, 3, 3, 2), (2, 1, 2), seed=seed + 5, about="There are two images."),
        one((1, 5, 4, 2), (2, 2, 2), (2, 1), seed=seed + 6, about="The stride is (2, 1)."),
        one((1, 3, 6, 2), (2, 2, 2), (1, 3), seed=seed + 7, about="The stride is (1, 3)."),
        one((1, 5, 4, 1), (2, 2, 1), 2, seed=seed + 8, about="The stride is 2."),
        one((1, 3, 2, 2), (2, 2, 2), 1, (0, 1), seed=seed + 9, about="Padding of the width."),
        one((1, 2, 3, 2), (3, 2, 2), 1, 1, seed=seed + 10, about="Padding on all four sides."),
        one((1, 5, 4, 3), (3, 2, 3), (1, 2), (2, 1), seed=seed + 11, about="All settings."),
        one((2, 4, 3, 3), (2, 2, 3), seed=seed + 12, defaults=True, about=DEFAULTS),
        one((3, 5, 4, 3), (3, 2, 3), seed=seed + 13, about="As many images as channels."),
        one(
            (2, 5, 4, 3),
            (3, 2, 3),
            2,
            1,
            seed=seed + 14,
            dtype=np.float32,
            about="x, weight and bias are float32.",
        ),
        *odd_cases(depthwise_of, arrays, 2, (2,), seed, STRIDE_1, OTHERS),
        depthwise_of(
            unseen_pixels(arrays, 2, (2,), seed) | STRIDE_5,
            "No window looks at the columns 2 to 4, which hold large numbers.",
        ),
        *map(depthwise_drawn, range(seed + 20, seed + 24)),
        *extreme_cases(
            depthwise_of,
            arrays,
            2,
            (2,),
            seed,
            STRIDE_1,
            {"stride": 2, "padding": 0},
            (67, (67,), STRIDE_1),
            (7, slice(2, 5), STRIDE_5),
        ),
        *wide_borders(depthwise_of, arrays, 2, (2,), seed, STRIDE_1),
    ]


def visible_depthwise():
    return depthwise_cases(400)


def hidden_depthwise():
    one = depthwise_case
    return [
        *depthwise_cases(1400),
        one((1, 7, 9, 2), (2, 3, 2), (1, 3), seed=1462, about="A stride."),
        one((1, 3, 5, 4), (3, 2, 4), 1, (2, 1), seed=1463, about="Padding."),
        one((2, 6, 5, 3), (3, 1, 3), (2, 3), (0, 2), seed=1464, dtype=np.float32, about="float32."),
        one((4, 6, 6, 4), (4, 4, 4), 1, 2, seed=1465, whole=False, about="All sizes are equal."),
    ]


# Task 5. Groups


def grouped_conv2d(x, weight, bias, groups, stride=1, padding=0, sees=None):
    """sees(k, groups, C_out) -> the group of channels that filter k sees; others for mistakes."""
    C_out, each = weight.shape[3], weight.shape[2]

    def combine(pixel, weights):
        blocks = pixel.reshape(groups, each)
        group = sees or (lambda k, groups, C_out: k // (C_out // groups))
        return [blocks[group(k, groups, C_out)] @ weights[:, k] for k in range(C_out)]

    return convolve(combine, x, weight, bias, stride, padding)


def grouped_like(sees):
    return functools.partial(grouped_conv2d, sees=sees)


def first_group_of(name):
    """A mistake: all groups take the filters, or biases, of the first."""

    def wrong(groups, **others):
        size = others[name].shape[-1] // groups
        first = np.concatenate([others[name][..., :size]] * groups, axis=-1)
        return grouped_conv2d(groups=groups, **others | {name: first})

    return wrong


def channels_interleaved(x, weight, groups, **others):
    C_in = x.shape[3]
    order = np.arange(C_in).reshape(-1, groups).T.ravel()
    return grouped_conv2d(x=x[..., order], weight=weight, groups=groups, **others)


def filters_interleaved(weight, bias, groups, **others):
    order = np.arange(len(bias)).reshape(-1, groups).T.ravel()
    return grouped_conv2d(weight=weight[..., order], bias=bias[order], groups=groups, **others)


def groups_added(weight, groups, **others):
    y = grouped_conv2d(weight=weight, groups=groups, **others)
    return y.reshape(*y.shape[:3], groups, -1).sum(axis=3)


def groups_reversed(weight, groups, **others):
    y = grouped_conv2d(weight=weight, groups=groups, **others)
    return y.reshape(*y.shape[:3], groups, -1)[:, :, :, ::-1].reshape(y.shape)


GROUPED_MISTAKES = {
    "You get this when filter k sees group k % groups. Which filters see the first group of "
    "channels?": grouped_like(lambda k, groups, C_out: k % groups),
    "You get this when the first group of filters holds the filters 0, groups, 2 groups and so "
    "on. A group is a block of neighbouring filters: which ones?": filters_interleaved,
    "You get this when all filters see the first group of channels. Which group does the last "
    "filter see?": grouped_like(lambda k, groups, C_out: 0),
    "You get this when the first group holds the channels 0, groups, 2 groups and so on. Which "
    "channels lie side by side?": channels_interleaved,
    "You get this when every group takes the filters of the first one.": first_group_of("weight"),
    "You get this when every group takes the biases of the first one.": first_group_of("bias"),
    "You get this when the groups are added up. How many channels has y?": groups_added,
    "These are the right channels of y, with the groups in the reverse order.": groups_reversed,
    **general_mistakes(grouped_conv2d),
}


def grouped_case(
    image, kernel, groups, stride=1, padding=0, *, seed, about, defaults=False, **kind
):
    """image (N, H, W, C_in), kernel (KH, KW, C_in / groups, C_out)."""
    inputs = arrays(seed, image, kernel, **kind) | {"groups": groups}
    settings = {} if defaults else {"stride": stride, "padding": padding}
    return grouped_of(inputs | settings, about)


def grouped_of(inputs, about, **options):
    options = {"returns": "y"} | options
    return case(grouped_conv2d, GROUPED_MISTAKES, inputs, about, **options)


def same_filters(seed, groups, about):
    """The same numbers in x and the same weight for any number of groups."""
    inputs = arrays(seed, (1, 1, 8, 2), (1, 1, 2, 4))
    inputs["x"] = inputs["x"].reshape(1, 1, 8 // groups, 2 * groups)
    return grouped_of(inputs | {"groups": groups} | STRIDE_1, about)


def refused_groups(C_in, C_out, groups, about, seen=None):
    """A ValueError must name C_in or C_out, whichever does not fit, alone; one where both do not.

    seen: the length of the third axis of weight, which says nothing here.
    """
    unfit = [name for name, n in (("C_in", C_in), ("C_out", C_out)) if n % groups]
    return Case(
        {
            "x": np.ones((1, 3, 3, C_in)),
            "weight": np.ones((2, 2, seen or max(1, C_in // groups), C_out)),
            "bias": np.zeros(C_out),
            "groups": groups,
        },
        about=about,
        use=raised_or_returned,
        judge=functools.partial(names_what_does_not_fit, unfit=tuple(unfit)),
    )


def grouped_cases(seed):
    one = grouped_case
    return [
        one(
            (1, 1, 3, 1),
            (1, 2, 1, 1),
            1,
            seed=seed,
            about=f"One group: the lesson's filter. {WHOLE}",
        ),
        one((1, 1, 1, 4), (1, 1, 2, 2), 2, seed=seed + 1, about="Two groups, a filter for each."),
        one((1, 1, 2, 4), (1, 1, 2, 4), 2, seed=seed + 2, about="Two filters for each group."),
        one(
            (1, 1, 2, 3),
            (1, 1, 1, 3),
            3,
            seed=seed + 3,
            about="As many groups as channels, and as filters.",
        ),
        one((1, 1, 2, 2), (1, 1, 1, 6), 2, seed=seed + 4, about="Three filters for each group."),
        one((1, 1, 2, 6), (1, 1, 3, 2), 2, seed=seed + 5, about="Three channels in each group."),
        one((1, 3, 4, 2), (2, 3, 1, 2), 2, seed=seed + 6, about="The kernel has two axes."),
        one((1, 3, 3, 3), (2, 2, 3, 2), 1, seed=seed + 7, about="One group of three channels."),
        one(
            (1, 4, 5, 2),
            (2, 2, 2, 2),
            1,
            (2, 1),
            (1, 0),
            seed=seed + 14,
            about="One group, with a stride and padding.",
        ),
        one((2, 2, 3, 2), (2, 1, 1, 2), 2, seed=seed + 8, about="There are two images."),
        one((1, 5, 4, 2), (2, 2, 1, 2), 2, (2, 1), seed=seed + 9, about="The stride is (2, 1)."),
        one(
            (1, 2, 3, 2), (2, 2, 1, 2), 2, 1, (0, 1), seed=seed + 10, about="Padding of the width."
        ),
        one((2, 5, 4, 6), (2, 2, 2, 3), 3, (2, 1), (0, 1), seed=seed + 11, about="All settings."),
        one((2, 4, 4, 4), (2, 1, 2, 6), 2, seed=seed + 12, defaults=True, about=DEFAULTS),
        one(
            (2, 4, 5, 4),
            (3, 2, 2, 2),
            2,
            (1, 2),
            1,
            seed=seed + 13,
            dtype=np.float32,
            about="x, weight and bias are float32.",
        ),
        *odd_cases(
            grouped_of,
            arrays,
            4,
            (2, 2),
            seed,
            {"groups": 2} | STRIDE_1,
            [{"groups": 2} | other for other in OTHERS],
        ),
        grouped_of(
            unseen_pixels(arrays, 2, (1, 2), seed) | {"groups": 2} | STRIDE_5,
            "No window looks at the columns 2 to 4, which hold large numbers.",
        ),
        same_filters(seed + 41, 2, "Four filters in two groups."),
        same_filters(seed + 41, 4, "The same numbers and filters as before, in four groups."),
        *(
            one(
                (2, 6, 7, 2 * g),
                (3, 2, 2, 3 * g),
                g,
                s,
                p,
                seed=seed + 20 + g,
                whole=False,
                about="Drawn numbers, all settings.",
            )
            for g, s, p in ((2, (1, 3), (1, 0)), (3, 2, (0, 2)), (4, (3, 2), 1))
        ),
        *extreme_cases(
            grouped_of,
            arrays,
            4,
            (2, 2),
            seed,
            {"groups": 2} | STRIDE_1,
            {"groups": 2, "stride": 2, "padding": 0},
            (134, (2, 67), {"groups": 67} | STRIDE_1),
            (7, slice(2, 5), {"groups": 2} | STRIDE_5),
        ),
        *wide_borders(grouped_of, arrays, 4, (2, 2), seed, {"groups": 2} | STRIDE_1),
    ]


def visible_grouped():
    return [
        *grouped_cases(500),
        refused_groups(6, 4, 4, "4 groups do not divide 6 channels evenly."),
        refused_groups(6, 4, 3, "3 groups do not divide 4 filters evenly."),
        refused_groups(2, 4, 4, "There are more groups than channels."),
        refused_groups(4, 2, 4, "There are more groups than filters."),
        refused_groups(5, 3, 2, "2 groups divide neither 5 channels nor 3 filters."),
        refused_groups(4, 3, 2, "2 groups do not divide 3 filters; weights for 4 channels.", 4),
    ]


def hidden_grouped():
    one = grouped_case
    return [
        *grouped_cases(1500),
        one((1, 5, 4, 6), (2, 2, 2, 9), 3, seed=1572, about="Three filters for each group."),
        one((2, 7, 6, 4), (3, 2, 1, 8), 4, (2, 3), (0, 1), seed=1573, about="All settings."),
        one((1, 4, 4, 8), (2, 2, 4, 2), 2, 2, 1, seed=1574, dtype=np.float32, about="float32."),
        refused_groups(8, 6, 3, "3 groups do not divide 8 channels."),
        refused_groups(8, 6, 4, "4 groups do not divide 6 filters."),
        refused_groups(3, 6, 6, "More groups than channels."),
        refused_groups(6, 3, 6, "More groups than filters."),
        refused_groups(7, 5, 3, "Neither fits."),
        refused_groups(6, 5, 2, "5 filters do not fit; weights for 6 channels.", 6),
    ]


VISIBLE = {
    "receptive_field": visible_fields,
    "partial_conv2d": visible_partial,
    "dilated_conv2d": visible_dilated,
    "depthwise_conv2d": visible_depthwise,
    "grouped_conv2d": visible_grouped,
}
HIDDEN = {
    "receptive_field": hidden(hidden_fields),
    "partial_conv2d": hidden(hidden_partial),
    "dilated_conv2d": hidden(hidden_dilated),
    "depthwise_conv2d": hidden(hidden_depthwise),
    "grouped_conv2d": hidden(hidden_grouped),
}

"""Errors of the loops and of the layers name what was given and what is needed."""

import numpy as np
import pytest

from course_lib.nn import loops
from course_lib.nn.layers import Conv2d, Linear, MaxPool2d, Sigmoid, Tanh
from tests.nn.helpers import assert_refused
from tests.nn.operations import Case, make_layer

SHAPES = {
    "conv2d": {"x": (1, 4, 4, 3), "weight": (2, 2, 3, 5), "bias": (5,)},
    "maxpool2d": {"x": (1, 4, 4, 3)},
    "linear": {"x": (2, 6), "weight": (6, 4), "bias": (4,)},
    "relu": {"x": (2, 3)},
}


def case(operation, options, dtype=float, **others):
    """A Case in which x is of this dtype; others: shapes other than the usual ones."""
    arrays = {name: np.ones(shape) for name, shape in (SHAPES[operation] | others).items()}
    arrays["x"] = arrays["x"].astype(dtype)
    usual = {"kernel_size": 2} if operation == "maxpool2d" else {}
    return Case(operation, arrays, usual | options)


def loops_forward(case):
    getattr(loops, f"{case.operation}_forward")(**case.arrays, **case.options)


def loops_backward(case, dy=(1,)):
    inputs = {name: array for name, array in case.arrays.items() if name != "bias"}
    getattr(loops, f"{case.operation}_backward")(np.ones(dy), **inputs, **case.options)


def layer_forward(case):
    make_layer(case).forward(case.arrays["x"])


ERRORS = [
    ("conv2d", {"x": (4, 4, 3)}, {}, "x has shape (4, 4, 3) | 4 axes (N, H, W, C)"),
    ("conv2d", {"x": (1, 4, 4, 2)}, {}, "(1, 4, 4, 2) | channels, must be 3 long | (N, H, W, C)"),
    (
        "conv2d",
        {"x": (2, 3, 8, 8)},
        {},
        "(2, 3, 8, 8) | the channels, 3, come last | x.transpose(0, 2, 3, 1)",
    ),
    ("conv2d", {"weight": (5, 2, 3, 5)}, {}, "window is 5 | image only 4"),
    ("conv2d", {"weight": (1, 6, 3, 5), "x": (2, 9, 5, 3)}, {}, "window is 6 | image only 5"),
    (
        "conv2d",
        {"weight": (9, 2, 3, 5)},
        {"padding": 2},
        "window is 9 | only 4, 8 with its padding",
    ),
    ("maxpool2d", {"x": (4, 4)}, {}, "x has shape (4, 4) | 4 axes (N, H, W, C)"),
    ("maxpool2d", {}, {"kernel_size": 5}, "window is 5 | image only 4"),
    ("maxpool2d", {}, {"kernel_size": (1, 6)}, "window is 6 | image only 4"),
    ("linear", {"x": (2, 3, 2)}, {}, "x has shape (2, 3, 2) | 2 axes (N, in)"),
    ("linear", {"x": (6,)}, {}, "x has shape (6,) | 2 axes (N, in)"),
    ("linear", {"x": (3, 5)}, {}, "(3, 5) | features, must be 6 long | (N, in)"),
]
every_way = pytest.mark.parametrize("way", [loops_forward, loops_backward, layer_forward])


@every_way
@pytest.mark.parametrize(("operation", "shapes", "options", "words"), ERRORS)
def test_x_that_does_not_fit(way, operation, shapes, options, words):
    assert_refused(ValueError, words, way, case(operation, options, **shapes))


@every_way
@pytest.mark.parametrize("operation", SHAPES)
@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64", "float16"])
def test_x_of_other_numbers_than_floats(way, operation, dtype):
    words = f"x has dtype {dtype}, and float32 or float64 is needed | x.astype(np.float32)"
    if dtype != "float16":
        words += " | begin the network with layers.Normalize.from_images(train_images)"
    assert_refused(TypeError, words, way, case(operation, {}, dtype))


@pytest.mark.parametrize("layer", [Sigmoid(), Tanh()])
def test_sigmoid_and_tanh_refuse_integers(layer):
    assert_refused(TypeError, "int64 | float32", layer.forward, np.array([1, -2]))


@pytest.mark.parametrize("operation", SHAPES)
def test_dy_of_another_shape_than_the_output(operation):
    """The layers are tested in test_layers.py."""
    words = "dy has shape (1,) | that is the shape of the output"
    assert_refused(ValueError, words, loops_backward, case(operation, {}))


# Sizes

BAD_SIZES = [0, -1, 1.5, True, "3", None, (), (3,), (1, 2, 3), (2, 0)]


@every_way
@pytest.mark.parametrize(
    ("operation", "name", "value"),
    [
        *(("maxpool2d", "kernel_size", size) for size in BAD_SIZES),
        *(("maxpool2d", "stride", size) for size in BAD_SIZES if size is not None),
        *(("conv2d", "stride", size) for size in BAD_SIZES),
        *(("conv2d", "padding", size) for size in (-1, (0, -1), 0.5, "same", None)),
    ],
)
def test_a_size_must_be_one_or_two_whole_numbers(way, operation, name, value):
    words = f"{name} is {value!r}; give a whole number of at least {int(name != 'padding')}"
    assert_refused(ValueError, words, way, case(operation, {name: value}))


@pytest.mark.parametrize("value", BAD_SIZES)
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("kernel_size", lambda size: Conv2d(1, 1, size)),
        ("in_channels", lambda size: Conv2d(size, 1, 1)),
        ("out_channels", lambda size: Conv2d(1, size, 1)),
        ("in_features", lambda size: Linear(size, 1)),
        ("out_features", lambda size: Linear(1, size)),
    ],
)
def test_a_layer_is_not_made_with_such_a_size(name, make, value):
    words = f"{name} is {value!r}; give a whole number of at least 1"
    assert_refused(ValueError, words, make, value)


@pytest.mark.parametrize("size", [2, np.int64(2), (2, 2), [2, 2], (np.int32(2), 2)])
def test_a_size_may_be_any_kind_of_whole_number(size):
    x = np.random.default_rng(0).normal(size=(1, 5, 5, 1))
    assert np.array_equal(MaxPool2d(size).forward(x), loops.maxpool2d_forward(x, 2))
    assert Conv2d(1, 1, size).params["weight"].shape == (2, 2, 1, 1)

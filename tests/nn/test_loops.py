"""The loops compute what the formulas say, and what PyTorch computes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.nn import loops
from tests.nn.helpers import assert_close, assert_same
from tests.nn.operations import OPERATIONS, Case, cases, modest, needs_torch, run_loops, run_torch

every_operation = pytest.mark.parametrize("operation", OPERATIONS)


@needs_torch
@every_operation
@modest
@given(st.data())
def test_same_as_pytorch(operation, data):
    case = data.draw(cases(operation))
    assert_close(run_loops(case), run_torch(case))


# Small enough to check with a pencil


def test_convolution_of_one_window():
    x = np.array([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1)
    weight = np.array([[10.0, 20], [30, 40]]).reshape(2, 2, 1, 1)
    assert loops.conv2d_forward(x, weight, np.array([5.0])).item() == 10 + 40 + 90 + 160 + 5


def test_convolution_adds_up_shares_in_dx():
    """A window of 2 slides over 3 pixels; the middle one lies in both places."""
    x, weight, dy = np.ones((1, 1, 3, 1)), np.ones((1, 2, 1, 1)), np.ones((1, 1, 2, 1))
    dx, dweight, dbias = loops.conv2d_backward(dy, x, weight)
    assert (dx.ravel().tolist(), dweight.ravel().tolist()) == ([1, 2, 1], [2, 2])
    assert dbias.tolist() == [2]


@pytest.mark.parametrize(
    ("window", "dx"),
    [
        ([1, 1, 1, 1], [1, 0, 0, 0]),
        ([0, 1, 1, 1], [0, 1, 0, 0]),
        ([0, 0, 1, 1], [0, 0, 1, 0]),
        ([-np.inf] * 4, [1, 0, 0, 0]),
    ],
)
def test_pool_gradient_goes_to_the_first_maximum_in_row_major_order(window, dx):
    x = np.array(window, float).reshape(1, 2, 2, 1)
    assert loops.maxpool2d_backward(np.ones((1, 1, 1, 1)), x, 2).ravel().tolist() == dx


def test_relu_is_flat_at_zero_and_stops_even_an_infinite_gradient():
    x, dy = np.array([-1.0, 0, 2]), np.full(3, np.inf)
    assert loops.relu_forward(x).tolist() == [0, 0, 2]
    assert loops.relu_backward(dy, x).tolist() == [0, 0, np.inf]


# Numbers, memory


def usual_case(operation):
    images, rng = (2, 5, 4, 3), np.random.default_rng(0)
    shapes = {
        "conv2d": {"x": images, "weight": (2, 3, 3, 2), "bias": (2,)},
        "maxpool2d": {"x": images},
        "linear": {"x": (3, 4), "weight": (4, 2), "bias": (2,)},
        "relu": {"x": images},
    }
    arrays = {name: rng.normal(size=shape) for name, shape in shapes[operation].items()}
    return Case(operation, arrays, {"kernel_size": 2} if operation == "maxpool2d" else {})


@every_operation
def test_dtype_is_kept(operation):
    case = usual_case(operation)
    single = {name: array.astype(np.float32) for name, array in case.arrays.items()}
    expected, results = run_loops(case), run_loops(case._replace(arrays=single))
    assert {array.dtype.name for array in expected.values()} == {"float64"}
    assert {array.dtype.name for array in results.values()} == {"float32"}
    assert_close(results, expected, rtol=1e-4, atol=1e-5)


@every_operation
def test_inputs_may_be_read_only_and_lie_in_memory_in_any_order(operation):
    case = usual_case(operation)
    odd = {
        name: np.repeat(array, 2, axis=0)[::-2].copy("F")[::-1]
        for name, array in case.arrays.items()
    }
    for array in odd.values():
        array.flags.writeable = False
    results = run_loops(case._replace(arrays=odd))
    assert_close(results, run_loops(case))
    assert_same(odd, case.arrays)
    for array in odd.values():
        assert not any(np.shares_memory(array, result) for result in results.values())


# Errors that no layer can have; those that both have are in test_shapes.py


@pytest.mark.parametrize(
    ("operation", "shapes", "words"),
    [
        ("conv2d", {"weight": (2, 3, 3)}, r"weight has shape \(2, 3, 3\).*C_out"),
        ("conv2d", {"bias": (4,)}, r"bias has shape \(4,\), and \(2,\).*each filter"),
        ("linear", {"weight": (4,)}, r"weight has shape \(4,\).*\(in, out\)"),
        ("linear", {"bias": (2, 1)}, r"bias has shape \(2, 1\)"),
        ("linear", {"bias": (1,)}, r"bias has shape \(1,\), and \(2,\).*each output"),
    ],
)
def test_weight_and_bias_must_fit(operation, shapes, words):
    case = usual_case(operation)
    wrong = {name: np.ones(shape) for name, shape in shapes.items()}
    with pytest.raises(ValueError, match=words):
        run_loops(case._replace(arrays=case.arrays | wrong))

"""The loops compute what the formulas say, and what PyTorch computes."""

import inspect

import numpy as np
import pytest

from course_lib.nn import loops
from tests.nn.golden import stored
from tests.nn.torch_oracle import (
    LOOPS,
    assert_close,
    error_message,
    naming,
    needs_torch,
    random_case,
    random_ties,
    run_loops,
    run_torch,
)


@needs_torch
@pytest.mark.parametrize("operation", LOOPS)
def test_same_as_pytorch(operation):
    for seed in range(200):
        with naming(f"seed {seed}"):
            case = random_case(operation, seed, largest=3)
            assert_close(run_loops(operation, case), run_torch(operation, case))


@pytest.mark.parametrize("operation", LOOPS)
def test_same_as_stored(operation):
    for number in range(stored.CASES):
        with naming(f"case {number}"):
            case, expected = stored.load(operation, number)
            assert_close(run_loops(operation, case), expected)


@needs_torch
def test_stored_values_are_those_of_pytorch():
    assert_close(stored.read(), stored.compute())


@pytest.mark.parametrize("operation", ["conv2d", "maxpool2d"])
def test_the_random_configurations_are_of_every_kind(operation):
    """Each kind at least ten times in 200."""
    kinds = [kind for seed in range(200) for kind in kinds_of(random_case(operation, seed, 3))]
    expected = {
        "one image",
        "one channel",
        "rectangular image",
        "rectangular window",
        "overlapping",
        "apart",
        "left out at the edge",
        "number",
        "pair",
    }
    expected |= {"padded", "one side padded", "not padded"} if operation == "conv2d" else {"side"}
    assert all(kinds.count(kind) >= 10 for kind in expected), sorted(kinds)


def kinds_of(case):
    x, options = case.arrays["x"], case.options
    kernel_size = options.get("kernel_size") or case.arrays["weight"].shape[:2]
    stride = kernel_size if options["stride"] is None else options["stride"]
    pairs = [np.broadcast_to(n, 2) for n in (kernel_size, stride, options.get("padding", 0))]
    (KH, KW), (SH, SW), (PH, PW) = pairs
    N, H, W, C = x.shape
    kinds = {
        "one image": N == 1,
        "one channel": C == 1,
        "rectangular image": H != W,
        "rectangular window": KH != KW,
        "overlapping": SH < KH or SW < KW,
        "apart": SH > KH or SW > KW,
        "left out at the edge": (H + 2 * PH - KH) % SH or (W + 2 * PW - KW) % SW,
        "number": isinstance(stride, int),
        "pair": isinstance(stride, tuple),
        "padded": PH and PW,
        "one side padded": (PH > 0) != (PW > 0),
        "not padded": not PH and not PW,
        "side": options["stride"] is None,
    }
    return [kind for kind, present in kinds.items() if present]


# Small enough to check with a pencil


def test_convolution_of_one_window():
    x = np.array([[1.0, 2], [3, 4]]).reshape(1, 2, 2, 1)
    weight = np.array([[10.0, 20], [30, 40]]).reshape(2, 2, 1, 1)
    assert loops.conv2d_forward(x, weight, np.array([5.0])).item() == 10 + 40 + 90 + 160 + 5


def test_convolution_sums_over_channels():
    x = np.array([1.0, 2, 3]).reshape(1, 1, 1, 3)
    weight = np.array([[1.0, -1], [10, 0], [100, 0]]).reshape(1, 1, 3, 2)
    assert loops.conv2d_forward(x, weight, np.zeros(2)).ravel().tolist() == [321, -1]


def test_convolution_adds_up_shares_in_dx():
    """A window of 2 slides over 3 pixels; the middle one lies in both places."""
    x, weight, dy = np.ones((1, 1, 3, 1)), np.ones((1, 2, 1, 1)), np.ones((1, 1, 2, 1))
    dx, dweight, dbias = loops.conv2d_backward(dy, x, weight)
    assert dx.ravel().tolist() == [1, 2, 1]
    assert dweight.ravel().tolist() == [2, 2]
    assert dbias.tolist() == [2]


def test_pool_takes_the_largest_number_also_of_negative_ones():
    x = np.array([[-4.0, -3, -2], [-1, -6, -7]]).reshape(1, 2, 3, 1)
    assert loops.maxpool2d_forward(x, 2, 1).ravel().tolist() == [-1, -2]


@pytest.mark.parametrize(
    ("window", "dx"),
    [
        ([[1, 1], [1, 1]], [[1, 0], [0, 0]]),
        ([[0, 1], [1, 1]], [[0, 1], [0, 0]]),
        ([[0, 0], [1, 1]], [[0, 0], [1, 0]]),
        ([[0, 1], [1, 0]], [[0, 1], [0, 0]]),
        ([[-np.inf, -np.inf], [-np.inf, -np.inf]], [[1, 0], [0, 0]]),
    ],
)
def test_pool_gradient_goes_to_the_first_maximum_in_row_major_order(window, dx):
    x = np.array(window, float).reshape(1, 2, 2, 1)
    assert loops.maxpool2d_backward(np.ones((1, 1, 1, 1)), x, 2).reshape(2, 2).tolist() == dx


def test_pool_gradients_of_overlapping_windows_add_up():
    x = np.array([1.0, 3, 2]).reshape(1, 1, 3, 1)
    dy = np.array([10.0, 1]).reshape(1, 1, 2, 1)
    assert loops.maxpool2d_backward(dy, x, (1, 2), 1).ravel().tolist() == [0, 11, 0]


def test_relu_is_flat_at_zero():
    x = np.array([-1.0, 0, 2])
    assert loops.relu_forward(x).tolist() == [0, 0, 2]
    assert loops.relu_backward(np.ones(3), x).tolist() == [0, 0, 1]


def test_relu_does_not_pass_an_infinite_gradient_on():
    x, dy = np.array([-1.0, 0, 2]), np.full(3, np.inf)
    assert loops.relu_backward(dy, x).tolist() == [0, 0, np.inf]


@needs_torch
def test_pool_with_ties_same_as_pytorch():
    for seed in range(200):
        with naming(f"seed {seed}"):
            case = random_ties(seed)
            assert_close(run_loops("maxpool2d", case), run_torch("maxpool2d", case))


def test_defaults_are_stride_1_no_padding_and_windows_side_by_side():
    names = {name: without_types(getattr(loops, name)) for name in FIXED_SIGNATURES}
    assert names == FIXED_SIGNATURES


def without_types(function):
    signature = inspect.signature(function)
    bare = [each.replace(annotation=each.empty) for each in signature.parameters.values()]
    return str(signature.replace(parameters=bare, return_annotation=signature.empty))


FIXED_SIGNATURES = {
    "conv2d_forward": "(x, weight, bias, stride=1, padding=0)",
    "conv2d_backward": "(dy, x, weight, stride=1, padding=0)",
    "maxpool2d_forward": "(x, kernel_size, stride=None)",
    "maxpool2d_backward": "(dy, x, kernel_size, stride=None)",
}


# Numbers, memory


@pytest.mark.parametrize("operation", LOOPS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(operation, dtype):
    case = random_case(operation, 0)
    arrays = {name: array.astype(dtype) for name, array in case.arrays.items()}
    results = run_loops(operation, case._replace(arrays=arrays))
    assert {name: array.dtype for name, array in results.items()} == dict.fromkeys(results, dtype)
    assert_close(results, run_loops(operation, case), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("operation", LOOPS)
def test_inputs_may_be_read_only_and_are_not_returned(operation):
    case = random_case(operation, 1)
    before = {name: array.copy() for name, array in case.arrays.items()}
    for array in case.arrays.values():
        array.flags.writeable = False
    results = run_loops(operation, case)
    for name, array in case.arrays.items():
        assert np.array_equal(array, before[name])
        assert not any(np.shares_memory(array, result) for result in results.values())


@pytest.mark.parametrize("operation", LOOPS)
def test_inputs_may_lie_in_memory_in_any_order(operation):
    case = random_case(operation, 2)
    arrays = {
        name: np.repeat(array, 2, axis=0)[::-2].copy("F")[::-1]
        for name, array in case.arrays.items()
    }
    assert_close(run_loops(operation, case._replace(arrays=arrays)), run_loops(operation, case))


def test_unpad_takes_off_what_pad_put_on():
    x = np.arange(12.0).reshape(1, 3, 4, 1)
    padded = loops.pad(x, (1, 2))
    assert padded.shape == (1, 5, 8, 1)
    assert padded.sum() == x.sum()
    assert np.array_equal(loops.unpad(padded, (1, 2)), x)


# Errors: (what is called, which error, what its message must name)


def conv2d(x=(1, 4, 4, 3), weight=(2, 2, 3, 5), bias=(5,), dtype=float, **options):
    arrays = np.ones(x, dtype), np.ones(weight), np.ones(bias)
    return lambda: loops.conv2d_forward(*arrays, **options)


def conv2d_backward(dy, weight=(2, 2, 3, 5)):
    return lambda: loops.conv2d_backward(np.ones(dy), np.ones((1, 4, 4, 3)), np.ones(weight))


def pool(x=(1, 4, 4, 3), kernel_size=2, stride=None, dtype=float):
    return lambda: loops.maxpool2d_forward(np.ones(x, dtype), kernel_size, stride)


def pool_backward(dy):
    return lambda: loops.maxpool2d_backward(np.ones(dy), np.ones((1, 4, 4, 3)), 2)


ERRORS = {
    "conv2d axes": (conv2d(x=(4, 4, 3)), ValueError, "(4, 4, 3) | 4 axes | (N, H, W, C)"),
    "conv2d channels": (conv2d(x=(1, 4, 4, 2)), ValueError, "(1, 4, 4, 2) | 2 channels | for 3"),
    "conv2d weight": (conv2d(weight=(2, 2, 3)), ValueError, "weight | (2, 2, 3) | C_out"),
    "conv2d bias": (conv2d(bias=(4,)), ValueError, "bias | (4,) | (5,)"),
    "conv2d integers": (conv2d(dtype=int), TypeError, "int64 | float32 | float64 | astype"),
    "conv2d bytes": (conv2d(dtype=np.uint8), TypeError, "uint8 | float32 | float64 | astype"),
    "conv2d window": (conv2d(weight=(5, 2, 3, 5)), ValueError, "window is 5 | image only 4"),
    "conv2d padded": (
        conv2d(weight=(9, 2, 3, 5), padding=2),
        ValueError,
        "window is 9 | only 4, 8 with its padding",
    ),
    "conv2d stride": (conv2d(stride=0), ValueError, "stride is 0 | at least 1"),
    "conv2d padding": (conv2d(padding=-1), ValueError, "padding is -1 | at least 0"),
    "conv2d dy": (conv2d_backward((1, 4, 4, 5)), ValueError, "dy | (1, 4, 4, 5) | (1, 3, 3, 5)"),
    "conv2d dy channels": (
        conv2d_backward((1, 3, 3, 5), (2, 2, 2, 5)),
        ValueError,
        "3 channels | for 2",
    ),
    "pool axes": (pool(x=(4, 4)), ValueError, "(4, 4) | 4 axes | (N, H, W, C)"),
    "pool integers": (pool(dtype=int), TypeError, "int64 | float32 | float64 | astype"),
    "pool window": (pool(kernel_size=5), ValueError, "window is 5 | image only 4"),
    "pool kernel": (pool(kernel_size=0), ValueError, "kernel_size is 0 | at least 1"),
    "pool stride": (pool(stride=(1, 0)), ValueError, "stride is (1, 0) | at least 1"),
    "pool dy": (pool_backward((1, 2, 3, 3)), ValueError, "dy | (1, 2, 3, 3) | (1, 2, 2, 3)"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error_names_what_was_given_and_what_is_needed(name):
    call, kind, words = ERRORS[name]
    message = error_message(kind, call)
    assert all(word in message for word in words.split(" | ")), message


@pytest.mark.parametrize(
    "call",
    [
        lambda: loops.linear_forward(np.ones((1, 5)), np.ones((3, 2)), np.zeros(2)),
        lambda: loops.linear_backward(np.ones((1, 4)), np.ones((1, 3)), np.ones((3, 2))),
        lambda: loops.relu_backward(np.ones((3, 3)), np.ones((2, 2))),
    ],
    ids=["features", "linear dy", "relu dy"],
)
def test_arrays_of_other_sizes_are_refused(call):
    error_message(ValueError, call)

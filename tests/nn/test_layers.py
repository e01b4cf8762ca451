"""The layers: right numbers, nothing changed in place, clear errors."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.nn import loops
from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, Normalize, ReLU, Sigmoid, Tanh
from tests.nn.golden import stored
from tests.nn.torch_oracle import (
    LAYERS,
    LOOPS,
    assert_close,
    error_message,
    naming,
    needs_torch,
    random_case,
    random_ties,
    run_layers,
    run_loops,
    run_torch,
)

# The same numbers as PyTorch, and as the loops


@needs_torch
@pytest.mark.parametrize("operation", LAYERS)
@pytest.mark.parametrize("largest", [3, 40])
def test_same_as_pytorch(operation, largest):
    """On small images, and on larger ones, where the layers work in several chunks."""
    for seed in range(200):
        with naming(f"seed {seed}"):
            case = random_case(operation, seed, largest)
            assert_close(run_layers(operation, case), run_torch(operation, case))


def test_many_of_the_larger_images_have_thousands_of_windows():
    shapes = [random_case("conv2d", seed, 40).arrays["dy"].shape for seed in range(200)]
    assert sum(N * OH * OW > 2100 for N, OH, OW, _ in shapes) >= 20


@pytest.mark.parametrize("operation", LAYERS)
def test_same_as_stored(operation):
    for number in range(stored.CASES):
        with naming(f"case {number}"):
            case, expected = stored.load(operation, number)
            assert_close(run_layers(operation, case), expected)


@pytest.mark.parametrize("operation", LOOPS)
def test_same_as_loops(operation):
    for seed in range(200, 400):
        with naming(f"seed {seed}"):
            case = random_case(operation, seed)
            assert_close(run_layers(operation, case), run_loops(operation, case))


def test_pool_with_ties_same_as_loops():
    for seed in range(200):
        with naming(f"seed {seed}"):
            case = random_ties(seed)
            assert_close(run_layers("maxpool2d", case), run_loops("maxpool2d", case))


def test_sigmoid_of_a_very_negative_number_keeps_its_digits():
    """sigmoid(x) is nearly exp(x) there, and so is its derivative: small, but not zero."""
    x = np.array([-20.0, -40, -80, -300])
    layer = Sigmoid()
    np.testing.assert_allclose(layer.forward(x), np.exp(x), rtol=1e-8)
    np.testing.assert_allclose(layer.backward(np.ones(4)), np.exp(x), rtol=1e-8)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_saturates_without_a_warning(dtype):
    layer = Sigmoid()
    assert layer.forward(np.array([-1000, 0, 1000], dtype)).tolist() == [0, 0.5, 1]
    assert layer.backward(np.ones(3, dtype)).tolist() == [0, 0.25, 0]


# Layers to look at from every side: how each is made, and the shape of its x

MAKE = {
    "Conv2d": (lambda **options: Conv2d(3, 4, 3, **options), (2, 6, 5, 3)),
    "Conv2d padded": (lambda **options: Conv2d(3, 2, 2, 2, (1, 2), **options), (3, 5, 4, 3)),
    "Conv2d 1x1": (lambda **options: Conv2d(2, 3, 1, **options), (4, 3, 3, 2)),
    "MaxPool2d": (lambda **_: MaxPool2d(2), (2, 6, 4, 3)),
    "MaxPool2d overlapping": (lambda **_: MaxPool2d((3, 2), 1), (2, 6, 5, 3)),
    "MaxPool2d apart": (lambda **_: MaxPool2d(1, 2), (2, 5, 5, 3)),
    "ReLU": (lambda **_: ReLU(), (4, 5, 3, 2)),
    "ReLU of rows": (lambda **_: ReLU(), (4, 5)),
    "Sigmoid": (lambda **_: Sigmoid(), (4, 5)),
    "Tanh": (lambda **_: Tanh(), (4, 5)),
    "Flatten": (lambda **_: Flatten(), (2, 3, 4, 2)),
    "Linear": (lambda **options: Linear(6, 4, **options), (5, 6)),
    "Linear without bias": (lambda **options: Linear(6, 4, bias=False, **options), (5, 6)),
}
every_layer = pytest.mark.parametrize("name", MAKE)


def make(name, dtype=np.float64):
    """The layer, always with the same weights, its bias included."""
    layer = MAKE[name][0](rng=np.random.default_rng(7), dtype=dtype)
    if "bias" in getattr(layer, "params", {}):
        layer.params["bias"] += np.arange(len(layer.params["bias"]), dtype=dtype)
    return layer


def make_x(name, seed=0, dtype=np.float64, batch_size=None):
    shape = MAKE[name][1]
    shape = (batch_size or shape[0], *shape[1:])
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


def make_dy(name, seed=0, dtype=np.float64, batch_size=None):
    shape = make(name, dtype).forward(make_x(name, batch_size=batch_size)).shape
    return np.random.default_rng([seed, 1]).normal(size=shape).astype(dtype)


def run(layer, x, dy):
    """One step: the output and all derivatives, by name."""
    results = {"y": layer.forward(x), "dx": layer.backward(dy)}
    return results | {f"d{name}": grad for name, grad in getattr(layer, "grads", {}).items()}


def copies(arrays):
    return {name: np.array(array) for name, array in arrays.items()}


@every_layer
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept(name, dtype):
    results = run(make(name, dtype), make_x(name, dtype=dtype), make_dy(name, dtype=dtype))
    assert {key: array.dtype for key, array in results.items()} == dict.fromkeys(results, dtype)


@every_layer
@pytest.mark.parametrize("weight_dtype", [np.float32, np.float64])
def test_dtype_follows_x_and_dy_whatever_the_weights_have(name, weight_dtype):
    x_dtype = {np.float32: np.float64, np.float64: np.float32}[weight_dtype]
    layer = make(name, weight_dtype)
    results = run(layer, make_x(name, dtype=x_dtype), make_dy(name, dtype=x_dtype))
    assert results["y"].dtype == results["dx"].dtype == x_dtype
    grads = getattr(layer, "grads", {})
    assert all(grad.dtype == weight_dtype for grad in grads.values())


@every_layer
def test_float32_is_close_to_float64(name):
    single = run(
        make(name, np.float32), make_x(name, dtype=np.float32), make_dy(name, dtype=np.float32)
    )
    assert_close(single, run(make(name), make_x(name), make_dy(name)), rtol=1e-4, atol=1e-5)


# Memory: read-only and oddly laid out inputs, reused buffers

LAYOUTS = {
    "fortran": np.asfortranarray,
    "strided": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "reversed": lambda a: a[..., ::-1].copy()[..., ::-1],
    "reversed batch": lambda a: a[::-1].copy()[::-1],
    "batch innermost": lambda a: np.moveaxis(np.moveaxis(a, 0, -1).copy(), -1, 0),
    "batch innermost, gaps": lambda a: LAYOUTS["batch innermost"](np.repeat(a, 2, axis=0))[::2],
}


@every_layer
def test_inputs_may_be_read_only_and_lie_in_memory_in_any_order(name):
    x, dy = make_x(name), make_dy(name)
    expected = run(make(name), x, dy)
    for layout, arrange in LAYOUTS.items():
        odd_x, odd_dy = arrange(x), arrange(dy)
        odd_x.flags.writeable = odd_dy.flags.writeable = False
        with naming(layout):
            assert_close(run(make(name), odd_x, odd_dy), expected)
            assert np.array_equal(odd_x, x) and np.array_equal(odd_dy, dy)


@every_layer
def test_inputs_and_weights_are_not_changed(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    before = copies({"x": x, "dy": dy} | getattr(layer, "params", {}))
    run(layer, x, dy)
    after = {"x": x, "dy": dy} | getattr(layer, "params", {})
    assert all(np.array_equal(before[key], after[key]) for key in before)


@every_layer
def test_results_can_be_written_to_without_changing_an_input(name):
    x, dy = make_x(name), make_dy(name)
    before = copies({"x": x, "dy": dy})
    for array in run(make(name), x, dy).values():
        array[...] = 99
    assert np.array_equal(x, before["x"]) and np.array_equal(dy, before["dy"])


WAYS_TO_KEEP = {
    "array": lambda a: a,
    "view": lambda a: a[...],
    "first image": lambda a: a[0],
    "every second": lambda a: a[::2],
    "transposed": lambda a: a.T,
    "view of a view": lambda a: a.T[..., :1][0],
    "memoryview": memoryview,
    "iterator": lambda a: a.flat,
}


@every_layer
def test_what_a_caller_keeps_never_changes(name):
    """However it is kept: each way with a layer of its own."""
    steps = [(make_x(name, seed), make_dy(name, seed)) for seed in range(4)]
    for way, keep in WAYS_TO_KEEP.items():
        layer = make(name)
        kept = {key: keep(array) for key, array in run(layer, *steps[0]).items()}
        before = copies(kept)
        for x, dy in steps[1:]:
            run(layer, x, dy)
        with naming(way):
            assert all(np.array_equal(np.array(kept[key]), before[key]) for key in kept)


@every_layer
def test_results_of_all_steps_can_be_kept(name):
    """Three arrays in turn are not enough either."""
    layer = make(name)
    kept = [run(layer, make_x(name, seed), make_dy(name, seed)) for seed in range(5)]
    for seed, results in enumerate(kept):
        assert_close(results, run(make(name), make_x(name, seed), make_dy(name, seed)))


@every_layer
@pytest.mark.parametrize("batch_sizes", [(4, 4, 4), (4, 2, 4), (1, 3, 1), (2, 5, 5)])
def test_a_used_layer_computes_what_a_new_one_does(name, batch_sizes):
    """Nothing is left over from earlier steps, of the same or of another batch size."""
    layer = make(name)
    for seed, size in enumerate(batch_sizes):
        x, dy = make_x(name, seed, batch_size=size), make_dy(name, seed, batch_size=size)
        assert_close(run(layer, x, dy), run(make(name), x, dy))


@every_layer
def test_a_layer_may_change_between_dtypes(name):
    layer = make(name, np.float32)
    for dtype in (np.float32, np.float64, np.float32):
        x, dy = make_x(name, dtype=dtype), make_dy(name, dtype=dtype)
        assert_close(run(layer, x, dy), run(make(name, np.float32), x, dy))


@every_layer
def test_backward_twice_gives_the_same(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    first = copies(run(layer, x, dy))
    layer.backward(make_dy(name, seed=1))
    second = {"y": first["y"], "dx": layer.backward(dy)}
    second |= {f"d{key}": grad for key, grad in getattr(layer, "grads", {}).items()}
    assert_close(second, first, rtol=0, atol=0)


@every_layer
def test_forward_twice_then_backward_is_about_the_second(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    layer.forward(make_x(name, seed=1))
    assert_close(run(layer, x, dy), run(make(name), x, dy))


@every_layer
def test_two_layers_share_nothing(name):
    one, other = make(name), make(name)
    x, dy = make_x(name), make_dy(name)
    expected = run(make(name), x, dy)
    one.forward(x)
    run(other, make_x(name, seed=1), make_dy(name, seed=1))
    assert_close({"dx": one.backward(dy)}, {"dx": expected["dx"]})
    for key, grad in getattr(one, "grads", {}).items():
        np.testing.assert_allclose(grad, expected[f"d{key}"], 1e-9)
        assert not np.shares_memory(one.params[key], other.params[key])


@every_layer
def test_backward_does_not_depend_on_what_becomes_of_y(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    y = layer.forward(x.copy())
    y[...] = 0
    results = {"dx": layer.backward(dy)}
    assert_close(results, {"dx": run(make(name), x, dy)["dx"]})


@every_layer
def test_backward_does_not_depend_on_what_becomes_of_dx(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    expected = copies(run(layer, x, dy))
    layer.backward(dy)[...] = 99
    assert_close({"dx": layer.backward(dy)}, {"dx": expected["dx"]})


@pytest.mark.parametrize("name", [name for name in MAKE if name.startswith(("Conv", "Linear"))])
def test_backward_is_backward_to_params_and_to_input(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    expected = copies(run(layer, x, dy))
    layer.grads.clear()
    layer.forward(x)
    assert layer.backward_to_params(dy) is None
    parts = {"y": expected["y"], "dx": layer.backward_to_input(dy)}
    assert_close(parts | {f"d{key}": grad for key, grad in layer.grads.items()}, expected)


# What is promised by name

SIGNATURES = {
    Conv2d: "in_channels, out_channels, kernel_size, stride=1, padding=0",
    MaxPool2d: "kernel_size, stride=None",
    Linear: "in_features, out_features",
}


@pytest.mark.parametrize("layer", SIGNATURES)
def test_constructors_take_the_fixed_names_in_this_order(layer):
    parameters = inspect.signature(layer).parameters.values()
    positional = [
        str(each.replace(annotation=each.empty))
        for each in parameters
        if each.kind is not each.KEYWORD_ONLY
    ]
    assert ", ".join(positional) == SIGNATURES[layer]


@pytest.mark.parametrize("layer", [Conv2d, Linear])
def test_rng_and_dtype_are_given_by_name_and_dtype_is_float32(layer):
    parameters = inspect.signature(layer).parameters
    assert parameters["rng"].kind is parameters["dtype"].kind is inspect.Parameter.KEYWORD_ONLY
    assert parameters["rng"].default is None and parameters["dtype"].default is np.float32


def test_weights_have_the_fixed_names_and_shapes():
    conv, linear = Conv2d(3, 5, (2, 4)), Linear(6, 4)
    assert {name: array.shape for name, array in conv.params.items()} == {
        "weight": (2, 4, 3, 5),
        "bias": (5,),
    }
    assert {name: array.shape for name, array in linear.params.items()} == {
        "weight": (6, 4),
        "bias": (4,),
    }


def test_without_a_generator_two_layers_differ():
    assert not np.array_equal(Linear(4, 4).params["weight"], Linear(4, 4).params["weight"])


def test_an_empty_batch_has_an_empty_output():
    assert Conv2d(3, 4, 3).forward(np.zeros((0, 5, 5, 3))).shape == (0, 3, 3, 4)
    assert MaxPool2d(2).forward(np.zeros((0, 4, 4, 3))).shape == (0, 2, 2, 3)
    assert Linear(3, 2).forward(np.zeros((0, 3))).shape == (0, 2)


# Properties that hold for all numbers

modest = settings(max_examples=25, deadline=None, derandomize=True)
seeds = st.integers(0, 10**6)


@st.composite
def convolutions(draw, **fixed):
    """A convolution in float64 without a bias, and the shape of an x for it."""
    small = st.integers(1, 3)
    C_in, C_out, KH, KW = (draw(small) for _ in range(4))
    options = {"stride": (draw(small), draw(small)), "padding": draw(st.integers(0, 2))} | fixed
    rng = np.random.default_rng(draw(seeds))
    shape = (draw(small), KH + draw(st.integers(0, 5)), KW + draw(st.integers(0, 5)), C_in)
    return Conv2d(C_in, C_out, (KH, KW), **options, rng=rng, dtype=np.float64), shape, rng


def assert_equal_but_rounding(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)


@modest
@given(convolutions(), st.floats(-5, 5), st.floats(-5, 5))
def test_convolution_is_linear_in_x(convolution, a, b):
    conv, shape, rng = convolution
    x, z = rng.normal(size=(2, *shape))
    together = conv.forward(a * x + b * z)
    assert_equal_but_rounding(together, a * conv.forward(x) + b * conv.forward(z))


@modest
@given(convolutions(), st.floats(-5, 5), st.floats(-5, 5))
def test_convolution_is_linear_in_weight_and_bias(convolution, a, b):
    conv, shape, rng = convolution
    x = rng.normal(size=shape)

    def forward_with(weight, bias):
        conv.params |= {"weight": weight, "bias": bias}
        return conv.forward(x)

    v, w = rng.normal(size=(2, *conv.params["weight"].shape))
    s, t = rng.normal(size=(2, *conv.params["bias"].shape))
    together = forward_with(a * v + b * w, a * s + b * t)
    assert_equal_but_rounding(together, a * forward_with(v, s) + b * forward_with(w, t))


@modest
@given(convolutions(padding=0), st.integers(0, 3), st.integers(0, 3))
def test_a_shifted_image_has_a_shifted_convolution(convolution, down, right):
    """By whole strides; without padding no border is in the way."""
    conv, (N, H, W, C), rng = convolution
    (SH, SW), x = conv.stride, rng.normal(size=(N, H + 9, W + 9, C))
    shifted = conv.forward(x[:, down * SH :, right * SW :])
    assert_equal_but_rounding(shifted, conv.forward(x)[:, down:, right:])


@modest
@given(convolutions())
def test_convolution_backward_is_the_transpose_of_forward(convolution):
    """sum(conv(x) dy) = sum(x dx), as conv is linear."""
    conv, shape, rng = convolution
    x = rng.normal(size=shape)
    y = conv.forward(x)
    dy = rng.normal(size=y.shape)
    assert_equal_but_rounding(np.sum(y * dy), np.sum(x * conv.backward(dy)))


@modest
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 6), seeds)
def test_a_1x1_convolution_with_the_unit_matrix_is_the_identity(N, C, size, seed):
    conv = Conv2d(C, C, 1, dtype=np.float64)
    conv.params["weight"][...] = np.eye(C)
    x = np.random.default_rng(seed).normal(size=(N, size, size + 1, C))
    assert np.array_equal(conv.forward(x), x)
    assert np.array_equal(conv.backward(x), x)


@st.composite
def pools(draw):
    """A max-pooling, and an x for it with many ties."""
    small = st.integers(1, 3)
    KH, KW, N, C = (draw(small) for _ in range(4))
    shape = (N, KH + draw(st.integers(0, 5)), KW + draw(st.integers(0, 5)), C)
    x = np.random.default_rng(draw(seeds)).integers(-3, 4, shape) / 2
    return MaxPool2d((KH, KW), (draw(small), draw(small))), x


@modest
@given(pools(), st.floats(-1e3, 1e3))
def test_pool_of_x_plus_c_is_pool_of_x_plus_c(pooling, c):
    pool, x = pooling
    assert np.array_equal(pool.forward(x + c), pool.forward(x) + c)


@modest
@given(pools(), st.floats(0, 100))
def test_pool_of_a_multiple_is_the_multiple(pooling, factor):
    pool, x = pooling
    assert np.array_equal(pool.forward(factor * x), factor * pool.forward(x))


@modest
@given(pools(), seeds)
def test_pool_backward_loses_no_gradient(pooling, seed):
    """Channel by channel, dx and dy have the same sum; ties and overlaps change nothing."""
    pool, x = pooling
    dy = np.random.default_rng(seed).normal(size=pool.forward(x).shape)
    assert_equal_but_rounding(pool.backward(dy).sum(axis=(1, 2)), dy.sum(axis=(1, 2)))


@modest
@given(pools())
def test_pool_gradient_lands_on_a_maximum_only(pooling):
    pool, x = pooling
    y = pool.forward(x)
    dx = pool.backward(np.ones_like(y))
    assert (x * dx).sum() == y.sum()


# Errors: (what is called, which error, what its message must name)


def forward(layer, shape, dtype=float):
    return lambda: layer.forward(np.ones(shape, dtype))


FORWARD_ERRORS = {
    "conv axes": (forward(Conv2d(3, 4, 3), (5, 5, 3)), ValueError, "(5, 5, 3) | (N, H, W, C)"),
    "conv channels": (
        forward(Conv2d(3, 4, 3), (2, 5, 5, 1)),
        ValueError,
        "(2, 5, 5, 1) | 1 channels | for 3",
    ),
    "conv channels first": (
        forward(Conv2d(3, 4, 3), (2, 3, 8, 8)),
        ValueError,
        "(2, 3, 8, 8) | 8 channels | for 3",
    ),
    "conv bytes": (
        forward(Conv2d(3, 4, 3), (2, 5, 5, 3), np.uint8),
        TypeError,
        "uint8 | float32 | astype",
    ),
    "conv window": (
        forward(Conv2d(3, 4, 6), (2, 5, 9, 3)),
        ValueError,
        "window is 6 | image only 5",
    ),
    "conv window wide": (
        forward(Conv2d(3, 4, (1, 6)), (2, 9, 5, 3)),
        ValueError,
        "window is 6 | image only 5",
    ),
    "conv window padded": (
        forward(Conv2d(3, 4, 9, padding=1), (2, 5, 5, 3)),
        ValueError,
        "window is 9 | only | 7",
    ),
    "pool axes": (forward(MaxPool2d(2), (4, 4)), ValueError, "(4, 4) | (N, H, W, C)"),
    "pool integers": (
        forward(MaxPool2d(2), (1, 4, 4, 1), int),
        TypeError,
        "int64 | float32 | astype",
    ),
    "pool window": (forward(MaxPool2d(5), (1, 4, 6, 1)), ValueError, "window is 5 | image only 4"),
    "linear axes": (forward(Linear(6, 2), (2, 3, 2)), ValueError, "(2, 3, 2) | (N, in)"),
    "linear one row": (forward(Linear(6, 2), (6,)), ValueError, "(6,) | (N, in)"),
    "linear features": (forward(Linear(6, 2), (3, 5)), ValueError, "(3, 5) | 5 features | for 6"),
    "linear integers": (
        forward(Linear(6, 2), (3, 6), np.int32),
        TypeError,
        "int32 | float32 | astype",
    ),
    "linear float16": (
        forward(Linear(6, 2), (3, 6), np.float16),
        TypeError,
        "float16 | float32 | astype",
    ),
}


@pytest.mark.parametrize("name", FORWARD_ERRORS)
def test_forward_error_names_what_was_given_and_what_is_needed(name):
    call, kind, words = FORWARD_ERRORS[name]
    message = error_message(kind, call)
    assert all(word in message for word in words.split(" | ")), message


@pytest.mark.parametrize("layer", [ReLU(), Sigmoid(), Tanh()], ids=["ReLU", "Sigmoid", "Tanh"])
def test_activations_refuse_integers(layer):
    message = error_message(TypeError, lambda: layer.forward(np.array([1, -2])))
    assert "int64" in message and "float32" in message


@every_layer
def test_backward_before_forward_is_refused(name):
    layer = make(name)
    message = error_message(RuntimeError, lambda: layer.backward(make_dy(name)))
    assert message.startswith(f"{type(layer).__name__}.backward was called before forward")


@every_layer
def test_dy_of_another_shape_is_refused(name):
    layer, dy = make(name), make_dy(name)
    layer.forward(make_x(name))
    for shape in wrong_shapes(*dy.shape):
        with naming(shape):
            message = error_message(ValueError, layer.backward, np.ones(shape))
            assert "dy" in message and str(shape) in message
            assert str(dy.shape) in message or f"{dy.ndim} axes" in message


def wrong_shapes(N, *others):
    """Also those that NumPy would broadcast, or that hold as many numbers as the right one."""
    *inner, last = others
    yield (2 * N, *others)
    yield (N, *inner, last - 1)
    yield (1, N, *others)
    yield (1,) * (1 + len(others))
    yield (last, *inner, N)


@every_layer
def test_dy_of_integers_is_refused(name):
    layer, dy = make(name), make_dy(name)
    layer.forward(make_x(name))
    message = error_message(TypeError, lambda: layer.backward(np.ones(dy.shape, int)))
    assert "int64" in message and "float32" in message


@every_layer
def test_an_error_leaves_the_layer_as_it_was(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    expected = copies(run(layer, x, dy))
    for call in (lambda: layer.forward(x[0, 0]), lambda: layer.backward(dy[0])):
        if name.startswith(("Conv", "MaxPool", "Linear")):
            error_message(ValueError, call)
    assert_close({"dx": layer.backward(dy)}, {"dx": expected["dx"]})


@pytest.mark.parametrize("size", [0, -1, 1.5, True, "3", None, (), (3,), (1, 2, 3), (2, 0)])
@pytest.mark.parametrize("layer", ["Conv2d", "MaxPool2d"])
def test_kernel_size_must_be_one_or_two_whole_numbers(layer, size):
    calls = {"Conv2d": lambda: Conv2d(1, 1, size), "MaxPool2d": lambda: MaxPool2d(size)}
    message = error_message(ValueError, calls[layer])
    assert message.startswith(f"kernel_size is {size!r}; give a whole number of at least 1")


@pytest.mark.parametrize("stride", [0, -2, 0.5, False, (1, 2, 3), (0, 1)])
@pytest.mark.parametrize("layer", ["Conv2d", "MaxPool2d"])
def test_stride_must_be_one_or_two_whole_numbers(layer, stride):
    calls = {"Conv2d": lambda: Conv2d(1, 1, 2, stride), "MaxPool2d": lambda: MaxPool2d(2, stride)}
    message = error_message(ValueError, calls[layer])
    assert message.startswith(f"stride is {stride!r}; give a whole number of at least 1")


@pytest.mark.parametrize("padding", [-1, (0, -1), 0.5, "same", None])
def test_padding_must_not_be_negative(padding):
    message = error_message(ValueError, lambda: Conv2d(1, 1, 2, padding=padding))
    assert message.startswith(f"padding is {padding!r}; give a whole number of at least 0")


@pytest.mark.parametrize("size", [2, np.int64(2), (2, 2), [2, 2], (np.int32(2), 2)])
def test_a_size_may_be_any_kind_of_whole_number(size):
    x = np.random.default_rng(0).normal(size=(1, 5, 5, 1))
    assert np.array_equal(MaxPool2d(size).forward(x), loops.maxpool2d_forward(x, 2))
    assert Conv2d(1, 1, size).params["weight"].shape == (2, 2, 1, 1)


def test_pool_of_minus_infinity_same_as_loops():
    for seed in range(50):
        case = random_ties(seed)
        case.arrays["x"][case.arrays["x"] == 0] = -np.inf
        with naming(f"seed {seed}"):
            assert_close(run_layers("maxpool2d", case), run_loops("maxpool2d", case))


@pytest.mark.parametrize(
    "layer, x",
    [
        (Conv2d(1, 2, 2, dtype=float), np.ones((3, 4, 4, 1))),
        (Linear(4, 2, dtype=float), np.ones((3, 4))),
    ],
)
@pytest.mark.parametrize("half", ["backward_to_params", "backward_to_input"])
def test_each_half_of_backward_checks_dy(layer, x, half):
    dy = layer.forward(x)[:2]
    with pytest.raises(ValueError, match="dy has shape"):
        getattr(layer, half)(dy)


# Normalisation


def whole_images(seed=0):
    images = np.random.default_rng(seed).integers(20, 90, (300, 6, 5, 3), dtype=np.uint8)
    images[..., 2] = 7  # a channel that never changes
    return images


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32, np.float64])
def test_normalize_gives_mean_0_and_deviation_1(kind):
    images = whole_images().astype(kind)
    x = Normalize.from_images(images, dtype=np.float64)(images)
    assert x.dtype == (kind if images.dtype.kind == "f" else np.float64)
    atol = 1e-5 if x.dtype == np.float32 else 1e-12
    np.testing.assert_allclose(x.mean(axis=(0, 1, 2)), 0, atol=atol)
    np.testing.assert_allclose(x.std(axis=(0, 1, 2)), [1, 1, 0], atol=atol)


@pytest.mark.parametrize("shape", [(4, 3), (4, 6, 5, 3)])
def test_normalize_is_the_formula_forward_and_backward(shape):
    rng = np.random.default_rng(0)
    x, dy = rng.integers(0, 256, shape, dtype=np.uint8), rng.normal(size=shape)
    mean, std = np.array([1.0, 20, 30]), np.array([2.0, 3, 0.5])
    layer = Normalize(mean, std, dtype=np.float64)
    np.testing.assert_allclose(layer(x), (x - mean) / std, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer(x.astype(float)), layer(x), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.backward(dy), dy / std, rtol=1e-12)
    assert Normalize(0, 1)(x).dtype == np.float32 and np.array_equal(Normalize(0, 1)(x), x)


def test_normalize_gives_each_image_what_it_gives_them_all():
    images = whole_images()
    layer = Normalize.from_images(images)
    apart = np.concatenate([layer(images[n : n + 1]) for n in range(len(images))])
    assert np.array_equal(apart, layer(images))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Normalize(0, 0), ValueError, "a std above 0"),
        (lambda: Normalize(0, [1, -1, 1]), ValueError, "a std above 0"),
        (lambda: Normalize(0, np.nan), ValueError, "a std above 0"),
        (lambda: Normalize(np.zeros((2, 3)), 1), ValueError, "one for each channel"),
        (lambda: Normalize.from_images(np.zeros((0, 4, 4, 3))), ValueError, "at least one"),
        (lambda: Normalize.from_images(np.zeros((4, 4, 3))), ValueError, r"\(N, H, W, C\)"),
        (lambda: Normalize([1, 2, 3], 1)(np.zeros((2, 4, 4, 1))), ValueError, "1 channels"),
        (lambda: Normalize(0, 1)(np.zeros((2, 3), bool)), TypeError, "bool numbers"),
        (lambda: Normalize(0, 1).backward(np.zeros((2, 3))), RuntimeError, "forward first"),
    ],
)
def test_normalize_refuses_in_one_sentence(make, error, words):
    with pytest.raises(error, match=words):
        make()


def test_layers_show_what_they_were_made_with():
    layers = [
        Conv2d(3, 16, 3),
        Conv2d(1, 2, (3, 2), stride=2, padding=(1, 0)),
        MaxPool2d(2),
        MaxPool2d(3, 2),
        Linear(4, 5, bias=False),
        Normalize([132.97, 100, 1], [45.07, 2, 1]),
        ReLU(),
    ]
    assert [repr(layer) for layer in layers] == [
        "Conv2d(3, 16, 3)",
        "Conv2d(1, 2, (3, 2), stride=2, padding=(1, 0))",
        "MaxPool2d(2)",
        "MaxPool2d(3, 2)",
        "Linear(4, 5, bias=False)",
        "Normalize([133, 100, 1], [45.1, 2, 1])",
        "ReLU()",
    ]
    x = np.ones((2, 4, 4, 3))
    assert np.array_equal(layers[0](x), layers[0].forward(x))

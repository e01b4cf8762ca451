"""The layers: right numbers, nothing changed in place, nothing left over from earlier steps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, Normalize, ReLU, Sigmoid, Tanh
from tests.nn.helpers import assert_close, assert_refused, assert_same, copies
from tests.nn.operations import (
    MAKE,
    OPERATIONS,
    cases,
    make,
    make_x,
    modest,
    random_dy,
    run_layer,
    run_loops,
    step,
)

# Right numbers


@pytest.mark.parametrize("operation", OPERATIONS)
@modest
@given(st.data())
def test_same_as_loops(operation, data):
    case = data.draw(cases(operation))
    assert_close(run_layer(case), run_loops(case))


@pytest.mark.parametrize(
    ("layer", "formula", "slope"),
    [
        (Sigmoid(), lambda x: 1 / (1 + np.exp(-x)), lambda y: y * (1 - y)),
        (Tanh(), lambda x: 1 - 2 / (np.exp(2 * x) + 1), lambda y: (1 - y) * (1 + y)),
    ],
    ids=["sigmoid", "tanh"],
)
def test_sigmoid_and_tanh_are_their_formulas(layer, formula, slope):
    x = np.linspace(-4, 4, 42).reshape(1, 2, 3, 7)
    y = formula(x)
    assert_close(step(layer, x), {"y": y, "dx": random_dy(y) * slope(y)})


def test_sigmoid_of_a_very_negative_number_keeps_its_digits():
    """sigmoid(x) is nearly exp(x) there, and so is its derivative: small, but not zero."""
    x = np.array([-20.0, -40, -80, -300])
    assert_close(step(Sigmoid(), x, np.ones(4)), {"y": np.exp(x), "dx": np.exp(x)}, 1e-8, 0)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_saturates_without_a_warning(dtype):
    results = step(Sigmoid(), np.array([-1000, 0, 1000], dtype), np.ones(3, dtype))
    assert_same(results, {"y": [0, 0.5, 1], "dx": [0, 0.25, 0]})


def test_flatten_keeps_the_order_of_each_image():
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 2))
    rows = x.reshape(2, 24)
    assert_same(step(Flatten(), x, 2 * rows), {"y": rows, "dx": 2 * x})


def test_an_empty_batch_has_an_empty_output():
    for layer, x, y in (
        (Conv2d(3, 4, 3), (0, 5, 5, 3), (0, 3, 3, 4)),
        (MaxPool2d(2), (0, 4, 4, 3), (0, 2, 2, 3)),
        (Linear(3, 2), (0, 3), (0, 2)),
    ):
        assert layer.forward(np.zeros(x)).shape == y


# Every layer, from every side

every_layer = pytest.mark.parametrize("name", MAKE)
both_dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


def make_dy(name, seed=0):
    shape = make(name).forward(make_x(name)).shape
    return np.random.default_rng([seed, 1]).normal(size=shape)


@every_layer
@both_dtypes
@pytest.mark.parametrize("weight_dtype", [np.float32, np.float64])
def test_dtype_follows_x_and_that_of_the_gradients_the_weights(name, dtype, weight_dtype):
    results = step(make(name, weight_dtype), make_x(name, dtype=dtype), make_dy(name).astype(dtype))
    assert results["y"].dtype == results["dx"].dtype == dtype
    assert all(results[key].dtype == weight_dtype for key in results.keys() - {"y", "dx"})
    assert_close(results, step(make(name), make_x(name), make_dy(name)), rtol=1e-4, atol=1e-5)


LAYOUTS = {
    "fortran": np.asfortranarray,
    "strided": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "reversed": lambda a: a[::-1, ..., ::-1].copy()[::-1, ..., ::-1],
    "batch innermost": lambda a: np.moveaxis(np.moveaxis(a, 0, -1).copy(), -1, 0),
    "batch innermost, gaps": lambda a: LAYOUTS["batch innermost"](np.repeat(a, 2, axis=0))[::2],
}


@every_layer
@pytest.mark.parametrize("layout", LAYOUTS)
def test_inputs_and_weights_may_be_read_only_and_lie_in_memory_in_any_order(name, layout):
    x, dy, layer = make_x(name), make_dy(name), make(name)
    odd_x, odd_dy = LAYOUTS[layout](x), LAYOUTS[layout](dy)
    for array in (odd_x, odd_dy, *layer.params.values()):
        array.flags.writeable = False
    assert_close(step(layer, odd_x, odd_dy), step(make(name), x, dy))
    assert_same({"x": odd_x, "dy": odd_dy}, {"x": x, "dy": dy})


@every_layer
def test_a_used_layer_computes_what_a_new_one_does_and_never_changes_what_it_gave_away(name):
    """With every batch size and dtype that comes; what is kept are views."""
    layer, kept = make(name), []
    for seed, batch_size in enumerate((4, 4, 2, 5, 5, 1, 4)):
        x = make_x(name, seed, np.float32 if seed in (2, 5) else np.float64, batch_size)
        views = {key: array[...] for key, array in step(layer, x).items()}
        kept.append((views, step(make(name), x)))
    for views, expected in kept:
        assert_close(views, expected)


@every_layer
def test_whatever_becomes_of_the_results_changes_nothing(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    before = copies({"x": x, "dy": dy} | layer.params)
    expected = step(make(name), x.copy(), dy)
    layer.forward(x)[...] = 99
    for _ in range(2):
        dx = layer.backward(dy)
        grads = {f"d{key}": grad for key, grad in layer.grads.items()}
        assert_close({"y": expected["y"], "dx": dx} | grads, expected)
        for array in (dx, *layer.grads.values()):
            array[...] = 99
    assert_same({"x": x, "dy": dy} | layer.params, before)


@every_layer
def test_backward_is_about_the_last_forward_and_dy_of_this_layer_alone(name):
    layer, neighbour, x, dy = make(name), make(name), make_x(name), make_dy(name)
    expected = step(make(name), x, dy)
    step(layer, make_x(name, seed=1))
    layer.forward(make_x(name, seed=1))
    y = layer.forward(x)
    layer.backward(make_dy(name, seed=1))
    results = {"y": y, "dx": layer.backward(dy)}
    step(neighbour, make_x(name, seed=2))
    assert_close(results | {f"d{key}": grad for key, grad in layer.grads.items()}, expected)


@pytest.mark.parametrize("name", [name for name in MAKE if name.startswith(("Conv", "Linear"))])
def test_backward_is_backward_to_params_and_to_input(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    expected = step(make(name), x, dy)
    y = layer.forward(x)
    assert layer.backward_to_params(dy) is None
    parts = {"y": y, "dx": layer.backward_to_input(dy)}
    assert_close(parts | {f"d{key}": grad for key, grad in layer.grads.items()}, expected)


# Errors at backward; those at forward are in test_shapes.py


def ways_back(layer):
    ways = ("backward", "backward_to_params", "backward_to_input")
    return [getattr(layer, way) for way in ways if hasattr(layer, way)]


@every_layer
def test_backward_before_forward_is_refused(name):
    layer, dy = make(name), make_dy(name)
    words = f"{type(layer).__name__}.backward was called before forward"
    for backward in ways_back(layer):
        assert_refused(RuntimeError, words, backward, dy)


@every_layer
def test_dy_of_another_shape_or_of_integers_is_refused(name):
    layer, dy = make(name), make_dy(name)
    layer.forward(make_x(name))
    for backward in ways_back(layer):
        assert_refused(TypeError, "int64 | float32", backward, np.ones(dy.shape, int))
        for shape in () if name.startswith("Normalize") else wrong_shapes(*dy.shape):
            words = f"dy has shape {shape} | {dy.shape} is needed"
            assert_refused(ValueError, words, backward, np.ones(shape))


def wrong_shapes(N, *others):
    """Also those that NumPy would broadcast, or that hold as many numbers as the right one."""
    *inner, last = others
    yield (2 * N, *others)
    yield (N, *inner, last - 1)
    yield (1, N, *others)
    yield (1,) * (1 + len(others))
    yield (last, *inner, N)


@pytest.mark.parametrize("name", [name for name in MAKE if name.startswith(("Conv", "Max", "Lin"))])
def test_an_error_leaves_the_layer_as_it_was(name):
    layer, x, dy = make(name), make_x(name), make_dy(name)
    expected = copies(step(layer, x, dy))
    for call, wrong in ((layer.forward, x[0, 0]), (layer.backward, dy[:1])):
        with pytest.raises(ValueError):
            call(wrong)
    assert_close({"dx": layer.backward(dy)}, {"dx": expected["dx"]})


# What is promised by name


@pytest.mark.parametrize(
    ("kind", "arguments", "shapes"),
    [
        (Conv2d, (3, 5, (2, 4), 1, 0), {"weight": (2, 4, 3, 5), "bias": (5,)}),
        (Linear, (6, 4), {"weight": (6, 4), "bias": (4,)}),
    ],
)
def test_weights_have_fixed_names_and_shapes_and_are_random_and_float32(kind, arguments, shapes):
    params = kind(*arguments).params
    assert {name: array.shape for name, array in params.items()} == shapes
    assert {array.dtype.name for array in params.values()} == {"float32"}
    double = kind(*arguments, dtype=np.float64).params.values()
    assert {array.dtype.name for array in double} == {"float64"}
    assert not np.array_equal(params["weight"], kind(*arguments).params["weight"])
    with pytest.raises(TypeError, match="positional"):
        kind(*arguments, np.random.default_rng(0))


def test_layers_show_what_they_were_made_with():
    layers = {
        "Conv2d(3, 16, 3)": Conv2d(in_channels=3, out_channels=16, kernel_size=3),
        "Conv2d(1, 2, (3, 2), stride=2, padding=(1, 0))": Conv2d(1, 2, (3, 2), 2, (1, 0)),
        "Conv2d(1, 2, 1, stride=(1, 2), padding=1)": Conv2d(1, 2, 1, stride=(1, 2), padding=1),
        "MaxPool2d(2)": MaxPool2d(2),
        "MaxPool2d(3, 2)": MaxPool2d(3, 2),
        "MaxPool2d(2, 1)": MaxPool2d(kernel_size=2, stride=1),
        "Linear(4, 5)": Linear(in_features=4, out_features=5),
        "Linear(4, 5, bias=False)": Linear(4, 5, bias=False),
        "Normalize([133, 100, 1], [45.1, 2, 1])": Normalize([132.97, 100, 1], [45.07, 2, 1]),
        "Normalize(0, 2)": Normalize(0, 2),
        "ReLU()": ReLU(),
    }
    assert [repr(layer) for layer in layers.values()] == list(layers)


def test_a_layer_is_called():
    x = np.array([-1.0, 2])
    assert np.array_equal(ReLU()(x), ReLU().forward(x))


# Normalisation


def whole_images():
    images = np.random.default_rng(0).integers(20, 90, (1100, 3, 2, 3), dtype=np.uint8)
    images[..., 2] = 7  # a channel that never changes
    return images


@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32, np.float64])
@pytest.mark.parametrize("below", [0, 50, 70_000])
def test_normalize_gives_mean_0_and_deviation_1(kind, below):
    images = whole_images().astype(kind) - (kind(below) if kind is not np.uint8 else 0)
    x = Normalize.from_images(images, dtype=np.float64)(images)
    assert x.dtype == (kind if images.dtype.kind == "f" else np.float64)
    atol = {np.float32: 1e-5 if below < 100 else 1e-2}.get(kind, 1e-10)
    np.testing.assert_allclose(x.mean(axis=(0, 1, 2)), 0, atol=atol)
    np.testing.assert_allclose(x.std(axis=(0, 1, 2)), [1, 1, 0], atol=atol)


@pytest.mark.parametrize("shape", [(4, 3), (4, 6, 5, 3)])
def test_normalize_is_the_formula_forward_and_backward(shape):
    rng = np.random.default_rng(0)
    x, dy = rng.integers(0, 256, shape, dtype=np.uint8), rng.normal(size=shape)
    mean, std = np.array([1.0, 20, 30]), np.array([2.0, 3, 0.5])
    layer = Normalize(mean, std, dtype=np.float64)
    expected = {"y": (x - mean) / std, "dx": dy / std}
    assert_close(step(layer, x, dy), expected)
    assert_close(step(layer, x.astype(float), dy), expected)
    assert Normalize(0, 1)(x).dtype == np.float32 and np.array_equal(Normalize(0, 1)(x), x)


def test_normalize_gives_each_image_what_it_gives_them_all():
    images = whole_images()[:50]
    layer = Normalize.from_images(images)
    apart = np.concatenate([layer(images[n : n + 1]) for n in range(len(images))])
    assert np.array_equal(apart, layer(images))


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: Normalize(0, 0), ValueError, "a std above 0"),
        (lambda: Normalize(0, [1, -1, 1]), ValueError, "a std above 0"),
        (lambda: Normalize(0, np.nan), ValueError, "a std above 0"),
        (lambda: Normalize(np.zeros((1, 3)), 1), ValueError, "one for each channel"),
        (lambda: Normalize(0, np.ones((1, 3))), ValueError, "one for each channel"),
        (lambda: Normalize.from_images(np.zeros((0, 4, 4, 3))), ValueError, "at least one"),
        (lambda: Normalize.from_images(np.zeros((4, 4, 3))), ValueError, "(N, H, W, C)"),
        (lambda: Normalize([1, 2, 3], 1)(np.zeros((2, 4, 4, 1))), ValueError, "must be 3 long"),
        (lambda: Normalize(0, [1, 2])(np.zeros((2, 3))), ValueError, "must be 2 long"),
        (lambda: Normalize(0, 1)(np.zeros((2, 3), bool)), TypeError, "dtype bool"),
    ],
)
def test_normalize_refuses_in_one_sentence(make, error, words):
    assert_refused(error, words, make)

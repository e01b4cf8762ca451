"""Whole networks: the layers in a row, their first weights, and what they tell of themselves."""

import numpy as np
import pytest

from course_lib.nn import initializers
from course_lib.nn.layers import Conv2d, Flatten, Linear, Normalize, ReLU, Sigmoid, Tanh
from course_lib.nn.losses import CrossEntropyLoss
from course_lib.nn.networks import Sequential, course_cnn, mlp, parameter_slots, three_layer_cnn
from tests.nn.helpers import assert_same, backpropagate, copies, weights

NETWORKS = {
    "course_cnn": (course_cnn, (32, 32, 3)),
    "three_layer_cnn": (three_layer_cnn, (32, 32, 3)),
    "mlp": (lambda **options: mlp((12, 7, 5, 10), Tanh, **options), (2, 2, 3)),
}
every_network = pytest.mark.parametrize("name", NETWORKS)


def make(name, seed=0):
    return NETWORKS[name][0](rng=np.random.default_rng(seed), dtype=np.float64)


# Sequential


def test_sequential_keeps_its_own_list():
    layers = [ReLU()]
    network = Sequential(layers)
    layers.append(Tanh())
    assert len(network.layers) == 1


@every_network
def test_backward_to_params_gives_the_same_grads_and_goes_no_further(name):
    images = np.random.default_rng(2).normal(size=(4, *NETWORKS[name][1]))
    network, loss, labels = make(name), CrossEntropyLoss(), np.array([3, 0, 9, 3])
    backpropagate(network, images, labels)
    expected = copies(weights(network, "grads"))
    first = next(number for number, layer in enumerate(network.layers) if layer.params)
    for layer in network.layers[: first + 1]:
        layer.backward_to_input = None  # nobody calls it
        if not layer.params:
            layer.backward = None
    loss.forward(network.forward(images), labels)
    network.backward_to_params(loss.backward())
    assert_same(weights(network, "grads"), expected)


def test_backward_to_params_without_any_weights_does_nothing():
    network = Sequential([ReLU()])
    network.forward(np.ones((1, 2)))
    assert network.backward_to_params(np.ones((1, 2))) is None


def test_parameters_are_the_arrays_themselves_with_names():
    network = course_cnn()
    expected = ["0.weight", "0.bias", "4.weight", "4.bias"]
    slots = [(network.layers.index(layer), name) for layer, name in parameter_slots(network)]
    assert [f"{number}.{name}" for number, name in slots] == expected
    assert [name for name, _ in network.named_parameters()] == expected
    for array in network.parameters():
        array[...] = 7
    for name, array in network.named_parameters():
        assert array is weights(network)[name] and np.all(array == 7)


# The networks of the course


@pytest.mark.parametrize(
    ("network", "count"),
    [
        (course_cnn(), 36_458),
        (course_cnn(classes=3), 3 * 3 * 3 * 16 + 16 + 3600 * 3 + 3),
        (three_layer_cnn(), 896 + 18_496 + 73_856 + 20_490),
        (three_layer_cnn(filters=(4, 5, 6), classes=3), 112 + 185 + 276 + 96 * 3 + 3),
        (mlp((64, 50, 10)), 64 * 50 + 50 + 50 * 10 + 10),
    ],
)
def test_number_of_weights(network, count):
    assert sum(array.size for array in network.parameters()) == count


THREE = [(32, 32, 32)] * 2, [(16, 16, 64)] * 2, [(8, 8, 128)] * 2


@pytest.mark.parametrize(
    ("network", "expected"),
    [
        (course_cnn(), [(30, 30, 16), (30, 30, 16), (15, 15, 16), (3600,), (10,)]),
        (
            three_layer_cnn(classes=3),
            [*THREE[0], (16, 16, 32), *THREE[1], (8, 8, 64), *THREE[2], (4, 4, 128), (2048,), (3,)],
        ),
        (mlp((3072, 6, 5, 2), Sigmoid), [(3072,), (6,), (6,), (5,), (5,), (2,)]),
    ],
    ids=["course_cnn", "three_layer_cnn", "mlp"],
)
def test_shapes_on_the_way_through(network, expected):
    x, shapes = np.zeros((2, 32, 32, 3), np.float32), []
    for layer in network.layers:
        x = layer.forward(x)
        shapes.append(x.shape[1:])
    assert shapes == expected


def test_mlp_flattens_images_and_ends_without_an_activation():
    kinds = [type(layer) for layer in mlp((12, 6, 6, 2), Sigmoid).layers]
    assert kinds == [Flatten, Linear, Sigmoid, Linear, Sigmoid, Linear]
    assert [type(layer) for layer in mlp((12, 6, 2)).layers] == [Flatten, Linear, ReLU, Linear]


@every_network
@pytest.mark.parametrize("options", [{}, {"dtype": np.float32}, {"dtype": np.float64}])
def test_all_weights_have_the_given_dtype_or_float32(name, options):
    arrays = NETWORKS[name][0](**options).parameters()
    assert {array.dtype for array in arrays} == {np.dtype(options.get("dtype", np.float32))}


@every_network
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(name):
    one, same, other = (weights(make(name, seed)) for seed in (5, 5, 6))
    assert_same(one, same)
    for key in one:
        assert key.endswith("bias") or not np.array_equal(one[key], other[key])


def test_layers_of_one_network_have_different_weights():
    first, second = [w for w in mlp((5, 5, 5)).parameters() if w.ndim == 2]
    assert not np.array_equal(first, second)


@pytest.mark.parametrize(
    "make", [course_cnn, three_layer_cnn, lambda net: mlp((4, 3), normalize=net)]
)
def test_a_network_begins_with_a_normalize_layer_or_nothing(make):
    normalize = Normalize(0, 1)
    assert make(normalize).layers[0] is normalize
    with pytest.raises(TypeError, match="normalize is 10; give a layer.*Normalize.from_images"):
        make(10)


def test_a_network_is_called_and_tells_of_its_layers():
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    network = course_cnn(Normalize.from_images(images))
    assert np.array_equal(network(images), network.forward(images))
    first, *lines, total, last = repr(network).splitlines()
    assert (first, last) == ("Sequential(", ")") and total.strip() == "36,458 parameters"
    assert [line.split()[0] for line in lines] == ["0:", "1:", "2:", "3:", "4:", "5:"]
    assert "Conv2d(3, 16, 3)" in lines[1] and "weight (3, 3, 3, 16), bias (16,)" in lines[1]
    assert lines[1].endswith(" 448") and lines[5].endswith("36,010")


# First values: their spread, in a draw of 200,000 numbers


@pytest.mark.parametrize(
    ("initializer", "mean", "std", "within"),
    [
        (initializers.he, 0, np.sqrt(2 / 50), 0.6827),
        (initializers.xavier, 0, np.sqrt(2 / (50 + 30)), 0.6827),
        (initializers.normal(0.01), 0, 0.01, 0.6827),
        (initializers.uniform(-0.05, 0.1), 0.025, 0.15 / np.sqrt(12), 1 / np.sqrt(3)),
    ],
    ids=["he", "xavier", "normal", "uniform"],
)
def test_spread_of_an_initializer(initializer, mean, std, within):
    """within: the share of the numbers that are closer to the mean than the deviation."""
    values = initializer(np.random.default_rng(0), (400, 500), 50, 30)
    assert values.shape == (400, 500)
    assert values.std() == pytest.approx(std, rel=0.01)
    assert values.mean() == pytest.approx(mean, abs=0.01 * std)
    assert np.mean(np.abs(values - mean) < std) == pytest.approx(within, abs=0.005)


@pytest.mark.parametrize(
    ("layer", "std"),
    [
        (lambda **how: Conv2d(20, 200, (3, 5), **how), np.sqrt(2 / (3 * 5 * 20))),
        (lambda **how: Linear(300, 200, **how), np.sqrt(2 / (300 + 200))),
        (
            lambda **how: Conv2d(20, 200, (3, 5), init=initializers.xavier, **how),
            np.sqrt(2 / (3 * 5 * 220)),
        ),
        (lambda **how: Linear(300, 200, init=initializers.he, **how), np.sqrt(2 / 300)),
        (lambda **how: mlp((300, 200), **how).layers[1], np.sqrt(2 / 300)),
        (lambda **how: mlp((300, 200), Tanh, **how).layers[1], np.sqrt(2 / 500)),
        (lambda **how: mlp((300, 200), init=initializers.normal(1), **how).layers[1], 1),
    ],
    ids=["conv", "linear", "conv xavier", "linear he", "mlp relu", "mlp tanh", "mlp normal"],
)
def test_layers_start_with_the_right_fan_in_and_a_bias_of_zero(layer, std):
    params = layer(rng=np.random.default_rng(0)).params
    assert params["weight"].std() == pytest.approx(std, rel=0.02)
    assert not params["bias"].any()

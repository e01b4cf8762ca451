"""Whole networks: the layers in a row, their first weights, and many steps of training."""

from copy import deepcopy

import numpy as np
import pytest

from course_lib.nn import initializers
from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, Normalize, ReLU, Sigmoid, Tanh
from course_lib.nn.losses import CrossEntropyLoss
from course_lib.nn.networks import Sequential, course_cnn, mlp, parameter_slots, three_layer_cnn
from course_lib.nn.optim import SGD
from tests.nn.torch_oracle import TorchNetwork, needs_torch

NETWORKS = {
    "course_cnn": (course_cnn, (32, 32, 3)),
    "three_layer_cnn": (three_layer_cnn, (32, 32, 3)),
    "mlp": (lambda **options: mlp((12, 7, 5, 10), Tanh, **options), (2, 2, 3)),
    "odd": (
        lambda **options: Sequential([
            Conv2d(2, 3, (3, 2), (2, 1), (0, 1), **options),
            Sigmoid(),
            MaxPool2d(3, (1, 2)),
            Conv2d(3, 4, 2, **options),
            ReLU(),
            Flatten(),
            Linear(16, 10, **options),
        ]),
        (11, 6, 2),
    ),
}
every_network = pytest.mark.parametrize("name", NETWORKS)


def make(name, seed=0, dtype=np.float64):
    return NETWORKS[name][0](rng=np.random.default_rng(seed), dtype=dtype)


def make_batch(name, seed=0, count=4, dtype=np.float64):
    rng = np.random.default_rng([seed, 2])
    images = rng.normal(size=(count, *NETWORKS[name][1])).astype(dtype)
    return images, rng.integers(0, 10, count)


def loss_and_gradients(network, images, labels):
    """The loss, and copies of all gradients by (layer number, name)."""
    loss = CrossEntropyLoss()
    value = loss.forward(network.forward(images), labels)
    network.backward(loss.backward())
    return value, gradients(network)


def gradients(network):
    return {
        (number, name): grad.copy()
        for number, layer in enumerate(network.layers)
        for name, grad in getattr(layer, "grads", {}).items()
    }


def assert_same(a, b, rtol=1e-9):
    assert a.keys() == b.keys() and a
    for key in a:
        np.testing.assert_allclose(a[key], b[key], rtol, atol=1e-12, err_msg=str(key))


# Against PyTorch


@needs_torch
@every_network
@pytest.mark.parametrize("count", [1, 4])
def test_loss_and_all_gradients_same_as_pytorch(name, count):
    network, (images, labels) = make(name), make_batch(name, count=count)
    loss, grads = loss_and_gradients(network, images, labels)
    expected_loss, expected = TorchNetwork(network).loss_and_gradients(images, labels)
    assert loss == pytest.approx(expected_loss, rel=1e-9)
    assert_same(grads, expected)


@needs_torch
@every_network
def test_training_for_five_steps_same_as_pytorch(name):
    """Buffers are used again from the second step on."""
    import torch

    network, optimizer = make(name), SGD(0.01, momentum=0.9, weight_decay=0.01)
    copy = TorchNetwork(network)
    torch_sgd = torch.optim.SGD(copy.params.values(), 0.01, momentum=0.9, weight_decay=0.01)
    for step in range(5):
        images, labels = make_batch(name, step)
        loss, grads = loss_and_gradients(network, images, labels)
        expected_loss, expected = copy.loss_and_gradients(images, labels)
        assert loss == pytest.approx(expected_loss, rel=1e-9)
        assert_same(grads, expected)
        optimizer.step(network)
        torch_sgd.step()


# Sequential


def test_sequential_is_its_layers_one_after_the_other():
    network, by_hand = make("odd"), make("odd").layers
    images, _ = make_batch("odd")
    x = images
    for layer in by_hand:
        x = layer.forward(x)
    y = network.forward(images)
    assert np.array_equal(y, x)
    dx = dy = np.random.default_rng(3).normal(size=y.shape)
    for layer in reversed(by_hand):
        dx = layer.backward(dx)
    assert np.array_equal(network.backward(dy), dx)
    for layer, other in zip(network.layers, by_hand, strict=True):
        for name in getattr(layer, "grads", {}):
            assert np.array_equal(layer.grads[name], other.grads[name])


def test_sequential_keeps_its_own_list():
    layers = [ReLU()]
    network = Sequential(layers)
    layers.append(Tanh())
    assert len(network.layers) == 1


@every_network
def test_backward_to_params_gives_the_same_grads(name):
    images, labels = make_batch(name)
    _, expected = loss_and_gradients(make(name), images, labels)
    network, loss = make(name), CrossEntropyLoss()
    loss.forward(network.forward(images), labels)
    network.backward_to_params(loss.backward())
    assert_same(gradients(network), expected)


def test_backward_to_params_without_any_weights_says_so_or_does_nothing():
    network = Sequential([ReLU()])
    network.forward(np.ones((1, 2)))
    try:
        network.backward_to_params(np.ones((1, 2)))
    except ValueError as error:
        assert "weights" in str(error)


def test_parameter_slots_name_layers_and_arrays():
    network = make("course_cnn")
    names = [(network.layers.index(layer), name) for layer, name in parameter_slots(network)]
    assert names == [(0, "weight"), (0, "bias"), (4, "weight"), (4, "bias")]


# The networks of the course


def count_parameters(network):
    return sum(layer.params[name].size for layer, name in parameter_slots(network))


@pytest.mark.parametrize(
    ("network", "count"),
    [
        (course_cnn(), 36_458),
        (course_cnn(classes=3), 3 * 3 * 3 * 16 + 16 + 3600 * 3 + 3),
        (three_layer_cnn(), 896 + 18_496 + 73_856 + 20_490),
        (three_layer_cnn(filters=(4, 5, 6)), 112 + 185 + 276 + 970),
        (mlp((64, 50, 10)), 64 * 50 + 50 + 50 * 10 + 10),
    ],
)
def test_number_of_weights(network, count):
    assert count_parameters(network) == count


@pytest.mark.parametrize("make_network", [course_cnn, three_layer_cnn])
@pytest.mark.parametrize(("count", "classes"), [(1, 10), (5, 3)])
def test_output_shape(make_network, count, classes):
    images = np.zeros((count, 32, 32, 3), np.float32)
    assert make_network(classes=classes).forward(images).shape == (count, classes)


def test_shapes_on_the_way_through_course_cnn():
    x, shapes = np.zeros((2, 32, 32, 3), np.float32), []
    for layer in course_cnn().layers:
        x = layer.forward(x)
        shapes.append(x.shape[1:])
    assert shapes == [(30, 30, 16), (30, 30, 16), (15, 15, 16), (3600,), (10,)]


def test_shapes_on_the_way_through_three_layer_cnn():
    x, shapes = np.zeros((2, 32, 32, 3), np.float32), []
    for layer in three_layer_cnn().layers:
        x = layer.forward(x)
        if isinstance(layer, MaxPool2d):
            shapes.append(x.shape[1:])
    assert shapes == [(16, 16, 32), (8, 8, 64), (4, 4, 128)]


def test_mlp_flattens_images_and_ends_without_an_activation():
    network = mlp((12, 6, 6, 2), Sigmoid)
    kinds = [type(layer) for layer in network.layers]
    assert kinds == [Flatten, Linear, Sigmoid, Linear, Sigmoid, Linear]
    assert network.forward(np.zeros((3, 2, 2, 3), np.float32)).shape == (3, 2)
    assert network.forward(np.zeros((3, 12), np.float32)).shape == (3, 2)


@every_network
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_through_the_network(name, dtype):
    network, (images, labels) = make(name, dtype=dtype), make_batch(name, dtype=dtype)
    loss = CrossEntropyLoss()
    logits = network.forward(images)
    loss.forward(logits, labels)
    dx = network.backward(loss.backward())
    SGD(0.1, momentum=0.9, weight_decay=0.1).step(network)
    arrays = [logits, dx, *gradients(network).values()]
    arrays += [layer.params[key] for layer, key in parameter_slots(network)]
    assert {array.dtype for array in arrays} == {np.dtype(dtype)}


@every_network
def test_float32_is_close_to_float64(name):
    loss, grads = loss_and_gradients(make(name), *make_batch(name))
    single = make(name, dtype=np.float32)
    images, labels = make_batch(name, dtype=np.float32)
    single_loss, single_grads = loss_and_gradients(single, images, labels)
    assert single_loss == pytest.approx(loss, rel=1e-4)
    for key, grad in grads.items():
        error = np.abs(single_grads[key] - grad).max()
        assert error <= 1e-4 * np.abs(grad).max(), key


# Seeds and state


def weights(network):
    return [layer.params[name] for layer, name in parameter_slots(network)]


@every_network
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(name):
    one, same, other = make(name, 5), make(name, 5), make(name, 6)
    assert all(np.array_equal(a, b) for a, b in zip(weights(one), weights(same), strict=True))
    assert not np.array_equal(weights(one)[0], weights(other)[0])


def test_layers_of_one_network_have_different_weights():
    network = mlp((5, 5, 5), rng=np.random.default_rng(0))
    assert not np.array_equal(weights(network)[0], weights(network)[2])


@every_network
def test_two_networks_share_nothing(name):
    """Training the one, step by step in turn with the other, changes nothing in the other."""
    alone, together, neighbour = make(name), make(name), make(name)
    optimizers = [SGD(0.05, momentum=0.9) for _ in range(3)]
    for step in range(3):
        for network, optimizer, seed in (
            (alone, optimizers[0], 0),
            (neighbour, optimizers[1], 50),
            (together, optimizers[2], 0),
        ):
            loss_and_gradients(network, *make_batch(name, seed + step))
            optimizer.step(network)
    for a, b in zip(weights(alone), weights(together), strict=True):
        assert np.array_equal(a, b) and not np.shares_memory(a, b)


def test_a_deep_copy_of_a_network_is_a_network_of_its_own():
    network, (images, labels) = make("odd"), make_batch("odd")
    network.forward(images)
    copy = deepcopy(network)
    loss_and_gradients(copy, *make_batch("odd", seed=1))
    SGD(0.1).step(copy)
    expected_loss, expected = loss_and_gradients(make("odd"), images, labels)
    loss, grads = loss_and_gradients(network, images, labels)
    assert loss == expected_loss
    assert_same(grads, expected)


def train(name, keep, steps=4, count=4):
    """Train, keep what `keep` selects of each layer's arrays, and return it with the weights."""
    network, optimizer, loss = make(name), SGD(0.05, 0.9, 0.01), CrossEntropyLoss()
    kept = []
    for step in range(steps):
        x, labels = make_batch(name, step, count)
        for layer in network.layers:
            x = layer.forward(x)
            kept.append(keep(x))
        loss.forward(x, labels)
        dy = loss.backward()
        for layer in reversed(network.layers):
            dy = layer.backward(dy)
            kept += [keep(dy), *(keep(grad) for grad in getattr(layer, "grads", {}).values())]
        optimizer.step(network)
    return kept, weights(network)


@every_network
def test_all_that_is_kept_while_training_stays_what_it_was(name):
    """One run keeps each array itself, one a view of it, one a copy, and one nothing."""
    copies, expected = train(name, np.copy)
    for keep in (lambda a: a, lambda a: a.T[:2], lambda a: None):
        kept, others = train(name, keep)
        assert all(np.array_equal(a, b) for a, b in zip(others, expected, strict=True))
        for array, copy in zip(kept, copies, strict=True):
            assert array is None or np.array_equal(array, keep(copy))


@every_network
def test_the_batch_may_change_its_size_between_steps(name):
    network = make(name)
    for step, count in enumerate((4, 2, 4, 1)):
        images, labels = make_batch(name, step, count)
        loss, grads = loss_and_gradients(network, images, labels)
        expected_loss, expected = loss_and_gradients(make(name), images, labels)
        assert loss == pytest.approx(expected_loss, rel=1e-12)
        assert_same(grads, expected)


@every_network
def test_a_mini_batch_gradient_is_the_mean_over_its_images(name):
    network, (images, labels) = make(name), make_batch(name)
    _, together = loss_and_gradients(network, images, labels)
    alone = [
        loss_and_gradients(network, images[n : n + 1], labels[n : n + 1])[1]
        for n in range(len(images))
    ]
    assert_same(together, {key: np.mean([grads[key] for grads in alone], 0) for key in together})


# First values: their spread, in a draw of 200,000 numbers


@pytest.mark.parametrize(
    ("initializer", "mean", "std"),
    [
        (initializers.he, 0, np.sqrt(2 / 50)),
        (initializers.xavier, 0, np.sqrt(2 / (50 + 30))),
        (initializers.normal(0.01), 0, 0.01),
        (initializers.uniform(0, 0.1), 0.05, 0.1 / np.sqrt(12)),
    ],
    ids=["he", "xavier", "normal", "uniform"],
)
def test_spread_of_an_initializer(initializer, mean, std):
    values = initializer(np.random.default_rng(0), (400, 500), 50, 30)
    assert values.shape == (400, 500)
    assert values.std() == pytest.approx(std, rel=0.01)
    assert values.mean() == pytest.approx(mean, abs=0.01 * std)


def test_a_normal_initializer_is_normal_and_a_uniform_one_stays_within_its_bounds():
    rng, shape = np.random.default_rng(0), (400, 500)
    values = initializers.he(rng, shape, 50, 30) / np.sqrt(2 / 50)
    assert np.mean(np.abs(values) < 1) == pytest.approx(0.6827, abs=0.005)
    uniform = initializers.uniform(-0.5, 0.25)(rng, shape, 50, 30)
    assert -0.5 <= uniform.min() < -0.49 and 0.24 < uniform.max() < 0.25


@pytest.mark.parametrize(
    ("layer", "std"),
    [
        (lambda rng: Conv2d(20, 200, (3, 5), rng=rng), np.sqrt(2 / (3 * 5 * 20))),
        (lambda rng: Linear(300, 200, rng=rng), np.sqrt(2 / (300 + 200))),
        (
            lambda rng: Conv2d(20, 200, (3, 5), rng=rng, init=initializers.xavier),
            np.sqrt(2 / (3 * 5 * 220)),
        ),
        (lambda rng: Linear(300, 200, rng=rng, init=initializers.he), np.sqrt(2 / 300)),
        (lambda rng: mlp((300, 200), rng=rng).layers[1], np.sqrt(2 / 300)),
        (lambda rng: mlp((300, 200), Tanh, rng=rng).layers[1], np.sqrt(2 / 500)),
        (lambda rng: mlp((300, 200), init=initializers.normal(1), rng=rng).layers[1], 1),
    ],
    ids=["conv", "linear", "conv xavier", "linear he", "mlp relu", "mlp tanh", "mlp normal"],
)
def test_layers_start_with_the_right_fan_in_and_a_bias_of_zero(layer, std):
    params = layer(np.random.default_rng(0)).params
    assert params["weight"].std() == pytest.approx(std, rel=0.02)
    assert not params["bias"].any()


# What users of PyTorch expect


def test_a_network_is_called_and_tells_of_its_layers():
    images = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    network = course_cnn(Normalize.from_images(images), rng=np.random.default_rng(0))
    assert np.array_equal(network(images), network.forward(images))
    first, *lines, total, last = repr(network).splitlines()
    assert (first, last) == ("Sequential(", ")") and total.strip() == "36,458 parameters"
    assert [line.split()[0] for line in lines] == ["0:", "1:", "2:", "3:", "4:", "5:"]
    assert "Conv2d(3, 16, 3)" in lines[1] and "weight (3, 3, 3, 16), bias (16,)" in lines[1]
    assert lines[1].endswith(" 448") and lines[5].endswith("36,010")


def test_parameters_are_the_arrays_themselves_with_names():
    network = course_cnn(rng=np.random.default_rng(0))
    names = [name for name, _ in network.named_parameters()]
    assert names == ["0.weight", "0.bias", "4.weight", "4.bias"]
    for array in network.parameters():
        array[...] = 7
    assert all(np.all(array == 7) for _, array in network.named_parameters())
    assert network.layers[0].params["weight"].min() == 7


@pytest.mark.parametrize("make", [course_cnn, three_layer_cnn])
def test_a_network_that_begins_with_something_else(make):
    with pytest.raises(TypeError, match="Normalize.from_images"):
        make(10)

"""Stochastic gradient descent against PyTorch's, and schedules at points where they are known."""

import numpy as np
import pytest

from course_lib.nn.layers import Flatten, Linear, ReLU
from course_lib.nn.networks import Sequential
from course_lib.nn.optim import SGD, cosine
from tests.nn.torch_oracle import error_message, needs_torch


def make_network(dtype=np.float64):
    rng = np.random.default_rng(0)
    layers = [Linear(4, 3, rng=rng, dtype=dtype), ReLU(), Linear(3, 2, rng=rng, dtype=dtype)]
    return Sequential([Flatten(), *layers])


def arrays(network):
    """All weights of the network, by (layer number, name)."""
    return {
        (number, name): array
        for number, layer in enumerate(network.layers)
        for name, array in getattr(layer, "params", {}).items()
    }


def set_gradients(network, rng):
    """Give every weight a random gradient, and return them by (layer number, name)."""
    gradients = {key: rng.normal(size=array.shape) for key, array in arrays(network).items()}
    for (number, name), gradient in gradients.items():
        network.layers[number].grads[name] = gradient.astype(arrays(network)[number, name].dtype)
    return gradients


def one_weight(value, gradient):
    """A network of a single number and its gradient."""
    layer = Linear(1, 1, dtype=np.float64, bias=False)
    layer.params["weight"][...] = value
    layer.grads["weight"] = np.array([[gradient]], float)
    return Sequential([layer]), layer


@needs_torch
@pytest.mark.parametrize("momentum", [0, 0.9])
@pytest.mark.parametrize("weight_decay", [0, 0.05])
def test_ten_steps_same_as_pytorch(momentum, weight_decay):
    """With a learning rate that changes on the way."""
    import torch

    network, rng = make_network(), np.random.default_rng(1)
    tensors = {
        key: torch.tensor(array, requires_grad=True) for key, array in arrays(network).items()
    }
    options = {"momentum": momentum, "weight_decay": weight_decay}
    ours, theirs = SGD(0.1, **options), torch.optim.SGD(tensors.values(), 0.1, **options)
    for step in range(10):
        ours.learning_rate = theirs.param_groups[0]["lr"] = 0.1 / (1 + step)
        for key, gradient in set_gradients(network, rng).items():
            tensors[key].grad = torch.tensor(gradient)
        ours.step(network)
        theirs.step()
        for key, tensor in tensors.items():
            np.testing.assert_allclose(arrays(network)[key], tensor.detach(), rtol=1e-12)


def test_a_plain_step_goes_against_the_gradient():
    network, layer = one_weight(5, gradient=2)
    SGD(0.1).step(network)
    assert layer.params["weight"].item() == pytest.approx(5 - 0.1 * 2)


def test_momentum_adds_up():
    network, layer = one_weight(0, gradient=1)
    optimizer = SGD(1, momentum=0.5)
    places = []
    for _ in range(3):
        optimizer.step(network)
        places.append(layer.params["weight"].item())
    assert places == [-1, -1 - 1.5, -1 - 1.5 - 1.75]


def test_weight_decay_alone_shrinks():
    network, layer = one_weight(5, gradient=0)
    SGD(0.1, weight_decay=0.5).step(network)
    assert layer.params["weight"].item() == pytest.approx(5 * (1 - 0.05))


def test_a_learning_rate_of_zero_changes_nothing():
    network = make_network()
    before = {key: array.copy() for key, array in arrays(network).items()}
    set_gradients(network, np.random.default_rng(0))
    SGD(0, momentum=0.9, weight_decay=0.1).step(network)
    assert all(np.array_equal(before[key], array) for key, array in arrays(network).items())


@pytest.mark.parametrize(
    "options",
    [{}, {"momentum": 0.9}, {"weight_decay": 0.1}, {"momentum": 0.9, "weight_decay": 0.1}],
)
def test_gradients_are_not_changed_by_a_step(options):
    network, optimizer = make_network(), SGD(0.1, **options)
    gradients = set_gradients(network, np.random.default_rng(0))
    for _ in range(3):
        optimizer.step(network)
    for (number, name), gradient in gradients.items():
        assert np.array_equal(network.layers[number].grads[name], gradient)


@pytest.mark.parametrize("learning_rate", [0.1, np.float64(0.1), np.float32(0.1), 1])
def test_weights_are_changed_in_place_and_keep_their_dtype(learning_rate):
    network = make_network(np.float32)
    before = arrays(network)
    set_gradients(network, np.random.default_rng(0))
    SGD(learning_rate, 0.9, 0.1).step(network)
    for key, array in arrays(network).items():
        assert array is before[key] and array.dtype == np.float32


def test_two_optimizers_have_their_own_momentum():
    (network, layer), optimizers = one_weight(0, gradient=1), [SGD(1, 0.5), SGD(1, 0.5)]
    for optimizer in optimizers:
        optimizer.step(network)
    assert layer.params["weight"].item() == -2


def test_one_optimizer_keeps_the_momentum_of_two_networks_apart():
    optimizer = SGD(1, momentum=0.5)
    networks = [one_weight(0, gradient) for gradient in (1, 100)]
    for network, _ in networks * 2:
        optimizer.step(network)
    places = [layer.params["weight"].item() for _, layer in networks]
    assert places == [-2.5, -250]


def test_a_step_before_backward_is_refused():
    message = error_message(RuntimeError, lambda: SGD(0.1).step(make_network()))
    assert message == "step was called before backward; call network.backward first"


@pytest.mark.parametrize("name", ["learning_rate", "momentum", "weight_decay"])
@pytest.mark.parametrize("value", [-0.1, -np.inf, np.nan])
def test_negative_settings_are_refused(name, value):
    message = error_message(ValueError, lambda: SGD(**({"learning_rate": 0.1} | {name: value})))
    assert message == f"{name} is {value}; give a number that is not negative"


# Schedules


@pytest.mark.parametrize(
    ("progress", "rate"), [(0, 0.4), (1 / 3, 0.3), (0.5, 0.2), (2 / 3, 0.1), (1, 0)]
)
def test_cosine_without_warmup(progress, rate):
    assert cosine(0.4)(progress) == pytest.approx(rate, abs=1e-15)


@pytest.mark.parametrize(("progress", "rate"), [(0, 0), (0.1, 0.2), (0.2, 0.4), (0.6, 0.2), (1, 0)])
def test_cosine_with_warmup(progress, rate):
    assert cosine(0.4, warmup=0.2)(progress) == pytest.approx(rate, abs=1e-15)


def test_cosine_rises_and_then_falls_without_a_jump():
    rates = [cosine(1, warmup=0.1)(progress) for progress in np.linspace(0, 1, 1001)]
    steps = np.diff(rates)
    assert (steps[:100] > 0).all() and (steps[100:] < 0).all()
    assert np.abs(steps).max() < 0.011

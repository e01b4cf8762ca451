"""Steps that can be checked with a pencil, and schedules at points where they are known.

test_torch_parity.py compares twenty steps of a whole network with PyTorch's.
"""

import numpy as np
import pytest

from course_lib.nn.layers import Flatten, Linear, ReLU
from course_lib.nn.networks import Sequential
from course_lib.nn.optim import SGD, cosine
from tests.nn.helpers import assert_refused, assert_same, copies, weights


def one_weight(value, gradient):
    """A network of a single number and its gradient."""
    layer = Linear(1, 1, dtype=np.float64, bias=False)
    layer.params["weight"][...] = value
    layer.grads["weight"] = np.array([[gradient]], float)
    return Sequential([layer])


def places(network, optimizer, rates):
    """Where a single weight is after steps with these learning rates."""
    found = []
    for rate in rates:
        optimizer.learning_rate = rate
        optimizer.step(network)
        found.append(network.layers[0].params["weight"].item())
    return found


@pytest.mark.parametrize(
    ("options", "value", "gradient", "expected"),
    [
        ({}, 5, 2, [3, 2, -2]),
        ({"momentum": 0.5}, 0, 1, [-1, -1 - 0.5 * 1.5, -1 - 0.5 * 1.5 - 2 * 1.75]),
        ({"weight_decay": 0.25}, 4, 0, [3, 3 * 0.875, 3 * 0.875 * 0.5]),
        ({"momentum": 0.5, "weight_decay": 0.5}, 2, 1, [0, -1, -1 - 2 * 1.5]),
    ],
    ids=["plain", "momentum", "weight decay", "both"],
)
def test_three_steps_with_a_learning_rate_that_changes(options, value, gradient, expected):
    """With both, the gradients are 2, 1 and 0.5; the velocities 2, 2 and 1.5."""
    network = one_weight(value, gradient)
    assert places(network, SGD(9, **options), rates=[1, 0.5, 2]) == pytest.approx(expected)


def test_every_network_and_every_optimizer_has_its_own_momentum():
    one, other = one_weight(0, gradient=1), one_weight(0, gradient=100)
    optimizer = SGD(1, momentum=0.5)
    together = [[places(network, optimizer, [1]) for network in (one, other)] for _ in range(2)]
    assert together == [[[-1], [-100]], [[-2.5], [-250]]]
    assert places(one, SGD(1, momentum=0.5), [1]) == [-3.5]


def network_with_gradients(dtype=np.float64):
    rng = np.random.default_rng(0)
    network = Sequential([Flatten(), Linear(4, 3, dtype=dtype), ReLU(), Linear(3, 2, dtype=dtype)])
    for layer in network.layers[1::2]:
        for name, array in layer.params.items():
            layer.grads[name] = rng.normal(size=array.shape).astype(dtype)
    return network


@pytest.mark.parametrize("momentum", [0, 0.9])
@pytest.mark.parametrize("weight_decay", [0, 0.1])
def test_gradients_are_not_changed_and_a_learning_rate_of_zero_changes_nothing(
    momentum, weight_decay
):
    network, optimizer = network_with_gradients(), SGD(0, momentum, weight_decay)
    gradients, start = copies(weights(network, "grads")), copies(weights(network))
    optimizer.step(network)
    assert_same(weights(network), start)
    for optimizer.learning_rate in (0.1, 0.2):
        optimizer.step(network)
    assert_same(weights(network, "grads"), gradients)


@pytest.mark.parametrize("learning_rate", [0.1, np.float64(0.1), np.float32(0.1), 1])
def test_all_weights_are_changed_in_place_and_keep_their_dtype(learning_rate):
    network = network_with_gradients(np.float32)
    before = weights(network)
    start = copies(before)
    SGD(learning_rate, 0.9, 0.1).step(network)
    for name, array in weights(network).items():
        assert array is before[name] and array.dtype == np.float32
        assert not np.any(array == start[name])


def test_a_step_before_backward_is_refused():
    words = "there is no gradient of weight in Linear; call network.backward first"
    assert_refused(RuntimeError, words, SGD(0.1).step, Sequential([Linear(2, 2)]))


@pytest.mark.parametrize("name", ["learning_rate", "momentum", "weight_decay"])
@pytest.mark.parametrize("value", [-0.1, -np.inf, np.nan])
def test_negative_settings_are_refused(name, value):
    words = f"{name} is {value}; give a finite number of at least 0"
    assert_refused(ValueError, words, lambda: SGD(**({"learning_rate": 0.1} | {name: value})))


# Schedules


@pytest.mark.parametrize(
    ("warmup", "progress", "rate"),
    [
        *((0, progress, rate) for progress, rate in [(0, 4), (1 / 3, 3), (2 / 3, 1), (1, 0)]),
        *((0.2, progress, rate) for progress, rate in [(0, 0), (0.1, 2), (0.2, 4), (0.6, 2)]),
        (0.2, 1, 0),
    ],
)
def test_cosine_at_points_where_it_is_known(warmup, progress, rate):
    assert cosine(4, warmup)(progress) == pytest.approx(rate, abs=1e-14)
    if warmup == 0:
        assert cosine(4)(progress) == cosine(4, warmup)(progress)


@pytest.mark.parametrize("warmup", [-0.1, 1, 1.5, np.nan])
def test_a_warmup_that_is_no_share_is_refused(warmup):
    words = f"warmup is {warmup}; give a share of the training"
    assert_refused(ValueError, words, cosine, 0.1, warmup)

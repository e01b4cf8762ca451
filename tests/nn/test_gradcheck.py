"""Central differences agree with every backward pass, and notice a wrong one."""

import numpy as np
import pytest

from course_lib.nn.gradcheck import check_layer, check_network, numerical_gradient, relative_error
from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sigmoid, Tanh
from course_lib.nn.losses import CrossEntropyLoss, MSELoss
from course_lib.nn.networks import Sequential, course_cnn, mlp, three_layer_cnn
from tests.nn.helpers import assert_refused, assert_same, copies, weights
from tests.nn.operations import MAKE, make

LIMIT = 1e-6


def how(seed=0):
    return {"dtype": np.float64, "rng": np.random.default_rng(seed)}


def away_from_kinks(shape):
    """Numbers of which no two are closer than 0.1, and none is closer to 0 than 0.05."""
    size = int(np.prod(shape))
    steps = np.random.default_rng(4).permutation(size) - size // 2
    return ((steps + 0.5) / 10).reshape(shape)


def check(layer, x):
    dy = np.random.default_rng(5).normal(size=layer.forward(x).shape)
    return check_layer(layer, x, dy)


@pytest.mark.parametrize("name", MAKE)
def test_every_layer_agrees_with_central_differences(name):
    layer = make(name)
    errors = check(layer, away_from_kinks(MAKE[name][2]))
    assert errors.keys() == {"x", *layer.params} and max(errors.values()) < LIMIT


def small_cnn():
    options = how()
    return Sequential([
        Conv2d(3, 4, 3, padding=1, **options),
        Tanh(),
        MaxPool2d(2),
        Conv2d(4, 5, (2, 3), **options),
        Sigmoid(),
        Flatten(),
        Linear(10, 6, **options),
        ReLU(),
        Linear(6, 10, **options),
    ])


NETWORKS = {
    "mlp": (lambda: mlp((12, 8, 10), Tanh, **how()), (2, 2, 3)),
    "small cnn": (small_cnn, (4, 8, 3)),
    "course_cnn": (lambda: course_cnn(**how()), (32, 32, 3)),
    "three_layer_cnn": (lambda: three_layer_cnn(filters=(3, 4, 5), **how()), (32, 32, 3)),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("loss", [CrossEntropyLoss(), MSELoss()], ids=["cross-entropy", "mse"])
def test_whole_networks_agree_with_central_differences(name, loss):
    """With images large enough for the network, kinks are somewhere near: hence a smaller step."""
    make, shape = NETWORKS[name]
    network, images = make(), np.random.default_rng(1).normal(size=(2, *shape))
    errors = check_network(network, loss, images, np.array([3, 9]), step=1e-6, samples=10)
    kinds = [type(layer).__name__ for layer in network.layers]
    places = [name.split(".") for name in weights(network)]
    expected = {f"{number} {kinds[int(number)]} {name}" for number, name in places}
    assert errors.keys() == {"x", *expected} and max(errors.values()) < LIMIT


# A wrong backward pass is noticed, and only where it is wrong


def wrong(layer, name, change):
    """This layer with a fault in its backward pass: in dx or in one of its grads."""
    right = layer.backward

    def backward(dy):
        dx = right(dy)
        if name == "x":
            return change(dx)
        layer.grads[name] = change(layer.grads[name])
        return dx

    layer.backward = backward
    return layer


WRONG = {
    "dx is 0.1 % too large": (Linear(4, 4, **how()), (3, 4), "x", lambda dx: 1.001 * dx),
    "a little leaks": (ReLU(), (3, 5), "x", lambda dx: dx + 1e-4),
    "weight is transposed": (Linear(4, 4, **how()), (3, 4), "weight", lambda grad: grad.T.copy()),
    "filter is flipped": (Conv2d(2, 2, 3, **how()), (2, 5, 5, 2), "weight", np.flip),
    "bias is missing": (Linear(4, 4, **how()), (3, 4), "bias", np.zeros_like),
    "bias is a mean": (Conv2d(2, 2, 3, **how()), (2, 5, 5, 2), "bias", lambda grad: grad / 2),
}


@pytest.mark.parametrize("fault", WRONG)
def test_check_layer_notices_a_wrong_backward(fault):
    layer, shape, name, change = WRONG[fault]
    errors = check(wrong(layer, name, change), away_from_kinks(shape))
    assert [key for key, error in errors.items() if not error < LIMIT] == [name]
    assert errors[name] > 1e-5


def mlp_and_batch():
    images = np.random.default_rng(2).normal(size=(3, 6))
    return mlp((6, 6, 4), Tanh, **how()), images, np.array([0, 1, 3])


@pytest.mark.parametrize(("name", "change"), [("weight", np.transpose), ("bias", np.zeros_like)])
def test_check_network_notices_a_wrong_layer(name, change):
    network, images, labels = mlp_and_batch()
    wrong(network.layers[1], name, change)
    errors = check_network(network, CrossEntropyLoss(), images, labels)
    assert [key for key, error in errors.items() if not error < LIMIT] == [f"1 Linear {name}"]


def test_check_network_notices_a_wrong_loss():
    class HalfLoss(MSELoss):
        def backward(self):
            return super().backward() / 2

    network, images, labels = mlp_and_batch()
    errors = check_network(network, HalfLoss(), images, labels)
    assert min(errors.values()) == pytest.approx(0.5, abs=1e-3)


def test_check_network_draws_some_numbers_with_the_generator():
    def errors(**options):
        return check_network(network, MSELoss(), images, labels, samples=5, **options)

    network, images, labels = mlp_and_batch()
    assert errors() == errors(rng=np.random.default_rng(0)) != errors(rng=np.random.default_rng(1))


@pytest.mark.filterwarnings("ignore:invalid value")
def test_nothing_passes_where_a_number_is_nan():
    network = mlp((2, 2), **how())
    layer = network.layers[1]
    layer.params["weight"][...] = np.nan
    errors = check_network(network, MSELoss(), np.ones((1, 2)), np.array([0]))
    assert not max(errors.values()) < LIMIT
    assert not check_layer(layer, np.ones((1, 2)), np.ones((1, 2)))["x"] < LIMIT


def test_neither_x_nor_the_weights_are_changed():
    network, images, labels = mlp_and_batch()
    images.flags.writeable = False
    before = copies(weights(network))
    check_network(network, MSELoss(), images, labels)
    check(network.layers[1], images)
    assert_same(weights(network), before)


# Its own parts


def test_numerical_gradient_of_a_cube_leaves_x_as_it_was():
    x = np.array([1.0, -2.0, 0.5])
    gradient = numerical_gradient(lambda: np.sum(x**3), x)
    np.testing.assert_allclose(gradient, [3, 12, 0.75], rtol=1e-9)
    assert x.tolist() == [1, -2, 0.5]


def test_numerical_gradient_takes_the_given_step():
    """The error of central differences of x³ is exactly step²."""
    x = np.array([1.0])
    gradient = numerical_gradient(lambda: x[0] ** 3, x, step=0.5)
    assert gradient.item() == pytest.approx(3 + 0.5**2)


def test_numerical_gradient_of_some_numbers_leaves_nan_elsewhere():
    x = np.arange(4.0).reshape(2, 2)
    gradient = numerical_gradient(lambda: np.sum(x**2), x, indices=[(1, 0), (0, 1)])
    np.testing.assert_allclose(gradient, [[np.nan, 2], [4, np.nan]], rtol=1e-9)


def test_float32_is_refused():
    x = np.ones(2, np.float32)
    assert_refused(TypeError, "float32 | astype(np.float64)", numerical_gradient, lambda: 0.0, x)


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        ([1, 2], [1, 2], 0),
        ([0, 0], [0, 0], 0),
        ([1, 4], [1, 3], 0.25),
        ([1, 3], [1, 4], 0.25),
        ([0], [1e-9], 1),
        ([1], [-1], 2),
        ([100, 0.001], [100, 0.002], 1e-5),
        ([0], [np.nan], np.inf),
        ([np.inf], [np.inf], np.inf),
    ],
)
def test_relative_error(a, b, error):
    assert relative_error(a, b) == pytest.approx(error)

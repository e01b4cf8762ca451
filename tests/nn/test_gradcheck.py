"""Central differences agree with every backward pass, and notice a wrong one."""

import numpy as np
import pytest

from course_lib.nn.gradcheck import check_layer, check_network, numerical_gradient, relative_error
from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sigmoid, Tanh
from course_lib.nn.losses import CrossEntropyLoss, MSELoss
from course_lib.nn.networks import Sequential, course_cnn, mlp, three_layer_cnn
from tests.nn.torch_oracle import error_message

LIMIT = 1e-6
DOUBLE = {"dtype": np.float64}
LAYERS = {
    "Conv2d": (Conv2d(2, 3, 3, rng=np.random.default_rng(0), **DOUBLE), (2, 5, 6, 2)),
    "Conv2d strided": (
        Conv2d(2, 2, (2, 3), (2, 1), (1, 2), rng=np.random.default_rng(1), **DOUBLE),
        (2, 4, 5, 2),
    ),
    "MaxPool2d": (MaxPool2d(2), (2, 4, 6, 2)),
    "MaxPool2d overlapping": (MaxPool2d((3, 2), 1), (2, 5, 4, 2)),
    "ReLU": (ReLU(), (3, 7)),
    "Sigmoid": (Sigmoid(), (3, 7)),
    "Tanh": (Tanh(), (3, 7)),
    "Flatten": (Flatten(), (2, 3, 4, 2)),
    "Linear": (Linear(6, 4, rng=np.random.default_rng(2), **DOUBLE), (3, 6)),
    "Linear without bias": (
        Linear(6, 4, bias=False, rng=np.random.default_rng(3), **DOUBLE),
        (3, 6),
    ),
}


def away_from_kinks(shape):
    """Numbers of which no two are closer than 0.1, and none is closer to 0 than 0.05."""
    size = int(np.prod(shape))
    steps = np.random.default_rng(4).permutation(size) - size // 2
    return ((steps + 0.5) / 10).reshape(shape)


def check(layer, x):
    dy = np.random.default_rng(5).normal(size=layer.forward(x).shape)
    return check_layer(layer, x, dy)


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_agrees_with_central_differences(name):
    layer, shape = LAYERS[name]
    errors = check(layer, away_from_kinks(shape))
    assert errors.keys() == {"x", *getattr(layer, "params", {})}
    assert max(errors.values()) < LIMIT


def small_cnn():
    rng = np.random.default_rng(0)
    return Sequential([
        Conv2d(3, 4, 3, padding=1, rng=rng, **DOUBLE),
        Tanh(),
        MaxPool2d(2),
        Conv2d(4, 5, (2, 3), rng=rng, **DOUBLE),
        Sigmoid(),
        Flatten(),
        Linear(10, 6, rng=rng, **DOUBLE),
        ReLU(),
        Linear(6, 10, rng=rng, **DOUBLE),
    ])


NETWORKS = {
    "mlp": (lambda: mlp((12, 8, 10), Tanh, rng=np.random.default_rng(0), **DOUBLE), (2, 2, 3)),
    "small cnn": (small_cnn, (4, 8, 3)),
    "course_cnn": (lambda: course_cnn(rng=np.random.default_rng(0), **DOUBLE), (32, 32, 3)),
    "three_layer_cnn": (
        lambda: three_layer_cnn(filters=(3, 4, 5), rng=np.random.default_rng(0), **DOUBLE),
        (32, 32, 3),
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("loss", [CrossEntropyLoss(), MSELoss()], ids=["cross-entropy", "mse"])
def test_whole_networks_agree_with_central_differences(name, loss):
    """With images large enough for the network, kinks are somewhere near: hence a smaller step."""
    make, shape = NETWORKS[name]
    network, labels = make(), np.array([3, 9])
    images = np.random.default_rng(1).normal(size=(2, *shape))
    errors = check_network(network, loss, images, labels, step=1e-6, samples=10)
    numbers = [n for n, layer in enumerate(network.layers) if getattr(layer, "params", None)]
    expected = {
        f"{n} {type(network.layers[n]).__name__} {name}"
        for n in numbers
        for name in ("weight", "bias")
    }
    assert errors.keys() == {"x", *expected}
    assert max(errors.values()) < LIMIT


# A wrong backward pass is noticed, and only where it is wrong


class ScaledInput(Linear):
    def backward(self, dy):
        return 1.001 * super().backward(dy)


class TransposedWeight(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["weight"] = self.grads["weight"].T.copy()
        return dx


class MissingBias(Linear):
    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["bias"] = np.zeros_like(self.grads["bias"])
        return dx


class FlippedFilter(Conv2d):
    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["weight"] = self.grads["weight"][::-1, ::-1].copy()
        return dx


class MeanBias(Conv2d):
    """The mean over the batch where the sum belongs."""

    def backward(self, dy):
        dx = super().backward(dy)
        self.grads["bias"] = self.grads["bias"] / len(dy)
        return dx


class SpreadPool(MaxPool2d):
    """Every number of a window gets a quarter of the gradient."""

    def backward(self, dy):
        return dy.repeat(2, axis=1).repeat(2, axis=2) / 4


class LeakyBackward(ReLU):
    def backward(self, dy):
        return super().backward(dy) + 1e-4 * dy


class SigmoidOfX(Sigmoid):
    """The derivative y (1 - y) with x in the place of y."""

    def forward(self, x):
        self.x = x.copy()
        return super().forward(x)

    def backward(self, dy):
        return dy * self.x * (1 - self.x)


WRONG = {
    "scaled dx": (ScaledInput(4, 4, **DOUBLE), (3, 4), {"x"}),
    "transposed weight": (TransposedWeight(4, 4, **DOUBLE), (3, 4), {"weight"}),
    "missing bias": (MissingBias(4, 4, **DOUBLE), (3, 4), {"bias"}),
    "flipped filter": (FlippedFilter(2, 2, 3, **DOUBLE), (2, 5, 5, 2), {"weight"}),
    "mean bias": (MeanBias(2, 2, 3, **DOUBLE), (2, 5, 5, 2), {"bias"}),
    "spread pool": (SpreadPool(2), (2, 4, 4, 2), {"x"}),
    "leaky backward": (LeakyBackward(), (3, 5), {"x"}),
    "sigmoid of x": (SigmoidOfX(), (3, 5), {"x"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_check_layer_notices_a_wrong_backward(name):
    layer, shape, wrong = WRONG[name]
    errors = check(layer, away_from_kinks(shape))
    assert {key for key, error in errors.items() if not error < LIMIT} == wrong
    assert min(errors[key] for key in wrong) > 1e-5


@pytest.mark.parametrize(("kind", "wrong"), [(TransposedWeight, "weight"), (MissingBias, "bias")])
def test_check_network_notices_a_wrong_layer(kind, wrong):
    network = mlp((6, 6, 4), Tanh, rng=np.random.default_rng(0), **DOUBLE)
    network.layers[1] = kind(6, 6, rng=np.random.default_rng(1), **DOUBLE)
    images = np.random.default_rng(2).normal(size=(3, 6))
    errors = check_network(network, CrossEntropyLoss(), images, np.array([0, 1, 3]))
    assert [key for key, error in errors.items() if not error < LIMIT] == [
        f"1 {kind.__name__} {wrong}"
    ]


def test_check_network_notices_a_wrong_loss():
    class HalfLoss(MSELoss):
        def backward(self):
            return super().backward() / 2

    network = mlp((6, 6, 4), Tanh, rng=np.random.default_rng(0), **DOUBLE)
    images = np.random.default_rng(2).normal(size=(3, 6))
    errors = check_network(network, HalfLoss(), images, np.array([0, 1, 3]))
    assert min(errors.values()) == pytest.approx(0.5, abs=1e-3)


def test_check_network_does_not_pass_where_the_loss_is_nan():
    network = mlp((2, 2), **DOUBLE)
    network.layers[1].params["weight"][...] = np.nan
    errors = check_network(network, MSELoss(), np.ones((1, 2)), np.array([0]))
    assert not max(errors.values()) < LIMIT


@pytest.mark.filterwarnings("ignore:invalid value")
def test_check_layer_does_not_pass_where_the_output_is_nan():
    layer = Linear(2, 2, **DOUBLE)
    layer.params["weight"][...] = np.nan
    errors = check_layer(layer, np.ones((1, 2)), np.ones((1, 2)))
    assert not errors["x"] < LIMIT


# Its own parts


def test_numerical_gradient_of_a_cube():
    x = np.array([1.0, -2.0, 0.5])
    gradient = numerical_gradient(lambda: np.sum(x**3), x)
    np.testing.assert_allclose(gradient, 3 * x**2, rtol=1e-9)


def test_numerical_gradient_puts_x_back():
    x = np.random.default_rng(0).normal(size=(3, 4))
    before = x.copy()
    numerical_gradient(lambda: np.sum(x**3), x)
    assert np.array_equal(x, before)


def test_numerical_gradient_takes_the_given_step():
    """The error of central differences of x³ is exactly step²."""
    x = np.array([1.0])
    gradient = numerical_gradient(lambda: x[0] ** 3, x, step=0.5)
    assert gradient.item() == pytest.approx(3 + 0.5**2)


def test_numerical_gradient_of_some_numbers_leaves_nan_elsewhere():
    x = np.arange(4.0).reshape(2, 2)
    gradient = numerical_gradient(lambda: np.sum(x**2), x, indices=[(1, 0), (0, 1)])
    assert np.isnan(gradient).tolist() == [[True, False], [False, True]]
    assert gradient[1, 0] == pytest.approx(4)


def test_float32_is_refused():
    x = np.ones(2, np.float32)
    message = error_message(TypeError, lambda: numerical_gradient(lambda: 0.0, x))
    assert "float32" in message and "astype(np.float64)" in message


def test_check_layer_changes_neither_x_nor_the_weights():
    layer, x = Linear(3, 2, rng=np.random.default_rng(0), **DOUBLE), np.ones((2, 3))
    x.flags.writeable = False
    before = {name: array.copy() for name, array in layer.params.items()}
    check(layer, x)
    assert all(np.array_equal(before[name], array) for name, array in layer.params.items())


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        ([1, 2], [1, 2], 0),
        ([0, 0], [0, 0], 0),
        ([], [], 0),
        ([1, 4], [1, 3], 0.25),
        ([1, 3], [1, 4], 0.25),
        ([0], [1e-9], 1),
        ([1], [-1], 2),
        ([100, 0.001], [100, 0.002], 1e-5),
    ],
)
def test_relative_error(a, b, error):
    assert relative_error(a, b) == pytest.approx(error)


def test_relative_error_of_zero_and_nan_is_not_zero():
    assert not relative_error([0.0], [np.nan]) < LIMIT

"""What would go wrong without a word: computed rightly, or refused in a sentence."""

import copy
import pickle
import tracemalloc
import warnings

import numpy as np
import pytest

from course_lib import diagnostics
from course_lib.cases import CaseA, CaseB, patients
from course_lib.cases.posted_parts import DividingMaxPool2d, LoopConv2d, LoopMaxPool2d
from course_lib.nn import gradcheck, initializers, layers, loops, losses, networks, optim, training
from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, Normalize, ReLU
from course_lib.nn.masks import keep_where
from course_lib.nn.networks import Sequential, course_cnn, mlp

NORMALIZE = Normalize(128, 64)


def refused(kind, *words):
    """What is inside raises this kind of exception, in one sentence that holds the words."""
    return pytest.raises(kind, match="(?s)" + ".*".join(words))


def linear(inputs=4, outputs=4, seed=0):
    return Linear(inputs, outputs, rng=seed, dtype=np.float64)


def fit(network, images, labels, **changes):
    options = {
        "loss": losses.CrossEntropyLoss(),
        "optimizer": optim.SGD(0.01),
        "epochs": 1,
        "batch_size": 4,
        "rng": 0,
        "progress": False,
    }
    return training.fit(network, images, labels, **options | changes)


def digits(count=9, seed=0):
    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 8, 8, 1), np.uint8), np.arange(count) % 3


def small_mlp(seed=1):
    return mlp((64, 3), normalize=NORMALIZE, rng=seed)


# Layers that would train wrongly, or not at all


def twice(layer):
    return [linear(), layer, linear(seed=1), layer]


def tied(view):
    first, second = linear(), linear(seed=1)
    second.params["weight"] = view(first.params["weight"])
    return [first, second]


class Block:
    """A layer that holds layers with weights, and shows none of them."""

    def __init__(self, inner):
        self.inner = inner

    def forward(self, x):
        return x

    def backward(self, dy):
        return dy


class CourseBlock(layers.Layer):
    """The same as a Layer."""

    def __init__(self):
        self.steps = {"first": linear()}


@pytest.mark.parametrize(
    "parts, kind, words",
    [
        (twice(ReLU()), ValueError, ["layer 3 is the same object as layer 1, a ReLU"]),
        (twice(linear()), ValueError, ["layer 3 is the same object as layer 1, a Linear"]),
        (tied(lambda weight: weight), ValueError, ["1.weight and 0.weight are the same numbers"]),
        (tied(lambda weight: weight.T), ValueError, ["1.weight and 0.weight"]),
        (tied(lambda weight: weight[::-1]), ValueError, ["1.weight and 0.weight"]),
        ([Block(linear())], ValueError, ["layer 0, a Block, has layers with weights in inner"]),
        ([Block([ReLU(), linear()])], ValueError, ["weights in inner"]),
        ([Block(Sequential([linear()]))], ValueError, ["weights in inner"]),
        ([CourseBlock()], ValueError, ["layer 0, a CourseBlock", "weights in steps"]),
        ([ReLU], TypeError, ["layer 0 is <class .*ReLU'>", "such as layers.ReLU()"]),
        ([np.tanh], TypeError, ["layer 0 is <ufunc 'tanh'>"]),
    ],
)
def test_a_network_that_would_train_wrongly_is_refused(parts, kind, words):
    with refused(kind, *words):
        Sequential(parts)
    network = Sequential([])
    network.layers += parts  # later, when nobody looks
    with refused(kind, *words):
        network.forward(np.ones((2, 4)))
    with refused(kind, *words):
        gradcheck.check_network(network, losses.CrossEntropyLoss(), np.ones((2, 4)), [0, 1])


def test_what_only_looks_alike_is_let_through():
    buffer = np.zeros((2, 4, 4))
    first, second = linear(), linear()
    first.params["weight"], second.params["weight"] = buffer  # one memory, no number in common
    block = Block(ReLU())
    own = Block(linear())
    own.params, own.grads = own.inner.params, own.inner.grads
    Sequential([first, second, block, own, Block(None)])


def test_the_layers_of_a_network_inside_a_network_are_trained():
    images, labels = digits()
    inner = Linear(64, 3, rng=0)
    nested = Sequential([NORMALIZE, Sequential([Flatten(), Sequential([inner])])])
    flat = Sequential([NORMALIZE, Flatten(), Linear(64, 3, rng=0)])
    assert [type(layer) for layer in nested.layers] == [type(layer) for layer in flat.layers]
    assert fit(nested, images, labels).batch_loss == fit(flat, images, labels).batch_loss
    np.testing.assert_array_equal(inner.params["weight"], flat.layers[2].params["weight"])


@pytest.mark.parametrize("part", ["layer", "loss", "network"])
def test_a_function_in_the_place_of_a_method_changes_nothing(part):
    """The function knows the original, and threads work with copies."""
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (128, 32, 32, 3), np.uint8), rng.integers(0, 10, 128)
    results, seen = [], []
    for hooked in (False, True):
        network, loss = course_cnn(NORMALIZE, rng=0), losses.CrossEntropyLoss()
        if hooked:
            place = {"layer": network.layers[1], "loss": loss, "network": network}[part]
            place.forward = spy(place.forward, seen)
        history = fit(network, images, labels, loss=loss, batch_size=128, epochs=2)
        classes = training.predict(network, images)
        results.append((history.batch_loss, classes.tolist(), list(network.parameters())))
    (losses_, classes, weights), (others, other_classes, other_weights) = results
    assert seen and losses_ == others and classes == other_classes
    assert all(map(np.array_equal, weights, other_weights))


def spy(forward, seen):
    def look(*arguments):
        seen.append(len(arguments[0]))
        return forward(*arguments)

    return look


class Residual(Sequential):
    """A network whose forward is another one; its copies would share `inside`."""

    def __init__(self, inside):
        super().__init__([inside])
        self.inside = inside

    def forward(self, x):
        return x + self.inside.forward(x)

    def backward_to_params(self, dy):
        self.inside.backward_to_params(dy)


def test_a_network_of_another_kind_is_not_copied():
    rng = np.random.default_rng(0)
    images = rng.normal(size=(64, 4096)).astype(np.float32)
    labels = rng.integers(0, 9, 64)
    network = Residual(Linear(4096, 4096, rng=0))
    expected = copy.deepcopy(network)
    loss = losses.CrossEntropyLoss()
    value = loss.forward(expected.forward(images), labels)
    expected.backward_to_params(loss.backward())
    history = fit(network, images, labels, batch_size=64, shuffle=False, optimizer=optim.SGD(1.0))
    assert history.batch_loss == [value]
    moved = expected.inside.params["weight"] - network.inside.params["weight"]
    np.testing.assert_allclose(moved, expected.inside.grads["weight"], atol=1e-6)


def test_a_first_layer_from_elsewhere_with_weights_is_trained():
    class Scale:
        def __init__(self):
            self.params, self.grads = {"weight": np.ones(4)}, {}

        def forward(self, x):
            self.x = x.copy()
            return x * self.params["weight"]

        def backward(self, dy):
            self.grads["weight"] = (dy * self.x).sum(axis=0)
            return dy * self.params["weight"]

    network = Sequential([Scale(), linear(4, 3)])
    errors = gradcheck.check_network(
        network,
        losses.CrossEntropyLoss(),
        np.random.default_rng(0).normal(size=(5, 4)),
        [0, 1, 2, 0, 1],
    )
    assert max(errors.values()) < 1e-6
    network.backward_to_params(np.ones((5, 3)))
    optim.SGD(0.1).step(network)
    assert np.all(network.layers[0].params["weight"] != 1)


# Weights of another shape


@pytest.mark.parametrize(
    "name, value, kind, words",
    [
        ("bias", np.zeros((4, 1)), ValueError, "bias has shape .4, 1., and .4,. is needed"),
        ("bias", np.zeros(1), ValueError, r"bias has shape \(1,\), and \(4,\) is needed"),
        ("bias", [0.0] * 4, TypeError, "bias is of type list"),
        ("bias", 0.0, TypeError, "bias is of type float"),
        ("weight", np.zeros(4), ValueError, "weight has shape"),
        ("weight", np.zeros((4, 4), int), (TypeError, ValueError), "weight h"),
    ],
)
@pytest.mark.parametrize("make", [linear, lambda: Conv2d(1, 4, 2, rng=0, dtype=np.float64)])
def test_weights_of_another_shape_or_kind_are_refused(make, name, value, kind, words):
    layer = make()
    layer.params[name] = value
    x = np.ones((2, 4)) if isinstance(layer, Linear) else np.ones((2, 4, 4, 1))
    with refused(kind, words):
        layer.forward(x)


@pytest.mark.parametrize("gradient", [np.float64(1), np.ones(1), np.ones((1, 4))])
def test_a_gradient_of_another_shape_moves_nothing(gradient):
    network = Sequential([linear()])
    network.layers[0].grads = {"weight": np.ones((4, 4)), "bias": gradient}
    before = [array.copy() for array in network.parameters()]
    with refused(ValueError, "the gradient of bias has shape", r"\(4,\) is needed"):
        optim.SGD(0.1).step(network)
    assert all(map(np.array_equal, before, network.parameters()))


# Arrays that their owner changes between the passes


LAYERS = {
    "conv2d": lambda: Conv2d(3, 2, 2, rng=0, dtype=np.float64),
    "maxpool2d": lambda: MaxPool2d(2),
    "overlapping": lambda: MaxPool2d(2, 1),
    "relu": ReLU,
    "sigmoid": layers.Sigmoid,
    "tanh": layers.Tanh,
    "normalize": lambda: Normalize(1, 2),
    "flatten": Flatten,
    "loop conv2d": lambda: LoopConv2d(3, 2, 2, rng=0, dtype=np.float64),
    "loop maxpool2d": lambda: LoopMaxPool2d(2),
    "dividing": lambda: DividingMaxPool2d(2),
    "linear": lambda: linear(6, 2),
}


@pytest.mark.parametrize("kind", LAYERS)
def test_what_forward_saw_is_what_backward_uses(kind):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(3, 6) if kind == "linear" else (2, 4, 4, 3))
    layer, untouched = LAYERS[kind](), LAYERS[kind]()
    dy = rng.normal(size=untouched.forward(x).shape)
    expected = untouched.backward(dy)
    buffer = x.copy()
    y = layer.forward(buffer)
    buffer[:], y[:] = np.nan, np.nan
    np.testing.assert_array_equal(layer.backward(dy), expected)
    for name, gradient in untouched.grads.items():
        np.testing.assert_array_equal(layer.grads[name], gradient)


class Keeper:
    """A layer from elsewhere that changes what it gave away, as soon as it is asked to."""

    def forward(self, x):
        self.given = x * 1
        return self.given

    def backward(self, dy):
        return dy


def test_a_network_uses_what_its_layers_saw_whoever_changes_it():
    rng = np.random.default_rng(0)
    x, dy = rng.normal(size=(3, 4)), rng.normal(size=(3, 4))
    for first in ([], [Keeper()], [ReLU()]):
        network, untouched = (Sequential([*copy.deepcopy(first), linear()]) for _ in range(2))
        untouched.forward(x)
        untouched.backward_to_params(dy)
        buffer, seen = x.copy(), []
        if first and isinstance(first[0], ReLU):
            network.layers[0].forward = keeps(network.layers[0].forward, seen)
        network.forward(buffer)
        buffer[:] = np.nan
        for array in [*seen, getattr(network.layers[0], "given", buffer)]:
            array[:] = np.nan
        network.backward_to_params(dy)
        for name, gradient in untouched.layers[-1].grads.items():
            np.testing.assert_array_equal(network.layers[-1].grads[name], gradient)


def keeps(forward, seen):
    def keep(x):
        seen.append(forward(x))
        return seen[-1]

    return keep


@pytest.mark.parametrize("kind", [losses.CrossEntropyLoss, losses.MSELoss])
def test_labels_may_be_overwritten_between_the_passes(kind):
    logits, labels = np.random.default_rng(0).normal(size=(3, 4)), np.array([0, 1, 2])
    loss, untouched = kind(), kind()
    untouched.forward(logits, labels.copy())
    given = logits.copy()
    loss.forward(given, labels)
    labels[:], given[:] = 3, 0
    np.testing.assert_array_equal(loss.backward(), untouched.backward())


# nan and infinity


def test_keep_where_is_where():
    rng = np.random.default_rng(0)
    for dtype in (np.float32, np.float64):
        values = rng.normal(size=(5, 6, 7)).astype(dtype)
        values[0, 0, :4] = [np.inf, -np.inf, np.nan, -0.0]
        for view in (values, values.T, values[:, ::2], values[::-1]):
            mask = rng.random(view.shape) < 0.5
            expected = np.where(mask, view, 0).astype(dtype)
            np.testing.assert_array_equal(keep_where(mask, view), expected)
            out = np.full((*view.shape, 2), 9, dtype)
            keep_where(mask, view, out=out[..., 0])
            np.testing.assert_array_equal(out[..., 0], expected)
            assert np.all(out[..., 1] == 9)


SPECIAL = [np.nan, np.inf, -np.inf, 1.0, 0.0, -2.0, 3.0]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_relu_of_nan_and_infinity(dtype):
    x = np.array(SPECIAL, dtype)
    y = np.array([np.nan, np.inf, 0, 1, 0, 0, 3], dtype)
    layer = ReLU()
    np.testing.assert_array_equal(layer.forward(x), y)
    np.testing.assert_array_equal(loops.relu_forward(x), y)
    for value in (1, np.inf, -np.inf, np.nan):
        dy = np.full(7, value, dtype)
        dx = np.where([1, 1, 0, 1, 0, 0, 1], dy, 0)
        np.testing.assert_array_equal(layer.backward(dy), dx)
        np.testing.assert_array_equal(loops.relu_backward(dy, x), dx)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kernel_size, stride", [(2, 2), (2, 1), (3, 2), ((1, 3), 1)])
def test_pooling_of_nan_and_infinity(kernel_size, stride, dtype):
    rng = np.random.default_rng(0)
    for _ in range(20):
        x = rng.choice(np.array(SPECIAL, dtype), (2, 6, 5, 3))
        layer = MaxPool2d(kernel_size, stride)
        y = layer.forward(x)
        np.testing.assert_array_equal(y, loops.maxpool2d_forward(x, kernel_size, stride))
        for values in ([np.inf], [1.0, 2.0, np.inf], [np.nan, 1.0]):
            dy = rng.choice(np.array(values, dtype), y.shape)
            expected = loops.maxpool2d_backward(dy, x, kernel_size, stride)
            np.testing.assert_array_equal(layer.backward(dy), expected)


def test_the_first_nan_of_a_window_wins():
    x = np.array([1, np.nan, np.nan, 6]).reshape(1, 2, 2, 1)
    layer = MaxPool2d(2)
    assert np.isnan(layer.forward(x))
    assert layer.backward(np.full((1, 1, 1, 1), np.inf)).ravel().tolist() == [0, np.inf, 0, 0]
    dividing = DividingMaxPool2d(2)
    dividing.forward(x)
    assert dividing.backward(np.ones((1, 1, 1, 1))).ravel().tolist() == [0, 0.5, 0.5, 0]


# Masked arrays


def masked(values):
    return np.ma.masked_array(values, mask=np.arange(np.size(values)).reshape(np.shape(values)) < 1)


IMAGES, LABELS = digits()


@pytest.mark.parametrize(
    "call",
    [
        lambda: losses.softmax(masked(np.ones((1, 3)))),
        lambda: losses.CrossEntropyLoss().forward(np.ones((2, 3)), masked([0, 1])),
        lambda: losses.MSELoss().forward(np.ones((2, 3)), masked(np.ones((2, 3)))),
        lambda: linear().forward(masked(np.ones((2, 4)))),
        lambda: Normalize.from_images(masked(IMAGES)),
        lambda: loops.relu_forward(masked(np.ones(3))),
        lambda: fit(small_mlp(), masked(IMAGES), LABELS),
        lambda: fit(small_mlp(), IMAGES, masked(LABELS)),
        lambda: training.predict(small_mlp(), masked(IMAGES)),
        lambda: gradcheck.numerical_gradient(lambda: 0.0, masked(np.ones(3))),
        lambda: gradcheck.relative_error(masked(np.ones(3)), np.ones(3)),
    ],
)
def test_a_mask_is_never_dropped_without_a_word(call):
    with refused(TypeError, "mask|Mask"):
        call()


# Gradient checks that cannot fail


class KeepDims(Linear):
    def backward_to_params(self, dy):
        super().backward_to_params(dy)
        self.grads["bias"] = self.grads["bias"][None]


class OneNumber(Linear):
    def backward_to_params(self, dy):
        super().backward_to_params(dy)
        self.grads["bias"] = self.grads["bias"].mean()


class OneRow(Linear):
    def backward_to_input(self, dy):
        return super().backward_to_input(dy)[:1]


@pytest.mark.parametrize("kind", [KeepDims, OneNumber, OneRow])
def test_a_gradient_of_another_shape_is_an_error(kind):
    layer = kind(3, 2, rng=0, dtype=np.float64)
    x, dy = np.random.default_rng(0).normal(size=(4, 3)), np.ones((4, 2))
    with refused(ValueError, "the gradient of (x|bias) has shape"):
        gradcheck.check_layer(layer, x, dy)
    with refused(ValueError, "the gradient of .*(x|bias) has shape"):
        gradcheck.check_network(Sequential([layer]), losses.CrossEntropyLoss(), x, [0, 1, 1, 0])


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (
            lambda: gradcheck.relative_error([1.0], 1.0),
            ValueError,
            r"the shapes are \(1,\) and \(\)",
        ),
        (lambda: gradcheck.relative_error([], []), ValueError, "something in them to compare"),
        (lambda: check(dy=np.zeros((2, 4))), ValueError, "dy is 0 everywhere"),
        (lambda: check(dy=np.ones((1, 4))), ValueError, "dy has shape"),
        (lambda: check(x=np.ones((0, 4)), dy=np.ones((0, 4))), ValueError, "is 0|to compare"),
        (lambda: check(x=np.ones((2, 4), int)), TypeError, "x holds int64.*x.astype.np.float64"),
        (
            lambda: check(layer=Linear(4, 4, rng=0)),
            TypeError,
            "weight holds float32.*dtype=np.float64",
        ),
        (lambda: check_all(samples=0), ValueError, "samples is 0"),
        (lambda: check_all(rng="0"), TypeError, "rng is '0'"),
        (
            lambda: check_all(network=Sequential([Linear(4, 4, rng=0)])),
            TypeError,
            "weight 0.weight",
        ),
        (lambda: check_all(x=np.ones((2, 4), np.uint8)), TypeError, "x.astype.np.float64"),
        (lambda: gradcheck.numerical_gradient(lambda: [1, 2], np.ones(2)), TypeError, "single"),
        (lambda: gradcheck.numerical_gradient(lambda: 1.0, [1.0]), TypeError, "x is of type list"),
        (lambda: gradcheck.numerical_gradient(lambda: 1.0, np.ones(2), 0), ValueError, "step is 0"),
        (
            lambda: gradcheck.numerical_gradient(lambda: 1.0, np.broadcast_to(1.0, 3)),
            ValueError,
            "x is read-only; write x = x.copy",
        ),
    ],
)
def test_a_gradient_check_of_nothing_is_refused(call, kind, words):
    with refused(kind, words):
        call()


def check(**changes):
    x = np.random.default_rng(0).normal(size=(2, 4))
    return gradcheck.check_layer(**{"layer": linear(), "x": x, "dy": np.ones((2, 4))} | changes)


def check_all(network=None, x=None, **changes):
    x = np.random.default_rng(0).normal(size=(2, 4)) if x is None else x
    network = network or Sequential([linear()])
    return gradcheck.check_network(network, losses.CrossEntropyLoss(), x, [0, 1], **changes)


def test_f_may_return_a_view_of_x():
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(gradcheck.numerical_gradient(lambda: x[0, ...], x), [1, 0, 0])
    np.testing.assert_allclose(gradcheck.numerical_gradient(lambda: x[:1], x), [1, 0, 0])


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_x_is_put_back_whatever_happens(error):
    x, calls = np.array([1.0, 2.0, 3.0]), []

    def f():
        calls.append(x.copy())
        if len(calls) == 4:
            raise error
        return x.sum()

    with pytest.raises(error):
        gradcheck.numerical_gradient(f, x)
    assert x.tolist() == [1, 2, 3] and not np.array_equal(calls[-1], x)


# Seeds


SEEDED = {
    "Conv2d": lambda rng: Conv2d(1, 2, 3, rng=rng).params["weight"],
    "Linear": lambda rng: Linear(4, 3, rng=rng).params["weight"],
    "course_cnn": lambda rng: np.concatenate([
        array.ravel() for array in course_cnn(rng=rng).parameters()
    ]),
    "three_layer_cnn": lambda rng: networks.three_layer_cnn(rng=rng).layers[3].params["weight"],
    "mlp": lambda rng: mlp((4, 4, 4), rng=rng).layers[3].params["weight"],
    "mini_batches": lambda rng: np.array(list(training.mini_batches(60, 6, rng))),
    "mirror": lambda rng: training.mirror(np.arange(120.0).reshape(40, 1, 3, 1), rng),
    "he": lambda rng: initializers.he(rng, (3, 3), 3, 3),
    "xavier": lambda rng: initializers.xavier(rng, (3, 3), 3, 3),
    "normal": lambda rng: initializers.normal(1)(rng, (3, 3), 3, 3),
    "uniform": lambda rng: initializers.uniform(0, 1)(rng, (3, 3), 3, 3),
    "fit": lambda rng: np.array(fit(small_mlp(), *digits(), rng=rng).batch_loss),
}
MAY_BE_NONE = {"Conv2d", "Linear", "course_cnn", "three_layer_cnn", "mlp", "mini_batches"}


@pytest.mark.parametrize("what", SEEDED)
def test_rng_is_a_generator_or_a_whole_number_and_nothing_else(what):
    make = SEEDED[what]
    for seed in (0, 42, np.int64(7)):
        np.testing.assert_array_equal(make(seed), make(np.random.default_rng(seed)))
    assert not np.array_equal(make(0), make(1))
    wrong = ["42", 4.2, True, -1, np.random.RandomState(0), np.random, [1]]
    for rng in wrong if what in MAY_BE_NONE else [None, *wrong]:
        with refused(TypeError, "rng is", "default_rng"):
            make(rng)


def test_one_seed_gives_each_layer_weights_of_its_own():
    first, second = (mlp((4, 4, 4), rng=0).layers[k].params["weight"] for k in (1, 3))
    assert not np.array_equal(first, second)


# Late errors, and raw ones


def images_of_another_shape(*shape):
    return np.zeros(shape, np.uint8)


GOOD = {"images": IMAGES, "labels": LABELS}


@pytest.mark.parametrize(
    "changes, words",
    [
        (
            {"images": IMAGES[0], "labels": [0] * 8},
            r"shape \(8, 8, 1\).*\(N, H, W, C\).*np.newaxis",
        ),
        ({"images": IMAGES[..., 0]}, r"shape \(9, 8, 8\).*grey images\[..., np.newaxis\]"),
        ({"images": IMAGES[:0], "labels": []}, "no images|whole numbers"),
        ({"test": (IMAGES, LABELS[:4])}, r"test does not fit: labels has shape \(4,\)"),
        ({"test": (IMAGES[..., 0], LABELS)}, r"test does not fit: .*\(N, H, W, C\)"),
        (
            {"test": (images_of_another_shape(9, 6, 6, 1), LABELS)},
            "test does not fit: .*the features, must be 64 long",
        ),
        (
            {"test": (IMAGES.astype(str), LABELS)},
            "test does not fit: images is of type ndarray and dtype <U3",
        ),
        ({"test": IMAGES}, "test is of type ndarray; give a pair"),
        ({"rng": None}, "rng is None"),
        ({"epochs": 1.5}, "epochs is 1.5"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"labels": np.eye(3)[LABELS]}, r"one-hot rows: give labels.argmax\(axis=1\)"),
        ({"labels": np.eye(3, dtype=int)[LABELS]}, "one-hot rows"),
        ({"labels": LABELS[:, None]}, r"give labels\[:, 0\]"),
        ({"labels": LABELS + 0.5}, "losses.MSELoss"),
        ({"labels": LABELS.astype(float)}, r"labels.astype\(np.int64\)"),
        ({"labels": ["cat"] * 9}, "its place in one list of the classes"),
    ],
)
def test_fit_refuses_before_anything_is_trained(changes, words):
    network = small_mlp()
    before = pickle.dumps(network)
    with refused((TypeError, ValueError), words):
        fit(network, **GOOD | changes)
    assert pickle.dumps(network) == before


@pytest.mark.parametrize("value", ["0.1", -1, np.nan, np.inf, None, True, 1j])
def test_a_learning_rate_that_is_none_is_refused(value):
    with refused(ValueError, "learning_rate is"):
        optim.SGD(value)
    with refused(ValueError, "momentum is"):
        optim.SGD(0.1, momentum=value)
    with refused(ValueError, "learning_rate is"):
        optim.cosine(value)
    optimizer, network = optim.SGD(0.1), small_mlp()
    optimizer.learning_rate = value
    before = pickle.dumps(network)
    with refused(ValueError, "learning_rate is"):
        fit(network, IMAGES, LABELS, optimizer=optimizer)
    assert pickle.dumps(network) == before


def test_predict_of_nothing_of_lists_and_of_impossible_batches():
    network = small_mlp()
    nothing = training.predict(network, IMAGES[:0])
    assert nothing.shape == (0,) and nothing.dtype.kind == "i"
    expected = training.predict(network, IMAGES.astype(np.float32))
    np.testing.assert_array_equal(training.predict(network, (IMAGES / 1.0).tolist()), expected)
    with refused(ValueError, "batch_size is 0"):
        training.predict(network, IMAGES, 0)
    with refused(ValueError, "no images"):
        training.evaluate(network, IMAGES[:0], [])


def test_numbers_to_predict_are_no_labels():
    with refused(ValueError, r"targets has shape \(3,\)", r"targets\[:, np.newaxis\]"):
        losses.MSELoss().forward(np.ones((3, 1)), np.array([4, 5, 6]))
    with refused(ValueError, r"3 floats for predictions \(3, 2\)"):
        losses.MSELoss().forward(np.ones((3, 2)), np.array([0.0, 1.0, 1.0]))
    with refused(TypeError, "numbers are needed"):
        losses.MSELoss().forward(np.ones((1, 1)), np.array([["1"]]))


@pytest.mark.parametrize("top", [255, 65_535, 5_000_000, 2**40])
@pytest.mark.parametrize("low", [0, -300])
def test_whole_numbers_of_any_size_are_normalised_in_little_memory(top, low):
    images = np.random.default_rng(0).integers(low, top, (2, 4, 4, 3))
    images[0, 0, 0] = top
    tracemalloc.start()
    layer = Normalize.from_images(images, dtype=np.float64)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000
    np.testing.assert_allclose(layer.mean, images.mean(axis=(0, 1, 2)))
    np.testing.assert_allclose(layer.std, images.std(axis=(0, 1, 2)))


# What is saved


@pytest.mark.parametrize("save", [copy.deepcopy, lambda part: pickle.loads(pickle.dumps(part))])
def test_a_saved_network_holds_its_weights_and_no_mini_batch(save):
    network = course_cnn(NORMALIZE, rng=0)
    size = len(pickle.dumps(network))
    images = np.random.default_rng(0).integers(0, 256, (50, 32, 32, 3), np.uint8)
    fit(network, images, np.arange(50) % 10, batch_size=50)
    assert len(pickle.dumps(network)) <= size + 100
    saved = save(network)
    np.testing.assert_array_equal(
        training.predict(saved, images), training.predict(network, images)
    )
    with refused(RuntimeError, "before forward"):
        saved.layers[1].backward(np.zeros((50, 30, 30, 16), np.float32))
    with refused(RuntimeError, "call network.backward first"):
        optim.SGD(0.1).step(saved)
    fit(saved, images, np.arange(50) % 10, batch_size=50)  # and it goes on learning


@pytest.mark.parametrize("kind", LAYERS)
def test_every_layer_says_what_it_remembers(kind):
    layer = LAYERS[kind]()
    before = set(vars(copy.copy(layer)))
    layer.forward(np.ones((3, 6) if kind == "linear" else (2, 4, 4, 3)))
    assert set(vars(copy.copy(layer))) == before


# Layers that somebody wrote


class OwnBackward(Linear):
    """A layer with a backward of its own."""

    def backward(self, dy):
        self.grads = {"weight": np.ones_like(self.params["weight"]), "bias": np.ones(4)}
        return dy


def replaced_backward():
    layer = linear()
    layer.backward = lambda dy: OwnBackward.backward(layer, dy)
    return layer


@pytest.mark.parametrize("make", [lambda: OwnBackward(4, 4, dtype=np.float64), replaced_backward])
def test_a_backward_of_its_own_is_used_in_the_first_layer_too(make):
    network = Sequential([make(), ReLU()])
    network.forward(np.ones((2, 4)))
    network.backward_to_params(np.ones((2, 4)))
    assert np.all(network.layers[0].grads["weight"] == 1)
    diagnostics.observe(network, losses.CrossEntropyLoss(), np.ones((2, 4)), [0, 1])
    assert np.all(network.layers[0].grads["weight"] == 1)


class Shift(layers.Layer):
    """A layer that keeps its weight in the params that it finds, and forgets its gradient."""

    def __init__(self):
        self.params["shift"] = np.zeros(4)

    def forward(self, x):
        return x + self.params["shift"]

    def backward(self, dy):
        return dy


def test_layers_do_not_share_their_params_and_grads():
    first, second = Shift(), Shift()
    first.grads["shift"] = np.ones(4)
    assert first.params["shift"] is not second.params["shift"]
    assert not second.grads and not ReLU().params and not ReLU().grads


@pytest.mark.parametrize(
    "call",
    [
        lambda: gradcheck.check_layer(Shift(), np.ones((2, 4)), np.ones((2, 4))),
        lambda: check_all(Sequential([Shift()])),
        lambda: optim.SGD(0.1).step(Sequential([Shift()])),
    ],
)
def test_a_gradient_that_was_forgotten_is_named(call):
    with refused(RuntimeError, "no gradient of shift in Shift", "let backward fill grads"):
        call()


def test_blocks_in_blocks_in_lists_are_found():
    inner = Block([[ReLU(), {"there": [linear()]}]])
    with refused(ValueError, "layer 1, a Block, has layers with weights in inner"):
        Sequential([ReLU(), Block(inner)])
    inner.itself = inner  # no endless search
    Sequential([Block(Block(None))])


class InPlace:
    """A layer that changes what it is given."""

    def forward(self, x):
        x -= 1
        return x.reshape(len(x), -1)

    def backward(self, dy):
        return dy


def test_a_layer_that_works_in_place_leaves_the_users_images_alone():
    images, labels = np.ones((4, 2, 2, 1)), np.array([0, 1, 2, 3])
    network = Sequential([InPlace()])
    training.predict(network, images)
    training.evaluate(network, images, labels)
    diagnostics.observe(network, losses.CrossEntropyLoss(), images, labels)
    assert np.all(images == 1)


# More that was late, raw or quiet


@pytest.mark.parametrize(
    "call, kind, words",
    [
        (lambda: Sequential(ReLU()), TypeError, "in one list"),
        (lambda: Sequential(ReLU(), ReLU()), TypeError, "in one list"),
        (lambda: mlp(64), ValueError, "sizes is 64"),
        (lambda: mlp((64,)), ValueError, "sizes is"),
        (lambda: mlp((4, 3), "relu"), TypeError, "activation is 'relu'"),
        (lambda: mlp((4, 3), ReLU()), TypeError, "the class of a layer"),
        (lambda: mlp((4, 3), init="he"), TypeError, "init is 'he'"),
        (lambda: mlp((4, 3), init=initializers.normal), TypeError, "normal.0.1. returns"),
        (
            lambda: mlp((4, 3), init=lambda *_: np.ones(3)),
            ValueError,
            "what init returns has shape",
        ),
        (lambda: mlp((4, 3), dtype=int), ValueError, "dtype is int64"),
        (lambda: Conv2d(1, 1, 1, dtype=np.float16), ValueError, "dtype is float16"),
        (lambda: networks.three_layer_cnn(filters=32), ValueError, "filters is 32"),
        (lambda: course_cnn("yes"), TypeError, "normalize is .yes."),
        (lambda: Normalize([1, 2, 3], [1, 2]), ValueError, r"shape \(3,\) and std \(2,\)"),
        (lambda: Normalize(0, 1, dtype=int), ValueError, "dtype is int64"),
        (lambda: Normalize.from_images(np.full((1, 2, 2, 1), np.nan)), ValueError, "not finite"),
        (lambda: initializers.normal(-1), ValueError, "std is -1"),
        (lambda: initializers.uniform(1, 0), ValueError, "the lower number first"),
        (lambda: training.mirror(np.ones((4, 8, 8)), 0), ValueError, r"\(N, H, W, C\)"),
        (lambda: fit(small_mlp(), IMAGES, LABELS, loss="mse"), TypeError, "loss is 'mse'"),
        (
            lambda: fit(small_mlp(), IMAGES, LABELS, loss=losses.MSELoss),
            TypeError,
            "loss is <class",
        ),
        (lambda: fit(small_mlp(), IMAGES, LABELS, optimizer=optim.SGD), TypeError, "optimizer is"),
        (lambda: fit(small_mlp(), IMAGES, LABELS, recorder=True), TypeError, "recorder is True"),
        (lambda: fit(small_mlp(), IMAGES, LABELS, schedule=0.1), TypeError, "schedule is 0.1"),
        (lambda: fit([ReLU()], IMAGES, LABELS), TypeError, "network is"),
        (
            lambda: fit(small_mlp(), IMAGES, LABELS, schedule=optim.cosine),
            ValueError,
            "the learning rate that schedule returns is <function",
        ),
        (
            lambda: fit(small_mlp(), IMAGES, LABELS, augment=lambda images, rng: None),
            TypeError,
            "augment returns None",
        ),
        (
            lambda: fit(small_mlp(), IMAGES, LABELS, augment=lambda images, rng: images[1:]),
            TypeError,
            "augment returns an array",
        ),
        (lambda: fit(small_mlp(), IMAGES, LABELS + 1), ValueError, "count from 1, give labels - 1"),
        (
            lambda: training.evaluate(small_mlp(), IMAGES, LABELS + 1),
            ValueError,
            "give labels - 1",
        ),
        (
            lambda: linear().forward(np.ones((2, 4, 4, 1))),
            ValueError,
            r"layers.Flatten\(\) before the linear layer",
        ),
        (
            lambda: Conv2d(3, 1, 3).forward(np.ones((2, 3, 8, 8))),
            ValueError,
            r"give x.transpose\(0, 2, 3, 1\)",
        ),
        (
            lambda: losses.CrossEntropyLoss().forward(np.array([0, 1]), np.ones((2, 3))),
            ValueError,
            r"give forward\(logits, labels\)",
        ),
        (lambda: losses.softmax(None), TypeError, "logits is None"),
        (lambda: check_labels(np.array([0.0, np.inf])), TypeError, "MSELoss"),
        (lambda: check_labels(np.array([0.0, 1e30])), TypeError, "MSELoss"),
        (lambda: CaseA(bias="no"), ValueError, "bias is 'no'"),
        (lambda: CaseA(momentum=-1), ValueError, "momentum is -1"),
        (lambda: CaseA(learning_rate=np.inf), ValueError, "learning_rate is inf"),
        (lambda: CaseA(filters=["he"]), ValueError, "filters is"),
        (lambda: CaseA().run("pictograms"), TypeError, "dataset is 'pictograms'"),
        (lambda: CaseB(shift="no"), ValueError, "shift is 'no'"),
        (lambda: diagnostics.observe(small_mlp(), None, IMAGES[:0], []), ValueError, "no images"),
        (lambda: diagnostics.observe(small_mlp(), None, masked(IMAGES), []), TypeError, "mask"),
        (
            lambda: diagnostics.batch_gradients(np.ones((2, 3)), 3, 1, 0),
            ValueError,
            "replace=True for more",
        ),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(call, kind, words):
    with refused(kind, words):
        call()


def check_labels(labels):
    return losses.check_labels(labels, len(labels))


def test_a_failed_step_moves_no_weight():
    network = Sequential([linear(), linear(seed=1)])
    for layer in network.layers:
        layer.grads = {"weight": np.ones((4, 4)), "bias": np.ones(4)}
    last = network.layers[1].params
    for name, value in {"weight": np.zeros((4, 4), int), "bias": np.float64(0)}.items():
        kept, last[name] = last[name], value
        before = network.layers[0].params["weight"].copy()
        with refused(TypeError, name):
            optim.SGD(0.1).step(network)
        np.testing.assert_array_equal(network.layers[0].params["weight"], before)
        last[name] = kept
    last["weight"].flags.writeable = False
    with refused(ValueError, "weight is read-only"):
        optim.SGD(0.1).step(network)
    np.testing.assert_array_equal(network.layers[0].params["weight"], before)


def test_a_constant_channel_becomes_0():
    images = np.full((5, 3, 3, 2), 0.1) + [0, 0.2]
    np.testing.assert_array_equal(Normalize.from_images(images).std, 1)
    whole = np.full((50, 3, 3, 1), 254, np.uint8)
    assert np.all(abs(Normalize.from_images(whole)(whole)) < 1e-4)


def test_errstate_holds_in_the_threads_too():
    images = np.random.default_rng(0).integers(0, 256, (128, 32, 32, 3), np.uint8)
    network = course_cnn(NORMALIZE, rng=0)
    network.layers[-1].params["weight"][:] = 1e38
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("error")
        training.predict(network, images)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        training.predict(network, images)


def test_a_gradient_that_is_exactly_0_is_no_error():
    """A bias before softmax that moves all logits alike."""

    class SameShift(Shift):
        def __init__(self):
            self.params["shift"] = np.zeros(1)

        def backward(self, dy):
            self.grads["shift"] = dy.sum(keepdims=True).ravel()
            return dy

    assert max(check_all(Sequential([linear(), SameShift()])).values()) < 1e-6


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_tiny_and_huge_gradients_have_angles(size):
    gradients = np.random.default_rng(0).normal(size=(20, 8)).astype(np.float32)
    other = (gradients * np.float32(size)).astype(np.float32)
    scale = diagnostics.noise_scale(gradients)
    assert diagnostics.noise_scale(other) == pytest.approx(scale, rel=1e-4)
    full, other_full = gradients.mean(axis=0), other.mean(axis=0)
    np.testing.assert_allclose(
        diagnostics.cosines(other, other_full), diagnostics.cosines(gradients, full), rtol=1e-3
    )


def test_a_patient_trains_as_long_as_it_is_told_and_can_be_saved():
    patient = patients.admit("K")
    with refused(ValueError, "epochs is 0"):
        patient.train(0)
    x = patient.images[:3]
    saved = pickle.loads(pickle.dumps(patient.network))
    np.testing.assert_array_equal(saved.forward(x), patient.network.forward(x))
    dy = np.ones((3, 10))
    np.testing.assert_array_equal(saved.backward(dy), patient.network.backward(dy))


def test_a_recorder_takes_an_activation_with_weights():
    class PReLU(ReLU):
        def __init__(self):
            self.params = {"slope": np.full(1, 0.1)}

        def backward(self, dy):
            self.grads["slope"] = np.zeros(1)
            return super().backward(dy)

    network = Sequential([NORMALIZE, Flatten(), Linear(64, 3, rng=0), PReLU()])
    recorder = diagnostics.Recorder(every=1)
    fit(network, IMAGES, LABELS, recorder=recorder)
    assert len(recorder.steps) == 3

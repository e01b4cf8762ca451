"""What the tests of several modules share: comparing, refusing, and one training."""

import numpy as np
import pytest

from course_lib.nn import training
from course_lib.nn.losses import CrossEntropyLoss
from course_lib.nn.optim import SGD


def assert_close(computed, expected, rtol=1e-9, atol=1e-12):
    """The same names, and for each the same shape and nearly the same numbers."""
    assert computed.keys() == expected.keys() and expected
    for name in expected:
        assert np.shape(computed[name]) == np.shape(expected[name]), name
        np.testing.assert_allclose(computed[name], expected[name], rtol, atol, err_msg=name)


def assert_same(computed, expected):
    """The same names and shapes, and the same numbers to the last bit."""
    assert_close(computed, expected, rtol=0, atol=0)


def assert_refused(kind, words, call, *arguments):
    """The call raises one sentence, in which all these words stand; " | " separates them."""
    with pytest.raises(kind) as caught:
        call(*arguments)
    message = str(caught.value)
    assert caught.type is kind
    assert "\n" not in message and len(message.split()) >= 6
    assert all(word in message for word in words.split(" | ")), message


def copies(arrays):
    return {name: array.copy() for name, array in arrays.items()}


def weights(network, kind="params"):
    """The arrays of a network, "params" or "grads", by names such as "4.bias"."""
    return {
        f"{number}.{name}": array
        for number, layer in enumerate(network.layers)
        for name, array in getattr(layer, kind, {}).items()
    }


def backpropagate(network, images, labels, loss=None):
    """Fill the grads of all layers. Returns the loss and the network's outputs."""
    loss = loss or CrossEntropyLoss()
    outputs = network.forward(images)
    value = loss.forward(outputs, labels)
    network.backward(loss.backward())
    return value, outputs


def fit(network, images, labels, **options):
    """Train; what is not among the options is what most tests want."""
    usual = {
        "loss": CrossEntropyLoss(),
        "optimizer": SGD(0.05, momentum=0.9),
        "epochs": 2,
        "batch_size": 64,
        "rng": np.random.default_rng(0),
        "progress": False,
    }
    return training.fit(network, images, labels, **usual | options)

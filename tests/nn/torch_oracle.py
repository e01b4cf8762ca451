"""Every operation of the course in PyTorch, in `layers` and in `loops`, behind the same call.

`run_torch`, `run_layers` and `run_loops` take a case and return the output y and the derivatives
dx, dweight, dbias of sum(y * dy), or of y where y is a loss. All arrays are NumPy's, in the
course's layout: images (N, H, W, C), filters (KH, KW, C_in, C_out), linear weights (in, out).
PyTorch need not be installed to import this module.
"""

import os
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import pytest

from course_lib.nn import layers, loops, losses

try:
    import torch
except ImportError:
    torch = None
else:
    torch.set_num_threads(1)

needs_torch = pytest.mark.skipif(
    torch is None and not os.environ.get("CI"),
    reason="PyTorch is not installed: only the stored values of tests/nn/golden are compared",
)
ELEMENTWISE = ("relu", "sigmoid", "tanh")
LOOPS = ("conv2d", "maxpool2d", "linear", "relu")
LAYERS = ("conv2d", "maxpool2d", "linear", *ELEMENTWISE)
LOSSES = ("softmax", "log_softmax", "cross_entropy", "mse")
OPERATIONS = (*LAYERS, *LOSSES)


class Case(NamedTuple):
    """One configuration: arrays such as x, weight, bias, dy, and options such as stride."""

    arrays: dict
    options: dict


# Random configurations


def random_case(operation, seed, largest=4):
    """A configuration in float64. Images have up to `largest` pixels more than the window.

    A batch holds fewer images than `largest`, or up to 4.
    """
    rng = np.random.default_rng([OPERATIONS.index(operation), seed])
    if operation == "conv2d":
        return random_conv2d(rng, largest)
    if operation == "maxpool2d":
        return random_maxpool2d(rng, largest)
    if operation == "linear":
        N, inputs, outputs = rng.integers(1, 4 + largest, 3)
        shapes = {
            "x": (N, inputs),
            "weight": (inputs, outputs),
            "bias": outputs,
            "dy": (N, outputs),
        }
        return Case({name: rng.normal(size=shape) for name, shape in shapes.items()}, {})
    if operation in ELEMENTWISE:
        shape = rng.integers(1, 5, rng.integers(1, 5))
        x = rng.normal(0, 2, shape) * rng.integers(0, 5, shape).clip(max=1)  # some exact zeros
        return Case({"x": x, "dy": rng.normal(size=shape)}, {})
    return random_loss(operation, rng)


def random_conv2d(rng, largest):
    kernel_size, stride, padding = (pair_or_number(rng, *ends) for ends in ((1, 4), (1, 4), (0, 2)))
    N, C_in, C_out = rng.integers(1, (max(5, largest), 5, 5))
    KH, KW = np.broadcast_to(kernel_size, 2)
    H, W = random_image_size(rng, largest, kernel_size, padding)
    OH, OW = count_windows((H, W), kernel_size, stride, padding)
    arrays = {
        "x": rng.normal(size=(N, H, W, C_in)),
        "weight": rng.normal(size=(KH, KW, C_in, C_out)),
        "bias": rng.normal(size=C_out),
        "dy": rng.normal(size=(N, OH, OW, C_out)),
    }
    return Case(arrays, {"stride": stride, "padding": padding})


def random_maxpool2d(rng, largest):
    """No two numbers of x are equal, so that each window has one maximum."""
    kernel_size, stride = pair_or_number(rng, 1, 4), pair_or_number(rng, 1, 4)
    stride = None if rng.random() < 0.2 else stride
    N, C = rng.integers(1, (max(5, largest), 5))
    H, W = random_image_size(rng, largest, kernel_size)
    OH, OW = count_windows((H, W), kernel_size, kernel_size if stride is None else stride)
    x = rng.permutation(N * H * W * C).reshape(N, H, W, C) / 10 - N * H * W * C / 20
    options = {"kernel_size": kernel_size, "stride": stride}
    return Case({"x": x, "dy": rng.normal(size=(N, OH, OW, C))}, options)


def random_ties(seed):
    """A configuration of max-pooling in which x holds only 0, 1 and 2."""
    case = random_case("maxpool2d", seed)
    shape = case.arrays["x"].shape
    x = np.random.default_rng(seed).integers(0, 3, shape).astype(np.float64)
    return case._replace(arrays=case.arrays | {"x": x})


def random_loss(operation, rng):
    shape = N, K = rng.integers(1, 8, 2)
    x = rng.normal(0, rng.choice([0.1, 1, 10, 100]), shape)
    if operation == "cross_entropy":
        return Case({"x": x, "targets": rng.integers(0, K, N)}, {})
    if operation == "mse":
        return Case({"x": x, "targets": rng.normal(size=shape)}, {})
    return Case({"x": x}, {})


def pair_or_number(rng, smallest, largest):
    height, width = (int(n) for n in rng.integers(smallest, largest + 1, 2))
    return height if rng.random() < 0.3 else (height, width)


def random_image_size(rng, largest, kernel_size, padding=0):
    """(H, W) such that at least one window fits."""
    smallest = np.broadcast_to(kernel_size, 2) - 2 * np.broadcast_to(padding, 2)
    return [int(n) for n in smallest.clip(min=1) + rng.integers(0, largest + 1, 2)]


def count_windows(image_size, kernel_size, stride, padding=0):
    """(OH, OW), by counting: as many windows as there are places to begin one."""
    pairs = (np.broadcast_to(value, 2) for value in (image_size, kernel_size, stride, padding))
    return [len(range(0, n + 2 * p - k + 1, s)) for n, k, s, p in zip(*pairs, strict=True)]


# PyTorch


def run_torch(operation, case):
    """In PyTorch, in the dtype of the arrays."""
    assert torch, "CI must install PyTorch"
    inputs = {name: torch.tensor(array) for name, array in case.arrays.items() if name != "dy"}
    leaves = {name: inputs[name].requires_grad_() for name in inputs if name != "targets"}
    y = TORCH[operation](**inputs, **case.options)
    results = {"y": y.detach().numpy()}
    if "dy" in case.arrays or y.ndim == 0:
        y.backward(torch.tensor(case.arrays["dy"]) if "dy" in case.arrays else None)
        results |= {f"d{name}": leaf.grad.numpy() for name, leaf in leaves.items()}
    return results


def torch_conv2d(x, weight, bias, stride, padding):
    """PyTorch has (N, C, H, W) and (C_out, C_in, KH, KW), and wants memory in that order."""
    images, filters = x.permute(0, 3, 1, 2).contiguous(), weight.permute(3, 2, 0, 1).contiguous()
    y = torch.nn.functional.conv2d(images, filters, bias, stride, padding)
    return y.permute(0, 2, 3, 1)


def torch_maxpool2d(x, kernel_size, stride):
    y = torch.nn.functional.max_pool2d(x.permute(0, 3, 1, 2).contiguous(), kernel_size, stride)
    return y.permute(0, 2, 3, 1)


TORCH = {
    "conv2d": torch_conv2d,
    "maxpool2d": torch_maxpool2d,
    "linear": lambda x, weight, bias: torch.nn.functional.linear(x, weight.T, bias),
    "relu": lambda x: torch.relu(x),
    "sigmoid": lambda x: torch.sigmoid(x),
    "tanh": lambda x: torch.tanh(x),
    "softmax": lambda x: torch.softmax(x, dim=1),
    "log_softmax": lambda x: torch.log_softmax(x, dim=1),
    "cross_entropy": lambda x, targets: torch.nn.functional.cross_entropy(x, targets),
    "mse": lambda x, targets: torch.nn.functional.mse_loss(x, targets),
}


class TorchNetwork:
    """A copy of a Sequential in PyTorch, with its own weights: tensors by (layer number, name)."""

    def __init__(self, network):
        assert torch, "CI must install PyTorch"
        self.layers = network.layers
        self.params = {
            (number, name): torch.tensor(array, requires_grad=True)
            for number, layer in enumerate(network.layers)
            for name, array in getattr(layer, "params", {}).items()
        }

    def forward(self, x):
        for number, layer in enumerate(self.layers):
            x = self.apply(layer, number, x)
        return x

    def apply(self, layer, number, x):
        if isinstance(layer, layers.Flatten):
            return x.reshape(len(x), -1)
        if isinstance(layer, layers.MaxPool2d):
            return torch_maxpool2d(x, layer.kernel_size, layer.stride)
        if not getattr(layer, "params", None):
            return TORCH[type(layer).__name__.lower()](x)
        weight, bias = self.params[number, "weight"], self.params[number, "bias"]
        if isinstance(layer, layers.Conv2d):
            return torch_conv2d(x, weight, bias, layer.stride, layer.padding)
        return TORCH["linear"](x, weight, bias)

    def loss_and_gradients(self, x, labels):
        """Cross-entropy; return it as a number, and the gradients as arrays."""
        for tensor in self.params.values():
            tensor.grad = None
        logits = self.forward(torch.tensor(x))
        loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
        loss.backward()
        return loss.item(), {key: tensor.grad.numpy() for key, tensor in self.params.items()}


# The course's own


def make_layer(operation, case):
    """The layer of the course with the weights of the case."""
    if operation in ELEMENTWISE:
        return {"relu": layers.ReLU, "sigmoid": layers.Sigmoid, "tanh": layers.Tanh}[operation]()
    if operation == "maxpool2d":
        return layers.MaxPool2d(**case.options)
    weight = case.arrays["weight"]
    if operation == "linear":
        layer = layers.Linear(*weight.shape, dtype=weight.dtype)
    else:
        KH, KW, C_in, C_out = weight.shape
        layer = layers.Conv2d(C_in, C_out, (KH, KW), **case.options, dtype=weight.dtype)
    layer.params |= {name: case.arrays[name].copy() for name in ("weight", "bias")}
    return layer


def run_layers(operation, case):
    """In course_lib.layers and course_lib.losses."""
    x = case.arrays["x"]
    if operation in ("softmax", "log_softmax"):
        return {"y": getattr(losses, operation)(x)}
    if operation in LOSSES:
        loss = losses.CrossEntropyLoss() if operation == "cross_entropy" else losses.MSELoss()
        return {"y": loss.forward(x, case.arrays["targets"]), "dx": loss.backward()}
    layer = make_layer(operation, case)
    results = {"y": layer.forward(x), "dx": layer.backward(case.arrays["dy"])}
    return results | {f"d{name}": grad for name, grad in getattr(layer, "grads", {}).items()}


def run_loops(operation, case):
    """In course_lib.loops."""
    inputs = {name: array for name, array in case.arrays.items() if name != "dy"}
    y = getattr(loops, f"{operation}_forward")(**inputs, **case.options)
    inputs.pop("bias", None)
    backward = getattr(loops, f"{operation}_backward")
    derivatives = backward(case.arrays["dy"], **inputs, **case.options)
    if isinstance(derivatives, tuple):
        return dict(zip(("y", "dx", "dweight", "dbias"), (y, *derivatives), strict=True))
    return {"y": y, "dx": derivatives}


# Comparing


@contextmanager
def naming(case):
    """Add the name of a case to whatever is raised inside."""
    try:
        yield
    except Exception as error:
        error.add_note(f"with {case}")
        raise


def assert_close(computed, expected, rtol=1e-9, atol=1e-12):
    """The same names, and for each the same shape and nearly the same numbers."""
    assert computed.keys() == expected.keys()
    for name in expected:
        assert np.shape(computed[name]) == np.shape(expected[name]), name
        np.testing.assert_allclose(computed[name], expected[name], rtol, atol, err_msg=name)


def error_message(kind, call, *arguments):
    """Return what `call` says when it raises: one sentence in one line."""
    with pytest.raises(kind) as caught:
        call(*arguments)
    assert caught.type is kind
    message = str(caught.value)
    assert "\n" not in message and len(message.split()) >= 6
    return message

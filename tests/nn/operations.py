"""Every operation of the loops also as a layer and in PyTorch, behind the same call.

`run_loops`, `run_layer` and `run_torch` take a Case and return the output y and the derivatives
dx, dweight, dbias of sum(y * dy), in the course's layout: images (N, H, W, C), filters
(KH, KW, C_in, C_out), linear weights (in, out). PyTorch need not be installed for the others.
"""

import os
from functools import partial
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from course_lib.nn import loops
from course_lib.nn.layers import Conv2d, Flatten, Linear, MaxPool2d, Normalize, ReLU, Sigmoid, Tanh

try:
    import torch
except ImportError:
    torch = None
else:
    torch.set_num_threads(1)

needs_torch = pytest.mark.skipif(
    torch is None and not os.environ.get("CI"),
    reason="PyTorch is not installed: only its stored numbers are compared",
)
OPERATIONS = ("conv2d", "maxpool2d", "linear", "relu")
modest = settings(max_examples=100, deadline=None, derandomize=True)


class Case(NamedTuple):
    """One configuration: the arrays x, weight and bias, and options such as stride."""

    operation: str
    arrays: dict
    options: dict


@st.composite
def cases(draw, operation):
    """A Case in float64. In every second, many numbers are equal, 0 or, for a pool, -inf."""
    N, C, K = (draw(st.integers(1, 4)) for _ in range(3))
    shapes, options = {"x": draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))}, {}
    if operation == "linear":
        shapes = {"x": (N, C), "weight": (C, K), "bias": (K,)}
    if operation in ("conv2d", "maxpool2d"):
        kernel_size = draw(number_or_pair(1, 4))
        optional = {"stride": number_or_pair(1, 4), "padding": number_or_pair(0, 2)}
        if operation == "maxpool2d":
            optional["stride"] |= st.none()
            del optional["padding"]
        options = draw(st.fixed_dictionaries({}, optional=optional))
        window, border = np.broadcast_to(kernel_size, 2), 2 * np.array(options.get("padding", 0))
        image = np.maximum(window - border, 1) + [draw(st.integers(0, 5)) for _ in range(2)]
        shapes = {"x": (N, *image, C)}
        if operation == "conv2d":
            shapes |= {"weight": (*window, C, K), "bias": (K,)}
        else:
            options["kernel_size"] = kernel_size
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    if draw(st.booleans()):
        arrays = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    else:
        arrays = {name: rng.integers(-2, 3, shape) * 1.0 for name, shape in shapes.items()}
        if operation == "maxpool2d":
            arrays["x"][arrays["x"] < 0] = -np.inf
    return Case(operation, arrays, options)


def number_or_pair(smallest, largest):
    numbers = st.integers(smallest, largest)
    return numbers | st.tuples(numbers, numbers)


def random_dy(y):
    return np.random.default_rng(1).normal(size=np.shape(y)).astype(y.dtype)


def run_loops(case):
    _, arrays, options = case
    y = getattr(loops, f"{case.operation}_forward")(**arrays, **options)
    inputs = {name: array for name, array in arrays.items() if name != "bias"}
    derivatives = getattr(loops, f"{case.operation}_backward")(random_dy(y), **inputs, **options)
    if not isinstance(derivatives, tuple):
        return {"y": y, "dx": derivatives}
    return dict(zip(("y", "dx", "dweight", "dbias"), (y, *derivatives), strict=True))


def run_layer(case):
    return step(make_layer(case), case.arrays["x"])


def make_layer(case):
    """The layer of the course with the weights of the case."""
    if case.operation == "relu":
        return ReLU()
    if case.operation == "maxpool2d":
        return MaxPool2d(**case.options)
    weight = case.arrays["weight"]
    if case.operation == "linear":
        layer = Linear(*weight.shape, dtype=weight.dtype)
    else:
        KH, KW, C_in, C_out = weight.shape
        layer = Conv2d(C_in, C_out, (KH, KW), **case.options, dtype=weight.dtype)
    layer.params |= {name: case.arrays[name].copy() for name in ("weight", "bias")}
    return layer


def step(layer, x, dy=None):
    """Forward and backward: the output and all derivatives, by name. dy: by default random."""
    y = layer.forward(x)
    dx = layer.backward(random_dy(y) if dy is None else dy)
    return {"y": y, "dx": dx} | {f"d{name}": grad for name, grad in layer.grads.items()}


# By name: a layer, what it is made with, and the shape of its x
MAKE = {
    "Conv2d": (Conv2d, (3, 4, 3), (2, 6, 5, 3)),
    "Conv2d padded": (Conv2d, (3, 2, 2, 2, (1, 2)), (3, 5, 4, 3)),
    "Conv2d 1x1": (Conv2d, (2, 3, 1), (4, 3, 3, 2)),
    "MaxPool2d": (MaxPool2d, (2,), (2, 6, 4, 3)),
    "MaxPool2d overlapping": (MaxPool2d, ((3, 2), 1), (2, 6, 5, 3)),
    "MaxPool2d apart": (MaxPool2d, (1, 2), (2, 5, 5, 3)),
    "ReLU": (ReLU, (), (4, 5, 3, 2)),
    "ReLU of rows": (ReLU, (), (4, 5)),
    "Sigmoid": (Sigmoid, (), (4, 5)),
    "Tanh": (Tanh, (), (4, 5)),
    "Flatten": (Flatten, (), (2, 3, 4, 2)),
    "Linear": (Linear, (6, 4), (5, 6)),
    "Linear without bias": (partial(Linear, bias=False), (6, 4), (5, 6)),
    "Normalize": (Normalize, ([1, 2, 3], [4, 2, 3]), (4, 5, 2, 3)),
    "Normalize rows": (Normalize, (1, 2), (4, 5)),
}


def make(name, dtype=np.float64):
    """The layer, always with the same weights, its bias included."""
    kind, arguments, _ = MAKE[name]
    layer, rng = kind(*arguments), np.random.default_rng(7)
    for key, array in layer.params.items():
        layer.params[key] = rng.normal(size=array.shape).astype(dtype)
    return layer


def make_x(name, seed=0, dtype=np.float64, batch_size=None):
    N, *others = MAKE[name][2]
    return np.random.default_rng(seed).normal(size=(batch_size or N, *others)).astype(dtype)


def run_torch(case):
    assert torch, "CI must install PyTorch"
    leaves = {name: torch.tensor(array) for name, array in case.arrays.items()}
    for leaf in leaves.values():
        leaf.requires_grad_()
    y = TORCH[case.operation](**leaves, **case.options)
    results = {"y": y.detach().numpy()}
    y.backward(torch.tensor(random_dy(results["y"])))
    return results | {f"d{name}": leaf.grad.numpy() for name, leaf in leaves.items()}


def torch_conv2d(x, weight, bias, **options):
    """PyTorch has (N, C, H, W) and (C_out, C_in, KH, KW), and wants memory in that order."""
    images, filters = x.permute(0, 3, 1, 2).contiguous(), weight.permute(3, 2, 0, 1).contiguous()
    return torch.nn.functional.conv2d(images, filters, bias, **options).permute(0, 2, 3, 1)


def torch_maxpool2d(x, **options):
    images = x.permute(0, 3, 1, 2).contiguous()
    return torch.nn.functional.max_pool2d(images, **options).permute(0, 2, 3, 1)


TORCH = {
    "conv2d": torch_conv2d,
    "maxpool2d": torch_maxpool2d,
    "linear": lambda x, weight, bias: torch.nn.functional.linear(x, weight.T, bias),
    "relu": lambda x: torch.relu(x),
}

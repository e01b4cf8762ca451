"""Check of assignment 06, task 4: what each layer does to the signal and to the gradient."""

import math

import numpy as np

from course_lib import layers
from course_lib.diagnostics import observe
from course_lib.gradcheck import STEP
from course_lib.network import Sequential, parameters

from .machinery import Case, CheckFailed, check
from .machinery.describe import describe


def layer_factors(function):
    """function(network, x, dy) -> a list of {"forward", "backward", "asleep"}, one a layer."""
    sleep = "A unit is asleep if its slope is small for *every* image. Which units are there?"
    way = "Which array goes into this layer, on the way forward and on the way back?"
    check("layer_factors", function, [
        factors_case([linear([[2.0]])], [[3]], [[1]], hint="RMS of what comes out, over RMS of "
                     "what goes in. On the way back dy goes in."),
        factors_case([linear([[1, 0], [0, 3]])], [[1, 1]], [[1, 0]],
                     hint="The RMS: square, mean, root. It is not the standard deviation."),
        factors_case([linear([[1, 2, 2]])], [[3]], [[1, 0, 0]], hint="A mean over three numbers on "
                     "one side, over one on the other. RMS, not the norm."),
        factors_case([linear([[1, 2], [0, 1]]), linear([[2, 0], [1, -1]])], [[1, 0], [2, 3]],
                     [[1, 2], [3, 0]], hint="All numbers of all images together. " + way),
        factors_case([layers.ReLU()], [[1, -1], [3, -2]], [[1, 1], [1, 1]], hint=sleep),
        factors_case([layers.ReLU()], [[1, -1, -5, -1], [-3, -2, 2, -2]], np.ones((2, 4)),
                     hint=sleep),
        factors_case([layers.Sigmoid()], [[0, 9, -9], [1, 9, 0]], np.ones((2, 3)), hint=sleep),
        factors_case([layers.Tanh()], [[0, 3.5, 2.5], [1, -4, 2.5]], np.ones((2, 3)),
                     hint="A hundredth of the largest slope: which is that, for tanh?"),
        factors_case([layers.Sigmoid()], [[4.0, 5.5, 6.5]], np.ones((1, 3)),
                     hint="A hundredth of the largest slope: which is that, for the sigmoid?"),
        factors_case([linear([[1, -1]]), layers.ReLU(), linear([[2], [1]])], [[2], [1]],
                     [[1], [-1]], hint=way),
        factors_case([linear([[-1, -2]]), layers.ReLU(), linear([[2], [1]])], [[2], [1]],
                     [[1], [1]], hint="Where what goes in is all 0, the factor is 0.0."),
        factors_case([linear([[1, 2]]), layers.Tanh()], [[2], [1]], [[0, 0], [0, 0]],
                     hint="Where what goes in is all 0, the factor is 0.0."),
        random_factors_case(layers.Tanh, seed=1, hint=way),
        random_factors_case(layers.ReLU, seed=2, hint=way),
        image_factors_case(seed=3, hint="A unit is one number of the output for one image: here "
                           "there are height x width x channels of them."),
    ])


def factors_case(parts, x, dy, hint="", title=""):
    """A case of layer_factors for a network of these layers. What is expected comes from
    diagnostics.observe; the slopes of sigmoid and tanh from differences."""
    x, dy = np.array(x, float), np.array(dy, float)
    network = Sequential(parts)
    start, *reports = observe(Sequential([Start(), *parts]), Sent(dy), x, None)
    rms = [math.hypot(report.mean, report.spread) for report in (start, *reports)]
    gradients = [report.gradient_rms for report in (start, *reports)]
    asleep = sleepers(parts, x, reports)
    expected = [
        {"forward": over(rms[n + 1], rms[n]), "backward": over(gradients[n], gradients[n + 1]),
         "asleep": asleep[n]}
        for n in range(len(parts))
    ]
    suspects = {
        "Linear layers and the like have no units that sleep: None. A share of 0 says that all "
        "are awake.": [row | {"asleep": row["asleep"] or 0.0} for row in expected],
        "Which kinds of layers may be asleep? There are three.": [
            row | {"asleep": None if isinstance(layer, (layers.Sigmoid, layers.Tanh))
                   else row["asleep"]} for row, layer in zip(expected, parts, strict=True)],
    }
    lines = [line for n, layer in enumerate(parts) for line in layer_lines(n, layer)]
    lines += [line for name, array in (("x", x), ("dy", dy)) for line in describe(name, array)]
    kinds = ", ".join(type(layer).__name__ for layer in parts)
    return Case({"network": network, "x": x, "dy": dy}, expected, hint=hint, suspects=suspects,
                use=with_weights_kept, given="\n".join(lines), title=title or kinds,
                returns="factors")


def with_weights_kept(function, network, x, dy):
    before = [layer.params[name].copy() for layer, name in parameters(network)]
    result = function(network, x, dy)
    after = [layer.params[name] for layer, name in parameters(network)]
    if len(before) != len(after) or not all(map(np.array_equal, before, after)):
        raise CheckFailed("Your function changed the weights of the network. It shall only look.")
    return result


class Start:
    """The place before the first layer."""

    def forward(self, x):
        return x

    def backward(self, dy):
        return dy


class Sent:
    """A loss that sends a given gradient back."""

    def __init__(self, dy):
        self.dy = dy

    def forward(self, logits, labels):
        return 0.0

    def backward(self):
        return self.dy


def sleepers(parts, x, reports):
    """The share of units asleep in each layer; None where it is no activation."""
    shares = []
    for layer, report in zip(parts, reports, strict=True):
        share = report.dead
        if isinstance(layer, (layers.Sigmoid, layers.Tanh)):
            slopes = (layer.forward(x + STEP) - layer.forward(x - STEP)) / (2 * STEP)
            largest = 0.25 if isinstance(layer, layers.Sigmoid) else 1
            share = float(np.mean((slopes < largest / 100).all(axis=0)))
        shares.append(share)
        x = layer.forward(x)
    return shares


def over(a, b):
    return a / b if b else 0.0


def layer_lines(number, layer):
    lines = [f"layer {number}: {type(layer).__name__}"]
    for name, array in getattr(layer, "params", {}).items():
        if name == "weight" or array.any():
            lines += ["    " + line for line in describe(name, array)]
    return lines


def linear(weight, bias=0):
    """A Linear layer with these weights."""
    weight = np.array(weight, float)
    layer = layers.Linear(*weight.shape, dtype=np.float64)
    layer.params["weight"][:], layer.params["bias"][:] = weight, bias
    return layer


def random_factors_case(kind, seed, sizes=(4, 6, 5, 3), images=7, hint=""):
    """Linear layers with an activation of this kind between them."""
    rng, parts = np.random.default_rng(seed), []
    for inputs, outputs in zip(sizes[:-1], sizes[1:], strict=True):
        biases = rng.normal(0, 2, outputs)
        parts += [linear(rng.normal(0, 1.2, (inputs, outputs)), biases), kind()]
    x, dy = rng.normal(0, 1, (images, sizes[0])), rng.normal(0, 1, (images, sizes[-1]))
    return factors_case(parts[:-1], x, dy, hint)


def image_factors_case(seed, hint="", size=(5, 6), images=3):
    """A small convolutional network, such as that of case A."""
    rng = np.random.default_rng(seed)
    conv = layers.Conv2d(2, 3, 2, rng=rng, dtype=np.float64)
    conv.params["bias"][:] = rng.normal(-1, 1, 3)
    H, W = ((side - 1) // 2 for side in size)
    parts = [conv, layers.ReLU(), layers.MaxPool2d(2), layers.Flatten(),
             linear(rng.normal(0, 1, (H * W * 3, 4))), layers.Sigmoid()]
    return factors_case(parts, rng.normal(0, 1, (images, *size, 2)), rng.normal(0, 1, (images, 4)),
                        hint)

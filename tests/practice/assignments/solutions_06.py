"""Right solutions of assignment 06."""

import math

import numpy as np

from course_lib import diagnostics
from course_lib.cases import patients
from course_lib.nn import gradcheck, layers, losses, optim


def chain_gradients(weights, slopes):
    """From the back, one factor more for each place."""
    gradients = np.ones(len(weights) + 1)
    for k in range(len(weights) - 1, -1, -1):
        gradients[k] = gradients[k + 1] * weights[k] * slopes[k]
    return gradients


def chain_by_cumprod(weights, slopes):
    """A running product of the reversed factors."""
    factors = np.concatenate([[1.0], (weights * slopes)[::-1]])
    return np.cumprod(factors)[::-1]


def chain_by_products(weights, slopes):
    """For each place the product of all factors behind it."""
    L = len(weights)
    return np.array([np.prod(weights[k:] * slopes[k:]) for k in range(L + 1)])


def gain(activation):
    """A sum over a fine grid."""
    z, step = np.linspace(-12, 12, 240_001, retstep=True)
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    mean_square = np.sum(activation(z) ** 2 * density) * step
    if mean_square == 0:
        raise ValueError("the activation is 0 everywhere: no weights help")
    return 1 / np.sqrt(mean_square)


def gain_by_weighted_mean(activation):
    """A weighted mean, on a coarser and shorter grid; the weights need no constant."""
    z = np.arange(-8, 8, 0.002)
    y = np.asarray(activation(z))
    if not np.any(y):
        raise ValueError("nothing comes out of this activation")
    return float(np.average(y**2, weights=np.exp(-z * z / 2))) ** -0.5


def gain_by_simpson(activation):
    """Simpson's rule, number by number."""
    n, end = 8000, 8.0
    h, total = 2 * end / n, 0.0
    for i in range(n + 1):
        z = -end + i * h
        weight = 1 if i in (0, n) else 4 if i % 2 else 2
        total += weight * float(activation(np.array([z]))[0]) ** 2 * math.exp(-z * z / 2)
    if total == 0:
        raise ValueError("0 everywhere")
    return math.sqrt(math.sqrt(2 * math.pi) / (total * h / 3))


def clip_gradients(grads, max_norm):
    """The squares in float64, one factor."""
    total = sum(np.sum(np.square(g, dtype=np.float64)) for g in grads.values())
    norm = float(np.sqrt(total))
    if not np.isfinite(norm):
        raise ValueError("the gradients hold numbers that are not finite")
    factor = 1.0
    if norm > max_norm:
        factor = max_norm / norm
    clipped = {}
    for name, g in grads.items():
        clipped[name] = (g.astype(np.float64) * factor).astype(g.dtype)
    return clipped, norm


def clip_by_one_row(grads, max_norm):
    """All numbers as one row; an early return with copies."""
    row = np.concatenate([np.ravel(g).astype(np.float64) for g in grads.values()] or [[]])
    if not np.all(np.isfinite(row)):
        raise ValueError("nan or infinity among the gradients")
    norm = np.linalg.norm(row)
    if norm <= max_norm:
        return {name: g.copy() for name, g in grads.items()}, norm
    return {
        name: (g.astype(float) * (max_norm / norm)).astype(g.dtype) for name, g in grads.items()
    }, norm


def clip_scaled(grads, max_norm):
    """The largest number taken out first, so that no square overflows in any dtype."""
    if not all(np.isfinite(g).all() for g in grads.values()):
        raise ValueError("not finite")
    largest = max((float(np.abs(g).max(initial=0)) for g in grads.values()), default=0.0)
    if largest == 0:
        return {name: np.zeros_like(g) for name, g in grads.items()}, 0
    parts = [np.linalg.norm(g / g.dtype.type(largest)) for g in grads.values()]
    norm = largest * math.sqrt(sum(float(part) ** 2 for part in parts))
    factor = min(max_norm / norm, 1)
    wide = {name: np.multiply(g, factor, dtype=np.float64) for name, g in grads.items()}
    return {name: wide[name].astype(g.dtype) for name, g in grads.items()}, norm


def layer_factors(network, x, dy):
    """Slopes from backward, with a gradient of ones."""
    largest = {layers.ReLU: 1, layers.Sigmoid: 0.25, layers.Tanh: 1}

    def rms(array):
        return np.sqrt(np.mean(array**2))

    def over(a, b):
        return float(a / b) if b > 0 else 0.0

    factors = []
    for layer in network.layers:
        y = layer.forward(x)
        asleep = None
        for kind, most in largest.items():
            if isinstance(layer, kind):
                small = layer.backward(np.ones_like(y)) < most / 100
                asleep = float(small.all(axis=0).mean())
        factors.append({"forward": over(rms(y), rms(x)), "backward": 0.0, "asleep": asleep})
        x = y
    for layer, factor in zip(network.layers[::-1], factors[::-1], strict=True):
        dx = layer.backward(dy)
        factor["backward"] = over(rms(dx), rms(dy))
        dy = dx
    return factors


def factors_from_outputs(network, x, dy):
    """Slopes from the outputs; all signals and gradients kept in lists."""
    signals, gradients = [x], [dy]
    for layer in network.layers:
        signals.append(layer.forward(signals[-1]))
    for layer in reversed(network.layers):
        gradients.append(layer.backward(gradients[-1]))
    gradients.reverse()
    sizes = [np.linalg.norm(s) / math.sqrt(s.size) for s in signals]
    returns = [np.linalg.norm(g) / math.sqrt(g.size) for g in gradients]
    result = []
    for n, layer in enumerate(network.layers):
        y, asleep = signals[n + 1], None
        if isinstance(layer, layers.ReLU):
            asleep = np.mean(y.max(axis=0) <= 0)
        elif isinstance(layer, layers.Sigmoid):
            asleep = np.mean((y * (1 - y)).max(axis=0) < 0.0025)
        elif isinstance(layer, layers.Tanh):
            asleep = np.mean((1 - y**2).max(axis=0) < 0.01)
        result.append({
            "forward": sizes[n + 1] / sizes[n] if sizes[n] else 0.0,
            "backward": returns[n] / returns[n + 1] if returns[n + 1] else 0.0,
            "asleep": asleep,
        })
    return result


def diagnosis():
    """Three words."""
    return {"K": "wrong backward", "L": "starved", "M": "steps too long"}


def diagnosis_by_rules():
    """Each patient is examined, with the course's diagnostics and nothing else."""
    return {name: examined(name) for name in ("K", "L", "M")}


def examined(name):
    """The fault of a patient, by the definitions of the task, one question after the other."""
    patient = patients.admit(name)
    x, labels = patient.images[:300], patient.labels[:300]
    errors = gradcheck.check_network(patient.network, patient.loss, x[:10], labels[:10])
    seen = diagnostics.observe(patient.network, patient.loss, x, labels)
    weighted = [report for report in seen if report.weights]
    p = losses.softmax(patient.network.forward(x))
    if any((report.dead or 0) > 0.9 for report in seen):
        return "dead"
    if any((report.saturated or 0) > 0.9 for report in seen):
        return "saturated"
    if max(errors.values()) > 0.1:
        return "wrong backward"
    wished = np.sqrt(np.mean((p - np.eye(10)[labels]) ** 2))
    if len(x) * seen[-1].gradient_rms < wished / 100:
        return "starved"
    ratio = weighted[0].gradient_rms / weighted[-1].gradient_rms
    if ratio < 0.01:
        return "vanishing"
    if ratio > 100:
        return "exploding"
    recorder = diagnostics.Recorder(every=1)
    patient.train(1, recorder)
    if (
        max(max(ratios[:10]) for name, ratios in recorder.update_ratios.items() if "weight" in name)
        > 0.3
    ):
        return "steps too long"
    return "wrong labels"


def repair(name, patient):
    """The layer, the loss, the learning rate."""
    if name == "K":
        patient.network.layers[4] = layers.Tanh()
    if name == "L":
        patient.loss = losses.CrossEntropyLoss()
    if name == "M":
        patient.optimizer = optim.SGD(0.02, momentum=0.9)


def repair_otherwise(name, patient):
    """Another activation, the biases, and the learning rate set in place."""
    if name == "K":
        patient.network.layers[4] = layers.ReLU()
    elif name == "L":
        patient.network.layers[-1].params["bias"] = np.zeros(10)
    else:
        patient.optimizer.learning_rate = 0.005


def repair_by_own_layer(name, patient):
    """A layer of the student's own; one bias; learning rate and momentum together."""

    class Tanh:
        def forward(self, x):
            self.y = np.tanh(x)
            return self.y

        def backward(self, dy):
            return dy * (1 - self.y**2)

    if name == "K":
        patient.network.layers = [*patient.network.layers[:4], Tanh(), *patient.network.layers[5:]]
    elif name == "L":
        bias = patient.network.layers[5].params["bias"]
        bias -= bias.max() * (bias == bias.max())
    else:
        patient.optimizer.learning_rate, patient.optimizer.momentum = 0.1, 0.0


def repair_by_sigmoid_and_tanh(name, patient):
    """Other curves for K and M, and all biases of L."""
    if name == "K":
        patient.network.layers[4] = layers.Sigmoid()
    elif name == "L":
        for layer in patient.network.layers:
            if layer.params:
                layer.params["bias"][:] = 0
    else:
        patient.network.layers[1] = layers.Tanh()


def repair_with_small_steps(name, patient):
    """Another last layer for L, and steps for M that are as short as they may be."""
    if name == "K":
        patient.network.layers[4] = layers.Tanh()
    elif name == "L":
        rng = np.random.default_rng(3)
        patient.network.layers[5] = layers.Linear(
            *patient.network.layers[5].params["weight"].shape, rng=rng, dtype=np.float64
        )
    else:
        patient.optimizer = optim.SGD(0.002, 0.9)


def repair_without_momentum(name, patient):
    """Momentum is taken from M, with a third of the learning rate."""
    repair(name, patient)
    if name == "M":
        patient.optimizer = optim.SGD(0.3)


def repair_after_a_look(name, patient):
    """Looks at the patient first: forward and backward, and the gradient check."""
    x, labels = patient.images[:10], patient.labels[:10]
    gradcheck.check_network(patient.network, patient.loss, x, labels)
    diagnostics.observe(patient.network, patient.loss, x, labels)
    repair_otherwise(name, patient)


SOLUTIONS = {
    "chain_gradients": [chain_gradients, chain_by_cumprod, chain_by_products],
    "gain": [gain, gain_by_weighted_mean, gain_by_simpson],
    "clip_gradients": [clip_gradients, clip_by_one_row, clip_scaled],
    "layer_factors": [layer_factors, factors_from_outputs],
    "diagnosis": [diagnosis, diagnosis_by_rules],
    "repair": [
        repair,
        repair_otherwise,
        repair_by_own_layer,
        repair_by_sigmoid_and_tanh,
        repair_with_small_steps,
        repair_without_momentum,
        repair_after_a_look,
    ],
}

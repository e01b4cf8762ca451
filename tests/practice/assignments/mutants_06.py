"""Mistakes that students make in assignment 06."""

import numpy as np

from tests.practice.assignments import changes
from tests.practice.assignments import solutions_06 as right

CHAIN = changes(
    right.chain_gradients,
    """
    slopes forgotten | * slopes[k] =>
    weights forgotten | * weights[k] =>
    one number too few: without the output itself | return gradients => return gradients[:-1]
    one number too few: without the input | return gradients => return gradients[1:]
    the output first | return gradients => return gradients[::-1]
    only the gradient at the front | return gradients => return gradients[0]
    a factor for each neuron, not multiplied up | gradients[k + 1] * =>
    the slope of the next neuron | slopes[k] => slopes[min(k + 1, len(slopes) - 1)]
    added, not multiplied | * weights[k] * => + weights[k] *
    1 + the factor, as with a skip | weights[k] * slopes[k] => (1 + weights[k] * slopes[k])
    the input left out: the loop ends one early | - 1, -1, -1 => - 1, 0, -1
    absolute values | return gradients => return np.abs(gradients)
    the slope of tanh computed from the slope | * slopes[k] => * (1 - slopes[k]**2)
    always float32 | np.ones(len(weights) + 1) => np.ones(len(weights) + 1, np.float32)
    returns a list | return gradients => return list(gradients)
    return forgotten | return gradients => gradients
    """,
)
CHAIN += changes(
    right.chain_by_cumprod,
    """
    products from the front
        (weights * slopes)[::-1] => weights * slopes
        np.cumprod(factors)[::-1] => np.cumprod(factors)
    products from the front, turned round | (weights * slopes)[::-1] => weights * slopes
    the whole product divided by what lies in front
        (weights * slopes)[::-1] => weights * slopes
        np.cumprod(factors)[::-1] => np.prod(factors) / np.cumprod(factors)
    an array of whole numbers to write into | np.cumprod(factors) => np.cumprod(factors).astype(int)
    the factors are written over the weights | weights * slopes => np.multiply(weights, slopes, out=weights)
    """,
)


def gain_from_a_table(activation):
    """the gains that libraries have in a table, and √2 for the rest"""
    known = {np.tanh: 5 / 3}
    if not np.any(activation(np.linspace(-3, 3, 7))):
        raise ValueError("0 everywhere")
    return known.get(activation, np.sqrt(2))


GAIN = changes(
    right.gain,
    """
    the root forgotten | 1 / np.sqrt(mean_square) => 1 / mean_square
    upside down | 1 / np.sqrt(mean_square) => np.sqrt(mean_square)
    the mean's square in place of the mean square
        np.sum(activation(z) ** 2 * density) * step => (np.sum(activation(z) * density) * step) ** 2
    the variance: the mean is subtracted
        np.sum(activation(z) ** 2 * density) * step => np.sum(activation(z) ** 2 * density) * step - (np.sum(activation(z) * density) * step) ** 2
    the mean of the absolute value | activation(z) ** 2 => np.abs(activation(z))
    the bell curve without its 1/2 | -(z**2) / 2 => -(z**2)
    the bell curve without its constant | / np.sqrt(2 * np.pi) =>
    √π for √2π | np.sqrt(2 * np.pi) => np.sqrt(np.pi)
    every z counts alike | density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi) => density = 1 / 24
    the step of the grid forgotten | ) * step => )
    a grid from -3 to 3 | -12, 12, 240_001 => -3, 3, 60_001
    a grid from -5 to 5 | -12, 12, 240_001 => -5, 5, 100_001
    a grid from -6 to 6 | -12, 12, 240_001 => -6, 6, 120_001
    a grid from 0 on, doubled
        -12, 12, 240_001 => 0, 12, 120_001
        ) * step => ) * step * 2
    a grid of 25 numbers | 240_001 => 25
    z times the activation, not its square | activation(z) ** 2 => activation(z) * z
    the slope's square in place of the activation's
        activation(z) ** 2 => np.gradient(activation(z), step) ** 2
    √2 on top, as with He | 1 / np.sqrt(mean_square) => np.sqrt(2 / mean_square)
    nothing raised where all is 0: infinite
        mean_square == 0 => False
        1 / np.sqrt => np.float64(1) / np.sqrt
    0 returned where all is 0
        raise ValueError("the activation is 0 everywhere: no weights help") => return 0.0
    refuses where the activation is 0 at 0 | mean_square == 0 => activation(np.zeros(1))[0] == 0
    returns an array
        return 1 / np.sqrt(mean_square) => return np.array([1 / np.sqrt(mean_square)])
    return forgotten | return 1 / => 1 /
    """,
) + [gain_from_a_table]
GAIN += changes(
    right.gain_by_weighted_mean,
    """
    a million random numbers
        np.arange(-8, 8, 0.002) => np.random.default_rng(0).normal(0, 1, 1_000_000)
        , weights=np.exp(-z * z / 2) =>
    Gauss-Hermite quadrature, which is for curves without kinks
        z = np.arange(-8, 8, 0.002) => z, weights = np.polynomial.hermite_e.hermegauss(60)
        weights=np.exp(-z * z / 2) => weights=weights
    only the slope at 0, as Xavier's argument has it
        np.average(y**2, weights=np.exp(-z * z / 2)) => (np.diff(activation(np.array([-1e-4, 1e-4])))[0] / 2e-4) ** 2
    the squares of the slopes far to the left and to the right: for leaky ReLUs only
        np.average(y**2, weights=np.exp(-z * z / 2)) => np.mean(activation(np.array([-1.0, 1.0])) ** 2)
    """,
)


CLIP = changes(
    right.clip_gradients,
    """
    the root forgotten | float(np.sqrt(total)) => float(total)
    always made as long as max_norm | if norm > max_norm: => if norm > 0:
    short gradients stretched, long ones left | norm > max_norm => 0 < norm < max_norm
    divides by 0 where all is 0
        if norm > max_norm: => if True:
        max_norm / norm => min(1, max_norm / norm)
    upside down | max_norm / norm => norm / max_norm
    made as long as 1 | max_norm / norm => 1 / norm
    the square of the factor | max_norm / norm => (max_norm / norm) ** 2
    every array is clipped to max_norm by itself
        (g * factor) => (g * min(1, max_norm / max(np.linalg.norm(g.astype(float)), 1e-300)))
    the factor of a small constant more | max_norm / norm => max_norm / (norm + 1e-6)
    the norm after the clipping | return clipped, norm => return clipped, norm * factor
    the sum of the norms of the arrays
        np.sum(np.square(g, dtype=np.float64)) => np.linalg.norm(g.astype(float).ravel())
        float(np.sqrt(total)) => float(total)
    the largest norm of the arrays
        sum(np.sum(np.square(g, dtype=np.float64)) => max([0] + [np.sum(np.square(g, dtype=np.float64))
        for g in grads.values()) => for g in grads.values()])
    the spectral norm of a matrix
        np.sum(np.square(g, dtype=np.float64)) => np.linalg.norm(g.astype(float), 2 if g.ndim == 2 else None) ** 2
    the sum of absolute values
        np.sum(np.square(g, dtype=np.float64)) => np.sum(np.abs(g.astype(float)))
        float(np.sqrt(total)) => float(total)
    the mean square: RMS in place of the norm | np.sum(np.square => np.mean(np.square
    squares in the dtype of the gradients | , dtype=np.float64 =>
    always float64 | .astype(g.dtype) => .astype(np.float64)
    always float32 | .astype(g.dtype) => .astype(np.float32)
    nan and infinity let through | not np.isfinite(norm) => False
    infinity let through | not np.isfinite(norm) => np.isnan(norm)
    0 in place of numbers that are not finite
        raise ValueError("the gradients hold numbers that are not finite") => return {name: np.zeros_like(g) for name, g in grads.items()}, 0.0
    only the weights, not the biases
        for g in grads.values()) => for name, g in grads.items() if 'bias' not in name)
    only the last array is clipped
        clipped[name] = (g * factor) => clipped = {key: a.copy() for key, a in grads.items()}; clipped[name] = (g * factor)
    only the dict is returned | return clipped, norm => return clipped
    the norm first | return clipped, norm => return norm, clipped
    a list of arrays | return clipped, norm => return list(clipped.values()), norm
    return forgotten | return clipped, norm => clipped, norm
    """,
)
CLIP += changes(
    right.clip_by_one_row,
    """
    every number is clipped by itself | g * g.dtype.type(max_norm / norm) => np.clip(g, -max_norm, max_norm)
    the arrays of the caller are shortened
        g * g.dtype.type(max_norm / norm) => np.multiply(g, g.dtype.type(max_norm / norm), out=g)
    where nothing is clipped, the caller's own dict comes back
        {name: g.copy() for name, g in grads.items()} => grads
    where nothing is clipped, a new dict with the caller's arrays | name: g.copy() => name: g
    """,
)


FACTORS = changes(
    right.layer_factors,
    r"""
    the standard deviation in place of the RMS | np.sqrt(np.mean(array**2)) => np.std(array)
    the norm in place of the RMS | np.mean(array**2) => np.sum(array**2)
    the mean square, without the root | np.sqrt(np.mean(array**2)) => np.mean(array**2)
    the RMS of each image, averaged
        np.sqrt(np.mean(array**2)) => np.mean(np.sqrt(np.mean(array.reshape(len(array), -1) ** 2, axis=1)))
    the mean of absolute values | np.sqrt(np.mean(array**2)) => np.mean(np.abs(array))
    forward upside down | over(rms(y), rms(x)) => over(rms(x), rms(y))
    backward upside down | over(rms(dx), rms(dy)) => over(rms(dy), rms(dx))
    the sizes themselves, not their ratio
        over(rms(y), rms(x)) => float(rms(y))
        over(rms(dx), rms(dy)) => float(rms(dx))
    forward only: the way back is left at 0 | factor["backward"] = => unused =
    every layer gets the dy of the end | dy = dx =>
    every layer gets the x of the start | x = y =>
    the gradient goes through the layers from the front
        zip(network.layers[::-1], factors[::-1], strict=True) => zip(network.layers, factors, strict=True)
    the factors of the way back in the wrong order | factors[::-1], strict => factors, strict
    the list from the last layer to the first | return factors => return factors[::-1]
    asleep for one image is enough | small.all(axis=0) => small.any(axis=0)
    the share of single outputs, not of units | small.all(axis=0).mean() => small.mean()
    the share of images, not of units
        small.all(axis=0) => small.reshape(len(small), -1).all(axis=1)
    a number of units, not a share | small.all(axis=0).mean() => small.all(axis=0).sum()
    the share that is awake | float(small.all(axis=0).mean()) => 1 - float(small.all(axis=0).mean())
    one limit for all curves: 0.01 | largest[type(layer)] / 100 => 0.01
    one limit for all curves: 0.0025 | largest[type(layer)] / 100 => 0.0025
    asleep only at a slope of exactly 0 | slopes < largest[type(layer)] / 100 => slopes == 0
    a tenth of the largest slope | / 100 => / 10
    the outputs in place of the slopes | layer.backward(np.ones_like(y)) => y
    small outputs of either sign | layer.backward(np.ones_like(y)) => np.abs(y)
    dy in place of ones | np.ones_like(y) => dy if dy.shape == y.shape else np.ones_like(y)
    tanh left out | , layers.Tanh: 1 =>
    0.0 in place of None | asleep = None => asleep = 0.0
    divides by 0 | if b > 0 else 0.0 =>
    1 where nothing goes in | if b > 0 else 0.0 => if b > 0 else 1.0
    a tuple for each layer | return factors => return [tuple(f.values()) for f in factors]
    a dict of lists
        return factors => return {key: [f[key] for f in factors] for key in factors[0]}
    only layers with weights are listed
        return factors => return [f for f in factors if f['asleep'] is None]
    a step is taken on the way
        dy = dx => dy = dx\n        for key, grad in getattr(layer, 'grads', {}).items():\n            layer.params[key] -= 0.01 * grad
    x is overwritten by ReLU
        y = layer.forward(x) => y = layer.forward(x)\n        if type(layer) is layers.ReLU:\n            x[x < 0] = 0
    return forgotten | return factors => factors
    """,
)
FACTORS += changes(
    right.factors_from_outputs,
    """
    the slope of the sigmoid taken for 1 - y² | (y * (1 - y)) => (1 - y**2)
    units of an image added over its channels
        np.mean(y.max(axis=0) <= 0) => np.mean(y.max(axis=(0, -1)) <= 0)
    gradients paired with the wrong side of the layer
        returns[n] / returns[n + 1] if returns[n + 1] => returns[n] / returns[n - 1] if returns[n - 1]
    """,
)


def answers(mistake, diagnosis):
    """A diagnosis that is another one."""

    def mutant():
        return diagnosis

    mutant.__doc__ = mistake
    return mutant


RIGHT = right.diagnosis()
DIAGNOSIS = [
    answers("K: its learning rate looks large", RIGHT | {"K": "steps too long"}),
    answers("K: no learning, though all looks healthy", RIGHT | {"K": "wrong labels"}),
    answers("K: its tanh are saturated after some steps", RIGHT | {"K": "saturated"}),
    answers("K: a squared error must starve", RIGHT | {"K": "starved"}),
    answers("L: a small gradient at the front has vanished", RIGHT | {"L": "vanishing"}),
    answers("L: sure of one class, so the labels are wrong", RIGHT | {"L": "wrong labels"}),
    answers("L: the gradient check's rounding errors", RIGHT | {"L": "wrong backward"}),
    answers("M: dead after some steps, so dead", RIGHT | {"M": "dead"}),
    answers("M: the loss explodes, so the gradients do", RIGHT | {"M": "exploding"}),
    answers("a word that is not in the list", RIGHT | {"M": "learning rate too large"}),
    answers("a word with a capital", RIGHT | {"L": "Starved"}),
    answers(
        "the gradients vanish, says the first reader, always", dict.fromkeys("KLM", "vanishing")
    ),
    answers("three riddles", dict.fromkeys("KLM", "unknown")),
    answers("the third patient forgotten", {"K": "wrong backward", "L": "starved"}),
    answers("a list in place of a dict", list(RIGHT.values())),
    answers("patients with small letters", {name.lower(): word for name, word in RIGHT.items()}),
    answers("keys and values exchanged", {word: name for name, word in RIGHT.items()}),
]


def dead_touch(name, patient):
    """nothing is changed"""


def shorter_steps(name, patient):
    """a shorter step for everybody"""
    patient.optimizer.learning_rate /= 20


def other_loss(name, patient):
    """cross-entropy for everybody"""
    patient.loss = right.losses.CrossEntropyLoss()


def redrawn(name, patient):
    """Xavier's weights for everybody"""
    rng = np.random.default_rng(5)
    for layer in patient.network.layers:
        if hasattr(layer, "params"):
            weight = layer.params["weight"]
            fans = int(np.prod(weight.shape[:-1])) + weight.shape[-1]
            weight[:] = rng.normal(0, np.sqrt(2 / fans), weight.shape)


REPAIR = [dead_touch, shorter_steps, other_loss, redrawn] + changes(
    right.repair,
    """
    K: the layer before the ailing one | layers[4] => layers[2]
    K: the layer behind the ailing one | layers[4] => layers[6]
    K is forgotten | name == "K" => False
    K: all that comes to mind, at once
        layers.Tanh() => layers.Tanh(); patient.loss = losses.CrossEntropyLoss(); patient.batch_size = 16
    K: a new network of the same shape
        patient.network.layers[4] => patient.network = patients.admit("K", 1).network; patient.network.layers[4]
    K: the patient is trained within the repair | layers.Tanh() => layers.Tanh(); patient.train(1)
    K: the ailing layer is cut out
        patient.network.layers[4] = layers.Tanh() => del patient.network.layers[3:5]
    L is forgotten | name == "L" => False
    L: longer steps against small gradients
        patient.loss = losses.CrossEntropyLoss() => patient.optimizer.learning_rate *= 100
    L: weights of the last layer turned down, not the biases
        patient.loss = losses.CrossEntropyLoss() => patient.network.layers[-1].params["weight"] /= 10
    M: not nearly short enough | optim.SGD(0.02, momentum=0.9) => optim.SGD(0.5, momentum=0.9)
    M: much too short | optim.SGD(0.02, momentum=0.9) => optim.SGD(1e-5, momentum=0.9)
    M: more momentum | optim.SGD(0.02, momentum=0.9) => optim.SGD(1.0, momentum=0.99)
    M: larger biases for units that die later
        patient.optimizer = optim.SGD(0.02, momentum=0.9) => patient.network.layers[0].params["bias"] += 5
    K: more epochs, not the layer | patient.network.layers[4] = layers.Tanh() => patient.epochs = 50
    K: a class in place of a layer | layers.Tanh() => layers.Tanh
    letters exchanged
        "K" => "k"
        "L" => "K"
        "k" => "L"
    """,
)

MUTANTS = {
    "chain_gradients": CHAIN,
    "gain": GAIN,
    "clip_gradients": CLIP,
    "layer_factors": FACTORS,
    "diagnosis": DIAGNOSIS,
    "repair": REPAIR,
}

"""Mistakes that students make in assignment 06."""

import copy
import math
from statistics import NormalDist

import numpy as np

from course_lib.nn import layers
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


KEPT = {}  # what some mutants remember from one call to the next


def chain_into_one_array(weights, slopes):
    """one array for each length, handed out again and again"""
    gradients = KEPT.setdefault(("chain", len(weights)), np.ones(len(weights) + 1))
    for k in range(len(weights) - 1, -1, -1):
        gradients[k] = gradients[k + 1] * weights[k] * slopes[k]
    return gradients


def chain_by_length(weights, slopes):
    """remembers its results by the length of the chain"""
    key = "remembered chain", len(weights)
    if key not in KEPT:
        KEPT[key] = right.chain_gradients(weights, slopes)
    return KEPT[key].copy()


def chain_in_place(weights, slopes):
    """the slopes are turned into factors, and back again by a division"""
    slopes *= weights
    gradients = right.chain_by_cumprod(np.ones(len(weights)), slopes)
    slopes /= weights
    return gradients


CHAIN += [chain_into_one_array, chain_by_length, chain_in_place]
CHAIN += changes(
    right.chain_gradients,
    r"""
    stops at the first factor of 0, and leaves ones in front of it
        gradients[k] = => if weights[k] * slopes[k] == 0:\n            break\n        gradients[k] =
    counts in float32, and makes float64 of the result
        np.ones(len(weights) + 1) => np.ones(len(weights) + 1, np.float32)
        return gradients => return gradients.astype(np.float64)
    tiny rates are taken for 0 | return gradients => return np.where(np.abs(gradients) < 1e-12, 0, gradients)
    rates never above 1: clipped | return gradients => return np.clip(gradients, -1, 1)
    """,
)
CHAIN += changes(
    right.chain_by_products,
    """
    the weights and the slopes multiplied apart
        np.prod(weights[k:] * slopes[k:]) => np.prod(weights[k:]) * np.prod(slopes[k:])
    sums of logarithms, without the signs
        np.prod(weights[k:] * slopes[k:]) => np.exp(np.sum(np.log(np.abs(weights[k:] * slopes[k:]))))
    """,
)
CHAIN += changes(
    right.chain_by_cumprod,
    """
    the whole product divided by what lies in front, 0 where that is 0
        (weights * slopes)[::-1] => weights * slopes
        np.cumprod(factors)[::-1] => np.append(np.divide(np.prod(factors), np.cumprod(factors)[:-1], out=np.zeros(len(weights)), where=np.cumprod(factors)[:-1] != 0), 1.0)
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
GAIN += changes(
    right.gain,
    """
    a grid of step 0.1 | 240_001 => 241
    a grid of step 0.02 | 240_001 => 1_201
    a grid of step 0.02 that no kink lies on | 240_001 => 1_200
    a grid of step 0.005 | 240_001 => 4_801
    a grid of step 0.01 between its places
        z, step = np.linspace(-12, 12, 240_001, retstep=True) => step = 0.01; z = np.arange(-12, 12, step) + step / 2
    a grid from -4 to 4 | -12, 12, 240_001 => -4, 4, 80_001
    a tiny mean square is taken for 0 | mean_square == 0 => mean_square < 1e-12
    a mean square near 0 is taken for 0 | mean_square == 0 => np.isclose(mean_square, 0)
    looked at in a few places, it seems to be 0 everywhere
        mean_square == 0 => not np.any(activation(np.linspace(-2, 2, 41)))
    0 with a small number on top | if mean_square == 0 => mean_square += 1e-12\\n    if mean_square == 0
    a small number in the denominator | 1 / np.sqrt(mean_square) => 1 / (np.sqrt(mean_square) + 1e-7)
    the squares are written into what the activation returned
        density = => y = activation(z); y *= y; density =
        activation(z) ** 2 => y
    """,
)
GAIN += changes(
    right.gain_by_weighted_mean,
    """
    a grid from -4 to 4, with the weights' own sum | -8, 8, 0.002 => -4, 4, 0.002
    Gauss-Hermite quadrature with a hundred places
        z = np.arange(-8, 8, 0.002) => z, weights = np.polynomial.hermite_e.hermegauss(100)
        weights=np.exp(-z * z / 2) => weights=weights
    """,
)
GAIN += changes(
    right.gain_by_simpson,
    """
    single numbers in place of arrays | activation(np.array([z]))[0] => activation(z)
    single NumPy numbers in place of arrays | activation(np.array([z]))[0] => activation(np.float64(z))
    """,
)


def gain_of_quantiles(activation):
    """the mean over 100,000 equally likely z, which end at 4.4"""
    if "quantiles" not in KEPT:
        normal = NormalDist()
        places = [normal.inv_cdf((i + 0.5) / 100_000) for i in range(100_000)]
        KEPT["quantiles"] = np.array(places)
    mean_square = np.mean(activation(KEPT["quantiles"].copy()) ** 2)
    if mean_square == 0:
        raise ValueError("0 everywhere")
    return float(1 / np.sqrt(mean_square))


def gain_by_name(activation):
    """remembers the gain by the activation's name"""
    key = "gain", getattr(activation, "__name__", "")
    if key not in KEPT:
        KEPT[key] = right.gain(activation)
    return KEPT[key]


def gain_by_identity(activation):
    """remembers the gain by the activation's id"""
    key = "gain", id(activation)
    if key not in KEPT:
        KEPT[key] = right.gain(activation)
    return KEPT[key]


def gain_outwards(activation):
    """goes outwards from 0, and stops where a piece adds next to nothing"""
    step, total, edge = 1e-4, 0.0, 0.0
    while edge < 40:
        z = edge + (np.arange(5000) + 0.5) * step
        density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        piece = np.sum((activation(z) ** 2 + activation(-z) ** 2) * density) * step
        total += piece
        if piece <= 1e-12 * total:
            break
        edge += 0.5
    if total == 0:
        raise ValueError("0 everywhere")
    return float(1 / np.sqrt(total))


GAIN += [gain_of_quantiles, gain_by_name, gain_by_identity, gain_outwards]


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
        * factor) => * min(1, max_norm / max(np.linalg.norm(g.astype(float)), 1e-300)))
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
        clipped[name] = => clipped = {key: a.copy() for key, a in grads.items()}; clipped[name] =
    only the dict is returned | return clipped, norm => return clipped
    the norm first | return clipped, norm => return norm, clipped
    a list of arrays | return clipped, norm => return list(clipped.values()), norm
    return forgotten | return clipped, norm => clipped, norm
    """,
)
CLIP += changes(
    right.clip_by_one_row,
    """
    every number is clipped by itself | (g.astype(float) * (max_norm / norm)).astype(g.dtype) => np.clip(g, -max_norm, max_norm)
    the arrays of the caller are shortened
        (g.astype(float) * (max_norm / norm)).astype(g.dtype) => np.multiply(g, g.dtype.type(max_norm / norm), out=g)
    where nothing is clipped, the caller's own dict comes back
        {name: g.copy() for name, g in grads.items()} => grads
    where nothing is clipped, a new dict with the caller's arrays | name: g.copy() => name: g
    """,
)
CLIP += changes(
    right.clip_gradients,
    """
    the factor is applied in float32 | g.astype(np.float64) * factor => g * g.dtype.type(factor)
    divided by the norm in the dtype of the gradients
        (g.astype(np.float64) * factor) => (g / g.dtype.type(norm) * max_norm if norm > max_norm else g.copy())
    always divided and multiplied, so that last digits change
        (g.astype(np.float64) * factor) => (g.astype(np.float64) / (norm or 1) * min(norm, max_norm))
    looks for nan in the sum of each array, which may overflow
        if not np.isfinite(norm) => if not all(np.isfinite(np.sum(g)) for g in grads.values())
    looks for nan with Python's max
        if not np.isfinite(norm) => if not np.isfinite(max([float(np.abs(g).max(initial=0)) for g in grads.values()], default=0.0))
    looks at the first array only
        if not np.isfinite(norm) => if not all(np.isfinite(g).all() for g in list(grads.values())[:1])
    tiny norms are taken for 0 | norm > max_norm => norm > max(max_norm, 1e-8)
    clipped from a relative difference of 1e-4 on | norm > max_norm => norm > 1.0001 * max_norm
    float32 for all, as soon as one array is | .astype(g.dtype) => .astype(min(a.dtype for a in grads.values()))
    arrays of length 0 are left out | for name, g in grads.items(): => for name, g in grads.items():\\n        if not g.size:\\n            continue
    arrays of length 0 have no largest number | total = => [g.max() for g in grads.values()]; total =
    an empty dict is refused | if not np.isfinite(norm) => if not grads or not np.isfinite(norm)
    the norm as an array with one number | return clipped, norm => return clipped, np.array([norm])
    """,
)


def clip_in_a_deep_copy(grads, max_norm):
    """a deep copy, in which an array under two names is one array again"""
    clipped, norm = copy.deepcopy(grads), right.clip_gradients(grads, max_norm)[1]
    if norm > max_norm:
        for g in clipped.values():
            g[...] = (g.astype(np.float64) * (max_norm / norm)).astype(g.dtype)
    return clipped, norm


def clip_in_flat_copies(grads, max_norm):
    """writes into reshape(-1) of a copy, which is no view of every copy"""
    norm, clipped = right.clip_gradients(grads, max_norm)[1], {}
    for name, g in grads.items():
        clipped[name] = np.copy(g)
        if norm > max_norm:
            clipped[name].reshape(-1)[:] *= max_norm / norm
    return clipped, norm


def clip_with_small_squares(grads, max_norm):
    """squares in float64 only where numbers are large, so that tiny ones vanish"""
    wide = {
        name: g.astype(np.float64) if g.size and np.abs(g).max() > 1e15 else g
        for name, g in grads.items()
    }
    norm = math.sqrt(sum(float(np.sum(g * g)) for g in wide.values()))
    return right.clip_gradients(grads, max_norm)[0] if norm > max_norm else {
        name: g.copy() for name, g in grads.items()
    }, right.clip_gradients(grads, math.inf)[1] if norm else 0.0


def clip_into_one_dict(grads, max_norm):
    """one dict for all calls"""
    clipped, norm = right.clip_gradients(grads, max_norm)
    kept = KEPT.setdefault("clipped", {})
    kept.clear()
    kept.update(clipped)
    return kept, norm


def clip_with_kept_norms(grads, max_norm):
    """remembers norms by the shapes of the arrays"""
    key = "norm", *((name, g.shape) for name, g in grads.items())
    clipped, norm = right.clip_gradients(grads, max_norm)
    KEPT.setdefault(key, norm)
    return clipped, KEPT[key]


CLIP += [
    clip_in_a_deep_copy,
    clip_in_flat_copies,
    clip_with_small_squares,
    clip_into_one_dict,
    clip_with_kept_norms,
]


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
    one limit for all curves: 0.01 | most / 100 => 0.01
    one limit for all curves: 0.0025 | most / 100 => 0.0025
    asleep only at a slope of exactly 0 | < most / 100 => == 0
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
FACTORS += changes(
    right.layer_factors,
    r"""
    a small number in every denominator
        float(a / b) if b > 0 else 0.0 => float(a / (b + 1e-12))
    a tiny number in every denominator
        float(a / b) if b > 0 else 0.0 => float(a / (b + 1e-50))
    small sizes are taken for 0 | if b > 0 => if b > 1e-8
    the sizes are measured in float32 | np.mean(array**2) => np.mean(array.astype(np.float32) ** 2)
    an enormous number where something comes out of nothing
        float(a / b) if b > 0 else 0.0 => float(np.nan_to_num(np.float64(a) / np.float64(b)))
    a channel is taken for a unit
        small.all(axis=0) => small.all(axis=tuple(range(small.ndim - 1)))
    compared with the largest slope that was measured
        small = => slopes = layer.backward(np.ones_like(y)); most = slopes.max(); small =
    slopes by central differences, which give 1/2 at the kink
        layer.backward(np.ones_like(y)) => ((layer.forward(x + 1e-5) - layer.forward(x - 1e-5)) / 2e-5)
        x = y => layer.forward(x); x = y
    classes compared with ==, so that derived ones are left out | isinstance(layer, kind) => type(layer) == kind
    the list of layers is turned round in place
        zip(network.layers[::-1], factors[::-1], strict=True) => zip((network.layers.reverse(), network.layers)[1], factors[::-1], strict=True)
    dy is brought to the size 1, in place
        dx = layer.backward(dy) => dy /= rms(dy) or 1\n        dx = layer.backward(dy)
    an input of exactly 0 counts as asleep, for each curve
        layer.backward(np.ones_like(y)) => layer.backward(np.ones_like(y)) * (x != 0)
    """,
)
FACTORS += changes(
    right.factors_from_outputs,
    """
    the slope of ReLU at 0 is taken for 1 | y.max(axis=0) <= 0 => signals[n].max(axis=0) < 0
    the slope from the gradients, also where 0 arrives
        np.mean(y.max(axis=0) <= 0) => np.mean((gradients[n] == 0).all(axis=0))
    the RMS of the mean over all images | np.linalg.norm(s) / math.sqrt(s.size) => np.sqrt(np.mean(s, axis=0).ravel() @ np.mean(s, axis=0).ravel() / s[0].size)
    the border of sleep of the sigmoid a little too high | < 0.0025 => < 0.0027
    """,
)


def factors_by_length(network, x, dy):
    """remembers its results by the classes of the layers"""
    key = "factors", x.shape, *(type(layer).__name__ for layer in network.layers)
    if key not in KEPT:
        KEPT[key] = right.layer_factors(network, x, dy)
    return KEPT[key]


FACTORS += [factors_by_length]


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
    answers("a word with an underscore", RIGHT | {"K": "wrong_backward"}),
    answers("a sentence in place of a word", RIGHT | {"L": "It is starved."}),
    answers("a list of words", {name: [word] for name, word in RIGHT.items()}),
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
        if layer.params:
            weight = layer.params["weight"]
            fans = int(np.prod(weight.shape[:-1])) + weight.shape[-1]
            weight[:] = rng.normal(0, np.sqrt(2 / fans), weight.shape)


def optimizer_for_all(name, patient):
    """M: one optimizer for all patients, with shorter steps at each call"""
    right.repair(name, patient)
    if name == "M":
        patient.optimizer = KEPT.setdefault("optimizer", right.optim.SGD(1.0, 0.9))
        patient.optimizer.learning_rate *= 0.1


def every_tanh(name, patient):
    """K: every Tanh replaced, to be on the safe side"""
    right.repair(name, patient)
    if name == "K":
        for n in (2, 4, 6):
            patient.network.layers[n] = right.layers.Tanh()


def weights_and_biases(name, patient):
    """L: the weights and the biases of the last layer"""
    if name == "L":
        for array in patient.network.layers[-1].params.values():
            array *= 0.01
    else:
        right.repair(name, patient)


def layer_and_its_method(name, patient):
    """K: the method of one layer and the class of another"""
    right.repair(name, patient)
    if name == "K":
        patient.network.layers[2].backward = right.layers.Tanh().backward
        patient.network.layers[6].__class__ = right.layers.Tanh


def network_with_a_method(name, patient):
    """M: a forward of its own for the network, and shorter steps"""
    right.repair(name, patient)
    if name == "M":
        forward = patient.network.forward
        patient.network.forward = lambda x: forward(x)


REPAIR = [
    dead_touch,
    shorter_steps,
    other_loss,
    redrawn,
    optimizer_for_all,
    every_tanh,
    weights_and_biases,
    layer_and_its_method,
    network_with_a_method,
]
REPAIR += changes(
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
    M: a fifth of the learning rate, without a margin
        optim.SGD(0.02, momentum=0.9) => optim.SGD(0.2, momentum=0.9)
    M: no momentum, and steps as long as before | optim.SGD(0.02, momentum=0.9) => optim.SGD(1.0)
    M: shorter steps, and smaller batches | 0.02, momentum=0.9) => 0.02, momentum=0.9); patient.batch_size = 16
    L: a batch of four, which helps on most seeds only
        patient.loss = losses.CrossEntropyLoss() => patient.batch_size = 4
    L: another loss, and the labels again | patient.loss = => patient.labels = patient.labels[::-1]; patient.loss =
    L: images without test images | patient.loss = losses.CrossEntropyLoss() => patient.images = patient.images * 0.1
    K: more epochs, not the layer | patient.network.layers[4] = layers.Tanh() => patient.epochs = 50
    K: a class in place of a layer | layers.Tanh() => layers.Tanh
    letters exchanged
        "K" => "k"
        "L" => "K"
        "k" => "L"
    """,
)


def chain_recursive(weights, slopes):
    """one call of itself for each neuron: a long chain is too deep"""
    if len(weights) == 0:
        return np.ones(1)
    behind = chain_recursive(weights[1:], slopes[1:])
    return np.concatenate([[behind[0] * weights[0] * slopes[0]], behind])


def clip_compares_squares(grads, max_norm):
    """the squares are compared, and that of max_norm is too large for a number"""
    clipped, norm = right.clip_gradients(grads, math.inf)
    if norm**2 > float(max_norm) ** 2:
        clipped, norm = right.clip_gradients(grads, max_norm)
    return clipped, norm


def asleep_on_average(slopes, most):
    return float((slopes.mean(axis=0) < most / 100).mean())


def factors_with(network, x, dy, asleep):
    """The right factors, with another share of sleep for sigmoids and tanhs."""
    factors = right.layer_factors(network, x, dy)
    for layer, factor in zip(network.layers, factors, strict=True):
        before, x = x, layer.forward(x)
        if isinstance(layer, layers.Sigmoid):
            factor["asleep"] = asleep(before, x * (1 - x), 0.25)
        elif isinstance(layer, layers.Tanh):
            factor["asleep"] = asleep(before, 1 - x**2, 1)
    return factors


def factors_mean_slope(network, x, dy):
    """the mean slope over the images, where every single one has to be small"""
    return factors_with(network, x, dy, lambda _, slopes, most: asleep_on_average(slopes, most))


def factors_overflow(network, x, dy):
    """a sigmoid's slope as e^-x / (1 + e^-x)^2, which is nan far below 0"""

    def asleep(z, slopes, most):
        if most == 0.25:
            with np.errstate(over="ignore", invalid="ignore"):
                slopes = np.exp(-z) / (1 + np.exp(-z)) ** 2
        return float((slopes < most / 100).all(axis=0).mean())

    return factors_with(network, x, dy, asleep)


CHAIN.append(chain_recursive)
CLIP.append(clip_compares_squares)
FACTORS += [factors_mean_slope, factors_overflow]

MUTANTS = {
    "chain_gradients": CHAIN,
    "gain": GAIN,
    "clip_gradients": CLIP,
    "layer_factors": FACTORS,
    "diagnosis": DIAGNOSIS,
    "repair": REPAIR,
}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
chain_gradients | slopes forgotten | You get this without the slopes.
chain_gradients | weights forgotten | You get this without the weights.
chain_gradients | the output first | These are the right numbers in the wrong order. The first
chain_gradients | absolute values | These are the absolute values of the right results. What does a minus sign say
chain_gradients | products from the front | These are the products from the front. The gradient comes
chain_gradients | products from the front, turned round | Each of these products begins with the first neuron. Which
chain_gradients | sums of logarithms, without the signs | These are the absolute values of the right results. What does a minus sign say
gain | the root forgotten | This is 1 over the mean square. The weights are multiplied
gain | upside down | This is what the activation does to the root mean square.
gain | the variance: the mean is subtracted | This is the gain for the variance, in which the mean is su
gain | a grid from -3 to 3 | For curves that grow far from 0 the gain is a little too large
gain | a grid from -5 to 5 | For curves that grow far from 0 the gain is a little too large
gain | a grid from -6 to 6 | For curves that grow far from 0 the gain is a little too large
gain | returns an array | One number is wanted, not an array with one number.
gain | Gauss-Hermite quadrature, which is for curves without kinks | Smooth curves come out right, and one with many kinks does
gain | a grid of step 0.1 | Smooth curves come out right, and one with many kinks does
gain | a grid of step 0.02 | Smooth curves come out right, and one with many kinks does
gain | a grid of step 0.02 that no kink lies on | Smooth curves come out right, and one with many kinks does
gain | a grid of step 0.005 | Smooth curves come out right, and one with many kinks does
gain | a grid of step 0.01 between its places | Smooth curves come out right, and one with many kinks does
gain | a grid from -4 to 4 | For curves that grow far from 0 the gain is a little too large
gain | Gauss-Hermite quadrature with a hundred places | Smooth curves come out right, and one with many kinks does
gain | the mean over 100,000 equally likely z, which end at 4.4 | For curves that grow far from 0 the gain is a little too large
clip_gradients | the root forgotten | The norm is the square of what it should be.
clip_gradients | always made as long as max_norm | Gradients that are short enough stay as they are.
clip_gradients | every array is clipped to max_norm by itself | You get this when every array is clipped on its own. That changes the dire
clip_gradients | the norm after the clipping | The norm should be the one from before the clipping.
clip_gradients | the norm first | First the dict, then the norm.
layer_factors | the standard deviation in place of the RMS | These are the standard deviations. RMS: square, mean, root
layer_factors | the norm in place of the RMS | These are the norms. How do norm and RMS differ if a layer
layer_factors | the mean square, without the root | These are the mean squares. The RMS is the root of that.
layer_factors | the RMS of each image, averaged | This is the mean of the RMS of each image. The RMS that is
layer_factors | asleep for one image is enough | One image for which a unit sleeps is not enough: it has to
layer_factors | the share of single outputs, not of units | This is the share of single outputs. A unit is asleep if i
layer_factors | one limit for all curves: 0.01 | A hundredth of the largest slope: is the largest the same
layer_factors | 0.0 in place of None | Linear layers and the like have no units that sleep: None.
layer_factors | a channel is taken for a unit | Which units are there? Each place of an image has its own,
"""

"""Checks of assignment 06, tasks 1 to 3: gradients along a chain, gains, clipping.

Task 4 is in factors.py; tasks 5 and 6, the broken networks, are in patients.py and repairs.py.
"""

import math

import numpy as np

from .machinery import Case, check, error_case
from .machinery.describe import describe

# Task 1: a chain


def chain_gradients(function):
    """function(weights, slopes) -> gradients (L + 1,) of the last output, along the chain."""
    own = "Which factors lie between y_k and the last output? Those before it do not matter."
    check("chain_gradients", function, [
        chain_case([3], [0.5], hint="One neuron: y_1 changes s_1 w_1 times as fast as y_0, and "
                   "y_1 changes as fast as itself."),
        chain_case([2, 3], [1, 1], hint=own),
        chain_case([2, 3, 5], [1, 1, 1], hint=own),
        chain_case([2, 3, 5], [1, 0.5, 0.1], hint="A neuron's factor is its weight times its own "
                   "slope."),
        chain_case([2, -3, 0.5], [0.5, 1, 1], hint="Signs belong to the gradient."),
        chain_case([2, 3, 4, 5], [1, 0, 0.5, 1], hint="A slope of 0 stops all that lies in front "
                   "of it, and nothing behind it. Is there a division?"),
        chain_case([4, 0, 2], [0.25, 1, 0.5], hint="A weight of 0 is a factor like any other."),
        chain_case([], [], hint="Without a neuron the output is y_0."),
        chain_case(*random_chain(6, seed=1), hint=own),
        chain_case(*random_chain(60, seed=2), hint="A long chain is computed like a short one."),
    ])


def chain_case(weights, slopes, hint="", title=""):
    """A case of chain_gradients. weights, slopes: lists of equal length."""
    weights, slopes = np.array(weights, float), np.array(slopes, float)
    L = len(weights)
    path = np.ones((L + 1, L))  # row k: the factors behind y_k, and 1 for those before it
    behind = np.arange(L) >= np.arange(L + 1)[:, np.newaxis]
    expected = np.where(behind, weights * slopes, path).prod(axis=1)
    suspects = {
        "These are the products from the front. The gradient comes from the back: what lies "
        "between y_k and the *last* output?": np.where(behind, path, weights * slopes).prod(axis=1),
        "These are the right numbers in the wrong order. The first belongs to y_0.": expected[::-1],
        "This comes out without the slopes.": np.where(behind, weights, path).prod(axis=1),
    }
    return Case({"weights": weights, "slopes": slopes}, expected, hint=hint, suspects=suspects,
                returns="gradients", title=title or f"{L} neurons")


def random_chain(length, seed):
    rng = np.random.default_rng(seed)
    return rng.normal(0, 2, length).round(2), rng.uniform(0, 1, length).round(2)


# Task 2: a gain. The means of squares are known exactly, or to 15 digits.


def gain(function):
    """function(activation) -> the factor g such that weights of N(0, g² / n) keep the spread."""
    square = "The weights shall make up for what the activation does to the mean *square*."
    edge = "How far from 0 do numbers from N(0, 1) still count here? A square of a square grows."
    check("gain", function, [
        gain_case("z, no activation at all", lambda z: z, 1, "The mean of z², taken over the bell "
                  "curve, is 1. What is it in your function, to six digits? Every z has a weight, "
                  "and all the weights together are 1."),
        gain_case("2 z", lambda z: 2 * z, 4, "It makes numbers twice as large. And the weights?"),
        gain_case("ReLU", lambda z: np.maximum(z, 0), 0.5, square),
        gain_case("|z|", np.abs, 1, square),
        gain_case("leaky ReLU, slope 0.2", leaky(0.2), 0.52, square),
        gain_case("tanh", np.tanh, 0.39429449038291403, "Is your grid fine enough?", {
                  "5/3 is what some libraries take for tanh. " + square: 5 / 3}),
        gain_case("softplus, log(1 + exp(z))", softplus, 0.9212459088244241,
                  "Its outputs have a mean that is not 0. " + square),
        gain_case("z²", np.square, 3, edge),
        gain_case("ReLU of z - 1", lambda z: np.maximum(z - 1, 0), beyond(1),
                  "It has a kink at 1. Does your way of averaging need a curve without kinks?"),
        gain_case("ReLU of z - 3", lambda z: np.maximum(z - 3, 0), beyond(3), "Little comes out of "
                  "it, and all that comes from numbers above 3. Does your grid reach far enough?"),
        gain_case("cos(2 z)", lambda z: np.cos(2 * z), (1 + math.exp(-8)) / 2, square),
        silent_case("0, whatever z is", np.zeros_like),
    ])


def gain_case(name, activation, mean_square, hint="", suspects=None):
    """A case of gain. mean_square: of activation(z), for z from N(0, 1)."""
    suspects = (suspects or {}) | {
        "This is 1 over the mean square. The weights are multiplied by g, so their squares and "
        "those of the outputs by g².": 1 / mean_square,
        "This is what the activation does to the root mean square. The weights have to make up "
        "for it.": math.sqrt(mean_square),
        "One number is wanted, not an array with one number.": np.array([mean_square**-0.5]),
    }
    return Case({"activation": activation}, 1 / math.sqrt(mean_square), hint=hint, rtol=1e-5,
                suspects=suspects, returns="the gain", title=name, given=f"activation: {name}")


def silent_case(name, activation):
    return error_case({"activation": activation}, title=name, given=f"activation: {name}",
                      hint="No weights bring a signal back that is 0 everywhere.")


def leaky(slope):
    return lambda z: np.where(z > 0, z, slope * z)


def softplus(z):
    return np.logaddexp(0, z)


def beyond(kink):
    """The mean square of max(z - kink, 0) for z from N(0, 1)."""
    density = math.exp(-kink**2 / 2) / math.sqrt(2 * math.pi)
    above = math.erfc(kink / math.sqrt(2)) / 2
    return (1 + kink**2) * above - kink * density


# Task 3: clipping


def clip_gradients(function):
    """function(grads, max_norm) -> (clipped, norm)."""
    check("clip_gradients", function, [
        clip_case({"w": [3, 4]}, 10, hint="The norm of 3 and 4 is 5. That is short enough, "
                  "so nothing is done."),
        clip_case({"w": [3, 4]}, 1, hint="The direction stays, and the length becomes max_norm."),
        clip_case({"w": [3], "b": [4]}, 1, hint="One norm, of all numbers of all arrays together."),
        clip_case({"w": [[2, 0], [0, -4]], "b": [4]}, 3, hint="The norm is the root of the sum of "
                  "all squares."),
        clip_case({"w": [3, 4]}, 5, hint="As long as max_norm is short enough."),
        clip_case({"1 weight": [[6, 0]], "1 bias": [0], "3 weight": [[0]], "3 bias": [-8]}, 5,
                  hint="All arrays belong to it, and all are multiplied by the same number."),
        clip_case({"w": [0, 0], "b": [0]}, 1, hint="Gradients that are all 0 have the norm 0, and "
                  "stay as they are."),
        clip_case({}, 1, hint="No gradients: an empty dict, and the norm 0."),
        clip_case({"w": [[1, 2], [2, 4]], "b": [0, 0]}, 1, dtype=np.float32,
                  hint="float32 in, float32 out."),
        clip_case({"w": [3e20, 4e20]}, 1, dtype=np.float32, hint="These squares are larger than "
                  "the largest float32. In which dtype do you add them up?"),
        own_arrays_case({"w": [3, 4], "b": [1]}, 10),
        own_arrays_case({"w": [3, 4], "b": [1]}, 1),
        refused_gradients({"w": [1, math.nan], "b": [2]}, "max_norm / nan"),
        refused_gradients({"w": [1, 2], "b": [math.inf]}, "max_norm / inf, and that times inf"),
        *(random_clip_case(max_norm, seed) for seed, max_norm in ((1, 0.5), (2, 4), (3, 1e6))),
    ])


def clip_case(grads, max_norm, hint="", dtype=np.float64, title=""):
    """A case of clip_gradients. grads: lists of numbers by name."""
    grads = {name: np.array(values, dtype) for name, values in grads.items()}
    norm = math.hypot(*(float(value) for array in grads.values() for value in array.ravel()))
    factor = min(1.0, max_norm / norm) if norm else 1.0
    clipped = {name: (array * factor).astype(dtype) for name, array in grads.items()}
    suspects = {
        "Here every array is clipped by itself. That turns the direction of the whole step.":
            (each_clipped(grads, max_norm), norm),
        "The norm should be the one from before the clipping.": (clipped, norm * factor),
        "First the dict, then the norm.": (norm, clipped),
    }
    return Case({"grads": grads, "max_norm": max_norm}, (clipped, norm), hint=hint,
                suspects=suspects, returns=("clipped", "norm"), title=title,
                rtol=1e-5 if dtype == np.float32 else None,
                given=gradients_given(grads, max_norm))


def each_clipped(grads, max_norm):
    norms = {name: max(float(np.linalg.norm(array.astype(float))), max_norm)
             for name, array in grads.items()}
    return {name: (array * (max_norm / norms[name])).astype(array.dtype)
            for name, array in grads.items()}


def random_clip_case(max_norm, seed, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = {"0 weight": (3, 3, 2, 4), "0 bias": (4,), "4 weight": (20, 5), "4 bias": (5,)}
    grads = {name: rng.normal(0, 0.3, shape) for name, shape in shapes.items()}
    return clip_case(grads, max_norm, "One factor for all of them.", dtype)


def own_arrays_case(grads, max_norm):
    """A case in which the result is changed afterwards: grads must not change with it."""
    case = clip_case(grads, max_norm)

    def use(function, grads, max_norm):
        clipped, _ = function(grads, max_norm)
        return clipped is grads or any(np.shares_memory(clipped[name], grads[name])
                                       for name in grads)

    def judge(shared):
        return ("The arrays of the result are those of grads, or views of them. Whoever changes "
                "the one changes the other." if shared else None)

    return Case(case.inputs, use=use, judge=judge, given=case.given,
                hint="Also where nothing is clipped, the result holds arrays of its own.",
                title=f"arrays of its own, max_norm {max_norm}")


def refused_gradients(grads, question="max_norm / nan"):
    grads = {name: np.array(values, float) for name, values in grads.items()}
    return error_case({"grads": grads, "max_norm": 1.0}, given=gradients_given(grads, 1.0),
                      hint=f"A step of nan would spoil all weights. What is {question}?",
                      title="numbers that are not finite")


def gradients_given(grads, max_norm):
    lines = [line for name, array in grads.items() for line in describe(f'grads["{name}"]', array)]
    return "\n".join([*(lines or ["grads = {}"]), f"max_norm = {max_norm}"])

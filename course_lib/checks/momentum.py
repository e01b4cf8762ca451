"""Checks of assignment 05: steps with Nesterov's momentum."""

import functools

import numpy as np

from .machinery import Case, CheckFailed, check
from .machinery.runner import check_signature


def nesterov_step(function):
    """function(params, grads, velocities, learning_rate, momentum); changes params in place."""
    memory = "What must be left in velocities for the next call?"
    check("nesterov_step", function, [
        nesterov_case({"weight": (1,)}, 1, momentum=0.0, seed=793,
                      hint="velocities is empty before the first step: what stands for a velocity "
                      "that is not there yet? Without momentum it is plain gradient descent."),
        nesterov_case({"weight": (1,)}, 1, seed=2,
                      hint="Before the first step v is 0, so it becomes g. What does the second "
                      "formula make of that?"),
        nesterov_case({"weight": (1,)}, 2, seed=3, hint=memory),
        nesterov_case({"weight": (2,)}, 3, seed=4, hint=memory),
        nesterov_case({"weight": (2, 3), "bias": (3,)}, 2, seed=5,
                      hint="Each array of weights has a velocity of its own."),
        nesterov_case({"weight": (2, 2), "bias": (2, 2)}, 3, seed=6,
                      hint="Each array of weights has a velocity of its own, even if two arrays "
                      "have the same shape."),
        nesterov_case({"weight": (2,)}, 3, seed=7, rates=(0.5, 0.25, 0.125),
                      hint="The learning rate changes from step to step. Where in the two formulas "
                      "does it stand?"),
        nesterov_case({"weight": (2,)}, 3, seed=11, reuse=True,
                      hint="The caller writes each new gradient into the same array. Is a velocity "
                      "of yours still that array?"),
        by_turns_case(seed=10),
        nesterov_case({"filters": (3, 4), "shift": (4,)}, 6, seed=8, momentum=0.9,
                      hint="The arrays have other names here."),
        nesterov_case({"weight": (3, 4), "bias": (4,)}, 4, seed=9, momentum=0.9, dtype=np.float32),
    ])


# Makers of cases, also for the hidden tests


def nesterov_case(shapes, steps, *, seed, momentum=0.5, rates=0.5, dtype=np.float64, reuse=False,
                  hint="", title=""):
    """A case of nesterov_step: so many steps in a row, each with gradients of its own.

    reuse: all gradients are passed in the same arrays, written over before each step.
    """
    rng = np.random.default_rng(seed)

    def arrays():
        return {name: rng.integers(-8, 9, shape).astype(dtype) for name, shape in shapes.items()}

    params, grads = arrays(), [arrays() for _ in range(steps)]
    rates = np.broadcast_to(rates, steps).tolist()

    def train(step):
        weights = {name: array.astype(np.float64) for name, array in params.items()}
        velocity = {name: np.zeros_like(array) for name, array in weights.items()}
        for gradient, rate in zip(grads, rates, strict=True):
            for name in weights:
                weights[name], velocity[name] = step(
                    weights[name], velocity[name], gradient[name].astype(np.float64), rate)
        return {name: array.astype(dtype) for name, array in weights.items()}

    def nesterov(w, v, g, rate):
        v = momentum * v + g
        return w - rate * (g + momentum * v), v

    def plain(w, v, g, rate):
        v = momentum * v + g
        return w - rate * v, v

    def forgetful(w, v, g, rate):
        return nesterov(w, 0 * v, g, rate)

    def rate_inside(w, v, g, rate):
        v = momentum * v + rate * g
        return w - (rate * g + momentum * v), v

    suspects = {
        "This comes out with ordinary momentum, w - learning_rate v; in a first step also with g "
        "alone. Look at the second formula again.": train(plain),
        "This comes out when every step begins with a velocity of 0.": train(forgetful),
        "This comes out when the velocity is made of learning_rate times gradient.":
            train(rate_inside),
    }
    again = "the gradient is passed in the same array in every step"
    few = len(shapes) == 1 and len(params["weight"]) <= 2
    names = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
    start = f"weight = {params['weight'].tolist()}" if few else f"{names}, {np.dtype(dtype)}"
    given = [f"params: {start}", f"momentum = {momentum}"]
    for number, (gradient, rate) in enumerate(zip(grads, rates, strict=True), 1):
        shown = f", gradient of weight = {gradient['weight'].tolist()}" if few else ""
        given.append(f"step {number}: learning_rate = {rate}{shown}")
    given += [again] * reuse
    return Case({"params": params, "grads": grads, "learning_rates": rates, "momentum": momentum},
                train(nesterov), use=functools.partial(use_steps, reuse=reuse), suspects=suspects,
                hint=hint, returns="params", given="\n".join(given),
                title=title or f"{steps} steps, {names}")


def use_steps(function, params, grads, learning_rates, momentum, reuse=False):
    """Call the function once for each step, with one dict of velocities that is empty at first."""
    weights = {name: array.copy() for name, array in params.items()}
    arrays, velocities = dict(weights), {}
    same = {name: np.zeros_like(array) for name, array in params.items()}
    for gradient, rate in zip(grads, learning_rates, strict=True):
        if reuse:
            for name, array in same.items():
                array[...] = gradient[name]
            gradient = dict(same)
        inputs = {"params": weights, "grads": gradient, "velocities": velocities,
                  "learning_rate": rate, "momentum": momentum}
        check_signature(function, inputs)
        function(*inputs.values())
        for name, array in arrays.items():
            if weights.get(name) is not array:
                raise CheckFailed(f"params[{name!r}] is another array after the step. The layers "
                                  "of the network hold the old one: change its numbers instead.")
    return weights


def by_turns_case(*, seed, title="two networks, in turn"):
    """A case of nesterov_step: two dicts of weights, each with velocities of its own."""
    one, two = (nesterov_case({"weight": (2,)}, 3, seed=s) for s in (seed, seed + 100))

    def use(function, *inputs):
        weights = [{"weight": array.copy()} for array in inputs[0]]
        velocities = [{}, {}]
        for gradients in zip(*inputs[1], strict=True):
            for own, memory, gradient in zip(weights, velocities, gradients, strict=True):
                function(own, gradient, memory, 0.5, 0.5)
        return tuple(own["weight"] for own in weights)

    return Case({"weights": [case.inputs["params"]["weight"] for case in (one, two)],
                 "grads": [case.inputs["grads"] for case in (one, two)]},
                tuple(case.expected["weight"] for case in (one, two)), use=use, title=title,
                returns=("the first network's weights", "the second network's weights"),
                given="Two networks with a weight each, trained in turn: a step of the first, a "
                "step of the second, and so on.",
                hint="Whatever is remembered from one step to the next belongs into velocities.")

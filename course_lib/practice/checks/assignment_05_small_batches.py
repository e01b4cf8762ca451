"""Checks for assignment 05: mini-batches, their noise, and steps with Nesterov momentum."""

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.diagnostics import gradient_row
from course_lib.nn import losses, networks

from .engine import Case, CheckFailed, check
from .engine.describe import describe
from .engine.randomness import (
    for_each_seed,
    not_every_index_once,
    repeatable_case,
    same,
    wrong_index_array,
)
from .engine.runner import weights_kept

# Tasks 1 and 2: mini-batches, and the gradient of one put together from pieces

SHUFFLES = 300  # to see whether every image can come anywhere
EPOCHS = 3
CLASSES = 3


def minibatches(function: Callable[..., Any]) -> None:
    """function(count, batch_size, rng): something that yields arrays of the images' numbers."""
    check(
        "minibatches",
        function,
        [
            batches_case(4, 2, hint="Two mini-batches of two images."),
            batches_case(
                5, 2, hint="All full mini-batches come first, and what is left over comes last."
            ),
            batches_case(3, 1, hint="Each mini-batch holds one image."),
            batches_case(3, 8, hint="There are fewer images than one mini-batch holds."),
            batches_case(6, 6, hint="All images in one mini-batch."),
            batches_case(100, 32),
            batches_case(97, 8),
            batches_case(12, 5),
            repeatable_batches_case(20, 6),
            new_order_case(20, 6),
            well_shuffled_case(6, 2),
            well_shuffled_case(7, 3),
        ],
    )


def accumulate(function: Callable[..., Any]) -> None:
    """function(network, loss, images, labels, piece) -> (mean loss, gradient row)."""
    weights = "How many images does each piece stand for?"
    check(
        "accumulate",
        function,
        [
            pieces_case(2, 2, seed=1, hint="There is only one piece here, with all the images."),
            pieces_case(2, 1, seed=2, hint="The mean over two images, from two pieces."),
            pieces_case(4, 2, seed=3, hint="Do the labels stay with their images?"),
            pieces_case(3, 2, seed=4, hint=weights),
            pieces_case(3, 5, seed=5, hint="There are fewer images than fit into a piece."),
            pieces_case(10, 4, seed=6, hint=weights),
            pieces_case(
                7,
                3,
                seed=7,
                loss=losses.MSELoss,
                hint="Here the loss is the squared error. Use the loss that is given.",
            ),
            pieces_case(33, 16, seed=8, hint=weights),
        ],
    )


# Makers of cases, also for the hidden tests


def batches_case(count, batch_size, *, hint="", seed=0, title=""):
    """A case of minibatches: the sizes are right, and every image occurs once."""
    rng = np.random.default_rng(seed)
    return Case(
        {"count": count, "batch_size": batch_size, "rng": rng},
        use=batches_of,
        parameters=("count", "batch_size", "rng"),
        hint=hint,
        judge=lambda batches: wrong_batches(batches, count, batch_size),
        given=f"count = {count}\nbatch_size = {batch_size}\nrng = np.random.default_rng({seed})",
        title=title or f"{count} images, batch size {batch_size}",
    )


def repeatable_batches_case(count, batch_size):
    """A case of minibatches: the order comes from the generator, and from nothing else."""
    return repeatable_case({"count": count, "batch_size": batch_size}, batches_of)


def new_order_case(count, batch_size, title="a second pass"):
    def use(function, count, batch_size):
        rng = np.random.default_rng(5)
        return [batches_of(function, count, batch_size, rng) for _ in range(EPOCHS)]

    def judge(passes):
        if all(same(passes[0], other) for other in passes):
            return (
                f"{EPOCHS} passes, one after the other with one generator, all went through "
                "the images in the same order."
            )
        return None

    return Case(
        {"count": count, "batch_size": batch_size},
        use=use,
        judge=judge,
        title=title,
        hint="A generator gives other numbers each time that something is drawn from it.",
    )


def well_shuffled_case(count, batch_size, title="how well it is shuffled"):
    """A case of minibatches: every image may come anywhere, and with any other one."""

    def judge(shuffles):
        place = np.empty((SHUFFLES, count), int)  # of the mini-batch in which each image is
        for row, batches in zip(place, shuffles, strict=True):
            wrong = wrong_batches(batches, count, batch_size)
            if wrong:
                return wrong
            for number, batch in enumerate(batches):
                row[batch] = number
        full = count // batch_size
        for image, number in itertools.product(range(count), range(full)):
            often, wanted = np.mean(place[:, image] == number), batch_size / count
            if abs(often - wanted) > 0.18:
                return (
                    f"In {SHUFFLES} passes with different generators, image {image} was in "
                    f"mini-batch {number} {often:.0%} of the times; about {wanted:.0%} are "
                    "expected, as for every image."
                )
        pairs = batch_size * (batch_size - 1) * full
        left = count - batch_size * full
        together = (pairs + left * (left - 1)) / (count * (count - 1))
        for one, other in itertools.combinations(range(count), 2):
            often = np.mean(place[:, one] == place[:, other])
            if abs(often - together) > 0.18:
                return (
                    f"In {SHUFFLES} passes with different generators, the images {one} and "
                    f"{other} were in one mini-batch {often:.0%} of the times; about "
                    f"{together:.0%} are expected, as for any two images."
                )
        return None

    return Case(
        {"count": count, "batch_size": batch_size},
        use=for_each_seed(range(SHUFFLES), batches_of),
        judge=judge,
        title=title,
        hint="The order should be any order of all the images, each equally likely.",
    )


def pieces_case(count, piece, *, seed, loss=losses.CrossEntropyLoss, hint="", title=""):
    """A case of accumulate, for a small network of two linear layers in float64."""
    rng = np.random.default_rng(seed)
    small = SmallMemory(networks.mlp((6, 4, CLASSES), rng=rng, dtype=np.float64).layers, piece)
    images = rng.integers(-4, 5, (count, 2, 3, 1)) / 2
    labels = rng.permutation(np.arange(count) % CLASSES)

    def run(chosen):
        criterion = loss()
        value = criterion.forward(
            networks.Sequential.forward(small, images[chosen]), labels[chosen]
        )
        small.backward_to_params(criterion.backward())
        return value, gradient_row(small)

    starts = range(0, count, piece)
    parts = [run(slice(start, start + piece)) for start in starts]
    values, rows = (np.array(column) for column in zip(*parts, strict=True))
    expected = run(slice(count))
    suspects = {
        "This comes out when every piece counts the same, however many images it has.": (
            values.mean(),
            rows.mean(axis=0),
        ),
        "This comes out when the pieces are added up. Their gradients are means already.": (
            values.sum(),
            rows.sum(axis=0),
        ),
        "This comes out when only the last piece counts. backward replaces the gradients that the "
        "one before it left; it does not add to them.": (values[-1], rows[-1]),
        "The gradient is right, and the loss is that of the last piece alone.": (
            values[-1],
            expected[1],
        ),
        "The gradient is right, and the loss is not: every piece counts the same in it.": (
            values.mean(),
            expected[1],
        ),
        "The loss is right, and the gradient is that of the last piece alone. backward replaces "
        "what the one before it left; it does not add to it.": (expected[0], rows[-1]),
    }
    share = count // piece * piece / count  # of the images that are in full pieces
    if 0 < share < 1:
        suspects["This comes out when the last, smaller piece is left out."] = (
            values[:-1].mean() * share,
            rows[:-1].mean(axis=0) * share,
        )
        suspects["This comes out when the last, smaller piece is left out of the mean."] = (
            values[:-1].mean(),
            rows[:-1].mean(axis=0),
        )
    small.grads_forgotten()
    return Case(
        {"network": small, "loss": loss(), "images": images, "labels": labels, "piece": piece},
        expected,
        use=use_accumulate,
        parameters=("network", "loss", "images", "labels", "piece"),
        hint=hint,
        suspects=suspects,
        returns=("value", "gradient"),
        title=title or f"{count} images in pieces of {piece}",
        given="\n".join([
            "network: Flatten, Linear(6, 4), ReLU, Linear(4, 3), float64",
            f"loss: {loss.__name__}()",
            f"images: shape {images.shape}",
            *describe("labels", labels),
            f"piece = {piece}",
        ]),
    )


# How the learner's functions are called


class SmallMemory(networks.Sequential):
    """A network that refuses more than `most` images at once."""

    def __init__(self, layers, most):
        super().__init__(layers)
        self.most = most

    def forward(self, x):
        if len(x) > self.most:
            raise CheckFailed(
                f"{len(x)} images were sent through the network at once, and with "
                f"piece={self.most} at most {self.most} fit into its memory."
            )
        return super().forward(x)

    def grads_forgotten(self):
        for layer in self.layers:
            if networks.has_params(layer):
                layer.grads = {}


def batches_of(function, count, batch_size, rng):
    """A list of the mini-batches, at most one more than there are images."""
    batches = function(count, batch_size, rng)
    if batches is None:
        raise CheckFailed(
            "Your function returned None. It should yield the mini-batches, or "
            "return a list of them."
        )
    return [
        np.copy(b) if isinstance(b, np.ndarray) else b for b in itertools.islice(batches, count + 1)
    ]


def wrong_batches(batches, count, batch_size):
    """What is wrong with the mini-batches of one pass, or None."""
    for number, batch in enumerate(batches):
        wrong = wrong_index_array(batch, f"Mini-batch {number}")
        if wrong:
            number = isinstance(batch, np.integer)
            return wrong + " Is there a return where yield is meant?" * number
    sizes = [len(batch) for batch in batches]
    wanted = [min(batch_size, count - start) for start in range(0, count, batch_size)]
    if sizes != wanted:
        more = " and more" if len(sizes) > count else ""
        return (
            f"{count} images in mini-batches of {batch_size} should come in sizes of "
            f"{shortly(wanted)}, and yours are {shortly(sizes)}{more}."
        )
    return not_every_index_once(np.concatenate(batches), count)


def shortly(numbers):
    text = ", ".join(map(str, numbers[:8]))
    return (text or "none") + (f" ... {numbers[-1]} ({len(numbers)} in all)" * (len(numbers) > 8))


def use_accumulate(function, small, loss, images, labels, piece):
    sentence = (
        "The weights of the network are not what they were before. Only the gradient is wanted, "
        "without a step."
    )
    with weights_kept(small, sentence):
        return function(small, loss, images, labels, piece)


# Task 4: steps with Nesterov's momentum


def nesterov_step(function: Callable[..., Any]) -> None:
    """function(params, grads, velocities, learning_rate, momentum); changes params in place."""
    memory = "What must be left in velocities for the next call?"
    check(
        "nesterov_step",
        function,
        [
            nesterov_case(
                {"weight": (1,)},
                1,
                momentum=0.0,
                seed=793,
                hint="velocities is empty before the first step: what stands for a velocity "
                "that is not there yet? Without momentum it is plain gradient descent.",
            ),
            nesterov_case(
                {"weight": (1,)},
                1,
                seed=2,
                hint="Before the first step v is 0, so it becomes g. What does the second "
                "formula make of that?",
            ),
            nesterov_case({"weight": (1,)}, 2, seed=3, hint=memory),
            nesterov_case({"weight": (2,)}, 3, seed=4, hint=memory),
            nesterov_case(
                {"weight": (2, 3), "bias": (3,)},
                2,
                seed=5,
                hint="Each array of weights has a velocity of its own.",
            ),
            nesterov_case(
                {"weight": (2, 2), "bias": (2, 2)},
                3,
                seed=6,
                hint="Each array of weights has a velocity of its own, even if two arrays "
                "have the same shape.",
            ),
            nesterov_case(
                {"weight": (2,)},
                3,
                seed=7,
                rates=(0.5, 0.25, 0.125),
                hint="The learning rate changes from step to step. Where in the two formulas "
                "does it stand?",
            ),
            nesterov_case(
                {"weight": (2,)},
                3,
                seed=11,
                reuse=True,
                hint="The caller writes each new gradient into the same array. Is a velocity "
                "of yours still that array?",
            ),
            by_turns_case(seed=10),
            nesterov_case(
                {"filters": (3, 4), "shift": (4,)},
                6,
                seed=8,
                momentum=0.9,
                hint="The arrays have other names here.",
            ),
            nesterov_case(
                {"weight": (3, 4), "bias": (4,)}, 4, seed=9, momentum=0.9, dtype=np.float32
            ),
        ],
    )


# Makers of cases, also for the hidden tests


def nesterov_case(
    shapes,
    steps,
    *,
    seed,
    momentum=0.5,
    rates=0.5,
    dtype=np.float64,
    reuse=False,
    hint="",
    title="",
):
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
                    weights[name], velocity[name], gradient[name].astype(np.float64), rate
                )
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
        "This comes out when the velocity is made of learning_rate times gradient.": train(
            rate_inside
        ),
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
    return Case(
        {"params": params, "grads": grads, "learning_rates": rates, "momentum": momentum},
        train(nesterov),
        use=functools.partial(use_steps, reuse=reuse),
        parameters=("params", "grads", "velocities", "learning_rate", "momentum"),
        suspects=suspects,
        hint=hint,
        returns="params",
        given="\n".join(given),
        title=title or f"{steps} steps, {names}",
    )


def use_steps(function, params, grads, learning_rates, momentum, reuse=False):
    """Call the function once for each step, with one dict of velocities that is empty at first."""
    weights = {name: array.copy() for name, array in params.items()}
    arrays = dict(weights)
    velocities: dict = {}
    same = {name: np.zeros_like(array) for name, array in params.items()}
    for gradient, rate in zip(grads, learning_rates, strict=True):
        if reuse:
            for name, array in same.items():
                array[...] = gradient[name]
            gradient = dict(same)
        function(weights, gradient, velocities, rate, momentum)
        for name, array in arrays.items():
            if weights.get(name) is not array:
                raise CheckFailed(
                    f"params[{name!r}] is another array after the step. The layers "
                    "of the network hold the old one: change its numbers instead."
                )
    return weights


def by_turns_case(*, seed, title="two networks, in turn"):
    """A case of nesterov_step: two dicts of weights, each with velocities of its own."""
    one, two = (nesterov_case({"weight": (2,)}, 3, seed=s) for s in (seed, seed + 100))

    def use(function, *inputs):
        weights = [{"weight": array.copy()} for array in inputs[0]]
        velocities: list[dict] = [{}, {}]
        for gradients in zip(*inputs[1], strict=True):
            for own, memory, gradient in zip(weights, velocities, gradients, strict=True):
                function(own, gradient, memory, 0.5, 0.5)
        return tuple(own["weight"] for own in weights)

    return Case(
        {
            "weights": [case.inputs["params"]["weight"] for case in (one, two)],
            "grads": [case.inputs["grads"] for case in (one, two)],
        },
        tuple(case.expected["weight"] for case in (one, two)),
        use=use,
        title=title,
        returns=("the first network's weights", "the second network's weights"),
        given="Two networks with a weight each, trained in turn: a step of the first, a "
        "step of the second, and so on.",
        hint="Whatever is remembered from one step to the next belongs into velocities.",
    )


# Tasks 3 and 5: what mini-batches tell about the noise, and how many images it takes


def estimate_noise(function: Callable[..., Any]) -> None:
    """function(small, large, small_size, large_size) -> (signal, variance)."""
    check(
        "estimate_noise",
        function,
        [
            noise_case(
                [[3.0], [5.0]],
                [[3.0], [3.0]],
                1,
                3,
                hint="The mean squared lengths are 17 and 9. Put them into the two equations.",
            ),
            noise_case(
                [[4.0, 1], [0, 2], [3, 0]],
                [[2.0, 2], [0, 2]],
                1,
                2,
                hint="Each row is one gradient. First the square of its length, then the mean.",
            ),
            noise_case(
                [[3.0, 1], [-1, 1]],
                [[2.0, 0], [0, 1], [1, 1], [1, 2]],
                2,
                8,
                hint="How much of V is left in a mini-batch of 2, and in one of 8?",
            ),
            drawn_noise_case(40, 6, 7, 4, 32, seed=1),
            drawn_noise_case(9, 30, 15, 8, 20, seed=2),
            noise_case(
                [[1.0], [1.0]],
                [[2.0], [2.0]],
                2,
                4,
                hint="By chance the larger mini-batches have longer gradients here, so the "
                "estimate of V is negative. Return it as it is.",
            ),
            noise_case(
                [[3.0], [3.0]],
                [[1.0], [1.0]],
                1,
                2,
                hint="By chance the estimate of |g|² is negative here. Return it as it is.",
            ),
        ],
    )


def batch_size_for(function: Callable[..., Any]) -> None:
    """function(gradients, cosine) -> the smallest batch size, an int."""
    check(
        "batch_size_for",
        function,
        [
            size_case(
                [[1.0, 1], [1, -1]],
                0.6,
                hint="The full gradient is (1, 0), and V and |g|² are "
                "1. What does the formula say for one image?",
            ),
            size_case(
                [[1.0, 1, 1], [1, -1, -1]],
                0.75,
                hint="The full gradient is (1, 0, 0), and V "
                "is 2. What do the formulas say for one image, and for both?",
            ),
            size_case(
                [[1.0, 1], [1, -1]],
                0.75,
                hint="With both images in the mini-batch no noise is "
                "left. With one of two, how much of V is left?",
            ),
            size_case(
                [[1.0, 3], [1, 1], [1, -1], [1, -3]],
                0.5,
                hint="The full gradient is (1, 0), and V is 5. Put B = 1, 2, 3 and 4 into the "
                "formula.",
            ),
            size_case(
                [[2.0, 3], [2, 1], [2, -1], [2, -3]],
                0.8,
                hint="The full gradient is (2, 0), so |g|² is 4. What is noise(B) / |g|²?",
            ),
            size_case(
                [[1.0, 2], [1, 2], [1, 2]], 0.99, hint="All gradients are the same: no noise."
            ),
            size_case(
                [[1.0, 3], [1, 1], [1, -1], [1, -3]],
                1.0,
                hint="A cosine of 1 needs a mini-batch without any noise.",
            ),
            *(
                drawn_size_case(*sizes, seed=seed)
                for seed, sizes in enumerate(
                    [(12, 3, 0.5), (40, 10, 0.5), (40, 10, 0.9), (100, 20, 0.3), (100, 20, 0.8)], 1
                )
            ),
        ],
    )


# Makers of cases, also for the hidden tests


def noise_case(small, large, small_size, large_size, *, hint="", title=""):
    """A case of estimate_noise: rows of gradients of small and of large mini-batches."""
    small, large = np.array(small), np.array(large)

    def solve(a, b):
        """From the mean squared lengths a and b, by solving the two equations as a system."""
        signal, variance = np.linalg.solve([[1, 1 / small_size], [1, 1 / large_size]], [a, b])
        return float(f"{signal:.12g}"), float(f"{variance:.12g}")

    squares = [np.mean(np.sum(rows**2, axis=1)) for rows in (small, large)]
    of_means = [np.sum(rows.mean(axis=0) ** 2) for rows in (small, large)]
    of_lengths = [np.mean(np.linalg.norm(rows, axis=1)) ** 2 for rows in (small, large)]
    suspects = {
        "This comes out when the mean over the rows is taken before the square. The equations are "
        "about the mean of the squared lengths.": solve(*of_means),
        "This comes out when the mean of the lengths is squared. The equations are about the mean "
        "of the squares.": solve(*of_lengths),
        "This comes out when the mean is taken over all numbers. The squared length of a gradient "
        "is a sum over its numbers.": solve(*(np.mean(rows**2) for rows in (small, large))),
        "This comes out when the two values are returned in the other order.": solve(*squares)[
            ::-1
        ],
        "V is the variance of a single image's gradient, not of a mini-batch's.": (
            solve(*squares)[0],
            solve(*squares)[1] / small_size,
        ),
    }
    return Case(
        {"small": small, "large": large, "small_size": small_size, "large_size": large_size},
        solve(*squares),
        suspects=suspects,
        use=use_noise,
        parameters=("small", "large", "small_size", "large_size"),
        returns=("signal", "variance"),
        hint=hint,
        title=title,
    )


def use_noise(function, *inputs):
    """Call the function; an array of two numbers, as from np.linalg.solve, counts as a pair."""
    result = function(*inputs)
    two = isinstance(result, np.ndarray) and result.shape == (2,)
    return tuple(result) if two else result


def drawn_noise_case(M, K, P, small_size, large_size, *, seed, title=""):
    """A case of estimate_noise with M small and K large mini-batches of P numbers."""
    rng = np.random.default_rng(seed)
    small, large = (
        rng.normal(0.5, 2 / np.sqrt(size), (rows, P))
        for rows, size in ((M, small_size), (K, large_size))
    )
    return noise_case(
        small,
        large,
        small_size,
        large_size,
        title=title,
        hint=f"There are {M} small mini-batches and {K} large ones here. Do these "
        "two numbers stand in the equations?",
    )


def size_case(gradients, cosine, *, hint="", title=""):
    """A case of batch_size_for: gradients (N, P), a row for each image."""
    gradients = np.array(gradients)
    N, full = len(gradients), gradients.mean(axis=0)
    signal, V = full @ full, np.mean(np.sum((gradients - full) ** 2, axis=1))

    def smallest(left, most=N, strict=False):
        """The smallest B up to most; left(B) is the share of the noise V/B that is left."""
        sizes = np.arange(1, most + 1)
        cosines = 1 / np.sqrt(1 + V / signal / sizes * left(sizes))
        if strict and cosine < 1:
            assert np.abs(cosines - cosine).min() > 1e-6, "too close: rounding would decide"
        enough = np.flatnonzero(cosines >= cosine)
        return int(enough[0]) + 1 if len(enough) else N

    expected = smallest(lambda B: (N - B) / (N - 1), strict=True)
    mistakes = {
        "This comes out with noise V/B. Without replacement there is one factor more: see the "
        "second formula.": smallest(lambda B: 1, 100 * N),
        "This comes out with (N - B) / N. How much of V should be left for one image?": smallest(
            lambda B: (N - B) / N
        ),
        "This comes out when V is a mean over all numbers. |g_n - g|² is a sum over the weights, "
        "and V its mean over the images.": smallest(
            lambda B: (N - B) / (N - 1) / gradients.shape[1]
        ),
    }
    found = [expected, *mistakes.values()]
    suspects = {text: size for text, size in mistakes.items() if found.count(size) == 1}
    suspects[
        "None comes out when no return is reached. Which batch sizes does your loop try, up "
        "to and including N? And is c(N) = 1 enough for it?"
    ] = None
    return Case(
        {"gradients": gradients, "cosine": cosine},
        expected,
        hint=hint,
        suspects=suspects,
        returns="batch size",
        title=title or f"{N} images, cosine {cosine}",
    )


def drawn_size_case(N, P, cosine, *, seed, signal=0.5, title=""):
    rng = np.random.default_rng(seed)
    return size_case(
        rng.normal(signal, 2, (N, P)).round(3),
        cosine,
        title=title,
        hint="Which of V, |g|², N and B come into the formulas, and where?",
    )

"""Checks for assignment 05: mini-batches, their noise, and steps with Nesterov momentum.

How each function is called, and what all right results have in common. The cases are stored.
"""

import copy
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from course_lib.nn.layers import Layer
from course_lib.nn.networks import Sequential, parameter_slots

from .engine import CheckFailed, check
from .engine.calls import in_another_order, unchanged
from .engine.randomness import binomial_bounds, not_every_index_once, same, wrong_index_array

# Task 1: mini-batches

Batches = list[np.ndarray]  # of one pass

# One case that judges shuffles refuses a right function at most this often. There are four visible
# and four hidden ones: together less than 1 in 10,000.
ALARM = 1e-5


def minibatches(function: Callable[..., Any]) -> None:
    """function(count, batch_size, rng): something that yields arrays of the images' numbers.

    Four cases judge how well it is shuffled. Each refuses a right function less than once in
    100,000 times. With 99 % they find
    - in 8000 passes through 4 images, an order that comes 1.44 times as often as it should, or 0.64
      times (and the shuffle that swaps each image with any other, which prefers several orders);
    - in 2000 passes through 20 images, an image that is at some place, or directly before some
      other image, 1.93 times as often as it should, or 0.34 times; a place from which images go to
      some place of the next pass 2.37 times as often, or 0.16 times; and orders that are drawn
      from fewer than 400,000;
    - in a pass through 50,000 images, pairs of places of which the larger number comes second in
      52.2 % of the cases, or in 47.8 %.
    """
    check("minibatches", function)


def one_pass(function: Callable[..., Any], count: int, batch_size: int, seed: int) -> Batches:
    return batches_of(function, count, batch_size, np.random.default_rng(seed))


def many_passes(
    function: Callable[..., Any], count: int, batch_size: int, seeds: Iterable[int], passes: int
) -> list[Batches]:
    """So many passes with a generator of each seed, one after the other."""
    return [
        batches_of(function, count, batch_size, rng)
        for rng in map(np.random.default_rng, seeds)
        for _ in range(passes)
    ]


def two_at_once(
    function: Callable[..., Any], count: int, batch_size: int, seeds: tuple[int, int]
) -> tuple[Batches, Batches]:
    """Two passes, a mini-batch of the one and a mini-batch of the other in turn."""
    one, other = (
        started(function, count, batch_size, np.random.default_rng(seed)) for seed in seeds
    )
    pairs = list(itertools.islice(itertools.zip_longest(one, other), count + 1))
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def batches_of(
    function: Callable[..., Any], count: int, batch_size: int, rng: np.random.Generator
) -> Batches:
    """A list of the mini-batches, at most one more than there are images."""
    return list(itertools.islice(started(function, count, batch_size, rng), count + 1))


def started(
    function: Callable[..., Any], count: int, batch_size: int, rng: np.random.Generator
) -> Any:
    """What the function returns, to be run through."""
    batches = function(count, batch_size, rng)
    if batches is None:
        raise CheckFailed(
            "Your function returned None. It should yield the mini-batches, or "
            "return a list of them."
        )
    if isinstance(batches, np.ndarray) and batches.ndim == 1 and batches.dtype != object:
        raise CheckFailed(
            f"Your function returned one array, {batches}. A `for` loop that runs through it gets "
            "single numbers, and it should get mini-batches."
        )
    return batches


def wrong_batches(count: int, batch_size: int, batches: Batches) -> str | None:
    """What is wrong with the mini-batches of one pass, or None."""
    for number, batch in enumerate(batches):
        wrong = wrong_index_array(batch, f"Mini-batch {number}")
        if wrong:
            return wrong
    sizes = [len(batch) for batch in batches]
    wanted = [min(batch_size, count - start) for start in range(0, count, batch_size)]
    if sizes != wanted:
        more = " and more" if len(sizes) > count else ""
        return (
            f"{count} images in mini-batches of {batch_size} should come in sizes of "
            f"{shortly(wanted)}, and yours are {shortly(sizes)}{more}."
        )
    wrong = not_every_index_once(np.concatenate(batches), count)
    if wrong and any(itertools.starmap(np.shares_memory, itertools.pairwise(batches))):
        return (
            f"{wrong} Some mini-batches lie in the same memory: the later ones are in all of them."
        )
    return wrong


def shortly(numbers: Sequence[int]) -> str:
    text = ", ".join(map(str, numbers[:8]))
    return (text or "none") + (f" ... {numbers[-1]} ({len(numbers)} in all)" * (len(numbers) > 8))


def wrong_in_turn(count: int, batch_size: int, both: tuple[Batches, Batches]) -> str | None:
    """What is wrong with one of two passes that were gone through at the same time."""
    for name, batches in zip(("first", "second"), both, strict=True):
        wrong = wrong_batches(count, batch_size, [batch for batch in batches if batch is not None])
        if wrong:
            return f"Of two passes gone through at the same time, the {name}: {wrong}"
    return None


def repeated_passes(passes: list[Batches]) -> str | None:
    """What is wrong where two passes with one generator have the same order."""
    for (n, one), (m, other) in itertools.combinations(enumerate(passes, 1), 2):
        if same(one, other):
            return (
                f"{len(passes)} passes were made one after the other with one generator, and "
                f"passes {n} and {m} went through the images in the same order."
            )
    return None


def shuffled_badly(
    question: Callable[[np.ndarray], str | None],
    count: int,
    batch_size: int,
    passes: list[Batches],
) -> str | None:
    """What is wrong with single passes, else what question(orders) finds. orders: (D, count)."""
    for batches in passes:
        wrong = wrong_batches(count, batch_size, batches)
        if wrong:
            return wrong
    return question(np.array([np.concatenate(batches) for batches in passes]))


def uneven_orders(orders: np.ndarray) -> str | None:
    """An order that comes too often or too rarely. orders: (D, count) of a few images."""
    D, count = orders.shape
    digits = count ** np.arange(count)  # an order as a number in base `count`
    every = np.array(list(itertools.permutations(range(count))))
    often = np.bincount(orders @ digits, minlength=count**count)[every @ digits]
    number, usual = out_of_bounds(often, D, 1 / len(every), ALARM)
    if number is None:
        return None
    return (
        f"In {D} passes the order {every[number]} came {often[number]} times. Each of the "
        f"{len(every)} orders should come {usual}"
    )


def uneven_places(orders: np.ndarray) -> str | None:
    """Images that prefer a place, a neighbour, or where to go next, and orders that come again.

    orders: (D, count), passes 0 and 1 by one generator, 2 and 3, and so on.
    """
    D, count = orders.shape
    if len(np.unique(orders, axis=0)) < D:
        return (
            f"Among {D} passes, two went through all {count} images in the same order. There are "
            f"{float(math.factorial(count)):.0e} orders. How many of them can your function give?"
        )
    places = np.argsort(orders, axis=1)  # of each image
    numbers = np.broadcast_to(np.arange(count), orders.shape)
    for first, second, words in (
        (orders, numbers, "image {} was at place {}"),
        (orders[:, :-1], orders[:, 1:], "image {} came directly before image {}"),
        (
            places[::2],
            places[1::2],
            "the image of place {} was at place {} in the next pass with the same generator",
        ),
    ):
        often = np.bincount((first * count + second).ravel(), minlength=count**2)
        pairs = np.arange(count**2)
        if first.shape[1] < count:
            pairs = pairs[pairs % (count + 1) > 0]  # no image comes before itself
        number, usual = out_of_bounds(often[pairs], len(first), 1 / count, ALARM / 3)
        if number is not None:
            what = words.format(*divmod(int(pairs[number]), count))
            times = often[pairs[number]]
            return (
                f"In {len(first)} passes it happened {times} times that {what}. "
                f"It should happen {usual}"
            )
    return None


def uneven_pairs(orders: np.ndarray) -> str | None:
    """Numbers that still rise where they should be mixed. orders: (1, count) of many images."""
    order = orders[0]
    half = len(order) // 2
    for first, second, words in (
        (order[: 2 * half : 2], order[1 : 2 * half : 2], "one directly after the other"),
        (order[:half], order[-half:], "half the data set apart"),
    ):
        rising = np.array([np.count_nonzero(first < second)])
        number, usual = out_of_bounds(rising, half, 1 / 2, ALARM / 2)
        if number is not None:
            return (
                f"Of {half} pairs of images, {words} in your order, {rising[0]} have the larger "
                f"number in second place. It should be so {usual}"
            )
    return None


def out_of_bounds(
    often: np.ndarray, draws: int, chance: float, alarm: float
) -> tuple[int | None, str]:
    """The first place in `often` with a count that is unlikely, or None, and what is likely.

    often: how often each of several things happened in so many draws; each has the same chance.
    alarm: the probability of finding such a place where all is right.
    """
    fewest, most = binomial_bounds(draws, chance, alarm / len(often))
    outside = np.flatnonzero((often < fewest) | (often > most))
    usual = (
        f"about {draws * chance:.0f} times; by chance it is hardly ever fewer than {fewest} or "
        f"more than {most}."
    )
    return (int(outside[0]) if len(outside) else None), usual


# Task 2: the gradient of a mini-batch, put together from pieces


def accumulate(function: Callable[..., Any]) -> None:
    """function(network, loss, images, labels, piece) -> (mean loss, gradient row)."""
    check("accumulate", function)


class SmallMemory(Layer):
    """The layer that a network begins with here: it refuses more than `most` images at once."""

    def __init__(self, most: int) -> None:
        self.most = most

    def forward(self, x: np.ndarray) -> np.ndarray:
        if len(x) > self.most:
            raise CheckFailed(
                f"{len(x)} images were sent through the network at once, and with "
                f"piece={self.most} at most {self.most} fit into its memory."
            )
        return x

    def backward(self, dy: np.ndarray) -> np.ndarray:
        return dy


def use_accumulate(
    function: Callable[..., Any], network: Sequential, loss: Any, *arguments: Any
) -> Any:
    before = [array.copy() for array in network.parameters()]
    result = function(network, loss, *arguments)
    after = list(network.parameters())
    if len(before) != len(after) or not all(map(np.array_equal, before, after)):
        raise CheckFailed(
            "The weights of the network are not what they were before. Only the gradient is "
            "wanted, without a step."
        )
    return result


def use_accumulate_later(
    function: Callable[..., Any], network: Sequential, loss: Any, images: np.ndarray, *others: Any
) -> Any:
    """The network was used before: the gradients of another image lie in it."""
    network.backward(np.ones_like(network.forward(1 - images[:1])))
    return use_accumulate(function, network, loss, images, *others)


def use_accumulate_twice(
    function: Callable[..., Any],
    network: Sequential,
    loss: Any,
    images: np.ndarray,
    labels: np.ndarray,
    piece: int,
) -> list[Any]:
    """Two calls with the same objects; the weights are halved and the images turned in between."""
    images = images.copy()
    results = [use_accumulate(function, network, loss, images, labels, piece)]
    halve_weights(network)
    images[...] = images[::-1].copy()
    return [*results, use_accumulate(function, network, loss, images, labels, piece)]


def halve_weights(network: Sequential) -> None:
    for layer, name in parameter_slots(network):
        layer.params[name] *= 0.5


# Tasks 3 and 5: what mini-batches tell about the noise, and how many images it takes


def estimate_noise(function: Callable[..., Any]) -> None:
    """function(small, large, small_size, large_size) -> (signal, variance)."""
    check("estimate_noise", function)


def batch_size_for(function: Callable[..., Any]) -> None:
    """function(gradients, cosine) -> the smallest batch size, an int."""
    check("batch_size_for", function)


def use_noise(function: Callable[..., Any], *inputs: Any) -> Any:
    """Call the function; an array of two numbers, as from np.linalg.solve, counts as a pair."""
    result = function(*inputs)
    two = isinstance(result, np.ndarray) and result.shape == (2,)
    return tuple(result) if two else result


def use_same_arrays(
    function: Callable[..., Any], first: tuple[Any, ...], second: tuple[Any, ...]
) -> tuple[Any, Any]:
    """Call the function twice. The second time the same arrays are passed, with other numbers."""
    own = [value.copy() if isinstance(value, np.ndarray) else value for value in first]
    result = use_noise(function, *own)
    for array, numbers in zip(own, second, strict=True):
        if isinstance(array, np.ndarray):
            array[...] = numbers
    return result, use_noise(function, *own)


# Task 4: steps with Nesterov's momentum

Arrays = dict[str, np.ndarray]  # of a layer or a network, by their names
State = tuple[Arrays, Arrays, dict[Any, Any]]  # params, grads and velocities


def nesterov_step(function: Callable[..., Any]) -> None:
    """function(params, grads, velocities, learning_rate, momentum); changes params in place."""
    check("nesterov_step", function)


def use_steps(
    function: Callable[..., Any],
    params: Arrays,
    grads: list[Arrays],
    learning_rates: list[float],
    momenta: list[float],
    arrange: Callable[..., State] | None = None,
) -> Arrays:
    """Call the function once for each step, with one dict of velocities that is empty at first.

    arrange(weights, gradient, velocities, the gradient before or None) -> what is passed instead.
    """
    weights = {name: array.copy() for name, array in params.items()}
    velocities: dict[Any, Any] = {}
    before = None
    for gradient, rate, momentum in zip(grads, learning_rates, momenta, strict=True):
        if arrange:
            weights, gradient, velocities = arrange(weights, gradient, velocities, before)
        one_step(function, weights, gradient, velocities, rate, momentum)
        before = gradient
    return weights


def one_step(
    function: Callable[..., Any],
    weights: Arrays,
    gradient: Arrays,
    velocities: dict[Any, Any],
    rate: float,
    momentum: float,
) -> None:
    """One call. Raises CheckFailed where params has other arrays after it, or grads was changed."""
    arrays = dict(weights)
    kept = {name: array.copy() for name, array in gradient.items()}
    function(weights, gradient, velocities, rate, momentum)
    for name, array in arrays.items():
        if weights.get(name) is not array:
            raise CheckFailed(
                f"params[{name!r}] is another array after the step. The layers "
                "of the network hold the old one: change its numbers instead."
            )
    if not unchanged(gradient, kept):
        raise CheckFailed("The arrays in grads are not what they were before the step.")


# What `arrange` can be: the same training, with other arrays and dicts


def in_the_same_arrays(
    weights: Arrays, gradient: Arrays, velocities: dict[Any, Any], before: Arrays | None
) -> State:
    """Each gradient is written over the one before it."""
    if before is None:
        before = {name: np.zeros_like(array) for name, array in gradient.items()}
    for name, array in before.items():
        array[...] = gradient[name]
    return weights, before, velocities


def in_other_orders(
    weights: Arrays, gradient: Arrays, velocities: dict[Any, Any], before: Arrays | None
) -> State:
    """The order of the names changes: in params with each step, in grads after the first one."""
    if before is None:
        gradient = dict(reversed(gradient.items()))
    return dict(reversed(weights.items())), gradient, velocities


def in_larger_arrays(
    weights: Arrays, gradient: Arrays, velocities: dict[Any, Any], before: Arrays | None
) -> State:
    """The weights are parts of larger arrays, or lie in another order in memory."""
    if before is None:
        weights = {
            name: in_another_order(array, number)
            for number, (name, array) in enumerate(weights.items())
        }
    return weights, gradient, velocities


def stopped_and_continued(
    weights: Arrays, gradient: Arrays, velocities: dict[Any, Any], before: Arrays | None
) -> State:
    """Everything is copied before each step, as when training is saved and read again."""
    return copy.deepcopy(weights), gradient, copy.deepcopy(velocities)


def in_exchanged_arrays(
    weights: Arrays, gradient: Arrays, velocities: dict[Any, Any], before: Arrays | None
) -> State:
    """A new dict in which each name has the next one's array, with its own numbers in it.

    All arrays have one shape.
    """
    numbers = [array.copy() for array in weights.values()]
    arrays = list(weights.values())
    arrays = arrays[1:] + arrays[:1]
    for array, own in zip(arrays, numbers, strict=True):
        array[...] = own
    return dict(zip(weights, arrays, strict=True)), gradient, velocities


def use_in_turn(
    function: Callable[..., Any],
    params: list[Arrays],
    grads: list[list[Arrays]],
    learning_rate: float,
    momentum: float,
) -> list[Arrays]:
    """Several networks, each with velocities of its own: a step of the first, of the second ..."""
    weights = [{name: array.copy() for name, array in own.items()} for own in params]
    velocities: list[dict[Any, Any]] = [{} for _ in params]
    for gradients in zip(*grads, strict=True):
        for own, memory, gradient in zip(weights, velocities, gradients, strict=True):
            one_step(function, own, gradient, memory, learning_rate, momentum)
    return weights

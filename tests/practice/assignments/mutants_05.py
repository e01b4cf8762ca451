"""Mistakes that students make in assignment 05."""

import numpy as np

from course_lib.nn import losses
from tests.practice.assignments import changes, endless
from tests.practice.assignments import solutions_05 as right


def order_of_batches(count, batch_size, rng):
    """only the order of the mini-batches is shuffled"""
    full = count // batch_size * batch_size
    for start in rng.permutation(np.arange(0, full, batch_size)):
        yield np.arange(start, start + batch_size)
    if full < count:
        yield np.arange(full, count)


@endless
def for_ever(count, batch_size, rng):
    """counts up in a loop that never moves on"""
    batches, start = [], 0
    while start < count:
        batches = [np.arange(start, start + batch_size)]
    return batches


def yields_for_ever(count, batch_size, rng):
    """passes without end: the loop over the epochs is inside"""
    while True:
        yield from right.minibatches(count, batch_size, rng)


BATCHES = changes(
    right.minibatches,
    """
    the last short mini-batch is dropped
        range(0, count, batch_size) => range(0, count - batch_size + 1, batch_size)
    an empty mini-batch at the end | range(0, count, batch_size) => range(0, count + 1, batch_size)
    not shuffled | rng.permutation(count) => np.arange(count)
    each mini-batch shuffled by itself: the same images always stay together
        order = rng.permutation(count) => order = np.arange(count)
        yield order[start : start + batch_size] => yield rng.permutation(order[start : start + batch_size])
    every mini-batch is drawn anew from all the images
        order[start : start + batch_size] => rng.choice(count, min(batch_size, count - start), replace=False)
    the last mini-batch is filled up with images from the beginning
        rng.permutation(count) => np.resize(rng.permutation(count), -(-count // batch_size) * batch_size)
    the images in their order, beginning at a random one
        rng.permutation(count) => np.roll(np.arange(count), rng.integers(count))
    drawn with replacement | rng.permutation(count) => rng.integers(count, size=count)
    a generator of its own | rng.permutation => np.random.default_rng().permutation
    the same order in each pass | rng.permutation => np.random.default_rng(0).permutation
    numbers from 1 to count | rng.permutation(count) => rng.permutation(count) + 1
    image 0 left out | rng.permutation(count) => rng.permutation(np.arange(1, count))
    an image too many in each | start : start + batch_size => start : start + batch_size + 1
    the short mini-batch comes first
        range(0, count, batch_size) => reversed(range(0, count, batch_size))
    steps of 1 | range(0, count, batch_size) => range(0, count)
    batch_size mini-batches
        range(0, count, batch_size) => range(0, count, -(-count // batch_size))
        start + batch_size => start + -(-count // batch_size)
    lists, not arrays
        order[start : start + batch_size] => order[start : start + batch_size].tolist()
    float numbers | rng.permutation(count) => rng.permutation(count) / 1
    only the first mini-batch: return for yield | yield order => return order
    pairs of number and mini-batch | yield order[start => yield start, order[start
    """,
) + [order_of_batches, for_ever, yields_for_ever]
BATCHES += changes(
    right.batches_by_split,
    """
    np.array_split: mini-batches of nearly equal size
        np.split(order, np.arange(batch_size, count, batch_size)) => np.array_split(order, -(-count // batch_size))
    """,
)


def own_loss(network, loss, images, labels, piece):
    """its own cross-entropy, whatever loss is given"""
    return right.accumulate(network, losses.CrossEntropyLoss(), images, labels, piece)


PIECES = [own_loss] + changes(
    right.accumulate,
    r"""
    every piece counts the same | len(x) / len(images) => 1 / -(-len(images) // piece)
    the pieces added up | len(x) / len(images) => 1
    weighted with piece / N, the last one too | len(x) / len(images) => piece / len(images)
    divided by the number of whole pieces | len(x) / len(images) => 1 / max(1, len(images) // piece)
    added up over the images, never divided | len(x) / len(images) => len(x)
    divided by the size of the piece, which the loss has done
        len(x) / len(images) => 1 / len(images)
    only the last piece
        gradient + share * diag => diag
        value += share * => value =
    the loss of the last piece | value += share * => value =
    the sum of the losses | value += share * => value +=
    the loss right, the gradients only added up | gradient + share * => gradient +
    the last short piece dropped
        range(0, len(images), piece) => range(0, max(1, len(images) - piece + 1), piece)
    the labels of the first piece for all
        labels[start : start + piece] => labels[: len(images[start : start + piece])]
    only the first piece: return in the loop | \n    return value => \n        return value
    the gradient before the value | return value, gradient => return gradient, value
    only the gradient | return value, gradient => return gradient
    sends all the images through the network at once
        range(0, len(images), piece) => [0]
        start + piece => len(images)
    takes a step after every piece
        gradient = gradient => network.layers[1].params["weight"] -= 0.01; gradient = gradient
    forward in pieces, and backward only at the end
        network.backward(loss.backward()) => pass
        gradient = gradient + share * diagnostics.gradient_row(network) => pass
        return value => network.backward(loss.backward()); gradient = diagnostics.gradient_row(network); return value
    the images of the caller shuffled in place
        value, gradient = 0.0, 0.0 => value, gradient = 0.0, 0.0; images[:] = images[::-1]; labels[:] = labels[::-1]
    steps of one image, pieces that overlap | range(0, len(images), piece) => range(len(images))
    a dict of gradients, by layer | return value, gradient => return value, {'all': gradient}
    """,
)

NOISE = changes(
    right.estimate_noise,
    """
    the square of the mean gradient
        np.mean(np.sum(small**2, axis=1)) => np.sum(small.mean(axis=0) ** 2)
        np.mean(np.sum(large**2, axis=1)) => np.sum(large.mean(axis=0) ** 2)
    the square of the mean length
        np.mean(np.sum(small**2, axis=1)) => np.linalg.norm(small, axis=1).mean() ** 2
        np.mean(np.sum(large**2, axis=1)) => np.linalg.norm(large, axis=1).mean() ** 2
    lengths, not their squares
        np.mean(np.sum(small**2, axis=1)) => np.linalg.norm(small, axis=1).mean()
        np.mean(np.sum(large**2, axis=1)) => np.linalg.norm(large, axis=1).mean()
    the mean over all numbers
        np.sum(small**2, axis=1) => small**2
        np.sum(large**2, axis=1) => large**2
    the sum over all rows
        np.mean(np.sum(small**2, axis=1)) => np.sum(small**2)
        np.mean(np.sum(large**2, axis=1)) => np.sum(large**2)
    both divided by the rows of small
        np.mean(np.sum(large**2, axis=1)) => np.sum(large**2) / len(small)
    summed over the wrong axis | axis=1 => axis=0
    noise times size | (1 / small_size - 1 / large_size) => (large_size - small_size)
    the sign of the difference
        (1 / small_size - 1 / large_size) => (1 / large_size - 1 / small_size)
    the sizes exchanged in the second equation | variance / small_size => variance / large_size
    the variance not divided | variance / small_size => variance
    small mini-batches taken for single images | variance = ( => small_size = 1; variance = (
    the large gradient taken for the full one
        return small_square - variance / small_size => return large_square
    negative estimates set to 0 | return => variance = max(variance, 0.0); return
    a negative signal made positive
        return small_square - variance / small_size => return abs(small_square - variance / small_size)
    the two in the other order
        return small_square - variance / small_size, variance => return variance, small_square - variance / small_size
    the noise scale in place of the variance
        variance / small_size, variance => variance / small_size, variance / (small_square - variance / small_size)
    the variance of a small mini-batch
        variance / small_size, variance => variance / small_size, variance / small_size
    sizes from the number of rows
        variance = ( => small_size, large_size = len(small), 2 * len(large) + len(small); variance = (
    the length, not its square, as the signal
        return small_square - variance / small_size => return np.sqrt(abs(small_square - variance / small_size))
    the variance of the rows, from NumPy
        variance = (small_square - large_square) / (1 / small_size - 1 / large_size) => variance = small_size * np.sum(small.var(axis=0))
    """,
)

MEMORY = {}


def module_memory(params, grads, velocities, learning_rate, momentum):
    """remembers outside of velocities, for all networks together"""
    for name, gradient in grads.items():
        velocity = MEMORY.get(name, np.zeros(1))
        if velocity.shape != gradient.shape:
            velocity = np.zeros_like(gradient)
        MEMORY[name] = momentum * velocity + gradient
        params[name] -= learning_rate * (gradient + momentum * MEMORY[name])


NESTEROV = [module_memory] + changes(
    right.nesterov_step,
    r"""
    ordinary momentum | (gradient + momentum * velocity) => velocity
    the old velocity in the second formula
        (gradient + momentum * velocity) => (gradient + momentum * old)
        velocity = momentum => old = velocities.get(name, 0.0); velocity = momentum
    the first velocity is the gradient's own array, which the caller writes over
        + gradient => + gradient if name in velocities else gradient
    looks the velocity up before it is there | velocities.get(name, 0.0) => velocities[name]
    remembers in a default argument
        momentum): => momentum, own={}):
        velocities.get( => own.get(
        velocities[name] => own[name]
    plain gradient descent | (gradient + momentum * velocity) => gradient
    the velocity is not kept | velocities[name] = velocity => pass
    the learning rate inside the velocity
        + gradient => + learning_rate * gradient
        learning_rate * (gradient + momentum * velocity) => learning_rate * gradient + momentum * velocity
    uphill | params[name] -= => params[name] +=
    a moving mean: 1 - momentum times the gradient | + gradient => + (1 - momentum) * gradient
    the velocity twice: g + v | (gradient + momentum * velocity) => (gradient + velocity)
    the gradient forgotten in the second formula
        gradient + momentum * velocity => momentum * velocity
    momentum 0.9, whatever is asked for | velocity = momentum => momentum = 0.9; velocity = momentum
    new arrays in place of the old ones
        params[name] -= learning_rate * (gradient + momentum * velocity) => params[name] = params[name] - learning_rate * (gradient + momentum * velocity)
    one velocity for all arrays
        velocities.get(name, 0.0) => velocities.get('v', 0.0)
        velocities[name] => velocities['v']
    one velocity for all arrays of a shape
        velocities.get(name, 0.0) => velocities.get(gradient.shape, 0.0)
        velocities[name] => velocities[gradient.shape]
    only weight and bias
        in grads.items(): => in grads.items():\n        if name not in ('weight', 'bias'):\n            continue
    only the weights, not the biases
        in grads.items(): => in grads.items():\n        if name == 'bias':\n            continue
    the gradients changed in place
        velocity = momentum * velocities.get(name, 0.0) + gradient => gradient += momentum * velocities.get(name, 0.0); velocity = gradient.copy()
    the velocity begins at the gradient twice
        velocities.get(name, 0.0) => velocities.get(name, gradient)
    return within the loop | momentum * velocity) => momentum * velocity); return
    """,
)
NESTEROV += changes(
    right.nesterov_in_place,
    """
    the first velocity is the gradient's own array, and is changed in the next step
        velocities[name] = np.zeros_like(params[name]) => velocities[name] = grads[name]
        velocity *= momentum => velocity *= 1.0 if velocity is grads[name] else momentum
        velocity += grads[name] => velocity += 0.0 if velocity is grads[name] else grads[name]
    """,
)

SIZES = changes(
    right.batch_size_for,
    """
    with replacement | * (N - sizes) / (N - 1) =>
    (N - B) / N | / (N - 1) => / N
    (N - B - 1) / (N - 1) | (N - sizes) => (N - sizes - 1)
    N - 1 in the variance
        V = np.mean(np.sum((gradients - full) ** 2, axis=1)) => V = np.sum((gradients - full) ** 2) / (N - 1)
    V as a mean over all numbers
        np.mean(np.sum((gradients - full) ** 2, axis=1)) => np.mean((gradients - full) ** 2)
    V as a sum over the images
        np.mean(np.sum((gradients - full) ** 2, axis=1)) => np.sum((gradients - full) ** 2)
    the mean square, without the mean taken off | (gradients - full) ** 2 => gradients**2
    the length of g, not its square | (full @ full) => np.linalg.norm(full)
    V alone, not compared with g | / (full @ full) =>
    the mean of the squared lengths in place of |g|²
        (full @ full) => np.mean(np.sum(gradients**2, axis=1))
    the root forgotten | np.sqrt(1 + noise / (full @ full)) => (1 + noise / (full @ full))
    noise not squared away: 1 / (1 + root)
        np.sqrt(1 + noise / (full @ full)) => (1 + np.sqrt(noise / (full @ full)))
    one too few: counted from 0
        int(sizes[expected >= cosine][0]) => int(np.flatnonzero(expected >= cosine)[0])
    the largest size that is not enough
        int(sizes[expected >= cosine][0]) => max(1, int(sizes[expected >= cosine][0]) - 1)
    the largest size | [expected >= cosine][0] => [expected >= cosine][-1]
    at most the cosine | expected >= cosine => expected <= cosine
    more than the cosine | expected >= cosine => (expected > cosine) | (expected == 2)
    only sizes up to N - 1 | np.arange(1, N + 1) => np.arange(1, N)
    a loop up to N - 1, and None where no size in it is enough
        int(sizes[expected >= cosine][0]) => next((B for B in range(1, N) if expected[B - 1] >= cosine), None)
    only powers of 2
        np.arange(1, N + 1) => 2 ** np.arange(0, 12)
        (N - sizes) => np.maximum(N - sizes, 0)
    the cosine itself returned
        int(sizes[expected >= cosine][0]) => float(expected[expected >= cosine][0])
    a float | int(sizes[expected >= cosine][0]) => float(sizes[expected >= cosine][0])
    the angle in place of its cosine
        expected >= cosine => np.arccos(np.minimum(expected, 1)) <= 1 - cosine
    the gradients centred in place
        V = np.mean(np.sum((gradients - full) ** 2, axis=1)) => gradients -= full; V = np.mean(np.sum(gradients**2, axis=1))
    the noise scale rounded up
        int(sizes[expected >= cosine][0]) => int(np.ceil(V / (full @ full)))
    """,
)
SIZES += changes(
    right.size_by_trying,
    "with replacement, and beyond N | * (N - B) / (B * (N - 1) * signal) => / (B * signal)",
)

MUTANTS = {
    "minibatches": BATCHES,
    "accumulate": PIECES,
    "estimate_noise": NOISE,
    "nesterov_step": NESTEROV,
    "batch_size_for": SIZES,
}

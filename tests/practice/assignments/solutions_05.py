"""Right solutions of assignment 05, as different from each other as they get."""

import numpy as np

from course_lib import diagnostics
from course_lib.nn import networks


def minibatches(count, batch_size, rng):
    """A permutation, cut into slices by a generator."""
    order = rng.permutation(count)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size]


def batches_by_split(count, batch_size, rng):
    """Shuffled in place, cut by np.split; returns a list."""
    order = np.arange(count)
    rng.shuffle(order)
    return np.split(order, np.arange(batch_size, count, batch_size))


def batches_by_keys(count, batch_size, rng):
    """Sorted by random keys; Python lists until the end, in small numbers."""
    keys = rng.random(count)
    waiting = sorted(range(count), key=keys.__getitem__)
    while waiting:
        yield np.array(waiting[:batch_size], np.int32)
        waiting = waiting[batch_size:]


def accumulate(network, loss, images, labels, piece):
    """Each piece weighted with its share of the images."""
    value, gradient = 0.0, 0.0
    for start in range(0, len(images), piece):
        x, y = images[start : start + piece], labels[start : start + piece]
        share = len(x) / len(images)
        value += share * loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        gradient = gradient + share * diagnostics.gradient_row(network)
    return value, gradient


def accumulate_sums(network, loss, images, labels, piece):
    """The sum over the images, divided at the end; backward from the last piece to the first."""
    N, value, rows = len(images), 0.0, []
    for start in reversed(range(0, N, piece)):
        chosen = np.arange(start, min(start + piece, N))
        value += loss.forward(network.forward(images[chosen]), labels[chosen]) * len(chosen)
        network.backward_to_params(loss.backward() * len(chosen))
        rows.append(diagnostics.gradient_row(network))
    return value / N, sum(rows) / N


def accumulate_by_layers(net, loss, images, labels, piece):
    """Adds up each layer's own arrays, one image at a time, and joins them at the end."""
    totals = [np.zeros_like(layer.params[name]) for layer, name in networks.parameter_slots(net)]
    values = []
    for n in range(len(images)):
        values.append(loss.forward(net.forward(images[n : n + 1]), labels[n : n + 1]))
        net.backward(loss.backward())
        for total, (layer, name) in zip(totals, networks.parameter_slots(net), strict=True):
            total += layer.grads[name]
    row = np.concatenate([total.ravel() for total in totals])
    return np.mean(values), row / len(images)


def estimate_noise(small, large, small_size, large_size):
    """The difference of the two equations."""
    small_square = np.mean(np.sum(small**2, axis=1))
    large_square = np.mean(np.sum(large**2, axis=1))
    variance = (small_square - large_square) / (1 / small_size - 1 / large_size)
    return small_square - variance / small_size, variance


def noise_by_paper(small, large, small_size, large_size):
    """The formulas of McCandlish and others, appendix A; squares by einsum."""
    b, B = small_size, large_size
    s, g = (np.einsum("ij,ij->", rows, rows) / len(rows) for rows in (small, large))
    return (B * g - b * s) / (B - b), (s - g) / (1 / b - 1 / B)


def noise_by_system(small, large, small_size, large_size):
    """np.linalg.solve, and norms in a loop; returns an array of two numbers."""
    squares = [sum(np.linalg.norm(row) ** 2 for row in rows) / len(rows) for rows in (small, large)]
    return np.linalg.solve([[1, 1 / small_size], [1, 1 / large_size]], squares)


def nesterov_step(params, grads, velocities, learning_rate, momentum):
    """The two formulas, array by array."""
    for name, gradient in grads.items():
        velocity = momentum * velocities.get(name, 0.0) + gradient
        velocities[name] = velocity
        params[name] -= learning_rate * (gradient + momentum * velocity)


def nesterov_in_place(params, grads, velocities, learning_rate, momentum):
    """Velocities that are changed in place, from zeros."""
    for name in params:
        if name not in velocities:
            velocities[name] = np.zeros_like(params[name])
        velocity = velocities[name]
        velocity *= momentum
        velocity += grads[name]
        params[name][...] = params[name] - learning_rate * (grads[name] + momentum * velocity)


def nesterov_number_by_number(params, grads, velocities, learning_rate, momentum):
    """Every number by itself; remembers under (name, place)."""
    for name, weights in params.items():
        for place in np.ndindex(weights.shape):
            g = float(grads[name][place])
            v = velocities[name, place] = momentum * velocities.get((name, place), 0.0) + g
            weights[place] -= learning_rate * (g + momentum * v)


def batch_size_for(gradients, cosine):
    """All sizes at once."""
    N = len(gradients)
    full = gradients.mean(axis=0)
    V = np.mean(np.sum((gradients - full) ** 2, axis=1))
    sizes = np.arange(1, N + 1)
    noise = V / sizes * (N - sizes) / (N - 1)
    expected = 1 / np.sqrt(1 + noise / (full @ full))
    return int(sizes[expected >= cosine][0])


def size_by_trying(gradients, cosine):
    """One size after the other, V from the mean square."""
    N, full = len(gradients), gradients.mean(0)
    signal = np.dot(full, full)
    V = max((gradients**2).sum() / N - signal, 0.0)
    B = 1
    while 1 / (1 + V * (N - B) / (B * (N - 1) * signal)) ** 0.5 < cosine:
        B += 1
    return B


def size_by_formula(gradients, cosine):
    """Solved for B, and rounded up."""
    N, full = len(gradients), gradients.mean(axis=0)
    if not np.ptp(gradients, axis=0).any():
        return 1
    S = np.sum(np.var(gradients, axis=0)) / np.sum(full**2)
    allowed = 1 / cosine**2 - 1  # noise over signal
    return min(N, max(1, int(np.ceil(S * N / (allowed * (N - 1) + S)))))


SOLUTIONS = {
    "minibatches": [minibatches, batches_by_split, batches_by_keys],
    "accumulate": [accumulate, accumulate_sums, accumulate_by_layers],
    "estimate_noise": [estimate_noise, noise_by_paper, noise_by_system],
    "nesterov_step": [nesterov_step, nesterov_in_place, nesterov_number_by_number],
    "batch_size_for": [batch_size_for, size_by_trying, size_by_formula],
}

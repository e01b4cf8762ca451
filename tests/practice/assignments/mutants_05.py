"""Mistakes that students make in assignment 05."""

import numpy as np

from course_lib import diagnostics
from course_lib.nn import layers, losses
from tests.practice.assignments import changes, endless
from tests.practice.assignments import solutions_05 as right


def order_of_batches(count, batch_size, rng):
    """only the order of the mini-batches is shuffled"""
    full = count // batch_size * batch_size
    for start in rng.permutation(np.arange(0, full, batch_size)):
        yield np.arange(start, start + batch_size)
    if full < count:
        yield np.arange(full, count)


def naive_swaps(count, batch_size, rng):
    """each image swapped with any other one: some orders are more likely"""
    order = np.arange(count)
    for i in range(count):
        j = rng.integers(count)
        order[i], order[j] = order[j], order[i]
    return right.batches_by_split(count, batch_size, Drawn(order))


def cycles(count, batch_size, rng):
    """each image swapped with one before it, never with itself: only cycles come out"""
    order = np.arange(count)
    for i in range(count - 1, 0, -1):
        j = rng.integers(i)
        order[i], order[j] = order[j], order[i]
    return right.batches_by_split(count, batch_size, Drawn(order))


class Drawn:
    """A generator that has drawn its order already."""

    def __init__(self, order):
        self.order = order

    def shuffle(self, numbers):
        numbers[:] = self.order


def never_sorted(count, batch_size, rng):
    """shuffles once more where the order has not changed"""
    order = rng.permutation(count)
    while count > 1 and np.array_equal(order, np.arange(count)):
        order = rng.permutation(count)
    return np.split(order, np.arange(batch_size, count, batch_size))


def last_in_order(count, batch_size, rng):
    """what is left for the last mini-batch stays in order"""
    left = np.arange(count)
    while len(left) > batch_size:
        chosen = rng.choice(left, batch_size, replace=False)
        left = np.setdiff1d(left, chosen)
        yield chosen
    yield left


def shuffle_buffer(count, batch_size, rng):
    """a buffer of 1000 images, out of which each next one is drawn"""
    buffer, order = list(range(min(count, 1000))), []
    for following in range(1000, count):
        place = rng.integers(1000)
        order.append(buffer[place])
        buffer[place] = following
    order = np.concatenate([np.array(order, int), rng.permutation(buffer)])
    return np.split(order, np.arange(batch_size, count, batch_size))


ORDERS = {}


def shuffled_further(count, batch_size, rng):
    """shuffles the order of the last call further"""
    order = ORDERS.setdefault(count, np.arange(count))
    rng.shuffle(order)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size].copy()


def order_for_all(count, batch_size, rng):
    """two passes at the same time share one array for their order"""
    order = ORDERS.setdefault(-count, np.arange(count))
    order[:] = rng.permutation(count)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size].copy()


def one_buffer(count, batch_size, rng):
    """all mini-batches in one array, which is written over"""
    order, buffer = rng.permutation(count), np.empty(batch_size, int)
    for start in range(0, count, batch_size):
        batch = buffer[: min(batch_size, count - start)]
        batch[:] = order[start : start + batch_size]
        yield batch


PASSES = {}


def there_and_back(count, batch_size, rng):
    """every second pass with a generator is the last one in reverse"""
    seed = rng.bit_generator.seed_seq.entropy, count, batch_size
    known, order = PASSES.pop(seed, (None, None))
    if known is rng:
        rng.permutation(count)
        order = order[::-1]
    else:
        order = rng.permutation(count)
        PASSES[seed] = rng, order
    return np.split(order, np.arange(batch_size, count, batch_size))


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
    numbers of 16 bits, which overflow | (count) => (count).astype(np.int16)
    sorted by keys of which there are 100, so that ties keep their order
        rng.permutation(count) => np.argsort(rng.integers(100, size=count), kind="stable")
    sorted by keys of which there are 50,000
        rng.permutation(count) => np.argsort(rng.integers(50_000, size=count), kind="stable")
    the order of one of a thousand seeds
        rng.permutation => np.random.default_rng(rng.integers(1000)).permutation
    the order of one of 65,536 seeds
        rng.permutation => np.random.default_rng(rng.integers(2**16)).permutation
    sorted inside each mini-batch
        yield order[start : start + batch_size] => yield np.sort(order[start : start + batch_size])
    not shuffled where all images are in one mini-batch
        rng.permutation(count) => rng.permutation(count) if count > batch_size else np.arange(count)
    the halves of the data set shuffled by themselves
        rng.permutation(count) => np.concatenate([rng.permutation(count // 2), rng.permutation(np.arange(count // 2, count))])
    pairs of images that stay side by side
        rng.permutation(count) => np.concatenate([2 * k + np.arange(2) for k in rng.permutation(count // 2)] + [np.arange(count // 2 * 2, count)])
    """,
) + [
    order_of_batches,
    for_ever,
    yields_for_ever,
    naive_swaps,
    cycles,
    never_sorted,
    last_in_order,
    shuffle_buffer,
    shuffled_further,
    order_for_all,
    one_buffer,
    there_and_back,
]
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


KNOWN = {}


def known_images(network, loss, images, labels, piece):
    """remembers the result of each array of images, by its id"""
    result = right.accumulate(network, loss, images, labels, piece)
    return KNOWN.setdefault(("images", id(images), images.shape, piece), (images, result))[1]


def known_shapes(network, loss, images, labels, piece):
    """remembers results by the shape of the images"""
    result = right.accumulate(network, loss, images, labels, piece)
    return KNOWN.setdefault((images.shape, piece, type(loss)), result)


def halves(network, loss, images, labels, piece):
    """the mean of two halves, however many images each has"""
    N = len(images)
    if piece >= N:
        return right.accumulate(network, loss, images, labels, piece)
    parts = [
        halves(network, loss, images[part], labels[part], piece)
        for part in (slice(N // 2), slice(N // 2, N))
    ]
    return tuple(sum(values) / 2 for values in zip(*parts, strict=True))


def too_large_pieces(network, loss, images, labels, piece):
    """the number of pieces rounded down, so that they are larger than allowed"""
    fewest = max(1, len(images) // piece)
    return right.accumulate(network, loss, images, labels, -(-len(images) // fewest))


def filled_up(network, loss, images, labels, piece):
    """the last piece filled up with images from before it"""
    value, gradient, N = 0.0, 0.0, len(images)
    for start in range(0, N, piece):
        first = max(0, min(start, N - piece))
        x, y = images[first : first + piece], labels[first : first + piece]
        share = min(piece, N - start) / N
        value += share * loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        gradient = gradient + share * diagnostics.gradient_row(network)
    return value, gradient


def layer_by_layer(network, loss, images, labels, piece):
    """all the images at once, past the network: layer by layer"""
    x = images
    for layer in network.layers:
        x = layer.forward(x)
    value, dy = loss.forward(x, labels), loss.backward()
    for layer in reversed(network.layers):
        dy = layer.backward(dy)
    return value, diagnostics.gradient_row(network)


def from_per_image_gradients(network, loss, images, labels, piece):
    """lets the library's per_image_gradients do it"""
    table = diagnostics.per_image_gradients(network, loss, images, labels, np.float64)
    return right.accumulate(network, loss, images, labels, piece)[0], table.mean(axis=0)


def two_linear_layers(network, loss, images, labels, piece):
    """the gradients of linear layers alone"""
    value, gradient = 0.0, 0.0
    dense = [layer for layer in network.layers if isinstance(layer, layers.Linear)]
    for start in range(0, len(images), piece):
        x, y = images[start : start + piece], labels[start : start + piece]
        share = len(x) / len(images)
        value += share * loss.forward(network.forward(x), y)
        network.backward(loss.backward())
        row = [layer.grads[name].ravel() for layer in dense for name in ("weight", "bias")]
        gradient = gradient + share * np.concatenate(row)
    return value, gradient


def on_top(network, loss, images, labels, piece):
    """adds to the gradients that lie in the network"""
    try:
        before = diagnostics.gradient_row(network)
    except RuntimeError:
        before = 0.0
    value, gradient = right.accumulate(network, loss, images, labels, piece)
    return value, before + gradient


BUFFERS = {}


def shared_sum(network, loss, images, labels, piece):
    """adds up in an array that the next call uses again"""
    value, gradient = right.accumulate(network, loss, images, labels, piece)
    buffer = BUFFERS.setdefault(gradient.size, np.empty(gradient.size))
    buffer[:] = gradient
    return value, buffer


PIECES = [
    own_loss,
    known_images,
    known_shapes,
    halves,
    too_large_pieces,
    filled_up,
    layer_by_layer,
    from_per_image_gradients,
    two_linear_layers,
    on_top,
    shared_sum,
] + changes(
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
        gradient = gradient => next(network.parameters())[:] -= 0.01; gradient = gradient
    forward in pieces, and backward only at the end
        network.backward(loss.backward()) => pass
        gradient = gradient + share * diagnostics.gradient_row(network) => pass
        return value => network.backward(loss.backward()); gradient = diagnostics.gradient_row(network); return value
    the images of the caller shuffled in place
        value, gradient = 0.0, 0.0 => value, gradient = 0.0, 0.0; images[:] = images[::-1]; labels[:] = labels[::-1]
    steps of one image, pieces that overlap | range(0, len(images), piece) => range(len(images))
    a dict of gradients, by layer | return value, gradient => return value, {'all': gradient}
    the last piece counts as N % piece images
        len(x) / len(images) => (len(images) % piece if start + piece >= len(images) else piece) / len(images)
    the gradient added up in float32
        + share * diagnostics.gradient_row(network) => + np.float32(share) * diagnostics.gradient_row(network).astype(np.float32)
        return value, gradient => return value, gradient.astype(np.float64)
    the loss rounded to 6 digits | return value, gradient => return round(value, 6), gradient
    the loss of all the images at once
        return value, gradient => value = loss.forward(network.forward(images), labels); return value, gradient
    each image with the label of the one before it
        labels[start : start + piece] => np.roll(labels, 1)[start : start + piece]
    """,
)


def known_tables(small, large, small_size, large_size):
    """remembers the squares of a table, by its id"""
    means = []
    for table in (small, large):
        square = np.mean(np.sum(table**2, axis=1))
        means.append(KNOWN.setdefault(("table", id(table), table.shape), (table, square))[1])
    return right.estimate_noise(*(np.array([[np.sqrt(m)]]) for m in means), small_size, large_size)


def known_table_shapes(small, large, small_size, large_size):
    """remembers results by the shapes and sizes"""
    key = small.shape, large.shape, small_size, large_size
    return KNOWN.setdefault(key, right.estimate_noise(small, large, small_size, large_size))


def crude_solver(small, large, small_size, large_size):
    """least squares with a tolerance that drops a small direction"""
    squares = [np.mean(np.sum(rows**2, axis=1)) for rows in (small, large)]
    matrix = np.array([[1, 1 / small_size], [1, 1 / large_size]])
    return tuple(np.linalg.lstsq(matrix, np.array(squares), rcond=1e-2)[0])


def squared_in_place(small, large, small_size, large_size):
    """squares the table in place, and takes the root at the end"""
    np.square(large, out=large)
    variance = (np.sum(small**2) / len(small) - np.sum(large) / len(large)) / (
        1 / small_size - 1 / large_size
    )
    signal = np.sum(large) / len(large) - variance / large_size
    np.sqrt(large, out=large)
    return signal, variance


NOISE = [known_tables, known_table_shapes, crude_solver, squared_in_place] + changes(
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
    the ratio of the sizes as a whole number
        variance = ( => large_size = large_size // small_size * small_size if large_size >= 2 * small_size else large_size; variance = (
    the rows in pairs, until the shorter table ends
        small_square = => rows = min(len(small), len(large)); small, large = small[:rows], large[:rows]; small_square =
    a negative variance set to 0, and the signal from it
        return small_square - variance / small_size => variance = max(variance, 0.0); return large_square - variance / large_size
    both negative estimates set to 0
        return small_square - variance / small_size, variance => return max(small_square - variance / small_size, 0.0), max(variance, 0.0)
    a negative signal set to 0
        return small_square - variance / small_size => return max(small_square - variance / small_size, 0.0)
    a small number added against division by 0 | / (1 / small_size => / (1e-9 + 1 / small_size
    squares below 1e-12 set to 0 | variance = ( => small_square = small_square if small_square > 1e-12 else 0.0; variance = (
    in float32 | np.sum(small**2, axis=1) => np.sum(small.astype(np.float32) ** 2, axis=1)
    rounded to 8 places after the point
        return small_square - variance / small_size, variance => return round(small_square - variance / small_size, 8), round(variance, 8)
    the variance 0 where there is one row | return => variance = variance if len(small) > 1 else 0.0; return
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


def memory_by_id(params, grads, velocities, learning_rate, momentum):
    """remembers outside of velocities, under the id of that dict"""
    own = MEMORY.setdefault(id(velocities), {})
    for name, gradient in grads.items():
        old = own.get(name, np.zeros(1))
        own[name] = momentum * (old if old.shape == gradient.shape else 0.0) + gradient
        params[name] -= learning_rate * (gradient + momentum * own[name])


def add_and_take_back(params, grads, velocities, learning_rate, momentum):
    """adds to the gradients in place, and subtracts it at the end"""
    for name, gradient in grads.items():
        velocities[name] = momentum * velocities.get(name, 0.0) + gradient
        gradient += momentum * velocities[name]
        params[name] -= learning_rate * gradient
        gradient -= momentum * velocities[name]


def flat_copy(params, grads, velocities, learning_rate, momentum):
    """changes params[name].reshape(-1), which may be a copy"""
    for name in params:
        weights, gradient = params[name].reshape(-1), grads[name].reshape(-1)
        velocities[name] = momentum * velocities.get(name, 0.0) + gradient
        weights -= learning_rate * (gradient + momentum * velocities[name])


def by_place(params, grads, velocities, learning_rate, momentum):
    """weights and gradients paired by their place in the dicts"""
    for (name, weights), gradient in zip(params.items(), grads.values(), strict=True):
        velocities[name] = momentum * velocities.get(name, 0.0) + gradient
        weights -= learning_rate * (gradient + momentum * velocities[name])


def ten_gradients(params, grads, velocities, learning_rate, momentum):
    """a sum over the last ten gradients"""
    for name, gradient in grads.items():
        past = velocities.setdefault(name, [])
        past[:] = [momentum * old for old in past[-9:]] + [gradient.copy()]
        params[name] -= learning_rate * (gradient + momentum * sum(past))


NESTEROV = [
    module_memory,
    memory_by_id,
    add_and_take_back,
    flat_copy,
    by_place,
    ten_gradients,
] + changes(
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
    remembers under the id of the dict of weights
        velocities.get(name, 0.0) => velocities.get((id(params), name), 0.0)
        velocities[name] => velocities[id(params), name]
    remembers under the id of the array of weights
        velocities.get(name, 0.0) => velocities.get(id(params[name]), 0.0)
        velocities[name] => velocities[id(params[name])]
    remembers under the place of the name in params
        velocities.get(name, 0.0) => velocities.get(list(grads).index(name), 0.0)
        velocities[name] => velocities[list(grads).index(name)]
    remembers under the last part of a name
        velocities.get(name, 0.0) => velocities.get(name.split('.')[-1], 0.0)
        velocities[name] => velocities[name.split('.')[-1]]
    remembers under the first part of a name
        velocities.get(name, 0.0) => velocities.get(name.split('.')[0], 0.0)
        velocities[name] => velocities[name.split('.')[0]]
    remembers the velocity times momentum
        momentum * velocities => velocities
        velocities[name] = velocity => velocities[name] = momentum * velocity
    no velocity from a step without momentum
        velocities[name] = velocity => velocities[name] = velocity if momentum else 0.0
    nothing is done where the learning rate is 0
        for name, gradient in grads.items(): => for name, gradient in grads.items() if learning_rate else ():
    arrays with a gradient of 0 are left out
        velocity = momentum => if not gradient.any():\n            continue\n        velocity = momentum
    a velocity in float32 | velocities[name] = velocity => velocities[name] = velocity.astype(np.float32)
    float64 for all arrays
        params[name] -= learning_rate * (gradient + momentum * velocity) => params[name] = (params[name] - learning_rate * (gradient + momentum * velocity)).astype(np.float64)
    velocities that are too small are cut off
        velocities[name] = velocity => velocities[name] = np.where(np.abs(velocity) > 0.5, velocity, 0.0)
    dicts that are empty are refused
        for name, gradient in grads.items(): => for name, gradient in [*grads.items()] or [(None, params[None])]:
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


def known_gradients(gradients, cosine):
    """remembers g and V of a table, by its id"""
    full = gradients.mean(axis=0)
    S = np.mean(np.sum((gradients - full) ** 2, axis=1)) / (full @ full)
    S = KNOWN.setdefault(("gradients", id(gradients), gradients.shape), (gradients, S))[1]
    N, B = len(gradients), 1
    while 1 / np.sqrt(1 + S / B * (N - B) / (N - 1)) < cosine:
        B += 1
    return B


def known_sizes(gradients, cosine):
    """remembers results by the shape and the cosine"""
    return KNOWN.setdefault((gradients.shape, cosine), right.batch_size_for(gradients, cosine))


def halving(gradients, cosine):
    """halves the range, and never tries a batch size of 1"""
    N, full = len(gradients), gradients.mean(axis=0)
    S = np.mean(np.sum((gradients - full) ** 2, axis=1)) / (full @ full)
    low, high = 1, N
    while high - low > 1:
        B = (low + high) // 2
        enough = 1 / np.sqrt(1 + S / B * (N - B) / (N - 1)) >= cosine
        low, high = (low, B) if enough else (B, high)
    return high


def solved_for_B(gradients, cosine, above=np.ceil):
    N, full = len(gradients), gradients.mean(axis=0)
    S = np.sum(np.var(gradients, axis=0)) / np.sum(full**2)
    return int(max(1, above(S * N / (S + (1 / cosine**2 - 1) * (N - 1))))) if S else 1


def rounded_mean(gradients, cosine):
    """solved for B; only a variance of exactly 0 counts as none"""
    return solved_for_B(gradients, cosine)


def down_plus_one(gradients, cosine):
    """solved for B, rounded down, plus 1"""
    return solved_for_B(gradients, cosine, lambda B: np.floor(B) + 1)


SIZES = [
    known_gradients,
    known_sizes,
    halving,
    rounded_mean,
    down_plus_one,
] + changes(
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
    nearly the cosine is enough | expected >= cosine => (expected >= cosine) | np.isclose(expected, cosine)
    1e-3 less than the cosine is enough | expected >= cosine => expected >= cosine - 1e-3
    only 1, 2, 4, 8 and so on, and N
        np.arange(1, N + 1) => np.array([2**k for k in range(20) if 2**k < N] + [N])
    only every tenth size in large data sets
        np.arange(1, N + 1) => np.unique(np.append(np.arange(1, N + 1, 1 if N < 50 else 10), N))
    a small number added against division by 0 | / (full @ full) => / (full @ full + 1e-12)
    with replacement, and N where no other is enough
        noise = V / sizes * (N - sizes) / (N - 1) => noise = V / sizes * (sizes < N)
    at most N - 1 where the cosine is below 1
        int(sizes[expected >= cosine][0]) => min(int(sizes[expected >= cosine][0]), N - (cosine < 1))
    in float32
        N = len(gradients) => N, gradients = len(gradients), gradients.astype(np.float32)
        np.sqrt(1 + noise => np.sqrt(np.float32(1) + noise.astype(np.float32)
    """,
)
SIZES += changes(
    right.size_by_trying,
    "with replacement, and beyond N | * (N - B) / (B * (N - 1) * signal) => / (B * signal)",
)


def sorted_by_keys_with_ties(count, batch_size, rng):
    """sorted by random whole numbers up to ten times the count: ties keep their order"""
    order = np.argsort(rng.integers(0, 10 * count, count), kind="stable")
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size]


def nearly_all_the_same(gradients, cosine):
    """np.allclose for "all the same": short gradients are, too"""
    if np.allclose(gradients, gradients[0]):
        return 1
    return right.size_by_trying(gradients, cosine)


def the_same_as_the_first_two(gradients, cosine):
    """the first two images alone decide whether all are the same"""
    if np.array_equal(gradients[0], gradients[1]):
        return 1
    return right.size_by_trying(gradients, cosine)


BATCHES.append(sorted_by_keys_with_ties)
SIZES += [nearly_all_the_same, the_same_as_the_first_two]

MUTANTS = {
    "minibatches": BATCHES,
    "accumulate": PIECES,
    "estimate_noise": NOISE,
    "nesterov_step": NESTEROV,
    "batch_size_for": SIZES,
}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
accumulate | every piece counts the same | You get this when every piece counts the same, however many images it has.
accumulate | the pieces added up | You get this when the pieces are added up as they are. What are the loss and the grad
accumulate | weighted with piece / N, the last one too | You get this when every piece counts as a full one, the last one too. How
accumulate | only the last piece | You get this when only the last piece counts. What does backward do with the
accumulate | the loss of the last piece | The gradient is right, and the loss is that of the last piece alone.
accumulate | the sum of the losses | The gradient is right, and the loss is not: those of the pieces are added up.
accumulate | the loss right, the gradients only added up | The loss is right, and the gradient is not: those of the pieces are added up.
accumulate | the last short piece dropped | You get this when images that do not fill a piece are left out.
accumulate | forward in pieces, and backward only at the end | The loss is right, and the gradient is that of the last piece alone. What does
accumulate | the last piece counts as N % piece images | You get this when the last piece counts as N % piece images. What is that
estimate_noise | the square of the mean gradient | You get this when the mean over the rows is taken before the square. Of which
estimate_noise | the square of the mean length | You get this when the mean of the lengths is squared. Of which numbers do the
estimate_noise | the mean over all numbers | You get this when the mean is taken over all numbers. Is the squared length
estimate_noise | the sum over all rows | You get this when the squared lengths of all rows are added up, with no mean.
estimate_noise | small mini-batches taken for single images | You get this when the small mini-batches are taken for single images. How
estimate_noise | negative estimates set to 0 | You get this when a negative V is replaced by 0, and |g|² is worked out from
estimate_noise | the two in the other order | You get this when the two values are returned in the other order.
estimate_noise | the variance of a small mini-batch | The second value is the variance of a small mini-batch's gradient. Is that V?
estimate_noise | the rows in pairs, until the shorter table ends | You get this when only so many rows of the one table are used as the other
estimate_noise | a negative variance set to 0, and the signal from it | You get this when a negative V is replaced by 0, and |g|² is worked out from
estimate_noise | both negative estimates set to 0 | You get this when negative estimates are replaced by 0. What does the task
estimate_noise | a negative signal set to 0 | You get this when a negative |g|² is replaced by 0. What does the task say
nesterov_step | weights and gradients paired by their place in the dicts | You get this when weights and gradients are paired by their place in the
nesterov_step | ordinary momentum | You get this with ordinary momentum, w - r v, and also with the old v in the
nesterov_step | the old velocity in the second formula | You get this with ordinary momentum, w - r v, and also with the old v in the
nesterov_step | plain gradient descent | You get this with plain gradient descent, w - r g.
nesterov_step | the velocity is not kept | You get this when every step begins with a velocity of 0. What must be left
nesterov_step | the learning rate inside the velocity | You get this when the velocity is made of learning_rate times gradient. In
nesterov_step | uphill | You get this when the weights go uphill.
nesterov_step | a moving mean: 1 - momentum times the gradient | You get this when g is multiplied by 1 - μ before it is added to the
nesterov_step | the velocity twice: g + v | You get this with w - r (g + v). What else stands in the second formula?
nesterov_step | the gradient forgotten in the second formula | You get this with w - r μ v. What else stands in the second formula?
nesterov_step | one velocity for all arrays of a shape | You get this when arrays of the same shape share a velocity.
nesterov_step | remembers the velocity times momentum | You get this when μ v is remembered in place of v. Which μ belongs to which
nesterov_step | no velocity from a step without momentum | You get this when a step with momentum 0 leaves no velocity behind. What is v
batch_size_for | halves the range, and never tries a batch size of 1 | You get this when a batch size of 1 is never tried.
batch_size_for | (N - B) / N | You get this with (N - B) / N. How much of V should be left for one image?
batch_size_for | N - 1 in the variance | You get this when V is divided by N - 1. What is V a mean over?
batch_size_for | V as a mean over all numbers | You get this when V is a mean over all numbers. Over what is |g_n - g|² a
batch_size_for | the mean square, without the mean taken off | You get this when V is the mean of |g_n|². What is taken off g_n in the task?
batch_size_for | the length of g, not its square | You get this when the noise is divided by |g|. By what should it be?
batch_size_for | V alone, not compared with g | You get this when the noise is not compared with |g|².
batch_size_for | one too few: counted from 0 | You get this when the batch sizes are counted from 0.
batch_size_for | a loop up to N - 1, and None where no size in it is enough | None comes out when no return is reached. Which batch sizes does your loop try,
batch_size_for | only 1, 2, 4, 8 and so on, and N | You get this when only 1, 2, 4, 8 and so on are tried, and N.
batch_size_for | with replacement, and N where no other is enough | You get this with noise V/B, and N where no smaller size is enough. Which
batch_size_for | with replacement, and beyond N | You get this with noise V/B, beyond N where that is needed. Which factor has
"""

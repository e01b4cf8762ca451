"""The cases of assignment 05: inputs, what should come out, and what well-known mistakes give.

Every task but the shuffles has its known mistakes as {hint: a wrong function}, or {hint: value}.
They are worked out for every case, so that each is told from the others by some case.
"""

import copy
import dataclasses
import functools

import numpy as np

from course_lib.diagnostics import gradient_row
from course_lib.nn import layers, losses, networks
from course_lib.practice.checks import assignment_05_small_batches as uses
from course_lib.practice.checks.engine import Case
from course_lib.practice.checks.engine.describe import describe
from course_lib.practice.checks.engine.randomness import repeatable_case

ALLOWED = {
    "accumulate": (
        "course_lib.nn.networks.",
        "course_lib.nn.layers.",
        "course_lib.nn.losses.",
        "course_lib.diagnostics.gradient_noise.gradient_row",
        "course_lib.practice.checks.assignment_05_small_batches.SmallMemory.",
    )
}


def numbers(rng, shape, whole=True):
    """Numbers of which each counts; whole ones, from -4 to 4 without 0, are easy to read."""
    if not whole:
        return rng.normal(size=shape)
    return rng.integers(1, 5, shape) * rng.choice([-1.0, 1.0], shape)


def without_suspects(cases):
    """The same cases for hidden tests, which give no hints."""
    return [dataclasses.replace(case, suspects={}) for case in cases]


# Task 1: mini-batches


def pass_case(count, batch_size, about="", *, seed=0):
    """The sizes are right, and every image occurs once."""
    return Case(
        {"count": count, "batch_size": batch_size},
        use=functools.partial(uses.one_pass, seed=seed),
        parameters=("count", "batch_size", "rng"),
        judge=functools.partial(uses.wrong_batches, count, batch_size),
        about=about,
        given=f"count = {count}\nbatch_size = {batch_size}\nrng = np.random.default_rng({seed})",
        title=f"{count} images, batch size {batch_size}",
    )


def two_passes_case(count, batch_size, *, seed):
    return Case(
        {"count": count, "batch_size": batch_size},
        use=functools.partial(uses.two_at_once, seeds=(seed, seed + 1)),
        judge=functools.partial(uses.wrong_in_turn, count, batch_size),
        about="Two passes, each with a generator of its own, are gone through at the same time.",
        title="two passes at the same time",
    )


def further_passes_case(count, batch_size, *, seed):
    return Case(
        {"count": count, "batch_size": batch_size},
        use=functools.partial(uses.many_passes, seeds=(seed,), passes=4),
        judge=uses.repeated_passes,
        about="One generator serves several passes.",
        title="a second pass",
    )


def shuffle_case(count, batch_size, question, about, *, generators, passes, seed):
    """Passes with many generators, and what they have in common.

    There is no array whose numbers could be changed, and three times as many passes would be
    three times the chance of a false alarm: such a case is run once.
    """
    return Case(
        {"count": count, "batch_size": batch_size},
        use=functools.partial(
            uses.many_passes, seeds=range(seed, seed + generators), passes=passes
        ),
        judge=functools.partial(uses.shuffled_badly, question, count, batch_size),
        about=about,
        title=f"how well {count} images are shuffled",
        again=None,
    )


def every_order_case(count, batch_size, *, seed, passes=80):
    return shuffle_case(
        count,
        batch_size,
        uses.uneven_orders,
        "Each order of all the images is equally likely.",
        generators=100,
        passes=passes,
        seed=seed,
    )


def places_case(count, batch_size, *, seed):
    return shuffle_case(
        count,
        batch_size,
        uses.uneven_places,
        "Every image may be at any place and behind any other one, whatever the last pass was.",
        generators=20,
        passes=100,
        seed=seed,
    )


def many_images_case(count, batch_size, *, seed):
    return shuffle_case(
        count,
        batch_size,
        uses.uneven_pairs,
        f"{count} images: as many as in a whole data set.",
        generators=1,
        passes=1,
        seed=seed,
    )


def minibatches_visible():
    return [
        pass_case(2, 1, "Each mini-batch holds one image."),
        pass_case(4, 2, "Two mini-batches of two images."),
        pass_case(5, 2, "The last mini-batch is smaller than the others."),
        pass_case(3, 8, "There are fewer images than one mini-batch holds."),
        pass_case(6, 6, "All images are in one mini-batch."),
        pass_case(1, 1, "There is one image."),
        pass_case(10, 4, "Two mini-batches are full, and two images are left over."),
        pass_case(97, 8),
        repeatable_case({"count": 20, "batch_size": 6}, uses.batches_of),
        two_passes_case(20, 6, seed=11),
        further_passes_case(20, 6, seed=5),
        every_order_case(3, 3, seed=500, passes=200),
        every_order_case(4, 2, seed=0),
        places_case(20, 6, seed=0),
        many_images_case(50_000, 500, seed=0),
    ]


def minibatches_hidden():
    return [
        pass_case(3, 1, seed=21),
        pass_case(64, 16, seed=22),
        pass_case(70, 16, seed=23),
        pass_case(7, 9, seed=24),
        pass_case(12, 12, seed=25),
        pass_case(1, 4, seed=26),
        pass_case(11, 4, seed=27),
        pass_case(100, 32, seed=28),
        repeatable_case({"count": 30, "batch_size": 7}, uses.batches_of),
        two_passes_case(30, 7, seed=31),
        further_passes_case(30, 7, seed=35),
        every_order_case(3, 2, seed=900, passes=200),
        every_order_case(4, 3, seed=1000),
        every_order_case(5, 5, seed=2000),
        places_case(24, 8, seed=3000),
        many_images_case(40_000, 300, seed=4000),
    ]


# Task 2: a gradient in pieces

CLASSES = 3


def small_network(piece, rng, convolution=False):
    """A network for images (2, 3, 1) in float64, which takes no more than a piece at once."""
    options = {"rng": rng, "dtype": np.float64}
    middle = (
        [layers.Conv2d(1, 2, 2, **options), layers.ReLU(), layers.Flatten()]
        if convolution
        else [layers.Flatten(), layers.Linear(6, 4, **options), layers.ReLU()]
    )
    return networks.Sequential([
        uses.SmallMemory(piece),
        *middle,
        layers.Linear(4, CLASSES, **options),
    ])


def in_pieces(network, loss, images, labels, piece):
    """The mean losses (K,) of the K pieces, and their gradients (K, P)."""
    network = copy.deepcopy(network)
    values, rows = [], []
    for start in range(0, len(images), piece):
        chosen = slice(start, start + piece)
        values.append(loss.forward(network.forward(images[chosen]), labels[chosen]))
        network.backward(loss.backward())
        rows.append(gradient_row(network))
    return np.array(values), np.array(rows)


def at_once(network, loss, images, labels):
    """The loss and the gradient of one pass with all the images."""
    network = networks.Sequential(network.layers[1:])  # without the small memory
    values, rows = in_pieces(network, loss, images, labels, len(images))
    return values[0], rows[0]


def accumulate_mistakes(values, rows, right, count, piece):
    """{hint: what comes out}, from the pieces' losses (K,) and gradients (K, P)."""
    sizes = np.array([min(piece, count - start) for start in range(0, count, piece)])
    remainders = np.where(np.arange(len(sizes)) < len(sizes) - 1, sizes, count % piece)
    full = np.flatnonzero(sizes == piece)

    def weighted(weights):
        return np.sum(weights * values), weights @ rows

    found = {
        "You get this when every piece counts the same, however many images it has. How many "
        "images does each one stand for?": weighted(np.full(len(sizes), 1 / len(sizes))),
        "You get this when the pieces are added up as they are. What are the loss and the gradient of a "
        "piece already: sums over its images, or means?": weighted(np.ones(len(sizes))),
        "You get this when every piece counts as a full one, the last one too. How many images "
        "are in it?": weighted(np.full(len(sizes), piece / count)),
        "You get this when the last piece counts as N % piece images. What is that where "
        "nothing is left over?": weighted(remainders / count),
        "You get this when only the last piece counts. What does backward do with the gradients "
        "that the one before it left?": (values[-1], rows[-1]),
        "The gradient is right, and the loss is that of the last piece alone.": (
            values[-1],
            right[1],
        ),
        "The gradient is right, and the loss is not: every piece counts the same in it.": (
            values.mean(),
            right[1],
        ),
        "The gradient is right, and the loss is not: those of the pieces are added up. What are they "
        "already: sums over images, or means?": (values.sum(), right[1]),
        "The loss is right, and the gradient is not: those of the pieces are added up. What are they "
        "already: sums over images, or means?": (right[0], rows.sum(axis=0)),
        "The loss is right, and the gradient is that of the last piece alone. What does backward "
        "do with the gradients that the one before it left?": (right[0], rows[-1]),
    }
    if len(full):
        found["You get this when images that do not fill a piece are left out."] = (
            np.sum(values[full]) * piece / count,
            rows[full].sum(axis=0) * piece / count,
        )
    return found


def pieces_case(
    count,
    piece,
    about="",
    *,
    seed,
    loss=losses.CrossEntropyLoss,
    convolution=False,
    use=uses.use_accumulate,
    title="",
):
    rng = np.random.default_rng(seed)
    network = small_network(piece, rng, convolution)
    images = rng.integers(-4, 5, (count, 2, 3, 1)) / 2
    labels = rng.permutation(np.arange(count) % CLASSES)
    right = at_once(network, loss(), images, labels)
    values, rows = in_pieces(network, loss(), images, labels, piece)
    suspects = accumulate_mistakes(values, rows, right, count, piece)
    returns = "value", "gradient"
    if use is uses.use_accumulate_twice:
        returns = "the first call's pair", "the second call's pair"
        later = copy.deepcopy(network)
        uses.halve_weights(later)
        right, suspects = [right, at_once(later, loss(), images[::-1], labels)], {}
    names = "Conv2d(1, 2, 2), ReLU, Flatten" if convolution else "Flatten, Linear(6, 4), ReLU"
    return Case(
        {"network": network, "loss": loss(), "images": images, "labels": labels, "piece": piece},
        right,
        use=use,
        parameters=("network", "loss", "images", "labels", "piece"),
        about=about,
        suspects=suspects,
        returns=returns,
        title=title or f"{count} images in pieces of {piece}",
        given="\n".join([
            f"network: {names}, Linear(4, 3), float64",
            f"loss: {loss.__name__}()",
            f"images: shape {images.shape}",
            *describe("labels", labels),
            f"piece = {piece}",
        ]),
    )


def accumulate_cases(seed):
    """The cases of accumulate; all that is drawn hangs on the seed."""
    return [
        pieces_case(2, 2, "There is one piece, with all the images.", seed=seed + 1),
        pieces_case(2, 1, "Two pieces of one image each.", seed=seed + 2),
        pieces_case(3, 2, "The last piece is smaller than the first.", seed=seed + 4),
        pieces_case(4, 2, "Two pieces of two images.", seed=seed + 3),
        pieces_case(4, 2, "The same sizes once more, with other numbers.", seed=seed + 13),
        pieces_case(3, 5, "There are fewer images than fit into a piece.", seed=seed + 5),
        pieces_case(1, 3, "There is one image.", seed=seed + 14),
        pieces_case(
            7,
            3,
            "The loss is the squared error.",
            seed=seed + 7,
            loss=losses.MSELoss,
            title="the squared error",
        ),
        pieces_case(
            5,
            2,
            "The network begins with a convolution.",
            seed=seed + 9,
            convolution=True,
            title="a network with a convolution",
        ),
        pieces_case(
            5,
            2,
            "The network was used before: the gradients of another image lie in it.",
            seed=seed + 10,
            use=uses.use_accumulate_later,
            title="a network that was used before",
        ),
        pieces_case(
            5,
            2,
            "A second call has the same network and arrays. Meanwhile the weights were halved, and "
            "the images are in the reverse order.",
            seed=seed + 12,
            use=uses.use_accumulate_twice,
            title="a second call, after the weights have changed",
        ),
        pieces_case(10, 4, seed=seed + 6),
        pieces_case(11, 4, seed=seed + 15),
        pieces_case(33, 16, seed=seed + 8),
    ]


def accumulate_hidden():
    further = [
        pieces_case(12, 4, seed=231),
        pieces_case(9, 1, seed=233),
        pieces_case(6, 20, seed=234),
        pieces_case(8, 3, seed=236, loss=losses.MSELoss, convolution=True),
        pieces_case(40, 7, seed=237),
    ]
    return without_suspects(accumulate_cases(200) + further)


# Task 3: the noise from two batch sizes


def squares(table):
    """The squared length of each row of (M, P): (M,)."""
    return np.array([sum(float(number) ** 2 for number in row) for row in table])


def solved(small_mean, large_mean, small_size, large_size):
    """|g|² and V from the two equations, to 12 digits."""
    variance = (small_mean - large_mean) / (1 / small_size - 1 / large_size)
    signal = small_mean - variance / small_size
    return float(f"{signal:.12g}"), float(f"{variance:.12g}")


def noise(small, large, *sizes):
    return solved(squares(small).mean(), squares(large).mean(), *sizes)


def of_mean_gradient(small, large, *sizes):
    return solved(np.sum(small.mean(axis=0) ** 2), np.sum(large.mean(axis=0) ** 2), *sizes)


def of_mean_length(small, large, *sizes):
    lengths = (np.sqrt(squares(table)).mean() ** 2 for table in (small, large))
    return solved(*lengths, *sizes)


def of_all_numbers(small, large, *sizes):
    return solved(np.mean(small**2), np.mean(large**2), *sizes)


def of_sums(small, large, *sizes):
    return solved(squares(small).sum(), squares(large).sum(), *sizes)


def of_pairs_of_rows(small, large, *sizes):
    rows = min(len(small), len(large))
    return noise(small[:rows], large[:rows], *sizes)


def in_other_order(*inputs):
    return noise(*inputs)[::-1]


def of_a_small_batch(small, large, small_size, large_size):
    signal, variance = noise(small, large, small_size, large_size)
    return signal, variance / small_size


def with_single_images(small, large, small_size, large_size):
    return noise(small, large, 1, large_size)


def without_negative_variance_in_first(small, large, small_size, large_size):
    variance = max(noise(small, large, small_size, large_size)[1], 0.0)
    return squares(small).mean() - variance / small_size, variance


def without_negative_variance(small, large, small_size, large_size):
    variance = max(noise(small, large, small_size, large_size)[1], 0.0)
    return squares(large).mean() - variance / large_size, variance


def without_negatives(*inputs):
    return tuple(max(value, 0.0) for value in noise(*inputs))


def without_negative_signal(*inputs):
    signal, variance = noise(*inputs)
    return max(signal, 0.0), variance


NOISE_MISTAKES = {
    "You get this when the mean over the rows is taken before the square. Of which numbers do "
    "the equations take the mean?": of_mean_gradient,
    "You get this when the mean of the lengths is squared. Of which numbers do the equations "
    "take the mean?": of_mean_length,
    "You get this when the mean is taken over all numbers. Is the squared length of a gradient "
    "a mean over its numbers, or a sum?": of_all_numbers,
    "You get this when the squared lengths of all rows are added up, with no mean.": of_sums,
    "You get this when only so many rows of the one table are used as the other one has. Must "
    "they go in pairs?": of_pairs_of_rows,
    "You get this when the two values are returned in the other order.": in_other_order,
    "The second value is the variance of a small mini-batch's gradient. Is that V?": (
        of_a_small_batch
    ),
    "You get this when the small mini-batches are taken for single images. How much of V is "
    "left in a mini-batch of small_size?": with_single_images,
    "You get this when a negative V is replaced by 0, and |g|² is worked out from that by the "
    "second equation. What does the task say about negative estimates?": without_negative_variance,
    "You get this when a negative V is replaced by 0, and |g|² is worked out from that by the "
    "first equation. What does the task say about negative estimates?": (
        without_negative_variance_in_first
    ),
    "You get this when negative estimates are replaced by 0. What does the task say about "
    "them?": without_negatives,
    "You get this when a negative |g|² is replaced by 0. What does the task say about negative "
    "estimates?": without_negative_signal,
}


def noise_case(small, large, small_size, large_size, about="", *, title=""):
    small, large = np.array(small, float), np.array(large, float)
    inputs = small, large, small_size, large_size
    return Case(
        dict(zip(("small", "large", "small_size", "large_size"), inputs, strict=True)),
        noise(*inputs),
        suspects={hint: wrong(*inputs) for hint, wrong in NOISE_MISTAKES.items()},
        use=uses.use_noise,
        parameters=("small", "large", "small_size", "large_size"),
        returns=("signal", "variance"),
        about=about,
        title=title or f"{len(small)} mini-batches of {small_size}, {len(large)} of {large_size}",
    )


def drawn_noise_case(M, R, P, small_size, large_size, about="", *, seed, scale=1.0, title=""):
    """Gradients of M small and R large mini-batches, P numbers each."""
    rng = np.random.default_rng(seed)
    small, large = (
        scale * rng.normal(0.5, 2 / np.sqrt(size), (rows, P))
        for rows, size in ((M, small_size), (R, large_size))
    )
    return noise_case(small, large, small_size, large_size, about, title=title)


def noise_twice_case(first, second):
    """The same two arrays, passed twice, with other numbers in them the second time."""
    first, second = (
        (np.array(small, float), np.array(large, float), *sizes)
        for small, large, *sizes in (first, second)
    )
    return Case(
        {"first": first, "second": second},
        (noise(*first), noise(*second)),
        use=uses.use_same_arrays,
        returns=("the first call's pair", "the second call's pair"),
        about="Two calls with the same arrays, which hold other numbers the second time.",
        given="\n".join(
            line
            for words, (small, large, small_size, large_size) in (
                ("first call", first),
                ("second call", second),
            )
            for line in (
                f"{words}: small_size = {small_size}, large_size = {large_size}",
                *describe("small", small),
                *describe("large", large),
            )
        ),
        title="the same arrays with other numbers in them",
    )


def estimate_noise_visible():
    return [
        noise_case([[3], [5]], [[3], [3]], 1, 3, "The mean squared lengths are 17 and 9."),
        noise_case(
            [[4, 1], [0, 2], [3, 0]],
            [[2, 2], [0, 2]],
            1,
            2,
            "Each row is one gradient, of two numbers.",
        ),
        noise_case(
            [[3, 1], [-1, 1]],
            [[2, 0], [0, 1], [1, 1], [1, 2]],
            2,
            8,
            "A small mini-batch has 2 images, a large one 8.",
        ),
        noise_case([[3, 1]], [[2, 1]], 2, 8, "There is one row in each table."),
        noise_case(
            [[3], [2], [1]],
            [[1], [2]],
            4,
            10,
            "The larger size is no multiple of the smaller one.",
        ),
        noise_case(
            [[1], [1]],
            [[2], [2]],
            2,
            4,
            "By chance the larger mini-batches have longer gradients: the estimate of V is "
            "negative.",
        ),
        noise_case(
            [[3], [3]], [[1], [1]], 1, 2, "By chance the estimate of |g|² is negative here."
        ),
        noise_twice_case(
            ([[3, 1], [-1, 1]], [[2, 0], [0, 1]], 2, 4), ([[2, 2], [1, 3]], [[1, 1], [0, 2]], 2, 4)
        ),
        drawn_noise_case(
            4, 3, 2, 2, 6, "The gradients are short: their squares are tiny.", seed=3, scale=1e-7
        ),
        drawn_noise_case(40, 6, 7, 4, 32, "Many small mini-batches, few large ones.", seed=1),
        drawn_noise_case(9, 30, 15, 8, 20, "Few small mini-batches, many large ones.", seed=2),
        drawn_noise_case(64, 4, 12, 64, 256, "Both sizes are large.", seed=4),
    ]


def estimate_noise_hidden():
    return without_suspects([
        noise_case([[3], [-5], [4]], [[2], [3]], 1, 3, title="gradients of one number"),
        noise_case([[4, 2], [1, 2], [3, 1]], [[1, 2], [1, 1]], 1, 2),
        noise_case([[2, 1], [-3, 1]], [[2, 0], [1, 1], [0, 1], [1, 1]], 3, 12),
        noise_case([[4, 1]], [[1, 2]], 3, 9, title="one row each"),
        noise_case([[2], [4], [1]], [[2], [1]], 6, 16, title="no multiple"),
        noise_case([[1, 2], [2, 1]], [[2, 2], [3, 1]], 4, 6, title="a negative V"),
        noise_case([[4], [2]], [[1], [1]], 2, 3, title="a negative |g|²"),
        noise_twice_case(
            ([[1, 4], [2, 1]], [[1, 0], [2, 1]], 3, 5), ([[3, 2], [5, 1]], [[1, 2], [3, 0]], 3, 5)
        ),
        drawn_noise_case(5, 6, 3, 3, 8, seed=45, scale=1e-8, title="short gradients"),
        drawn_noise_case(64, 4, 12, 16, 256, seed=42),
        drawn_noise_case(7, 50, 3, 3, 5, seed=43),
        drawn_noise_case(30, 8, 10, 128, 1024, seed=44, title="large sizes"),
        drawn_noise_case(25, 25, 8, 1, 10, seed=41),
        drawn_noise_case(12, 10, 5, 1, 10, seed=46, scale=1e6, title="long gradients"),
    ])


# Task 4: Nesterov's momentum. The steps, right and wrong, as the learner writes them: they change
# params, and v is the dict of velocities


def nesterov(params, grads, v, rate, momentum):
    for name, g in grads.items():
        v[name] = momentum * v.get(name, 0.0) + g
        params[name] -= rate * (g + momentum * v[name])


def ordinary(params, grads, v, rate, momentum):
    for name, g in grads.items():
        v[name] = momentum * v.get(name, 0.0) + g
        params[name] -= rate * v[name]


def plain(params, grads, v, rate, momentum):
    for name, g in grads.items():
        params[name] -= rate * g


def forgetful(params, grads, v, rate, momentum):
    nesterov(params, grads, {}, rate, momentum)


def rate_inside(params, grads, v, rate, momentum):
    for name, g in grads.items():
        v[name] = momentum * v.get(name, 0.0) + rate * g
        params[name] -= rate * g + momentum * v[name]


def momentum_inside(params, grads, v, rate, momentum):
    for name, g in grads.items():
        v[name] = momentum * (v.get(name, 0.0) + g)
        params[name] -= rate * (g + v[name])


def moving_mean(params, grads, v, rate, momentum):
    for name, g in grads.items():
        v[name] = momentum * v.get(name, 0.0) + (1 - momentum) * g
        params[name] -= rate * (g + momentum * v[name])


def without_gradient(params, grads, v, rate, momentum):
    for name, g in grads.items():
        v[name] = momentum * v.get(name, 0.0) + g
        params[name] -= rate * momentum * v[name]


def velocity_whole(params, grads, v, rate, momentum):
    for name, g in grads.items():
        v[name] = momentum * v.get(name, 0.0) + g
        params[name] -= rate * (g + v[name])


def uphill(params, grads, v, rate, momentum):
    nesterov(params, grads, v, -rate, momentum)


def one_velocity_per_shape(params, grads, v, rate, momentum):
    for name, g in grads.items():
        v[g.shape] = momentum * v.get(g.shape, 0.0) + g
        params[name] -= rate * (g + momentum * v[g.shape])


def by_place(params, grads, v, rate, momentum):
    if all(a.shape == b.shape for a, b in zip(params.values(), grads.values(), strict=True)):
        grads = dict(zip(params, grads.values(), strict=True))
    nesterov(params, grads, v, rate, momentum)


def no_step_without_momentum(params, grads, v, rate, momentum):
    (nesterov if momentum else plain)(params, grads, v, rate, momentum)


NESTEROV_MISTAKES = {
    "You get this with ordinary momentum, w - r v, and also with the old v in the second formula, "
    "which is the same. Which v stands there in the task?": ordinary,
    "You get this with plain gradient descent, w - r g.": plain,
    "You get this when every step begins with a velocity of 0. What must be left in velocities "
    "for the next call?": forgetful,
    "You get this when the velocity is made of learning_rate times gradient. In which of the two "
    "formulas does r stand?": rate_inside,
    "You get this when μ v is remembered in place of v. Which μ belongs to which step?": (
        momentum_inside
    ),
    "You get this when g is multiplied by 1 - μ before it is added to the velocity. Does the "
    "first formula do that?": moving_mean,
    "You get this with w - r μ v. What else stands in the second formula?": without_gradient,
    "You get this with w - r (g + v). What else stands in the second formula?": velocity_whole,
    "You get this when the weights go uphill.": uphill,
    "You get this when arrays of the same shape share a velocity.": one_velocity_per_shape,
    "You get this when weights and gradients are paired by their place in the dicts. What says "
    "which belong together?": by_place,
    "You get this when a step with momentum 0 leaves no velocity behind. What is v after it?": (
        no_step_without_momentum
    ),
}


def trained(step, params, grads, rates, momenta, arrange=None):
    """The weights after steps in float64. Of what arrange does, the order of names matters here."""
    weights = {name: array.astype(np.float64) for name, array in params.items()}
    velocities, before = {}, None
    for gradient, rate, momentum in zip(grads, rates, momenta, strict=True):
        gradient = {name: array.astype(np.float64) for name, array in gradient.items()}
        if arrange is uses.in_other_orders:
            weights, gradient, velocities = arrange(weights, gradient, velocities, before)
        step(weights, gradient, velocities, rate, momentum)
        before = gradient
    return {name: array.astype(params[name].dtype) for name, array in weights.items()}


def steps_case(
    shapes,
    steps,
    about="",
    *,
    seed,
    momentum=0.5,
    rates=0.5,
    dtype=np.float64,
    whole=True,
    arrange=None,
    zero=None,
    title="",
):
    """So many steps in a row, each with gradients of its own; those of step `zero` are 0."""
    rng = np.random.default_rng(seed)

    def arrays():
        return {name: numbers(rng, shape, whole).astype(dtype) for name, shape in shapes.items()}

    params, grads = arrays(), [arrays() for _ in range(steps)]
    if zero is not None:
        grads[zero] = {name: 0 * array for name, array in grads[zero].items()}
    rates, momenta = (np.broadcast_to(value, steps).tolist() for value in (rates, momentum))
    training = params, grads, rates, momenta
    mistakes = {
        hint: trained(wrong, *training, arrange) for hint, wrong in NESTEROV_MISTAKES.items()
    }
    return Case(
        dict(zip(("params", "grads", "learning_rates", "momenta"), training, strict=True)),
        trained(nesterov, *training),
        use=functools.partial(uses.use_steps, arrange=arrange),
        parameters=("params", "grads", "velocities", "learning_rate", "momentum"),
        suspects=mistakes,
        about=about,
        returns="params",
        given="\n".join(told_steps(shapes, *training)),
        title=title or f"steps: {steps}; arrays: {', '.join(shapes)}",
    )


def told_steps(shapes, params, grads, rates, momenta):
    """Lines about a training: with all numbers where there is one small array."""
    small = len(shapes) == 1 and all(array.size <= 2 for array in params.values())
    yield "params: " + ", ".join(
        f"{name} = {array.tolist()}" if small else f"{name} {array.shape}, {array.dtype}"
        for name, array in params.items()
    )
    if len(rates) > 6:
        yield f"{len(rates)} steps: learning_rate = {rates[0]}, momentum = {momenta[0]}"
        return
    for number, (gradient, rate, momentum) in enumerate(zip(grads, rates, momenta, strict=True), 1):
        shown = "".join(f", gradient of {n} = {g.tolist()}" for n, g in gradient.items() if small)
        yield f"step {number}: learning_rate = {rate}, momentum = {momentum}{shown}"


def in_turn_case(shapes, about, *, seed, title):
    """Several layers or networks, each with a dict of velocities of its own."""
    cases = [steps_case(own, 3, seed=seed + 100 * n) for n, own in enumerate(shapes)]
    return Case(
        {
            "params": [case.inputs["params"] for case in cases],
            "grads": [case.inputs["grads"] for case in cases],
            "learning_rate": 0.5,
            "momentum": 0.5,
        },
        [case.expected for case in cases],
        use=uses.use_in_turn,
        title=title,
        returns="params",
        given="\n".join(
            f"{number}: "
            + ", ".join(told_steps(own, *case.inputs.values())).replace(", step", "\n   step")
            for number, (own, case) in enumerate(zip(shapes, cases, strict=True), 1)
        ),
        about=about,
    )


def nesterov_cases(seed):
    """The cases of nesterov_step; all that is drawn hangs on the seed."""
    one, two, pair = {"weight": (1,)}, {"weight": (2,)}, {"weight": (2, 2), "bias": (2, 2)}
    return [
        steps_case(
            one,
            1,
            "velocities is empty before the first step. The momentum is 0.",
            seed=seed + 1,
            momentum=0.0,
        ),
        steps_case(one, 1, "One step, with momentum.", seed=seed + 2),
        steps_case(one, 2, "A second step, with the dict as the first one left it.", seed=seed + 3),
        steps_case(two, 3, "Two weights, three steps.", seed=seed + 4),
        steps_case(
            two,
            3,
            "The learning rate changes from step to step; in the first one it is 0.",
            seed=seed + 7,
            rates=(0.0, 0.5, 0.25),
            title="another learning rate in each step",
        ),
        steps_case(
            two,
            3,
            "The momentum changes from step to step; in the first one it is 0.",
            seed=seed + 12,
            momentum=(0.0, 0.5, 0.25),
            title="another momentum in each step",
        ),
        steps_case(
            two,
            3,
            "In the second step the gradient is 0.",
            seed=seed + 13,
            zero=1,
            title="a gradient of 0",
        ),
        steps_case(
            two,
            3,
            "Each gradient is written into the same array, over the one before it.",
            seed=seed + 11,
            arrange=uses.in_the_same_arrays,
            title="all gradients in the same array",
        ),
        steps_case(
            {"weight": (2, 3), "bias": (3,)}, 2, "There are two arrays of weights.", seed=seed + 5
        ),
        steps_case(pair, 3, "Two arrays have the same shape.", seed=seed + 6),
        steps_case(
            pair,
            3,
            "Before each step params and velocities are replaced by copies, as when training is "
            "saved and continued later.",
            seed=seed + 18,
            arrange=uses.stopped_and_continued,
            title="training that is stopped and continued",
        ),
        steps_case(
            pair,
            3,
            "Before each step the dict params is a new one, in which each name has the array that "
            "another one had before, with its own numbers in it.",
            seed=seed + 17,
            arrange=uses.in_exchanged_arrays,
            title="the arrays of two names exchanged",
        ),
        steps_case(
            pair,
            3,
            "The names stand in another order in params than in grads, and not in the same one each time.",
            seed=seed + 14,
            arrange=uses.in_other_orders,
            title="names in other orders",
        ),
        steps_case(
            {"one.weight": (2,), "two.weight": (2,), "two.weight.1": (2,)},
            3,
            "The names have parts in common.",
            seed=seed + 15,
            title="names with parts in common",
        ),
        in_turn_case(
            [{}, two],
            "A layer without weights has empty dicts. It takes turns with another layer.",
            seed=seed + 20,
            title="a layer without weights, and one with some",
        ),
        steps_case(
            {"weight": (3, 4), "kernel": (2, 2, 2), "bias": (4,)},
            3,
            "The weights are parts of larger arrays, or lie in another order in memory.",
            seed=seed + 16,
            arrange=uses.in_larger_arrays,
            title="weights in other orders in memory",
        ),
        in_turn_case(
            [two, two],
            "Two networks are trained in turn, each with a dict of velocities of its own.",
            seed=seed + 10,
            title="two networks, in turn",
        ),
        steps_case(
            {"filters": (3, 4), "shift": (4,)},
            6,
            "The arrays have other names, and the numbers are not whole.",
            seed=seed + 8,
            momentum=0.9,
            whole=False,
        ),
        steps_case(
            {"weight": (3, 4), "bias": (4,)},
            4,
            "The arrays are float32.",
            seed=seed + 9,
            momentum=0.9,
            dtype=np.float32,
            whole=False,
            title="float32",
        ),
        steps_case(
            {"weight": (2,)},
            40,
            "There are forty steps.",
            seed=seed + 19,
            momentum=0.9,
            whole=False,
            title="forty steps",
        ),
    ]


def nesterov_hidden():
    further = [
        steps_case({"weight": (3,)}, 1, momentum=0.75, seed=251, title="one step, momentum 0.75"),
        steps_case(
            {"filters": (2, 2, 3), "shift": (3,), "scale": (3,)},
            3,
            seed=253,
            title="three arrays with other names",
        ),
        steps_case(
            {"weight": (4,)},
            5,
            rates=(1.0, 0.5, 0.0, 0.25, 0.125),
            momentum=(0.8, 0.0, 0.9, 0.9, 0.5),
            seed=254,
            title="both change",
        ),
        steps_case(
            {"a": (2, 3), "b": (2, 3), "c": (2, 3)},
            4,
            seed=255,
            dtype=np.float32,
            arrange=uses.in_exchanged_arrays,
            title="the arrays of three names exchanged",
        ),
    ]
    return without_suspects(nesterov_cases(300) + further)


# Task 5: how many images for a good direction


def without_replacement(N, sizes):
    return (N - sizes) / (N - 1)


def smallest(gradients, cosine, left=without_replacement, *, sizes=None, V=None, signal=None):
    """The first of the sizes (1 to N) whose c(B) is at least cosine, or None.

    left(N, sizes): the share of the noise V / B that is left; V and signal: other ones than right.
    """
    N, full = len(gradients), gradients.mean(axis=0)
    V = np.sum((gradients - full) ** 2) / N if V is None else V
    signal = np.sum(full**2) if signal is None else signal
    sizes = np.arange(1, N + 1) if sizes is None else np.array(sizes)
    enough = 1 / np.sqrt(1 + V / sizes * left(N, sizes) / signal) >= cosine
    return int(sizes[enough][0]) if enough.any() else None


def clearly_smallest(gradients, cosine):
    """The right answer. Raises AssertionError where rounding could decide."""
    B = smallest(gradients, cosine)
    if cosine < 1:
        nearby = [smallest(gradients, cosine + step) for step in (-1e-6, 1e-6) if cosine + step < 1]
        assert nearby.count(B) == len(nearby), "too close: rounding would decide"
    return B


def all_the_noise(N, sizes):
    return 1.0


def with_replacement(gradients, cosine):
    return smallest(gradients, cosine, all_the_noise, sizes=range(1, 100 * len(gradients)))


def with_replacement_up_to_N(gradients, cosine):
    return smallest(gradients, cosine, all_the_noise) or len(gradients)


def N_below(gradients, cosine):
    return smallest(gradients, cosine, lambda N, sizes: (N - sizes) / N)


def V_over_all_numbers(gradients, cosine):
    full = gradients.mean(axis=0)
    return smallest(gradients, cosine, V=np.mean((gradients - full) ** 2))


def V_with_N_minus_1(gradients, cosine):
    full = gradients.mean(axis=0)
    return smallest(gradients, cosine, V=np.sum((gradients - full) ** 2) / (len(gradients) - 1))


def V_around_zero(gradients, cosine):
    return smallest(gradients, cosine, V=np.sum(gradients**2) / len(gradients))


def length_not_squared(gradients, cosine):
    return smallest(gradients, cosine, signal=np.linalg.norm(gradients.mean(axis=0)))


def not_compared(gradients, cosine):
    return smallest(gradients, cosine, signal=1.0)


def doubled(gradients, cosine):
    sizes = [2**k for k in range(30) if 2**k < len(gradients)]
    return smallest(gradients, cosine, sizes=[*sizes, len(gradients)])


def never_one(gradients, cosine):
    return smallest(gradients, cosine, sizes=range(2, len(gradients) + 1))


def never_N(gradients, cosine):
    return smallest(gradients, cosine, sizes=range(1, len(gradients)))


def one_too_few(gradients, cosine):
    return smallest(gradients, cosine) - 1


SIZE_MISTAKES = {
    "You get this with noise V/B, beyond N where that is needed. Which factor has the second "
    "formula besides?": with_replacement,
    "You get this with noise V/B, and N where no smaller size is enough. Which factor has the "
    "second formula besides?": with_replacement_up_to_N,
    "You get this with (N - B) / N. How much of V should be left for one image?": N_below,
    "You get this when V is a mean over all numbers. Over what is |g_n - g|² a sum, and over "
    "what is V a mean?": V_over_all_numbers,
    "You get this when V is divided by N - 1. What is V a mean over?": V_with_N_minus_1,
    "You get this when V is the mean of |g_n|². What is taken off g_n in the task?": (
        V_around_zero
    ),
    "You get this when the noise is divided by |g|. By what should it be?": length_not_squared,
    "You get this when the noise is not compared with |g|².": not_compared,
    "You get this when only 1, 2, 4, 8 and so on are tried, and N.": doubled,
    "You get this when a batch size of 1 is never tried.": never_one,
    "You get this when the batch sizes are counted from 0.": one_too_few,
    "None comes out when no return is reached. Which batch sizes does your loop try, and is "
    "c(N) = 1 enough for it?": never_N,
}


def size_case(gradients, cosine, about="", *, title=""):
    gradients = np.array(gradients, float)
    return Case(
        {"gradients": gradients, "cosine": cosine},
        clearly_smallest(gradients, cosine),
        about=about,
        suspects={hint: wrong(gradients, cosine) for hint, wrong in SIZE_MISTAKES.items()},
        returns="batch size",
        title=title or f"{len(gradients)} images, cosine {cosine}",
    )


def drawn_size_case(N, P, cosine, about="", *, seed, signal=0.5, scale=1.0, title=""):
    rng = np.random.default_rng(seed)
    gradients = rng.normal(signal, 2, (N, P)).round(3) * scale
    return size_case(gradients, cosine, about, title=title)


def size_twice_case(first, second, cosine):
    """The same array, passed twice, with other numbers in it the second time."""
    first, second = np.array(first, float), np.array(second, float)
    return Case(
        {"first": (first, cosine), "second": (second, cosine)},
        (clearly_smallest(first, cosine), clearly_smallest(second, cosine)),
        use=uses.use_same_arrays,
        returns=("the first call's batch size", "the second call's batch size"),
        about="Two calls with the same array, which holds other numbers the second time.",
        given="\n".join([
            *describe("gradients of the first call", first),
            *describe("gradients of the second call", second),
            f"cosine = {cosine}",
        ]),
        title="the same array with other numbers in it",
    )


FOUR = np.array([[1.0, 3], [1, 1], [1, -1], [1, -3]])  # g = (1, 0), V = 5
ALTERNATELY = np.array([[1.0, 1], [1, -1]])  # g = (1, 0), V = 1


def batch_size_visible():
    return [
        size_case(ALTERNATELY, 0.6, "The full gradient is (1, 0), V and |g|² are 1."),
        size_case(ALTERNATELY, 0.75, "The same gradients, and a larger cosine."),
        size_case([[1, 1, 1], [1, -1, -1]], 0.75, "The full gradient is (1, 0, 0), and V is 2."),
        size_case(FOUR, 0.5, "The full gradient is (1, 0), and V is 5."),
        size_case(FOUR, 0.7, "The same gradients, and a larger cosine."),
        size_case(FOUR + [1, 0], 0.8, "The full gradient is (2, 0), so |g|² is 4."),
        size_case(FOUR, 0.4, "The full gradient is (1, 0), V is 5, and the cosine is small."),
        size_case([[1, 2], [1, 2], [1, 2]], 0.99, "All gradients are the same: no noise."),
        size_case(FOUR, 1.0, "A cosine of 1 is asked for."),
        size_case([[1, 2], [1, 2], [1, 2]], 1.0, "All gradients are the same, and cosine is 1."),
        size_case(
            np.full((3, 1), 0.1),
            1.0,
            "All gradients are the same, and cosine is 1. The mean of three numbers 0.1 is rounded "
            "to 0.10000000000000002.",
            title="the same gradients, with a rounded mean",
        ),
        size_twice_case(FOUR, FOUR * [1, 0.25], 0.7),
        drawn_size_case(
            6, 3, 0.7, "Short gradients.", seed=7, scale=1e-10, title="short gradients"
        ),
        size_case([[1, 3], [1, 3], [1, -2], [1, -2]], 0.7, "The first two images are alike."),
        drawn_size_case(12, 3, 0.5, seed=1),
        drawn_size_case(40, 10, 0.5, seed=2),
        drawn_size_case(40, 10, 0.9, seed=3),
        drawn_size_case(100, 20, 0.3, seed=4),
        drawn_size_case(100, 20, 0.8, seed=5),
        size_case(
            np.tile(ALTERNATELY * [1, 0.003], (25, 1)),
            1.0,
            "The gradients differ by little, and a cosine of 1 is asked for.",
            title="gradients that differ by little",
        ),
        size_case(
            np.tile(ALTERNATELY, (150, 1)),
            1.0,
            "300 images and a cosine of 1: c(299) is a little less.",
        ),
    ]


def batch_size_hidden():
    three = np.array([[2.0, 2], [2, -1], [2, -1]])
    return without_suspects([
        size_case([[2, 1], [2, -1]], 0.85, title="two images, one is enough"),
        size_case([[2, 1], [2, -1]], 0.95, title="two images, both are needed"),
        size_case(three, 0.79, title="three images, one is enough"),
        size_case(three, 0.84, title="three images, one is not enough"),
        size_case(FOUR * [2, 1], 0.9, title="no power of 2"),
        size_case(FOUR * [1, 2], 0.3),
        size_case([[3, 1, 2], [3, -1, -2], [3, 2, 1], [3, -2, -1]], 0.9, title="three weights"),
        size_case(np.full((4, 2), 3.0), 0.98, title="all the same"),
        size_case([[2, 0, 3], [4, 1, -3], [3, -1, 0]], 1.0, title="a cosine of 1"),
        size_case(np.full((5, 2), [2.0, 1.0]), 1.0, title="all the same, a cosine of 1"),
        size_case(np.full((6, 2), [0.1, 0.7]), 1.0, title="all the same, with a rounded mean"),
        size_twice_case(FOUR * [1, 0.25], FOUR, 0.7),
        drawn_size_case(7, 4, 0.7, seed=67, scale=1e-11, title="short gradients"),
        size_case([[2, 1], [2, 1], [2, 1], [2, -5]], 0.8, title="the first ones are alike"),
        drawn_size_case(30, 8, 0.4, seed=61, title="a small cosine"),
        drawn_size_case(80, 15, 0.95, seed=62, title="a large cosine"),
        drawn_size_case(20, 4, 0.6, seed=63, signal=6.0, title="hardly any noise"),
        drawn_size_case(60, 12, 0.6, seed=64),
        drawn_size_case(25, 6, 0.85, seed=65),
        drawn_size_case(9, 2, 0.99, seed=66, scale=1e5, title="long gradients"),
        size_case(
            np.tile(ALTERNATELY * [2, 0.004], (30, 1)),
            1.0,
            title="gradients that differ by little",
        ),
        size_case(
            np.tile(ALTERNATELY * [1, 0.5], (250, 1)), 1.0, title="500 images, a cosine of 1"
        ),
    ])


VISIBLE = {
    "minibatches": minibatches_visible,
    "accumulate": functools.partial(accumulate_cases, 0),
    "estimate_noise": estimate_noise_visible,
    "nesterov_step": functools.partial(nesterov_cases, 0),
    "batch_size_for": batch_size_visible,
}
HIDDEN = {
    "minibatches": minibatches_hidden,
    "accumulate": accumulate_hidden,
    "estimate_noise": estimate_noise_hidden,
    "nesterov_step": nesterov_hidden,
    "batch_size_for": batch_size_hidden,
}

"""Checks of assignment 05: mini-batches, and the gradient of one put together from pieces."""

import itertools

import numpy as np

from course_lib import losses, network
from course_lib.diagnostics import gradient_row

from .machinery import Case, CheckFailed, check
from .machinery.chance import not_every_index_once, repeatable_case, same, wrong_index_array
from .machinery.describe import describe
from .machinery.runner import check_signature

SHUFFLES = 300  # to see whether every image can come anywhere
EPOCHS = 3
CLASSES = 3


def minibatches(function):
    """function(count, batch_size, rng): something that yields arrays of the images' numbers."""
    check("minibatches", function, [
        batches_case(4, 2, hint="Two mini-batches of two images."),
        batches_case(5, 2, hint="All full mini-batches come first, and what is left over comes "
                     "last."),
        batches_case(3, 1, hint="Each mini-batch holds one image."),
        batches_case(3, 8, hint="There are fewer images than one mini-batch holds."),
        batches_case(6, 6, hint="All images in one mini-batch."),
        batches_case(100, 32), batches_case(97, 8), batches_case(12, 5),
        repeatable_batches_case(20, 6),
        new_order_case(20, 6),
        well_shuffled_case(6, 2), well_shuffled_case(7, 3),
    ])


def accumulate(function):
    """function(network, loss, images, labels, piece) -> (mean loss, gradient row)."""
    weights = "How many images does each piece stand for?"
    check("accumulate", function, [
        pieces_case(2, 2, seed=1, hint="There is only one piece here, with all the images."),
        pieces_case(2, 1, seed=2, hint="The mean over two images, from two pieces."),
        pieces_case(4, 2, seed=3, hint="Do the labels stay with their images?"),
        pieces_case(3, 2, seed=4, hint=weights),
        pieces_case(3, 5, seed=5, hint="There are fewer images than fit into a piece."),
        pieces_case(10, 4, seed=6, hint=weights),
        pieces_case(7, 3, seed=7, loss=losses.MSELoss,
                    hint="Here the loss is the squared error. Use the loss that is given."),
        pieces_case(33, 16, seed=8, hint=weights),
    ])


# Makers of cases, also for the hidden tests


def batches_case(count, batch_size, *, hint="", seed=0, title=""):
    """A case of minibatches: the sizes are right, and every image occurs once."""
    rng = np.random.default_rng(seed)
    return Case({"count": count, "batch_size": batch_size, "rng": rng}, use=batches_of, hint=hint,
                judge=lambda batches: wrong_batches(batches, count, batch_size),
                given=f"count = {count}\nbatch_size = {batch_size}\n"
                f"rng = np.random.default_rng({seed})",
                title=title or f"{count} images, batch size {batch_size}")


def repeatable_batches_case(count, batch_size):
    """A case of minibatches: the order comes from the generator, and from nothing else."""
    return repeatable_case({"count": count, "batch_size": batch_size}, batches_of)


def new_order_case(count, batch_size, title="a second pass"):
    def use(function, count, batch_size):
        rng = np.random.default_rng(5)
        return [batches_of(function, count, batch_size, rng) for _ in range(EPOCHS)]

    def judge(passes):
        if all(same(passes[0], other) for other in passes):
            return (f"{EPOCHS} passes, one after the other with one generator, all went through "
                    "the images in the same order.")
        return None

    return Case({"count": count, "batch_size": batch_size}, use=use, judge=judge, title=title,
                hint="A generator gives other numbers each time that something is drawn from it.")


def well_shuffled_case(count, batch_size, title="how well it is shuffled"):
    """A case of minibatches: every image may come anywhere, and with any other one."""
    def use(function, count, batch_size):
        return [batches_of(function, count, batch_size, np.random.default_rng(seed))
                for seed in range(SHUFFLES)]

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
                return (f"In {SHUFFLES} passes with different generators, image {image} was in "
                        f"mini-batch {number} {often:.0%} of the times; about {wanted:.0%} are "
                        "expected, as for every image.")
        pairs = batch_size * (batch_size - 1) * full
        left = count - batch_size * full
        together = (pairs + left * (left - 1)) / (count * (count - 1))
        for one, other in itertools.combinations(range(count), 2):
            often = np.mean(place[:, one] == place[:, other])
            if abs(often - together) > 0.18:
                return (f"In {SHUFFLES} passes with different generators, the images {one} and "
                        f"{other} were in one mini-batch {often:.0%} of the times; about "
                        f"{together:.0%} are expected, as for any two images.")
        return None

    return Case({"count": count, "batch_size": batch_size}, use=use, judge=judge, title=title,
                hint="The order should be any order of all the images, each equally likely.")


def pieces_case(count, piece, *, seed, loss=losses.CrossEntropyLoss, hint="", title=""):
    """A case of accumulate, for a small network of two linear layers in float64."""
    rng = np.random.default_rng(seed)
    small = SmallMemory(network.mlp((6, 4, CLASSES), rng=rng, dtype=np.float64).layers, piece)
    images = rng.integers(-4, 5, (count, 2, 3, 1)) / 2
    labels = rng.permutation(np.arange(count) % CLASSES)

    def run(chosen):
        criterion = loss()
        value = criterion.forward(network.Sequential.forward(small, images[chosen]), labels[chosen])
        small.backward_to_params(criterion.backward())
        return value, gradient_row(small)

    starts = range(0, count, piece)
    parts = [run(slice(start, start + piece)) for start in starts]
    values, rows = (np.array(column) for column in zip(*parts, strict=True))
    expected = run(slice(count))
    suspects = {
        "This comes out when every piece counts the same, however many images it has.":
            (values.mean(), rows.mean(axis=0)),
        "This comes out when the pieces are added up. Their gradients are means already.":
            (values.sum(), rows.sum(axis=0)),
        "This comes out when only the last piece counts. backward replaces the gradients that the "
        "one before it left; it does not add to them.": (values[-1], rows[-1]),
        "The gradient is right, and the loss is that of the last piece alone.":
            (values[-1], expected[1]),
        "The gradient is right, and the loss is not: every piece counts the same in it.":
            (values.mean(), expected[1]),
        "The loss is right, and the gradient is that of the last piece alone. backward replaces "
        "what the one before it left; it does not add to it.": (expected[0], rows[-1]),
    }
    share = count // piece * piece / count  # of the images that are in full pieces
    if 0 < share < 1:
        suspects["This comes out when the last, smaller piece is left out."] = (
            values[:-1].mean() * share, rows[:-1].mean(axis=0) * share)
        suspects["This comes out when the last, smaller piece is left out of the mean."] = (
            values[:-1].mean(), rows[:-1].mean(axis=0))
    small.grads_forgotten()
    return Case({"network": small, "loss": loss(), "images": images, "labels": labels,
                 "piece": piece}, expected, use=use_accumulate, hint=hint, suspects=suspects,
                returns=("value", "gradient"),
                title=title or f"{count} images in pieces of {piece}",
                given="\n".join(["network: Flatten, Linear(6, 4), ReLU, Linear(4, 3), float64",
                                 f"loss: {loss.__name__}()", f"images: shape {images.shape}",
                                 *describe("labels", labels), f"piece = {piece}"]))


# How the learner's functions are called


class SmallMemory(network.Sequential):
    """A network that refuses more than `most` images at once."""

    def __init__(self, layers, most):
        super().__init__(layers)
        self.most = most

    def forward(self, x):
        if len(x) > self.most:
            raise CheckFailed(f"{len(x)} images were sent through the network at once, and with "
                              f"piece={self.most} at most {self.most} fit into its memory.")
        return super().forward(x)

    def grads_forgotten(self):
        for layer in self.layers:
            if network.has_params(layer):
                layer.grads = {}


def batches_of(function, count, batch_size, rng):
    """A list of the mini-batches, at most one more than there are images."""
    check_signature(function, {"count": count, "batch_size": batch_size, "rng": rng})
    batches = function(count, batch_size, rng)
    if batches is None:
        raise CheckFailed("Your function returned None. It should yield the mini-batches, or "
                          "return a list of them.")
    return [np.copy(b) if isinstance(b, np.ndarray) else b
            for b in itertools.islice(batches, count + 1)]


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
        return (f"{count} images in mini-batches of {batch_size} should come in sizes of "
                f"{shortly(wanted)}, and yours are {shortly(sizes)}{more}.")
    return not_every_index_once(np.concatenate(batches), count)


def shortly(numbers):
    text = ", ".join(map(str, numbers[:8]))
    return (text or "none") + (f" ... {numbers[-1]} ({len(numbers)} in all)" * (len(numbers) > 8))


def use_accumulate(function, small, loss, images, labels, piece):
    inputs = dict(zip(("network", "loss", "images", "labels", "piece"),
                      (small, loss, images, labels, piece), strict=True))
    check_signature(function, inputs)
    before = [layer.params[name].copy() for layer, name in network.parameters(small)]
    result = function(*inputs.values())
    after = [layer.params[name] for layer, name in network.parameters(small)]
    if not all(map(np.array_equal, before, after)):
        raise CheckFailed("The weights of the network are not what they were before. Only the "
                          "gradient is wanted, without a step.")
    return result

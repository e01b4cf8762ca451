"""The cases of lesson 01's exercises."""

import functools

import numpy as np

from course_lib.practice.checks import lesson_01_data_loading as library
from course_lib.practice.checks.engine import Case
from course_lib.practice.checks.engine.common_mistakes import Recognised
from course_lib.practice.checks.engine.describe import MOST_NUMBERS, headline


def drawn(seed, shape, brightest=255):
    rng = np.random.default_rng(seed)
    return rng.integers(0, brightest + 1, shape).astype(np.uint8)


def patterned(shape):
    """Large images that need little room in a file; neighbours differ in every direction."""
    n, r, c, k = np.indices(shape)
    return ((31 * n + 7 * r + 3 * c + 50 * k + r * c // 64) % 251).astype(np.uint8)


def steady_pattern(shape, value):
    """The same, with one value everywhere in the last channel."""
    images = patterned(shape)
    images[..., -1] = value
    return images


def image_of(pixels, dtype=np.uint8):
    """Images (N, H, W, C); of a list of pixels each becomes an image of 1x1."""
    pixels = np.array(pixels, dtype)
    return pixels if pixels.ndim == 4 else pixels.reshape(len(pixels), 1, 1, -1)


# place_in_row

PLACES = {
    "You get this when rows and columns are exchanged. A step to the right is a step of 1.": (
        lambda i, j, c: 1024 * c + 32 * j + i
    ),
    "You get this when the three colours of a pixel are side by side. Here each colour has a "
    "plane of its own.": lambda i, j, c: 96 * i + 3 * j + c,
    "You get this when the counting begins at 1. The first pixel is in row 0 and column 0, and "
    "the first number of the row is number 0.": lambda i, j, c: 1024 * c + 32 * i + j + 1,
    "You get this when a plane has 32 numbers. How many pixels has an image?": (
        lambda i, j, c: 32 * c + 32 * i + j
    ),
    "You get this when a plane has a single number. How many numbers come before the first green "
    "one?": lambda i, j, c: c + 32 * i + j,
}


def place_case(row, column, channel, about=""):
    place = row, column, channel
    return Case(
        dict(zip(("row", "column", "channel"), place, strict=True)),
        1024 * channel + 32 * row + column,
        suspects={hint: function(*place) for hint, function in PLACES.items()},
        about=about,
        returns="the place",
    )


def make_place_in_row():
    return [
        place_case(0, 0, 0, "This is the first number of all."),
        place_case(0, 1, 0, "One pixel further to the right."),
        place_case(1, 0, 0, "The first pixel of the second row."),
        place_case(0, 0, 1, "The first pixel again, in green."),
        place_case(1, 1, 1),
        place_case(4, 7, 2),
        place_case(7, 4, 2),
        place_case(31, 0, 1),
        place_case(31, 31, 2, "This is the last number of all."),
    ]


# tiny_to_image and to_images

RESHAPED = (
    "This comes out of reshape alone. Which three numbers of the row belong to the first pixel, "
    "and are they neighbours there?"
)
EXCHANGED = (
    "You get this when rows and columns have changed places. Which old axis should come first: "
    "the rows, or the columns?"
)
FORTRAN = (
    "This comes out in Fortran order, in which rows and columns change places. Use the usual order."
)
BACK = (
    "You get this when transpose is told where each axis should go. It wants to know, for each new "
    "axis, which old one comes there."
)
PLANES_FIRST = "These are the planes. The channels have to become the last axis."
FIRST_ONE = "This is the first image alone."


def tiny_case(row, about=""):
    row = np.array(row, np.uint8)
    planes = row.reshape(3, 2, 2)
    return Case(
        {"row": row},
        planes.transpose(1, 2, 0).copy(),
        suspects={
            RESHAPED: row.reshape(2, 2, 3),
            EXCHANGED: planes.T.copy(),
            BACK: planes.transpose(2, 0, 1).copy(),
            PLANES_FIRST: planes,
        },
        about=about,
        returns="the image",
    )


def make_tiny_to_image():
    return [
        tiny_case([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], "All pixels are alike: 1, 2, 3."),
        tiny_case(range(12), "Each number says where in the row it stands."),
        tiny_case([255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255], "The four pixels of the text."),
        tiny_case(drawn(1, 12)),
    ]


def images_case(pixels, about=""):
    planes = pixels.reshape(-1, 3, 32, 32)
    images = planes.transpose(0, 2, 3, 1).copy()
    suspects = {
        RESHAPED: pixels.reshape(-1, 32, 32, 3),
        EXCHANGED: planes.transpose(0, 3, 2, 1).copy(),
        BACK: planes.transpose(0, 3, 1, 2).copy(),
        PLANES_FIRST: planes,
    }
    if len(pixels) > 1:
        suspects[FIRST_ONE] = images[0]
    return Case(
        {"pixels": pixels},
        images,
        suspects=suspects,
        about=about,
        returns="the images",
        given=headline("pixels", pixels),
    )


def make_to_images():
    each = np.indices((1, 3, 32, 32), dtype=np.uint8)
    return [
        images_case((10 + 10 * each[1]).reshape(1, -1), "Red is 10 everywhere, green 20, blue 30."),
        images_case(each[2].reshape(1, -1), "Each value is the number of its row in the image."),
        images_case(each[3].reshape(1, -1), "Each value is the number of its column."),
        images_case(
            np.repeat(np.array([[1], [2], [3]], np.uint8), 3072, axis=1),
            "There are three images: all values of the first are 1, of the second 2, of the "
            "third 3.",
        ),
        images_case(drawn(2, (2, 3072)), "There are two images, with values at random."),
        images_case(drawn(3, (2, 3072)), "There are two other images."),
    ]


# normalise

OWN_STATISTICS = (
    "You get this when the test images are normalised with statistics of their own. Which images "
    "do the mean and the deviation come from?"
)
ALL_IMAGES = "You get this when the test images have a share in the mean and the deviation."
ALL_CHANNELS = "You get this when all channels share one mean and one deviation."
N_MINUS_1 = "You get this when the deviation is divided by N - 1 (ddof=1). The task asks for N."
FRACTIONS = "You get this when the values are divided by 255 first."
ADDED = (
    "You get this when something small is added to the deviation, or put in the place of 0. What "
    "does the task say about a channel with a deviation of 0?"
)
UNGUARDED = (
    "You get this when a deviation of 0 stays as it is. What does the task say about a channel that "
    "is the same everywhere?"
)
EACH_PLACE = (
    "You get this when each place in the image has a mean of its own. How many numbers does "
    "train.mean(...) give you, and how many channels are there?"
)
WRAPPED = (
    "You get this when the mean is subtracted in uint8. What does uint8 make of a number below 0?"
)


def scaled(images, source, axes=(0, 1, 2), ddof=0, guard=1):
    """guard: what takes the place of a deviation of 0."""
    mean = source.mean(axis=axes, dtype=np.float64)
    std = source.std(axis=axes, dtype=np.float64, ddof=ddof)
    with np.errstate(all="ignore"):  # where the guard is 0, too
        return ((images - mean) / np.where(std == 0, guard, std)).astype(np.float32)


def wrapped(images, source):
    mean = source.mean(axis=(0, 1, 2)).astype(np.uint8)
    std = source.std(axis=(0, 1, 2), dtype=np.float64)
    return ((images - mean) / np.where(std == 0, 1, std)).astype(np.float32)


def normal_case(train, test, about="", title=""):
    """Two uint8 arrays (N, H, W, C), or lists of pixels for small ones."""
    train, test = (image_of(pixels) for pixels in (train, test))
    expected = scaled(train, train), scaled(test, train)
    everything = np.concatenate([train, test]) if train.shape[1:] == test.shape[1:] else train
    question = functools.partial(
        library.is_enormous, [train.shape, test.shape], float(np.abs(expected[1]).max())
    )
    suspects = {
        OWN_STATISTICS: (scaled(train, train), scaled(test, test)),
        ALL_IMAGES: (scaled(train, everything), scaled(test, everything)),
        ALL_CHANNELS: (scaled(train, train, None), scaled(test, train, None)),
        FRACTIONS: (scaled(train / 255, train / 255), scaled(test / 255, train / 255)),
        WRAPPED: (wrapped(train, train), wrapped(test, train)),
    }
    if (train.std(axis=(0, 1, 2)) == 0).any():
        suspects[ADDED] = Recognised(question)
        suspects[UNGUARDED] = scaled(train, train, guard=0), scaled(test, train, guard=0)
    if train.size > train.shape[3]:
        suspects[N_MINUS_1] = scaled(train, train, ddof=1), scaled(test, train, ddof=1)
    if train.shape[1:] == test.shape[1:]:
        suspects[EACH_PLACE] = scaled(train, train, 0), scaled(test, train, 0)
    small = train.size + test.size <= MOST_NUMBERS
    return Case(
        {"train": train, "test": test},
        expected,
        suspects=suspects if train.size < 10_000 else {ADDED: suspects[ADDED]},
        rtol=1e-4,
        about=about,
        returns=("train", "test"),
        title=title,
        given="" if small else "\n".join([headline("train", train), headline("test", test)]),
    )


def make_normalise():
    return [
        normal_case([10, 30], [50], "The mean is 20, and both are 10 away from it."),
        normal_case([10, 30, 50, 70], [20], "The mean is 40; some pixels are darker."),
        normal_case([[10, 1], [30, 3]], [[20, 2]], "There are two channels."),
        normal_case(
            [[100, 0], [200, 50], [200, 40], [100, 10]],
            [[200, 200], [100, 250]],
            "The test images are brighter than the training images.",
        ),
        normal_case(
            np.reshape([10, 20, 20, 30], (2, 1, 2, 1)),
            np.reshape([20, 40], (1, 1, 2, 1)),
            "Both images together have four pixels, and their mean is 20.",
        ),
        normal_case(
            [[7, 1], [7, 5]],
            [[7, 1], [9, 2]],
            "All values of channel 0 are 7 in the training images.",
        ),
        normal_case(
            [[7, 1], [7, 5], [7, 1], [8, 1]],
            [[7, 1], [9, 2]],
            "Channel 0 has a spread below 1, but it has one.",
        ),
        normal_case(
            drawn(1, (3, 2, 4, 2)),
            drawn(2, (2, 2, 4, 2), 128),
            "There are several images of several rows and columns.",
        ),
        normal_case(drawn(3, (20, 5, 6, 3), 90), drawn(4, (7, 5, 6, 3))),
        normal_case(
            drawn(5, (12, 6, 5, 4), 250), drawn(6, (1, 6, 5, 4)), "There are four channels."
        ),
        normal_case(
            steady_pattern((100, 32, 32, 2), 201),
            patterned((1, 32, 32, 2)),
            "There are 100,000 pixels, and channel 1 is 201 everywhere.",
        ),
    ]


# Gradient descent

ONE_EACH = "This is the slope of each pair by itself. The loss is the mean over the pairs."
SLOPES = {
    "You get this when the 2 of the derivative of a square is missing.": (
        lambda w, x, y: np.mean((w * x - y) * x)
    ),
    "You get this when the slopes are added up. The loss is a mean over the pairs.": (
        lambda w, x, y: np.sum(2 * (w * x - y) * x)
    ),
    "You get this without the last factor of the chain rule: what is the derivative of "
    "w x - y with respect to w?": lambda w, x, y: np.mean(2 * (w * x - y)),
    "This is the slope with the other sign: the error is w x - y.": (
        lambda w, x, y: np.mean(2 * (y - w * x) * x)
    ),
    "This is the loss itself, and not its slope.": lambda w, x, y: np.mean((w * x - y) ** 2),
    "You get this when error and input are averaged before they are multiplied.": (
        lambda w, x, y: 2 * np.mean(w * x - y) * np.mean(x)
    ),
}


def slope_case(w, x, y, about=""):
    x, y = np.array(x, float), np.array(y, float)
    return Case(
        {"w": float(w), "x": x, "y": y},
        float(np.mean(2 * (w * x - y) * x)),
        suspects={
            ONE_EACH: 2 * (w * x - y) * x,
            **{hint: float(function(w, x, y)) for hint, function in SLOPES.items()},
        },
        about=about,
        returns="the slope",
        rtol=1e-6,
    )


def make_weight_slope():
    rng = np.random.default_rng(4)
    return [
        slope_case(1, [2], [5], "There is one pair. The error is 2 - 5."),
        slope_case(0, [1, 2], [3, 1], "There are two pairs."),
        slope_case(2, [1, 3], [2, 6], "Both errors are 0: this is the bottom."),
        slope_case(3, [1, 2], [2, 2], "Both errors are positive."),
        slope_case(0.5, rng.normal(size=7), rng.normal(size=7)),
        slope_case(-1.5, rng.normal(size=7), rng.normal(size=7)),
    ]


STEPS = {
    "This step goes uphill.": lambda w, slope, rate: w + rate * slope,
    "You get this without the learning rate.": lambda w, slope, rate: w - slope,
    "This is how far the weight moves, and not where it arrives.": (
        lambda w, slope, rate: -rate * slope
    ),
    "You get this when the step has the same length for every slope.": (
        lambda w, slope, rate: w - rate * np.sign(slope)
    ),
}


def step_case(w, slope, rate, about=""):
    return Case(
        {"w": w, "slope": slope, "rate": rate},
        w - rate * slope,
        suspects={hint: function(w, slope, rate) for hint, function in STEPS.items()},
        about=about,
        returns="the new weight",
    )


def make_descent_step():
    rng = np.random.default_rng(5)
    return [
        step_case(1.0, 2.0, 0.25, "The slope is positive, so that smaller weights are better."),
        step_case(1.0, -4.0, 0.25, "The slope is negative."),
        step_case(-3.0, 0.0, 0.5, "The slope is 0: this is the bottom."),
        step_case(2.0, 8.0, 1.0, "The learning rate is 1."),
        step_case(np.array([1.0, 2.0]), np.array([10.0, -10.0]), 0.1, "There are two weights."),
        step_case(rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), 0.3, "There are six weights."),
        step_case(rng.normal(size=(2, 3)), rng.normal(size=(2, 3)), 0.7),
    ]


GRADIENTS = {
    "This is the sum over the images. The task asks for the mean.": lambda x, e: x.T @ e,
    "Here rows and columns are exchanged: the shape should be (inputs, classes).": (
        lambda x, e: e.T @ x / len(x)
    ),
    "You get this when inputs and errors are averaged before they are multiplied.": (
        lambda x, e: np.outer(x.mean(axis=0), e.mean(axis=0))
    ),
    "This is the mean over the inputs. Which axis counts the images?": (
        lambda x, e: x.T @ e / x.shape[1]
    ),
    "This has the other sign.": lambda x, e: -x.T @ e / len(x),
    "You get this with the 2 of a squared error. Here the errors are the slopes already.": (
        lambda x, e: 2 * x.T @ e / len(x)
    ),
}


def gradient_case(inputs, errors, about=""):
    inputs, errors = np.array(inputs, float), np.array(errors, float)
    return Case(
        {"inputs": inputs, "errors": errors},
        inputs.T @ errors / len(inputs),
        suspects={hint: function(inputs, errors) for hint, function in GRADIENTS.items()},
        about=about,
        returns="the gradient",
    )


def make_classifier_gradient():
    rng = np.random.default_rng(6)
    return [
        gradient_case([[3]], [[2]], "There is one image with one input, and one class."),
        gradient_case([[1, 2, 3]], [[1, -1]], "There is one image."),
        gradient_case([[1, 2], [3, 4]], [[1, 0], [0, 1]], "There are two images."),
        gradient_case([[1, 2, 3], [4, 5, 6]], [[-1, 1], [2, -2]], "There are three inputs."),
        gradient_case(
            rng.normal(size=(5, 3)),
            rng.normal(size=(5, 2)),
            "There are five images, three inputs and two classes.",
        ),
        gradient_case(rng.normal(size=(5, 3)), rng.normal(size=(5, 2))),
        gradient_case(rng.normal(size=(3, 4)), rng.normal(size=(3, 3))),
    ]


VISIBLE = {
    "place_in_row": make_place_in_row,
    "tiny_to_image": make_tiny_to_image,
    "to_images": make_to_images,
    "normalise": make_normalise,
    "weight_slope": make_weight_slope,
    "descent_step": make_descent_step,
    "classifier_gradient": make_classifier_gradient,
}

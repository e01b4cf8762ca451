"""Lesson 01: from a row of numbers to an image, normalising, and gradient descent."""

import numpy as np

from course_lib.practice.exercises import by_the_course


@by_the_course(
    hints=[
        "Count what comes before the number you want: whole planes, whole rows, single pixels.",
        "A plane has 32 × 32 = 1024 numbers, and a row of it has 32.",
        "1024 for each channel before this one, 32 for each row above, and 1 for each column to "
        "the left. Add the three.",
    ],
    word="The channel has the largest step: red, green and blue of one pixel lie 1024 numbers "
    "apart. Remember that when you meet the shortcut below.",
)
def place_in_row(row: int, column: int, channel: int) -> int:
    """Where in a row of 3072 numbers this pixel's value in this channel is. All count from 0."""
    return 1024 * channel + 32 * row + column


@by_the_course(
    hints=[
        "Take two steps. First cut the row into its three planes, then move the axes.",
        "`row.reshape(3, 2, 2)` has the axes (channel, row, column): numbers 0, 1 and 2.",
        "The image's axes are (row, column, channel). `transpose` takes, for each new axis, the "
        "number of the old one: 1, then 2, then 0.",
    ],
    word="`reshape` keeps the numbers in their order and only sets new cuts; `transpose` is what "
    "moves them.",
)
def tiny_to_image(row: np.ndarray) -> np.ndarray:
    """A row of 12 numbers -> an image of 2 x 2 pixels, (2, 2, 3)."""
    planes = row.reshape(3, 2, 2)  # (channel, row, column)
    return planes.transpose(1, 2, 0)  # (row, column, channel)


@by_the_course(
    hints=[
        "The same two steps as for one tiny image, with one axis more in front: the image's "
        "number.",
        "In `reshape`, one length may be −1: NumPy works it out, here the number of images.",
        "After `pixels.reshape(-1, 3, 32, 32)` the axes are (image, channel, row, column). The "
        "images stay where they are, and the channels move to the end.",
    ],
    word="Neither line copies a number: both return a view, the same memory read in another "
    "order. That is why a thousand images take no time.",
)
def to_images(pixels: np.ndarray) -> np.ndarray:
    """Rows of colour planes, (N, 3072) -> images, (N, 32, 32, 3)."""
    planes = pixels.reshape(-1, 3, 32, 32)  # (image, channel, row, column)
    return planes.transpose(0, 2, 3, 1)  # (image, row, column, channel)


@by_the_course(
    hints=[
        "How many means are there? One for each channel, over all images, rows and columns.",
        "`train.mean(axis=(0, 1, 2))` has one number for each channel. So has `train.std(...)`.",
        "`std[std == 0] = 1` takes care of a channel that is the same everywhere.",
        "`((images - mean) / std).astype(np.float32)`, for both, with the mean and the std of "
        "train.",
    ],
    word="`train.mean` returns float64, so the subtraction is done in float64 and nothing wraps "
    "round. The last step makes float32 of it, which takes half the memory.",
)
def normalise(train: np.ndarray, test: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two uint8 arrays (N, H, W, C) -> the same in float32, with the statistics of train."""
    mean = train.mean(axis=(0, 1, 2))
    std = train.std(axis=(0, 1, 2))
    std[std == 0] = 1
    return ((train - mean) / std).astype(np.float32), ((test - mean) / std).astype(np.float32)


@by_the_course(
    hints=[
        "First without the mean: what is the derivative of (w x − y)² with respect to w?",
        "The chain rule: 2 (w x − y), times the derivative of what is in the brackets, x.",
        "Compute `2 * (w * x - y) * x` for all pairs at once, and take the mean.",
    ],
    word="Error times input. You will meet this product in every layer of the course.",
)
def weight_slope(w: float, x: np.ndarray, y: np.ndarray) -> float:
    """The slope at w of the loss, the mean of (w x - y)². x and y: (N,). Returns a number."""
    return float(np.mean(2 * (w * x - y) * x))


@by_the_course(
    hints=[
        "A positive slope means: uphill to the right. Which way is down?",
        "The weight moves by the learning rate times the slope, and in the other direction.",
    ],
    word="`w -= rate * slope` would do for a number. For an array it would change the caller's "
    "weights in place.",
)
def descent_step(w: float, slope: float, rate: float) -> float:
    """One step of gradient descent: the new weight. Also for arrays of weights and slopes."""
    return w - rate * slope


@by_the_course(
    hints=[
        "For one weight it is the mean of input times error. Which input, and which error, belong "
        "to the weight in row d and column k?",
        "gradient[d, k] is the mean over the images n of inputs[n, d] * errors[n, k].",
        "A sum over n of products with the indices [n, d] and [n, k] is a matrix product, once "
        "the first array is transposed: `inputs.T @ errors`.",
    ],
    word="One matrix product works out all slopes at once. It is also the backward pass of a "
    "linear layer, as you will see in lesson 03.",
)
def classifier_gradient(inputs: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """The slope of every weight: inputs (N, D), errors (N, K) -> (D, K)."""
    return inputs.T @ errors / len(inputs)

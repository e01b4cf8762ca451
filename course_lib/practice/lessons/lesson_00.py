"""Lesson 00's exercises: numbers that say how a training is going."""

import numpy as np

from course_lib.practice.exercises import by_the_course


@by_the_course(
    hints=[
        "Pythagoras: the length of (3, 4) is the square root of 3² + 4².",
        "NumPy squares every number of an array at once: numbers**2. The sum of all of them, "
        "whatever the array's shape, is np.sum(numbers**2).",
        "return np.sqrt(np.sum(numbers**2))",
    ],
    word="np.linalg.norm(numbers) computes the same. The length tells how large an array's "
    "numbers are together, whatever its shape: we use it for gradients and for weights.",
)
def length(numbers):
    """numbers, of any shape -> their length, one number."""
    return np.sqrt(np.sum(numbers**2))


@by_the_course(
    hints=[
        "Which numbers are above 0? A comparison answers for all of them at once: maps > 0 is an "
        "array of True and False.",
        "NumPy counts True as 1 and False as 0. So the mean of such an array is the share of True.",
        "return np.mean(maps > 0)",
    ],
    word="Why > and not >=? Where ReLU puts out a 0, nothing gets through, forward or backward.",
)
def share_active(maps):
    """maps, of any shape -> the share of their numbers that are above 0, from 0 to 1."""
    return np.mean(maps > 0)


@by_the_course(
    hints=[
        "Two steps: pick the probability of the true class, then take minus its logarithm.",
        "probabilities[label] is the probability of the true class. np.log is the natural "
        "logarithm.",
        "return -np.log(probabilities[label])",
    ],
    word="The logarithm of a number between 0 and 1 is negative, so the minus makes the loss "
    "positive. Only the true class counts: the other nine have their say through the sum, which "
    "is 1.",
)
def loss_of(probabilities, label):
    """probabilities (K,) and the number of the true class -> the loss of one image."""
    return -np.log(probabilities[label])


@by_the_course(
    hints=[
        "First the answers: for each image the class with the largest probability. Then count how "
        "often the answer is the label.",
        "np.argmax(probabilities, axis=1) gives one answer for each row. Without axis=1 it gives "
        "the place of the largest number in the whole table.",
        "answers == labels is True where the answer is right, and the mean of it is the share.",
        "return np.mean(np.argmax(probabilities, axis=1) == labels)",
    ],
    word="How sure the network was plays no part: an answer with 10.1 % counts as much as one "
    "with 100 %. The loss sees that difference, and the accuracy does not.",
)
def accuracy_of(probabilities, labels):
    """probabilities (N, K), labels (N,) -> the share of right answers, from 0 to 1."""
    return np.mean(np.argmax(probabilities, axis=1) == labels)

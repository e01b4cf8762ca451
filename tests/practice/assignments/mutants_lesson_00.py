"""Mistakes that learners make in lesson 00's exercises."""

import numpy as np

from tests.practice.assignments import changes, endless
from tests.practice.assignments import solutions_lesson_00 as right


@endless
def length_without_end(numbers):
    """a loop that never moves on"""
    total, k = 0.0, 0
    while k < numbers.size:
        total += numbers.ravel()[k] ** 2
    return np.sqrt(total)


def share_kept(maps, seen={}):  # noqa: B006 (this is the mistake)
    """a default argument that remembers"""
    return seen.setdefault(maps.shape, np.mean(maps > 0))


def zeros_written_over(maps):
    """ReLU in place"""
    maps[maps < 0] = 0
    return np.mean(maps > 0)


@endless
def loss_without_end(probabilities, label):
    """waits for a class that never comes"""
    k = 0
    while k != label:
        k = k - 1
    return -np.log(probabilities[k])


LENGTH = [
    length_without_end,
    *changes(
        right.length,
        """
        the square root forgotten | np.sqrt(np.sum(numbers**2)) => np.sum(numbers**2)
        the numbers are not squared | np.sqrt(np.sum(numbers**2)) => np.sum(np.abs(numbers))
        squared after the sum | np.sum(numbers**2) => np.sum(numbers) ** 2
        the mean in place of the sum | np.sum(numbers**2) => np.mean(numbers**2)
        the number of numbers | np.sqrt(np.sum(numbers**2)) => len(numbers)
        one length for each column | np.sum(numbers**2) => np.sum(numbers**2, axis=0)
        Python's sum, which adds rows | np.sum(numbers**2) => sum(numbers**2)
        doubled, not squared | numbers**2 => np.abs(2 * numbers)
        the largest number | np.sqrt(np.sum(numbers**2)) => np.max(np.abs(numbers))
        printed, not returned | return np.sqrt(np.sum(numbers**2)) => print(np.sqrt(np.sum(numbers**2)))
        rounded | np.sqrt(np.sum(numbers**2)) => round(np.sqrt(np.sum(numbers**2)), 3)
        the root of each square | np.sqrt(np.sum(numbers**2)) => np.sum(np.sqrt(numbers**2))
        NumPy's spectral norm of a table | np.sqrt(np.sum(numbers**2)) => np.linalg.norm(np.atleast_2d(numbers), 2)
        """,
    ),
]
SHARE = [
    share_kept,
    zeros_written_over,
    *changes(
        right.share_active,
        """
        zeros count, too | maps > 0 => maps >= 0
        counted, not divided | np.mean(maps > 0) => np.sum(maps > 0)
        in percent | np.mean(maps > 0) => 100 * np.mean(maps > 0)
        the others | maps > 0 => maps < 0
        the mean of what ReLU leaves | np.mean(maps > 0) => np.mean(np.maximum(maps, 0))
        whatever is not 0 | maps > 0 => maps != 0
        divided by the rows | np.mean(maps > 0) => np.sum(maps > 0) / len(maps)
        a share for each column | np.mean(maps > 0) => np.mean(maps > 0, axis=0)
        whole numbers, rounded down | np.mean(maps > 0) => np.sum(maps > 0) // maps.size
        a table of answers | np.mean(maps > 0) => maps > 0
        whether any is | np.mean(maps > 0) => np.any(maps > 0)
        return forgotten | return np.mean => np.mean
        """,
    ),
]
LOSS = [
    loss_without_end,
    *changes(
        right.loss_of,
        """
        the minus forgotten | -np.log => np.log
        softmax once more | probabilities[label] => np.exp(probabilities[label]) / np.exp(probabilities).sum()
        the logarithm to the base 10 | np.log => np.log10
        the logarithm to the base 2 | np.log => np.log2
        no logarithm | -np.log(probabilities[label]) => -probabilities[label]
        what is missing to 1 | -np.log(probabilities[label]) => 1 - probabilities[label]
        the most probable class | probabilities[label] => probabilities.max()
        counted from 1 | probabilities[label] => probabilities[label - 1]
        the logarithms of all classes | -np.log(probabilities[label]) => -np.sum(np.log(probabilities))
        the entropy, which needs no label | -np.log(probabilities[label]) => -np.sum(probabilities * np.log(probabilities))
        of what is missing to 1 | np.log(probabilities[label]) => np.log(1 - probabilities[label])
        a small number added, against log 0 | probabilities[label] => probabilities[label] + 1e-7
        one loss for each class | probabilities[label] => probabilities
        return forgotten | return -np.log => -np.log
        """,
    ),
]
ACCURACY = changes(
    right.accuracy_of,
    """
    one answer for the whole table | np.argmax(probabilities, axis=1) => np.argmax(probabilities)
    an answer for each class | np.argmax(probabilities, axis=1) => np.argmax(probabilities, axis=0)
    counted, not divided | np.mean(np.argmax(probabilities, axis=1) == labels) => np.sum(np.argmax(probabilities, axis=1) == labels)
    in percent | return np.mean => return 100 * np.mean
    the wrong ones | == labels => != labels
    the least probable class | np.argmax => np.argmin
    the largest probability in place of its class | np.argmax => np.max
    a tie counts as right
        np.argmax(probabilities, axis=1) == labels => probabilities.max(axis=1) == probabilities[range(len(labels)), labels]
    the last of equal classes | np.argmax(probabilities, axis=1) => probabilities.shape[1] - 1 - np.argmax(probabilities[:, ::-1], axis=1)
    only where more than half | np.argmax(probabilities, axis=1) == labels => probabilities[range(len(labels)), labels] > 0.5
    the mean probability of the true class | np.argmax(probabilities, axis=1) == labels => probabilities[range(len(labels)), labels]
    divided by the number of classes
        np.mean(np.argmax(probabilities, axis=1) == labels) => np.sum(np.argmax(probabilities, axis=1) == labels) / probabilities.shape[1]
    whether all are right | np.mean => np.all
    answers in place of hits | np.mean(np.argmax(probabilities, axis=1) == labels) => np.mean(np.argmax(probabilities, axis=1))
    """,
)
ACCURACY += changes(
    right.accuracy_by_loop,
    "returns after the first image | hits += 1 => return 1 / len(labels)",
)

MUTANTS = {"length": LENGTH, "share_active": SHARE, "loss_of": LOSS, "accuracy_of": ACCURACY}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
length | the square root forgotten | The square root is still missing.
length | the numbers are not squared | Did you square the numbers before you added them?
length | the root of each square | Did you square the numbers before you added them?
length | squared after the sum | The numbers are squared one by one
length | the mean in place of the sum | Add the squares; their mean is smaller.
share_active | divided by the rows | What does len count
share_active | zeros count, too | Is a 0 above 0?
share_active | whatever is not 0 | negative numbers count as well
share_active | counted, not divided | What share of all numbers is it?
share_active | in percent | A share lies between 0 and 1
share_active | the mean of what ReLU leaves | whatever their size
loss_of | the minus forgotten | The logarithm of a probability is negative
loss_of | softmax once more | These are probabilities already
loss_of | the entropy, which needs no label | This is the entropy of the probabilities.
loss_of | the logarithm to the base 10 | Which logarithm?
loss_of | the logarithm to the base 2 | to the base 2?
loss_of | the most probable class | the most probable one, or the true one?
accuracy_of | one answer for the whole table | Along which axis does np.argmax look?
accuracy_of | an answer for each class | Which axis holds the classes?
accuracy_of | counted, not divided | What share of all of them is it?
accuracy_of | in percent | A share lies between 0 and 1
accuracy_of | the wrong ones | That is the share of wrong answers.
accuracy_of | a tie counts as right | which one does np.argmax give?
accuracy_of | only where more than half | An answer need not have more than one half
accuracy_of | the mean probability of the true class | how sure it was does not count
"""

"""Right solutions of lesson 00's exercises, each in another way."""

import math

import numpy as np


def length(numbers):
    """the formula"""
    return np.sqrt(np.sum(numbers**2))


def share_active(maps):
    """the mean of a comparison"""
    return np.mean(maps > 0)


def loss_of(probabilities, label):
    """picked by its number"""
    return -np.log(probabilities[label])


def accuracy_of(probabilities, labels):
    """all rows at once"""
    return np.mean(np.argmax(probabilities, axis=1) == labels)


def length_by_norm(numbers):
    """NumPy's own"""
    return np.linalg.norm(numbers)


def length_by_loop(numbers):
    """number by number"""
    total = 0
    for number in numbers.flatten():
        total += number * number
    return total**0.5


def length_by_dot(numbers):
    """the product of the row with itself"""
    row = numbers.ravel()
    return math.sqrt(row @ row)


def length_by_hypot(numbers):
    """Pythagoras again and again"""
    return math.hypot(*numbers.ravel().tolist())


def share_by_count(maps):
    """counted"""
    return np.count_nonzero(maps > 0) / maps.size


def share_by_loop(maps):
    """one by one"""
    active = [number for number in maps.ravel() if number > 0]
    return len(active) / len(maps.ravel())


def share_by_relu(maps):
    """what ReLU leaves"""
    return np.count_nonzero(np.maximum(maps, 0)) / maps.size


def loss_by_math(probabilities, label):
    """with Python's logarithm"""
    return -math.log(probabilities[label])


def loss_of_the_inverse(probabilities, label):
    """the logarithm of 1/p"""
    return np.log(1 / probabilities[label])


def loss_by_one_hot(probabilities, label):
    """picked by a product"""
    y = np.zeros(len(probabilities))
    y[label] = 1
    return -np.log(np.sum(y * probabilities))


def accuracy_by_loop(probabilities, labels):
    """image by image"""
    hits = 0
    for row, label in zip(probabilities, labels, strict=True):
        if np.argmax(row) == label:
            hits += 1
    return hits / len(labels)


def accuracy_by_sum(probabilities, labels):
    """a sum, divided"""
    return (probabilities.argmax(axis=1) == labels).sum() / len(labels)


def accuracy_by_lists(probabilities, labels):
    """without NumPy"""
    hits = [row.index(max(row)) == label for row, label in zip(probabilities.tolist(), labels)]  # noqa: B905
    return sum(hits) / len(hits)


SOLUTIONS = {
    "length": [length, length_by_norm, length_by_loop, length_by_dot, length_by_hypot],
    "share_active": [share_active, share_by_count, share_by_loop, share_by_relu],
    "loss_of": [loss_of, loss_by_math, loss_of_the_inverse, loss_by_one_hot],
    "accuracy_of": [accuracy_of, accuracy_by_loop, accuracy_by_sum, accuracy_by_lists],
}

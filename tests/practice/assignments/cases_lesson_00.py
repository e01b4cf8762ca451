"""The cases of lesson 00's exercises."""

import numpy as np

from course_lib.practice.checks import Case
from course_lib.practice.lessons import lesson_00 as right


def length():
    rng = np.random.default_rng(0)
    return [
        length_case(np.array([3.0, 4.0]), "The smallest case: 9 and 16 make 25."),
        length_case(np.array([-5.0, 12.0]), "New here: a negative number."),
        length_case(
            np.array([[1.0, 2.0], [-4.0, 2.0]]), "New here: two axes. All numbers count together."
        ),
        length_case(rng.normal(0, 0.01, (3, 3, 3, 2)), "New here: an array of two filters."),
        length_case(rng.normal(0, 0.01, (3, 3, 3, 2)), "The same shape, with other numbers."),
        length_case(np.zeros((2, 2)), "New here: only zeros. Their length is 0."),
    ]


def length_case(numbers, about):
    squares = float(np.sum(numbers**2))
    suspects = {
        "Is that the length, or its square? The square root is still missing.": squares,
        "Did you square the numbers before you added them?": float(np.abs(numbers).sum()),
        "Add the squares; their mean is smaller.": float(np.sqrt(np.mean(numbers**2))),
    }
    if numbers.sum() >= 0:
        suspects["The numbers are squared one by one, before they are added."] = float(
            np.sqrt(numbers.sum() ** 2)
        )
    return Case({"numbers": numbers}, float(right.length(numbers)), about, suspects, "the length")


def share_active():
    rng = np.random.default_rng(1)
    return [
        share_case(np.array([2.0, -1.0, 0.5, -3.0]), "The smallest case: two of four."),
        share_case(np.array([0.0, 7.0, -1.0, 0.0]), "New here: zeros. A 0 is not above 0."),
        share_case(np.array([[4.0, -2.0, 1.0], [3.0, -6.0, 0.0]]), "New here: two axes."),
        share_case(rng.normal(size=(4, 5, 3)), "New here: three feature maps."),
        share_case(rng.normal(size=(4, 5, 3)), "The same shape, with other numbers."),
        share_case(-np.ones((4, 5, 3)), "New here: nothing is active. The share is 0."),
    ]


def share_case(maps, about):
    suspects = {
        "That is how many numbers are above 0. What share of all numbers is it?": int(
            np.sum(maps > 0)
        ),
        "You get this when the division is by len(maps). What does len count in an array with several "
        "axes?": float(np.sum(maps > 0) / len(maps)),
        "Is a 0 above 0?": float(np.mean(maps >= 0)),
        "You get this when negative numbers count as well.": float(np.mean(maps != 0)),
        "A share lies between 0 and 1; percent come later, when it is printed.": float(
            100 * np.mean(maps > 0)
        ),
        "Count how many numbers are above 0, whatever their size.": float(
            np.maximum(maps, 0).mean()
        ),
    }
    expected = float(right.share_active(maps))
    return Case({"maps": maps}, expected, about, suspects, "the share")


def loss_of():
    rng = np.random.default_rng(2)
    return [
        loss_case([0.25, 0.75], 0, "The smallest case: the true class has a probability of 1/4."),
        loss_case([0.25, 0.75], 1, "The same probabilities, and the other class is the true one."),
        loss_case([0.7, 0.2, 0.1], 2, "New here: three classes."),
        loss_case(rng.dirichlet(np.ones(10)), 6, "New here: ten classes."),
        loss_case(rng.dirichlet(np.ones(10)), 6, "The same shape, with other numbers."),
        loss_case([0.0, 1.0, 0.0], 1, "New here: sure and right. The loss is 0."),
    ]


def loss_case(probabilities, label, about):
    p = np.array(probabilities)
    with np.errstate(all="ignore"):
        suspects = {
            "The logarithm of a probability is negative; a loss is not.": float(np.log(p[label])),
            "Which logarithm? np.log is the natural one.": float(-np.log10(p[label])),
            "Is that the logarithm to the base 2? np.log is the natural one.": float(
                -np.log2(p[label])
            ),
            "Which class does the loss look at: the most probable one, or the true one?": float(
                -np.log(p.max())
            ),
            "These are probabilities already: softmax has been applied once, and that is enough.": float(
                -np.log(np.exp(p[label]) / np.exp(p).sum())
            ),
            "This is the entropy of the probabilities. The loss looks at one class alone.": float(
                -np.sum(p * np.log(p))
            ),
        }
    inputs = {"probabilities": p, "label": label}
    expected = float(right.loss_of(p, label))
    return Case(inputs, expected, about, suspects, "the loss")


def accuracy_of():
    rng = np.random.default_rng(3)
    return [
        accuracy_case(
            [[0.2, 0.8], [0.4, 0.6]], [1, 0], "The smallest case: the first of two is right."
        ),
        accuracy_case([[0.2, 0.8], [0.4, 0.6]], [1, 1], "The same probabilities: both are right."),
        accuracy_case(
            [[0.2, 0.5, 0.3], [0.4, 0.3, 0.3], [0.1, 0.1, 0.8], [0.3, 0.4, 0.3]],
            [1, 0, 0, 2],
            "New here: three classes, and none of them has to reach one half.",
        ),
        accuracy_case(rng.dirichlet(np.ones(5), 8), rng.integers(0, 5, 8), "Eight images."),
        accuracy_case(
            rng.dirichlet(np.ones(5), 8),
            rng.integers(0, 5, 8),
            "The same shapes, with other numbers.",
        ),
        accuracy_case(
            np.full((4, 5), 0.2),
            [0, 3, 0, 1],
            "New here: equal probabilities. np.argmax answers with the first class.",
        ),
    ]


def accuracy_case(probabilities, labels, about):
    p, labels = np.array(probabilities), np.array(labels)
    right_ones = int(np.sum(p.argmax(axis=1) == labels))
    of_label = p[np.arange(len(p)), labels]
    suspects = {
        "That is how many answers are right. What share of all of them is it?": right_ones,
        "A share lies between 0 and 1; percent come later, when it is printed.": float(
            100 * right_ones / len(p)
        ),
        "That is the share of wrong answers.": float(1 - right_ones / len(p)),
        "Along which axis does np.argmax look? Each row needs an answer of its own.": float(
            np.mean(np.argmax(p) == labels)
        ),
        "That is the mean probability of the true classes. An answer is right or wrong, and how "
        "sure it was does not count.": float(of_label.mean()),
        "Where several classes are equally probable, a network has one answer all the same: "
        "which one does np.argmax give?": float(np.mean(of_label == p.max(axis=1))),
        "An answer need not have more than one half: it is the largest of its row.": float(
            np.mean(of_label > 0.5)
        ),
    }
    if p.shape[0] == p.shape[1]:
        suspects["Which axis holds the classes? Each row is an image."] = float(
            np.mean(p.argmax(axis=0) == labels)
        )
    expected = float(right.accuracy_of(p, labels))
    inputs = {"probabilities": p, "labels": labels}
    return Case(inputs, expected, about, suspects, "the accuracy")


VISIBLE = {
    "length": length,
    "share_active": share_active,
    "loss_of": loss_of,
    "accuracy_of": accuracy_of,
}

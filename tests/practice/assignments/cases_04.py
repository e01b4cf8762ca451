"""Cases of assignment 04, with their answers. See tests/practice/store_cases.py."""

import dataclasses
import functools

import numpy as np

from course_lib.nn import losses
from course_lib.practice.checks import Again, Case
from course_lib.practice.checks import assignment_04_stable_losses as checks
from course_lib.practice.checks.engine.common_mistakes import Recognised, of_other_shape
from course_lib.practice.checks.engine.describe import describe

TWICE_IN_PLACE = (
    "The function is called twice with the same arrays, which hold other numbers in the first call."
)
SINGLE = "The logits are float32."
NOT_FINITE = (
    "Not every number here is finite. Print what you compute, step by step: which is the first that "
    "is not? The exponential of a number above 709 is infinite (in float32, above 88). That of a "
    "very negative number is 0, and then its logarithm is infinite, and so is 1 divided by it."
)
NEIGHBOUR = (
    "Alone, each of these rows is no trouble. What is subtracted from a row, and which rows does "
    "that number come from?"
)


def same_objects(case):
    """The case, with a first call in which the same arrays hold other numbers."""
    return Case(
        case.inputs,
        case.expected,
        about=TWICE_IN_PLACE,
        returns=case.returns,
        title="the same arrays with other numbers",
        use=checks.in_the_same_arrays,
        parameters=tuple(case.inputs),
        again=Again(read_only=False),  # the arrays are written to between the calls
        rtol=case.rtol,
    )


MANY_IMAGES = "There are thousands of images. All are alike, except the last five."
MANY_CLASSES = "There are 300 classes."


def thousands(count, first, last):
    """`count` times the first value, and five times the last: inputs of count + 5 images.

    Equal numbers show best what is lost where they are added one after another in float32.
    """
    return [first] * count + [last] * 5


def large(case, about, title=""):
    """The case, without suspects: these would make the stored file large."""
    return dataclasses.replace(case, suspects={}, about=about, title=title or case.title)


def many_classes(images, seed):
    """Logits (images, 300), drawn, with few digits."""
    return np.random.default_rng(seed).normal(size=(images, 300)).round(1)


# Task 1: top-k accuracy

TIE = "You get this when the label is ahead of a class that ties with it."
LABEL_COUNTS = "You get this when the label itself counts as one of the others."
ONE_MORE = "You get this when k others may be ahead. The task says fewer than k."
NAN_COUNTS = "You get this when a row with a nan counts like any other. What is `nan >= 1`?"
NAN_SKIPPED = "You get this when rows with a nan are left out of the mean. It is over all images."
ALL_NAN = "You get this when one row with a nan makes the others wrong, too."
FIRST_ONLY = "This comes out for k = 1, whatever k is."
LOWEST = "You get this with the lowest logits in place of the highest."
HOW_MANY = "This is how many images are right; which share of all is that?"
THE_ERROR = "This is the share of images that are wrong."


AFTER_1 = np.nextafter(1, 2)
LARGEST = np.finfo(np.float64).max


def top_k_case(logits, labels, k, about="", *, dtype=np.float64, label_dtype=np.int64, title=""):
    """A case of top_k_accuracy. logits (N, K), labels (N,)."""
    logits, labels = np.array(logits, dtype), np.array(labels, label_dtype)
    own = logits[np.arange(len(labels)), labels][:, np.newaxis]
    broken = np.isnan(logits).any(axis=1)
    others = (logits >= own).sum(axis=1) - 1  # the label itself is one of these
    right = (others < k) & ~broken
    suspects = {
        TIE: ((logits > own).sum(axis=1) < k) & ~broken,
        LABEL_COUNTS: (others + 1 < k) & ~broken,
        ONE_MORE: (others <= k) & ~broken,
        NAN_COUNTS: others < k,
        NAN_SKIPPED: right[~broken],
        ALL_NAN: right & ~broken.any(),
        THE_ERROR: ~right,
    }
    if np.isfinite(logits).all() and all(len(set(row)) == len(row) for row in logits.tolist()):
        suspects[FIRST_ONLY] = others < 1
        suspects[LOWEST] = (logits <= own).sum(axis=1) - 1 < k
    suspects = {
        hint: float(hits.mean()) if hits.size else np.nan for hint, hits in suspects.items()
    }
    return Case(
        {"logits": logits, "labels": labels, "k": k},
        float(right.mean()),
        about=about,
        suspects=suspects | {HOW_MANY: float(right.sum())},
        returns="the accuracy",
        title=title,
    )


def drawn_top_k(shape, k, about="", *, seed, ties=True, **options):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=shape).round(0 if ties else 9)
    return top_k_case(logits, rng.integers(0, shape[1], shape[0]), k, about, **options)


def top_k_visible():
    case, nan, inf = top_k_case, np.nan, np.inf
    three = [[3.0, 1, 2], [3, 1, 2]]
    return [
        case([[2.0, 1]], [0], 1),
        case([[2.0, 1]], [1], 1),
        case([[-2.0]], [0], 1, "There is a single class."),
        case(three, [0, 2], 1),
        case(three, [1, 2], 2),
        case([[-3.0, -1, -2], [-1, -2, -3], [-2, -3, -1]], [2, 2, 1], 2, "No logit is above 0."),
        case(three, [1, 1], 3, "k is as large as the number of classes."),
        case([[5.0, 5, 1]], [0], 1, "Two classes tie for the highest logit."),
        case([[5.0, 5, 1]], [1], 2, "The same tie, with k = 2."),
        case([[5.0, 5, 3, 1]], [2], 2, "Two other classes tie, above the label."),
        case([[0.0, 0, 0, 0]] * 3, [0, 1, 3], 2, "All classes tie."),
        case([[nan, 1.0], [2, 1]], [0, 0], 1, "The label's logit is nan in the first row."),
        case(
            [[1.0, nan, 0], [5, nan, 7], [3, 2, 1]], [0, 0, 0], 1, "Two rows have a nan elsewhere."
        ),
        case([[1.0, 2, nan]], [1], 3, "One logit is nan, and k is the number of classes."),
        case([[1000.0, 1, -5], [0, -900, -901]], [1, 1], 2, "The logits lie far from each other."),
        case([[1.0, 1 + 1e-12, 0]], [1], 1, "Two logits differ by 1e-12."),
        case([[1.0, AFTER_1]], [1], 1, "Two logits are neighbours among the float64 numbers."),
        case([[1e20, 2, 1], [0, 3e20, 1]], [1, 2], 2, "One logit is extremely large."),
        case([[0.0, -0.0, -1]], [0], 1, "0.0 and -0.0 are equal."),
        case([[3.0, inf, -inf], [-inf, 2, -inf]], [1, 0], 2, "Some logits are infinite."),
        case([[inf, inf, 0], [0, -inf, inf]], [0, 2], 1, "Infinite logits can tie as well."),
        case([[-inf, 1.0]], [0], 2, "The label's logit is -inf, and k is the number of classes."),
        case(
            [[inf, LARGEST], [-inf, -LARGEST]],
            [0, 1],
            1,
            "The largest finite numbers do not tie with the infinite ones.",
        ),
        case([[7.0, 7, 0], [1e8, 0, 1e8]], [0, 2], 1, SINGLE, dtype=np.float32),
        case(
            np.arange(384).reshape(3, 128),
            [127, 127, 127],
            1,
            "The labels are int8, with 127 as the largest possible.",
            label_dtype=np.int8,
        ),
        *(
            drawn_top_k((30, 8), k, "Thirty images, many ties.", seed=seed)
            for k, seed in ((1, 1), (3, 3), (3, 4), (5, 5))
        ),
        drawn_top_k((30, 8), 4, "Thirty images, no ties.", seed=7, ties=False),
        large(
            top_k_case(many_classes(3, 8), [299, 260, 3], 150, label_dtype=np.int16), MANY_CLASSES
        ),
        large(
            case(thousands(5000, [2.0, 1, 0], [1.0, 3, 2]), thousands(5000, 0, 0), 2), MANY_IMAGES
        ),
        same_objects(drawn_top_k((8, 4), 2, seed=6)),
    ]


def top_k_hidden():
    case, nan, inf = top_k_case, np.nan, np.inf
    return [
        case([[0.5, 1.5]], [1], 1),
        case([[4.0]], [0], 1, title="one class"),
        drawn_top_k((40, 5), 1, seed=31, ties=False),
        case([[-1.0, -4, -3, -2], [-9, -8, -7, -6]], [2, 2], 3, title="only negative logits"),
        case([[0.5, 0.1, 0.3], [-1, -3, -2]], [1, 1], 3, title="k is the number of classes"),
        case([[1.0, 6, 6, 0], [6, 6, 1, 0]], [2, 0], 1, title="the label ties, k = 1"),
        case([[1.0, 6, 6, 0], [6, 6, 6, 0]], [2, 0], 2, title="the label ties, k = 2"),
        case([[2.0, 9, 9, 9, 1], [3, 4, 4, 0, 0]], [0, 0], 3, title="others tie above the label"),
        case([[0.5, 0.5, 0.5], [-1, -1, -1], [0, 0, 0]], [0, 1, 2], 2, title="all classes tie"),
        case([[0.5, 0.5, 0.5], [-1, -3, -2]], [1, 1], 3, title="all tie, k the number of classes"),
        case([[1.0, nan, 0], [1, 0, 2], [4, 1, 2]], [1, 2, 0], 1, title="the label's logit is nan"),
        case(
            [[9.0, 1, nan, 2], [nan, -2, -3, -1], [nan, -2, -3, -1], [1, 2, 3, 4]],
            [0, 3, 2, 3],
            2,
            title="another logit is nan",
        ),
        case(
            [[1, nan, 7, 2], [4, 3, nan, 1], [0, -9, 1, -2]],
            [2, 0, 1],
            4,
            title="nan, and k is the number of classes",
        ),
        case(
            [[-4.0, 2, 1500], [2000, 1999, -1], [-800, 0, -801]],
            [1, 1, 0],
            2,
            title="logits far from each other",
        ),
        case([[2.0, 2 - 1e-11, 0], [0, 1e-13, -1]], [0, 1], 1, title="logits very near each other"),
        case([[AFTER_1, 1.0, 1], [5e-324, 0, 0]], [0, 0], 1, title="neighbouring numbers"),
        case([[5, 3, -2e25], [4, 6e19, 7]], [1, 0], 2, title="an extremely large logit"),
        case([[-0.0, 0.0, 3], [0, 1, -0.0]], [0, 2], 2, title="0 and -0"),
        case(
            [[inf, 1.0, -inf], [-inf, 4, -inf], [2, -inf, inf]],
            [0, 2, 0],
            2,
            title="infinite logits",
        ),
        case([[-inf, inf, inf], [0, inf, 1]], [1, 1], 1, title="infinite logits that tie"),
        case([[2.0, -inf, 1], [0, 3, -inf]], [1, 2], 3, title="-inf, and k the number of classes"),
        case([[-LARGEST, -inf], [LARGEST, inf]], [0, 1], 1, title="the largest numbers, and inf"),
        case([[-2.0, 3, 3], [0, -4e8, -4e8]], [1, 2], 1, title="float32", dtype=np.float32),
        case(
            np.flip(np.arange(512.0)).reshape(4, 128),
            [127, 0, 100, 126],
            127,
            title="labels as int8",
            label_dtype=np.int8,
        ),
        *(drawn_top_k((50, 9), 4, seed=seed) for seed in (32, 33)),
        drawn_top_k((200, 3), 2, seed=34, ties=False),
        large(
            case(many_classes(4, 36), [1, 299, 257, 298], 160, label_dtype=np.int16),
            "",
            "300 classes",
        ),
        large(
            case(thousands(6000, [1.0, 5], [3.0, 2]), thousands(6000, 1, 1), 1),
            "",
            "thousands of images",
        ),
        same_objects(drawn_top_k((12, 5), 1, seed=35)),
    ]


# Tasks 2 to 4: losses

SUMMED = "This is right but for the mean: it is the sum over the images."
NOT_AVERAGED = "The loss is right, and this is the gradient of the sum over the images."
SUMMED_ONLY = "dlogits is right, and the loss is the sum over the images."
UPHILL = "The loss is right. A step against this dlogits would make it larger."
ADDED = (
    "dlogits is right, and only the last digits of the loss are not, more of them than rounding "
    "spoils. Do you add a small number inside a logarithm? However small, every loss notices."
)
HELD = (
    "dlogits is right, and the loss is finite, but far too small. Something holds it down: a small "
    "number added inside a logarithm, or a limit for a logit, a probability or its logarithm. Which "
    "loss is the largest that your function can return at all?"
)


LOST = (
    "dlogits is right, and digits of the loss are lost. You get this when thousands of float32 "
    "numbers are added one after another: what is added is rounded to the last digit of the sum so "
    "far. `np.sum` and `np.mean` of an array (N,) add in pairs."
)


def many_images(case, losses, title, about=MANY_IMAGES):
    """The case, with one suspect: `losses`, those that count, are added one after another."""
    loss = float(np.cumsum(losses, dtype=np.float32)[-1]) / len(losses)
    lost = {LOST: (loss, case.expected[1])}
    return dataclasses.replace(large(case, about, title), suspects=lost)


def loss_case(inputs, loss, dlogits, about, suspects, *, count=None, questions=(), title=""):
    """A Case of a function that returns loss, dlogits; with the mistakes of every mean.

    questions: some of ADDED, HELD, NOT_FINITE and NEIGHBOUR, where these can be told.
    """
    count, dtype = count or len(dlogits), inputs["logits"].dtype
    suspects = suspects | {
        SUMMED: (loss * count, dlogits * count),
        NOT_AVERAGED: (loss, dlogits * count),
        SUMMED_ONLY: (loss * count, dlogits),
        UPHILL: (loss, -dlogits),
    }
    expected = float(loss) + 0.0, dlogits.astype(dtype)  # never -0.0
    rtol = 1e-5 if dtype == np.float32 else None
    ask = {
        ADDED: checks.nearly_right_and_too_small,
        HELD: checks.held_far_too_small,
        NOT_FINITE: checks.right_or_not_finite,
        NEIGHBOUR: checks.right_or_not_finite,
    }
    return Case(
        inputs,
        expected,
        about=about,
        returns=("loss", "dlogits"),
        suspects={hint: (float(a), b.astype(dtype)) for hint, (a, b) in suspects.items()}
        | {hint: Recognised(functools.partial(ask[hint], expected)) for hint in questions},
        rtol=rtol,
        title=title,
        use=checks.called,
        parameters=tuple(inputs),
    )


# Task 2: binary cross-entropy

EXCHANGED = "You get this when the targets 0 and 1 are exchanged."
FACTOR = (
    "The loss is right, and this dlogits holds a factor p (1 - p) too many. Write the loss "
    "as a function of z, and take its derivative."
)
SOFT = "You get this when a target between 0 and 1 counts as 0. Both terms count there."
YES_ONLY = "dlogits is right, and in this loss the term (1 - t) log(1 - p) is missing."


def binary_results(z, t):
    """(loss, dlogits); z and t (N,)."""
    softplus = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
    return (softplus - z * t).mean(), (sigmoid(z) - t) / len(z)


def sigmoid(z):
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def binary_case(logits, targets, about="", *, dtype=np.float64, **options):
    """A case of binary_cross_entropy. logits and targets (N,)."""
    z, t = np.array(logits, dtype), np.array(targets, dtype)
    inputs = {"logits": z, "targets": t}
    z, t = z.astype(np.float64), t.astype(np.float64)
    loss, dlogits = binary_results(z, t)
    p = sigmoid(z)
    yes = t * (np.maximum(-z, 0) + np.log1p(np.exp(-np.abs(z))))
    suspects = {
        EXCHANGED: binary_results(z, 1 - t),
        FACTOR: (loss, dlogits * p * (1 - p)),
        SOFT: binary_results(z, (t == 1).astype(float)),
        YES_ONLY: (yes.mean(), dlogits),
    }
    return loss_case(inputs, loss, dlogits, about, suspects, **options)


def drawn_binary(size, about="", *, seed, scale=200, **options):
    rng = np.random.default_rng(seed)
    return binary_case(scale * rng.normal(size=size), rng.random(size).round(2), about, **options)


def many_binary(count, first, last, title=""):
    """Thousands of images in float32, of which the last five are wrong."""
    z, t = np.array(thousands(count, first, last)), thousands(count, float(first < 0), 1.0)
    return many_images(binary_case(z, t, dtype=np.float32), np.logaddexp(0, z) - z * t, title)


def binary_visible():
    ordinary, extreme = {"questions": (ADDED,)}, {"questions": (HELD, NOT_FINITE)}
    far = {"questions": (NOT_FINITE,)}
    case = binary_case
    return [
        case([2.0], [1.0], **ordinary),
        case([2.0], [0.0], **ordinary),
        case([0.0], [1.0], "With z = 0 the probability is 1/2.", **ordinary),
        case([-1.5], [1.0], "The logit is negative.", **ordinary),
        case([2.0, -1.0], [0.0, 0.0], "There are two images.", **ordinary),
        case([1.0, -2.0, 0.5], [1.0, 1.0, 0.0], "There are three images.", **ordinary),
        case([3.0], [0.25], "The target lies between 0 and 1.", **ordinary),
        case([-0.0, 0.0], [1.0, 1.0], "Both logits are 0, one of them with a minus sign."),
        case([-12.0, 9.0], [0.0, 1.0], "Sure and right: the loss is small, and not 0.", **ordinary),
        case([1000.0], [0.0], "The logit is 1000.", **extreme),
        case([-1000.0], [1.0], "The logit is -1000.", **extreme),
        case([1000.0, -1000.0], [1.0, 0.0], "Two large logits, both with the right sign.", **far),
        case([800.0, -800.0, 2.0], [0.5, 0.75, 0.0], "Large logits and targets in between.", **far),
        case([3e29, -1e30], [0.0, 0.5], "The logits are as large as they come.", **far),
        case(
            [3e29, -1e30],
            [0.0, 0.5],
            "They are as large, and float32.",
            dtype=np.float32,
            **far,
        ),
        case([100.0, -100.0, 0.5], [0.0, 1.0, 1.0], SINGLE, dtype=np.float32, **far),
        case([1.0, -0.25], [0.5, 1.0], SINGLE + " They are small.", dtype=np.float32),
        case(
            [1000.0, -1000.0],
            [1 - 5e-6, 5e-6],
            "The targets are nearly 1 and nearly 0, and the logits are large.",
        ),
        drawn_binary(5, "Numbers that were drawn.", seed=5),
        drawn_binary(20, "Twenty images.", seed=20),
        drawn_binary(20, "Twenty others.", seed=21, scale=3),
        many_binary(5000, 1.5, -40.0),
        same_objects(drawn_binary(4, seed=4, scale=3)),
    ]


def binary_hidden():
    case = binary_case
    return [
        case([-1.0], [0.0], title="one image"),
        case([0.0], [0.0], title="one image, logit 0"),
        case([0.5, -1.5, 2.5, 0.0], [1.0, 0.0, 0.0, 1.0], title="targets 0 and 1"),
        drawn_binary(12, seed=41, scale=3, title="targets from 0 to 1"),
        case([0.0, -0.0, -0.0], [0.0, 0.0, 0.5], title="0 and -0"),
        case([11.5, -10.0], [1.0, 0.0], title="sure and right"),
        case([-8.5], [0.0], title="sure and right, one image"),
        case([750.0, -2000.0, 1.0], [0.0, 1.0, 0.0], title="large, with the wrong sign"),
        case([950.0, -720.0, 0.5], [1.0, 0.0, 1.0], title="large, with the right sign"),
        case([1500.0, -900.0, 0.5], [0.9, 0.1, 1.0], title="large, and targets in between"),
        case([-1e30, 1e30], [0.75, 1.0], title="as large as they come"),
        case([-1e30, 1e30], [0.75, 1.0], title="as large as they come, float32", dtype=np.float32),
        case([120.0, -95.0, 2.0], [0.25, 1.0, 0.0], title="float32", dtype=np.float32),
        case([-0.5, 0.75], [1.0, 0.0], title="float32, small", dtype=np.float32),
        case([89.0, -104.0], [0.0, 1.0], title="float32, beyond 88", dtype=np.float32),
        case([1500.0, -800.0], [1 - 3e-6, 4e-6], title="targets nearly 1 and nearly 0"),
        *(drawn_binary(300, seed=seed, title="300 images") for seed in (42, 43)),
        many_binary(6000, -1.5, -60.0, "thousands of images, float32"),
        same_objects(drawn_binary(7, seed=44, scale=3)),
    ]


# Task 3: label smoothing

OTHERS = (
    "You get this when smoothing is divided among the other classes only. In the task "
    "every class gets its part, the right one too."
)
HARD = "The loss is right, and this is the gradient of another one, without smoothing."
HARD_LOSS = "dlogits is right, and this is another loss, without smoothing."
NO_SMOOTHING = "You get this without smoothing."
LABEL_WITHOUT = (
    "You get this when the right class gets 1 - smoothing, and no part of the smoothing. What is "
    "the sum of your targets?"
)
WHOLE_FOR_EACH = (
    "You get this when every class gets all of smoothing. What is the sum of your targets?"
)


def smoothed_results(z, targets):
    log_p = losses.log_softmax(z)
    return -(targets * log_p).sum() / len(z), (
        np.exp(log_p) * targets.sum(axis=1, keepdims=True) - targets
    ) / len(z)


def smoothed_case(
    logits, labels, smoothing, about="", *, dtype=np.float64, label_dtype=np.int64, **options
):
    """A case of cross_entropy_smoothed. logits (N, K), labels (N,)."""
    z, labels = np.array(logits, dtype), np.array(labels, label_dtype)
    inputs = {"logits": z, "labels": labels, "smoothing": smoothing}
    z, smoothing = z.astype(np.float64), float(smoothing)
    N, K = z.shape
    log_p, hard = losses.log_softmax(z), np.eye(K)[labels]
    p = np.exp(log_p)

    def result(targets):
        return -(targets * log_p).sum() / N, (p - targets) / N

    loss, dlogits = result((1 - smoothing) * hard + smoothing / K)
    suspects = {
        HARD: (loss, (p - hard) / N),
        HARD_LOSS: (result(hard)[0], dlogits),
        NO_SMOOTHING: result(hard),
        LABEL_WITHOUT: result((1 - smoothing) * hard + smoothing / K * (1 - hard)),
        WHOLE_FOR_EACH: result((1 - smoothing) * hard + smoothing),
    }
    if K > 1:
        suspects[OTHERS] = result((1 - smoothing) * hard + smoothing / (K - 1) * (1 - hard))
    return loss_case(inputs, loss, dlogits, about, suspects, **options)


def drawn_smoothed(shape, smoothing, about="", *, seed, scale=300, **options):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, shape[1], shape[0])
    return smoothed_case(scale * rng.normal(size=shape), labels, smoothing, about, **options)


def many_smoothed(count, first, last, smoothing, title=""):
    """Thousands of images of class 0 in float32."""
    z, labels = np.array(thousands(count, first, last)), [0] * (count + 5)
    case = smoothed_case(z, labels, smoothing, dtype=np.float32)
    log_p = losses.log_softmax(z)
    each = -(1 - smoothing) * log_p[:, 0] - smoothing * log_p.mean(axis=1)
    return many_images(case, each, title)


def smoothed_visible():
    ordinary, extreme = {"questions": (ADDED,)}, {"questions": (HELD, NOT_FINITE)}
    far, near = {"questions": (NOT_FINITE,)}, {"questions": (NEIGHBOUR,)}
    case = smoothed_case
    single = {"dtype": np.float32}
    return [
        case([[2.0, 1, 0]], [1], 0.0, "Without smoothing this is the cross-entropy.", **ordinary),
        case([[2.0, 0]], [0], 0.5, **ordinary),
        case([[2.0, 1, 0, -1]], [3], 0.2, "There are four classes.", **ordinary),
        case([[3.0]], [0], 0.3, "There is a single class.", **ordinary),
        case([[2.0, 1, 0]], [1], 1.0, "With smoothing 1 every class has the same target."),
        case([[2.0, 1, 0], [0, 3, 1]], [1, 2], 0.3, "There are two images.", **ordinary),
        case([[2.0, 1, 0], [0, 3, 1]], [0, 2], 0.001, "The smoothing is small.", **ordinary),
        case([[1000.0, 0, -1000]], [0], 0.1, "The logits are large.", **extreme),
        case([[1000.0, 1001, 1002]], [0], 0.1, "The logits are large, and near each other.", **far),
        case([[-1000.0, -1001]], [1], 0.1, "The logits lie far below 0.", **far),
        case([[1000.0, 0]], [0], 0.4, "The right class is far ahead.", **extreme),
        case([[1.0, 0], [1000, 1001]], [0, 0], 0.2, "One image has large logits.", **near),
        case([[740.0, 0], [0, -0.5]], [0, 0], 0.2, "The other image has large logits."),
        case([[1e20, 1e20, 1e20]], [1], 0.3, "Three equal logits, and very large ones."),
        case([[1e30, -1e30, 0]], [1], 0.5, "The logits are as large as they come.", **far),
        case([[1e30, -1e30, 0]], [1], 0.5, "They are as large, and float32.", **single, **far),
        case([[90.0, 1, 0], [0, -90, 1]], [1, 0], 0.1, SINGLE, **single, **far),
        case([[1e6, 1e6 - 1, 1e6 - 2]], [1], 0.3, SINGLE + " They are large.", **single),
        case(
            [[2.0, 1, 0], [0, 3, 1]],
            [1, 2],
            np.float64(0.25),
            SINGLE + " The smoothing is a np.float64.",
            **single,
        ),
        case(
            np.arange(384).reshape(3, 128) / 100,
            [127, 0, 100],
            0.1,
            "The labels are int8, with 127 as the largest possible.",
            label_dtype=np.int8,
        ),
        case([[1000.0, -1000], [0, 1]], [0, 0], 5e-9, "The smoothing is tiny, the logits large."),
        *(drawn_smoothed((n, 6), 0.1 * n, "Numbers that were drawn.", seed=n) for n in (3, 7)),
        drawn_smoothed((7, 6), 0.1 * 7, "Others of the same shape.", seed=8, scale=3),
        large(case(many_classes(3, 10), [3, 299, 260], 0.3, label_dtype=np.int16), MANY_CLASSES),
        many_smoothed(5000, [0.0, 1.0], [0.0, 30], 0.125),
        same_objects(drawn_smoothed((4, 3), 0.2, seed=9, scale=2)),
    ]


def smoothed_hidden():
    case, single = smoothed_case, {"dtype": np.float32}
    return [
        case([[0.0, -1]], [1], 0.0, title="one image, smoothing 0"),
        drawn_smoothed((5, 4), 0.0, seed=51, scale=2, title="smoothing 0"),
        case([[0.5, 1.5]], [1], 0.6, title="two classes"),
        case([[0.5, 1.5, -2, 0, 1]], [2], 0.35, title="five classes"),
        case([[-5.0], [2.0]], [0, 0], 0.5, title="one class"),
        case([[1.0, -1, 0, 3]], [2], 1.0, title="smoothing 1"),
        case([[0.0, 2], [1, -1]], [0, 1], 0.0005, title="smoothing 0.0005"),
        case([[0.0, 2], [1, -1]], [0, 1], 0.999, title="smoothing 0.999"),
        case([[-1500.0, 1200], [3, 1]], [1, 0], 6e-9, title="smoothing 6e-9"),
        case([[-1000.0, 1000]], [0], 1 - 6e-9, title="smoothing 1 - 6e-9"),
        case([[1.0, -1], [2, 0]], [0, 1], 1, title="smoothing 1, a whole number"),
        drawn_smoothed((6, 10), 0.1, seed=52, scale=3, title="ten classes"),
        case([[-1200.0, 0, 900]], [2], 0.25, title="large logits"),
        case([[-3000.0, -3001, -3002]], [1], 0.25, title="far below 0"),
        case([[2000.0, 2003, 2001]], [1], 0.15, title="far above 0"),
        case([[-5.0, 1300, 2]], [1], 0.3, title="the right class far ahead"),
        case([[0.5, -0.5], [2000, 1999], [0, 3]], [1, 0, 1], 0.8, title="rows far from each other"),
        case([[0.25, 0], [742.0, 0.5]], [0, 1], 0.5, title="rows about 742 from each other"),
        case([[-1e20] * 4], [2], 0.7, title="equal logits, very large"),
        case([[-1e30, 1e30]], [0], 0.1, title="as large as they come"),
        case([[-1e30, 1e30]], [0], 0.1, title="as large as they come, float32", **single),
        case([[100.0, -100, 3], [1, 2, -110]], [1, 0], 0.3, title="float32", **single),
        case([[-2e6, -2e6 - 3, -2e6]], [1], 0.9, title="float32, large", **single),
        case(
            [[0.0, 1, 2], [4, 3, 1]],
            [0, 1],
            np.float64(0.5),
            title="float32, smoothing a np.float64",
            **single,
        ),
        case(
            np.cos(np.arange(512.0)).reshape(4, 128),
            [127, 100, 126, 3],
            0.2,
            title="labels as int8",
            label_dtype=np.int8,
        ),
        *(drawn_smoothed((40, 7), 0.3, seed=seed, title="40 images") for seed in (53, 54)),
        large(
            case(many_classes(4, 56), [258, 2, 299, 0], 0.4, label_dtype=np.int16),
            "",
            "300 classes",
        ),
        many_smoothed(6000, [0.0, 2.4], [0.0, 25], 0.1, "thousands of images, float32"),
        same_objects(drawn_smoothed((5, 4), 0.4, seed=55, scale=2)),
    ]


# Task 4: ignored labels

LAST_CLASS = (
    "You get this when the label -1 stands for the last class, as the index -1 does in NumPy."
)
OVER_ALL = "You get this when the mean is taken over all images. How many of them count?"
GRADIENT_OVER_ALL = "The loss is right, and dlogits is divided by the number of all images."
LOSS_OVER_ALL = (
    "dlogits is right, and the loss is the mean over all images. How many of them count?"
)
NUMBER = (
    "The rest of the program expects an array of the shape and dtype of the logits, also "
    "when no image counts."
)
NOTHING = "No image counts here, and 0 / 0 is nan. What the mean is then, the task says."
ANYTHING = (
    "A row that is ignored holds nan or inf, and it has got into your numbers. 0 times nan is nan, "
    "0 times inf is nan, and the maximum of numbers of which one is nan is nan."
)


def masked_case(
    logits, labels, about="", *, dtype=np.float64, label_dtype=np.int64, questions=(), title=""
):
    """A case of masked_cross_entropy. logits (N, K), labels (N,), of which -1 is ignored."""
    z, labels = np.array(logits, dtype), np.array(labels, label_dtype)
    inputs = {"logits": z, "labels": labels}
    z, kept = z.astype(np.float64), labels >= 0
    count = np.count_nonzero(kept)
    dlogits, loss = np.zeros(z.shape), 0.0
    if count:
        loss, dlogits[kept] = smoothed_results(z[kept], np.eye(z.shape[1])[labels[kept]])
    suspects = {
        OVER_ALL: (loss * kept.mean(), dlogits * kept.mean()),
        GRADIENT_OVER_ALL: (loss, dlogits * kept.mean()),
        LOSS_OVER_ALL: (loss * kept.mean(), dlogits),
    }
    if np.isfinite(z).all():
        suspects[LAST_CLASS] = smoothed_results(z, np.eye(z.shape[1])[labels])
    if not count:
        suspects[NUMBER] = 0.0, np.float64(0)
    case = loss_case(
        inputs,
        loss,
        dlogits,
        about,
        suspects,
        count=max(1, count),
        questions=[question for question in questions if question in (ADDED, HELD, NOT_FINITE)],
        title=title,
    )
    for hint in set(questions) - {ADDED, HELD, NOT_FINITE}:
        question = functools.partial(checks.right_or_not_finite, case.expected)
        case.suspects[hint] = Recognised(question)
    return case


def exactly_zero(case):
    """The case, with rows of exactly 0 where an image is ignored."""
    ignored = case.inputs["labels"] < 0
    judge = functools.partial(checks.wrong_or_not_zero, ignored, case.expected, case.rtol)
    about = "The rows that are ignored must be exactly 0."
    return Case(
        case.inputs,
        about=about,
        use=checks.called,
        parameters=tuple(case.inputs),
        judge=judge,
        title="rows of exactly 0",
    )


def drawn_masked(shape, about="", *, seed, scale=100, **options):
    rng = np.random.default_rng(seed)
    labels = rng.integers(-1, shape[1], shape[0])
    labels[:2] = -1, 0  # of both kinds, at least one
    return masked_case(scale * rng.normal(size=shape), labels, about, **options)


def many_masked(counted, ignored, first, last, title=""):
    """Thousands of images of class 0 in float32, and thousands that fill up the mini-batch."""
    z = np.array(thousands(counted, first, last))
    labels = [0] * len(z) + [-1] * ignored
    case = masked_case(np.concatenate([z, z[:ignored]]), labels, dtype=np.float32)
    about = "There are thousands of images, and the last of them are ignored."
    return many_images(case, -losses.log_softmax(z)[:, 0], title, about)


def masked_visible():
    ordinary, extreme = {"questions": (ADDED,)}, {"questions": (HELD, NOT_FINITE)}
    far, near = {"questions": (NOT_FINITE,)}, {"questions": (NEIGHBOUR,)}
    empty, anything = {"questions": (NOTHING,)}, {"questions": (ANYTHING,)}
    case, nothing, inf = masked_case, [np.nan, np.nan, np.nan], np.inf
    two = [[2.0, 1, 0], [0, 1, 3]]
    single = {"dtype": np.float32}
    return [
        case([[2.0, 1, 0]], [1], "Nothing is ignored: this is the cross-entropy.", **ordinary),
        case(two, [0, 1], "Nothing is ignored, and there are two images.", **ordinary),
        case(two, [2, -1], "The second image is ignored.", **ordinary),
        case(two, [-1, 2], "The first image is ignored.", **ordinary),
        case(two, [0, -1], "The only image that counts is of class 0.", **ordinary),
        case([[2.0, 1, 0]] * 3, [1, -1, 1], "The image in the middle is ignored.", **ordinary),
        case([[7.0], [2]], [-1, 0], "There is a single class.", **ordinary),
        case(two, [-1, -1], "No image counts.", **empty),
        case(two, [-1, -1], "No image counts, and the logits are float32.", **single, **empty),
        case([nothing, [2.0, 1, 0]], [-1, 2], "The ignored row is all nan.", **anything),
        case(
            [[inf, 0, -inf], [2.0, 1, 0]], [-1, 0], "The ignored row has inf and -inf.", **anything
        ),
        case([nothing, nothing], [-1, -1], "No image counts, and all is nan.", **anything),
        case([[1000.0, 0, -1000], [3, 1, 2]], [2, -1], "The logits are large.", **extreme),
        case([[1000.0, 1001, 1002], two[0]], [0, -1], "They are large, but near.", **far),
        case([two[0], [-1000.0, -1001, -1000]], [-1, 1], "They lie far below 0.", **far),
        case([[5000.0, 0, 1], [1, 0, 0]], [-1, 0], "The ignored row has a large logit.", **near),
        case([[1.0, 0, 0], [3000, 3000, 0]], [0, 1], "One image has large logits.", **near),
        case([[740.0, 0], [0, -0.5]], [0, 0], "One image has large logits, the other has not."),
        case([[1e20, 1e20, 1e20], two[0]], [1, -1], "Three equal logits, and very large ones."),
        case([[1e30, -1e30, 0]], [1], "The logits are as large as they come.", **far),
        case([[1e30, -1e30, 0]], [1], "They are as large, and float32.", **single, **far),
        case([[95.0, 1, 0], [0, 1, 3], [1, 1, 1]], [1, -1, 1], SINGLE, **single, **far),
        case(
            np.arange(384).reshape(3, 128) / 100,
            [127, -1, 100],
            "The labels are int8, with 127 as the largest possible.",
            label_dtype=np.int8,
        ),
        exactly_zero(drawn_masked((6, 4), seed=5, scale=2)),
        *(drawn_masked((n, 4), "Numbers that were drawn.", seed=n) for n in (6, 12)),
        drawn_masked((12, 4), "Others of the same shape.", seed=13, scale=3),
        large(case(many_classes(3, 15), [299, -1, 260], label_dtype=np.int16), MANY_CLASSES),
        many_masked(5000, 2500, [0.0, 1.5], [0.0, 30]),
        same_objects(drawn_masked((5, 3), seed=14, scale=2)),
    ]


def masked_hidden():
    case, single = masked_case, {"dtype": np.float32}
    nan, inf = np.nan, np.inf
    return [
        case([[0.0, -1]], [0], title="one image"),
        case([[1.0, 2, 3, 0], [0, 1, 0, 2], [3, 0, 0, 1]], [0, 3, 2], title="nothing is ignored"),
        case([[1.0, 3], [2, 0], [0, 1]], [1, 0, -1], title="the last image is ignored"),
        case([[1.0, 3], [2, 0], [0, 1]], [-1, 1, 0], title="the first image is ignored"),
        case([[1.0, 3], [2, 0], [0, 1]], [0, -1, 0], title="only class 0 counts"),
        case([[1.0, 3], [2, 0], [0, 1]], [1, -1, 1], title="only the last class counts"),
        case([[1.0], [-2], [0]], [0, -1, 0], title="one class"),
        case([[1.0, 2, 4, 0]], [-1], title="one image, ignored"),
        case([[1.0, 2], [4, 0], [1, 1]], [-1, -1, -1], title="no image counts"),
        case([[1.0, 2], [4, 0]], [-1, -1], title="no image counts, float32", **single),
        case([[1.0, 2], [nan, 0], [inf, inf]], [-1, -1, -1], title="no image counts, nan and inf"),
        case([[nan, nan], [1, 3], [nan, 1]], [-1, 0, -1], title="nan in ignored rows"),
        case([[1.0, 3], [inf, 0], [-inf, -inf]], [1, -1, -1], title="inf in ignored rows"),
        case([[inf, -inf], [2.0, 3]], [-1, 1], title="inf and -inf in one ignored row"),
        case(
            [[nan, 1, 2], [300, 1, 2], [inf, 0, nan], [0, 1, 2]],
            [-1, 0, -1, 1],
            title="nan and inf in ignored rows, float32",
            **single,
        ),
        drawn_masked((10, 3), seed=61, scale=500, title="large logits"),
        case([[-2000.0, 0, 1500], [1, 2, 3]], [0, -1], title="large logits, one image counts"),
        case([[1, 2, 3], [2000.0, 2001, 2003]], [-1, 0], title="far above 0"),
        case([[-1500.0, -1501, -1499], [1, 2, 3]], [2, -1], title="far below 0"),
        case([[1, 2, 3.0], [0, 9000, 0]], [2, -1], title="an ignored row far above"),
        case([[1, 2, 3.0], [0, 9000, 8999]], [2, 2], title="rows far from each other"),
        case([[0.25, 0], [742.0, 0.5]], [0, 1], title="rows about 742 from each other"),
        case([[1.0] * 4, [-1e20] * 4], [-1, 2], title="equal logits, very large"),
        case([[-1e30, 1e30], [0, 1]], [0, -1], title="as large as they come"),
        case([[-1e30, 1e30], [0, 1]], [0, -1], title="as large as they come, float32", **single),
        case([[1.0, 2, 0], [0, 100, 3]], [-1, 2], title="float32", **single),
        case([[4e6, 4e6 - 2, 0], [0, 100, 3]], [1, -1], title="float32, large", **single),
        case(
            np.cos(np.arange(512.0)).reshape(4, 128),
            [-1, 127, 100, 126],
            title="labels as int8",
            label_dtype=np.int8,
        ),
        exactly_zero(drawn_masked((9, 5), seed=62, scale=2)),
        *(drawn_masked((60, 4), seed=seed, scale=3, title="60 images") for seed in (63, 64)),
        large(
            case(many_classes(4, 66), [-1, 3, 299, 258], label_dtype=np.int16), "", "300 classes"
        ),
        many_masked(6000, 2100, [0.0, 2.4], [0.0, 25], "thousands of images, float32"),
        same_objects(drawn_masked((7, 4), seed=65, scale=2)),
    ]


# Task 5: back through a temperature

OWN_LOGIT = (
    "You get this when each probability listens to its own logit alone. A logit acts on all "
    "probabilities, its own and the others'."
)
ONE_PRODUCT = (
    "You get this with one number in place of the outer product, as in case B. A logit acts on "
    "all probabilities, its own and the others'."
)
AT_QUOTIENT = (
    "This dlogits is the gradient with respect to z / T, and dtemperature is right. The derivative "
    "of z / T with respect to z is 1 / T."
)
SIGN = "This dtemperature has the wrong sign. A higher temperature makes z / T smaller."
MEAN = "This dtemperature is the mean over the images. Nothing is divided by N here."
ALL_MEAN = "Both are divided by N. Nothing is divided by N here."
ONE_NUMBER = "One temperature serves all images: add over the paths, from all images and classes."
TOO_OFTEN = (
    "This dtemperature is divided by T once too often. Count them: z / T may hold one already, "
    "and so may dlogits."
)
TOO_SELDOM = (
    "This dtemperature is divided by T once too few times. What is the derivative of z / T with "
    "respect to T?"
)
NO_TEMPERATURE = "You get this when the probabilities are the softmax of z, and not of z / T."
UNWEIGHTED = (
    "You get this when the plain mean of dp is subtracted. In the sum over all paths each class "
    "has a weight."
)


def temperature_results(dp, z, T):
    """{hint: (dlogits, dtemperature)}, the right ones at ""; dp and z (N, K).

    Where dlogits is wrong, dtemperature is None: it depends on what was subtracted from z.
    """
    p, near = losses.softmax(z / T), z - z.max(axis=1, keepdims=True)
    N = len(z)

    level = dp - dp.max(
        axis=1, keepdims=True
    )  # a constant in dp changes nothing, to the last digit
    du = p * (level - (p * level).sum(axis=1, keepdims=True))
    dlogits, dT = du / T, -(du * near).sum() / T**2  # near, as the numbers of du add up to 0
    squares = (p * p).sum(axis=1, keepdims=True)
    q = losses.softmax(z)
    return {
        "": (dlogits, dT),
        OWN_LOGIT: (p * (1 - p) * dp / T, None),
        ONE_PRODUCT: ((p * dp - squares * dp.sum(axis=1, keepdims=True)) / T, None),
        NO_TEMPERATURE: (q * (dp - (q * dp).sum(axis=1, keepdims=True)) / T, None),
        UNWEIGHTED: (p * (dp - dp.mean(axis=1, keepdims=True)) / T, None),
        AT_QUOTIENT: (dlogits * T, dT),
        SIGN: (dlogits, -dT),
        MEAN: (dlogits, dT / N),
        ALL_MEAN: (dlogits / N, dT / N),
        TOO_OFTEN: (dlogits, dT / T),
        TOO_SELDOM: (dlogits, dT * T),
    }


def temperature_case(
    dp,
    logits,
    temperature,
    about="",
    *,
    dtype=np.float64,
    dp_dtype=None,
    questions=(),
    title="",
):
    """A case of temperature_backward. dp and logits (N, K)."""
    dp, z = np.array(dp, dp_dtype or dtype), np.array(logits, dtype)
    inputs = {"dp": dp, "logits": z, "temperature": temperature}
    found = temperature_results(dp.astype(np.float64), z.astype(np.float64), float(temperature))
    results = {
        hint: Recognised(functools.partial(checks.has_these_dlogits, a.astype(dtype)))
        if b is None
        else (a.astype(dtype), float(b) + 0.0)  # no -0.0
        for hint, (a, b) in found.items()
    }
    expected = results.pop("")
    many = Recognised(functools.partial(checks.with_more_than_one_number, z.shape))
    question = Recognised(functools.partial(checks.right_or_not_finite, expected))
    return Case(
        inputs,
        expected,
        about=about,
        suspects=results | {ONE_NUMBER: many} | dict.fromkeys(questions, question),
        returns=("dlogits", "dtemperature"),
        rtol=1e-4 if dtype == np.float32 else 1e-8,
        title=title,
        use=checks.called,
        parameters=tuple(inputs),
    )


def drawn_temperature(shape, temperature, about="", *, seed, scale=10, offset=0, **options):
    rng = np.random.default_rng(seed)
    logits = offset + scale * rng.normal(size=shape)
    return temperature_case(rng.normal(size=shape), logits, temperature, about, **options)


def frugal_temperature(*, seed, classes=200, images=1):
    """A case that measures memory: a table of 200 x 200 numbers takes 320,000 bytes.

    Half of that is allowed; with many images of few classes, half of what all their tables take.
    """
    case = drawn_temperature((max(2, images), classes), 2.0, seed=seed, offset=900)
    limit = images * classes**2 * 4
    tables = "A table" if images == 1 else f"A table for each of {images} images,"
    return Case(
        case.inputs,
        about=f"{tables} of {classes} x {classes} numbers takes {2 * limit:,} bytes.",
        use=checks.with_its_memory,
        parameters=tuple(case.inputs),
        judge=functools.partial(
            checks.wrong_or_too_large, limit, case.expected, case.returns, case.rtol
        ),
        title=f"little memory for {len(case.inputs['logits'])} images, {classes} classes",
    )


def many_temperature(count, first, last, temperature, title=""):
    """Thousands of images in float32; dp is 1 for class 0."""
    slope = [1.0] + [0.0] * (len(first) - 1)
    logits = thousands(count, first, last)
    case = temperature_case(thousands(count, slope, slope), logits, temperature, dtype=np.float32)
    return dataclasses.replace(large(case, MANY_IMAGES, title), rtol=1e-5)


def temperature_visible():
    case, single = temperature_case, {"dtype": np.float32}
    far, near = {"questions": (NOT_FINITE,)}, {"questions": (NEIGHBOUR,)}
    two = [[2.0, 1, 0], [0, 3, 3]]
    return [
        case([[1.0, 0]], [[2.0, 0]], 1.0),
        case([[1.0, 0, 0]], [[2.0, 1, 0]], 2.0, "The temperature is 2."),
        case([[0.0, 3, -1]], [[2.0, 1, 0]], 0.5, "The temperature is below 1."),
        case([[7.0, 7, 7]], [[2.0, 1, 0]], 2.0, "dp is the same for all classes."),
        case([[1.0, 4, 2]], [[1.0, 1, 1]], 2, "All logits are equal, and T is a whole number."),
        case([[1.0, 0, 0], [0, 2, 0]], two, 2.0, "There are two images."),
        case([[0.5, 1, 2], [3, 1, 0]], two, 2.0, "Another dp of the same shape."),
        case([[5.0], [2]], [[1.0], [-3]], 2.0, "There is a single class."),
        case([[1.0, 0, 2]], [[3.0, 1, 2]], 100.0, "The temperature is high."),
        case([[1.0, 0, 2]], [[999.0, 1000, 1001]], 1.0, "The logits are about 1000.", **far),
        case([[1.0, 0, 2]], [[-1001.0, -1000, -1002]], 1.0, "They are about -1000.", **far),
        case([[1.0, 0, 2]], [[1000.0, 0, -1000]], 0.001, "One class is far ahead.", **far),
        case([[1.0, 0, 2]], [[3.0, 3.001, 2.999]], 0.001, "The temperature is low.", **far),
        case([[1.0, 2], [3, 1]], [[0.0, 1], [1000, 998]], 0.5, "One image is far above.", **near),
        case([[1.0, 0, 2], [0, 1, 4]], [[2.0, 1, 0], [1, 3, 2]], 1.5, SINGLE, **single),
        case(
            [[1.0, 0, 2]],
            [[2.0, 1, 0]],
            np.float64(1.5),
            SINGLE + " The temperature is a np.float64.",
            **single,
        ),
        case(
            [[1.0, 0, 2]],
            [[2.0, 1, 0]],
            1.5,
            SINGLE + " dp is float64.",
            dp_dtype=np.float64,
            **single,
        ),
        case(
            [[1.3, 0.1, 2.7]],
            [[2.0, 1, 0]],
            1.5,
            "The logits are float64, and dp is float32.",
            dp_dtype=np.float32,
        ),
        *(drawn_temperature((n, 5), 0.4 * n, "Numbers that were drawn.", seed=n) for n in (3, 6)),
        many_temperature(5000, [0.0, -1.5], [3.0, 1.0], 0.8),
        same_objects(drawn_temperature((3, 4), 0.7, seed=8, scale=1)),
        frugal_temperature(seed=1),
        frugal_temperature(seed=2, classes=30, images=60),
    ]


def temperature_hidden():
    case, single = temperature_case, {"dtype": np.float32}
    return [
        case([[0.0, 2]], [[-1.0, 0]], 1.0, title="T = 1"),
        drawn_temperature((4, 3), 1.0, seed=71, scale=2, title="T = 1, four images"),
        case([[2.0, 0, -1, 1]], [[0.0, 3, 1, 2]], 3.0, title="T = 3"),
        case([[2.0, 0, -1, 1]], [[0.0, 0.3, 0.1, 0.2]], 0.25, title="T = 0.25"),
        case([[-3.0, -3], [2, 2]], [[0.5, 1], [2, 1]], 0.5, title="dp the same for all classes"),
        case([[-3.0, 1, 2, 0]], [[0.5] * 4], 0.5, title="equal logits"),
        case([[-3.0, 1, 2, 0]], [[0.5, 3, 1, 2]], 3, title="T a whole number"),
        case([[-3.0], [1], [2]], [[7.0], [1], [0]], 0.5, title="one class"),
        drawn_temperature((6, 4), 2.5, seed=76, scale=3, title="six images"),
        drawn_temperature((6, 4), 2.5, seed=77, scale=3, title="six other images"),
        case([[5.0, -1], [2, 3]], [[3.0, 1], [40, 90]], 80.0, title="T = 80"),
        drawn_temperature((5, 7), 3.5, seed=72, scale=4, offset=900, title="logits about 900"),
        case([[2.0, 0, -1]], [[980.0, 981, 980]], 1.5, title="logits about 980"),
        case([[1.0, 5, 2]], [[-900.0, -901, -903]], 1.5, title="logits about -900"),
        case([[1.0, 5, 2]], [[-1000.0, 1000, 999]], 0.001, title="one class far ahead"),
        case([[2.0, 0, -1]], [[0.5, 0.502, 0.499]], 0.002, title="T = 0.002"),
        case([[1.0, 5, 2]], [[8, 9, 9.001]], 0.001, title="T = 0.001"),
        case(
            [[1.0, 5], [2, 0]], [[900.0, 901], [-900, -899]], 0.8, title="rows far from each other"
        ),
        case([[1.0, -2], [0, 3]], [[1.0, 2], [0.5, -1]], 0.7, title="float32", **single),
        case(
            [[1.0, -2], [0, 3]],
            [[1.0, 2], [0.5, -1]],
            np.float64(0.5),
            title="float32, T a np.float64",
            **single,
        ),
        case(
            [[1.0, -2], [0, 3]],
            [[1.0, 2], [0.5, -1]],
            2.5,
            title="float32, dp float64",
            dp_dtype=np.float64,
            **single,
        ),
        case(
            [[1.7, -2.3], [0.1, 3]],
            [[1.0, 2], [0.5, -1]],
            2.5,
            title="float64, dp float32",
            dp_dtype=np.float32,
        ),
        many_temperature(6000, [-1.5, 0.0], [1.0, 4.0], 0.8, "thousands of images, float32"),
        same_objects(drawn_temperature((4, 3), 1.3, seed=74, scale=1)),
        frugal_temperature(seed=73, classes=250),
        frugal_temperature(seed=75, classes=25, images=80),
    ]


# Task 6: log-sum-exp in pieces

MAXIMUM = "This is the maximum; the others count as well."
LAST_PIECE = "This is the last piece alone."
FIRST_PIECE = "This is the first piece alone."
LOG_OF_EACH = "This is the sum of the logarithms, and the logarithm of the sum is wanted."
EACH_ROW = "Each row should give one number, so the shape is (N,)."
NOT_RESCALED = (
    "You get this when the sum so far is left as it is although a larger logit has come. It was "
    "made with the old one subtracted."
)
NOT_ADDED = "You get this when the largest logit is not added again in the end."
IMPOSSIBLE = (
    "Some number has become nan. -inf - (-inf) is nan: which of your differences can be that, in a "
    "row of a piece that is all -inf?"
)


def log_sum_exp(logits):
    return np.logaddexp.reduce(logits, axis=1)


def without_rescaling(arrays):
    """The sum so far is left as it is, whatever largest logit comes."""
    largest, total = -np.inf, 0.0
    for piece in arrays:
        largest = np.maximum(largest, piece.max(axis=1))
        total = total + np.exp(piece - largest[:, np.newaxis]).sum(axis=1)
    return largest + np.log(total)


def stream_case(*pieces, about="", one_array=False, questions=(), title=""):
    """A case of log_sum_exp_streaming; pieces (N, some classes), which come from a generator."""
    arrays = [np.array(piece, np.float64) for piece in pieces]
    together = np.concatenate(arrays, axis=1)
    given = [line for i, piece in enumerate(arrays) for line in describe(f"piece {i}", piece)]
    expected, largest = log_sum_exp(together), together.max(axis=1)
    suspects = {
        MAXIMUM: largest,
        LAST_PIECE: log_sum_exp(arrays[-1]),
        FIRST_PIECE: log_sum_exp(arrays[0]),
        LOG_OF_EACH: sum(log_sum_exp(piece) for piece in arrays),
        EACH_ROW: of_other_shape(expected),
    }
    if np.isfinite(together).all():
        suspects |= {
            NOT_RESCALED: without_rescaling(arrays),
            NOT_ADDED: log_sum_exp(together - largest[:, np.newaxis]),
        }
    ask = {IMPOSSIBLE: checks.right_or_nan}
    questions = {
        hint: Recognised(functools.partial(ask.get(hint, checks.right_or_not_finite), expected))
        for hint in questions
    }
    return Case(
        {"pieces": arrays},
        expected,
        about=about,
        suspects=suspects | questions,
        use=checks.from_one_array if one_array else checks.from_a_generator,
        parameters=("pieces",),
        given="\n".join(given),
        returns="the result",
        title=title or f"{len(arrays)} pieces, {len(together)} rows, {together.shape[1]} classes",
    )


def drawn_stream(rows, widths, about="", *, seed, scale=500, **options):
    rng = np.random.default_rng(seed)
    pieces = (scale * rng.normal(size=(rows, width)) for width in widths)
    return stream_case(*pieces, about=about, **options)


def frugal_stream(*, seed, count, width=100, limit=None):
    """A case that measures memory: all the pieces together take 16 x count x width bytes.

    Half of that is allowed, or `limit` bytes.
    """
    expected = functools.reduce(
        np.logaddexp, map(log_sum_exp, checks.drawn_pieces(count, width, seed))
    )
    limit = limit or count * width * 8
    return Case(
        {},
        about=f"All the pieces together take {count * width * 16:,} bytes.",
        use=functools.partial(checks.with_its_memory_for_pieces, count, width, seed),
        parameters=("pieces",),
        judge=functools.partial(checks.wrong_or_too_large, limit, expected, "the result", None),
        title=f"little memory for {count} pieces",
        given=f"a generator of {count} pieces of shape (2, {width})",
        again=None,  # there are no inputs that could be others
    )


def thousands_of_classes(count, first, others, about="", **options):
    """A first piece with one class, and `count` pieces with 2,500 equal classes each."""
    pieces = [np.full((1, 2500), others)] * count
    case = stream_case([[first]], *pieces, about=about, **options)
    return dataclasses.replace(case, again=None)  # one call is enough, and long where it is slow


ONE_ARRAY = "The generator writes each piece over the one before it, into the same array."


def stream_visible():
    case, inf = stream_case, np.inf
    far, impossible = {"questions": (NOT_FINITE,)}, {"questions": (IMPOSSIBLE,)}
    near = {"questions": (NEIGHBOUR,)}
    return [
        case([[0.0]], about="There is one class: log(exp(0)) is 0."),
        case([[0.0, 0]], about="One piece, two classes: log 2."),
        case([[0.0, 1]], [[2.0, 0]], about="The second piece holds the larger numbers."),
        case([[2.0, 0]], [[0.0, 1]], about="The second piece holds the smaller numbers."),
        case([[0.0]], [[1.0, 2, 3]], [[4.0, 1]], about="The pieces are of different widths."),
        case([[-3.0]], [[-2.0]], [[-4.0]], about="All logits are negative."),
        case([[0.0, 5], [3, 1]], [[4.0], [9]], about="There are two rows."),
        case([[1000.0, 999]], [[1001.0]], about="The logits are about 1000.", **far),
        case([[-1000.0, -999]], [[-1001.0]], about="The logits are about -1000.", **far),
        case([[0.0, 1], [1000, 1001]], [[1.0], [999]], about="One row is far above.", **near),
        case([[-1000.0]], [[1000.0]], about="The second piece is far above the first.", **far),
        case([[1000.0]], [[-1000.0]], about="The second piece is far below the first.", **far),
        case([[15.0]], [[0.0, 1]], about="The second piece changes the result only a little."),
        case([[0.0, 1]], [[15.0]], about="The first piece changes the result only a little."),
        case([[-5000.0, -5000]], [[-5001.0]], about="The logits are about -5000.", **far),
        case(
            [[1000.0], [-1000]],
            [[0.0], [0]],
            about="In the second row the larger logit comes later, in the first it does not.",
        ),
        case([[1e30, -1e30]], [[-1e30, 1e30]], about="As large as they come.", **far),
        case([[2.0, -inf]], [[1.0, 0]], about="One logit is -inf."),
        case([[1.0, 0]], [[-inf, -inf]], about="The second piece is all -inf.", **impossible),
        case([[-inf, -inf]], [[1.0, 0]], about="The first piece is all -inf.", **impossible),
        case([[-inf]], [[-1000.0]], about="After -inf comes -1000.", **impossible),
        case(
            [[0.0], [0]],
            [[-inf], [5]],
            about="In one row of the second piece there is -inf alone.",
            **impossible,
        ),
        case(
            [[-inf, 2], [-inf, -inf]],
            [[0.0], [-inf]],
            about="All logits of the second row are -inf.",
            **impossible,
        ),
        case([[0.0], [2]], [[1.0], [1]], [[3.0], [5]], about=ONE_ARRAY, one_array=True),
        *(
            drawn_stream(4, widths, "Numbers that were drawn.", seed=seed)
            for seed, widths in enumerate(((3, 1, 2), (1, 6, 2, 4), (1, 6, 2, 4)))
        ),
        thousands_of_classes(
            4, 1.0, -22.5, "Each of 10,000 small logits adds a little to the first."
        ),
        thousands_of_classes(8, 0.0, 700.0, "After a logit of 0 come 20,000 of 700."),
        frugal_stream(seed=2, count=150),
        frugal_stream(seed=3, count=4000, width=2, limit=40_000),
    ]


def stream_hidden():
    case, inf = stream_case, np.inf
    return [
        case([[-2.5]], title="one class"),
        drawn_stream(3, (4,), seed=81, scale=2),
        case([[1.0, 3, 2]], [[7.0, 5]], title="larger numbers in the second piece"),
        case([[7.0, 5]], [[1.0, 3, 2]], title="smaller numbers in the second piece"),
        drawn_stream(1, (1, 3, 2, 1), seed=84, scale=2, title="different widths"),
        case([[-8.0, -9], [-3, -1]], [[-7.0], [-2]], title="only negative logits"),
        case([[2.0, 5, 1], [3, 1, 0], [7, 2, 1]], [[9.0], [0], [8]], title="three rows"),
        case([[1300.0, 1299]], [[1302.0]], [[1298.0]], title="logits about 1300"),
        case([[-1500.0, -1502]], [[-1501.0]], title="logits about -1500"),
        case([[-1500.0, -1502], [1300, 1]], [[-1501.0], [1301]], title="rows far from each other"),
        case([[-1200.0, 3]], [[1400.0]], title="the second piece far above"),
        case([[1400.0]], [[-1200.0, 3]], title="the second piece far below"),
        case([[-2.0, 3], [9, 9]], [[17.0], [-5]], [[2.0], [-4]], title="small contributions"),
        case(
            [[17.0], [-5]], [[-2.0, 3], [9, 9]], [[2.0], [-4]], title="small contributions, later"
        ),
        case([[-1e9, -1e9]], [[-1e9]], title="far below 0"),
        case([[3.0], [900], [-900]], [[1.0], [0], [1]], [[2.0], [5], [800]], title="rows apart"),
        case([[-1e30]], [[1e30]], [[1e30]], title="as large as they come"),
        case([[-1e30]], [[-1e30, -1e30]], title="as low as they come"),
        case([[-inf, 1, -inf]], [[2.0, -inf]], title="some -inf"),
        case([[1.0, 0]], [[-inf]], [[2.0]], title="a piece of -inf in the middle"),
        case([[-inf, -inf], [1, 2]], [[-inf], [900]], title="a row of -inf"),
        case([[-inf], [-inf]], [[-inf], [-1200]], [[-1300.0], [-1201]], title="-inf, then -1300"),
        case([[1.0], [2]], [[-inf], [7]], [[3.0], [-inf]], title="-inf in one row of a piece"),
        case([[-inf], [0]], [[-inf], [-inf]], [[3.0], [1]], [[-inf], [2]], title="many -inf"),
        case([[-inf, -inf]], title="nothing but -inf"),
        drawn_stream(3, (1, 1, 1, 1), seed=85, scale=3, one_array=True, title="one array for all"),
        drawn_stream(2, (3, 3, 3), seed=86, one_array=True, title="one array for all, wider"),
        *(drawn_stream(5, (2, 1, 5, 3), seed=seed, scale=700) for seed in (82, 87)),
        thousands_of_classes(4, 2.0, -21.5, title="10,000 small logits"),
        thousands_of_classes(8, -40.0, 660.0, title="20,000 large logits"),
        frugal_stream(seed=83, count=200, width=80),
        frugal_stream(seed=88, count=5000, width=2, limit=40_000),
    ]


VISIBLE = {
    "top_k_accuracy": top_k_visible,
    "binary_cross_entropy": binary_visible,
    "cross_entropy_smoothed": smoothed_visible,
    "masked_cross_entropy": masked_visible,
    "temperature_backward": temperature_visible,
    "log_sum_exp_streaming": stream_visible,
}
HIDDEN = {
    "top_k_accuracy": top_k_hidden,
    "binary_cross_entropy": binary_hidden,
    "cross_entropy_smoothed": smoothed_hidden,
    "masked_cross_entropy": masked_hidden,
    "temperature_backward": temperature_hidden,
    "log_sum_exp_streaming": stream_hidden,
}
ALLOWED = {"log_sum_exp_streaming": (checks.__name__,)}  # the generator that is passed in is there

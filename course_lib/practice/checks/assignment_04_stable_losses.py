"""Checks for assignment 04: losses that are right for logits of any size and need little memory."""

import functools
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np

from course_lib.nn import losses

from .engine import Case, check
from .engine.common_mistakes import Recognised, of_other_shape, shapes
from .engine.compare import compare
from .engine.describe import describe

# Tasks 1 to 4: accuracy, and losses that are right for logits of any size

SINGLE = "float32 in, float32 out."
AVERAGED = "The loss is the mean over the images. What does that do to the gradient?"
OVERFLOW = "exp overflows beyond 709 in float64 and beyond 88 in float32. Which exp do you compute?"
UNDERFLOW = (
    "An exponential that is 0 has lost what its logarithm still knew. Take the logarithm on paper."
)
EXTREME = (
    "Print every exp and every log that you compute here. Is an exponential infinite "
    "(beyond 709, in float32 beyond 88)? Or has one become 0, and then a probability, too? "
    "Then take the logarithm on paper."
)
SUMMED = "This is right but for the mean: it is the sum over the images."
NOT_AVERAGED = "The loss is right, and this is the gradient of the sum over the images."
UPHILL = "The loss is right. A step against this dlogits would make it larger."

AHEAD = "Count the other classes whose logit is as high as the label's, or higher."
TIE = "Some classes tie. The task says who is ahead then."
NAN = "A row with a nan anywhere is wrong, for every k. Comparing with nan gives False."

FACTOR = (
    "The loss is right, and this dlogits holds a factor p (1 - p) too many. Write the loss "
    "as a function of z, and take its derivative."
)
SOFT = "A target may lie between 0 and 1: then both terms count."

SPREAD = "Which number does the target have for the right class, and which for each of the others?"
OTHERS = (
    "This comes out when smoothing is divided among the other classes only. In the task "
    "every class gets its part, the right one too."
)
HARD = "The loss is right, and this is the gradient of another one, without smoothing."
NEIGHBOUR = "The loss of an image must not depend on the others. What is subtracted from each row?"

KEPT = "How many images count? And which gradient has a row without a part in the loss?"
LAST_CLASS = (
    "This comes out when the label -1 stands for the last class, as the index -1 does in NumPy."
)
OVER_ALL = "This comes out when the mean is taken over all images. How many of them count?"
EMPTY = "No image counts here: what is the mean of nothing? The task says."
NUMBER = (
    "The rest of the program expects an array of the shape and dtype of the logits, also "
    "when no image counts."
)
ANYTHING = "An ignored row may hold anything, and 0 * nan is nan."


def top_k_accuracy(function: Callable[..., Any]) -> None:
    """function(logits, labels, k) -> accuracy from 0 to 1."""
    case = top_k_case
    three = [[3.0, 1, 2], [3, 1, 2]]
    check(
        "top_k_accuracy",
        function,
        [
            case([[2.0, 1]], [0], 1),
            case([[2.0, 1]], [1], 1),
            case(three, [0, 2], 1),
            case(three, [1, 2], 2),
            case([[-3.0, -1, -2], [-1, -2, -3], [-2, -3, -1]], [2, 2, 1], 2),
            case(three, [1, 1], 3, hint="With k = K every image is right whose row holds numbers."),
            case([[5.0, 5, 1]], [0], 1, hint=TIE),
            case([[5.0, 5, 1]], [1], 2, hint=TIE),
            case([[0.0, 0, 0, 0]] * 3, [0, 1, 3], 2, hint=TIE),
            case([[np.nan, 1.0], [2, 1]], [0, 0], 1, hint=NAN),
            case([[np.nan, 1.0, 2], [3, 2, 1]], [2, 0], 2, hint=NAN),
            case([[1.0, 2, np.nan]], [1], 3, hint=NAN),
            *(drawn_top_k((30, 8), k, seed=k) for k in (1, 3, 5)),
        ],
    )


def binary_cross_entropy(function: Callable[..., Any]) -> None:
    """function(logits, targets) -> loss, dlogits."""
    case = binary_case
    check(
        "binary_cross_entropy",
        function,
        [
            case([2.0], [1.0]),
            case([2.0], [0.0]),
            case([0.0], [1.0], hint="With z = 0 the probability is 1/2."),
            case([2.0, -1.0], [0.0, 0.0], hint=AVERAGED),
            case([1.0, -2.0, 0.5], [1.0, 1.0, 0.0], hint=AVERAGED),
            case([3.0], [0.25], hint=SOFT),
            case([1000.0], [0.0], hint=EXTREME),
            case([-1000.0], [1.0], hint=EXTREME),
            case([1000.0, -1000.0], [1.0, 0.0], hint=OVERFLOW + " And what is 0 * inf?"),
            case([800.0, -800.0, 2.0], [0.5, 0.75, 0.0], hint=SOFT),
            case(
                [100.0, -100.0, 0.5],
                [0.0, 1.0, 1.0],
                dtype=np.float32,
                hint=SINGLE + " " + OVERFLOW,
            ),
            *(drawn_binary(size, seed=size) for size in (5, 20)),
        ],
    )


def cross_entropy_smoothed(function: Callable[..., Any]) -> None:
    """function(logits, labels, smoothing) -> loss, dlogits."""
    case = smoothed_case
    check(
        "cross_entropy_smoothed",
        function,
        [
            case([[2.0, 1, 0]], [1], 0.0, hint="Without smoothing this is the cross-entropy."),
            case([[2.0, 0]], [0], 0.5),
            case([[2.0, 1, 0, -1]], [3], 0.2),
            case([[2.0, 1, 0]], [1], 1.0, hint="With smoothing 1 every class has the same target."),
            case([[2.0, 1, 0], [0, 3, 1]], [1, 2], 0.3, hint=AVERAGED),
            case([[1000.0, 0, -1000]], [0], 0.1, hint=EXTREME),
            case([[1000.0, 1001, 1002]], [0], 0.1, hint=OVERFLOW),
            case([[-1000.0, -1001]], [1], 0.1, hint=UNDERFLOW),
            case([[1.0, 0], [1000, 1001]], [0, 0], 0.2, hint=NEIGHBOUR),
            case(
                [[90.0, 1, 0], [0, -90, 1]],
                [1, 0],
                0.1,
                dtype=np.float32,
                hint=SINGLE + " " + OVERFLOW,
            ),
            *(drawn_smoothed((n, 6), 0.1 * n, seed=n) for n in (3, 7)),
        ],
    )


def masked_cross_entropy(function: Callable[..., Any]) -> None:
    """function(logits, labels) -> loss, dlogits; the label -1 is ignored."""
    case = masked_case
    nothing = [np.nan, np.nan, np.nan]
    check(
        "masked_cross_entropy",
        function,
        [
            case([[2.0, 1, 0]], [1], hint="Nothing is ignored here: this is the cross-entropy."),
            case([[2.0, 1, 0], [0, 1, 3]], [0, 1], hint="Nothing is ignored. " + AVERAGED),
            case([[2.0, 1, 0], [0, 1, 3]], [0, -1]),
            case([[2.0, 1, 0], [0, 1, 3]], [-1, 2]),
            case([[2.0, 1, 0], [0, 1, 3]], [-1, -1], hint=EMPTY),
            case([nothing, [2.0, 1, 0]], [-1, 2], hint=ANYTHING),
            case([[np.inf, 0, -np.inf], [2.0, 1, 0], nothing], [-1, 0, -1], hint=ANYTHING),
            case([[1000.0, 0, -1000], [3, 1, 2]], [2, -1], hint=UNDERFLOW),
            case([[1000.0, 1001, 1002], [0, 0, 0]], [0, -1], hint=OVERFLOW),
            case([[5000.0, 0, 1], [1, 0, 0]], [-1, 0], hint=NEIGHBOUR),
            case([[1.0, 0, 0], [3000, 3000, 0]], [0, 1], hint=NEIGHBOUR),
            case([[2.0, 1, 0], [0, 1, 3], [1, 1, 1]], [0, -1, 1], dtype=np.float32, hint=SINGLE),
            *(drawn_masked((n, 4), seed=n) for n in (6, 12)),
        ],
    )


# Makers of cases, also for the hidden tests


def top_k_case(logits, labels, k, hint=AHEAD):
    """A case of top_k_accuracy. logits (N, K), labels (N,)."""
    logits, labels = np.array(logits, np.float64), np.array(labels)
    own = logits[np.arange(len(labels)), labels][:, np.newaxis]
    broken = np.isnan(logits).any(axis=1)
    behind = (logits >= own).sum(axis=1) - 1 < k  # the label itself is one of these
    before = (logits > own).sum(axis=1) < k
    count = float((behind & ~broken).sum())
    suspects = {
        "This comes out when the label is ahead of a class that ties with it. " + TIE: float(
            (before & ~broken).mean()
        ),
    }
    if count > 1:
        suspects["This is how many are right; which share of all is that?"] = count
    return Case(
        {"logits": logits, "labels": labels, "k": k},
        float((behind & ~broken).mean()),
        hint=hint,
        suspects=suspects,
        returns="the accuracy",
    )


def drawn_top_k(shape, k, *, seed, ties=True):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=shape).round(0 if ties else 9)
    return top_k_case(
        logits,
        rng.integers(0, shape[1], shape[0]),
        k,
        hint="Are the rows the images, and the columns the classes? " + AHEAD,
    )


def binary_case(logits, targets, *, dtype=np.float64, hint=""):
    """A case of binary_cross_entropy. logits and targets (N,)."""
    z, t = np.array(logits, np.float64), np.array(targets, np.float64)
    loss = (np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))).mean()
    p = np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))
    inputs = {"logits": z.astype(dtype), "targets": t.astype(dtype)}
    swapped = (np.maximum(-z, 0) + z * t + np.log1p(np.exp(-np.abs(z)))).mean()
    return loss_case(
        inputs,
        loss,
        (p - t) / len(z),
        hint or ("With p = sigmoid(z): -log p for a target of 1, and -log(1 - p) for one of 0."),
        {
            "This comes out when the targets 0 and 1 are exchanged.": (
                swapped,
                (p - 1 + t) / len(z),
            ),
            FACTOR: (loss, (p - t) * p * (1 - p) / len(z)),
        },
    )


def drawn_binary(size, *, seed, scale=200, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return binary_case(
        scale * rng.normal(size=size), rng.random(size).round(2), dtype=dtype, hint=AVERAGED
    )


def smoothed_case(logits, labels, smoothing, *, dtype=np.float64, hint=SPREAD):
    """A case of cross_entropy_smoothed. logits (N, K), labels (N,)."""
    z, labels = np.array(logits, np.float64), np.array(labels)
    N, K = z.shape
    log_p, hard = losses.log_softmax(z), np.eye(K)[labels]
    p = np.exp(log_p)

    def result(targets):
        return -(targets * log_p).sum() / N, (p - targets) / N

    loss, dlogits = result((1 - smoothing) * hard + smoothing / K)
    inputs = {"logits": z.astype(dtype), "labels": labels, "smoothing": smoothing}
    return loss_case(
        inputs,
        loss,
        dlogits,
        hint,
        {
            OTHERS: result((1 - smoothing) * hard + smoothing / (K - 1) * (1 - hard)),
            HARD: (loss, (p - hard) / N),
            "This comes out without smoothing. " + SPREAD: result(hard),
        },
    )


def drawn_smoothed(shape, smoothing, *, seed, scale=300, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return smoothed_case(
        scale * rng.normal(size=shape), rng.integers(0, shape[1], shape[0]), smoothing, dtype=dtype
    )


def masked_case(logits, labels, *, dtype=np.float64, hint=KEPT):
    """A case of masked_cross_entropy. logits (N, K), labels (N,), of which -1 is ignored."""
    z, labels = np.array(logits, np.float64), np.array(labels)
    kept = labels >= 0
    dlogits, loss = np.zeros(z.shape), 0.0
    if kept.any():
        log_p, count = losses.log_softmax(z[kept]), np.count_nonzero(kept)
        hard = np.eye(z.shape[1])[labels[kept]]
        loss, dlogits[kept] = -(hard * log_p).sum() / count, (np.exp(log_p) - hard) / count
    suspects = {
        OVER_ALL: (loss * kept.mean(), dlogits * kept.mean()),
        "The loss is right. " + OVER_ALL: (loss, dlogits * kept.mean()),
    }
    if np.isfinite(z).all():
        log_p, hard = losses.log_softmax(z), np.eye(z.shape[1])[labels]
        suspects[LAST_CLASS] = -(hard * log_p).sum() / len(z), (np.exp(log_p) - hard) / len(z)
    if not kept.any():
        suspects[NUMBER] = 0.0, np.float64(0)
    inputs = {"logits": z.astype(dtype), "labels": labels}
    return loss_case(inputs, loss, dlogits, hint, suspects, count=max(1, np.count_nonzero(kept)))


def drawn_masked(shape, *, seed, scale=100, dtype=np.float64):
    rng = np.random.default_rng(seed)
    labels = rng.integers(-1, shape[1], shape[0])
    labels[:2] = -1, 0  # of both kinds, at least one
    return masked_case(scale * rng.normal(size=shape), labels, dtype=dtype)


def loss_case(inputs, loss, dlogits, hint, suspects, count=None):
    """A Case of a function that returns loss, dlogits; with the mistakes of every mean."""
    count, dtype = count or len(dlogits), inputs["logits"].dtype
    suspects = suspects | {
        SUMMED: (loss * count, dlogits * count),
        NOT_AVERAGED: (loss, dlogits * count),
        UPHILL: (loss, -dlogits),
    }
    return Case(
        inputs,
        (float(loss), dlogits.astype(dtype)),
        hint=hint,
        returns=("loss", "dlogits"),
        suspects={idea: (float(a), b.astype(dtype)) for idea, (a, b) in suspects.items()},
        rtol=1e-5 if dtype == np.float32 else None,
    )


# Tasks 5 and 6: results that need little memory

ROWS = "Every image has its own probabilities, and one temperature serves them all."
SIZES = "logits / temperature may be large although the logits are not."
LEVEL = "dp is the same for all classes, and the probabilities always add up to 1."
PATHS = "A logit acts on all probabilities, its own and the others'."
TABLE = (
    "This is room for a table of all pairs of classes. Multiply out what the table does to "
    "dp: the table is not needed."
)
ONE_NUMBER = "One temperature serves all images: add over the paths, from all images and classes."
TWICE = "This dtemperature is divided by T once too often: dlogits already holds a 1 / T."
COLD = "The derivative of z / T with respect to z is 1 / T, and with respect to T?"

LARGER = "The second piece holds the larger numbers. What does that do to the sum you have so far?"
SMALLER = "The second piece holds the smaller numbers."
ROW = "Each row has its own maximum."
EACH_ROW = "One number for each row is wanted: the shape (N,)."
LOW = "All numbers are very small. Which maximum do you begin with?"
IMPOSSIBLE = "A piece may consist of -inf only, and -inf - (-inf) is nan."
ONCE = "The pieces come from a generator: each can be taken once, and there is no second round."
KEEPS = (
    "This is room for all the pieces together. What is worth keeping of a piece that has been seen?"
)


def temperature_backward(function: Callable[..., Any]) -> None:
    """function(dp, logits, temperature) -> dlogits, dtemperature."""
    case = temperature_case
    check(
        "temperature_backward",
        function,
        [
            case([[1.0, 0]], [[0.0, 0]], 1.0, hint="Both probabilities are 1/2 here. " + PATHS),
            case([[1.0, 0]], [[2.0, 0]], 1.0, hint=PATHS),
            case([[1.0, 0, 0]], [[2.0, 1, 0]], 2.0, hint=COLD),
            case([[0.0, 3, -1]], [[2.0, 1, 0]], 0.5, hint=COLD),
            case([[7.0, 7, 7]], [[2.0, 1, 0]], 2.0, hint=LEVEL),
            case([[1.0, 0, 0], [0, 2, 0]], [[2.0, 1, 0], [0, 3, 3]], 2.0, hint=ROWS),
            case(
                [[1.0, 0, 2]], [[999.0, 1000, 1001]], 1.0, hint="Logits of 1000 are ordinary here."
            ),
            case([[1.0, 0, 2]], [[-1001.0, -1000, -1002]], 4.0, hint="Logits of -1000, too."),
            case([[1.0, 0, 2]], [[3.0, 3.001, 2.999]], 0.001, hint=SIZES),
            case(
                [[1.0, 2], [3, 1]],
                [[0.0, 1], [1000, 998]],
                0.5,
                hint="The first image must not notice the second. What do you subtract from a row?",
            ),
            case(
                [[1.0, 0, 2], [0, 1, 4]],
                [[2.0, 1, 0], [1, 3, 2]],
                1.5,
                dtype=np.float32,
                hint=SINGLE,
            ),
            *(drawn_temperature((n, 5), 0.4 * n, seed=n) for n in (3, 6)),
            frugal_temperature(seed=1),
        ],
    )


def log_sum_exp_streaming(function: Callable[..., Any]) -> None:
    """function(pieces) -> log of the sum of exp over all classes, for each row."""
    case = stream_case
    check(
        "log_sum_exp_streaming",
        function,
        [
            case([[0.0]], hint="One class: log(exp(0)) is 0. " + ONCE),
            case([[0.0, 0]], hint="One piece, two classes: log 2."),
            case([[0.0, 1]], [[2.0, 0]], hint=LARGER),
            case([[2.0, 0]], [[0.0, 1]], hint=SMALLER),
            case([[0.0]], [[1.0, 2, 3]], [[4.0, 1]], hint="Pieces may be of different widths."),
            case([[0.0, 5], [3, 1]], [[4.0], [9]], hint=ROW),
            case([[1000.0, 999]], [[1001.0]], hint="No exponential of 1000 can be stored."),
            case([[-1000.0, -999]], [[-1001.0]], hint=LOW),
            case([[0.0, 1], [1000, 1001]], [[1.0], [999]], hint=ROW),
            case([[-1000.0]], [[1000.0]], hint=LARGER),
            case([[2.0, -np.inf]], [[1.0, 0]], hint="exp(-inf) is 0: an impossible class."),
            case([[1.0, 0]], [[-np.inf, -np.inf]], hint=IMPOSSIBLE),
            case([[-np.inf, -np.inf]], [[1.0, 0]], hint=IMPOSSIBLE),
            case(
                [[-np.inf, 2], [-np.inf, -np.inf]],
                [[0.0], [-np.inf]],
                hint=IMPOSSIBLE + " What is the log of a sum of 0?",
            ),
            *(
                drawn_stream(4, widths, seed=n)
                for n, widths in enumerate(((3, 1, 2), (1, 6, 2, 4)))
            ),
            frugal_stream(seed=2),
        ],
    )


# Makers of cases, also for the hidden tests


def temperature_case(dp, logits, temperature, *, dtype=np.float64, hint=PATHS):
    """A case of temperature_backward. dp and logits (N, K)."""
    dp, z, T = np.array(dp, np.float64), np.array(logits, np.float64), temperature
    p = losses.softmax(z / T)
    mean = (p * dp).sum(axis=1, keepdims=True)
    near = z - z.max(axis=1, keepdims=True)  # as the numbers of du add up to 0

    def result(du):
        return (du / T).astype(dtype), float(-(du * near).sum() / T**2) + 0.0  # never -0.0

    dlogits, dtemperature = result(p * (dp - mean))
    count = dtype(len(z))
    suspects = {
        "This comes out when each probability listens to its own logit alone. " + PATHS: result(
            p * (1 - p) * dp
        ),
        "This comes out with one number in place of the outer product, as in case B. "
        + PATHS: result(
            p * dp - (p * p).sum(axis=1, keepdims=True) * dp.sum(axis=1, keepdims=True)
        ),
        "This dlogits is the gradient with respect to logits / temperature. " + COLD: (
            dlogits * dtype(T),
            dtemperature,
        ),
        "This dtemperature has the wrong sign. A higher temperature makes z / T smaller.": (
            dlogits,
            -dtemperature,
        ),
        "This dtemperature is the mean over the images. Nothing is divided by N here.": (
            dlogits,
            dtemperature / float(count),
        ),
        TWICE: (dlogits, dtemperature / T),
        ONE_NUMBER: Recognised(
            lambda result: shapes(result)[:-1] == [z.shape] and shapes(result)[-1] not in (None, ())
        ),
    }
    return Case(
        {"dp": dp.astype(dtype), "logits": z.astype(dtype), "temperature": T},
        (dlogits, dtemperature),
        hint=hint,
        suspects=suspects,
        returns=("dlogits", "dtemperature"),
        rtol=1e-4 if dtype == np.float32 else 1e-8,
    )


def drawn_temperature(shape, temperature, *, seed, scale=10, offset=0):
    rng = np.random.default_rng(seed)
    logits = offset + scale * rng.normal(size=shape)
    return temperature_case(rng.normal(size=shape), logits, temperature, hint=ROWS)


def frugal_temperature(*, seed, classes=200):
    """A case that measures room: a table of 200 x 200 numbers takes 320,000 bytes."""
    case = drawn_temperature((2, classes), 2.0, seed=seed, offset=3000)

    def use(function, *inputs):
        return peak_bytes(lambda: function(*inputs))

    return Case(
        case.inputs,
        hint=TABLE,
        use=use,
        judge=at_most(classes**2 * 4, case),
        title=f"little memory for {classes} classes",
    )


def stream_case(*pieces, hint=LARGER):
    """A case of log_sum_exp_streaming; pieces (N, some classes), which come from a generator."""
    arrays = [np.array(piece, np.float64) for piece in pieces]
    together = np.concatenate(arrays, axis=1)
    given = [line for i, piece in enumerate(arrays) for line in describe(f"piece {i}", piece)]
    suspects = {
        "This is the maximum; the others count as well.": together.max(axis=1),
        "This is the last piece alone.": log_sum_exp(arrays[-1]),
        "This is the first piece alone.": log_sum_exp(arrays[0]),
        "This is the sum of the logarithms, and the logarithm of the sum is wanted.": sum(
            log_sum_exp(piece) for piece in arrays
        ),
        EACH_ROW: of_other_shape(log_sum_exp(together)),
    }
    return Case(
        {"pieces": arrays},
        log_sum_exp(together),
        hint=hint,
        suspects=suspects,
        use=lambda function, pieces: function(piece for piece in pieces),
        given="\n".join(given),
        returns="the result",
        title=f"{len(arrays)} pieces, {len(together)} rows, {together.shape[1]} classes",
    )


def drawn_stream(rows, widths, *, seed, scale=500):
    rng = np.random.default_rng(seed)
    return stream_case(*(scale * rng.normal(size=(rows, width)) for width in widths), hint=ONCE)


def frugal_stream(*, seed, count=200, width=100):
    """A case that measures room: all the pieces together take 320,000 bytes."""

    def pieces():
        rng = np.random.default_rng(seed)
        return (500 * rng.normal(size=(2, width)) for _ in range(count))

    expected = functools.reduce(np.logaddexp, map(log_sum_exp, pieces()))
    return Case(
        {},
        hint=KEEPS,
        use=lambda function: peak_bytes(lambda: function(pieces())),
        judge=at_most(count * width * 4, Case({}, expected, returns="the result")),
        title=f"little memory for {count} pieces",
        given=f"a generator of {count} pieces of shape (2, {width})",
    )


def log_sum_exp(logits):
    return np.logaddexp.reduce(logits, axis=1)


def peak_bytes(call):
    """What a call returns, and how much room, at most, it takes at a time once all is imported."""
    value = call()
    running = tracemalloc.is_tracing()
    if not running:
        tracemalloc.start()
    try:
        return value, traced(call)
    finally:
        if not running:
            tracemalloc.stop()


def traced(call):
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    call()
    return tracemalloc.get_traced_memory()[1] - before


def at_most(limit, case):
    """A judge of peak_bytes: the value must be what the case expects, and the room small."""

    def judge(found):
        value, room = found
        problem = compare(value, case.expected, case.returns, case.rtol)
        if problem:
            return problem.sentence
        if room > limit:
            return f"Your function took room for {room:,} bytes at a time."
        return None

    return judge

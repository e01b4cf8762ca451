"""Checks of assignment 04: results that need little memory.

The gradient of a softmax with temperature, without its table of K x K, and log-sum-exp of logits
that come in pieces.
"""

import functools
import tracemalloc

import numpy as np

from course_lib import losses

from .machinery import Case, check
from .machinery.compare import compare
from .machinery.describe import describe
from .machinery.recognise import Recognised, of_other_shape, shapes

ROWS = "Every image has its own probabilities, and one temperature serves them all."
SIZES = "logits / temperature may be large although the logits are not."
LEVEL = "dp is the same for all classes, and the probabilities always add up to 1."
PATHS = "A logit acts on all probabilities, its own and the others'."
TABLE = ("This is room for a table of all pairs of classes. Multiply out what the table does to "
         "dp: the table is not needed.")
ONE_NUMBER = "One temperature serves all images: add over the paths, from all images and classes."
TWICE = "This dtemperature is divided by T once too often: dlogits already holds a 1 / T."
COLD = "The derivative of z / T with respect to z is 1 / T, and with respect to T?"
SINGLE = "float32 in, float32 out."

LARGER = "The second piece holds the larger numbers. What does that do to the sum you have so far?"
SMALLER = "The second piece holds the smaller numbers."
ROW = "Each row has its own maximum."
EACH_ROW = "One number for each row is wanted: the shape (N,)."
LOW = "All numbers are very small. Which maximum do you begin with?"
IMPOSSIBLE = "A piece may consist of -inf only, and -inf - (-inf) is nan."
ONCE = "The pieces come from a generator: each can be taken once, and there is no second round."
KEEPS = ("This is room for all the pieces together. What is worth keeping of a piece that has been "
         "seen?")


def temperature_backward(function):
    """function(dp, logits, temperature) -> dlogits, dtemperature."""
    case = temperature_case
    check("temperature_backward", function, [
        case([[1.0, 0]], [[0.0, 0]], 1.0, hint="Both probabilities are 1/2 here. " + PATHS),
        case([[1.0, 0]], [[2.0, 0]], 1.0, hint=PATHS),
        case([[1.0, 0, 0]], [[2.0, 1, 0]], 2.0, hint=COLD),
        case([[0.0, 3, -1]], [[2.0, 1, 0]], 0.5, hint=COLD),
        case([[7.0, 7, 7]], [[2.0, 1, 0]], 2.0, hint=LEVEL),
        case([[1.0, 0, 0], [0, 2, 0]], [[2.0, 1, 0], [0, 3, 3]], 2.0, hint=ROWS),
        case([[1.0, 0, 2]], [[999.0, 1000, 1001]], 1.0, hint="Logits of 1000 are ordinary here."),
        case([[1.0, 0, 2]], [[-1001.0, -1000, -1002]], 4.0, hint="Logits of -1000, too."),
        case([[1.0, 0, 2]], [[3.0, 3.001, 2.999]], 0.001, hint=SIZES),
        case([[1.0, 2], [3, 1]], [[0.0, 1], [1000, 998]], 0.5,
             hint="The first image must not notice the second. What do you subtract from a row?"),
        case([[1.0, 0, 2], [0, 1, 4]], [[2.0, 1, 0], [1, 3, 2]], 1.5, dtype=np.float32,
             hint=SINGLE),
        *(drawn_temperature((n, 5), 0.4 * n, seed=n) for n in (3, 6)),
        frugal_temperature(seed=1),
    ])


def log_sum_exp_streaming(function):
    """function(pieces) -> log of the sum of exp over all classes, for each row."""
    case = stream_case
    check("log_sum_exp_streaming", function, [
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
        case([[-np.inf, 2], [-np.inf, -np.inf]], [[0.0], [-np.inf]],
             hint=IMPOSSIBLE + " What is the log of a sum of 0?"),
        *(drawn_stream(4, widths, seed=n) for n, widths in enumerate(((3, 1, 2), (1, 6, 2, 4)))),
        frugal_stream(seed=2),
    ])


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
        "This comes out when each probability listens to its own logit alone. " + PATHS:
            result(p * (1 - p) * dp),
        "This comes out with one number in place of the outer product, as in case B. " + PATHS:
            result(p * dp - (p * p).sum(axis=1, keepdims=True) * dp.sum(axis=1, keepdims=True)),
        "This dlogits is the gradient with respect to logits / temperature. " + COLD:
            (dlogits * dtype(T), dtemperature),
        "This dtemperature has the wrong sign. A higher temperature makes z / T smaller.":
            (dlogits, -dtemperature),
        "This dtemperature is the mean over the images. Nothing is divided by N here.":
            (dlogits, dtemperature / float(count)),
        TWICE: (dlogits, dtemperature / T),
        ONE_NUMBER: Recognised(lambda result: shapes(result)[:-1] == [z.shape]
                               and shapes(result)[-1] not in (None, ())),
    }
    return Case({"dp": dp.astype(dtype), "logits": z.astype(dtype), "temperature": T},
                (dlogits, dtemperature), hint=hint, suspects=suspects,
                returns=("dlogits", "dtemperature"), rtol=1e-4 if dtype == np.float32 else 1e-8)


def drawn_temperature(shape, temperature, *, seed, scale=10, offset=0):
    rng = np.random.default_rng(seed)
    logits = offset + scale * rng.normal(size=shape)
    return temperature_case(rng.normal(size=shape), logits, temperature, hint=ROWS)


def frugal_temperature(*, seed, classes=200):
    """A case that measures room: a table of 200 x 200 numbers takes 320,000 bytes."""
    case = drawn_temperature((2, classes), 2.0, seed=seed, offset=3000)

    def use(function, *inputs):
        return peak_bytes(lambda: function(*inputs))

    return Case(case.inputs, hint=TABLE, use=use, judge=at_most(classes**2 * 4, case),
                title=f"little memory for {classes} classes")


def stream_case(*pieces, hint=LARGER):
    """A case of log_sum_exp_streaming; pieces (N, some classes), which come from a generator."""
    pieces = [np.array(piece, np.float64) for piece in pieces]
    together = np.concatenate(pieces, axis=1)
    given = [line for i, piece in enumerate(pieces) for line in describe(f"piece {i}", piece)]
    suspects = {
        "This is the maximum; the others count as well.": together.max(axis=1),
        "This is the last piece alone.": log_sum_exp(pieces[-1]),
        "This is the first piece alone.": log_sum_exp(pieces[0]),
        "This is the sum of the logarithms, and the logarithm of the sum is wanted.":
            sum(log_sum_exp(piece) for piece in pieces),
        EACH_ROW: of_other_shape(log_sum_exp(together)),
    }
    return Case({"pieces": pieces}, log_sum_exp(together), hint=hint, suspects=suspects,
                use=lambda function, pieces: function(piece for piece in pieces),
                given="\n".join(given), returns="the result",
                title=f"{len(pieces)} pieces, {len(together)} rows, {together.shape[1]} classes")


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
        {}, hint=KEEPS, use=lambda function: peak_bytes(lambda: function(pieces())),
        judge=at_most(count * width * 4, Case({}, expected, returns="the result")),
        title=f"little memory for {count} pieces",
        given=f"a generator of {count} pieces of shape (2, {width})")


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

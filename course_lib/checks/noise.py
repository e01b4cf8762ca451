"""Checks of assignment 05: what mini-batches tell about the noise, and how many images it takes."""

import numpy as np

from .machinery import Case, check
from .machinery.runner import check_signature


def estimate_noise(function):
    """function(small, large, small_size, large_size) -> (signal, variance)."""
    check("estimate_noise", function, [
        noise_case([[3.0], [5.0]], [[3.0], [3.0]], 1, 3, hint="The mean squared lengths are 17 and "
                   "9. Put them into the two equations."),
        noise_case([[4.0, 1], [0, 2], [3, 0]], [[2.0, 2], [0, 2]], 1, 2,
                   hint="Each row is one gradient. First the square of its length, then the mean."),
        noise_case([[3.0, 1], [-1, 1]], [[2.0, 0], [0, 1], [1, 1], [1, 2]], 2, 8,
                   hint="How much of V is left in a mini-batch of 2, and in one of 8?"),
        drawn_noise_case(40, 6, 7, 4, 32, seed=1), drawn_noise_case(9, 30, 15, 8, 20, seed=2),
        noise_case([[1.0], [1.0]], [[2.0], [2.0]], 2, 4,
                   hint="By chance the larger mini-batches have longer gradients here, so the "
                   "estimate of V is negative. Return it as it is."),
        noise_case([[3.0], [3.0]], [[1.0], [1.0]], 1, 2, hint="By chance the estimate of |g|² "
                   "is negative here. Return it as it is."),
    ])


def batch_size_for(function):
    """function(gradients, cosine) -> the smallest batch size, an int."""
    check("batch_size_for", function, [
        size_case([[1.0, 1], [1, -1]], 0.6, hint="The full gradient is (1, 0), and V and |g|² are "
                  "1. What does the formula say for one image?"),
        size_case([[1.0, 1, 1], [1, -1, -1]], 0.75, hint="The full gradient is (1, 0, 0), and V "
                  "is 2. What do the formulas say for one image, and for both?"),
        size_case([[1.0, 1], [1, -1]], 0.75, hint="With both images in the mini-batch no noise is "
                  "left. With one of two, how much of V is left?"),
        size_case([[1.0, 3], [1, 1], [1, -1], [1, -3]], 0.5,
                  hint="The full gradient is (1, 0), and V is 5. Put B = 1, 2, 3 and 4 into the "
                  "formula."),
        size_case([[2.0, 3], [2, 1], [2, -1], [2, -3]], 0.8,
                  hint="The full gradient is (2, 0), so |g|² is 4. What is noise(B) / |g|²?"),
        size_case([[1.0, 2], [1, 2], [1, 2]], 0.99, hint="All gradients are the same: no noise."),
        size_case([[1.0, 3], [1, 1], [1, -1], [1, -3]], 1.0,
                  hint="A cosine of 1 needs a mini-batch without any noise."),
        *(drawn_size_case(*sizes, seed=seed) for seed, sizes in enumerate(
            [(12, 3, 0.5), (40, 10, 0.5), (40, 10, 0.9), (100, 20, 0.3), (100, 20, 0.8)], 1)),
    ])


# Makers of cases, also for the hidden tests


def noise_case(small, large, small_size, large_size, *, hint="", title=""):
    """A case of estimate_noise: rows of gradients of small and of large mini-batches."""
    small, large = np.array(small), np.array(large)

    def solve(a, b):
        """From the mean squared lengths a and b, by solving the two equations as a system."""
        signal, variance = np.linalg.solve([[1, 1 / small_size], [1, 1 / large_size]], [a, b])
        return float(f"{signal:.12g}"), float(f"{variance:.12g}")

    squares = [np.mean(np.sum(rows**2, axis=1)) for rows in (small, large)]
    of_means = [np.sum(rows.mean(axis=0) ** 2) for rows in (small, large)]
    of_lengths = [np.mean(np.linalg.norm(rows, axis=1)) ** 2 for rows in (small, large)]
    suspects = {
        "This comes out when the mean over the rows is taken before the square. The equations are "
        "about the mean of the squared lengths.": solve(*of_means),
        "This comes out when the mean of the lengths is squared. The equations are about the mean "
        "of the squares.": solve(*of_lengths),
        "This comes out when the mean is taken over all numbers. The squared length of a gradient "
        "is a sum over its numbers.": solve(*(np.mean(rows**2) for rows in (small, large))),
        "This comes out when the two values are returned in the other order.":
            solve(*squares)[::-1],
        "V is the variance of a single image's gradient, not of a mini-batch's.":
            (solve(*squares)[0], solve(*squares)[1] / small_size),
    }
    return Case({"small": small, "large": large, "small_size": small_size,
                 "large_size": large_size}, solve(*squares), suspects=suspects,
                use=use_noise, returns=("signal", "variance"), hint=hint, title=title)


def use_noise(function, *inputs):
    """Call the function; an array of two numbers, as from np.linalg.solve, counts as a pair."""
    check_signature(function, dict(zip(("small", "large", "small_size", "large_size"), inputs,
                                       strict=True)))
    result = function(*inputs)
    two = isinstance(result, np.ndarray) and result.shape == (2,)
    return tuple(result) if two else result


def drawn_noise_case(M, K, P, small_size, large_size, *, seed, title=""):
    """A case of estimate_noise with M small and K large mini-batches of P numbers."""
    rng = np.random.default_rng(seed)
    small, large = (rng.normal(0.5, 2 / np.sqrt(size), (rows, P))
                    for rows, size in ((M, small_size), (K, large_size)))
    return noise_case(small, large, small_size, large_size, title=title,
                      hint=f"There are {M} small mini-batches and {K} large ones here. Do these "
                      "two numbers stand in the equations?")


def size_case(gradients, cosine, *, hint="", title=""):
    """A case of batch_size_for: gradients (N, P), a row for each image."""
    gradients = np.array(gradients)
    N, full = len(gradients), gradients.mean(axis=0)
    signal, V = full @ full, np.mean(np.sum((gradients - full) ** 2, axis=1))

    def smallest(left, most=N, strict=False):
        """The smallest B up to most; left(B) is the share of the noise V/B that is left."""
        sizes = np.arange(1, most + 1)
        cosines = 1 / np.sqrt(1 + V / signal / sizes * left(sizes))
        if strict and cosine < 1:
            assert np.abs(cosines - cosine).min() > 1e-6, "too close: rounding would decide"
        enough = np.flatnonzero(cosines >= cosine)
        return int(enough[0]) + 1 if len(enough) else N

    expected = smallest(lambda B: (N - B) / (N - 1), strict=True)
    mistakes = {
        "This comes out with noise V/B. Without replacement there is one factor more: see the "
        "second formula.": smallest(lambda B: 1, 100 * N),
        "This comes out with (N - B) / N. How much of V should be left for one image?":
            smallest(lambda B: (N - B) / N),
        "This comes out when V is a mean over all numbers. |g_n - g|² is a sum over the weights, "
        "and V its mean over the images.":
            smallest(lambda B: (N - B) / (N - 1) / gradients.shape[1]),
    }
    found = [expected, *mistakes.values()]
    suspects = {text: size for text, size in mistakes.items() if found.count(size) == 1}
    suspects["None comes out when no return is reached. Which batch sizes does your loop try, up "
             "to and including N? And is c(N) = 1 enough for it?"] = None
    return Case({"gradients": gradients, "cosine": cosine}, expected, hint=hint, suspects=suspects,
                returns="batch size", title=title or f"{N} images, cosine {cosine}")


def drawn_size_case(N, P, cosine, *, seed, signal=0.5, title=""):
    rng = np.random.default_rng(seed)
    return size_case(rng.normal(signal, 2, (N, P)).round(3), cosine, title=title,
                     hint="Which of V, |g|², N and B come into the formulas, and where?")

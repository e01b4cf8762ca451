"""Right solutions of assignment 04, as different from each other as they get."""

import math

import numpy as np


def top_k_accuracy(logits, labels, k):
    """Counts who is as high as the label, itself included."""
    own = logits[np.arange(len(labels)), labels][:, np.newaxis]
    ahead = (logits >= own).sum(axis=1) - 1
    right = (ahead < k) & ~np.isnan(logits).any(axis=1)
    return right.mean()


def top_k_by_loops(logits, labels, k):
    """Image by image, class by class."""
    right = 0
    for row, label in zip(logits, labels, strict=True):
        ahead = sum(1 for j, z in enumerate(row) if j != label and not z < row[label])
        right += ahead < k and not any(math.isnan(z) for z in row)
    return right / len(labels)


def top_k_by_sorting(logits, labels, k):
    """The label is right if it is above the (k + 1)-th highest logit."""
    if k == logits.shape[1]:
        return float((~np.isnan(logits).any(axis=1)).mean())
    own = np.take_along_axis(logits, labels[:, np.newaxis], axis=1)[:, 0]
    limit = np.sort(logits, axis=1)[:, -k - 1]
    return float(((own > limit) & ~np.isnan(logits).any(axis=1)).mean())


def binary_cross_entropy(logits, targets):
    """The formula with |z|."""
    z = logits
    small = np.exp(-np.abs(z))
    loss = np.mean(np.maximum(z, 0) - z * targets + np.log1p(small))
    p = np.where(z >= 0, 1, small) / (1 + small)
    return loss, ((p - targets) / len(z)).astype(z.dtype)


def binary_by_log_sigmoid(logits, targets):
    """log p and log(1 - p) from one stable function; p as exp(log p)."""

    def log_sigmoid(z):
        return np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z)))

    log_p, log_q = log_sigmoid(logits), log_sigmoid(-logits)
    loss = -(targets * log_p + (1 - targets) * log_q).mean()
    return float(loss), (np.exp(log_p) - targets) / len(logits)


def binary_by_branches(logits, targets):
    """np.where computes both branches, of which one overflows and is not used."""
    with np.errstate(over="ignore", invalid="ignore"):
        softplus = np.where(
            logits > 0, logits + np.log1p(np.exp(-logits)), np.log1p(np.exp(logits))
        )
        p = 1 / (1 + np.exp(-logits))
    return (softplus - targets * logits).mean(), (p - targets) / len(logits)


def binary_by_loops(logits, targets):
    """Number by number with the math module, in float64."""
    total, gradient = 0.0, np.zeros_like(logits)
    for n, (z, t) in enumerate(zip(logits.tolist(), targets.tolist(), strict=True)):
        small = math.exp(-abs(z))
        total += max(z, 0.0) - z * t + math.log1p(small)
        p = 1 / (1 + small) if z > 0 else small / (1 + small)
        gradient[n] = (p - t) / len(logits)
    return total / len(logits), gradient


def cross_entropy_smoothed(logits, labels, smoothing):
    """Log-softmax, and the targets as a table."""
    N, K = logits.shape
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    targets = np.full((N, K), smoothing / K, logits.dtype)
    targets[np.arange(N), labels] += 1 - smoothing
    loss = -(targets * log_p).sum() / N
    return loss, (np.exp(log_p) - targets) / N


def smoothed_by_two_terms(logits, labels, smoothing):
    """How far the label's logit lies below log-sum-exp, and how far the mean logit does, mixed."""
    N, K = logits.shape
    below = logits.max(axis=1, keepdims=True) - logits
    exponentials = np.exp(-below)
    sums = exponentials.sum(axis=1)
    own = below[np.arange(N), labels]
    losses = np.log(sums) + (1 - smoothing) * own + smoothing * below.mean(axis=1)
    gradient = exponentials / sums[:, np.newaxis] - smoothing / K
    gradient[np.arange(N), labels] -= 1 - smoothing
    return float(losses.mean()), (gradient / N).astype(logits.dtype)


def smoothed_class_by_class(logits, labels, smoothing):
    """In extended precision, with the classes first and a gradient in Fortran order."""
    N, K = logits.shape
    z = logits.T.astype(np.longdouble)
    gaps = np.log(np.exp(z - z.max(axis=0)).sum(axis=0)) - (z - z.max(axis=0))
    hard = np.arange(K)[:, np.newaxis] == labels
    q = (1 - float(smoothing)) * hard + float(smoothing) / K
    return np.float64((q * gaps).sum() / N), ((np.exp(-gaps) - q) / N).astype(logits.dtype).T


def masked_cross_entropy(logits, labels):
    """Takes the rows that count, and puts their gradient back."""
    kept = labels != -1
    gradient, count = np.zeros_like(logits), kept.sum()
    if count == 0:
        return 0.0, gradient
    z, own = logits[kept], labels[kept]
    shifted = z - z.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    dz = np.exp(log_p)
    dz[np.arange(count), own] -= 1
    gradient[kept] = dz / count
    return -log_p[np.arange(count), own].mean(), gradient


def masked_by_where(logits, labels):
    """All rows, the ignored ones filled with zeros, and weights of 0 and 1."""
    N, K = logits.shape
    kept = (labels >= 0)[:, np.newaxis]
    z = np.where(kept, logits, 0)
    z = z - z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    y = (labels[:, np.newaxis] == np.arange(K)).astype(logits.dtype)
    count = max(kept.sum(), 1)
    loss = -np.sum(y * log_p) / count
    return loss, (kept * (np.exp(log_p) - y) / count).astype(logits.dtype)


def masked_by_loops(logits, labels):
    """Image by image; ignored ones are skipped."""
    counted = [n for n in range(len(labels)) if labels[n] >= 0]
    loss, gradient = 0, np.zeros_like(logits)
    for n in counted:
        row = logits[n] - logits[n].max()
        p = np.exp(row) / np.exp(row).sum()
        loss += float(math.log(np.exp(row).sum()) - row[labels[n]]) / len(counted)
        gradient[n] = p / len(counted)
        gradient[n, labels[n]] -= 1 / len(counted)
    return loss, gradient


def temperature_backward(dp, logits, temperature):
    """Two steps back: softmax, then the division."""
    scaled = logits / temperature
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    du = p * (dp - (p * dp).sum(axis=1, keepdims=True))
    dlogits = (du / temperature).astype(logits.dtype)
    return dlogits, -(du * logits).sum() / temperature**2


def temperature_by_means(dp, logits, temperature):
    """dtemperature as a covariance of dp and the logits under p."""
    z = (logits - logits.max(axis=1, keepdims=True)) / temperature
    p = np.exp(z)
    p /= p.sum(axis=1, keepdims=True)
    mean = np.einsum("nk,nk->n", p, dp)[:, np.newaxis]
    dlogits = (p * (dp - mean) / temperature).astype(logits.dtype)
    level = np.einsum("nk,nk->n", p, z)[:, np.newaxis]
    return dlogits, float(-np.sum(p * (dp - mean) * (z - level)) / temperature)


def temperature_by_rows(dp, logits, temperature):
    """One image at a time, seen from its best class, in float64."""
    dlogits, dtemperature = np.zeros_like(logits, order="F"), 0.0
    for n, (z, slope) in enumerate(zip(logits.astype(float), dp.astype(float), strict=True)):
        best = z.argmax()
        u, slope = (z - z[best]) / temperature, slope - slope[best]
        p = np.exp(u) / np.exp(u).sum()
        du = p * (slope - p @ slope)
        dlogits[n] = du / temperature
        dtemperature -= float(du @ u) / temperature
    return dlogits, dtemperature


def log_sum_exp_streaming(pieces):
    """Running maximum and sum; a maximum of -inf is replaced where it is subtracted."""
    largest = total = None
    for piece in pieces:
        new = piece.max(axis=1)
        if largest is None:
            largest, total = np.full(len(piece), -np.inf), np.zeros(len(piece))
        new = np.maximum(new, largest)
        safe = np.where(np.isinf(new), 0, new)
        total = total * np.exp(largest - safe) + np.exp(piece - safe[:, np.newaxis]).sum(axis=1)
        largest = new
    with np.errstate(divide="ignore"):
        return largest + np.log(total)


def streaming_column_by_column(pieces):
    """Log-sum-exp of two numbers, one class after another."""
    result = -np.inf
    for piece in pieces:
        for column in piece.T:
            high, low = np.maximum(result, column), np.minimum(result, column)
            gap = np.subtract(low, high, out=np.zeros_like(low), where=low > -np.inf)
            result = np.where(low > -np.inf, high + np.log1p(np.exp(gap)), high)
    return result


def streaming_by_dictionaries(pieces):
    """Row by row; what is impossible is left out."""
    state, rows = {}, 0
    for piece in pieces:
        rows = len(piece)
        for i, row in enumerate(piece):
            possible = row[row > -np.inf]
            if len(possible):
                top, amount = state.get(i, (possible.max(), 0.0))
                new = max(top, possible.max())
                amount = amount * math.exp(top - new) + np.exp(possible - new).sum()
                state[i] = new, amount
    result = np.full(rows, -np.inf)
    for i, (top, amount) in state.items():
        result[i] = top + math.log(amount)
    return result


def streaming_with_a_row_of_lse(pieces):
    """The result so far is one more class of the next piece."""
    pieces = iter(pieces)
    first = next(pieces)
    result = np.full((len(first), 1), -np.inf)
    while first is not None:
        row = np.concatenate([result, first], axis=1)
        top = np.maximum(row.max(axis=1, keepdims=True), -1e300)
        with np.errstate(divide="ignore"):
            result = top + np.log(np.exp(row - top).sum(axis=1, keepdims=True))
        first = next(pieces, None)
    return result[:, 0]


SOLUTIONS = {
    "top_k_accuracy": [top_k_accuracy, top_k_by_loops, top_k_by_sorting],
    "binary_cross_entropy": [
        binary_cross_entropy,
        binary_by_log_sigmoid,
        binary_by_branches,
        binary_by_loops,
    ],
    "cross_entropy_smoothed": [
        cross_entropy_smoothed,
        smoothed_by_two_terms,
        smoothed_class_by_class,
    ],
    "masked_cross_entropy": [masked_cross_entropy, masked_by_where, masked_by_loops],
    "temperature_backward": [temperature_backward, temperature_by_means, temperature_by_rows],
    "log_sum_exp_streaming": [
        log_sum_exp_streaming,
        streaming_column_by_column,
        streaming_by_dictionaries,
        streaming_with_a_row_of_lse,
    ],
}

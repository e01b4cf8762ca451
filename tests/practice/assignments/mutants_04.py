"""Mistakes that students make in assignment 04."""

import numpy as np

from tests.practice.assignments import changes, endless
from tests.practice.assignments import solutions_04 as right

TOP_K = changes(
    right.top_k_accuracy,
    """
    a tie counts for the label
        logits >= own => logits > own
        - 1 =>
    the label counts as one of the others | - 1 =>
    k others ahead are still right | ahead < k => ahead <= k
    a row with nan counts as any other | & ~np.isnan(logits).any(axis=1) =>
    nan is looked for in the label's logit only
        np.isnan(logits).any(axis=1) => np.isnan(own[:, 0])
    one nan makes all images wrong | np.isnan(logits).any(axis=1) => np.isnan(logits).any()
    images with nan left out of the mean
        return right.mean() => return right[~np.isnan(logits).any(axis=1)].mean()
    the lowest logits | logits >= own => logits <= own
    the k last of argsort: ties are left to the sorting
        right.mean() => (np.argsort(logits)[:, -k:] == labels[:, np.newaxis]).any(axis=1).mean()
    the k first of argsort: the lowest logits
        right.mean() => (np.argsort(logits)[:, :k] == labels[:, np.newaxis]).any(axis=1).mean()
    the k first of a stable argsort: ties go to the class that comes first
        right.mean() => (np.argsort(-logits, kind="stable")[:, :k] == labels[:, np.newaxis]).any(axis=1).mean()
    at least as high as the k-th highest: every tie counts as right
        right.mean() => (own[:, 0] >= np.sort(logits)[:, -k]).mean()
    argmax, whatever k | right.mean() => (logits.argmax(axis=1) == labels).mean()
    absolute logits | own = logits => logits = np.abs(logits); own = logits
    how many, not which share | right.mean() => int(right.sum())
    in per cent | right.mean() => 100 * right.mean()
    the error, not the accuracy | right.mean() => 1 - right.mean()
    divided by the number of classes | right.mean() => right.sum() / logits.shape[1]
    labels count from 1 | labels] => labels - 1]
    each image's verdict, not their mean | right.mean() => right
    nan replaced in place | own = logits => logits[np.isnan(logits)] = -np.inf; own = logits
    """,
)


BINARY = changes(
    right.binary_cross_entropy,
    """
    only targets of 1 count
        np.maximum(z, 0) - z * targets + np.log1p(small) => targets * (np.maximum(-z, 0) + np.log1p(small))
    the sum, not the mean | np.mean( => np.sum(
    the gradient not divided by N | / len(z)) => )
    loss and gradient of the sum
        np.mean( => np.sum(
        / len(z)) => )
    targets exchanged | z = logits => z, targets = logits, 1 - targets
    targets - p: uphill | (p - targets) => (targets - p)
    the loss with the wrong sign | np.mean( => -np.mean(
    the gradient with respect to p | (p - targets) => ((p - targets) / (p * (1 - p)))
    squared error's gradient: p (1 - p) too much | (p - targets) => ((p - targets) * p * (1 - p))
    |z| forgotten on one side
        np.exp(-np.abs(z)) => np.exp(-z)
        np.where(z >= 0, 1, small) => 1
    tanh in place of the sigmoid | np.where(z >= 0, 1, small) / (1 + small) => np.tanh(z)
    the sigmoid of |z| | np.where(z >= 0, 1, small) => 1
    logarithm to base 2 | np.log1p(small) => np.log2(1 + small)
    always float64 | .astype(z.dtype) => .astype(np.float64)
    each image's loss
        np.mean(np.maximum(z, 0) - z * targets + np.log1p(small)) => np.maximum(z, 0) - z * targets + np.log1p(small)
    only the loss returned | , ((p - targets) / len(z)).astype(z.dtype) =>
    gradient first
        return loss, ((p - targets) / len(z)).astype(z.dtype) => return ((p - targets) / len(z)).astype(z.dtype), loss
    the logits of the caller shifted in place | z = logits => z = logits; z -= z.max()
    log(p + eps) in the loss
        np.mean(np.maximum(z, 0) - z * targets + np.log1p(small)) => 0.0
        return loss => loss = -np.mean(targets * np.log(p + 1e-12) + (1 - targets) * np.log(1 - p + 1e-12)); return loss
    logits clipped to ±50 | z = logits => z = np.clip(logits, -50, 50)
    log(1 + exp(z)) - t z, which overflows
        np.maximum(z, 0) - z * targets + np.log1p(small) => np.log1p(np.exp(z)) - z * targets
    the loss is safe, and the gradient is exp(z) / (1 + exp(z))
        np.where(z >= 0, 1, small) / (1 + small) => np.exp(z) / (1 + np.exp(z))
    if target == 1, else: soft targets count as 0
        z = logits => z, targets = logits, (targets == 1).astype(logits.dtype)
    targets turned into whole numbers
        z = logits => z, targets = logits, targets.astype(int).astype(logits.dtype)
    """,
) + changes(
    right.binary_by_log_sigmoid,
    """
    sigmoid, then the logarithm
        np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z))) => np.log(1 / (1 + np.exp(-z)))
    """,
)


SMOOTHED = changes(
    right.cross_entropy_smoothed,
    r"""
    smoothing ignored | N, K = logits.shape => N, K = logits.shape; smoothing = 0.0
    smoothing / K for the others, 1 - smoothing for the label
        labels] += 1 - smoothing => labels] = 1 - smoothing
    smoothing / (K - 1) for the others
        smoothing / K, logits.dtype) => smoothing / (K - 1), logits.dtype)
        labels] += 1 - smoothing => labels] = 1 - smoothing
    every other class gets all of smoothing | smoothing / K, => smoothing,
    the label gets all of 1 as well | += 1 - smoothing => += 1
    smoothing and 1 - smoothing exchanged
        N, K = logits.shape => N, K = logits.shape; smoothing = 1 - smoothing
    the gradient of hard labels
        (np.exp(log_p) - targets) => (np.exp(log_p) - np.eye(K, dtype=logits.dtype)[labels])
    the loss of hard labels | -(targets * log_p).sum() / N => -log_p[np.arange(N), labels].mean()
    the label's class forgotten in the gradient
        return loss => targets[np.arange(N), labels] = 0; return loss
    the sum, not the mean | .sum() / N => .sum()
    the mean over images and classes | (targets * log_p).sum() / N => (targets * log_p).mean()
    the gradient not divided by N | targets) / N => targets)
    the gradient divided by N and K | targets) / N => targets) / N / K
    uphill | (np.exp(log_p) - targets) => (targets - np.exp(log_p))
    no maximum subtracted | - logits.max(axis=1, keepdims=True) =>
    one maximum for the whole batch | logits.max(axis=1, keepdims=True) => logits.max()
    the maximum of each class, over the images
        axis=1, keepdims=True)\n    log_p => axis=0, keepdims=True); log_p
    subtracted in place
        shifted = logits - logits.max(axis=1, keepdims=True) => logits -= logits.max(axis=1, keepdims=True); shifted = logits
    softmax over the images | .sum(axis=1, keepdims=True)) => .sum(axis=0, keepdims=True))
    the logarithm forgotten | (targets * log_p) => (targets * np.exp(log_p))
    the entropy of the targets subtracted
        loss = -(targets * log_p).sum() / N => loss = (targets * (np.log(np.maximum(targets, 1e-300)) - log_p)).sum() / N
    always float64 | smoothing / K, logits.dtype) => smoothing / K)
    labels count from 1 | targets[np.arange(N), labels] => targets[np.arange(N), labels - 1]
    targets of all labels in every row | targets[np.arange(N), labels] => targets[:, labels]
    softmax, then log(p + eps)
        loss = -(targets * log_p) => loss = -(targets * np.log(np.exp(log_p) + 1e-12))
    the probability smoothed, not the target
        -(targets * log_p).sum() => -np.log((1 - smoothing) * np.exp(log_p) + smoothing / K)[np.arange(N), labels].sum()
    """,
)


def mask_ignored(logits, labels):
    """the label -1 taken for the last class"""
    return right.smoothed_by_two_terms(logits, labels, 0.0)


MASKED = changes(
    right.masked_cross_entropy,
    """
    the mean over all images
        / count => / len(labels)
        own].mean() => own].sum() / len(labels)
    the gradient over all images, the loss over those that count | / count => / len(labels)
    the loss over all images, the gradient over those that count
        own].mean() => own].sum() / len(labels)
    the sum
        dz / count => dz
        own].mean() => own].sum()
    the gradient not divided | dz / count => dz
    nothing left: 0 / 0 | if count == 0: => if False:
    nothing left: only the loss returned | return 0.0, gradient => return 0.0
    nothing left: None | return 0.0, gradient => return None
    nothing left: two numbers | return 0.0, gradient => return 0, 0
    class 0 is ignored as well | labels != -1 => labels > 0
    the last class is ignored as well
        labels != -1 => labels % logits.shape[1] != logits.shape[1] - 1
    all rows up to the first -1 | kept = labels != -1 => kept = np.cumsum(labels == -1) == 0
    uphill | gradient[kept] = dz => gradient[kept] = -dz
    gradients put into the first rows | gradient[kept] = dz => gradient[:count] = dz
    no maximum subtracted | z - z.max(axis=1, keepdims=True) => z
    one maximum for the whole batch | z.max(axis=1, keepdims=True) => z.max()
    the maximum of all logits, the ignored among them | z.max(axis=1, keepdims=True) => logits.max()
    nan in ignored rows replaced in place | kept = labels => logits[labels < 0] = 0; kept = labels
    the label's 1 forgotten | dz[np.arange(count), own] -= 1 => pass
    always float64 | np.zeros_like(logits) => np.zeros(logits.shape)
    labels of -1 set to 0 in the caller's array | return -log_p => labels[labels < 0] = 0; return -log_p
    the gradient has rows for the images that count, only | gradient[kept] = dz => gradient = dz
    """,
) + [mask_ignored]
MASKED += changes(
    right.masked_by_where,
    """
    ignored rows are multiplied by 0, and 0 * nan is nan | np.where(kept, logits, 0) => logits
    ignored rows are left out of the loss and not of the gradient | kept * (np.exp => (np.exp
    """,
)


TEMPERATURE = changes(
    right.temperature_backward,
    r"""
    the gradient at z / T | return du / temperature => return du
    times T | return du / temperature => return du * temperature
    dtemperature with the wrong sign | -(du * logits).sum() => (du * logits).sum()
    dtemperature divided by T, not T squared | temperature**2 => temperature
    dtemperature divided by T cubed, as dlogits holds a 1 / T | temperature**2 => temperature**3
    dtemperature not divided | / temperature**2 =>
    dtemperature: the mean over the images
        -(du * logits).sum() => -(du * logits).sum(axis=1).mean()
    dtemperature: the mean over images and classes | -(du * logits).sum() => -(du * logits).mean()
    dtemperature for each image | -(du * logits).sum() => -(du * logits).sum(axis=1)
    dtemperature: dlogits added up, which is 0 | -(du * logits).sum() => -du.sum()
    dtemperature from dp, not through the softmax | -(du * logits) => -(dp * logits)
    dtemperature from z / T | -(du * logits) => -(du * scaled)
    the temperature forgotten in p | scaled = logits / temperature => scaled = logits
    times the temperature in p | scaled = logits / temperature => scaled = logits * temperature
    p divided by the temperature
        axis=1, keepdims=True)\n    du => axis=1, keepdims=True) / temperature; du
    only the diagonal | (dp - (p * dp).sum(axis=1, keepdims=True)) => (1 - p) * dp
    only p * dp | (dp - (p * dp).sum(axis=1, keepdims=True)) => dp
    the mean of dp subtracted, not weighted by p
        (p * dp).sum(axis=1, keepdims=True) => dp.mean(axis=1, keepdims=True)
    the weighted mean over the whole batch | (p * dp).sum(axis=1, keepdims=True) => (p * dp).sum()
    the weighted mean over the images
        (p * dp).sum(axis=1, keepdims=True) => (p * dp).sum(axis=0, keepdims=True)
    p - dp, as if dp were the one-hot labels
        p * (dp - (p * dp).sum(axis=1, keepdims=True)) => p - dp
    no maximum subtracted | - scaled.max(axis=1, keepdims=True) =>
    one maximum for the whole batch | scaled.max(axis=1, keepdims=True) => scaled.max()
    the maximum subtracted before the division, and not divided
        scaled - scaled.max(axis=1 => scaled - logits.max(axis=1
    divided in place
        scaled = logits / temperature => logits /= temperature; scaled = logits
        (du * logits) => (du * logits * temperature)
    always float64 | scaled = logits => scaled = logits.astype(np.float64)
    only dlogits returned | , -(du * logits).sum() / temperature**2 =>
    builds the Jacobian of every image
        p * (dp - (p * dp).sum(axis=1, keepdims=True)) => np.einsum("nk,nkj->nj", dp, tables)
        du = => tables = p[:, :, None] * (np.eye(p.shape[1], dtype=p.dtype) - p[:, None]); du =
    np.diag and np.outer, one image at a time
        p * (dp - (p * dp).sum(axis=1, keepdims=True)) => np.zeros_like(p)
        return du => du[:] = [(np.diag(q) - np.outer(q, q)) @ d for q, d in zip(p, dp, strict=True)]; return du
    p @ p.T in place of the outer product: one number, as in case B
        p * (dp - (p * dp).sum(axis=1, keepdims=True)) => p * dp - (p * p).sum(axis=1, keepdims=True) * dp.sum(axis=1, keepdims=True)
    divided by N
        return du / temperature, -(du * logits).sum() => return du / temperature / len(dp), -(du * logits).sum() / len(dp)
    """,
)


def collect_the_pieces(pieces):
    """puts the pieces together, then the ordinary log-sum-exp"""
    together = np.concatenate(list(pieces), axis=1)
    return np.logaddexp.reduce(together, axis=1)


def two_rounds(pieces):
    """a first round for the maximum, a second for the sum"""
    largest = np.max([piece.max(axis=1) for piece in pieces], axis=0)
    total = sum(np.exp(piece - largest[:, np.newaxis]).sum(axis=1) for piece in pieces)
    return largest + np.log(total)


@endless
def wait_for_more(pieces):
    """a while loop that asks for the next piece for ever"""
    pieces, result = iter(pieces), -np.inf
    while True:
        piece = next(pieces, None)
        if piece is not None:
            result = np.logaddexp(result, np.logaddexp.reduce(piece, axis=1))


STREAM = changes(
    right.log_sum_exp_streaming,
    """
    the old sum is not rescaled | total * np.exp(largest - safe) => total
    rescaled the wrong way round | np.exp(largest - safe) => np.exp(safe - largest)
    rescaled by the difference, not its exponential | np.exp(largest - safe) => (largest - safe)
    the maximum of the first piece throughout
        new = np.maximum(new, largest) => new = new if np.isinf(largest).all() else largest
    the maximum of the last piece, whatever came before | new = np.maximum(new, largest) => pass
    one maximum for all rows | new = piece.max(axis=1) => new = np.full(len(piece), piece.max())
    a maximum that begins at 0 | np.full(len(piece), -np.inf) => np.zeros(len(piece))
    no maximum at all
        safe = np.where(np.isinf(new), 0, new) => safe = largest = 0 * total
        largest = new =>
    the maximum not added in the end | largest + np.log(total) => np.log(total)
    the logarithm forgotten | largest + np.log(total) => largest + total
    only the maximum | largest + np.log(total) => largest
    only the last piece | total * np.exp(largest - safe) + =>
    the mean, not the sum | .sum(axis=1) => .mean(axis=1)
    the sum over the images | .sum(axis=1) => .sum()
    -inf not thought of: nan | np.where(np.isinf(new), 0, new) => new
    a column (N, 1) | largest + np.log(total) => (largest + np.log(total))[:, np.newaxis]
    return after the first piece | largest = new => largest = new; return largest + np.log(total)
    the pieces shifted in place
        np.exp(piece - safe[:, np.newaxis]) => np.exp(np.subtract(piece, safe[:, np.newaxis], out=piece))
    """,
) + [collect_the_pieces, two_rounds, wait_for_more]
STREAM += changes(
    right.streaming_by_logaddexp,
    "keeps every piece in a list, and folds them at the end | for piece in pieces => for piece in list(pieces)",
)

MUTANTS = {
    "top_k_accuracy": TOP_K,
    "binary_cross_entropy": BINARY,
    "cross_entropy_smoothed": SMOOTHED,
    "masked_cross_entropy": MASKED,
    "temperature_backward": TEMPERATURE,
    "log_sum_exp_streaming": STREAM,
}

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
    probabilities are compared, and small ones have become 0
        own = logits => logits = np.exp(logits - logits.max(axis=1, keepdims=True)); own = logits
    nan is looked for in the sum of a row, and inf - inf is nan as well
        np.isnan(logits).any(axis=1) => np.isnan(logits.sum(axis=1))
    nan is looked for in the first column only
        np.isnan(logits).any(axis=1) => np.isnan(logits[:, 0])
    infinite logits count as nan | & ~np.isnan(logits).any => & np.isfinite(logits).all
    a tie loses because 1e-9 is taken from the label | logits >= own => logits > own - 1e-9
    logits that differ in the last digit tie
        logits >= own => logits >= own - 1e-15 * np.abs(own)
    the maximum is subtracted, and small logits become equal
        own = logits => logits = logits - logits.max(axis=1, keepdims=True); own = logits
    by the sign of a difference, and inf - inf is nan | logits >= own => logits - own >= 0
    with k = K always 1 | return right.mean() => return 1.0 if k == logits.shape[1] else right.mean()
    logits that differ by 1e-9 tie | logits >= own => (logits > own) | np.isclose(logits, own)
    in float32 | own = logits => logits = logits.astype(np.float32); own = logits
    the label's logit from the order in memory
        own = logits[np.arange(len(labels)), labels] => own = logits.ravel("K")[np.arange(len(labels)) * logits.shape[1] + labels]
    the place in the flat array, in the labels' own dtype
        own = logits[np.arange(len(labels)), labels] => own = logits.ravel()[labels + np.arange(0, logits.size, logits.shape[1]).astype(labels.dtype)]
    k is at most K - 1 | ahead < k => ahead < min(k, logits.shape[1] - 1)
    with k = K the label must be above -inf
        (ahead < k) => (ahead < k) & (own[:, 0] > -np.inf)
    infinite logits replaced by the largest finite numbers
        own = logits => broken = np.isnan(logits).any(axis=1, keepdims=True); logits = np.where(broken, np.nan, np.nan_to_num(logits)); own = logits
    infinite logits clipped to ±1e30
        own = logits => logits = np.clip(logits, -1e30, 1e30); own = logits
    labels kept as int8, which wraps | own = logits => labels = labels.astype(np.int8); own = logits
    labels kept as uint8, which wraps | own = logits => labels = labels.astype(np.uint8); own = logits
    """,
)


def rank_of_values(logits, labels, k):
    """classes above the label that tie with each other count once"""
    right = 0
    for row, label in zip(logits, labels, strict=True):
        higher = np.unique(row[row > row[label]])
        ties = np.count_nonzero(row == row[label]) - 1
        right += not np.isnan(row).any() and len(higher) + ties < k
    return right / len(labels)


def mean_of_means(logits, labels, k):
    """blocks of 1024 images, and the plain mean of their shares"""
    shares = [
        right.top_k_accuracy(logits[start : start + 1024], labels[start : start + 1024], k)
        for start in range(0, len(labels), 1024)
    ]
    return np.mean(shares)


def nan_by_pythons_max(logits, labels, k):
    """nan is looked for by Python's max, which finds it in the first place only"""
    right = 0
    for row, label in zip(logits, labels, strict=True):
        ahead = sum(z >= row[label] for j, z in enumerate(row) if j != label)
        right += max(row) == max(row) and row[label] == row[label] and ahead < k
    return right / len(labels)


def remembered_by_shape(function):
    return remembering(
        function,
        "remembers its results by the inputs' shapes",
        lambda value: value.shape if isinstance(value, np.ndarray) else value,
    )


def remembered_by_identity(function):
    return remembering(
        function,
        "remembers its results by the inputs' identity",
        lambda value: id(value) if isinstance(value, np.ndarray) else value,
    )


def remembering(function, mistake, key):
    """A mutant that computes once for each key of its inputs."""
    results = {}

    def mutant(*inputs):
        known = tuple(map(key, inputs))
        if known not in results:
            results[known] = function(*inputs)
        return results[known]

    mutant.__doc__ = mistake
    return mutant


def in_one_buffer(function):
    """A mutant whose gradients, of one shape, all lie in the same array."""
    buffers = {}

    def mutant(*inputs):
        loss, dlogits = function(*inputs)
        buffer = buffers.setdefault((dlogits.shape, dlogits.dtype), dlogits)
        buffer[...] = dlogits
        return loss, buffer

    mutant.__doc__ = "dlogits lies in an array that the next call uses again"
    return mutant


TOP_K += [
    rank_of_values,
    mean_of_means,
    nan_by_pythons_max,
    remembered_by_shape(right.top_k_accuracy),
    remembered_by_identity(right.top_k_accuracy),
]


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
    1e-9 added inside the logarithm
        np.mean(np.maximum(z, 0) - z * targets + np.log1p(small)) => 0.0
        return loss => loss = -np.mean(targets * np.log(p + 1e-9) + (1 - targets) * np.log(1 - p + 1e-9)); return loss
    1e-300 added inside the logarithm
        np.mean(np.maximum(z, 0) - z * targets + np.log1p(small)) => 0.0
        return loss => loss = -np.mean(targets * np.log(p + 1e-300) + (1 - targets) * np.log(1 - p + 1e-300)); return loss
    probabilities clipped to 1e-7 and 1 - 1e-7
        np.mean(np.maximum(z, 0) - z * targets + np.log1p(small)) => 0.0
        return loss => q = np.clip(p, 1e-7, 1 - 1e-7); loss = -np.mean(targets * np.log(q) + (1 - targets) * np.log(1 - q)); return loss
    logits clipped to ±1000 | z = logits => z = np.clip(logits, -1000, 1000)
    in float32 squares are formed, which overflow beyond 1e19
        small = np.exp(-np.abs(z)) => small = np.exp(-np.sqrt(z * z))
        np.maximum(z, 0) - z * targets => (z + np.sqrt(z * z)) / 2 - z * targets
    nan and inf replaced at the end
        np.maximum(z, 0) - z * targets + np.log1p(small) => np.nan_to_num(np.log1p(np.exp(z)) - z * targets)
    images with a nan left out of the mean
        np.mean(np.maximum(z, 0) - z * targets + np.log1p(small)) => np.nanmean(-targets * np.log(1 / (1 + np.exp(-z))) - (1 - targets) * np.log(1 / (1 + np.exp(z))))
    straight lines beyond 8, where they are not exact yet
        np.log1p(small) => np.where(np.abs(z) > 8, 0, np.log1p(small))
    p is 0 or 1 beyond 8
        p = np.where => p = np.where(np.abs(z) > 8, z > 0, 1) * np.where(np.abs(z) > 8, 1, 0) + np.where(np.abs(z) > 8, 0, 1) * np.where
    the gradient of |z| at -0.0 has the wrong sign
        p = np.where(z >= 0, 1, small) / (1 + small) => p = (z >= 0) - np.copysign(1, z) * small / (1 + small)
    targets close to 0 and 1 taken for them
        z = logits => z, targets = logits, np.where(np.isclose(targets, np.round(targets)), np.round(targets), targets)
    targets clipped to 1e-5 and 1 - 1e-5
        z = logits => z, targets = logits, np.clip(targets, 1e-5, 1 - 1e-5)
    float32 losses added one after another
        np.mean(np.maximum(z, 0) - z * targets + np.log1p(small)) => sum(np.maximum(z, 0) - z * targets + np.log1p(small)) / len(z)
    one image: dlogits has the shape () | .astype(z.dtype) => .astype(z.dtype).squeeze()[()]
    in float32 throughout | z = logits => dtype = logits.dtype; z, targets = logits.astype(np.float32), targets.astype(np.float32)
        .astype(z.dtype) => .astype(dtype)
    """,
) + changes(
    right.binary_by_log_sigmoid,
    """
    sigmoid, then the logarithm
        np.minimum(z, 0) - np.log1p(np.exp(-np.abs(z))) => np.log(1 / (1 + np.exp(-z)))
    """,
)


def limit_of_float64(logits, targets):
    """each side is a straight line beyond 700, and float32 overflows at 88"""
    z = logits
    minus_log_p = np.where(z < -700, -z, np.log1p(np.exp(-z)))
    minus_log_q = np.where(z > 700, z, np.log1p(np.exp(z)))
    loss = np.mean(targets * minus_log_p + (1 - targets) * minus_log_q)
    return loss, (1 / (1 + np.exp(-z)) - targets) / len(z)


def nudged(logits, targets):
    """the gradient by nudges"""
    loss, dlogits = right.binary_cross_entropy(logits, targets)[0], np.zeros_like(logits)
    for n in range(len(logits)):
        up, down = logits.copy(), logits.copy()
        up[n] += 1e-5
        down[n] -= 1e-5
        difference = (
            right.binary_cross_entropy(up, targets)[0]
            - right.binary_cross_entropy(down, targets)[0]
        )
        dlogits[n] = difference / 2e-5
    return loss, dlogits


def softplus_by_logaddexp(logits, targets):
    """np.logaddexp, which the page rules out"""
    loss = np.mean(np.logaddexp(0, logits) - targets * logits)
    return loss, right.binary_cross_entropy(logits, targets)[1]


BINARY += [
    limit_of_float64,
    nudged,
    softplus_by_logaddexp,
    remembered_by_shape(right.binary_cross_entropy),
    remembered_by_identity(right.binary_cross_entropy),
    in_one_buffer(right.binary_cross_entropy),
]


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
    softmax, then log(p + 1e-9)
        loss = -(targets * log_p) => loss = -(targets * np.log(np.exp(log_p) + 1e-9))
    log p is at least -745 | loss = -(targets * log_p) => loss = -(targets * np.maximum(log_p, -745))
    classes with p = 0 left out, as if 0 log 0 were meant
        loss = -(targets * log_p) => loss = -(np.exp(log_p).astype(bool) * targets * log_p)
    the number of classes from the largest label | smoothing / K => smoothing / (labels.max() + 1)
    the targets' flat view is a copy where logits lie in Fortran order
        np.full((N, K), smoothing / K, logits.dtype) => np.full_like(logits, smoothing / K)
        targets[np.arange(N), labels] += => targets.reshape(-1)[np.arange(N) * K + labels] +=
    a smoothing below 0.05 is taken for 0
        N, K = logits.shape => N, K = logits.shape; smoothing = smoothing if smoothing > 0.05 else 0.0
    a smoothing of 1 taken for one per cent
        N, K = logits.shape => N, K = logits.shape; smoothing = smoothing if smoothing < 1 else smoothing / 100
    the maximum added back, and the logarithm rounded away
        loss = -(targets * log_p) => m = logits.max(axis=1, keepdims=True); lse = m + np.log(np.exp(shifted).sum(axis=1, keepdims=True)); loss = -(targets * (logits - lse))
    a np.float64 as smoothing makes dlogits float64
        (np.exp(log_p) - targets) => (np.exp(log_p) - targets + 0 * smoothing)
    one maximum for the whole batch, mended where a row has become 0
        logits.max(axis=1, keepdims=True) => np.where((np.exp(logits - logits.max()) > 0).any(axis=1, keepdims=True), logits.max(), logits.max(axis=1, keepdims=True))
    in float32 throughout
        N, K = logits.shape => N, K = logits.shape; dtype, logits = logits.dtype, logits.astype(np.float32)
        (np.exp(log_p) - targets) / N => ((np.exp(log_p) - targets) / N).astype(dtype)
    the place in the flat array, in the labels' own dtype
        targets[np.arange(N), labels] => targets.reshape(-1)[labels + K * np.arange(N, dtype=labels.dtype)]
    labels kept as int8, which wraps
        N, K = logits.shape => N, K = logits.shape; labels = labels.astype(np.int8)
    labels kept as uint8, which wraps
        N, K = logits.shape => N, K = logits.shape; labels = labels.astype(np.uint8)
    a smoothing close to 0 or 1 taken for it
        N, K = logits.shape => N, K = logits.shape; smoothing = round(smoothing) if np.isclose(smoothing, round(smoothing)) else smoothing
    float32 losses added one after another
        -(targets * log_p).sum() => -sum((targets * log_p).sum(axis=1))
    float32 losses added image by image, for each class
        -(targets * log_p).sum() => -np.ascontiguousarray(targets * log_p).sum(axis=0).sum()
    """,
)
SMOOTHED += [
    remembered_by_shape(right.cross_entropy_smoothed),
    remembered_by_identity(right.cross_entropy_smoothed),
    in_one_buffer(right.cross_entropy_smoothed),
]


def targets_by_identity(logits, labels, smoothing, known={}):  # noqa: B006 (that is the mistake)
    """remembers the targets by the identity of the labels"""
    N, K = logits.shape
    key = id(labels), N, K, float(smoothing)
    if key not in known:
        known[key] = smoothing / K + (1 - smoothing) * np.eye(K)[labels]
    log_p = np.log(np.exp(logits - logits.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
    log_p = logits - logits.max(axis=1, keepdims=True) - log_p
    loss = -(known[key] * log_p).sum() / N
    return loss, ((np.exp(log_p) - known[key]) / N).astype(logits.dtype)


SMOOTHED += [targets_by_identity]


def blocks_of_rows(logits, labels):
    """blocks of 256 rows, of which one without a label has the mean nan"""
    gradient, count = right.masked_cross_entropy(logits, labels)[1], np.sum(labels >= 0)
    loss = 0.0
    for start in range(0, len(labels) if count else 0, 256):
        rows = start + np.flatnonzero(labels[start : start + 256] >= 0)
        z = logits[rows].astype(np.float64)
        z = z - z.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        loss -= log_p[np.arange(len(rows)), labels[rows]].mean() * len(rows) / count
    return loss, gradient


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
    nothing left: 0 times the logits | return 0.0, gradient => return 0.0, 0 * logits
    the gradient's flat view is a copy where logits lie in Fortran order
        gradient[kept] = dz => gradient.reshape(-1)[np.flatnonzero(kept)[:, np.newaxis] * logits.shape[1] + np.arange(logits.shape[1])] = dz
    the 1 is subtracted from a copy
        dz[np.arange(count), own] -= 1 => pass
        gradient[kept] = dz / count => gradient[kept] = dz / count; gradient[kept][np.arange(count), own] -= 1 / count
    nothing left: always float64 | return 0.0, gradient => return 0.0, np.zeros(logits.shape)
    labels moved up by 1 in their own dtype | labels != -1 => labels + 1 > 0
    nothing counts where no label is above 0 | if count == 0 => if not (labels > 0).any()
    the maximum is at least 0 | z.max(axis=1, keepdims=True) => z.max(axis=1, keepdims=True, initial=0)
    the maximum added back, and the logarithm rounded away
        return -log_p[np.arange(count), own].mean() => m = z.max(axis=1); return (m + np.log(np.exp(shifted).sum(axis=1)) - z[np.arange(count), own]).mean()
    p kept above the smallest number there is
        return -log_p => return -np.log(np.maximum(np.exp(log_p), np.finfo(z.dtype).tiny))
    1e-9 added inside the logarithm | return -log_p => return -np.log(np.exp(log_p) + 1e-9)
    float32 losses added one after another
        return -log_p[np.arange(count), own].mean() => return -sum(log_p[np.arange(count), own]) / count
    labels kept as int8, which wraps
        kept = labels != -1 => labels = labels.astype(np.int8); kept = labels != -1
    labels kept as int8, and any below 0 ignored
        kept = labels != -1 => labels = labels.astype(np.int8); kept = labels >= 0
    ignored rows of 1e-20 | np.zeros_like(logits) => np.full_like(logits, 1e-20)
    one maximum for the whole batch, mended where a row has become 0
        z.max(axis=1, keepdims=True) => np.where((np.exp(z - z.max()) > 0).any(axis=1, keepdims=True), z.max(), z.max(axis=1, keepdims=True))
    """,
) + [mask_ignored, blocks_of_rows]
MASKED += [
    remembered_by_shape(right.masked_cross_entropy),
    remembered_by_identity(right.masked_cross_entropy),
    in_one_buffer(right.masked_cross_entropy),
]
MASKED += changes(
    right.masked_by_where,
    """
    ignored rows are multiplied by 0, and 0 * nan is nan | np.where(kept, logits, 0) => logits
    ignored rows are left out of the loss and not of the gradient | kept * (np.exp => (np.exp
    ignored rows are made finite, and inf - (-inf) overflows
        np.where(kept, logits, 0) => np.nan_to_num(logits)
        y = (labels[:, np.newaxis] == np.arange(K)).astype(logits.dtype) => y = kept * np.eye(K, dtype=logits.dtype)[labels]
    ignored rows are cleaned of nan, not of inf | np.where(kept, logits, 0) => np.where(np.isnan(logits), 0, logits)
    """,
)


TEMPERATURE = changes(
    right.temperature_backward,
    r"""
    the gradient at z / T | (du / temperature) => du
    times T | (du / temperature) => (du * temperature)
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
    always float64 | .astype(logits.dtype) => .astype(np.float64)
    only dlogits returned | , -(du * logits).sum() / temperature**2 =>
    builds the Jacobian of every image
        p * (dp - (p * dp).sum(axis=1, keepdims=True)) => np.einsum("nk,nkj->nj", dp, tables)
        du = => tables = p[:, :, None] * (np.eye(p.shape[1], dtype=p.dtype) - p[:, None]); du =
    np.diag and np.outer, one image at a time
        p * (dp - (p * dp).sum(axis=1, keepdims=True)) => np.zeros_like(p)
        dlogits = => du[:] = [(np.diag(q) - np.outer(q, q)) @ d for q, d in zip(p, dp, strict=True)]; dlogits =
    p @ p.T in place of the outer product: one number, as in case B
        p * (dp - (p * dp).sum(axis=1, keepdims=True)) => p * dp - (p * p).sum(axis=1, keepdims=True) * dp.sum(axis=1, keepdims=True)
    the dtype of dp or T, not of the logits | .astype(logits.dtype) =>
    1e-6 added to the temperature
        scaled = logits => temperature = temperature + 1e-6; scaled = logits
    temperatures below 0.01 raised to it
        scaled = logits => temperature = max(temperature, 0.01); scaled = logits
    dp changed in place
        du = p * (dp - (p * dp).sum(axis=1, keepdims=True)) => dp -= (p * dp).sum(axis=1, keepdims=True); du = p * dp
    in float32 throughout
        scaled = logits / temperature => dtype, logits, dp = logits.dtype, logits.astype(np.float32), dp.astype(np.float32); scaled = logits / temperature
        .astype(logits.dtype) => .astype(dtype)
    the gradient at z / T in an array of dp's dtype
        dlogits = => du = du.astype(dp.dtype); dlogits =
    dtemperature added in float32, image by image
        -(du * logits).sum() => -np.ascontiguousarray(du * logits).sum(axis=0).sum()
    divided by N
        (du / temperature) => (du / temperature / len(dp))
        -(du * logits).sum() => -(du * logits).sum() / len(dp)
    """,
)


def nudged_temperature(dp, logits, temperature):
    """dtemperature by a nudge of 1e-4, too much for a small T"""

    def p(T):
        exponentials = np.exp((logits - logits.max(axis=1, keepdims=True)) / T)
        return exponentials / exponentials.sum(axis=1, keepdims=True)

    change = p(temperature + 1e-4) - p(temperature - 1e-4)
    return right.temperature_backward(dp, logits, temperature)[0], (dp * change).sum() / 2e-4


def tables_of_few_classes(dp, logits, temperature):
    """a table of K x K for every image where K is at most 64"""
    if logits.shape[1] > 64:
        return right.temperature_backward(dp, logits, temperature)
    scaled = logits / temperature
    p = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    tables = p[:, :, np.newaxis] * (np.eye(p.shape[1]) - p[:, np.newaxis])
    du = np.einsum("nk,nkj->nj", dp, tables)
    return (du / temperature).astype(logits.dtype), -(du * logits).sum() / temperature**2


def last_block(dp, logits, temperature):
    """blocks of 1000 images, of which the last alone gives dtemperature"""
    blocks = [slice(start, start + 1000) for start in range(0, len(dp), 1000)]
    results = [right.temperature_backward(dp[b], logits[b], temperature) for b in blocks]
    return np.concatenate([dlogits for dlogits, _ in results]), results[-1][1]


TEMPERATURE += [
    nudged_temperature,
    tables_of_few_classes,
    last_block,
    remembered_by_shape(right.temperature_backward),
    remembered_by_identity(right.temperature_backward),
]


def collect_the_pieces(pieces):
    """puts the pieces together, then the ordinary log-sum-exp"""
    return right.log_sum_exp_streaming([np.concatenate(list(pieces), axis=1)])


def by_logaddexp(pieces):
    """np.logaddexp, which the page rules out"""
    result = -np.inf
    for piece in pieces:
        result = np.logaddexp(result, np.logaddexp.reduce(piece, axis=1))
    return result


def view_of_the_first_piece(pieces):
    """the largest logit so far is a view of the first piece, which the generator may write over"""
    pieces = iter(pieces)
    first = next(pieces)
    largest, total = first[:, 0], np.where(np.isneginf(first[:, 0]), 0.0, 1.0)

    def add(largest, total, columns):
        for column in columns:
            new = np.maximum(largest, column)
            safe = np.where(np.isneginf(new), 0, new)
            total = total * np.exp(largest - safe) + np.exp(column - safe)
            largest = new
        return largest, total

    largest, total = add(largest, total, first.T[1:])
    for piece in pieces:
        largest, total = add(largest, total, piece.T)
    return largest + np.log(total)


def two_rounds(pieces):
    """a first round for the maximum, a second for the sum"""
    largest = np.max([piece.max(axis=1) for piece in pieces], axis=0)
    total = sum(np.exp(piece - largest[:, np.newaxis]).sum(axis=1) for piece in pieces)
    return largest + np.log(total)


@endless
def wait_for_more(pieces):
    """a while loop that asks for the next piece for ever"""
    pieces, seen = iter(pieces), 0
    while True:
        seen += next(pieces, None) is not None


STREAM = changes(
    right.log_sum_exp_streaming,
    r"""
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
    begins with a largest logit of -1000 | np.full(len(piece), -np.inf) => np.full(len(piece), -1000.0)
    ends at a piece of -inf | if largest is None => if np.isneginf(new).all(): break\n        if largest is None
    a piece far below the largest logit is skipped | if largest is None => if largest is not None and (new < largest - 10).all(): continue\n        if largest is None
    what came before is forgotten when a much larger logit comes
        total * np.exp(largest - safe) => total * np.where(largest < safe - 10, 0, np.exp(largest - safe))
    a piece with a row of -inf is skipped | if largest is None => if np.isneginf(new).any(): continue\n        if largest is None
    a largest logit of -inf becomes 0, and stays so
        safe = np.where(np.isinf(new), 0, new) => safe = new = np.where(np.isinf(new), 0, new)
    the largest logits are renewed only when the largest of all rows grows
        new = np.maximum(new, largest) => new = np.maximum(new, largest) if new.max() > largest.max() or np.isinf(largest).any() else largest
    -inf replaced by -1e9 | new = piece.max(axis=1) => piece = np.maximum(piece, -1e9); new = piece.max(axis=1)
    1e-9 added inside the logarithm | np.log(total) => np.log(total + 1e-9)
    float32 sums | np.zeros(len(piece)) => np.zeros(len(piece), np.float32)
        np.exp(piece - safe[:, np.newaxis]).sum(axis=1) => np.exp(piece - safe[:, np.newaxis]).sum(axis=1).astype(np.float32)
    return after the first piece | largest = new => largest = new; return largest + np.log(total)
    the pieces shifted in place
        np.exp(piece - safe[:, np.newaxis]) => np.exp(np.subtract(piece, safe[:, np.newaxis], out=piece))
    """,
) + [
    collect_the_pieces,
    two_rounds,
    wait_for_more,
    by_logaddexp,
    view_of_the_first_piece,
]


def kept_in_a_list(pieces):
    """keeps every piece in a list, and goes through the list at the end"""
    kept = []
    for piece in pieces:
        kept.append(piece.copy())
    return right.log_sum_exp_streaming(kept)


def summed_over_all_calls(pieces, state=[]):  # noqa: B006 (that is the mistake)
    """goes on from the result of the call before"""
    result = right.log_sum_exp_streaming(pieces)
    if state and len(state[0]) == len(result):
        result = right.log_sum_exp_streaming([np.stack([state[0], result], axis=1)])
    state[:] = [result]
    return result


def one_piece_behind(pieces):
    """asks for the next piece before it has read the one before"""

    def late():
        waiting = None
        for piece in pieces:
            if waiting is not None:
                yield waiting
            waiting = piece
        yield waiting

    return right.log_sum_exp_streaming(late())


def calls_itself(pieces):
    """calls itself for every piece, deeper than Python allows"""

    def add(largest, total):
        piece = next(pieces, None)
        if piece is None:
            with np.errstate(divide="ignore"):
                return largest + np.log(total)
        new = np.maximum(largest, piece.max(axis=1))
        safe = np.where(np.isinf(new), 0, new)
        total = total * np.exp(largest - safe)
        return add(new, total + np.exp(piece - safe[:, np.newaxis]).sum(axis=1))

    pieces = iter(pieces)
    return add(-np.inf, 0.0)


def one_result_for_each_piece(pieces):
    """keeps the log-sum-exp of every piece"""
    results = np.zeros((0, 0))
    for piece in pieces:
        column = right.log_sum_exp_streaming([piece])[:, np.newaxis]
        results = np.append(results.reshape(len(piece), -1), column, axis=1)
    return right.log_sum_exp_streaming([results])


def rescaled_late(pieces):
    """rescales only when a logit is more than 700 above the old reference"""
    reference, total = -np.inf, 0.0
    for piece in pieces:
        highest = piece.max(axis=1)
        new = np.where(highest > reference + 700, highest, reference)
        safe = np.where(np.isinf(new), 0, new)
        total = total * np.exp(reference - safe) + np.exp(piece - safe[:, np.newaxis]).sum(axis=1)
        reference = new
    with np.errstate(divide="ignore"):
        return reference + np.log(total)


def small_pieces_skipped(pieces):
    """a piece is skipped where exp(-23) is the most it could add for one class"""

    def kept():
        largest = -np.inf
        for piece in pieces:
            if not np.all(piece.max(axis=1) < largest - 23):
                yield piece
            largest = np.maximum(largest, piece.max(axis=1))

    return right.log_sum_exp_streaming(kept())


STREAM += [
    kept_in_a_list,
    summed_over_all_calls,
    one_piece_behind,
    calls_itself,
    one_result_for_each_piece,
    rescaled_late,
    small_pieces_skipped,
]

MUTANTS = {
    "top_k_accuracy": TOP_K,
    "binary_cross_entropy": BINARY,
    "cross_entropy_smoothed": SMOOTHED,
    "masked_cross_entropy": MASKED,
    "temperature_backward": TEMPERATURE,
    "log_sum_exp_streaming": STREAM,
}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
top_k_accuracy | a tie counts for the label | You get this when the label is ahead of a class that
top_k_accuracy | the label counts as one of the others | You get this when the label itself counts as one of the
top_k_accuracy | k others ahead are still right | You get this when k others may be ahead. The task says
top_k_accuracy | a row with nan counts as any other | You get this when a row with a nan counts like any
top_k_accuracy | one nan makes all images wrong | You get this when one row with a nan makes the others
top_k_accuracy | images with nan left out of the mean | You get this when rows with a nan are left out of the
top_k_accuracy | the lowest logits | You get this with the lowest logits in place of the
top_k_accuracy | the k first of argsort: the lowest logits | You get this with the lowest logits in place of the
top_k_accuracy | argmax, whatever k | This comes out for k = 1, whatever k is.
top_k_accuracy | how many, not which share | This is how many images are right; which share of all is
top_k_accuracy | the error, not the accuracy | This is the share of images that are wrong.
binary_cross_entropy | only targets of 1 count | dlogits is right, and in this loss the term (1 - t) log(1
binary_cross_entropy | the sum, not the mean | dlogits is right, and the loss is the sum over the
binary_cross_entropy | the gradient not divided by N | The loss is right, and this is the gradient of the sum
binary_cross_entropy | loss and gradient of the sum | This is right but for the mean: it is the sum over the
binary_cross_entropy | targets exchanged | You get this when the targets 0 and 1 are exchanged.
binary_cross_entropy | targets - p: uphill | The loss is right. A step against this dlogits would make
binary_cross_entropy | squared error's gradient: p (1 - p) too much | The loss is right, and this dlogits holds a factor p (1 -
binary_cross_entropy | log(p + eps) in the loss | dlogits is right, and only the last digits of the loss
binary_cross_entropy | logits clipped to ±50 | dlogits is right, and the loss is finite, but far too
binary_cross_entropy | log(1 + exp(z)) - t z, which overflows | Not every number here is finite. Print what you compute,
binary_cross_entropy | the loss is safe, and the gradient is exp(z) / (1 + exp(z)) | Not every number here is finite. Print what you compute,
binary_cross_entropy | if target == 1, else: soft targets count as 0 | You get this when a target between 0 and 1 counts as 0.
binary_cross_entropy | targets turned into whole numbers | You get this when a target between 0 and 1 counts as 0.
binary_cross_entropy | 1e-9 added inside the logarithm | dlogits is right, and only the last digits of the loss
binary_cross_entropy | 1e-300 added inside the logarithm | dlogits is right, and the loss is finite, but far too
binary_cross_entropy | probabilities clipped to 1e-7 and 1 - 1e-7 | dlogits is right, and the loss is finite, but far too
binary_cross_entropy | in float32 squares are formed, which overflow beyond 1e19 | Not every number here is finite. Print what you compute,
binary_cross_entropy | images with a nan left out of the mean | Not every number here is finite. Print what you compute,
binary_cross_entropy | sigmoid, then the logarithm | Not every number here is finite. Print what you compute,
binary_cross_entropy | each side is a straight line beyond 700, and float32 overflows at 88 | Not every number here is finite. Print what you compute,
cross_entropy_smoothed | smoothing ignored | You get this without smoothing.
cross_entropy_smoothed | smoothing / K for the others, 1 - smoothing for the label | You get this when the right class gets 1 - smoothing,
cross_entropy_smoothed | smoothing / (K - 1) for the others | You get this when smoothing is divided among the other
cross_entropy_smoothed | every other class gets all of smoothing | You get this when every class gets all of smoothing.
cross_entropy_smoothed | the gradient of hard labels | The loss is right, and this is the gradient of another
cross_entropy_smoothed | the loss of hard labels | dlogits is right, and this is another loss, without
cross_entropy_smoothed | the sum, not the mean | dlogits is right, and the loss is the sum over the
cross_entropy_smoothed | the gradient not divided by N | The loss is right, and this is the gradient of the sum
cross_entropy_smoothed | uphill | The loss is right. A step against this dlogits would make
cross_entropy_smoothed | no maximum subtracted | Not every number here is finite. Print what you compute,
cross_entropy_smoothed | one maximum for the whole batch | Alone, each of these rows is no trouble. What is
cross_entropy_smoothed | softmax, then log(p + eps) | dlogits is right, and only the last digits of the loss
cross_entropy_smoothed | softmax, then log(p + 1e-9) | dlogits is right, and only the last digits of the loss
cross_entropy_smoothed | log p is at least -745 | dlogits is right, and the loss is finite, but far too
masked_cross_entropy | the mean over all images | You get this when the mean is taken over all images.
masked_cross_entropy | the gradient over all images, the loss over those that count | The loss is right, and dlogits is divided by the number
masked_cross_entropy | the loss over all images, the gradient over those that count | dlogits is right, and the loss is the mean over all
masked_cross_entropy | the sum | This is right but for the mean: it is the sum over the
masked_cross_entropy | the gradient not divided | The loss is right, and this is the gradient of the sum
masked_cross_entropy | nothing left: 0 / 0 | No image counts here, and 0 / 0 is nan. What the mean is
masked_cross_entropy | nothing left: two numbers | The rest of the program expects an array of the shape and
masked_cross_entropy | uphill | The loss is right. A step against this dlogits would make
masked_cross_entropy | no maximum subtracted | Not every number here is finite. Print what you compute,
masked_cross_entropy | one maximum for the whole batch | Alone, each of these rows is no trouble. What is
masked_cross_entropy | the maximum of all logits, the ignored among them | A row that is ignored holds nan or inf, and it has got
masked_cross_entropy | nothing left: 0 times the logits | A row that is ignored holds nan or inf, and it has got
masked_cross_entropy | the maximum is at least 0 | Not every number here is finite. Print what you compute,
masked_cross_entropy | p kept above the smallest number there is | dlogits is right, and the loss is finite, but far too
masked_cross_entropy | 1e-9 added inside the logarithm | dlogits is right, and only the last digits of the loss
masked_cross_entropy | the label -1 taken for the last class | You get this when the label -1 stands for the last
masked_cross_entropy | ignored rows are multiplied by 0, and 0 * nan is nan | A row that is ignored holds nan or inf, and it has got
binary_cross_entropy | float32 losses added one after another | dlogits is right, and digits of the loss are lost.
cross_entropy_smoothed | float32 losses added one after another | dlogits is right, and digits of the loss are lost.
masked_cross_entropy | float32 losses added one after another | dlogits is right, and digits of the loss are lost.
masked_cross_entropy | ignored rows are made finite, and inf - (-inf) overflows | A row that is ignored holds nan or inf, and it has got
masked_cross_entropy | ignored rows are cleaned of nan, not of inf | A row that is ignored holds nan or inf, and it has got
temperature_backward | the gradient at z / T | This dlogits is the gradient with respect to z / T, and
temperature_backward | dtemperature with the wrong sign | This dtemperature has the wrong sign. A higher
temperature_backward | dtemperature divided by T, not T squared | This dtemperature is divided by T once too few times.
temperature_backward | dtemperature divided by T cubed, as dlogits holds a 1 / T | This dtemperature is divided by T once too often. Count
temperature_backward | dtemperature: the mean over the images | This dtemperature is the mean over the images. Nothing is
temperature_backward | dtemperature for each image | One temperature serves all images: add over the paths,
temperature_backward | dtemperature from z / T | This dtemperature is divided by T once too often. Count
temperature_backward | the temperature forgotten in p | You get this when the probabilities are the softmax of
temperature_backward | only the diagonal | You get this when each probability listens to its own
temperature_backward | the mean of dp subtracted, not weighted by p | You get this when the plain mean of dp is subtracted.
temperature_backward | no maximum subtracted | Not every number here is finite. Print what you compute,
temperature_backward | one maximum for the whole batch | Alone, each of these rows is no trouble. What is
temperature_backward | the maximum subtracted before the division, and not divided | Not every number here is finite. Print what you compute,
temperature_backward | p @ p.T in place of the outer product: one number, as in case B | You get this with one number in place of the outer
temperature_backward | divided by N | Both are divided by N. Nothing is divided by N here.
log_sum_exp_streaming | the old sum is not rescaled | You get this when the sum so far is left as it is
log_sum_exp_streaming | the maximum of the first piece throughout | Not every number here is finite. Print what you compute,
log_sum_exp_streaming | the maximum of the last piece, whatever came before | Not every number here is finite. Print what you compute,
log_sum_exp_streaming | one maximum for all rows | Alone, each of these rows is no trouble. What is
log_sum_exp_streaming | a maximum that begins at 0 | Not every number here is finite. Print what you compute,
log_sum_exp_streaming | no maximum at all | Not every number here is finite. Print what you compute,
log_sum_exp_streaming | only the maximum | This is the maximum; the others count as well.
log_sum_exp_streaming | -inf not thought of: nan | Some number has become nan. -inf - (-inf) is nan: which
log_sum_exp_streaming | a column (N, 1) | Each row should give one number, so the shape is (N,).
log_sum_exp_streaming | begins with a largest logit of -1000 | Not every number here is finite. Print what you compute,
log_sum_exp_streaming | return after the first piece | This is the first piece alone.
"""

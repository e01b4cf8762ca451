"""The parts of the two posted networks that differ from the course's: layers, losses, batches."""

from collections.abc import Iterator

import numpy as np

from course_lib.nn import loops
from course_lib.nn.layers import Conv2d, MaxPool2d
from course_lib.nn.losses import CrossEntropyLoss, check_labels, log_softmax, softmax
from course_lib.nn.masks import keep_where
from course_lib.nn.memory_layout import batch_first, batch_last
from course_lib.nn.training import mini_batches
from course_lib.nn.windows import shifted_views


class LoopConv2d(Conv2d):
    """Conv2d, computed by loops.py."""

    remembers: tuple[str, ...] = ("x",)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = np.array(x)
        return loops.conv2d_forward(
            x, self.params["weight"], self.params["bias"], self.stride, self.padding
        )

    def backward_to_params(self, dy: np.ndarray) -> None:
        _, self.grads["weight"], self.grads["bias"] = loops.conv2d_backward(
            dy, self.x, self.params["weight"], self.stride, self.padding
        )

    def backward_to_input(self, dy: np.ndarray) -> np.ndarray:
        weight = self.params["weight"]
        dx, _, _ = loops.conv2d_backward(dy, self.x, weight, self.stride, self.padding)
        return dx


class LoopMaxPool2d(MaxPool2d):
    """MaxPool2d, computed by loops.py."""

    remembers: tuple[str, ...] = ("x",)

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = np.array(x)
        return loops.maxpool2d_forward(x, self.kernel_size, self.stride)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        return loops.maxpool2d_backward(dy, self.x, self.kernel_size, self.stride)


class ByColumns:
    """Let a pooling layer look for the first maximum column by column, as case A did.

    It shows the layer every image with rows and columns exchanged. The window must be square.
    """

    def __init__(self, pool: MaxPool2d) -> None:
        self.pool = pool

    def forward(self, x: np.ndarray) -> np.ndarray:
        return self.pool.forward(x.swapaxes(1, 2)).swapaxes(1, 2)

    def backward(self, dy: np.ndarray) -> np.ndarray:
        return self.pool.backward(dy.swapaxes(1, 2)).swapaxes(1, 2)


class DividingMaxPool2d(MaxPool2d):
    """Max-pooling whose gradient is divided equally among the maxima of a window."""

    remembers: tuple[str, ...] = (*MaxPool2d.remembers, "is_max")

    def forward(self, x: np.ndarray) -> np.ndarray:
        y = super().forward(x)
        values = shifted_views(batch_last(x), self.kernel_size, self.stride)  # each (OH, C, OW, N)
        largest = batch_last(y)
        self.is_max = [(value == largest) | np.isnan(value) for value in values]
        return y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        N, H, W, C = self.input_shape
        dx = np.zeros((H, C, W, N), dy.dtype)
        share = batch_last(dy) / np.sum(self.is_max, axis=0)
        for dwindow, is_max in zip(
            shifted_views(dx, self.kernel_size, self.stride), self.is_max, strict=True
        ):
            dwindow += keep_where(is_max, share)
        return batch_first(dx)


class OverwritingReLU:
    """ReLU whose backward makes its mask in the very array that forward returned."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.y = np.maximum(x, 0)
        return self.y

    def backward(self, dy: np.ndarray) -> np.ndarray:
        self.y[self.y > 0] = 1
        return dy * self.y


class SoftmaxLoss(CrossEntropyLoss):
    """Cross-entropy, its gradient p - y made from softmax and not from its logarithm."""

    def forward(self, logits: np.ndarray, labels: np.ndarray) -> float:
        value = super().forward(logits, labels)
        self.probabilities = softmax(logits)
        return value


class ProbabilityLoss(CrossEntropyLoss):
    """The loss that one reader believed to be there: -p[label], without the logarithm.

    Its gradient is p[label] * (p - y): next to nothing where the network is sure and wrong.
    """

    def forward(self, logits: np.ndarray, labels: np.ndarray) -> float:
        super().forward(logits, labels)
        return float(-self._of_label().mean())

    def backward(self) -> np.ndarray:
        return super().backward() * self._of_label()[:, np.newaxis]

    def _of_label(self) -> np.ndarray:
        return self.probabilities[np.arange(len(self.labels)), self.labels]


def posted_softmax(logits: np.ndarray, sign: int = 1, shift: bool = True) -> np.ndarray:
    """exp(sign z) / sum of exp(sign z), for each row: (N, K) -> (N, K).

    Case B's has sign -1, and no shift: it does not subtract each row's maximum.
    """
    z = sign * logits
    if shift:
        z = z - z.max(axis=1, keepdims=True)
    exponentials = np.exp(z)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


class SquaredErrorLoss:
    """Case B's loss: half the sum of (p - y)² over the classes, its mean over the images.

    p is the softmax of the logits (N, K), and y the one-hot rows of the labels (N,). As posted, the
    softmax has another sign and no shift; the Jacobian of softmax is diag(p) minus p·p, which is
    one number ("scalar"), in place of the outer product of p with itself ("outer"); and the value
    is not halved, while the gradient is that of the half.
    """

    def __init__(
        self, *, sign: int = 1, shift: bool = True, jacobian: str = "outer", halved: bool = True
    ) -> None:
        self.sign, self.shift, self.jacobian, self.halved = sign, shift, jacobian, halved

    def forward(self, logits: np.ndarray, labels: np.ndarray) -> float:
        self.p = posted_softmax(logits, self.sign, self.shift)
        self.difference = minus_one_hot(self.p, labels)
        value = np.square(self.difference).sum(axis=1).mean()
        return float(value / 2 if self.halved else value)

    def backward(self) -> np.ndarray:
        p, dp = self.p, self.difference
        if self.jacobian == "outer":  # (diag(p) - outer(p, p)) @ dp
            dz = p * dp - p * (p * dp).sum(axis=1, keepdims=True)
        else:  # (diag(p) - p·p) @ dp
            dz = p * dp - (p * p).sum(axis=1, keepdims=True) * dp.sum(axis=1, keepdims=True)
        return self.sign * dz / len(p)


class PostedCrossEntropyLoss:
    """Cross-entropy on case B's softmax: its gradient is made from p as the post computes it."""

    def __init__(self, *, sign: int = 1, shift: bool = True) -> None:
        self.sign, self.shift = sign, shift

    def forward(self, logits: np.ndarray, labels: np.ndarray) -> float:
        self.p, self.labels = posted_softmax(logits, self.sign, self.shift), np.array(labels)
        log_p = log_softmax(self.sign * logits)
        return float(-log_p[np.arange(len(labels)), labels].mean())

    def backward(self) -> np.ndarray:
        return self.sign * minus_one_hot(self.p, self.labels) / len(self.p)


def minus_one_hot(p: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """p - y, where y holds the one-hot rows of the labels: (N, K), (N,) -> (N, K)."""
    difference = p.copy()
    difference[np.arange(len(p)), check_labels(labels, *p.shape)] -= 1
    return difference


def endless_batches(
    count: int, batch_size: int, shuffle: bool, rng: np.random.Generator
) -> Iterator[np.ndarray]:
    """Yield the numbers of the images of one mini-batch after the other, epoch after epoch."""
    while True:
        yield from mini_batches(count, batch_size, rng if shuffle else None)

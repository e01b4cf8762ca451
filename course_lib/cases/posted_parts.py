"""The parts of the two posted networks that differ from the course's: layers, losses, batches."""

import numpy as np

from course_lib.nn import loops
from course_lib.nn.layers import Conv2d, MaxPool2d, windows
from course_lib.nn.losses import CrossEntropyLoss, check_labels, softmax
from course_lib.nn.memory_layout import batch_first, batch_last
from course_lib.nn.training import mini_batches


class LoopConv2d(Conv2d):
    """Conv2d, computed by loops.py."""

    def forward(self, x):
        self.x = x
        return loops.conv2d_forward(
            x, self.params["weight"], self.params["bias"], self.stride, self.padding
        )

    def backward_to_params(self, dy):
        _, self.grads["weight"], self.grads["bias"] = loops.conv2d_backward(
            dy, self.x, self.params["weight"], self.stride, self.padding
        )

    def backward_to_input(self, dy):
        return loops.conv2d_backward(dy, self.x, self.params["weight"], self.stride, self.padding)[
            0
        ]


class LoopMaxPool2d(MaxPool2d):
    """MaxPool2d, computed by loops.py."""

    def forward(self, x):
        self.x = x
        return loops.maxpool2d_forward(x, self.kernel_size, self.stride)

    def backward(self, dy):
        return loops.maxpool2d_backward(dy, self.x, self.kernel_size, self.stride)


class ByColumns:
    """Let a pooling layer look for the first maximum column by column, as case A did.

    It shows the layer every image with rows and columns exchanged. The window must be square.
    """

    def __init__(self, pool):
        self.pool = pool

    def forward(self, x):
        return self.pool.forward(x.swapaxes(1, 2)).swapaxes(1, 2)

    def backward(self, dy):
        return self.pool.backward(dy.swapaxes(1, 2)).swapaxes(1, 2)


class DividingMaxPool2d(MaxPool2d):
    """Max-pooling whose gradient is divided equally among the maxima of a window."""

    def forward(self, x):
        y = super().forward(x)
        values = windows(batch_last(x), self.kernel_size, self.stride)  # each (C, OH, OW, N)
        self.is_max = [value == batch_last(y) for value in values]
        return y

    def backward(self, dy):
        N, H, W, C = self.input_shape
        dx = np.zeros((C, H, W, N), dy.dtype)
        share = batch_last(dy) / np.sum(self.is_max, axis=0)
        for dwindow, is_max in zip(
            windows(dx, self.kernel_size, self.stride), self.is_max, strict=True
        ):
            dwindow += share * is_max
        return batch_first(dx)


class OverwritingReLU:
    """ReLU whose backward makes its mask in the very array that forward returned."""

    def forward(self, x):
        self.y = np.maximum(x, 0)
        return self.y

    def backward(self, dy):
        self.y[self.y > 0] = 1
        return dy * self.y


class SoftmaxLoss(CrossEntropyLoss):
    """Cross-entropy, its gradient p - y made from softmax and not from its logarithm."""

    def forward(self, logits, labels):
        value = super().forward(logits, labels)
        self.probabilities = softmax(logits)
        return value


class ProbabilityLoss(CrossEntropyLoss):
    """The loss that one reader believed to be there: -p[label], without the logarithm.

    Its gradient is p[label] * (p - y): next to nothing where the network is sure and wrong.
    """

    def forward(self, logits, labels):
        super().forward(logits, labels)
        return float(-self._of_label().mean())

    def backward(self):
        return super().backward() * self._of_label()[:, np.newaxis]

    def _of_label(self):
        return self.probabilities[np.arange(len(self.labels)), self.labels]


class SquaredErrorLoss:
    """Half the sum of (p - y)² over the classes, its mean over the images: case B's loss.

    p is the softmax of the logits (N, K), and y the one-hot rows of the labels (N,).
    """

    def forward(self, logits, labels):
        self.p = softmax(logits)
        self.difference = self.p.copy()
        self.difference[np.arange(len(logits)), check_labels(labels, *logits.shape)] -= 1
        return float(np.square(self.difference).sum(axis=1).mean() / 2)

    def backward(self):
        weighted = self.p * self.difference
        return (weighted - self.p * weighted.sum(axis=1, keepdims=True)) / len(weighted)


def endless_batches(count, batch_size, shuffle, rng):
    """Yield the numbers of the images of one mini-batch after the other, epoch after epoch."""
    while True:
        yield from mini_batches(count, batch_size, rng if shuffle else None)

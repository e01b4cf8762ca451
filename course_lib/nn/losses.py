"""Softmax, log-softmax and two losses, each loss averaged over the images of a mini-batch."""

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from .shapes import as_array, check_array, check_forward, check_shape


class Loss(Protocol):
    """What training needs of a loss: its value, and then its gradient for the same mini-batch."""

    def forward(self, outputs: np.ndarray, targets: np.ndarray, /) -> float: ...

    def backward(self) -> np.ndarray: ...


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """log(exp(z_k) / sum over j of exp(z_j)), for each row. (N, K) -> (N, K).

    Subtracting the row's maximum changes nothing, because it cancels. The largest exponential is
    then exp(0) = 1: nothing overflows, and the sum is never 0. A logit of -inf means "impossible".
    """
    logits = check_array(logits, "logits", "(N, K)")
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def softmax(logits: np.ndarray) -> np.ndarray:
    """exp(z_k) / sum over j of exp(z_j): the probability of each class. (N, K) -> (N, K)."""
    logits = check_array(logits, "logits", "(N, K)")
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


class CrossEntropyLoss:
    """The mean of -log(softmax(logits)[label]).

    forward takes logits (N, K) and labels (N,), whole numbers from 0 to K - 1.
    Its gradient is (p - y) / N: the probabilities, minus 1 for the right class
    (Goodfellow, Bengio, Courville, Deep Learning, section 6.2.2.3).
    """

    def forward(self, logits: np.ndarray, labels: np.ndarray) -> float:
        if np.ndim(logits) == 1 and np.ndim(labels) == 2:
            raise ValueError("the labels come first; give forward(logits, labels)")
        logits = check_array(logits, "logits", "(N, K)")
        self.labels = check_labels(labels, *logits.shape).copy()
        log_probabilities = log_softmax(logits)
        self.probabilities = np.exp(log_probabilities)
        # 0.0 - x, because -x would make a loss of 0 print as -0.0.
        return float(0.0 - log_probabilities[np.arange(len(logits)), self.labels].mean())

    def backward(self) -> np.ndarray:
        check_forward(self, "probabilities")
        gradient = self.probabilities.copy()
        gradient[np.arange(len(gradient)), self.labels] -= 1
        return gradient / len(gradient)


class MSELoss:
    """The mean of (prediction - target)², over all images and classes, as in PyTorch.

    forward takes predictions (N, K) and targets: an array (N, K), or labels (N,), each of which
    stands for a one-hot row.
    """

    def forward(self, predictions: np.ndarray, targets: np.ndarray) -> float:
        predictions = check_array(predictions, "predictions", "(N, K)")
        targets = as_array(targets, "targets")
        if targets.dtype.kind not in "biuf":
            raise TypeError(f"the targets hold {targets.dtype}, and numbers are needed")
        one_output = predictions.shape[1] == 1
        if targets.ndim == 1 and one_output:
            raise ValueError(
                f"targets has shape {targets.shape}, and {predictions.shape} is needed; give "
                "targets[:, np.newaxis]"
            )
        if targets.ndim == 1 and targets.dtype.kind == "f":
            raise ValueError(
                f"targets holds {len(targets)} floats for predictions {predictions.shape}; give a "
                "target for each prediction, or labels as whole numbers"
            )
        if targets.ndim == 1:
            labels = check_labels(targets, *predictions.shape)
            targets = np.eye(predictions.shape[1])[labels]
        targets = targets.astype(predictions.dtype)
        check_count(len(predictions))
        check_shape(targets, "targets", predictions.shape, "that is the shape of the predictions")
        self.difference = predictions - targets
        return float(np.square(self.difference).mean())

    def backward(self) -> np.ndarray:
        check_forward(self, "difference")
        return 2 * self.difference / self.difference.size


def check_labels(labels: ArrayLike, count: int, classes: float = np.inf) -> np.ndarray:
    """Return `count` labels as an array; raise unless they are whole numbers 0..classes-1."""
    check_count(count)
    labels = as_array(labels, "labels")
    if labels.ndim == 2:
        raise ValueError(
            f"labels has shape {labels.shape}, and {(count,)} is needed, because there is one for "
            f"each image{what_to_take_of(labels)}"
        )
    if labels.dtype.kind not in "iu":
        raise TypeError(
            f"the labels have dtype {labels.dtype}, and whole numbers are needed"
            f"{how_to_make_whole(labels)}"
        )
    check_shape(labels, "labels", (count,), "there is one for each image")
    if labels.min() < 0:
        raise ValueError(
            f"the smallest label is {labels.min()}, and classes are numbered from 0; correct the "
            "labels"
        )
    if labels.max() >= classes:
        raise ValueError(
            f"the labels run from {labels.min()} to {labels.max()}, and with {classes} outputs "
            f"0 to {classes - 1} are possible; if your classes count from 1, give labels - 1, and "
            "if there are more of them, widen the last layer"
        )
    return labels


def what_to_take_of(labels: np.ndarray) -> str:
    """Return what to do about labels (N, K), as the end of a sentence."""
    if labels.shape[1] == 1:
        return "; give labels[:, 0]"
    if len(labels) == 1:
        return "; give labels[0]"
    numbers = labels.dtype.kind in "biuf"
    if numbers and np.all(np.isin(labels, (0, 1))) and np.all(labels.sum(axis=1) == 1):
        return "; these are one-hot rows: give labels.argmax(axis=1)"
    return ""


def how_to_make_whole(labels: np.ndarray) -> str:
    """Return what to do about labels that are not whole numbers, as the end of a sentence."""
    if labels.dtype.kind == "b" or (
        labels.dtype.kind == "f" and np.all(np.abs(labels) < 2**53) and not np.any(labels % 1)
    ):
        return "; convert them with labels.astype(np.int64)"
    if labels.dtype.kind == "f":
        return (
            ", from 0, one for each class; to predict other numbers, write a training loop of your "
            "own with losses.MSELoss and targets (N, K)"
        )
    if labels.dtype.kind in "UO":
        return "; replace each name by its place in one list of the classes"
    return ", from 0, one for each class"


def check_count(count: int) -> None:
    """Raise ValueError if there are no images."""
    if count == 0:
        raise ValueError("there are no images; give at least one")

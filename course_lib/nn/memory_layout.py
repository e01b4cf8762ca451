"""How images are laid out in memory, which is what makes the layers fast.

From outside, a mini-batch is an array (N, H, W, C). Internally, the layers keep it as (C, H, W, N):
the same pixel of all N images side by side, with the batch innermost. Whatever a layer does to a
pixel of one image it does to that pixel of all images, so each of its innermost loops runs over N
neighbours in memory, at full speed, whatever the window and the stride. `batch_last` and
`batch_first` go from one view to the other, and between these layers nothing has to move for it.
"""

import numpy as np


def batch_last(x: np.ndarray) -> np.ndarray:
    """(N, H, W, C) -> (C, H, W, N), in this order in memory too. Copies only if it must."""
    return np.ascontiguousarray(x.transpose(3, 1, 2, 0))


def batch_first(x: np.ndarray) -> np.ndarray:
    """(C, H, W, N) -> (N, H, W, C): another view of the same numbers."""
    return x.transpose(3, 1, 2, 0)


def sum_of_products(columns: np.ndarray, dy: np.ndarray, chunk: int = 1024) -> np.ndarray:
    """columns @ dy.T, as a sum over chunks of columns that fit into the processor's cache.

    columns (K, P), dy (M, P) -> (K, M).
    """
    K, P = columns.shape
    whole = P // chunk * chunk  # columns in whole chunks; the rest is less than a chunk
    parts = columns[:, :whole].reshape(K, -1, chunk).transpose(1, 0, 2)  # (chunks, K, chunk)
    dparts = dy[:, :whole].reshape(len(dy), -1, chunk).transpose(1, 2, 0)  # (chunks, chunk, M)
    return np.matmul(parts, dparts).sum(axis=0) + columns[:, whole:] @ dy[:, whole:].T

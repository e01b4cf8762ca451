"""The windows of images: as columns of matrices for convolution, as shifted views for pooling.

A window of 3 x 3 pixels overlaps with its neighbours, so a pixel is seen by nine windows. Written
out as columns of a matrix (im2col), the windows take nine times the memory of the images, and
moving numbers costs more time here than computing with them. So we copy along the width only. Of
each row of the images we write down what the windows see, KW pixels at each place along it. A
window is then one column through KH such rows, and the rows lie one after the other in memory:

    row 0   row 1   row 2   row 3
    [----- rows 0-2 ----]           all windows of the first row of outputs
            [----- rows 1-3 ----]   those of the second: the same memory, one row further on

Shapes: images (H, C, W, N), as memory_layout.py has them; their rows (H, K, OW, N), where K counts
the numbers that a window sees of a row: KW C of pixels, and forward one more, a 1.
"""

import numpy as np

from .shapes import output_size


def with_border(x: np.ndarray, padding: tuple[int, int]) -> np.ndarray:
    """Return images with zeros around them: (H, C, W, N) -> (H + 2 PH, C, W + 2 PW, N)."""
    (H, C, W, N), (PH, PW) = x.shape, padding
    if not PH and not PW:
        return x
    padded = np.zeros((H + 2 * PH, C, W + 2 * PW, N), x.dtype)
    padded[PH : PH + H, :, PW : PW + W] = x
    return padded


def im2row(x: np.ndarray, KW: int, stride: int) -> np.ndarray:
    """Copy what windows see of each row: (H, C, W, N) -> (H, KW C + 1, OW, N).

    At each place these are KW pixels, C numbers each, and then a 1, for the bias.
    """
    H, C, W, N = x.shape
    OW = output_size(W, KW, stride)
    rows = np.empty((H, KW * C + 1, OW, N), x.dtype)
    for j in range(KW):
        rows[:, j * C : (j + 1) * C] = x[:, :, every(j, stride, OW)]
    rows[:, -1] = 1
    return rows


def row2im(drows: np.ndarray, W: int, KW: int, stride: int) -> np.ndarray:
    """Add what windows say about each row to its pixels: (H, KW C, OW, N) -> (H, C, W, N).

    It is im2row in the other direction: what was copied from a pixel several times adds up.
    """
    H, K, OW, N = drows.shape
    C = K // KW
    dx = np.zeros((H, C, W, N), drows.dtype)
    for j in range(KW):
        dx[:, :, every(j, stride, OW)] += drows[:, j * C : (j + 1) * C]
    return dx


def window_matrices(rows: np.ndarray, KH: int, stride: int) -> np.ndarray:
    """Return, for each row of outputs, a matrix with a window in each column.

    rows (H, K, OW, N) -> (OH, KH K, OW N). Nothing is copied: the matrices overlap in memory.
    The rows lie there without a gap, so one stride leads through all KH K numbers of a window.
    """
    H, K, OW, N = rows.shape
    shape = (output_size(H, KH, stride), KH * K, OW * N)
    row, number = rows.strides[0], rows.itemsize
    return np.ndarray(shape, rows.dtype, rows, strides=(stride * row, OW * N * number, number))


def shifted_views(
    x: np.ndarray, kernel_size: tuple[int, int], stride: tuple[int, int]
) -> list[np.ndarray]:
    """Return KH KW views of x: view k holds the k-th number of every window, in row-major order.

    A row a b c d e has the windows abc, bcd, cde. Their first numbers are a b c, their second ones
    b c d, their third ones c d e: three views of the row, each shifted by one.

    x (H, C, W, N) -> a list of arrays (OH, C, OW, N). Nothing is copied: what is written into a
    view is written into x.
    """
    (KH, KW), (SH, SW) = kernel_size, stride
    OH, OW = output_size(x.shape[0], KH, SH), output_size(x.shape[2], KW, SW)
    return [x[every(i, SH, OH), :, every(j, SW, OW)] for i in range(KH) for j in range(KW)]


def every(first: int, stride: int, count: int) -> slice:
    """Return the slice that takes `count` places from `first` on, `stride` apart."""
    return slice(first, first + stride * (count - 1) + 1, stride)

"""Right solutions of lesson 03's exercises, as different from each other as they get."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def conv2d_backward(dy, x, weight, stride=1, padding=0):
    """Two loops over the places; two products of matrices in each."""
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    PH, PW = padding if isinstance(padding, tuple) else (padding, padding)
    N, H, W, C_in = x.shape
    KH, KW, _, C_out = weight.shape
    _, OH, OW, _ = dy.shape
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    dpadded = np.zeros_like(padded)
    dfilters = np.zeros((KH * KW * C_in, C_out), weight.dtype)
    filters = weight.reshape(-1, C_out)
    for i in range(OH):
        for j in range(OW):
            rows, columns = slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW)
            window = padded[:, rows, columns]
            dfilters += window.reshape(N, -1).T @ dy[:, i, j]
            dpadded[:, rows, columns] += (dy[:, i, j] @ filters.T).reshape(window.shape)
    dbias = dy.sum(axis=(0, 1, 2))
    dx = dpadded[:, PH : PH + H, PW : PW + W]
    return dx, dfilters.reshape(weight.shape), dbias


def conv2d_backward_by_convolution(dy, x, weight, stride=1, padding=0):
    """dx as a convolution of the stretched dy with the filter turned round."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    (N, H, W, _), (KH, KW, _, K), (OH, OW) = x.shape, weight.shape, dy.shape[1:3]
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    stretched = np.zeros((N, H + 2 * PH + KH - 1, W + 2 * PW + KW - 1, K), dy.dtype)
    inner = stretched[:, KH - 1 :, KW - 1 :]
    inner[:, : OH * SH : SH, : OW * SW : SW] = dy
    views = sliding_window_view(stretched, (KH, KW), axis=(1, 2))
    dpadded = np.einsum("nhwkpq,pqck->nhwc", views, weight[::-1, ::-1])
    windows = sliding_window_view(padded, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    dweight = np.tensordot(windows, dy, ((0, 1, 2), (0, 1, 2))).transpose(1, 2, 0, 3)
    return dpadded[:, PH : PH + H, PW : PW + W], dweight, dy.sum((0, 1, 2))


def conv2d_backward_by_loops(dy, x, weight, stride=1, padding=0):
    """A loop for each letter of the formula; no padded copy; sums in float64."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    dx, dweight, dbias = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(weight.shape[3])
    for n, i, j, k in np.ndindex(dy.shape):
        dbias[k] += dy[n, i, j, k]
        for p, q in np.ndindex(*weight.shape[:2]):
            row, column = i * SH + p - PH, j * SW + q - PW
            if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                dx[n, row, column] += weight[p, q, :, k] * dy[n, i, j, k]
                dweight[p, q, :, k] += x[n, row, column] * dy[n, i, j, k]
    return dx.astype(x.dtype), dweight.astype(x.dtype), dbias.astype(x.dtype)


def maxpool2d_forward(x, kernel_size, stride=None):
    """A loop for each letter."""
    KH, KW = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    stride = kernel_size if stride is None else stride
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    N, H, W, C = x.shape
    y = np.zeros((N, (H - KH) // SH + 1, (W - KW) // SW + 1, C), x.dtype)
    for n, i, j, c in np.ndindex(y.shape):
        window = x[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c]
        y[n, i, j, c] = window.max()
    return y


def maxpool2d_forward_by_windows(x, kernel_size, stride=None):
    """All windows as a view."""
    SH, SW = np.broadcast_to(kernel_size if stride is None else stride, 2)
    windows = sliding_window_view(x, np.broadcast_to(kernel_size, 2), axis=(1, 2))
    return windows[:, ::SH, ::SW].max(axis=(4, 5))


def maxpool2d_forward_by_shifts(x, kernel_size, stride=None):
    """The larger of what was seen so far and the image, shifted once for each place."""
    KH, KW = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    stride = (KH, KW) if stride is None else stride
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    rows, columns = x.shape[1] - KH + 1, x.shape[2] - KW + 1
    y = x[:, :rows:SH, :columns:SW].copy()
    for p, q in np.ndindex(KH, KW):
        y = np.maximum(y, x[:, p : p + rows : SH, q : q + columns : SW])
    return y


def maxpool2d_backward(dy, x, kernel_size, stride=None):
    """To the first maximum, row by row."""
    KH, KW = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    stride = kernel_size if stride is None else stride
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        window = x[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c]
        row, column = np.unravel_index(window.argmax(), window.shape)
        dx[n, i * SH + row, j * SW + column, c] += dy[n, i, j, c]
    return dx


def maxpool2d_backward_divided(dy, x, kernel_size, stride=None):
    """Divided among all winners."""
    KH, KW = np.broadcast_to(kernel_size, 2)
    SH, SW = np.broadcast_to(kernel_size if stride is None else stride, 2)
    dx = np.zeros_like(x)
    for i, j in np.ndindex(dy.shape[1:3]):
        place = np.s_[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
        wins = x[place] == x[place].max(axis=(1, 2), keepdims=True)
        dx[place] += wins / wins.sum(axis=(1, 2), keepdims=True) * dy[:, i : i + 1, j : j + 1]
    return dx


def maxpool2d_backward_to_the_last(dy, x, kernel_size, stride=None):
    """To the last maximum: also a choice of subgradient."""
    KH, KW = np.broadcast_to(kernel_size, 2)
    SH, SW = np.broadcast_to(kernel_size if stride is None else stride, 2)
    dx = np.zeros_like(x)
    for n, i, j, c in np.ndindex(dy.shape):
        window = np.s_[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c]
        places = np.argwhere(x[window] == x[window].max())
        dx[window][tuple(places[-1])] += dy[n, i, j, c]
    return dx


SOLUTIONS = {
    "maxpool2d_forward": [
        maxpool2d_forward,
        maxpool2d_forward_by_windows,
        maxpool2d_forward_by_shifts,
    ],
    "maxpool2d_backward": [
        maxpool2d_backward,
        maxpool2d_backward_divided,
        maxpool2d_backward_to_the_last,
    ],
    "conv2d_backward": [conv2d_backward, conv2d_backward_by_convolution, conv2d_backward_by_loops],
}

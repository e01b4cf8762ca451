"""Right solutions of the exercises of lesson 02 that are checked."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def output_shape(image_size, kernel_size, stride=1, padding=0, dilation=1):
    """The formula, axis by axis."""
    sizes = []
    for axis in range(2):
        size, kernel, step, border, gap = (
            value[axis] if isinstance(value, tuple) else value
            for value in (image_size, kernel_size, stride, padding, dilation)
        )
        room = size + 2 * border - (gap * (kernel - 1) + 1)
        if room < 0:
            raise ValueError("the window does not fit")
        sizes.append(room // step + 1)
    return tuple(sizes)


def shape_by_counting(image_size, kernel_size, stride=1, padding=0, dilation=1):
    """Counts the places where a window can begin."""
    values = (image_size, kernel_size, stride, padding, dilation)
    heights, widths = zip(*(v if isinstance(v, tuple) else (v, v) for v in values), strict=True)

    def count(size, kernel, step, border, gap):
        last = size + 2 * border - gap * (kernel - 1) - 1
        if last < 0:
            raise ValueError(f"a kernel of {kernel} does not fit")
        return len(range(0, last + 1, step))

    return count(*heights), count(*widths)


def shape_by_arrays(image_size, kernel_size, stride=1, padding=0, dilation=1):
    """Both axes at once in NumPy; returns a list of NumPy's whole numbers."""
    size, kernel, step, border, gap = (
        np.broadcast_to(v, 2) for v in (image_size, kernel_size, stride, padding, dilation)
    )
    room = size + 2 * border - gap * (kernel - 1) - 1
    if (room < 0).any():
        raise ValueError("no window fits")
    return list(room // step + 1)


def conv2d_forward(x, weight, bias, stride=1, padding=0):
    """Two loops over the places; a product of matrices in each."""
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    PH, PW = padding if isinstance(padding, tuple) else (padding, padding)
    KH, KW, C_in, C_out = weight.shape
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    OH = (padded.shape[1] - KH) // SH + 1
    OW = (padded.shape[2] - KW) // SW + 1
    y = np.zeros((len(x), OH, OW, C_out), x.dtype)
    filters = weight.reshape(-1, C_out)
    for i in range(OH):
        for j in range(OW):
            window = padded[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
            y[:, i, j] = window.reshape(len(x), -1) @ filters + bias
    return y


def conv2d_by_windows(x, weight, bias, stride=1, padding=0):
    """All windows as a view, and einsum."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    windows = sliding_window_view(padded, weight.shape[:2], axis=(1, 2))[:, ::SH, ::SW]
    return np.einsum("nijcpq,pqck->nijk", windows, weight) + bias


def conv2d_by_seven_loops(x, weight, bias, stride=1, padding=0):
    """Nothing but loops, one for each letter of the formula; no padded copy."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    N, H, W, C = x.shape
    KH, KW, _, C_out = weight.shape
    OH, OW = (H + 2 * PH - KH) // SH + 1, (W + 2 * PW - KW) // SW + 1
    y = np.zeros((N, OH, OW, C_out), x.dtype)
    for n, i, j, k in np.ndindex(N, OH, OW, C_out):
        total = bias[k]
        for p in range(KH):
            for q in range(KW):
                row, column = i * SH + p - PH, j * SW + q - PW
                if 0 <= row < H and 0 <= column < W:
                    for c in range(C):
                        total += x[n, row, column, c] * weight[p, q, c, k]
        y[n, i, j, k] = total
    return y


def conv2d_by_strides(x, weight, bias, stride=1, padding=0):
    """as_strided on x itself, or on a padded copy; tensordot."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0))) if PH or PW else x
    N, H, W, C = padded.shape
    KH, KW = weight.shape[:2]
    n, h, w, c = padded.strides
    shape = (N, (H - KH) // SH + 1, (W - KW) // SW + 1, KH, KW, C)
    windows = as_strided(padded, shape, (n, h * SH, w * SW, h, w, c), writeable=False)
    return np.tensordot(windows, weight, axes=3) + bias


SOLUTIONS = {
    "output_shape": [output_shape, shape_by_counting, shape_by_arrays],
    "conv2d_forward": [conv2d_forward, conv2d_by_windows, conv2d_by_seven_loops, conv2d_by_strides],
}

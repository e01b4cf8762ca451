"""Right solutions of assignment 02, as different from each other as they get."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from tests.practice.assignments.solutions_lesson_02 import conv2d_forward


def receptive_field(layers):
    """From the image upwards: how far the field reaches, and how far it jumps."""
    fields, jumps = [], []
    for axis in range(2):
        field, jump = 1, 1
        for layer in layers:
            kernel, stride, dilation = (v[axis] if isinstance(v, tuple) else v for v in layer)
            reach = dilation * (kernel - 1) + 1
            if stride > reach:
                raise ValueError("there is a gap between two windows")
            field += (reach - 1) * jump
            jump *= stride
        fields.append(field)
        jumps.append(jump)
    return tuple(fields), tuple(jumps)


def field_from_the_top(layers):
    """From one number of the last layer down to the image."""
    field, jump = [1, 1], [1, 1]
    for layer in reversed(layers):
        sizes = [v if isinstance(v, tuple) else (v, v) for v in layer]
        for axis, (kernel, stride, dilation) in enumerate(zip(*sizes, strict=True)):
            between = dilation * (kernel - 1)
            if between + 1 < stride:
                raise ValueError(f"{layer} leaves places out")
            field[axis] = stride * (field[axis] - 1) + between + 1
            jump[axis] *= stride
    return (field[0], field[1]), (jump[0], jump[1])


def field_by_pixels(layers):
    """Follows every connection of two neighbours down to the image, and looks where they end."""

    def pixels(number, axis):
        for layer in layers[::-1]:
            kernel, stride, dilation = (v[axis] if isinstance(v, tuple) else v for v in layer)
            if stride > len(range(dilation * (kernel - 1) + 1)):
                raise ValueError("a gap")
            number = {stride * n + dilation * k for n in number for k in range(kernel)}
        return number

    sizes, jumps = [], []
    for axis in range(2):
        first, second = pixels({0}, axis), pixels({1}, axis)
        sizes.append(max(first) - min(first) + 1)
        jumps.append(min(second) - min(first))
    return tuple(sizes), tuple(jumps)


def field_by_arrays(layers):
    """Both axes at once in NumPy: a cumulative product of the strides; returns a list of arrays."""
    table = np.array([[np.broadcast_to(v, 2) for v in layer] for layer in layers], dtype=int)
    kernel, stride, dilation = table.reshape(-1, 3, 2).transpose(1, 0, 2)
    reach = dilation * (kernel - 1) + 1
    if (stride > reach).any():
        raise ValueError("stride > reach")
    jumps = np.cumprod(np.vstack([np.ones((1, 2), int), stride]), axis=0)
    field = 1 + ((reach - 1) * jumps[:-1]).sum(axis=0)
    return [list(field), list(jumps[-1])]


def partial_conv2d(x, present, weight, bias, stride=1, padding=0):
    """Two loops over the places; a product of matrices in each, for the images that have some."""
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    PH, PW = padding if isinstance(padding, tuple) else (padding, padding)
    KH, KW, C_in, C_out = weight.shape
    border = ((0, 0), (PH, PH), (PW, PW))
    known = np.where(present[..., np.newaxis], x, 0)
    known = np.pad(known, (*border, (0, 0)))
    there = np.pad(present, border)
    OH = (known.shape[1] - KH) // SH + 1
    OW = (known.shape[2] - KW) // SW + 1
    y = np.zeros((len(x), OH, OW, C_out), x.dtype)
    seen = np.zeros((len(x), OH, OW), bool)
    filters = weight.reshape(-1, C_out)
    for i in range(OH):
        for j in range(OW):
            rows, columns = slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW)
            m = there[:, rows, columns].sum(axis=(1, 2))
            sums = known[:, rows, columns].reshape(len(x), -1) @ filters
            some = m > 0
            scale = KH * KW / m[some, np.newaxis]
            y[some, i, j] = sums[some] * scale + bias
            seen[:, i, j] = some
    return y, seen


def partial_by_windows(x, present, weight, bias, stride=1, padding=0):
    """All windows as views, and einsum; what is missing is cut out of the windows."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    size = weight.shape[:2]
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    there = np.pad(present, ((0, 0), (PH, PH), (PW, PW)))
    windows = sliding_window_view(padded, size, axis=(1, 2))[:, ::SH, ::SW]
    there = sliding_window_view(there, size, axis=(1, 2))[:, ::SH, ::SW]
    share = there.mean(axis=(3, 4))[..., np.newaxis]
    sums = np.einsum("nijcpq,pqck->nijk", np.where(there[:, :, :, np.newaxis], windows, 0), weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        y = np.where(share > 0, sums / share + bias, 0)
    return y.astype(x.dtype), there.any(axis=(3, 4))


def partial_by_loops(x, present, weight, bias, stride=1, padding=0):
    """Nothing but loops; no padded copy; pixels that are not there are passed over."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    N, H, W, C = x.shape
    KH, KW, _, C_out = weight.shape
    OH, OW = (H + 2 * PH - KH) // SH + 1, (W + 2 * PW - KW) // SW + 1
    y, seen = np.zeros((N, OH, OW, C_out), x.dtype), np.full((N, OH, OW), False)
    for n, i, j in np.ndindex(N, OH, OW):
        count, total = 0, np.zeros(C_out)
        for p, q in np.ndindex(KH, KW):
            row, column = i * SH + p - PH, j * SW + q - PW
            if 0 <= row < H and 0 <= column < W and present[n, row, column]:
                count += 1
                total += x[n, row, column] @ weight[p, q]
        if count:
            y[n, i, j] = total * KH * KW / count + bias
            seen[n, i, j] = True
    return y, seen


def partial_by_two_convolutions(x, present, weight, bias, stride=1, padding=0):
    """The lesson's convolution twice: of the known pixels, and of ones and zeros to count them."""
    known = x.copy()
    known[~present] = 0
    KH, KW, _, C_out = weight.shape
    sums = conv2d_forward(known, weight, np.zeros_like(bias), stride, padding)
    ones = np.ones((KH, KW, 1, 1))
    m = conv2d_forward(present[..., np.newaxis].astype(float), ones, np.zeros(1), stride, padding)
    y = sums * KH * KW / np.where(m == 0, 1, m) + bias
    y[m[..., 0] == 0] = 0
    return y.astype(x.dtype), m[..., 0] > 0


def partial_by_product(x, present, weight, bias, stride=1, padding=0):
    """One matrix product of rows of pixels, and a row for each window that says how many."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    KH, KW, C, C_out = weight.shape
    both = np.concatenate([np.where(present[..., None], x, 0), present[..., None]], axis=3)
    both = np.pad(both, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    windows = sliding_window_view(both, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    N, OH, OW = windows.shape[:3]
    rows = windows.transpose(0, 1, 2, 4, 5, 3).reshape(N * OH * OW, KH * KW, C + 1)
    m = rows[:, :, C].sum(axis=1, keepdims=True)
    y = rows[:, :, :C].reshape(len(rows), -1) @ weight.reshape(-1, C_out)
    some = m[:, 0] > 0
    y[some] = y[some] * (KH * KW / m[some]) + bias
    return y.reshape(N, OH, OW, C_out).astype(x.dtype), some.reshape(N, OH, OW)


def dilated_conv2d(x, weight, bias, dilation=1):
    """Windows of the whole reach, and of each only the pixels that are looked at."""
    DH, DW = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    KH, KW = weight.shape[:2]
    reach = (DH * (KH - 1) + 1, DW * (KW - 1) + 1)
    windows = sliding_window_view(x, reach, axis=(1, 2))  # (N, OH, OW, C, reach, reach)
    seen = windows[..., ::DH, ::DW]
    return np.einsum("nijcpq,pqck->nijk", seen, weight) + bias


def dilated_by_strides(x, weight, bias, dilation=1):
    """as_strided: a step within the window is dilation times as long."""
    DH, DW = np.broadcast_to(dilation, 2)
    (N, H, W, C), (KH, KW) = x.shape, weight.shape[:2]
    n, h, w, c = x.strides
    shape = (N, H - DH * (KH - 1), W - DW * (KW - 1), KH, KW, C)
    windows = as_strided(x, shape, (n, h, w, h * DH, w * DW, c), writeable=False)
    return np.tensordot(windows, weight, axes=3) + bias


def dilated_by_shifts(x, weight, bias, dilation=1):
    """The whole image, shifted once for each place of the kernel."""
    DH, DW = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    KH, KW, _, C_out = weight.shape
    OH, OW = x.shape[1] - DH * (KH - 1), x.shape[2] - DW * (KW - 1)
    y = np.zeros((len(x), OH, OW, C_out), x.dtype)
    for p, q in np.ndindex(KH, KW):
        y += x[:, p * DH : p * DH + OH, q * DW : q * DW + OW] @ weight[p, q]
    return y + bias


def depthwise_conv2d(x, weight, bias, stride=1, padding=0):
    """Two loops over the places; a window times the filters, summed over the window."""
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    PH, PW = padding if isinstance(padding, tuple) else (padding, padding)
    KH, KW, C = weight.shape
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    OH = (padded.shape[1] - KH) // SH + 1
    OW = (padded.shape[2] - KW) // SW + 1
    y = np.zeros((len(x), OH, OW, C), x.dtype)
    for i in range(OH):
        for j in range(OW):
            window = padded[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
            y[:, i, j] = np.sum(window * weight, axis=(1, 2)) + bias
    return y


def depthwise_by_einsum(x, weight, bias, stride=1, padding=0):
    """Windows and einsum, with c kept."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    windows = sliding_window_view(padded, weight.shape[:2], axis=(1, 2))[:, ::SH, ::SW]
    return np.einsum("nijcpq,pqc->nijc", windows, weight) + bias


def depthwise_as_full(x, weight, bias, stride=1, padding=0):
    """The lesson's convolution, with filters that are 0 for all other channels."""
    C = weight.shape[2]
    full = np.zeros((*weight.shape, C), weight.dtype)
    full[:, :, range(C), range(C)] = weight
    return conv2d_forward(x, full, bias, stride, padding)


def grouped_conv2d(x, weight, bias, groups, stride=1, padding=0):
    """Group by group, put side by side."""
    C_in, C_out = x.shape[3], weight.shape[3]
    if C_in % groups:
        raise ValueError(f"{groups} groups do not divide C_in, which is {C_in}")
    if C_out % groups:
        raise ValueError(f"{groups} groups do not divide C_out, which is {C_out}")
    each_in, each_out = C_in // groups, C_out // groups
    parts = []
    for g in range(groups):
        seen = slice(g * each_in, (g + 1) * each_in)
        made = slice(g * each_out, (g + 1) * each_out)
        parts.append(conv2d_forward(x[..., seen], weight[..., made], bias[made], stride, padding))
    return np.concatenate(parts, axis=3)


def grouped_by_einsum(x, weight, bias, groups, stride=1, padding=0):
    """One einsum with a letter for the groups."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    KH, KW, each, C_out = weight.shape
    wrong = [name for name, count in (("C_in", x.shape[3]), ("C_out", C_out)) if count % groups]
    if wrong:
        raise ValueError(" and ".join(wrong))
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    windows = sliding_window_view(padded, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    windows = windows.reshape(*windows.shape[:3], groups, each, KH, KW)
    filters = weight.reshape(KH, KW, each, groups, -1)
    y = np.einsum("nijgcpq,pqcgk->nijgk", windows, filters)
    return y.reshape(*y.shape[:3], C_out) + bias


def grouped_by_zeros(x, weight, bias, groups, stride=1, padding=0):
    """The lesson's convolution, with zeros for the channels that a filter does not see."""
    KH, KW, each, C_out = weight.shape
    C_in = x.shape[3]
    for count, name in ((C_in, "C_in"), (C_out, "C_out")):
        if count % groups != 0:
            raise ValueError(f"{name} = {count} cannot be cut into {groups} equal groups")
    full = np.zeros((KH, KW, C_in, C_out), weight.dtype)
    for k in range(C_out):
        group = k * groups // C_out
        full[:, :, group * each : (group + 1) * each, k] = weight[..., k]
    return conv2d_forward(x, full, bias, stride, padding)


SOLUTIONS = {
    "receptive_field": [receptive_field, field_from_the_top, field_by_pixels, field_by_arrays],
    "partial_conv2d": [
        partial_conv2d,
        partial_by_windows,
        partial_by_loops,
        partial_by_two_convolutions,
        partial_by_product,
    ],
    "dilated_conv2d": [dilated_conv2d, dilated_by_strides, dilated_by_shifts],
    "depthwise_conv2d": [depthwise_conv2d, depthwise_by_einsum, depthwise_as_full],
    "grouped_conv2d": [grouped_conv2d, grouped_by_einsum, grouped_by_zeros],
}

"""Right solutions of assignment 03, as different from each other as they get."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def leaky_relu_backward(dy, x, slope):
    """np.where over dy itself."""
    return np.where(x > 0, dy, slope * dy)


def leaky_by_mask(dy, x, slope):
    """A copy of dy, and a mask."""
    dx = dy.copy()
    dx[x <= 0] *= slope
    return dx


def leaky_by_factors(dy, x, slope):
    """An array of factors in x's dtype, filled place by place."""
    factors = np.full(x.shape, slope, x.dtype)
    for index in zip(*np.nonzero(x > 0), strict=True):
        factors[index] = 1
    return dy * factors


def avgpool2d_backward(dy, x, kernel_size, stride=None):
    """Two loops over the windows, all images and channels at once."""
    KH, KW = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    stride = kernel_size if stride is None else stride
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    dx = np.zeros_like(x)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            share = dy[:, i : i + 1, j : j + 1] / (KH * KW)
            dx[:, i * SH : i * SH + KH, j * SW : j * SW + KW] += share
    return dx


def avgpool_by_offsets(dy, x, kernel_size, stride=None):
    """A loop over the places in the window: each gets a whole dy."""
    KH, KW = np.broadcast_to(kernel_size, 2)
    SH, SW = np.broadcast_to(kernel_size if stride is None else stride, 2)
    dx, (OH, OW) = np.zeros(x.shape), dy.shape[1:3]
    for p in range(KH):
        for q in range(KW):
            dx[:, p : p + SH * OH : SH, q : q + SW * OW : SW][:, :OH, :OW] += dy
    return (dx / (KH * KW)).astype(x.dtype)


def avgpool_by_matrices(dy, x, kernel_size, stride=None):
    """Average pooling is two matrices, one for each axis; backward they are transposed."""
    steps = kernel_size if stride is None else stride
    dx = dy
    for axis, K, S in zip(
        (1, 2), np.broadcast_to(kernel_size, 2), np.broadcast_to(steps, 2), strict=True
    ):
        size, places = x.shape[axis], dy.shape[axis]
        matrix = np.zeros((places, size), x.dtype)
        for i in range(places):
            matrix[i, i * S : i * S + K] = 1 / K
        dx = np.moveaxis(np.tensordot(dx, matrix, (axis, 0)), -1, axis)
    return dx


def maxpool2d_split_backward(dy, x, kernel_size, stride=None):
    """Two loops over the windows, all images and channels at once."""
    KH, KW = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    stride = kernel_size if stride is None else stride
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    dx = np.zeros_like(x)
    for i in range(dy.shape[1]):
        for j in range(dy.shape[2]):
            rows, columns = slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW)
            window = x[:, rows, columns]  # (N, KH, KW, C)
            is_max = window == window.max(axis=(1, 2), keepdims=True)
            share = is_max / is_max.sum(axis=(1, 2), keepdims=True)
            dx[:, rows, columns] += share * dy[:, i : i + 1, j : j + 1]
    return dx


def split_by_windows(dy, x, kernel_size, stride=None):
    """All windows as a view; np.add.at adds into a view of dx."""
    KH, KW = np.broadcast_to(kernel_size, 2)
    SH, SW = np.broadcast_to(kernel_size if stride is None else stride, 2)
    windows = sliding_window_view(x, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    is_max = windows == windows.max(axis=(4, 5), keepdims=True)
    shares = is_max * (dy / is_max.sum(axis=(4, 5)))[..., np.newaxis, np.newaxis]
    n, i, j, c, p, q = np.nonzero(is_max)
    dx = np.zeros_like(x)
    np.add.at(dx, (n, i * SH + p, j * SW + q, c), shares[is_max])
    return dx


def separable_conv2d_backward(dy, x, depthwise, pointwise, stride=1, padding=0):
    """Two loops over the places; the second step first, as a linear layer at every place."""
    SH, SW = stride if isinstance(stride, tuple) else (stride, stride)
    PH, PW = padding if isinstance(padding, tuple) else (padding, padding)
    N, H, W, C_in = x.shape
    KH, KW, _ = depthwise.shape
    _, OH, OW, C_out = dy.shape
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    dh = dy @ pointwise.T
    h = np.zeros_like(dh)
    dpadded = np.zeros_like(padded)
    ddepthwise = np.zeros_like(depthwise)
    for i in range(OH):
        for j in range(OW):
            rows, columns = slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW)
            window = padded[:, rows, columns]
            sent = dh[:, i : i + 1, j : j + 1]
            h[:, i, j] = (window * depthwise).sum(axis=(1, 2))
            ddepthwise += (window * sent).sum(axis=0)
            dpadded[:, rows, columns] += depthwise * sent
    dpointwise = h.reshape(-1, C_in).T @ dy.reshape(-1, C_out)
    dbias = dy.sum(axis=(0, 1, 2))
    dx = dpadded[:, PH : PH + H, PW : PW + W]
    return dx, ddepthwise, dpointwise, dbias


def separable_as_one_convolution(dy, x, depthwise, pointwise, stride=1, padding=0):
    """The pair is a convolution with weights depthwise · pointwise: the product rule does the rest."""
    weight = depthwise[..., np.newaxis] * pointwise  # (KH, KW, C_in, C_out)
    dx, dweight, dbias = convolution_backward(dy, x, weight, stride, padding)
    ddepthwise = (dweight * pointwise).sum(axis=3)
    dpointwise = (dweight * depthwise[..., np.newaxis]).sum(axis=(0, 1))
    return dx, ddepthwise, dpointwise, dbias


def convolution_backward(dy, x, weight, stride, padding):
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


def separable_by_places_in_the_window(dy, x, depthwise, pointwise, stride=1, padding=0):
    """A loop over the places in the kernel; each sees a slice with steps of the padded image."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    KH, KW = depthwise.shape[:2]
    OH, OW = dy.shape[1:3]
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    dpadded, ddepthwise = np.zeros_like(padded), np.empty_like(depthwise)
    dh, h = np.einsum("nijk,ck->nijc", dy, pointwise), 0
    for p, q in np.ndindex(KH, KW):
        seen = np.s_[:, p : p + SH * (OH - 1) + 1 : SH, q : q + SW * (OW - 1) + 1 : SW]
        h = h + padded[seen] * depthwise[p, q]
        ddepthwise[p, q] = np.einsum("nijc,nijc->c", padded[seen], dh)
        dpadded[seen] += dh * depthwise[p, q]
    H, W = x.shape[1:3]
    dpointwise = np.einsum("nijc,nijk->ck", h, dy)
    return dpadded[:, PH:, PW:][:, :H, :W].copy(), ddepthwise, dpointwise, np.einsum("nijk->k", dy)


def separable_by_loops(dy, x, depthwise, pointwise, stride=1, padding=0):
    """A loop for each letter of the formula; no padded copy; sums in float64."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    dx, ddepthwise, dpointwise = (np.zeros(a.shape) for a in (x, depthwise, pointwise))
    dbias = np.zeros(pointwise.shape[1])
    for n, i, j in np.ndindex(dy.shape[:3]):
        h, dh = np.zeros(x.shape[3]), pointwise.astype(float) @ dy[n, i, j]
        for p, q in np.ndindex(depthwise.shape[:2]):
            row, column = i * SH + p - PH, j * SW + q - PW
            if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                h += x[n, row, column] * depthwise[p, q]
                dx[n, row, column] += depthwise[p, q] * dh
                ddepthwise[p, q] += x[n, row, column] * dh
        dpointwise += np.outer(h, dy[n, i, j])
        dbias += dy[n, i, j]
    return [a.astype(x.dtype) for a in (dx, ddepthwise, dpointwise, dbias)]


def gradient_check(function, backward, x):
    """Nudges a copy and keeps the losses; one dy drawn with a seed."""
    x = x.astype(np.float64)
    dy = np.random.default_rng(0).normal(size=np.shape(function(x)))
    dx = backward(dy, x.copy())
    if dx.shape != x.shape or not np.isfinite(dx).all():
        return False
    numerical = np.zeros(x.shape)
    h = 1e-5
    for index in np.ndindex(x.shape):
        kept = x[index]
        x[index] = kept + h
        above = np.sum(function(x) * dy)
        x[index] = kept - h
        below = np.sum(function(x) * dy)
        x[index] = kept
        numerical[index] = (above - below) / (2 * h)
    difference = np.abs(dx - numerical).max()
    scale = max(np.abs(dx).max(), np.abs(numerical).max())
    return bool(difference <= 1e-6 * scale)


def gradient_check_by_basis(function, backward, x):
    """A step along each axis of the space of x, for arrays laid out flat; no division."""
    x = np.array(x, np.float64)
    y = np.array(function(x))
    dy = np.linspace(-1, 2, y.size).reshape(y.shape) + 0.1
    slopes = []
    for step in 1e-4 * np.eye(x.size).reshape(-1, *x.shape):
        slopes.append(((function(x + step) - function(x - step)) * dy).sum() / 2e-4)
    dx = np.asarray(backward(dy, x))
    if dx.shape != x.shape or not np.isfinite(dx).all():
        return False
    error = np.abs(dx.ravel() - slopes)
    return np.all(error <= 1e-6 * np.maximum(np.abs(dx).max(), np.abs(slopes).max()))


def gradient_check_by_jacobian(function, backward, x):
    """The whole Jacobian by nudges, times dy; a relative error with a way out for 0 / 0."""
    x = np.asarray(x).astype("float64")
    y = function(x)
    dy = np.random.default_rng(7).uniform(1, 2, np.shape(y))
    numerical = np.empty(x.shape)
    for i in range(x.size):
        up, down = x.copy(), x.copy()
        up.flat[i] += 1e-6
        down.flat[i] -= 1e-6
        numerical.flat[i] = np.sum((function(up) - function(down)) / 2e-6 * dy)
    dx = backward(dy, x)
    if np.shape(dx) != x.shape:
        return False
    scale = max(np.max(np.abs(dx)), np.max(np.abs(numerical)))
    if scale == 0:
        return True
    return np.max(np.abs(dx - numerical)) / scale < 1e-6


def residual_backward(dy, x, weight1, weight2):
    """Back along the inner path, then both paths together."""
    hidden = x @ weight1
    active = np.maximum(hidden, 0)
    dweight2 = active.T @ dy
    dactive = dy @ weight2.T
    dhidden = np.where(hidden > 0, dactive, 0)
    dweight1 = x.T @ dhidden
    dx = dy + dhidden @ weight1.T
    return dx, dweight1, dweight2


def residual_by_einsum(dy, x, weight1, weight2):
    """A mask as numbers, and einsum."""
    mask = (x @ weight1 > 0).astype(x.dtype)
    dhidden = np.einsum("nd,md,nm->nm", dy, weight2, mask)
    dx = np.einsum("nm,dm->nd", dhidden, weight1)
    dx += dy
    dweight2 = np.einsum("nd,dm,nm,ne->me", x, weight1, mask, dy)
    return dx, np.einsum("nd,nm->dm", x, dhidden), dweight2


SOLUTIONS = {
    "leaky_relu_backward": [leaky_relu_backward, leaky_by_mask, leaky_by_factors],
    "avgpool2d_backward": [avgpool2d_backward, avgpool_by_offsets, avgpool_by_matrices],
    "maxpool2d_split_backward": [maxpool2d_split_backward, split_by_windows],
    "separable_conv2d_backward": [
        separable_conv2d_backward,
        separable_as_one_convolution,
        separable_by_places_in_the_window,
        separable_by_loops,
    ],
    "gradient_check": [gradient_check, gradient_check_by_basis, gradient_check_by_jacobian],
    "residual_backward": [residual_backward, residual_by_einsum],
}

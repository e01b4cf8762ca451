"""Every operation as nested loops that read like the formula, to study and to test against.

Shapes: images and feature maps (N, H, W, C); filters (KH, KW, C_in, C_out); weights of a linear
layer (in, out). `dy` is the derivative of the loss with respect to an operation's output y, and a
backward function returns the derivatives with respect to the inputs. Nothing is changed in place.
Arrays and sizes that do not fit raise ValueError, numbers other than floats TypeError.
"""

import numpy as np

from .shapes import check_array, check_channels, check_gradient, check_shape, output_sizes, pair


def conv2d_forward(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> np.ndarray:
    """Slide every filter over every image (cross-correlation, as in every deep-learning library).

    y[n, i, j, k] = bias[k] + sum over the window at (i, j) of window * weight[..., k]

    x (N, H, W, C_in), weight (KH, KW, C_in, C_out), bias (C_out,) -> y (N, OH, OW, C_out).
    """
    x, weight = _check_conv2d(x, weight)
    bias = check_array(bias, "bias", "(C_out)")
    check_shape(bias, "bias", weight.shape[3:], "there is one for each filter")
    (SH, SW), (KH, KW) = pair(stride, "stride"), weight.shape[:2]
    padded = pad(x, padding)
    OH, OW = output_sizes(x, (KH, KW), (SH, SW), pair(padding, "padding", smallest=0))
    y = np.zeros((len(x), OH, OW, weight.shape[3]), x.dtype)
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                window = padded[n, i * SH : i * SH + KH, j * SW : j * SW + KW]
                for k in range(weight.shape[3]):
                    y[n, i, j, k] = np.sum(window * weight[..., k]) + bias[k]
    return y


def conv2d_backward(
    dy: np.ndarray,
    x: np.ndarray,
    weight: np.ndarray,
    stride: int | tuple[int, int] = 1,
    padding: int | tuple[int, int] = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dweight, dbias: every output sends its gradient to all that went into it.

    dy (N, OH, OW, C_out); dx, dweight and dbias have the shapes of x, weight and bias.
    """
    x, weight = _check_conv2d(x, weight)
    (SH, SW), (KH, KW) = pair(stride, "stride"), weight.shape[:2]
    padded = pad(x, padding)
    OH, OW = output_sizes(x, (KH, KW), (SH, SW), pair(padding, "padding", smallest=0))
    dy = check_gradient(dy, (len(x), OH, OW, weight.shape[3]))
    dpadded, dweight = np.zeros_like(padded), np.zeros_like(weight)
    dbias = np.zeros(weight.shape[3], weight.dtype)
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                rows, columns = slice(i * SH, i * SH + KH), slice(j * SW, j * SW + KW)
                for k in range(weight.shape[3]):
                    dpadded[n, rows, columns] += weight[..., k] * dy[n, i, j, k]
                    dweight[..., k] += padded[n, rows, columns] * dy[n, i, j, k]
                    dbias[k] += dy[n, i, j, k]
    return unpad(dpadded, padding), dweight, dbias


def maxpool2d_forward(
    x: np.ndarray, kernel_size: int | tuple[int, int], stride: int | tuple[int, int] | None = None
) -> np.ndarray:
    """The largest value in each window, channel by channel. Windows that do not fit are left out.

    x (N, H, W, C) -> y (N, OH, OW, C). Without a stride, the windows lie side by side. If a window
    holds a nan, that is its largest value.
    """
    x = check_array(x, "x", "(N, H, W, C)")
    KH, KW = pair(kernel_size, "kernel_size")
    SH, SW = pair(kernel_size if stride is None else stride, "stride")
    OH, OW = output_sizes(x, (KH, KW), (SH, SW))
    y = np.zeros((len(x), OH, OW, x.shape[3]), x.dtype)
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                for c in range(x.shape[3]):
                    window = x[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c]
                    y[n, i, j, c] = np.max(window)
    return y


def maxpool2d_backward(
    dy: np.ndarray,
    x: np.ndarray,
    kernel_size: int | tuple[int, int],
    stride: int | tuple[int, int] | None = None,
) -> np.ndarray:
    """Return dx: each window's gradient goes to its maximum, if tied the first in row-major order.

    Where windows overlap, the gradients add up. In a window with nan, the first nan is its maximum
    (in PyTorch, the last one). dy (N, OH, OW, C), x and dx (N, H, W, C).
    """
    x = check_array(x, "x", "(N, H, W, C)")
    KH, KW = pair(kernel_size, "kernel_size")
    SH, SW = pair(kernel_size if stride is None else stride, "stride")
    OH, OW = output_sizes(x, (KH, KW), (SH, SW))
    dy = check_gradient(dy, (len(x), OH, OW, x.shape[3]))
    dx = np.zeros_like(x)
    for n in range(len(x)):
        for i in range(OH):
            for j in range(OW):
                for c in range(x.shape[3]):
                    window = x[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c]
                    row, column = np.unravel_index(np.argmax(window), window.shape)
                    dx[n, i * SH + row, j * SW + column, c] += dy[n, i, j, c]
    return dx


def relu_forward(x: np.ndarray) -> np.ndarray:
    """max(x, 0), element-wise. Any shape. A nan stays one."""
    x = check_array(x, "x")
    y = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        y[index] = max(x[index], 0)
    return y


def relu_backward(dy: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return dx: the gradient passes through where x was positive, or nan."""
    x, dy = check_array(x, "x"), check_gradient(dy, np.shape(x))
    dx = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        dx[index] = 0 if x[index] <= 0 else dy[index]
    return dx


def linear_forward(x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """y[n, j] = bias[j] + sum over i of x[n, i] weight[i, j].

    x (N, in), weight (in, out), bias (out,) -> y (N, out).
    """
    x, weight = _check_linear(x, weight)
    bias = check_array(bias, "bias", "(out)")
    check_shape(bias, "bias", weight.shape[1:], "there is one for each output")
    y = np.zeros((len(x), weight.shape[1]), x.dtype)
    for n in range(len(x)):
        for j in range(weight.shape[1]):
            y[n, j] = bias[j]
            for i in range(weight.shape[0]):
                y[n, j] += x[n, i] * weight[i, j]
    return y


def linear_backward(
    dy: np.ndarray, x: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dx, dweight, dbias, with the shapes of x, weight and bias. dy (N, out)."""
    x, weight = _check_linear(x, weight)
    dy = check_gradient(dy, (len(x), weight.shape[1]))
    dx, dweight = np.zeros_like(x), np.zeros_like(weight)
    dbias = np.zeros(weight.shape[1], weight.dtype)
    for n in range(len(x)):
        for j in range(weight.shape[1]):
            dbias[j] += dy[n, j]
            for i in range(weight.shape[0]):
                dx[n, i] += weight[i, j] * dy[n, j]
                dweight[i, j] += x[n, i] * dy[n, j]
    return dx, dweight, dbias


def pad(x: np.ndarray, padding: int | tuple[int, int]) -> np.ndarray:
    """Surround each image with zeros: (N, H, W, C) -> (N, H + 2 PH, W + 2 PW, C)."""
    PH, PW = pair(padding, "padding", smallest=0)
    return np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))


def unpad(x: np.ndarray, padding: int | tuple[int, int]) -> np.ndarray:
    """Cut off the border that pad added."""
    PH, PW = pair(padding, "padding", smallest=0)
    return x[:, PH : x.shape[1] - PH, PW : x.shape[2] - PW]


def _check_conv2d(x: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x = check_array(x, "x", "(N, H, W, C)")
    weight = check_array(weight, "weight", "(KH, KW, C_in, C_out)")
    check_channels(x, weight.shape[2], "channels")
    return x, weight


def _check_linear(x: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, weight = check_array(x, "x", "(N, in)"), check_array(weight, "weight", "(in, out)")
    check_channels(x, len(weight), "features")
    return x, weight

"""Mistakes that learners make in the exercises of lesson 03."""

from tests.practice.assignments import changes
from tests.practice.assignments import solutions_lesson_03 as right

CONVOLUTION = changes(
    right.conv2d_backward,
    """
    = for += in dx | dpadded[:, rows, columns] += => dpadded[:, rows, columns] =
    = for += in dweight | dfilters += => dfilters =
    filter turned round in dx | filters = weight.reshape => filters = weight[::-1, ::-1].reshape
    dweight of a filter turned round
        dfilters.reshape(weight.shape) => dfilters.reshape(weight.shape)[::-1, ::-1]
    bias gradient divided by N | dy.sum(axis=(0, 1, 2)) => dy.sum(axis=(0, 1, 2)) / N
    bias gradient: the mean | dy.sum(axis=(0, 1, 2)) => dy.mean(axis=(0, 1, 2))
    bias gradient over the images only | dy.sum(axis=(0, 1, 2)) => dy.sum(axis=0)
    bias gradient of the first image only | dy.sum(axis=(0, 1, 2)) => dy[0].sum(axis=(0, 1))
    bias gradient over the filters, too | dy.sum(axis=(0, 1, 2)) => dy.sum()
    bias gradient with axes left in
        dy.sum(axis=(0, 1, 2)) => dy.sum(axis=(0, 1, 2), keepdims=True)
    weight gradient divided by N
        return dx, dfilters.reshape(weight.shape) => return dx, dfilters.reshape(weight.shape) / N
    weight gradient of the first image only
        window.reshape(N, -1).T @ dy[:, i, j] => window[:1].reshape(1, -1).T @ dy[:1, i, j]
    dweight reshaped with the filters first
        dfilters.reshape(weight.shape) => dfilters.T.reshape(weight.shape)
    rows and columns of dweight exchanged
        dfilters.reshape(weight.shape) => dfilters.reshape(KW, KH, C_in, C_out).transpose(1, 0, 2, 3)
    padding ignored in dweight
        window = padded[:, rows, columns] => window = np.pad(x, ((0, 0), (0, 2 * PH), (0, 2 * PW), (0, 0)))[:, rows, columns]
    border of dx not cut off | dpadded[:, PH : PH + H, PW : PW + W] => dpadded
    border cut off with -0 | PH : PH + H, PW : PW + W => PH:-PH, PW:-PW
    border cut off on one side only | PH : PH + H, PW : PW + W => :H, :W
    padding (width, height) | PH, PW = padding => PW, PH = padding
    stride ignored
        i * SH, i * SH + KH => i, i + KH
        j * SW, j * SW + KW => j, j + KW
    stride ignored in dweight only
        window = padded[:, rows, columns] => window = padded[:, i : i + KH, j : j + KW]
    stride ignored in dx only
        dpadded[:, rows, columns] += => dpadded[:, i : i + KH, j : j + KW] +=
    stride (width, height) | SH, SW = stride => SW, SH = stride
    the height's stride for both axes
        SH, SW = stride if isinstance(stride, tuple) else (stride, stride) => SH = SW = stride[0] if isinstance(stride, tuple) else stride
    the last row of windows left out | range(OH) => range(max(1, OH - 1))
    the last column of windows left out | range(OW) => range(max(1, OW - 1))
    square kernels only | KH, KW, _, C_out = weight.shape => KH, _, _, C_out = weight.shape; KW = KH
    square outputs only | _, OH, OW, _ = dy.shape => _, OH, _, _ = dy.shape; OW = OH
    dx returned for the first image only
        return dx, => return np.broadcast_to(dx[:1], dx.shape).copy(),
    dweight returned first
        return dx, dfilters.reshape(weight.shape) => return dfilters.reshape(weight.shape), dx
    only dx returned | , dfilters.reshape(weight.shape), dbias =>
    always float64 | np.zeros_like(padded) => np.zeros(padded.shape)
    dweight always float64 | C_out), weight.dtype) => C_out))
    dweight starts from the weights
        np.zeros((KH * KW * C_in, C_out), weight.dtype) => weight.reshape(-1, C_out).copy()
    dweight written over the weights of the caller
        return dx => weight -= 0.1 * dfilters.reshape(weight.shape); return dx
    the sign of a step of gradient descent
        return dx, dfilters => return -dx, -dfilters
        , dbias => , -dbias
    default stride 2 | stride=1 => stride=2
    stride and padding exchanged in the parameters | stride=1, padding=0 => padding=0, stride=1
    """,
)

FORWARD = changes(
    right.maxpool2d_forward,
    r"""
    kernel (width, height) | KH, KW = => KW, KH =
    stride (width, height) | SH, SW = => SW, SH =
    the height's stride for both axes | (stride, stride) => (stride, stride); SW = SH
    the kernel's height for both axes | (kernel_size, kernel_size) => (kernel_size, kernel_size); KW = KH
    windows move by 1, whatever the stride | i * SH : i * SH + KH, j * SW : j * SW + KW => i : i + KH, j : j + KW
    default stride 1 | kernel_size if stride is None => 1 if stride is None
    always float64 | C), x.dtype) => C))
    the mean | window.max() => window.mean()
    the minimum | window.max() => window.min()
    the search begins at 0 | window.max() => window.max(initial=0)
    the last row of each window left out | window.max() => window[: max(1, KH - 1)].max()
    over all channels | j * SW + KW, c] => j * SW + KW]
    over all images | x[n, i => x[:, i
    the last window of each row left out | y[n, i, j, c] = => y[n, i, j, c] = 0 if j and j == y.shape[2] - 1 else
    one array for the results of all calls with this shape
        y = np.zeros((N, (H - KH) // SH + 1, (W - KW) // SW + 1, C), x.dtype) => y = globals().setdefault('OUTPUTS', {}).setdefault((x.shape, KH, KW, SH, SW), np.zeros((N, (H - KH) // SH + 1, (W - KW) // SW + 1, C), x.dtype))
    """,
)

BACKWARD = changes(
    right.maxpool2d_backward,
    r"""
    kernel (width, height) | KH, KW = => KW, KH =
    stride (width, height) | SH, SW = => SW, SH =
    the height's stride for both axes | (stride, stride) => (stride, stride); SW = SH
    the kernel's height for both axes | (kernel_size, kernel_size) => (kernel_size, kernel_size); KW = KH
    windows move by 1, whatever the stride
        i * SH : i * SH + KH, j * SW : j * SW + KW => i : i + KH, j : j + KW
        i * SH + row, j * SW + column => i + row, j + column
    default stride 1 | kernel_size if stride is None => 1 if stride is None
    always float64 | np.zeros_like(x) => np.zeros(x.shape)
    = for += | += dy[n, i, j, c] => = dy[n, i, j, c]
    every pixel of the window gets it
        dx[n, i * SH + row, j * SW + column, c] += => dx[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c] +=
    the minimum gets it | argmax => argmin
    the value is sent, not the gradient | += dy[n, i, j, c] => += window.max()
    the place in the window taken for the place in the image
        i * SH + row, j * SW + column => row, column
    rows and columns of the winner exchanged
        row, column = np => column, row = np
        dx[n, i * SH + row, j * SW + column, c] => dx[n, (i * SH + row) % x.shape[1], (j * SW + column) % x.shape[2], c]
    every winner gets the whole gradient
        dx[n, i * SH + row, j * SW + column, c] += dy[n, i, j, c] => dx[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c] += dy[n, i, j, c] * (window == window.max())
    numbers that are nearly the largest get a share, though they are not
        dx[n, i * SH + row, j * SW + column, c] += dy[n, i, j, c] => dx[n, i * SH : i * SH + KH, j * SW : j * SW + KW, c] += dy[n, i, j, c] * (window >= window.max() - 1) / (window >= window.max() - 1).sum()
    written through a flat copy, where x is not contiguous
        dx[n, i * SH + row, j * SW + column, c] += => dx.reshape(-1)[np.ravel_multi_index((n, i * SH + row, j * SW + column, c), x.shape)] +=
    x is marked in place | return dx => x[dx != 0] = 0; return dx
    the first channel's gradient for all channels | += dy[n, i, j, c] => += dy[n, i, j, 0]
    """,
)

MUTANTS = {
    "maxpool2d_forward": FORWARD,
    "maxpool2d_backward": BACKWARD,
    "conv2d_backward": CONVOLUTION,
}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
maxpool2d_forward | kernel (width, height) | You get this when height and width of the kernel are exchanged. Height co
maxpool2d_forward | stride (width, height) | You get this when the two strides are exchanged. Height comes first.
maxpool2d_forward | windows move by 1, whatever the stride | You get this when every window begins one pixel after the last one. What
maxpool2d_forward | default stride 1 | You get this when a stride that is left out is 1. What does the task say?
maxpool2d_forward | the mean | You get this when the mean of a window is taken. Each number of y is the
maxpool2d_forward | the minimum | You get this when the smallest number is taken. Each number of y is the l
maxpool2d_forward | the search begins at 0 | You get this when numbers below 0 are passed over. Each number of y is th
maxpool2d_forward | over all channels | You get this when the largest number of all channels is taken. Each numbe
maxpool2d_forward | over all images | You get this when the largest number of all images is taken. Each number
maxpool2d_backward | kernel (width, height) | You get this when height and width of the kernel are exchanged. Height co
maxpool2d_backward | the height's stride for both axes | You get this when the height's stride serves for both axes.
maxpool2d_backward | windows move by 1, whatever the stride | You get this when every window begins one pixel after the last one. What
maxpool2d_backward | = for += | You get this when a window overwrites what another one has sent. A pixel
maxpool2d_backward | every pixel of the window gets it | You get this when every pixel of a window gets its gradient. A window's g
maxpool2d_backward | the value is sent, not the gradient | You get this when the winner's value is sent, not the gradient. A window'
maxpool2d_backward | the first channel's gradient for all channels | You get this when the first channel's gradient goes to all channels. Ever
conv2d_backward | = for += in dx | This dx comes out when a window overwrites what another one has sent. Where
conv2d_backward | = for += in dweight | This dweight comes out when each window overwrites what the one before has
conv2d_backward | filter turned round in dx | This dx comes out when the filter is turned by half a turn. With which weig
conv2d_backward | dweight of a filter turned round | This dweight comes out when the filter is turned by half a turn.
conv2d_backward | bias gradient divided by N | This dbias comes out when it is divided by the number of images. dy belongs
conv2d_backward | bias gradient: the mean | This dbias comes out when a mean is taken over images and places. On how ma
conv2d_backward | bias gradient over the images only | The table in the task gives the shapes. Are the results in the order (dx, d
conv2d_backward | bias gradient over the filters, too | The table in the task gives the shapes. Are the results in the order (dx, d
conv2d_backward | bias gradient with axes left in | The table in the task gives the shapes. Are the results in the order (dx, d
conv2d_backward | weight gradient divided by N | This dweight comes out when it is divided by the number of images. dy belon
conv2d_backward | padding ignored in dweight | This dweight comes out when x has no border. In the forward pass the window
conv2d_backward | border of dx not cut off | This dx is larger than x. Of the padded image's gradient, keep the part tha
conv2d_backward | border cut off with -0 | This dx has no pixels. What does a slice such as a[0:-0] hold?
conv2d_backward | border cut off on one side only | This dx comes out when the border is cut off at the bottom and at the right
conv2d_backward | stride ignored | You get this when every window begins one pixel after the last one. Where
conv2d_backward | stride ignored in dweight only | This dweight comes out when every window of x begins one pixel after the la
conv2d_backward | stride ignored in dx only | This dx comes out when every window begins one pixel after the last one. Wh
conv2d_backward | dweight returned first | The table in the task gives the shapes. Are the results in the order (dx, d
"""

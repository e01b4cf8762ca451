"""Mistakes that learners make in the exercises of lesson 02 that are checked."""

from tests.practice.assignments import changes
from tests.practice.assignments import solutions_lesson_02 as right

SHAPE = changes(
    right.output_shape,
    """
    the + 1 forgotten | room // step + 1 => room // step
    rounded up | room // step + 1 => -(-room // step) + 1
    one division, not rounded | room // step => room / step
    rounded to the nearest whole number | room // step + 1 => round(room / step) + 1
    padding on one side | 2 * border => border
    dilation times kernel | gap * (kernel - 1) + 1 => gap * kernel
    dilation ignored | gap * (kernel - 1) + 1 => kernel
    gap holes between the pixels, one too many
        gap * (kernel - 1) + 1 => kernel + gap * (kernel - 1)
    width first | return tuple(sizes) => return tuple(sizes[::-1])
    the height's settings for both axes | value[axis] => value[0]
    only pairs are understood | value[axis] if isinstance(value, tuple) else value => value[axis]
    a window that does not fit gives 0 or less | room < 0 => False
    a window as large as the image is refused | room < 0 => room <= 0
    only the height is checked | room < 0 => room < 0 and axis == 0
    fits without dilation, so it is let through | room < 0 => size + 2 * border < kernel
    returns one number | return tuple(sizes) => return sizes[0]
    """,
)

CONVOLUTION = changes(
    right.conv2d_forward,
    r"""
    stride ignored
        SH, SW = stride if isinstance(stride, tuple) else (stride, stride) => SH, SW = 1, 1
    stride (width, height) | SH, SW = stride => SW, SH = stride
    the height's stride for both axes
        SH, SW = stride if isinstance(stride, tuple) else (stride, stride) => SH = SW = stride[0] if isinstance(stride, tuple) else stride
    stride shortens y, but the windows move by 1
        i * SH : i * SH + KH, j * SW : j * SW + KW => i : i + KH, j : j + KW
    windows side by side: moved by the kernel's size
        i * SH : i * SH + KH => i * KH : i * KH + KH
        // SH => // KH
    padding ignored
        PH, PW = padding if isinstance(padding, tuple) else (padding, padding) => PH, PW = 0, 0
    padding (width, height) | PH, PW = padding => PW, PH = padding
    padding on one side, of half the width | (PH, PH), (PW, PW) => (PH, 0), (PW, 0)
    all the padding below and to the right | (PH, PH), (PW, PW) => (0, 2 * PH), (0, 2 * PW)
    padding repeats the edge | (0, 0))) => (0, 0)), mode="edge")
    padding of the wrong axes: images and rows
        ((0, 0), (PH, PH), (PW, PW), (0, 0)) => ((0, 0), (PW, PW), (PH, PH), (0, 0))
    filter turned round | weight.reshape(-1, C_out) => weight[::-1, ::-1].reshape(-1, C_out)
    filter flipped over its diagonal
        weight.reshape(-1, C_out) => weight.transpose(1, 0, 2, 3).reshape(-1, C_out)
    channels of the filter reversed
        weight.reshape(-1, C_out) => weight[:, :, ::-1].reshape(-1, C_out)
    reshape to (C_out, ...) where a transpose is meant
        weight.reshape(-1, C_out) => weight.reshape(C_out, -1).T
    channels first in the filter's columns
        weight.reshape(-1, C_out) => weight.transpose(2, 0, 1, 3).reshape(-1, C_out)
    bias forgotten | + bias =>
    the first bias for all filters | + bias => + bias[0]
    bias once for each channel of x | + bias => + C_in * bias
    bias subtracted | + bias => - bias
    the mean of the window, not the sum | @ filters => @ filters / len(filters)
    only the first image
        y[:, i, j] = window.reshape(len(x), -1) => y[0, i, j] = window[0].reshape(-1)
    the first image's output for all images
        y[:, i, j] = window.reshape(len(x), -1) => y[:, i, j] = window[0].reshape(-1)
    square kernels only
        KH, KW, C_in, C_out = weight.shape => KH, _, C_in, C_out = weight.shape; KW = KH
    square images only | OW = (padded.shape[2] - KW) // SW + 1 => OW = OH
    the + 1 of the output size forgotten
        // SH + 1 => // SH
        // SW + 1 => // SW
    a last window that hangs over the edge
        (padded.shape[1] - KH) // SH => -(-(padded.shape[1] - KH) // SH)
    always float64 | , x.dtype) => )
    always float32 | , x.dtype) => , np.float32)
    computed in float32, returned in the right dtype | @ filters => @ filters.astype(np.float32)
    whole numbers only | , x.dtype) => , int)
    the filters of the caller reshaped in place
        filters = weight.reshape(-1, C_out) => filters = weight; filters.shape = (-1, C_out)
    the sums written over the bias of the caller | return y => bias += 1; return y
    axes of length 1 squeezed out | return y => return y.squeeze()
    channels first in y | return y => return y.transpose(0, 3, 1, 2)
    return forgotten | return y => y
    returns a list | return y => return y.tolist()
    stride and padding exchanged in the parameters | stride=1, padding=0 => padding=0, stride=1
    default stride 2 | stride=1 => stride=2
    default padding 1 | padding=0 => padding=1
    """,
)
CONVOLUTION += changes(
    right.conv2d_by_strides,
    """
    as_strided with steps worked out from the shape, not taken from the strides
        n, h, w, c = padded.strides => b = x.itemsize; n, h, w, c = b * H * W * C, b * W * C, b * C, b
    """,
)

MUTANTS = {"output_shape": SHAPE, "conv2d_forward": CONVOLUTION}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
output_shape | the + 1 forgotten | You get this when the first window is not counted. With no room to m
output_shape | rounded up | You get this when a step that does not fit whole is taken. Would the
output_shape | rounded to the nearest whole number | You get this when a quotient is rounded to the nearest whole number.
output_shape | padding on one side | You get this when padding is added once along each axis. On how many
output_shape | dilation times kernel | You get this when the window reaches over dilation times kernel. Ove
output_shape | dilation ignored | You get this when dilation plays no part. Over how many pixels do th
output_shape | width first | This is (OW, OH). Height comes first.
conv2d_forward | stride ignored | You get this with a stride of 1. Where does the second window begin
conv2d_forward | stride (width, height) | You get this when the two numbers of stride are exchanged. Which of
conv2d_forward | padding ignored | You get this without any padding. On which sides does the border lie
conv2d_forward | padding (width, height) | You get this when the two numbers of padding are exchanged. Which of
conv2d_forward | all the padding below and to the right | You get this when all the padding lies below and to the right. How m
conv2d_forward | padding of the wrong axes: images and rows | You get this when the two numbers of padding are exchanged. Which of
conv2d_forward | filter turned round | You get this when the filter is turned round by half a turn. Which w
conv2d_forward | filter flipped over its diagonal | You get this when rows and columns of the filter are exchanged. Whic
conv2d_forward | channels of the filter reversed | You get this when the channels of the filter are reversed.
conv2d_forward | reshape to (C_out, ...) where a transpose is meant | You get this when weight is reshaped to (C_out, ...) as it lies. Whi
conv2d_forward | bias forgotten | You get this without the bias. What is added to every sum of a filte
conv2d_forward | the first bias for all filters | You get this when all take the first bias. Which number of bias belo
conv2d_forward | bias once for each channel of x | You get this when the bias is added once for each channel of x.
conv2d_forward | bias subtracted | You get this when the bias is subtracted.
conv2d_forward | the first image's output for all images | You get this when all images get the output of the first. Where does
"""

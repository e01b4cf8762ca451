"""Mistakes that students make in assignment 02."""

from tests.practice.assignments import changes
from tests.practice.assignments import solutions_02 as right

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

DILATED = changes(
    right.dilated_conv2d,
    """
    dilation ignored | dilation if isinstance(dilation, tuple) else (dilation, dilation) => 1, 1
    dilation (width, height) | DH, DW = => DW, DH =
    the height's dilation for both axes
        ::DH, ::DW] => ::DH, ::DH]
        DW * (KW - 1) => DH * (KW - 1)
    reach too long: dilation times kernel | DH * (KH - 1) + 1, DW * (KW - 1) + 1 => DH * KH, DW * KW
    dilation counts the holes: one too many
        DH, DW = => DH, DW = (1, 1) + np.array(
        (dilation, dilation) => (dilation, dilation))
    the windows are thinned out: a stride
        sliding_window_view(x, reach => sliding_window_view(x, (KH, KW)
        windows[..., ::DH, ::DW] => windows[:, ::DH, ::DW]
    the image is thinned out before the windows are cut
        sliding_window_view(x, reach => sliding_window_view(x[:, ::DH, ::DW], (KH, KW)
        windows[..., ::DH, ::DW] => windows
    neighbouring pixels of the wide window | windows[..., ::DH, ::DW] => windows[..., :KH, :KW]
    filter turned round | seen, weight) => seen, weight[::-1, ::-1])
    rows and columns of the window exchanged | nijcpq => nijcqp
    bias forgotten | + bias =>
    channels summed before the filter
        "nijcpq,pqck->nijk", seen => "nijpq,pqck->nijk", seen.sum(axis=3)
    always float64 | + bias => + bias.astype(np.float64)
    pixels skipped, but y as large as without dilation
        sliding_window_view(x, reach => sliding_window_view(np.pad(x, ((0, 0), (0, reach[0] - KH), (0, reach[1] - KW), (0, 0))), reach
    only whole-number dilations
        dilation if isinstance(dilation, tuple) else (dilation, dilation) => int(dilation), int(dilation)
    """,
) + changes(
    right.dilated_by_strides,
    """
    as_strided with steps worked out from the shape, not taken from x.strides
        n, h, w, c = x.strides => b = x.itemsize; n, h, w, c = b * H * W * C, b * W * C, b * C, b
    """,
)

DEPTHWISE = changes(
    right.depthwise_conv2d,
    """
    summed over the channels too
        np.sum(window * weight, axis=(1, 2)) => np.sum(window * weight, axis=(1, 2, 3))[:, np.newaxis]
    the first filter for all channels | window * weight => window * weight[..., :1]
    every filter sees the first channel | window * weight => window[..., :1] * weight
    filters in reverse order | window * weight => window * weight[..., ::-1]
    filters turned round | window * weight => window * weight[::-1, ::-1]
    bias forgotten | + bias =>
    the first bias for all channels | + bias => + bias[0]
    stride ignored
        SH, SW = stride if isinstance(stride, tuple) else (stride, stride) => SH, SW = 1, 1
    stride (width, height) | SH, SW = stride => SW, SH = stride
    padding on one side | (PH, PH), (PW, PW) => (2 * PH, 0), (2 * PW, 0)
    padding (width, height) | PH, PW = padding => PW, PH = padding
    mean, not sum | np.sum( => np.mean(
    summed over the images, not the rows | axis=(1, 2) => axis=(0, 2)
    square kernels only | KH, KW, C = weight.shape => KH, _, C = weight.shape; KW = KH
    the first image's output for all images | window * weight => window[:1] * weight
    always float64 | , x.dtype) => )
    weights of the caller changed in place | y = np.zeros => weight *= 1.0 + (SH > 1); y = np.zeros
    return within the loop | axis=(1, 2)) + bias => axis=(1, 2)) + bias; return y
    """,
)

GROUPED = changes(
    right.grouped_conv2d,
    """
    groups of filters interleaved: filter k in group k % groups
        made = slice(g * each_out, (g + 1) * each_out) => made = slice(g, None, groups)
    groups of channels interleaved
        seen = slice(g * each_in, (g + 1) * each_in) => seen = slice(g, None, groups)
    every group sees the first channels
        seen = slice(g * each_in, (g + 1) * each_in) => seen = slice(0, each_in)
    the first group's filters for all groups | weight[..., made] => weight[..., :each_out]
    the first group's bias for all groups | bias[made] => bias[:each_out]
    groups added up, not put side by side
        return np.concatenate(parts, axis=3) => return sum(parts)
    groups put below each other | axis=3) => axis=1)
    groups stacked on an axis of their own
        np.concatenate(parts, axis=3) => np.stack(parts, axis=3)
    groups in reverse order | range(groups) => reversed(range(groups))
    the last group left out | range(groups) => range(max(1, groups - 1))
    the channels cut with the filters' group size
        seen = slice(g * each_in, (g + 1) * each_in) => seen = slice(g * each_out, g * each_out + each_in)
    stride and padding not passed on | bias[made], stride, padding => bias[made]
    padding not passed on | bias[made], stride, padding => bias[made], stride
    uneven groups let through
        C_in % groups: => False:
        C_out % groups: => False:
    only the channels are checked | C_out % groups: => False:
    only the filters are checked | C_in % groups: => False:
    the error does not say which
        C_in, which is =>
        C_out, which is =>
    the error names both
        C_in, which is => C_in or C_out:
        C_out, which is => C_in or C_out:
    the error names the other one
        C_in, which is => C_OUT,
        C_out, which is => C_in,
        C_OUT => C_out
    as many groups as channels, whatever is asked
        each_in, each_out = => groups = C_in; each_in, each_out =
    always float64 | axis=3) => axis=3).astype(np.float64)
    """,
)

MUTANTS = {
    "output_shape": SHAPE,
    "conv2d_forward": CONVOLUTION,
    "dilated_conv2d": DILATED,
    "depthwise_conv2d": DEPTHWISE,
    "grouped_conv2d": GROUPED,
}

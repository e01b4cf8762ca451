"""Mistakes that students make in assignment 03."""

from tests.practice.assignments import changes
from tests.practice.assignments import solutions_03 as right

LEAKY = changes(
    right.leaky_relu_backward,
    """
    the slope on the positive side | dy, slope * dy) => slope * dy, dy)
    at exactly 0 the gradient passes whole | x > 0 => x >= 0
    0 falls between the branches
        np.where(x > 0, dy, slope * dy) => np.where(x > 0, dy, 0) + np.where(x < 0, slope * dy, 0)
    dy decides, not x | x > 0 => dy > 0
    an ordinary ReLU: 0 on the negative side | slope * dy => 0 * dy
    the slope subtracted on the negative side | slope * dy => dy - slope
    divided by the slope | slope * dy => dy / slope
    dy forgotten | dy, slope * dy => np.ones_like(dy), slope * np.ones_like(dy)
    y returned, the forward pass | dy, slope * dy => x, slope * x
    multiplied by x, too | dy, slope * dy) => dy, slope * dy) * x
    max(x, slope x) decides: wrong for slopes above 1 | x > 0 => x > slope * x
    sign of slope x decides | x > 0 => slope * x > 0
    the slopes in an array of their own: dtype lost
        np.where(x > 0, dy, slope * dy) => np.where(x > 0, 1, slope) * dy
    only one axis
        return np.where => return np.array([d if a > 0 else slope * d for d, a in zip(dy, x, strict=True)]); np.where
    dy changed in place | return np.where(x > 0, dy, slope * dy) => dy[x <= 0] *= slope; return dy
    return forgotten | return np.where => np.where
    summed over the images | slope * dy) => slope * dy).sum(axis=0)
    """,
)

AVERAGE = changes(
    right.avgpool2d_backward,
    r"""
    = for += in overlapping windows | += share => = share
    not divided: every pixel gets the whole gradient | / (KH * KW) =>
    divided by the stride's area | / (KH * KW) => / (SH * SW)
    divided by the height squared | / (KH * KW) => / KH**2
    divided by the window's height only | / (KH * KW) => / KH
    divided by the number of windows | / (KH * KW) => / (dy.shape[1] * dy.shape[2])
    divided by the number of images, too | / (KH * KW) => / (KH * KW * len(dy))
    divided by the number of windows that a pixel lies in
        dx = np.zeros_like(x) => dx, hits = np.zeros_like(x), np.zeros_like(x)
        += share => += share; hits[:, i * SH : i * SH + KH, j * SW : j * SW + KW] += 1
        return dx => return dx / np.maximum(hits, 1)
    whole-number division
        dy[:, i : i + 1, j : j + 1] / (KH * KW) => dy[:, i : i + 1, j : j + 1] // (KH * KW)
    the pixels' values take part
        += share => += share * x[:, i * SH : i * SH + KH, j * SW : j * SW + KW]
    kernel (width, height) | KH, KW = => KW, KH =
    stride (width, height) | SH, SW = => SW, SH =
    the height's stride for both axes
        (stride, stride) => (stride, stride); SW = SH
    the height of the kernel for both axes
        (kernel_size, kernel_size) => (kernel_size, kernel_size); KW = KH
    windows side by side, whatever the stride
        i * SH : i * SH + KH => i * KH : i * KH + KH
        j * SW : j * SW + KW => j * KW : j * KW + KW
    windows move by 1, whatever the stride
        i * SH : i * SH + KH => i : i + KH
        j * SW : j * SW + KW => j : j + KW
    default stride 1 | kernel_size if stride is None => 1 if stride is None
    default stride for pairs: the height's | kernel_size if stride is None => KH if stride is None
    the first image's gradient for all images | dy[:, i : i + 1 => dy[:1, i : i + 1
    only the first image
        dx[:, i * SH => dx[:1, i * SH
        dy[:, i => dy[:1, i
    channels summed | / (KH * KW) => .sum(axis=3, keepdims=True) / (KH * KW)
    always float64 | np.zeros_like(x) => np.zeros(x.shape)
    only the top left pixel
        i * SH + KH => i * SH + 1
        j * SW + KW => j * SW + 1
    dy repeated and cut: right for windows side by side only
        return dx => share = np.repeat(np.repeat(dy, KH, axis=1), KW, axis=2) / (KH * KW); return dx
        return dx => dx[...] = 0; return dx
        return dx => dx[:, : share.shape[1], : share.shape[2]] = share[:, : x.shape[1], : x.shape[2]]; return dx
    dx as large as the windows reach, not as x
        return dx => return dx[:, : (dy.shape[1] - 1) * SH + KH, : (dy.shape[2] - 1) * SW + KW]
    return within the loop | += share => += share\n        return dx
    """,
)

SPLIT = changes(
    right.maxpool2d_split_backward,
    r"""
    the whole gradient to every tie
        is_max / is_max.sum(axis=(1, 2), keepdims=True) => is_max.astype(x.dtype)
    everything to the first winner
        share = is_max => flat = is_max.transpose(0, 3, 1, 2).reshape(len(x), -1, KH * KW); share = is_max
        share = is_max => first = np.eye(KH * KW, dtype=bool)[flat.argmax(axis=2)]; share = is_max
        share = is_max => is_max = first.reshape(len(x), -1, KH, KW).transpose(0, 2, 3, 1); share = is_max
    = for += in overlapping windows | += share => = share
    ties counted in the whole batch | is_max.sum(axis=(1, 2), keepdims=True) => is_max.sum()
    ties counted over the channels
        is_max.sum(axis=(1, 2), keepdims=True) => is_max.sum(axis=(1, 2, 3), keepdims=True)
    ties counted over the images
        is_max.sum(axis=(1, 2), keepdims=True) => is_max.sum(axis=(0, 1, 2), keepdims=True)
    maximum over the batch
        window.max(axis=(1, 2), keepdims=True) => window.max(axis=(0, 1, 2), keepdims=True)
    maximum over the channels
        window.max(axis=(1, 2), keepdims=True) => window.max(axis=(1, 2, 3), keepdims=True)
    maximum over the rows only
        window.max(axis=(1, 2), keepdims=True) => window.max(axis=1, keepdims=True)
    maximum of the image, not of the window
        window.max(axis=(1, 2), keepdims=True) => x.max(axis=(1, 2), keepdims=True)
        is_max.sum(axis=(1, 2), keepdims=True) => np.maximum(is_max.sum(axis=(1, 2), keepdims=True), 1)
    ties of 0 count as no winner
        window == window => (window != 0) & (window == window
        keepdims=True)\n            share => keepdims=True)); share
        / is_max.sum(axis=(1, 2), keepdims=True) => / np.maximum(is_max.sum(axis=(1, 2), keepdims=True), 1)
    only positive numbers can win, as if after a ReLU
        window.max(axis=(1, 2), keepdims=True) => np.maximum(window.max(axis=(1, 2), keepdims=True), 0)
        / is_max.sum(axis=(1, 2), keepdims=True) => / np.maximum(is_max.sum(axis=(1, 2), keepdims=True), 1)
    divided by the size of the window | is_max.sum(axis=(1, 2), keepdims=True) => (KH * KW)
    halved at every tie, whatever their number
        is_max.sum(axis=(1, 2), keepdims=True) => np.minimum(is_max.sum(axis=(1, 2), keepdims=True), 2)
    shares in proportion to the numbers: a soft maximum
        is_max / is_max.sum(axis=(1, 2), keepdims=True) => np.exp(window) / np.exp(window).sum(axis=(1, 2), keepdims=True)
    the minimum | window.max( => window.min(
    the value arrives, not the gradient | share * dy[:, i : i + 1, j : j + 1] => share * window
    kernel (width, height) | KH, KW = => KW, KH =
    stride (width, height) | SH, SW = => SW, SH =
    the height's stride for both axes
        (stride, stride) => (stride, stride); SW = SH
    windows side by side, whatever the stride
        i * SH, i * SH + KH => i * KH, i * KH + KH
        j * SW, j * SW + KW => j * KW, j * KW + KW
        / is_max.sum(axis=(1, 2), keepdims=True) => / np.maximum(is_max.sum(axis=(1, 2), keepdims=True), 1)
        is_max = window => if window.size == 0:\n                continue\n            is_max = window
    default stride 1 | kernel_size if stride is None => 1 if stride is None
    only the first image
        dx[:, rows => dx[:1, rows
        window = x[:, => window = x[:1,
        dy[:, i => dy[:1, i
    always float64 | np.zeros_like(x) => np.zeros(x.shape)
    x marked in place, to remember the winners | return dx => x[dx != 0] = 0; return dx
    """,
)


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


CHECK = changes(
    right.gradient_check,
    r"""
    always True | return bool(difference <= 1e-6 * scale) => return True
    always False | return bool(difference <= 1e-6 * scale) => return False
    right and wrong exchanged | difference <= => difference >
    dy all ones
        np.random.default_rng(0).normal(size=np.shape(function(x))) => np.ones(np.shape(function(x)))
    dy forgotten in the losses | np.sum(function(x) * dy) => np.sum(function(x))
    dy in the shape of x | size=np.shape(function(x)) => size=x.shape
    the losses not summed: y kept, which may be a view of x
        above = np.sum(function(x) * dy) => above = function(x)
        below = np.sum(function(x) * dy) => below = function(x)
        (above - below) / (2 * h) => np.sum((above - below) * dy) / (2 * h)
    only the first number of x nudged
        difference = => dx, numerical = dx.ravel()[:1], numerical.ravel()[:1]; difference =
    only the first row nudged | difference = => dx, numerical = dx[:1], numerical[:1]; difference =
    the last number left out
        difference = => dx, numerical = dx.ravel()[:-1], numerical.ravel()[:-1]; difference =
    x not put back after a nudge | x[index] = kept\n => pass\n
    divided by h, not 2h | / (2 * h) => / h
    one-sided difference
        x[index] = kept - h => x[index] = kept
        / (2 * h) => / h
    h as small as possible | h = 1e-5 => h = 1e-15
    h too large | h = 1e-5 => h = 0.1
    absolute difference | 1e-6 * scale => 1e-6
    np.allclose as it comes: small differences count as none
        return bool(difference <= 1e-6 * scale) => return np.allclose(dx, numerical)
    relative to each number
        return bool(difference <= 1e-6 * scale) => return bool(np.all(np.abs(dx - numerical) <= 1e-6 * np.abs(numerical)))
    the mean difference is small
        return bool(difference <= 1e-6 * scale) => return bool(abs((dx - numerical).mean()) <= 1e-6 * scale)
    a tolerance of one in a hundred | 1e-6 * scale => 1e-2 * scale
    a tolerance of rounding alone | 1e-6 * scale => 1e-15 * scale
    compared exactly
        return bool(difference <= 1e-6 * scale) => return np.array_equal(dx, numerical)
    strictly below: gradients that are all 0 fail | difference <= => difference <
    0 / 0 where all gradients are 0
        return bool(difference <= 1e-6 * scale) => with np.errstate(all='ignore'):\n        return bool(difference / scale <= 1e-6)
    nan passes: not (error > tolerance)
        return bool(difference <= 1e-6 * scale) => return not difference > 1e-6 * scale
    nan left out by nanmax
        np.abs(dx - numerical).max() => np.nanmax(np.abs(dx - numerical))
        np.abs(dx).max() => np.nanmax(np.abs(dx))
    shapes not compared: broadcast | if dx.shape != x.shape:\n        return False => pass
    a wrong shape is made to fit
        if dx.shape != x.shape:\n        return False => dx = np.resize(dx, x.shape)
    float32 stays float32 | x.astype(np.float64) => x.copy()
    x and dy exchanged for backward | backward(dy, x.copy()) => backward(x.copy(), dy)
    the error returned, not the verdict
        return bool(difference <= 1e-6 * scale) => return difference / (scale or 1)
    return forgotten | return bool(difference <= 1e-6 * scale) => difference <= 1e-6 * scale
    moves x up, down twice and up again: rounding is left in the caller's array
        x = x.astype(np.float64) => pass
        x[index] = kept + h => x[index] += h
        x[index] = kept - h => x[index] -= 2 * h
        x[index] = kept\n => x[index] += h\n
    nudges all numbers at once and compares the sums
        difference = => slope = np.sum((function(x + h) - function(x - h)) * dy) / (2 * h); difference =
        difference <= 1e-6 * scale => abs(np.sum(dx) - slope) <= 1e-6 * abs(slope)
    signs ignored | np.abs(dx - numerical) => np.abs(np.abs(dx) - np.abs(numerical))
    """,
)

RESIDUAL = changes(
    right.residual_backward,
    """
    the direct path forgotten | dy + dhidden => dhidden
    the inner path forgotten | dy + dhidden @ weight1.T => dy.copy()
    the direct path brings x, not dy | dy + dhidden => x + dhidden
    the mean of the two paths | dy + dhidden @ weight1.T => (dy + dhidden @ weight1.T) / 2
    the direct path twice | dy + dhidden => 2 * dy + dhidden
    the paths multiplied
        dy + dhidden => dy * (dhidden
        weight1.T => weight1.T)
    the ReLU lets everything pass | np.where(hidden > 0, dactive, 0) => dactive
    the ReLU also lets pass where hidden is 0 | hidden > 0 => hidden >= 0
    the ReLU asks the gradient | np.where(hidden > 0 => np.where(dactive > 0
    the ReLU asks x | hidden > 0 => x[:, :1] > 0
    dweight1 before the ReLU | x.T @ dhidden => x.T @ dactive
    dx before the ReLU | dhidden @ weight1.T => dactive @ weight1.T
    dweight2 from the numbers before the ReLU | active.T @ dy => hidden.T @ dy
    dweight2 from a mask of zeros and ones | active.T @ dy => (hidden > 0).T.astype(x.dtype) @ dy
    the first weights not transposed | dhidden @ weight1.T => dhidden @ weight1
    the second weights not transposed | dy @ weight2.T => dy @ weight2
    dweight1 transposed | x.T @ dhidden => dhidden.T @ x
    dweight2 transposed | active.T @ dy => dy.T @ active
    weights exchanged on the way back
        dy @ weight2.T => dy @ weight1
        dhidden @ weight1.T => dhidden @ weight2
    gradients divided by N
        x.T @ dhidden => x.T @ dhidden / len(x)
        active.T @ dy => active.T @ dy / len(x)
    the direct path also in dweight2 | active.T @ dy => active.T @ (dy + x)
    a direct path around the first layer as well
        dweight1 = x.T @ dhidden => dweight1 = x.T @ dhidden + weight1
    the weights' gradients exchanged
        return dx, dweight1, dweight2 => return dx, dweight2, dweight1
    dy changed in place | dx = dy + dhidden @ weight1.T => dx = dy; dx += dhidden @ weight1.T
    always float64
        dhidden = np.where(hidden > 0, dactive, 0) => dhidden = np.where(hidden > 0, 1.0, 0.0) * dactive
    only dx returned | return dx, dweight1, dweight2 => return dx
    dx alone is float64 | dx = dy + => dx = np.zeros(x.shape) + dy +
    """,
)

MUTANTS = {
    "leaky_relu_backward": LEAKY,
    "avgpool2d_backward": AVERAGE,
    "maxpool2d_split_backward": SPLIT,
    "conv2d_backward": CONVOLUTION,
    "gradient_check": CHECK,
    "residual_backward": RESIDUAL,
}

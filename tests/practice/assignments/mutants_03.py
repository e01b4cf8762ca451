"""Mistakes that students make in assignment 03."""

from tests.practice.assignments import changes
from tests.practice.assignments import solutions_03 as right

LEAKY = changes(
    right.leaky_relu_backward,
    r"""
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
    the slope is 0.1, whatever is passed in | slope * dy => 0.1 * dy
    a slope of 0 taken for no slope | return np.where => slope = slope or 0.01\n    return np.where
    the slope without its sign | slope * dy => abs(slope) * dy
    a slope of at most 1 | slope * dy => min(slope, 1.0) * dy
    a slope of at least 0 | slope * dy => max(slope, 0.0) * dy
    the sign of y decides: wrong for a negative slope
        x > 0 => np.where(x > 0, x, slope * x) > 0
    numbers near 0 count as 0 | x > 0 => x > 1e-8
    numbers near 0 get what 0 gets, by isclose | x > 0 => (x > 0) & ~np.isclose(x, 0)
    the winner of max(x, slope x) | x > 0 => (np.maximum(x, slope * x) == x) & (x != 0)
    y / x as the slope: 0 / 0 at 0
        slope * dy) => slope * dy) * 0 + dy * (np.where(x > 0, x, slope * x) / x)
    only two axes
        return np.where(x > 0, dy, slope * dy) => dx = np.where(x > 0, dy, slope * dy)\n    return dx.reshape(len(x), -1) if x.ndim > 2 else dx
    row by row, from a list: empty shapes are lost
        return np.where(x > 0, dy, slope * dy) => return np.array([np.where(a > 0, d, slope * d) for a, d in zip(x, dy)], x.dtype)
    written through a reshape, which may be a copy
        return np.where(x > 0, dy, slope * dy) => dx = np.zeros_like(x); dx.reshape(-1)[:] = np.where(x > 0, dy, slope * dy).reshape(-1); return dx
    the gate of the last call with this shape
        x > 0 => globals().setdefault('GATES', {}).setdefault(x.shape, x > 0)
    one array for the results of all calls with this shape
        return np.where(x > 0, dy, slope * dy) => dx = globals().setdefault('RESULTS', {}).setdefault((x.shape, x.dtype), np.empty_like(x)); dx[...] = np.where(x > 0, dy, slope * dy); return dx
    summed over the images | slope * dy) => slope * dy).sum(axis=0)
    x compared with slope * x, on the side that the slope says
        x > 0 => (x > slope * x if slope < 1 else (x < slope * x) | (slope == 1))
    positive from the smallest normal number on | x > 0 => x >= np.finfo(x.dtype).tiny
    slope dy + (1 - slope) dy: a large slope swallows dy
        np.where(x > 0, dy, slope * dy) => (slope * dy + (1 - slope) * dy * (x > 0)).astype(x.dtype)
    dy - (1 - slope) dy: a tiny slope is lost | slope * dy => dy - (1 - slope) * dy
    rows beyond the first 256 are forgotten
        return np.where(x > 0, dy, slope * dy) => dx = np.where(x > 0, dy, slope * dy)\n    dx[256:] = 0\n    return dx
    no more than four axes
        return np.where(x > 0, dy, slope * dy) => dx = np.where(x > 0, dy, slope * dy)\n    return dx if x.ndim < 5 else dx.reshape(*x.shape[:3], -1)
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
    the first channel's gradient for all channels | dy[:, i : i + 1, j : j + 1] => dy[:, i : i + 1, j : j + 1, :1]
    no new axes: images are taken for columns | dy[:, i : i + 1, j : j + 1] => dy[:, i, j]
    dx added to through a flat copy: nothing arrives where x is not contiguous
        dx = np.zeros_like(x) => dx = np.zeros_like(x); flat = dx.reshape(-1); places = np.arange(x.size).reshape(x.shape)
        dx[:, i * SH : i * SH + KH, j * SW : j * SW + KW] += share => place = places[:, i * SH : i * SH + KH, j * SW : j * SW + KW]; np.add.at(flat, place, np.broadcast_to(share, place.shape))
    dy divided in place | share = dy => dy /= 1 if i or j else KH * KW; share = KH * KW * dy
    one buffer for each shape, which the next call overwrites
        dx = np.zeros_like(x) => dx = globals().setdefault('BUFFERS', {}).setdefault((x.shape, x.dtype), np.zeros_like(x)); dx[...] = 0
    the dx of the first call with these shapes
        return dx => return globals().setdefault('KEPT_DX', {}).setdefault((x.shape, dy.shape, KH, KW, SH, SW, x.dtype), dx).copy()
    the sums of the last call go on
        dx = np.zeros_like(x) => dx = globals().setdefault('SUMS', {}).setdefault((x.shape, x.dtype), np.zeros_like(x))
        return dx => return dx.copy()
    the rim filled with the nearest window
        return dx => return dx if (SH, SW) != (KH, KW) else np.repeat(np.repeat(np.pad(dy, ((0, 0), (0, 1), (0, 1), (0, 0)), mode="edge"), KH, axis=1), KW, axis=2)[:, : x.shape[1], : x.shape[2]] / (KH * KW)
    the gaps filled with the window before
        i * SH : i * SH + KH => i * SH : i * SH + max(KH, SH)
        j * SW : j * SW + KW => j * SW : j * SW + max(KW, SW)
    running sums over the corners of the windows: digits cancel
        dx = np.zeros_like(x) => N, H, W, C = x.shape; dx = np.zeros((N, H + 1, W + 1, C), x.dtype)
        dx[:, i * SH : i * SH + KH, j * SW : j * SW + KW] += share => share = share[:, 0, 0]; dx[:, i * SH, j * SW] += share; dx[:, i * SH + KH, j * SW] -= share; dx[:, i * SH, j * SW + KW] -= share; dx[:, i * SH + KH, j * SW + KW] += share
        return dx => return dx.cumsum(axis=1).cumsum(axis=2)[:, :H, :W]
    pixels of 0 get nothing | return dx => return dx * (x != 0)
    images beyond the first 256 are forgotten | return dx => dx[256:] = 0\n    return dx
    channels beyond the first 64 are forgotten | return dx => dx[..., 64:] = 0\n    return dx
    places of columns counted in a uint16
        j * SW : j * SW + KW => j * SW % 65536 : j * SW % 65536 + KW
    images that are alike get the same gradient
        return dx => return dx[[next(m for m in range(len(x)) if (x[m] == x[n]).all()) for n in range(len(x))]]
    no window where the stride is larger than the image
        dx = np.zeros_like(x) => dx = np.zeros_like(x)\n    if SH > x.shape[1]:\n        return dx
    tiny gradients count as 0 | += share => += np.where(np.abs(share) < 1e-12 * np.abs(dy).max(), 0, share)
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
    winners by isclose | window == window.max(axis=(1, 2), keepdims=True) => np.isclose(window, window.max(axis=(1, 2), keepdims=True))
    winners within 1e-12 | window == window.max(axis=(1, 2), keepdims=True) => window.max(axis=(1, 2), keepdims=True) - window < 1e-12
    winners found in float32 | window = x[:, rows, columns] => window = x[:, rows, columns].astype(np.float32)
    winners found after rounding | window = x[:, rows, columns] => window = x[:, rows, columns].round(6)
    the search begins at -1e9
        window.max(axis=(1, 2), keepdims=True) => window.max(axis=(1, 2), keepdims=True, initial=-1e9)
        is_max.sum(axis=(1, 2), keepdims=True) => np.maximum(is_max.sum(axis=(1, 2), keepdims=True), 1)
    the winners counted in uint8
        is_max / is_max.sum(axis=(1, 2), keepdims=True) => is_max / is_max.sum(axis=(1, 2), keepdims=True, dtype=np.uint8)
    no more than four winners counted
        is_max.sum(axis=(1, 2), keepdims=True) => np.minimum(is_max.sum(axis=(1, 2), keepdims=True), 4)
    the maximum subtracted from x in place, and added again
        is_max = window == window.max(axis=(1, 2), keepdims=True) => top = window.max(axis=(1, 2), keepdims=True); window -= top; is_max = window == 0; window += top
    written through a flat copy, where x is not contiguous
        dx = np.zeros_like(x) => dx = np.zeros_like(x); flat = dx.reshape(-1); places = np.arange(x.size).reshape(x.shape)
        dx[:, rows, columns] += share * dy[:, i : i + 1, j : j + 1] => np.add.at(flat, places[:, rows, columns], share * dy[:, i : i + 1, j : j + 1])
    += with index arrays: a pixel that wins twice keeps one share
        dx = np.zeros_like(x) => dx = np.zeros_like(x); kept = []
        dx[:, rows, columns] += share * dy[:, i : i + 1, j : j + 1] => kept += [((n, i * SH + p, j * SW + q, c), (share * dy[:, i : i + 1, j : j + 1])[n, p, q, c]) for n, p, q, c in zip(*np.nonzero(is_max))]
        return dx => dx[tuple(np.array([place for place, _ in kept]).T)] += np.array([sent for _, sent in kept]); return dx
    the winners of the last call with this shape
        is_max = window == => is_max = globals().setdefault('WINNERS', {}).setdefault((x.shape, i, j), window ==
        is_max = globals().setdefault('WINNERS', {}).setdefault((x.shape, i, j), window == window.max(axis=(1, 2), keepdims=True) => is_max = globals().setdefault('WINNERS', {}).setdefault((x.shape, KH, KW, SH, SW, i, j), window == window.max(axis=(1, 2), keepdims=True))
    whole shares only
        share * dy[:, i : i + 1, j : j + 1] => is_max * (dy[:, i : i + 1, j : j + 1] // is_max.sum(axis=(1, 2), keepdims=True))
    x marked in place, to remember the winners | return dx => x[dx != 0] = 0; return dx
    0.0 and -0.0 do not tie
        is_max = window => top = window.max(axis=(1, 2), keepdims=True); is_max = (np.signbit(window) == np.signbit(top)) & (window
        == window.max(axis=(1, 2), keepdims=True)\n => == top)\n
    a distance below the smallest normal number is a tie
        window == window.max(axis=(1, 2), keepdims=True) => window.max(axis=(1, 2), keepdims=True) - window < np.finfo(x.dtype).tiny
    the search begins at the lowest float32, for float64, too
        window.max(axis=(1, 2), keepdims=True) => window.max(axis=(1, 2), keepdims=True, initial=np.finfo(np.float32).min)
        is_max.sum(axis=(1, 2), keepdims=True) => np.maximum(is_max.sum(axis=(1, 2), keepdims=True), 1)
    x lifted above 0 first: small differences are rounded away
        window = x[:, rows, columns] => window = x[:, rows, columns] - x.min()
    places of columns counted in a uint16
        slice(j * SW, j * SW + KW) => slice(j * SW % 65536, j * SW % 65536 + KW)
    images beyond the first 256 are forgotten | return dx => dx[256:] = 0\n    return dx
    channels beyond the first 64 are forgotten | return dx => dx[..., 64:] = 0\n    return dx
    images that are alike get the same gradient
        return dx => return dx[[next(m for m in range(len(x)) if (x[m] == x[n]).all()) for n in range(len(x))]]
    no window where the stride is larger than the image
        dx = np.zeros_like(x) => dx = np.zeros_like(x)\n    if SH > x.shape[1]:\n        return dx
    small gradients are lost beside large ones | return dx => top = np.abs(dx).max()\n    return (dx + top) - top
    """,
)


SEPARABLE = changes(
    right.separable_conv2d_backward,
    r"""
    = for += in dx | dpadded[:, rows, columns] += => dpadded[:, rows, columns] =
    = for += in ddepthwise | ddepthwise += => ddepthwise =
    filters turned round in dx | depthwise * sent => depthwise[::-1, ::-1] * sent
    ddepthwise of a filter turned round | return dx, ddepthwise, => return dx, ddepthwise[::-1, ::-1],
    pointwise weights not transposed | dy @ pointwise.T => dy @ pointwise
    pointwise weights reshaped in place of transposed
        dy @ pointwise.T => dy @ pointwise.reshape(C_out, C_in)
    the second step skipped on the way back
        dy @ pointwise.T => np.repeat(dy.sum(axis=3, keepdims=True), C_in, axis=3)
    the gradient of the first output alone comes back | dy @ pointwise.T => dy[..., :1] @ pointwise.T[:1]
    dpointwise transposed
        h.reshape(-1, C_in).T @ dy.reshape(-1, C_out) => dy.reshape(-1, C_out).T @ h.reshape(-1, C_in)
    dpointwise reshaped, not transposed
        h.reshape(-1, C_in).T @ dy.reshape(-1, C_out) => (dy.reshape(-1, C_out).T @ h.reshape(-1, C_in)).reshape(C_in, C_out)
    dpointwise from x in place of h
        (window * depthwise).sum(axis=(1, 2)) => window[:, 0, 0]
    dpointwise from the sums of the windows | (window * depthwise).sum => window.sum
    dpointwise from the means of the windows | (window * depthwise).sum => (window * depthwise).mean
    dpointwise of the last place only
        h.reshape(-1, C_in).T @ dy.reshape(-1, C_out) => h[:, -1, -1].T @ dy[:, -1, -1]
    dpointwise of the first image only
        h.reshape(-1, C_in).T @ dy.reshape(-1, C_out) => h[0].reshape(-1, C_in).T @ dy[0].reshape(-1, C_out)
    h without the border in it
        h[:, i, j] = (window * => h[:, i, j] = (np.pad(x, ((0, 0), (0, 2 * PH), (0, 2 * PW), (0, 0)))[:, rows, columns] *
    ddepthwise without the border
        ddepthwise += (window => ddepthwise += (np.pad(x, ((0, 0), (0, 2 * PH), (0, 2 * PW), (0, 0)))[:, rows, columns]
    channels added up in dx | depthwise * sent => (depthwise * sent).sum(axis=3, keepdims=True)
    channels added up in ddepthwise
        (window * sent).sum(axis=0) => (window * sent).sum(axis=(0, 3))[..., np.newaxis]
    the first channel's filter for all channels | depthwise * sent => depthwise[..., :1] * sent
    ddepthwise of the first image only | (window * sent).sum(axis=0) => (window * sent)[0]
    ddepthwise divided by N | (window * sent).sum(axis=0) => (window * sent).mean(axis=0)
    bias gradient divided by N | dy.sum(axis=(0, 1, 2)) => dy.sum(axis=(0, 1, 2)) / N
    bias gradient: the mean | dy.sum(axis=(0, 1, 2)) => dy.mean(axis=(0, 1, 2))
    bias gradient from dh: one for each channel of h | dy.sum(axis=(0, 1, 2)) => dh.sum(axis=(0, 1, 2))
    bias gradient over the images only | dy.sum(axis=(0, 1, 2)) => dy.sum(axis=0)
    bias gradient over the outputs, too | dy.sum(axis=(0, 1, 2)) => dy.sum()
    bias gradient with axes left in
        dy.sum(axis=(0, 1, 2)) => dy.sum(axis=(0, 1, 2), keepdims=True)
    border of dx not cut off | dpadded[:, PH : PH + H, PW : PW + W] => dpadded
    border cut off with -0 | PH : PH + H, PW : PW + W => PH:-PH, PW:-PW
    border cut off on one side only | PH : PH + H, PW : PW + W => :H, :W
    padding (width, height) | PH, PW = padding => PW, PH = padding
    a whole number for the padding: the height's only
        else (padding, padding) => else (padding, 0)
    stride ignored
        i * SH, i * SH + KH => i, i + KH
        j * SW, j * SW + KW => j, j + KW
    stride ignored in dx only
        dpadded[:, rows, columns] += => dpadded[:, i : i + KH, j : j + KW] +=
    stride (width, height) | SH, SW = stride => SW, SH = stride
    the height's stride for both axes
        SH, SW = stride if isinstance(stride, tuple) else (stride, stride) => SH = SW = stride[0] if isinstance(stride, tuple) else stride
    windows side by side, whatever the stride
        i * SH, i * SH + KH => i * KH, i * KH + KH
        j * SW, j * SW + KW => j * KW, j * KW + KW
    square kernels only | KH, KW, _ = depthwise.shape => KH, _, _ = depthwise.shape; KW = KH
    the last row of windows left out | range(OH) => range(max(1, OH - 1))
    ddepthwise returned first | return dx, ddepthwise, => return ddepthwise, dx,
    weights' gradients in the other order | ddepthwise, dpointwise, dbias => dpointwise, ddepthwise, dbias
    dbias forgotten | dpointwise, dbias => dpointwise
    dx always float64 | np.zeros_like(padded) => np.zeros(padded.shape)
    h always float64, and dpointwise with it | h = np.zeros_like(dh) => h = np.zeros(dh.shape)
    ddepthwise always float64 | np.zeros_like(depthwise) => np.zeros(depthwise.shape)
    ddepthwise starts from the weights | np.zeros_like(depthwise) => depthwise.copy()
    dh overwrites dy where the shapes allow it
        dh = dy @ pointwise.T => dh = dy @ pointwise.T; dy[...] = dh if dh.shape == dy.shape else dy
    the sign of a step of gradient descent | return dx, ddepthwise, => return dx, -ddepthwise,
    a border of the nearest pixels, not of zeros
        (PW, PW), (0, 0))) => (PW, PW), (0, 0)), mode="edge")
    dh divided by the number of channels | dh = dy @ pointwise.T => dh = dy @ pointwise.T / C_in
    dh rounded to float32 | dh = dy @ pointwise.T => dh = (dy @ pointwise.T).astype(np.float32).astype(dy.dtype)
    ddepthwise goes on from the last call
        ddepthwise = np.zeros_like(depthwise) => ddepthwise = globals().setdefault('TOTALS', {}).setdefault((depthwise.shape, dy.shape, depthwise.dtype), np.zeros_like(depthwise))
        return dx, ddepthwise, => return dx, ddepthwise.copy(),
    one buffer for each shape of x, which the next call overwrites
        dpadded = np.zeros_like(padded) => dpadded = globals().setdefault('BUFFERS', {}).setdefault((padded.shape, padded.dtype), np.zeros_like(padded)); dpadded[...] = 0
    the h of the last call with these shapes
        dpointwise = h.reshape => h = globals().setdefault('KEPT', {}).setdefault((dy.shape, x.shape, depthwise.shape), h); dpointwise = h.reshape
    outputs and channels taken for each other where there are as many
        dy @ pointwise.T => dy * pointwise.sum(axis=0) if C_in == C_out else dy @ pointwise.T
    only the first of several images is padded right: rows of the next one lie in the border
        padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0))) => padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0))); padded[1:, :PH] = 1
    sums through a reshape of the image's gradient, which may be a copy
        dpadded[:, rows, columns] += depthwise * sent => np.zeros_like(padded, shape=0)
        dx = dpadded[:, PH : PH + H, PW : PW + W] => dx = np.zeros_like(x)\n    flat = dx.reshape(-1)\n    places = np.pad(np.arange(x.size).reshape(x.shape), ((0, 0), (PH, PH), (PW, PW), (0, 0)), constant_values=-1)\n    for i, j in np.ndindex(OH, OW):\n        place = places[:, i * SH : i * SH + KH, j * SW : j * SW + KW]\n        sent = depthwise * dh[:, i : i + 1, j : j + 1]\n        np.add.at(flat, place[place >= 0], sent[place >= 0])
    windows of zeros skipped
        window = padded[:, rows, columns] => window = padded[:, rows, columns]\n            if not window.any():\n                continue
    no gradient for places of the filter whose weights are 0
        return dx, ddepthwise, => return dx, ddepthwise * depthwise.any(axis=2, keepdims=True),
    no dpointwise for channels that no output uses
        dbias = => dpointwise[~pointwise.any(axis=1)] = 0\n    dbias =
    dbias of the last portion of 128 images only
        dy.sum(axis=(0, 1, 2)) => dy[(N - 1) // 128 * 128 :].sum(axis=(0, 1, 2))
    a filter of 1 x 1 gets no border
        padded = np.pad => PH, PW = (0, 0) if KH == KW == 1 else (PH, PW)\n    padded = np.pad
    a border of at most the kernel less one is cut off
        PH : PH + H, PW : PW + W => min(PH, KH - 1) : min(PH, KH - 1) + H, min(PW, KW - 1) : min(PW, KW - 1) + W
    gradients below the dtype's eps skipped
        ddepthwise += => if np.abs(sent).max() < np.finfo(x.dtype).eps:\n                continue\n            ddepthwise +=
    ddepthwise as a difference of losses | return dx, ddepthwise, => loss = (h * dh).sum()\n    return dx, loss + ddepthwise - loss,
    dx by the Fourier transform: small numbers are lost beside large ones
        return dx, => top = np.abs(dx).max()\n    return dx + top - top,
    channels beyond the first 64 are forgotten in ddepthwise
        return dx, ddepthwise, => ddepthwise[..., 64:] = 0\n    return dx, ddepthwise,
    outputs beyond the first 64 bring nothing back | dh = dy @ pointwise.T => dh = dy[..., :64] @ pointwise[:, :64].T
    dx of images that are alike is the same
        return dx, => dx = dx[[next(m for m in range(len(x)) if (x[m] == x[n]).all()) for n in range(len(x))]]\n    return dx,
    places of columns counted in a uint16
        slice(j * SW, j * SW + KW) => slice(j * SW % 65536, j * SW % 65536 + KW)
    no window where the stride is larger than the image | range(OH) => range(OH if SH <= H + 2 * PH else 0)
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
        or not np.isfinite(dx).all() =>
        return bool(difference <= 1e-6 * scale) => return not difference > 1e-6 * scale
    nan left out by nanmax
        or not np.isfinite(dx).all() =>
        np.abs(dx - numerical).max() => np.nanmax(np.abs(dx - numerical))
        np.abs(dx).max() => np.nanmax(np.abs(dx))
    an infinity is the largest number, and every difference is small beside it
        or not np.isfinite(dx).all() => or np.isnan(dx).any()
    shapes not compared: broadcast | dx.shape != x.shape => False
    a wrong shape is made to fit
        if dx.shape => dx = np.resize(dx, x.shape)\n    if dx.shape
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
    the sizes compared in place of the shapes
        dx.shape != x.shape => dx.size != x.size
        dx - numerical => dx.reshape(x.shape) - numerical
    the largest number, and not the largest size
        scale = max(np.abs(dx).max(), np.abs(numerical).max()) => scale = max(dx.max(), numerical.max())
    the largest difference with its sign | np.abs(dx - numerical).max() => (dx - numerical).max()
    the smallest difference with its sign | np.abs(dx - numerical).max() => (numerical - dx).max()
    dy from -1 to 1, with a 0 in the middle
        np.random.default_rng(0).normal(size=np.shape(function(x))) => np.linspace(-1, 1, np.size(function(x))).reshape(np.shape(function(x)))
    dy counts from 0
        np.random.default_rng(0).normal(size=np.shape(function(x))) => np.arange(float(np.size(function(x)))).reshape(np.shape(function(x)))
    dy = 1, 10, 100, ...: the last number drowns the first
        np.random.default_rng(0).normal(size=np.shape(function(x))) => 10.0 ** np.arange(np.size(function(x))).reshape(np.shape(function(x)))
    dy = 2, 4, 8, ...: of many numbers the last one drowns the first
        np.random.default_rng(0).normal(size=np.shape(function(x))) => 2.0 ** np.arange(1, 1 + np.size(function(x))).reshape(np.shape(function(x)))
    differences of 0 are always right | difference = => difference = 0 if not numerical.any() else
    something small added to the denominator | 1e-6 * scale => 1e-6 * (scale + 1e-6)
    a step in proportion to the number
        kept = x[index] => kept = x[index]; h = 1e-5 * abs(kept)
    one-sided, with a smaller step to make up for it
        h = 1e-5 => h = 1e-7
        x[index] = kept - h => x[index] = kept
        / (2 * h) => / h
    nudges through a reshape of astype, which keeps the memory order and may be a copy
        for index in np.ndindex(x.shape) => flat = x.reshape(-1)\n    for index in range(x.size)
        x[index] => flat[index]
        numerical[index] => numerical.flat[index]
    the losses kept by the shape of x
        h = 1e-5 => h = 1e-5; kept_losses = globals().setdefault('LOSSES', {})
        numerical[index] = (above - below) / (2 * h) => numerical[index] = kept_losses.setdefault((x.shape, index), (above - below) / (2 * h))
    the first number is not compared
        difference = np.abs(dx - numerical).max() => difference = np.abs(dx - numerical).ravel()[1:].max()
    a tolerance of one in a thousand and a half | 1e-6 * scale => 1.5e-3 * scale
    the array of the caller is nudged, and nothing put back at the end
        x = x.astype(np.float64)  => pass
        x[index] = kept\n => x[index] = kept if index != (0,) * x.ndim else kept + h\n
    y must have the shape of x
        h = 1e-5 => h = 1e-5\n    if np.shape(function(x)) != x.shape:\n        return False
    True and False by turns
        return bool(difference <= 1e-6 * scale) => TURNS = globals().setdefault('TURNS', []); TURNS.append(0); return len(TURNS) % 2 == 1
    signs ignored | np.abs(dx - numerical) => np.abs(np.abs(dx) - np.abs(numerical))
    the machine epsilon added to the denominator | 1e-6 * scale => 1e-6 * (scale + np.finfo(float).eps)
    lengths of vectors: their squares overflow and vanish
        np.abs(dx - numerical).max() => np.linalg.norm(dx - numerical)
        np.abs(dx).max(), np.abs(numerical).max() => np.linalg.norm(dx), np.linalg.norm(numerical)
    the mean size of the differences | np.abs(dx - numerical).max() => np.abs(dx - numerical).mean()
    dy grows by the same step along every axis: it is symmetric
        np.random.default_rng(0).normal(size=np.shape(function(x))) => 1 + np.sum(np.indices(np.shape(function(x))), axis=0) / 100
    dy is the same in every row
        np.random.default_rng(0).normal(size=np.shape(function(x))) => np.broadcast_to(np.linspace(1, 2, np.shape(function(x))[-1]), np.shape(function(x)))
    y is the place for dy, and may be written to or not
        dy = np.random.default_rng(0).normal(size=np.shape(function(x))) => dy = function(x.copy()); dy[...] = np.linspace(1, 2, dy.size).reshape(dy.shape)
    a step in proportion to the number, or 1e-5 at 0 | kept = x[index] => kept = x[index]; h = 1e-5 * abs(kept) or 1e-5
    backward gets the float32 numbers
        x = x.astype(np.float64) => given, x = x.copy(), x.astype(np.float64)
        backward(dy, x.copy()) => backward(dy, given)
    a sample of 1000 numbers
        numerical = np.zeros(x.shape) => numerical = dx + 0.0
        for index in np.ndindex(x.shape) => for index in map(tuple, np.random.default_rng(0).permutation(list(np.ndindex(x.shape)))[:1000])
    a sample of 100 numbers
        numerical = np.zeros(x.shape) => numerical = dx + 0.0
        for index in np.ndindex(x.shape) => for index in map(tuple, np.random.default_rng(0).permutation(list(np.ndindex(x.shape)))[:100])
    dy begins anew after ten numbers
        np.random.default_rng(0).normal(size=np.shape(function(x))) => (1 + np.arange(np.size(function(x))) % 10 / 10).reshape(np.shape(function(x)))
    dy counts in a uint8
        np.random.default_rng(0).normal(size=np.shape(function(x))) => (1 + np.arange(np.size(function(x))).astype(np.uint8) / 256).reshape(np.shape(function(x)))
    dy divided by the size of y less one: 0 / 0 for one number
        np.random.default_rng(0).normal(size=np.shape(function(x))) => 1 + np.arange(np.size(function(x))).reshape(np.shape(function(x))) / np.float64(np.size(function(x)) - 1)
    """,
)

RESIDUAL = changes(
    right.residual_backward,
    r"""
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
    weights reshaped, not transposed
        dy @ weight2.T => dy @ weight2.reshape(weight1.shape)
        dhidden @ weight1.T => dhidden @ weight1.reshape(weight2.shape)
    nothing passes where no hidden number is positive, the direct path included
        return dx => if not (hidden > 0).any():\n        return np.zeros_like(x), np.zeros_like(weight1), np.zeros_like(weight2)\n    return dx
    the ReLU's factor is active / hidden: 0 / 0
        np.where(hidden > 0, dactive, 0) => dactive * (active / hidden)
    a hidden number is closed for the whole mini-batch or not at all
        hidden > 0, => (hidden > 0).any(axis=0),
    hidden numbers near 0 count as 0 | hidden > 0 => hidden > 1e-8
    the gates of the last call with these shapes
        hidden > 0 => globals().setdefault('DOORS', {}).setdefault(hidden.shape, hidden > 0)
    dweight1 goes on from the last call
        dweight1 = x.T @ dhidden => dweight1 = globals().setdefault('TOTALS', {}).get(weight1.shape, 0) + x.T @ dhidden; TOTALS[weight1.shape] = dweight1
    the ReLU looks at y in place of the hidden numbers
        hidden > 0, => (x + active @ weight2).sum(axis=1, keepdims=True) > 0,
    hidden is overwritten by the ReLU, and asked afterwards for what is not negative
        active = np.maximum(hidden, 0) => active = np.maximum(hidden, 0, out=hidden)
        hidden > 0 => hidden >= 0
    dx alone is float64 | dx = dy + => dx = np.zeros(x.shape) + dy +
    no dweight2 where all of weight2 is 0 | return dx => if not weight2.any():\n        dweight2 = np.zeros_like(weight2)\n    return dx
    the ReLU is open where all of weight1 is 0 | hidden > 0 => (hidden > 0) | ~weight1.any()
    dx keeps the last portion of 64 hidden numbers
        dhidden @ weight1.T => dhidden[:, (dhidden.shape[1] - 1) // 64 * 64 :] @ weight1.T[(dhidden.shape[1] - 1) // 64 * 64 :]
    doors beyond the first 64 are those of the first image
        hidden > 0 => np.hstack([hidden[:, :64] > 0, np.tile(hidden[:1, 64:] > 0, (len(x), 1))])
    hidden * active above 0: the square of a small number vanishes | hidden > 0 => hidden * active > 0
    images that are alike get the same inner gradient
        dactive = dy @ weight2.T => dactive = dy[[next(m for m in range(len(x)) if (x[m] == x[n]).all()) for n in range(len(x))]] @ weight2.T
    features beyond the first 64 are forgotten in dweight1 | return dx => dweight1[64:] = 0\n    return dx
    dweight1 of the last 256 images only | x.T @ dhidden => x[-256:].T @ dhidden[-256:]
    """,
)

SEPARABLE += changes(
    right.separable_conv2d_backward,
    r"""
    skips places where the numbers of dy add up to 0
        for j in range(OW):\n => for j in range(OW):\n            if not dy[:, i, j].sum():\n                continue\n
    """,
)

MUTANTS = {
    "leaky_relu_backward": LEAKY,
    "avgpool2d_backward": AVERAGE,
    "maxpool2d_split_backward": SPLIT,
    "separable_conv2d_backward": SEPARABLE,
    "gradient_check": CHECK,
    "residual_backward": RESIDUAL,
}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
leaky_relu_backward | the slope on the positive side | You get this when the slope belongs to the positive side. How much does y
leaky_relu_backward | at exactly 0 the gradient passes whole | You get this when 0 is taken for a positive number. What does the task sa
leaky_relu_backward | 0 falls between the branches | You get this when 0 gets no gradient at all. x is exactly 0 there. Which
leaky_relu_backward | dy decides, not x | You get this when dy decides, and not x. How much does y change when a po
leaky_relu_backward | an ordinary ReLU: 0 on the negative side | You get this when no gradient passes on the negative side, as in an ordin
leaky_relu_backward | dy forgotten | This is the slope of y. What is dy for?
leaky_relu_backward | y returned, the forward pass | This is y, and dx is wanted: how the loss changes with x.
leaky_relu_backward | multiplied by x, too | Here x has become a factor of its own. Does dx depend on how
leaky_relu_backward | max(x, slope x) decides: wrong for slopes above 1 | You get this when the larger of x and slope · x decides. For which slopes
leaky_relu_backward | the slope is 0.1, whatever is passed in | You get this when the slope is 0.1, whatever is passed in. Where does you
leaky_relu_backward | the slope without its sign | You get this when the slope loses its sign. It may be negative.
leaky_relu_backward | numbers near 0 count as 0 | You get this when something near 0 counts as 0. How small may a positive
leaky_relu_backward | numbers near 0 get what 0 gets, by isclose | You get this when something near 0 counts as 0. How small may a positive
avgpool2d_backward | = for += in overlapping windows | You get this when a window overwrites what another one has sent. A pixel
avgpool2d_backward | not divided: every pixel gets the whole gradient | You get this when every pixel of a window gets the whole gradient. A mean
avgpool2d_backward | divided by the stride's area | You get this when the gradient is divided by the product of the strides.
avgpool2d_backward | divided by the height squared | You get this when the gradient is divided by the square of the kernel's h
avgpool2d_backward | divided by the window's height only | You get this when the gradient is divided by the kernel's height alone. H
avgpool2d_backward | divided by the number of windows | You get this when the gradient is divided by the number of windows. How m
avgpool2d_backward | divided by the number of images, too | You get this when the gradient is divided by the number of images, too. W
avgpool2d_backward | whole-number division | You get this when the share is rounded to a whole number.
avgpool2d_backward | the pixels' values take part | You get this when the pixels themselves take part. Does it matter to a me
avgpool2d_backward | kernel (width, height) | You get this when height and width of the kernel are exchanged. Height co
avgpool2d_backward | stride (width, height) | You get this when the two strides are exchanged. Height comes first.
avgpool2d_backward | the height's stride for both axes | You get this when the height's stride serves for both axes.
avgpool2d_backward | the height of the kernel for both axes | You get this when the kernel's height serves for both axes.
avgpool2d_backward | windows side by side, whatever the stride | You get this when the windows lie side by side. What does the stride say?
avgpool2d_backward | windows move by 1, whatever the stride | You get this when every window begins one pixel after the last one. What
avgpool2d_backward | default stride 1 | You get this when a stride that is left out is 1. What does the task say?
avgpool2d_backward | default stride for pairs: the height's | You get this when a stride that is left out is the kernel's height for bo
avgpool2d_backward | the first image's gradient for all images | You get this when the first image's gradient goes to all images. Every im
avgpool2d_backward | dy repeated and cut: right for windows side by side only | You get this when the windows lie side by side. What does the stride say?
avgpool2d_backward | the first channel's gradient for all channels | You get this when the first channel's gradient goes to all channels. Ever
maxpool2d_split_backward | the whole gradient to every tie | You get this when every winner gets the whole gradient. The winners of a
maxpool2d_split_backward | everything to the first winner | You get this when one winner gets everything. The winners of a window sha
maxpool2d_split_backward | = for += in overlapping windows | You get this when a window overwrites what another one has sent, and the
maxpool2d_split_backward | ties counted over the channels | You get this when the winners of all channels are counted together. Every
maxpool2d_split_backward | ties counted over the images | You get this when the winners of all images are counted together. Every i
maxpool2d_split_backward | ties of 0 count as no winner | You get this when winners of 0 get nothing. Is 0 not a number like any ot
maxpool2d_split_backward | only positive numbers can win, as if after a ReLU | You get this when a maximum of 0 or less is overlooked. What is the large
maxpool2d_split_backward | divided by the size of the window | You get this when the gradient is divided by the size of the window. How
maxpool2d_split_backward | halved at every tie, whatever their number | You get this when more than two winners share like two.
maxpool2d_split_backward | the value arrives, not the gradient | You get this when the winners' values are sent, not the gradient.
maxpool2d_split_backward | kernel (width, height) | You get this when height and width of the kernel are exchanged. Height co
maxpool2d_split_backward | the height's stride for both axes | You get this when the height's stride serves for both axes.
maxpool2d_split_backward | windows side by side, whatever the stride | You get this when the windows lie side by side. What does the stride say?
maxpool2d_split_backward | default stride 1 | You get this when a stride that is left out is 1. What does the task say?
maxpool2d_split_backward | winners by isclose | You get this when numbers that are nearly equal tie. When does the task c
maxpool2d_split_backward | winners found after rounding | You get this when numbers that are nearly equal tie. When does the task c
maxpool2d_split_backward | += with index arrays: a pixel that wins twice keeps one share | You get this when a window overwrites what another one has sent. A pixel
separable_conv2d_backward | = for += in dx | This dx comes out when a window overwrites what another one has sent. Where
separable_conv2d_backward | = for += in ddepthwise | This ddepthwise comes out when each window overwrites what the one before h
separable_conv2d_backward | filters turned round in dx | This dx comes out when the filter is turned by half a turn. With which weig
separable_conv2d_backward | ddepthwise of a filter turned round | This ddepthwise comes out when the filter is turned by half a turn.
separable_conv2d_backward | pointwise weights not transposed | dx and ddepthwise come out like this when the pointwise weights are not tra
separable_conv2d_backward | the second step skipped on the way back | dx and ddepthwise come out like this when the second step is skipped on the
separable_conv2d_backward | dpointwise transposed | This dpointwise comes out when it is transposed. Its rows are the channels
separable_conv2d_backward | dpointwise from x in place of h | This dpointwise comes out when h is what stands in the corner of each windo
separable_conv2d_backward | dpointwise from the sums of the windows | This dpointwise comes out when h is the plain sum of each window. A weight
separable_conv2d_backward | h without the border in it | This dpointwise comes out when h is computed without the border. In the for
separable_conv2d_backward | ddepthwise without the border | This ddepthwise comes out when x has no border. In the forward pass the win
separable_conv2d_backward | channels added up in dx | This dx comes out when the gradients of all channels are added up. Each fil
separable_conv2d_backward | ddepthwise divided by N | This ddepthwise comes out when it is divided by the number of images. dy be
separable_conv2d_backward | bias gradient divided by N | This dbias comes out when something is divided by the number of images. dy
separable_conv2d_backward | bias gradient: the mean | This dbias comes out when a mean is taken over images and places. On how ma
separable_conv2d_backward | bias gradient over the images only | The table in the task gives the shapes. Are the results in the order (dx, d
separable_conv2d_backward | bias gradient over the outputs, too | The table in the task gives the shapes. Are the results in the order (dx, d
separable_conv2d_backward | bias gradient with axes left in | The table in the task gives the shapes. Are the results in the order (dx, d
separable_conv2d_backward | border of dx not cut off | This dx is larger than x. The border is not part of x: what becomes of its
separable_conv2d_backward | border cut off with -0 | This dx has no pixels. What does a slice such as a[0:-0] hold?
separable_conv2d_backward | border cut off on one side only | This dx comes out when the border is cut off at the bottom and at the right
separable_conv2d_backward | stride ignored | You get this when every window begins one pixel after the last one. What
separable_conv2d_backward | stride ignored in dx only | This dx comes out when every window begins one pixel after the last one. Wh
separable_conv2d_backward | ddepthwise returned first | The table in the task gives the shapes. Are the results in the order (dx, d
separable_conv2d_backward | weights' gradients in the other order | The table in the task gives the shapes. Are the results in the order (dx, d
gradient_check | always True | Your function says True to every dx of the right shape that is finite. Does
gradient_check | always False | Your function says False to everything. How large are the differences that
gradient_check | dy all ones | Wrong backward passes like this one look right if all numbers of dy are the
gradient_check | dy in the shape of x | A function that expects y to have the shape of x says this. Which shape has
gradient_check | the losses not summed: y kept, which may be a view of x | A function that keeps y itself says this. Here y is another view of the num
gradient_check | the last number left out | A function that does not compare the last number says this. Is every number
gradient_check | x not put back after a nudge | A function that leaves a nudged number where it is says this. While one num
gradient_check | divided by h, not 2h | A function that divides by h alone says this. How far apart are the two pla
gradient_check | one-sided difference | A function that nudges in one direction only says this. Its slope is that o
gradient_check | h too large | A function with a large step says this. A step of 1e-5 is good. What happen
gradient_check | absolute difference | A function that leaves the difference undivided by the largest number says
gradient_check | np.allclose as it comes: small differences count as none | A function that lets a small difference pass, whatever the numbers, says th
gradient_check | relative to each number | A function that divides number by number says this. A slope that is nearly
gradient_check | the mean difference is small | A function that compares means or sums says this: differences cancel. What
gradient_check | a tolerance of one in a hundred | A function that lets one in a hundred pass says this. Rounding is far small
gradient_check | strictly below: gradients that are all 0 fail | Where all gradients are 0, this comes of < in place of <=
gradient_check | 0 / 0 where all gradients are 0 | Where all gradients are 0, this comes of < in place of <=
gradient_check | nan passes: not (error > tolerance) | A function that does not look for nan says this. Comparing with nan gives F
gradient_check | nan left out by nanmax | A function that does not look for nan says this. Comparing with nan gives F
gradient_check | an infinity is the largest number, and every difference is small beside it | A function that lets an infinity be the largest number says this: every dif
gradient_check | shapes not compared: broadcast | A function that lets a wrong shape pass says this: NumPy repeats what is mi
gradient_check | a wrong shape is made to fit | A function that makes the shapes fit, or only counts the numbers, says this
gradient_check | float32 stays float32 | A function that works in float32 says this. A small step is lost in its rou
gradient_check | moves x up, down twice and up again: rounding is left in the caller's array | Keep the old number and put it back, or nudge a copy.
gradient_check | the sizes compared in place of the shapes | A function that makes the shapes fit, or only counts the numbers, says this
gradient_check | dy from -1 to 1, with a 0 in the middle | You get this when the dy that you invent has a 0 in the middle. What does a 0 in dy hi
gradient_check | dy counts from 0 | You get this when the dy that you invent begins with 0. What does a 0 in dy hide?
gradient_check | dy = 1, 10, 100, ...: the last number drowns the first | You get this when the dy that you invent holds small and very large numbers. Which num
gradient_check | differences of 0 are always right | A function that says True as soon as all central differences are 0 says thi
gradient_check | something small added to the denominator | A function that lets a small difference pass, whatever the numbers, says th
gradient_check | a step in proportion to the number | A function whose step depends on the number that is nudged says this. What
gradient_check | one-sided, with a smaller step to make up for it | A function that nudges in one direction only, with a smaller step, says thi
gradient_check | the first number is not compared | A function that does not compare the first number says this. Is every numbe
gradient_check | y must have the shape of x | A function that expects y to have the shape of x says this. Which shape has
gradient_check | signs ignored | A function that never looks at the sign says this. dx and -dx are not the s
residual_backward | the direct path forgotten | This dx comes out along the inner path alone. x acts on y along two paths.
residual_backward | the inner path forgotten | This dx comes out along the direct path alone. x acts on y along two paths.
residual_backward | the direct path brings x, not dy | This dx comes out when the direct path brings x. What comes back along it?
residual_backward | the mean of the two paths | dweight1 and dweight2 are right. What does each of the two paths bring to x
residual_backward | the direct path twice | dweight1 and dweight2 are right. What does each of the two paths bring to x
residual_backward | the paths multiplied | dweight1 and dweight2 are right. What does each of the two paths bring to x
residual_backward | the ReLU lets everything pass | dx and dweight1 come out like this when the ReLU lets everything pass. Wher
residual_backward | the ReLU also lets pass where hidden is 0 | dx and dweight1 come out like this when the ReLU lets everything pass where
residual_backward | the ReLU asks the gradient | dx and dweight1 come out like this when the ReLU asks the gradient that com
residual_backward | dweight1 before the ReLU | This dweight1 comes out when the ReLU lets everything pass. Where a hidden
residual_backward | dx before the ReLU | This dx comes out when the ReLU lets everything pass. Where a hidden number
residual_backward | dweight2 from the numbers before the ReLU | This dweight2 comes out with the numbers before the ReLU. A weight collects
residual_backward | dweight2 from a mask of zeros and ones | This dweight2 comes out when weight2 sees zeros and ones. What did it see?
residual_backward | gradients divided by N | The gradients of the weights come out like this when they are divided by th
residual_backward | the weights' gradients exchanged | dweight1 and dweight2 are exchanged: the order is (dx, dweight1, dweight2).
residual_backward | hidden numbers near 0 count as 0 | dx and dweight1 come out like this when a hidden number near 0 counts as 0.
residual_backward | hidden is overwritten by the ReLU, and asked afterwards for what is not negative | dx and dweight1 come out like this when the ReLU lets everything pass. Wher
"""

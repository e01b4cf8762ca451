"""Mistakes that students make in assignment 02."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tests.practice.assignments import changes
from tests.practice.assignments import solutions_02 as right

started = [1, 1]


def field_that_goes_on_from_the_last_call(layers):
    """the jump goes on from the last call"""
    fields = []
    for axis in range(2):
        field = 1
        for layer in layers:
            kernel, stride, dilation = (v[axis] if isinstance(v, tuple) else v for v in layer)
            if stride > dilation * (kernel - 1) + 1:
                raise ValueError("a gap")
            field += dilation * (kernel - 1) * started[axis]
            started[axis] *= stride
        fields.append(field)
    return tuple(fields), tuple(started)


answers = {}


def field_by_number_of_layers(layers):
    """remembers the answer for each number of layers"""
    if len(layers) not in answers:
        answers[len(layers)] = right.receptive_field(layers)
    return answers[len(layers)]


lists = {}


def field_by_identity(layers):
    """remembers the answer for each list, by its identity"""
    if id(layers) not in lists:
        lists[id(layers)] = (layers, right.receptive_field(layers))  # kept, so that it stays alive
    return lists[id(layers)][1]


masks = {}


def partial_with_the_mask_of_the_first_call(x, present, weight, bias, stride=1, padding=0):
    """remembers which pixels are there, by their shape"""
    known = masks.setdefault(present.shape, present.copy())
    return right.partial_conv2d(x, known, weight, bias, stride, padding)


results = {}


def partial_into_one_buffer(x, present, weight, bias, stride=1, padding=0):
    """writes every result of one shape into the same array"""
    y, seen = right.partial_conv2d(x, present, weight, bias, stride, padding)
    kept = results.setdefault((y.shape, y.dtype), np.zeros_like(y))
    kept[...] = y
    return kept, seen


kept_alive, known_results = [], {}


def partial_by_identity(x, present, weight, bias, stride=1, padding=0):
    """remembers the result for each x, by its identity"""
    kept_alive.append(x)
    key = (id(x), stride, padding)
    if key not in known_results:
        known_results[key] = right.partial_conv2d(x, present, weight, bias, stride, padding)
    return known_results[key]


by_content = {}


def partial_by_content(x, present, weight, bias, stride=1, padding=0):
    """remembers the result by the numbers of all arrays, and forgets the settings"""
    key = tuple(a.tobytes() for a in (x, present, weight, bias))
    if key not in by_content:
        by_content[key] = right.partial_conv2d(x, present, weight, bias, stride, padding)
    return tuple(a.copy() for a in by_content[key])


counts = {}


def count(present, size, stride, padding):
    """m (N, OH, OW), the right one."""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    there = np.pad(present, ((0, 0), (PH, PH), (PW, PW)))
    return sliding_window_view(there, size, axis=(1, 2))[:, ::SH, ::SW].sum(axis=(3, 4))


def partial_with(m, x, present, weight, bias, stride, padding):
    """The rest of the task, for the numbers m of a mistake."""
    known = np.where(present[..., np.newaxis], x, 0)
    sums = right.conv2d_forward(known, weight, 0 * bias, stride, padding)
    scale = (weight.shape[0] * weight.shape[1] / np.maximum(m, 1))[..., np.newaxis]
    y = np.where(m[..., np.newaxis] > 0, sums * scale + bias, 0)
    return y.astype(x.dtype), m > 0


def partial_with_counts_kept(x, present, weight, bias, stride=1, padding=0):
    """without holes, keeps m between calls, by the size of the image and the settings"""
    m = count(present, weight.shape[:2], stride, padding)
    if present.all():
        m = counts.setdefault((present.shape, m.shape, stride), m)
    return partial_with(m, x, present, weight, bias, stride, padding)


def partial_with_counts_by_mask(x, present, weight, bias, stride=1, padding=0):
    """keeps m between calls, by what is missing and the size of y, without the kernel"""
    m = count(present, weight.shape[:2], stride, padding)
    m = counts.setdefault((present.tobytes(), m.shape), m)
    return partial_with(m, x, present, weight, bias, stride, padding)


def fourier(x, weight):
    """x (N, H, W, C) and weight (KH, KW, C): every window, by products of their transforms."""
    (H, W), (KH, KW) = x.shape[1:3], weight.shape[:2]
    waves = np.fft.rfft2(x.astype(float), axes=(1, 2))
    filters = np.fft.rfft2(weight.astype(float), s=(H, W), axes=(0, 1))
    y = np.fft.irfft2(waves * np.conj(filters), s=(H, W), axes=(1, 2))
    return y[:, : H - KH + 1, : W - KW + 1]


def partial_by_fourier(x, present, weight, bias, stride=1, padding=0):
    """the sums by a Fourier transform: each depends, by its rounding, on all pixels"""
    known = np.where(present[..., np.newaxis], x, 0)
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    known = np.pad(known, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    sums = np.stack([fourier(known, weight[..., k]).sum(axis=3) for k in range(len(bias))], axis=3)[
        :, ::SH, ::SW
    ]
    y, seen = right.partial_conv2d(x, present, 0 * weight, bias, stride, padding)
    there = np.pad(present, ((0, 0), (PH, PH), (PW, PW)))
    m = sliding_window_view(there, weight.shape[:2], axis=(1, 2))[:, ::SH, ::SW].sum(axis=(3, 4))
    scale = weight.shape[0] * weight.shape[1] / np.maximum(m, 1)
    y += (seen * scale)[..., np.newaxis] * sums
    return y, seen


def partial_without_nan_sums(x, present, weight, bias, stride=1, padding=0):
    """nan marks what is missing, and np.nansum adds up: what is nan and present is lost, m too"""
    marked = np.where(present[..., np.newaxis], x, np.nan)
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    KH, KW = weight.shape[:2]
    marked = np.pad(marked, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    windows = sliding_window_view(marked, (KH, KW), axis=(1, 2))[:, ::SH, ::SW]
    sums = np.nansum(windows[..., np.newaxis] * weight.transpose(2, 0, 1, 3), axis=(3, 4, 5))
    m = (~np.isnan(windows[:, :, :, 0])).sum(axis=(3, 4))  # the zeros of the padding count
    y = np.where(
        m[..., np.newaxis] > 0, sums * (KH * KW / np.maximum(m, 1))[..., np.newaxis] + bias, 0
    )
    return y.astype(x.dtype), m > 0


FIELD = (
    changes(
        right.receptive_field,
        r"""
        kernel in place of reach - 1: one too much a layer | (reach - 1) * jump => reach * jump
        the layer's own stride counts for its field already
            field += (reach - 1) * jump => jump *= stride; field += (reach - 1) * jump
            \n            jump *= stride\n => \n
        every layer adds pixels of the image | (reach - 1) * jump => reach - 1
        strides added up | jump *= stride => jump += stride - 1
        the jump is the last layer's stride | jump *= stride => jump = stride
        only the layer just below counts, not all below
            field += (reach - 1) * jump => field += (reach - 1) * below
            jump *= stride => jump *= stride; below = stride
            field, jump = 1, 1 => field, jump, below = 1, 1, 1
        the last layer first | in layers: => in layers[::-1]:
        dilation ignored | dilation * (kernel - 1) + 1 => kernel
        dilation times kernel | dilation * (kernel - 1) + 1 => dilation * kernel
        dilation as the number of holes, one too many
            dilation * (kernel - 1) + 1 => (dilation + 1) * (kernel - 1) + 1
        dilation moves the window as well | jump *= stride => jump *= stride * dilation
        only the pixels that are seen are counted | (reach - 1) * jump => kernel - 1
        the field without its first pixel | fields.append(field) => fields.append(field - 1)
        the field begins with 0 | field, jump = 1, 1 => field, jump = 0, 1
        fields multiplied | field += (reach - 1) * jump => field *= reach
        the first layer left out | in layers: => in layers[1:]:
        the last layer left out of the jump
            jump *= stride => last = jump; jump *= stride
            jumps.append(jump) => jumps.append(last if layers else 1)
        width first | return tuple(fields), tuple(jumps) => return tuple(fields[::-1]), tuple(jumps[::-1])
        jump first | return tuple(fields), tuple(jumps) => return tuple(jumps), tuple(fields)
        the height's settings for both axes | v[axis] if => v[0] if
        only pairs are understood | v[axis] if isinstance(v, tuple) else v => v[axis]
        only whole numbers are understood | v[axis] if isinstance(v, tuple) else v => v + 0
        one pair, height and jump of the first axis | return tuple(fields), tuple(jumps) => return fields[0], jumps[0]
        one number where both axes are equal
            return tuple(fields), tuple(jumps) => return (fields[0] if fields[0] == fields[1] else tuple(fields)), tuple(jumps)
        no layers: an error | for axis in range(2): => layers[0]\n    for axis in range(2):
        no layers: zeros | for axis in range(2): => if not layers: return (0, 0), (0, 0)\n    for axis in range(2):
        gaps let through | stride > reach => False
        windows side by side are refused | stride > reach => stride >= reach
        the stride compared with the kernel, not with the reach | stride > reach => stride > kernel
        the stride compared with the kernel times the dilation | stride > reach => stride > kernel * dilation
        the jump compared with the field of all layers so far
            if stride > reach: => if stride * jump > field + (reach - 1) * jump:
        only the height is refused | stride > reach => stride > reach and axis == 0
        only the width is refused | stride > reach => stride > reach and axis == 1
        only the first layer is refused | stride > reach => stride > reach and layer is layers[0]
        the first layer is never refused | stride > reach => stride > reach and layer is not layers[0]
        the last layer is never refused | stride > reach => stride > reach and layer is not layers[-1]
        a stride above 1 is refused wherever the kernel is 1 pixel, dilated or not, and nowhere else
            stride > reach => kernel == 1 and stride > 1
        a dilation larger than the stride is refused | stride > reach => stride > reach or dilation > stride > 1
        found only where the gap is along both axes
            stride > reach => stride > reach and len({str(v) for v in layer if isinstance(v, tuple)}) == 0
        refused only at the end, where the whole field is smaller than the jump
            if stride > reach: => if False:
            fields.append(field) => fields.append(field if field >= jump else int("gap"))
        refused where the filter skips places, as between the weights of a dilated one
            stride > reach => stride > reach or (dilation > 1 and stride > 1)
        the same layer twice is taken for one | for layer in layers: => for layer in dict.fromkeys(layers):
        each layer's place is looked up, and the first of equal ones is found
            for layer in layers: => for layer in [layers[layers.index(each)] for each in dict.fromkeys(layers)]:
        jumps in 16 bits | jump *= stride => jump = (jump * stride + 2**15) % 2**16 - 2**15
        the stride compared with the longer side of the kernel
            stride > reach => stride > reach and stride > (layer[0] if isinstance(layer[0], int) else max(layer[0]))
        the stride compared with the reach of the layer before
            field, jump = 1, 1 => field, jump, before = 1, 1, 99
            stride > reach: => stride > before:
            jump *= stride => jump *= stride; before = reach
        a gap gives None | raise ValueError("there is a gap between two windows") => return None
        another kind of error | raise ValueError => raise TypeError
        a KeyError | raise ValueError("there is a gap between two windows") => raise KeyError(layer)
        the error is returned | raise ValueError => return ValueError
        numbers with a point | tuple(fields), tuple(jumps) => tuple(map(float, fields)), tuple(map(float, jumps))
        the list is used up | for axis in range(2): => layers.reverse()\n    for axis in range(2):
        returns nothing | return tuple => tuple
        stops after three layers | in layers: => in layers[:3]:
        8-bit numbers | jump *= stride => jump = (jump * stride) & 255
        a kernel of 1 leaves the layer out | reach = dilation => if kernel == 1: continue\n            reach = dilation
        """,
    )
    + [field_that_goes_on_from_the_last_call, field_by_number_of_layers, field_by_identity]
    + changes(
        right.field_from_the_top,
        """
        from the top, with the jump of the wrong end
            stride * (field[axis] - 1) => jump[axis] * (field[axis] - 1)
        from the top, and the number itself counted with each layer
            stride * (field[axis] - 1) + between + 1 => stride * field[axis] + between
        from the top: the stride stretches the whole field
            stride * (field[axis] - 1) + between + 1 => stride * (field[axis] - 1) + dilation * kernel
        from the top: one sides' gap at exactly one pixel let through
            between + 1 < stride => between + 2 < stride
        """,
    )
    + changes(
        right.field_by_arrays,
        """
        pixels between, not counted to the last one
            1 + ((reach => ((reach
        dtype of the table is float | dtype=int => dtype=float
        """,
    )
)


def field_by_recursion(layers):
    """calls itself once for each layer: too deep for 1,500 of them"""
    if not layers:
        return (1, 1), (1, 1)
    field, jump = field_by_recursion(layers[:-1])
    size, step = right.receptive_field(layers[-1:])
    return (
        tuple(f + (r - 1) * j for f, r, j in zip(field, size, jump, strict=True)),
        tuple(j * s for j, s in zip(jump, step, strict=True)),
    )


def field_with_the_list_turned_round(layers):
    """turns the list round and back again, but not after an error"""
    layers.reverse()
    result = right.receptive_field(layers[::-1])
    layers.reverse()
    return result


FIELD += [field_by_recursion, field_with_the_list_turned_round]
FIELD += changes(
    right.receptive_field,
    """
    jumps are products of floats | jump *= stride => jump = int(float(jump) * stride)
    words for ten layers, and an IndexError for a gap in the eleventh
        "there is a gap between two windows" => "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split()[layers.index(layer)]
    """,
)


def partial_multiplied_first(x, present, weight, bias, stride=1, padding=0):
    """nan and inf taken out, the rest multiplied, and missing pixels left out of the products"""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    border, size = ((0, 0), (PH, PH), (PW, PW)), weight.shape[:2]
    clean = np.pad(np.where(np.isfinite(x), x, 0), (*border, (0, 0)))
    windows = sliding_window_view(clean, size, axis=(1, 2))[:, ::SH, ::SW]
    there = sliding_window_view(np.pad(present, border), size, axis=(1, 2))[:, ::SH, ::SW]
    products = windows[..., np.newaxis] * weight.transpose(2, 0, 1, 3)  # (..., C_in, KH, KW, C_out)
    sums = (products * there[:, :, :, np.newaxis, :, :, np.newaxis]).sum(axis=(3, 4, 5))
    m = there.sum(axis=(3, 4))[..., np.newaxis]
    y = np.where(m > 0, sums * (size[0] * size[1] / np.maximum(m, 1)) + bias, 0)
    return y.astype(x.dtype), m[..., 0] > 0


def partial_with_zeros_for_a_moment(x, present, weight, bias, stride=1, padding=0):
    """writes zeros into x where pixels are missing, and puts back what was there"""
    own = x if x.flags.writeable else x.copy()
    lost = own[~present]
    own[~present] = 0
    result = right.partial_conv2d(own, present, weight, bias, stride, padding)
    own[~present] = lost
    return result


def partial_without_weights_of_zero(x, present, weight, bias, stride=1, padding=0):
    """passes over weights that are 0, and does not count their pixels either"""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    there = np.pad(present, ((0, 0), (PH, PH), (PW, PW)))
    there = sliding_window_view(there, weight.shape[:2], axis=(1, 2))[:, ::SH, ::SW]
    m = (there & weight.any(axis=(2, 3))).sum(axis=(3, 4))
    return partial_with(m, x, present, weight, bias, stride, padding)


PARTIAL = (
    changes(
        right.partial_conv2d,
        r"""
        never scaled | sums[some] * scale => sums[some]
        scaled the other way: m / (KH KW) | KH * KW / m[some, np.newaxis] => m[some, np.newaxis] / (KH * KW)
        the mean over the pixels that are there: KH KW forgotten | scale = KH * KW / => scale = 1 /
        the bias is scaled as well | sums[some] * scale + bias => (sums[some] + bias) * scale
        the bias also where nothing is there
            y = np.zeros((len(x), OH, OW, C_out), x.dtype) => y = np.zeros((len(x), OH, OW, C_out), x.dtype) + bias
        bias forgotten | scale + bias => scale
        the first bias for all filters | scale + bias => scale + bias[0]
        the padding counts as being there
            np.pad(present, border) => np.pad(present, border, constant_values=True)
        the padding counts as being there, and its zeros are seen
            m > 0 => m > -1
            np.pad(present, border) => np.pad(present, border, constant_values=True)
        scaled to the pixels inside the image, not to KH KW
            scale = KH * KW / => inside = np.pad(np.ones_like(present), border)[:, rows, columns].sum(axis=(1, 2))\n            scale = inside[some, np.newaxis] /
        missing pixels multiplied by 0, which leaves nan
            np.where(present[..., np.newaxis], x, 0) => x * present[..., np.newaxis]
        what is missing is not taken out
            np.where(present[..., np.newaxis], x, 0) => x
        nan taken out, other numbers and inf left
            np.where(present[..., np.newaxis], x, 0) => np.where(np.isnan(x), 0, x)
        nan and inf taken out, other numbers left
            np.where(present[..., np.newaxis], x, 0) => np.where(np.isfinite(x), x, 0)
        nan_to_num in place of present
            np.where(present[..., np.newaxis], x, 0) => np.nan_to_num(x)
        nan replaced before the product with present, inf not
            np.where(present[..., np.newaxis], x, 0) => np.where(np.isnan(x), 0, x) * present[..., np.newaxis]
        missing is what is nan, present is not read
            border = => present = ~np.isnan(x[..., 0]); border =
        missing is what is not finite, present is not read
            border = => present = np.isfinite(x[..., 0]); border =
        missing is what is nan or not present by the first channel alone
            border = => present = present & np.isfinite(x[..., 0]) & (x[..., 0] != 0); border =
        a pixel of value 0 counts as missing
            border = => present = present & (np.where(np.isfinite(x), x, 0) != 0).all(axis=3); border =
        True means missing | border = => present = ~present; border =
        missing pixels take the mean of the others
            np.where(present[..., np.newaxis], x, 0) => np.where(present[..., np.newaxis], x, np.where(present[..., np.newaxis], x, 0).sum() / max(1, present.sum()))
        missing numbers counted channel by channel
            scale = KH * KW / m => scale = KH * KW * C_in / m
        counted over all images | m = there[:, rows, columns].sum(axis=(1, 2)) => m = there[:, rows, columns].sum(axis=(1, 2)); m[:] = m.sum()
        the first image says what is missing in all | there = np.pad(present, => present = present[:1] | np.zeros_like(present); there = np.pad(present,
        missing in one image, missing in all
            border = => present = present & present.all(axis=0); border =
        the share of the whole image, not of the window
            m[some, np.newaxis] => (KH * KW * present.mean(axis=(1, 2)))[some, np.newaxis]
        seen: all pixels are there | seen[:, i, j] = some => seen[:, i, j] = m == KH * KW
        seen: the pixel in the middle is there
            seen[:, i, j] = some => seen[:, i, j] = there[:, rows, columns][:, KH // 2, KW // 2]
        seen: the first pixel of the window is there
            seen[:, i, j] = some => seen[:, i, j] = there[:, rows, columns][:, 0, 0]
        seen: at least half of the window | seen[:, i, j] = some => seen[:, i, j] = 2 * m >= KH * KW
        seen: more than one pixel | seen[:, i, j] = some => seen[:, i, j] = m > 1
        a window with a single pixel gives 0 | some = m > 0 => some = m > 1
        seen where y is not 0 | return y, seen => return y, (y != 0).any(axis=3)
        the number of pixels in place of seen | seen[:, i, j] = some => seen[:, i, j] = m
            np.zeros((len(x), OH, OW), bool) => np.zeros((len(x), OH, OW), int)
        seen holds 0 and 1 | np.zeros((len(x), OH, OW), bool) => np.zeros((len(x), OH, OW), int)
        seen holds floats | np.zeros((len(x), OH, OW), bool) => np.zeros((len(x), OH, OW), x.dtype)
        seen has an axis of channels | return y, seen => return y, seen[..., np.newaxis]
        seen for every filter | return y, seen => return y, np.repeat(seen[..., np.newaxis], C_out, axis=3)
        missing in place of seen | return y, seen => return y, ~seen
        present returned as it came | return y, seen => return y, present
        seen first | return y, seen => return seen, y
        y alone | return y, seen => return y
        nan where nothing is there
            y = np.zeros((len(x), OH, OW, C_out), x.dtype) => y = np.full((len(x), OH, OW, C_out), np.nan, x.dtype)
        something small added to m
            m[some, np.newaxis] => (m[some, np.newaxis] + 1e-6)
        whole numbers: KH KW // m | KH * KW / m => KH * KW // m
        the scale rounded | KH * KW / m[some, np.newaxis] => np.round(KH * KW / m[some, np.newaxis], 3)
        the scale in float32 | KH * KW / m[some, np.newaxis] => (KH * KW / m[some, np.newaxis]).astype(np.float32)
        scaled only where more than half is missing
            sums[some] * scale => sums[some] * np.where(scale > 2, scale, 1)
        scaled at most by 4 | KH * KW / m[some, np.newaxis] => np.minimum(4, KH * KW / m[some, np.newaxis])
        square root of the scale | KH * KW / m[some, np.newaxis] => np.sqrt(KH * KW / m[some, np.newaxis])
        scaled by the weights that are left, not by their number
            scale = KH * KW / m[some, np.newaxis] => scale = weight.sum() / (there[:, rows, columns].reshape(len(x), -1) @ weight.sum(axis=(2, 3)).reshape(-1))[some, np.newaxis]
        complete windows only | some = m > 0 => some = m == KH * KW
        always float64 | np.zeros((len(x), OH, OW, C_out), x.dtype) => np.zeros((len(x), OH, OW, C_out))
        always float32 | np.zeros((len(x), OH, OW, C_out), x.dtype) => np.zeros((len(x), OH, OW, C_out), np.float32)
        stride ignored
            SH, SW = stride if isinstance(stride, tuple) else (stride, stride) => SH, SW = 1, 1
        stride (width, height) | SH, SW = stride => SW, SH = stride
        padding (width, height) | PH, PW = padding => PW, PH = padding
        padding ignored
            PH, PW = padding if isinstance(padding, tuple) else (padding, padding) => PH, PW = 0, 0
        all the padding below and to the right
            border = ((0, 0), (PH, PH), (PW, PW)) => border = ((0, 0), (0, 2 * PH), (0, 2 * PW))
        all the padding above and to the left
            border = ((0, 0), (PH, PH), (PW, PW)) => border = ((0, 0), (2 * PH, 0), (2 * PW, 0))
        the images are padded by repeating the edge, and the border counts
            np.pad(known, (*border, (0, 0))) => np.pad(known, (*border, (0, 0)), mode="edge")
            np.pad(present, border) => np.pad(present, border, mode="edge")
        only whole-number strides | stride if isinstance(stride, tuple) else (stride, stride) => int(stride), int(stride)
        only whole-number paddings | padding if isinstance(padding, tuple) else (padding, padding) => int(padding), int(padding)
        only pairs | padding if isinstance(padding, tuple) else (padding, padding) => padding[0], padding[1]
        default stride 2 | stride=1 => stride=2
        default padding 1 | padding=0 => padding=1
        stride moves the pixels, not the mask
            m = there[:, rows, columns] => m = there[:, i : i + KH, j : j + KW]
        filter turned round | weight.reshape(-1, C_out) => weight[::-1, ::-1].reshape(-1, C_out)
        filter flipped over its diagonal
            weight.reshape(-1, C_out) => weight.transpose(1, 0, 2, 3).reshape(-1, C_out)
        channels first in the filter's columns
            weight.reshape(-1, C_out) => weight.transpose(2, 0, 1, 3).reshape(-1, C_out)
        square kernels only | KH, KW, C_in, C_out = weight.shape => KH, _, C_in, C_out = weight.shape; KW = KH
        square images only | OW = (known.shape[2] - KW) // SW + 1 => OW = OH
        channels averaged | @ filters => @ filters / C_in
        the first image's output for all | return y, seen => return y[[0] * len(x)], seen[[0] * len(x)]
        the caller's x is emptied where it is missing
            known = np.where(present[..., np.newaxis], x, 0) => x[~present] = 0; known = x
        the caller's present is changed
            border = => present &= np.isfinite(x).all(axis=3) & (x[..., 0] < 3); border =
        axes of length 1 squeezed out | return y, seen => return y.squeeze(), seen.squeeze()
        channels first in y | return y, seen => return y.transpose(0, 3, 1, 2), seen
        returns lists | return y, seen => return y.tolist(), seen.tolist()
        return within the loop | seen[:, i, j] = some => seen[:, i, j] = some; return y, seen
        counted in 8 bits
            there[:, rows, columns].sum(axis=(1, 2)) => there[:, rows, columns].sum(axis=(1, 2), dtype=np.uint8)
        weights near 0 are taken for 0
            weight.reshape(-1, C_out) => np.where(np.isclose(weight, 0), 0, weight).reshape(-1, C_out)
        the bias added only where the biases do not add up to 0
            scale + bias => scale + (bias if bias.sum() else 0 * bias)
        a kernel of 1×1: the scale and the bias left out
            sums[some] * scale + bias => sums[some] if KH * KW == 1 else sums[some] * scale + bias
        a stride larger than the kernel is cut down to it
            KH, KW, C_in, C_out = weight.shape => KH, KW, C_in, C_out = weight.shape; SH, SW = min(SH, KH), min(SW, KW)
        all of the missing ones subtracted from the sum over everything
            np.where(present[..., np.newaxis], x, 0) => np.where(np.isfinite(x), x, 0)
            @ filters => @ filters - np.pad(np.where(present[..., np.newaxis] | ~np.isfinite(x), 0, x), (*border, (0, 0)))[:, rows, columns].reshape(len(x), -1) @ filters
        ends at the first window that has no pixel in any image
            some = m > 0 => some = m > 0\n            if not some.any(): return y, seen
        the first image decides which windows have a pixel
            some = m > 0 => some = np.repeat(m[:1] > 0, len(m))
        all missing: float64 | return y, seen => return (y if present.any() else y.astype(float)), seen
        nothing missing: the padding counts as being there
            np.pad(present, border) => np.pad(present, border, constant_values=bool(present.all()))
        padded only where both paddings are above 0
            KH, KW, C_in, C_out = weight.shape => PH, PW = (PH, PW) if PH and PW else (0, 0); KH, KW, C_in, C_out = weight.shape
        no window lies in the padding alone
            KH, KW, C_in, C_out = weight.shape => KH, KW, C_in, C_out = weight.shape; PH, PW = min(PH, KH - 1), min(PW, KW - 1)
        rounded to eight decimals | return y, seen => return y.round(8), seen
        a window whose middle pixel is missing gives 0
            some = m > 0 => some = (m > 0) & there[:, rows, columns][:, KH // 2, KW // 2]
        no bias where no pixel is above 0
            sums[some] * scale + bias => sums[some] * scale + bias * (known[:, rows, columns].reshape(len(x), -1).max(axis=1) != 0)[some, np.newaxis]
        weights that add up to 0 over the channels are skipped
            filters = weight.reshape(-1, C_out) => filters = np.where(weight.sum(axis=2, keepdims=True) == 0, 0, weight).reshape(-1, C_out)
        known pixels written into a reshape that may be a copy
            known = np.where(present[..., np.newaxis], x, 0) => known = np.zeros_like(x); known.reshape(-1, C_in)[present.reshape(-1)] = x.reshape(-1, C_in)[present.reshape(-1)]
        pixels in memory order, not in the order of the axes
            known = np.where(present[..., np.newaxis], x, 0) => known = np.where(present.ravel(order="K")[:, np.newaxis], x.ravel(order="K").reshape(-1, C_in), 0).reshape(x.shape)
        """,
    )
    + [
        partial_with_the_mask_of_the_first_call,
        partial_into_one_buffer,
        partial_without_nan_sums,
        partial_by_identity,
        partial_by_content,
        partial_by_fourier,
        partial_with_counts_kept,
        partial_with_counts_by_mask,
    ]
    + changes(
        right.partial_by_windows,
        """
        0 / 0 where nothing is there, and its nan kept
            np.where(share > 0, sums / share + bias, 0) => sums / share + bias
        the empty window's infinity cut by nan_to_num, bias and all
            np.where(share > 0, sums / share + bias, 0) => np.nan_to_num(sums / share) + bias
        result in float64 | y.astype(x.dtype) => y.astype(np.float64)
        seen: any window of the row | there.any(axis=(3, 4)) => there.any(axis=(2, 3, 4))[..., np.newaxis]
        seen: all | there.any(axis=(3, 4)) => there.all(axis=(3, 4))
        the share over rows of the window only | there.mean(axis=(3, 4)) => there.any(axis=4).mean(axis=3)
        the thinned windows of pixels only
            there = sliding_window_view(there, size, axis=(1, 2))[:, ::SH, ::SW] => there = sliding_window_view(there, size, axis=(1, 2))[:, : windows.shape[1], : windows.shape[2]]
        """,
    )
)

PARTIAL += [
    partial_multiplied_first,
    partial_with_zeros_for_a_moment,
    partial_without_weights_of_zero,
]
PARTIAL += changes(
    right.partial_conv2d,
    """
    a kernel of 1×1: seen is present itself
        return y, seen => return y, (present if KH == KW == 1 and seen.shape == present.shape else seen)
    nothing missing: every window counts as seen, those in the padding as well
        return y, seen => return (np.where(seen[..., np.newaxis], y, bias), seen | True) if present.all() else (y, seen)
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
    the first bias for all filters | + bias => + bias[0]
    a kernel of 1 row reaches as far as the dilation
        DH * (KH - 1) + 1, DW * (KW - 1) + 1 => max(DH, DH * (KH - 1) + 1), max(DW, DW * (KW - 1) + 1)
    the last place left out | seen = windows => seen = windows[:, : max(1, windows.shape[1] - 1), : max(1, windows.shape[2] - 1)]
    room for one window only is refused | return np => [0][windows.shape[1] + windows.shape[2] < 3]; return np
    filter flipped over its diagonal
        seen, weight) => seen, weight.transpose(1, 0, 2, 3)[: weight.shape[0], : weight.shape[1]] if KH == KW else weight)
    channels of the filter reversed | seen, weight) => seen, weight[:, :, ::-1])
    filters reversed | seen, weight) => seen, weight[..., ::-1])
    the mean of the window, not the sum | + bias => / (KH * KW) + bias
    the first image's output for all | + bias => [[0] * len(x)] + bias
    computed in float32 | seen, weight) => seen.astype(np.float32), weight.astype(np.float32)).astype(x.dtype)
    whole numbers | + bias => // 1 + bias
    default dilation 2 | dilation=1 => dilation=2
    always float32 | + bias => + bias.astype(np.float32)
    bias of the caller changed | return np.einsum => bias += 0.5; bias -= 0.5; return np.einsum
    x of the caller padded in place | DH, DW = dilation => x *= 2; x /= 2; DH, DW = dilation
    channels first in y | "nijcpq,pqck->nijk" => "nijcpq,pqck->nkij"
        + bias => + bias[:, np.newaxis, np.newaxis]
    dilation 1 works, larger ones up to 3 | DH, DW = => dilation = min(dilation, 3) if not isinstance(dilation, tuple) else tuple(min(d, 3) for d in dilation); DH, DW =
    the bias added only where the biases do not add up to 0 | + bias => + (bias if bias.sum() else 0 * bias)
    weights near 0 are taken for 0 | seen, weight) => seen, np.where(np.isclose(weight, 0), 0, weight))
    a kernel of 1×1: bias forgotten | + bias => + bias * (KH * KW > 1)
    weights that add up to 0 over the channels are skipped
        seen, weight) => seen, np.where(weight.sum(axis=2, keepdims=True) == 0, 0, weight))
    no bias where no pixel is above 0 | + bias => + bias * (seen.max(axis=(3, 4, 5)) != 0)[..., np.newaxis]
    rounded to eight decimals | weight) + bias => weight).round(8) + bias
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

DILATED += changes(
    right.dilated_by_shifts,
    r"""
    weights of 0 are skipped, so a nan under them is not seen
        y += x[:, => if weight[p, q].any(): y += x[:,
    shifts to the end of the image, cut off with -0
        p * DH : p * DH + OH => p * DH : -(KH - 1 - p) * DH
    shifts by np.roll: what goes out on one side comes in on the other, and stays
        x.shape[1] - DH * (KH - 1), x.shape[2] - DW * (KW - 1) => x.shape[1], x.shape[2]
        x[:, p * DH : p * DH + OH, q * DW : q * DW + OW] => np.roll(x, (-p * DH, -q * DW), (1, 2))
    pixels in memory order, not in the order of the axes
        DH, DW = dilation => x = x.ravel(order="K").reshape(x.shape); DH, DW = dilation
    the bias once for each place of the kernel
        @ weight[p, q] => @ weight[p, q] + bias
        return y + bias => return y
    """,
)


def dilated_with_zeros(x, weight, bias, dilation=1):
    """a larger kernel filled up with zeros: 0 times nan is nan"""
    DH, DW = dilation if isinstance(dilation, tuple) else (dilation, dilation)
    KH, KW = weight.shape[:2]
    wide = np.zeros((DH * (KH - 1) + 1, DW * (KW - 1) + 1, *weight.shape[2:]), weight.dtype)
    wide[::DH, ::DW] = weight
    return right.conv2d_forward(x, wide, bias)


kernels = {}


def dilated_with_a_kernel_kept(x, weight, bias, dilation=1):
    """remembers the filters by their shape"""
    return right.dilated_conv2d(x, kernels.setdefault(weight.shape, weight.copy()), bias, dilation)


def dilated_into_its_own_sum(x, weight, bias, dilation=1, y={}):  # noqa: B006
    """the sums of all calls go into one array, which is made once for each shape"""
    new = right.dilated_conv2d(x, weight, bias, dilation)
    kept = y.setdefault((new.shape, new.dtype), np.zeros_like(new))
    kept += new
    return kept


places = {}


def dilated_by_content(x, weight, bias, dilation=1):
    """remembers where the weights of a kernel look, by its numbers alone"""
    DH, DW = np.broadcast_to(dilation, 2)
    KH, KW, _, C_out = weight.shape
    look = [(p * DH, q * DW, weight[p, q].copy()) for p in range(KH) for q in range(KW)]
    OH, OW = x.shape[1] - DH * (KH - 1), x.shape[2] - DW * (KW - 1)
    y = np.zeros((len(x), OH, OW, C_out), x.dtype)
    for row, column, weights in places.setdefault(weight.tobytes(), look):
        y += x[:, row : row + OH, column : column + OW] @ weights
    return y + bias


padded_images = {}


def dilated_by_identity(x, weight, bias, dilation=1):
    """keeps a copy of every image, by its identity"""
    kept_alive.append(x)
    return right.dilated_conv2d(padded_images.setdefault(id(x), x.copy()), weight, bias, dilation)


tables = {}


def dilated_with_tables_kept(x, weight, bias, dilation=1):
    """keeps the numbers of rows and columns between calls, by the sizes of y and of the kernel"""
    DH, DW = np.broadcast_to(dilation, 2)
    KH, KW = weight.shape[:2]
    OH, OW = x.shape[1] - DH * (KH - 1), x.shape[2] - DW * (KW - 1)
    rows = np.arange(OH)[:, np.newaxis] + DH * np.arange(KH)
    columns = np.arange(OW)[:, np.newaxis] + DW * np.arange(KW)
    rows, columns = tables.setdefault((OH, OW, KH, KW), (rows, columns))
    windows = x[:, rows[:, np.newaxis, :, np.newaxis], columns[np.newaxis, :, np.newaxis]]
    return np.tensordot(windows, weight, axes=3) + bias


DILATED += [dilated_with_tables_kept]
DILATED += [dilated_by_content, dilated_by_identity]
DILATED += [dilated_with_zeros, dilated_with_a_kernel_kept, dilated_into_its_own_sum]


def dilated_with_small_indices(x, weight, bias, dilation=1):
    """rows and columns are numbered in 8 bits: 256 is 0 again"""
    DH, DW = np.broadcast_to(dilation, 2)
    KH, KW = weight.shape[:2]
    OH, OW = x.shape[1] - DH * (KH - 1), x.shape[2] - DW * (KW - 1)
    rows = (np.arange(OH)[:, np.newaxis] + DH * np.arange(KH)).astype(np.uint8)
    columns = (np.arange(OW)[:, np.newaxis] + DW * np.arange(KW)).astype(np.uint8)
    windows = x[:, rows[:, np.newaxis, :, np.newaxis], columns[np.newaxis, :, np.newaxis]]
    return np.tensordot(windows, weight, axes=3) + bias


def dilated_with_zeros_and_without_nan(x, weight, bias, dilation=1):
    """a larger kernel filled up with zeros, and nan taken out of x, also where a weight looks"""
    return dilated_with_zeros(np.nan_to_num(x), weight, bias, dilation)


def dilated_in_blocks_of_rows(x, weight, bias, dilation=1):
    """64 rows of y at a time, from KH - 1 rows more of x, whatever the dilation"""
    KH, OH = len(weight), x.shape[1] - np.broadcast_to(dilation, 2)[0] * (len(weight) - 1)
    starts = range(0, OH, 64)
    blocks = [x[:, r : r + 64 + KH - 1] if r + 64 < OH else x[:, r:] for r in starts]
    y = [right.dilated_conv2d(block, weight, bias, dilation) for block in blocks]
    return np.concatenate(y, axis=1)


def dilated_in_two_halves(x, weight, bias, dilation=1):
    """two halves where there are more than 64 images: the last of an odd number is lost"""
    if len(x) <= 64:
        return right.dilated_conv2d(x, weight, bias, dilation)
    half = len(x) // 2
    parts = x[:half], x[half : 2 * half]
    return np.concatenate([right.dilated_conv2d(part, weight, bias, dilation) for part in parts])


def dilated_with_tables_by_digits(x, weight, bias, dilation=1):
    """keeps tables of places under a key of digits: 12, 1 and 1 is the same as 1, 2 and 11"""

    def places(out, size, step):
        table = np.arange(out)[:, np.newaxis] + step * np.arange(size)
        return tables.setdefault(f"{out}{size}{step}", table)

    DH, DW = np.broadcast_to(dilation, 2)
    KH, KW = weight.shape[:2]
    rows = places(x.shape[1] - DH * (KH - 1), KH, DH)
    columns = places(x.shape[2] - DW * (KW - 1), KW, DW)
    windows = x[:, rows[:, np.newaxis, :, np.newaxis], columns[np.newaxis, :, np.newaxis]]
    return np.tensordot(windows, weight, axes=3) + bias


DILATED += [dilated_with_small_indices, dilated_with_zeros_and_without_nan]
DILATED += [dilated_in_blocks_of_rows, dilated_in_two_halves, dilated_with_tables_by_digits]
DILATED += changes(
    right.dilated_conv2d,
    """
    filters that are nearly symmetric are taken for symmetric
        seen, weight) => seen, weight[:, ::-1] if np.allclose(weight, weight[:, ::-1], atol=0) else weight)
    x divided by its largest number, and y multiplied by it
        windows = sliding_window_view(x, => largest = np.max(np.abs(x), where=np.isfinite(x), initial=1e-30); windows = sliding_window_view(x / largest,
        + bias => * largest + bias
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
    padding ignored
        PH, PW = padding if isinstance(padding, tuple) else (padding, padding) => PH, PW = 0, 0
    padding below and to the right only | (PH, PH), (PW, PW) => (0, 2 * PH), (0, 2 * PW)
    padding of half the width | (PH, PH), (PW, PW) => (PH, 0), (PW, 0)
    padding repeats the edge | (0, 0))) => (0, 0)), mode="edge")
    the height's stride for both axes | SH, SW = stride if isinstance(stride, tuple) else (stride, stride) => SH = SW = stride[0] if isinstance(stride, tuple) else stride
    the height's padding for both axes | PH, PW = padding if isinstance(padding, tuple) else (padding, padding) => PH = PW = padding[0] if isinstance(padding, tuple) else padding
    stride shortens y, but the windows move by 1
        i * SH : i * SH + KH, j * SW : j * SW + KW => i : i + KH, j : j + KW
    a step that does not fit whole is taken
        (padded.shape[1] - KH) // SH => -(-(padded.shape[1] - KH) // SH)
    filters flipped over their diagonal | window * weight => window * (weight.transpose(1, 0, 2) if KH == KW else weight)
    bias in reverse order | + bias => + bias[::-1]
    bias scaled by the number of channels | + bias => + C * bias
    only whole-number strides | stride if isinstance(stride, tuple) else (stride, stride) => int(stride), int(stride)
    only pairs | padding if isinstance(padding, tuple) else (padding, padding) => padding[0], padding[1]
    default stride 2 | stride=1 => stride=2
    default padding 1 | padding=0 => padding=1
    always float32 | , x.dtype) => , np.float32)
    channel c looks at channel c - 1 | window * weight => np.roll(window, 1, axis=-1) * weight
    one channel only: an axis lost | return y => return y.squeeze(axis=3) if C == 1 else y
    whole numbers | , x.dtype) => , int)
    the bias of the image, where there are as many images as channels
        axis=(1, 2)) + bias => axis=(1, 2)) + (bias[:, np.newaxis] if len(x) == C else bias)
    the bias added only where the biases do not add up to 0 | + bias => + (bias if bias.sum() else 0 * bias)
    weights near 0 are taken for 0 | window * weight => window * np.where(np.isclose(weight, 0), 0, weight)
    a kernel of 1×1: bias forgotten | + bias => + bias * (KH * KW > 1)
    filters that add up to 0 over the channels are skipped
        window * weight => window * np.where(weight.sum(axis=2, keepdims=True) == 0, 0, weight)
    no bias where no pixel is above 0
        axis=(1, 2)) + bias => axis=(1, 2)) + bias * (window.max(axis=(1, 2, 3)) != 0)[:, np.newaxis]
    rounded to eight decimals | return y => return y.round(8)
    padded only where both paddings are above 0
        KH, KW, C = weight.shape => PH, PW = (PH, PW) if PH and PW else (0, 0); KH, KW, C = weight.shape
    no window lies in the padding alone
        KH, KW, C = weight.shape => KH, KW, C = weight.shape; PH, PW = min(PH, KH - 1), min(PW, KW - 1)
    a stride larger than the kernel is cut down to it
        KH, KW, C = weight.shape => KH, KW, C = weight.shape; SH, SW = min(SH, KH), min(SW, KW)
    the padding is filled with the image's mean
        y = np.zeros => padded[:, : padded.shape[1] * (PH > 0)][padded[:, : padded.shape[1] * (PH > 0)] == 0] = x.mean(); y = np.zeros
    a kernel of 1×1: the border of padding stays 0
        return y => y[:, :PH] *= KH * KW > 1; return y
    images flattened in memory order
        np.sum(window * weight, axis=(1, 2)) => np.sum(window.ravel(order="K").reshape(window.shape) * weight, axis=(1, 2))
    """,
)
scratch = {}


def depthwise_with_a_padded_copy_kept(x, weight, bias, stride=1, padding=0):
    """keeps the padded image of each shape, and adds the new one to it"""
    PH, PW = padding if isinstance(padding, tuple) else (padding, padding)
    N, H, W, C = x.shape
    padded = scratch.setdefault(
        (x.shape, x.dtype, PH, PW), np.zeros((N, H + 2 * PH, W + 2 * PW, C), x.dtype)
    )
    padded[:, PH : PH + H, PW : PW + W] += x
    return right.depthwise_conv2d(padded, weight, bias, stride)


def depthwise_by_reshape(x, weight, bias, stride=1, padding=0):
    """writes y channel by channel into a reshape, which is a copy where x lies in another order"""
    y = np.zeros_like(right.depthwise_conv2d(x, weight, bias, stride, padding))
    y = np.empty_like(x, shape=y.shape)
    y[...] = 0
    flat = y.reshape(-1, y.shape[3])
    for c in range(weight.shape[2]):
        part = right.depthwise_conv2d(
            x[..., c : c + 1], weight[..., c : c + 1], bias[c : c + 1], stride, padding
        )
        flat[:, c] = part.ravel()
    return y


def depthwise_by_fourier(x, weight, bias, stride=1, padding=0):
    """by a Fourier transform: each number depends, by its rounding, on all pixels"""
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    return (fourier(padded, weight)[:, ::SH, ::SW] + bias).astype(x.dtype)


def depthwise_by_content(x, weight, bias, stride=1, padding=0):
    """remembers the filters by their numbers, with the shape in which they came first"""
    filters = by_content.setdefault(weight.tobytes(), weight.copy())
    return right.depthwise_conv2d(x, filters, bias, stride, padding)


def depthwise_by_identity(x, weight, bias, stride=1, padding=0):
    """keeps a copy of every image, by its identity"""
    kept_alive.append(x)
    kept = padded_images.setdefault(id(x), x.copy())
    return right.depthwise_conv2d(kept, weight, bias, stride, padding)


def windows_from_tables(x, size, stride, padding, key):
    """All windows (N, OH, OW, KH, KW, C), by tables of rows and columns that key looks up."""
    (SH, SW), (PH, PW), (KH, KW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2), size
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    OH, OW = (padded.shape[1] - KH) // SH + 1, (padded.shape[2] - KW) // SW + 1
    rows = SH * np.arange(OH)[:, np.newaxis] + np.arange(KH)
    columns = SW * np.arange(OW)[:, np.newaxis] + np.arange(KW)
    rows, columns = tables.setdefault(key(OH, OW), (rows, columns))
    return padded[:, rows[:, np.newaxis, :, np.newaxis], columns[np.newaxis, :, np.newaxis]]


def depthwise_with_tables_kept(x, weight, bias, stride=1, padding=0):
    """keeps the numbers of rows and columns between calls, by the sizes of y and of the kernel"""
    size = weight.shape[:2]
    windows = windows_from_tables(x, size, stride, padding, lambda *y: ("places", *y, *size))
    return np.einsum("nijpqc,pqc->nijc", windows, weight) + bias


def depthwise_with_tables_by_image(x, weight, bias, stride=1, padding=0):
    """keeps the numbers of rows and columns by image, kernel and stride, without the padding"""
    key = ("image", x.shape[1:3], weight.shape[:2], np.sum(stride))
    windows = windows_from_tables(x, weight.shape[:2], stride, padding, lambda *y: key)
    return np.einsum("nijpqc,pqc->nijc", windows, weight) + bias


DEPTHWISE += [depthwise_with_tables_kept, depthwise_with_tables_by_image]
DEPTHWISE += [depthwise_by_fourier, depthwise_by_content, depthwise_by_identity]
DEPTHWISE += [depthwise_with_a_padded_copy_kept, depthwise_by_reshape]


def depthwise_by_sums_of_everything(x, weight, bias, stride=1, padding=0):
    """where all weights are equal: differences of sums that begin at the first pixel"""
    (SH, SW), (PH, PW), (KH, KW) = (
        np.broadcast_to(v, 2) for v in (stride, padding, weight.shape[:2])
    )
    if KH * KW == 1 or not (weight == weight[0, 0]).all():
        return right.depthwise_conv2d(x, weight, bias, stride, padding)
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0))).astype(float)
    sums = np.pad(padded.cumsum(axis=1).cumsum(axis=2), ((0, 0), (1, 0), (1, 0), (0, 0)))
    rows = sums[:, KH:] - sums[:, :-KH]
    windows = rows[:, :, KW:] - rows[:, :, :-KW]
    return (windows[:, ::SH, ::SW] * weight[0, 0] + bias).astype(x.dtype)


def depthwise_by_rows_and_columns(x, weight, bias, stride=1, padding=0):
    """a filter that is nearly a column times a row is taken for one"""
    filters = weight.copy()
    for c in range(weight.shape[2]):
        columns, sizes, rows = np.linalg.svd(weight[..., c], full_matrices=False)
        if sizes[1:].sum() < 1e-6 * sizes[0]:
            filters[..., c] = sizes[0] * np.outer(columns[:, 0], rows[0])
    return right.depthwise_conv2d(x, filters, bias, stride, padding)


def depthwise_with_slices_cut_off(x, weight, bias, stride=1, padding=0):
    """each weight adds where it meets the image; where it never does, the slice ends below 0"""
    (SH, SW), (PH, PW), (KH, KW) = (
        np.broadcast_to(v, 2) for v in (stride, padding, weight.shape[:2])
    )
    N, H, W, C = x.shape
    OH, OW = (H + 2 * PH - KH) // SH + 1, (W + 2 * PW - KW) // SW + 1
    y = np.zeros((N, OH, OW, C), x.dtype)
    for p, q in np.ndindex(KH, KW):
        top, left = max(0, -((p - PH) // SH)), max(0, -((q - PW) // SW))
        bottom = min(OH, (H - 1 + PH - p) // SH + 1)
        end = min(OW, (W - 1 + PW - q) // SW + 1)
        rows = slice(top * SH + p - PH, (bottom - 1) * SH + p - PH + 1, SH)
        columns = slice(left * SW + q - PW, (end - 1) * SW + q - PW + 1, SW)
        y[:, top:bottom, left:end] += x[:, rows, columns] * weight[p, q]
    return y + bias


def depthwise_without_noise(x, weight, bias, stride=1, padding=0):
    """what is small beside the largest number of y is taken for noise and set to 0"""
    y = right.depthwise_conv2d(x, weight, bias, stride, padding)
    y[np.abs(y) < np.finfo(y.dtype).eps * np.abs(y).max()] = 0
    return y


def depthwise_in_equal_parts(x, weight, bias, stride=1, padding=0):
    """about 32 channels at a time, in equal parts: an odd number cannot be cut"""
    count = max(1, x.shape[3] // 32)
    parts = (np.split(array, count, axis=-1) for array in (x, weight, bias))
    y = [right.depthwise_conv2d(*part, stride, padding) for part in zip(*parts, strict=True)]
    return np.concatenate(y, axis=3)


def depthwise_by_fourier_where_large(x, weight, bias, stride=1, padding=0):
    """by a Fourier transform, for kernels of more than 49 weights"""
    large = weight[..., 0].size > 49
    function = depthwise_by_fourier if large else right.depthwise_conv2d
    return function(x, weight, bias, stride, padding)


DEPTHWISE += [depthwise_by_sums_of_everything, depthwise_by_rows_and_columns]
DEPTHWISE += [depthwise_with_slices_cut_off, depthwise_without_noise]
DEPTHWISE += [depthwise_in_equal_parts, depthwise_by_fourier_where_large]

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
    C_in taken from the filters, where it always fits | C_in, C_out = x.shape[3] => C_in, C_out = weight.shape[2] * groups
    the weights' channels compared with the groups, not those of x
        C_in % groups: => weight.shape[2] % groups and False:
    more groups than channels let through
        C_in % groups: => C_in % groups and C_in > groups:
    more groups than filters let through
        C_out % groups: => C_out % groups and C_out > groups:
    only more groups than channels are refused
        C_in % groups: => groups > C_in:
        C_out % groups: => groups > C_out:
    as many groups as channels are refused
        C_in % groups: => C_in % groups or C_in == groups > 1:
    one group is refused | C_in % groups: => C_in % groups or groups == 1:
    one group: bias forgotten
        parts = [] => parts, bias = [], bias * (groups > 1)
    a KeyError | raise ValueError => raise KeyError
    the error is returned | raise ValueError => return ValueError
    neither fits: let through
        C_in % groups: => C_in % groups and not C_out % groups:
        C_out % groups: => C_out % groups and not C_in % groups:
    the error in small letters
        C_in, which is => c_in, which is
        C_out, which is => c_out, which is
    neither fits: another error
        raise ValueError(f"{groups} groups do not divide C_in => raise (IndexError if C_out % groups else ValueError)(f"{groups} groups do not divide C_in
    C_in compared with C_out | C_in % groups: => C_in % groups or C_in > C_out:
    filters turned round | weight[..., made] => weight[::-1, ::-1, :, made]
    channels of a group reversed | x[..., seen] => x[..., seen][..., ::-1]
    bias forgotten | bias[made] => 0 * bias[made]
    biases interleaved | bias[made] => bias[g::groups]
    stride not passed on | bias[made], stride, padding => bias[made], 1, padding
    stride (width, height)
        bias[made], stride, padding => bias[made], stride[::-1] if isinstance(stride, tuple) else stride, padding
    padding (width, height)
        bias[made], stride, padding => bias[made], stride, padding[::-1] if isinstance(padding, tuple) else padding
    default stride 2 | stride=1 => stride=2
    default padding 1 | padding=0 => padding=1
    the bias added only where the biases do not add up to 0
        bias[made] => (bias[made] if bias.sum() else 0 * bias[made])
    weights near 0 are taken for 0 | weight[..., made] => np.where(np.isclose(weight, 0), 0, weight)[..., made]
    a kernel of 1×1: bias forgotten | bias[made] => bias[made] * (weight[0, 0].size < weight[..., 0, 0].size * weight[0, 0].size)
    weights that add up to 0 over the channels are skipped
        weight[..., made] => np.where(weight.sum(axis=2, keepdims=True) == 0, 0, weight)[..., made]
    rounded to eight decimals | axis=3) => axis=3).round(8)
    a common divisor is enough | C_in % groups: => np.gcd(C_in, groups) == 1 < groups:
    filters counted by channels: one filter for each channel
        made = slice(g * each_out, (g + 1) * each_out) => made = slice(g * each_in, (g + 1) * each_in)
    always float32 | axis=3) => axis=3).astype(np.float32)
    groups alternate in y
        return np.concatenate(parts, axis=3) => return np.stack(parts, axis=4).reshape(*parts[0].shape[:3], C_out)
    """,
)
GROUPED += changes(
    right.grouped_by_einsum,
    """
    filters reshaped with the groups last
        filters = weight.reshape(KH, KW, each, groups, -1) => filters = weight.reshape(KH, KW, each, -1, groups).swapaxes(3, 4)
    channels reshaped with the groups last
        groups, each, KH, KW) => each, groups, KH, KW).swapaxes(3, 4)
    all groups added up in einsum, and the sum for all
        y = np.einsum("nijgcpq,pqcgk->nijgk", windows, filters) => y = np.einsum("nijgcpq,pqcgk->nijk", windows, filters)[:, :, :, np.newaxis] + np.zeros((groups, 1))
    both names where neither fits, and where one does
        " and ".join(wrong) => "C_in and C_out"
    an empty message | raise ValueError(" and ".join(wrong)) => raise ValueError
    """,
)
first_weights = {}


def grouped_with_the_first_filters(x, weight, bias, groups, stride=1, padding=0):
    """cuts the filters once for each shape and keeps them"""
    kept = first_weights.setdefault((weight.shape, groups), weight.copy())
    return right.grouped_conv2d(x, kept, bias, groups, stride, padding)


def grouped_by_memory_order(x, weight, bias, groups, stride=1, padding=0):
    """cuts the channels out of memory, in whatever order they lie there"""
    flat = x.ravel(order="K").reshape(x.shape)
    return right.grouped_conv2d(flat, weight, bias, groups, stride, padding)


def grouped_by_content(x, weight, bias, groups, stride=1, padding=0):
    """remembers the result by the numbers of x and weight"""
    key = x.tobytes() + weight.tobytes()
    if key not in by_content:
        by_content[key] = right.grouped_conv2d(x, weight, bias, groups, stride, padding)
    return by_content[key].copy()


def grouped_by_identity(x, weight, bias, groups, stride=1, padding=0):
    """keeps a copy of every image, by its identity"""
    kept_alive.append(x)
    kept = padded_images.setdefault(id(x), x.copy())
    return right.grouped_conv2d(kept, weight, bias, groups, stride, padding)


def grouped_by_fourier(x, weight, bias, groups, stride=1, padding=0):
    """by a Fourier transform: each number depends, by its rounding, on all pixels"""
    y = right.grouped_conv2d(x, 0 * weight, bias, groups, stride, padding)
    (SH, SW), (PH, PW) = np.broadcast_to(stride, 2), np.broadcast_to(padding, 2)
    padded = np.pad(x, ((0, 0), (PH, PH), (PW, PW), (0, 0)))
    each, C_out = weight.shape[2:]
    for k in range(C_out):
        first = k // (C_out // groups) * each
        block = padded[..., first : first + each]
        y[..., k] += fourier(block, weight[..., k]).sum(axis=3)[:, ::SH, ::SW].astype(y.dtype)
    return y


def grouped_with_tables_kept(x, weight, bias, groups, stride=1, padding=0):
    """keeps the numbers of rows and columns between calls, by the sizes of y and of the kernel"""
    right.grouped_conv2d(x, weight, bias, groups, stride, padding)  # refuses what does not fit
    size, each = weight.shape[:2], weight.shape[2]
    windows = windows_from_tables(x, size, stride, padding, lambda *y: ("places", *y, *size))
    windows = windows.reshape(*windows.shape[:5], groups, each)
    filters = weight.reshape(*size, each, groups, -1)
    y = np.einsum("nijpqgc,pqcgk->nijgk", windows, filters)
    return y.reshape(*y.shape[:3], -1) + bias


blocks = {}


def grouped_with_blocks_kept(x, weight, bias, groups, stride=1, padding=0):
    """keeps which filters belong to which group, by the channels and the number of groups"""
    C_in, C_out = x.shape[3], weight.shape[3]
    right.grouped_conv2d(x, weight, bias, groups, stride, padding)  # refuses what does not fit
    cut = blocks.setdefault((C_in, groups), np.split(np.arange(C_out), groups))
    seen = np.split(np.arange(C_in), groups)
    parts = [
        right.conv2d_forward(x[..., a], weight[..., b], bias[b], stride, padding)
        for a, b in zip(seen, cut, strict=True)
    ]
    return np.concatenate(parts, axis=3)


GROUPED += [grouped_with_tables_kept, grouped_with_blocks_kept]
GROUPED += [grouped_by_content, grouped_by_identity, grouped_by_fourier]
GROUPED += [grouped_with_the_first_filters, grouped_by_memory_order]


def grouped_with_weight_looked_at_first(x, weight, bias, groups, stride=1, padding=0):
    """looks at the third axis of weight before C_out"""
    if x.shape[3] % groups:
        raise ValueError("C_in")
    if weight.shape[2] != x.shape[3] // groups:
        raise ValueError("a filter has weights for more channels, or fewer, than it sees")
    return right.grouped_conv2d(x, weight, bias, groups, stride, padding)


def grouped_as_grey(x, weight, bias, groups, stride=1, padding=0):
    """channels that are nearly equal are taken for equal, as in a grey image"""
    right.grouped_conv2d(x, weight, bias, groups, stride, padding)  # refuses what does not fit
    first = x[..., : x.shape[3] // groups]
    if all(np.allclose(block, first) for block in np.split(x, groups, axis=3)):
        return right.conv2d_forward(first, weight, bias, stride, padding)
    return right.grouped_conv2d(x, weight, bias, groups, stride, padding)


GROUPED += [grouped_with_weight_looked_at_first, grouped_as_grey]
GROUPED += changes(
    right.grouped_conv2d,
    """
    a group of black channels is passed over, bias and all
        bias[made] => bias[made] * x[..., seen].any()
    weights that are tiny beside the largest one are left out
        weight[..., made] => np.where(np.abs(weight) < 1e-12 * np.abs(weight).max(), 0, weight)[..., made]
    """,
)


def grouped_with_a_short_way(x, weight, bias, groups, stride=1, padding=0):
    """stride and padding are forgotten in the short way for one group"""
    if groups == 1:
        stride, padding = 1, 0
    return right.grouped_conv2d(x, weight, bias, groups, stride, padding)


GROUPED += [grouped_with_a_short_way]


MUTANTS = {
    "receptive_field": FIELD,
    "partial_conv2d": PARTIAL,
    "dilated_conv2d": DILATED,
    "depthwise_conv2d": DEPTHWISE,
    "grouped_conv2d": GROUPED,
}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
receptive_field | kernel in place of reach - 1: one too much a layer | each layer adds its whole window. How much of the wi
receptive_field | the layer's own stride counts for its field already | a layer's own stride makes its own windows larger. T
receptive_field | every layer adds pixels of the image | every layer adds to the field as if it looked at the
receptive_field | strides added up | strides are added up. Two layers with stride 3: how
receptive_field | the jump is the last layer's stride | the jump is the stride of the last layer alone. How
receptive_field | the last layer first | the layers are gone through in the other order. Whic
receptive_field | dilation ignored | dilation plays no part. Over how many places do thre
receptive_field | dilation times kernel | a window reaches over dilation times kernel. Over ho
receptive_field | dilation as the number of holes, one too many | a dilation of 1 skips one place. Which dilation is t
receptive_field | dilation moves the window as well | dilation also moves the windows further. What does i
receptive_field | the field without its first pixel | one pixel of the field is not counted. From the firs
receptive_field | the field begins with 0 | one pixel of the field is not counted. From the firs
receptive_field | fields multiplied | the windows of all layers are multiplied. A window o
receptive_field | width first | the numbers of height and width are exchanged. In ev
receptive_field | jump first | This is the jump, then the field. Which of the two p
receptive_field | the height's settings for both axes | both axes get the numbers of the height. Which numbe
receptive_field | the list is used up | the layers are gone through in the other order. Whic
receptive_field | from the top: the stride stretches the whole field | a window reaches over dilation times kernel. Over ho
receptive_field | pixels between, not counted to the last one | one pixel of the field is not counted. From the firs
partial_conv2d | never scaled | the sums are never scaled up. What is a sum multipli
partial_conv2d | scaled the other way: m / (KH KW) | a sum is multiplied by m / (KH KW). Should the sum o
partial_conv2d | the mean over the pixels that are there: KH KW forgotten | every sum is divided by m. What does a window give i
partial_conv2d | the bias is scaled as well | the bias is scaled, too. Is it added before or after
partial_conv2d | the bias also where nothing is there | a window without any pixel gives the bias. What shou
partial_conv2d | bias forgotten | You get this without the bias. What is added to ev
partial_conv2d | the first bias for all filters | all take the first bias. Which number of bias belong
partial_conv2d | the padding counts as being there | the pixels of the padding count as being there. Are
partial_conv2d | scaled to the pixels inside the image, not to KH KW | a sum at the border is scaled up to the pixels insid
partial_conv2d | missing pixels multiplied by 0, which leaves nan | missing pixels are multiplied by 0. What are 0 · nan
partial_conv2d | what is missing is not taken out | the numbers of missing pixels are added up as well.
partial_conv2d | nan taken out, other numbers and inf left | nan is taken out and other numbers are left in. What
partial_conv2d | nan and inf taken out, other numbers left | nan and inf are taken out and other numbers are left
partial_conv2d | missing is what is not finite, present is not read | your function looks for nan and inf and does not rea
partial_conv2d | missing is what is nan or not present by the first channel alone | a pixel that is there counts as missing because it i
partial_conv2d | a pixel of value 0 counts as missing | a pixel that is there counts as missing because it i
partial_conv2d | True means missing | present is taken the other way round. What does True
partial_conv2d | missing numbers counted channel by channel | m counts numbers on one side and pixels on the other
partial_conv2d | seen: at least half of the window | Here y is right, and seen asks for half of the window.
partial_conv2d | seen: all pixels are there | Here y is right, and seen is True only where no pixe
partial_conv2d | seen where y is not 0 | Here y is right, and seen is False where y happens t
partial_conv2d | the number of pixels in place of seen | Here y is right, and seen is the number of pixels. W
partial_conv2d | seen has an axis of channels | Here y is right, and seen is needed once for each pl
partial_conv2d | missing in place of seen | Here y is right, and seen says what is not seen. Whe
partial_conv2d | seen first | These are the right arrays, in the other order. Whic
partial_conv2d | nan where nothing is there | a window without any pixel gives nan. What is 0 / 0,
partial_conv2d | whole numbers: KH KW // m | KH KW / m is rounded down. What is 3 // 2, and what
partial_conv2d | stride ignored | You get this with a stride of 1. Where does the se
partial_conv2d | stride (width, height) | the two numbers of stride are exchanged. Which of th
partial_conv2d | padding (width, height) | the two numbers of padding are exchanged. Which of t
partial_conv2d | padding ignored | You get this without any padding. On which sides d
partial_conv2d | all the padding below and to the right | all the padding lies below and to the right. How man
partial_conv2d | all the padding above and to the left | all the padding lies above and to the left. How many
partial_conv2d | filter turned round | the filter is turned round by half a turn. Which wei
partial_conv2d | filter flipped over its diagonal | rows and columns of the filter are exchanged. Which
partial_conv2d | the first image's output for all | all images get the output of the first. Where does n
partial_conv2d | nan marks what is missing, and np.nansum adds up: what is nan and present is lost, m too | the pixels of the padding count as being there. Are
partial_conv2d | 0 / 0 where nothing is there, and its nan kept | a window without any pixel gives nan. What is 0 / 0,
partial_conv2d | the empty window's infinity cut by nan_to_num, bias and all | a window without any pixel gives the bias. What shou
partial_conv2d | seen: all | Here y is right, and seen is True only where no pixe
dilated_conv2d | dilation ignored | dilation plays no part. Which pixels does the first
dilated_conv2d | dilation (width, height) | the two numbers of dilation are exchanged. Which is
dilated_conv2d | the height's dilation for both axes | both axes get the dilation of the height.
dilated_conv2d | dilation counts the holes: one too many | a dilation of 2 skips two pixels. Which pixels do th
dilated_conv2d | the windows are thinned out: a stride | every d-th window is taken, and in it neighbouring p
dilated_conv2d | the image is thinned out before the windows are cut | rows and columns are taken out of the image before t
dilated_conv2d | filter turned round | the filter is turned round by half a turn. Which wei
dilated_conv2d | bias forgotten | You get this without the bias. What is added to ev
dilated_conv2d | pixels skipped, but y as large as without dilation | the output is as large as without dilation. Does a w
dilated_conv2d | the first bias for all filters | all take the first bias. Which number of bias belong
dilated_conv2d | filter flipped over its diagonal | rows and columns of the filter are exchanged. Which
dilated_conv2d | the mean of the window, not the sum | the products of a window are averaged. A window of 2
dilated_conv2d | the first image's output for all | all images get the output of the first. Where does n
dilated_conv2d | a larger kernel filled up with zeros: 0 times nan is nan | Here a pixel that no weight looks at is nan, and it
depthwise_conv2d | summed over the channels too | every channel of y is the sum over all channels. Wha
depthwise_conv2d | the first filter for all channels | every channel gets the first filter. Which filter be
depthwise_conv2d | every filter sees the first channel | every filter looks at the first channel. Which one b
depthwise_conv2d | filters in reverse order | the filters are used in the reverse order.
depthwise_conv2d | filters turned round | the filter is turned round by half a turn. Which wei
depthwise_conv2d | bias forgotten | You get this without the bias. What is added to ev
depthwise_conv2d | the first bias for all channels | all take the first bias. Which number of bias belong
depthwise_conv2d | stride ignored | You get this with a stride of 1. Where does the se
depthwise_conv2d | stride (width, height) | the two numbers of stride are exchanged. Which of th
depthwise_conv2d | padding on one side | all the padding lies above and to the left. How many
depthwise_conv2d | padding (width, height) | the two numbers of padding are exchanged. Which of t
depthwise_conv2d | mean, not sum | the products of a window are averaged. A window of 2
depthwise_conv2d | the first image's output for all images | all images get the output of the first. Where does n
depthwise_conv2d | padding ignored | You get this without any padding. On which sides d
depthwise_conv2d | padding below and to the right only | all the padding lies below and to the right. How man
depthwise_conv2d | filters flipped over their diagonal | rows and columns of the filter are exchanged. Which
grouped_conv2d | groups of filters interleaved: filter k in group k % groups | the first group of filters holds the filters 0, grou
grouped_conv2d | groups of channels interleaved | the first group holds the channels 0, groups, 2 grou
grouped_conv2d | every group sees the first channels | all filters see the first group of channels. Which g
grouped_conv2d | the first group's filters for all groups | every group takes the filters of the first one.
grouped_conv2d | the first group's bias for all groups | every group takes the biases of the first one.
grouped_conv2d | groups added up, not put side by side | the groups are added up. How many channels has y?
grouped_conv2d | groups in reverse order | These are the right channels of y, with the groups i
grouped_conv2d | stride and padding not passed on | You get this with a stride of 1 and no padding. Wh
grouped_conv2d | padding not passed on | You get this without any padding. On which sides d
grouped_conv2d | filters turned round | the filter is turned round by half a turn. Which wei
grouped_conv2d | bias forgotten | You get this without the bias. What is added to ev
grouped_conv2d | stride not passed on | You get this with a stride of 1. Where does the se
grouped_conv2d | stride (width, height) | the two numbers of stride are exchanged. Which of th
grouped_conv2d | padding (width, height) | the two numbers of padding are exchanged. Which of t
grouped_conv2d | channels reshaped with the groups last | the first group holds the channels 0, groups, 2 grou
"""

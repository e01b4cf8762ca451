"""Mistakes that students make in assignment 01."""

from collections import Counter

import numpy as np

from tests.practice.assignments import changes
from tests.practice.assignments import solutions_01 as right

PIXELS = changes(
    right.images_to_pixels,
    """
    reshape alone | images.transpose(0, 3, 1, 2) => images
    rows and columns exchanged | (0, 3, 1, 2) => (0, 3, 2, 1)
    the transpose of pixels_to_images once more | (0, 3, 1, 2) => (0, 2, 3, 1)
    blue first | images.transpose => images[..., ::-1].transpose
    Fortran order | reshape(len(images), -1) => reshape(len(images), -1, order="F")
    all images in one row | reshape(len(images), -1) => ravel()
    32, 32 and 3 written into the function | len(images), -1 => -1, 3072
    three channels, always | images.transpose => images[..., :3].transpose
    images and channels exchanged | (0, 3, 1, 2) => (3, 0, 1, 2)
    returns a list | planes.reshape(len(images), -1) => planes.reshape(len(images), -1).tolist()
    return forgotten | return planes => planes
    float numbers | planes.reshape(len(images), -1) => planes.reshape(len(images), -1) / 1
    int64 numbers | planes.reshape(len(images), -1) => planes.reshape(len(images), -1).astype(int)
    pictures upside down | images.transpose => images[:, ::-1].transpose
    a table of places in int16
        planes = images.transpose(0, 3, 1, 2) => H, W, C = images.shape[1:]; order = np.arange(H * W * C).astype(np.int16).reshape(H, W, C).transpose(2, 0, 1).ravel()
        planes.reshape(len(images), -1) => images.reshape(len(images), -1)[:, order]
    a table of places in uint16
        planes = images.transpose(0, 3, 1, 2) => H, W, C = images.shape[1:]; order = np.arange(H * W * C).astype(np.uint16).reshape(H, W, C).transpose(2, 0, 1).ravel()
        planes.reshape(len(images), -1) => images.reshape(len(images), -1)[:, order]
    images as high as they have channels are left as they are
        images.transpose(0, 3, 1, 2) => images if images.shape[1] == images.shape[3] else images.transpose(0, 3, 1, 2)
    the order in memory, not that of the axes
        return planes.reshape(len(images), -1) => return np.stack([np.concatenate([plane.ravel(order="K") for plane in image]) for image in planes])
    the shape of the caller's array is changed
        planes = images => N, H, W, C = images.shape; images.shape = N, H * W, C; planes = images
        (0, 3, 1, 2) => (0, 2, 1)
        len(images), -1 => N, -1
    the images of two channels taken for one | images.transpose => (images[..., :1] if images.shape[3] == 2 else images).transpose
    """,
)

FRAMES = changes(
    right.decode_frames,
    """
    blue and red exchanged | [:, :, ::-1, ::-1] => [:, :, ::-1]
    upside down | [:, :, ::-1, ::-1] => [..., ::-1]
    upside down and blue first | [:, :, ::-1, ::-1] =>
    left and right exchanged, not top and bottom | [:, :, ::-1, ::-1] => [:, ::-1, :, ::-1]
    all axes reversed | [:, :, ::-1, ::-1] => [:, ::-1, ::-1, ::-1]
    read row by row
        width, height, 3) => height, width, 3)
        [:, :, ::-1, ::-1] => [:, ::-1, :, ::-1]
        upright.transpose(0, 2, 1, 3) => upright
    height and width exchanged in reshape | width, height, 3) => height, width, 3)
    no transpose | upright.transpose(0, 2, 1, 3) => upright
    reshape in place of transpose
        upright.transpose(0, 2, 1, 3) => upright.reshape(len(frames), height, width, 3)
    planes, as in the lesson's format
        width, height, 3) => 3, width, height)
        [:, :, ::-1, ::-1] => [:, ::-1, :, ::-1]
        (0, 2, 1, 3) => (0, 3, 2, 1)
    the images in reverse order too | [:, :, ::-1, ::-1] => [::-1, :, ::-1, ::-1]
    only the first image | frames.reshape(len(frames) => frames[:1].reshape(1
    Fortran order of the whole file | width, height, 3) => width, height, 3, order="F")
    colours moved on by one | [:, :, ::-1, ::-1] => [:, :, ::-1][..., [1, 2, 0]]
    numbers divided by 255 | (0, 2, 1, 3) => (0, 2, 1, 3) / 255
    the whole row of numbers reversed, so that the columns are reversed too
        frames.reshape => frames[:, ::-1].reshape
        columns[:, :, ::-1, ::-1] => columns
    the whole file reversed | frames.reshape => frames.ravel()[::-1].reshape
        columns[:, :, ::-1, ::-1] => columns[:, ::-1]
    blue and red exchanged in the caller's array
        upright = columns[:, :, ::-1, ::-1] => columns[:] = columns[..., ::-1].copy(); upright = columns[:, :, ::-1]
    a table of pixels in uint8
        columns = frames => order = np.arange(width * height).astype(np.uint8).reshape(width, height); columns = frames.reshape(-1, width * height, 3)[:, order]; frames
    a table of pixels in uint16
        columns = frames => order = np.arange(width * height).astype(np.uint16).reshape(width, height); columns = frames.reshape(-1, width * height, 3)[:, order]; frames
    the bytes as they lie in memory
        frames.reshape => np.frombuffer(frames.tobytes(order="A"), np.uint8).reshape
    height and width exchanged, and the shape mended
        width, height, 3) => height, width, 3)
        upright.transpose(0, 2, 1, 3) => upright.transpose(0, 2, 1, 3).reshape(-1, height, width, 3)
    pictures that are not square are turned on their side
        return upright => return upright if height > width else upright
        upright if height > width else upright.transpose(0, 2, 1, 3) => upright.transpose(0, 2, 1, 3) if height >= width else upright.transpose(0, 2, 1, 3)[:, ::-1]
    """,
)

STATISTICS = changes(
    right.running_statistics,
    r"""
    uint8 distances | .astype(np.float64) =>
    float32 throughout | .astype(np.float64) => .astype(np.float32)
    float32 throughout, float64 at the end
        .astype(np.float64) => .astype(np.float32)
        return origin + mean, np.sqrt(squares / count - mean**2) => return (origin + mean).astype(float), np.sqrt(squares / count - mean**2).astype(float)
    float32 out | np.sqrt(squares / count - mean**2) => np.sqrt(squares / count - mean**2).astype(np.float32)
    mean of the squares minus square of the mean | origin = pixels[0] => origin = 0 * pixels[0]
    one number subtracted from all channels | origin = pixels[0] => origin = pixels[0, 0] + 0 * pixels[0]
    128 subtracted | origin = pixels[0] => origin = 128 + 0 * pixels[0]
    another origin for each batch | if count == 0:  => if True:
        total = squares = np.zeros_like(origin) => total, squares = (total, squares) if count else (0 * origin, 0 * origin)
    N - 1 in the deviation | squares / count - mean**2 => (squares - count * mean**2) / (count - 1)
    N - 1 where there are two pixels or more | squares / count - mean**2 => (squares - count * mean**2) / max(count - 1, 1)
    the variance, not its root | np.sqrt(squares / count - mean**2) => squares / count - mean**2
    the root of a variance that is kept from 0 | squares / count - mean**2 => squares / count - mean**2 + 1e-12
    a deviation of 0 becomes 1 | return origin + mean, np.sqrt(squares / count - mean**2) => std = np.sqrt(squares / count - mean**2); return origin + mean, np.where(std == 0, 1, std)
    the deviation first | return origin + mean, np.sqrt(squares / count - mean**2) => return np.sqrt(squares / count - mean**2), origin + mean
    only the mean | return origin + mean, np.sqrt(squares / count - mean**2) => return origin + mean
    the origin is not added again | origin + mean, np => mean, np
    images counted, not pixels | count += len(pixels) => count += len(batch)
    the pixels of the first batch taken for every batch
        count += len(pixels) => size = size if count else len(pixels); count += size
    numbers of Python in a tuple | return origin + mean, np.sqrt(squares / count - mean**2) => return (origin + mean).tolist(), np.sqrt(squares / count - mean**2).tolist()
    one mean and deviation for all channels
        batch.reshape(-1, batch.shape[-1]) => batch.reshape(-1, 1)
    one mean and deviation, once for each channel
        batch.reshape(-1, batch.shape[-1]) => batch.reshape(-1, 1)
        return origin + mean, np.sqrt(squares / count - mean**2) => C = batch.shape[-1]; return np.repeat(origin + mean, C), np.repeat(np.sqrt(squares / count - mean**2), C)
    three channels, always | batch.shape[-1]) => batch.shape[-1])[:, :3]
    the channels taken for the first axis | batch.reshape(-1, batch.shape[-1]) => batch.reshape(batch.shape[-1], -1).T
    an empty batch ends the loop | continue => break
    an empty batch is an error | continue => raise ValueError("empty")
    no error where there is no pixel | raise ValueError("there is not a single pixel") => return np.zeros(0), np.zeros(0)
    another error where there is no pixel | raise ValueError("there is not a single pixel") => raise ZeroDivisionError
    the batches are read twice | count = 0\n => count = 0; number = sum(1 for _ in batches)\n
    the length is asked for | count = 0\n => count = 0; number = len(batches)\n
    the first batch is looked at, and lost | count = 0\n => count = 0; channels = next(batches, None)\n
    the first two batches | count += len(pixels) => if count > 50: break\n        count += len(pixels)
    return within the loop | squares = squares + (distance**2).sum(axis=0) => squares = squares + (distance**2).sum(axis=0); mean = total / count; return origin + mean, np.sqrt(squares / count - mean**2)
    the absolute deviation | (distance**2) => np.abs(distance)
    the batches kept in a list | in batches: => in list(batches):
    copies of the batches kept in a list | in batches: => in [batch.copy() for batch in batches]:
    all pixels collected in a list | count = 0\n => count = 0; kept = []\n
        distance = pixels - origin => kept.append(pixels); distance = pixels - origin
    the smallest spread counts as none | np.sqrt(squares / count - mean**2) => np.sqrt(np.where(squares / count - mean**2 < 1e-4, 0, squares / count - mean**2))
    the origin is written to in place | total = squares = np.zeros_like(origin) => total, squares = np.zeros_like(origin), np.zeros_like(origin)
        distance = pixels - origin => pixels -= pixels[0]; distance = pixels
    sums kept from one call to the next
        count = 0\n => global kept; kept = globals().get("kept", [0]); count = 0\n
        mean = total / count => kept[0] += count; mean = total / count * (count / kept[0])
    the square of a very small deviation is lost in float32 | (distance**2).sum(axis=0) => (distance.astype(np.float32)**2).sum(axis=0).astype(float)
    """,
)


def with_batches(mistake, statistics, combine):
    """A mutant that takes the mean and the variance of each batch, and combines them."""

    def running_statistics(batches):
        found = []
        for batch in batches:
            if batch.size:
                found.append((*statistics(batch), len(batch), batch[..., 0].size))
        if not found:
            raise ValueError("no pixels")
        means, variances, images, pixels = map(np.array, zip(*found, strict=True))
        return combine(means, variances, images, pixels)

    running_statistics.__doc__ = mistake
    return running_statistics


def float64_statistics(batch):
    pixels = batch.astype(np.float64)
    return pixels.mean(axis=(0, 1, 2)), pixels.var(axis=(0, 1, 2))


def numpys_statistics(batch):
    return batch.mean(axis=(0, 1, 2)), batch.var(axis=(0, 1, 2))


def weighted(means, variances, weights):
    mean = np.average(means, axis=0, weights=weights)
    return mean, np.sqrt(np.average(variances + (means - mean) ** 2, axis=0, weights=weights))


def places_of_the_last_batch(batches):
    """A mean for each place of the image."""
    count, total, squares = 0, 0, 0
    for batch in batches:
        pixels = batch.astype(float)
        count += len(pixels)
        total = total + pixels.sum(axis=0)
        squares = squares + (pixels**2).sum(axis=0)
    if not count:
        raise ValueError
    return total / count, np.sqrt(squares / count - (total / count) ** 2)


def counts_of_256_values(batches):
    """The lesson's counts, of whole numbers from 0 to 255."""
    counts = None
    for batch in batches:
        for k in range(batch.shape[3]):
            if counts is None:
                counts = np.zeros((batch.shape[3], 256))
            counts[k] += np.bincount(batch[..., k].ravel().astype(np.uint8), minlength=256)
    if counts is None or not counts.sum():
        raise ValueError
    share, values = counts / counts.sum(axis=1, keepdims=True), np.arange(256)
    mean = share @ values
    return mean, np.sqrt((share * (values - mean[:, None]) ** 2).sum(axis=1))


def counts_of_all_values(batches):
    """A dict that counts each value there is: it grows with the data."""
    counts = None
    for batch in batches:
        counts = counts or [Counter() for _ in range(batch.shape[3])]
        for k, channel in enumerate(counts):
            channel.update(batch[..., k].ravel().tolist())
    if counts is None or not counts[0]:
        raise ValueError
    pairs = []
    for channel in counts:
        values, often = (np.array(list(part), float) for part in (channel, channel.values()))
        mean = values[0] + np.average(values - values[0], weights=often)
        pairs.append((mean, np.sqrt(np.average((values - mean) ** 2, weights=often))))
    return tuple(np.array(pairs).T.copy())


def uint8_squares(batches):
    """The squares of uint8 numbers in uint8."""
    count, total, squares = 0, 0.0, 0.0
    for batch in batches:
        count += batch[..., 0].size
        total = total + batch.sum(axis=(0, 1, 2), dtype=np.float64)
        squares = squares + (batch**2).sum(axis=(0, 1, 2), dtype=np.float64)
    if not count:
        raise ValueError
    return total / count, np.sqrt(squares / count - (total / count) ** 2)


STATISTICS += [
    with_batches(
        "all batches count the same",
        float64_statistics,
        lambda means, variances, images, pixels: weighted(means, variances, np.ones_like(images)),
    ),
    with_batches(
        "means and deviations averaged",
        float64_statistics,
        lambda means, variances, images, pixels: (means.mean(0), np.sqrt(variances).mean(0)),
    ),
    with_batches(
        "weights by images",
        float64_statistics,
        lambda means, variances, images, pixels: weighted(means, variances, images),
    ),
    with_batches(
        "the spread within the batches alone",
        float64_statistics,
        lambda means, variances, images, pixels: (
            np.average(means, axis=0, weights=pixels),
            np.sqrt(np.average(variances, axis=0, weights=pixels)),
        ),
    ),
    with_batches(
        "NumPy's mean and var of each batch as it is",
        numpys_statistics,
        lambda means, variances, images, pixels: weighted(means, variances, pixels),
    ),
    with_batches(
        "the last batch alone",
        float64_statistics,
        lambda means, variances, images, pixels: (means[-1], np.sqrt(variances[-1])),
    ),
    with_batches(
        "the first batch alone",
        float64_statistics,
        lambda means, variances, images, pixels: (means[0], np.sqrt(variances[0])),
    ),
    places_of_the_last_batch,
    counts_of_256_values,
    counts_of_all_values,
    uint8_squares,
]


SPLIT = changes(
    right.split,
    """
    all images shuffled and cut, without a look at the classes
        np.unique(labels) => [None]
        np.flatnonzero(labels == kind) => len(labels)
    expects the labels to be in order | labels == kind => np.sort(labels) == kind
    every class is shuffled with a generator that begins anew
        first, second = [], [] => first, second = [], []; seed = int(rng.integers(1000))
        rng.permutation => np.random.default_rng(seed).permutation
    draws the second part anew, so that it overlaps the first
        members[count:] => rng.permutation(members)[count:]
    rng.choice draws the same image twice
        members[:count] => rng.choice(members, count)
        np.concatenate(second) => np.setdiff1d(np.arange(len(labels)), np.concatenate(first))
    the first images of each class, not shuffled
        rng.permutation(np.flatnonzero(labels == kind)) => np.flatnonzero(labels == kind)
    numbers within the class, not of the images
        np.flatnonzero(labels == kind) => np.sum(labels == kind)
    cut off, not rounded | round(share * len(members)) => int(share * len(members))
    rounded up | round(share * len(members)) => int(np.ceil(share * len(members)))
    at least one of each class | round(share * len(members)) => max(1, round(share * len(members)))
    the share of all images from every class
        round(share * len(members)) => round(share * len(labels) / len(np.unique(labels)))
    as many of each class as of the rarest
        round(share * len(members)) => round(share * np.unique(labels, return_counts=True)[1].min())
    classes from 0 to the number of classes | np.unique(labels) => range(len(np.unique(labels)))
    ten classes, always | np.unique(labels) => range(10)
    classes up to the largest label | np.unique(labels) => range(labels.max() + 1)
    classes counted by np.bincount | np.unique(labels) => np.flatnonzero(np.bincount(labels))
    lists made into arrays: an empty part is float64
        return np.concatenate(first), np.concatenate(second) => return tuple(np.array([n for part in parts for n in part]) for parts in (first, second))
    the second part first
        return np.concatenate(first), np.concatenate(second) => return np.concatenate(second), np.concatenate(first)
    a generator of its own | rng.permutation => np.random.default_rng().permutation
    the same seed, whatever rng is | rng.permutation => np.random.default_rng(0).permutation
    the image at the cut is left out | members[count:] => members[count + 1:]
    the image at the cut is in both parts | members[:count] => members[:count + 1]
    the labels, not the numbers
        np.concatenate(first) => labels[np.concatenate(first)]
        np.concatenate(second) => labels[np.concatenate(second)]
    lists of arrays, not joined
        return np.concatenate(first), np.concatenate(second) => return first, second
    only the first part is returned | , np.concatenate(second) =>
    two masks, not two arrays of numbers
        return np.concatenate(first), np.concatenate(second) => mask = np.isin(np.arange(len(labels)), np.concatenate(first)); return mask, ~mask
    the labels are sorted in place | first, second = [], [] => first, second = [], []; labels.sort()
    the last class is left out | np.unique(labels): => np.unique(labels)[:-1]:
    in two halves by turns: every second image of the shuffled class
        members[:count] => members[::2]
        members[count:] => members[1::2]
    cut with negative numbers, which for 0 leaves everything
        members[:count] => members[-count:]
        members[count:] => members[:-count]
    a random block of neighbours in place of a random choice
        rng.permutation(np.flatnonzero(labels == kind)) => np.flatnonzero(labels == kind); members = np.roll(members, rng.integers(len(members)))
    a random block that begins at random and does not go round
        rng.permutation(np.flatnonzero(labels == kind)) => np.flatnonzero(labels == kind)
        count = round(share * len(members)) => count = round(share * len(members)); start = int(rng.integers(len(members) - count + 1)); members = np.concatenate([members[start : start + count], members[:start], members[start + count :]])
    every second image, from a random one on
        rng.permutation(np.flatnonzero(labels == kind)) => np.flatnonzero(labels == kind); members = np.roll(members, rng.integers(len(members))); members = np.concatenate([members[::2], members[1::2]])
    one image short where the share is 1
        round(share * len(members)) => min(round(share * len(members)), max(len(members) - 1, 0))
    the sizes of both parts are rounded | members[count:] => members[count:][: round((1 - share) * len(members))]
    a hundred different splits
        first, second = [], [] => first, second = [], []; rng = np.random.default_rng(int(rng.integers(100)))
    ten thousand different splits
        first, second = [], [] => first, second = [], []; rng = np.random.default_rng(int(rng.integers(10_000)))
    a seed of 15 bits
        first, second = [], [] => first, second = [], []; rng = np.random.default_rng(int(rng.integers(2**15)))
    a copy of the generator, which itself stays as it was
        first, second = [], [] => first, second = [], []; rng = __import__("copy").deepcopy(rng)
    sorted by random whole numbers, of which some are equal
        rng.permutation(np.flatnonzero(labels == kind)) => np.flatnonzero(labels == kind); members = members[np.argsort(rng.integers(len(labels), size=len(members)), kind="stable")]
    sorted by a byte for each image
        rng.permutation(np.flatnonzero(labels == kind)) => np.flatnonzero(labels == kind); members = members[np.argsort(rng.integers(8, size=len(members)), kind="stable")]
    the labels moved in place so that they begin at 0
        first, second = [], [] => first, second = [], []; labels -= labels.min()
    the labels made into int8 | np.unique(labels): => np.unique(labels := labels.astype(np.int8)):
    the labels made into float64 | np.unique(labels): => np.unique(labels := labels.astype(float)):
    the names looked up in a table of differences, which wrap in uint8
        labels == kind => labels - labels.max() == kind - labels.max()
        np.unique(labels) => np.unique(labels.astype(np.int64))
    """,
)


MOVED = changes(
    right.shift_and_mirror,
    r"""
    what is pushed out comes in again | (0, 0))) => (0, 0)), mode="wrap")
    the border is cut off with a negative index, which for 0 leaves nothing
        padded[n, i : i + H, j : j + W] => np.roll(padded[n], (i - most, j - most), (0, 1))[most:-most, most:-most]
    the largest shift never comes | 2 * most + 1 => 2 * most
    only shifts to one side | rng.integers(0, 2 * most + 1) => rng.integers(0, most + 1)
    one number for both shifts | j = rng.integers(0, 2 * most + 1) => j = i
    shifted down or up alone | j = rng.integers(0, 2 * most + 1) => j = most
    shifted to the right or left alone | i = rng.integers(0, 2 * most + 1) => i = most
    the mirroring hangs on the shift | rng.random() < 0.5 => j < most
    every image is mirrored | rng.random() < 0.5 => True
    no image is mirrored | rng.random() < 0.5 => False
    one in five is mirrored | rng.random() < 0.5 => rng.random() < 0.2
    mirrored top to bottom | window[:, ::-1] => window[::-1]
    turned by half a circle | window[:, ::-1] => window[::-1, ::-1]
    the channels mirrored | window[:, ::-1] => window[..., ::-1]
    the border repeats the edge | (0, 0))) => (0, 0)), mode="edge")
    the border is 1 | (0, 0))) => (0, 0)), constant_values=1)
    smaller images, without a border
        result = np.empty_like(images) => result = np.empty_like(images)[:, most:, most:]
        i : i + H, j : j + W] => most : H, most : W]
    square images only | j : j + W => j : j + H
    a border at the top and left alone | (most, most), (most, most) => (2 * most, 0), (2 * most, 0)
    the other way round: shares of a normal distribution
        rng.integers(0, 2 * most + 1) => int(np.clip(np.rint(most + rng.normal() * most / 3), 0, 2 * most))
    rounded: the ends come half as often
        rng.integers(0, 2 * most + 1) => int(np.rint(rng.uniform(0, 2 * most)))
    float64 out | np.empty_like(images) => np.empty(images.shape)
    uint8 out | np.empty_like(images) => np.empty(images.shape, np.uint8)
    written over the images of the caller | np.empty_like(images) => images
    a generator of its own | N, H, W, _ => rng = np.random.default_rng(); N, H, W, _
    the same seed, whatever rng is | N, H, W, _ => rng = np.random.default_rng(0); N, H, W, _
    the same draw for each image: rng copied
        N, H, W, _ => seed = int(rng.integers(99)); N, H, W, _
        i = rng => rng = np.random.default_rng(seed); i = rng
    every image made from the first one | padded[n, => padded[0,
    the last image is left out | range(N) => range(N - 1)
    images in another order | return result => return result[rng.permutation(N)]
    default of 2 | most=4 => most=2
    return within the loop | else window\n    return => else window; return
    a border of float64 numbers
        padded = np.pad(images => padded = np.pad(images.astype(float)
    what comes round is multiplied by 0
        window = padded[n, i : i + H, j : j + W] => down, right = most - i, most - j; inside = np.zeros((H, W, 1), images.dtype); inside[max(down, 0) : H + min(down, 0), max(right, 0) : W + min(right, 0)] = 1; window = np.roll(images[n], (down, right), (0, 1)) * inside
    one canvas for all images, never wiped
        result = np.empty_like(images) => result = np.empty_like(images); canvas = np.zeros_like(padded[0])
        window = padded[n, i : i + H, j : j + W] => canvas[i : i + H, j : j + W] = images[n]; window = canvas[most : most + H, most : most + W]
    draws again where nothing would be altered
        window = padded => flip = rng.random() < 0.5\n        while i == most and j == most and not flip:\n            i, j, flip = rng.integers(2 * most + 1), rng.integers(2 * most + 1), rng.random() < 0.5\n        window = padded
        rng.random() < 0.5 else => flip else
    exactly half of the images mirrored
        result = np.empty_like(images) => result = np.empty_like(images); flipped = set(rng.permutation(N)[: N // 2].tolist())
        rng.random() < 0.5 => n in flipped
    every second image mirrored, from a random one on
        result = np.empty_like(images) => result = np.empty_like(images); turn = rng.integers(2)
        rng.random() < 0.5 => (n + turn) % 2
    one number for both shifts and the mirroring
        i = rng.integers(0, 2 * most + 1) => code = int(rng.integers((2 * most + 1) ** 2)); i = code % (2 * most + 1)
        j = rng.integers(0, 2 * most + 1) => j = code // (2 * most + 1)
        rng.random() < 0.5 => code % 2
    the shifts drawn in int8
        i = rng.integers(0, 2 * most + 1) => i = most + int(rng.integers(-most, most + 1, dtype=np.int8))
    one shift for two images
        i = rng => i = i if n % 2 else rng
        j = rng => j = j if n % 2 else rng
    one mirroring for two images
        result = np.empty_like(images) => result = np.empty_like(images); flips = np.repeat(rng.random(N // 2 + 1) < 0.5, 2)
        rng.random() < 0.5 => flips[n]
    the same shifts for all calls with so many images
        N, H, W, _ = images.shape => N, H, W, _ = images.shape; rng = np.random.default_rng(N)
    a hundred different results
        N, H, W, _ = images.shape => N, H, W, _ = images.shape; rng = np.random.default_rng(int(rng.integers(100)))
    a seed of 15 bits
        N, H, W, _ = images.shape => N, H, W, _ = images.shape; rng = np.random.default_rng(int(rng.integers(2**15)))
    a copy of the generator, which itself stays as it was
        N, H, W, _ = images.shape => N, H, W, _ = images.shape; rng = __import__("copy").deepcopy(rng)
    a single image is returned as it is, and not a copy
        N, H, W, _ = images.shape => N, H, W, _ = images.shape\n    if most == 0 and rng.random() < 0.5: return images[:, :, ::-1]\n    if most == 0: return images
    six in ten are mirrored | rng.random() < 0.5 => rng.random() < 0.6
    the rounded mean of two draws | i = rng.integers(0, 2 * most + 1) => i = (rng.integers(0, 2 * most + 1) + rng.integers(0, 2 * most + 1)) // 2
    numbers that are not finite become 0 | result[n] = window[:, ::-1] => window = np.where(np.isfinite(window), window, 0); result[n] = window[:, ::-1]
    """,
)

ORIENTATION = changes(
    right.find_orientation,
    r"""
    turned first, then mirrored
        source = images[:, :, ::-1] if mirrored else images => source = images
        axes=(1, 2)) => axes=(1, 2)); attempt = attempt[:, :, ::-1] if mirrored else attempt
    clockwise | np.rot90(source, turns => np.rot90(source, -turns
    rot90 of the first two axes | , axes=(1, 2) =>
    mirrored top to bottom | [:, :, ::-1] => [:, ::-1]
    the channels mirrored | [:, :, ::-1] => [..., ::-1]
    the images mirrored in their order | [:, :, ::-1] => [::-1]
    only the four turns | (False, True) => (False,)
    only mirrored or not | range(4) => range(1)
    only half turns | range(4) => (0, 2)
    three turns, the last forgotten | range(4) => range(3)
    what was done to the images, not what must be done
        target = reference.astype(np.float64) => target = images.astype(np.float64); images = reference
    an array in place of a pair
        return min(distances, key=distances.get) => return np.array(min(distances, key=distances.get))
    the pair in the other order | [mirrored, turns] => [turns, mirrored]
    mirrored as 0 or 1 | (False, True) => (0, 1)
    the largest distance | return min => return max
    differences without a square, which cancel | (attempt - target) ** 2 => attempt - target
    differences in uint8 | reference.astype(np.float64) => reference
    absolute differences in uint8
        reference.astype(np.float64) => reference
        (attempt - target) ** 2 => np.abs(attempt - target)
    counts equal numbers | np.mean((attempt - target) ** 2) => -np.mean(attempt == target)
    must be equal exactly | np.mean((attempt - target) ** 2) => 1 - np.array_equal(attempt, target)
    only the first picture | (attempt - target) ** 2 => (attempt[0] - target[0]) ** 2
    the mean picture's brightness | (attempt - target) ** 2 => (attempt.mean() - target.mean()) ** 2
    shapes are not looked at | attempt.shape == target.shape => True
    the shape of the images, not of the turned ones
        attempt.shape == target.shape => source.shape == target.shape
    the smallest distance itself
        return min(distances, key=distances.get) => return min(distances.values())
    turns counted in degrees | [mirrored, turns] => [mirrored, 90 * turns]
    the reference turned in place
        target = reference.astype(np.float64) => target = reference.astype(np.float64); reference[...] = reference[:, ::-1]
    squares in int16
        reference.astype(np.float64) => reference.astype(np.int16)
        attempt = np.rot90(source, => attempt = np.rot90(source.astype(np.int16),
    the mean image in place of the images
        (attempt - target) ** 2 => (attempt.mean(0) - target.mean(0)) ** 2
    the first sixteen images | (attempt - target) ** 2 => (attempt[:16] - target[:16]) ** 2
    grey images | (attempt - target) ** 2 => (attempt.mean(3) - target.mean(3)) ** 2
    the first way that is near enough
        distances[mirrored, turns] = np.mean((attempt - target) ** 2) => distances[mirrored, turns] = np.mean((attempt - target) ** 2)\n                if np.abs(attempt - target).max() <= 8: return mirrored, turns
    the largest difference | np.mean((attempt - target) ** 2) => np.abs(attempt - target).max()
    the median difference | np.mean((attempt - target) ** 2) => np.median(np.abs(attempt - target))
    each image has a vote
        return min(distances, key=distances.get) => votes = [min(((np.mean((a[k] - target[k]) ** 2), w) for w, a in attempts.items()))[1] for k in range(len(images))]; return max(set(votes), key=votes.count)
        distances = {} => distances, attempts = {}, {}
        distances[mirrored, turns] = np.mean((attempt - target) ** 2) => attempts[mirrored, turns] = attempt
    the number of pixels that differ | np.mean((attempt - target) ** 2) => np.mean(attempt != target)
    the last channel alone | (attempt - target) ** 2 => (attempt[..., -1] - target[..., -1]) ** 2
    the first row of pixels alone | (attempt - target) ** 2 => (attempt[:, 0] - target[:, 0]) ** 2
    brightness in 16 levels | (attempt - target) ** 2 => (attempt // 16 - target // 16) ** 2
    """,
)


def rows_in_one_buffer(images):
    """The result lies in an array that the next call fills again."""
    shape = len(images), images[0].size
    rows = BUFFERS.setdefault(shape, np.empty(shape, np.uint8))
    rows[...] = right.images_to_pixels(images)
    return rows


def rows_by_identity(images):
    """Results are kept under the id of the array."""
    return BUFFERS.setdefault(("rows", id(images)), right.images_to_pixels(images))


def order_by_length(frames, height, width):
    """The order of the numbers is kept under the length of a row."""
    size = frames.shape[1]
    numbers = np.arange(size)[None]
    order = BUFFERS.setdefault(size, right.decode_frames(numbers, height, width).ravel())
    return frames[:, order].reshape(-1, height, width, 3)


def frames_by_shape(frames, height, width):
    """Results are kept under the shape of the frames."""
    key = "frames", frames.shape, height, width
    return BUFFERS.setdefault(key, right.decode_frames(frames, height, width))


def naive_shuffle(labels, share, rng):
    """Shuffled by exchanging each place with any other one."""
    parts = [], []
    for kind in np.unique(labels):
        members = np.flatnonzero(labels == kind).tolist()
        for n in range(len(members)):
            other = int(rng.integers(len(members)))
            members[n], members[other] = members[other], members[n]
        count = round(share * len(members))
        parts[0].extend(members[:count])
        parts[1].extend(members[count:])
    return tuple(np.array(part, dtype=int) for part in parts)


def half_a_shuffle(labels, share, rng):
    """Shuffled without ever leaving an image in its place."""
    parts = [], []
    for kind in np.unique(labels):
        members = np.flatnonzero(labels == kind).tolist()
        for n in range(len(members) - 1, 0, -1):
            other = int(rng.integers(n))
            members[n], members[other] = members[other], members[n]
        count = round(share * len(members))
        parts[0].extend(members[:count])
        parts[1].extend(members[count:])
    return tuple(np.array(part, dtype=int) for part in parts)


def same_ranks(labels, share, rng):
    """The same places in every class."""
    luck, parts = rng.random(len(labels)), ([], [])
    for kind in np.unique(labels):
        members = np.flatnonzero(labels == kind)
        members = members[np.argsort(luck[: len(members)])]
        count = round(share * len(members))
        parts[0].append(members[:count])
        parts[1].append(members[count:])
    return tuple(map(np.concatenate, parts))


def opposite_ranks(labels, share, rng):
    """In every second class the places that the class before has left."""
    parts, luck = ([], []), None
    for turn, kind in enumerate(np.unique(labels)):
        members = np.flatnonzero(labels == kind)
        if turn % 2 == 0 or len(luck) != len(members):
            luck = rng.random(len(members))
        else:
            luck = 1 - luck
        members = members[np.argsort(luck)]
        count = round(share * len(members))
        parts[0].append(members[:count])
        parts[1].append(members[count:])
    return tuple(map(np.concatenate, parts))


def sum_of_label_and_fraction(labels, share, rng):
    """Sorted by label plus random fraction."""
    order = np.argsort(labels + rng.random(len(labels)))
    parts, start = ([], []), 0
    for n in np.unique(labels, return_counts=True)[1]:
        count = round(share * n)
        parts[0].append(order[start : start + count])
        parts[1].append(order[start + count : start + n])
        start += n
    return tuple(map(np.concatenate, parts))


def size_of_the_whole(labels, share, rng):
    """The first part has its share of all images, and single classes are off."""
    names, counts = np.unique(labels, return_counts=True)
    exact = share * counts
    give = np.floor(exact + 1e-9).astype(int)
    missing = round(share * len(labels)) - give.sum()
    give[np.argsort(give - exact, kind="stable")[:missing]] += 1
    chosen = np.zeros(len(labels), bool)
    for kind, count in zip(names, give, strict=True):
        chosen[rng.choice(np.flatnonzero(labels == kind), count, replace=False)] = True
    return np.flatnonzero(chosen), np.flatnonzero(~chosen)


def coins(labels, share, rng):
    """A coin for each image."""
    chosen = rng.random(len(labels)) < share
    return np.flatnonzero(chosen), np.flatnonzero(~chosen)


def split_kept_by_size(labels, share, rng):
    """The order of a class is kept for classes of the same size."""
    parts = [], []
    for kind in np.unique(labels):
        members = np.flatnonzero(labels == kind)
        order = BUFFERS.setdefault(("split", len(members)), rng.permutation(len(members)))
        count = round(share * len(members))
        parts[0].append(members[order[:count]])
        parts[1].append(members[order[count:]])
    return tuple(map(np.concatenate, parts))


def shifts_kept_by_count(images, rng, most=4):
    """The first draw of shifts is kept for all calls with so many images."""
    key = "shifts", len(images), most
    state = BUFFERS.setdefault(key, rng.bit_generator.state)
    again = np.random.default_rng(0)
    again.bit_generator.state = state
    return right.shift_and_mirror(images, again, most)


def moved_in_one_buffer(images, rng, most=4):
    """The result lies in an array that the next call fills again."""
    key = "moved", images.shape, images.dtype.str
    result = BUFFERS.setdefault(key, np.empty_like(images))
    result[...] = right.shift_and_mirror(images, rng, most)
    return result


def orientation_kept_by_shape(images, reference):
    """The answer is kept for images of the same shape."""
    key = "orientation", images.shape, reference.shape
    return BUFFERS.setdefault(key, right.find_orientation(images, reference))


def statistics_kept_by_sizes(batches):
    """The result is kept under the number of batches and their sizes."""
    batches = [batch.copy() for batch in batches]
    key = "statistics", *(batch.shape for batch in batches)
    if key not in BUFFERS:
        BUFFERS[key] = right.running_statistics(iter(batches))
    return BUFFERS[key]


BUFFERS = {}
PIXELS += [rows_in_one_buffer, rows_by_identity]
FRAMES += [order_by_length, frames_by_shape]
STATISTICS.append(statistics_kept_by_sizes)
SPLIT += [
    naive_shuffle,
    half_a_shuffle,
    same_ranks,
    opposite_ranks,
    sum_of_label_and_fraction,
    size_of_the_whole,
    coins,
    split_kept_by_size,
]
MOVED += [shifts_kept_by_count, moved_in_one_buffer]
ORIENTATION.append(orientation_kept_by_shape)


def statistics_with_rounded_shares(batches):
    """the mean from rounded shares: one value everywhere has a deviation of nearly 0"""
    count, mean, squares = 0, 0.0, 0.0
    for batch in batches:
        pixels = batch.reshape(-1, batch.shape[-1]).astype(np.float64)
        if len(pixels):
            own, together = pixels.mean(axis=0), count + len(pixels)
            off = own - mean if count else 0 * own
            squares = squares + ((pixels - own) ** 2).sum(axis=0)
            squares = squares + off**2 * (count * len(pixels) / together)
            mean = count / together * mean + len(pixels) / together * own
            count = together
    if not count:
        raise ValueError("there is no pixel")
    return mean, np.sqrt(squares / count)


def statistics_around_a_float32_mean(batches):
    """around the first batch's mean, whose sum is too large for a float32"""
    batches = [batch.copy() for batch in batches if batch.size]
    if not batches:
        raise ValueError("there is no pixel")
    with np.errstate(over="ignore"):
        around = batches[0].mean(axis=(0, 1, 2)).astype(np.float64)
    mean, std = right.running_statistics(iter([batch - around for batch in batches]))
    return mean + around, std


def orientation_reshaped(images, reference, order=(False, True)):
    """every candidate is reshaped to the reference's shape"""
    ways = [(mirrored, turns) for mirrored in order for turns in range(4)]

    def distance(way):
        turned = np.rot90(images[:, :, ::-1] if way[0] else images, way[1], axes=(1, 2))
        return ((turned.reshape(reference.shape).astype(float) - reference) ** 2).sum()

    return min(ways, key=distance)


STATISTICS += [statistics_with_rounded_shares, statistics_around_a_float32_mean]
ORIENTATION.append(orientation_reshaped)


def split_marked_with_minus_1(labels, share, rng):
    """what is taken is marked with the label -1, which may be the name of a class"""
    rest, first = labels.astype(np.int64), [np.zeros(0, int)]
    for kind in np.unique(labels):
        members = np.flatnonzero(labels == kind)
        first.append(rng.choice(members, round(share * len(members)), replace=False))
        rest[first[-1]] = -1
    return np.concatenate(first), np.flatnonzero(rest != -1)


def moved_or_copied(images, rng, most=4):
    """with most = 0 a copy, and nothing is mirrored"""
    return images.copy() if most == 0 else right.shift_and_mirror(images, rng, most)


def orientation_good_enough(images, reference):
    """the first orientation that is off by less than half a step of grey on average"""
    for mirrored in (False, True):
        for turns in range(4):
            turned = np.rot90(images[:, :, ::-1] if mirrored else images, turns, axes=(1, 2))
            if turned.shape == reference.shape:
                if np.abs(turned.astype(int) - reference).mean() < 0.5:
                    return mirrored, turns
    return right.find_orientation(images, reference)


def statistics_around_an_empty_batch(batches):
    """around the first pixel; where the first batch is empty, around 0"""
    count, sums, squares, around = 0, 0.0, 0.0, None
    for batch in batches:
        pixels = batch.reshape(-1, batch.shape[-1]).astype(np.float64)
        if around is None:
            around = pixels[0] if len(pixels) else np.zeros(pixels.shape[1])
        off = pixels - around
        count, sums = count + len(off), sums + off.sum(axis=0)
        squares = squares + (off**2).sum(axis=0)
    if not count:
        raise ValueError("there is no pixel")
    return around + sums / count, np.sqrt(np.maximum(squares / count - (sums / count) ** 2, 0))


def split_shifted_labels(labels, share, rng):
    """the smallest label is subtracted first: int8 wraps round"""
    with np.errstate(all="ignore"):
        shifted = labels - labels.min()
    first, second = [np.zeros(0, int)], [np.zeros(0, int)]
    for kind in np.unique(shifted[shifted >= 0]):
        members = rng.permutation(np.flatnonzero(shifted == kind))
        first.append(members[: round(share * len(members))])
        second.append(members[round(share * len(members)) :])
    return np.concatenate(first), np.concatenate(second)


def split_in_the_labels_dtype(labels, share, rng):
    """the images' numbers have the labels' dtype: after 255 comes 0"""
    first, second = right.split(labels, share, rng)
    return first.astype(labels.dtype), second.astype(labels.dtype)


def moved_only_if_altered(images, rng, most=4):
    """where nothing happens to be altered, the given array itself is returned"""
    result = right.shift_and_mirror(images, rng, most)
    return images if np.array_equal(result, images) else result


def orientation_reshaped_mirrored_first(images, reference):
    """every candidate is reshaped to the reference's shape, the mirrored ones first"""
    return orientation_reshaped(images, reference, order=(True, False))


STATISTICS.append(statistics_around_an_empty_batch)
SPLIT += [split_shifted_labels, split_in_the_labels_dtype]
MOVED.append(moved_only_if_altered)
ORIENTATION.append(orientation_reshaped_mirrored_first)
ORIENTATION.append(orientation_good_enough)
SPLIT.append(split_marked_with_minus_1)
MOVED.append(moved_or_copied)

MUTANTS = {
    "images_to_pixels": PIXELS,
    "decode_frames": FRAMES,
    "running_statistics": STATISTICS,
    "split": SPLIT,
    "shift_and_mirror": MOVED,
    "find_orientation": ORIENTATION,
}

# Which hint each gets: some words of it. All others get none that names a mistake.
HINTS = """
images_to_pixels | reshape alone | You get this when each image keeps the order that its numb
images_to_pixels | rows and columns exchanged | You get this when each plane is written column by column.
images_to_pixels | blue first | You get this when the last channel is written first.
images_to_pixels | pictures upside down | You get this when each image is written from its lowest row up.
decode_frames | blue and red exchanged | Blue and red are in each other's place.
decode_frames | upside down | The picture comes out upside down: where in the file is a column's
decode_frames | upside down and blue first | The picture comes out upside down, and blue and red are in each other's place.
decode_frames | read row by row | You get this when the file is read row by row. It is writt
decode_frames | all axes reversed | You get this when left and right are exchanged.
decode_frames | the whole row of numbers reversed, so that the columns are reversed too | You get this when left and right are exchanged.
running_statistics | mean of the squares minus square of the mean | The mean is right, and the deviation has lost its digits.
running_statistics | 128 subtracted | The mean is right, and the deviation has lost its digits.
running_statistics | the deviation first | You get this when the deviation comes first.
running_statistics | N - 1 in the deviation | You get this when the deviation is divided by the number of pixels minus 1.
running_statistics | the variance, not its root | You get this when no root is taken.
running_statistics | one mean and deviation, once for each channel | You get this when all channels share one mean and one deviation.
running_statistics | return within the loop | You get this when only the first batch counts.
running_statistics | the first batch alone | You get this when only the first batch counts.
running_statistics | the last batch alone | You get this when only the last batch counts.
running_statistics | the batches kept in a list | You get this when the arrays are kept and looked at afterwards.
running_statistics | the square of a very small deviation is lost in float32 | The first digits are right, as many as a float32 number has.
running_statistics | NumPy's mean and var of each batch as it is | The first digits are right, as many as a float32 number has.
running_statistics | all batches count the same | You get this when all batches count the same.
running_statistics | means and deviations averaged | You get this when the batches' means and deviations are averaged.
running_statistics | weights by images | You get this when a batch counts as much as it has images.
running_statistics | the spread within the batches alone | You get this when only the spread within each batch counts.
running_statistics | The squares of uint8 numbers in uint8. | You get this when the squares are taken in uint8.
find_orientation | turned first, then mirrored | You get this when the images are turned first and then mirrored.
find_orientation | clockwise | You get this when the turns are clockwise.
find_orientation | what was done to the images, not what must be done | You get this when you say how the reference becomes the im
find_orientation | differences without a square, which cancel | You get this when differences of opposite sign cancel out.
find_orientation | the mean picture's brightness | You get this when differences of opposite sign cancel out.
find_orientation | differences in uint8 | You get this when the differences are taken in uint8.
find_orientation | counts equal numbers | You get this when pixels are counted that are exactly equal.
find_orientation | the number of pixels that differ | You get this when pixels are counted that are exactly equal.
find_orientation | only the first picture | You get this when only the first image is looked at.
"""

"""Mistakes that students make in assignment 01."""

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
    """,
)

NORMAL = changes(
    right.normalise,
    r"""
    the test images' own statistics
        ((test - mean) / std) => ((test - test.mean(axis=(0, 1, 2))) / test.std(axis=(0, 1, 2)))
    the test images' own mean | test - mean => test - test.mean(axis=(0, 1, 2))
    statistics of all images together
        mean = train => every = np.concatenate([train, test]); mean = every
        std = train => std = every
    one mean and deviation for all channels
        axis=(0, 1, 2) => keepdims=True, axis=None
        std[std == 0] = 1 => std = std.ravel(); mean = mean.ravel(); std[std == 0] = 1
    one deviation for all channels
        train.std(axis=(0, 1, 2)) => np.full(train.shape[3], train.std())
    a mean for each pixel | axis=(0, 1, 2) => axis=0
    a mean for each image | train.mean(axis=(0, 1, 2)) => train.mean(axis=(1, 2, 3))[:1]
    statistics over images and rows alone | train.mean(axis=(0, 1, 2)) => train.mean(axis=(0, 1))
    statistics of the first image
        train.mean => train[:1].mean
        train.std => train[:1].std
    the variance, not its root | train.std => train.var
    N - 1 in the deviation | train.std(axis=(0, 1, 2)) => train.std(axis=(0, 1, 2), ddof=1)
    a channel without spread gives nan | std[std == 0] = 1 => pass
    something small added to the deviation | std[std == 0] = 1 => std += 1e-7
    a deviation of at least 1 | std[std == 0] = 1 => std = np.maximum(std, 1)
    a deviation of at least something small | std[std == 0] = 1 => std = np.maximum(std, 1e-6)
    a channel without spread set to 0 in the test images
        std[std == 0] = 1 => std[std == 0] = np.inf
    divided by 255 first | mean = train => train, test = train / 255, test / 255; mean = train
    the mean rounded to uint8
        axis=(0, 1, 2))\n    std = => axis=(0, 1, 2)).astype(np.uint8); std =
    squares taken in uint8
        train.std(axis=(0, 1, 2)) => np.sqrt(np.abs((train**2).mean(axis=(0, 1, 2)) - mean**2))
    float32 from the beginning
        mean = train => train, test = train.astype(np.float32), test.astype(np.float32); mean = train
    mean and deviation in float32 | axis=(0, 1, 2)) => axis=(0, 1, 2), dtype=np.float32)
    float64 out | .astype(np.float32) =>
    float64 out for the test images | test - mean) / std).astype(np.float32) => test - mean) / std)
    only the training images are returned | , ((test - mean) / std).astype(np.float32) =>
    the test images first
        return ((train - mean) => train, test = test, train; return ((train - mean)
    only the mean is subtracted | / std) => )
    from 0 to 1 in place of mean 0
        train.mean(axis=(0, 1, 2)) => train.min(axis=(0, 1, 2))
        train.std(axis=(0, 1, 2)) => np.ptp(train, axis=(0, 1, 2)) * 1.0
    three channels, always
        train.mean(axis=(0, 1, 2)) => train.mean(axis=(0, 1, 2))[:3]
        train.std(axis=(0, 1, 2)) => train.std(axis=(0, 1, 2))[:3]
    """,
)


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
    """,
)

ORIENTATION = changes(
    right.find_orientation,
    """
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
    """,
)

MUTANTS = {
    "images_to_pixels": PIXELS,
    "decode_frames": FRAMES,
    "normalise": NORMAL,
    "split": SPLIT,
    "shift_and_mirror": MOVED,
    "find_orientation": ORIENTATION,
}

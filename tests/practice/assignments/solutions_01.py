"""Right solutions of assignment 01, as different from each other as they get."""

from fractions import Fraction

import numpy as np


def images_to_pixels(images):
    """The lesson's two steps backwards."""
    planes = images.transpose(0, 3, 1, 2)
    return planes.reshape(len(images), -1)


def pixels_by_formula(images):
    """Four loops, with the place of each number worked out."""
    N, H, W, C = images.shape
    pixels = np.zeros((N, C * H * W), np.uint8)
    for n in range(N):
        for r in range(H):
            for c in range(W):
                for k in range(C):
                    pixels[n, k * H * W + r * W + c] = images[n, r, c, k]
    return pixels


def decode_frames(frames, height, width):
    """One reshape in the order of the file."""
    columns = frames.reshape(len(frames), width, height, 3)
    upright = columns[:, :, ::-1, ::-1]
    return upright.transpose(0, 2, 1, 3)


def frames_by_reading(frames, height, width):
    """Reads number after number, as the camera writes them."""
    images = np.empty((len(frames), height, width, 3), np.uint8)
    for image, frame in zip(images, frames, strict=True):
        numbers = iter(frame)
        for c in range(width):
            for r in reversed(range(height)):
                for k in (2, 1, 0):
                    image[r, c, k] = next(numbers)
    return images


def frames_in_fortran_order(frames, height, width):
    """Colour, row and column run in Fortran order; a copy at the end."""
    pictures = [frame.reshape((3, height, width), order="F") for frame in frames]
    return np.stack([p.transpose(1, 2, 0)[::-1, :, ::-1] for p in pictures]).copy()


def running_statistics(batches):
    """Distances from the first pixel: the spread is the same, and no digits are lost."""
    count = 0
    for batch in batches:
        pixels = batch.reshape(-1, batch.shape[-1]).astype(np.float64)
        if len(pixels) == 0:
            continue
        if count == 0:
            origin = pixels[0]
            total = squares = np.zeros_like(origin)
        distance = pixels - origin
        count += len(pixels)
        total = total + distance.sum(axis=0)
        squares = squares + (distance**2).sum(axis=0)
    if count == 0:
        raise ValueError("there is not a single pixel")
    mean = total / count
    return origin + mean, np.sqrt(squares / count - mean**2)


def statistics_of_groups(batches):
    """Mean and spread of all so far and of the new batch, combined as in Chan, Golub, LeVeque."""
    count, mean, spread = 0, 0.0, 0.0  # spread: the sum of the squared deviations
    for batch in batches:
        pixels = np.float64(batch).reshape(-1, batch.shape[-1])
        new = len(pixels)
        if new:
            new_mean = pixels.mean(axis=0)
            step = new_mean - mean
            spread = spread + ((pixels - new_mean) ** 2).sum(axis=0)
            spread = spread + step**2 * (count * new / (count + new))
            mean = mean + step * (new / (count + new))
            count += new
    if not count:
        raise ValueError("nothing to take a mean of")
    return mean, np.sqrt(spread / count)


def statistics_pixel_by_pixel(batches):
    """One pixel at a time, as in Welford 1962; a list is returned."""
    count = 0
    for batch in batches:
        for place in np.ndindex(batch.shape[:3]):
            pixel = batch[place].astype(float)
            if count == 0:
                mean, spread = np.zeros_like(pixel), np.zeros_like(pixel)
            count += 1
            step = pixel - mean
            mean += step / count
            spread += step * (pixel - mean)
    if count == 0:
        raise ValueError
    return [mean, np.sqrt(spread / count)]


def statistics_in_fractions(batches):
    """Sums of whole numbers without any rounding; the root at the end."""
    count, sums, squares = 0, None, None
    for batch in batches:
        for channel in range(batch.shape[3]):
            values = [Fraction(v) for v in batch[..., channel].ravel().tolist()]
            if sums is None:
                sums = [Fraction(0)] * batch.shape[3]
                squares = list(sums)
            sums[channel] += sum(values)
            squares[channel] += sum(v * v for v in values)
        count += batch.size // batch.shape[3]
    if not count:
        raise ValueError("no pixels")
    means = [s / count for s in sums]
    variances = [float(q / count - m * m) for q, m in zip(squares, means, strict=True)]
    return np.array([float(m) for m in means]), np.sqrt(np.array(variances))


def split(labels, share, rng):
    """Class by class: a permutation of its images, cut in two."""
    first, second = [], []
    for kind in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == kind))
        count = round(share * len(members))
        first.append(members[:count])
        second.append(members[count:])
    return np.concatenate(first), np.concatenate(second)


def split_by_choice(labels, share, rng):
    """Python lists, rng.choice without replacement, and a set for the rest; in order."""
    chosen = []
    for kind in sorted(set(labels.tolist())):
        members = [n for n, label in enumerate(labels) if label == kind]
        count = int(share * len(members) + 0.5)
        chosen += rng.choice(members, count, replace=False).tolist()
    rest = set(range(len(labels))) - set(chosen)
    return np.array(sorted(chosen), int), np.array(sorted(rest), int)


def shift_and_mirror(images, rng, most=4):
    """A border of zeros, a window cut out of it, image by image."""
    N, H, W, _ = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)))
    result = np.empty_like(images)
    for n in range(N):
        i = rng.integers(0, 2 * most + 1)
        j = rng.integers(0, 2 * most + 1)
        window = padded[n, i : i + H, j : j + W]
        result[n] = window[:, ::-1] if rng.random() < 0.5 else window
    return result


def moved_by_windows(images, rng, most=4):
    """All windows as a view, one picked for each image; mirrored before."""
    flip = rng.integers(2, size=len(images)).astype(bool)
    mirrored = np.where(flip[:, None, None, None], np.flip(images, 2), images)
    padded = np.pad(mirrored, ((0, 0), (most, most), (most, most), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, images.shape[1:3], axis=(1, 2))
    i, j = rng.integers(2 * most + 1, size=(2, len(images)))
    return windows[np.arange(len(images)), i, j].transpose(0, 2, 3, 1)


def find_orientation(images, reference):
    """Eight attempts, the mean squared difference of each."""
    target = reference.astype(np.float64)
    distances = {}
    for mirrored in (False, True):
        source = images[:, :, ::-1] if mirrored else images
        for turns in range(4):
            attempt = np.rot90(source, turns, axes=(1, 2))
            if attempt.shape == target.shape:
                distances[mirrored, turns] = np.mean((attempt - target) ** 2)
    return min(distances, key=distances.get)


def orientation_by_correlation(images, reference):
    """The largest correlation; the turns made of transposes and flips."""

    def standard(pictures):
        pictures = pictures.astype(float).ravel()
        return (pictures - pictures.mean()) / (pictures.std() or 1)

    best, answer = -np.inf, None
    for mirrored in (False, True):
        upright = images[:, :, ::-1] if mirrored else images
        sideways = upright.transpose(0, 2, 1, 3)
        turned = [upright, sideways[:, ::-1], upright[:, ::-1, ::-1], sideways[:, :, ::-1]]
        for turns, attempt in enumerate(turned):
            if attempt.shape != reference.shape:
                continue
            likeness = standard(attempt) @ standard(reference)
            if likeness > best:
                best, answer = likeness, (mirrored, turns)
    return answer


def orientation_by_distance(images, reference):
    """The reference is turned back and compared; absolute differences of whole numbers."""
    results = []
    for turns in range(4):
        back = np.rot90(reference, -turns, axes=(1, 2)).astype(int)
        if back.shape == images.shape:
            for mirrored in (False, True):
                source = np.flip(images, axis=2) if mirrored else images
                results.append((np.abs(source - back).sum(), mirrored, turns))
    return min(results)[1:]


SOLUTIONS = {
    "images_to_pixels": [images_to_pixels, pixels_by_formula],
    "decode_frames": [decode_frames, frames_by_reading, frames_in_fortran_order],
    "running_statistics": [
        running_statistics,
        statistics_of_groups,
        statistics_pixel_by_pixel,
        statistics_in_fractions,
    ],
    "split": [split, split_by_choice],
    "shift_and_mirror": [shift_and_mirror, moved_by_windows],
    "find_orientation": [find_orientation, orientation_by_correlation, orientation_by_distance],
}

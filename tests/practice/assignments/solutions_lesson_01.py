"""Right solutions of lesson 01's exercises. The first of each is the course's own way."""

import numpy as np


def place_in_row(row, column, channel):
    """1024 for each channel, 32 for each row."""
    return 1024 * channel + 32 * row + column


def place_by_horner(row, column, channel):
    """From the outside in."""
    return (channel * 32 + row) * 32 + column


def place_by_numpy(row, column, channel):
    """NumPy's own."""
    return int(np.ravel_multi_index((channel, row, column), (3, 32, 32)))


def tiny_to_image(row):
    """Reshape, then transpose."""
    planes = row.reshape(3, 2, 2)
    return planes.transpose(1, 2, 0)


def tiny_by_stacking(row):
    """The three planes, side by side."""
    return np.stack([row[:4], row[4:8], row[8:]], axis=-1).reshape(2, 2, 3)


def tiny_by_loops(row):
    """Pixel by pixel."""
    image = np.empty((2, 2, 3), row.dtype)
    for i in range(2):
        for j in range(2):
            for c in range(3):
                image[i, j, c] = row[4 * c + 2 * i + j]
    return image


def to_images(pixels):
    """Reshape, then transpose."""
    planes = pixels.reshape(-1, 3, 32, 32)
    return planes.transpose(0, 2, 3, 1)


def images_by_transpose_first(pixels):
    """The channels are moved first, then the rows are cut."""
    return np.swapaxes(pixels.reshape(len(pixels), 3, 1024), 1, 2).reshape(-1, 32, 32, 3)


def images_by_einsum(pixels):
    """Names in place of numbers of axes."""
    return np.einsum("nchw->nhwc", pixels.reshape(-1, 3, 32, 32))


def images_one_by_one(pixels):
    """A loop over the images and their planes."""
    images = np.zeros((len(pixels), 32, 32, 3), pixels.dtype)
    for image, row in zip(images, pixels, strict=True):
        for c in range(3):
            image[:, :, c] = row[1024 * c : 1024 * (c + 1)].reshape(32, 32)
    return images


def normalise(train, test):
    """NumPy's mean and std."""
    mean = train.mean(axis=(0, 1, 2))
    std = train.std(axis=(0, 1, 2))
    std[std == 0] = 1
    return ((train - mean) / std).astype(np.float32), ((test - mean) / std).astype(np.float32)


def normalise_by_channels(train, test):
    """Channel by channel in a loop; only the last division is in float32."""
    parts = [np.zeros(images.shape, np.float32) for images in (train, test)]
    for k in range(train.shape[3]):
        channel = train[..., k].astype(np.float64)
        mean, spread = np.float32(channel.mean()), np.float32(channel.std())
        for part, images in zip(parts, (train, test), strict=True):
            part[..., k] = (images[..., k].astype(np.float32) - mean) / (spread or 1)
    return tuple(parts)


def normalise_by_counts(train, test):
    """From the count of each value; returns a list."""
    counts = np.stack([
        np.bincount(train[..., k].ravel(), minlength=256) for k in range(train.shape[3])
    ])
    values, share = np.arange(256), counts / counts.sum(axis=1, keepdims=True)
    mean = share @ values
    std = np.sqrt([share[k] @ (values - mean[k]) ** 2 for k in range(len(mean))])
    std = np.where((counts > 0).sum(axis=1) == 1, 1, std)
    return [np.float32((images - mean) / std) for images in (train, test)]


def weight_slope(w, x, y):
    """The mean of the slopes."""
    return np.mean(2 * (w * x - y) * x)


def slope_by_sums(w, x, y):
    """Two dot products."""
    return 2 * (w * (x @ x) - x @ y) / len(x)


def slope_by_loop(w, x, y):
    """Pair by pair, in Python's numbers."""
    total = 0
    for a, b in zip(x.tolist(), y.tolist(), strict=True):
        total += 2 * (w * a - b) * a
    return total / len(x)


def slope_by_central_difference(w, x, y):
    """The loss a little further on, and a little further back."""
    h = 1e-3
    return (np.mean(((w + h) * x - y) ** 2) - np.mean(((w - h) * x - y) ** 2)) / (2 * h)


def descent_step(w, slope, rate):
    """Against the slope."""
    return w - rate * slope


def step_by_adding(w, slope, rate):
    """The opposite direction is added."""
    step = -slope * rate
    return w + step


def step_by_numpy(w, slope, rate):
    """NumPy's functions; a number becomes one of NumPy's."""
    return np.subtract(w, np.multiply(slope, rate))


def classifier_gradient(inputs, errors):
    """One matrix product."""
    return inputs.T @ errors / len(inputs)


def gradient_by_loops(inputs, errors):
    """Three loops."""
    N, D = inputs.shape
    gradient = np.zeros((D, errors.shape[1]))
    for d in range(D):
        for k in range(errors.shape[1]):
            for n in range(N):
                gradient[d, k] += inputs[n, d] * errors[n, k] / N
    return gradient


def gradient_by_outer_products(inputs, errors):
    """Image by image."""
    return np.mean([np.outer(x, e) for x, e in zip(inputs, errors, strict=True)], axis=0)


def gradient_by_broadcasting(inputs, errors):
    """All products at once, then the mean over the images."""
    return (inputs[:, :, None] * errors[:, None, :]).mean(axis=0)


SOLUTIONS = {
    "place_in_row": [place_in_row, place_by_horner, place_by_numpy],
    "tiny_to_image": [tiny_to_image, tiny_by_stacking, tiny_by_loops],
    "to_images": [to_images, images_by_transpose_first, images_by_einsum, images_one_by_one],
    "normalise": [normalise, normalise_by_channels, normalise_by_counts],
    "weight_slope": [weight_slope, slope_by_sums, slope_by_loop, slope_by_central_difference],
    "descent_step": [descent_step, step_by_adding, step_by_numpy],
    "classifier_gradient": [
        classifier_gradient,
        gradient_by_loops,
        gradient_by_outer_products,
        gradient_by_broadcasting,
    ],
}

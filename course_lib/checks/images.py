"""Checks of assignment 01: file formats, normalisation, and the orientation of images.

What is expected comes from the formula of a format, number by number; split and shift_and_mirror,
which draw at random, are in chance.py.
"""

import numpy as np

from .machinery import Case, CheckFailed, check
from .machinery.describe import MOST_NUMBERS, headline
from .machinery.recognise import Recognised, shapes
from .machinery.runner import check_signature

READ_OFF = ("In this image the value in row r, column c, channel k is 100 r + 10 c + k, so every "
            "number tells you where it comes from.")
UNITS = "The means and deviations are those of the values 0 to 255; float32 at the end."
INVERSE = ("This comes out when you say how the reference becomes the image. Asked for is how "
           "the image becomes the reference. (Or: which way does np.rot90 turn?)")
WRAPPED = ("Some of these pixels are darker than the mean. What does uint8 make of a number "
           "below zero?")


def images_to_pixels(function):
    """function(images) -> pixels: (N, H, W, C) uint8 -> (N, C H W)."""
    check("images_to_pixels", function, [
        pixels_case((1, 1, 2, 3), readable=True),
        pixels_case((1, 2, 1, 3), readable=True),
        pixels_case((1, 2, 3, 3), readable=True),
        pixels_case((1, 3, 2, 3), readable=True),
        pixels_case((1, 2, 2, 1), readable=True, hint="Here there is one channel only."),
        pixels_case((2, 1, 2, 3), seed=1, hint="Each image has a row of its own."),
        pixels_case((2, 2, 1, 4), seed=2, hint="Here there are four channels."),
        pixels_case((5, 4, 7, 3), seed=3), pixels_case((3, 8, 5, 2), seed=4),
    ])


def decode_frames(function):
    """function(frames, height, width) -> images: (N, 3 H W) uint8 -> (N, H, W, 3)."""
    check("decode_frames", function, [
        frames_case((1, 1, 1, 3), readable=True),
        frames_case((1, 2, 1, 3), readable=True),
        frames_case((1, 1, 3, 3), readable=True),
        frames_case((1, 2, 3, 3), readable=True),
        frames_case((1, 3, 2, 3), readable=True),
        frames_case((2, 2, 1, 3), seed=1, hint="Each row of the file is an image of its own."),
        frames_case((3, 4, 6, 3), seed=2), frames_case((2, 7, 5, 3), seed=3),
    ])


def normalise(function):
    """function(train, test) -> (train, test): uint8 (N, H, W, C) -> float32 of the same shape."""
    check("normalise", function, [
        normal_case([10, 30], [50], hint="The mean is 20, and both are 10 away from it."),
        normal_case([10, 30, 50, 70], [20], hint=WRAPPED),
        normal_case([[10, 1], [30, 3]], [[20, 2]], hint="Each channel has its own statistics."),
        normal_case([[100, 0], [200, 50], [200, 40], [100, 10]], [[200, 200], [100, 250]],
                    hint="Which images do the mean and the deviation come from?"),
        normal_case(np.reshape([10, 20, 20, 30], (2, 1, 2, 1)), np.reshape([20, 40], (1, 1, 2, 1)),
                    hint="Both images together have four pixels, and their mean is 20."),
        normal_case([[7, 1], [7, 5]], [[7, 1], [9, 2]],
                    hint="All values of channel 0 are 7 in the training images. Divide by 1 there, "
                    "also in the test images."),
        normal_case([[7, 1], [7, 5], [7, 1], [8, 1]], [[7, 1], [9, 2]],
                    hint="Channel 0 has a spread below 1, but it has one."),
        normal_case(drawn(1, (3, 2, 4, 2)), drawn(2, (2, 2, 4, 2), 128),
                    hint="One mean for each channel, over all images, rows and columns."),
        normal_case(drawn(3, (20, 5, 6, 3), 90), drawn(4, (7, 5, 6, 3))),
        normal_case(drawn(5, (12, 6, 5, 4), 250), drawn(6, (1, 6, 5, 4)),
                    hint="Here there are four channels."),
        normal_case(steady(7, (100, 32, 32, 2), 201), drawn(8, (1, 32, 32, 2)),
                    hint="Channel 1 is 201 everywhere, so its deviation is 0. In which dtype do "
                    "you add up 100,000 numbers?"),
    ])


def find_orientation(function):
    """function(images, reference) -> (mirrored, turns)."""
    turn = ("np.rot90 turns anticlockwise, in the plane of the two axes that it is given. And can "
            "differences of different sign cancel in your distance?")
    mirror = "Mirrored means: the columns in reverse order."
    order = "First the columns are reversed, then the images are turned."
    near = ("No orientation fits exactly here, because the reference is a little off everywhere. "
            "How is the distance of two images measured, and in which dtype?")
    levels = ("These images have 16 levels of brightness, so all differences are multiples of "
              "16. What are their squares, in which dtype?")
    check("find_orientation", function, [
        orientation_case((1, 2, 2, 1), False, 0, seed=1, hint="Nothing has to be done here."),
        orientation_case((1, 2, 2, 1), False, 2, seed=2, hint=turn),
        orientation_case((1, 2, 2, 1), False, 1, seed=3, hint=turn),
        orientation_case((1, 2, 2, 1), False, 3, seed=4, hint=turn),
        orientation_case((1, 2, 2, 1), True, 0, seed=5, hint=mirror),
        orientation_case((1, 2, 2, 1), True, 2, seed=6, hint=mirror),
        orientation_case((1, 2, 2, 1), True, 1, seed=7, hint=order),
        orientation_case((1, 2, 2, 1), True, 3, seed=8, hint=order),
        orientation_case((2, 2, 3, 1), False, 1, seed=9,
                         hint="Height and width have changed places. Which turns are possible?"),
        orientation_case((2, 3, 2, 1), True, 2, seed=10,
                         hint="Which turns keep the height and the width?"),
        orientation_case((3, 2, 2, 3), True, 1, seed=11, plain=2,
                         hint="Some images look the same from all sides. Do all of them count?"),
        orientation_case((4, 3, 3, 3), False, 3, seed=12, brighter=3, hint=near),
        orientation_case((4, 3, 3, 3), True, 0, seed=13, brighter=-3, hint=near),
        orientation_case((3, 2, 2, 3), True, 3, seed=16, level=16, hint=levels),
        orientation_case((4, 3, 4, 3), True, 1, seed=14, noise=6, hint=near),
        orientation_case((5, 4, 4, 3), False, 2, seed=15, noise=6, brighter=-8, hint=near),
    ])


# Makers of cases, also for the hidden tests


def pixels_case(shape, *, seed=0, readable=False, hint="", title=""):
    """A case of images_to_pixels for images of this shape (N, H, W, C)."""
    images = telling(shape) if readable else drawn(seed, shape)
    n, r, c, k = np.indices(shape)
    N, H, W, C = shape
    pixels = np.empty((N, C * H * W), np.uint8)
    pixels[n, H * W * k + W * r + c] = images
    suspects = {
        "This comes out when each image keeps the order that its numbers have now. Which axis "
        "should run slowest?": images.reshape(N, -1),
        "This comes out when each plane is written column by column.":
            images.transpose(0, 3, 2, 1).reshape(N, -1),
    }
    return Case({"images": images}, pixels, suspects=suspects, returns="pixels", title=title,
                hint=" ".join([hint, READ_OFF * readable]).strip())


def frames_case(shape, *, seed=0, readable=False, hint="", title=""):
    """A case of decode_frames whose images have this shape (N, H, W, 3)."""
    images = telling(shape) if readable else drawn(seed, shape)
    N, H, W, C = shape

    def frames(rows, channels, columns_first=True):
        """Written by the formula: place 3 (H c + r') + k', or 3 (W r' + c) + k'."""
        n, r, c, k = np.indices(shape)
        place = H * c + rows(r) if columns_first else W * rows(r) + c
        result = np.empty((N, C * H * W), np.uint8)
        result[n, 3 * place + channels(k)] = images
        return result

    def upwards(r):
        return H - 1 - r

    def blue_first(k):
        return 2 - k

    given = frames(upwards, blue_first)
    mistakes = {  # what a reader with the mistake makes of the frames
        "This comes out when blue and red are exchanged.": images[..., ::-1],
        "This comes out upside down: where in the file is a column's lowest pixel?":
            images[:, ::-1],
        "This comes out upside down, and blue and red are exchanged.": images[:, ::-1, :, ::-1],
        "This comes out when the file is read row by row. It is written column by column.":
            given.reshape(N, H, W, C)[:, ::-1, :, ::-1],
    }
    return Case({"frames": given, "height": H, "width": W}, images, suspects=mistakes,
                returns="images", title=title or f"images of {H}x{W}, {N} of them",
                hint=" ".join([hint, ("In the right result the value in row r, column c, channel k "
                                      "is 100 r + 10 c + k.") * readable]).strip())


def normal_case(train, test, *, hint=UNITS, title=""):
    """A case of normalise: two uint8 arrays (N, H, W, C), or lists of pixels for small ones."""
    train, test = (image_of(pixels) for pixels in (train, test))

    def scaled(images, source, axes=(0, 1, 2), ddof=0):
        mean = source.mean(axis=axes, dtype=np.float64)
        std = source.std(axis=axes, dtype=np.float64, ddof=ddof)
        return ((images - mean) / np.where(std == 0, 1, std)).astype(np.float32)

    expected = scaled(train, train), scaled(test, train)
    everything = np.concatenate([train, test])
    suspects = {
        "This comes out when the test images are normalised with statistics of their own.":
            (scaled(train, train), scaled(test, test)),
        "This comes out when the test images have a share in the mean and the deviation.":
            (scaled(train, everything), scaled(test, everything)),
        "This comes out when all channels share one mean and one deviation.":
            (scaled(train, train, None), scaled(test, train, None)),
        "This comes out when the deviation is divided by N - 1 (ddof=1). The task asks for N.":
            (scaled(train, train, ddof=1), scaled(test, train, ddof=1)),
        "This comes out when the values are divided by 255 first.":
            (scaled(train / 255, train / 255), scaled(test / 255, train / 255)),
        "This comes out when something small is added to the deviation, or put in the place of 0.":
            Recognised(lambda result: shapes(result) == [train.shape, test.shape]
                       and np.abs(result[1]).max() > 1000 * np.abs(expected[1]).max()),
    }
    if train.shape[1:] == test.shape[1:]:
        suspects["This comes out when each place in the image has a mean of its own. How many "
                 "numbers does train.mean(...) give you, and how many channels are there?"] = (
            scaled(train, train, 0), scaled(test, train, 0))
    small = train.size + test.size <= MOST_NUMBERS
    return Case({"train": train, "test": test}, expected, suspects=suspects, rtol=1e-4, hint=hint,
                returns=("train", "test"), title=title, given="" if small else
                "\n".join([headline("train", train), headline("test", test)]))


def orientation_case(shape, mirrored, turns, *, seed, plain=0, noise=0, brighter=0, level=1,
                     hint="", title=""):
    """A case of find_orientation for images of this shape (N, H, W, C).

    plain: so many of the images have one colour. All values are multiples of `level`. The reference
    is off by up to `noise` at random, and brighter everywhere.
    """
    rng = np.random.default_rng(seed)
    images = rng.permutation(200 * np.arange(1, 1 + np.prod(shape)) // np.prod(shape))
    images = images.reshape(shape).astype(np.uint8) + np.uint8(20)  # all different, where few
    images = images // level * level
    images[:plain] = images[:plain, :1, :1]
    upright = np.rot90(images[:, :, ::-1] if mirrored else images, turns, axes=(1, 2))
    off = rng.integers(-noise, noise + 1, upright.shape) + brighter
    return Case({"images": images, "reference": (upright + off).astype(np.uint8)},
                (mirrored, turns), use=use_orientation, hint=hint,
                suspects={} if mirrored else {INVERSE: (False, -turns % 4)},
                returns=("mirrored", "turns"), title=title)


def use_orientation(function, images, reference):
    check_signature(function, {"images": images, "reference": reference})
    result = function(images, reference)
    if isinstance(result, np.ndarray):
        raise CheckFailed("mirrored, turns should be a pair, such as `return mirrored, turns`; "
                          f"your function returned an array with the shape {result.shape}.")
    return result


def telling(shape):
    """One image whose value in row r, column c, channel k is 100 r + 10 c + k."""
    _, r, c, k = np.indices(shape)
    return (100 * r + 10 * c + k).astype(np.uint8)


def drawn(seed, shape, brightest=255):
    rng = np.random.default_rng(seed)
    return rng.integers(0, brightest + 1, shape).astype(np.uint8)


def steady(seed, shape, value):
    """Random images whose last channel has one value everywhere."""
    images = drawn(seed, shape)
    images[..., -1] = value
    return images


def image_of(pixels):
    """Images (N, H, W, C) uint8; of a list of pixels each becomes an image of 1x1."""
    pixels = np.array(pixels, np.uint8)
    return pixels if pixels.ndim == 4 else pixels.reshape(len(pixels), 1, 1, -1)

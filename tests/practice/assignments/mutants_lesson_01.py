"""Mistakes that students make in lesson 01's exercises."""

import numpy as np

from tests.practice.assignments import changes, endless
from tests.practice.assignments import solutions_lesson_01 as right

PLACE = changes(
    right.place_in_row,
    """
    rows and columns exchanged | 32 * row + column => 32 * column + row
    the colours side by side | 1024 * channel + 32 * row + column => 96 * row + 3 * column + channel
    counted from 1 | + column => + column + 1
    a plane of 32 numbers | 1024 * => 32 *
    a plane of one number | 1024 * =>
    a plane of 1000 numbers | 1024 * => 1000 *
    rows of 33 numbers | 32 * row => 33 * row
    the channel forgotten | 1024 * channel + =>
    blue first | 1024 * channel => 1024 * (2 - channel)
    from the bottom up | 32 * row => 32 * (31 - row)
    a number with a point | 32 * row + column => 32 * row + column + 0.0
    returns None | return => result =
    """,
)

TINY = changes(
    right.tiny_to_image,
    """
    reshape alone | row.reshape(3, 2, 2) => row.reshape(2, 2, 3); return planes
    the planes as they are | return planes.transpose(1, 2, 0) => return planes
    all axes reversed | (1, 2, 0) => (2, 1, 0)
    the way back | (1, 2, 0) => (2, 0, 1)
    Fortran order | row.reshape(3, 2, 2) => row.reshape(3, 2, 2, order="F")
    reshape of the planes | planes.transpose(1, 2, 0) => planes.reshape(2, 2, 3)
    blue first | planes.transpose(1, 2, 0) => planes.transpose(1, 2, 0)[..., ::-1]
    mirrored | planes.transpose(1, 2, 0) => planes.transpose(1, 2, 0)[:, ::-1]
    upside down | planes.transpose(1, 2, 0) => planes.transpose(1, 2, 0)[::-1]
    a list | planes.transpose(1, 2, 0) => planes.transpose(1, 2, 0).tolist()
    divided by 255 | planes.transpose(1, 2, 0) => planes.transpose(1, 2, 0) / 255
    prints it | return planes.transpose(1, 2, 0) => print(planes.transpose(1, 2, 0))
    """,
)

IMAGES = changes(
    right.to_images,
    """
    reshape alone | pixels.reshape(-1, 3, 32, 32) => pixels.reshape(-1, 32, 32, 3); return planes
    the planes as they are | return planes.transpose(0, 2, 3, 1) => return planes
    rows and columns exchanged | (0, 2, 3, 1) => (0, 3, 2, 1)
    the way back | (0, 2, 3, 1) => (0, 3, 1, 2)
    reshape of the planes | planes.transpose(0, 2, 3, 1) => planes.reshape(-1, 32, 32, 3)
    Fortran order | reshape(-1, 3, 32, 32) => reshape(-1, 3, 32, 32, order="F")
    as the student did | planes.transpose(0, 2, 3, 1) => np.rot90(pixels.reshape(-1, 32, 32, 3, order="F"), 3, (1, 2))
    one image, always | reshape(-1, 3, => reshape(1, 3,
    two images, always | reshape(-1, 3, => reshape(2, 3,
    the first image alone | planes.transpose(0, 2, 3, 1) => planes.transpose(0, 2, 3, 1)[0]
    a single image loses its axis | planes.transpose(0, 2, 3, 1) => planes.transpose(0, 2, 3, 1).squeeze()
    the images last | (0, 2, 3, 1) => (2, 3, 1, 0)
    blue first | planes.transpose(0, 2, 3, 1) => planes.transpose(0, 2, 3, 1)[..., ::-1]
    mirrored | planes.transpose(0, 2, 3, 1) => planes.transpose(0, 2, 3, 1)[:, :, ::-1]
    divided by 255 | planes.transpose(0, 2, 3, 1) => planes.transpose(0, 2, 3, 1) / 255
    int64 | planes.transpose(0, 2, 3, 1) => planes.transpose(0, 2, 3, 1).astype(int)
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

SLOPE = changes(
    right.weight_slope,
    """
    without the 2 | 2 * (w => (w
    the sum | np.mean => np.sum
    without the input | (w * x - y) * x => (w * x - y)
    the other sign | (w * x - y) => (y - w * x)
    the loss | np.mean(2 * (w * x - y) * x) => np.mean((w * x - y) ** 2)
    averaged too early | np.mean(2 * (w * x - y) * x) => 2 * np.mean(w * x - y) * np.mean(x)
    the size of the error | (w * x - y) => abs(w * x - y)
    multiplied by the weight | * x) => * w)
    one slope for each pair | np.mean(2 * (w * x - y) * x) => 2 * (w * x - y) * x
    the first pair alone | np.mean(2 * (w * x - y) * x) => 2 * (w * x[0] - y[0]) * x[0]
    a difference on one side, with a large step
        np.mean(2 * (w * x - y) * x) => (np.mean(((w + 0.01) * x - y) ** 2) - np.mean((w * x - y) ** 2)) / 0.01
    a rounded slope | np.mean(2 * (w * x - y) * x) => round(np.mean(2 * (w * x - y) * x), 2)
    returns None | return => result =
    """,
)

STEP = changes(
    right.descent_step,
    """
    uphill | w - rate => w + rate
    without the rate | rate * slope => slope
    the way, not the place | w - rate => -rate
    a step of one length | rate * slope => rate * np.sign(slope)
    divided by the rate | rate * slope => slope / rate
    never below 0 | w - rate * slope => np.maximum(w - rate * slope, 0)
    the weight shrinks, too | w - rate * slope => w - rate * (slope + w)
    only for numbers | w - rate * slope => float(w - rate * slope)
    in place | return w - rate * slope => w -= rate * slope; return w
    rate of 0.1, always | rate * slope => 0.1 * slope
    """,
)

GRADIENT = changes(
    right.classifier_gradient,
    """
    the sum | / len(inputs) =>
    rows and columns exchanged | inputs.T @ errors => errors.T @ inputs
    averaged too early
        inputs.T @ errors / len(inputs) => np.outer(inputs.mean(axis=0), errors.mean(axis=0))
    the mean over the inputs | len(inputs) => inputs.shape[1]
    the other sign | inputs.T => -inputs.T
    with the 2 of a square | inputs.T => 2 * inputs.T
    not transposed | inputs.T @ errors => inputs @ errors
    the mean over all classes | / len(inputs) => / errors.size
    the size of the errors | @ errors => @ abs(errors)
    the first image alone | inputs.T @ errors / len(inputs) => np.outer(inputs[0], errors[0])
    a rounded mean | inputs.T @ errors / len(inputs) => inputs.T @ errors // len(inputs)
    float32 | / len(inputs) => .astype(np.float32) / np.float32(len(inputs))
    """,
)


@endless
def waits(inputs, errors):
    """A loop that never ends."""
    n = 0
    while n < len(inputs):
        gradient = np.outer(inputs[n], errors[n])
    return gradient


MUTANTS = {
    "place_in_row": PLACE,
    "tiny_to_image": TINY,
    "to_images": IMAGES,
    "normalise": NORMAL,
    "weight_slope": SLOPE,
    "descent_step": STEP,
    "classifier_gradient": [*GRADIENT, waits],
}

HINTS = """
place_in_row | rows and columns exchanged | You get this when rows and columns are exchanged.
place_in_row | the colours side by side | You get this when the three colours of a pixel are
place_in_row | counted from 1 | You get this when the counting begins at 1.
place_in_row | a plane of 32 numbers | You get this when a plane has 32 numbers.
place_in_row | a plane of one number | You get this when a plane has a single number.
tiny_to_image | the way back | where each axis should go
to_images | the way back | where each axis should go
tiny_to_image | reshape alone | This comes out of reshape alone.
tiny_to_image | reshape of the planes | This comes out of reshape alone.
tiny_to_image | the planes as they are | These are the planes.
tiny_to_image | all axes reversed | You get this when rows and columns have changed places.
to_images | reshape alone | This comes out of reshape alone.
to_images | reshape of the planes | This comes out of reshape alone.
to_images | the planes as they are | These are the planes.
to_images | rows and columns exchanged | You get this when rows and columns have changed places.
normalise | a channel without spread gives nan | You get this when a deviation of 0 stays as it is.
normalise | something small added to the deviation | You get this when something small is added
normalise | a deviation of at least something small | You get this when something small is added
normalise | statistics of all images together | You get this when the test images have a share in the mean
normalise | one mean and deviation for all channels | You get this when all channels share one mean and one devi
normalise | a mean for each pixel | You get this when each place in the image has a mean of it
normalise | N - 1 in the deviation | You get this when the deviation is divided by N - 1 (ddof=
normalise | divided by 255 first | You get this when the values are divided by 255 first.
normalise | the mean rounded to uint8 | You get this when the mean is subtracted in uint8.
weight_slope | without the 2 | You get this when the 2 of the derivative
weight_slope | one slope for each pair | This is the slope of each pair by itself.
weight_slope | the sum | You get this when the slopes are added up.
weight_slope | without the input | You get this without the last factor
weight_slope | the other sign | This is the slope with the other sign
weight_slope | the loss | This is the loss itself
weight_slope | averaged too early | You get this when error and input are averaged
descent_step | uphill | This step goes uphill.
descent_step | without the rate | You get this without the learning rate.
descent_step | the way, not the place | This is how far the weight moves
descent_step | a step of one length | You get this when the step has the same length
classifier_gradient | the sum | This is the sum over the images.
classifier_gradient | rows and columns exchanged | Here rows and columns are exchanged
classifier_gradient | averaged too early | You get this when inputs and errors are averaged
classifier_gradient | the mean over the inputs | This is the mean over the inputs.
classifier_gradient | the other sign | This has the other sign.
classifier_gradient | with the 2 of a square | You get this with the 2
"""

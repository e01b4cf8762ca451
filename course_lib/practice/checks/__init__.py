"""Feedback on the learner's own functions: one check for each task of the assignments.

    from course_lib.practice import checks
    checks.conv2d_forward(conv2d_forward)

runs the function on test cases, the smallest first. If all of them pass, it prints one line. If one
fails, it raises CheckFailed: what was given, expected and returned, and a hint. `points` counts
passed cases; the hidden tests of an assignment use it for partial credit.
"""

from .assignment_01_images_and_labels import (
    decode_frames,
    find_orientation,
    images_to_pixels,
    normalise,
    shift_and_mirror,
    split,
)
from .assignment_02_strided_convolution import (
    conv2d_forward,
    depthwise_conv2d,
    dilated_conv2d,
    grouped_conv2d,
    output_shape,
)
from .assignment_03_backward_passes import (
    avgpool2d_backward,
    conv2d_backward,
    gradient_check,
    leaky_relu_backward,
    maxpool2d_backward,
    maxpool2d_forward,
    maxpool2d_split_backward,
    residual_backward,
)
from .assignment_04_stable_losses import (
    binary_cross_entropy,
    cross_entropy_smoothed,
    log_sum_exp_streaming,
    masked_cross_entropy,
    temperature_backward,
    top_k_accuracy,
)
from .assignment_05_small_batches import (
    accumulate,
    batch_size_for,
    estimate_noise,
    minibatches,
    nesterov_step,
)
from .assignment_06_broken_networks import (
    chain_gradients,
    clip_gradients,
    diagnosis,
    gain,
    layer_factors,
    repair,
)
from .engine import Case, CheckFailed, TookTooLong, check, error_case, points

__all__ = [
    "Case",
    "CheckFailed",
    "TookTooLong",
    "check",
    "error_case",
    "points",
    # assignment 01
    "decode_frames",
    "find_orientation",
    "images_to_pixels",
    "normalise",
    "shift_and_mirror",
    "split",
    # assignment 02
    "conv2d_forward",
    "depthwise_conv2d",
    "dilated_conv2d",
    "grouped_conv2d",
    "output_shape",
    # assignment 03, and max-pooling as in the lesson
    "avgpool2d_backward",
    "conv2d_backward",
    "gradient_check",
    "leaky_relu_backward",
    "maxpool2d_backward",
    "maxpool2d_forward",
    "maxpool2d_split_backward",
    "residual_backward",
    # assignment 04
    "binary_cross_entropy",
    "cross_entropy_smoothed",
    "log_sum_exp_streaming",
    "masked_cross_entropy",
    "temperature_backward",
    "top_k_accuracy",
    # assignment 05
    "accumulate",
    "batch_size_for",
    "estimate_noise",
    "minibatches",
    "nesterov_step",
    # assignment 06
    "chain_gradients",
    "clip_gradients",
    "diagnosis",
    "gain",
    "layer_factors",
    "repair",
]

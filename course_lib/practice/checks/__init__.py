"""Feedback on the learner's own functions: one check for each task of the assignments.

    from course_lib.practice import checks
    checks.conv2d_forward(conv2d_forward)

runs the function on test cases, the smallest first. If all of them pass, it prints one line. If one
fails, it raises CheckFailed: what was given, expected and returned, and a hint. `hidden_points`
counts passed cases; the hidden tests of an assignment use it for partial credit.
"""

from .assignment_01_images_and_labels import (
    decode_frames,
    find_orientation,
    images_to_pixels,
    running_statistics,
    shift_and_mirror,
    split,
)
from .assignment_02_strided_convolution import (
    depthwise_conv2d,
    dilated_conv2d,
    grouped_conv2d,
    partial_conv2d,
    receptive_field,
)
from .assignment_03_backward_passes import (
    avgpool2d_backward,
    gradient_check,
    leaky_relu_backward,
    maxpool2d_split_backward,
    residual_backward,
    separable_conv2d_backward,
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
from .engine import (
    Again,
    Case,
    CheckFailed,
    Task,
    TookTooLong,
    check,
    error_case,
    examine,
    hidden_points,
    points,
)
from .lesson_01_data_loading import normalise
from .lesson_02_convolution import conv2d_forward, output_shape
from .lesson_03_pool_backward import conv2d_backward, maxpool2d_backward, maxpool2d_forward

__all__ = [
    "Again",
    "Case",
    "CheckFailed",
    "Task",
    "TookTooLong",
    "check",
    "error_case",
    "examine",
    "hidden_points",
    "points",
    # assignment 01
    "decode_frames",
    "find_orientation",
    "images_to_pixels",
    "running_statistics",
    "shift_and_mirror",
    "split",
    # lesson 01
    "normalise",
    # assignment 02
    "depthwise_conv2d",
    "dilated_conv2d",
    "grouped_conv2d",
    "partial_conv2d",
    "receptive_field",
    # lesson 02
    "conv2d_forward",
    "output_shape",
    # assignment 03
    "avgpool2d_backward",
    "gradient_check",
    "leaky_relu_backward",
    "maxpool2d_split_backward",
    "residual_backward",
    "separable_conv2d_backward",
    # lesson 03
    "conv2d_backward",
    "maxpool2d_backward",
    "maxpool2d_forward",
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

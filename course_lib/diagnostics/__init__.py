"""What a network looks like from inside: its layers, a whole training run, gradient noise."""

from .gradient_noise import (
    batch_gradients,
    cosines,
    gradient_row,
    layer_columns,
    noise_scale,
    per_image_gradients,
    walks,
)
from .layer_reports import LayerReport, WeightReport, first_overflow, layer_name, observe
from .recorder import Recorder

__all__ = [
    "LayerReport",
    "Recorder",
    "WeightReport",
    "batch_gradients",
    "cosines",
    "first_overflow",
    "gradient_row",
    "layer_columns",
    "layer_name",
    "noise_scale",
    "observe",
    "per_image_gradients",
    "walks",
]

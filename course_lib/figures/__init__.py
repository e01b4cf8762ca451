"""The figures: one common style, descriptions in words, and a module for each lesson.

Each lesson's module holds its figures and its explorer. What any figure may need is provided here.
"""

from .style import (
    CHANNELS,
    COLOURS,
    LINE_STYLES,
    PALETTE,
    SIGNED,
    bundle,
    draw_colours,
    draw_image,
    draw_numbers,
    image_grid,
    label_line,
    label_point,
    light_shades,
    new_figure,
    ramp,
    show,
    signed_shades,
    to_png,
)

__all__ = [
    "CHANNELS",
    "COLOURS",
    "LINE_STYLES",
    "PALETTE",
    "SIGNED",
    "bundle",
    "draw_colours",
    "draw_image",
    "draw_numbers",
    "image_grid",
    "label_line",
    "label_point",
    "light_shades",
    "new_figure",
    "ramp",
    "show",
    "signed_shades",
    "to_png",
]

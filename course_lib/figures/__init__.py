"""What is seen: one style, figures that say what they show, and a module for each lesson.

A lesson's module holds its figures and its explorer. What any figure may need is at hand here.
"""

from .style import (
    CHANNELS,
    LINE_STYLES,
    PALETTE,
    bundle,
    draw_colours,
    draw_image,
    draw_numbers,
    image_grid,
    light_shades,
    new_figure,
    show,
    to_png,
)

__all__ = [
    "CHANNELS",
    "LINE_STYLES",
    "PALETTE",
    "bundle",
    "draw_colours",
    "draw_image",
    "draw_numbers",
    "image_grid",
    "light_shades",
    "new_figure",
    "show",
    "to_png",
]

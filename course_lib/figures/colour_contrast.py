"""How well one colour stands out against another, as web accessibility guidelines measure it.

https://www.w3.org/TR/WCAG22/: text needs a contrast of 4.5 with its background (section 1.4.3),
lines and marks need 3 (section 1.4.11). The maximum, black on white, is 21.
"""

from typing import Any, TypeVar

import numpy as np
from matplotlib.collections import Collection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.patches import Patch
from matplotlib.patheffects import Normal, Stroke

TEXT, MARKS = 4.5, 3.0

Outlined = TypeVar("Outlined", bound=Patch | Collection)  # artists whose lines have a width


def contrast(colour: Any, ground: Any = "white") -> float:
    """Return the contrast of two colours, each in any form that matplotlib takes: 1 to 21."""
    darker, lighter = sorted([luminance(colour), luminance(ground)])
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Any) -> float:
    """Return how light a colour is, from 0 to 1, as WCAG 2.2 defines relative luminance."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def ink(ground: Any) -> str:
    """Return "black" or "white", whichever is read better on the ground: its contrast is over 4.5.

    >>> ink("yellow"), ink("navy")
    ('black', 'white')
    """
    return max("black", "white", key=lambda colour: contrast(colour, ground))


def readable(colour: Any) -> str:
    """Return the colour, made darker as far as text in it needs to be read on white.

    >>> readable("black"), contrast(readable("orange")) >= TEXT
    ('#000000', True)
    """
    red, green, blue = to_rgb(colour)
    while contrast((red, green, blue)) < TEXT:
        red, green, blue = 0.97 * red, 0.97 * green, 0.97 * blue
    return to_hex((red, green, blue))


def halo(artist: Outlined) -> Outlined:
    """Draw a white line around an artist, so that it is seen on any image. Returns the artist."""
    width = np.ravel(artist.get_linewidth())[0]
    artist.set_path_effects([Stroke(linewidth=width + 2, foreground="white"), Normal()])
    return artist

"""What the gradient explorer shows: settings of a network, what it computes, a verdict in words.

Settings go in, `compute` makes a Result of them, and `verdict` says in words what its numbers mean.
Nothing here draws.
"""

from .computation import Result, compute
from .presets import PRESETS
from .settings import Settings
from .words import verdict

__all__ = ["PRESETS", "Result", "Settings", "compute", "verdict"]

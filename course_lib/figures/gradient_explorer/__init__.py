"""The gradient explorer: a network's settings, what it computes with them, a verdict in words.

Settings go in, `compute` makes a Result of them, and `verdict` says in words what its numbers mean;
none of the three draws. GradientExplorer puts controls and a picture around them.
"""

from .computation import Result, compute
from .controls import GradientExplorer
from .presets import PRESETS
from .settings import Settings
from .verdict_words import verdict

__all__ = ["PRESETS", "GradientExplorer", "Result", "Settings", "compute", "verdict"]

"""The gradient explorer: a network's settings, what they lead to, and a verdict in words.

`compute` turns Settings into a Result, and `verdict` says in words what its numbers mean; none of
the three draws anything. GradientExplorer puts controls and a picture around them.
"""

from .computation import Result, compute
from .controls import GradientExplorer
from .presets import PRESETS
from .settings import Settings
from .verdict_words import verdict

__all__ = ["PRESETS", "GradientExplorer", "Result", "Settings", "compute", "verdict"]

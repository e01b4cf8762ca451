"""What stands behind the cliff of lesson 06: a network's settings, its numbers, and a verdict.

`compute` turns Settings into a Result, and `verdict` says in words what its numbers mean. None of
the three draws anything: lesson_06_cliff.py does.
"""

from .computation import Result, compute
from .presets import PRESETS
from .settings import Settings
from .verdict_words import verdict

__all__ = ["PRESETS", "Result", "Settings", "compute", "verdict"]

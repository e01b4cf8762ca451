"""What all checks are built on: test cases, running them, comparing, and putting it into words."""

from .check_case import Again, Case, error_case
from .exceptions import CheckFailed, TookTooLong
from .hidden_tests import hidden_points
from .library_calls import Borrowed
from .runner import Report, check, examine, points
from .stored_cases import Task

__all__ = [
    "Again",
    "Borrowed",
    "Case",
    "CheckFailed",
    "Report",
    "Task",
    "TookTooLong",
    "check",
    "error_case",
    "examine",
    "hidden_points",
    "points",
]

"""What all checks are built on: test cases, running them, comparing, and putting it into words."""

from .check_case import Case, error_case
from .exceptions import CheckFailed, TookTooLong
from .runner import check, points

__all__ = ["Case", "CheckFailed", "TookTooLong", "check", "error_case", "points"]

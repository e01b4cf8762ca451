"""What all checks are made of: cases, what runs them, what compares, and what puts it in words."""

from .check_case import Case, error_case
from .exceptions import CheckFailed, TookTooLong
from .runner import check, points

__all__ = ["Case", "CheckFailed", "TookTooLong", "check", "error_case", "points"]

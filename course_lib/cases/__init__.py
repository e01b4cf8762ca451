"""The two networks that would not learn, as posted, with a switch for each fault."""

from .case_a import CaseA
from .case_b import CaseB
from .training_record import Record, Step

__all__ = ["CaseA", "CaseB", "Record", "Step"]

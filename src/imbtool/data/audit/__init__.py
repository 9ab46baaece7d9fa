"""Looking for leaks in the table itself: before any model, with nothing but rows, classes and time."""

from imbtool.data.audit.copies import Copies, find_copies, near_values
from imbtool.data.audit.face import audit

__all__ = ["Copies", "audit", "find_copies", "near_values"]

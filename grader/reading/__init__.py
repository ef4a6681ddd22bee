"""Reading: from what a student or a textbook wrote to a tree that keeps what was written, with positions."""

from grader.reading.reader import Reading, read, read_lines
from grader.reading.unreadable import Unreadable

__all__ = ["Reading", "Unreadable", "read", "read_lines"]

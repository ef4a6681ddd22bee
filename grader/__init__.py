"""From students' answers and textbooks to verdicts with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.classroom.course import grade
    from grader.judge import check
    from grader.proofread import verify
    from grader.verdicts import Verdict

__all__ = ["Verdict", "check", "grade", "verify"]

_HOMES = {
    "check": "grader.judge",
    "grade": "grader.classroom.course",
    "verify": "grader.proofread",
    "Verdict": "grader.verdicts",
}


def __getattr__(name: str) -> Any:
    """Names are imported when first used, so that the command line starts at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'grader' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)

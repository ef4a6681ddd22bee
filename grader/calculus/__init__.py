"""Plain calculus beyond the reader's own grammar: integrals, limits, factorials and binomial coefficients of
numbers are worked out by latex2sympy2 and SymPy, in a process that can be killed."""

from __future__ import annotations

import re

from grader.reading import Reading

__all__ = ["carried_out"]

_SIGNS = re.compile(r"\\(?:int|lim|binom|[dt]binom)|[!∫]")
"""Signs without one of which no answer is looked at."""


def carried_out(reading: Reading) -> Reading:
    """The reading with every piece of calculus worked out.

    Raises `Unreadable` where a piece is incomplete or holds more than numbers, named quantities and
    elementary functions, and `Undecidable` where it has no finite value, or none that is found in time.
    """
    if not _SIGNS.search(reading.text):
        return reading
    from grader.calculus.carrying_out import worked_out

    return worked_out(reading)

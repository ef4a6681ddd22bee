"""Reading: from what a student or a textbook wrote to a tree that keeps what was written, with positions.

The way of a text, from station to station:

    wrapping                what stands around a formula is taken off
    spelling, scanner       characters become pieces, by the rules of `commands`, `letters`, `numerals` and
                            `programs`; what these know stands in the tables `words`, `latex`, `signs`
    brackets, tidying       pieces become rows of pieces and brackets
    statements              where one statement ends and the next begins
    parser                  a row becomes a `tree`, by `expressions` and `atoms`

Where that fails, `unreadable` is what is said, and `repairs` what the text may have been meant to say.
"""

from grader.reading.reader import Reading, read, read_lines
from grader.reading.unreadable import Unreadable

__all__ = ["Reading", "Unreadable", "read", "read_lines"]

"""AFTER: the marks by which a page says that a value is one after an update, such as the plus in w_5^+."""

from __future__ import annotations

import re
from functools import lru_cache

AFTER = (
    "+",
    "new",
    "next",
    "updated",
    "update",
    "upd",
    "nuevo",
    "nueva",
    "neu",
    "nouveau",
    "novo",
    "nuovo",
    "baru",
    "t+1",
    "k+1",
    "n+1",
    "i+1",
    "*",
    "'",
)
"""One row a mark, as it is spelled above, below or behind a name."""

_MARKS = "|".join(re.escape(mark) for mark in sorted(AFTER, key=len, reverse=True) if mark != "'")
_ABOVE = re.compile(rf"\^\(?(?:{_MARKS})\)?(?=$|')")
_BELOW = re.compile(rf"_(?:{_MARKS})(?=$|\^)")
_BEHIND = re.compile(rf"(?<=[\w)])[,_]?(?:{_MARKS})(?=$|\^)")
_PRIME = re.compile(r"'$")


@lru_cache(maxsize=4096)
def before_update(name: str) -> str:
    """The name whose value before the update a name continues; empty for a name without such a mark.

    >>> before_update("w_5^+"), before_update("w_5_new"), before_update("w_new^(1)"), before_update("w_5")
    ('w_5', 'w_5', 'w^(1)', '')
    """
    if name.startswith("d("):
        return ""
    for mark in (_ABOVE, _BELOW, _BEHIND, _PRIME):
        stem, count = mark.subn("", name, count=1)
        if count and stem and stem[0].isalpha():
            return stem
    return ""

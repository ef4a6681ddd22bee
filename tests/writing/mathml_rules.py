"""What MathML Core allows of the elements that we write: names, and how many children each takes."""

from __future__ import annotations

import xml.etree.ElementTree as ET

CHILDREN = {
    "mfrac": 2,
    "msub": 2,
    "msup": 2,
    "msubsup": 3,
    "munder": 2,
    "mover": 2,
    "munderover": 3,
}
ANY_NUMBER = {"math", "semantics", "mrow", "msqrt", "mtable", "mtr", "mtd", "mphantom"}
TOKENS = {"mi", "mn", "mo", "mtext", "mspace", "annotation"}


def assert_valid(markup: str) -> None:
    """Every element is known and has as many children as it takes; tokens hold text alone, rows stand in
    tables, cells in rows."""
    root = ET.fromstring(markup)
    assert root.tag == "math"
    for parent in root.iter():
        if parent.tag in TOKENS:
            assert not len(parent), f"<{parent.tag}> holds elements"
            assert parent.tag == "mspace" or (parent.text or "").strip(), f"an empty <{parent.tag}>"
        else:
            assert not (parent.text or "").strip(), f"bare text in <{parent.tag}>: {parent.text}"
            assert parent.tag in ANY_NUMBER or len(parent) == CHILDREN[parent.tag], ET.tostring(parent)
        for child in parent:
            assert not (child.tail or "").strip(), f"bare text behind <{child.tag}>"
            assert (child.tag == "mtr") == (parent.tag == "mtable")
            assert (child.tag == "mtd") == (parent.tag == "mtr")

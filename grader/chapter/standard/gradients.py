"""Gradients written as lists: *the gradient is* ``(4x + 3y, 3x + 3y^2)``, for the function defined before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.chapter.chains import side_of
from grader.chapter.evidence import Judgement, attempt
from grader.chapter.heads import function_head
from grader.chapter.identities import sample
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in
from grader.chapter.observing.observation import Observation, confirmed, contradicted
from grader.chapter.spelling import bare
from grader.chapter.standard.page import Page
from grader.chapter.values import Scope
from grader.documents import Document
from grader.reading.tree import Group, Tree

BESIDE = 40
POINTS = 5
STEP = 1e-5
LONGEST = 300

_SAYS = re.compile(r"gradient\b[^.\n]{0,25}?(?:\bis|:|=)[\s$:\\(]*$", re.IGNORECASE)


def gradients_as_lists(document: Document, page: Page) -> Iterator[Observation]:
    """The lists that a page calls a gradient, held against the slopes of its last such function."""
    for region in document.regions:
        words = document.readable[max(0, region.start - BESIDE) : region.start]
        if len(region.text) > LONGEST or "," not in region.text or not _SAYS.search(words):
            continue
        tree = side_of(region).tree
        entries = bare(tree).parts if tree is not None and isinstance(bare(tree), Group) else ()
        judgement = _judged(entries, page, region.start) if len(entries) > 1 else None
        if judgement is not None:
            yield Observation(region, judgement, "formula")


def _judged(entries: tuple[Tree, ...], page: Page, start: int) -> Judgement | None:
    before = [
        (head[1], each.body, head[0])
        for each in page.equations
        if each.start < start and (head := function_head(each.head)) and len(head[1]) == len(entries)
    ]
    letters = {name for entry in entries for name in names_in(entry) if "^" not in name}
    if not before or letters - set(before[-1][0]):
        return None
    names, body, name = before[-1]
    right = [_is_slope(entry, body, names, by) for entry, by in zip(entries, names, strict=True)]
    if all(right):
        return confirmed(f"the slopes of {name} by {', '.join(names)}")
    wrong = [by for by, good in zip(names, right, strict=True) if good is False]
    if len(wrong) != 1 or right.count(True) != len(right) - 1:
        return None
    return contradicted(f"its entry for {wrong[0]} is not the slope of {name} by {wrong[0]}")


def _is_slope(entry: Tree, body: Tree, names: tuple[str, ...], by: str) -> bool | None:
    """Whether an entry is the slope at all points; None where there are no values."""
    for point in range(POINTS):
        at = {name: sample(name, point).middle for name in names}
        low, high = (_value(body, {**at, by: at[by] + step}) for step in (-STEP, STEP))
        said = _value(entry, at)
        if low is None or high is None or said is None:
            return None
        slope = (high - low) / (2 * STEP)
        if abs(said - slope) > 1e-5 * max(1.0, abs(slope)):
            return False
    return True


def _value(tree: Tree, at: Mapping[str, float]) -> float | None:
    scope = Scope(lambda name: Interval.exactly(at[name]) if name in at else None)
    found = attempt(tree, scope)
    return found.middle if isinstance(found, Interval) else None

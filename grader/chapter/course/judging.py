"""A formula of a page in its course: true in a kind of network, false by one slip, or not decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.chapter.chains import Chain, Side
from grader.chapter.course.course import Course
from grader.chapter.course.links import Link
from grader.chapter.evidence import Judgement
from grader.chapter.heads import Item, stretches


def links_of(items: Iterable[Item]) -> Iterator[tuple[Link, str]]:
    """Every link of the chains of a page, with its text."""
    for item in items:
        if isinstance(item, Chain) and not item.listed:
            for sides in stretches(item):
                for position, side in enumerate(sides[1:], 1):
                    yield from _linked(sides[:position], side)


def _linked(before: list[Side], target: Side) -> Iterator[tuple[Link, str]]:
    """A side linked to the one before it, and to the first."""
    for side in dict.fromkeys((before[-1], before[0])):
        if side.tree is not None and target.tree is not None:
            yield Link(side.tree, target.tree), f"{side.text} = {target.text}"


def judged_in(course: Course | None, before: list[Side], target: Side) -> Judgement | None:
    """What a course says of a side behind others; None where it does not decide."""
    if course is None:
        return None
    links = [link for link, _ in _linked(before, target)]
    for link in links:
        if truth := course.truths.get(link):
            return Judgement("confirmed", "unchecked", f"true {truth.kind.words}")
    for link in links:
        if found := course.objections.get(link):
            return Judgement("contradicted", "unchecked", found.reason, None, found)
    return None

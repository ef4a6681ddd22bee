"""Rows and columns in words: ``$x_1$ is a $4 \\times 1$ vector``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

import numpy as np

from grader.chapter.chains import Side, side_of
from grader.chapter.evidence import Judgement
from grader.chapter.names import names_in
from grader.chapter.spelling import bare, spelling
from grader.documents import Document, Region
from grader.ledger import Ledger
from grader.reading.tree import Group, Name, Negate, Number, Product, Scripted, Sum, Tree

Shape = tuple[int, int]

MOST_SUBJECTS = 4
MOST_BEHIND = 20
"""So many formulas, one behind the other, are followed to find a shape."""
LONGEST_LINK = 60
"""Words between a name and its shape."""

_SHAPE = re.compile(r"\s*(\d{1,4})\s*(?:\\times|×|x|\*|\\cdot|,)\s*(\d{1,4})\s*")
_IN_WORDS = re.compile(r"(?<![\w.])\(?\s*(\d{1,4})\s*(?:×|x|,)\s*(\d{1,4})\s*\)?(?!\w|\.\d)")
_LINK = re.compile(
    r"[\s$)(]*(?:(?:is|are|be|being|has|have|with|of|as|a|an|the|then|also|both|must|it|shape|size|dims?|"
    r"dimensions?|column|row|weight|bias|input|target|vector|matrix|matrices|vectors|:|=)[\s$(:]+)*[$(\\\[\s]*"
)
_ANNOUNCED = re.compile(r"(?:shape|size|dims?|dimensions?)\s*(?::|of|is|=)?\s*$", re.IGNORECASE)
_AND = re.compile(r"[\s$]*(?:,|and|und|et|y)?[\s$]*")
_BEFORE_NAME = re.compile(r"[\s$]*(?:(?:target|input|output|weight|bias|column|row|vector|matrix)\s+)+[$\s]*")


@dataclass(frozen=True)
class ShapeSaid:
    """The shape that is said of some names or formulas, and where its numbers stand."""

    subjects: tuple[Side, ...]
    shape: Shape
    place: Region

    @property
    def start(self) -> int:
        return self.place.start


def shapes_said(document: Document) -> Iterator[ShapeSaid]:
    """Every place of a page where a shape is said of something."""
    regions = [region for region in document.regions if region.place != "line"]
    for number, region in enumerate(regions):
        shape = _SHAPE.fullmatch(region.text)
        if shape:
            yield from _said(document, regions, number, region, shape)
        following = regions[number + 1].start if number + 1 < len(regions) else len(document.readable)
        yield from _in_words(document, regions, number, following)


def _said(
    document: Document, regions: list[Region], number: int, place: Region, shape: re.Match[str]
) -> Iterator[ShapeSaid]:
    """A shape between dollars: of what stands before it, or of the name behind it."""
    subjects = _subjects(document, regions[:number], place.start)
    if not subjects and number + 1 < len(regions):
        words = document.readable[place.end : regions[number + 1].start]
        subjects = (side_of(regions[number + 1]),) if _BEFORE_NAME.fullmatch(words) else ()
    if subjects:
        yield ShapeSaid(subjects, (int(shape[1]), int(shape[2])), place)


def _in_words(document: Document, regions: list[Region], number: int, following: int) -> Iterator[ShapeSaid]:
    """``$W$ (shape: 2×2)``, ``$b$ is 4×1``: a shape outside of the dollars."""
    end = regions[number].end
    words = document.readable[end : min(following, end + LONGEST_LINK)]
    shape = _IN_WORDS.search(words)
    if shape is None or not _LINK.fullmatch(words[: shape.start()] + " "):
        return
    if "," in shape[0] and not _ANNOUNCED.search(words[: shape.start()]):
        return
    subjects = _subjects(document, regions[: number + 1], end + shape.start())
    place = Region(shape[0], end + shape.start(), "inline")
    yield ShapeSaid(subjects, (int(shape[1]), int(shape[2])), place)


def _subjects(document: Document, before: list[Region], end: int) -> tuple[Side, ...]:
    """What stands before a shape, linked to it by words such as "is a", and what is named with it."""
    found: list[Side] = []
    for region in takewhile(lambda region: len(found) < MOST_SUBJECTS, reversed(before)):
        words = document.readable[region.end : end]
        if len(words) > LONGEST_LINK or not (_AND if found else _LINK).fullmatch(words + " " * (not found)):
            break
        if _SHAPE.fullmatch(region.text):
            break
        found.append(_subject(region))
        end = region.start
    return tuple(reversed(found))


def _subject(region: Region) -> Side:
    """The name before the first relation: of ``W = [[1, 2], [3, 4]]`` the W."""
    head, equals, _ = region.text.partition("=")
    return side_of(Region(head.rstrip("& \n"), region.start, region.place) if equals else region)


# -- judging -------------------------------------------------------------------------------------------------


class Misfit(Exception):
    """An expression whose shapes do not fit together; the words say why."""


@dataclass
class Dimensions:
    """The shapes that are known of the names of a page."""

    ledger: Ledger
    known: dict[str, tuple[Shape, int]] = field(default_factory=dict)
    """Shapes by name, and on which line they were said."""
    _busy: set[str] = field(default_factory=set)

    def judged(self, subject: Side, shape: Shape, line: int) -> Judgement | None:
        """What is known of a shape that is said; None where nothing is: then it is given."""
        if subject.tree is None:
            return None
        name = spelling(bare(subject.tree))
        if name in self.known and self.known[name][0] != shape:
            # Said once more and otherwise: the letter is used for something else from here on.
            self.known[name] = shape, line
            return None
        judgement = self._against_known(subject.tree, shape) or (
            self._by_formulas(name, shape) if name else None
        )
        if name and name not in self.known and (judgement is None or judgement.verdict == "confirmed"):
            self.known[name] = shape, line
        return judgement

    def _against_known(self, tree: Tree, shape: Shape) -> Judgement | None:
        try:
            found = self.shape_of(tree)
        except Misfit as misfit:
            return Judgement("contradicted", "unchecked", str(misfit))
        if found is None:
            return None
        if found == shape:
            return Judgement("confirmed", "unchecked", f"it is {_show(shape)} by what is known of its parts")
        return Judgement("contradicted", "unchecked", f"by what the page says before, it is {_show(found)}")

    def _by_formulas(self, name: str, shape: Shape) -> Judgement | None:
        """Whether the formulas that hold a name fit the shape that is said of it."""
        trial = Dimensions(self.ledger, {**self.known, name: (shape, 0)})
        fitting = ""
        for head, formula in self.ledger.formulas.items():
            if name not in names_in(formula) or head == name:
                continue
            try:
                found, wanted = trial.shape_of(formula), trial.of_name(head)
            except Misfit as misfit:
                return Judgement("contradicted", "unchecked", f"in the formula of {head}, {misfit}")
            if found is not None and wanted is not None and found != wanted:
                reason = f"{head} would be {_show(found)} by its formula, and it is {_show(wanted)}"
                return Judgement("contradicted", "unchecked", reason)
            fitting = fitting or (head if found is not None and wanted is not None else "")
        if fitting:
            return Judgement("confirmed", "unchecked", f"the formula of {fitting} fits with it")
        return None

    def of_name(self, name: str) -> Shape | None:
        """The shape of a name: said, or that of its value, or of its formula."""
        if name in self.known:
            return self.known[name][0]
        value = self.ledger.exact(name)
        if isinstance(value, np.ndarray) and value.ndim == 2:
            return np.shape(value)
        formula = self.ledger.formulas.get(name)
        if formula is None or name in self._busy or len(self._busy) > MOST_BEHIND:
            return None
        self._busy.add(name)
        try:
            return self.shape_of(formula)
        finally:
            self._busy.discard(name)

    def shape_of(self, tree: Tree) -> Shape | None:
        """The shape of an expression; None where it is not known. Raises `Misfit`."""
        tree = bare(tree)
        name = spelling(tree)
        if name and (known := self.of_name(name)):
            return known
        match tree:
            case Scripted(base=base, sub=sub, sup=Name(text="T" | "top" | "intercal")):
                inner = self.shape_of(base if sub is None else Scripted(tree.span, base, sub, None))
                return inner and (inner[1], inner[0])
            case Negate(body=body):
                return self.shape_of(body)
            case Sum(terms=terms):
                return self._same([self.shape_of(term) for term in terms], "added")
            case Product():
                return self._product(tree)
        return None

    def _same(self, shapes: list[Shape | None], word: str) -> Shape | None:
        known = {shape for shape in shapes if shape is not None}
        if len(known) > 1:
            first, second = sorted(known)[:2]
            raise Misfit(f"{_show(first)} and {_show(second)} cannot be {word}")
        return next(iter(known), None)

    def _product(self, product: Product) -> Shape | None:
        """A function of one argument keeps its shape; else a matrix product, or entry by entry."""
        first, *rest = product.factors
        if len(rest) == 1 and spelling(bare(first)).rstrip("'") in self.ledger.functions:
            return self.shape_of(rest[0]) if isinstance(rest[0], Group) and len(rest[0].items) == 1 else None
        found: Shape | None = None
        for join, factor in zip(("", *product.joins), product.factors, strict=True):
            if isinstance(bare(factor), Number):
                continue
            shape = self.shape_of(factor)
            if shape is None:
                return None
            found = shape if found is None else _multiplied(found, shape, join)
        return found


def _multiplied(left: Shape, right: Shape, join: str) -> Shape:
    if join in ("odot", "circ", "ast", "*"):
        if left != right and join == "odot":
            raise Misfit(f"{_show(left)} and {_show(right)} cannot be multiplied entry by entry")
        return left
    if (1, 1) in (left, right):
        return right if left == (1, 1) else left
    if left[1] != right[0]:
        raise Misfit(f"{_show(left)} cannot be multiplied by {_show(right)}")
    return left[0], right[1]


def _show(shape: Shape) -> str:
    return "{}×{}".format(*shape)

"""The code of a page as a program that learns: one pass of it is followed, and its derivatives are judged."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, count

import numpy as np

from grader.chapter.claims import ClaimVerdict
from grader.chapter.programs.dialects import DIALECTS
from grader.chapter.programs.parsing import parsed, statements
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.beside import judged_shape, shape_said
from grader.chapter.programs.training.foreseen import SIMPLE, names_set, teaching_in, updates_in
from grader.chapter.programs.training.found import Found
from grader.chapter.programs.training.judging import Judge
from grader.chapter.programs.training.orders import turned_products
from grader.chapter.programs.training.rules import TRAINING_EXPRESSIONS, TRAINING_STATEMENTS
from grader.chapter.programs.training.trainer import Trainer
from grader.documents import Block, Document

MAX_CODE, MAX_WORK = 200_000, 150_000
SMALL, SMALLEST, DEEP = 12, 5, 120
"""Whole numbers above the first stand for sizes of data and are taken as small ones from the second on."""

PYTHON = next(row for row in DIALECTS if row.name == "python")


def lessons(document: Document) -> tuple[ClaimVerdict, ...]:
    """The verdicts on all lines of a page that compute derivatives by hand."""
    blocks = tuple(_blocks(document))
    text = "".join(block.text for block in blocks)
    if not _LEARNS.search(text):
        return ()
    return tuple(sorted(_verdicts(document, blocks), key=lambda claim: (claim.line, claim.column)))


_LEARNS = re.compile(
    r"grad|\bd[A-Za-z]\w*\s*[-+*/]?=|delta|-=|loss|cost|#[^\n]{0,80}\w\s?[x×*,]\s?\w", re.IGNORECASE
)
"""What stands in code in which there is something to judge here."""


def _blocks(document: Document) -> Iterator[Block]:
    read = 0
    for block in document.blocks:
        read += len(block.text)
        if read > MAX_CODE:
            return
        if block.language in PYTHON.languages and ">>>" not in block.text and "=" in block.text:
            yield block


@dataclass(frozen=True, slots=True)
class Place:
    """Where a statement stands: its offset, its line, and the text of it as code."""

    start: int
    line: int
    text: str
    comment: str = ""


def _verdicts(document: Document, blocks: tuple[Block, ...]) -> Iterator[ClaimVerdict]:
    sources = [(block, _source(block)) for block in blocks]
    bodies = [list(filter(is_shallow, statements(text) or ())) for _, text in sources]
    sizes = small_sizes(bodies)
    updated = frozenset(name for body in bodies for name in updates_in(body))
    teaching = teaching_in(bodies, updated)
    trainer = Trainer(TRAINING_EXPRESSIONS, TRAINING_STATEMENTS, updated=updated, teaching=teaching)
    places: dict[int, Place] = {}
    work = 0
    for block, text in sources:
        trainer.steps = 0
        for statement in parsed(text, trainer):
            if not is_shallow(statement):
                trainer.doubt([statement], "it is nested too deeply")
                continue
            places.update(_placed(statement, block, document))
            trainer.follow_alone(sizes.put_into(statement))
        work += trainer.steps
        if work > MAX_WORK:
            break
    lines = {identity: place.line for identity, place in places.items()}
    yield from _shapes(document, trainer, places, sizes)
    yield from _turned(document, trainer, lines)
    yield from (
        _claim(document, found, places)
        for found in _told(Judge(trainer, lines).judged())
        if id(found.statement) in places
    )


def _shapes(
    document: Document, trainer: Trainer, places: dict[int, Place], sizes: Sizes
) -> Iterator[ClaimVerdict]:
    """The verdicts on shapes that stand in comments beside assignments."""
    for event in {id(event.statement): event for event in trainer.events}.values():
        place = places.get(id(event.statement))
        said = shape_said(place.comment) if place and place.comment else None
        if (
            place is None
            or said is None
            or not isinstance(event.value, Tracked)
            or names_set(event.statement)[1:]
        ):
            continue
        size = partial(_size, trainer, sizes, event.order)
        judged = judged_shape(said, np.shape(event.value.data), size)
        if judged:
            start = place.start + place.text.rindex(place.comment) + said.at
            verdict, reason = judged
            line, column = document.position(start)
            yield ClaimVerdict(
                line, column, place.text[:400], "shape", verdict, verdict, reason, width=len(said.text)
            )


def _turned(document: Document, trainer: Trainer, lines: dict[int, int]) -> Iterator[ClaimVerdict]:
    """The verdicts on formulas that multiply the other way round than the code does."""
    for found in turned_products(document, trainer):
        line, column = document.position(found.side.start)
        reason = f"{found.reason} (line {lines[id(found.statement)]})"
        yield ClaimVerdict(
            line,
            column,
            found.side.text[:400],
            "shape",
            "contradicted",
            "unchecked",
            reason,
            diagnosis="transposed",
            root=found.side is found.first,
            follows_from=None if found.side is found.first else document.position(found.first.start)[0],
            width=len(found.side.text),
        )


def _size(trainer: Trainer, sizes: Sizes, order: int, text: str) -> int | None:
    """The length of an axis that a name or number of the page stands for."""
    if text.isdigit():
        return sizes.small.get(int(text), int(text))
    before = [node for node in trainer.versions.get(text, []) if trainer.noted.get(id(node), 0) <= order]
    value = before[-1].data if before else None
    return int(value) if isinstance(value, int | np.integer) else None


def _told(founds: Iterable[Found]) -> list[Found]:
    """One verdict a statement: what is right once is not called wrong."""
    told: dict[int, Found] = {}
    for found in founds:
        before = told.get(id(found.statement))
        if before is None or WEIGHT[found.verdict] > WEIGHT[before.verdict]:
            told[id(found.statement)] = found
    return list(told.values())


WEIGHT = {"unchecked": 0, "contradicted": 1, "confirmed": 2}


def _placed(statement: ast.stmt, block: Block, document: Document) -> Iterator[tuple[int, Place]]:
    lines = block.text.split("\n")
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    for part in ast.walk(statement):
        if isinstance(part, ast.stmt) and part.lineno <= len(lines):
            written = lines[part.lineno - 1]
            code = written.strip()
            start = block.start + starts[part.lineno - 1] + written.find(code)
            comment = code.rpartition("#")[2] if isinstance(part, SIMPLE) and "#" in code else ""
            yield id(part), Place(start, document.position(start)[0], code, comment)


def _claim(document: Document, found: Found, places: dict[int, Place]) -> ClaimVerdict:
    place, follows = places[id(found.statement)], places.get(id(found.follows))
    return ClaimVerdict(
        line=place.line,
        column=document.position(place.start)[1],
        text=place.text[:400],
        kind="formula",
        verdict=found.verdict,
        local="confirmed" if found.follows is not None else found.verdict,
        reason=found.reason,
        diagnosis=found.diagnosis,
        root=found.follows is None,
        follows_from=follows.line if follows else None,
        width=len(place.text),
    )


def _source(block: Block) -> str:
    """The text of a block without common indentation, as Python that can be parsed."""
    source = next(PYTHON.sources(textwrap.dedent(block.text)))
    return source.text


# ---- sizes of data


@dataclass(frozen=True, slots=True)
class Sizes:
    """Whole numbers that stand for sizes of data, taken as small ones; those in lists are data themselves."""

    small: dict[int, int]

    def put_into(self, statement: ast.stmt) -> ast.stmt:
        waiting: list[ast.AST] = [statement]
        while waiting:
            node = waiting.pop()
            if isinstance(node, ast.Constant) and type(node.value) is int:
                node.value = self.small.get(node.value, node.value)
            if not isinstance(node, ast.List):
                waiting.extend(ast.iter_child_nodes(node))
        return statement


def is_shallow(statement: ast.stmt) -> bool:
    """Whether a statement is not nested more deeply than anyone writes."""
    level: list[ast.AST] = [statement]
    for _ in range(DEEP):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return True
    return False


def small_sizes(bodies: list[list[ast.stmt]]) -> Sizes:
    """Each large whole number of a program with a small one for it, in the same order."""
    whole = {
        part.value
        for body in bodies
        for statement in body
        for part in ast.walk(statement)
        if isinstance(part, ast.Constant) and isinstance(part.value, int) and not isinstance(part.value, bool)
    }
    free = (size for size in count(SMALLEST) if size not in whole)
    return Sizes({large: next(free) for large in sorted(whole) if large > SMALL})

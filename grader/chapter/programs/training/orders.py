"""Matrix products in formulas beside the same in code: ``h = W_1 X`` where code has ``h = x @ w1``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.chapter.chains import Chain, Side, chains_of
from grader.chapter.programs.tracked import Tracked
from grader.chapter.programs.training.trainer import Event, Trainer
from grader.chapter.spelling import bare, spelling
from grader.documents import Document
from grader.reading.tree import Product, Sum, Tree

Pair = tuple[str, str]
Key = tuple[str, str, str]
"""What a product is called and its two factors, all without what only sets them."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A formula whose factors have the other order in the code, whose arrays fit in that order alone."""

    side: Side
    statement: ast.stmt
    reason: str
    first: Side
    """Where the page says the same first."""


def turned_products(document: Document, trainer: Trainer) -> Iterator[Turned]:
    """Products of a page's formulas that its own code computes the other way round, with arrays that can be
    multiplied in that order alone."""
    coded = dict(reversed(tuple(_coded(trainer))))  # of several lines that compute the same, the first
    if not coded:
        return
    said: dict[Key, Side] = {}
    for chain in chains_of(document):
        for side, first, second in _products(chain):
            key = _plain(chain.sides[0].text), second, first
            made = coded.get(key)
            if made is not None and not _fits(made.shapes[1], made.shapes[0]):
                yield Turned(side, made.event.statement, made.sentence, said.setdefault(key, side))


@dataclass(frozen=True, slots=True)
class Coded:
    """A product of two arrays in code, with the shapes that they have there."""

    event: Event
    names: Pair
    shapes: tuple[tuple[int, ...], tuple[int, ...]]

    @property
    def sentence(self) -> str:
        left, right = self.names
        return f"the code of the page computes {left} times {right}, and its arrays do not fit the other way"


def _coded(trainer: Trainer) -> Iterator[tuple[Key, Coded]]:
    """The products of two named arrays, by the name that they are given and their own."""
    for event in trainer.events:
        for pair in _pairs(event.statement):
            if all(name in trainer.versions for name in pair):
                first, second = (trainer.standing(name, event.order) for name in pair)
                key = (_plain(event.name), _plain(pair[0]), _plain(pair[1]))
                yield key, Coded(event, pair, (_shape(first), _shape(second)))


def _shape(value: Tracked) -> tuple[int, ...]:
    return np.shape(value.data)


def _fits(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    """Whether two arrays may be multiplied so; of what is no matrix this is not said."""
    return len(left) != 2 or len(right) != 2 or left[1] == right[0]


def _pairs(statement: ast.stmt) -> Iterator[Pair]:
    """The names of two arrays that are multiplied as matrices, as they stand."""
    for node in ast.walk(statement):
        match node:
            case ast.BinOp(left=ast.Name(id=left), op=ast.MatMult(), right=ast.Name(id=right)):
                yield left, right
            case ast.Call(
                func=ast.Attribute(attr="dot" | "matmul" | "mm"),
                args=[ast.Name(id=left), ast.Name(id=right)],
            ):
                yield left, right
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id=left), attr="dot" | "matmul" | "mm"),
                args=[ast.Name(id=right)],
            ):
                yield left, right


def _products(chain: Chain) -> Iterator[tuple[Side, str, str]]:
    """The sides of a chain that are a product of two names, perhaps with a bias."""
    for side in chain.sides[1:]:
        terms = side.tree.terms if isinstance(side.tree, Sum) else (side.tree,)
        for term in terms:
            names = _names(term)
            if len(names) == 2 and all(names):
                yield side, _plain(names[0]), _plain(names[1])


def _names(term: Tree | None) -> list[str]:
    return [spelling(bare(factor)) for factor in term.factors] if isinstance(term, Product) else []


def _plain(name: str) -> str:
    """A name without what only sets it: ``W_1``, ``w1`` and ``\\mathbf{w}_1`` are one name."""
    return "".join(letter for letter in name.lower().replace("\\mathbf", "") if letter.isalnum())

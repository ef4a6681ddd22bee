"""Words that a page uses as names without saying so in its markup: ``in_{h1}`` is read as i times n_h1."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from msgspec import structs

from grader.chapter.chains import Chain, Side
from grader.chapter.heads import Item
from grader.chapter.names import names_in
from grader.chapter.spelling import bare, spelling
from grader.reading.tree import Name, Product, Scripted, Tree, names_of_fields
from grader.reading.words import GREEK

LONGEST = 6
"""A word of so many letters that stand together."""

_LETTERS = frozenset(GREEK.split())

Node = TypeVar("Node", bound=Tree)


def relabelled(items: Iterable[Item]) -> tuple[Item, ...]:
    """The items with every word that stands alone on a left side made one name.

    A word is several letters side by side, none of which has a value of its own on the page.
    """
    listed = tuple(items)
    words = _words(listed)
    return tuple(_chain(item, words) if isinstance(item, Chain) and words else item for item in listed)


def _words(items: tuple[Item, ...]) -> frozenset[str]:
    heads = [side.tree for item in items if isinstance(item, Chain) for side in item.sides[:1]]
    spelled = {spelling(bare(tree)) for tree in heads if tree is not None}
    found = {_word(tree.factors) for tree in heads if isinstance(tree, Product) and set(tree.joins) == {""}}
    parts = {
        name
        for tree in heads
        if isinstance(tree, Product) and _word(tree.factors) in found
        for name in (_marked(tree.factors)[1:] or names_in(tree))
    }
    return frozenset(found - {""}) if not parts & spelled else frozenset()


def _word(factors: tuple[Tree, ...]) -> str:
    """Letters side by side, of which only the last may have scripts, in one piece; empty for all else."""
    if marked := _marked(factors):
        return "".join(marked)
    *first, last = factors
    letters = [part.text for part in first if isinstance(part, Name) and len(part.text) == 1]
    base = last.base if isinstance(last, Scripted) else last
    if len(letters) != len(first) or not letters or len(factors) > LONGEST:
        return ""
    whole = isinstance(base, Name) and len(base.text) == 1 and isinstance(last, Scripted)
    return "".join(letters) + spelling(last) if whole else ""


def _marked(factors: tuple[Tree, ...]) -> tuple[str, ...]:
    """A Greek letter and the capital behind it that says what it belongs to, as in ``δA``."""
    match factors:
        case (Name(text=letter), Name(text=mark)) if letter in _LETTERS and len(mark) == 1 and mark.isupper():
            return letter, mark
    return ()


def _chain(chain: Chain, words: frozenset[str]) -> Chain:
    return replace(chain, sides=tuple(_side(side, words) for side in chain.sides))


def _side(side: Side, words: frozenset[str]) -> Side:
    return replace(side, tree=_renamed(side.tree, words)) if side.tree is not None else side


def _renamed(tree: Node, words: frozenset[str]) -> Tree:
    """A tree in which the words are names."""
    changed: dict[str, object] = {}
    for name in names_of_fields(tree):
        value = getattr(tree, name)
        new = _inside(value, words)
        if new is not value:
            changed[name] = new
    tree = structs.replace(tree, **changed) if changed else tree
    return _joined(tree, words) if isinstance(tree, Product) else tree


def _inside(value: object, words: frozenset[str]) -> object:
    if isinstance(value, Tree):
        return _renamed(value, words)
    if isinstance(value, tuple):
        found = tuple(_inside(part, words) for part in value)
        return found if any(new is not old for new, old in zip(found, value, strict=True)) else value
    return value


def _joined(tree: Product, words: frozenset[str]) -> Tree:
    factors: list[Tree] = []
    joins: list[str] = []
    position = 0
    while position < len(tree.factors):
        run = next(_runs(tree, position, words), None)
        if factors:
            joins.append(tree.joins[position - 1])
        if run:
            parts = tree.factors[position : position + run]
            factors.append(Name((parts[0].span[0], parts[-1].span[1]), _word(parts)))
        else:
            factors.append(tree.factors[position])
        position += run or 1
    if len(factors) == len(tree.factors):
        return tree
    return factors[0] if len(factors) == 1 else Product(tree.span, tuple(factors), tuple(joins))


def _runs(tree: Product, position: int, words: frozenset[str]) -> Iterator[int]:
    """How many factors from here on are a word."""
    for length in range(min(LONGEST, len(tree.factors) - position), 1, -1):
        beside = set(tree.joins[position : position + length - 1]) == {""}
        if beside and _word(tree.factors[position : position + length]) in words:
            yield length

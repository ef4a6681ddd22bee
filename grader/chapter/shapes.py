"""Rows and columns: matrices of names, held against the network that the page's own scalar formulas define.

``n_3 = \\sigma(w_{13} n_1 + w_{23} n_2 + b_3)`` says that there is a node n_3, and that w_{13} leads
from n_1 to n_3. A matrix that lists a node the network does not have, or that turns a layer's weights the
other way round than the page's other matrices, contradicts it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from grader.chapter.chains import Chain, Side
from grader.chapter.evidence import Judgement
from grader.chapter.spelling import bare, spelling
from grader.ledger import Ledger
from grader.reading.tree import Group, Matrix, Name, Number, Product, Scripted, Sum, Tree

Layout = Literal["row", "column"]
"""Where the weights into one node stand."""

ENOUGH = 3
"""So many known members make a family of names complete enough to miss one."""


@dataclass(frozen=True, slots=True)
class Written:
    """A matrix of names: its rows of spellings."""

    rows: tuple[tuple[str, ...], ...]

    @property
    def entries(self) -> tuple[str, ...]:
        return tuple(entry for row in self.rows for entry in row)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows), len(self.rows[0])

    def __str__(self) -> str:
        return "{}×{}".format(*self.shape)


@dataclass
class Network:
    """The nodes and weights that scalar formulas imply, and the matrices written out with them."""

    ledger: Ledger
    leads: dict[str, tuple[str, str]] = field(default_factory=dict)
    """From which node to which a weight leads."""
    members: set[str] = field(default_factory=set)
    matrices: dict[str, Written] = field(default_factory=dict)
    layout: tuple[Layout, str, int] | None = None
    """Where the weights into one node stand, in which matrix, on which line this was seen first."""

    def read(self, chain: Chain, line: int) -> Iterator[tuple[Side, Judgement]]:
        """Verdicts on the matrices of names in a chain and on formulas with a general index."""
        head = chain.sides[0]
        for side in chain.sides[1:]:
            if head.tree is None or side.tree is None:
                continue
            self._learn(head.tree, side.tree)
            written = written_out(side.tree)
            if written and spelling(bare(head.tree)):
                yield side, self._judge(spelling(bare(head.tree)), written, line)
            elif not written:
                yield from ((side, judgement) for judgement in self._general(side.tree))
            for matrix in _matrices(side.tree):
                self._see_layout(matrix, "the matrix", line)

    def _learn(self, head: Tree, formula: Tree) -> None:
        """A scalar formula names nodes, biases and weights; of a weight it says where it leads."""
        target = spelling(head)
        if not target or any(isinstance(part, Matrix) for part in formula.walk()):
            return
        for term in _terms(formula):
            names = [spelling(factor) for factor in (term.factors if isinstance(term, Product) else (term,))]
            if all(names):
                self.members.update({target, *names})
            if len(names) == 2:
                self._learn_weight(names[0], names[1], target)

    def _learn_weight(self, first: str, second: str, target: str) -> None:
        for weight, node in ((first, second), (second, first)):
            if family(node) == family(target) != family(weight):
                self.leads[weight] = node, target

    def _judge(self, name: str, written: Written, line: int) -> Judgement:
        missing = self._missing(written)
        if missing:
            reason = f"the network of this page has no {' and no '.join(missing)}"
            return Judgement("contradicted", "unchecked", reason)
        turned = self._turned(written)
        if turned:
            return Judgement("contradicted", "unchecked", turned)
        self.matrices[name] = written
        self._see_layout(written, name, line)
        known = all(entry in self._known(family(entry)) for entry in written.entries)
        if known:
            return Judgement(
                "confirmed", "unchecked", f"{written}, and all its entries belong to the network of this page"
            )
        return Judgement("unchecked", "unchecked", "the page says nothing to hold its entries against")

    def _known(self, base: str) -> set[str]:
        """All members of a family that have a formula, a value or a place in a formula."""
        return {name for name in (*self.members, *self.ledger.entries) if family(name) == base}

    def _missing(self, written: Written) -> list[str]:
        bases = {family(entry) for entry in written.entries}
        if len(bases) != 1 or not all(_NUMBERED.fullmatch(entry) for entry in written.entries):
            return []
        known = self._known(bases.pop())
        defined = [name for name in known if name in self.ledger.entries]
        if len(defined) < ENOUGH or not known.intersection(written.entries):
            return []
        return [entry for entry in written.entries if entry not in known]

    def _turned(self, written: Written) -> str:
        """Why a matrix of weights does not fit the page's layout; empty if nothing speaks against it."""
        mine = self._layout_of(written)
        if mine is None or self.layout is None or mine == self.layout[0]:
            return ""
        theirs, where, line = self.layout
        rows, columns = written.shape
        return (
            f"the weights into one node stand in a {mine} here, in a {theirs} in {where} of line {line}; "
            f"there this would be {columns}×{rows}, and as {rows}×{columns} it does not fit its layer"
        )

    def _see_layout(self, written: Written, where: str, line: int) -> None:
        mine = self._layout_of(written)
        if mine and self.layout is None:
            self.layout = mine, where, line

    def _layout_of(self, written: Written) -> Layout | None:
        """Whether rows share the node they lead to and columns the node they come from, or the reverse."""
        if not all(entry in self.leads for entry in written.entries) or written.shape == (1, 1):
            return None
        rows, columns = written.rows, tuple(zip(*written.rows, strict=True))
        fits: dict[Layout, bool] = {
            "row": self._share(rows, 1) and self._share(columns, 0),
            "column": self._share(rows, 0) and self._share(columns, 1),
        }
        found: list[Layout] = [layout for layout, fit in fits.items() if fit]
        return found[0] if len(found) == 1 else None

    def _share(self, lines: tuple[tuple[str, ...], ...], end: int) -> bool:
        return all(len({self.leads[entry][end] for entry in line}) == 1 for line in lines)

    # ---- a general index

    def _general(self, formula: Tree) -> Iterator[Judgement]:
        r"""``\sigma(w_i x_i + …)``: whether the matrices of the page fit when i is a number."""
        for left, right in _indexed_pairs(formula):
            fits = self._fits(left, right, 0)
            repaired = {shift: self._fits(left, right, shift) for shift in (1, -1)}
            better = [shift for shift, outcome in repaired.items() if outcome and all(outcome.values())]
            if fits and not any(fits.values()) and len(better) == 1:
                yield Judgement("contradicted", "unchecked", self._misfit(left, right, fits, better[0]))

    def _fits(self, left: Indexed, right: Indexed, shift: int) -> dict[int, bool]:
        """For every number that the index can be: whether the product of the two matrices is defined."""
        found = {}
        for number in range(20):
            pair = self.matrices.get(left.at(number + shift)), self.matrices.get(right.at(number))
            if pair[0] and pair[1]:
                found[number] = pair[0].shape[1] == pair[1].shape[0]
        return found

    def _misfit(self, left: Indexed, right: Indexed, fits: dict[int, bool], shift: int) -> str:
        number = next(iter(fits))
        names = left.at(number), right.at(number)
        one, other = (self.matrices[name] for name in names)
        offset = left.offset + shift
        repair = f"{left.base}_{{{left.letter}{f'{offset:+d}' if offset else ''}}}"
        product = f"{names[0]}, {one}, and {names[1]}, {other}"
        return f"for {left.letter} = {number} it multiplies {product}; {repair} would fit"


@dataclass(frozen=True, slots=True)
class Indexed:
    """A name with a letter for its number, ``w_{i+1}``."""

    base: str
    letter: str
    offset: int

    def at(self, number: int) -> str:
        return f"{self.base}_{number + self.offset}"


def _indexed(tree: Tree) -> Indexed | None:
    match tree:
        case Scripted(base=Name(text=base), sub=Name(text=letter), sup=None) if len(letter) == 1:
            return Indexed(base, letter, 0)
        case Scripted(
            base=Name(text=base),
            sub=Sum(terms=(Name(text=letter), Number(text=number)), signs=(sign,)),
            sup=None,
        ):
            return Indexed(base, letter, int(f"{sign}{number}")) if number.isdigit() else None
    return None


def _indexed_pairs(tree: Tree) -> Iterator[tuple[Indexed, Indexed]]:
    """Neighbouring factors that carry the same letter for their number."""
    for product in tree.walk():
        if not isinstance(product, Product):
            continue
        for first, second in zip(product.factors, product.factors[1:], strict=False):
            left, right = _indexed(first), _indexed(second)
            if left and right and left.letter == right.letter:
                yield left, right


_NUMBERED = re.compile(r".*_\d+")
_FAMILY = re.compile(r"[\d,]+$")


def family(name: str) -> str:
    """What names that differ only in their number have in common: ``n_`` for ``n_7``."""
    return _FAMILY.sub("", name)


def written_out(tree: Tree) -> Written | None:
    """A matrix of names, with nothing left out by dots."""
    tree = bare(tree)
    if not isinstance(tree, Matrix) or len({len(row) for row in tree.rows}) != 1:
        return None
    rows = tuple(tuple(spelling(bare(entry)) for entry in row) for row in tree.rows)
    names = [name for row in rows for name in row]
    return Written(rows) if all(names) and "dots" not in names else None


def _matrices(tree: Tree) -> Iterator[Written]:
    for part in tree.walk():
        written = written_out(part) if isinstance(part, Matrix) else None
        if written:
            yield written


def _terms(formula: Tree) -> Iterator[Tree]:
    """The terms of the sum that a formula is, perhaps inside one function."""
    match bare(formula):
        case Sum(terms=terms):
            yield from terms
        case Product(factors=(Name(), Group(items=(argument,)))):
            yield from _terms(argument)
        case other:
            yield other

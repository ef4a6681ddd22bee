"""What a piece of student mathematics looks like after reading, before anyone asks what it means.

The tree keeps what was written: products stay products with the sign that was used, `a(1-a)` and
`\\sigma(z)` look alike (two factors side by side), and scripts are not yet powers, layers or transposes.
`grader.meaning.names` decides that, by notation. Every node carries the half-open range of characters of the
original text that it was read from.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

Span = tuple[int, int]


class Tree(Struct, frozen=True):
    """Anything that was read; ``span`` is where."""

    span: Span

    @property
    def parts(self) -> tuple[Tree, ...]:
        """The trees directly below this one, from left to right."""
        return ()

    def walk(self) -> Iterator[Tree]:
        """This tree and everything below it."""
        waiting: list[Tree] = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(part.parts[::-1])


class Number(Tree, frozen=True):
    """A number as printed: ``text`` has an ASCII point and no thousands separators, ``.50`` stays ``.50``."""

    text: str

    @property
    def value(self) -> Fraction:
        """The exact value of the printed digits."""
        return _exact(self.text)

    @property
    def half_unit(self) -> Fraction:
        """Half a unit of the last printed digit: ``0.890`` gives 1/2000, ``3`` gives 1/2, ``2e-3`` gives
        1/2000.
        """
        return _half_unit(self.text)


def names_of_fields(tree: Tree) -> tuple[str, ...]:
    """The fields of a tree beside its span."""
    return tree.__struct_fields__[1:]


@lru_cache(maxsize=1024)
def _exact(text: str) -> Fraction:
    return Fraction(text)


@lru_cache(maxsize=1024)
def _half_unit(text: str) -> Fraction:
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return Fraction(1, 2) * Fraction(10) ** (int(exponent or 0) - decimals)


class Name(Tree, frozen=True):
    """A letter or word: ``W``, ``sigma`` (from ``\\sigma`` or σ), ``delta``, ``tanh``, ``net``,
    ``partial``, ``nabla``, ``top``.
    """

    text: str


class Text(Tree, frozen=True):
    """Words inside a formula (``\\text{...}``), which mean nothing to mathematics."""

    text: str


class Scripted(Tree, frozen=True):
    """Something with a subscript, a superscript or primes; ``W2`` in plain spelling is ``W`` with
    subscript 2.
    """

    base: Tree
    sub: Tree | None = None
    sup: Tree | None = None
    primes: int = 0

    @property
    def parts(self) -> tuple[Tree, ...]:
        return tuple(part for part in (self.base, self.sub, self.sup) if part is not None)


class Group(Tree, frozen=True):
    """Brackets as written: ``bracket`` is ``(``, ``[`` or ``{``; a comma list inside makes several items."""

    bracket: str
    items: tuple[Tree, ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return self.items


class Matrix(Tree, frozen=True):
    """Rows of entries, from ``bmatrix``, ``[[1,2],[3,4]]``, ``[1 2; 3 4]``, NumPy print; ``[1, 2, 3]`` is
    a `Group` instead.
    """

    rows: tuple[tuple[Tree, ...], ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return tuple(entry for row in self.rows for entry in row)


class Cases(Tree, frozen=True):
    """A definition by cases: rows of a value and the condition under which it holds, from ``cases``,
    ``1 if z > 0 else 0`` or ``np.where(z > 0, 1, 0)``; the condition "otherwise" is None.
    """

    rows: tuple[tuple[Tree, Tree | None], ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return tuple(part for row in self.rows for part in row if part is not None)


class Negate(Tree, frozen=True):
    """A leading minus."""

    body: Tree

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.body,)


class Sum(Tree, frozen=True):
    """``a - b + c``: terms (a, b, c) and between them the signs ("-", "+")."""

    terms: tuple[Tree, ...]
    signs: tuple[str, ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return self.terms


class Product(Tree, frozen=True):
    """Factors and, between them, how they were joined: ``""`` (side by side), ``* cdot times odot circ @
    /``, left to right; ``broadcast`` is the ``*`` of a program, which is entry by entry.
    """

    factors: tuple[Tree, ...]
    joins: tuple[str, ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return self.factors


class Quotient(Tree, frozen=True):
    """``\\frac{numerator}{denominator}``."""

    numerator: Tree
    denominator: Tree

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.numerator, self.denominator)


class Norm(Tree, frozen=True):
    """``|body|`` (bars 1) or ``||body||`` (bars 2)."""

    bars: int
    body: Tree

    @property
    def parts(self) -> tuple[Tree, ...]:
        return (self.body,)


class BigOperator(Tree, frozen=True):
    """``\\sum_{low}^{high} body``: ``kind`` is ``sum``, ``prod``, ``int``, ``lim``, ``max`` or ``min``; body
    reaches to the end of the term.
    """

    kind: str
    low: Tree | None
    high: Tree | None
    body: Tree

    @property
    def parts(self) -> tuple[Tree, ...]:
        return tuple(part for part in (self.low, self.high, self.body) if part is not None)


class Calculus(Tree, frozen=True):
    """What only calculus works out: ``binom`` of two numbers, ``factorial`` of one; ``number`` is a quantity
    that stands for a single number in something that was worked out.
    """

    kind: str
    arguments: tuple[Tree, ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return self.arguments


class Relation(Tree, frozen=True):
    """A chain ``A = B \\approx C``: its sides and, between them, the relations (``=``, ``approx``,
    ``:=``, ``to``, ``<``, ``>``, ``<=``, ``>=``).
    """

    sides: tuple[Tree, ...]
    relations: tuple[str, ...]

    @property
    def parts(self) -> tuple[Tree, ...]:
        return self.sides

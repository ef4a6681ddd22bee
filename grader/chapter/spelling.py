"""The names of a page: one spelling for each name, however it is typed."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from grader.reading.assembling import is_differential_word
from grader.reading.tree import Group, Name, Negate, Number, Product, Quotient, Scripted, Sum, Text, Tree

MOST_REMEMBERED = 16384
"""About so many different parts have the formulas of one page, each of which is asked for its names again and
again."""

DIFFERENTIALS = frozenset({"partial", "d", "delta", "Delta"})
"""Letters that make a quotient a derivative when both its halves begin with the same one."""


def spelling(tree: Tree) -> str:
    """The canonical spelling of a name, by which the ledger knows it; empty for what is no name.

    ``w_{13}`` and ``w_13`` are one name, ``w_5^+`` and ``w_5`` are two, and so are ``a_1^2`` and ``a_2^2``.
    """
    if isinstance(tree, Name):
        return tree.text
    if isinstance(tree, Scripted):
        return _scripted(tree)
    if isinstance(tree, Quotient):
        return _derivative(tree)
    return ""


@lru_cache(maxsize=MOST_REMEMBERED)
def _scripted(tree: Scripted) -> str:
    base = spelling(tree.base)
    if not base or (base == "e" and tree.sub is None and _is_exponent(tree.sup)):
        return ""  # a power of e is no name
    sub = f"_{_script(tree.sub)}" if tree.sub is not None else ""
    sup = f"^{_script(tree.sup)}" if tree.sup is not None else ""
    return base + sub + sup + "'" * tree.primes


def _is_exponent(sup: Tree | None) -> bool:
    """Whether what stands above e is a power; ``e^{(1)}`` is the error of the first example."""
    match sup:
        case None | Group(bracket="(", items=(Number() | Name(),)):
            return False
    return True


def _script(tree: Tree) -> str:
    """A script as a label: products and brackets are only letters standing together."""
    if isinstance(tree, Name | Number | Text):
        return tree.text
    if isinstance(tree, Group):
        inside = ",".join(_script(item) for item in tree.items)
        return inside if tree.bracket == "{" else f"({inside})"
    if isinstance(tree, Sum):
        return "".join(sign + _script(term) for sign, term in zip(("", *tree.signs), tree.terms, strict=True))
    if isinstance(tree, Negate):
        return f"-{_script(tree.body)}"
    if isinstance(tree, Product):
        return "".join(_script(factor) for factor in tree.factors)
    if isinstance(tree, Scripted) and isinstance(tree.base, Number) and tree.sup is None and tree.sub:
        return f"{tree.base.text}_{_script(tree.sub)}"  # w_{5_{new}}
    return spelling(tree) or "?"


@lru_cache(maxsize=MOST_REMEMBERED)
def _derivative(tree: Quotient) -> str:
    """``\\partial E / \\partial w`` as a name of its own: ``d(E)/d(w)``."""
    halves = derivative_of(tree)
    if not halves:
        return ""
    above, below = (_script(half) for half in halves)
    return f"d({above})/d({below})"


def derivative_of(tree: Quotient) -> tuple[Tree, Tree] | None:
    """What is differentiated and by what, if the quotient is a derivative of something by a name."""
    above, below = _differential(tree.numerator), _differential(tree.denominator)
    if above is None or below is None or above[0] != below[0] or not spelling(below[1]):
        return None
    return above[1], below[1]


def _differential(half: Tree) -> tuple[str, Tree] | None:
    if (letter := _written_with_d(half)) is not None:
        return "d", letter
    if not isinstance(half, Product) or set(half.joins) != {""}:
        return None
    letter, *rest = half.factors
    if not isinstance(letter, Name) or letter.text not in DIFFERENTIALS:
        return None
    body = rest[0] if len(rest) == 1 else Product(half.span, tuple(rest), half.joins[1:])
    return letter.text, body


def _written_with_d(half: Tree) -> Tree | None:
    """The ``E`` of ``dE`` and the ``w_2`` of ``dw_2``, where a d and a letter are typed as one word."""
    if isinstance(half, Scripted):
        base = _written_with_d(half.base)
        return replace(half, base=base) if base is not None else None
    if not isinstance(half, Name) or not is_differential_word(half.text):
        return None
    return replace(half, text=half.text[1:])


def is_name(tree: Tree) -> bool:
    """Whether a tree is a name and nothing else; brackets around it do not matter."""
    return bool(spelling(bare(tree)))


def bare(tree: Tree) -> Tree:
    """A tree without brackets that hold only one thing."""
    while isinstance(tree, Group) and len(tree.items) == 1 and tree.bracket in "([{":
        tree = tree.items[0]
    return tree

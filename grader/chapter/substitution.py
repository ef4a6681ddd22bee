"""Numbers put in for names: the same formula twice, once with letters and once with numbers."""

from __future__ import annotations

from itertools import zip_longest

from grader.chapter.spelling import bare, is_name, spelling
from grader.reading.tree import (
    Group,
    Matrix,
    Name,
    Negate,
    Norm,
    Number,
    Product,
    Quotient,
    Scripted,
    Sum,
    Tree,
)


def substituted(symbolic: Tree, numeric: Tree) -> dict[str, Tree] | None:
    """Which number stands for which name, if ``numeric`` is ``symbolic`` with numbers put in; else None.

    >>> from grader.reading import read
    >>> sorted(substituted(read("w_1 x_1 + b").tree, read("0.3(2) + 1").tree))
    ['b', 'w_1', 'x_1']
    """
    found: dict[str, Tree] = {}
    return found if _match(symbolic, numeric, found) and found else None


def is_number(tree: Tree) -> bool:
    """A number, perhaps with a sign and brackets."""
    tree = bare(tree)
    return isinstance(bare(tree.body) if isinstance(tree, Negate) else tree, Number)


def _match(symbolic: Tree, numeric: Tree, found: dict[str, Tree]) -> bool:
    symbolic, numeric = bare(symbolic), bare(numeric)
    name = spelling(symbolic)
    if name and is_number(numeric):
        return found.setdefault(name, numeric) == numeric or _equal(found[name], numeric)
    if name and spelling(numeric) == name:
        return True
    if type(symbolic) is not type(numeric):
        return False
    return _same_node(symbolic, numeric) and _all_match(_parts(symbolic), _parts(numeric), found)


def _equal(first: Tree, second: Tree) -> bool:
    texts = [
        (isinstance(bare(tree), Negate), [part.text for part in tree.walk() if isinstance(part, Number)])
        for tree in (first, second)
    ]
    return texts[0] == texts[1]


def _same_node(symbolic: Tree, numeric: Tree) -> bool:
    match symbolic, numeric:
        case (Number(), Number()):
            return symbolic.value == numeric.value
        case (Name(), Name()):
            return symbolic.text == numeric.text
        case (Sum(), Sum()):
            return symbolic.signs == numeric.signs
        case (Product(), Product()):
            divided = [[join == "/" for join in product.joins] for product in (symbolic, numeric)]
            return divided[0] == divided[1] and not _replaces_a_function(symbolic, numeric)
        case (Scripted(), Scripted()):
            return (symbolic.sub is None, symbolic.sup is None, symbolic.primes) == (
                numeric.sub is None,
                numeric.sup is None,
                numeric.primes,
            )
        case (Matrix(), Matrix()):
            return [len(row) for row in symbolic.rows] == [len(row) for row in numeric.rows]
    return isinstance(symbolic, Negate | Quotient | Norm | Group)


def _replaces_a_function(symbolic: Product, numeric: Product) -> bool:
    """``f'(x)`` is no product that could become ``2x``."""
    calls = zip(symbolic.factors, symbolic.factors[1:], numeric.factors, strict=False)
    return any(
        isinstance(argument, Group) and is_name(argument) and is_number(number)
        for _, argument, number in calls
    )


def _parts(tree: Tree) -> tuple[Tree, ...]:
    return tree.parts


def _all_match(symbolic: tuple[Tree, ...], numeric: tuple[Tree, ...], found: dict[str, Tree]) -> bool:
    pairs = zip_longest(symbolic, numeric)
    return all(left is not None and right is not None and _match(left, right, found) for left, right in pairs)

"""Products of matrices whose factors do not fit, or stand in another order than the numbers need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from grader.chapter.evidence import attempt
from grader.chapter.functions import Value
from grader.chapter.names import below, untransposed
from grader.chapter.spelling import bare, spelling
from grader.chapter.values import Scope
from grader.reading.tree import Product, Scripted, Tree

ROUNDED = 0.01
"""How far rounding on the way may move an entry, as a share of the largest."""

BESIDE = frozenset({"", "cdot", "times", "@"})
"""What stands between the factors of a product of matrices."""


def misfit(tree: Tree, scope: Scope) -> str:
    """Which two matrices with known rows and columns stand beside each other and do not fit; empty if none.

    A vector may lie as it likes, and two of the same shape may be multiplied entry by entry.
    """
    for part in tree.walk():
        if isinstance(part, Product):
            values = [attempt(factor, scope) for factor in part.factors]
            for (first, second), join in zip(pairwise(values), part.joins, strict=True):
                one, other = _shape(first), _shape(second)
                if join in BESIDE and one and other and one != other and one[1] != other[0]:
                    return f"a {_shown(one)} matrix cannot be multiplied by a {_shown(other)} matrix"
    return ""


def same_factors(first: Tree, second: Tree) -> bool:
    """Whether two products have the same factors but for their order and what is transposed."""
    one, other = bare(first), bare(second)
    if not isinstance(one, Product) or not isinstance(other, Product):
        return False
    factors = [Counter(_untransposed(each)) for each in (one, other)]
    return factors[0] == factors[1] and all(factors[0])


def transposed(value: Value, printed: Value) -> bool:
    """Whether a matrix is the transpose of another up to rounding, and could not be the other itself."""
    one, other = _shape(value), _shape(printed)
    return bool(one and other and one != other and one == other[::-1] and _near(value.T, printed))


def _near(first: Value, second: Value) -> bool:
    pairs = list(zip(np.ravel(first), np.ravel(second), strict=True))
    most = max(abs(other.middle) for _, other in pairs)
    return all(abs(one.middle - other.middle) <= ROUNDED * most for one, other in pairs)


def _untransposed(product: Product) -> Iterator[str]:
    """The names of the factors; empty for a factor that is none."""
    for factor in product.factors:
        tree = bare(factor)
        turned = isinstance(tree, Scripted) and tree.sup is not None and untransposed(below(tree), tree.sup)
        yield spelling(bare(turned)) if isinstance(turned, Tree) else spelling(tree)


def _shape(value: Value | None) -> tuple[int, int] | None:
    """The rows and columns of a matrix that is no vector."""
    matrix = isinstance(value, np.ndarray) and value.ndim == 2 and min(value.shape) > 1
    return (int(value.shape[0]), int(value.shape[1])) if value is not None and matrix else None


def _shown(shape: tuple[int, int]) -> str:
    return "×".join(map(str, shape))

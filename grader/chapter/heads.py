"""What the first side of a chain is: a name, a list of names, a function with its parameters, or a label."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.chapter.chains import Chain, Side, squeeze
from grader.chapter.names import below, ends_in_number, names_in, numbers_in
from grader.chapter.spelling import bare, spelling
from grader.chapter.sums import written_out
from grader.chapter.tables import Table
from grader.reading.tree import Group, Matrix, Number, Product, Quotient, Scripted, Tree

Item = Chain | Table
"""Whatever is read from a page."""


def whole_names(items: Iterable[Item]) -> frozenset[str]:
    """The spellings with a number above that are names on this page, such as ``a_1^2``.

    Such a spelling stands on a left side, and what is below the number never does: where there is an x,
    x^2 is its square.
    """
    heads = [side for item in items for side in (item.names if isinstance(item, Table) else item.sides[:1])]
    parts = [part for side in heads for part in _listed(side)]
    plain = {spelling(part) for part in parts} | {name for part in parts for name in _parameters(part)}
    raised = [part for part in parts if isinstance(part, Scripted) and ends_in_number(part)]
    return frozenset(
        spelling(part) for part in raised if spelling(below(part)) not in plain and spelling(part)
    )


def _parameters(head: Tree) -> tuple[str, ...]:
    function = function_head(head)
    return function[1] if function else ()


def _listed(side: Side) -> tuple[Tree, ...]:
    tree = bare(side.tree) if side.tree is not None else None
    if tree is None:
        return ()
    return tuple(bare(part) for part in tree.parts) if isinstance(tree, Group | Matrix) else (tree,)


def worth(side: Side) -> list[Tree]:
    """What a side that could be read stands for: a percentage is a hundredth of its number, and a sum over an
    index that runs between numbers is written out."""
    if side.tree is None:
        return []
    tree = written_out(side.tree)
    return [Quotient(tree.span, tree, Number(tree.span, "100"))] if side.percent else [tree]


def stretches(chain: Chain) -> Iterator[list[Side]]:
    """The chain cut at arrows and inequalities, which claim no equality.

    An arrow back to a name that begins the chain gives it a new value, which is equal to it from then on.
    """
    sides = [chain.sides[0]]
    for relation, side in zip(chain.relations, chain.sides[1:], strict=True):
        if relation != "=" and not (side is chain.sides[1] and is_assigned(chain)):
            yield from [sides] if len(sides) > 1 else []
            sides = []
        sides.append(side)
    if len(sides) > 1:
        yield sides


def is_assigned(chain: Chain) -> bool:
    """Whether a chain begins with a name that an arrow gives a new value: ``b <- 0.1``."""
    return chain.relations[0] == "from" and len(names_of(chain.sides[0])) == 1


def spelled(side: Side) -> str:
    """The canonical spelling of a side that is a name."""
    return spelling(bare(side.tree)) if side.tree is not None else ""


def names_of(side: Side) -> list[str]:
    """The name, or the list of names, that a side is; one that is no mathematics is a name as it stands."""
    if side.tree is None:
        return [squeeze(side.text)] if side.text and not side.damaged else []
    tree = bare(side.tree)
    if isinstance(tree, Group | Matrix):
        names = [spelling(bare(part)) for part in tree.parts]
        return names if all(names) else []
    name = spelling(tree)
    return [name or squeeze(side.text)] if name or _is_label(tree) else []


def _is_label(tree: Tree) -> bool:
    """``in_{h1}`` or ``P(y=0)``: letters that stand together without being a formula of numbers."""
    if isinstance(tree, Quotient):
        return "partial" in names_in(tree.numerator) and not numbers_in(tree)
    return isinstance(tree, Product) and not numbers_in(tree) and set(tree.joins) == {""}


def function_head(tree: Tree) -> tuple[str, tuple[str, ...]] | None:
    r"""``f(x, y)`` as a name and its parameters."""
    match tree:
        case Product(factors=(head, Group(bracket="(", items=items)), joins=("",)):
            parameters = tuple(spelling(item) for item in items)
            name = spelling(head)
            if name and all(parameters) and len(set(parameters)) == len(parameters) and "'" not in name:
                return name, parameters
    return None


def is_update(head: Side, others: list[Side]) -> bool:
    """``W = W - \\alpha \\delta``: the new value of a name from its old one, no equation."""
    names = names_of(head)
    trees = [side.tree for side in others if side.tree is not None]
    return len(names) == 1 and any(names[0] in names_in(tree) for tree in trees)

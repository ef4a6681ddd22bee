"""Sums of products of factors, statements and lists of them, read from a row from left to right.

What may stand alone is told by the row itself (`grader.reading.atoms`), so that nothing here knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.reading import assembling
from grader.reading.assembling import Joined, Post
from grader.reading.row import OPERAND, Row
from grader.reading.scanner import POWER
from grader.reading.tree import BigOperator, Group, Negate, Product, Relation, Span, Sum, Tree
from grader.reading.unreadable import Unreadable
from grader.reading.words import CONVERSIONS, FUNCTIONS

SEPARATORS = ("COMMA", "SEMICOLON")
SIGNS = ("PLUS", "MINUS")


# -- statements and lists ------------------------------------------------------------------------------------


def all_items(row: Row) -> tuple[Tree, ...]:
    """What is left of a row, parted by commas or semicolons."""
    found = [chain(row)]
    while row.kind in SEPARATORS:
        row.take()
        if row.ended:
            break
        found.append(chain(row))
    row.finish()
    return tuple(found)


def chain(row: Row) -> Tree:
    """An expression, or several with relations between them."""
    return related(row, expression)


def listed(row: Row) -> Tree:
    """Several answers separated by commas, as if in round brackets."""
    found = [expression(row)]
    while row.kind in SEPARATORS:
        row.take()
        found.append(expression(row))
    return found[0] if len(found) == 1 else Group(_over(found), "(", tuple(found))


def related(row: Row, side: Callable[[Row], Tree]) -> Tree:
    """Sides with relations between them; one side alone is left as it is."""
    sides, signs = [side(row)], list[str]()
    while row.kind == "RELATION":
        signs.append(row.piece().value)
        sides.append(side(row))
    if not signs:
        return sides[0]
    span = _over(sides)
    if len(sides) == 2 and signs[0] in ("-=", "+="):
        # w -= g is w := w - g.
        left, right = sides
        change = Group(right.span, "(", (right,))
        return Relation(span, (left, Sum(span, (left, change), (signs[0][0],))), (":=",))
    return Relation(span, tuple(sides), tuple(signs))


# -- sums and products ---------------------------------------------------------------------------------------


def expression(row: Row) -> Tree:
    """Terms with plus and minus between them."""
    first = _signed(row)
    if row.kind not in SIGNS:
        return first
    found, signs = [first], []
    while row.kind in SIGNS:
        signs.append(row.piece().value)
        found.append(_signed(row))
    return Sum(_over(found), tuple(found), tuple(signs))


def _signed(row: Row) -> Tree:
    if row.kind == "PLUS":
        row.take()
    return _negated(row, _term) if row.kind == "MINUS" else _term(row)


def _negated(row: Row, rule: Callable[[Row], Tree]) -> Tree:
    start = row.take().start
    body = rule(row)
    return Negate((start, body.span[1]), body)


def _term(row: Row) -> Tree:
    """Factors side by side or with signs; a sum over an index reaches to the end of the term."""
    if row.kind == "BIG":
        return _big(row)
    joined = [Joined("", _factor(row))]
    while row.kind in ("JOIN", "BIG") or row.kind in row.atoms:
        joined.append(_joined(row))
    return assembling.product(joined) if len(joined) > 1 else joined[0].factor


def _joined(row: Row) -> Joined:
    """The next factor and its sign; behind ``*`` and the like it may have a sign of its own."""
    if row.kind != "JOIN":
        return Joined("", _factor_or_big(row))
    join = row.piece().value
    if row.kind == "MINUS":
        return Joined(join, _negated(row, _factor_or_big))
    if row.kind == "PLUS":
        row.take()
    return Joined(join, _factor_or_big(row))


def _factor_or_big(row: Row) -> Tree:
    return _big(row) if row.kind == "BIG" else _factor(row)


def _big(row: Row) -> Tree:
    operator = row.piece()
    row.deeper()
    bounds = {post.kind: post.value for post in _posts(row)}
    body = _signed(row)
    row.back()
    span = operator.start, body.span[1]
    return BigOperator(span, operator.value, bounds.get("sub"), bounds.get("sup"), body)


# -- factors and what hangs on them --------------------------------------------------------------------------


def _factor(row: Row) -> Tree:
    tree = _hung(row, _atom(row))
    if row.kind == "LPAR" and row.beyond == "METHOD" and assembling.is_function(tree):
        argument = _atom(row)
        span = tree.span[0], argument.span[1]
        tree = _hung(row, Group(span, "(", (Product(span, (tree, argument), ("",)),)))
    return tree


def _hung(row: Row, tree: Tree) -> Tree:
    """What stands before, with all that hangs on it."""
    if row.kind in POSTS:
        for post in _posts(row):
            tree = assembling.POSTS[post.kind](tree, post)
    return tree


def _atom(row: Row) -> Tree:
    rule = row.atoms.get(row.kind)
    if rule is None:
        raise row.unexpected(OPERAND)
    return rule(row)


def _posts(row: Row) -> list[Post]:
    found = []
    while (rule := POSTS.get(row.kind)) is not None:
        found.append(rule(row))
    return found


def _script(name: str) -> Callable[[Row], Post]:
    """The rule for a subscript or a superscript."""

    def rule(row: Row) -> Post:
        sign = row.take()
        body = script_tree(row)
        is_power = name == "sup" and getattr(sign, "value", "") == POWER
        return Post("power" if is_power else name, body, (sign.start, body.span[1]))

    return rule


def script_tree(row: Row) -> Tree:
    """What stands below or above: all of a script in braces, else one atom with its sign."""
    return _negated(row, _script_body) if row.kind == "MINUS" else _script_body(row)


def _script_body(row: Row) -> Tree:
    if row.kind != "SCRIPT":
        return _atom(row)
    tree = row.piece().tree
    assert tree is not None
    return tree


def _prime(row: Row) -> Post:
    primes = row.piece()
    return Post("prime", len(primes.value), (primes.start, primes.end))


def _bang(row: Row) -> Post:
    sign = row.piece()
    return Post("factorial", None, (sign.start, sign.end))


def _method(row: Row) -> Post:
    """``x.sum(axis=0)`` and ``W.T.dot(d)``."""
    name = row.piece()
    bracket, inside = row.bracket("LPAR")
    span = name.start, bracket.end
    arguments = () if inside.ended else all_items(inside)
    if name.value in FUNCTIONS:
        return Post("function", (name, arguments), span)
    if name.value in CONVERSIONS:
        return Post("converted", None, span)
    if len(arguments) != 1:
        raise Unreadable(name.start, "this function takes one argument here", name.value)
    return Post("method", Joined(name.value, arguments[0]), span)


def _measure(row: Row) -> Post:
    """``X.shape[0]`` and ``y.size``."""
    name = row.piece()
    return Post("function", (name, ()), (name.start, name.end))


POSTS = {
    "SUB": _script("sub"),
    "SUP": _script("sup"),
    "PRIME": _prime,
    "BANG": _bang,
    "METHOD": _method,
    "MEASURE": _measure,
}
"""What may hang on an atom, by the kind of its first piece."""


def _over(trees: Sequence[Tree]) -> Span:
    """From the start of the first to the end of the last."""
    return trees[0].span[0], trees[-1].span[1]

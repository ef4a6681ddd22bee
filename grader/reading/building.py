"""From the rules of the grammar to the nodes of the tree, one small function a rule."""

from __future__ import annotations

from typing import Any

from lark import Token, Transformer

from grader.reading import assembling
from grader.reading.assembling import Joined, Post
from grader.reading.evaluated import evaluated
from grader.reading.tree import (
    BigOperator,
    Cases,
    Group,
    Name,
    Negate,
    Norm,
    Number,
    Product,
    Quotient,
    Relation,
    Scripted,
    Span,
    Sum,
    Tree,
)
from grader.reading.unreadable import Unreadable
from grader.reading.words import FUNCTIONS

Children = list[Any]


class Builder(Transformer[Token, Tree]):
    """The callbacks of ``grammar.lark``; each receives pieces and nodes of its rule from left to right."""

    # statements, sums and products

    def statement(self, children: Children) -> Tree:
        return _relation(children)

    def chain(self, children: Children) -> Tree:
        return _relation(children)

    def listed(self, children: Children) -> Tree:
        """Several answers separated by commas, as if in round brackets."""
        items = _trees(children)
        return items[0] if len(items) == 1 else Group(_over(children), "(", items)

    def items(self, children: Children) -> tuple[Tree, ...]:
        return _trees(children)

    def expression(self, children: Children) -> Tree:
        if len(children) == 1:
            return _tree(children[0])
        return Sum(_over(children), _trees(children), _signs(children))

    def signed(self, children: Children) -> Tree:
        *signs, body = children
        minus = next((sign for sign in signs if _is(sign, "MINUS")), None)
        return Negate(_over([minus, body]), body) if minus else _tree(body)

    def term(self, children: Children) -> Tree:
        first, *rest = children
        return assembling.product([Joined("", first), *rest])

    def tail(self, children: Children) -> Joined:
        *signs, factor = children
        join = signs[0].value if signs else ""
        if _is(signs[-1] if signs else None, "MINUS"):
            factor = Negate((signs[-1].start_pos, factor.span[1]), factor)
        return Joined(join, factor)

    last = tail

    def big(self, children: Children) -> Tree:
        operator, *posts, body = children
        bounds = {post.kind: post.value for post in posts}
        return BigOperator(_over(children), operator.value, bounds.get("sub"), bounds.get("sup"), body)

    # scripts

    def factor(self, children: Children) -> Tree:
        tree, *posts = children
        for post in posts:
            tree = assembling.POSTS[post.kind](tree, post)
        return _tree(tree)

    def script(self, children: Children) -> Tree:
        body = _tree(children[-1])
        return Negate(_over(children), body) if _is(children[0], "MINUS") else body

    def subscript(self, children: Children) -> Post:
        return Post("sub", children[1], _over(children))

    def superscript(self, children: Children) -> Post:
        return Post("sup", children[1], _over(children))

    def prime(self, children: Children) -> Post:
        return Post("prime", len(children[0].value), _over(children))

    def method(self, children: Children) -> Post:
        name = children[0]
        arguments = children[2] if isinstance(children[2], tuple) else ()
        if name.value in FUNCTIONS:
            return Post("function", (name, arguments), _over(children))
        if len(arguments) != 1:
            raise Unreadable(name.start_pos, "this function takes one argument here", str(name.value))
        return Post("method", Joined(name.value, arguments[0]), _over(children))

    # atoms

    def number(self, children: Children) -> Tree:
        return Number(_over(children), children[0].value)

    def name(self, children: Children) -> Tree:
        return Name(_over(children), children[0].value)

    def vulgar_fraction(self, children: Children) -> Tree:
        span = _over(children)
        above, _, below = children[0].value.partition("/")
        return Quotient(span, Number(span, above), Number(span, below))

    def group(self, children: Children) -> Tree:
        opening, items, _ = children
        return Group(_over(children), opening.value, items)

    def square(self, children: Children) -> Tree:
        """A list, or a matrix when rows are parted by semicolons or every item is a list."""
        rows = [child for child in children if isinstance(child, tuple)]
        semicolons = any(_is(child, "SEMICOLON") for child in children)
        lists = [item.items for item in rows[0] if isinstance(item, Group) and item.bracket == "["]
        if semicolons:
            return assembling.matrix(_over(children), rows)
        if len(lists) == len(rows[0]):
            return assembling.matrix(_over(children), lists)
        return Group(_over(children), "[", rows[0])

    def row(self, children: Children) -> tuple[Tree, ...]:
        return _trees(children)

    def braced(self, children: Children) -> Tree:
        """Braces do not show in print, so they leave nothing behind; a list keeps them."""
        opening, items, _ = children
        return _tree(items[0]) if len(items) == 1 else Group(_over(children), opening.value, items)

    def over(self, children: Children) -> Tree:
        return Quotient(_over(children), children[1], children[3])

    def norm(self, children: Children) -> Tree:
        return Norm(_over(children), len(children[0].value), children[1])

    def evaluated(self, children: Children) -> Tree:
        return evaluated(children[1], _tree(children[4]))

    def fraction(self, children: Children) -> Tree:
        return Quotient(_over(children), children[1], children[2])

    def root(self, children: Children) -> Tree:
        """The n-th root is the power 1/n."""
        sign, _, degree, _, radicand = children
        base = Group(radicand.span, "{", (radicand,))
        one = Number((sign.start_pos, sign.end_pos), "1")
        return Scripted(_over(children), base, sup=Quotient(degree[0].span, one, degree[0]))

    def accent(self, children: Children) -> Tree:
        accent, body = children
        return assembling.accented(accent, body, _over(children))

    def call(self, children: Children) -> Tree:
        name, _, left, _, right, _ = children
        return Product(_over(children), (left, right), (name.value,))

    def wrapped(self, children: Children) -> Tree:
        """``np.array(...)`` is what stands in it; a ``dtype`` says nothing."""
        return _tree(children[2][0])

    def matrix(self, children: Children) -> Tree:
        return assembling.matrix(
            _over(children),
            assembling.filled([child for child in children if isinstance(child, list)], children[0]),
        )

    def line(self, children: Children) -> list[tuple[Tree, ...]]:
        return [child for child in children if isinstance(child, tuple)]

    def cell(self, children: Children) -> tuple[Tree, ...]:
        return tuple(children[0]) if children else ()

    def cases(self, children: Children) -> Tree:
        return Cases(_over(children), tuple(child for child in children if isinstance(child, tuple)))

    def case(self, children: Children) -> tuple[Tree, Tree | None]:
        return _tree(children[0]), _tree(children[2]) if len(children) > 1 else None

    def where(self, children: Children) -> Tree:
        """``np.where(condition, value, other)``."""
        condition, value, other = _trees(children)
        return Cases(_over(children), ((value, condition), (other, None)))


# what the rules share


def _is(child: Any, kind: str) -> bool:
    return isinstance(child, Token) and child.type == kind


def _tree(child: Any) -> Tree:
    """A node, or the node that a script's piece carries."""
    found = child.value if isinstance(child, Token) else child
    assert isinstance(found, Tree), child
    return found


def _trees(children: Children) -> tuple[Tree, ...]:
    return tuple(child for child in children if isinstance(child, Tree))


def _signs(children: Children) -> tuple[str, ...]:
    return tuple(child.value for child in children if isinstance(child, Token))


def _over(children: Children) -> Span:
    """From the start of the first child to the end of the last."""
    return _span(children[0])[0], _span(children[-1])[1]


def _span(child: Any) -> Span:
    if isinstance(child, Token):
        return child.start_pos or 0, child.end_pos or 0
    if isinstance(child, Joined):
        return child.factor.span
    span: Span = child.span
    return span


def _relation(children: Children) -> Tree:
    if len(children) == 1:
        return _tree(children[0])
    sides, signs = _trees(children), _signs(children)
    if len(sides) == 2 and signs[0] in ("-=", "+="):
        # w -= g is w := w - g.
        left, right = sides
        change = Group(right.span, "(", (right,))
        sides, signs = (left, Sum(_over(children), (left, change), (signs[0][0],))), (":=",)
    return Relation(_over(children), sides, signs)

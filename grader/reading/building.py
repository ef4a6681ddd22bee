"""From the rules of the grammar to the nodes of the tree, one small function a rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from lark import Token, Transformer

from grader.reading.tree import (
    BigOperator,
    Group,
    Matrix,
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
from grader.reading.words import WORDS

Children = list[Any]


class Joined(NamedTuple):
    """A factor and the sign before it."""

    join: str
    factor: Tree


class Post(NamedTuple):
    """Something behind an atom: a script, primes or a method call."""

    kind: str
    value: Any
    span: Span


class Builder(Transformer[Token, Tree]):
    """The callbacks of ``grammar.lark``; each receives the pieces and nodes of its rule from left to right."""

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
        return _product([Joined("", first), *rest])

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
            tree = _POSTS[post.kind](tree, post)
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
        name, _, arguments, _ = children
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
            return _matrix(_over(children), rows)
        if len(lists) == len(rows[0]):
            return _matrix(_over(children), lists)
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
        return _accented(accent, body, _over(children))

    def call(self, children: Children) -> Tree:
        name, _, left, _, right, _ = children
        return Product(_over(children), (left, right), (name.value,))

    def wrapped(self, children: Children) -> Tree:
        """``np.array(...)`` is what stands in it; a ``dtype`` says nothing."""
        return _tree(children[2][0])

    def matrix(self, children: Children) -> Tree:
        return _matrix(
            _over(children), _filled([child for child in children if isinstance(child, list)], children[0])
        )

    def line(self, children: Children) -> list[tuple[Tree, ...]]:
        return [child for child in children if isinstance(child, tuple)]

    def cell(self, children: Children) -> tuple[Tree, ...]:
        return tuple(children[0]) if children else ()


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
    return Relation(_over(children), _trees(children), _signs(children))


def _product(joined: Sequence[Joined]) -> Tree:
    """One factor, or several with the signs between them; derivatives written with a slash become quotients first."""
    bound = _derivatives_bound(list(joined))
    if len(bound) == 1:
        return bound[0].factor
    span = bound[0].factor.span[0], bound[-1].factor.span[1]
    return Product(span, tuple(each.factor for each in bound), tuple(each.join for each in bound[1:]))


def _derivatives_bound(joined: list[Joined]) -> list[Joined]:
    """``∂E/∂w x`` as (∂E)/(∂w) times x, likewise ``dE/dw``: the slash of a derivative binds closer than products."""
    out: list[Joined] = []
    at = 0
    while at < len(joined):
        width = _differential_width(joined[at:]) if joined[at].join == "/" else 0
        top = _open_differential(out) if width else None
        if top is None:
            out.append(joined[at])
            at += 1
            continue
        above, below = out[top:], [joined[at]._replace(join=""), *joined[at + 1 : at + width]]
        numerator, denominator = _plain_product(above), _plain_product(below)
        span = numerator.span[0], denominator.span[1]
        out[top:] = [Joined(above[0].join, Quotient(span, numerator, denominator))]
        at += width
    return out


def _plain_product(joined: list[Joined]) -> Tree:
    if len(joined) == 1:
        return joined[0].factor
    span = joined[0].factor.span[0], joined[-1].factor.span[1]
    return Product(span, tuple(each.factor for each in joined), ("",) * (len(joined) - 1))


def _differential_width(joined: list[Joined]) -> int:
    """How many factors the differential takes that starts here: ``∂ W`` two, ``dW`` one, anything else none."""
    name = _base_name(joined[0].factor)
    if name in ("partial", "d"):
        return 2 if len(joined) > 1 and joined[1].join == "" else 0
    return int(_is_differential_word(name))


def _open_differential(before: list[Joined]) -> int | None:
    """Where the differential starts that the factors so far end with."""
    for at in reversed(range(len(before))):
        name = _base_name(before[at].factor)
        if name in ("partial", "d") and at + 1 < len(before):
            return at
        if at + 1 == len(before) and _is_differential_word(name):
            return at
        if before[at].join != "":
            return None
    return None


def _is_differential_word(name: str) -> bool:
    """``dE``, ``dW``, ``dout``: a d before one letter or a known word."""
    return name.startswith("d") and name not in WORDS and (len(name) == 2 or name[1:] in WORDS)


def _base_name(tree: Tree) -> str:
    while isinstance(tree, Scripted):
        tree = tree.base
    return tree.text if isinstance(tree, Name) else ""


def _accented(accent: Token, body: Tree, span: Span) -> Tree:
    if isinstance(body, Scripted):
        return replace(body, span=span, base=_accented(accent, body.base, body.base.span))
    if isinstance(body, Name):
        return Name(span, f"{accent.value}_{body.text}")
    raise Unreadable(
        accent.start_pos or 0, f"a {accent.value} stands over one name only", str(accent.value), ("a name",)
    )


# scripts


def _as_scripted(tree: Tree, span: Span) -> Scripted:
    whole = tree.span[0], max(tree.span[1], span[1])
    return replace(tree, span=whole) if isinstance(tree, Scripted) else Scripted(whole, tree)


def _with_sub(tree: Tree, post: Post) -> Tree:
    """A second subscript stands on the whole: ``w_7_new``."""
    scripted = _as_scripted(tree, post.span)
    if scripted.sub is not None:
        return Scripted(scripted.span, tree, sub=post.value)
    return replace(scripted, sub=post.value)


def _with_sup(tree: Tree, post: Post) -> Tree:
    """A second superscript joins the first when one of them is a transpose or a layer in brackets; a tower needs brackets."""
    scripted = _as_scripted(tree, post.span)
    if scripted.sup is None:
        return replace(scripted, sup=post.value)
    if not (_base_name(post.value) in ("T", "top") or isinstance(scripted.sup, Group)):
        raise Unreadable(
            post.span[0], "two superscripts follow each other: put brackets around what belongs together", "^"
        )
    before = scripted.sup.factors if isinstance(scripted.sup, Product) else (scripted.sup,)
    span = scripted.sup.span[0], post.span[1]
    return replace(scripted, sup=Product(span, (*before, post.value), ("",) * len(before)))


def _with_prime(tree: Tree, post: Post) -> Tree:
    scripted = _as_scripted(tree, post.span)
    return replace(scripted, primes=scripted.primes + post.value)


def _with_method(tree: Tree, post: Post) -> Tree:
    span = tree.span[0], post.span[1]
    return Product(span, (tree, post.value.factor), (post.value.join,))


_POSTS = {"sub": _with_sub, "sup": _with_sup, "prime": _with_prime, "method": _with_method}


# matrices


def _matrix(span: Span, rows: Sequence[tuple[Tree, ...]]) -> Matrix:
    widths = [len(row) for row in rows]
    if len(set(widths)) > 1:
        odd = next(row for row in rows if len(row) != widths[0])
        where = odd[0].span[0] if odd else span[0]
        raise Unreadable(
            where, f"the rows of this matrix differ in length: {widths[0]} entries above, {len(odd)} here"
        )
    return Matrix(span, tuple(rows))


def _filled(lines: list[list[tuple[Tree, ...]]], opening: Token) -> list[tuple[Tree, ...]]:
    """The entries of each line: an end of line at the end counts nothing, nor do cells between doubled ampersands."""
    while len(lines) > 1 and lines[-1] == [()]:
        lines = lines[:-1]
    doubled = all(len(line) % 2 and not any(line[1::2]) for line in lines) and any(
        len(line) > 1 for line in lines
    )
    cells = [line[::2] if doubled else line for line in lines]
    if any(not cell and len(line) > 1 for line in cells for cell in line) or not any(
        any(line) for line in cells
    ):
        raise Unreadable(
            opening.start_pos or 0, "a cell of this matrix is empty", str(opening.value), ("an entry",)
        )
    return [tuple(entry for cell in line for entry in cell) for line in cells]

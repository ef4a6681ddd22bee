"""From a row of pieces and brackets to a tree: sums of products of factors, read from left to right.

Brackets are paired and scripts in braces are read before (`grader.reading.brackets`), so that every rule
needs only the kind of the next item. Products and sums are flat; nothing here knows what a name means.

    statement  = listed {RELATION listed}          listed = expression {separator expression}
    items      = chain {separator chain}           chain  = expression {RELATION expression}
    expression = signed {(PLUS | MINUS) signed}    signed = [PLUS] [MINUS] term
    term       = big | factor {[JOIN [PLUS | MINUS]] factor} [[JOIN [PLUS | MINUS]] big]
    big        = BIG {post} signed                 factor = atom {post}
    post       = (SUB | SUP) script | PRIME | BANG | METHOD bracket
    script     = SCRIPT | [MINUS] atom
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.reading import assembling
from grader.reading.assembling import Joined, Post
from grader.reading.evaluated import evaluated
from grader.reading.items import Item
from grader.reading.row import OPERAND, Row
from grader.reading.scanner import Piece
from grader.reading.tree import (
    BigOperator,
    Calculus,
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

SEPARATORS = ("COMMA", "SEMICOLON")
SIGNS = ("PLUS", "MINUS")


def statement(content: Sequence[Item], end: int) -> Tree:
    """The tree of one statement: an expression, a list of them, or a chain of either; ``end`` is where the
    text ends. Raises `Unreadable`."""
    row = Row(content, Piece("END", "", end, end))
    tree = _related(row, _listed)
    row.finish()
    return tree


def items(content: Sequence[Item], close: Piece) -> tuple[Tree, ...]:
    """The trees of what stands between brackets, parted by commas. Raises `Unreadable`."""
    return _all_items(Row(content, close))


# -- statements and lists ------------------------------------------------------------------------------------


def _all_items(row: Row) -> tuple[Tree, ...]:
    found = [_chain(row)]
    while row.kind in SEPARATORS:
        row.take()
        if row.ended:
            break
        found.append(_chain(row))
    row.finish()
    return tuple(found)


def _chain(row: Row) -> Tree:
    return _related(row, _expression)


def _listed(row: Row) -> Tree:
    """Several answers separated by commas, as if in round brackets."""
    found = [_expression(row)]
    while row.kind in SEPARATORS:
        row.take()
        found.append(_expression(row))
    return found[0] if len(found) == 1 else Group(_over(found), "(", tuple(found))


def _related(row: Row, side: Callable[[Row], Tree]) -> Tree:
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


def _expression(row: Row) -> Tree:
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
    while row.kind in ("JOIN", "BIG") or row.kind in ATOMS:
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
    tree = _atom(row)
    if row.kind in POSTS:
        for post in _posts(row):
            tree = assembling.POSTS[post.kind](tree, post)
    return tree


def _atom(row: Row) -> Tree:
    rule = ATOMS.get(row.kind)
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
        start = row.take().start
        body = _script_tree(row)
        return Post(name, body, (start, body.span[1]))

    return rule


def _script_tree(row: Row) -> Tree:
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
    arguments = () if inside.ended else _all_items(inside)
    if name.value in FUNCTIONS:
        return Post("function", (name, arguments), span)
    if len(arguments) != 1:
        raise Unreadable(name.start, "this function takes one argument here", name.value)
    return Post("method", Joined(name.value, arguments[0]), span)


POSTS = {"SUB": _script("sub"), "SUP": _script("sup"), "PRIME": _prime, "BANG": _bang, "METHOD": _method}
"""What may hang on an atom, by the kind of its first piece."""


# -- atoms ---------------------------------------------------------------------------------------------------


def _number(row: Row) -> Tree:
    piece = row.piece()
    return Number((piece.start, piece.end), piece.value)


def _name(row: Row) -> Tree:
    piece = row.piece()
    return Name((piece.start, piece.end), piece.value)


def _vulgar_fraction(row: Row) -> Tree:
    piece = row.piece()
    span = piece.start, piece.end
    above, _, below = piece.value.partition("/")
    return Quotient(span, Number(span, above), Number(span, below))


def _group(row: Row) -> Tree:
    bracket, inside = row.bracket(row.kind)
    return Group((bracket.start, bracket.end), bracket.open.value, _all_items(inside))


def _square(row: Row) -> Tree:
    """A list, or a matrix when rows are parted by semicolons or every item is a list."""
    bracket, inside = row.bracket("LSQB")
    span = bracket.start, bracket.end
    rows = [_matrix_row(inside)]
    parted = inside.kind == "SEMICOLON"
    while inside.kind == "SEMICOLON":
        inside.take()
        if inside.ended:
            break
        rows.append(_matrix_row(inside))
    inside.finish()
    found = [item for each in rows for item in each]
    lists = [item.items for item in found if isinstance(item, Group) and item.bracket == "["]
    if len(lists) == len(found) and (not parted or len(rows) == len(found)):
        return assembling.matrix(span, lists)
    return assembling.matrix(span, rows) if parted else Group(span, "[", rows[0])


def _matrix_row(row: Row) -> tuple[Tree, ...]:
    found = [_chain(row)]
    while row.kind == "COMMA":
        row.take()
        if row.ended or row.kind == "SEMICOLON":
            break
        found.append(_chain(row))
    return tuple(found)


def _braced(row: Row) -> Tree:
    """Braces do not show in print, so they leave nothing behind; a list keeps them. ``{a \\over b}`` is a
    fraction."""
    bracket, inside = row.bracket("LBRACE")
    span = bracket.start, bracket.end
    if any(item.kind == "OVER" for item in bracket.inside):
        above = _expression(inside)
        inside.need("OVER", "\\over")
        below = _expression(inside)
        inside.finish()
        return Quotient(span, above, below)
    found = _all_items(inside)
    return found[0] if len(found) == 1 else Group(span, bracket.open.value, found)


def _norm(row: Row) -> Tree:
    bracket, inside = row.bracket("LBAR")
    body = _expression(inside)
    inside.finish()
    return Norm((bracket.start, bracket.end), len(bracket.open.value), body)


def _at_place(row: Row) -> Tree:
    """``\\left. f(x) \\right|_{x = 2}``: what a formula is where something has a value."""
    _, inside = row.bracket("LAT")
    body = _expression(inside)
    inside.finish()
    row.need("SUB", "a subscript or superscript")
    return evaluated(body, _script_tree(row))


def _fraction(row: Row) -> Tree:
    start = row.take().start
    above, below = _argument(row), _argument(row)
    return Quotient((start, below.span[1]), above, below)


def _binomial(row: Row) -> Tree:
    start = row.take().start
    arguments = _argument(row), _argument(row)
    return Calculus((start, arguments[1].span[1]), "binom", arguments)


def _argument(row: Row) -> Tree:
    """What a command applies to: a number, a letter or braces."""
    if row.kind not in ("NUMBER", "NAME", "LBRACE"):
        raise row.unexpected(OPERAND)
    return ATOMS[row.kind](row)


def _root(row: Row) -> Tree:
    """The n-th root is the power 1/n."""
    sign = row.piece()
    _, inside = row.bracket("LSQB")
    degree = _all_items(inside)[0]
    radicand = _argument(row)
    base = Group(radicand.span, "{", (radicand,))
    exponent = Quotient(degree.span, Number((sign.start, sign.end), "1"), degree)
    return Scripted((sign.start, radicand.span[1]), base, sup=exponent)


def _accent(row: Row) -> Tree:
    accent = row.piece()
    body = _argument(row)
    return assembling.accented(accent, body, (accent.start, body.span[1]))


def _call(row: Row) -> Tree:
    """``np.dot(W, x)`` is a product."""
    name = row.piece()
    bracket, inside = row.bracket("LPAR")
    left = _expression(inside)
    inside.need("COMMA", "a comma")
    right = _expression(inside)
    inside.finish()
    return Product((name.start, bracket.end), (left, right), (name.value,))


def _wrapped(row: Row) -> Tree:
    """``np.array(...)`` is what stands in it; a ``dtype`` says nothing."""
    row.take()
    _, inside = row.bracket("LPAR")
    return _all_items(inside)[0]


def _matrix(row: Row) -> Tree:
    bracket, _ = row.bracket("MATRIX")
    lines = [
        [_cell(cell, end) for cell, end in _parted(line, close, "AMPERSAND")]
        for line, close in _parted(bracket.inside, bracket.close, "ROW")
    ]
    return assembling.matrix((bracket.start, bracket.end), assembling.filled(lines, bracket.open))


def _cell(cell: list[Item], close: Piece) -> tuple[Tree, ...]:
    return _all_items(Row(cell, close)) if cell else ()


def _cases(row: Row) -> Tree:
    bracket, _ = row.bracket("CASES")
    rows = tuple(_case(line, close) for line, close in _parted(bracket.inside, bracket.close, "ROW"))
    return Cases((bracket.start, bracket.end), rows)


def _case(line: list[Item], close: Piece) -> tuple[Tree, Tree | None]:
    row = Row(line, close)
    value, condition = _expression(row), None
    if row.kind == "AMPERSAND":
        row.take()
        condition = _chain(row)
    row.finish()
    return value, condition


def _norm_of(row: Row) -> Tree:
    """``np.linalg.norm(x)`` is ‖x‖."""
    name = row.piece()
    bracket, inside = row.bracket("LPAR")
    found = _all_items(inside)
    if len(found) != 1:
        raise Unreadable(found[1].span[0], "this norm takes one argument here", name.value)
    return Norm((name.start, bracket.end), len(name.value), found[0])


def _where(row: Row) -> Tree:
    """``np.where(condition, value, other)``."""
    name = row.piece()
    bracket, inside = row.bracket("LPAR")
    condition = _chain(inside)
    inside.need("COMMA", "a comma")
    value = _chain(inside)
    inside.need("COMMA", "a comma")
    other = _chain(inside)
    inside.finish()
    return Cases((name.start, bracket.end), ((value, condition), (other, None)))


ATOMS: dict[str, Callable[[Row], Tree]] = {
    "NUMBER": _number,
    "NAME": _name,
    "FRACTION": _vulgar_fraction,
    "LPAR": _group,
    "LCURLY": _group,
    "LSQB": _square,
    "LBRACE": _braced,
    "LBAR": _norm,
    "FRAC": _fraction,
    "BINOM": _binomial,
    "SQRT": _root,
    "ACCENT": _accent,
    "CALL": _call,
    "WRAP": _wrapped,
    "NORM": _norm_of,
    "WHERE": _where,
    "MATRIX": _matrix,
    "LAT": _at_place,
    "CASES": _cases,
}
"""What may stand alone, by the kind of its first piece."""


def _parted(content: list[Item], close: Piece, kind: str) -> list[tuple[list[Item], Piece]]:
    """What stands between pieces of one kind, each stretch with the piece that ends it."""
    parts: list[tuple[list[Item], Piece]] = []
    stretch: list[Item] = []
    for item in content:
        if isinstance(item, Piece) and item.kind == kind:
            parts.append((stretch, item))
            stretch = []
        else:
            stretch.append(item)
    return [*parts, (stretch, close)]


def _over(trees: Sequence[Tree]) -> Span:
    """From the start of the first to the end of the last."""
    return trees[0].span[0], trees[-1].span[1]

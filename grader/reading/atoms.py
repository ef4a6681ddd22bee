"""What may stand alone: numbers, names, brackets and commands with their arguments, one rule for each."""

from __future__ import annotations

from collections.abc import Callable

from grader.reading import assembling
from grader.reading.evaluated import evaluated
from grader.reading.expressions import all_items, chain, expression, script_tree
from grader.reading.items import Item
from grader.reading.row import OPERAND, Row
from grader.reading.scanner import Piece
from grader.reading.tree import Calculus, Cases, Group, Name, Norm, Number, Product, Quotient, Scripted, Tree
from grader.reading.unreadable import Unreadable


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
    return Group((bracket.start, bracket.end), bracket.open.value, all_items(inside))


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
    found = [chain(row)]
    while row.kind == "COMMA":
        row.take()
        if row.ended or row.kind == "SEMICOLON":
            break
        found.append(chain(row))
    return tuple(found)


def _braced(row: Row) -> Tree:
    """Braces do not show in print, so they leave nothing behind; a list keeps them. ``{a \\over b}`` is a
    fraction."""
    bracket, inside = row.bracket("LBRACE")
    span = bracket.start, bracket.end
    if any(item.kind == "OVER" for item in bracket.inside):
        above = expression(inside)
        inside.need("OVER", "\\over")
        below = expression(inside)
        inside.finish()
        return Quotient(span, above, below)
    found = all_items(inside)
    if len(found) > 1:
        return Group(span, bracket.open.value, found)
    raised_again = row.kind == "SUP" and isinstance(found[0], Scripted) and found[0].sup is not None
    return Group(span, "(", found) if raised_again else found[0]


def _norm(row: Row) -> Tree:
    bracket, inside = row.bracket("LBAR")
    body = expression(inside)
    inside.finish()
    return Norm((bracket.start, bracket.end), len(bracket.open.value), body)


def _inner(row: Row) -> Tree:
    """``\\langle u, v \\rangle``: the sum of the products of their entries."""
    bracket, inside = row.bracket("LANGLE")
    span = bracket.start, bracket.end
    left = expression(inside)
    inside.need("COMMA", "a comma")
    right = expression(inside)
    inside.finish()
    entries = Group(span, "(", (Product(span, (left, right), ("odot",)),))
    return Group(span, "(", (Product(span, (Name(span, "sum"), entries), ("",)),))


def _at_place(row: Row) -> Tree:
    """``\\left. f(x) \\right|_{x = 2}``: what a formula is where something has a value."""
    _, inside = row.bracket("LAT")
    body = expression(inside)
    inside.finish()
    row.need("SUB", "a subscript or superscript")
    return evaluated(body, script_tree(row))


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
    degree = all_items(inside)[0]
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
    left = expression(inside)
    inside.need("COMMA", "a comma")
    right = expression(inside)
    inside.finish()
    return Product((name.start, bracket.end), (left, right), (name.value,))


def _wrapped(row: Row) -> Tree:
    """``np.array(...)`` is what stands in it; a ``dtype`` says nothing."""
    row.take()
    _, inside = row.bracket("LPAR")
    return all_items(inside)[0]


def _matrix(row: Row) -> Tree:
    bracket, _ = row.bracket("MATRIX")
    lines = [
        [_cell(cell, end) for cell, end in _parted(line, close, "AMPERSAND")]
        for line, close in _parted(bracket.inside, bracket.close, "ROW")
    ]
    return assembling.matrix((bracket.start, bracket.end), assembling.filled(lines, bracket.open))


def _cell(cell: list[Item], close: Piece) -> tuple[Tree, ...]:
    return all_items(Row(cell, close, ATOMS)) if cell else ()


def _cases(row: Row) -> Tree:
    bracket, _ = row.bracket("CASES")
    rows = tuple(_case(line, close) for line, close in _parted(bracket.inside, bracket.close, "ROW"))
    return Cases((bracket.start, bracket.end), rows)


def _case(line: list[Item], close: Piece) -> tuple[Tree, Tree | None]:
    row = Row(line, close, ATOMS)
    value, condition = expression(row), None
    if row.kind == "AMPERSAND":
        row.take()
        condition = chain(row)
    row.finish()
    return value, condition


def _norm_of(row: Row) -> Tree:
    """``np.linalg.norm(x)`` is ‖x‖."""
    name = row.piece()
    bracket, inside = row.bracket("LPAR")
    found = all_items(inside)
    if len(found) != 1:
        raise Unreadable(found[1].span[0], "this norm takes one argument here", name.value)
    return Norm((name.start, bracket.end), len(name.value), found[0])


def _where(row: Row) -> Tree:
    """``np.where(condition, value, other)``."""
    name = row.piece()
    bracket, inside = row.bracket("LPAR")
    condition = chain(inside)
    inside.need("COMMA", "a comma")
    value = chain(inside)
    inside.need("COMMA", "a comma")
    other = chain(inside)
    inside.finish()
    return Cases((name.start, bracket.end), ((value, condition), (other, None)))


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


ATOMS: dict[str, Callable[[Row], Tree]] = {
    "NUMBER": _number,
    "NAME": _name,
    "FRACTION": _vulgar_fraction,
    "LPAR": _group,
    "LCURLY": _group,
    "LSQB": _square,
    "LBRACE": _braced,
    "LBAR": _norm,
    "LANGLE": _inner,
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

"""Puts nodes together: products in which derivatives bind closer, scripts on bases, matrix rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from grader.reading.scanner import Piece
from grader.reading.tree import Calculus, Group, Matrix, Name, Number, Product, Quotient, Scripted, Span, Tree
from grader.reading.unreadable import Unreadable
from grader.reading.words import FUNCTIONS, WORDS


class Joined(NamedTuple):
    """A factor and the sign before it."""

    join: str
    factor: Tree


class Post(NamedTuple):
    """Something behind an atom: a script, primes or a method call."""

    kind: str
    value: Any
    span: Span


def product(joined: Sequence[Joined]) -> Tree:
    """One factor, or several and the signs between them; derivatives with a slash become quotients first."""
    bound = _derivatives_bound(list(joined))
    if len(bound) == 1:
        return bound[0].factor
    span = bound[0].factor.span[0], bound[-1].factor.span[1]
    return Product(span, tuple(each.factor for each in bound), tuple(each.join for each in bound[1:]))


def _derivatives_bound(joined: list[Joined]) -> list[Joined]:
    """``∂E/∂w x`` as (∂E)/(∂w) times x, likewise ``dE/dw``: a derivative binds closer than products."""
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
    """How many factors the differential that starts here takes: ``∂ W`` two, ``dW`` one, others none."""
    name = _base_name(joined[0].factor)
    if name in ("partial", "d"):
        return 2 if len(joined) > 1 and joined[1].join == "" else 0
    return int(is_differential_word(name))


def _open_differential(before: list[Joined]) -> int | None:
    """Where the differential starts that the factors so far end with."""
    for at in reversed(range(len(before))):
        name = _base_name(before[at].factor)
        if name in ("partial", "d") and at + 1 < len(before):
            return at
        if at + 1 == len(before) and is_differential_word(name):
            return at
        if before[at].join != "":
            return None
    return None


def is_differential_word(name: str) -> bool:
    """``dE``, ``dW``, ``dout``: a d before one letter or a known word."""
    return name.startswith("d") and name not in WORDS and (len(name) == 2 or name[1:] in WORDS)


def _base_name(tree: Tree) -> str:
    while isinstance(tree, Scripted):
        tree = tree.base
    return tree.text if isinstance(tree, Name) else ""


def accented(accent: Piece, body: Tree, span: Span) -> Tree:
    if isinstance(body, Scripted):
        return replace(body, span=span, base=accented(accent, body.base, body.base.span))
    if isinstance(body, Name):
        return Name(span, f"{accent.value}_{body.text}")
    raise Unreadable(accent.start, f"a {accent.value} stands over one name only", accent.value, ("a name",))


def _as_scripted(tree: Tree, span: Span) -> Scripted:
    whole = tree.span[0], max(tree.span[1], span[1])
    return replace(tree, span=whole) if isinstance(tree, Scripted) else Scripted(whole, tree)


def _with_sub(tree: Tree, post: Post) -> Tree:
    """A second subscript stands on the whole: ``w_7_new``."""
    if not isinstance(tree, Scripted):
        return Scripted((tree.span[0], max(tree.span[1], post.span[1])), tree, sub=post.value)
    scripted = _as_scripted(tree, post.span)
    if scripted.sub is not None:
        return Scripted(scripted.span, tree, sub=post.value)
    return replace(scripted, sub=post.value)


def _with_sup(tree: Tree, post: Post) -> Tree:
    """A second superscript joins the first when it is a transpose or the first a layer; no towers."""
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


def _with_power(tree: Tree, post: Post) -> Tree:
    """``a2**2`` is a power of all before it, where ``a2^2`` may name a layer."""
    if isinstance(tree, Scripted) and isinstance(post.value, Number):
        tree = Group(tree.span, "(", (tree,))
    return _with_sup(tree, post)


def _with_prime(tree: Tree, post: Post) -> Tree:
    scripted = _as_scripted(tree, post.span)
    return replace(scripted, primes=scripted.primes + post.value)


def _with_method(tree: Tree, post: Post) -> Tree:
    span = tree.span[0], post.span[1]
    return Product(span, (tree, post.value.factor), (post.value.join,))


def _with_function(tree: Tree, post: Post) -> Tree:
    """``x.sum(axis=0)`` is ``sum(x, axis=0)``."""
    name, arguments = post.value
    span = tree.span[0], post.span[1]
    function = Name((name.start, name.end), name.value)
    return Product(span, (function, Group(span, "(", (tree, *arguments))), ("",))


def _converted(tree: Tree, post: Post) -> Tree:
    """``(z > 0).astype(float)`` is what stands before."""
    return tree


def is_function(tree: Tree) -> bool:
    """Whether a name is that of a function, or of its slope."""
    return _base_name(tree) in (*FUNCTIONS.split(), "sigma")


def _factorial(tree: Tree, post: Post) -> Tree:
    return Calculus((tree.span[0], post.span[1]), "factorial", (tree,))


POSTS = {
    "sub": _with_sub,
    "sup": _with_sup,
    "power": _with_power,
    "prime": _with_prime,
    "factorial": _factorial,
    "method": _with_method,
    "function": _with_function,
    "converted": _converted,
}


def matrix(span: Span, rows: Sequence[tuple[Tree, ...]]) -> Matrix:
    widths = [len(row) for row in rows]
    if len(set(widths)) > 1:
        odd = next(row for row in rows if len(row) != widths[0])
        where = odd[0].span[0] if odd else span[0]
        raise Unreadable(
            where, f"the rows of this matrix differ in length: {widths[0]} entries above, {len(odd)} here"
        )
    return Matrix(span, tuple(rows))


def filled(lines: list[list[tuple[Tree, ...]]], opening: Piece) -> list[tuple[Tree, ...]]:
    """The entries of each line, without a last empty line and the cells between doubled ampersands."""
    while len(lines) > 1 and lines[-1] == [()]:
        lines = lines[:-1]
    doubled = all(len(line) % 2 and not any(line[1::2]) for line in lines) and any(
        len(line) > 1 for line in lines
    )
    cells = [line[::2] if doubled else line for line in lines]
    if any(not cell and len(line) > 1 for line in cells for cell in line) or not any(
        any(line) for line in cells
    ):
        raise Unreadable(opening.start, "a cell of this matrix is empty", opening.value, ("an entry",))
    return [tuple(entry for cell in line for entry in cell) for line in cells]

"""Trees in one line, for tables of expectations."""

from __future__ import annotations

from grader.reading.tree import (
    BigOperator,
    Cases,
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
    Sum,
    Tree,
)

CLOSING = {"(": ")", "[": "]", "{": "}"}


def show(tree: Tree) -> str:
    """``(script W _2 ^T)`` for W with subscript 2 and superscript T; groups show as their own brackets."""
    match tree:
        case Number(_, text) | Name(_, text):
            return text
        case Scripted(_, base, sub, sup, primes):
            low, high = f" _{show(sub)}" if sub else "", f" ^{show(sup)}" if sup else ""
            return f"(script {show(base)}{low}{high}{primes * chr(39)})"
        case Group(_, bracket, items):
            return bracket + ", ".join(map(show, items)) + CLOSING[bracket]
        case Matrix(_, rows):
            return "[[" + "; ".join(", ".join(map(show, row)) for row in rows) + "]]"
        case Cases(_, rows):
            return (
                "(cases "
                + "; ".join(f"{show(value)} if {show(when) if when else '-'}" for value, when in rows)
                + ")"
            )
        case Negate(_, body):
            return f"(neg {show(body)})"
        case Sum(_, terms, signs):
            return f"(sum {_chain(terms, signs, '')})"
        case Product(_, factors, joins):
            return f"(prod {_chain(factors, joins, ' ')})"
        case Relation(_, sides, relations):
            return f"(rel {_chain(sides, relations, ' ')})"
        case Quotient(_, numerator, denominator):
            return f"(frac {show(numerator)} {show(denominator)})"
        case Norm(_, bars, body):
            return "|" * bars + show(body) + "|" * bars
        case BigOperator(_, kind, low, high, body):
            bounds = (f" _{show(low)}" if low else "") + (f" ^{show(high)}" if high else "")
            return f"({kind}{bounds} : {show(body)})"
    raise TypeError(tree)


def _chain(items: tuple[Tree, ...], signs: tuple[str, ...], gap: str) -> str:
    rest = "".join(
        f" {sign}{gap if sign else ''}{show(item)}" for sign, item in zip(signs, items[1:], strict=True)
    )
    return show(items[0]) + rest

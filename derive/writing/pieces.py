"""Texts of a program as they are put together: how tightly each holds, and which shape NumPy gives it."""

from __future__ import annotations

from fractions import Fraction

from msgspec import Struct

from derive.graph import Shape

SUM, MATMUL, QUOTIENT, PRODUCT, SIGNED, POWER, ATOM = range(7)
"""How tightly a text holds together, from loosest to tightest. ``@``, ``/`` and ``*`` are alike to Python;
brackets between them are for people."""
NUMBER: Shape | None = None
"""The shape of a plain number, which is no array."""


class Piece(Struct, frozen=True):
    """A text with how tightly it holds together and the ``shape`` NumPy gives it, in which 1 may stand for
    what it will be repeated to. ``is_condition`` for truth values, which act as 0 and 1 in products alone.
    """

    text: str
    tightness: int
    shape: Shape | None
    is_condition: bool = False

    def within(self, tightness: int) -> str:
        """The text as an operand."""
        loose = self.tightness < tightness
        return f"({self.text})" if loose else self.text


def numeric(piece: Piece) -> Piece:
    """Truth values as numbers, for they cannot be added."""
    return Piece(f"1.0 * {piece.within(SIGNED)}", PRODUCT, piece.shape) if piece.is_condition else piece


def together(*pieces: Piece) -> Shape | None:
    """The shape of what is computed entry by entry."""
    shapes = [piece.shape for piece in pieces if piece.shape is not NUMBER]
    if not shapes:
        return NUMBER
    rows, columns = (next((s for s in sizes if s != 1), 1) for sizes in zip(*shapes, strict=True))
    return (rows, columns)


def number_text(number: Fraction) -> str:
    """A number as Python writes it: ``2``, ``0.01``, ``1 / 3``.

    >>> [number_text(Fraction(text)) for text in ("2", "1/8", "1/3", "1/100000000")]
    ['2', '0.125', '1 / 3', '1e-08']
    """
    if number.denominator == 1:
        return str(number.numerator)
    decimal = repr(float(number))
    short = len(decimal) <= 8 and Fraction(decimal) == number
    return decimal if short else f"{number.numerator} / {number.denominator}"


def joined(left: Piece, sign: str, right: Piece, tightness: int = SUM) -> Piece:
    """A sum or a difference; a second minus sign makes the one a plus, and the plus a minus."""
    text, taken = left.within(SUM), right.within(tightness)
    if taken.startswith("-"):
        sign, taken = {"+": "-", "-": "+"}[sign], taken[1:]
    return Piece(f"{text} {sign} {taken}", SUM, together(left, right))


def negative(piece: Piece) -> Piece:
    """A minus sign in front, which in a product is that of the first factor."""
    text = piece.within(MATMUL)
    text = f"({text})" if text.startswith("-") else text
    return Piece(f"-{text}", min(piece.tightness, SIGNED) if piece.tightness else SIGNED, piece.shape)


def product(left: Piece, right: Piece) -> Piece:
    """A product entry by entry."""
    taken = right.within(PRODUCT)
    taken = f"({taken})" if taken.startswith("-") else taken
    return Piece(f"{left.within(QUOTIENT)} * {taken}", PRODUCT, together(left, right))


def times_number(number: Fraction, body: Piece) -> Piece:
    """A number in front, or a plain fraction's denominator behind."""
    if number < 0:
        return negative(times_number(-number, body))
    text = number_text(number)
    if number == 1:
        return body
    if number.numerator == 1 and number.denominator < 1000:
        return over(body, Piece(str(number.denominator), ATOM, NUMBER))
    if "/" in text:
        top = times_number(Fraction(number.numerator), body)
        return over(top, Piece(str(number.denominator), ATOM, NUMBER))
    return product(Piece(text, ATOM, NUMBER), body)


def over(top: Piece, bottom: Piece) -> Piece:
    """A quotient; Python reads ``a @ b / n`` from the left, as it is meant."""
    taken = bottom.within(POWER)
    return Piece(f"{top.within(MATMUL)} / {taken}", QUOTIENT, together(top, bottom))


def raised(base: Piece, exponent: Fraction) -> Piece:
    """A power, entry by entry."""
    text = number_text(exponent)
    text = f"({text})" if "/" in text else text
    return Piece(f"{base.within(ATOM)} ** {text}", POWER, base.shape)

"""Numbers on paper: exact ones in full where that is short, all others to six significant digits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as Exact
from typing import Any

from derive.writing.boxes import Box, Digits, Fraction, Script, Table, letter, row, sign

DIGITS = 6
"""Significant digits of a rounded number."""
FULL, FULL_IN_TABLE = 15, 9
"""Significant digits up to which a decimal is printed exactly, alone and in a matrix."""
LARGEST_DENOMINATOR = 999
"""Fractions with a larger denominator are printed as rounded decimals."""
SHOWN = 6
"""Rows and columns up to which a matrix is printed whole."""

Printed = tuple[Box, bool]
"""What is printed, and whether it is exactly the value."""


def number(value: Exact | float, full: int = FULL) -> Printed:
    """A number on paper: exact if it is a fraction that can be written shortly.

    >>> from derive.writing.latex import latex
    >>> [latex(number(Exact(n))[0]) for n in ("-95.2", "1/3", "16553")]
    ['-95.2', '\\\\frac{1}{3}', '16553']
    >>> latex(number(0.59326999)[0]), latex(number(1.5e-9)[0])
    ('0.593270', '1.50000 \\\\times 10^{-9}')
    """
    if value < 0:
        box, exact = number(-value, full)
        return row(sign("minus"), box), exact
    if isinstance(value, Exact):
        decimal = _terminating(value, full)
        if decimal is not None:
            return Digits(decimal), True
        if value.denominator <= LARGEST_DENOMINATOR and len(str(value.numerator)) <= full:
            return Fraction(Digits(str(value.numerator)), Digits(str(value.denominator))), True
    return _rounded(float(value)), False


def _terminating(value: Exact, full: int) -> str | None:
    """The decimal that is exactly the value, if it has at most ``full`` digits."""
    for places in range(full + 1):
        if (scaled := value * 10**places).denominator == 1:
            text = f"{Decimal(int(scaled)).scaleb(-places):f}"
            return text if len(text.replace(".", "").strip("0")) <= full and len(text) <= full + 5 else None
    return None


def _rounded(value: float) -> Box:
    if value != value or value == float("inf"):
        return letter("infinity") if value == value else letter("undefined")
    if value == 0:
        return Digits("0")
    mantissa, _, exponent = f"{value:#.{DIGITS}g}".partition("e")
    if not exponent:
        return Digits(mantissa.rstrip("."))
    power = (
        row(sign("minus"), Digits(str(-int(exponent)))) if int(exponent) < 0 else Digits(str(int(exponent)))
    )
    return row(Digits(mantissa), sign("times"), Script(Digits("10"), sup=power))


def value_box(array: Any) -> Printed:
    """A rows×columns array on paper: a number, or a matrix with dots for what a large one leaves out."""
    if array.shape == (1, 1):
        return number(array[0, 0])
    rows, columns = (_shown(size) for size in array.shape)
    exact = True
    lines: list[tuple[Box, ...]] = []
    for i in rows:
        line: list[Box] = []
        for j in columns:
            if i is None or j is None:
                line.append(letter(_DOTS[i is None, j is None]))
            else:
                box, whole = number(array[i, j], FULL_IN_TABLE)
                line.append(box)
                exact = exact and whole
        lines.append(tuple(line))
    return Table(tuple(lines)), exact


_DOTS = {(True, False): "vdots", (False, True): "dots", (True, True): "ddots"}


def _shown(size: int) -> list[int | None]:
    """The rows (or columns) that are printed; None stands for dots."""
    return list(range(size)) if size <= SHOWN else [*range(SHOWN - 2), None, size - 1]

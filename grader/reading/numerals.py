"""Printed numbers: points, exponents, thousands, percentages, and the limits on their length."""

from __future__ import annotations

import re

from grader.reading.scanner import SPACE, Scanner
from grader.reading.unreadable import Unreadable

MAX_DIGITS = 30
MAX_EXPONENT_DIGITS = 3

_NUMBER = r"(?:[0-9]+(?:\.(?![A-Za-z])[0-9.]*|\.(?=[eE][-+−]?[0-9]))?|\.[0-9][0-9.]*)"
_EXPONENT = r"(?:[eE][-+−]?[0-9]+)?"
PATTERN = re.compile(
    rf"(?P<number>[1-9][0-9]{{0,2}}(?:(?:\{{,\}}|\\,)[0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?"
    rf"|[0-9]+\{{,\}}[0-9]+|{_NUMBER}(?=\.\.\.(?!\.))|{_NUMBER})"
    rf"(?P<exponent>{_EXPONENT})(?P<percent>{SPACE}*\\?%)?"
)

_GOES_ON = re.compile(r"\.\.\.|…|\\l?dots(?![A-Za-z])")
"""Behind 0.298… digits that are not shown."""
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}(?:(?:\{,\}|\\,)[0-9]{3})+(?![0-9])")


def number(scan: Scanner, match: re.Match[str]) -> bool:
    """``.5``, ``1e-3``, ``1{,}000``, ``0{,}25``, ``65.9\\%``; a point that ends a sentence is left."""
    printed, end = match["number"], match.end("number")
    if match["exponent"] == "" and printed.count(".") > 1 and printed.endswith(".") and ".." not in printed:
        printed, end = printed[:-1], end - 1
    plain = re.sub(r"\{,\}|\\,", "" if _THOUSANDS.match(printed) else ".", printed)
    if plain.count(".") > 1:
        return scan.add("DAMAGED", printed, match.start(), end) and scan.go(end)
    refuse_long(plain, match.start())
    if len(match["exponent"].lstrip("eE+-−")) > MAX_EXPONENT_DIGITS:
        raise Unreadable(match.start("exponent"), "this exponent is too large", match["exponent"])
    if match["exponent"] or match["percent"]:
        end = match.end()
    elif "." in plain and (more := _GOES_ON.match(scan.text, end)):
        end = more.end()
    value = plain + match["exponent"].replace("−", "-")
    if match["percent"]:
        value = _hundredth(value.lower())
    return scan.add("NUMBER", value, match.start(), end) and scan.go(end)


def refuse_long(number: str, start: int) -> None:
    if len(number.replace(".", "")) > MAX_DIGITS:
        raise Unreadable(start, f"this number has more than {MAX_DIGITS} digits", number)


def _hundredth(number: str) -> str:
    """A percentage as a plain number, every digit kept.

    >>> _hundredth("65.9"), _hundredth("5.0"), _hundredth("150")
    ('0.659', '0.050', '1.50')
    """
    mantissa, exponent, power = number.partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = whole.rjust(3, "0") + decimals
    point = len(digits) - len(decimals) - 2
    return f"{digits[:point]}.{digits[point:]}{exponent}{power}"

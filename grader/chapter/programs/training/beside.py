"""Shapes that comments state beside the lines that compute something: ``# N * H``, ``# (3x1)``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from grader.chapter.claims import Word

_SIZE = r"[A-Za-z]\w{0,11}|\d{1,6}"
_SIGN = r"\s*(?:[x×*,]|by)\s*"
_ROW = rf"(?:{_SIZE})(?:{_SIGN}(?:{_SIZE})){{1,3}}"
_WHOLE = re.compile(
    rf"\s*(?P<word>(?:shape|size|dims?|dimensions?)\b)?\s*(?:is\b|[:=])?\s*(?P<open>[(\[])?\s*(?P<row>{_ROW})\s*[)\]]?\s*"
)
_PART = re.compile(rf"[(\[]\s*(?P<row>{_ROW})\s*[)\]]\s*$")
_BETWEEN = re.compile(r"\s*(?:[×*,]|(?<=[\s\d])x(?=[\s\d])|\bby\b|(?<=\w)x(?=\d))\s*")

MAX_COMMENT = 200


@dataclass(frozen=True, slots=True)
class ShapeSaid:
    """The lengths of axes that a comment states; ``firm`` if it states nothing else."""

    sizes: tuple[str, ...]
    text: str
    at: int
    firm: bool


def shape_said(comment: str) -> ShapeSaid | None:
    """What a comment states of a shape, or None.

    >>> shape_said(" N * H").sizes, shape_said(" random input (3x1)").sizes
    (('N', 'H'), ('3', '1'))
    """
    if len(comment) > MAX_COMMENT:
        return None
    whole = _WHOLE.fullmatch(comment)
    match = whole or _PART.search(comment)
    if match is None:
        return None
    sizes = tuple(_BETWEEN.split(match["row"]))
    if len(sizes) < 2 or not all(re.fullmatch(_SIZE, size) for size in sizes):
        return None
    in_numbers = all(size.isdigit() for size in sizes)
    firm = whole is not None and not (
        in_numbers and ("*" in match["row"] or "," in match["row"]) and not whole["word"]
    )
    return ShapeSaid(sizes, match["row"], match.start("row"), firm)


def judged_shape(
    said: ShapeSaid, shape: tuple[int, ...], size: Callable[[str], int | None]
) -> tuple[Word, str] | None:
    """Whether an array has the shape that is said; None if that cannot be told."""
    sizes = [size(text) for text in said.sizes]
    if any(length is None for length in sizes):
        return None
    if tuple(sizes) == shape:
        return "confirmed", "the code gives an array of this shape"
    if not said.firm or len(sizes) != len(shape):
        return None
    if sizes == list(shape)[::-1]:
        return "contradicted", "the code gives an array with rows and columns the other way round"
    in_numbers = all(text.isdigit() for text in said.sizes)
    return ("contradicted", "the code gives an array of another shape") if in_numbers else None

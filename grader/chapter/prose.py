"""What a page says in words between its formulas: that a name is a number, a matrix or a function."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import zip_longest

from grader.chapter.chains import Chain, Side, side_of
from grader.chapter.functions import FUNCTIONS, Function
from grader.chapter.jumps import JUMPS
from grader.chapter.printed import printed_numbers
from grader.chapter.spelling import bare, is_name
from grader.documents import Document, Region
from grader.reading.tree import Matrix

LONGEST_NAME = 100

_LINKS = (
    "is|are|be|as|to|equals?|of|corresponds|refers|represents?|denotes?|means|set|equal|"
    "the|a|vector|matrix|number|value"
)
_LINKED = re.compile(rf"[)\]]*\s*(?:(?:{_LINKS})\s+)+")
_PARTICLE = re.compile(r"\)?(?![A-Za-z])[^\W\d_]{1,2}\s+")
_NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?![A-Za-z0-9_%×]|\s*(?:×|\\times|x\s*\d)|\.\d)")
_ABOUT_ANOTHER = re.compile(r"(?:of|in|by|on|with|for|to|at|than)\s*[$\\(]*\s*$")


def said(document: Document) -> Iterator[Chain]:
    r"""Equations that stand half in words: ``$\eta$ is 0.9``, ``$b_1$ to be $\begin{bmatrix}…``.

    A name in ``the penalty of $w$ is 1.0`` is not what the number is about.
    """
    regions = [region for region in document.regions if region.place != "line"]
    for region, after in zip_longest(regions, regions[1:]):
        if len(region.text) > LONGEST_NAME or "=" in region.text:
            continue
        name = side_of(region)
        if name.tree is None or not is_name(name.tree):
            continue
        before = document.readable[max(0, region.start - 30) : region.start]
        value = None if _ABOUT_ANOTHER.search(before) else _value_after(document, region, after)
        if value:
            yield Chain((name, value), ("=",), said=True)


def _value_after(document: Document, region: Region, after: Region | None) -> Side | None:
    """The number or matrix that the words after a region lead to."""
    start = _behind(document.readable, region.end)
    words = document.readable[start : start + 60]
    for linked in (_LINKED.match(words), _PARTICLE.match(words)):
        if linked is None:
            continue
        number = _NUMBER.match(words, linked.end())
        if number:
            return side_of(Region(number[0], start + number.start(), "inline"))
        opening = document.readable[start + linked.end() : after.start] if after else "no"
        if after and not opening.strip("$\\([ \n"):
            side = side_of(after)
            return (
                side if side.tree and (isinstance(bare(side.tree), Matrix) or printed_numbers(side)) else None
            )
    return None


_CLOSING = re.compile(r"\$\$?|\\\\?[)\]]")


def _behind(text: str, end: int) -> int:
    closing = _CLOSING.match(text, end)
    return closing.end() if closing else end


_FUNCTION_WORDS = {
    **{spelling.lower(): row for row in FUNCTIONS for spelling in row.spellings if len(spelling) > 3},
    **{words: jump.with_zero() for jump in JUMPS for words in jump.words},
}
_IS_FUNCTION = re.compile(
    rf"(?<![\w\\])\$?(?P<letter>[A-Za-z])\$?\s*(?:\([a-z]\)\s*)?(?::|is|be|denotes)\s+(?:the\s+)?(?P<word>{'|'.join(_FUNCTION_WORDS)})\b",
    re.IGNORECASE,
)


def functions_said(document: Document) -> dict[str, Function]:
    """Letters that the page calls a known function: ``g is the sigmoid function``."""
    found = _IS_FUNCTION.finditer(document.readable)
    return {
        match["letter"]: _FUNCTION_WORDS[match["word"].lower()]
        for match in found
        if match["letter"] not in "aAI"
    }


_RATE = re.compile(
    r"(?:learning[ -]rate|step[ -]size|lernrate|taux d.apprentissage|tasa de aprendizaje|taxa de aprendizado"
    r"|скорость обучения|学习率|학습률)[^.\d\n$\\=]{0,25}?\b(?:of|is|to|be|as|=|:|von|ist|auf|de|es|a)?[ ]?"
    r"(?P<number>\d*\.\d+)(?!\.?\d|[%\w])",
    re.IGNORECASE,
)
_RATE_LETTERS = (
    ("\\eta", "\\\\eta|η"),
    ("\\alpha", "\\\\alpha|α"),
    ("lr", r"\blr\b"),
    ("\\epsilon", "\\\\epsilon|ε"),
)
"""The letters that stand for a learning rate, and how to find each on a page; the first is meant."""


def rate_letter(document: Document) -> str:
    """The letter of a page for its learning rate."""
    found = (name for name, pattern in _RATE_LETTERS if re.search(pattern, document.readable))
    return next(found, "\\eta")


def rates_said(document: Document) -> Iterator[Chain]:
    """A learning rate given in words, ``a learning rate of 0.5``, under the letter of the page for it."""
    text, letter = document.readable, rate_letter(document)
    for match in _RATE.finditer(text):
        name = side_of(Region(letter, match.start(), "inline"))
        yield Chain(
            (name, side_of(Region(match["number"], match.start("number"), "inline"))), ("=",), said=True
        )

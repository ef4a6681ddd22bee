"""Numbers as they are jotted down: side by side without brackets, with words around them that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

SIDE_BY_SIDE = "The numbers side by side were read as the entries of your answer."
DECIMAL = "The comma was read as a decimal point."
EXCLAIMED = "The exclamation mark was read as the end of a sentence."

_VALUE = r"(?=\s{0,9}[(\[]?\s{0,9}[-+−–]?\s{0,9}[.]?[0-9])"
"""A number begins here, perhaps in brackets."""
_DIGITS = (
    r"[0-9]+ *(?:d\.? ?p\.?|(?:decimal|significant)?[ -]?(?:decimals?|digits?|places?|figures?)|s\.? ?f\.?)"
)
_ABOUT = (
    r"about|approximately|approx\.?|ca\.?|circa|roughly|around|nearly|almost|exactly|just|simply|"
    r"etwa|ungefähr|rund|circa|genau|gerundet|rounded|round"
)
_BEFORE = (
    rf"\\(?:text|mathrm)\s*\{{\s*(?:{_ABOUT})\s*\}}|(?<![^\W\d_\\])(?:{_ABOUT})(?![^\W\d_(^])"
    rf"|\\sim(?![A-Za-z])|[~∼]"
)
_BEHIND = (
    rf"(?:{_ABOUT})(?: (?:to|auf) {_DIGITS})?|(?:rounded|to|auf) {_DIGITS}|{_DIGITS}|or so|oder so|i think|"
    r"units?|respectively|resp\.?"
)
_BEGINNING = (
    r"(?:i|we|ich|wir) (?:get|got|have|obtain|found|find|think it is|habe|bekomme|erhalte|haben|erhalten)"
    r"|(?:it|this|that|es|das) (?:is|ist|gives|equals)|(?:so|thus|then|hence|finally|also|daher|my|the) +"
    r"(?:answer|result|solution|value|antwort|lösung|ergebnis)s?(?: is| are| ist)?"
)

SAY_NOTHING: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"\A\s*(?:{_BEGINNING})\s{{0,9}}[:,]?\s{{1,9}}(?=.*[0-9])", re.IGNORECASE), ""),
    (re.compile(rf"(?:{_BEFORE})\s{{0,9}}(?:[:,]\s{{0,9}})?{_VALUE}", re.IGNORECASE), ""),
    (
        re.compile(
            rf"(?<=[0-9)\]}}])\s{{0,9}},?\s{{0,9}}(?:\(\s?(?:{_BEHIND})\s?\)"
            rf"|\\text\{{[\s(]{{0,9}}(?:{_BEHIND})[\s)]{{0,9}}\}}|\s(?:{_BEHIND}))[\s.]{{0,9}}\Z",
            re.IGNORECASE,
        ),
        "",
    ),
    (re.compile(r"(?<=[0-9)\]}])\s{0,9}!{1,9}[\s.]{0,9}\Z"), EXCLAIMED),
)
"""What says nothing about a number, before it and behind it, with the remark on what was left out."""

LABELS = {
    "loss": "error loss cost fehler verlust kosten gesamtfehler gesamtkosten",
    "loss_new": "error loss cost fehler verlust kosten gesamtfehler gesamtkosten",
}
"""Words that name what is asked in front of a number, by its kind."""
_SAYING_NO_MORE = frozenset(
    ("the", "total", "whole", "overall", "squared", "my", "our", "der", "die", "das", "new", "neue")
)
_LABEL = re.compile(
    r"\A\s*(?P<label>[^\s=≈:0-9][^=≈:0-9]{0,40}?)\s{0,9}"
    r"(?:=|≈|:=?|\\approx(?![A-Za-z])|\b(?:is|are|ist|equals)\b)(?!.*=)"
)

_LAST_RELATION = re.compile(r".*(?:=|≈|←|\\approx(?![A-Za-z])|\b(?:is|are|ist)\b|:)", re.DOTALL)
_FRAME = re.compile(
    r"(?:\\left ?)?[(\[](?P<inside>[^()\[\]]*)[)\]]"
    r"(?P<turned>\s*(?:\^\s*\{?\s*(?:T|\\top|\\mathsf\s*\{?T\}?)\s*\}?|\.T|['′ᵀ⊤]))?"
)
_MARK = r"(?:[,;|&]|\\\\|\\q?quad(?![A-Za-z])|\\[,;: ]|\b(?:and|und)\b)"
_SEPARATOR = re.compile(rf"(?:\s|{_MARK})+")
_SPACED_SIGN = re.compile(rf"({_MARK}\s*[-+−–])\s+(?=[.0-9])")
_ROWS = re.compile(r";|\n|\\\\")
_EXPONENT = r"(?:[eE][-+−]?[0-9]+)?(?![.0-9A-Za-z])"
_NUMBERS = {
    ".": re.compile(rf"[-+−–]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+){_EXPONENT}"),
    ",": re.compile(rf"[-+−–]?[0-9]+(?:,[0-9]+)?{_EXPONENT}"),
}
"""A number with its sign directly before it, by the sign for decimals."""


def jotted(
    text: str, shape: tuple[int, int], labels: Sequence[str], of_any_length: bool = False
) -> Iterator[tuple[str, str]]:
    r"""Other spellings of numbers jotted down, each with a remark on what was taken (empty if none is due):
    first without words that say nothing, then with the numbers side by side as the entries of ``shape``.

    >>> [text for text, _ in jotted("about 0.5", (1, 1), ())]
    ['0.5']
    >>> [text for text, _ in jotted("d = 0.5 -0.25", (2, 1), ())]
    ['d = [[0.5], [-0.25]]']
    >>> [text for text, _ in jotted("| 1 | 2 |\n| 3 | 4 |", (2, 2), ())]
    ['[[1, 2], [3, 4]]']

    ``labels`` are words and letters that only name what is asked. What changes a number is never left out.
    A list of numbers with decimal commas may be ``of_any_length``.
    """
    plain, remark = _without_label(*_without_words(text), labels)
    if plain != text:
        yield plain, remark
    start = found.end() if (found := _LAST_RELATION.match(plain)) else 0
    for decimal in _NUMBERS if shape != (1, 1) else ",":
        rows = _rows(plain[start:].strip(" \t\r\n$.,;"), decimal, shape, of_any_length)
        if rows is not None and shape == (1, 1):
            yield f"{plain[:start]} {rows[0][0]}".strip(), remark or DECIMAL
        elif rows is not None:
            written = ", ".join(f"[{', '.join(row)}]" for row in rows)
            yield f"{plain[:start]} [{written}]".strip(), remark or SIDE_BY_SIDE


def _without_words(text: str) -> tuple[str, str]:
    """The text without what says nothing, and the remark on it."""
    said = ""
    for pattern, remark in SAY_NOTHING:
        text, times = pattern.subn(" ", text)
        said = remark if times and remark else said
    return text.strip(), said


def _without_label(text: str, remark: str, labels: Sequence[str]) -> tuple[str, str]:
    """``the total error is 0.3`` without what only names the number that is asked."""
    match = _LABEL.match(text)
    if match is None:
        return text, remark
    words = [word for word in match["label"].lower().split() if word not in _SAYING_NO_MORE]
    return (text[match.end() :].strip(), remark) if " ".join(words) in labels else (text, remark)


def _rows(value: str, decimal: str, shape: tuple[int, int], of_any_length: bool) -> list[list[str]] | None:
    """The numbers that stand side by side, in rows and columns; None where anything else stands there."""
    frame = _FRAME.fullmatch(value)
    if frame is not None:
        value = frame["inside"].strip().removesuffix("\\right")
    flat = 1 in shape
    if not flat and frame is not None and frame["turned"]:
        return None
    lines = [value] if flat else [line for line in _ROWS.split(value) if line.strip()]
    rows = [numbers for line in lines if (numbers := _numbers(line.strip().strip("|").strip(), decimal))]
    if len(rows) != len(lines) or (decimal == "," and "," not in "".join(map("".join, rows))):
        return None
    if not flat:
        return rows if shape == (len(rows), *{len(row) for row in rows}) else None
    (numbers,) = rows
    many = of_any_length and len(numbers) > 1 < max(shape) and all(decimal in each for each in numbers)
    rows = [[each.replace(",", ".")] for each in numbers]
    if not many and len(numbers) != max(shape):
        return None
    return rows if shape[1] == 1 else [[each for (each,) in rows]]


def _numbers(line: str, decimal: str) -> list[str] | None:
    """The numbers of a line, with blanks or marks between them; None for anything else."""
    line = _SPACED_SIGN.sub(lambda match: match[1], line)
    at, found = 0, list[str]()
    while match := _NUMBERS[decimal].match(line, at):
        found.append(match[0])
        if match.end() == len(line):
            return found
        separator = _SEPARATOR.match(line, match.end())
        if separator is None:
            return None
        at = separator.end()
    return None

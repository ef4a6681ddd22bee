"""What is said beside a formula and is no formula: what a sign is called ("where ⊙ is the elementwise
product"), how far an index runs ("for i = 1, …, n"), and why a step holds ("(identity)")."""

from __future__ import annotations

import re

_JOINING = r"(?:where|with|and|here|since|because|as|wobei|weil|und|da|donde|avec|où)\b[ ]?"
_GREEK = r"(?:alpha|delta|epsilon|eta|lambda|mu|phi|sigma|theta)"
_LEGEND = re.compile(
    rf"(?:(?P<before>[,;(]|^)[ ]?(?:{_JOINING})?|(?<=[ ]){_JOINING})"
    rf"(?P<sign>\$?(?:\\[A-Za-z]{{1,20}}|[^\W\d_]|{_GREEK}|[⊙∘∇⊗])(?:[_^'](?:\w|\{{\w{{1,4}}\}}))?\$?)[ ]"
    r"(?:is|are|denotes|means|stands for|represents|ist|bezeichnet|est|es)[ ]"
    r"(?P<words>[^\W\d_]{2,20}(?:[ '’-][^\W\d_]{1,20}){0,9})"
    r"(?P<after>[ ]?(?:$|[\n.,;)]|(?=and\b)))"
)
_LETTER = r"(?<![A-Za-z\\])(?:[A-Za-z]|\\ell(?![A-Za-z]))"
_END = r"(?<![A-Za-z\\])(?:\d{1,3}|[A-Za-z](?:_(?:\w|\{[\w+-]{1,5}\}))?)(?:[ ]?[+-][ ]?\d)?"
"""Where an index may begin or end: a number or a letter, perhaps with a number added."""
_DOTS = r"(?:\.{2,3}|…|\\[lc]?dots(?![A-Za-z]))"
_AND_SO_ON = rf"[ ]?=[ ]?{_END}(?:[ ]?,[ ]?{_END}){{0,2}}[ ]?,?[ ]?{_DOTS}[ ]?,?[ ]?{_END}"
_LISTED = r"[ ]?=[ ]?\d{1,3}(?:[ ]?,[ ]?\d{1,3}){1,9}"
_ONE_OF = (
    r"[ ]?(?:\\in(?![A-Za-z])|∈|in\b)[ ]?"
    rf"(?:\\?\{{[\w ,.…\\+-]{{1,40}}\}}|range\([\w ,+-]{{1,20}}\)|{_END}[ ]?{_DOTS}[ ]?{_END})"
)
_LESS = r"[ ]?(?:<=?|≤|\\le(?:q|qslant)?(?![A-Za-z]))[ ]?"
_RUNS = (
    rf"(?:{_LETTER}(?:[ ]?,[ ]?{_LETTER})?(?:{_AND_SO_ON}|{_LISTED}|{_ONE_OF})"
    rf"|{_END}{_LESS}{_LETTER}{_LESS}{_END}"
    rf"|(?:each|every|all)(?:[ ][a-z]{{2,12}}){{1,4}}[ ]{_LETTER})"
)
_LEAD = r"(?:[ ,;]|\\q?quad(?![A-Za-z])|\\[,;]|\\text\{[ a-z]{0,8}\}){0,6}"
_REASON = re.compile(
    r"[ ]\((?:since |because |as |for )?(?:the )?"
    r"(?P<sign>identity|linear|sigmoid|logistic|tanh|relu|softmax|ReLU)"
    r"(?P<words>(?:[ ][^\W\d_]{2,20}){0,5})\)(?=[ ]?[.,;$]{0,3}[ ]?(?:$|\n))"
)
"""The name of a function in brackets behind everything else: why the step holds."""
_RANGE = re.compile(
    rf"{_LEAD}(?:(?:for|where|with|für|mit)\b[ ]?)?(?P<open>\(?)(?:(?:for|all)\b[ ]?){{0,2}}{_RUNS}"
    r"(?P<close>\)?)(?=[ ]?[.$]{0,3}[ ]?(?:$|\n))"
    rf"|^[ ]?for[ ]?{_RUNS}[ ]?:"
)
MOST_LEGENDS = 6
"""So much is taken out of one answer."""
LONGEST = 1000
"""Longer answers are left as they are."""


def without_legends(text: str) -> tuple[str, tuple[str, ...]]:
    r"""An answer with blanks where it only says what a sign is called, how far an index runs or why, and what
    it says there.

    >>> bare, said = without_legends(r"W \odot x, where \odot is the elementwise product")
    >>> bare.rstrip(), said
    ('W \\odot x', ('\\odot is the elementwise product',))
    >>> without_legends(r"w_{ij} \delta_j for i = 1, \dots, n")[1]
    ('i = 1, \\dots, n',)
    >>> without_legends("dx_2/dz_2 = 1 (identity)")[1]
    ('identity',)
    >>> without_legends("e where e is the error x_2 - y")[1], without_legends("a_i for i = 2")[1]
    ((), ())
    """
    said: list[str] = []
    if len(text) > LONGEST:
        return text, ()

    def legend(match: re.Match[str]) -> str:
        opened, closed = match["before"] == "(", match["after"].endswith(")")
        return match[0] if opened != closed else taken(match)

    def reach(match: re.Match[str]) -> str:
        return match[0] if bool(match["open"]) != bool(match["close"]) else taken(match)

    def taken(match: re.Match[str]) -> str:
        words = _LEADING.sub("", match[0].strip()).rstrip(" ,;.:\n")
        said.append(words if words.count("(") == words.count(")") else words.rstrip(")"))
        return "".join(char if char == "\n" else " " for char in match[0])

    text = _REASON.sub(taken, text, count=MOST_LEGENDS)
    text = _RANGE.sub(reach, text, count=MOST_LEGENDS)
    return _LEGEND.sub(legend, text, count=MOST_LEGENDS), tuple(said)


_LEADING = re.compile(rf"^{_LEAD}\(?(?:(?:for|where|with|für|mit|and|since|because)\b[ ]?)?")

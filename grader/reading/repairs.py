"""Slips of the pen and of text recognition that a person sees through: what a text was probably meant to say.

A repair changes what stands for something else, and never leaves anything out; a name that is said behind a
formula is put into it. Judging tries repairs only
where a text means nothing as it stands, and takes one only where no other fits.
"""

from __future__ import annotations

import re

from msgspec import Struct

MOST = 6
"""So many repairs of one text are offered at most."""


class Repair(Struct, frozen=True):
    """One kind of slip: what it looks like, what is put there instead, and the sentence that says so; in it
    ``{}`` is what was found."""

    name: str
    pattern: re.Pattern[str]
    instead: str
    sentence: str


def _repair(name: str, pattern: str, instead: str, sentence: str) -> Repair:
    return Repair(name, re.compile(pattern), instead, sentence)


_INDEX = r"(?:[0-9]|\{[0-9]\}|[₀-₉])"
_LETTER = r"(?<![A-Za-z\\])(?:[A-Za-z]|\\[a-z]+|[α-ω])"
_NAMED = rf"(?:[A-Za-z]|\\[a-z]+|[α-ω])(?:_{_INDEX}|\^\{{\(?[0-9]\)?\}}|\^\([0-9]\)|[0-9]|[₀-₉])"
"""A letter with a number at it: ``W_2``, ``\\delta2``, ``w^{(3)}``."""
_END = r"(?![A-Za-z0-9_^'′({=])"

REPAIRS = (
    _repair(
        "tau for a transpose",
        r"\^\s*(?:\\tau(?![A-Za-z])|τ|\{\s*(?:\\tau|τ)\s*\})|ᵗ",
        r"^{\\top}",
        "`{}` was read as a transpose",
    ),
    _repair(
        "t for a transpose",
        r"\^\s*(?:t(?![A-Za-z0-9])|\{\s*(?:\\mathrm|\\text|\\mathsf)?\s*\{?\s*(?:t|tr|Tr|trans)\s*\}?\s*\})",
        r"^{\\top}",
        "`{}` was read as a transpose",
    ),
    _repair("bare T", rf"({_NAMED})\s*T{_END}", r"\1^{\\top}", "`{}` was read as a transpose"),
    _repair(
        "T before the index",
        r"(?<=[A-Za-z])\^\s*T([0-9])(?![0-9])",
        r"_\1^{\\top}",
        "`{}` was read as a transpose and an index",
    ),
    _repair(
        "transpose as in R",
        r"(?<![A-Za-z\\_^])t\(((?:[^()]|\([0-9]\))*)\)",
        r"(\1)^{\\top}",
        "`{}` was read as a transpose",
    ),
    _repair(
        "l for 1 in an index",
        r"(?<=_)[lI](?![A-Za-z0-9])|(?<=_\{)\s*[lI]\s*(?=\})|(?<=\^\{\()[lI](?=\)\})|(?<=[A-Za-z]\^\{)[lI](?=\})",
        "1",
        "the letter `{}` in an index was read as the number 1",
    ),
    _repair(
        "l for 1 before a minus",
        r"(?<=[(\[])\s*[lI](?=\s*[-−])",
        "1",
        "the letter `{}` was read as the number 1",
    ),
    _repair(
        "O for 0 in an index",
        r"(?<=_)[oO](?![A-Za-z0-9])|(?<=_\{)\s*[oO]\s*(?=\})|(?<=\^\{\()[oO](?=\)\})",
        "0",
        "the letter `{}` in an index was read as the number 0",
    ),
    _repair(
        "letters for digits",
        r"(?<=[0-9]\.)([0-9]*)[Oo]([0-9]*)(?![A-Za-z])",
        r"\g<1>0\2",
        "`{}` was read as 0",
    ),
    _repair("o for a circle", r"(?<=[\s)}\]0-9])o(?=\s)", r"∘", "`{}` was read as ∘"),
    _repair(
        "exp with a superscript",
        r"\\?exp\s*\^(?=[{(\-0-9A-Za-z])",
        "e^",
        "`{}` was read as e with a superscript",
    ),
    _repair(
        "indices above the layer",
        rf"({_LETTER})_(?:([0-9])|\{{([0-9])\}})\^\{{\s*([i-s])\s*,?\s*([i-s])\s*\}}",
        r"(\1_{\2\3})_{\4\5}",
        "`{}` was read as the entry with these indices",
    ),
    _repair(
        "subscript without braces",
        r"(?<=_)([a-z]{2})(?![A-Za-z0-9{_])",
        r"{\1}",
        "`{}` was read as one subscript",
    ),
    _repair(
        "backslash left out",
        r"(?<![\\A-Za-z])(?:[dt]?frac(?=\s*\{)|mathbf|boldsymbol|left(?=[(\[|])|right(?=[)\]|])|top(?![A-Za-z]))",
        r"\\\g<0>",
        "`{}` was read with a backslash before it",
    ),
    _repair(
        "sum over a set",
        r"(?<=_\{)(\s*[a-z])\s*(?:\\in(?![A-Za-z])|∈)\s*"
        r"(?:\\(?:text|mathrm|mathcal|mathbb)\s*)?\{?[A-Za-z ]+\}?(?=\s*\})",
        r"\1",
        "`{}` was read as all of them",
    ),
)
"""The slips that are known; the order says nothing."""


_FUNCTIONS = "fghφψσ"
"""Letters that before a bracket are functions, not factors."""
_OWN_NAME = re.compile(r"(?<![A-Za-z\\_^])[A-Za-z](?:_?[0-9])?\Z")
_BEHIND = re.compile(
    r"(?:\\text ?\{ ?(?:where|with|mit|wobei) ?\}|\b(?:where|with|mit|wobei)|[,;]|\\q?quad)\Z"
)


def _with_name_filled_in(text: str) -> tuple[str, str] | None:
    """``2 s (1 - s) where s = …`` with what the name stands for in its place; None for any other text."""
    head, _, value = text.rpartition("=")
    name = _OWN_NAME.search(head.rstrip(" :"))
    behind = _BEHIND.search(head[: name.start()].rstrip()) if name else None
    if name is None or behind is None:
        return None
    call = r"\(\[" if name[0][0] in _FUNCTIONS else ""
    used = re.compile(rf"(?<![A-Za-z0-9\\_^.]){re.escape(name[0])}(?![A-Za-z0-9_'′{call}])")
    filled, times = used.subn(lambda _: f"({value.strip(' .;,$')})", head[: behind.start()].rstrip(" ,;"))
    return (filled, f"`{name[0]}` was read as what you say it is.") if times else None


def _with_names_filled_in(text: str) -> tuple[str, str] | None:
    """The same with every name that is said behind the formula, the last one first."""
    filled = _with_name_filled_in(text)
    for _ in range(MOST):
        again = _with_name_filled_in(filled[0]) if filled else None
        if again is None or filled is None:
            break
        filled = again[0], f"{again[1]} {filled[1]}"
    return filled


def repairs(text: str) -> tuple[tuple[str, str], ...]:
    """What ``text`` may have been meant to say, each with the sentence that says what was changed: every slip
    alone, and all of them together.

    >>> repairs("W_2 T x")
    (('W_2^{\\\\top} x', '`W_2 T` was read as a transpose.'),)
    """
    found = [repair for repair in REPAIRS if repair.pattern.search(text)]
    choices: list[tuple[Repair, ...]] = [(repair,) for repair in found]
    if len(found) > 1:
        choices.append(tuple(found))
    offered: dict[str, str] = {}
    for chosen in choices[-MOST:]:
        changed, sentences = _applied(text, chosen)
        if changed != text:
            offered.setdefault(changed, sentences)
    if (filled := _with_names_filled_in(text)) is not None:
        offered.setdefault(*filled)
    return tuple(offered.items())


def _applied(text: str, chosen: tuple[Repair, ...]) -> tuple[str, str]:
    sentences = []
    for repair in chosen:
        match = repair.pattern.search(text)
        if match:
            sentences.append(repair.sentence.format(match[0].strip()[:30]))
            text = repair.pattern.sub(repair.instead, text)
    return text, _as_sentence(sentences)


def _as_sentence(parts: list[str]) -> str:
    joined = ", and ".join(parts)
    return f"{joined[:1].upper()}{joined[1:]}."

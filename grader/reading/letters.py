"""Runs of letters: words, letters side by side, digits glued to a name, scripts without braces."""

from __future__ import annotations

import re

from grader.reading import numerals, words
from grader.reading.scanner import SCRIPT_SIGNS, SPACE, Piece, Scanner

BIG_WORDS = ("sum", "prod", "max", "min")
SCRIPT_FOLLOWS = re.compile(rf"{SPACE}*(?:\\limits{SPACE}*)?_")
_EDGES_BEFORE = frozenset(["", *" \t\r\n\u00a0~({$,;"])
_EDGES_BEHIND = frozenset(["", *" \t\r\n\u00a0~)}$,;.:\\"])
_BOUND = re.compile(r"[A-Za-z]=[0-9](?=\^)")
_CALL_FOLLOWS = re.compile(rf"{SPACE}*\(")


def word_in_script(scan: Scanner, match: re.Match[str]) -> bool:
    """What ``_`` or ``^`` takes without braces: all of ``delta_out``, but only ``1`` of ``w_1x_1``."""
    if not scan.after_script_sign:
        return False
    if match[0].isdigit():
        return _digits_in_script(scan, match)
    if (bound := _lower_bound(scan, match)) is not None:
        scan.add_braced(bound, match.start())
        return scan.go(match.start() + len(bound))
    taken = _taken_by_script(scan, match)
    rest = match[0] != taken and scan.text[match.start() + len(taken) + 1 :][:1] != "_"
    if rest and scan.pieces[-1].kind == "SUB":
        scan.remark(f"only `{taken}` was taken for the subscript in `_{match[0][:20]}`: are braces missing?")
    if len(taken) == 1:
        scan.add("NAME", taken, match.start(), match.start() + 1)
    else:
        scan.add_braced(taken, match.start())
    return scan.go(match.start() + len(taken))


def _lower_bound(scan: Scanner, match: re.Match[str]) -> str | None:
    """``k=1`` of ``sum_k=1^K``, which has no braces in plain spelling."""
    below_sum = [piece.kind for piece in scan.pieces[-2:]] == ["BIG", "SUB"]
    bound = _BOUND.match(scan.text, match.start()) if below_sum and not scan.latex else None
    return bound[0] if bound else None


def _taken_by_script(scan: Scanner, match: re.Match[str]) -> str:
    """A known word; in plain spelling all of it, save that ``w_ix_i`` are two names; else one letter."""
    word, run = match[0], match["letters"]
    known = run in words.WORDS
    next_script = len(word) == 2 and word.isalpha() and scan.text[match.end() : match.end() + 1] == "_"
    plain = not scan.latex and (scan.pieces[-1].kind == "SUB" or len(run) == 1)
    return word if known or (plain and not next_script) else word[0]


def _digits_in_script(scan: Scanner, match: re.Match[str]) -> bool:
    """All digits, though TeX would take one; superscripts may have a decimal part."""
    if scan.pieces[-1].kind != "SUB":
        return False
    if scan.latex and len(match[0]) > 1:
        scan.remark(f"`_{match[0]}` was read as one script, though TeX would print only its first digit low")
    numerals.refuse_long(match[0], match.start())
    return scan.add("NUMBER", match[0], match.start(), match.end())


def word(scan: Scanner, match: re.Match[str]) -> bool:
    """A run of letters outside scripts: a word, a Python call, or single letters side by side."""
    run = match["letters"]
    if run in words.CASE_WORDS and _stands_alone(scan, match):
        return scan.add(*words.CASE_WORDS[run], match.start(), match.end("letters"))
    prose = words.PROSE.get(run) or words.PROSE.get(run.lower())
    if (
        prose
        and match.end() == match.end("letters")
        and _stands_alone(scan, match)
        and not _braced(scan, match)
    ):
        return (
            scan.add(*prose, match.start(), match.end())
            if prose[0] != "TEXT"
            else scan.add("TEXT", run, match.start(), match.end())
        )
    if run in words.CALLS and _CALL_FOLLOWS.match(scan.text, match.end()):
        return scan.add(*words.CALLS[run], match.start(), match.end("letters")) and scan.go(
            match.end("letters")
        )
    start = match.start()
    for name in _names(scan, match):
        big = name in BIG_WORDS and SCRIPT_FOLLOWS.match(scan.text, start + len(name))
        scan.add("BIG" if big else "NAME", name, start, start + len(name))
        start += len(name)
    return scan.go(start) and digits_behind(scan)


def _stands_alone(scan: Scanner, match: re.Match[str]) -> bool:
    """A word with blanks around it, or the edge of what it stands in; among cases always, below a name never:
    there ``is`` and ``si`` are two indices."""
    before, after = (
        scan.text[max(match.start() - 1, 0) : match.start()],
        scan.text[match.end() : match.end() + 1],
    )
    in_row = before in _EDGES_BEFORE and after in _EDGES_BEHIND
    return scan.cases > 0 or (in_row and not scan.in_subscript)


def _braced(scan: Scanner, match: re.Match[str]) -> bool:
    """Whether a word fills a pair of braces: ``{da}`` below a fraction line says no word."""
    return scan.text[max(match.start() - 1, 0)] == "{" and scan.text.startswith("}", match.end())


def _names(scan: Scanner, match: re.Match[str]) -> tuple[str, ...]:
    """The names in a run of letters; with blanks around it is a word, as products of letters seldom are."""
    run = match["letters"]
    plain = not (scan.latex or scan.in_subscript)
    known = run in words.WORDS and (len(run) > 2 or plain)
    differential = len(run) == 2 and run[0] == "d" and plain
    alone = not scan.latex or scan.in_subscript or _stands_alone(scan, match)
    longest_split = 3 if alone else len(run)
    return (run,) if known or differential or len(run) > longest_split else tuple(run)


def digits_behind(scan: Scanner) -> bool:
    """Digits glued to a name are its subscript: ``W2``, ``delta2``, ``\\delta2``."""
    end = scan.at
    digits = re.compile("[0-9]+").match(scan.text, end)
    last = scan.pieces[-1] if scan.pieces else None
    if (
        not digits
        or not last
        or scan.in_subscript
        or last.kind != "NAME"
        or last.end != end
        or _is_lone_script(scan, last)
    ):
        return True
    numerals.refuse_long(digits[0], end)
    if scan.latex:
        scan.remark(f"`{scan.text[last.start : digits.end()]}` was read with {digits[0]} as subscript")
    scan.add("SUB", "_", end, end)
    return scan.add("NUMBER", digits[0], end, digits.end()) and scan.go(digits.end())


def _is_lone_script(scan: Scanner, piece: Piece) -> bool:
    return len(scan.pieces) > 1 and scan.pieces[-2].kind in SCRIPT_SIGNS

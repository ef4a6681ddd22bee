"""Three spellings of mathematics (LaTeX, Unicode, plain or Python) become one row of pieces."""

from __future__ import annotations

import re

from grader.reading import characters, commands, letters, numerals, programs, signs
from grader.reading.scanner import SPACE, Rules, Scanner, Spelled
from grader.reading.unreadable import Unreadable
from grader.reading.wrapping import unwrapped

MAX_CHARACTERS = 4096


def spell(text: str) -> Spelled:
    """The pieces of ``text``.

    >>> [piece.value for piece in spell(r"W_2^T \\cdot σ′(z₁)").pieces]
    ['W', '_', '2', '^', 'T', 'cdot', 'sigma', "'", '(', 'z', '_', '1', ')']

    Raises `Unreadable` for a character or command the reader does not know, and beyond the limits above.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(MAX_CHARACTERS, f"this is longer than {MAX_CHARACTERS} characters")
    bare, remarks = unwrapped(text)
    scanner = Scanner(bare, rules=_RULES, latex="\\" in bare)
    scanner.run()
    return Spelled(text, programs.with_program_signs(bare, scanner.pieces), [*remarks, *scanner.remarks])


def _blank(scan: Scanner, match: re.Match[str]) -> bool:
    if "\n" in match[0] and not scan.latex:
        scan.add("NEWLINE", "", match.start(), match.end())
    return True


def _sign(scan: Scanner, match: re.Match[str]) -> bool:
    row = signs.SIGNS[match[0]]
    if match[0] == "~" and not scan.latex and scan.pieces and scan.pieces[-1].kind != "RELATION":
        row = ("RELATION", "approx")
    if row == ("NAME", "top") and not (scan.in_script or scan.after_script_sign):
        scan.add("SUP", "^", match.start(), match.start())
    return scan.add_row(row, match)


def _character(scan: Scanner, match: re.Match[str]) -> bool:
    """A letter beyond ASCII, a raised or lowered character, a fraction; anything else is refused."""
    char, start = match[0], match.start()
    if char in signs.ACCENT_MARKS and scan.accent_last(signs.ACCENT_MARKS[char], match.end()):
        return True
    if characters.letter(char):
        return _letter(scan, match)
    if characters.raised(char):
        return _raised_run(scan, match)
    if characters.vulgar(char):
        return scan.add("FRACTION", characters.vulgar(char), start, match.end())
    shown = char if char.isprintable() else ""
    named = f"{shown} ({characters.title(char)})" if shown else characters.title(char)
    raise Unreadable(start, f"the character {named} has no meaning here", shown)


def _letter(scan: Scanner, match: re.Match[str]) -> bool:
    """A Greek, mathematical or accented letter, perhaps with a combining accent behind it."""
    name = characters.letter(match[0])
    accent = signs.ACCENT_MARKS.get(scan.text[match.end() : match.end() + 1])
    scan.at = match.end() + bool(accent)
    scan.add("NAME", f"{accent}_{name}" if accent else name, match.start(), scan.at)
    return letters.digits_behind(scan)


def _raised_run(scan: Scanner, match: re.Match[str]) -> bool:
    """Raised or lowered characters side by side are one script: ``a⁽¹⁾``, ``W₂``, ``x₀ᵀ``."""
    start = match.start()
    side = characters.raised(match[0])[:1]
    while scan.at < len(scan.text) and characters.raised(scan.text[scan.at])[:1] == side:
        scan.at += 1
    run = "".join("⊤" if char == "ᵀ" else characters.raised(char)[1:] for char in scan.text[start : scan.at])
    kind = "SUB" if side == "_" else "SUP"
    if not scan.pieces or scan.pieces[-1].kind != kind:
        scan.add(kind, side, start, start)
    if run.isascii() and run.isdigit():
        numerals.refuse_long(run, start)
        return scan.add("NUMBER", run, start, scan.at)
    scan.add_braced(run, start)
    return True


_BLANK = (re.compile(rf"{SPACE}+"), _blank)
_SCRIPT = (re.compile(r"(?P<letters>[A-Za-z]+)[0-9]*|[0-9]+"), letters.word_in_script)
_NUMBER = (numerals.PATTERN, numerals.number)
_WORD = (re.compile(r"(?P<letters>[A-Za-z]+)[0-9]*"), letters.word)
_SIGN = (re.compile("|".join(re.escape(sign) for sign in sorted(signs.SIGNS, key=len, reverse=True))), _sign)
_CHARACTER = (re.compile(r".", re.DOTALL), _character)

_RULES = Rules(
    alone=signs.ALONE,
    blank=(_BLANK,),
    backslash=(*commands.RULES, _CHARACTER),
    letter=(_SCRIPT, *programs.AT_LETTERS, _WORD),
    digit=(_SCRIPT, _NUMBER),
    point=(_NUMBER, *programs.AT_POINTS, _SIGN),
    angle=(*programs.AT_ANGLES, _SIGN),
    other=((re.compile("[𝟏𝟙]"), commands.bold_one), _SIGN, _CHARACTER),
)
"""What is tried at a place, by the character that stands there, in this order."""

"""Three ways to spell mathematics (LaTeX, Unicode, plain ASCII or Python) become one row of pieces, each knowing where it stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property

from grader.reading import words
from grader.reading.tree import Tree
from grader.reading.unreadable import Unreadable

MAX_CHARACTERS = 4096
MAX_PIECES = 1500
MAX_DIGITS = 30
MAX_EXPONENT_DIGITS = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """The smallest thing with a meaning: a name, a number, a sign; ``start`` and ``end`` point into the original text.

    A script is read before what it hangs on, so its piece carries the finished ``tree``.
    """

    kind: str
    value: str
    start: int
    end: int
    tree: Tree | None = None


@dataclass(frozen=True, slots=True)
class Spelled:
    """All pieces of a text, and what a person should know about how they were taken."""

    text: str
    pieces: list[Piece]
    remarks: list[str]


def spell(text: str) -> Spelled:
    """The pieces of ``text``.

    >>> [piece.value for piece in spell(r"W_2^T \\cdot σ′(z₁)").pieces]
    ['W', '_', '2', '^', 'T', 'cdot', 'sigma', "'", '(', 'z', '_', '{', '1', '}', ')']

    Raises `Unreadable` for a character or command the reader does not know, and beyond the limits above.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(MAX_CHARACTERS, f"this is longer than {MAX_CHARACTERS} characters")
    scanner = _Scanner(text, latex="\\" in text or "{" in text)
    scanner.run()
    return Spelled(text, scanner.pieces, scanner.remarks)


_SPACE = r"[ \t\r\n\u00a0\u2002-\u200a\u202f]"
_SCRIPT_SIGNS = {"SUB": "_", "SUP": "^"}
_NUMBER = r"(?:[0-9]+(?:\.(?![A-Za-z])[0-9.]*|\.(?=[eE][-+−]?[0-9]))?|\.[0-9][0-9.]*)"
_EXPONENT = r"(?:[eE][-+−]?[0-9]+)?"
_LOOKS_LIKE_A_NAME = re.compile(rf"{_SPACE}*(?:[_^('=≈]|:=|\\(?:left|big|Big|approx|prime)\b)")
_RELATION_FOLLOWS = re.compile(rf"{_SPACE}*&?(?:=|:=|≈|\\approx(?![A-Za-z]))")
_SCRIPT_FOLLOWS = re.compile(rf"{_SPACE}*(?:\\limits{_SPACE}*)?_")
_OPENING = re.compile(rf"{_SPACE}*\{{")
_CALL_FOLLOWS = re.compile(rf"{_SPACE}*\(")


class _Scanner:
    """Goes through a text once; at each place the first rule that fits takes what it knows."""

    def __init__(self, text: str, latex: bool, within: str = "") -> None:
        self.text = text
        self.at = 0
        self.latex = latex
        self.braces = [within]
        self.pieces: list[Piece] = []
        self.remarks: list[str] = []

    def run(self) -> None:
        while self.at < len(self.text):
            self._step()
            if len(self.pieces) > MAX_PIECES:
                raise Unreadable(self.at, f"this has more than {MAX_PIECES} signs")

    def _step(self) -> None:
        start = self.at
        for pattern, rule in _RULES:
            match = pattern.match(self.text, start)
            if match:
                self.at = match.end()
                if rule(self, match):
                    return
                self.at = start
        self._character()

    # what the rules share

    @property
    def in_script(self) -> bool:
        """Inside the braces of a script."""
        return self.braces[-1] != ""

    @property
    def in_subscript(self) -> bool:
        """Inside the braces of a subscript, where ``h1`` is two indices and not ``h`` with subscript 1."""
        return self.braces[-1] == "_"

    @property
    def after_script_sign(self) -> bool:
        """Directly behind ``_`` or ``^`` (or ``^-``), where one piece without braces is the whole script."""
        kinds = [piece.kind for piece in self.pieces[-2:]]
        return kinds[-1:] != [] and (kinds[-1] in _SCRIPT_SIGNS or kinds == ["SUP", "MINUS"])

    def add(self, kind: str, value: str, start: int, end: int) -> bool:
        if kind == "LBRACE":
            self.braces.append(
                _SCRIPT_SIGNS.get(self.pieces[-1].kind if self.pieces else "", self.braces[-1])
            )
        elif kind == "RBRACE" and len(self.braces) > 1:
            self.braces.pop()
        if kind != "SKIP":
            self.pieces.append(Piece(kind, value, start, end))
        return True

    def add_row(self, row: words.Row, match: re.Match[str]) -> bool:
        return self.add(*row, match.start(), match.end())

    def add_braced(self, content: str, start: int) -> None:
        """The content of a script that is spelled without braces, in braces."""
        end = start + len(content)
        self.add("LBRACE", "{", start, start)
        inner = _Scanner(content, self.latex, within=self.braces[-1])
        try:
            inner.run()
        except Unreadable as refused:
            raise Unreadable(
                refused.position + start, refused.message, refused.found, refused.expected
            ) from None
        for piece in inner.pieces:
            self.add(piece.kind, piece.value, piece.start + start, piece.end + start)
        self.add("RBRACE", "}", end, end)

    def remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def argument(self, start: int) -> tuple[int, int] | None:
        """Where the braces that open at ``start`` have their content, or None if no braces open there."""
        opening = _OPENING.match(self.text, start)
        if not opening:
            return None
        closing = self.partners.get(opening.end() - 1)
        if closing is None:
            raise Unreadable(opening.end() - 1, "this brace is never closed", "{", ("a closing bracket",))
        return opening.end(), closing

    @cached_property
    def partners(self) -> dict[int, int]:
        """For the place of each opening brace that of its closing one."""
        found: dict[int, int] = {}
        opened: list[int] = []
        for match in re.finditer(r"\\.|[{}]", self.text, re.DOTALL):
            if match[0] == "{":
                opened.append(match.start())
            elif match[0] == "}" and opened:
                found[opened.pop()] = match.start()
        return found

    # the rules, in the order they are tried

    def _blank(self, match: re.Match[str]) -> bool:
        if "\n" in match[0] and not self.latex:
            self.add("NEWLINE", "", match.start(), match.end())
        return True

    def _environment(self, match: re.Match[str]) -> bool:
        edge, name = match["edge"], match["name"]
        if name in words.REFUSED_ENVIRONMENTS:
            raise Unreadable(match.start(), words.REFUSED_ENVIRONMENTS[name], match[0])
        if name not in words.MATRICES | words.LAYOUTS:
            raise Unreadable(
                match.start(),
                f"`{name[:20]}` is no environment I know{_did_you_mean(name, _ENVIRONMENTS)}",
                match[0],
            )
        kind = "MATRIX" if name in words.MATRICES else "LAYOUT"
        self.add(kind if edge == "begin" else kind + "END", name, match.start(), match.end())
        if edge == "begin" and name in ("array", "alignat", "alignedat"):
            columns = self.argument(match.end())
            self.at = columns[1] + 1 if columns else match.end()
        return True

    def _command(self, match: re.Match[str]) -> bool:
        name = match["name"]
        if name in words.REFUSED:
            raise Unreadable(match.start(), words.REFUSED[name], match[0])
        if name not in words.COMMANDS:
            raise Unreadable(
                match.start(),
                f"`\\{name[:20]}` is no command I know{_did_you_mean(name, words.COMMANDS, prefix=chr(92))}",
                match[0],
            )
        kind, value = words.COMMANDS[name]
        special = _COMMAND_RULES.get(kind)
        if special:
            return special(self, match)
        if kind == "BIG" and value in _ALSO_FUNCTIONS and not _SCRIPT_FOLLOWS.match(self.text, match.end()):
            kind = "NAME"
        return self.add(kind, value, match.start(), match.end()) and self._digits_behind()

    def _edge(self, match: re.Match[str]) -> bool:
        """``\\left`` and ``\\right`` say whether a bar opens or closes."""
        if match["point"]:
            raise Unreadable(match.start(), f"`{match[0]}` hides a bracket: write both brackets", match[0])
        bar = "|" if match["bar"] in ("|", "\\vert", "\\lvert", "\\rvert") else "||"
        kind = "LBAR" if match["edge"] == "left" else "RBAR"
        return self.add(kind, bar, match.start(), match.end())

    def _upright(self, match: re.Match[str]) -> bool:
        """``\\mathrm{net}`` and ``\\operatorname{ReLU}`` are one name; anything but letters inside is ordinary mathematics."""
        content = self.argument(match.end())
        if not content:
            return self._transposed(match)
        squeezed = re.sub(r"\\[,;:! ]|[\s~-]", "", self.text[slice(*content)])
        if not re.fullmatch(r"[A-Za-z]+", squeezed):
            return True
        transposed = squeezed == "T" and (self.in_script or self.after_script_sign)
        self.at = content[1] + 1
        big = squeezed in _BIG_WORDS and _SCRIPT_FOLLOWS.match(self.text, self.at)
        return self.add("BIG" if big else "NAME", "top" if transposed else squeezed, match.start(), self.at)

    def _transposed(self, match: re.Match[str]) -> bool:
        letter = re.compile(rf"{_SPACE}*T(?![A-Za-z])").match(self.text, match.end())
        if letter and (self.in_script or self.after_script_sign):
            self.at = letter.end()
            self.add("NAME", "top", match.start(), self.at)
        return True

    def _words(self, match: re.Match[str]) -> bool:
        """``\\text{...}``: a name where a name can stand, else words that mean nothing to mathematics."""
        content = self.argument(match.end())
        if not content:
            raise Unreadable(
                match.start(), f"the words of `{match[0]}` must stand in braces", match[0], ("{",)
            )
        raw = self.text[slice(*content)].strip()
        if re.fullmatch(r"[-+−]?[0-9.]+", raw):
            return True
        self.at = content[1] + 1
        squeezed = re.sub(r"\W", "", raw)
        script = self.in_script or self.after_script_sign
        if squeezed == "T" and script:
            squeezed = "top"
        if squeezed and script:
            return self.add("NAME", squeezed, match.start(), self.at)
        return self.add("NAME" if self._names_something(raw) else "TEXT", raw, match.start(), self.at)

    def _names_something(self, raw: str) -> bool:
        """Whether words stand where a name can: known ones, one with a script or bracket, or some before ``=`` or behind a sign."""
        if not re.fullmatch(r"[A-Za-z]+(?: [A-Za-z]+)*", raw):
            return False
        known = raw in words.WORDS or (" " not in raw and bool(_LOOKS_LIKE_A_NAME.match(self.text, self.at)))
        before = self.pieces[-1].kind if self.pieces else "ROW"
        side = before in ("ROW", "JOIN") and bool(_RELATION_FOLLOWS.match(self.text, self.at))
        return known or side or (before == "JOIN" and " " not in raw)

    def _skip_argument(self, match: re.Match[str]) -> bool:
        content = self.argument(match.end())
        self.at = content[1] + 1 if content else match.end()
        return True

    def _space_argument(self, match: re.Match[str]) -> bool:
        self.add("GAP", "", match.start(), match.end())
        return self._skip_argument(match)

    def _escaped(self, match: re.Match[str]) -> bool:
        row = words.CHARACTER_COMMANDS.get(match[1])
        if not row:
            raise Unreadable(match.start(), f"`{match[0]}` is no command I know", match[0])
        return self.add_row(row, match)

    def _number(self, match: re.Match[str]) -> bool:
        """``.5``, ``1e-3``, ``1{,}000``, ``65.9\\%``; a sentence's point behind a number with one of its own is left alone."""
        printed, end = match["number"], match.end("number")
        if (
            match["exponent"] == ""
            and printed.count(".") > 1
            and printed.endswith(".")
            and ".." not in printed
        ):
            printed, end = printed[:-1], end - 1
        plain = re.sub(r"\{,\}|\\,", "", printed)
        if plain.count(".") > 1:
            return self.add("DAMAGED", printed, match.start(), end) and self._go(end)
        _refuse_long(plain, match.start())
        if len(match["exponent"].lstrip("eE+-−")) > MAX_EXPONENT_DIGITS:
            raise Unreadable(match.start("exponent"), "this exponent is too large", match["exponent"])
        if match["exponent"] or match["percent"]:
            end = match.end()
        value = plain + match["exponent"].replace("−", "-")
        if match["percent"]:
            value = _hundredth(value.lower())
        return self.add("NUMBER", value, match.start(), end) and self._go(end)

    def _go(self, end: int) -> bool:
        """Go on at ``end``, which may be before the end of what the rule saw."""
        self.at = end
        return True

    def _method(self, match: re.Match[str]) -> bool:
        """``.T`` and ``.dot(``, as Python writes them behind a name."""
        if match["transpose"]:
            self.add("SUP", "^", match.start(), match.start())
            return self.add("NAME", "top", match.start(), match.end())
        row = words.METHODS.get(match["call"])
        if not row:
            raise Unreadable(
                match.start(),
                f"`{match[0][:20]}` is no method I know{_did_you_mean(match['call'], words.METHODS)}",
                match[0],
            )
        return self.add_row(row, match)

    def _word_in_script(self, match: re.Match[str]) -> bool:
        """One piece behind ``_`` or ``^`` without braces: all of ``delta_out``, but only ``1`` of ``w_1x_1``."""
        if not self.after_script_sign:
            return False
        word = match[0]
        if word.isdigit():
            return self._digits_in_script(match)
        letters = match["letters"]
        whole = letters in words.WORDS or (not self.latex and self.pieces[-1].kind == "SUB")
        followed = self.text[match.end() : match.end() + 1] == "_" and len(word) == 2
        if len(word) == 1 or (whole and not (followed and letters not in words.WORDS)):
            taken = word
        elif not self.latex and len(letters) == 1:
            taken = word
        else:
            taken = word[0]
        if taken != word and self.pieces[-1].kind == "SUB" and not followed:
            self.remark(
                f"only `{taken}` was taken for the subscript in `_{word[:20]}`: put the rest in braces if it belongs to it"
            )
        if len(taken) == 1:
            self.add("NAME", taken, match.start(), match.start() + 1)
        else:
            self.add_braced(taken, match.start())
        self.at = match.start() + len(taken)
        return True

    def _digits_in_script(self, match: re.Match[str]) -> bool:
        """All digits, though TeX would take one; superscripts may have a decimal part."""
        if self.pieces[-1].kind != "SUB":
            return False
        if self.latex and len(match[0]) > 1:
            self.remark(
                f"`_{match[0]}` was read as the script {match[0]}, though TeX would print only its first digit low"
            )
        _refuse_long(match[0], match.start())
        return self.add("NUMBER", match[0], match.start(), match.end())

    def _word(self, match: re.Match[str]) -> bool:
        """A run of letters outside scripts: a word, a Python call, or single letters side by side."""
        run = match["letters"]
        if run in words.CALLS and _CALL_FOLLOWS.match(self.text, match.end()):
            return self.add(*words.CALLS[run], match.start(), match.end("letters")) and self._go(
                match.end("letters")
            )
        start = match.start()
        for name in self._names(run):
            big = name in _BIG_WORDS and _SCRIPT_FOLLOWS.match(self.text, start + len(name))
            self.add("BIG" if big else "NAME", name, start, start + len(name))
            start += len(name)
        return self._go(start) and self._digits_behind()

    def _names(self, run: str) -> tuple[str, ...]:
        """The names in a run of letters."""
        plain = not (self.latex or self.in_subscript)
        known = run in words.WORDS and (len(run) > 2 or plain)
        differential = len(run) == 2 and run[0] == "d" and plain
        longest_split = len(run) if self.latex and not self.in_subscript else 3
        return (run,) if known or differential or len(run) > longest_split else tuple(run)

    def _digits_behind(self) -> bool:
        """Digits glued to a name are its subscript: ``W2``, ``delta2``, ``\\delta2``."""
        end = self.at
        digits = re.compile("[0-9]+").match(self.text, end)
        last = self.pieces[-1] if self.pieces else None
        if (
            not digits
            or not last
            or self.in_subscript
            or last.kind != "NAME"
            or last.end != end
            or self._is_lone_script(last)
        ):
            return True
        _refuse_long(digits[0], end)
        if self.latex:
            self.remark(f"`{self.text[last.start : digits.end()]}` was read with {digits[0]} as subscript")
        self.add("SUB", "_", end, end)
        return self.add("NUMBER", digits[0], end, digits.end()) and self._go(digits.end())

    def _is_lone_script(self, piece: Piece) -> bool:
        return len(self.pieces) > 1 and self.pieces[-2].kind in _SCRIPT_SIGNS

    def _sign(self, match: re.Match[str]) -> bool:
        return self.add_row(words.SIGNS[match[0]], match)

    # characters beyond ASCII

    def _character(self) -> None:
        """A letter with an accent, a Greek or mathematical letter, raised and lowered characters, a fraction; else refuse."""
        char, start = self.text[self.at], self.at
        plain = _letter(char)
        if plain:
            self.at += 1
            accent = words.ACCENT_MARKS.get(self.text[self.at : self.at + 1])
            self.at += bool(accent)
            self.add("NAME", f"{accent}_{plain}" if accent else plain, start, self.at)
            self._digits_behind()
        elif _raised(char):
            self._raised_run()
        elif _vulgar(char):
            self.at += 1
            self.add("FRACTION", _vulgar(char), start, self.at)
        else:
            name = unicodedata.name(char, f"U+{ord(char):04X}")
            shown = char if char.isprintable() else ""
            raise Unreadable(start, f"the character {shown} ({name}) has no meaning here", shown)

    def _raised_run(self) -> None:
        """Raised or lowered characters side by side are one script: ``a⁽¹⁾``, ``W₂``, ``x₀ᵀ``."""
        start = self.at
        side = _raised(self.text[start])[:1]
        while self.at < len(self.text) and _raised(self.text[self.at])[:1] == side:
            self.at += 1
        content = "".join("⊤" if char == "ᵀ" else _raised(char)[1:] for char in self.text[start : self.at])
        self.add("SUB" if side == "_" else "SUP", side, start, start)
        self.add_braced(content, start)


_ALSO_FUNCTIONS = ("max", "min")
_BIG_WORDS = ("sum", "prod", "max", "min")
_ENVIRONMENTS = sorted(words.MATRICES | words.LAYOUTS)

_COMMAND_RULES: dict[str, Callable[[_Scanner, re.Match[str]], bool]] = {
    "UPRIGHT": _Scanner._upright,
    "TEXT": _Scanner._words,
    "SKIP ARGUMENT": _Scanner._skip_argument,
    "SPACE ARGUMENT": _Scanner._space_argument,
}

_RULES: tuple[tuple[re.Pattern[str], Callable[[_Scanner, re.Match[str]], bool]], ...] = (
    (re.compile(rf"{_SPACE}+"), _Scanner._blank),
    (re.compile(r"\\(?P<edge>begin|end)\s*\{(?P<name>[A-Za-z]{1,30})\*?\}"), _Scanner._environment),
    (
        re.compile(r"\\(?P<edge>left|right)\s*(?:(?P<point>\.)|(?P<bar>\\\||\||\\[lr]?[vV]ert(?![A-Za-z])))"),
        _Scanner._edge,
    ),
    (
        re.compile(r"\\\\\*?(?:\[\s*-?[0-9.]+\s*[a-z]{2}\s*\])?"),
        lambda scan, match: scan.add("ROW", "", match.start(), match.end()),
    ),
    (re.compile(r"\\(?P<letters>(?P<name>[A-Za-z]+))\*?"), _Scanner._command),
    (re.compile(r"\\(.)", re.DOTALL), _Scanner._escaped),
    (re.compile(r"(?P<letters>[A-Za-z]+)[0-9]*|[0-9]+"), _Scanner._word_in_script),
    (
        re.compile(
            rf"(?P<number>[0-9]{{1,3}}(?:(?:\{{,\}}|\\,)[0-9]{{3}})+(?![0-9])(?:\.[0-9]+)?|{_NUMBER})"
            rf"(?P<exponent>{_EXPONENT})(?P<percent>{_SPACE}*\\?%)?"
        ),
        _Scanner._number,
    ),
    (re.compile(rf"(?:{'|'.join(words.MODULES)})\.(?=[A-Za-z])"), lambda scan, match: True),
    (re.compile(r"\.(?:(?P<transpose>T\b|(?:t|transpose)\(\))|(?P<call>[A-Za-z]+)(?=\())"), _Scanner._method),
    (re.compile(r"(?P<letters>[A-Za-z]+)[0-9]*"), _Scanner._word),
    (
        re.compile("|".join(re.escape(sign) for sign in sorted(words.SIGNS, key=len, reverse=True))),
        _Scanner._sign,
    ),
)


def _refuse_long(number: str, start: int) -> None:
    if len(number) > MAX_DIGITS + 1:
        raise Unreadable(start, f"this number has more than {MAX_DIGITS} digits", number)


def _did_you_mean(name: str, known: Iterable[str], prefix: str = "") -> str:
    """``: did you mean ...?`` or nothing."""
    close = get_close_matches(name[:30], known, n=1, cutoff=0.7)
    return f": did you mean `{prefix}{close[0]}`?" if close else ""


def _hundredth(number: str) -> str:
    """The text of a percentage as a plain number, every digit kept: ``65.9`` gives ``0.659``, ``5.0`` gives ``0.050``."""
    mantissa, exponent, power = number.partition("e")
    whole, _, decimals = mantissa.partition(".")
    digits = whole.rjust(3, "0") + decimals
    point = len(digits) - len(decimals) - 2
    return f"{digits[:point]}.{digits[point:]}{exponent}{power}"


def _letter(char: str) -> str:
    """The name behind a Greek, mathematical or accented letter; empty for anything else.

    >>> _letter("δ"), _letter("𝛿"), _letter("Σ"), _letter("ŷ"), _letter("х")
    ('delta', 'delta', 'Sigma', 'hat_y', '')
    """
    base = unicodedata.normalize("NFD", char)
    if len(base) == 2 and base[0].isascii() and base[0].isalpha() and base[1] in words.ACCENT_MARKS:
        return f"{words.ACCENT_MARKS[base[1]]}_{base[0]}"
    plain = unicodedata.normalize("NFKC", char) if not _raised(char) else ""
    if (
        len(plain) == 1
        and plain.isascii()
        and plain.isalpha()
        and unicodedata.name(char, "").startswith("MATHEMATICAL")
    ):
        return plain
    return _greek(plain) if len(plain) == 1 else ""


def _greek(char: str) -> str:
    """``sigma`` for σ and ς, ``Delta`` for Δ."""
    parts = unicodedata.name(char, "").split(" LETTER ")
    name = parts[-1].removeprefix("FINAL ").lower().replace("lamda", "lambda")
    if len(parts) != 2 or not parts[0].startswith("GREEK") or name not in words.GREEK.split():
        return ""
    return name.capitalize() if "CAPITAL" in parts[0] else name


def _raised(char: str) -> str:
    """``^`` or ``_`` and the ordinary character behind a raised or lowered one; empty for anything else.

    >>> _raised("²"), _raised("₁"), _raised("ˡ"), _raised("2")
    ('^2', '_1', '^l', '')
    """
    kind, _, code = unicodedata.decomposition(char).partition(" ")
    if kind not in ("<super>", "<sub>") or " " in code:
        return ""
    base = chr(int(code, 16))
    allowed = (base.isascii() and base.isalnum()) or base in "+−=()" or bool(_greek(base))
    return ("^" if kind == "<super>" else "_") + base if allowed else ""


def _vulgar(char: str) -> str:
    """``1/2`` for ½; empty for anything else."""
    if not unicodedata.decomposition(char).startswith("<fraction>"):
        return ""
    value = Fraction(unicodedata.numeric(char)).limit_denominator(10)
    return f"{value.numerator}/{value.denominator}"

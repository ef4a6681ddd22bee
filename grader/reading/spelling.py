"""Three spellings of mathematics (LaTeX, Unicode, plain or Python) become one row of pieces."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from grader.reading import bycases, characters, letters, numerals, words
from grader.reading.scanner import SPACE, Rule, Rules, Scanner, Spelled
from grader.reading.unreadable import Unreadable
from grader.reading.wrapping import unwrapped

MAX_CHARACTERS = 4096


def spell(text: str) -> Spelled:
    """The pieces of ``text``.

    >>> [piece.value for piece in spell(r"W_2^T \\cdot σ′(z₁)").pieces]
    ['W', '_', '2', '^', 'T', 'cdot', 'sigma', "'", '(', 'z', '_', '{', '1', '}', ')']

    Raises `Unreadable` for a character or command the reader does not know, and beyond the limits above.
    """
    if len(text) > MAX_CHARACTERS:
        raise Unreadable(MAX_CHARACTERS, f"this is longer than {MAX_CHARACTERS} characters")
    bare, remarks = unwrapped(text)
    scanner = Scanner(bare, rules=_RULES, latex="\\" in bare)
    scanner.run()
    return Spelled(text, scanner.pieces, [*remarks, *scanner.remarks])


_LOOKS_LIKE_A_NAME = re.compile(rf"{SPACE}*(?:[_^('=≈]|:=|\\(?:left|big|Big|approx|prime)\b)")
_RELATION_FOLLOWS = re.compile(rf"{SPACE}*&?(?:=|:=|≈|\\approx(?![A-Za-z]))")
_SUGGESTED = sorted(words.COMMANDS.keys() - words.MACROS)
_ATTRIBUTES = ("T", "transpose()", "dot()", "sum()")
_LETTER_T = re.compile(rf"{SPACE}*T(?![A-Za-z])")
_OPTION = re.compile(r"\[[a-z]{0,4}\]")
_BIG_SET = re.compile(
    rf"{SPACE}*\{{(?P<below>[^{{}}]*)\}}{SPACE}*\{{?{SPACE}*\\(?P<kind>sum|prod|max|min)(?![A-Za-z]){SPACE}*\}}?"
)
_ALSO_FUNCTIONS = ("max", "min")
_ENVIRONMENTS = {
    **dict.fromkeys(words.MATRICES, "MATRIX"),
    **dict.fromkeys(words.LAYOUTS, "LAYOUT"),
    **dict.fromkeys(words.CASES, "CASES"),
}


# the rules, each for one kind of spelling


def _blank(scan: Scanner, match: re.Match[str]) -> bool:
    if "\n" in match[0] and not scan.latex:
        scan.add("NEWLINE", "", match.start(), match.end())
    return True


def _environment(scan: Scanner, match: re.Match[str]) -> bool:
    edge, name = match["edge"], match["name"]
    kind = _ENVIRONMENTS.get(name)
    if kind is None:
        raise Unreadable(
            match.start(),
            f"`{name[:20]}` is no environment I know{_did_you_mean(name, _ENVIRONMENTS)}",
            match[0],
        )
    scan.add(kind if edge == "begin" else kind + "END", name, match.start(), match.end())
    if kind == "CASES":
        scan.cases += 1 if edge == "begin" else -1
    if edge == "begin" and name in ("array", "alignat", "alignedat"):
        columns = scan.argument(match.end())
        scan.at = columns[1] + 1 if columns else match.end()
    elif edge == "begin" and (option := _OPTION.match(scan.text, match.end())) and match[0].endswith("*}"):
        scan.at = option.end()
    return True


def _bold_one(scan: Scanner, match: re.Match[str]) -> bool:
    """A bold 1 is a vector of ones."""
    return scan.add("NAME", "ones", match.start(), match.end())


def _command(scan: Scanner, match: re.Match[str]) -> bool:
    name = match["name"]
    if name in words.REFUSED:
        raise Unreadable(match.start(), words.REFUSED[name], match[0])
    if name not in words.COMMANDS:
        raise Unreadable(match.start(), f"`\\{name[:20]}` is no command I know{_instead_of(name)}", match[0])
    kind, value = words.COMMANDS[name]
    special = _COMMAND_RULES.get(kind)
    if special:
        return special(scan, match)
    if (
        kind == "BIG"
        and value in _ALSO_FUNCTIONS
        and not letters.SCRIPT_FOLLOWS.match(scan.text, match.end())
    ):
        kind = "NAME"
    return scan.add(kind, value, match.start(), match.end()) and letters.digits_behind(scan)


def _edge(scan: Scanner, match: re.Match[str]) -> bool:
    """``\\left`` and ``\\right`` say whether a bar opens or closes; a point stands for no bracket."""
    if match["point"]:
        kind = "LPOINT" if match["edge"] == "left" else "RPOINT"
        return scan.add(kind, match[0], match.start(), match.end())
    bar = "|" if match["bar"] in ("|", "\\vert", "\\lvert", "\\rvert") else "||"
    kind = "LBAR" if match["edge"] == "left" else "RBAR"
    return scan.add(kind, bar, match.start(), match.end())


def _upright(scan: Scanner, match: re.Match[str]) -> bool:
    """``\\mathrm{net}`` and ``\\operatorname{ReLU}`` are one name; anything but letters is mathematics."""
    content = scan.argument(match.end())
    if not content:
        return _transposed(scan, match)
    squeezed = re.sub(r"\\[,;:! ]|[\s~-]", "", scan.text[slice(*content)])
    if not re.fullmatch(r"[A-Za-z]+", squeezed):
        return True
    if squeezed in words.CASE_WORDS:
        return scan.add(*words.CASE_WORDS[squeezed], match.start(), scan.at)
    transposed = squeezed in ("T", "tr") and (scan.in_script or scan.after_script_sign)
    scan.at = content[1] + 1
    big = squeezed in letters.BIG_WORDS and letters.SCRIPT_FOLLOWS.match(scan.text, scan.at)
    return scan.add("BIG" if big else "NAME", "top" if transposed else squeezed, match.start(), scan.at)


def _derivative(scan: Scanner, match: re.Match[str]) -> bool:
    """``\\pdv{E}{W}`` and ``\\dv{E}{W}``: a fraction of differentials."""
    sign = words.COMMANDS[match["name"]][1]
    scan.add("FRAC", "frac", match.start(), match.end())
    end = match.end()
    for _ in range(2):
        content = scan.argument(end)
        if not content:
            raise Unreadable(match.start(), f"`{match[0]}` needs two arguments in braces", match[0], ("{",))
        scan.add("LBRACE", "{", content[0] - 1, content[0])
        scan.add("NAME", sign, content[0], content[0])
        scan.add_inner(scan.text[slice(*content)], content[0])
        end = content[1] + 1
        scan.add("RBRACE", "}", content[1], end)
    return scan.go(end)


def _between(scan: Scanner, match: re.Match[str]) -> bool:
    """``\\abs{z}`` and ``\\norm{z}``: bars around an argument."""
    bars = words.COMMANDS[match["name"]][1]
    return _enclosed(scan, match, ("LBAR", bars), ("RBAR", bars))


def _old_matrix(scan: Scanner, match: re.Match[str]) -> bool:
    """``\\pmatrix{1 & 2 \\cr 3 & 4}``, as plain TeX writes matrices."""
    return _enclosed(scan, match, ("MATRIX", match["name"]), ("MATRIXEND", match["name"]))


def _enclosed(scan: Scanner, match: re.Match[str], opening: words.Row, closing: words.Row) -> bool:
    """The argument of a command, between two pieces that take the place of its braces."""
    content = scan.argument(match.end())
    if not content:
        raise Unreadable(
            match.start(), f"the argument of `{match[0]}` must stand in braces", match[0], ("{",)
        )
    scan.add(*opening, match.start(), content[0])
    scan.add_inner(scan.text[slice(*content)], content[0])
    return scan.add(*closing, content[1], content[1] + 1) and scan.go(content[1] + 1)


def _set_below(scan: Scanner, match: re.Match[str]) -> bool:
    """``\\underset{k}{\\sum}`` is a sum over k; below anything else stands a label."""
    big = _BIG_SET.match(scan.text, match.end())
    if not big:
        return _skip_argument(scan, match)
    scan.add("BIG", big["kind"], big.start("kind") - 1, big.end("kind"))
    scan.add("SUB", "_", match.start(), match.start())
    scan.add_braced(big["below"], big.start("below"))
    return scan.go(big.end())


def _transposed(scan: Scanner, match: re.Match[str]) -> bool:
    letter = _LETTER_T.match(scan.text, match.end())
    if letter and (scan.in_script or scan.after_script_sign):
        scan.at = letter.end()
        scan.add("NAME", "top", match.start(), scan.at)
    return True


def _words(scan: Scanner, match: re.Match[str]) -> bool:
    """``\\text{...}``: a name where a name can stand, else words that mean nothing to mathematics."""
    content = scan.argument(match.end())
    if not content and _LETTER_T.match(scan.text, match.end()):
        return _transposed(scan, match)
    if not content:
        raise Unreadable(match.start(), f"the words of `{match[0]}` must stand in braces", match[0], ("{",))
    raw = scan.text[slice(*content)].strip()
    if scan.cases or bycases.are_words_of_cases(raw):
        scan.at = content[1] + 1
        return bycases.words_of_condition(scan, *content)
    if re.fullmatch(r"[-+−]?[0-9.]+", raw):
        return True
    scan.at = content[1] + 1
    squeezed = re.sub(r"\W", "", raw)
    if squeezed.lower() in words.ALL and scan.in_subscript:
        return True
    script = scan.in_script or scan.after_script_sign
    if squeezed in ("T", "tr") and script:
        squeezed = "top"
    if squeezed and script:
        return scan.add("NAME", squeezed, match.start(), scan.at)
    return scan.add("NAME" if _names_something(scan, raw) else "TEXT", raw, match.start(), scan.at)


def _names_something(scan: Scanner, raw: str) -> bool:
    """Whether words stand for a quantity: known, with a script or bracket, before ``=`` or behind a sign."""
    if not re.fullmatch(r"[A-Za-z]+(?: [A-Za-z]+)*", raw):
        return False
    known = raw in words.WORDS or (" " not in raw and bool(_LOOKS_LIKE_A_NAME.match(scan.text, scan.at)))
    before = scan.pieces[-1].kind if scan.pieces else "ROW"
    side = before in ("ROW", "JOIN") and bool(_RELATION_FOLLOWS.match(scan.text, scan.at))
    lone = len(raw) == 1 and raw not in "aI" and scan.text[scan.at - 2 : scan.at] == raw + "}"
    return known or side or lone or (before == "JOIN" and " " not in raw)


def _skip_argument(scan: Scanner, match: re.Match[str]) -> bool:
    content = scan.argument(match.end())
    scan.at = content[1] + 1 if content else match.end()
    return True


def _space_argument(scan: Scanner, match: re.Match[str]) -> bool:
    scan.add("GAP", "", match.start(), match.end())
    return _skip_argument(scan, match)


def _escaped(scan: Scanner, match: re.Match[str]) -> bool:
    row = words.CHARACTER_COMMANDS.get(match[1])
    if not row:
        raise Unreadable(match.start(), f"`{match[0]}` is no command I know", match[0])
    return scan.add_row(row, match)


def _method(scan: Scanner, match: re.Match[str]) -> bool:
    """``.T`` and ``.dot(``, as Python writes them behind a name."""
    if match["transpose"]:
        scan.add("SUP", "^", match.start(), match.start())
        return scan.add("NAME", "top", match.start(), match.end())
    row = words.METHODS.get(match["call"])
    if not row:
        raise Unreadable(
            match.start(),
            f"`{match[0][:20]}` is no method I know{_did_you_mean(match['call'], words.METHODS)}",
            match[0],
        )
    return scan.add_row(row, match)


def _derivative_word(scan: Scanner, match: re.Match[str]) -> bool:
    """``dL_dW2`` is dL/dW2, as programs name derivatives."""
    known = all(len(match[part]) == 1 or match[part] in words.WORDS for part in ("above", "below"))
    if scan.latex or not known or scan.after_script_sign:
        return False
    scan.add("NAME", "d" + match["above"], match.start(), match.end("above"))
    scan.add("JOIN", "/", match.end("above"), match.end("above") + 1)
    scan.add("NAME", "d" + match["below"], match.end("above") + 1, match.end("below"))
    return scan.go(match.end("below")) and letters.digits_behind(scan)


def _sum_over(scan: Scanner, match: re.Match[str]) -> bool:
    """``sum over k of …``."""
    scan.add("BIG", "sum", match.start(), match.start() + 3)
    scan.add("SUB", "_", match.start("letter"), match.start("letter"))
    return scan.add("NAME", match["letter"], *match.span("letter"))


def _module(scan: Scanner, match: re.Match[str]) -> bool:
    """``np.`` says nothing; a function behind it that is nearly one of ours is refused at once."""
    name = match["name"]
    if name in words.REFUSED_CALLS:
        raise Unreadable(match.end(), words.REFUSED_CALLS[name], name)
    if name not in words.WORDS | words.CALLS.keys() and get_close_matches(name, words.CALLS, n=1, cutoff=0.8):
        meant = _did_you_mean(name, words.CALLS)
        raise Unreadable(match.end(), f"`{name[:20]}` is no function I know{meant}", name)
    return True


def _attribute(scan: Scanner, match: re.Match[str]) -> bool:
    """``W2.Transpose``: a word behind a point that means nothing."""
    last = scan.pieces[-1] if scan.pieces else None
    if (
        scan.latex
        or not last
        or last.end != match.start()
        or last.kind not in ("NAME", "NUMBER", "RPAR", "RSQB")
    ):
        return False
    close = _did_you_mean(match["word"], _ATTRIBUTES, prefix=".")
    raise Unreadable(match.start(), f"`{match[0][:20]}` is nothing I know{close}", match[0])


def _html_script(scan: Scanner, match: re.Match[str]) -> bool:
    """``W<sub>2</sub>``, as text copied from a web page has it."""
    if match["edge"]:
        return scan.add("RBRACE", "}", match.start(), match.end())
    scan.add(*(("SUB", "_") if match["side"] == "sub" else ("SUP", "^")), match.start(), match.start())
    return scan.add("LBRACE", "{", match.start(), match.end())


def _sign(scan: Scanner, match: re.Match[str]) -> bool:
    row = words.SIGNS[match[0]]
    if match[0] == "~" and not scan.latex and scan.pieces and scan.pieces[-1].kind != "RELATION":
        row = ("RELATION", "approx")
    if row == ("NAME", "top") and not (scan.in_script or scan.after_script_sign):
        scan.add("SUP", "^", match.start(), match.start())
    return scan.add_row(row, match)


def _character(scan: Scanner, match: re.Match[str]) -> bool:
    """A letter beyond ASCII, a raised or lowered character, a fraction; anything else is refused."""
    char, start = match[0], match.start()
    if char in words.ACCENT_MARKS and scan.accent_last(words.ACCENT_MARKS[char], match.end()):
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
    accent = words.ACCENT_MARKS.get(scan.text[match.end() : match.end() + 1])
    scan.at = match.end() + bool(accent)
    scan.add("NAME", f"{accent}_{name}" if accent else name, match.start(), scan.at)
    return letters.digits_behind(scan)


def _raised_run(scan: Scanner, match: re.Match[str]) -> bool:
    """Raised or lowered characters side by side are one script: ``a⁽¹⁾``, ``W₂``, ``x₀ᵀ``."""
    start = match.start()
    side = characters.raised(match[0])[:1]
    while scan.at < len(scan.text) and characters.raised(scan.text[scan.at])[:1] == side:
        scan.at += 1
    run = scan.text[start : scan.at]
    kind = "SUB" if side == "_" else "SUP"
    if not scan.pieces or scan.pieces[-1].kind != kind:
        scan.add(kind, side, start, start)
    scan.add_braced("".join("⊤" if char == "ᵀ" else characters.raised(char)[1:] for char in run), start)
    return True


_COMMAND_RULES: dict[str, Rule] = {
    "UPRIGHT": _upright,
    "TEXT": _words,
    "SKIP ARGUMENT": _skip_argument,
    "SPACE ARGUMENT": _space_argument,
    "DERIVATIVE": _derivative,
    "BETWEEN": _between,
    "OLD MATRIX": _old_matrix,
    "SET": _set_below,
}

_RULES: Rules = (
    (re.compile(rf"{SPACE}+"), _blank),
    (re.compile(r"\\(?P<edge>begin|end)\s*\{(?P<name>[A-Za-z]{1,30})\*?\}"), _environment),
    (
        re.compile(r"\\(?P<edge>left|right)\s*(?:(?P<point>\.)|(?P<bar>\\\||\||\\[lr]?[vV]ert(?![A-Za-z])))"),
        _edge,
    ),
    (
        re.compile(r"\\\\\*?(?:\[\s*-?[0-9.]+\s*[a-z]{2}\s*\])?"),
        lambda scan, match: scan.add("ROW", "", match.start(), match.end()),
    ),
    (
        re.compile(
            rf"\\(?:{'|'.join(words.BOLD)})(?:{SPACE}*\{{{SPACE}*1{SPACE}*\}}|{SPACE}*1(?![0-9.]))|[𝟏𝟙]"
        ),
        _bold_one,
    ),
    (re.compile(r"\\(?P<letters>(?P<name>[A-Za-z]+))\*?"), _command),
    (re.compile(r"\\(.)", re.DOTALL), _escaped),
    (re.compile(r"(?P<letters>[A-Za-z]+)[0-9]*|[0-9]+"), letters.word_in_script),
    (numerals.PATTERN, numerals.number),
    (re.compile(r"<(?P<edge>/?)(?P<side>sub|sup)>"), _html_script),
    (re.compile(rf"(?:{'|'.join(words.MODULES)})\.(?=(?P<name>[A-Za-z]+))"), _module),
    (
        re.compile(r"d(?P<above>[A-Za-z]+)_d(?P<below>[A-Za-z]+)(?P<index>[0-9]*)(?![A-Za-z_(])"),
        _derivative_word,
    ),
    (re.compile(r"[Ss]um\s+over\s+(?:all\s+)?(?P<letter>[a-zA-Z])(?:\s+of)?(?![A-Za-z_])"), _sum_over),
    (re.compile(r"\.(?:(?P<transpose>T\b|(?:t|transpose)\(\))|(?P<call>[A-Za-z]+)(?=\())"), _method),
    (re.compile(r"\.(?P<word>[A-Za-z]{2,})"), _attribute),
    (re.compile(r"(?P<letters>[A-Za-z]+)[0-9]*"), letters.word),
    (
        re.compile("|".join(re.escape(sign) for sign in sorted(words.SIGNS, key=len, reverse=True))),
        _sign,
    ),
    (re.compile(r".", re.DOTALL), _character),
)
"""Tried in this order at each place of a text."""


def _instead_of(command: str) -> str:
    """What to write for an unknown command."""
    if len(command) == 1:
        return f": write `{command}` without the backslash"
    return "" if command in words.FORBIDDEN else _did_you_mean(command, _SUGGESTED, prefix="\\")


def _did_you_mean(name: str, known: Iterable[str], prefix: str = "") -> str:
    """``: did you mean ...?`` or nothing."""
    close = get_close_matches(name[:30], known, n=1, cutoff=0.7)
    return f": did you mean `{prefix}{close[0]}`?" if close else ""

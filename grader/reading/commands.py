"""LaTeX: what its commands and environments mean, one small rule for each kind."""

from __future__ import annotations

import re

from grader.reading import bycases, latex, letters, words
from grader.reading.scanner import SPACE, Rule, Scanner
from grader.reading.unreadable import Unreadable, did_you_mean

_LOOKS_LIKE_A_NAME = re.compile(rf"{SPACE}*(?:[_^('=≈]|:=|\\(?:left|big|Big|approx|prime)\b)")
_RELATION_FOLLOWS = re.compile(rf"{SPACE}*&?(?:=|:=|≈|\\approx(?![A-Za-z]))")
_SUGGESTED = sorted(latex.COMMANDS.keys() - latex.MACROS)
_LETTER_T = re.compile(rf"{SPACE}*T(?![A-Za-z])")
_OPTION = re.compile(r"\[[a-z]{0,4}\]")
_BIG_SET = re.compile(
    rf"{SPACE}*\{{(?P<below>[^{{}}]*)\}}{SPACE}*\{{?{SPACE}*\\(?P<kind>sum|prod|max|min)(?![A-Za-z]){SPACE}*\}}?"
)
_ALSO_FUNCTIONS = ("max", "min")
_ENVIRONMENTS = {
    **dict.fromkeys(latex.MATRICES, "MATRIX"),
    **dict.fromkeys(latex.LAYOUTS, "LAYOUT"),
    **dict.fromkeys(latex.CASES, "CASES"),
}


def _environment(scan: Scanner, match: re.Match[str]) -> bool:
    edge, name = match["edge"], match["name"]
    kind = _ENVIRONMENTS.get(name)
    if kind is None:
        raise Unreadable(
            match.start(),
            f"`{name[:20]}` is no environment I know{did_you_mean(name, _ENVIRONMENTS)}",
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


def bold_one(scan: Scanner, match: re.Match[str]) -> bool:
    """A bold 1 is a vector of ones."""
    return scan.add("NAME", "ones", match.start(), match.end())


def _command(scan: Scanner, match: re.Match[str]) -> bool:
    name = match["name"]
    if name in latex.REFUSED:
        raise Unreadable(match.start(), latex.REFUSED[name], match[0])
    if name not in latex.COMMANDS:
        raise Unreadable(match.start(), f"`\\{name[:20]}` is no command I know{_instead_of(name)}", match[0])
    kind, value = latex.COMMANDS[name]
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


def _instead_of(command: str) -> str:
    """What to write for an unknown command."""
    if len(command) == 1:
        return f": write `{command}` without the backslash"
    return "" if command in latex.FORBIDDEN else did_you_mean(command, _SUGGESTED, prefix="\\")


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
    sign = latex.COMMANDS[match["name"]][1]
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
    bars = latex.COMMANDS[match["name"]][1]
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
    row = latex.CHARACTER_COMMANDS.get(match[1])
    if not row:
        raise Unreadable(match.start(), f"`{match[0]}` is no command I know", match[0])
    return scan.add_row(row, match)


def _row_end(scan: Scanner, match: re.Match[str]) -> bool:
    return scan.add("ROW", "", match.start(), match.end())


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

_ONE = rf"(?:{SPACE}*\{{{SPACE}*1{SPACE}*\}}|{SPACE}*1(?![0-9.]))"

RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (re.compile(r"\\(?P<edge>begin|end)\s*\{(?P<name>[A-Za-z]{1,30})\*?\}"), _environment),
    (
        re.compile(r"\\(?P<edge>left|right)\s*(?:(?P<point>\.)|(?P<bar>\\\||\||\\[lr]?[vV]ert(?![A-Za-z])))"),
        _edge,
    ),
    (re.compile(r"\\\\\*?(?:\[\s*-?[0-9.]+\s*[a-z]{2}\s*\])?"), _row_end),
    (re.compile(rf"\\(?:{'|'.join(latex.BOLD)}){_ONE}"), bold_one),
    (re.compile(r"\\(?P<letters>(?P<name>[A-Za-z]+))\*?"), _command),
    (re.compile(r"\\(.)", re.DOTALL), _escaped),
)
"""What may begin with a backslash."""

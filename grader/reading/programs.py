"""Programs and web pages: methods, modules, names of derivatives, ``W<sub>2</sub>``."""

from __future__ import annotations

import re
from difflib import get_close_matches

from grader.reading import letters, words
from grader.reading.scanner import Piece, Rule, Scanner
from grader.reading.unreadable import Unreadable, did_you_mean

_ATTRIBUTES = ("T", "transpose()", "dot()", "sum()")


def _method(scan: Scanner, match: re.Match[str]) -> bool:
    """``.T`` and ``.dot(``, as Python writes them behind a name."""
    if match["transpose"]:
        scan.add("SUP", "^", match.start(), match.start())
        return scan.add("NAME", "top", match.start(), match.end())
    row = words.METHODS.get(match["call"])
    if not row:
        raise Unreadable(
            match.start(),
            f"`{match[0][:20]}` is no method I know{did_you_mean(match['call'], words.METHODS)}",
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


def _turned(scan: Scanner, match: re.Match[str]) -> bool:
    """``t(W2) %*% d2``, a transpose where the sign of matrix products says that this is R."""
    return "%*%" in scan.text and scan.add("NAME", "transpose", match.start(), match.end())


def _sum_over(scan: Scanner, match: re.Match[str]) -> bool:
    """``sum over k of …``."""
    scan.add("BIG", "sum", match.start(), match.start() + 3)
    scan.add("SUB", "_", match.start("letter"), match.start("letter"))
    return scan.add("NAME", match["letter"], *match.span("letter"))


EINSUM = "einsum "
"""What the name of a product begins with that index letters tell; behind it stand the letters."""
_LETTERS = re.compile(r"[A-Za-z]{0,2}(?:,[A-Za-z]{0,2})?->[A-Za-z]{0,2}")


def _einsum(scan: Scanner, match: re.Match[str]) -> bool:
    """``np.einsum('ij,j->i', W, x)``; without an arrow what stands once remains, in order. Raises
    `Unreadable` for more than rows and columns."""
    letters = "".join(match["letters"].split())
    if "->" not in letters:
        letters += "->" + "".join(sorted(each for each in set(letters) - {","} if letters.count(each) == 1))
    inputs, _, output = letters.partition("->")
    repeated = any(len(set(each)) != len(each) for each in (*inputs.split(","), output))
    if not _LETTERS.fullmatch(letters) or repeated or not set(output) <= set(inputs):
        raise Unreadable(match.start("letters"), words.REFUSED_CALLS["einsum"], match["letters"][:20])
    scan.add("NAME", EINSUM + letters, match.start(), match.end("name"))
    return scan.add("LPAR", "(", match.end("name"), match.end())


def _module(scan: Scanner, match: re.Match[str]) -> bool:
    """``np.`` says nothing; a function behind it that is nearly one of ours is refused at once."""
    name = match["name"]
    if name in words.REFUSED_CALLS:
        raise Unreadable(match.end(), words.REFUSED_CALLS[name], name)
    if name not in words.WORDS | words.CALLS.keys() and get_close_matches(name, words.CALLS, n=1, cutoff=0.8):
        meant = did_you_mean(name, words.CALLS)
        raise Unreadable(match.end(), f"`{name[:20]}` is no function I know{meant}", name)
    return True


def _conversion(scan: Scanner, match: re.Match[str]) -> bool:
    """``np.int64(`` and ``float(``: numbers of another kind, the same numbers."""
    return True


def _measure(scan: Scanner, match: re.Match[str]) -> bool:
    """``X.shape[1]``: how many columns there are."""
    axis = match["axis"]
    name = "size" if axis is None else f"length_{('rows', 'columns')[int(axis) % 2]}"
    return scan.add("MEASURE", name, match.start(), match.end())


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
    close = did_you_mean(match["word"], _ATTRIBUTES, prefix=".")
    raise Unreadable(match.start(), f"`{match[0][:20]}` is nothing I know{close}", match[0])


def _html_script(scan: Scanner, match: re.Match[str]) -> bool:
    """``W<sub>2</sub>``, as text copied from a web page has it."""
    if match["edge"]:
        return scan.add("RBRACE", "}", match.start(), match.end())
    scan.add(*(("SUB", "_") if match["side"] == "sub" else ("SUP", "^")), match.start(), match.start())
    return scan.add("LBRACE", "{", match.start(), match.end())


_MARKS = re.compile(
    rf"@|\.T\b|\b(?:{'|'.join(words.MODULES)})\.[a-z]|\.(?:transpose|{'|'.join(words.METHODS)})\("
)
"""What stands in programs alone."""
_FORMULA = re.compile(r"[\\^'′’]|[^\x00-\x7f]")
"""What stands in no program: there `*` is a sign that people use for any product."""


def with_program_signs(text: str, pieces: list[Piece]) -> list[Piece]:
    """The pieces of a program, in which ``*`` is always entry by entry; of any other text as they are."""
    if "*" in text and _MARKS.search(text) and not _FORMULA.search(text):
        for piece in pieces:
            if piece.kind == "JOIN" and piece.value == "*":
                piece.value = "broadcast"
    return pieces


AT_LETTERS: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (
        re.compile(
            rf"(?P<name>(?:(?:{'|'.join(words.MODULES)})\.)?einsum)\s*\(\s*(?P<quote>['’\"])"
            r"(?P<letters>[A-Za-z,\s>.-]{0,40})(?P=quote)\s*,"
        ),
        _einsum,
    ),
    (
        re.compile(
            rf"(?:(?:{'|'.join(words.MODULES)})\.)?(?:u?int|float|double|bool)(?:_|8|16|32|64)?(?=\()"
        ),
        _conversion,
    ),
    (re.compile(rf"(?:{'|'.join(words.MODULES)})\.(?=(?P<name>[A-Za-z]+))"), _module),
    (
        re.compile(r"d(?P<above>[A-Za-z]+)_d(?P<below>[A-Za-z]+)(?P<index>[0-9]*)(?![A-Za-z_(])"),
        _derivative_word,
    ),
    (re.compile(r"t(?=\()"), _turned),
    (re.compile(r"[Ss]um\s+over\s+(?:all\s+)?(?P<letter>[a-zA-Z])(?:\s+of)?(?![A-Za-z_])"), _sum_over),
)
"""What may begin with a letter."""
AT_POINTS: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (re.compile(r"\.(?:(?P<transpose>T\b|(?:t|transpose)\(\))|(?P<call>[A-Za-z]+)(?=\())"), _method),
    (re.compile(r"\.(?:shape\[(?P<axis>-[12]|[01])\]|size\b(?!\())"), _measure),
    (re.compile(r"\.(?P<word>[A-Za-z]{2,})"), _attribute),
)
"""What may begin with a point."""
AT_ANGLES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    (re.compile(r"<(?P<edge>/?)(?P<side>sub|sup)>"), _html_script),
)
"""What may begin with an angle."""

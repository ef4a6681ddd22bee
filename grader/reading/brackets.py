"""Which bracket belongs to which, and which braces are a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from grader.reading.bycases import as_cases
from grader.reading.items import Bracket, Item, ends_operand, states
from grader.reading.latex import BARE_MATRICES
from grader.reading.scanner import MAX_DEPTH, POWER, Piece, Spelled
from grader.reading.tidying import tidy
from grader.reading.unreadable import Unreadable

ReadScript = Callable[[Bracket, str], Item]
"""What makes one piece of a script in braces; the second argument is ``SUB`` or ``SUP``."""

Levels = list[tuple[Piece | None, list[Item]]]
"""The brackets that are open, each with what stands in it so far."""

_CLOSES = {
    "RPAR": "LPAR",
    "RSQB": "LSQB",
    "RCURLY": "LCURLY",
    "RBRACE": "LBRACE",
    "RBAR": "LBAR",
    "RANGLE": "LANGLE",
    "MATRIXEND": "MATRIX",
    "LAYOUTEND": "LAYOUT",
    "CASESEND": "CASES",
}
_ENTRYWISE = ("odot", "circ")
_OPENS = {opening: closing for closing, opening in _CLOSES.items()}
_PARTNERS = {"(": ")", "[": "]", "{": "}", "|": "|"}
_SHOWN = {"LPAR": "bracket", "LSQB": "bracket", "LCURLY": "brace", "LBRACE": "brace", "LBAR": "bar"}


def nest(spelled: Spelled, read_script: ReadScript) -> list[Item]:
    """The pieces with every pair of brackets made one item, each pair tidied as it closes.

    Raises `Unreadable` where brackets do not pair or stand more than ``MAX_DEPTH`` deep.
    """
    levels: Levels = [(None, [])]
    for piece in _bars_resolved(_without_fences(spelled.pieces), levels):
        if piece.kind not in _PAIRED:
            levels[-1][1].append(piece)
        elif piece.kind in _POINTS:
            _POINTS[piece.kind](levels, piece)
        elif piece.kind in _OPENS:
            if len(levels) > MAX_DEPTH:
                raise Unreadable(piece.start, f"brackets stand more than {MAX_DEPTH} deep here", piece.value)
            levels.append((piece, []))
        else:
            opening, inside = _close(levels, piece)
            closing = replace(piece, kind="RAT") if opening.kind == "LAT" else piece
            _attach(levels[-1][1], Bracket(opening, inside, closing), spelled, read_script)
    _merge_points(levels)
    opening_left = levels[-1][0]
    if opening_left:
        raise Unreadable(
            opening_left.start,
            f"this {_shown(opening_left)} is never closed{_repair(opening_left)}",
            opening_left.value,
            ("a closing bracket",),
        )
    return tidy("", levels[0][1], spelled)


def _close(levels: Levels, piece: Piece) -> tuple[Piece, list[Item]]:
    _condition_settled(levels, piece)
    if piece.kind == "RBAR" and levels[-1][0] and levels[-1][0].kind == "LPOINT":
        return replace(levels[-1][0], kind="LAT"), levels.pop()[1]
    _merge_points(levels)
    opening = levels[-1][0]
    if not opening:
        raise Unreadable(
            piece.start, f"this {_shown(piece)} closes nothing: its opening is missing", piece.value
        )
    if opening.kind != _CLOSES[piece.kind] or (
        opening.kind in ("MATRIX", "LAYOUT", "CASES") and opening.value != piece.value
    ):
        raise Unreadable(
            opening.start,
            f"this {_shown(opening)} is never closed: `{piece.value}` closes another kind",
            opening.value,
        )
    return opening, levels.pop()[1]


def _open_point(levels: Levels, piece: Piece) -> None:
    """``\\left.`` opens a bracket that does not show."""
    levels.append((piece, []))


def _close_point(levels: Levels, piece: Piece) -> None:
    """``\\right.`` ends what ``\\left\\{`` began if that is a list of cases; else it only ends a line."""
    opening, inside = levels[-1]
    rows = inside[0] if len(inside) == 1 else None
    if (
        opening
        and opening.kind == "LCURLY"
        and isinstance(rows, Bracket)
        and rows.kind in ("MATRIX", "CASES")
    ):
        levels.pop()
        levels[-1][1].append(as_cases(rows))


_POINTS = {"LPOINT": _open_point, "RPOINT": _close_point}
_PAIRED = frozenset([*_CLOSES, *_OPENS, *_POINTS])


def _merge_points(levels: Levels) -> None:
    """What stands behind ``\\left.`` belongs to the level around it."""
    while (opening := levels[-1][0]) and opening.kind == "LPOINT":
        _, inside = levels.pop()
        levels[-1][1].extend(inside)


def _condition_settled(levels: Levels, piece: Piece) -> None:
    """``P(Y = k | X = x)``: a lone bar behind an equation parts a condition, as a semicolon does."""
    bar, condition = levels[-1]
    if (
        bar
        and bar.kind == "LBAR"
        and bar.value == "|"
        and piece.kind == "RPAR"
        and states(levels[-2][1])
        and condition
    ):
        levels.pop()
        levels[-1][1].extend([replace(bar, kind="SEMICOLON"), *condition])


def _shown(piece: Piece) -> str:
    return _SHOWN.get(_CLOSES.get(piece.kind, piece.kind), "environment")


def _repair(opening: Piece) -> str:
    """How a bracket that is never closed may be closed, where its closing sign is plain."""
    partner = _PARTNERS.get(opening.value)
    return f": write `{partner}` where it ends" if partner else ""


def _without_fences(pieces: list[Piece]) -> list[Piece]:
    """Dollar signs around the whole fall away; a closing one followed by an opening one parts two lines."""
    fences = [at for at, piece in enumerate(pieces) if piece.kind == "FENCE"]
    if len(fences) % 2:
        raise Unreadable(
            pieces[fences[-1]].start,
            "this edge of a formula (such as `$`) has no partner: one begins a formula, another one ends it",
            pieces[fences[-1]].value,
        )
    if not fences:
        return pieces
    return [replace(piece, kind="ROW") if piece.kind == "FENCE" else piece for piece in pieces]


def _bars_resolved(pieces: list[Piece], levels: Levels) -> Iterable[Piece]:
    """Each bar as opening or closing: it closes an open bar at this level when something stands between."""
    return _turned(pieces, levels) if "BAR" in [piece.kind for piece in pieces] else pieces


def _turned(pieces: list[Piece], levels: Levels) -> Iterator[Piece]:
    for piece in pieces:
        if piece.kind != "BAR":
            yield piece
            continue
        opening, inside = levels[-1]
        closes = opening is not None and opening.kind == "LBAR" and bool(inside) and ends_operand(inside[-1])
        if closes and opening and opening.value == "|" and piece.value == "||":
            yield Piece("RBAR", "|", piece.start, piece.start + 1)
            closes_again = levels[-1][0] is not None and levels[-1][0].kind == "LBAR"
            yield Piece("RBAR" if closes_again else "LBAR", "|", piece.start + 1, piece.end)
        else:
            yield replace(piece, kind="RBAR" if closes else "LBAR")


def _attach(before: list[Item], bracket: Bracket, spelled: Spelled, read_script: ReadScript) -> None:
    """Append a closed bracket to what stands before it, as the kind of bracket it is."""
    sign = before[-1].kind if before else ""
    bracket.inside = tidy(bracket.kind, bracket.inside, spelled)
    if bracket.kind == "CASES" and not bracket.inside:
        raise Unreadable(bracket.start, "there are no cases here", bracket.open.value, ("a value",))
    if bracket.kind == "LPAR" and _only_words(bracket):
        words = " ".join(item.value for item in bracket.inside if isinstance(item, Piece))
        before.append(Piece("TEXT", f"({words})", bracket.start, bracket.end))
    elif bracket.kind == "LAYOUT":
        edges: list[Item] = [Piece("ROW", "", at.start, at.start) for at in (bracket.open, bracket.close)]
        before += [edges[0], *bracket.inside, edges[1]]
    elif bracket.kind == "LBRACE" and sign in ("SUB", "SUP"):
        _attach_script(before, bracket, read_script)
    elif bracket.kind == "LBRACE" and not bracket.inside and _wants_argument(before):
        raise Unreadable(bracket.start, "nothing stands between these braces", "{}", ("a name", "a number"))
    elif bracket.kind == "LBRACE" and all(item.kind == "PRIME" for item in bracket.inside):
        before += bracket.inside
    elif bracket.kind == "LBRACE" and len(bracket.inside) == 1 and not ends_operand(bracket.inside[0]):
        before.append(bracket.inside[0])
    elif bracket.kind == "LBRACE" and sign == "SQRT":
        before.append(_visible(bracket))
    elif _is_frame(bracket):
        before.append(bracket.inside[0])
    else:
        before.append(bracket)


def _wants_argument(before: list[Item]) -> bool:
    """Whether a command stands before that takes what comes next."""
    kinds = [item.kind for item in before[-2:]]
    return kinds[-1:] in (["FRAC"], ["SQRT"], ["ACCENT"]) or kinds == ["FRAC", "LBRACE"]


def _only_words(bracket: Bracket) -> bool:
    """``(by the chain rule)``."""
    kinds = {item.kind for item in bracket.inside}
    return "TEXT" in kinds and kinds <= {"TEXT", "COMMA", "PERIOD", "GAP"}


def _attach_script(before: list[Item], script: Bracket, read_script: ReadScript) -> None:
    if not script.inside:
        raise Unreadable(script.start, "this script is empty", "{", ("a number", "a name"))
    if all(item.kind == "PRIME" for item in script.inside):
        before.pop()
        before += script.inside
        return
    first, *rest = script.inside
    if isinstance(first, Piece) and first.value in _ENTRYWISE and len(rest) == 1 and before[-1].kind == "SUP":
        # a^{\\odot 2} is a power entry by entry, never a layer.
        before[-1] = Piece("SUP", POWER, before[-1].start, before[-1].end)
        script.inside = rest
    elif isinstance(first, Piece) and (
        first.kind == "JOIN" or (first.kind in ("PLUS", "MINUS") and not rest)
    ):
        script.inside = [replace(first, kind="NAME"), *rest]
    before.append(read_script(script, before[-1].kind))


def _visible(bracket: Bracket) -> Bracket:
    """Braces that count as brackets, as under a root."""
    return Bracket(
        replace(bracket.open, kind="LCURLY"), bracket.inside, replace(bracket.close, kind="RCURLY")
    )


def _is_frame(bracket: Bracket) -> bool:
    """Brackets printed around an environment that has none of its own."""
    first = bracket.inside[0] if len(bracket.inside) == 1 else None
    return (
        bracket.kind in ("LPAR", "LSQB") and isinstance(first, Bracket) and first.open.value in BARE_MATRICES
    )

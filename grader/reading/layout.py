"""Brackets and lines: which bracket belongs to which, where a list or a script is meant, and where one statement ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from grader.reading.spelling import Piece, Spelled
from grader.reading.unreadable import Unreadable
from grader.reading.words import BARE_MATRICES

MAX_DEPTH = 40


@dataclass(slots=True)
class Bracket:
    """A pair of brackets and what stands between them."""

    open: Piece
    inside: list[Item]
    close: Piece

    @property
    def kind(self) -> str:
        return self.open.kind

    @property
    def start(self) -> int:
        return self.open.start

    @property
    def end(self) -> int:
        return self.close.end


Item = Piece | Bracket

Segment = tuple[Item | None, list[Item]]
"""A stretch of a line and the separator before it."""

ReadScript = Callable[[Bracket, str], Item]
"""What makes one piece of a script in braces; the second argument is ``SUB`` or ``SUP``."""

_CLOSES = {
    "RPAR": "LPAR",
    "RSQB": "LSQB",
    "RCURLY": "LCURLY",
    "RBRACE": "LBRACE",
    "RBAR": "LBAR",
    "MATRIXEND": "MATRIX",
    "LAYOUTEND": "LAYOUT",
}
_OPENS = {opening: closing for closing, opening in _CLOSES.items()}
_SHOWN = {"LPAR": "bracket", "LSQB": "bracket", "LCURLY": "brace", "LBRACE": "brace", "LBAR": "bar"}
_OPERANDS = frozenset("NUMBER NAME FRACTION PRIME SCRIPT".split())
_SIGNS = frozenset("PLUS MINUS JOIN RELATION SUB SUP".split())
_LOOSE = {"TEXT": "words stand", "AMPERSAND": "an & stands", "GAP": "a gap stands"}
"""Separators that leave no trace in the tree, so that they must not stand between two factors."""
_SEPARATORS = {"COMMA": 0, "SEMICOLON": 0, "TEXT": 1, "AMPERSAND": 2, "GAP": 2}


def nest(spelled: Spelled, read_script: ReadScript) -> list[Item]:
    """The pieces with every pair of brackets made one item, each pair tidied as it closes.

    Raises `Unreadable` where brackets do not pair or stand more than ``MAX_DEPTH`` deep.
    """
    levels: list[tuple[Piece | None, list[Item]]] = [(None, [])]
    for piece in _bars_resolved(_without_fences(spelled.pieces), levels):
        if piece.kind in _OPENS:
            if len(levels) > MAX_DEPTH:
                raise Unreadable(piece.start, f"brackets stand more than {MAX_DEPTH} deep here", piece.value)
            levels.append((piece, []))
        elif piece.kind in _CLOSES:
            opening, inside = _close(levels, piece)
            _attach(levels[-1][1], Bracket(opening, inside, piece), spelled, read_script)
        else:
            levels[-1][1].append(piece)
    opening_left = levels[-1][0]
    if opening_left:
        raise Unreadable(
            opening_left.start,
            f"this {_shown(opening_left)} is never closed",
            opening_left.value,
            ("a closing bracket",),
        )
    return _tidy(levels[0][1], spelled)


def flat(items: Iterable[Item]) -> Iterator[Piece]:
    """The pieces of nested items in their order."""
    for item in items:
        if isinstance(item, Bracket):
            yield item.open
            yield from flat(item.inside)
            yield item.close
        else:
            yield item


# brackets


def _close(levels: list[tuple[Piece | None, list[Item]]], piece: Piece) -> tuple[Piece, list[Item]]:
    _condition_settled(levels, piece)
    opening = levels[-1][0]
    if not opening:
        raise Unreadable(
            piece.start, f"this {_shown(piece)} closes nothing: its opening is missing", piece.value
        )
    if opening.kind != _CLOSES[piece.kind] or (
        opening.kind in ("MATRIX", "LAYOUT") and opening.value != piece.value
    ):
        raise Unreadable(
            opening.start,
            f"this {_shown(opening)} is never closed: `{piece.value}` closes another kind",
            opening.value,
        )
    return opening, levels.pop()[1]


def _condition_settled(levels: list[tuple[Piece | None, list[Item]]], piece: Piece) -> None:
    """``P(Y = k | X = x)``: a lone bar behind an equation parts a condition, as a semicolon does."""
    bar, condition = levels[-1]
    if (
        bar
        and bar.kind == "LBAR"
        and bar.value == "|"
        and piece.kind == "RPAR"
        and _states(levels[-2][1])
        and condition
    ):
        levels.pop()
        levels[-1][1].extend([replace(bar, kind="SEMICOLON"), *condition])


def _shown(piece: Piece) -> str:
    return _SHOWN.get(_CLOSES.get(piece.kind, piece.kind), "environment")


def _without_fences(pieces: list[Piece]) -> list[Piece]:
    """Dollar signs around the whole fall away; a closing one followed by an opening one parts two lines."""
    fences = [at for at, piece in enumerate(pieces) if piece.kind == "FENCE"]
    if len(fences) % 2:
        raise Unreadable(
            pieces[fences[-1]].start, "this sign of a formula's edge has no partner", pieces[fences[-1]].value
        )
    return [replace(piece, kind="ROW") if piece.kind == "FENCE" else piece for piece in pieces]


def _bars_resolved(pieces: list[Piece], levels: list[tuple[Piece | None, list[Item]]]) -> Iterator[Piece]:
    """Each bar as opening or closing: it closes when an open bar stands at this level and something stands between."""
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


def ends_operand(item: Item) -> bool:
    """Whether something complete may end with ``item``."""
    return isinstance(item, Bracket) or item.kind in _OPERANDS


def _starts_operand(item: Item) -> bool:
    return ends_operand(item) or item.kind in ("FRAC", "ACCENT", "BIG", "CALL", "WRAP")


def _attach(before: list[Item], bracket: Bracket, spelled: Spelled, read_script: ReadScript) -> None:
    """Append a closed bracket to what stands before it, as the kind of bracket it is."""
    sign = before[-1].kind if before else ""
    bracket.inside = _TIDY.get(bracket.kind, _tidy_bracket)(bracket.inside, spelled)
    if bracket.kind == "LAYOUT":
        edges: list[Item] = [Piece("ROW", "", at.start, at.start) for at in (bracket.open, bracket.close)]
        before += [edges[0], *bracket.inside, edges[1]]
    elif bracket.kind == "LBRACE" and sign in ("SUB", "SUP"):
        _attach_script(before, bracket, read_script)
    elif bracket.kind == "LBRACE" and not bracket.inside:
        pass
    elif bracket.kind == "LBRACE" and len(bracket.inside) == 1 and not ends_operand(bracket.inside[0]):
        before.append(bracket.inside[0])
    elif bracket.kind == "LBRACE" and sign == "SQRT":
        before.append(_visible(bracket))
    elif _is_frame(bracket):
        before.append(bracket.inside[0])
    else:
        before.append(bracket)


def _attach_script(before: list[Item], script: Bracket, read_script: ReadScript) -> None:
    if not script.inside:
        raise Unreadable(script.start, "this script is empty", "{", ("a number", "a name"))
    if all(item.kind == "PRIME" for item in script.inside):
        before.pop()
        before += script.inside
        return
    first, *rest = script.inside
    if isinstance(first, Piece) and (first.kind == "JOIN" or (first.kind in ("PLUS", "MINUS") and not rest)):
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


# tidying what stands between brackets, or outside all of them


def _tidy_bracket(inside: list[Item], spelled: Spelled) -> list[Item]:
    """Inside brackets lines and gaps mean nothing."""
    kept = [item for item in inside if item.kind not in ("NEWLINE", "GAP", "ROW", "AMPERSAND")]
    return _tidy(kept, spelled)


def _tidy_matrix(inside: list[Item], spelled: Spelled) -> list[Item]:
    return _tidy([item for item in inside if item.kind not in ("NEWLINE", "GAP")], spelled)


def _tidy_list(inside: list[Item], spelled: Spelled) -> list[Item]:
    """``[1 -2 3]``, ``[1 2; 3 4]`` and NumPy's print: blanks part the items, lines and semicolons the rows."""
    kinds = {item.kind for item in inside}
    entries = [item for item in inside if item.kind not in ("PLUS", "MINUS", "NEWLINE", "SEMICOLON", "GAP")]
    only_numbers = all(item.kind in ("NUMBER", "LSQB") or item.kind == "JOIN" for item in entries)
    if "COMMA" in kinds or not (only_numbers or "SEMICOLON" in kinds):
        return _tidy_bracket(inside, spelled)
    lines = _rows_by_line(inside)
    return _tidy_bracket(list(_with_commas(lines, spelled.text)), spelled)


def _rows_by_line(inside: list[Item]) -> list[Item]:
    """Line ends as semicolons, when each line holds the same count of numbers and none a bracket."""
    lines: list[list[Item]] = [[]]
    for item in inside:
        if item.kind == "NEWLINE":
            lines.append([])
        else:
            lines[-1].append(item)
    counts = {sum(item.kind == "NUMBER" for item in line) for line in lines if line}
    nested = any(item.kind in ("LSQB", "SEMICOLON") for item in inside)
    if nested or len(counts) != 1 or sum(map(bool, lines)) == 1:
        return inside
    kind = {"NEWLINE": "SEMICOLON"}
    rows: list[Item] = [
        replace(i, kind=kind.get(i.kind, i.kind)) if isinstance(i, Piece) else i for i in inside
    ]
    while rows and rows[0].kind == "SEMICOLON":
        rows.pop(0)
    while rows and rows[-1].kind == "SEMICOLON":
        rows.pop()
    return rows


def _with_commas(items: list[Item], text: str) -> Iterator[Item]:
    """A comma wherever a blank parts two items; a sign with a blank before it only belongs to what follows."""
    before: Item | None = None
    for at, item in enumerate(items):
        if item.kind in ("NEWLINE", "GAP"):
            continue
        apart = before is not None and ends_operand(before) and item.start > before.end
        signed = item.kind in ("PLUS", "MINUS") and at + 1 < len(items) and items[at + 1].start == item.end
        if apart and (_starts_operand(item) or signed):
            yield Piece("COMMA", ",", item.start, item.start)
        yield item
        before = item


def _tidy(items: list[Item], spelled: Spelled) -> list[Item]:
    """What is the same everywhere: arguments of fractions and roots, labels under braces, lone signs as scripts."""
    items = _with_marks(_without_labels(_with_roots(_with_arguments(items)), spelled))
    for left, right in pairwise(items):
        if left.kind == right.kind == "NUMBER":
            raise Unreadable(
                right.start,
                f"two numbers, {left.value[:20]} and {right.value[:20]}, stand side by side: which sign belongs between them?"
                if isinstance(left, Piece) and isinstance(right, Piece)
                else "",
            )
    return items


def _with_arguments(items: list[Item]) -> list[Item]:
    """``\\frac12`` takes one digit for each of its arguments, as TeX does."""
    queue, wanted, out = list(reversed(items)), 0, list[Item]()
    while queue:
        item = queue.pop()
        if item.kind == "FRAC":
            wanted = 2
        elif wanted and item.kind not in ("ACCENT", "GAP"):
            wanted -= 1
            item = _first_digit(item, queue)
        out.append(item)
    return out


def _first_digit(item: Item, queue: list[Item]) -> Item:
    if not isinstance(item, Piece) or item.kind != "NUMBER":
        return item
    first, rest = item.value[:1], item.value[1:]
    if rest and item.value.isdigit():
        queue.append(Piece("NUMBER", rest, item.start + 1, item.end))
        item = Piece("NUMBER", first, item.start, item.start + 1)
    brace = Piece("LBRACE", "{", item.start, item.start)
    return Bracket(brace, [item], Piece("RBRACE", "}", item.end, item.end))


def _with_roots(items: list[Item]) -> list[Item]:
    """``\\sqrt{x}`` is the function of that name; ``\\sqrt[3]{x}`` keeps the kind, for the grammar to make a power of."""
    out: list[Item] = []
    for at, item in enumerate(items):
        follows = items[at + 1].kind if at + 1 < len(items) else ""
        if isinstance(item, Piece) and item.kind == "SQRT" and follows != "LSQB":
            item = replace(item, kind="NAME", value="sqrt")
        out.append(item)
    return out


def _without_labels(items: list[Item], spelled: Spelled) -> list[Item]:
    """What is written under or over a brace explains and does not count."""
    out: list[Item] = []
    queue = list(reversed(items))
    while queue:
        item = queue.pop()
        if item.kind != "LABELLED":
            out.append(item)
            continue
        if queue:
            out.append(queue.pop())
        if len(queue) > 1 and queue[-1].kind in ("SUB", "SUP"):
            del queue[-2:]
            _note(spelled, "what is written under or over a brace was left out")
    return out


def _with_marks(items: list[Item]) -> list[Item]:
    """``w^+``, ``f^*`` and ``f^\\prime``: signs that stand alone as a script."""
    out: list[Item] = []
    for at, item in enumerate(items):
        after = out[-1].kind if out else ""
        follows = at + 1 < len(items) and _starts_operand(items[at + 1])
        if isinstance(item, Piece) and after in ("SUP", "SUB"):
            if item.kind == "PRIME":
                out.pop()
            elif item.kind in ("PLUS", "JOIN") or (item.kind == "MINUS" and not follows):
                item = replace(item, kind="NAME")
        out.append(item)
    return out


_TIDY: dict[str, Callable[[list[Item], Spelled], list[Item]]] = {
    "LAYOUT": lambda inside, spelled: inside,
    "MATRIX": _tidy_matrix,
    "LSQB": _tidy_list,
}


def _note(spelled: Spelled, sentence: str) -> None:
    if sentence not in spelled.remarks:
        spelled.remarks.append(sentence)


# statements


def statements(items: list[Item], spelled: Spelled) -> list[list[Item]]:
    """The statements that stand one after another, by lines, gaps, commas and words; ``= …`` on a new line goes on above."""
    found: list[list[Item]] = []
    for line in _split(items, ("ROW", "NEWLINE")):
        parts = list(_apart(_without_number(line, spelled), spelled))
        if found and parts and _goes_on(found[-1], parts[0]):
            found[-1] += parts.pop(0)
        found += parts
    return found


def _goes_on(statement: list[Item], line: list[Item]) -> bool:
    """Whether a new line belongs to the statement above: it starts, or that one ended, with a sign."""
    own_statement = line[0].kind == "MINUS" and _states(line)
    return statement[-1].kind in _SIGNS or (line[0].kind in _SIGNS and not own_statement)


def _split(items: list[Item], kinds: tuple[str, ...]) -> list[list[Item]]:
    parts: list[list[Item]] = [[]]
    for item in items:
        if item.kind in kinds:
            parts.append([])
        else:
            parts[-1].append(item)
    return [part for part in parts if part]


def _without_number(line: list[Item], spelled: Spelled) -> list[Item]:
    """``… \\quad (12)``: the number of the equation at the end of a line."""
    last = line[-1]
    numbered = (
        len(line) > 2
        and isinstance(last, Bracket)
        and last.kind == "LPAR"
        and [item.kind for item in last.inside] == ["NUMBER"]
        and line[-2].kind == "GAP"
    )
    if numbered:
        _note(spelled, "the number of the equation was left out")
    return line[:-2] if numbered else line


def _apart(line: list[Item], spelled: Spelled) -> Iterator[list[Item]]:
    """The statements on one line: a separator parts two of them when both have a relation."""
    statement: list[Item] = []
    stated = False
    for separator, segment in _segments(line, spelled):
        states = _states(segment)
        if stated and states:
            yield _trimmed(statement)
            statement, stated = segment, True
        else:
            statement += [separator, *segment] if separator and statement else segment
            stated = stated or states
    if _trimmed(statement):
        yield _trimmed(statement)


def _segments(line: list[Item], spelled: Spelled) -> list[Segment]:
    """What stands between separators, each with the strongest separator before it; ``& = …`` belongs to what it follows."""
    segments: list[Segment] = [(None, [])]
    for item in line:
        if item.kind not in _SEPARATORS:
            segments[-1][1].append(item)
            continue
        if item.kind == "TEXT":
            _note(spelled, f"the words “{item.value[:40]}” were left out" if isinstance(item, Piece) else "")
        before = segments[-1][0]
        if segments[-1][1]:
            segments.append((item, []))
        elif before is None or _SEPARATORS[item.kind] >= _SEPARATORS[before.kind]:
            segments[-1] = (item, [])
    joined = _joined([segment for segment in segments if segment[1]])
    _refuse_loose(joined)
    return joined


def _joined(segments: list[Segment]) -> list[Segment]:
    """Segments of one formula put together again where a sign joins them across a loose separator."""
    out: list[Segment] = []
    for separator, segment in segments:
        loose = bool(out) and separator is not None and separator.kind in _LOOSE
        if loose and (segment[0].kind in _SIGNS or out[-1][1][-1].kind in _SIGNS):
            out[-1][1].extend(segment)
        else:
            out.append((separator, segment))
    return out


def _refuse_loose(segments: list[Segment]) -> None:
    for (_, before), (separator, segment) in pairwise(segments):
        if separator and separator.kind in _LOOSE and not (_states(before) and _states(segment)):
            what = _LOOSE[separator.kind]
            raise Unreadable(separator.start, f"{what} between two parts of a formula here: what joins them?")


def _states(items: list[Item]) -> bool:
    return any(item.kind == "RELATION" for item in items)


def _trimmed(items: list[Item]) -> list[Item]:
    """Without the point or comma that ends a sentence."""
    while items and items[-1].kind in ("PERIOD", "COMMA", "SEMICOLON"):
        items = items[:-1]
    return items

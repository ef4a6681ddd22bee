"""Tidies what stands between brackets: lists without commas, fractions, roots, labels, lone signs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from msgspec.structs import replace

from grader.reading.bycases import by_words, rows_of_environment
from grader.reading.items import Bracket, Item, ends_operand, starts_operand, states
from grader.reading.scanner import Piece, Spelled
from grader.reading.unreadable import Unreadable


def tidy(kind: str, inside: list[Item], spelled: Spelled) -> list[Item]:
    """What stands behind an opening bracket of this kind (empty: outside all), ready for the grammar."""
    if kind not in ("CASES", "MATRIX"):
        inside = by_words(inside)
    return _BY_KIND.get(kind, _tidy_bracket)(inside, spelled)


def _tidy_bracket(inside: list[Item], spelled: Spelled) -> list[Item]:
    """Inside brackets lines and gaps mean nothing."""
    return _tidy([item for item in inside if item.kind not in _BLANKS], spelled)


_BLANKS = frozenset(["NEWLINE", "GAP", "ROW", "AMPERSAND"])


def _tidy_braces(inside: list[Item], spelled: Spelled) -> list[Item]:
    """``k : k \\neq j`` below a sum is a list."""
    return _tidy_bracket(
        [
            replace(item, kind="SEMICOLON") if isinstance(item, Piece) and item.kind == "COLON" else item
            for item in inside
        ],
        spelled,
    )


def _tidy_matrix(inside: list[Item], spelled: Spelled) -> list[Item]:
    return _tidy([item for item in inside if item.kind not in ("NEWLINE", "GAP")], spelled)


def _tidy_cases(inside: list[Item], spelled: Spelled) -> list[Item]:
    return _tidy(rows_of_environment(inside), spelled)


def _tidy_list(inside: list[Item], spelled: Spelled) -> list[Item]:
    """``[1 -2 3]``, ``[1 2; 3 4]`` and NumPy's print: blanks part items, lines and semicolons rows."""
    kinds = {item.kind for item in inside}
    if "COLON" in kinds:
        inside = _with_slices(inside)
    entries = [item for item in inside if item.kind not in ("PLUS", "MINUS", "NEWLINE", "SEMICOLON", "GAP")]
    only_numbers = all(map(_is_numeric, entries))
    if "COMMA" in kinds or not (only_numbers or "SEMICOLON" in kinds):
        return _tidy_bracket(inside, spelled)
    lines = _rows_by_line(inside)
    return _tidy_bracket(list(_with_commas(lines)), spelled)


def _with_slices(inside: list[Item]) -> list[Item]:
    """``X[:, n]``: a colon that stands alone between commas is a name, for all rows or columns."""
    out: list[Item] = []
    for at, item in enumerate(inside):
        alone = all(each.kind == "COMMA" for each in (*inside[max(at - 1, 0) : at], *inside[at + 1 : at + 2]))
        is_slice = isinstance(item, Piece) and item.kind == "COLON" and alone
        out.append(replace(item, kind="NAME") if isinstance(item, Piece) and is_slice else item)
    return out


_BETWEEN_NUMBERS = ("JOIN", "PLUS", "MINUS", "COMMA", "SEMICOLON", "NEWLINE", "GAP")


def _is_numeric(item: Item) -> bool:
    """A number, a sign between numbers, or a list of such: no letters anywhere."""
    if isinstance(item, Bracket):
        return item.kind == "LSQB" and all(map(_is_numeric, item.inside))
    return item.kind == "NUMBER" or item.kind in _BETWEEN_NUMBERS


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
    first, *others = [line for line in lines if line]
    rows = list(first)
    for line in others:
        rows += [Piece("SEMICOLON", ";", line[0].start, line[0].start), *line]
    return rows


def _with_commas(items: list[Item]) -> Iterator[Item]:
    """A comma wherever a blank parts two items; a sign with a blank only before it goes with what follows."""
    before: Item | None = None
    for at, item in enumerate(items):
        if item.kind in ("NEWLINE", "GAP"):
            continue
        apart = before is not None and ends_operand(before) and item.start > before.end
        signed = item.kind in ("PLUS", "MINUS") and at + 1 < len(items) and items[at + 1].start == item.end
        if apart and (starts_operand(item) or signed):
            yield Piece("COMMA", ",", item.start, item.start)
        yield item
        before = item


def _tidy(items: list[Item], spelled: Spelled) -> list[Item]:
    """What is the same everywhere: fractions, roots, labels under braces, lone signs as scripts."""
    kinds = [item.kind for item in items]
    for needs, tidied in _PASSES:
        if not needs.isdisjoint(kinds):
            items = tidied(items, spelled)
    if kinds.count("NUMBER") > 1:
        _refuse_numbers_in_a_row(items, spelled)
    return items


def _refuse_numbers_in_a_row(items: list[Item], spelled: Spelled) -> None:
    for at, (left, right) in enumerate(pairwise(items)):
        if left.kind == right.kind == "NUMBER" and not _counts_behind_script(items, at):
            found = spelled.text[right.start : right.end]
            raise Unreadable(right.start, "two numbers stand side by side: is a sign missing?", found)


def _counts_behind_script(items: list[Item], at: int) -> bool:
    """``x_2 1[z > 0]``: behind a script a 1 before a condition is a factor of its own."""
    before, one, behind = items[at - 1 : at], items[at + 1], items[at + 2 : at + 3]
    return (
        bool(before and behind)
        and before[0].kind in ("SUB", "SUP")
        and (isinstance(one, Piece) and one.value == "1" and one.start > items[at].end)
        and isinstance(behind[0], Bracket)
        and states(behind[0].inside)
    )


def _with_arguments(items: list[Item]) -> list[Item]:
    """``\\frac12`` takes one digit for each of its arguments, as TeX does."""
    queue, wanted, out = list(reversed(items)), 0, list[Item]()
    while queue:
        item = queue.pop()
        if item.kind in ("FRAC", "BINOM"):
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
    """``\\sqrt{x}`` is the function of that name; ``\\sqrt[3]{x}`` is left to the grammar."""
    out: list[Item] = []
    for at, item in enumerate(items):
        follows = items[at + 1].kind if at + 1 < len(items) else ""
        if item.kind == "SQRT" and not follows:
            raise Unreadable(
                item.end, "the root of what? Its argument is missing", "", ("a name", "a number")
            )
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
            spelled.remark("what is written under or over a brace was left out")
    return out


def _with_marks(items: list[Item]) -> list[Item]:
    """``w^+``, ``f^*`` and ``f^\\prime``: signs that stand alone as a script."""
    if _MARKS.isdisjoint([item.kind for item in items]):
        return items
    out: list[Item] = []
    for at, item in enumerate(items):
        after = out[-1].kind if out else ""
        if after in ("SUP", "SUB") and isinstance(item, Piece) and item.kind in _MARKS:
            follows = at + 1 < len(items) and starts_operand(items[at + 1])
            if item.kind == "PRIME":
                out.pop()
            elif item.kind != "MINUS" or not follows:
                item = replace(item, kind="NAME")
        out.append(item)
    return out


_MARKS = frozenset(["PRIME", "PLUS", "JOIN", "MINUS"])


_PASSES: tuple[tuple[frozenset[str], Callable[[list[Item], Spelled], list[Item]]], ...] = (
    (frozenset(["FRAC", "BINOM"]), lambda items, spelled: _with_arguments(items)),
    (frozenset(["SQRT"]), lambda items, spelled: _with_roots(items)),
    (frozenset(["LABELLED"]), _without_labels),
    (frozenset(["SUB", "SUP"]), lambda items, spelled: _with_marks(items)),
)
"""What is done in a row of items, if it holds one of these kinds, in this order."""

_BY_KIND: dict[str, Callable[[list[Item], Spelled], list[Item]]] = {
    "": lambda inside, spelled: _tidy(inside, spelled),
    "LAYOUT": lambda inside, spelled: inside,
    "MATRIX": _tidy_matrix,
    "CASES": _tidy_cases,
    "LSQB": _tidy_list,
    "LBRACE": _tidy_braces,
}

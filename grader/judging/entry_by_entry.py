"""Answers that give the entries of a vector or matrix one by one: z_1 = …, z_2 = …."""

from __future__ import annotations

from itertools import islice

from grader.judging.as_latex import asked_latex
from grader.judging.finding import Finding, wrong
from grader.judging.objections import is_old_value
from grader.judging.question import Question
from grader.judging.sides import Left, understood
from grader.meaning.scripts import NotUnderstood
from grader.reading import Reading, Unreadable, read, read_lines
from grader.reading.tree import Matrix, Relation, Tree

At = tuple[int, ...]
KINDS = ("formula", "number")
"""Kinds of answers that may be given entry by entry."""
MOST_LINES = 8
"""The ends of so many lines are looked at for a second statement: every one is read twice."""


def one_reading(question: Question, answer: str) -> Reading | Finding:
    """What an answer was read as; equations for single entries are put together, and a finding says which are
    missing. Raises `Unreadable`."""
    try:
        return read(answer)
    except Unreadable:
        statements = read_lines(answer)
        if len(statements) < 2 or question.part.answer not in KINDS or question.entry or question.general:
            raise
        found = _entries(question, statements)
        if found is None:
            raise
    return _together(question, answer, found, statements[0].remarks)


def refuse_second_statement(answer: str) -> None:
    """TeX reads on over the end of a line, but two lines with an equation each are two statements to a
    person. Raises `Unreadable` where the second begins, so that it is not called a wrong chain."""
    ends = (at for at, sign in enumerate(answer) if sign == "\n" and "=" in answer[:at])
    for at in islice(ends, MOST_LINES):
        if all(map(_is_equation, (answer[:at], answer[at + 1 :]))):
            raise Unreadable(at + 1, "a second statement begins here: give one at a time", answer[at + 1 :])


def _is_equation(text: str) -> bool:
    try:
        tree = read(text).tree
    except Unreadable:
        return False
    return isinstance(tree, Relation) and not text.lstrip(" &").startswith("=")


def _entries(question: Question, statements: tuple[Reading, ...]) -> dict[At, tuple[Tree, ...]] | None:
    """What each entry of what is asked is said to be; None where the equations say something else."""
    found: dict[At, tuple[Tree, ...]] = {}
    for statement in statements:
        if not isinstance(statement.tree, Relation):
            return None
        try:
            sides = understood(question, statement.tree)
        except NotUnderstood:
            return None
        at = _at(question, sides.left)
        if at is None or at in found or sides.notation != question.notation:
            return None
        found[at] = statement.tree.sides[1:]
    return found


def _at(question: Question, left: Left | None) -> At | None:
    if left is None or not (question.is_asked(left.quantity) or is_old_value(question, left.quantity)):
        return None
    numbers = tuple(place for place in left.entry if isinstance(place, int))
    return numbers if numbers and len(numbers) == len(left.entry) else None


def _together(
    question: Question, answer: str, found: dict[At, tuple[Tree, ...]], remarks: tuple[str, ...]
) -> Reading | Finding:
    case = question.cases[0]
    rows, columns = case.frame.shapes[case.quantity]
    assert isinstance(rows, int) and isinstance(columns, int)
    places = [[_place(row, column, (rows, columns)) for column in _to(columns)] for row in _to(rows)]
    missing = [place for line in places for place in line if place not in found]
    if missing or len(found) != rows * columns:
        return wrong(_incomplete(question, missing, found, rows * columns))
    span = (0, len(answer))
    links = max(len(sides) for sides in found.values())
    whole = tuple(
        Matrix(span, tuple(tuple(_link(found[place], link) for place in line) for line in places))
        for link in range(links)
    )
    return Reading(answer, whole[0] if links == 1 else Relation(span, whole, ("=",) * (links - 1)), remarks)


def _to(size: int) -> range:
    return range(1, size + 1)


def _place(row: int, column: int, shape: tuple[int, int]) -> At:
    """An entry as it is written: of a vector by one number."""
    if shape[1] == 1:
        return (row,)
    return (column,) if shape[0] == 1 else (row, column)


def _link(sides: tuple[Tree, ...], link: int) -> Tree:
    return sides[min(link, len(sides) - 1)]


def _incomplete(question: Question, missing: list[At], found: dict[At, tuple[Tree, ...]], size: int) -> str:
    asked = asked_latex(question)
    if not missing:
        return f"You give {len(found)} entries, but ${asked}$ has {size}."
    numbers = ", ".join("".join(map(str, place)) for place in missing[:6]) + (", …" if missing[6:] else "")
    word = "entry" if len(missing) == 1 else "entries"
    return (
        f"You give the entries of ${asked}$ one by one, but {word} {numbers} of it {_are(missing)} missing."
    )


def _are(missing: list[At]) -> str:
    return "is" if len(missing) == 1 else "are"

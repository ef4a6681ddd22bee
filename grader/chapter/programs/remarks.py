"""Comments beside code: which value each states, and what the code says that value is."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from grader.chapter.programs.comments import MAX_COMMENT, Stated, stated
from grader.chapter.programs.formats import Part
from grader.chapter.programs.judging import Claimed, printed_of
from grader.chapter.programs.outputs import matched, printed_lines, shown_lines
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.sources import Comment
from grader.chapter.programs.stating import value_of, value_stated
from grader.chapter.programs.values import Unknown, entries, is_number

SIMPLE = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr


def remarks(
    reader: Reader,
    statement: ast.stmt,
    comments: Mapping[int, Comment],
    printed: Sequence[Sequence[Part]],
) -> Iterator[Claimed]:
    """The numbers that the comments on a statement state, just after it was followed."""
    line = statement.end_lineno or 0
    if not isinstance(statement, SIMPLE):
        return
    beside, below = comments.get(line), comments.get(line + 1)
    for comment in (beside, below):
        if comment is None or comment.alone != (comment is below):
            continue
        restated = list(_restated(comment, printed))
        yield from restated
        said = stated(comment) if not restated else None
        if said:
            near = said.marked or comment is beside
            yield from _claimed(reader, statement, replace(said, doubtful=said.doubtful or not near), printed)


def _restated(comment: Comment, printed: Sequence[Sequence[Part]]) -> Iterator[Claimed]:
    """The numbers of a comment that repeats, word for word, what is printed beside it."""
    ours = printed_lines(printed)
    theirs = shown_lines(comment.text[:MAX_COMMENT], comment.start)
    if ours and len(comment.text) <= MAX_COMMENT:
        for one, other in matched(ours, theirs):
            if one.value is not None and not isinstance(one.value, Unknown):
                yield Claimed(
                    other.text, other.start, one.value, "." in other.text or bool(ours[0].words.strip("#"))
                )


def _claimed(
    reader: Reader, statement: ast.stmt, said: Stated, printed: Sequence[Sequence[Part]]
) -> Iterator[Claimed]:
    values, sure = _values(reader, statement, said, printed)
    if len(values) == 1 and isinstance(values[0], Unknown):
        values = values * len(said.numbers)
    if not values or len(values) != len(said.numbers):
        return
    for (text, start), value in zip(said.numbers, values, strict=True):
        firm = sure and (said.marked or "." in text) and not _elsewhere(reader, text)
        if firm or (is_number(value) and ("." in text or float(text.replace("−", "-")) == value)):
            yield Claimed(text, start, value, firm)


def _values(
    reader: Reader, statement: ast.stmt, said: Stated, printed: Sequence[Sequence[Part]]
) -> tuple[list[Any], bool]:
    """The values that a comment is about, and whether it is certain that it is about these."""
    target = _target(statement)
    if said.of and said.of.strip() != (target and ast.unparse(target)):
        value = value_stated(reader, said.of)
        return _listed(value), False
    if printed:
        return [
            part.value for parts in printed for part in parts if part.value is not None
        ], not said.doubtful
    if _is_given(statement):
        return [], False
    value = _known_now(reader, target) if target is not None else reader.last
    return _listed(value), not said.doubtful


def _target(statement: ast.stmt) -> ast.expr | None:
    """What a statement gives a value to, if it is one thing."""
    match statement:
        case ast.Assign(targets=[target]) | ast.AugAssign(target=target) | ast.AnnAssign(target=target):
            return target
    return None


def _is_given(statement: ast.stmt) -> bool:
    """Whether a statement only writes numbers down, which a comment need not repeat."""
    match statement:
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return not any(
                isinstance(part, ast.Name | ast.Call | ast.BinOp | ast.Subscript) for part in ast.walk(value)
            )
    return False


def _known_now(reader: Reader, target: ast.expr) -> Any:
    if isinstance(target, ast.Name):
        return reader.find(target.id)
    loaded = ast.parse(ast.unparse(target), mode="eval").body
    return value_of(reader, loaded)


def _listed(value: Any) -> list[Any]:
    """The numbers of a value; an unknown one stands for itself."""
    if value is None or isinstance(value, Unknown):
        return [value] if value is not None else []
    return entries(value) or []


def _elsewhere(reader: Reader, text: str) -> bool:
    """Whether something else in the program has this value, so that the comment may be about that."""
    number = printed_of(text, 0)
    values = [value for value in reader.names.values() if isinstance(value, int | float)]
    return number is not None and any(abs(value - number.value) <= 1e-12 for value in values[:500])

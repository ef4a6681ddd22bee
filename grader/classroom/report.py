"""The pages people read: a report on the class, and for each student what was read, found and marked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from grader.classroom.answersheet import Part
from grader.classroom.gradebook import Record, Sheet
from grader.classroom.tally import VERDICTS, Shown, Tally
from templates import Ready, fenced, render, safe_mathml, visible

MathML = Callable[[str], str | None]
"""LaTeX of a formula to MathML, or None where that cannot be done."""

MOST_DRAWN = 10_000
"""Formulas whose drawing is remembered, as a class writes the same ones."""


class Problem(Protocol):
    """What is needed of a problem."""

    @property
    def title(self) -> str: ...
    @property
    def parts(self) -> Sequence[Part]: ...


def no_mathml(latex: str) -> str | None:
    """The `MathML` that leaves all formulas as LaTeX."""
    return None


def feedback(problem: Problem, sheets: Iterable[Sheet], mathml: MathML) -> Iterator[tuple[str, str]]:
    """File name and content of every student's page, as HTML and as Markdown."""
    out_of = sum(part.points for part in problem.parts)
    helpers = _helpers(mathml)
    for sheet in sheets:
        records = {record.verdict.part: record for record in sheet.records}
        rows = [(part, records[part.id]) for part in problem.parts if part.id in records]
        unanswered = [part for part in problem.parts if part.id not in records]
        for form in ("html", "md"):
            yield (
                f"{sheet.file}.{form}",
                render(
                    f"feedback.{form}.j2",
                    title=problem.title,
                    sheet=sheet,
                    rows=rows,
                    unanswered=unanswered,
                    out_of=out_of,
                    open=any(record.verdict.marks is None for record in sheet.records),
                    **helpers,
                ),
            )


def class_page(problem: Problem, sheets: Iterable[Sheet], mathml: MathML) -> str:
    """The report on the class as one HTML file."""
    tally = Tally(problem.parts)
    for sheet in sheets:
        tally.add(sheet)
    return render("report.html.j2", title=problem.title, tally=tally, words_of=words_of, **_helpers(mathml))


def _helpers(mathml: MathML) -> dict[str, object]:
    @lru_cache(MOST_DRAWN)
    def math(latex: str) -> Ready | None:
        try:
            return safe_mathml(mathml(latex))
        except Exception:  # a formula that cannot be drawn is shown as it was typed
            return None

    return {
        "math": math,
        "number": number,
        "pieces": pieces,
        "markdown_math": _markdown_math,
        "markdown_code": _markdown_code,
        "fenced": fenced,
        "shown": shown,
        "around": around,
        "verdicts": VERDICTS,
    }


# ---- what templates ask for


def number(value: float | None) -> str:
    """Marks for people.

    >>> number(1.5), number(2.0), number(2 / 3), number(None)
    ('1.5', '2', '0.67', '–')
    """
    return "–" if value is None else f"{round(value, 2):g}"


def words_of(misconception: str) -> tuple[str, ...]:
    """What is said of a misconception, whoever has it; nothing of one that is no longer known.

    >>> words_of("bias-omitted")[0]
    'The bias is missing from the weighted input.'
    """
    from grader.misconceptions import MISCONCEPTIONS

    row = MISCONCEPTIONS.get(misconception)
    return (row.words, row.question) if row else ()


def shown(record: Record) -> Shown:
    """How the verdict on an answer looks."""
    if record.verdict.follows_from:
        return Shown("wrong", "↪", f"follows from {' and '.join(record.verdict.follows_from)}")
    if record.verdict.verdict == "wrong" and record.verdict.marks:
        return Shown("wrong", "◐", "partly right")
    return VERDICTS[record.verdict.verdict]


def pieces(sentence: str) -> list[tuple[str, str]]:
    """A sentence in pieces, each with what it is: text, formula, or code, which is what the student typed.

    >>> pieces("The slope $f'$ is missing in `a*b`.")
    [('text', 'The slope '), ('formula', "f'"), ('text', ' is missing in '), ('code', 'a*b'), ('text', '.')]
    """
    return [(str(found.lastgroup), found[str(found.lastgroup)]) for found in _PIECE.finditer(sentence)]


_PIECE = re.compile(
    r"\$(?P<formula>[^$]+)\$|(`+)(?P<code>.+?)(?<!`)\2(?!`)|(?P<text>(?:[^$`]+|[$`])+?(?=[$`]|\Z))", re.S
)


def _markdown_math(latex: str) -> Ready:
    """A formula as GitHub and GitLab write it; where that is not known it still is code, and never markup."""
    return Ready("$`" + visible(latex).replace("`", "'").replace("\n", " ") + "`$")


def _markdown_code(text: str) -> Ready:
    """Text as inline code which the text itself cannot end."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence, line = "`" * (longest + 1), visible(text).replace("\n", " ")
    return Ready(f"{fence} {line} {fence}" if longest else f"`{line}`")


def around(text: str, position: int | None) -> tuple[str, str, str]:
    """A text in three: before, at and behind a position.

    >>> around("a + )", 4)
    ('a + ', ')', '')
    """
    if position is None:
        return text, "", ""
    return text[:position], text[position : position + 1] or " ", text[position + 1 :]

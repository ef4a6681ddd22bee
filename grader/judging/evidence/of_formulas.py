"""What shows that a formula is wrong where no misconception says why: what is right and where to look, shapes
that do not fit or numbers a student can compute again, and a question that leads on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from derive.functions import Array
from derive.notation import Notation
from derive.shape_rules import show
from grader.judging.as_latex import asked_latex
from grader.judging.case import RELATIVE, Case
from grader.judging.credit import right_entries
from grader.judging.evidence.of_numbers import entries_to_see, how_large
from grader.judging.question import Question
from grader.judging.values import Evaluations, agrees, taken
from grader.meaning.lowering import Unfit
from grader.meaning.terms import Partial, PartialEntry, Reference, Term, Transposed, uses
from grader.misconceptions import Misconception
from grader.reading.tree import Span

OF_GRADIENT = (
    "What does ${asked}$ depend on directly, and what does the chain rule ask for at each of these steps?"
)
OF_UPDATE = "Of what is ${asked}$ made: from where does the step go, in which direction, and how far?"
OF_VALUE = "From what is ${asked}$ computed, and in which order?"
"""The questions where nothing more is known: for gradients, for new values, for values on the way forward."""
NO_VALUE = (
    "For ordinary numbers your formula has no value: somewhere it divides by 0, or takes the logarithm or "
    "root of a number that has none."
)
MOST_SHAPES = 4
"""The shapes of so many quantities are told at once."""
LONGEST_QUOTE = 60
"""Of a longer piece only the beginning and the end are quoted."""


def evidence(question: Question, values: Evaluations) -> Iterator[str]:
    """What the worlds show: the first that is wrong there."""
    case, found = next(
        (case, found) for case, found in values if case.own and not agrees(found, case.expected)
    )
    asked = asked_latex(question)
    if isinstance(found, Unfit):
        yield f"Your formula cannot be computed: {found}."
        return
    shape = case.expected.shape[-2:]
    if found.shape != case.expected.shape:
        mine = how_large((found.shape[-2], found.shape[-1]))
        turned = " It looks like the transpose." if _is_transpose(found, case.expected) else ""
        yield f"Your answer is {mine}, but ${asked}$ is {how_large(shape)}.{turned}"
        return
    if not np.isfinite(found).all():
        yield NO_VALUE
        return
    good = right_entries(values)
    if good is not None and good.any() and not good.all():
        yield entries_to_see(good)
    off = np.abs(found - case.expected) > RELATIVE * np.abs(case.expected)
    sample, row, column = np.argwhere(off)[0]
    where = "" if shape == (1, 1) else f" in row {row + 1}" + f", column {column + 1}" * (shape[1] > 1)
    mine, true = found[sample, row, column], case.expected[sample, row, column]
    yield f"Tried with random numbers, your formula gives {mine:.4g}{where} where ${asked}$ is {true:.4g}."


def only_numbers(term: Term) -> Iterator[str]:
    """That an answer is a number, where a formula is asked."""
    if _is_number(term):
        yield "Only numbers stand here; a formula is asked, which must hold for other numbers too."


def _is_number(term: Term) -> bool:
    return not uses(term) and not any(isinstance(part, Partial | PartialEntry) for part in term.walk())


def _is_transpose(found: Array, expected: Array) -> bool:
    return agrees(np.swapaxes(found, -1, -2), expected)


# -- in the student's own characters -------------------------------------------------------------------------


def explained(
    question: Question, term: Term, notation: Notation, text: str, plain: tuple[str, ...]
) -> tuple[str, ...]:
    """The sentences on a wrong formula that no misconception explains, in the student's own characters;
    ``plain`` is what the worlds have shown."""
    from grader.judging.evidence.localised import localised

    if _is_number(term):
        return plain
    cases = question.cases_in(notation)
    place = localised(question, term, cases)
    where = (place.edit.words.format(piece=quoted(text, place.span)),) if place else ()
    leads_on = place.edit.question if place else _leads_on(question)
    return (*where, *_why(question, term, notation, text, plain), leads_on)


def place_shown(
    question: Question, term: Term, notation: Notation, text: str, rows: tuple[Misconception, ...]
) -> tuple[str, ...]:
    """Where in an answer a recognised misconception can be seen, in the student's own characters; nothing
    where its row names no change that shows it."""
    from grader.judging.evidence.localised import place_of

    if len(rows) != 1 or not rows[0].place:
        return ()
    span = place_of(question, term, question.cases_in(notation), rows[0].place)
    return (f"Look at {quoted(text, span)}.",) if span else ()


def _leads_on(question: Question) -> str:
    kind = question.asked.kind
    asks = OF_GRADIENT if kind.startswith("d") else OF_UPDATE if question.before_update else OF_VALUE
    return asks.replace("{asked}", asked_latex(question))


def _why(
    question: Question, term: Term, notation: Notation, text: str, plain: tuple[str, ...]
) -> tuple[str, ...]:
    """The shapes that do not fit, in the student's characters, or a counterexample with small numbers."""
    from grader.judging.evidence.small import small_counterexample

    own = [case for case in question.cases_in(notation) if case.own]
    node = taken(own, term)[0][0]
    if isinstance(node, Unfit):
        where, shapes = quoted(text, node.span), _shapes(term, own[0], text)
        return (f"At {where} your formula cannot be computed: {node}.{shapes}",)
    if node.shape != own[0].expected.shape[-2:]:
        return plain
    small = small_counterexample(question, term, notation)
    return (small,) if small else plain


def _shapes(term: Term, case: Case, text: str) -> str:
    """The rows and columns of what an answer names, in the student's characters."""
    turned = {part.body: part for part in term.walk() if isinstance(part, Transposed)}
    named = {turned.get(part, part): part for part in term.walk() if isinstance(part, Reference)}
    shapes: dict[str, str] = {}
    for shown, part in named.items():
        shape = case.frame.shapes.get(case.frame.quantity(part.quantity))
        if shape not in (None, (1, 1)):
            shapes[_closed(text, shown.span)] = show(shape[::-1] if shown is not part else shape)
    said = [f"`{piece}` is {shape}" for piece, shape in shapes.items()]
    if not 1 < len(said) <= MOST_SHAPES:
        return ""
    return f" Here {', '.join(said[:-1])} and {said[-1]}."


def quoted(text: str, span: Span) -> str:
    """A piece of the answer as it was typed, and where it stands, if it stands in several places.

    >>> quoted(r"W_{2} x_{1} + b_{2}", (6, 10)), quoted("x + x", (0, 1))
    ('`x_{1}`', '`x` (character 1)')
    """
    start, end = span[0], span[0] + len(_closed(text, span))
    piece = " ".join(text[start:end].split())
    if len(piece) > LONGEST_QUOTE:
        piece = f"{piece[: LONGEST_QUOTE // 2]} … {piece[-LONGEST_QUOTE // 2 :]}"
    fence = "``" if "`" in piece else "`"
    if text.count(text[start:end]) == 1:
        return f"{fence}{piece}{fence}"
    place = f"character {end}" if end == start + 1 else f"characters {start + 1} to {end}"
    return f"{fence}{piece}{fence} ({place})"


def _closed(text: str, span: Span) -> str:
    """A piece with the braces that close what it opens."""
    start, end = span
    while end < len(text) and text[start:end].count("{") > text[start:end].count("}"):
        end += 1
    return text[start:end]

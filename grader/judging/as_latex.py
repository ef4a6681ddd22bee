"""What is asked, and other quantities, as LaTeX in the course's notation."""

from __future__ import annotations

from derive.notation import Notation
from derive.perspective import NEURONS, is_turned
from derive.quantities import Quantity
from derive.writing import latex
from derive.writing.boxes import Digits, letter
from derive.writing.quantities import quantity_box
from grader.judging.question import Question
from grader.meaning.terms import Place


def own_entry(question: Question, notation: Notation) -> tuple[int, ...]:
    """The entry that is asked for, as a notation counts it; empty for all of the quantity."""
    entry = question.entry
    if len(entry) == 2 and entry[1] == 1 and question.asked.kind.removesuffix("_new") in NEURONS:
        entry = entry[:1]
    return entry[::-1] if is_turned(question.asked.kind, notation) else entry


def asked_latex(question: Question) -> str:
    """What is asked, as LaTeX in the course's notation."""
    return quantity_latex(question, question.asked, own_entry(question, question.notation))


def quantity_latex(
    question: Question, quantity: Quantity, entry: tuple[Place, ...] = (), notation: Notation | None = None
) -> str:
    """A quantity, or an entry of it, as LaTeX: in the course's notation unless another is given."""
    style, output = notation or question.notation, question.derivation.graph.output
    boxes = tuple(letter(place) if isinstance(place, str) else Digits(str(place)) for place in entry)
    return latex(quantity_box(quantity, style, output.kind, boxes))

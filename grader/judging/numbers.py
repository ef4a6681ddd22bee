"""Judging numbers: what was typed claims the digits it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from derive.errors import Unusable
from derive.functions import Array
from derive.notation import Notation
from grader.judging.as_latex import asked_latex
from grader.judging.closeness import Truth, as_shown, right
from grader.judging.credit import by_numbers, is_copied
from grader.judging.evidence.of_numbers import enough_to_see, how_large, number_evidence, too_few_digits
from grader.judging.finding import Finding, believed, wrong
from grader.judging.formulas import OTHER_LAYOUT, judge_term
from grader.judging.jottings import spellings
from grader.judging.objections import wrong_left_side
from grader.judging.question import Question
from grader.judging.sides import Sides, understood
from grader.judging.typed import TypedMatrix, numbers_of
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Term, uses
from grader.reading import Reading, Unreadable, read
from grader.worlds.world import World

TURNED = FEW_DIGITS = 0.5
"""The share of the marks for the transpose of what is asked, and for numbers that are right as far as they
go."""
COMMAS = (
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), "", "The comma was read as parting thousands."),
    (re.compile(r"(?<=\d)(?:,|\{,\})(?=\d)"), ".", "The comma was read as a decimal point."),
)
"""What a comma between digits may mean beside parting two numbers: the comma, what it stands for, the
remark."""


def judge_number(question: Question, reading: Reading) -> Finding:
    """The finding for a number, vector or matrix. Raises `NotUnderstood` for what has no value."""
    finding = _judged(question, reading)
    if finding.right:
        return finding
    for comma, meant, remark in COMMAS:
        other = _otherwise(question, comma.sub(meant, reading.text), reading.text)
        if other is not None and other.right:
            return replace(other, feedback=(remark, *other.feedback))
    return finding


def typed_answers(question: Question, reading: Reading) -> Iterator[tuple[TypedMatrix, Notation]]:
    """The numbers of an answer, in the shape that is asked for, by every way in which its commas and blanks
    may be meant; with the notation it was read in. None for an answer to something else."""
    for text in dict.fromkeys(
        (
            reading.text,
            *(comma.sub(meant, reading.text) for comma, meant, _ in COMMAS),
            *(text for text, _ in spellings(question, reading.text)),
        )
    ):
        try:
            sides = understood(question, read(text).tree)
            number = next((term for term in reversed(sides.claimed) if not uses(term)), None)
            if number is None or wrong_left_side(question, sides) is not None:
                continue
            typed = _shaped(_typed(question, number), _truth(question, sides.notation).values.shape)
        except (Unreadable, NotUnderstood):
            continue
        if typed is not None:
            yield typed, sides.notation


def _otherwise(question: Question, text: str, original: str) -> Finding | None:
    """The finding for another spelling of the answer, if it can be read."""
    if text == original:
        return None
    try:
        return _judged(question, read(text))
    except (Unreadable, NotUnderstood):
        return None


def _judged(question: Question, reading: Reading) -> Finding:
    sides = understood(question, reading.tree)
    objection = wrong_left_side(question, sides)
    if objection is not None:
        return objection
    number = next((term for term in reversed(sides.claimed) if not uses(term)), None)
    if number is None:
        return wrong("This part asks for numbers: put them into your formula and work it out.")
    typed = _typed(question, number)
    finding = replace(judge_typed(question, typed, sides.notation), read_as=typed.latex())
    if not finding.right:
        return finding
    remarks = (*reading.remarks, *_formula_remark(question, sides), *_chain_remark(question, sides, number))
    return replace(finding, feedback=(*remarks, *finding.feedback))


def _typed(question: Question, number: Term) -> TypedMatrix:
    world = _own(question)
    return numbers_of(number, replace(world.frame, home=question.home), world.arithmetic)


def _own(question: Question) -> World:
    if question.numbers is None:
        raise Unusable("the problem does not give the numbers that this part asks for")
    return question.numbers


def _formula_remark(question: Question, sides: Sides) -> Iterator[str]:
    """The numbers are right; a formula before them may not be."""
    formulas = [term for term in sides.claimed if uses(term)]
    if not all(_is_true(question, term, sides) for term in formulas):
        yield "The numbers are right, but the formula before them is not."


def _is_true(question: Question, term: Term, sides: Sides) -> bool:
    return judge_term(question, term, sides.notation).right


def _chain_remark(question: Question, sides: Sides, last: Term) -> Iterator[str]:
    """The last number counts; one before it may be another."""
    earlier = [term for term in sides.claimed if term is not last and not uses(term)]
    if not all(_is_true_number(question, term, sides.notation) for term in earlier):
        yield "Your last number is taken as the answer; the numbers before it are not all equal to it."


def _is_true_number(question: Question, term: Term, notation: Notation) -> bool:
    truth = _truth(question, notation)
    try:
        typed = _shaped(_typed(question, term), truth.values.shape)
    except NotUnderstood:
        return True  # what has no value here contradicts nothing
    if typed is None:
        return False
    return bool((right(typed, truth, question.part.tolerance) | as_shown(typed, truth)).all())


# -- comparing -----------------------------------------------------------------------------------------------


def judge_typed(question: Question, written: TypedMatrix, notation: Notation) -> Finding:
    """Compare with the problem's own numbers as a notation has them, entry by entry."""
    truth = _truth(question, notation)
    typed = _shaped(written, truth.values.shape)
    if question.part.layout == "either" and _is_turned(question, written, truth):
        return Finding(True, (OTHER_LAYOUT,), award=1.0)
    if typed is None:
        turned = _is_turned(question, written, truth)
        return wrong(*_shape_evidence(question, written, truth), award=TURNED if turned else 0.0)
    good = right(typed, truth, question.part.tolerance)
    from grader.judging.recognising.tell_tale import gives_itself_away, numbers_believed

    if good.all() and not gives_itself_away(question, typed, truth):
        return Finding(True, tuple(_notes(typed, written, truth)), award=1.0)
    blamed = numbers_believed(question, typed, truth)
    few = not blamed and too_few_digits(question, typed, truth, good)
    finding = believed(*blamed) if blamed else wrong(*number_evidence(question, typed, truth, good))
    view = _own(question).seen_in(notation)
    if is_copied(question, typed, view):
        return replace(finding, award=0.0)
    award = FEW_DIGITS if few and enough_to_see(typed, truth, good) else finding.award
    return replace(finding, award=award, by_entry=by_numbers(question, typed, truth, good, view))


def _is_turned(question: Question, written: TypedMatrix, truth: Truth) -> bool:
    """Whether the numbers are right as a transpose, and not as they stand."""
    turned, shape = written.transposed, truth.values.shape
    if turned.shape != shape or not right(turned, truth, question.part.tolerance).all():
        return False
    return written.shape != shape or not right(written, truth, question.part.tolerance).all()


def _truth(question: Question, notation: Notation) -> Truth:
    world = _own(question)
    view = world.seen_in(notation)

    def seen(value: Array) -> Array:
        return view.value(question.asked, question.part_of(value))

    values, before = seen(world.values[question.asked])[0], question.before_update
    step = None if before is None else np.abs(values - seen(world.values[before])[0])
    exact = question.exact_value
    return Truth(values, None if exact is None else view.value(question.asked, exact), step, seen)


def _shaped(typed: TypedMatrix, shape: tuple[int, int]) -> TypedMatrix | None:
    """The numbers in the expected shape: a flat list or a row may stand for a column."""
    if typed.shape == shape:
        return typed
    return typed.transposed if 1 in shape and typed.shape == shape[::-1] else None


def _shape_evidence(question: Question, typed: TypedMatrix, truth: Truth) -> Iterator[str]:
    shape, asked = truth.values.shape, asked_latex(question)
    hint = " It looks like the transpose." if typed.shape == shape[::-1] else ""
    yield f"Your answer is {how_large(typed.shape)}, but ${asked}$ is {how_large(shape)}.{hint}"
    if hint:
        yield "Which index counts the rows, and which the columns?"


def _notes(typed: TypedMatrix, written: TypedMatrix, truth: Truth) -> Iterator[str]:
    if written.shape != typed.shape and truth.values.shape[1] == 1:
        yield "The numbers are right; written as a column they would have the shape of the quantity."
    if not as_shown(typed, truth).all():
        yield "The last digits differ a little: intermediate values were probably rounded."

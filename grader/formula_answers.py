"""Judging formulas: evaluate what was written in the worlds, and compare."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from derive import ops
from derive.evaluate import Program
from derive.functions import Array
from derive.graph import Equation, Node
from derive.notation import Notation
from derive.quantities import Quantity
from derive.writing import quantity_latex, to_latex
from grader.meaning import PLANS, Plan, Unfit, lower
from grader.misconceptions import MISCONCEPTIONS, Misconception
from grader.question import Case, Question
from grader.reading import Reading
from grader.reading.tree import Relation, Span, Tree
from grader.terms import Reference, Term, uses
from grader.vocabulary import NotUnderstood

RELATIVE, OF_LARGEST = 1e-8, 1e-12
"""Two values agree if they differ by at most this share of the value, or of the largest entry of its sample."""
EQUALITIES = ("=", ":=", "approx", "to")


@dataclass(frozen=True)
class Finding:
    """What became of one answer: ``right``, and otherwise the sentences that show why not."""

    right: bool
    feedback: tuple[str, ...] = ()
    misconception: Misconception | None = None
    award: float = 0.0
    read_as: str | None = None


@dataclass(frozen=True)
class Sides:
    """An answer taken apart: the notation it was read in, its left side if it has one, and what is claimed to equal it."""

    notation: Notation
    left: Reference | None
    claimed: tuple[Term, ...]
    spans: tuple[Span, ...]


def judge_formula(question: Question, reading: Reading) -> Finding:
    """The finding for a formula. Raises `NotUnderstood` for a name that means nothing in any notation."""
    sides = understood(question, reading.tree)
    remarks = tuple(reading.remarks)
    if sides.notation.name != question.notation.name:
        remarks += (
            f"This was read in the notation {sides.notation.name}; the course writes {question.notation.name}.",
        )
    for objection in (wrong_left_side, circular):
        finding = objection(question, sides)
        if finding is not None:
            return finding
    for position, claimed in enumerate(sides.claimed):
        finding = judge_term(question, claimed, sides.notation)
        if not finding.right:
            return _at_link(question, sides, position, finding)
    used = forbidden(question, sides.claimed[-1])
    return used or Finding(True, remarks + finding.feedback, read_as=finding.read_as, award=1.0)


# -- what stands on which side -------------------------------------------------------------------------------------------------------


def understood(question: Question, whole: Tree) -> Sides:
    """The sides of an answer in the first notation that knows all its names. Raises the declared notation's `NotUnderstood`."""
    first: NotUnderstood | None = None
    for notation in question.notations:
        try:
            return _sides(question, whole, notation)
        except NotUnderstood as problem:
            first = first or problem
    assert first is not None
    raise first


def _sides(question: Question, whole: Tree, notation: Notation) -> Sides:
    namer = question.namer(notation)
    parts: Sequence[Tree] = (whole,)
    if isinstance(whole, Relation):
        parts = whole.sides
        strange = next((relation for relation in whole.relations if relation not in EQUALITIES), None)
        if strange is not None:
            raise NotUnderstood(whole.span, f"an answer says what equals what, but here stands `{strange}`")
    terms = [namer.term(part) for part in parts]
    spans = tuple(part.span for part in parts)
    left = terms[0] if len(terms) > 1 and isinstance(terms[0], Reference) else None
    if left is None:
        return Sides(notation, None, tuple(terms), spans)
    return Sides(notation, left, tuple(terms[1:]), spans[1:])


def wrong_left_side(question: Question, sides: Sides) -> Finding | None:
    """An answer that says what something else equals is wrong, whatever stands on the right."""
    if (
        sides.left is None
        or question.is_asked(sides.left.quantity)
        or _is_old_value(question, sides.left.quantity)
    ):
        return None
    said = quantity_latex(sides.left.quantity, sides.notation.name, question.derivation.graph.output)
    asked = asked_latex(question)
    return Finding(False, (f"Your left side is ${said}$, but ${asked}$ is asked.",))


def _is_old_value(question: Question, quantity: Quantity) -> bool:
    """An update may be written as an assignment: W = W − η ∂E/∂W."""
    return Quantity(quantity.kind + "_new", quantity.layer) == question.asked


def circular(question: Question, sides: Sides) -> Finding | None:
    """An answer that only repeats what is asked, under its own or another name."""
    for term in sides.claimed:
        if isinstance(term, Reference) and question.is_asked(term.quantity) and len(sides.claimed) == 1:
            asked = asked_latex(question)
            return Finding(
                False, (f"This only gives ${asked}$ another name; the question is what it equals.",)
            )
    for term in sides.claimed:
        repeated = [q for q in uses(term) if question.is_asked(q)]
        if repeated and not isinstance(term, Reference):
            asked = asked_latex(question)
            return Finding(False, (f"The answer uses ${asked}$, which it is to give.",))
    return None


def forbidden(question: Question, term: Term) -> Finding | None:
    """A right value that uses what it may not use."""
    used = sorted((q for q in uses(term) if not question.may_use(q)), key=lambda q: q.address)
    if not used:
        return None
    output = question.derivation.graph.output
    names = ", ".join(f"${quantity_latex(q, question.notation.name, output)}$" for q in used)
    if question.part.in_terms_of is None:
        return Finding(
            False, (f"The answer uses {names}, which comes later in the derivation than what is asked.",)
        )
    wanted = ", ".join(
        f"${quantity_latex(_named(address), question.notation.name, output)}$"
        for address in question.part.in_terms_of
    )
    return Finding(
        False,
        (f"The value is right, but the answer is to be given in terms of {wanted}; it uses {names}.",),
        award=0.5,
    )


def _named(address: str) -> Quantity:
    from derive.quantities import parse_address

    return parse_address(address)[0]


def asked_latex(question: Question) -> str:
    """What is asked, as LaTeX in the course's notation."""
    return quantity_latex(question.asked, question.notation.name, question.derivation.graph.output)


def _at_link(question: Question, sides: Sides, position: int, finding: Finding) -> Finding:
    """Say which link of a chain is the first false one."""
    if len(sides.claimed) == 1:
        return finding
    first = f"In your chain, side {position + 1} after the first equals sign is the first that is not ${asked_latex(question)}$."
    return Finding(False, (first, *finding.feedback), finding.misconception, finding.award, finding.read_as)


# -- one expression --------------------------------------------------------------------------------------------------------------------


def judge_term(question: Question, term: Term, notation: Notation) -> Finding:
    """Whether an expression equals the asked quantity in every world of the question's own sizes."""
    if question.general or not isinstance(term, Reference) or not question.is_asked(term.quantity):
        values = evaluations(question, term)
        read_as = _read_as(question, term, notation)
        if all(agrees(value, case.expected) for case, value in values if case.own):
            return Finding(True, _remarks(question, term, values), read_as=read_as, award=1.0)
        return _diagnosed(question, term, values, read_as)
    return Finding(True, read_as=None, award=1.0)


Evaluations = list[tuple[Case, Array | Unfit]]


def evaluations(question: Question, term: Term) -> Evaluations:
    """The value of a term in every world, with products taken by the first plan that fits everywhere, or else where it counts."""
    attempts = [[_lowered(term, case, plan) for case in question.cases] for plan in PLANS]
    own = [index for index, case in enumerate(question.cases) if case.own]
    for wanted in (range(len(question.cases)), own):
        for nodes in attempts:
            if all(isinstance(nodes[index], Node) for index in wanted):
                return _values(question, nodes)
    return _values(question, attempts[0])


def _lowered(term: Term, case: Case, plan: Plan) -> Node | Unfit:
    try:
        return lower(term, case.frame, plan)
    except Unfit as unfit:
        return unfit


def _values(question: Question, nodes: list[Node | Unfit]) -> Evaluations:
    return [
        (case, _value(node, case) if isinstance(node, Node) else node)
        for case, node in zip(question.cases, nodes, strict=True)
    ]


ANSWER = Quantity("answer")


def _value(node: Node, case: Case) -> Array:
    program = Program([Equation(ANSWER, node)], case.world.arithmetic)
    with np.errstate(all="ignore"):
        value = program.run(case.world.values)[ANSWER]
    samples = case.expected.shape[0]
    return np.broadcast_to(value, (samples, *value.shape[-2:]))


def agrees(value: Array | Unfit, expected: Array) -> bool:
    """Whether two values are the same in every sample and entry; NaN and infinity equal nothing."""
    if isinstance(value, Unfit) or value.shape != expected.shape:
        return False
    if not (np.isfinite(value).all() and np.isfinite(expected).all()):
        return False
    largest = np.abs(expected).max(axis=(-1, -2), keepdims=True)
    return bool((np.abs(value - expected) <= RELATIVE * np.abs(expected) + OF_LARGEST * largest).all())


def _read_as(question: Question, term: Term, notation: Notation) -> str | None:
    for plan in PLANS:
        try:
            node = lower(term, question.cases[0].frame, plan)
        except Unfit:
            continue
        return to_latex(node, notation.name, question.derivation.graph.output)
    return None


def _remarks(question: Question, term: Term, values: Evaluations) -> tuple[str, ...]:
    if any(isinstance(value, Unfit) for _, value in values):
        return (
            "This holds because of the sizes of this network; in a network with other sizes the shapes would not fit.",
        )
    strict = any(
        all(isinstance(_lowered(term, case, plan), Node) for case, _ in values)
        for plan in PLANS
        if not plan.lenient
    )
    return () if strict else ("A product of two columns is taken entry by entry here; write ⊙ for it.",)


# -- what went wrong -------------------------------------------------------------------------------------------------------------------


def _diagnosed(question: Question, term: Term, values: Evaluations, read_as: str | None) -> Finding:
    misconception = next(
        (row for row in MISCONCEPTIONS.values() if matches(question, row, term, values)), None
    )
    if misconception is not None:
        feedback = (misconception.words, misconception.question)
        return Finding(False, feedback, misconception, misconception.award, read_as)
    return Finding(False, tuple(_evidence(question, values)), read_as=read_as)


def matches(question: Question, row: Misconception, term: Term, values: Evaluations) -> bool:
    """Whether the answer is what this misconception gives, in every world where the two can be compared."""
    return _repaired(question, row, term) or _as_in_twin(question, row, values)


def _repaired(question: Question, row: Misconception, term: Term) -> bool:
    if row.repair is None:
        return False
    own = [case for case in question.cases if case.own]
    return any(_right_somehow(edited, own) for edited in row.repair(term))


def _right_somehow(term: Term, cases: list[Case]) -> bool:
    return any(
        all(agrees(_value_of(_lowered(term, case, plan), case), case.expected) for case in cases)
        for plan in PLANS
    )


def _value_of(node: Node | Unfit, case: Case) -> Array | Unfit:
    return node if isinstance(node, Unfit) else _value(node, case)


def _as_in_twin(question: Question, row: Misconception, values: Evaluations) -> bool:
    """The n-th wrong value must fit in all worlds that have one; at least one world must be of the question's own sizes, unless the
    answer's shapes do not fit there."""
    compared = 0
    for case, value in values:
        if not case.sampled:
            continue
        wrong = [case.at({case.quantity: twin}) for twin in question.twins(row, case.world, case.quantity)]
        if isinstance(value, Unfit):
            continue
        if not any(agrees(value, twin) for twin in wrong):
            return False
        compared += 1
    return compared > 0


def _evidence(question: Question, values: Evaluations) -> Iterator[str]:
    case, value = values[0]
    asked = asked_latex(question)
    if isinstance(value, Unfit):
        yield f"The shapes do not fit: {value}."
        return
    rows, columns = case.expected.shape[-2:]
    if value.shape != case.expected.shape:
        mine = ops.show((value.shape[-2], value.shape[-1]))
        yield f"Your answer is {mine}, but ${asked}$ is {ops.show((rows, columns))}."
        return
    if not np.isfinite(value).all():
        yield "Your formula has no finite value at an ordinary point."
        return
    off = np.abs(value - case.expected) > RELATIVE * np.abs(case.expected)
    sample, row, column = np.argwhere(off)[0]
    where = "" if case.expected.shape[-2:] == (1, 1) else f" in row {row + 1}, column {column + 1}"
    yield (
        f"Tried with random numbers, your formula gives {value[sample, row, column]:.4g}{where} where ${asked}$ is "
        f"{case.expected[sample, row, column]:.4g}."
    )

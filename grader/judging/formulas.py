"""Judging formulas: evaluate what was written in the worlds, and compare."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import permutations

from msgspec.structs import replace

from derive.graph import Node
from derive.notation import Notation
from derive.writing import latex
from grader.judging.as_latex import asked_latex, own_entry
from grader.judging.case import Case
from grader.judging.finding import Finding
from grader.judging.meanings import meanings
from grader.judging.objections import circular, forbidden, loose_index, repeats, wrong_left_side
from grader.judging.question import Question
from grader.judging.sides import Sides
from grader.judging.values import Evaluations, Lowered, agrees, holds, taken, value
from grader.meaning.limits import Undecidable
from grader.meaning.lowering import Plan, Unfit
from grader.meaning.products import MissingIndex, NoSingleNumber
from grader.meaning.terms import Call, Entry, Gathered, Reference, Term, Transposed, uses
from grader.reading import Reading

SIZES = ("n", "N")
"""Kinds that count neurons and examples."""
OTHER_LAYOUT = "This is in the other layout, the transpose of the course's; here both count."
"""The remark on a transpose where the course allows either layout."""
BELOW_THE_LAST = (
    "This is right wherever there is a layer above; the last one has none, and the rule is asked for it too.",
    "What stands for all that comes from above, in every layer?",
)
"""What is said of a formula for all layers that speaks of the layer above."""
MOST_BELOW = 0.75
"""The share of the marks for it."""
MOST_SHOWN = 200
"""Operations in an expression that is shown as it was understood; nobody reads longer ones."""


def judge_formula(question: Question, reading: Reading) -> Finding:
    """The finding for a formula. Raises `NotUnderstood` for a name that means nothing in any notation."""
    first: Finding | None = None
    limit: Undecidable | None = None
    for sides in meanings(question, reading.tree):
        try:
            finding = judge_sides(question, reading, sides)
        except Undecidable as reached:
            limit = limit or reached
            continue
        if finding.right:
            return finding
        first = first or finding
    if limit is not None or first is None:
        raise limit or Undecidable("this answer has no meaning that can be tried")
    return first


def judge_sides(question: Question, reading: Reading, sides: Sides) -> Finding:
    """The finding for one way to understand a formula."""
    objection = wrong_left_side(question, sides) or circular(question, sides) or loose_index(question, sides)
    if objection is not None:
        return objection
    claims = claims_of(question, sides)
    finding = Finding(True)
    for position, claimed in enumerate(claims):
        finding = _in_either_layout(question, claimed, sides.notation)
        if not finding.right:
            said = _in_its_place(question, reading.text, sides, position, finding)
            more = partial(_explained, question, reading.text, sides, position, claimed, finding)
            return replace(said, explained=more)
    # A chain that passes through the asked terms may go on in others.
    used = [forbidden(question, term) for term in reversed(claims) if not repeats(question, term)]
    remarks = (*reading.remarks, *sides.remarks, *_other_notation(question, sides), *finding.feedback)
    objection = used[0] if used and all(used) else None
    return objection or replace(finding, feedback=remarks)


def claims_of(question: Question, sides: Sides) -> tuple[Term, ...]:
    """What is claimed, as whole matrices: a formula for any entry holds for all of them.

    Letters without a left side that says which is the row may be taken either way; they are taken as they
    come out right, if they do.
    """
    if not sides.left or not sides.left.letters:
        ways = [_gathered(question, sides, letters) for letters in permutations(sides.free)]
        right = (way for way in ways if judge_term(question, way[-1], sides.notation).right)
        return ways[0] if len(ways) == 1 else next(right, ways[0])
    return _gathered(question, sides, sides.left.letters)


def _gathered(question: Question, sides: Sides, letters: tuple[str, ...]) -> tuple[Term, ...]:
    if not letters:
        return sides.claimed
    whole = tuple(Gathered(term.span, term, letters, question.asked) for term in sides.claimed)
    entry = own_entry(question, sides.notation)
    return tuple(Entry(term.span, term, entry) for term in whole) if entry else whole


def _other_notation(question: Question, sides: Sides) -> Iterator[str]:
    """A remark on an answer that was not read in the course's own notation: something else may be meant."""
    course, read = question.notation.name, sides.notation.name
    if read != course:
        yield f"This was read with the letters of the notation {read}; the course writes {course}."
    elif sides.notation != question.notation:
        yield f"Layers were read on the other side than the notation {course} has them."


def _in_its_place(question: Question, text: str, sides: Sides, position: int, finding: Finding) -> Finding:
    """What is wrong with one side, said of the whole answer."""
    finding = _at_link(question, text, sides, position, finding)
    return replace(finding, feedback=(*finding.feedback, *_other_notation(question, sides)))


def _explained(
    question: Question, text: str, sides: Sides, position: int, term: Term, finding: Finding
) -> Finding:
    """The same with what shows the mistake in the student's own characters."""
    from grader.judging.evidence.of_formulas import explained, place_shown

    if finding.misconceptions:
        where = place_shown(question, term, sides.notation, text, finding.misconceptions)
        feedback = (*where, *finding.feedback)
    else:
        feedback = explained(question, term, sides.notation, text, finding.feedback)
    return _in_its_place(question, text, sides, position, replace(finding, feedback=feedback))


def _at_link(question: Question, text: str, sides: Sides, position: int, finding: Finding) -> Finding:
    """Say which link of a chain is the first false one, in the student's own characters."""
    if len(sides.claimed) == 1:
        return finding
    asked = asked_latex(question)
    written = text[slice(*sides.spans[position])].strip(" .,;")
    first = f"In your chain of equations, the first piece that is not ${asked}$ is `{written}`."
    return replace(finding, feedback=(first, *finding.feedback))


def judge_term(question: Question, term: Term, notation: Notation) -> Finding:
    """Whether an expression equals the asked quantity in every world of the question's own sizes."""
    if isinstance(term, Reference) and question.is_asked(term.quantity):
        return Finding(True, award=1.0)
    for cases in _worlds(question, term, notation):
        nodes, plan = taken(cases, term)
        values = [(case, value(node, case)) for case, node in zip(cases, nodes, strict=True)]
        if _right(nodes, values):
            read_as = _read_as(question, nodes, notation)
            return Finding(True, _remarks(values, plan), read_as=read_as, award=1.0)
    if question.general and (below := _below_the_last(question, term, notation)) is not None:
        return below
    _leave_open(term, values)
    from grader.judging.diagnosis import diagnosed

    return diagnosed(question, term, values, _read_as(question, nodes, notation))


def _below_the_last(question: Question, term: Term, notation: Notation) -> Finding | None:
    """The finding for a formula about every layer that is right only where there is a layer above, of which
    it speaks; None for any other."""
    every = question.cases_in(notation)
    cases = tuple(case for case in every if _has_layers(case, term))
    if not any(case.own for case in cases) or len(cases) == len(every):
        return None
    nodes, _ = taken(cases, term)
    values = [(case, value(node, case)) for case, node in zip(cases, nodes, strict=True)]
    if not _right(nodes, values):
        return None
    return Finding(False, BELOW_THE_LAST, read_as=_read_as(question, nodes, notation), award=MOST_BELOW)


def _has_layers(case: Case, term: Term) -> bool:
    """Whether no layer that a term speaks of lies above the last one."""
    layers = (case.frame.quantity(quantity).layer for quantity in uses(term))
    last = case.frame.layers["L"]
    return all(layer <= last for layer in layers if isinstance(layer, int))


def _in_either_layout(question: Question, term: Term, notation: Notation) -> Finding:
    """The finding for a side; where the course allows either layout, the transpose is as good."""
    finding = judge_term(question, term, notation)
    if finding.right or question.part.layout != "either":
        return finding
    turned = judge_term(question, Transposed(term.span, term), notation)
    return replace(turned, feedback=(OTHER_LAYOUT, *turned.feedback)) if turned.right else finding


def _worlds(question: Question, term: Term, notation: Notation) -> Iterator[tuple[Case, ...]]:
    """The worlds to judge in, few first where few are enough to find an answer right. Of single neurons
    nothing else is meant; a letter for a size means other sizes too."""
    if question.of_single_neurons:
        yield question.own_cases_in(notation)
        return
    if question.sizes_differ and not _counts(term):
        yield question.own_cases_in(notation)
    yield question.cases_in(notation)


def _counts(term: Term) -> bool:
    """Whether a formula divides or multiplies by how many neurons or examples there are."""
    if any(quantity.kind in SIZES for quantity in uses(term)):
        return True
    return any(
        isinstance(part, Call) and (part.function or "").startswith(("mean", "size")) for part in term.walk()
    )


def _right(nodes: list[Lowered], values: Evaluations) -> bool:
    pairs = zip(nodes, values, strict=True)
    return all(holds(node, found, case) for node, (case, found) in pairs if case.own)


def _leave_open(term: Term, values: Evaluations) -> None:
    """Σ_n δ_n may be meant as a sum of columns, which is not shown to be false; nor is an integral of
    vectors. Raises `Undecidable`."""
    left = term.letters if isinstance(term, Gathered) else ()
    for case, found in values:
        columns = isinstance(found, MissingIndex) and found.letter not in left
        if case.own and (columns or isinstance(found, NoSingleNumber)):
            raise Undecidable(str(found))


def _read_as(question: Question, nodes: list[Lowered], notation: Notation) -> str | None:
    node = next((node for node in nodes if isinstance(node, Node)), None)
    if node is None or node.length > MOST_SHOWN:
        return None
    return latex(question.writer(notation).box(node))


def _remarks(values: Evaluations, plan: Plan) -> tuple[str, ...]:
    others = [(case, found) for case, found in values if not case.own]
    if any(isinstance(found, Unfit) or found.shape != case.expected.shape for case, found in others):
        return (
            "This is right for a network of just these sizes; with other sizes the shapes would not fit.",
        )
    if not all(agrees(found, case.expected) for case, found in others):
        return ("This is right for a network of just these sizes; with other sizes it would not be.",)
    if plan.in_order:
        return ("The products are taken from left to right here; put brackets around what comes first.",)
    if plan.flat:
        return ("Vectors are taken as arrays of one dimension here, which are neither rows nor columns.",)
    if not plan.lenient:
        return ()
    alone = all(1 in case.expected.shape[-2:] for case, _ in values if case.own)
    what = "columns" if alone else "matrices of the same shape"
    return (f"A product of two {what} is taken entry by entry here; write ⊙ for it.",)

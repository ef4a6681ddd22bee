"""Why a wrong formula is wrong: the misconception it follows from, or two at once; else what shows that it
is."""

from __future__ import annotations

from msgspec.structs import replace

from grader.judging.case import Case
from grader.judging.credit import by_formulas, is_only_named
from grader.judging.evidence.of_formulas import evidence, only_numbers
from grader.judging.finding import Finding, believed, wrong
from grader.judging.question import Question
from grader.judging.recognising.lineup import recognised
from grader.judging.recognising.suspect import Suspect
from grader.judging.recognising.two_at_once import two_at_once
from grader.judging.values import Evaluations, agrees, attempted, has_shape, holds, own, value
from grader.meaning.lowering import Plan, Unfit
from grader.meaning.terms import MatrixOf, Term
from grader.worlds.slips import Blamed


def diagnosed(question: Question, term: Term, values: Evaluations, read_as: str | None) -> Finding:
    """The finding for a wrong formula: what the strongest test finds that finds anything."""
    answer = Suspect(question, term, values)
    for test in TESTS:
        blamed = test(answer)
        if blamed:
            finding = believed(*blamed, read_as=read_as)
            break
    else:
        said = tuple(only_numbers(term)) or tuple(evidence(question, values))
        finding = wrong(*said, read_as=read_as)
    if is_only_named(question, term):
        return replace(finding, award=0.0)
    return replace(finding, by_entry=by_formulas(question, values)) if isinstance(term, MatrixOf) else finding


def _as_believed_everywhere(answer: Suspect) -> Blamed:
    """The answer is what a misconception gives, in worlds of all sizes."""
    if any(isinstance(found, Unfit) for _, found in answer.sampled):
        return ()
    return _as_believed(answer, answer.sampled)


def _as_believed_here(answer: Suspect) -> Blamed:
    """The answer is what a misconception gives in a network of just these sizes."""
    return _as_believed(answer, answer.here)


def _as_believed(answer: Suspect, values: Evaluations) -> Blamed:
    """The first misconception that gives the answer everywhere: who does in one world is asked in the
    others."""
    if not values:
        return ()
    (case, found), *others = values
    suspects = sorted(recognised(found, answer.question.beliefs.alone(case)), key=answer.hidden)
    return next((rows for rows in suspects if answer.as_in_twin(rows[0], others)), ())


def _repaired(answer: Suspect) -> Blamed:
    """An edit of the answer that undoes a misconception makes it right."""
    cases = list(own([case for case, _ in answer.values]))
    for edit in answer.mended:
        if agrees(edit.value, cases[0].expected) and _right(edit.term, edit.plan, cases):
            return (edit.row,)
    return ()


def _right(term: Term, plan: Plan, cases: list[Case]) -> bool:
    return all(_right_in(case, term, plan) for case in cases)


def _right_in(case: Case, term: Term, plan: Plan) -> bool:
    node = attempted(term, case, plan)
    return has_shape(node, case) and holds(node, value(node, case), case)


TESTS = (_as_believed_everywhere, _repaired, _as_believed_here, two_at_once)
"""Ways to recognise misconceptions, the most certain first."""

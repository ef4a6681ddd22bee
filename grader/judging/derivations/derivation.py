"""Judging derivations: every line is a claim, and together they have to arrive.

A derivation is right if every link of every chain holds, if some line gives what is asked by an expression
that may be used, and if something stands on the way to it. What counts as a way: at least one true side that
is neither what is asked by any name, nor the final expression in another order, nor an equation that the
problem states itself (the forward pass). Gaps are allowed: any step may be left out, as long as one is shown.

Marks go by steps: the share of links that are right, or follow rightly from the student's own wrong line.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from derive.quantities import Quantity
from grader.held import Held
from grader.judging.as_latex import asked_latex
from grader.judging.derivations.arrival import Arrival, Way, carried_on
from grader.judging.derivations.chains import RIGHT, Chains, Link, assigned, chains_of
from grader.judging.derivations.going_on import gone_on
from grader.judging.derivations.ground import Ground
from grader.judging.derivations.known import question_about
from grader.judging.derivations.readback import aligned
from grader.judging.derivations.steps import Side, Steps, Unread, steps_of
from grader.judging.derivations.telling import (
    first_broken,
    more_broken,
    not_arrived,
    quoted,
    quoted_at,
    right_so_far,
    rule_for,
    rule_for_slope,
    what_follows,
)
from grader.judging.finding import Finding, wrong
from grader.judging.question import Question
from grader.meaning import terms
from grader.meaning.limits import Undecidable
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Partial, PartialEntry
from grader.reading import Unreadable
from grader.wording import as_sentence

MOST_OF_BROKEN = 0.8
"""The largest share of the marks for a derivation with a wrong step."""
FORMULA_ALONE = 0.5
"""The share for the right result without a way to it."""
NOT_AS_ASKED = 0.75
"""The share for a right derivation whose result is given in other terms than asked."""
MOST_UNFINISHED = 0.75
"""The largest share for right steps that do not arrive."""


def judge_derivation(question: Question, text: str) -> Finding:
    """The finding for a derivation.

    Raises `Unreadable` for one that could not be read far enough to be judged, and `Undecidable` where a row
    that could not be read may hold an error that matters.
    """
    way = way_of(question, steps_of(question, text))
    broken, finding = first_broken_link(way)
    arrival = way.arrival()
    read_as = aligned(way.steps, way.ground, text)
    if broken is not None:
        return replace(said_of_broken(way, text, broken, finding, arrival), read_as=read_as)
    _refuse_unread(text, way.chains, arrived=arrival is not None and arrival.refused is None)
    return replace(_unbroken(way, text, arrival), read_as=read_as)


def way_of(question: Question, steps: Steps) -> Way:
    """All links of a derivation, judged."""
    ground = Ground(question, steps.notation, steps.pairs)
    steps = gone_on(assigned(steps, ground), ground)
    return Way(question, steps, chains_of(steps, ground), ground)


def first_broken_link(way: Way) -> tuple[Link | None, Finding | None]:
    """The first link that does not hold, and what the judge of formulas says of it. What he takes for right
    is right, such as indices in an order that is not said."""
    links = way.chains.links
    for place, link in enumerate(links):
        if link.holds:
            continue
        finding = _as_formula(way, link)
        if finding is None or not finding.right:
            return link, finding
        links[place] = replace(link, word=RIGHT)
    return None, None


# -- every link holds ----------------------------------------------------------------------------------------


def _unbroken(way: Way, text: str, arrival: Arrival | None) -> Finding:
    question = way.question
    if arrival is None:
        return _unfinished(way, text)
    if arrival.refused is not None:
        share = max(NOT_AS_ASKED if way.chains.links else 0.0, arrival.refused.award)
        return replace(arrival.refused, award=share)
    if not arrival.shown:
        end = "the loss" if question.depth else "the output"
        return wrong(
            f"The result for ${asked_latex(question)}$ is right, but a derivation is asked: show how it "
            "follows, with at least one step on the way.",
            f"Which quantities lie between {end} and this one, and what does the chain rule make of them?",
            award=FORMULA_ALONE,
        )
    remarks = (
        *way.steps.remarks,
        *(as_sentence(remark) for remark in way.chains.remarks),
        *arrival.finding.feedback,
    )
    return Finding(True, remarks, award=1.0)


def _unfinished(way: Way, text: str) -> Finding:
    path, reached = way.reached()
    circular = [link for link in way.chains.links if way.names_asked(link.head.term)]
    if circular and all(not way.counts(link) for link in way.chains.links):
        asked = asked_latex(way.question)
        return wrong(f"This only gives ${asked}$ another name; the question is what it equals and why.")
    counted = [link for link in way.chains.links if way.counts(link)]
    chain_rule = any(way.names_asked(link.head.term) for link in counted)
    share = (len(reached) + 0.5 * chain_rule) / len(path) if path else 0.0
    share = max(share, 1 / 3 if counted else 0.0)
    still = [quoted_at(text, part.span) for part in way.still_open()]
    return wrong(
        *not_arrived(way.question, path, reached, way.used(), still),
        award=MOST_UNFINISHED * min(share, 1.0),
    )


# -- a link is broken ----------------------------------------------------------------------------------------


def said_of_broken(
    way: Way, text: str, broken: Link, finding: Finding | None, arrival: Arrival | None
) -> Finding:
    """The finding for a derivation in which a link does not hold."""
    finding = finding.in_full() if finding is not None else None
    misconceptions = finding.misconceptions if finding is not None else ()
    feedback = (
        *right_so_far(way.chains, broken),
        first_broken(text, broken),
        *_why(finding, broken),
        *_rule(way, broken),
        *_result(way, arrival, broken),
        *what_follows(way.chains),
        *more_broken(way.chains, broken),
        *_not_read(way.chains),
        *_asking(finding),
    )
    return Finding(False, feedback, misconceptions, _share(way, arrival))


def _as_formula(way: Way, link: Link) -> Finding | None:
    """What the judge of formulas says of a link about a quantity; None where it says nothing. A wrong
    ∂loss/∂a is recognised by the δ that it makes."""
    said = _asked_of(way, link.quantity, link.head, link.right)
    if said is None or said.right or said.misconceptions:
        return said
    behind = carried_on(link.head, link.right)
    other = _asked_of(way, behind[0], *behind[1:]) if behind is not None else None
    return other if other is not None and other.misconceptions else said


def _asked_of(way: Way, quantity: Quantity | None, head: Side, side: Side) -> Finding | None:
    about = question_about(Held(way.question), quantity) if quantity is not None else None
    if about is None:
        return None
    try:
        return way.claimed(about, head, side)
    except (NotUnderstood, Undecidable, ValueError, ArithmeticError):
        # It has been shown that the link does not hold; only the explanation is missing.
        return None


def _why(finding: Finding | None, broken: Link) -> Iterator[str]:
    """The misconception, or what shapes and letters say, or numbers that differ."""
    if finding is not None and finding.misconceptions:
        yield from (row.words for row in finding.misconceptions)
    elif broken.why:
        yield as_sentence(broken.why)
    elif finding is not None and finding.feedback:
        yield finding.feedback[0]
    else:
        yield "Put numbers in for the letters, and the two sides come out different."


def _asking(finding: Finding | None) -> Iterator[str]:
    if finding is not None and finding.misconceptions:
        yield finding.misconceptions[0].question
    elif finding is not None:
        yield from (said for said in finding.feedback[-1:] if said.endswith("?"))
    else:
        yield "From what does this step follow, and by which rule?"


def _rule(way: Way, broken: Link) -> Iterator[str]:
    if broken.quantity is not None:
        yield from rule_for(way.question, broken.quantity, terms.uses(broken.left.term))
    elif isinstance(broken.head.term, Partial | PartialEntry):
        yield from rule_for_slope(way.question, broken.head.term, way.between(broken.head.term))


def _result(way: Way, arrival: Arrival | None, broken: Link) -> Iterator[str]:
    if arrival is not None and arrival.side in way.results():
        yield (
            f"Your formula for ${asked_latex(way.question)}$ is right in itself, but the way to it is not: "
            f"either a second slip undid the one in line {broken.line}, or that line was never put in."
        )


def _not_read(chains: Chains) -> Iterator[str]:
    for one in chains.unread:
        if one.states:
            yield as_sentence(f"line {one.line} could not be read: {one.message}")
            return


def _share(way: Way, arrival: Arrival | None) -> float:
    """The share of the marks by step."""
    counted = [link for link in way.chains.links if way.counts(link)]
    good = sum(link.holds for link in counted)
    asked = [link for link in way.chains.links if way.names_asked(link.head.term)]
    arrives = arrival is not None or (asked and asked[-1].holds)
    return min(MOST_OF_BROKEN, good / (len(counted) + (not arrives)))


# -- rows that were not read ---------------------------------------------------------------------------------


def _refuse_unread(text: str, chains: Chains, arrived: bool) -> None:
    """A row that was not read may hold an error: where all else arrives a human decides, else it has to be
    written again."""
    rest = [one for one in chains.unread if one.states]
    rest += [_alone(text, side) for side in chains.alone] if arrived else []
    if not rest:
        return
    first = rest[0]
    if arrived:
        said = f"line {first.line} could not be read ({first.message})"
        raise Undecidable(f"all that could be read is right and arrives, but {said}")
    raise Unreadable(first.position, f"line {first.line} cannot be read: {first.message}")


def _alone(text: str, side: Side) -> Unread:
    return Unread(side.start, f"{quoted(text, side)} does not say what it is the value of", side.line)

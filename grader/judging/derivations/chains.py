"""Every link of a derivation judged: equal to the side before, or true by itself, or following from a wrong
line above."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from derive.notation import PARAMETERS
from derive.quantities import Quantity
from grader.judging.derivations.cases_of_indices import in_cases
from grader.judging.derivations.contraction import by_way_of_z
from grader.judging.derivations.ground import Ground
from grader.judging.derivations.links import Compared, compared
from grader.judging.derivations.steps import Side, Statement, Steps, Unread
from grader.judging.derivations.takeover import quantity_named, taken_over
from grader.judging.direct import directly
from grader.meaning import terms
from grader.meaning.limits import Undecidable
from grader.meaning.terms import Reference, Term, uses

RIGHT, FOLLOWS, BROKEN, EXPLAINS = "right", "follows", "broken", "explains"
"""What can be said of a link; ``explains`` of one that says what a student's own name is short for."""


MEMORY = frozenset(kind for kind in PARAMETERS if len(kind) > 1)
"""Kinds of quantities that an update rule remembers of a parameter."""


class Link(Struct, frozen=True):
    """Two neighbouring sides of a chain, and what became of them. ``since`` is the line that a link follows
    from; ``why`` says why a link is broken as far as shapes and letters tell."""

    head: Side
    left: Side
    right: Side
    word: str
    why: str = ""
    since: int | None = None

    @property
    def line(self) -> int:
        return self.right.line

    @property
    def holds(self) -> bool:
        return self.word != BROKEN

    @property
    def quantity(self) -> Quantity | None:
        """The quantity that its chain is about."""
        return quantity_named(self.head.term)


class Chains(Struct):
    """All links of a derivation; ``alone`` are expressions that say nothing of anything, ``unread`` the rows
    that could not be judged."""

    links: list[Link] = field(default_factory=list)
    alone: list[Side] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    remarks: dict[str, None] = field(default_factory=dict)

    @property
    def broken(self) -> Link | None:
        """The first link that does not hold."""
        return next((link for link in self.links if not link.holds), None)


def chains_of(steps: Steps, ground: Ground) -> Chains:
    """Every link of every statement, in order."""
    chains = Chains(unread=list(steps.unread))
    last: Side | None = None
    for statement in steps.statements:
        try:
            last = _walked(statement, ground, chains, last)
        except Undecidable as limit:
            side = statement.sides[0]
            chains.unread.append(Unread(side.start, str(limit), side.line))
    chains.unread.sort(key=lambda one: one.position)
    return chains


def _walked(statement: Statement, ground: Ground, chains: Chains, last: Side | None) -> Side:
    """The links of one statement; an expression by itself goes on with what stands before it."""
    if len(statement.sides) == 1:
        (side,) = statement.sides
        if last is not None and _compare(ground, (last, side), last)[0].equal:
            chains.links.append(Link(last, last, side, RIGHT))
        elif not statement.aside:
            chains.alone.append(side)
        return side
    links = _links(statement, ground, chains.remarks)
    chains.links += links
    _taken_over(links, ground)
    return statement.sides[-1]


def _links(statement: Statement, ground: Ground, remarks: dict[str, None]) -> list[Link]:
    head, *others = statement.sides
    before, links = head, list[Link]()
    since: int | None = None
    for side in others:
        if statement.names and before is head:
            links.append(Link(head, before, side, EXPLAINS))
        else:
            links.append(_link(ground, head, before, side, since, remarks))
        if links[-1].word == BROKEN:
            since = side.line
        elif links[-1].word == RIGHT:
            since = None
        before = side
    return links


def assigned(steps: Steps, ground: Ground) -> Steps:
    """The steps, with the new value on the left where a quantity is given anew by means of its old value, as
    in W ← W − η ∂E/∂W. What an update remembers is the new value from there on, as in v ← μ v − η g,
    W ← W + v."""
    statements: list[Statement] = []
    renewed: set[Quantity] = set()
    for statement in steps.statements:
        sides = tuple(_renewed(side, renewed) for side in statement.sides)
        quantity = _given_anew(sides, ground)
        if quantity is not None:
            sides = (_renewed(sides[0], {quantity}), *sides[1:])
            renewed |= {quantity} if quantity.kind in MEMORY else set()
        statements.append(replace(statement, sides=sides))
    return replace(steps, statements=tuple(statements))


def _given_anew(sides: Sequence[Side], ground: Ground) -> Quantity | None:
    """The quantity on the left that stands on the right too, if it has a new value."""
    head, *others = sides
    quantity = quantity_named(head.term)
    if quantity is None or not any(quantity in uses(side.term) for side in others):
        return None
    return quantity if ground.knows(_new(quantity)) else None


def _new(quantity: Quantity) -> Quantity:
    return replace(quantity, kind=quantity.kind + "_new")


def _renewed(side: Side, quantities: Collection[Quantity]) -> Side:
    """A side with the new values of some quantities in the place of the old ones."""

    def change(part: Term) -> Term | None:
        if not isinstance(part, Reference) or part.quantity not in quantities:
            return None
        return Reference(part.span, _new(part.quantity))

    return replace(side, term=terms.rewritten(side.term, change)) if quantities else side


def _link(
    ground: Ground, head: Side, before: Side, side: Side, since: int | None, remarks: dict[str, None]
) -> Link:
    found, believed = _compare(ground, (before, side), head)
    if found.equal:
        remarks.update({found.remark: None} if found.remark else {})
        return Link(head, before, side, FOLLOWS if since else RIGHT, since=since)
    if believed:
        return Link(head, before, side, FOLLOWS, since=ground.since)
    if before is not head and _compare(ground, (head, side), head)[0].equal:
        # What stands between was wrong, and is left behind.
        return Link(head, head, side, RIGHT)
    if _in_some_case(ground, head, side) or _along_direct_ways(ground, head, side):
        return Link(head, head, side, RIGHT)
    return Link(head, before, side, BROKEN, found.why)


def _along_direct_ways(ground: Ground, head: Side, side: Side) -> bool:
    """Whether a side is what its chain is about where derivatives are taken along the direct way alone: those
    in the side, or in both."""
    about, said = (directly(ground.question, ground.notation, each.term) for each in (head, side))
    pairs = [(about or head.term, said or side.term), (head.term, said or side.term)]
    ways = [pair for pair in dict.fromkeys(pairs) if pair != (head.term, side.term)]
    return any(_compare(ground, (_with(head, one), _with(side, other)), head)[0].equal for one, other in ways)


def _with(side: Side, term: Term) -> Side:
    return replace(side, term=term)


def _compare(ground: Ground, pair: tuple[Side, Side], head: Side) -> tuple[Compared, bool]:
    """Two sides compared by the true values, and whether they agree by those that a wrong line gave."""
    left, right, named = (_judged(side) for side in (*pair, head))
    stands = ground.stands((left, right))
    found = compared(left, right, stands, named)
    believed = [] if found.equal else ground.as_believed(stands)
    return found, bool(believed) and compared(left, right, believed, named).equal


def _in_some_case(ground: Ground, head: Side, side: Side) -> bool:
    """Whether a side is right where two indices are equal, or where they are not, if such cases are told
    apart."""
    left, right = _judged(head), _judged(side)
    cases = in_cases(ground.pairs, left, right) if ground.pairs else ()
    return any(compared(*case, ground.stands(case)).equal for case in cases)


def _judged(side: Side) -> Term:
    return by_way_of_z(side.term)


def _taken_over(links: Sequence[Link], ground: Ground) -> None:
    """After a wrong chain, what it is about has the value that the student gave it."""
    wrong = [link for link in links if not link.holds]
    if wrong and links[-1].word != RIGHT:
        taken_over(links[-1].head.term, _judged(links[-1].right), wrong[0].line, ground)

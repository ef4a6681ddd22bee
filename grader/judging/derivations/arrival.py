"""Whether a derivation arrives: what is asked is given by an expression that may be used, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from derive.quantities import SETTINGS, General, Quantity, parse_address
from grader.held import Held
from grader.judging.derivations.chains import BROKEN, EXPLAINS, FOLLOWS, Chains, Link
from grader.judging.derivations.ground import Ground
from grader.judging.derivations.known import GIVEN, canonical, path_to, stages_of, usable
from grader.judging.derivations.links import compared
from grader.judging.derivations.steps import Side, Steps
from grader.judging.derivations.takeover import quantity_named
from grader.judging.finding import Finding
from grader.judging.formulas import claims_of, judge_term
from grader.judging.objections import circular, forbidden, loose_index, wrong_left_side
from grader.judging.question import ALIASES, Question
from grader.judging.sides import between
from grader.meaning import terms
from grader.meaning.partials import NoPartial
from grader.meaning.terms import Derivative, Partial, PartialEntry, Term, letters_in


class Arrival(Struct, frozen=True):
    """The side that gives what is asked, and what the judge of formulas says of it; ``shown`` if something
    stands on the way to it."""

    side: Side
    finding: Finding
    refused: Finding | None = None
    shown: bool = False


class Way(Struct):
    """What a derivation has to do with what is asked."""

    question: Question
    steps: Steps
    chains: Chains
    ground: Ground
    _worked: dict[int, bool] = field(default_factory=dict)

    def arrival(self) -> Arrival | None:
        """The last side that gives what is asked by an expression that may be used; one that may not be used
        comes with the finding that says so."""
        refused: Arrival | None = None
        for head, side in self._claims():
            finding = self._right(head, side)
            if finding is None:
                continue
            used = forbidden(self.question, side.term)
            if used is not None:
                refused = refused or Arrival(side, finding, used)
            elif self._worked_out(side.term):
                return Arrival(side, finding, shown=self._shown(side))
        return refused

    def _right(self, head: Side | None, side: Side) -> Finding | None:
        """The finding for a claim about what is asked, if it is right; one that is plainly not is not
        diagnosed."""
        named = head.term if head is not None else terms.Reference(side.term.span, self.question.asked)
        stands = self.ground.stands((named, side.term))
        if head is None and not compared(named, side.term, stands, named).equal:
            return None
        finding = self.claimed(self.question, head, side)
        return finding if finding is not None and finding.right else None

    def names_asked(self, term: Term) -> bool:
        """Whether a side is what is asked, or an entry of it, by any of its names."""
        return self._same_as_asked(quantity_named(term))

    def _same_as_asked(self, quantity: Quantity | None) -> bool:
        if quantity is None:
            return False
        asked = self.question.asked
        if isinstance(asked.layer, General) and isinstance(quantity.layer, General):
            kinds = quantity.kind, ALIASES.get(quantity.kind)
            return asked.kind in kinds and asked.layer.letter == quantity.layer.letter
        return self.question.is_asked(quantity)

    def _claims(self) -> Iterator[tuple[Side | None, Side]]:
        """Pairs of a side that is what is asked and one that is said to equal it, the last ones first; then
        expressions that stand alone."""
        wrong = [link.right for link in self.chains.links if link.word in (BROKEN, FOLLOWS)]
        for statement in reversed(self.steps.statements):
            heads = [side for side in statement.sides if self.names_asked(side.term)]
            for side in reversed(statement.sides):
                if heads and not self.names_asked(side.term) and side not in wrong:
                    yield heads[0], side
        for statement in reversed(self.steps.statements):
            if len(statement.sides) == 1 or quantity_named(statement.sides[0].term) is None:
                yield from ((None, side) for side in reversed(statement.sides))

    def results(self) -> tuple[Side, ...]:
        """What is said last of what is asked, with all that is said to equal it on one line."""
        for statement in reversed(self.steps.statements):
            if any(self.names_asked(side.term) for side in statement.sides):
                return statement.sides[-1:]
        return self.steps.statements[-1].sides[-1:]

    def claimed(self, question: Question, head: Side | None, side: Side) -> Finding | None:
        """What the judge of formulas says of ``head = side``; None where it is no claim about what is
        asked."""
        found = (side.term,) if head is None else (head.term, side.term)
        sides = between(question, (head or side).tree, found, self.steps.notation)
        if wrong_left_side(question, sides) or circular(question, sides):
            return None
        if loose := loose_index(question, sides):
            return loose
        return judge_term(question, claims_of(question, sides)[-1], sides.notation)

    # -- worked out ------------------------------------------------------------------------------------------

    def _worked_out(self, term: Term) -> bool:
        """Whether a side holds no derivative that is yet to be found: those that are numbers, and the slope
        by an activation, may have been found in another line."""
        return all(self._found(part) for part in self._open(term))

    def _open(self, term: Term) -> Iterator[Term]:
        """The derivatives in a side that no step of the derivation gives a name."""
        for part in term.walk():
            named = isinstance(part, terms.Reference) and not self._is_usable(part.quantity)
            if named or isinstance(part, Partial | PartialEntry | Derivative):
                yield part

    def _is_usable(self, quantity: Quantity) -> bool:
        if quantity.kind in ("n", "N", *SETTINGS) or self._is_allowed(quantity):
            return True
        return canonical(self.question, quantity) in usable(Held(self.question))

    def _is_allowed(self, quantity: Quantity) -> bool:
        allowed = self.question.part.in_terms_of or ()
        return any(parse_address(address)[0] == quantity for address in allowed)

    def _found(self, part: Term) -> bool:
        """Whether some other line says what a derivative is."""
        if isinstance(part, Partial | Derivative) and self.question.derivation.network is not None:
            return False
        for link in self.chains.links:
            if link.holds and _same(link.head.term, part) and not any(self._open(link.right.term)):
                return True
        return False

    def still_open(self) -> list[Term]:
        """The derivatives that are yet to be found in the last line about what is asked."""
        for statement in reversed(self.steps.statements):
            if any(self.names_asked(side.term) for side in statement.sides):
                last = statement.sides[-1].term
                return [
                    part for part in self._open(last) if not self._found(part) and not self.names_asked(part)
                ]
        return []

    def between(self, slope: Partial | PartialEntry) -> tuple[Quantity, ...]:
        """The quantities through which one depends on another; none where nothing stands between."""
        frame = self.question.cases[0].frame
        of, by = frame.quantity(slope.of), frame.quantity(slope.by)
        if frame.partials is None or by.kind == "W":
            return ()
        try:
            through = frame.partials.through(of, by)
        except NoPartial:
            return ()
        return tuple(self._as_said(quantity, slope.by) for quantity in through if quantity != by)

    def _as_said(self, quantity: Quantity, like: Quantity) -> Quantity:
        """A quantity with a letter for its layer where another has one."""
        layer, number = like.layer, self.question.cases[0].frame.layers.get("l")
        if not isinstance(layer, General) or layer.letter != "l" or not isinstance(quantity.layer, int):
            return quantity
        return Quantity(quantity.kind, General("l", quantity.layer - (number or 0)))

    # -- the way ---------------------------------------------------------------------------------------------

    def counts(self, link: Link) -> bool:
        """Whether a link is a step: not what the problem itself states, not another name for the same, not
        the meaning of an abbreviation."""
        if not link.holds:
            return True
        return link.word != EXPLAINS and not self._given(link) and not _renamed(link)

    def _given(self, link: Link) -> bool:
        asked = canonical(self.question, self.question.asked)
        stages = stages_of(Held(self.question))
        quantity = link.quantity
        if quantity is None or stages.get(asked) == GIVEN:
            return False
        return stages.get(canonical(self.question, quantity)) == GIVEN

    def _shown(self, arrived: Side) -> bool:
        """Whether something stands on the way: a true side that is neither what is asked, nor the final
        expression put in another order, nor what the problem states itself."""
        final = _leaves(arrived.term)
        for link in self.chains.links:
            if not self.counts(link) or not link.holds or link.right is arrived:
                continue
            if not self.names_asked(link.right.term) and _leaves(link.right.term) != final:
                return True
        return False

    def reached(self) -> tuple[list[Quantity], list[Quantity]]:
        """The quantities on the way to what is asked, and those of them that have been truly found."""
        path = path_to(Held(self.question))
        stated = {
            canonical(self.question, link.quantity)
            for link in self.chains.links
            if link.holds and link.quantity is not None and not _renamed(link)
            if self._worked_out(link.right.term)
        }
        return path, [quantity for quantity in path if quantity in stated]

    def used(self) -> set[Quantity]:
        """What is named on a side that holds no name alone, and so is taken for known."""
        sides = [side.term for statement in self.steps.statements for side in statement.sides]
        named = {q for term in sides if quantity_named(term) is None for q in terms.uses(term)}
        return {canonical(self.question, quantity) for quantity in named}


def _same(left: Term, right: Term) -> bool:
    """Whether two terms name the same, whatever letters pick the entry."""
    if isinstance(left, PartialEntry) and isinstance(right, PartialEntry):
        return (left.of, left.by) == (right.of, right.by)
    if isinstance(left, Partial) and isinstance(right, Partial):
        return (left.of, left.by) == (right.of, right.by)
    return quantity_named(left) is not None and quantity_named(left) == quantity_named(right)


def _renamed(link: Link) -> bool:
    """Whether a link only gives another name to the same, as in δ = ∂E/∂z."""
    left, right = quantity_named(link.left.term), quantity_named(link.right.term)
    if left is None or right is None:
        return link.left.term == link.right.term
    return left == right or Quantity(ALIASES.get(left.kind, ""), left.layer) == right


def _leaves(term: Term) -> Counter[object]:
    """What a side is made of, in any order."""
    return Counter(leaf for part in term.walk() if (leaf := _leaf(part)) is not None)


def _leaf(part: Term) -> object:
    if isinstance(part, terms.Reference):
        kind = "delta" if part.quantity.kind == "dz" else part.quantity.kind
        return Quantity(kind, part.quantity.layer)
    if isinstance(part, terms.Call):
        return part.function, part.order
    if isinstance(part, Partial | PartialEntry):
        return part.of, part.by
    return None


def carried_on(head: Side, side: Side) -> tuple[Quantity, Side, Side] | None:
    """A claim about ∂loss/∂a as the claim about δ that it makes, ∂a/∂z being true; None for other claims."""
    gradient = head.term
    if not isinstance(gradient, terms.Reference) or gradient.quantity.kind != "da":
        return None
    layer, span = gradient.quantity.layer, side.term.span
    if letters_in(side.term) or layer == 0:
        return None
    delta = Quantity("delta", layer)
    slope = Partial(span, Quantity("a", layer), Quantity("z", layer))
    handed = terms.Product(span, (terms.Transposed(span, slope), side.term), ("",))
    return delta, replace(head, term=replace(gradient, quantity=delta)), replace(side, term=handed)

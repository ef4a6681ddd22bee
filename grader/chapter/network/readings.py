"""Every printed number beside what the network says it is, and how far the network is to be trusted."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, product

from grader.chapter.network.facts import DERIVATIVE, Assertion, Facts, with_values
from grader.chapter.network.implied import END, Implied
from grader.chapter.network.inferring import infer
from grader.chapter.network.slips import Place
from grader.chapter.network.told import STEPPED
from grader.chapter.network.updates import Update, update_of
from grader.chapter.printed import significant

ENOUGH = 4
"""So many numbers must be reproduced before a network may contradict one."""

MAX_READINGS = 400
"""So many printed numbers of a page are held against its network."""

MAX_OPTIONS = 32
"""With more combinations of values that a page gives to names, nothing is settled."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A printed number and the value that the network gives it, NaN if it gives none."""

    assertion: Assertion
    value: float
    agrees: bool

    @property
    def kind(self) -> str:
        """``after`` the update, ``derivative`` or plain ``value``."""
        derivative = DERIVATIVE.fullmatch(self.assertion.name)
        return "after" if self.assertion.after else "derivative" if derivative else "value"


@dataclass
class Page:
    """The networks of a page, one for each stretch of lines between which a name changes."""

    facts: Facts
    choices: dict[str, int] = field(default_factory=dict)
    inferred: dict[str, float] = field(default_factory=dict)
    disbelieved: frozenset[str] = frozenset()
    sign: float = 1.0
    early: bool = False
    explained: frozenset[int] = frozenset()
    """Where numbers begin that the operands printed beside them explain, right or wrong."""
    _networks: dict[int, tuple[Implied, Update | None]] = field(default_factory=dict)
    _offsets: dict[int, dict[int, float]] = field(default_factory=dict)

    def network(self, line: int) -> Implied:
        """The network at a line, in which everything that the page differentiates has been asked for."""
        return self._with_update(line)[0]

    def update(self, line: int) -> Update | None:
        """The update of the network at a line; None if the page describes none."""
        return self._with_update(line)[1]

    def _with_update(self, line: int) -> tuple[Implied, Update | None]:
        """A network is always searched for its update before it answers: formulas of a page go round in
        circles, in which the name that is asked for first is computed from the others, and what the page
        differentiates is meant to be computed."""
        key = bisect_right(self.facts.cuts, line) if line < END else END
        if key not in self._networks:
            network = Implied(self.facts, line, self.choices, disbelieved=self.disbelieved)
            update = update_of(network)
            self._networks[key] = network, update.worked(self.early) if update else None
        return self._networks[key]

    @cached_property
    def whole(self) -> Implied:
        """The network at the end of the page, with all names that have numbers."""
        network = self.network(END)
        for name in self.facts.printed:
            network.slot(name)
        return network

    def place(self, assertion: Assertion) -> Place:
        """What an assertion is about, in the network at its line."""
        network = self.network(assertion.line)
        name = network.leaf_name(assertion.name) if assertion.after else assertion.name
        return Place(name, assertion.after, network, self.update(assertion.line))

    # ---- values

    def value(self, assertion: Assertion) -> float:
        """What the network says a printed number should be; NaN for a leaf."""
        place = self.place(assertion)
        if place.after:
            return place.update.value(place.name) if place.update else math.nan
        if not place.network.computed(place.name):
            return math.nan
        return self._signed(place.name, place.network.value(place.name))

    def _signed(self, name: str, value: float) -> float:
        halves = DERIVATIVE.fullmatch(name)
        return value * self.sign if halves and halves["of"] in self._losses else value

    @cached_property
    def _losses(self) -> set[str]:
        update = self.update(END)
        return {update.loss} if update else set()

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        found = []
        for assertion in self.facts.assertions[:MAX_READINGS]:
            values = [self.value(assertion), *self._unrounded(assertion)]
            gaps = [abs(value - assertion.number.value) for value in values]
            right = next((at for at, gap in enumerate(gaps) if gap <= 1.001 * assertion.number.half), None)
            found.append(Reading(assertion, values[right or 0], right is not None))
        return tuple(found)

    def _unrounded(self, assertion: Assertion) -> Iterator[float]:
        """The value in the next pass, if the new weights are not rounded on the way."""
        update = self.update(END)
        if update and not assertion.after and self.later(assertion.line):
            yield update.value(assertion.name)

    def later(self, line: int) -> bool:
        """Whether new weights hold on a line."""
        return any(one.how == STEPPED and one.line <= line for one in self.facts.stepped)

    # ---- conventions and trust

    @cached_property
    def rule_shown(self) -> bool:
        """Whether some numbers come out only if weights change when the page says so: together, or not."""
        update = self.update(END)
        if update is None:
            return False
        other = update.worked(not update.early)
        after = [one for one in self.readings if one.assertion.after and one.agrees]
        return any(
            abs(other.value(one.assertion.name) - one.assertion.number.value)
            > 1.5 * one.assertion.number.half
            for one in after
        )

    @cached_property
    def reproduced(self) -> Counter[str]:
        """How many different names of each kind have a number that the network reproduces."""
        names = {
            (reading.kind, reading.assertion.name)
            for reading in self.readings
            if reading.agrees
            and not reading.assertion.substituted
            and significant(reading.assertion.number.text) > 1
        }
        return Counter(kind for kind, _ in names)

    @cached_property
    def far(self) -> Counter[tuple[str, bool]]:
        """How many names of each kind have a number far off, explained by its operands or not."""
        names = {
            (reading.kind, reading.assertion.number.start in self.explained, reading.assertion.name)
            for reading in self.readings
            if math.isfinite(reading.value)
            and not reading.assertion.substituted
            and not self.rounded(reading)
        }
        return Counter((kind, explained) for kind, explained, _ in names)

    @property
    def missed(self) -> int:
        """How many names have a number that is far from the network's, and nothing beside it explains it."""
        return sum(count for (_, explained), count in self.far.items() if not explained)

    def trusted(self, kind: str) -> bool:
        """Whether the network may contradict a number of a kind."""
        total, right = sum(self.reproduced.values()), self.reproduced[kind]
        wrong = self.far[kind, True] + self.far[kind, False]
        return total >= ENOUGH and total > 2 * self.missed and right >= max(1, wrong)

    def settled(self, reading: Reading) -> bool:
        """Whether a number is wrong however one reads names that have several values or formulas."""
        assertion = reading.assertion
        if not self._between_new(assertion) and any(self._again(assertion, line) for line in (0, END)):
            return False
        network = self.network(assertion.line)
        several = {leaf: network.others(leaf) for leaf in self._under(assertion) if network.others(leaf)}
        if math.prod(1 + len(others) for others in several.values()) > MAX_OPTIONS:
            return False
        options = product(*([network.leaves[leaf], *others] for leaf, others in several.items()))
        place = self.place(assertion)
        for combination in options:
            leaves = {**network.leaves, **dict(zip(several, combination, strict=True))}
            value = self._signed(assertion.name, place.with_leaves(leaves))
            if abs(value - assertion.number.value) <= 1.001 * assertion.number.half:
                return False
        return True

    def _between_new(self, assertion: Assertion) -> bool:
        """Whether what stands before and behind a number can only be worked with new weights."""
        if assertion.after or not self.later(assertion.line):
            return False
        start = assertion.number.start
        return any(at < start for at in self._new) and any(at > start for at in self._new)

    @cached_property
    def _new(self) -> list[int]:
        """Where numbers stand that come out with new weights, and not with the old ones."""
        return [
            one.assertion.number.start
            for one in self.readings
            if one.agrees
            and not one.assertion.after
            and self.later(one.assertion.line)
            and not self._again(one.assertion, END)
        ]

    def _again(self, assertion: Assertion, line: int) -> bool:
        value = self.value(replace(assertion, line=line))
        return abs(value - assertion.number.value) <= 1.001 * assertion.number.half

    def _under(self, assertion: Assertion) -> list[str]:
        update = self.update(assertion.line)
        name = update.loss if assertion.after and update else assertion.name
        return self.network(assertion.line).leaves_of(name)

    # ---- rounding

    def rounded(self, reading: Reading) -> bool:
        """Whether a number agrees up to the rounding of the numbers that are printed on the way to it."""
        gap = abs(reading.value - reading.assertion.number.value)
        return gap <= reading.assertion.number.half + self.room(reading.assertion)

    def room(self, assertion: Assertion) -> float:
        """How far the rounding of the numbers printed on the way may move a value."""
        network, update = self.network(assertion.line), self.update(assertion.line)
        name = assertion.name
        if not assertion.after:
            return self._moved(network, name) + self._room_of_steps(network, name)
        if update is None or name not in update.moving:
            return self._room_after(assertion)
        slope = f"d({update.loss})/d({name})"
        return update.rate * (self._moved(network, slope) + self._off(network, slope))

    def _moved(self, network: Implied, name: str) -> float:
        exact, total = network.value(name), 0.0
        for slot, off in self.offsets(network).items():
            moved = network.look(moved={slot: off}).value(name)
            total += abs(moved - exact) if math.isfinite(moved) else 0.0
        return total

    def _room_of_steps(self, network: Implied, name: str) -> float:
        """How far the digits of new weights may move what is worked with them."""
        exact, total = network.value(name), 0.0
        for leaf in network.leaves_of(name) if network.line < END else ():
            half = network.half(leaf)
            moved = {**network.leaves, leaf: network.leaves.get(leaf, math.nan) + half}
            total += abs(network.look(moved).value(name) - exact) if half else 0.0
        return total

    def _room_after(self, assertion: Assertion) -> float:
        """The room of a quantity after the update: from the digits of the new weights."""
        network, update = self.network(assertion.line), self.update(assertion.line)
        if update is None:
            return 0.0
        total, exact = 0.0, update.value(assertion.name)
        for other in self.facts.assertions:
            if other.after and other.name in update.once:
                leaves = {**update.once, other.name: other.number.value}
                total += abs(network.look(leaves).value(assertion.name) - exact)
        return total

    def offsets(self, network: Implied) -> dict[int, float]:
        """How far the numbers printed for computed names are off by rounding, by the slots of the names."""
        if id(network) not in self._offsets:
            found: dict[int, float] = {}
            slots = {
                network.slot(name): name for name in self.facts.printed if not DERIVATIVE.fullmatch(name)
            }
            for slot in sorted(slot for slot in slots if slot is not None):
                slopes = network.look().slopes(slot)
                room = sum(abs(slopes[other]) * off for other, off in found.items())
                off = self._off(network, slots[slot], room)
                if off and network.computed(slots[slot]):
                    found[slot] = off
            self._offsets[id(network)] = found
        return self._offsets[id(network)]

    def _off(self, network: Implied, name: str, room: float = 0.0) -> float:
        """The largest distance of a printed number from its value that is no error."""
        value = network.value(name)
        gaps = [
            (abs(one.number.value - value), one.number.half)
            for one in self.facts.printed.get(name, ())
            if not one.substituted or significant(one.number.text) > 2
        ]
        return max((gap for gap, half in gaps if gap <= 1.001 * half + room), default=0.0)


def page_of(facts: Facts, explained: frozenset[int] = frozenset()) -> Page:
    """The networks of a page, its missing givens inferred and its conventions chosen."""
    inferred = infer(Implied(facts, END))
    with_values(facts, inferred, "inferred")
    page = _believed(_chosen(Page(facts, inferred=inferred, explained=explained)))
    for convention in ({"sign": -1.0}, {"early": True}):
        other = _afresh(page, **convention)
        if sum(other.reproduced.values()) > sum(page.reproduced.values()) + 1:
            page = other
    return page


def _afresh(page: Page, **changed: object) -> Page:
    """The same page read with another convention."""
    return replace(page, _networks={}, _offsets={}, **changed)  # type: ignore[arg-type]


MAX_DOUBTS = 6
GAIN = 3
"""A number that is told is not believed if so many more numbers come out without it."""


def _believed(page: Page) -> Page:
    """The page without numbers that are told for a name and keep most others from coming out."""
    for name in sorted(page.whole.doubtful)[:MAX_DOUBTS]:
        other = _afresh(page, disbelieved=page.disbelieved | {name})
        if _score(other) >= _score(page) + GAIN:
            page = other
    return page


MAX_CHOICES = 24


def _chosen(page: Page) -> Page:
    """The page with the analogies that reproduce most of its numbers."""
    ambiguous = dict(page.whole.ambiguous)
    options = product(*(range(count) for count in ambiguous.values()))
    best = page
    for numbers in islice(options, 1, MAX_CHOICES):
        choices = dict(zip(ambiguous, numbers, strict=True))
        other = _afresh(page, choices=choices)
        if _score(other) > _score(best):
            best = other
    return best


def _score(page: Page) -> int:
    return sum(page.reproduced.values()) - page.missed

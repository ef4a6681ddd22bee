"""A course: a notation with the formulas of a page that are true in it, chosen by what confirms most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from derive.errors import Unusable
from derive.notation import NOTATIONS, Notation
from grader.chapter.course.kinds import ANYWHERE, PLAIN, USUAL, Kind, kinds, special_kinds
from grader.chapter.course.links import Link, Understood, meanings
from grader.chapter.course.objecting import Objection, objection
from grader.proof import Proof, sides_agree
from grader.reading.tree import Tree
from grader.worlds.views import perspective_key

MOST_LINKS = 40
"""So many formulas of a page choose its course."""
AT_ONCE = 12
"""So many are tried in all notations before the next, in those that are not left behind."""
MOST_JUDGED = 400
"""So many formulas of a page are judged in it."""
ENOUGH = 3
"""So many formulas must be true in a notation before it is the page's."""
TRUSTED = 5
"""So many must be true before another is called wrong in it."""
ENOUGH_WHOLE = 2
"""So many must be of whole layers: in worked examples of single neurons a product is a product."""
MOST_WORDS = 4
"""So many kinds of network are named among the conventions of a page."""
MOST_WRONG = 0.25
"""Where a larger share of them would be wrong, the notation is not the page's."""
KINDS_TRIED = 3
"""In so many kinds of network, those that the page's true formulas are about, a false one is judged."""
SHAPES = ((False, 2), (False, 3), (False, 1), (True, 2))
"""Whether layers are meant in general, and how many there are. Where there is one, its number is left out,
and whether a letter is a matrix or a number cannot be told: nothing is called wrong there."""


@dataclass(frozen=True)
class Truth:
    """A link that is true: of which kind of network, and what it was understood to say."""

    kind: Kind
    understood: Understood


@dataclass(frozen=True, eq=False)
class Course:
    """A notation for a ``page`` (its text) with its ``links``, each with the text that stands there."""

    notation: Notation
    page: str
    links: Mapping[Link, str]
    _proofs: dict[tuple[object, ...], Proof] = field(default_factory=dict)
    """What was proved of the page, in this notation and in others that see the same in every network."""

    @property
    def conventions(self) -> dict[str, str]:
        """What the page's true formulas show of its conventions, in words."""
        row = self.notation
        found = {
            "notation": f"{row.name}, in which {len(self.truths)} formulas are true",
            "layers": f"the input is layer {row.first}, weights have the number of the layer they "
            + ("lead into" if row.weights_of == "target" else "come from"),
            "weights": "the rows of a weight matrix are the neurons it leads "
            + ("to: z = W a" if row.weights == "to" else "from: z = Wᵀ a"),
        }
        kinds_shown = [truth.kind.words for truth in self.truths.values() if truth.kind.words != ANYWHERE]
        if kinds_shown:
            found["formulas"] = "they are true " + "; ".join(dict.fromkeys(kinds_shown[:MOST_WORDS]))
        return found

    def speaks_of(self, head: Tree | None) -> bool:
        """Whether a first side is a quantity with its layer in this notation, which no page may define as it
        likes."""
        if head is None:
            return False
        for general, depth in SHAPES:
            for understood in meanings(Link(head, head), self.notation, depth, general):
                if depth > 1 and understood.quantities:
                    return True
        return False

    # -- what is true ----------------------------------------------------------------------------------------

    @cached_property
    def truths(self) -> dict[Link, Truth]:
        """Where the links that are true are."""
        found = ((link, next(self._true(link), None)) for link in islice(self.links, MOST_JUDGED))
        return {link: truth for link, truth in found if truth is not None}

    def _true(self, link: Link) -> Iterator[Truth]:
        for general, depth in SHAPES:
            for understood in meanings(link, self.notation, depth, general):
                if understood.says_something:
                    yield from self._true_as(understood, depth, general)

    def _true_as(self, understood: Understood, depth: int, general: bool) -> Iterator[Truth]:
        unrefuted = self._unrefuted(understood, depth, general)
        for kind in self._kinds[understood.speaks_of_target]:
            if kind.fitting not in unrefuted:
                continue
            proof = self._proof(understood, kind, depth, general)
            if proof:
                yield Truth(kind, understood)
            elif not proof.fits:
                unrefuted.remove(kind.fitting)

    def _unrefuted(self, understood: Understood, depth: int, general: bool) -> set[frozenset[str]]:
        """What must fit together where it may be true: of the plain and the most special kinds of network
        that agree in it, not all give both sides values, and different ones."""
        found = set[frozenset[str]]()
        for kind in (*PLAIN, *self._special_kinds[understood.speaks_of_target]):
            if kind.fitting not in found and not self._proof(understood, kind, depth, general).differs:
                found.add(kind.fitting)
        return found

    @cached_property
    def _kinds(self) -> dict[bool, tuple[Kind, ...]]:
        """The kinds of network that the page may be about, for formulas without the target and with it."""
        return {has_target: tuple(kinds(self.page, has_target)) for has_target in (False, True)}

    @cached_property
    def _special_kinds(self) -> dict[bool, tuple[Kind, ...]]:
        return {has_target: tuple(special_kinds(self.page, has_target)) for has_target in (False, True)}

    def holds_plainly(self, link: Link) -> bool:
        """Whether a link is true in one of the few kinds of networks by which notations are told apart."""
        for general, depth in SHAPES:
            for understood in islice(meanings(link, self.notation, depth, general), 1):
                if not understood.says_something:
                    return False
                for kind in (*PLAIN, USUAL):
                    proof = self._proof(understood, kind, depth, general)
                    if proof or not proof.fits:
                        return bool(proof)
        return False

    def _proof(self, understood: Understood, kind: Kind, depth: int, general: bool) -> Proof:
        key = (understood, kind, depth, general, perspective_key(self.notation))
        if key not in self._proofs:
            self._proofs[key] = _proof(understood, kind, self.notation, depth, general)
        return self._proofs[key]

    # -- what is wrong ---------------------------------------------------------------------------------------

    @cached_property
    def objections(self) -> dict[Link, Objection]:
        """The links that are false by one slip; none where the notation may not be the page's."""
        if len(self.truths) < TRUSTED or not self._is_of_layers:
            return {}
        found = ((link, self._objection(link)) for link in islice(self.links, MOST_JUDGED))
        wrong = {link: objection for link, objection in found if objection is not None}
        return wrong if len(wrong) <= MOST_WRONG * len(self.truths) else {}

    @property
    def _is_of_layers(self) -> bool:
        """Whether the page speaks of whole layers: with products and sums that single neurons do not need."""
        whole = sum(truth.understood.needs_layers for truth in self.truths.values())
        return whole >= ENOUGH_WHOLE

    def _objection(self, link: Link) -> Objection | None:
        if link in self.truths:
            return None
        for general, depth in SHAPES:
            if depth == 1:
                continue
            for understood in islice(meanings(link, self.notation, depth, general), 1):
                found = objection(
                    understood,
                    self.links[link],
                    self._kinds_for(understood),
                    self.notation,
                    depth,
                    general,
                )
                established = found and (not found.convention or self._keeps(understood))
                return found if understood.says_something and established else None
        return None

    def _kinds_for(self, understood: Understood) -> list[Kind]:
        """The kinds of network that the true formulas are about: first those of the same quantity, then the
        most frequent."""
        left, truths = understood.left_quantity, self.truths.values()
        same = [truth.kind for truth in truths if truth.understood.left_quantity == left]
        usual = [kind for kind, _ in Counter(truth.kind for truth in truths).most_common()]
        return list(dict.fromkeys([*same, *usual]))[:KINDS_TRIED]

    def _keeps(self, understood: Understood) -> bool:
        """Whether the page gives the same quantity once more, and there it is true."""
        left = understood.left_quantity
        return left is not None and any(
            truth.understood.left_quantity == left for truth in self.truths.values()
        )


def _proof(understood: Understood, kind: Kind, notation: Notation, depth: int, general: bool) -> Proof:
    try:
        network = kind.network(depth)
        if not general:
            network = kind.numbered(network, understood.sized(tuple(map(int, network.layers))))
        return sides_agree(understood.sides, network, notation, general)
    except Unusable as fault:
        return Proof(False, str(fault))


def course_of(links: Iterable[tuple[Link, str]], page: str, given: Notation | None = None) -> Course | None:
    """The course in which most formulas of a page are true; None if no notation makes enough of them true.

    A ``given`` notation is taken as it is.
    """
    asked = {link: text for link, text in links if link.is_general}
    proofs: dict[tuple[object, ...], Proof] = {}
    notations = [given] if given else NOTATIONS.values()
    courses = [Course(notation, page, asked, proofs) for notation in notations]
    counts = dict.fromkeys(courses, 0)
    tried = list(islice(asked, MOST_LINKS))
    for start in range(0, len(tried), AT_ONCE):
        most = max(counts.values())
        for course in courses:
            # Who is far behind does not catch up.
            if counts[course] >= most - AT_ONCE / 2:
                counts[course] += sum(map(course.holds_plainly, tried[start : start + AT_ONCE]))
    best = max(courses, key=lambda course: counts[course])
    return best if given or counts[best] >= ENOUGH else None

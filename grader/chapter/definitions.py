"""What a page defines in letters, said once or often: whether it keeps to it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any

from grader.chapter.chains import Chain, Side
from grader.chapter.evidence import Judgement, Slip, attempt
from grader.chapter.heads import Item, function_head, names_of, stretches
from grader.chapter.identities import sample
from grader.chapter.intervals import Interval
from grader.chapter.named import POINTS, is_known, near
from grader.chapter.names import names_in, written_names
from grader.chapter.spelling import bare, spelling
from grader.chapter.values import Definition, Scope
from grader.reading.tree import Negate, Product, Sum, Tree, names_of_fields

MOST_WAYS = 4
"""A name may be several things on a page, one after the other; given in more ways, it is none."""

LONG_ENOUGH = 3
"""So many names make a formula that one term more or less is a slip in it, not another formula."""


SIGN = Slip("sign-flipped")


@dataclass(frozen=True, slots=True)
class Body:
    """What a name is said to be, at its offset in the document; a function has parameters."""

    start: int
    tree: Tree
    name: str
    parameters: tuple[str, ...]


@dataclass(frozen=True)
class Bodies:
    """All that one head is said to be, down the page."""

    said: tuple[Body, ...] = ()

    @cached_property
    def first(self) -> Body | None:
        return self.said[0] if self.said else None

    @cached_property
    def ways(self) -> int:
        """How many different bodies there are."""
        return len({shape_of(body.tree) for body in self.said})

    @cached_property
    def last_of_first(self) -> int:
        """Where the first body stands for the last time."""
        first = shape_of(self.said[0].tree)
        return max(body.start for body in self.said if shape_of(body.tree) == first)


NO_BODIES = Bodies()


@dataclass(frozen=True)
class Definitions:
    """The bodies of every head, such as ``q`` or ``f(x, y)``, and how often a name stands anywhere."""

    bodies: Mapping[Any, Bodies]
    uses: Mapping[str, int]

    def judged(self, head: Side, body: Side) -> Judgement | None:
        """What the rest of the page says of a definition; None for what is none."""
        name = defined_name(head)
        if name is None or body.tree is None:
            return None
        if is_known(head):
            return None  # `judged_by_name` has said what there is to say
        here, bodies = shape_of(body.tree), self.bodies.get(_head_shape(head), NO_BODIES)
        if why := self._of_itself(head, body) or _stray(name, here, bodies, body.start):
            return Judgement("contradicted", "unchecked", why)
        if name in names_in(body.tree):
            return None
        first = shape_of(bodies.first.tree) if bodies.first else here
        if edit := one_edit(first, here):
            return Judgement("unchecked", "unchecked", f"{edit} here, beside how {name} was given before")
        if bodies.ways > MOST_WAYS:
            return Judgement("unchecked", "unchecked", f"{name} is given in too many ways to tell what it is")
        if self.uses.get(name, 0) < 2:
            return Judgement("unchecked", "unchecked", "it defines what stands before it; that is not used")
        return Judgement("confirmed", "unchecked", f"it defines {name}, and the page keeps to it")

    def flipped(self, head: Side, body: Side) -> Judgement | None:
        """Whether the page has given the same before, but for the sign."""
        name, first = defined_name(head), self.bodies.get(_head_shape(head), NO_BODIES).first
        if body.tree is None or first is None or first.start >= body.start:
            return None
        if not _negated(first.tree, body.tree):
            return None
        why = f"the page has given {name} before with the other sign"
        return Judgement("contradicted", "unchecked", why, diagnosis=SIGN)

    def _of_itself(self, head: Side, body: Side) -> str:
        """Why ``f(x) = g(f(x))`` is false for the f that the page has defined before; empty if it is not."""
        function = function_head(head.tree) if head.tree is not None else None
        if function is None or len(function[1]) != 1 or body.tree is None:
            return ""
        name, (parameter,) = function
        before = dict(self._defined_before(body.start)) if name in names_in(body.tree) else {}
        if name not in before:
            return ""
        values = []
        for point in map(Interval.exactly, POINTS):
            scope = Scope({parameter: point}.get, definitions=before)
            values.append((attempt(before[name].body, scope), attempt(body.tree, scope)))
        differ = all(
            isinstance(one, Interval) and isinstance(other, Interval) and not near(one.middle, other.middle)
            for one, other in values
        )
        return f"{name} is two functions here: the one defined before, and what is made of it" * differ

    def _defined_before(self, start: int) -> Iterator[tuple[str, Definition]]:
        for bodies in self.bodies.values():
            for said in bodies.said:
                if said.start < start and said.parameters:
                    yield said.name, Definition(said.parameters, said.tree)


NO_DEFINITIONS = Definitions({}, {})


def definitions_in(items: Iterable[Item]) -> Definitions:
    """What the chains of a page define."""
    bodies: dict[Any, list[Body]] = defaultdict(list)
    uses: Counter[str] = Counter()
    for sides in (sides for item in items if isinstance(item, Chain) for sides in stretches(item)):
        uses.update(name for side in sides if side.tree is not None for name in written_names(side.tree))
        name = defined_name(sides[0])
        tree = sides[place_of_body(sides)].tree
        if name is not None and tree is not None and names_in(tree):
            function = function_head(sides[0].tree) if sides[0].tree is not None else None
            start = sides[place_of_body(sides)].start
            body = Body(start, tree, name, function[1] if function else ())
            bodies[_head_shape(sides[0])].append(body)
    return Definitions({head: Bodies(tuple(found)) for head, found in bodies.items()}, uses)


def place_of_body(sides: Sequence[Side]) -> int:
    r"""Where in a chain it says what the first side is: ``\delta = \frac{\partial E}{\partial z} = y - t``
    says it behind the other name."""
    for place, side in enumerate(sides[1:4], 1):
        if side.tree is not None and names_in(side.tree) and not spelling(bare(side.tree)):
            return place
    return 1


def _negated(first: Tree, second: Tree) -> bool:
    """Whether two bodies in the same letters are each other with the other sign, whatever the letters are."""
    if names_in(first) != names_in(second) or len(names_in(first)) < 2:
        return False
    for point in range(len(POINTS)):
        scope = Scope(partial(sample, point=point))
        one, other = attempt(first, scope), attempt(second, scope)
        if not (isinstance(one, Interval) and isinstance(other, Interval)):
            return False
        if not near(one.middle, -other.middle) or abs(one.middle) < 1e-6:
            return False
    return True


def _head_shape(head: Side) -> Any:
    return shape_of(head.tree) if head.tree is not None else None


def _stray(name: str, here: Any, bodies: Bodies, start: int) -> str:
    """Why a body contradicts the one the page began with: a term or factor, or its sign, comes and goes."""
    if bodies.first is None or len(names_in(bodies.first.tree)) < LONG_ENOUGH:
        return ""
    first = shape_of(bodies.first.tree)
    edit = one_edit(first, here) if bodies.last_of_first > start and first != here else ""
    return f"{edit} here; before and behind this, the page gives {name} otherwise" if edit else ""


def defined_name(head: Side) -> str | None:
    """The name, or the function, that a first side defines."""
    if head.tree is None:
        return None
    if function := function_head(head.tree):
        return function[0]
    names = names_of(head)
    return names[0] if len(names) == 1 and not names[0].startswith("d(") else None


# -- two bodies ----------------------------------------------------------------------------------------------


@cache
def shape_of(tree: Tree) -> Any:
    """A tree without the places where it stands, by which two are compared."""
    return type(tree), *(_shape(getattr(tree, name)) for name in names_of_fields(tree))


def _shape(part: Any) -> Any:
    if isinstance(part, Tree):
        return shape_of(part)
    return tuple(map(_shape, part)) if isinstance(part, tuple) else part


def one_edit(before: Any, here: Any) -> str:
    """What was changed, if one shape becomes another by one term, factor or sign; empty for anything else."""
    found = list(_differences(before, here))
    return found[0] if len(found) == 1 else ""


def _differences(before: Any, here: Any) -> Iterator[str]:
    if before == here:
        return
    alike = isinstance(before, tuple) and isinstance(here, tuple) and len(before) == len(here)
    if alike and before[:1] == here[:1] and before[0] in (Sum, Product) and before[0] is here[0]:
        yield from _in_row(before, here)
    elif alike and (before[0] is here[0] or not isinstance(before[0], type)):
        for first, second in zip(before, here, strict=True):
            yield from _differences(first, second)
    else:
        yield _added(before, here)


def _in_row(before: Any, here: Any) -> Iterator[str]:
    """Two sums or two products."""
    (_, parts, signs), (_, others, other_signs) = before, here
    if len(parts) == len(others):
        changed = _SIGN if before[0] is Sum else ""
        yield from (changed for one, other in zip(signs, other_signs, strict=True) if one != other)
        for first, second in zip(parts, others, strict=True):
            yield from _differences(first, second)
        return
    kind = "term" if before[0] is Sum else "factor"
    fewer, more = sorted((parts, others), key=len)
    left_out = [cut for cut in range(len(more)) if (*more[:cut], *more[cut + 1 :]) == fewer]
    if len(more) == len(fewer) + 1 and left_out:
        yield f"a {kind} is missing" if more is parts else f"a {kind} is added"
    else:
        yield ""


_SIGN = "a sign is another"


def _added(before: Any, here: Any) -> str:
    """One part against another that holds it beside one thing more."""
    for whole, part, words in ((here, before, "added"), (before, here, "missing")):
        if isinstance(whole, tuple) and whole and whole[0] is Negate and whole[1] == part:
            return _SIGN
        if isinstance(whole, tuple) and whole and whole[0] in (Sum, Product):
            kind = "term" if whole[0] is Sum else "factor"
            if len(whole[1]) == 2 and part in whole[1]:
                return f"a {kind} is {words}"
    return ""

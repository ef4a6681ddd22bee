"""A page as its equations: which of them are standard statements, and which cannot hold together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from grader.chapter.chains import Chain, Side
from grader.chapter.evidence import Judgement, Slip
from grader.chapter.heads import Item, stretches
from grader.chapter.standard.atoms import Atom, Opaque
from grader.chapter.standard.evaluating import atoms_of
from grader.chapter.standard.forms import form_of, is_composition
from grader.chapter.standard.matching import alike_by_letter, says, values_by_letter
from grader.chapter.standard.statements import STATEMENTS, Mistake, Statement, sides_of
from grader.documents import Document
from grader.reading.tree import Negate, Product, Relation, Sum, Tree

BESIDE = 80
"""So many characters before a formula are words about it."""
MOST_EQUATIONS = 400
LONGEST_NAME = 25
"""A tree of so many parts is no name."""


@dataclass(frozen=True)
class Equation:
    """A left side with one of the sides behind it, at its place."""

    head: Tree
    body: Tree
    start: int

    @cached_property
    def named(self) -> Atom | None:
        """The one thing that the left side is the name of."""
        return _only_atom(self.head)

    @cached_property
    def called(self) -> Atom | None:
        """The one thing that the side behind it is the name of."""
        return _only_atom(self.body)

    @property
    def letter(self) -> str:
        """The letter of the quantity on the left side; empty if it is something else."""
        return self.named.letter if self.named is not None and self.named.sort == "quantity" else ""

    @property
    def gradient(self) -> str:
        """The letter of what the left side is the gradient of; empty if it is something else."""
        return self.named.letter if self.named is not None and self.named.sort == "gradient" else ""


@dataclass(frozen=True)
class Page:
    """The words of a page and its equations, in order."""

    text: str
    equations: tuple[Equation, ...]

    def judged(self, before: Sequence[Side], target: Side) -> Judgement | None:
        """What the field and the rest of the page say of a side behind others; None where they are silent."""
        here, start = _equation(before, target), before[0].start
        if here is None:
            return self.standard((target.tree,), start) if target.tree is not None else None
        found = self._of_gradient(here) or _point_lost(here) or self._uphill(here)
        return found or self.standard((here.head, here.body), start)

    def without_bias(self, before: Sequence[Side], target: Side) -> Judgement | None:
        """Whether a bias is lost between two sides, or between two places of the page."""
        here = _equation(before, target)
        lost = (self._bias_gone(before, here) or self._bias_comes(here)) if here is not None else None
        return None if lost is None or self._has_bias_inside else lost

    @cached_property
    def _has_bias_inside(self) -> bool:
        """Whether the page says that its inputs hold the 1 of the bias."""
        return bool(_BIAS_INSIDE.search(self.text))

    def standard(self, sides: tuple[Tree, ...], start: int) -> Judgement | None:
        """Whether a formula, with its left side or alone, is a statement of the field or one slip from it."""
        if words := form_of(sides[-1]):
            return Judgement("confirmed", "unchecked", words)
        for row in STATEMENTS:
            if _is(sides, row.sides):
                return Judgement("confirmed", "unchecked", f"{row.name}, as usual")
        for row in STATEMENTS:
            for mistake in row.mistakes:
                if _is(sides, mistake.sides) and self._blames(mistake, start):
                    return Judgement(
                        "contradicted", "unchecked", mistake.words, diagnosis=Slip(mistake.diagnosis)
                    )
        return None

    def labelled(self, formula: Tree, start: int) -> Judgement | None:
        """A formula without a left side that the words before it name."""
        if is_composition(formula):
            return self.standard((formula,), start)
        words = self._beside(start)
        named = [row for row in STATEMENTS if row.label and re.search(row.label, words, re.IGNORECASE)]
        if not any(_is((formula,), each) for row in named for each in _all_sides(row)):
            return None
        return self.standard((formula,), start)

    def _blames(self, mistake: Mistake, start: int) -> bool:
        """Whether a page says what makes a slip of a formula, and nothing that allows it."""
        words = self._beside(start) if mistake.beside else self.text
        allowed = mistake.unless and re.search(mistake.unless, words, re.IGNORECASE)
        return not allowed and bool(re.search(mistake.needs, words, re.IGNORECASE))

    def _beside(self, start: int) -> str:
        return self.text[max(0, start - BESIDE) : start]

    # -- the same quantity twice -----------------------------------------------------------------------------

    def _of_gradient(self, here: Equation) -> Judgement | None:
        """``\\nabla L = …`` against the page's own formula for L, term by term."""
        whole = self._last_formula(here.gradient, here.start) if here.gradient else None
        if whole is None or not _holds_gradients(here.body):
            return None
        said, full = values_by_letter(here.body), values_by_letter(whole)
        if said is not None and said == full:
            return Judgement(
                "confirmed", "unchecked", f"the gradient of {here.gradient} as the page gives it"
            )
        lost = [term for term, rest in _without_one(whole) if values_by_letter(rest) == said is not None]
        again = any(
            each.gradient == here.gradient and values_by_letter(each.body) == full for each in self.equations
        )
        if len(lost) != 1 or not again or full is None:
            return None
        why = f"a term of {here.gradient} has no gradient here; elsewhere the page has it"
        return Judgement("contradicted", "unchecked", why, diagnosis=Slip("term-omitted"))

    def _last_formula(self, letter: str, start: int) -> Sum | None:
        """What the page said last that a letter is; only a formula of several terms."""
        found = [
            each.body
            for each in self.equations
            if each.start < start and isinstance(each.body, Sum) and each.letter == letter
        ]
        return found[-1] if found else None

    def _bias_gone(self, before: Sequence[Side], here: Equation) -> Judgement | None:
        """``b + w_1 x_1 + … + w_n x_n = w^T x``: the bias must be on both sides, if it is not put among x."""
        sum_before = before[-1].tree if len(before) > 1 else None
        for rest in _without_bias(sum_before):
            if alike_by_letter(rest, here.body):
                why = "the bias of the side before it is missing here, and the page does not put it into x"
                return Judgement("contradicted", "unchecked", why, diagnosis=Slip("bias-omitted"))
        return None

    def _bias_comes(self, here: Equation) -> Judgement | None:
        """``s = f(x, W)`` and ``s = W x``, and then ``f(x, W) = W x + b``."""
        function, rests = here.named, list(_without_bias(here.body))
        if function is None or not function.marks or not rests:
            return None
        names = {each.letter for each in self.equations if _is_call(each.called, function.letter)} - {""}
        for each in self.equations:
            given = each.letter in names and each.start < here.start
            if given and any(alike_by_letter(rest, each.body) for rest in rests):
                why = f"it is {each.letter} on this page, which was given without a bias"
                return Judgement("contradicted", "unchecked", why, diagnosis=Slip("bias-omitted"))
        return None

    # -- the sign of delta -----------------------------------------------------------------------------------

    def _uphill(self, here: Equation) -> Judgement | None:
        r"""``\Delta w = \eta \delta x`` where the page's delta is output minus target."""
        if self._signs_of_errors != {1}:
            return None
        if not any(_is((here.head, here.body), sides_of(step)) for step in STEPS_OF_DELTA):
            return None
        why = "the page's delta is output minus target, so that this step goes up: a minus sign is missing"
        return Judgement("contradicted", "unchecked", why, diagnosis=Slip("sign-flipped"))

    @cached_property
    def _signs_of_errors(self) -> set[int]:
        errors = (each for each in self.equations if each.letter == "delta")
        return {sign for each in errors if (sign := self._sign_of_error(each.body))}

    def _sign_of_error(self, body: Tree) -> int:
        """1 for output minus target, -1 for target minus output, else 0: only the output is computed."""
        if not isinstance(body, Sum) or body.signs != ("-",):
            return 0
        computed = {each.letter for each in self.equations if _is_computed(each.body)}
        first, second = map(_letter, body.terms)
        if not first or not second or (first in computed) == (second in computed):
            return 0
        return 1 if first in computed else -1


STEPS_OF_DELTA = (
    r"\Delta w = \eta d x",
    r"\Delta w^{+} = \eta d x + \alpha \Delta w",
    r"w^{+} = w + \eta d x",
    r"w = w + \eta d x",
)
"""Steps that go down only if delta is target minus output."""
BIASES = frozenset({"b", "theta", "beta"})
_BIAS_INSIDE = re.compile(
    r"[xa]_\{?0\}?\s*(?:=|\\equiv|:=|≡)\s*1|absorb|augment|append|homogeneous|bias trick|extended input"
    r"|(?:bias|b)\$?\s+(?:is|as)\s+(?:included|part|an? (?:extra|additional)|w_)",
    re.IGNORECASE,
)

NO_PAGE = Page("", ())


def page_of(document: Document, items: Iterable[Item]) -> Page:
    """The equations of a page, each left side with the sides behind it."""
    return Page(document.readable, tuple(_equations(items))[:MOST_EQUATIONS])


def _equations(items: Iterable[Item]) -> Iterator[Equation]:
    for item in items:
        if isinstance(item, Chain) and not item.listed and not item.said:
            for head, *others in stretches(item):
                for side in others:
                    if head.tree is not None and side.tree is not None:
                        yield Equation(head.tree, side.tree, side.start)


def _is(sides: tuple[Tree, ...], statement: tuple[Tree, ...]) -> bool:
    """Whether the last sides of a formula, as many as a statement has, say what it says."""
    return len(sides) >= len(statement) and says(sides[-len(statement) :], statement)


def _all_sides(row: Statement) -> Iterator[tuple[Tree, ...]]:
    yield row.sides
    yield from (mistake.sides for mistake in row.mistakes)


def _only_atom(tree: Tree) -> Atom | None:
    """The one thing that a tree is the name of."""
    if (
        isinstance(tree, Sum | Relation | Negate)
        or sum(1 for _ in islice(tree.walk(), LONGEST_NAME)) == LONGEST_NAME
    ):
        return None
    try:
        atoms = atoms_of(tree)
    except Opaque:
        return None
    return atoms[0] if len(atoms) == 1 else None


def _equation(before: Sequence[Side], target: Side) -> Equation | None:
    head, body = before[0].tree, target.tree
    return Equation(head, body, target.start) if head is not None and body is not None else None


def _point_lost(here: Equation) -> Judgement | None:
    r"""``\nabla_u f(x_0, y_0) = \nabla f(x, y) \cdot u``: the gradient belongs to the point."""
    if not here.gradient or here.named is None:
        return None
    free = re.sub(r",\d\b", "", here.named.marks)
    try:
        inside = [atom for atom in atoms_of(here.body) if atom.sort == "gradient"]
    except Opaque:
        return None
    lost = [atom for atom in inside if atom.letter == here.gradient and atom.marks == free]
    if free == here.named.marks or len(lost) != 1 or len(inside) != 1:
        return None
    why = "the gradient must be taken at the point of the left side"
    return Judgement("contradicted", "unchecked", why, diagnosis=Slip("point-omitted"))


def _without_bias(body: Tree | None) -> Iterator[Tree]:
    """A sum without the bias that stands alone in it."""
    for term, rest in _without_one(body) if isinstance(body, Sum) else ():
        if _letter_alone(term) in BIASES:
            yield rest


def _is_call(atom: Atom | None, letter: str) -> bool:
    return atom is not None and atom.letter == letter and bool(atom.marks)


def _letter(tree: Tree) -> str:
    """The letter of a single name, whatever stands below it; empty for anything else."""
    atom = _only_atom(tree)
    return atom.letter if atom is not None and atom.sort == "quantity" else ""


def _letter_alone(tree: Tree) -> str:
    atom = _only_atom(tree)
    return atom.letter if atom is not None and not atom.marks and not atom.places else ""


def _is_computed(body: Tree) -> bool:
    """Whether something is worked out from names."""
    try:
        return isinstance(body, Product | Sum) and bool(atoms_of(body))
    except Opaque:
        return False


def _holds_gradients(body: Tree) -> bool:
    try:
        return any(atom.sort == "gradient" for atom in atoms_of(body))
    except Opaque:
        return False


def _without_one(whole: Sum) -> Iterator[tuple[Tree, Tree]]:
    """Each term of a sum, with the sum of the others."""
    signs = ("+", *whole.signs)
    for left_out, term in enumerate(whole.terms):
        kept = [at for at in range(len(whole.terms)) if at != left_out]
        terms = tuple(whole.terms[at] for at in kept)
        if signs[kept[0]] == "-":
            terms = (Negate(terms[0].span, terms[0]), *terms[1:])
        rest = tuple(signs[at] for at in kept[1:])
        yield term, Sum(whole.span, terms, rest) if rest else terms[0]

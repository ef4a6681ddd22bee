"""From trees to terms: which name is a quantity, which a function, and which script a layer, a transpose
or a power."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from grader.meaning import differentiating, terms, typed_brackets
from grader.meaning.bias_inside import with_bias
from grader.meaning.cases import by_cases
from grader.meaning.conditions import (
    condition_in,
    condition_term,
    is_indicator,
    is_ones,
    ones_of_size,
    ones_term,
)
from grader.meaning.differentials import nabla_by
from grader.meaning.examples import is_counter
from grader.meaning.heads import FUNCTION_NAMES, Head, head_of
from grader.meaning.keywords import without_keywords
from grader.meaning.parameters import are_parameters
from grader.meaning.scripts import NotUnderstood, marks_of, places_in, split
from grader.meaning.spelt import misspelt, unknown
from grader.meaning.sums import sum_over
from grader.meaning.terms import Term
from grader.meaning.vocabulary import Named, Vocabulary
from grader.reading import tree
from grader.reading.tree import Span, Tree


class Namer:
    """Understands trees with one vocabulary. ``term`` raises `NotUnderstood` at the first name that means
    nothing. ``whole`` is all of the answer, by which its habits are told."""

    def __init__(self, vocabulary: Vocabulary, whole: Tree | None = None) -> None:
        self.vocabulary = vocabulary
        self._whole = whole

    @cached_property
    def counts_from(self) -> int:
        """The number of the first entry in square brackets."""
        return 0 if self._whole is not None and typed_brackets.counts_from_zero(self._whole) else 1

    def term(self, part: Tree) -> Term:
        """The term a tree says."""
        rule = _RULES.get(type(part))
        if rule is None:
            raise NotUnderstood(part.span, "this cannot stand inside an answer")
        return rule(self, part)

    # -- names -----------------------------------------------------------------------------------------------

    def name(self, part: tree.Name | tree.Scripted) -> Term:
        """A quantity, with transposes, entries and powers; or something in brackets with a script."""
        spelling = _plain_spelling(part)
        if (known := self.vocabulary.plain.get(spelling)) is not None:
            return self.reference(part.span, known)
        if (gradient := self._nabla_without_loss(part)) is not None:
            raise gradient
        if (exponential := self._exponential(part)) is not None:
            return exponential
        if is_ones(part):
            return ones_term(self, part)
        if (letters := self.vocabulary.kronecker(part)) is not None:
            return terms.Kronecker(part.span, *letters)
        named = self.vocabulary.named(part)
        if named is not None:
            if spelling is not None and named.power is None and len(self.vocabulary.plain) < MOST_REMEMBERED:
                self.vocabulary.plain[spelling] = named
            return self.reference(part.span, named)
        if (unbiased := self.vocabulary.unbiased(part)) is not None:
            return unbiased
        if isinstance(part, tree.Scripted):
            return self._raised(part)
        raise unknown(part, self.vocabulary)

    def reference(self, span: Span, named: Named) -> Term:
        term: Term = terms.Reference(span, named.quantity)
        if terms.WHOLE in named.entry:
            term = terms.Entry(span, term, named.entry)
        if named.transposed:
            term = terms.Transposed(span, term)
        if named.entry and terms.WHOLE not in named.entry:
            # (W^T)_{jk}, which is W_{kj}, is often written without the brackets.
            term = terms.Entry(span, term, named.entry)
        return term if named.power is None else terms.Power(span, term, self.term(named.power))

    def _raised(self, part: tree.Scripted) -> Term:
        """A bracket, norm or number with a superscript; a bracket with an entry's numbers below."""
        if head_of(part) is not None:
            raise NotUnderstood(
                part.span, "this function has no argument: write what it is applied to in brackets"
            )
        if isinstance(part.base, tree.Name):
            raise unknown(part.base, self.vocabulary)
        if isinstance(part.base, tree.Norm) and part.sub is not None:
            return self.with_scripts(self._norm_of_kind(part.base, part.sub), part)
        body = self.term(part.base)
        if part.sub is not None and not isinstance(part.base, tree.Norm | tree.Group):
            raise NotUnderstood(part.sub.span, "this subscript belongs to nothing that has a name")
        return self.with_scripts(body, part)

    def _norm_of_kind(self, norm: tree.Norm, kind: Tree) -> Term:
        """‖X‖₁ is the sum of the absolute values; ‖X‖₂ and ‖X‖_F are what ‖X‖ is."""
        written = kind.text if isinstance(kind, tree.Number | tree.Name) else ""
        if written in ("2", "F"):
            return self.term(norm)
        if written != "1":
            raise NotUnderstood(kind.span, "this norm is not used here: write ‖·‖ or ‖·‖_1")
        sizes = terms.Call(norm.span, "abs", 0, (self.term(norm.body),))
        return terms.Call(norm.span, "sum", 0, (sizes,))

    def _exponential(self, part: tree.Name | tree.Scripted) -> Term | None:
        """e with a superscript, unless the question has a quantity of that name."""
        if not isinstance(part, tree.Scripted) or part.sub is not None or part.sup is None:
            return None
        if not isinstance(part.base, tree.Name) or part.base.text != "e" or self.is_quantity(part.base):
            return None
        return terms.Call(part.span, "exp", 0, (self.term(part.sup),))

    def _nabla_without_loss(self, part: Tree) -> NotUnderstood | None:
        letter = split(part)[0] if isinstance(part, tree.Name | tree.Scripted) else None
        return (
            NotUnderstood(part.span, "∇ needs the loss behind it, as in ∇_W E") if letter == "nabla" else None
        )

    # -- products, with functions and derivatives inside -----------------------------------------------------

    def product(self, part: tree.Product) -> Term:
        """Factors from left to right; a function takes the factor behind it, ∇ the loss behind it."""
        try:
            return self._multiplied(part)
        except NotUnderstood as fault:
            raise misspelt(part, fault) or fault from None

    def _multiplied(self, part: tree.Product) -> Term:
        factors: list[Term] = []
        joins: list[str] = []
        at = 0
        while at < len(part.factors):
            term, taken = self._factor(part, at)
            factors.append(term)
            at += taken
            if at < len(part.factors):
                joins.append(part.joins[at - 1])
        if self.vocabulary.bias_inside:
            return with_bias(part.span, factors, joins)
        return factors[0] if len(factors) == 1 else terms.Product(part.span, tuple(factors), tuple(joins))

    def _factor(self, part: tree.Product, at: int) -> tuple[Term, int]:
        here = part.factors[at]
        if (by := differentiating.operator(here)) is not None:
            of, taken = differentiating.operand(self, part, at + 1)
            span = (here.span[0], of.span[1])
            return differentiating.derivative(self, span, of, by), taken + 1
        beside = part.factors[at + 1] if at + 1 < len(part.factors) and part.joins[at] == "" else None
        if beside is not None:
            span = (here.span[0], beside.span[1])
            if (by := nabla_by(here)) is not None:
                behind = part.factors[at + 2] if at + 2 < len(part.factors) else None
                return self.vocabulary.derivative(beside, by, span), 3 if are_parameters(behind) else 2
            if (
                here.span[1] == beside.span[0]
                and (fenced := typed_brackets.layer(self, here, beside)) is not None
            ):
                return fenced, 2
            if (is_ones(here) or is_indicator(here)) and condition_in(beside) is not None:
                return self.term(beside), 2
            if here.span[1] == beside.span[0] and (ones := ones_of_size(here, beside)) is not None:
                return ones, 2
            if (slope := differentiating.slope_at(self, here, beside)) is not None:
                return slope, 2
            if isinstance(here, tree.Name) and here.text == "d":
                gradient = self.vocabulary.gradient(beside, span)
                if gradient is not None:
                    return gradient, 2
            if self.is_loss(here) and are_parameters(beside):
                return self.term(here), 2
            if self.is_loss(here) and isinstance(beside, tree.Group) and len(beside.items) == 2:
                return terms.Call(span, "cost", 0, tuple(self.term(item) for item in beside.items)), 2
            head = head_of(here)
            if head is not None and self.takes(here, head, beside):
                return self.call(head, here, beside), 2
            if here.span[1] == beside.span[0]:
                if (entry := self._entry_of_two(part, at)) is not None:
                    return entry, 3
                if (entry := typed_brackets.entry(self, here, beside)) is not None:
                    return entry, 2
        return self.term(here), 1

    def _entry_of_two(self, part: tree.Product, at: int) -> Term | None:
        """``W2[k][j]``, if two brackets stand directly behind a name."""
        if at + 2 >= len(part.factors) or part.joins[at + 1] != "":
            return None
        here, row, column = part.factors[at : at + 3]
        glued = row.span[1] == column.span[0]
        return typed_brackets.entry_of_two(self, here, row, column) if glued else None

    def takes(self, part: Tree, head: Head, beside: Tree) -> bool:
        """Whether a head and its neighbour are a function and its argument: a letter that names a quantity
        is a factor instead."""
        if head.name in FUNCTION_NAMES or head.order:
            return True
        is_quantity = isinstance(part, tree.Name | tree.Scripted) and self.is_quantity(part)
        inside = beside.base if isinstance(beside, tree.Scripted) else beside
        return not is_quantity and (isinstance(inside, tree.Group) or head.name == "sigma")

    def is_loss(self, part: Tree) -> bool:
        """Whether a name is that of the loss, which may be written as a function of output and target."""
        if not isinstance(part, tree.Name):
            return False
        try:
            named = self.vocabulary.named(part)
        except NotUnderstood:
            return False
        return named is not None and named.quantity.kind == "loss"

    def is_quantity(self, part: tree.Name | tree.Scripted) -> bool:
        try:
            return self.vocabulary.named(part) is not None
        except NotUnderstood:
            return False

    def call(self, head: Head, here: Tree, argument: Tree) -> Term:
        """A function with its argument; scripts behind the bracket belong to the value, as in σ(z)²."""
        span = (here.span[0], argument.span[1])
        behind = argument if isinstance(argument, tree.Scripted) else None
        if behind is not None and isinstance(behind.base, tree.Group):
            argument = behind.base
        else:
            behind = None
        inside = argument.items if isinstance(argument, tree.Group) else (argument,)
        function, inside = without_keywords(head.function, inside)
        arguments = tuple(self.term(item) for item in inside)
        if function == "diagonal":
            return terms.Call(span, "diag", 0, (terms.Call(span, None, head.order, arguments),))
        call: Term = terms.Call(span, function, head.order, arguments)
        if head.base is not None:
            base = terms.Call(span, function, 0, (self.term(head.base),))
            call = terms.Quotient(span, call, base)
        if isinstance(head.power, tree.Negate):
            raise NotUnderstood(
                head.power.span, "this may mean the inverse function or one over it: write it out"
            )
        if head.power is not None:
            call = terms.Power(span, call, self.term(head.power))
        return call if behind is None else self.with_scripts(call, behind)

    def with_scripts(self, body: Term, part: tree.Scripted) -> Term:
        """Something with its entry, its transpose and its power."""
        marks = marks_of(part.sup)
        if part.sub is not None and isinstance(part.base, tree.Group):
            body = terms.Entry(part.span, body, places_in(part.sub))
        elif marks.bracket == "(" and isinstance(marks.index, tree.Name) and _is_counted(part, marks.index):
            body = terms.Entry(part.span, body, self.vocabulary.example(marks.index))
            marks = replace(marks, index=None)
        if marks.transposed or part.primes % 2:
            body = terms.Transposed(part.span, body)
        return body if marks.index is None else terms.Power(part.span, body, self.term(marks.index))

    # -- derivatives -----------------------------------------------------------------------------------------

    def quotient(self, span: Span, top: Tree, bottom: Tree) -> Term:
        """A fraction, unless it is written with ∂ or d above and below."""
        found = differentiating.fraction(self, span, top, bottom)
        return found or terms.Quotient(span, self.term(top), self.term(bottom))

    # -- the rest --------------------------------------------------------------------------------------------

    def group(self, part: tree.Group) -> Term:
        """Brackets around one thing are only brackets; around a list they make a vector."""
        if (condition := condition_in(part)) is not None:
            return condition_term(self, condition)
        if len(part.items) == 1 and part.bracket != "[":
            return self.term(part.items[0])
        if len(part.items) == 1 and not _is_number(part.items[0]):
            return self.term(part.items[0])
        return terms.MatrixOf(part.span, tuple((self.term(item),) for item in part.items), is_list=True)


MOST_REMEMBERED = 1000
"""So many spellings of names are remembered at most."""
_SINGLE = (tree.Name, tree.Number, type(None))
"""What may stand on a plain name, below or above."""


def _plain_spelling(part: tree.Name | tree.Scripted) -> object:
    """A letter with nothing but single letters and numbers on it, wherever it stands; None for what is more
    than that."""
    if isinstance(part, tree.Name):
        return part.text
    base, sub, sup = part.base, part.sub, part.sup
    if not isinstance(base, tree.Name) or not isinstance(sub, _SINGLE) or not isinstance(sup, _SINGLE):
        return None
    below, above = sub.text if sub is not None else None, sup.text if sup is not None else None
    return base.text, type(sub), below, type(sup), above, part.primes


def _is_counted(part: tree.Scripted, above: Tree) -> bool:
    return is_counter(above) and isinstance(part.base, tree.Group)


def _is_number(part: Tree) -> bool:
    return isinstance(part.body if isinstance(part, tree.Negate) else part, tree.Number)


LARGEST = 10**300
"""Numbers beyond this are refused: they leave the range in which anything can be compared."""


def _number(namer: Namer, part: Any) -> Term:
    if part.value > LARGEST:
        raise NotUnderstood(part.span, "this number is too large")
    return terms.Constant(part.span, part.value, part.half_unit)


def _negate(namer: Namer, part: Any) -> Term:
    body = namer.term(part.body)
    if isinstance(body, terms.Constant):
        return terms.Constant(part.span, -body.value, body.half_unit)
    return terms.Opposite(part.span, body)


def _sum(namer: Namer, part: Any) -> Term:
    return terms.Sum(part.span, tuple(namer.term(term) for term in part.terms), part.signs)


def _matrix(namer: Namer, part: Any) -> Term:
    lengths = {len(row) for row in part.rows}
    if len(lengths) != 1:
        raise NotUnderstood(
            part.span,
            f"the rows of this matrix have different lengths ({', '.join(map(str, sorted(lengths)))})",
        )
    return terms.MatrixOf(part.span, tuple(tuple(namer.term(cell) for cell in row) for row in part.rows))


def _norm(namer: Namer, part: Any) -> Term:
    return terms.Length(part.span, namer.term(part.body), part.bars)


def _calculus(namer: Namer, part: Any) -> Term:
    """What is left when the rest is worked out (see `grader.calculus`)."""
    if part.kind != "number":
        raise NotUnderstood(part.span, "factorials and binomial coefficients are not read here")
    return terms.SingleNumber(part.span, namer.term(part.arguments[0]))


_RULES: dict[type, Callable[[Namer, Any], Term]] = {
    tree.Number: _number,
    tree.Name: Namer.name,
    tree.Scripted: Namer.name,
    tree.Group: Namer.group,
    tree.Negate: _negate,
    tree.Sum: _sum,
    tree.Product: Namer.product,
    tree.Quotient: lambda namer, part: namer.quotient(part.span, part.numerator, part.denominator),
    tree.Matrix: _matrix,
    tree.Norm: _norm,
    tree.BigOperator: sum_over,
    tree.Cases: by_cases,
    tree.Calculus: _calculus,
}

"""EDITS: one row for each small change that may make a wrong formula right, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.terms import Term

Changes = Callable[[Term, Sequence[Quantity]], Iterator[Term]]
"""What may stand in the place of a piece, given the quantities that an answer may use."""


class Edit(Struct, frozen=True):
    """One kind of change. ``words`` say which piece is wrong (``{piece}``), not what belongs there;
    ``question`` leads on. ``outermost`` if only the whole formula is changed like that."""

    name: str
    changes: Changes
    words: str
    question: str
    outermost: bool = False


def _sign(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Opposite):
        yield term.body
    if isinstance(term, terms.Sum):
        for place, sign in enumerate(term.signs):
            other = "-" if sign == "+" else "+"
            yield replace(term, signs=(*term.signs[:place], other, *term.signs[place + 1 :]))


def _opposite(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    yield terms.Opposite(term.span, term)


def _turned(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Transposed):
        yield term.body
    elif isinstance(term, terms.Reference | terms.Product | terms.Sum):
        yield terms.Transposed(term.span, term)


def _other_order(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Call) and term.order <= 1:
        yield replace(term, order=1 - term.order)
    if isinstance(term, terms.Call) and term.order == 0 and len(term.arguments) == 1:
        yield term.arguments[0]


def _number(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Constant):
        for factor in (Fraction(2), Fraction(1, 2), Fraction(4), Fraction(1, 4), Fraction(-1)):
            yield replace(term, value=term.value * factor)
        yield from (replace(term, value=Fraction(number)) for number in (0, 1, 2) if number != term.value)


def _scaled(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    for number in (Fraction(2), Fraction(1, 2)):
        yield terms.Product(term.span, (terms.Constant(term.span, number), term), ("",))


def _exponent(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Power):
        yield term.body
        for number in (Fraction(2), Fraction(3), Fraction(-1), Fraction(-2), Fraction(1, 2)):
            yield replace(term, exponent=terms.Constant(term.span, number))
    elif isinstance(term, terms.Reference | terms.Length):
        yield terms.Power(term.span, term, terms.Constant(term.span, Fraction(2)))


def _swapped(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Quotient):
        yield replace(term, top=term.bottom, bottom=term.top)
    if isinstance(term, terms.Product):
        for place in range(len(term.factors) - 1):
            first, second = term.factors[place : place + 2]
            yield replace(term, factors=(*term.factors[:place], second, first, *term.factors[place + 2 :]))


def _indices(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Entry) and len(term.indices) == 2:
        yield replace(term, indices=term.indices[::-1])


def _without_factor(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    """The product or sum without one of its parts."""
    if isinstance(term, terms.Product) and len(term.factors) > 1:
        for place in range(len(term.factors)):
            yield _product_without(term, place)
    if isinstance(term, terms.Sum):
        first, *others = term.terms
        yield from (first,) if len(others) == 1 else ()
        for place in range(len(others)):
            if len(others) > 1:
                yield replace(
                    term,
                    terms=(first, *others[:place], *others[place + 1 :]),
                    signs=(*term.signs[:place], *term.signs[place + 1 :]),
                )


def _product_without(term: terms.Product, place: int) -> Term:
    factors = (*term.factors[:place], *term.factors[place + 1 :])
    joins = (*term.joins[: max(place - 1, 0)], *term.joins[max(place, 1) :])
    return replace(term, factors=factors, joins=joins) if len(factors) > 1 else factors[0]


def _brackets(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    """a − b c for (a − b) c, and W (x + b) for W x + b."""
    if isinstance(term, terms.Sum) and isinstance(last := term.terms[-1], terms.Product):
        inner = replace(term, terms=(*term.terms[:-1], last.factors[0]))
        yield replace(last, span=term.span, factors=(inner, *last.factors[1:]))
    if isinstance(term, terms.Product) and isinstance(total := term.factors[-1], terms.Sum):
        product = replace(term, factors=(*term.factors[:-1], total.terms[0]))
        yield replace(total, span=term.span, terms=(product, *total.terms[1:]))


def _summed(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Power):
        yield replace(term, body=terms.Length(term.span, term.body))


def _another_quantity(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    if isinstance(term, terms.Reference):
        others = [quantity for quantity in quantities if quantity != term.quantity]
        others.sort(key=lambda quantity: (quantity.kind != term.quantity.kind, quantity.address))
        yield from (replace(term, quantity=quantity) for quantity in others)


def _another_layer(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    """The same kind of quantity of another layer; the input is the activation of layer 0."""
    if isinstance(term, terms.Reference):
        kind = _kind(term.quantity)
        others = (q for q in quantities if _kind(q) == kind and q != term.quantity)
        yield from (replace(term, quantity=quantity) for quantity in others)


def _another_letter(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    """Another kind of quantity of the same layer."""
    if isinstance(term, terms.Reference):
        others = (q for q in quantities if q.layer == term.quantity.layer and q.kind != term.quantity.kind)
        yield from (replace(term, quantity=quantity) for quantity in others)


def _kind(quantity: Quantity) -> str:
    return "a" if quantity.kind == "x" else quantity.kind


def _with_factor(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    for quantity in quantities:
        named = terms.Reference(term.span, quantity)
        slope = terms.Call(term.span, None, 1, (named,))
        yield from (_times(term, slope, "odot"),) if quantity.kind == "z" else ()
        for join in ("odot", ""):
            yield _times(term, named, join)
            yield _times(term, terms.Transposed(term.span, named), join)
            yield _times(named, term, join)
            yield _times(terms.Transposed(term.span, named), term, join)


def _times(left: Term, right: Term, join: str) -> Term:
    return terms.Product(
        (min(left.span[0], right.span[0]), max(left.span[1], right.span[1])), (left, right), (join,)
    )


def _with_term(term: Term, quantities: Sequence[Quantity]) -> Iterator[Term]:
    for quantity in quantities:
        for sign in ("+", "-"):
            yield terms.Sum(term.span, (term, terms.Reference(term.span, quantity)), (sign,))


EDITS = (
    Edit(
        "sign",
        _sign,
        "All is right except a sign in {piece}.",
        "Which way does the loss move when this part grows?",
    ),
    Edit(
        "indices",
        _indices,
        "All is right except the indices of {piece}.",
        "Which index counts the neurons of which layer?",
    ),
    Edit(
        "turned",
        _turned,
        "All is right except how {piece} stands.",
        "Which rows and columns does it need, so that each neuron meets its own weights?",
    ),
    Edit(
        "order",
        _other_order,
        "All is right except the function at {piece}.",
        "What is needed here: the weighted input, the activation's value, or its slope?",
    ),
    Edit(
        "number",
        _number,
        "All is right except the number {piece}.",
        "Where does this number come from?",
    ),
    Edit(
        "exponent",
        _exponent,
        "All is right except an exponent at {piece}.",
        "To which power does this enter, and why?",
    ),
    Edit(
        "brackets",
        _brackets,
        "All is right except the brackets in {piece}.",
        "What is multiplied here: the whole sum, or only one term of it?",
    ),
    Edit(
        "summed",
        _summed,
        "All is right except that {piece} is still a column.",
        "How do the errors of all neurons become one number?",
    ),
    Edit(
        "swapped",
        _swapped,
        "All is right except the order in {piece}.",
        "Which shapes do these have, and in which order does their product have the shape that is asked for?",
    ),
    Edit(
        "too-much",
        _without_factor,
        "All is right except {piece}, which does not belong here.",
        "Where does each part of your formula come from?",
    ),
    Edit(
        "another",
        _another_quantity,
        "All is right except {piece}: another quantity belongs there.",
        "Which quantity does the rule ask for at this point?",
    ),
    Edit(
        "all-signs",
        _opposite,
        "All is right except the sign of {piece}.",
        "Which way does the loss move when this part grows?",
    ),
    Edit(
        "scaled",
        _scaled,
        "All is right except a number that belongs before {piece}.",
        "By which number is this off, and from where should that number come?",
    ),
    Edit(
        "missing-factor",
        _with_factor,
        "What you wrote is right as far as it goes, but a factor is missing.",
        "Which step of the chain rule has no factor in your formula yet?",
        outermost=True,
    ),
    Edit(
        "missing-term",
        _with_term,
        "What you wrote is right as far as it goes, but a term is missing.",
        "What else is added there?",
        outermost=True,
    ),
)
"""The changes that are tried, those that say most first."""

CHANGES: dict[str, Changes] = {
    "transpose": _turned,
    "layer": _another_layer,
    "letter": _another_letter,
    "indices": _indices,
    "function": _other_order,
    "number": _number,
    "part": _without_factor,
}
"""The changes by which the place of a known misconception is found in an answer."""

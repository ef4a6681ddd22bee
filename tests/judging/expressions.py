"""Formulas for whole matrices as plain tuples, with a NumPy value, random rewritings and random single edits:
nothing here is shared with the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np

from tests.judging.by_hand import ACTIVATIONS, Course, Known, values

Expression = tuple[Any, ...]
"""("W2",) is a name; ("⊙", a, b), ("·", A, b), ("-", a, b), ("+", a, b), ("T", A), ("neg", a), ("σ", z),
("slope", z), ("softmax", z), ("diag", a), ("times", number, a), ("rate", a), ("mean", a) and ("1-", a) are
put together."""
Form = tuple[str, Expression]
"""What was done, in one word, and the expression it made."""


class Misfit(ValueError):
    """Shapes that do not fit."""


def value(expression: Expression, known: Known, course: Course) -> Any:
    """What an expression is worth; raises `Misfit` where shapes do not fit."""
    head, *rest = expression
    if not rest:
        return known[head]
    if head == "times":
        return rest[0] * value(rest[1], known, course)
    arguments = [value(part, known, course) for part in rest]
    if head in ("σ", "slope"):
        return ACTIVATIONS[course.act][head == "slope"](*arguments)
    if head == "mean":
        return arguments[0] / (course.batch or 1)
    if head in "⊙+-" and arguments[0].shape != arguments[1].shape:
        _require_bias(head, *arguments, course)
    if head == "softmax" and arguments[0].shape[1] != 1:
        raise Misfit("shapes")
    return _VALUES[head](*arguments)


def _require_bias(head: str, a: Any, b: Any, course: Course) -> None:
    """In a batch, one column (or row) may be added to every example."""
    examples = 0 if course.layout == "rows" else 1
    if (
        head == "⊙"
        or course.batch is None
        or sorted((a.shape[examples], b.shape[examples])) != [1, course.batch]
    ):
        raise Misfit("shapes")
    if a.shape[1 - examples] != b.shape[1 - examples]:
        raise Misfit("shapes")


def _product(a: Any, b: Any) -> Any:
    """A matrix product; of two columns the elementwise product, as which the grader takes it with a
    remark."""
    if a.shape[1] == b.shape[0]:
        return a @ b
    if a.shape == b.shape:
        return a * b
    raise Misfit("shapes")


def _diagonal(a: Any) -> Any:
    """A column or a row of numbers on the diagonal."""
    if 1 not in a.shape:
        raise Misfit("shapes")
    return np.diag(a.ravel())


_VALUES: dict[str, Callable[..., Any]] = {
    "⊙": lambda a, b: a * b,
    "·": _product,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "T": lambda a: a.T,
    "neg": lambda a: -a,
    "1-": lambda a: 1 - a,
    "rate": lambda a: 0.1 * a,
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
    "diag": _diagonal,
}


def places(expression: Expression, at: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Expression]]:
    """Every part of an expression with the way to it."""
    yield at, expression
    for position, part in enumerate(expression[1:], 1):
        if isinstance(part, tuple):
            yield from places(part, (*at, position))


def put(expression: Expression, at: tuple[int, ...], part: Expression) -> Expression:
    """The expression with another part at a place."""
    if not at:
        return part
    first, *rest = at
    return (*expression[:first], put(expression[first], tuple(rest), part), *expression[first + 1 :])


# -- the formulas of a course --------------------------------------------------------------------------------


def weighted(course: Course, layer: int) -> Expression:
    """The weighted input of a layer."""
    W, x, b = (f"W{layer}",), (f"x{layer - 1}",), (f"b{layer}",)
    product = {"to": ("·", W, x), "from": ("·", ("T", W), x), "rows": ("·", x, W)}[course.layout]
    return ("+", product, b)


def error(course: Course, layer: int) -> Expression:
    """δ of a layer."""
    slope = ("slope", (f"z{layer}",))
    if layer < course.last:
        W, above = (f"W{layer + 1}",), (f"delta{layer + 1}",)
        back = {"to": ("·", ("T", W), above), "from": ("·", W, above), "rows": ("·", above, ("T", W))}
        return ("⊙", back[course.layout], slope)
    off: Expression = ("-", (f"x{layer}",), ("y",))
    off = off if course.softmax else ("⊙", off, slope)
    return ("mean", off) if course.batch and not course.per_example else off


def gradient(course: Course, layer: int) -> Expression:
    """∂loss/∂W of a layer."""
    delta, x = (f"delta{layer}",), (f"x{layer - 1}",)
    product = ("·", delta, ("T", x)) if course.layout == "to" else ("·", x, ("T", delta))
    product = ("·", ("T", x), delta) if course.layout == "rows" else product
    return ("mean", product) if course.per_example else product


def right(course: Course) -> dict[str, Expression]:
    """A right formula for each quantity that is asked."""
    last = course.last
    updated = ("-", (f"W{last}",), ("rate", gradient(course, last)))
    return {
        **{f"delta{layer}": error(course, layer) for layer in range(1, last + 1)},
        **{f"dW{layer}": gradient(course, layer) for layer in (1, last)},
        f"z{last}": weighted(course, last),
        "x1": ("σ", weighted(course, 1)),
        f"W{last}_new": updated,
    }


def definitions(course: Course) -> dict[str, Expression]:
    """What may be put for a name."""
    layers = range(1, course.last + 1)
    outputs = {f"x{layer}": ("σ", (f"z{layer}",)) for layer in layers}
    if course.softmax:
        outputs[f"x{course.last}"] = ("softmax", (f"z{course.last}",))
    if course.softmax and course.batch:
        del outputs[f"x{course.last}"]
    return {
        **{f"z{layer}": weighted(course, layer) for layer in layers},
        **outputs,
        **{f"delta{layer}": error(course, layer) for layer in layers if layer > 1},
    }


# -- what changes nothing ------------------------------------------------------------------------------------


def equal_forms(part: Expression, course: Course) -> Iterator[Form]:
    """Other ways to write a part that have the same value, each with the kind of rewriting it is."""
    head, *rest = part
    yield "scale", ("times", 2, ("times", 0.5, part))
    yield "sign", ("neg", ("neg", part))
    for name, definition in definitions(course).items():
        if part == (name,):
            yield "substitute", definition
        if part == definition:
            yield "abbreviate", (name,)
    if len(rest) == 2 and isinstance(rest[0], tuple):
        yield from _of_two(head, *rest, course)
    if head == "slope":
        yield from _of_slope(rest[0], course)


def _of_two(head: str, left: Expression, right: Expression, course: Course) -> Iterator[Form]:
    if head in "⊙+":
        yield "commute", (head, right, left)
    if head == "-":
        yield "sign", ("neg", ("-", right, left))
        yield "sign", ("+", left, ("neg", right))
    if head == "·" and _really_multiplies(left, right, course):
        yield "transpose", ("T", ("·", ("T", right), ("T", left)))
        if left[0] == "·" and _really_multiplies(*left[1:], course):
            yield "associate", ("·", left[1], ("·", left[2], right))
        if right[0] == "·" and _really_multiplies(*right[1:], course):
            yield "associate", ("·", ("·", left, right[1]), right[2])
    if head == "⊙" and right[0] == "⊙":
        yield "associate", ("⊙", ("⊙", left, right[1]), right[2])
    if head == "⊙" and left[0] == "⊙":
        yield "associate", ("⊙", left[1], ("⊙", left[2], right))
    if head in "⊙·" and right[0] in ("+", "-") and _of_one_shape(*right[1:], course):
        yield "distribute", (right[0], (head, left, right[1]), (head, left, right[2]))
    if head in "⊙·" and left[0] in ("+", "-") and _of_one_shape(*left[1:], course):
        yield "distribute", (left[0], (head, left[1], right), (head, left[2], right))
    if head in "+-" and left[0] == right[0] and left[0] in "⊙·" and left[1] == right[1]:
        yield "factor", (left[0], left[1], (head, left[2], right[2]))
    if head == "⊙" and value(left, values(course), course).shape[1] == 1:
        yield "diagonal", ("·", ("diag", left), right)


def _really_multiplies(left: Expression, right: Expression, course: Course) -> bool:
    """Whether a product is one of matrices, not an elementwise one that is written so."""
    known = values(course)
    return bool(value(left, known, course).shape[1] == value(right, known, course).shape[0])


def _of_one_shape(left: Expression, right: Expression, course: Course) -> bool:
    known = values(course)
    return bool(value(left, known, course).shape == value(right, known, course).shape)


def _of_slope(z: Expression, course: Course) -> Iterator[Form]:
    """σ′ by the values of σ, written out or by the layer's name."""
    written: list[Expression] = [("σ", z)] + ([("x" + z[0][1:],)] if len(z) == 1 else [])
    for a in written:
        if course.act == "sigmoid":
            yield "slope", ("⊙", a, ("1-", a))
            yield "slope", ("-", a, ("⊙", a, a))
        else:
            yield "slope", ("1-", ("⊙", a, a))


def one_kind(forms: dict[str, list[Expression]], done: list[str], random: Random) -> str:
    """A kind that has not been done yet, if there is one; seldom one of those that are possible anywhere."""
    left = [kind for kind in forms if kind not in done] or list(forms)
    return random.choices(left, [1 if kind in ANYWHERE else 4 for kind in left])[0]


ANYWHERE = ("scale", "sign", "transpose")


def rewritten(ask: str, steps: int, course: Course, random: Random) -> tuple[Expression, tuple[str, ...]]:
    """A right formula after some random rewritings, and their kinds: as far as possible each another kind,
    and none that brings in what is asked."""
    expression = right(course)[ask]
    kinds: list[str] = []
    for _ in range(steps):
        forms: dict[str, list[Expression]] = {}
        for at, part in places(expression):
            for kind, form in equal_forms(part, course):
                if form != (ask,):
                    forms.setdefault(kind, []).append(put(expression, at, form))
        kind = one_kind(forms, kinds, random)
        expression, kinds = random.choice(forms[kind]), [*kinds, kind]
    return expression, tuple(kinds)


# -- what changes something ----------------------------------------------------------------------------------


def edited(expression: Expression, course: Course, random: Random) -> Form:
    """The expression after one random edit, every kind of edit being as likely, and which kind it is."""
    changes: dict[str, list[Expression]] = {}
    for at, part in places(expression):
        for kind, change in _changes(part, course):
            changes.setdefault(kind, []).append(put(expression, at, change))
    kind = random.choice(list(changes))
    return kind, random.choice(changes[kind])


def _changes(part: Expression, course: Course) -> Iterator[Form]:
    head, *rest = part
    yield "sign", ("neg", part)
    yield "factor", ("times", 2, part)
    yield "transpose", ("T", part)
    yield "square", ("⊙", part, part)
    if not rest:
        shape = values(course)[head].shape
        same = [name for name, value in values(course).items() if value.shape == shape]
        yield from (("name", (name,)) for name in same if name not in (head, *_LATE))
    yield from (("operation", (other, *rest)) for other in _SWAPS.get(head, ""))
    yield from (("left out", part) for part in rest if isinstance(part, tuple))


_LATE = ("delta1", "dW1", *(f"W{layer}_new" for layer in range(1, 4)))
"""Names that come late in the derivation, and say little where anything else is asked."""
_SWAPS: dict[str, Any] = {"⊙": "+-", "+": "-", "-": "+⊙", "σ": ("slope",), "slope": ("σ",)}
"""Signs to exchange; never ⊙ and ·, which are told apart by shape where only one fits."""


def error_of(expression: Expression, ask: str, course: Course) -> float:
    """How far an expression's value is off what is asked, as a share of its largest entry, at two points;
    raises `Misfit` where it has no value of the shape."""
    worst = 0.0
    for seed in (5, 6):
        known = values(course, seed)
        found = value(expression, known, course)
        if found.shape != known[ask].shape:
            raise Misfit("shapes")
        worst = max(worst, float(np.abs(found - known[ask]).max() / np.abs(known[ask]).max()))
    return worst

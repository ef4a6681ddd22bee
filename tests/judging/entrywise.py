"""Formulas for entries, with sums over indices, as plain tuples: their value entry by entry in plain Python,
random rewritings and random single edits. Nothing here is shared with the package."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np

from tests.judging.by_hand import ACTIVATIONS, Course, Known, values
from tests.judging.expressions import Expression, Form, Misfit, one_kind, places, put

LETTERS = "ijkmpqrs"

# ("e", name, letters…) is an entry; ("sum", letter, layer, body), ("*", a, b), ("+", a, b), ("-", a, b),
# ("neg", a), ("times", number, a), ("1-", a), ("σ", a), ("slope", a) and ("²", a) are put together.


def axes(name: str, course: Course) -> tuple[int, ...]:
    """Over which layers' neurons the indices of a quantity run, rows first."""
    name = name.removeprefix("d") if name.startswith("dW") else name
    if name == "loss":
        return ()
    layer = course.last if name == "y" else int(name[-1])
    if name[0] != "W":
        return (layer,)
    return (layer - 1, layer) if course.layout == "from" else (layer, layer - 1)


# -- the formulas of a course --------------------------------------------------------------------------------


def e(name: str, *letters: str) -> Expression:
    return ("e", name, *letters)


def weight(course: Course, layer: int, to: str, source: str) -> Expression:
    """The weight into a layer between two of its neurons."""
    return e(f"W{layer}", *((source, to) if course.layout == "from" else (to, source)))


def weighted(course: Course, layer: int, letter: str, fresh: str) -> Expression:
    below = ("*", weight(course, layer, letter, fresh), e(f"x{layer - 1}", fresh))
    return ("+", ("sum", fresh, layer - 1, below), e(f"b{layer}", letter))


def error(course: Course, layer: int, letter: str, fresh: str) -> Expression:
    slope = ("slope", e(f"z{layer}", letter))
    if layer < course.last:
        above = ("*", weight(course, layer + 1, fresh, letter), e(f"delta{layer + 1}", fresh))
        return ("*", ("sum", fresh, layer + 1, above), slope)
    off = ("-", e(f"x{layer}", letter), e("y", letter))
    return off if course.softmax else ("*", off, slope)


def right(course: Course) -> dict[str, tuple[tuple[str, ...], Expression]]:
    """For each quantity that is asked the letters of its entry, and a formula for it."""
    last = course.last
    found: dict[str, tuple[tuple[str, ...], Expression]] = {}
    for layer in range(1, last + 1):
        found[f"delta{layer}"] = (("j",), error(course, layer, "j", "k"))
    for layer in (1, last):
        at = ("i", "j") if course.layout == "from" else ("j", "i")
        found[f"dW{layer}"] = (at, ("*", e(f"delta{layer}", "j"), e(f"x{layer - 1}", "i")))
    found[f"z{last}"] = (("k",), weighted(course, last, "k", "j"))
    if not course.softmax:
        off = ("²", ("-", e(f"x{last}", "k"), e("y", "k")))
        found["loss"] = ((), ("times", 0.5, ("sum", "k", last, off)))
    return found


def definition(name: str, letter: str, fresh: str, course: Course) -> Expression | None:
    """What an entry of a quantity is by definition."""
    kind, layer = name.rstrip("0123456789"), int(name[-1]) if name[-1].isdigit() else 0
    if kind == "z":
        return weighted(course, layer, letter, fresh)
    if kind == "x" and layer and not (course.softmax and layer == course.last):
        return ("σ", e(f"z{layer}", letter))
    return error(course, layer, letter, fresh) if kind == "delta" else None


# -- what they are worth -------------------------------------------------------------------------------------


def entries(expression: Expression, letters: tuple[str, ...], ask: str, course: Course, known: Known) -> Any:
    """The value for every combination of the free letters, as an array of the asked quantity's shape."""
    shape = tuple(course.sizes[layer] for layer in axes(ask, course))
    out = np.empty(shape)
    for position in np.ndindex(shape):
        out[position] = worth(expression, dict(zip(letters, position, strict=True)), course, known)
    return out


def true_entries(ask: str, course: Course, known: Known) -> Any:
    if ask == "loss":
        return np.array(0.5 * float(((known[f"x{course.last}"] - known["y"]) ** 2).sum()))
    return known[ask].reshape(tuple(course.sizes[layer] for layer in axes(ask, course)))


def worth(expression: Expression, at: dict[str, int], course: Course, known: Known) -> float:
    """The value where the letters have these values (from 0); raises `Misfit` for an index outside its range,
    or a letter that nothing binds."""
    head, *rest = expression
    if head == "e":
        return _entry(rest[0], rest[1:], at, known)
    if head == "sum":
        letter, layer, body = rest
        return sum(
            worth(body, {**at, letter: number}, course, known) for number in range(course.sizes[layer])
        )
    if head == "times":
        return float(rest[0]) * worth(rest[1], at, course, known)
    found = [worth(part, at, course, known) for part in rest]
    if head in ("σ", "slope"):
        return float(ACTIVATIONS[course.act][head == "slope"](*found))
    return float(_VALUES[head](*found))


def _entry(name: str, letters: list[str], at: dict[str, int], known: Known) -> float:
    array = known[name] if len(letters) == 2 else known[name][:, 0]
    place = tuple(at.get(letter, len(array) + 99) for letter in letters)
    if any(index >= size for index, size in zip(place, array.shape, strict=True)):
        raise Misfit("index")
    return float(array[place])


_VALUES: dict[str, Any] = {
    "*": lambda a, b: a * b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "neg": lambda a: -a,
    "1-": lambda a: 1 - a,
    "²": lambda a: a * a,
}


def error_of(expression: Expression, letters: tuple[str, ...], ask: str, course: Course) -> float:
    """How far a formula's value is off what is asked, as a share of its largest entry, at two points; raises
    `Misfit` where it has none."""
    worst = 0.0
    for seed in (5, 6):
        known = values(course, seed)
        found, true = entries(expression, letters, ask, course, known), true_entries(ask, course, known)
        worst = max(worst, float(np.abs(found - true).max() / np.abs(true).max()))
    return worst


# -- what changes nothing ------------------------------------------------------------------------------------


def letters_used(expression: Expression) -> set[str]:
    """Every letter in an expression, bound or free."""
    own = set(expression[2:]) if expression[0] == "e" else set()
    own |= {expression[1]} if expression[0] == "sum" else set()
    return own.union(*(letters_used(part) for part in expression[1:] if isinstance(part, tuple)))


def renamed(expression: Expression, old: str, new: str) -> Expression:
    """Every ``old`` letter as ``new``, at sums too."""
    if expression[0] == "e":
        return (*expression[:2], *(new if letter == old else letter for letter in expression[2:]))
    start = (expression[0], new) if expression[:2] == ("sum", old) else expression[:1]
    rest = expression[len(start) :]
    return (*start, *(renamed(part, old, new) if isinstance(part, tuple) else part for part in rest))


def equal_forms(part: Expression, fresh: str, course: Course) -> Iterator[Form]:
    """Other ways to write a part with the same value, each with the kind of rewriting it is; ``fresh`` is a
    letter that is used nowhere."""
    head, *rest = part
    yield "scale", ("times", 2, ("times", 0.5, part))
    yield "sign", ("neg", ("neg", part))
    if head == "e" and len(rest) == 2 and (found := definition(*rest, fresh, course)) is not None:
        yield "substitute", found
    if head == "-":
        yield "sign", ("neg", ("-", rest[1], rest[0]))
        yield "sign", ("+", rest[0], ("neg", rest[1]))
    if head in "*+":
        yield "commute", (head, rest[1], rest[0])
    if head == "*":
        yield from _of_product(*rest)
        yield from _of_product(*rest[::-1])
    if head in "+-" and rest[0][0] == rest[1][0] == "*" and rest[0][1] == rest[1][1]:
        yield "factor", ("*", rest[0][1], (head, rest[0][2], rest[1][2]))
    if head == "sum":
        yield from _of_sum(part, *rest, fresh)
    if head == "slope":
        yield from _of_slope(rest[0], course)
    if head == "²":
        yield "square", ("*", rest[0], rest[0])


def _of_product(one: Expression, other: Expression) -> Iterator[Form]:
    if other[0] in ("+", "-"):
        yield "distribute", (other[0], ("*", one, other[1]), ("*", one, other[2]))
    if other[0] == "sum" and other[1] not in letters_used(one):
        yield "into a sum", ("sum", other[1], other[2], ("*", one, other[3]))
    if other[0] == "*":
        yield "associate", ("*", ("*", one, other[1]), other[2])


def _of_sum(part: Expression, letter: str, layer: int, body: Expression, fresh: str) -> Iterator[Form]:
    yield "rename", renamed(part, letter, fresh)
    if body[0] in ("+", "-"):
        yield "distribute", (body[0], *(("sum", letter, layer, term) for term in body[1:]))
    if body[0] == "*" and letter not in letters_used(body[1]):
        yield "out of a sum", ("*", body[1], ("sum", letter, layer, body[2]))
    if body[0] == "sum":
        yield "exchange sums", ("sum", body[1], body[2], ("sum", letter, layer, body[3]))


def _of_slope(inner: Expression, course: Course) -> Iterator[Form]:
    written: list[Expression] = [("σ", inner)]
    written += [e("x" + inner[1][1], *inner[2:])] if inner[0] == "e" else []
    for a in written:
        if course.act == "sigmoid":
            yield "slope", ("*", a, ("1-", a))
            yield "slope", ("-", a, ("²", a))
        else:
            yield "slope", ("1-", ("²", a))


def rewritten(
    ask: str, steps: int, course: Course, random: Random
) -> tuple[tuple[str, ...], Expression, tuple[str, ...]]:
    """The letters of the entry, perhaps renamed, a right formula after some random rewritings, and their
    kinds."""
    letters, expression = right(course)[ask]
    kinds: list[str] = []
    for _ in range(steps):
        fresh = random.choice([letter for letter in LETTERS if letter not in letters_used(expression)])
        forms: dict[str, list[Expression]] = {}
        for at, part in places(expression):
            for kind, form in equal_forms(part, fresh, course) if part[0] != "times" else ():
                if form[:2] != ("e", ask):
                    forms.setdefault(kind, []).append(put(expression, at, form))
        kind = one_kind(forms, kinds, random)
        expression, kinds = random.choice(forms[kind]), [*kinds, kind]
    for old in letters:
        new = random.choice([x for x in LETTERS if x not in letters_used(expression) | set(letters)])
        if random.random() < 0.3:
            expression, kinds = renamed(expression, old, new), [*kinds, "rename"]
            letters = tuple(new if letter == old else letter for letter in letters)
    return letters, expression, tuple(kinds)


# -- what changes something ----------------------------------------------------------------------------------


def edited(expression: Expression, course: Course, random: Random) -> Form:
    """The expression after one random edit, every kind of edit being as likely, and which kind it is."""
    letters = sorted(letters_used(expression) | {"m"})
    changes: dict[str, list[Expression]] = {}
    for at, part in places(expression):
        for kind, change in _changes(part, letters, course):
            changes.setdefault(kind, []).append(put(expression, at, change))
    kind = random.choice(list(changes))
    return kind, random.choice(changes[kind])


def _changes(part: Expression, letters: list[str], course: Course) -> Iterator[Form]:
    head, *rest = part
    yield "sign", ("neg", part)
    yield "factor", ("times", 2, part)
    yield "square", ("*", part, part)
    if head == "e":
        yield from _of_entry(rest[0], rest[1:], letters, course)
    if head == "sum":
        yield "sum left out", rest[2]
        yield from (("summed letter", ("sum", letter, *rest[1:])) for letter in letters if letter != rest[0])
    yield from (("operation", (other, *rest)) for other in _SWAPS.get(head, ()))
    yield from (("left out", part) for part in rest if isinstance(part, tuple))


def _of_entry(name: str, own: list[str], letters: list[str], course: Course) -> Iterator[Form]:
    """Another quantity, another index, or the two the wrong way round."""
    names = [key for key in values(course) if key[0] != "d" or key[:5] == "delta"]
    names = [key for key in names if "_" not in key and key not in (name, "delta1")]
    yield from (("name", ("e", key, *own)) for key in names if len(axes(key, course)) == len(own))
    if len(own) == 2:
        yield "indices", ("e", name, *own[::-1])
    for place, old in enumerate(own):
        for new in letters:
            if new != old:
                yield "indices", ("e", name, *own[:place], new, *own[place + 1 :])


_SWAPS = {"*": "+-", "+": "-", "-": "+*", "σ": ("slope",), "slope": ("σ",)}

"""Formulas for entries, with sums over indices, as plain tuples: their value entry by entry in plain Python,
random rewritings, random single edits and random spellings. Nothing here is shared with the package."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np

from tests.judging.expressions import Expression, places, put, values

LETTERS = "ijkmpqrs"
AXES = {"W1": (1, 0), "W2": (2, 1), "b1": (1,), "b2": (2,), "x0": (0,), "y": (2,)}
AXES |= {f"{stem}{layer}": (layer,) for stem in ("z", "x", "delta") for layer in (1, 2)}
"""Over which layers' neurons the indices of a quantity run, rows first."""
SIZES = (3, 4, 2)

# ("e", name, letters…) is an entry; ("sum", letter, layer, body), ("*", a, b), ("+", a, b), ("-", a, b),
# ("neg", a), ("times", number, a), ("1-", a), ("σ", a), ("slope", a) and ("²", a) are put together.
RIGHT: dict[str, tuple[tuple[str, ...], Expression]] = {
    "delta2": (("k",), ("*", ("-", ("e", "x2", "k"), ("e", "y", "k")), ("slope", ("e", "z2", "k")))),
    "delta1": (
        ("j",),
        (
            "*",
            ("sum", "k", 2, ("*", ("e", "W2", "k", "j"), ("e", "delta2", "k"))),
            ("slope", ("e", "z1", "j")),
        ),
    ),
    "dW2": (("k", "j"), ("*", ("e", "delta2", "k"), ("e", "x1", "j"))),
    "dW1": (("j", "i"), ("*", ("e", "delta1", "j"), ("e", "x0", "i"))),
    "z2": (("k",), ("+", ("sum", "j", 1, ("*", ("e", "W2", "k", "j"), ("e", "x1", "j"))), ("e", "b2", "k"))),
    "loss": ((), ("times", 0.5, ("sum", "k", 2, ("²", ("-", ("e", "x2", "k"), ("e", "y", "k")))))),
}
"""For each quantity the letters of its entry, and a formula for it."""


class Misfit(ValueError):
    """An index outside its range, or a letter that nothing binds."""


def entries(expression: Expression, letters: tuple[str, ...], ask: str, known: dict[str, Any]) -> Any:
    """The value for every combination of the free letters, as an array of the asked quantity's shape."""
    shape = tuple(SIZES[layer] for layer in axes_of(ask))
    out = np.empty(shape)
    for position in np.ndindex(shape):
        out[position] = worth(expression, dict(zip(letters, position, strict=True)), known)
    return out


def axes_of(ask: str) -> tuple[int, ...]:
    return () if ask == "loss" else AXES[ask.removeprefix("d") if ask.startswith("dW") else ask]


def true_entries(ask: str, known: dict[str, Any]) -> Any:
    if ask == "loss":
        return np.array(0.5 * float(((known["x2"] - known["y"]) ** 2).sum()))
    shape = tuple(SIZES[layer] for layer in axes_of(ask))
    return known[ask].reshape(shape)


def worth(expression: Expression, at: dict[str, int], known: dict[str, Any]) -> float:
    """The value where the letters have these values (from 0)."""
    head, *rest = expression
    if head == "e":
        name, *letters = rest
        place = tuple(at[letter] if letter in at else _loose(letter) for letter in letters)
        array = known[name] if len(letters) == 2 else known[name][:, 0]
        if any(index >= size for index, size in zip(place, array.shape, strict=True)):
            raise Misfit("index")
        return float(array[place])
    if head == "sum":
        letter, layer, body = rest
        return sum(worth(body, {**at, letter: number}, known) for number in range(SIZES[layer]))
    if head == "times":
        return float(rest[0]) * worth(rest[1], at, known)
    found = [worth(part, at, known) for part in rest]
    return float(_VALUES[head](*found))


def _loose(letter: str) -> int:
    raise Misfit(letter)


_VALUES: dict[str, Any] = {
    "*": lambda a, b: a * b,
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "neg": lambda a: -a,
    "1-": lambda a: 1 - a,
    "²": lambda a: a * a,
    "σ": lambda z: 1 / (1 + np.exp(-z)),
    "slope": lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2,
}


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


# -- what changes nothing ------------------------------------------------------------------------------------


def definition(name: str, letter: str, fresh: str) -> Expression | None:
    """What an entry of a quantity is by definition."""
    e = lambda stem, *at: ("e", stem, *at)  # noqa: E731
    if name in ("z1", "z2"):
        layer = int(name[1])
        below = ("*", e(f"W{layer}", letter, fresh), e(f"x{layer - 1}", fresh))
        return ("+", ("sum", fresh, layer - 1, below), e(f"b{layer}", letter))
    if name in ("x1", "x2"):
        return ("σ", e("z" + name[1], letter))
    if name == "delta2":
        return ("*", ("-", e("x2", letter), e("y", letter)), ("slope", e("z2", letter)))
    if name == "delta1":
        inner = ("sum", fresh, 2, ("*", e("W2", fresh, letter), e("delta2", fresh)))
        return ("*", inner, ("slope", e("z1", letter)))
    return None


def equal_forms(part: Expression, whole: Expression, taken: set[str], random: Random) -> Iterator[Expression]:
    """Other ways to write a part of an expression with the same value."""
    head, *rest = part
    fresh = random.choice([letter for letter in LETTERS if letter not in letters_used(whole) | taken])
    yield ("times", 2, ("times", 0.5, part))
    yield ("neg", ("neg", part))
    if head == "e" and len(rest) == 2 and (found := definition(*rest, fresh)) is not None:
        yield found
    if head in "*+":
        yield (head, rest[1], rest[0])
    if head == "-":
        yield ("neg", ("-", rest[1], rest[0]))
        yield ("+", rest[0], ("neg", rest[1]))
    if head == "*":
        for one, other in (rest, rest[::-1]):
            if other[0] in ("+", "-"):
                yield (other[0], ("*", one, other[1]), ("*", one, other[2]))
            if other[0] == "sum" and other[1] not in letters_used(one):
                yield ("sum", other[1], other[2], ("*", one, other[3]))
            if other[0] == "*":
                yield ("*", ("*", one, other[1]), other[2])
    if head == "sum":
        letter, layer, body = rest
        yield renamed(part, letter, fresh)
        if body[0] in ("+", "-"):
            yield (body[0], *(("sum", letter, layer, term) for term in body[1:]))
        if body[0] == "*" and letter not in letters_used(body[1]):
            yield ("*", body[1], ("sum", letter, layer, body[2]))
        if body[0] == "sum":
            yield ("sum", body[1], body[2], ("sum", letter, layer, body[3]))
    if head == "slope":
        inner = rest[0]
        yield ("*", ("σ", inner), ("1-", ("σ", inner)))
        if inner[0] == "e":
            a = ("e", "x" + inner[1][1], *inner[2:])
            yield ("*", a, ("1-", a))
            yield ("-", a, ("²", a))
    if head == "²":
        yield ("*", rest[0], rest[0])


def rewritten(ask: str, steps: int, random: Random) -> tuple[tuple[str, ...], Expression]:
    """A right formula after some random rewritings, and the letters of the entry, perhaps renamed too."""
    letters, expression = RIGHT[ask]
    for _ in range(steps):
        at, part = random.choice([(at, part) for at, part in places(expression) if part[0] != "times"])
        forms = list(equal_forms(part, expression, set(letters), random))
        expression = put(expression, at, random.choice(forms))
    for old in letters:
        new = random.choice([x for x in LETTERS if x not in letters_used(expression) | set(letters)])
        if random.random() < 0.3:
            expression = renamed(expression, old, new)
            letters = tuple(new if letter == old else letter for letter in letters)
    return letters, expression


# -- what changes something ----------------------------------------------------------------------------------


def edited(expression: Expression, random: Random) -> Expression:
    """The expression after one random edit."""
    at, part = random.choice(list(places(expression)))
    head, *rest = part
    changes: list[Expression] = [("neg", part), ("times", 2, part), ("*", part, part)]
    if head == "e":
        name, *letters = rest
        changes += [("e", name, *letters[::-1])] if len(letters) == 2 else []
        same = [other for other in AXES if len(AXES[other]) == len(letters) and other not in (name, "delta1")]
        changes += [("e", random.choice(same), *letters)] * 2
        changes += [("e", name, *(random.choice(LETTERS[:5]) for _ in letters))] * 2
    if head == "sum":
        changes += [rest[2], ("sum", random.choice(LETTERS[:5]), *rest[1:])]
    changes += [(other, *rest) for other in _SWAPS.get(head, ())]
    changes += [part for part in rest if isinstance(part, tuple)]
    return put(expression, at, random.choice(changes))


_SWAPS = {"*": "+-", "+": "-", "-": "+*", "σ": ("slope",), "slope": ("σ",)}


def differs(expression: Expression, letters: tuple[str, ...], ask: str) -> bool:
    """Whether a formula has another value than what is asked, or none."""
    for seed in (5, 6):
        known = values(seed)
        try:
            found = entries(expression, letters, ask, known)
        except Misfit:
            return True
        if not np.allclose(found, true_entries(ask, known), rtol=1e-6, atol=1e-12):
            return True
    return False


# -- how it is spelled ---------------------------------------------------------------------------------------

TIGHTNESS = {"+": 0, "-": 0, "1-": 0, "neg": 0, "times": 1, "*": 1, "sum": 1}
"""How tightly a sign binds; everything else needs no brackets. A sum over an index reaches to the end."""


def spelled(expression: Expression, style: str, random: Random) -> str:
    """The expression as somebody might type it, with few brackets."""
    signs = STYLES[style]

    def write(part: Expression, least: int, last: bool = True) -> str:
        """``least`` is how tightly the part must bind here; ``last`` whether nothing follows in its term."""
        head = part[0]
        text = _WRITERS[head](part, write, signs, random)
        loose = TIGHTNESS.get(head, 2) < least or (head == "sum" and not last)
        return str(random.choice(signs["bracket"])).format(text) if loose else text

    return write(expression, 0)


def _write_entry(part: Expression, write: Any, signs: Any, random: Random) -> str:
    _, name, *letters = part
    return str(random.choice(signs["entry"])(name.rstrip("012"), name.lstrip("abcdeltWxyz"), letters))


def _write_sum(part: Expression, write: Any, signs: Any, random: Random) -> str:
    _, letter, layer, body = part
    return str(random.choice(signs["sum"])).format(letter, SIZES[layer]) + write(body, 1)


def _write_product(part: Expression, write: Any, signs: Any, random: Random) -> str:
    return write(part[1], 1, last=False) + random.choice(signs["*"]) + write(part[2], 2)


def _write_times(part: Expression, write: Any, signs: Any, random: Random) -> str:
    number = random.choice(signs[part[1]])
    return f"{number}{random.choice(signs['scale'])}{write(part[2], 2)}"


_WRITERS: dict[str, Any] = {
    "e": _write_entry,
    "sum": _write_sum,
    "*": _write_product,
    "times": _write_times,
    "+": lambda part, write, signs, random: f"{write(part[1], 0)} + {write(part[2], 1)}",
    "-": lambda part, write, signs, random: f"{write(part[1], 0)} {signs['minus']} {write(part[2], 1)}",
    "neg": lambda part, write, signs, random: f"{signs['minus']}{write(part[1], 1)}",
    "1-": lambda part, write, signs, random: f"1 {signs['minus']} {write(part[1], 1)}",
    "²": lambda part, write, signs, random: signs["²"].format(write(part[1], 0)),
    "σ": lambda part, write, signs, random: signs["σ"].format(write(part[1], 0)),
    "slope": lambda part, write, signs, random: signs["slope"].format(write(part[1], 0)),
}


def left_side(ask: str, letters: tuple[str, ...], style: str) -> str:
    """The entry that a formula is about, as somebody might type it."""
    signs = STYLES[style]
    name = ask.removeprefix("d") if ask.startswith("dW") else ask
    entry = str(signs["entry"][0](name.rstrip("012"), name.lstrip("abcdeltWxyz"), list(letters)))
    return str(signs["gradient"]).format(entry) if name != ask else entry


_LATEX = {"delta": r"\delta"}
_GREEK = {"delta": "δ"}


def _above(name: str, layer: str, letters: list[str]) -> str:
    """As in nielsen: the layer above, counted from 1, the indices below."""
    number = rf"^{{{int(layer) + 1}}}" if layer else ""
    return rf"{_LATEX.get(name, name if name != 'x' else 'a')}{number}_{{{''.join(letters)}}}"


def _outside(name: str, layer: str, letters: list[str]) -> str:
    """As in subscript: the quantity in brackets, the indices behind."""
    number = rf"_{{{layer}}}" if layer else ""
    return rf"({_LATEX.get(name, name)}{number})_{{{''.join(letters)}}}"


def _behind(name: str, layer: str, letters: list[str]) -> str:
    number = "".join("₀₁₂"[int(layer)] if layer else "")
    return f"{_GREEK.get(name, name)}{number}[{','.join(letters)}]"


def _typed(name: str, layer: str, letters: list[str]) -> str:
    return f"{name}{layer}[{','.join(letters)}]"


_TEX: dict[Any, Any] = {
    "sum": [r"\sum_{} ", r"\sum_{{{}=1}}^{{{}}} ", r"\sum\limits_{{{}=1}}^{{{}}}"],
    "*": [" ", r"\,", r" \cdot "],
    "scale": [" ", r" \cdot "],
    2: ["2"],
    0.5: [r"\frac{1}{2}", r"\tfrac12", "0.5"],
    "minus": "-",
    "²": r"\left({}\right)^2",
    "σ": r"\sigma({})",
    "slope": r"\sigma'({})",
    "bracket": ["({})", r"\left({}\right)", "[{}]"],
    "gradient": r"\frac{{\partial E}}{{\partial {}}}",
}
STYLES: dict[str, dict[Any, Any]] = {
    "nielsen": {**_TEX, "entry": [_above]},
    "subscript": {**_TEX, "entry": [_outside]},
    "unicode": {
        **_TEX,
        "entry": [_behind],
        "sum": ["Σ_{} "],
        "*": [" · ", " "],
        "scale": [" · "],
        0.5: ["½", "1/2"],
        "minus": "−",
        "²": "({})²",
        "σ": "σ({})",
        "slope": "σ′({})",
        "bracket": ["({})"],
        "gradient": "∂E/∂{}",
    },
    "typed": {
        **_TEX,
        "entry": [_typed],
        "sum": ["sum_{} ", "sum_{{{}=1}}^{{{}}} "],
        "*": [" * ", "*"],
        "scale": ["*"],
        0.5: ["1/2", "0.5"],
        "²": "({})^2",
        "σ": "sigmoid({})",
        "slope": "sigmoid'({})",
        "bracket": ["({})"],
        "gradient": "dE/d{}",
    },
}
"""How the course writes; every style but the first is read in the notation ``subscript``."""

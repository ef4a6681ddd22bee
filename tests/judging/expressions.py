"""Formulas as plain tuples, with a NumPy value, random rewritings, random single edits and random
spellings of their own: nothing here is shared with the package."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import numpy as np

Expression = tuple[Any, ...]
"""("W2",) is a name; ("⊙", a, b), ("·", A, b), ("-", a, b), ("+", a, b), ("T", A), ("neg", a), ("slope",
z), ("σ", z), ("diag", a), ("times", number, a) and ("1-", a) are put together."""

LAYERS = (3, 4, 2)


def values(seed: int = 5) -> dict[str, Any]:
    """Every quantity of a random sigmoid network with half the squared error, by hand."""
    rng = np.random.default_rng(seed)
    v: dict[str, Any] = {"x0": rng.normal(size=(3, 1)), "y": rng.normal(size=(2, 1))}
    for layer in (1, 2):
        v[f"W{layer}"] = rng.normal(size=(LAYERS[layer], LAYERS[layer - 1]))
        v[f"b{layer}"] = rng.normal(size=(LAYERS[layer], 1))
        v[f"z{layer}"] = v[f"W{layer}"] @ v[f"x{layer - 1}"] + v[f"b{layer}"]
        v[f"x{layer}"] = sigmoid(v[f"z{layer}"])
    v["delta2"] = (v["x2"] - v["y"]) * v["x2"] * (1 - v["x2"])
    v["delta1"] = (v["W2"].T @ v["delta2"]) * v["x1"] * (1 - v["x1"])
    v["dW1"], v["dW2"] = v["delta1"] @ v["x0"].T, v["delta2"] @ v["x1"].T
    return v


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def value(expression: Expression, known: dict[str, Any]) -> Any:
    """What an expression is worth; raises ValueError where shapes do not fit."""
    head, *rest = expression
    if not rest:
        return known[head]
    if head == "times":
        return rest[0] * value(rest[1], known)
    arguments = [value(part, known) for part in rest]
    if head in "⊙+-" and arguments[0].shape != arguments[1].shape:
        raise ValueError("shapes")
    return _VALUES[head](*arguments)


def _product(a: Any, b: Any) -> Any:
    """A matrix product; of two columns the elementwise product, as which the grader takes it with a
    remark."""
    if a.shape[1] == b.shape[0]:
        return a @ b
    if a.shape == b.shape:
        return a * b
    raise ValueError("shapes")


_VALUES: dict[str, Callable[..., Any]] = {
    "⊙": lambda a, b: a * b,
    "·": lambda a, b: _product(a, b),
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "T": lambda a: a.T,
    "neg": lambda a: -a,
    "1-": lambda a: 1 - a,
    "σ": sigmoid,
    "slope": lambda z: sigmoid(z) * (1 - sigmoid(z)),
    "diag": lambda a: _diagonal(a),
}


def _diagonal(a: Any) -> Any:
    """A column or a row of numbers on the diagonal."""
    if 1 not in a.shape:
        raise ValueError("shapes")
    return np.diag(a.ravel())


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


# -- what changes nothing ------------------------------------------------------------------------------------

DEFINITIONS: dict[str, Expression] = {
    "z1": ("+", ("·", ("W1",), ("x0",)), ("b1",)),
    "z2": ("+", ("·", ("W2",), ("x1",)), ("b2",)),
    "x1": ("σ", ("z1",)),
    "x2": ("σ", ("z2",)),
    "delta2": ("⊙", ("-", ("x2",), ("y",)), ("slope", ("z2",))),
}


def equal_forms(part: Expression, column: bool) -> list[Expression]:
    """Other ways to write a part that have the same value."""
    head, *rest = part
    forms: list[Expression] = [("times", 2, ("times", 0.5, part)), ("neg", ("neg", part))]
    if head in DEFINITIONS:
        forms.append(DEFINITIONS[head])
    if head in "⊙+":
        forms.append((head, rest[1], rest[0]))
    if head == "-":
        forms += [("neg", ("-", rest[1], rest[0])), ("+", rest[0], ("neg", rest[1]))]
    if head == "·":
        forms.append(("T", ("·", ("T", rest[1]), ("T", rest[0]))))
    if head in "⊙·" and rest[1][0] in ("+", "-"):
        sign, left, right = rest[1]
        forms.append((sign, (head, rest[0], left), (head, rest[0], right)))
    if head == "⊙" and column:
        forms.append(("·", ("diag", rest[0]), rest[1]))
    if head == "slope":
        forms.append(("⊙", ("σ", rest[0]), ("1-", ("σ", rest[0]))))
        if rest[0] in (("z1",), ("z2",)):
            a = ("x" + rest[0][0][1],)
            forms += [("⊙", a, ("1-", a)), ("-", a, ("⊙", a, a))]
    return forms


def rewritten(expression: Expression, steps: int, random: Random) -> Expression:
    """The expression after some random rewritings; its value stays."""
    known = values()
    for _ in range(steps):
        at, part = random.choice(list(places(expression)))
        shape = value(part, known).shape
        expression = put(expression, at, random.choice(equal_forms(part, shape[1] == 1)))
    return expression


# -- what changes something ----------------------------------------------------------------------------------


def edited(expression: Expression, random: Random) -> Expression:
    """The expression after one random edit."""
    at, part = random.choice(list(places(expression)))
    head, *rest = part
    changes: list[Expression] = [("neg", part), ("times", 2, part), ("T", part), ("⊙", part, part)]
    if not rest:
        names = [name for name in values() if name != head and name not in ("delta1", "dW1")]
        changes += [(random.choice(names),) for _ in range(4)]
    elif head in _SWAPS:
        changes += [(other, *rest) for other in _SWAPS[head]]
    changes += [part for part in rest if isinstance(part, tuple)] * 2
    return put(expression, at, random.choice(changes))


_SWAPS = {"⊙": "+-", "+": "-", "-": "+⊙", "σ": ("slope",), "slope": ("σ",)}
"""Signs to exchange; never ⊙ and ·, which are told apart by shape where only one fits."""


# -- how it is spelled ---------------------------------------------------------------------------------------

STYLES: dict[str, dict[str, Any]] = {
    "latex": {
        "⊙": [r" \odot ", r" \circ "],
        "·": [" ", r" \cdot ", r"\,"],
        "T": ["^T", r"^{\top}", r"^{\mathsf T}"],
        "name": lambda letter, number: rf"{_LATEX.get(letter, letter)}_{{{number}}}" if number else letter,
        "σ": [r"\sigma({})", r"\sigma\left({}\right)"],
        "slope": [r"\sigma'({})", r"f'({})", r"\sigma^{{\prime}}({})"],
        "diag": [r"\operatorname{{diag}}({})", r"\mathrm{{diag}}\left({}\right)"],
        "bracket": ["({})", r"\left({}\right)", "[{}]", r"\bigl({}\bigr)"],
        "minus": ["-"],
    },
    "unicode": {
        "⊙": [" ⊙ ", "∘"],
        "·": [" ", " · "],
        "T": ["ᵀ"],
        "name": lambda letter, number: (
            {"delta": "δ"}.get(letter, letter) + "₀₁₂"[int(number)] if number else letter
        ),
        "σ": ["σ({})"],
        "slope": ["σ′({})", "σ'({})"],
        "diag": ["diag({})"],
        "bracket": ["({})"],
        "minus": ["−", "-"],
    },
    "python": {
        "⊙": [" * ", "*"],
        "·": [" @ "],
        "T": [".T"],
        "name": lambda letter, number: letter + number,
        "σ": ["sigmoid({})"],
        "slope": ["sigmoid_prime({})", "sigmoid'({})"],
        "diag": ["np.diag({})"],
        "bracket": ["({})"],
        "minus": ["-"],
    },
}
_LATEX = {"delta": r"\delta", "W": "W"}


def spelled(expression: Expression, style: str, random: Random) -> str:
    """The expression as somebody might type it, everything put together in brackets."""
    signs = STYLES[style]

    def write(part: Expression) -> str:
        head, *rest = part
        if not rest:
            return str(signs["name"](head.rstrip("0123456789"), head.lstrip("abcdefghijklmnopqrstuvwxyzW")))
        if head in ("σ", "slope", "diag"):
            return str(random.choice(signs[head])).format(write(rest[0]))
        if head == "times":
            return f"{rest[0]} {'*' if style == 'python' else ''} {inner(rest[1])}"
        if head == "1-":
            return f"1 {random.choice(signs['minus'])} {inner(rest[0])}"
        if head == "neg":
            return f"{random.choice(signs['minus'])}{inner(rest[0])}"
        if head == "T":
            return f"{inner(rest[0])}{random.choice(signs['T'])}"
        if head in "⊙·":
            return random.choice(signs[head]).join(map(inner, rest))
        return f" {head if head == '+' else random.choice(signs['minus'])} ".join(map(inner, rest))

    def inner(part: Expression) -> str:
        return write(part) if len(part) == 1 else str(random.choice(signs["bracket"])).format(write(part))

    return write(expression)

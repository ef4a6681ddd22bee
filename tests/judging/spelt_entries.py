"""How somebody might type a formula for entries: in LaTeX, in Unicode or as in a program, in the letters of a
course."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from tests.judging.by_hand import Course
from tests.judging.expressions import Expression

TIGHTNESS = {"+": 0, "-": 0, "1-": 0, "neg": 0, "times": 1, "*": 1, "sum": 1}
"""How tightly a sign binds; everything else needs no brackets. A sum over an index reaches to the end."""


def spelled(expression: Expression, style: str, course: Course, random: Random) -> str:
    """The expression as somebody might type it, with few brackets."""
    signs = STYLES[style]

    def write(part: Expression, least: int, last: bool = True) -> str:
        """``least`` is how tightly the part must bind here; ``last`` whether nothing follows in its term."""
        head = part[0]
        text = (
            named(part, signs, course) if head == "e" else _WRITERS[head](part, write, signs, random, course)
        )
        loose = TIGHTNESS.get(head, 2) < least or (head == "sum" and not last)
        return str(random.choice(signs["bracket"])).format(text) if loose else text

    return write(expression, 0)


def named(part: Expression, signs: dict[Any, Any], course: Course) -> str:
    """One entry."""
    _, name, *letters = part
    match = re.fullmatch(r"([a-zA-Z]+)(\d?)", name)
    assert match, name
    number = str(int(match[2]) + course.first) if match[2] else ""
    return str(signs["entry"](match[1], number, letters, course))


def left_side(ask: str, letters: tuple[str, ...], style: str, course: Course) -> str:
    """The entry that a formula is about, as somebody might type it."""
    signs = STYLES[style]
    name = ask.removeprefix("d") if ask.startswith("dW") else ask
    entry = named(("e", name, *letters), signs, course)
    loss = course.letters.get("loss", "E")
    return str(signs["gradient"]).format(entry, loss) if name != ask else entry


def _sum(part: Expression, write: Any, signs: Any, random: Random, course: Course) -> str:
    _, letter, layer, body = part
    return str(random.choice(signs["sum"])).format(letter, course.sizes[layer]) + str(write(body, 1))


def _product(part: Expression, write: Any, signs: Any, random: Random, course: Course) -> str:
    return str(write(part[1], 1, last=False) + random.choice(signs["*"]) + write(part[2], 2))


def _times(part: Expression, write: Any, signs: Any, random: Random, course: Course) -> str:
    number = random.choice(signs[part[1]])
    return f"{number}{random.choice(signs['scale'])}{write(part[2], 2)}"


def _function(part: Expression, write: Any, signs: Any, random: Random, course: Course) -> str:
    head, inner = part
    return str(random.choice(signs[course.act + " slope" * (head == "slope")])).format(write(inner, 0))


_WRITERS: dict[str, Any] = {
    "sum": _sum,
    "*": _product,
    "times": _times,
    "+": lambda part, write, *_: f"{write(part[1], 0)} + {write(part[2], 1)}",
    "-": lambda part, write, signs, *_: f"{write(part[1], 0)} {signs['minus']} {write(part[2], 1)}",
    "neg": lambda part, write, signs, *_: f"{signs['minus']}{write(part[1], 1)}",
    "1-": lambda part, write, signs, *_: f"1 {signs['minus']} {write(part[1], 1)}",
    "²": lambda part, write, signs, *_: signs["²"].format(write(part[1], 0)),
    "σ": _function,
    "slope": _function,
}


def _above(name: str, layer: str, letters: list[str], course: Course) -> str:
    """The layer above, the indices below."""
    letter = course.letters.get(name, name if name != "W" else "w")
    return (letter + course.layer.format(layer) if layer else letter) + f"_{{{''.join(letters)}}}"


def _outside(name: str, layer: str, letters: list[str], course: Course) -> str:
    """The quantity in brackets, the indices behind."""
    number = rf"_{{{layer}}}" if layer else ""
    return rf"({course.letters.get(name, name)}{number})_{{{''.join(letters)}}}"


def _behind(name: str, layer: str, letters: list[str], course: Course) -> str:
    number = course.plain_layer[int(layer)] if layer else ""
    return f"{course.plain.get(name, name)}{number}[{','.join(letters)}]"


def _typed(name: str, layer: str, letters: list[str], course: Course) -> str:
    return f"{course.code.get(name, name)}{layer}[{','.join(letters)}]"


_TEX: dict[Any, Any] = {
    "sum": [r"\sum_{} ", r"\sum_{{{}=1}}^{{{}}} ", r"\sum\limits_{{{}=1}}^{{{}}}"],
    "*": [" ", r"\,", r" \cdot "],
    "scale": [" ", r" \cdot "],
    2: ["2"],
    0.5: [r"\frac{1}{2}", r"\tfrac12", "0.5"],
    "minus": "-",
    "²": r"\left({}\right)^2",
    "sigmoid": [r"\sigma({})"],
    "sigmoid slope": [r"\sigma'({})"],
    "tanh": [r"\tanh({})"],
    "tanh slope": [r"\tanh'({})", r"\sigma'({})"],
    "bracket": ["({})", r"\left({}\right)", "[{}]"],
    "gradient": r"\frac{{\partial {1}}}{{\partial {0}}}",
}
STYLES: dict[str, dict[Any, Any]] = {
    "above": {**_TEX, "entry": _above},
    "outside": {**_TEX, "entry": _outside},
    "unicode": {
        **_TEX,
        "entry": _behind,
        "sum": ["Σ_{} "],
        "*": [" · ", " "],
        "scale": [" · "],
        0.5: ["½", "1/2"],
        "minus": "−",
        "²": "({})²",
        "sigmoid": ["σ({})"],
        "sigmoid slope": ["σ′({})"],
        "bracket": ["({})"],
        "gradient": "∂{1}/∂{0}",
    },
    "typed": {
        **_TEX,
        "entry": _typed,
        "sum": ["sum_{} ", "sum_{{{}=1}}^{{{}}} "],
        "*": [" * ", "*"],
        "scale": ["*"],
        0.5: ["1/2", "0.5"],
        "²": "({})^2",
        "sigmoid": ["sigmoid({})"],
        "sigmoid slope": ["sigmoid'({})"],
        "tanh": ["tanh({})"],
        "tanh slope": ["tanh'({})"],
        "bracket": ["({})"],
        "gradient": "d{1}/d{0}",
    },
}

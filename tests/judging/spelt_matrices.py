"""How somebody might type a formula for whole matrices: in LaTeX, in Unicode or as a program, in the letters
of a course."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from tests.judging.by_hand import Course
from tests.judging.expressions import Expression

STYLES: dict[str, dict[str, Any]] = {
    "latex": {
        "⊙": [r" \odot ", r" \circ "],
        "·": [" ", r" \cdot ", r"\,"],
        "T": ["^T", r"^{\top}", r"^{\mathsf T}"],
        "sigmoid": [r"\sigma({})", r"\sigma\left({}\right)"],
        "sigmoid slope": [r"\sigma'({})", r"f'({})", r"\sigma^{{\prime}}({})"],
        "tanh": [r"\tanh({})", r"\tanh\left({}\right)", r"\operatorname{{tanh}}({})"],
        "tanh slope": [r"\tanh'({})", r"f'({})", r"\sigma'\left({}\right)"],
        "softmax": [r"\operatorname{{softmax}}({})", r"\mathrm{{softmax}}\left({}\right)"],
        "diag": [r"\operatorname{{diag}}({})", r"\mathrm{{diag}}\left({}\right)"],
        "bracket": ["({})", r"\left({}\right)", "[{}]", r"\bigl({}\bigr)"],
        "minus": ["-"],
        "scale": [" "],
        "rate": [r"\eta ", r"\eta \cdot ", "0.1 ", r"\eta\,"],
        "mean": [r"\frac{{1}}{{{}}} ", r"\tfrac1{} ", r"\frac{{1}}{{{}}} \cdot "],
    },
    "unicode": {
        "⊙": [" ⊙ ", "∘"],
        "·": [" ", " · "],
        "T": ["ᵀ"],
        "sigmoid": ["σ({})"],
        "sigmoid slope": ["σ′({})", "σ'({})"],
        "tanh": ["tanh({})"],
        "tanh slope": ["tanh′({})", "σ′({})"],
        "softmax": ["softmax({})"],
        "diag": ["diag({})"],
        "bracket": ["({})"],
        "minus": ["−", "-"],
        "scale": [" ", " · "],
        "rate": ["η ", "η · "],
        "mean": ["1/{} · ", "(1/{}) "],
    },
    "python": {
        "⊙": [" * ", "*"],
        "·": [" @ "],
        "T": [".T"],
        "sigmoid": ["sigmoid({})"],
        "sigmoid slope": ["sigmoid_prime({})", "sigmoid'({})"],
        "tanh": ["np.tanh({})", "tanh({})"],
        "tanh slope": ["tanh_prime({})", "tanh'({})"],
        "softmax": ["softmax({})"],
        "diag": ["np.diag({})"],
        "bracket": ["({})"],
        "minus": ["-"],
        "scale": [" * ", "*"],
        "rate": ["eta * ", "0.1*"],
        "mean": ["1/{} * ", "(1/{})*"],
    },
}


def named(name: str, style: str, course: Course, alone: bool = True) -> str:
    """A quantity in the course's letters; in brackets where a transpose follows (``alone`` false) and the
    layer stands above."""
    match = re.fullmatch(r"(d?)([a-zA-Z]+?)(\d?)", name)
    assert match, name
    slope, kind, number = match[1], match[2], match[3]
    if kind == "elta":
        slope, kind = "", "delta"
    printed = str(int(number) + course.first) if number else ""
    text = _LETTERED[style](kind, printed, course)
    if slope:
        return _GRADIENTS[style].format(text, course.letters.get("loss", "E"), course.plain.get("loss", "E"))
    above = style == "latex" and "^" in text
    above = above or (style == "unicode" and any(sign in text for sign in "⁰¹²³⁴"))
    return f"({text})" if (above and not alone) or (" " in text and style == "latex") else text


def _latex(kind: str, number: str, course: Course) -> str:
    letter = course.letters.get(kind, kind)
    return (
        letter.format(number) if "{" in letter else letter + (course.layer.format(number) if number else "")
    )


def _unicode(kind: str, number: str, course: Course) -> str:
    letter, digit = course.plain.get(kind, kind), course.plain_layer[int(number)] if number else ""
    return letter.format(digit) if "{" in letter else letter + digit


def _python(kind: str, number: str, course: Course) -> str:
    return course.code.get(kind, kind) + number


_LETTERED = {"latex": _latex, "unicode": _unicode, "python": _python}
_GRADIENTS = {"latex": r"\frac{{\partial {1}}}{{\partial {0}}}", "unicode": "(∂{2}/∂{0})", "python": "d{0}"}


def spelled(expression: Expression, style: str, course: Course, random: Random) -> str:
    """The expression as somebody might type it, everything put together in brackets."""
    signs = STYLES[style]

    def any_of(what: str) -> str:
        return str(random.choice(signs[what]))

    def write(part: Expression, alone: bool = True) -> str:
        head, *rest = part
        if not rest:
            return named(head, style, course, alone)
        if head in ("σ", "slope"):
            return any_of(course.act + " slope" * (head == "slope")).format(write(rest[0]))
        if head in ("softmax", "diag"):
            return any_of(head).format(write(rest[0]))
        if head in "⊙·":
            return any_of(head).join(map(inner, rest))
        if head in "+-":
            return f" {head if head == '+' else any_of('minus')} ".join(map(inner, rest))
        return _with_one(head, rest, any_of, inner, course, style)

    def inner(part: Expression, alone: bool = True) -> str:
        return write(part, alone) if len(part) == 1 else any_of("bracket").format(write(part))

    return write(expression)


def _with_one(head: str, rest: Any, any_of: Any, inner: Any, course: Course, style: str) -> str:
    """What has one part."""
    if head == "times":
        return f"{rest[0]}{any_of('scale')}{inner(rest[1])}"
    if head == "rate":
        return any_of("rate") + str(inner(rest[0]))
    if head == "mean":
        count = (course.letters if style == "latex" else course.code).get("N", "N")
        return any_of("mean").format(count) + str(inner(rest[0]))
    if head == "1-":
        return f"1 {any_of('minus')} {inner(rest[0])}"
    if head == "neg":
        return f"{any_of('minus')}{inner(rest[0])}"
    assert head == "T", head
    return f"{inner(rest[0], False)}{any_of('T')}"

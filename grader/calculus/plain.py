"""From a piece of calculus as it was read to LaTeX that holds nothing but numbers, signs and single letters.

What a student wrote never leaves this process: it is written anew, and every quantity becomes one letter.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from grader.reading import tree
from grader.reading.tree import Tree, names_of_fields
from grader.reading.unreadable import Unreadable

LETTERS = "abcfghkmnpqr"
"""Stand for quantities; no letter that another reader takes for a number, a differential or a transpose."""
BOUND = "tuvw"
"""Stand for what integrals and limits run over."""
FUNCTIONS: dict[str, tuple[str, str]] = {
    "exp": (r"\exp(", ")"),
    **dict.fromkeys(("ln", "log"), (r"\ln(", ")")),
    "sqrt": (r"\sqrt{", "}"),
    **{name: (rf"\{name}(", ")") for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **dict.fromkeys(("sigmoid", "logistic"), (r"\frac{1}{1+\exp(-(", "))}")),
}
"""What stands before and behind the argument of each function."""
MOST_DIGITS = 30
MOST_COUNTED = 170
"""The factorial of a larger number is no float64."""


Step = tuple[str, str, str, tuple[str, ...]]
"""An integral or a limit: the letter for its value, which of the two it is, the letter that runs, and the
LaTeX of its bounds (or where it goes) and of what stands behind the sign."""


class Plain(Struct, frozen=True):
    """LaTeX, and which part of the answer, or which step, each of its letters stands for. The parts of a step
    may hold letters of earlier steps."""

    latex: str
    symbols: dict[str, Tree]
    steps: tuple[Step, ...]


def plain(part: Tree) -> Plain:
    """The LaTeX of a piece of calculus. Raises `Unreadable` for what cannot stand in one."""
    writer = _Writer()
    latex = writer.latex(part)
    return Plain(latex, writer.symbols, tuple(writer.steps))


def _refused(part: Tree, sentence: str) -> Unreadable:
    return Unreadable(part.span[0], sentence)


class _Writer:
    """Writes trees; ``bound`` has the letters that run at this place."""

    def __init__(self) -> None:
        self.symbols: dict[str, Tree] = {}
        self.steps: list[Step] = []
        self.bound: dict[str, str] = {}

    def latex(self, part: Tree) -> str:
        rule = _RULES.get(type(part))
        if rule is None:
            raise _refused(part, "this cannot stand in an integral or limit: numbers and plain functions can")
        return rule(self, part)

    def name(self, part: Any) -> str:
        """A letter that runs, e to a power, a number that has a name, or one letter for a quantity."""
        text = part.text if isinstance(part, tree.Name) else ""
        if text in self.bound:
            return self.bound[text]
        if text in CONSTANTS:
            return CONSTANTS[text]
        if text in FUNCTIONS:
            raise _refused(part, "this function has no argument: write what it is applied to in brackets")
        return self._letter(part)

    def _letter(self, part: Tree) -> str:
        if any(isinstance(inner, tree.Name) and inner.text in self.bound for inner in part.walk()):
            raise _refused(part, "what an integral or limit runs over is no index here")
        same = (letter for letter, other in self.symbols.items() if _alike(other, part))
        if (known := next(same, None)) is not None:
            return known
        letter = self._next_letter(part)
        self.symbols[letter] = part
        return letter

    def _next_letter(self, part: Tree) -> str:
        taken = len(self.symbols) + len(self.steps)
        if taken == len(LETTERS):
            raise _refused(part, f"more than {taken} quantities and integrals stand in each other here")
        return LETTERS[taken]

    def _step(self, part: Tree, kind: str, running: str, *parts: str) -> str:
        letter = self._next_letter(part)
        self.steps.append((letter, kind, running, parts))
        return letter

    def scripted(self, part: tree.Scripted) -> str:
        """A power of what runs, of a number or of a bracket; anything else with scripts is one quantity."""
        base, power = part.base, part.sup
        if isinstance(base, tree.Name) and base.text not in self.bound and base.text != "e":
            return self.name(part)
        if part.sub is not None or part.primes or power is None:
            raise _refused(part, "only powers can be read of this in an integral or limit")
        exponent = self.latex(power)
        if isinstance(base, tree.Name) and base.text == "e" and "e" not in self.bound:
            return rf"\exp({exponent})"
        return f"{self._bracketed(base)}^{{{exponent}}}"

    def product(self, factors: tuple[Tree, ...], joins: tuple[str, ...]) -> str:
        """Factors from left to right; a function takes the factor behind it."""
        written, at = "", 0
        while at < len(factors):
            sign = joins[at - 1] if at else ""
            if sign not in JOINS:
                raise _refused(factors[at], "products of numbers only can stand in an integral or limit")
            text, taken = self._factor(factors, joins, at)
            written = text if not at else JOINS[sign](written, text)
            at += taken
        return written

    def _factor(self, factors: tuple[Tree, ...], joins: tuple[str, ...], at: int) -> tuple[str, int]:
        here, behind = factors[at], factors[at + 1 : at + 2]
        power = here.sup if isinstance(here, tree.Scripted) and not here.sub and not here.primes else None
        head = here.base if power is not None and isinstance(here, tree.Scripted) else here
        if not (isinstance(head, tree.Name) and head.text in FUNCTIONS and behind and joins[at] == ""):
            return self._bracketed(here), 1
        opening, closing = FUNCTIONS[head.text]
        called = opening + self.latex(behind[0]) + closing
        return (called if power is None else f"({called})^{{{self.latex(power)}}}"), 2

    def _bracketed(self, part: Tree) -> str:
        text = self.latex(part)
        return text if text.isalnum() and (len(text) == 1 or text.isdigit()) else f"({text})"

    def integral(self, part: tree.BigOperator) -> str:
        """A definite integral; what it runs over stands behind a d at its end."""
        if part.kind == "lim":
            return self.limit(part)
        if part.kind != "int":
            raise _refused(part, "sums and products over an index cannot stand in an integral or limit")
        if part.low is None or part.high is None:
            raise _refused(part, "this integral needs both its bounds to be a number")
        low, high = self.latex(part.low), self.latex(part.high)
        body, running = _without_differential(part)
        letter = self._running(part, running)
        inside = self.product(*body)
        self.bound.pop(running)
        return self._step(part, "int", letter, low, high, inside)

    def limit(self, part: tree.BigOperator) -> str:
        below = part.low
        if not isinstance(below, tree.Relation) or below.relations != ("to",) or part.high is not None:
            raise _refused(part, "this limit does not say what goes where, as in `\\lim_{h \\to 0}`")
        running, target = below.sides
        if not isinstance(running, tree.Name) or len(running.text) != 1:
            raise _refused(running, "a limit is taken of one letter, as in `\\lim_{h \\to 0}`")
        goal = self.latex(target)
        letter = self._running(part, running.text)
        inside = self.latex(part.body)
        self.bound.pop(running.text)
        return self._step(part, "lim", letter, goal, inside)

    def _running(self, part: Tree, name: str) -> str:
        if name in self.bound or len(self.bound) == len(BOUND):
            raise _refused(
                part, "these integrals stand too deeply in each other, or run over one letter twice"
            )
        self.bound[name] = next(letter for letter in BOUND if letter not in self.bound.values())
        return self.bound[name]

    def calculus(self, part: tree.Calculus) -> str:
        arguments = [_counted(argument) for argument in part.arguments]
        before, between, behind = COUNTING[part.kind]
        return before + between.join(arguments) + behind


CONSTANTS = {"pi": r"\pi ", "infty": r"\infty ", "e": r"\exp(1)"}
JOINS: dict[str, Callable[[str, str], str]] = {
    **dict.fromkeys(("", "cdot", "times", "*", "broadcast"), lambda left, right: rf"{left} \cdot {right}"),
    "/": lambda left, right: rf"\frac{{{left}}}{{{right}}}",
}
COUNTING = {"factorial": ("(", "", ")!"), "binom": (r"\binom{", "}{", "}")}


def _without_differential(part: tree.BigOperator) -> tuple[tuple[tuple[Tree, ...], tuple[str, ...]], str]:
    """The factors under an integral sign, the signs between them, and the letter behind the last d."""
    whole = part.body
    factors, joins = (whole.factors, whole.joins) if isinstance(whole, tree.Product) else ((whole,), ())
    *before, last = factors
    if isinstance(last, tree.Name) and len(last.text) == 2 and last.text[0] == "d":
        return _or_one(part, before, joins), last.text[1]
    split = bool(before) and isinstance(before[-1], tree.Name) and before[-1].text == "d"
    if not split or not isinstance(last, tree.Name) or len(last.text) != 1:
        sentence = "this integral does not end in what it runs over, as in dx: put the sum in brackets"
        raise _refused(part, sentence)
    return _or_one(part, before[:-1], joins), last.text


def _counted(part: Tree) -> str:
    """A whole number, also one in brackets."""
    while isinstance(part, tree.Group) and len(part.items) == 1:
        (part,) = part.items
    whole = isinstance(part, tree.Number) and part.text.isdigit() and len(part.text) < 4
    if not whole or int(part.text) > MOST_COUNTED:  # type: ignore[attr-defined]
        raise _refused(part, f"factorials and binomial coefficients are read of numbers up to {MOST_COUNTED}")
    return part.text  # type: ignore[attr-defined, no-any-return]


def _or_one(
    part: Tree, factors: list[Tree], joins: tuple[str, ...]
) -> tuple[tuple[Tree, ...], tuple[str, ...]]:
    return tuple(factors) or (tree.Number(part.span, "1"),), joins[: max(0, len(factors) - 1)]


def _number(writer: _Writer, part: Any) -> str:
    if len(part.text) > MOST_DIGITS or not part.text.replace(".", "").isdigit():
        raise _refused(part, "write this number without an exponent here")
    return f"0{part.text}" if part.text.startswith(".") else str(part.text)


def _sum(writer: _Writer, part: Any) -> str:
    signs = ("", *part.signs)
    return "".join(sign + writer._bracketed(term) for sign, term in zip(signs, part.terms, strict=True))


def _group(writer: _Writer, part: Any) -> str:
    if len(part.items) != 1:
        raise _refused(part, "a list cannot stand in an integral or limit")
    return writer.latex(part.items[0])


def _quotient(writer: _Writer, part: Any) -> str:
    return rf"\frac{{{writer.latex(part.numerator)}}}{{{writer.latex(part.denominator)}}}"


_RULES: dict[type, Callable[[_Writer, Any], str]] = {
    tree.Number: _number,
    tree.Name: _Writer.name,
    tree.Scripted: _Writer.scripted,
    tree.Group: _group,
    tree.Negate: lambda writer, part: "-" + writer._bracketed(part.body),
    tree.Sum: _sum,
    tree.Product: lambda writer, part: writer.product(part.factors, part.joins),
    tree.Quotient: _quotient,
    tree.BigOperator: _Writer.integral,
    tree.Calculus: _Writer.calculus,
}


def _alike(left: Any, right: Any) -> bool:
    """Whether two trees are the same wherever they stand."""
    if isinstance(left, Tree) and type(left) is type(right):
        names = names_of_fields(left)
        return all(_alike(getattr(left, name), getattr(right, name)) for name in names)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(map(_alike, left, right))
    return bool(left == right)

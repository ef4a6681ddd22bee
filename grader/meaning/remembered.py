"""What an update rule remembers of a parameter, where its letter alone is written: v, m_t, \\hat v."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.scripts import Marks, without_new
from grader.meaning.terms import Term
from grader.reading import tree
from grader.reading.tree import Span, Tree

HATS = {"m": "beta1", "s": "beta2"}
"""Running means that a hat makes unbiased, and the setting by which their old values count less."""
ACCENT = "hat_"
MOMENTS = {"t-1": False, "t": None, "t+1": True}
"""Whether the round below a letter means the value after the update; that of t alone may be either."""


class Remembered(Struct, frozen=True):
    """What is remembered of ``parameter``, the one that is asked for: the kind behind each of ``letters``."""

    parameter: Quantity
    letters: Mapping[str, str]

    def state(
        self, letter: str, sub: Tree | None, marks: Marks, fresh: bool
    ) -> tuple[Quantity, Tree | None] | None:
        """The state that a letter names, and what is left below it; None for what is none. ``fresh`` takes
        letters that do not say so as values after the update."""
        kind = self.letters.get(letter)
        if kind is None:
            return None
        sub, new = without_new(sub, marks.new)
        moment = _moment(sub)
        after = MOMENTS.get(moment)
        if moment:
            sub = None
        new = new or (fresh if after is None else after)
        return Quantity(kind + self.parameter.kind + "_new" * new, self.parameter.layer), sub

    def unbiased(self, span: Span, letter: str, of: Quantity | None) -> Term | None:
        """``\\hat m``: the new running mean over the share 1 − βᵗ that it has seen, or None."""
        kind = self.letters.get(letter.removeprefix(ACCENT)) if letter.startswith(ACCENT) else None
        if kind not in HATS:
            return None
        parameter = of or self.parameter
        mean = terms.Reference(span, Quantity(f"{kind}{parameter.kind}_new", parameter.layer))
        decay = terms.Reference(span, Quantity(HATS[kind]))
        power = terms.Power(span, decay, terms.Reference(span, Quantity("round")))
        share = terms.Sum(span, (terms.Constant(span, Fraction(1)), power), ("-",))
        return terms.Quotient(span, mean, share)


def hatted(letter: str, sub: Tree | None) -> tuple[str, Tree | None]:
    """``m_hat`` as ``\\hat m``; and either without a round below it."""
    if isinstance(sub, tree.Name) and sub.text == "hat":
        return ACCENT + letter, None
    return letter, None if letter.startswith(ACCENT) and _moment(sub) == "t" else sub


def _moment(sub: Tree | None) -> str:
    """The round below a letter: ``t``, ``t-1`` or ``t+1``; empty for anything else."""
    if isinstance(sub, tree.Name) and sub.text == "t":
        return "t"
    if not isinstance(sub, tree.Sum) or len(sub.terms) != 2:
        return ""
    time, one = sub.terms
    counts = isinstance(time, tree.Name) and time.text == "t" and isinstance(one, tree.Number)
    moment = f"t{sub.signs[0]}{one.text}" if counts and isinstance(one, tree.Number) else ""
    return moment if moment in MOMENTS else ""

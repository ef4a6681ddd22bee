"""What a student is told about a derivation: what is right so far, the first wrong step, why, and what leads
on."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from derive.graph import BY_DEFINITION
from derive.quantities import General, Quantity
from grader.judging.as_latex import asked_latex, quantity_latex
from grader.judging.derivations.chains import BROKEN, FOLLOWS, Chains, Link
from grader.judging.derivations.known import step_of
from grader.judging.derivations.steps import Side
from grader.judging.question import Question
from grader.meaning.terms import Partial, PartialEntry
from grader.reading.tree import Span
from grader.wording import as_sentence

LONGEST_QUOTE = 90
BACK_TO = {"dW": "W", "db": "b", "delta": "z", "dz": "z", "da": "a"}
"""What each kind of gradient is the derivative by."""
MOST_RULES = 2
"""So many lines of a step are explained by their rules."""


def quoted(text: str, side: Side) -> str:
    """A side in the student's own spelling."""
    return quoted_at(text, side.tree.span)


def quoted_at(text: str, span: Span) -> str:
    """What stands somewhere in an answer, as mathematics if it is LaTeX."""
    start, end = span
    if text[:start].endswith("\\left"):
        start -= len("\\left")
    while end < len(text) and text[end] in "})]" and _unbalanced(text[start:end], text[end]):
        end += 1
    said = " ".join(text[start:end].replace("&", " ").replace("\\\\", " ").split())
    said = said if len(said) <= LONGEST_QUOTE else said[: LONGEST_QUOTE - 1].rstrip() + "…"
    return f"${said}$" if "\\" in text else f"`{said}`"


def _unbalanced(said: str, closing: str) -> bool:
    opening = {"}": "{", ")": "(", "]": "["}[closing]
    return said.count(opening) > said.count(closing)


def lines(numbers: Sequence[int]) -> str:
    """ "line 3", "lines 1–3", "lines 1, 2 and 5"."""
    shown = sorted(set(numbers))
    if len(shown) == 1:
        return f"line {shown[0]}"
    if shown == list(range(shown[0], shown[-1] + 1)):
        return f"lines {shown[0]}–{shown[-1]}" if len(shown) > 2 else f"lines {shown[0]} and {shown[1]}"
    return f"lines {', '.join(map(str, shown[:-1]))} and {shown[-1]}"


def right_so_far(chains: Chains, broken: Link) -> Iterator[str]:
    """The lines above the first broken one."""
    above = sorted({link.line for link in chains.links if link.line < broken.line})
    if above:
        yield as_sentence(f"{lines(above)} {'is' if len(above) == 1 else 'are'} right")


def first_broken(text: str, broken: Link) -> str:
    """Which step is wrong, in the student's own words."""
    return (
        f"Line {broken.line} is the first that does not hold: {quoted(text, broken.left)} does not equal "
        f"{quoted(text, broken.right)}."
    )


def rule_for(question: Question, quantity: Quantity, written: Collection[Quantity]) -> Iterator[str]:
    """The rule by which the derivation itself goes on here to a quantity, line by line; never its formula,
    nor what a later line makes of it, nor the rule of a line that is already there, given what is
    ``written``."""
    step = step_of(question, quantity)
    if step is None:
        return
    lines = [line for line in step.lines if line.because not in ("", BY_DEFINITION)][:MOST_RULES]
    left = [line for line in lines if not line.expression.symbols <= set(written)] or lines[-1:]
    reasons = dict.fromkeys(line.because.split("; ")[-1] for line in left)
    if reasons:
        leads = "the rule that leads on" if len(reasons) == 1 else "the rules that lead on"
        yield as_sentence(f"{leads}{_from_where(question, quantity)}: {'; '.join(reasons)}")


def _from_where(question: Question, quantity: Quantity) -> str:
    """Between which quantities of a network a step of the backward pass leads: from z to its weights, or
    from the next z by way of the activation to this one."""
    kind = BACK_TO.get(quantity.kind)
    if kind is None or not question.depth:
        return ""
    above = _above(question, quantity)
    start = Quantity("z", quantity.layer) if kind in ("W", "b") else above
    through = Quantity("a", quantity.layer) if kind == "z" else None
    start_latex, end = (quantity_latex(question, q) for q in (start, Quantity(kind, quantity.layer)))
    way = f" by way of ${quantity_latex(question, through)}$" if through else ""
    return f" from ${start_latex}${way} to ${end}$"


def _above(question: Question, quantity: Quantity) -> Quantity:
    """What a layer's activation enters next: the z of the layer above, or the loss."""
    if quantity.layer in (question.depth, General("L")):
        return Quantity("loss")
    return Quantity("z", quantity.layer + 1)  # type: ignore[operator]


def rule_for_slope(
    question: Question, slope: Partial | PartialEntry, between: Sequence[Quantity]
) -> Iterator[str]:
    """How a derivative between two quantities is found: by way of what stands between them, else from the
    equation of the one above."""
    above = quantity_latex(question, slope.of)
    if between:
        names = " and ".join(f"${quantity_latex(question, quantity)}$" for quantity in between)
        yield f"The rule that leads on: ${above}$ depends on it by way of {names}, so there are two factors."
        return
    yield f"The rule that leads on: write down what ${above}$ is computed from, and differentiate that."


def what_follows(chains: Chains) -> Iterator[str]:
    """Lines that follow rightly from a wrong one."""
    by_line: dict[int, list[int]] = {}
    broken = {link.line for link in chains.links if link.word == BROKEN}
    for link in chains.links:
        if link.word == FOLLOWS and link.since is not None and link.line not in broken:
            by_line.setdefault(link.since, []).append(link.line)
    for since, after in by_line.items():
        verb = "follows" if len(set(after)) == 1 else "follow"
        yield as_sentence(f"{lines(after)} {verb} rightly from your line {since}; that counts")


def more_broken(chains: Chains, first: Link) -> Iterator[str]:
    """The lines below that are wrong as well."""
    others = sorted({link.line for link in chains.links if not link.holds and link.line != first.line})
    if others:
        yield as_sentence(f"look at {lines(others)} again as well")


def not_arrived(
    question: Question,
    path: Sequence[Quantity],
    reached: Sequence[Quantity],
    used: Collection[Quantity],
    still: Sequence[str],
) -> Iterator[str]:
    """What has been found of what is on the way; ``used`` is taken for known on it, and ``still`` are
    derivatives, as written, in a line about what is asked that are yet to be found."""
    asked = asked_latex(question)
    if still:
        yield f"The chain rule for ${asked}$ is right, but the derivation stops there."
        yield f"What is {' and what is '.join(dict.fromkeys(still))} here?"
        return
    yield f"Every step is right, but the derivation stops before it gives ${asked}$."
    if reached:
        found = ", ".join(f"${quantity_latex(question, quantity)}$" for quantity in reached)
        yield as_sentence(f"found so far: {found}")
    missing = [quantity for quantity in path if quantity not in reached]
    missing = [quantity for quantity in missing[:-1] if quantity not in used] + missing[-1:]
    if missing:
        yield f"How does ${quantity_latex(question, missing[0])}$ follow from what you have?"

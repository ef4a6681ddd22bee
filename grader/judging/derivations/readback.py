"""How a derivation was understood, as LaTeX: a row for each statement, in the course's notation."""

from __future__ import annotations

import re

from derive.graph import Node
from derive.writing import to_latex
from grader.judging.derivations.ground import Ground, Stand
from grader.judging.derivations.steps import Side, Statement, Steps
from grader.judging.derivations.telling import quoted
from grader.judging.values import lowered, plans_for
from grader.meaning.limits import Undecidable
from grader.meaning.terms import letters_in

WORD = re.compile(r"[^\W\d_]{2}|[*#$%&~]|[^\x20-\x7e]")
"""What plain spelling has that LaTeX would show as something else."""


def aligned(steps: Steps, ground: Ground, text: str) -> str | None:
    """All statements as an aligned block; formulas for entries and for layers in general as written."""
    rows = [_row(statement, ground, text) for statement in steps.statements]
    if not rows:
        return None
    return "\\begin{aligned} " + " \\\\ ".join(rows) + " \\end{aligned}"


def _row(statement: Statement, ground: Ground, text: str) -> str:
    stands = ground.stands([side.term for side in statement.sides])
    stand = next((stand for stand in stands if stand.own), None)
    first, *others = (_side(side, ground, stand, text) for side in statement.sides)
    if statement.names:
        first = _as_written(statement.sides[0], text)
    return first + " \\\\ ".join(f" &= {other}" for other in others)


def _side(side: Side, ground: Ground, stand: Stand | None, text: str) -> str:
    if stand is None or ground.question.general or letters_in(side.term):
        return _as_written(side, text)
    try:
        nodes = (lowered(side.term, stand, plan) for plan in plans_for(side.term))
        node = next((node for node in nodes if isinstance(node, Node)), None)
    except Undecidable:
        node = None
    if node is None:
        return _as_written(side, text)
    return to_latex(node, ground.notation, ground.question.derivation.graph.output)


def _as_written(side: Side, text: str) -> str:
    said = quoted(text, side)
    if said.startswith("$") or not WORD.search(said):
        return said[1:-1]
    return "\\text{" + said[1:-1].replace("_", "\\_").replace("^", "\\^{}") + "}"

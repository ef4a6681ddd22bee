"""Lines that begin with an equals sign, and go on with the chain before a definition put in between."""

from __future__ import annotations

from msgspec.structs import replace

from grader.judging.derivations.contraction import by_way_of_z
from grader.judging.derivations.ground import Ground
from grader.judging.derivations.links import compared
from grader.judging.derivations.steps import Side, Statement, Steps
from grader.meaning.limits import Undecidable


def gone_on(steps: Steps, ground: Ground) -> Steps:
    """The steps, with what does not go on with the chain above it, but does with the one before that, as a
    statement of its own about the latter."""
    statements: list[Statement] = []
    for statement in steps.statements:
        before = statements[-1] if statements else None
        at = _begins_again(statement, before, ground) if before is not None else None
        if at is None or before is None:
            statements.append(statement)
            continue
        rest = (before.sides[0], *statement.sides[at:])
        statements += [replace(statement, sides=statement.sides[:at]), Statement(rest)]
    return replace(steps, statements=tuple(statements))


def _begins_again(statement: Statement, before: Statement, ground: Ground) -> int | None:
    """The first side on a line of its own that equals not what stands before it, but what the statement above
    is about."""
    sides = statement.sides
    if len(before.sides) < 2:
        return None
    for at in range(2, len(sides)):
        if sides[at].line == sides[at - 1].line or _equal(sides[at - 1], sides[at], ground):
            continue
        return at if _equal(before.sides[0], sides[at], ground) else None
    return None


def _equal(left: Side, right: Side, ground: Ground) -> bool:
    one, other = by_way_of_z(left.term), by_way_of_z(right.term)
    try:
        return compared(one, other, ground.stands((one, other)), one).equal
    except Undecidable:
        return False

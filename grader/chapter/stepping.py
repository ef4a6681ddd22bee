"""The judgement of a number that was put in place of a part of the line before."""

from __future__ import annotations

from grader.chapter.evidence import Judgement, is_symbolic
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in
from grader.chapter.numbers import judge
from grader.chapter.printed import Printed
from grader.chapter.steps import Step
from grader.ledger import Ledger, near


def judge_step(step: Step, number: Printed, ledger: Ledger) -> Judgement | None:
    """What is found, or None where the number may stand for something else: a given, another order of terms,
    the same letter for another example."""
    tree = step.before.tree
    assert tree is not None
    symbolic = is_symbolic(tree, ledger)
    if symbolic and not _computed(step, ledger):
        return None
    judgement = judge(number, [tree], 0, 1, ledger, None)
    if judgement.verdict == "confirmed":
        return judgement
    if judgement.verdict == "unchecked" or not step.alone or judgement.value is None:
        return None
    miscopied = near(judgement.value, Interval.exactly(number.value))
    return judgement if miscopied or not symbolic else None


def _computed(step: Step, ledger: Ledger) -> bool:
    """Whether some name in a part is no given."""
    assert step.before.tree is not None
    entries = [ledger.entries.get(name) for name in names_in(step.before.tree)]
    return any(entry is not None and entry.how == "computed" for entry in entries)

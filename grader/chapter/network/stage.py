"""The last station of proof-reading: the network behind the page has its say about every number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.chapter.claims import ClaimVerdict
from grader.chapter.intervals import Interval
from grader.chapter.network.facts import facts_of
from grader.chapter.network.implied import END, MAX_TRIES_OF_PAGE
from grader.chapter.network.judging import judged_by_network
from grader.chapter.network.passes import with_passes
from grader.chapter.network.readings import MAX_READINGS, Page
from grader.chapter.report import Report
from grader.chapter.walk import Walk
from grader.ledger import Entry


def with_network(walk: Walk, report: Report) -> Report:
    """The report with what the network says; as it was, and a remark, if a fault of ours occurs."""
    try:
        facts = facts_of(walk.ledger, walk.stretches)
        with_passes(facts, tuple(walk.stretches))
        page, claims = judged_by_network(walk.document, facts, walk.stretches, report.claims)
        ledger = (*report.ledger, *_inferred(page))
        return replace(
            report,
            claims=claims,
            ledger=ledger,
            conventions=report.conventions | _chosen(page) | _limits(page),
        )
    except Exception as fault:
        reason = f"judging its network failed ({type(fault).__name__}: {fault}); please report this"
        remark = ClaimVerdict(1, 1, "", "formula", "unchecked", "unchecked", reason)
        return replace(report, claims=(*report.claims, remark))


def _inferred(page: Page) -> Iterator[Entry]:
    """Givens that stand only in a figure, at the line of the first number that they determine."""
    lines = {one.name: one.line for one in reversed(page.facts.assertions)}
    for name, value in page.inferred.items():
        yield Entry(name, lines.get(name, 1), "inferred", Interval.exactly(value))


def _limits(page: Page) -> dict[str, str]:
    """What the network was not asked for because there is too much of it on the page."""
    if len(page.facts.assertions) <= MAX_READINGS and page.facts.tried <= MAX_TRIES_OF_PAGE:
        return {}
    held = f"no more than {MAX_READINGS} printed numbers and {MAX_TRIES_OF_PAGE:,} readings of formulas"
    return {"left unchecked": f"{held} are held against the network behind a page"}


def _chosen(page: Page) -> dict[str, str]:
    """What was decided about the network, once for the whole page."""
    update = page.update(END)
    count = sum(page.reproduced.values())
    if update is None or not count:
        return {}
    together = "all weights change together, by their derivatives at the old values"
    at_once = "a weight changes as soon as its own derivative is known"
    moving = set(update.biases) & set(update.moving)
    biases = "updated" if moving else "not updated" if update.biases else "none"
    sign = "" if page.sign > 0 else "; derivatives are printed with the other sign"
    return {
        "update": at_once if page.early else together,
        "biases": biases,
        "loss": f"{update.loss}, with the learning rate {update.rate:g}{sign}",
        "quantities": f"{count} are recomputed from the formulas of the page",
    }

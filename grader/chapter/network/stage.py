"""The last station of proof-reading: the network behind the page has its say about every number."""

from __future__ import annotations

from dataclasses import replace

from grader.chapter.claims import ClaimVerdict
from grader.chapter.network.facts import facts_of
from grader.chapter.network.judging import judged_by_network
from grader.chapter.report import Report
from grader.chapter.walk import Walk


def with_network(walk: Walk, report: Report) -> Report:
    """The report with the verdicts of the network; as it was, and a remark, if a fault of ours occurs."""
    try:
        facts = facts_of(walk.ledger, walk.stretches)
        return replace(report, claims=judged_by_network(walk.document, facts, walk.stretches, report.claims))
    except Exception as fault:
        reason = f"judging its network failed ({type(fault).__name__}: {fault}); please report this"
        remark = ClaimVerdict(1, 1, "", "formula", "unchecked", "unchecked", reason)
        return replace(report, claims=(*report.claims, remark))

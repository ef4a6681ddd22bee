"""USAGES: one row for each other meaning that a function's name has on some pages, tried where it may fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from grader.chapter.functions import COLUMNS, LOG_TEN, Function
from grader.chapter.report import Report


@dataclass(frozen=True, slots=True)
class Usage:
    """Another function that some names may mean, and whether a page, read as usual, lets one think so."""

    function: Function
    names: tuple[str, ...]
    fits: Callable[[Report], bool]

    @property
    def meant(self) -> Mapping[str, Function]:
        """The function by each of the names."""
        return dict.fromkeys(self.names, self.function)


def _several_to_base_ten(report: Report) -> bool:
    """Several logarithms: one alone is a slip, and derivatives are taken of natural ones."""
    several = sum(claim.diagnosis == "log-base-10" for claim in report.claims) > 1
    return several and not any(entry.name.startswith("d(") for entry in report.ledger)


def _wrong_in_matrices(report: Report) -> bool:
    named = any(name in report.document.content for name in COLUMNS.spellings)
    return named and bool(report.with_verdict("contradicted"))


USAGES = (
    Usage(LOG_TEN, ("log",), _several_to_base_ten),
    Usage(COLUMNS, COLUMNS.spellings, _wrong_in_matrices),
)

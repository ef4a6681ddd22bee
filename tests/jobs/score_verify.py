"""Scores `verify` against the annotated pages and prints the table: no test, a measurement.

python -m tests.jobs.score_verify            the table
python -m tests.jobs.score_verify --misses   and every annotated number that is not judged as annotated
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Report
from grader.proofread import verify

SHARED = Path(__file__).resolve().parents[3] / "shared"
TRUTH = SHARED / "corpus" / "truth"


@dataclass(frozen=True)
class Annotated:
    """One number of a public page as its annotators found it, and what `verify` says of it; None if it is
    not reported as a claim."""

    page: str
    line: int
    printed: str
    what: str
    true: str
    verdict: str
    severity: str
    root: bool
    said: str
    found: ClaimVerdict | None

    @property
    def word(self) -> str:
        return self.found.verdict if self.found else "not a claim"

    @property
    def right(self) -> bool:
        return self.verdict.startswith(("ok", "rounded"))


def pages() -> list[str]:
    return [truth.stem for truth in sorted(TRUTH.glob("[0-9]*.yaml"))]


@cache
def report(page: str) -> Report:
    return verify(SHARED / "corpus" / "pages" / f"{page}.md")


@cache
def numbers(page: str) -> tuple[Annotated, ...]:
    """All annotated numbers of a page, each with the claim at its place."""
    truth = yaml.safe_load((TRUTH / f"{page}.yaml").read_text(encoding="utf-8"))
    return tuple(_matched(page, truth["claims"]))


def _matched(page: str, entries: list[dict[str, Any]]) -> Iterator[Annotated]:
    free = list(report(page).claims)
    for entry in entries:
        printed, line = str(entry["printed"]), entry["line"]
        at = [claim for claim in free if claim.line == line and _digits(claim.printed) == _digits(printed)]
        found = at[0] if at else None
        if found:
            free.remove(found)
        severity, root = entry.get("severity", ""), entry.get("root", False)
        said = str(entry.get("diagnosis", ""))
        place = page, line, printed, entry["what"], str(entry["true"])
        yield Annotated(*place, entry["verdict"], severity, root, said, found)


def _digits(printed: str | None) -> str:
    """A printed number without what two annotators may write differently."""
    plain = (printed or "").replace("−", "-").replace("{,}", "").replace(",", "").strip("%+ ")
    sign, body = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    return sign + (body.lstrip("0") or "0")


# -- the table -----------------------------------------------------------------------------------------------

HEAD = "page     confirmed/right unchecked absent CONTRADICTED   roots: material small last-digit   inherited"


def row(found: list[Annotated]) -> str:
    """How many of the annotated numbers are judged in each way; found ones before all."""
    right = [number for number in found if number.right]
    counts = [
        sum(number.word == word for number in right)
        for word in ("confirmed", "unchecked", "not a claim", "contradicted")
    ]
    wrong = [number for number in found if number.verdict == "wrong"]
    roots = [
        [number for number in wrong if number.root and number.severity == severity]
        for severity in ("material", "small", "last-digit")
    ]
    shown = [
        f"{sum(number.word == 'contradicted' for number in some)}/{len(some)}"
        for some in (*roots, [number for number in wrong if not number.root])
    ]
    share = f"{sum(n.word == 'confirmed' for n in right)}/{len(right)}"
    return "{:>14} {:9} {:6} {:12} {:>17} {:>5} {:>10} {:>11}".format(share, *counts[1:], *shown)


def misses(found: list[Annotated]) -> Iterator[str]:
    for number in found:
        wanted = "confirmed" if number.right else "contradicted" if number.verdict == "wrong" else number.word
        if number.word != wanted:
            reason = number.found.reason if number.found else ""
            kind = number.verdict + (
                f" {number.severity}{' root' if number.root else ''}" if number.severity else ""
            )
            place = (
                f"{number.page}:{number.line}: {number.printed} ({number.what}; true {number.true}) {kind}"
            )
            yield f"{place}\n      {number.word}: {reason}" + (
                f"\n      truth: {number.said}" if number.said else ""
            )


def main() -> None:
    print(HEAD)
    everything: list[Annotated] = []
    for page in pages():
        found = list(numbers(page))
        everything += found
        print(page, row(found))
    print("all", row(everything))
    if "--misses" in sys.argv:
        print(*misses(everything), sep="\n")


if __name__ == "__main__":
    main()

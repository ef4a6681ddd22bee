"""verify: a chapter goes in, the list of its claims comes out, each with its place, verdict and reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from derive.errors import Unusable
from grader.chapter.by_numbers import against_numbers
from grader.chapter.chains import Chain, chains_of
from grader.chapter.choices import chosen_in
from grader.chapter.claims import ClaimVerdict
from grader.chapter.columns import steps_in_tables
from grader.chapter.course.course import Course, course_of
from grader.chapter.course.judging import links_of
from grader.chapter.definitions import definitions_in
from grader.chapter.dimensions import ShapeSaid, shapes_said
from grader.chapter.functions import BY_SPELLING, Function
from grader.chapter.grids import grids_judged
from grader.chapter.heads import Item, whole_names
from grader.chapter.known import Known, known_of
from grader.chapter.labels import relabelled
from grader.chapter.left_out import left_out
from grader.chapter.miscopied import miscopied
from grader.chapter.moves import moves_in
from grader.chapter.names import written_names
from grader.chapter.namings import NAMELESS, Named, best_naming
from grader.chapter.network.stage import with_network
from grader.chapter.observing.everything import observations
from grader.chapter.observing.observation import Observation
from grader.chapter.programs.listings import Listing, listings_of
from grader.chapter.programs.training.lessons import lessons
from grader.chapter.prose import functions_said, rate_letter, rates_said, said
from grader.chapter.report import Report
from grader.chapter.restated import restated
from grader.chapter.standard.gradients import gradients_as_lists
from grader.chapter.standard.labelled import labelled_formulas
from grader.chapter.standard.page import page_of
from grader.chapter.stepped import steps_judged
from grader.chapter.steps_at_zero import best_step, has_steps, with_jumps
from grader.chapter.tables import Table, tables_of, values_of
from grader.chapter.usages import USAGES
from grader.chapter.walk import Walk
from grader.documents import Document, open_document
from grader.documents.decimals import has_decimal_commas
from grader.ledger import Ledger

if TYPE_CHECKING:
    from derive.notation import Notation
    from derive.problem import Problem

MAX_REGIONS = 10_000


def verify(
    path_or_text: str | Path,
    *,
    name: str | None = None,
    network: str | Path | Problem | None = None,
    notation: str | Notation | None = None,
) -> Report:
    """The verdicts on all claims of a document: the path of a file, or the text itself.

    ``network`` is what stands only in a figure: a file with the network and its numbers, a problem, or the
    name of a built-in one.

    >>> report = verify("Since $x = 2$ we get $y = 3x + 1 = 8$.\\n")
    >>> [(claim.column, claim.verdict, claim.value) for claim in report.claims if claim.printed]
    [(36, 'contradicted', '7')]

    Raises `Unusable` for a file that cannot be read.
    """
    known = known_of(network, notation)
    document = open_document(path_or_text, name)
    items = items_of(document)
    said_by_author = known.notation if notation is not None else None
    course = course_of(links_of(items), document.content, said_by_author)
    beside = (*lessons_of(document), *unclosed_in(document), *left_out_in(document))
    read, alone = best_meaning(document, partial(read_down, document, items, known, course, beside))
    naming = best_naming(known, spellings_in(items), alone.ledger)
    return max(read(naming=naming), alone, key=trust) if naming.names else alone


def best_meaning(document: Document, read: Callable[..., Report]) -> tuple[Callable[..., Report], Report]:
    """How to read a page, with what its functions and its step at 0 mean there, and what that gives."""
    usual = read()
    others = (partial(read, meant=row.meant) for row in USAGES if row.fits(usual))
    readings: list[Callable[..., Report]] = [read, *others]
    tried = [(usual if reading is read else reading(), reading) for reading in readings]
    alone, chosen = max(tried, key=lambda each: trust(each[0]))
    if alone is not usual or not has_steps(document, functions_said(document)):
        return chosen, alone
    as_read = cache(lambda step: usual if step is None else read(step=step))
    step = best_step(lambda step: trust(as_read(step)))
    return partial(read, step=step), as_read(step)


def read_down(
    document: Document,
    items: tuple[Item, ...],
    known: Known,
    course: Course | None,
    beside: tuple[ClaimVerdict, ...] = (),
    naming: Named = NAMELESS,
    meant: Mapping[str, Function] = MappingProxyType({}),
    step: float | None = None,
) -> Report:
    """The verdicts on all items, if the numbers of the network are called so, functions are ``meant`` so, and
    this is the step function at 0."""
    functions = {**BY_SPELLING, **meant, **with_jumps(functions_said(document), step)}
    chosen = chosen_in(document, (item for item in items if isinstance(item, Chain)))
    ledger = Ledger(whole_names(items) | naming.raised, functions, known=known, chosen=chosen)
    page = page_of(document, items)
    walk = Walk(document, ledger, course, definitions_in(items), page)
    for spelled, value in naming.names.items():
        walk.ledger.give(spelled, value, 0, "network")
    everything = sorted(
        (
            *items,
            *listings_of(document),
            *shapes_said(document),
            *observations(document),
            *labelled_formulas(document, page),
            *gradients_as_lists(document, page),
        ),
        key=lambda item: item.start,
    )
    claims = settled((*(claim for item in everything for claim in judged(walk, item)), *beside))
    conventions = conventions_of(walk.ledger) | ({"network": naming.words} if naming.names else {})
    conventions |= {"log": "natural", **{name: function.name for name, function in meant.items()}}
    conventions |= {} if step is None else {"step at 0": f"{step:g}"}
    conventions |= {"numbers": "with a decimal comma"} if has_decimal_commas(document.content) else {}
    if course is not None:
        conventions |= course.conventions
    understood = ledger.understood()
    spoken = tuple(entry for entry in understood if entry.how != "network" or entry.name in naming.spoken)
    report = with_network(walk, Report(document, claims, conventions, spoken))
    return steps_judged(walk, grids_judged(walk, against_numbers(walk, report)))


def lessons_of(document: Document) -> tuple[ClaimVerdict, ...]:
    """The verdicts on derivatives written by hand in code; a fault of ours leaves them out."""
    try:
        return lessons(document)
    except Exception as fault:
        reason = f"judging the code failed ({type(fault).__name__}: {fault}); please report this"
        return (ClaimVerdict(1, 1, document.line(1)[:200], "formula", "unchecked", "unchecked", reason),)


def unclosed_in(document: Document) -> Iterator[ClaimVerdict]:
    """A remark at all that has no end, so that nobody takes what it may hide for proof-read."""
    for found in document.unclosed:
        yield _remark(document, found.start, found.text, found.reason)


def left_out_in(document: Document) -> Iterator[ClaimVerdict]:
    """A remark where something is too large to be read."""
    for start, reason in left_out(document):
        line, column = document.position(start)
        text = document.line(line)[column - 1 :][:200]
        yield _remark(document, start, text, f"left unchecked: {reason}")


def _remark(document: Document, start: int, text: str, reason: str) -> ClaimVerdict:
    line, column = document.position(start)
    return ClaimVerdict(line, column, text, "formula", "unchecked", "unchecked", reason, width=len(text))


def trust(report: Report) -> int:
    """How well a reading fits a page: what is confirmed speaks for it, what is contradicted twice against."""
    return report.summary["confirmed"] - 2 * report.summary["contradicted"]


def spellings_in(items: Iterable[Item]) -> frozenset[str]:
    """The names on a page, as the ledger spells them."""
    sides = (side for item in items for side in (item.names if isinstance(item, Table) else item.sides))
    return frozenset(name for side in sides if side.tree is not None for name in written_names(side.tree))


def items_of(document: Document) -> tuple[Item, ...]:
    """Everything on a page that is read, in the order in which it stands there."""
    if len(document.regions) > MAX_REGIONS:
        raise Unusable(f"{document.name}: more than {MAX_REGIONS} formulas; verify its chapters one by one")
    chains = chains_of(document)
    found: tuple[Item, ...] = (
        *chains,
        *said(document),
        *rates_said(document),
        *tables_of(document),
        *values_of(document),
        *moves_in(document),
        *steps_in_tables(document, rate_letter(document)),
        *restated(document, chains),
        *miscopied(document, chains),
    )
    return relabelled(sorted(found, key=lambda item: item.start))


def judged(walk: Walk, item: Item | Listing | ShapeSaid | Observation) -> Iterator[ClaimVerdict]:
    """The verdicts on one item; a fault of ours leaves it unchecked and says so, the rest is judged."""
    try:
        yield from walk.read(item)
    except Exception as fault:
        line, column = walk.document.position(item.start)
        text = walk.document.line(line)[column - 1 :][:200]
        reason = f"judging it failed ({type(fault).__name__}: {fault}); please report this"
        yield ClaimVerdict(line, column, text, "formula", "unchecked", "unchecked", reason)


def settled(claims: Iterable[ClaimVerdict]) -> tuple[ClaimVerdict, ...]:
    """The claims without those that another way of looking has decided: it stands at the same place, and
    this one is undecided, or it is wrong, and this one takes the formula for right."""
    found = tuple(claims)
    decided = {(claim.line, claim.column) for claim in found if claim.verdict != "unchecked"}
    wrong = {(c.line, c.column) for c in found if c.kind == "formula" and c.verdict == "contradicted"}
    return tuple(
        claim
        for claim in found
        if not (claim.verdict == "unchecked" and (claim.line, claim.column) in decided)
        and not (
            claim.verdict == "confirmed" and claim.kind == "formula" and (claim.line, claim.column) in wrong
        )
    )


def conventions_of(ledger: Ledger) -> dict[str, str]:
    """What was decided once for the whole page."""
    return {
        "tolerance": "half a unit of the last printed digit",
        "superscripts": _superscripts(ledger.whole_names),
        "functions": _functions(ledger),
    }


def _superscripts(names: Iterable[str]) -> str:
    listed = ", ".join(sorted(names)[:6])
    powers = "a number above is a power, one in brackets part of the name"
    return f"{powers}; these are names: {listed}" if listed else powers


def _functions(ledger: Ledger) -> str:
    usual = {**BY_SPELLING, **with_jumps({})}
    said_so = [
        f"{letter} is the {row.name}" for letter, row in ledger.functions.items() if letter not in usual
    ]
    defined = [f"{name} as the page defines it" for name in ledger.definitions]
    return "; ".join([*said_so, *defined]) or "sigma is the sigmoid unless the page defines it"

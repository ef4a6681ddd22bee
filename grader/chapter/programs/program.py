"""The code of a page from top to bottom: it is read, and its comments and its output are judged by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from grader.chapter.claims import ClaimVerdict
from grader.chapter.functions import Value
from grader.chapter.programs.expressions import EXPRESSIONS
from grader.chapter.programs.formats import Part, few, shown
from grader.chapter.programs.judging import Claimed, judgement, verdict
from grader.chapter.programs.listings import Listing
from grader.chapter.programs.outputs import Line, paired, printed_lines, shown_lines
from grader.chapter.programs.parsing import parsed
from grader.chapter.programs.reader import Reader
from grader.chapter.programs.remarks import remarks
from grader.chapter.programs.sharing import enter_in, forget_renewed, shared
from grader.chapter.programs.sources import Source
from grader.chapter.programs.statements import STATEMENTS
from grader.chapter.programs.stating import value_stated
from grader.chapter.programs.values import Unknown
from grader.documents import Document
from grader.ledger import Ledger


@dataclass
class Programs:
    """One reading of all the code on a page; code in another language has names of its own."""

    document: Document
    ledger: Ledger
    readers: dict[str, Reader] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    arrays: dict[str, list[Value]] = field(default_factory=dict)
    """The arrays that code has set under each name, whatever the text says of it."""

    def read(self, listing: Listing) -> Iterator[ClaimVerdict]:
        """The verdicts on the numbers that a listing states; what it sets is entered in the ledger."""
        reader = self.readers.setdefault(listing.dialect.language, Reader(EXPRESSIONS, STATEMENTS))
        forget_renewed(reader, self.ledger, self.lines)
        before, full = dict(reader.names), reader.full
        claims = sorted(self._claims(reader, listing), key=lambda claimed: claimed.start)
        line = self.document.position(listing.start)[0]
        enter_in(self.ledger, reader, before, line, self.lines)
        for name, value in reader.names.items():
            array = shared(value)
            if isinstance(array, np.ndarray):
                self.arrays.setdefault(name, []).append(array)
        for claimed in {claimed.start: claimed for claimed in claims}.values():
            found = judgement(claimed, reader.scale)
            if found:
                place = self.document.position(claimed.start)
                text = self.document.line(place[0]).strip()[:400]
                yield verdict(claimed, found, place, text)
        if reader.full and not full:
            yield self._too_much(line)

    def _too_much(self, line: int) -> ClaimVerdict:
        """A remark at the listing with which so much code was followed that no more is."""
        reason = "left unchecked: the code down to here takes all steps that are followed on a page"
        return ClaimVerdict(
            line, 1, self.document.line(line)[:200], "number", "unchecked", "unchecked", reason
        )

    def _claims(self, reader: Reader, listing: Listing) -> Iterator[Claimed]:
        printed = len(reader.printed)
        for source in listing.dialect.sources(listing.code.text):
            reader.old_division = reader.old_division or source.old
            shift = listing.code.start
            yield from (claimed.moved(shift) for claimed in self._source(reader, source, listing.code.text))
        lines = [line for block in listing.outputs for line in shown_lines(block.text, block.start)]
        if lines:
            yield from _output(reader, reader.printed[printed:], lines)

    def _source(self, reader: Reader, source: Source, text: str) -> Iterator[Claimed]:
        """Follows the statements of one source and gives what its comments, and its output, state."""
        printed = len(reader.printed)
        for statement in parsed(source.text, reader):
            reader.last = None
            since = len(reader.printed)
            reader.follow_alone(statement)
            yield from remarks(reader, statement, source.comments, reader.printed[since:])
        if source.output:
            start, end = source.output
            lines = shown_lines(text[start:end], start)
            yield from _output(reader, reader.printed[printed:], lines)
            reader.printed[printed:] = []


def _output(reader: Reader, printed: Sequence[Sequence[Part]], lines: list[Line]) -> Iterator[Claimed]:
    """The numbers that a program printed; the value of its last expression may be shown too."""
    echo = (
        [] if reader.last is None else [[*few(shown(reader.in_words(reader.last), quoted=True)), Part("\n")]]
    )
    pairs = list(paired(printed_lines([*printed, *echo]), lines)) if echo else []
    done = set()
    for ours, theirs in pairs or paired(printed_lines(printed), lines):
        if ours.value is not None:
            done.add(theirs.start)
            yield Claimed(theirs.text, theirs.start, ours.value)
    for line in lines:
        yield from _named(reader, line, done)


def _named(reader: Reader, line: Line, done: set[int]) -> Iterator[Claimed]:
    """``name = number`` in printed text whose print statement was not understood."""
    for before, token in line.stated():
        if token.start not in done:
            value = value_stated(reader, before)
            if value is not None and not isinstance(value, Unknown):
                yield Claimed(token.text, token.start, value, sure=False)

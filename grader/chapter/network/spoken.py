"""Numbers in running text that the network determines: ``the total error is now down to 0.291``."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from grader.chapter.claims import ClaimVerdict, Word
from grader.chapter.evidence import show
from grader.chapter.intervals import Interval
from grader.chapter.network.facts import DERIVATIVE
from grader.chapter.network.implied import END
from grader.chapter.network.readings import Page
from grader.chapter.network.slips import EARLY
from grader.chapter.network.updates import Update
from grader.chapter.printed import Printed, significant
from grader.documents import Document

DIGITS = 5
"""A number in running text tells by so many significant digits what it is the value of."""

MAX_NUMBERS = 60

_NUMBER = re.compile(r"(?<![\w.,^_])\d*\.\d{2,}(?!\w|[.,]\d|%)")
_SENTENCE = re.compile(r"[.!?:](?=\s)|\n[ \t]*\n")
_ROUNDS = re.compile(
    r"(?<![\w.])(?P<count>\d{1,3}(?:[, ]\d{3})+|\d{1,6})\s+"
    r"(?:times|iterations?|rounds?|epochs?|steps?|updates?|passes|cycles)\b"
)
_LOSS = re.compile(r"\b(?:errors?|loss(?:es)?|cost|mse|rmse|sse)\b", re.IGNORECASE)
_OUTPUT = re.compile(
    r"\b(?:outputs?|predict\w*|generat\w*|activations?|weights?|neurons?|results?)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A number in running text: the words before it in its sentence, and how many rounds are spoken of."""

    number: Printed
    words: str
    rounds: tuple[int, ...]


def spoken_in(document: Document) -> Iterator[Spoken]:
    """The numbers with many digits that stand outside all mathematics."""
    starts = [region.start for region in document.regions]
    for found in _NUMBER.finditer(document.readable):
        place = bisect_right(starts, found.start()) - 1
        inside = place >= 0 and found.start() < document.regions[place].end
        if inside or significant(found[0]) < DIGITS:
            continue
        before = document.readable[max(0, found.start() - 1200) : found.start()]
        paragraph = before.rpartition("\n\n")[2]
        sentence = paragraph[[0, *(end.end() for end in _SENTENCE.finditer(paragraph))][-1] :]
        counts = (int(re.sub(r"\D", "", match["count"])) for match in _ROUNDS.finditer(paragraph))
        half = 0.5 * 10.0 ** -len(found[0].partition(".")[2])
        number = Printed(found[0], float(found[0]), half, found.start(), found.end())
        yield Spoken(number, sentence, tuple(dict.fromkeys((0, 1, *counts))))


@dataclass
class Listener:
    """Finds what numbers in running text are values of: under the page's own update, or with a slip."""

    page: Page
    update: Update
    seen: list[Update] = field(default_factory=list)
    """The updates under which a number after one round came out."""
    _leaves: dict[tuple[int, bool, tuple[str, ...]], Mapping[str, float]] = field(default_factory=dict)

    def judged(self, spoken: Spoken) -> tuple[Word, float, str] | None:
        """A verdict, the value and the diagnosis, if the network determines the number."""
        names = self._names(spoken.words)
        for update in self._variants():
            for rounds in spoken.rounds:
                if rounds > 1 and update not in (self.update, *self.seen):
                    continue
                name = self._name_of(spoken.number, names, update, rounds)
                if name:
                    self.seen += [update] if rounds == 1 and update not in self.seen else []
                    return self._verdict(name, update, rounds)
        return None

    def _verdict(self, name: str, update: Update, rounds: int) -> tuple[Word, float, str] | None:
        value = self._value(name, replace(update, early=self.update.early), rounds)
        if update.early == self.update.early or rounds == 0:
            return "confirmed", value, ""
        return ("contradicted", value, EARLY) if self.page.rule_shown else None

    def _variants(self) -> Iterator[Update]:
        """The update of the page, also with biases that move, then with weights that change too early."""
        more = tuple(dict.fromkeys((*self.update.moving, *self.update.biases)))
        for early in (self.update.early, not self.update.early):
            yield replace(self.update, early=early)
            if more != self.update.moving:
                yield replace(self.update, early=early, moving=more)

    def _names(self, words: str) -> list[str]:
        """The quantities that a sentence may be about."""
        network = self.update.network
        found = [self.update.loss] if _LOSS.search(words) else []
        if _OUTPUT.search(words):
            computed = (name for name in self.page.facts.mentioned if not DERIVATIVE.fullmatch(name))
            found += sorted(name for name in computed if network.computed(name) and name != self.update.loss)
        return found

    def _name_of(self, number: Printed, names: list[str], update: Update, rounds: int) -> str:
        for name in names:
            if abs(self._value(name, update, rounds) - number.value) <= 1.001 * number.half:
                return name
        return ""

    def _value(self, name: str, update: Update, rounds: int) -> float:
        key = rounds, update.early and rounds > 0, update.moving
        if key not in self._leaves:
            self._leaves[key] = update.after(rounds)
        leaves = self._leaves[key]
        return update.network.look(leaves).value(name) if leaves else math.nan


def spoken_claims(document: Document, page: Page) -> Iterator[ClaimVerdict]:
    """The verdicts on the numbers in running text, if the page is understood well enough."""
    update = page.update(END)
    if update is None or not page.trusted("value"):
        return
    listener = Listener(page, update)
    for _, spoken in zip(range(MAX_NUMBERS), spoken_in(document), strict=False):
        judged = listener.judged(spoken)
        if judged:
            yield _claim(document, spoken, *judged)


def _claim(document: Document, spoken: Spoken, verdict: Word, value: float, diagnosis: str) -> ClaimVerdict:
    number = spoken.number
    line, column = document.position(number.start)
    shown = show(Interval.exactly(value))
    reason = f"the network behind the page gives {'it' if verdict == 'confirmed' else shown}"
    if diagnosis:
        reason += "; the printed number follows if weights are used that have already been updated"
    text = " ".join(f"{spoken.words}{number.text}".split())[-200:]
    return ClaimVerdict(
        line,
        column,
        text,
        "number",
        verdict,
        "unchecked",
        reason,
        number.text,
        shown,
        diagnosis or None,
        width=number.end - number.start,
    )

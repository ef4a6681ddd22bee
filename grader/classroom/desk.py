"""Judges answers student by student and writes each into the journal: equal answers are judged once, and a
wrong one is looked at again beside the student's own wrong answers that may have led to it."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType

from derive.errors import Unusable
from grader.classroom.answersheet import Answer
from grader.classroom.gradebook import Gradebook, Record
from grader.classroom.workers import Judgement, Task, Ticket, Workers

Leads = Mapping[str, frozenset[str]]
"""For a part, those whose answers may lead to its own: an answer may follow from what is wrong there."""
NOTHING: Leads = MappingProxyType({})
Earlier = tuple[tuple[str, str], ...]
"""Answers to other parts, right or wrong, each with its part."""
Handed = tuple[str, tuple[Answer, ...]]
"""A student and the answers."""


@dataclass(frozen=True, slots=True)
class Pile:
    """One student's answers; the first of them stand in the journal already."""

    student: str
    answers: tuple[Answer, ...]
    known: tuple[Record, ...] = ()

    @property
    def fresh(self) -> tuple[Answer, ...]:
        return self.answers[len(self.known) :]


class Desk:
    """Where piles wait while their answers are being judged. ``points`` are those of each part."""

    def __init__(self, book: Gradebook, workers: Workers, points: Mapping[str, float], leads: Leads) -> None:
        self._book, self._workers, self._points, self._leads = book, workers, points, leads
        self._offsets: dict[bytes, int] = {}
        self._flying: dict[bytes, Ticket] = {}
        self._unwritten: dict[bytes, Judgement] = {}
        """Judgements that do not stand in the journal: of answers by themselves that follow from others."""

    def judge_all(self, handed: Iterator[Handed]) -> int:
        """Judges what the journal lacks and writes it there in order; says how many answers that were."""
        waiting: deque[Pile] = deque()
        judged = 0
        for pile in self._beyond(handed):
            for answer in pile.fresh:
                self._submit(_key(answer), self._task(answer))
            waiting.append(pile)
            judged += len(pile.fresh)
            while sum(len(other.fresh) for other in waiting) >= self._workers.width:
                self._settle(waiting.popleft())
        for pile in waiting:
            self._settle(pile)
        return judged

    def _beyond(self, handed: Iterator[Handed]) -> Iterator[Pile]:
        """What the journal lacks; passes over the answers it has, remembering where each stands in it."""
        placed = self._book.placed()
        for student, answers in handed:
            known = tuple(
                self._remembered(student, answer, *at) for answer, at in zip(answers, placed, strict=False)
            )
            if len(known) < len(answers):
                yield Pile(student, answers, known)
        for _, record in placed:
            raise self._strange(record)

    def _remembered(self, student: str, answer: Answer, offset: int, record: Record) -> Record:
        if (student, answer) != (record.student, record.answer):
            raise self._strange(record)
        if answer.part not in self._leads or record.verdict.verdict in ("right", "unreadable"):
            self._offsets.setdefault(_key(answer), offset)
        return record

    def _strange(self, record: Record) -> Unusable:
        return Unusable(
            f"{self._book.path}: the answer of '{record.student}' to {record.answer.part} is not what was"
            f" handed in; give another -o, or delete the file to grade again"
        )

    def _task(self, answer: Answer, earlier: Earlier = ()) -> Task:
        return Task(answer.part, self._points[answer.part], answer.text, earlier)

    def _submit(self, key: bytes, task: Task) -> None:
        if not any(key in held for held in (self._offsets, self._flying, self._unwritten)):
            self._flying[key] = self._workers.submit(task)

    def _settle(self, pile: Pile) -> None:
        """Writes one student's judgements into the journal."""
        alone = [self._judgement(_key(answer)) for answer in pile.fresh]
        verdicts = [record.verdict for record in pile.known] + [judged.verdict for judged in alone]
        pairs = zip(pile.answers, verdicts, strict=True)
        decided = {
            answer.part: (answer.text, found.verdict)
            for answer, found in pairs
            if found.verdict in ("right", "wrong")
        }
        earlier = [self._earlier(answer.part, decided) for answer in pile.fresh]
        for answer, others in zip(pile.fresh, earlier, strict=True):
            if others:
                self._submit(_key(answer, others), self._task(answer, others))
        for answer, judged, others in zip(pile.fresh, alone, earlier, strict=True):
            final = self._judgement(_key(answer, others)) if others else judged
            self._write(pile.student, answer, others, judged, final)

    def _earlier(self, part: str, decided: Mapping[str, tuple[str, str]]) -> Earlier:
        """The student's answers from which a wrong one may follow; none unless one of them is wrong."""
        ahead = [other for other in sorted(self._leads.get(part, ())) if other in decided]
        wrong = {other for other, (_, word) in decided.items() if word == "wrong"}
        if part not in wrong or not wrong & set(ahead):
            return ()
        return tuple((other, decided[other][0]) for other in ahead)

    def _judgement(self, key: bytes) -> Judgement:
        if key in self._flying:
            self._unwritten[key] = self._workers.result(self._flying.pop(key))
        if key in self._unwritten:
            return self._unwritten[key]
        record = self._book.at(self._offsets[key])
        return Judgement(record.verdict, record.note)

    def _write(
        self, student: str, answer: Answer, earlier: Earlier, alone: Judgement, final: Judgement
    ) -> None:
        offset = self._book.add(Record(student, answer, final.verdict, final.note))
        keys = {_key(answer, earlier), *([_key(answer)] if final == alone else [])}
        for key in keys:
            self._offsets.setdefault(key, offset)
            self._unwritten.pop(key, None)


def _key(answer: Answer, earlier: Earlier = ()) -> bytes:
    """What answers that get the same judgement have in common, as a short hash."""
    text = json.dumps([answer.part, answer.text, earlier])
    return blake2b(text.encode(), digest_size=16).digest()

"""Grades a class: from what was handed in to the journal, from the journal to grades, report, feedback."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from derive.errors import Unusable
from grader.classroom import report
from grader.classroom.answersheet import Answer, AnswerSheet, WhichPart, nobody
from grader.classroom.desk import NOTHING, Desk, Leads
from grader.classroom.gradebook import FEEDBACK, Gradebook, Sheet, grades_csv, replace
from grader.classroom.report import Problem
from grader.classroom.submissions import Collection, Submission, collect, read_one
from grader.classroom.workers import Here, Judge, Processes, Workers


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run came to: ``verdicts`` counts answers by verdict, ``unreadable`` names submissions.

    ``judged`` answers were new, the others stood in the journal already.
    """

    students: int
    answers: int
    judged: int
    verdicts: Mapping[str, int]
    unreadable: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For ``grade --json``."""
        return {
            "students": self.students,
            "answers": self.answers,
            "judged": self.judged,
            "verdicts": dict(self.verdicts),
            "unreadable": list(self.unreadable),
            "remarks": list(self.remarks),
        }


def grade(
    problem: Problem,
    submissions: Path,
    out: Path,
    judge: Judge,
    *,
    words: Mapping[str, str],
    which_part: WhichPart = nobody,
    leads: Leads = NOTHING,
    jobs: int = 1,
    mathml: report.MathML = report.no_mathml,
) -> Summary:
    """Grades all submissions into the folder ``out`` and says what came of it.

    ``words`` say what besides the submissions decides the grades (problem, notation, version), each as a text
    or its hash: a run started again with the same ones goes on where it stopped, others are refused
    (`Unusable`, as for all input that cannot be used). KeyboardInterrupt leaves a journal to go on from.
    """
    if submissions.is_dir() and out.resolve().is_relative_to(submissions.resolve()):
        raise Unusable(f"{out}: lies in the folder of the submissions; give an -o outside of it")
    collection = collect(submissions)
    workers: Workers = Here(judge) if jobs == 1 else Processes(judge, jobs)
    with Gradebook(out, {**words, "submissions": collection.fingerprint}) as book:
        with workers, progress(len(collection.students)) as step:
            reading = _Reading(collection, AnswerSheet(problem.parts, which_part), step)
            points = {part.id: part.points for part in problem.parts}
            judged = Desk(book, workers, points, leads).judge_all(reading.answers())
        _write(problem, book, reading, mathml)
        return _summary(collection, judged, reading.sheets(book))


class _Reading:
    """Reads submissions one by one, and remembers of each all but the answers: the journal has those."""

    def __init__(self, collection: Collection, sheet: AnswerSheet, step: Callable[[], None]) -> None:
        self._collection = collection
        self._sheet = sheet
        self._step = step
        self._read: list[tuple[Submission, int]] = []

    def answers(self) -> Iterator[tuple[str, tuple[Answer, ...]]]:
        """Every student with the answers."""
        for handed_in in self._collection.students:
            submission = read_one(handed_in, self._sheet)
            self._read.append((dataclasses.replace(submission, answers=()), len(submission.answers)))
            yield submission.student, tuple(submission.answers)
            self._step()

    def sheets(self, book: Gradebook) -> Iterator[Sheet]:
        """Every student with his records, which stand in the journal in the same order."""
        records = book.records()
        for submission, count in self._read:
            own = tuple(islice(records, count))
            yield Sheet(submission.student, submission.file, submission.problems, submission.readable, own)


def _write(problem: Problem, book: Gradebook, reading: _Reading, mathml: report.MathML) -> None:
    """Makes every file for people from the journal."""
    for name, content in report.feedback(problem, reading.sheets(book), mathml):
        replace(book.out / FEEDBACK / name, content.encode(), sync=False)
    replace(book.out / "report.html", report.class_page(problem, reading.sheets(book), mathml).encode())
    replace(book.out / "grades.csv", grades_csv([part.id for part in problem.parts], reading.sheets(book)))


def _summary(collection: Collection, judged: int, sheets: Iterator[Sheet]) -> Summary:
    verdicts: Counter[str] = Counter()
    unreadable = []
    for sheet in sheets:
        verdicts.update(record.verdict.verdict for record in sheet.records)
        unreadable += [] if sheet.readable else [sheet.student]
    counts = dict(sorted(verdicts.items()))
    return Summary(
        len(collection.students), verdicts.total(), judged, counts, tuple(unreadable), collection.remarks
    )


@contextmanager
def progress(students: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr if somebody is looking there; the value is to be called after every student."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("grading"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=students)
        yield lambda: bar.advance(task)

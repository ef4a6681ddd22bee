"""The journal of a class: every judged answer is one line on disk, and all else is made from these lines.

A run that is killed loses at most the line it was writing; the next run cuts that off and goes on behind it.
"""

from __future__ import annotations

import csv
import fcntl
import io
import json
import os
import time
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from types import TracebackType
from typing import Any

from derive.errors import Unusable
from grader.classroom.answersheet import Answer
from grader.verdicts import Verdict

JOURNAL = "answers.jsonl"
RUN = "run.json"
FEEDBACK = "feedback"
GROUP_SECONDS = 0.5
"""A power cut (no mere kill) may cost the answers of so many seconds; they are then judged again."""


@dataclass(frozen=True, slots=True)
class Record:
    """One graded answer. ``note`` is for the teacher only: why a machine could not decide."""

    student: str
    answer: Answer
    verdict: Verdict
    note: str | None = None

    @property
    def needs_human(self) -> bool:
        return self.verdict.verdict in ("undecided", "unreadable")

    def as_line(self) -> bytes:
        """The fields of ``check --json`` and who, what and where, closed by a checksum."""
        fields = {
            "student": self.student,
            **self.verdict.as_json(),
            "answer": self.answer.text,
            "source": self.answer.source,
            "line": self.answer.line,
            "note": self.note,
        }
        body = json.dumps(fields, allow_nan=False).encode()
        return body[:-1] + _SEAL % zlib.crc32(body) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Record:
        """Reads what `as_line` wrote; raises ValueError if a single bit of it has changed.

        >>> answer, verdict = Answer("z1", "3", "ann.md", 2), Verdict("z1", "right", 1.0, 1.0)
        >>> Record.from_line(Record("ann", answer, verdict).as_line()).verdict.marks
        1.0
        """
        body = line[: -_SEAL_LENGTH - 1] + b"}"
        if line != body[:-1] + _SEAL % zlib.crc32(body) + b"\n":
            raise ValueError("the checksum does not fit")
        fields = json.loads(body)
        verdict = Verdict(
            **{name: fields[name] for name in ("part", "verdict", "marks", "out_of", "read_as", "position")},
            misconceptions=tuple(fields["misconceptions"]),
            feedback=tuple(fields["feedback"]),
            follows_from=tuple(fields["follows_from"]),
        )
        answer = Answer(fields["part"], fields["answer"], fields["source"], fields["line"])
        return cls(fields["student"], answer, verdict, fields["note"])


_SEAL = b', "crc": "%08x"}'
_SEAL_LENGTH = len(_SEAL % 0)


class Gradebook:
    """The open journal in the folder ``out``; nobody else can open it meanwhile.

    ``words`` say what decides the grades (problem, submissions …). A folder begun with other words is
    refused, as are a journal in use and one whose middle is damaged, each with `Unusable`.
    """

    def __init__(self, out: Path, words: Mapping[str, str]) -> None:
        (out / FEEDBACK).mkdir(parents=True, exist_ok=True)
        self.out = out
        self.path = out / JOURNAL
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o666)
        try:
            self._lock()
            self._end = self._intact_length()
            self._identify(words)
            if self._end < os.fstat(self._file).st_size:
                os.ftruncate(self._file, self._end)
            os.fsync(self._file)
            sync_folder(out)
        except BaseException:
            os.close(self._file)
            raise
        self._synced = time.monotonic()

    def __enter__(self) -> Gradebook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            os.fsync(self._file)
        finally:
            os.close(self._file)

    def add(self, record: Record) -> int:
        """Writes one record behind all others, returns its offset; a full disk leaves the journal whole."""
        line = record.as_line()
        begin = self._end
        try:
            self._write(line)
            if time.monotonic() - self._synced > GROUP_SECONDS:
                os.fsync(self._file)
                self._synced = time.monotonic()
        except OSError as error:
            os.ftruncate(self._file, begin)
            raise Unusable(
                f"{self.path}: {error.strerror}; what was graded so far is safe: make room, then start again"
            ) from error
        self._end = begin + len(line)
        return begin

    def records(self) -> Iterator[Record]:
        """All records from disk, in the order they were added, one at a time."""
        for _, record in self.placed():
            yield record

    def placed(self) -> Iterator[tuple[int, Record]]:
        """All records with their offsets."""
        begin = 0
        with self.path.open("rb") as file:
            for line in file:
                if begin >= self._end:
                    return
                yield begin, Record.from_line(line)
                begin += len(line)

    def at(self, offset: int) -> Record:
        """The record that begins at an offset."""
        with self.path.open("rb") as file:
            file.seek(offset)
            return Record.from_line(file.readline())

    def _write(self, line: bytes) -> None:
        done = 0
        while done < len(line):
            done += os.write(self._file, line[done:])

    def _lock(self) -> None:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Unusable(
                f"{self.path}: another run is writing here; wait for it, or give another -o"
            ) from None

    def _intact_length(self) -> int:
        """Bytes up to the first bad line; with good lines behind it that is no torn end but damage."""
        good, bad_line = 0, 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    Record.from_line(line)
                except (ValueError, KeyError, TypeError):
                    bad_line = bad_line or number
                    continue
                if bad_line:
                    raise Unusable(
                        f"{self.path}:{bad_line}: this line was changed or damaged; put the file back from a"
                        f" copy, or delete it to grade again from the start"
                    )
                good += len(line)
        return good

    def _identify(self, words: Mapping[str, str]) -> None:
        path = self.out / RUN
        wanted = json.dumps(dict(words), indent=1, sort_keys=True) + "\n"
        found = path.read_text("utf-8") if path.exists() else None
        if self._end and found != wanted:
            differs = _differences(found, words)
            raise Unusable(
                f"{self.out}: holds the grades of another run ({differs}); give another -o, or start with the"
                f" same words as then to go on"
            )
        if found != wanted:
            replace(path, wanted.encode())


def _differences(found: str | None, words: Mapping[str, str]) -> str:
    try:
        old: Any = json.loads(found or "")
    except ValueError:
        old = None
    if not isinstance(old, dict):
        return f"its {RUN} is missing or damaged"
    names = sorted(name for name in {*old, *words} if old.get(name) != words.get(name))
    return f"changed since: {', '.join(names)}"


# ---- files made from the journal


def sync_folder(folder: Path) -> None:
    """Makes renamings and new files in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(path: Path, content: bytes, sync: bool = True) -> None:
    """Puts ``content`` in the place of a file at once, so that nobody ever sees half of it."""
    # under the lock of the journal there is one writer, so one name does, and a crash leaves no litter
    draft = path.with_name(f".{path.name}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        if sync:
            os.fsync(descriptor)
    draft.rename(path)
    if sync:
        sync_folder(path.parent)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One student's graded answers, with what was said of the files they came from (as in `Submission`)."""

    student: str
    file: str
    problems: tuple[str, ...]
    readable: bool
    records: tuple[Record, ...]

    @property
    def total(self) -> float:
        """The marks decided so far."""
        return fsum(record.verdict.marks or 0.0 for record in self.records)

    @property
    def needs_human(self) -> tuple[str, ...]:
        """The parts a human must look at, behind ``file`` if not all that was handed in could be read."""
        parts = (record.verdict.part for record in self.records if record.needs_human)
        return (*(() if self.readable else ("file",)), *parts)


def grades_csv(parts: Iterable[str], sheets: Iterable[Sheet]) -> bytes:
    """``grades.csv``: texts in quotes, so that ids stay texts; no answer and undecided are empty."""
    parts = tuple(parts)
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerow([harmless(name) for name in ("id", *parts, "total", "needs_human")])
    for sheet in sheets:
        marks = {record.verdict.part: record.verdict.marks for record in sheet.records}
        cells = [_number(marks.get(part)) for part in parts]
        human = harmless("; ".join(sheet.needs_human))
        writer.writerow([harmless(sheet.student), *cells, _number(sheet.total), human])
    return text.getvalue().encode()


def harmless(cell: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> harmless("=HYPERLINK(1)"), harmless("  -5"), harmless("s-5")
    ("'=HYPERLINK(1)", "'  -5", 's-5')
    """
    begin = cell.lstrip(" \u00a0\u3000")[:1]
    return "'" + cell if begin and begin in "=+-@\t\r\n\0＝＋－＠" else cell


def _number(value: float | None) -> float | int | str:
    if value is None:
        return ""
    value = round(value, 6)
    return int(value) if value == int(value) else value

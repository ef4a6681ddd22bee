"""From what a class handed in, a folder or a CSV, to each student's answers; nothing is dropped silently."""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from derive.errors import Unusable
from grader.classroom.answersheet import Answer, AnswerSheet, last_counts
from grader.classroom.mappings import fields
from grader.classroom.textfiles import Unreadable, read_bytes, read_text

COLUMNS = ("student", "part", "answer")
IGNORED = re.compile(r"\..*|__MACOSX|Thumbs\.db|desktop\.ini", re.IGNORECASE)
"""What computers leave in folders, and no student handed in."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A student's answers, at most one a part; ``problems`` are remarks for student and teacher.

    ``file`` is the student's name among files; ``readable`` is False if a file could not be read or held no
    answer.
    """

    student: str
    answers: tuple[Answer, ...]
    problems: tuple[str, ...] = ()
    file: str = ""
    readable: bool = True


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What one student handed in, not yet read: files, or rows (line, part, answer) of a CSV."""

    student: str
    paths: tuple[Path, ...] = ()
    rows: tuple[tuple[int, str, str], ...] = ()
    source: str = ""
    file: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """All that was handed in; any byte changes its ``fingerprint``; ``remarks`` concern no single student."""

    students: tuple[HandedIn, ...]
    fingerprint: str
    remarks: tuple[str, ...] = ()


def read_one(handed_in: HandedIn, sheet: AnswerSheet) -> Submission:
    """One student's answers, of several files together."""
    answers: dict[str, list[Answer]] = {}
    problems, readable = list(handed_in.problems), True
    for path in handed_in.paths:
        try:
            found, remarks = _read_file(path, sheet)
        except Unreadable as reason:
            found, remarks, readable = [], [f"{path.name} {reason}"], False
        problems += remarks
        for answer in found:
            answers.setdefault(answer.part, []).append(answer)
    for line, part, text in handed_in.rows:
        name = sheet.named(part)
        if name is None:
            problems.append(f"{handed_in.source}:{line}: {sheet.unknown(part)}")
        elif text.strip():
            answer = Answer(name, _clean(sheet.in_cell(name, text)), handed_in.source, line)
            answers.setdefault(name, []).append(answer)
    chosen, doubts = last_counts(sheet.parts, answers)
    if not chosen and readable:
        known = ", ".join(part.id for part in sheet.parts)
        problems.append(f"no answer to any part was found (name the parts in headings: {known})")
    return Submission(
        handed_in.student, tuple(chosen), (*problems, *doubts), handed_in.file, readable and bool(chosen)
    )


# ---- files


def _free_text(path: Path, text: str, sheet: AnswerSheet) -> tuple[list[Answer], list[str]]:
    return sheet.find(text, path.name)


def _mapping(path: Path, text: str, sheet: AnswerSheet) -> tuple[list[Answer], list[str]]:
    found, remarks = fields(text, path.suffix.lower())
    answers = []
    for key, value, line in found:
        if part := sheet.named(key):
            answers.append(Answer(part, sheet.in_cell(part, value), path.name, line or 1))
        else:
            remarks.append(sheet.unknown(key))
    return answers, [f"{path.name}: {remark}" for remark in remarks]


READERS: dict[str, Callable[[Path, str, AnswerSheet], tuple[list[Answer], list[str]]]] = {
    ".md": _free_text,
    ".markdown": _free_text,
    ".txt": _free_text,
    ".yaml": _mapping,
    ".yml": _mapping,
    ".json": _mapping,
}
"""How each kind of file is read."""


def _read_file(path: Path, sheet: AnswerSheet) -> tuple[list[Answer], list[str]]:
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        if path.is_dir():
            raise Unreadable("is empty, or a folder in a folder; put the files straight into the folder ID/")
        raise Unreadable(f"cannot be read yet; files ending in {', '.join(READERS)} can")
    text, remark = read_text(path)
    answers, remarks = reader(path, text, sheet)
    answers = [Answer(a.part, _clean(a.text), a.source, a.line) for a in answers]
    return answers, [*([f"{path.name} {remark}"] if remark else []), *remarks]


def _clean(text: str) -> str:
    """Text that can be written as UTF-8: JSON can spell half characters."""
    return text.encode("utf-8", "replace").decode()


# ---- who handed in what


def collect(submissions: Path) -> Collection:
    """Who handed in, and a fingerprint of all of it; raises `Unusable` if that cannot be found out."""
    if submissions.is_dir():
        return _folder(submissions)
    if not submissions.exists():
        raise Unusable(f"{submissions}: there is no such folder or CSV file")
    if submissions.suffix.lower() == ".csv":
        return _table(submissions)
    return _files([(submissions.stem, submissions)], submissions)


def _folder(folder: Path) -> Collection:
    found = []
    for entry in sorted(folder.iterdir()):
        if IGNORED.fullmatch(entry.name):
            continue
        if entry.is_dir() and not entry.is_symlink():
            inside = [path for path in sorted(entry.iterdir()) if not IGNORED.fullmatch(path.name)]
            found += [(entry.name, path) for path in inside or [entry]]
        else:
            found.append((entry.stem, entry))
    return _files(found, folder)


def _files(found: Sequence[tuple[str, Path]], root: Path) -> Collection:
    digest, students = hashlib.sha256(), dict[str, list[Path]]()
    for name, path in found:
        students.setdefault(_student(name), []).append(path)
        try:
            content = read_bytes(path)
        except Unreadable as reason:
            content = str(reason).encode()
        for piece in (str(path.relative_to(root)).encode("utf-8", "surrogateescape"), content):
            digest.update(len(piece).to_bytes(8, "big") + piece)
    return _collection(
        (HandedIn(name, tuple(paths)) for name, paths in students.items()), digest.hexdigest(), root
    )


def _table(path: Path) -> Collection:
    remarks: tuple[str, ...] = ()
    try:
        rows = _rows(path, "utf-8-sig")
    except UnicodeDecodeError:
        rows, remarks = _rows(path, "latin-1"), (f"{path.name} is not UTF-8; read as Latin-1",)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    students = (HandedIn(name, rows=tuple(lines), source=path.name) for name, lines in rows.items())
    return _collection(students, digest.hexdigest(), path, remarks)


def _rows(path: Path, encoding: str) -> dict[str, list[tuple[int, str, str]]]:
    """Line, part and answer of every row, by student, in the order of the file."""
    students: dict[str, list[tuple[int, str, str]]] = {}
    with path.open(encoding=encoding, newline="") as file:
        header = file.readline()
        delimiter = max(",;\t", key=header.count)
        names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter), [])]
        if missing := [name for name in COLUMNS if name not in names]:
            raise Unusable(
                f"{path}:1: the column '{missing[0]}' is missing (found: {', '.join(names)[:200]};"
                f" expected: {', '.join(COLUMNS)})"
            )
        where = [names.index(name) for name in COLUMNS]
        reader = csv.reader(file, delimiter=delimiter)
        line = 2
        try:
            for row in reader:
                row = _mended(row, len(names), delimiter) if where[-1] == len(names) - 1 else row
                student, part, answer = (row[column] if column < len(row) else "" for column in where)
                if any(row):
                    name = _student(student) or f"(no student in line {line})"
                    students.setdefault(name, []).append((line, part, answer.replace("\r\n", "\n")))
                line = reader.line_num + 2
        except csv.Error as error:
            raise Unusable(f"{path}:{line}: {error}") from None
    return students


def _mended(row: list[str], width: int, delimiter: str) -> list[str]:
    """The row with its last cell whole, where a delimiter stood in it without quotes around the cell.

    >>> _mended(["ann", "net", "[1", " 2]"], 3, ",")
    ['ann', 'net', '[1, 2]']
    """
    if not any(row[width:]):
        return row
    return [*row[: width - 1], delimiter.join(row[width - 1 :]).rstrip(delimiter)]


def _collection(
    students: Iterable[HandedIn], fingerprint: str, path: Path, remarks: tuple[str, ...] = ()
) -> Collection:
    students = list(students)
    if not students:
        raise Unusable(f"{path}: nobody handed in anything here")
    names = file_names([handed_in.student for handed_in in students])
    alike = Counter(_file_name(handed_in.student).casefold() for handed_in in students)
    named = []
    for handed_in, name in zip(students, names, strict=True):
        problems = handed_in.problems
        if alike[_file_name(handed_in.student).casefold()] > 1:
            problems += (
                f"another id differs only in capitals or signs; the feedback for this one is '{name}'",
            )
        named.append(
            HandedIn(handed_in.student, handed_in.paths, handed_in.rows, handed_in.source, name, problems)
        )
    return Collection(tuple(named), fingerprint, remarks)


# ---- names


def _student(name: str) -> str:
    """An id as text: composed characters, no line ends, at most 200 bytes."""
    name = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    name = " ".join(unicodedata.normalize("NFC", name).split())
    return name.encode()[:200].decode("utf-8", "ignore")


_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def _file_name(student: str) -> str:
    """The id in letters, digits and ``@ + - .`` only, so that it can stand in any file system.

    >>> _file_name("../etc/passwd"), _file_name("Zoë K."), _file_name("con")
    ('etc_passwd', 'Zoë_K', 'con_')
    """
    name = re.sub(r"[^\w@+.-]+", "_", student)[:60].strip("._") or "student"
    return name + "_" if _RESERVED.fullmatch(name) else name


def file_names(students: Sequence[str]) -> list[str]:
    """A name for the files of each student; those that some file systems take for equal get a number.

    >>> file_names(["Ann", "ann", "Bob"])
    ['Ann', 'ann~2', 'Bob']
    """
    seen: Counter[str] = Counter()
    names = []
    for student in students:
        name = _file_name(student)
        seen[name.casefold()] += 1
        count = seen[name.casefold()]
        names.append(name if count == 1 else f"{name}~{count}")
    return names

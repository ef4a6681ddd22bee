"""The journal loses nothing, says what is damaged, and lets in one writer."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from pathlib import Path

import pytest

from derive.errors import Unusable
from grader.classroom.answersheet import Answer
from grader.classroom.gradebook import Gradebook, Record, Sheet, grades_csv, harmless, replace
from grader.verdicts import Verdict
from tests.grading.classroom import PROBLEM, WORDS, judge


def record(student: str, text: str = "right") -> Record:
    return Record(student, Answer("delta1", text, "a.md", 3), judge("delta1", text))


def begun(out: Path, count: int = 3) -> Path:
    with Gradebook(out, WORDS) as book:
        for number in range(count):
            book.add(record(f"s{number}"))
    return out / "answers.jsonl"


def students(out: Path) -> list[str]:
    with Gradebook(out, WORDS) as book:
        return [entry.student for entry in book.records()]


def test_records_come_back_as_they_were(tmp_path: Path) -> None:
    odd = Record(
        "Zoë \u202e",
        Answer("z", "δ\n\\frac{\x01\x00", "a b.md", 1),
        Verdict("z", "undecided", None, 1.0),
        "why",
    )
    with Gradebook(tmp_path, WORDS) as book:
        offsets = [book.add(record("ann")), book.add(odd)]
        assert list(book.records()) == [record("ann"), odd]
        assert [book.at(offset) for offset in offsets] == [record("ann"), odd]


def test_a_line_is_what_check_prints_and_more(tmp_path: Path) -> None:
    first = json.loads(begun(tmp_path).read_text().splitlines()[0])
    assert first.items() >= {"student": "s0", **record("s0").verdict.as_json()}.items()


def test_every_torn_end_is_cut_off(tmp_path: Path) -> None:
    path = begun(tmp_path)
    whole = path.read_bytes()
    second = whole.index(b"\n", whole.index(b"\n") + 1) + 1
    for length in range(second, len(whole)):
        path.write_bytes(whole[:length])
        assert students(tmp_path) == ["s0", "s1"]
        assert path.read_bytes() == whole[:second]


def test_garbage_behind_the_last_good_line_is_cut_off(tmp_path: Path) -> None:
    path = begun(tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole + b"\0" * 5000 + b"\n{}\n")
    assert students(tmp_path) == ["s0", "s1", "s2"] and path.read_bytes() == whole


def test_every_changed_byte_in_the_middle_is_found_and_nothing_is_cut(tmp_path: Path) -> None:
    path = begun(tmp_path)
    whole = path.read_bytes()
    middle = range(whole.index(b"\n") + 1, whole.index(b"\n", whole.index(b"\n") + 1))
    for position in middle:
        damaged = whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :]
        path.write_bytes(damaged)
        with pytest.raises(Unusable, match=r"answers\.jsonl:2: this line was changed or damaged"):
            Gradebook(tmp_path, WORDS)
        assert path.read_bytes() == damaged


def test_a_second_run_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    with Gradebook(tmp_path, WORDS) as book:
        with pytest.raises(Unusable, match="another run is writing here"):
            Gradebook(tmp_path, WORDS)
        book.add(record("ann"))
    assert students(tmp_path) == ["ann"]


def test_other_words_are_refused_by_name(tmp_path: Path) -> None:
    path = begun(tmp_path)
    before = path.read_bytes()
    with pytest.raises(Unusable, match="another run \\(changed since: problem\\)"):
        Gradebook(tmp_path, {**WORDS, "problem": "other"})
    (tmp_path / "run.json").unlink()
    with pytest.raises(Unusable, match=r"run\.json is missing"):
        Gradebook(tmp_path, WORDS)
    assert path.read_bytes() == before


def test_an_empty_journal_may_begin_anew(tmp_path: Path) -> None:
    begun(tmp_path, 0)
    with Gradebook(tmp_path, {"problem": "other"}) as book:
        assert list(book.records()) == []


@pytest.mark.parametrize("written", [0, 40])
def test_a_full_disk_is_said_and_leaves_whole_lines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: int
) -> None:
    path = begun(tmp_path)
    before, write = path.read_bytes(), os.write

    def full(descriptor: int, data: bytes) -> int:
        if written and len(data) > written:
            return write(descriptor, data[:written])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Gradebook(tmp_path, WORDS) as book, monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda d, data: full(d, data) if len(data) > written else full(d, b""))
        with pytest.raises(Unusable, match="No space left on device; what was graded so far is safe"):
            book.add(record("late", "x" * 400))
    assert path.read_bytes() == before
    assert students(tmp_path) == ["s0", "s1", "s2"]


def test_replacing_a_file_leaves_the_old_one_until_the_new_one_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "grades.csv"
    replace(target, b"old")

    def killed(descriptor: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", killed)
        with pytest.raises(KeyboardInterrupt):
            replace(target, b"new")
    assert target.read_bytes() == b"old"
    replace(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["grades.csv"] and target.read_bytes() == b"new"


def test_the_table_of_grades() -> None:
    undecided = Record("=cmd()", Answer("dW1", "", "", 1), Verdict("dW1", "undecided", None, 3.0))
    sheets = (
        Sheet("007", "007", (), True, (record("007"),)),
        Sheet("=cmd()", "cmd", (), True, (record("=cmd()", "slope"), undecided)),
        Sheet("-1", "1", (), False, ()),
    )
    text = grades_csv([part.id for part in PROBLEM.parts], sheets).decode()
    assert text.splitlines()[1] == '"007","",3,"",3,""'
    assert list(csv.DictReader(io.StringIO(text)))[1:] == [
        {"id": "'=cmd()", "output": "", "delta1": "1.5", "dW1": "", "total": "1.5", "needs_human": "dW1"},
        {"id": "'-1", "output": "", "delta1": "", "dW1": "", "total": "0", "needs_human": "file"},
    ]


@pytest.mark.parametrize(
    "cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\0x", "＝1", "  =1", "\u3000=1"]
)
def test_no_cell_begins_a_formula(cell: str) -> None:
    assert harmless(cell) == "'" + cell

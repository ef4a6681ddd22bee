"""A class is graded once, in order, whatever dies on the way."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
import tracemalloc
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from derive.errors import Unusable
from grader.classroom.batch import grade
from grader.classroom.course import grade as grade_class
from grader.verdicts import Verdict
from tests.grading.classroom import POINTS, PROBLEM, WORDS, files, grade_folder, hand_in, judge

HERE = Path(__file__).parent


def journal(out: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (out / "answers.jsonl").read_text().splitlines()]


def test_grades_are_the_truth(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", 30)
    summary = grade_folder(folder, tmp_path / "out")
    lines = journal(tmp_path / "out")
    for line in lines:
        text = str(line["answer"])
        expected = {"ra": "undecided", "ri": "right", "? ": "unreadable"}.get(text[:2], "wrong")
        assert line["verdict"] == expected
    assert summary.answers == len(lines) and summary.judged == len(lines) and summary.students == 30
    assert summary.verdicts == dict(sorted(Counter(str(line["verdict"]) for line in lines).items()))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "out/grades.csv").read_text())))
    for row in rows:
        own = {str(line["part"]): line["marks"] for line in lines if line["student"] == row["id"]}
        for part in POINTS:
            assert row[part] == ("" if own.get(part) is None else f"{own[part]:g}")
    assert {path.stem for path in (tmp_path / "out/feedback").glob("*.html")} == {row["id"] for row in rows}


def test_several_processes_write_the_same_files(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", 25)
    grade_folder(folder, tmp_path / "one")
    grade_folder(folder, tmp_path / "two", jobs=2)
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_finished_run_judges_nothing_again(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", 10)
    first = grade_folder(folder, tmp_path / "out")
    before = files(tmp_path / "out")

    def never(part: str, text: str) -> Verdict:
        raise AssertionError("judged again")

    again = grade(PROBLEM, folder, tmp_path / "out", never, words=WORDS)
    assert again.judged == 0 and again.verdicts == first.verdicts and files(tmp_path / "out") == before


def test_equal_answers_are_judged_once_even_across_runs(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    table.write_text("student,part,answer\n" + "".join(f"s{n},output,right {n % 3}\n" for n in range(30)))
    seen: list[tuple[str, str]] = []

    def counting(part: str, text: str) -> Verdict:
        seen.append((part, text))
        if len(seen) == 3 and text == "right 2":
            raise KeyboardInterrupt
        return judge(part, text)

    with pytest.raises(KeyboardInterrupt):
        grade(PROBLEM, table, tmp_path / "out", counting, words=WORDS)
    assert len(journal(tmp_path / "out")) == 2
    grade(PROBLEM, table, tmp_path / "out", counting, words=WORDS)
    assert seen == [("output", f"right {n}") for n in (0, 1, 2, 2)]


@pytest.mark.parametrize("text", ["raise", "exit", "nan"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_judge_that_fails_leaves_the_answer_to_a_human(tmp_path: Path, text: str, jobs: int) -> None:
    table = tmp_path / "class.csv"
    table.write_text(f"student,part,answer\nann,output,{text}\nbob,output,right\n")
    summary = grade_folder(table, tmp_path / "out", jobs)
    assert summary.verdicts == {"right": 1, "undecided": 1}
    first = journal(tmp_path / "out")[0]
    assert first["marks"] is None and first["note"]
    for page in (tmp_path / "out/feedback").iterdir():
        assert "secret" not in page.read_text()


def test_a_process_that_dies_costs_only_the_answer_that_kills_it(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    rows = [f"s{n:02},output,{'die' if n in (3, 20) else 'right'} {n}" for n in range(40)]
    table.write_text("student,part,answer\n" + "\n".join(rows))
    assert grade_folder(table, tmp_path / "out", 2).verdicts == {"right": 38, "undecided": 2}
    undecided = [line for line in journal(tmp_path / "out") if line["verdict"] == "undecided"]
    assert [line["student"] for line in undecided] == ["s03", "s20"]
    assert {line["note"] for line in undecided} == {"the process that judged it died"}


def test_changed_submissions_are_refused(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", 4)
    grade_folder(folder, tmp_path / "out")
    (folder / "s001.md").write_text("## output\n\nright now\n")
    with pytest.raises(Unusable, match="changed since: submissions"):
        grade_folder(folder, tmp_path / "out")


def test_results_may_not_lie_among_the_submissions(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", 2)
    with pytest.raises(Unusable, match="lies in the folder of the submissions"):
        grade_folder(folder, folder / "out")


# ---- runs that are killed


def started(
    folder: Path, out: Path, jobs: int, token: str = "", seconds: str = "0.002"
) -> subprocess.Popen[str]:
    paths = os.pathsep.join([str(HERE), *sys.path])
    environment = {**os.environ, "PYTHONPATH": paths, "JUDGE_SECONDS": seconds, "CLASSROOM": token}
    command = [sys.executable, str(HERE / "classroom.py"), str(folder), str(out), str(jobs)]
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def alive(token: str) -> list[str]:
    """Processes that carry our token in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"CLASSROOM={token}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(folder.name)
        except OSError:
            continue
    return found


def none_left(token: str) -> bool:
    deadline = time.monotonic() + 10
    while alive(token) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(token)


def grown(out: Path, lines: int, run: subprocess.Popen[str]) -> None:
    """Waits until the journal has so many lines or the run ends."""
    path = out / "answers.jsonl"
    while run.poll() is None and not (path.exists() and path.read_bytes().count(b"\n") >= lines):
        time.sleep(0.001)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for orphans in /proc")
def test_killed_runs_end_with_the_same_files_and_leave_no_process(tmp_path: Path) -> None:
    folder = hand_in(tmp_path / "in", 60)
    grade_folder(folder, tmp_path / "calm")
    calm, out, token = files(tmp_path / "calm"), tmp_path / "killed", uuid.uuid4().hex
    total = calm["answers.jsonl"].count(b"\n")
    rng, kept = random.Random(7), 0
    for kill in range(10):
        run = started(folder, out, jobs=1 + kill % 2, token=token)
        # kills spread over the whole run: before the first line, between lines, while pages are being written
        grown(out, rng.randrange(total * (kill + 1) // 8 + 1), run)
        time.sleep(rng.uniform(0, 0.02))
        run.kill()
        run.communicate()
        assert none_left(token)
        path = out / "answers.jsonl"
        content = path.read_bytes() if path.exists() else b""
        assert calm["answers.jsonl"].startswith(content) and len(content) >= kept
        kept = content.rfind(b"\n") + 1
    run = started(folder, out, jobs=2, token=token)
    _, errors = run.communicate()
    assert (run.returncode, errors) == (0, "")
    assert files(out) == calm
    assert none_left(token)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What is started in the background by a shell ignores interrupts, and so do its children; here they do
    not."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("jobs", [1, 2])
def test_an_interrupted_run_ends_cleanly_and_goes_on(tmp_path: Path, jobs: int) -> None:
    folder = hand_in(tmp_path / "in", 40)
    run = started(folder, tmp_path / "out", jobs, seconds="0.01")
    grown(tmp_path / "out", 10, run)
    os.killpg(run.pid, signal.SIGINT)  # as a terminal does: to all processes at once
    _, errors = run.communicate(timeout=20)
    assert run.returncode == -signal.SIGINT
    # A codec that is interrupted says so in a traceback of its own, chained to the first.
    tracebacks = errors.count("Traceback") - errors.count("direct cause of the following exception")
    assert tracebacks == 1 and errors.splitlines()[-1].startswith("KeyboardInterrupt")
    done = len(journal(tmp_path / "out"))
    summary = grade_folder(folder, tmp_path / "out")
    assert 10 <= done < summary.answers and summary.judged == summary.answers - done


def test_the_path_through_the_journal_does_not_hold_the_answers_again(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    rows = [f"s{n // 3:03},{list(POINTS)[n % 3]},right {n} {'x' * 30_000}\n" for n in range(300)]
    table.write_text("student,part,answer\n" + "".join(rows))
    grade_folder(hand_in(tmp_path / "warm", 2), tmp_path / "warm-out")  # imports and templates are no answers
    tracemalloc.start()
    grade_folder(table, tmp_path / "out")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5 * table.stat().st_size


# ---- what follows from a student's own earlier answers

DELTA3, DELTA2 = "[0.34624641, -0.09524559]", "[0.02192839, 0.02488564]"
CLASS = [
    ("ann", "delta2", DELTA2),
    ("ann", "delta3", DELTA3),  # what follows may stand before what it follows from
    ("bob", "delta2", DELTA2),
    ("bob", "delta3", "[0.138498562, -0.0380982366]"),
    ("cid", "delta3", DELTA3),
    ("cid", "delta2", DELTA2),
    ("dan", "delta2", DELTA2),
    ("eve", "delta3", "[0, 0]"),
    ("eve", "delta2", "[0, 0]"),
]


def class_of(folder: Path) -> Path:
    table = folder / "class.csv"
    rows = [f'{student},{part},"{answer}"' for student, part, answer in CLASS]
    table.write_text("\n".join(["student,part,answer", *rows, ""]))
    return table


def test_wrong_answers_follow_from_the_same_students_answers_only(tmp_path: Path) -> None:
    table = class_of(tmp_path)
    grade_class("mazur", table, tmp_path / "out")
    lines = {(line["student"], line["part"]): line for line in journal(tmp_path / "out")}
    marks = {student: lines[student, "delta2"]["marks"] for student, part, _ in CLASS if part == "delta2"}
    assert marks == {"ann": 2, "bob": 0, "cid": 2, "dan": 0, "eve": 0}
    assert lines["ann", "delta2"]["follows_from"] == lines["cid", "delta2"]["follows_from"] == ["delta3"]
    assert lines["ann", "delta2"]["verdict"] == "wrong" and not lines["dan", "delta2"]["follows_from"]
    for form in ("html", "md"):
        page = (tmp_path / f"out/feedback/ann.{form}").read_text()
        assert "follows from delta3" in page and "2 of 2" in page
        assert "follows from" not in (tmp_path / f"out/feedback/bob.{form}").read_text()
    assert "follows from delta3" in (tmp_path / "out/report.html").read_text()


def test_what_follows_is_the_same_wherever_a_run_was_cut_off(tmp_path: Path) -> None:
    table = class_of(tmp_path)
    grade_class("mazur", table, tmp_path / "whole")
    whole = files(tmp_path / "whole")
    lines = whole["answers.jsonl"].splitlines(keepends=True)
    for kept in range(len(lines)):
        out = tmp_path / f"cut{kept}"
        out.mkdir()
        (out / "run.json").write_bytes(whole["run.json"])
        (out / "answers.jsonl").write_bytes(b"".join(lines[:kept]))
        grade_class("mazur", table, out)
        assert files(out) == whole
    grade_class("mazur", table, tmp_path / "two", jobs=2)
    assert files(tmp_path / "two") == whole


def test_an_answer_is_judged_again_only_beside_other_earlier_answers(tmp_path: Path) -> None:
    rows = ["student,part,answer"]
    for number in range(12):
        rows += [f"s{number},output,wrong {number % 2}", f"s{number},delta1,wrong"]
    table = tmp_path / "class.csv"
    table.write_text("\n".join([*rows, ""]))
    seen: list[tuple[object, ...]] = []

    def counting(part: str, text: str, earlier: dict[str, str] | None = None) -> Verdict:
        seen.append((part, text, tuple((earlier or {}).items())))
        return judge(part, text)

    leads = {"delta1": frozenset({"output"}), "dW1": frozenset({"delta1"})}
    grade(PROBLEM, table, tmp_path / "out", counting, words=WORDS, leads=leads)
    alone = [("output", "wrong 0", ()), ("output", "wrong 1", ()), ("delta1", "wrong", ())]
    beside = [("delta1", "wrong", (("output", f"wrong {n}"),)) for n in (0, 1)]
    assert sorted(seen) == sorted([*alone, *beside])

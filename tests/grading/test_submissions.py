"""Whatever lies in a folder of submissions is read or reported, and no file gets out of its folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from derive.errors import Unusable
from grader.classroom.answersheet import AnswerSheet
from grader.classroom.submissions import Submission, collect, file_names, read_one
from tests.grading.classroom import PROBLEM


def read_all(path: Path) -> dict[str, Submission]:
    sheet = AnswerSheet(PROBLEM.parts)
    return {handed_in.student: read_one(handed_in, sheet) for handed_in in collect(path).students}


def answers(submission: Submission) -> dict[str, str]:
    return {answer.part: answer.text for answer in submission.answers}


def only(path: Path) -> Submission:
    (submission,) = read_all(path).values()
    return submission


def unread(folder: Path) -> str:
    """The reason why the only submission of a folder is unreadable."""
    submission = only(folder)
    assert not submission.readable and not submission.answers
    return " ".join(submission.problems)


def test_files_and_folders_of_students(tmp_path: Path) -> None:
    (tmp_path / "ann.md").write_text("## output\n3\n")
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob/1.txt").write_text("output: 4")
    (tmp_path / "bob/2.yaml").write_text("delta1: 'W_2^T \\delta_2'\n")
    (tmp_path / ".DS_Store").write_bytes(b"\0")
    (tmp_path / "__MACOSX").mkdir()
    found = read_all(tmp_path)
    assert {name: answers(submission) for name, submission in found.items()} == {
        "ann": {"output": "3"},
        "bob": {"output": "4", "delta1": "W_2^T \\delta_2"},
    }
    assert all(submission.readable and not submission.problems for submission in found.values())


def test_a_single_file_is_a_class_of_one(tmp_path: Path) -> None:
    (tmp_path / "ann.md").write_text("## output\n3\n")
    assert answers(only(tmp_path / "ann.md")) == {"output": "3"}


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.pdf", b"%PDF", "a.pdf cannot be read yet; files ending in .md"),
        ("a.tex", b"$x$", "a.tex cannot be read yet"),
        ("a.ipynb", b"{}", "a.ipynb cannot be read yet"),
        ("a", b"## output\n3", "a cannot be read yet"),
        ("a.md", b"x" * 1_000_001, "a.md has 1,000,001 bytes; at most 1,000,000 are read"),
        ("a.md", b"## output\n" + b"1" * 10_001, "a.md has 10,001 characters in line 2"),
        ("a.md", b"## output\n3\0", "a.md is no text file"),
        ("a.md", b"", "no answer to any part was found"),
        (
            "a.md",
            b"I was ill",
            "no answer to any part was found (name the parts in headings: output, delta1, dW1)",
        ),
        ("a.yaml", b"output: [1, 2", "a.yaml is no YAML"),
        ("a.yaml", b"- 1\n- 2\n", "a.yaml must be like `part: answer`"),
        ("a.yaml", b"output: &x [1]\ndelta1: *x\n", "a.yaml uses an alias"),
        ("a.yaml", b"output: &x [*x]\n", "a.yaml uses an alias"),
        ("a.yaml", b"output: {a: 1}\n", "'output' has something else"),
        ("a.yaml", b"output: " + b"[" * 5000, "a.yaml is nested too deeply"),
        ("a.yaml", b"- " * 4000, "a.yaml is nested too deeply"),
        ("a.yaml", b"output: '" + b"1" * 9000 + b"\n" * 100_000 + b"'", "at most 100,000 are read"),
        ("a.json", b'{"output": NaN}', "a.json holds NaN"),
        ("a.json", b'{"output": 3', "a.json is no JSON"),
        ("a.json", b"[\n" * 40_000, "a.json is nested too deeply"),
        ("a.json", b"[1]", "a.json must be like"),
        ("a.json", b'{"output": true}', "'output' has something else"),
    ],
    ids=lambda value: value[:12] if isinstance(value, bytes) else "",
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    assert reason in unread(tmp_path)


def test_links_pipes_and_hard_links_are_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.md"
    secret.write_text("## output\n42\n")
    for place, reason in ((os.symlink, "is a link, which is not followed"), (os.link, "is a hard link")):
        folder = tmp_path / place.__name__
        folder.mkdir()
        place(secret, folder / "eve.md")
        assert reason in unread(folder)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe/eve.md")
    assert "is not a plain file" in unread(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    os.symlink(tmp_path / "symlink", tmp_path / "folder/eve", target_is_directory=True)
    assert not only(tmp_path / "folder").readable


def test_an_unreadable_file_does_not_cost_the_readable_ones(tmp_path: Path) -> None:
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob/a.md").write_text("## output\n3\n")
    (tmp_path / "bob/photo.jpg").write_bytes(b"\xff\xd8")
    submission = only(tmp_path)
    assert answers(submission) == {"output": "3"} and not submission.readable
    assert "photo.jpg cannot be read yet" in submission.problems[0]


@pytest.mark.parametrize(
    ("encoded", "remark"),
    [
        ("δ = é".encode("utf-8-sig"), ()),
        ("é".encode("latin-1"), ("a.md is not UTF-8; read as Latin-1",)),
        ("é".encode("utf-16"), ("a.md is UTF-16, not UTF-8",)),
    ],
)
def test_encodings(tmp_path: Path, encoded: bytes, remark: tuple[str, ...]) -> None:
    utf16 = encoded.startswith((b"\xff\xfe", b"\xfe\xff"))
    heading = "## output\r\n".encode("utf-16-le" if utf16 else "utf-8")
    mark = encoded[:2] if utf16 else encoded[:3] if encoded.startswith(b"\xef\xbb\xbf") else b""
    (tmp_path / "a.md").write_bytes(mark + heading + encoded[len(mark) :])
    submission = only(tmp_path)
    assert submission.problems == remark and answers(submission)["output"].endswith("é")


def test_digits_of_mappings_stay_as_typed(tmp_path: Path) -> None:
    (tmp_path / "ann.yaml").write_text("output: 0.50\ndelta1: no\ndW1: [[1.0, 2], [3, 1e-3]]\n")
    (tmp_path / "bob.json").write_text('{"output": 0.50, "delta1": "x", "DW1": [[1.0, 2], [3, 1e-3]]}')
    found = {name: answers(submission) for name, submission in read_all(tmp_path).items()}
    matrix = "[[1.0, 2], [3, 1e-3]]"
    assert found["ann"] == {"output": "0.50", "delta1": "no", "dW1": matrix}
    assert found["bob"] == {"output": "0.50", "delta1": "x", "dW1": matrix}


def test_lost_backslashes_unknown_parts_and_double_answers_are_said(tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text('{"output": "\\frac12", "detla1": "3", "dW1": "4", "dW1": "5"}')
    submission = only(tmp_path)
    assert answers(submission)["dW1"] == "5"
    said = "\n".join(submission.problems)
    assert "output: a backslash was lost" in said
    assert "did you mean 'delta1'" in said and "dW1: 2 answers" in said


def test_half_characters_do_not_stop_the_class(tmp_path: Path) -> None:
    (tmp_path / "ann.json").write_text('{"output": "\\ud800"}')
    assert answers(only(tmp_path)) == {"output": "?"}


# ---- one CSV


def test_csv(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    table.write_text(
        '\ufeffStudent, Part ,answer,when\n007,output,3,now\n"O\'Hara, Zoë",Delta1,"$\\delta_1 = x$",\n'
        '007,dW1,"[[1 2]\n [3 4]]",\n007,output,4,\n007,output,,\n\nbob,nothing,5,\n'
    )
    found = read_all(table)
    assert {name: answers(submission) for name, submission in found.items()} == {
        "007": {"output": "4", "dW1": "[[1 2]\n [3 4]]"},
        "O'Hara, Zoë": {"delta1": "\\delta_1 = x"},
        "bob": {},
    }
    assert found["007"].problems == ("output: 2 answers (class.csv:2, class.csv:6); the last one counts",)
    assert "class.csv:9: " in found["bob"].problems[0] and "nothing" in found["bob"].problems[0]


def test_an_answer_without_quotes_keeps_what_stands_behind_its_commas(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    table.write_text("student,part,answer\nann,output,[119, 146]\nbob,output,[1; 2],,\n")
    found = {name: answers(submission) for name, submission in read_all(table).items()}
    assert found == {"ann": {"output": "[119, 146]"}, "bob": {"output": "[1; 2]"}}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters_of_spreadsheets(tmp_path: Path, delimiter: str) -> None:
    table = tmp_path / "class.csv"
    table.write_text(
        delimiter.join(("student", "part", "answer")) + "\n" + delimiter.join(("ann", "output", "3"))
    )
    assert answers(only(table)) == {"output": "3"}


def test_csv_in_latin_1_is_read_and_said(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    table.write_bytes("student,part,answer\nZoë,output,3\n".encode("latin-1"))
    assert collect(table).remarks == ("class.csv is not UTF-8; read as Latin-1",)
    assert list(read_all(table)) == ["Zoë"]


def test_rows_without_a_student_are_not_dropped(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    table.write_text("student,part,answer\n,output,3\nann\n")
    assert list(read_all(table)) == ["(no student in line 2)", "ann"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("student,part\nann,output\n", "class.csv:1: the column 'answer' is missing (found: student, part;"),
        ("", "the column 'student' is missing"),
        ("student,part,answer\n", "nobody handed in anything"),
        ("student,part,answer\nann,output," + "x" * 200_000, "class.csv:2: field larger than field limit"),
    ],
)
def test_an_unusable_csv_is_refused_whole(tmp_path: Path, content: str, message: str) -> None:
    table = tmp_path / "class.csv"
    table.write_text(content)
    with pytest.raises(Unusable) as caught:
        collect(table)
    assert message in str(caught.value)


def test_no_class_at_all(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="nobody handed in anything"):
        collect(tmp_path)
    with pytest.raises(Unusable, match="there is no such folder or CSV"):
        collect(tmp_path / "none")


# ---- names


def test_ids_that_file_systems_confuse_get_files_of_their_own(tmp_path: Path) -> None:
    table = tmp_path / "class.csv"
    table.write_text(
        "student,part,answer\nAnn,output,3\nann,output,4\na/nn,output,5\na\\nn,output,6\nbob,output,7\n"
    )
    found = read_all(table)
    assert [submission.file for submission in found.values()] == ["Ann", "ann~2", "a_nn", "a_nn~2", "bob"]
    assert all(bool(submission.problems) == (name != "bob") for name, submission in found.items())
    assert not any(
        other in submission.problems[0] for submission in (found["Ann"],) for other in ("'ann'", "a/nn")
    )


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "..",
        ".",
        "",
        "CON",
        "a\x00b",
        "x" * 500,
        "-rf",
        "\u202egnp.exe",
        "a\nb",
        "ünï",
        "😀",
    ],
)
def test_every_name_becomes_one_plain_file_name(name: str, tmp_path: Path) -> None:
    (safe,) = file_names([name])
    (tmp_path / f"{safe}.html").write_text("")
    assert [path.stem for path in tmp_path.iterdir()] == [safe]
    assert len(safe.encode()) < 250 and not safe.startswith(".") and safe.isprintable()


def test_the_fingerprint_sees_every_byte_and_name(tmp_path: Path) -> None:
    file = tmp_path / "ann.md"
    prints = set()
    for name, content in (("ann.md", "1"), ("ann.md", "2"), ("ann.txt", "2"), ("bob.md", "2")):
        file.unlink(missing_ok=True)
        file = tmp_path / name
        file.write_text(content)
        prints.add(collect(tmp_path).fingerprint)
    (tmp_path / "eve.md").symlink_to("/etc/passwd")
    prints.add(collect(tmp_path).fingerprint)
    assert len(prints) == 5 and collect(tmp_path).fingerprint in prints

"""The command line keeps its promises on bad input: one message on stderr, the exit code that says why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grader.cli import main


def deltagrade(*words: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, words, input=stdin)


@pytest.mark.parametrize(
    "words",
    [
        ("handout", "mazur", "-o"),
        ("demo", "-o"),
        ("grade", "mazur", ".", "-o"),
        ("problems", "new"),
    ],
)
def test_what_cannot_be_written_is_named_and_nothing_was_found(
    words: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    result = deltagrade(*words, str(tmp_path / "file" / "inside"))
    assert (result.exit_code, result.stdout) == (3, "")
    assert "inside" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    "words", [(), ("mazur", "--layers", "3,2"), ("mazur", "--general"), ("--general", "--layers", "3,2")]
)
def test_derive_takes_one_network(words: tuple[str, ...]) -> None:
    result = deltagrade("derive", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "give one of" in result.stderr


@pytest.mark.parametrize(("words", "stdin"), [("\udcff", b""), ("-", b"\xff")])
def test_an_answer_that_is_no_utf8_is_unreadable_and_can_be_printed(words: str, stdin: bytes) -> None:
    result = deltagrade("check", "mazur", "cost", words, "--json", stdin=stdin)
    verdict = json.loads(result.stdout)
    assert (verdict["verdict"], verdict["position"]) == ("unreadable", 0)
    assert deltagrade("check", "mazur", "cost", words, stdin=stdin).exit_code == 0


@pytest.mark.parametrize("answer", ["-0.298", "-C", "- 1"])
def test_an_answer_may_begin_with_a_minus(answer: str) -> None:
    result = deltagrade("check", "mazur", "cost", answer, "--json")
    assert json.loads(result.stdout)["part"] == "cost"


def test_an_unknown_notation_is_refused_before_anything_is_graded(tmp_path: Path) -> None:
    (tmp_path / "ann.md").write_text("## cost\n0.298371109\n")
    out = tmp_path.with_name("out-of-it")
    result = deltagrade("grade", "mazur", str(tmp_path), "-o", str(out), "--notation", "nielson")
    assert result.exit_code == 3
    assert "did you mean 'nielsen'?" in result.stderr
    assert not out.exists()


def test_an_unreadable_submission_is_named_on_stderr_and_the_others_are_graded(tmp_path: Path) -> None:
    handed_in = tmp_path / "class"
    handed_in.mkdir()
    (handed_in / "ann.md").write_text("## cost\n0.298371109\n")
    (handed_in / "bob.pdf").write_bytes(b"%PDF")
    result = deltagrade("grade", "mazur", str(handed_in), "-o", str(tmp_path / "out"), "--json")
    summary = json.loads(result.stdout)
    assert result.exit_code == 4
    assert (summary["students"], summary["verdicts"], summary["unreadable"]) == (2, {"right": 1}, ["bob"])
    assert "could not be read: bob" in result.stderr

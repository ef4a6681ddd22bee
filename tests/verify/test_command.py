"""The command verify: formats, exit codes, settings beside a book, and the hook that runs it."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from grader.chapter.annotations import escaped
from grader.chapter.settings import NAME, matches, settings_of
from grader.cli import main

WRONG = "# Chapter\n\nSince $x = 2$ we get $y = 3x + 1 = 8$.\n"
RIGHT = "$1 + 1 = 2$\n"
ROOT = Path(__file__).resolve().parents[2]


def deltagrade(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["verify", *map(str, words)])


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a right and a wrong chapter."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "part1").mkdir()
    (tmp_path / "part1" / "wrong.md").write_text(WRONG, encoding="utf-8")
    (tmp_path / "right.md").write_text(RIGHT, encoding="utf-8")
    return tmp_path


def settings(book: Path, text: str) -> None:
    (book / NAME).write_text(text, encoding="utf-8")


# ---- exit codes and formats


def test_the_exit_code_says_whether_something_is_contradicted(book: Path) -> None:
    assert deltagrade("right.md").exit_code == 0
    assert deltagrade("part1/wrong.md").exit_code == 1
    assert deltagrade("right.md", "part1/wrong.md").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("right.md", "--format", "xml"),
        ("right.md", "--json", "--format", "github"),
        ("right.md", "--json", "--all"),
    ],
)
def test_wrong_usage(book: Path, words: tuple[str, ...]) -> None:
    result = deltagrade(*words)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00binary", b"$1$ " * 600_000])
def test_an_unusable_document_is_named_once_and_the_others_are_read(
    book: Path, content: bytes | None
) -> None:
    if content is not None:
        (book / "bad.md").write_bytes(content)
    result = deltagrade("part1/wrong.md", "bad.md", "right.md", "--json")
    assert result.exit_code == 3
    assert result.stderr.startswith("bad.md: ") and result.stderr.count("\n") == 1
    assert [found["document"] for found in json.loads(result.stdout)] == ["part1/wrong.md", "right.md"]
    alone = deltagrade("bad.md", "--json")
    assert (alone.exit_code, alone.stdout) == (3, "")


def test_a_folder_is_no_document(book: Path) -> None:
    result = deltagrade("part1")
    assert result.exit_code == 3
    assert result.stderr.startswith("part1: ")


def test_json_is_one_document_or_a_list(book: Path) -> None:
    assert json.loads(deltagrade("right.md", "--json").stdout)["document"] == "right.md"
    assert json.loads(deltagrade("right.md", "--format", "json").stdout)["summary"]["confirmed"] == 1
    assert len(json.loads(deltagrade("right.md", "part1/wrong.md", "--json").stdout)) == 2


def test_annotations_for_github(book: Path) -> None:
    (book / "a,b:c.md").write_text(WRONG, encoding="utf-8")
    lines = deltagrade("a,b:c.md", book / "right.md", "--format", "github").stdout.splitlines()
    assert lines[0].startswith(
        "::error file=a%2Cb%3Ac.md,line=3,col=36,endColumn=37,title=last-digit::8 should be 7: "
    )
    assert lines[1] == "::notice title=deltagrade verify::a,b:c.md: 0 confirmed, 1 contradicted, 1 unchecked"
    assert lines[2].startswith("::notice ") and len(lines) == 3


def test_what_github_would_read_as_a_command_is_escaped() -> None:
    assert escaped("50%\r\n::error::x") == "50%25%0D%0A::error::x"


def test_one_page_holds_several_documents(book: Path) -> None:
    assert deltagrade("right.md", "part1/wrong.md", "--html", "report.html").exit_code == 1
    html = (book / "report.html").read_text(encoding="utf-8")
    assert "right.md" in html and "part1/wrong.md" in html


def test_a_network_and_a_notation_are_handed_on(book: Path) -> None:
    (book / "figure.md").write_text("$$w^2_{12} + b^3_1 = 0.8$$\n", encoding="utf-8")
    assert json.loads(deltagrade("figure.md", "--json").stdout)["summary"]["confirmed"] == 0
    found = deltagrade("figure.md", "--json", "--network", "mazur", "--notation", "nielsen").stdout
    assert json.loads(found)["summary"]["confirmed"] == 1
    for option in ("--network", "--notation"):
        result = deltagrade("figure.md", "right.md", option, "nonesuch")
        assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (3, "", 1)


def test_the_readme_shows_what_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = (ROOT / "README.md").read_text(encoding="utf-8").partition("## A book, proof-read")[2]
    monkeypatch.chdir(ROOT / "problems" / "demo")
    text = deltagrade("chapter.md").stdout
    assert text.startswith(shown.partition("```text\n")[2].partition("```")[0])
    annotations = deltagrade("chapter.md", "--format", "github").stdout.splitlines()
    assert annotations[0] in shown


# ---- settings


def test_settings_name_the_network_and_the_notation(book: Path) -> None:
    (book / "figure.md").write_text("$$w^2_{12} + b^3_1 = 0.8$$\n", encoding="utf-8")
    settings(
        book, "documents:\n  - {match: '*.md', network: mazur}\n  - {match: figure.md, notation: nielsen}\n"
    )
    assert json.loads(deltagrade("figure.md", "--json").stdout)["summary"]["confirmed"] == 1


def test_a_network_file_stands_beside_the_settings(book: Path) -> None:
    (book / "gates.yaml").write_text(
        "graph:\n  inputs: {x: 2}\n  nodes: {f: x * 3}\n  output: f\n", encoding="utf-8"
    )
    (book / "part1" / "gate.md").write_text("$$f = 3 x = 6$$\n", encoding="utf-8")
    settings(book, "documents:\n  - {match: 'part1/*', network: gates.yaml}\n")
    assert json.loads(deltagrade("part1/gate.md", "--json").stdout)["summary"]["confirmed"] == 1


def test_accepted_findings_stay_green_until_something_new_breaks(book: Path) -> None:
    chapter = book / "part1" / "wrong.md"
    accepted = deltagrade(chapter, "--accept")
    assert accepted.exit_code == 0
    assert "1 accepted" in accepted.stderr and "1 accepted" in accepted.stdout
    assert deltagrade(chapter).exit_code == 0
    chapter.write_text("A new first line.\n\n" + WRONG.replace("Since ", "As  "), encoding="utf-8")
    assert deltagrade(chapter).exit_code == 0, "lines may move, and words around a claim may change"
    chapter.write_text(WRONG + "\n$2 + 2 = 5$\n", encoding="utf-8")
    assert deltagrade(chapter).exit_code == 1
    chapter.write_text(WRONG.replace("= 8", "= 9"), encoding="utf-8")
    assert deltagrade(chapter).exit_code == 1


def test_one_accepted_finding_accepts_one_claim(book: Path) -> None:
    settings(book, "documents:\n  - match: two.md\n    accepted: [{text: 1 + 1 = 3, note: a joke}]\n")
    (book / "two.md").write_text("$1 + 1 = 3$\n\nand $1 + 1 = 3$\n", encoding="utf-8")
    result = deltagrade("two.md")
    assert result.exit_code == 1
    assert result.stdout.startswith("two.md:3:14: contradicted")


def test_accepted_findings_that_are_gone_are_said(book: Path) -> None:
    chapter = book / "part1" / "wrong.md"
    deltagrade(chapter, "--accept")
    chapter.write_text(WRONG.replace("= 8", "= 7"), encoding="utf-8")
    result = deltagrade(chapter)
    assert result.exit_code == 0
    assert "no longer found, though accepted: 3x + 1 = 8" in result.stdout
    assert json.loads(deltagrade(chapter, "--json").stdout)["gone"]
    deltagrade(chapter, "--accept")
    assert "no longer found" not in deltagrade(chapter).stdout


def test_accepting_keeps_notes_comments_and_what_patterns_accept(book: Path) -> None:
    chapter = book / "part1" / "wrong.md"
    chapter.write_text(WRONG + "\n$2 + 2 = 5$ and $\\frac{1}{2} + 1 = 3$\n", encoding="utf-8")
    settings(
        book,
        "# our book\ndocuments:\n  - match: part1/*.md\n    accepted:\n"
        "      - {text: 2 + 2 = 5, note: a joke}\n"
        "  - match: part1/wrong.md\n    accepted:\n      # see page 7\n"
        "      - {text: 3x + 1 = 8, note: an exercise}\n",
    )
    assert deltagrade(chapter, "--accept").exit_code == 0
    text = (book / NAME).read_text(encoding="utf-8")
    assert text.startswith("# our book\n")
    patterns, own = YAML(typ="safe").load(text)["documents"]
    assert [each["note"] for each in patterns["accepted"]] == ["a joke"]
    assert [each["note"] for each in own["accepted"]] == ["an exercise", "not said yet"]
    assert own["accepted"][1]["printed"] == "3"
    assert deltagrade(chapter).exit_code == 0
    assert "no longer found" not in deltagrade(chapter).stdout


def test_what_follows_from_an_accepted_error_is_accepted_with_it(book: Path) -> None:
    chapter = book / "chain.md"
    text = "$\\frac{1}{1 + 0.4493} = 0.6700$\n\n$(0.6700 - 1) \\cdot 0.7 = -0.2310$\n"
    chapter.write_text(text, encoding="utf-8")
    assert json.loads(deltagrade(chapter, "--json").stdout)["summary"]["contradicted"] == 2
    settings(
        book,
        "documents:\n  - match: chain.md\n    accepted:\n"
        "      - {text: '\\frac{1}{1 + 0.4493} = 0.6700', note: as printed}\n",
    )
    assert deltagrade(chapter).exit_code == 0


def test_settings_are_looked_for_up_to_the_root_of_the_repository(book: Path) -> None:
    (book.parent / NAME).unlink(missing_ok=True)
    assert settings_of(book / "part1" / "wrong.md").path.resolve() == book / "part1" / NAME
    settings(book, "documents: []\n")
    assert settings_of(book / "part1" / "wrong.md").path.resolve() == book / NAME
    (book / "part1" / NAME).write_text("", encoding="utf-8")
    assert settings_of(book / "part1" / "wrong.md").path.resolve() == book / "part1" / NAME


def test_a_chapter_may_be_a_link_and_its_path_crooked(
    book: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "wrong.md"
    elsewhere.write_text(WRONG, encoding="utf-8")
    (book / "linked.md").symlink_to(elsewhere)
    settings(book, "documents:\n  - match: linked.md\n    accepted: [{text: 3x + 1 = 8, note: a link}]\n")
    assert deltagrade("part1/../linked.md").exit_code == 0
    (book / NAME).unlink()
    assert deltagrade("linked.md").exit_code == 1


def test_outside_of_a_repository_only_the_folder_itself_counts(tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    settings(tmp_path, "documents: [\n")
    (tmp_path / "inside" / "page.md").write_text(RIGHT, encoding="utf-8")
    assert deltagrade(tmp_path / "inside" / "page.md").exit_code == 0


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("documents: [\n", ":2:1:", "YAML"),
        ("chapters: []\n", ":1:1:", "'chapters' is not a field of the settings"),
        ("documents: 3\n", ":1:12:", "must be a list"),
        ("- 1\n", ":1:1:", "must be fields"),
        ("documents:\n  - notation: nilsen\n    match: a\n", ":2:15:", "did you mean 'nielsen'"),
        ("documents:\n  - network: mazur\n", ":2:5:", "match: is missing"),
        ("documents:\n  - {match: a, acepted: []}\n", ":2:16:", "did you mean 'accepted'"),
        ("documents:\n  - {match: a, accepted: [{text: b}]}\n", ":2:27:", "note: is missing"),
        ("documents:\n  - {match: a, accepted: [{text: 3, note: c}]}\n", ":2:34:", "must be text"),
        (
            "documents:\n  - {match: a, accepted: [{text: b, note: c, verdict: confirmed}]}\n",
            ":2:55:",
            "'confirmed' is not a verdict that can be accepted",
        ),
    ],
)
def test_bad_settings_are_refused_with_their_place(book: Path, text: str, place: str, said: str) -> None:
    settings(book, text)
    result = deltagrade("right.md", "part1/wrong.md")
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"{NAME}{place}" in result.stderr and said in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("pattern", "name", "meant"),
    [
        ("a.md", "a.md", True),
        ("*.md", "part/a.md", False),
        ("**/*.md", "part/sub/a.md", True),
        ("**", "part/a.md", True),
        ("part/**/a.md", "part/a.md", True),
        ("[1].md", "[1].md", True),
        ("[1].md", "1.md", False),
        ("a?.md", "ab.md", True),
        ("./a.md", "a.md", True),
    ],
)
def test_patterns(pattern: str, name: str, meant: bool) -> None:
    assert matches(pattern, name) is meant


# ---- the hook


def test_the_hook_runs(book: Path) -> None:
    hook: dict[str, Any] = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")[0]
    assert hook["id"] == "deltagrade-verify"
    assert hook["types_or"] == ["markdown", "tex", "jupyter", "html"]
    command, *words = shlex.split(hook["entry"])
    assert command == "deltagrade"
    for chapter, code in (("right.md", 0), ("part1/wrong.md", 1)):
        run = [sys.executable, "-m", "grader.cli", *words, chapter]
        assert subprocess.run(run, capture_output=True, cwd=book, check=False).returncode == code

"""The report as text, page and data."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from grader.chapter.claims import ClaimVerdict
from grader.chapter.pages import page
from grader.chapter.report import should_be, traced
from grader.chapter.spots import columns, spot_of
from grader.chapter.terminal import in_text
from grader.documents import Document
from grader.proofread import verify

PAGE = "# Chapter\n\nSince $x = 2$ we get $y = 3x + 1 = 8$ and <b>so on</b>.\n\n$1 + 1 = 2$, $z = a b$\n"


def test_json_has_the_promised_fields() -> None:
    found = verify(PAGE, name="chapter.md").as_json()
    assert json.loads(json.dumps(found)) == found
    assert found["document"] == "chapter.md"
    assert found["summary"] == {"confirmed": 1, "contradicted": 1, "unchecked": 2}
    wrong = next(claim for claim in found["claims"] if claim["verdict"] == "contradicted")
    assert wrong == {
        "line": 3,
        "column": 36,
        "text": "3x + 1 = 8",
        "kind": "number",
        "verdict": "contradicted",
        "local": "contradicted",
        "printed": "8",
        "value": "7",
        "diagnosis": "last-digit",
        "reason": wrong["reason"],
        "root": True,
        "follows_from": None,
        "accepted": None,
    }
    assert found["conventions"]["log"] == "natural"
    assert {"name": "x", "value": "2", "how": "given", "line": 3, "version": 1} in found["ledger"]


def test_text_points_at_contradictions_first() -> None:
    lines = verify(PAGE, name="chapter.md").as_text().splitlines()
    assert lines[0].startswith("chapter.md:3:36: contradicted: ")
    assert lines[1].strip() == "Since $x = 2$ we get $y = 3x + 1 = 8$ and <b>so on</b>."
    assert lines[1][lines[2].index("^")] == "8"
    assert "chapter.md: 1 confirmed, 1 contradicted, 2 unchecked" in lines
    assert "8 should be 7" in lines[0] and lines[0].endswith("[last-digit]")


def test_text_shows_only_the_neighbourhood_of_a_spot_in_a_long_line() -> None:
    report = verify("word " * 300 + "$1 + 1 = 3$" + " word" * 300 + "\n")
    lines = report.as_text().splitlines()
    assert len(lines[1]) < 200
    assert lines[1][lines[2].index("^")] == "3"


def test_the_page_quotes_what_the_author_wrote() -> None:
    page = verify("<script>alert(1)</script> $1 + 1 = 3$ <b onclick='x'>\n", name="<i>.md").as_html()
    assert "alert(1)" not in page or "&lt;script&gt;" in page
    assert "<script" not in page and "onclick='x'>" not in page
    assert "&lt;i&gt;.md" in page


def test_a_document_may_be_a_path_or_the_text_itself(tmp_path: Path) -> None:
    path = tmp_path / "chapter.md"
    path.write_text(PAGE, encoding="utf-8")
    assert verify(path).claims == verify(PAGE).claims == verify(str(path)).claims
    assert isinstance(verify(path).document, Document)
    assert verify(path).document.name == str(path)


def test_windows_line_ends_do_not_move_the_columns() -> None:
    there = verify(PAGE.replace("\n", "\r\n")).claims
    assert [(claim.line, claim.column) for claim in there] == [
        (claim.line, claim.column) for claim in verify(PAGE).claims
    ]


# ---- the promise of INTERFACE, as a schema

Word = Literal["confirmed", "contradicted", "unchecked"]
Place = Annotated[int, Field(ge=1)]


class Exactly(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Claim(Exactly):
    line: Place
    column: Place
    text: str
    kind: Literal["number", "formula", "shape"]
    verdict: Word
    local: Word
    printed: str | None
    value: str | None
    diagnosis: str | None
    reason: str
    root: bool
    follows_from: Place | None
    accepted: str | None


class Entry(Exactly):
    name: str
    value: str | None
    how: str
    line: int
    version: Place


class Promised(Exactly):
    document: str
    conventions: dict[str, str]
    claims: list[Claim]
    summary: dict[Word, int]
    ledger: list[Entry]
    gone: list[str]


CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "pages"
WITH_CONSEQUENCES = (
    "$\\sigma(0.8) = \\frac{1}{1 + 0.4493} = 0.6700$\n\n"
    "$(0.6700 - 1) \\cdot 0.7 = -0.2310$ and $0.6700 + 1 = 1.6700$ and $x = 2$ and $z^2$\n"
)


@pytest.mark.parametrize(
    "source", [PAGE, WITH_CONSEQUENCES, "no mathematics\n", "", *sorted(CORPUS.glob("*.md"))[:4]]
)
def test_json_follows_the_schema(source: str | Path) -> None:
    found = verify(source).as_json()
    Promised.model_validate_json(json.dumps(found))
    assert sum(found["summary"].values()) == len(found["claims"])
    for claim in found["claims"]:
        assert claim["root"] == (claim["follows_from"] is None)


# ---- the pointer


@pytest.mark.parametrize(
    "before",
    [
        "",
        "学习率 ",
        "x\u0302 e\u0301 ",
        "\tTabs\there ",
        "\u200b\u202e",
        "１２ ",
        "🎓 ",
        "x" * 300,
        "学" * 300,
    ],
)
@pytest.mark.parametrize("behind", ["", " 学习", " y" * 200])
def test_the_pointer_stands_under_the_spot(before: str, behind: str) -> None:
    report = verify(f"{before}$1 + 1 = 33$ {behind}\n")
    claim = report.with_verdict("contradicted")[0]
    spot = spot_of(report.document, claim)
    assert spot.at == "33"
    assert columns(spot.pointer.partition("^")[0]) == columns(spot.before)
    assert spot.pointer.endswith("^~")
    assert columns(spot.line) <= 130
    assert not re.search("[\t\u200b\u202e]", spot.line)


def test_a_pointer_is_as_wide_as_what_it_points_at() -> None:
    claim = ClaimVerdict(1, 3, "学习", "number", "contradicted", "contradicted", "", width=2)
    assert spot_of(Document("a 学习 b", "page.md"), claim).pointer == "  ^~~~"


@pytest.mark.parametrize(
    ("name", "text", "at"),
    [
        ("page.html", "<p>\\(2 = &#49; &minus; 11 \\)</p>\n", "&#49; &minus; 11"),
        (
            "page.ipynb",
            json.dumps({"cells": [{"cell_type": "markdown", "source": "$2 = \\frac{9}{3}$"}]}),
            None,
        ),
        ("page.md", "$$1 + 1 =\n\\frac{9}{\n3}$$\n", "\\frac{9}{"),
    ],
)
def test_the_pointer_is_right_in_the_file_itself(name: str, text: str, at: str | None) -> None:
    report = verify(text + "\n", name=name)
    claim = report.with_verdict("contradicted")[0]
    assert spot_of(report.document, claim).at == (at or "\\\\frac{9}{3}")


def test_nothing_from_the_page_reaches_the_terminal_as_a_command() -> None:
    text = verify("\x1b[31m $1 + 1 = 3$ \x07\n", name="a\x1b]0;b").as_text()
    assert not re.search("[\x00-\x08\x0b-\x1f]", text)


# ---- findings


def wrong(line: int, follows_from: int | None = None) -> ClaimVerdict:
    return ClaimVerdict(
        line,
        1,
        "1 = 2",
        "number",
        "contradicted",
        "unchecked",
        "because",
        printed="2",
        value="1",
        root=follows_from is None,
        follows_from=follows_from,
    )


def test_an_error_is_told_once_with_what_follows_from_it() -> None:
    claims = (wrong(3), wrong(5, 3), wrong(6), wrong(9, 3), wrong(10, 6))
    found = [(finding.root.line, [claim.line for claim in finding.following]) for finding in traced(claims)]
    assert found == [(3, [5, 9]), (6, [10])]


def test_what_follows_from_nothing_shown_is_told_by_itself() -> None:
    assert [finding.root.line for finding in traced([wrong(5, 3), wrong(7)])] == [5, 7]


def test_consequences_stand_below_their_root() -> None:
    report = verify(WITH_CONSEQUENCES, name="page.md")
    lines = report.as_text().splitlines()
    assert lines[0].startswith("page.md:1:39: contradicted: 0.6700 should be 0.6900")
    assert lines[3].strip().startswith("follows from it: 3:")
    assert sum(line.startswith("page.md") and ": contradicted:" in line for line in lines) == 1
    assert "1 error, the rest follows" in in_text([report])


@pytest.mark.parametrize(
    ("printed", "value", "percent", "said"),
    [
        ("0.6944", "0.6942515968", False, "0.6943"),
        ("0.6944", "0.69440001", False, "0.69440001"),
        ("13.35", "0.1334144177", True, "13.34"),
        ("8", "7", False, "7"),
        ("0.0", "1e-12", False, "1e-12"),
        ("2.4e-3", "0.0035", False, "0.0035"),
        ("1.0", "inf", False, "inf"),
        ("1.0", "1e300", False, "1e300"),
        ("0x", "3", False, "3"),
    ],
)
def test_the_value_that_should_be_there_has_the_printed_decimals(
    printed: str, value: str, percent: bool, said: str
) -> None:
    claim = ClaimVerdict(1, 1, "", "number", "contradicted", "unchecked", "", printed=printed, value=value)
    assert should_be(claim, percent) == said


def test_unchecked_claims_are_grouped_and_a_flag_lists_all_places() -> None:
    report = verify("".join(f"$y = a_{{{index}}} b + {index}.5$\n\n" for index in range(1, 31)))
    short, whole = report.as_text(), report.as_text(everything=True)
    assert " more" in short and "59:" not in short
    assert " more" not in whole and "59:" in whole
    assert len(short.splitlines()) < 20


def test_several_documents_have_their_names_and_a_sum() -> None:
    reports = [verify(PAGE, name="one.md"), verify("$1 + 1 = 2$\n", name="two.md")]
    lines = in_text(reports).splitlines()
    assert "two.md: 1 confirmed, 0 contradicted, 0 unchecked" in lines
    assert lines[-1] == "2 documents: 2 confirmed, 1 contradicted, 2 unchecked"


# ---- pages


def test_one_page_for_several_documents() -> None:
    html = page([verify(PAGE, name="one.md"), verify(WITH_CONSEQUENCES, name="two.md")])
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert set(re.findall(r'aria-labelledby="([^"]+)"', html)) <= set(ids)
    assert {"document-1", "document-2"} <= set(ids)
    assert html.count("<main>") == html.count("<h1>") == 1


def test_the_page_needs_no_script_and_no_network() -> None:
    html = page([verify(PAGE)])
    assert "default-src 'none'" in html
    assert not re.search(r"<script|<link|<img|src=|url\(|https?:(?!//www\.w3\.org)", html)
    for word in ("contradicted", "unchecked", "confirmed", "all"):
        assert f'id="show-{word}"' in html


def test_formulas_are_drawn_where_they_can_be() -> None:
    html = page([verify("$\\frac{1}{2} + 1 = 2$ and out = 1 + 1 = 3\n\nout = 1 + 1 = 3\n")])
    assert "<mfrac>" in html
    assert "<code>1 + 1 = 3</code>" in html or "<math" in html


def test_a_notebook_shows_the_errors_without_a_style_of_their_own() -> None:
    shown = verify(PAGE, name="<i>.md")._repr_html_()
    assert "<style" not in shown and "<html" not in shown and "<i>" not in shown
    assert "8" in shown and "7" in shown and "1 contradicted" in shown

"""The report as text, page and data."""

from __future__ import annotations

import json
from pathlib import Path

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

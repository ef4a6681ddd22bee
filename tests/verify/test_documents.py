"""Where mathematics stands in a document, and what is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.documents import Document, Unusable, open_document
from grader.documents.regions import delimited
from grader.proofread import verify


def regions(text: str) -> list[str]:
    return [region.text for region in Document(text, "page.md").regions]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We set $x = 1$ here.", ["x = 1"]),
        ("Inline $$x$$ and display $y = x$ on one line.", ["x", "y = x"]),
        (r"Both \(a = 1\) and \\( b = 2 \\) count.", ["a = 1", " b = 2 "]),
        ("\\[\nz = 3\n\\]", ["\nz = 3\n"]),
        ("\\begin{equation}\nz = 3\n\\end{equation}", ["\nz = 3\n"]),
        ("```math\na = 2\n```", ["a = 2\n"]),
        ("e^2.0 = 7.389", ["e^2.0 = 7.389"]),
        ("Cat:  7.389 / 11.212 = 0.659  (65.9%)", ["7.389 / 11.212 = 0.659  (65.9%)"]),
    ],
)
def test_mathematics_is_found(text: str, expected: list[str]) -> None:
    assert regions(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5 and then $10.",
        r"Prices: \$5 = \$6.",
        "`$x = 1$` is how you type it.",
        "```python\nx = 1\n```",
        "```\nimport math\ny = 2 + 2 == 5\n```",
        "<!-- $x = 2 = 3$ -->",
        "The loss was 0.3 = fine for us",
        "---\ntitle = 3 + 4\n---\n",
        '<img src="a.png" width="70%">',
    ],
)
def test_the_rest_is_left_alone(text: str) -> None:
    assert regions(text) == []


def test_positions_point_into_the_original_text() -> None:
    text = "# Title\n\n> $$\n> x = 1\n> $$\n\n<!-- no -->\nSo $y = 22$.\n"
    page = Document(text, "page.md")
    quoted, inline = page.regions
    assert page.position(quoted.start + quoted.text.index("x")) == (4, 3)
    assert page.position(inline.start) == (8, 5)
    assert page.line(8)[4:10] == "y = 22"


def test_a_document_that_is_too_large_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "large.md"
    path.write_bytes(b"x" * 2_000_001)
    with pytest.raises(Unusable, match="larger than 2 MB"):
        open_document(path)


def test_a_document_that_is_no_text_is_refused(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "picture.md"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(Unusable, match="UTF-8"):
        open_document(path)


def test_a_file_of_another_kind_is_told_which_kinds_are_read(tmp_path: Path) -> None:
    path = tmp_path / "chapter.docx"
    path.write_bytes(b"PK\x03\x04\xff")
    with pytest.raises(Unusable, match=r"chapter\.docx: no text; .* end in \.md, .*\.ipynb"):
        open_document(path)


def test_a_missing_document_is_named() -> None:
    with pytest.raises(Unusable, match=r"nowhere\.md"):
        open_document("nowhere.md")


def test_layout_without_an_end_is_read_row_by_row_and_named() -> None:
    text = "Let $a = 2$.\n\\begin{align}\ny &= 3 a + 1 = 8 \\\\\nz &= a^2 = 4\nThen $b = 2 a = 4$.\n"
    report = verify(text, name="page.tex")
    remark = next(claim for claim in report.claims if claim.text == r"\begin{align}")
    assert (remark.line, remark.column, remark.verdict) == (2, 1, "unchecked")
    assert r"no \end{align}" in remark.reason
    assert [(claim.line, claim.verdict) for claim in report.claims if claim.printed] == [
        (3, "contradicted"),
        (4, "confirmed"),
        (5, "confirmed"),
    ]


def test_layouts_without_ends_take_no_more_time_than_others() -> None:
    text = "\\begin{align}\nx &= 1 \\\\\n\\begin{gather}\n" * 20_000
    assert len(list(delimited(text))) == 40_000

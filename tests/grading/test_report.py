"""Pages say what is true, and nothing that a stranger typed is more than text on them."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from derive.writing.from_latex import latex_to_mathml
from grader.classroom.answersheet import Answer
from grader.classroom.gradebook import Record, Sheet
from grader.classroom.report import class_page, feedback, no_mathml
from grader.classroom.tally import Tally
from grader.verdicts import Verdict
from templates import safe_mathml
from tests.grading.classroom import PROBLEM, Part, Problem, grade_folder, hand_in, judge

HOSTILE = [
    "<script>alert(1)</script>", '" onmouseover="alert(1)', "' onload='alert(1)", "[x](javascript:alert(1))",
    "</style><img src=x onerror=alert(1)>", "{{7*7}}", "{% raw %}", "{#",
    "\u202eevil\u202c", "\x1b[31m\x00\x07",
    "```\n<b>", "````\n# head", "$</math><script>x</script>$", "<!-- ", "&lt;b&gt;", "\\VAR{x}",
    "</pre><iframe>",
    "![a](http://x/y.png)", "<http://evil>", "a | b | c\n|-|-|", "`<i>`", "$\\href{javascript:x}{y}$",
]  # fmt: skip

TAGS = """
    html head meta title style body header main section article aside h1 h2 h3 h4 p dl div dt dd ul
    li a bdi span pre mark code small br figure figcaption svg line rect text table thead tbody tr
    th td details summary math mi
"""
ALLOWED = set(TAGS.split())


class Page(HTMLParser):
    """Collects what a browser would build from a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data

    def assert_harmless(self) -> None:
        assert self.tags <= ALLOWED
        for name, value in self.attributes:
            assert not name.startswith("on") and name != "style"
            assert name != "href" or re.match(r"feedback/[^/:]+\.html$|#groups-\d+$", value)


def hostile_sheet(text: str, verdict: str) -> tuple[Problem, Sheet]:
    """The same text in every field that comes from outside."""
    part = Part(text, text, "formula", 2.0)
    marks = None if verdict == "undecided" else 1.0
    position = 1 if verdict == "unreadable" else None
    said = Verdict(text, verdict, marks, 2.0, (text,), (text, f"${text}$"), text, position)  # type: ignore[arg-type]
    record = Record(text, Answer(text, text, text, 1), said, text)
    return Problem(text, (part, Part("empty", "x", "number", 1.0))), Sheet(
        text, "safe", (text,), False, (record,)
    )


@pytest.mark.parametrize("verdict", ["right", "wrong", "unreadable", "undecided"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_in_every_field(text: str, verdict: str) -> None:
    problem, sheet = hostile_sheet(text, verdict)
    pages = dict(feedback(problem, [sheet], lambda latex: f"<math><mi>{latex}</mi></math>"))
    for html in (class_page(problem, [sheet, replace(sheet, readable=True)], no_mathml), pages["safe.html"]):
        page = Page(html)
        page.assert_harmless()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", html)
        shown = re.sub(r"\s", "", re.sub("[\x00-\x1f\u202a-\u202e]", "", text))
        assert shown[:8] in re.sub(r"\s|⟨U\+....⟩", "", page.text)
    markdown = pages["safe.md"]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", markdown)
    for tokens in (
        MarkdownIt("commonmark", {"html": True}).parse(markdown),
        MarkdownIt("gfm-like", {"linkify": False}).parse(markdown),
    ):
        kinds = {token.type for block in tokens for token in (block, *(block.children or ()))}
        assert not kinds & {"html_block", "html_inline", "link_open", "image", "table_open"}


def sheets() -> list[Sheet]:
    def sheet(student: str, *texts: str) -> Sheet:
        records = tuple(
            Record(student, Answer(part.id, text, f"{student}.md", 1), judge(part.id, text), None)
            for part, text in zip(PROBLEM.parts, texts, strict=False)
            if text
        )
        return Sheet(student, student, (), bool(records), records)

    return [
        sheet("a", "right", "right", "right"),
        sheet("b", "right", "slope"),
        sheet("c", "wrong", "slope", "?"),
        sheet("d"),
    ]


def test_the_tally_counts_everybody_once() -> None:
    tally = Tally(PROBLEM.parts)
    for sheet in sheets():
        tally.add(sheet)
    assert tally.totals == [8.0, 3.5, 1.5, 0.0]
    assert (tally.mean, tally.median) == (3.25, 2.5)
    assert [bar.count for bar in tally.histogram()] == [1, 1, 0, 1, 0, 0, 0, 1]
    assert tally.items["delta1"].counts == {"right": 1, "wrong": 2, "none": 1}
    assert tally.items["delta1"].facility == pytest.approx((3 + 1.5 + 1.5) / 3 / 3)
    assert [(name, group.count) for name, group in tally.ranked_misconceptions] == [("missing-slope", 2)]
    assert [(group.count, group.students[0].student) for group in tally.for_a_human] == [(1, "c")]
    assert [sheet.student for sheet in tally.unread] == ["d"]
    assert [group.count for group in tally.groups("output")[0]] == [2, 1]


def test_a_class_without_totals_or_points_has_a_page_too() -> None:
    nothing = Problem("x", (Part("a", "a", "number", 0.0),))
    for handed_in in ([], [Sheet("a", "a", (), False, ())]):
        Page(class_page(nothing, handed_in, no_mathml)).assert_harmless()


def test_the_report_puts_what_a_human_must_see_first(tmp_path: Path) -> None:
    grade_folder(hand_in(tmp_path / "in", 20), tmp_path / "out")
    html = (tmp_path / "out/report.html").read_text()
    order = ["A human must look", "Totals", "Parts", "Misconceptions", "Equal answers"]
    assert sorted(order, key=lambda title: html.index(f">{title}</h2>")) == order
    page = Page(html)
    assert "script" not in page.tags and not any(name in ("src", "srcset") for name, _ in page.attributes)
    assert "http" not in html.replace("http-equiv", "")
    for name, value in page.attributes:
        if name == "href" and value.startswith("feedback/"):
            assert (tmp_path / "out" / value).exists()


def test_feedback_shows_answer_reading_and_reason_but_no_other_student() -> None:
    pages = dict(feedback(PROBLEM, sheets(), lambda latex: "<math><mi>drawn</mi></math>"))
    assert sorted(pages) == [f"{student}.{form}" for student in "abcd" for form in ("html", "md")]
    text = Page(pages["b.html"]).text
    for words in (
        "Feedback for b",
        "3.5",
        "of 8 marks",
        "slope",
        "drawn",
        "is missing",
        "partly right",
        "No answer found",
    ):
        assert words in text
    assert "c.md" not in text
    markdown = pages["c.md"]
    assert (
        "## dW1: not readable, 0 of 3" in markdown and "```\n?\n```" in markdown and "$`f'(z)`$" in markdown
    )


def test_the_place_where_reading_stopped_is_marked() -> None:
    pages = dict(feedback(PROBLEM, sheets(), no_mathml))
    assert "<mark>?</mark>" in pages["c.html"]


def test_formulas_are_drawn_by_the_writer_of_handouts() -> None:
    pages = dict(feedback(PROBLEM, sheets(), latex_to_mathml))
    assert {"msup", "semantics", "annotation"} <= Page(pages["a.html"]).tags
    assert "<code>" not in pages["a.html"]


@pytest.mark.parametrize(
    "markup",
    [
        '<math><mtd style="background:url(http://x)"/></math>',
        '<math><mi style="text-align:left;x:y">a</mi></math>',
        '<math><mi href="javascript:x">a</mi></math>',
        "<math><mi onclick='x'>a</mi></math>",
        '<math><annotation-xml encoding="text/html"><p>x</p></annotation-xml></math>',
        "<svg><mi>a</mi></svg>",
        "<math><annotation><script>x</script></annotation></math>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]><math/>",
    ],
)
def test_only_harmless_mathml_passes(markup: str) -> None:
    safe = safe_mathml(markup) or ""
    assert not re.search("style|href|onclick|script|html|svg", safe)


def test_the_columns_of_an_align_keep_their_side() -> None:
    markup = '<math><mtable><mtr><mtd style="text-align:right"><mi>a</mi></mtd></mtr></mtable></math>'
    assert safe_mathml(markup) == markup


@pytest.mark.parametrize(
    "drawn", [None, "", "<math><script>x</script></math>", "no markup", "<math", "<p>x</p>"]
)
def test_a_formula_that_cannot_be_drawn_is_shown_as_latex(drawn: str | None) -> None:
    assert "<code>W^T \\delta</code>" in dict(feedback(PROBLEM, sheets(), lambda latex: drawn))["a.html"]


def test_a_formula_writer_that_fails_costs_no_page() -> None:
    def failing(latex: str) -> str:
        raise ValueError(latex)

    assert "<code>W^T \\delta</code>" in dict(feedback(PROBLEM, sheets(), failing))["a.html"]


CSS = (Path(__file__).parents[2] / "templates/style.css").read_text()


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_are_readable(theme: int) -> None:
    """WCAG AA: text at least 4.5 to 1 against what it stands on."""
    block = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[theme]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block))
    pairs = [(ink, ground) for ink in ("ink", "quiet", "link") for ground in ("paper", "panel")]
    pairs += [(name, f"{name}-soft") for name in ("right", "wrong", "unreadable", "undecided", "none")]
    for ink, ground in pairs:
        high, low = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 4.5, (ink, ground)

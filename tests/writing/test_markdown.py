"""Authors' Markdown: what is kept, what is quoted, and which formulas are refused."""

from __future__ import annotations

import pytest

from derive.errors import Unusable
from derive.writing.markdown_html import markdown_html
from derive.writing.markdown_latex import UnsafeFormula, checked_math, markdown_latex

TEXT = r"""Compute *one* **pass** of `a_b`, 50% & more.

1. first $x_1$
2. second

| name | value |
|------|-------|
| $W_1$ | 2 |

$$
\begin{bmatrix} 1 && 2 \end{bmatrix}
$$
"""

DANGEROUS = [
    r"\write18{rm -r x}",
    r"\input{/etc/passwd}",
    r"\include{x}",
    r"\openout1=x",
    r"\catcode`\%=12",
    r"\def\x{\x}\x",
    r"\csname input\endcsname",
    r"^^5cinput{x}",
    r"\begin{verbatim} x \end{verbatim}",
    r"\begin{matrix} 1",
    r"\end{matrix}",
    "} \\]",
    "{x",
    "a % b",
    "a\n\nb",
    r"\) \input{x}",
]


def test_markdown_becomes_html_with_mathml() -> None:
    page = markdown_html(TEXT)
    assert "<em>one</em> <strong>pass</strong>" in page
    assert page.count("<math") == 3
    assert "<table>" in page and "<ol>" in page


def test_markup_of_an_author_is_text_and_pictures_are_not_fetched() -> None:
    page = markdown_html("<script>x</script> ![p](http://example.org/p.png) [j](javascript:alert(1))")
    assert "<script" not in page and "<img" not in page and 'href="javascript' not in page


def test_headings_of_a_statement_stand_below_those_of_the_page() -> None:
    assert "<h3>Data</h3>" in markdown_html("# Data")


def test_a_formula_that_cannot_be_converted_is_shown_as_written() -> None:
    assert r"<code>\foo{x}</code>" in markdown_html(r"$\foo{x}$")


def test_markdown_becomes_latex() -> None:
    text = markdown_latex(TEXT)
    assert r"\emph{one} \textbf{pass} of \texttt{a\_b}, 50\% \& more." in text
    assert r"\begin{enumerate}" in text and r"\item first $x_1$" in text
    assert r"$W_1$ & 2 \\" in text and r"\begin{tabular}{ll}" in text
    assert "\\[\n\\begin{bmatrix} 1 & 2 \\end{bmatrix}\n\\]" in text


def test_words_cannot_leave_the_text() -> None:
    text = markdown_latex(r"\input{x} $ { } # ^ ~ & %")
    assert r"\input" not in text
    assert text.startswith(r"\textbackslash{}input\{x\}")


@pytest.mark.parametrize("formula", DANGEROUS)
def test_a_dangerous_formula_is_refused_with_its_text(formula: str) -> None:
    with pytest.raises(UnsafeFormula, match="cannot go into a LaTeX file"):
        checked_math(formula)


def test_refusing_is_an_error_for_the_author() -> None:
    with pytest.raises(Unusable, match=r"\\write is not one of the commands allowed"):
        markdown_latex(r"Run $\write18{ls}$.")


@pytest.mark.parametrize(
    "formula",
    [
        r"\sigma'(z) = \sigma(z)(1 - \sigma(z))",
        r"50\%",
        r"\left\{ x \right\}",
        r"\nabla_{a^L} C \odot \delta^L",
    ],
)
def test_mathematics_is_kept_as_written(formula: str) -> None:
    assert checked_math(formula) == formula

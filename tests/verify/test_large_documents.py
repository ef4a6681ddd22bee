"""Large and hostile documents: all is judged or said to be left unchecked, by work in proportion."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise

import pytest

from derive.errors import Unusable
from grader.chapter.definitions import Bodies
from grader.chapter.network.tape import Tape
from grader.documents import MAX_BYTES
from grader.ledger import Ledger
from grader.proofread import MAX_REGIONS, verify

LEFT = "left unchecked"
LONG_COMMENT = f"# {'word ' * 20}\n"

# ---- what is read whole


def test_a_paragraph_with_hundreds_of_formulas_is_read_whole() -> None:
    text = "Let $a=2$. " + " ".join(f"and $y_{{{n}}} = {n} \\cdot 2 = {2 * n}$," for n in range(400))
    report = verify(text + "\n")
    assert report.summary == {"confirmed": 400, "contradicted": 0, "unchecked": 400}


def test_one_wrong_number_among_many_is_found_at_its_place() -> None:
    lines = [f"We get ${n} \\cdot 2 = {2 * n + (n == 700)}$." for n in range(1000)]
    wrong = [claim for claim in verify("\n\n".join(lines)).claims if claim.verdict == "contradicted"]
    assert [(claim.line, claim.printed) for claim in wrong] == [(1401, "1401")]


def test_a_chain_of_a_thousand_names_is_followed_as_far_as_it_goes() -> None:
    steps = "\n\n".join(f"$$a_{{{n + 1}}} = a_{{{n}}} + b$$" for n in range(200))
    report = verify(f"Let $a_0=1$ and $b=0.5$.\n\n{steps}\n\nSo $a_{{20}} = 11.0$.\n")
    assert report.summary["contradicted"] == 0
    assert report.claims[-1].verdict == "confirmed"


def test_a_chain_of_many_equalities_is_judged_link_by_link() -> None:
    sides = " = ".join(f"{n} - {n} + 1" for n in range(600))
    assert verify(f"$$y = {sides} = 2 - 1 + 1$$\n").summary == {
        "confirmed": 599,
        "contradicted": 1,
        "unchecked": 1,
    }


def test_a_notebook_of_many_cells_is_read_whole() -> None:
    cells = []
    for n in range(150):
        cells.append({"cell_type": "markdown", "metadata": {}, "source": [f"Then ${n} \\cdot 2 = {2 * n}$."]})
        printed = {"output_type": "stream", "name": "stdout", "text": [f"{2 * n + 1}.0\n"]}
        cells.append({"cell_type": "code", "source": [f"x = {n}.5\n", "print(x*2)"], "outputs": [printed]})
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    assert verify(text, name="large.ipynb").summary["confirmed"] == 300


def test_the_last_of_thousands_of_givens_is_known() -> None:
    givens = ", ".join(f"w_{{{n}}} = 0.{n % 9 + 1}" for n in range(3000))
    report = verify(f"Let ${givens}$.\n\nSo $w_1 + w_{{2999}} = 0.5$ and $w_{{2998}} + w_1 = 0.5$.\n")
    assert [claim.verdict for claim in report.claims if claim.printed] == ["confirmed", "contradicted"]


def test_deeply_nested_elements_hide_nothing() -> None:
    page = f"<html><body>{'<div>' * 3000}<p>\\(1+1=3\\)</p>{'</div>' * 3000}</body></html>"
    assert verify(page, name="page.html").summary["contradicted"] == 1


# ---- what is left out, and says so


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("$s = " + " + ".join(map(str, range(3000))) + " = 4498500$\n", "longer than 4096 characters"),
        ("$y = " + "(" * 1000 + "1" + ")" * 1000 + " = 1$\n", "more than 1500 signs"),
        ("$y = " + "(" * 300 + "1" + ")" * 300 + " = 1$\n", "more than 40 deep"),
        ("$y = " + r"\frac{1}{1+" * 60 + "1" + "}" * 60 + " = 0.618$\n", "more than 40 deep"),
        ("$x = " + "7" * 100_000 + " + 1 = 4$\n", "longer than 4096 characters"),
        ("$x = 0." + "7" * 400 + " = 1." + "5" * 400 + "$\n", "more than 30 digits"),
        ("Then $2^{" + "9" * 20 + "} = 3$.\n", "exponent is too large"),
        ("Then $9^{9^{9^{9}}} = 3$.\n", "cannot be computed"),
        ("$" + r"\sum_{i=1}^{100}" * 3 + " i = 5$\n", "sums over an index are not evaluated"),
        ("$y " + "= " * 900 + "1$\n", "nothing stands here"),
    ],
)
def test_formulas_without_measure_are_unchecked(text: str, said: str) -> None:
    report = verify(text)
    assert report.summary["confirmed"] == report.summary["contradicted"] == 0
    assert any(said in claim.reason for claim in report.claims)


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("```python\nx = 1\n" + "y = x + 1\n" * 2000 + "```\n", "all steps that are followed", 2),
        (
            f"```python\nx = 1\n{LONG_COMMENT * 1500}```\n\n```python\ny = 2{' ' * 60_000}\n```\n",
            "characters of code",
            1506,
        ),
        ("| $a$ | $b$ |\n|---|---|\n" + "| 1 | 2 |\n" * 10_000, "rows of tables", 10_001),
        ("| $a$ " * 500 + "|\n" + "|---" * 500 + "|\n" + "| 1 " * 501 + "|\n", "characters are not read", 1),
        ("word " * 5000 + "x = 2 + 3 = 6 " + "word " * 5000 + "\n", "equations in", 1),
    ],
)
def test_what_is_too_large_is_named_where_it_begins(text: str, said: str, line: int) -> None:
    left = [claim for claim in verify(text, name="page.md").claims if claim.reason.startswith(LEFT)]
    assert [(claim.line, claim.verdict, said in claim.reason) for claim in left] == [
        (line, "unchecked", True)
    ]


def test_more_printed_numbers_than_a_network_is_asked_for_are_said() -> None:
    text = "\n\n".join(f"We get $y_{{{n}}} = {n} + 1 = {n + 1}$." for n in range(450))
    assert "no more than 400 printed numbers" in verify(text).conventions[LEFT]
    assert LEFT not in verify(text[:5000]).conventions


def test_a_document_of_words_is_read_up_to_its_largest_size() -> None:
    text = "The network has weights and so on.\n" * (MAX_BYTES // 36)
    assert verify(text + "So $1 + 1 = 3$.\n").summary["contradicted"] == 1
    with pytest.raises(Unusable, match="larger than 2 MB; verify its chapters one by one"):
        verify(text * 2)


def test_more_formulas_than_are_read_at_once_are_refused() -> None:
    with pytest.raises(Unusable, match=f"more than {MAX_REGIONS} formulas; verify its chapters one by one"):
        verify("$x = 1$\n" * (MAX_REGIONS + 1))


def test_a_text_too_long_for_the_name_of_a_file_is_a_text() -> None:
    text = "Since $x = 2$ we get $y = 3x + 1 = 8$, " + "and so on, " * 30
    assert verify(text).summary["contradicted"] == 1


# ---- macros


def test_macros_that_stand_for_each_other_are_left_and_named() -> None:
    macros = "\\newcommand{\\a}{\\b\\b}\n\\newcommand{\\b}{\\a\\a}\n\\newcommand{\\c}{2}\n"
    report = verify(f"{macros}Then $x = \\a = 1+1 = 3$.\n\nAnd $\\c + 1 = 4$.\n", name="page.tex")
    (left,) = (claim for claim in report.claims if claim.reason.startswith(LEFT))
    assert (left.line, left.column) == (4, 11)
    assert r"\a is not put in place" in left.reason
    assert [claim.line for claim in report.claims if claim.verdict == "contradicted"] == [4, 6]


def test_macros_that_double_each_time_stay_small() -> None:
    names = [f"m{chr(97 + n)}" for n in range(26)]
    macros = [f"\\newcommand{{\\{one}}}{{\\{two}\\{two}}}\n" for one, two in pairwise(names)]
    report = verify("".join(macros) + "Then $\\ma = 1$ and $1 + 1 = 2$.\n", name="page.tex")
    assert report.summary["confirmed"] == 1
    assert any(claim.reason.startswith(LEFT) for claim in report.claims)


# ---- what has no end


@pytest.mark.parametrize(
    ("text", "place", "sign"),
    [
        ("So\n\n$$ y = 1 + 1\n\nand $1 + 1 = 2$.\n", (3, 1), "$$"),
        ("So\n\ny = x_1 $$\n\nand $1 + 1 = 2$.\n", (3, 9), "$$"),
        ("So \\[ y = 1 + 1\n\nand $1 + 1 = 2$.\n", (1, 4), r"\["),
        ("So \\( y = 1 + 1\n\nand $1 + 1 = 2$.\n", (1, 4), r"\("),
        ("So $1 + 1 = 2$.\n\n```python\nx = 1\n", (3, 1), "```python"),
        ("So $1 + 1 = 2$.\n\n<!-- not $1 + 1 = 3$\n", (3, 1), "<!--"),
    ],
)
def test_what_has_no_end_is_named(text: str, place: tuple[int, int], sign: str) -> None:
    report = verify(text, name="page.md")
    (remark,) = (claim for claim in report.claims if claim.text == sign)
    assert (remark.line, remark.column, remark.verdict) == (*place, "unchecked")
    assert report.summary["confirmed"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "It costs $5, or $$ at most, or $$$.\n",
        "See \\[here\\] and \\(there\\), and \\[draft.\n",
        "$$x = 1$$ and \\[y = 2\\] and `$$ z = 3`.\n\n```python\n$$ u = 4\n```\n",
        r"\begin{tabular}{c} $a = 1$ \\[2pt] $b = 2$ \end{tabular}" + "\n",
    ],
)
def test_what_needs_no_end_is_not_named(text: str) -> None:
    assert not [claim for claim in verify(text, name="page.md").claims if "it has no" in claim.reason]


@pytest.mark.parametrize("sign", ["$$", r"\[", r"\(", r"\begin{align}"])
def test_many_without_an_end_are_all_named(sign: str) -> None:
    report = verify(f"{sign} x = y_1\n\n" * 1500, name="page.tex")
    assert sum(claim.text == sign for claim in report.claims) == 1500


# ---- what costs no more the longer a page is


def counted(monkeypatch: pytest.MonkeyPatch, owner: type, method: str) -> list[object]:
    """Notes every call of a method from here on."""
    calls: list[object] = []
    plain = getattr(owner, method)

    def noted(*arguments: object) -> object:
        calls.append(arguments)
        return plain(*arguments)

    monkeypatch.setattr(owner, method, noted)
    return calls


def bodies(count: int) -> str:
    return "\n\n".join(f"$$q = x_{{{n}}} u + v w$$" for n in range(count))


def network(count: int) -> str:
    chapter = r"Then $z = w_1 x_1 + w_2 x_2 + b = {}$ and $a = \sigma(z) = 0.5$."
    given = "Inputs $x_1=0.{}$, $x_2=0.2$, weights $w_1=0.3$, $w_2=0.4$, bias $b=0.1$. "
    inputs = [n % 9 + 1 for n in range(count)]
    return "\n\n".join(given.format(x) + chapter.format(0.03 * x + 0.18) for x in inputs)


def paragraphs(count: int) -> str:
    formula = r"Then $y_{{{}}} = {}.5 \cdot x_{{{}}} + 0.25 = {}.75$ follows."
    return "\n\n".join(formula.format(n, n, n % 5, 2 * n) for n in range(count))


@pytest.mark.parametrize(
    ("page", "owner", "method"),
    [
        (bodies, Bodies, "__init__"),
        (paragraphs, Tape, "forward"),
        (paragraphs, Ledger, "settled"),
        (network, Ledger, "settled"),
        (network, Ledger, "exact"),
    ],
)
def test_twice_the_page_is_twice_the_work(
    monkeypatch: pytest.MonkeyPatch, page: Callable[[int], str], owner: type, method: str
) -> None:
    calls = counted(monkeypatch, owner, method)
    verify(page(30))
    single = len(calls)
    calls.clear()
    verify(page(60))
    assert single <= len(calls) <= 2.3 * single + 20

"""How regions fall into chains, and chains into sides."""

from __future__ import annotations

import pytest

from grader.chapter.chains import chains_of, squeeze
from grader.documents import Document


def chains(text: str) -> list[list[str]]:
    found = chains_of(Document(text, "page.md"))
    return [[squeeze(side.text) for side in chain.sides] for chain in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$a = b = 3$", [["a", "b", "3"]]),
        (r"$a = 1, b = 2 \qquad c = 3 \\ d = 4$", [["a", "1"], ["b", "2"], ["c", "3"], ["d", "4"]]),
        (r"$f(x, y) = [1, 2]$", [["f(x,y)", "[1,2]"]]),
        ("$$a = 1 + 1$$\n$$= 2$$", [["a", "1+1", "2"]]),
        ("$$a = x + y$$\n$$a = 1 + 2$$\n$$a = 3$$", [["a", "x+y", "1+2", "3"]]),
        ("$a = 1$ and later $a = 2$", [["a", "1"], ["a", "2"]]),
        (
            "$$\n\\begin{align}\na &= b \\\\ \\\\\n&= 2 \\\\[10pt]\nc &= 4\n\\end{align}\n$$",
            [["a", "b", "2"], ["c", "4"]],
        ),
        (r"$P = 0.9 \text{ (90\%)}$", [["P", "0.9", r"90\%"]]),
        (
            r"\[\begin{array}{cc} x & y \\ 1 + 1 = 2 & 3 - 1 = 2 \\ \end{array}\]",
            [["1+1", "2"], ["3-1", "2"]],
        ),
        (r"$[1, 2] \rightarrow [e^1, e^2] = [2.7, 7.4]$", [["[1,2]", "[e^1,e^2]", "[2.7,7.4]"]]),
    ],
)
def test_chains(text: str, expected: list[list[str]]) -> None:
    assert chains(text) == expected


def test_a_list_is_no_equation() -> None:
    (chain,) = chains_of(Document("$N, D = 64, 1000$", "page.md"))
    assert chain.listed


def test_one_unreadable_side_leaves_the_others() -> None:
    (chain,) = chains_of(Document(r"$y = \frac{1}{1+e^{-0.0.76}} = 0.68$", "page.md"))
    assert [side.tree is not None for side in chain.sides] == [True, False, True]


def test_sides_know_where_they_stand() -> None:
    page = Document("Hence $$\n a = 1 +\n 1 = 2$$", "page.md")
    (chain,) = chains_of(page)
    assert [page.position(side.start) for side in chain.sides] == [(2, 2), (2, 6), (3, 6)]
    assert [page.text[side.start : side.end] for side in chain.sides] == ["a", "1 +\n 1", "2"]

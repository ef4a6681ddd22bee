"""Documents of every kind: what is read in them, and that every claim points at its digits in the file."""

from __future__ import annotations

import json

import pytest

from grader.documents import Document, Unusable
from grader.proofread import verify

LATEX = r"""\documentclass{article}
\newcommand{\pd}[2]{\frac{\partial #1}{\partial #2}}
\newcommand{\sig}[1]{\sigma(#1)}
\def\wone{w_1}
\begin{document}
Let $w_1 = 0.3$ and $x_1 = 0.5$. % a remark: $x_1 = 7 = 8$
\begin{align}
  z &= \wone x_1 + 0.1 \\ % forward
    &= 0.3 \cdot 0.5 + 0.1 = 0.25 \\[2pt]
  a &= \sig{z} = \sig{0.25} = 0.562
\end{align}
\[ \pd{E}{w_1} = (0.562 - 1) \cdot 0.5 = -0.219 \]
\begin{lstlisting}[language=Python]
x = 3 # $x = 4 = 5$
\end{lstlisting}
Wrong: $2 \cdot \num{0.4} = 9$.
\end{document}
$1 + 1 = 3$
"""
CELLS = [
    {
        "cell_type": "markdown",
        "source": [
            "# A “title”\n",
            "Let $w = 0.2$, then\n",
            "$$z = \\frac{w}{2} = 0.5 \\cdot 0.2 = 0.11$$\n",
        ],
    },
    {
        "cell_type": "code",
        "source": "x = 0.5\nprint(2 * x)",
        "outputs": [{"output_type": "stream", "name": "stdout", "text": ["1.0\n"]}],
    },
    {"cell_type": "markdown", "source": "Now 😀\t$2 \\times 3 = 7$"},
]
NOTEBOOK = json.dumps({"cells": CELLS, "metadata": {}, "nbformat": 4}, indent=1)
PAGE = r"""<!DOCTYPE html><html><head><title>x = 3 = 4</title></head><body>
<p>Let \(x = 2\), so \(2 \cdot 3 = 7\). a &lt; b
<p><math><mi>y</mi><mo>=</mo><mfrac><mn>1</mn><mn>4</mn></mfrac><mo>=</mo><mn>0.26</mn></math>
<span class="katex"><span class="katex-mathml"><math><semantics><mrow><mn>2</mn></mrow><annotation
encoding="application/x-tex">z = 2 + 2 = 5</annotation></semantics></math></span><span
class="katex-html" aria-hidden="true">z=2+2=5</span></span>
<script type="math/tex; mode=display">q = 3 - 1 = 1</script>
<pre>net = 0.5 * 0.2 + 0.1
    = 0.4
</pre>
<pre><code class="language-python">x = 3</code></pre>
<table><tr><th>w1<th>w2<tr><td>0.15<td>0.2</table>
<svg><text>1 + 1 = 3</text><text>a<tspan baseline-shift="sub">1</tspan> = 0.5 &minus; 0.2 = 0.3</text></svg>
e<sup>2.0</sup> = 7.39<br>e<sup>&minus;1</sup> = 0.47<br>
</body></html>"""
MARKDOWN = r"""# Page
![t](https://latex.codecogs.com/gif.latex?u%20%3D%20%5Cfrac%7B1%7D%7B8%7D%20%3D%200.23)
<svg><text>2 + 2 = 5</text></svg> w<sub>1</sub> = 0.5 &minus; 0.1 = 0.6

```
net = 0.5 * 0.2 + 0.1
    = 0.3 + 0.1
```

Then we get out = 0.5 * 0.2 = 0.2 in words, and `loss = 1 - 0.2 = 0.9`.
"""
DOCUMENTS = {"a.tex": LATEX, "a.ipynb": NOTEBOOK, "a.html": PAGE, "a.md": MARKDOWN}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_printed_number_stands_where_its_claim_points(name: str) -> None:
    lines = DOCUMENTS[name].split("\n")
    printed = [claim for claim in verify(DOCUMENTS[name], name=name).claims if claim.printed]
    assert printed
    for claim in printed:
        there = lines[claim.line - 1][claim.column - 1 :]
        assert there.lstrip("-−").removeprefix("&minus;").startswith((claim.printed or "").lstrip("-")), claim


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("a.tex", ["9"]),
        ("a.ipynb", ["0.11", "7"]),
        ("a.html", ["7", "0.26", "5", "1", "0.4", "3", "0.47"]),
        ("a.md", ["0.23", "5", "0.6", "0.3", "0.2"]),
    ],
)
def test_what_is_wrong_is_found_once(name: str, wrong: list[str]) -> None:
    report = verify(DOCUMENTS[name], name=name)
    assert [claim.printed for claim in report.with_verdict("contradicted") if claim.printed] == wrong


@pytest.mark.parametrize(
    ("name", "kind"), [("a.tex", "LaTeX"), ("a.ipynb", "notebook"), ("a.html", "web page")]
)
def test_a_kind_is_recognised_without_its_ending(name: str, kind: str) -> None:
    assert Document(DOCUMENTS[name], "text").kind.name == Document(DOCUMENTS[name], name).kind.name == kind


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.tex", [("code", "python", (14, 1))]),
        ("a.ipynb", [("code", "python", (13, 15)), ("output", "output", (19, 8))]),
        ("a.html", [("code", "python", (11, 36))]),
    ],
)
def test_code_and_output_are_offered_with_their_places(
    name: str, expected: list[tuple[str, str, tuple[int, int]]]
) -> None:
    page = Document(DOCUMENTS[name], name)
    assert [(block.kind, block.language, page.position(block.start)) for block in page.code] == expected


def test_code_and_what_it_printed_are_told_from_set_off_formulas() -> None:
    text = "```\na = 1 + 1\n  = 2\n```\n```python\nb = 3\n```\nprints\n```\nb = 3\n```\nlater\n\n"
    text += "```\nc = 4\n```\n"
    assert [block.kind for block in Document(text, "a.md").blocks] == ["text", "code", "output", "output"]


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "no JSON"), ('{"cells": 3}', "no list of cells"), ("[" * 100_000, "too deep"), ("[]", "no list")],
)
def test_a_broken_notebook_is_refused_in_one_sentence(text: str, words: str) -> None:
    with pytest.raises(Unusable, match=f"^a.ipynb: .*{words}"):
        verify(text + "\n", name="a.ipynb")


@pytest.mark.parametrize("name", ["a.md", "a.tex", "a.html", "a.txt"])
@pytest.mark.parametrize(
    "text",
    [
        "<table><tr><td>1 + 1 = 3",
        "</p></p><math><mfrac><mn>1</math>",
        '<a "',
        r"\newcommand{\a}{\a\a}\a \def\b{ \begin{align} 1 + 1 = 3",
        "$$ \\frac{1}{ = 3",
        "&#0;&#x110000;&nonsense; <svg><text>",
        "```\n$x = ",
    ],
)
def test_malformed_text_is_read_as_far_as_it_goes(name: str, text: str) -> None:
    assert all(claim.verdict for claim in verify(text + "\n", name=name).claims)


@pytest.mark.parametrize(
    "text",
    [
        "<a ",
        '<a "',
        "<sub>",
        "<svg><text>",
        "` ",
        "$a ",
        "\\[ ",
        "```\n",
        "![](https://latex.codecogs.com/a?(",
        "| 1 ",
    ],
)
@pytest.mark.parametrize("name", ["a.md", "a.html"])
def test_long_hostile_text_takes_no_longer_than_its_length(name: str, text: str) -> None:
    page = Document(text * (400_000 // len(text)), name)
    assert page.regions is not None and page.code is not None

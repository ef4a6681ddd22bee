"""Definitions by cases, however they are written, are one node: rows of a value and its condition."""

from __future__ import annotations

import pytest

from grader.reading import Unreadable, read
from grader.reading.tree import Cases

from .sexpr import show

TWO_ROWS = "(cases 1 if (rel z > 0); 0 if -)"
SAME = [
    r"\begin{cases} 1 & z>0 \\ 0 & \text{otherwise}\end{cases}",
    r"\begin{cases} 1 & \text{if } z>0 \\ 0 & \text{else} \end{cases}",
    r"\begin{cases} 1 &\text{if $z > 0$,}\\ 0 &\text{otherwise.}\\ \end{cases}",
    r"\begin{cases} 1, & z>0, \\ 0, & otherwise.\end{cases}",
    r"\begin{cases} 1 \quad z>0 \\ 0 \quad \mathrm{otherwise}\end{cases}",
    r"\begin{cases} 1 \text{ falls } z>0 \\ 0 \text{ sonst}\end{cases}",
    r"\begin{cases} 1, z>0 \\ 0, otherwise \end{cases}",
    r"\begin{cases} 1 & \text{für } z > 0 \\ 0 & \textrm{sonst} \end{cases}",
    r"\begin{cases} 1 & \mbox{for } z \gt 0 \\ \mbox{otherwise } & 0 \end{cases}",
    r"\begin{dcases} 1 & \text{z > 0} \\ 0 & else\end{dcases}",
    r"\left\{\begin{array}{ll} 1 & z>0\\ 0 & \text{otherwise}\end{array}\right.",
    r"\left\{ \begin{matrix} 1, & \text{if } z>0\\ 0, & \text{otherwise} \end{matrix} \right.",
    r"\left\{ \begin{cases} 1 & z>0\\ 0 & \text{else} \end{cases} \right.",
    "1 if z > 0 else 0",
    "1 if z>0, 0 otherwise",
    "1 if z > 0; otherwise 0",
    "1 for z>0\n0 otherwise",
    "1, if z > 0, 0, else",
    r"1 \text{ if } z > 0, 0 \text{ otherwise}",
    r"\text{1 if } z>0, \text{ 0 otherwise}",
    "np.where(z > 0, 1, 0)",
    "np.where(z>0,1,0)",
    "torch.where(z > 0, 1, 0)",
    "ifelse(z > 0, 1, 0)",
]


@pytest.mark.parametrize("text", SAME)
def test_spellings_of_one_definition_give_one_tree(text: str) -> None:
    assert show(read(text).tree) == TWO_ROWS


READ = [
    (r"\begin{cases} 1 & z>0 \\ 0 & z \leq 0\end{cases}", "(cases 1 if (rel z > 0); 0 if (rel z <= 0))"),
    (
        r"\sigma'(z) = \begin{cases} 1 & \text{for } z > 0 \\ 0 & \text{for } z < 0 \end{cases} \cdot \delta",
        "(rel (prod (script sigma') (z)) = (prod (cases 1 if (rel z > 0); 0 if (rel z < 0)) cdot delta))",
    ),
    (
        r"\begin{cases} a \odot (1-a) & \text{if } l = L \\ W^T \delta & \text{otherwise}\end{cases}",
        "(cases (prod a odot ((sum 1 -a))) if (rel l = L); (prod (script W ^T) delta) if -)",
    ),
    (
        r"\begin{cases} \frac12 & -1 < z < 1 \\ \frac{z}{2} & j \neq k \\ 0 \end{cases}",
        "(cases (frac 1 2) if (rel (neg 1) < z < 1); (frac z 2) if (rel j != k); 0 if -)",
    ),
    ("(1 if z1 > 0 else 0) * d", "(prod ((cases 1 if (rel (script z _1) > 0); 0 if -)) * d)"),
    ("1 if z>0 else 0 if z<0 else 0.5", "(cases 1 if (rel z > 0); 0 if (rel z < 0); 0.5 if -)"),
    (
        "1 if z>0 else (0 if z<0 else 0.5)",
        "(cases 1 if (rel z > 0); ((cases 0 if (rel z < 0); 0.5 if -)) if -)",
    ),
    (
        "f'(z) = 1 if z>0, 0 if z<=0",
        "(rel (prod (script f') (z)) = (cases 1 if (rel z > 0); 0 if (rel z <= 0)))",
    ),
    (r"f' = 1 if \alpha > 0 else 0", "(rel (script f') = (cases 1 if (rel alpha > 0); 0 if -))"),
    ("np.where(z > 0, 1, a) * d", "(prod (cases 1 if (rel z > 0); a if -) broadcast d)"),
    ("f(x, 1 if z > 0 else 0)", "(prod f (x, (cases 1 if (rel z > 0); 0 if -)))"),
    (r"\left( a + b \right. \\ \left. + c \right)", "((sum a +b +c))"),
    ("i f", "(prod i f)"),
    (r"\delta_i f", "(prod (script delta _i) f)"),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_reads_as(text: str, expected: str) -> None:
    assert show(read(text).tree) == expected


REFUSED = [
    (r"\begin{cases} 1 z>0 \\ 0 z<0 \end{cases}", 14, "put an & or the word “if”"),
    (r"\begin{cases} 1 & z>0 \\ 0 & \mbox{z negative} \end{cases}", 27, "in words"),
    (r"\begin{cases} 1 & z>0", 0, "never closed"),
    (r"\begin{cases} & z>0 \end{cases}", 14, "no value"),
    (r"\begin{cases} \end{cases}", 0, "no cases"),
    (r"\left\{ x \right.", 5, "never closed"),
    ("np.where(z > 0)", 14, "missing"),
    ("np.where(z > 0, 1, )", 19, "missing"),
]


@pytest.mark.parametrize(("text", "position", "sentence"), REFUSED)
def test_refuses_at_the_place_with_a_sentence(text: str, position: int, sentence: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert sentence in refused.value.message
    assert refused.value.position == position


def test_rows_hold_values_and_conditions_where_they_were_written() -> None:
    text = "a = 1 if z > 0 else 0"
    cases = next(part for part in read(text).tree.walk() if isinstance(part, Cases))
    (value, condition), (other, otherwise) = cases.rows
    assert condition is not None
    assert otherwise is None
    assert [text[slice(*part.span)] for part in (cases, value, condition, other)] == [
        "1 if z > 0 else 0",
        "1",
        "z > 0",
        "0",
    ]

"""Verdicts on small chapters: what is confirmed, contradicted with which diagnosis, or left unchecked."""

from __future__ import annotations

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.proofread import verify


def last_number(text: str) -> ClaimVerdict:
    """The verdict on the last printed number of a text."""
    return [claim for claim in verify(text + "\n").claims if claim.printed][-1]


@pytest.mark.parametrize(
    "text",
    [
        r"$\sigma(3.3) = 0.964$",
        r"$\sigma(30.313) = 1$",
        r"$n = \sigma(4*0.2 + 5*0.3 + 1) = \sigma(3.3) = 0.964$",
        "$3*4 + 4*2 = 20$",
        r"$-\log(0.13) = 2.04$",
        r"$\frac{1}{1+e^{-0.3775}} = 0.593269992$",
        r"$L = \frac{1}{2}(1.5 - 0.56)^2 = 0.44.$",
        r"$0.55 + -0.05 = 0.50$",
        "$0.249 * -0.0904 = -0.0225$",
        r"$\max(0, 1 * 0 + -1 * 1) = 0$",
        r"$\frac{895}{1000} = 0.895 = 89.5\%$",
        "e^0.1 = 1.105",
        r"$[-0.8, 1.1, 0.1] - 1.1 = [-1.9, 0, -1.0]$",
        r"$\begin{bmatrix} 1 & 2 \end{bmatrix} \begin{bmatrix} 0.2 \\ -0.5 \end{bmatrix} = -0.8$",
        r"Let $w = 0.3$ and $x = 0.5$. $z = wx + 0.1 = 0.25$",
        r"$b_{3..6} = 1$ and $b_4 + b_5 = 2$",
        r"Take $[x_1, x_2] = [3, 4]$, so $x_1 x_2 = 12$",
        r"The rate $\eta$ is 0.9, so $\eta \cdot 2 = 1.8$",
        r"With $f(x) = x^2 + 1$ we get $f(3) = 10$.",
        r"Here g is the sigmoid function and $g(-10) \approx 0$.",
    ],
)
def test_right_numbers_are_confirmed(text: str) -> None:
    claim = last_number(text)
    assert (claim.verdict, claim.diagnosis) == ("confirmed", None), claim


@pytest.mark.parametrize(
    ("text", "diagnosis"),
    [
        ("$0.95 \\cdot (1 - 0.95) = 0.0452$", "rounded-intermediate"),
        ("$(e^{-1})(-0.53) = -0.20$", "rounded-intermediate"),
        ("$0.7219 \\cdot 0.3891 = 0.280$", "truncated"),
    ],
)
def test_rounding_is_no_error(text: str, diagnosis: str) -> None:
    claim = last_number(text)
    assert (claim.verdict, claim.diagnosis) == ("confirmed", diagnosis), claim


@pytest.mark.parametrize(
    ("text", "diagnosis"),
    [
        (r"$L_i = -\log(0.13) = 0.89$", "log-base-10"),
        (r"$\frac{1}{1+e^{-0.7312}} = 0.3249$", "exponent-sign"),
        (r"$\alpha = 0.1$, $b = 0.4$: $b - \alpha \cdot (-0.205) = 0.3795$", "sign-flipped"),
        ("$0.4123 \\cdot 0.2317 = 0.19106$", "factor-2"),
        ("$0.4123 \\cdot 0.2317 = 0.04776$", "factor-half"),
        ("$0.4123 \\cdot 0.2317 = 0.9553$", "decimal-point"),
        ("$0.41231 \\cdot 0.23172 = 0.0956$", "last-digit"),
        ("$0.41237281 \\cdot 2.31718243 = 0.955430$", "dropped-digit"),
        ("$17 + 25 = 37$", "other-arithmetic"),
    ],
)
def test_wrong_numbers_are_contradicted_and_diagnosed(text: str, diagnosis: str) -> None:
    claim = last_number(text)
    assert (claim.verdict, claim.diagnosis) == ("contradicted", diagnosis), claim


@pytest.mark.parametrize(
    "text",
    [
        r"$w_5^+ = w_5 - \eta \cdot g = 0.3589$",
        "$x = x + 1 = 4$",
        r"$q = 0.150.200 + 0.1 = 0.25$",
        "$N, D = 64, 1000$",
        r"$\theta = 0$",
        r"$y = f(x)$",
        r"$E_{total} = \sum \frac{1}{2}\|target - output\|^2 = 0.4$",
        r"$z = w_1 x_1 + b = 0.4$",
        r"$\mathcal{D} = \mathcal{D}^+ \cup \mathcal{D}^-$",
        "f(x)={1 if zz was greater than 00 = 3",
    ],
)
def test_what_cannot_be_decided_is_never_contradicted(text: str) -> None:
    claims = verify(text + "\n").claims
    assert all(claim.verdict == "unchecked" and claim.reason for claim in claims)


def test_givens_are_no_claims() -> None:
    report = verify(
        "Let $n_1 = 0.2$ and $w_{13} = 4, w_{14} = 5$.\n"
        "$$W = \\begin{bmatrix} 1 && 2 \\\\ 3 && 4 \\end{bmatrix}$$\n"
    )
    assert report.claims == ()
    assert [(entry.name, entry.how) for entry in report.ledger] == [
        (name, "given") for name in ("n_1", "w_13", "w_14", "W")
    ]


def test_a_later_value_is_a_new_version() -> None:
    report = verify("$x = 2$, so $x + 1 = 3$.\n\nNow let $x = 5$: then $x + 1 = 6$.\n")
    assert [claim.verdict for claim in report.claims] == ["confirmed", "confirmed"]
    assert [entry.version for entry in report.ledger if entry.name == "x"] == [1, 2]


def test_local_and_global_verdicts_differ() -> None:
    """The operand was copied with a wrong digit; the number printed is nevertheless the right one."""
    text = (
        "$x = 0.3$ and $w = 0.7$. $net = w x + 1 = 1.2100$.\n\n"
        r"$out = \frac{1}{1+e^{-net}} = \frac{1}{1+e^{-1.215}} = 0.770299$" + "\n"
    )
    operand, number = verify(text).claims[-2:]
    assert operand.verdict == "contradicted"
    assert (number.local, number.verdict) == ("contradicted", "confirmed")


def test_an_error_is_reported_once_and_its_consequences_marked() -> None:
    text = r"$p = \frac{1}{1.4404} = 0.6957$" + "\n\n" + r"$d = 0.6957 - 1 = -0.3043$" + "\n"
    root, inherited = [claim for claim in verify(text).claims if claim.printed]
    assert (root.verdict, root.root, root.follows_from) == ("contradicted", True, None)
    assert (inherited.verdict, inherited.local) == ("contradicted", "confirmed")
    assert (inherited.root, inherited.follows_from) == (False, 1)


def test_numbers_put_in_for_letters_are_remembered() -> None:
    """What stands only in a figure is learnt from the line in which it is put in."""
    text = "$$net = w_1 i_1 + b = 0.15 * 0.05 + 0.35 = 0.3575$$\n\nNow $w_1 - 0.5 \\cdot 0.1 = 0.10$.\n"
    report = verify(text)
    assert {entry.name for entry in report.ledger if entry.how == "used"} == {"w_1", "i_1", "b"}
    assert report.claims[-1].verdict == "confirmed"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (r"$\sigma'(x) = \sigma(x)(1-\sigma(x))$", "confirmed"),
        (r"$\sigma'(x) = \sigma(x)(1+\sigma(x))$", "contradicted"),
        (r"$f(x) = x^2$ $f'(x) = 2x$", "confirmed"),
        (r"$f(x) = x^2$ $f'(x) = 3x$", "contradicted"),
        (r"Given $f(x, y) = 2x^2 + 3xy + y^3$: $\frac{\partial f}{\partial x} = 4x + 3y$", "confirmed"),
        (r"Given $f(x, y) = 2x^2 + 3xy + y^3$: $\frac{\partial f}{\partial y} = 3x + 3y$", "contradicted"),
        (r"$\frac{d\sigma(x)}{dx} = \frac{e^{-x}}{(1 + e^{-x})^2} = (1 - \sigma(x)) \sigma(x)$", "confirmed"),
        (r"$q = x + y$, $f = qz$, $\frac{\partial f}{\partial q} = z$", "confirmed"),
        (r"$\frac{\partial E}{\partial w} = \delta x$", "unchecked"),
    ],
)
def test_identities_are_decided_by_their_values(text: str, verdict: str) -> None:
    assert verify(text + "\n").claims[-1].verdict == verdict


def test_a_number_above_a_name_is_part_of_it_where_the_page_says_so() -> None:
    text = "$[x_1, x_2] = [1, 1]$\n\n$$a_1^2 = \\max(0, x_1 + x_2) = 2$$\n\n$$a_1^3 = 3 * a_1^2 = 6$$\n"
    report = verify(text)
    assert [claim.verdict for claim in report.claims if claim.printed] == ["confirmed", "confirmed"]
    assert "a_1^2, a_1^3" in report.conventions["superscripts"]


TABLE = """
$$h = \\max(0, x_1 + x_2 - 1)$$

$$y = x_1 + x_2 - 2 h$$

| $x_1$ | $x_2$ | $h$ | $y$ |
|---|---|---|---|
| 0 | 1 | 0 | 1 |
| 1 | 1 | 1 | {cell} |
"""


@pytest.mark.parametrize(("cell", "verdict"), [("0", "confirmed"), ("2", "contradicted")])
def test_every_row_of_a_table_is_a_case(cell: str, verdict: str) -> None:
    claims = [claim for claim in verify(TABLE.format(cell=cell)).claims if claim.printed]
    assert [claim.verdict for claim in claims] == ["confirmed"] * 3 + [verdict]


def test_a_fault_of_ours_leaves_the_rest_of_the_page_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.chapter.walk import Walk

    def fail(*anything: object) -> None:
        raise RuntimeError("no such luck")

    monkeypatch.setattr(Walk, "_table", fail)
    claims = verify("| $x$ | $y$ |\n|--|--|\n| 1 | 2 |\n\n$1 + 1 = 3$\n").claims
    assert [claim.verdict for claim in claims] == ["unchecked", "contradicted"]
    assert "no such luck" in claims[0].reason


def test_a_long_page_is_read_to_its_end() -> None:
    page = "".join(f"$x_{{{k}}} = {k}.5 + {k} = {2 * k}.5$ and $y = x_{{{k}}} + 1$\n\n" for k in range(800))
    assert verify(page).summary["confirmed"] == 800


def test_deep_nesting_is_no_crash() -> None:
    claims = verify("$x = " + "(" * 5000 + "1" + ")" * 5000 + " = 1$\n").claims
    assert all(claim.verdict == "unchecked" for claim in claims)


@pytest.mark.parametrize(
    "text",
    [
        "$" * 100_000,
        "\\[ " * 30_000,
        "`" * 100_000,
        "<!-- " * 30_000,
        "<svg " * 30_000,
        "```\n" * 30_000,
        "$a = " + "a = " * 5_000 + "1$",
        "\t".join(["x"] * 3_000) + "\n" + "\t".join(["1"] * 3_000),
        "".join(f"$z_{{{k + 1}}} = z_{{{k}}} + z_{{{k}}} z_{{{k}}}$\n\n" for k in range(200))
        + "$z_{200} = 3$",
        "".join(f"$f_{{{k + 1}}}(x) = f_{{{k}}}(x) + f_{{{k}}}(x)$\n\n" for k in range(40))
        + "$f_{40}(2) = 3$",
        "$" + r"\frac{d}{dx}" * 30 + " x^2 = 3x$",
        "$f(x) = x^2$, $f''''''''(x) = 2x$",
        "$9^{9^{9^9}} = 1$, $2^{99999} = 3$, $e^{e^{e^9}} = 1$",
        "$a = b + 1$, $b = a - 1$, $a = 3 b = 4$",
        r"$C = -\frac13 \sum_i \sum_k T_{ik} \ln S_{ik} = 0.9523$",
    ],
    ids=range(15),
)
def test_hostile_pages_neither_hang_nor_crash(text: str) -> None:
    report = verify(text + "\n")
    assert not [claim for claim in report.claims if "failed" in claim.reason]


def test_a_page_with_too_many_formulas_is_refused() -> None:
    from grader.documents import Unusable

    with pytest.raises(Unusable, match="more than 10000 formulas"):
        verify("$a$ " * 10_001)


ROWS = r"""The scores are $H = \begin{pmatrix} 0.3 & -1.4 \\ 1.03 & -1.26 \end{pmatrix}$. With the softmax
$$S = \mathrm{softmax}(H) = \begin{pmatrix} %s \end{pmatrix}$$
"""


@pytest.mark.parametrize(
    ("entries", "contradicted"),
    [
        (r"0.8455 & 0.1545 \\ 0.9080 & 0.0920", 0),
        (r"0.8455 & 0.1545 \\ 0.9080 & 0.0092", 1),
        (r"0.3252 & 0.4651 \\ 0.6748 & 0.5349", 0),
        (r"0.3252 & 0.4651 \\ 0.6748 & 0.5439", 1),
    ],
    ids=["rows", "a wrong row", "columns", "a wrong column"],
)
def test_the_softmax_of_a_matrix_is_taken_in_its_rows_or_in_its_columns(
    entries: str, contradicted: int
) -> None:
    assert verify(ROWS % entries).summary["contradicted"] == contradicted


def test_logarithms_that_are_differentiated_are_natural() -> None:
    text = r"$-\log(0.13) = 0.886$ and $-\log(0.25) = 0.602$, so $\frac{dL}{dz} = p - y$." + "\n"
    assert verify(text).summary["contradicted"] == 2


def test_one_logarithm_to_base_ten_is_a_slip_and_several_are_what_is_meant() -> None:
    slip = verify(r"$-\log(0.13) = 0.89$ and $-\log(0.25) = 1.39$" + "\n")
    assert (slip.conventions["log"], slip.summary["contradicted"]) == ("natural", 1)
    meant = verify(r"$-\log(0.13) = 0.886$, $-\log(0.25) = 0.602$ and $-\log(0.5) = 0.301$" + "\n")
    assert (meant.conventions["log"], meant.summary) == (
        "log base 10",
        {"confirmed": 3, "contradicted": 0, "unchecked": 0},
    )


@pytest.mark.parametrize(
    ("before", "verdict"),
    [(r"1.5 \cdot 0.25 = 0.375", "contradicted"), (r"1.5 \cdot 0.5 = 0.75", "confirmed")],
)
def test_a_result_that_ends_with_its_digits_is_no_excuse_for_rounding(before: str, verdict: str) -> None:
    claims = verify(f"Let $b = 0.25$. We find ${before}$. Then $d = 0.375 + 0.25 = 0.626$.\n").claims
    assert [claim.verdict for claim in claims if claim.printed][-1] == verdict

"""Standard statements in any letters, their known slips, and statements of one page that cannot both hold."""

from __future__ import annotations

import pytest

from grader.chapter.standard.matching import says
from grader.chapter.standard.statements import STATEMENTS, sides_of
from grader.proofread import verify


def verdicts(text: str) -> list[tuple[int, str]]:
    return [(c.line, c.verdict) for c in verify(text + "\n").claims if c.verdict != "unchecked"]


def contradictions(text: str) -> list[tuple[int, str | None]]:
    return [(c.line, c.diagnosis) for c in verify(text + "\n").claims if c.verdict == "contradicted"]


@pytest.mark.parametrize(
    "text",
    [
        r"$$p_c = \frac{\exp(u_c)}{\sum_{d=1}^C \exp(u_d)}$$",
        r"$$\Pr(Y = c | x) = \frac{e^{u_c}}{\sum_d e^{u_d}}$$",
        r"$$\ell = -\ln P(Y = c | X = x)$$",
        r"$$J(V) = \frac{1}{m} \sum_{r=1}^m \ell(x_r, y_r; V) + \mu\, \Omega(V)$$",
        r"$$\Omega(V) = \sum_p \sum_q V_{pq}^2$$",
        r"$$v^{(k+1)} = v^{(k)} - \gamma_k \nabla J(v^{(k)})$$",
        r"$$\theta = \theta - \gamma \frac{\partial J}{\partial \theta}$$",
        r"$$J = -\sum_c d_c \log u_c$$",
        r"$$J = -\frac{1}{m} \sum_{i=1}^m d^{(i)} \log u^{(i)} + (1 - d^{(i)}) \log(1 - u^{(i)})$$",
        r"$$J = \frac{1}{2m} \sum_{i=1}^m \|u(x_i) - d_i\|^2$$",
        r"$$u_k = \phi(c + \sum_{j=1}^n v_j r_j)$$",
        r"$$v^* = \underset{v}{\operatorname{argmin}} \sum_{r=1}^m \ell_r$$",
        r"$$\Delta v_{pq} = -\gamma \frac{\partial J}{\partial v_{pq}}$$",
    ],
)
def test_statements_in_other_letters_are_confirmed(text: str) -> None:
    assert {verdict for _, verdict in verdicts(text)} == {"confirmed"}


@pytest.mark.parametrize(
    "text",
    [
        r"$$p_c = \frac{e^{u_c}}{\sum_d e^{-u_d}}$$",
        r"$$p_c = \frac{e^{u_c}}{\sum_d u_d}$$",
        r"$$J = -\frac{1}{2} \sum_c d_c \log u_c$$",
        r"$$J = \frac{1}{m} \sum_{r=1}^m \ell_r - \mu \Omega$$",
        r"$$v^{(k+1)} = \gamma v^{(k)} - \nabla J(v^{(k)})$$",
        r"$$J = \frac{1}{3m} \sum_{i=1}^m (u_i - d_i)^2$$",
    ],
)
def test_other_formulas_are_no_statements(text: str) -> None:
    assert verdicts(text) == []


@pytest.mark.parametrize("row", STATEMENTS, ids=lambda row: row.formula)
def test_every_row_says_itself_and_not_its_mistakes(row: object) -> None:
    sides = row.sides  # type: ignore[attr-defined]
    assert says(sides, sides)
    for mistake in row.mistakes:  # type: ignore[attr-defined]
        assert not says(sides_of(mistake.formula), sides)


UPHILL = r"We use gradient {}: $$v^{{(k+1)}} = v^{{(k)}} + \gamma \nabla J(v^{{(k)}})$$"


def test_a_step_up_the_hill() -> None:
    assert contradictions(UPHILL.format("descent")) == [(1, "sign-flipped")]
    assert not contradictions(UPHILL.format("ascent"))
    assert not contradictions(UPHILL.format("descent or ascent"))


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (r"The cross-entropy is $\sum_c d_c \log u_c$ here.", True),
        (r"The cross-entropy is $-\sum_c d_c \log u_c$ here.", False),
        (r"The cross-entropy is minus the sum $\sum_c d_c \log u_c$ here.", False),
        (r"The log-likelihood (see cross-entropy) is $\sum_c d_c \log u_c$ here.", False),
    ],
)
def test_the_minus_sign_of_the_cross_entropy(text: str, wrong: bool) -> None:
    assert bool(contradictions(text)) is wrong


PENALTY = r"""$$J(v) = \frac{1}{m} \sum_{r=1}^m \ell_r(v) + \mu \Omega(v)$$

Full batches: $$\nabla J(v) = \frac{1}{m} \sum_r \nabla \ell_r(v)$$

Once more: $$\nabla J(v) = \frac{1}{m} \sum_{r=1}^m \nabla \ell_r(v) + \mu \nabla \Omega(v)$$
"""


def test_the_gradient_of_a_penalty_that_is_lost() -> None:
    assert contradictions(PENALTY) == [(3, "term-omitted")]
    assert not contradictions(PENALTY.partition("Once")[0])
    assert not contradictions(PENALTY.partition("Full")[2])


SUM = r"$$u = b + v_1 r_1 + v_2 r_2 + \dots + v_n r_n = \mathbf{v}^T \mathbf{r}$$"


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (SUM, True),
        (SUM.replace(r"\mathbf{r}$", r"\mathbf{r} + b$"), False),
        ("We absorb the bias into the weights. " + SUM, False),
        ("With $x_0 = 1$: " + SUM, False),
    ],
)
def test_a_bias_that_is_lost_within_a_line(text: str, wrong: bool) -> None:
    assert bool(contradictions(text)) is wrong


def test_a_bias_that_comes_with_another_name() -> None:
    page = "$$u = V^T x$$\n\nThe scores are $u = h(x; V)$.\n\n$$h(x, V) = V x + b$$"
    assert contradictions(page) == [(5, "bias-omitted")]
    assert not contradictions(page.replace("V x + b", "V x"))
    assert not contradictions(page.replace("u = h(x; V)", "q = h(x; V)"))


DELTA = r"""$$o = \sigma(z)$$

$$\delta = {}$$

$$\Delta v_{{ij}}(n) = \eta \delta_j x_{{ij}} + \alpha \Delta v_{{ij}}(n-1)$$
"""


def test_momentum_and_the_sign_of_delta() -> None:
    assert contradictions(DELTA.format("o - d")) == [(5, "sign-flipped")]
    assert not contradictions(DELTA.format("d - o"))
    assert (5, "sign-flipped") not in contradictions(DELTA.format("o - d") + "\nOr $\\delta = d - o$.")


@pytest.mark.parametrize(
    "text", ["$$" + "x + " * 500 + "x = y$$", r"$$y = \sum\sum\sum\sum x$$", "$$a = ()$$"]
)
def test_long_and_odd_formulas_are_left_alone(text: str) -> None:
    assert all(claim.verdict != "contradicted" for claim in verify(text + "\n").claims)
    assert not [claim for claim in verify(text + "\n").claims if "failed" in claim.reason]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (r"$$g_K(v_K, g_{K-1}(v_{K-1}, \dots, g_1(v_1, r) \dots))$$", True),
        (r"$$g_K(v_K, g_{K-1}(v_K, \dots, g_1(v_1, r) \dots))$$", False),
        (r"$$u = \begin{cases} 1 & \text{if } v \cdot r + c > 0 \\ 0 & \text{otherwise} \end{cases}$$", True),
        (r"$$u = \begin{cases} 1 & \text{if } v \cdot r > 3 \\ 2 & \text{otherwise} \end{cases}$$", False),
        (
            r"$$u_j = \begin{cases} 1 & \text{if } j = \arg\max_i r_i \\ 0 & \text{otherwise} \end{cases}$$",
            True,
        ),
    ],
)
def test_forms(text: str, right: bool) -> None:
    assert ("confirmed" in [verdict for _, verdict in verdicts(text)]) is right


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Let $g(p, q) = p^3 + 2pq$. The gradient is $(3p^2 + 2q, 2p)$.", ["confirmed"]),
        ("Let $g(p, q) = p^3 + 2pq$. The gradient is $(3p^2 + 2q, 2q)$.", ["contradicted"]),
        ("Let $g(p, q) = p^3 + 2pq$. The gradient is $(1, 4)$.", []),
        ("The gradient is $(3p^2 + 2q, 2p)$.", []),
        ("Let $g(p, q) = p^3 + 2pq$. The point is $(3p^2 + 2q, 2q)$.", []),
    ],
)
def test_gradients_as_lists(text: str, found: list[str]) -> None:
    assert [c.verdict for c in verify(text + "\n").claims if c.text.startswith("(")] == found


def test_a_gradient_at_another_point() -> None:
    assert contradictions(r"$\nabla_v g(p_0, q_0) = \nabla g(p, q) \cdot v$") == [(1, "point-omitted")]
    assert not contradictions(r"$\nabla_v g(p_0, q_0) = \nabla g(p_0, q_0) \cdot v$")
    assert not contradictions(r"$\nabla_v g(p, q) = \nabla g(p, q) \cdot v$")

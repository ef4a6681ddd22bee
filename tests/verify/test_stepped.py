"""New values: said by arrows, in whole matrices, and held against the step that gives them."""

from __future__ import annotations

import pytest

from grader.proofread import verify

BEFORE = """\
Let $x = 2$, $t = 0.3$ and the learning rate $\\eta = 0.5$. The weights are w1 = 0.4, w2 = -0.6 and w3 = 0.25.

dE/dw1 = 0.1520
dE/dw2 = -0.2210
dE/dw3 = 0.0840

"""
ARROWS = """\
w1: 0.4 -> 0.3240
w2: -0.6 → -0.4895
$w_3: 0.25 \\to 0.2080$
"""
SAID = """\
$w_1' = 0.3240$

$w_2' = -0.6 - 0.5 \\cdot (-0.2210) = -0.4895$

$w_3' = 0.25 - 0.5 \\cdot 0.0840 = 0.2080$
"""


def contradicted(text: str) -> list[tuple[str | None, str | None]]:
    return [(claim.printed, claim.diagnosis) for claim in verify(text).with_verdict("contradicted")]


@pytest.mark.parametrize("after", [ARROWS, SAID])
def test_new_values_are_confirmed_by_the_step(after: str) -> None:
    report = verify(BEFORE + after)
    confirmed = [claim.printed for claim in report.with_verdict("confirmed")]
    assert {"0.3240", "-0.4895", "0.2080"} <= set(confirmed)
    assert not report.with_verdict("contradicted")


@pytest.mark.parametrize(
    ("right", "wrong", "diagnosis"),
    [
        ("0.3240", "0.4760", "gradient-added"),
        ("0.3240", "0.2480", "rate-omitted"),
        ("0.3240", "0.4000", "stale-value"),
        ("0.3240", "0.3420", "other-arithmetic"),
    ],
)
@pytest.mark.parametrize("after", [ARROWS, SAID])
def test_a_wrong_new_value_is_found(after: str, right: str, wrong: str, diagnosis: str) -> None:
    assert contradicted(BEFORE + after.replace(right, wrong)) == [(wrong, diagnosis)]


def test_a_line_that_is_right_in_itself_with_the_derivative_of_another_weight_is_found() -> None:
    wrong = SAID.replace("0.25 - 0.5 \\cdot 0.0840 = 0.2080", "0.25 - 0.5 \\cdot 0.1520 = 0.1740")
    assert [printed for printed, _ in contradicted(BEFORE + wrong)] == ["0.1740"]


def test_nothing_is_said_where_most_values_follow_another_rule() -> None:
    decayed = "w1: 0.4 -> 0.3040\nw2: -0.6 → -0.4595\n$w_3: 0.25 \\to 0.1955$\n"
    assert contradicted(BEFORE + decayed) == []


def test_nothing_follows_from_a_derivative_that_is_wrong_itself() -> None:
    text = BEFORE.replace("dE/dw1 = 0.1520", "dE/dw1 = 0.4 * 0.38 = 0.0152")
    assert [printed for printed, _ in contradicted(text + ARROWS)] == ["0.0152"]


MATRICES = r"""
$$W = \begin{bmatrix} 0.4 & -0.6 \\ 0.25 & 0.1 \end{bmatrix}, \quad \eta = 0.5$$

$$\frac{\partial L}{\partial W} = \begin{bmatrix} 0.1520 & -0.2210 \\ 0.0840 & 0.0333 \end{bmatrix}$$

$$W \leftarrow \begin{bmatrix} 0.3240 & -0.4895 \\ 0.2080 & 0.0834 \end{bmatrix}$$
"""


def test_matrices_are_held_against_the_step_entry_by_entry() -> None:
    assert contradicted(MATRICES) == []
    assert contradicted(MATRICES.replace("0.3240", "0.4760")) == [("0.4760", "gradient-added")]
    assert contradicted(MATRICES.replace("0.2080", "0.2500")) == [("0.2500", "stale-value")]


@pytest.mark.parametrize(
    "text",
    [
        "As $x \\to 0.5$ the slope falls, and $h: 0.1 \\to 0.2 \\to 0.4$.\n",
        "Node A → 0.5, node B → 0.75; x1 -> 0.3.\n",
        "The map $f: 0.5 \\mapsto 0.25$ is no step.\n",
    ],
)
def test_other_arrows_say_nothing(text: str) -> None:
    assert contradicted(text) == []

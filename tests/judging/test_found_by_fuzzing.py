"""Answers that made the grader fail once: each is judged now, and told what is wrong with it."""

from __future__ import annotations

import pytest

from derive import Network
from tests.judging.asking import judged

LEFT_OPEN = Network([3, 4, 2], "generic", "generic", learning_rate=0.1)
DEEP = Network([3, 4, 5, 2], "tanh", learning_rate=0.1)
SMALL = Network([2, 3, 2], "sigmoid", learning_rate=0.1)
THIN = Network([2, 2, 1], "generic", "generic", bias=False)

# The layers of a general formula differ in shape.
SHAPES_BY_LAYER = [
    (LEFT_OPEN, "nielsen", "W_l_new", r"|(w^l - \eta \nabla_{w^{l}} C\cdot\eta)_{jk}|"),
    (DEEP, "nielsen", "W_l_new", r"w^l - \eta"),
    (DEEP, "nielsen", "delta_l", r"\delta^l(a^{l-1})^\top(a^{l-1})^\top"),
    (DEEP, "bergsoe", "dW_l", r"2 \delta^l (a^{l-1})^T a^{l-1} (a^{l-1})^T"),
    (DEEP, "subscript", "db_l", r"\frac{1}{\delta_i}"),
]
# "Otherwise" is a condition like others where an answer is looked into.
CASES = [
    (SMALL, "subscript", "delta1", r"\sqrt{np.where(z1 > 0, 0, W2.T @ delta2)}"),
    (
        SMALL,
        "subscript",
        "delta1",
        r"\begin{cases} 0 & z_1 < 0 \\ W_2^T \delta_2 & \text{otherwise} \end{cases}",
    ),
]
# Number 0 among the inputs is the bias's, also where the weights have one index only.
BIAS = [(SMALL, "ng", "z2", r"z_i^{(3)} = \sum_{j=0}^{3} w_{j}^{(2)} a_j^{(2)}")]

# The slope of a diagonal matrix was a column's, also where a row stands on the diagonal.
DIAGONAL = [(THIN, "rows", "delta1", r"\frac{\partial np.diag(x1*(1-x1)) @ W2.T @ delta2}{\partial W_1}")]

# Ones whose length nothing says yet do not say how far an index runs.
OPEN = [
    (DEEP, "nielsen", "db1", r"\sum_k (\operatorname{diag}(\delta^3)\mathbf{1}(a^2)^T)_{kk}"),
    (DEEP, "nielsen", "db1", r"\sum_k (\mathbf{1}(a^2)^T)_{kk}"),
    (DEEP, "nielsen", "db1", r"\sum_k (\mathbf{1}\mathbf{1}^T)_{kk}"),
]


@pytest.mark.parametrize(
    ("network", "notation", "ask", "answer"), [*SHAPES_BY_LAYER, *CASES, *BIAS, *DIAGONAL, *OPEN]
)
def test_it_is_judged(network: Network, notation: str, ask: str, answer: str) -> None:
    verdict = judged(network, ask, answer, notation=notation)
    assert verdict.verdict in ("wrong", "undecided"), verdict
    assert "The grader failed" not in verdict.feedback[0]

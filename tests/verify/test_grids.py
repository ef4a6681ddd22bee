"""Vectors and matrices of results, held against what the code or a formula of the page gives."""

from __future__ import annotations

import pytest

from grader.proofread import verify

PAGE = r"""
The scores are $Q = A K + d$ with
$$A = \begin{bmatrix} 1.5 & -2 \\ 0.5 & 1 \end{bmatrix}, \quad
K = \begin{bmatrix} 0.2 & -0.3 & 0.5 \\ 0.4 & 0.1 & -0.6 \end{bmatrix},
\quad d = \begin{bmatrix} 0.15 & 0.25 & -0.05 \end{bmatrix}.$$
For the second example $q_2 = \begin{bmatrix} %s \end{bmatrix}$, and the derivative by d is
$\frac{\partial C}{\partial d} = \begin{bmatrix} %s \end{bmatrix}$.

```python
import numpy as np
R = np.array([[0.31, -0.52, 0.21], [0.12, 0.33, -0.45]])
dd = R.sum(axis=0)
```
"""
Q2, DD = "0.65 & 0.20 & -0.40", "0.43 & -0.19 & -0.24"


def contradicted(second: str, slope: str) -> list[tuple[str | None, str | None]]:
    report = verify(PAGE % (second, slope))
    return [(claim.printed, claim.diagnosis) for claim in report.with_verdict("contradicted")]


@pytest.mark.parametrize(
    ("second", "slope"),
    [
        (Q2, DD),
        ("0.65 & 0.2 & -0.4", "0.430 & -0.190 & -0.240"),
        ("0.91 & 0.37 & -0.12", DD),
        (Q2, "0.215 & -0.095 & -0.12"),
        ("1 & 0 & 0", "0 & 1 & 0"),
        ("0.65 & 0.20", DD),
    ],
)
def test_the_same_grid_or_another_one_is_no_alarm(second: str, slope: str) -> None:
    assert contradicted(second, slope) == []


@pytest.mark.parametrize(
    ("second", "slope", "printed", "diagnosis"),
    [
        ("0.65 & 0.20 & 0.40", DD, "0.40", "sign-flipped"),
        ("0.65 & 0.65 & -0.40", DD, "0.65", "other-arithmetic"),
        (Q2, "0.43 & 0.19 & -0.24", "0.19", "sign-flipped"),
        (Q2, "0.43 & -0.19 & -0.48", "-0.48", "factor-2"),
    ],
)
def test_one_wrong_entry_is_contradicted(second: str, slope: str, printed: str, diagnosis: str) -> None:
    assert contradicted(second, slope) == [(printed, diagnosis)]

"""Formulas and code of one page that multiply the same two matrices, each in its own order."""

from __future__ import annotations

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.proofread import verify

CODE = """
```python
batch, inputs, units = 32, 500, 40
data = np.random.randn(batch, inputs)
V = np.random.randn(inputs, units)
shift = np.zeros(units)
s = {made}
```
"""


def shapes(formula: str, made: str, code: str = CODE) -> list[ClaimVerdict]:
    text = f"The first layer computes\n\n$${formula}$$\n\nand in code:\n{code.replace('{made}', made)}"
    return [claim for claim in verify(text).claims if claim.kind == "shape"]


@pytest.mark.parametrize("formula", [r"s = V data", r"s = V\, data + shift", r"S = \mathbf{V} \, Data"])
@pytest.mark.parametrize("made", ["data @ V", "np.dot(data, V) + shift", "data.dot(V)", "np.matmul(data, V)"])
def test_the_other_order_is_found(formula: str, made: str) -> None:
    (claim,) = shapes(formula.replace("data", r"\mathrm{data}").replace("Data", r"\mathrm{Data}"), made)
    assert (claim.verdict, claim.diagnosis, claim.line) == ("contradicted", "transposed", 3)
    assert "data times V" in claim.reason and "line 12" in claim.reason


@pytest.mark.parametrize(
    ("formula", "made"),
    [
        (r"s = \mathrm{data} V", "data @ V"),
        (r"s = V^\top \mathrm{data}", "data @ V"),
        (r"t = V \mathrm{data}", "data @ V"),
        (r"s = V u", "data @ V"),
        (r"s = V \mathrm{data}", "data @ V.copy()"),
    ],
    ids=["same", "transposed", "another-name", "another-factor", "not-two-names"],
)
def test_what_is_not_the_same_product_is_left_alone(formula: str, made: str) -> None:
    assert shapes(formula, made) == []


def test_square_arrays_fit_either_way() -> None:
    square = CODE.replace("32, 500, 40", "40, 40, 40")
    assert shapes(r"s = V \mathrm{data}", "data @ V", square) == []


def test_a_vector_has_no_order() -> None:
    vector = CODE.replace("np.random.randn(batch, inputs)", "np.random.randn(inputs)")
    assert shapes(r"s = V \mathrm{data}", "data @ V", vector) == []


def test_the_second_time_follows_from_the_first() -> None:
    text = r"$$s = V \mathrm{data}$$" + "\n\nOnce more:\n\n" + r"$$s = V \mathrm{data}$$" + "\n"
    claims = [c for c in verify(text + CODE.replace("{made}", "data @ V")).claims if c.kind == "shape"]
    assert [(claim.root, claim.follows_from) for claim in claims] == [(True, None), (False, 1)]

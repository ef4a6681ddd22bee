"""Small pages in several styles, right and with planted errors; their right numbers come from plain code."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Report
from grader.proofread import verify


@dataclass(frozen=True)
class Page:
    """A text with places for numbers, and the right numbers."""

    text: str
    numbers: dict[str, float]
    digits: int = 7

    def written(self, **planted: str) -> str:
        """The page, with some numbers replaced."""
        shown = {name: f"{value:.{self.digits}f}" for name, value in self.numbers.items()}
        return self.text.format(**shown | planted)


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


# ---- two hidden tanh units and a linear output; formulas for the first of each kind only


def tanh_page() -> Page:
    x1, x2, y, rate = 0.5, -0.8, 0.4, 0.3
    w = {11: 0.2, 12: -0.5, 21: 0.7, 22: 0.1}
    v = {1: 0.6, 2: -0.3}
    b, c = 0.05, 0.1
    z1, z2 = w[11] * x1 + w[12] * x2 + b, w[21] * x1 + w[22] * x2 + b
    h1, h2 = math.tanh(z1), math.tanh(z2)
    o = v[1] * h1 + v[2] * h2 + c
    d = o - y
    g = {
        11: d * v[1] * (1 - h1**2) * x1,
        12: d * v[1] * (1 - h1**2) * x2,
        21: d * v[2] * (1 - h2**2) * x1,
        22: d * v[2] * (1 - h2**2) * x2,
    }
    after = {f"w{k}": w[k] - rate * g[k] for k in w} | {
        "v1": v[1] - rate * d * h1,
        "v2": v[2] - rate * d * h2,
    }
    numbers = {"z1": z1, "h1": h1, "z2": z2, "h2": h2, "o": o, "e": d * d / 2, "gv1": d * h1, "gv2": d * h2}
    numbers |= {f"g{k}": value for k, value in g.items()} | after
    return Page(TANH, numbers)


TANH = r"""
The inputs are $x_1 = 0.5$, $x_2 = -0.8$ and the target is $y = 0.4$. We start from $w_{{11}} = 0.2$,
$w_{{12}} = -0.5$, $w_{{21}} = 0.7$, $w_{{22}} = 0.1$, $b = 0.05$, $v_1 = 0.6$, $v_2 = -0.3$, $c = 0.1$
and $\eta = 0.3$.

$$z_1 = w_{{11}} x_1 + w_{{12}} x_2 + b = {z1}$$
$$h_1 = \tanh(z_1) = {h1}$$

In the same way $h_2 = {h2}$, and then

$$o = v_1 h_1 + v_2 h_2 + c = {o}$$
$$E = \frac{{1}}{{2}} (o - y)^2 = {e}$$

Backwards:

$$\frac{{\partial E}}{{\partial v_1}} = (o - y) h_1 = {gv1},
\frac{{\partial E}}{{\partial v_2}} = {gv2}$$
$$\frac{{\partial E}}{{\partial w_{{11}}}} = {g11}, \frac{{\partial E}}{{\partial w_{{12}}}} = {g12}$$
$$\frac{{\partial E}}{{\partial w_{{21}}}} = {g21}, \frac{{\partial E}}{{\partial w_{{22}}}} = {g22}$$

Hence

$$v_1^{{new}} = v_1 - \eta \frac{{\partial E}}{{\partial v_1}} = {v1}$$
$$v_2^{{new}} = {v2}, \quad w_{{11}}^{{new}} = {w11}, \quad w_{{12}}^{{new}} = {w12}$$
$$w_{{21}}^{{new}} = {w21}, \quad w_{{22}}^{{new}} = {w22}$$
"""


# ---- a chain of two sigmoid neurons, whose second weight and bias stand only in a figure


def chain_page() -> Page:
    x, t, w1, b1, w2, b2, rate = 0.9, 0.25, 0.45, 0.1, -0.35, 0.2, 0.5
    a1 = sigmoid(w1 * x + b1)
    a2 = sigmoid(w2 * a1 + b2)
    d2 = (a2 - t) * a2 * (1 - a2)
    d1 = d2 * w2 * a1 * (1 - a1)
    numbers = {"n1": w1 * x + b1, "a1": a1, "n2": w2 * a1 + b2, "a2": a2, "e": (t - a2) ** 2 / 2}
    numbers |= {"d2": d2, "d1": d1, "gw2": d2 * a1, "gw1": d1 * x, "gb1": d1, "gb2": d2}
    numbers |= {
        "w2": w2 - rate * d2 * a1,
        "b2": b2 - rate * d2,
        "w1": w1 - rate * d1 * x,
        "b1": b1 - rate * d1,
    }
    again = sigmoid(numbers["w2"] * sigmoid(numbers["w1"] * x + numbers["b1"]) + numbers["b2"])
    return Page(CHAIN, numbers | {"again": (t - again) ** 2 / 2}, digits=8)


CHAIN = r"""
With $x = 0.9$ and the target $t = 0.25$; $w_1 = 0.45$, $b_1 = 0.1$.

$$net_1 = w_1 x + b_1 = {n1}$$

$$out_1 = \frac{{1}}{{1 + e^{{-net_1}}}} = {a1}$$

$$net_2 = w_2 out_1 + b_2 = {n2}$$

$$out_2 = \frac{{1}}{{1 + e^{{-net_2}}}} = {a2}$$

$$E = \frac{{1}}{{2}} (t - out_2)^2 = {e}$$

The derivatives are

$$\frac{{\partial E}}{{\partial w_2}} = {gw2}, \frac{{\partial E}}{{\partial b_2}} = {gb2}$$

$$\frac{{\partial E}}{{\partial w_1}} = {gw1}, \frac{{\partial E}}{{\partial b_1}} = {gb1}$$

With $\alpha = 0.5$:

$$w_{{2_{{new}}}} = w_2 - \alpha \frac{{\partial E}}{{\partial w_2}} = {w2}$$

$$b_{{2_{{new}}}} = {b2}$$

$$w_{{1_{{new}}}} = {w1}$$

$$b_{{1_{{new}}}} = {b1}$$

Feeding the input forward once more, the error is now {again}.
"""


# ---- one step of logistic regression with the cross-entropy


def logistic_page() -> Page:
    x, y, w, b, rate = (1.5, -2.0), 1.0, (0.4, 0.3), -0.1, 0.2
    z = w[0] * x[0] + w[1] * x[1] + b
    p = sigmoid(z)
    numbers = {"z": z, "p": p, "l": -math.log(p), "g1": (p - y) * x[0], "g2": (p - y) * x[1], "gb": p - y}
    numbers |= {"w1": w[0] - rate * numbers["g1"], "w2": w[1] - rate * numbers["g2"], "b": b - rate * (p - y)}
    return Page(LOGISTIC, numbers, digits=5)


LOGISTIC = r"""
Let $x_1 = 1.5$, $x_2 = -2$, $y = 1$, $w_1 = 0.4$, $w_2 = 0.3$, $b = -0.1$ and $\eta = 0.2$.

$$z = w_1 x_1 + w_2 x_2 + b = {z}$$
$$p = \sigma(z) = {p}$$
$$L = -y \log(p) - (1 - y) \log(1 - p) = {l}$$
$$\frac{{\partial L}}{{\partial w_1}} = (p - y) x_1 = {g1}$$
$$\frac{{\partial L}}{{\partial w_2}} = {g2}$$
$$\frac{{\partial L}}{{\partial b}} = {gb}$$
$$w_1' = w_1 - \eta \frac{{\partial L}}{{\partial w_1}} = {w1}$$
$$w_2' = {w2}$$
$$b' = {b}$$
"""


# ---- one weight used twice


def shared_page() -> Page:
    x, y, w, u, rate = 0.7, 0.1, 0.6, -0.4, 0.5
    h = math.tanh(w * x)
    o = w * h + u
    d = o - y
    gw = d * (h + w * (1 - h * h) * x)
    numbers = {"h": h, "o": o, "e": d * d / 2, "gu": d, "gw": gw, "w": w - rate * gw, "u": u - rate * d}
    numbers |= {"gh": d * w}
    return Page(SHARED, numbers)


SHARED = r"""
Take $x = 0.7$, $y = 0.1$, $w = 0.6$, $u = -0.4$ and the rate $\eta = 0.5$; the weight $w$ is used twice.

$$h = \tanh(w x) = {h}$$
$$o = w h + u = {o}$$
$$E = \frac{{1}}{{2}} (o - y)^2 = {e}$$
$$\frac{{\partial E}}{{\partial h}} = {gh}$$
$$\frac{{\partial E}}{{\partial u}} = {gu}$$
$$\frac{{\partial E}}{{\partial w}} = {gw}$$
$$u^+ = u - \eta \frac{{\partial E}}{{\partial u}} = {u}$$
$$w^+ = {w}$$
"""


# ---- softmax regression with two classes


def softmax_page() -> Page:
    x, w, rate = 0.8, (0.5, -0.25), 0.1
    z = w[0] * x, w[1] * x
    total = math.exp(z[0]) + math.exp(z[1])
    p = math.exp(z[0]) / total, math.exp(z[1]) / total
    numbers = {"z1": z[0], "z2": z[1], "p1": p[0], "p2": p[1], "l": -math.log(p[0])}
    numbers |= {"g1": (p[0] - 1) * x, "g2": p[1] * x}
    numbers |= {"w1": w[0] - rate * numbers["g1"], "w2": w[1] - rate * numbers["g2"]}
    return Page(SOFTMAX, numbers, digits=6)


SOFTMAX = r"""
Let $x = 0.8$, $w_1 = 0.5$, $w_2 = -0.25$ and $\eta = 0.1$. The right class is the first.

$$z_1 = w_1 x = {z1}$$
$$z_2 = w_2 x = {z2}$$
$$p_1 = \frac{{e^{{z_1}}}}{{e^{{z_1}} + e^{{z_2}}}} = {p1}$$
$$p_2 = {p2}$$
$$L = -\log(p_1) = {l}$$
$$\frac{{\partial L}}{{\partial w_1}} = {g1}$$
$$\frac{{\partial L}}{{\partial w_2}} = {g2}$$
$$w_1^+ = w_1 - \eta \frac{{\partial L}}{{\partial w_1}} = {w1}$$
$$w_2^+ = {w2}$$
"""

PAGES = {
    "tanh": tanh_page(),
    "chain": chain_page(),
    "logistic": logistic_page(),
    "shared": shared_page(),
    "softmax": softmax_page(),
}


def at(report: Report, printed: str) -> list[ClaimVerdict]:
    return [claim for claim in report.claims if claim.printed == printed]


@pytest.mark.parametrize("name", PAGES)
def test_all_numbers_of_a_right_page_are_confirmed(name: str) -> None:
    page = PAGES[name]
    report = verify(page.written())
    assert report.with_verdict("contradicted") == ()
    for value in page.numbers.values():
        text = f"{value:.{page.digits}f}"
        if text in page.written():
            assert "confirmed" in {claim.verdict for claim in at(report, text)}, text


PLANTED = [
    ("tanh", "h2", -1.0, "sign-flipped"),
    ("tanh", "g21", 2.0, "factor-2"),
    ("tanh", "w12", -1.0, "sign-flipped"),
    ("chain", "n2", -1.0, "sign-flipped"),
    ("chain", "gw1", 10.0, "decimal-point"),
    ("chain", "w1", 2.0, "factor-2"),
    ("logistic", "g2", -1.0, "sign-flipped"),
    ("logistic", "b", 2.0, "factor-2"),
    ("shared", "gw", 2.0, "factor-2"),
    ("shared", "gh", -1.0, "sign-flipped"),
    ("softmax", "w2", 2.0, "factor-2"),
]


@pytest.mark.parametrize(("name", "number", "factor", "diagnosis"), PLANTED)
def test_a_planted_error_is_found(name: str, number: str, factor: float, diagnosis: str) -> None:
    page = PAGES[name]
    text = f"{factor * page.numbers[number]:.{page.digits}f}"
    report = verify(page.written(**{number: text}))
    (claim,) = at(report, text)
    assert (claim.verdict, claim.diagnosis) == ("contradicted", diagnosis), claim
    assert [other for other in report.with_verdict("contradicted") if other.root] == [claim]


def test_a_forgotten_path_of_a_shared_weight_is_named() -> None:
    page = shared_page()
    h, o = page.numbers["h"], page.numbers["o"]
    text = f"{(o - 0.1) * h:.7f}"
    (claim,) = at(verify(page.written(gw=text)), text)
    assert (claim.verdict, claim.diagnosis) == ("contradicted", "path-omitted")


def test_what_stands_only_in_a_figure_is_inferred_and_said() -> None:
    report = verify(chain_page().written())
    inferred = {entry.name: entry.exact.middle for entry in report.ledger if entry.how == "inferred"}
    assert inferred == {"w_2": -0.35, "b_2": 0.2}
    assert report.conventions["biases"] == "updated"


def test_an_error_after_weights_that_were_updated_too_early_is_named() -> None:
    """The error after the update, from hidden weights that met output weights already new."""
    page = chain_page()
    numbers = page.numbers
    early = numbers["d2"] * numbers["w2"] * numbers["a1"] * (1 - numbers["a1"])
    w1, b1 = 0.45 - 0.5 * early * 0.9, 0.1 - 0.5 * early
    out = sigmoid(numbers["w2"] * sigmoid(w1 * 0.9 + b1) + numbers["b2"])
    text = f"{(0.25 - out) ** 2 / 2:.8f}"
    (claim,) = at(verify(page.written(again=text)), text)
    assert (claim.verdict, claim.diagnosis) == ("contradicted", "updated-weight-used-early")

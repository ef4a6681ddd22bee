"""Spellings of one thing give one tree, in LaTeX, Unicode, plain and Python, whatever stands around it."""

from __future__ import annotations

import pytest

from grader.reading import read, read_lines

from .sexpr import show

SAME = {
    r"\frac{\partial E}{\partial W_1}": [
        r"\dfrac{\partial E}{\partial W_1}",
        r"\tfrac{\partial E}{\partial W_{1}}",
        r"{\partial E \over \partial W_1}",
        r"\left. \partial E \middle/ \partial W_1 \right.",
        r"\pdv{E}{W_1}",
        "∂E/∂W₁",
        "∂E / ∂W_1",
    ],
    r"\frac{dE}{dW}": [
        r"\tfrac{\mathrm d E}{\mathrm d W}",
        r"\frac{\text{d}E}{\text{d}W}",
        r"\frac{\operatorname{d}E}{\operatorname{d}W}",
        r"\frac{\rm d E}{\rm d W}",
        r"\dv{E}{W}",
    ],
    "dE/dW2": ["dE / dW_2", "dE_dW2", "dE/dW₂"],
    r"\nabla_W E": [r"\nabla_{W} E", r"\boldsymbol\nabla_{\!W} E", "∇_W E"],
    r"W_2^\top": [
        r"W_2^{\top}",
        r"W_2^\intercal",
        r"W_2^{\mathsf T}",
        r"W_2^{\mathsf{T}}",
        r"W_2^{\mathrm T}",
        r"W_2^{\mathrm{T}}",
        r"W_2^\mathsf{T}",
        r"W_2^{\text{T}}",
        r"W_2^{\text T}",
        r"W_2^{\textsf{T}}",
        r"W_2^{\rm T}",
        r"W_2^{\mathrm{tr}}",
        r"W_2^{\text{tr}}",
        r"W_2^{\dagger}",
        r"\mathbf{W}_2^{\mathsf{\top}}",
        "W₂ᵀ",
        "W₂⊤",
        "W₂^⊤",
        "W2ᵀ",
        "W2.T",
        "W_2.T",
        "W2.transpose()",
        "W2.t()",
        "W<sub>2</sub><sup>⊤</sup>",
    ],
    "W_2": [
        r"\mathbf{W}_2",
        r"\boldsymbol W_2",
        r"\bm{W_2}",
        r"\vec{W}_2",
        r"\overrightarrow{W}_2",
        r"\underline{W}_2",
        r"{\bf W}_2",
        r"\symbf{W}_2",
        r"\text{W}_2",
        r"\mathrm{W}_2",
        r"\textcolor{red}{W_2}",
        r"\boxed{W_2}",
        "𝐖₂",
        "𝑾_2",
        "W<sub>2</sub>",
        "W2",
    ],
    r"\hat y_1": [r"\hat{y}_1", r"\widehat{y}_1", r"\hat{\mathbf y}_1", "ŷ₁", "y\u0302_1"],
    r"\bar W": ["W̄", r"\overline{W}"],
    r"\sigma'(z_1)": [
        r"\sigma^\prime(z_1)",
        r"\sigma^{\prime}\!\left(z_1\right)",
        r"\sigma^{'}(z_1)",
        r"\sigma{'}(z_1)",
        r"\sigma ' \bigl(z_1\bigr)",
        "σ'(z₁)",
        "σ′(z₁)",
        "σ’(z₁)",
        "σ´(z_1)",
        "sigma'(z1)",
    ],
    r"a \odot b": ["a ⊙ b", "a ☉ b", r"a \bigodot b", "a .* b", r"a\mathbin{\odot}b", r"a{\odot}b"],
    r"a \circ b": ["a ∘ b", "a ◦ b", "a ○ b", r"a \bigcirc b"],
    r"a \cdot b": ["a · b", "a ⋅ b", "a • b", r"a\cdot{}b", r"a \cdot\, b"],
    r"a \times b": ["a × b", "a ✕ b"],
    r"a \ast b": ["a * b", "a ∗ b", r"a \star b"],
    "a @ b": ["np.dot(a, b)", "a.dot(b)", "np.matmul(a, b)", "a.matmul(b)", "torch.mm(a, b)", "a %*% b"],
    r"\sum_k w_k": [
        r"\sum_{k} w_k",
        r"\sum\limits_k w_k",
        r"\operatorname{sum}_k w_k",
        r"\underset{k}{\sum} w_k",
        r"\sum_{\text{all } k} w_k",
        "Σ_k w_k",
        "∑ₖ wₖ",
        "sum_k w_k",
        "sum over k of w_k",
    ],
    r"\sum_{k=1}^{K} w_{kj} \delta_k": [
        r"\sum^{K}_{k=1} w_{kj}\delta_k",
        r"\sum\nolimits_{k = 1}^K {w_{kj}\delta_k}",
        "∑_{k=1}^K w_{kj} δ_k",
        "sum_{k=1}^K w_kj delta_k",
        "sum_k=1^K w_kj delta_k",
    ],
    r"e^{-z}": [r"\mathrm{e}^{-z}", r"{\rm e}^{-z}", "e^-z", "e⁻ᶻ", "ℯ^{-z}"],
    r"\max(0, z)": [r"\max\left(0,z\right)", "max(0,z)", "np.max(0, z)"],
    r"\tanh^2(z)": ["tanh²(z)", "tanh^2(z)", "np.tanh**2(z)", r"\operatorname{tanh}^2(z)"],
    r"\operatorname{diag}(a)": [r"\mathrm{diag}(a)", r"\text{diag}(a)", r"\diag(a)", "diag(a)", "np.diag(a)"],
    r"\sigma(z)": ["σ(z)", "sigma(z)", r"\varsigma(z)"],
    r"\lVert y - a \rVert^2": [
        r"\|y-a\|^2",
        "||y-a||^2",
        r"\left\| y-a \right\|^2",
        r"\Vert y-a\Vert^2",
        r"\norm{y-a}^2",
        "‖y−a‖²",
        "np.linalg.norm(y-a)**2",
    ],
    "|z|": [r"\lvert z\rvert", r"\left|z\right|", r"\vert z\vert", r"\abs{z}"],
    r"\frac12 x": ["½x", "½ x", r"\tfrac{1}{2} x", r"{1\over 2} x", r"\nicefrac{1}{2} x"],
    "[[1,2],[3,4]]": [
        "[1 2; 3 4]",
        "[1, 2; 3, 4;]",
        "[[1 2]\n [3 4]]",
        "[ [1,2]; [3,4] ]",
        "np.array([[1, 2], [3, 4]])",
        "torch.tensor([[1, 2], [3, 4]], dtype=torch.float64)",
        "tensor([[1, 2], [3, 4]], grad_fn=<AddBackward0>)",
        r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}",
        r"\begin{pmatrix} 1 & 2 \\[4pt] 3 & 4 \\ \end{pmatrix}",
        r"\begin{bmatrix*}[r] 1 & 2 \\ 3 & 4 \end{bmatrix*}",
        r"\left( \begin{array}{cc} 1 & 2 \\ 3 & 4 \end{array} \right)",
        r"\begin{array}{c|c} 1 & 2 \\ \hline 3 & 4 \end{array}",
        r"\pmatrix{1 & 2 \cr 3 & 4}",
    ],
    "x = 2": [
        r"\begin{align} x &= 2 \end{align}",
        r"\begin{equation*}\begin{aligned} x &= 2, \end{aligned}\end{equation*}",
        r"\begin{eqnarray} x &=& 2 \end{eqnarray}",
        r"\[ x = 2, \]",
        r"\( x = 2 \)",
        "$$\nx = 2\n$$",
        "```\nx = 2\n```",
        "```latex\nx = 2\n```",
        "`x = 2`",
        "`x` = `2`",
        "**x = 2**",
        "**Answer:** $x = 2$",
        "# Answer\nx = 2",
        "> x = 2",
        "* x = 2",
        "a) x = 2",
        "1. x = 2",
        "“x = 2”",
        "x = 2 ✓",
        r"x = 2 \quad \checkmark",
        r"\boxed{x = 2}",
        r"\fbox{$x = 2$}",
        "x = 2  # as above",
        "x = 2; // as above",
        "x = 2;",
        "so x = 2",
        "Therefore, x = 2",
        "=> x = 2",
        r"\Rightarrow x = 2",
        "Answer: x = 2",
        "Antwort: x = 2",
        "We get $x = 2$ (by the chain rule).",
        "x == 2",
        "x equals 2",
    ],
    "W2^T d2": [
        "return W2^T d2",
        "return W2^T d2;",
        "= W2^T d2",
        "ans = W2^T d2",
        "answer: W2^T d2",
        "the answer is W2^T d2",
        "print(W2^T d2)",
    ],
}


@pytest.mark.parametrize(
    ("text", "reference"), [(text, reference) for reference, texts in SAME.items() for text in texts]
)
def test_is_read_as_its_reference_spelling(text: str, reference: str) -> None:
    assert show(read(text).tree) == show(read(reference).tree)


APART = [
    # what looks alike but is not the same
    ("a**2", "a*2"),
    ("x - 2", "x = 2"),
    (r"\underline{W}_2", "W"),
    (r"\hat W", "W"),
    (r"\dot W", "W"),
    ("δ_1 a", "δ_2 a"),
    ("(a)(b)", "a - b"),
    (r"\max_k z", r"\min_k z"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_what_differs_is_read_apart(one: str, other: str) -> None:
    assert show(read(one).tree) != show(read(other).tree)


READ = [
    ("delta_1: W2^T d2", "(rel (script delta _1) := (prod (script W _2 ^T) (script d _2)))"),
    (r"\frac{dE}{dW}: x", "(rel (frac (prod d E) (prod d W)) := x)"),
    (r"\left.\sigma'(z) \right|_{z=z_1}", "(prod (script sigma') (((script z _1))))"),
    (r"\begin{pmatrix}1\\2\end{pmatrix}^T", "(script [[1; 2]] ^T)"),
    ("dE_dz1 * x", "(prod (frac dE (script dz _1)) * x)"),
    ("return x*(1-x)", "(prod x * ((sum 1 -x)))"),
    ("a**2 * b**3", "(prod (script a ^2) * (script b ^3))"),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_reads_as(text: str, expected: str) -> None:
    assert show(read(text).tree) == expected


STATEMENTS = [
    ("x = 2 and y = 3", ["(rel x = 2)", "(rel y = 3)"]),
    ("x = 2, where y = 3", ["(rel x = 2)", "(rel y = 3)"]),
    ("z = W x\ndelta = z", ["(rel z = (prod W x))", "(rel delta = z)"]),
    ("z = W x  # first\ndelta = z  # second", ["(rel z = (prod W x))", "(rel delta = z)"]),
    ("= a\n= b", ["(rel a = b)"]),
]


@pytest.mark.parametrize(("text", "expected"), STATEMENTS)
def test_statements_are_told_apart(text: str, expected: list[str]) -> None:
    assert [show(reading.tree) for reading in read_lines(text)] == expected


def test_words_that_say_something_are_remarked_others_not() -> None:
    assert read("so x = 2").remarks == ()
    assert read(r"x = 2 \text{ (backprop)}").remarks == ()
    assert read("x = 2  # as we saw").remarks == ("the comment “as we saw” was left out",)
    assert "perhaps" in read(r"\text{perhaps } x = 2").remarks[0]

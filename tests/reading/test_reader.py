"""What each spelling is read as: the specification of the reader, one row a spelling."""
# ruff: noqa: E501

from __future__ import annotations

import pytest

from grader.reading import read, read_lines

from .sexpr import show

READ = [
    # products and scripts
    (r"W_2^T \delta_2", "(prod (script W _2 ^T) (script delta _2))"),
    (
        r"\delta_1 = W_2^T \delta_2 \odot \sigma'(z_1)",
        "(rel (script delta _1) = (prod (script W _2 ^T) (script delta _2) odot (script sigma') ((script z _1))))",
    ),
    ("W₂ᵀδ₂ ⊙ σ′(z₁)", "(prod (script W _2 ^top) (script delta _2) odot (script sigma') ((script z _1)))"),
    (
        "W2^T delta2 * sigma'(z1)",
        "(prod (script W _2 ^T) (script delta _2) * (script sigma') ((script z _1)))",
    ),
    (
        "W2.T @ d2 * a1*(1-a1)",
        "(prod (script W _2 ^top) @ (script d _2) broadcast (script a _1) broadcast ((sum 1 -(script a _1))))",
    ),
    ("np.dot(W2.T, delta2)", "(prod (script W _2 ^top) @ (script delta _2))"),
    ("np.matmul(W2.T, delta2)", "(prod (script W _2 ^top) @ (script delta _2))"),
    (
        "np.multiply(np.dot(W2.T, d2), a1*(1-a1))",
        "(prod (prod (script W _2 ^top) @ (script d _2)) odot (prod (script a _1) broadcast ((sum 1 -(script a _1)))))",
    ),
    ("np.outer(delta2, a1)", "(prod outer ((script delta _2), (script a _1)))"),
    (
        "W2.T.dot(delta2) * a1 * (1 - a1)",
        "(prod (prod (script W _2 ^top) @ (script delta _2)) broadcast (script a _1) broadcast ((sum 1 -(script a _1))))",
    ),
    ("h.transpose() @ x", "(prod (script h ^top) @ x)"),
    ("a.*(1-a)", "(prod a odot ((sum 1 -a)))"),
    ("x ⋅ y × z ∘ w", "(prod x cdot y times z circ w)"),
    (r"x \cdot y \times z \circ w \ast v \otimes u", "(prod x cdot y times z circ w * v otimes u)"),
    ("a/b c", "(prod a / b c)"),
    ("a_1^{(4)}", "(script a _1 ^(4))"),
    ("a^{(4)}_1", "(script a _1 ^(4))"),
    ("(w^{l+1})^T", "(script ((script w ^(sum l +1))) ^T)"),
    ("x_1^T", "(script x _1 ^T)"),
    ("W^{[2]}", "(script W ^[2])"),
    ("z_j^l", "(script z _j ^l)"),
    (r"\sigma'(z)", "(prod (script sigma') (z))"),
    (r"\sigma^\prime(z)", "(prod (script sigma') (z))"),
    (r"\sigma^{\prime}(z)", "(prod (script sigma') (z))"),
    (r"\sigma\prime(x)", "(prod (script sigma') (x))"),
    ("f''", "(script f'')"),
    ("W_2^{T}", "(script W _2 ^T)"),
    (r"W_2^\top", "(script W _2 ^top)"),
    (r"W_2^\intercal", "(script W _2 ^top)"),
    (r"W_2^{\mathsf T}", "(script W _2 ^top)"),
    (r"W_2^{\mathrm{T}}", "(script W _2 ^top)"),
    (r"W_2^\mathsf{T}", "(script W _2 ^top)"),
    (r"W_2^{\text{T}}", "(script W _2 ^top)"),
    (r"W_2^{\!\top}", "(script W _2 ^top)"),
    ("W_2'", "(script W _2')"),
    ("W_{2}^{T}", "(script W _2 ^T)"),
    ("{W_2}^T", "(script W _2 ^T)"),
    (r"\delta_{2}^{T}", "(script delta _2 ^T)"),
    ("W_2.T", "(script W _2 ^top)"),
    ("W^l.T", "(script W ^(prod l top))"),
    ("W^{[2]T}", "(script W ^(prod [2] T))"),
    (r"W^{(2)\top}", "(script W ^(prod (2) top))"),
    ("W^{(L)T}", "(script W ^(prod (L) T))"),
    (r"\mathbf{W}^{(1)\top}", "(script W ^(prod (1) top))"),
    ("W⁽²⁾ᵀ", "(script W ^(prod (2) top))"),
    ("a⁽¹⁾", "(script a ^(1))"),
    ("W¹", "(script W ^1)"),
    ("x₀ᵀ", "(script x _0 ^top)"),
    ("wᵢⱼ", "(script w _(prod i j))"),
    ("xˡ⁺¹", "(script x ^(sum l +1))"),
    ("10⁻³", "(script 10 ^(neg 3))"),
    ("b_{3..6}", "(script b _3..6)"),
    ("w_{13}", "(script w _13)"),
    ("w_{1,3}", "(script w _{1, 3})"),
    ("w_{jk}^l", "(script w _(prod j k) ^l)"),
    ("w_{O1.H21}", "(script w _O1.H21)"),
    ("w_{1K_{l-1}}", "(script w _(prod 1 (script K _(sum l -1))))"),
    ("w_{7_{new}}", "(script w _(script 7 _new))"),
    ("w_{nuevo}", "(script w _nuevo)"),
    (r"w_{\text{new}}", "(script w _new)"),
    (r"x_\mathrm{old}", "(script x _old)"),
    ("net_{h1}", "(script net _(prod h 1))"),
    ("w_5^+", "(script w _5 ^+)"),
    ("w_6^{+}", "(script w _6 ^+)"),
    ("w₅⁺", "(script w _5 ^+)"),
    (r"\mathbf{w}^*", "(script w ^*)"),
    (r"\mathbf{w}^{*\top}", "(script w ^(prod * top))"),
    ("f^*(x)", "(prod (script f ^*) (x))"),
    ("W2_new", "(script (script W _2) _new)"),
    ("delta_out", "(script delta _out)"),
    ("x_10", "(script x _10)"),
    (r"\delta_10", "(script delta _10)"),
    (r"\delta_ij", "(prod (script delta _i) j)"),
    ("w_1x_1 + w_2x_2", "(sum (prod (script w _1) (script x _1)) +(prod (script w _2) (script x _2)))"),
    ("w_ix_i", "(prod (script w _i) (script x _i))"),
    ("w_kj delta_k", "(prod (script w _(prod k j)) (script delta _k))"),
    (r"\delta2", "(script delta _2)"),
    ("2^3", "(script 2 ^3)"),
    ("x**2", "(script x ^2)"),
    ("e^{-x}", "(script e ^(neg x))"),
    ("e^z1", "(script e ^(script z _1))"),
    ("e^-x", "(script e ^(neg x))"),
    ("e^(-0.755)", "(script e ^((neg 0.755)))"),
    ("x^{2^{3}}", "(script x ^(script 2 ^3))"),
    (r"\tanh^2 z", "(prod (script tanh ^2) z)"),
    (r"\log_{10} x", "(prod (script log _10) x)"),
    ("log10(x)", "(prod (script log _10) (x))"),
    # names
    ("Wx + b", "(sum (prod W x) +b)"),
    ("relu(Wx+b)", "(prod relu ((sum (prod W x) +b)))"),
    ("sigmoid(W2*a1 + b2)", "(prod sigmoid ((sum (prod (script W _2) * (script a _1)) +(script b _2))))"),
    ("sigma(z)(1-sigma(z))", "(prod sigma (z) ((sum 1 -(prod sigma (z)))))"),
    ("Δw + Γ", "(sum (prod Delta w) +Gamma)"),
    (r"\varsigma \varphi \ell \Delta", "(prod sigma phi l Delta)"),
    (r"\partial \nabla ∂ ∇", "(prod partial nabla partial nabla)"),
    (r"\mathcal{L} \mathcal L", "(prod L L)"),
    (r"\mathbf{x} \boldsymbol{\delta} \vec a \bm{W} \mathit{net}", "(prod x delta a W net)"),
    (r"\hat{y} - y", "(sum hat_y -y)"),
    (r"\hat{\mathbf{y}}_1", "(script hat_y _1)"),
    (r"\bar x + \tilde{z_1}", "(sum bar_x +(script tilde_z _1))"),
    ("ŷ + 𝛿 + 𝐖 + µ", "(sum hat_y +delta +W +mu)"),
    (r"\operatorname{ReLU}(z)", "(prod ReLU (z))"),
    (r"\operatorname*{argmin}_w L", "(prod (script argmin _w) L)"),
    (r"\text{ReLU}(z) = \max(0, z)", "(rel (prod ReLU (z)) = (prod max (0, z)))"),
    (r"\text{softmax}(z)_i", "(prod softmax (script (z) _i))"),
    (r"\mathrm{net}_1", "(script net _1)"),
    (r"\mathrm{d}E", "(prod d E)"),
    (r"\text{W update} = X^\top \cdot \text{grad}", "(rel W update = (prod (script X ^top) cdot grad))"),
    (r"\exp(-x) \ln x \log x", "(prod exp ((neg x)) ln x log x)"),
    (r"\sqrt{x}^2", "(prod sqrt (script {x} ^2))"),
    (r"\sqrt[3]{x}", "(script {x} ^(frac 1 3))"),
    ("sqrt(x) + √2", "(sum (prod sqrt (x)) +(prod sqrt 2))"),
    (r"x_1 + \dots + x_n", "(sum (script x _1) +dots +(script x _n))"),
    # numbers
    (".5", ".5"),
    ("5.", "5."),
    ("1e-3", "1e-3"),
    ("1.5E3", "1.5E3"),
    ("1.e-03", "1.e-03"),
    ("1{,}000", "1000"),
    (r"1\,000.5", "1000.5"),
    ("−3", "(neg 3)"),
    ("1/3", "(prod 1 / 3)"),
    ("½", "(frac 1 2)"),
    ("x + ½", "(sum x +(frac 1 2))"),
    (r"65.9\%", "0.659"),
    ("65.9%", "0.659"),
    (r"5.0 \%", "0.050"),
    (r"\mathbf{0.95}", "0.95"),
    (r"\textbf{0.95}", "0.95"),
    (r"\boxed{0.999}", "0.999"),
    ("0.890.", "0.890"),
    ("2.0 * -0.341", "(prod 2.0 * (neg 0.341))"),
    (r"10 \cdot -20", "(prod 10 cdot (neg 20))"),
    ("0.05 + -0.019", "(sum 0.05 +(neg 0.019))"),
    ("+-1*1", "(neg (prod 1 * 1))"),
    ("+0.110", "0.110"),
    ("(0.3)(-0.0376)", "(prod (0.3) ((neg 0.0376)))"),
    ("0.5(0.088)", "(prod 0.5 (0.088))"),
    ("2.406 * 10^-3", "(prod 2.406 * (script 10 ^(neg 3)))"),
    ("2e^x", "(prod 2 (script e ^x))"),
    # fractions and sums
    (r"\frac{1}{2} \dfrac{1}{2} \tfrac12", "(prod (frac 1 2) (frac 1 2) (frac 1 2))"),
    (r"\frac12x", "(prod (frac 1 2) x)"),
    (r"\frac1{2}", "(frac 1 2)"),
    (r"\frac{1}2x", "(prod (frac 1 2) x)"),
    (r"\frac ab", "(frac a b)"),
    (r"{a + b \over c}", "(frac (sum a +b) c)"),
    (r"\left( \frac{a}{b} \right)", "((frac a b))"),
    (r"\bigl( x \bigr) \Bigg( y \Bigg)", "(prod (x) (y))"),
    ("a - b + c", "(sum a -b +c)"),
    ("-a b + c", "(sum (neg (prod a b)) +c)"),
    ("-(a+b)", "(neg ((sum a +b)))"),
    (r"\frac{\partial E}{\partial W_1}", "(frac (prod partial E) (prod partial (script W _1)))"),
    (r"\partial E/\partial W_1", "(frac (prod partial E) (prod partial (script W _1)))"),
    ("∂E/∂W₁ x", "(prod (frac (prod partial E) (prod partial (script W _1))) x)"),
    (r"x \cdot \partial E / \partial w", "(prod x cdot (frac (prod partial E) (prod partial w)))"),
    (
        r"\partial E/\partial out_{o1} * \partial out_{o1}/\partial net_{o1}",
        "(prod (frac (prod partial E) (prod partial (script out _(prod o 1)))) * (frac (prod partial (script out _(prod o 1))) (prod partial (script net _(prod o 1)))))",
    ),
    (r"\frac{dE}{dW}", "(frac (prod d E) (prod d W))"),
    ("dE/dW2", "(frac dE (script dW _2))"),
    (
        "dE/dW2 = delta2 @ a1.T",
        "(rel (frac dE (script dW _2)) = (prod (script delta _2) @ (script a _1 ^top)))",
    ),
    ("dE_total/dout_o1", "(frac (script dE _total) (script dout _(prod o 1)))"),
    (r"\mathrm{d}E/\mathrm{d}W", "(frac (prod d E) (prod d W))"),
    (r"\nabla_{W_1} E", "(prod (script nabla _(script W _1)) E)"),
    (r"\nabla_a C \odot \sigma'(z^L)", "(prod (script nabla _a) C odot (script sigma') ((script z ^L)))"),
    # matrices
    ("[[1,2],[3,4]]", "[[1, 2; 3, 4]]"),
    ("[[1,2,3]]", "[[1, 2, 3]]"),
    ("np.array([[1,2],[3,4]])", "[[1, 2; 3, 4]]"),
    ("array([[0.1, 0.2],\n       [0.3, 0.4]], dtype=float32)", "[[0.1, 0.2; 0.3, 0.4]]"),
    ("[1, 2, 3]", "[1, 2, 3]"),
    ("(1, 2, 3)", "(1, 2, 3)"),
    ("1, 2, 3", "(1, 2, 3)"),
    ("[2,1,3]^T", "(script [2, 1, 3] ^T)"),
    ("[1. 2. 3.]", "[1., 2., 3.]"),
    ("[[1. 2.]\n [3. 4.]]", "[[1., 2.; 3., 4.]]"),
    ("[1 -2 3]", "[1, (neg 2), 3]"),
    ("[1 - 2 3]", "[(sum 1 -2), 3]"),
    ("[1 2; 3 4]", "[[1, 2; 3, 4]]"),
    ("[1, 2; 3, 4]", "[[1, 2; 3, 4]]"),
    ("[1;2;3]", "[[1; 2; 3]]"),
    ("[x1 x2; x3 x4]", "[[(script x _1), (script x _2); (script x _3), (script x _4)]]"),
    ("[1 2\n3 4]", "[[1, 2; 3, 4]]"),
    ("[a b]", "[(prod a b)]"),
    (r"[(x_2 - y) \odot s] x", "(prod [(prod ((sum (script x _2) -y)) odot s)] x)"),
    (r"\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}", "[[1, 2; 3, 4]]"),
    (r"\begin{pmatrix}0.5\\[10pt]0.25\\ \end{pmatrix}", "[[0.5; 0.25]]"),
    (r"\begin{bmatrix} 2 && 3 && 4 \\ 2 && 1 && 2 \\ \end{bmatrix}", "[[2, 3, 4; 2, 1, 2]]"),
    (r"\begin{smallmatrix} a & b \end{smallmatrix}", "[[a, b]]"),
    (r"\begin{vmatrix} a \end{vmatrix}", "[[a]]"),
    (r"\left[\begin{array}{cc} 1 & 2 \\ 3 & 4\end{array}\right]", "[[1, 2; 3, 4]]"),
    (
        r"\sigma \Bigg( \begin{bmatrix} w_{13}n_1 \\ 2 \end{bmatrix} \Bigg)",
        "(prod sigma ([[(prod (script w _13) (script n _1)); 2]]))",
    ),
    (
        r"\begin{bmatrix} w_{11} & \dots \\ \vdots & \ddots \end{bmatrix}^T",
        "(script [[(script w _11), dots; dots, dots]] ^T)",
    ),
    # norms and big operators
    ("|x|", "|x|"),
    ("||x||^2", "(script ||x|| ^2)"),
    (r"\|x\|_2^2", "(script ||x|| _2 ^2)"),
    (r"\lVert x \rVert", "||x||"),
    (r"\left\| x-y \right\|^2", "(script ||(sum x -y)|| ^2)"),
    (r"\left| x \right|", "|x|"),
    (r"||\vec a ||||\vec b||", "(prod ||a|| ||b||)"),
    ("|a||b| + |a| |b|", "(sum (prod |a| |b|) +(prod |a| |b|))"),
    (r"\frac{1}{2}||x_2-y||^2", "(prod (frac 1 2) (script ||(sum (script x _2) -y)|| ^2))"),
    (
        r"\sum_{k=1}^{K} w_{kj}\delta_k + b",
        "(sum (sum _(rel k = 1) ^K : (prod (script w _(prod k j)) (script delta _k))) +b)",
    ),
    (r"\sum_k a_k - \sum_{i,j} b", "(sum (sum _k : (script a _k)) -(sum _{i, j} : b))"),
    (r"\sum\limits_{k} x", "(sum _k : x)"),
    ("sum_k w_kj delta_k", "(sum _k : (prod (script w _(prod k j)) (script delta _k)))"),
    ("Σ_k w_k", "(sum _k : (script w _k))"),
    ("∑_{i=1}^n xᵢ²", "(sum _(rel i = 1) ^n : (script x _i ^2))"),
    (r"\prod_l W_l", "(prod _l : (script W _l))"),
    (r"\max_k z_k", "(max _k : (script z _k))"),
    (r"\max(0, z)", "(prod max (0, z))"),
    (r"-\sum_k t_k \log o_k", "(neg (sum _k : (prod (script t _k) log (script o _k))))"),
    (
        r"\frac{1}{2}\sum_k (t_k - o_k)^2",
        "(prod (frac 1 2) (sum _k : (script ((sum (script t _k) -(script o _k))) ^2)))",
    ),
    (r"\sum_{j\neq i} s_j", "(sum _(rel j != i) : (script s _j))"),
    # relations and noise
    ("a := b ≈ c → d", "(rel a := b approx c to d)"),
    (r"a \approx b \equiv c \rightarrow d \Rightarrow e", "(rel a approx b = c to d to e)"),
    ("a == b", "(rel a = b)"),
    ("x ~= 3", "(rel x approx 3)"),
    (r"a <= b >= c < d > e \leq f", "(rel a <= b >= c < d > e <= f)"),
    (r"0 \leq i < n-1", "(rel 0 <= i < (sum n -1))"),
    ("$x^2$", "(script x ^2)"),
    ("$$x^2.$$", "(script x ^2.)"),
    (r"\( x \)", "x"),
    (r"\[ x, \]", "x"),
    ("$x$ = $3$", "(rel x = 3)"),
    ("$$a = b$$\n$$= c$$", "(rel a = b = c)"),
    ("a = b\n = c\n = d", "(rel a = b = c = d)"),
    (r"a &= b \\ &= c", "(rel a = b = c)"),
    (r"\begin{align} a &= b + c \\ &\quad + d \tag{3} \label{x} \end{align}", "(rel a = (sum b +c +d))"),
    (r"\begin{equation}\begin{split} a &= b \end{split}\end{equation}", "(rel a = b)"),
    (r"z = w x + b. \quad (1)", "(rel z = (sum (prod w x) +b))"),
    (r"g(\underbrace{w_1 x}_{z_1})", "(prod g ((prod (script w _1) x)))"),
    (r"\displaystyle W \; \delta \, x \! y ~ z", "(prod W delta x y z)"),
    (r"x \overset{!}{=} 3", "(rel x = 3)"),
    ("P(Y=k|X=x)", "(prod P ((rel Y = k), (rel X = x)))"),
    ("f(x; W)", "(prod f (x, W))"),
    (r"l = L-1, L-2, \dots, 2", "(rel l = ((sum L -1), (sum L -2), dots, 2))"),
    (r"\text{where } x = 2", "(rel x = 2)"),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_reads_as(text: str, expected: str) -> None:
    assert show(read(text).tree) == expected


@pytest.mark.parametrize("text", [text for text, _ in READ])
def test_spans_lie_within_their_parents_and_the_text(text: str) -> None:
    for tree in read(text).tree.walk():
        assert 0 <= tree.span[0] <= tree.span[1] <= len(text)
        for part in tree.parts:
            assert part.span[0] <= part.span[1] <= len(text)


def test_spans_point_at_the_characters() -> None:
    text = r"\delta_1 = W₂ᵀ \, \delta_{2} + 65.9\%"
    shown = {show(tree): text[slice(*tree.span)] for tree in read(text).tree.walk()}
    assert shown["0.659"] == r"65.9\%"
    assert shown["(script W _2 ^top)"] == "W₂ᵀ"
    assert shown["(script delta _1)"] == r"\delta_1"
    assert shown["top"] == "ᵀ"


SAME = [
    [
        r"W_2^{\top} \delta_2 \odot \sigma'(z_1)",
        "W₂ᵀ δ₂ ⊙ σ′(z₁)",
        r"\mathbf{W}_2^\top\boldsymbol\delta_2\odot\sigma^\prime(z_1)",
    ],
    [r"\frac12 x", r"\frac{1}{2}x", "½ x", r"\tfrac{1}{2} x"],
    [
        "[1 2; 3 4]",
        "[[1,2],[3,4]]",
        r"\begin{bmatrix}1&2\\3&4\end{bmatrix}",
        "[1 2\n 3 4]",
        "[[1 2]\n [3 4]]",
    ],
    ["dE/dW2", "dE / dW_2"],
    ["W2.T @ delta2", "np.dot(W2.T, delta2)", "W2.T.dot(delta2)", "np.matmul(W_2.T, delta_2)"],
]


@pytest.mark.parametrize("spellings", SAME)
def test_spellings_of_one_thing_give_one_tree(spellings: list[str]) -> None:
    assert len({show(read(text).tree) for text in spellings}) == 1


LINES = [
    (r"\begin{align} f &= 2x \\ g &= 3 \\ &= 4 \end{align}", ["(rel f = (prod 2 x))", "(rel g = 3 = 4)"]),
    ("x=-2, y=5, z=-4", ["(rel x = (neg 2))", "(rel y = 5)", "(rel z = (neg 4))"]),
    (
        "z1 = W1@x + b1; a1 = z1",
        [
            "(rel (script z _1) = (sum (prod (script W _1) @ x) +(script b _1)))",
            "(rel (script a _1) = (script z _1))",
        ],
    ),
    (
        r"q = x \quad \frac{\partial q}{\partial x} = 1, y = 2 .",
        ["(rel q = x)", "(rel (frac (prod partial q) (prod partial x)) = 1)", "(rel y = 2)"],
    ),
    (r"a &= b & c &= d \\ e &= f", ["(rel a = b)", "(rel c = d)", "(rel e = f)"]),
    ("a = 1\n\nb = 2\n-c = 3", ["(rel a = 1)", "(rel b = 2)", "(rel (neg c) = 3)"]),
    (r"y = x \text{ if } x > 0", ["(rel y = x)", "(rel x > 0)"]),
    ("w = 1, 2, 3", ["(rel w = (1, 2, 3))"]),
]


@pytest.mark.parametrize(("text", "expected"), LINES)
def test_statements_are_told_apart(text: str, expected: list[str]) -> None:
    assert [show(reading.tree) for reading in read_lines(text)] == expected


REMARKS = [
    (r"\delta_ij", "only `i` was taken"),
    (r"\delta_10", "though TeX would print only its first digit"),
    (r"\delta2", "with 2 as subscript"),
    (r"\underbrace{x}_{y}", "was left out"),
    (r"\text{where } x = 2", "the words “where” were left out"),
    (r"x = 1 \quad (3)", "the number of the equation"),
]


@pytest.mark.parametrize(("text", "remark"), REMARKS)
def test_liberties_are_remarked(text: str, remark: str) -> None:
    assert any(remark in sentence for sentence in read(text).remarks)


def test_nothing_is_remarked_of_plain_formulas() -> None:
    assert read(r"\delta_1 = W_2^T \delta_2").remarks == ()

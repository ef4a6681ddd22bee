"""Derivatives written by hand in code: right ones are confirmed, and planted slips are found and named."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from html import escape

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.proofread import verify


@dataclass(frozen=True)
class Program:
    """A program that is right, the names of the derivatives confirmed in it, and slips to plant in it.

    A slip is a line, what stands there instead, and the diagnosis of it.
    """

    code: str
    right: str
    slips: tuple[tuple[str, str, str], ...]


PLAIN = """
import numpy as np

n, d, m, k = 32, 200, 50, 4
data = np.random.randn(n, d)
target = np.random.randn(n, k)
A = np.random.randn(d, m) * 0.05
B = np.random.randn(m, k) * 0.05
rate = 1e-5

for step in range(1000):
    s = data.dot(A)
    r = np.maximum(s, 0)
    out = r.dot(B)
    loss = np.square(out - target).sum()
    if step % 100 == 0:
        print(step, loss)

    grad_out = 2.0 * (out - target)
    grad_B = r.T.dot(grad_out)
    grad_r = grad_out.dot(B.T)
    grad_s = grad_r.copy()
    grad_s[s < 0] = 0
    grad_A = data.T.dot(grad_s)

    A -= rate * grad_A
    B -= rate * grad_B
"""

TORCH = """
import torch
batch, n_in, n_hid, n_out = 16, 300, 40, 3
inputs = torch.randn(batch, n_in)
wanted = torch.randn(batch, n_out)
first = torch.randn(n_in, n_hid)
second = torch.randn(n_hid, n_out)
lr = 1e-6
for t in range(200):
    hidden = inputs.mm(first)
    active = hidden.clamp(min=0)
    guess = active.mm(second)
    loss = (guess - wanted).pow(2).sum()
    d_guess = 2.0 * (guess - wanted)
    d_second = active.t().mm(d_guess)
    d_active = d_guess.mm(second.t())
    d_hidden = d_active.clone()
    d_hidden[hidden < 0] = 0
    d_first = inputs.t().mm(d_hidden)
    first -= lr * d_first
    second -= lr * d_second
"""

SOFTMAX = """
N, D, H, C = 100, 2, 30, 3
X = np.random.randn(N, D)
y = np.random.randint(0, C, N)
W1 = 0.01 * np.random.randn(D, H)
b1 = np.zeros((1, H))
W2 = 0.01 * np.random.randn(H, C)
b2 = np.zeros((1, C))
reg = 1e-3
z = X @ W1 + b1
hidden = np.tanh(z)
scores = hidden @ W2 + b2
exps = np.exp(scores - np.max(scores, axis=1, keepdims=True))
probs = exps / np.sum(exps, axis=1, keepdims=True)
loss = -np.log(probs[range(N), y]).mean() + 0.5 * reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
dscores = probs
dscores[range(N), y] -= 1
dscores /= N
dW2 = hidden.T @ dscores
db2 = np.sum(dscores, axis=0, keepdims=True)
dhidden = dscores @ W2.T
dz = dhidden * (1 - hidden ** 2)
dW1 = X.T @ dz
db1 = dz.sum(axis=0, keepdims=True)
dW2 += reg * W2
dW1 += reg * W1
W1 += -0.5 * dW1
b1 += -0.5 * db1
W2 += -0.5 * dW2
b2 += -0.5 * db2
"""

NETWORK = """
class Network:
    def __init__(self, sizes):
        self.W1 = np.random.randn(sizes[1], sizes[0])
        self.b1 = np.zeros((sizes[1], 1))
        self.W2 = np.random.randn(sizes[2], sizes[1])
        self.b2 = np.zeros((sizes[2], 1))

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def forward(self, X):
        self.Z1 = np.dot(self.W1, X) + self.b1
        self.A1 = self.sigmoid(self.Z1)
        self.Z2 = np.dot(self.W2, self.A1) + self.b2
        self.A2 = self.sigmoid(self.Z2)
        return self.A2

    def cost(self, Y):
        m = Y.shape[1]
        cost = -np.sum(Y * np.log(self.A2) + (1 - Y) * np.log(1 - self.A2)) / m
        return cost

    def backward(self, X, Y, alpha):
        m = X.shape[1]
        dZ2 = self.A2 - Y
        dW2 = np.dot(dZ2, self.A1.T) / m
        db2 = np.sum(dZ2, axis=1, keepdims=True) / m
        dZ1 = np.dot(self.W2.T, dZ2) * self.A1 * (1 - self.A1)
        dW1 = np.dot(dZ1, X.T) / m
        db1 = np.sum(dZ1, axis=1, keepdims=True) / m
        self.W1 -= alpha * dW1
        self.b1 -= alpha * db1
        self.W2 -= alpha * dW2
        self.b2 -= alpha * db2

net = Network([2, 5, 1])
X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
Y = np.array([[0, 1, 1, 0]])
for epoch in range(5000):
    net.forward(X)
    loss = net.cost(Y)
    net.backward(X, Y, 0.5)
"""

NEURON = """
import math
x, t = 1.5, 0.3
w, b = 0.7, -0.2
z = w * x + b
a = 1 / (1 + math.exp(-z))
L = 0.5 * (a - t) ** 2
dL_da = a - t
da_dz = a * (1 - a)
dL_dz = dL_da * da_dz
dL_dw = dL_dz * x
dL_db = dL_dz
w = w - 0.1 * dL_dw
b = b - 0.1 * dL_db
"""

FUNCTIONS = """
def sigmoid(v, deriv=False):
    if deriv:
        return v * (1 - v)
    return 1 / (1 + np.exp(-v))

points = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
labels = np.array([[0, 1, 1, 0]]).T
syn0 = 2 * np.random.random((3, 6)) - 1
syn1 = 2 * np.random.random((6, 1)) - 1
for i in range(60000):
    l1 = sigmoid(np.dot(points, syn0))
    l2 = sigmoid(np.dot(l1, syn1))
    loss = 0.5 * np.sum((labels - l2) ** 2)
    grad_l2 = l2 - labels
    grad_s2 = grad_l2 * sigmoid(l2, deriv=True)
    grad_syn1 = l1.T.dot(grad_s2)
    grad_l1 = grad_s2.dot(syn1.T)
    grad_s1 = grad_l1 * sigmoid(l1, True)
    grad_syn0 = points.T.dot(grad_s1)
    syn1 -= 0.1 * grad_syn1
    syn0 -= 0.1 * grad_syn0
"""

RECURRENT = """
T, n, h = 6, 3, 20
xs = np.random.randn(T, n, 1)
ys = np.random.randn(T, n, 1)
Wxh = np.random.randn(h, n) * 0.1
Whh = np.random.randn(h, h) * 0.1
Why = np.random.randn(n, h) * 0.1
hs = {-1: np.zeros((h, 1))}
outs = {}
loss = 0.0
for t in range(T):
    hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1])
    outs[t] = Why @ hs[t]
    loss += 0.5 * np.sum((outs[t] - ys[t]) ** 2)
dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
dhnext = np.zeros((h, 1))
for t in reversed(range(T)):
    dout = outs[t] - ys[t]
    dWhy += dout @ hs[t].T
    dh = Why.T @ dout + dhnext
    draw = (1 - hs[t] ** 2) * dh
    dWxh += draw @ xs[t].T
    dWhh += draw @ hs[t - 1].T
    dhnext = Whh.T @ draw
"""

REGRESSION = """
X = np.random.randn(50, 8)
y = X @ np.random.randn(8) + 0.1 * np.random.randn(50)
w = np.zeros(8)
b = 0.0
for epoch in range(100):
    y_hat = X @ w + b
    mse = np.mean((y_hat - y) ** 2)
    w_grad = 2 * X.T @ (y_hat - y) / len(y)
    b_grad = 2 * np.mean(y_hat - y)
    w = w - 0.05 * w_grad
    b = b - 0.05 * b_grad
"""

PROGRAMS = {
    "plain": Program(
        PLAIN,
        "grad_out grad_B grad_r grad_s grad_A",
        (
            ("grad_out = 2.0 * (out - target)", "grad_out = (out - target)", "factor-half"),
            ("grad_out = 2.0 * (out - target)", "grad_out = 2.0 * (target - out)", "sign-flipped"),
            ("grad_B = r.T.dot(grad_out)", "grad_B = s.T.dot(grad_out)", "wrong-variable"),
            ("grad_B = r.T.dot(grad_out)", "grad_B = grad_out.T.dot(r)", "transposed"),
            ("grad_r = grad_out.dot(B.T)", "grad_r = grad_out.dot(B)", "transposed"),
            ("grad_s[s < 0] = 0", "grad_s[s > 0] = 0", "mask-turned"),
            ("grad_s[s < 0] = 0", "grad_s[grad_r < 0] = 0", "wrong-mask"),
            ("grad_s[s < 0] = 0", "pass", "slope-omitted"),
            (
                "    grad_r = grad_out",
                "    B -= rate * grad_B\n    grad_r = grad_out",
                "updated-weight-used-early",
            ),
        ),
    ),
    "torch": Program(
        TORCH,
        "d_guess d_second d_active d_hidden d_first",
        (
            ("d_second = active.t().mm(d_guess)", "d_second = hidden.t().mm(d_guess)", "wrong-variable"),
            ("d_guess = 2.0 * (guess", "d_guess = 4.0 * (guess", "factor-2"),
            ("d_hidden[hidden < 0] = 0", "d_hidden[d_active < 0] = 0", "wrong-mask"),
        ),
    ),
    "softmax": Program(
        SOFTMAX,
        "dscores dW2 db2 dhidden dz dW1 db1",
        (
            ("dscores /= N", "pass", "mean-omitted"),
            ("dz = dhidden * (1 - hidden ** 2)", "dz = dhidden", "slope-omitted"),
            ("db2 = np.sum(dscores, axis=0,", "db2 = np.sum(dscores, axis=1,", "wrong-axis"),
            ("dW1 += reg * W1", "dW1 -= reg * W1", "sign-flipped"),
        ),
    ),
    "network": Program(
        NETWORK,
        "dZ2 dW2 db2 dZ1 dW1 db1",
        (
            ("dW1 = np.dot(dZ1, X.T) / m", "dW1 = np.dot(dZ1, X.T)", "mean-omitted"),
            ("np.dot(self.W2.T, dZ2) * self.A1 * (1 - self.A1)", "np.dot(self.W2.T, dZ2)", "slope-omitted"),
            (
                "db2 = np.sum(dZ2, axis=1, keepdims=True) / m",
                "db2 = -np.sum(dZ2, axis=1, keepdims=True) / m",
                "sign-flipped",
            ),
        ),
    ),
    "neuron": Program(
        NEURON,
        "dL_da da_dz dL_dz dL_dw dL_db",
        (
            ("dL_dw = dL_dz * x", "dL_dw = dL_dz * w", "wrong-variable"),
            ("dL_da = a - t", "dL_da = t - a", "sign-flipped"),
            ("dL_db = dL_dz", "dL_db = 2 * dL_dz", "factor-2"),
        ),
    ),
    "functions": Program(
        FUNCTIONS,
        "grad_l2 grad_syn1 grad_l1 grad_syn0",
        (
            ("grad_syn1 = l1.T.dot(grad_s2)", "grad_syn1 = l1.T.dot(grad_l2)", "wrong-variable"),
            ("grad_l1 = grad_s2.dot(syn1.T)", "grad_l1 = grad_l2.dot(syn1.T)", "wrong-variable"),
            ("    grad_l1 =", "    syn1 -= 0.1 * grad_syn1\n    grad_l1 =", "updated-weight-used-early"),
        ),
    ),
    "recurrent": Program(RECURRENT, "dWhy dWxh dWhh", (("dWxh += draw", "dWxh -= draw", "sign-flipped"),)),
    "regression": Program(
        REGRESSION,
        "w_grad b_grad",
        (
            ("w_grad = 2 * X.T", "w_grad = X.T", "factor-half"),
            ("b_grad = 2 * np.mean(", "b_grad = 2 * np.sum(", "mean-omitted"),
        ),
    ),
}


# ---- pages


def markdown(code: str) -> tuple[str, str]:
    return f"# A lesson\n\nWe train.\n\n```python\n{code.strip()}\n```\n\nThat is all.\n", "page.md"


def notebook(code: str) -> tuple[str, str]:
    lines = [line + "\n" for line in code.strip().split("\n")]
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# A lesson\n"]},
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": lines},
    ]
    page = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(page, indent=1) + "\n", "page.ipynb"


def web_page(code: str) -> tuple[str, str]:
    body = escape(code.strip())
    return (
        f"<html><body><h1>A lesson</h1>\n<pre><code class='python'>{body}</code></pre></body></html>\n",
        "page.html",
    )


PAGES = {"Markdown": markdown, "notebook": notebook, "HTML": web_page}


def lines_of(page: tuple[str, str]) -> list[ClaimVerdict]:
    """The verdicts on lines of code."""
    return [claim for claim in verify(page[0], name=page[1]).claims if claim.printed is None]


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("title", PROGRAMS)
def test_right_derivatives_are_confirmed(title: str, kind: str) -> None:
    program = PROGRAMS[title]
    claims = lines_of(PAGES[kind](program.code))
    assert [claim.text for claim in claims if claim.verdict == "contradicted"] == []
    confirmed = {re.match(r"\w+", claim.text)[0] for claim in claims if claim.verdict == "confirmed"}  # type: ignore[index]
    assert set(program.right.split()) <= confirmed


PLANTED = [(title, *slip) for title, program in PROGRAMS.items() for slip in program.slips]


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize(("title", "line", "instead", "diagnosis"), PLANTED)
def test_planted_slips_are_contradicted_and_named(
    title: str, line: str, instead: str, diagnosis: str, kind: str
) -> None:
    code = PROGRAMS[title].code
    assert code.count(line) == 1
    claims = lines_of(PAGES[kind](code.replace(line, instead)))
    roots = [claim for claim in claims if claim.verdict == "contradicted" and claim.root]
    assert [claim.diagnosis for claim in roots] == [diagnosis]


# ---- other ways of writing the same

BEFORE = "import numpy as np\nx = np.random.randn(30, 8)\nt = np.random.randn(30, 2)\n"

OTHERWISE = {
    "layers as objects": """
class Linear:
    def __init__(self, rows, columns):
        self.W = 0.1 * np.random.randn(rows, columns)
        self.b = np.zeros((1, columns))

    def forward(self, inputs):
        self.inputs = inputs
        return inputs @ self.W + self.b

    def backward(self, grad_out, lr):
        grad_W = self.inputs.T @ grad_out
        grad_b = grad_out.sum(axis=0, keepdims=True)
        grad_inputs = grad_out @ self.W.T
        self.W -= lr * grad_W
        self.b -= lr * grad_b
        return grad_inputs

stack = [Linear(8, 5), Linear(5, 2)]
for epoch in range(50):
    value = x
    for layer in stack:
        value = layer.forward(value)
    loss = np.mean((value - t) ** 2)
    grad = 2 * (value - t) / value.size
    for layer in reversed(stack):
        grad = layer.backward(grad, 0.1)
""",
    "everything in dictionaries": """
p = {"W1": np.random.randn(8, 5), "W2": np.random.randn(5, 2)}

def passed(p, x):
    h = np.tanh(x @ p["W1"])
    return h, h @ p["W2"]

def gradients(p, h, out, x, t):
    n = x.shape[0]
    d_out = out - t
    g = {}
    g["dW2"] = h.T @ d_out / n
    d_h = d_out @ p["W2"].T
    g["dW1"] = x.T @ (d_h * (1 - h ** 2)) / n
    return g

for i in range(200):
    h, out = passed(p, x)
    cost = np.sum((out - t) ** 2) / (2 * x.shape[0])
    g = gradients(p, h, out, x, t)
    for name in p:
        p[name] = p[name] - 0.05 * g["d" + name]
""",
    "steps that add": """
A = np.random.randn(8, 6)
B = np.random.randn(6, 2)
for i in range(200):
    h = np.tanh(x @ A)
    out = h @ B
    loss = 0.5 * np.sum((t - out) ** 2)
    dB = h.T @ (t - out)
    dA = x.T @ ((t - out) @ B.T * (1 - h ** 2))
    B += 0.01 * dB
    A += 0.01 * dA
""",
    "the slope taken with the layer": """
A = np.random.randn(8, 6)
B = np.random.randn(6, 2)
for i in range(200):
    h = np.tanh(x @ A)
    out = h @ B
    loss = np.square(out - t).sum()
    d_out = 2 * (out - t)
    d_B = h.T @ d_out
    d_h = (d_out @ B.T) * (1 - h ** 2)
    d_A = x.T @ d_h
    A -= 0.01 * d_A
    B -= 0.01 * d_B
""",
    "no loss written down": """
A = np.random.randn(8, 6)
B = np.random.randn(6, 2)
for i in range(200):
    h = 1 / (1 + np.exp(-(x @ A)))
    out = 1 / (1 + np.exp(-(h @ B)))
    out_error = t - out
    out_delta = out_error * out * (1 - out)
    h_delta = out_delta.dot(B.T) * h * (1 - h)
    B += h.T.dot(out_delta)
    A += x.T.dot(h_delta)
""",
    "normalised": """
gamma, beta = np.random.randn(8), np.random.randn(8)
w = np.random.randn(30, 8)
mean = w.mean(axis=0)
gap = w - mean
var = np.mean(gap ** 2, axis=0)
inv = 1 / np.sqrt(var + 1e-5)
hat = gap * inv
y = gamma * hat + beta
loss = np.sum((y - x) ** 2)
dy = 2 * (y - x)
dgamma = np.sum(dy * hat, axis=0)
dbeta = np.sum(dy, axis=0)
dhat = dy * gamma
dinv = np.sum(dhat * gap, axis=0)
dvar = -0.5 * dinv * inv ** 3
dw = dhat * inv + 2 * gap * dvar / 30 - np.mean(dhat * inv, axis=0)
""",
    "tensors that know their derivatives": """
import torch
A = torch.randn(8, 2, requires_grad=True)
points = torch.randn(30, 8)
wanted = torch.randn(30, 2)
for i in range(100):
    loss = (points.mm(A) - wanted).pow(2).sum()
    loss.backward()
    with torch.no_grad():
        A -= 1e-4 * A.grad
        A.grad.zero_()
""",
}


@pytest.mark.parametrize("title", OTHERWISE)
def test_other_ways_of_writing_are_right_too(title: str) -> None:
    claims = lines_of(markdown(BEFORE + OTHERWISE[title]))
    assert [claim.text for claim in claims if claim.verdict == "contradicted"] == []
    assert "confirmed" in {claim.verdict for claim in claims}


# ---- other claims of the same lines

LINEAR = BEFORE + "w = np.random.randn(8, 2)\n"


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ("N, D = x.shape\ny = x @ w  # (30x2)", "confirmed"),
        ("N, D = x.shape\ny = w.T  # 8 x 2", "contradicted"),
        ("N, D = 30, 8\ng = x.T @ x  # D * N", None),
        ("N, K = 30, 2\ny = x @ w  # N * K", "confirmed"),
        ("N, K = 30, 2\ny = x @ w  # shape: (K, N)", "contradicted"),
        ("y = x @ w  # the slope of 3x2 lines", None),
        ("y = np.array([2, 3])  # 2, 3", None),
        ("y = x.sum()  # (a, b)", None),
    ],
)
def test_shapes_in_comments(line: str, verdict: str | None) -> None:
    found = [claim.verdict for claim in lines_of(markdown(LINEAR + line)) if claim.kind == "shape"]
    assert found == ([verdict] if verdict else [])


def test_a_step_up_is_contradicted_unless_both_ways_are_shown() -> None:
    start = LINEAR + "loss = np.square(x @ w - t).sum()\ndw = 2 * x.T @ (x @ w - t)\n"
    (up,) = [claim for claim in lines_of(markdown(start + "w += 0.1 * dw")) if "w +=" in claim.text]
    assert (up.verdict, up.diagnosis) == ("contradicted", "sign-flipped")
    both = start + "w = w - 0.1 * dw\n" + start.partition("8, 2)\n")[2] + "w = w + 0.1 * dw\n"
    assert "contradicted" not in {claim.verdict for claim in lines_of(markdown(both))}


def test_what_follows_from_a_slip_is_no_error_of_its_own() -> None:
    code = PLAIN.replace("grad_out = 2.0 * (out - target)", "grad_out = (out - target)")
    wrong = [claim for claim in lines_of(markdown(code)) if claim.verdict == "contradicted"]
    assert [claim.root for claim in wrong] == [True, *[False] * (len(wrong) - 1)] and len(wrong) > 3
    assert {claim.follows_from for claim in wrong[1:]} == {wrong[0].line}


def test_two_slips_that_may_make_up_for_one_another_are_left_open() -> None:
    code = (
        "X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])\ny = np.array([[0.0], [1], [1], [0]])\n"
        "w = np.random.randn(2, 1)\nout = X @ w\nloss = np.mean((out - y) ** 2)\n"
        "dout = out - y\ndw = X.T @ dout\nw -= 0.1 * dw\n"
    )
    verdicts = [claim.verdict for claim in lines_of(markdown(code)) if claim.text.startswith("d")]
    assert verdicts == ["unchecked", "unchecked"]


@pytest.mark.parametrize(
    "code",
    [
        "dx = 0.001\nslope = (f(x + dx) - f(x)) / dx\nloss = slope * 2",
        "data = load()\nloss = train(data)\ndw = loss * data",
        "loss = 3.0\ndays = 4\ndim = days * 2\ndw = dim",
    ],
)
def test_names_that_only_look_like_derivatives(code: str) -> None:
    assert {claim.verdict for claim in lines_of(markdown(code))} <= {"unchecked"}


HOSTILE = {
    "brackets": "grad_w = " + "(" * 10_000 + "1" + ")" * 10_000,
    "signs": "loss = x\ngrad_w = " + "-" * 1500 + "1",
    "powers": "w = 9**9**9**9\nloss = w * 2.0\ndw = 10**10**8",
    "texts": "loss = 1.0\ndw = '9' * 10**9\ns = 'a'\n" + "s = s + s\n" * 60,
    "forever": "w = 1.0\nwhile True:\n    loss = w * 2.0\n    dw = 2.0\n",
    "long loop": "loss = 0.0\nw = 1.0\nfor i in range(10**9):\n    loss = loss + w * i\ndw = 3 * w\n",
    "lists": "x = [0] * 10**9\ngrad_w = [0 for i in range(10**9)]\n",
    "arrays": "w = np.zeros((10**9, 10**9))\ngrad_w = np.random.randn(10**5, 10**5)\n",
    "calls": "def f(n):\n    return f(n + 1)\nloss = f(0)\ndw = loss * 2\nw -= dw",
    "itself": "d = {}\nfor i in range(1000):\n    d[i] = d\nloss = 1.0\n" + "grad_w = d\n" * 500,
}


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_code_is_refused_soon(title: str) -> None:
    page, name = markdown(HOSTILE[title])
    begun = time.process_time()
    assert "contradicted" not in {claim.verdict for claim in verify(page, name=name).claims}
    assert time.process_time() - begun < 3

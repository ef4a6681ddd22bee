"""Derivatives written by hand in code: right ones are confirmed, and planted slips are found and named."""

from __future__ import annotations

import json
import re
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

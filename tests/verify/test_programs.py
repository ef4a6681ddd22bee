"""Code on pages: comments and printed output that are right are confirmed, and planted slips are found."""

from __future__ import annotations

import re

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.proofread import verify


def fenced(*blocks: tuple[str, str]) -> str:
    """A page of blocks, each with the label of its fence."""
    return "Text.\n\n" + "\n\nMore text.\n\n".join(
        f"```{label}\n{text.strip(chr(10))}\n```" for label, text in blocks
    )


def claims(page: str) -> list[ClaimVerdict]:
    return [claim for claim in verify(page + "\n").claims if claim.printed]


XOR = """
import numpy as np

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([[0], [1], [1], [0]])
W1 = np.array([[0.5, -0.3], [0.2, 0.8]])
W2 = np.array([[0.7], [-0.4]])
for epoch in range(3):
    a1 = sigmoid(X @ W1)
    a2 = sigmoid(np.dot(a1, W2))
    print(f"Epoch {epoch}, Loss: {np.mean((y - a2) ** 2):.4f}")
    d2 = (y - a2) * a2 * (1 - a2)
    W1 += 0.5 * X.T.dot(d2.dot(W2.T) * a1 * (1 - a1))
    W2 += 0.5 * a1.T.dot(d2)
print(a2.round(3))
"""
XOR_PRINTED = """
Epoch 0, Loss: 0.2520
Epoch 1, Loss: 0.2517
Epoch 2, Loss: 0.2514
[[0.531]
 [0.519]
 [0.559]
 [0.546]]
"""

SOFTMAX = """
>>> import numpy as np
>>> def softmax(z):
...     e = np.exp(z - np.max(z))
...     return e / e.sum()
...
>>> softmax(np.array([1.0, 2.0, 0.5]))
array([0.2312239 , 0.62853172, 0.14024438])
>>> 0.1 + 0.2
0.30000000000000004
"""

NEURON = """
import torch
x = torch.tensor([1.0, 2.0])
w = torch.tensor([0.5, -0.25], requires_grad=True)
b = torch.tensor(0.1, requires_grad=True)
a = torch.sigmoid((w * x).sum() + b)
loss = (a - 1.0) ** 2
loss.backward()
print(a.item())
print(w.grad)
print(b.grad)
"""
NEURON_PRINTED = "0.5249791741371155\ntensor([-0.2369, -0.4738])\ntensor(-0.2369)"

CIRCUIT = """
var forwardMultiplyGate = function(x, y) {
  return x * y;
};
var x = -2, y = 3; // some inputs
var out = forwardMultiplyGate(x, y); // -6.0
var h = 0.0001;
for (var k = 0; k < 100; k++) { best = Math.random(); } // not read
var xph = x + h; // -1.9999
var out2 = forwardMultiplyGate(xph, y); // -5.9997
var x_derivative = (out2 - out) / h; // 3.0
x = x + 0.01 * x_derivative; // x becomes -1.97
"""

GATES = """
# set some inputs
x = -2; y = 5; z = -4
q = x + y # q becomes 3
f = q * z # f becomes -12
dfdz = q # df/dz = q, so gradient on z becomes 3
dfdq = z # df/dq = z, so gradient on q becomes -4
dfdx = 1.0 * dfdq  # The multiplication here is the chain rule!
"""

NEURONS = """
import numpy as np

class Neuron:
  def __init__(self, weights, bias):
    self.weights = weights
    self.bias = bias

  def feedforward(self, inputs):
    total = np.dot(self.weights, inputs) + self.bias
    return 1 / (1 + np.exp(-total))

weights = np.array([0, 1]) # w1 = 0, w2 = 1
n = Neuron(weights, 4)
x = np.array([2, 3])       # x1 = 2, x2 = 3
print(n.feedforward(x))    # 0.9990889488055994
"""

VALUE = """
import math
class Value:
    def __init__(self, data, children=()):
        self.data, self.grad = data, 0.0
        self.prev = set(children)
        self._backward = lambda: None
    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out
    def tanh(self):
        t = math.tanh(self.data)
        out = Value(t, (self,))
        def _backward():
            self.grad += (1 - t**2) * out.grad
        out._backward = _backward
        return out
    def backward(self):
        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v.prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for node in reversed(topo):
            node._backward()
a = Value(0.5)
b = Value(-1.2)
o = (a * b).tanh()
o.backward()
print(o.data)  # -0.5370495669980353
print("a.grad = %.4f, b.grad = %.4f" % (a.grad, b.grad))  # a.grad = -0.8539, b.grad = 0.3558
"""

FORMATS = """
import math
net = 0.15 * 0.05 + 0.2 * 0.1 + 0.35
out = 1 / (1 + math.exp(-net))
print("net:", net, "out:", out)
print("{:.3f} and {o:.5f}".format(net, o=out))
print("%.2f%% of %d" % (100 * out, 7), end="!\\n")
print({"net": round(net, 4)}, [net, out], sep=" | ")
for i, value in enumerate((net, out)):
    print(f"{i}: {value:>10.4f} ({value:.1%})")
"""
FORMATS_PRINTED = """
net: 0.3775 out: 0.5932699921071872
0.378 and 0.59327
59.33% of 7!
{'net': 0.3775} | [0.3775, 0.5932699921071872]
0:     0.3775 (37.8%)
1:     0.5933 (59.3%)
"""

OLD = """
x = 0.5
y = 3.0 * x + 1
print y  # 2.5
print "y is", y
"""

PAGES = {
    "XOR in NumPy": fenced(("python", XOR), ("", XOR_PRINTED)),
    "softmax at the prompt": fenced(("python", SOFTMAX)),
    "one neuron in PyTorch": fenced(("py", NEURON), ("text", NEURON_PRINTED)),
    "a circuit in JavaScript": fenced(("javascript", CIRCUIT)),
    "gates with words beside them": fenced(("python", GATES)),
    "a class for neurons": fenced(("python", NEURONS)),
    "an autograd engine of its own": fenced(("python", VALUE)),
    "formats": fenced(("python", FORMATS), ("output", FORMATS_PRINTED)),
    "Python 2": fenced(("python", OLD), ("", "2.5\ny is 2.5")),
    "two blocks": fenced(
        ("python", "w = 0.3"), ("python", "z = w * 0.5  # 0.15"), ("python", "z = z + 1 # -> 1.15")
    ),
    "a value in words": fenced(("python", "import math\ns = 1 / (1 + math.exp(-0.6))\n# prints 0.6457")),
    "a float32": fenced(("python", "y = 1 / 3\nprint(y)  # 0.3333333432674408")),
}
COUNTS = {"XOR in NumPy": 7, "softmax at the prompt": 4, "formats": 15, "a circuit in JavaScript": 5}


@pytest.mark.parametrize("title", PAGES)
def test_right_numbers_are_confirmed(title: str) -> None:
    found = claims(PAGES[title])
    assert found
    assert [claim for claim in found if claim.verdict != "confirmed"] == []
    assert len(found) >= COUNTS.get(title, 1)


def planted(page: str) -> list[tuple[str, str, int]]:
    """The page with one digit of one claimed number changed, for each: the page, the number, its line."""
    found = []
    lines = page.split("\n")
    for claim in claims(page):
        printed = str(claim.printed)
        digit = re.search(r"\.\d?(\d)", printed)
        if digit is None:
            continue
        wrong = printed[: digit.start(1)] + str((int(digit[1]) + 4) % 10) + printed[digit.end(1) :]
        start = claim.column - 1
        line = lines[claim.line - 1]
        changed = line[:start] + wrong + line[start + len(printed) :]
        place = claim.line - 1
        found.append(("\n".join([*lines[:place], changed, *lines[place + 1 :]]), wrong, claim.line))
    return found


@pytest.mark.parametrize("title", PAGES)
def test_planted_slips_are_contradicted_at_their_place(title: str) -> None:
    for page, wrong, line in planted(PAGES[title]):
        at = [claim for claim in claims(page) if (claim.printed, claim.line) == (wrong, line)]
        assert [claim.verdict for claim in at] == ["contradicted"], (wrong, at)
        assert [claim for claim in claims(page) if claim.verdict == "contradicted"] == at


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import numpy as np\nw = np.random.randn(3)\nprint(w.sum())  # 0.3721", "random numbers"),
        ("import random\nx = random.random()\ny = 2 * x  # 0.8437", "random numbers"),
        ("y = 3 * x  # 0.75", "not set on this page"),
        ("x = float(input())\ny = 3 * x  # 0.75", "typed in"),
        ("x = 2\nhelp_me(x)\nl = [x]\nhelp_me(l)\ny = l[0] * 1.0  # 3.5", "help_me"),
        ("import numpy as np\na = np.ones(2)\nb = a\nfoo(b)\nprint(a)  # [3. 4.]", "foo"),
        ("x = 1\nif flag:\n    x = 2\ny = 2.0 * x  # 7.5", "flag"),
        ("x = 1\n@decorated\ndef f(x): return x\ny = f(2) + 0.5  # 7.5", "not read"),
        ("h = 1e-9\nd = ((0.3 + h)**2 - 0.09) / h  # 0.6000000529", "machine rounds"),
    ],
)
def test_what_is_not_known_stays_unchecked_and_says_why(code: str, reason: str) -> None:
    found = claims(fenced(("python", code)))
    assert found
    assert {claim.verdict for claim in found} == {"unchecked"}
    assert reason in found[-1].reason


@pytest.mark.parametrize(
    "comment",
    [
        "learning rate, try 0.1",
        "0.5 dropout",
        "layer 1",
        "1",
        "was 0.3 before",
        "becomes 0.2 after 100 epochs",
        "x should be 0.7",
        "3x2 matrix",
        "step 1.",
        "see section 2.3",
        "v1.2",
        "b = 0.3",
        "y > 0.9",
    ],
)
def test_comments_that_state_no_value_are_no_errors(comment: str) -> None:
    page = fenced(("python", f"x = 0.5\ny = 3 * x  # {comment}"))
    assert [claim for claim in claims(page) if claim.verdict == "contradicted"] == []


@pytest.mark.parametrize("code", ["print(3.0 * 0.5)  # 1", "x = 3.0 * 0.5\nprint(x)  # 2"])
def test_whole_numbers_that_count_lines_are_no_errors(code: str) -> None:
    assert [claim for claim in claims(fenced(("python", code))) if claim.verdict == "contradicted"] == []


def test_output_of_another_program_is_not_compared() -> None:
    page = fenced(
        ("python", "x = 0.5\nprint('x', x)\nprint('y', 2 * x)"), ("text", "loss 0.7\nloss 0.6\n3.4")
    )
    assert claims(page) == []


def test_named_numbers_in_output_are_judged_by_the_variable() -> None:
    page = fenced(("python", "z = 0.5 * 3\nlog.info(z)"), ("text", "z = 1.5\nq = 4"))
    (claim,) = claims(page)
    assert (claim.verdict, claim.printed, claim.line) == ("confirmed", "1.5", 11)


def test_a_name_that_the_text_renews_is_not_known_in_later_code() -> None:
    page = fenced(("python", "x = 0.5"), ("python", "y = 3 * x  # 6.0")).replace("More text", "Let $x = 2$")
    assert {claim.verdict for claim in claims(page) if claim.printed == "6.0"} <= {"unchecked"}


def test_names_of_code_confirm_formulas_beside_it() -> None:
    page = (
        fenced(("python", "w1 = 0.3\nx1 = 0.5")) + "\n\nSo $z = w_1 x_1 + 0.1 = 0.25$ and $w_1 x_1 = 0.18$."
    )
    words = {claim.printed: claim.verdict for claim in claims(page)}
    assert words == {"0.25": "confirmed", "0.18": "unchecked"}


def test_whole_numbers_divided_in_python_2_are_not_judged() -> None:
    page = fenced(("python", "x = 1 / 2\nprint x  # 0.7"))
    assert [claim.verdict for claim in claims(page)] == ["unchecked"]


TENSORS = """
import torch
w = torch.tensor([1.0, 4.0], requires_grad=True)
for step in range(2):
    loss = (w * w).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad.zero_()
print(w)  # tensor([0.6400, 2.5600], requires_grad=True)
print(w.grad)  # tensor([0., 0.])
w.data += 1.0
print(w.data, w.data.std())  # tensor([1.6400, 3.5600]) tensor(1.3576)
(w.sum() * 3).backward()
print(w.grad)  # tensor([3., 3.])
"""


def test_tensors_are_updated_in_place_and_their_spread_is_not_that_of_arrays() -> None:
    words = [(claim.printed, claim.verdict) for claim in claims(fenced(("python", TENSORS)))]
    assert words[:4] == [(number, "confirmed") for number in ("0.6400", "2.5600", "0.", "0.")]
    assert words[-2:] == [("3.", "confirmed")] * 2
    assert "contradicted" not in dict(words).values()


@pytest.mark.parametrize("name", ["relu", "e", "sigma", "softmax", "max"])
def test_names_of_code_take_no_function_from_formulas(name: str) -> None:
    page = (
        fenced(("python", f"{name} = 3.5"))
        + r" Then $\sigma(0) = 0.5$, $e^2 = 7.389$, relu$(2) = 2$ and $e = 2.718$."
    )
    assert {claim.verdict for claim in claims(page)} <= {"confirmed", "unchecked"}


def test_places_in_a_notebook_point_into_its_source() -> None:
    cell = '{"cell_type": "code", "source": ["y = 3 * 0.5\\n", "print(y)"], "outputs": [%s]}'
    shown = '{"output_type": "stream", "name": "stdout", "text": ["1.7\\n"]}'
    text = '{"cells": [\n' + cell % shown + '\n], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}\n'
    (claim,) = [claim for claim in verify(text, name="a.ipynb").claims if claim.printed]
    assert (claim.verdict, claim.value) == ("contradicted", "1.5")
    assert text.split("\n")[claim.line - 1][claim.column - 1 :].startswith("1.7")

"""The factors of the chain rule are added instead of multiplied."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.graph_language import graph_from
from derive.network import Network
from derive.ops import Operation, Pullback
from grader.misconceptions.places import in_lines, is_slope
from grader.misconceptions.row import Example, Misconception

TANH = Network([3, 4, 2], "tanh")
GATES = graph_from("xyz", {"q": "x + y", "f": "q * z"}, "f")
CHAIN = graph_from("xy", {"p": "x * y", "q": "exp(p)", "f": "q^2"}, "f")
ENTRY_BY_ENTRY = ("hadamard", "function", "power", "divide")


def added(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An error with the slope added to what it multiplies."""

    def change(node: Node) -> Iterator[Node]:
        if node.op == "hadamard" and any(map(is_slope, node.args)):
            yield ops.add(*node.args)

    if equation.quantity.kind == "delta":
        yield from in_lines(equation, derivation, change)


def adding(theory: Theory) -> Theory:
    """Gates add their own derivative to the gradient that arrives."""
    return {**theory, **{name: _adding(theory[name]) for name in ENTRY_BY_ENTRY}}


def _adding(row: Operation) -> Operation:
    def pullback(true: Pullback) -> Pullback:
        return lambda node, g: ops.add(g, true(node, ops.ones(node.shape)))

    return replace(row, pullbacks=tuple(map(pullback, row.pullbacks)))


ROW = Misconception(
    name="chain-added",
    words="Here a sum stands where the chain rule multiplies: slopes along one path are factors.",
    question="If one thing grows three times as fast as another, and a third twice as fast as that one, "
    "how fast does the third grow?",
    award=0.25,
    rewrite=added,
    theory=adding,
    catches=(
        Example("delta1", r"W_2^T \delta_2 + \sigma'(z_1)"),
        Example("delta2", r"(x_2 - y) + (1 - x_2^2)", TANH),
        Example("delta1", r"\delta_{1,j} = \sum_k w_{2,kj} \delta_{2,k} + \sigma'(z_{1,j})", TANH),
        Example("delta1", r"W_2^T \delta_2 + \sigma'(z_1)", Network([3, 4, 2], "relu", batch=5)),
        Example("d_x", r"\frac{\partial f}{\partial p} + y", CHAIN),
        Example("d_p", "2 q + e^p", CHAIN),
        Example("d_z", "4", GATES, {"x": -2, "y": 5, "z": -4}),
    ),
    spares=(
        Example("d_p", "2 q e^p", CHAIN),
        Example("d_z", "q", GATES),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(z_1)"),
        Example("delta2", r"(x_2 - y) \odot (1 - x_2^2)", TANH),
        Example("delta1", r"W_2^T \delta_2", Network([3, 4, 2], "identity")),
    ),
)

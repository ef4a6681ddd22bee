"""At a gate of a graph only its own derivative is taken; what arrives from behind is not multiplied in."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, substitute
from derive.graph_language import graph_from
from derive.network import Network
from grader.misconceptions.parts import is_graph_gradient
from grader.misconceptions.places import put
from grader.misconceptions.row import Example, Misconception

GATES = graph_from("xyz", {"q": "x + y", "f": "q * z"}, "f")
CHAIN = graph_from("xyw", {"p": "x * y", "q": "p + w", "f": "q^2"}, "f")


def without_upstream(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A derivative of the output with 1 in place of every derivative by a later node; an error with 1 in
    place of what arrives from the layer above."""
    if is_graph_gradient(equation.quantity):
        yield substitute(equation.expression, _one, ops.rebuild)
    if equation.quantity.kind == "delta":
        for node in equation.expression.walk():
            if node.op == "matmul" and any(q.kind == "delta" for q in node.symbols):
                yield put(equation.expression, node, ops.ones(node.shape))


def _one(node: Node) -> Node | None:
    is_upstream = node.quantity is not None and is_graph_gradient(node.quantity)
    return ops.constant(1) if is_upstream else None


ROW = Misconception(
    name="local-slope-only",
    words="This is the derivative of one step alone; the chain rule multiplies it by the gradient that "
    "arrives from the gates after it.",
    question="By how much does the output change when this gate's own result changes by 1?",
    rewrite=without_upstream,
    catches=(
        Example("d_x", "1", GATES),
        Example("d_x", r"\frac{\partial f}{\partial x} = y", CHAIN),
        Example("d_p", "1", CHAIN),
        Example("delta1", r"\sigma'(z_1)"),
        Example("dW1", r"\sigma'(z_1) x_0^T", Network([3, 4, 2], "tanh", batch=5)),
        Example("d_x", "1", GATES, {"x": -2, "y": 5, "z": -4}),
    ),
    spares=(
        Example("d_x", "z", GATES),
        Example("d_q", "z", GATES),
        Example("d_x", "2 q y", CHAIN),
        Example("d_x", r"\frac{\partial f}{\partial q} \frac{\partial q}{\partial x}", GATES),
    ),
)

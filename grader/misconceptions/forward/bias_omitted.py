"""The bias is left out of the weighted input."""

from collections.abc import Iterator

from msgspec.structs import replace

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, substitute
from derive.network import Network
from grader.misconceptions.edits import exchanged
from grader.misconceptions.row import Example, Misconception


def without_bias(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The right side with the bias dropped, here or in the weighted inputs it uses."""
    if equation.quantity.kind == "z":
        yield _dropped(equation.expression)
    for used in sorted(equation.expression.symbols, key=lambda q: q.address):
        definition = derivation.graph.definition(used) if used.kind == "z" else None
        if definition is not None:
            yield exchanged(equation.expression, used, _dropped(definition))


def _dropped(expression: Node) -> Node:
    def without(node: Node) -> Node | None:
        if node.op != "add":
            return None
        kept = [argument for argument in node.args if not any(q.kind == "b" for q in argument.symbols)]
        return kept[0] if len(kept) == 1 else None

    return substitute(expression, without, ops.rebuild)


def unbiased(network: Network) -> Network | None:
    """The same network without biases."""
    return replace(network, bias=False) if network.bias else None


ROW = Misconception(
    name="bias-omitted",
    words="The bias is missing from the weighted input.",
    question="What else is added up in a neuron before the activation is applied?",
    rewrite=without_bias,
    network=unbiased,
    catches=(
        Example("z1", r"z_1 = W_1 x_0"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(W_1 x_0)"),
        Example("a1", r"\sigma(W_1 x_0)"),
    ),
    spares=(
        Example("z1", r"W_1 x_0 + b_1"),
        Example("delta1", r"W_2^T \delta_2 \odot \sigma'(W_1 x_0 + b_1)"),
        Example("z1", r"W_1 x_0", Network([3, 4, 2], "sigmoid", bias=False)),
    ),
)

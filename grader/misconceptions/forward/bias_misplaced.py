"""The bias is subtracted, added after the activation instead of before it, or once for every input."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import activation_at, exchanging
from grader.misconceptions.row import Example, Misconception

SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")
BATCH = Network([3, 4, 2], "relu", batch=5)


def _sum_with_bias(node: Node) -> bool:
    return node.op == "add" and any(q.kind == "b" for q in node.args[1].symbols)


def subtracted(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The weighted input with the bias taken off."""
    if equation.quantity.kind == "z":
        yield from exchanging(
            equation.expression, lambda node: [ops.minus(*node.args)] if _sum_with_bias(node) else []
        )


def added_after(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The activation of the weighted input without bias, and the bias added to that."""
    activation = activation_at(derivation, equation.quantity)
    weighted = derivation.graph.definition(Quantity("z", equation.quantity.layer))
    if equation.quantity.kind == "a" and activation and weighted is not None and _sum_with_bias(weighted):
        yield ops.add(activation.apply(weighted.args[0]), weighted.args[1])


def summed(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The weighted input with the bias once for every input."""

    def change(node: Node) -> Iterator[Node]:
        if _sum_with_bias(node):
            inputs = node.args[0].args[0].shape[1]
            yield ops.add(node.args[0], ops.scale(ops.constant(int(inputs)), node.args[1]))

    if equation.quantity.kind == "z":
        yield from exchanging(equation.expression, change)


SUBTRACTED = Misconception(
    name="bias-subtracted",
    words="The bias is subtracted; here it is added.",
    question="With which sign does the bias enter the weighted input in this course?",
    award=0.75,
    rewrite=subtracted,
    everywhere=True,
    catches=(
        Example("z1", r"W_1 x_0 - b_1"),
        Example("a2", r"\mathrm{softmax}(W_2 x_1 - b_2)", SOFTMAX),
        Example("z2", r"z_2 = W_2 x_1 - b_2", BATCH),
        Example("z1", r"z_{1,j} = \sum_k w_{1,jk} x_{0,k} - b_{1,j}", Network([3, 4, 2], "tanh")),
    ),
    spares=(
        Example("z1", r"W_1 x_0 + b_1"),
        Example("z1", r"-(-W_1 x_0 - b_1)"),
        Example("z1", r"W_1 x_0", Network([3, 4, 2], "sigmoid", bias=False)),
    ),
)

OUTSIDE = Misconception(
    name="bias-outside-the-activation",
    words="The bias is added after the activation; it belongs to the weighted input, before the "
    "activation is applied.",
    question="To what is the activation applied in a neuron?",
    award=0.5,
    rewrite=added_after,
    everywhere=True,
    catches=(
        Example("a1", r"\sigma(W_1 x_0) + b_1"),
        Example("a2", r"\tanh(W_2 x_1) + b_2", Network([3, 4, 2], "tanh")),
        Example("a1", r"\max(0, W_1 x_0) + b_1", BATCH),
        Example("a2", r"\mathrm{softmax}(W_2 x_1) + b_2", SOFTMAX),
    ),
    spares=(
        Example("a1", r"\sigma(W_1 x_0 + b_1)"),
        Example("a1", r"W_1 x_0 + b_1", Network([3, 4, 2], "identity")),
        Example("a1", r"\sigma(b_1 + W_1 x_0)"),
    ),
)

SUMMED = Misconception(
    name="bias-summed",
    words="The bias stands inside the sum, so that it is added once for every input.",
    question="How many biases does one neuron have?",
    award=0.75,
    rewrite=summed,
    catches=(
        Example("z1", r"z_{1,j} = \sum_k (w_{1,jk} x_{0,k} + b_{1,j})"),
        Example(
            "z2", r"\sum_{k=1}^{4} \left[ w_{2,jk} x_{1,k} + b_{2,j} \right]", Network([3, 4, 2], "tanh")
        ),
        Example("z1", r"W_1 x_0 + 3 b_1", Network([3, 4, 2], "relu")),
    ),
    spares=(
        Example("z1", r"z_{1,j} = \sum_k w_{1,jk} x_{0,k} + b_{1,j}"),
        Example("z1", r"z_{1,j} = b_{1,j} + \sum_k w_{1,jk} x_{0,k}"),
        Example("z1", r"W_1 x_0 + b_1"),
    ),
)

"""The slope of the activation is multiplied in once more than the chain rule does."""

from collections.abc import Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import activation_at
from grader.misconceptions.row import Example, Misconception

SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")
BINARY = Network([3, 4, 2], "sigmoid", "binary-cross-entropy")


def once_more(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """An error times a further slope of its layer's activation; of softmax as its Jacobian or p (1 − p)."""
    activation = activation_at(derivation, equation.quantity)
    if equation.quantity.kind != "delta" or activation is None:
        return
    error = equation.expression
    z, a = (symbol(Quantity(kind, equation.quantity.layer), error.shape) for kind in ("z", "a"))
    arrived = activation.apply(z)
    if arrived.op == "function":
        yield ops.times(error, ops.function(arrived.data[0], z, 1))
    if arrived.op == "softmax":
        yield ops.times(ops.times(error, a), ops.minus(ops.ones(a.shape), a))
        yield ops.OPS["softmax"].pull(a, error, 0)


ROW = Misconception(
    name="extra-slope",
    words="There is one slope of the activation too many: what it multiplies here already contains it.",
    question="How often does the chain from this weighted input to the loss pass this layer's activation, "
    "and what has already cancelled?",
    place="part",
    rewrite=once_more,
    catches=(
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)", BINARY),
        Example("delta2", r"(x_2 - y) \odot x_2 \odot (1 - x_2)", SOFTMAX),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2) \odot \sigma'(z_2)"),
        Example("dW2", r"\left((x_2 - y) \odot x_2 \odot (1 - x_2)\right) x_1^T", BINARY),
        Example("delta1", r"W_2^T \delta_2 \odot (1 - x_1^2)^2", Network([3, 4, 2], "tanh", batch=5)),
    ),
    spares=(
        Example("delta2", r"x_2 - y", BINARY),
        Example("delta2", r"x_2 - y", SOFTMAX),
        Example("delta2", r"(x_2 - y) \odot \sigma'(z_2)"),
        Example(
            "delta1", r"W_2^T \delta_2 \odot \sigma'(z_1) \odot \sigma'(z_1)", Network([3, 4, 2], "relu")
        ),
    ),
)

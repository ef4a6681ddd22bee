"""The weighted input z and the activation a are confused, or the activation is never applied."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.places import activation_at, exchanging
from grader.misconceptions.row import Example, Misconception

SOFTMAX = Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy")


def with_z(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A right side that uses activations with one of them before σ was applied."""

    def change(node: Node) -> Iterator[Node]:
        used = node.quantity
        if used is not None and used.kind == "a" and Quantity("z", used.layer) in derivation.graph.shapes:
            yield symbol(Quantity("z", used.layer), node.shape)

    if equation.quantity.kind in ("z", "loss", "delta", "dW"):
        yield from exchanging(equation.expression, change)


def unapplied(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The activation as the weighted input itself."""
    z = Quantity("z", equation.quantity.layer)
    if equation.quantity.kind == "a" and z in derivation.graph.shapes:
        yield symbol(z, equation.expression.shape)


def applied(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """The weighted input after the activation."""
    activation = activation_at(derivation, equation.quantity)
    if equation.quantity.kind == "z" and activation is not None:
        yield activation.apply(equation.expression)


FOR_ACTIVATION = Misconception(
    name="weighted-input-for-activation",
    words="The weighted input stands where a neuron's output belongs: the activation has to be applied "
    "first.",
    question="What does a layer hand on to the next one?",
    place="letter",
    rewrite=with_z,
    everywhere=True,
    catches=(
        Example("z2", r"W_2 z_1 + b_2"),
        Example("dW2", r"\delta_2 z_1^T"),
        Example("delta2", r"(z_2 - y) \odot (1 - x_2^2)", Network([3, 4, 2], "tanh")),
        Example("loss", r"\frac{1}{2} \|z_2 - y\|^2"),
        Example("dW2", r"(x_2 - y) z_1^T", SOFTMAX),
        Example("z3", r"W_3 z_2 + b_3", Network([3, 4, 2, 2], "relu", batch=5)),
    ),
    spares=(
        Example("z2", r"W_2 x_1 + b_2"),
        Example("dW2", r"\delta_2 x_1^T"),
        Example("z2", r"W_2 z_1 + b_2", Network([3, 4, 2], "identity")),
        Example("dW2", r"\delta_2 z_1^T", Network([3, 4, 2], "identity")),
    ),
)

FORGOTTEN = Misconception(
    name="activation-forgotten",
    words="The activation was not applied: this is still the weighted input.",
    question="What happens in a neuron after its inputs are weighted and added up?",
    rewrite=unapplied,
    everywhere=True,
    catches=(
        Example("a1", r"x_1 = W_1 x_0 + b_1"),
        Example("a2", r"z_2", Network([3, 4, 2], "tanh")),
        Example("a2", r"W_2 x_1 + b_2", SOFTMAX),
        Example("a2", r"W_2 (W_1 x_0 + b_1) + b_2", Network([3, 4, 2], "relu", batch=5)),
    ),
    spares=(
        Example("a1", r"\sigma(W_1 x_0 + b_1)"),
        Example("a1", r"W_1 x_0 + b_1", Network([3, 4, 2], "identity")),
        Example("z1", r"W_1 x_0 + b_1"),
    ),
)

APPLIED = Misconception(
    name="activation-applied-too-early",
    words="The activation is already applied here; the weighted input is what it will be applied to.",
    question="In which order does a neuron add up and apply the activation, and what is asked for here?",
    rewrite=applied,
    catches=(
        Example("z2", r"\sigma(W_2 x_1 + b_2)"),
        Example("z1", r"\tanh(W_1 x_0 + b_1)", Network([3, 4, 2], "tanh", batch=5)),
        Example("z1", r"z_1 = x_1", Network([3, 4, 2], "relu")),
        Example("a2", r"\sigma(\sigma(z_2))"),
    ),
    spares=(
        Example("z2", r"W_2 \sigma(z_1) + b_2"),
        Example("a2", r"\sigma(W_2 x_1 + b_2)"),
        Example("z1", r"W_1 x_0 + b_1", Network([3, 4, 2], "identity")),
    ),
)

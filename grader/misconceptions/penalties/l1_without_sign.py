"""The slope of |w| is taken for w, |w| or 1; it is the sign of w."""

from collections.abc import Callable, Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, substitute
from derive.network import Network
from grader.misconceptions.row import Example, Misconception

SIZES = Network([3, 4, 2], "tanh", "squared-error", learning_rate=0.5, regularizer="l1")

INSTEAD: tuple[Callable[[Node], Node], ...] = (
    lambda w: w,
    lambda w: ops.function("abs", w),
    lambda w: ops.ones(w.shape),
)


def without_sign(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """∂loss/∂W with the weights, their sizes or ones in place of their signs."""
    if equation.quantity.kind != "dW":
        return
    for instead in INSTEAD:
        wrong = substitute(equation.expression, _exchanging(instead), ops.rebuild)
        if wrong is not equation.expression:
            yield wrong


def _exchanging(instead: Callable[[Node], Node]) -> Callable[[Node], Node | None]:
    return lambda node: instead(node.args[0]) if _is_sign(node) else None


def _is_sign(node: Node) -> bool:
    return node.op == "function" and node.data[0] == "sign"


ROW = Misconception(
    name="l1-without-sign",
    words="The slope of |w| is +1 for a positive weight and −1 for a negative one, however large it is: the "
    "sign of w.",
    question="What does the graph of |w| look like, and how steep is it on either side of 0?",
    rewrite=without_sign,
    catches=(
        Example("dW1", r"\delta_1 x_0^T + \lambda W_1", SIZES),
        Example("dW2", r"\delta_2 x_1^T + \lambda \operatorname{abs}(W_2)", SIZES),
        Example("W1_new", r"W_1 - \alpha (\delta_1 x_0^T + \lambda W_1)", SIZES),
        Example("dW1", r"\frac{\partial E}{\partial w_{1,jk}} = \delta_{1,j} x_{0,k} + \lambda", SIZES),
    ),
    spares=(
        Example("dW1", r"\delta_1 x_0^T + \lambda \operatorname{sign}(W_1)", SIZES),
        Example("dW1", r"\delta_1 x_0^T + \lambda W_1", Network([3, 4, 2], regularizer="half-l2")),
        Example("db1", r"\delta_1", SIZES),
    ),
)

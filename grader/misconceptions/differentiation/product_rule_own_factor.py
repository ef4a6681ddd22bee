"""In a product each factor is given itself instead of the other one."""

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.graph_language import graph_from
from grader.misconceptions.row import Example, Misconception

PRODUCT = graph_from("xyz", {"q": "x + y", "f": "q * z"}, "f")
CHAIN = graph_from("xyw", {"p": "x * y", "q": "p * w", "f": "exp(q)"}, "f")


def own_factors(theory: Theory) -> Theory:
    """∂(xy)/∂x = x."""
    pullbacks = tuple(lambda node, g, at=at: ops.times(g, node.args[at]) for at in (0, 1))
    return {**theory, "hadamard": replace(theory["hadamard"], pullbacks=pullbacks)}


ROW = Misconception(
    name="product-rule-own-factor",
    words="In a product x·y the derivative with respect to x is the other factor, y, not x itself.",
    question="By how much does x·y change when x grows by 1 and y stays as it is?",
    theory=own_factors,
    catches=(
        Example("d_z", "z", PRODUCT),
        Example("d_x", r"\frac{\partial f}{\partial x} = q", PRODUCT),
        Example("d_w", "f w", CHAIN),
        Example("d_x", r"\frac{\partial f}{\partial p} x", CHAIN),
        Example("d_q", "3", PRODUCT, {"x": -2, "y": 5, "z": -4}),
    ),
    spares=(
        Example("d_z", "q", PRODUCT),
        Example("d_x", "z", PRODUCT),
        Example("d_p", r"\frac{\partial f}{\partial q} w", CHAIN),
        Example("d_x", "2 x", graph_from("x", {"f": "x * x"}, "f")),
    ),
)

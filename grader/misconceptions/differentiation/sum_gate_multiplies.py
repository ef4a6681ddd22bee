"""A sum is treated as a product on the way back: the gradient is multiplied by the other term."""

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.graph_language import graph_from
from grader.misconceptions.row import Example, Misconception

GATES = graph_from("xyz", {"q": "x + y", "f": "q * z"}, "f")
LONG = graph_from("xyzw", {"p": "x * y", "q": "p + z", "r": "q - w", "f": "exp(r)"}, "f")


def multiplying(theory: Theory) -> Theory:
    """∂(x + y)/∂x = y, and the same for a difference."""
    pullbacks = tuple(lambda node, g, at=at: ops.times(g, node.args[at]) for at in (1, 0))
    return {**theory, **{name: replace(theory[name], pullbacks=pullbacks) for name in ("add", "subtract")}}


ROW = Misconception(
    name="sum-gate-multiplies",
    words="A sum hands the gradient on as it is, to every term; only a product multiplies it by the other "
    "factor.",
    question="By how much does x + y change when x grows by 1?",
    theory=multiplying,
    catches=(
        Example("d_x", "z y", GATES),
        Example("d_y", r"\frac{\partial f}{\partial q} x", GATES),
        Example("d_p", "f z", LONG),
        Example("d_x", "-20", GATES, {"x": -2, "y": 5, "z": -4}),
    ),
    spares=(
        Example("d_x", "z", GATES),
        Example("d_z", "x + y", GATES),
        Example("d_x", "f y", LONG),
        Example("d_w", "-f", LONG),
    ),
)

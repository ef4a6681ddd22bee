"""The slope of a power: the exponent is not put in front, or not reduced."""

from msgspec.structs import replace

from derive import ops
from derive.backprop import Theory
from derive.graph_language import graph_from
from grader.misconceptions.row import Example, Misconception

SQUARE = graph_from("xy", {"e": "x - y", "f": "e^2"}, "f")
CUBE = graph_from("xy", {"p": "x * y", "q": "p^3", "f": "q + x"}, "f")
SPARES = (
    Example("d_e", "2 e", SQUARE),
    Example("d_x", "2 (x - y)", SQUARE),
    Example("d_p", "3 p^2", CUBE),
    Example("d_p", "1", graph_from("xy", {"p": "x + y", "f": "p^1"}, "f")),
)


def without_exponent(theory: Theory) -> Theory:
    """The slope of x³ is x²."""
    pullback = (lambda node, g: ops.times(g, ops.power(node.args[0], node.data - 1)),)
    return {**theory, "power": replace(theory["power"], pullbacks=pullback)}


def with_full_power(theory: Theory) -> Theory:
    """The slope of x³ is 3x³."""
    pullback = (lambda node, g: ops.times(g, ops.scale(node.data, ops.power(node.args[0], node.data))),)
    return {**theory, "power": replace(theory["power"], pullbacks=pullback)}


EXPONENT_OMITTED = Misconception(
    name="exponent-omitted",
    words="The exponent is missing in front: the slope of xⁿ is n times xⁿ⁻¹.",
    question="What is the slope of x² where x is 1, as its graph shows it?",
    theory=without_exponent,
    catches=(
        Example("d_e", "e", SQUARE),
        Example("d_x", r"\frac{\partial f}{\partial x} = x - y", SQUARE),
        Example("d_p", "p^2", CUBE),
        Example("d_e", "3", SQUARE, {"x": 5, "y": 2}),
    ),
    spares=SPARES,
)

EXPONENT_KEPT = Misconception(
    name="exponent-kept",
    words="The exponent is put in front, but not reduced by 1: the slope of xⁿ is n times xⁿ⁻¹.",
    question="What is the slope of the straight line x¹ by your rule?",
    theory=with_full_power,
    catches=(
        Example("d_e", "2 e^2", SQUARE),
        Example("d_p", "3 p^3", CUBE),
        Example("d_x", r"3 p^3 y + 1", CUBE),
        Example("d_e", "18", SQUARE, {"x": 5, "y": 2}),
    ),
    spares=SPARES,
)

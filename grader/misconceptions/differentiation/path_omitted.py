"""A quantity acts on the result over several paths, and not all of them are counted."""

from collections.abc import Iterator

from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.graph_language import graph_from
from grader.misconceptions.parts import added, addends, is_graph_gradient
from grader.misconceptions.row import Example, Misconception

FORK = graph_from("xyz", {"q": "x * y", "r": "x + z", "f": "q * r"}, "f")
SQUARE = graph_from("xy", {"q": "x + y", "f": "q * q * x"}, "f")
THRICE = graph_from("xy", {"p": "exp(x)", "q": "x * y", "f": "p + q + x^2"}, "f")


def without_one_path(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A derivative of the output with one of its paths left out, or with one alone."""
    terms = addends(equation.expression) if is_graph_gradient(equation.quantity) else []
    if len(terms) > 1:
        yield from terms
        for term in terms if len(terms) > 2 else ():
            yield from added([other for other in terms if other is not term])


ROW = Misconception(
    name="path-omitted",
    words="A path is missing: this quantity is used more than once, and the derivatives over all its paths "
    "are added up.",
    question="Along how many paths does this quantity reach the result?",
    rewrite=without_one_path,
    catches=(
        Example("d_x", "r y", FORK),
        Example("d_x", r"\frac{\partial f}{\partial x} = \frac{\partial f}{\partial r}", FORK),
        Example("d_x", "q^2", SQUARE),
        Example("d_x", "p + y", THRICE),
        Example("d_x", "2 x", THRICE),
        Example("d_x", "18", FORK, {"x": 2, "y": 3, "z": 4}),
    ),
    spares=(
        Example("d_x", "r y + q", FORK),
        Example("d_y", "r x", FORK),
        Example("d_x", "q^2 + 2 q x", SQUARE),
        Example("d_x", "p + y + 2 x", THRICE),
    ),
)

"""A sum or mean of a program runs along the wrong axis: over the neurons instead of the examples."""

from collections.abc import Iterator
from functools import partial

from msgspec.structs import replace

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node
from derive.network import Network
from grader.meaning.terms import Call, Term, rewritten
from grader.misconceptions.places import exchanging
from grader.misconceptions.row import Example, Misconception

OTHER = {"rows": "columns", "columns": "rows"}
BATCH = Network([3, 4, 2], ["tanh", "identity"], batch=6)


def over_neurons(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A gradient of biases that adds up the neurons of each example."""

    def change(node: Node) -> Iterator[Node]:
        if node.op == "matmul" and equation.quantity.kind == "db":
            delta = node.args[0]
            yield ops.matmul(ops.ones((1, delta.shape[0])), delta)

    yield from exchanging(equation.expression, change)


def along_the_other(answer: Term) -> Iterator[Term]:
    """The answer with each sum or mean taken along the other axis, one after another."""
    for call in dict.fromkeys(part for part in answer.walk() if isinstance(part, Call)):
        words = (call.function or "").split()
        turned = " ".join(OTHER.get(word, word) for word in words)
        if words[:1] in (["sum"], ["mean"]) and turned != call.function:
            yield rewritten(answer, partial(_turned_there, call, turned))


def _turned_there(call: Call, turned: str, part: Term) -> Term | None:
    return replace(call, function=turned) if part == call else None


ROW = Misconception(
    name="wrong-axis",
    words="The sum or mean runs along the wrong axis: one axis counts the neurons, the other the examples.",
    question="What do the rows count here, what the columns, and over which of them is to be summed?",
    rewrite=over_neurons,
    repair=along_the_other,
    catches=(
        Example("db1", r"np.sum(delta1, axis=0)", BATCH),
        Example("db2", r"delta2.mean(axis=0) * N", BATCH),
    ),
    spares=(
        Example("db1", r"np.sum(delta1, axis=1)", BATCH),
        Example("db1", r"np.sum(delta1, axis=1, keepdims=True)", BATCH),
    ),
)

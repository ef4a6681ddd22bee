"""How much of the way is shown: the result alone, the usual lines, or every line with its chain rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from derive import jacobians, ops
from derive.backprop import Line, Step
from derive.derivation import Derivation
from derive.errors import Unusable, unknown
from derive.gates import derivative_name, gate_steps
from derive.graph import BY_DEFINITION, Graph, Node, substitute, symbol
from derive.jacobians import CHAIN, EACH_WEIGHT, NoJacobian, chained, named_product, paths, product, slope
from derive.quantities import Quantity
from derive.unfolding import graph_with, unfolded

ENTRYWISE = "each entry of the activation depends on the weighted input of its own neuron alone"
DEFINITION_OF_DELTA = "this derivative has a name of its own"
PUT_IN = "with the derivative put in"
EACH_BIAS = "each bias enters one weighted input only"
ELEMENT, MATRIX = "element", "matrix"


class Detail(Struct, frozen=True):
    """One level: ``taught`` gives the steps to show for each step of a derivation."""

    name: str
    words: str
    taught: Callable[[Derivation, Step], Iterator[Step]]


def detailed(derivation: Derivation, detail: str) -> Derivation:
    """The derivation with as many lines as a level of detail asks for. Raises `Unusable` for an unknown
    one."""
    if detail not in DETAILS:
        raise Unusable(unknown(detail, "a level of detail", DETAILS))
    row = DETAILS[detail]
    steps = (shown for step in derivation.steps for shown in row.taught(derivation, step))
    return replace(derivation, steps=tuple(steps))


def _brief(derivation: Derivation, step: Step) -> Iterator[Step]:
    """The result, with all reasons in one sentence."""
    reasons = dict.fromkeys(line.because for line in step.lines if line.because not in ("", BY_DEFINITION))
    yield replace(step, lines=(replace(step.lines[-1], because="; ".join(reasons)),))


def _full(derivation: Derivation, step: Step) -> Iterator[Step]:
    """The usual lines; at a gate of a computation graph also its local derivatives and the chain rule."""
    if derivation.network is None and derivation.about is None:
        yield from gate_steps(derivation.graph, step)
    else:
        yield step


def _every_line(derivation: Derivation, step: Step) -> Iterator[Step]:
    """The chain rule as it is applied, and each derivative before and after it is put in."""
    if derivation.network is None and derivation.about is None:
        yield from gate_steps(derivation.graph, step)
        return
    rule = EVERY_LINE.get(step.quantity.kind)
    try:
        shown = list(rule(derivation, step)) if rule else [step]
    except NoJacobian:
        shown = [step]
    yield from (unfolded(derivation, step) for step in shown)


DETAILS: dict[str, Detail] = {
    row.name: row
    for row in (
        Detail("brief", "each formula alone", _brief),
        Detail("full", "what is looked for, how the chain rule gives it, and the formula", _full),
        Detail("every-line", "every line between, each derivative as a step of its own", _every_line),
    )
}


# -- layered networks ----------------------------------------------------------------------------------------


def _weighted_input(derivation: Derivation, step: Step) -> Iterator[Step]:
    """z, and z with the activation below it put in."""
    graph = derivation.graph
    below = next((q for q in step.formula.symbols if q.kind == "a" and graph.definition(q) is not None), None)
    if below is None:
        yield step
        return
    inner = graph.definition(below)
    put_in = substitute(step.formula, lambda n: inner if n.quantity == below else None, ops.rebuild)
    line = Line(put_in, "the activation below is itself a function of its weighted input")
    yield replace(step, lines=(*step.lines, line)) if inner and inner.args else step


def _error(derivation: Derivation, step: Step) -> Iterator[Step]:
    """δ through the weighted input above it, or in the output layer through the activation."""
    z = Quantity("z", step.quantity.layer)
    graph = graph_with(derivation, z)
    if z not in graph.shapes or graph.shapes[z][1] != 1:
        yield step
        return
    above = _next(graph, z)
    if above is None:
        yield _output_error(graph, step, z)
        return
    (way,) = paths(graph, above, z)
    jacobian = product(graph, way)
    name = derivative_name(above, z)
    left = jacobians.partial(graph.node(above), graph.node(z))
    lines = (Line(named_product(graph, way), CHAIN), Line(jacobian, "the derivative of each equation"))
    yield Step(name, lines, step.stage, left=left)
    derivative = symbol(Quantity("dz", above.layer), graph.shapes[above])
    error = symbol(Quantity("delta", above.layer), graph.shapes[above])
    definition, *rest = step.lines
    yield replace(
        step,
        lines=(
            definition,
            Line(
                chained(derivative, graph.node(above), graph.node(z)),
                f"{CHAIN}: this weighted input acts on the loss only through those of the next layer",
            ),
            Line(chained(error, graph.node(above), graph.node(z)), DEFINITION_OF_DELTA),
            Line(ops.matmul(ops.transpose(jacobian), error), PUT_IN),
            replace(rest[-1], because="a diagonal matrix multiplies entry by entry"),
        ),
    )


def _next(graph: Graph, z: Quantity) -> Quantity | None:
    """The weighted input of the layer above; None in the output layer."""
    layers = [e.quantity for e in graph.equations if e.quantity.kind == "z"]
    place = layers.index(z) if z in layers else len(layers)
    return layers[place + 1] if place + 1 < len(layers) else None


def _output_error(graph: Graph, step: Step, z: Quantity) -> Step:
    """∂loss/∂z = ∂loss/∂a ∂a/∂z, as a sum over all neurons, then for each its own."""
    a = Quantity("a", z.layer)
    definition = graph.definition(a)
    if definition is None or not definition.args:
        return step
    derivative = symbol(Quantity("da", a.layer), graph.shapes[a])
    first, *rest = step.lines
    lines = [first, Line(chained(derivative, graph.node(a), graph.node(z)), CHAIN)]
    if definition.op == "function":
        lines.append(Line(ops.times(derivative, slope(graph.node(a), graph.node(z))), ENTRYWISE))
    return replace(step, lines=(*lines, *rest))


def _weights(derivation: Derivation, step: Step) -> Iterator[Step]:
    """∂loss/∂W through the weighted input: each weight enters the one of its own neuron."""
    yield _through_own_input(
        derivation,
        step,
        lambda gradient, z, parameter: (Line(chained(gradient, z, parameter), EACH_WEIGHT),),
    )


def _biases(derivation: Derivation, step: Step) -> Iterator[Step]:
    """∂loss/∂b, entry by entry."""
    yield _through_own_input(
        derivation,
        step,
        lambda gradient, z, parameter: (
            Line(chained(gradient, z, parameter), f"{CHAIN}: {EACH_BIAS}", MATRIX),
            Line(ops.times(gradient, slope(z, parameter)), f"{CHAIN}: {EACH_BIAS}", ELEMENT),
        ),
    )


def _through_own_input(
    derivation: Derivation, step: Step, lines: Callable[[Node, Node, Node], tuple[Line, ...]]
) -> Step:
    graph, layer = derivation.graph, step.quantity.layer
    z, parameter = Quantity("z", layer), Quantity(step.quantity.kind[1:], layer)
    uses = [equation for equation in graph.equations if parameter in equation.expression.symbols]
    if z not in graph.shapes or graph.shapes[z][1] != 1 or len(uses) != 1:
        return step  # with a penalty there is a second way to the loss
    error, derivative = (symbol(Quantity(kind, layer), graph.shapes[z]) for kind in ("delta", "dz"))
    before = lines(derivative, graph.node(z), graph.node(parameter))
    named = lines(error, graph.node(z), graph.node(parameter))
    after = (replace(line, because=DEFINITION_OF_DELTA) for line in named)
    return replace(step, lines=(*before, *after, *step.lines))


def _activation(derivation: Derivation, step: Step) -> Iterator[Step]:
    """a; of layers in general also the weighted input above it, which is where it goes."""
    yield step
    above = _next(derivation.graph, Quantity("z", step.quantity.layer))
    definition = derivation.graph.definition(above) if above and derivation.about else None
    if above and definition is not None:
        lines = (Line(definition, "the same in the layer above"),)
        yield from _weighted_input(derivation, Step(above, lines, step.stage))


EVERY_LINE: dict[str, Callable[[Derivation, Step], Iterator[Step]]] = {
    "z": _weighted_input,
    "a": _activation,
    "delta": _error,
    "dW": _weights,
    "db": _biases,
}
"""What stands between the lines of a step, by the kind of its quantity."""

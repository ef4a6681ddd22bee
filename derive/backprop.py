"""The reverse pass: from any graph of named quantities to the ordered steps of its derivation.

The pass knows no operation by name. It walks the equations backwards; each node asks its row of
`derive.ops.OPS` what to hand to its arguments; what arrives at one quantity over several paths is added up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from derive import ops
from derive.graph import BY_DEFINITION, Equation, Graph, Node, substitute, symbol
from derive.ops import OPS, Operation
from derive.quantities import Quantity

if TYPE_CHECKING:
    from derive.notation import Notation
    from derive.writing.layout import Writer

SAME = "two names for one value have one gradient"
"""The reason where an equation only gives a name: a = z after the identity."""

Theory = Mapping[str, Operation]
"""What one believes about derivatives: `OPS`, or a copy with a row replaced."""


class Line(Struct, frozen=True):
    """One line of a derivation: the expression reached, and why it equals the line before.

    ``only`` names the form in which the line makes sense, where that is not every one.
    """

    expression: Node
    because: str
    only: str = ""


class Step(Struct, frozen=True):
    """One equation of a derivation, with the lines that lead to it.

    ``stage`` is ``forward``, ``backward``, ``gradient`` or ``update``. The formula is the last line's
    expression. ``left`` is the left side where it is not the quantity's own symbol: an entry of it, or the
    symbol of a notation that means its transpose. ``by`` writes the step once it is in a notation and a
    form.
    """

    quantity: Quantity
    lines: tuple[Line, ...]
    stage: str
    assumptions: tuple[str, ...] = ()
    left: Node | None = None
    by: Writer | None = None

    @property
    def formula(self) -> Node:
        return self.lines[-1].expression

    @property
    def because(self) -> str:
        return self.lines[-1].because

    @property
    def left_side(self) -> Node:
        """What the lines are equal to."""
        return self.left or symbol(self.quantity, self.formula.shape)

    def latex(self, notation: str | Notation | None = None) -> str:
        """The step's equation as LaTeX, in the notation it was derived in.

        Raises ValueError for another ``notation``: it may mean other matrices by the same letters, so derive
        again in that one.
        """
        from derive.notation import notation_named
        from derive.writing import equation_box, latex, writer

        by = self.by or writer(notation or "subscript")
        if notation is not None and by.notation != notation_named(notation):
            raise ValueError(
                f"this step is written in the notation {by.notation.name}; derive it in the other one instead"
            )
        return latex(equation_box(self.left_side, self.formula, by))

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def sympy(self) -> Any:
        """``quantity = formula`` as an unevaluated SymPy equation.

        >>> from derive import Network, derive
        >>> derive(Network([3, 4, 2], "identity"))["dW2"].sympy()
        Eq(dW2, delta2*a1.T)
        """
        from derive.symbolic import equation_sympy

        return equation_sympy(self)

    @property
    def equation(self) -> Equation:
        return Equation(self.quantity, self.formula, self.because)


class Naming(Struct, frozen=True):
    """What the derivative of the output by a quantity is called; ``shown`` whether it gets a step of its own.

    ``wanted`` is false for quantities nobody differentiates by (the target). ``definition`` gives the
    quantity under which a step's first line says what is looked for (∂E/∂z for δ), or None.
    """

    gradient: Callable[[Quantity], Quantity]
    shown: Callable[[Quantity], bool]
    stage: Callable[[Quantity], str]
    definition: Callable[[Quantity], Quantity | None] = lambda quantity: None
    wanted: Callable[[Quantity], bool] = lambda quantity: True


class Message(Struct, frozen=True):
    """What one equation hands back to a quantity it uses. ``passing`` are the reasons of operations that
    changed nothing.
    """

    gradient: Node
    reasons: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()

    def through(self, gradient: Node, reason: str) -> Message:
        """This message after one more operation."""
        if gradient is self.gradient:
            return Message(gradient, self.reasons, (*self.passing, reason))
        return Message(gradient, (*self.reasons, reason), self.passing)

    @property
    def because(self) -> str:
        """The reasons, each once, as one sentence; that a gradient was passed on is said only if nothing else
        happened.
        """
        return "; ".join(dict.fromkeys(self.reasons or self.passing))


def pass_back(
    equation: Equation,
    gradient: Node,
    theory: Theory = OPS,
    wanted: Callable[[Quantity], bool] = lambda quantity: True,
) -> dict[Quantity, Message]:
    """The messages of one equation to the wanted quantities, given the gradient with respect to its left
    side.
    """
    order = list(equation.expression.walk())
    passing = (SAME,) if equation.expression.quantity is not None else ()
    arrived: dict[Node, list[Message]] = {equation.expression: [Message(gradient, passing=passing)]}
    result = symbol(equation.quantity, equation.expression.shape)
    messages: dict[Quantity, Message] = {}
    for node in reversed(order):
        if node not in arrived:
            continue
        here = _added(arrived[node])
        if node.quantity is not None:
            messages[node.quantity] = here
            continue
        row = theory[node.op]
        for position, argument in enumerate(node.args):
            if any(map(wanted, argument.symbols)):
                handed = _named(row.pull(node, here.gradient, position), equation.expression, result)
                arrived.setdefault(argument, []).insert(0, here.through(handed, row.reason))
    return messages


def _named(gradient: Node, expression: Node, result: Node) -> Node:
    """The gradient with the equation's own right side written by its name: a pullback may use the value it
    belongs to.
    """
    if not expression.args:
        return gradient
    return substitute(gradient, lambda node: result if node is expression else None, ops.rebuild)


def _added(messages: list[Message]) -> Message:
    first, *others = messages
    for other in others:
        first = Message(
            ops.add(first.gradient, other.gradient),
            first.reasons + other.reasons,
            first.passing + other.passing,
        )
    return first


def backprop(
    graph: Graph, naming: Naming, seeds: Mapping[Quantity, Node] | None = None, theory: Theory = OPS
) -> tuple[Step, ...]:
    """The steps of the reverse pass, output first.

    ``seeds`` are gradients that are known from elsewhere (δ of the layer above); without them the output gets
    1.
    """
    arrived: dict[Quantity, list[Message]] = {}
    for quantity, seed in (seeds or {graph.output: ops.ones(graph.shapes[graph.output])}).items():
        arrived[quantity] = [Message(seed, ("everything is differentiated by itself with slope 1",))]
    first_use = _first_uses(graph)
    inlined: dict[Quantity, Message] = {}
    steps: list[Step] = []

    def settle(quantity: Quantity) -> None:
        message = _added(arrived[quantity])
        name = naming.gradient(quantity)
        full = _put_in(message, inlined)
        if full.gradient.quantity == name:
            return
        if not naming.shown(quantity):
            inlined[name] = replace(message, gradient=full.gradient)
        elif not (seeds and quantity in seeds):
            steps.append(_step(name, message, full, naming, quantity))

    for index in range(len(graph.equations) - 1, -1, -1):
        equation = graph.equations[index]
        if equation.quantity in arrived:
            settle(equation.quantity)
            gradient = symbol(naming.gradient(equation.quantity), equation.expression.shape)
            if (known := inlined.get(naming.gradient(equation.quantity))) and known.gradient.op == "constant":
                gradient = known.gradient
            if seeds and equation.quantity in seeds:
                gradient = seeds[equation.quantity]
            for quantity, message in pass_back(equation, gradient, theory, naming.wanted).items():
                arrived.setdefault(quantity, []).insert(0, message)
        for quantity in first_use.get(index, ()):
            if quantity in arrived:
                settle(quantity)
    return tuple(steps)


def _first_uses(graph: Graph) -> dict[int, list[Quantity]]:
    """For each equation the given quantities it is the first to use: going backwards, their gradient is
    complete after it.
    """
    rank = {quantity: place for place, quantity in enumerate(graph.inputs)}
    uses: dict[int, list[Quantity]] = {}
    for index, equation in enumerate(graph.equations):
        uses[index] = sorted(equation.expression.symbols & rank.keys(), key=rank.__getitem__)
        for quantity in uses[index]:
            del rank[quantity]
    return uses


def _put_in(message: Message, inlined: Mapping[Quantity, Message]) -> Message:
    """The message with every gradient that gets no step of its own replaced by what it is, and the reasons
    for those.
    """
    if not any(quantity in inlined for quantity in message.gradient.symbols):
        return message

    def known(node: Node) -> Node | None:
        inner = inlined.get(node.quantity) if node.quantity is not None else None
        return inner.gradient if inner else None

    gradient = substitute(message.gradient, known, ops.rebuild)
    names = [node.quantity for node in message.gradient.walk() if node.quantity is not None]
    used = [inlined[quantity] for quantity in names if quantity in inlined]
    reasons, passing = (tuple(r for m in used for r in getattr(m, which)) for which in ("reasons", "passing"))
    return Message(gradient, reasons, passing)


def _step(name: Quantity, raw: Message, full: Message, naming: Naming, quantity: Quantity) -> Step:
    """The lines of one gradient: what is looked for, what the next equation hands back, and that with
    everything put in.
    """
    definition = naming.definition(quantity)
    sought = (Line(symbol(definition, full.gradient.shape), BY_DEFINITION),) if definition else ()
    handed = (Line(raw.gradient, raw.because),)
    complete = (Line(full.gradient, full.because),) if full is not raw else ()
    return Step(name, sought + handed + complete, naming.stage(quantity))

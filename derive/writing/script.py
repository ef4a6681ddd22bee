"""A derivation as a program: the lines a student could have written, in the order in which they run."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Set
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from derive.backprop import Line, Step
from derive.derivation import Derivation
from derive.errors import Unusable
from derive.graph import BY_DEFINITION, SCALAR, Node, Shape
from derive.notation import Notation, notation_named
from derive.quantities import EXAMPLES, KINDS, SETTINGS, Quantity
from derive.writing.document import FEW, STAGES
from derive.writing.identifiers import identifiers, size_name
from derive.writing.pieces import NUMBER, Piece, number_text
from derive.writing.python import RULES, NumpyWriter

WIDTH = 92
"""Characters in a line of comment."""
FORMS = ("matrix", "batch")
"""The forms whose formulas compute whole matrices."""


class Assignment(Struct, frozen=True):
    """One line of a program: the quantity it computes, under which name, and from what."""

    quantity: Quantity
    name: str
    value: Piece
    shape: str
    step: Step

    @property
    def text(self) -> str:
        remark = f"  # {self.shape}" if self.shape else ""
        return f"{self.name} = {self.value.text}{remark}"


class Script(Struct, frozen=True):
    """The ``assignments`` of a derivation, with the ``names`` of all quantities. ``inputs`` is what they need
    (names with shapes) for each sentence that says where it comes from, ``settings`` the lines for numbers
    that are known, and ``functions`` what has to be defined before.
    """

    names: Mapping[Quantity, str]
    inputs: Mapping[str, Iterable[str]]
    settings: tuple[str, ...]
    functions: tuple[str, ...]
    assignments: tuple[Assignment, ...]

    @property
    def text(self) -> str:
        """The program."""
        return "\n".join([*self._head(), *self._body()]) + "\n"

    def _head(self) -> Iterator[str]:
        for words, inputs in self.inputs.items():
            yield from _comment(f"{words}: {', '.join(inputs)}") if inputs else ()
        yield "import numpy as np"
        for function in self.functions:
            yield f"\n\n{function}"
        if self.settings:
            yield "\n" * (not self.functions) + "\n".join(self.settings)

    def _body(self) -> Iterator[str]:
        for stage, title in STAGES.items():
            lines = [line for line in self.assignments if line.step.stage == stage]
            if lines:
                yield f"\n# -- {title} --"
            said: set[str] = set()
            for line in lines:
                reasons = [reason for reason in _reasons(line.step) if reason not in said]
                yield from _comment("; ".join(reasons))
                said.update(reasons)
                yield line.text


def python_code(derivation: Derivation) -> str:
    """The derivation as NumPy code. Raises `Unusable` for a form that writes single entries."""
    return script(derivation).text


def script(derivation: Derivation) -> Script:
    """The derivation as a program before it is printed. Raises `Unusable` as `python_code`."""
    if derivation.form not in FORMS:
        raise Unusable(
            f"the form {derivation.form} writes single entries, but NumPy computes whole matrices: "
            f"choose the form {' or '.join(FORMS)} for Python"
        )
    derivation = _of_values(derivation)
    by = _writer(derivation, notation_named(derivation.notation))
    assignments, numbers = [], set(by.numbers)
    for step in derivation:
        value = replace(by, numbers=frozenset(numbers)).whole(step.formula)
        if value.shape is NUMBER:
            numbers.add(step.quantity)
        name, shape = by.names[step.quantity], _shown(step.formula.shape, by)
        assignments.append(Assignment(step.quantity, name, value, shape, step))
    functions = tuple(by.used.values())
    settings = tuple(_settings(derivation, by))
    return Script(by.names, _given(derivation, by), settings, functions, tuple(assignments))


def _of_values(derivation: Derivation) -> Derivation:
    """The derivation without derivatives of one quantity by another, which no later line needs; each step
    with its formula alone, under the name of its own left side."""
    steps = [step for step in derivation if step.left_side.quantity is not None] or derivation.steps
    open_slopes = frozenset(_open_slopes(derivation))
    return replace(derivation, steps=tuple(_formula_alone(step, open_slopes) for step in steps))


def _formula_alone(step: Step, open_slopes: Set[Quantity]) -> Step:
    """The shortest line that can be computed: earlier ones name derivatives, later ones put more in."""
    computable = [line for line in step.lines if _is_computable(line, open_slopes)] or step.lines
    formula = min(computable, key=lambda line: sum(1 for _ in line.expression.walk()))
    told = step.lines[: step.lines.index(formula) + 1]
    reasons = told if len(told) <= FEW else told[-1:]
    clauses = (
        clause for line in reasons if line.because != BY_DEFINITION for clause in _clauses(line.because)
    )
    because = "; ".join(dict.fromkeys(clauses))
    own = step.left_side.quantity or step.quantity
    return replace(step, quantity=own, lines=(Line(formula.expression, because),))


def _is_computable(line: Line, open_slopes: Set[Quantity]) -> bool:
    named = {quantity for quantity in line.expression.symbols if quantity.kind in ("da", "dz")}
    return named <= open_slopes and all(node.op in RULES for node in line.expression.walk())


def _open_slopes(derivation: Derivation) -> dict[Quantity, Node]:
    """The loss that is left open behind each slope of it."""
    nodes = (node for step in derivation for node in step.formula.walk())
    return {node.data: node for node in nodes if node.op == "cost"}


def _writer(derivation: Derivation, notation: Notation) -> NumpyWriter:
    network = derivation.network
    return NumpyWriter(
        _names(derivation, notation),
        notation,
        Fraction(network.kink_slope) if network else Fraction(0),
        frozenset(Quantity(kind) for kind in (*SETTINGS, EXAMPLES.kind)),
        _outputs(derivation),
        _open_slopes(derivation),
    )


def _is_graph(derivation: Derivation) -> bool:
    return derivation.network is None and derivation.about is None


# -- names ---------------------------------------------------------------------------------------------------


def _names(derivation: Derivation, notation: Notation) -> dict[Quantity, str]:
    """A name for everything; a new value takes the place of the old one where nobody asks for that again."""
    quantities = [*_inputs(derivation), *(step.quantity for step in derivation)]
    names = identifiers(quantities, notation, _is_graph(derivation))
    for position, step in enumerate(derivation.steps):
        old = Quantity(step.quantity.kind.removesuffix("_new"), step.quantity.layer)
        later = derivation.steps[position + 1 :]
        if old != step.quantity and old in names and not any(old in s.formula.symbols for s in later):
            names[step.quantity] = names[old]
    return names


def _inputs(derivation: Derivation) -> dict[Quantity, Shape]:
    """What the steps use and none of them computes: the network's inputs in their order, then the rest."""
    computed = {step.quantity for step in derivation}
    symbols = (node for step in derivation for node in step.formula.walk() if node.quantity is not None)
    used = {node.quantity: node.shape for node in symbols if node.quantity not in computed}
    ordered = [quantity for quantity in derivation.graph.inputs if quantity in used]
    return {quantity: used[quantity] for quantity in dict.fromkeys([*ordered, *used]) if quantity}


def _outputs(derivation: Derivation) -> dict[Node, Node]:
    """For the argument of every function that a step names the result of: that result. In a layer it is a
    for z."""
    outputs = {
        step.formula.args[0]: step.left_side
        for step in derivation
        if step.stage == "forward" and step.formula.op == "function"
    }
    if _is_graph(derivation):
        return outputs
    used = {node.quantity: node for step in derivation for node in step.formula.walk() if node.quantity}
    inputs = ((node, used.get(Quantity("a", q.layer))) for q, node in used.items() if q.kind == "z")
    return outputs | {node: output for node, output in inputs if output is not None}


# -- what is given -------------------------------------------------------------------------------------------

GIVEN, REMEMBERED = "Given", "Of the round before, 0 at first"
UNDEFINED = "Functions left open"
NO_BREAK = "\N{NO-BREAK SPACE}"


def _given(derivation: Derivation, by: NumpyWriter) -> dict[str, list[str]]:
    """The inputs without a value, under the words that say where they come from."""
    found: dict[str, list[str]] = {GIVEN: [], REMEMBERED: [], UNDEFINED: list(by.left_open)}
    for quantity, shape in _inputs(derivation).items():
        if quantity in by.open_slopes or quantity in _known(derivation) or _examples(quantity, derivation):
            continue
        is_state = quantity.kind in KINDS and KINDS[quantity.kind].role == "state"
        # A space that is no space to break a line at keeps name and shape together.
        is_number = quantity in by.numbers or _is_graph(derivation)
        size = "" if is_number else "×".join(map(by.size, shape))
        named = " ".join(filter(None, (by.names[quantity], size))).replace(" ", NO_BREAK)
        found[REMEMBERED if is_state else GIVEN].append(named)
    return found


def _known(derivation: Derivation) -> dict[Quantity, Fraction | float]:
    """The settings that the network has a value for."""
    settings = derivation.network.settings if derivation.network else {}
    return {quantity: value for quantity, value in settings.items() if value is not None}


def _settings(derivation: Derivation, by: NumpyWriter) -> Iterator[str]:
    """A line for each number that is known, and one that counts examples where their number is a letter."""
    inputs = _inputs(derivation)
    for quantity, value in _known(derivation).items():
        if quantity in inputs:
            number = repr(value) if isinstance(value, float) else number_text(Fraction(value))
            yield f"{by.names[quantity]} = {number}"
    batch = next((q for q, shape in inputs.items() if EXAMPLES.kind in shape), None)
    if batch is not None:
        axis = inputs[batch].index(EXAMPLES.kind)
        yield f"{size_name(EXAMPLES.kind, by.notation)} = {by.names[batch]}.shape[{axis}]"


def _examples(quantity: Quantity, derivation: Derivation) -> bool:
    """Whether a quantity is the number of examples, which the inputs show."""
    return quantity == EXAMPLES and not _is_graph(derivation)


# -- comments ------------------------------------------------------------------------------------------------


def _shown(shape: Shape, by: NumpyWriter) -> str:
    """``4×3``; nothing for a number."""
    return "" if shape == SCALAR else "×".join(map(by.size, shape))


def _reasons(step: Step) -> list[str]:
    """Why a formula holds."""
    return _clauses(step.because)


def _clauses(because: str) -> list[str]:
    return because.split("; ") if because else []


def _comment(text: str) -> Iterator[str]:
    return (f"# {line.replace(NO_BREAK, ' ')}" for line in textwrap.wrap(text, WIDTH - 2))

"""The numbers: every quantity of a network or a computation graph, as float64 or as exact fractions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
from msgspec import Struct

from derive import ops
from derive.derivation import Derivation, derive_graph, derive_network
from derive.errors import Unusable, unknown
from derive.functions import Array
from derive.graph import SCALAR, Equation, Graph, symbol
from derive.kernels import Arithmetic
from derive.network import Network
from derive.program import Program, Values
from derive.quantities import KINDS, SETTINGS, Quantity

ROUND = Quantity("round")
NEXT_ROUND = Equation(
    Quantity("round_new"), ops.add(symbol(ROUND, SCALAR), ops.constant(1)), "rounds are counted from 1"
)


class Solution(Struct, frozen=True):
    """Every number of a worked problem. ``rounds[k]`` holds the quantities before and in update k+1."""

    derivation: Derivation
    rounds: Sequence[Values]
    exact: bool = False

    def __getitem__(self, address: str) -> Array:
        """One quantity of the first round by its address, as a rows×columns array (an entry for
        ``W2[1,3]``).
        """
        bare, bracket, inside = address.partition("[")
        found = {quantity.address: quantity for quantity in self.rounds[0]}
        name = "x" if bare == "a0" else bare
        if name not in found:
            raise KeyError(unknown(address, "a quantity of this solution", found))
        value = self.rounds[0][found[name]]
        return _entry(value, inside.removesuffix("]"), address) if bracket else value

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """What is given, then what is computed, in order."""
        return tuple(self.rounds[0])

    def as_json(self) -> dict[str, Any]:
        """``{"rounds": [{address: rows}]}``; exact numbers are strings such as ``"1/3"``,
        and so are ``"inf"`` and ``"nan"``.
        """
        return {
            "exact": self.exact,
            "rounds": [{q.address: _plain(v) for q, v in values.items()} for values in self.rounds],
        }

    def _repr_html_(self) -> str:
        from derive.writing.document import solution_html

        return solution_html(self)

    def as_text(self, digits: int = 6) -> str:
        """All numbers for a terminal, one quantity a paragraph, to ``digits`` digits."""
        lines: list[str] = []
        for number, values in enumerate(self.rounds, 1):
            if len(self.rounds) > 1:
                lines.append(f"-- round {number} --")
            lines.extend(_shown(quantity, value, digits) for quantity, value in values.items())
        return "\n".join(lines)


def _entry(value: Array, inside: str, address: str) -> Any:
    """One number of a matrix; ``inside`` is ``2,3`` or, in a column, ``2``."""
    rows, columns = value.shape
    numbers = [int(text) if text.isdecimal() else 0 for text in inside.split(",")]
    row, column = (*numbers, 1) if len(numbers) == 1 and columns == 1 else (*numbers, 0)[:2]
    if len(numbers) > 2 or not (1 <= row <= rows and 1 <= column <= columns):
        raise KeyError(
            f"{address}: the entries of a {rows}×{columns} matrix go from [1,1] to [{rows},{columns}]"
        )
    return value[row - 1, column - 1]


def _shown(quantity: Quantity, value: Array, digits: int) -> str:
    cells = [[str(x) if isinstance(x, Fraction) else f"{x + 0.0:.{digits}g}" for x in row] for row in value]
    if value.shape == (1, 1):
        return f"{quantity.address} = {cells[0][0]}"
    width = max(len(cell) for row in cells for cell in row)
    head = f"{quantity.address} = "
    rows = [" ".join(cell.rjust(width) for cell in row) for row in cells]
    return head + ("\n" + " " * len(head)).join(f"[{row}]" for row in rows)


def _plain(value: Array) -> Any:
    rows = [[_plain_number(x) for x in row] for row in value]
    return rows[0][0] if value.shape == (1, 1) else rows


def _plain_number(x: Any) -> float | str:
    exact = isinstance(x, Fraction)
    # Adding 0 turns −0 into 0.
    return float(x) + 0.0 if not exact and np.isfinite(x) else str(x)


def solve(
    source: Any, given: Mapping[str, Any] | None = None, steps: int = 1, exact: bool = False
) -> Solution:
    """Every number of a problem, or of a network or graph with ``given`` numbers, over ``steps`` updates.

    ``given`` maps addresses (``x``, ``W1`` …) to numbers or nested lists; a flat list is a column. What an
    update remembers from the round before (``vW1``) is 0 unless it is given.

    >>> network = Network([1, 1], "identity", learning_rate=1)
    >>> solution = solve(network, {"x": 2, "y": 1, "W1": 3, "b1": 0}, exact=True)
    >>> solution["a1"][0, 0], solution["dW1"][0, 0], solution["W1_new"][0, 0]
    (Fraction(6, 1), Fraction(10, 1), Fraction(-7, 1))

    Raises `Unusable` for numbers that are missing or of the wrong shape, `NotExact` where exact values do not
    exist.
    """
    given = given if given is not None else getattr(source, "given", {})
    source = getattr(source, "model", source)
    if steps < 1:
        raise Unusable(f"{steps} updates cannot be computed; ask for at least 1")
    if isinstance(source, Network):
        return _solve_network(source, given, steps, exact)
    if isinstance(source, Graph):
        if steps > 1:
            raise Unusable("updates are for networks; a computation graph has nothing to update")
        refuse_strangers(given, source.inputs)
        derivation = derive_graph(source)
        values = read_given(given, source.inputs, exact)
        program = Program([step.equation for step in derivation], Arithmetic(exact=exact))
        return Solution(derivation, (program.run(values),), exact)
    raise Unusable(f"solve takes a Problem, a Network or a Graph, not {type(source).__name__}")


def _solve_network(network: Network, given: Mapping[str, Any], steps: int, exact: bool) -> Solution:
    if isinstance(network.batch, str):
        raise Unusable(f"{network.batch} examples are for formulas; numbers need a number of them (batch: 4)")
    derivation = derive_network(network)
    known = known_to(network, given, exact)
    open_inputs = {q: shape for q, shape in derivation.graph.inputs.items() if q not in known}
    refuse_strangers(given, [*open_inputs, *network.states])
    if "y" not in given:
        return _solve_forward(derivation, given, steps, exact)
    if network.forward_only and steps > 1:
        raise Unusable(network.forward_only)
    update = network.learning_rate is not None and not network.forward_only
    values = read_given(given, open_inputs, exact)
    values |= {q: v for q, v in known.items() if update or q in derivation.graph.inputs}
    refuse_out_of_range(values)
    equations = [step.equation for step in derivation if update or step.stage != "update"]
    if update and network.counts_rounds:
        equations.append(NEXT_ROUND)
    program = Program(equations, network.arithmetic(exact=exact))
    if not update and steps > 1:
        raise Unusable("updates need a learning_rate, and the network has none")
    sources = carried_over(values, equations)
    rounds = program.rounds(values, sources, steps)
    if update:
        after = {quantity: rounds[-1][source] for quantity, source in sources.items()}
        last = forward(derivation, exact).run(after)[Quantity("loss")]
        rounds = rounds.looking_ahead(Quantity("loss_new"), Quantity("loss"), last)
    return Solution(derivation, rounds.without(NEXT_ROUND.quantity), exact)


def _solve_forward(derivation: Derivation, given: Mapping[str, Any], steps: int, exact: bool) -> Solution:
    """Without a target there is an output, but no loss and nothing to learn from."""
    if steps > 1:
        raise Unusable("updates need a target, and y is not given")
    needless = ("y", *SETTINGS)
    inputs = {q: shape for q, shape in derivation.graph.inputs.items() if q.kind not in needless}
    values = read_given(given, inputs, exact)
    equations = [equation for equation in derivation.graph.equations if equation.quantity.kind in ("z", "a")]
    return Solution(derivation, (Program(equations, _arithmetic(derivation, exact)).run(values),), exact)


def forward(derivation: Derivation, exact: bool = False) -> Program:
    """The forward pass alone, compiled."""
    return Program(derivation.graph.equations, _arithmetic(derivation, exact))


def _arithmetic(derivation: Derivation, exact: bool) -> Arithmetic:
    network = derivation.network
    return network.arithmetic(exact=exact) if network else Arithmetic(exact=exact)


def carried_over(given: Iterable[Quantity], equations: Iterable[Equation]) -> dict[Quantity, Quantity]:
    """For everything given, whose value it takes in the next round: its own, or its new one if it has one."""
    computed = {equation.quantity for equation in equations}
    renewed = {quantity: Quantity(quantity.kind + "_new", quantity.layer) for quantity in given}
    return {quantity: new if new in computed else quantity for quantity, new in renewed.items()}


# -- numbers people write ------------------------------------------------------------------------------------


def known_to(network: Network, given: Mapping[str, Any], exact: bool = False) -> Values:
    """What nobody has to give: the settings that have a value, that this is round 1, and what an update
    remembers from the round before, which is 0 unless it is given after all.
    """
    values = {q: to_array(number, exact) for q, number in network.settings.items() if number is not None}
    if network.counts_rounds:
        values[ROUND] = to_array(1, exact)
    sizes = {quantity: (int(rows), int(columns)) for quantity, (rows, columns) in network.states.items()}
    values |= {q: Arithmetic(exact=exact).array(Fraction(0), size) for q, size in sizes.items()}
    return values | read_given(given, {q: size for q, size in sizes.items() if q.address in given}, exact)


def read_given(
    given: Mapping[str, Any], inputs: Mapping[Quantity, tuple[Any, Any]], exact: bool = False
) -> Values:
    """Arrays for every input of a graph, shapes checked.

    Raises `Unusable` naming what is missing, is no number or does not fit.
    """
    values: Values = {}
    for quantity, shape in inputs.items():
        name = quantity.address
        if name not in given:
            raise Unusable(f"{name} is not given, and nothing determines it")
        try:
            array = to_array(given[name], exact)
        except Unusable as fault:
            raise Unusable(f"{name}: {fault}") from None
        values[quantity] = fitted(array, shape, name)
    return values


def refuse_strangers(given: Mapping[str, Any], inputs: Iterable[Quantity]) -> None:
    """Raises `Unusable` for a given name that is no input, with the nearest one that is."""
    known = [quantity.address for quantity in inputs]
    for name in given:
        if name not in known:
            raise Unusable(unknown(name, "a quantity that can be given", known))


def refuse_out_of_range(values: Values) -> None:
    """Raises `Unusable` for a setting or state of a network that is smaller or larger than it may be."""
    for quantity, value in values.items():
        row = KINDS[quantity.kind]
        if row.role and not row.holds(value).all():
            raise Unusable(f"{quantity.address}: the {row.words} must be {row.range}")


def to_array(data: Any, exact: bool = False) -> Array:
    """A rows×columns array of a number, a flat list (a column), or a list of rows.

    Numbers may be written as text (``"1/3"``). Raises `Unusable` for anything else.
    """
    data = data.tolist() if isinstance(data, np.ndarray) else data
    rows = [row if _is_list(row) else [row] for row in (data if _is_list(data) else [data])]
    widths = [len(row) for row in rows]
    if not all(widths) or not rows:
        raise Unusable("a list of numbers is empty")
    if len(set(widths)) > 1:
        raise Unusable(f"its rows have {' and '.join(map(str, widths))} numbers; rows must be equally long")
    numbers = [_number(x, exact) for row in rows for x in row]
    return np.array(numbers, dtype=object if exact else float).reshape(len(rows), -1)


NUMBER = re.compile(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?(/\d+)?\s*")
"""A number as people write it; longer exponents would only fill the memory."""


def _number(data: Any, exact: bool) -> Fraction | float:
    try:
        number = Fraction(data) if isinstance(data, Rational) else _written(str(data))
        return number if exact else float(number)
    except (ValueError, ZeroDivisionError):
        raise Unusable(f"{data!r} is not a number, such as 2, -0.5 or 1/3") from None
    except OverflowError:
        raise Unusable(f"{data} is too large for a floating-point number") from None


def _written(text: str) -> Fraction:
    """The exact value of the printed digits; 0.1 is 1/10."""
    if not NUMBER.fullmatch(text):
        raise ValueError(text)
    return Fraction(text)


def _is_list(data: Any) -> bool:
    return isinstance(data, Sequence) and not isinstance(data, str)


def fitted(array: Array, shape: tuple[Any, Any], name: str) -> Array:
    """The array in the shape asked for; a row given for a column is turned. Raises `Unusable`."""
    if array.shape == shape:
        return array
    if 1 in shape and array.shape == shape[::-1]:
        return array.T
    raise Unusable(f"{name} is {array.shape[0]}×{array.shape[1]}, but here it must be {shape[0]}×{shape[1]}")

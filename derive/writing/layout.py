"""Expressions -> boxes: one rule for each operation, brackets where reading would change the value."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as Number
from functools import cached_property

from msgspec import Struct

from derive import ops
from derive.custom import is_custom
from derive.functions import FUNCTIONS
from derive.graph import SCALAR, Node
from derive.indices import WHOLE, Index, Place, Places
from derive.notation import Notation
from derive.quantities import Quantity
from derive.writing.boxes import (
    Big,
    Box,
    Digits,
    Fence,
    Fraction,
    Letter,
    Root,
    Row,
    Script,
    Table,
    begins_with_minus,
    bracket,
    letter,
    product,
    row,
    sign,
)
from derive.writing.quantities import partial_box, quantity_box, together
from derive.writing.symbols import SYMBOLS

BROUGHT_ALONG = "phi"
"""The letter of a function that a problem brings along."""
EULER = "e"
"""The letter of Euler's number, unless a node of the graph is called so."""
EXAMPLES = Quantity("N")
NAMED = ("symbol", "at", "slope", "partial", "partial entry")
"""Operations that are written as a name."""
SUM, SIGNED, ELEMENTWISE, PRODUCT, POWER, ATOM = range(6)
"""How tightly a box holds together, from loosest to tightest."""


class Writer(Struct, frozen=True, dict=True):
    """Writes expressions in one notation; ``output`` is the kind that derivatives are taken of, ``taken`` are
    the names that a computation graph has given away. What was drawn once is remembered: rules look at what
    they put together more than once.
    """

    notation: Notation
    output: str = "loss"
    taken: frozenset[str] = frozenset()

    @cached_property
    def _drawn(self) -> dict[Node, Box]:
        return {}

    @property
    def drawn(self) -> int:
        """How many expressions are remembered."""
        return len(self._drawn)

    def box(self, node: Node) -> Box:
        """The expression on paper."""
        node = _bare(node)
        if node not in self._drawn:
            self._drawn[node] = LAYOUT[node.op].rule(self, node)
        return self._drawn[node]

    def entry(self, quantity: Quantity, places: Places, indices: tuple[Box, ...]) -> Box:
        """An entry of a quantity."""
        return quantity_box(quantity, self.notation, self.output, indices)

    def within(self, node: Node, tightness: int) -> Box:
        """The expression as an operand: in brackets if it holds together less tightly than asked."""
        drawn = self.box(node)
        return drawn if _tightness(_bare(node), drawn) >= tightness else bracket(drawn)

    def last(self, node: Node, tightness: int) -> Box:
        """The expression as the last factor, or after a minus sign: what ends in a sum over an index needs no
        brackets there.
        """
        drawn = self.box(node)
        open_end = _ends_in_sum(_bare(node)) and not begins_with_minus(drawn)
        return drawn if open_end else self.within(node, tightness)


class Rule(Struct, frozen=True):
    """How one operation is written, and how tightly the result holds together."""

    rule: Callable[[Writer, Node], Box]
    tightness: int


def _bare(node: Node) -> Node:
    """The expression without sums of one term, such as those over the neurons of a layer of one."""
    while node.op == "over" and node.data.size == 1:
        (node,) = node.args
    return node


def _ends_in_sum(node: Node) -> bool:
    """Whether a sum over an index, or a product whose last factor is one."""
    return node.op == "over" or (_is_product(node) and _ends_in_sum(_bare(node.args[1])))


def _is_product(node: Node) -> bool:
    """Whether factors are written side by side."""
    return node.op == "scale" or (node.op == "hadamard" and node.shape == SCALAR)


def _tightness(node: Node, drawn: Box) -> int:
    if node.op == "constant":
        number = Number(node.data)
        return SIGNED if number < 0 else ATOM
    if node.op == "scale" and node.args[0].op == "constant" and node.args[0].data < 0:
        return SIGNED
    if node.op == "divide" and isinstance(drawn, Row):
        return PRODUCT
    if _is_product(node) and _ends_in_sum(node):
        return SIGNED
    if node.op == "hadamard" and node.shape == SCALAR:
        return PRODUCT
    if node.op == "scale" and isinstance(drawn, Row) and sign("odot") in drawn.items:
        return ELEMENTWISE
    return LAYOUT[node.op].tightness


def _constant(writer: Writer, node: Node) -> Box:
    return number_box(Number(node.data))


def number_box(number: Number) -> Box:
    """A number: whole, or a fraction."""
    if number < 0:
        return row(sign("minus"), number_box(-number))
    if number.denominator == 1:
        return Digits(str(number.numerator))
    return Fraction(Digits(str(number.numerator)), Digits(str(number.denominator)))


def _term(writer: Writer, node: Node) -> Box:
    if node.op == "scale" and node.args[1].op == "ones":
        return writer.within(node.args[0], SUM)
    return Digits("1") if node.op == "ones" else writer.within(node, SUM)


def _add(writer: Writer, node: Node) -> Box:
    left, right = node.args
    if right.op == "negate":
        return row(_term(writer, left), sign("minus"), writer.last(right.args[0], ELEMENTWISE))
    if right.op == "scale" and right.args[0].op == "constant" and right.args[0].data < 0:
        positive = writer.box(right)
        return row(_term(writer, left), positive)
    added = _term(writer, right)
    return row(_term(writer, left), sign("plus"), bracket(added) if begins_with_minus(added) else added)


def _subtract(writer: Writer, node: Node) -> Box:
    left, right = node.args
    taken = Digits("1") if right.op == "ones" else writer.last(right, ELEMENTWISE)
    return row(_term(writer, left), sign("minus"), taken)


def _negate(writer: Writer, node: Node) -> Box:
    return row(sign("minus"), writer.last(node.args[0], ELEMENTWISE))


def _scale(writer: Writer, node: Node) -> Box:
    factor, body = node.args
    if factor.op == "constant" and factor.data < 0:
        positive = number_box(-Number(factor.data))
        return row(sign("minus"), product(positive, writer.last(body, ELEMENTWISE)))
    if body.quantity is not None and (divisor := _divisor(factor)) is not None:
        return Fraction(writer.box(body), _term(writer, divisor))
    return product(writer.within(factor, PRODUCT), writer.last(body, ELEMENTWISE))


def _matmul(writer: Writer, node: Node) -> Box:
    return product(*(writer.within(argument, PRODUCT) for argument in node.args))


def _hadamard(writer: Writer, node: Node) -> Box:
    left, right = node.args
    if left is right and node.shape == SCALAR:
        return writer.box(ops.power(left, 2))
    if node.shape == SCALAR:
        return _numbers(writer, left, right)
    return row(_elementwise_operand(writer, left), sign("odot"), _elementwise_operand(writer, right))


def _numbers(writer: Writer, left: Node, right: Node) -> Box:
    """A product of numbers; a factor that comes after 1/d stands over d instead."""
    *before, near = left.args if _is_product(left) else (left,)
    if near.op == "divide" and near.args[0].op in NAMED and isinstance(writer.box(near.args[0]), Fraction):
        before, near = [*before, near.args[0]], ops.divide(ops.constant(1), near.args[1])
    divisor = _divisor(near)
    if divisor is None or right.op == "divide" or _ends_in_sum(_bare(right)):
        return product(writer.within(left, PRODUCT), writer.last(right, PRODUCT))
    fraction = Fraction(_term(writer, right), _term(writer, divisor))
    return product(*(writer.within(factor, PRODUCT) for factor in before), fraction)


def _divisor(node: Node) -> Node | None:
    """d of 1/d; not of 1/N, which courses write in front."""
    is_reciprocal = node.op == "divide" and node.args[0].op == "constant" and node.args[0].data == 1
    return node.args[1] if is_reciprocal and node.args[1].quantity != EXAMPLES else None


def _elementwise_operand(writer: Writer, node: Node) -> Box:
    drawn = writer.within(node, ELEMENTWISE)
    return bracket(drawn) if node.op in ("matmul", "scale") else drawn


def _transpose(writer: Writer, node: Node) -> Box:
    return raised(writer, node.args[0], letter("top"))


def raised(writer: Writer, node: Node, exponent: Box) -> Box:
    """A base with one more superscript; a base that has one already goes into brackets."""
    base = writer.within(node, POWER + 1)
    if exponent == letter("top") and isinstance(base, Script) and isinstance(base.sup, Fence):
        return Script(base.base, base.sub, row(base.sup, exponent))
    if isinstance(base, Script) and base.sup is None and not base.primes:
        return Script(base.base, base.sub, exponent)
    if isinstance(base, Script | Fraction) or (isinstance(base, Row) and len(base.items) > 1):
        return Script(bracket(base), sup=exponent)
    return Script(base, sup=exponent)


def _power(writer: Writer, node: Node) -> Box:
    base = node.args[0]
    exponent = number_box(Number(node.data))
    drawn = writer.within(base, POWER + 1)
    is_differential = isinstance(drawn, Row) and base.op in ("symbol", "at")
    if isinstance(drawn, Script | Fraction) or is_differential:
        drawn = bracket(drawn)
    return Script(drawn, sup=exponent)


def _divide(writer: Writer, node: Node) -> Box:
    """A fraction; a derivative that would stand above it comes before it instead, and a fraction of plain
    numbers takes a letter into its denominator: 1/(2N).
    """
    number, divisor = node.args
    if divisor.quantity and number.op == "constant" and number.data > 0 and number.data.denominator > 1:
        below = product(Digits(str(number.data.denominator)), writer.within(divisor, PRODUCT))
        return Fraction(Digits(str(number.data.numerator)), below)
    bottom = _term(writer, divisor)
    if (parts := _derivative_first(writer, number)) is not None:
        before, rest = parts
        return product(before, Fraction(rest, bottom))
    return Fraction(_term(writer, number), bottom)


def _derivative_first(writer: Writer, node: Node) -> tuple[Box, Box] | None:
    """A number that is a fraction by its name, such as ∂E/∂a, with what it is multiplied by."""
    factors = node.args if _is_product(node) else (node,)
    first = writer.box(factors[0])
    if node.shape != SCALAR or not isinstance(first, Fraction) or factors[0].op not in NAMED:
        return None
    return first, _term(writer, factors[1]) if len(factors) > 1 else Digits("1")


def _function(writer: Writer, node: Node) -> Box:
    name, order = node.data
    argument = writer.box(node.args[0])
    if name == "exp" and order == 0 and (base := _base(node.args[0])) is not None:
        return raised(writer, base, writer.box(node.args[0].args[0]))
    if name == "exp" and order == 0 and EULER not in writer.taken:
        return Script(letter(EULER), sup=argument)
    if name == "sqrt" and order == 0:
        return Root(argument)
    if name == "abs" and order == 0 and node.shape == SCALAR:
        return Fence("|", argument)
    if name == "positive-part" and order == 0:
        return row(letter("max"), bracket(row(Digits("0"), letter("comma"), argument)))
    head: Box = letter(function_symbol(name, writer.notation, node.args[0].quantity))
    return row(Script(head, primes=order) if order else head, bracket(argument))


def _base(exponent: Node) -> Node | None:
    """b where e has the exponent t log b, which is b to the power t; None elsewhere."""
    return exponent.args[1].args[0] if _is_product(exponent) and exponent.args[1].data == ("log", 0) else None


def function_symbol(name: str, notation: Notation, argument: Quantity | None = None) -> str:
    """The symbol of a function: the course's own letter, unless the function has a name everybody knows.

    One that a problem brings along is φ, so that it can stand beside the course's own. A course with a letter
    for each layer shows it by the layer of the ``argument``.
    """
    if name in SYMBOLS and name in FUNCTIONS:
        return name
    if is_custom(name):
        return BROUGHT_ALONG
    own = notation.own_letter("function", argument.layer if argument else None)
    return own or notation.function


def _call(name: str) -> Callable[[Writer, Node], Box]:
    return lambda writer, node: row(letter(name), bracket(writer.box(node.args[0])))


def _ones(writer: Writer, node: Node) -> Box:
    rows, columns = node.shape
    if columns == 1:
        return letter("ones")
    return Script(letter("ones"), sup=letter("top")) if rows == 1 else Digits("1")


def _sum(writer: Writer, node: Node) -> Box:
    return _sum_of(writer, node.args[0], node.data)


def _sum_of(writer: Writer, summed: Node, along: str) -> Box:
    """The sum of all rows, or of all columns, as a product with ones."""
    body = writer.within(summed, PRODUCT)
    if along == "rows":
        return row(Script(letter("ones"), sup=letter("top")), body)
    return row(body, letter("ones"))


def _total(writer: Writer, node: Node) -> Box:
    """1ᵀ X 1; of absolute values ‖X‖₁."""
    (body,) = node.args
    if body.op == "function" and body.data == ("abs", 0):
        return Script(Fence("||", writer.box(body.args[0])), sub=Digits("1"))
    if 1 in body.shape:
        return _sum_of(writer, body, "rows" if body.shape[1] == 1 else "columns")
    return row(
        Script(letter("ones"), sup=letter("top")), writer.within(node.args[0], PRODUCT), letter("ones")
    )


def _inner(writer: Writer, node: Node) -> Box:
    left, right = node.args
    if left.shape == SCALAR:
        return product(writer.within(left, PRODUCT), writer.within(right, PRODUCT))
    if left.shape[1] == 1:
        return product(raised(writer, left, letter("top")), writer.within(right, PRODUCT))
    if left.shape[0] == 1:
        return product(writer.within(left, PRODUCT), raised(writer, right, letter("top")))
    both = row(_elementwise_operand(writer, left), sign("odot"), _elementwise_operand(writer, right))
    return row(Script(letter("ones"), sup=letter("top")), bracket(both), letter("ones"))


def _norm2(writer: Writer, node: Node) -> Box:
    (body,) = node.args
    if body.shape == SCALAR:
        return writer.box(ops.power(body, 2))
    return Script(Fence("||", writer.box(body)), sup=Digits("2"))


def _entry(writer: Writer, node: Node) -> Box:
    numbers = [Digits(str(number)) for number in node.data]
    return Script(
        bracket(writer.box(node.args[0])), sub=row(numbers[0], Letter(SYMBOLS["comma"]), numbers[1])
    )


def _place(writer: Writer, node: Node) -> Box:
    r, c, _ = node.data
    unit = Script(letter("E"), sub=row(Digits(str(r)), Letter(SYMBOLS["comma"]), Digits(str(c))))
    return row(writer.within(node.args[0], PRODUCT), unit)


def _stack(writer: Writer, node: Node) -> Box:
    columns = node.data[1]
    drawn = [writer.box(argument) for argument in node.args]
    return Table(tuple(tuple(drawn[start : start + columns]) for start in range(0, len(drawn), columns)))


def _at(writer: Writer, node: Node) -> Box:
    """An entry: indices on the letter of a quantity, or below a bracket; one example of a batch above one."""
    (body,) = node.args
    if WHOLE in node.data:
        example = next(place for place in node.data if place != WHOLE)
        return Script(bracket(writer.box(body)), sup=bracket(_place_box(example)))
    if body.quantity is not None:
        return _entry_of(writer, body.quantity, node.data)
    entry = tuple(_place_box(place) for place in node.data if place is not None)
    return Script(bracket(writer.box(body)), sub=together(entry))


def _place_box(place: Place) -> Box:
    """An index; of a layer of one neuron its number, for there is nothing to run over."""
    if isinstance(place, Index):
        return Digits("1") if place.size == 1 else letter(place.letter)
    return Digits(str(place))


def _over(writer: Writer, node: Node) -> Box:
    """A sum over an index; how far it runs is written where it is a number."""
    index: Index = node.data
    body = writer.last(node.args[0], PRODUCT)
    if not isinstance(index.size, int):
        return row(Big(letter("sum"), letter(index.letter)), body)
    below = row(letter(index.letter), sign("equals"), Digits("1"))
    return row(Big(letter("sum"), below, Digits(str(index.size))), body)


def _kronecker(writer: Writer, node: Node) -> Box:
    if all(isinstance(place, Index) and place.size == 1 for place in node.data):
        return Digits("1")
    return Script(letter("delta"), sub=together(tuple(map(_place_box, node.data))))


def _partial(writer: Writer, node: Node) -> Box:
    return partial_box(node.data.of, node.data.by, writer.notation, writer.output)


def _partial_entry(writer: Writer, node: Node) -> Box:
    pair, of, by = node.data
    above, below = (
        _entry_of(writer, quantity, places) for quantity, places in ((pair.of, of), (pair.by, by))
    )
    return Fraction(row(letter("partial"), above), row(letter("partial"), below))


def _entry_of(writer: Writer, quantity: Quantity, places: Places) -> Box:
    return writer.entry(quantity, places, tuple(_place_box(place) for place in places if place is not None))


def _chain(writer: Writer, node: Node) -> Box:
    """The gradient times ∂u/∂v, in the order and the way round that shapes ask for."""
    (gradient,) = node.args
    drawn, derivative = writer.within(gradient, PRODUCT), _partial(writer, node)
    is_row = node.shape[0] == 1 and node.shape[1] != 1
    if node.data.by.kind == "W" or node.shape == SCALAR or is_row:
        return product(drawn, derivative)
    return product(Script(bracket(derivative), sup=letter("top")), drawn)


def _gather(writer: Writer, node: Node) -> Box:
    return writer.box(node.args[0])


def _cost(writer: Writer, node: Node) -> Box:
    inside = [writer.box(argument) for argument in node.args]
    return row(
        letter(writer.notation.letter("loss")), bracket(row(inside[0], Letter(SYMBOLS["comma"]), inside[1]))
    )


def _symbol(writer: Writer, node: Node) -> Box:
    assert node.quantity is not None
    return quantity_box(node.quantity, writer.notation, writer.output)


LAYOUT: dict[str, Rule] = {
    "symbol": Rule(_symbol, ATOM),
    "constant": Rule(_constant, ATOM),
    "ones": Rule(_ones, ATOM),
    "add": Rule(_add, SUM),
    "subtract": Rule(_subtract, SUM),
    "negate": Rule(_negate, SIGNED),
    "scale": Rule(_scale, PRODUCT),
    "matmul": Rule(_matmul, PRODUCT),
    "transpose": Rule(_transpose, POWER),
    "hadamard": Rule(_hadamard, ELEMENTWISE),
    "divide": Rule(_divide, ATOM),
    "power": Rule(_power, POWER),
    "function": Rule(_function, ATOM),
    "softmax": Rule(_call("softmax"), ATOM),
    "winner-take-all": Rule(_call("winner-take-all"), ATOM),
    "sum": Rule(_sum, PRODUCT),
    "total": Rule(_total, PRODUCT),
    "inner": Rule(_inner, PRODUCT),
    "norm2": Rule(_norm2, POWER),
    "diag": Rule(_call("diag"), ATOM),
    "entry": Rule(_entry, ATOM),
    "place": Rule(_place, PRODUCT),
    "stack": Rule(_stack, ATOM),
    "cost": Rule(_cost, ATOM),
    "at": Rule(_at, ATOM),
    "over": Rule(_over, SIGNED),
    "partial": Rule(_partial, ATOM),
    "slope": Rule(_partial, ATOM),
    "partial entry": Rule(_partial_entry, ATOM),
    "chain": Rule(_chain, PRODUCT),
    "kronecker": Rule(_kronecker, ATOM),
    "gather": Rule(_gather, SUM),
}

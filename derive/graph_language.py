"""The language of computation graphs: from lines such as ``q = x + y`` to a `Graph`.

An expression is read with Python's own parser, which runs nothing, and its tree is walked along a list of
allowed kinds: names, decimal numbers, ``+ - * /``, whole-number powers (``**`` or ``^``), brackets, and the
functions of `derive.functions.FUNCTIONS`.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from derive import ops
from derive.errors import Unusable, unknown
from derive.functions import FUNCTIONS
from derive.graph import BY_DEFINITION, SCALAR, Equation, Graph, Node, symbol
from derive.quantities import Quantity

MAX_LENGTH = 1000
"""Characters in one expression."""
MAX_DEPTH = 40
"""Operations within operations."""
MAX_DIGITS = 40
"""Characters in one number."""
MAX_EXPONENT = 100

NAME = re.compile(r"(?!d_)[A-Za-z][A-Za-z0-9_]*")
_NUMBER = re.compile(r"(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")

Faults = list[tuple[str, str]]
"""Pairs of the place (``nodes.q``) and a sentence."""


class GraphFault(Unusable):
    """A graph that cannot be read; ``faults`` has all that is wrong with it, as (place, sentence)."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{place}: {sentence}" for place, sentence in self.faults))


def graph_from(inputs: Iterable[str], nodes: Mapping[str, str], output: str) -> Graph:
    """The graph of some inputs, nodes by name with their expressions, and the output's name.

    Every quantity is a number (1×1). Nodes may stand in any order; each ends up after those it uses.

    >>> graph = graph_from(["x", "y", "z"], {"f": "q * z", "q": "x + y"}, "f")
    >>> [equation.quantity.address for equation in graph.equations]
    ['q', 'f']

    Raises `GraphFault` with everything that is wrong.
    """
    inputs = tuple(inputs)
    faults = _name_faults(inputs, nodes)
    names = tuple(dict.fromkeys((*inputs, *nodes)))
    expressions: dict[str, Node] = {}
    for name, text in nodes.items():
        try:
            expressions[name] = read_expression(text, names)
        except Unusable as fault:
            faults.append((f"nodes.{name}", str(fault)))
    if output not in nodes:
        faults.append(("output", unknown(output, "a node of the graph", nodes)))
    order = _ordered(expressions, faults)
    if not faults:
        faults = _unused(names, expressions, output)
    if faults:
        raise GraphFault(faults)
    given = {Quantity(name): SCALAR for name in inputs}
    return Graph(given, tuple(_equation(name, expressions[name]) for name in order), Quantity(output))


def _equation(name: str, expression: Node) -> Equation:
    return Equation(Quantity(name), expression, BY_DEFINITION)


# -- one expression ------------------------------------------------------------------------------------------


def read_expression(text: str, names: Iterable[str]) -> Node:
    """The expression as a node over the quantities with these names.

    >>> read_expression("2 * x^2", ["x"]).symbols
    frozenset({Quantity(kind='x', layer=None)})

    Raises `Unusable` for the first thing that is not of the language.
    """
    if len(text) > MAX_LENGTH:
        raise Unusable(f"the expression has {len(text)} characters; at most {MAX_LENGTH} are read")
    if not text.isascii():
        odd = next(character for character in text if not character.isascii())
        raise Unusable(f"'{odd}' is not of the graph language; write plain letters, digits and + - * / ^ ( )")
    return _Reader(text.strip().replace("^", "**"), tuple(names)).read()


class _Reader:
    """Walks the syntax tree of one expression; numbers are taken as written, before they became floats."""

    def __init__(self, text: str, names: tuple[str, ...]) -> None:
        self._text, self._names = text, names

    def read(self) -> Node:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(self._text, mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            reason = getattr(error, "msg", None) or "it is nested too deeply"
            raise Unusable(f"'{_short(self._text)}' is no expression: {reason}") from None
        return self._node(tree.body, MAX_DEPTH)

    def _node(self, tree: ast.expr, depth: int) -> Node:
        if depth == 0:
            raise Unusable(
                f"the expression is nested more than {MAX_DEPTH} deep; give its parts names of their own"
            )
        rule = _RULES.get(type(tree))
        if rule is None:
            raise Unusable(
                f"{self._quoted(tree)} is not of the graph language "
                "(names, numbers, + - * / ^, brackets, functions)"
            )
        return rule(self, tree, depth - 1)

    def _source(self, tree: ast.AST) -> str:
        return ast.get_source_segment(self._text, tree) or self._text

    def _quoted(self, tree: ast.AST) -> str:
        return f"'{_short(self._source(tree))}'"

    def _name(self, tree: ast.Name, depth: int) -> Node:
        if tree.id not in self._names:
            raise Unusable(unknown(tree.id, "an input or a node of the graph", self._names))
        return symbol(Quantity(tree.id), SCALAR)

    def _number(self, tree: ast.Constant, depth: int) -> Node:
        written = self._source(tree)
        if len(written) > MAX_DIGITS or not _NUMBER.fullmatch(written):
            raise Unusable(f"{_short(written)} is not a number here; write it like 2, 0.5 or 1e-3")
        return ops.constant(Fraction(written))

    def _signed(self, tree: ast.UnaryOp, depth: int) -> Node:
        body = self._node(tree.operand, depth)
        if isinstance(tree.op, ast.USub):
            return ops.negate(body)
        if isinstance(tree.op, ast.UAdd):
            return body
        raise Unusable(
            f"{self._quoted(tree)} is not of the graph language: before a term stands - or nothing"
        )

    def _operation(self, tree: ast.BinOp, depth: int) -> Node:
        left = self._node(tree.left, depth)
        if isinstance(tree.op, ast.Pow):
            return ops.power(left, self._exponent(tree.right))
        build = _OPERATIONS.get(type(tree.op))
        if build is None:
            raise Unusable(
                f"{self._quoted(tree)} is not of the graph language: between terms stands one of + - * / ^"
            )
        right = self._node(tree.right, depth)
        if isinstance(tree.op, ast.Div) and right.op == "constant" and right.data == 0:
            raise Unusable(f"{self._quoted(tree)} divides by zero")
        return build(left, right)

    def _exponent(self, tree: ast.expr) -> int:
        number = self._source(tree).replace(" ", "").strip("()")
        if not re.fullmatch(r"[+-]?\d{1,3}", number) or abs(int(number)) > MAX_EXPONENT:
            raise Unusable(
                f"the exponent {self._quoted(tree)} is not a whole number "
                f"from -{MAX_EXPONENT} to {MAX_EXPONENT}"
            )
        return int(number)

    def _call(self, tree: ast.Call, depth: int) -> Node:
        written = self._source(tree.func)
        name = written.replace("_", "-")
        if name not in FUNCTIONS:
            known = (row.replace("-", "_") for row in FUNCTIONS)
            raise Unusable(unknown(written, "a function of the graph language", known))
        if len(tree.args) != 1 or tree.keywords:
            raise Unusable(f"{written} takes one number, as in {written}(x)")
        return ops.function(name, self._node(tree.args[0], depth))


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "…"


_RULES: dict[type[ast.expr], Callable[[_Reader, ast.expr, int], Node]] = {
    ast.Name: _Reader._name,  # type: ignore[dict-item]
    ast.Constant: _Reader._number,  # type: ignore[dict-item]
    ast.UnaryOp: _Reader._signed,  # type: ignore[dict-item]
    ast.BinOp: _Reader._operation,  # type: ignore[dict-item]
    ast.Call: _Reader._call,  # type: ignore[dict-item]
}

_OPERATIONS: dict[type[ast.operator], Callable[[Node, Node], Node]] = {
    ast.Add: ops.add,
    ast.Sub: ops.minus,
    ast.Mult: ops.times,
    ast.Div: ops.divide,
}


# -- all expressions together --------------------------------------------------------------------------------


def _name_faults(inputs: tuple[str, ...], nodes: Mapping[str, str]) -> Faults:
    faults = [
        (f"nodes.{name}", f"'{name}' is already an input; give the node another name")
        for name in nodes
        if name in inputs
    ]
    if not inputs:
        faults.append(("inputs", "a graph needs at least one input"))
    for section, names in (("inputs", inputs), ("nodes", tuple(nodes))):
        for name in names:
            if not NAME.fullmatch(name):
                why = (
                    "d_ stands before a name for its derivative"
                    if name.startswith("d_")
                    else "letters, digits and _, a letter first"
                )
                faults.append((f"{section}.{name}", f"'{name}' cannot be a name ({why})"))
            elif name in FUNCTIONS:
                faults.append((f"{section}.{name}", f"'{name}' cannot be a name: it is a function"))
    return faults


def _ordered(expressions: Mapping[str, Node], faults: Faults) -> list[str]:
    """The nodes, each after those it uses; a circle is added to the faults."""
    uses = {name: {q.kind for q in node.symbols} & expressions.keys() for name, node in expressions.items()}
    order: list[str] = []
    while len(order) < len(uses):
        ready = next((name for name in uses if name not in order and uses[name] <= set(order)), None)
        if ready is None:
            circle = _circle(uses, order)
            faults.append((f"nodes.{circle[0]}", f"the nodes go round in a circle: {' uses '.join(circle)}"))
            break
        order.append(ready)
    return order


def _circle(uses: Mapping[str, set[str]], done: list[str]) -> list[str]:
    """One circle among the nodes that never became ready, its first name repeated at the end."""
    path: list[str] = []
    name = next(name for name in uses if name not in done)
    while name not in path:
        path.append(name)
        name = next(used for used in uses if used in uses[name] and used not in done)
    return [*path[path.index(name) :], name]


def _unused(names: tuple[str, ...], expressions: Mapping[str, Node], output: str) -> Faults:
    reached, waiting = {output}, [output]
    while waiting:
        node = expressions.get(waiting.pop())
        fresh = {q.kind for q in node.symbols} - reached if node else set()
        reached |= fresh
        waiting += fresh
    section = {name: "nodes" if name in expressions else "inputs" for name in names}
    return [
        (f"{section[n]}.{n}", f"{output} does not depend on {n}; use it or leave it out")
        for n in names
        if n not in reached
    ]

"""What names can mean in one question; the nodes of a computation graph, as they are called."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

from msgspec import Struct

from derive.graph import Graph
from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.scripts import NotUnderstood, pieces, split
from grader.meaning.terms import Place, Term
from grader.reading import tree
from grader.reading.tree import Span, Tree


class Named(Struct, frozen=True):
    """A name understood: the quantity, an entry of it, and what is left of its superscript."""

    quantity: Quantity
    entry: tuple[Place, ...] = ()
    transposed: bool = False
    power: Tree | None = None


class Vocabulary(Protocol):
    """Knows names. ``plain`` remembers what plain names, as spelled, were found to mean; ``named`` gives None
    for what is no quantity (it may be a function); ``kronecker`` the two letters of a δ_{jk} that is no
    error; ``picked`` what an entry is: column 0 of the weights is the bias; ``example`` which entries of a
    matrix are those of one example; ``variable`` what derivatives are taken by; ``unbiased`` what a letter
    with a hat is; ``known`` says which letters there are; ``bias_inside`` that w a holds the bias;
    ``fence`` opens before the number of a layer; ``by_layers`` writes a sum over layers out.
    """

    @property
    def bias_inside(self) -> bool: ...

    @property
    def fence(self) -> str: ...

    @property
    def plain(self) -> dict[object, Named]: ...

    def named(self, name: tree.Name | tree.Scripted) -> Named | None: ...

    def derivative(self, of: Tree, by: Tree, span: Span) -> Term: ...

    def gradient(self, by: Tree, span: Span) -> Term | None: ...

    def unbiased(self, name: tree.Name | tree.Scripted) -> Term | None: ...

    def kronecker(self, name: tree.Name | tree.Scripted) -> tuple[str, str] | None: ...

    def picked(self, quantity: Quantity, places: tuple[Place, ...]) -> tuple[Quantity, tuple[Place, ...]]: ...

    def example(self, number: Tree) -> tuple[Place, ...]: ...

    def variable(self, by: Tree) -> Named: ...

    def known(self) -> str: ...

    def by_layers(self, part: tree.BigOperator) -> Tree | None: ...


class GraphVocabulary(Struct, frozen=True, dict=True):
    """Names of a computation graph: nodes as they are called, and ∂output/∂node."""

    graph: Graph
    fence = ""

    @cached_property
    def plain(self) -> dict[object, Named]:
        """Filled by the `Namer`."""
        return {}

    def named(self, name: tree.Name | tree.Scripted) -> Named | None:
        spelled = self._spelled(name)
        if spelled is None:
            return None
        called, power = spelled
        quantity = Quantity(called)
        if called.startswith("d_") and Quantity(called[2:]) in self.graph.shapes:
            return Named(quantity, power=power)
        return Named(quantity, power=power) if quantity in self.graph.shapes else None

    @property
    def bias_inside(self) -> bool:
        """A graph has no weights."""
        return False

    def derivative(self, of: Tree, by: Tree, span: Span) -> Term:
        """∂of/∂by for two nodes; of the output it has a name of its own."""
        top, bottom = self._node(of), self._node(by)
        if top == self.graph.output:
            return terms.Reference(span, Quantity("d_" + bottom.kind))
        return terms.Partial(span, top, bottom)

    def gradient(self, by: Tree, span: Span) -> Term | None:
        """A d before a node says nothing by itself."""
        return None

    def unbiased(self, name: tree.Name | tree.Scripted) -> Term | None:
        """Nothing is remembered in a graph."""
        return None

    def kronecker(self, name: tree.Name | tree.Scripted) -> tuple[str, str] | None:
        """The nodes of a graph are numbers and have no entries."""
        return None

    def picked(self, quantity: Quantity, places: tuple[Place, ...]) -> tuple[Quantity, tuple[Place, ...]]:
        """An entry of a node."""
        return quantity, places

    def example(self, number: Tree) -> tuple[Place, ...]:
        """A graph has no examples. Raises `NotUnderstood`."""
        raise NotUnderstood(number.span, "this graph has no examples to be numbered")

    def variable(self, by: Tree) -> Named:
        """The node that a derivative is taken by."""
        return Named(self._node(by))

    def known(self) -> str:
        """The nodes, in words for the student."""
        return f"the nodes of this graph are {', '.join(q.address for q in self.graph.shapes)}"

    def by_layers(self, part: tree.BigOperator) -> Tree | None:
        """A graph has no layers."""
        return None

    def _node(self, part: Tree) -> Quantity:
        found = self.named(part) if isinstance(part, tree.Name | tree.Scripted) else None
        if found is None:
            raise NotUnderstood(
                part.span,
                f"this is no node of the graph (known: {', '.join(q.address for q in self.graph.shapes)})",
            )
        return found.quantity

    def _spelled(self, name: tree.Name | tree.Scripted) -> tuple[str, Tree | None] | None:
        letter, sub, sup, primes = split(name)
        if letter is None or primes:
            return None
        below = _word(sub)
        if below is None:
            return None
        names = {q.address for q in self.graph.shapes} | {"d_" + q.address for q in self.graph.shapes}
        for spelling in (letter + below, f"{letter}_{below}"):
            if spelling in names:
                return spelling, sup
        if letter in ("delta", self.graph.output.address) and f"d_{below}" in names:
            # f_x is short for ∂f/∂x.
            return f"d_{below}", sup
        return (letter, sup) if not below else None


def _word(sub: Tree | None) -> str | None:
    if sub is None:
        return ""
    parts = [piece for piece, _ in pieces(sub)]
    if all(isinstance(piece, tree.Number | tree.Name) for piece in parts):
        return "".join(piece.text for piece in parts if isinstance(piece, tree.Number | tree.Name))
    if isinstance(sub, tree.Scripted):
        letter, below, sup, primes = split(sub)
        return None if letter is None or sup or primes else letter + (_word(below) or "")
    return None

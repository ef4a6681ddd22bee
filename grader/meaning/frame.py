"""What names stand for in one concrete network or graph, as a notation sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from derive.graph import Dim, Shape
from derive.indices import Index
from derive.quantities import General, Quantity
from grader.meaning.limits import Work
from grader.meaning.partials import Partials


class Frame(Struct):
    """What names stand for in one concrete network or graph.

    ``shapes`` has every quantity, ``activation(layer)`` names the function of a layer (None where it is
    not elementwise), ``layers`` gives numbers to letters (``{"l": 2, "L": 4}``), ``home`` is the layer an
    activation belongs to whose argument names none, ``partials`` knows derivatives between quantities.
    ``examples`` says whether the examples of a batch are columns or rows; ``indices`` are the letters that
    count entries here, ``depth`` how many indices are open; ``sizes`` says
    that |z| is the size of each entry; ``work`` counts what lowering has done.
    """

    shapes: Mapping[Quantity, Shape]
    activation: Callable[[int], str | None]
    layers: Mapping[str, int] = field(default_factory=dict)
    home: int = 1
    partials: Partials | None = None
    examples: Literal["columns", "rows"] = "columns"
    indices: Mapping[str, Index] = field(default_factory=dict)
    depth: int = 0
    sizes: bool = False
    work: Work = field(default_factory=Work)

    def quantity(self, quantity: Quantity) -> Quantity:
        """The quantity with its layer letter replaced by a number."""
        if isinstance(quantity.layer, General):
            return Quantity(quantity.kind, self.layers[quantity.layer.letter] + quantity.layer.offset)
        return quantity

    def counting(self, letter: str, size: Dim) -> tuple[Frame, Index]:
        """The frame inside a formula where one more letter counts entries, and that index."""
        index = Index(letter, self.depth, size)
        return replace(self, indices={**self.indices, letter: index}, depth=self.depth + 1), index

    def neuron_first(self, places: tuple[Any, ...]) -> tuple[Any, ...]:
        """The coordinates of an entry of a batch, that of the neuron before that of the example."""
        return places if self.examples == "columns" else places[::-1]

    def size(self, quantity: Quantity) -> Dim | None:
        """The number that ``n_l`` or N stands for; None for other quantities."""
        layer = 0 if quantity.kind == "N" else quantity.layer
        shape = self.shapes.get(self.quantity(Quantity("a", layer)))
        if shape is None or quantity.kind not in ("n", "N"):
            return None
        rows, columns = shape if self.examples == "columns" else shape[::-1]
        return rows if quantity.kind == "n" else columns

"""A notation in a problem file: the name of a row, or a row of one's own that is like another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel

from derive.errors import Unusable, unknown
from derive.notation import NOTATIONS, Derivative, Fence, Indices, Notation, Place, notation_named
from derive.problem.fields import Fields, NotationName, Text, between, one_of
from derive.problem.yaml_source import Path, Source
from derive.quantities import KINDS, General, LayerIndex, Quantity
from derive.writing import quantity_latex
from derive.writing.symbols import SYMBOLS

WORDS = tuple(s.name for s in SYMBOLS.values() if len(s.character) == 1 and s.character.isalpha())
"""Letters that have a name, such as ``delta``."""
LETTERED = tuple(dict.fromkeys(kind for row in NOTATIONS.values() for kind in row.letters))
"""Kinds of quantities that a notation has letters for."""


def _letter(value: str) -> str:
    by_character = {SYMBOLS[name].character: name for name in WORDS}
    name = by_character.get(value, value)
    if name not in WORDS and not (len(name) == 1 and name.isalpha()):
        raise ValueError(f"{unknown(value, 'a letter', WORDS)}; any single letter will do")
    return name


Letter = Annotated[Text, AfterValidator(_letter)]


class IndicesSection(Fields):
    here: Letter | None = None
    below: Letter | None = None
    above: Letter | None = None
    example: Letter | None = None
    others: list[Letter] | None = None


class NotationSection(Fields):
    """The fields of `Notation`; those that are not given are those of the row it is like."""

    like: NotationName = "subscript"
    name: Text | None = None
    source: Text | None = None
    letters: dict[str, Letter | None] | None = None
    place: Annotated[Text, one_of(get_args(Place), "a place for the layer number")] | None = None
    first: Annotated[int, between(0, 1)] | None = None
    layer: Letter | None = None
    last: Letter | None = None
    fence: Annotated[Text, one_of(get_args(Fence), "a pair of brackets around the layer number")] | None = (
        None
    )
    weights_of: Annotated[Text, one_of(("target", "source"), "the layer that weights belong to")] | None = (
        None
    )
    weights: Annotated[Text, one_of(("to", "from"), "what the rows of a weight matrix are")] | None = None
    examples: Annotated[Text, one_of(("columns", "rows"), "what the examples of a batch are")] | None = None
    bias_column: bool | None = None
    error_per_example: bool | None = None
    function: Letter | None = None
    passed: Letter | None = None
    derivative: Annotated[Text, one_of(get_args(Derivative), "a way to write derivatives")] | None = None
    by_activation: Annotated[Text, one_of(get_args(Derivative), "a way to write derivatives")] | None = None
    indices: IndicesSection | None = None
    small_entries: bool | None = None
    neurons: Annotated[Text, one_of(("layer", "through"), "a way to number neurons")] | None = None
    node_errors: bool | None = None
    code: dict[str, Text] | None = None
    own: dict[str, list[Letter]] | None = None
    aliases: dict[str, list[Text]] | None = None


Read = Callable[[type[NotationSection], Any, Path, Source], NotationSection | None]


def read_notation(data: Any, path: Path, source: Source, read: Read) -> str | Notation:
    """The notation at ``path``, its faults noted; then any one stands in for it. ``read`` reads a section."""
    if isinstance(data, dict):
        return _own(read(NotationSection, data, path, source), path, source)
    if not isinstance(data, str):
        source.fault(path, "must be the name of a notation, or fields with values, such as like: nielsen")
        return "subscript"
    try:
        return notation_named(data).name
    except Unusable as fault:
        source.fault(path, str(fault))
        return "subscript"


def _own(fields: NotationSection | None, path: Path, source: Source) -> str | Notation:
    if fields is None:
        return "subscript"
    base = notation_named(fields.like)
    given = {name: _plain(value) for name, value in fields if name != "like" and value is not None}
    given.setdefault("name", f"{base.name}, changed")
    if "indices" in given:
        given["indices"] = _indices(base.indices, given["indices"])
    row = base.changed(**given)
    found = list(_faults(row, fields))
    for place, sentence in found:
        source.fault((*path, *place), sentence, at_key=True)
    if not found and (twins := _look_alike(row)):
        source.fault(path, f"{twins[0].address} and {twins[1].address} would both be written {twins[2]}")
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(exclude_none=True)
    if isinstance(value, dict):
        return {name: tuple(inner) if isinstance(inner, list) else inner for name, inner in value.items()}
    return value


def _indices(base: Indices, given: dict[str, Any]) -> Indices:
    letters: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
    }
    return replace(base, **letters)


# -- whether formulas can be told apart ----------------------------------------------------------------------


def _faults(row: Notation, fields: NotationSection) -> Iterator[tuple[Path, str]]:
    """Pairs of a field and what is wrong with it."""
    for field in ("letters", "aliases", "own", "code"):
        known = {"own": ("a", "W", "b", "function"), "code": ("input", *LETTERED)}.get(field, LETTERED)
        for kind in getattr(fields, field) or ():
            if kind not in known:
                yield (field, kind), unknown(kind, "a kind of quantity with a letter", known)
    for kind in fields.letters or ():
        others = [k for k, letter in row.letters.items() if k != kind and letter == row.letters.get(kind)]
        if others:
            words = KINDS[others[0]].words if others[0] in KINDS else others[0]
            yield ("letters", kind), f"{row.letters[kind]} is already the letter of {others[0]} ({words})"


LAYERS: tuple[LayerIndex, ...] = (1, 2, General("l"), General("L"))


def _look_alike(row: Notation) -> tuple[Quantity, Quantity, str] | None:
    """Two quantities that are written alike, and how; None where there are none."""
    seen: dict[str, Quantity] = {}
    for kind in KINDS.values():
        for layer in LAYERS if kind.layered else (None,):
            quantity = Quantity(kind.name, layer)
            written = quantity_latex(quantity, row)
            other = seen.setdefault(written, quantity)
            if other != quantity:
                return other, quantity, written
    return None

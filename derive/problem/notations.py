"""A notation in a problem file: the name of a row, or a row of one's own that is like another."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, get_args

from msgspec.structs import replace

from derive.errors import unknown
from derive.notation import NOTATIONS, Derivative, Fence, Notation, Place, notation_named
from derive.problem.kinds import FLAG, TEXT, WHOLE, Kind, between, many, maybe, named, one_of, section
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


LETTER = TEXT.where(_letter)


def _known(value: str) -> str:
    return notation_named(value).name


def _word(names: Collection[str], what: str) -> Kind[str | None]:
    return maybe(TEXT.where(one_of(names, what)))


INDICES: Kind[dict[str, Any]] = section(
    dict,
    {name: maybe(LETTER) for name in ("here", "below", "above", "example")} | {"others": maybe(many(LETTER))},
)

FIELDS: Kind[dict[str, Any]] = section(
    dict,
    {
        "like": TEXT.where(_known),
        "name": maybe(TEXT),
        "source": maybe(TEXT),
        "letters": maybe(named(maybe(LETTER))),
        "place": _word(get_args(Place), "a place for the layer number"),
        "first": maybe(WHOLE.where(between(0, 1))),
        "layer": maybe(LETTER),
        "last": maybe(LETTER),
        "fence": _word(get_args(Fence), "a pair of brackets around the layer number"),
        "weights_of": _word(("target", "source"), "the layer that weights belong to"),
        "weights": _word(("to", "from"), "what the rows of a weight matrix are"),
        "examples": _word(("columns", "rows"), "what the examples of a batch are"),
        "bias_column": maybe(FLAG),
        "error_per_example": maybe(FLAG),
        "function": maybe(LETTER),
        "passed": maybe(LETTER),
        "derivative": _word(get_args(Derivative), "a way to write derivatives"),
        "by_activation": _word(get_args(Derivative), "a way to write derivatives"),
        "indices": maybe(INDICES),
        "small_entries": maybe(FLAG),
        "neurons": _word(("layer", "through"), "a way to number neurons"),
        "node_errors": maybe(FLAG),
        "code": maybe(named(TEXT)),
        "own": maybe(named(many(LETTER))),
        "aliases": maybe(named(many(TEXT))),
    },
)
"""The fields of `Notation`; those that are not given, or null, are those of the row it is ``like``."""


def _notation(data: Any, path: Path, source: Source) -> str | Notation:
    if isinstance(data, dict):
        return _own(FIELDS.read(data, path, source), path, source)
    if not isinstance(data, str):
        raise ValueError("must be the name of a notation, or fields with values, such as like: nielsen")
    return notation_named(data).name


NOTATION: Kind[str | Notation] = Kind(_notation, "subscript")
"""The name of a row, or a row of one's own."""


def _own(fields: dict[str, Any], path: Path, source: Source) -> Notation:
    """The row that the fields change; what is wrong with it is noted."""
    base = notation_named(fields.get("like", "subscript"))
    given = {name: value for name, value in fields.items() if name != "like" and value is not None}
    given.setdefault("name", f"{base.name}, changed")
    if "indices" in given:
        letters = {name: value for name, value in given["indices"].items() if value is not None}
        given["indices"] = replace(base.indices, **letters)
    row = base.changed(**given)
    found = list(_faults(row, given))
    for place, sentence in found:
        source.fault((*path, *place), sentence, at_key=True)
    if not found and (twins := _look_alike(row)):
        source.fault(path, f"{twins[0].address} and {twins[1].address} would both be written {twins[2]}")
    return row


# -- whether formulas can be told apart ----------------------------------------------------------------------


def _faults(row: Notation, given: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Pairs of a field and what is wrong with it."""
    for field in ("letters", "aliases", "own", "code"):
        known = {"own": ("a", "W", "b", "function"), "code": ("input", *LETTERED)}.get(field, LETTERED)
        for kind in given.get(field, ()):
            if kind not in known:
                yield (field, kind), unknown(kind, "a kind of quantity with a letter", known)
    for kind in given.get("letters", ()):
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

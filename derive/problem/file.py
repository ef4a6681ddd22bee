"""From the YAML of a problem file to a `Problem`, every fault at once.

Each section is read by itself, and what is sound of it is used further, so that a fault in one place hides
none in another.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import takewhile
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from derive.errors import unknown
from derive.problem import Check, Part, Problem, ProblemFault, Rubric, Tolerance
from derive.problem.fields import CheckSection, GraphSection, HeadSection, NetworkSection, PartSection
from derive.problem.model import graph_scope, network_scope
from derive.problem.notations import read_notation
from derive.problem.parts import check_checks, check_parts
from derive.problem.scope import Scope
from derive.problem.yaml_source import Path, Source

Section = TypeVar("Section", bound=BaseModel)


def read_problem(text: str, file: str, name: str) -> Problem:
    """The problem in a text; ``file`` is what faults call it. Raises `ProblemFault` with all faults."""
    source = Source(text, file)
    raw = source.data if isinstance(source.data, dict) else {}
    head = section(HeadSection, source.data, (), source)
    notation = read_notation(raw.get("notation", "subscript"), ("notation",), source, section)
    scope = read_scope(raw, source)
    parts = _parts(raw, source)
    checks = _checks(raw, source)
    check_parts(parts, scope, source)
    check_checks(checks, parts, _ids(raw), source)
    if source.faults or head is None or scope is None or scope.model is None:
        raise ProblemFault(source.faults)
    return Problem(
        name,
        head.title,
        head.source,
        notation,
        head.statement,
        scope.model,
        scope.given,
        tuple(parts.values()),
        tuple(checks.values()),
    )


# -- sections ------------------------------------------------------------------------------------------------


def section(model: type[Section], data: Any, path: Path, source: Source) -> Section | None:
    """The section at ``path``, its faults noted and faulty fields empty; None if nothing is left."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = error.errors()
    for fault in faults:
        unexpected = fault["type"] == "extra_forbidden"
        source.fault((*path, *fault["loc"]), _sentence(fault, model), at_key=unexpected)
    if not isinstance(data, dict):
        return None
    try:
        return model.model_validate(_without_faults(data, faults, model))
    except ValidationError:
        return None


def _without_faults(data: dict[str, Any], faults: list[Any], model: type[BaseModel]) -> dict[str, Any]:
    """A copy of the section in which faulty fields are gone, or empty where there must be one."""
    sound = deepcopy(data)
    for fault in faults:
        *above, last = _named(fault["loc"])
        holder = sound
        for step in above:
            if not isinstance(holder.get(step), dict):
                last = step
                break
            holder = holder[step]
        holder.pop(last, None)
        field = model.model_fields.get(last) if not above else None
        if field and field.is_required():
            sound[last] = _EMPTY.get(get_origin(field.annotation) or field.annotation)
    return sound


_EMPTY: dict[Any, Any] = {str: "", list: []}


def _named(where: tuple[int | str, ...]) -> list[str]:
    """The way to the smallest faulty thing that has a name; an item of a list has none."""
    named = list(takewhile(lambda step: isinstance(step, str), where))
    return [str(step) for step in named]


def _sentence(fault: Any, model: type[BaseModel]) -> str:
    kind, where = fault["type"], fault["loc"]
    if kind == "extra_forbidden":
        return unknown(str(where[-1]), "a field here", _fields(model, where[:-1]))
    if kind == "value_error":
        return str(fault["ctx"]["error"])
    return _SENTENCES.get(kind, str(fault["msg"]))


_SENTENCES = {
    "missing": "is missing",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "list_type": "must be a list: [ … ], or lines that start with -",
    "dict_type": "must be fields with values: name: value",
    "model_type": "must be fields with values: name: value",
}


def _fields(model: type[BaseModel], where: tuple[int | str, ...]) -> list[str]:
    """The fields of the section that lies at ``where`` inside a model."""
    for step in where:
        if isinstance(step, str):
            annotation = model.model_fields[step].annotation
            inside = (annotation, *get_args(annotation))
            model = next(kind for kind in inside if isinstance(kind, type) and issubclass(kind, BaseModel))
    return list(model.model_fields)


# -- the sections of a problem -------------------------------------------------------------------------------


def read_scope(raw: dict[str, Any], source: Source) -> Scope | None:
    """The network or graph of a file with its numbers, faults noted; None if it cannot be understood."""
    if ("network" in raw) == ("graph" in raw) and isinstance(source.data, dict):
        here = "both are given" if "network" in raw else "neither is given"
        place: Path = ("graph",) if "graph" in raw else ()
        source.fault(place, f"a problem has either network or graph; {here}", at_key=True)
    given = raw.get("given")
    numbers = given if isinstance(given, dict) else {}
    if "network" in raw:
        network = section(NetworkSection, raw["network"], ("network",), source)
        return network_scope(network, numbers, source) if network else None
    if "graph" in raw:
        graph = section(GraphSection, raw["graph"], ("graph",), source)
        return graph_scope(graph, numbers, source) if graph else None
    return None


def _listed(raw: dict[str, Any], name: str) -> list[Any]:
    value = raw.get(name)
    return value if isinstance(value, list) else []


def _ids(raw: dict[str, Any]) -> list[str]:
    """The ids of all parts, those of faulty ones too."""
    return [str(part["id"]) for part in _listed(raw, "parts") if isinstance(part, dict) and "id" in part]


def _parts(raw: dict[str, Any], source: Source) -> dict[int, Part]:
    read = {}
    for index, data in enumerate(_listed(raw, "parts")):
        fields = section(PartSection, data, ("parts", index), source)
        if fields:
            read[index] = _part(fields, ("parts", index), source)
    return read


def _part(fields: PartSection, path: Path, source: Source) -> Part:
    written = fields.notation
    notation = None if written is None else read_notation(written, (*path, "notation"), source, section)
    return Part(
        fields.id,
        fields.ask,
        fields.answer,
        fields.points,
        None if fields.in_terms_of is None else tuple(fields.in_terms_of),
        Tolerance(**fields.tolerance.model_dump()),
        notation,
        fields.follow_through,
        tuple(Rubric(row.misconception, row.award) for row in fields.rubric),
        fields.signature,
        fields.layout,
    )


def _checks(raw: dict[str, Any], source: Source) -> dict[int, Check]:
    read = {}
    for index, data in enumerate(_listed(raw, "checks")):
        if isinstance(data, dict) and not data.keys() & {"marks", "verdict", "note"}:
            source.fault(("checks", index), "expects nothing; give marks, verdict or note")
        fields = section(CheckSection, data, ("checks", index), source)
        if fields:
            read[index] = Check(**fields.model_dump())
    return read

"""From the YAML of a problem file to a `Problem`, every fault at once.

Each section is read by itself, and what is sound of it is used further, so that a fault in one place hides
none in another.
"""

from __future__ import annotations

from typing import Any

from derive.problem import Check, Part, Problem, ProblemFault
from derive.problem.fields import CHECK, GRAPH, HEAD, NETWORK, PART
from derive.problem.model import graph_scope, network_scope
from derive.problem.parts import check_checks, check_parts
from derive.problem.scope import Scope
from derive.problem.yaml_source import Path, Source


def read_problem(text: str, file: str, name: str) -> Problem:
    """The problem in a text; ``file`` is what faults call it. Raises `ProblemFault` with all faults."""
    source = Source(text, file)
    raw = source.data if isinstance(source.data, dict) else {}
    head = HEAD.sound(source.data, (), source)
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
        head.notation,
        head.statement,
        scope.model,
        scope.given,
        tuple(parts.values()),
        tuple(checks.values()),
    )


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
        network = NETWORK.sound(raw["network"], ("network",), source)
        return network_scope(network, numbers, source) if network else None
    if "graph" in raw:
        graph = GRAPH.sound(raw["graph"], ("graph",), source)
        return graph_scope(graph, numbers, source) if graph else None
    return None


def _listed(raw: dict[str, Any], name: str) -> list[Any]:
    value = raw.get(name)
    return value if isinstance(value, list) else []


def _ids(raw: dict[str, Any]) -> list[str]:
    """The ids of all parts, those of faulty ones too."""
    return [str(part["id"]) for part in _listed(raw, "parts") if isinstance(part, dict) and "id" in part]


def _parts(raw: dict[str, Any], source: Source) -> dict[int, Part]:
    parts = {
        index: PART.sound(data, ("parts", index), source) for index, data in enumerate(_listed(raw, "parts"))
    }
    return {index: part for index, part in parts.items() if part}


def _checks(raw: dict[str, Any], source: Source) -> dict[int, Check]:
    read = {}
    for index, data in enumerate(_listed(raw, "checks")):
        if isinstance(data, dict) and not data.keys() & {"marks", "verdict", "note"}:
            source.fault(("checks", index), "expects nothing; give marks, verdict or note")
        check = CHECK.sound(data, ("checks", index), source)
        if check:
            read[index] = check
    return read

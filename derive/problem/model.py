"""What a problem is about: its network or graph with numbers, read from their sections."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from derive.activations import GENERIC
from derive.derivation import derive_graph, derive_network
from derive.errors import unknown
from derive.graph import Shape
from derive.graph_language import GraphFault, graph_from
from derive.network import Network, faults
from derive.problem.fields import GraphSection, NetworkSection, number
from derive.problem.scope import ADDRESS, Scope, reason_against
from derive.problem.yaml_source import Path, Source
from derive.quantities import parse_address
from derive.shape_rules import show


def network_scope(fields: NetworkSection, given: Mapping[str, Any], source: Source) -> Scope | None:
    """The network with its numbers, faults of both noted; None if not even its layers can be understood."""
    names = tuple(fields.activation) * (len(fields.layers) - 1 if len(fields.activation) == 1 else 1)
    options: dict[str, Any] = {
        "layers": tuple(fields.layers),
        "activation": names,
        "loss": fields.loss,
        "bias": fields.bias,
        "learning_rate": fields.learning_rate,
        "batch": fields.batch,
        "reduction": fields.reduction,
        "update": fields.update.rule,
        "train_biases": fields.update.biases == "trained",
    }
    found = faults(SimpleNamespace(**options))
    fresh = [(name, sentence) for name, sentence in found if not source.is_faulty(("network", name))]
    for name, sentence in fresh:
        source.fault(("network", *_FIELD_PATHS.get(name, (name,))), sentence)
    if {"layers", "batch"} & {name for name, _ in found}:
        return None
    # With a fault elsewhere a network of the same sizes still tells which addresses there are.
    like = {
        **options,
        "activation": GENERIC,
        "loss": GENERIC,
        "reduction": "mean",
        "update": "gradient-descent",
    }
    network = Network(**(like if found else options))
    scope = Scope(None if found else network, derive_network(network), {})
    sound = len(source.faults)
    _read_given(given, scope, source)
    if not found and len(source.faults) == sound:
        _check_targets(scope, source)
    return scope


_FIELD_PATHS: dict[str, Path] = {"update": ("update", "rule")}


def graph_scope(fields: GraphSection, given: Mapping[str, Any], source: Source) -> Scope | None:
    """The computation graph with its numbers; faults of both are noted. None if the graph has faults."""
    if given:
        source.fault(("given",), "the numbers of a graph stand in graph.inputs", at_key=True)
    try:
        graph = graph_from(fields.inputs, fields.nodes, fields.output)
    except GraphFault as error:
        for place, sentence in error.faults:
            source.fault(("graph", *place.split(".")), sentence)
        return None
    numbers = {name: value for name, value in fields.inputs.items() if value is not None}
    return Scope(graph, derive_graph(graph), numbers)


# -- the numbers of a network --------------------------------------------------------------------------------


def _read_given(given: Mapping[str, Any], scope: Scope, source: Source) -> None:
    """The numbers of a network into ``scope.given``; a shape that does not fit is a fault."""
    for key, data in given.items():
        path: Path = ("given", key)
        name = scope.canonical(key)
        if name not in scope.inputs:
            source.fault(path, _not_given(key, scope), at_key=True)
            continue
        if name in scope.given:
            source.fault(path, f"{name} is given twice: a0 is another name of x", at_key=True)
        sound = len(source.faults)
        scope.given[name] = _numbers(data, path, source)
        if len(source.faults) == sound:
            _check_shape(name, scope.given[name], scope.inputs[name], path, source)


def _not_given(key: str, scope: Scope) -> str:
    assert scope.network is not None
    reason = reason_against(parse_address(key)[0], scope.network) if ADDRESS.fullmatch(key) else None
    if reason:
        return f"there is no {key}: {reason}"
    if key in scope.shapes:
        return f"{key} is computed, so it cannot be given"
    return unknown(key, "a given quantity of this network", scope.inputs)


def _numbers(data: Any, path: Path, source: Source) -> Any:
    """A number, a list of numbers (a column), or a list of rows, each entry exact."""
    if not isinstance(data, list):
        return _entry(data, path, source)
    lengths = [len(row) for row in data if isinstance(row, list)]
    if not data or len(lengths) not in (0, len(data)):
        source.fault(path, "must be a number, a list of numbers (a column), or a list of rows")
    if len(set(lengths)) > 1:
        source.fault(path, f"its rows have {', '.join(map(str, lengths))} entries; rows must be equally long")
    return [
        [_entry(entry, (*path, row, column), source) for column, entry in enumerate(item)]
        if isinstance(item, list)
        else _entry(item, (*path, row), source)
        for row, item in enumerate(data)
    ]


def _entry(data: Any, path: Path, source: Source) -> Any:
    try:
        return number(data)
    except ValueError as error:
        source.fault(path, str(error))
        return None


def _check_shape(name: str, numbers: Any, shape: Shape, path: Path, source: Source) -> None:
    rows = [
        row if isinstance(row, list) else [row]
        for row in (numbers if isinstance(numbers, list) else [numbers])
    ]
    found = (len(rows), len(rows[0]))
    turned = found == shape[::-1]
    if found == shape or (turned and 1 in shape):
        return
    hint = " (did you mean its transpose? a row for each neuron)" if turned else ""
    source.fault(path, f"{name} is {show(found)}, but here it must be {show(shape)}{hint}")


def _check_targets(scope: Scope, source: Source) -> None:
    """A target that the loss cannot be computed for, such as probabilities that do not add up to 1."""
    network = scope.network
    if network is None or "y" not in scope.given:
        return
    wanted = network.loss_row.targets
    entries, totals = _entries_and_totals(scope.given["y"], network.columns)
    if wanted != "real" and not all(0 <= entry <= 1 for entry in entries):
        source.fault(("given", "y"), f"{network.loss_row.words} takes targets from 0 to 1")
    elif wanted == "probability" and any(total != 1 for total in totals):
        wrong = next(total for total in totals if total != 1)
        source.fault(
            ("given", "y"), f"{network.loss_row.words} takes targets that add up to 1, but these give {wrong}"
        )


def _entries_and_totals(y: Any, columns: int) -> tuple[list[Fraction], list[Fraction]]:
    """All entries, and the total of each example."""
    flat = [
        Fraction(x)
        for row in (y if isinstance(y, list) else [y])
        for x in (row if isinstance(row, list) else [row])
    ]
    return flat, [sum(flat[column::columns], Fraction(0)) for column in range(columns)]

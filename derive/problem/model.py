"""What a problem is about: its network or graph with numbers, read from their sections."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import islice
from types import SimpleNamespace
from typing import Any

from derive.activations import GENERIC
from derive.derivation import derive_graph, derive_network
from derive.errors import Unusable, unknown
from derive.functions import function_named
from derive.graph import Node, Shape
from derive.graph_language import GraphFault, graph_from
from derive.losses import TARGETS
from derive.network import Network
from derive.network_faults import faults
from derive.problem.fields import GraphSection, NetworkSection
from derive.problem.kinds import number
from derive.problem.scope import ADDRESS, Scope, reason_against
from derive.problem.yaml_source import Path, Source
from derive.quantities import KINDS, parse_address
from derive.shape_rules import show


def network_scope(fields: NetworkSection, given: Mapping[str, Any], source: Source) -> Scope | None:
    """The network with its numbers, faults of both noted; None if not even its layers can be understood."""
    names = fields.activation * (len(fields.layers) - 1 if len(fields.activation) == 1 else 1)
    options: dict[str, Any] = {
        "layers": fields.layers,
        "activation": names,
        "loss": fields.loss,
        "bias": fields.bias,
        "learning_rate": fields.learning_rate,
        "batch": fields.batch,
        "reduction": fields.reduction,
        "update": fields.update.rule,
        "train_biases": fields.update.biases == "trained",
        "regularizer": fields.regularizer,
        "hyperparameters": fields.update.hyperparameters,
        "kink_slope": fields.slope_at_kink,
    }
    found = faults(SimpleNamespace(**options))
    fresh = [(name, sentence) for name, sentence in found if not source.is_faulty(("network", name))]
    for name, sentence in fresh:
        field, colon, _ = name.partition(":")
        section, *inside = field.split(".")
        path = ("network", *_FIELD_PATHS.get(section, (section,)), *inside)
        source.fault(path, sentence, at_key=bool(colon))
    if {"layers", "batch"} & {name for name, _ in found}:
        return None
    # With a fault elsewhere a network of the same sizes still tells which addresses there are.
    like = {
        **options,
        "activation": GENERIC,
        "loss": GENERIC,
        "reduction": "mean",
        "update": "gradient-descent",
        "regularizer": (),
        "hyperparameters": (),
        "kink_slope": Fraction(0),
    }
    network = Network(**(like if found else options))
    scope = Scope(None if found else network, derive_network(network), {})
    sound = len(source.faults)
    _read_given(given, scope, source)
    if not found and len(source.faults) == sound:
        _check_targets(scope, source)
    return scope


_FIELD_PATHS: dict[str, Path] = {
    "update": ("update", "rule"),
    "hyperparameters": ("update",),
    "kink_slope": ("slope_at_kink",),
}


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
    try:
        return Scope(graph, derive_graph(graph), numbers)
    except Unusable as error:
        jumping = (e.quantity.kind for e in graph.equations if any(map(_jumps, e.expression.walk())))
        source.fault(("graph", "nodes", *islice(jumping, 1)), str(error))
        return None


def _jumps(node: Node) -> bool:
    row = function_named(node.data[0]) if node.op == "function" else None
    return row is not None and row.forward_only is not None


# -- the numbers of a network --------------------------------------------------------------------------------


def _read_given(given: Mapping[str, Any], scope: Scope, source: Source) -> None:
    """The numbers of a network into ``scope.given``; a shape that does not fit is a fault."""
    for key, data in given.items():
        path: Path = ("given", key)
        name = scope.canonical(key)
        if name not in scope.givable:
            source.fault(path, _not_given(key, scope), at_key=True)
            continue
        if name in scope.given:
            source.fault(path, f"{name} is given twice: a0 is another name of x", at_key=True)
        sound = len(source.faults)
        scope.given[name] = _numbers(data, path, source)
        if len(source.faults) == sound:
            _check_shape(name, scope.given[name], scope.givable[name], path, source)
            _check_range(name, scope.given[name], path, source)


def _not_given(key: str, scope: Scope) -> str:
    assert scope.network is not None
    reason = reason_against(parse_address(key)[0], scope.network) if ADDRESS.fullmatch(key) else None
    if reason:
        return f"there is no {key}: {reason}"
    if key in scope.settings:
        return f"{key} has its value from the network section"
    if key in scope.shapes:
        return f"{key} is computed, so it cannot be given"
    return unknown(key, "a given quantity of this network", scope.givable)


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


def _check_range(name: str, numbers: Any, path: Path, source: Source) -> None:
    """A setting or state that is smaller or larger than it may be, such as a sum of squares below 0."""
    row = KINDS[parse_address(name)[0].kind]
    entries, _ = _entries_and_totals(numbers, 1)
    if row.role and not all(map(row.holds, entries)):
        source.fault(path, f"the {row.words} must be {row.range}")


def _check_targets(scope: Scope, source: Source) -> None:
    """A target that the loss cannot be computed for, such as probabilities that do not add up to 1."""
    network = scope.network
    if network is None or "y" not in scope.given:
        return
    wanted = TARGETS[network.loss_row.targets]
    entries, totals = _entries_and_totals(scope.given["y"], network.batch or 1)
    wrong = [f"{entry} is none" for entry in entries if not wanted.entry(entry)]
    wrong += [f"these give {total}" for total in totals if not wanted.total(total)]
    if wrong:
        source.fault(("given", "y"), f"{network.loss_row.words} takes {wanted.words}, but {wrong[0]}")


def _entries_and_totals(y: Any, columns: Any) -> tuple[list[Fraction], list[Fraction]]:
    """All entries, and the total of each example."""
    flat = [
        Fraction(x)
        for row in (y if isinstance(y, list) else [y])
        for x in (row if isinstance(row, list) else [row])
    ]
    return flat, [sum(flat[column::columns], Fraction(0)) for column in range(columns)]

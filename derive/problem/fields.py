"""The fields of a problem file: which there are, and what each may hold."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from msgspec import Struct, field

from derive.custom import custom_name
from derive.notation import Notation
from derive.problem import LAYOUTS, VERDICTS, Check, Part, Rubric, Tolerance
from derive.problem.kinds import (
    ANYTHING,
    EXPRESSION,
    FLAG,
    NUMBER,
    NUMBER_IF_ANY,
    REAL,
    TEXT,
    WHOLE,
    Kind,
    between,
    expression_text,
    filled,
    many,
    maybe,
    named,
    one_of,
    positive,
    section,
)
from derive.problem.notations import NOTATION


class HeadSection(Struct, frozen=True):
    """The top of a file; the sections are read one by one."""

    title: str
    parts: tuple[Any, ...]
    source: str = ""
    notation: str | Notation = "subscript"
    statement: str = ""
    network: Any = None
    graph: Any = None
    given: dict[str, Any] = field(default_factory=dict)
    checks: tuple[Any, ...] = ()


class UpdateSection(Struct, frozen=True):
    """The rule, what it does with biases, and by name the numbers it takes."""

    rule: str = "gradient-descent"
    biases: str = "trained"
    hyperparameters: dict[str, Any] = field(default_factory=dict)


class NetworkSection(Struct, frozen=True):
    """The fields of a network; names are not looked up yet."""

    layers: tuple[int, ...]
    activation: tuple[str, ...]
    loss: str
    bias: bool = True
    learning_rate: int | Fraction | None = None
    batch: int | None = None
    reduction: str = "mean"
    slope_at_kink: int | Fraction = Fraction(0)
    update: UpdateSection = UpdateSection()
    regularizer: dict[str, dict[str, int | Fraction]] = field(default_factory=dict)


class GraphSection(Struct, frozen=True):
    """The fields of a computation graph; its expressions are not read yet."""

    inputs: dict[str, int | Fraction | None]
    nodes: dict[str, str]
    output: str


# -- short ways to write a field -----------------------------------------------------------------------------


def _activations(value: Any) -> Any:
    """One name, or one for each layer; ``{custom: expression}`` is the name of what the expression says."""
    return [_activation(item) for item in (value if isinstance(value, list) else [value])]


def _activation(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    if list(item) != ["custom"]:
        raise ValueError("an activation is a name, or {custom: 'an expression in z'}")
    expression = expression_text(item["custom"])
    if not isinstance(expression, str):
        raise ValueError("custom takes an expression in z as text, such as 'z / (1 + abs(z))'")
    return custom_name(expression)


def _rule_alone(value: Any) -> Any:
    return {"rule": value} if isinstance(value, str) else value


def _strengths(value: Any) -> Any:
    """The numbers of each regularizer by name; ``l2`` and ``{l2: 0.01}`` are short for those with one."""
    if isinstance(value, str):
        value = {value: None}
    if not isinstance(value, dict):
        return value
    short = {name: {} if given is None else {"strength": given} for name, given in value.items()}
    return short | {name: given for name, given in value.items() if isinstance(given, dict)}


# -- the sections --------------------------------------------------------------------------------------------

AMOUNT = REAL.where(between(0, math.inf))
LISTED: Kind[tuple[Any, ...]] = many(ANYTHING)

HEAD = section(
    HeadSection,
    {
        "title": TEXT,
        "source": TEXT,
        "notation": NOTATION,
        "statement": TEXT,
        "network": ANYTHING,
        "graph": ANYTHING,
        "given": named(ANYTHING),
        "parts": LISTED.where(filled),
        "checks": LISTED,
    },
)

UPDATE = section(
    UpdateSection,
    {"rule": TEXT, "biases": TEXT.where(one_of(("trained", "fixed"), "what an update does with biases"))},
    rest=("hyperparameters", NUMBER_IF_ANY),
)

NETWORK = section(
    NetworkSection,
    {
        "layers": many(WHOLE),
        "activation": many(TEXT).after(_activations),
        "loss": TEXT,
        "bias": FLAG,
        "learning_rate": maybe(NUMBER.where(positive)),
        "batch": maybe(WHOLE),
        "reduction": TEXT,
        "slope_at_kink": NUMBER,
        "update": UPDATE.after(_rule_alone),
        "regularizer": named(named(NUMBER)).after(_strengths),
    },
)

GRAPH = section(GraphSection, {"inputs": named(maybe(NUMBER)), "nodes": named(EXPRESSION), "output": TEXT})

TOLERANCE = section(
    Tolerance,
    {"digits": maybe(WHOLE.where(between(1, 15))), "relative": maybe(AMOUNT), "absolute": maybe(AMOUNT)},
)

PART = section(
    Part,
    {
        "id": TEXT,
        "ask": TEXT,
        "answer": TEXT,
        "points": AMOUNT,
        "in_terms_of": maybe(many(TEXT)),
        "tolerance": TOLERANCE,
        "notation": maybe(NOTATION),
        "follow_through": FLAG,
        "rubric": many(section(Rubric, {"misconception": TEXT, "award": REAL.where(between(0, 1))})),
        "signature": maybe(TEXT),
        "layout": TEXT.where(one_of(LAYOUTS, "a layout")),
    },
)

CHECK = section(
    Check,
    {
        "part": TEXT,
        "answer": TEXT,
        "marks": maybe(AMOUNT),
        "verdict": maybe(TEXT.where(one_of(VERDICTS, "a verdict"))),
        "note": maybe(TEXT),
    },
)

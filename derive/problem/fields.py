"""The fields of a problem file: which there are, and what each may hold."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from derive.custom import custom_name
from derive.errors import unknown
from derive.notation import notation_named
from derive.problem import LAYOUTS, VERDICTS
from derive.problem.yaml_source import exact_number


def number(value: Any) -> int | Fraction:
    """An exact number; text may be a fraction such as ``1/3``. Raises ValueError."""
    if isinstance(value, str):
        return exact_number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | Fraction):
        raise ValueError("must be a number, such as 2, -0.5 or 1/3")
    return value


def _number_if_any(value: Any) -> Any:
    """An exact number where there is one; what else stands there is judged by whoever knows its name."""
    try:
        return number(value)
    except ValueError:
        return value


def _real(value: Any) -> float:
    return float(number(value))


def _text(value: Any) -> Any:
    if isinstance(value, bool | int | Fraction):
        raise ValueError("must be text; write it in quotes: '…'")
    return value


def _expression(value: Any) -> Any:
    return str(value) if isinstance(value, int | Fraction) and not isinstance(value, bool) else value


def _list_of_one(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _activations(value: Any) -> Any:
    """One name, or one for each layer; ``{custom: expression}`` is the name of what the expression says."""
    return [_activation(item) for item in _list_of_one(value)]


def _activation(item: Any) -> Any:
    if not isinstance(item, dict):
        return item
    if list(item) != ["custom"]:
        raise ValueError("an activation is a name, or {custom: 'an expression in z'}")
    expression = _expression(item["custom"])
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


def one_of(names: tuple[str, ...], what: str) -> AfterValidator:
    """A word of a list; the nearest one is named for any other."""

    def check(value: str) -> str:
        if value not in names:
            raise ValueError(unknown(value, what, names))
        return value

    return AfterValidator(check)


def between(low: float, high: float) -> AfterValidator:
    """A number from ``low`` to ``high``."""

    def check(value: Any) -> Any:
        if not low <= value <= high:
            raise ValueError(
                f"must be from {low:g} to {high:g}" if math.isfinite(high) else f"must be at least {low:g}"
            )
        return value

    return AfterValidator(check)


def _positive(value: Any) -> Any:
    if value <= 0:
        raise ValueError("must be above 0")
    return value


def _filled(value: list[Any]) -> list[Any]:
    if not value:
        raise ValueError("must not be empty")
    return value


def _known_notation(value: str) -> str:
    return notation_named(value).name


Text = Annotated[str, BeforeValidator(_text)]
Number = Annotated[Any, BeforeValidator(number)]
Real = Annotated[float, BeforeValidator(_real)]
Expression = Annotated[str, BeforeValidator(_expression)]
NotationName = Annotated[Text, AfterValidator(_known_notation)]


class Fields(BaseModel):
    """Fields that are all known, and hold what they say."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class HeadSection(Fields):
    """The top of a file; the sections are read one by one."""

    title: Text
    source: Text = ""
    notation: Any = "subscript"
    statement: Text = ""
    network: Any = None
    graph: Any = None
    given: dict[str, Any] = {}
    parts: Annotated[list[Any], AfterValidator(_filled)]
    checks: list[Any] = []


class UpdateSection(BaseModel):
    """The rule, what it does with biases, and by name the numbers it takes."""

    model_config = ConfigDict(extra="allow", strict=True, defer_build=True)
    __pydantic_extra__: dict[str, Annotated[Any, BeforeValidator(_number_if_any)]] = Field(init=False)

    rule: Text = "gradient-descent"
    biases: Annotated[Text, one_of(("trained", "fixed"), "what an update does with biases")] = "trained"


class NetworkSection(Fields):
    layers: list[int]
    activation: Annotated[list[Text], BeforeValidator(_activations)]
    loss: Text
    bias: bool = True
    learning_rate: Annotated[Number, AfterValidator(_positive)] | None = None
    batch: int | None = None
    reduction: Text = "mean"
    slope_at_kink: Number = Fraction(0)
    update: Annotated[UpdateSection, BeforeValidator(_rule_alone)] = UpdateSection()
    regularizer: Annotated[dict[str, dict[str, Number]], BeforeValidator(_strengths)] = {}


class GraphSection(Fields):
    inputs: dict[str, Number | None]
    nodes: dict[str, Expression]
    output: Text


class ToleranceSection(Fields):
    digits: Annotated[int, between(1, 15)] | None = None
    relative: Annotated[Real, between(0, math.inf)] | None = None
    absolute: Annotated[Real, between(0, math.inf)] | None = None


class RubricSection(Fields):
    misconception: Text
    award: Annotated[Real, between(0, 1)]


class PartSection(Fields):
    id: Text
    ask: Text
    answer: Text
    points: Annotated[Real, between(0, math.inf)] = 1.0
    in_terms_of: list[Text] | None = None
    tolerance: ToleranceSection = ToleranceSection()
    notation: Any = None
    follow_through: bool = True
    rubric: list[RubricSection] = []
    signature: Text | None = None
    layout: Annotated[Text, one_of(LAYOUTS, "a layout")] = "strict"


class CheckSection(Fields):
    part: Text
    answer: Text
    marks: Annotated[Real, between(0, math.inf)] | None = None
    verdict: Annotated[Text, one_of(VERDICTS, "a verdict")] | None = None
    note: Text | None = None

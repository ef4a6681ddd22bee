"""Whether the parts and checks of a problem file ask what its network or graph can answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from derive.errors import unknown
from derive.problem import ANSWERS, Check, Part
from derive.problem.scope import Scope
from derive.problem.yaml_source import Source

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

FUNCTIONS_ASKED = ("forward", "backward", "train")
"""What a code answer implements."""


def check_parts(parts: Mapping[int, Part], scope: Scope | None, source: Source) -> None:
    """Note ids given twice, addresses that do not exist, and numbers that cannot be computed."""
    first: dict[str, int] = {}
    for index, part in parts.items():
        if part.id and part.id in first:
            source.fault(
                ("parts", index, "id"), f"'{part.id}' is already the id of part {first[part.id] + 1}"
            )
        first.setdefault(part.id, index)
        for field, sentence in _part_faults(part, scope):
            if not source.is_faulty(("parts", index, *field)):
                source.fault(("parts", index, *field), sentence)


def _part_faults(part: Part, scope: Scope | None) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Pairs of a field of the part and what is wrong with it."""
    if len(part.id) > 60 or not _ID.fullmatch(part.id):
        yield ("id",), "must be at most 60 letters, digits, '_', '-' and '.', such as 'delta1'"
    if part.answer not in ANSWERS:
        yield ("answer",), unknown(part.answer, "a kind of answer", ANSWERS)
    if part.signature is not None and part.answer != "code":
        yield ("signature",), "only a code answer has a signature"
    if part.answer == "code":
        if part.ask not in FUNCTIONS_ASKED:
            yield ("ask",), unknown(part.ask, "a function that a code answer implements", FUNCTIONS_ASKED)
        elif part.ask != "forward" and scope and scope.network and scope.network.forward_only:
            yield ("ask",), scope.network.forward_only
        return
    if part.ask in FUNCTIONS_ASKED:
        yield ("ask",), f"'{part.ask}' is a function: it takes answer: code"
        return
    if scope is None:
        return
    ask = scope.address_fault(part.ask) or _pointless(part, scope)
    if ask:
        yield ("ask",), ask
    for position, term in enumerate(part.in_terms_of or ()):
        fault = scope.term_fault(term)
        if fault is None and scope.canonical(term) == scope.canonical(part.ask):
            fault = f"the answer cannot be in terms of {term}, which is what is asked"
        if fault:
            yield ("in_terms_of", position), fault


def _pointless(part: Part, scope: Scope) -> str | None:
    """Why a known address cannot be asked for in this way."""
    name = scope.canonical(part.ask.partition("[")[0])
    if name in scope.inputs:
        return f"{part.ask} is given, so there is nothing to ask"
    if part.answer != "number":
        return None
    if name in scope.general:
        return f"{part.ask} is a general formula and has no number (answer: formula)"
    if scope.is_generic:
        return f"{part.ask} has no number while the activation or the loss is left open (answer: formula)"
    missing = scope.missing(name) if scope.model is not None else []
    return f"{part.ask} cannot be computed: {', '.join(missing)} not given" if missing else None


def check_checks(
    checks: Mapping[int, Check], parts: Mapping[int, Part], ids: list[str], source: Source
) -> None:
    """Note checks of parts that do not exist, or of more marks than there are."""
    points = {p.id: p.points for i, p in parts.items() if not source.is_faulty(("parts", i, "points"))}
    for index, check in checks.items():
        if check.part and check.part not in ids:
            source.fault(("checks", index, "part"), unknown(check.part, "a part", dict.fromkeys(ids)))
        if check.marks is not None and check.marks > points.get(check.part, check.marks):
            sentence = f"{check.marks:g} marks are more than the part is worth ({points[check.part]:g})"
            source.fault(("checks", index, "marks"), sentence)

"""The derivation that there is: what a student may use, what is on the way to what is asked, and questions
about its other quantities."""

from __future__ import annotations

from functools import lru_cache

from msgspec.structs import replace

from derive.backprop import Step
from derive.errors import Unusable
from derive.quantities import General, Quantity
from grader.held import Held
from grader.judging.question import Question

GIVEN = "forward"
"""The stage of a derivation whose equations a problem states itself."""


def canonical(question: Question, quantity: Quantity) -> Quantity:
    """The quantity under the name and number that the derivation's own step has."""
    concrete = question.cases[0].frame.quantity(quantity) if _has_layer(question, quantity) else quantity
    return Quantity("delta", concrete.layer) if concrete.kind == "dz" else concrete


def _has_layer(question: Question, quantity: Quantity) -> bool:
    layer = quantity.layer
    return not isinstance(layer, General) or layer.letter in question.cases[0].frame.layers


@lru_cache(maxsize=256)
def usable(held: Held[Question]) -> frozenset[Quantity]:
    """What is given, or has a step of its own."""
    question = held.value
    world = question.cases[0].world
    before = {step.quantity for step in question.derivation}
    return frozenset(
        before | set(question.derivation.graph.inputs) | _unexplained(question, set(world.values))
    )


def _unexplained(question: Question, known: set[Quantity]) -> set[Quantity]:
    """Slopes of a loss that the course leaves open are part of the language."""
    network = question.derivation.network
    open_loss = network is not None and network.loss == "generic"
    last = Quantity("da", network.depth) if network is not None else None
    return {last} & known if open_loss and last is not None else set()


@lru_cache(maxsize=256)
def stages_of(held: Held[Question]) -> dict[Quantity, str]:
    return {step.quantity: step.stage for step in held.value.derivation}


@lru_cache(maxsize=256)
def path_to(held: Held[Question]) -> list[Quantity]:
    """What the derivation finds on its way to what is asked, in order; of a forward quantity all of it."""
    question = held.value
    stages, asked = stages_of(held), canonical(question, question.asked)
    formulas = {step.quantity: step.formula.symbols for step in question.derivation}
    wanted, waiting = set[Quantity](), [asked]
    while waiting:
        quantity = waiting.pop()
        if quantity in formulas and quantity not in wanted:
            wanted.add(quantity)
            waiting.extend(formulas[quantity])
    forward = stages.get(asked) == GIVEN
    return [q for q in formulas if q in wanted and (forward or stages[q] != GIVEN)]


def step_of(question: Question, quantity: Quantity) -> Step | None:
    """The derivation's own step for a quantity; None for one that has none."""
    wanted = canonical(question, quantity)
    return next((step for step in question.derivation if step.quantity == wanted), None)


@lru_cache(maxsize=256)
def question_about(held: Held[Question], quantity: Quantity) -> Question | None:
    """The same problem, asking for a formula for another of its quantities; None where there is none."""
    question = held.value
    layer = quantity.layer
    if isinstance(layer, General):
        quantity = Quantity(quantity.kind, General(layer.letter))
    part = replace(question.part, ask=quantity.address, answer="formula", in_terms_of=None)
    asked = replace(question, part=part)
    try:
        asked.cases  # noqa: B018 - made here, so that it fails here
    except (Unusable, KeyError, ValueError):
        return None
    return asked

"""Everything that can be wrong with the fields of a network, each in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from numbers import Rational
from typing import Any

from derive.activations import ACTIVATIONS, Activation, activation_named
from derive.errors import Unusable, unknown
from derive.losses import LOSSES
from derive.quantities import EXAMPLES, KINDS
from derive.regularizers import REGULARIZERS, Regularizer, chosen
from derive.updates import UPDATES, with_usual

REDUCTIONS = {"mean": "averaged", "sum": "summed"}
"""How the losses of a batch's examples become one, and the word for it."""
KINK_SLOPES = (Fraction(0), Fraction(1, 2), Fraction(1))
"""Which slope is taken at a kink: the one below, the mean of both, or the one above."""


def no_gradient(activation: Activation) -> str | None:
    """Why no gradient passes through an activation, and what to do; None if one does."""
    if activation.forward_only is None:
        return None
    return (
        f"no gradient passes through {activation.words}: {activation.forward_only}; take an activation with "
        "a slope, such as tanh, or only ask for what the forward pass computes"
    )


def faults(network: Any) -> list[tuple[str, str]]:
    """Everything that is wrong with a network's fields, as (field, sentence). A field with a colon behind it
    is one that should not be there.
    """
    found = [
        *_layer_faults(network.layers),
        *_activation_faults(network.activation, len(network.layers) - 1),
        *_name_faults(network),
        *_batch_fault(network.batch),
        *_rate_fault(network.learning_rate),
        *_regularizer_faults(network.regularizer),
        *_update_faults(network),
        *_kink_fault(network.kink_slope),
    ]
    return found or _range_fault(network)


def _layer_faults(layers: Sequence[Any]) -> Iterator[tuple[str, str]]:
    if len(layers) < 2:
        yield "layers", "a network needs at least an input and an output layer, such as [2, 1]"
    for position, size in enumerate(layers):
        if not (_is_whole(size) and size >= 1):
            yield "layers", f"layer {position} has size {size!r}; sizes are whole numbers from 1"


def _activation_faults(names: Sequence[str], layers: int) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            activation_named(name)
        except Unusable as fault:
            yield "activation", str(fault)
    if len(names) != layers:
        why = f"{len(names)} activations for {layers} layers with weights: give one name, or one for each"
        yield "activation", why


def _name_faults(network: Any) -> Iterator[tuple[str, str]]:
    tables: tuple[tuple[str, Collection[str], str], ...] = (
        ("loss", LOSSES, "a loss"),
        ("update", UPDATES, "an update rule"),
        ("reduction", REDUCTIONS, "a way to put a batch together"),
    )
    for field, rows, what in tables:
        if getattr(network, field) not in rows:
            yield field, unknown(getattr(network, field), what, rows)


def _kink_fault(share: Any) -> Iterator[tuple[str, str]]:
    if share not in KINK_SLOPES:
        allowed = "0 (the slope below), 1/2 (the mean of both) or 1 (the slope above)"
        yield "kink_slope", f"the slope at a kink is {allowed}, not {share}"


def _batch_fault(batch: Any) -> Iterator[tuple[str, str]]:
    if batch is None or batch == EXAMPLES.kind or (_is_whole(batch) and batch >= 1):
        return
    if _is_whole(batch):
        yield "batch", f"a batch of {batch} examples is empty; it takes at least 1"
    else:
        yield "batch", f"{batch!r} is not a number of examples: a whole number from 1, or {EXAMPLES.kind}"


def _is_whole(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)


def _rate_fault(rate: Any) -> Iterator[tuple[str, str]]:
    if rate is not None and (sentence := _out_of_range("rate", rate)):
        yield "learning_rate", sentence


def _regularizer_faults(regularizer: Any) -> Iterator[tuple[str, str]]:
    regularizers = chosen(regularizer)
    for name, strengths in regularizers:
        place = f"regularizer.{name}"
        if name not in REGULARIZERS:
            yield f"{place}:", unknown(name, "a regularizer", REGULARIZERS)
            continue
        kinds = REGULARIZERS[name].strengths
        for strength, value in strengths:
            if strength not in kinds:
                yield f"{place}.{strength}:", unknown(strength, f"a number that {name} takes", kinds)
            elif (sentence := _out_of_range(kinds[strength], value)) and value is not None:
                yield f"{place}.{strength}", sentence
    yield from _clashes([REGULARIZERS[name] for name, _ in regularizers if name in REGULARIZERS])


def _clashes(rows: Sequence[Regularizer]) -> Iterator[tuple[str, str]]:
    """Penalties that cannot be added up: they would go by one letter."""
    for position, row in enumerate(rows):
        other = next((r for r in rows[:position] if not row.index or r.index in ("", row.index)), None)
        if other is not None:
            yield f"regularizer.{row.name}:", f"{row.name} and {other.name} cannot stand together; choose one"


def _update_faults(network: Any) -> Iterator[tuple[str, str]]:
    row = UPDATES.get(network.update)
    if row is None:
        return
    for name, value in with_usual(network.update, network.hyperparameters):
        if name not in row.settings:
            known = row.settings or ("none besides the learning rate",)
            yield f"hyperparameters.{name}:", unknown(name, f"a number that {row.words} takes", known)
        elif sentence := _out_of_range(name, value):
            yield f"hyperparameters.{name}", sentence
    if row.of_a_batch and not network.batch:
        yield "update", f"{row.words} needs a batch (batch: 64)"


def _out_of_range(kind: str, value: Any) -> str | None:
    """What is wrong with the value of a setting."""
    row = KINDS[kind]
    if isinstance(value, bool) or not isinstance(value, Rational | float):
        return f"{value!r} is not a number, such as 0.01 (the {row.words})"
    return None if row.holds(float(value)) else f"the {row.words} must be {row.range}"


def _range_fault(network: Any) -> list[tuple[str, str]]:
    loss, last = LOSSES[network.loss], activation_named(network.activation[-1])
    if last.low >= loss.low and last.high <= loss.high:
        return []
    usable = [row for row in ACTIVATIONS.values() if not row.forward_only]
    fitting = [row.name for row in usable if row.low >= loss.low and row.high <= loss.high]
    return [
        (
            "loss",
            f"{loss.words} needs outputs between {loss.low:g} and {loss.high:g}, "
            f"which {last.words} does not give "
            f"(last activation: one of {', '.join(fitting)})",
        )
    ]

"""Every row of NOTATIONS: no two quantities look alike, and printed layer numbers lead back."""

from __future__ import annotations

import itertools

import pytest

from derive.derivation import derive_network
from derive.errors import Unusable
from derive.general import derive_general
from derive.network import Network
from derive.notation import NOTATIONS, Notation, notation_named
from derive.quantities import KINDS, General, Quantity
from derive.writing import quantity_latex
from derive.writing.symbols import SYMBOLS

ROWS = NOTATIONS.values()
LAYERS = (*range(1, 12), *(General(letter, offset) for letter in "lL" for offset in (-1, 0, 1)))
EVERY = [
    Quantity("a", 0),
    *(Quantity(k.name, i) for k in KINDS.values() for i in (LAYERS if k.layered else (None,))),
]


@pytest.mark.parametrize("name", NOTATIONS)
def test_a_row_stands_under_its_name(name: str) -> None:
    assert NOTATIONS[name].name == name and notation_named(name) is notation_named(NOTATIONS[name])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_no_two_quantities_look_alike(row: Notation) -> None:
    printed: dict[str, Quantity] = {}
    for quantity in EVERY:
        other = printed.setdefault(quantity_latex(quantity, row.name), quantity)
        assert other == quantity, (
            f"{quantity} and {other} are both printed {quantity_latex(quantity, row.name)}"
        )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_layers_count_from_where_the_notation_says(row: Notation) -> None:
    assert [row.internal(int(row.printed(layer))) for layer in range(5)] == list(range(5))
    assert row.printed(0) == str(row.first)
    assert row.printed(General("l", 1)) == f"{row.layer}+1" and row.printed(General("L")) == row.last


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_letter_is_known_to_readers_as_what_it_is_printed_for(row: Notation) -> None:
    for kind in {"z", "b", "delta", "y", "a", "W", "loss", "rate"} & row.letters.keys():
        assert row.kinds(row.letter(kind))[0] == kind
    assert all(len(letter) == 1 or letter in SYMBOLS for letter in row.letters.values())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_letter_stands_for_one_kind_only(row: Notation) -> None:
    for letter in {*row.letters.values(), *itertools.chain(*row.aliases.values())}:
        assert len(row.kinds(letter)) == 1, f"{letter} may be {row.kinds(letter)}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_braces_balance_and_all_formulas_are_distinct(row: Notation) -> None:
    steps = [
        *derive_network(Network([3, 4, 2], ["tanh", "softmax"], "cross-entropy", batch=2)),
        *derive_general(),
    ]
    texts = [step.formula.latex(row.name) for step in steps]
    for text in texts:
        assert text.count("{") == text.count("}") and text.count(r"\left") == text.count(r"\right")
    gradients = [
        text for step, text in zip(steps, texts, strict=True) if step.quantity.kind in ("delta", "dW")
    ]
    assert len(set(gradients)) == len(gradients)


def test_an_unknown_notation_is_answered_with_the_nearest() -> None:
    with pytest.raises(Unusable, match=r"'nielson' is not a notation .did you mean 'nielsen'"):
        notation_named("nielson")

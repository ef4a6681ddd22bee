"""What a network cannot be is said in a sentence when it is made, not found out later in its numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from derive.errors import Unusable
from derive.network import Network


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"batch": 0}, "a batch of 0 examples is empty"),
        ({"batch": 2.5}, "2.5 is not a number of examples: a whole number from 1, or N"),
        ({"batch": "M"}, "'M' is not a number of examples"),
        ({"batch": True}, "True is not a number of examples"),
        ({"learning_rate": -1}, "the learning rate must be at least 0"),
        ({"learning_rate": float("nan")}, "the learning rate must be at least 0"),
        ({"learning_rate": "fast"}, "'fast' is not a number, such as 0.01 (the learning rate)"),
        ({"loss": None}, "'None' is not a loss"),
        ({"kink_slope": None}, "the slope at a kink is 0"),
        ({"reduction": "average"}, "'average' is not a way to put a batch together"),
    ],
)
def test_each_fault_is_a_sentence(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Unusable) as caught:
        Network([2, 1], **options)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("rate", [None, 0, 1, 0.1, Fraction(1, 3), np.float64(0.1)])
def test_a_learning_rate_is_any_number_from_0(rate: Any) -> None:
    assert Network([2, 1], learning_rate=rate, batch="N").learning_rate == rate

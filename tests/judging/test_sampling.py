"""Sample points are found for every network, also where some of its weights change nothing."""

from __future__ import annotations

import numpy as np
import pytest

from derive.network import Network
from derive.quantities import Quantity
from grader.worlds.world import worlds_of

DEAD = {
    "a softmax of one neuron": Network([2, 1, 2], ["softmax", "identity"]),
    "the same twice, with a hinge": Network([3, 1, 4, 1, 2], ["softmax", "relu", "softmax", "tanh"], "hinge"),
}


@pytest.mark.parametrize("network", DEAD.values(), ids=DEAD)
def test_a_layer_that_changes_nothing_still_has_sample_points(network: Network) -> None:
    own, *others = worlds_of(network)
    assert not own.values[Quantity("dW", 1)].any()
    for world in others:
        assert np.isfinite(world.values[Quantity("loss")]).all()
        assert world.values[Quantity("dW", 1)].any()

"""How many random networks a second are derived and judged: every formula, in the worlds, on one core.

Nothing here fails for being slow. Run with ``pytest tests/benchmarks --benchmark-only -s``.
"""

from __future__ import annotations

import time
from itertools import count
from typing import Any

from derive.derivation import Derivation, derive_network
from derive.network import Network
from derive.problem import Part, Problem
from grader.judge import check
from grader.verdicts import Verdict
from tests.benchmarks.measuring import note
from tests.derive.witnesses import random_case

NETWORKS = 20
NOTATIONS = ("subscript", "nielsen", "bergsoe")


def asked_about(network: Network, derivation: Derivation, notation: str) -> Problem:
    """A problem with one part for each quantity that is derived."""
    parts = tuple(Part(step.quantity.address, step.quantity.address, "formula") for step in derivation)
    return Problem("random", "", "", notation, "", network, {}, parts)


def derived_and_checked(network: Network, notation: str) -> list[Verdict]:
    """The verdict on each derived formula, as it is printed."""
    derivation = derive_network(network)
    problem = asked_about(network, derivation, notation)
    return [check(problem, step.quantity.address, step.formula.latex(notation)) for step in derivation]


def test_random_networks_derived_and_checked(benchmark: Any) -> None:
    """One network: its formulas, its worlds with their witness, and the judgement of each formula."""
    seeds = count()

    def fresh() -> tuple[tuple[list[Network]], dict[str, Any]]:
        # Worlds are remembered, so every turn has networks of its own.
        return ([random_case(next(seeds)).network for _ in range(NETWORKS)],), {}

    def work(networks: list[Network]) -> list[Verdict]:
        turns = enumerate(networks)
        return [v for n, net in turns for v in derived_and_checked(net, NOTATIONS[n % len(NOTATIONS)])]

    rates = []

    def timed(networks: list[Network]) -> list[Verdict]:
        # The time of this core: what other programs take of it meanwhile is not ours.
        start = time.process_time()
        verdicts = work(networks)
        rates.append(NETWORKS / (time.process_time() - start))
        return verdicts

    verdicts = benchmark.pedantic(timed, setup=fresh, rounds=3)
    assert [verdict for verdict in verdicts if verdict.verdict != "right"] == []
    note(benchmark, round(max(rates), 1), "random networks a second on one core", "at least 10")
    benchmark.extra_info["formulas a network"] = round(len(verdicts) / NETWORKS, 1)

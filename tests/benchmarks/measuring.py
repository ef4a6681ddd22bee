"""Two pieces of work beside each other in one run: how many times longer one takes than the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def quickest(*works: Callable[[], Any], turns: int = 7) -> list[float]:
    """The shortest time each piece of work takes, in seconds; they take turns, so that a busy machine is busy
    for all of them.
    """
    times = [[seconds(work) for work in works] for _ in range(turns)]
    return [min(column) for column in zip(*times, strict=True)]


def ratio(ours: Callable[[], Any], reference: Callable[[], Any], turns: int = 7) -> float:
    """How many times longer ours takes."""
    mine, other = quickest(ours, reference, turns=turns)
    return round(mine / other, 3)


def note(benchmark: Any, measured: float, what: str, target: str) -> None:
    """Puts a ratio and what it is meant to be beside the times, and prints both. Nothing fails for it."""
    benchmark.extra_info.update({what: measured, f"{what}: target": target})
    print(f"\n{what}: {measured} (target: {target})")

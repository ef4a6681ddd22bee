"""Givens that stand only in a figure: the shortest decimals that reproduce every number they determine."""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from grader.chapter.network.analogy import family
from grader.chapter.network.facts import Assertion
from grader.chapter.network.implied import Implied
from grader.chapter.network.look import Look, Place, place_of
from grader.chapter.network.tape import Part
from grader.chapter.network.updates import update_of
from grader.chapter.printed import significant

MAX_UNKNOWN = 12
MAX_EQUATIONS = 60
MAX_DECIMALS = 5
MAX_MISPRINTS = 2
ROUNDS = 25
STEP = 1e-6
SURPLUS = 4
"""So many more digits must come out right than were put in."""


@dataclass(frozen=True)
class Unknowns:
    """The leaves without a value, and the printed numbers that depend on them."""

    network: Implied
    names: tuple[str, ...]
    equations: tuple[Assertion, ...]

    def predicted(self, numbers: np.ndarray) -> np.ndarray:
        """What each equation gives if the unknowns are these numbers."""
        leaves = ChainMap(dict(zip(self.names, map(float, numbers), strict=True)), self._told)
        update = self._update(leaves) if any(one.after for one in self.equations) else {}
        places, part = self._places
        look = Look(self.network, leaves, {}, part)
        return np.array(
            [
                update.get(one.name, math.nan) if one.after else look.in_place(place)
                for one, place in zip(self.equations, places, strict=True)
            ]
        )

    @cached_property
    def _told(self) -> dict[str, float]:
        return dict(self.network.leaves)

    @cached_property
    def _places(self) -> tuple[list[Place | None], Part]:
        """Where the value of each equation is found, and what these are computed from."""
        places = [None if one.after else place_of(self.network, one.name) for one in self.equations]
        return places, Part.below(self.network.tape, (place[0] for place in places if place))

    def _update(self, leaves: Mapping[str, float]) -> dict[str, float]:
        plan = update_of(self.network)
        return plan.after(1, leaves) if plan else {}


def infer(network: Implied) -> dict[str, float]:
    """Values for all leaves of a network that have none; empty if the page does not determine them."""
    unknowns = _unknowns(network)
    if not unknowns.names or not len(unknowns.names) < len(unknowns.equations):
        return {}
    for start in _starts(unknowns):
        believed = unknowns
        for _ in range(1 + MAX_MISPRINTS):
            if not believed.equations:
                break
            solution = _solved(believed, start)
            found = _rounded(unknowns, solution)
            if found:
                return found
            believed = _without_worst(believed, solution)
    return {}


def _without_worst(unknowns: Unknowns, numbers: np.ndarray) -> Unknowns:
    """The equations but for the one that a solution fits worst: it may hold a misprint."""
    goal = np.array([one.number.value for one in unknowns.equations])
    misfit = np.abs(unknowns.predicted(numbers) - goal) / _scale(unknowns)
    worst = int(np.argmax(np.nan_to_num(misfit, nan=-1.0)))
    return replace(unknowns, equations=unknowns.equations[:worst] + unknowns.equations[worst + 1 :])


def _scale(unknowns: Unknowns) -> np.ndarray:
    """The room of each equation; digits beyond the fifth decimal count no more than it does."""
    return np.array([max(one.number.half, 1e-5) for one in unknowns.equations])


def _unknowns(network: Implied) -> Unknowns:
    assertions = [one for one in network.facts.assertions if not one.substituted]
    for one in assertions:
        network.slot(one.name)
    names = tuple(name for name in network.tape.leaves if math.isnan(network.leaves.get(name, math.nan)))
    if not 0 < len(names) <= MAX_UNKNOWN:
        return Unknowns(network, (), ())
    start = Unknowns(network, names, tuple(assertions))
    before, behind = (start.predicted(np.full(len(names), value)) for value in (0.31, 0.77))
    moved = [
        one
        for one, first, second in zip(assertions, before, behind, strict=True)
        if math.isfinite(first) and math.isfinite(second) and first != second
    ]
    touched = {name for one in moved for name in _under(network, one)}
    return Unknowns(network, tuple(name for name in names if name in touched), tuple(moved[:MAX_EQUATIONS]))


def _under(network: Implied, one: Assertion) -> list[str]:
    if not one.after:
        return network.leaves_of(one.name)
    plan = update_of(network)
    return network.leaves_of(plan.loss) if plan else []


def _starts(unknowns: Unknowns) -> list[np.ndarray]:
    """Where the search begins: at the value after the update if there is one, else near the siblings."""
    after = {one.name: one.number.value for one in unknowns.equations if one.after}
    starts = []
    for default in (math.nan, 1.0, 0.0, 0.5, -0.5):
        starts.append(
            np.array([after.get(name, _typical(unknowns.network, name, default)) for name in unknowns.names])
        )
    return starts


def _typical(network: Implied, name: str, default: float) -> float:
    stem = family(name)[0]
    kin = [value for other, value in network.leaves.items() if family(other)[0] == stem]
    return default if not math.isnan(default) or not kin else sum(kin) / len(kin)


def _solved(unknowns: Unknowns, start: np.ndarray) -> np.ndarray:
    """Least absolute misfit from a start, by weighted damped steps: a misprint does not pull it aside."""
    goal = np.array([one.number.value for one in unknowns.equations])
    scale = _scale(unknowns)
    numbers, damping = np.nan_to_num(start, nan=0.5), 1e-3
    residual = (unknowns.predicted(numbers) - goal) / scale
    for _ in range(ROUNDS):
        if not np.all(np.isfinite(residual)):
            break
        slopes = np.column_stack([_slope(unknowns, numbers, place) / scale for place in range(len(numbers))])
        weights = 1 / np.maximum(1.0, np.abs(residual))
        square = slopes.T @ (weights[:, None] * slopes)
        downhill = -slopes.T @ (weights * residual)
        step = np.linalg.lstsq(square + damping * np.diag(np.diag(square)), downhill, rcond=None)[0]
        following = (unknowns.predicted(numbers + step) - goal) / scale
        if np.all(np.isfinite(following)) and np.sum(np.abs(following)) < np.sum(np.abs(residual)):
            small = np.max(np.abs(step)) < 1e-10
            numbers, residual, damping = numbers + step, following, damping / 10
            if small:
                break
        else:
            damping *= 10
    return np.asarray(numbers)


def _slope(unknowns: Unknowns, numbers: np.ndarray, place: int) -> np.ndarray:
    aside = np.zeros(len(numbers))
    aside[place] = STEP
    apart = unknowns.predicted(numbers + aside) - unknowns.predicted(numbers - aside)
    return np.asarray(apart / (2 * STEP))


def _rounded(unknowns: Unknowns, numbers: np.ndarray) -> dict[str, float]:
    """The shortest decimals near a solution with which nine of ten equations come out in all their digits."""
    for decimals in range(MAX_DECIMALS + 1):
        rounded = np.round(numbers, decimals) + 0.0
        pairs = zip(unknowns.equations, unknowns.predicted(rounded), strict=True)
        right = [one for one, value in pairs if abs(one.number.value - value) <= 1.001 * one.number.half]
        shown = sum(significant(one.number.text) for one in right)
        asked = len(numbers) * (decimals + 1) + SURPLUS
        if len(right) >= 0.75 * len(unknowns.equations) and len(right) > len(numbers) and shown >= asked:
            return dict(zip(unknowns.names, map(float, rounded), strict=True))
    return {}

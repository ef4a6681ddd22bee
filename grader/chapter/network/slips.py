"""SLIPS: one row for each way of working a network wrongly, with what a number then comes out as."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from grader.chapter.network.analogy import family, member
from grader.chapter.network.facts import DERIVATIVE
from grader.chapter.network.implied import Implied
from grader.chapter.network.tape import Values
from grader.chapter.network.updates import Update
from grader.chapter.omissions import OMISSIONS


@dataclass(frozen=True, slots=True)
class Place:
    """A quantity that a number is printed for: its name, perhaps after the update, and the network there."""

    name: str
    after: bool
    network: Implied
    update: Update | None

    @property
    def halves(self) -> tuple[int, int] | None:
        """The slots of what is differentiated and of what by, for a derivative or the step of an update."""
        found = DERIVATIVE.fullmatch(self.name)
        if not found and self.after and self.update and self.name in self.update.moving:
            names = self.update.loss, self.name
        elif found and not self.after:
            names = found["of"], found["by"]
        else:
            return None
        of, by = (self.network.slot(name) for name in names)
        return (of, by) if of is not None and by is not None else None

    def from_slopes(self, slopes: Values) -> float:
        """The value of the quantity if these are the derivatives of what it differentiates."""
        assert self.halves is not None
        slope = slopes[self.halves[1]]
        return self.old - self.update.rate * slope if self.after and self.update else slope

    @property
    def old(self) -> float:
        return self.network.leaves.get(self.name, math.nan)

    def with_leaves(self, leaves: Mapping[str, float]) -> float:
        """The value of the quantity if the network is worked with other leaves."""
        if not self.after:
            return self.network.look(leaves).value(self.name)
        after = self.update.after(1, leaves) if self.update else {}
        if self.update and after and self.name not in self.update.moving:
            return self.network.look(after).value(self.name)
        return after.get(self.name, math.nan)


def _early(place: Place) -> Iterator[float]:
    """Some leaves have changed before what lies further back is worked out."""
    if place.update is None or not place.update.once:
        return
    if place.after:
        yield place.update.worked(early=True).value(place.name)
        return
    if place.halves:
        values = place.network.look().values
        for name in place.update.moving:
            values[place.network.tape.leaves[name]] = place.update.once[name]
        yield place.from_slopes(place.network.tape.backward(values, place.halves[0]))
    yield from place.network.directly(place.name, place.update.once)


def _stale(place: Place) -> Iterator[float]:
    """A value from before: before the update, or an earlier value of a given."""
    if place.after:
        yield place.network.value(place.name)
    leaves = place.network.leaves_of(place.name)
    before = {leaf: place.network.earlier(leaf)[-1] for leaf in leaves if place.network.earlier(leaf)}
    if before and not place.after:
        yield place.with_leaves({**place.network.leaves, **before})
    for leaf in leaves:
        for other in (*place.network.others(leaf), *place.network.earlier(leaf)):
            yield place.with_leaves({**place.network.leaves, leaf: other})


def _neighbours(place: Place) -> Iterator[float]:
    """The value of a sibling."""
    for other in place.network.facts.alike.of(place.name)[:6]:
        if place.after and place.update:
            yield place.update.value(other)
        elif not place.after:
            yield place.network.value(other)


def _without_bias(place: Place) -> Iterator[float]:
    """One leaf that is only added is left out."""
    steps = place.network.tape.steps
    added = {slot for step, slots in steps if step and step.name == "add" for slot in slots}
    for name, slot in place.network.tape.leaves.items():
        if slot in added and name in place.network.leaves:
            yield place.with_leaves({**place.network.leaves, name: 0.0})


def _without_slope(place: Place) -> Iterator[float]:
    """The slope of one function is taken for 1."""
    if place.halves is None:
        return
    values, tape = place.network.look().values, place.network.tape
    for slot in tape.below(place.halves[0]):
        step, arguments = tape.steps[slot]
        if step and len(arguments) == 1 and step.name != "negate":
            yield place.from_slopes(tape.backward(values, place.halves[0], flat=slot))


def _with_factor(factor: Callable[[Update], float]) -> Callable[[Place], Iterator[float]]:
    """Another factor than the negative learning rate stands before the gradient that is added."""

    def outcomes(place: Place) -> Iterator[float]:
        if place.after and place.update and place.halves:
            slopes = place.network.tape.backward(place.network.look().values, place.halves[0])
            yield place.old + factor(place.update) * slopes[place.halves[1]]

    return outcomes


def _transposed(place: Place) -> Iterator[float]:
    """The two indices of weights are taken for one another, everywhere or on the way back only."""
    leaves = place.network.leaves
    for stem in dict.fromkeys(family(name)[0] for name in place.network.tape.leaves):
        kin = {name: family(name)[1] for name in leaves if family(name)[0] == stem}
        swapped = {name: leaves.get(_swapped(stem, pair)) for name, pair in kin.items()}
        found = {name: value for name, value in swapped.items() if value is not None}
        if len(found) < 4:
            continue
        yield place.with_leaves({**leaves, **found})
        if place.halves:
            values = place.network.look().values
            for name, value in found.items():
                if name in place.network.tape.leaves:
                    values[place.network.tape.leaves[name]] = value
            yield place.from_slopes(place.network.tape.backward(values, place.halves[0]))


def _left_out(diagnosis: str) -> Callable[[Place], Iterator[float]]:
    """What the formula of the page gives if such a part of it is left out."""

    def outcomes(place: Place) -> Iterator[float]:
        if not place.after:
            yield from place.network.changed(place.name, OMISSIONS[diagnosis])

    return outcomes


def _or_left_out(
    diagnosis: str, other: Callable[[Place], Iterator[float]]
) -> Callable[[Place], Iterator[float]]:
    left_out = _left_out(diagnosis)
    return lambda place: chain(other(place), left_out(place))


def _swapped(stem: str, indices: tuple[int, ...]) -> str:
    """The name with rows and columns exchanged: w_12 for w_21, w_1,2 for w_2,1."""
    if stem.endswith("[#,#]"):
        return member(stem, (*indices[:-2], indices[-1], indices[-2]))
    if len(indices) == 1 and 10 < indices[0] < 100:
        return member(stem, (indices[0] % 10 * 10 + indices[0] // 10,))
    return member(stem, (indices[1], indices[0], *indices[2:])) if len(indices) > 1 else ""


def _without_path(place: Place) -> Iterator[float]:
    """One of several ways in which the loss depends on something is forgotten."""
    if place.halves is None:
        return
    target, by = place.halves
    values, tape = place.network.look().values, place.network.tape
    below = tape.below(target)
    uses: dict[int, list[int]] = {}
    for slot in below:
        for argument in tape.steps[slot][1]:
            uses.setdefault(argument, []).append(slot)
    for slot, users in uses.items():
        if len(users) > 1 and by in tape.below(slot):
            for user in users:
                yield place.from_slopes(tape.backward(values, target, without=(user, slot)))


@dataclass(frozen=True, slots=True)
class Slip:
    """A row: a name, what it says behind the true value, the numbers it leads to, and an example.

    ``example`` is a line behind `PAGE`; a test reads it.
    """

    name: str
    sentence: str
    outcomes: Callable[[Place], Iterable[float]]
    example: str


PAGE = r"""
Let $x_1 = 0.6$, $x_2 = -0.4$, $t_1 = 0.9$, $t_2 = 0.2$, $w_{11} = 0.8$, $w_{12} = 0.3$, $w_{21} = -0.7$,
$w_{22} = 0.5$, $b_1 = 0.15$, $b_2 = 0.25$, $v_{11} = 0.35$, $v_{12} = -0.6$, $v_{21} = 0.9$, $v_{22} = 0.45$,
$c_1 = 0.2$, $c_2 = -0.1$ and $\eta = 0.4$.

$$z_1 = w_{11} x_1 + w_{12} x_2 + b_1 = 0.51$$
$$h_1 = \frac{1}{1+e^{-z_1}} = 0.62480647$$
$$z_2 = w_{21} x_1 + w_{22} x_2 + b_2 = -0.37$$
$$h_2 = \frac{1}{1+e^{-z_2}} = 0.40854102$$
$$o_1 = v_{11} h_1 + v_{12} h_2 + c_1 = 0.17355765$$
$$o_2 = v_{21} h_1 + v_{22} h_2 + c_2 = 0.64616929$$
$$E = \frac{1}{2} (t_1 - o_1)^2 + \frac{1}{2} (t_2 - o_2)^2$$
$$\frac{\partial E}{\partial v_{11}} = -(t_1 - o_1) h_1 = -0.45388588$$
$$v_{11}^+ = v_{11} - \eta \frac{\partial E}{\partial v_{11}} = 0.53155435$$
$$v_{21}^+ = 0.78849222$$
$$w_{12}^+ = 0.30552480$$
$$\frac{\partial E}{\partial h_1} = 0.14729754$$
"""
"""The page whose last line each example is."""

EARLY, STALE, UPHILL = "updated-weight-used-early", "stale-value", "gradient-added"

SLIPS = (
    Slip(
        EARLY,
        "weights were used that had already been updated",
        _early,
        r"$$\frac{\partial E}{\partial w_{11}} = -0.00483042$$",
    ),
    Slip(STALE, "an earlier value was used", _stale, r"$$v_{22}^+ = 0.4500$$"),
    Slip(
        "copied-neighbour",
        "it is the value of a neighbour",
        _neighbours,
        r"$$\frac{\partial E}{\partial v_{21}} = -0.45388588$$",
    ),
    Slip(
        "bias-omitted",
        "a bias was left out",
        _or_left_out("bias-omitted", _without_bias),
        r"$$\frac{\partial E}{\partial v_{21}} = 0.24385087$$",
    ),
    Slip(
        "slope-omitted",
        "the slope of a function was left out",
        _or_left_out("slope-omitted", _without_slope),
        r"$$\frac{\partial E}{\partial w_{12}} = -0.05891901$$",
    ),
    Slip(
        "rate-omitted",
        "the learning rate was left out",
        _with_factor(lambda update: -1),
        r"$$v_{12}^+ = -0.30321850$$",
    ),
    Slip(
        UPHILL,
        "the gradient was added where others are subtracted",
        _with_factor(lambda update: update.rate),
        r"$$v_{22}^+ = 0.52291138$$",
    ),
    Slip(
        "transposed",
        "rows and columns of the weights were exchanged",
        _transposed,
        r"$$\frac{\partial E}{\partial w_{11}} = -0.07341526$$",
    ),
    Slip(
        "path-omitted",
        "one of several paths was forgotten",
        _or_left_out("path-omitted", _without_path),
        r"$$\frac{\partial E}{\partial w_{11}} = 0.05647995$$",
    ),
)


def slips(place: Place) -> dict[str, tuple[float, ...]]:
    """What each slip makes of a quantity."""
    return {row.name: tuple(value for value in row.outcomes(place) if math.isfinite(value)) for row in SLIPS}

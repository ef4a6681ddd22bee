"""Weights round by round: ``1st round: w_0=2.06 w_1=-2.88 … output 0.66`` is what gradient descent makes of
plain numbers, and every printed number must be what it comes to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.chapter.chains import chains_of, side_of
from grader.chapter.definitions import shape_of
from grader.chapter.evidence import Judgement, Slip, attempt, show
from grader.chapter.functions import BY_SPELLING
from grader.chapter.intervals import Interval
from grader.chapter.names import names_in
from grader.chapter.observing.observation import (
    Observation,
    confirmed,
    contradicted,
    number_at,
    place_of,
)
from grader.chapter.printed import Printed
from grader.chapter.spelling import bare, spelling
from grader.chapter.values import Scope
from grader.documents import Document, Region
from grader.reading.tree import Tree

RATES = (1.0, 0.5, 0.1, 2.0, 0.2, 0.05, 0.01)
FEWEST_ROUNDS = 3
FEWEST_NUMBERS = 8
MOST_ROUNDS = 100
MOST_GUESSES = 20
MOST_LINES = 20_000
MOST_BODIES = 6
STEP = 1e-6

_ROUND = re.compile(
    r"(?P<number>\d{1,4})(?:st|nd|rd|th)\s(?:round|epoch|iteration|step|update|pass)"
    r"|(?:round|epoch|iteration|step)\s(?P<counted>\d{1,4})",
    re.IGNORECASE,
)
_WEIGHT = re.compile(r"(?<![\w\\])(?P<name>[a-zA-Z](?:_?\{?\w{1,2}\}?)?)\s?=\s?(?P<value>[-−]?\d*\.\d+)")
_OUTPUT = re.compile(
    r"(?:value|output|prediction|activation)\s?(?:is|:|=)?\s?(?P<value>\d*\.\d+)", re.IGNORECASE
)
_TARGET = re.compile(
    r"(?:correct|target|desired|true|expected)\s(?:value|output|answer)?[^.\d\n]{0,50}?\s(?:is|of|=)\s?\$?(?P<value>\d*\.\d+)"
    r"[^.\n]{0,60}?(?:gives|outputs|predicts|returns|produces)\s\$?(?P<first>\d*\.\d+)"
    r"(?:[^.\n]{0,40}?\(?(?:loss|error|cost)\sis\s\$?(?P<loss>\d*\.\d+))?",
    re.IGNORECASE,
)
_FAR = 120

Weights = dict[str, float]


@dataclass(frozen=True)
class Round:
    """The numbers of one line: how many steps were taken, the weights, and what comes out."""

    steps: int
    weights: Mapping[str, Printed]
    output: Printed | None


@dataclass(frozen=True)
class Neuron:
    """What comes out of weights: the formula of the page, with numbers for its inputs."""

    body: Tree
    inputs: Mapping[str, float]

    def output(self, weights: Mapping[str, float]) -> float:
        """Raises `ValueError` where the formula has no value."""
        values = {**self.inputs, **weights}
        scope = Scope(lambda name: Interval.exactly(values[name]) if name in values else None)
        found = attempt(self.body, scope)
        if not isinstance(found, Interval) or not found.finite:
            raise ValueError("the formula has no value")
        return found.middle

    def stepped(self, weights: Weights, target: float, rate: float) -> Weights:
        """The weights after one step for half the squared error."""
        out = self.output(weights)
        slopes = {
            name: (self.output({**weights, name: value + STEP}) - out) / STEP
            for name, value in weights.items()
        }
        return {name: value - rate * (out - target) * slopes[name] for name, value in weights.items()}


def training_runs(document: Document) -> Iterator[Observation]:
    """Every number of a run, if all but one are what gradient descent comes to."""
    rounds = list(_rounds(document))
    stated = list(_TARGET.finditer(document.readable))
    count = sum(len(each.weights) + (each.output is not None) for each in rounds)
    if len({each.steps for each in rounds}) < FEWEST_ROUNDS or count < FEWEST_NUMBERS or not stated:
        return
    target = float(stated[0]["value"])
    if max(each.steps for each in rounds) > MOST_ROUNDS:
        return
    for neuron in _neurons(document, rounds):
        for rate in RATES:
            run = _run(neuron, rounds, target, rate)
            wrong = _wrong(run, rounds) if run else []
            if run and len(wrong) <= 1:
                yield from _verdicts(run, rounds)
                yield from _beginning(stated, run[0])
                return


# -- reading -------------------------------------------------------------------------------------------------


def _rounds(document: Document) -> Iterator[Round]:
    text, start = document.readable, 0
    labels = [(match.end(), int(match["number"] or match["counted"])) for match in _ROUND.finditer(text)]
    for line in text.split("\n")[:MOST_LINES] if labels else ():
        found = {
            spelling(bare(tree)): number
            for match in _WEIGHT.finditer(line)
            if (tree := side_of(Region(match["name"], 0, "inline")).tree) is not None
            and (number := number_at(Region(match["value"], start + match.start("value"), "line")))
        }
        first = bisect_left(labels, (start - _FAR, 0))
        before = [steps for _, steps in labels[first : bisect_right(labels, (start + len(line), 0))]]
        if len(found) > 1 and before:
            output = _OUTPUT.search(line)
            place = Region(output["value"], start + output.start("value"), "line") if output else None
            yield Round(before[-1], found, number_at(place) if place else None)
        start += len(line) + 1


def _neurons(document: Document, rounds: Sequence[Round]) -> Iterator[Neuron]:
    """The formulas of a page in these weights, with the inputs that the changes of the weights show."""
    weights = frozenset(rounds[0].weights)
    bodies: dict[object, Tree] = {}
    for chain in chains_of(document):
        for side in chain.sides[1:]:
            if side.tree is not None and weights <= names_in(side.tree):
                bodies.setdefault(shape_of(side.tree), side.tree)
    for body in list(bodies.values())[:MOST_BODIES]:
        inputs = names_in(body) - weights - set(BY_SPELLING) - {"e"}
        shown = _inputs(inputs, weights, rounds)
        if shown:
            yield Neuron(body, shown)


def _inputs(inputs: frozenset[str], weights: frozenset[str], rounds: Sequence[Round]) -> dict[str, float]:
    """Each input by how much faster its weight moves than the bias; whole numbers only."""
    partner = {name: f"x_{name.partition('_')[2]}" for name in weights}
    biases = [name for name in weights if partner[name] not in inputs]
    if len(biases) != 1 or {partner[name] for name in weights} - {partner[biases[0]]} != inputs:
        return {}
    first, last = min(rounds, key=lambda each: each.steps), max(rounds, key=lambda each: each.steps)
    if any(weights != set(each.weights) for each in rounds):
        return {}
    moved = {name: last.weights[name].value - first.weights[name].value for name in weights}
    if not moved[biases[0]]:
        return {}
    return {
        partner[name]: float(round(moved[name] / moved[biases[0]])) for name in weights if name != biases[0]
    }


# -- working it out ------------------------------------------------------------------------------------------


def _run(neuron: Neuron, rounds: Sequence[Round], target: float, rate: float) -> list[tuple[Weights, float]]:
    """The weights and the output after 0, 1, 2, … steps; empty where the formula has no value."""
    first = min(rounds, key=lambda each: each.steps)
    last = max(each.steps for each in rounds)
    try:
        weights = _start(neuron, first, target, rate)
        run = []
        for _ in range(last + 1):
            run.append((weights, neuron.output(weights)))
            weights = neuron.stepped(weights, target, rate)
        return run
    except (ValueError, OverflowError):
        return []


def _start(neuron: Neuron, first: Round, target: float, rate: float) -> Weights:
    """The plain numbers that the first round came from."""
    printed = {name: number.value for name, number in first.weights.items()}
    weights = dict(printed)
    for _ in range(MOST_GUESSES):
        after = neuron.stepped(weights, target, rate)
        weights = {name: printed[name] - (after[name] - weights[name]) * first.steps for name in weights}
    return {name: round(value, 1) for name, value in weights.items()}


def _numbers(
    rounds: Sequence[Round], run: Sequence[tuple[Weights, float]]
) -> Iterator[tuple[Printed, float]]:
    """Every printed number with what it should be."""
    for each in rounds:
        weights, output = run[each.steps]
        yield from ((number, weights[name]) for name, number in each.weights.items())
        if each.output is not None:
            yield each.output, output


def _wrong(run: Sequence[tuple[Weights, float]], rounds: Sequence[Round]) -> list[Printed]:
    return [number for number, value in _numbers(rounds, run) if not number.agrees(Interval.exactly(value))]


# -- verdicts ------------------------------------------------------------------------------------------------


def _verdicts(run: Sequence[tuple[Weights, float]], rounds: Sequence[Round]) -> Iterator[Observation]:
    start = ", ".join(f"{name} = {value:g}" for name, value in run[0][0].items())
    for number, exact in _numbers(rounds, run):
        value = Interval.exactly(exact)
        judgement = confirmed(f"gradient descent from {start} comes to it", value)
        if not number.agrees(value):
            slip = Slip("truncated" if number.truncates(value) else "other-arithmetic")
            reason = (
                f"gradient descent from {start} comes to {show(value)}; all others of the run are rounded"
            )
            judgement = contradicted(reason, value, slip)
        yield Observation(Region(number.text, number.start, "line"), judgement, printed=number)


def _beginning(stated: Sequence[re.Match[str]], first: tuple[Weights, float]) -> Iterator[Observation]:
    """What comes out before the first step, and the loss there."""
    for match in stated:
        number = number_at(place_of(match, "first"))
        if number is not None and number.agrees(Interval.exactly(first[1])):
            value = Interval.exactly(first[1])
            yield Observation(
                place_of(match, "first"), confirmed("the neuron gives it", value), printed=number
            )
            yield from _loss(match, first[1] - float(match["value"]))


def _loss(match: re.Match[str], error: float) -> Iterator[Observation]:
    loss = number_at(place_of(match, "loss")) if match["loss"] else None
    if loss is None:
        return
    place, squares = place_of(match, "loss"), (error**2 / 2, error**2)
    fitting = [value for value in squares if loss.agrees(Interval.exactly(value))]
    judgement: Judgement | None = None
    if fitting:
        judgement = confirmed("the squared error, or half of it", Interval.exactly(fitting[0]))
    elif loss.agrees(Interval.exactly(abs(error))):
        why = (
            f"the steps are those of the squared error, {squares[1]:.4g} or half of it; this is the distance"
        )
        judgement = contradicted(why, Interval.exactly(squares[1]))
    if judgement is not None:
        yield Observation(place, judgement, printed=loss)

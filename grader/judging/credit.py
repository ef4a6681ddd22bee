"""Partial credit by entry: a wrong vector or matrix with right entries earns their share of the marks.

The rule, as a lecturer would defend it before a class:

* An entry counts if it is right by the part's own rules for numbers, and if it took work: not where zero, or
  the number at the same place of something the problem gives, would have been right as well. A matrix that
  repeats one number throughout earns nothing by entry.
* The share is that of the right ones among the entries that count, or among all entries if that is less, so
  that a wrong answer never has full marks. It is rounded down to quarters of a mark.
* What is only copied earns nothing: zeros, given numbers, the name of something given, or of the same in
  another layer.
* A misconception that was recognised earns its own award where that is higher; what the part's rubric says of
  it is final.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import floor

import numpy as np

from derive.functions import Array
from derive.graph import Graph
from grader.judging.case import OF_LARGEST, RELATIVE, Case
from grader.judging.closeness import Truth, right
from grader.judging.question import Question
from grader.judging.typed import Typed, TypedMatrix
from grader.judging.values import Evaluations
from grader.meaning.lowering import Unfit
from grader.meaning.terms import Entry, Gathered, Reference, Term
from grader.worlds.views import View

STEP = 0.25
"""Marks are given in these steps."""


def by_numbers(question: Question, typed: TypedMatrix, truth: Truth, good: Array, view: View) -> float:
    """The share of the marks that the right numbers in an answer earn."""
    if len(np.unique(typed.values)) == 1:
        return 0.0
    easy = np.zeros(good.shape, dtype=bool)
    for other in (np.zeros(good.shape), *_given(view, good.shape)):
        easy |= right(_exactly(other), truth, question.part.tolerance)
    return _share(question, good, ~easy)


def is_copied(question: Question, typed: TypedMatrix, view: View) -> bool:
    """Whether numbers are only zeros, or what the problem gives for something: no work is seen, whatever they
    follow from. A single number may be the same by chance, unless it is the asked one before the update."""
    before = question.before_update
    given = [question.part_of(view.values[before])[0]] if before in question.derivation.graph.inputs else []
    if typed.values.size > 1:
        given += [np.zeros(typed.shape), *_given(view, typed.shape)]
    return any(np.array_equal(typed.values, values) for values in given)


def is_only_named(question: Question, term: Term) -> bool:
    """Whether a formula for a network is only the name of something given in the shape of the answer, or of
    another quantity of the kind that is asked."""
    while isinstance(term, Gathered | Entry):
        term = term.body
    if not isinstance(term, Reference) or isinstance(question.model, Graph):
        return False
    if term.quantity.kind in (question.asked.kind, question.asked.kind.removesuffix("_new")):
        return True
    inputs = question.derivation.graph.inputs
    return bool(inputs.get(term.quantity) == question.cases[0].expected.shape[-2:])


def by_formulas(question: Question, values: Evaluations) -> float:
    """The share that right entries earn in a matrix of formulas, given its values in all worlds."""
    good = right_entries(values)
    if good is None:
        return 0.0
    easy = np.logical_or.reduce([_easy(case) for case, _ in values if case.own])
    return _share(question, good, ~easy)


def right_entries(values: Evaluations) -> Array | None:
    """Which entries of a formula are right in all worlds of the question's own sizes; None for one of another
    shape, and where a question on every layer has answers of several shapes."""
    own = [(case, found) for case, found in values if case.own]
    if any(isinstance(found, Unfit) or found.shape != case.expected.shape for case, found in own):
        return None
    if len({case.expected.shape[-2:] for case, _ in own}) > 1:
        return None
    return np.logical_and.reduce([_alike(found, case.expected) for case, found in own])


def _share(question: Question, good: Array, telling: Array) -> float:
    """The share of the right ones among the entries that tell something, or among all, in steps of marks."""
    points = question.part.points
    if good.size == 1 or not telling.any() or not points:
        return 0.0
    share = min((good & telling).sum() / telling.sum(), good.sum() / good.size)
    return floor(float(share) * points / STEP + 1e-9) * STEP / points


def _given(view: View, shape: tuple[int, ...]) -> Iterator[Array]:
    """The numbers of everything that is given in the shape of the answer."""
    world = view.world
    graph = world.model if isinstance(world.model, Graph) else world.derivation.graph
    for quantity in graph.inputs:
        value = view.values[quantity][0]
        if value.shape == shape:
            yield value


def _exactly(values: Array) -> TypedMatrix:
    rows = [[Typed(Fraction(number), Fraction(0)) for number in row] for row in values.tolist()]
    return TypedMatrix(tuple(map(tuple, rows)))


def _easy(case: Case) -> Array:
    """Which entries zero, or an entry of something given, would have got right in a world."""
    shape = case.expected.shape
    graph = case.world.derivation.graph
    others = (case.view.values[q] for q in graph.inputs if case.view.values[q].shape == shape)
    return np.logical_or.reduce([_alike(other, case.expected) for other in (np.zeros(shape), *others)])


def _alike(value: Array, expected: Array) -> Array:
    """Which entries are the same in all samples of a world."""
    largest = np.abs(expected).max(axis=(-1, -2), keepdims=True)
    near = np.abs(value - expected) <= RELATIVE * np.abs(expected) + OF_LARGEST * largest
    return np.asarray(near.all(axis=0))

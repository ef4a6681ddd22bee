"""OBSERVERS: one row for each kind of thing that is looked for in the words and the layout of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from grader.chapter.observing.changes import shares_of_change
from grader.chapter.observing.codes import classes_as_vectors, mapped_to_themselves
from grader.chapter.observing.columns import columns_of_operations
from grader.chapter.observing.comparisons import hanging_comparisons
from grader.chapter.observing.counts import counted_twice
from grader.chapter.observing.depth import layers_counted
from grader.chapter.observing.grids import ragged_rows
from grader.chapter.observing.lists import standstills
from grader.chapter.observing.logic.conditions import values_under_conditions
from grader.chapter.observing.logic.neurons import neurons_as_gates
from grader.chapter.observing.logic.tables import truth_tables
from grader.chapter.observing.observation import Observation
from grader.chapter.observing.runs import training_runs
from grader.chapter.observing.worded import lists_in_words
from grader.documents import Document

OBSERVERS: tuple[Callable[[Document], Iterator[Observation]], ...] = (
    standstills,
    ragged_rows,
    columns_of_operations,
    counted_twice,
    classes_as_vectors,
    mapped_to_themselves,
    layers_counted,
    neurons_as_gates,
    truth_tables,
    values_under_conditions,
    hanging_comparisons,
    training_runs,
    lists_in_words,
    shares_of_change,
)


def observations(document: Document) -> Iterator[Observation]:
    """Everything that is found on a page."""
    for observer in OBSERVERS:
        yield from observer(document)

"""Two misconceptions in one answer: named where exactly one pair explains it in all worlds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from grader.judging.recognising.beliefs import FEW
from grader.judging.recognising.lineup import Lineup, in_table, recognised
from grader.judging.recognising.mending import Mended
from grader.judging.recognising.suspect import Suspect
from grader.judging.values import attempted, value
from grader.meaning.lowering import Unfit
from grader.misconceptions import Misconception
from grader.worlds.slips import Blamed

MANY = 12
"""Where so many pairs explain an answer in one world, none of them is sure."""


def two_at_once(answer: Suspect) -> Blamed:
    """The two misconceptions that together give an answer in worlds of all sizes, if it is only these two.

    Either wrong values of both are computed, or one is undone by an edit of the answer and what is left is
    what the other gives. Shapes that do not fit are no value: such an answer is looked at wherever it has
    one.
    """
    found = {**dict(_by_edits(answer)), **dict(_by_value(answer))}
    pairs = {pair: proof for pair, proof in found.items() if not any(row.alone for row in pair)}
    if len(pairs) > MANY:
        return ()
    return the_one(
        sorted(sorted(pairs, key=in_table), key=answer.hidden),
        lambda pair: pairs[pair](),
        lambda: answer.question.beliefs.alone((answer.here or answer.sampled)[0][0]),
    )


Lineups = tuple[Lineup, ...]
Proof = Callable[[], bool]
"""Whether a pair gives the answer in all the other worlds too."""


def _by_value(answer: Suspect) -> Iterator[tuple[Blamed, Proof]]:
    for case, found in answer.here[:1]:
        first = found if isinstance(found, Unfit) else found[:FEW]
        for pair in recognised(first, answer.question.beliefs.together(case)):
            yield pair, partial(_as_given_by, pair, answer)


def _as_given_by(pair: Blamed, answer: Suspect) -> bool:
    fitting = [(case, found) for case, found in answer.sampled if not isinstance(found, Unfit)]
    return all(recognised(found, answer.question.beliefs.together(case, pair)) for case, found in fitting)


def _by_edits(answer: Suspect) -> Iterator[tuple[Blamed, Proof]]:
    case, _ = answer.sampled[0]
    for edit in answer.mended:
        for (row,) in recognised(edit.value, answer.question.beliefs.alone(case)):
            if row is not edit.row:
                pair = tuple(sorted((edit.row, row), key=lambda row: in_table((row,))))
                yield pair, partial(_as_left_by, edit, row, answer)


def _as_left_by(edit: Mended, row: Misconception, answer: Suspect) -> bool:
    return all(
        recognised(
            value(attempted(edit.term, case, edit.plan), case), answer.question.beliefs.alone(case, (row,))
        )
        for case, _ in answer.sampled
    )


# -- which one -----------------------------------------------------------------------------------------------


def the_one(
    pairs: Iterable[Blamed], holds: Callable[[Blamed], bool], lineups: Callable[[], Lineups]
) -> Blamed:
    """The pair that holds; the first of several that say the same, nothing if they do not.
    ``lineups`` gives what misconceptions do alone."""
    first: Blamed = ()
    for pair in pairs:
        if not holds(pair):
            continue
        if first and not _say_the_same(first, pair, lineups()):
            return ()
        first = first or pair
    return first


def _say_the_same(pair: Blamed, other: Blamed, lineups: Lineups) -> bool:
    """Whether each of a pair can be taken for one of the other: alone they give the same somewhere."""
    return any(
        all(_alike(one, another, lineups) for one, another in zip(pair, turned, strict=True))
        for turned in (other, other[::-1])
    )


def _alike(row: Misconception, other: Misconception, lineups: Lineups) -> bool:
    values = (
        value
        for lineup in lineups
        for blamed, value in zip(lineup.blamed, lineup.values, strict=True)
        if blamed == (row,)
    )
    return row is other or any((other,) in recognised(value, lineups) for value in values)

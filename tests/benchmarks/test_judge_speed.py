"""How long a distinct answer takes to judge, once a question is known. Run with ``--benchmark-only``.

`check` remembers answers it has seen, so every time an answer is asked again it has one blank more at its
end: it is another text, which is read and judged from the start. All answers are to as many questions as are
remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import Any

import pytest

from grader.judge import check
from tests.answers.test_answers import BANK

MOST_QUESTIONS = 150
"""Fewer than `check` keeps ready."""


def distinct(word: str, kind: str) -> list[tuple[Any, str, str]]:
    """The bank's answers with this mark to questions of this kind."""
    rows = [case.values for case in BANK]
    found = [
        (problem, part, row[word])
        for problem, part, marked, row in rows
        if marked == word and problem.part(part).answer == kind
    ]
    questions = dict.fromkeys((id(problem), part) for problem, part, _ in found)
    kept = set(islice(questions, MOST_QUESTIONS))
    return [(problem, part, answer) for problem, part, answer in found if (id(problem), part) in kept]


def in_turn(answers: list[tuple[Any, str, str]]) -> Callable[[], Any]:
    """Judges the next answer whenever it is called, each as a text that was never seen."""
    texts = _never_seen(answers)
    return lambda: check(*next(texts))


ROUND = count()
"""How often answers have been gone through, by all benchmarks together."""


def _never_seen(answers: list[tuple[Any, str, str]]) -> Iterator[tuple[Any, str, str]]:
    for blanks in ROUND:
        for problem, part, answer in answers:
            yield problem, part, answer + " " * blanks


@pytest.mark.parametrize("kind", ["formula", "number"])
@pytest.mark.parametrize("word", ["right", "wrong", "unreadable"])
def test_distinct_answers(benchmark: Any, word: str, kind: str) -> None:
    answers = distinct(word, kind)
    judge = in_turn(answers)
    for _ in answers:
        judge()
    benchmark.pedantic(judge, rounds=len(answers), iterations=1)

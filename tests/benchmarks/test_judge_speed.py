"""How long a distinct answer takes to judge, once a question is known. Run with ``--benchmark-only``."""

from __future__ import annotations

from itertools import cycle
from typing import Any

import pytest

from grader.judge import check
from tests.answers.test_answers import BANK


def distinct(word: str, kind: str) -> list[tuple[Any, str, str]]:
    """The bank's answers with this mark to questions of this kind."""
    rows = [case.values for case in BANK]
    return [
        (problem, part, row[word])
        for problem, part, marked, row in rows
        if marked == word and problem.part(part).answer == kind
    ]


@pytest.mark.parametrize("kind", ["formula", "number"])
@pytest.mark.parametrize("word", ["right", "wrong", "unreadable"])
def test_distinct_answers(benchmark: Any, word: str, kind: str) -> None:
    answers = distinct(word, kind)
    for answer in answers:
        check(*answer)
    turn = cycle(answers)
    benchmark.pedantic(lambda: check(*next(turn)), rounds=len(answers), iterations=1)

"""How long the worst texts keep the reader and the judge busy; the slowest is named beside the figure."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable

import problems
from grader.judge import check
from grader.reading import Unreadable, read
from tests.judging.hostile import HOSTILE
from tests.reading.test_unreadable import LARGE


def refused(text: str) -> None:
    with contextlib.suppress(Unreadable):
        read(text)


def slowest(job: Callable[[str], object], texts: Iterable[str]) -> tuple[float, str]:
    """Seconds and beginning of the text that takes the longest."""
    spent = []
    for text in texts:
        start = time.perf_counter()
        job(text)
        spent.append((time.perf_counter() - start, text[:20]))
    return max(spent)


def test_refusing_large_texts(benchmark) -> None:
    refused("x")
    benchmark(lambda: [refused(text) for text in LARGE])
    benchmark.extra_info["slowest"] = slowest(refused, LARGE)


def test_judging_hostile_answers(benchmark) -> None:
    problem = problems.load("linear-activation")
    texts = [text for text in HOSTILE if isinstance(text, str)]

    def judge(text: str) -> object:
        return check(problem, "delta1", text)

    judge("1")
    benchmark.pedantic(lambda: [judge(text) for text in texts], rounds=1)
    benchmark.extra_info["slowest"] = slowest(judge, texts)

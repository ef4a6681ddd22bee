"""How long the worst texts keep the reader and the judge busy; the slowest is named beside the figure."""

from __future__ import annotations

import contextlib
import random
import time
from collections.abc import Callable, Iterable

import problems
from grader.judge import check
from grader.reading import Unreadable, read
from tests.fuzz import material
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


def test_judging_changed_answers(benchmark) -> None:
    """Answers of the bank with a few places changed, to their own questions; each is asked twice, so that the
    worlds it needs are there. The slowest of 20,000 is found by ``python -m tests.fuzz.hunt 20000``."""
    rng = random.Random(0)
    answers = [material.asked(rng) for _ in range(300)]
    for answer in answers:
        check(*answer)
    benchmark.pedantic(lambda: [check(*answer) for answer in answers], rounds=1)
    spent = []
    for problem, part, text in answers:
        start = time.process_time()
        check(problem, part, text)
        spent.append((time.process_time() - start, text[:40]))
    benchmark.extra_info["slowest"] = max(spent)

"""Judges generated answers and shows what fails and what takes long: ``python -m tests.fuzz.hunt 20000``.

Nothing here is a test: it is how the examples of `tests.judging.hostile` were found.
"""

from __future__ import annotations

import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from derive.problem import Problem
from grader.judge import check
from grader.reading import Unreadable, read
from grader.verdicts import Verdict
from tests.fuzz import material

FAILED = "The grader failed"
ENDLESS = 5
"""Seconds after which an answer counts as a failure."""

SLOW = 0.1
"""Seconds after which an answer is judged once more, as there are more questions here than are kept."""
STARTING = r"\int_0^1 t dt"
"""Starts the other process for integrals, which takes long."""


class Endless(Exception):
    """An answer that takes too long."""


def _stop(*_: object) -> None:
    raise Endless


@dataclass
class Findings:
    """What was seen: failures by their words, and the slowest texts."""

    failures: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    verdicts: Counter[str] = field(default_factory=Counter)
    reading: list[tuple[float, str]] = field(default_factory=list)
    judging: list[tuple[float, str, str, str]] = field(default_factory=list)

    def show(self) -> None:
        print(dict(self.verdicts))
        for words, (title, part, answer) in self.failures.items():
            print(f"{words}\n    {title} {part} {answer!r}")
        for seconds, text in sorted(self.reading, reverse=True)[:8]:
            print(f"refused in {1000 * seconds:.1f} ms: {text[:150]!r}")
        for seconds, verdict, where, text in sorted(self.judging, reverse=True)[:15]:
            print(f"{verdict} in {1000 * seconds:.1f} ms: {where}: {text[:300]!r}")


def timed_reading(found: Findings, text: str) -> None:
    start = time.process_time()
    try:
        read(text)
    except Unreadable as fault:
        assert 0 <= fault.position <= len(text), (fault, text)
        found.reading.append((time.process_time() - start, text))


def timed(problem: Problem, part: str, text: str) -> tuple[Verdict, float]:
    start = time.process_time()
    verdict = check(problem, part, text)
    return verdict, time.process_time() - start


def timed_judging(found: Findings, problem: Problem, part: str, text: str) -> None:
    signal.alarm(ENDLESS)
    verdict, spent = timed(problem, part, text)
    if spent > SLOW:
        spent = min(spent, timed(problem, part, text + " ")[1])
    signal.alarm(0)
    found.verdicts[verdict.verdict] += 1
    where = f"{problem.title} {problem.notation} {part}"
    found.judging.append((spent, verdict.verdict, where, text))
    words = " ".join(verdict.feedback)
    if FAILED in words:
        found.failures.setdefault(words, (where, part, text))


def hunt(turns: int, seed: int) -> Findings:
    found, rng = Findings(), random.Random(seed)
    signal.signal(signal.SIGALRM, _stop)
    for problem, part in material.questions():
        check(problem, part, "1")
    check(problem, part, STARTING)
    for turn in range(turns):
        problem, part, text = material.asked(rng)
        timed_reading(found, text)
        timed_judging(found, problem, part, text)
        if turn % 2000 == 1999:
            found.reading = sorted(found.reading, reverse=True)[:20]
            found.judging = sorted(found.judging, reverse=True)[:30]
    return found


if __name__ == "__main__":
    hunt(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0).show()

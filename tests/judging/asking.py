"""One question to a network, with an answer to it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from derive import Network
from derive.graph import Graph
from derive.problem import Part, Problem, Tolerance
from grader.judge import check
from grader.verdicts import Verdict


def judged(
    network: Network | Graph,
    ask: str,
    answer: str,
    kind: str = "formula",
    *,
    notation: str = "subscript",
    given: Mapping[str, Any] | None = None,
    in_terms_of: tuple[str, ...] | None = None,
    tolerance: Tolerance | None = None,
) -> Verdict:
    """The verdict on an answer; questions that were asked before are remembered."""
    numbers = tuple((given or {}).items())
    problem = _problem(network, ask, kind, notation, _Numbers(numbers), in_terms_of, tolerance or Tolerance())
    return check(problem, "part", answer)


class _Numbers(tuple[Any, ...]):
    """Given numbers that may be looked up, though they hold lists."""

    def __hash__(self) -> int:
        return hash(repr(tuple(self)))


@lru_cache(maxsize=512)
def _problem(
    network: Network | Graph,
    ask: str,
    kind: str,
    notation: str,
    given: _Numbers,
    in_terms_of: tuple[str, ...] | None,
    tolerance: Tolerance,
) -> Problem:
    part = Part("part", ask, kind, in_terms_of=in_terms_of, tolerance=tolerance)
    return Problem("asked", "", "", notation, "", network, dict(given), (part,))

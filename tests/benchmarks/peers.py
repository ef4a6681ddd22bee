"""Times Math-Verify on answers, in an environment of its own; questions and times are JSON.

It needs another antlr4 than latex2sympy2, so that it cannot live beside the grader. Nothing of the project is
imported here. mitx-grading-library, the other grader that is right on such answers, does not install from the
package index: there is no distribution of that name.
"""

from __future__ import annotations

import json
import sys
from time import perf_counter

WARMING = (r"\frac{1}{2} (t - s)^2", r"k_1 (1 - k_1)", r"e^{-t}", r"\beta v + 3 \cdot g", "0.25")
"""Read first, so that no answer pays for what is only loaded once."""


def seconds_each(pairs: list[tuple[str, str]]) -> list[float]:
    """The time of reading an answer and its reference and comparing them, for each pair."""
    from math_verify import LatexExtractionConfig, parse, verify

    latex = [LatexExtractionConfig()]

    def judge(answer: str, reference: str) -> bool:
        read = [parse(f"${text}$", extraction_config=latex) for text in (reference, answer)]
        return bool(verify(*read))

    for text in WARMING:
        judge(text, f"{text} + 1")
    times: list[float] = []
    for answer, reference in pairs:
        start = perf_counter()
        judge(answer, reference)
        times.append(perf_counter() - start)
    return times


if __name__ == "__main__":
    json.dump(seconds_each(json.load(sys.stdin)), sys.stdout)

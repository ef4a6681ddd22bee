"""Answers as students write them, each with what a careful teaching assistant would say of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec.structs import replace

import problems
from derive import Network
from derive.graph_language import graph_from
from derive.problem import Part, Problem, Tolerance
from grader.judge import check

VERDICTS = ("right", "wrong", "unreadable", "undecided")


def problem_of(page: dict[str, Any]) -> tuple[Problem, str]:
    """The problem behind a page of answers, and the id of its part."""
    if "problem" in page:
        problem = problems.load(page["problem"])
        if "tolerance" in page:
            part = replace(problem.part(page["part"]), tolerance=Tolerance(**page["tolerance"]))
            problem = replace(problem, parts=(part,), checks=())
        return problem, page["part"]
    part = Part("asked", page["ask"], page["kind"], in_terms_of=page.get("in_terms_of"))
    model = graph_from(**page["graph"]) if "graph" in page else Network(**page["network"])
    return Problem("bank", "", "", page["notation"], "", model, {}, (part,)), part.id


def answers() -> Iterator[Any]:
    """Every answer of every page, with its problem and mark."""
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for page in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            problem, part = problem_of(page)
            for row in page["answers"]:
                (word,) = row.keys() & set(VERDICTS)
                yield pytest.param(
                    problem, part, word, row, id=f"{path.stem}: {page.get('ask', part)}: {row[word]}"
                )


BANK = list(answers())


@pytest.mark.parametrize(("problem", "part", "word", "row"), BANK)
def test_answer_is_judged_as_marked(problem: Problem, part: str, word: str, row: dict[str, Any]) -> None:
    verdict = check(problem, part, row[word])
    assert verdict.verdict == word, verdict
    assert verdict.misconceptions == ((row["because"],) if "because" in row else verdict.misconceptions)
    assert (verdict.position is not None) == (word == "unreadable")
    assert verdict.position == row.get("at", verdict.position)
    assert word == "right" or verdict.feedback
    assert not any(sentence.endswith(("?.", "..", ",")) for sentence in verdict.feedback)
    assert row.get("says", "") in " ".join(verdict.feedback)
    assert verdict.marks == row.get("marks", verdict.marks)

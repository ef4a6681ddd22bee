"""A class: the grader and the course's notation, put to work on a folder or table of submissions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from derive.notation import notation_named
from derive.problem import Part, Problem
from grader.classroom.batch import Summary
from grader.classroom.batch import grade as grade_batch
from grader.judge import check
from grader.judging.follow_through.following import leads
from grader.judging.question import question_of
from grader.judging.sides import Sides, understood
from grader.meaning import terms
from grader.meaning.scripts import NotUnderstood
from grader.reading import Unreadable, read
from grader.reading.tree import Tree
from grader.verdicts import Verdict


@dataclass(frozen=True)
class Judge:
    """Judges answers to the parts of one problem; sent whole to worker processes."""

    problem: Problem
    notation: str | None = None

    def __call__(self, part: str, answer: str, earlier: Mapping[str, str] | None = None) -> Verdict:
        return check(self.problem, part, answer, self.notation, earlier)


@dataclass(frozen=True)
class LeftSides:
    """Tells by the left side of a formula which part it answers."""

    problem: Problem
    notation: str | None = None

    def __call__(self, formula: str) -> str | None:
        """The id of the part that asks what stands on the left, or what stands there alone.

        Of several parts it is the one that asks for this kind of answer. What stands on the right need not be
        readable: a torn answer still belongs to its part.
        """
        try:
            tree, whole = read(formula).tree, True
        except Unreadable:
            left, equals, _ = formula.partition("=")
            if not equals:
                return None
            try:
                tree, whole = read(left).tree, False
            except Unreadable:
                return None
        return self._part(tree, numeric="[" in formula or "matrix" in formula if not whole else None)

    def _part(self, tree: Tree, numeric: bool | None) -> str | None:
        for part in sorted(self.problem.parts, key=lambda part: part.answer != "number"):
            question = question_of(self.problem, part.id, self.notation)
            try:
                sides = understood(question, tree)
            except NotUnderstood:
                continue
            named = sides.left or (
                sides.claimed[0] if isinstance(sides.claimed[0], terms.Reference) else None
            )
            if named is not None and question.is_asked(named.quantity) and _suits(part, sides, numeric):
                return part.id
        return None


def _suits(part: Part, sides: Sides, numeric: bool | None) -> bool:
    """Numbers answer a part that asks for numbers, letters one that asks for a formula; a name alone
    suits both.
    """
    if sides.left is None and numeric is None:
        return True
    if numeric is None:
        numeric = not terms.uses(sides.claimed[-1])
    return numeric == (part.answer == "number")


def grade(
    problem: Problem | str,
    submissions: str | Path,
    out: str | Path,
    *,
    notation: str | None = None,
    jobs: int = 1,
) -> Summary:
    """Grade a folder or CSV of submissions into the folder ``out`` (files: see the README).

    Started again with the same words after an interruption, it goes on where it stopped. Raises
    `Unusable` for a problem, notation or submissions that cannot be used; a single file that cannot be read
    is named in the summary.
    """
    import problems
    from derive.writing.from_latex import latex_to_mathml

    loaded = problems.load(problem) if isinstance(problem, str) else problem
    for part in loaded.parts:
        question_of(loaded, part.id, notation)  # an unknown notation is no fault of any answer
    return grade_batch(
        loaded,
        Path(submissions),
        Path(out),
        Judge(loaded, notation),
        words={
            "problem": _fingerprint(loaded),
            "notation": notation_named(notation or loaded.notation).name,
            "version": _version(),
        },
        which_part=LeftSides(loaded, notation),
        leads=leads(loaded, notation),
        jobs=jobs,
        mathml=latex_to_mathml,
    )


def _fingerprint(problem: Problem) -> str:
    """A hash of everything that decides marks."""
    return hashlib.sha256(repr(problem).encode()).hexdigest()


def _version() -> str:
    try:
        return version("deltagrade")
    except PackageNotFoundError:
        return "source"

"""demo: the main job on built-in input, in a few seconds, with everything it makes left in a folder to
look at.
"""

from __future__ import annotations

import tempfile
from importlib.resources import as_file, files
from pathlib import Path

import click

from grader.cli import reports_errors

HANDOUT, CLASS = "linear-activation", "mazur"
"""The problem that is written out, and the one the small class has answered."""
ASKED = ("output", "delta3-formula", "delta3", "dw3-formula", "delta2-formula")
"""The parts that the class was asked."""


@click.command()
@click.option(
    "-o", "--out", type=click.Path(file_okay=False, path_type=Path), help="Where to leave what is made."
)
@reports_errors
def demo(out: Path | None) -> None:
    """Derive, solve, grade and verify on built-in input; leaves handout, grades, feedback and reports in
    DIR.
    """
    folder = out or Path(tempfile.mkdtemp(prefix="deltagrade-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files("problems").joinpath("demo")) as inputs:
        for line in (*derived(folder), *graded(inputs, folder), *verified(inputs, folder)):
            click.echo(line)


def derived(folder: Path) -> list[str]:
    """The handout of one problem, and two of its formulas and numbers."""
    import derive
    import problems
    from derive.handout import handout

    problem = problems.load(HANDOUT)
    derivation = derive.derive(problem, problem.notation)
    solution = derive.solve(problem, exact=True)
    for format_ in ("html", "tex", "md"):
        (folder / f"handout.{format_}").write_text(handout(problem, format_), encoding="utf-8")
    (folder / "derivation.tex").write_text(derivation.latex(document=True), encoding="utf-8")
    delta = ", ".join(str(row[0]) for row in solution["delta1"])
    return [
        f"derive   {problem.title}: {len(derivation)} steps, for example",
        f"           {derivation['delta1'].latex(problem.notation)}  =  ({delta})",
        f"           handout with solutions: {folder / 'handout.html'} (also .tex and .md)",
        f"           derivation to compile: {folder / 'derivation.tex'}",
    ]


def graded(inputs: Path, folder: Path) -> list[str]:
    """A class of six, with right, wrong and unreadable answers."""
    from msgspec.structs import replace

    import problems
    from grader.classroom.course import grade

    problem = problems.load(CLASS)
    problem = replace(problem, parts=tuple(part for part in problem.parts if part.id in ASKED))
    summary = grade(problem, inputs / "class", folder / "class")
    counts = ", ".join(f"{count} {word}" for word, count in summary.verdicts.items() if count)
    return [
        f"grade    {problem.title}: {summary.students} students, {summary.answers} answers ({counts})",
        f"           {folder / 'class' / 'grades.csv'}, {folder / 'class' / 'report.html'}",
        "           and a page for each student in feedback/",
    ]


def verified(inputs: Path, folder: Path) -> list[str]:
    """A small chapter in which one number is wrong."""
    from grader.proofread import verify

    report = verify(inputs / "chapter.md", name="chapter.md")
    (folder / "chapter.html").write_text(report.as_html(), encoding="utf-8")
    counts = ", ".join(f"{count} {word}" for word, count in report.summary.items())
    wrong = [claim for claim in report.claims if claim.verdict == "contradicted"]
    found = [f"           line {claim.line}: {claim.text}: {claim.reason}" for claim in wrong]
    return [
        f"verify   a chapter of one page: {counts} claims",
        *found,
        f"           {folder / 'chapter.html'}",
    ]

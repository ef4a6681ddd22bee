"""check and grade: from answers to marks with reasons."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli import print_json, reports_errors

SOME_UNREADABLE = 4
"""Exit code when some submissions could not be read and the rest were graded."""


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("problem")
@click.argument("part")
@click.argument("answer")
@click.option(
    "--notation", help="A name of `deltagrade notations`, if the answer is not written in the problem's own."
)
@click.option(
    "--earlier",
    "others",
    metavar="PART=ANSWER",
    multiple=True,
    help="The student's answer to another part, from which a wrong one may follow; may be repeated.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@reports_errors
def check(
    problem: str, part: str, answer: str, notation: str | None, others: tuple[str, ...], as_json: bool
) -> None:
    """Judge one ANSWER (- reads it from stdin) to one PART of PROBLEM."""
    from grader.judge import check as judge

    given = sys.stdin.buffer.read() if answer == "-" else answer.encode("utf-8", "surrogateescape")
    text = given.decode("utf-8", "replace")  # what is no UTF-8 could not be printed again
    verdict = judge(problem, part, text, notation, dict(map(_named, others)))
    if as_json:
        print_json(verdict.as_json())
        return
    marks = "no marks yet" if verdict.marks is None else f"{verdict.marks:g} of {verdict.out_of:g}"
    click.echo(f"{verdict.verdict}: {marks}")
    if verdict.read_as:
        click.echo(f"read as: {verdict.read_as}")
    if verdict.position is not None and answer != "-" and "\n" not in answer:
        click.echo(f"{text}\n{' ' * verdict.position}^")
    for name in verdict.misconceptions:
        click.echo(f"misconception: {name}")
    for sentence in verdict.feedback:
        click.echo(sentence)


def _named(other: str) -> tuple[str, str]:
    """PART=ANSWER taken apart. Raises `UsageError` for a text that names no part."""
    part, equals, answer = other.partition("=")
    if not equals or not part.strip():
        raise click.UsageError(
            f"--earlier {other!r}: expected PART=ANSWER, such as --earlier 'delta2=[1, 2]'"
        )
    return part.strip(), answer


@click.command()
@click.argument("problem")
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option(
    "-o",
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder to write into.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Processes that judge side by side.",
)
@click.option(
    "--notation", help="A name of `deltagrade notations`, if the class does not write in the problem's own."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@reports_errors
def grade(problem: str, submissions: Path, out: Path, jobs: int, notation: str | None, as_json: bool) -> None:
    """Grade SUBMISSIONS (a folder, or a CSV with student, part, answer) into the folder OUT.

    OUT gets grades.csv, answers.jsonl, report.html and feedback/. Started again with the same words it
    goes on where it stopped.
    """
    from grader.classroom.course import grade as grade_class

    summary = grade_class(problem, submissions, out, notation=notation, jobs=jobs)
    if as_json:
        print_json(summary.as_json())
    else:
        counts = ", ".join(f"{count} {word}" for word, count in summary.verdicts.items() if count)
        click.echo(f"{summary.students} students, {summary.answers} answers: {counts or 'none'}")
        click.echo(f"grades and report: {out / 'grades.csv'}, {out / 'report.html'}")
    for remark in summary.remarks:
        click.echo(remark, err=True)
    for name in summary.unreadable:
        click.echo(f"could not be read: {name}", err=True)
    if summary.unreadable:
        sys.exit(SOME_UNREADABLE)

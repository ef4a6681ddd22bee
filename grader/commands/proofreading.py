"""verify: what a chapter claims, confirmed, contradicted or unchecked."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli import UNUSABLE, print_json, reports_errors

if TYPE_CHECKING:
    from grader.chapter.report import Report

FORMATS = ("text", "json", "github")


@click.command()
@click.argument("documents", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--network", help="What stands only in a figure: a YAML file with network (or graph) and given."
)
@click.option("--notation", help="A name of `deltagrade notations`; by default the network's own.")
@click.option(
    "--html",
    "html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one page with the claims beside their verdicts.",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="What is printed; text by default.")
@click.option(
    "--json", "as_json", is_flag=True, help="Short for --format json; a list, for several documents."
)
@click.option(
    "--all", "everything", is_flag=True, help="List every unchecked place and all that was understood."
)
@click.option("--accept", "accept", is_flag=True, help="Write the present findings into .deltagrade.yaml.")
@reports_errors
def verify(
    documents: tuple[Path, ...],
    network: str | None,
    notation: str | None,
    html: Path | None,
    format_: str | None,
    as_json: bool,
    everything: bool,
    accept: bool,
) -> None:
    """Check every claim of DOCUMENTs: Markdown, LaTeX, notebooks, web pages or plain text.

    A file .deltagrade.yaml beside a document, or above it in its repository, may name its network, its
    notation and findings that are accepted. Exit code 1 if something else is contradicted.
    """
    if as_json and format_ not in (None, "json"):
        raise click.UsageError(f"--json and --format {format_} do not go together")
    format_ = "json" if as_json else format_ or "text"
    if everything and format_ != "text":
        raise click.UsageError("--all is for --format text")
    reports = [*_each_report(documents, network, notation, accept)]
    if reports:
        _print(reports, format_, everything, len(documents) > 1)
    if html is not None and reports:
        _write_page(reports, html)
    if len(reports) < len(documents):
        sys.exit(UNUSABLE)
    if any(report.findings for report in reports):
        sys.exit(1)


def _each_report(
    documents: tuple[Path, ...], network: str | None, notation: str | None, accept: bool
) -> Iterator[Report]:
    """The report on each document that can be used; of the others, one message each on stderr."""
    from derive.errors import Unusable

    said: set[str] = set()
    for document in documents:
        try:
            yield _report(document, network, notation, accept)
        except Unusable as error:
            if str(error) not in said:  # one bad network or settings file may stand in the way of many
                click.echo(str(error), err=True)
            said.add(str(error))


def _report(document: Path, network: str | None, notation: str | None, accept: bool) -> Report:
    from grader.chapter.accepted import accepting
    from grader.chapter.accepting import accept as write_accepted
    from grader.chapter.settings import settings_of
    from grader.proofread import verify as proofread

    settings = settings_of(document)
    chapter = settings.of(document)
    found = proofread(document, network=network or chapter.network, notation=notation or chapter.notation)
    if accept:
        count = write_accepted(found, settings, document)
        click.echo(f"{settings.path}: {count} accepted in {document}; say why in each note", err=True)
        chapter = settings_of(document).of(document)
    return accepting(found, chapter.accepted)


def _print(reports: list[Report], format_: str, everything: bool, listed: bool) -> None:
    from grader.chapter.annotations import for_github
    from grader.chapter.terminal import in_text

    ways: dict[str, Callable[[], None]] = {
        "text": lambda: click.echo(in_text(reports, everything)),
        "github": lambda: click.echo(for_github(reports)),
        "json": lambda: print_json([r.as_json() for r in reports] if listed else reports[0].as_json()),
    }
    ways[format_]()


def _write_page(reports: list[Report], path: Path) -> None:
    from grader.chapter.pages import page

    path.write_text(page(reports), encoding="utf-8")
    click.echo(f"wrote {path}", err=True)

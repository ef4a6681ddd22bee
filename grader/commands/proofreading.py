"""verify: what a chapter claims, confirmed, contradicted or unchecked."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli import print_json, reports_errors


@click.command()
@click.argument("documents", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--html",
    "html",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a page with claims beside verdicts.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document (a list, for several documents).")
@reports_errors
def verify(documents: tuple[Path, ...], html: Path | None, as_json: bool) -> None:
    """Check every claim of DOCUMENTs (Markdown or plain text). Exit code 1 if something is contradicted."""
    from grader.proofread import verify as proofread

    if html is not None and len(documents) > 1:
        raise click.UsageError("--html takes one document at a time")
    reports = [proofread(document) for document in documents]
    if as_json:
        found = [report.as_json() for report in reports]
        print_json(found[0] if len(found) == 1 else found)
    else:
        click.echo("\n".join(report.as_text() for report in reports))
    if html is not None:
        html.write_text(reports[0].as_html(), encoding="utf-8")
        click.echo(f"wrote {html}", err=True)
    if any(report.summary["contradicted"] for report in reports):
        sys.exit(1)

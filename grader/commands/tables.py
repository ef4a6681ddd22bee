"""problems, notations and misconceptions: what the tables hold."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli import print_json, reports_errors


@click.group()
def problems() -> None:
    """The problem bank: list, show, lint, new."""


@problems.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@reports_errors
def list_(as_json: bool) -> None:
    """The built-in problems."""
    import problems as bank

    rows = [(name, bank.load(name).title) for name in bank.names()]
    if as_json:
        print_json([{"name": name, "title": title} for name, title in rows])
        return
    for name, title in rows:
        click.echo(f"{name:20} {title}")


@problems.command()
@click.argument("problem")
@reports_errors
def show(problem: str) -> None:
    """One problem: statement, parts and points."""
    import problems as bank

    loaded = bank.load(problem)
    click.echo(f"{loaded.title}\n({loaded.source})\n\n{loaded.statement}")
    for part in loaded.parts:
        click.echo(f"{part.id:20} {part.ask:12} {part.answer:10} {part.points:g} points")


@problems.command()
@click.argument("names", nargs=-1, metavar="[PROBLEM]...")
@reports_errors
def lint(names: tuple[str, ...]) -> None:
    """Prove the checks of PROBLEMs, by default of all built-in ones. Exit code 1 if one fails."""
    import problems as bank
    from derive.errors import Unusable
    from grader.lint import lint as prove

    failed, unusable = False, False
    for name in names or bank.names():
        try:
            loaded = bank.load(name)
        except Unusable as error:
            click.echo(str(error), err=True)
            unusable = True
            continue
        failures = prove(loaded)
        failed |= bool(failures)
        for failure in failures:
            click.echo(str(failure))
        click.echo(f"{name}: {len(loaded.checks)} checks, {len(failures)} failed")
    if unusable or failed:
        sys.exit(3 if unusable else 1)


@problems.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "template",
    default="linear-activation",
    show_default=True,
    help="The built-in problem to start from.",
)
@reports_errors
def new(file: Path, template: str) -> None:
    """Write FILE, a problem to edit, as a copy of a built-in one."""
    import problems as bank
    from derive.errors import Unusable

    text = bank.text(template)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise Unusable(f"{file}: exists already; choose another name") from None
    except OSError as error:
        raise Unusable(f"{file}: cannot be written: {error.strerror}") from None
    click.echo(f"wrote {file}; check it with: deltagrade problems lint {file}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@reports_errors
def notations(as_json: bool) -> None:
    """The notations that can be read and written, with sample lines of each."""
    from derive.notation import NOTATIONS
    from derive.writing.habits import as_fields, habits, samples

    rows = NOTATIONS.values()
    if as_json:
        print_json([{**as_fields(row), "sample": samples(row)[0], "samples": samples(row)} for row in rows])
        return
    for row in rows:
        said = habits(row)
        click.echo(f"{row.name}: {row.source}")
        for names in SHOWN_TOGETHER:
            click.echo("    " + " · ".join(f"{name} {said[name]}" for name in names))
        click.echo("".join(f"    {line}\n" for line in samples(row)))


SHOWN_TOGETHER = (
    ("activation", "pre-activation", "weights", "bias", "loss", "target", "rate", "function"),
    ("layers", "weights numbered by", "weighted input"),
    ("batch", "derivatives"),
)
"""What is said of a notation, line by line."""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@reports_errors
def misconceptions(as_json: bool) -> None:
    """The misconceptions that are recognised, with an answer each that shows them."""
    from grader.misconceptions import MISCONCEPTIONS

    if as_json:
        fields = ("name", "words", "question", "award")
        print_json([{field: getattr(row, field) for field in fields} for row in MISCONCEPTIONS.values()])
        return
    for row in MISCONCEPTIONS.values():
        example = row.catches[0]
        click.echo(f"{row.name}: {row.words}\n    {example.ask}: {example.answer}\n")

"""problems, notations and misconceptions: what the tables hold."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from grader.cli import print_json, reports_errors

if TYPE_CHECKING:
    from derive.graph import Equation
    from grader.misconceptions import Example, Misconception


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
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@reports_errors
def misconceptions(names: tuple[str, ...], as_json: bool) -> None:
    """The misconceptions that are recognised, each with a wrong answer that shows it and a right one.

    Of those that are named, all that is known is said. Examples are about a network [3, 4, 2] of sigmoids
    with half the squared error, unless another stands beside them.
    """
    from derive.errors import Unusable, unknown
    from grader.misconceptions import MISCONCEPTIONS

    for name in names:
        if name not in MISCONCEPTIONS:
            raise Unusable(unknown(name, "a misconception", MISCONCEPTIONS))
    rows = [MISCONCEPTIONS[name] for name in dict.fromkeys(names or MISCONCEPTIONS)]
    if as_json:
        print_json([_fields(row) for row in rows])
        return
    click.echo("\n\n".join("\n".join(_described(row, in_full=bool(names))) for row in rows))


def _fields(row: Misconception) -> dict[str, Any]:
    said = {field: getattr(row, field) for field in ("name", "words", "question", "award")}
    examples = {"catches": row.catches, "spares": row.spares}
    return said | {
        kind: [{"ask": e.ask, "answer": e.answer} for e in some] for kind, some in examples.items()
    }


def _described(row: Misconception, in_full: bool) -> Iterator[str]:
    """The lines about one misconception: its words and first examples, or in full all that is known."""
    yield f"{row.name} (keeps {row.award:.0%} of the marks)" if in_full else row.name
    for said in (row.words, row.question)[: 2 if in_full else 1]:
        yield fill(said, 100, initial_indent="    ", subsequent_indent="    ")
    for sign, examples in (("wrong", row.catches), ("right", row.spares)) if in_full else _pair(row):
        for example in examples:
            yield f"    {sign}  {example.ask}: {example.answer}{_beside(example)}"


def _pair(row: Misconception) -> tuple[tuple[str, tuple[Example, ...]], ...]:
    """A wrong and a right example that answer the same question, of the same network if there are any."""
    pairs = [(wrong, right) for wrong in row.catches for right in row.spares]
    wrong, right = max(pairs, key=lambda pair: _alike(*pair))
    return ("wrong", (wrong,)), ("right", (right,))


def _alike(wrong: Example, right: Example) -> int:
    same = wrong.network is right.network or wrong.network == right.network
    return 2 * (wrong.ask == right.ask) + same


def _gate(equation: Equation) -> str:
    """One equation of a graph, as LaTeX."""
    from derive.notation import NOTATIONS
    from derive.writing import latex, writer

    written = writer(NOTATIONS["subscript"], equation.quantity)
    return f"{equation.quantity.address} = {latex(written.box(equation.expression))}"


def _beside(example: Example) -> str:
    """The network or graph that an example is about, in a few words; nothing for the usual one."""
    from derive.graph import Graph
    from grader.misconceptions.row import PLAIN

    network = example.network
    if network is PLAIN:
        return ""
    if isinstance(network, Graph):
        return f"   ({', '.join(map(_gate, network.equations))})"
    layers, loss = list(network.layers), network.loss if network.loss != PLAIN.loss else None
    batch = f"{network.columns} examples" if network.batch else None
    update = network.update if network.update != PLAIN.update else None
    said = (", ".join(dict.fromkeys(network.activation)), loss, batch, update)
    return f"   ({'; '.join([str(layers), *filter(None, said), *(name for name, _ in network.regularizer)])})"

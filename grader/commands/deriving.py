"""derive, solve and handout: from a network or problem to formulas, numbers and paper."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from grader.cli import print_json, reports_errors


@click.command()
@click.argument("problem", required=False)
@click.option("--layers", help="Sizes of the layers, input first: 3,4,2. Instead of PROBLEM.")
@click.option(
    "--activation",
    default="sigmoid",
    show_default=True,
    help="One name, or one for each layer: relu,softmax.",
)
@click.option("--loss", default="half-squared-error", show_default=True, help="A name of the loss table.")
@click.option("--no-bias", is_flag=True, help="A network without biases.")
@click.option(
    "--batch", type=click.IntRange(min=1), help="Derive for a batch of this many examples, as columns."
)
@click.option(
    "--general",
    is_flag=True,
    help="The formulas for any layer l and the last layer L instead of concrete layers.",
)
@click.option(
    "--notation", help="A name of `deltagrade notations`; by default the problem's own, or subscript."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["latex", "markdown", "html", "json"]),
    default="latex",
    show_default=True,
)
@click.option(
    "--fragment", is_flag=True, help="With --format latex: without preamble, to put into a file of your own."
)
@reports_errors
def derive(
    problem: str | None,
    layers: str | None,
    activation: str,
    loss: str,
    no_bias: bool,
    batch: int | None,
    general: bool,
    notation: str | None,
    format_: str,
    fragment: bool,
) -> None:
    """Every formula of PROBLEM, or of the network described by the options, step by step with reasons."""
    import derive as library

    if (problem is not None) + (layers is not None) + general != 1:
        raise click.UsageError(
            "give one of: a PROBLEM, a network with --layers (for example --layers 3,4,2), or --general"
        )
    if problem is not None:
        import problems

        loaded = problems.load(problem)
        derivation = library.derive(loaded, notation or loaded.notation)
    elif general:
        derivation = _general(activation, loss, not no_bias, notation or "subscript")
    else:
        network = library.Network(
            _sizes(layers or ""),
            _names(activation),
            loss,
            bias=not no_bias,
            batch=batch,
        )
        derivation = library.derive(network, notation or "subscript")
    _print_derivation(derivation, format_, fragment)


def _general(activation: str, loss: str, bias: bool, notation: str) -> Any:
    from dataclasses import replace

    from derive.activations import ACTIVATIONS
    from derive.derivation import derive_general
    from derive.errors import Unusable, unknown
    from derive.losses import LOSSES
    from derive.notation import notation_named

    hidden, _, last = activation.partition(",")
    for name in filter(None, (hidden, last)):
        if name not in ACTIVATIONS:
            raise Unusable(unknown(name, "an activation", ACTIVATIONS))
    if loss not in LOSSES:
        raise Unusable(unknown(loss, "a loss", LOSSES))
    return replace(derive_general(hidden, loss, last or None, bias), notation=notation_named(notation).name)


def _print_derivation(derivation: Any, format_: str, fragment: bool) -> None:
    if format_ == "json":
        print_json(derivation.as_json())
    elif format_ == "markdown":
        click.echo(derivation.markdown())
    elif format_ == "html":
        from derive.writing.document import derivation_document

        click.echo(derivation_document(derivation))
    else:
        click.echo(derivation.latex(document=not fragment))


def _sizes(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise click.BadParameter(
            f"'{text}' is no list of sizes; write them as 3,4,2", param_hint="--layers"
        ) from None


def _names(text: str) -> str | list[str]:
    names = [name.strip() for name in text.split(",")]
    return names[0] if len(names) == 1 else names


@click.command()
@click.argument("problem")
@click.option(
    "--steps", type=click.IntRange(1, 1_000_000), default=1, show_default=True, help="How many updates."
)
@click.option("--exact", is_flag=True, help="Exact fractions, where the activations allow it.")
@click.option(
    "--digits", type=click.IntRange(1, 17), default=6, show_default=True, help="Significant digits to print."
)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@reports_errors
def solve(problem: str, steps: int, exact: bool, digits: int, as_json: bool) -> None:
    """Every number of PROBLEM: forward values, deltas, gradients, updated parameters."""
    import derive as library
    import problems
    from derive.errors import Unusable
    from derive.functions import NotExact

    try:
        solution = library.solve(problems.load(problem), steps=steps, exact=exact)
    except NotExact as error:
        raise Unusable(str(error)) from None
    if as_json:
        print_json(solution.as_json())
        return
    click.echo(solution.as_text(digits))


@click.command()
@click.argument("problem")
@click.option(
    "--format", "format_", type=click.Choice(["html", "tex", "md"]), default="html", show_default=True
)
@click.option(
    "--solutions/--blank", default=True, help="With worked solutions (the default), or with room to answer."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; stdout without it.",
)
@reports_errors
def handout(problem: str, format_: str, solutions: bool, output: Path | None) -> None:
    """A handout of PROBLEM: statement, network, derivation, and the numbers substituted step by step."""
    import problems
    from derive.handout import handout as write

    text = write(problems.load(problem), format_, solutions)
    if output is None:
        sys.stdout.write(text)
        return
    output.write_text(text, encoding="utf-8")
    click.echo(f"wrote {output}", err=True)

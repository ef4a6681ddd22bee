"""derive, solve and handout: from a network or problem to formulas, numbers and paper."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from grader.cli import print_json, reports_errors


@click.command()
@click.argument("problem", required=False)
@click.option("--layers", help="Sizes of the layers, input first: 3,4,2. Instead of PROBLEM.")
@click.option(
    "--general",
    is_flag=True,
    help="The formulas for any layer l and the last layer L instead of concrete layers.",
)
@click.option(
    "--activation",
    default="sigmoid",
    show_default=True,
    help="One name, or one for each layer: relu,softmax.",
)
@click.option("--loss", default="half-squared-error", show_default=True, help="A name of the loss table.")
@click.option("--no-bias", is_flag=True, help="A network without biases.")
@click.option("--batch", type=click.IntRange(min=1), help="Derive for a batch of this many examples.")
@click.option("--regularizer", help="Penalties on the weights: l2, l1, elastic-net, or l1,l2.")
@click.option(
    "--update",
    default="gradient-descent",
    show_default=True,
    help="How parameters change: momentum, adam, …",
)
@click.option(
    "--notation", help="A name of `deltagrade notations`; by default the problem's own, or subscript."
)
@click.option(
    "--form",
    default="matrix",
    show_default=True,
    help="matrix, element (with indices and sums), scalar (all written out), or batch.",
)
@click.option(
    "--detail",
    default="full",
    show_default=True,
    help="How much of the way is shown: brief, full, every-line.",
)
@click.option("--of", help="Only the derivative of this quantity …")
@click.option("--wrt", help="… with respect to this one: --of z3 --wrt z2.")
@click.option("--forward", is_flag=True, help="Only the forward pass.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["latex", "markdown", "html", "json", "python"]),
    default="latex",
    show_default=True,
)
@click.option(
    "--fragment", is_flag=True, help="With --format latex: without preamble, to put into a file of your own."
)
@reports_errors
def derive(
    problem: str | None, layers: str | None, general: bool, format_: str, fragment: bool, **words: Any
) -> None:
    """Every formula of PROBLEM, or of the network described by the options, step by step with reasons."""
    _refuse_what_does_not_go_together(problem, layers, general)
    if general:
        derivation = _general(words)
    else:
        source, notation = _source(problem, layers or "", words)
        derivation = _derived(source, words["notation"] or notation, words)
    _print_derivation(derivation, format_, fragment)


SHOWN = 200
"""How many characters are shown of a line that could not be read back: its end, and the reason."""
ABOUT_NETWORK = ("activation", "loss", "no_bias", "batch", "regularizer", "update")
"""Options that describe a network, which a problem does by itself."""


def _refuse_what_does_not_go_together(problem: str | None, layers: str | None, general: bool) -> None:
    context = click.get_current_context()
    given = {name for name in context.params if context.get_parameter_source(name) != ParameterSource.DEFAULT}
    if (problem is not None) + (layers is not None) + general != 1:
        raise click.UsageError(
            "give one of: a PROBLEM, a network with --layers (for example --layers 3,4,2), or --general"
        )
    idle = given.intersection(ABOUT_NETWORK) if problem is not None else set()
    if idle:
        raise click.UsageError(
            f"{_option(min(idle))} is for --layers and --general; {problem} has its own network"
        )
    if len(given & {"of", "wrt"}) == 1:
        raise click.UsageError("--of and --wrt go together: --of z3 --wrt z2")
    if "fragment" in given and context.params["format_"] != "latex":
        raise click.UsageError("--fragment is for --format latex")
    fixed = given & {"detail", "forward", "general"} if "of" in given else set()
    if fixed:
        raise click.UsageError(f"{_option(min(fixed))} and --of do not go together")


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _source(problem: str | None, layers: str, words: Mapping[str, Any]) -> tuple[Any, Any]:
    """What is derived, and the notation it comes with."""
    if problem is not None:
        import problems

        loaded = problems.load(problem)
        return loaded, loaded.notation
    import derive as library

    return library.Network(_sizes(layers), _names(words["activation"]), **_options(words)), "subscript"


def _options(words: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a network that options give, without its layers."""
    return {
        "loss": words["loss"],
        "bias": not words["no_bias"],
        "batch": words["batch"],
        "regularizer": _penalties(words["regularizer"]),
        "update": words["update"],
    }


def _penalties(text: str | None) -> dict[str, None]:
    return dict.fromkeys(name.strip() for name in text.split(",")) if text else {}


def _general(words: Mapping[str, Any]) -> Any:
    """The formulas of layers in general, as the options ask for them."""
    from derive.derivation import forward_alone
    from derive.forms import written
    from derive.general import derive_general
    from derive.teaching import detailed

    hidden, *others = [name.strip() for name in words["activation"].split(",")]
    last, options, form = others[-1] if others else hidden, _options(words), words["form"]
    batch = bool(options.pop("batch")) or form == "batch"
    derivation = derive_general(hidden, last=last, batch=batch, **options)
    derivation = detailed(derivation, words["detail"])
    derivation = forward_alone(derivation) if words["forward"] else derivation
    return written(derivation, words["notation"] or "subscript", form)


def _derived(source: Any, notation: Any, words: Mapping[str, Any]) -> Any:
    import derive as library

    form, detail = words["form"], words["detail"]
    if words["of"]:
        return library.jacobian(source, words["of"], words["wrt"], notation, form)
    return library.derive(source, notation, form, detail, words["forward"])


def _print_derivation(derivation: Any, format_: str, fragment: bool) -> None:
    """Print what has been read back and found true."""
    if format_ != "python":
        _prove(derivation)
    if format_ == "json":
        print_json(derivation.as_json())
    elif format_ == "html":
        from derive.writing.document import derivation_document

        click.echo(derivation_document(derivation))
    elif format_ == "latex":
        click.echo(derivation.latex(document=not fragment))
    else:
        click.echo(getattr(derivation, format_)())


def _everything(problem: Any) -> Any:
    """All that can be derived of a problem."""
    import derive as library

    forward = getattr(problem.model, "forward_only", None) is not None
    return library.derive(problem, problem.notation, forward=forward)


def _prove(derivation: Any) -> None:
    """Refuse a derivation with a line that is false, or that could not be read back. Raises `Unusable`."""
    from derive.errors import Unusable
    from grader.proof import proved

    if doubtful := proved(derivation):
        raise Unusable(
            f"nothing is printed, for {len(doubtful)} lines could not be read back and proved, such as "
            f"{doubtful[0][-SHOWN:]}; choose another form, or less detail"
        )


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

    loaded = problems.load(problem)
    if solutions:
        _prove(_everything(loaded))
    text = write(loaded, format_, solutions)
    if output is None:
        sys.stdout.write(text)
        return
    output.write_text(text, encoding="utf-8")
    click.echo(f"wrote {output}", err=True)

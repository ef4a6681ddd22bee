"""A derivation as a page: steps in sections, with reasons, shapes, assumptions and the slopes in use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from typing import Any

from derive.backprop import Step
from derive.derivation import Derivation
from derive.evaluate import Solution
from derive.functions import Function
from derive.gates import LOCAL
from derive.graph import BY_DEFINITION, Node
from derive.jacobians import pair_of
from derive.losses import Loss
from derive.quantities import Quantity
from derive.writing import writer_of
from derive.writing.boxes import Box, chain, row, sign
from derive.writing.latex import latex
from derive.writing.layout import Writer
from derive.writing.numbers import value_box
from derive.writing.page import Block, Display, Group, Page, Paragraph, Section, Side, sentence
from derive.writing.printing import fragment, printed
from derive.writing.quantities import quantity_box
from derive.writing.shapes import shape_of_result
from derive.writing.slopes import (
    definition_box,
    in_order,
    layer_function_box,
    loss_slope_box,
    slope_box,
    used_functions,
)
from derive.writing.wording import described

STAGES = {
    "forward": "Forward pass",
    LOCAL: "Local derivatives",
    "backward": "Backward pass",
    "gradient": "Gradients",
    "update": "Update",
}
"""The sections of a derivation, in their order."""


def derivation_latex(derivation: Derivation, document: bool = False) -> str:
    """All steps as LaTeX: a fragment, or a whole file that pdflatex compiles."""
    page = derivation_page(derivation)
    return printed("derivation", "tex", page) if document else fragment("tex", page.blocks)


def derivation_markdown(derivation: Derivation) -> str:
    """All steps as Markdown with ``$…$``."""
    return printed("derivation", "md", derivation_page(derivation))


def derivation_html(derivation: Derivation) -> str:
    """All steps as HTML with MathML, to stand inside a page such as a notebook."""
    return fragment("html", derivation_page(derivation).blocks)


def derivation_document(derivation: Derivation) -> str:
    """All steps as one HTML file."""
    return printed("derivation", "html", derivation_page(derivation))


def solution_html(solution: Solution) -> str:
    """The numbers of the first round as HTML with MathML, to stand inside a page such as a notebook."""
    derivation = solution.derivation
    by = writer_of(derivation)
    boxes = []
    for quantity, value in solution.rounds[0].items():
        printed_value, exact = value_box(value)
        left = quantity_box(quantity, by.notation, by.output)
        boxes.append(row(left, sign("equals" if exact else "approx"), printed_value))
    return fragment("html", (Side(tuple(boxes)),))


def derivation_json(derivation: Derivation) -> dict[str, Any]:
    """``{"notation", "steps": [{"quantity", "latex", "because", "shape", "stage", "lines", …}]}``."""
    by = writer_of(derivation)
    return {"notation": by.notation.name, "steps": [_step_json(step, by) for step in derivation]}


def _step_json(step: Step, by: Writer) -> dict[str, Any]:
    left = by.box(step.left_side)
    return {
        "quantity": step.quantity.address,
        "latex": latex(chain(left, [("equals", by.box(step.formula))])),
        "because": step.because,
        "shape": list(step.formula.shape),
        "stage": step.stage,
        "lines": [{"latex": latex(by.box(line.expression)), "because": line.because} for line in step.lines],
        "assumptions": list(step.assumptions),
    }


# -- the page ------------------------------------------------------------------------------------------------


def derivation_page(derivation: Derivation) -> Page:
    """The whole derivation, introduced by what is derived."""
    by = writer_of(derivation)
    model = derivation.network or derivation.graph
    about = (Paragraph((derivation.about,)) if derivation.about else described(model, by),)
    return Page("Backpropagation, step by step", (*about, *derivation_sections(derivation)))


def derivation_sections(derivation: Derivation) -> tuple[Section, ...]:
    """One section a stage, and after the forward pass the slopes that are used from there on."""
    by = writer_of(derivation)
    sections = {
        stage: Section((title,), (local_blocks if stage == LOCAL else _groups)(steps, by))
        for stage, title in STAGES.items()
        if (steps := [step for step in derivation if step.stage == stage])
    }
    slopes = slope_blocks(derivation, by)
    if slopes:
        title = "Functions" if derivation.forward_only else "Slopes"
        before = {"forward": sections.pop("forward")} if "forward" in sections else {}
        sections = before | {"slopes": Section((title,), slopes)} | sections
    return tuple(sections.values())


def _groups(steps: Sequence[Step], by: Writer) -> tuple[Block, ...]:
    alike = groupby(steps, key=lambda step: step.quantity)
    return tuple(step_group(tuple(entries), by) for _, entries in alike)


def local_blocks(steps: Sequence[Step], by: Writer) -> tuple[Block, ...]:
    """What each gate does to small changes of what enters it, gate by gate."""
    gates: dict[Quantity | None, list[Step]] = {}
    for step in steps:
        pair = pair_of(step.left_side)
        gates.setdefault(pair.of if pair else None, []).append(step)
    rows = [
        Side(tuple(chain(by.box(s.left_side), [("equals", by.box(s.formula))]) for s in gate))
        for gate in gates.values()
    ]
    return (Paragraph(("Each gate alone, with everything else that enters it held fixed:",)), *rows)


def step_group(steps: Sequence[Step], by: Writer) -> Group:
    """The steps about one quantity, of which there are several where each entry has a formula of its own: the
    chains of their lines, the shapes, why they hold, and what is assumed."""
    return Group(tuple(_step_blocks(steps, by)))


def _step_blocks(steps: Sequence[Step], by: Writer) -> Iterator[Block]:
    chains = [explained(step, by) for step in steps]
    yield from _formulas([by.box(step.left_side) for step in steps], chains)
    if reasons := reasons_of(max(chains, key=len)):
        yield Paragraph((reasons,))
    if (shape := shape_of_result(steps[0].formula, by)) is not None:
        yield Paragraph(("Shape: ", shape), quiet=True)
    for assumption in dict.fromkeys(assumption for step in steps for assumption in step.assumptions):
        yield Paragraph((f"Assumed: {assumption}.",), quiet=True)


def _formulas(left: Sequence[Box], chains: Sequence[Sequence[tuple[Box, str]]]) -> Iterator[Block]:
    """Each chain below the one before; short ones may stand side by side."""
    boxes = [
        chain(box, [("equals", line) for line, _ in lines]) for box, lines in zip(left, chains, strict=True)
    ]
    if len(boxes) > 1 and all(len(lines) == 1 for lines in chains):
        yield Side(tuple(boxes))
    else:
        yield from map(Display, boxes)


def explained(step: Step, by: Writer) -> list[tuple[Box, str]]:
    """The right sides of a step with their reasons, without those that say again what stands before them."""
    lines = [(by.box(step.left_side), "")]
    for line in step.lines:
        box = by.box(line.expression)
        if box != lines[-1][0]:
            lines.append((box, line.because))
    return lines[1:] or lines


def lines_of(step: Step, by: Writer) -> list[Box]:
    """The right sides of a step."""
    return [box for box, _ in explained(step, by)]


FEW = 3
"""Lines up to which their reasons are said in one go; those of more lines are numbered."""


def reasons_of(lines: Sequence[tuple[Box, str]]) -> str:
    """Why the lines hold, as sentences: each reason once, or of many lines each with its number."""
    if len(lines) > FEW:
        return " ".join(f"({n}) {sentence(because)}" for n, (_, because) in enumerate(lines, 1) if because)
    reasons = dict.fromkeys(because for _, because in lines if because not in ("", BY_DEFINITION))
    return " ".join(map(sentence, reasons))


def slope_blocks(derivation: Derivation, by: Writer) -> tuple[Block, ...]:
    """A line for each function whose slope is used, and one for the slope of the loss; where only the forward
    pass is derived, what the functions are.
    """
    network, learnt = derivation.network, derivation.forward_only is None
    share = Fraction(network.kink_slope) if network else Fraction(0)
    blocks: list[Block] = []
    for function in functions_of(derivation):
        has_slope = learnt and not function.forward_only
        both = (definition_box(function, by), slope_box(function, by, share) if has_slope else None)
        blocks.append(Group(tuple(Display(box) for box in both if box)))
    blocks += [Display(box) for box in _layer_functions(derivation, by)]
    if network is not None and any(step.quantity == Quantity("delta", network.depth) for step in derivation):
        slope = loss_slope_box(network.loss_row, by, network.share_of_output)
        blocks += [Group((Paragraph((_loss_words(network.loss_row),)), Display(slope)))] if slope else []
    return tuple(blocks)


def _layer_functions(derivation: Derivation, by: Writer) -> Iterator[Box]:
    """What activations are that take a whole layer, entry by entry."""
    network = derivation.network
    rows = [network.activation_of(layer) for layer in range(1, network.depth + 1)] if network else []
    return filter(None, (layer_function_box(row, by) for row in dict.fromkeys(rows)))


def functions_of(derivation: Derivation) -> tuple[Function, ...]:
    """The functions of one number that the layers apply by name, or whose slope a computation graph uses."""
    network = derivation.network
    used = used_functions(step.formula for step in derivation)
    if network is None:
        return used
    named = {node.data[0] for step in derivation for line in step.lines for node in _applied(line.expression)}
    rows = (network.activation_of(layer).function for layer in range(1, network.depth + 1))
    return in_order((*(row for row in rows if row and row.name in named), *used))


def _applied(expression: Node) -> Iterator[Node]:
    """Functions where they are applied, and their slopes."""
    return (node for node in expression.walk() if node.op == "function")


def _loss_words(loss: Loss) -> str:
    return (
        f"{loss.words[0].upper()}{loss.words[1:]}: each output adds its own term. The slope at one output is"
    )

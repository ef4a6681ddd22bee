"""A problem as a handout: statement, numbers and questions, with room to answer or worked out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from derive import ops
from derive.backprop import Step
from derive.derivation import Derivation, derive, derive_graph, derive_network
from derive.forms import written
from derive.general import general_of
from derive.graph import symbol
from derive.network import Network
from derive.perspective import is_turned
from derive.problem import Part, Problem
from derive.program import Values
from derive.quantities import General, Quantity, parse_address
from derive.worked import LOSS_NEW, RATE, arithmetic_of, is_scalar, with_following, worked_values, working
from derive.writing import writer_of
from derive.writing.boxes import Box, chain
from derive.writing.document import STAGES, derivation_sections, functions_of, step_group
from derive.writing.layout import Writer
from derive.writing.numbers import DIGITS, value_box
from derive.writing.page import (
    Block,
    Code,
    Display,
    Group,
    Page,
    Paragraph,
    Prose,
    Room,
    Section,
    Sentence,
    Side,
)
from derive.writing.printing import printed
from derive.writing.quantities import quantity_box
from derive.writing.shapes import with_shape
from derive.writing.slopes import definition_box
from derive.writing.width import width
from derive.writing.wording import described


def handout(problem: Problem, format: str = "html", solutions: bool = True) -> str:
    """The handout of a problem as ``html``, ``tex`` or ``md``, with ``solutions`` or with room to answer.

    Raises `Unusable` for an unknown format, and for a statement that a LaTeX file must not contain.
    """
    return printed("handout", format, handout_page(problem, solutions))


def handout_page(problem: Problem, solutions: bool = True) -> Page:
    """The handout before any markup."""
    sheet = Sheet(problem)
    sections = [
        Section(("Problem",), (Prose(problem.statement),)),
        Section(("Given",), tuple(given_blocks(sheet))),
        Section(("Questions",), tuple(part_section(sheet, part, solutions) for part in problem.parts)),
    ]
    if solutions:
        sections.append(Section(("Derivation",), derivation_sections(sheet.derivation)))
        sections += numbers_section(sheet)
    return Page(problem.title, tuple(sections), problem.source, points(problem.points), not solutions)


class Sheet(Struct, frozen=True, dict=True):
    """A problem with what is known of it: its derivation, its values, and how it writes."""

    problem: Problem

    @cached_property
    def derivation(self) -> Derivation:
        model = self.problem.model
        forward = isinstance(model, Network) and model.forward_only is not None
        return derive(model, self.problem.notation, forward=forward)

    @cached_property
    def by(self) -> Writer:
        return writer_of(self.derivation)

    @cached_property
    def values(self) -> Values:
        """What the notation's own symbols are worth; given are the promised quantities, whatever it is."""
        model, perspective = self.problem.model, self.derivation.perspective
        derived = derive_network(model) if isinstance(model, Network) else derive_graph(model)
        values = worked_values(derived, self.problem.given)
        share = perspective.share.data if perspective.share.op == "constant" else 1
        own = {quantity: perspective.value(quantity, value, share) for quantity, value in values.items()}
        return with_following(self.derivation, own)

    def left(self, quantity: Quantity) -> Box:
        """The quantity as the problem writes it."""
        return quantity_box(quantity, self.by.notation, self.by.output)

    def entry(self, quantity: Quantity, entry: tuple[int, ...]) -> tuple[int, int]:
        """The row and column at which the problem's own matrix has an entry."""
        row, column = (*entry, 1)[:2]
        return (column, row) if is_turned(quantity.kind, self.by.notation) else (row, column)

    def written_for(self, part: Part) -> Sheet:
        """The sheet in the notation a part asks for."""
        if part.notation in (None, self.problem.notation):
            return self
        return Sheet(replace(self.problem, notation=part.notation))

    def step(self, quantity: Quantity) -> Step | None:
        """The step that derives a quantity, also for a layer in general; None for a loss after an update."""
        steps = self._general if isinstance(quantity.layer, General) else self.derivation
        return next((step for step in steps if step.quantity == quantity), None)

    @cached_property
    def _general(self) -> Derivation:
        network = self.problem.model
        assert isinstance(network, Network)
        return written(general_of(network), self.problem.notation)


def points(number: float) -> str:
    """What something is worth, in words.

    >>> points(1), points(2.5)
    ('1 point', '2.5 points')
    """
    return f"{number:g} point{'' if number == 1 else 's'}"


# -- what is given -------------------------------------------------------------------------------------------


def given_blocks(sheet: Sheet) -> Iterator[Block]:
    """The model in words, its numbers with their shapes, and the functions it is made of."""
    model = sheet.problem.model
    settings, remembered = (model.settings, model.states) if isinstance(model, Network) else ({}, {})
    said = [quantity for quantity, number in settings.items() if number is not None]
    yield described(model, sheet.by)
    inputs = [q for q in sheet.derivation.graph.inputs if q in sheet.values and q not in said]
    inputs += [q for q in remembered if q.address in sheet.problem.given]
    if inputs:
        yield Side(tuple(_given(q, sheet) for q in inputs))
    yield Side(tuple(_definitions(sheet)))


def _given(quantity: Quantity, sheet: Sheet) -> Box:
    array = sheet.values[quantity]
    box, exact = value_box(array)
    left = with_shape(sheet.left(quantity), array.shape, sheet.by)
    return chain(left, [("equals" if exact else "approx", box)])


def _definitions(sheet: Sheet) -> Iterator[Box]:
    """What nobody is asked to derive: activations and loss, or the gates of a graph."""
    if sheet.derivation.network is None:
        yield from (_equation(step, sheet) for step in sheet.derivation if step.stage == "forward")
        return
    definitions = (definition_box(function, sheet.by) for function in functions_of(sheet.derivation))
    yield from filter(None, definitions)
    if (loss := sheet.step(Quantity("loss"))) is not None:
        yield _equation(loss, sheet)


def _equation(step: Step, sheet: Sheet) -> Box:
    return chain(sheet.by.box(step.left_side), [("equals", sheet.by.box(step.formula))])


# -- the questions -------------------------------------------------------------------------------------------


class Question(Struct, frozen=True):
    """How a kind of answer is asked for, and how many empty lines it gets."""

    before: str
    after: str
    room: int


QUESTIONS = {
    "number": Question("Compute ", "", 6),
    "formula": Question("Give a formula for ", "", 5),
    "derivation": Question("Derive ", ", one step after another, with a reason for each", 14),
    "code": Question("Write a Python function", "", 16),
}
"""One row for each of `derive.problem.ANSWERS`."""

STAGES_OF_CODE = {
    "forward": ("forward",),
    "backward": ("backward", "gradient"),
    "train": ("forward", "backward", "gradient", "update"),
}
"""What a function has to compute."""


def part_section(sheet: Sheet, part: Part, solutions: bool) -> Section:
    """One question, with its answer or with room for one."""
    sheet = sheet.written_for(part)
    question = QUESTIONS[part.answer]
    answer = tuple(_solution(sheet, part)) if solutions else (Room(question.room),)
    body = (Paragraph(_asked(sheet, part, question)), *_signature(part), *answer)
    return Section((f"Part {part.id}",), (Group(body),), points(part.points))


def _asked(sheet: Sheet, part: Part, question: Question) -> Sentence:
    if part.answer == "code":
        return (f"{question.before} for the {part.ask} pass.",)
    allowed = [sheet.left(parse_address(name)[0]) for name in part.in_terms_of or ()]
    joints = ["", *[", "] * (len(allowed) - 2), " and "][: len(allowed)] if len(allowed) > 1 else [""]
    terms = tuple(item for joint, box in zip(joints, allowed, strict=False) for item in (joint, box))
    digits = part.tolerance.digits
    wanted = f" Give {digits} significant digits." if digits else ""
    within = (" in terms of ", *terms) if terms else ()
    return (question.before, _asked_for(sheet, part), *within, f"{question.after}.{wanted}")


def _asked_for(sheet: Sheet, part: Part) -> Box:
    """The quantity asked for, or one entry of it."""
    quantity, entry = parse_address(part.ask)
    if not entry:
        step = sheet.step(quantity)
        return sheet.by.box(step.left_side) if step else sheet.left(quantity)
    shape = sheet.values[quantity].shape
    row, column = sheet.entry(quantity, entry)
    places = (row if shape[0] > 1 else None, column if shape[1] > 1 else None)
    return sheet.by.box(ops.at(symbol(quantity, shape), *places))


def _signature(part: Part) -> tuple[Block, ...]:
    return (Code(f"def {part.signature}:"),) if part.signature else ()


def _solution(sheet: Sheet, part: Part) -> Iterator[Block]:
    """What a right answer looks like."""
    if part.answer == "code":
        stages = STAGES_OF_CODE[part.ask]
        yield Paragraph(("It computes, in this order:",))
        yield Side(tuple(_equation(step, sheet) for step in sheet.derivation if step.stage in stages))
        return
    quantity, entry = parse_address(part.ask)
    step = sheet.step(quantity)
    if part.answer == "number":
        formula = [("equals", sheet.by.box(step.formula))] if step and not entry else []
        yield Display(chain(_asked_for(sheet, part), [*formula, _value(sheet, quantity, entry)]))
    elif step is not None:
        yield step_group((step,), sheet.by)


def _value(sheet: Sheet, quantity: Quantity, entry: tuple[int, ...]) -> tuple[str, Box]:
    array = sheet.values[quantity]
    if entry:
        row, column = sheet.entry(quantity, entry)
        array = array[row - 1 : row, column - 1 : column]
    box, exact = value_box(array)
    return "equals" if exact else "approx", box


# -- the numbers ---------------------------------------------------------------------------------------------

ONE_LINE = 3
"""Steps of a calculation with plain numbers up to which they stand in one line."""
WIDEST = 100
"""Characters in a line of a calculation; a longer one could only be read with a magnifying glass."""


def numbers_section(sheet: Sheet) -> list[Section]:
    """Every value that can be computed, worked out from its formula; no section where there are none."""
    stages = [
        Section((title,), tuple(blocks))
        for stage, title in STAGES.items()
        if (blocks := [_worked(step, sheet) for step in sheet.derivation if _has_numbers(step, stage, sheet)])
    ]
    if not stages:
        return []
    return [Section(("The numbers, step by step",), (*stages, *_closing(sheet)))]


def _has_numbers(step: Step, stage: str, sheet: Sheet) -> bool:
    return step.stage == stage and step.quantity in sheet.values


def _worked(step: Step, sheet: Sheet) -> Block:
    """Formula, numbers in place, result; the left side carries its shape."""
    formula = sheet.by.box(step.formula)
    *between, value = working(step.formula, sheet.values, sheet.by, arithmetic_of(sheet.derivation))
    lines = [*(line for line in between if width(line[1]) <= WIDEST), value]
    lines = [line for line in lines if line[1] != formula]
    left = with_shape(sheet.by.box(step.left_side), step.formula.shape, sheet.by)
    steps = [("equals", formula), *lines]
    together = is_scalar(step.formula) and len(steps) <= ONE_LINE
    return Group((Display(chain(left, steps, together)),))


def _closing(sheet: Sheet) -> Iterator[Block]:
    if LOSS_NEW in sheet.values and RATE in sheet.values:
        left = sheet.left(LOSS_NEW)
        loss = chain(left, [_value(sheet, LOSS_NEW, ())])
        yield Paragraph(("A forward pass with the new weights and biases gives ", loss, "."))
    if any(not value_box(value)[1] for value in sheet.values.values()):
        rounded = f"Numbers after ≈ are rounded to {DIGITS} significant digits; all digits are carried along."
        yield Paragraph((rounded,), quiet=True)

"""What an answer may not do, whatever its value: give something else, or use what it is to give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from derive.notation import Notation
from derive.quantities import Quantity, parse_address
from grader.judging.as_latex import asked_latex, own_entry, quantity_latex
from grader.judging.finding import Finding, believed, wrong
from grader.judging.question import Question
from grader.judging.sides import Sides
from grader.meaning import terms
from grader.meaning.layers import width_of
from grader.meaning.limits import Undecidable, Unmarked
from grader.meaning.terms import Entry, Product, Reference, SumOver, Term, letters_in, uses

if TYPE_CHECKING:
    from grader.misconceptions import Misconception

SUM_NOT_WRITTEN = 0.5
"""The share of the marks for a formula that would be right with the sums that are missing."""


def wrong_left_side(question: Question, sides: Sides) -> Finding | None:
    """An answer that says what something else equals is wrong, whatever stands on the right."""
    left = sides.left
    if left is None:
        return None
    other = not (question.is_asked(left.quantity) or is_old_value(question, left.quantity))
    other = other and not _is_asked_too(question, sides, left.quantity)
    part = left.entry and not left.letters and left.entry != own_entry(question, sides.notation)
    if not (other or part):
        return None
    said, asked = quantity_latex(question, left.quantity, left.entry, sides.notation), asked_latex(question)
    hint = "" if other else _too_little(question)
    return wrong(f"Your left side is ${said}$, but ${asked}$ is asked.{hint}")


def _is_asked_too(question: Question, sides: Sides, quantity: Quantity) -> bool:
    """Whether what stands on the left is rightly said to equal what is asked, as in z_2 = a_2 = … where the
    activation changes nothing."""
    from grader.judging.formulas import judge_term

    named = [term for term in sides.claimed if repeats(question, term)]
    if not named:
        return False
    return judge_term(question, Reference(named[0].span, quantity), sides.notation).right


def _too_little(question: Question) -> str:
    return "" if question.entry else " Your answer is about one entry only; give all of them."


def loose_index(question: Question, sides: Sides) -> Finding | None:
    """A letter that counts but is neither summed over nor on the left makes no formula."""
    counted = sides.left.letters if sides.left else ()
    free = sides.free
    if counted and (loose := [letter for letter in free if letter not in counted]):
        if (row := _mended(question, sides, counted)) is not None:
            return believed(row)
        names = " and ".join(f"${letter}$" for letter in loose)
        verb = "are" if len(loose) > 1 else "is"
        said = f"{names} {verb} not on the left side and {verb} not summed over: is a sum missing?"
        return wrong(said, award=SUM_NOT_WRITTEN if _right_if_summed(question, sides, loose) else 0.0)
    if not counted and len(free) > (directions(question, sides.notation) or 1):
        names = " and ".join(f"${letter}$" for letter in free)
        asked = asked_latex(question)
        return wrong(
            f"{names} are left free, which is more than an entry of ${asked}$ has: is a sum missing?"
        )
    if not question.entry and free and not counted and not directions(question, sides.notation):
        return _sum_forgotten(question, sides)
    return None


def _sum_forgotten(question: Question, sides: Sides) -> Finding | None:
    """Of a number that is one of many until the sum over their letter is written. Raises `Unmarked` for
    −log a_c, which is right where c is the class that the target marks."""
    if _is_right(question, sides):
        return None
    names = " and ".join(f"${letter}$" for letter in sides.free)
    if _right_if_marked(question, sides):
        raise Unmarked(sides.free[0])
    if not _right_if_summed(question, sides, sides.free):
        return None
    return wrong(
        f"This is one number for each {names}; only their sum is ${asked_latex(question)}$.",
        award=SUM_NOT_WRITTEN,
    )


def _mended(question: Question, sides: Sides, counted: Sequence[str]) -> Misconception | None:
    """The misconception that an edit of the answer undoes so that no letter is left loose and it is right."""
    from grader.misconceptions import MISCONCEPTIONS

    *before, term = sides.claimed
    for row in MISCONCEPTIONS.values():
        for edit in row.repair(term) if row.repair else ():
            bound = not set(letters_in(edit)) - set(counted)
            if bound and _is_right(question, replace(sides, claimed=(*before, edit))):
                return row
    return None


def _right_if_summed(question: Question, sides: Sides, letters: Sequence[str]) -> bool:
    """Whether only the sums over some letters are missing."""
    term = sides.claimed[-1]
    for letter in letters:
        term = SumOver(term.span, letter, None, term)
    return _is_right(question, replace(sides, claimed=(*sides.claimed[:-1], term)))


def _right_if_marked(question: Question, sides: Sides) -> bool:
    """Whether it is what the loss is where the target has a 1 at one letter and a 0 everywhere else."""
    if len(sides.free) != 1:
        return False
    term = sides.claimed[-1]
    target = Entry(term.span, Reference(term.span, Quantity("y")), sides.free)
    marked = replace(sides, claimed=(*sides.claimed[:-1], Product(term.span, (target, term), ("",))))
    return Quantity("y") not in uses(term) and _right_if_summed(question, marked, sides.free)


def _is_right(question: Question, sides: Sides) -> bool:
    """Whether the last thing that is claimed is right."""
    from grader.judging.formulas import claims_of, judge_term

    try:
        return judge_term(question, claims_of(question, sides)[-1], sides.notation).right
    except Undecidable:
        return False


def directions(question: Question, notation: Notation) -> int:
    """How many indices an entry of what is asked has at most; none for a number."""
    if question.entry:
        return 0
    case = question.cases_in(notation)[0]
    if width_of(question.asked.kind) == 2:
        return 2
    return sum(size != 1 for size in case.view.frame.shapes[case.quantity])


def is_old_value(question: Question, quantity: Quantity) -> bool:
    """An update may be written as an assignment: W = W − η ∂E/∂W."""
    return Quantity(quantity.kind + "_new", quantity.layer) == question.asked


def circular(question: Question, sides: Sides) -> Finding | None:
    """An answer that only repeats what is asked, under its own or another name."""
    sentence = _why_circular(question, sides)
    return wrong(sentence.replace("{}", f"${asked_latex(question)}$")) if sentence else None


def _why_circular(question: Question, sides: Sides) -> str | None:
    """What to say of an answer that leads back to what is asked; None for others."""
    if all(repeats(question, term) for term in sides.claimed):
        return "This only gives {} another name; the question is what it equals."
    if all(repeats(question, term) or _defines(question, term) for term in sides.claimed):
        return "This only says what {} is the derivative of; the question is what comes out."
    for term in sides.claimed:
        if not repeats(question, term) and any(question.is_asked(q) for q in uses(term)):
            return "The answer uses {}, which is what it should give."
    return None


def _defines(question: Question, term: Term) -> bool:
    """Whether a side is only a derivative that has not been taken: ∂(the loss written out) by what is
    asked."""
    while isinstance(term, terms.Transposed | terms.Gathered | terms.Entry):
        term = term.body
    if not isinstance(term, terms.Derivative):
        return False
    names = (Quantity("d" + term.by.kind, term.by.layer), Quantity("delta", term.by.layer))
    return question.is_asked(names[0]) or (term.by.kind == "z" and question.is_asked(names[1]))


def repeats(question: Question, term: Term) -> bool:
    """Whether a side is only the asked quantity itself, by any of its names."""
    while isinstance(term, terms.Transposed | terms.Gathered | terms.Entry):
        term = term.body
    return isinstance(term, Reference) and question.is_asked(term.quantity)


def forbidden(question: Question, term: Term) -> Finding | None:
    """A right value that uses what it may not use."""
    used = sorted((q for q in uses(term) if not question.may_use(q)), key=lambda q: q.address)
    if not used:
        return None
    names = ", ".join(f"${quantity_latex(question, q)}$" for q in used)
    if question.part.in_terms_of is None:
        return wrong(f"The answer uses {names}, which is found only after what is asked.")
    allowed = (parse_address(address)[0] for address in question.part.in_terms_of)
    wanted = ", ".join(f"${quantity_latex(question, q)}$" for q in allowed)
    return wrong(
        f"The value is right, but the answer is to be given in terms of {wanted}; it uses {names}.", award=0.5
    )

"""DIAGNOSES: one row for each way in which printed digits come about, and a test that reproduces them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from struct import pack, unpack
from types import MappingProxyType

from grader.chapter.functions import COMMON_LOG, EXP, Function
from grader.chapter.intervals import Interval
from grader.chapter.network.slips import PAGE, SLIPS, STALE
from grader.chapter.omissions import OMISSIONS
from grader.chapter.operations import Undefined
from grader.chapter.printed import Printed, significant
from grader.chapter.values import Scope, evaluate
from grader.reading.tree import Negate, Product, Sum, Tree


@dataclass(frozen=True, slots=True)
class Case:
    """A printed number, and the ``value`` that it should have, from ``tree`` if that is one expression.

    ``slips`` holds, by the name of a diagnosis, what the network behind the page gives with that slip, and
    ``nearby`` the digits of the results printed just before. Where the case is ``loose``, its operands are
    only known to their printed digits, and it is enough that an outcome may be the printed number.
    """

    printed: Printed
    value: Interval
    tree: Tree | None
    scope: Scope
    slips: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    nearby: frozenset[str] = frozenset()
    loose: bool = False

    def comes_out(self, outcome: Interval) -> bool:
        """Whether a hypothesis with this outcome explains the printed number."""
        return self.printed.agrees(outcome) or (self.loose and outcome.meets(self.printed.interval))


Reproduces = Callable[[Case], bool]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A hypothesis: its name, the sentence behind the true value, whether it reproduces the printed digits.

    ``example`` is a line of a chapter whose last number gets this diagnosis; a test reads it.

    One that ``confirms`` makes the number right: nothing but rounding. One that ``blames_operand`` says that
    the number may be right and the expression beside it misprinted. A ``faint`` one says so little that any
    other goes before it.
    """

    name: str
    sentence: str
    reproduces: Reproduces
    example: str
    confirms: bool = False
    blames_operand: bool = False
    faint: bool = False


def _any(outcomes: Callable[[Case], Iterable[Interval]]) -> Reproduces:
    return lambda case: any(case.comes_out(outcome) for outcome in outcomes(case))


def _with_functions(**changed: Callable[..., object]) -> Callable[[Case], Iterator[Interval]]:
    """The outcomes with some functions replaced by others."""

    def outcomes(case: Case) -> Iterator[Interval]:
        if case.tree is None:
            return
        rows: Mapping[str, Function] = MappingProxyType(
            {
                spelling: replace(row, apply=changed.get(row.name, row.apply))
                for spelling, row in case.scope.functions.items()
            }
        )
        yield from _value_of(case.tree, replace(case.scope, functions=rows))

    return outcomes


def _signs_flipped(case: Case) -> Iterator[Interval]:
    """Minus the whole, or one term of the sum with the other sign."""
    yield -case.value
    inner = case.tree.body if isinstance(case.tree, Negate) else case.tree
    if not isinstance(inner, Sum):
        return
    for position, term in enumerate(inner.terms):
        for value in _value_of(term, case.scope):
            signed = value if position == 0 or inner.signs[position - 1] == "+" else -value
            yield case.value - signed * 2


def _slipped(name: str) -> Reproduces:
    """Whether the network behind the page, or the expression itself, gives the digits with a slip."""

    def outcomes(case: Case) -> Iterator[Interval]:
        yield from (Interval.exactly(value) for value in case.slips.get(name, ()))
        for remaining in OMISSIONS[name](case.tree) if name in OMISSIONS and case.tree is not None else ():
            yield from _value_of(remaining, case.scope)

    return _any(outcomes)


def _value_of(tree: Tree, scope: Scope) -> Iterator[Interval]:
    try:
        value = evaluate(tree, scope)
    except Undefined:
        return
    if isinstance(value, Interval):
        yield value


def _copied(case: Case) -> bool:
    """The number stands just before, as the outcome of something else."""
    return significant(case.printed.text) > 2 and case.printed.text.lstrip("-") in case.nearby


def _points_moved(case: Case) -> Iterator[Interval]:
    """The value with its point elsewhere, if a digit of it is still to be seen."""
    moved = (case.value * 10.0**places for places in (-3, -2, -1, 1, 2, 3))
    return (value for value in moved if abs(value.middle) >= case.printed.half)


def _last_digit(case: Case) -> bool:
    """Off by one unit; where the value is 0 or has the other sign, that says nothing."""
    return _same_sign(case) and case.printed.off_by_one(case.value)


def _digit_dropped(case: Case) -> bool:
    """The printed digits are those of the value with one left out, before or after rounding."""
    shown = _digits(case.printed.text)
    if len(shown) < 4 or _all_but_the_last(case) or shown in _rounded(case, len(shown)):
        return False
    whole = _digits(f"{abs(case.value.middle):.17f}")[: len(shown) + 1]
    return any(shown in _one_less(digits) for digits in (whole, *_rounded(case, len(shown) + 1)))


def _all_but_the_last(case: Case) -> bool:
    """Whether the digits are right up to the last, whatever the sign."""
    return case.printed.off_by_one(case.value) or case.printed.off_by_one(-case.value)


def _digit_doubled(case: Case) -> bool:
    """The printed digits are those of the value with one put in."""
    shown = _digits(case.printed.text)
    if len(shown) < 5 or _all_but_the_last(case) or shown in _rounded(case, len(shown)):
        return False
    return any(digits in _one_less(shown) for digits in _rounded(case, len(shown) - 1))


def _same_sign(case: Case) -> bool:
    return case.printed.value * case.value.middle > 0


def _one_less(digits: str) -> set[str]:
    """The digits with one inside left out."""
    return {digits[:cut] + digits[cut + 1 :] for cut in range(1, len(digits) - 1)}


def _rounded(case: Case, digits: int) -> set[str]:
    """So many digits of the value, and of its neighbours one unit of the last digit away."""
    value = abs(case.value.middle)
    unit = 10.0 ** (math.floor(math.log10(value)) - digits + 1) if value else 0.0
    return {_digits(f"{value + step * unit:.{digits - 1}e}") for step in (-1, 0, 1)}


def _digits(text: str) -> str:
    return "".join(sign for sign in text.partition("e")[0] if sign.isdigit()).lstrip("0")


def _in_single_precision(case: Case) -> bool:
    """More digits than a float32 has, and all of them those of a float32 next to the value."""
    number = case.printed.value
    if len(_digits(case.printed.text)) < 10 or abs(number) > 1e38:
        return False
    near = abs(case.value.middle - number) <= 1e-6 * abs(number)
    return near and bool(unpack("f", pack("f", number))[0] == number)


def _slip(name: str) -> Reproduces:
    slipped, beside = _slipped(name), BESIDE.get(name)
    return lambda case: slipped(case) or (beside is not None and beside(case))


def _unmoved(case: Case) -> bool:
    """Whether it is the old value that a step should have changed."""
    tree = case.tree
    if not isinstance(tree, Sum) or len(tree.terms) != 2 or not isinstance(tree.terms[1], Product):
        return False
    return any(case.printed.agrees(value) for value in _value_of(tree.terms[0], case.scope))


BESIDE: Mapping[str, Reproduces] = {"copied-neighbour": _copied, STALE: _unmoved}
"""What the numbers around show of a slip, by its name."""

FLOAT32 = Diagnosis(
    "float32",
    "the digits are those of a float32 number; it holds seven of them",
    _in_single_precision,
    r"$1 / 3 = 0.3333333432674408$",
    confirms=True,
)

ROUNDED = Diagnosis(
    "rounded-intermediate",
    "right up to the rounding of the printed operands",
    lambda case: case.value.meets(case.printed.interval),
    r"$(e^{-1})(-0.53) = -0.20$",
    confirms=True,
)

DIAGNOSES = (
    FLOAT32,
    ROUNDED,
    Diagnosis(
        "truncated",
        "the digits were cut off instead of rounded",
        lambda case: case.printed.half < 0.5 and case.printed.truncates(case.value),
        r"$0.7219 \cdot 0.3891 = 0.280$",
        confirms=True,
    ),
    Diagnosis(
        "log-base-10",
        "the printed number is the logarithm to base 10; the natural one is meant here",
        _any(_with_functions(log=COMMON_LOG)),
        r"$-\log(0.13) = 0.89$",
    ),
    Diagnosis(
        "exponent-sign",
        "the printed number follows with the other sign in the exponent",
        _any(_with_functions(exp=lambda value: EXP(-value))),
        r"$\frac{1}{1+e^{-0.7312}} = 0.3249$",
        blames_operand=True,
    ),
    Diagnosis(
        "sign-flipped", "a sign was flipped", _any(_signs_flipped), r"$0.4 - 0.1 \cdot (-0.205) = 0.3795$"
    ),
    Diagnosis(
        "factor-2",
        "the printed number is twice that",
        _any(lambda case: [case.value * 2]),
        r"$0.4123 \cdot 0.2317 = 0.19106$",
    ),
    Diagnosis(
        "factor-half",
        "the printed number is half of that",
        _any(lambda case: [case.value * 0.5]),
        r"$0.4123 \cdot 0.2317 = 0.04776$",
    ),
    Diagnosis(
        "decimal-point", "the decimal point was moved", _any(_points_moved), r"$0.4123 \cdot 0.2317 = 0.9553$"
    ),
    Diagnosis(
        "last-digit",
        "only the last digit is off",
        _last_digit,
        r"$0.41231 \cdot 0.23172 = 0.0956$",
        faint=True,
    ),
    Diagnosis(
        "dropped-digit", "a digit was dropped", _digit_dropped, r"$0.41237281 \cdot 2.31718243 = 0.955430$"
    ),
    Diagnosis(
        "doubled-digit",
        "a digit was put in that does not belong there",
        _digit_doubled,
        r"$0.41237281 \cdot 2.31718243 = 0.955543303$",
    ),
    *(Diagnosis(row.name, row.sentence, _slip(row.name), PAGE + row.example) for row in SLIPS),
)

OTHER = Diagnosis(
    "other-arithmetic", "no simple slip explains the printed number", lambda case: True, "$17 + 25 = 37$"
)


def excuse(case: Case) -> Diagnosis | None:
    """The row that makes a number right after all."""
    return next((row for row in DIAGNOSES if row.confirms and row.reproduces(case)), None)


def diagnose(case: Case) -> Diagnosis:
    """The one row that reproduces the digits of a wrong number; `OTHER` if none or several do."""
    fitting = [row for row in DIAGNOSES if not row.confirms and row.reproduces(case)]
    telling = [row for row in fitting if not row.faint] or fitting
    return telling[0] if len(telling) == 1 else OTHER

"""What a misconception is: the theory with one thing replaced, the words for it, and answers it must catch
and spare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct, field

from derive.backprop import Theory
from derive.derivation import Derivation
from derive.functions import Array
from derive.graph import Equation, Graph, Node
from derive.kernels import Arithmetic
from derive.network import Network
from grader.meaning.terms import Term

PLAIN = Network([3, 4, 2], "sigmoid", "half-squared-error", learning_rate=0.5)
"""The network of most examples."""


class Example(Struct, frozen=True):
    """An answer (in the notation ``subscript``) to the question for ``ask`` in a network or graph: a formula,
    or numbers where numbers are ``given``."""

    ask: str
    answer: str
    network: Network | Graph = PLAIN
    given: Mapping[str, Any] | None = None


class Misconception(Struct, frozen=True, eq=False):
    """One wrong belief, and what follows from it.

    ``words`` says to the student what happened, ``question`` leads on; ``award`` is the share of the marks
    that is kept unless the part's rubric says otherwise. The belief is given in one or more ways:

    ``theory``  replaces rows of the table of operations; what is derived with them is wrong;
    ``rewrite`` gives wrong right sides for a true equation of a derivation; ``everywhere`` if it may have
    been made in all of them;
    ``network`` gives the network that was really computed with;
    ``repair``  gives edits of the student's own answer, one of which makes it right;
    ``arithmetic`` gives other values to operations and functions (another base of the logarithm), in all of
    the calculation or in one step of it;
    ``roundings``: one of them is done to every value on the way before it is used on; by what is left of a
    value ("2 decimals"), which is then said. They are looked for in the problem's own numbers only, where
    somebody may have rounded too early;

    ``place`` is the kind of small change that finds the piece of an answer where this happened: a name in
    ``CHANGES``, where such changes are listed; nothing where the words say enough;
    ``shows`` says whether an answer has it in its own letters; of several that give the same value, one that
    shows is meant;
    ``alone``: it leaves out something of the answer, which would explain half of anything: it is never named
    beside another;
    ``subtle``: what this gives lies so near the truth that it would pass for the truth rounded on the way. A
    number that is to every digit what a subtle misconception gives is then wrong. Mark a row so only where
    the mistake is what the question is about; any other row would call right numbers wrong by chance.

    ``catches`` and ``spares`` are its specification: answers that must get this name, and right answers
    that must not.
    """

    name: str
    words: str
    question: str
    catches: tuple[Example, ...]
    spares: tuple[Example, ...]
    award: float = 0.5
    place: str = ""
    theory: Callable[[Theory], Theory] | None = None
    rewrite: Callable[[Equation, Derivation], Iterable[Node]] | None = None
    everywhere: bool = False
    network: Callable[[Network], Network | None] | None = None
    repair: Callable[[Term], Iterable[Term]] | None = None
    arithmetic: Callable[[Arithmetic], Arithmetic] | None = None
    roundings: Mapping[str, Callable[[Array], Array]] = field(default_factory=dict)
    shows: Callable[[Term], bool] | None = None
    alone: bool = False
    subtle: bool = False

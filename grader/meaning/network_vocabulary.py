"""The names of a network's quantities in a notation."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from derive.notation import Notation
from derive.quantities import KINDS, General, LayerIndex, Quantity
from grader.meaning import terms
from grader.meaning.examples import is_counter, of_example, with_example
from grader.meaning.habits import INPUT_LETTERS, NONE, Habits
from grader.meaning.keywords import setting_named
from grader.meaning.kinds import Kinds
from grader.meaning.layer_sums import LayerSums
from grader.meaning.layers import Layers, width_of
from grader.meaning.picks import bias_among_weights, is_layer_and_entry, kronecker_letters
from grader.meaning.remembered import Remembered, hatted
from grader.meaning.scripts import Marks, NotUnderstood, marks_of, pieces, places_in, split, without_new
from grader.meaning.terms import Place, Term
from grader.meaning.vocabulary import Named
from grader.reading import tree
from grader.reading.tree import Span, Tree

Name = tree.Name | tree.Scripted
OUTPUT_LETTERS = ("hat_y", "yhat", "o", "hat_Y")
"""Names of the network's output that carry no layer."""
OUTPUT_WORDS = (("y", "pred"), ("Y", "pred"), ("y", "hat"), ("Y", "hat"))
"""The same with a word below the letter."""
STATES = ("v", "s", "m")
"""Letters for what an update rule remembers of the parameter that stands below them."""
GRADIENTS = ("grad",)
"""Words for the gradient of the loss by what stands below them."""
TOLD = (
    ("W", "weights"),
    ("b", "biases"),
    ("z", "weighted inputs"),
    ("a", "activations"),
    ("delta", "errors"),
    ("y", "targets"),
)
"""The letters that are told to those who write another one."""
ERRORS_BY = ("z", "a")
"""What errors are derivatives by."""
NO_NEW_VALUE = "only weights, biases, weighted inputs, activations and the loss have a new value"
BY_WHAT = "derivatives are taken by weights, biases, weighted inputs or activations"


class NetworkVocabulary(Struct, frozen=True, dict=True):
    """Names of a network of ``depth`` layers written in ``notation``; ``general`` allows layer letters.

    ``sizes`` says what letters without a layer number count: examples, or outputs. ``strict`` refuses layers
    on the other side than the notation has them; ``habits`` are those of the answer; ``remembered`` says what
    an update rule keeps of the parameter that is asked for; ``outputs`` are more names of the output.
    """

    notation: Notation
    depth: int
    general: bool = False
    sizes: Mapping[str, Quantity] = field(default_factory=dict)
    strict: bool = False
    habits: Habits = NONE
    remembered: Remembered | None = None
    outputs: tuple[str, ...] = ()

    @cached_property
    def plain(self) -> dict[object, Named]:
        """Filled by the `Namer`."""
        return {}

    @cached_property
    def _layers(self) -> Layers:
        habits = self.habits
        return Layers(self.notation, self.depth, self.general, self.strict, habits.fenced, habits.glued)

    @cached_property
    def _kinds(self) -> Kinds:
        return Kinds(self.notation, self.strict, self.habits)

    @property
    def fence(self) -> str:
        """The bracket that opens before the number of a layer."""
        return self.notation.fence[:1]

    @property
    def bias_inside(self) -> bool:
        return self.habits.bias_inside

    def named(self, name: Name) -> Named | None:
        """The quantity that a letter with its scripts names; None for what is none."""
        if (inside := self._in_brackets(name)) is not None:
            return inside
        letter, sub, sup, primes = split(name)
        if letter is None:
            return None
        if letter in self.sizes and sub is None and sup is None and self.sizes[letter].kind not in STATES:
            return Named(self.sizes[letter])
        if letter == self.notation.passed and self.habits.passed is not None:
            return self._passed(sub, marks_of(sup), primes)
        if letter in GRADIENTS and sub is not None:
            return self._gradient_named(sub, sup, primes)
        if letter in STATES and (state := self._state(letter, sub, sup)) is not None:
            return state
        if self.remembered is not None and letter in self.remembered.letters:
            return self._remembered(name.span, letter, sub, sup)
        if (own := self._own(letter, sub, sup, primes)) is not None:
            return own
        if (letter in OUTPUT_LETTERS or letter in self.outputs) and not primes:
            return self._output(sub, sup)
        if isinstance(sub, tree.Name) and (letter, sub.text) in OUTPUT_WORDS:
            return self._output(None, sup)
        return self._lettered(name, letter, sub, sup, primes)

    def _lettered(
        self, name: Name, letter: str, sub: Tree | None, sup: Tree | None, primes: int
    ) -> Named | None:
        if (setting := self._setting(letter, sub) or setting_named(letter, sub)) is not None:
            return Named(setting, power=self._round(sup))
        if self._kinds.kind(letter, None, Marks()) is None and letter not in INPUT_LETTERS:
            return None
        marks = marks_of(sup)
        kind = self._kinds.kind(letter, sub, marks)
        if kind is None:
            return None
        if kind == "n":
            return Named(Quantity("n", self._layers.layer(marks.index or sub, kind, letter, name.span)))
        if not KINDS[kind].layered if kind in KINDS else False:
            return self._unlayered(name, kind, sub, marks, primes)
        return self._layered(name, kind, letter, sub, marks, primes)

    # -- names that carry no layer ---------------------------------------------------------------------------

    def _in_brackets(self, name: Name) -> Named | None:
        """``(W_2)_{jk}``: an entry, or a new value, of what stands in the brackets."""
        if not isinstance(name, tree.Scripted) or not isinstance(name.base, tree.Group):
            return None
        (inside, *others) = name.base.items
        if others or not isinstance(inside, tree.Scripted) or name.base.bracket != "(":
            return None
        marks = marks_of(name.sup)
        if name.sub is None and not marks.new:
            return None
        named = self.named(inside)
        if named is None or named.entry or named.transposed or named.power is not None:
            return None
        quantity = self._new(named.quantity, name.span) if marks.new else named.quantity
        return self._whole(quantity, name.sub, marks, name.primes)

    def _whole(self, quantity: Quantity, sub: Tree | None, marks: Marks, primes: int) -> Named:
        """A quantity whose layer is settled, with what stands below and above it."""
        entry = () if sub is None else places_in(sub, width_of(quantity.kind))
        quantity, entry = self.picked(quantity, entry)
        marks = of_example(marks, quantity.kind, self.notation)
        entry = with_example(entry, marks.example, self.notation)
        return Named(quantity, entry, marks.transposed or primes % 2 == 1, marks.power or marks.index)

    def _new(self, quantity: Quantity, span: Span) -> Quantity:
        if quantity.kind not in ("W", "b", "z", "a", "loss") and KINDS[quantity.kind].role != "state":
            raise NotUnderstood(span, NO_NEW_VALUE)
        return replace(quantity, kind=quantity.kind + "_new")

    @property
    def _last(self) -> LayerIndex:
        return General("L") if self.general else self.depth

    def _output(self, sub: Tree | None, sup: Tree | None) -> Named:
        return self._whole(Quantity("a", self._last), sub, marks_of(sup), 0)

    def _own(self, letter: str, sub: Tree | None, sup: Tree | None, primes: int) -> Named | None:
        """A letter that the notation has for one layer alone."""
        marks = marks_of(sup) if any(letter in letters for letters in self.notation.own.values()) else None
        if marks is None or marks.bracketed or not isinstance(marks.index, tree.Number | None):
            return None
        for kind in ("a", "W"):
            for layer in range(self.depth + 1):
                if self.notation.own_letter(kind, layer) == letter:
                    sub, new = without_new(sub, marks.new)
                    quantity = Quantity(kind + "_new" if new else kind, layer)
                    return self._whole(quantity, sub, marks, primes)
        return None

    def _passed(self, sub: Tree | None, marks: Marks, primes: int) -> Named | None:
        """The gradient as it is handed on, such as g in g ⊙ f′(a)."""
        assert self.habits.passed is not None
        kind, layer = self.habits.passed
        if marks.index is not None and (marks.bracketed or not is_counter(marks.index)):
            layer = self._layers.layer(marks.index, kind, self.notation.passed or "", marks.index.span)  # type: ignore[assignment]
            marks = replace(marks, index=None, bracket="")
        return self._whole(Quantity(kind, layer), sub, marks, primes)

    def _round(self, power: Tree | None) -> Tree | None:
        """β^t is the power of the round, whatever else t is."""
        is_time = isinstance(power, tree.Name) and power.text == "t"
        return tree.Name(power.span, self.notation.letters["round"]) if power and is_time else power

    def _setting(self, letter: str, sub: Tree | None) -> Quantity | None:
        """A number that is chosen and has a number of its own, such as β_1."""
        if not isinstance(sub, tree.Number):
            return None
        kind = KINDS.get(letter + sub.text)
        return Quantity(kind.name) if kind is not None and kind.role == "setting" else None

    def _state(self, letter: str, sub: Tree | None, sup: Tree | None) -> Named | None:
        """``v_{W_1}``: what an update rule remembers of a parameter."""
        marks = marks_of(sup)
        sub, new = without_new(sub, marks.new)
        of = self._parameter(sub)
        if of is None:
            return None
        standing = self.sizes.get(letter)
        letter = standing.kind if standing is not None and standing.kind in STATES else letter
        state = replace(of.quantity, kind=letter + of.quantity.kind + "_new" * new)
        return Named(state, of.entry, marks.transposed, marks.index)

    def _parameter(self, sub: Tree | None) -> Named | None:
        """The parameter that stands below a letter; None for anything else."""
        parameter = _with_number(sub)
        if not isinstance(parameter, tree.Name | tree.Scripted):
            return None
        try:
            of = self.named(parameter)
        except NotUnderstood:
            return None
        is_plain = of is not None and not of.transposed and of.power is None
        return of if of is not None and is_plain and of.quantity.kind in ("W", "b") else None

    def _remembered(self, span: Span, letter: str, sub: Tree | None, sup: Tree | None) -> Named | None:
        """``v``, ``v^1``, ``m_t``: what is remembered of the parameter that is asked for."""
        assert self.remembered is not None
        if hatted(letter, sub)[0] != letter:
            return None
        marks = marks_of(sup)
        found = self.remembered.state(letter, sub, marks, self.habits.fresh)
        if found is None:
            return None
        quantity, sub = found
        if sub is not None or marks.index is not None:
            scripts = self._layers.scripts(sub, marks, self.remembered.parameter.kind)
            if scripts.power is not None:
                return None
            if scripts.layer is not None:
                quantity = replace(quantity, layer=self._layers.layer(scripts.layer, "W", letter, span))
            return Named(quantity, scripts.entry, marks.transposed)
        return Named(quantity, (), marks.transposed)

    def unbiased(self, name: Name) -> Term | None:
        """``\\hat m`` and ``m_hat``: a running mean without its bias; None for anything else."""
        letter, sub, sup, _ = split(name)
        if self.remembered is None or letter is None or sup is not None:
            return None
        letter, sub = hatted(letter, sub)
        of = self._parameter(sub)
        if sub is not None and of is None:
            return None
        return self.remembered.unbiased(name.span, letter, of.quantity if of else None)

    # -- derivatives -----------------------------------------------------------------------------------------

    def derivative(self, of: Tree, by: Tree, span: Span) -> Term:
        """∂of/∂by: of the loss a gradient, of anything else what the chain rule needs."""
        by_name = self.variable(by)
        of_name = self.named(of) if isinstance(of, tree.Name | tree.Scripted) else None
        loss, z, a = (self.notation.letter(kind).removeprefix("mathcal_") for kind in ("loss", "z", "a"))
        refused = NotUnderstood(of.span, f"derivatives are taken of {loss}, {z} or {a} here")
        if of_name is None or of_name.power is not None:
            raise refused
        if of_name.quantity.kind == "loss":
            # A transpose behind ∇_a C is that of the gradient.
            gradient = self._gradient(by_name, span)
            return terms.Transposed(span, gradient) if of_name.transposed else gradient
        if of_name.transposed:
            raise refused
        if of_name.quantity.kind not in ("z", "a"):
            raise refused
        if of_name.entry or by_name.entry:
            return terms.PartialEntry(span, of_name.quantity, of_name.entry, by_name.quantity, by_name.entry)
        return terms.Partial(span, of_name.quantity, by_name.quantity)

    def gradient(self, by: Tree, span: Span) -> Term | None:
        """What ``dW_1`` and ``db_1`` mean in programs: the gradient of the loss; None if nothing."""
        named = self.named(by) if isinstance(by, tree.Name | tree.Scripted) else None
        if named is None or named.quantity.kind not in ("W", "b", "z", "a"):
            return None
        gradient = self._gradient(named, span)
        return terms.Transposed(span, gradient) if named.transposed else gradient

    def _gradient_named(self, by: Tree, sup: Tree | None, primes: int) -> Named | None:
        """``grad_{W_1}``."""
        named = self.variable(_with_script(by))
        marks = marks_of(sup)
        quantity = self._kinds.gradient(named.quantity)
        return Named(quantity, named.entry, marks.transposed or primes % 2 == 1, marks.index)

    def by_layers(self, part: tree.BigOperator) -> Tree | None:
        """A sum over layers, or over all weights, written out."""
        return LayerSums(self.notation, self.depth, self._is_weight).written_out(part)

    def _is_weight(self, letter: str) -> bool:
        return self._kinds.kind(letter, None, Marks()) == "W"

    def known(self) -> str:
        """The letters of the notation, in words for the student."""
        letters = [(self.notation.letters.get(kind), words) for kind, words in TOLD]
        told = [f"{letter} for {words}" for letter, words in letters if letter]
        return f"this course writes {', '.join(told[:-1])} and {told[-1]}"

    def variable(self, by: Tree) -> Named:
        """What a derivative is taken by. Raises `NotUnderstood` for what is no variable of the network."""
        if isinstance(by, tree.Name) and self._kinds.is_activation(by.text):
            # A derivative by "the activation" without a layer is the one by the output, as in ∇_a C.
            return Named(Quantity("a", self._last))
        named = self.named(by) if isinstance(by, tree.Name | tree.Scripted) else None
        if named is None or named.transposed or named.quantity.kind not in ("W", "b", "z", "a"):
            raise NotUnderstood(by.span, BY_WHAT)
        return named

    def _gradient(self, by: Named, span: Span) -> Term:
        gradient: Term = terms.Reference(span, self._kinds.gradient(by.quantity))
        gradient = terms.Entry(span, gradient, by.entry) if by.entry else gradient
        if not self.habits.whole_loss or by.quantity.kind not in ERRORS_BY:
            return gradient
        share = terms.Quotient(span, terms.Constant(span, Fraction(1)), terms.Reference(span, Quantity("N")))
        return terms.Product(span, (share, gradient), ("",))

    # -- entries ---------------------------------------------------------------------------------------------

    def picked(self, quantity: Quantity, places: tuple[Place, ...]) -> tuple[Quantity, tuple[Place, ...]]:
        """An entry of a quantity; among weights number 0 is that of the bias."""
        return bias_among_weights(quantity, places, self.notation)

    def example(self, number: Tree) -> tuple[Place, ...]:
        """All neurons in one example."""
        return with_example((), number, self.notation)

    def kronecker(self, name: Name) -> tuple[str, str] | None:
        """The letters of a δ with two indices and no layer; with one layer of weights it is that layer's
        error, if the second index counts examples."""
        letters = kronecker_letters(name)
        if self.general and is_layer_and_entry(name, self.notation):
            return None
        is_error = letters is not None and self.depth == 1 and letters[1] == self.notation.indices.example
        return None if is_error else letters

    # -- names with and without a layer ----------------------------------------------------------------------

    def _unlayered(self, name: Tree, kind: str, sub: Tree | None, marks: Marks, primes: int) -> Named:
        if primes and kind != "y":
            raise NotUnderstood(name.span, "a prime does not say by what is differentiated: write ∂/∂")
        sub, new = without_new(sub, marks.new)
        if new and kind != "loss":
            raise NotUnderstood(name.span, NO_NEW_VALUE)
        if kind == "loss" and isinstance(sub, tree.Number):
            raise NotUnderstood(name.span, "the loss is one number here: write out what this part of it is")
        quantity = Quantity(kind + "_new" if new else kind)
        return self._whole(quantity, sub if kind == "y" else None, marks, primes)

    def _layered(
        self, name: Tree, kind: str, letter: str, sub: Tree | None, marks: Marks, primes: int
    ) -> Named:
        sub, new = without_new(sub, marks.new)
        if self._kinds.is_input(letter, sub, marks) and (sub is not None or marks.index is not None):
            return self._whole(Quantity(kind, 0), sub, marks, primes)
        if self.notation.place == "sub" and marks.bracket == "(" and is_counter(marks.index):
            marks = of_example(marks, kind, self.notation)
        scripts = self._layers.scripts(sub, marks, kind)
        quantity = Quantity(kind, self._layers.layer(scripts.layer, kind, letter, name.span))
        if new:
            quantity = self._new(quantity, name.span)
        quantity, entry = self.picked(quantity, scripts.entry)
        entry = with_example(entry, marks.example, self.notation)
        return Named(quantity, entry, marks.transposed or primes % 2 == 1, scripts.power)


def outputs_of(vocabulary: object) -> tuple[str, ...]:
    """The letters that may stand for the output though no course's notation has them."""
    return (*OUTPUT_LETTERS, *vocabulary.outputs) if isinstance(vocabulary, NetworkVocabulary) else ()


def _with_number(part: Any) -> Any:
    """``W1`` below a letter: a name with its number, which scripts hold side by side."""
    named = _with_script(part)
    return named if named is not part and isinstance(named.sub, tree.Number) else part


def _with_script(part: Any) -> Any:
    """``y_pred`` or ``W1`` below a letter: a name with what stands below it, side by side in a script."""
    parts = [piece for piece, _ in pieces(part)]
    if len(parts) == 2 and isinstance(parts[0], tree.Name):
        return tree.Scripted(part.span, parts[0], sub=parts[1])
    return part

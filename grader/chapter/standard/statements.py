"""STATEMENTS: one row for each formula that all lectures on neural networks state, in letters of our own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from grader.reading import read
from grader.reading.tree import Relation, Tree


@dataclass(frozen=True)
class Mistake:
    """A formula that a statement becomes by one slip, its diagnosis and the words for it.

    It is only called wrong where the page has ``needs``, and nowhere ``unless`` (regular expressions); with
    ``beside``, they count in the words right before the formula.
    """

    formula: str
    diagnosis: str
    words: str
    needs: str = ""
    unless: str = ""
    beside: bool = False

    @cached_property
    def sides(self) -> tuple[Tree, ...]:
        return sides_of(self.formula)


@dataclass(frozen=True)
class Statement:
    """A statement by its name in words: what ``formula`` says, of its left side too if it has one, and
    ``label``, the words (a regular expression) by which a page announces it without a left side."""

    name: str
    formula: str
    label: str = ""
    mistakes: tuple[Mistake, ...] = ()

    @cached_property
    def sides(self) -> tuple[Tree, ...]:
        return sides_of(self.formula)


def sides_of(formula: str) -> tuple[Tree, ...]:
    """The left side, if there is one, and the right side of a row's formula."""
    tree = read(formula).tree
    return tree.sides if isinstance(tree, Relation) else (tree,)


_DESCENDS = r"gradient descent|minimi[sz]|steepest descent|gradient decent|back-?\s?prop"
_CLIMBS = r"ascent|ascend|maximi[sz]|likelihood|reward|policy"
_UPHILL = "the step goes up the gradient, and the page wants the loss to fall"


def _uphill(formula: str) -> tuple[Mistake, ...]:
    return (Mistake(formula, "sign-flipped", _UPHILL, _DESCENDS, _CLIMBS),)


_NO_MINUS = "the logarithm of a probability is negative: the minus sign is missing"
_CROSS = r"cross[- ]entropy"


def _no_minus(formula: str) -> tuple[Mistake, ...]:
    return (
        Mistake(formula, "sign-flipped", _NO_MINUS, _CROSS, r"likelihood|maximi[sz]|minus|negative", True),
    )


STATEMENTS = (
    Statement("the softmax", r"\frac{e^{s_k}}{\sum_j e^{s_j}}", "softmax"),
    Statement("the softmax, with a temperature", r"\frac{e^{s_k/T}}{\sum_j e^{s_j/T}}", "softmax"),
    Statement("the negative logarithm of a softmax", r"-\log\frac{e^{s_k}}{\sum_j e^{s_j}}", "log"),
    Statement("the negative logarithm of a probability", r"-\log p", "log"),
    Statement("the mean of the losses", r"\frac{1}{N} \sum_i L_i", "loss|cost"),
    Statement(
        "the mean of the losses with a penalty", r"\frac{1}{N} \sum_i L_i + \lambda R", "loss|cost|regulari"
    ),
    Statement("the gradient of a mean", r"\frac{1}{N} \sum_i \nabla L_i", "gradient"),
    Statement(
        "the gradient of a mean with a penalty",
        r"\frac{1}{N} \sum_i \nabla L_i + \lambda \nabla R",
        "gradient",
    ),
    Statement("the sum of the squared weights", r"\sum_k \sum_l W_{kl}^2", "L2|ridge|weight decay|regulari"),
    Statement("the sum of the squared weights", r"\sum_k W_k^2", "L2|ridge|weight decay|regulari"),
    Statement("the sum of the absolute weights", r"\sum_k \sum_l |W_{kl}|", "L1|lasso|regulari"),
    Statement("the sum of the absolute weights", r"\sum_k |W_k|", "L1|lasso|regulari"),
    Statement("an elastic net", r"\sum_k \sum_l (\beta W_{kl}^2 + |W_{kl}|)", "elastic"),
    Statement(
        "a step of gradient descent",
        r"w^{+} = w - \eta \nabla L",
        "gradient descent|update",
        _uphill(r"w^{+} = w + \eta \nabla L"),
    ),
    Statement(
        "a step of gradient descent",
        r"w = w - \eta \nabla L",
        "gradient descent|update",
        _uphill(r"w = w + \eta \nabla L"),
    ),
    Statement(
        "a step of gradient descent for a mean",
        r"w^{+} = w - \eta \frac{1}{N} \sum_i \nabla L_i",
        "gradient descent|update",
        _uphill(r"w^{+} = w + \eta \frac{1}{N} \sum_i \nabla L_i"),
    ),
    Statement(
        "the change in a step of gradient descent",
        r"\Delta w = -\eta \nabla L",
        "gradient descent|update",
        _uphill(r"\Delta w = \eta \nabla L"),
    ),
    Statement(
        "a step with momentum",
        r"\Delta w^{+} = -\eta \nabla L + \alpha \Delta w",
        "momentum",
        _uphill(r"\Delta w^{+} = \eta \nabla L + \alpha \Delta w"),
    ),
    Statement("a velocity with momentum", r"v^{+} = \mu v - \eta \nabla L", "momentum"),
    Statement(
        "the cross-entropy",
        r"-\sum_k t_k \log o_k",
        _CROSS,
        _no_minus(r"\sum_k t_k \log o_k"),
    ),
    Statement(
        "the binary cross-entropy",
        r"-(t \log o + (1 - t) \log(1 - o))",
        _CROSS,
        _no_minus(r"t \log o + (1 - t) \log(1 - o)"),
    ),
    Statement(
        "the mean of the binary cross-entropies",
        r"-\frac{1}{N} \sum_i (t_i \log o_i + (1 - t_i) \log(1 - o_i))",
        _CROSS,
        _no_minus(r"\frac{1}{N} \sum_i (t_i \log o_i + (1 - t_i) \log(1 - o_i))"),
    ),
    Statement("half the squared error", r"\frac{1}{2} (o - t)^2", "square"),
    Statement("half the sum of the squared errors", r"\frac{1}{2} \sum_k (o_k - t_k)^2", "square"),
    Statement(
        "half the mean of the squared errors", r"\frac{1}{2N} \sum_i (o_i - t_i)^2", "square|quadratic"
    ),
    Statement("the mean of the squared errors", r"\frac{1}{N} \sum_i (o_i - t_i)^2", "square"),
    Statement("the sum of the squared errors", r"\sum_k (o_k - t_k)^2", "square"),
    Statement("a neuron", r"g(b + \sum_j w_j h_j)", "neuron|unit|output|activation"),
    Statement("a weighted sum and a bias", r"b + \sum_j w_j h_j", "weighted sum"),
    Statement("the cosine of an angle", r"a \cdot b = |a| |b| \cos\theta"),
    Statement("the weights with the least loss", r"\mathrm{argmin} \sum_n L_n", "minimi"),
)

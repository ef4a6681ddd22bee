"""Names of functions in front of their arguments, and how a slope is written on them."""

from __future__ import annotations

from msgspec import Struct

from grader.meaning.scripts import marks_of, split
from grader.reading import tree
from grader.reading.programs import EINSUM
from grader.reading.tree import Tree

OWN_ACTIVATION = ("sigma", "f", "g", "phi", "psi")
"""Letters for the activation a network has; they are functions only in front of an argument or with a
prime."""

DIAGONALS = ("Sigma", "F", "Phi")
"""Capital letters for the matrix with the slopes of the activation on its diagonal, if primed: Σ′(z)."""

FUNCTION_NAMES = {
    **dict.fromkeys(("sigmoid", "Sigmoid", "sig", "Sig", "logistic"), "sigmoid"),
    **dict.fromkeys(("relu", "Relu", "ReLU", "RELU"), "relu"),
    **dict.fromkeys(("LReLU", "LeakyReLU", "leakyrelu", "lrelu"), "leaky-relu"),
    **dict.fromkeys(("ln", "log"), "log"),
    **dict.fromkeys(("tanh", "tanH", "Tanh"), "tanh"),
    **dict.fromkeys(("softmax", "Softmax"), "softmax"),
    **dict.fromkeys(("id", "identity"), "identity"),
    **dict.fromkeys(("sign", "sgn"), "sign"),
    "wta": "winner-take-all",
    "step": "step",
    **dict.fromkeys(("heaviside", "Heaviside"), "heaviside"),
    **dict.fromkeys(("maximum", "fmax"), "max"),
    **dict.fromkeys(("minimum", "fmin"), "min"),
    **dict.fromkeys(("tr", "trace"), "trace"),
    **dict.fromkeys(("len", "length_rows"), "length rows"),
    "length_columns": "length columns",
    "rowSums": "sum columns flat",
    "rowMeans": "mean columns flat",
    "colSums": "sum rows flat",
    "colMeans": "mean rows flat",
    "crossprod": "crossprod",
    "tcrossprod": "tcrossprod",
    **{
        name: name
        for name in (
            *("abs", "softplus", "exp", "sqrt", "sin", "cos", "cosh", "sinh", "sech"),
            *("diag", "max", "min", "outer", "transpose", "sum", "mean", "square", "size"),
        )
    },
}
"""Words that always are functions, and the name under which `grader.meaning.lowering` knows them."""
STEPS = ("H", "Theta")
"""Letters for the step function in front of brackets, unless they name a quantity."""
WITH_BASE = ("log",)
"""Words whose subscript is the base, as in log_2: the value over the value of the base."""
SLOPE_WORDS = ("prime", "derivative", "deriv", "grad", "der")
"""What stands below a function in programs to mean its slope."""
SLOPE_SUFFIXES = ("Gradient", "Grad", "Prime", "Derivative", "Deriv")
"""What stands right behind a function's name in programs to mean its slope: ``sigmoidGradient``."""
SLOPE_PREFIXES = ("dot_", "d")
"""What stands before a function's name to mean its slope: σ̇, ``dsigmoid``."""


class Head(Struct, frozen=True):
    """A function waiting for its argument; ``function`` None is the network's own activation, ``base`` the
    number a logarithm is taken to."""

    function: str | None
    order: int
    power: Tree | None
    name: str
    base: Tree | None = None


def head_of(part: Tree) -> Head | None:
    """The function a factor is the name of, if it is one."""
    if not isinstance(part, tree.Name | tree.Scripted):
        return None
    letter, sub, sup, order = split(part)
    if letter is None:
        return None
    name = _bare(letter)
    if name is None and letter.removeprefix("dot_") in DIAGONALS and (order or letter.startswith("dot_")):
        return Head("diagonal", max(order, 1), None, letter)
    if name is None:
        return None
    order += (name != letter) + (isinstance(sub, tree.Name) and sub.text in SLOPE_WORDS)
    order += sup.primes if isinstance(sup, tree.Scripted) else 0
    function = "step" if name in STEPS else FUNCTION_NAMES.get(name)
    if name.startswith(EINSUM):
        return Head(name, 0, None, name)
    base = sub if name in WITH_BASE and isinstance(sub, tree.Number) else None
    return Head(function, order, _power(sup), name, base)


def is_function(name: str) -> bool:
    """Whether a word can be the name of a function."""
    return name in FUNCTION_NAMES or name in OWN_ACTIVATION or name in STEPS


def _bare(letter: str) -> str | None:
    """The function's name without what means its slope; None for what is no function."""
    if is_function(letter) or letter.startswith(EINSUM):
        return letter
    for prefix in SLOPE_PREFIXES:
        rest = letter.removeprefix(prefix)
        if rest != letter and is_function(rest) and (len(rest) > 1 or prefix != "d"):
            return rest
    for suffix in SLOPE_SUFFIXES:
        rest = letter.removesuffix(suffix)
        if rest != letter and rest in FUNCTION_NAMES:
            return rest
    return None


def _power(sup: Tree | None) -> Tree | None:
    """A number above a function is a power; a layer in brackets or a letter is only a label."""
    marks = marks_of(sup)
    return marks.index if isinstance(marks.index, tree.Number | tree.Negate) and not marks.bracketed else None

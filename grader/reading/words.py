"""The vocabulary: every word the reader knows, as one row each.

A row says which kind of piece the spelling becomes and its value; the kinds are those that
`grader.reading.parser` has rules for, and those that are used up before it sees anything. LaTeX commands have
rows in `grader.reading.latex`, other characters in `grader.reading.signs`.
"""

from __future__ import annotations

Row = tuple[str, str]
"""(kind, value) of a piece."""


def rows(kind: str, words: str) -> dict[str, Row]:
    """One row for each word, standing for itself."""
    return {word: (kind, word) for word in words.split()}


def spellings(kind: str, value: str, words: str) -> dict[str, Row]:
    """Rows for several spellings of one thing."""
    return dict.fromkeys(words.split(), (kind, value))


GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi "
    "rho sigma tau upsilon phi chi psi omega"
)
CAPITAL_GREEK = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"

FUNCTIONS = (
    "exp log ln lg tanh sinh cosh sin cos tan arctan max min sqrt abs sign sgn step det arg argmax argmin "
    "tr trace diag mean sum prod outer maximum minimum transpose clip heaviside square sech len "
    "sigmoid Sigmoid sig Sig relu ReLU Relu RELU tanH Tanh softmax Softmax softplus wta "
    "identity linear logistic"
)
QUANTITY_WORDS = (
    "net out new old loss Loss error err cost target total hidden input output grad gradient ones zeros "
    "lr lam lambd hat eps"
)

ALL = frozenset(["all", "alle", "every", "over", "über"])
"""Words below a sum that say nothing."""

SPELT_OUT = "partial nabla"
"""Signs that are letters in LaTeX and often written as words."""

WORDS = frozenset(f"{SPELT_OUT} {GREEK} {CAPITAL_GREEK} {FUNCTIONS} {QUANTITY_WORDS}".split())
"""Runs of letters that are one name in every spelling."""

REFUSED_CALLS: dict[str, str] = {
    "einsum": "`einsum` is read with its letters in quotes and at most two factors with rows and columns, "
    "as in `np.einsum('ij,i->j', W, d)`: write anything else with @ or \\sum",
    "inv": "inverses are not read here",
}
"""Python functions that are understood but refused, each with its sentence."""

CASE_WORDS: dict[str, Row] = {
    **rows("WHEN", "if for when where falls wenn für si"),
    **rows("ELSE", "else otherwise elsewhere sonst ansonsten"),
}
"""Words before a condition, and words instead of one."""

PROSE: dict[str, Row] = {
    **spellings("RELATION", "=", "equals is ist gleich"),
    **spellings("JOIN", "times", "times mal"),
    **rows("JOIN", "cdot odot otimes"),
    **rows(
        "TEXT",
        "so thus hence therefore then thereby because since as we get have obtain find gives yields are it "
        "that the an answer ans antwort result ergebnis solution lösung final using by chain rule from and "
        "or und daher damit dann also mit da weil wobei gilt folgt aus nach der die das den kettenregel let "
        "return print with think say call use note definition backprop backpropagation equation formula",
    ),
}
"""Words between formulas, which say nothing to mathematics or stand for a sign."""

MODULES = ("np", "numpy", "math", "torch", "tf", "jnp", "scipy", "linalg", "special", "nn", "functional")
"""Names of Python modules, which say nothing in front of a function."""

CALLS: dict[str, Row] = {
    **spellings("CALL", "@", "dot matmul mm"),
    **spellings("CALL", "odot", "multiply"),
    **spellings("WRAP", "", "array matrix Matrix asarray tensor asmatrix print"),
    **spellings("NORM", "||", "norm"),
    **spellings("WHERE", "", "where ifelse"),
}
"""Python functions that are only another way to write a product or an array, when a bracket follows."""

METHODS: dict[str, Row] = {
    **spellings("METHOD", "@", "dot matmul mm"),
    **spellings("METHOD", "odot", "multiply mul"),
    **rows("METHOD", "sum mean"),
    **rows("METHOD", "astype float double copy"),
}
"""The same, written behind a point; and functions of what stands before it."""
CONVERSIONS = ("astype", "float", "double", "copy")
"""Methods that change nothing about the numbers."""

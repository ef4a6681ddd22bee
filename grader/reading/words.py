"""The vocabulary: every LaTeX command, sign and word the reader knows, as one row each.

A row says which kind of piece the spelling becomes and its value; the kinds are those that
`grader.reading.parser` has rules for, and those that are used up before it sees anything.
"""

from __future__ import annotations

Row = tuple[str, str]
"""(kind, value) of a piece."""


def _rows(kind: str, words: str) -> dict[str, Row]:
    """One row for each word, standing for itself."""
    return {word: (kind, word) for word in words.split()}


def _all(kind: str, value: str, words: str) -> dict[str, Row]:
    """Rows for several spellings of one thing."""
    return dict.fromkeys(words.split(), (kind, value))


GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi "
    "rho sigma tau upsilon phi chi psi omega"
)
CAPITAL_GREEK = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"

FUNCTIONS = (
    "exp log ln lg tanh sinh cosh sin cos tan arctan max min sqrt abs sign sgn step det arg argmax argmin "
    "tr trace diag mean sum prod outer maximum minimum transpose clip heaviside "
    "sigmoid Sigmoid sig Sig relu ReLU Relu RELU tanH Tanh softmax Softmax softplus wta "
    "identity linear logistic"
)
QUANTITY_WORDS = (
    "net out new old loss Loss error err cost target total hidden input output grad gradient ones zeros "
    "lr lam lambd"
)

ALL = frozenset(["all", "alle", "every", "over", "über"])
"""Words below a sum that say nothing."""

SPELT_OUT = "partial nabla"
"""Signs that are letters in LaTeX and often written as words."""

WORDS = frozenset(f"{SPELT_OUT} {GREEK} {CAPITAL_GREEK} {FUNCTIONS} {QUANTITY_WORDS}".split())
"""Runs of letters that are one name in every spelling."""

MACROS = frozenset(["sigmoid", "softmax", "relu", "ReLU", "softplus", "sign", "sgn", "diag"])
"""Commands that no LaTeX has, but courses define: they are read, and not suggested."""

COMMANDS: dict[str, Row] = {
    **_rows("NAME", GREEK),
    **_rows("NAME", CAPITAL_GREEK),
    **_all("NAME", "epsilon", "varepsilon"),
    **_all("NAME", "theta", "vartheta"),
    **_all("NAME", "rho", "varrho"),
    **_all("NAME", "sigma", "varsigma"),
    **_all("NAME", "phi", "varphi"),
    **_all("NAME", "kappa", "varkappa"),
    **_all("NAME", "pi", "varpi"),
    **_rows("NAME", "partial nabla infty exp log ln lg tanh sinh cosh sin cos tan arctan arg det"),
    **_all("NAME", "l", "ell"),
    **_all("NAME", "i", "imath"),
    **_all("NAME", "j", "jmath"),
    **_all("NAME", "top", "top intercal transpose dagger trans transp"),
    **_all("NAME", "tr", "tr Tr trace"),
    **_rows("NAME", " ".join(MACROS)),
    **_all("NAME", "dots", "dots ldots cdots vdots ddots dotsb dotsc dotso dotsi"),
    **_rows("BIG", "sum prod int lim max min"),
    **_all("PRIME", "'", "prime"),
    # signs between factors
    **_all("JOIN", "cdot", "cdot cdotp bullet"),
    **_all("JOIN", "times", "times"),
    **_all("JOIN", "*", "ast star"),
    **_all("JOIN", "odot", "odot bigodot"),
    **_all("JOIN", "circ", "circ bigcirc circledcirc"),
    **_all("JOIN", "otimes", "otimes bigotimes"),
    **_all("JOIN", "/", "div slash"),
    # signs between sides
    **_all("RELATION", "=", "equiv triangleq"),
    **_all("RELATION", "approx", "approx simeq cong approxeq doteq"),
    **_all("RELATION", ":=", "coloneqq gets leftarrow"),
    **_all(
        "RELATION",
        "to",
        "to rightarrow longrightarrow Rightarrow Longrightarrow implies mapsto Leftrightarrow iff",
    ),
    **_all("RELATION", "!=", "ne neq"),
    **_all("RELATION", "<", "lt"),
    **_all("RELATION", ">", "gt"),
    **_all("RELATION", "<=", "le leq leqslant"),
    **_all("RELATION", ">=", "ge geq geqslant"),
    # brackets
    **_all("LCURLY", "{", "lbrace"),
    **_all("RCURLY", "}", "rbrace"),
    **_all("LSQB", "[", "lbrack"),
    **_all("RSQB", "]", "rbrack"),
    **_all("LPAR", "(", "lparen"),
    **_all("RPAR", ")", "rparen"),
    **_all("LBAR", "||", "lVert"),
    **_all("RBAR", "||", "rVert"),
    **_all("LBAR", "|", "lvert"),
    **_all("RBAR", "|", "rvert"),
    **_all("BAR", "||", "Vert"),
    **_all("BAR", "|", "vert mid"),
    # commands with arguments
    **_all("FRAC", "frac", "frac dfrac tfrac cfrac nicefrac sfrac flatfrac"),
    **_all("DERIVATIVE", "d", "dv odv"),
    **_all("DERIVATIVE", "partial", "pdv"),
    **_all("BETWEEN", "|", "abs"),
    **_all("BETWEEN", "||", "norm"),
    **_all("OLD MATRIX", "", "matrix pmatrix bmatrix"),
    **_all("BINOM", "binom", "binom dbinom tbinom"),
    **_all("OVER", "over", "over"),
    **_all("SQRT", "sqrt", "sqrt"),
    **_all("ACCENT", "hat", "hat widehat"),
    **_all("ACCENT", "bar", "bar overline"),
    **_all("ACCENT", "tilde", "tilde widetilde"),
    **_all("ACCENT", "dot", "dot"),
    **_all("ACCENT", "ddot", "ddot"),
    **_all("LABELLED", "_", "underbrace"),
    **_all("LABELLED", "^", "overbrace"),
    **_all("UPRIGHT", "", "mathrm mathsf mathtt mathit operatorname rm"),
    **_all("SET", "", "underset"),
    **_all("TEXT", "", "text textrm textbf textit textsf texttt textnormal mbox hbox intertext"),
    **_all(
        "SKIP ARGUMENT",
        "",
        "tag label hphantom vphantom phantom vspace color ref eqref overset stackrel textcolor colorbox",
    ),
    **_all("SPACE ARGUMENT", "", "hspace"),
    # what only concerns the look
    **_all("GAP", "", "quad qquad hfill"),
    **_all("ROW", "", "cr newline"),
    **_all(
        "SKIP",
        "",
        "mathbf boldsymbol bm vec overrightarrow mathcal mathbb mathds mathbbm mathfrak mathscr pmb bf it "
        "symbf mathbfit bfseries underline boxed fbox mathop therefore qed square blacksquare checkmark "
        "mathbin mathrel mathopen mathclose mathord mathinner mathpunct ensuremath limits nolimits "
        "displaystyle textstyle scriptstyle nonumber notag hline "
        "left right middle big Big bigg Bigg bigl Bigl biggl Biggl bigr Bigr biggr Biggr bigm Bigm "
        "thinspace enspace enskip "
        "allowbreak nobreak noindent centering smallskip medskip bigskip displaylimits",
    ),
}

BOLD = ("mathbf", "boldsymbol", "mathbb", "mathds", "mathbbm", "bm", "vec", "pmb", "bf")
"""Commands that make a 1 a vector of ones."""

REFUSED: dict[str, str] = {
    "pm": "`\\pm` stands for two values: write one of them",
    "mp": "`\\mp` stands for two values: write one of them",
    "choose": "binomial coefficients are not read here",
    "iint": "integrals are not read here",
    "oplus": "`\\oplus` is not used here: write +",
    "in": "`\\in` states where something lies: write an equation instead",
    "sim": "`\\sim` says “about” or “distributed as”: write `\\approx` or `=`",
    **dict.fromkeys(
        ("langle", "rangle"), "angle brackets are not read here: write an inner product as `a^T b`"
    ),
    "forall": "`\\forall` is not read here: write the formula alone",
}
"""Commands that are understood but refused, each with its sentence."""

FORBIDDEN = frozenset(
    [
        *("input", "include", "write", "openin", "openout", "read", "special", "immediate", "usepackage"),
        *("def", "edef", "gdef", "let", "csname", "catcode", "newcommand", "renewcommand", "expandafter"),
        *("href", "url", "includegraphics", "htmlData", "htmlId", "htmlClass", "loop"),
    ]
)
"""Commands that belong in no formula: no other is suggested for them."""

REFUSED_CALLS: dict[str, str] = {
    "einsum": "`einsum` is not read here: write the product with @ or \\sum",
    "inv": "inverses are not read here",
}
"""Python functions that are understood but refused, each with its sentence."""

MATRICES = frozenset(
    ["matrix", "bmatrix", "pmatrix", "vmatrix", "Vmatrix", "Bmatrix", "smallmatrix", "array"]
)
BARE_MATRICES = frozenset(["matrix", "smallmatrix", "array"])
"""Environments that print no brackets of their own, so those around them belong to the matrix."""

LAYOUTS = frozenset(
    [
        "align",
        "aligned",
        "alignat",
        "alignedat",
        "equation",
        "gather",
        "gathered",
        "split",
        "multline",
        "eqnarray",
        "flalign",
        "math",
        "displaymath",
    ]
)
CASES = frozenset(["cases", "dcases", "rcases", "drcases"])
"""Environments that define something by cases."""

CASE_WORDS: dict[str, Row] = {
    **_rows("WHEN", "if for when where falls wenn für si"),
    **_rows("ELSE", "else otherwise elsewhere sonst ansonsten"),
}
"""Words before a condition, and words instead of one."""

CHARACTER_COMMANDS: dict[str, Row] = {
    **_all("SKIP", "", ", ; : ! > / -"),
    **dict.fromkeys(" \n\t", ("SKIP", "")),
    **_all("ROW", "", "\\"),
    **_all("FENCE", "", "( ) [ ]"),
    **_all("BAR", "||", "|"),
    **_all("LCURLY", "{", "{"),
    **_all("RCURLY", "}", "}"),
    **_all("SUB", "_", "_"),
}
"""What a backslash makes of a single character that is no letter."""

SIGNS: dict[str, Row] = {
    **_all("FENCE", "", "$ $$"),
    **_all("PLUS", "+", "+ ＋"),
    **_all("MINUS", "-", "- − – ‐ ‑"),
    **_all("JOIN", "*", "* ∗ ⋆"),
    **_all("JOIN", "cdot", "· ⋅ ∙ •"),
    **_all("JOIN", "times", "× ✕ ✖"),
    **_all("JOIN", "odot", "⊙ ⨀ ☉ .*"),
    **_all("JOIN", "circ", "∘ ◦ ○ ⚬"),
    **_all("JOIN", "otimes", "⊗ ⨂"),
    **_all("JOIN", "@", "@ %*%"),
    **_all("JOIN", "/", "/ ÷ ∕ ⁄ ./"),
    **_all("SUP", "^", "^ ** .^"),
    **_all("SUB", "_", "_"),
    **_all("PRIME", "'", "' ′ ’ ‘ ´ ʹ ʼ .'"),
    **_all("PRIME", "''", "″"),
    **_all("RELATION", "=", "= == ≡"),
    **_all("RELATION", ":=", ":= ← <-"),
    **_rows("RELATION", "-= +="),
    **_all("RELATION", "approx", "≈ ~= ≃ ≅ ≐"),
    **_all("RELATION", "to", "→ ⟶ ⇒ ⟹ ↦ -> => ⇔"),
    **_all("RELATION", "!=", "!= ≠"),
    **_all("RELATION", "<", "<"),
    **_all("RELATION", ">", ">"),
    **_all("RELATION", "<=", "<= ≤ ⩽"),
    **_all("RELATION", ">=", ">= ≥ ⩾"),
    **_all("RELATION", "<", "&lt;"),
    **_all("RELATION", ">", "&gt;"),
    **_all("LPAR", "(", "("),
    **_all("RPAR", ")", ")"),
    **_all("LSQB", "[", "["),
    **_all("RSQB", "]", "]"),
    **_all("LBRACE", "{", "{"),
    **_all("RBRACE", "}", "}"),
    **_all("BAR", "|", "|"),
    **_all("BAR", "||", "|| ‖ ∥"),
    **_all("COMMA", ",", ","),
    **_all("SEMICOLON", ";", ";"),
    **_all("AMPERSAND", "&", "&"),
    **_all("PERIOD", ".", "."),
    **_all("COLON", ":", ":"),
    **_all("AMPERSAND", "&", "&amp;"),
    **_all("SKIP", "", "~ &nbsp; ✓ ✔ ✅ ∎ □ ■ ∴"),
    **_all("NAME", "dots", ".. ... … ⋯ ⋮ ⋱"),
    **_all("NAME", "partial", "∂"),
    **_all("NAME", "nabla", "∇"),
    **_all("NAME", "infty", "∞"),
    **_all("NAME", "sqrt", "√"),
    **_all("NAME", "top", "⊤"),
    **_all("NAME", "l", "ℓ"),
    **_all("BIG", "sum", "∑ Σ"),
    **_all("BIG", "prod", "∏"),
    **_all("BIG", "int", "∫"),
    **_all("BANG", "!", "!"),
}
"""Signs that stand for themselves, the longest spelling first when several fit."""

PROSE: dict[str, Row] = {
    **_all("RELATION", "=", "equals is ist gleich"),
    **_all("JOIN", "times", "times mal"),
    **_rows("JOIN", "cdot odot otimes"),
    **_rows(
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
    **_all("CALL", "@", "dot matmul mm"),
    **_all("CALL", "odot", "multiply"),
    **_all("WRAP", "", "array matrix Matrix asarray tensor asmatrix print"),
    **_all("NORM", "||", "norm"),
    **_all("WHERE", "", "where ifelse"),
}
"""Python functions that are only another way to write a product or an array, when a bracket follows."""

METHODS: dict[str, Row] = {
    **_all("METHOD", "@", "dot matmul mm"),
    **_all("METHOD", "odot", "multiply mul"),
    **_rows("METHOD", "sum mean"),
}
"""The same, written behind a point; and functions of what stands before it."""

ACCENT_MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot"}
"""Combining marks, as in ŷ."""

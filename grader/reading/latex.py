"""The vocabulary of LaTeX: every command and environment the reader knows, and those it refuses."""

from __future__ import annotations

from grader.reading.words import CAPITAL_GREEK, GREEK, Row, rows, spellings

MACROS = frozenset(["sigmoid", "softmax", "relu", "ReLU", "softplus", "sign", "sgn", "diag"])
"""Commands that no LaTeX has, but courses define: they are read, and not suggested."""

COMMANDS: dict[str, Row] = {
    **rows("NAME", GREEK),
    **rows("NAME", CAPITAL_GREEK),
    **spellings("NAME", "epsilon", "varepsilon"),
    **spellings("NAME", "theta", "vartheta"),
    **spellings("NAME", "rho", "varrho"),
    **spellings("NAME", "sigma", "varsigma"),
    **spellings("NAME", "phi", "varphi"),
    **spellings("NAME", "kappa", "varkappa"),
    **spellings("NAME", "pi", "varpi"),
    **rows("NAME", "partial nabla infty exp log ln lg tanh sinh cosh sin cos tan arctan arg det"),
    **spellings("NAME", "l", "ell"),
    **spellings("NAME", "i", "imath"),
    **spellings("NAME", "j", "jmath"),
    **spellings("NAME", "top", "top intercal transpose dagger trans transp"),
    **spellings("NAME", "tr", "tr Tr trace"),
    **rows("NAME", " ".join(MACROS)),
    **spellings("NAME", "dots", "dots ldots cdots vdots ddots dotsb dotsc dotso dotsi"),
    **rows("BIG", "sum prod int lim max min"),
    **spellings("PRIME", "'", "prime"),
    # signs between factors
    **spellings("JOIN", "cdot", "cdot cdotp bullet"),
    **spellings("JOIN", "times", "times"),
    **spellings("JOIN", "*", "ast star"),
    **spellings("JOIN", "odot", "odot bigodot"),
    **spellings("JOIN", "circ", "circ bigcirc circledcirc"),
    **spellings("JOIN", "otimes", "otimes bigotimes"),
    **spellings("JOIN", "/", "div slash oslash"),
    # signs between sides
    **spellings("RELATION", "=", "equiv triangleq"),
    **spellings("RELATION", "approx", "approx simeq cong approxeq doteq"),
    **spellings("RELATION", ":=", "coloneqq gets leftarrow"),
    **spellings(
        "RELATION",
        "to",
        "to rightarrow longrightarrow Rightarrow Longrightarrow implies mapsto Leftrightarrow iff",
    ),
    **spellings("RELATION", "!=", "ne neq"),
    **spellings("RELATION", "<", "lt"),
    **spellings("RELATION", ">", "gt"),
    **spellings("RELATION", "<=", "le leq leqslant"),
    **spellings("RELATION", ">=", "ge geq geqslant"),
    # brackets
    **spellings("LCURLY", "{", "lbrace"),
    **spellings("RCURLY", "}", "rbrace"),
    **spellings("LSQB", "[", "lbrack"),
    **spellings("RSQB", "]", "rbrack"),
    **spellings("LPAR", "(", "lparen"),
    **spellings("RPAR", ")", "rparen"),
    **spellings("LANGLE", "⟨", "langle"),
    **spellings("RANGLE", "⟩", "rangle"),
    **spellings("LBAR", "||", "lVert"),
    **spellings("RBAR", "||", "rVert"),
    **spellings("LBAR", "|", "lvert"),
    **spellings("RBAR", "|", "rvert"),
    **spellings("BAR", "||", "Vert"),
    **spellings("BAR", "|", "vert mid"),
    # commands with arguments
    **spellings("FRAC", "frac", "frac dfrac tfrac cfrac nicefrac sfrac flatfrac"),
    **spellings("DERIVATIVE", "d", "dv odv"),
    **spellings("DERIVATIVE", "partial", "pdv"),
    **spellings("BETWEEN", "|", "abs"),
    **spellings("BETWEEN", "||", "norm"),
    **spellings("OLD MATRIX", "", "matrix pmatrix bmatrix"),
    **spellings("BINOM", "binom", "binom dbinom tbinom"),
    **spellings("OVER", "over", "over"),
    **spellings("SQRT", "sqrt", "sqrt"),
    **spellings("ACCENT", "hat", "hat widehat"),
    **spellings("ACCENT", "bar", "bar overline"),
    **spellings("ACCENT", "tilde", "tilde widetilde"),
    **spellings("ACCENT", "dot", "dot"),
    **spellings("ACCENT", "ddot", "ddot"),
    **spellings("LABELLED", "_", "underbrace"),
    **spellings("LABELLED", "^", "overbrace"),
    **spellings("UPRIGHT", "", "mathrm mathsf mathtt mathit operatorname rm"),
    **spellings("SET", "", "underset"),
    **spellings("TEXT", "", "text textrm textbf textit textsf texttt textnormal mbox hbox intertext"),
    **spellings(
        "SKIP ARGUMENT",
        "",
        "tag label hphantom vphantom phantom vspace color ref eqref overset stackrel textcolor colorbox",
    ),
    **spellings("SPACE ARGUMENT", "", "hspace"),
    # what only concerns the look
    **spellings("GAP", "", "quad qquad hfill"),
    **spellings("ROW", "", "cr newline"),
    **spellings(
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

MATRICES = frozenset(
    ["matrix", "bmatrix", "pmatrix", "vmatrix", "Vmatrix", "Bmatrix", "smallmatrix", "array"]
)
BARE_MATRICES = frozenset(["matrix", "smallmatrix", "array"])
"""Environments that print no brackets of their own, so those around them belong to the matrix."""

LAYOUTS = frozenset(
    [
        *("align", "aligned", "alignat", "alignedat", "flalign", "eqnarray", "equation", "gather"),
        *("gathered", "split", "multline", "math", "displaymath"),
    ]
)
"""Environments that only lay out what stands in them."""
CASES = frozenset(["cases", "dcases", "rcases", "drcases"])
"""Environments that define something by cases."""

CHARACTER_COMMANDS: dict[str, Row] = {
    **spellings("SKIP", "", ", ; : ! > / -"),
    **dict.fromkeys(" \n\t", ("SKIP", "")),
    **spellings("ROW", "", "\\"),
    **spellings("FENCE", "", "( ) [ ]"),
    **spellings("BAR", "||", "|"),
    **spellings("LCURLY", "{", "{"),
    **spellings("RCURLY", "}", "}"),
    **spellings("SUB", "_", "_"),
}
"""What a backslash makes of a single character that is no letter."""

r"""An author's Markdown with ``$…$`` -> LaTeX, in which formulas are the only text that is not quoted.

A formula goes into a file that a TeX program will run, so it may hold only commands that set mathematics.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING

from derive.errors import Unusable
from derive.writing.from_latex import single_columns
from derive.writing.markdown_html import parser

if TYPE_CHECKING:
    from markdown_it.token import Token


class UnsafeFormula(Unusable):
    """A formula that a LaTeX file must not contain; the message quotes it and says why."""


def markdown_latex(text: str) -> str:
    r"""The text as LaTeX.

    >>> markdown_latex("Show that $a_1 = 50\\%$ for *every* input_x.")
    'Show that $a_1 = 50\\%$ for \\emph{every} input\\_x.'

    Raises `UnsafeFormula` for formulas with commands that do more than set mathematics.
    """
    from templates import visible

    tokens = iter(parser().parse(visible(text)))
    written = "".join(_table(tokens) if token.type == "table_open" else _written(token) for token in tokens)
    return re.sub(r"\n{3,}", "\n\n", written).strip()


def _table(tokens: Iterator[Token]) -> str:
    """The table that begins here, up to its end; the first row is its head."""
    rows: list[list[str]] = []
    for token in takewhile(lambda token: token.type != "table_close", tokens):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_written(token))
    head, *body = (" & ".join(row) + r" \\" for row in rows)
    lines = "\n".join([r"\toprule", head, r"\midrule", *body, r"\bottomrule"])
    tabular = f"\\begin{{tabular}}{{{'l' * len(rows[0])}}}\n{lines}\n\\end{{tabular}}"
    return f"\n\\begin{{center}}\n{tabular}\n\\end{{center}}\n\n"


def _written(token: Token) -> str:
    if token.type == "inline":
        return "".join(map(_written, token.children or ()))
    rule = RULES.get(token.type)
    if rule is None:
        raise Unusable(
            f"Markdown's {token.type.replace('_', ' ')} has no form in LaTeX here; write plain text"
        )
    return rule(token) if callable(rule) else rule


# -- formulas ------------------------------------------------------------------------------------------------

_COMMAND = re.compile(r"\\([a-zA-Z]+)\*?|\\(.)", re.DOTALL)
_SIGNS = frozenset("\\,;:!>| {}%&#$_")
"""Characters that may follow a backslash."""
_ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{([^{}]*)\}")
_ENVIRONMENTS = (
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array cases aligned alignedat gathered split"
)
_COMMANDS = """
    begin end left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr frac dfrac
    tfrac cfrac binom sqrt sum prod int iint oint lim limsup liminf max min arg sup inf det dim ker exp
    log ln lg sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh coth deg gcd Pr text textbf
    textit textrm texttt mathrm mathbf mathit mathsf mathtt mathcal mathbb mathfrak mathscr boldsymbol
    operatorname mathop mathrel mathbin displaystyle textstyle scriptstyle scriptscriptstyle limits
    nolimits hat widehat tilde widetilde bar overline underline vec dot ddot dddot acute grave check
    breve overbrace underbrace overset underset stackrel overrightarrow overleftarrow substack boxed
    phantom quad qquad enspace thinspace not prime partial nabla infty forall exists emptyset varnothing
    angle hbar ell Re Im wp aleph top bot perp parallel mid nmid intercal dagger ddagger alpha beta
    gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi pi varpi rho
    varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma
    Upsilon Phi Psi Omega cdot cdots ldots dots dotsc dotsb vdots ddots times div pm mp ast star circ
    bullet odot oplus ominus otimes oslash bigodot bigoplus bigotimes cup cap setminus wedge vee land
    lor lnot neg le leq ge geq lt gt ll gg ne neq equiv approx approxeq sim simeq cong propto triangleq
    coloneqq doteq prec succ in notin ni subset subseteq supset supseteq to gets mapsto leftarrow
    rightarrow leftrightarrow Leftarrow Rightarrow Leftrightarrow longrightarrow longleftarrow
    longmapsto implies iff uparrow downarrow lbrace rbrace lbrack rbrack langle rangle lfloor rfloor
    lceil rceil vert Vert lvert rvert lVert rVert therefore because square blacksquare triangle degree
    colon backslash
"""


def checked_math(formula: str) -> str:
    r"""The formula, if a TeX program can do nothing with it but set it.

    >>> checked_math(r"\frac{1}{2}")
    '\\frac{1}{2}'

    Raises `UnsafeFormula` for unknown commands, unbalanced braces, comments and hidden characters.
    """
    for fault in _faults(formula):
        raise UnsafeFormula(f"the formula ${formula.strip()}$ cannot go into a LaTeX file: {fault}")
    return single_columns(formula.strip())


def _faults(formula: str) -> list[str]:
    found = [_fault_of(match) for match in _COMMAND.finditer(formula)]
    bare = _COMMAND.sub("  ", formula)
    found += [f"a bare {sign} (write \\{sign})" for sign in "%#$" if sign in bare]
    found += ["^^ stands for a hidden character"] if "^^" in bare else []
    found += ["a blank line, which ends the formula"] if re.search(r"\n\s*\n", formula) else []
    found += [] if _is_balanced(bare) else ["its braces do not match"]
    found += [] if _is_nested(formula) else ["its \\begin and \\end do not match"]
    return [fault for fault in found if fault]


def _fault_of(match: re.Match[str]) -> str | None:
    word, sign = match[1], match[2]
    if word:
        return (
            None if word in _COMMANDS.split() else f"\\{word} is not one of the commands allowed in formulas"
        )
    return (
        None if sign in _SIGNS or sign == "\n" else f"\\{sign} is not one of the commands allowed in formulas"
    )


def _is_balanced(bare: str) -> bool:
    depth = 0
    for character in bare:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0


def _is_nested(formula: str) -> bool:
    """Whether every environment is one of those allowed and ends where it should."""
    names = _ENVIRONMENT.findall(formula)
    if len(names) != len(re.findall(r"\\(?:begin|end)(?![a-zA-Z])", formula)):
        return False
    open_names: list[str] = []
    for which, name in names:
        if name.rstrip("*") not in _ENVIRONMENTS.split():
            return False
        if which == "begin":
            open_names.append(name)
        elif not open_names or open_names.pop() != name:
            return False
    return not open_names


# -- the rest ------------------------------------------------------------------------------------------------


def _quoted(text: str) -> str:
    from templates import FORMATS

    return FORMATS["tex"].quote(text)


def _display(token: Token) -> str:
    return f"\n\\[\n{checked_math(token.content)}\n\\]\n"


def _code(token: Token) -> str:
    lines = token.content.rstrip("\n").split("\n")
    written = "\\\\\n".join(_quoted(line).replace(" ", "~") or "~" for line in lines)
    return f"\n\\begin{{quote}}\\ttfamily\\noindent\n{written}\n\\end{{quote}}\n\n"


RULES: dict[str, str | Callable[[Token], str]] = {
    "text": lambda token: _quoted(token.content),
    "text_special": lambda token: _quoted(token.content),
    "softbreak": "\n",
    "hardbreak": "\\\\\n",
    "code_inline": lambda token: rf"\texttt{{{_quoted(token.content)}}}",
    "em_open": r"\emph{",
    "em_close": "}",
    "strong_open": r"\textbf{",
    "strong_close": "}",
    "s_open": "",
    "s_close": "",
    "link_open": "",
    "link_close": "",
    "math_inline": lambda token: f"${checked_math(token.content)}$",
    "math_inline_double": lambda token: rf"$\displaystyle {checked_math(token.content)}$",
    "math_block": _display,
    "paragraph_open": "",
    "paragraph_close": "\n\n",
    "heading_open": "\n\n\\paragraph{",
    "heading_close": "}\n",
    "blockquote_open": "\n\\begin{quote}\n",
    "blockquote_close": "\\end{quote}\n\n",
    "bullet_list_open": "\n\\begin{itemize}\n",
    "bullet_list_close": "\\end{itemize}\n\n",
    "ordered_list_open": "\n\\begin{enumerate}\n",
    "ordered_list_close": "\\end{enumerate}\n\n",
    "list_item_open": "\\item ",
    "list_item_close": "\n",
    "fence": _code,
    "code_block": _code,
    "hr": "\n\\medskip\\hrule\\medskip\n",
}

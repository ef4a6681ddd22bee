"""Where formulas stand in what a person typed: between dollar signs, in displays, in fences, or bare."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

RELATION = re.compile(
    r"(?<![<>!])[=≈≃≅]|:=|\\(?:approx|simeq|cong|doteq|coloneqq|leftarrow)(?![A-Za-z])|<-|←"
)

_ROWS = r"(?:align|aligned|alignat|alignedat|gather|gathered|split|eqnarray|multline)\*?"
_DISPLAY = rf"(?:(?:equation|displaymath|math)\*?|{_ROWS})"

# Between an opening sign and its closing one no second opening may stand, which keeps the search linear.
_SPANS = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}|~{3,})[^\n`]*\n(?P<fenced>.*?)(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!\\)\$\$(?P<dollars>(?:(?!\$\$).)+)\$\$"
    r"|(?<!\\)\\\[(?P<brackets>(?:(?!(?<!\\)\\[\[\]]).)+)\\\]"
    rf"|\\begin\{{(?P<name>{_DISPLAY})\}}(?P<rows>(?:(?!\\(?:begin|end)\{{(?P=name)\}}).)+)\\end\{{(?P=name)\}}"
    r"|(?<!\\)\$`?(?P<dollar>(?:\\[^\n]|[^$\n\\])+?)`?\$(?!\d)"
    r"|(?<!\\)\\\((?P<round>(?:(?!(?<!\\)\\[()]).)+)\\\)",
    re.DOTALL | re.MULTILINE,
)
_KINDS = ("fenced", "dollars", "brackets", "rows", "dollar", "round")


@dataclass(frozen=True, slots=True)
class Formula:
    """One formula as it was typed: ``start`` is its offset in the page, ``display`` if it stands apart."""

    text: str
    start: int
    display: bool = False

    @property
    def has_relation(self) -> bool:
        return bool(RELATION.search(self.text))


def spans(text: str) -> list[tuple[int, int]]:
    """The ranges of all delimited mathematics and fences, in order, delimiters included."""
    return [match.span() for match in _SPANS.finditer(text)]


def formulas(text: str) -> list[Formula]:
    r"""All formulas of a text, in order.

    >>> [formula.text for formula in formulas("So $z_1 = 3$ and\ndelta1 = W2^T delta2\n")]
    ['z_1 = 3', 'delta1 = W2^T delta2']
    >>> [formula.text for formula in formulas("\\begin{align} a &= b \\\\ &= c \\\\ d &= e \\end{align}")]
    ['a = b  = c', 'd = e']
    """
    return sorted((*_delimited(text), *_bare(text)), key=lambda formula: formula.start)


def _delimited(text: str) -> Iterator[Formula]:
    for match in _SPANS.finditer(text):
        kind = next(kind for kind in _KINDS if match[kind] is not None)
        start, body = match.start(kind), match[kind]
        if kind == "fenced":
            yield from _typed_lines(body, start, display=True)
        elif kind in ("dollar", "round"):
            yield from () if is_prose(body) or "`" in body else _formula(body, start)
        else:
            yield from _display_rows(body, start)


def _bare(text: str) -> Iterator[Formula]:
    """Lines without any sign of mathematics around them, in runs, as neighbours may belong together."""
    taken, start, run = spans(text), 0, [0, 0]
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if not line.strip() or _touches(taken, start, end):
            yield from _typed_lines(text[run[0] : run[1]], run[0])
            run = [end, end]
        else:
            run[1] = end
        start = end
    yield from _typed_lines(text[run[0] : run[1]], run[0])


def _touches(ranges: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether any of the ordered ranges has a character in start … end."""
    position = bisect_left(ranges, (end, 0)) - 1
    return position >= 0 and ranges[position][1] > start


def _formula(body: str, start: int, display: bool = False) -> Iterator[Formula]:
    text = body.strip()
    stripped = text.rstrip(".,;").rstrip() if not text.endswith("\\,") else text
    if stripped:
        yield Formula(stripped, start + len(body) - len(body.lstrip()), display)


# ---- displays: every row with a left side of its own is a formula, the others continue the one above

_STEP = re.compile(
    r"\\begin\s*\{[a-z]*\*?\}|\\end\s*\{[a-z]*\*?\}|\\\\(?:\[[^\]\n]{0,20}\])?|\\.|[{}&]", re.DOTALL
)
_WRAPPED = re.compile(rf"\s*\\begin\{{(?P<name>{_ROWS})\}}(?P<body>.*)\\end\{{(?P=name)\}}\s*", re.DOTALL)


def _display_rows(body: str, start: int) -> Iterator[Formula]:
    wrapped = _WRAPPED.fullmatch(body)
    if wrapped:
        start, body = start + wrapped.start("body"), wrapped["body"]
    rows = list(_split_rows(body))
    if sum(bool(RELATION.search(row)) for _, row in rows) < 2:
        rows = [(0, body)]
    begin, joined = rows[0]
    for offset, row in rows[1:]:
        if RELATION.match(row.lstrip()) or not RELATION.search(row):
            joined += row
        else:
            yield from _formula(joined, start + begin, display=True)
            begin, joined = offset, row
    yield from _formula(joined, start + begin, display=True)


def _split_rows(body: str) -> Iterator[tuple[int, str]]:
    r"""Offset and text of what stands between the ``\\`` of the outermost level, its ``&`` taken out."""
    depth, begin, position, row = 0, 0, 0, ""
    for step in _STEP.finditer(body):
        sign = step[0]
        depth += (sign == "{" or sign.startswith("\\begin")) - (sign == "}" or sign.startswith("\\end"))
        if depth == 0 and (sign == "&" or sign.startswith("\\\\")):
            row, position = row + body[position : step.start()], step.end()
            if sign != "&":
                yield begin, row
                begin, row = position, ""
    yield begin, row + body[position:]


# ---- lines: what people type without dollar signs, wrapped over several lines and between words

_MARKS = re.compile(r"\s*(?:(?:[>*+•]|#{1,6}|-(?!\s*[\d.\\(\[]))\s+|\d{1,2}[.)]\s+(?=\S*\D))*")
_NUMBERS = re.compile(r"[\s\d.,;|eE+\-−\[\](){}&\\]+")
_OPEN_END = re.compile(r"(?:[=≈+*/,·⊙@(\[{-]|\\(?:odot|cdot|times|approx|circ)|\\\\)\s*$")
_GOES_ON = re.compile(r"\s*(?:[=≈*/·⊙@)\]}]|[+−-]\s|\\(?:odot|cdot|times|approx|circ|end)(?![A-Za-z]))")
_RULER = re.compile(r"\s*(?:=*|-*|\**|_*)\s*")
_BRACKETS = re.compile(r"\\begin\b|\\end\b|\\?[\[\](){}]")


def _typed_lines(body: str, start: int, display: bool = False) -> Iterator[Formula]:
    lines = [line for line in re.finditer(r"[^\n]+", body) if not _RULER.fullmatch(line[0])]
    if display and not RELATION.search(body):
        yield from _formula(body, start, display)  # a fence around one matrix
        return
    for begin, end in _logical_lines(lines):
        text, offset = _without_words(body[begin:end])
        if _is_formula(text):
            yield from _formula(text, start + begin + offset, display)


def _logical_lines(lines: list[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """Ranges of lines that belong together: an open bracket, an operator at the seam, rows of numbers."""
    if not lines:
        return
    begin, end, depth = lines[0].start(), lines[0].end(), _depth(lines[0][0])
    for above, line in pairwise(lines):
        rows = _NUMBERS.fullmatch(line[0]) and _NUMBERS.fullmatch(RELATION.split(above[0])[-1])
        if not (depth > 0 or rows or _OPEN_END.search(above[0]) or _GOES_ON.match(line[0])):
            yield begin, end
            begin, depth = line.start(), 0
        end, depth = line.end(), depth + _depth(line[0])
    yield begin, end


def _depth(line: str) -> int:
    signs = [sign.lstrip("\\") for sign in _BRACKETS.findall(line)]
    return sum((sign in ("begin", "[", "(", "{")) - (sign in ("end", "]", ")", "}")) for sign in signs)


# ---- words around formulas

# fmt: off
_WORDS_OF_MATHEMATICS = frozenset((
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "kappa", "lambda", "mu", "nu",
    "xi", "pi", "rho", "sigma", "tau", "phi", "psi", "omega", "nabla", "partial", "sin", "cos",
    "tan", "tanh", "exp", "log", "ln", "sqrt", "sigmoid", "relu", "softmax", "max", "min", "sum",
    "diag", "transpose", "dot", "times", "odot", "hadamard", "outer", "matmul", "elementwise",
    "net", "out", "loss", "grad", "new", "old", "prime", "np", "array", "matrix",
))
# fmt: on


def _is_word(token: str) -> bool:
    bare = token.strip(".,;:!?\"'*_")
    known = bare.lower() in _WORDS_OF_MATHEMATICS
    return bare in ("I", "a") or (len(bare) > 1 and bare.isalpha() and not known)


def is_prose(text: str) -> bool:
    """Whether two words of a sentence stand side by side.

    >>> is_prose("the slope is one"), is_prose("W2 transpose delta2"), is_prose(r"\\delta_1 \\odot x")
    (True, False, False)
    """
    return any(_is_word(left) and _is_word(right) for left, right in pairwise(text.split()))


def _without_words(line: str) -> tuple[str, int]:
    """The formula in a line of text and where it begins: words before it are cut, and a sentence behind it.

    >>> _without_words("- so we get delta1 = W2^T delta2 because the slope is 1")
    ('delta1 = W2^T delta2', 12)
    """
    begin = _MARKS.match(line).end()  # type: ignore[union-attr]
    if line[begin : begin + 2] == "**" and (bold := re.match(r"\*\*(\S[^*]*)\*\*[:.]?", line[begin:])):
        begin += 2
        line = line[:begin] + bold[1].ljust(len(bold[0]) - 2) + line[begin - 2 + bold.end() :]
    tokens = list(re.finditer(r"\S+", line[begin:]))
    first = 0
    while first + 1 < len(tokens) and _is_word(tokens[first][0]) and not RELATION.match(tokens[first + 1][0]):
        first += 1
    end = len(line)
    if RELATION.search(line) and is_prose(line[begin:]):
        words = (a.start() for a, b in pairwise(tokens[first:]) if _is_word(a[0]) and _is_word(b[0]))
        end = min((begin + word for word in words), default=end)
    begin += tokens[first].start() if tokens else 0
    return line[begin:end].rstrip(), begin


def _is_formula(text: str) -> bool:
    return bool(re.search(r"[\d=≈\\^_+*/@⊙σδ]", text)) and not is_prose(text)

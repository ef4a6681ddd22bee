"""What is refused: where, with which sentence, and that hostile texts cost no time."""
# ruff: noqa: E501, SIM905

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from grader.reading import Unreadable, read, read_lines

REFUSED = [
    # text, position, part of the sentence
    (r"\sigmod(z)", 0, r"`\sigmod` is no command I know: did you mean `\sigma`?"),
    (r"\begin{bmatrx} 1 \end{bmatrx}", 0, "did you mean `bmatrix`?"),
    ("x.max(2)", 1, "`.max` is no method I know"),
    ("2 + (a+b", 4, "this bracket is never closed"),
    ("a+b)", 3, "closes nothing"),
    ("(a+b]", 0, "never closed: `]` closes another kind"),
    (r"\frac{a}{b", 8, "this brace is never closed"),
    ("|x", 0, "this bar is never closed"),
    (r"\begin{bmatrix} 1", 0, "this environment is never closed"),
    (r"\begin{matrix} 1 \end{bmatrix}", 0, "never closed"),
    (r"\left. x \right|", 16, "missing at the end: a subscript"),
    (r"\left. x \right|_{2}", 18, "no equation such as"),
    (r"\left. x \right|_{y=2}", 18, "does not stand before it"),
    (r"\left. x \right)", 15, "closes nothing"),
    ("", 0, "no formula"),
    ("   ", 3, "no formula"),
    ("()", 0, "no formula"),
    ("f()", 2, "nothing stands between these brackets"),
    ("x + []", 5, "nothing stands between these brackets"),
    ("?!", 0, "no formula"),
    ("...", 0, "no formula"),
    (r"\sqrt", 5, "the root of what?"),
    (r"\sqrt{}", 5, "nothing stands between these braces"),
    (r"\frac{}{2}", 5, "nothing stands between these braces"),
    (r"\frac{1}{}", 8, "nothing stands between these braces"),
    (r"\hat{}", 4, "nothing stands between these braces"),
    (r"\detla_2", 0, r"did you mean `\delta`?"),
    (r"a + \fracc{1}{2}", 4, r"did you mean `\frac`?"),
    (r"\x + 1", 0, "write `x` without the backslash"),
    (r"\input{x}", 0, r"`\input` is no command I know"),
    ("W.Transpose @ x", 1, "did you mean `.transpose()`?"),
    ("np.dott(a, b)", 3, "did you mean `dot`?"),
    ("np.einsum('ijk,j', W, d)", 11, "`einsum` is read with its letters in quotes"),
    ("np.einsum(W, d)", 3, "`einsum` is read with its letters in quotes"),
    ("W[0, 1:] @ d", 6, "only whole rows and columns are read"),
    ("x + y: z", 5, "this colon has no meaning here"),
    ("x \u200b y", 2, "the character ZERO WIDTH SPACE has no meaning here"),
    ("a + * b", 4, "something is missing before this sign"),
    ("< 3", 0, "something is missing before this relation"),
    ("3 =", 3, "something is missing at the end: a name or a number"),
    (r"\frac{1}", 8, "something is missing at the end"),
    ("x_{}", 2, "this script is empty"),
    ("^2", 0, "this superscript hangs on nothing"),
    ("0.7.62", 0, "damaged"),
    ("sigma = 0.150.200.250.30", 8, "damaged"),
    ("0.5 0.3", 4, "stand side by side"),
    ("[1 2, 3]", 3, "stand side by side"),
    ("a_1^{2}^{3}", 7, "two superscripts"),
    ("9^9^9", 3, "two superscripts"),
    (r"0.61 \pm 0.02", 5, "stands for two values"),
    (r"\hat{a+b}", 0, "stands over one name only"),
    ("[1, 2; 3]", 7, "differ in length"),
    ("[[1,2],[3]]", 8, "differ in length"),
    (r"\begin{bmatrix} 1 & & 2 & 3 \end{bmatrix}", 0, "a cell of this matrix is empty"),
    (r"x_1 \text{ XOR } x_2", 4, "words stand between"),
    (r"x = 1 \quad x", 6, "a gap stands between"),
    ("x = 1\ny = 2", 6, "a second statement begins here"),
    (r"a = b, c = d", 7, "a second statement begins here"),
    ("1" * 40, 0, "more than 30 digits"),
    ("x + x²" + "²" * 40, 5, "more than 30 digits"),
    ("1e99999", 1, "exponent is too large"),
    ("$x", 0, "has no partner"),
    ("х + 1", 0, "CYRILLIC SMALL LETTER HA"),
    ("a = ２", 4, "FULLWIDTH DIGIT TWO"),
    ("a\u200b", 1, "ZERO WIDTH SPACE"),
    ("\u202ea", 0, "RIGHT-TO-LEFT OVERRIDE"),
    ("a\x00", 1, "U+0000"),
    ("١٢", 0, "ARABIC-INDIC DIGIT ONE"),
]


@pytest.mark.parametrize(("text", "position", "sentence"), REFUSED)
def test_refuses_at_the_place_with_a_sentence(text: str, position: int, sentence: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert sentence in refused.value.message
    assert refused.value.position == position
    assert len(refused.value.message) <= 200


def test_says_what_was_expected_and_found() -> None:
    with pytest.raises(Unreadable) as refused:
        read("a + )")
    assert "closes nothing" in refused.value.message
    with pytest.raises(Unreadable) as refused:
        read("(a + )")
    assert refused.value.found == ")"
    assert {"a name", "a number"} <= set(refused.value.expected)
    assert str(refused.value).startswith("character 6: ")


FORBIDDEN = (
    r"\input \include \write \openin \read \def \let \csname \catcode \newcommand \usepackage "
    r"\href \includegraphics \htmlData \edef"
)


@pytest.mark.parametrize("command", FORBIDDEN.split())
def test_only_listed_commands_are_read(command: str) -> None:
    with pytest.raises(Unreadable, match="is no command I know"):
        read(f"x + {command}{{x}}")


LARGE = [
    "a" * 5000,
    "(" * 4096,
    "(" * 41 + "x" + ")" * 41,
    "{" * 4096,
    "[" * 600 + "]" * 600,
    "x_{" * 1300,
    "x^{" * 1300 + "}",
    r"\frac{" * 600,
    r"\frac" * 800,
    r"\sqrt{" * 600,
    r"\mathrm{" * 450 + "x" + "}" * 450,
    r"\text{" * 600,
    r"\hat " * 800,
    r"\sum " * 800,
    r"\begin{align}" * 250,
    r"\left|" * 600,
    "|" * 1400,
    "-" * 1400 + "1",
    "x^" * 700,
    "=" * 1400,
    "a," * 700 + "*",
    "&" * 1400,
    "\\" * 4096,
    "$" * 1000,
    "1 " * 1400,
    "[1 " * 700,
    "1." * 2000,
    "a_1" * 1300,
    "9" * 4000,
    "\\" + "a" * 4000,
    ".T" * 1400,
    "x" + "_1" * 700,
    "x" + ".dot(y)" * 300,
    r"\begin{cases}" + r"\text{if " * 440,
    r"\abs{" * 800,
    r"\norm{" * 600 + "x" + "}" * 600,
    r"\pmatrix{" * 400 + "}" * 400,
    r"\pdv{" * 700,
    r"\left." * 600 + "(",
    "x //" + " ab" * 1300 + "1",
    "x // " + "a" * 4000 + "1 (",
    "if " * 1300,
    "the " * 1000,
    "x: " * 1300,
    "`" * 4095,
    "<sub>" * 800,
    "½" * 4000,
    "a b " * 250_000,
    " " * 1_000_000,
    "🙂" * 1_000_000,
]


@pytest.mark.parametrize("text", LARGE, ids=lambda text: text[:12])
def test_large_texts_are_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert 0 <= refused.value.position <= len(text)


def test_depth_up_to_the_limit_is_read() -> None:
    assert read("(" * 40 + "x" + ")" * 40)


HARMLESS = [
    "__import__('os').system('ls')",
    "().__class__",
    "lambda: 0",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "%s%n",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_code_is_only_letters(text: str) -> None:
    assert _read_or_refused(text)


def _read_or_refused(text: str) -> bool:
    """Whether reading gives a tree within the text or a refusal within it; anything else raises."""
    try:
        readings = read_lines(text)
    except Unreadable as refused:
        return 0 <= refused.position <= len(text) and 0 < len(refused.message) <= 200
    spans = [tree.span for reading in readings for tree in reading.tree.walk()]
    return all(0 <= start <= end <= len(text) for start, end in spans)


SCRAPS = st.sampled_from(
    r"""W x \delta \sigma ' _ ^ { } ( ) [ ] | || \| \left \right \frac \sqrt \sum sum_k \max _k , ; & \\ = \approx -> + - * ** @ .T
    .dot( np.dot( 1 2.5 .5 1e3 65\% ½ ² ₁ ᵀ ⁽ˡ⁾ δ ∂E/∂w dE/dW2 \text{a} \mathrm{T} \hat \begin{bmatrix} \end{bmatrix} \begin{align}
    \end{align} \quad . ... \over \underbrace $ \( \) \prime \circ ⊙ array( [1 T W2 delta_out""".split()
)


@settings(max_examples=400, deadline=None)
@given(st.lists(SCRAPS, max_size=25).map(" ".join) | st.lists(SCRAPS, max_size=25).map("".join))
@example("||a||")
@example(r"\frac\frac12")
@example("|a|||b|")
def test_scraps_of_mathematics_are_read_or_refused(text: str) -> None:
    assert _read_or_refused(text)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert _read_or_refused(text)

"""The vocabulary of signs: every character that is neither letter nor digit, one row for each sign."""

from __future__ import annotations

from grader.reading.words import Row, rows, spellings

SIGNS: dict[str, Row] = {
    **spellings("FENCE", "", "$ $$"),
    **spellings("PLUS", "+", "+ ＋"),
    **spellings("MINUS", "-", "- − – ‐ ‑"),
    **spellings("JOIN", "*", "* ∗ ⋆"),
    **spellings("JOIN", "cdot", "· ⋅ ∙ •"),
    **spellings("JOIN", "times", "× ✕ ✖"),
    **spellings("JOIN", "odot", "⊙ ⨀ ☉ .*"),
    **spellings("JOIN", "circ", "∘ ◦ ○ ⚬"),
    **spellings("JOIN", "otimes", "⊗ ⨂"),
    **spellings("JOIN", "@", "@ %*%"),
    **spellings("JOIN", "/", "/ ÷ ∕ ⁄ ./"),
    **spellings("SUP", "^", "^"),
    **spellings("SUP", "**", "** .^"),
    **spellings("SUB", "_", "_"),
    **spellings("PRIME", "'", "' ′ ’ ‘ ´ ʹ ʼ .'"),
    **spellings("PRIME", "''", "″"),
    **spellings("RELATION", "=", "= == ≡"),
    **spellings("RELATION", ":=", ":= ← <-"),
    **rows("RELATION", "-= +="),
    **spellings("RELATION", "approx", "≈ ~= ≃ ≅ ≐"),
    **spellings("RELATION", "to", "→ ⟶ ⇒ ⟹ ↦ -> => ⇔"),
    **spellings("RELATION", "!=", "!= ≠"),
    **spellings("RELATION", "<", "<"),
    **spellings("RELATION", ">", ">"),
    **spellings("RELATION", "<=", "<= ≤ ⩽"),
    **spellings("RELATION", ">=", ">= ≥ ⩾"),
    **spellings("RELATION", "<", "&lt;"),
    **spellings("RELATION", ">", "&gt;"),
    **spellings("LPAR", "(", "("),
    **spellings("RPAR", ")", ")"),
    **spellings("LSQB", "[", "["),
    **spellings("RSQB", "]", "]"),
    **spellings("LBRACE", "{", "{"),
    **spellings("RBRACE", "}", "}"),
    **spellings("LANGLE", "⟨", "⟨ 〈"),
    **spellings("RANGLE", "⟩", "⟩ 〉"),
    **spellings("BAR", "|", "|"),
    **spellings("BAR", "||", "|| ‖ ∥"),
    **spellings("COMMA", ",", ","),
    **spellings("SEMICOLON", ";", ";"),
    **spellings("AMPERSAND", "&", "&"),
    **spellings("PERIOD", ".", "."),
    **spellings("COLON", ":", ":"),
    **spellings("AMPERSAND", "&", "&amp;"),
    **spellings("SKIP", "", "~ &nbsp; ✓ ✔ ✅ ∎ □ ■ ∴"),
    **spellings("NAME", "dots", ".. ... … ⋯ ⋮ ⋱"),
    **spellings("NAME", "partial", "∂"),
    **spellings("NAME", "nabla", "∇"),
    **spellings("NAME", "infty", "∞"),
    **spellings("NAME", "sqrt", "√"),
    **spellings("NAME", "top", "⊤"),
    **spellings("NAME", "l", "ℓ"),
    **spellings("BIG", "sum", "∑ Σ"),
    **spellings("BIG", "prod", "∏"),
    **spellings("BIG", "int", "∫"),
    **spellings("BANG", "!", "!"),
}
"""Signs that stand for themselves, the longest spelling first when several fit."""

ALONE = {
    sign: SIGNS[sign] for sign in "(){}[]_^,;+|" if not any(sign != s and s.startswith(sign) for s in SIGNS)
}
"""Signs of one character with which no longer one begins."""

ACCENT_MARKS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot"}
"""Combining marks, as in ŷ."""

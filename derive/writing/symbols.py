"""Symbols by name: how each is written in LaTeX and which character it is."""

from __future__ import annotations

from msgspec import Struct


class Symbol(Struct, frozen=True):
    """One symbol; ``upright`` for words and digits, slanted for variables."""

    name: str
    latex: str
    character: str
    upright: bool = False


_GREEK = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "Delta": "Δ",
    "epsilon": "ε",
    "eta": "η",
    "theta": "θ",
    "Theta": "Θ",
    "lambda": "λ",
    "mu": "μ",
    "rho": "ρ",
    "sigma": "σ",
    "tau": "τ",
    "phi": "φ",
    "omega": "ω",
}

SYMBOLS: dict[str, Symbol] = {
    row.name: row
    for row in (
        *(Symbol(name, "\\" + name, character) for name, character in _GREEK.items()),
        Symbol("plus", "+", "+"),
        Symbol("minus", "-", "−"),
        Symbol("odot", r"\odot", "⊙"),
        Symbol("times", r"\times", "×"),
        Symbol("cdot", r"\cdot", "⋅"),
        Symbol("greater", ">", ">"),
        Symbol("less", "<", "<"),
        Symbol("at most", r"\le", "≤"),
        Symbol("equals", "=", "="),
        Symbol("approx", r"\approx", "≈"),
        Symbol("partial", r"\partial", "∂"),
        Symbol("nabla", r"\nabla", "∇", upright=True),
        Symbol("top", r"\top", "⊤", upright=True),
        Symbol("ones", r"\mathbf{1}", "𝟏", upright=True),
        Symbol("infinity", r"\infty", "∞", upright=True),
        Symbol("prime", r"\prime", "′"),
        Symbol("comma", ",", ","),
        Symbol("sum", r"\sum", "∑"),
        Symbol("mathcal_L", r"\mathcal{L}", "ℒ"),
        Symbol("dots", r"\cdots", "⋯"),
        Symbol("vdots", r"\vdots", "⋮"),
        Symbol("ddots", r"\ddots", "⋱"),
        Symbol("exp", r"\exp", "exp", upright=True),
        Symbol("log", r"\log", "log", upright=True),
        Symbol("ln", r"\ln", "ln", upright=True),
        Symbol("max", r"\max", "max", upright=True),
        Symbol("sin", r"\sin", "sin", upright=True),
        Symbol("cos", r"\cos", "cos", upright=True),
        Symbol("tanh", r"\tanh", "tanh", upright=True),
        Symbol("abs", r"\operatorname{abs}", "abs", upright=True),
        Symbol("sign", r"\operatorname{sign}", "sign", upright=True),
        Symbol("identity", r"\operatorname{id}", "id", upright=True),
        Symbol("relu", r"\operatorname{ReLU}", "ReLU", upright=True),
        Symbol("leaky-relu", r"\operatorname{LReLU}", "LReLU", upright=True),
        Symbol("softplus", r"\operatorname{softplus}", "softplus", upright=True),
        Symbol("step", r"\operatorname{step}", "step", upright=True),
        Symbol("winner-take-all", r"\operatorname{wta}", "wta", upright=True),
        Symbol("at least", r"\ge", "≥"),
        Symbol("softmax", r"\operatorname{softmax}", "softmax", upright=True),
        Symbol("diag", r"\operatorname{diag}", "diag", upright=True),
        Symbol("new", r"\mathrm{new}", "new", upright=True),
    )
}


def named(name: str) -> Symbol:
    """The symbol of a name; a letter is itself, a longer unknown word is set upright."""
    if name in SYMBOLS:
        return SYMBOLS[name]
    return (
        Symbol(name, name, name)
        if len(name) == 1
        else Symbol(name, rf"\mathrm{{{name}}}", name, upright=True)
    )

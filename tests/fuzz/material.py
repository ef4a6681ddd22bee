"""What fuzzing is made of: every spelling the reader knows, answers of the bank, questions to ask."""

from __future__ import annotations

import random
from functools import lru_cache

import problems
from derive import Network
from derive.notation import NOTATIONS
from derive.problem import Part, Problem
from grader.reading import latex, signs, words
from tests.answers.test_answers import BANK
from tests.judging.hostile import HOSTILE

LONGEST = 4200
"""Texts a little longer than the reader takes."""


@lru_cache(maxsize=1)
def spellings() -> tuple[str, ...]:
    """Every spelling in the vocabulary's tables, and the letters of every notation's quantities."""
    commands = [f"\\{name}" for name in (*latex.COMMANDS, *latex.REFUSED, "begin", "end", "left", "right")]
    escaped = [f"\\{char}" for char in latex.CHARACTER_COMMANDS]
    called = [f"{name}(" for name in words.CALLS] + [f".{name}(" for name in words.METHODS] + [".T"]
    edges = [
        f"\\{edge}{{{name}}}" for name in sorted(latex.MATRICES | latex.LAYOUTS) for edge in ("begin", "end")
    ]
    modules = [f"{name}." for name in words.MODULES]
    letters = sorted({letter for row in NOTATIONS.values() for letter in row.letters.values() if letter})
    loose = [
        "W",
        "z_1",
        "a^{(2)}",
        "_",
        "^",
        "{",
        "}",
        "1",
        "0",
        "2.5",
        "1e3",
        "9^9",
        "_{ij}",
        "^T",
        "=",
        " ",
        "\n",
    ]
    odd = ["²", "ᵀ", "₁", "½", "δ", "σ′", "ŷ", "𝛿", "\u0302", "\ud800", "\x00", "х", "１"]
    named = sorted(words.WORDS)
    return (*commands, *escaped, *signs.SIGNS, *called, *edges, *modules, *letters, *named, *loose, *odd)


@lru_cache(maxsize=1)
def seeds() -> tuple[str, ...]:
    """Answers of the bank, right and wrong, and hostile ones, each once."""
    written = [case.values[3][case.values[2]] for case in BANK]
    return tuple(dict.fromkeys([*map(str, written), *(text for text in HOSTILE if isinstance(text, str))]))


@lru_cache(maxsize=1)
def questions() -> tuple[tuple[Problem, str], ...]:
    """Every question of the bank and of the built-in problems, and one of each kind to other networks."""
    banked = {(id(case.values[0]), case.values[1]): case.values[:2] for case in BANK}
    built_in = [
        (problem, part.id)
        for problem in map(problems.load, problems.names())
        for part in problem.parts
        if part.answer in ("number", "formula")
    ]
    return (*banked.values(), *built_in, *_asked())


def _asked() -> list[tuple[Problem, str]]:
    """Formulas of networks and batches in every notation."""
    networks = (
        Network([2, 3, 2], "sigmoid", learning_rate=0.1),
        Network([3, 2, 4], ["relu", "softmax"], "cross-entropy", batch=5),
        Network([2, 2, 1], "generic", "generic", bias=False),
        Network([1, 1, 1], "tanh", regularizer={"l2": 0.01}, learning_rate=0.1),
    )
    asks = ("delta1", "dW2", "a2", "loss", "delta_l", "dW_l")
    return [
        (Problem("fuzzed", "", "", notation, "", network, {}, (Part(ask, ask, "formula"),)), ask)
        for turn, notation in enumerate(NOTATIONS)
        for network in (networks[turn % len(networks)],)
        for ask in asks
    ]


def babble(rng: random.Random) -> str:
    """A text of random spellings side by side."""
    glue = rng.choice(["", " ", ""])
    return glue.join(rng.choices(spellings(), k=rng.choice([1, 2, 3, 5, 8, 13, 40])))


def mutated(rng: random.Random, text: str) -> str:
    """An answer with a few places deleted, doubled, replaced or filled with others' parts."""
    for _ in range(rng.choice([1, 1, 2, 3, 6])):
        text = rng.choice(_MUTATIONS)(rng, text)[:LONGEST]
    return text


def _place(rng: random.Random, text: str) -> tuple[int, int]:
    start = rng.randint(0, len(text))
    return start, min(len(text), start + rng.choice([0, 1, 1, 2, 4, 10]))


def _replaced(rng: random.Random, text: str) -> str:
    start, end = _place(rng, text)
    return text[:start] + rng.choice(spellings()) + text[end:]


def _deleted(rng: random.Random, text: str) -> str:
    start, end = _place(rng, text)
    return text[:start] + text[end:]


def _doubled(rng: random.Random, text: str) -> str:
    start, end = sorted((rng.randint(0, len(text)), rng.randint(0, len(text))))
    return text[:end] + text[start:end] * rng.choice([1, 1, 2, 20]) + text[end:]


def _spliced(rng: random.Random, text: str) -> str:
    other = rng.choice(seeds())
    return text[: rng.randint(0, len(text))] + other[rng.randint(0, len(other)) :]


def _wrapped(rng: random.Random, text: str) -> str:
    before, after = rng.choice(_WRAPPINGS)
    return before + text + after


def _digit(rng: random.Random, text: str) -> str:
    """Another number, index or layer where one stands."""
    places = [at for at, char in enumerate(text) if char.isdigit()]
    if not places:
        return text
    at = rng.choice(places)
    return text[:at] + rng.choice(["0", "1", "2", "3", "9", "-1", "12", "l", "k", "1.5"]) + text[at + 1 :]


_WRAPPINGS = (
    ("(", ")"),
    ("[", "]"),
    ("(", ")^T"),
    ("(", ")^{2}"),
    ("(", ")_{jk}"),
    (r"\sum_{k=1}^{3} ", ""),
    (r"\sum_k (", ")_{kk}"),
    (r"\sigma'(", ")"),
    (r"\frac{1}{", "}"),
    (r"\frac{\partial ", r"}{\partial W_1}"),
    (r"\begin{bmatrix}", r"\\ 1 \end{bmatrix}"),
    ("|", "|"),
    ("np.dot(", ", 2)"),
    ("np.sum(", ", axis=1)"),
    ("", " = 0"),
    ("x = ", ""),
    ("-", ""),
    (r"\sqrt{", "}"),
    ("e^{", "}"),
    (r"\log ", ""),
    ("", " + 1"),
    ("1 - ", ""),
)
_MUTATIONS = (_replaced, _deleted, _doubled, _spliced, _wrapped, _digit)


def text(rng: random.Random) -> str:
    """A mutated answer, sometimes babble."""
    return babble(rng) if rng.random() < 0.2 else mutated(rng, rng.choice(seeds()))


def asked(rng: random.Random) -> tuple[Problem, str, str]:
    """A question and what is answered: mostly a mutated answer to this very question, else any text."""
    if rng.random() < 0.6:
        problem, part, word, row = rng.choice(BANK).values
        return problem, part, mutated(rng, str(row[word]))
    return (*rng.choice(questions()), text(rng))

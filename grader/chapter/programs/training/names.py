"""NAMINGS: one row for each way in which code names a derivative, a loss or an error signal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_NAME = 40


@dataclass(frozen=True, slots=True)
class Naming:
    """How a derivative is named: the pattern has what it is differentiated by, ``of``, perhaps also ``what``.

    ``example`` is a name and the two parts it has.
    """

    name: str
    pattern: re.Pattern[str]
    example: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A reading of a name: the derivative of ``what`` (empty: of the loss) by ``of``."""

    of: str
    what: str = ""


_WORD = r"[A-Za-z]\w*?"
NAMINGS = (
    Naming(
        "grad_w",
        re.compile(rf"(?:grads?|gradients?|nabla)_(?:of_|wrt_|for_)?(?P<of>{_WORD})"),
        ("grad_w2", "w2", ""),
    ),
    Naming("w_grad", re.compile(rf"(?P<of>{_WORD})_(?:grads?|gradients?|derivative)"), ("w2_grad", "w2", "")),
    Naming("gradW", re.compile(r"grad(?P<of>[A-Z]\w*?)"), ("gradW2", "W2", "")),
    Naming(
        "dL_dw",
        re.compile(rf"[dD]_?(?P<what>{_WORD})_+(?:d_?|by_d?|wrt_)(?P<of>{_WORD})"),
        ("dL_dw2", "w2", "L"),
    ),
    Naming("dw", re.compile(rf"[dD]_?(?P<of>{_WORD})"), ("dw2", "w2", "")),
)

SIGNAL = re.compile(r"(?:\w+_)?(?:delta|err|error|diff)s?(?:_?\w+)?", re.IGNORECASE)
"""Names of error signals, whose sign and scale are as each page has them."""

LOSS = re.compile(
    r"(?:\w+_)?(?:loss|cost|mse|sse|nll)(?:_\w+)?|(?:total_|tot_|sum_)?err(?:or)?(?:_total)?"
    r"|[jJLlCE]|cross_entropy|criterion",
    re.IGNORECASE,
)
"""Names of what is made small."""

PARAMETER = re.compile(
    r"(?:w|b|v|u|theta|weights?|bias(?:es)?|kernel|syn)(?:_?[a-z]{0,2}_?\d*)", re.IGNORECASE
)
RATE = re.compile(r"(?:learning_?)?(?:rate|lr|alpha|eta|step_?size|epsilon)\w{0,4}", re.IGNORECASE)
HOLDER = re.compile(r"d?(?:grads?|gradients?|derivatives?|dparams?)", re.IGNORECASE)
"""Names of collections of derivatives, kept under the names of what they are derivatives by."""


_WORDS = (
    "data dataset dim dims dimension dist distance dot depth dict dtype date day decay drop dropout done "
    "digits degree default desc device draw dev div down double dense design det diag diagonal"
)
WORDS = frozenset(_WORDS.split())
"""Words that begin with a d and name no derivative."""


@lru_cache(maxsize=4096)
def meanings(name: str) -> tuple[Meaning, ...]:
    """The ways in which a name may be read as that of a derivative.

    >>> [(meaning.of, meaning.what) for meaning in meanings("dL_dw2")]
    [('w2', 'L'), ('L_dw2', '')]
    """
    return tuple(_meanings(name))


def _meanings(name: str) -> Iterator[Meaning]:
    if len(name) > MAX_NAME or name.rstrip("_0123456789").partition("_")[0] in WORDS:
        return
    for row in NAMINGS:
        match = row.pattern.fullmatch(name)
        if match:
            yield Meaning(match["of"], match.groupdict().get("what") or "")
    if name.startswith("d"):
        for cut in range(2, len(name) - 1):
            if name[cut] == "d" and name[cut + 1] != "_" and name[cut - 1] != "_":
                yield Meaning(name[cut + 1 :], name[1:cut])


def is_derivative(name: str) -> bool:
    """Whether a name may be that of a derivative or of an error signal."""
    return bool(meanings(name)) or bool(SIGNAL.fullmatch(name))


def is_loss(name: str) -> bool:
    return bool(LOSS.fullmatch(name)) and len(name) <= MAX_NAME


def folded(name: str) -> str:
    """A name without case and underscores, as ``dW1`` and ``w_1`` are meant to fit.

    >>> folded("W_1") == folded("w1")
    True
    """
    return name.replace("_", "").casefold()

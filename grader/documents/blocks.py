"""Blocks of code and of what code printed, as they stand fenced in a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

What = Literal["code", "output", "text"]


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: ``start`` is the offset of ``text`` in the document, ``language`` its label in small
    letters. ``kind`` is ``code``, ``output`` (what the code above it printed) or ``text`` (mathematics)."""

    text: str
    start: int
    language: str
    kind: What

    @property
    def end(self) -> int:
        return self.start + len(self.text)


FENCE = re.compile(
    r"^[ \t>]*(?P<fence>`{3,}+|~{3,}+)[ \t]*(?P<label>[^`\n]*)\n"
    r"(?P<body>.*?)(?:^[ \t>]*(?P=fence)[`~]*[ \t]*$|\Z)",
    re.DOTALL | re.MULTILINE,
)

MATHEMATICS = frozenset({"math", "latex", "tex", "katex", "asciimath"})
"""Labels of fences that hold formulas."""

_PRINTED = frozenset({"output", "out", "stdout", "console", "terminal", "pycon", "result"})
_UNLABELLED = frozenset({"", "text", "txt", "plain", "plaintext", "none"})
_PROGRAM = re.compile(
    r"^[ \t]*(?:import|from|def|class|for|while|elif|return|print|const|var|public|void|#include)\b"
    r"|^[ \t]*(?:>>>|\$[ ]|%%?[a-z])"
    r"|\b(?:np|torch|tf|nn|self|math|plt|pd)\.\w"
    r"|\w\((?=[^\n()]{0,80}\w=\w)|[;{][ \t]*$|[-+*/]=|\[\d+\]\[",
    re.MULTILINE,
)
"""What stands in programs and not in formulas."""

_NAMED_NUMBER = re.compile(r"[^=\n]*(?:[=:]\s*)?[\[(\s]*(?:[-+−]?[\d.]+(?:e[-+]?\d+)?[\s,\])]*)+")
_NEAR = 80
"""So many characters of words may stand between code and what it printed."""


def blocks_of(text: str) -> Iterator[Block]:
    """The fenced blocks of a text in order, each with what it is."""
    before: Block | None = None
    for match in FENCE.finditer(text):
        language = re.split(r"[\s{:,]", match["label"].strip(" {.\t").lower())[0]
        if language in MATHEMATICS:
            continue
        gap = text[before.end : match.start()] if before else ""
        block = Block(
            match["body"], match.start("body"), language, _what(language, match["body"], before, gap)
        )
        yield block
        before = block if block.kind != "text" else before


def _what(language: str, body: str, before: Block | None, gap: str) -> What:
    if language in _PRINTED:
        return "output"
    if language not in _UNLABELLED:
        return "code"
    near = before is not None and len(gap.strip("`~ \n")) <= _NEAR and "\n#" not in gap
    if near and before is not None and before.kind == "code":
        return "output"
    if not language and _PROGRAM.search(body):
        return "code"
    return "output" if before is not None and _only_results(body) else "text"


def _only_results(body: str) -> bool:
    """Whether every line names numbers and computes nothing."""
    return all(_NAMED_NUMBER.fullmatch(line.strip()) for line in body.splitlines() if line.strip())

"""DIALECTS: one row for each way in which code stands on pages, and how it becomes lines of Python."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.chapter.programs.scripts import script
from grader.chapter.programs.sources import Comment, Source


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way of writing code: its names on fences, how it begins, and how it is turned into `Source`."""

    name: str
    languages: frozenset[str]
    begins: re.Pattern[str]
    sources: Callable[[str], Iterator[Source]]
    prompts: bool = False
    """Whether commands and what they printed stand in one block."""
    language: str = "Python"


# ---- Python

_MAGIC = re.compile(r"^[ \t]*[%!][^\n]*", re.MULTILINE)
_OLD_PRINT = re.compile(r"^([ \t]*)print[ \t]+(?![=(])([^\n#]*?)([ \t]*(?:#[^\n]*)?)$", re.MULTILINE)


def _python(text: str) -> Iterator[Source]:
    plain = _MAGIC.sub(lambda match: "pass" if match[0].strip() else "", text)
    old = bool(_OLD_PRINT.search(plain))
    if old:
        plain = _OLD_PRINT.sub(lambda match: f"{match[1]}print({match[2]}){match[3]}", plain)
    yield Source(plain, _python_comments(text), old=old)


def _python_comments(text: str, shift: Callable[[int], int] = lambda line: 0) -> dict[int, Comment]:
    """The comments of Python code by line; ``shift`` says how many characters were cut from its front."""
    starts = _line_starts(text)
    found: dict[int, Comment] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                alone = not token.line[:column].strip()
                found[row] = Comment(token.string[1:], starts[row - 1] + column + 1 + shift(row), alone)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return found
    return found


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


# ---- what was typed at a prompt

_PROMPTED = re.compile(r"[ \t]*(?:>>>|\.\.\.)(?: |$)")


def _session(text: str) -> Iterator[Source]:
    """Each command with what was printed below it."""
    commands: list[tuple[int, str]] = []
    start = 0
    shown = -1
    for line in [*text.splitlines(keepends=True), ">>> "]:
        prompt = _PROMPTED.match(line)
        if prompt and commands and (shown >= 0 or line.lstrip().startswith(">>>")):
            yield _command(commands, (shown, start) if shown >= 0 else None)
            commands, shown = [], -1
        if prompt:
            commands.append((start + prompt.end(), line[prompt.end() :].rstrip("\r\n")))
        elif shown < 0:
            shown = start
        start += len(line)


def _command(lines: list[tuple[int, str]], output: tuple[int, int] | None) -> Source:
    text = "\n".join(line for _, line in lines) + "\n"
    starts = _line_starts(text)
    comments = _python_comments(text, lambda row: lines[row - 1][0] - starts[row - 1])
    return Source(text, comments, output, echoes=True)


# ---- the table

_ANY = re.compile("")
UNLABELLED = frozenset({"", "text", "txt", "plain", "plaintext", "none"})
_PYTHON = UNLABELLED | {"python", "py", "python3", "python2", "ipython", "ipython3", "jupyter"}

DIALECTS = (
    Dialect("session", _PYTHON | {"console", "pycon"}, re.compile(r"\s*>>> "), _session, prompts=True),
    Dialect("python", _PYTHON, _ANY, _python),
    Dialect(
        "javascript",
        frozenset({"javascript", "js", "jsx", "typescript", "ts"}),
        _ANY,
        script,
        language="JavaScript",
    ),
)

"""DIALECTS: one row for each way in which code stands on pages, and how it becomes lines of Python."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

MAX_LINE = 2_000
"""Longer lines are no code that a person typed."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment without its sign, and its place in the block."""

    text: str
    start: int
    alone: bool


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of Python to be read together, the comments by their line (from 1), and what was printed below.

    ``output`` is a stretch of the block, by its first and last offset.
    """

    text: str
    comments: dict[int, Comment] = field(default_factory=dict)
    output: tuple[int, int] | None = None
    old: bool = False
    echoes: bool = False


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


# ---- languages with braces

_BRACES = re.compile(
    r"(?P<comment>//[^\n]*)|(?P<block>/\*.*?\*/)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')|(?P<sign>[;{}\n])",
    re.DOTALL,
)
_SPELLINGS = (
    (re.compile(r"^(?:export\s+)?(?:var|let|const)\s+"), ""),
    (re.compile(r"^(\w+)\s*=\s*function\s*\(([^()]*)\)\s*$"), r"def \1(\2):"),
    (re.compile(r"^(\w+)\s*=\s*\(([^()]*)\)\s*=>\s*$"), r"def \1(\2):"),
    (re.compile(r"^function\s+(\w+)\s*\(([^()]*)\)\s*$"), r"def \1(\2):"),
    (re.compile(r"\bMath\.(PI|E)\b"), lambda match: "math." + match[1].lower()),
    (re.compile(r"\bMath\.(max|min|abs|pow)\b"), r"\1"),
    (re.compile(r"\bMath\."), "math."),
    (re.compile(r"\bconsole\.log\b"), "print"),
    (re.compile(r"===|!=="), lambda match: match[0][:2]),
)
"""How JavaScript is spelled in Python."""


def _script(text: str) -> Iterator[Source]:
    """Simple JavaScript as Python, statement by statement on the lines where it stands."""
    lines: list[str] = [""]
    comments: dict[int, Comment] = {}
    depth, end, statement = 0, 0, ""
    for match in (*_BRACES.finditer(text), None):
        stop = match.start() if match else len(text)
        statement += text[end:stop]
        end = match.end() if match else len(text)
        kind = match.lastgroup if match else "end"
        sign = match[0] if match else "\n"
        if kind == "text":
            statement += sign
            continue
        if kind == "comment":
            alone = not lines[-1].strip() and not statement.strip()
            comments[len(lines)] = Comment(sign[2:], match.start() + 2 if match else 0, alone)
            continue
        if sign != "\n" or _is_whole(statement):
            lines[-1] = _with_statement(lines[-1], statement, depth)
            statement = ""
        depth += (sign == "{") - (sign == "}")
        breaks = sign.count("\n")
        lines.extend([""] * breaks)
    yield Source("\n".join(_indented(lines)) + "\n", comments)


def _is_whole(statement: str) -> bool:
    """Whether a statement ends at the end of its line, although no semicolon says so."""
    body = statement.strip()
    return not body or (body.count("(") == body.count(")") and body[-1] not in "+-*/=,(?:&|")


def _with_statement(line: str, statement: str, depth: int) -> str:
    body = statement.strip()
    for pattern, spelled in _SPELLINGS:
        body = pattern.sub(spelled, body)
    if not body:
        return line
    for part in _declared(body) if not body.startswith("def ") else [body]:
        before = line.rstrip()
        joined = " " if before.endswith(":") else "; "
        line = f"{before}{joined}{part}" if before.strip() else "    " * max(0, depth) + part
    return line


def _declared(body: str) -> list[str]:
    """``x = 1, y = 2`` as two assignments."""
    return (
        re.split(r",\s*(?=[A-Za-z_]\w*\s*=[^=])", body) if re.match(r"[A-Za-z_]\w*\s*=[^=]", body) else [body]
    )


def _indented(lines: list[str]) -> list[str]:
    return [line.replace("\t", " ") for line in lines]


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
        _script,
        language="JavaScript",
    ),
)

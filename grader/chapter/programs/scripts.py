"""Simple JavaScript as Python, statement by statement on the lines where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.chapter.programs.sources import Comment, Source

_PIECE = re.compile(
    r"(?P<comment>//[^\n]*)|(?P<block>/\*.*?\*/)|(?P<text>\"[^\"\n]*\"|'[^'\n]*')|(?P<sign>[;{}\n])",
    re.DOTALL,
)
_SPELLINGS = (
    (re.compile(r"%|\?|&&|\|\|"), " $ "),
    (re.compile(r"^(\w+)\s*=\s*function\s*\(([^()]*)\)\s*$"), r"def \1(\2):"),
    (re.compile(r"^(\w+)\s*=\s*\(([^()]*)\)\s*=>\s*$"), r"def \1(\2):"),
    (re.compile(r"^function\s+(\w+)\s*\(([^()]*)\)\s*$"), r"def \1(\2):"),
    (re.compile(r"\bMath\.PI\b"), "math.pi"),
    (re.compile(r"\bMath\.(max|min|abs|pow)\b"), r"\1"),
    (re.compile(r"\bMath\."), "math."),
    (re.compile(r"\bconsole\.log\b"), "print"),
)
"""How JavaScript is spelled in Python; what means something else in Python is no longer Python."""

_DECLARED = re.compile(r"^(?:export\s+)?(?:var|let|const)\s+")
_SETS = re.compile(r"([A-Za-z_]\w*)\s*[-+*/]?=(?!=)")
_NEXT = re.compile(r",\s*(?=[A-Za-z_]\w*\s*=[^=])")
_HEAD = re.compile(r"def \w+\(([^()]*)\):")


@dataclass
class _Writer:
    """Lines of Python in the making: how deep in braces, and which names are a function's own."""

    lines: list[str] = field(default_factory=lambda: [""])
    comments: dict[int, Comment] = field(default_factory=dict)
    depth: int = 0
    statement: str = ""
    own: set[str] = field(default_factory=set)

    def take(self, kind: str, text: str, start: int) -> None:
        """The next piece: a comment, a text in quotation marks, or a sign between statements."""
        if kind == "text":
            self.statement += text
        elif kind == "comment":
            alone = not self.lines[-1].strip() and not self.statement.strip()
            self.comments[len(self.lines)] = Comment(text[2:], start + 2, alone)
        else:
            if text in (";", "{", "}") or _is_whole(self.statement):
                self._finish()
            self.depth += (text == "{") - (text == "}")
            self.lines.extend([""] * text.count("\n"))

    def _finish(self) -> None:
        """Writes the statement that ends here on the line that is being written."""
        body, self.statement = self.statement.strip(), ""
        declares = bool(_DECLARED.match(body))
        body = _DECLARED.sub("", body)
        for pattern, spelled in _SPELLINGS:
            body = pattern.sub(spelled, body)
        head = _HEAD.match(body)
        if head and self.depth == 0:
            self.own = {name.strip() for name in head[1].split(",")}
        for part in [body] if head or not _SETS.match(body) else _NEXT.split(body):
            if part:
                self._write(self._scoped(part, declares))

    def _scoped(self, part: str, declares: bool) -> str:
        """A name that a function sets without declaring it is not its own."""
        name = _SETS.match(part)
        if name is None or self.depth == 0:
            return part
        if declares:
            self.own.add(name[1])
        return part if name[1] in self.own else f"global {name[1]}; {part}"

    def _write(self, part: str) -> None:
        before = self.lines[-1].rstrip()
        joined = " " if before.endswith(":") else "; "
        self.lines[-1] = f"{before}{joined}{part}" if before else "    " * max(0, self.depth) + part


def script(text: str) -> Iterator[Source]:
    """The whole of a text as one source.

    >>> next(script("var x = -2, y = Math.exp(0); // two")).text
    'x = -2; y = math.exp(0)\\n'
    """
    writer, end = _Writer(), 0
    for piece in _PIECE.finditer(text):
        writer.statement += text[end : piece.start()]
        writer.take(str(piece.lastgroup), piece[0], piece.start())
        end = piece.end()
    writer.statement += text[end:]
    writer.take("sign", "\n", len(text))
    yield Source("\n".join(line.replace("\t", " ") for line in writer.lines), writer.comments)


def _is_whole(statement: str) -> bool:
    """Whether a statement ends at the end of its line, although no semicolon says so."""
    body = statement.strip()
    return not body or (body.count("(") == body.count(")") and body[-1] not in "+-*/=,(?:&|")

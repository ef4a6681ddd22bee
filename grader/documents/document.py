"""A chapter as its author wrote it: where mathematics stands in the text, with line and column."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from derive.errors import Unusable
from grader.documents.blocks import Block, blocks_of
from grader.documents.decimals import with_points
from grader.documents.kinds import KINDS, Kind, kind_of
from grader.documents.lines import bare_lines, is_formula
from grader.documents.placed import Placed
from grader.documents.regions import Region, delimited
from grader.documents.unclosed import Unclosed, unclosed, unclosed_blocks, unclosed_comments

MAX_BYTES = 2_000_000


@dataclass(frozen=True)
class Document:
    r"""A file as it stands (``text``), and what is read of it.

    Offsets count in ``content``, which for Markdown is the file itself; elsewhere it is the text behind
    escapes, entities and macros, and `position` leads back into the file.

    >>> page = Document("Cheap: $5 or $6.\nBut $x = 2$ and $$y=3$$", "page.md")
    >>> [(region.text, page.position(region.start)) for region in page.regions]
    [('x = 2', (2, 6)), ('y=3', (2, 19))]
    """

    text: str
    name: str

    @cached_property
    def kind(self) -> Kind:
        """The row of the table of kinds that the document belongs to."""
        return kind_of(self.name, self.text)

    @cached_property
    def _decoded(self) -> Placed:
        try:
            return self.kind.decoded(self.text)
        except Unusable as fault:
            raise Unusable(f"{self.name}: {fault}") from None

    @property
    def content(self) -> str:
        """The text that is read; all offsets count in it."""
        return self._decoded.text

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The fenced blocks: code, what it printed, and text set off."""
        return tuple(blocks_of(self.content))

    @property
    def code(self) -> tuple[Block, ...]:
        """Code and what it printed, in order."""
        return tuple(block for block in self.blocks if block.kind != "text")

    @cached_property
    def _without_code(self) -> str:
        parts, kept = [], 0
        for block in self.code:
            parts += [self.content[kept : block.start], _blanked(block.text)]
            kept = block.end
        return with_points("".join([*parts, self.content[kept:]]))

    @cached_property
    def readable(self) -> str:
        """The content with everything that is not to be read blanked, at the same offsets."""
        return self.kind.unread.sub(_unread, self._without_code)

    @cached_property
    def regions(self) -> tuple[Region, ...]:
        found = tuple(delimited(self.readable))
        lines = bare_lines(self.readable, found)
        return tuple(sorted((*found, *lines), key=lambda region: region.start))

    @property
    def unclosed(self) -> tuple[Unclosed, ...]:
        """What has no end: mathematics, a block of code, a comment that is not read."""
        blank = (one for one in unclosed_comments(self._without_code) if self.readable[one.start].isspace())
        return (*unclosed(self.readable), *unclosed_blocks(self.content), *blank)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column in the file of an offset in the content, both counted from 1."""
        offset = self._decoded.place(offset)
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1

    def line(self, number: int) -> str:
        """The text of a line, without its end."""
        starts = self._line_starts
        end = starts[number] - 1 if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r")

    def prose(self, start: int, end: int) -> str:
        """What stands between two offsets, its white space squeezed."""
        return " ".join(self.readable[start:end].split())


def open_document(source: str | Path, name: str | None = None) -> Document:
    """The document at a path, or the text itself if ``source`` is a string of several lines or no file.

    Raises `Unusable` for what cannot be opened, is no UTF-8 text or is larger than `MAX_BYTES`.
    """
    if isinstance(source, str) and ("\n" in source or not _is_file(source)):
        if "\n" not in source and re.fullmatch(r"\S+\.(?:md|txt|tex|markdown|ipynb|html?)", source):
            raise Unusable(f"{source}: there is no such file")
        return _checked(source, name or "text")
    path = Path(source)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Unusable(f"{path}: larger than {MAX_BYTES // 1_000_000} MB; verify its chapters one by one")
        return _checked(path.read_bytes().decode("utf-8-sig"), name or str(path))
    except UnicodeDecodeError as error:
        raise Unusable(f"{path}: {_no_text(path, error)}") from None
    except OSError as error:
        raise Unusable(f"{path}: cannot be opened ({error.strerror})") from None


def _is_file(source: str) -> bool:
    """Whether a text is the path of a file; one too long for a path is none."""
    try:
        return Path(source).is_file()
    except OSError:
        return False


def _no_text(path: Path, error: UnicodeDecodeError) -> str:
    endings = [ending for kind in KINDS for ending in kind.endings]
    if path.suffix.lower() in endings:
        return f"not UTF-8 text (byte {error.start + 1}); save it as UTF-8"
    return f"no text; the kinds of documents that are read end in {', '.join(endings)}"


def _checked(text: str, name: str) -> Document:
    if len(text) > MAX_BYTES:
        raise Unusable(f"{name}: larger than {MAX_BYTES // 1_000_000} MB; verify its chapters one by one")
    return Document(text, name)


_NAME = re.compile(r"[A-Za-zα-ω]\w{0,8}")


def _unread(match: re.Match[str]) -> str:
    """What is not read, blanked; a formula or name set as code is read."""
    code = match[0].strip("`")
    ticks = match[0].startswith("`") and match[0].endswith("`")
    read = ticks and (is_formula(code) or _NAME.fullmatch(code))
    return match[0].replace("`", " ") if read else _blanked(match[0])


def _blanked(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)

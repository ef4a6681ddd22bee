"""`.deltagrade.yaml`: what a book says of its chapters, their networks, notations and accepted findings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.errors import Unusable, unknown
from grader.chapter.accepted import Accepted

if TYPE_CHECKING:
    from derive.problem.yaml_source import Source

NAME = ".deltagrade.yaml"

FIELDS = ("match", "network", "notation", "accepted")
"""What an entry of ``documents`` may say."""
ACCEPTED = ("text", "line", "printed", "verdict", "note")
"""What an accepted finding may say."""
VERDICTS = ("contradicted", "unchecked")
"""Findings that can be accepted."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """What the settings say of the documents that match a pattern, such as ``chapters/**/*.md``."""

    match: str
    network: str | None = None
    notation: str | None = None
    accepted: tuple[Accepted, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """A settings file: its path, and its chapters in order; of two that match, the later one decides."""

    path: Path
    chapters: tuple[Chapter, ...] = ()

    def of(self, document: Path) -> Chapter:
        """All that is said of one document, put together."""
        name = self.relative(document)
        found = Chapter(name)
        for chapter in self.chapters:
            if matches(chapter.match, name):
                found = Chapter(
                    name,
                    chapter.network or found.network,
                    chapter.notation or found.notation,
                    found.accepted + chapter.accepted,
                )
        return replace(found, network=self._network(found.network))

    def relative(self, document: Path) -> str:
        """A document's name as patterns see it: from the folder of the settings, with slashes."""
        return _straight(document).relative_to(_straight(self.path).parent).as_posix()

    def _network(self, network: str | None) -> str | None:
        """A network file stands beside the settings; else the word is the name of a built-in problem."""
        beside = self.path.parent / network if network else None
        return str(beside) if beside and (beside.exists() or beside.suffix) else network


def settings_of(document: Path) -> Settings:
    """The nearest settings file of a document: beside it, or in a folder above it in the same repository.

    An empty one beside the document if there is none. Raises `ProblemFault` with every fault of the file.
    """
    folders = _folders(_straight(document).parent)
    found = next((folder / NAME for folder in folders if (folder / NAME).is_file()), None)
    return read_settings(_from_here(found)) if found else Settings(document.parent / NAME)


def _straight(path: Path) -> Path:
    """The whole path as its author sees it: links are not followed, as a book's name for a chapter counts."""
    return Path(os.path.abspath(path))


def _from_here(path: Path) -> Path:
    """The short way to a file, for messages."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def _folders(folder: Path) -> list[Path]:
    """A folder and those above it up to the root of its repository; outside of one, only itself."""
    above = [folder, *folder.parents]
    root = next((at for at, each in enumerate(above) if (each / ".git").exists()), 0)
    return above[: root + 1]


def matches(pattern: str, name: str) -> bool:
    """Whether a name is meant by a pattern: ``*`` and ``?`` stay within a folder, ``**/`` goes through all.

    >>> matches("part1/*.md", "part1/a.md"), matches("part1/*.md", "part1/x/a.md"), matches("**/*.md", "a.md")
    (True, False, True)
    """
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("./"))
    meant = "".join(_WILD.get(part, re.escape(part)) for part in parts)
    return pattern == name or re.fullmatch(meant, name) is not None


_WILD = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


# ---- reading


def read_settings(path: Path) -> Settings:
    """The settings in a file. Raises `ProblemFault` with every fault, each with its line and column."""
    from derive.problem import ProblemFault, text_of
    from derive.problem.yaml_source import Source

    source = Source(text_of(path), str(path))
    _only(source.data, ("documents",), (), source, "a field of the settings")
    listed = _list(source.data, "documents", (), source)
    chapters = tuple(_chapter(data, ("documents", at), source) for at, data in enumerate(listed))
    if source.faults:
        raise ProblemFault(source.faults)
    return Settings(path, chapters)


def _chapter(data: Any, path: tuple[str | int, ...], source: Source) -> Chapter:
    fields = _only(data, FIELDS, path, source, "a field of a document")
    if "match" not in fields:
        source.fault(
            (*path, "match"), "is missing: the name of a document, or a pattern such as 'part1/*.md'"
        )
    notation = _text(fields, "notation", path, source)
    if notation is not None:
        _known_notation(notation, (*path, "notation"), source)
    accepted = enumerate(_list(fields, "accepted", path, source))
    return Chapter(
        _text(fields, "match", path, source) or "",
        _text(fields, "network", path, source),
        notation,
        tuple(_accepted(each, (*path, "accepted", at), source) for at, each in accepted),
    )


def _known_notation(name: str, path: tuple[str | int, ...], source: Source) -> None:
    from derive.notation import notation_named

    try:
        notation_named(name)
    except Unusable as fault:
        source.fault(path, str(fault))


def _accepted(data: Any, path: tuple[str | int, ...], source: Source) -> Accepted:
    fields = _only(data, ACCEPTED, path, source, "a field of an accepted finding")
    said = {name: _text(fields, name, path, source) for name in ACCEPTED}
    for name in ("text", "note"):
        if not said[name] and not source.is_faulty((*path, name)):
            source.fault((*path, name), _MISSING[name])
    verdict = said["verdict"] or VERDICTS[0]
    if verdict not in VERDICTS:
        source.fault((*path, "verdict"), unknown(verdict, "a verdict that can be accepted", VERDICTS))
    return Accepted(said["text"] or "", said["note"] or "", verdict, said["line"], said["printed"])


_MISSING = {
    "text": "is missing: the claim as the report shows it",
    "note": "is missing: a few words why this finding is accepted",
}


def _only(
    data: Any, known: Sequence[str], path: tuple[str | int, ...], source: Source, what: str
) -> dict[str, Any]:
    """The fields of a mapping, those that are not known noted as faults."""
    if data is None and not path:
        return {}
    if not isinstance(data, dict):
        source.fault(path, f"must be fields with values ({', '.join(known)})")
        return {}
    for name in data.keys() - set(known):
        source.fault((*path, name), unknown(name, what, known), at_key=True)
    return data


def _list(data: Any, name: str, path: tuple[str | int, ...], source: Source) -> Iterable[Any]:
    value = data.get(name) if isinstance(data, dict) else None
    if value is None or isinstance(value, list):
        return value or ()
    source.fault((*path, name), "must be a list: lines that start with -")
    return ()


def _text(fields: dict[str, Any], name: str, path: tuple[str | int, ...], source: Source) -> str | None:
    """A text; a number without quotation marks is meant as it is written."""
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value
    source.fault((*path, name), "must be text; put it into single quotation marks")
    return None

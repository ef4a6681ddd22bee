"""Writes the present findings of a document into its settings, so that only what breaks later is reported."""

from __future__ import annotations

import os
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

from grader.chapter.accepted import Accepted, accepting, present
from grader.chapter.report import Report
from grader.chapter.settings import Settings, matches


def accept(report: Report, settings: Settings, document: Path) -> int:
    """Writes what the report contradicts into the entry of this document; answers how many findings it has.

    What a pattern accepts for several documents stays there; comments in the file stay where they are.
    """
    name = settings.relative(document)
    found = _of_its_own(report, settings, name)
    content = _loaded(settings.path)
    entry = _entry(content, name)
    entry["accepted"] = [_fields(each) for each in found]
    if not found:
        del entry["accepted"]
    _write(settings.path, content)
    return len(found)


def _of_its_own(report: Report, settings: Settings, name: str) -> list[Accepted]:
    """The findings that no pattern accepts, with the notes that the document's own entry has for them."""
    fresh = replace(report, claims=tuple(replace(claim, accepted=None) for claim in report.claims))
    by_pattern = [chapter for chapter in settings.chapters if chapter.match != name]
    elsewhere = [each for chapter in by_pattern if matches(chapter.match, name) for each in chapter.accepted]
    own = [each for chapter in settings.chapters if chapter.match == name for each in chapter.accepted]
    covered = accepting(fresh, elsewhere)
    left = replace(fresh, claims=tuple(claim for claim in covered.claims if claim.accepted is None))
    return present(accepting(left, own))


def _entry(content: Any, name: str) -> Any:
    """The last entry for exactly this document, or a new one; earlier ones no longer accept anything."""
    if not content.get("documents"):
        content["documents"] = []
    own = [entry for entry in content["documents"] if entry.get("match") == name]
    if not own:
        own = [{"match": name}]
        content["documents"].extend(own)
    for entry in own[:-1]:
        entry.pop("accepted", None)
    return own[-1]


def _fields(finding: Accepted) -> dict[str, str]:
    said = {
        "text": finding.text,
        "line": finding.line,
        "printed": finding.printed,
        "verdict": finding.verdict,
        "note": finding.note,
    }
    return {name: value for name, value in said.items() if value is not None}


def _yaml() -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = 100_000  # a folded line is hard to compare by eye
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _loaded(path: Path) -> Any:
    """The file with its comments; it has been read and found sound before."""
    content = _yaml().load(path.read_text("utf-8-sig")) if path.exists() else None
    return {} if content is None else content


def _write(path: Path, content: Any) -> None:
    """The whole file or nothing."""
    out = StringIO()
    _yaml().dump(content, out)
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(out.getvalue(), encoding="utf-8")
    beside.replace(path)

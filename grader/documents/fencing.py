"""Putting what another format sets off between the fences that Markdown has for it."""

from __future__ import annotations

import re

from grader.documents.placed import Placed


def fenced(body: Placed, label: str, place: int) -> Placed:
    """A block between fences that are longer than any in it and stand for the character at ``place``."""
    runs = re.findall(r"`{3,}", body.text)
    fence = "`" * max(3, *(len(run) + 1 for run in runs), 3)
    end = "" if body.text.endswith("\n") else "\n"
    parts = Placed.at(f"\n{fence}{label}\n", place), body, Placed.at(f"{end}{fence}\n", place)
    return Placed.joined(parts)


def closed(body: Placed) -> Placed:
    """Markdown in which a fence that is left open is closed, so that it ends with its cell."""
    fences = re.findall(r"^[ \t]*(`{3,}|~{3,})", body.text, re.MULTILINE)
    return body + body.saying(f"\n{fences[-1]}\n", len(body)) if len(fences) % 2 else body

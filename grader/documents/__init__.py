"""Documents that people write: Markdown, LaTeX, notebooks, web pages and plain text, read in one way."""

from __future__ import annotations

from derive.errors import Unusable
from grader.documents.blocks import Block
from grader.documents.damage import damage
from grader.documents.document import MAX_BYTES, Document, open_document
from grader.documents.regions import Region

__all__ = ["MAX_BYTES", "Block", "Document", "Region", "Unusable", "damage", "open_document"]

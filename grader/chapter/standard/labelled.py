"""Formulas that stand alone behind their name: *Cross-entropy loss:* and then the sum."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.chapter.chains import side_of
from grader.chapter.observing.observation import Observation
from grader.chapter.standard.page import Page
from grader.documents import Document

LONGEST = 300
_RELATION = re.compile(r"=|≈|<|>|\\(?:approx|leq?|geq?|in|to|rightarrow|propto)(?![A-Za-z])|→|\\begin\{")
_BODY = re.compile(r"\\log|\\ln|\\sum|\\frac|\^|log|_\{?\w[-−]1")
"""What has none of these is no statement."""


def labelled_formulas(document: Document, page: Page) -> Iterator[Observation]:
    """The formulas without a left side that the words before them name."""
    for region in document.regions:
        if len(region.text) > LONGEST or _RELATION.search(region.text) or not _BODY.search(region.text):
            continue
        tree = side_of(region).tree
        judgement = page.labelled(tree, region.start) if tree is not None else None
        if judgement is not None:
            yield Observation(region, judgement, "formula")

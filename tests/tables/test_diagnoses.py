"""Every row of the diagnoses explains its own example and no other row's."""

from __future__ import annotations

import pytest

from grader.diagnoses import DIAGNOSES, OTHER, Diagnosis
from grader.proofread import verify

ROWS = (*DIAGNOSES, OTHER)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_explains_its_example(row: Diagnosis) -> None:
    claim = verify(f"{row.example}\n").claims[-1]
    assert claim.diagnosis == row.name
    assert claim.verdict == ("confirmed" if row.confirms else "contradicted")
    assert row.sentence in claim.reason


def test_names_are_unique() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)

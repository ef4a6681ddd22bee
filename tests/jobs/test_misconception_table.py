"""The table of misconceptions as the command line shows it."""

from __future__ import annotations

import json

from click.testing import CliRunner

from grader.cli import main
from grader.misconceptions import MISCONCEPTIONS


def shown(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["misconceptions", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_every_row_stands_in_the_list() -> None:
    names = [line for line in shown().splitlines() if line and not line.startswith(" ")]
    assert names == list(MISCONCEPTIONS)
    assert all(
        len(line) <= 100 for line in shown().splitlines() if not line.startswith(("    wrong", "    right"))
    )


def test_one_row_in_full() -> None:
    text, row = shown("missing-slope"), MISCONCEPTIONS["missing-slope"]
    assert text.count("\n    wrong ") == len(row.catches)
    assert text.count("\n    right ") == len(row.spares)
    assert row.question in " ".join(text.split())


def test_as_json() -> None:
    (fields,) = json.loads(shown("--json", "bias-omitted"))
    assert list(fields) == ["name", "words", "question", "award", "catches", "spares"]
    assert fields["catches"][0] == {"ask": "z1", "answer": "z_1 = W_1 x_0"}


def test_an_unknown_name_is_refused_with_a_suggestion() -> None:
    result = CliRunner().invoke(main, ["misconceptions", "missing-slop"])
    assert result.exit_code == 3
    assert "did you mean 'missing-slope'" in result.stderr

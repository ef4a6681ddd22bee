"""The given lecture texts, proof-read: what must be found, and that nothing right is called wrong.

Skipped where the texts are absent; they are not part of the project.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from grader.chapter.claims import ClaimVerdict
from grader.chapter.report import Report
from grader.proofread import verify

SHARED = Path(__file__).resolve().parents[3] / "shared"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason="the lecture texts are not here")


@cache
def report(number: int) -> Report:
    (path,) = (SHARED / "seeds").glob(f"{number:03}_*.txt")
    return verify(path)


def claims(number: int, line: int) -> list[ClaimVerdict]:
    return [claim for claim in report(number).claims if claim.line == line]


def test_the_worked_forward_pass_is_confirmed() -> None:
    found = [claim for claim in claims(0, 21) if claim.kind == "number"]
    assert {"0.964", "0.978", "0.987", "1"} <= {claim.printed for claim in found if claim.printed}
    assert {claim.verdict for claim in found} == {"confirmed"}


def test_the_four_slips_in_matrices_are_contradicted() -> None:
    wrong = [claim for claim in claims(0, 31) if claim.verdict == "contradicted"]
    assert [claim.kind for claim in wrong] == ["shape"] * 4
    assert [claim.column for claim in wrong] == [457, 741, 1091, 1315]
    for claim, word in zip(wrong, ("n_7", "1×3", "b_7", "w_{i+1}"), strict=True):
        assert word in claim.reason


@pytest.mark.parametrize(
    ("line", "text"), [(67, "f'(x)"), (71, r"\partial x"), (71, r"\partial y"), (129, r"\sigma'(x)")]
)
def test_derivatives_are_confirmed(line: int, text: str) -> None:
    (claim,) = [claim for claim in claims(0, line) if text in claim.text and claim.kind == "formula"]
    assert claim.verdict == "confirmed"


def test_the_logarithm_to_base_ten_is_found() -> None:
    wrong = [claim for claim in report(1).with_verdict("contradicted") if claim.kind == "number"]
    assert [(claim.line, claim.printed, claim.diagnosis) for claim in wrong] == [(383, "0.89", "log-base-10")]


def test_a_sign_that_flips_between_two_statements_is_found() -> None:
    (wrong,) = [claim for claim in claims(0, 111) if claim.verdict == "contradicted"]
    assert wrong.diagnosis == "sign-flipped" and r"(y - \sigma(W_2x_1))" in wrong.text


def test_a_left_side_of_the_wrong_layer_is_found() -> None:
    wrong = {(claim.line, claim.diagnosis) for claim in report(1).with_verdict("contradicted")}
    assert (994, "index-shifted") in wrong


def test_formulas_turned_against_the_code_are_found_once_and_again() -> None:
    found = [claim for claim in report(1).with_verdict("contradicted") if claim.diagnosis == "transposed"]
    assert [(claim.line, claim.follows_from) for claim in found] == [(1158, None), (1199, 1158), (1260, 1158)]


@pytest.mark.parametrize(
    ("line", "diagnosis"),
    [(120, "bias-omitted"), (283, "bias-omitted"), (442, "term-omitted"), (1119, "sign-flipped"), (55, None)],
)
def test_statements_that_cannot_hold_beside_others_are_found(line: int, diagnosis: str | None) -> None:
    assert diagnosis in {claim.diagnosis for claim in claims(1, line) if claim.verdict == "contradicted"}


@pytest.mark.parametrize(
    ("number", "line"),
    [
        (0, 83),
        (1, 264),
        (1, 359),
        (1, 373),
        (1, 397),
        (1, 435),
        (1, 480),
        (1, 877),
        (1, 904),
        (1, 911),
        (1, 915),
    ]
    + [(2, 107), (3, 48), (3, 62), (3, 104), (3, 130)],
)
def test_standard_statements_are_confirmed(number: int, line: int) -> None:
    assert "confirmed" in {claim.verdict for claim in claims(number, line)}


def test_a_bias_that_is_multiplied_now_and_then_is_found() -> None:
    wrong = [claim.line for claim in report(3).with_verdict("contradicted") if claim.kind == "formula"]
    assert wrong == [366, 414, 429, 453, 473, 483, 493, 502]


def test_missing_transposes_are_found() -> None:
    wrong = {(claim.line, claim.diagnosis) for claim in report(4).with_verdict("contradicted")}
    assert wrong == {(159, "transposed"), (43, "copied-neighbour")}


def test_a_run_of_gradient_descent_is_worked_out_again() -> None:
    found = [claim for line in (544, 556, 558, 560, 569) for claim in claims(3, line) if claim.printed]
    assert len(found) == 20
    (wrong,) = [claim for claim in found if claim.verdict != "confirmed"]
    assert (wrong.line, wrong.printed, wrong.verdict, wrong.diagnosis) == (
        560,
        "2.14",
        "contradicted",
        "truncated",
    )


@pytest.mark.parametrize("line", [87, 89, 91, 96, 97, 98, 99])
def test_the_network_for_xor_is_confirmed(line: int) -> None:
    found = [claim for claim in claims(2, line) if claim.printed]
    assert found and {claim.verdict for claim in found} == {"confirmed"}


@pytest.mark.parametrize("line", [56, 57, 58, 59, 78, 79, 80, 81, 393])
def test_the_gates_are_confirmed(line: int) -> None:
    assert {claim.verdict for claim in claims(3, line) if claim.printed} == {"confirmed"}


@pytest.mark.parametrize(("number", "expected"), [(0, 6), (1, 11), (2, 1), (3, 11), (4, 3)])
def test_nothing_else_is_called_wrong(number: int, expected: int) -> None:
    assert report(number).summary["contradicted"] == expected


@pytest.mark.parametrize("number", range(5))
def test_nothing_failed_on_the_way(number: int) -> None:
    assert not [claim for claim in report(number).claims if "failed" in claim.reason]


@pytest.mark.parametrize("number", range(5))
def test_every_claim_has_its_place_in_the_text(number: int) -> None:
    page = report(number)
    for claim in page.claims:
        line = page.document.line(claim.line)
        assert 1 <= claim.column <= len(line)
        if claim.printed and "e" not in claim.printed:
            digits = claim.printed.lstrip("-").lstrip("0")
            assert digits in line[claim.column - 1 :].replace("{,}", "")


def test_no_right_number_of_the_corpus_is_called_wrong() -> None:
    """Every number that the annotators found right, or right up to rounding, on the public pages."""
    yaml = pytest.importorskip("yaml")
    alarms = []
    for truth in sorted((SHARED / "corpus" / "truth").glob("[0-9]*.yaml")):
        entries = yaml.safe_load(truth.read_text(encoding="utf-8"))["claims"]
        wrong = verify(SHARED / "corpus" / "pages" / f"{truth.stem}.md").with_verdict("contradicted")
        for entry in entries:
            if entry["verdict"].startswith(("ok", "rounded")):
                hit = [
                    claim
                    for claim in wrong
                    if (claim.line, claim.printed) == (entry["line"], str(entry.get("printed")))
                ]
                alarms += [(truth.stem, claim.line, claim.printed) for claim in hit]
    assert alarms == []

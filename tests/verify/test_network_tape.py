"""The calculation behind a page, held against differences and against the network of `derive`; its names."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from grader.chapter.network.analogy import Move, candidates, move_between, tied
from grader.chapter.network.marks import AFTER, before_update
from grader.chapter.network.tape import OPERATIONS, Tape, Training
from grader.proofread import verify

SHARED = Path(__file__).resolve().parents[3] / "shared"


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=lambda row: row.name)
def test_the_slopes_of_an_operation_are_those_of_its_value(row) -> None:  # type: ignore[no-untyped-def]
    arguments = [0.7, 1.3][: row.value.__code__.co_argcount if hasattr(row.value, "__code__") else 0]
    arguments = arguments or ([0.7, 1.3] if row.name == "power" else [0.7])
    slopes = row.slopes(row.value(*arguments), *arguments)
    for place, slope in enumerate(slopes):
        ends = [[*arguments], [*arguments]]
        ends[0][place] += 1e-6
        ends[1][place] -= 1e-6
        difference = (row.value(*ends[0]) - row.value(*ends[1])) / 2e-6
        assert slope == pytest.approx(difference, abs=1e-6)


def two_layers() -> tuple[Tape, int, dict[str, float]]:
    """out = v tanh(w x), loss = out ** 2."""
    tape = Tape()
    hidden = tape.apply("tanh", tape.apply("multiply", tape.leaf("w"), tape.leaf("x")))
    out = tape.apply("multiply", tape.leaf("v"), hidden)
    loss = tape.apply("power", out, tape.constant(2.0))
    return tape, loss, {"w": 0.4, "x": 1.5, "v": -0.8}


@pytest.mark.parametrize("early", [False, True])
def test_weights_change_together_or_each_at_once(early: bool) -> None:
    tape, loss, leaves = two_layers()
    h = math.tanh(0.4 * 1.5)
    slope = 2 * -0.8 * h
    v = -0.8 - 0.1 * slope * h
    w = 0.4 - 0.1 * slope * (v if early else -0.8) * (1 - h * h) * 1.5
    after = Training(tape, loss, ("w", "v"), 0.1, early).after(leaves, 1)
    assert (after["v"], after["w"]) == (pytest.approx(v), pytest.approx(w))


@pytest.mark.parametrize("mark", [mark for mark in AFTER if mark != "'"])
def test_each_mark_is_known_above_and_below(mark: str) -> None:
    assert before_update(f"w_5^{mark}") == "w_5"
    assert before_update(f"w_5^({mark})") == "w_5"
    assert before_update(f"w_{mark}") == "w"


@pytest.mark.parametrize("name", ["w_5", "new", "d(E)/d(w_5^+)", "x_2^2", "t_1", "h", "a^(2)"])
def test_names_without_a_mark_stay_what_they_are(name: str) -> None:
    assert before_update(name) == ""


@pytest.mark.parametrize(
    ("names", "move", "taken", "found"),
    [
        (["w_1", "w_2", "i_1", "i_2", "b_1"], ("net_h1", "net_h2"), {"w_5", "w_6", "b_2"}, ("w_3", "w_4")),
        (["w_1", "w_3", "i_1", "i_2"], ("z_1", "z_2"), {"w_3"}, ("w_2", "w_4")),
        (["w_11", "w_12", "i_1", "i_2"], ("z_1", "z_2"), set(), ("w_21", "w_22")),
    ],
)
def test_weights_are_moved_as_pages_number_them(
    names: list[str], move: tuple[str, str], taken: set[str], found: tuple[str, str]
) -> None:
    known = {*names, "w_1", "w_2", "w_3", "w_4", "w_5", "w_6", "w_21", "w_22", "b_2"}
    own = frozenset({*taken, *names})
    (renamed,) = candidates(names, move_between(*move), known.__contains__, own - set(found))
    assert tuple(renamed[name] for name in names[:2]) == found
    assert renamed["i_1"] == "i_1"


def test_a_name_that_holds_the_index_of_its_sibling_moves_with_it() -> None:
    assert tied("net_h1", Move(1, 2, "h")) == "net_h2"
    assert tied("w_1", Move(1, 2, "h")) == ""


@pytest.mark.skipif(not SHARED.is_dir(), reason="the public pages are not here")
def test_numbers_computed_with_weights_updated_too_early_are_found_on_a_public_page() -> None:
    report = verify(SHARED / "corpus" / "pages" / "001.md")
    early = {claim.printed for claim in report.claims if claim.diagnosis == "updated-weight-used-early"}
    assert early == {"0.291027924", "0.000035085", "0.015912196", "0.984065734"}
    assert report.conventions["update"].startswith("all weights change together")
    assert {entry.name for entry in report.ledger if entry.how == "inferred"} >= {"w_3", "w_4", "w_7", "w_8"}

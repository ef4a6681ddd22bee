"""What an author says beside a page, decides what the page alone leaves open."""

from __future__ import annotations

from pathlib import Path

import pytest

from derive.errors import Unusable
from derive.network import Network
from grader.chapter.known import known_of
from grader.chapter.report import Report
from grader.proofread import verify

FIGURE = """The weights are those of the figure, and $i_1 = 0.05$.

$$net_{h1} = w_1 i_1 + w_2 i_2 + b_1 = %s$$
"""
NETWORK = """network:
  layers: [2, 2, 1]
  activation: sigmoid
  loss: half-squared-error
given:
  x: [0.05, 0.1]
  W1: [[0.15, 0.2], [0.25, 0.3]]
  b1: [0.35, 0.35]
  W2: [[0.4, 0.45]]
  b2: [0.6]
"""


def words(report: Report) -> list[str]:
    return [claim.verdict for claim in report.claims if claim.printed]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.yaml"
    path.write_text(NETWORK, encoding="utf-8")
    return path


def test_the_numbers_of_a_figure_stand_in_a_network_file(network: Path) -> None:
    assert "confirmed" not in words(verify(FIGURE % "0.3775"))
    right = verify(FIGURE % "0.3775", network=network)
    assert words(right) == ["confirmed", "confirmed"]
    assert "neuron by neuron" in right.conventions["network"]
    assert {entry.name for entry in right.ledger if entry.how == "network"} >= {"w_1", "w_2", "b_1"}


def test_a_built_in_problem_or_a_whole_problem_is_a_network_too() -> None:
    import problems

    for network in ("mazur", problems.load("mazur")):
        assert words(verify(FIGURE % "0.3775", network=network)) == ["confirmed", "confirmed"]


def test_the_way_to_number_weights_is_the_one_that_agrees_with_the_page(network: Path) -> None:
    page = r"$w_3 = 0.2$ in the figure, so $w_1 x_1 + w_3 x_2 = 0.0275$ and $w_2 x_1 = 0.0125$."
    report = verify(page + "\n", network=network)
    assert words(report)[-2:] == ["confirmed", "confirmed"]
    assert "input by input" in report.conventions["network"]


def test_a_network_that_contradicts_the_page_throughout_is_not_believed(network: Path) -> None:
    page = "$w_1 = 7$, $w_2 = 8$, $w_3 = 9$, so $w_1 + w_2 = 15$, $w_1 + w_3 = 16$.\n"
    report = verify(page, network=network)
    assert report.claims == verify(page).claims
    assert "network" not in report.conventions


def test_a_number_above_a_name_that_also_stands_alone_is_left_open() -> None:
    page = "$w_1 = 0.15$ and $b_1 = 0.35$, but $b^3_1 = 0.6$, so $w_1 + b^3_1 = 0.75$.\n"
    assert "contradicted" not in words(verify(page, network="mazur"))


@pytest.mark.parametrize(
    ("notation", "page"),
    [
        ("nielsen", r"$$w^2_{12} + b^3_1 = 0.8$$ and $$a^1_1 + a^1_2 = 0.15$$"),
        ("cs182", r"$$w^{(1)}_{21} + b^{(2)}_1 = 0.8$$"),
        ("subscript", r"$$W_1 x_0 = [0.0275, 0.0425]$$"),
    ],
)
def test_the_notation_names_the_entries(network: Path, notation: str, page: str) -> None:
    assert set(words(verify(page + "\n", network=network, notation=notation))) == {"confirmed"}


def test_a_graph_gives_its_inputs(tmp_path: Path) -> None:
    path = tmp_path / "gates.yaml"
    path.write_text("graph:\n  inputs: {x: -2, y0: 5}\n  nodes: {q: x + y0}\n  output: q\n", encoding="utf-8")
    assert words(verify("$$q = x + y_0 = 3$$\n", network=path)) == ["confirmed"]


def test_known_keeps_what_was_said(network: Path) -> None:
    known = known_of(network, "ng")
    assert isinstance(known.model, Network)
    assert known.notation and known.notation.name == "ng"
    assert sorted(known.given) == ["W1", "W2", "b1", "b2", "x"]
    assert known_of(network).notation is None
    assert known_of("mazur").notation is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("network: {layers: [2, 1], activation: sigmod, loss: cross-entropy}\n", ":1:"),
        (NETWORK.replace("W2: [[0.4, 0.45]]", "W2: [[0.4]]"), "W2 is 1×1"),
        (NETWORK + "widths: 3\n", "'widths' is not a field of a network file"),
        ("- 1\n", "must have the fields of a network file"),
        ("given: [\n", "YAML"),
        (NETWORK + "notation: nilsen\n", "did you mean 'nielsen'"),
    ],
)
def test_a_bad_network_file_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "network.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Unusable, match=r"network[.]yaml") as refused:
        verify("$1 + 1 = 2$\n", network=path)
    assert said in str(refused.value)


def test_a_missing_network_or_notation_is_named() -> None:
    with pytest.raises(Unusable, match="did you mean 'mazur'"):
        verify("$1 + 1 = 2$\n", network="mazru")
    with pytest.raises(Unusable, match="did you mean 'nielsen'"):
        verify("$1 + 1 = 2$\n", notation="nilsen")


PAGE_001 = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "pages" / "001.md"


@pytest.mark.skipif(not PAGE_001.exists(), reason="the annotated pages are not here")
def test_a_public_page_whose_figure_holds_the_weights() -> None:
    alone, helped = verify(PAGE_001), verify(PAGE_001, network="mazur")
    names = {entry.name for entry in helped.ledger if entry.how == "network"}
    assert {"w_1", "w_2", "w_5", "w_6", "b_1", "b_2"} <= names
    assert helped.summary["confirmed"] >= alone.summary["confirmed"]
    assert helped.summary["contradicted"] <= alone.summary["contradicted"]

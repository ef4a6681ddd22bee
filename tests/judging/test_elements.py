"""Formulas for one entry: what derive prints in every course's notation is right, and a changed index makes
it wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from derive import Network, derive
from derive.forms import written
from derive.general import derive_general
from derive.notation import NOTATIONS
from derive.writing import latex, writer
from grader.verdicts import Verdict
from tests.judging.asking import judged

SINGLE = Network([3, 4, 2], "sigmoid", learning_rate=0.1)
BATCH = Network([3, 4, 2], "tanh", learning_rate=0.1, batch=5)
ASKED = ("z1", "a2", "loss", "delta2", "delta1", "dW2", "dW1", "db1", "W1_new", "b2_new")


def printed(network: Network, ask: str, notation: str, form: str) -> tuple[str, str]:
    """The last line of a step, left and right side."""
    derivation = derive(network, notation, form)
    by, step = writer(notation), derivation[ask]
    return latex(by.box(step.left_side)), latex(by.box(step.formula))


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("network", [SINGLE, BATCH], ids=["single", "batch"])
@pytest.mark.parametrize("form", ["matrix", "element"])
def test_what_is_printed_is_right(network: Network, form: str, notation: str) -> None:
    for ask in ASKED:
        left, right = printed(network, ask, notation, form)
        for answer in (f"{left} = {right}", right):
            verdict = judged(network, ask, answer, notation=notation)
            assert verdict.verdict == "right", (ask, answer, verdict)
            assert not any("notation" in sentence for sentence in verdict.feedback), verdict


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("form", ["matrix", "element"])
def test_general_formulas_are_right(form: str, notation: str) -> None:
    network = Network([2, 3, 2], "generic", "generic", learning_rate=0.5)
    by = writer(notation)
    for step in written(derive_general(), notation, form):
        left, right = latex(by.box(step.left_side)), latex(by.box(step.formula))
        ask = step.quantity.address
        for answer in (f"{left} = {right}", right):
            assert judged(network, ask, answer, notation=notation).verdict == "right", (ask, answer)


INDEX = re.compile(r"_\{?([a-z](?:,?[a-z])?)\}?(?![a-z])")


def with_one_index_changed(text: str) -> Iterator[str]:
    """The text with the indices of one symbol exchanged, or one of them made another."""
    for match in INDEX.finditer(text):
        letters = match[1].replace(",", "")
        others = [letters[::-1]] if len(set(letters)) == 2 else [new for new in "uv" if new != letters]
        for other in others:
            yield f"{text[: match.start()]}_{{{other}}}{text[match.end() :]}"


@pytest.mark.parametrize("notation", [name for name in NOTATIONS if name != "cs182-hidden"])
def test_a_changed_index_is_wrong(notation: str) -> None:
    for ask in ("delta1", "dW2", "z2"):
        left, right = printed(SINGLE, ask, notation, "element")
        changed = [text for text in with_one_index_changed(right) if r"\sum" not in text[: text.find("_")]]
        for text in changed:
            verdict = judged(SINGLE, ask, f"{left} = {text}", notation=notation)
            assert verdict.verdict in ("wrong", "unreadable"), (text, verdict)


@pytest.mark.parametrize("notation", NOTATIONS)
def test_weights_lie_as_the_course_has_them(notation: str) -> None:
    """The transpose of a right answer is wrong, in every notation."""
    for ask in ("dW2", "W1_new"):
        _, right = printed(SINGLE, ask, notation, "matrix")
        assert judged(SINGLE, ask, rf"\left({right}\right)^T", notation=notation).verdict == "wrong"


def judged_by_nielsen(answer: str, ask: str = "delta1", network: Network = SINGLE) -> Verdict:
    return judged(network, ask, answer, notation="nielsen")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (r"\delta_j^2 = \sum_k w_{kj}^3 \delta_j^2", "which is what it should give"),
        (r"\delta_j^2 = w_{kj}^3 \delta_k^3", "$k$ is not on the left side and is not summed over"),
        (r"w_{kj}^3 \delta_k^3 a_i^2", "left free"),
        (r"\delta_j^2 = \sum_k w_{jk}^3 \delta_k^3", "counts to"),
        (r"\delta_j^2 = \sum_{k=1}^{5} w_{kj}^3 \delta_k^3", "k runs to 5"),
        (r"\delta_j^2 = \sum_k 1 \cdot \sigma'(z_j^2)", "nothing says how far k runs"),
        (r"\delta_1^2 = \delta_1^3 w_{11}^3", "one entry"),
        (r"\delta_j^2 = w_{jj}^3 \delta_j^3", "counts to"),
    ],
)
def test_what_is_wrong_with_an_index_is_said(answer: str, says: str) -> None:
    verdict = judged_by_nielsen(answer)
    assert verdict.verdict == "wrong"
    assert re.search(says.replace("$", r"\$"), " ".join(verdict.feedback)), verdict


def test_diagonal_entries_can_be_used() -> None:
    square = Network([3, 3, 3], "identity")
    right = r"\sum_k w_{jk}^3a_k^2 + w_{jj}^3a_j^2 - a_j^2w_{jj}^3 + b_j^3"
    assert judged(square, "z2", right, notation="nielsen").verdict == "right"
    wrong = r"z_j^3 = \sum_k w_{kk}^3 a_j^2 + b_j^3"
    assert judged(square, "z2", wrong, notation="nielsen").verdict == "wrong"


def test_a_kronecker_delta_is_no_error() -> None:
    right = r"\frac{\partial C}{\partial w_{jk}^2} = \sum_i \delta_i^2 \delta_{ij} a_k^1"
    assert judged_by_nielsen(right, "dW1").verdict == "right"
    assert judged_by_nielsen(right.replace("delta_{ij}", "delta_{ik}"), "dW1").verdict == "wrong"


def test_an_error_of_a_batch_with_one_layer_is_no_kronecker_delta() -> None:
    network = Network([3, 2], "sigmoid", batch=4)
    answer = r"\frac{\partial C}{\partial w_{jk}} = \sum_n \delta_{jn} x_{kn}"
    assert judged_by_nielsen(answer, "dW1", network).verdict == "right"


def test_too_many_combinations_are_left_to_a_human() -> None:
    letters = "abcdefgh"
    sums = "".join(rf"\sum_{letter} " for letter in letters)
    product = " ".join(rf"w_{{{a}{b}}}^2" for a, b in zip(letters[::2], letters[1::2], strict=True))
    verdict = judged(Network([30, 30, 30], "sigmoid"), "delta1", sums + product, notation="nielsen")
    assert verdict.verdict == "undecided"


GIVEN = {
    "x": [1, 2],
    "y": [3],
    "W1": [[1, 0], [2, 1], [0, 3]],
    "b1": [0, 1, 0],
    "W2": [[1, 2, 1]],
    "b2": [1],
}
NUMBERS = Network([2, 3, 1], "identity")


@pytest.mark.parametrize(
    ("notation", "right", "wrong"),
    [
        ("nielsen", "[[15, 30], [30, 60], [15, 30]]", "[[15, 30, 15], [30, 60, 30]]"),
        ("cs182", "[[15, 30, 15], [30, 60, 30]]", "[[15, 30], [30, 60], [15, 30]]"),
        ("rows", "[[15, 30, 15], [30, 60, 30]]", "[[15, 30], [30, 60], [15, 30]]"),
    ],
)
def test_numbers_are_given_as_the_course_has_its_matrices(notation: str, right: str, wrong: str) -> None:
    for answer, word in ((right, "right"), (wrong, "wrong")):
        assert judged(NUMBERS, "dW1", answer, "number", notation=notation, given=GIVEN).verdict == word


@pytest.mark.parametrize(
    ("notation", "left", "right"),
    [
        ("nielsen", r"\frac{\partial C}{\partial w_{21}^2}", r"\delta_2^2 a_1^1"),
        ("cs182", r"\frac{\partial L}{\partial w_{12}^{(1)}}", r"\delta_2^{(1)} x_1^{(0)}"),
        ("ng", r"\frac{\partial E}{\partial w_{21}^{(1)}}", r"\delta_2^{(2)} a_1^{(1)}"),
        ("rows", r"\frac{\partial E}{\partial (W_1)_{12}}", r"(\mathrm{grad}_{Z_1})_2 (H_0)_1"),
        ("brackets", r"dw_{21}^{[1]}", r"dz_2^{[1]} a_1^{[0]}"),
    ],
)
def test_one_weight_has_its_indices_in_the_order_of_the_course(notation: str, left: str, right: str) -> None:
    """The weight that leads from input 1 to neuron 2."""
    ask = "dW1[2,1]"
    for answer in (right, f"{left} = {right}"):
        assert judged(SINGLE, ask, answer, notation=notation).verdict == "right", answer
    other = left.replace("21", "##").replace("12", "21").replace("##", "12")
    said = judged(SINGLE, ask, f"{other} = {right}", notation=notation)
    assert said.verdict == "wrong" and "left side" in said.feedback[0]

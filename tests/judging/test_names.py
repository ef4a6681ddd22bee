"""What names mean in every course's notation, as students write them."""

from __future__ import annotations

import pytest

from derive import Network
from derive.notation import NOTATIONS
from derive.quantities import Quantity
from grader.meaning import terms
from grader.meaning.habits import habits_of
from grader.meaning.names import Namer
from grader.meaning.network_vocabulary import NetworkVocabulary
from grader.meaning.neurons import NeuronVocabulary
from grader.meaning.scripts import NotUnderstood
from grader.meaning.terms import Term
from grader.reading import read

NETWORK = Network([3, 4, 2], "sigmoid")


def understood(text: str, notation: str, general: bool = False) -> Term:
    vocabulary = NetworkVocabulary(NOTATIONS[notation], NETWORK.depth, general, {"m": Quantity("N")})
    return Namer(vocabulary).term(read(text).tree)


def said(term: Term) -> str:
    """A term as an address with its entry: ``W2[j,k]``, ``delta2^T``."""
    if isinstance(term, terms.Transposed):
        return f"{said(term.body)}^T"
    if isinstance(term, terms.Entry):
        return f"{said(term.body)}[{','.join(map(str, term.indices))}]"
    assert isinstance(term, terms.Reference), term
    return term.quantity.address


@pytest.mark.parametrize(
    ("notation", "text", "means"),
    [
        ("subscript", r"W_2", "W2"),
        ("subscript", r"(W_2)_{jk}", "W2[j,k]"),
        ("subscript", r"(W_2)_{12}", "W2[1,2]"),
        ("subscript", r"(W_2)_{jk}^{\text{new}}", "W2_new[j,k]"),
        ("subscript", r"\delta_{2,j}", "delta2[j]"),
        ("subscript", r"v_{W_1}", "vW1"),
        ("subscript", r"m_{(W_1)_{jk}}", "mW1[j,k]"),
        ("subscript", r"s_{b_1}^{\text{new}}", "sb1_new"),
        ("cs182", r"x^{(1)}", "a1"),
        ("cs182", r"W^{(2)\top}", "W2^T"),
        ("cs182", r"w_{ij}^{(2)}", "W2[i,j]"),
        ("cs182", r"w_{0j}^{(2)}", "b2[j]"),
        ("cs182", r"t_k", "y[k]"),
        ("cs182-hidden", r"x_i", "x[i]"),
        ("cs182-hidden", r"h_j", "a1[j]"),
        ("cs182-hidden", r"o_k", "a2[k]"),
        ("cs182-hidden", r"v_{ji}", "W1[j,i]"),
        ("cs182-hidden", r"v_{j0}", "b1[j]"),
        ("cs182-hidden", r"w_0", "b2"),
        ("cs182-hidden", r"v_w", "vW2"),
        ("nielsen", r"w_{jk}^3", "W2[j,k]"),
        ("nielsen", r"w_jk^3", "W2[j,k]"),
        ("nielsen", r"w_{j,k}^{3}", "W2[j,k]"),
        ("nielsen", r"w_{1k}^3", "W2[1,k]"),
        ("nielsen", r"w_{k1}^3", "W2[k,1]"),
        ("nielsen", r"a_{12}^2", "a1[12]"),
        ("nielsen", r"\delta_j^3", "delta2[j]"),
        ("nielsen", r"\frac{\partial C}{\partial w_{jk}^3}", "dW2[j,k]"),
        ("nielsen", r"\nabla_a C", "da2"),
        ("nielsen", r"x_j", "x[j]"),
        ("nielsen", r"(w^3)^T_{jk}", "W2^T[j,k]"),
        ("ng", r"w^{(1)}", "W1"),
        ("ng", r"a^{(1)}", "x"),
        ("ng", r"w_0^{(2)}", "b2"),
        ("ng", r"w_{10}^{(2)}", "b2[1]"),
        ("ng", r"\frac{\partial E}{\partial w_0^{(1)}}", "db1"),
        ("ng", r"v_{w_0^{(1)}}", "vb1"),
        ("ng", r"m", "N"),
        ("bergsoe", r"W_{jk}^1", "W1[j,k]"),
        ("rows", r"\mathrm{grad}_{W_2}", "dW2"),
        ("rows", r"grad_W2", "dW2"),
        ("rows", r"grad_w2", "dW2"),
        ("rows", r"\mathrm{grad}_{Z_1}", "delta1"),
        ("rows", r"grad_y_pred", "da2"),
        ("rows", r"\delta_1", "delta1"),
        ("rows", r"X", "x"),
        ("brackets", r"dZ^{[1]}", "delta1"),
        ("brackets", r"d Z^{[1]}", "delta1"),
        ("brackets", r"dA^{[1]}", "da1"),
        ("brackets", r"db^{[2]}", "db2"),
        ("brackets", r"dw_{jk}^{[2]}", "dW2[j,k]"),
        ("brackets", r"A^{[1]T}", "a1^T"),
        ("brackets", r"A^1", "a1"),
        ("goodfellow", r"\nabla_{a^{(1)}} J", "delta1"),
        ("goodfellow", r"\nabla_{W^{(1)}} J", "dW1"),
        ("goodfellow", r"h^{(1)}", "a1"),
        ("goodfellow", r"\epsilon", "rate"),
        ("goodfellow", r"\delta", "epsilon"),
        ("goodfellow", r"\delta^{(1)}", "delta1"),
        ("nielsen", r"\beta_1", "beta1"),
        ("nielsen", r"\lambda_2", "lambda2"),
        ("nielsen", r"\lambda", "lambda"),
        ("cs182", r"\alpha", "momentum"),
        ("brackets", r"a^{[1](i)}", "a1[:,i]"),
        ("brackets", r"a_j^{[1](i)}", "a1[j,i]"),
        ("brackets", r"a^{(i)[1]}", "a1[:,i]"),
        ("brackets", r"a^{[1](i)T}", "a1[:,i]^T"),
        ("brackets", r"dz^{[2](i)}", "delta2[:,i]"),
        ("brackets", r"y^{(3)}", "y[:,3]"),
        ("brackets", r"\hat y_k^{(i)}", "a2[k,i]"),
        ("ng", r"x^{(i)}", "x[:,i]"),
        ("ng", r"x_k^{(i)}", "x[k,i]"),
        ("nielsen", r"\delta^{x,3}", "delta2[:,x]"),
        ("subscript", r"x_1^{(n)}", "a1[:,n]"),
        ("rows", r"Z_1^{(n)}", "z1[n,:]"),
        ("cs182", "W(2)", "W2"),
        ("nielsen", "W2", "W1"),
    ],
)
def test_names(notation: str, text: str, means: str) -> None:
    assert said(understood(text, notation)) == means


@pytest.mark.parametrize(
    ("notation", "text", "means"),
    [
        ("nielsen", r"\delta_j^{l+1}", "delta_l+1[j]"),
        ("nielsen", r"w_{jk}^L", "W_L[j,k]"),
        ("ng", r"w^{(l)}", "W_l+1"),
        ("ng", r"w_0^{(l)}", "b_l+1"),
        ("ng", r"\delta^{(l+1)}", "delta_l+1"),
        ("goodfellow", r"h^{(k-1)}", "a_l-1"),
        ("goodfellow", r"W^{(l)}", "W_L"),
        ("subscript", r"W_{i+1}", "W_l+1"),
    ],
)
def test_names_of_layers_in_general(notation: str, text: str, means: str) -> None:
    assert said(understood(text, notation, general=True)) == means


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("n_1", "x[1]"),
        ("n_4", "a1[1]"),
        ("n_9", "a2[2]"),
        ("w_{14}", "W1[1,1]"),
        ("w_{37}", "W1[4,3]"),
        ("w_{4,9}", "W2[2,1]"),
        ("b_8", "b2[1]"),
        (r"\delta_9", "delta2[2]"),
        (r"\frac{\partial E}{\partial w_{14}}", "dW1[1,1]"),
        ("y_9", "y[2]"),
    ],
)
def test_names_of_neurons_numbered_through_the_network(text: str, means: str) -> None:
    vocabulary = NeuronVocabulary(NOTATIONS["subscript"], 2, layers=(3, 4, 2))
    assert said(Namer(vocabulary).term(read(text).tree)) == means


@pytest.mark.parametrize("text", ["n_{10}", "w_{12}", "w_{41}", "w_4", "b_2", "n_0", "n_j"])
def test_neurons_that_are_not_there(text: str) -> None:
    vocabulary = NeuronVocabulary(NOTATIONS["subscript"], 2, layers=(3, 4, 2))
    with pytest.raises(NotUnderstood):
        Namer(vocabulary).term(read(text).tree)


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        ("nielsen", r"w_{jkm}^3"),
        ("nielsen", r"w_{jk}"),
        ("nielsen", r"w_{jk}^5"),
        ("nielsen", r"w_{00}^5"),
        ("ng", r"w^{(3)}"),
        ("subscript", r"\delta_j"),
        ("nielsen", r"\sum_{2} a_j^2"),
        ("nielsen", r"\sum_{k=3}^4 a_k^2"),
        ("nielsen", r"\prod_k a_k^2"),
        ("nielsen", r"a_{1.5}^2"),
    ],
)
def test_what_names_nothing(notation: str, text: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        understood(text, notation)
    assert str(refused.value) and 0 <= refused.value.span[0] < len(text)


def named_in(whole: str, notation: str, part: int) -> Term:
    """What a factor of a product means, by the habits of the whole answer."""
    tree = read(whole).tree
    vocabulary = NetworkVocabulary(
        NOTATIONS[notation], NETWORK.depth, habits=habits_of(tree, NOTATIONS[notation])
    )
    term = Namer(vocabulary).term(tree)
    assert isinstance(term, terms.Product)
    return term.factors[part]


def test_a_number_below_the_input_counts_neurons_where_layers_stand_above() -> None:
    assert said(named_in(r"w_{i1}^{(1)} x_1", "ng", 1)) == "x[1]"
    with pytest.raises(NotUnderstood):
        named_in(r"w_1 x_1", "ng", 1)


def test_a_bare_number_is_a_power_where_the_answer_has_its_layers_in_brackets() -> None:
    assert isinstance(named_in(r"W^{(2)} x^2", "ng", 1), terms.Power)
    assert said(named_in(r"W^2 A^1", "brackets", 0)) == "W2"
    with pytest.raises(NotUnderstood, match="which layer"):
        named_in(r"W^{[2]} A^2", "brackets", 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (r"a^{(5)}", r"a\^\{\(5\)\}`, but in this network `a` goes from layer 1 to layer 3"),
        (r"\theta^{(2)}", "this course writes w for weights"),
        (r"sigmod(z^{(2)})", "did you mean `sigmoid`"),
    ],
)
def test_what_is_not_understood_is_answered_with_what_there_is(text: str, says: str) -> None:
    with pytest.raises(NotUnderstood, match=says):
        understood(text, "ng")

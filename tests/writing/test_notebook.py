"""Results show themselves in a notebook."""

from derive import Network, derive, solve
from grader import check

LINE = Network([1, 1], "identity", learning_rate=1)


def test_a_solution_shows_every_quantity_as_mathematics():
    solution = solve(LINE, {"x": 2, "y": 1, "W1": 3, "b1": 0}, exact=True)
    shown = solution._repr_html_()
    assert shown.count("<math") == len(solution.quantities)
    assert "<mn>-7</mn>" in shown or "<mn>7</mn>" in shown


def test_a_derivation_and_a_formula_show_themselves():
    derivation = derive(Network([2, 1], "identity"))
    assert "<math" in derivation._repr_html_()
    assert derivation["dW1"].formula._repr_latex_() == r"$\displaystyle \delta_1 x_0^{\top}$"


def test_a_verdict_shows_word_marks_and_reading():
    shown = check("mazur", "delta3-formula", r"a^3 - y")._repr_markdown_()
    assert shown.startswith("**wrong**, 1.5 of 3") and "$a^3 - y$" in shown

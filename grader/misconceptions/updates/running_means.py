"""Running means of gradients and of their squares: what is mixed in, corrected and divided by."""

from collections.abc import Callable, Iterator

from derive import ops
from derive.derivation import Derivation
from derive.graph import Equation, Node, substitute, symbol
from derive.network import Network
from derive.quantities import Quantity
from grader.misconceptions.parts import is_update, uses, with_other
from grader.misconceptions.row import Example, Misconception

ADAM = Network([3, 4, 2], "tanh", learning_rate=0.5, update="adam")
RMSPROP = Network([3, 4, 2], "tanh", learning_rate=0.5, update="rmsprop")
ADAGRAD = Network([3, 4, 2], "relu", learning_rate=0.5, update="adagrad")
ROUGH = {
    rule: Network([3, 4, 2], "tanh", learning_rate=0.5, update=rule, hyperparameters={"epsilon": 0.1})
    for rule in ("adagrad", "rmsprop", "adam")
}
"""With a small number that is large enough to make a difference."""
ROUND = Quantity("round")
DECAYS = (Quantity("decay"), Quantity("beta1"), Quantity("beta2"))
SMALL = Quantity("epsilon")

M = r"\frac{m_{W_1}^{new}}{1 - \beta_1^\tau}"
S = r"\frac{s_{W_1}^{new}}{1 - \beta_2^\tau}"


def each(change: Callable[[Node], Node | None]) -> Callable[[Equation, Derivation], Iterator[Node]]:
    """An update with a change made wherever it applies, or in one place alone."""

    def rewrite(equation: Equation, derivation: Derivation) -> Iterator[Node]:
        if is_update(equation.quantity):
            places = [node for node in equation.expression.walk() if change(node) is not None]
            for chosen in [places, *([place] for place in places if len(places) > 1)]:
                if chosen:
                    yield _changed(equation.expression, change, chosen)

    return rewrite


def _changed(expression: Node, change: Callable[[Node], Node | None], places: list[Node]) -> Node:
    return substitute(expression, lambda node: change(node) if node in places else None, ops.rebuild)


def uncorrected(node: Node) -> Node | None:
    """A running mean without the division by the share it has seen."""
    is_corrected = node.op == "scale" and uses(node.args[0], ROUND)
    return node.args[1] if is_corrected else None


def without_root(node: Node) -> Node | None:
    """What stands under a root."""
    return node.args[0] if node.op == "function" and node.data == ("sqrt", 0) else None


def without_square(node: Node) -> Node | None:
    """A gradient in place of its square."""
    is_square = node.op == "hadamard" and node.args[0] is node.args[1]
    return node.args[0] if is_square else None


def with_small_under_root(node: Node) -> Node | None:
    """√(s + ε) in place of √s + ε."""
    if node.op != "add" or node.args[0].op != "function" or not uses(node.args[1], SMALL):
        return None
    root, small = node.args
    return ops.function("sqrt", ops.add(root.args[0], small))


def without_small(node: Node) -> Node | None:
    """√s in place of √s + ε."""
    return node.args[0] if node.op == "add" and uses(node.args[1], SMALL) else None


def in_round_1(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A correction by 1 − β in every round."""
    yield from with_other(equation.expression, ROUND, ops.constant(1))


def with_shares_exchanged(equation: Equation, derivation: Derivation) -> Iterator[Node]:
    """A running mean that keeps the share 1 − β of the old."""
    for decay in DECAYS if not uses(equation.expression, ROUND) else ():
        yield from with_other(equation.expression, decay, ops.minus(ops.constant(1), symbol(decay, (1, 1))))


def whole_share(node: Node) -> Node | None:
    """A fresh value that counts in full, not 1 − β of it."""
    if node.op != "scale" or node.args[0].op != "subtract" or not uses(node.args[0], *DECAYS):
        return None
    return node.args[1]


UNCORRECTED = Misconception(
    name="bias-correction-omitted",
    words="The correction is missing: a running mean that begins at 0 is too small at first, and is "
    "therefore divided by 1 − βᵗ.",
    question="What is the running mean after the first round, compared with the gradient itself?",
    rewrite=each(uncorrected),
    catches=(
        Example("W1_new", r"W_1 - \alpha \frac{m_{W_1}^{new}}{\sqrt{s_{W_1}^{new}} + \epsilon}", ADAM),
        Example("W1_new", rf"W_1 - \alpha \frac{{{M}}}{{\sqrt{{s_{{W_1}}^{{new}}}} + \epsilon}}", ADAM),
        Example("W1_new", rf"W_1 - \alpha \frac{{m_{{W_1}}^{{new}}}}{{\sqrt{{{S}}} + \epsilon}}", ADAM),
    ),
    spares=(
        Example("W1_new", rf"W_1 - \alpha \frac{{{M}}}{{\sqrt{{{S}}} + \epsilon}}", ADAM),
        Example("W1_new", r"W_1 - \alpha \frac{\delta_1 x_0^T}{\sqrt{s_{W_1}^{new}} + \epsilon}", RMSPROP),
        Example("mW1_new", r"\beta_1 m_{W_1} + (1 - \beta_1) \delta_1 x_0^T", ADAM),
    ),
)

ROUND_OMITTED = Misconception(
    name="bias-correction-without-power",
    words="The correction grows with the rounds: it divides by 1 − βᵗ, not by 1 − β.",
    question="After many rounds, how much of the whole has the running mean seen?",
    award=0.75,
    rewrite=in_round_1,
    catches=(
        Example(
            "W1_new",
            r"W_1 - \alpha \frac{m_{W_1}^{new}/(1-\beta_1)}{\sqrt{s_{W_1}^{new}/(1-\beta_2)} + \epsilon}",
            ADAM,
        ),
        Example(
            "b1_new",
            r"b_1 - \alpha \frac{m_{b_1}^{new}/(1-\beta_1)}{\sqrt{s_{b_1}^{new}/(1-\beta_2)} + \epsilon}",
            ADAM,
        ),
        Example(
            "W2_new",
            r"W_2 - \frac{\alpha}{1-\beta_1}\frac{m_{W_2}^{new}}{\sqrt{s_{W_2}^{new}/(1-\beta_2)}+\epsilon}",
            ADAM,
        ),
    ),
    spares=UNCORRECTED.spares,
)

ROOT_OMITTED = Misconception(
    name="root-omitted",
    words="The root is missing: the step is divided by the usual size of the gradient, the root of the mean "
    "of its squares.",
    question="If all gradients were ten times as large, should the steps change?",
    rewrite=each(without_root),
    catches=(
        Example("W1_new", r"W_1 - \alpha \frac{\delta_1 x_0^T}{s_{W_1}^{new} + \epsilon}", RMSPROP),
        Example("b2_new", r"b_2 - \alpha \frac{\delta_2}{s_{b_2}^{new} + \epsilon}", ADAGRAD),
        Example("W1_new", rf"W_1 - \alpha \frac{{{M}}}{{{S} + \epsilon}}", ADAM),
    ),
    spares=(
        Example("W1_new", r"W_1 - \alpha \frac{\delta_1 x_0^T}{\sqrt{s_{W_1}^{new}} + \epsilon}", RMSPROP),
        Example("b2_new", r"b_2 - \alpha \frac{\delta_2}{\sqrt{s_{b_2} + \delta_2^2} + \epsilon}", ADAGRAD),
        Example("W1_new", rf"W_1 - \alpha \frac{{{M}}}{{\sqrt{{{S}}} + \epsilon}}", ADAM),
    ),
)

SQUARE_OMITTED = Misconception(
    name="square-omitted",
    words="The gradient itself is collected here; this running value is made of its squares.",
    question="Can the value under the root become negative the way you compute it?",
    rewrite=each(without_square),
    catches=(
        Example("sW1_new", r"\rho s_{W_1} + (1 - \rho) \delta_1 x_0^T", RMSPROP),
        Example("sb1_new", r"s_{b_1} + \delta_1", ADAGRAD),
        Example("sW2_new", r"\beta_2 s_{W_2} + (1 - \beta_2) \delta_2 x_1^T", ADAM),
    ),
    spares=(
        Example("sW1_new", r"\rho s_{W_1} + (1 - \rho) (\delta_1 x_0^T)^2", RMSPROP),
        Example("sb1_new", r"s_{b_1} + \delta_1 \odot \delta_1", ADAGRAD),
        Example("mW2_new", r"\beta_1 m_{W_2} + (1 - \beta_1) \delta_2 x_1^T", ADAM),
    ),
)

SMALL_UNDER_ROOT = Misconception(
    name="epsilon-under-root",
    words="The small number stands under the root; here it is added to the root.",
    question="What is the divisor in the rule of the question where all gradients are 0?",
    award=0.75,
    rewrite=each(with_small_under_root),
    catches=(
        Example(
            "W1_new", r"W_1 - \alpha \frac{\delta_1 x_0^T}{\sqrt{s_{W_1}^{new} + \epsilon}}", ROUGH["rmsprop"]
        ),
        Example("b2_new", r"b_2 - \alpha \frac{\delta_2}{\sqrt{s_{b_2}^{new} + \epsilon}}", ROUGH["adagrad"]),
        Example("W1_new", rf"W_1 - \alpha \frac{{{M}}}{{\sqrt{{{S} + \epsilon}}}}", ROUGH["adam"]),
    ),
    spares=ROOT_OMITTED.spares,
)

SMALL_OMITTED = Misconception(
    name="epsilon-omitted",
    words="The small number in the divisor is missing; it keeps the step finite where the gradients are 0.",
    question="What do you divide by where all gradients so far are 0?",
    award=0.75,
    rewrite=each(without_small),
    catches=(
        Example("W1_new", r"W_1 - \alpha \frac{\delta_1 x_0^T}{\sqrt{s_{W_1}^{new}}}", RMSPROP),
        Example("b2_new", r"b_2 - \alpha \frac{\delta_2}{\sqrt{s_{b_2}^{new}}}", ADAGRAD),
        Example("W1_new", rf"W_1 - \alpha \frac{{{M}}}{{\sqrt{{{S}}}}}", ADAM),
    ),
    spares=ROOT_OMITTED.spares,
)

SHARES_EXCHANGED = Misconception(
    name="decay-exchanged",
    words="The shares are exchanged: the decay multiplies the old mean, and the rest of 1 the fresh value.",
    question="With a decay close to 1, should the running mean change slowly or quickly?",
    rewrite=with_shares_exchanged,
    catches=(
        Example("mW1_new", r"(1 - \beta_1) m_{W_1} + \beta_1 \delta_1 x_0^T", ADAM),
        Example("sW1_new", r"(1 - \rho) s_{W_1} + \rho (\delta_1 x_0^T)^2", RMSPROP),
        Example("sb2_new", r"\beta_2 \delta_2^2 + (1 - \beta_2) s_{b_2}", ADAM),
    ),
    spares=(
        Example("mW1_new", r"\beta_1 m_{W_1} + (1 - \beta_1) \delta_1 x_0^T", ADAM),
        Example("sW1_new", r"(1 - \rho) (\delta_1 x_0^T)^2 + \rho s_{W_1}", RMSPROP),
        Example("sW1_new", r"s_{W_1} - (1 - \rho) (s_{W_1} - (\delta_1 x_0^T)^2)", RMSPROP),
    ),
)

WHOLE_SHARE = Misconception(
    name="decay-share-omitted",
    words="The fresh value counts in full here; in a running mean the two shares add up to 1.",
    question="What does the running mean become if the gradient is the same in every round?",
    rewrite=each(whole_share),
    catches=(
        Example("mW1_new", r"\beta_1 m_{W_1} + \delta_1 x_0^T", ADAM),
        Example("sW1_new", r"\rho s_{W_1} + (\delta_1 x_0^T)^2", RMSPROP),
        Example("sb2_new", r"\beta_2 s_{b_2} + \delta_2 \odot \delta_2", ADAM),
    ),
    spares=(
        Example("mW1_new", r"\beta_1 m_{W_1} + (1 - \beta_1) \delta_1 x_0^T", ADAM),
        Example("sb2_new", r"s_{b_2} + \delta_2 \odot \delta_2", ADAGRAD),
        Example("vW1_new", r"\mu v_{W_1} - \alpha \delta_1 x_0^T", Network([3, 4, 2], update="momentum")),
    ),
)

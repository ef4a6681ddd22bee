"""A plain step of gradient descent where the course's update rule does more."""

from msgspec.structs import replace

from derive.network import Network
from grader.misconceptions.row import Example, Misconception

PLAIN_RULE = "gradient-descent"


def by_plain_descent(network: Network) -> Network | None:
    """The same network, learning by gradient descent."""
    return replace(network, update=PLAIN_RULE, hyperparameters=()) if network.update != PLAIN_RULE else None


ROW = Misconception(
    name="plain-step",
    words="This is a plain step of gradient descent; the update rule of the question does more with the "
    "gradient.",
    question="What does the update rule of the question do with the gradient before the step is taken?",
    award=0.25,
    network=by_plain_descent,
    catches=(
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T", Network([3, 4, 2], "tanh", update="adam")),
        Example("b2_new", r"b_2 - \alpha \delta_2", Network([3, 4, 2], "relu", update="rmsprop")),
        Example("W2_new", r"W_2 - \alpha \delta_2 x_1^T", Network([3, 4, 2], "relu", update="adagrad")),
    ),
    spares=(
        Example(
            "W1_new",
            r"W_1 - \alpha \frac{m_{W_1}^{new} / (1 - \beta_1^t)}"
            r"{\sqrt{s_{W_1}^{new} / (1 - \beta_2^t)} + \epsilon}",
            Network([3, 4, 2], "tanh", update="adam"),
        ),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T"),
        Example("W1_new", r"W_1 - \alpha \delta_1 x_0^T", Network([3, 4, 2], batch=4, update="minibatch")),
        Example(
            "W1_new",
            r"W_1 - \alpha \frac{\delta_1 x_0^T}{\sqrt{s_{W_1} + (\delta_1 x_0^T)^2} + \epsilon}",
            Network([3, 4, 2], "relu", update="adagrad"),
        ),
    ),
)

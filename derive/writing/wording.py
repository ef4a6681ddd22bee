"""A network in words, as a problem would introduce it."""

from __future__ import annotations

from collections.abc import Iterator

from derive.evaluate import ROUND, to_array
from derive.graph import SCALAR, Graph, symbol
from derive.network import Network
from derive.quantities import KINDS
from derive.regularizers import penalty_words
from derive.writing.boxes import row, sign
from derive.writing.habits import reminders
from derive.writing.layout import Writer
from derive.writing.numbers import value_box
from derive.writing.page import Paragraph, Sentence, listed, sentence


def described(model: Network | Graph, by: Writer) -> Paragraph:
    """The model in a few sentences."""
    sentences = _network(model, by) if isinstance(model, Network) else _graph(model)
    return Paragraph(tuple(item for words in sentences for item in (*words, " "))[:-1])


def _graph(graph: Graph) -> Iterator[Sentence]:
    count = len(graph.equations)
    gates = "one gate" if count == 1 else f"{count} gates"
    yield (f"A computation graph with {gates}.",)


def _network(network: Network, by: Writer) -> Iterator[Sentence]:
    first, *hidden, last = map(str, network.layers)
    between = f"{_hidden(tuple(hidden))} and " if hidden else ""
    join = ", " if hidden else " and "
    yield (f"A network with {_count(first, 'input')}{join}{between}{_count(last, 'output')}.",)
    yield (_activations(network, by),)
    if not network.bias:
        yield ("There are no biases.",)
    if network.batch:
        # Where examples are rows a reminder says so.
        place = ", one in each column" if by.notation.examples == "columns" else ""
        yield (f"It is given {network.batch} examples at once{place}.",)
    penalty = penalty_words(network.regularizer)
    yield (sentence(f"the loss is {network.loss_row.words}{_reduction(network)}{penalty}"),)
    if penalty and network.bias:
        yield ("Biases are not penalised.",)
    yield from _learning(network, by)
    if network.bias and not network.train_biases:
        yield ("The biases stay as they are.",)
    yield from reminders(network, by)


def _learning(network: Network, by: Writer) -> Iterator[Sentence]:
    """The rule of the updates, where there are any, and every number that is chosen and not left a letter."""
    learns = network.learning_rate is not None
    if learns and len(network.update_row.changes) > 1:
        yield (f"It learns by {network.update_row.words}.",)
    of_the_loss = network.graph().inputs
    for quantity, number in network.settings.items():
        if number is not None and (learns or quantity in of_the_loss):
            letter = by.box(symbol(quantity, SCALAR))
            value, exact = value_box(to_array(number, exact=True))
            equation = row(letter, sign("equals" if exact else "approx"), value)
            yield (f"The {KINDS[quantity.kind].words} is ", equation, ".")
    if learns and network.counts_rounds:
        yield ("Rounds are counted by ", by.box(symbol(ROUND, SCALAR)), ", from 1.")
    if learns and network.states:
        yield ("What it remembers from one round to the next is 0 at first, unless it is given.",)


def _count(number: str, what: str) -> str:
    return f"{number} {what}{'' if number == '1' else 's'}"


def _hidden(sizes: tuple[str, ...]) -> str:
    if len(sizes) == 1:
        return f"a hidden layer of {_count(sizes[0], 'neuron')}"
    return f"hidden layers of {listed(sizes)} neurons"


def _activations(network: Network, by: Writer) -> str:
    words = [network.activation_of(layer).words for layer in range(1, network.depth + 1)]
    if len(set(words)) == 1:
        return f"{'Every layer' if network.depth > 1 else 'The output layer'} applies {words[0]}."
    each = tuple(f"{name} in layer {by.notation.printed(layer)}" for layer, name in enumerate(words, start=1))
    return f"The activations are {listed(each)}."


def _reduction(network: Network) -> str:
    if not network.batch:
        return ""
    return ", averaged over the examples" if network.reduction == "mean" else ", summed over the examples"

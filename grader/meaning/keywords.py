"""Habits of programs: which axis NumPy sums over, and words for numbers that are chosen."""

from __future__ import annotations

from derive.quantities import Quantity
from grader.meaning.calls import AXES
from grader.meaning.scripts import NotUnderstood
from grader.reading import tree
from grader.reading.tree import Tree

ALONG = ("sum", "mean", "max")
"""Functions that take an axis."""
AXIS = ("axis", "dim")
KEEP = ("keepdims", "keepdim")
"""Names of the argument that only says what shape remains."""
SETTING_WORDS = {
    "lr": Quantity("rate"),
    "learning_rate": Quantity("rate"),
    "eps": Quantity("epsilon"),
    "lam": Quantity("lambda"),
    "lambd": Quantity("lambda"),
}


def without_keywords(function: str | None, items: tuple[Tree, ...]) -> tuple[str | None, tuple[Tree, ...]]:
    """A function and its arguments: ``np.sum(x, axis=1)`` is the sum over the columns. Raises
    `NotUnderstood`."""
    if function == "softmax" and len(items) == 2:
        return f"softmax {_axis(_argument(items[1])[1]) or AXES[1]}", items[:1]
    if function not in ALONG or (function == "max" and not isinstance(items[-1], tree.Relation)):
        return function, items
    first, *others = items
    axis: str | None = None
    flat = " flat"
    for other in others:
        name, value = _argument(other)
        if name in AXIS:
            axis = _axis(value)
        elif name in KEEP:
            flat = ""
        else:
            raise NotUnderstood(other.span, f"`{name}` is no argument of `{function}` that is known here")
    return (function if axis is None else f"{function} {axis}{flat}"), (first,)


def _argument(item: Tree) -> tuple[str, Tree]:
    """The name and the value of an argument; the second one is the axis, named or not."""
    if not isinstance(item, tree.Relation):
        return AXIS[0], item
    name, *values = item.sides
    letters = name.factors if isinstance(name, tree.Product) else (name,)
    word = "".join(letter.text for letter in letters if isinstance(letter, tree.Name))
    if item.relations != ("=",) or word not in (*AXIS, *KEEP):
        raise NotUnderstood(item.span, "this is no argument: write `axis=0`")
    return word, values[0]


def _axis(value: Tree) -> str | None:
    """``rows`` for axis 0, ``columns`` for axis 1, counted from the end if negative; None for all."""
    if isinstance(value, tree.Name) and value.text == "None":
        return None
    number = value.body if isinstance(value, tree.Negate) else value
    if not isinstance(number, tree.Number) or number.value not in (0, 1, 2):
        raise NotUnderstood(value.span, "the axis is 0 or 1 here")
    place = -number.value if isinstance(value, tree.Negate) else number.value
    # Programs that count axes from 1 call the columns 2.
    return AXES[min(int(place), 1)]


def setting_named(letter: str, sub: Tree | None) -> Quantity | None:
    """What ``lr`` and ``learning_rate`` are."""
    below = f"_{sub.text}" if isinstance(sub, tree.Name) else ""
    return SETTING_WORDS.get(letter + below) if below or sub is None else None

"""Products told by index letters, as programs write them: ``einsum('ij,i->j', W, d)`` is the sum over i."""

from __future__ import annotations

from collections.abc import Callable

from derive import ops
from derive.graph import Node, ShapeError
from grader.meaning.frame import Frame
from grader.meaning.products import Unfit
from grader.reading.programs import EINSUM
from grader.reading.tree import Span

Lettered = tuple[str, Node]
"""A matrix, and the letters that count its rows and columns; a column with one letter, a number with none."""


def einsum_named(name: str) -> Callable[[Span, tuple[Node, ...], Frame], Node] | None:
    """The product that ``einsum ij,i->j`` names; None for any other function."""
    if not name.startswith(EINSUM):
        return None
    inputs, _, output = name.removeprefix(EINSUM).partition("->")

    def call(span: Span, arguments: tuple[Node, ...], frame: Frame) -> Node:
        letters = inputs.split(",")
        if len(letters) != len(arguments):
            raise Unfit(span, f"this einsum names {len(letters)} factors, but has {len(arguments)}")
        try:
            first, *others = [_taken(*pair) for pair in zip(letters, arguments, strict=True)]
            found = _product(first, others[0], output) if others else _summed(first, output)
            return _laid_out(found, output, frame)
        except ShapeError as error:
            raise Unfit(span, str(error)) from None

    return call


def _taken(letters: str, argument: Node) -> Lettered:
    """A factor as its letters say; one letter means a list of numbers, here a column."""
    if len(letters) == 1 and argument.shape[0] == 1:
        argument = ops.transpose(argument)
    if len(letters) < 2 and argument.shape[len(letters)] != 1:
        raise ShapeError("einsum gives this matrix one letter, but it has rows and columns")
    return letters, argument


def _product(left: Lettered, right: Lettered, output: str) -> Lettered:
    """A matrix product where one letter is summed, else entry by entry."""
    left, right = _summed(left, output + right[0]), _summed(right, output + left[0])
    both = [letter for letter in left[0] if letter in right[0]]
    kept = [letter for letter in both if letter in output]
    if not kept and len(both) <= 1 and max(len(left[0]), len(right[0])) - len(both) <= 1:
        (summed,) = both or ("",)
        rows, columns = left[0].replace(summed, ""), right[0].replace(summed, "")
        return rows + columns, _as_written(
            rows + columns, ops.matmul(_arranged(left, rows, summed), _arranged(right, summed, columns))
        )
    return _summed(_entrywise(left, right), output)


def _entrywise(left: Lettered, right: Lettered) -> Lettered:
    letters = "".join(dict.fromkeys(left[0] + right[0]))
    if len(letters) > 2:
        raise ShapeError("this einsum needs more than rows and columns on its way")
    rows, columns = letters[:1], letters[1:]
    first, second = _arranged(left, rows, columns), _arranged(right, rows, columns)
    shape = (max(first.shape[0], second.shape[0], key=_size), max(first.shape[1], second.shape[1], key=_size))
    return letters, ops.times(_repeated(first, *shape), _repeated(second, *shape))


def _size(size: object) -> tuple[bool, str]:
    """A size other than 1 is the larger."""
    return size != 1, str(size)


def _repeated(node: Node, rows: object, columns: object) -> Node:
    """A row or column, repeated for every row or column there is."""
    if node.shape[0] == 1 != rows:
        node = ops.matmul(ops.ones((rows, 1)), node)  # type: ignore[arg-type]
    if node.shape[1] == 1 != columns:
        node = ops.matmul(node, ops.ones((1, columns)))  # type: ignore[arg-type]
    return node


def _arranged(factor: Lettered, rows: str, columns: str) -> Node:
    """A factor with the rows and the columns counted by these letters, where it has them."""
    letters, node = factor
    if len(letters) == 2:
        return node if letters[1] == columns or letters[0] == rows else ops.transpose(node)
    return ops.transpose(node) if letters and letters != rows else node


def _as_written(letters: str, node: Node) -> Node:
    """A list of numbers as a column."""
    return ops.transpose(node) if len(letters) == 1 and node.shape[0] == 1 else node


def _summed(factor: Lettered, kept: str) -> Lettered:
    """A factor summed over every letter that is needed nowhere else."""
    letters, node = factor
    gone = [letter for letter in letters if letter not in kept]
    if not gone:
        return factor
    if len(gone) == len(letters):
        return "", ops.total(node)
    left = letters.replace(gone[0], "")
    return left, _as_written(left, ops.sum_over("rows" if letters[0] == gone[0] else "columns", node))


def _laid_out(found: Lettered, output: str, frame: Frame) -> Node:
    """The result with its letters in the order that is asked; a list is a row where vectors are rows."""
    letters, node = found
    if letters != output:
        node = ops.transpose(node)
    return ops.transpose(node) if len(output) == 1 and frame.examples == "rows" else node

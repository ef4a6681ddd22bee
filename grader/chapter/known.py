"""What an author says about a page beside it: its network with the given numbers, and its notation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.errors import Unusable, unknown
from derive.graph import Graph
from derive.network import Network
from derive.notation import Notation, notation_named

if TYPE_CHECKING:
    from derive.problem import Problem


@dataclass(frozen=True, slots=True)
class Known:
    """The model of a page, its given numbers by address (``W1``, ``x``) exactly as written, and its notation.

    ``model`` is None where no network was given, ``notation`` where none was.
    """

    model: Network | Graph | None = None
    given: Mapping[str, Any] = field(default_factory=dict)
    notation: Notation | None = None


NOTHING = Known()
"""What is known of a page beside which nothing was given."""

FIELDS = ("network", "graph", "given", "notation", "title", "source")
"""What a network file may say; a whole problem may say more."""


def known_of(network: str | Path | Problem | None, notation: str | Notation | None = None) -> Known:
    """What a network (a file, the name of a built-in problem, or a problem) and a notation's name say.

    >>> known_of("mazur", "ng").given["x"], known_of(None).model
    ([Fraction(1, 20), Fraction(1, 10)], None)

    The notation of a problem holds unless another is named. Raises `Unusable`, with every fault of a file.
    """
    chosen = notation_named(notation) if notation is not None else None
    if network is None:
        return Known(notation=chosen)
    known = _read(network)
    return Known(known.model, known.given, chosen or known.notation)


def _read(network: str | Path | Problem) -> Known:
    import problems

    if not isinstance(network, str | Path):
        return _of_problem(network)
    if str(network) in problems.names():
        return _of_problem(problems.load(str(network)))
    if not Path(network).exists():
        raise Unusable(unknown(str(network), "a network file or a built-in problem", problems.names()))
    return _of_file(Path(network))


def _of_problem(problem: Problem) -> Known:
    return Known(problem.model, problem.given, notation_named(problem.notation))


def _of_file(path: Path) -> Known:
    """A file that is a whole problem, or only its network with the numbers."""
    from derive.problem import ProblemFault, read, text_of
    from derive.problem.file import read_scope
    from derive.problem.notations import NOTATION
    from derive.problem.yaml_source import Source

    text = text_of(path)
    source = Source(text, str(path))
    raw = source.data if isinstance(source.data, dict) else {}
    if "parts" in raw:
        return _of_problem(read(text, str(path), path.stem))
    if not isinstance(source.data, dict):
        source.fault((), "must have the fields of a network file: network or graph, and given")
    for key in raw.keys() - set(FIELDS):
        source.fault((key,), unknown(key, "a field of a network file", FIELDS), at_key=True)
    said = NOTATION.sound(raw["notation"], ("notation",), source) if "notation" in raw else None
    scope = read_scope(raw, source)
    if source.faults or scope is None or scope.model is None:
        raise ProblemFault(source.faults)
    return Known(scope.model, scope.given, notation_named(said) if said is not None else None)

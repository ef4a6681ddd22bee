"""The bank: worked problems by name, each a YAML file with its published answers as checks.

>>> "mazur" in names()
True
>>> load("linear-activation").part("output").ask
'a2'
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import Unusable, unknown

if TYPE_CHECKING:
    from derive.problem import Problem

__all__ = ["load", "names", "text"]

_FOLDER = Path(__file__).parent
_ENDING = ".yaml"


def names() -> tuple[str, ...]:
    """The names of the built-in problems, in alphabetical order."""
    return tuple(sorted(file.stem for file in _FOLDER.glob(f"*{_ENDING}")))


def text(name: str) -> str:
    """The YAML of a built-in problem, as it was written. Raises `Unusable` if there is none of this name."""
    if name not in names():
        raise Unusable(unknown(name, "a built-in problem", names()))
    return _FOLDER.joinpath(name + _ENDING).read_text(encoding="utf-8")


def load(source: str | Path) -> Problem:
    """A built-in problem by its name, or the problem in a file.

    Raises `Unusable` for what is neither, `derive.problem.ProblemFault` with all faults of a bad file.
    """
    from derive import problem

    if source in names():
        return _built_in(str(source))
    if not Path(source).exists():
        raise Unusable(unknown(str(source), "a file or a built-in problem", names()))
    return problem.load(Path(source))


@cache
def _built_in(name: str) -> Problem:
    """Read once: what is judged by a problem is remembered with it."""
    from derive import problem

    return problem.read(text(name), f"problems/{name}{_ENDING}", name)

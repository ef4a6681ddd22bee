"""The table ``seeds_derived.yaml``: where formulas stand in the lecture texts, and what is derived there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from derive import Network, derive, jacobian
from derive.derivation import Derivation
from derive.forms import written
from derive.general import derive_general
from derive.graph_language import graph_from
from derive.notation import Notation, notation_named
from derive.teaching import detailed
from tests.jobs.seed_comparison import Derived, lines_of
from tests.jobs.seed_formulas import Setting

SHARED = Path(__file__).resolve().parents[3] / "shared"
TABLE = Path(__file__).with_name("seeds_derived.yaml")
DETAIL = "every-line"


def table() -> Mapping[str, Any]:
    """The whole table."""
    found: Mapping[str, Any] = _loaded(TABLE)
    return found


def truth(number: int) -> list[dict[str, Any]]:
    """What the annotators say of one lecture text, claim by claim."""
    found: list[dict[str, Any]] = _loaded(SHARED / "corpus" / "truth" / f"seed_{number:03}.yaml")["claims"]
    return found


@cache
def _loaded(path: Path) -> Any:
    import yaml  # type: ignore[import-untyped]

    return yaml.safe_load(path.read_text(encoding="utf-8"))


@cache
def text_of(number: int) -> tuple[str, ...]:
    """The lines of one lecture text."""
    (path,) = (SHARED / "seeds").glob(f"{number:03}_*.txt")
    return tuple(path.read_text(encoding="utf-8").splitlines())


# -- where formulas stand ------------------------------------------------------------------------------------

_FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\$)\$(?!\$)(.+?)\$")
_NUMBER = re.compile(r"\\quad\s*\(\d+\)\s*$")


@dataclass(frozen=True)
class Passage:
    """A place in a lecture text: the ``formula``-th formula of a line, or what ``pick`` finds there; a
    formula that goes on in further lines has several. ``read`` says how words of the text are to be read."""

    seed: int
    lines: tuple[int, ...]
    formula: int = 1
    pick: str | None = None
    read: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """The formula. Raises LookupError if there is none."""
        text = " ".join(map(self._in_line, self.lines))
        for words, meant in self.read:
            if words not in text:
                raise LookupError(f"{self}: no {words}")
            text = text.replace(words, meant)
        return text

    def _in_line(self, line: int) -> str:
        whole = text_of(self.seed)[line - 1]
        if self.pick is not None:
            found = re.search(self.pick, whole)
        else:
            every = list(_FORMULA.finditer(whole))
            found = every[self.formula - 1] if len(every) >= self.formula else None
        if found is None:
            raise LookupError(f"{self}: nothing stands there")
        return _NUMBER.sub("", next(filter(None, found.groups())).strip()).strip(" .,")


@dataclass(frozen=True)
class Row:
    """One formula of a lecture text and the setting in which it is derived; ``ours`` says what is written
    instead where the derivation says the same in another way."""

    entry: int
    setting: str
    passage: Passage
    ours: str | None = None

    def __str__(self) -> str:
        lines = "+".join(map(str, self.passage.lines))
        return f"{self.passage.seed:03}:{lines}:{self.passage.pick or self.passage.formula}"


def rows(number: int, section: str = "derived") -> tuple[Row, ...]:
    """The rows of one lecture text."""
    entries = table()[f"seed_{number:03}"].get(section) or {}
    return tuple(row for entry, found in entries.items() for row in _rows(number, entry, found))


def _rows(number: int, entry: int, found: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    for given in found:
        at = given.get("at", entry)
        lines = tuple(at) if isinstance(at, list) else (at,)
        formulas = given.get("formula", 1)
        read = tuple(map(tuple, given.get("read", ())))
        for formula in formulas if isinstance(formulas, list) else [formulas]:
            passage = Passage(number, lines, formula, given.get("pick"), read)
            yield Row(entry, given["in"], passage, given.get("ours"))


def controls() -> tuple[Row, ...]:
    """The rows of formulas that are wrong."""
    return tuple(row for given in table()["wrong"] for row in _rows(given["seed"], given["at"], [given]))


# -- what is derived -----------------------------------------------------------------------------------------


@cache
def derived(name: str) -> Derived:
    """The setting of this name, with every line that is derived in it."""
    row = table()["settings"][name]
    notation = _notation(row)
    setting = _setting(row, notation)
    lines = (line for found in _derivations(row, notation) for line in lines_of(found))
    return Derived(setting, tuple(dict.fromkeys(lines)))


def derivation(name: str) -> Derivation:
    """The first derivation of the setting of this name."""
    row = table()["settings"][name]
    return next(_derivations(row, _notation(row)))


def _notation(row: Mapping[str, Any]) -> Notation:
    notation = notation_named(row["notation"])
    return replace(notation, **row["habits"]) if "habits" in row else notation


def _setting(row: Mapping[str, Any], notation: Notation) -> Setting:
    if "function" in row:
        variables = ["x", "z"]
        graph = graph_from(variables, {"f": " + ".join(variables)}, "f")
        return Setting(graph, notation, function=row["function"])
    if "graph" in row:
        return Setting(_graph(row), notation)
    if "general" in row:
        return Setting(_network_like(**row["general"]), notation, general=True)
    return Setting(Network(**row["network"]), notation)


def _graph(row: Mapping[str, Any]) -> Any:
    return graph_from(row["graph"]["inputs"], row["graph"]["nodes"], row["graph"]["output"])


def _network_like(
    activation: str = "generic", loss: str = "generic", last: str | None = None, **more: Any
) -> Network:
    if more.pop("batch", False):
        more["batch"] = "N"
    return Network([2, 3, 2], [activation, last or activation], loss, **more)


def _derivations(row: Mapping[str, Any], notation: Notation) -> Iterator[Derivation]:
    for form in row.get("forms", ["matrix"]):
        if "general" in row:
            yield written(detailed(derive_general(**row["general"]), DETAIL), notation, form)
            continue
        source = _graph(row) if "graph" in row else Network(**_network(row))
        yield derive(source, notation, form, DETAIL, row.get("forward", False))
        for of, wrt in row.get("derivatives", ()):
            yield jacobian(source, of, wrt, notation, form)


def _network(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if "function" in row:
        return {"layers": [1, 1], "activation": row["function"]}
    network: Mapping[str, Any] = row["network"]
    return network
